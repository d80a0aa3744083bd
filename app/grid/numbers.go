package grid

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"jiezhen/app/access"
	"jiezhen/app/place"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// keep are the fields that go with a mark of a month, in this order.
var keep = []string{"kind", "cell", "found_at", "filed_at", "category", "source"}

const (
	keepKind = iota
	keepCell
	keepFound
	keepFiled
	keepCategory
	keepSource
)

// Numbers is the grid's month.
type Numbers struct {
	Month          value.Month
	Version, State string
	Reports, Cases int
	Filed          int // cases filed
	Population     int64
	Rates          []rate.Rate
	Areas          []Area // by cases, most first
	Heat           []Heat // busiest first
}

// PerTenThousand is how many cases were filed for ten thousand people; ok is
// false where nobody has entered how many live here.
func (n Numbers) PerTenThousand() (float64, bool) {
	if n.Population == 0 {
		return 0, false
	}
	return float64(n.Filed) * 10_000 / float64(n.Population), true
}

// Area is how one community stands.
type Area struct {
	Community      uint64
	Name           string
	Reports, Cases int
	Rates          []rate.Rate
}

// Heat is how many cases of one kind a cell had, by time of day.
type Heat struct {
	Cell   uint64
	Name   string
	Kind   string
	Count  int
	Bands  [4]int // before 9, before 12, before 18, later
	Before int    // in the month before
}

// Bands are the parts of the day in words.
var Bands = [4]string{"0–9时", "9–12时", "12–18时", "18–24时"}

func band(at string) int {
	if len(at) < 13 {
		return 0
	}
	hour, _ := strconv.Atoi(at[11:13])
	for i, end := range []int{9, 12, 18} {
		if hour < end {
			return i
		}
	}
	return 3
}

// Numbers works a month out from what the viewer may know of. What it lists is
// others' too: it is not to be changed.
func (d *Desk) Numbers(ctx context.Context, v access.Viewer, month value.Month) (Numbers, error) {
	out, err := d.sums(ctx, v, month)
	if err != nil {
		return out, err
	}
	out.Population, err = d.population(ctx, v)
	return out, err
}

// Rate is one rate of a month with what stands behind it, of one community (0:
// of what lies in none) or, with nil, of all.
func (d *Desk) Rate(ctx context.Context, v access.Viewer, month value.Month, id string, community *uint64) (rate.Rate, error) {
	n, err := d.sums(ctx, v, month)
	if err != nil {
		return rate.Rate{}, err
	}
	rates := n.Rates
	if community != nil {
		if rates, err = d.counter.Rates(nil, month.First()); err != nil {
			return rate.Rate{}, err
		}
		for _, a := range n.Areas {
			if a.Community == *community {
				rates = a.Rates
			}
		}
	}
	for _, r := range rates {
		if r.ID == id {
			return r, nil
		}
	}
	return rate.Rate{}, record.Refused(record.CodeNotFound, "没有这个指标")
}

func (n *Numbers) count(marks []rate.Mark) {
	for _, m := range marks {
		if m.Step == "void" {
			continue
		}
		if m.Ref.Register == Reports {
			n.Reports++
			continue
		}
		n.Cases++
		if m.Keep[keepFiled] != "" {
			n.Filed++
		}
	}
}

// population is how many people live in the grids, else the communities, that
// the viewer works for.
func (d *Desk) population(ctx context.Context, v access.Viewer) (int64, error) {
	var grids, communities int64
	err := d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		return tx.Each(record.Places, func(r *record.Record) (bool, error) {
			n, _ := r.Values["population"].(float64)
			if len(v.Communities) > 0 && !slices.Contains(v.Communities, r.ID) && !slices.Contains(v.Communities, r.RefID("parent")) {
				return true, nil
			}
			switch level := r.Text("level"); {
			case level == place.LevelGrid:
				grids += int64(n)
			case place.Community(level):
				communities += int64(n)
			}
			return true, nil
		})
	})
	return max(grids, communities), err
}

