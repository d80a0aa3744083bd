package paper

import (
	"slices"

	"jiezhen/app/value"
)

// pageTail is the row of a page's own sums under a table that runs over pages.
type pageTail struct {
	from, to int // rows of the table that are summed
	height   float64
	row      func(from, to int) []*box // the sums of rows from … to-1
}

// keeps is the room at the foot of a page that rows must leave free.
func (t *pageTail) keeps(row int) float64 {
	if t == nil || row < t.from || row >= t.to {
		return 0
	}
	return t.height
}

// counted notes that the rows before end have been set, and sets the sums of
// the last page.
func (p *placing) counted(end int) {
	t := p.grid.tail
	if t == nil || end <= t.from || end > t.to {
		return
	}
	p.set = end
	if end == t.to {
		p.total()
	}
}

// total sets the sums of the rows that stand on this page.
func (p *placing) total() {
	t := p.grid.tail
	if t == nil || p.set <= max(p.summed, t.from) {
		return
	}
	for _, b := range t.row(max(p.summed, t.from), p.set) {
		p.draw(b, p.flow.y, p.flow.y+t.height, true)
	}
	p.flow.y += t.height
	p.summed = p.set
}

// subtotals makes the tail of a table whose first row is the one after its
// head: a label up to the first column that is summed, then the sums.
func (c *composer) subtotals(r *ruled, t *Table, rows []Source, points float64) *pageTail {
	first := slices.IndexFunc(t.Columns, func(col Column) bool { return slices.Contains(t.Subtotal.Fields, col.Field) })
	if first < 1 || len(rows) == 0 {
		return nil
	}
	style := style{face: Fang, points: points, leading: 1.3, align: "right"}
	out := &pageTail{from: r.head, to: r.head + len(rows), height: r.least}
	out.row = func(from, to int) []*box {
		label := &box{cols: first, rows: 1}
		_, w := r.span(label)
		center := style
		center.align = "center"
		label.strips = c.paragraphs(t.Subtotal.Label, w-2*padX(w), center)
		boxes := []*box{label}
		for i := first; i < len(t.Columns); i++ {
			b := &box{col: i, cols: 1, rows: 1}
			if field := t.Columns[i].Field; slices.Contains(t.Subtotal.Fields, field) {
				_, w := r.span(b)
				b.strips = c.paragraphs(sumOf(rows[from-r.head:to-r.head], field), w-2*padX(w), style)
			}
			boxes = append(boxes, b)
		}
		return boxes
	}
	return out
}

// sumOf adds up a column of money as it is printed.
func sumOf(rows []Source, field string) string {
	var total int64
	for _, row := range rows {
		text, _ := row.Text(field)
		if fen, err := value.ParseMoney(text); err == nil {
			total += fen
		}
	}
	return value.FormatMoney(total)
}
