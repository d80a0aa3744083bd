package ui

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestTheFactsSamplesOfTheHotline takes the facts' samples C12-002-2026-00001
// to 00003 from the form to the rates, as the posts click them.
func TestTheFactsSamplesOfTheHotline(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	set := func(at string) { // the clock of the sample
		when, err := time.ParseInLocation("2006-01-02 15:04", at, time.Local)
		o.must(err)
		o.clock.add(when.Sub(o.clock.now()))
	}
	set("2026-02-03 08:00")
	var who map[string]*client
	begin := func() { // who signed in before the clock was moved
		who = map[string]*client{}
	}
	begin()
	as := func(role string) *client {
		if who[role] == nil {
			who[role] = o.as(role)
		}
		return who[role]
	}
	order := func(external, class, content string) string {
		return as("governance.officer").send("/r/governance.order/new", url.Values{"external": {external}, "class": {class}, "content": {content}, "dispatched_at": {"2026-02-03 08:00"}, "community": {fmt.Sprint(o.east)}}).expectAt(t)
	}
	do := func(role, at, action string, form url.Values) {
		t.Helper()
		b := as(role)
		form.Set("_rev", hiddenFields(b.get(at+"/do/"+action).body).Get("_rev"))
		b.send(at+"/do/"+action, form).expect(t, http.StatusSeeOther)
	}
	says := func(at string, want ...string) {
		t.Helper()
		p := as("governance.officer").get(at)
		for _, w := range want {
			if !strings.Contains(p.body, w) {
				t.Errorf("%s does not say %s: %s", at, w, p.text())
			}
		}
	}
	answer := func(at, contacted, finished, result, reply string) {
		t.Helper()
		do("governance.worker", at, "contact", url.Values{"contacted_at": {contacted}})
		do("governance.worker", at, "reply", url.Values{"result": {result}, "finished_at": {finished}, "reply": {reply}})
		do("governance.head", at, "approve", url.Values{})
	}
	decided := func(at string, action string, form url.Values) {
		t.Helper()
		do("governance.head", at, "report", url.Values{})
		do("governance.officer", at, action, form)
	}

	heat := order("BJ-C12-1", "timely", "家里暖气不热")
	seat := order("BJ-C12-2", "general", "建议增设停车位")
	away := order("BJ-C12-3", "general", "反映邻区道路问题")
	set("2026-02-03 08:10")
	for _, at := range []string{heat, seat, away} {
		do("governance.worker", at, "sign", url.Values{})
	}
	says(heat, "2026-02-04 08:00", "2026-02-03 08:10", "24小时")
	says(seat, "2026-02-10 23:59")
	set("2026-02-03 20:05")
	begin()
	answer(heat, "2026-02-03 09:00", "2026-02-03 20:00", "solved", "您好，2月3日9时与您联系并入户查看，系阀门故障，20时更换完成。如有问题请拨打010-00000000。")
	do("governance.worker", heat, "callback", url.Values{"called_at": {"2026-02-03 20:04"}, "reached": {"是"}, "solved": {"solved"}, "satisfied": {"1"}})
	says(heat, "已结案", "已解决", "满意")

	more := as("governance.officer").send("/r/governance.extension/new", url.Values{"link": {strings.TrimPrefix(seat, "/r/")}, "order": {seat[strings.LastIndex(seat, "/")+1:]}, "asked_on": {"2026-02-03"}, "until": {"2026-02-17 23:59"}, "reason": {"须与规划部门会商"}, "plan": {"二月十六日前会商"}}).expectAt(t)
	decided(more, "grant", url.Values{"decided_on": {"2026-02-03"}, "decided_by": {"区指挥中心"}, "granted_until": {"2026-02-17 23:59"}, "told_at": {"2026-02-03 20:00"}, "told_how": {"电话"}})
	says(seat, "2026-02-17 23:59", "批准延期")
	answer(seat, "2026-02-03 10:00", "2026-02-03 20:00", "explained", "您好，2月3日与您联系，停车位规划须统一研究，已登记建议，2月3日答复。如有问题请拨打010-00000000。")
	do("governance.worker", seat, "callback", url.Values{"called_at": {"2026-02-03 20:04"}, "reached": {"是"}, "solved": {"unsolved"}, "satisfied": {"2"}})

	gone := as("governance.officer").send("/r/governance.exclusion/new", url.Values{"order": {away[strings.LastIndex(away, "/")+1:]}, "asked_on": {"2026-02-03"}, "reason": {"1"}, "facts": {"反映路段不在本辖区"},
		"_has": {"evidence"}, "evidence.0.name": {"辖区红线图"}, "evidence.0.shows": {"路段在红线以外"}}).expectAt(t)
	decided(gone, "grant", url.Values{"decided_on": {"2026-02-03"}, "decided_by": {"区指挥中心"}, "opinion": {"同意"}})
	says(away, "已同意剔除", "非本辖区")

	rates := as("governance.officer").get("/hotline/rates?month=2026-02")
	for _, want := range []string{"派单 3 件，剔除 1 件不入分母", "100.00%", "50.00%", "80.00%"} { // solved 1 of 2; satisfied (1+0.6)/2
		if !strings.Contains(rates.body, want) {
			t.Errorf("the rates do not say %s: %s", want, rates.text())
		}
	}
	if p := as("governance.officer").get("/hotline/rates/orders?month=2026-02&set=excluded"); !strings.Contains(p.body, "BJ-C12-3") || strings.Contains(p.body, "BJ-C12-1") {
		t.Errorf("left out: %s", p.text())
	}
	words := paperWords(t, as("governance.officer").get(heat+"/paper/governance~order.pdf").body)
	if !strings.Contains(words, "逐日") || !strings.Contains(words, "自然时") {
		t.Errorf("the paper does not say how the deadline was reckoned:\n%s", words)
	}
}
