package trend

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Mark is what a trend knows of one record.
type Mark struct {
	ID                       uint64
	Day                      value.Date // for a case the first of its month
	Words                    [3]string  // an order's classes as the platform calls them
	Category                 uint64     // a case's
	Community, Owner, Author uint64
}

// cases knows the cases of the last months: read from the index, which opens no
// record, and kept beside the journal.
type cases struct {
	mu    sync.Mutex
	known bool
	seq   uint64
	first value.Month
	all   map[uint64]Mark
	rev   uint64 // raised whenever a mark has changed
}

// followMost is how many journal entries are followed record by record; beyond
// it the months are read anew.
const followMost = 2000

// state is the revision of what is known of the cases of a month and later.
func (c *cases) state(tx *record.Tx, first value.Month) (uint64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.update(tx, first)
	return c.rev, err
}

// since are the cases found in a month or later.
func (c *cases) since(tx *record.Tx, first value.Month) ([]Mark, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.update(tx, first); err != nil {
		return nil, err
	}
	out := make([]Mark, 0, len(c.all))
	for _, m := range c.all {
		out = append(out, m)
	}
	return out, nil
}

func (c *cases) update(tx *record.Tx, first value.Month) error {
	if c.known && c.first == first {
		changes, through, err := tx.Changes(c.seq, followMost)
		if err != nil {
			return fmt.Errorf("following cases: %w", err)
		}
		if through < c.seq+followMost {
			if err := c.take(tx, changes); err != nil {
				return err
			}
			c.seq = through
			return nil
		}
	}
	seq, err := tx.Seen()
	if err != nil {
		return fmt.Errorf("reading where the journal stands: %w", err)
	}
	c.all = map[uint64]Mark{}
	for month := first; month <= value.MonthOf(tx.Today()); month = next(month) {
		if err := c.read(tx, month); err != nil {
			return err
		}
	}
	c.known, c.seq, c.first = true, seq, first
	c.rev++
	return nil
}

// read takes in a month from the index.
func (c *cases) read(tx *record.Tx, month value.Month) error {
	out := []record.Column{tx.Book().CodeColumn("step", "void"), tx.Book().CodeColumn("step", "returned")}
	names := []string{"step", "category", "community", "owner", "author"}
	err := tx.EachColumn(Cases, "month", string(month), names, func(id uint64, v []record.Column) error {
		if !slices.Contains(out, v[0]) {
			c.all[id] = Mark{ID: id, Day: month.First(), Category: v[1].ID(), Community: v[2].ID(), Owner: v[3].ID(), Author: v[4].ID()}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the cases of a month: %w", err)
	}
	return nil
}

// take enters the cases that have changed.
func (c *cases) take(tx *record.Tx, changes []record.Change) error {
	for _, ch := range changes {
		if ch.Ref.Register != Cases {
			continue
		}
		was, had := c.all[ch.Ref.ID]
		is, counts, err := c.mark(tx, ch)
		if err != nil {
			return err
		}
		if had != counts || was != is {
			c.rev++
		}
		if delete(c.all, ch.Ref.ID); counts {
			c.all[ch.Ref.ID] = is
		}
	}
	return nil
}

// mark is how a case that has changed counts, if it does.
func (c *cases) mark(tx *record.Tx, ch record.Change) (m Mark, counts bool, err error) {
	r, err := tx.Open(ch.Ref)
	if _, refused := record.AsRefusal(err); refused || ch.Gone {
		return m, false, nil
	}
	if err != nil {
		return m, false, fmt.Errorf("following cases: %w", err)
	}
	month := value.Month(r.Text("month"))
	if month == "" || month < c.first || r.Step == "void" || r.Step == "returned" {
		return m, false, nil
	}
	return Mark{ID: r.ID, Day: month.First(), Category: r.RefID("category"), Community: r.Community, Owner: r.Owner, Author: r.Author}, true, nil
}

func next(m value.Month) value.Month { return value.MonthOf(m.First().AddMonths(1)) }

// Course keeps what a trend must know of orders; whoever follows them enters
// each as it changes.
type Course struct {
	mu    sync.RWMutex
	of    map[uint64]Mark
	words map[string]string // each name once
	rev   uint64            // raised whenever a mark has changed
}

// Put enters an order, in place of how it stood before.
func (c *Course) Put(r *record.Record) {
	day := r.Text("dispatched_at")
	if len(day) < 10 || r.Step == "void" || r.Step == "returned" {
		c.Drop(r.ID)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == nil {
		c.of, c.words = map[uint64]Mark{}, map[string]string{}
	}
	m := Mark{ID: r.ID, Day: value.Date(day[:10]), Community: r.Community, Owner: r.Owner, Author: r.Author,
		Words: [3]string{c.once(r.Text("category")), c.once(r.Text("subcategory")), c.once(r.Text("detail"))}}
	if c.of[r.ID] != m {
		c.of[r.ID] = m
		c.rev++
	}
}

// once gives one copy of a name for all that bear it.
func (c *Course) once(name string) string {
	kept, ok := c.words[name]
	if !ok {
		c.words[name] = name
		kept = name
	}
	return kept
}

// Drop forgets an order.
func (c *Course) Drop(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.of[id]; ok {
		delete(c.of, id)
		c.rev++
	}
}

// Revision is raised by one whenever an order comes, goes, or changes in what a
// trend knows of it.
func (c *Course) Revision() uint64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.rev
}

// since are the orders dispatched in a month or later.
func (c *Course) since(first value.Month) []Mark {
	c.mu.RLock()
	defer c.mu.RUnlock()
	out := make([]Mark, 0, len(c.of))
	for _, m := range c.of {
		if m.Day >= first.First() {
			out = append(out, m)
		}
	}
	return out
}

// Desk is where trends are looked at.
type Desk struct {
	book   *record.Book
	trees  *record.Mirror[*trees]
	orders *Course
	cases  cases
	kept   tables
}

// New opens the desk over what is known of orders.
func New(book *record.Book, orders *Course) *Desk {
	return &Desk{book: book, trees: record.NewMirror(readTrees, Categories, Classes, Mappings), orders: orders}
}

// marks are the orders, or cases, of a month and later that a viewer may know
// of.
func (d *Desk) marks(ctx context.Context, v access.Viewer, reg string, first value.Month) (out []Mark, t *trees, err error) {
	places, all, err := d.area(v, reg)
	if err != nil {
		return nil, nil, err
	}
	err = d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		if t, err = d.trees.Get(tx); err != nil {
			return err
		}
		if reg == Orders {
			out = d.orders.since(first)
			return nil
		}
		out, err = d.cases.since(tx, first)
		return err
	})
	if !all {
		out = slices.DeleteFunc(out, func(m Mark) bool {
			mine := v.User != 0 && (m.Owner == v.User || m.Author == v.User)
			return !mine && (m.Community == 0 || !slices.Contains(places, m.Community))
		})
	}
	return out, t, err
}

