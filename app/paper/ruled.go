package paper

// Widths of rules and the room inside a cell, mm.
const (
	outerRule = 0.4
	innerRule = 0.2
	cellPadX  = 1.6 // less in narrow columns: see padX
	cellPadY  = 1.2
	epsilon   = 1e-6
	// splitRoom is the least room worth starting a divided row in.
	splitRoom = 40
)

// box is a cell of a ruled grid, its content already set for its width.
type box struct {
	col, cols int
	row, rows int
	strips    []strip // from the top
	foot      []strip // stays together at the bottom: signatures, seal
	least     float64
	top       bool // content begins at the top, not in the middle
	label     bool // stands again on every page the cell runs over

	next     int     // first strip not yet placed
	fragment float64 // y at which the part on this page begins
	divided  bool
}

// padX is the room at either side of a cell's content; days of a month stand in
// columns of 6 mm.
func padX(width float64) float64 { return min(cellPadX, width/12) }

func (b *box) last() int { return b.row + b.rows - 1 }

// rest is the room that what is not yet placed needs.
func (b *box) rest() float64 {
	h := height(b.strips[b.next:]) + height(b.foot) + 2*cellPadY
	if !b.divided {
		h = max(h, b.least)
	}
	return h
}

// ruled is a grid ready to be placed. The first head rows repeat on every page.
type ruled struct {
	x      float64
	widths []float64
	rows   int
	head   int
	least  float64 // height of a row
	boxes  []*box
	byRow  [][]*box  // boxes that cover a row
	tail   *pageTail // a page's own sums; nil: none
}

func (g *ruled) index() {
	g.byRow = make([][]*box, g.rows)
	for _, b := range g.boxes {
		for r := b.row; r <= b.last(); r++ {
			g.byRow[r] = append(g.byRow[r], b)
		}
	}
}

func (g *ruled) span(b *box) (x, w float64) {
	x = g.x
	for _, c := range g.widths[:b.col] {
		x += c
	}
	for _, c := range g.widths[b.col : b.col+b.cols] {
		w += c
	}
	return x, w
}

// heights gives each row the room its cells need; a cell over several rows
// stretches the last of them.
func (g *ruled) heights() []float64 {
	h := make([]float64, g.rows)
	for r := range h {
		h[r] = g.least
		for _, b := range g.byRow[r] {
			if b.last() != r {
				continue
			}
			need := b.rest()
			for i := b.row; i < r; i++ {
				need -= h[i]
			}
			h[r] = max(h[r], need)
		}
	}
	return h
}

// group returns the row after those that r is tied to by cells over many rows.
func (g *ruled) group(r int) int {
	end := r + 1
	for i := r; i < end; i++ {
		for _, b := range g.byRow[i] {
			end = max(end, b.last()+1)
		}
	}
	return end
}

// opening is the room that the head and what follows it need together, so
// that no head stands alone at the foot of a page.
func (g *ruled) opening(heights []float64, page float64) float64 {
	head := sum(heights[:g.head])
	if g.rows <= g.head {
		return min(head, page)
	}
	first := sum(heights[g.head:g.group(g.head)])
	if first > (page-head)/2 { // may be divided
		first = splitRoom
	}
	return min(head+first, page)
}

// place sets a grid into the flow.
func (f *flow) place(g *ruled) {
	g.index()
	heights := g.heights()
	f.room(g.opening(heights, f.bottom-f.top))
	p := &placing{flow: f, grid: g, heights: heights}
	f.beginFrame()
	for r := 0; r < g.rows; {
		end := g.group(r)
		p.repeat = r >= g.head
		p.rows(r, end)
		r = end
		p.counted(r)
	}
}

// placing is the work of setting one grid.
type placing struct {
	flow    *flow
	grid    *ruled
	heights []float64
	repeat  bool // past the head: it repeats on the next page
	summed  int  // rows before this one are in a page's sums
	set     int  // rows before this one have been set
}

// rows sets one group: whole where it fits, on the next page where it fits
// there, divided where it fits no page or would leave half a page empty.
func (p *placing) rows(from, to int) {
	need := sum(p.heights[from:to])
	kept := p.grid.tail.keeps(from)
	page := p.flow.bottom - p.flow.top - sum(p.heights[:p.grid.head]) - kept
	free := p.flow.bottom - p.flow.y - kept
	fits := need <= free+epsilon
	if !fits && need <= page+epsilon && (need < page/2 || free < splitRoom) {
		p.turn()
		fits = true
	}
	if fits {
		p.whole(from, to)
		return
	}
	for _, b := range p.covering(from, to) {
		b.fragment = -1
	}
	for r := from; r < to; r++ {
		p.divide(r)
	}
}

