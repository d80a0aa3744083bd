package ui

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
	"jiezhen/ui/page"
)

const sheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func sheetRoutes() []Route {
	upload := post("/import/:register", (*visit).takeSheet)
	upload.Limit = uploadLimit
	return []Route{
		get("/import/:register", (*visit).importDesk),
		upload,
		get("/import/:register/template.xlsx", (*visit).sheetTemplate),
		get("/import/:register/:staged", (*visit).tryPage),
		post("/import/:register/:staged", (*visit).runSheet),
		get("/import/:register/:staged/reply.xlsx", (*visit).sheetReply),
		post("/import/:register/:staged/undo", (*visit).undoSheet),
		get("/export/:register", (*visit).exportForm),
		post("/export/:register", (*visit).export),
		get("/export/:register/:id.xlsx", (*visit).approvedExport),
		get("/export/:register/:id/locked", (*visit).lockedFileForm),
		post("/export/:register/:id/locked", (*visit).lockedFile),
	}
}

// importDesk asks for a file and shows what was imported before.
func (v *visit) importDesk() error { return v.drawImport(nil, fiber.StatusOK) }

func (v *visit) drawImport(refusal *record.Refusal, status int) error {
	def, err := v.definition()
	if err != nil {
		return err
	}
	past, err := v.office.Sheets.Imports(v.ctx, v.viewer, def.ID)
	if err != nil {
		return err
	}
	view := page.ImportView{Frame: v.frame("导入"+def.Title, "先下载模板照着填，或直接上传已有的台账；上传后先试算，确认无误再写入。")}
	view.Crumbs = []page.Link{{Text: def.Title, URL: "/r/" + def.ID}}
	view.Steps = importSteps(0)
	view.Template = page.Link{Text: "下载模板", URL: "/import/" + def.ID + "/template.xlsx"}
	view.Form = &page.Form{Action: "/import/" + def.ID, Files: true, Sections: []page.Section{{Fields: []page.Field{{Name: "file", Label: "文件", Kind: page.KindFile,
		Accept: ".xlsx,.csv", Required: true, Hint: "Excel（.xlsx）或 CSV，最大 60 MB；证件号码列要设为“文本”"}}}}, Buttons: []page.Button{{Text: "上传并试算", Primary: true}}}
	if refusal != nil {
		view.Form.Errors = formErrors(refusalProblems(refusal))
	}
	view.Past = page.Table{Caption: "以前的导入", Columns: []page.Column{{Title: "时间"}, {Title: "文件"}, {Title: "谁"}, {Title: "结果"}, {Title: "办理"}}, Empty: page.Empty{Text: "还没有导入过。"}}
	for _, i := range past {
		state := importState(i)
		act := page.Cell{}
		if i.State == sheet.StateDone {
			act = page.Cell{Text: "查看、撤销", URL: "/import/" + def.ID + "/" + i.ID}
		}
		view.Past.Rows = append(view.Past.Rows, page.Row{Cells: []page.Cell{{Text: moment(i.When())}, {Text: i.Name}, {Text: i.ByName}, {Text: state}, act}})
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Import(w, view) })
}

func importState(i sheet.Import) string {
	switch i.State {
	case sheet.StateRunning:
		return "正在导入"
	case sheet.StateUndoing:
		return "正在撤销"
	case sheet.StateUndone:
		if len(i.Left) > 0 {
			return fmt.Sprintf("已撤销，留下 %d 条", len(i.Left))
		}
		return "已撤销"
	}
	return fmt.Sprintf("已导入 %d 条", i.Created+i.Updated)
}

func importSteps(at int) []page.Step {
	var out []page.Step
	for i, label := range []string{"上传", "试算", "写入", "完成"} {
		s := page.Step{Label: label, State: page.StepAhead}
		if i < at {
			s.State = page.StepDone
		} else if i == at {
			s.State = page.StepCurrent
		}
		out = append(out, s)
	}
	return out
}

func (v *visit) sheetTemplate() error {
	data, err := v.office.Sheets.Template(v.viewer, v.param("register"))
	if err != nil {
		return err
	}
	return v.download("导入模板-"+v.title(v.param("register"))+".xlsx", sheetType, data, false)
}

