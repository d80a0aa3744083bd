package page

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strconv"
	"strings"
)

// functions are what templates may call: formatting only, no decisions about
// what may be seen.
func (r *Renderer) functions() template.FuncMap {
	return template.FuncMap{
		"static":  r.staticURL,
		"narrow":  r.narrowSheets,
		"product": func() string { return r.config.Product },
		"version": func() string { return r.config.Version },
		"conds":   conditionsJSON,
		"id":      htmlID,
		"pair":    pairUp,
		"add":     func(a, b int) int { return a + b },
		"radios":  Field.asRadios,
		"blank":   Field.blankLine,
		"has":     contains,
		"tens":    func(p float64) int { return clamp(int(p*100+0.5), 0, 100) },
		"layout":  Graph.layout,
		"heading": Table.heading,
		"lineNo":  lineNo,
		"last":    func(i int, cells []Cell) bool { return i == len(cells)-1 },
	}
}

func clamp(n, low, high int) int { return max(low, min(n, high)) }

// conditionsJSON is the data-show attribute that the script reads.
func conditionsJSON(c []Condition) (string, error) {
	b, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encode conditions: %w", err)
	}
	return string(b), nil
}

// htmlID makes an id from a form name: field.0.sub becomes f-field-0-sub.
func htmlID(name string) string {
	return "f-" + strings.Map(func(r rune) rune {
		if r == '.' || r == '[' || r == ']' || r == ' ' {
			return '-'
		}
		return r
	}, name)
}

// pairUp hands a template two things: {{template "x" (pair .Form $.Token)}}.
func pairUp(a, b any) map[string]any { return map[string]any{"A": a, "B": b} }

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// radiosUpTo is the longest list of codes shown as radio buttons; a longer one
// becomes a select box.
const radiosUpTo = 5

func (f Field) asRadios() bool {
	if f.Kind == KindYesNo {
		return true
	}
	if f.Tight || f.Kind != KindCode || len(f.Options) > radiosUpTo {
		return false
	}
	n := 0
	for _, o := range f.Options {
		n += len([]rune(o.Text)) + 3
	}
	return n <= 60
}

// blankLine is a row of a table field with the index written as __i__, for the
// script to copy.
func (f Field) blankLine() Line {
	var l Line
	for _, c := range f.Columns {
		c.Name = f.Name + ".__i__." + c.Name
		l.Fields = append(l.Fields, c)
	}
	return l
}

// LineName is the form name of a column in row i of a table field.
func LineName(table string, i int, column string) string {
	return table + "." + strconv.Itoa(i) + "." + column
}

// heading is the title of column i, repeated in the cell where a narrow screen
// stacks the columns.
func (t Table) heading(i int) string {
	if i >= len(t.Columns) {
		return ""
	}
	return t.Columns[i].Title
}
