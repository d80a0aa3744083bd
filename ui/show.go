package ui

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/access"
	"jiezhen/app/grid"
	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

func recordRoutes() []Route {
	return []Route{
		get("/r/:register", (*visit).list),
		get("/r/:register/new", (*visit).newForm),
		post("/r/:register/new", (*visit).create),
		get("/r/:register/:id", (*visit).record),
		get("/r/:register/:id/edit", (*visit).editForm),
		post("/r/:register/:id/edit", (*visit).save),
		get("/r/:register/:id/do/:action", (*visit).actionForm),
		post("/r/:register/:id/do/:action", (*visit).act),
		get("/r/:register/:id/assign", (*visit).assignForm),
		post("/r/:register/:id/assign", (*visit).assign),
		post("/r/:register/:id/answer", (*visit).answer),
		get("/r/:register/:id/answer", (*visit).answerForm),
		get("/r/:register/:id/pause", (*visit).pauseForm),
		post("/r/:register/:id/pause", (*visit).pause),
	}
}

func (v *visit) ref() record.Ref { return record.Ref{Register: v.param("register"), ID: v.id("id")} }

func (v *visit) definition() (*register.Definition, error) {
	d, ok := v.office.Book.Registers().Get(v.param("register"))
	if !ok {
		return nil, record.Refused(record.CodeNotFound, "没有这个登记簿")
	}
	return d, nil
}

// entitled refuses who has nothing to do with a register in this way.
func (v *visit) entitled(id string, act access.Act) error {
	d, ok := v.office.Book.Registers().Get(id)
	if !ok || !record.MayUse(v.viewer, d, act) {
		return record.Refused(record.CodeDenied, "您的岗位不办理这件事；需要办理的，请联系安全管理员调整权限")
	}
	return nil
}

func recordURL(r record.Ref) string {
	if r.Register == record.Persons {
		return "/people/" + strconv.FormatUint(r.ID, 10)
	}
	return "/r/" + r.String()
}

// record is the page of one record.
func (v *visit) record() error {
	ref := v.ref()
	if ref.Register == record.Persons && !v.wantsJSON() {
		return v.redirect(recordURL(ref))
	}
	var view page.RecordView
	var plain any
	err := v.office.Book.Show(v.ctx, v.viewer, ref, func(tx *record.Tx, r *record.Record) error {
		if v.wantsJSON() {
			plain = v.recordJSON(tx, r)
			return nil
		}
		var err error
		view, err = v.recordView(tx, r)
		return err
	})
	if err != nil {
		return err
	}
	if plain != nil {
		return v.json(fiber.StatusOK, plain)
	}
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Record(w, view) })
}

func (v *visit) recordView(tx *record.Tx, r *record.Record) (page.RecordView, error) {
	f := v.frame(or(v.allowanceTitle(r), r.Def.Title), "")
	f.Subject = v.subject(tx, r)
	f.Crumbs = []page.Link{{Text: r.Def.Title, URL: "/r/" + r.Register}}
	if strings.HasPrefix(r.Register, "benefit.") {
		f.Crumbs = append([]page.Link{{Text: "津贴发放", URL: "/allowance"}}, f.Crumbs...)
	}
	view := page.RecordView{Frame: f, Number: r.Number,
		Steps: steps(r), Owner: tx.Label(record.Ref{Register: record.Users, ID: r.Owner}, false),
		Sections: v.sections(tx, r), Approvals: approvals(r), ActionForm: v.actionStub(r)}
	clocks := v.office.Book.Clocks(r)
	if len(clocks) > 0 {
		view.Due = v.due(soonest(clocks))
	}
	view.Now = nowSentence(clocks, r)
	if r.Single {
		view.Stamp = "单人经办"
	}
	if !r.Open() {
		view.Frozen = "这条记录已是“" + r.StepLabel() + "”，内容不再改动。"
		view.Stamp = r.StepLabel()
	}
	found, err := v.findings(tx, r)
	if err != nil {
		return view, err
	}
	view.Sections = append(view.Sections, found...)
	if view.Actions, view.Missing, err = v.buttons(tx, r); err != nil {
		return view, err
	}
	if view.Blocks, err = v.ownBlocks(tx, r); err != nil {
		return view, err
	}
	if r.Register == grid.Reports || r.Register == grid.Cases {
		blocks, err := v.gridBlocks(tx, r)
		if err != nil {
			return view, err
		}
		view.Blocks = append(view.Blocks, blocks...)
	}
	return view, v.attachments(tx, r, &view)
}

