package record

import (
	"jiezhen/app/access"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Input is what is given with an action.
type Input struct {
	Values register.Values // fields asked for by the action
	Note   string
}

// Step is an action that a record could take next, and what stands in the
// way.
type Step struct {
	Action  *register.Action
	Missing []Problem
	Allowed bool // the viewer's post may take it
}

// Actions lists what can be done with the record next, with everything that
// is still missing for each.
func (tx *Tx) Actions(r *Record) ([]Step, error) {
	var out []Step
	for _, a := range r.Def.ActionsFrom(r.Step) {
		missing, err := tx.missing(r, a, Input{})
		if err != nil {
			return nil, err
		}
		t := r.target()
		t.By = a.By
		out = append(out, Step{a, missing, access.Decide(tx.viewer, t, access.ActMove) == access.Allowed})
	}
	return out, nil
}

// Do takes an action. A refusal names everything that is missing.
func (tx *Tx) Do(ref Ref, rev uint64, action string, in Input) (*Record, error) {
	before, err := tx.writable(ref, rev)
	if err != nil {
		return nil, err
	}
	a, err := tx.actionable(before, action)
	if err != nil {
		return nil, err
	}
	r := before.copy()
	for id, v := range in.Values {
		if f, ok := r.Def.Field(id); ok && f.Filled && !tx.viewer.Office {
			return nil, Refused(CodeDenied, "“%s”由系统填写，不能手工改", f.Label)
		}
		set(r.Values, id, v)
	}
	missing, err := tx.missing(r, a, in)
	if err != nil {
		return nil, err
	}
	if a.Note == "required" && in.Note == "" {
		missing = append(missing, Problem{Field: "_note", Label: "说明", Text: "请写明理由"})
	}
	if err := invalid(missing); err != nil {
		return nil, err
	}
	single, err := tx.fourEyes(r, a)
	if err != nil {
		return nil, err
	}
	tx.move(r, a, in, single)
	return r, tx.finish(r, before, action)
}

// actionable finds the action and asks whether the viewer may take it now.
func (tx *Tx) actionable(r *Record, action string) (*register.Action, error) {
	a, ok := r.Def.Action(action)
	if !ok {
		return nil, Refused(CodeNotFound, "没有“%s”这个办理动作", action)
	}
	if !a.Leaves(r.Step, r.Def) {
		return nil, &Refusal{Code: CodeStale, Ref: r.Ref, Rev: r.Rev,
			Text: "这条记录现在是“" + r.StepLabel() + "”，不能“" + a.Label + "”；可能已有人办理，请刷新后再看"}
	}
	t := r.target()
	t.By = a.By
	switch access.Decide(tx.viewer, t, access.ActMove) {
	case access.Denied:
		return nil, &Refusal{Code: CodeDenied, Ref: r.Ref, Text: access.Explain(access.ActMove, accessRegister(r.Def))}
	case access.Placeholder:
		return nil, &Refusal{Code: CodeGuarded, Ref: r.Ref, Text: "受保护对象：请先填写理由打开"}
	}
	return a, nil
}

// missing is everything that stands in the way of an action, apart from who
// takes it.
func (tx *Tx) missing(r *Record, a *register.Action, in Input) ([]Problem, error) {
	var problems []Problem
	for _, id := range a.Needs {
		if f, _ := r.Def.Field(id); blank(r.Values[id]) {
			problems = append(problems, Problem{Field: id, Label: f.Label, Text: "“" + a.Label + "”前必须填写",
				Link: "/r/" + r.Register + "/" + idText(r.ID) + "/edit#" + id})
		}
	}
	env := tx.env(r)
	more, err := checkProblems(r.Def, a.Checks, env)
	if err != nil {
		return nil, err
	}
	problems = append(problems, more...)
	if a.Meets {
		if more, err = tx.unmet(r, a); err != nil {
			return nil, err
		}
		problems = append(problems, more...)
	}
	for _, behave := range tx.book.behaviours[r.Register] {
		if behave.Guard == nil {
			continue
		}
		more, err := behave.Guard(tx, r, a)
		if err != nil {
			return nil, err
		}
		problems = append(problems, more...)
	}
	return problems, nil
}

// fourEyes refuses whoever made or last submitted the record where a second
// person is asked for; in the single-hand mode it stamps the step instead.
func (tx *Tx) fourEyes(r *Record, a *register.Action) (single bool, err error) {
	if !a.NotAuthor || tx.viewer.Office || tx.viewer.User != submitter(r) {
		return false, nil
	}
	if tx.book.cfg.Office().Single {
		return true, nil
	}
	return false, &Refusal{Code: CodeDenied, Ref: r.Ref,
		Text: "“" + a.Label + "”须由另一人办理：提交人与审核人不得为同一人"}
}

// Submitter is who brought the record to the step where it stands: whom four
// eyes keep from approving it.
func Submitter(r *Record) uint64 { return submitter(r) }

// submitter is who brought the record to the step where it stands.
func submitter(r *Record) uint64 {
	for i := len(r.Log) - 1; i >= 0; i-- {
		if m := r.Log[i]; m.To == r.Step && m.From != m.To {
			return m.By
		}
	}
	return r.Author
}

func (tx *Tx) move(r *Record, a *register.Action, in Input, single bool) {
	to := a.To
	if to == "" {
		to = r.Step
	}
	r.Log = append(r.Log, Move{Action: a.ID, Label: a.Label, From: r.Step, To: to, By: tx.viewer.User,
		ByName: tx.viewer.Name, At: tx.book.Now(), Note: in.Note, Approval: a.Approval, Single: single})
	r.Single = r.Single || single
	if to != r.Step || r.Entered[to] == "" {
		r.Entered[to] = tx.Today()
	}
	r.Step = to
}

// Pause stops the record's clocks from a day on; approver is another person
// unless the office works single-handed.
func (tx *Tx) Pause(ref Ref, rev uint64, p Pause) (*Record, error) {
	before, err := tx.assignable(ref, rev)
	if err != nil {
		return nil, err
	}
	if p.Reason == "" || p.From == "" {
		return nil, Refused(CodeInvalid, "暂停计时要写明起始日期和理由")
	}
	if p.By == 0 {
		p.By = tx.viewer.User
	}
	p.Approved = tx.viewer.User
	if p.Approved == p.By && !tx.book.cfg.Office().Single && !tx.viewer.Office {
		return nil, Refused(CodeDenied, "暂停计时须由另一人批准")
	}
	r := before.copy()
	for _, old := range r.Pauses {
		if old.Until == "" {
			return nil, Refused(CodeInvalid, "计时已经暂停，不必再次暂停")
		}
	}
	r.Pauses = append(r.Pauses, p)
	return r, tx.finish(r, before, "pause")
}

// Resume lets the clocks run again from a day on.
func (tx *Tx) Resume(ref Ref, rev uint64, until value.Date) (*Record, error) {
	before, err := tx.assignable(ref, rev)
	if err != nil {
		return nil, err
	}
	r := before.copy()
	for i := range r.Pauses {
		if r.Pauses[i].Until == "" {
			r.Pauses[i].Until = until
			return r, tx.finish(r, before, "resume")
		}
	}
	return nil, Refused(CodeInvalid, "计时没有暂停，不必恢复")
}
