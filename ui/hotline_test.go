package ui

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// order makes an order dispatched this morning in the east.
func (o *testOffice) order(external, content string, more register.Values) record.Ref {
	o.t.Helper()
	v := register.Values{"external": external, "content": content, "class": "timely", "dispatched_at": "2026-04-01 08:00", "community": fmt.Sprint(o.east)}
	for k, x := range more {
		v[k] = x
	}
	return o.create(record.Draft{Register: hotline.Orders, Values: v})
}

// An order goes from the form to its call-back as the office clicks it.
func TestOrderByHand(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("governance.officer")
	form := url.Values{"external": {"BJ1"}, "content": {"暖气不热，什么时候修？"}, "class": {"timely"}, "dispatched_at": {"2026-04-01 08:00"}, "community": {fmt.Sprint(o.east)},
		"complainant": {"测诉求人"}, "phone": {"13800138000"}, "secret": {"是"}}
	a := b.send("/r/governance.order/new", form)
	if a.status != http.StatusSeeOther {
		t.Fatalf("not made: %d %s", a.status, a.text())
	}
	at := a.header.Get("Location")
	p := b.get(at)
	for _, want := range []string{"时限", "24小时", "2026-04-02 08:00", "待核", "诉求人要求保密", "应签收"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	if strings.Contains(p.body, "测诉求人") || strings.Contains(b.get("/r/governance.order").body, "测诉求人") || strings.Contains(b.json(at).body, "13800138000") {
		t.Error("a secret identity is shown")
	}
	id := strings.TrimPrefix(at, "/r/governance.order/")
	if a := b.send("/hotline/identity/"+id, url.Values{"reason": {""}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("opened without a reason: %d", a.status)
	}
	if a := b.send("/hotline/identity/"+id, url.Values{"reason": {"核实"}}); !strings.Contains(a.body, "测诉求人") {
		t.Errorf("not opened: %s", a.text())
	}
	rev := func() string { return hiddenFields(b.get(at + "/do/chase").body).Get("_rev") }
	do := func(role, action string, form url.Values) answer {
		form.Set("_rev", rev())
		return o.as(role).send(at+"/do/"+action, form)
	}
	for _, s := range []struct {
		role, action string
		form         url.Values
	}{
		{"governance.worker", "sign", url.Values{}},
		{"governance.worker", "contact", url.Values{"contacted_at": {"2026-04-01 09:00"}}},
		{"governance.worker", "reply", url.Values{"result": {"solved"}, "finished_at": {"2026-04-01 09:30"}, "reply": {"4月1日已到现场，停车不归我们管，请拨打69842345"}}},
	} {
		if a := do(s.role, s.action, s.form); a.status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", s.action, a.status, a.text())
		}
	}
	if p := b.get(at); !strings.Contains(p.body, "推诿用语") || !strings.Contains(p.body, "应改") {
		t.Error("the page does not say what in the reply should be mended")
	}
	if a := do("governance.head", "approve", url.Values{}); a.status != http.StatusUnprocessableEntity && !strings.Contains(a.body, "推诿用语") {
		t.Errorf("left all the same: %d %s", a.status, a.text())
	}
}

func TestMorningSaysWhatBurns(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	if p := o.as("governance.officer").get("/hotline"); strings.Contains(p.body, `href="#near"`) || strings.Contains(p.body, `href="#late"`) {
		t.Error("numbers of nothing lead to lists that are not there")
	}
	o.order("LATE1", "签收超时的一单", register.Values{"dispatched_at": "2026-04-01 06:00"})
	o.order("NEAR1", "刚派的一单", register.Values{"dispatched_at": "2026-04-01 09:50"})
	o.order("FAR01", "不急的一单", register.Values{"class": "complex", "community": fmt.Sprint(o.west), "dispatched_at": "2026-04-01 09:50"})
	p := o.as("governance.officer").get("/hotline")
	saved, lost, _ := strings.Cut(p.body, "已经超时（1）")
	if p.status != http.StatusOK || !strings.Contains(saved, "快到时，还来得及（2）") || !strings.Contains(saved, "刚派的一单") || strings.Contains(saved, "签收超时的一单") || !strings.Contains(lost, "签收超时的一单") || !strings.Contains(lost, "2小时00分") {
		t.Errorf("%d: %s", p.status, p.text())
	}
	if !strings.Contains(p.body, "网格超期") || !strings.Contains(p.body, "响应率") {
		t.Errorf("neither cases nor rates: %s", p.text())
	}
	if p := o.as("governance.worker").get("/hotline"); strings.Contains(p.body, "不急的一单") || !strings.Contains(p.body, "刚派的一单") {
		t.Error("a community worker does not see their own community alone")
	}
}

func TestRatesPageOpensItsOrders(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	good := register.Values{"contacted_at": "2026-03-10 09:00", "dispatched_at": "2026-03-10 08:00", "reached": true, "solved": "solved", "satisfied": "1"}
	bad := register.Values{"contacted_at": "2026-03-15 09:00", "dispatched_at": "2026-03-10 08:00", "reached": true, "solved": "unsolved", "satisfied": "3"}
	for i := range 3 {
		o.order(fmt.Sprint("GOOD", i), "好的", good)
	}
	o.order("BAD1", "差的", bad)
	b := o.as("governance.head")
	p := b.get("/hotline/rates?month=2026-03")
	for _, want := range []string{"75.00%", "16 件", "虚构东社区", "示例-1"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the page does not say %s: %s", want, p.text())
		}
	}
	if p := b.get("/hotline/rates/orders?month=2026-03&rate=response&set=misses"); !strings.Contains(p.body, "BAD1") || strings.Contains(p.body, "GOOD1") {
		t.Errorf("behind the figure: %s", p.text())
	}
	if p := b.get("/hotline/rates/orders?month=2026-03&rate=nothing&set=of"); p.status != http.StatusNotFound {
		t.Errorf("a figure that is none: %d", p.status)
	}
	if a := b.send("/hotline/freeze", url.Values{"month": {"2026-04"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "没有过完") {
		t.Errorf("a month under way is frozen: %d %s", a.status, a.text())
	}
	if a := o.as("governance.worker").send("/hotline/freeze", url.Values{"month": {"2026-03"}}); a.status != http.StatusForbidden {
		t.Errorf("a community worker freezes: %d", a.status)
	}
	a := b.send("/hotline/freeze", url.Values{"month": {"2026-03"}})
	if a.status != http.StatusSeeOther {
		t.Fatalf("not frozen: %d %s", a.status, a.text())
	}
	frozen := b.get(a.header.Get("Location"))
	for _, want := range []string{"逐件判定.xlsx", "75.00%", "示例-1"} {
		if !strings.Contains(frozen.body, want) {
			t.Errorf("the frozen month does not say %s", want)
		}
	}
	o.order("LATER", "后来补的", bad)
	if p := b.get(a.header.Get("Location")); strings.Contains(p.body, "LATER") {
		t.Error("a frozen month moves")
	}
	if a := b.send("/hotline/freeze", url.Values{"month": {"2026-03"}}); a.status == http.StatusSeeOther {
		t.Error("frozen twice")
	}
}

// TestEveryOrderBehindAFigureIsReached pages through what stands behind a number
// that is larger than one page, each order once, and past the end stays there.
func TestEveryOrderBehindAFigureIsReached(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	const n = ordersShown + 7
	for i := range n {
		o.order(fmt.Sprintf("PAGE%03d", i), "路灯不亮", register.Values{"dispatched_at": "2026-03-10 08:00", "contacted_at": "2026-03-10 09:00", "reached": true, "solved": "solved", "satisfied": "1"})
	}
	b := o.as("governance.officer")
	seen := map[string]int{}
	number := regexp.MustCompile(`>(PAGE\d{3})<`)
	read := func(after int) (list []string) {
		p := b.get(fmt.Sprintf("/hotline/rates/orders?month=2026-03&rate=response&set=of&after=%d", after))
		for _, m := range number.FindAllStringSubmatch(p.body, -1) {
			list = append(list, m[1])
			seen[m[1]]++
		}
		return list
	}
	first, last := read(0), read(ordersShown)
	if len(first) != ordersShown || len(last) != n-ordersShown || len(seen) != n {
		t.Errorf("%d on the first page, %d on the last, %d of %d in all", len(first), len(last), len(seen), n)
	}
	if beyond := read(10 * n); !slices.Equal(beyond, last) {
		t.Errorf("past the end: %v, want the last page", beyond)
	}
}

func TestHotIssueBecomesACase(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	var ids []string
	for i := range 4 {
		ids = append(ids, fmt.Sprint(o.order(fmt.Sprint("HOT", i), "滨河小区7号楼电梯异响停运，老人下不了楼", register.Values{"phone": fmt.Sprint("1380013800", i)}).ID))
	}
	o.order("ALONE", "咨询养老金认证", nil)
	o.clock.add(3 * time.Minute) // what was gathered at the start has had its day
	b := o.as("governance.officer")
	p := b.get("/hotline/hot")
	if !strings.Contains(p.body, "反映人4×2") || !strings.Contains(p.body, "三天三单") || strings.Contains(p.body, "养老金") {
		t.Fatalf("hot: %s", p.text())
	}
	if a := b.send("/hotline/hot/decide", url.Values{"order": {ids[3]}, "all": {strings.Join(ids, ",")}, "reason": {""}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("split without a reason: %d", a.status)
	}
	if a := b.send("/hotline/hot/decide", url.Values{"order": {ids[3]}, "all": {strings.Join(ids, ",")}, "reason": {"是另一部电梯"}}); a.status != http.StatusSeeOther {
		t.Fatalf("not split: %d %s", a.status, a.text())
	}
	if p := b.get("/hotline/hot"); !strings.Contains(p.body, "反映人3×2") || strings.Contains(p.body, "HOT3") {
		t.Errorf("after the split: %s", p.text())
	}
	a := b.send("/hotline/hot/case", url.Values{"title": {"7号楼电梯"}, "orders": ids[:3]})
	if a.status != http.StatusSeeOther {
		t.Fatalf("no case: %d %s", a.status, a.text())
	}
	if p := b.get(a.header.Get("Location")); !strings.Contains(p.body, "7号楼电梯") || strings.Count(p.body, "12345工单") < 3 {
		t.Errorf("the case does not show its orders: %s", p.text())
	}
	if a := b.send("/hotline/hot/case", url.Values{"title": {"又一案"}, "orders": ids[:1]}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "已并入另一案件") {
		t.Errorf("joined twice: %d %s", a.status, a.text())
	}
	if a := o.as("governance.worker").send("/hotline/hot/case", url.Values{"title": {"x"}, "orders": ids[3:]}); a.status == http.StatusInternalServerError {
		t.Errorf("a community worker: %d", a.status)
	}
}

func TestNearWhileTyping(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.order("N1", "滨河小区7号楼电梯异响停运", nil)
	b := o.as("governance.officer")
	var got struct {
		Same []struct{ Text, URL string }
	}
	for range 100 {
		b.get("/hotline/near.json?text="+url.QueryEscape("滨河小区7号楼电梯异响")).decode(t, &got)
		if len(got.Same) > 0 {
			break
		}
		time.Sleep(50 * time.Millisecond) // learning goes on beside the work
	}
	if len(got.Same) != 1 || !strings.Contains(got.Same[0].Text, "N1") {
		t.Errorf("found %+v", got)
	}
	if a := o.as("child.officer").get("/hotline/near.json?text=x"); a.status != http.StatusForbidden {
		t.Errorf("another's post: %d", a.status)
	}
}

// The whole day of an order in a browser: typed, warned of its twin, seen on the
// pages that the menu leads to.
func TestOrderInABrowser(t *testing.T) {
	o := openOffice(t)
	o.order("2026040100001", "滨河小区7号楼电梯异响停运，老人下不了楼", nil)
	w := newWalk(t, o)
	w.signIn("governance.officer")
	w.open("/r/governance.order/new")
	w.string(`(() => { const t = document.querySelector('[name=content]'); t.value = '滨河小区7号楼电梯异响停运'
  t.dispatchEvent(new Event('input', {bubbles: true})); return '' })()`)
	w.until(`document.querySelector('form[data-near] .hint[role=status]').innerText.includes('2026040100001')`)
	w.fill(map[string]string{"external": "2026040100002", "content": "滨河小区7号楼电梯异响停运", "dispatched_at": "2026-04-01 09:00", "community": fmt.Sprint(o.east)}, "保存")
	if !strings.Contains(w.words(), "待签收") {
		t.Errorf("the page says %s", w.words())
	}
	for _, p := range []string{"/hotline", "/hotline/rates", "/hotline/hot", "/r/governance.order", "/r/governance.case/new", "/r/governance.whistle/new", "/r/governance.assignment/new", "/import/governance.order", "/help/hotline"} {
		w.open(p)
	}
}