// attachments fills in what hangs on the record: what its package says, notes, papers, files, other
// records, history.
func (v *visit) attachments(tx *record.Tx, r *record.Record, view *page.RecordView) error {
	blocks, err := v.allowanceBlocks(tx, r)
	if err != nil {
		return err
	}
	view.Blocks = append(view.Blocks, blocks...)
	notes, err := tx.NotesOf(r)
	if err != nil {
		return err
	}
	for _, n := range notes {
		if r.Register == hotline.Orders {
			n.Text = hotline.Redact(r, n.Text) // written before secrecy was asked for
		}
		view.Notes = append(view.Notes, page.Note{ID: strconv.FormatUint(n.ID, 10), When: moment(n.At), Who: n.ByName, Kind: n.Kind, Text: n.Text})
	}
	base := "/r/" + r.Ref.String()
	if tx.Verdict(r, access.ActEdit) == access.Allowed || r.Owner == v.viewer.User {
		view.NoteForm = noteForm(base, r)
		view.AttachForm = attachForm(base, r)
	}
	view.Papers = v.papers(tx, r)
	mayDrop := r.Open() && tx.Verdict(r, access.ActEdit) == access.Allowed
	for _, a := range r.Files {
		if a.Removed != "" {
			continue
		}
		f := page.File{Name: a.Title, ID: a.Hash, URL: base + "/file/" + a.Hash, Note: fileNote(a)}
		if mayDrop {
			f.Drop = f.URL + "/remove"
		}
		view.Attachments = append(view.Attachments, f)
	}
	if view.Links, err = v.links(tx, r); err != nil {
		return err
	}
	return v.history(tx, r, view)
}

func noteForm(base string, r *record.Record) *page.Form {
	return &page.Form{Action: base + "/note", Rev: rev(r), Draft: base + "/note", Sections: []page.Section{{Fields: []page.Field{
		{Name: "kind", Label: "类别", Kind: page.KindCode, Value: "工作记录", Options: noteKinds},
		{Name: "text", Label: "记录内容", Kind: page.KindNote, Required: true, Rows: 5,
			Hint: "写清时间、地点、见到谁、情况、做了什么、下一步；保存后不能修改，可再补一条"}}}},
		Buttons: []page.Button{{Text: "保存记录", Primary: true}}}
}

var noteKinds = []page.Option{{Value: "工作记录", Text: "工作记录"}, {Value: "电话", Text: "电话联系"}, {Value: "会商", Text: "会商"},
	{Value: "督导", Text: "督导意见"}, {Value: "更正", Text: "更正"}}

func attachForm(base string, r *record.Record) *page.Form {
	fields := []page.Field{
		{Name: "file", Label: "文件", Kind: page.KindFile, Accept: ".pdf,.jpg,.jpeg,.png,.docx,.xlsx", Required: true},
		{Name: "title", Label: "名称", Kind: page.KindText, Limit: 80, Hint: "如：监护人身份证复印件"},
		{Name: "pages", Label: "页数", Kind: page.KindNumber},
		{Name: "original", Label: "是原件", Kind: page.KindYesNo}}
	if len(r.Papers) > 0 {
		f := page.Field{Name: "paper", Label: "是哪份文书的签字扫描件", Kind: page.KindCode, Options: []page.Option{{Value: "", Text: "不是"}}}
		for _, p := range r.Papers {
			f.Options = append(f.Options, page.Option{Value: p.Number, Text: p.Number})
		}
		fields = append(fields, f)
	}
	return &page.Form{Action: base + "/file", Rev: rev(r), Files: true, Sections: []page.Section{{Fields: fields}},
		Buttons: []page.Button{{Text: "上传附件", Primary: true}}}
}

func fileNote(a record.Attachment) string {
	note := fmt.Sprintf("%.1f MB，%s", float64(a.Size)/(1<<20), moment(a.At))
	if a.Pages > 0 {
		note = fmt.Sprintf("%d 页，", a.Pages) + note
	}
	if a.Original {
		note = "原件，" + note
	}
	if a.Paper != "" {
		note += "，" + a.Paper + " 的签字件"
	}
	return note
}

func rev(r *record.Record) string { return strconv.FormatUint(r.Rev, 10) }

// moment writes an instant as the office reads it.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04")
}

