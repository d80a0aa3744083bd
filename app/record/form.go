package record

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Typed is a form as it was sent: field id → what was typed. Rows of a table
// are named table.0.column, table.1.column …; table.0._drop leaves a row out.
type Typed map[string][]string

// First is what was typed under a name, trimmed.
func (t Typed) First(name string) string {
	if v := t[name]; len(v) > 0 {
		return strings.TrimSpace(v[0])
	}
	return ""
}

// present is the name a form uses to say that it showed a field whose empty
// state sends nothing (tick boxes, tables): _has=<field>.
const present = "_has"

// ParseForm reads what was typed for a register's fields into canonical
// values. Fields that the form did not show are not in the answer. Problems
// name what could not be read; warnings are marked so.
func (b *Book) ParseForm(def *register.Definition, typed Typed) (register.Values, []Problem) {
	values := register.Values{}
	var problems []Problem
	shown := map[string]bool{}
	for _, id := range typed[present] {
		shown[id] = true
	}
	for _, f := range def.Fields {
		if f.Compute != nil || f.Filled {
			continue
		}
		v, ok, found := b.parseField(f, f.ID, typed, shown[f.ID])
		problems = append(problems, found...)
		if ok {
			values[f.ID] = v
		}
	}
	return values, problems
}

// parseField reads one field under a name. ok is false when the form did not
// show it or what was typed cannot be read.
func (b *Book) parseField(f *register.Field, name string, typed Typed, shown bool) (v any, ok bool, problems []Problem) {
	switch f.Type {
	case value.KindTable:
		return b.parseRows(f, name, typed, shown)
	case value.KindCodes, value.KindFile:
		words, sent := typed[name]
		if !sent && !shown {
			return nil, false, nil
		}
		return wordList(words), true, nil
	case value.KindYesNo:
		if _, sent := typed[name]; !sent && !shown {
			return nil, false, nil
		}
	default:
		if _, sent := typed[name]; !sent {
			return nil, false, nil
		}
	}
	v, warnings, err := b.ParseCell(f, typed.First(name))
	if err != nil {
		return nil, false, []Problem{{Field: name, Label: f.Label, Text: err.Error()}}
	}
	for _, w := range warnings {
		problems = append(problems, Problem{Field: name, Label: f.Label, Text: w.Text, Warn: true})
	}
	return v, true, problems
}

func wordList(words []string) any {
	var out []string
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// ParseCell reads one typed text for a scalar field: the same door for forms,
// spreadsheets and commands.
func (b *Book) ParseCell(f *register.Field, typed string) (any, []value.Warning, error) {
	if strings.TrimSpace(typed) == "" {
		return nil, nil, nil
	}
	spec := value.Spec{Decimals: f.Decimals}
	return value.Parse(f.Type, spec, typed, b.Today())
}

func (b *Book) parseRows(f *register.Field, name string, typed Typed, shown bool) (any, bool, []Problem) {
	indexes := rowIndexes(name, typed)
	if len(indexes) == 0 {
		return nil, shown, nil
	}
	var rows []map[string]any
	var problems []Problem
	for _, i := range indexes {
		prefix := name + "." + strconv.Itoa(i) + "."
		if typed.First(prefix+"_drop") != "" {
			continue
		}
		row := map[string]any{}
		for _, sub := range f.Fields {
			v, ok, found := b.parseField(sub, prefix+sub.ID, typed, false)
			problems = append(problems, found...)
			if ok && v != nil && v != false {
				row[sub.ID] = v
			}
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil, len(problems) == 0, problems
	}
	return rows, true, problems
}

// maxRows bounds a table: a sheet of a thousand lines is an import.
const maxRows = 1000

func rowIndexes(name string, typed Typed) []int {
	seen := map[int]bool{}
	for key := range typed {
		rest, ok := strings.CutPrefix(key, name+".")
		if !ok {
			continue
		}
		index, _, ok := strings.Cut(rest, ".")
		n, err := strconv.Atoi(index)
		if ok && err == nil && n >= 0 && n < maxRows {
			seen[n] = true
		}
	}
	out := make([]int, 0, len(seen))
	for n := range seen {
		out = append(out, n)
	}
	sort.Ints(out)
	return out
}

// Display writes a field's value as a person reads it: codes by their labels,
// people and places by name.
func (tx *Tx) Display(f *register.Field, v any) string {
	if blank(v) {
		return ""
	}
	switch f.Type {
	case value.KindCode:
		s, _ := v.(string)
		return tx.book.CodeLabel(f.Codes, s)
	case value.KindCodes:
		words, _ := v.([]string)
		labels := make([]string, 0, len(words))
		for _, w := range words {
			labels = append(labels, tx.book.CodeLabel(f.Codes, w))
		}
		return strings.Join(labels, "、")
	case value.KindPerson, value.KindPlace, value.KindParty, value.KindRecord:
		s, _ := v.(string)
		return tx.Label(Ref{refRegister(f), atoi(s)}, false)
	case value.KindTable, value.KindFile:
		return ""
	}
	return value.Print(f.Type, v)
}

func refRegister(f *register.Field) string {
	switch f.Type {
	case value.KindPerson:
		return Persons
	case value.KindPlace:
		return Places
	case value.KindParty:
		return Parties
	}
	return f.Register
}

// RefRegister is the register that a reference field points into.
func RefRegister(f *register.Field) string { return refRegister(f) }

// CodeLabel is a code in words; an unknown code is shown as it is.
func (b *Book) CodeLabel(list, code string) string {
	codes, ok := b.cfg.Policy().Codes(list)
	if ok {
		for _, item := range codes.Items {
			if item.Code == code {
				return item.Label
			}
		}
	}
	return code
}

// Secret reports whether a code is one that no list and no board may show.
func (b *Book) Secret(list, code string) bool {
	codes, ok := b.cfg.Policy().Codes(list)
	if !ok {
		return false
	}
	item, ok := codes.Item(code)
	return ok && item.Secret
}

// Listed is a field's value as lists, exports and scripts get it: without the
// codes that no list may show, as if they had not been filled in.
func (b *Book) Listed(f *register.Field, v any) any {
	switch v := v.(type) {
	case string:
		if f.Codes != "" && b.Secret(f.Codes, v) {
			return nil
		}
	case []string:
		if f.Codes != "" {
			return slices.DeleteFunc(slices.Clone(v), func(code string) bool { return b.Secret(f.Codes, code) })
		}
	}
	return v
}

// RowCount is how many rows of a table a form sent.
func RowCount(name string, typed Typed) int {
	indexes := rowIndexes(name, typed)
	if len(indexes) == 0 {
		return 0
	}
	return indexes[len(indexes)-1] + 1
}
