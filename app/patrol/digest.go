package patrol

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Point is a place to call at.
type Point struct {
	ID           uint64
	Number, Name string
	Community    uint64
	Cell         uint64 // the community's where no cell is drawn
	Checks       string
	Forces       []uint64
	Since, Until value.Date

	cues []string
}

// on reports whether the point is called at on a day.
func (p *Point) on(d value.Date) bool { return d >= p.Since && (p.Until == "" || d <= p.Until) }

// Force is who calls.
type Force struct {
	ID                       uint64
	Number, Name, Kind, Rank string
	Community                uint64
	Active                   bool
	From, Until              value.Date
}

func (f *Force) on(d value.Date) bool {
	return f.Active && (f.From == "" || d >= f.From) && (f.Until == "" || d <= f.Until)
}

// Visit is one call at a point.
type Visit struct {
	Point    uint64
	At       int // minute of the day, -1 when not known
	Result   string
	Invalid  string // why it does not count; "" when it does
	Problems bool
}

// Round is one force's calls of one day.
type Round struct {
	ID        uint64
	Number    string
	Date      value.Date
	Force     uint64
	Who, Kind string
	Community uint64
	Step      string
	Author    uint64
	Visits    []Visit
}

// Ref is the round's record.
func (r *Round) Ref() record.Ref { return record.Ref{Register: Rounds, ID: r.ID} }

// Finding is a problem that a round found.
type Finding struct {
	ID        uint64
	Number    string
	Title     string
	Round     uint64
	Point     uint64
	On        value.Date
	Community uint64
	Step      string
	Case      uint64
	Who       string
}

// Ref is the finding's record.
func (f *Finding) Ref() record.Ref { return record.Ref{Register: Findings, ID: f.ID} }

// roster is the planned calls of a force in a week.
type roster struct {
	id, force uint64
	week      value.Date
	step      string
	rows      []planned
}

type planned struct {
	date  value.Date
	point uint64
}

// complaint is an order that names points.
type complaint struct {
	id, community uint64
	on            value.Date
	at            int // minute of the day
	points        []uint64
}

// Cell is a cell, or a community where no cell is drawn.
type Cell struct {
	ID         uint64
	Code, Name string
}

// digest is what the desk keeps of the records in memory, up to a sequence of
// the journal. Nothing in it is changed once it is put in; it is replaced.
type digest struct {
	mu       sync.RWMutex
	seq      uint64
	ready    bool
	points   map[uint64]*Point
	forces   map[uint64]*Force
	rounds   map[uint64]*Round
	byDay    map[value.Date][]*Round // by id
	rosters  map[uint64]*roster
	findings map[uint64]*Finding
	caseStep map[uint64]string
	orders   map[uint64]*complaint
	reviewed map[[2]uint64]string // order, point → verdict
	cells    map[uint64]Cell
	rematch  bool // points have changed since orders were matched
}

// Bounds of what is kept: rounds of so many days, orders of so many.
const (
	keepDays   = 420
	orderDays  = 60
	listStride = 500
)

func (g *digest) clear() {
	g.points, g.forces, g.rounds, g.rosters = map[uint64]*Point{}, map[uint64]*Force{}, map[uint64]*Round{}, map[uint64]*roster{}
	g.byDay, g.findings, g.caseStep = map[value.Date][]*Round{}, map[uint64]*Finding{}, map[uint64]string{}
	g.orders, g.reviewed, g.cells = map[uint64]*complaint{}, map[[2]uint64]string{}, map[uint64]Cell{}
}

// sync brings the digest up to the journal's head.
func (d *Desk) sync(ctx context.Context) error {
	d.digest.mu.Lock()
	defer d.digest.mu.Unlock()
	if !d.digest.ready {
		if err := d.load(ctx); err != nil {
			return err
		}
		d.digest.ready = true
	}
	for d.digest.seq != d.book.Head() {
		before := d.digest.seq
		if err := d.catchUp(ctx); err != nil {
			return err
		}
		if d.digest.seq == before {
			return nil
		}
	}
	return nil
}

