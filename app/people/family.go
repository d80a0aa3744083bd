package people

import (
	"context"
	"sort"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Graph is a person's family on a day, as far as the viewer may see it.
type Graph struct {
	At    value.Date
	Nodes []Node // the person first, then by generation, elders first
	Edges []Edge
}

// Node is one person of the graph.
type Node struct {
	Person     uint64
	Name       string // 受保护对象 for a placeholder; masked for one outside the viewer's area
	Age        int    // full years on the day; -1 when unknown or not shown
	Sex        string // code; empty when not shown
	Generation int    // the person 0, parents -1, children 1
	Gone       bool   // dead on that day, or declared missing
	Open       bool   // the viewer may open the file
	Guarded    bool   // a placeholder that can be opened with a reason
}

// Edge is a relation between two nodes, said in both directions.
type Edge struct {
	From, To    uint64     // To is From's Code
	Code        string     // GB/T 4761
	Word        string     // what To is to From: 祖父
	Back        string     // what From is to To: 孙子
	Guardian    bool       // To is From's guardian
	Carer       bool       // To actually looks after From
	Household   bool       // both live in one household
	Since       value.Date // empty: not known
	Until       value.Date // empty: still so
	Past        bool       // had ended by the day
	Derived     bool       // brothers and sisters found through a shared parent or guardian
	Explanation string     // of a derived edge: 同一父亲
}

// Bounds of a graph: it is small, and to be taken in at a glance.
const (
	graphNodes = 40
	graphSteps = 2
)

// Family draws the persons related to someone as of a day, two relations far.
func (d *Desk) Family(ctx context.Context, v access.Viewer, person uint64, at value.Date) (Graph, error) {
	var g Graph
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		var err error
		g, err = FamilyTx(tx, person, at)
		return err
	})
	return g, err
}

// FamilyTx is Family inside a transaction. The viewer must be able to open
// the person; without an own right nobody's family is drawn.
func FamilyTx(tx *record.Tx, person uint64, at value.Date) (Graph, error) {
	if _, err := tx.Open(record.Ref{Register: record.Persons, ID: person}); err != nil {
		return Graph{}, err
	}
	w := walk{tx: tx, at: at, generation: map[uint64]int{person: 0}, order: []uint64{person}, edges: map[edgeKey]Edge{}}
	for step, from := 0, 0; step < graphSteps; step++ {
		to := len(w.order)
		for _, p := range w.order[from:to] {
			if err := w.visit(p); err != nil {
				return Graph{}, err
			}
		}
		from = to
	}
	w.siblings(person)
	return w.graph(person)
}

// walk goes from person to person along their relations.
type walk struct {
	tx         *record.Tx
	at         value.Date
	generation map[uint64]int
	order      []uint64
	edges      map[edgeKey]Edge
}

type edgeKey struct {
	a, b uint64
	code string
}

func (w *walk) visit(p uint64) error {
	// beyond a person whom the viewer may not open nothing is drawn: their
	// family is theirs.
	r, err := load(w.tx, p)
	if err != nil {
		return err
	}
	if sight(w.tx, r) != access.Allowed {
		return nil
	}
	ties, err := tiesOf(w.tx, p)
	if err != nil {
		return err
	}
	for _, t := range ties {
		if t.Person == t.Other || t.From > w.at && w.at != "" {
			continue
		}
		w.meet(t)
		if err := w.edge(t); err != nil {
			return err
		}
	}
	return nil
}

// meet puts the other person of a tie into the graph, a generation away.
func (w *walk) meet(t Tie) {
	known, fresh, away := t.Person, t.Other, Generation(t.Code)
	if _, ok := w.generation[known]; !ok {
		known, fresh, away = fresh, known, -away
	}
	if _, ok := w.generation[fresh]; ok || len(w.order) >= graphNodes {
		return
	}
	w.generation[fresh] = w.generation[known] + away
	w.order = append(w.order, fresh)
}

func (w *walk) edge(t Tie) error {
	if _, ok := w.generation[t.Other]; !ok {
		return nil // the graph is full
	}
	if _, ok := w.generation[t.Person]; !ok {
		return nil
	}
	p, err := load(w.tx, t.Person)
	if err != nil {
		return err
	}
	back := Reverse(t.Code, p.Text(fieldSex))
	if _, ok := w.edges[edgeKey{t.Other, t.Person, back}]; ok {
		return nil // the same relation was entered from the other side
	}
	e := Edge{From: t.Person, To: t.Other, Code: t.Code, Word: kinWord(w.tx, t.Code), Back: kinWord(w.tx, back),
		Guardian: t.Guardian, Carer: t.Carer, Household: t.Household, Since: t.From, Until: t.Until, Past: t.ended(w.at)}
	key := edgeKey{t.Person, t.Other, t.Code}
	if old, ok := w.edges[key]; ok && !old.Past {
		return nil
	}
	w.edges[key] = e
	return nil
}

