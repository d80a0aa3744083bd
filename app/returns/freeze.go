package returns

import (
	"context"
	"fmt"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// MayFreeze reports whether the viewer keeps this return's periods.
func MayFreeze(v access.Viewer, r *Return) bool {
	return r.Frozen != "" && (v.Office || v.Has(r.Freeze...))
}

// FrozenAs is the record in which a period of a return was kept; nil when it
// was not, or the viewer may not read it.
func (d *Desk) FrozenAs(ctx context.Context, v access.Viewer, r *Return, p Period) (*record.Record, error) {
	def, ok := d.book.Registers().Get(r.Frozen)
	if !ok || !record.MayUse(v, def, access.ActRead) {
		return nil, nil
	}
	var out *record.Record
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		var err error
		out, err = frozen(tx, r, p)
		return err
	})
	return out, err
}

func frozen(tx *record.Tx, r *Return, p Period) (*record.Record, error) {
	q := record.Query{Register: r.Frozen, Filters: map[string][]string{"from": {string(p.First)}, "until": {string(p.Last)}}, Limit: 500}
	for {
		page, err := tx.List(q)
		if err != nil {
			return nil, fmt.Errorf("looking for a frozen return: %w", err)
		}
		for _, row := range page.Rows {
			if row.Text("kind") == r.ID {
				return row.Record, nil
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil, nil
		}
	}
}

// Freeze keeps a period of a return as it stands, once, and not before it has
// ended.
func (d *Desk) Freeze(ctx context.Context, v access.Viewer, id string, p Period) (record.Ref, error) {
	var made record.Ref
	r, err := d.find(v, id)
	if err != nil {
		return made, err
	}
	switch {
	case r.Frozen == "":
		return made, record.Refused(record.CodeInvalid, "《%s》不冻结", r.Title)
	case !MayFreeze(v, r):
		return made, record.Refused(record.CodeDenied, "《%s》由负责人冻结，您的岗位不能冻结", r.Title)
	case d.book.Today() <= p.Last:
		return made, record.Refused(record.CodeInvalid, "%s还没有过完，过完以后才能冻结", p.Chinese())
	}
	sheet, err := d.Sheet(ctx, v, id, p)
	if err != nil {
		return made, err
	}
	err = d.book.Change(ctx, v, "冻结"+p.Chinese()+r.Title, func(tx *record.Tx) error {
		old, err := frozen(tx, r, p)
		if err != nil {
			return err
		}
		if old != nil {
			return record.Refused(record.CodeTaken, "%s已经冻结过，见 %s", p.Chinese(), old.Number)
		}
		kept, err := tx.Create(record.Draft{Register: r.Frozen, Values: sheet.values(v)})
		if err == nil {
			made = kept.Ref
		}
		return err
	})
	return made, err
}

// values are the words and figures of a sheet as they are kept.
func (s Sheet) values(v access.Viewer) register.Values {
	out := register.Values{"title": s.Return.Title, "kind": s.Return.ID, "period": s.Period.Chinese(), "from": string(s.Period.First), "until": string(s.Period.Last),
		"version": s.Return.Version, "by": v.Name, "made_at": s.At.Local().Format("2006-01-02 15:04"), "grounds": s.Return.Basis}
	var lines, formulas []map[string]any
	var notes []string
	for _, part := range s.Parts {
		if part.Unseen > 0 {
			notes = append(notes, fmt.Sprintf("“%s”另有%d条受保护对象的记录未计入。", part.Part.Def.Title, part.Unseen))
		}
		for _, t := range part.Tables {
			formulas = append(formulas, map[string]any{"figure": t.Figure.Title, "words": t.Figure.Words, "formula": t.Figure.source})
			for _, l := range t.Rows() {
				lines = append(lines, map[string]any{"part": part.Part.Title, "figure": l[0], "line": l[1], "now": l[2], "before": l[3], "year": l[4]})
			}
		}
	}
	out["lines"], out["formulas"] = lines, formulas
	if len(notes) > 0 {
		out["note"] = strings.Join(notes, "")
	}
	return out
}

// Rows writes a table as lines of figure, part of it, now, before, a year ago.
// A table split two ways gives a line for each cell that is not nought.
func (t Table) Rows() [][5]string {
	title := t.Figure.Title
	if t.Figure.Unit != "" && t.Figure.Unit != "%" {
		title += "（" + t.Figure.Unit + "）"
	}
	var out [][5]string
	for _, line := range t.Lines {
		label := line.Label
		if len(t.Lines) == 1 {
			label = ""
		}
		if t.Figure.Across == nil {
			out = append(out, [5]string{title, label, words(line.Cells[0]), words(line.Cells[1]), words(line.Cells[2])})
			continue
		}
		for i, c := range line.Cells {
			if c.Text != "0" {
				out = append(out, [5]string{title, line.Label + "×" + t.Columns[i], c.Text, "", ""})
			}
		}
	}
	return out
}

func words(c Cell) string {
	if c.Note == "" {
		return c.Text
	}
	return c.Text + "（" + c.Note + "）"
}
