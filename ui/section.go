package ui

import (
	"slices"
	"strconv"

	"jiezhen/app/access"
	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// sections are the record's values under the headings of its form. What a
// condition hides and nobody filled in is left out.
func (v *visit) sections(tx *record.Tx, r *record.Record) []page.ValueSection {
	var out []page.ValueSection
	edit := ""
	if r.Open() && tx.Verdict(r, access.ActEdit) == access.Allowed {
		edit = "/r/" + r.Ref.String() + "/edit"
	}
	for _, f := range r.Def.Fields {
		if f.Section != "" || len(out) == 0 {
			title := f.Section
			if title == "" {
				title = "基本情况"
			}
			s := page.ValueSection{ID: "s" + strconv.Itoa(len(out)+1), Title: title}
			out = append(out, s)
		}
		if s := &out[len(out)-1]; edit != "" && f.Compute == nil && !f.Filled {
			s.Edit = edit + "#" + s.ID
		}
		v.addValue(tx, r, f, &out[len(out)-1])
	}
	full := out[:0]
	for _, s := range out {
		if len(s.Facts)+len(s.Tables)+len(s.Notes) > 0 {
			full = append(full, s)
		}
	}
	return full
}

func (v *visit) addValue(tx *record.Tx, r *record.Record, f *register.Field, s *page.ValueSection) {
	val := r.Values[f.ID]
	if r.Register == hotline.Bulletins && f.ID == "figures" {
		return // a block of its own opens each of them
	}
	switch f.Type {
	case value.KindTable:
		if rows, _ := val.([]map[string]any); len(rows) > 0 {
			s.Tables = append(s.Tables, v.rowsTable(tx, f, rows))
		}
	case value.KindNote:
		if text := tx.Display(f, val); text != "" {
			s.Notes = append(s.Notes, page.Fact{Label: f.Label, Value: page.Cell{Text: text}})
		}
	default:
		if cell := v.cell(tx, f, val, false); cell.Text != "" {
			s.Facts = append(s.Facts, page.Fact{Label: f.Label, Value: cell})
		}
	}
}

func (v *visit) rowsTable(tx *record.Tx, f *register.Field, rows []map[string]any) page.Table {
	t := page.Table{Caption: f.Label}
	for _, sub := range f.Fields {
		t.Columns = append(t.Columns, page.Column{Title: sub.Label, Num: numeric(sub)})
	}
	for _, row := range rows {
		line := page.Row{}
		for _, sub := range f.Fields {
			line.Cells = append(line.Cells, v.cell(tx, sub, row[sub.ID], false))
		}
		t.Rows = append(t.Rows, line)
	}
	if f.Filled {
		dropEmpty(&t)
	}
	return t
}

// dropEmpty leaves out the columns in which no row says anything: of what the
// program fills in, nobody is waiting for them.
func dropEmpty(t *page.Table) {
	for i := len(t.Columns) - 1; i > 0; i-- {
		if slices.ContainsFunc(t.Rows, func(r page.Row) bool { return r.Cells[i].Text != "" }) {
			continue
		}
		t.Columns = slices.Delete(t.Columns, i, i+1)
		for k := range t.Rows {
			t.Rows[k].Cells = slices.Delete(t.Rows[k].Cells, i, i+1)
		}
	}
}

func numeric(f *register.Field) bool { return f.Type == value.KindMoney || f.Type == value.KindNumber }

// cell is one value as shown; masked hides what a list does not show in full.
func (v *visit) cell(tx *record.Tx, f *register.Field, val any, masked bool) page.Cell {
	c := page.Cell{Text: tx.Display(f, val), Num: numeric(f)}
	if c.Text == "" {
		return c
	}
	if masked && f.Mask {
		c.Text, c.Mask = value.Mask(f.Type, c.Text), true
		return c
	}
	if f.Unit != "" && c.Num {
		c.Note = f.Unit
	}
	if f.Type == value.KindCode {
		s, _ := val.(string)
		c.Tone, c.Badge = v.codeTone(f.Codes, s)
	}
	if id, ok := val.(string); ok && id != "" && (f.Type == value.KindPerson || f.Type == value.KindParty || f.Type == value.KindRecord) {
		n, _ := strconv.ParseUint(id, 10, 64)
		c.URL = recordURL(record.Ref{Register: record.RefRegister(f), ID: n})
	}
	return c
}

// codeTone is how much a code presses, as its list says.
func (v *visit) codeTone(list, code string) (page.Tone, bool) {
	codes, ok := v.office.Book.Policy().Codes(list)
	if !ok {
		return "", false
	}
	for _, item := range codes.Items {
		if item.Code == code && item.Tone != "" {
			return page.Tone(item.Tone), true
		}
	}
	return "", false
}
