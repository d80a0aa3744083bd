package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/ui/page"
)

func paperRoutes() []Route {
	return []Route{
		get("/r/:register/:id/paper/:paper.pdf", (*visit).previewPaper),
		post("/r/:register/:id/paper/:paper.pdf", (*visit).issuePaper),
		get("/r/:register/:id/issued/:number.pdf", (*visit).issuedPaper),
		post("/r/:register/:id/issued/:number", (*visit).issuedPaperAct),
		get("/verify", (*visit).verify),
		post("/print/:register", (*visit).batchReport),
		post("/print/:register/issue", (*visit).batchIssue),
		post("/handle/:register", (*visit).handle),
		get("/jobs/:job", (*visit).jobPage),
		get("/jobs/:job/file", (*visit).jobFile),
		always("/jobs/:job/stop", (*visit).stopJob),
	}
}

// paperID turns the path's form of a layout id back: child~file is child/file.
func paperID(s string) string { return strings.ReplaceAll(s, "~", "/") }

func paperPath(id string) string { return strings.ReplaceAll(id, "/", "~") }

const pdfType = "application/pdf"

func (v *visit) previewPaper() error {
	out, err := v.office.Papers.Preview(v.ctx, v.viewer, v.ref(), paperID(v.param("paper")))
	if err != nil {
		return err
	}
	return v.download("预览.pdf", pdfType, out.PDF, true)
}

// issuePaper gives the paper a number and leads to it.
func (v *visit) issuePaper() error {
	p, out, err := v.office.Papers.Issue(v.ctx, v.viewer, v.ref(), paperID(v.param("paper")))
	if err != nil {
		return err
	}
	if v.wantsJSON() {
		return v.json(fiber.StatusCreated, map[string]any{"number": p.Number, "hash": p.Hash, "pages": out.Pages, "check": p.Check})
	}
	said := "已出具 " + p.Number
	if len(out.Unprintable) > 0 {
		said += "；有字打不出，已印成编码：" + string(out.Unprintable)
	}
	return v.done(recordURL(v.ref())+"#papers", said)
}

// issuedPaper shows an issued paper again, in the words of its day. Every
// print is entered on the record.
func (v *visit) issuedPaper() error {
	out, err := v.office.Papers.Reprint(v.ctx, v.viewer, v.ref(), v.param("number"))
	if err != nil {
		return err
	}
	return v.download(v.param("number")+".pdf", pdfType, out.PDF, true)
}

// issuedPaperAct reprints or voids.
func (v *visit) issuedPaperAct() error {
	if err := v.known(); err != nil {
		return err
	}
	number := v.param("number")
	if v.typed.First("_do") != "void" {
		return v.redirect("/r/" + v.ref().String() + "/issued/" + url.PathEscape(number) + ".pdf")
	}
	err := v.office.Book.Change(v.ctx, v.viewer, "作废文书 "+number, func(tx *record.Tx) error {
		_, err := tx.VoidPaper(v.ref(), number, v.typed.First("reason"))
		return err
	})
	if r, ok := record.AsRefusal(err); ok && r.Code == record.CodeInvalid && !v.wantsJSON() {
		return v.drawVoid(r)
	}
	if err != nil {
		return err
	}
	return v.done(recordURL(v.ref())+"#papers", "已作废 "+number)
}

// papers are the record's papers with what has been issued of each.
func (v *visit) papers(tx *record.Tx, r *record.Record) []page.Paper {
	if tx.Verdict(r, access.ActPrint) != access.Allowed {
		return nil
	}
	base := "/r/" + r.Ref.String()
	titles := v.office.Papers.Titles()
	var out []page.Paper
	for _, l := range v.office.Papers.Layouts(r.Def) {
		path := base + "/paper/" + paperPath(l.ID) + ".pdf"
		p := page.Paper{Title: titles[l.ID], Preview: path, Issue: path}
		if missing, err := v.office.Papers.Missing(tx, r, l.ID); err == nil && len(missing) > 0 {
			names := make([]string, 0, len(missing))
			for _, m := range missing {
				names = append(names, m.Label)
			}
			p.Issue, p.Why = "", "还缺："+strings.Join(names, "、")
		}
		for _, i := range r.Papers {
			if i.Paper == l.ID {
				p.Issued = append(p.Issued, issuedView(base, r, i))
			}
		}
		out = append(out, p)
	}
	return out
}

