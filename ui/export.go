package ui

import (
	"io"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
	"jiezhen/ui/page"
)

// exportForm asks what an export is for. Personal data needs a second
// person's approval first.
func (v *visit) exportForm() error { return v.drawExport(nil, fiber.StatusOK) }

func (v *visit) drawExport(refusal *record.Refusal, status int) error {
	def, err := v.definition()
	if err != nil {
		return err
	}
	if !record.MayUse(v.viewer, def, access.ActExport) {
		return record.Refused(record.CodeDenied, "您的岗位不能导出《%s》", def.Title)
	}
	lead := "导出的文件可以再导入。"
	button := "导出"
	fields := []page.Field{{Name: "purpose", Label: "用途", Kind: page.KindText, Required: sheet.Personal(def), Value: v.typed.First("purpose"), Wide: true,
		Hint: "写明给谁、做什么用；会印在文件上，并记入日志"}}
	if sheet.Personal(def) {
		lead, button = "这是个人信息：先申请，由另一人批准后再下载。默认脱敏。", "提交申请"
		fields = append(fields, page.Field{Name: "full", Label: "不脱敏", Kind: page.KindYesNo, Value: or(v.typed.First("full"), "否"), Hint: "确需完整姓名、证件、电话时才选“是”"})
	}
	fields = append(fields, v.exportShape(def)...)
	view := page.FormView{Frame: v.frame("导出"+def.Title, lead)}
	view.Crumbs = []page.Link{{Text: def.Title, URL: "/r/" + def.ID}}
	query := or(v.typed.First("query"), string(v.c.Request().URI().QueryString()))
	view.Form = page.Form{Action: "/export/" + def.ID, Hidden: []page.Pair{{Name: "query", Value: query}, {Name: "_chosen", Value: "1"}}, Sections: []page.Section{{Fields: fields}},
		Buttons: []page.Button{{Text: button, Primary: true}}, Cancel: page.Link{Text: "取消", URL: "/r/" + def.ID}}
	if refusal != nil {
		view.Form.Errors = formErrors(refusalProblems(refusal))
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Form(w, view) })
}

func (v *visit) export() error {
	def, err := v.definition()
	if err != nil {
		return err
	}
	purpose, filter := v.typed.First("purpose"), v.typed.First("query")
	if v.typed.First("_chosen") != "" && len(v.typed["columns"]) == 0 {
		return v.drawExport(&record.Refusal{Code: record.CodeInvalid, Text: "还有内容要补正", Problems: []record.Problem{{Field: "columns", Label: "导出的列", Text: "请至少选一列"}}},
			fiber.StatusUnprocessableEntity)
	}
	format, columns := sheet.Format(v.typed.First("format")), sheet.ColumnText(def, v.typed["columns"])
	if !sheet.Personal(def) {
		return v.sendExport(def, sheet.Request{Query: v.savedQuery(def, filter), Purpose: purpose, Columns: sheet.ColumnsOf(def, columns), Format: format, Exchange: v.typed.First("layout")})
	}
	if len([]rune(purpose)) < 4 {
		return v.drawExport(&record.Refusal{Code: record.CodeInvalid, Text: "还有内容要补正", Problems: []record.Problem{{Field: "purpose", Label: "用途", Text: "请写明用途（至少4个字）"}}},
			fiber.StatusUnprocessableEntity)
	}
	var asked *record.Record
	err = v.office.Book.Change(v.ctx, v.viewer, "申请导出"+def.Title, func(tx *record.Tx) error {
		q := v.savedQuery(def, filter)
		q.Count, q.Limit = true, 1
		p, err := tx.List(q)
		if err != nil {
			return err
		}
		asked, err = tx.Create(record.Draft{Register: sheet.Exports, Owner: v.viewer.User, Values: register.Values{"register": def.ID, "filter": filter,
			"purpose": purpose, "full": v.typed.First("full") == "是", "columns": columns, "layout": v.typed.First("layout"), "format": or(string(format), string(sheet.Workbook)), "rows": float64(p.Total)}})
		return err
	})
	if err != nil {
		return err
	}
	return v.done("/r/"+asked.Ref.String(), "已提交导出申请，等另一人批准；批准后在这里下载")
}

