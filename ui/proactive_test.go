package ui

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"jiezhen/app/register"
)

// The facts' sample C18-002-2026-00002: three orders within thirty days about a
// lift, over two doorways, suggest a treatment; after it nobody complains, and
// ninety days later the fall is told.
func TestThreeOrdersOverTwoDoorwaysLeadToATreatment(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	for i, text := range []string{"滨河小区7号楼1单元电梯异响，老人害怕", "滨河小区7号楼2单元电梯异响没人修", "反映滨河小区7号楼1单元电梯异响，夜里更响"} {
		o.order(fmt.Sprint("LIFT", i), text, register.Values{"dispatched_at": fmt.Sprintf("2026-03-%02d 08:00", 10+7*i), "phone": fmt.Sprint("1380013800", i)})
	}
	o.clock.add(2 * time.Minute) // what was gathered at the start has had its day
	b, head := o.as("governance.officer"), o.as("governance.head")
	p := b.get("/hotline/proactive")
	if !strings.Contains(p.body, "多楼门") || !strings.Contains(p.body, "30日内同类3件，涉2个楼门") || strings.Contains(p.body, "三天三单") {
		t.Fatalf("rules: %s", p.text())
	}
	link := regexp.MustCompile(`/r/governance\.proactive/new\?[^"]+`).FindString(p.body)
	form := hiddenFields(b.get(strings.ReplaceAll(link, "&amp;", "&")).body)
	q, err := url.Parse(strings.ReplaceAll(link, "&amp;", "&"))
	o.must(err)
	for name, values := range q.Query() {
		form[name] = values
	}
	form.Set("risk", "middle")
	form.Set("spot", "滨河小区7号楼")
	form.Set("words", "电梯")
	at := b.post("/r/governance.proactive/new", form).expectAt(t)
	if p := b.get("/hotline/proactive"); !strings.Contains(p.body, "已列入") {
		t.Errorf("not marked as taken up: %s", p.text())
	}
	do := func(c *client, action string, form url.Values) answer {
		form.Set("_rev", hiddenFields(c.get(at+"/do/"+action).body).Get("_rev"))
		return c.post(at+"/do/"+action, withToken(c, form))
	}
	do(head, "accept", url.Values{"plan": {"更换曳引绳"}, "unit": {"物业公司"}, "started_on": {"2026-03-31"}, "until": {"2026-04-10"}}).expect(t, 303)
	do(b, "finish", url.Values{"finished_on": {"2026-03-31"}, "measures": {"更换曳引绳，校准导轨"}}).expect(t, 303)
	if a := do(head, "judge", url.Values{"effect": {"好"}}); a.status == http.StatusSeeOther {
		t.Error("judged before the days of watching are over")
	}
	o.clock.add(89 * 24 * time.Hour)
	o.order("ELSE", "桃园小区3号楼电梯停运", register.Values{"dispatched_at": "2026-05-01 08:00"}) // another place
	b, head = o.as("governance.officer"), o.as("governance.head")
	do(head, "judge", url.Values{"effect": {"九十日没有重复诉求"}}).expect(t, 303)
	page := b.get(at)
	for _, want := range []string{"3 → 0", "降幅 100.00%"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page does not say %s: %s", want, page.text())
		}
	}
	card := paperWords(t, b.get(at+"/paper/governance~proactivecard.pdf").body)
	for _, want := range []string{"未诉先办案例卡", "更换曳引绳", "100.00%"} {
		if !strings.Contains(card, want) {
			t.Errorf("the card does not say %s", want)
		}
	}
	if list := b.get("/hotline/proactive/orders?id=" + at[strings.LastIndex(at, "/")+1:] + "&days=90"); !strings.Contains(list.body, "LIFT0") || strings.Contains(list.body, "ELSE") {
		t.Errorf("behind the numbers: %s", list.text())
	}
}

func withToken(c *client, form url.Values) url.Values {
	form.Set("_csrf", c.token())
	return form
}

// What a person says is one issue stays one, however often issues are gathered.
func TestTwoHotIssuesAreMergedByHand(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	var lift, guard []string
	for i := range 3 {
		lift = append(lift, fmt.Sprint(o.order(fmt.Sprint("L", i), "滨河小区7号楼电梯异响停运，老人下不了楼", register.Values{"phone": fmt.Sprint("1380013800", i)}).ID))
		guard = append(guard, fmt.Sprint(o.order(fmt.Sprint("G", i), "物业公司换届以后保安不管事，门口谁都能进", register.Values{"phone": fmt.Sprint("1380013801", i)}).ID))
	}
	o.clock.add(2 * time.Minute) // what was gathered at the start has had its day
	b := o.as("governance.officer")
	if p := b.get("/hotline/hot"); strings.Count(p.body, "反映人3×2") != 2 {
		t.Fatalf("two issues: %s", p.text())
	}
	for _, reason := range []string{"", "都是物业换届引起的"} {
		a := b.send("/hotline/hot/merge", url.Values{"order": {lift[0]}, "with": {strings.Join(guard, ",")}, "reason": {reason}})
		if (a.status == http.StatusSeeOther) != (reason != "") {
			t.Fatalf("with the reason %q: %d", reason, a.status)
		}
	}
	o.order("G9", "物业公司换届以后保安不管事，门口谁都能进", nil) // gathered anew
	o.clock.add(2 * time.Minute)
	if p := o.as("governance.officer").get("/hotline/hot"); !strings.Contains(p.body, "反映人7×2") {
		t.Errorf("after the merge: %s", p.text())
	}
	if a := o.as("governance.worker").send("/hotline/hot/merge", url.Values{"order": {lift[0]}, "with": {guard[0]}, "reason": {"x"}}); a.status == http.StatusSeeOther {
		t.Error("a community worker merges")
	}
}
