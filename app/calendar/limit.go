package calendar

import (
	"fmt"
	"strconv"
	"strings"

	"jiezhen/app/value"
)

// Unit is what a limit counts.
type Unit string

// The units. Days are natural days whose last, on a day off, moves to the next
// workday (civil code 201–203); plain days do not move. Hours and minutes run
// through; for a due date they count as the days they reach into.
const (
	Days      Unit = "days"
	PlainDays Unit = "plaindays"
	Workdays  Unit = "workdays"
	Months    Unit = "months"
	Hours     Unit = "hours"
	Minutes   Unit = "minutes"
)

// Limit is so many of a unit.
type Limit struct {
	N    int
	Unit Unit
}

var unitNames = map[Unit]string{Days: "日", PlainDays: "天", Workdays: "个工作日", Months: "个月", Hours: "小时", Minutes: "分钟"}

// Chinese writes the limit as the law does.
func (l Limit) Chinese() string {
	if l.N == 0 {
		return "当日"
	}
	return strconv.Itoa(l.N) + unitNames[l.Unit]
}

// ParseLimit reads "15 workdays", "60 days", "1 months", "24 hours".
func ParseLimit(s string) (Limit, error) {
	number, unit, ok := strings.Cut(strings.TrimSpace(s), " ")
	n, err := strconv.Atoi(number)
	l := Limit{n, Unit(strings.TrimSpace(unit))}
	if !ok || err != nil || n < 0 || n > 100000 || unitNames[l.Unit] == "" {
		return Limit{}, fmt.Errorf("期限 %q 应写成“15 workdays”这样的数与单位", s)
	}
	return l, nil
}

// Span is a time in which a clock does not run. Until empty means that it has
// not ended.
type Span struct{ From, Until value.Date }

func (s Span) covers(d value.Date) bool {
	return d >= s.From && (s.Until == "" || d < s.Until)
}

// Due is a date with its reason day by day.
type Due struct {
	Date value.Date
	Days []Day
}

// Due counts a limit from a day on; that day itself does not count.
func (c *Calendar) Due(start value.Date, l Limit) (Due, error) { return c.DueWith(start, l, nil) }

// longest bounds a reckoning: more than ten years of days is a slip.
const longest = 4000

// DueWith is Due with pauses left out.
func (c *Calendar) DueWith(start value.Date, l Limit, pauses []Span) (Due, error) {
	switch l.Unit {
	case Months:
		return c.roll(start.AddMonths(l.N), Due{Days: []Day{{start, false, "起算日"}, {start.AddMonths(l.N), true, "满" + l.Chinese()}}}, pauses)
	case Hours:
		return c.count(start, Limit{(l.N + 23) / 24, PlainDays}, pauses)
	case Minutes:
		return c.count(start, Limit{(l.N + 1439) / 1440, PlainDays}, pauses)
	}
	due, err := c.count(start, l, pauses)
	if err != nil || l.Unit != Days {
		return due, err
	}
	return c.roll(due.Date, due, nil)
}

// count goes day by day.
func (c *Calendar) count(start value.Date, l Limit, pauses []Span) (Due, error) {
	due := Due{Date: start, Days: []Day{{start, false, "起算日，不计入"}}}
	for n := 0; n < l.N; {
		if len(due.Days) > longest {
			return due, fmt.Errorf("期限太长，请核对参数")
		}
		due.Date = due.Date.AddDays(1)
		day := Day{Date: due.Date, Counted: true, Reason: "自然日"}
		if l.Unit == Workdays {
			var err error
			if day.Counted, day.Reason, err = c.Workday(due.Date); err != nil {
				return due, err
			}
		}
		for _, p := range pauses {
			if p.covers(due.Date) {
				day.Counted, day.Reason = false, "暂停计时"
			}
		}
		if day.Counted {
			n++
		}
		due.Days = append(due.Days, day)
	}
	return due, nil
}

// roll moves a last day that is a day off to the next workday.
func (c *Calendar) roll(date value.Date, due Due, pauses []Span) (Due, error) {
	for _, p := range pauses {
		if p.Until != "" {
			date = date.AddDays(value.DaysBetween(p.From, p.Until))
			due.Days = append(due.Days, Day{date, false, "暂停期间顺延"})
		}
	}
	due.Date = date
	for {
		works, why, err := c.Workday(due.Date)
		if err != nil {
			return due, err
		}
		if works {
			return due, nil
		}
		if n := len(due.Days); n > 0 && due.Days[n-1].Date == due.Date {
			due.Days[n-1].Reason = "届满，遇" + why + "顺延"
		} else {
			due.Days = append(due.Days, Day{due.Date, false, why + "顺延"})
		}
		due.Date = due.Date.AddDays(1)
		if ok, why, err := c.Workday(due.Date); err == nil && ok {
			due.Days = append(due.Days, Day{due.Date, false, "顺延到的" + why})
		}
	}
}
