package sheet

import (
	"bytes"
	"fmt"

	"github.com/xuri/excelize/v2"

	"jiezhen/app/access"
	"jiezhen/app/policy"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// The rows of a template: a title, how to fill each column, the columns'
// names, and rows to fill in.
const (
	hintRow      = 2
	headerRow    = 3
	firstRow     = 4
	templateRows = 5000 // for how many rows drop-down lists are laid out
)

// listSheet is hidden and holds the choices of the drop-down lists.
const listSheet = "可选项"

// Template is an empty sheet to fill in: column names, how to fill them,
// drop-down lists for codes, everything as text.
func (d *Desk) Template(v access.Viewer, reg string) ([]byte, error) {
	def, err := d.definition(v, reg, access.ActImport)
	if err != nil {
		return nil, err
	}
	f := excelize.NewFile()
	defer f.Close()
	t := &template{f: f, policy: d.book.Policy()}
	var out bytes.Buffer
	err = t.fill(def)
	if err == nil {
		err = f.Write(&out)
	}
	if err != nil {
		return nil, fmt.Errorf("making a template: %w", err)
	}
	return out.Bytes(), nil
}

type template struct {
	f                *excelize.File
	policy           *policy.Set
	lists            int
	text, hint, head int // styles
}

func (t *template) fill(def *register.Definition) error {
	if err := t.f.SetSheetName("Sheet1", dataSheet); err != nil {
		return err
	}
	if _, err := t.f.NewSheet(listSheet); err != nil {
		return err
	}
	if err := t.styles(); err != nil {
		return err
	}
	title := fmt.Sprintf("%s导入模板：从第 %d 行起填写，一行一条；标 ＊ 的必填；证件号码、电话照抄，不要改成数字；不要改动第 %d 行的列名", def.Title, firstRow, headerRow)
	if err := t.f.SetCellStr(dataSheet, "A1", title); err != nil {
		return err
	}
	for i, c := range Columns(def) {
		if err := t.column(i+1, c); err != nil {
			return err
		}
	}
	err := t.f.SetPanes(dataSheet, &excelize.Panes{Freeze: true, YSplit: headerRow, TopLeftCell: fmt.Sprintf("A%d", firstRow), ActivePane: "bottomLeft"})
	if err != nil {
		return err
	}
	return t.f.SetSheetVisible(listSheet, false)
}

func (t *template) styles() (err error) {
	wrap := &excelize.Alignment{WrapText: true, Vertical: "top"}
	if t.text, err = t.f.NewStyle(&excelize.Style{NumFmt: 49}); err != nil {
		return err
	}
	if t.hint, err = t.f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: wrap, Font: &excelize.Font{Size: 9, Color: "666666"}}); err != nil {
		return err
	}
	t.head, err = t.f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: wrap, Font: &excelize.Font{Bold: true},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fills[heading]}}})
	return err
}

func (t *template) column(n int, c Column) error {
	name, err := excelize.ColumnNumberToName(n)
	if err != nil {
		return err
	}
	label := c.Label
	if c.Required {
		label += "＊"
	}
	if err := t.f.SetColStyle(dataSheet, name, t.text); err != nil {
		return err
	}
	if err := t.f.SetColWidth(dataSheet, name, name, 16); err != nil {
		return err
	}
	if err := t.put(fmt.Sprintf("%s%d", name, hintRow), hint(c), t.hint); err != nil {
		return err
	}
	if err := t.put(fmt.Sprintf("%s%d", name, headerRow), label, t.head); err != nil {
		return err
	}
	if c.def == nil || c.def.Type != value.KindCode && c.def.Type != value.KindYesNo {
		return nil
	}
	return t.choices(name, c)
}

func (t *template) put(at, text string, style int) error {
	if err := t.f.SetCellStr(dataSheet, at, text); err != nil {
		return err
	}
	return t.f.SetCellStyle(dataSheet, at, at, style)
}

// hint says how a column is filled in.
func hint(c Column) string {
	if c.def == nil {
		return map[string]string{"number": "新登记的留空；更新已有记录时填", "subject.name": "与主档一致", "subject.id_number": "18位；没有的填临时编号",
			subjectBirth: "没有证件号码时用来分清同名的人，如 2014-09-06"}[c.Field]
	}
	how := map[register.Kind]string{
		value.KindDate: "如 2026-03-02", value.KindDateTime: "如 2026-03-02 14:05", value.KindMonth: "如 2026-03", value.KindMoney: "元，如 1234.50",
		value.KindYesNo: "是 或 否", value.KindCode: "从下拉列表里选", value.KindCodes: "几项用顿号隔开", value.KindPerson: "填证件号码；没有重名的可填姓名",
		value.KindPlace: "填名称，重名的填代码", value.KindParty: "填名称或统一社会信用代码", value.KindRecord: "填编号", value.KindIDCard: "18位", value.KindDocument: "与证件一致，身份证18位",
		value.KindPhone: "手机11位，座机如 010-00000000",
	}[c.def.Type]
	if c.def.Help != "" && how != "" {
		return how + "；" + c.def.Help
	}
	return how + c.def.Help
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
	dv.Sqref = fmt.Sprintf("%s%d:%s%d", column, firstRow, column, firstRow+templateRows)
	dv.SetSqrefDropList(fmt.Sprintf("'%s'!$%s$1:$%s$%d", listSheet, from, from, len(labels)))
	dv.SetError(excelize.DataValidationErrorStyleStop, "不在可选项里", "请从下拉列表里选。")
	return t.f.AddDataValidation(dataSheet, dv)
}
