package patrol

import (
	"context"
	"fmt"

	"jiezhen/app/access"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Frozen is the record of a month that was frozen, or nil.
func (d *Desk) Frozen(ctx context.Context, v access.Viewer, month value.Month) (*record.Record, error) {
	return rate.Frozen(ctx, d.book, v, Months, month)
}

// Freeze keeps a month's numbers as they stand, person by person, and in a file
// beside, finding by finding.
func (d *Desk) Freeze(ctx context.Context, v access.Viewer, month value.Month) (record.Ref, error) {
	if err := rate.Over(d.book, month); err != nil {
		return record.Ref{}, err
	}
	m, err := d.MonthOf(ctx, v, month)
	if err != nil {
		return record.Ref{}, err
	}
	if len(m.Persons) == 0 {
		return record.Ref{}, record.Refused(record.CodeInvalid, "%s没有巡查任务和记录，不用冻结", month.Chinese())
	}
	ref, err := rate.Freeze(ctx, d.book, v, rate.Frost{Register: Months, Month: month, Version: Version, Rates: d.monthRates(m), More: d.monthValues(m)})
	if err != nil {
		return ref, fmt.Errorf("freezing a month of patrols: %w", err)
	}
	return ref, nil
}

// monthRates are the rates over a month's findings.
func (d *Desk) monthRates(m Month) []rate.Rate {
	valid, fixed := rate.Rate{Formula: words("有效问题率")}, rate.Rate{Formula: words("随手处理率")}
	for _, f := range m.Findings {
		ref := record.Ref{Register: Findings, ID: f.ID}
		_, yes := d.Stands(f)
		valid.Enter(ref, share(yes))
		fixed.Enter(ref, share(f.Step == "fixed"))
	}
	return []rate.Rate{valid, fixed}
}

func words(title string) *rate.Formula {
	for _, f := range Formulas {
		if f.Title == title {
			return &rate.Formula{ID: title, Title: title, Words: f.Words, Source: f.Words}
		}
	}
	return &rate.Formula{ID: title, Title: title}
}

func share(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func (d *Desk) monthValues(m Month) register.Values {
	v := register.Values{"cover": rate.Percent(m.Cover.CellsDone, m.Cover.CellsDue), "persons": float64(len(m.Persons)), "found": float64(len(m.Findings)), "each": m.Each(),
		"valid": rate.Percent(m.Valid, len(m.Findings)), "fixed": rate.Percent(m.Fixed, len(m.Findings)), "blank": float64(len(m.Cover.Blank))}
	var rows []map[string]any
	for _, p := range m.Persons {
		rows = append(rows, map[string]any{"who": p.Force.Name, "kind": d.book.CodeLabel("force.kind", p.Force.Kind), "due": float64(p.Days), "done": float64(p.DaysKept), "slots": float64(p.Slots),
			"kept": float64(p.Kept), "found": float64(len(p.Found)), "valid": float64(p.Valid), "fixed": float64(p.Fixed), "twice": float64(p.Twice),
			"sampled": float64(p.Sampled), "failed": float64(p.Failed)})
	}
	v["rows"] = rows
	return v
}

// Sheet keeps the coverage of a day or a week as a record, from which the
// daily and weekly sheet is printed. What is not over yet is not kept.
func (d *Desk) Sheet(ctx context.Context, v access.Viewer, span string, from value.Date) (record.Ref, error) {
	var made record.Ref
	to, title := from, from.Chinese()+"日报"
	switch span {
	case "day":
	case "week":
		from = MondayOf(from)
		to, title = from.AddDays(6), from.Chinese()+"起一周周报"
	default:
		return made, record.Refused(record.CodeInvalid, "请选日报或周报")
	}
	if to >= d.book.Today() {
		return made, record.Refused(record.CodeInvalid, "%s还没有过完，过完再出", title)
	}
	c, err := d.Cover(ctx, v, from, to)
	if err != nil {
		return made, err
	}
	if c.CellsDue == 0 && len(c.Rounds) == 0 {
		return made, record.Refused(record.CodeInvalid, "这段时间没有应巡的点位，也没有巡查记录")
	}
	err = d.book.Change(ctx, v, "出"+title, func(tx *record.Tx) error {
		old, err := tx.List(record.Query{Register: Covers, Filters: map[string][]string{"span": {span}}, From: map[string]value.Date{"from": from}, To: map[string]value.Date{"from": from}, Limit: 1})
		if err != nil {
			return err
		}
		if len(old.Rows) > 0 {
			return record.Refused(record.CodeTaken, "%s已经出过，见 %s", title, old.Rows[0].Number)
		}
		values := d.coverValues(c)
		values["span"], values["title"] = span, title
		r, err := tx.Create(record.Draft{Register: Covers, Values: values})
		if err == nil {
			made = r.Ref
		}
		return err
	})
	return made, err
}

func (d *Desk) coverValues(c Cover) register.Values {
	v := register.Values{"from": string(c.From), "to": string(c.To), "version": Version, "cells_due": float64(c.CellsDue), "cells_done": float64(c.CellsDone),
		"cover": rate.Percent(c.CellsDone, c.CellsDue), "slots_due": float64(c.Slots), "slots_done": float64(c.Kept), "found": float64(c.Found), "fixed": float64(c.Fixed),
		"sampled": float64(c.Sampled), "failed": float64(c.Failed)}
	var cells, gaps []map[string]any
	for _, cell := range c.Cells {
		cells = append(cells, map[string]any{"code": cell.Code, "name": cell.Name, "due": float64(cell.Due), "done": float64(cell.Kept), "visits": float64(cell.Valid), "state": cell.State()})
	}
	for _, g := range c.Gaps {
		gaps = append(gaps, map[string]any{"cell": g.Cell.Code, "point": g.Point.Name, "kind": d.book.CodeLabel("force.kind", g.Force.Kind), "who": g.Force.Name,
			"due": string(g.Due), "late": float64(g.Late), "level": d.book.CodeLabel("patrol.supervise", g.Level)})
	}
	v["cells"], v["gaps"] = cells, gaps
	return v
}

// State says in a word whether a cell was covered.
func (c CellCover) State() string {
	switch {
	case c.Due == 0:
		return "不应巡"
	case c.Covered:
		return "已覆盖"
	}
	return "漏巡"
}