func issuedView(base string, r *record.Record, i record.Issue) page.IssuedPaper {
	p := page.IssuedPaper{Number: i.Number, When: moment(i.At), Who: i.ByName, Void: i.Void != "",
		Why: i.Void, URL: base + "/issued/" + i.Number + ".pdf", Hash: i.Hash[:min(12, len(i.Hash))]}
	if i.Void == "" {
		p.Reprint = base + "/issued/" + i.Number
		p.Withdraw = p.Reprint + "/void"
	}
	switch {
	case i.Unprinted && i.Void == "":
		p.Copies, p.Reprint = "还没有打印：点编号打印正本", "" // the number itself leads to the original
	case i.Reprints > 0:
		p.Copies = fmt.Sprintf("补打 %d 次", i.Reprints)
	}
	for _, a := range r.Files {
		if a.Paper == i.Number && a.Removed == "" {
			p.Scan = page.Link{Text: "签字扫描件", URL: base + "/file/" + a.Hash}
		}
	}
	return p
}

func (v *visit) paperOptions(def *register.Definition) []page.Option {
	titles := v.office.Papers.Titles()
	var out []page.Option
	for _, l := range v.office.Papers.Layouts(def) {
		out = append(out, page.Option{Value: l.ID, Text: titles[l.ID]})
	}
	return out
}

// verify tells the office's own papers from others, by number and check value.
func (v *visit) verify() error {
	view := page.DeskView{Frame: v.frame("文书查验", "输入文书右上角的编号和校验码（或扫二维码得到的两段文字）。")}
	number, check := strings.TrimSpace(v.query("number")), strings.ToUpper(strings.TrimSpace(v.query("check")))
	form := page.Form{Action: "/verify", Get: true, Sections: []page.Section{{Fields: []page.Field{
		{Name: "number", Label: "文书编号", Kind: page.KindText, Value: number, Required: true},
		{Name: "check", Label: "校验码", Kind: page.KindText, Value: check, Required: true}}}}, Buttons: []page.Button{{Text: "查验", Primary: true}}}
	view.Blocks = []page.Block{{Title: "查验", Form: &form}}
	if number != "" {
		err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
			i, r, err := v.office.Papers.Verify(tx, number, check)
			if err != nil {
				return err
			}
			state := page.Cell{Text: "有效"}
			if i.Void != "" {
				state = page.Cell{Text: "已作废：" + i.Void, Tone: page.ToneUrgent}
			}
			view.Blocks = append(view.Blocks, page.Block{Title: "查验结果", Facts: []page.Fact{
				{Label: "结论", Value: page.Cell{Text: "是本单位出具的文书", Tone: page.ToneGood}}, {Label: "状态", Value: state},
				{Label: "文书", Value: page.Cell{Text: v.office.Papers.Titles()[i.Paper]}}, {Label: "出具", Value: page.Cell{Text: moment(i.At) + " " + i.ByName}},
				{Label: "记录", Value: page.Cell{Text: r.Number, URL: recordURL(r.Ref)}}}})
			return nil
		})
		if r, ok := record.AsRefusal(err); ok {
			view.Notices = append(view.Notices, page.Notice{Tone: page.ToneWarn, Text: r.Text})
		} else if err != nil {
			return err
		}
	}
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Desk(w, view) })
}

// picked reads the records ticked in a list.
func (v *visit) pickedRefs() []record.Ref {
	var out []record.Ref
	for _, id := range v.typed["ref"] {
		n, err := strconv.ParseUint(id, 10, 64)
		if err == nil && len(out) < 1000 {
			out = append(out, record.Ref{Register: v.param("register"), ID: n})
		}
	}
	return out
}

// batchReport says first what each record still lacks.
func (v *visit) batchReport() error {
	def, err := v.definition()
	if err != nil {
		return err
	}
	if err := v.entitled(def.ID, access.ActRead); err != nil {
		return err
	}
	if v.typed.First("_do") == "handle" {
		return v.handle()
	}
	id, refs := v.typed.First("paper"), v.pickedRefs()
	if len(refs) == 0 || id == "" {
		return record.Refused(record.CodeInvalid, "请先在列表里勾选要打印的记录，并选定文书")
	}
	items, err := v.office.Papers.Report(v.ctx, v.viewer, refs, id)
	if err != nil {
		return err
	}
	view := page.BatchPrintView{Frame: v.frame("批量打印", "先看缺什么；缺内容的不会出具。"), Paper: v.office.Papers.Titles()[id]}
	view.Crumbs = []page.Link{{Text: def.Title, URL: "/r/" + def.ID}}
	hidden := []page.Pair{{Name: "paper", Value: id}}
	view.Missing.Columns = []page.Column{{Title: "编号"}, {Title: "对象"}, {Title: "还缺什么"}}
	view.Ready.Columns = view.Missing.Columns[:2]
	for _, item := range items {
		cells := []page.Cell{{Text: item.Number, URL: recordURL(item.Ref)}, {Text: item.Subject}}
		if len(item.Missing) == 0 {
			hidden = append(hidden, page.Pair{Name: "ref", Value: strconv.FormatUint(item.Ref.ID, 10)})
			view.Ready.Rows = append(view.Ready.Rows, page.Row{Cells: cells})
			continue
		}
		var lacks []string
		for _, m := range item.Missing {
			lacks = append(lacks, m.Label)
		}
		view.Missing.Rows = append(view.Missing.Rows, page.Row{Cells: append(cells, page.Cell{Text: strings.Join(lacks, "、"), URL: "/r/" + item.Ref.String() + "/edit"})})
	}
	view.Figures = []page.Figure{{Label: "可以出具", Value: strconv.Itoa(len(view.Ready.Rows))}, {Label: "还缺内容", Value: strconv.Itoa(len(view.Missing.Rows))}}
	if len(view.Ready.Rows) > 0 {
		view.Form = &page.Form{Action: "/print/" + def.ID + "/issue", Hidden: hidden,
			Buttons: []page.Button{{Text: fmt.Sprintf("出具并打印 %d 份", len(view.Ready.Rows)), Primary: true}}, Cancel: page.Link{Text: "返回", URL: "/r/" + def.ID}}
	}
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.BatchPrint(w, view) })
}

