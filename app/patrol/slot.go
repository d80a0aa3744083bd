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
	came     map[pair][]bool       // valid calls, by day from the Monday of from on
	planned  map[pair][]value.Date // of those who call by roster
	from, to value.Date
	span     []day // whole weeks
	noTable  bool  // a year without a holiday table was reckoned by weekdays
}

// day is one day of the look.
type day struct {
	at   int // its place in the span
	date value.Date
	work bool
}

// view opens the digest for a viewer, from a day to a day.
func (d *Desk) view(v access.Viewer, from, to value.Date) (*look, error) {
	l := &look{g: &d.digest, days: d.book.Calendar(), today: d.book.Today(), user: v.User, from: from, to: to,
		came: map[pair][]bool{}, planned: map[pair][]value.Date{}}
	if from < l.today.AddDays(-keepDays) {
		return nil, record.Refused(record.CodeInvalid, "这里只看近一年的巡查；更早的请看冻结的月度绩效和日周报")
	}
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
	for d := MondayOf(from); d <= MondayOf(to).AddDays(6); d = d.AddDays(1) {
		l.span = append(l.span, day{len(l.span), d, l.workday(d)})
	}
	l.index()
	return l, nil
}

// at is a day's place in the span, or where it would be.
func (l *look) at(d value.Date) int {
	i, _ := slices.BinarySearchFunc(l.span, d, func(d day, want value.Date) int { return cmp.Compare(d.date, want) })
	return i
}

// within are the days of the look from one to another.
func (l *look) within(from, to value.Date) []day {
	a, b := l.at(from), l.at(to)
	if b < len(l.span) && l.span[b].date == to {
		b++
	}
	return l.span[a:max(a, b)]
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
	for _, day := range l.span {
		for _, r := range l.g.byDay[day.date] {
			for _, v := range r.Visits {
				if v.Invalid != "" {
					continue
				}
				k := pair{v.Point, r.Force}
				came := l.came[k]
				if came == nil {
					came = make([]bool, len(l.span))
					l.came[k] = came
				}
				came[day.at] = true
			}
		}
	}
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
	for _, day := range l.within(from, to) {
		for _, r := range l.g.byDay[day.date] {
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
	days := l.within(from, to)
	var out []Slot
	for _, id := range p.Forces {
		if f := l.g.forces[id]; f != nil {
			out = l.slotsOf(out, p, f, days)
		}
	}
	if len(p.Forces) > 1 {
		slices.SortStableFunc(out, func(a, b Slot) int { return cmp.Compare(a.Due, b.Due) })
	}
	return out
}

// slotsOf adds the calls that one force owes a point on the days.
func (l *look) slotsOf(out []Slot, p *Point, f *Force, days []day) []Slot {
	every, came := l.rules.everyOf(f), l.came[pair{p.ID, f.ID}]
	add := func(due day, done bool) {
		if p.on(due.date) && f.on(due.date) {
			out = append(out, Slot{p, f, due.date, done})
		}
	}
	switch every.Per {
	case "workday", "day":
		for _, day := range days {
			if every.Per == "day" || day.work {
				add(day, came != nil && came[day.at])
			}
		}
	case "week":
		for _, day := range days {
			for k := range every.N {
				if weekDue(k, every.N) == day.at%7 {
					add(day, cameIn(came, day.at-day.at%7) > k)
				}
			}
		}
	case "shift":
		for _, planned := range l.planned[pair{p.ID, f.ID}] {
			if i := l.at(planned); i < len(l.span) && len(days) > 0 && i >= days[0].at && i <= days[len(days)-1].at {
				add(l.span[i], came != nil && came[i])
			}
		}
	}
	return out
}

// cameIn is on how many days of a week a valid call was made.
func cameIn(came []bool, monday int) int {
	n := 0
	for i := monday; came != nil && i < monday+7; i++ {
		if came[i] {
			n++
		}
	}
	return n
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
