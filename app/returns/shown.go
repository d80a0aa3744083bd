package returns

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Sheet is a return of one period as it may be read.
type Sheet struct {
	Return *Return
	Period Period
	At     time.Time
	Parts  []PartSheet
}

// PartSheet is the part of one register.
type PartSheet struct {
	Part   *Part
	Unseen int // records of protected persons that are not in the figures
	Tables []Table
}

// Table is one figure: a line, or a line for each part of a split. Of a figure
// split two ways the columns are those of the second split.
type Table struct {
	Figure  *Figure
	Columns []string // of a figure split two ways; else the periods compared
	Lines   []Line
}

// Line is a row of a table.
type Line struct {
	Label string
	Total bool // the figure unsplit
	Cells []Cell
}

// Cell is a figure as it may be read, and where its rows are.
type Cell struct {
	Text     string
	Note     string // numerator and denominator of a rate
	Row, Col string // for Rows; empty for the whole
	Opens    bool   // its rows may be opened
}

// Empty is what stands where there is no figure.
const Empty = "—"

// hiddenToo stands where a figure was hidden so that another cannot be worked
// out.
const hiddenToo = "＊"

// key of a line in one register of words.
type named struct{ key, label string }

// show writes a part's tables.
func (c *counting) show() ([]Table, error) {
	least, err := c.least()
	if err != nil {
		return nil, err
	}
	var out []Table
	for i, f := range c.part.Figures {
		out = append(out, c.table(f, c.figures[i], least))
	}
	return out, nil
}

// least is the figure below which the part's figures are not named; 0 when
// they all are.
func (c *counting) least() (int, error) {
	if c.part.Def.Protect == register.ProtectNone && c.part.Def.Subject != register.SubjectPerson {
		return 0, nil
	}
	n, err := c.tx.Book().Policy().Integer("insight.cell.least", c.tx.Today())
	return int(n), err
}

func (c *counting) table(f *Figure, have cells, least int) Table {
	t := Table{Figure: f, Columns: []string{c.periods[0].Chinese(), c.periods[1].Chinese(), c.periods[2].Chinese()}}
	rows := c.names(f.By, have, func(k key) string { return k.row })
	if f.Across != nil {
		columns := c.names(f.Across, have, func(k key) string { return k.col })
		return c.crossed(t, have[0], rows, columns, least)
	}
	masks := [compared]map[string]bool{}
	for i := range masks {
		if f.Kind == Count && least > 0 {
			masks[i] = hideMore(have[i], rows, least)
		}
	}
	for _, row := range append(rows, named{}) {
		line := Line{Label: row.label, Total: row.key == ""}
		if line.Total {
			line.Label = "合计"
		}
		for i := range c.periods {
			cell := c.cell(f, have[i][key{row: row.key}], i, least)
			if masks[i][row.key] {
				cell.Text = hiddenToo
			}
			cell.Row, cell.Opens = row.key, cell.Opens && i == 0
			line.Cells = append(line.Cells, cell)
		}
		t.Lines = append(t.Lines, line)
	}
	return t
}

// cell writes one figure.
func (c *counting) cell(f *Figure, t *tally, period, least int) Cell {
	if t == nil {
		t = &tally{}
	}
	n := len(t.of)
	small := least > 0 && n > 0 && n < least
	sealed := c.part.Def.Protect == register.ProtectSealed
	out := Cell{Opens: n > 0 && !sealed}
	switch {
	case f.Now && !c.periods[period].Within(c.tx.Today()):
		out.Text = Empty
	case f.Kind == Count:
		out.Text = number(n, least)
	case n == 0:
		out.Text = Empty
	case f.Kind == Rate:
		out.Text, out.Note = fmt.Sprintf("%.2f%%", 100*float64(len(t.hits))/float64(n)), number(len(t.hits), least)+"/"+number(n, least)
	case f.Kind == Ratio && t.per == 0:
		out.Text = Empty
	case f.Kind == Ratio && f.Unit == "%":
		out.Text, out.Note = fmt.Sprintf("%.2f%%", 100*t.sum/t.per), plain(f, t.sum)+"/"+plain(f, t.per)
	case f.Kind == Ratio:
		out.Text = plain(f, t.sum/t.per)
	case f.Kind == Mean:
		out.Text = plain(f, t.sum/float64(n))
	default:
		out.Text = plain(f, t.sum)
	}
	if small && f.Kind != Count && out.Text != Empty {
		out.Text, out.Note = Empty, fmt.Sprintf("不足%d例", least)
	}
	return out
}

// number writes a count; below the least it is not named.
func number(n, least int) string {
	if n > 0 && n < least {
		return "<" + strconv.Itoa(least)
	}
	return strconv.Itoa(n)
}

func plain(f *Figure, x float64) string {
	if f.money {
		return value.Print(value.KindMoney, int64(math.Round(x)))
	}
	return strconv.FormatFloat(math.Round(100*x)/100, 'f', -1, 64)
}

// names are the lines of a split: all codes of a list in its order, bands, and
// the communities that have something.
func (c *counting) names(s *Split, have cells, part func(key) string) []named {
	if s == nil {
		return nil
	}
	used := map[string]bool{}
	for _, period := range have {
		for k := range period {
			used[part(k)] = true
		}
	}
	delete(used, "")
	var out []named
	switch {
	case s.place:
		out = c.places(used)
	case s.of != nil:
		out = bandNames(s)
	default:
		out = c.codes(s, used)
	}
	if used[blank] {
		out = append(out, named{blank, "未列明"})
	}
	return out
}

func bandNames(s *Split) []named {
	var out []named
	for i, from := range s.bands {
		if len(s.names) > 0 {
			out = append(out, named{strconv.Itoa(i), s.names[i]})
			continue
		}
		label := fmt.Sprintf("%d以上", from)
		if i+1 < len(s.bands) {
			label = fmt.Sprintf("%d–%d", from, s.bands[i+1]-1)
			if from == s.bands[i+1]-1 {
				label = strconv.Itoa(from)
			}
		}
		out = append(out, named{strconv.Itoa(i), label})
	}
	return out
}

// most is how many codes a list may have for all of them to stand in a table,
// the unused among them.
const most = 8

// codes gives a list's codes, of a long one those in use; one that no board may
// show counts as not filled in.
func (c *counting) codes(s *Split, used map[string]bool) []named {
	list, _ := c.tx.Book().Policy().Codes(s.field.Codes)
	var out []named
	for _, item := range list.Items {
		if !used[item.Code] && (item.From > c.periods[0].Last || item.Until != "" && item.Until <= c.periods[2].First) {
			continue
		}
		if len(list.Items) > most && !used[item.Code] || item.Secret {
			continue
		}
		out = append(out, named{item.Code, item.Label})
	}
	return out
}

func (c *counting) places(used map[string]bool) []named {
	var out []named
	for k := range used {
		if id, err := strconv.ParseUint(k, 10, 64); err == nil {
			out = append(out, named{k, c.tx.Label(record.Ref{Register: record.Places, ID: id}, false)})
		}
	}
	slices.SortFunc(out, func(a, b named) int { return cmp.Or(cmp.Compare(a.label, b.label), cmp.Compare(a.key, b.key)) })
	return out
}
