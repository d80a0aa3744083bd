package ui

import (
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/access"
	"jiezhen/app/grid"
	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// entry is a form about to be drawn: what it is for, what is in it, what was
// wrong with it.
type entry struct {
	def      *register.Definition
	values   register.Values
	typed    record.Typed // overrides values: the form comes back as it was typed
	problems []record.Problem
	only     []string // fields to show; nil: all
	locked   *record.Record
}

// formSections draws a register's fields as a form.
func (v *visit) formSections(tx *record.Tx, e entry) []page.Section {
	var out []page.Section
	wrong := map[string]string{}
	for _, p := range e.problems {
		if wrong[p.Field] == "" {
			wrong[p.Field] = p.Text
		}
	}
	env := e.def.Env(e.values, v.office.Book.Today())
	for _, f := range e.def.Fields {
		if f.Compute != nil || f.Filled || e.only != nil && !contains(e.only, f.ID) || f.Later && e.only == nil && e.locked == nil ||
			e.locked != nil && e.def.ID == hotline.Orders && hotline.Settled(f.ID) {
			continue
		}
		if f.Section != "" || len(out) == 0 {
			out = append(out, page.Section{ID: "s" + strconv.Itoa(len(out)+1), Title: sectionTitle(f, e)})
		}
		field := v.field(tx, f, f.ID, e.values[f.ID], sent{e.typed, wrong})
		if e.def.ID == hotline.Orders {
			field.Offer = v.office.Trend.Names(tx, f.ID)
		}
		required, err := f.Required.Holds(env)
		field.Required = err == nil && required
		if f.Show != nil {
			field.Show = showConditions(f.Show)
		}
		if e.locked != nil && f.Key && e.locked.Values[f.ID] != nil {
			field.Locked = true
			field.Hint = "关键信息，只能用《重要信息变更单》修改"
		}
		s := &out[len(out)-1]
		s.Fields = append(s.Fields, field)
	}
	return out
}

func sectionTitle(f *register.Field, e entry) string {
	if f.Section != "" || e.only != nil {
		return f.Section
	}
	return "基本情况"
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// sent is a form that came back: what was typed, and what is wrong with it, by
// field.
type sent struct {
	typed record.Typed
	wrong map[string]string
}

// field is one question with what is in it: as typed when it comes back, else
// the record's value.
func (v *visit) field(tx *record.Tx, f *register.Field, name string, val any, back sent) page.Field {
	out := page.Field{Name: name, Label: f.Label, Kind: page.Kind(f.Type), Hint: f.Help, Unit: f.Unit, Limit: f.MaxLength, Error: back.wrong[name]}
	switch f.Type {
	case value.KindTable:
		out.Columns, out.Lines = v.tableField(tx, f, name, val, back)
		return out
	case value.KindCode, value.KindCodes:
		out.Options = v.options(f.Codes)
	case value.KindRecord:
		out.Lookup = "/records.json?register=" + url.QueryEscape(f.Register)
	case value.KindParty:
		out.Lookup = "/records.json?register=" + url.QueryEscape(record.Parties)
	case value.KindPlace:
		if f.ID != "community" && f.ID != "place" {
			out.Lookup = "/records.json?register=" + url.QueryEscape(record.Places) // grids and buildings are too many for a list
			break
		}
		out.Kind = page.KindCode
		out.Options = v.placeOptions(tx)
	}
	if words, ok := back.typed[name]; ok {
		out.Values = words
		if len(words) > 0 {
			out.Value = words[0]
		}
	} else {
		out.Value, out.Values = formText(f, val)
	}
	out.Candidates = v.candidates(tx, f, name, back.typed)
	if ref := record.RefRegister(f); ref != "" && out.Value != "" && out.Kind != page.KindCode {
		id, _ := strconv.ParseUint(out.Value, 10, 64)
		out.Chosen = &page.Choice{ID: out.Value, Text: tx.Label(record.Ref{Register: ref, ID: id}, false)}
	}
	return out
}

// formText is a canonical value as a form field holds it.
func formText(f *register.Field, val any) (string, []string) {
	switch x := val.(type) {
	case nil:
		return "", nil
	case []string:
		return "", x
	case string:
		return x, nil
	case bool:
		if x {
			return "是", nil
		}
		return "否", nil
	}
	return value.Print(f.Type, val), nil
}

// tableField are the columns and lines of a table in a form.
func (v *visit) tableField(tx *record.Tx, f *register.Field, name string, val any, back sent) (columns []page.Field, lines []page.Line) {
	for _, sub := range f.Fields {
		columns = append(columns, v.field(tx, sub, sub.ID, nil, sent{}))
	}
	rows, _ := val.([]map[string]any)
	n := len(rows)
	if back.typed != nil {
		if typed := record.RowCount(name, back.typed); typed > 0 {
			n = typed
		}
	}
	for i := range max(n, 1) {
		var line page.Line
		for _, sub := range f.Fields {
			var cell any
			if i < len(rows) {
				cell = rows[i][sub.ID]
			}
			line.Fields = append(line.Fields, v.field(tx, sub, page.LineName(name, i, sub.ID), cell, back))
		}
		lines = append(lines, line)
	}
	return columns, lines
}

func (v *visit) options(list string) []page.Option {
	codes, ok := v.office.Book.Policy().Codes(list)
	if !ok {
		return nil
	}
	out := make([]page.Option, 0, len(codes.Items))
	for _, item := range codes.Items {
		out = append(out, page.Option{Value: item.Code, Text: item.Label, Note: item.Note})
	}
	return out
}

func (v *visit) placeOptions(tx *record.Tx) []page.Option {
	out := []page.Option{{Value: "", Text: "未选择"}}
	for _, p := range v.office.Places.Communities(tx, v.office.Book.Today()) {
		out = append(out, page.Option{Value: strconv.FormatUint(p.ID, 10), Text: p.Name})
	}
	return out
}

// showConditions hands the script what it can decide itself; the server
// decides again.
func showConditions(c *register.Condition) []page.Condition {
	var out []page.Condition
	for _, s := range c.Simple() {
		out = append(out, page.Condition{Field: s.Field, Op: s.Op, Values: s.Values})
	}
	return out
}

func formErrors(problems []record.Problem) []page.FormError {
	var out []page.FormError
	for _, p := range problems {
		out = append(out, page.FormError{Field: p.Field, Label: p.Label, Text: p.Text, URL: p.Link})
	}
	return out
}

// present lists the fields that send nothing when empty, so that emptying
// them is seen.
func presentFields(def *register.Definition, only []string) []page.Pair {
	var out []page.Pair
	for _, f := range def.Fields {
		if only != nil && !contains(only, f.ID) || f.Compute != nil || f.Filled {
			continue
		}
		switch f.Type {
		case value.KindYesNo, value.KindCodes, value.KindTable, value.KindFile:
			out = append(out, page.Pair{Name: "_has", Value: f.ID})
		}
	}
	return out
}

// newForm asks for a new record. A person's register asks for the person
// first: search before create.
func (v *visit) newForm() error {
	def, err := v.definition()
	if err != nil {
		return err
	}
	if def.ID == record.Persons {
		return v.redirect("/people/new?" + string(v.c.Request().URI().QueryString()))
	}
	if !record.MayCreate(v.viewer, def) {
		return &record.Refusal{Code: record.CodeDenied, Text: access.Explain(access.ActCreate, access.Register{})}
	}
	subject := v.query("person")
	if def.Subject == register.SubjectPerson && subject == "" {
		return v.redirect("/people?for=" + def.ID)
	}
	typed := record.Typed{}
	for name, values := range v.queries() {
		typed[name] = values
	}
	prefill(def, typed)
	if err := v.carryTopic(def, typed); err != nil {
		return err
	}
	for reg, field := range map[string]string{grid.Reports: "found_at", hotline.Orders: "dispatched_at"} {
		if def.ID == reg && len(typed[field]) == 0 {
			typed[field] = []string{clockTime(v.office.Book.Now().Local())}
		}
	}
	if k, ok, err := v.office.Book.DraftOf(v.ctx, v.viewer.User, v.self()); err != nil {
		return err
	} else if ok {
		return v.drawNew(def, k.Typed, nil, fiber.StatusOK, moment(k.At))
	}
	return v.drawNew(def, typed, nil, fiber.StatusOK, "")
}

// prefill puts the record that a new one follows from into the field that
// points to its register.
func prefill(def *register.Definition, typed record.Typed) {
	from, err := record.ParseRef(typed.First("link"))
	if err != nil {
		return
	}
	for _, f := range def.Fields {
		if f.Type == value.KindRecord && f.Register == from.Register && len(typed[f.ID]) == 0 {
			typed[f.ID] = []string{strconv.FormatUint(from.ID, 10)}
			return
		}
	}
}

func (v *visit) drawNew(def *register.Definition, typed record.Typed, problems []record.Problem, status int, kept string) error {
	view := page.FormView{Frame: v.frame("新建"+def.Title, "")}
	view.Crumbs = []page.Link{{Text: def.Title, URL: "/r/" + def.ID}}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		person := typed.First("person")
		stub := &record.Record{Ref: record.Ref{Register: def.ID}, Def: def}
		if def.Subject == register.SubjectPerson {
			stub.Subject, _ = strconv.ParseUint(person, 10, 64)
		}
		if err := tx.MayAbout(stub.Subject); err != nil {
			return err
		}
		view.Subject = v.subject(tx, stub)
		view.Form = page.Form{Action: "/r/" + def.ID + "/new", Draft: "/r/" + def.ID + "/new?person=" + person, DraftAt: kept,
			Errors:   formErrors(problems),
			Hidden:   append(presentFields(def, nil), page.Pair{Name: "person", Value: person}, page.Pair{Name: "link", Value: typed.First("link")}),
			Sections: v.formSections(tx, entry{def: def, values: v.defaults(def), typed: typed, problems: problems}),
			Buttons:  []page.Button{{Text: "保存", Primary: true}}, Cancel: page.Link{Text: "取消", URL: "/r/" + def.ID}}
		if def.ID == hotline.Orders {
			view.Form.Near = "/hotline/near.json"
			view.Form.Sections[0].Fields[0].Focus = len(problems) == 0
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Form(w, view) })
}

// defaults are what the definition puts into a new form.
func (v *visit) defaults(def *register.Definition) register.Values {
	values := register.Values{}
	env := def.Env(values, v.office.Book.Today())
	for _, f := range def.Fields {
		if f.Default == nil {
			continue
		}
		if x, err := f.Default.Eval(env); err == nil && x != "" {
			values[f.ID] = x
		}
	}
	return values
}

// create makes a record of what was typed; refused, the form comes back with
// everything in it.
func (v *visit) create() error {
	def, err := v.definition()
	if err != nil {
		return err
	}
	if v.redraw() {
		return v.drawNew(def, v.typed, nil, fiber.StatusOK, "")
	}
	values, problems := v.office.Book.ParseForm(def, v.typed)
	if refuses(problems) {
		return v.drawNew(def, v.typed, problems, fiber.StatusUnprocessableEntity, "")
	}
	subject, _ := strconv.ParseUint(v.typed.First("person"), 10, 64)
	draft := record.Draft{Register: def.ID, Values: values, Subject: subject, Owner: v.viewer.User}
	if link, err := record.ParseRef(v.typed.First("link")); err == nil {
		draft.Links = []record.Link{{Kind: "来自", To: link}}
	}
	var made *record.Record
	err = v.office.Book.Change(v.ctx, v.viewer, "新建"+def.Title, func(tx *record.Tx) error {
		made, err = tx.Create(draft)
		return err
	})
	if r, ok := record.AsRefusal(err); ok && (r.Code == record.CodeInvalid || r.Code == record.CodeTaken) {
		return v.drawNew(def, v.typed, refusalProblems(r), fiber.StatusUnprocessableEntity, "")
	}
	if err != nil {
		return err
	}
	v.dropDraft("/r/" + def.ID + "/new?person=" + v.typed.First("person"))
	v.dropDraft("/r/" + def.ID + "/new")
	if v.wantsJSON() {
		return v.json(fiber.StatusCreated, map[string]any{"ref": made.Ref.String(), "number": made.Number, "rev": made.Rev})
	}
	said := "已保存"
	if made.Number != "" {
		said += "，编号 " + made.Number
	}
	return v.done(recordURL(made.Ref), said+warnText(problems))
}

func refuses(problems []record.Problem) bool {
	for _, p := range problems {
		if !p.Warn {
			return true
		}
	}
	return false
}

func warnText(problems []record.Problem) string {
	var b strings.Builder
	for _, p := range problems {
		if p.Warn {
			fmt.Fprintf(&b, "；请核对%s：%s", p.Label, p.Text)
		}
	}
	return b.String()
}

// refusalProblems are the refusal's problems, or its text as one.
func refusalProblems(r *record.Refusal) []record.Problem {
	if len(r.Problems) > 0 {
		return r.Problems
	}
	p := record.Problem{Text: r.Text}
	if !r.Ref.Zero() {
		p.Link = recordURL(r.Ref)
	}
	return []record.Problem{p}
}

func (v *visit) dropDraft(form string) {
	if err := v.office.Book.DropDraft(v.ctx, v.viewer.User, form); err != nil {
		v.cfg.Log.Warn("dropping a draft", "error", err)
	}
}

func (v *visit) editForm() error {
	var k record.Kept
	var kept bool
	k, kept, err := v.office.Book.DraftOf(v.ctx, v.viewer.User, "/r/"+v.ref().String()+"/edit")
	if err != nil {
		return err
	}
	if !kept {
		return v.drawEdit(nil, nil, fiber.StatusOK, record.Kept{})
	}
	return v.drawEdit(k.Typed, nil, fiber.StatusOK, k)
}

func (v *visit) drawEdit(typed record.Typed, problems []record.Problem, status int, kept record.Kept) error {
	var view page.FormView
	err := v.office.Book.Show(v.ctx, v.viewer, v.ref(), func(tx *record.Tx, r *record.Record) error {
		if tx.Verdict(r, access.ActEdit) != access.Allowed {
			return &record.Refusal{Code: record.CodeDenied, Ref: r.Ref, Text: access.Explain(access.ActEdit, access.Register{})}
		}
		if !r.Open() {
			return record.Refused(record.CodeClosed, "这条记录已是“%s”，不能再改；确需更正请先重开", r.StepLabel())
		}
		view = page.FormView{Frame: v.frame("修改"+r.Def.Title, ""), Steps: steps(r)}
		view.Subject = v.subject(tx, r)
		view.Crumbs = []page.Link{{Text: r.Def.Title, URL: "/r/" + r.Register}, {Text: record.LabelOf(r), URL: recordURL(r.Ref)}}
		base := "/r/" + r.Ref.String() + "/edit"
		view.Form = page.Form{Action: base, Draft: base, Rev: rev(r), Errors: formErrors(problems), Hidden: presentFields(r.Def, nil),
			Sections: v.formSections(tx, entry{def: r.Def, values: r.Values, typed: typed, problems: problems, locked: r}),
			Buttons:  []page.Button{{Text: "保存", Primary: true}}, Cancel: page.Link{Text: "取消", URL: recordURL(r.Ref)}}
		if kept.Form != "" {
			view.Form.DraftAt, view.Form.Rev = moment(kept.At), strconv.FormatUint(kept.Rev, 10)
			view.Notices = append(view.Notices, page.Notice{Text: "这是上次没有保存完的内容（" + moment(kept.At) + " 自动留存）。",
				Links: []page.Link{{Text: "放弃，重新读取", URL: "/draft/drop?form=" + url.QueryEscape(base)}}})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Form(w, view) })
}

func (v *visit) save() error {
	def, err := v.definition()
	if err != nil {
		return err
	}
	if v.redraw() {
		return v.drawEdit(v.typed, nil, fiber.StatusOK, record.Kept{})
	}
	values, problems := v.office.Book.ParseForm(def, v.typed)
	if refuses(problems) {
		return v.drawEdit(v.typed, problems, fiber.StatusUnprocessableEntity, record.Kept{})
	}
	v.picked(values)
	known, _ := strconv.ParseUint(v.typed.First("_rev"), 10, 64)
	err = v.office.Book.Change(v.ctx, v.viewer, "修改"+def.Title, func(tx *record.Tx) error {
		_, err := tx.Save(v.ref(), known, values)
		return err
	})
	if r, ok := record.AsRefusal(err); ok {
		switch r.Code {
		case record.CodeInvalid, record.CodeTaken:
			return v.drawEdit(v.typed, refusalProblems(r), fiber.StatusUnprocessableEntity, record.Kept{})
		case record.CodeStale:
			return v.conflict(known, values)
		}
	}
	if err != nil {
		return err
	}
	v.dropDraft("/r/" + v.ref().String() + "/edit")
	return v.done(recordURL(v.ref()), "已保存"+warnText(problems))
}
