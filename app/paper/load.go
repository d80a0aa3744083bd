package paper

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Load reads every *.yaml below fsys, by id. All faults of all files come back
// in one error, each with file and line.
func Load(fsys fs.FS) (map[string]*Layout, error) {
	layouts := map[string]*Layout{}
	var faults []error
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(name, ".yaml") {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		l, err := Parse(name, data)
		if err != nil {
			faults = append(faults, err)
			return nil
		}
		if want := strings.TrimSuffix(name, ".yaml"); l.ID != want {
			faults = append(faults, fmt.Errorf("%w: %s: id is %q, the file's place asks for %q", ErrLayout, name, l.ID, want))
		}
		layouts[l.ID] = l
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading layouts: %w", err)
	}
	return layouts, errors.Join(faults...)
}

// Parse reads one layout and checks it whole; file is used in errors.
func Parse(file string, data []byte) (*Layout, error) {
	d := yaml.NewDecoder(bytes.NewReader(data))
	l := &Layout{}
	if err := d.Decode(l); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrLayout, file, err)
	}
	var more yaml.Node
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: %s: more than one document in the file", ErrLayout, file)
	}
	if err := l.Check(); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrLayout, file, err)
	}
	return l, nil
}

// checker collects what is wrong with a layout.
type checker struct{ faults []error }

func (c *checker) fault(line int, format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf("line %d: %s", line, fmt.Sprintf(format, args...)))
}

func (c *checker) oneOf(line int, what, got string, allowed ...string) {
	if got != "" && !slices.Contains(allowed, got) {
		c.fault(line, "%s %q is none of %s", what, got, strings.Join(allowed, ", "))
	}
}

// within is written so that NaN fails.
func (c *checker) within(line int, what string, v, least, most float64) {
	if v != 0 && !(v >= least && v <= most) {
		c.fault(line, "%s %g is not between %g and %g", what, v, least, most)
	}
}

func (c *checker) templates(line int, list ...string) {
	for _, t := range list {
		if _, err := parseTemplate(t); err != nil {
			c.fault(line, "%v", err)
		}
	}
}

func (c *checker) path(line int, p string) {
	if p != "" && !validPath(p) {
		c.fault(line, "%q is no path", p)
	}
}

// Check reports everything wrong with a layout. Parse has called it; layouts
// made from code may.
func (l *Layout) Check() error {
	c := &checker{}
	if l.ID == "" {
		c.fault(1, "id is missing")
	}
	if l.Title == "" {
		c.fault(1, "title is missing")
	}
	if len(l.Blocks) == 0 {
		c.fault(1, "blocks are missing")
	}
	if _, _, ok := sheet(l.Size); !ok {
		c.fault(1, "size %q is none of A3, A4, A5, 90x130 (mm, 50 to 600)", l.Size)
	}
	c.oneOf(1, "style", l.Style, "form", "document")
	c.templates(1, l.Title, l.Subtitle, l.Form, l.Sensitive)
	for i := range l.Blocks {
		c.block(&l.Blocks[i])
	}
	return errors.Join(c.faults...)
}

func (c *checker) block(b *Block) {
	kinds := 0
	for _, set := range []bool{b.Heading != "", b.Text != "", b.Grid != nil, b.Table != nil, b.List != nil,
		b.Note != "", b.Break, b.Space != 0, b.Closing != nil, b.Figures != nil} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		c.fault(b.line, "a block is exactly one of heading, text, grid, table, list, note, pagebreak, space, closing, figures; this is %d", kinds)
	}
	c.templates(b.line, b.Heading, b.Text, b.Note)
	c.oneOf(b.line, "face", b.Face, "song", "fang", "kai", "hei", "title")
	c.oneOf(b.line, "align", b.Align, "left", "center", "right")
	c.within(b.line, "points", b.Points, 5, 72)
	c.within(b.line, "space", b.Space, 0.1, 400)
	c.within(b.line, "level", float64(b.Level), 1, 3)
	c.path(b.line, strings.TrimPrefix(b.When, "!"))
	for _, f := range b.Need {
		c.path(b.line, f.Path)
	}
	c.parts(b)
}

func (c *checker) parts(b *Block) {
	switch {
	case b.Grid != nil:
		c.grid(b.Grid)
	case b.Table != nil:
		c.table(b.Table)
	case b.List != nil:
		c.list(b.List)
	case b.Closing != nil:
		c.templates(b.line, b.Closing.Office, b.Closing.Date)
	case b.Figures != nil:
		c.templates(b.line, b.Figures.Rows...)
		c.templates(b.line, b.Figures.QR)
	}
}

func (c *checker) columns(line int, widths []float64) bool {
	if len(widths) == 0 || len(widths) > 60 {
		c.fault(line, "columns: 1 to 60, not %d", len(widths))
		return false
	}
	for _, w := range widths {
		if !(w > 0 && w < 1000) {
			c.fault(line, "column width %g is not between 0 and 1000", w)
			return false
		}
	}
	return true
}

