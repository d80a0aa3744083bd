package sheet

import "strings"

// Wanted is a column that a file must have.
type Wanted struct {
	Label string   // as it should be called
	Also  []string // what it may be called besides, likeliest first
}

// Pick reads some columns of a spreadsheet that belongs to no register: rows
// of cells in the order wanted, "" where a cell is empty, without rows in
// which all of them are. Titles above the header, blank rows and other
// columns do not matter; a column that is not there is refused by name.
func Pick(data []byte, wanted ...Wanted) ([]Line, error) {
	c, err := parseAny(data, func(lines []Line) bool { at, _ := pickHeader(lines, wanted); return at >= 0 })
	if err != nil {
		return nil, err
	}
	at, columns := pickHeader(c.lines, wanted)
	if at < 0 {
		return nil, pickMissing(c.lines, wanted)
	}
	var out []Line
	for _, l := range c.lines[at+1:] {
		cells, empty := make([]string, len(columns)), true
		for i, n := range columns {
			if n < len(l.Cells) {
				cells[i] = strings.ToValidUTF8(l.Cells[n], "")
				empty = empty && cells[i] == ""
			}
		}
		if !empty {
			out = append(out, Line{l.No, cells})
		}
	}
	if len(out) == 0 {
		return nil, invalid("表头下面没有数据行")
	}
	return out, nil
}

// pickHeader finds the first row that names all columns wanted, and where they
// stand.
func pickHeader(lines []Line, wanted []Wanted) (at int, columns []int) {
	for i := range lines[:min(len(lines), headerWithin)] {
		columns = columns[:0]
		for _, w := range wanted {
			if n := w.in(lines[i].Cells); n >= 0 {
				columns = append(columns, n)
			}
		}
		if len(columns) == len(wanted) {
			return i, columns
		}
	}
	return -1, nil
}

// in is where a column stands in a header, or -1.
func (w Wanted) in(header []string) int {
	for _, name := range append([]string{w.Label}, w.Also...) {
		for n, h := range header {
			if headerKey(h) == headerKey(name) {
				return n
			}
		}
	}
	return -1
}

// pickMissing says which columns are not there, by the row that has most.
func pickMissing(lines []Line, wanted []Wanted) error {
	best, missing := -1, []string(nil)
	for i := range lines[:min(len(lines), headerWithin)] {
		var not []string
		for _, w := range wanted {
			if w.in(lines[i].Cells) < 0 {
				not = append(not, w.Label)
			}
		}
		if best < 0 || len(not) < len(missing) {
			best, missing = i, not
		}
	}
	if len(missing) == len(wanted) {
		return invalid("找不到表头：前 %d 行里没有“%s”这些列名。请把列名写在表头里再试", headerWithin, labels(wanted))
	}
	return invalid("缺少“%s”列：第 %d 行像是表头，但只有别的列。请补上这一列再试", strings.Join(missing, "”“"), lines[best].No)
}

func labels(wanted []Wanted) string {
	var out []string
	for _, w := range wanted {
		out = append(out, w.Label)
	}
	return strings.Join(out, "”“")
}
