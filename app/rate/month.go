package rate

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Counter judges the records of months by a set of formulas and keeps the
// verdicts in memory: a page asks for a month again and again, while few of its
// records change. Verdicts are the office's; who asks is given those of the
// records that they may know of. The registers must hold nobody's protected
// person: communities and charge alone decide.
type Counter struct {
	book  *record.Book
	set   *Set
	month string   // column, a month or a date, by which a record belongs to a month
	keep  []string // further fields whose values a Mark carries

	mu   sync.Mutex
	kept map[value.Month]*judged
}

// NewCounter makes a counter of the records that lie in a month by one of their
// columns, a month or a date; keep are fields that go with each mark.
func NewCounter(book *record.Book, set *Set, month string, keep ...string) *Counter {
	return &Counter{book: book, set: set, month: month, keep: keep, kept: map[value.Month]*judged{}}
}

// Set are the formulas.
func (c *Counter) Set() *Set { return c.set }

// Mark is what a month knows of one record.
type Mark struct {
	Ref           record.Ref
	Community     uint64
	Owner, Author uint64
	Step          string
	Keep          []string // the values of the fields kept, in their order; yes is "1"
	within        uint32   // formulas in whose denominator it is
	shares        map[int]float64
	hits          uint32 // formulas in which it counts in full
}

// judged is a month as it stands. marks are never changed once others may read
// them: what changes is judged into a copy.
type judged struct {
	seq   uint64     // journal sequence that the verdicts stand at
	day   value.Date // conditions may ask what day it is
	marks map[record.Ref]Mark
	all   []Mark // the same for who may know of all, newest first, once somebody asked
}

// monthsKept is how many months are held in memory.
const monthsKept = 14

// changesMost is how many journal entries are followed record by record; beyond
// it the month is judged anew.
const changesMost = 2000

// Marks are the records of a month that a viewer may know of, newest first. The
// list may be others' too: it is not to be changed.
func (c *Counter) Marks(ctx context.Context, v access.Viewer, month value.Month) ([]Mark, error) {
	var out []Mark
	err := c.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		may, all := c.mayKnow(v)
		marks, list, err := c.judged(tx, month, all)
		if all || err != nil {
			out = list
			return err
		}
		for _, m := range marks {
			if may(m) {
				out = append(out, m)
			}
		}
		newestFirst(out)
		return nil
	})
	return out, err
}

// newestFirst sorts marks as the lists behind a figure are shown, so that what
// is made of them need not be sorted again.
func newestFirst(marks []Mark) {
	slices.SortFunc(marks, func(a, b Mark) int { return cmp.Compare(b.Ref.ID, a.Ref.ID) })
}

// Whole reports whether a viewer may know of every record: such viewers are given
// the very same list of a month until one of its records changes.
func (c *Counter) Whole(v access.Viewer) bool {
	_, all := c.mayKnow(v)
	return all
}

// mayKnow tells which marks are a viewer's to know, and whether all are.
func (c *Counter) mayKnow(v access.Viewer) (may func(Mark) bool, everything bool) {
	type area struct {
		places []uint64
		all    bool
	}
	areas := map[string]area{}
	for _, f := range c.set.Formulas {
		def, ok := c.book.Registers().Get(f.Register)
		if ok && record.MayUse(v, def, access.ActRead) {
			places, all := access.Area(v, access.Register{ID: def.ID, Domain: def.Domain(), Rights: access.Rights(def.Rights)})
			areas[f.Register] = area{places, all}
		}
	}
	everything = true
	for _, reg := range c.registers() {
		everything = everything && areas[reg].all
	}
	return func(m Mark) bool {
		a, ok := areas[m.Ref.Register]
		return ok && (a.all || m.Community != 0 && slices.Contains(a.places, m.Community) || v.User != 0 && (m.Owner == v.User || m.Author == v.User))
	}, everything
}

// judged are the verdicts of a month as it stands, and with all set the same as
// a list.
func (c *Counter) judged(tx *record.Tx, month value.Month, all bool) (map[record.Ref]Mark, []Mark, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	j, err := c.upToDate(tx, month)
	if err != nil {
		return nil, nil, err
	}
	if all && j.all == nil {
		j.all = slices.Collect(maps.Values(j.marks))
		newestFirst(j.all)
	}
	return j.marks, j.all, nil
}

// upToDate brings the verdicts of a month up to date.
func (c *Counter) upToDate(tx *record.Tx, month value.Month) (*judged, error) {
	j := c.kept[month]
	if j != nil && j.day == tx.Today() {
		done, err := c.follow(tx, j, month)
		if done || err != nil {
			return j, err
		}
	}
	fresh := &judged{day: tx.Today(), marks: map[record.Ref]Mark{}}
	_, through, err := tx.Changes(c.book.Head()-min(c.book.Head(), 1), 1)
	if err != nil {
		return nil, fmt.Errorf("reading where the journal stands: %w", err)
	}
	fresh.seq = through
	for _, reg := range c.registers() {
		if err := c.readAll(tx, fresh, reg, month); err != nil {
			return nil, err
		}
	}
	if len(c.kept) >= monthsKept {
		clear(c.kept)
	}
	c.kept[month] = fresh
	return fresh, nil
}

