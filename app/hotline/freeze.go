package hotline

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Months is the register of months whose rates were frozen.
const Months = "governance.month"

// Freeze keeps a month's rates as they stand, order by order, with the version
// of their formulas. A month is frozen once, and not before it has ended.
func (d *Desk) Freeze(ctx context.Context, v access.Viewer, month value.Month) (record.Ref, error) {
	var made record.Ref
	if d.book.Today() < month.First().AddMonths(1) {
		return made, record.Refused(record.CodeInvalid, "%s还没有过完，月末以后才能冻结", month.Chinese())
	}
	if old, err := d.Frozen(ctx, v, month); err != nil || old != nil {
		if err == nil {
			err = record.Refused(record.CodeTaken, "%s已经冻结过，见 %s", month.Chinese(), old.Number)
		}
		return made, err
	}
	m, err := d.Rates(ctx, v, month)
	if err != nil {
		return made, err
	}
	if m.Orders == 0 {
		return made, record.Refused(record.CodeInvalid, "%s没有工单，不用冻结", month.Chinese())
	}
	err = d.book.Change(ctx, v, "冻结"+month.Chinese()+"三率", func(tx *record.Tx) error {
		values, err := frozenValues(tx, m)
		if err != nil {
			return err
		}
		r, err := tx.Create(record.Draft{Register: Months, Values: values})
		if err == nil {
			made = r.Ref
		}
		return err
	})
	return made, err
}

// Frozen is the record of a month that was frozen, or nil.
func (d *Desk) Frozen(ctx context.Context, v access.Viewer, month value.Month) (*record.Record, error) {
	var out *record.Record
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		p, err := tx.List(record.Query{Register: Months, Filters: map[string][]string{"month": {string(month)}}, Limit: 1})
		if err == nil && len(p.Rows) > 0 {
			out = p.Rows[0].Record
		}
		return err
	})
	return out, err
}

func round2(x float64) float64 { return math.Round(x*100) / 100 }

// Percent writes a rate as a page shows it.
func (r Rate) Percent() string {
	v, ok := r.Value()
	if !ok {
		return "—"
	}
	return strconv.FormatFloat(100*v, 'f', 2, 64) + "%"
}

func frozenValues(tx *record.Tx, m Month) (register.Values, error) {
	values := register.Values{"month": string(m.Month), "version": m.Version, "orders": float64(m.Orders), "excluded": float64(len(m.Excluded))}
	if s, ok := m.Score(); ok {
		values["score"] = round2(s)
	}
	var rates, areas, members []map[string]any
	for _, r := range m.Rates {
		row := map[string]any{"title": r.Title, "sum": round2(r.Sum), "of": float64(len(r.Of)), "formula": r.Formula}
		if v, ok := r.Value(); ok {
			row["percent"] = round2(100 * v)
		}
		rates = append(rates, row)
	}
	for _, a := range m.Areas {
		row := map[string]any{"name": a.Name, "orders": float64(a.Orders)}
		for _, r := range a.Rates {
			row[r.ID] = r.Percent()
		}
		if a.Scored {
			row["score"] = fmt.Sprintf("%.2f", a.Score)
		}
		areas = append(areas, row)
	}
	verdicts := map[record.Ref]map[string]any{}
	enter := func(refs []record.Ref, rate, word string) {
		for _, ref := range refs {
			if verdicts[ref] == nil {
				verdicts[ref] = map[string]any{}
			}
			verdicts[ref][rate] = word
		}
	}
	for _, r := range m.Rates {
		enter(r.Hits, r.ID, "计入分子")
		enter(r.Misses, r.ID, "只计分母")
	}
	err := eachBetween(tx, m.From, m.To, func(r *record.Record) error {
		if row := verdicts[r.Ref]; row != nil {
			row["external"] = r.Text("external")
			members = append(members, row)
		}
		return nil
	})
	values["rates"], values["areas"], values["members"] = rates, areas, members
	return values, err
}
