package patrol_test

import (
	"strings"
	"testing"

	"jiezhen/app/patrol"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// sheet is a force's week of one point, handed out.
func (d *desk) sheet(force, point uint64, week string, days ...string) record.Ref {
	d.t.Helper()
	var rows []map[string]any
	for _, day := range days {
		rows = append(rows, map[string]any{"date": day, "point": id(point)})
	}
	return d.create(d.officer(), record.Draft{Register: patrol.Rosters, Values: register.Values{"week": week, "force": id(force), "rows": rows}})
}

// A batch that is sent twice, by two clicks or by two who type from the same
// paper, is entered once, and the second is told where it stands.
func TestABatchSentTwice(t *testing.T) {
	t.Parallel()
	d := open(t, "2026-03-04 18:00")
	f := d.force("测管家", "steward", nil)
	p := d.point("甲巷", d.east, 0, f)
	roster := d.sheet(f, p, "2026-03-02", "2026-03-02", "2026-03-03")
	lines := []patrol.Line{{Roster: roster.ID, Point: p, Date: "2026-03-02", At: "905", Result: patrol.Found, Problem: "楼道堆物", Line: 1},
		{Roster: roster.ID, Point: p, Date: "2026-03-03", At: "910", Result: patrol.Clear, Line: 2},
		{Roster: roster.ID, Date: "2026-03-03", At: "930", Where: "河边", Problem: "倒垃圾", Result: patrol.Found, Line: 3}}
	for i := range 2 {
		got, err := d.patrol().Enter(t.Context(), d.officer(), lines, false)
		d.must(err)
		for _, e := range got {
			if (e.Failed == "") != (i == 0) || i == 1 && !strings.Contains(e.Failed, "C10") {
				t.Errorf("sent for the %d. time: %+v", i+1, e)
			}
		}
	}
	for reg, want := range map[string]int{patrol.Rounds: 2, patrol.Findings: 2, "governance.case": 2} {
		if got := d.count(reg); got != want {
			t.Errorf("%d of %s, want %d", got, reg, want)
		}
	}
	if n := d.read(roster).Values["done"]; n != 2.0 {
		t.Errorf("%v calls came back", n)
	}
}

func (d *desk) count(reg string) int {
	n := 0
	d.must(d.change(d.officer(), func(tx *record.Tx) error {
		return tx.Each(reg, func(*record.Record) (bool, error) { n++; return true, nil })
	}))
	return n
}

// A round that is void has not come back.
func TestAVoidRoundHasNotComeBack(t *testing.T) {
	t.Parallel()
	d := open(t, "2026-03-04 18:00")
	f := d.force("测管家", "steward", nil)
	p := d.point("甲巷", d.east, 0, f)
	roster := d.sheet(f, p, "2026-03-02", "2026-03-02")
	line := []patrol.Line{{Roster: roster.ID, Point: p, Date: "2026-03-02", At: "905", Result: patrol.Clear, Line: 1}}
	_, err := d.patrol().Enter(t.Context(), d.officer(), line, false)
	d.must(err)
	var round record.Ref
	d.must(d.change(d.officer(), func(tx *record.Tx) error {
		return tx.Each(patrol.Rounds, func(r *record.Record) (bool, error) { round = r.Ref; return true, nil })
	}))
	d.do("governance.officer", round, "void", "录错了人")
	if n := d.read(roster).Values["done"]; n != 0.0 {
		t.Errorf("%v calls came back", n)
	}
	got, err := d.patrol().Enter(t.Context(), d.officer(), line, false)
	if d.must(err); got[0].Failed != "" {
		t.Errorf("not entered again: %+v", got)
	}
}

// A complaint about a point is reviewed once.
func TestReviewedOnce(t *testing.T) {
	t.Parallel()
	d := open(t, "2026-03-10 18:00")
	f := d.force("测管家", "steward", nil)
	p := d.point("滨河小区7号楼", d.east, 0, f)
	d.round(f, "2026-03-08", call(p, "9:00", "", patrol.Clear, ""))
	d.create(d.officer(), record.Draft{Register: "governance.order", Values: register.Values{"external": "YS1", "content": "滨河小区7号楼楼道堆物", "class": "general", "dispatched_at": "2026-03-09 08:30", "community": id(d.east)}})
	got, err := d.patrol().Suspects(t.Context(), d.officer())
	d.must(err)
	j := patrol.Judgement{Order: got[0].Order.ID, Point: p, Round: got[0].Round.ID, Verdict: "missed", Note: "照片为证"}
	_, err = d.patrol().Judge(t.Context(), d.officer(), j)
	d.must(err)
	j.Verdict = "later"
	if _, err = d.patrol().Judge(t.Context(), d.officer(), j); err == nil || !strings.Contains(err.Error(), "已复核") {
		t.Errorf("reviewed twice: %v", err)
	}
}
