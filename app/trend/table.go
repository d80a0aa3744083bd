package trend

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/value"
)

// Span is how many months a table reaches over: this one, and the same of last
// year.
const Span = 13

// Row is one line of a table.
type Row struct {
	Key   string
	Tree  string // of a class of the first level
	Name  string
	Note  string
	Level int  // 1 or 2; 0: all together
	Doubt bool // could not be carried over, or not divided
	IDs   map[value.Month][]uint64
}

// Count is how many of a month.
func (r *Row) Count(m value.Month) int { return len(r.IDs[m]) }

// Sum is how many of all months.
func (r *Row) Sum() int {
	n := 0
	for _, ids := range r.IDs {
		n += len(ids)
	}
	return n
}

// Members are the records of a month, or of all, newest first.
func (r *Row) Members(m value.Month) []uint64 {
	var out []uint64
	for month, ids := range r.IDs {
		if m == "" || m == month {
			out = append(out, ids...)
		}
	}
	slices.SortFunc(out, func(a, b uint64) int { return cmp.Compare(b, a) })
	return out
}

// Table is a trend by class.
type Table struct {
	Register string
	Months   []value.Month // oldest first
	Rows     []*Row
	All      *Row
	Versions []string // of the classes that it is written in; none: orders by their own words
}

// Row is the line with a key.
func (t *Table) Row(key string) (*Row, bool) {
	if key == t.All.Key {
		return t.All, true
	}
	i := slices.IndexFunc(t.Rows, func(r *Row) bool { return r.Key == key })
	if i < 0 {
		return nil, false
	}
	return t.Rows[i], true
}

// Doubtful is how many could not be carried over at all.
func (t *Table) Doubtful() int {
	n := 0
	for _, r := range t.Rows {
		if r.Level == 1 && r.Doubt {
			n += r.Sum()
		}
	}
	return n
}

// Table counts the orders or cases of the months up to one, as far as the
// viewer may know of them.
func (d *Desk) Table(ctx context.Context, v access.Viewer, reg string, last value.Month) (*Table, error) {
	first := value.MonthOf(last.First().AddMonths(1 - Span))
	s, err := d.state(ctx, v, reg, first)
	if err != nil {
		return nil, err
	}
	if t := d.kept.get(s); t != nil {
		return t, nil
	}
	marks, trees, err := d.marks(ctx, v, reg, first)
	if err != nil {
		return nil, err
	}
	t := d.count(reg, last, marks, trees)
	d.kept.put(s, t)
	return t, nil
}

// count makes a table of marks.
func (d *Desk) count(reg string, last value.Month, marks []Mark, trees *trees) *Table {
	first := value.MonthOf(last.First().AddMonths(1 - Span))
	t := &Table{Register: reg, All: newRow("all", "合计", 0)}
	for m := first; m <= last; m = next(m) {
		t.Months = append(t.Months, m)
	}
	today := d.book.Today()
	if reg == Orders && len(trees.roots[OrderTree]) == 0 {
		trees = byWords(marks)
	}
	c := counter{table: t, trees: trees, today: today, rows: map[string]*Row{}, memo: map[wording][]*Row{}}
	for _, m := range marks {
		if m.Day < next(last).First() {
			c.enter(m)
		}
	}
	c.list()
	return t
}

// byWords makes a tree of the words of orders themselves, for an office that has
// entered no classes.
func byWords(marks []Mark) *trees {
	t := &trees{by: map[uint64]*class{}, roots: map[string][]*class{}}
	at := map[string]*class{}
	for _, m := range marks {
		one, two := bare(m.Words[0]), bare(m.Words[1])
		if one == "" {
			continue
		}
		up := at[one]
		if up == nil {
			up = &class{key: "w" + one, tree: OrderTree, code: "00", name: one}
			at[one], t.roots[OrderTree] = up, append(t.roots[OrderTree], up)
		}
		if path := one + "/" + two; two != "" && at[path] == nil {
			at[path] = &class{key: "w" + path, tree: OrderTree, code: "0000", name: two, up: up}
			up.down = append(up.down, at[path])
		}
	}
	byName := func(a, b *class) int { return strings.Compare(a.name, b.name) }
	for _, c := range at {
		slices.SortFunc(c.down, byName)
	}
	slices.SortFunc(t.roots[OrderTree], byName)
	return t
}

// wording is what decides where a record is counted.
type wording struct {
	category uint64
	words    [3]string
	day      value.Date
}

// counter enters marks into a table.
type counter struct {
	table *Table
	trees *trees
	today value.Date
	rows  map[string]*Row
	memo  map[wording][]*Row
}

