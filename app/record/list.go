package record

import (
	"bytes"
	"encoding/hex"
	"slices"
	"sort"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/embedstore"
)

// Query asks for rows of a register. Filters are column → accepted values;
// only indexed columns can be asked for, so that a list never opens a
// register from end to end.
type Query struct {
	Register string
	Filters  map[string][]string
	From, To map[string]value.Date // date columns, both ends included
	Open     bool                  // only records on which work goes on
	Sort     string                // "", "due", or "-" for oldest first
	Limit    int
	After    string // where the last page ended
	Count    bool   // also count all rows that match
}

// Page is one page of a list.
type Page struct {
	Rows  []Row
	Next  string // empty on the last page
	Total int
	More  bool // Total is a lower bound: counting stopped at the cap
}

// Row is a record in a list, or the placeholder of a protected one: then only
// Ref and Number may be shown.
type Row struct {
	*Record
	Placeholder bool
}

// countCap is where counting stops: beyond it a list says 超过.
const countCap = 20000

// narrow is a query resolved to columns.
type narrow struct {
	columns []column
	sets    []colset
	area    []uint64 // communities the viewer is kept to
	all     bool
	viewer  access.Viewer
	atComm  int
	atOwner int
	atAuth  int
	hidden  map[uint64]*Record // what a narrowed list leaves out (see hidden)
}

// colset is what one column may be.
type colset struct {
	at       int
	values   map[uint64]bool // nil when a range
	from, to uint64
}

func (s colset) holds(cover []byte) bool {
	v := coverAt(cover, s.at)
	if s.values != nil {
		return s.values[v]
	}
	return v != 0 && v >= s.from && (s.to == 0 || v <= s.to)
}

// List gives a page of the register's records that the viewer may know of.
func (tx *Tx) List(q Query) (Page, error) {
	def, err := tx.definition(q.Register)
	if err != nil {
		return Page{}, err
	}
	if !MayUse(tx.viewer, def, access.ActRead) {
		return Page{}, &Refusal{Code: CodeDenied, Text: access.Explain(access.ActRead, accessRegister(def))}
	}
	if q.Limit <= 0 || q.Limit > 500 {
		q.Limit = 50
	}
	n, err := tx.narrow(def, q)
	if err != nil {
		return Page{}, err
	}
	return tx.scan(def, q, n)
}

func (tx *Tx) narrow(def *register.Definition, q Query) (*narrow, error) {
	n := &narrow{columns: tx.book.layouts[def.ID], viewer: tx.viewer}
	n.area, n.all = access.Area(tx.viewer, accessRegister(def))
	at := map[string]int{}
	for i, c := range n.columns {
		at[c.name] = i
	}
	n.atComm, n.atOwner, n.atAuth = at["community"], at["owner"], at["author"]
	for name, values := range q.Filters {
		i, ok := at[name]
		if !ok {
			return nil, Refused(CodeInvalid, "不能按“%s”筛选", name)
		}
		set := colset{at: i, values: map[uint64]bool{}}
		for _, v := range values {
			if f := n.columns[i].field; f != nil && tx.book.Secret(f.Codes, v) {
				continue // asking for it would tell whom it names
			}
			set.values[tx.book.columns.parseColumn(n.columns[i], v)] = true
		}
		n.sets = append(n.sets, set)
	}
	for _, name := range rangeNames(q) {
		i, ok := at[name]
		if !ok {
			return nil, Refused(CodeInvalid, "不能按“%s”的日期筛选", name)
		}
		n.sets = append(n.sets, colset{at: i, from: dateColumn(q.From[name]), to: dateColumn(q.To[name])})
	}
	if q.Open && len(def.Steps) > 0 {
		n.sets = append(n.sets, tx.openSteps(def, at["step"]))
	}
	var err error
	if len(n.sets) > 0 || q.Sort == "due" {
		n.hidden, err = tx.hidden(def)
	}
	return n, err
}