// area is where a viewer may know of orders or cases: everywhere, or in some
// places and of what is their own.
func (d *Desk) area(v access.Viewer, reg string) (places []uint64, all bool, err error) {
	def, ok := d.book.Registers().Get(reg)
	if !ok || !record.MayUse(v, def, access.ActRead) {
		return nil, false, record.Refused(record.CodeDenied, "您的岗位不办理工单和案件")
	}
	places, all = access.Area(v, access.Register{ID: def.ID, Domain: def.Domain(), Rights: access.Rights(def.Rights)})
	return places, all, nil
}

func number(id uint64) string { return strconv.FormatUint(id, 10) }

// Naming tells what a class of the first level, as an order of a day calls it,
// is called today: the order's own word where no class is known by it. Not one,
// when it has gone into several.
type Naming func(name string, on value.Date) (now string, one bool)

// Naming is for whoever learns from orders of other versions of the classes, or
// sets them side by side.
func (d *Desk) Naming(tx *record.Tx) (Naming, error) {
	t, err := d.trees.Get(tx.AsOffice())
	if err != nil {
		return nil, err
	}
	today := tx.Today()
	type called struct {
		name string
		on   value.Date
	}
	type answer struct {
		now string
		one bool
	}
	memo := map[called]answer{}
	return func(name string, on value.Date) (string, bool) {
		a, ok := memo[called{name, on}]
		if !ok {
			a = answer{name, true}
			if was := t.read([3]string{name}, on); was != nil {
				if at := t.place(was, today).at; at != nil {
					a.now = at.top().name
				} else {
					a.one = false
				}
			}
			memo[called{name, on}] = a
		}
		return a.now, a.one
	}, nil
}

// levels are the fields of an order that hold its class, by level.
var levels = map[string]int{"category": 1, "subcategory": 2, "detail": 3}

// Names are what the classes of orders in use today are called at the level
// that a field holds; nil for other fields, and when the classes cannot be read:
// they are offered while somebody types, no more.
func (d *Desk) Names(tx *record.Tx, field string) []string {
	level := levels[field]
	if level == 0 {
		return nil
	}
	t, err := d.trees.Get(tx.AsOffice())
	if err != nil {
		return nil
	}
	var out []string
	var walk func([]*class)
	walk = func(list []*class) {
		for _, c := range list {
			switch {
			case !current(c, tx.Today()):
			case c.depth() == level:
				out = append(out, c.name)
			default:
				walk(c.down)
			}
		}
	}
	walk(t.roots[OrderTree])
	slices.Sort(out)
	return slices.Compact(out)
}