func (d *Desk) catchUp(ctx context.Context) error {
	return d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		changes, through, err := tx.Changes(d.digest.seq, listStride)
		if err != nil {
			return err
		}
		for _, c := range changes {
			if err := d.digest.changed(tx, c); err != nil {
				return err
			}
		}
		d.digest.seq = through
		return d.digest.matchAgain(tx)
	})
}

// load reads everything once, in stretches, so that nobody who saves waits.
func (d *Desk) load(ctx context.Context) error {
	g := &d.digest
	g.clear()
	g.seq = d.book.Head()
	today := d.book.Today()
	for _, reg := range []string{record.Places, Forces, Points, Reviews} {
		if err := d.pages(ctx, record.Query{Register: reg}, g.take); err != nil {
			return err
		}
	}
	g.rematch = false // orders are read below, against all points
	from := func(field string, days int) map[string]value.Date {
		return map[string]value.Date{field: today.AddDays(-days)}
	}
	for _, q := range []record.Query{
		{Register: Rosters, From: from("week", keepDays)}, {Register: Rounds, From: from("date", keepDays)},
		{Register: Findings, From: from("found_on", keepDays)}, {Register: orders, From: from("dispatched_on", orderDays)},
	} {
		if err := d.pages(ctx, q, g.take); err != nil {
			return err
		}
	}
	return nil
}

// pages visits the rows of a query page by page, each in a view of its own.
func (d *Desk) pages(ctx context.Context, q record.Query, fn func(*record.Tx, *record.Record)) error {
	q.Limit = listStride
	for {
		err := d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
			p, err := tx.List(q)
			if err != nil {
				return err
			}
			for _, row := range p.Rows {
				fn(tx, row.Record)
			}
			q.After = p.Next
			return nil
		})
		if err != nil || q.After == "" {
			return err
		}
	}
}

// changed takes in, or drops, a record that has changed.
func (g *digest) changed(tx *record.Tx, c record.Change) error {
	switch c.Ref.Register {
	case record.Places, Forces, Points, Reviews, Rosters, Rounds, Findings, orders:
	case cases:
		if _, ours := g.caseStep[c.Ref.ID]; !ours {
			return nil
		}
	default:
		return nil
	}
	r, err := tx.Open(c.Ref)
	if _, refused := record.AsRefusal(err); refused || c.Gone {
		g.drop(c.Ref)
		return nil
	}
	if err != nil {
		return err
	}
	g.take(tx, r)
	return nil
}

func (g *digest) drop(ref record.Ref) {
	switch ref.Register {
	case Points:
		delete(g.points, ref.ID)
		g.rematch = true
	case Forces:
		delete(g.forces, ref.ID)
	case Rosters:
		delete(g.rosters, ref.ID)
	case Rounds:
		g.forgetRound(ref.ID)
	case Findings:
		delete(g.findings, ref.ID)
	case orders:
		delete(g.orders, ref.ID)
	}
}

func (g *digest) forgetRound(id uint64) {
	if old := g.rounds[id]; old != nil {
		g.byDay[old.Date] = slices.DeleteFunc(slices.Clone(g.byDay[old.Date]), func(r *Round) bool { return r.ID == id })
		delete(g.rounds, id)
	}
}

// take puts a record in.
func (g *digest) take(tx *record.Tx, r *record.Record) {
	switch r.Register {
	case record.Places:
		g.cells[r.ID] = Cell{r.ID, r.Text("code"), r.Text("name")}
	case Forces:
		g.forces[r.ID] = &Force{ID: r.ID, Number: r.Number, Name: r.Text("name"), Kind: r.Text("kind"), Rank: r.Text("rank"), Community: r.Community,
			Active: r.Open(), From: r.Date("from"), Until: r.Date("until")}
	case Points:
		g.points[r.ID] = pointOf(r)
		g.rematch = true
	case Rosters:
		g.rosters[r.ID] = rosterOf(r)
	case Rounds:
		g.forgetRound(r.ID)
		g.keepRound(roundOf(tx, r))
	case Findings:
		g.findings[r.ID] = findingOf(r)
		if id := r.RefID("case"); id != 0 {
			g.caseStep[id] = ""
			if c, err := tx.Open(record.Ref{Register: cases, ID: id}); err == nil {
				g.caseStep[id] = c.Step
			}
		}
	case cases:
		g.caseStep[r.ID] = r.Step
	case Reviews:
		g.reviewed[[2]uint64{r.RefID("order"), r.RefID("point")}] = r.Text("verdict")
	case orders:
		g.takeOrder(tx, r)
	}
}

