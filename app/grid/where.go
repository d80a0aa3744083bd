package grid

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"jiezhen/app/insight"
	"jiezhen/app/outline"
	"jiezhen/app/place"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Cell is a place as a text may name it.
type Cell struct {
	ID, Parent        uint64
	Level, Code, Name string
	Names             []string // name and what else it is called
	From, Until       value.Date
	Property, Station uint64
	Neighbours        []string
	Outline           outline.Shape // nil when none is known
}

func (c *Cell) in(at value.Date) bool {
	return (c.From == "" || c.From <= at) && (c.Until == "" || at <= c.Until)
}

// cells is all places, never changed once read.
type cells struct {
	by    map[uint64]*Cell
	list  []*Cell // by code
	names map[string][]*Cell
}

func newCells() *record.Mirror[*cells] { return record.NewMirror(readCells, record.Places) }

func readCells(tx *record.Tx) (*cells, error) {
	t := &cells{by: map[uint64]*Cell{}, names: map[string][]*Cell{}}
	err := tx.Each(record.Places, func(r *record.Record) (bool, error) {
		var err error
		c := &Cell{ID: r.ID, Parent: r.RefID("parent"), Level: r.Text("level"), Code: r.Text("code"), Name: r.Text("name"), From: r.Date("from"), Until: r.Date("until"),
			Property: r.RefID("property"), Station: r.RefID("station"), Neighbours: words(r.Text("neighbours"))}
		if c.Outline, err = outline.Decode(r.Text("outline")); err != nil {
			c.Outline = nil // the form has refused it; an older one is simply not drawn
		}
		c.Names = append([]string{c.Name}, words(r.Text("aliases"))...)
		t.by[r.ID] = c
		t.list = append(t.list, c)
		for _, n := range c.Names {
			t.names[n] = append(t.names[n], c)
		}
		return true, nil
	})
	slices.SortStableFunc(t.list, func(a, b *Cell) int { return cmp.Or(strings.Compare(a.Code, b.Code), strings.Compare(a.Name, b.Name)) })
	return t, err
}

// above is the nearest place of a level at or above a place, or nil.
func (t *cells) above(id uint64, fits func(level string) bool) *Cell {
	for range 12 {
		c := t.by[id]
		if c == nil || fits(c.Level) {
			return c
		}
		id = c.Parent
	}
	return nil
}

func isGrid(level string) bool { return level == place.LevelGrid }

// grid is the grid in which a place lies, or nil.
func (t *cells) grid(id uint64) *Cell { return t.above(id, isGrid) }

// community is the community or village in which a place lies, or nil.
func (t *cells) community(id uint64) *Cell { return t.above(id, place.Community) }

// attribute is what a property company or a station hangs on: the nearest place
// at or above that has one.
func (t *cells) attribute(id uint64, of func(*Cell) uint64) (unit uint64, at *Cell) {
	for range 12 {
		c := t.by[id]
		if c == nil {
			return 0, nil
		}
		if of(c) != 0 {
			return of(c), c
		}
		id = c.Parent
	}
	return 0, nil
}

// Spot is a place where a text may lie, and why.
type Spot struct {
	Cell      *Cell // a grid; a community when no grid is known
	Community *Cell
	Why       string
}

// Found is what a text says of where it lies. Spots of more than one place are
// for a person to choose from; One is set when there is no doubt.
type Found struct {
	One   *Spot
	Spots []Spot
}

// spotsMost is how many places a person is asked to choose from.
const spotsMost = 5

// door finds the number of a house or building after the name of a place.
var door = regexp.MustCompile(`^(\d{1,4}|[一二三四五六七八九十]{1,3})(号楼|号院|号|栋|楼)`)

// buildings are the names of doors and buildings that follow a name in a text:
// 滨河小区7号楼 for 滨河小区.
func buildings(text, name string) string {
	_, after, ok := strings.Cut(text, name)
	if !ok {
		return ""
	}
	return door.FindString(after)
}

// find tells where a text lies: the most particular place of the register that
// it names, else what the office's own addresses say of its names. Within,
// unless 0, is the community that is known already.
func (t *cells) find(text string, at value.Date, within uint64, past *Addresses) Found {
	var out Found
	spots := t.named(text, at, within)
	if len(spots) == 0 {
		spots = t.learned(text, at, within, past)
	}
	out.Spots = spots[:min(spotsMost, len(spots))]
	if len(spots) == 1 {
		out.One = &spots[0]
	}
	return out
}

// ground is the grid within whose outline a point lies, or nil.
func (t *cells) ground(lon, lat float64, at value.Date) *Cell {
	for _, c := range t.list {
		if isGrid(c.Level) && c.in(at) && c.Outline.Holds(outline.Point{X: lon, Y: lat}) {
			return c
		}
	}
	return nil
}

// rank is how particular a level is.
func rank(level string) int {
	switch level {
	case place.LevelDoorway:
		return 4
	case place.LevelBuilding:
		return 3
	case place.LevelGrid:
		return 2
	case place.LevelCommunity, place.LevelVillage:
		return 1
	}
	return 0
}

