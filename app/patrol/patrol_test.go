package patrol_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"jiezhen/app/patrol"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// A problem typed in a round is a finding and a case in the same step; what was
// dealt with on the spot is a finding that is done.
func TestFindingBecomesACase(t *testing.T) {
	t.Parallel()
	d := open(t, "2026-03-03 18:00")
	f := d.force("测管家", "steward", nil)
	p, q := d.point("虚构家园7号楼", d.east, 0, f), d.point("虚构大街", d.east, 0, f)
	ref := d.round(f, "2026-03-03", call(p, "905", "9：10", patrol.Found, "楼道堆物"), call(q, "9:30", "", patrol.Fixed, "小广告，已撕"))
	r := d.read(ref)
	if r.Text("who") != "测管家" || r.Values["valid"] != 2.0 || r.Values["found"] != 2.0 || r.Values["fixed"] != 1.0 {
		t.Errorf("the round says %v", r.Values)
	}
	var steps []string
	d.must(d.house.Office().Book.View(t.Context(), d.officer(), func(tx *record.Tx) error {
		list, err := tx.Children(patrol.Findings, ref)
		for _, f := range list {
			steps = append(steps, f.Step)
			if f.Step != "raised" {
				continue
			}
			c, err := tx.Open(record.Ref{Register: "governance.case", ID: f.RefID("case")})
			if err != nil || c.Text("source") != "patrol" || c.Text("address") != "虚构家园7号楼" || c.Text("content") != "楼道堆物" || c.Text("found_at") != "2026-03-03 09:05" || c.Community != d.east {
				t.Errorf("the case says %v %v", c.Values, err)
			}
		}
		return err
	}))
	if fmt.Sprint(steps) != "[raised fixed]" {
		t.Errorf("findings stand at %v", steps)
	}
	d.do("governance.officer", ref, "mend", "时间写错")
	rev := d.read(ref).Rev
	err := d.change(d.officer(), func(tx *record.Tx) error {
		_, err := tx.Save(ref, rev, register.Values{"visits": []map[string]any{call(p, "9:15", "", patrol.Clear, "")}})
		return err
	})
	if _, refused := record.AsRefusal(err); !refused || !strings.Contains(err.Error(), "已登记为巡查发现") {
		t.Errorf("a finding's row was taken away: %v", err)
	}
}

// C23-002-2026-00002: of twelve cells eleven were covered; the twelfth stands
// at yellow the day after.
func TestCoverageOfTwelveCells(t *testing.T) {
	t.Parallel()
	d := open(t, "2026-03-04 08:00")
	f := d.force("测管家", "steward", nil)
	var calls []map[string]any
	for n := 1; n <= 12; n++ {
		p := d.point(fmt.Sprintf("第%d点位", n), d.east, d.cell(n), f)
		if n != 7 {
			calls = append(calls, call(p, fmt.Sprintf("%02d:00", 7+n), "", patrol.Clear, ""))
			d.round(f, "2026-03-02", call(p, "09:00", "", patrol.Clear, ""))
			continue
		}
		d.round(f, "2026-03-02", call(p, "09:00", "", patrol.Clear, ""))
		calls = append(calls, call(p, "", "", patrol.Absent, "封路"))
	}
	d.round(f, "2026-03-03", calls...)
	c := d.cover(d.officer(), "2026-03-03", "2026-03-03")
	if c.CellsDue != 12 || c.CellsDone != 11 || rate.Percent(c.CellsDone, c.CellsDue) != "91.67%" {
		t.Errorf("%d of %d", c.CellsDone, c.CellsDue)
	}
	if len(c.Gaps) != 1 || c.Gaps[0].Cell.Code != "110109002001007" || c.Gaps[0].Level != "yellow" || c.Gaps[0].Late != 1 || c.Gaps[0].Missed != 1 {
		t.Errorf("gaps: %+v", c.Gaps)
	}
	ref, err := d.patrol().Sheet(t.Context(), d.officer(), "day", "2026-03-03")
	d.must(err)
	if r := d.read(ref); r.Text("cover") != "91.67%" || len(r.Values["gaps"].([]map[string]any)) != 1 {
		t.Errorf("the sheet says %v", r.Values)
	}
	if _, err := d.patrol().Sheet(t.Context(), d.officer(), "day", "2026-03-03"); err == nil {
		t.Error("a day is kept twice")
	}
	if _, err := d.patrol().Sheet(t.Context(), d.officer(), "day", "2026-03-04"); err == nil || !strings.Contains(err.Error(), "没有过完") {
		t.Errorf("a day under way is kept: %v", err)
	}
	for day, level := range map[string]string{"2026-03-06 08:00": "orange", "2026-03-08 08:00": "red"} {
		d.now, _ = time.ParseInLocation("2006-01-02 15:04", day, time.Local)
		today := value.DateOf(d.now)
		found := ""
		for _, g := range d.cover(d.officer(), today, today).Gaps {
			if g.Cell.Code == "110109002001007" {
				found = g.Level
			}
		}
		if found != level {
			t.Errorf("on %s it stands at %q, want %s", day, found, level)
		}
	}
}

