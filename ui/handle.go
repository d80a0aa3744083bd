package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/ui/page"
)

// Records that were ticked in a list and are taken one step further together:
// signed, handed to one person, chased. What needs a second person's approval is
// not among it: that is looked at one by one.

// handleMost is how many records are handled at once.
const handleMost = 200

// together reports whether records of a register may be handled together: those
// about a protected person are opened one by one.
func together(def *register.Definition) bool {
	return def.Protect == register.ProtectNone && len(def.Steps) > 0
}

// joint is an action that several of the ticked records could take next.
type joint struct {
	action *register.Action
	may    int
}

// handle takes what is typed on the page of ticked records, or shows it.
func (v *visit) handle() error {
	def, err := v.definition()
	if err != nil {
		return err
	}
	if err := v.entitled(def.ID, access.ActRead); err != nil {
		return err
	}
	refs := v.pickedRefs()
	if len(refs) == 0 || len(refs) > handleMost || !together(def) {
		return record.Refused(record.CodeInvalid, "请先在列表里勾选要办的记录，一次最多 %d 条；涉及受保护对象的要逐件办", handleMost)
	}
	switch do := v.typed.First("_do"); {
	case do == "assign":
		return v.assignAll(def, refs)
	case strings.HasPrefix(do, "act."):
		return v.actAll(def, refs, strings.TrimPrefix(do, "act."))
	}
	return v.handlePage(def, refs, "", nil)
}

// handlePage lists the ticked records and what can be done with them.
func (v *visit) handlePage(def *register.Definition, refs []record.Ref, tried string, problems []record.Problem) error {
	view := page.DeskView{Frame: v.frame("办理所选", "一次办多件：每件按自己的规矩核对，办不了的会说明原因，不影响别的。要审批的逐件看，不在这里。")}
	view.Crumbs = []page.Link{{Text: def.Title, URL: "/r/" + def.ID}}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		t := page.Table{Caption: "所选的", Quiet: true, Columns: []page.Column{{Title: "编号"}, {Title: "说的什么"}, {Title: "社区（村）"}, {Title: "环节"}, {Title: "承办"}}}
		offer := offer{def: def, refs: refs, by: map[string]*joint{}, tried: tried, problems: problems}
		for _, ref := range refs {
			r, err := tx.Open(ref)
			if _, refused := record.AsRefusal(err); refused {
				continue
			}
			if err != nil {
				return err
			}
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: or(r.Text("external"), r.Number), URL: recordURL(r.Ref)}, {Text: record.LabelOf(r)},
				{Text: tx.Label(record.Ref{Register: record.Places, ID: r.Community}, false)}, {Text: r.StepLabel()}, {Text: tx.Label(record.Ref{Register: record.Users, ID: r.Owner}, false)}}})
			if r.Open() && tx.Verdict(r, access.ActAssign) == access.Allowed {
				offer.assignable++
			}
			steps, err := tx.Actions(r)
			if err != nil {
				return err
			}
			count(offer.by, steps)
		}
		view.Blocks = []page.Block{{Title: fmt.Sprintf("所选的 %d 件", len(t.Rows)), Table: &t}}
		more, err := v.jointForms(tx, offer)
		view.Blocks = append(view.Blocks, more...)
		return err
	})
	if err != nil {
		return err
	}
	if def.ID == hotline.Orders {
		b, ok, err := v.deliverForm(refs)
		if err != nil {
			return err
		}
		if ok {
			view.Blocks = append(view.Blocks, b)
		}
		if len(refs) > 1 && len(view.Blocks) > 1 {
			if b, ok := v.caseForm(fmt.Sprintf("是一件事：这 %d 件立为一个案件，一起办", len(refs)), "", refs); ok {
				b.Text = []string{"确是同一件事的才立：一起办，分别答复和回访，并错了可以撤销。已并入别的案件的，先撤销并入。"}
				view.Blocks = append(view.Blocks, b)
			}
		}
	}
	if len(view.Blocks) == 1 {
		view.Blocks[0].Text = []string{"这些现在没有能一起办的；请逐件打开看。"}
	}
	return v.desk(view)
}

// count adds the actions that a record could take next.
func count(by map[string]*joint, steps []record.Step) {
	for _, s := range steps {
		if !s.Allowed || s.Action.Approval {
			continue
		}
		if by[s.Action.ID] == nil {
			by[s.Action.ID] = &joint{action: s.Action}
		}
		by[s.Action.ID].may++
	}
}

// offer is what can be done with ticked records, and what was tried last and
// came back.
type offer struct {
	def        *register.Definition
	refs       []record.Ref
	by         map[string]*joint
	assignable int
	tried      string // an action
	problems   []record.Problem
}

