package paper

import (
	"strings"
)

// Sizes that signing and stamping need (GB/T 9704, domain facts D7), mm.
const (
	signHeight = 12.0
	sealSize   = 42.0
	photoW     = 25.0 // one inch
	photoH     = 35.0
	dateWidth  = 38.0
	signLine   = 30.0
)

// grid sets a ruled form.
func (c *composer) grid(g *Grid) {
	widths := scaled(g.Columns, c.geo.width())
	r := &ruled{x: c.geo.left, widths: widths, rows: len(g.Rows), least: orDefault(g.Height, 9*c.tight)}
	c.cells(r, g.Rows, 0, orDefault(g.Points, size4s))
	c.place(r)
}

// cells adds rows of cells from grid row first on.
func (c *composer) cells(r *ruled, rows [][]Cell, first int, points float64) {
	busy := newBusy(len(r.widths), len(rows))
	for i, row := range rows {
		col := 0
		for j := range row {
			cell := &row[j]
			col = busy.free(i, col)
			b := &box{col: col, cols: max(cell.Span, 1), row: first + i, rows: max(cell.Rows, 1)}
			b.cols = min(b.cols, len(r.widths)-col)
			b.rows = min(b.rows, len(rows)-i)
			if b.cols < 1 {
				continue // refused when loading
			}
			busy.take(i, b)
			_, w := r.span(b)
			c.content(b, cell, w-2*padX(w), points)
			r.boxes = append(r.boxes, b)
			col += b.cols
		}
	}
}

// busy remembers the places that cells over several rows hold.
type busy [][]bool

func newBusy(cols, rows int) busy {
	b := make(busy, rows)
	for i := range b {
		b[i] = make([]bool, cols)
	}
	return b
}

func (b busy) free(row, col int) int {
	for col < len(b[row]) && b[row][col] {
		col++
	}
	return col
}

func (b busy) take(row int, x *box) {
	for r := row; r < row+x.rows; r++ {
		for c := x.col; c < x.col+x.cols; c++ {
			b[r][c] = true
		}
	}
}

// content sets what stands in a cell.
func (c *composer) content(b *box, cell *Cell, w, points float64) {
	st := style{face: faceNamed(cell.Face, Fang), points: orDefault(cell.Points, points), leading: 1.35, align: cell.Align}
	b.least = cell.Height
	switch {
	case cell.Photo != "":
		b.strips = c.photo(cell, w, st)
	case cell.Tick != "":
		b.strips = c.ticks(cell, w, st)
	case cell.onlyLabel():
		st.face = faceNamed(cell.Face, Song)
		st.align = orWord(cell.Align, "center")
		b.strips, b.label = c.balanced(c.fill(cell.Label), w, st), true
	default:
		b.strips = c.wording(cell, w, st)
	}
	b.foot = c.foot(cell, w, st)
	b.top = len(b.foot) > 0
}

func (cell *Cell) onlyLabel() bool {
	return cell.Label != "" && cell.template() == "" && len(cell.Sign) == 0 && !cell.Seal && !cell.Date
}

// balanced sets a label or title in lines of even length: 申请人·声明, not
// 申请人声·明.
func (t setter) balanced(text string, w float64, st style) []strip {
	lines := len(t.paragraphs(text, w, st))
	best := w
	for n := 1; lines > 1 && n < 20; n++ {
		narrower := w - float64(n)*st.points*mmPerPoint/2
		if narrower < st.points*mmPerPoint || len(t.paragraphs(text, narrower, st)) > lines {
			break
		}
		best = narrower
	}
	strips := t.paragraphs(text, best, st)
	for i := range strips {
		strips[i] = shift(strips[i], (w-best)/2)
	}
	return strips
}

// template is the text of a cell however it was written.
func (cell *Cell) template() string {
	switch {
	case cell.Field != "":
		return "{" + cell.Field + "}"
	case cell.Opinion != "":
		return cell.Opinion
	}
	return cell.Text
}

// wording sets a cell's label and text as one paragraph. Short values are
// centred, as a clerk would write them; longer ones begin at the left.
func (c *composer) wording(cell *Cell, w float64, st style) []strip {
	text := c.fill(cell.template())
	if cell.Label != "" {
		text = c.fill(cell.Label) + "：" + text
	}
	if strings.TrimSpace(text) == "" {
		return nil
	}
	strips := c.paragraphs(text, w, st)
	if st.align == "" && cell.Label == "" && len(strips) == 1 && cell.Opinion == "" && cell.Span < 3 {
		st.align = "center"
		return c.paragraphs(text, w, st)
	}
	return strips
}

// ticks sets the choices of a code list, a box before each; a box never parts
// from its words unless they alone are wider than the cell.
func (c *composer) ticks(cell *Cell, w float64, st style) []strip {
	var lines []string
	line := ""
	if cell.Label != "" {
		line = c.fill(cell.Label) + "："
	}
	width := func(s string) float64 { return c.fonts.textWidth(st.face, st.points, c.clean.text(st.face, s)) }
	for _, choice := range c.source.Codes(cell.Tick) {
		item := "☐" + choice.Label
		if choice.Checked {
			item = "☑" + choice.Label
		}
		switch {
		case line == "" || strings.HasSuffix(line, "："):
			line += item
		case width(line+"　"+item) <= w:
			line += "　" + item
		default:
			lines = append(lines, line)
			line = item
		}
	}
	lines = append(lines, line)
	return c.paragraphs(strings.Join(lines, "\n"), w, st)
}