// savedQuery reads a list's filter as it stood when the export was asked for.
func (v *visit) savedQuery(def *register.Definition, raw string) record.Query {
	values, err := url.ParseQuery(raw)
	if err != nil {
		values = url.Values{}
	}
	q := v.queryFrom(def, values)
	q.After, q.Count = "", false
	return q
}

func (v *visit) sendExport(def *register.Definition, req sheet.Request) error {
	data, err := v.office.Sheets.Export(v.ctx, v.viewer, req)
	if err != nil {
		return err
	}
	return v.downloadExport(def, req.Format, data)
}

// downloadExport sends an export under the name and type of its format.
func (v *visit) downloadExport(def *register.Definition, format sheet.Format, data []byte) error {
	name := def.Title + "-" + string(v.office.Book.Today())
	if format == sheet.CSV || format == sheet.CSVGB18030 {
		return v.download(name+".csv", "text/csv", data, false)
	}
	return v.download(name+".xlsx", sheetType, data, false)
}

// approvedExport sends what was asked for and approved, once.
func (v *visit) approvedExport() error {
	def, req, data, err := v.takeApproved()
	if err != nil {
		return err
	}
	return v.downloadExport(def, req.Format, data)
}

// takeApproved makes the file of an approved request and marks the request as
// used.
func (v *visit) takeApproved() (*register.Definition, sheet.Request, []byte, error) {
	var req sheet.Request
	def, err := v.definition()
	if err != nil {
		return nil, req, nil, err
	}
	ref := record.Ref{Register: sheet.Exports, ID: v.id("id")}
	err = v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		r, err := tx.Open(ref)
		if err != nil {
			return err
		}
		full, _ := r.Values["full"].(bool)
		req = sheet.Request{Query: v.savedQuery(def, r.Text("filter")), Purpose: r.Text("purpose"), Full: full, Approval: ref,
			Columns: sheet.ColumnsOf(def, r.Text("columns")), Format: sheet.Format(r.Text("format")), Exchange: r.Text("layout")}
		return nil
	})
	if err != nil {
		return nil, req, nil, err
	}
	data, err := v.office.Sheets.Export(v.ctx, v.viewer, req)
	if err != nil {
		return nil, req, nil, err
	}
	err = v.office.Book.Change(v.ctx, v.viewer, "已导出", func(tx *record.Tx) error {
		_, err := tx.Do(ref, 0, "finish", record.Input{})
		return err
	})
	return def, req, data, err
}

// exportShape asks in which form a list goes out and with which columns.
func (v *visit) exportShape(def *register.Definition) []page.Field {
	columns := page.Field{Name: "columns", Label: "导出的列", Kind: page.KindCodes, Values: v.typed["columns"], Hint: "只留用得着的；全选即全部"}
	for _, c := range sheet.ExportColumns(def) {
		columns.Options = append(columns.Options, page.Option{Value: c.Field, Text: c.Label})
		if v.c.Method() == fiber.MethodGet {
			columns.Values = append(columns.Values, c.Field)
		}
	}
	format := page.Field{Name: "format", Label: "文件格式", Kind: page.KindCode, Options: v.options("export.format"),
		Value: or(v.typed.First("format"), string(sheet.Workbook))}
	fields := []page.Field{format, columns}
	if all := v.office.Sheets.Exchanges(def.ID); len(all) > 0 {
		layout := page.Field{Name: "layout", Label: "按哪个系统的列", Kind: page.KindCode, Value: v.typed.First("layout"), Options: []page.Option{{Value: "", Text: "本系统的列"}},
			Hint: "选别的系统，就按它的列名和说法导出，下面勾选的列不起作用"}
		for _, x := range all {
			layout.Options = append(layout.Options, page.Option{Value: x.ID, Text: x.Title, Note: "列名" + x.State})
		}
		fields = append([]page.Field{layout}, fields...)
	}
	return fields
}
