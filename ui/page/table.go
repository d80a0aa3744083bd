package page

import (
	"strings"
	"unicode/utf8"
)

// Cell is one value as shown: in a table, in a list of facts, in a record.
type Cell struct {
	Text  string
	URL   string
	Note  string // smaller, under or after the text
	Tone  Tone
	Badge bool // drawn as a mark
	Num   bool // tabular, right-aligned
	Due   *Due
	More  []Cell // further parts on the same line
	Mask  bool   // the value is masked for this reader
}

// briefRunes is up to how many characters a cell stays on one line, and
// briefASCII for what is dates, times and numbers alone.
const (
	briefRunes = 6
	briefASCII = 17
)

// Class is how a table sets the cell: figures to the right, and what is brief on
// one line, so that wide columns give way first.
func (c Cell) Class() string {
	switch {
	case c.Num:
		return "num"
	case c.Note != "" || c.Due != nil || len(c.More) > 0:
		return ""
	case utf8.RuneCountInString(c.Text) <= briefRunes, len(c.Text) <= briefASCII && !strings.ContainsFunc(c.Text, func(r rune) bool { return r > 0x7e }):
		return "brief"
	}
	return ""
}

// Class is how a table sets a heading.
func (c Column) Class() string {
	switch {
	case c.Num:
		return "num"
	case utf8.RuneCountInString(c.Title) <= briefRunes:
		return "brief"
	}
	return ""
}

// Due is a date by which something must be done, with its explanation.
type Due struct {
	Date  string // 2026-04-03
	Text  string // 逾期 3 天, 今天, 还有 2 个工作日, 已暂停
	Tone  Tone
	Rule  string // the rule that set it: 橙级个案每半月走访一次
	Basis string // document behind the rule
	Days  []DueDay
}

// DueDay is one step of the reckoning: the day, and why it counts or not.
type DueDay struct {
	Date string
	Text string // 周六，休息日
	Off  bool   // does not count
	N    int    // the count on this day; 0: not counted
}

// Column heads a table.
type Column struct {
	Title string
	Sort  string // URL that sorts by this column
	Order string // ascending, descending or empty
	Num   bool
}

// Row is one line of a table. URL opens it.
type Row struct {
	ID     string // anchor and value of the tick box
	URL    string
	Cells  []Cell
	Tone   Tone
	Detail string // shown folded under the row
}

// Table is a table with caption; an empty one says what to do instead.
type Table struct {
	Caption string
	Quiet   bool // the caption says what the heading above says: only for who can't see it
	Columns []Column
	Rows    []Row
	Pick    string // name of tick boxes; empty: none
	Start   int    // number of the first row in the margin; 0: no numbers
	Empty   Empty
}

// Empty is what stands where nothing is yet.
type Empty struct {
	Text  string
	Links []Link
}

// Pager leads through a keyset-paged list.
type Pager struct {
	First string
	Prev  string
	Next  string
	From  int // 1-based number of the first row shown; 0 when not known
	To    int
	Total int
	More  bool // Total is a lower bound
}
