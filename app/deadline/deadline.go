// Package deadline works out by when something on a record must be done: it
// counts a limit of policy from an instant, within office hours where the
// limit asks for them, without the record's pauses, and keeps the reason day
// by day.
//
// It promises that a deadline which cannot be worked out says why in the
// office's words, and is never guessed. It must not know what any register is
// for.
package deadline

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"jiezhen/app/calendar"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Minute is how an instant stands in a field.
const Minute = "2006-01-02 15:04"

// Clock is one deadline of a record, with its reason.
type Clock struct {
	Label string
	Limit string // the rule in words
	State string // 示例, 待核 …: how sure the rule is
	Start time.Time
	Due   time.Time // zero when it could not be worked out, see Broken
	Done  time.Time // zero: not yet
	Days  []calendar.Day
	// Broken says why there is no deadline, in the office's words.
	Broken string
}

// Late reports whether the deadline was, or by now is, missed.
func (c Clock) Late(now time.Time) bool {
	if c.Due.IsZero() {
		return false
	}
	if c.Done.IsZero() {
		return now.After(c.Due)
	}
	return c.Done.After(c.Due)
}

// Why is the reason day by day, in one text.
func (c Clock) Why() string {
	if c.Broken != "" {
		return c.Broken
	}
	var days []string
	for _, d := range c.Days {
		days = append(days, string(d.Date)+" "+d.Reason)
	}
	return strings.Join(days, "；")
}

// Stamp writes the deadline as a field holds it, "" without one.
func (c Clock) Stamp() string {
	if c.Due.IsZero() {
		return ""
	}
	return c.Due.Format(Minute)
}

// Instant reads a field of date and time.
func Instant(r *record.Record, field string) time.Time { return Parse(r.Text(field)) }

// Parse reads an instant as a field holds it; zero when it is none.
func Parse(text string) time.Time {
	t, err := time.ParseInLocation(Minute, text, time.Local)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Param counts the limit of a parameter from the clock's start.
func (c *Clock) Param(tx *record.Tx, r *record.Record, key string) error {
	if c.Start.IsZero() {
		c.Broken = "没有起算的时间"
		return nil
	}
	p, err := tx.Book().Policy().Param(key, value.DateOf(c.Start))
	if err != nil {
		return fmt.Errorf("reading the limit of %s: %w", c.Label, err)
	}
	c.State = string(p.State)
	limit, ok := p.Value.(calendar.Limit)
	if !ok {
		c.Limit = "不限"
		return nil
	}
	return c.Count(tx, r, limit)
}

// Count counts a limit from the clock's start.
func (c *Clock) Count(tx *record.Tx, r *record.Record, limit calendar.Limit) error {
	c.Limit, c.Due, c.Days, c.Broken = limit.Chinese(), time.Time{}, nil, ""
	if c.Start.IsZero() {
		c.Broken = "没有起算的时间"
		return nil
	}
	shifts, err := officeHours(tx)
	if err != nil {
		return err
	}
	due, err := tx.Book().Calendar().Deadline(c.Start, limit, shifts, spans(r))
	c.Days = due.Days
	var missing *calendar.NoTableError
	switch {
	case errors.Is(err, calendar.ErrPaused):
		c.Broken = "暂停计时，恢复后再算"
	case errors.As(err, &missing):
		c.Broken = missing.Error()
	case err != nil:
		c.Broken = fmt.Sprintf("期限算不出来：%v", err)
	default:
		c.Due = due.At
	}
	return nil
}

// Allow puts in place of the limit what has been allowed beyond it: no rule, so
// nothing is said of how sure a rule is. What was over before the clock began,
// because work was taken up again since, no longer holds.
func (c *Clock) Allow(until time.Time, words string) {
	if until.After(c.Start) {
		c.Due, c.Limit, c.Broken, c.State, c.Days = until, words, "", "", nil
	}
}

// EndOf is the last minute of a day.
func EndOf(d value.Date) time.Time {
	day, err := time.ParseInLocation("2006-01-02", string(d), time.Local)
	if err != nil {
		return time.Time{}
	}
	return day.AddDate(0, 0, 1).Add(-time.Minute)
}

// officeHours are the hours in which working hours count.
func officeHours(tx *record.Tx) ([]calendar.Shift, error) {
	p, err := tx.Book().Policy().Param("governance.hours", tx.Today())
	if err != nil {
		return nil, fmt.Errorf("reading office hours: %w", err)
	}
	words, _ := p.Value.([]string)
	var out []calendar.Shift
	for _, w := range words {
		s, err := calendar.ParseShift(w)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func spans(r *record.Record) []calendar.Span {
	var out []calendar.Span
	for _, p := range r.Pauses {
		out = append(out, calendar.Span{From: p.From, Until: p.Until})
	}
	return out
}