// jointForms are a form for each thing that can be done with ticked records.
func (v *visit) jointForms(tx *record.Tx, o offer) ([]page.Block, error) {
	def := o.def
	var out []page.Block
	hidden := func(asks []string) []page.Pair {
		pairs := presentFields(def, asks)
		for _, r := range o.refs {
			pairs = append(pairs, page.Pair{Name: "ref", Value: strconv.FormatUint(r.ID, 10)})
		}
		return pairs
	}
	if o.assignable > 0 {
		users, err := v.userOptions(tx)
		if err != nil {
			return nil, err
		}
		out = append(out, page.Block{Title: fmt.Sprintf("派给一人（可派 %d 件）", o.assignable), Form: &page.Form{Action: "/handle/" + def.ID, Hidden: hidden([]string{}), Sections: []page.Section{{Fields: []page.Field{
			{Name: "to", Label: "承办人", Kind: page.KindCode, Options: users, Value: v.typed.First("to"), Required: true}, {Name: "reason", Label: "说明", Kind: page.KindText, Value: v.typed.First("reason"), Limit: 200}}}}, Buttons: []page.Button{{Text: "分派", Do: "assign", Primary: true}}}})
	}
	for _, a := range def.Actions {
		j := o.by[a.ID]
		if j == nil {
			continue
		}
		var sections []page.Section
		if len(a.Asks) > 0 {
			e := entry{def: def, values: register.Values{}, only: a.Asks}
			if o.tried == a.ID {
				e.typed, e.problems = v.typed, o.problems
			}
			sections = v.formSections(tx, e)
		}
		if a.Note != "" {
			sections = append(sections, page.Section{Fields: []page.Field{{Name: "note." + a.ID, Label: "说明", Kind: page.KindNote, Rows: 2, Required: a.Note == "required"}}})
		}
		form := &page.Form{Action: "/handle/" + def.ID, Hidden: hidden(nonNil(a.Asks)), Sections: sections, Buttons: []page.Button{{Text: a.Label, Do: "act." + a.ID, Danger: a.Tone == "danger"}}}
		if o.tried == a.ID {
			form.Errors = formErrors(o.problems)
		}
		out = append(out, page.Block{Title: fmt.Sprintf("%s（可办 %d 件）", a.Label, j.may), Folded: len(sections) > 0 && o.tried != a.ID, Form: form})
	}
	return out, nil
}

// assignAll hands the ticked records to one person.
func (v *visit) assignAll(def *register.Definition, refs []record.Ref) error {
	to, _ := strconv.ParseUint(v.typed.First("to"), 10, 64)
	if to == 0 {
		return v.handlePage(def, refs, "", nil)
	}
	return v.each(def, refs, "分派", func(tx *record.Tx, ref record.Ref) error {
		_, err := tx.Assign(ref, 0, to, or(v.typed.First("reason"), "批量分派"))
		return err
	})
}

// actAll takes one action on each of the ticked records.
func (v *visit) actAll(def *register.Definition, refs []record.Ref, id string) error {
	a, ok := def.Action(id)
	if !ok || a.Approval {
		return record.Refused(record.CodeInvalid, "这一步要逐件办")
	}
	values, problems := v.office.Book.ParseForm(def, v.typed)
	if refuses(problems) {
		return v.handlePage(def, refs, id, problems)
	}
	for field := range values {
		if !slices.Contains(a.Asks, field) {
			delete(values, field)
		}
	}
	return v.each(def, refs, a.Label, func(tx *record.Tx, ref record.Ref) error {
		_, err := tx.Do(ref, 0, a.ID, record.Input{Values: values.Clone(), Note: v.typed.First("note." + a.ID)})
		return err
	})
}

// each does one thing with each record, in a change of its own, and says what
// became of each.
func (v *visit) each(def *register.Definition, refs []record.Ref, what string, do func(*record.Tx, record.Ref) error) error {
	t := page.Table{Caption: "没有办成的", Columns: []page.Column{{Title: "编号"}, {Title: "说的什么"}, {Title: "为什么"}}}
	done := 0
	for _, ref := range refs {
		err := v.office.Book.Change(v.ctx, v.viewer, what, func(tx *record.Tx) error { return do(tx, ref) })
		refusal, refused := record.AsRefusal(err)
		switch {
		case err == nil:
			done++
		case refused:
			t.Rows = append(t.Rows, v.undone(ref, refusal))
		default:
			return err
		}
	}
	v.office.Noticed(def.ID)
	if len(t.Rows) == 0 {
		return v.done("/r/"+def.ID+"?open=1", fmt.Sprintf("已“%s” %d 件", what, done))
	}
	view := page.DeskView{Frame: v.frame("“"+what+"”的结果", fmt.Sprintf("办成 %d 件，没有办成 %d 件；没有办成的没有改动。", done, len(t.Rows)))}
	view.Crumbs = []page.Link{{Text: def.Title, URL: "/r/" + def.ID}}
	view.Blocks = []page.Block{{Title: "没有办成的", Table: &t, Buttons: []page.Button{{Text: "返回列表", URL: "/r/" + def.ID + "?open=1"}}}}
	return v.desk(view)
}

// undone is the line of a record that could not be handled.
func (v *visit) undone(ref record.Ref, why *record.Refusal) page.Row {
	text := why.Text
	for _, p := range why.Problems {
		text += "；" + joinLabel(p.Label, p.Text)
	}
	row := page.Row{Cells: []page.Cell{{}, {}, {Text: text, Tone: page.ToneWarn}}}
	_ = v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error { // who may not open it is told no name
		r, err := tx.Open(ref)
		if err == nil {
			row.Cells[0], row.Cells[1] = page.Cell{Text: or(r.Text("external"), r.Number), URL: recordURL(ref)}, page.Cell{Text: record.LabelOf(r)}
		}
		return err
	})
	return row
}
