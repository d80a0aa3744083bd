package sheet

import (
	"fmt"
	"slices"

	"jiezhen/app/record"
)

// matchColumns are the columns whose values others give and by which a row
// finds the record that it updates, such as the number that the upper platform
// gave an order.
func (t *taking) matchColumns() []int {
	var out []int
	for i, c := range t.columns {
		if c.def != nil && c.def.Match {
			out = append(out, i)
		}
	}
	return out
}

// fold makes one line of several with the same number: the last stands, and
// what it leaves empty is taken from the ones before. It gives the lines to be
// written and what became of the others.
func (t *taking) fold(lines []Line) (kept []Line, earlier []RowResult) {
	columns := t.matchColumns()
	if len(columns) == 0 {
		return lines, nil
	}
	last, stands := map[string]int{}, make([]int, len(lines)) // by which line each is stood for
	for i, l := range slices.Backward(lines) {
		stands[i] = i
		for _, c := range columns {
			if c >= len(l.Cells) || l.Cells[c] == "" {
				continue
			}
			key := fmt.Sprint(c, "\x00", plainDigits(l.Cells[c]))
			if at, ok := last[key]; ok {
				stands[i] = at
			} else {
				last[key] = i
			}
		}
	}
	merged := slices.Clone(lines)
	for i, l := range lines {
		if at := stands[i]; at != i {
			earlier = append(earlier, RowResult{Line: l.No, Update: true, Warnings: []string{fmt.Sprintf("编号与第 %d 行相同，以第 %d 行为准", lines[at].No, lines[at].No)}})
		}
	}
	for i, l := range slices.Backward(lines) {
		if at := stands[i]; at != i {
			merged[at].Cells = filled(merged[at].Cells, l.Cells)
		}
	}
	for i := range merged {
		if stands[i] == i {
			kept = append(kept, merged[i])
		}
	}
	return kept, earlier
}

// filled is a line's cells with those of another where it has none.
func filled(cells, from []string) []string {
	out := slices.Clone(cells)
	for len(out) < len(from) {
		out = append(out, "")
	}
	for i, c := range from {
		if out[i] == "" {
			out[i] = c
		}
	}
	return out
}

// unchanged reports whether a row says nothing but what the record that it
// matches holds already: others export the whole list again and again, also
// what has long been closed.
func (r *row) unchanged() bool {
	if !r.matched {
		return false
	}
	for id, v := range r.values {
		if fmt.Sprint(v) != fmt.Sprint(r.old.Values[id]) {
			return false
		}
	}
	return true
}

// matching finds the record that a row updates by a number that others gave.
func (t *taking) matching(tx *record.Tx, r *row) error {
	for _, c := range t.matchColumns() {
		f := t.columns[c].def
		text, _ := r.values[f.ID].(string)
		if text == "" {
			continue
		}
		found, err := tx.Find(t.def.ID, f.ID, text)
		if err != nil {
			return fmt.Errorf("looking for a record by %s: %w", f.ID, err)
		}
		if len(found) > 0 {
			r.old, r.matched = found[0], true
			return nil
		}
	}
	return t.samePlace(tx, r)
}

// samePlace finds the place in use that has a row's code: a tree of places that
// comes again brings it up to date.
func (t *taking) samePlace(tx *record.Tx, r *row) error {
	code, _ := r.values["code"].(string)
	if t.def.ID != record.Places || code == "" {
		return nil
	}
	found, err := tx.Find(record.Places, "code", code)
	if err != nil {
		return fmt.Errorf("looking for a place by its code: %w", err)
	}
	for _, p := range found {
		if until := p.Date("until"); until == "" || until >= tx.Today() {
			r.old, r.matched = p, true
			return nil
		}
	}
	return nil
}