func (d *Desk) areas(places *cells, marks []rate.Mark, on value.Date) ([]Area, error) {
	by := map[uint64][]rate.Mark{}
	for _, m := range marks {
		by[m.Community] = append(by[m.Community], m)
	}
	var out []Area
	for id, list := range by {
		a := Area{Community: id, Name: "未定社区"}
		var err error
		if a.Rates, err = d.counter.Rates(list, on); err != nil {
			return nil, err
		}
		if c := places.by[id]; c != nil {
			a.Name = c.Name
		}
		for _, m := range list {
			switch {
			case m.Step == "void":
			case m.Ref.Register == Reports:
				a.Reports++
			default:
				a.Cases++
			}
		}
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b Area) int {
		return cmp.Or(cmp.Compare(b.Cases, a.Cases), cmp.Compare(b.Reports, a.Reports), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

type hotKey struct {
	cell uint64
	kind string
}

// heat counts cases by cell and kind, beside the month before.
func heat(places *cells, marks, before []rate.Mark) []Heat {
	by := map[hotKey]*Heat{}
	each := func(list []rate.Mark, fn func(*Heat, rate.Mark)) {
		for _, m := range list {
			cell, _ := strconv.ParseUint(m.Keep[keepCell], 10, 64)
			if m.Ref.Register != Cases || m.Step == "void" || cell == 0 {
				continue
			}
			key := hotKey{cell, m.Keep[keepKind]}
			if by[key] == nil {
				by[key] = &Heat{Cell: cell, Kind: key.kind}
				if c := places.by[cell]; c != nil {
					by[key].Name = places.path(c)
				}
			}
			fn(by[key], m)
		}
	}
	each(marks, func(h *Heat, m rate.Mark) { h.Count++; h.Bands[band(m.Keep[keepFound])]++ })
	each(before, func(h *Heat, _ rate.Mark) { h.Before++ })
	var out []Heat
	for _, h := range by {
		if h.Count > 0 {
			out = append(out, *h)
		}
	}
	slices.SortFunc(out, func(a, b Heat) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind))
	})
	return out
}

// Months is the register of months whose numbers were frozen.
const Months = "governance.gridmonth"

// Frozen is the record of a month that was frozen, or nil.
func (d *Desk) Frozen(ctx context.Context, v access.Viewer, month value.Month) (*record.Record, error) {
	return rate.Frozen(ctx, d.book, v, Months, month)
}

// heatFrozen is how many lines of the heat table a frozen month keeps.
const heatFrozen = 200

// Freeze keeps a month's numbers as they stand, with the version of their
// formulas and, in a file beside, the verdict on every record.
func (d *Desk) Freeze(ctx context.Context, v access.Viewer, month value.Month) (record.Ref, error) {
	if err := rate.Over(d.book, month); err != nil {
		return record.Ref{}, err
	}
	n, err := d.Numbers(ctx, v, month)
	if err != nil {
		return record.Ref{}, err
	}
	if n.Reports+n.Cases == 0 {
		return record.Ref{}, record.Refused(record.CodeInvalid, "%s没有上报和案件，不用冻结", month.Chinese())
	}
	f := rate.Frost{Register: Months, Month: month, Version: n.Version, Rates: n.Rates, More: map[string]any{"reports": float64(n.Reports), "cases": float64(n.Cases), "filed": float64(n.Filed)}}
	if per, ok := n.PerTenThousand(); ok {
		f.More["population"], f.More["per_ten_thousand"] = float64(n.Population), strconv.FormatFloat(per, 'f', 2, 64)
	}
	var areas, hot []map[string]any
	for _, a := range n.Areas {
		row := map[string]any{"name": a.Name, "reports": float64(a.Reports), "cases": float64(a.Cases)}
		for _, r := range a.Rates {
			if slices.Contains([]string{"filing", "ontime", "once", "rework"}, r.ID) {
				row[r.ID] = r.Percent()
			}
		}
		areas = append(areas, row)
	}
	for _, h := range n.Heat[:min(heatFrozen, len(n.Heat))] {
		hot = append(hot, map[string]any{"cell": h.Name, "kind": d.book.CodeLabel("case.kind", h.Kind), "count": float64(h.Count)})
	}
	f.More["areas"], f.More["heat"] = areas, hot
	ref, err := rate.Freeze(ctx, d.book, v, f)
	if err != nil {
		return ref, fmt.Errorf("freezing a month of the grid: %w", err)
	}
	return ref, nil
}