// where is a class of its day, and where it is counted today.
type where struct {
	was *class
	place
}

func (c *counter) where(m Mark) (w where) {
	if w.was = c.trees.by[m.Category]; c.table.Register == Orders {
		w.was = c.trees.read(m.Words, m.Day)
	}
	if w.was != nil {
		w.place = c.trees.place(w.was, c.today)
	}
	return w
}

// The ends of the keys of rows that stand under a class of the first level.
const (
	keyPlain = ".plain"
	keySplit = ".split"
)

// enter counts a record in its class of the first level and in one row beneath,
// or in a row of its own kind.
func (c *counter) enter(m Mark) {
	month := value.MonthOf(m.Day)
	put(c.table.All, month, m.ID)
	key := wording{m.Category, m.Words, m.Day}
	rows, ok := c.memo[key]
	if !ok {
		rows = c.rowsOf(m)
		c.memo[key] = rows
	}
	for _, r := range rows {
		put(r, month, m.ID)
	}
}

// rowsOf are the rows that a record is counted in.
func (c *counter) rowsOf(m Mark) []*Row {
	w := c.where(m)
	if w.at == nil {
		return []*Row{c.row(c.lost(m, w.was))}
	}
	top := w.at.top()
	first := newRow(top.key, top.String(), 1)
	first.Tree = top.tree
	second := w.at
	for second.depth() > 2 && second.up != nil {
		second = second.up
	}
	sub := newRow(second.key, second.String(), 2)
	switch {
	case second != top:
	case w.split:
		sub = newRow(top.key+keySplit, "无法细分，归到上级", 2)
		sub.Note, sub.Doubt = "旧类拆成了几类，或只有上级有对照", true
	default:
		sub = newRow(top.key+keyPlain, "只写到一级", 2)
	}
	return []*Row{c.row(first), c.row(sub)}
}

// row is the row with a key, made when it is first needed.
func (c *counter) row(r *Row) *Row {
	if c.rows[r.Key] == nil {
		c.rows[r.Key] = r
	}
	return c.rows[r.Key]
}

// lost is the row of what has no place in the tree of today.
func (c *counter) lost(m Mark, was *class) *Row {
	var r *Row
	named := slices.DeleteFunc(slices.Clone(m.Words[:2]), func(w string) bool { return w == "" })
	switch {
	case was != nil:
		r = newRow("was."+was.key, "旧版“"+was.version+"” "+was.String(), 1)
		r.Tree = was.tree
		r.Note = "没有对照：登记一条分类对照，就接得上"
	case len(named) > 0:
		r = newRow("y"+strings.Join(named, "/"), strings.Join(named, " / "), 1)
		r.Note = "分类表里没有这个名称"
	default:
		r = newRow("none", "没有填分类", 1)
	}
	r.Doubt = true
	return r
}

// list puts the rows in the order of the tree; what is lost comes last.
func (c *counter) list() {
	t := c.table
	for _, tree := range slices.Sorted(maps.Keys(c.trees.roots)) {
		for _, top := range c.trees.roots[tree] {
			if c.rows[top.key] == nil {
				continue
			}
			if top.version != "" && !slices.Contains(t.Versions, top.version) {
				t.Versions = append(t.Versions, top.version)
			}
			sum := c.rows[top.key].Sum()
			c.take(top.key)
			for _, down := range top.down {
				c.take(down.key)
			}
			if plain := c.rows[top.key+keyPlain]; plain != nil && plain.Sum() == sum {
				delete(c.rows, plain.Key) // says what the line above says
			}
			c.take(top.key + keyPlain)
			c.take(top.key + keySplit)
		}
	}
	var rest []*Row
	for _, r := range c.rows {
		rest = append(rest, r)
	}
	slices.SortFunc(rest, func(a, b *Row) int { return cmp.Or(cmp.Compare(b.Sum(), a.Sum()), strings.Compare(a.Name, b.Name)) })
	t.Rows = append(t.Rows, rest...)
}

// take moves the row with a key, if there is one, to the table.
func (c *counter) take(key string) {
	if r := c.rows[key]; r != nil {
		c.table.Rows = append(c.table.Rows, r)
		delete(c.rows, key)
	}
}

func newRow(key, name string, level int) *Row {
	return &Row{Key: key, Name: name, Level: level, IDs: map[value.Month][]uint64{}}
}

func put(r *Row, m value.Month, id uint64) { r.IDs[m] = append(r.IDs[m], id) }
