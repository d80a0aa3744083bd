package sheet

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// Format of an export.
type Format string

// The formats. CSV is written in UTF-8 with a mark of order, as Excel and WPS
// want it, or in GB 18030.
const (
	Workbook   Format = "xlsx"
	CSV        Format = "csv"
	CSVGB18030 Format = "csv-gb18030"
)

// look of a row.
type look int

const (
	plain look = iota
	heading
	good
	doubtful
	wrong
)

// rows is where lines of cells go, whatever the format.
type rows interface {
	row(l look, cells []string) error
	bytes() ([]byte, error)
}

// guard keeps a spreadsheet from running a cell as a formula: it gets an
// apostrophe in front, one more where some stand already, which the desk
// takes off again on import.
func guard(cell string) string {
	bare := strings.TrimLeft(cell, "'")
	if strings.HasPrefix(bare, "\t") || strings.HasPrefix(bare, "\r") || strings.HasPrefix(bare, "\n") {
		return "'" + cell
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(bare, " \u3000\u00a0"))
	if strings.ContainsRune("=+-@＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}

// dataSheet is the sheet that the rows are on.
const dataSheet = "数据"

// headerMost is how long a printed header may be.
const headerMost = 200

// book writes a workbook, row by row. Every cell is text whatever it looks
// like.
type book struct {
	file   *excelize.File
	stream *excelize.StreamWriter
	styles map[look]int
	line   int
}

var fills = map[look]string{heading: "E7E2D6", good: "E3F1E3", doubtful: "FFF3CD", wrong: "F8D7DA"}

// nowhere is no folder on any system. Beyond 16 MB the library would put rows
// into a temporary file, in clear; where it cannot, it keeps them in memory.
const nowhere = "\x00"

// newBook begins a workbook whose mark is printed at the head of every page;
// the first frozen rows stay in sight.
func newBook(mark string, columns, frozen int) (*book, error) {
	b := &book{file: excelize.NewFile(excelize.Options{TmpDir: nowhere}), styles: map[look]int{}}
	if err := b.open(mark, columns, frozen); err != nil {
		return nil, fmt.Errorf("making a workbook: %w", err)
	}
	return b, nil
}

func (b *book) open(mark string, columns, frozen int) error {
	if err := b.file.SetSheetName("Sheet1", dataSheet); err != nil {
		return err
	}
	for l := plain; l <= wrong; l++ {
		style := &excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: l == heading}}
		if fill := fills[l]; fill != "" {
			style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fill}}
		}
		id, err := b.file.NewStyle(style)
		if err != nil {
			return err
		}
		b.styles[l] = id
	}
	if err := b.printed(mark); err != nil {
		return err
	}
	var err error
	if b.stream, err = b.file.NewStreamWriter(dataSheet); err != nil {
		return err
	}
	if err := b.stream.SetColWidth(1, max(columns, 1), 16); err != nil {
		return err
	}
	return b.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: frozen, TopLeftCell: fmt.Sprintf("A%d", frozen+1), ActivePane: "bottomLeft"})
}

// printed sets the head and foot of printed pages.
func (b *book) printed(mark string) error {
	r := []rune(mark)
	mark = strings.ReplaceAll(string(r[:min(len(r), headerMost)]), "&", "&&")
	landscape, wide := "landscape", 0
	err := b.file.SetHeaderFooter(dataSheet, &excelize.HeaderFooterOptions{OddHeader: "&L" + mark, OddFooter: "&C第 &P 页，共 &N 页"})
	if err != nil {
		return err
	}
	return b.file.SetPageLayout(dataSheet, &excelize.PageLayoutOptions{Orientation: &landscape, FitToHeight: &wide})
}

func (b *book) row(l look, cells []string) error {
	b.line++
	out := make([]any, len(cells))
	for i, c := range cells {
		out[i] = excelize.Cell{StyleID: b.styles[l], Value: guard(c)}
	}
	at, err := excelize.CoordinatesToCellName(1, b.line)
	if err == nil {
		err = b.stream.SetRow(at, out)
	}
	if err != nil {
		return fmt.Errorf("writing row %d: %w", b.line, err)
	}
	return nil
}

func (b *book) bytes() ([]byte, error) {
	if err := b.stream.Flush(); err != nil {
		return nil, fmt.Errorf("finishing a workbook: %w", err)
	}
	var out bytes.Buffer
	if err := b.file.Write(&out); err != nil {
		return nil, fmt.Errorf("finishing a workbook: %w", err)
	}
	return out.Bytes(), b.file.Close()
}

// text writes CSV.
type text struct {
	buffer *bytes.Buffer
	coded  io.WriteCloser
	csv    *csv.Writer
}

func newText(f Format) (*text, error) {
	t := &text{buffer: &bytes.Buffer{}}
	if f == CSVGB18030 {
		t.coded = transform.NewWriter(t.buffer, simplifiedchinese.GB18030.NewEncoder())
		t.csv = csv.NewWriter(t.coded)
	} else {
		t.buffer.WriteString("\ufeff")
		t.csv = csv.NewWriter(t.buffer)
	}
	t.csv.UseCRLF = true
	return t, nil
}

// long numbers stay numbers for a person only if a spreadsheet takes them for
// text: a tab in front does that, and is taken off on import.
func (t *text) row(_ look, cells []string) error {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = guard(c)
		if len(c) > 10 && digits.MatchString(strings.TrimSuffix(c, "X")) {
			out[i] = "\t" + c
		}
	}
	return t.csv.Write(out)
}

func (t *text) bytes() ([]byte, error) {
	t.csv.Flush()
	if err := t.csv.Error(); err != nil {
		return nil, fmt.Errorf("writing CSV: %w", err)
	}
	if t.coded != nil {
		if err := t.coded.Close(); err != nil {
			return nil, fmt.Errorf("writing GB 18030: %w", err)
		}
	}
	return t.buffer.Bytes(), nil
}

// newRows begins an export in a format.
func newRows(f Format, mark string, columns, frozen int) (rows, error) {
	switch f {
	case "", Workbook:
		return newBook(mark, columns, frozen)
	case CSV, CSVGB18030:
		return newText(f)
	}
	return nil, invalid("没有导出格式 %s，可选 xlsx、csv、csv-gb18030", f)
}
