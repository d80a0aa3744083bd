package sheet

import (
	"bytes"
	"context"
	"fmt"

	"github.com/xuri/excelize/v2"

	"jiezhen/app/access"
	"jiezhen/app/policy"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// templateRows is for how many rows drop-down lists are laid out.
const templateRows = 2000

// Template is an empty sheet to fill in: column names, how to fill them,
// drop-down lists for codes, everything as text.
func (d *Desk) Template(v access.Viewer, reg string) ([]byte, error) {
	def, err := d.definition(v, reg, access.ActImport)
	if err != nil {
		return nil, err
	}
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", exportSheet); err != nil {
		return nil, fmt.Errorf("making a template: %w", err)
	}
	if _, err := f.NewSheet(listSheet); err != nil {
		return nil, fmt.Errorf("making a template: %w", err)
	}
	t := &template{f: f, policy: d.book.Policy()}
	if err := t.fill(def); err != nil {
		return nil, fmt.Errorf("making a template: %w", err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		return nil, fmt.Errorf("making a template: %w", err)
	}
	return out.Bytes(), nil
}

const listSheet = "可选项"

type template struct {
	f      *excelize.File
	policy *policy.Set
	lists  int
}

func (t *template) fill(def *register.Definition) error {
	text, err := t.f.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		return err
	}
	head, err := t.f.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	title := def.Title + "导入模板：从第 3 行起填写；标 ＊ 的必填；日期写成 2026-03-02；证件号码、电话照抄，不要改成数字"
	if err := t.f.SetCellStr(exportSheet, "A1", title); err != nil {
		return err
	}
	for i, c := range Columns(def) {
		if err := t.column(i+1, c, text, head); err != nil {
			return err
		}
	}
	return t.f.SetSheetVisible(listSheet, false)
}

func (t *template) column(n int, c Column, text, head int) error {
	name, err := excelize.ColumnNumberToName(n)
	if err != nil {
		return err
	}
	label := c.Label
	if c.Required {
		label += "＊"
	}
	at := name + "2"
	if err := t.f.SetCellStr(exportSheet, at, label); err != nil {
		return err
	}
	if err := t.f.SetColStyle(exportSheet, name, text); err != nil {
		return err
	}
	if err := t.f.SetCellStyle(exportSheet, at, at, head); err != nil {
		return err
	}
	if err := t.f.SetColWidth(exportSheet, name, name, 16); err != nil {
		return err
	}
	if c.def == nil || c.def.Type != value.KindCode && c.def.Type != value.KindYesNo {
		return nil
	}
	return t.choices(name, c)
}

// choices lays a column's codes on the hidden sheet and points a drop-down
// list at them.
func (t *template) choices(column string, c Column) error {
	labels := []string{"是", "否"}
	if c.def.Type == value.KindCode {
		labels = nil
		list, _ := t.policy.Codes(c.def.Codes)
		for _, item := range list.Items {
			labels = append(labels, item.Label)
		}
	}
	if len(labels) == 0 {
		return nil
	}
	t.lists++
	from, err := excelize.ColumnNumberToName(t.lists)
	if err != nil {
		return err
	}
	for i, l := range labels {
		if err := t.f.SetCellStr(listSheet, fmt.Sprintf("%s%d", from, i+1), l); err != nil {
			return err
		}
	}
	dv := excelize.NewDataValidation(true)
	dv.Sqref = fmt.Sprintf("%s3:%s%d", column, column, templateRows)
	dv.SetSqrefDropList(fmt.Sprintf("'%s'!$%s$1:$%s$%d", listSheet, from, from, len(labels)))
	return t.f.AddDataValidation(exportSheet, dv)
}

// Reply writes the tried file back with the result of every row beside it.
func (d *Desk) Reply(ctx context.Context, v access.Viewer, s *Staged, dry Dry) ([]byte, error) {
	if s.By != v.User && !v.Office {
		return nil, record.Refused(record.CodeDenied, "这是别人上传的文件")
	}
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", exportSheet); err != nil {
		return nil, fmt.Errorf("writing the results: %w", err)
	}
	w := &writer{desk: d, file: f}
	var err error
	if w.text, err = f.NewStyle(&excelize.Style{NumFmt: 49}); err != nil {
		return nil, fmt.Errorf("writing the results: %w", err)
	}
	if w.stream, err = f.NewStreamWriter(exportSheet); err != nil {
		return nil, fmt.Errorf("writing the results: %w", err)
	}
	if err := w.row(append([]string{"导入结果"}, s.Header...)...); err != nil {
		return nil, err
	}
	for i, l := range s.Lines {
		if i < len(dry.Rows) {
			if err := w.row(append([]string{fmt.Sprintf("第%d行：%s", l.No, dry.Rows[i].Text())}, l.Cells...)...); err != nil {
				return nil, err
			}
		}
	}
	return w.close()
}