// C10-002-2026-00002: the town's river chief has called once, the village's
// once of twice: one call is missed this week.
func TestRiverChiefsOfAWeek(t *testing.T) {
	t.Parallel()
	d := open(t, "2026-03-09 08:00") // the Monday after
	town := d.force("测镇级", "river", register.Values{"rank": "town"})
	village := d.force("测村级", "river", register.Values{"rank": "village"})
	p := d.point("某沟K0+000—K1+200", d.east, 0, town, village)
	d.round(town, "2026-03-05", call(p, "9:00", "9:20", "", ""))
	d.round(village, "2026-03-03", call(p, "9:00", "9:20", "", ""))
	for day := value.Date("2026-02-01"); day < "2026-03-02"; day = day.AddDays(1) {
		d.round(town, day, call(p, "9:00", "9:20", "", ""))
		d.round(village, day, call(p, "14:00", "14:20", "", ""))
	}
	c := d.cover(d.officer(), "2026-03-02", "2026-03-08")
	if c.Slots != 3 || c.Kept != 2 || len(c.Gaps) != 1 || c.Gaps[0].Force.Name != "测村级" || c.Gaps[0].Due != "2026-03-08" || c.Gaps[0].Missed != 1 {
		t.Errorf("%d of %d, gaps %+v", c.Kept, c.Slots, c.Gaps)
	}
}

// C10-002-2026-00001: 22 of 22 days, 9 found, 8 of them valid, 5 on the spot,
// twice another was there at the same time.
func TestStewardsMarch(t *testing.T) {
	t.Parallel()
	d := open(t, "2026-04-01 08:00")
	steward, aide := d.force("P27", "steward", nil), d.force("测协管", "aide", nil)
	p := d.point("虚构里", d.east, d.cell(1), steward)
	n := 0
	for day := value.Date("2026-03-01"); day < "2026-04-01"; day = day.AddDays(1) {
		if w := day.Weekday(); w == time.Saturday || w == time.Sunday {
			continue
		}
		n++
		result, problem := patrol.Clear, ""
		switch {
		case n <= 5:
			result, problem = patrol.Fixed, fmt.Sprint("小广告", n)
		case n <= 9:
			result, problem = patrol.Found, fmt.Sprint("堆物", n)
		}
		d.round(steward, day, call(p, "9:00", "9:10", result, problem))
		if n > 20 {
			d.round(aide, day, call(p, "10:00", "10:05", "", ""))
		}
	}
	m, err := d.patrol().MonthOf(t.Context(), d.officer(), "2026-03")
	d.must(err)
	refused := record.Ref{Register: "governance.case", ID: m.Findings[8].Case}
	rev := d.read(refused).Rev
	d.must(d.change(d.officer(), func(tx *record.Tx) error {
		_, err := tx.Do(refused, rev, "refuse", record.Input{Values: register.Values{"refusal": "不属城市管理"}})
		return err
	}))
	m, err = d.patrol().MonthOf(t.Context(), d.officer(), "2026-03")
	d.must(err)
	one := m.Persons[len(m.Persons)-1]
	if one.Force.Name != "P27" || one.Days != 22 || one.DaysKept != 22 || len(one.Found) != 9 || one.Valid != 8 || one.Fixed != 5 || one.Twice != 2 {
		t.Errorf("%s: %d of %d days, %d found, %d valid, %d fixed, %d twice", one.Force.Name, one.DaysKept, one.Days, len(one.Found), one.Valid, one.Fixed, one.Twice)
	}
	if m.Each() != "4.50" || rate.Percent(m.Valid, len(m.Findings)) != "88.89%" || rate.Percent(m.Fixed, len(m.Findings)) != "55.56%" {
		t.Errorf("%s each, %d valid, %d fixed", m.Each(), m.Valid, m.Fixed)
	}
	ref, err := d.patrol().Freeze(t.Context(), d.users["governance.head"], "2026-03")
	d.must(err)
	d.round(steward, "2026-03-02", call(p, "11:00", "11:10", patrol.Found, "后来补的"))
	if r := d.read(ref); r.Values["found"] != 9.0 || r.Text("cover") != "100.00%" || r.Text("version") == "" {
		t.Errorf("frozen: %v", r.Values)
	}
	if _, err := d.patrol().Freeze(t.Context(), d.users["governance.head"], "2026-03"); err == nil {
		t.Error("frozen twice")
	}
}