func (v *visit) batchIssue() error {
	if err := v.entitled(v.param("register"), access.ActRead); err != nil {
		return err
	}
	id, refs, viewer, office := v.typed.First("paper"), v.pickedRefs(), v.viewer, v.office
	back := "/r/" + v.param("register")
	job := v.jobs.start(viewer.User, "正在出具文书", func(ctx context.Context, j *job) error {
		j.progress(0, len(refs))
		out, _, err := office.Papers.Batch(ctx, viewer, refs, id, func(done int) { j.progress(done, len(refs)) })
		j.mu.Lock()
		j.file, j.name, j.next = out.PDF, "批量打印.pdf", back
		j.mu.Unlock()
		return err
	})
	return v.redirect("/jobs/" + job)
}

// jobPage shows how far a job is; with ?json for the script.
func (v *visit) jobPage() error {
	j, ok := v.jobs.get(v.param("job"), v.viewer.User)
	if !ok {
		return record.Refused(record.CodeNotFound, "没有这项任务，或程序已重新启动；已完成的部分都已保存")
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	self := "/jobs/" + v.param("job")
	next := page.Link{Text: "返回", URL: or(j.next, "/")}
	if j.file != nil && j.failed == nil {
		next = page.Link{Text: "打开 " + j.name, URL: self + "/file"}
	}
	if v.queries().Has("json") {
		return v.json(fiber.StatusOK, map[string]any{"done": j.done, "total": j.total, "text": j.text, "finished": j.finished, "url": self})
	}
	view := page.ProgressView{Frame: v.frame(j.text, ""), Progress: page.Progress{Text: j.text, Done: j.done, Total: j.total,
		Poll: self + "?json", After: j.next, Finished: j.finished, Next: next}}
	if j.mayStop && !j.finished {
		view.Progress.Stop = &page.Form{Action: self + "/stop", Buttons: []page.Button{{Text: "停下"}}}
	}
	if j.failed != nil {
		view.Frame.Title = "没有做完"
		view.Progress.Text = "停在：" + j.text
	}
	if errors.Is(j.failed, context.Canceled) {
		view.Notices = append(view.Notices, page.Notice{Tone: page.ToneWarn, Text: "已停下，没有做完的那一份没有留下；已做完的都在"})
	} else if j.failed != nil {
		view.Notices = append(view.Notices, page.Notice{Tone: page.ToneUrgent, Text: "没有做完：" + plainError(j.failed, "程序出错，已完成的部分都已保存，请再试一次")})
	} else if j.finished {
		view.Progress.Text = "已完成"
	}
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Progress(w, view) })
}

// stopJob stops a job that can be stopped without leaving half of it.
func (v *visit) stopJob() error {
	j, ok := v.jobs.get(v.param("job"), v.viewer.User)
	if !ok {
		return record.Refused(record.CodeNotFound, "没有这项任务，或程序已重新启动；已完成的部分都已保存")
	}
	j.mu.Lock()
	stop, may := j.stop, j.mayStop
	j.mu.Unlock()
	if !may {
		return record.Refused(record.CodeInvalid, "这项任务不能中途停下")
	}
	stop()
	return v.redirect("/jobs/" + v.param("job"))
}

func (v *visit) jobFile() error {
	j, ok := v.jobs.get(v.param("job"), v.viewer.User)
	if !ok {
		return record.Refused(record.CodeNotFound, "没有这项任务的结果")
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return record.Refused(record.CodeNotFound, "任务还没有结果")
	}
	mime := pdfType
	if strings.HasSuffix(j.name, ".xlsx") {
		mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return v.download(j.name, mime, j.file, mime == pdfType)
}
