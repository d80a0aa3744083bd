package sheet

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// Bounds of a file: an upload of under a megabyte can unzip to gigabytes.
const (
	maxFile      = 60 << 20
	maxUnzipped  = 1 << 30
	maxXML       = 64 << 20 // larger sheets are unpacked to disk by the library: refused instead
	maxRows      = 200_000
	maxColumns   = 300
	blankToEnd   = 300 // so many blank rows in a row are the end, whatever the sheet claims
	headerWithin = 15  // rows within which the header must stand
)

// Read takes in a file and finds its header; nothing is written to records.
func (d *Desk) Read(ctx context.Context, v access.Viewer, reg, name string, data []byte) (*Staged, error) {
	def, err := d.definition(v, reg, access.ActImport)
	if err != nil {
		return nil, err
	}
	hash := hashOf(data)
	if err := d.twice(ctx, v, reg, hash); err != nil {
		return nil, err
	}
	lines, skipped, err := parse(data)
	if err != nil {
		return nil, err
	}
	s := &Staged{ID: hash[:20], Register: reg, Name: name, Hash: hash, By: v.User, At: d.book.Now().UnixMilli(), Skipped: skipped}
	if err := d.header(ctx, def, s, lines); err != nil {
		return nil, err
	}
	return s, d.book.Shelf(stagedShelf).Put(ctx, s.ID, s)
}

// twice refuses a file that has been imported and not undone.
func (d *Desk) twice(ctx context.Context, v access.Viewer, reg, hash string) error {
	done, err := d.Imports(ctx, v, reg)
	if err != nil {
		return err
	}
	for _, i := range done {
		if i.Hash == hash && i.State != "undone" {
			return record.Refused(record.CodeTaken, "这个文件已由%s在%s导入过；要重新导入，请先撤销那一次", i.ByName, i.When().Local().Format("2006-01-02 15:04"))
		}
	}
	return nil
}

func parse(data []byte) ([]Line, int, error) {
	switch {
	case len(data) == 0:
		return nil, 0, record.Refused(record.CodeInvalid, "文件是空的")
	case len(data) > maxFile:
		return nil, 0, record.Refused(record.CodeInvalid, "文件超过60MB，请拆成几个文件分别导入")
	case bytes.HasPrefix(data, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return nil, 0, record.Refused(record.CodeInvalid, "这是旧版 .xls 文件（改名成 .xlsx 也不行），请在 Excel 或 WPS 里“另存为” .xlsx 再导入")
	case bytes.HasPrefix(data, []byte("PK")):
		return parseWorkbook(data)
	}
	return parseText(data)
}

// parseWorkbook reads the first sheet that holds anything.
func parseWorkbook(data []byte) ([]Line, int, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxXML, RawCellValue: true})
	if err != nil {
		return nil, 0, record.Refused(record.CodeInvalid, "打不开这个 Excel 文件（可能已损坏、加了密码，或内容过大），请另存一份再试")
	}
	defer f.Close()
	for _, name := range f.GetSheetList() {
		lines, skipped, err := readSheet(f, name)
		if err != nil || len(lines) > 0 {
			return lines, skipped, err
		}
	}
	return nil, 0, record.Refused(record.CodeInvalid, "表里没有内容")
}

func readSheet(f *excelize.File, name string) ([]Line, int, error) {
	rows, err := f.Rows(name)
	if err != nil {
		return nil, 0, record.Refused(record.CodeInvalid, "读不出工作表“%s”，请另存一份再试", name)
	}
	defer rows.Close()
	var lines []Line
	no, blank := 0, 0
	for rows.Next() {
		no++
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, 0, record.Refused(record.CodeInvalid, "第 %d 行读不出来，请检查后另存一份再试", no)
		}
		if isBlank(cells) {
			if blank++; blank >= blankToEnd {
				break
			}
			continue
		}
		blank = 0
		if len(lines) >= maxRows || len(cells) > maxColumns {
			return nil, 0, record.Refused(record.CodeInvalid, "表太大（最多 %d 行、%d 列），请拆成几个文件", maxRows, maxColumns)
		}
		lines = append(lines, Line{no, trimAll(cells)})
	}
	return lines, blank, nil
}

func isBlank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

func trimAll(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = strings.Trim(strings.TrimSpace(c), "\ufeff")
	}
	return out
}