func (p *placing) covering(from, to int) (list []*box) {
	for r := from; r < to; r++ {
		for _, b := range p.grid.byRow[r] {
			if b.row == r {
				list = append(list, b)
			}
		}
	}
	return list
}

// whole sets rows that fit.
func (p *placing) whole(from, to int) {
	y := p.flow.y
	for _, b := range p.covering(from, to) {
		top := y + sum(p.heights[from:b.row])
		p.draw(b, top, top+sum(p.heights[b.row:b.last()+1]), true)
	}
	p.flow.y = y + sum(p.heights[from:to])
}

// divide sets one row, over as many pages as it takes.
func (p *placing) divide(r int) {
	for _, b := range p.grid.byRow[r] {
		if b.row == r {
			b.fragment = p.flow.y
		}
	}
	for {
		need := p.need(r)
		free := p.flow.bottom - p.flow.y
		if need <= free+epsilon {
			p.flow.y += need
			p.close(r)
			return
		}
		if fresh := p.flow.y <= p.flow.top+sum(p.heights[:p.grid.head])+epsilon; fresh && !p.progress(r, free) {
			// Nothing of it fits a page: let it stand out rather than loop.
			p.flow.y += need
			p.close(r)
			return
		}
		if p.progress(r, free) {
			p.flow.y = p.flow.bottom
		}
		p.cut(r)
		p.turn()
		for _, b := range p.grid.byRow[r] {
			b.fragment = p.flow.y
		}
	}
}

// need is the height row r must have from here.
func (p *placing) need(r int) float64 {
	h := p.grid.least
	for _, b := range p.grid.byRow[r] {
		if b.last() == r {
			h = max(h, b.rest()-(p.flow.y-b.fragment))
		}
	}
	return h
}

// progress reports whether giving row r the free room places another strip.
func (p *placing) progress(r int, free float64) bool {
	for _, b := range p.grid.byRow[r] {
		if b.next < len(b.strips) && b.strips[b.next].h+2*cellPadY <= free+p.flow.y-b.fragment {
			return true
		}
	}
	return false
}

// close ends the cells whose last row is r.
func (p *placing) close(r int) {
	for _, b := range p.grid.byRow[r] {
		if b.last() == r {
			p.draw(b, b.fragment, p.flow.y, true)
		}
	}
}

// cut ends the part on this page of the cells that cover row r.
func (p *placing) cut(r int) {
	for _, b := range p.grid.byRow[r] {
		if p.flow.y > b.fragment+epsilon {
			p.draw(b, b.fragment, p.flow.y, false)
			b.divided = true
		}
	}
}

// turn goes to the next page and repeats the head.
func (p *placing) turn() {
	p.total()
	p.flow.turn()
	p.flow.beginFrame()
	if !p.repeat || p.grid.head == 0 {
		return
	}
	for _, b := range p.covering(0, p.grid.head) {
		b.next = 0
	}
	p.whole(0, p.grid.head)
}

// draw sets the part of b between top and bottom; the last part takes
// everything that is left.
func (p *placing) draw(b *box, top, bottom float64, last bool) {
	x, w := p.grid.span(b)
	p.flow.mark(Op{Kind: OpRect, X: x, Y: top, W: w, H: bottom - top, Stroke: innerRule})
	limit := bottom - cellPadY
	if last {
		limit -= height(b.foot)
	}
	y := top + cellPadY
	if b.label && b.divided && height(b.strips) <= bottom-top-2*cellPadY {
		b.next = 0
	}
	if !b.top && last && !b.divided {
		y = top + (bottom-top-height(b.foot)-height(b.strips[b.next:]))/2
	}
	for b.next < len(b.strips) && (last || y+b.strips[b.next].h <= limit+epsilon) {
		p.flow.mark(b.strips[b.next].at(x+padX(w), y)...)
		y += b.strips[b.next].h
		b.next++
	}
	if !last {
		return
	}
	y = bottom - cellPadY - height(b.foot)
	for _, s := range b.foot {
		p.flow.mark(s.at(x+padX(w), y)...)
		y += s.h
	}
}

func sum(h []float64) (total float64) {
	for _, v := range h {
		total += v
	}
	return total
}
