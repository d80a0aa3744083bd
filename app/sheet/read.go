package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"jiezhen/app/record"
)

// Bounds of a file: an upload of under a megabyte can unzip to gigabytes.
// Both limits of the library are the same, so that it never unpacks a sheet
// into the temporary folder, where personal data would lie in clear.
const (
	maxFile      = 60 << 20
	maxUnzipped  = 320 << 20
	maxParts     = 2000 // files in a workbook
	maxRows      = 200_000
	maxColumns   = 300
	headerWithin = 15 // rows within which the header must stand
)

// content is what a file holds.
type content struct {
	sheet    string
	lines    []Line
	skipped  int
	others   []string // further sheets with rows that look alike
	from1904 bool
}

func invalid(format string, args ...any) error {
	return record.Refused(record.CodeInvalid, format, args...)
}

// parse reads a file of any kind that is taken, and refuses characters that
// were lost on the way: they must never be stored.
func parse(data []byte, fits func([]Line) bool) (content, error) {
	c, err := parseAny(data, fits)
	if err != nil {
		return content{}, err
	}
	for _, l := range c.lines {
		if err := whole(l); err != nil {
			return content{}, err
		}
	}
	return c, nil
}

// parseAny reads a file of any kind that is taken. fits tells a sheet that is
// meant from a cover page.
func parseAny(data []byte, fits func([]Line) bool) (content, error) {
	head := strings.ToLower(string(bytes.TrimLeft(data[:min(len(data), 400)], "\xef\xbb\xbf \t\r\n")))
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return content{}, invalid("文件是空的")
	case len(data) > maxFile:
		return content{}, invalid("文件超过60MB，请拆成几个文件分别导入")
	case bytes.HasPrefix(data, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return content{}, invalid("这是旧版 .xls 文件（改名成 .xlsx 也不行），或加了打开密码。请在 Excel 或 WPS 里去掉密码，“另存为” .xlsx 再导入")
	case bytes.HasPrefix(data, []byte("PK")):
		return parseWorkbook(data, fits)
	case strings.HasPrefix(head, "<html"), strings.HasPrefix(head, "<!doctype"), strings.HasPrefix(head, "<table"), strings.HasPrefix(head, "<?xml"):
		return content{}, invalid("这是网页或 XML 格式的文件，只是名字像 Excel。请在 Excel 或 WPS 里打开，“另存为” .xlsx 再导入")
	}
	lines, err := parseText(data)
	return content{lines: lines}, err
}

// unpacks refuses what is no workbook, or unpacks to too much, before
// anything is unpacked.
func unpacks(data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return invalid("打不开这个 Excel 文件：文件已损坏或没有传完，请另存一份再试")
	}
	total, book := uint64(0), false
	for _, f := range z.File {
		total += min(f.UncompressedSize64, maxUnzipped+1)
		book = book || strings.EqualFold(f.Name, "xl/workbook.xml")
	}
	switch {
	case total > maxUnzipped || len(z.File) > maxParts:
		return invalid("打不开这个 Excel 文件：解开后内容过大，请删去图片和空行，或拆成几个文件分别导入")
	case !book:
		return invalid("打不开：这不是 Excel（.xlsx）文件，请在 Excel 或 WPS 里“另存为” .xlsx 再导入")
	}
	return nil
}

// parseWorkbook reads the first visible sheet that fits, else the first that
// holds anything.
func parseWorkbook(data []byte, fits func([]Line) bool) (content, error) {
	if err := unpacks(data); err != nil {
		return content{}, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped, RawCellValue: true})
	if err != nil {
		return content{}, invalid("打不开这个 Excel 文件：文件已损坏，请另存一份再试")
	}
	defer f.Close()
	first, best := content{}, content{}
	for _, name := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(name); err == nil && !visible {
			continue
		}
		c, err := readSheet(f, name)
		if err != nil {
			return content{}, err
		}
		switch {
		case fits(c.lines) && best.sheet == "":
			best = c
		case fits(c.lines):
			best.others = append(best.others, name)
		case first.sheet == "" && len(c.lines) > 0:
			first = c
		}
	}
	if best.sheet == "" {
		best = first
	}
	if best.sheet == "" {
		return content{}, invalid("表里没有内容")
	}
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		best.from1904 = *props.Date1904
	}
	return best, nil
}