func (v *visit) takeSheet() error {
	if v.upload == nil {
		return v.drawImport(record.Refused(record.CodeInvalid, "请先选择文件"), fiber.StatusUnprocessableEntity)
	}
	s, err := v.office.Sheets.Read(v.ctx, v.viewer, v.param("register"), v.upload.Name, v.upload.Data)
	if r, ok := record.AsRefusal(err); ok && r.Code != record.CodeDenied && r.Code != record.CodeNotFound {
		return v.drawImport(r, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return v.redirect("/import/" + s.Register + "/" + s.ID)
}

// shownRows is how many rows of a try the page shows; the reply file has all.
const shownRows = 200

// tryPage shows what would become of every row, wrong ones first, and which
// column is taken for what.
func (v *visit) tryPage() error {
	def, err := v.definition()
	if err != nil {
		return err
	}
	s, err := v.office.Sheets.Staged(v.ctx, v.viewer, v.param("staged"))
	if _, refused := record.AsRefusal(err); refused {
		return v.donePage(def)
	}
	if err != nil {
		return err
	}
	dry, wait, err := v.dryRun(s, "/import/"+s.Register+"/"+s.ID)
	if err != nil {
		return err
	}
	if wait != "" {
		return v.redirect("/jobs/" + wait)
	}
	view := page.ImportView{Frame: v.frame("试算："+s.Name, strings.Join(append([]string{"还没有写入任何内容。先看有问题的行。"}, s.Remarks...), "　"))}
	view.Crumbs = []page.Link{{Text: def.Title, URL: "/r/" + def.ID}, {Text: "导入", URL: "/import/" + def.ID}}
	view.Steps = importSteps(1)
	wrong := dry.Wrong()
	view.Figures = []page.Figure{{Label: "数据行", Value: strconv.Itoa(len(dry.Rows))}, {Label: "可以导入", Value: strconv.Itoa(len(dry.Rows) - wrong)},
		{Label: "有问题", Value: strconv.Itoa(wrong), Tone: urgentIf(wrong > 0)}}
	view.Results = resultTable(dry)
	view.Reply = page.Link{Text: "下载每行结果（Excel）", URL: v.self() + "/reply.xlsx"}
	view.Form = v.tryForm(def, s, len(dry.Rows), wrong)
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Import(w, view) })
}

func urgentIf(yes bool) page.Tone {
	if yes {
		return page.ToneUrgent
	}
	return page.TonePlain
}

func resultTable(dry sheet.Dry) page.Table {
	t := page.Table{Caption: "各行结果", Columns: []page.Column{{Title: "行", Num: true}, {Title: "对象"}, {Title: "结果"}}}
	for _, failed := range []bool{true, false} {
		for _, r := range dry.Rows {
			if r.Failed() != failed || len(t.Rows) >= shownRows {
				continue
			}
			c := page.Cell{Text: r.Text()}
			if failed {
				c.Tone = page.ToneUrgent
			} else if len(r.Warnings) > 0 {
				c.Tone = page.ToneWarn
			}
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: strconv.Itoa(r.Line), Num: true}, {Text: r.Who}, c}})
		}
	}
	return t
}

// tryForm lets columns be put right, and the right rows be written.
func (v *visit) tryForm(def *register.Definition, s *sheet.Staged, total, wrong int) *page.Form {
	options := []page.Option{{Value: "", Text: "不导入"}}
	for _, c := range sheet.Columns(def) {
		options = append(options, page.Option{Value: c.Field, Text: c.Label})
	}
	var fields []page.Field
	for i, h := range s.Header {
		fields = append(fields, page.Field{Name: "column." + strconv.Itoa(i), Label: or(h, fmt.Sprintf("第 %d 列", i+1)), Kind: page.KindCode, Options: options, Value: s.Columns[i]})
	}
	write := page.Button{Text: fmt.Sprintf("写入 %d 行", total-wrong), Do: "run", Primary: true}
	if wrong > 0 {
		write.Text, write.Do = fmt.Sprintf("跳过有问题的，写入 %d 行", total-wrong), "skip"
	}
	if total == wrong {
		write.Why = "没有可以导入的行"
	}
	return &page.Form{Action: "/import/" + def.ID + "/" + s.ID, Sections: []page.Section{{Title: "各列是什么", Note: "认错的列在这里改，改后重新试算；下次同样的表头会记住。", Fields: fields}},
		Buttons: []page.Button{write, {Text: "按新的列重新试算", Do: "remap"}}, Cancel: page.Link{Text: "不导入了", URL: "/import/" + def.ID}}
}

