package grid

import (
	"fmt"
	"slices"
	"strings"

	"jiezhen/app/calendar"
	"jiezhen/app/record"
	"jiezhen/app/trend"
	"jiezhen/app/value"
)

// The registers of this package, and those whose records are sources of a case
// beside reports.
const (
	Reports     = "governance.report"
	Cases       = "governance.case"
	Assignments = "governance.assignment"
	Categories  = "governance.category"
	Powers      = "governance.empowered"
	Forces      = "governance.force"
	Orders      = "governance.order"
	Findings    = "governance.finding"
)

// Category is a class of cases as a version of the tree has it.
type Category struct {
	ID                  uint64
	Code, Name, Version string
	Group, Kind         string
	Filing, Handler     string
	Limit               calendar.Limit
	Limited             bool // Limit is set
	LimitState          string
	Unit                uint64
	Words               []string
	From, Until         value.Date
	Next, NextVersion   string
}

// in reports whether the category is in use on a day.
func (c *Category) in(at value.Date) bool {
	return (c.From == "" || c.From <= at) && (c.Until == "" || at <= c.Until)
}

// Power is a matter that the street was empowered with.
type Power struct {
	ID          uint64
	Code, Name  string
	Prefixes    []string
	Unit        uint64
	Basis       string
	From, Until value.Date
}

// covers reports whether the matter takes in a category.
func (p *Power) covers(code string) bool {
	return slices.ContainsFunc(p.Prefixes, func(x string) bool { return strings.HasPrefix(code, x) })
}

// table is the categories and powers, never changed once read.
type table struct {
	by     map[uint64]*Category
	list   []*Category // by code
	powers []*Power
}

// tables keeps the table until a category or a power changes.
func newTables() *record.Mirror[*table] {
	return record.NewMirror(readTable, Categories, Powers, trend.Mappings)
}

func readTable(tx *record.Tx) (*table, error) {
	t := &table{by: map[uint64]*Category{}}
	err := tx.Each(Categories, func(r *record.Record) (bool, error) {
		c := categoryOf(r)
		t.by[r.ID] = c
		t.list = append(t.list, c)
		return true, nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading categories: %w", err)
	}
	slices.SortFunc(t.list, func(a, b *Category) int { return strings.Compare(a.Code, b.Code) })
	if err := t.readMappings(tx); err != nil {
		return nil, err
	}
	err = tx.Each(Powers, func(r *record.Record) (bool, error) {
		t.powers = append(t.powers, &Power{ID: r.ID, Code: r.Text("code"), Name: r.Text("name"), Prefixes: words(r.Text("categories")), Unit: r.RefID("unit"),
			Basis: r.Text("basis"), From: r.Date("from"), Until: r.Date("until")})
		return true, nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading what the street is empowered with: %w", err)
	}
	return t, nil
}

// readMappings takes from the mapping what a category is called in the next
// version, where it went into one alone.
func (t *table) readMappings(tx *record.Tx) error {
	type side struct{ group, version, code string }
	next := map[side][]side{}
	err := tx.Each(trend.Mappings, func(r *record.Record) (bool, error) {
		from := side{r.Text("tree"), r.Text("from_version"), r.Text("from_code")}
		next[from] = append(next[from], side{from.group, r.Text("to_version"), r.Text("to_code")})
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("reading the mapping of categories: %w", err)
	}
	for _, c := range t.list {
		switch onward := next[side{c.Group, c.Version, c.Code}]; len(onward) {
		case 0:
		case 1:
			c.Next, c.NextVersion = onward[0].code, onward[0].version
		default:
			c.Next, c.NextVersion = "", ""
		}
	}
	return nil
}

// of is the category of a report or a case, or nil; what others call category
// is theirs.
func (t *table) of(r *record.Record) *Category {
	if r.Register != Reports && r.Register != Cases {
		return nil
	}
	return t.by[r.RefID("category")]
}

func categoryOf(r *record.Record) *Category {
	c := &Category{ID: r.ID, Code: r.Text("code"), Name: r.Text("name"), Version: r.Text("version"), Group: r.Text("group"), Kind: r.Text("kind"), Filing: r.Text("filing"),
		Handler: r.Text("handler"), LimitState: r.Text("limit_state"), Unit: r.RefID("unit"), Words: words(r.Text("words")), From: r.Date("from"),
		Until: r.Date("until"), Next: r.Text("next"), NextVersion: r.Text("next_version")}
	if l, err := calendar.ParseLimit(r.Text("limit")); err == nil {
		c.Limit, c.Limited = l, true
	}
	return c
}

// words are the parts of a list written with marks between them.
func words(text string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、,，;；/|\n", r) }) {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// read finds the one category in use on a day that a platform's words name:
// 0102暴露垃圾, 0102, 暴露垃圾. What could be two, or whose name is another
// than its code's, names none.
func (t *table) read(text string, at value.Date) *Category {
	text = strings.TrimSpace(text)
	n := len(text) - len(strings.TrimLeft(text, "0123456789"))
	code, name := text[:n], strings.Trim(text[n:], " -－—.、:：")
	var found *Category
	for _, c := range t.list {
		if !c.in(at) || code != "" && c.Code != code || name != "" && c.Name != name || text == "" {
			continue
		}
		if found != nil {
			return nil
		}
		found = c
	}
	return found
}

// Likely is a category that a text may belong to, with the words that say so.
type Likely struct {
	Category *Category
	Words    []string
}

// likely are the categories whose name or words stand in a text, most words
// first.
func (t *table) likely(text string, at value.Date, most int) []Likely {
	var out []Likely
	for _, c := range t.list {
		if !c.in(at) {
			continue
		}
		var hit []string
		for _, w := range append([]string{c.Name}, c.Words...) {
			if len([]rune(w)) >= 2 && strings.Contains(text, w) && !slices.Contains(hit, w) {
				hit = append(hit, w)
			}
		}
		if len(hit) > 0 {
			out = append(out, Likely{c, hit})
		}
	}
	slices.SortStableFunc(out, func(a, b Likely) int { return len(b.Words) - len(a.Words) })
	return out[:min(most, len(out))]
}

// latest follows a category to the version in use, so that a trend goes on
// when the tree changes.
func (t *table) latest(c *Category) *Category {
	for range t.list {
		if c.Next == "" {
			return c
		}
		next := t.version(c)
		if next == nil || next == c {
			return c
		}
		c = next
	}
	return c
}

// version is what a category is called in the version after its own.
func (t *table) version(of *Category) *Category {
	for _, c := range t.list {
		if c.Version == of.NextVersion && c.Code == of.Next && c.Group == of.Group {
			return c
		}
	}
	return nil
}
