package paper

import (
	"fmt"
	"strconv"
	"strings"
)

// Type sizes of GB/T 9704, points.
const (
	size1  = 26.0 // 1号: titles of posters
	size2  = 22.0 // 2号: titles
	size3  = 16.0 // 3号: body of documents
	size4  = 14.0 // 4号: page numbers, 版记
	size4s = 12.0 // 小四: body and cells of forms
	size5  = 10.5 // 五号: tables
	size6s = 6.5  // 小六: marks of the issue
)

// composer sets one layout with one source.
type composer struct {
	*flow
	layout *Layout
	source Source
	stamp  Stamp
	tight  float64 // of line height and rows: 1, or less to save a page
	qr     []Op    // the code of this issue, made once
	err    error
}

// geometryOf returns sheet and margins: GB/T 9704's for documents, tighter
// ones for forms, which the standard leaves free.
func geometryOf(l *Layout) geometry {
	g := geometry{left: 25, right: 20, top: 22, bottom: 20}
	var ok bool
	if g.w, g.h, ok = sheet(l.Size); !ok { // refused when loading
		g.w, g.h = 210, 297
	}
	switch {
	case g.w < 120:
		g.left, g.right, g.top, g.bottom = 8, 8, 14, 14
	case g.w < 160:
		g.left, g.right, g.top, g.bottom = 18, 12, 18, 16
	}
	if l.Landscape {
		g.w, g.h = g.h, g.w
		if g.h > 160 {
			g.left, g.right, g.top = 20, 20, 25 // bound at the upper edge
		}
	}
	if l.Style == "document" {
		g.left, g.right, g.top, g.bottom = 28, 26, 37, 35
	}
	return g
}

// sheet returns the sides of a named or measured size, mm, upright.
func sheet(size string) (w, h float64, ok bool) {
	switch size {
	case "", "A4":
		return 210, 297, true
	case "A3":
		return 297, 420, true
	case "A5":
		return 148, 210, true
	}
	across, down, _ := strings.Cut(size, "x")
	w, errW := strconv.ParseFloat(across, 64)
	h, errH := strconv.ParseFloat(down, 64)
	return w, h, errW == nil && errH == nil && w >= 50 && w <= 600 && h >= 50 && h <= 600
}

// titlePoints is 2号, larger on posters, smaller on slips.
func (c *composer) titlePoints() float64 {
	switch {
	case c.geo.w < 160:
		return size3
	case c.layout.Size == "A3":
		return size1
	}
	return size2
}

// body is the running text of the layout's style.
func (c *composer) body() style {
	if c.layout.Style == "document" {
		return style{face: Fang, points: size3, leading: 1.8 * c.tight, indent: 2, justify: true}
	}
	return style{face: Fang, points: size4s, leading: 1.65 * c.tight, indent: 2, justify: true}
}

// straggles reports whether the last page holds so little that the paper
// should be set tighter, as GB/T 9704 asks where only the closing would stand
// on a page.
func (c *composer) straggles() bool {
	return len(c.pages) > 1 && c.y-c.top < (c.bottom-c.top)/4
}

// compose sets the body of a paper; once more and tighter when that saves a
// page with next to nothing on it.
func compose(job Job, t setter) (*composer, error) {
	c, err := composeAt(1, job, t)
	if err != nil || !c.straggles() {
		return c, err
	}
	tighter, err := composeAt(0.88, job, t)
	if err == nil && len(tighter.pages) < len(c.pages) {
		return tighter, nil
	}
	return c, err
}

func composeAt(tight float64, job Job, t setter) (*composer, error) {
	c := &composer{flow: newFlow(t, geometryOf(job.Layout)), layout: job.Layout, source: job.Source, stamp: job.Stamp, tight: tight}
	return c, c.compose()
}

// compose sets title, blocks and basis.
func (c *composer) compose() error {
	c.title()
	for i := range c.layout.Blocks {
		b := &c.layout.Blocks[i]
		if b.When != "" && !c.holds(b.When) {
			continue
		}
		if c.framed && b.Grid == nil && b.Table == nil {
			c.endFrame()
			c.gap(1)
		}
		c.block(b)
		if c.err != nil {
			return c.err
		}
	}
	c.endFrame()
	c.basis()
	return c.err
}

func (c *composer) holds(condition string) bool {
	path, negated := strings.CutPrefix(condition, "!")
	return filled(path, c.source) != negated
}

func (c *composer) fill(template string) string { return fill(template, c.source, 0) }

func (c *composer) title() {
	width := c.geo.width()
	side := 0.0
	if c.coded() {
		side = qrSize + 3 // the code stands at the upper right; the title clears it on both sides
	}
	st := style{face: Title, points: c.titlePoints(), leading: 1.35, align: "center"}
	for _, s := range c.balanced(c.fill(c.layout.Title), width-2*side, st) {
		c.put(shift(s, side))
	}
	if c.layout.Subtitle != "" {
		for _, s := range c.paragraphs(c.fill(c.layout.Subtitle), width-2*side, style{face: Kai, points: size4, leading: 1.5, align: "center"}) {
			c.put(shift(s, side))
		}
	}
	c.y = max(c.y, c.top+side-6)
	c.number()
}

