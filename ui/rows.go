package ui

import (
	"strconv"
	"strings"

	"jiezhen/app/people"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// Buttons inside a form that change the form and do not send it: add a row,
// take one out, look somebody up. With script the page does this itself.

// redraw says whether the pressed button only changes the form, and changes
// what was typed accordingly.
func (v *visit) redraw() bool {
	do := v.typed.First("_do")
	switch {
	case strings.HasPrefix(do, "row-add."):
		name := strings.TrimPrefix(do, "row-add.")
		v.typed[name+"."+strconv.Itoa(record.RowCount(name, v.typed))+"._new"] = []string{""}
	case strings.HasPrefix(do, "row-del."):
		prefix := strings.TrimPrefix(do, "row-del.") + "."
		for key := range v.typed {
			if strings.HasPrefix(key, prefix) {
				delete(v.typed, key)
			}
		}
	case strings.HasPrefix(do, "find."):
	default:
		return false
	}
	return true
}

// candidates are the answers to a look-up without script.
func (v *visit) candidates(tx *record.Tx, f *register.Field, name string, typed record.Typed) []page.Choice {
	if typed.First("_do") != "find."+name {
		return nil
	}
	text := typed.First(name + ".text")
	if text == "" {
		return nil
	}
	if f.Type != value.KindPerson {
		return v.recordCandidates(record.RefRegister(f), text)
	}
	q := people.Query{Name: text, Limit: 10}
	splitQuery(&q)
	matches, err := people.SearchTx(tx, q)
	if err != nil {
		v.cfg.Log.Error("looking up a person", "error", err)
		return nil
	}
	var out []page.Choice
	for _, m := range matches {
		if m.Record != nil {
			out = append(out, page.Choice{ID: idOrEmpty(m.Person), Text: record.LabelOf(m.Record), Note: strings.Join(v.personFacts(tx, m.Record), "，")})
		}
	}
	return out
}

func (v *visit) recordCandidates(reg, text string) []page.Choice {
	found, err := v.searchRegister(reg, text)
	if err != nil {
		v.cfg.Log.Error("looking up a record", "error", err)
		return nil
	}
	var out []page.Choice
	for _, f := range found {
		id, _ := f["id"].(string)
		label, _ := f["text"].(string)
		note, _ := f["note"].(string)
		out = append(out, page.Choice{ID: id, Text: label, Note: note})
	}
	return out
}
