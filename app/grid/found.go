package grid

import (
	"context"
	"fmt"
	"slices"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// ownEyes are the sources of a report by which the office found it itself.
var ownEyes = []string{"grid", "patrol", "watch", "inspect"}

// Found tells what grid workers and patrols found in some days, both included,
// by kind: reports that were not refused or void, those mended on the spot
// included, and findings that hold.
func (d *Desk) Found(ctx context.Context, v access.Viewer, from, to value.Date) (map[string][]record.Ref, error) {
	out := map[string][]record.Ref{}
	for month := value.MonthOf(from); month <= value.MonthOf(to); month = value.MonthOf(month.First().AddMonths(1)) {
		marks, err := d.counter.Marks(ctx, v, month)
		if err != nil {
			return nil, err
		}
		for _, m := range marks {
			on := value.Date(m.Keep[keepFound][:min(10, len(m.Keep[keepFound]))])
			if m.Ref.Register == Reports && m.Step != "void" && m.Step != "returned" && on >= from && on <= to && slices.Contains(ownEyes, m.Keep[keepSource]) {
				out[m.Keep[keepKind]] = append(out[m.Keep[keepKind]], m.Ref)
			}
		}
	}
	def, ok := d.book.Registers().Get(Findings)
	if !ok || !record.MayUse(v, def, access.ActRead) {
		return out, nil
	}
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		q := record.Query{Register: Findings, From: map[string]value.Date{"found_on": from}, To: map[string]value.Date{"found_on": to}}
		return each(tx, q, func(r *record.Record) error {
			if r.Step != "dropped" {
				out[r.Text("class")] = append(out[r.Text("class")], r.Ref)
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("reading what patrols found: %w", err)
	}
	return out, nil
}
