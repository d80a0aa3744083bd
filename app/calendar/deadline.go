package calendar

import (
	"fmt"
	"strings"
	"time"

	"jiezhen/app/value"
)

// Shift is a stretch of office hours, in minutes of the day.
type Shift struct{ From, To int }

// ParseShift reads “09:00-12:00”.
func ParseShift(s string) (Shift, error) {
	from, to, ok := strings.Cut(strings.TrimSpace(s), "-")
	a, errA := time.Parse("15:04", strings.TrimSpace(from))
	b, errB := time.Parse("15:04", strings.TrimSpace(to))
	if !ok || errA != nil || errB != nil || !a.Before(b) {
		return Shift{}, fmt.Errorf("办公时间“%s”看不懂，请写成“09:00-12:00”", s)
	}
	return Shift{a.Hour()*60 + a.Minute(), b.Hour()*60 + b.Minute()}, nil
}

// Deadline is an instant by which something must be done, with its reason day
// by day.
type Deadline struct {
	At   time.Time
	Days []Day // what each day counted, in words
}

// Deadline counts a limit from an instant on. Hours of every kind leave out
// the days of a pause; limits of days and months end with their last day.
func (c *Calendar) Deadline(start time.Time, l Limit, shifts []Shift, pauses []Span) (Deadline, error) {
	switch l.Unit {
	case Hours, UrgentHours:
		return c.walk(start, l.N*60, pauses, func(value.Date) ([]Shift, string, error) { return allDay, "自然时", nil })
	case Minutes:
		return c.walk(start, l.N, pauses, func(value.Date) ([]Shift, string, error) { return allDay, "自然时", nil })
	case WorkHours:
		return c.walk(start, l.N*60, pauses, func(d value.Date) ([]Shift, string, error) {
			works, why, err := c.Workday(d)
			if !works || err != nil {
				return nil, why, err
			}
			return shifts, why, nil
		})
	}
	due, err := c.DueWith(value.Date(start.Format("2006-01-02")), l, pauses)
	if err != nil {
		return Deadline{Days: due.Days}, err
	}
	day, err := time.ParseInLocation("2006-01-02", string(due.Date), start.Location())
	if err != nil {
		return Deadline{}, fmt.Errorf("reading a day: %w", err)
	}
	return Deadline{At: day.AddDate(0, 0, 1).Add(-time.Minute), Days: due.Days}, nil
}

var allDay = []Shift{{0, 24 * 60}}

// walk counts minutes day by day through the shifts of each.
func (c *Calendar) walk(start time.Time, left int, pauses []Span, shiftsOf func(value.Date) ([]Shift, string, error)) (Deadline, error) {
	var out Deadline
	from := start.Hour()*60 + start.Minute()
	midnight := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, start.Location())
	for range longest {
		d := value.Date(midnight.Format("2006-01-02"))
		shifts, why, err := shiftsOf(d)
		if err != nil {
			return out, err
		}
		if stands, forever := paused(d, pauses); stands {
			if forever {
				return out, ErrPaused
			}
			shifts, why = nil, "暂停计时"
		}
		counted, end := take(shifts, from, left)
		out.Days = append(out.Days, Day{d, counted > 0, dayWords(counted, why)})
		if left -= counted; left <= 0 && (counted > 0 || len(shifts) > 0) {
			out.At = midnight.Add(time.Duration(end) * time.Minute)
			return out, nil
		}
		midnight, from = midnight.AddDate(0, 0, 1), 0
	}
	return out, fmt.Errorf("期限太长，请核对参数和办公时间")
}

func paused(d value.Date, pauses []Span) (stands, forever bool) {
	for _, p := range pauses {
		if p.covers(d) {
			return true, p.Until == ""
		}
	}
	return false, false
}

// take counts at most left minutes of a day's shifts from a minute on, and
// says at which minute it ended.
func take(shifts []Shift, from, left int) (counted, end int) {
	end = from
	for _, s := range shifts {
		begin := max(s.From, from)
		if begin >= s.To || counted >= left {
			continue
		}
		n := min(s.To-begin, left-counted)
		counted, end = counted+n, begin+n
	}
	return counted, end
}

func dayWords(minutes int, why string) string {
	if minutes == 0 {
		return why + "，不计"
	}
	return fmt.Sprintf("%s，计%d小时%02d分", why, minutes/60, minutes%60)
}
