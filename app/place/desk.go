package place

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"sync"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Place is one place under one name, for the time it bore it.
type Place struct {
	ID          uint64
	Parent      uint64 // 0 at the top
	Level       string // code, see Level
	Code, Name  string
	From, Until value.Date // empty: not known, still so; Until is the last day
	Replaced    uint64     // the place that took over, or 0
	Children    []uint64   // of Tree only
}

// In reports whether the place existed under its name on a day; "" asks for
// no day.
func (p Place) In(at value.Date) bool {
	return at == "" || (p.From == "" || p.From <= at) && (p.Until == "" || at <= p.Until)
}

// Desk reads places and sets them up.
type Desk struct {
	book *record.Book

	mu      sync.Mutex
	through uint64 // journal sequence that the tree below stands at
	tree    *tree
}

// tree is all places, never changed once built.
type tree struct {
	by    map[uint64]Place
	order []uint64 // by code, then name
}

// New opens the desk.
func New(book *record.Book) *Desk { return &Desk{book: book} }

// journalStep is how many entries are read to see whether a place changed;
// with more behind, the tree is simply read anew.
const journalStep = 500

// current gives the tree as the transaction sees it: the one in memory when
// no place has changed since.
func (d *Desk) current(tx *record.Tx) (*tree, error) {
	office := tx.AsOffice()
	d.mu.Lock()
	defer d.mu.Unlock()
	head := d.book.Head()
	if d.tree != nil && d.through >= head {
		return d.tree, nil
	}
	fresh, through, err := d.unchanged(office)
	if err != nil {
		return nil, err
	}
	if fresh {
		d.through = through
		return d.tree, nil
	}
	t, err := read(office)
	if err != nil {
		return nil, fmt.Errorf("reading places: %w", err)
	}
	if through, err = seen(office, head); err != nil {
		return nil, err
	}
	d.tree, d.through = t, through
	return t, nil
}

// seen is the last journal sequence that a transaction sees; others may have
// written since it began.
func seen(tx *record.Tx, head uint64) (uint64, error) {
	for after := head; after > 0; {
		after -= min(after, journalStep)
		_, through, err := tx.Changes(after, journalStep)
		if err != nil || through > after {
			return through, err
		}
	}
	return 0, nil
}

func (d *Desk) unchanged(tx *record.Tx) (bool, uint64, error) {
	if d.tree == nil {
		return false, 0, nil
	}
	changes, through, err := tx.Changes(d.through, journalStep)
	if err != nil {
		return false, 0, fmt.Errorf("following places: %w", err)
	}
	if through < d.through+journalStep && !slices.ContainsFunc(changes, func(c record.Change) bool { return c.Ref.Register == record.Places }) {
		return true, through, nil
	}
	return false, through, nil
}

func read(tx *record.Tx) (*tree, error) {
	t := &tree{by: map[uint64]Place{}}
	err := tx.Each(record.Places, func(r *record.Record) (bool, error) {
		t.by[r.ID] = placeOf(r)
		t.order = append(t.order, r.ID)
		return true, nil
	})
	sort.SliceStable(t.order, func(i, k int) bool {
		a, b := t.by[t.order[i]], t.by[t.order[k]]
		if a.Code != b.Code {
			return a.Code < b.Code
		}
		return a.Name < b.Name
	})
	return t, err
}

func placeOf(r *record.Record) Place {
	return Place{ID: r.ID, Parent: r.RefID(fieldParent), Level: r.Text(fieldLevel), Code: r.Text(fieldCode), Name: r.Text(fieldName),
		From: r.Date(fieldFrom), Until: r.Date(fieldUntil), Replaced: r.RefID(fieldSuccessor)}
}

// Tree is all places as they stood on a day, each above its children, in the
// order of their codes.
func (d *Desk) Tree(ctx context.Context, at value.Date) ([]Place, error) {
	var out []Place
	err := d.view(ctx, func(t *tree) { out = t.at(at) })
	return out, err
}

func (d *Desk) view(ctx context.Context, fn func(*tree)) error {
	return d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		t, err := d.current(tx)
		if err == nil {
			fn(t)
		}
		return err
	})
}

func (t *tree) at(day value.Date) []Place {
	below := map[uint64][]uint64{}
	for _, id := range t.order {
		p := t.by[id]
		if !p.In(day) {
			continue
		}
		parent := p.Parent
		if up, ok := t.by[parent]; !ok || !up.In(day) {
			parent = 0 // an orphan of that day stands at the top
		}
		below[parent] = append(below[parent], id)
	}
	var out []Place
	seen := map[uint64]bool{}
	var walk func(uint64)
	walk = func(parent uint64) {
		for _, id := range below[parent] {
			if seen[id] {
				continue
			}
			seen[id] = true
			p := t.by[id]
			p.Children = below[id]
			out = append(out, p)
			walk(id)
		}
	}
	walk(0)
	return out
}

// Communities are the communities and villages of the office on a day, in the
// order of their codes. It is for choice lists: an office whose places cannot
// be read has none to choose from, and the form says so.
func (d *Desk) Communities(tx *record.Tx, at value.Date) []Place {
	out, err := d.CommunitiesTx(tx, at)
	if err != nil {
		return nil
	}
	return out
}

// CommunitiesTx is Communities with its error.
func (d *Desk) CommunitiesTx(tx *record.Tx, at value.Date) ([]Place, error) {
	t, err := d.current(tx)
	if err != nil {
		return nil, err
	}
	var out []Place
	for _, id := range t.order {
		if p := t.by[id]; Community(p.Level) && p.In(at) {
			out = append(out, p)
		}
	}
	return out, nil
}

// Path is a place with all above it, topmost first.
func (d *Desk) Path(ctx context.Context, id uint64) ([]Place, error) {
	var out []Place
	err := d.view(ctx, func(t *tree) { out = t.path(id) })
	return out, err
}

func (t *tree) path(id uint64) []Place {
	var out []Place
	for id != 0 {
		p, ok := t.by[id]
		if !ok || slices.ContainsFunc(out, func(have Place) bool { return have.ID == id }) {
			break
		}
		out = append([]Place{p}, out...)
		id = p.Parent
	}
	return out
}

// NameAt is what a place was called on a day: its own name, or that of the
// place which took over from it or which it took over from.
func (d *Desk) NameAt(ctx context.Context, id uint64, at value.Date) (string, error) {
	var name string
	err := d.view(ctx, func(t *tree) { name = t.nameAt(id, at) })
	return name, err
}

func (t *tree) nameAt(id uint64, at value.Date) string {
	start, ok := t.by[id]
	if !ok {
		return ""
	}
	seen := map[uint64]bool{}
	line := []uint64{id}
	for len(line) > 0 {
		id, line = line[0], line[1:]
		p, ok := t.by[id]
		if !ok || seen[id] {
			continue
		}
		if p.In(at) {
			return p.Name
		}
		seen[id] = true
		if p.Replaced != 0 && p.Until != "" && p.Until < at {
			line = append(line, p.Replaced)
		}
		if p.From != "" && at < p.From {
			line = append(line, t.before(id)...)
		}
	}
	return start.Name
}

// before are the places that a place took over from.
func (t *tree) before(id uint64) []uint64 {
	var out []uint64
	for _, other := range t.order {
		if t.by[other].Replaced == id {
			out = append(out, other)
		}
	}
	return out
}
