package patrol

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Plan is one force's calls of a week, as they would be put on a sheet.
type Plan struct {
	Force *Force
	Every string
	Rows  []PlanRow
}

// PlanRow is one call to be made.
type PlanRow struct {
	Date  value.Date
	Point *Point
}

// Plans are the sheets that a week still lacks: every force in office with
// points and no sheet yet. Who calls by roster gets last week's again.
func (d *Desk) Plans(ctx context.Context, v access.Viewer, week value.Date) ([]Plan, error) {
	if err := d.sync(ctx); err != nil {
		return nil, err
	}
	d.digest.mu.RLock()
	defer d.digest.mu.RUnlock()
	week = MondayOf(week)
	l, err := d.view(v, week, week.AddDays(6))
	if err != nil {
		return nil, err
	}
	has, last := map[uint64]bool{}, map[uint64]*roster{}
	for _, r := range l.g.rosters {
		if r.step == "void" {
			continue
		}
		if r.week == week {
			has[r.force] = true
		}
		if r.week == week.AddDays(-7) {
			last[r.force] = r
		}
	}
	by := map[uint64]*Plan{}
	for _, p := range l.points() {
		for _, id := range p.Forces {
			f := l.g.forces[id]
			if f == nil || has[id] || !f.on(week.AddDays(6)) && !f.on(week) {
				continue
			}
			if by[id] == nil {
				by[id] = &Plan{Force: f, Every: l.rules.everyOf(f).Words}
			}
			by[id].Rows = append(by[id].Rows, l.planAt(p, f, week, last[id])...)
		}
	}
	var out []Plan
	for _, plan := range by {
		slices.SortStableFunc(plan.Rows, func(a, b PlanRow) int { return cmp.Compare(a.Date, b.Date) })
		out = append(out, *plan)
	}
	slices.SortFunc(out, func(a, b Plan) int { return cmp.Compare(a.Force.Number, b.Force.Number) })
	return out, nil
}

// planAt puts a force's calls at a point on the days of a week.
func (l *look) planAt(p *Point, f *Force, week value.Date, last *roster) []PlanRow {
	var out []PlanRow
	add := func(day value.Date) {
		if p.on(day) && f.on(day) {
			out = append(out, PlanRow{day, p})
		}
	}
	switch every := l.rules.everyOf(f); every.Per {
	case "workday", "day":
		for i := range 7 {
			if day := week.AddDays(i); every.Per == "day" || l.workday(day) {
				add(day)
			}
		}
	case "week":
		for k := range every.N {
			add(week.AddDays((7*k + 7/2) / every.N)) // amid its share of the week
		}
	case "shift":
		if last == nil {
			return nil
		}
		for _, row := range last.rows {
			if row.point == p.ID {
				add(row.date.AddDays(7))
			}
		}
	}
	return out
}

// Draw makes the sheets that a week still lacks. How many were made, and how
// many forces have nothing to put on one.
func (d *Desk) Draw(ctx context.Context, v access.Viewer, week value.Date) (made, empty int, err error) {
	plans, err := d.Plans(ctx, v, week)
	if err != nil {
		return 0, 0, err
	}
	err = d.book.Change(ctx, v, "编排一周巡查任务单", func(tx *record.Tx) error {
		for _, p := range plans {
			if len(p.Rows) == 0 {
				empty++
				continue
			}
			var rows []map[string]any
			for _, r := range p.Rows {
				row := map[string]any{"date": string(r.Date), "point": strconv.FormatUint(r.Point.ID, 10)}
				if r.Point.Checks != "" {
					row["checks"] = oneLine(r.Point.Checks)
				}
				rows = append(rows, row)
			}
			_, err := tx.Create(record.Draft{Register: Rosters, Values: register.Values{"week": string(MondayOf(week)), "force": strconv.FormatUint(p.Force.ID, 10), "rows": rows}})
			if err != nil {
				return err
			}
			made++
		}
		return nil
	})
	return made, empty, err
}

// IssueWeek hands out every sheet of a week that is still being drawn up.
func (d *Desk) IssueWeek(ctx context.Context, v access.Viewer, week value.Date) (int, error) {
	list, err := d.Week(ctx, v, week)
	if err != nil {
		return 0, err
	}
	n := 0
	err = d.book.Change(ctx, v, "下发一周巡查任务单", func(tx *record.Tx) error {
		for _, r := range list {
			if r.Step != "draft" {
				continue
			}
			if _, err := tx.Do(r.Ref, r.Rev, "issue", record.Input{}); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// Week are the sheets of a week that the viewer may see, by force.
func (d *Desk) Week(ctx context.Context, v access.Viewer, week value.Date) ([]*record.Record, error) {
	var out []*record.Record
	week = MondayOf(week)
	q := record.Query{Register: Rosters, From: map[string]value.Date{"week": week}, To: map[string]value.Date{"week": week}, Limit: listStride}
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		for {
			p, err := tx.List(q)
			if err != nil {
				return err
			}
			for _, row := range p.Rows {
				if !row.Placeholder && row.Step != "void" {
					out = append(out, row.Record)
				}
			}
			if q.After = p.Next; q.After == "" {
				return nil
			}
		}
	})
	slices.SortStableFunc(out, func(a, b *record.Record) int { return cmp.Compare(a.Text("who"), b.Text("who")) })
	return out, err
}