func (c *composer) photo(cell *Cell, w float64, st style) []strip {
	data, ok := c.source.Image(cell.Photo)
	h := orDefault(cell.Height, photoH)
	text := orWord(c.fill(cell.Label), "照片")
	if ok && c.stamp.HidePhotos {
		text = "（照片略）"
	}
	if !ok || c.stamp.HidePhotos {
		st.align = "center"
		s := c.paragraphs(text, w, st)
		return []strip{{h: max(h, height(s)), ops: s[0].at(0, (h-height(s))/2)}}
	}
	p, err := newPicture(data, w, h)
	if err != nil {
		c.err = err
		return nil
	}
	pw, ph := p.within(w, h)
	return []strip{{h: h, ops: []Op{{Kind: OpImage, X: (w - pw) / 2, Y: (h - ph) / 2, W: pw, H: ph, Image: p}}}}
}

// foot is the lower part of a cell: where to sign, to date and to stamp.
func (c *composer) foot(cell *Cell, w float64, st style) []strip {
	st.face, st.align = Song, ""
	switch {
	case cell.Seal:
		return c.sealed(cell, w, st)
	case len(cell.Sign) > 0:
		return c.signatures(cell.Sign, cell.Date, w, st)
	case cell.Date:
		return []strip{{h: 8, ops: []Op{c.dateLine(w, 6, st)}}}
	}
	return nil
}

// signatures sets a line for each signer; the date follows the last, on the
// same line where there is room.
func (c *composer) signatures(names []string, dated bool, w float64, st style) []strip {
	var strips []strip
	for i, name := range names {
		last := i == len(names)-1
		room := w
		beside := dated && last && w >= c.signWidth(name, st)+dateWidth
		if beside {
			room -= dateWidth
		}
		s := strip{h: signHeight, ops: c.signOps(c.fill(name), room, signHeight-3, st)}
		if beside {
			s.ops = append(s.ops, c.dateLine(w, signHeight-3, st))
		}
		strips = append(strips, s)
		if dated && last && !beside {
			strips = append(strips, strip{h: 8, ops: []Op{c.dateLine(w, 5.5, st)}})
		}
	}
	return strips
}

func (c *composer) signWidth(name string, st style) float64 {
	return c.fonts.textWidth(st.face, st.points, name+"（签字）：") + signLine
}

// signOps sets "name（签字）：____", its line ending at the right of room.
func (c *composer) signOps(name string, room, baseline float64, st style) []Op {
	label := name
	if !strings.HasSuffix(label, "：") {
		label += "（签字）："
	}
	words := c.words(label, 0, baseline, st)
	line := min(signLine, max(room-words.W, 0))
	words.X = max(room-words.W-line, 0)
	ops := []Op{words}
	if line > 5 {
		ops = append(ops, Op{Kind: OpLine, X: words.X + words.W, Y: baseline + 1, W: line, Stroke: 0.15})
	}
	return ops
}

func (c *composer) dateLine(w, baseline float64, st style) Op {
	op := c.words("年　　月　　日", 0, baseline, st)
	op.X = max(w-op.W, 0)
	return op
}

// sealed keeps a square of 42 mm for the seal, the signatures at its left.
func (c *composer) sealed(cell *Cell, w float64, st style) []strip {
	seal := strip{h: sealSize}
	left := max(w-sealSize, 0)
	words := c.words("（公章）", 0, sealSize/2, st)
	words.X = left + max((min(sealSize, w)-words.W)/2, 0)
	words.Gray = 90
	seal.ops = append(seal.ops, words)
	if cell.Date {
		seal.ops = append(seal.ops, c.dateLine(w, sealSize-2, st))
	}
	if len(cell.Sign) == 0 {
		return []strip{seal}
	}
	if !c.besideSeal(cell.Sign, left, st) {
		return append(c.signatures(cell.Sign, false, w, st), seal)
	}
	for i, name := range cell.Sign {
		y := sealSize - 2 - signHeight*float64(len(cell.Sign)-1-i)
		seal.ops = append(seal.ops, c.signOps(c.fill(name), left-4, y, st)...)
	}
	return []strip{seal}
}

func (c *composer) besideSeal(names []string, room float64, st style) bool {
	for _, name := range names {
		if c.signWidth(name, st) > room-4 {
			return false
		}
	}
	return signHeight*float64(len(names)) <= sealSize
}

// scaled stretches relative widths to fill total.
func scaled(weights []float64, total float64) []float64 {
	widths := make([]float64, len(weights))
	for i, w := range weights {
		widths[i] = w / sum(weights) * total
	}
	return widths
}

func orDefault(v, otherwise float64) float64 {
	if v > 0 {
		return v
	}
	return otherwise
}

func orWord(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}