func (c *checker) grid(g *Grid) {
	c.within(g.line, "height", g.Height, 4, 250)
	c.within(g.line, "points", g.Points, 5, 72)
	if len(g.Rows) == 0 {
		c.fault(g.line, "grid without rows")
	}
	if c.columns(g.line, g.Columns) {
		c.rows(g.line, g.Rows, len(g.Columns))
	}
}

// rows checks that the cells of each row fill its columns exactly.
func (c *checker) rows(line int, rows [][]Cell, cols int) {
	busy := newBusy(cols, len(rows))
	for i, row := range rows {
		col := 0
		for j := range row {
			cell := &row[j]
			c.cell(cell)
			col = busy.free(i, col)
			b := &box{col: col, cols: max(cell.Span, 1), rows: max(cell.Rows, 1)}
			if !c.fits(cell, busy, i, b) {
				return
			}
			busy.take(i, b)
			col += b.cols
		}
		if free := busy.free(i, 0); free < cols {
			c.fault(orLine(row, line), "row %d leaves column %d empty", i+1, free+1)
			return
		}
	}
}

func (c *checker) fits(cell *Cell, taken busy, row int, b *box) bool {
	cols := len(taken[row])
	if b.col+b.cols > cols || row+b.rows > len(taken) {
		c.fault(cell.line, "cell reaches beyond the grid of %d columns and %d rows", cols, len(taken))
		return false
	}
	for r := row; r < row+b.rows; r++ {
		if slices.Contains(taken[r][b.col:b.col+b.cols], true) {
			c.fault(cell.line, "cell overlaps another")
			return false
		}
	}
	return true
}

func orLine(row []Cell, line int) int {
	if len(row) > 0 && row[0].line > 0 {
		return row[0].line
	}
	return line
}

func (c *checker) cell(x *Cell) {
	kinds := 0
	for _, s := range []string{x.Text, x.Field, x.Tick, x.Photo, x.Opinion} {
		if s != "" {
			kinds++
		}
	}
	if kinds > 1 {
		c.fault(x.line, "a cell holds at most one of text, field, tick, photo, opinion")
	}
	c.templates(x.line, x.Label, x.Text, x.Opinion)
	c.templates(x.line, x.Sign...)
	for _, p := range []string{x.Field, x.Tick, x.Photo} {
		c.path(x.line, p)
	}
	c.oneOf(x.line, "align", x.Align, "left", "center", "right")
	c.oneOf(x.line, "face", x.Face, "song", "fang", "kai", "hei", "title")
	c.within(x.line, "points", x.Points, 5, 72)
	c.within(x.line, "height", x.Height, 4, 250)
	c.within(x.line, "span", float64(x.Span), 1, 60)
	c.within(x.line, "rows", float64(x.Rows), 1, 200)
	if x.Need && kinds == 0 {
		c.fault(x.line, "need is set on a cell without a value")
	}
}

func (c *checker) table(t *Table) {
	if t.Rows == "" {
		c.fault(t.line, "table without rows")
	}
	c.path(t.line, t.Rows)
	c.within(t.line, "least", float64(t.Least), 1, 500)
	c.within(t.line, "height", t.Height, 4, 100)
	c.within(t.line, "points", t.Points, 5, 72)
	widths := make([]float64, len(t.Columns))
	for i, col := range t.Columns {
		widths[i] = orDefault(col.Width, 1)
		if col.Width < 0 {
			widths[i] = col.Width
		}
		if col.Text != "" && col.Field != "" {
			c.fault(t.line, "column %q has both text and field", col.Label)
		}
		c.templates(t.line, col.Label, col.Text)
		c.path(t.line, col.Field)
		c.oneOf(t.line, "align", col.Align, "left", "center", "right")
	}
	c.subtotal(t)
	if c.columns(t.line, widths) && len(t.Foot) > 0 {
		c.rows(t.line, t.Foot, len(t.Columns))
	}
}

// subtotal sees that what a page adds up are columns, with room for the label
// before the first of them.
func (c *checker) subtotal(t *Table) {
	if t.Subtotal == nil {
		return
	}
	if t.Subtotal.Label == "" || len(t.Subtotal.Fields) == 0 {
		c.fault(t.line, "subtotal needs a label and fields")
	}
	for _, f := range t.Subtotal.Fields {
		if at := slices.IndexFunc(t.Columns, func(col Column) bool { return col.Field == f }); at < 1 {
			c.fault(t.line, "subtotal of %q, which is no column after the first", f)
		}
	}
}

func (c *checker) list(l *List) {
	if (len(l.Items) == 0) == (l.Rows == "") {
		c.fault(l.line, "a list has either items or rows")
	}
	if (l.Rows == "") != (l.Text == "") {
		c.fault(l.line, "rows and text of a list belong together")
	}
	c.path(l.line, l.Rows)
	c.templates(l.line, l.Text)
	c.templates(l.line, l.Items...)
	c.oneOf(l.line, "marker", l.Marker, "1.", "一、", "（1）", "（一）", "☐", "·", "—")
}