// named are the places of the register that stand in a text, by the most
// particular of them, each grid once.
func (t *cells) named(text string, at value.Date, within uint64) []Spot {
	best := 0
	var hits []Spot
	for name, list := range t.names {
		if len([]rune(name)) < 2 || !strings.Contains(text, name) {
			continue
		}
		for _, c := range list {
			r := rank(c.Level)
			if r == 0 || r < best || !c.in(at) || !t.inside(c.ID, within) {
				continue
			}
			if r > best {
				best, hits = r, nil
			}
			hits = t.add(hits, c, fmt.Sprintf("“%s”是%s的名称", name, t.path(c)))
		}
	}
	return hits
}

func (t *cells) inside(id, within uint64) bool {
	if within == 0 {
		return true
	}
	c := t.community(id)
	return c != nil && c.ID == within
}

// add puts a place among spots, by its grid, once.
func (t *cells) add(spots []Spot, c *Cell, why string) []Spot {
	s := Spot{Cell: t.grid(c.ID), Community: t.community(c.ID), Why: why}
	if s.Cell == nil {
		s.Cell = s.Community
	}
	if s.Cell == nil || slices.ContainsFunc(spots, func(o Spot) bool { return o.Cell == s.Cell }) {
		return spots
	}
	return append(spots, s)
}

// path names a place with its community before it.
func (t *cells) path(c *Cell) string {
	up := t.community(c.ID)
	if up == nil || up == c {
		return c.Name
	}
	return up.Name + Short(c.Name, up.Name)
}

// Short is a name without what it shares with the name of the place above it:
// 第五网格 for 松风社区第五网格 in 虚构松风社区.
func Short(name, above string) string {
	runes := []rune(above)
	for i := range runes {
		if rest, ok := strings.CutPrefix(name, string(runes[i:])); ok && len(runes)-i >= 2 && rest != "" {
			return rest
		}
	}
	return name
}

// Above is the community in which a place lies, or nil.
func (g Ground) Above(c *Cell) *Cell { return g.places.community(c.ID) }

// shareLeast is of so many a hundred addresses with a name that must lie in one
// place before it is taken without asking.
const shareLeast = 0.9

// seenLeast is how many addresses make a rule.
const seenLeast = 3

// learned are the places where past addresses with the names of a text lay:
// grids where addresses of a grid are known, else communities.
func (t *cells) learned(text string, at value.Date, within uint64, past *Addresses) []Spot {
	if past == nil {
		return nil
	}
	for _, name := range insight.Places(text, nil) {
		for _, key := range []string{name + buildings(text, name), name} {
			for _, level := range []func(string) bool{isGrid, place.Community} {
				if spots := t.guess(key, past.of(key, func(id uint64) *Cell { return t.above(id, level) }), at, within); len(spots) > 0 {
					return spots
				}
			}
		}
	}
	return nil
}

// guess weighs where addresses with one name lay.
func (t *cells) guess(key string, counts []tallied, at value.Date, within uint64) []Spot {
	all := 0
	for _, c := range counts {
		all += c.n
	}
	var spots []Spot
	for _, c := range counts {
		if c.n < seenLeast || !c.cell.in(at) || !t.inside(c.cell.ID, within) {
			continue
		}
		why := fmt.Sprintf("本单位登记过的地址里，写“%s”的%d个有%d个在%s", key, all, c.n, t.path(c.cell))
		if float64(c.n) >= shareLeast*float64(all) {
			return t.add(nil, c.cell, why)
		}
		spots = t.add(spots, c.cell, why)
	}
	return doubtful(spots)
}

// doubtful keeps a single guess that is not sure from being taken for sure: it
// stands twice, so that a person is asked.
func doubtful(spots []Spot) []Spot {
	if len(spots) == 1 {
		return append(spots, Spot{Why: "不在这里，请另选"})
	}
	return spots
}

// Addresses is what the office's own addresses say of where names lie: of
// persons (without who they are), of reports and of closed cases. It holds
// names of estates and roads and counts, nothing else, in memory alone.
type Addresses struct {
	mu sync.RWMutex
	in map[string]map[uint64]int // name → place → how many
}

type tallied struct {
	cell *Cell
	n    int
}

// NewAddresses makes an empty gazetteer.
func NewAddresses() *Addresses { return &Addresses{in: map[string]map[uint64]int{}} }

// Put learns that an address lies in a place.
func (a *Addresses) Put(address string, place uint64) {
	if place == 0 || address == "" {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, name := range insight.Places(address, nil) {
		a.put(name, place)
		if b := buildings(address, name); b != "" {
			a.put(name+b, place)
		}
	}
}

func (a *Addresses) put(name string, place uint64) {
	if a.in[name] == nil {
		a.in[name] = map[uint64]int{}
	}
	a.in[name][place]++
}

// Len is how many names are known.
func (a *Addresses) Len() int {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return len(a.in)
}

// of is how many addresses with a name lay where, most first; at brings a
// place to the level that is counted, nil for what is not.
func (a *Addresses) of(name string, at func(uint64) *Cell) []tallied {
	a.mu.RLock()
	defer a.mu.RUnlock()
	sums := map[*Cell]int{}
	for p, n := range a.in[name] {
		if c := at(p); c != nil {
			sums[c] += n
		}
	}
	var out []tallied
	for c, n := range sums {
		out = append(out, tallied{c, n})
	}
	slices.SortFunc(out, func(x, y tallied) int { return cmp.Or(cmp.Compare(y.n, x.n), cmp.Compare(x.cell.ID, y.cell.ID)) })
	return out
}
