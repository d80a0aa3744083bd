package sheet

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/width"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// taking is a staged file on its way to records.
type taking struct {
	desk    *Desk
	def     *register.Definition
	staged  *Staged
	columns []takenColumn
	codes   map[string]*codeIndex
	seen    map[string]int // what may stand only once in a file → its line
}

type takenColumn struct {
	Column
	spoiled bool // a spreadsheet has eaten the last digits of its numbers
}

func (d *Desk) taking(def *register.Definition, s *Staged) *taking {
	t := &taking{desk: d, def: def, staged: s, codes: map[string]*codeIndex{}, seen: map[string]int{}}
	byField := map[string]Column{}
	for _, c := range Columns(def) {
		byField[c.Field] = c
	}
	for i, field := range s.Columns {
		c := takenColumn{Column: byField[field]}
		c.spoiled = c.long() && s.spoiled(i)
		t.columns = append(t.columns, c)
	}
	return t
}

// long reports whether a column holds numbers beyond what a spreadsheet can
// count.
func (c takenColumn) long() bool {
	if c.def == nil {
		return c.Field == "subject.id_number"
	}
	switch c.def.Type {
	case value.KindIDCard, value.KindDocument, value.KindBankCard, value.KindDisabilityCard, value.KindCreditCode:
		return true
	}
	return false
}

// row is a line on its way to a record.
type row struct {
	line     Line
	values   register.Values
	number   string
	name     string // of the subject
	idNumber string
	birth    value.Date
	subject  uint64
	hidden   []string // labels of columns that hold a mask
	problems []string
	warnings []string
	old      *record.Record // the record that the row changes
	matched  bool           // old was found by a number that others gave
}

