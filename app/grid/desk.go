package grid

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/deadline"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Config is what a Desk is made of.
type Config struct {
	Book  *record.Book
	Rules *Rules
	// Formulas are the grid's numbers, as rate.Load checked them.
	Formulas *rate.Set
	Log      *slog.Logger
}

// Desk is where the grid's day is looked over.
type Desk struct {
	book    *record.Book
	rules   *Rules
	counter *rate.Counter
	summed  summed
	log     *slog.Logger
}

// New opens the desk.
func New(cfg Config) *Desk {
	return &Desk{book: cfg.Book, rules: cfg.Rules, counter: rate.NewCounter(cfg.Book, cfg.Formulas, "month", keep...), log: cfg.Log}
}

// Clocks are the deadlines of a case with their reasons.
func (d *Desk) Clocks(tx *record.Tx, r *record.Record) ([]deadline.Clock, error) {
	return d.rules.clocks(tx, r)
}

// Category is the category of a report or case, or nil.
func (d *Desk) Category(tx *record.Tx, r *record.Record) (*Category, error) {
	t, err := d.rules.tables.Get(tx)
	if err != nil {
		return nil, err
	}
	return t.by[r.RefID("category")], nil
}

// likelyMost is how many categories are suggested.
const likelyMost = 3

// Likely are categories that a report's words speak for. A person decides.
func (d *Desk) Likely(tx *record.Tx, r *record.Record) ([]Likely, error) {
	t, err := d.rules.tables.Get(tx)
	if err != nil {
		return nil, err
	}
	return t.likely(r.Text("class_name")+"\n"+r.Text("title")+"\n"+r.Text("content"), dayOf(r), likelyMost), nil
}

// Where tells where a text lies.
func (d *Desk) Where(tx *record.Tx, text string, within uint64) (Found, error) {
	t, err := d.rules.cells.Get(tx)
	if err != nil {
		return Found{}, err
	}
	return t.find(text, tx.Today(), within, d.rules.past), nil
}

// relearnEvery is how often the addresses are gone through anew, so that what
// was corrected is forgotten.
const relearnEvery = 24 * time.Hour

// Run learns where names lie from the office's own addresses, and again every
// day, until the context ends.
func (d *Desk) Run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := d.learn(ctx); err != nil && ctx.Err() == nil {
			d.log.Error("learning addresses", "error", err)
		}
		t := time.NewTimer(relearnEvery)
		select {
		case <-ctx.Done():
		case <-t.C:
		}
		t.Stop()
	}
}

// learn reads the addresses of persons, and of reports and cases whose grid is
// known, into a gazetteer that takes the place of the old one.
func (d *Desk) learn(ctx context.Context) error {
	fresh := NewAddresses()
	for _, reg := range []string{record.Persons, Reports, Cases} {
		if err := d.readAddresses(ctx, reg, fresh); err != nil {
			return err
		}
	}
	d.rules.past.take(fresh)
	return nil
}

// stretch is how many records one transaction reads.
const stretch = 500

func (d *Desk) readAddresses(ctx context.Context, reg string, into *Addresses) error {
	from := uint64(0)
	for {
		n := 0
		err := d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
			return tx.EachFrom(reg, from, func(r *record.Record) (bool, error) {
				from, n = r.ID+1, n+1
				into.Put(r.Text("address"), lies(r))
				return n < stretch, ctx.Err()
			})
		})
		if err != nil || n < stretch {
			return err
		}
	}
}

// lies is the place that a record's address is known to lie in; a report whose
// grid the program found itself teaches nothing.
func lies(r *record.Record) uint64 {
	if strings.HasPrefix(r.Text("where"), "本单位") || r.Step == "void" {
		return 0
	}
	if cell := r.RefID("cell"); cell != 0 {
		return cell
	}
	return r.Community
}

func (a *Addresses) take(b *Addresses) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.in = b.in
}

// Names is how many names of estates and roads the office's addresses have
// taught.
func (d *Desk) Names() int { return d.rules.past.Len() }

// each visits the records of a query that the viewer may open.
func each(tx *record.Tx, q record.Query, fn func(*record.Record) error) error {
	q.Limit = stretch
	for {
		p, err := tx.List(q)
		if err != nil {
			return err
		}
		for _, row := range p.Rows {
			if row.Placeholder {
				continue
			}
			if err := fn(row.Record); err != nil {
				return err
			}
		}
		if q.After = p.Next; q.After == "" {
			return nil
		}
	}
}

// on is a query for the records of a register found on a day.
func on(reg, field string, day value.Date) record.Query {
	return record.Query{Register: reg, Filters: map[string][]string{field: {string(day)}}}
}
