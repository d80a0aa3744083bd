package patrol

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"jiezhen/app/record"
	"jiezhen/app/value"
)

const routeSheet = "巡查"

// columns of a route workbook; the first two are hidden.
var routeColumns = []string{"任务单（勿改）", "点位号（勿改）", "姓名", "日期", "点位", "必检项", "到", "离", "结果", "问题或没有到的原因", "大类"}

// Workbook is the week's sheets for who carries a table and no paper: one row a
// call, what is known filled in.
func (d *Desk) Workbook(lines []Line, title string) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	fail := func(err error) ([]byte, error) { return nil, fmt.Errorf("making a route workbook: %w", err) }
	if err := f.SetSheetName("Sheet1", routeSheet); err != nil {
		return fail(err)
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return fail(err)
	}
	rows := [][]string{{title + "　时间写成 9:05；没有问题也请填“无问题”；没有去的行空着"}, routeColumns}
	for _, l := range lines {
		rows = append(rows, []string{strconv.FormatUint(l.Roster, 10), strconv.FormatUint(l.Point, 10), l.Who, string(l.Date), l.Name, l.Checks})
	}
	for i, row := range rows {
		for j, cell := range row {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return fail(err)
			}
			if err := f.SetCellStr(routeSheet, at, cell); err != nil {
				return fail(err)
			}
		}
	}
	for column, width := range map[string]float64{"C": 10, "D": 12, "E": 22, "F": 34, "G": 8, "H": 8, "I": 10, "J": 40, "K": 16} {
		if err := f.SetColWidth(routeSheet, column, column, width); err != nil {
			return fail(err)
		}
	}
	if err := f.SetColStyle(routeSheet, "A:K", text); err != nil {
		return fail(err)
	}
	if err := f.SetColVisible(routeSheet, "A:B", false); err != nil {
		return fail(err)
	}
	for column, list := range map[string]string{"I": "patrol.result", "K": "case.kind"} {
		dv := excelize.NewDataValidation(true)
		dv.Sqref = fmt.Sprintf("%s3:%s%d", column, column, max(len(rows), 3))
		if err := dv.SetDropList(d.labels(list)); err != nil {
			continue // a list too long for a cell is typed by hand
		}
		if err := f.AddDataValidation(routeSheet, dv); err != nil {
			return fail(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		return fail(err)
	}
	return out.Bytes(), nil
}

func (d *Desk) labels(list string) []string {
	codes, _ := d.book.Policy().Codes(list)
	var out []string
	for _, item := range codes.Items {
		out = append(out, item.Label)
	}
	return out
}

// code is the code of a label; what is no label stays as it was typed, so that
// the form says so.
func (d *Desk) code(list, label string) string {
	codes, _ := d.book.Policy().Codes(list)
	for _, item := range codes.Items {
		if item.Label == label {
			return item.Code
		}
	}
	return label
}

// ReadWorkbook reads a route workbook that came back. Rows in which nothing is
// filled in are left out.
func (d *Desk) ReadWorkbook(data []byte) ([]Line, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: 256 << 20, UnzipXMLSizeLimit: 32 << 20, RawCellValue: true})
	if err != nil {
		return nil, record.Refused(record.CodeInvalid, "打不开这个文件，请用本系统导出的巡查表（.xlsx）")
	}
	defer f.Close()
	rows, err := f.GetRows(routeSheet)
	if err != nil || len(rows) < 2 {
		return nil, record.Refused(record.CodeInvalid, "不是本系统导出的巡查表（没有“巡查”工作表）")
	}
	var out []Line
	for _, row := range rows[2:] {
		cell := func(i int) string {
			if i < len(row) {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		l := Line{Who: cell(2), Date: value.Date(cell(3)), Name: cell(4), At: cellClock(cell(6)), Left: cellClock(cell(7)), Result: d.code("patrol.result", cell(8)),
			Problem: cell(9), Class: d.code("case.kind", cell(10)), Line: len(out)}
		l.Roster, _ = strconv.ParseUint(cell(0), 10, 64)
		l.Point, _ = strconv.ParseUint(cell(1), 10, 64)
		if l.Roster == 0 || l.Point == 0 || l.Blank() {
			continue
		}
		out = append(out, l)
	}
	if len(out) == 0 {
		return nil, record.Refused(record.CodeInvalid, "表里没有填了的行")
	}
	return out, nil
}

// cellClock turns the part of a day that Excel makes of 9:05 back into it.
func cellClock(cell string) string {
	day, err := strconv.ParseFloat(cell, 64)
	if err != nil || day <= 0 || day >= 1 || !strings.Contains(cell, ".") {
		return cell
	}
	m := int(day*24*60 + 0.5)
	return fmt.Sprintf("%02d:%02d", m/60, m%60)
}