// subject is the bar that keeps the person's name in sight.
func (v *visit) subject(tx *record.Tx, r *record.Record) *page.Subject {
	if r.Def.Subject != register.SubjectPerson || r.Subject == 0 {
		return nil
	}
	p, err := tx.Person(r.Subject)
	if err != nil {
		return nil
	}
	s := &page.Subject{Name: record.LabelOf(p), URL: recordURL(p.Ref), Sealed: p.Guarded}
	if sex := v.office.Book.CodeLabel("person.sex", p.Text("sex")); sex != "" {
		s.Facts = append(s.Facts, sex)
	}
	if birth := p.Date("birth"); birth != "" {
		today := v.office.Book.Today()
		s.Facts = append(s.Facts, fmt.Sprintf("%d 周岁（截至 %s）", value.AgeAt(birth, today, value.LeapFebruary28), today))
	}
	if c := tx.Label(record.Ref{Register: record.Places, ID: p.Community}, false); c != "" {
		s.Facts = append(s.Facts, c)
	}
	return s
}

// steps is the track of the record.
func steps(r *record.Record) []page.Step {
	var out []page.Step
	state := page.StepDone
	for _, s := range r.Def.Steps {
		step := page.Step{Label: s.Label, Date: string(r.Entered[s.ID]), State: state}
		switch {
		case s.ID == r.Step:
			step.State, state = page.StepCurrent, page.StepAhead
		case state == page.StepDone && r.Entered[s.ID] == "":
			step.State = page.StepSkipped
		case state == page.StepAhead:
			step.Date = ""
		}
		out = append(out, step)
	}
	return out
}

func approvals(r *record.Record) []page.Approval {
	var out []page.Approval
	for _, m := range r.Log {
		a := page.Approval{When: moment(m.At), Who: m.ByName, Title: m.Label, Text: m.Note, From: stepName(r, m.From), To: stepName(r, m.To)}
		if m.Single {
			a.Verdict, a.Tone = "单人经办", page.ToneWarn
		}
		out = append(out, a)
	}
	return out
}

func stepName(r *record.Record, id string) string {
	if s, ok := r.Def.Step(id); ok {
		return s.Label
	}
	return id
}

// buttons are the actions that the viewer's post may take, and what is still
// missing for the first that something stands in the way of.
func (v *visit) buttons(tx *record.Tx, r *record.Record) ([]page.Button, []page.Missing, error) {
	base := "/r/" + r.Ref.String()
	var out []page.Button
	var missing []page.Missing
	next, err := tx.Actions(r)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range next {
		if !s.Allowed {
			continue
		}
		out = append(out, page.Button{Text: s.Action.Label, URL: base + "/do/" + s.Action.ID,
			Primary: s.Action.Tone == "primary", Danger: s.Action.Tone == "danger"})
		if len(missing) == 0 && s.Action.To != "" {
			for _, p := range s.Missing {
				if contains(s.Action.Asks, p.Field) {
					continue // asked for in the action's own form
				}
				missing = append(missing, page.Missing{Text: joinLabel(p.Label, p.Text), URL: p.Link, Why: "“" + s.Action.Label + "”之前"})
			}
		}
	}
	if r.Register == sheet.Exports && r.Step == "approved" && r.Author == v.viewer.User {
		out = append(out, page.Button{Text: "下载", URL: "/export/" + r.Text("register") + "/" + idOrEmpty(r.ID) + ".xlsx", Primary: true})
		out = append(out, page.Button{Text: "下载为加密文件", URL: "/export/" + r.Text("register") + "/" + idOrEmpty(r.ID) + "/locked"})
	}
	out = append(out, v.begins(r)...)
	if v.pending(r) != nil {
		out = append(out, page.Button{Text: "答复移交", URL: base + "/answer", Primary: true})
	}
	if tx.Verdict(r, access.ActEdit) == access.Allowed && r.Open() {
		out = append(out, page.Button{Text: "修改", URL: base + "/edit"})
	}
	if r.Open() && len(r.Def.Steps) > 0 && (tx.Verdict(r, access.ActAssign) == access.Allowed || r.Owner == v.viewer.User) {
		out = append(out, page.Button{Text: "分派移交", URL: base + "/assign"}, page.Button{Text: "暂停计时", URL: base + "/pause"})
	}
	return out, missing, nil
}

func (v *visit) actionStub(r *record.Record) page.Form {
	return page.Form{Action: "/r/" + r.Ref.String() + "/do", Rev: rev(r)}
}