// parseText reads CSV in UTF-8 or GB18030. A character that the decoder does
// not know is refused and named, never stored as a question mark.
func parseText(data []byte) ([]Line, int, error) {
	text, err := decodeText(data)
	if err != nil {
		return nil, 0, err
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	if first, _, _ := strings.Cut(text, "\n"); strings.Count(first, "\t") > strings.Count(first, ",") {
		r.Comma = '\t'
	}
	var lines []Line
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return lines, 0, nil
		}
		no, _ := r.FieldPos(0)
		if err != nil {
			return nil, 0, record.Refused(record.CodeInvalid, "第 %d 行的引号不成对，请检查后再导入", no)
		}
		for _, c := range cells {
			if strings.ContainsRune(c, utf8.RuneError) {
				return nil, 0, record.Refused(record.CodeInvalid, "第 %d 行有读不出的字（%s），请在 Excel 里另存为 .xlsx 再导入", no, c)
			}
		}
		if isBlank(cells) {
			continue
		}
		if len(lines) >= maxRows || len(cells) > maxColumns {
			return nil, 0, record.Refused(record.CodeInvalid, "表太大（最多 %d 行、%d 列），请拆成几个文件", maxRows, maxColumns)
		}
		lines = append(lines, Line{no, trimAll(cells)})
	}
}

func decodeText(data []byte) (string, error) {
	data = bytes.TrimPrefix(data, []byte{0xEF, 0xBB, 0xBF})
	if bytes.IndexByte(data, 0) >= 0 {
		return "", record.Refused(record.CodeInvalid, "这不是 Excel（.xlsx）或 CSV 文件")
	}
	if utf8.Valid(data) {
		return string(data), nil
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil {
		return "", record.Refused(record.CodeInvalid, "文件的文字编码认不出来，请在 Excel 里另存为 .xlsx 再导入")
	}
	return string(out), nil
}

// header finds the row of column names: of the first rows the one that names
// most fields. What stands above it is a title.
func (d *Desk) header(ctx context.Context, def *register.Definition, s *Staged, lines []Line) error {
	names := columnNames(def)
	best, at := 0, -1
	for i := 0; i < min(len(lines), headerWithin); i++ {
		n := 0
		for _, c := range lines[i].Cells {
			if names[headerKey(c)] != "" {
				n++
			}
		}
		if n > best {
			best, at = n, i
		}
	}
	if at < 0 {
		return record.Refused(record.CodeInvalid, "找不到表头：前 %d 行里没有认得的列名。请下载模板对照列名", headerWithin)
	}
	s.Header, s.Lines = lines[at].Cells, lines[at+1:]
	s.Columns = make([]string, len(s.Header))
	var remembered map[string]string
	if _, err := d.book.Shelf(columnShelf).Get(ctx, def.ID, &remembered); err != nil {
		return err
	}
	used := map[string]bool{}
	for i, h := range s.Header {
		field := names[headerKey(h)]
		if own, ok := remembered[headerKey(h)]; ok {
			field = own
		}
		if used[field] {
			field = "" // the first of two columns of one name counts
		}
		used[field] = field != ""
		s.Columns[i] = field
	}
	if len(s.Lines) == 0 {
		return record.Refused(record.CodeInvalid, "表头下面没有数据行")
	}
	return nil
}

// Remap says which field each column is, and remembers it for the next file.
func (d *Desk) Remap(ctx context.Context, v access.Viewer, id string, columns []string) (*Staged, error) {
	s, err := d.Staged(ctx, v, id)
	if err != nil {
		return nil, err
	}
	def, err := d.definition(v, s.Register, access.ActImport)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{"": true}
	for _, c := range Columns(def) {
		known[c.Field] = true
	}
	if len(columns) != len(s.Columns) {
		return nil, fmt.Errorf("remapping: %d columns for %d", len(columns), len(s.Columns))
	}
	remembered := map[string]string{}
	for i, c := range columns {
		if !known[c] {
			return nil, record.Refused(record.CodeInvalid, "没有字段 %s", c)
		}
		s.Columns[i] = c
		remembered[headerKey(s.Header[i])] = c
	}
	if err := d.book.Shelf(columnShelf).Put(ctx, def.ID, remembered); err != nil {
		return nil, err
	}
	return s, d.book.Shelf(stagedShelf).Put(ctx, s.ID, s)
}
