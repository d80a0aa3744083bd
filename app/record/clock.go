package record

import (
	"errors"
	"fmt"
	"time"

	"jiezhen/app/calendar"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Clock is something of the record that falls due, derived from its fields
// and never stored. It can explain itself.
type Clock struct {
	ID      string // step:<id> or duty:<id>
	Label   string
	Start   value.Date
	Due     value.Date   // empty when it could not be computed, see Broken
	Limit   string       // the rule in words, such as 5个工作日
	At      time.Time    // the minute, for limits of hours and minutes that run from one; else zero
	Days    calendar.Due // day-by-day reason; zero for a date set by hand
	Done    string       // register in which doing it is recorded
	Entered bool         // Due was entered as a date, not counted from Start
	Paused  bool
	Broken  string // why no date could be computed, in the office's words

	stops []calendar.Span // times that do not count for this clock alone
}

// Clocks derives everything of the record that falls due. A closed record has
// none.
func (b *Book) Clocks(r *Record) []Clock {
	step, ok := r.Def.Step(r.Step)
	if ok && step.Closed {
		return nil
	}
	var out []Clock
	if ok && step.Due != nil {
		start := r.Entered[step.ID]
		if step.Since != "" && r.Date(step.Since) != "" {
			start = r.Date(step.Since)
		}
		if c, ok := b.clock(r, step.Due, start, Clock{ID: "step:" + step.ID, Label: step.Label, stops: stops(r, step)}); ok {
			out = append(out, c)
		}
	}
	for _, d := range r.Def.Duties {
		if c, ok := b.duty(r, d); ok {
			out = append(out, c)
		}
	}
	return out
}

// stops are the times that do not count for a step, as the record's dates have
// them.
func stops(r *Record, step *register.Step) []calendar.Span {
	var out []calendar.Span
	for _, s := range step.Stops {
		from, until := dayOf(r.Date(s.From)), dayOf(r.Date(s.Until))
		if from == "" {
			continue
		}
		span := calendar.Span{From: from}
		if until != "" {
			span.Until = until.AddDays(1)
		}
		out = append(out, span)
	}
	return out
}

// dayOf cuts an instant written as text to its day.
func dayOf(d value.Date) value.Date {
	if len(d) > 10 {
		return d[:10]
	}
	return d
}

func (b *Book) duty(r *Record, d *register.Duty) (Clock, bool) {
	start := r.Created
	if r.Entered[r.Step] != "" {
		start = r.Entered[r.Step]
	}
	if d.Since != "" && r.Date(d.Since) != "" {
		start = r.Date(d.Since)
	}
	if d.When != nil {
		if holds, err := d.When.Holds(b.env(r, dayOf(start))); err != nil || !holds {
			return Clock{}, false
		}
	}
	return b.clock(r, d.Every, start, Clock{ID: "duty:" + d.ID, Label: d.Label, Done: d.Done})
}

// clock evaluates a due expression: a limit counted from start, a day or a
// minute, or a date.
// An expression that yields nothing means that nothing is due.
func (b *Book) clock(r *Record, due *register.Expression, start value.Date, c Clock) (Clock, bool) {
	if start == "" {
		return c, false
	}
	c.Start = dayOf(start)
	out, err := due.Eval(b.env(r, c.Start))
	if err != nil {
		c.Broken = "期限算不出来：请检查相关字段与参数"
		return c, true
	}
	switch v := out.(type) {
	case calendar.Limit:
		b.count(r, v, &c)
		b.instant(start, v, &c)
		return c, true
	case string:
		c.Due, c.Limit, c.Entered = dayOf(value.Date(v)), "按登记的日期", true
		return c, v != ""
	}
	return c, false
}

func (b *Book) count(r *Record, limit calendar.Limit, c *Clock) {
	c.Limit = limit.Chinese()
	spans := c.stops
	for _, s := range spans {
		c.Paused = c.Paused || s.Until == ""
	}
	for _, p := range r.Pauses {
		spans = append(spans, calendar.Span{From: p.From, Until: p.Until})
		c.Paused = c.Paused || p.Until == ""
	}
	if c.Paused {
		return
	}
	days, err := b.cfg.Calendar().DueWith(c.Start, limit, spans)
	var missing *calendar.NoTableError
	switch {
	case errors.As(err, &missing):
		c.Broken = missing.Error()
	case err != nil:
		c.Broken = fmt.Sprintf("期限算不出来：%v", err)
	default:
		c.Due, c.Days = days.Date, days
	}
}

// instant sharpens a limit of hours or minutes that runs from a known minute:
// it ends on that minute, whatever day it is.
func (b *Book) instant(start value.Date, limit calendar.Limit, c *Clock) {
	from, err := time.ParseInLocation(value.InstantLayout, string(start), time.Local)
	if err != nil || c.Paused || c.Broken != "" {
		return
	}
	if at, ok := limit.Instant(from); ok {
		c.At, c.Due = at, value.DateOf(at)
	}
}

// env is what expressions see of the record, with parameters as of a day.
func (b *Book) env(r *Record, today value.Date) register.Env {
	env := r.Def.Env(r.Values, today)
	env["step"], env["created"], env["number"] = r.Step, string(r.Created), r.Number
	entered := make(map[string]string, len(r.Entered))
	for step, day := range r.Entered {
		entered[step] = string(day)
	}
	env["entered"] = entered
	return env
}
