package patrol

import (
	"cmp"
	"context"
	"slices"

	"jiezhen/app/access"
	"jiezhen/app/value"
)

// Cover is how the points were covered between two days.
type Cover struct {
	From, To            value.Date
	Cells               []CellCover
	CellsDue, CellsDone int
	Slots, Kept         int
	Gaps                []Gap
	Over                []Over
	Twice               []Twice
	Blank               []*Point // nobody in office has charge of them
	Rounds              []*Round
	Calls               []Call // every call, as it stands behind the numbers
	Found, Fixed        int
	Sampled, Failed     int
	NoTable             bool
}

// CellCover is how one cell was covered.
type CellCover struct {
	Cell
	Due, Kept, Valid int
	Covered          bool // a due cell with one valid call
}

// Call is a call with its round.
type Call struct {
	Round *Round
	Point *Point
	Visit Visit
}

// Gap is a point that a force should have called at and has not since.
type Gap struct {
	Point  *Point
	Cell   Cell
	Force  *Force
	Every  string
	Due    value.Date
	Late   int
	Level  string // code of patrol.supervise
	Missed int    // calls missed since
	Last   value.Date
}

// Over is a point called at far more often than asked for.
type Over struct {
	Point      *Point
	Cell       Cell
	Due, Valid int
}

// Twice is one point called at by two forces within the same stretch of time.
type Twice struct {
	Point *Point
	A, B  *Round
	Apart int // minutes
}

// gapDays is how far back a gap is followed.
const gapDays = 35

// Cover works out the coverage of the days, for what the viewer may see.
func (d *Desk) Cover(ctx context.Context, v access.Viewer, from, to value.Date) (Cover, error) {
	out := Cover{From: from, To: to}
	if err := d.sync(ctx); err != nil {
		return out, err
	}
	d.digest.mu.RLock()
	defer d.digest.mu.RUnlock()
	asOf := min(d.book.Today(), to.AddDays(1))
	l, err := d.view(v, min(from, asOf.AddDays(-gapDays)), to)
	if err != nil {
		return out, err
	}
	until := min(to, l.today)
	valid := out.calls(l, from, to)
	cells := map[uint64]*CellCover{}
	for _, p := range l.points() {
		c := cells[p.Cell]
		if c == nil {
			cell := l.g.cells[p.Cell]
			cell.ID = p.Cell
			c = &CellCover{Cell: cell}
			cells[p.Cell] = c
		}
		out.point(l, p, c, valid[p.ID], until)
		out.gaps(l, p, asOf)
	}
	out.total(cells)
	out.Twice = l.twice(from, to)
	out.NoTable = l.noTable
	slices.SortStableFunc(out.Gaps, func(a, b Gap) int { return cmp.Compare(b.Late, a.Late) })
	slices.SortStableFunc(out.Over, func(a, b Over) int { return cmp.Compare(b.Valid*max(a.Due, 1), a.Valid*max(b.Due, 1)) })
	return out, nil
}

// calls enters the rounds of the days, and counts the valid calls of each
// point.
func (c *Cover) calls(l *look, from, to value.Date) map[uint64]int {
	valid := map[uint64]int{}
	l.eachRound(from, to, func(r *Round) {
		for _, v := range r.Visits {
			if v.Invalid == "" {
				valid[v.Point]++
			}
		}
		if !l.seesRound(r) {
			return
		}
		c.Rounds = append(c.Rounds, r)
		switch r.Step {
		case "failed":
			c.Failed++
			c.Sampled++
		case "passed":
			c.Sampled++
		}
		for _, v := range r.Visits {
			c.Calls = append(c.Calls, Call{r, l.g.points[v.Point], v})
			if v.Problems {
				c.Found++
			}
			if v.Result == Fixed {
				c.Fixed++
			}
		}
	})
	return valid
}

// point counts one point's calls in its cell.
func (c *Cover) point(l *look, p *Point, cell *CellCover, valid int, until value.Date) {
	due := 0
	for _, s := range l.slots(p, c.From, until) {
		due++
		cell.Due++
		if s.Done {
			cell.Kept++
		}
	}
	cell.Valid += valid
	if due > 0 && valid > l.rules.over*due {
		c.Over = append(c.Over, Over{p, cell.Cell, due, valid})
	}
	if p.on(until) && !slices.ContainsFunc(p.Forces, func(id uint64) bool { f := l.g.forces[id]; return f != nil && f.on(until) }) {
		c.Blank = append(c.Blank, p)
	}
}

