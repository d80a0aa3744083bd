package grid

import (
	"context"
	"fmt"
	"slices"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/deadline"
	"jiezhen/app/outline"
	"jiezhen/app/place"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Late is a report or case past, or near, its deadline.
type Late struct {
	Record *record.Record
	What   string // 受理, 派遣, 处置, 核查
	Due    time.Time
	Over   bool
	Colour string // "", yellow, orange, red: how hard it is pressed
}

// Board is what the street's grid needs today.
type Board struct {
	At                                        time.Time
	Reports, Waiting, Hand, Verify, Suspended uint64
	Late                                      []Late // the longest overdue first
	More                                      bool   // there are more than Late lists
	Over                                      int
}

// lateMost is how many overdue things the board lists.
const lateMost = 100

// Board looks over what the viewer may see.
func (d *Desk) Board(ctx context.Context, v access.Viewer) (Board, error) {
	b := Board{At: d.book.Now().Local()}
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		press, err := readPress(tx)
		if err != nil {
			return err
		}
		for reg, to := range map[string]map[string]*uint64{Reports: {"new": &b.Reports}, Cases: {"new": &b.Waiting, "hand": &b.Hand, "verify": &b.Verify, "suspended": &b.Suspended}} {
			counts, err := tx.Counts(reg)
			if err != nil {
				return err
			}
			for id, n := range to {
				*n = counts[id]
			}
			rows, more, err := tx.Due(record.Query{Register: reg, Open: true, Limit: lateMost}, tx.Today())
			if err != nil {
				return fmt.Errorf("reading what is due: %w", err)
			}
			b.More = b.More || more
			for _, row := range rows {
				b.add(row.Record, press)
			}
		}
		return nil
	})
	slices.SortStableFunc(b.Late, func(x, y Late) int { return x.Due.Compare(y.Due) })
	return b, err
}

func (b *Board) add(r *record.Record, press []pressure) {
	field, what := "accept_due", "受理"
	if r.Register == Cases {
		for _, f := range []struct{ step, due, what string }{{"new", "accept_due", "派遣"}, {"hand", "handle_due", "处置"}, {"verify", "verify_due", "核查"}} {
			if r.Step == f.step {
				field, what = f.due, f.what
			}
		}
	}
	due := deadline.Instant(r, field)
	if due.IsZero() {
		return
	}
	l := Late{Record: r, What: what, Due: due, Over: b.At.After(due)}
	if l.Over {
		b.Over++
		l.Colour = colour(press, b.At.Sub(due))
	}
	b.Late = append(b.Late, l)
}

// pressure is from how many days late on a colour is given.
type pressure struct {
	colour string
	days   int64
}

func readPress(tx *record.Tx) ([]pressure, error) {
	var out []pressure
	for _, c := range []string{"red", "orange", "yellow"} {
		n, err := tx.Book().Policy().Integer("governance.case.supervise."+c, tx.Today())
		if err != nil {
			return nil, fmt.Errorf("reading how late cases are pressed: %w", err)
		}
		out = append(out, pressure{c, n})
	}
	return out, nil
}

func colour(press []pressure, late time.Duration) string {
	for _, p := range press {
		if late >= time.Duration(p.days)*24*time.Hour {
			return p.colour
		}
	}
	return ""
}

// Sheet is one place's 一格一表.
type Sheet struct {
	Place  *record.Record
	Path   []*Cell
	Below  []*Cell
	Forces []*record.Record
	Open   []*record.Record // cases at work in it
	Lacks  []string         // who is not there
}

// openShown is how many open cases a place's page lists.
const openShown = 30

// Sheet gathers what is known of a place.
func (d *Desk) Sheet(ctx context.Context, v access.Viewer, id uint64) (Sheet, error) {
	var s Sheet
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		var err error
		if s.Place, err = tx.Open(record.Ref{Register: record.Places, ID: id}); err != nil {
			return err
		}
		places, err := d.rules.cells.Get(tx)
		if err != nil {
			return err
		}
		for c := places.by[id]; c != nil && len(s.Path) < 12; c = places.by[c.Parent] {
			s.Path = append([]*Cell{c}, s.Path...)
		}
		for _, c := range places.list {
			if c.Parent == id && c.in(tx.Today()) {
				s.Below = append(s.Below, c)
			}
		}
		if s.Forces, err = forcesOf(tx, id); err != nil {
			return err
		}
		s.Lacks = lacks(s.Place, s.Forces)
		q := record.Query{Register: Cases, Filters: map[string][]string{"cell": {fmt.Sprint(id)}}, Open: true, Limit: openShown}
		if place.Community(s.Place.Text("level")) {
			q.Filters = map[string][]string{"community": {fmt.Sprint(id)}}
		}
		p, err := tx.List(q)
		for _, row := range p.Rows {
			s.Open = append(s.Open, row.Record)
		}
		return err
	})
	return s, err
}

