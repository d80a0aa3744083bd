package hotline

import (
	"errors"
	"fmt"
	"time"

	"jiezhen/app/calendar"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Clock is one deadline of an order, with its reason.
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

// instant reads a datetime field.
func instant(r *record.Record, field string) time.Time {
	t, err := time.ParseInLocation(minute, r.Text(field), time.Local)
	if err != nil {
		return time.Time{}
	}
	return t
}

// began is when an order's clocks start: its dispatch, or its last reopening.
func began(r *record.Record) time.Time {
	start := instant(r, "dispatched_at")
	for _, m := range r.Log {
		if (m.Action == "reopen" || m.Action == "restore") && m.At.After(start) {
			start = m.At.Local()
		}
	}
	return start
}

// clockOf are the deadlines of an order: label, parameter, field when done.
var clockOf = []struct{ label, param, due, done string }{
	{"签收", "governance.order.sign", "sign_due", "signed_at"},
	{"首次联系", "governance.order.contact.", "contact_due", "contacted_at"},
	{"办结", "governance.order.finish.", "finish_due", "finished_at"},
}

// deriveDue works an order's deadlines out anew: from its class, its start, its
// pauses, and what superiors have allowed.
func deriveDue(tx *record.Tx, r *record.Record) error {
	clocks, err := orderClocks(tx, r)
	if err != nil {
		return err
	}
	for i, c := range clocks {
		delete(r.Values, clockOf[i].due)
		if !c.Due.IsZero() {
			r.Values[clockOf[i].due] = c.Due.Format(minute)
		}
	}
	delete(r.Values, "callback_due")
	since := r.Entered["replied"]
	if r.Step != "replied" || since == "" {
		return nil
	}
	limit, err := tx.Book().Policy().Limit("governance.order.callback", since)
	if err != nil {
		return fmt.Errorf("reading the limit of calling back: %w", err)
	}
	if due, err := tx.Book().Calendar().Due(since, limit); err == nil {
		r.Values["callback_due"] = string(due.Date)
	}
	return nil
}

// orderClocks are the deadlines of an order, in the order of clockOf.
func orderClocks(tx *record.Tx, r *record.Record) ([]Clock, error) {
	start := began(r)
	var out []Clock
	for _, k := range clockOf {
		c := Clock{Label: k.label, Start: start, Done: instant(r, k.done)}
		if c.Done.Before(start) {
			c.Done = time.Time{} // done before it was reopened
		}
		if k.done == "finished_at" && (r.Step == "new" || r.Step == "hand") {
			c.Done = time.Time{} // written down, but not yet handed in
		}
		key := k.param
		if key[len(key)-1] == '.' {
			key += r.Text("class")
		}
		if err := c.reckon(tx, r, key); err != nil {
			return nil, err
		}
		if k.done == "finished_at" {
			c.extend(r)
		}
		out = append(out, c)
	}
	return out, nil
}

// reckon counts the limit of a parameter.
func (c *Clock) reckon(tx *record.Tx, r *record.Record, key string) error {
	if c.Start.IsZero() {
		c.Broken = "没有派单时间"
		return nil
	}
	p, err := tx.Book().Policy().Param(key, value.Date(c.Start.Format("2006-01-02")))
	if err != nil {
		return fmt.Errorf("reading the limit of %s: %w", c.Label, err)
	}
	c.State = string(p.State)
	limit, ok := p.Value.(calendar.Limit)
	if !ok {
		c.Limit = "不限"
		return nil
	}
	c.Limit = limit.Chinese()
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

// extend puts in place of the limit what has been allowed beyond it.
func (c *Clock) extend(r *record.Record) {
	if until := instant(r, "extended_until"); !until.IsZero() {
		c.Due, c.Limit, c.Broken, c.State, c.Days = until, "批准延期", "", "", nil
	}
	if yes, _ := r.Values["suspended"].(bool); !yes {
		return
	}
	if day, err := time.ParseInLocation("2006-01-02", r.Text("suspend_until"), time.Local); err == nil {
		c.Due, c.Limit, c.Broken, c.State, c.Days = day.AddDate(0, 0, 1).Add(-time.Minute), "挂账期限", "", "", nil
	}
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