// gaps finds the forces that have not called since a call was due before asOf.
func (c *Cover) gaps(l *look, p *Point, asOf value.Date) {
	if !p.on(asOf.AddDays(-1)) {
		return
	}
	for _, id := range p.Forces {
		f := l.g.forces[id]
		if f == nil {
			continue
		}
		last := l.lastCall(pair{p.ID, id}, asOf)
		var g *Gap
		for _, s := range l.slotsOf(nil, p, f, l.within(max(asOf.AddDays(-gapDays), last), asOf.AddDays(-1))) {
			if s.Done || s.Due <= last {
				continue
			}
			if g == nil {
				late := value.DaysBetween(s.Due, asOf)
				g = &Gap{Point: p, Cell: l.g.cells[p.Cell], Force: f, Every: l.rules.everyOf(f).Words, Due: s.Due, Late: late, Level: l.rules.levelOf(late), Last: last}
			}
			g.Missed++
		}
		if g != nil {
			c.Gaps = append(c.Gaps, *g)
		}
	}
}

// lastCall is the last day up to a day on which a force made a valid call at a
// point, "" when the look knows of none.
func (l *look) lastCall(k pair, asOf value.Date) value.Date {
	came := l.came[k]
	for i := min(l.at(asOf), len(came)-1); i >= 0; i-- {
		if came[i] {
			return l.span[i].date
		}
	}
	return ""
}

// total adds the cells up.
func (c *Cover) total(cells map[uint64]*CellCover) {
	for _, cell := range cells {
		cell.Covered = cell.Due > 0 && cell.Valid > 0
		if cell.Due > 0 {
			c.CellsDue++
		}
		if cell.Covered {
			c.CellsDone++
		}
		c.Slots += cell.Due
		c.Kept += cell.Kept
		if cell.Due > 0 || cell.Valid > 0 {
			c.Cells = append(c.Cells, *cell)
		}
	}
	slices.SortFunc(c.Cells, func(a, b CellCover) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.ID, b.ID)) })
}

// twice finds points at which two forces called within the same stretch.
func (l *look) twice(from, to value.Date) []Twice {
	var out []Twice
	type call struct {
		point uint64
		at    int
		r     *Round
	}
	var calls []call
	for _, day := range l.within(from, to) {
		calls = calls[:0]
		for _, r := range l.g.byDay[day.date] {
			for _, v := range r.Visits {
				if v.Invalid == "" && v.At >= 0 {
					calls = append(calls, call{v.Point, v.At, r})
				}
			}
		}
		slices.SortFunc(calls, func(a, b call) int {
			return cmp.Or(cmp.Compare(a.point, b.point), cmp.Compare(a.at, b.at), cmp.Compare(a.r.ID, b.r.ID))
		})
		for i := 1; i < len(calls); i++ {
			a, b := calls[i-1], calls[i]
			if a.point != b.point || a.r.Force == b.r.Force || b.at-a.at > l.rules.overlap {
				continue
			}
			if p := l.g.points[b.point]; p != nil && l.sees(p.Community) {
				out = append(out, Twice{p, a.r, b.r, b.at - a.at})
			}
		}
	}
	return out
}

// Slots are the calls that were due between two days, up to today, by cell and
// point, for what the viewer may see.
func (d *Desk) Slots(ctx context.Context, v access.Viewer, from, to value.Date) ([]Slot, error) {
	if err := d.sync(ctx); err != nil {
		return nil, err
	}
	d.digest.mu.RLock()
	defer d.digest.mu.RUnlock()
	l, err := d.view(v, from, to)
	if err != nil {
		return nil, err
	}
	var out []Slot
	for _, p := range l.points() {
		out = append(out, l.slots(p, from, min(to, l.today))...)
	}
	return out, nil
}

// CellOf is the cell in which a point lies.
func (d *Desk) CellOf(p *Point) Cell {
	d.digest.mu.RLock()
	defer d.digest.mu.RUnlock()
	c := d.digest.cells[p.Cell]
	c.ID = p.Cell
	return c
}
