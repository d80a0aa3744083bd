package ui

import (
	"io"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// actionForm asks for what an action needs, or says why it cannot be taken.
func (v *visit) actionForm() error { return v.drawAction(nil, nil, "", fiber.StatusOK) }

func (v *visit) drawAction(typed record.Typed, problems []record.Problem, note string, status int) error {
	var view page.ActionView
	err := v.office.Book.Show(v.ctx, v.viewer, v.ref(), func(tx *record.Tx, r *record.Record) error {
		var err error
		view, err = v.actionView(tx, r, typed, problems, note)
		return err
	})
	if err != nil {
		return err
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Action(w, view) })
}

func (v *visit) actionView(tx *record.Tx, r *record.Record, typed record.Typed, problems []record.Problem, note string) (page.ActionView, error) {
	a, ok := r.Def.Action(v.param("action"))
	if !ok {
		return page.ActionView{}, record.Refused(record.CodeNotFound, "没有这个办理动作")
	}
	view := page.ActionView{Frame: v.frame(a.Label, ""), Number: r.Number, From: r.StepLabel(), To: stepName(r, a.To),
		Back: page.Link{Text: "返回", URL: recordURL(r.Ref)}}
	view.Subject = v.subject(tx, r)
	next, err := tx.Actions(r)
	if err != nil {
		return view, err
	}
	for _, s := range next {
		if s.Action.ID == a.ID {
			view.Missing = stillMissing(s.Missing, a, problems)
		}
	}
	if a.NotAuthor && record.Submitter(r) == v.viewer.User && !v.office.Book.Profile().Single {
		view.Missing = append(view.Missing, page.Missing{Text: "须由另一人办理：您把这条记录交到了“" + r.StepLabel() + "”，提交人与审核人不得为同一人"})
	}
	fields := []page.Field(nil)
	sections := v.formSections(tx, entry{def: r.Def, values: r.Values, typed: typed, problems: problems, only: a.Asks})
	if len(a.Asks) == 0 {
		sections = nil
	}
	if a.Note != "" {
		fields = append(fields, page.Field{Name: "_note", Label: "说明", Kind: page.KindNote, Required: a.Note == "required", Value: note,
			Error: noteError(problems)})
	}
	sections = append(sections, page.Section{Fields: fields})
	view.Form = &page.Form{Action: "/r/" + r.Ref.String() + "/do/" + a.ID, Rev: rev(r), Errors: formErrors(problems),
		Hidden: presentFields(r.Def, nonNil(a.Asks)), Sections: sections,
		Buttons: []page.Button{{Text: a.Label, Primary: true, Danger: a.Tone == "danger"}}, Cancel: view.Back}
	if len(view.Missing) > 0 {
		view.Form = nil
	}
	return view, nil
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func noteError(problems []record.Problem) string {
	for _, p := range problems {
		if p.Field == "_note" {
			return p.Text
		}
	}
	return ""
}

// stillMissing leaves out what the action's own form asks for.
func stillMissing(missing []record.Problem, a *register.Action, problems []record.Problem) []page.Missing {
	var out []page.Missing
	for _, p := range missing {
		if p.Warn || contains(a.Asks, p.Field) {
			continue
		}
		out = append(out, page.Missing{Text: joinLabel(p.Label, p.Text), URL: p.Link})
	}
	return out
}

// act takes the action.
func (v *visit) act() error {
	def, err := v.definition()
	if err != nil {
		return err
	}
	a, ok := def.Action(v.param("action"))
	if !ok {
		return record.Refused(record.CodeNotFound, "没有这个办理动作")
	}
	if v.redraw() {
		return v.drawAction(v.typed, nil, v.typed.First("_note"), fiber.StatusOK)
	}
	values, problems := v.office.Book.ParseForm(def, v.typed)
	for id := range values {
		if !contains(a.Asks, id) {
			delete(values, id)
		}
	}
	note := v.typed.First("_note")
	if refuses(problems) {
		return v.drawAction(v.typed, problems, note, fiber.StatusUnprocessableEntity)
	}
	known, _ := strconv.ParseUint(v.typed.First("_rev"), 10, 64)
	var after *record.Record
	err = v.office.Book.Change(v.ctx, v.viewer, a.Label, func(tx *record.Tx) error {
		after, err = tx.Do(v.ref(), known, a.ID, record.Input{Values: values, Note: note})
		return err
	})
	if r, ok := record.AsRefusal(err); ok && r.Code == record.CodeInvalid && !v.wantsJSON() {
		return v.drawAction(v.typed, r.Problems, note, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	v.office.Noticed(def.ID)
	if v.wantsJSON() {
		return v.json(fiber.StatusOK, map[string]any{"ref": after.Ref.String(), "step": after.Step, "rev": after.Rev})
	}
	return v.done(recordURL(v.ref()), "已“"+a.Label+"”，现在是“"+after.StepLabel()+"”")
}

// assignForm offers to put someone in charge, to hand over, or to refer.
func (v *visit) assignForm() error { return v.drawAssign(nil, fiber.StatusOK) }

func (v *visit) drawAssign(refusal *record.Refusal, status int) error {
	var view page.ActionView
	err := v.office.Book.Show(v.ctx, v.viewer, v.ref(), func(tx *record.Tx, r *record.Record) error {
		view = page.ActionView{Frame: v.frame("分派移交", "移交要对方接受后才换人；接受之前仍由原承办人负责。"), Number: r.Number,
			Back: page.Link{Text: "返回", URL: recordURL(r.Ref)}}
		view.Subject = v.subject(tx, r)
		how := []page.Option{{Value: "transfer", Text: "移交（对方接受后换人）"}, {Value: "refer", Text: "转介给机构"}}
		if tx.Verdict(r, access.ActAssign) == access.Allowed {
			how = append([]page.Option{{Value: "assign", Text: "分派（立即换人）"}}, how...)
		}
		users, err := v.userOptions(tx)
		if err != nil {
			return err
		}
		view.Form = &page.Form{Action: "/r/" + r.Ref.String() + "/assign", Rev: rev(r), Sections: []page.Section{{Fields: []page.Field{
			{Name: "how", Label: "方式", Kind: page.KindCode, Options: how, Value: or(v.typed.First("how"), how[0].Value), Required: true},
			{Name: "to", Label: "接手人", Kind: page.KindCode, Options: users, Value: v.typed.First("to"), Show: []page.Condition{{Field: "how", Op: "in", Values: []string{"assign", "transfer"}}}},
			{Name: "party", Label: "接收机构", Kind: page.KindParty, Value: v.typed.First("party"), Show: []page.Condition{{Field: "how", Op: "in", Values: []string{"refer"}}}},
			{Name: "reason", Label: "理由", Kind: page.KindNote, Rows: 3, Required: true, Value: v.typed.First("reason")}}}},
			Buttons: []page.Button{{Text: "确定", Primary: true}}, Cancel: view.Back}
		if refusal != nil {
			view.Form.Errors = formErrors(refusalProblems(refusal))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Action(w, view) })
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// userOptions are the people who do business here.
func (v *visit) userOptions(tx *record.Tx) ([]page.Option, error) {
	users, err := v.office.Staff.Colleagues(tx)
	if err != nil {
		return nil, err
	}
	out := []page.Option{{Value: "", Text: "未选择"}}
	for _, u := range users {
		out = append(out, page.Option{Value: strconv.FormatUint(u.ID, 10), Text: u.Name, Note: u.Title})
	}
	return out, nil
}

func (v *visit) assign() error {
	known, _ := strconv.ParseUint(v.typed.First("_rev"), 10, 64)
	to, _ := strconv.ParseUint(v.typed.First("to"), 10, 64)
	party, _ := strconv.ParseUint(v.typed.First("party"), 10, 64)
	reason := v.typed.First("reason")
	said := ""
	err := v.office.Book.Change(v.ctx, v.viewer, "分派移交："+reason, func(tx *record.Tx) error {
		var err error
		switch v.typed.First("how") {
		case "assign":
			said = "已分派"
			_, err = tx.Assign(v.ref(), known, to, reason)
		case "transfer":
			said = "已发出移交，等对方接受"
			_, err = tx.Transfer(v.ref(), known, to, reason)
		case "refer":
			said = "已转介"
			_, err = tx.Refer(v.ref(), known, party, reason)
		default:
			err = record.Refused(record.CodeInvalid, "请选择方式")
		}
		return err
	})
	if r, ok := record.AsRefusal(err); ok && r.Code == record.CodeInvalid {
		return v.drawAssign(r, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return v.done(recordURL(v.ref()), said)
}

// pending is the transfer or referral of the record that the viewer can
// answer now, or nil.
func (v *visit) pending(r *record.Record) *record.Transfer {
	for i := range r.Transfers {
		t := &r.Transfers[i]
		mine := t.To == v.viewer.User || t.From == v.viewer.User
		if mine && (t.State == "pending" || t.Kind == "refer" && t.State == "accepted") {
			return t
		}
	}
	return nil
}

// answerForm asks what to answer to a transfer or referral.
func (v *visit) answerForm() error {
	var view page.ActionView
	err := v.office.Book.Show(v.ctx, v.viewer, v.ref(), func(tx *record.Tx, r *record.Record) error {
		t := v.pending(r)
		if t == nil {
			return record.Refused(record.CodeNotFound, "没有等您答复的移交")
		}
		user := func(id uint64) string { return tx.Label(record.Ref{Register: record.Users, ID: id}, false) }
		view = page.ActionView{Frame: v.frame("答复移交", "接受后由您承办；退回要写明理由。"), Number: r.Number, Back: page.Link{Text: "返回", URL: recordURL(r.Ref)},
			Facts: []page.Fact{{Label: "移交人", Value: page.Cell{Text: user(t.From)}}, {Label: "接手人", Value: page.Cell{Text: user(t.To)}},
				{Label: "接收机构", Value: page.Cell{Text: tx.Label(record.Ref{Register: record.Parties, ID: t.Party}, false)}},
				{Label: "理由", Value: page.Cell{Text: t.Reason}}, {Label: "时间", Value: page.Cell{Text: moment(t.At)}}}}
		view.Subject = v.subject(tx, r)
		buttons := []page.Button{{Text: "接受", Do: "accepted", Primary: true}, {Text: "退回", Do: "rejected", Danger: true}}
		switch {
		case t.Kind == "refer":
			buttons = []page.Button{{Text: "对方已接收", Do: "accepted", Primary: true}, {Text: "对方不接收", Do: "rejected"}, {Text: "已办结", Do: "done"}, {Text: "撤回", Do: "withdrawn"}}
		case t.To != v.viewer.User:
			buttons = []page.Button{{Text: "撤回移交", Do: "withdrawn", Danger: true}}
		}
		view.Form = &page.Form{Action: "/r/" + r.Ref.String() + "/answer", Rev: rev(r), Hidden: []page.Pair{{Name: "transfer", Value: strconv.Itoa(t.ID)}},
			Sections: []page.Section{{Fields: []page.Field{{Name: "answer", Label: "说明", Kind: page.KindNote, Rows: 3, Hint: "退回时必须写明理由"}}}},
			Buttons:  buttons, Cancel: view.Back}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Action(w, view) })
}

// answer accepts or sends back a transfer, from the work list.
func (v *visit) answer() error {
	known, _ := strconv.ParseUint(v.typed.First("_rev"), 10, 64)
	id, _ := strconv.Atoi(v.typed.First("transfer"))
	state := v.typed.First("_do")
	err := v.office.Book.Change(v.ctx, v.viewer, "答复移交", func(tx *record.Tx) error {
		_, err := tx.Answer(v.ref(), known, id, state, v.typed.First("answer"))
		return err
	})
	if err != nil {
		return err
	}
	said := map[string]string{"accepted": "已接受，现在由您承办", "rejected": "已退回", "withdrawn": "已撤回", "done": "已记为办结"}[state]
	if state == "rejected" {
		return v.done("/", said)
	}
	return v.done(recordURL(v.ref()), said)
}

func (v *visit) pauseForm() error { return v.drawPause(nil, fiber.StatusOK) }

func (v *visit) drawPause(refusal *record.Refusal, status int) error {
	var view page.ActionView
	err := v.office.Book.Show(v.ctx, v.viewer, v.ref(), func(tx *record.Tx, r *record.Record) error {
		paused := len(r.Pauses) > 0 && r.Pauses[len(r.Pauses)-1].Until == ""
		title := "暂停计时"
		if paused {
			title = "恢复计时"
		}
		view = page.ActionView{Frame: v.frame(title, "暂停期间各项期限不计；暂停须由另一人批准，起止和理由留在记录里。"), Number: r.Number,
			Back: page.Link{Text: "返回", URL: recordURL(r.Ref)}}
		view.Subject = v.subject(tx, r)
		fields := []page.Field{{Name: "day", Label: "自哪天起", Kind: page.KindDate, Required: true, Value: or(v.typed.First("day"), string(v.office.Book.Today()))}}
		do := "resume"
		if !paused {
			do = "pause"
			users, err := v.userOptions(tx)
			if err != nil {
				return err
			}
			fields = append(fields,
				page.Field{Name: "by", Label: "申请人", Kind: page.KindCode, Options: users, Value: v.typed.First("by"), Required: true, Hint: "由您批准；申请人不能是您本人（单人经办除外）"},
				page.Field{Name: "reason", Label: "理由", Kind: page.KindNote, Rows: 3, Required: true, Value: v.typed.First("reason")})
		}
		view.Form = &page.Form{Action: "/r/" + r.Ref.String() + "/pause", Rev: rev(r), Sections: []page.Section{{Fields: fields}},
			Buttons: []page.Button{{Text: title, Do: do, Primary: true}}, Cancel: view.Back}
		if refusal != nil {
			view.Form.Errors = formErrors(refusalProblems(refusal))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Action(w, view) })
}

func (v *visit) pause() error {
	known, _ := strconv.ParseUint(v.typed.First("_rev"), 10, 64)
	day, err := value.ParseDate(v.typed.First("day"), v.office.Book.Today())
	if err != nil {
		return v.drawPause(record.Refused(record.CodeInvalid, "%s", strings.TrimSpace(err.Error())), fiber.StatusUnprocessableEntity)
	}
	by, _ := strconv.ParseUint(v.typed.First("by"), 10, 64)
	err = v.office.Book.Change(v.ctx, v.viewer, "暂停或恢复计时", func(tx *record.Tx) error {
		var err error
		if v.typed.First("_do") == "resume" {
			_, err = tx.Resume(v.ref(), known, day)
		} else {
			_, err = tx.Pause(v.ref(), known, record.Pause{From: day, Reason: v.typed.First("reason"), By: by})
		}
		return err
	})
	if r, ok := record.AsRefusal(err); ok && (r.Code == record.CodeInvalid || r.Code == record.CodeDenied) {
		return v.drawPause(r, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return v.done(recordURL(v.ref()), "已登记")
}
