package casework

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// weekFields are the questions of a visit sheet, in its order.
var weekFields = []string{"actual", "child_seen", "unseen_reason", "guardian_seen", "environment", "diet", "health", "school", "mood", "abnormal", "finding", "advice", "next"}

const (
	weekSheet  = "走访"
	weekHidden = 1 // first column: the child's id, hidden
	weekFacts  = 6 // columns of facts after it
)

// Fields are the fields of a visit sheet.
func (d *Desk) Fields() []*register.Field {
	def, ok := d.book.Registers().Get(Visits)
	if !ok {
		return nil
	}
	var out []*register.Field
	for _, id := range weekFields {
		if f, ok := def.Field(id); ok {
			out = append(out, f)
		}
	}
	return out
}

// Workbook is the week's visit sheet for child directors without a PC at this
// desk: one row a child, what is known filled in, the rest to fill in.
func (d *Desk) Workbook(tasks []Task, title string) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", weekSheet); err != nil {
		return nil, fmt.Errorf("making a visit sheet: %w", err)
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return nil, fmt.Errorf("making a visit sheet: %w", err)
	}
	header := []string{"内部编号（勿改）", "姓名", "年龄", "社区（村）", "住址电话", "最近走访", "应在此前走访"}
	for _, field := range d.Fields() {
		header = append(header, field.Label)
	}
	lines := [][]string{{title + "　填好后交回街道补录；日期写成 2026-03-02，是否写“是”或“否”"}, header}
	for _, t := range tasks {
		lines = append(lines, []string{strconv.FormatUint(t.Child, 10), t.Name, t.Age, t.Community, strings.TrimSpace(t.Address + " " + t.Phone), string(t.Last), string(t.Due)})
	}
	for i, line := range lines {
		for j, cell := range line {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return nil, fmt.Errorf("making a visit sheet: %w", err)
			}
			if err := f.SetCellStr(weekSheet, at, cell); err != nil {
				return nil, fmt.Errorf("making a visit sheet: %w", err)
			}
		}
	}
	last, err := excelize.ColumnNumberToName(len(header))
	if err != nil {
		return nil, fmt.Errorf("making a visit sheet: %w", err)
	}
	if err := f.SetColStyle(weekSheet, "A:"+last, text); err != nil {
		return nil, fmt.Errorf("making a visit sheet: %w", err)
	}
	if err := f.SetColVisible(weekSheet, "A", false); err != nil {
		return nil, fmt.Errorf("making a visit sheet: %w", err)
	}
	if err := d.choices(f, len(tasks)+2); err != nil {
		return nil, fmt.Errorf("making a visit sheet: %w", err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		return nil, fmt.Errorf("making a visit sheet: %w", err)
	}
	return out.Bytes(), nil
}

// choices puts drop-down lists on the columns of codes.
func (d *Desk) choices(f *excelize.File, last int) error {
	for i, field := range d.Fields() {
		labels := []string{"是", "否"}
		switch field.Type {
		case value.KindYesNo:
		case value.KindCode:
			labels = nil
			list, _ := d.book.Policy().Codes(field.Codes)
			for _, item := range list.Items {
				labels = append(labels, item.Label)
			}
		default:
			continue
		}
		column, err := excelize.ColumnNumberToName(weekHidden + weekFacts + 1 + i)
		if err != nil {
			return err
		}
		dv := excelize.NewDataValidation(true)
		dv.Sqref = fmt.Sprintf("%s3:%s%d", column, column, max(last, 3))
		if err := dv.SetDropList(labels); err != nil {
			continue // a list too long for a cell is typed by hand
		}
		if err := f.AddDataValidation(weekSheet, dv); err != nil {
			return err
		}
	}
	return nil
}

// Returned is one row of a sheet that came back: the words as filled in.
type Returned struct {
	Child uint64
	Name  string
	Typed map[string]string // field id → text
}

// ReadWorkbook reads a visit sheet that came back. Rows without a day are
// those that nobody has visited; they are left out.
func (d *Desk) ReadWorkbook(ctx context.Context, v access.Viewer, data []byte) ([]Returned, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: 256 << 20, UnzipXMLSizeLimit: 32 << 20, RawCellValue: true})
	if err != nil {
		return nil, record.Refused(record.CodeInvalid, "打不开这个文件，请用本系统导出的走访表（.xlsx）")
	}
	defer f.Close()
	lines, err := f.GetRows(weekSheet)
	if err != nil || len(lines) < 2 {
		return nil, record.Refused(record.CodeInvalid, "不是本系统导出的走访表（没有“走访”工作表）")
	}
	var out []Returned
	for _, line := range lines[2:] {
		r, ok := d.returned(line)
		if ok && r.Typed["actual"] != "" {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil, record.Refused(record.CodeInvalid, "表里没有填了“实际日期”的行")
	}
	return out, ctx.Err()
}

func (d *Desk) returned(line []string) (Returned, bool) {
	if len(line) <= weekHidden+weekFacts {
		return Returned{}, false
	}
	child, err := strconv.ParseUint(strings.TrimSpace(line[0]), 10, 64)
	if err != nil {
		return Returned{}, false
	}
	r := Returned{Child: child, Name: line[1], Typed: map[string]string{}}
	for i, field := range d.Fields() {
		at := weekHidden + weekFacts + i
		if at >= len(line) || strings.TrimSpace(line[at]) == "" {
			continue
		}
		r.Typed[field.ID] = d.fold(field, strings.TrimSpace(line[at]))
	}
	return r, true
}

// fold turns what was picked from a list into its code, and a true Excel date
// into text.
func (d *Desk) fold(f *register.Field, cell string) string {
	switch f.Type {
	case value.KindDate:
		if n, err := strconv.ParseFloat(cell, 64); err == nil && n > 3000 && n < 80000 {
			if t, err := excelize.ExcelDateToTime(n, false); err == nil {
				return t.Format("2006-01-02")
			}
		}
	case value.KindCode:
		list, _ := d.book.Policy().Codes(f.Codes)
		for _, item := range list.Items {
			if item.Label == cell {
				return item.Code
			}
		}
	}
	return cell
}
