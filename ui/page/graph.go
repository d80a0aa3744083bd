package page

import (
	"fmt"
	"sort"
)

// Sizes of the family graph in SVG units.
const (
	nodeWidth  = 132
	nodeHeight = 46
	nodeGapX   = 44
	nodeGapY   = 64
	graphPad   = 12
	laneWidth  = 24 // margin in which edges pass the generations between
	laneShift  = 22 // how far such edges keep from the middle of a node
)

// GraphBox is a graph with coordinates.
type GraphBox struct {
	Width, Height int
	Nodes         []NodeBox
	Edges         []EdgeBox
}

// NodeBox is a node with its corner and centre.
type NodeBox struct {
	GraphNode
	X, Y, CX, W, H int
	NameY, NoteY   int
}

// EdgeBox is a line between two nodes; LX and LY place its label.
type EdgeBox struct {
	GraphEdge
	X1, Y1, X2, Y2 int
	LX, LY         int
	Lane           int // x of the margin it passes through; 0: none
}

// layout puts one generation on a row, elders above, in the given order, each
// row centred.
func (g Graph) layout() GraphBox {
	rows := g.generations()
	widest := 0
	for _, row := range rows {
		widest = max(widest, len(row))
	}
	box := GraphBox{
		Width:  2*(graphPad+laneWidth) + widest*nodeWidth + max(widest-1, 0)*nodeGapX,
		Height: 2*graphPad + len(rows)*nodeHeight + max(len(rows)-1, 0)*nodeGapY,
	}
	at := map[string]NodeBox{}
	for i, row := range rows {
		width := len(row)*nodeWidth + (len(row)-1)*nodeGapX
		x, y := (box.Width-width)/2, graphPad+i*(nodeHeight+nodeGapY)
		for _, n := range row {
			b := NodeBox{GraphNode: n, X: x, Y: y, CX: x + nodeWidth/2, W: nodeWidth, H: nodeHeight, NameY: y + 20, NoteY: y + 37}
			if n.Note == "" {
				b.NameY = y + 28
			}
			at[n.ID], box.Nodes = b, append(box.Nodes, b)
			x += nodeWidth + nodeGapX
		}
	}
	for _, e := range g.Edges {
		from, ok1 := at[e.From]
		to, ok2 := at[e.To]
		if ok1 && ok2 {
			box.Edges = append(box.Edges, joinBoxes(e, from, to, box.Width))
		}
	}
	return box
}

func (g Graph) generations() [][]GraphNode {
	by := map[int][]GraphNode{}
	for _, n := range g.Nodes {
		by[n.Generation] = append(by[n.Generation], n)
	}
	var keys []int
	for k := range by {
		keys = append(keys, k)
	}
	sort.Ints(keys)
	var rows [][]GraphNode
	for _, k := range keys {
		rows = append(rows, by[k])
	}
	return rows
}

// Rem is the width for the svg element: it grows with the reader's type size.
func (b GraphBox) Rem() string { return fmt.Sprintf("%.2frem", float64(b.Width)/16) }

func joinBoxes(e GraphEdge, a, b NodeBox, width int) EdgeBox {
	if a.Y > b.Y || (a.Y == b.Y && a.X > b.X) {
		a, b = b, a
	}
	box := EdgeBox{GraphEdge: e, X1: a.CX, Y1: a.Y + nodeHeight, X2: b.CX, Y2: b.Y}
	switch {
	case a.Y == b.Y:
		box.X1, box.Y1, box.X2, box.Y2 = a.X+nodeWidth, a.Y+nodeHeight/2, b.X, b.Y+nodeHeight/2
	case b.Y-a.Y > nodeHeight+nodeGapY:
		box.Lane, box.X1, box.X2 = graphPad, a.CX-laneShift, b.CX-laneShift
		if b.CX > width/2 {
			box.Lane, box.X1, box.X2 = width-graphPad, a.CX+laneShift, b.CX+laneShift
		}
	}
	// The label sits nearer the lower end, where lines from one parent to
	// several children have parted.
	box.LX, box.LY = (box.X1+box.X2)/2, (box.Y1+box.Y2)/2
	if a.Y != b.Y {
		box.LX, box.LY = box.X2, box.Y2-nodeGapY/5
	} else {
		box.LY -= 4
	}
	return box
}

// Path draws the edge: down, across, down, as on a family tree; straight
// between two of one generation; through the margin past a generation between.
func (e EdgeBox) Path() string {
	if e.Y1 == e.Y2 {
		return fmt.Sprintf("M%d %dH%d", e.X1, e.Y1, e.X2)
	}
	if e.Lane != 0 {
		leave, enter := e.Y1+nodeGapY/4, e.Y2-nodeGapY/4
		return fmt.Sprintf("M%d %dV%dH%dV%dH%dV%d", e.X1, e.Y1, leave, e.Lane, enter, e.X2, e.Y2)
	}
	middle := (e.Y1 + e.Y2) / 2
	return fmt.Sprintf("M%d %dV%dH%dV%d", e.X1, e.Y1, middle, e.X2, e.Y2)
}
