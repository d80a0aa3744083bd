package hotline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/deadline"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Burning is one thing that cannot wait.
type Burning struct {
	Record *record.Record
	What   string // 签收, 首次联系, 办结, 报到 …
	Due    time.Time
	Late   bool
}

// Morning is what a duty officer must know in ten seconds.
type Morning struct {
	At        time.Time
	Burning   []Burning // late first, then what is due soonest
	Late      int       // of Burning
	Near      int
	Unsigned  int
	Callback  int // answered and not yet called back
	Suspended int
	Chased    int
	Came      int // orders dispatched yesterday
	Whistles  int // whistles nobody has answered
}

// Morning looks over everything open that the viewer may see.
func (d *Desk) Morning(ctx context.Context, v access.Viewer) (Morning, error) {
	m := Morning{At: d.book.Now().Local()}
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		near, err := tx.Book().Policy().Integer("governance.order.near", tx.Today())
		if err != nil {
			return fmt.Errorf("reading when an order is near its end: %w", err)
		}
		horizon := m.At.Add(time.Duration(near) * time.Hour)
		if err := eachOpen(tx, Orders, func(r *record.Record) { m.order(r, horizon) }); err != nil {
			return err
		}
		err = eachOpen(tx, Whistles, func(r *record.Record) {
			if r.Step == "blown" {
				m.Whistles++
				m.add(r, "报到", deadline.Instant(r, "arrive_due"), horizon)
			}
		})
		if err != nil {
			return err
		}
		yesterday := tx.Today().AddDays(-1)
		p, err := tx.List(record.Query{Register: Orders, From: map[string]value.Date{"dispatched_on": yesterday}, To: map[string]value.Date{"dispatched_on": yesterday}, Limit: 1, Count: true})
		m.Came = p.Total
		return err
	})
	slices.SortStableFunc(m.Burning, func(a, b Burning) int { return a.Due.Compare(b.Due) })
	return m, err
}

// order enters what of an order cannot wait.
func (m *Morning) order(r *record.Record, horizon time.Time) {
	switch r.Step {
	case "new":
		m.Unsigned++
		m.add(r, "签收", deadline.Instant(r, "sign_due"), horizon)
	case "replied":
		m.Callback++
	}
	if yes, _ := r.Values["suspended"].(bool); yes {
		m.Suspended++
	}
	if n, _ := r.Values["chased"].(float64); n > 0 {
		m.Chased++
	}
	if r.Step != "new" && r.Step != "hand" && r.Step != "verify" {
		return
	}
	if r.Text("contacted_at") == "" {
		m.add(r, "首次联系", deadline.Instant(r, "contact_due"), horizon)
	}
	what := "办结"
	if r.Step == "verify" {
		what = "审核回单"
	}
	m.add(r, what, deadline.Instant(r, "finish_due"), horizon)
}

// add enters what is late, or due before the horizon; a record that is there
// already is told of on one line, by what is due first.
func (m *Morning) add(r *record.Record, what string, due, horizon time.Time) {
	if due.IsZero() || due.After(horizon) {
		return
	}
	if n := len(m.Burning); n > 0 && m.Burning[n-1].Record.Ref == r.Ref {
		m.Burning[n-1].What += "、" + what
		return
	}
	b := Burning{Record: r, What: what, Due: due, Late: m.At.After(due)}
	if m.Burning = append(m.Burning, b); b.Late {
		m.Late++
		return
	}
	m.Near++
}

// eachOpen visits the open records of a register.
func eachOpen(tx *record.Tx, reg string, fn func(*record.Record)) error {
	if def, ok := tx.Book().Registers().Get(reg); !ok || !record.MayUse(tx.Viewer(), def, access.ActRead) {
		return nil
	}
	q := record.Query{Register: reg, Open: true, Limit: 500}
	for {
		p, err := tx.List(q)
		if err != nil {
			return err
		}
		for _, row := range p.Rows {
			if !row.Placeholder {
				fn(row.Record)
			}
		}
		if q.After = p.Next; q.After == "" {
			return nil
		}
	}
}