func (g *digest) keepRound(r *Round) {
	if r.Step == "void" {
		return
	}
	g.rounds[r.ID] = r
	at, _ := slices.BinarySearchFunc(g.byDay[r.Date], r.ID, func(r *Round, id uint64) int { return cmp.Compare(r.ID, id) })
	g.byDay[r.Date] = slices.Insert(g.byDay[r.Date], at, r)
}

func pointOf(r *record.Record) *Point {
	p := &Point{ID: r.ID, Number: r.Number, Name: r.Text("name"), Community: r.Community, Cell: r.RefID("cell"), Checks: r.Text("checks"),
		Since: r.Date("since"), Until: r.Date("until")}
	if p.Cell == 0 {
		p.Cell = p.Community
	}
	for _, row := range rowsOf(r, "forces") {
		if id := idOf(row["force"]); id != 0 {
			p.Forces = append(p.Forces, id)
		}
	}
	p.cues = append(p.cues, p.Name)
	p.cues = append(p.cues, strings.FieldsFunc(r.Text("cues"), func(c rune) bool { return strings.ContainsRune("、，,；; ", c) })...)
	return p
}

func rosterOf(r *record.Record) *roster {
	out := &roster{id: r.ID, force: r.RefID("force"), week: r.Date("week"), step: r.Step}
	for _, row := range rowsOf(r, "rows") {
		out.rows = append(out.rows, planned{value.Date(str(row["date"])), idOf(row["point"])})
	}
	return out
}

func roundOf(tx *record.Tx, r *record.Record) *Round {
	out := &Round{ID: r.ID, Number: r.Number, Date: r.Date("date"), Force: r.RefID("force"), Who: r.Text("who"), Kind: r.Text("kind"),
		Community: r.Community, Step: r.Step, Author: r.Author}
	stay, _ := tx.Book().Policy().Integer("governance.patrol.stay", out.Date)
	declared, _ := r.Values["declaration"].(bool)
	for _, row := range rowsOf(r, "visits") {
		out.Visits = append(out.Visits, Visit{Point: idOf(row["point"]), At: minutes(str(row["at"])), Result: str(row["result"]),
			Invalid: invalid(row, int(stay), declared), Problems: isFinding(row)})
	}
	return out
}

func findingOf(r *record.Record) *Finding {
	f := &Finding{ID: r.ID, Number: r.Number, Title: r.Text("title"), Round: r.RefID("patrol"), Point: r.RefID("point"), On: r.Date("found_on"), Community: r.Community,
		Step: r.Step, Case: r.RefID("case"), Who: r.Text("reporter")}
	return f
}

// takeOrder keeps an order of late with the points that it names.
func (g *digest) takeOrder(tx *record.Tx, r *record.Record) {
	on := r.Date("dispatched_on")
	if on < tx.Today().AddDays(-orderDays) || r.Step == "void" {
		delete(g.orders, r.ID)
		return
	}
	c := &complaint{id: r.ID, community: r.Community, on: on}
	if told := r.Text("dispatched_at"); len(told) == len("2026-03-02 09:00") {
		c.at = minutes(told[11:])
	}
	text := r.Text("title") + "\n" + r.Text("content") + "\n" + r.Text("address")
	for _, p := range g.points {
		if p.Community == r.Community && slices.ContainsFunc(p.cues, func(cue string) bool { return len([]rune(cue)) > 1 && strings.Contains(text, cue) }) {
			c.points = append(c.points, p.ID)
		}
	}
	g.orders[r.ID] = c
}

// matchAgain reads the orders of late against points that have changed.
func (g *digest) matchAgain(tx *record.Tx) error {
	if !g.rematch {
		return nil
	}
	g.rematch = false
	for id := range g.orders {
		r, err := tx.Open(record.Ref{Register: orders, ID: id})
		if _, refused := record.AsRefusal(err); refused {
			delete(g.orders, id)
			continue
		}
		if err != nil {
			return err
		}
		g.takeOrder(tx, r)
	}
	return nil
}