// Sheets are drawn up for a week, carried, and come back as a table.
func TestWeekGoesOutAndComesBack(t *testing.T) {
	t.Parallel()
	d := open(t, "2026-03-06 18:00") // Friday
	ctx := t.Context()
	f, g := d.force("测管家", "steward", nil), d.force("测协管", "aide", nil)
	d.point("甲巷", d.east, 0, f)
	d.point("乙巷", d.east, 0, f, g)
	made, empty, err := d.patrol().Draw(ctx, d.officer(), "2026-03-04")
	d.must(err)
	if made != 1 || empty != 1 {
		t.Fatalf("%d made, %d empty", made, empty)
	}
	n, err := d.patrol().IssueWeek(ctx, d.officer(), "2026-03-02")
	d.must(err)
	lines, err := d.patrol().Open(ctx, d.officer(), "2026-03-02", 0)
	d.must(err)
	if n != 1 || len(lines) != 10 || lines[0].Date != "2026-03-02" || lines[0].Checks != "消防通道；井盖" {
		t.Fatalf("%d issued, %d lines: %+v", n, len(lines), lines)
	}
	data, err := d.patrol().Workbook(lines, "巡查表")
	d.must(err)
	if _, err := d.patrol().ReadWorkbook(data); err == nil || !strings.Contains(err.Error(), "没有填了的行") {
		t.Errorf("an empty table is taken: %v", err)
	}
	for i := range lines {
		lines[i].Line = i
	}
	lines[0].At, lines[0].Left, lines[0].Result = "830", "835", patrol.Clear
	lines[1].At, lines[1].Result = "900", patrol.Found // no word of what
	lines[2].At, lines[2].Result, lines[2].Problem = "9:00", patrol.Found, "井盖松动"
	got, err := d.patrol().Enter(ctx, d.users["governance.worker"], lines, false)
	d.must(err)
	if len(got) != 3 || got[0].Failed != "同一天的其他行要改，改好一起存" || got[1].Failed != "请写发现了什么问题" || got[2].Failed != "" {
		t.Fatalf("entered: %+v", got)
	}
	lines[1].Problem = "路灯不亮"
	got, err = d.patrol().Enter(ctx, d.users["governance.worker"], append(lines[:2:2], append(lines[3:], patrol.Line{Roster: lines[0].Roster, Date: "2026-03-05", At: "10", Where: "河边", Problem: "倒垃圾", Line: 20})...), true)
	d.must(err)
	for _, e := range got {
		if e.Failed != "" {
			t.Errorf("line %d: %s", e.Line, e.Failed)
		}
	}
	if c := d.cover(d.officer(), "2026-03-02", "2026-03-06"); c.Slots != 10 || c.Kept != 10 || c.Found != 2 {
		t.Errorf("%d of %d, %d found", c.Kept, c.Slots, c.Found)
	}
	left, err := d.patrol().Open(ctx, d.officer(), "2026-03-02", 0)
	d.must(err)
	if len(left) != 0 {
		t.Errorf("still open: %+v", left)
	}
}

func TestBlankOverAndTwice(t *testing.T) {
	t.Parallel()
	d := open(t, "2026-03-05 18:00")
	f, g := d.force("测街长", "street", nil), d.force("测管家", "steward", nil)
	p := d.point("甲巷", d.east, 0, f)
	d.point("无人巷", d.east, 0)
	for i, day := range []value.Date{"2026-03-02", "2026-03-03", "2026-03-04"} {
		d.round(f, day, call(p, "9:00", "", patrol.Clear, ""))
		d.round(g, day, call(p, fmt.Sprintf("1%d:00", i), "", patrol.Clear, ""))
	}
	c := d.cover(d.officer(), "2026-03-02", "2026-03-05")
	if len(c.Blank) != 1 || c.Blank[0].Name != "无人巷" {
		t.Errorf("blank: %+v", c.Blank)
	}
	if len(c.Over) != 1 || c.Over[0].Valid != 6 || c.Over[0].Due != 1 {
		t.Errorf("over: %+v", c.Over)
	}
	if len(c.Twice) != 2 { // one hour and two hours apart, not three
		t.Errorf("twice: %+v", c.Twice)
	}
}

