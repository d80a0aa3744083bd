package ui

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// recordJSON is the record page's view for scripts, under the same rights.
func (v *visit) recordJSON(tx *record.Tx, r *record.Record) map[string]any {
	out := map[string]any{
		"ref": r.Ref.String(), "register": r.Register, "number": r.Number, "rev": r.Rev, "step": r.Step,
		"step_label": r.StepLabel(), "subject": r.Subject, "subject_name": tx.SubjectName(r, false), "owner": r.Owner,
		"community": r.Community, "created": r.Created, "changed": r.Changed, "single": r.Single, "demo": r.Demo,
		"values": r.Values, "entered": r.Entered,
	}
	var clocks []map[string]any
	for _, c := range v.office.Book.Clocks(r) {
		clocks = append(clocks, map[string]any{"id": c.ID, "label": c.Label, "start": c.Start, "due": c.Due, "limit": c.Limit,
			"paused": c.Paused, "broken": c.Broken})
	}
	out["clocks"] = clocks
	if findings, err := tx.Findings(r); err == nil && len(findings) > 0 {
		out["criteria"] = findings
	}
	var papers []map[string]any
	for _, p := range r.Papers {
		papers = append(papers, map[string]any{"paper": p.Paper, "number": p.Number, "hash": p.Hash, "reprints": p.Reprints, "void": p.Void})
	}
	out["papers"] = papers
	if next, err := tx.Actions(r); err == nil {
		var actions []map[string]any
		for _, s := range next {
			if s.Allowed {
				actions = append(actions, map[string]any{"id": s.Action.ID, "label": s.Action.Label, "missing": s.Missing})
			}
		}
		out["actions"] = actions
	}
	return out
}

// listJSON is the list page's view for scripts: the same rows, masked alike.
func (v *visit) listJSON(q record.Query) error {
	var out map[string]any
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		p, err := tx.List(q)
		if err != nil {
			return err
		}
		rows := []map[string]any{}
		for _, row := range p.Rows {
			rows = append(rows, v.rowJSON(tx, row))
		}
		counts, err := tx.Counts(q.Register)
		if err != nil {
			return err
		}
		out = map[string]any{"rows": rows, "next": p.Next, "total": p.Total, "more": p.More, "counts": v.shownCounts(q.Register, counts)}
		return nil
	})
	if err != nil {
		return err
	}
	return v.json(fiber.StatusOK, out)
}

// shownCounts are the numbers as the page shows them: those too small to tell
// apart say only that they are small.
func (v *visit) shownCounts(reg string, counts map[string]uint64) map[string]any {
	out := map[string]any{}
	def, ok := v.office.Book.Registers().Get(reg)
	if !ok {
		return out
	}
	for _, c := range def.Counts {
		out[c.ID] = counts[c.ID]
		if least, small := c.Small(counts[c.ID], v.office.Book.Today()); small {
			out[c.ID] = fmt.Sprintf("<%d", least)
		}
	}
	return out
}

func (v *visit) rowJSON(tx *record.Tx, row record.Row) map[string]any {
	r := row.Record
	out := map[string]any{"ref": r.Ref.String(), "number": r.Number, "placeholder": row.Placeholder}
	if row.Placeholder {
		return out
	}
	masked := r.Def.Protect != register.ProtectNone && v.query("names") != "full"
	out["step"], out["owner"], out["community"], out["created"] = r.Step, r.Owner, r.Community, r.Created
	out["subject_name"] = tx.SubjectName(r, masked)
	if clocks := v.office.Book.Clocks(r); len(clocks) > 0 {
		out["due"] = soonest(clocks).Due
	}
	values := map[string]any{}
	for _, id := range r.Def.List.Columns {
		f, ok := r.Def.Field(id)
		if !ok {
			continue
		}
		if masked && f.Mask || f.Mask {
			values[id] = value.Mask(f.Type, tx.Display(f, r.Values[id]))
			continue
		}
		values[id] = v.office.Book.Listed(f, r.Values[id])
	}
	out["values"] = values
	return out
}

// recordsJSON answers the picker of a record field.
func (v *visit) recordsJSON() error {
	reg, q := v.query("register"), v.query("q")
	found := []map[string]any{}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		def, ok := v.office.Book.Registers().Get(reg)
		if !ok || !record.MayUse(v.viewer, def, access.ActRead) {
			return record.Refused(record.CodeNotFound, "没有这个登记簿")
		}
		add := func(r *record.Record) {
			if tx.Verdict(r, access.ActRead) == access.Allowed {
				found = append(found, map[string]any{"id": r.ID, "text": record.LabelOf(r), "note": tx.SubjectName(r, false) + " " + r.StepLabel()})
			}
		}
		if r, err := tx.ByNumber(q); err == nil && r.Register == reg {
			add(r)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(found) == 0 && q != "" {
		hits, err := v.searchRegister(reg, q)
		if err != nil {
			return err
		}
		found = hits
	}
	return v.json(fiber.StatusOK, map[string]any{"found": found})
}
