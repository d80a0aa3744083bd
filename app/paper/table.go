package paper

// table sets a head that repeats, a row for each row of the source, blank rows
// to write in, and the foot.
func (c *composer) table(t *Table) {
	weights := make([]float64, len(t.Columns))
	for i, col := range t.Columns {
		weights[i] = orDefault(col.Width, 1)
	}
	rows := c.source.Rows(t.Rows)
	points := orDefault(t.Points, size5)
	r := &ruled{x: c.geo.left, widths: scaled(weights, c.geo.width()), head: 1, least: orDefault(t.Height, 7.5*c.tight)}
	for i, col := range t.Columns {
		b := &box{col: i, cols: 1, rows: 1}
		b.strips = c.balanced(c.fill(col.Label), r.widths[i]-2*padX(r.widths[i]), style{face: Hei, points: points, leading: 1.3, align: "center"})
		r.boxes = append(r.boxes, b)
	}
	r.rows = 1
	for i, row := range rows {
		c.tableRow(r, t, row, i+1)
	}
	if len(rows) == 0 && t.Empty != "" {
		b := &box{cols: len(t.Columns), row: r.rows, rows: 1}
		_, w := r.span(b)
		b.strips = c.paragraphs(t.Empty, w-2*padX(w), style{face: Fang, points: points, leading: 1.3, align: "center"})
		r.boxes = append(r.boxes, b)
		r.rows++
	}
	for n := len(rows); n < t.Least; n++ {
		c.tableRow(r, t, Values{}, n+1)
	}
	if t.Subtotal != nil {
		r.tail = c.subtotals(r, t, rows, points)
	}
	foot := r.rows
	r.rows += len(t.Foot)
	c.cells(r, t.Foot, foot, points)
	c.place(r)
}

func (c *composer) tableRow(r *ruled, t *Table, row Source, n int) {
	for i, col := range t.Columns {
		template := col.Text
		if col.Field != "" {
			template = "{" + col.Field + "}"
		}
		c.cell(r, r.rows, i, fill(template, row, n), style{face: Fang, points: orDefault(t.Points, size5), leading: 1.3, align: col.Align})
	}
	r.rows++
}

func (c *composer) cell(r *ruled, row, col int, text string, st style) {
	b := &box{col: col, cols: 1, row: row, rows: 1}
	_, w := r.span(b)
	if text != "" {
		b.strips = c.paragraphs(text, w-2*padX(w), st)
		if st.align == "" && len(b.strips) == 1 {
			st.align = "center"
			b.strips = c.paragraphs(text, w-2*padX(w), st)
		}
	}
	r.boxes = append(r.boxes, b)
}

// closing sets who issues a document, the date under it, room for the seal;
// it gives up some of that room rather than stand on a page without text.
func (c *composer) closing(cl *Closing) {
	st := c.body()
	st.indent, st.justify = 0, false
	em := st.points * mmPerPoint
	office := c.fill(cl.Office)
	date := orWord(c.fill(cl.Date), "　　　　年　　月　　日")
	need := 2 * st.line()
	above := st.line()
	if cl.Seal { // the seal is centred on the date and reaches into the lower margin
		above = max(sealSize/2-st.line()/2, above)
	}
	c.room(need)
	c.gap(max(min(above, c.bottom-c.y-need), 0))
	// The date stands four characters from the right, the office centred on it.
	dateOp := c.words(date, 0, 0, st)
	officeOp := c.words(office, 0, 0, st)
	if officeOp.W > c.geo.width() {
		st.align = "right"
		c.put(c.paragraphs(office+"\n"+date, c.geo.width(), st)...)
		return
	}
	right := c.geo.width() - 4*em
	middle := right - dateOp.W/2
	officeX := max(min(middle-officeOp.W/2, c.geo.width()-officeOp.W), 0)
	for _, s := range []struct {
		op Op
		x  float64
	}{{officeOp, officeX}, {dateOp, right - dateOp.W}} {
		s.op.X, s.op.Y = s.x, (st.line()-em)/2+0.88*em
		c.put(strip{h: st.line(), ops: []Op{s.op}})
	}
}