func TestComplaintAfterACleanCall(t *testing.T) {
	t.Parallel()
	d := open(t, "2026-03-10 18:00")
	f := d.force("测管家", "steward", nil)
	p, q := d.point("滨河小区7号楼", d.east, 0, f), d.point("虚构大街", d.east, 0, f)
	d.round(f, "2026-03-02", call(p, "9:00", "", patrol.Clear, ""), call(q, "9:30", "", patrol.Found, "井盖松动"))
	for n, o := range []struct{ on, content string }{{"2026-03-08", "滨河小区7号楼楼道堆物"}, {"2026-03-09", "滨河小区7号楼楼道堆物"}, {"2026-03-05", "虚构大街井盖响"}, {"2026-03-02", "滨河小区7号楼当天先有人反映，后来才巡"}} {
		d.create(d.officer(), record.Draft{Register: "governance.order", Values: register.Values{"external": fmt.Sprint("YS", n), "content": o.content, "class": "general",
			"dispatched_at": o.on + " 08:30", "community": id(d.east)}})
	}
	got, err := d.patrol().Suspects(t.Context(), d.officer())
	d.must(err)
	if len(got) != 1 || got[0].On != "2026-03-08" || got[0].Days != 6 || got[0].Point.ID != p {
		t.Fatalf("suspects: %+v", got)
	}
	_, err = d.patrol().Judge(t.Context(), d.officer(), patrol.Judgement{Order: got[0].Order.ID, Point: p, Round: got[0].Round.ID, Verdict: "missed", Note: "楼道照片为证"})
	d.must(err)
	if got, _ = d.patrol().Suspects(t.Context(), d.officer()); got[0].Verdict != "missed" {
		t.Errorf("judged: %+v", got[0])
	}
}

func TestSamplingDoublesAfterAFailure(t *testing.T) {
	t.Parallel()
	d := open(t, "2026-03-15 18:00")
	f := d.force("测管家", "steward", nil)
	p := d.point("甲巷", d.east, 0, f)
	var refs []record.Ref
	for i := range 14 {
		refs = append(refs, d.round(f, value.Date("2026-03-02").AddDays(i), call(p, "9:00", "", patrol.Clear, "")))
	}
	if err := d.try("governance.officer", refs[2], "pass", ""); err == nil || !strings.Contains(err.Error(), "另一人") {
		t.Errorf("who typed it looks into it: %v", err)
	}
	d.do("governance.head", refs[2], "fail", "现场有堆物未报")
	got, err := d.patrol().Samples(t.Context(), d.officer(), "2026-03-11")
	d.must(err)
	if len(got) != 1 || !got[0].Again || got[0].Percent != 20 || got[0].Wanted != 2 || len(got[0].Proposed) != 2 {
		t.Errorf("samples: %+v", got)
	}
}

// A community worker sees the community's own; who does not patrol sees nothing.
func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	d := open(t, "2026-03-03 18:00")
	f := d.force("测管家", "steward", nil)
	p, q := d.point("东巷", d.east, 0, f), d.point("西巷", d.west, 0, f)
	d.round(f, "2026-03-03", call(p, "9:00", "", patrol.Clear, ""))
	d.round(f, "2026-03-03", call(q, "10:00", "", patrol.Clear, ""))
	if c := d.cover(d.users["governance.worker"], "2026-03-03", "2026-03-03"); len(c.Calls) != 1 || len(c.Cells) != 1 {
		t.Errorf("a community worker sees %d calls, %d cells", len(c.Calls), len(c.Cells))
	}
	if _, err := d.patrol().Cover(t.Context(), d.officer(), "2024-01-01", "2024-01-07"); err == nil || !strings.Contains(err.Error(), "冻结") {
		t.Errorf("years ago are shown as empty: %v", err)
	}
	if _, err := d.patrol().Cover(t.Context(), d.users["admin.security"], "2026-03-03", "2026-03-03"); err == nil {
		t.Error("an administrator sees patrols")
	}
}
