package paper

import (
	"fmt"
	"unicode/utf8"
)

// Figures are set one to a cell: even spacing makes a slip of the eye show.
const (
	figureCell  = 7.2  // mm, at most
	figureLeast = 4.6  // mm
	figureLeft  = 12.0 // room for the number of the line
	figureGap   = 0.6  // between groups, in cells
	figurePoint = 24.0 // type size at figureCell
)

// figures sets long values in large, evenly spaced groups, for people to copy
// by hand, and a code for those who need not.
func (c *composer) figures(l *FigureList) {
	group := max(l.Group, 1)
	cell := figureCell
	rows := make([]string, len(l.Rows))
	for i, t := range l.Rows {
		rows[i] = c.clean.text(Hei, c.fill(t))
		n := utf8.RuneCountInString(rows[i])
		cells := float64(n) + figureGap*float64(max(n-1, 0)/group)
		cell = max(min(cell, (c.geo.width()-figureLeft)/max(cells, 1)), figureLeast)
	}
	for i, row := range rows {
		c.gap(2)
		c.figureRow(fmt.Sprint(i+1), row, group, cell)
	}
	if l.QR != "" {
		c.bigCode(c.fill(l.QR))
	}
}

// figureRow sets one value; one that is wider than the page goes on below.
func (c *composer) figureRow(number, row string, group int, cell float64) {
	const h, baseline = 13.0, 9.5
	s := strip{h: h, ops: []Op{c.words(number, 2, baseline, style{face: Song, points: size5, gray: 90})}}
	x := figureLeft
	for j, r := range []rune(row) {
		if j > 0 && j%group == 0 {
			x += cell * figureGap
		}
		if x+cell > c.geo.width()+epsilon {
			c.put(s)
			s, x = strip{h: h}, figureLeft
		}
		op := c.words(string(r), x, baseline, style{face: Hei, points: figurePoint * cell / figureCell})
		op.X += (cell - op.W) / 2
		s.ops = append(s.ops, op)
		x += cell
	}
	c.put(s)
}

// bigCode sets a QR code large enough for an old camera.
func (c *composer) bigCode(content string) {
	const side = 50.0
	c.gap(6)
	c.room(side)
	ops, err := c.code(content, (c.geo.width()-side)/2, 0, side)
	if err != nil {
		c.err = err
		return
	}
	c.put(strip{h: side + 2, ops: ops})
}
