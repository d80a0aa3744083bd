package grid

import (
	"context"
	"slices"
	"sync"

	"jiezhen/app/access"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// summed keeps what was worked out of whole months: their pages are opened again
// and again while nothing changes.
type summed struct {
	mu   sync.Mutex
	kept map[value.Month]sum
}

// sum is a month with what it was worked out of: lists that are the very same,
// the same tree of places and the same weights give the same month.
type sum struct {
	marks, before *rate.Mark
	places        *cells
	weights       []float64
	numbers       Numbers
}

func (s sum) of(o sum) bool {
	return s.marks != nil && s.marks == o.marks && s.before == o.before && s.places == o.places && slices.Equal(s.weights, o.weights)
}

// monthsSummed is how many months are kept.
const monthsSummed = 6

func (s *summed) get(month value.Month, of sum) (Numbers, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.kept[month]
	return k.numbers, ok && of.of(k)
}

func (s *summed) put(month value.Month, k sum) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil || len(s.kept) >= monthsSummed {
		s.kept = map[value.Month]sum{}
	}
	s.kept[month] = k
}

func firstOf(marks []rate.Mark) *rate.Mark {
	if len(marks) == 0 {
		return nil
	}
	return &marks[0]
}

// sums are a month's numbers but for who lives there.
func (d *Desk) sums(ctx context.Context, v access.Viewer, month value.Month) (Numbers, error) {
	marks, err := d.counter.Marks(ctx, v, month)
	if err != nil {
		return Numbers{}, err
	}
	before, err := d.counter.Marks(ctx, v, value.MonthOf(month.First().AddDays(-1)))
	if err != nil {
		return Numbers{}, err
	}
	s := sum{marks: firstOf(marks), before: firstOf(before)}
	err = d.book.View(ctx, v, func(tx *record.Tx) error {
		var err error
		if s.places, err = d.rules.cells.Get(tx); err != nil {
			return err
		}
		if s.weights, err = d.counter.Weights(month.First()); err != nil {
			return err
		}
		kept, ok := d.summed.get(month, s)
		if ok {
			s.numbers = kept
			return nil
		}
		s.numbers, err = d.sumUp(s.places, marks, before, month)
		if err == nil && d.counter.Whole(v) {
			d.summed.put(month, s)
		}
		return err
	})
	return s.numbers, err
}

// sumUp works a month out anew.
func (d *Desk) sumUp(places *cells, marks, before []rate.Mark, month value.Month) (Numbers, error) {
	set := d.counter.Set()
	out := Numbers{Month: month, Version: set.Version, State: set.State}
	out.count(marks)
	var err error
	if out.Rates, err = d.counter.Rates(marks, month.First()); err != nil {
		return out, err
	}
	if out.Areas, err = d.areas(places, marks, month.First()); err != nil {
		return out, err
	}
	out.Heat = heat(places, marks, before)
	return out, nil
}
