package hotline

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Finder tells what the office found by itself in some days, both included, by
// its kind: a code of case.kind.
type Finder func(ctx context.Context, v access.Viewer, from, to value.Date) (map[string][]record.Ref, error)

// SetFinder names who knows what the office finds by itself.
func (d *Desk) SetFinder(f Finder) { d.finder = f }

// Alike is what the office found by itself beside the orders about the like.
type Alike struct {
	Words  string // the kinds, as the parameter writes them
	Orders []record.Ref
	Found  []record.Ref
}

// Share writes how much of it was found before anybody complained: found ÷
// (found + orders).
func (a Alike) Share() string { return rate.Percent(len(a.Found), len(a.Found)+len(a.Orders)) }

// Foresight is how much of the like the office found by itself in some days.
type Foresight struct {
	From, To value.Date
	Rows     []Alike
	Unread   []string // lines of the parameter that nobody can read
	Unlike   int      // orders of categories that are not compared
}

// All are the rows together.
func (f Foresight) All() Alike {
	out := Alike{Words: "合计"}
	for _, r := range f.Rows {
		out.Found, out.Orders = append(out.Found, r.Found...), append(out.Orders, r.Orders...)
	}
	newestFirst(out.Orders)
	return out
}

// pairing is one line of the parameter: kinds that are like categories of
// orders.
type pairing struct {
	words             string
	kinds, categories []string
}

// Foresight compares what was found with the orders about the like. A kind, or
// a category, that stands in two lines belongs to the first.
func (d *Desk) Foresight(ctx context.Context, v access.Viewer, from, to value.Date) (Foresight, error) {
	out := Foresight{From: from, To: to}
	lines, unread, err := d.pairings()
	if err != nil {
		return out, err
	}
	out.Unread = unread
	marks, err := d.marks(ctx, v, from, to)
	if err != nil {
		return out, err
	}
	found := map[string][]record.Ref{}
	if d.finder != nil {
		if found, err = d.finder(ctx, v, from, to); err != nil {
			return out, fmt.Errorf("looking for what was found: %w", err)
		}
	}
	out.Rows = make([]Alike, len(lines))
	for i, l := range lines {
		out.Rows[i].Words = l.words
		for _, k := range l.kinds {
			out.Rows[i].Found = append(out.Rows[i].Found, found[k]...)
			delete(found, k)
		}
	}
	for _, m := range marks {
		i := slices.IndexFunc(lines, func(l pairing) bool { return slices.Contains(l.categories, m.Keep[keptCategory]) })
		if i < 0 {
			out.Unlike++
			continue
		}
		out.Rows[i].Orders = append(out.Rows[i].Orders, m.Ref)
	}
	for i := range out.Rows {
		newestFirst(out.Rows[i].Orders)
	}
	return out, nil
}

// pairings reads the parameter, a text each:
// 部件·公用设施＋部件·交通设施：市政道路.
func (d *Desk) pairings() (lines []pairing, unread []string, err error) {
	p, err := d.book.Policy().Param("governance.proactive.alike", d.book.Today())
	if err != nil {
		return nil, nil, fmt.Errorf("reading which kinds are like which orders: %w", err)
	}
	texts, _ := p.Value.([]string)
	codes := map[string]string{}
	if list, ok := d.book.Policy().Codes("case.kind"); ok {
		for _, item := range list.Items {
			codes[item.Label] = item.Code
		}
	}
	for _, text := range texts {
		left, right, ok := strings.Cut(text, "：")
		l := pairing{words: left, categories: split(right)}
		for _, k := range split(left) {
			code, known := codes[k]
			ok = ok && known
			l.kinds = append(l.kinds, code)
		}
		if !ok || len(l.kinds) == 0 || len(l.categories) == 0 {
			unread = append(unread, text)
			continue
		}
		lines = append(lines, l)
	}
	return lines, unread, nil
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(c rune) bool { return strings.ContainsRune("＋+ 　", c) })
}
