package patrol

import (
	"cmp"
	"slices"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/calendar"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Slot is one call that is due: a force, a point, by when.
type Slot struct {
	Point *Point
	Force *Force
	Due   value.Date
	Done  bool
}

// pair is a force at a point.
type pair struct{ point, force uint64 }

// look is the digest as one viewer may see it, between two days.
type look struct {
	g        *digest
	rules    rules
	days     *calendar.Calendar
	today    value.Date
	area     []uint64
	all      bool
	user     uint64
	came     map[pair]map[value.Date]bool // valid calls
	planned  map[pair][]value.Date        // of those who call by roster
	from, to value.Date
	span     []day
	weeks    map[value.Date][]value.Date // by Monday
	noTable  bool                        // a year without a holiday table was reckoned by weekdays
}

// day is one day of the look.
type day struct {
	date value.Date
	work bool
}

// view opens the digest for a viewer, from a day to a day.
func (d *Desk) view(v access.Viewer, from, to value.Date) (*look, error) {
	l := &look{g: &d.digest, days: d.book.Calendar(), today: d.book.Today(), user: v.User, from: from, to: to,
		came: map[pair]map[value.Date]bool{}, planned: map[pair][]value.Date{}, weeks: map[value.Date][]value.Date{}}
	may := false
	for _, r := range d.book.Readable(v) {
		if r.ID == Rounds {
			l.area, l.all = access.Area(v, r)
			may = true
		}
	}
	if !may {
		return nil, record.Refused(record.CodeDenied, "您的岗位不办理巡查")
	}
	var err error
	l.rules, err = rulesOn(d.book.Policy(), d.kinds(), l.today)
	if err != nil {
		return nil, err
	}
	for d := from; d <= to; d = d.AddDays(1) {
		l.span = append(l.span, day{d, l.workday(d)})
	}
	l.index()
	return l, nil
}

// within are the days of the look from one to another.
func (l *look) within(from, to value.Date) []day {
	a, _ := slices.BinarySearchFunc(l.span, from, func(d day, want value.Date) int { return cmp.Compare(d.date, want) })
	b, found := slices.BinarySearchFunc(l.span, to, func(d day, want value.Date) int { return cmp.Compare(d.date, want) })
	if found {
		b++
	}
	return l.span[a:max(a, b)]
}

// week are the seven days of a week.
func (l *look) week(monday value.Date) []value.Date {
	if l.weeks[monday] == nil {
		for i := range 7 {
			l.weeks[monday] = append(l.weeks[monday], monday.AddDays(i))
		}
	}
	return l.weeks[monday]
}

// mondays are the weeks that touch the days from one to another.
func (l *look) mondays(from, to value.Date) []value.Date {
	var out []value.Date
	for m := MondayOf(from); m <= to; m = m.AddDays(7) {
		out = append(out, m)
	}
	return out
}

// kinds are the force kinds, and kinds with their ranks.
func (d *Desk) kinds() []string {
	var out []string
	kinds, _ := d.book.Policy().Codes("force.kind")
	ranks, _ := d.book.Policy().Codes("force.rank")
	for _, k := range kinds.Items {
		out = append(out, k.Code)
		for _, r := range ranks.Items {
			out = append(out, k.Code+"."+r.Code)
		}
	}
	return out
}

func (l *look) sees(community uint64) bool { return l.all || slices.Contains(l.area, community) }

func (l *look) seesRound(r *Round) bool {
	return l.sees(r.Community) || r.Author == l.user && l.user != 0
}

// index gathers the valid calls of the days looked at, whole weeks of them.
func (l *look) index() {
	l.eachRound(MondayOf(l.from), MondayOf(l.to).AddDays(6), func(r *Round) {
		for _, v := range r.Visits {
			if v.Invalid != "" {
				continue
			}
			k := pair{v.Point, r.Force}
			if l.came[k] == nil {
				l.came[k] = map[value.Date]bool{}
			}
			l.came[k][r.Date] = true
		}
	})
	for _, r := range l.g.rosters {
		if r.step != "issued" && r.step != "back" || r.week.AddDays(6) < l.from || r.week > l.to {
			continue
		}
		for _, row := range r.rows {
			k := pair{row.point, r.force}
			if !slices.Contains(l.planned[k], row.date) {
				l.planned[k] = append(l.planned[k], row.date)
			}
		}
	}
}

// eachRound visits the rounds of the days, by day and number, whether or not
// the viewer may see them: a call counts for its point whoever may read it.
func (l *look) eachRound(from, to value.Date, fn func(*Round)) {
	for day := from; day <= to; day = day.AddDays(1) {
		rounds := make([]*Round, 0, len(l.g.byDay[day]))
		for _, r := range l.g.byDay[day] {
			rounds = append(rounds, r)
		}
		slices.SortFunc(rounds, func(a, b *Round) int { return cmp.Compare(a.ID, b.ID) })
		for _, r := range rounds {
			fn(r)
		}
	}
}

// points are the points that the viewer may see, by cell and name.
func (l *look) points() []*Point {
	var out []*Point
	for _, p := range l.g.points {
		if l.sees(p.Community) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b *Point) int {
		return cmp.Or(cmp.Compare(l.g.cells[a.Cell].Code, l.g.cells[b.Cell].Code), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// slots are the calls due at a point between two days of the look, in order.
func (l *look) slots(p *Point, from, to value.Date) []Slot {
	var out []Slot
	for _, id := range p.Forces {
		f := l.g.forces[id]
		if f == nil {
			continue
		}
		every := l.rules.everyOf(f)
		came := l.came[pair{p.ID, f.ID}]
		add := func(due value.Date, done bool) {
			if due >= from && due <= to && p.on(due) && f.on(due) {
				out = append(out, Slot{p, f, due, done})
			}
		}
		switch every.Per {
		case "workday", "day":
			for _, day := range l.within(from, to) {
				if every.Per == "day" || day.work {
					add(day.date, came[day.date])
				}
			}
		case "week":
			for _, monday := range l.mondays(from, to) {
				week, n := l.week(monday), 0
				for _, day := range week {
					if came[day] {
						n++
					}
				}
				for k := range every.N {
					add(week[weekDue(k, every.N)], n > k)
				}
			}
		case "shift":
			for _, day := range l.planned[pair{p.ID, f.ID}] {
				add(day, came[day])
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Slot) int { return cmp.Compare(a.Due, b.Due) })
	return out
}

// weekDue is on which day of a week, 0 to 6, the call after k of n must have
// been made: the days of the week in n shares.
func weekDue(k, n int) int { return (7*(k+1)+n-1)/n - 1 }

func (l *look) workday(d value.Date) bool {
	works, _, err := l.days.Workday(d)
	if err != nil {
		l.noTable = true
		return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
	}
	return works
}