// lacks says what nobody has charge of in a grid.
func lacks(p *record.Record, forces []*record.Record) []string {
	if p.Text("level") != place.LevelGrid {
		return nil
	}
	var out []string
	for _, f := range []struct{ field, say string }{{"head", "没有网格长"}, {"worker", "没有网格员"}} {
		if p.Text(f.field) == "" {
			out = append(out, f.say)
		}
	}
	for _, duty := range []struct{ code, say string }{{"manage", "没有人管"}, {"patrol", "没有人巡"}, {"handle", "没有人处置"}} {
		has := slices.ContainsFunc(forces, func(f *record.Record) bool {
			list, _ := f.Values["duties"].([]string)
			return slices.Contains(list, duty.code)
		})
		if !has {
			out = append(out, duty.say)
		}
	}
	return out
}

// Gap is a grid where somebody is missing.
type Gap struct {
	Place *record.Record
	Lacks []string
}

// Gaps are the grids where somebody is missing, and the forces whose term ends
// soon.
func (d *Desk) Gaps(ctx context.Context, v access.Viewer) (gaps []Gap, ending []*record.Record, err error) {
	err = d.book.View(ctx, v, func(tx *record.Tx) error {
		days, err := tx.Book().Policy().Integer("governance.force.ending", tx.Today())
		if err != nil {
			return fmt.Errorf("reading when a term is near its end: %w", err)
		}
		by, until := map[uint64][]*record.Record{}, tx.Today().AddDays(int(days))
		err = each(tx, record.Query{Register: Forces, Filters: map[string][]string{"step": {"active"}}}, func(r *record.Record) error {
			by[r.RefID("area")] = append(by[r.RefID("area")], r)
			if end := r.Date("until"); end != "" && end <= until {
				ending = append(ending, r)
			}
			return nil
		})
		if err != nil {
			return err
		}
		return each(tx, record.Query{Register: record.Places, Filters: map[string][]string{"level": {place.LevelGrid}}}, func(r *record.Record) error {
			if end := r.Date("until"); end != "" && end < tx.Today() || !d.mine(v, r) {
				return nil
			}
			if l := lacks(r, by[r.ID]); len(l) > 0 {
				gaps = append(gaps, Gap{r, l})
			}
			return nil
		})
	})
	slices.SortFunc(gaps, func(a, b Gap) int {
		return cmpOr(len(b.Lacks)-len(a.Lacks), a.Place.Text("code"), b.Place.Text("code"))
	})
	slices.SortFunc(ending, func(a, b *record.Record) int { return cmpOr(0, string(a.Date("until")), string(b.Date("until"))) })
	return gaps, ending, err
}

func cmpOr(first int, a, b string) int {
	switch {
	case first != 0:
		return first
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// mine reports whether a grid lies in a community that the viewer works for.
func (d *Desk) mine(v access.Viewer, r *record.Record) bool {
	return len(v.Communities) == 0 || slices.Contains(v.Communities, r.RefID("parent"))
}

// Ground is a picture of the grids, and how busy each is.
type Ground struct {
	outline.Picture
	Scheme bool // squares by neighbours: no outline has been imported
	Cells  map[uint64]*Cell
	Open   map[uint64]int // cases at work
	places *cells
}

// Ground draws the grids of a community, or of all: by their outlines where
// there are any, else as a scheme.
func (d *Desk) Ground(ctx context.Context, v access.Viewer, community uint64) (Ground, error) {
	g := Ground{Cells: map[uint64]*Cell{}, Open: map[uint64]int{}}
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		places, err := d.rules.cells.Get(tx)
		if err != nil {
			return err
		}
		var keys []uint64
		for _, c := range places.list {
			up := places.community(c.ID)
			if isGrid(c.Level) && c.in(tx.Today()) && (community == 0 || up != nil && up.ID == community) {
				g.Cells[c.ID], keys = c, append(keys, c.ID)
			}
		}
		g.places = places
		g.lay(places, keys)
		atWork, err := d.rules.atWork.Get(tx)
		if err != nil {
			return err
		}
		for _, r := range atWork {
			if cell := r.RefID("cell"); g.Cells[cell] != nil && tx.Verdict(r, access.ActRead) == access.Allowed {
				g.Open[cell]++
			}
		}
		return nil
	})
	return g, err
}

