package ui

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jiezhen/app/patrol"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// rounds is an office with a steward and two points in the east.
type rounds struct {
	*testOffice
	steward, a, b uint64
}

func openRounds(t *testing.T) *rounds {
	t.Helper()
	return roundsOf(openOffice(t))
}

// roundsOf gives an office a steward and two points.
func roundsOf(of *testOffice) *rounds {
	o := &rounds{testOffice: of}
	east := fmt.Sprint(o.east)
	o.steward = o.create(record.Draft{Register: patrol.Forces, Values: register.Values{"name": "测管家", "kind": "steward", "community": east}}).ID
	point := func(name string) uint64 {
		return o.create(record.Draft{Register: patrol.Points, Values: register.Values{"name": name, "segment": "lane", "community": east, "since": "2025-01-01", "checks": "消防通道",
			"forces": []map[string]any{{"force": fmt.Sprint(o.steward)}}}}).ID
	}
	o.a, o.b = point("甲巷"), point("乙巷")
	return o
}

// A week goes out on paper, comes back through the grid, and what it found is a
// case.
func TestPatrolWeek(t *testing.T) {
	t.Parallel()
	o := openRounds(t) // Wednesday 1 April
	b := o.as("governance.officer")
	week := "2026-03-30"
	if p := b.get("/patrol/week?week=" + week); !strings.Contains(p.body, "编排这一周") || !strings.Contains(p.body, "每工作日1次") {
		t.Fatalf("nothing to draw up: %s", p.text())
	}
	if a := o.as("governance.worker").send("/patrol/week", url.Values{"week": {week}}); a.status != http.StatusForbidden {
		t.Errorf("a community worker draws up: %d", a.status)
	}
	for _, path := range []string{"/patrol/week", "/patrol/week/issue"} {
		if a := b.send(path, url.Values{"week": {week}}); a.status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", path, a.status, a.text())
		}
	}
	if a := b.get("/patrol/week.pdf?week=" + week); a.status != http.StatusOK || !strings.HasPrefix(a.body, "%PDF") {
		t.Errorf("the sheets: %d", a.status)
	}
	if a := b.get("/patrol/week.xlsx?week=" + week); a.status != http.StatusOK || !strings.HasPrefix(a.body, "PK") {
		t.Errorf("the table: %d", a.status)
	}
	var lists struct{ Rows []struct{ ID uint64 } }
	b.json("/r/governance.roster").decode(t, &lists)
	w := o.as("governance.worker")
	entry := fmt.Sprintf("/patrol/entry?week=%s&roster=%d", week, lists.Rows[0].ID)
	p := w.get(entry)
	form := hiddenFields(p.body)
	if n := form.Get("lines"); n != "6" { // Monday to Wednesday, two points
		t.Fatalf("%s lines: %s", n, p.text())
	}
	form.Set("line.0.at", "905")
	form.Set("line.0.result", "found")
	form.Set("line.0.problem", "楼道堆物")
	form.Set("line.2.at", "25点")
	form.Set("line.2.result", "clear")
	form.Set("others.0.date", "2026-03-31")
	form.Set("others.0.where", "河边")
	form.Set("others.0.problem", "倒垃圾")
	form.Add("_has", "others")
	a := w.post("/patrol/entry", form)
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "时间看不懂") || !strings.Contains(a.body, "25点") || strings.Contains(a.body, "楼道堆物") || strings.Contains(a.body, "倒垃圾") {
		t.Fatalf("%d %s", a.status, a.text())
	}
	form = hiddenFields(a.body)
	form.Set("rest", "是")
	if a := w.post("/patrol/entry", form); a.status != http.StatusSeeOther {
		t.Fatalf("the rest: %d %s", a.status, a.text())
	}
	if p := b.get("/r/governance.case"); !strings.Contains(p.body, "楼道堆物") || !strings.Contains(p.body, "巡查发现") {
		t.Errorf("no case: %s", p.text())
	}
	if p := b.get("/r/governance.finding"); !strings.Contains(p.body, "倒垃圾") {
		t.Errorf("nothing found on the way: %s", p.text())
	}
	p = b.get("/patrol?from=2026-03-30&to=2026-04-01")
	for _, want := range []string{"100.00%", "应巡点次", "没有漏巡的点位"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the coverage does not say %s: %s", want, p.text())
		}
	}
	if p := b.get("/patrol/calls?from=2026-03-30&to=2026-04-01&set=found"); !strings.Contains(p.body, "共 1 次") || !strings.Contains(p.body, "09:05") {
		t.Errorf("behind the figure: %s", p.text())
	}
	if p := b.get("/patrol/slots?from=2026-03-30&to=2026-04-01&set=kept"); !strings.Contains(p.body, "共 6 点次") {
		t.Errorf("behind the figure: %s", p.text())
	}
}

// What was not covered stands on the morning page, and on the day's sheet.
func TestGapsOfTheMorning(t *testing.T) {
	t.Parallel()
	o := openRounds(t)
	o.create(record.Draft{Register: patrol.Rounds, Values: register.Values{"date": "2026-03-31", "force": fmt.Sprint(o.steward), "visits": []map[string]any{{"point": fmt.Sprint(o.a), "at": "09:00", "result": "clear"}}}})
	b := o.as("governance.officer")
	p := b.get("/hotline")
	for _, want := range []string{"巡查覆盖（前七天）", "乙巷", "红", "测管家"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the morning does not say %s: %s", want, p.text())
		}
	}
	a := b.send("/patrol/sheet", url.Values{"span": {"day"}, "from": {"2026-03-31"}})
	if a.status != http.StatusSeeOther {
		t.Fatalf("no sheet: %d %s", a.status, a.text())
	}
	at := a.header.Get("Location")
	if p := b.get(at); !strings.Contains(p.body, "乙巷") || !strings.Contains(p.body, "100.00%") {
		t.Errorf("the sheet: %s", p.text())
	}
	if a := b.get(at + "/paper/governance~coverage.pdf"); !strings.HasPrefix(a.body, "%PDF") {
		t.Errorf("the paper: %d %s", a.status, a.text())
	}
	if a := b.send("/patrol/sheet", url.Values{"span": {"day"}, "from": {"2026-04-01"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a day under way: %d", a.status)
	}
	m := o.as("governance.head")
	if p := m.get("/patrol/month?month=2026-03"); !strings.Contains(p.body, "测管家") || !strings.Contains(p.body, "冻结2026年3月") {
		t.Errorf("the month: %s", p.text())
	}
	a = m.send("/patrol/freeze", url.Values{"month": {"2026-03"}})
	if a.status != http.StatusSeeOther {
		t.Fatalf("not frozen: %d %s", a.status, a.text())
	}
	if a := m.get(a.header.Get("Location") + "/paper/governance~patrolmonth.pdf"); !strings.HasPrefix(a.body, "%PDF") {
		t.Errorf("the paper: %d %s", a.status, a.text())
	}
	if p := m.get("/patrol/sample?week=2026-03-31"); !strings.Contains(p.body, "C10X-002-2026-00001") {
		t.Errorf("nothing to look into: %s", p.text())
	}
}
