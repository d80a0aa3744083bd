package hotline

import (
	"cmp"
	"slices"
	"sync"

	"jiezhen/app/record"
	"jiezhen/app/trend"
	"jiezhen/app/value"
)

// seasons knows how many orders of each category came in each month: in memory
// alone, made anew at each start and kept while orders change.
type seasons struct {
	mu sync.Mutex
	of map[uint64]seasonKey
	n  map[seasonKey]int
}

type seasonKey struct {
	category string
	month    value.Month
}

// put enters an order, in place of how it stood before.
func (s *seasons) put(r *record.Record) {
	s.drop(r.ID)
	on := dateOf(r.Text("dispatched_at"))
	if on == "" || r.Text("category") == "" || r.Step == "void" || r.Step == "returned" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of, s.n = map[uint64]seasonKey{}, map[seasonKey]int{}
	}
	key := seasonKey{r.Text("category"), value.MonthOf(on)}
	s.of[r.ID] = key
	s.n[key]++
}

func (s *seasons) drop(id uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if key, ok := s.of[id]; ok {
		s.n[key]--
		delete(s.of, id)
	}
}

// counts are the orders of each category, as it is called today, and month.
func (s *seasons) counts(named trend.Naming) map[seasonKey]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[seasonKey]int{}
	for k, n := range s.n {
		now, _ := named(k.category, k.month.First())
		out[seasonKey{now, k.month}] += n
	}
	return out
}

// Season is a category of which in past years a large part came in one month of
// the year.
type Season struct {
	Category    string
	Month       value.Month // the next such month, this one included
	Same, Total int         // orders of that month of past years; of all their months
}

// Share is the part, of 100.
func (s Season) Share() float64 { return 100 * float64(s.Same) / float64(s.Total) }

// ahead are the categories that pile up in the month of a day or in the one
// after, of the years before; a year of records at least is needed, or every
// month would be large.
func (s *seasons) ahead(named trend.Naming, on value.Date, years, least int, share float64) []Season {
	counts := s.counts(named)
	this := value.MonthOf(on)
	from, to := value.MonthOf(this.First().AddMonths(-12*years)), value.MonthOf(this.First().AddMonths(-1))
	first := to
	for k, n := range counts {
		if n > 0 && k.month < first {
			first = k.month
		}
	}
	if first > value.MonthOf(this.First().AddMonths(-12)) {
		return nil
	}
	var out []Season
	for _, month := range []value.Month{this, value.MonthOf(this.First().AddMonths(1))} {
		by := map[string]*Season{}
		for k, n := range counts {
			if k.month < from || k.month > to || n == 0 {
				continue
			}
			if by[k.category] == nil {
				by[k.category] = &Season{Category: k.category, Month: month}
			}
			by[k.category].Total += n
			if k.month.First().Month() == month.First().Month() {
				by[k.category].Same += n
			}
		}
		for _, one := range by {
			if one.Same >= least && one.Share() >= share {
				out = append(out, *one)
			}
		}
	}
	slices.SortFunc(out, func(a, b Season) int {
		return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(b.Share(), a.Share()), cmp.Compare(a.Category, b.Category))
	})
	return out
}
