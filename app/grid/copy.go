package grid

import (
	"fmt"
	"strconv"

	"jiezhen/app/insight"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// The registers into which what concerns a child or disability is copied, for
// those who are responsible and do not work with orders or reports themselves.
const (
	ChildCopies      = "child.copy"
	DisabilityCopies = "disability.copy"
)

// flagWords marks a record as about a child or disability, once; a person may
// change the mark.
func flagWords(r *record.Record) {
	text := r.Text("title") + r.Text("content")
	for field, about := range map[string]func(string) bool{"minor": insight.AboutMinor, "disability": insight.AboutDisability} {
		if r.Values[field] == nil {
			r.Values[field] = about(text)
		}
	}
}

// copyOut hands what concerns a child or disability to the responsible officer:
// the words and the place, never who complained. What has ended is not copied,
// and nothing is copied twice.
func copyOut(tx *record.Tx, r, before *record.Record) error {
	if !r.Open() {
		return nil
	}
	for field, reg := range map[string]string{"minor": ChildCopies, "disability": DisabilityCopies} {
		is, _ := r.Values[field].(bool)
		was := false
		if before != nil {
			was, _ = before.Values[field].(bool)
		}
		if !is || was {
			continue
		}
		if err := copyTo(tx, reg, r); err != nil {
			return err
		}
	}
	return nil
}

func copyTo(tx *record.Tx, reg string, r *record.Record) error {
	if had, err := tx.IDs(reg, "of", r.Ref.String()); err != nil || len(had) > 0 {
		return err
	}
	v := register.Values{"of": r.Ref.String(), "source": r.Def.Title, "source_number": or(r.Text("external"), r.Number), "title": r.Text("title"), "content": r.Text("content"),
		"address": r.Text("address"), "told_at": toldAt(r)}
	if r.Community != 0 {
		v["community"] = strconv.FormatUint(r.Community, 10)
	}
	if _, err := tx.AsOffice().Create(record.Draft{Register: reg, Values: v, Community: r.Community}); err != nil {
		return fmt.Errorf("copying to the responsible officer: %w", err)
	}
	return nil
}
