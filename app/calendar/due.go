package calendar

import (
	"errors"
	"fmt"

	"jiezhen/app/value"
)

// Day is one day of a count, and why it counts or not.
type Day struct {
	Date    value.Date
	Counted bool
	Reason  string
}

// Due is a date with its reason day by day.
type Due struct {
	Date    value.Date // the last day
	Nominal value.Date // the last day before it moved off days off
	Days    []Day
}

// Span is a time in which a clock does not run. Until, the day on which it
// runs again, is empty while the pause lasts.
type Span struct{ From, Until value.Date }

func (s Span) covers(d value.Date) bool { return d >= s.From && (s.Until == "" || d < s.Until) }

// ErrPaused says that a clock stands still: there is no due date until the
// pause ends.
var ErrPaused = errors.New("calendar: the clock is paused")

// longest bounds a count in days, some thirty years: more is a slip.
const longest = 12_000

// Due counts a limit from a day on; that day itself does not count.
func (c *Calendar) Due(start value.Date, l Limit) (Due, error) { return c.DueWith(start, l, nil) }

// DueWith is Due with pauses left out: a day in a pause does not count.
func (c *Calendar) DueWith(start value.Date, l Limit, pauses []Span) (Due, error) {
	if start == "" {
		return Due{}, errors.New("counting a limit: no day to start from")
	}
	due := Due{Date: start, Days: []Day{{start, false, "起算日，不计入"}}}
	if err := c.count(&due, stretch(start, l), l.Unit == Workdays || l.Unit == WorkHours, pauses); err != nil {
		return due, fmt.Errorf("counting %s from %s: %w", l, start, err)
	}
	due.Nominal = due.Date
	if l.Unit == Months || l.Unit == PlainMonths {
		due.Days = brief(due, l)
	}
	if !l.Unit.Rolls() || l.N == 0 {
		return due, nil
	}
	if err := c.roll(&due); err != nil {
		return due, fmt.Errorf("counting %s from %s: %w", l, start, err)
	}
	return due, nil
}

// stretch is how many days, or workdays, a limit spans.
func stretch(start value.Date, l Limit) int {
	switch l.Unit {
	case Months, PlainMonths:
		return value.DaysBetween(start, start.AddMonths(l.N))
	case Hours, UrgentHours:
		return (l.N + 23) / 24
	case WorkHours:
		return (l.N + 7) / 8
	case Minutes:
		return (l.N + 24*60 - 1) / (24 * 60)
	}
	return l.N
}

// count goes day by day until n of them have counted.
func (c *Calendar) count(due *Due, n int, workdays bool, pauses []Span) error {
	for n > 0 {
		if len(due.Days) > longest {
			return fmt.Errorf("期限太长，请核对参数")
		}
		due.Date = due.Date.AddDays(1)
		day, err := c.day(due.Date, workdays, pauses)
		if err != nil {
			return err
		}
		if day.Counted {
			n--
		}
		due.Days = append(due.Days, day)
	}
	return nil
}

func (c *Calendar) day(d value.Date, workdays bool, pauses []Span) (Day, error) {
	for _, p := range pauses {
		if !p.covers(d) {
			continue
		}
		if p.Until == "" {
			return Day{}, ErrPaused
		}
		return Day{d, false, "暂停计时"}, nil
	}
	if !workdays {
		return Day{d, true, "自然日"}, nil
	}
	works, why, err := c.Workday(d)
	return Day{d, works, why}, err
}

// brief leaves of a count in months what a reader wants: the first day, the
// pauses and the last day.
func brief(due Due, l Limit) []Day {
	var out []Day
	for _, d := range due.Days {
		if !d.Counted {
			out = append(out, d)
		}
	}
	if l.N > 0 {
		out = append(out, Day{due.Date, true, "满" + l.Chinese()})
	}
	return out
}

// roll moves a last day that is a day off to the next workday.
func (c *Calendar) roll(due *Due) error {
	for {
		works, why, err := c.Workday(due.Date)
		if err != nil {
			return err
		}
		last := &due.Days[len(due.Days)-1]
		if works {
			if due.Date != due.Nominal {
				last.Reason = "顺延至次一" + why
			}
			return nil
		}
		last.Reason = why + "，顺延"
		if due.Date == due.Nominal {
			last.Reason = "届满，遇" + why + "顺延"
		}
		due.Date = due.Date.AddDays(1)
		due.Days = append(due.Days, Day{due.Date, false, ""})
	}
}
