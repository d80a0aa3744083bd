package hotline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/deadline"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Digest is what an analysis and a bulletin say of a span of days. Every number
// is the length of a set of orders, which Set opens.
type Digest struct {
	Month
	At         time.Time
	Stale      int64 // days after which an order not answered is stale
	Before     int   // orders of the span before
	LastYear   int   // orders of the same days a year ago
	BeforeFrom value.Date
	BeforeTo   value.Date
	Categories []Group // most orders first
	Foresight  Foresight
	sets       map[string][]record.Ref
}

// Group is the orders of one category.
type Group struct {
	Name   string
	Refs   []record.Ref
	Before int // in the span before
}

// The sets of a digest.
const (
	SetCame      = "came"
	SetDone      = "done"
	SetOpen      = "open"
	SetStale     = "stale"
	SetLate      = "late"
	SetRepeat    = "repeat"
	SetSuspended = "suspended"
	SetExcluded  = "excluded"
	SetAlike     = "alike" // orders about the like of what was found
	SetFound     = "found" // what was found: no orders, see Foresight
	setCategory  = "category:"
	setUnit      = "unit:"
	setArea      = "area:"
)

// CategorySet, UnitSet and AreaSet name the orders of one group.
func CategorySet(name string) string { return setCategory + name }

// UnitSet names the orders of a unit.
func UnitSet(name string) string { return setUnit + name }

// AreaSet names the orders of a community.
func AreaSet(id uint64) string { return fmt.Sprint(setArea, id) }

// Set are the orders behind a number, newest first.
func (g Digest) Set(name string) []record.Ref {
	out := slices.Clone(g.sets[name])
	newestFirst(out)
	return out
}

// Size is a number of the digest.
func (g Digest) Size(name string) int { return len(g.sets[name]) }

// before is the span that a span is compared with: the month before a whole
// month, else as many days before.
func before(from, to value.Date) (value.Date, value.Date) {
	if m := value.MonthOf(from); from == m.First() && to == m.First().AddMonths(1).AddDays(-1) {
		return m.First().AddMonths(-1), m.First().AddDays(-1)
	}
	days := value.DaysBetween(from, to) + 1
	return from.AddDays(-days), from.AddDays(-1)
}

// Digest looks over the orders dispatched from a day to another.
func (d *Desk) Digest(ctx context.Context, v access.Viewer, from, to value.Date) (Digest, error) {
	g := Digest{At: d.book.Now().Local(), sets: map[string][]record.Ref{}}
	g.BeforeFrom, g.BeforeTo = before(from, to)
	today := d.book.Today()
	var err error
	if g.Stale, err = d.book.Policy().Integer("governance.order.stale", today); err != nil {
		return g, fmt.Errorf("reading when an order is stale: %w", err)
	}
	marks, err := d.marks(ctx, v, from, to)
	if err != nil {
		return g, err
	}
	if g.Month, err = d.sumUp(ctx, marks, from, to); err != nil {
		return g, err
	}
	for _, m := range marks {
		g.enter(m, today)
	}
	past, err := d.marks(ctx, v, g.BeforeFrom, g.BeforeTo)
	if err != nil {
		return g, err
	}
	g.Before = len(past)
	g.group(past)
	lastYear, err := d.marks(ctx, v, from.AddMonths(-12), to.AddMonths(-12))
	if g.LastYear = len(lastYear); err != nil {
		return g, err
	}
	g.Foresight, err = d.Foresight(ctx, v, from, to)
	g.sets[SetAlike] = g.Foresight.All().Orders
	for _, a := range g.Areas {
		g.sets[AreaSet(a.Community)] = a.Refs
	}
	for _, u := range g.Units {
		g.sets[UnitSet(u.Name)] = u.Refs
	}
	return g, err
}

// enter puts an order into the sets to which it belongs.
func (g *Digest) enter(m rate.Mark, today value.Date) {
	open := m.Step == "new" || m.Step == "hand" || m.Step == "verify"
	due := deadline.Parse(m.Keep[keptDue])
	for set, in := range map[string]bool{
		SetCame: true, SetDone: !open, SetOpen: open,
		SetStale:     open && int64(value.DaysBetween(value.Date(m.Keep[keptOn]), today)) >= g.Stale,
		SetLate:      !due.IsZero() && (open && g.At.After(due) || !open && deadline.Parse(m.Keep[keptDone]).After(due)),
		SetRepeat:    m.Keep[keptRepeat] != "",
		SetSuspended: m.Keep[keptSuspended] != "" && m.Step != "closed",
		SetExcluded:  m.Keep[keptExclusion] == "granted",
	} {
		if in {
			g.sets[set] = append(g.sets[set], m.Ref)
		}
	}
	key := CategorySet(categoryOf(m))
	g.sets[key] = append(g.sets[key], m.Ref)
}

func categoryOf(m rate.Mark) string { return cmp.Or(m.Keep[keptCategory], "未分类") }

// group lists the categories, most orders first.
func (g *Digest) group(past []rate.Mark) {
	before := map[string]int{}
	for _, m := range past {
		before[categoryOf(m)]++
	}
	for key, refs := range g.sets {
		if name, ok := strings.CutPrefix(key, setCategory); ok {
			g.Categories = append(g.Categories, Group{name, refs, before[name]})
		}
	}
	slices.SortFunc(g.Categories, func(a, b Group) int {
		return cmp.Or(cmp.Compare(len(b.Refs), len(a.Refs)), cmp.Compare(a.Name, b.Name))
	})
}

// Change writes how a number changed against an earlier one: ＋12.5%, or — when
// there is nothing to compare with.
func Change(now, before int) string {
	if before == 0 {
		return "—"
	}
	return fmt.Sprintf("%+.2f%%", 100*float64(now-before)/float64(before))
}

// rise is Change in the words of a bulletin: 上升12.5%.
func rise(now, before int) string {
	switch {
	case before == 0:
		return "—"
	case now == before:
		return "持平"
	case now > before:
		return fmt.Sprintf("上升%.2f%%", 100*float64(now-before)/float64(before))
	}
	return fmt.Sprintf("下降%.2f%%", 100*float64(before-now)/float64(before))
}
