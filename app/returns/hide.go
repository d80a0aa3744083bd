package returns

import "slices"

// hideMore says which cells of a column are to be hidden besides those below
// the least: while the hidden ones could be worked out from the total, the
// smallest of the others goes too. A total that is itself below the least
// gives nothing away.
func hideMore(have map[key]*tally, rows []named, least int) map[string]bool {
	counts := make([]int, len(rows))
	for i, row := range rows {
		counts[i] = size(have[key{row: row.key}])
	}
	out := map[string]bool{}
	for i, hide := range secondary(counts, size(have[whole]), least) {
		if hide {
			out[rows[i].key] = true
		}
	}
	return out
}

func size(t *tally) int {
	if t == nil {
		return 0
	}
	return len(t.of)
}

// secondary marks the counts to hide besides those below the least, so that
// the hidden ones are at least two and together at least the least.
func secondary(counts []int, total, least int) []bool {
	hide := make([]bool, len(counts))
	hidden, sum := 0, 0
	for _, n := range counts {
		if n > 0 && n < least {
			hidden, sum = hidden+1, sum+n
		}
	}
	for hidden > 0 && total >= least && (hidden < 2 || sum < least) {
		at := -1
		for i, n := range counts {
			if n >= least && !hide[i] && (at < 0 || n < counts[at]) {
				at = i
			}
		}
		if at < 0 {
			break
		}
		hide[at] = true
		hidden, sum = hidden+1, sum+counts[at]
	}
	return hide
}

// crossed writes a figure split two ways, with the sums of rows and columns.
func (c *counting) crossed(t Table, have map[key]*tally, rows, columns []named, least int) Table {
	t.Columns = nil
	for _, col := range columns {
		t.Columns = append(t.Columns, col.label)
	}
	t.Columns = append(t.Columns, "合计")
	hidden := hideCrossed(have, rows, columns, least)
	for i, row := range append(slices.Clone(rows), named{}) {
		line := Line{Label: row.label, Total: row.key == ""}
		if line.Total {
			line.Label = "合计"
		}
		for j, col := range append(slices.Clone(columns), named{}) {
			cell := c.cell(t.Figure, have[key{row.key, col.key}], 0, least)
			cell.Row, cell.Col = row.key, col.key
			if hidden[i][j] {
				cell.Text = hiddenToo
			}
			line.Cells = append(line.Cells, cell)
		}
		t.Lines = append(t.Lines, line)
	}
	return t
}

// hideCrossed marks the cells to hide besides those below the least, the sums
// among them, until no row and no column tells of a hidden cell.
func hideCrossed(have map[key]*tally, rows, columns []named, least int) [][]bool {
	g := grid{least: least}
	for _, row := range append(slices.Clone(rows), named{}) {
		var line []int
		for _, col := range append(slices.Clone(columns), named{}) {
			line = append(line, size(have[key{row.key, col.key}]))
		}
		g.counts = append(g.counts, line)
		g.hidden = append(g.hidden, make([]bool, len(line)))
	}
	for changed := least > 0; changed; {
		changed = false
		for i := range g.counts {
			changed = g.settle(len(g.counts[0]), func(n int) (int, int) { return i, n }) || changed
		}
		for j := range g.counts[0] {
			changed = g.settle(len(g.counts), func(n int) (int, int) { return n, j }) || changed
		}
	}
	return g.hidden
}

// grid is a table with its sums in the last row and column.
type grid struct {
	least  int
	counts [][]int
	hidden [][]bool
}

func (g *grid) veiled(i, j int) bool {
	n := g.counts[i][j]
	return g.hidden[i][j] || n > 0 && n < g.least
}

// settle hides one more cell of a line whose last is the sum, if its hidden
// ones could be worked out; it reports whether it did.
func (g *grid) settle(length int, at func(int) (int, int)) bool {
	if i, j := at(length - 1); g.veiled(i, j) {
		return false
	}
	hidden, sum, best := 0, 0, -1
	for n := range length - 1 {
		i, j := at(n)
		switch count := g.counts[i][j]; {
		case g.veiled(i, j):
			hidden, sum = hidden+1, sum+count
		case count > 0:
			if bi, bj := at(max(best, 0)); best < 0 || count < g.counts[bi][bj] {
				best = n
			}
		}
	}
	if hidden == 0 || hidden >= 2 && sum >= g.least || best < 0 {
		return false
	}
	i, j := at(best)
	g.hidden[i][j] = true
	return true
}