// siblings joins those who share a parent or guardian with the person.
func (w *walk) siblings(person uint64) {
	mine := w.elders(person)
	for _, other := range w.order {
		if other == person || w.joined(person, other) {
			continue
		}
		for elder, word := range w.elders(other) {
			if _, shared := mine[elder]; !shared {
				continue
			}
			w.edges[edgeKey{person, other, "70"}] = Edge{From: person, To: other, Code: "70",
				Word: kinWord(w.tx, "70"), Back: kinWord(w.tx, "70"), Derived: true, Explanation: "同一" + word}
			w.generation[other] = w.generation[person]
			break
		}
	}
}

// elders are a person's parents and guardians in force, each with what they
// are called.
func (w *walk) elders(person uint64) map[uint64]string {
	out := map[uint64]string{}
	for _, e := range w.edges {
		if e.Past {
			continue
		}
		switch {
		case e.From == person && (isParent(e.Code) || e.Guardian):
			out[e.To] = elderWord(e.Code, e.Word)
		case e.To == person && isChild(e.Code):
			out[e.From] = e.Back
		}
	}
	return out
}

func elderWord(code, word string) string {
	if isParent(code) {
		return word
	}
	return "监护人"
}

func (w *walk) joined(a, b uint64) bool {
	for k := range w.edges {
		if k.a == a && k.b == b || k.a == b && k.b == a {
			return true
		}
	}
	return false
}

func (w *walk) graph(person uint64) (Graph, error) {
	g := Graph{At: w.at}
	for _, id := range w.order {
		n, err := w.node(id)
		if err != nil {
			return Graph{}, err
		}
		g.Nodes = append(g.Nodes, n)
	}
	sort.SliceStable(g.Nodes[1:], func(i, k int) bool { return g.Nodes[1:][i].Generation < g.Nodes[1:][k].Generation })
	for _, e := range w.edges {
		g.Edges = append(g.Edges, e)
	}
	sort.Slice(g.Edges, func(i, k int) bool {
		a, b := g.Edges[i], g.Edges[k]
		if a.From != b.From {
			return a.From < b.From
		}
		if a.To != b.To {
			return a.To < b.To
		}
		return a.Code < b.Code
	})
	return g, nil
}

func (w *walk) node(id uint64) (Node, error) {
	r, err := load(w.tx, id)
	if err != nil {
		return Node{}, err
	}
	n := Node{Person: id, Age: -1, Generation: w.generation[id]}
	switch sight(w.tx, r) {
	case access.Allowed:
		n.Name, n.Sex, n.Open, n.Gone = record.LabelOf(r), r.Text(fieldSex), true, gone(r, w.at)
		if years, ok := ageAt(w.tx.Book(), r, w.at); ok {
			n.Age = years
		}
	case access.Placeholder:
		n.Name, n.Guarded = "受保护对象", true
	default:
		n.Name = value.MaskName(record.LabelOf(r))
	}
	return n, nil
}

// Guardian is who answers for someone on a day.
type Guardian struct {
	Person   uint64
	Name     string
	Code     string
	Relation string // in words: 祖父
	Carer    bool   // actually looks after
	Since    value.Date
}

// Guardians are a person's guardians on a day, the one in charge first. Names
// of those whom the viewer may not open are masked.
func (d *Desk) Guardians(ctx context.Context, v access.Viewer, person uint64, at value.Date) ([]Guardian, error) {
	var out []Guardian
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		if _, err := tx.Open(record.Ref{Register: record.Persons, ID: person}); err != nil {
			return err
		}
		var err error
		out, err = GuardiansTx(tx, person, at)
		return err
	})
	return out, err
}

// GuardiansTx is Guardians inside a transaction whose caller has opened the
// person or a record about them.
func GuardiansTx(tx *record.Tx, person uint64, at value.Date) ([]Guardian, error) {
	ties, err := tiesOf(tx, person)
	if err != nil {
		return nil, err
	}
	var out []Guardian
	for _, t := range ties {
		if t.Person != person || !t.Guardian || !t.holds(at) {
			continue
		}
		r, err := load(tx, t.Other)
		if err != nil {
			return nil, err
		}
		name := record.LabelOf(r)
		if sight(tx, r) != access.Allowed {
			name = value.MaskName(name)
		}
		out = append(out, Guardian{Person: t.Other, Name: name, Code: t.Code, Relation: kinWord(tx, t.Code), Carer: t.Carer, Since: t.From})
	}
	sort.SliceStable(out, func(i, k int) bool { return out[i].Carer && !out[k].Carer })
	return out, nil
}