func (c *Counter) registers() []string {
	var out []string
	for _, f := range c.set.Formulas {
		if !slices.Contains(out, f.Register) {
			out = append(out, f.Register)
		}
	}
	return out
}

func (c *Counter) readAll(tx *record.Tx, j *judged, reg string, month value.Month) error {
	q := record.Query{Register: reg, Limit: 500}
	if def, ok := c.book.Registers().Get(reg); ok && c.byDay(def) {
		q.From, q.To = map[string]value.Date{c.month: month.First()}, map[string]value.Date{c.month: month.First().AddMonths(1).AddDays(-1)}
	} else {
		q.Filters = map[string][]string{c.month: {string(month)}}
	}
	for {
		p, err := tx.List(q)
		if err != nil {
			return fmt.Errorf("reading the records of a month: %w", err)
		}
		for _, row := range p.Rows {
			if err := c.judge(tx, j, row.Record, month); err != nil {
				return err
			}
		}
		if q.After = p.Next; q.After == "" {
			return nil
		}
	}
}

// byDay reports whether the column of a register holds days, not months.
func (c *Counter) byDay(def *register.Definition) bool {
	f, ok := def.Field(c.month)
	return ok && f.Type == value.KindDate
}

// monthOf is the month that a record belongs to, "" for none.
func (c *Counter) monthOf(r *record.Record) value.Month {
	if c.byDay(r.Def) && r.Text(c.month) != "" {
		return value.MonthOf(r.Date(c.month))
	}
	return value.Month(r.Text(c.month))
}

// follow judges again what has changed since; false when that is too much.
func (c *Counter) follow(tx *record.Tx, j *judged, month value.Month) (bool, error) {
	if j.seq >= c.book.Head() {
		return true, nil
	}
	changes, through, err := tx.Changes(j.seq, changesMost)
	if err != nil {
		return false, fmt.Errorf("following the records of a month: %w", err)
	}
	if through >= j.seq+changesMost {
		return false, nil
	}
	registers := c.registers()
	changes = slices.DeleteFunc(changes, func(ch record.Change) bool { return !slices.Contains(registers, ch.Ref.Register) })
	if len(changes) == 0 {
		j.seq = through
		return true, nil
	}
	j.marks, j.all = maps.Clone(j.marks), nil
	for _, ch := range changes {
		delete(j.marks, ch.Ref)
		if ch.Gone {
			continue
		}
		r, err := tx.Open(ch.Ref)
		if _, refused := record.AsRefusal(err); refused {
			continue
		}
		if err == nil && c.monthOf(r) == month {
			err = c.judge(tx, j, r, month)
		}
		if err != nil {
			return false, fmt.Errorf("judging %s: %w", ch.Ref, err)
		}
	}
	j.seq = through
	return true, nil
}

func (c *Counter) judge(tx *record.Tx, j *judged, r *record.Record, month value.Month) error {
	m := Mark{Ref: r.Ref, Community: r.Community, Owner: r.Owner, Author: r.Author, Step: r.Step}
	for _, f := range c.keep {
		text := r.Text(f)
		if yes, _ := r.Values[f].(bool); yes {
			text = "1"
		}
		m.Keep = append(m.Keep, text)
	}
	env := r.Def.Env(r.Values, tx.Today())
	env["step"] = r.Step
	for i, f := range c.set.Formulas {
		if f.Register != r.Register {
			continue
		}
		within, share, err := f.Judge(tx, env, month.First())
		if err != nil {
			return fmt.Errorf("judging %s by %s: %w", r.Ref, f.ID, err)
		}
		m.enter(i, within, share)
	}
	j.marks[r.Ref] = m
	return nil
}

func (m *Mark) enter(i int, within bool, share float64) {
	if !within {
		return
	}
	m.within |= 1 << i
	switch {
	case share == 1:
		m.hits |= 1 << i
	case share > 0:
		if m.shares == nil {
			m.shares = map[int]float64{}
		}
		m.shares[i] = share
	}
}

// Weights are those of the formulas on a day, in their order; 0 for one that has
// none.
func (c *Counter) Weights(on value.Date) ([]float64, error) {
	out := make([]float64, len(c.set.Formulas))
	for i, f := range c.set.Formulas {
		if f.weight != "" {
			w, err := c.book.Policy().Integer(f.weight, on)
			if err != nil {
				return nil, fmt.Errorf("reading the weight of %s: %w", f.ID, err)
			}
			out[i] = float64(w)
		}
	}
	return out, nil
}

// Rates are the rates of some marks, in the order of the formulas, weighted as
// on a day.
func (c *Counter) Rates(marks []Mark, on value.Date) ([]Rate, error) {
	weights, err := c.Weights(on)
	if err != nil {
		return nil, err
	}
	out := make([]Rate, len(c.set.Formulas))
	for i, f := range c.set.Formulas {
		out[i].Formula, out[i].Weight = f, weights[i]
		for _, m := range marks {
			if m.within&(1<<i) == 0 {
				continue
			}
			share := m.shares[i]
			if m.hits&(1<<i) != 0 {
				share = 1
			}
			out[i].Enter(m.Ref, share)
		}
		for _, refs := range [][]record.Ref{out[i].Of, out[i].Hits, out[i].Misses} {
			slices.SortFunc(refs, func(a, b record.Ref) int { return cmp.Compare(b.ID, a.ID) })
		}
	}
	return out, nil
}