func (v *visit) runSheet() error {
	s, err := v.office.Sheets.Staged(v.ctx, v.viewer, v.param("staged"))
	if err != nil {
		return err
	}
	at := "/import/" + s.Register + "/" + s.ID
	columns := make([]string, len(s.Header))
	for i := range columns {
		columns[i] = v.typed.First("column." + strconv.Itoa(i))
	}
	if s, err = v.office.Sheets.Remap(v.ctx, v.viewer, s.ID, columns); err != nil {
		return err
	}
	v.tries.drop(v.viewer.User)
	do := v.typed.First("_do")
	if do != "run" && do != "skip" {
		return v.redirect(at)
	}
	s.Skip = do == "skip"
	office, viewer := v.office, v.viewer
	id := v.jobs.start(viewer.User, "正在导入 "+s.Name, func(ctx context.Context, j *job) error {
		j.progress(0, len(s.Lines))
		_, err := office.Sheets.Run(ctx, viewer, s, j.progress)
		j.mu.Lock()
		defer j.mu.Unlock()
		j.next = at
		return err
	})
	return v.redirect("/jobs/" + id)
}

// donePage shows a finished import and offers to undo it.
func (v *visit) donePage(def *register.Definition) error {
	past, err := v.office.Sheets.Imports(v.ctx, v.viewer, def.ID)
	if err != nil {
		return err
	}
	for _, i := range past {
		if i.ID != v.param("staged") {
			continue
		}
		view := page.ImportView{Frame: v.frame("导入结果："+i.Name, ""), Steps: importSteps(4), Figures: []page.Figure{
			{Label: "新建", Value: strconv.Itoa(i.Created)}, {Label: "更新", Value: strconv.Itoa(i.Updated)}, {Label: "跳过", Value: strconv.Itoa(i.Skipped)}}}
		view.Crumbs = []page.Link{{Text: def.Title, URL: "/r/" + def.ID}, {Text: "导入", URL: "/import/" + def.ID}}
		if i.State == sheet.StateDone {
			view.Undo = &page.Form{Action: "/import/" + def.ID + "/" + i.ID + "/undo", Buttons: []page.Button{{Text: "撤销这次导入", Danger: true}}}
		}
		return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Import(w, view) })
	}
	return record.Refused(record.CodeNotFound, "没有这次导入，请重新上传文件")
}

func (v *visit) sheetReply() error {
	s, err := v.office.Sheets.Staged(v.ctx, v.viewer, v.param("staged"))
	if err != nil {
		return err
	}
	at := "/import/" + s.Register + "/" + s.ID
	dry, wait, err := v.dryRun(s, at)
	if err != nil {
		return err
	}
	if wait != "" {
		return v.redirect("/jobs/" + wait)
	}
	data, err := v.office.Sheets.Reply(v.ctx, v.viewer, s, dry)
	if err != nil {
		return err
	}
	return v.download("导入结果-"+s.Name+".xlsx", sheetType, data, false)
}

func (v *visit) undoSheet() error {
	left, err := v.office.Sheets.Undo(v.ctx, v.viewer, v.param("staged"))
	if err != nil {
		return err
	}
	said := "已撤销这次导入"
	if len(left) > 0 {
		said += fmt.Sprintf("；有 %d 条没有撤销：%s", len(left), strings.Join(left[:min(5, len(left))], "、"))
	}
	return v.done("/import/"+v.param("register"), said)
}
