package hotline

import (
	"cmp"
	"context"
	"slices"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
)

// replyColumns are the columns of the replies that go back to the upper
// platform; who complained is not among them.
var replyColumns = []string{"external", "contacted_at", "finished_at", "result", "reply", "unit", "helpers"}

// Waiting are the answered orders that the upper platform does not have yet:
// never exported, or refused there.
func (d *Desk) Waiting(ctx context.Context, v access.Viewer) ([]*record.Record, error) {
	var out []*record.Record
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		for _, q := range []record.Query{
			{Register: Orders, Filters: map[string][]string{"step": {"replied"}}, Limit: 500},
			{Register: Orders, Filters: map[string][]string{"delivery": {"failed"}}, Limit: 500},
		} {
			for {
				p, err := tx.List(q)
				if err != nil {
					return err
				}
				for _, row := range p.Rows {
					delivered := row.Text("delivery")
					if !row.Placeholder && (delivered == "" || delivered == "failed") && row.Text("reply") != "" && !has(out, row.Ref) {
						out = append(out, row.Record)
					}
				}
				if q.After = p.Next; q.After == "" {
					break
				}
			}
		}
		return nil
	})
	slices.SortFunc(out, func(a, b *record.Record) int { return cmp.Compare(a.Text("external"), b.Text("external")) })
	return out, err
}

func has(list []*record.Record, ref record.Ref) bool {
	return slices.ContainsFunc(list, func(r *record.Record) bool { return r.Ref == ref })
}

// Deliver writes the replies that wait as a workbook and marks them as on their
// way; the journal keeps how many left.
func (d *Desk) Deliver(ctx context.Context, v access.Viewer) (data []byte, n int, err error) {
	def, _ := d.book.Registers().Get(Orders)
	if !record.MayUse(v, def, access.ActExport) {
		return nil, 0, record.Refused(record.CodeDenied, "您的岗位不能导出回单")
	}
	waiting, err := d.Waiting(ctx, v)
	if err != nil {
		return nil, 0, err
	}
	if len(waiting) == 0 {
		return nil, 0, record.Refused(record.CodeInvalid, "没有待回传的回单")
	}
	var header []string
	for _, c := range replyColumns {
		f, _ := def.Field(c)
		header = append(header, f.Label)
	}
	var lines [][]string
	err = d.book.Change(ctx, v, "导出回单", func(tx *record.Tx) error {
		for _, r := range waiting {
			var line []string
			for _, c := range replyColumns {
				f, _ := def.Field(c)
				line = append(line, tx.Display(f, r.Values[c]))
			}
			lines = append(lines, line)
			if err := tx.AsOffice().Imply(r.Ref, register.Values{"delivery": "out"}); err != nil {
				return err
			}
		}
		return tx.Event("export", record.Ref{Register: Orders}, map[string]any{"purpose": "回传上级平台", "rows": len(lines)})
	})
	if err != nil {
		return nil, 0, err
	}
	data, err = sheet.List(d.book.Profile().TownName+" 12345工单回单", header, lines)
	return data, len(lines), err
}