// readSheet streams the rows of a sheet. Blank rows are passed over: a sheet
// may claim 65,202 and hold 495.
func readSheet(f *excelize.File, name string) (content, error) {
	out := content{sheet: name}
	rows, err := f.Rows(name)
	if err != nil {
		return out, invalid("读不出工作表“%s”，请另存一份再试", name)
	}
	defer rows.Close()
	for no := 1; rows.Next(); no++ {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return out, invalid("第 %d 行读不出来，请检查后另存一份再试", no)
		}
		if cells = trimAll(cells); len(cells) == 0 {
			out.skipped++
			continue
		}
		if out.lines, err = addLine(out.lines, Line{no, cells}); err != nil {
			return out, err
		}
	}
	if err := rows.Error(); err != nil {
		return out, invalid("读不出工作表“%s”，请另存一份再试", name)
	}
	return out, nil
}

// addLine keeps a file within bounds.
func addLine(lines []Line, l Line) ([]Line, error) {
	if len(lines) >= maxRows || len(l.Cells) > maxColumns {
		return nil, invalid("表太大（最多 %d 行、%d 列），请拆成几个文件", maxRows, maxColumns)
	}
	return append(lines, l), nil
}

// whole refuses a line with characters that were lost on the way.
func whole(l Line) error {
	for _, c := range l.Cells {
		if strings.ContainsRune(c, utf8.RuneError) || !utf8.ValidString(c) {
			return invalid("第 %d 行有读不出的字（%s），可能在转换编码时丢失。请在 Excel 里另存为 .xlsx 再导入", l.No, strings.ToValidUTF8(c, "\ufffd"))
		}
	}
	return nil
}

// trimAll trims cells and drops the empty ones at the end.
func trimAll(cells []string) []string {
	out := make([]string, len(cells))
	used := 0
	for i, c := range cells {
		if out[i] = strings.TrimSpace(strings.Trim(strings.TrimSpace(c), "\ufeff")); out[i] != "" {
			used = i + 1
		}
	}
	return out[:used]
}

// parseText reads CSV in UTF-8 or GB18030.
func parseText(data []byte) ([]Line, error) {
	text, err := decodeText(data)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes, r.Comma = -1, true, comma(text)
	var lines []Line
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			no, _ := r.FieldPos(0)
			return nil, invalid("第 %d 行的引号不成对，请检查后再导入", max(no, 1))
		}
		no, _ := r.FieldPos(0)
		if cells = trimAll(cells); len(cells) == 0 {
			continue
		}
		if lines, err = addLine(lines, Line{no, cells}); err != nil {
			return nil, err
		}
	}
}

// comma finds what parts the cells: whatever the first lines have most of.
func comma(text string) rune {
	head := text[:min(len(text), 4096)]
	best, most := ',', strings.Count(head, ",")
	for _, c := range "\t;" {
		if n := strings.Count(head, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

// decodeText gives the text of a file in UTF-8 or GB18030. What the decoder
// does not know becomes U+FFFD without a word, 19 assigned codes of
// GB 18030-2022 among it; whole refuses these by row.
func decodeText(data []byte) (string, error) {
	data = bytes.TrimPrefix(data, []byte{0xEF, 0xBB, 0xBF})
	if bytes.IndexByte(data, 0) >= 0 {
		return "", invalid("这不是 Excel（.xlsx）或 CSV 文件；“Unicode 文本”请另存为“CSV UTF-8”")
	}
	if utf8.Valid(data) {
		return string(data), nil
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil {
		return "", invalid("文件的文字编码认不出来，请在 Excel 里另存为 .xlsx 再导入")
	}
	return strings.TrimPrefix(string(out), "\ufeff"), nil
}
