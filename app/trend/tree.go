package trend

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"jiezhen/app/record"
	"jiezhen/app/value"
)

// class is one class of one version of a tree.
type class struct {
	id                        uint64
	key                       string // of its row
	tree, version, code, name string
	from, until               value.Date
	up                        *class
	down                      []*class // by code
	next                      []*class // into which it went when its version ended
}

func (c *class) String() string {
	if c.id == 0 { // from words: there is no code
		return c.name
	}
	return c.code + " " + c.name
}

// in reports whether a class is in use on a day.
func (c *class) in(day value.Date) bool {
	return (c.from == "" || c.from <= day) && (c.until == "" || day <= c.until)
}

// depth is 1 for a class of the first level.
func (c *class) depth() int { return depths[len(c.code)] }

// top is the class of the first level that it lies in.
func (c *class) top() *class {
	for c.up != nil {
		c = c.up
	}
	return c
}

// trees are all versions of all trees, never changed once read.
type trees struct {
	by    map[uint64]*class // of cases, by record
	roots map[string][]*class
}

type spot struct{ tree, version, code string }

// readTrees reads classes and mappings.
func readTrees(tx *record.Tx) (*trees, error) {
	t := &trees{by: map[uint64]*class{}, roots: map[string][]*class{}}
	at := map[spot]*class{}
	followed := map[*class]spot{}
	for _, reg := range []string{Categories, Classes} {
		err := tx.Each(reg, func(r *record.Record) (bool, error) {
			c := &class{id: r.ID, key: treeOf(r) + number(r.ID), tree: treeOf(r), version: r.Text("version"), code: r.Text("code"), name: r.Text("name"), from: r.Date("from"), until: r.Date("until")}
			at[spot{c.tree, c.version, c.code}] = c
			if reg == Categories {
				t.by[r.ID] = c
			}
			if next := r.Text("next"); next != "" {
				followed[c] = spot{c.tree, r.Text("next_version"), next}
			}
			return true, nil
		})
		if err != nil {
			return nil, fmt.Errorf("reading classes: %w", err)
		}
	}
	t.hang(at)
	err := tx.Each(Mappings, func(r *record.Record) (bool, error) {
		from, to := at[spot{r.Text("tree"), r.Text("from_version"), r.Text("from_code")}], at[spot{r.Text("tree"), r.Text("to_version"), r.Text("to_code")}]
		if from != nil && to != nil && !slices.Contains(from.next, to) {
			from.next = append(from.next, to)
		}
		return true, nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading mappings: %w", err)
	}
	for c, next := range followed { // what the class itself says, where no mapping does
		if to := at[next]; to != nil && to != c && len(c.next) == 0 {
			c.next = []*class{to}
		}
	}
	return t, nil
}

// hang puts every class under its parent.
func (t *trees) hang(at map[spot]*class) {
	for s, c := range at {
		up := s
		if c.depth() > 1 {
			up.code = s.code[:len(s.code)-2]
			c.up = at[up]
		}
		if c.up != nil {
			c.up.down = append(c.up.down, c)
		} else {
			t.roots[c.tree] = append(t.roots[c.tree], c)
		}
	}
	for _, c := range at {
		slices.SortFunc(c.down, byCode)
	}
	for _, list := range t.roots {
		slices.SortFunc(list, byCode)
	}
}

func byCode(a, b *class) int {
	return cmp.Or(strings.Compare(a.code, b.code), strings.Compare(a.version, b.version))
}

// current reports whether a class is one of those that a table is written in:
// in use on the day, and not gone into one that is.
func current(c *class, day value.Date) bool {
	if c == nil || !c.in(day) || c.up != nil && !current(c.up, day) {
		return false
	}
	return !slices.ContainsFunc(c.next, func(n *class) bool { return n.in(day) })
}

// place is where a class of any version is counted.
type place struct {
	at    *class // nil: nothing carries it over
	split bool   // what it was went into several, or only its parent is carried over
}

// place follows a class into the tree in use on a day.
func (t *trees) place(c *class, day value.Date) place {
	return follow(c, day, map[*class]bool{})
}

func follow(c *class, day value.Date, seen map[*class]bool) place {
	if current(c, day) {
		return place{at: c}
	}
	if seen[c] {
		return place{}
	}
	seen[c] = true
	defer delete(seen, c)
	if len(c.next) > 0 {
		return together(c.next, day, seen)
	}
	if c.up == nil {
		return place{}
	}
	p := follow(c.up, day, seen)
	p.split = true
	return p
}

// together is what the places of several classes have in common.
func together(list []*class, day value.Date, seen map[*class]bool) place {
	var out place
	for i, n := range list {
		p := follow(n, day, seen)
		switch {
		case p.at == nil:
			return place{}
		case i == 0:
			out = p
		case out.at != p.at:
			out = place{at: common(out.at, p.at), split: true}
		}
		out.split = out.split || p.split
		if out.at == nil {
			return place{}
		}
	}
	return out
}

// common is the lowest class that two lie in, or nil.
func common(a, b *class) *class {
	for x := a; x != nil; x = x.up {
		for y := b; y != nil; y = y.up {
			if x == y {
				return x
			}
		}
	}
	return nil
}

// read finds the class that an order's words name on a day: that of the version
// in use then, else of the newest that has it. The deepest level that is found
// counts; nil, when not even the first is.
func (t *trees) read(words [3]string, day value.Date) *class {
	var best *class
	list := t.roots[OrderTree]
	for _, w := range words {
		if w = bare(w); w == "" {
			break
		}
		found := pick(list, w, day)
		if found == nil {
			break
		}
		best, list = found, found.down
	}
	return best
}

// bare is a class's name without the code that platforms write before it.
func bare(text string) string {
	return strings.TrimLeft(strings.TrimSpace(text), "0123456789 -－.、:：")
}

func pick(list []*class, name string, day value.Date) *class {
	var best *class
	for _, c := range list {
		switch {
		case c.name != name:
		case best == nil, c.in(day) && !best.in(day), c.in(day) == best.in(day) && c.from > best.from:
			best = c
		}
	}
	return best
}
