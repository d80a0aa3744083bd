package hotline

import (
	"context"
	"fmt"

	"jiezhen/app/access"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Months is the register of months whose rates were frozen.
const Months = "governance.month"

// Frozen is the record of a month that was frozen, or nil.
func (d *Desk) Frozen(ctx context.Context, v access.Viewer, month value.Month) (*record.Record, error) {
	return rate.Frozen(ctx, d.book, v, Months, month)
}

// Freeze keeps a month's rates as they stand, with the version of their formulas
// and, in a file beside, the verdict on every order.
func (d *Desk) Freeze(ctx context.Context, v access.Viewer, month value.Month) (record.Ref, error) {
	if err := rate.Over(d.book, month); err != nil {
		return record.Ref{}, err
	}
	m, err := d.Rates(ctx, v, month)
	if err != nil {
		return record.Ref{}, err
	}
	if m.Orders == 0 {
		return record.Ref{}, record.Refused(record.CodeInvalid, "%s没有工单，不用冻结", month.Chinese())
	}
	more := map[string]any{"orders": float64(m.Orders), "excluded": float64(len(m.Excluded)), "areas": areasFrozen(m)}
	if s, ok := m.Score(); ok {
		more["score"] = rate.Round(s)
	}
	ref, err := rate.Freeze(ctx, d.book, v, rate.Frost{Register: Months, Month: month, Version: m.Version, Rates: m.Rates, More: more})
	if err != nil {
		return ref, fmt.Errorf("freezing a month of the hotline: %w", err)
	}
	return ref, nil
}

func areasFrozen(m Month) []map[string]any {
	var out []map[string]any
	for _, a := range m.Areas {
		row := map[string]any{"name": a.Name, "orders": float64(a.Orders)}
		for _, r := range a.Rates {
			row[r.ID] = r.Percent()
		}
		if a.Scored {
			row["score"] = fmt.Sprintf("%.2f", a.Score)
		}
		out = append(out, row)
	}
	return out
}