func (r *row) fail(format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

func (r *row) warn(format string, args ...any) {
	r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
}

// convert reads a line's cells into values, naming everything that is wrong.
func (t *taking) convert(tx *record.Tx, l Line) *row {
	r := &row{line: l, values: register.Values{}}
	empty := true
	for i, c := range t.columns {
		if c.Field == "" || i >= len(l.Cells) || l.Cells[i] == "" {
			continue
		}
		empty = false
		cell := unguard(l.Cells[i])
		switch {
		case masked(c.Column, cell):
			r.hidden = append(r.hidden, c.Label)
		case sheetErrors[cell]:
			r.fail("%s：单元格是公式错误 %s，请改成文字", c.Label, cell)
		default:
			t.cell(tx, r, c, cell)
		}
	}
	if empty {
		r.fail("这一行没有可以导入的内容；如果是合计、备注，请删去")
	}
	return r
}

var sheetErrors = map[string]bool{"#N/A": true, "#REF!": true, "#VALUE!": true, "#DIV/0!": true, "#NAME?": true, "#NUM!": true, "#NULL!": true}

func (t *taking) cell(tx *record.Tx, r *row, c takenColumn, cell string) {
	if c.long() && !r.whole(c, cell) {
		return
	}
	switch c.Field {
	case "number":
		r.number = strings.ToUpper(width.Fold.String(cell))
	case "subject.name":
		r.name = cell
	case "subject.id_number":
		r.idNumber = cell
	case subjectBirth:
		d, err := value.ParseDate(t.date(value.KindDate, cell), tx.Today())
		if err != nil {
			r.fail("%s：%v", c.Label, err)
		}
		r.birth = d
	default:
		v, err := t.parse(tx, r, c.def, cell)
		if err != nil {
			r.fail("%s：%v", c.Label, err)
			return
		}
		if v != nil {
			r.values[c.Field] = v
		}
	}
}

// unguard takes off the apostrophe that an export put before what looks like a
// formula.
func unguard(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && rest != "" && guard(rest) != rest {
		return rest
	}
	return cell
}

// exact is how many digits of a number a spreadsheet keeps.
const exact = 15

var (
	scientific = regexp.MustCompile(`^\d(\.\d+)?[Ee]\+?\d+$`)
	digits     = regexp.MustCompile(`^\d+$`)
)

// rounded reports whether all digits beyond what a spreadsheet keeps are zero:
// they were eaten, or, rarely, are so.
func rounded(cell string) bool {
	return len(cell) > exact && digits.MatchString(cell) && strings.Trim(cell[exact:], "0") == ""
}

// spoiled reports whether a column of long numbers went through number cells:
// one that is surely spoiled convicts all the rounded ones, since of spoiled
// identity numbers one in eleven still passes its check.
func (s *Staged) spoiled(column int) bool {
	for _, l := range s.Lines {
		if column >= len(l.Cells) {
			continue
		}
		cell := plainDigits(l.Cells[column])
		if scientific.MatchString(cell) || rounded(cell) && len(cell) == 18 && value.CheckDigit(cell[:17]) != cell[17] {
			return true
		}
	}
	return false
}

func plainDigits(cell string) string {
	return strings.Join(strings.Fields(width.Fold.String(cell)), "")
}

// whole refuses a long number that a spreadsheet has spoiled, and asks for a
// second look at what might be.
func (r *row) whole(c takenColumn, cell string) bool {
	cell = plainDigits(cell)
	if scientific.MatchString(cell) || c.spoiled && rounded(cell) {
		r.fail("%s：“%s”已被 Excel 改坏（超过15位的数字会丢失），请把这一列设为“文本”后重新填写", c.Label, cell)
		return false
	}
	if rounded(cell) {
		r.warn("%s：“%s”末几位都是0，请核对是否曾按数字保存而丢失", c.Label, cell)
	}
	return true
}

// parse reads a cell by the type of its field.
func (t *taking) parse(tx *record.Tx, r *row, f *register.Field, cell string) (any, error) {
	switch f.Type {
	case value.KindCode:
		return t.code(f, cell)
	case value.KindCodes:
		return t.manyCodes(f, cell)
	case value.KindPerson:
		return personCell(tx, cell)
	case value.KindPlace, value.KindParty, value.KindRecord:
		return t.reference(tx, f, cell)
	case value.KindDate, value.KindDateTime, value.KindMonth:
		cell = t.date(f.Type, cell)
	case value.KindMoney, value.KindNumber:
		cell = rounding(cell)
	case value.KindPhone, value.KindText:
		var err error
		if cell, err = spelled(cell); err != nil {
			return nil, err
		}
	}
	v, warnings, err := t.desk.book.ParseCell(f, cell)
	for _, w := range warnings {
		r.warn("%s：%s", f.Label, w.Text)
	}
	return v, err
}

// rounding undoes how a number cell is stored: 1234.1 as 1234.0999999999999.
func rounding(cell string) string {
	folded := plainDigits(cell)
	n, err := strconv.ParseFloat(folded, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) || !strings.ContainsAny(folded, "eE") && len(strings.Trim(folded, "-+.")) <= exact {
		return cell
	}
	kept, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', exact, 64), 64)
	if err != nil {
		return cell
	}
	return strconv.FormatFloat(kept, 'f', -1, 64)
}

// spelled writes out a number that was stored as 1.38E+10, and refuses one
// whose digits are gone.
func spelled(cell string) (string, error) {
	if !scientific.MatchString(cell) || !strings.Contains(cell, "+") {
		return cell, nil
	}
	n, err := strconv.ParseFloat(cell, 64)
	if err != nil || n >= 1e15 || n != math.Trunc(n) {
		return "", fmt.Errorf("“%s”已被 Excel 改坏，请把这一列设为“文本”后重新填写", cell)
	}
	return strconv.FormatFloat(n, 'f', 0, 64), nil
}

// serials are the days that a number in a date column can mean, 1909 to 2119:
// 1982 or 20260302 is no serial number.
const leastSerial, mostSerial = 3500, 80000

var midnight = regexp.MustCompile(`[ T]0{1,2}:00(:00)?(\.0+)?$`)

// date turns a true Excel date, which is a count of days, into text, and takes
// the midnight off a date.
func (t *taking) date(kind register.Kind, cell string) string {
	cell = strings.TrimSpace(width.Fold.String(cell))
	n, err := strconv.ParseFloat(cell, 64)
	if err != nil || n < leastSerial || n > mostSerial {
		if kind != value.KindDateTime {
			return midnight.ReplaceAllString(cell, "")
		}
		if _, err := value.ParseDate(cell, ""); err == nil {
			return cell + " 00:00" // a day without its hour, as text: what a true date would be
		}
		return cell
	}
	day, err := excelize.ExcelDateToTime(n, t.staged.From1904)
	if err != nil {
		return cell
	}
	switch kind {
	case value.KindDateTime:
		return day.Round(time.Minute).Format("2006-01-02 15:04")
	case value.KindMonth:
		return day.Format("2006-01")
	}
	return day.Format("2006-01-02")
}
