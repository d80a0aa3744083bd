package hotline

import (
	"cmp"
	"context"
	"slices"

	"jiezhen/app/access"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/trend"
	"jiezhen/app/value"
)

// kept are the fields that go with a mark of a month of orders, in this order.
var kept = []string{"dispatched_on", "unit", "category", "finish_due", "finished_at", "exclusion_state", "suspended", "repeat"}

const (
	keptOn = iota
	keptUnit
	keptCategory
	keptDue
	keptDone
	keptExclusion
	keptSuspended
	keptRepeat
)

// Month is the hotline's rates of one month, or of another span of days.
type Month struct {
	Month    value.Month // in which the span begins
	From, To value.Date
	Version  string
	Orders   int
	Excluded []record.Ref // left out of every rate, by approval
	Rates    []rate.Rate
	Areas    []Area // by community, best first
	Units    []Area // by the unit in charge, best first
	Pending  int    // answered and not yet called back
}

// Area is how one community, or one unit, did.
type Area struct {
	Community  uint64 // 0: a unit
	Name       string
	Orders     int
	Refs       []record.Ref
	Population float64 // of a community; 0: not known
	Rates      []rate.Rate
	Score      float64 // weighted sum of the rates, of 100; see Scored
	Scored     bool    // every rate has a denominator
}

// Score is the month's weighted score, of 100.
func (m Month) Score() (float64, bool) { return rate.Score(m.Rates) }

// PerThousand is how many orders came of a thousand who live there; ok is false
// while the population is not known.
func (a Area) PerThousand() (float64, bool) {
	if a.Population <= 0 {
		return 0, false
	}
	return 1000 * float64(a.Orders) / a.Population, true
}

// Members are the orders behind one figure of a month, newest first: set is
// of, hits, misses or excluded.
func (m Month) Members(id, set string) ([]record.Ref, bool) {
	if set == "excluded" {
		return m.Excluded, true
	}
	for _, r := range m.Rates {
		if r.ID == id {
			return r.Members(set)
		}
	}
	return nil, false
}

// Rates works out a month from the orders dispatched in it that the viewer may
// know of.
func (d *Desk) Rates(ctx context.Context, v access.Viewer, month value.Month) (Month, error) {
	return d.Span(ctx, v, month.First(), month.First().AddMonths(1).AddDays(-1))
}

// Span works out any days, both included, from the orders dispatched on them.
func (d *Desk) Span(ctx context.Context, v access.Viewer, from, to value.Date) (Month, error) {
	marks, err := d.marks(ctx, v, from, to)
	if err != nil {
		return Month{}, err
	}
	return d.sumUp(ctx, marks, from, to)
}

// marks are the orders that count, of the days from one to another, with their
// classes as these are called today.
func (d *Desk) marks(ctx context.Context, v access.Viewer, from, to value.Date) ([]rate.Mark, error) {
	var named trend.Naming
	err := d.book.View(ctx, access.Office(), func(tx *record.Tx) (err error) {
		named, err = d.naming(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []rate.Mark
	for month := value.MonthOf(from); month <= value.MonthOf(to); month = value.MonthOf(month.First().AddMonths(1)) {
		list, err := d.counter.Marks(ctx, v, month)
		if err != nil {
			return nil, err
		}
		for _, m := range list {
			on := value.Date(m.Keep[keptOn])
			if on < from || on > to || m.Step == "void" || m.Step == "returned" {
				continue
			}
			if now, _ := named(m.Keep[keptCategory], on); now != m.Keep[keptCategory] {
				m.Keep = slices.Clone(m.Keep) // it is others' too
				m.Keep[keptCategory] = now
			}
			out = append(out, m)
		}
	}
	return out, nil
}

// sumUp works out the rates of some orders, and of each community and unit.
func (d *Desk) sumUp(ctx context.Context, marks []rate.Mark, from, to value.Date) (Month, error) {
	out := Month{Month: value.MonthOf(from), From: from, To: to, Version: d.counter.Set().Version, Orders: len(marks)}
	communities, units := map[uint64][]rate.Mark{}, map[string][]rate.Mark{}
	for _, m := range marks {
		if m.Keep[keptExclusion] == "granted" {
			out.Excluded = append(out.Excluded, m.Ref)
		}
		if m.Step == "replied" {
			out.Pending++
		}
		communities[m.Community] = append(communities[m.Community], m)
		name := cmp.Or(m.Keep[keptUnit], unnamed)
		units[name] = append(units[name], m)
	}
	newestFirst(out.Excluded)
	var err error
	if out.Rates, err = d.counter.Rates(marks, from); err != nil {
		return out, err
	}
	err = d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		for id, list := range communities {
			a := Area{Community: id, Name: unnamed + "社区"}
			if p, missing := tx.Open(record.Ref{Register: record.Places, ID: id}); missing == nil {
				a.Name = p.Text("name")
				a.Population, _ = p.Values["population"].(float64)
			}
			if err := d.enter(&out.Areas, a, list, from); err != nil {
				return err
			}
		}
		for name, list := range units {
			if err := d.enter(&out.Units, Area{Name: name}, list, from); err != nil {
				return err
			}
		}
		return nil
	})
	rank(out.Areas)
	rank(out.Units)
	return out, err
}

// unnamed stands for orders of which a community or unit is not known.
const unnamed = "未填"

// enter works out one community or unit and lists it.
func (d *Desk) enter(into *[]Area, a Area, marks []rate.Mark, on value.Date) error {
	var err error
	if a.Rates, err = d.counter.Rates(marks, on); err != nil {
		return err
	}
	a.Orders, a.Refs = len(marks), refsOf(marks)
	a.Score, a.Scored = rate.Score(a.Rates)
	*into = append(*into, a)
	return nil
}

// rank puts the best first.
func rank(list []Area) {
	slices.SortFunc(list, func(a, b Area) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Orders, a.Orders), cmp.Compare(a.Name, b.Name))
	})
}

func refsOf(marks []rate.Mark) []record.Ref {
	out := make([]record.Ref, len(marks))
	for i, m := range marks {
		out[i] = m.Ref
	}
	newestFirst(out)
	return out
}

func newestFirst(refs []record.Ref) {
	slices.SortFunc(refs, func(a, b record.Ref) int { return cmp.Compare(b.ID, a.ID) })
}