// number sets 编号 at the upper right of the form, under the title.
func (c *composer) number() {
	text := ""
	switch {
	case c.stamp.Preview:
		text = "编号：（预览，未编号）"
	case c.stamp.Number != "":
		text = "编号：" + c.stamp.Number
	}
	if text == "" {
		c.gap(3)
		return
	}
	c.gap(1)
	c.put(c.paragraphs(text, c.geo.width(), style{face: Song, points: size5, leading: 1.5, align: "right"})...)
	c.gap(0.8)
}

func shift(s strip, dx float64) strip { return strip{h: s.h, ops: s.at(dx, 0)} }

func (c *composer) block(b *Block) {
	switch {
	case b.Heading != "":
		c.heading(b)
	case b.Text != "":
		c.text(b)
	case b.Grid != nil:
		c.grid(b.Grid)
	case b.Table != nil:
		c.table(b.Table)
	case b.List != nil:
		c.list(b.List)
	case b.Note != "":
		c.gap(1)
		c.put(c.paragraphs(c.fill(b.Note), c.geo.width(), style{face: Song, points: 9, leading: 1.5})...)
	case b.Break:
		if c.y > c.top+epsilon {
			c.turn()
		}
	case b.Space > 0:
		c.gap(b.Space)
	case b.Closing != nil:
		c.closing(b.Closing)
	case b.Figures != nil:
		c.figures(b.Figures)
	}
}

// heading keeps 25 mm of what follows on its page.
func (c *composer) heading(b *Block) {
	st := c.body()
	st.justify, st.leading = false, 1.6
	st.indent = 0
	switch b.Level {
	case 0, 1:
		st.face = Hei
	case 2:
		st.face = Kai
	}
	if c.layout.Style == "document" {
		st.indent, st.leading = 2, 1.8*c.tight
	}
	if b.Align != "" {
		st.align, st.indent = b.Align, 0
	}
	c.gap(2)
	strips := c.paragraphs(c.fill(b.Heading), c.geo.width(), st)
	c.room(height(strips) + 25)
	c.put(strips...)
	c.gap(0.5)
}

func (c *composer) text(b *Block) {
	st := c.body()
	st.face = faceNamed(b.Face, st.face)
	if b.Points > 0 {
		st.points = b.Points
	}
	if b.Align != "" {
		st.align = b.Align
	}
	if b.Flush || b.Align == "center" || b.Align == "right" {
		st.indent = 0
	}
	c.put(c.paragraphs(c.fill(b.Text), c.geo.width(), st)...)
}

func faceNamed(name string, otherwise Face) Face {
	switch name {
	case "song":
		return Song
	case "fang":
		return Fang
	case "kai":
		return Kai
	case "hei":
		return Hei
	case "title":
		return Title
	}
	return otherwise
}

func (c *composer) list(l *List) {
	items := make([]string, 0, len(l.Items))
	for _, t := range l.Items {
		items = append(items, c.fill(t))
	}
	if l.Rows != "" {
		for i, row := range c.source.Rows(l.Rows) {
			items = append(items, fill(l.Text, row, i+1))
		}
	}
	st := c.body()
	st.indent = 0
	for i, item := range items {
		c.put(c.item(marker(l.Marker, i+1), item, st)...)
	}
}

// item sets a marker and beside it the text, which hangs under itself.
func (c *composer) item(mark, text string, st style) []strip {
	em := st.points * mmPerPoint
	left := em*2 + c.fonts.textWidth(st.face, st.points, mark) + em*0.3
	strips := c.paragraphs(text, c.geo.width()-left, st)
	for i := range strips {
		strips[i] = shift(strips[i], left)
	}
	strips[0].ops = append(strips[0].ops, c.words(mark, em*2, (strips[0].h-em)/2+0.88*em, st))
	return strips
}

func marker(kind string, n int) string {
	switch kind {
	case "", "1.":
		return fmt.Sprintf("%d.", n)
	case "（1）":
		return fmt.Sprintf("（%d）", n)
	case "一、":
		return chineseNumber(n) + "、"
	case "（一）":
		return "（" + chineseNumber(n) + "）"
	}
	return kind
}

// chineseNumber writes 1 to 99 as 一 … 九十九.
func chineseNumber(n int) string {
	digits := []rune("零一二三四五六七八九")
	switch {
	case n < 10:
		return string(digits[max(n, 0)])
	case n < 20:
		return "十" + strings.TrimPrefix(string(digits[n-10]), "零")
	case n < 100:
		return string(digits[n/10]) + "十" + strings.TrimPrefix(string(digits[n%10]), "零")
	}
	return fmt.Sprint(n)
}

func (c *composer) basis() {
	if len(c.layout.Basis) == 0 {
		return
	}
	c.gap(1.5)
	text := "依据：" + strings.Join(c.layout.Basis, "；")
	c.put(c.paragraphs(text, c.geo.width(), style{face: Song, points: 9, leading: 1.45})...)
}