// newAtWork keeps the cases that are being worked on.
func newAtWork() *record.Mirror[[]*record.Record] {
	return record.NewMirror(func(tx *record.Tx) ([]*record.Record, error) {
		var out []*record.Record
		err := each(tx, record.Query{Register: Cases, Open: true, Filters: map[string][]string{"step": {"new", "hand", "verify"}}}, func(r *record.Record) error {
			out = append(out, r)
			return nil
		})
		return out, err
	}, Cases)
}

// lay chooses between outlines and a scheme: a map with holes in it would hide
// grids, so all must have an outline.
func (g *Ground) lay(places *cells, keys []uint64) {
	shapes := map[uint64]outline.Shape{}
	for _, k := range keys {
		if s := places.by[k].Outline; len(s) > 0 {
			shapes[k] = s
		}
	}
	if len(shapes) == len(keys) && len(keys) > 0 {
		g.Picture = outline.Draw(keys, shapes)
		return
	}
	g.Scheme = true
	var nodes []outline.Node
	for _, k := range keys {
		nodes = append(nodes, outline.Node{Key: k, Near: places.near(places.by[k])})
	}
	g.Picture = outline.Arrange(nodes)
}

// near are the grids that a grid names as its neighbours, by code or name.
func (t *cells) near(c *Cell) []uint64 {
	var out []uint64
	for _, n := range c.Neighbours {
		for _, o := range t.list {
			if isGrid(o.Level) && (o.Code == n || o.Name == n) && o.ID != c.ID {
				out = append(out, o.ID)
			}
		}
	}
	return out
}

// Outlined is what came of a file of outlines.
type Outlined struct {
	Drawn   int
	Unknown []string // areas whose code and name no grid has
	Skipped int      // features that are no area
	Coarse  int      // outlines too fine for a field, even when shortened
}

// outlineMost is how many bytes of a field an outline takes at most.
const outlineMost = 8000

// Outline reads a GeoJSON file and puts its outlines on the grids, or
// communities, whose code or name they bear. All or nothing.
func (d *Desk) Outline(ctx context.Context, v access.Viewer, data []byte) (Outlined, error) {
	var out Outlined
	features, skipped, err := outline.Parse(data)
	if err != nil {
		return out, record.Refused(record.CodeInvalid, "%v", err)
	}
	out.Skipped = skipped
	err = d.book.Change(ctx, v, "导入网格边界", func(tx *record.Tx) error {
		places, err := d.rules.cells.Get(tx)
		if err != nil {
			return err
		}
		for _, f := range features {
			c := places.called(f.Code, f.Name, tx.Today())
			if c == nil {
				out.Unknown = append(out.Unknown, or(f.Name, or(f.Code, "没有名称和代码的一块")))
				continue
			}
			short, ok := outline.Shorten(f.Shape, outlineMost)
			if !ok {
				out.Coarse++
				continue
			}
			if _, err := tx.Save(record.Ref{Register: record.Places, ID: c.ID}, 0, map[string]any{"outline": outline.Encode(short)}); err != nil {
				return err
			}
			out.Drawn++
		}
		if out.Drawn == 0 {
			return record.Refused(record.CodeInvalid, "文件里的 %d 块，代码和名称都对不上已登记的网格；请先导入网格名单，或在地图软件里给每块加上属性“网格编码”", len(features))
		}
		return nil
	})
	return out, err
}

// called is the place in use with a code, else the only one with a name.
func (t *cells) called(code, name string, at value.Date) *Cell {
	var named *Cell
	for _, c := range t.list {
		if !c.in(at) || rank(c.Level) == 0 {
			continue
		}
		if code != "" && c.Code == code {
			return c
		}
		if name != "" && c.Name == name {
			if named != nil {
				return nil
			}
			named = c
		}
	}
	return named
}
