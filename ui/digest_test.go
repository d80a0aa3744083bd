package ui

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// A bulletin is drafted from the orders, changed by hand, signed by another,
// and each of its numbers opens the orders that it counts.
func TestBulletinFromDraftToSignature(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	done := register.Values{"dispatched_at": "2026-03-10 08:00", "contacted_at": "2026-03-10 09:00", "finished_at": "2026-03-10 12:00", "result": "solved", "reply": "已办", "called_at": "2026-03-12 09:00",
		"reached": true, "solved": "solved", "satisfied": "1", "category": "供暖供水", "unit": "供热公司"}
	for i := range 3 {
		o.order(fmt.Sprint("MARCH", i), "暖气不热", done)
	}
	o.order("OPEN", "路灯不亮", register.Values{"dispatched_at": "2026-03-11 08:00", "category": "市政道路", "class": "general"})
	o.order("FEB", "路灯不亮", register.Values{"dispatched_at": "2026-02-11 08:00", "category": "市政道路"})
	o.change(func(tx *record.Tx) error {
		p, err := tx.Open(record.Ref{Register: record.Places, ID: o.east})
		if err != nil {
			return err
		}
		if _, ok := p.Def.Field("population"); !ok {
			return nil
		}
		return tx.Imply(p.Ref, register.Values{"population": 2000.0})
	})
	b := o.as("governance.officer")
	p := b.get("/hotline/digest?kind=month&day=2026-03-05")
	for _, want := range []string{"2026年3月1日至2026年3月31日", "上期 1，环比 &#43;300.00%", "供暖供水", "75.00%", "供热公司", "起草月通报", "主动发现占比"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the analysis does not say %s: %s", want, p.text())
		}
	}
	list := b.get("/hotline/digest/orders?from=2026-03-01&to=2026-03-31&set=" + url.QueryEscape("category:市政道路"))
	if !strings.Contains(list.body, "OPEN") || strings.Contains(list.body, "MARCH1") {
		t.Errorf("behind a number: %s", list.text())
	}
	if a := o.as("governance.worker").send("/hotline/bulletin", url.Values{"kind": {"month"}, "day": {"2026-03-05"}}); a.status != http.StatusForbidden {
		t.Errorf("a community worker drafts: %d", a.status)
	}
	at := b.send("/hotline/bulletin", url.Values{"kind": {"month"}, "day": {"2026-03-05"}}).expectAt(t)
	if again := b.send("/hotline/bulletin", url.Values{"kind": {"month"}, "day": {"2026-03-05"}}).expectAt(t); again != at {
		t.Errorf("drafted twice: %s, %s", at, again)
	}
	draft := b.get(at)
	for _, want := range []string{"共接到派单4件，上期1件，环比上升300.00%", "响应率75.00%（3/4）", "供暖供水3件，占75.00%", "set=category%3A", "set=rate%3Aresponse"} {
		if !strings.Contains(draft.body, want) {
			t.Errorf("the draft does not say %s: %s", want, draft.text())
		}
	}
	form := hiddenFields(b.get(at + "/edit").body)
	form.Del("to") // of another form
	form.Set("next", "下一步逐件督办。")
	b.post(at+"/edit", form).expect(t, 303)
	words := paperWords(t, b.get(at+"/paper/governance~bulletin.pdf").body)
	for _, want := range []string{"一、总体情况", "下一步逐件督办。", "虚构东社区", "供暖供水"} {
		if !strings.Contains(words, want) {
			t.Errorf("the paper does not say %s:\n%s", want, words)
		}
	}
	sign := url.Values{"_rev": {hiddenFields(b.get(at + "/edit").body).Get("_rev")}, "issue": {"2026年第3期"}, "dated": {"2026-04-01"}}
	if a := b.send(at+"/do/issue", sign); a.status == http.StatusSeeOther {
		t.Error("who drafted signs")
	}
	o.as("governance.head").send(at+"/do/issue", sign).expect(t, 303)
}
