package hotline

import (
	"fmt"
	"time"

	"jiezhen/app/deadline"
	"jiezhen/app/record"
)

// began is when an order's clocks start: its dispatch, or its last reopening.
func began(r *record.Record) time.Time {
	start := deadline.Instant(r, "dispatched_at")
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
		if due := c.Stamp(); due != "" {
			r.Values[clockOf[i].due] = due
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
func orderClocks(tx *record.Tx, r *record.Record) ([]deadline.Clock, error) {
	start := began(r)
	var out []deadline.Clock
	for _, k := range clockOf {
		c := deadline.Clock{Label: k.label, Start: start, Done: deadline.Instant(r, k.done)}
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
		if err := c.Param(tx, r, key); err != nil {
			return nil, err
		}
		if k.done == "finished_at" {
			c.Allow(deadline.Instant(r, "extended_until"), "批准延期")
			if yes, _ := r.Values["suspended"].(bool); yes {
				c.Allow(deadline.EndOf(r.Date("suspend_until")), "挂账期限")
			}
		}
		out = append(out, c)
	}
	return out, nil
}
