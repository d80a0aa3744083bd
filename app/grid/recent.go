package grid

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// recentSpan is of how many days the sources are kept in memory: what may still
// be told of twice. A page of something older reads its own days.
const recentSpan = 31

// recent are the sources of the last days, kept beside the journal: the pages
// that compare them are opened all day, and few of them change.
type recent struct {
	mu    sync.Mutex
	seq   uint64     // journal sequence that it stands at
	day   value.Date // first day that it reaches back to
	table *table     // the categories that the sources were read by
	all   map[record.Ref]told
	pairs found
}

// found are the pairs among the sources of some days, for everybody: who may
// see which is asked of each. A source that changes is compared anew; the list
// is never changed once others may read it.
type found struct {
	known    bool
	rules    joinRules
	from, to value.Date
	list     []Pair
}

// pairsOf are the pairs among the sources of some days that are not yet in one
// case, as far as the viewer may read both.
func (c *recent) pairsOf(tx *record.Tx, x *Rules, rules joinRules, from, to value.Date) ([]Pair, error) {
	list, err := c.found(tx.AsOffice(), x, rules, from, to)
	if err != nil {
		return nil, err
	}
	may := map[record.Ref]bool{}
	allowed := func(r *record.Record) bool {
		yes, asked := may[r.Ref]
		if !asked {
			yes = tx.Verdict(r, access.ActRead) == access.Allowed
			may[r.Ref] = yes
		}
		return yes
	}
	var out []Pair
	for _, p := range list {
		if allowed(p.A) && allowed(p.B) {
			out = append(out, p)
		}
	}
	return out, nil
}

// found looks for the pairs anew only when a source has changed since.
func (c *recent) found(tx *record.Tx, x *Rules, rules joinRules, from, to value.Date) ([]Pair, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, err := x.tables.Get(tx)
	if err != nil {
		return nil, err
	}
	if err := c.update(tx, x, t); err != nil {
		return nil, err
	}
	if f := c.pairs; f.known && f.rules == rules && f.from == from && f.to == to {
		return f.list, nil
	}
	var all []told
	for _, s := range c.all {
		if on := s.on; on >= from && on <= to {
			all = append(all, s)
		}
	}
	sortTold(all)
	c.pairs = found{true, rules, from, to, rules.pairs(t, all)}
	return c.pairs.list, nil
}

// recentMost is how many journal entries are followed; with more behind, the
// days are read anew.
const recentMost = 2000

// sourceDays are the registers of sources, and by which column a day of each is
// found.
var sourceDays = map[string]string{Orders: "dispatched_on", Reports: "found_on", Findings: "found_on"}

// reaches reports whether a day is among those kept.
func (c *recent) reaches(tx *record.Tx, day value.Date) bool {
	return day > tx.Today().AddDays(-recentSpan)
}

// near are the sources in a vicinity that the viewer may read, oldest first.
func (c *recent) near(tx *record.Tx, x *Rules, a vicinity) ([]told, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, err := x.tables.Get(tx)
	if err != nil {
		return nil, err
	}
	if err := c.update(tx.AsOffice(), x, t); err != nil {
		return nil, err
	}
	var out []told
	for _, s := range c.all {
		if a.holds(s) && tx.Verdict(s.Record, access.ActRead) == access.Allowed {
			out = append(out, s)
		}
	}
	sortTold(out)
	return out, nil
}

func sortTold(list []told) {
	slices.SortFunc(list, func(a, b told) int {
		return cmp.Or(a.at.Compare(b.at), strings.Compare(a.Ref.String(), b.Ref.String()))
	})
}

// update brings the sources to where the journal stands.
func (c *recent) update(tx *record.Tx, x *Rules, t *table) error {
	first := tx.Today().AddDays(-recentSpan)
	if c.table == t && c.day == first {
		if c.seq >= tx.Book().Head() {
			return nil
		}
		changes, through, err := tx.Changes(c.seq, recentMost)
		if err != nil {
			return fmt.Errorf("following what was told of: %w", err)
		}
		if through < c.seq+recentMost {
			return c.follow(tx, x, t, changes, through)
		}
	}
	seq, err := tx.Seen()
	if err != nil {
		return fmt.Errorf("reading where the journal stands: %w", err)
	}
	all := map[record.Ref]told{}
	for reg, column := range sourceDays {
		if _, ok := tx.Book().Registers().Get(reg); !ok {
			continue
		}
		q := record.Query{Register: reg, From: map[string]value.Date{column: first}}
		if err := each(tx, q, func(r *record.Record) error { enter(all, x.told(t, r), first); return nil }); err != nil {
			return fmt.Errorf("reading what was told of: %w", err)
		}
	}
	c.seq, c.day, c.table, c.all, c.pairs = seq, first, t, all, found{}
	return nil
}

func (c *recent) follow(tx *record.Tx, x *Rules, t *table, changes []record.Change, through uint64) error {
	changes = slices.DeleteFunc(changes, func(change record.Change) bool { return sourceDays[change.Ref.Register] == "" })
	if len(changes) == 0 {
		c.seq = through
		return nil
	}
	all := maps.Clone(c.all)
	changed := map[record.Ref]bool{}
	for _, change := range changes {
		delete(all, change.Ref)
		changed[change.Ref] = true
		if change.Gone {
			continue
		}
		r, err := tx.Open(change.Ref)
		if _, refused := record.AsRefusal(err); refused {
			continue
		}
		if err != nil {
			return fmt.Errorf("reading what was told of: %w", err)
		}
		enter(all, x.told(t, r), c.day)
	}
	c.all, c.seq = all, through
	c.pairs.follow(t, all, changed)
	return nil
}

// enter keeps a source of the days from the first on, and of it no more than
// comparing and listing want: there are ten thousand of a busy month.
func enter(all map[record.Ref]told, s told, first value.Date) {
	if s.Step == "void" || s.Step == "returned" || s.on < first {
		return
	}
	slim := *s.Record
	slim.Values = register.Values{}
	for _, f := range toldFields {
		if v, ok := s.Values[f]; ok {
			slim.Values[f] = v
		}
	}
	slim.Entered, slim.Pauses, slim.Log, slim.Transfers, slim.Files, slim.Papers, slim.Links, slim.Secrets = nil, nil, nil, nil, nil, nil, nil, nil
	s.Record = &slim
	all[s.Ref] = s
}

// toldFields are what is kept of a source: what it is compared by, what a
// refusal of a pair was given on, and what the list of pairs shows.
var toldFields = []string{"title", "name", "content", "address", "category", "class_name", "detail", "subcategory", "lon", "lat", "found_at", "received_at", "dispatched_at", "external", "case"}
