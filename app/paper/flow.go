package paper

// geometry is the sheet and what is kept free on it, mm.
type geometry struct {
	w, h                     float64
	left, right, top, bottom float64 // margins
}

func (g geometry) width() float64 { return g.w - g.left - g.right }

// flow sets strips and grids down the pages of one paper.
type flow struct {
	setter
	geo    geometry
	pages  []Page
	y      float64
	top    float64 // first y of a page's body
	bottom float64

	framed   bool // a grid is open: grids that follow each other share a frame
	frameTop float64
}

func newFlow(t setter, geo geometry) *flow {
	f := &flow{setter: t, geo: geo, top: geo.top, bottom: geo.h - geo.bottom}
	f.turn()
	return f
}

// turn begins a page.
func (f *flow) turn() {
	f.endFrame()
	f.pages = append(f.pages, Page{W: f.geo.w, H: f.geo.h})
	f.y = f.top
}

// mark adds marks to the current page.
func (f *flow) mark(ops ...Op) {
	p := &f.pages[len(f.pages)-1]
	p.Ops = append(p.Ops, ops...)
}

// room turns the page when less than h is left, unless the page is empty.
func (f *flow) room(h float64) {
	if f.y+h > f.bottom+epsilon && f.y > f.top+epsilon {
		f.turn()
	}
}

// put sets strips one under the other.
func (f *flow) put(strips ...strip) {
	for _, s := range strips {
		f.room(s.h)
		f.mark(s.at(f.geo.left, f.y)...)
		f.y += s.h
	}
}

// gap leaves room, but none at the head of a page.
func (f *flow) gap(h float64) {
	if f.y > f.top+epsilon {
		f.y = min(f.y+h, f.bottom)
	}
}

// beginFrame opens the heavy frame around grids, unless one is open.
func (f *flow) beginFrame() {
	if !f.framed {
		f.framed, f.frameTop = true, f.y
	}
}

// endFrame rules it.
func (f *flow) endFrame() {
	if f.framed && f.y > f.frameTop+epsilon {
		f.mark(Op{Kind: OpRect, X: f.geo.left, Y: f.frameTop, W: f.geo.width(), H: f.y - f.frameTop, Stroke: outerRule})
	}
	f.framed = false
}