func rangeNames(q Query) []string {
	names := map[string]bool{}
	for k := range q.From {
		names[k] = true
	}
	for k := range q.To {
		names[k] = true
	}
	out := make([]string, 0, len(names))
	for k := range names {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func (tx *Tx) openSteps(def *register.Definition, at int) colset {
	set := colset{at: at, values: map[uint64]bool{}}
	for _, s := range def.Steps {
		if !s.Closed {
			set.values[tx.book.columns.code("step", s.ID)] = true
		}
	}
	return set
}

// holds judges a cover: filters, and the area that the viewer is kept to.
func (n *narrow) holds(cover []byte) bool {
	for _, s := range n.sets {
		if !s.holds(cover) {
			return false
		}
	}
	if n.all {
		return true
	}
	c := coverAt(cover, n.atComm)
	return slices.Contains(n.area, c) && c != 0 ||
		coverAt(cover, n.atOwner) == n.viewer.User || coverAt(cover, n.atAuth) == n.viewer.User
}

func (tx *Tx) held(def *register.Definition, name string, v uint64) (uint64, error) {
	return tx.store.Tally(def.ID, columnTally(name, v))
}

func columnTally(name string, v uint64) string { return "v/" + name + "/" + hex.EncodeToString(u64(v)) }

func (tx *Tx) scan(def *register.Definition, q Query, n *narrow) (Page, error) {
	from, behind, err := placeIn(q.After)
	if err != nil {
		return Page{}, err
	}
	w, err := tx.path(def, q, n, from)
	if err != nil {
		return Page{}, err
	}
	if from != "" && w.index != from {
		return Page{}, errNoPlace
	}
	var page Page
	begin := w
	begin.rng.Reverse, begin.rng.After = q.Sort == "", behind
	ids, err := tx.collect(def, q, n, begin, &page)
	if err != nil {
		return Page{}, err
	}
	for _, id := range ids {
		if err := tx.row(def, id, &page); err != nil {
			return Page{}, err
		}
	}
	if q.Count {
		err = tx.total(def, n, w, &page)
	}
	return page, err
}

// collect walks the index until the page is full.
func (tx *Tx) collect(def *register.Definition, q Query, n *narrow, w way, page *Page) ([]uint64, error) {
	var ids []uint64
	seen := map[uint64]bool{}
	var last []byte
	err := tx.store.Range(def.ID, w.index, w.rng, func(hit embedstore.Hit) (bool, error) {
		if err := tx.ctx.Err(); err != nil {
			return false, err
		}
		if n.hidden[hit.ID] != nil || !n.holds(hit.Cover) || seen[hit.ID] {
			return true, nil
		}
		if len(ids) == q.Limit {
			page.Next = placed(w.index, last)
			return false, nil
		}
		seen[hit.ID] = true
		ids = append(ids, hit.ID)
		last = bytes.Clone(hit.Cursor)
		return true, nil
	})
	return ids, err
}

func (tx *Tx) row(def *register.Definition, id uint64, page *Page) error {
	r, err := tx.load(Ref{def.ID, id})
	if err != nil {
		return err
	}
	switch tx.Verdict(r, access.ActRead) {
	case access.Allowed:
		page.Rows = append(page.Rows, Row{Record: r})
	case access.Placeholder:
		page.Rows = append(page.Rows, Row{Record: r, Placeholder: true})
	}
	return nil
}

// total counts all rows of the query up to the cap. With at most one filter
// and no area it is read off the tallies.
func (tx *Tx) total(def *register.Definition, n *narrow, w way, page *Page) error {
	index, rng := w.index, w.rng
	if n.all && len(n.sets) == 0 && index == "all" {
		held, err := tx.store.Tally(def.ID, "all")
		page.Total = int(held)
		return err
	}
	if set := n.sets; n.all && len(set) == 1 && set[0].values != nil && index == n.columns[set[0].at].name {
		for v := range set[0].values {
			held, err := tx.held(def, index, v)
			if err != nil {
				return err
			}
			page.Total += int(held)
		}
		for _, r := range n.hidden {
			if n.holds(tx.book.cover(r, n.columns)) {
				page.Total--
			}
		}
		return nil
	}
	seen := map[uint64]bool{}
	return tx.store.Range(def.ID, index, rng, func(hit embedstore.Hit) (bool, error) {
		if n.hidden[hit.ID] != nil || !n.holds(hit.Cover) || index == "due" && seen[hit.ID] {
			return true, nil
		}
		if index == "due" {
			seen[hit.ID] = true
		}
		page.Total++
		page.More = page.Total >= countCap
		return !page.More, tx.ctx.Err()
	})
}

// hidden are the records of protected persons that the viewer may know of but
// not open. The plain list shows them as placeholders; a list that has been
// narrowed or sorted leaves them out, and no number counts them, or asking
// one filter after another would tell what they hold.
func (tx *Tx) hidden(def *register.Definition) (map[uint64]*Record, error) {
	if tx.viewer.Office || tx.viewer.Lead() {
		return nil, nil
	}
	if out, ok := tx.unseen[def.ID]; ok {
		return out, nil
	}
	persons, err := tx.store.Equal(Persons, keyProtected, "yes")
	if err != nil {
		return nil, err
	}
	out := map[uint64]*Record{}
	for _, person := range persons {
		ids := []uint64{person}
		if def.ID != Persons {
			if ids, err = tx.store.Equal(def.ID, "person", idText(person)); err != nil {
				return nil, err
			}
		}
		for _, id := range ids {
			r, err := tx.load(Ref{def.ID, id})
			if err != nil {
				return nil, err
			}
			if tx.Verdict(r, access.ActRead) == access.Placeholder {
				out[id] = r
			}
		}
	}
	if tx.unseen != nil {
		tx.unseen[def.ID] = out
	}
	return out, nil
}

// Due gives the records of a register with something due up to a day, most
// urgent first, as rows of the work list; none of them is a placeholder.
func (tx *Tx) Due(q Query, until value.Date) ([]Row, bool, error) {
	def, err := tx.definition(q.Register)
	if err != nil {
		return nil, false, err
	}
	q.Sort = "due"
	n, err := tx.narrow(def, q)
	if err != nil {
		return nil, false, err
	}
	var page Page
	seen, more := map[uint64]bool{}, false
	rng := embedstore.Range{To: u64(dateColumn(until) + 1)}
	var ids []uint64
	err = tx.store.Range(def.ID, "due", rng, func(hit embedstore.Hit) (bool, error) {
		if n.hidden[hit.ID] != nil || !n.holds(hit.Cover) || seen[hit.ID] {
			return true, nil
		}
		if more = len(ids) >= q.Limit; more {
			return false, nil
		}
		seen[hit.ID] = true
		ids = append(ids, hit.ID)
		return true, tx.ctx.Err()
	})
	if err != nil {
		return nil, false, err
	}
	for _, id := range ids {
		if err := tx.row(def, id, &page); err != nil {
			return nil, false, err
		}
	}
	return page.Rows, more, nil
}

// tallies are the counters that a record adds one to: the whole register, the
// named counts by community, and each indexed column's value.
func (b *Book) tallies(r *Record, cover []byte) ([]string, error) {
	out := []string{"all"}
	env := b.env(r, "")
	for _, c := range r.Def.Counts {
		holds, err := counted(env, c)
		if err != nil {
			return nil, err
		}
		if holds {
			out = append(out, "c/"+c.ID+"/"+idText(r.Community))
		}
	}
	columns := b.layouts[r.Register]
	for i, c := range columns {
		if v := coverAt(cover, i); v != 0 && c.indexed {
			out = append(out, columnTally(c.name, v))
		}
	}
	return out, nil
}

// counted reports whether a named count takes a record in.
func counted(env register.Env, c *register.Count) (bool, error) {
	if c.When == nil {
		return true, nil
	}
	return c.When.Holds(env)
}

// Counts gives the register's named numbers for what the viewer may see: a
// number is as long as the list it opens.
func (tx *Tx) Counts(reg string) (map[string]uint64, error) {
	def, err := tx.definition(reg)
	if err != nil {
		return nil, err
	}
	out := map[string]uint64{}
	if !MayUse(tx.viewer, def, access.ActRead) {
		return out, nil
	}
	area, all := access.Area(tx.viewer, accessRegister(def))
	hidden, err := tx.hidden(def)
	if err != nil {
		return nil, err
	}
	for _, c := range def.Counts {
		prefix := "c/" + c.ID + "/"
		err := tx.store.Tallies(reg, prefix, func(key string, n uint64) error {
			if community := atoi(strings.TrimPrefix(key, prefix)); all || slices.Contains(area, community) {
				out[c.ID] += n
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		for _, r := range hidden {
			holds, err := counted(tx.book.env(r, ""), c)
			if err != nil {
				return nil, err
			}
			if holds && (all || slices.Contains(area, r.Community)) {
				out[c.ID]--
			}
		}
	}
	return out, nil
}

// Each reads every record of a register that the viewer may open, oldest
// first: for exports, returns and indexing, not for pages.
func (tx *Tx) Each(reg string, fn func(*Record) (bool, error)) error { return tx.each(reg, 0, fn) }

func (tx *Tx) each(reg string, from uint64, fn func(*Record) (bool, error)) error {
	def, err := tx.definition(reg)
	if err != nil {
		return err
	}
	return tx.store.All(reg, from, func(id, rev uint64, body embedstore.Body) (bool, error) {
		r, err := decode(def, id, rev, body)
		if err != nil {
			return false, err
		}
		if r.Guarded, err = tx.guarded(r); err != nil {
			return false, err
		}
		if tx.Verdict(r, access.ActRead) != access.Allowed {
			return true, tx.ctx.Err()
		}
		return fn(r)
	})
}

// EachFrom is Each beginning at an id, for readers that go in stretches.
func (tx *Tx) EachFrom(reg string, from uint64, fn func(*Record) (bool, error)) error {
	return tx.each(reg, from, fn)
}

// Size is how many records a register, or how many notes the office, holds.
func (tx *Tx) Size(collection string) (int, error) {
	n, err := tx.store.Tally(collection, "all")
	return int(n), err
}
