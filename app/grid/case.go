package grid

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"jiezhen/app/deadline"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// levels are the five levels of handling, the lowest first.
var levels = []string{"worker", "head", "station", "centre", "district"}

// firstLevel is where a case begins.
const firstLevel = "station"

// deriveCase fills in what follows from a case's category, place and log: how
// often it was sent back, put off, raised; and its deadlines.
func (x *Rules) deriveCase(tx *record.Tx, r *record.Record) error {
	if err := x.classify(tx, r); err != nil {
		return err
	}
	t, err := x.tables.Get(tx)
	if err != nil {
		return err
	}
	if c := t.by[r.RefID("category")]; c != nil && r.Text("detail") == "" {
		r.Values["detail"] = c.Code + c.Name
	}
	if err := x.locate(tx, r); err != nil {
		return err
	}
	delete(r.Values, "where") // a case says it in its reports
	fromLog(r)
	stamps(tx, r)
	flagWords(r)
	clocks, err := x.clocks(tx, r)
	if err != nil {
		return err
	}
	for i, c := range clocks {
		delete(r.Values, clockFields[i].due)
		if due := c.Stamp(); due != "" {
			r.Values[clockFields[i].due] = due
		}
	}
	r.Values["why"] = clocks[1].Why()
	if limit := clocks[1].Limit; limit != "" {
		r.Values["why"] = limit + "：" + clocks[1].Why()
	}
	return nil
}

// fromLog counts what the log of a case tells. Where it tells nothing, what
// came with the data of another platform stands.
func fromLog(r *record.Record) {
	if n := times(r, "extend"); n > 0 {
		r.Values["extended"] = float64(n)
	}
	if n := times(r, "suspend"); n > 0 {
		r.Values["suspended"] = n > times(r, "settle")
	}
	level := slices.Index(levels, firstLevel)
	for _, m := range r.Log {
		switch m.Action {
		case "escalate":
			level = min(level+1, len(levels)-1)
		case "descend":
			level = max(level-1, 0)
		}
	}
	r.Values["level"] = levels[level]
}

func times(r *record.Record, action string) int {
	n := 0
	for _, m := range r.Log {
		if m.Action == action {
			n++
		}
	}
	return n
}

// stamps notes when a case was filed, sent and closed.
func stamps(tx *record.Tx, r *record.Record) {
	now := nowText(tx)
	switch r.Step {
	case "hand", "verify":
		for _, f := range []string{"filed_at", "sent_at"} {
			if r.Text(f) == "" {
				r.Values[f] = now
			}
		}
		delete(r.Values, "closed_at")
	case "closed":
		if r.Text("closed_at") == "" {
			r.Values["closed_at"] = now
		}
	}
}

// clockFields are the deadlines of a case: label, where it is kept, when it was
// met.
var clockFields = []struct{ label, due, done string }{
	{"派遣", "accept_due", "sent_at"}, {"处置", "handle_due", "handled_at"}, {"核查", "verify_due", "verified_at"}}

// clocks are the deadlines of a case, in the order of clockFields.
func (x *Rules) clocks(tx *record.Tx, r *record.Record) ([]deadline.Clock, error) {
	t, err := x.tables.Get(tx)
	if err != nil {
		return nil, err
	}
	again := lastTime(r, "reopen", "fail")
	sent := later(deadline.Instant(r, "sent_at"), again)
	filed := deadline.Parse(or(r.Text("filed_at"), r.Text("found_at")))
	accept := deadline.Clock{Label: "派遣", Start: filed, Done: deadline.Instant(r, "sent_at")}
	if err := accept.Param(tx, r, "governance.case.accept"); err != nil {
		return nil, err
	}
	handle := deadline.Clock{Label: "处置", Start: sent, Done: doneAfter(r, "handled_at", again)}
	if c := t.by[r.RefID("category")]; c != nil && c.Limited {
		handle.State = tx.Book().CodeLabel("limit.state", c.LimitState)
		err = handle.Count(tx, r, c.Limit)
	} else {
		err = handle.Param(tx, r, "governance.case.handle")
	}
	if err != nil {
		return nil, err
	}
	handle.Allow(deadline.Instant(r, "extended_until"), "批准延期")
	if yes, _ := r.Values["suspended"].(bool); yes {
		handle.Allow(deadline.EndOf(r.Date("suspend_until")), "挂账期限")
	}
	if sent.IsZero() {
		handle.Due, handle.Broken = time.Time{}, "派遣以后起算"
	}
	verify := deadline.Clock{Label: "核查", Start: doneAfter(r, "handled_at", again), Done: doneAfter(r, "verified_at", again)}
	if verify.Start.IsZero() {
		verify.Broken = "处置完成以后起算"
		return []deadline.Clock{accept, handle, verify}, nil
	}
	err = verify.Param(tx, r, "governance.case.verify")
	return []deadline.Clock{accept, handle, verify}, err
}

// doneAfter is when a field says something was done, unless that was before the
// case was taken up again.
func doneAfter(r *record.Record, field string, again time.Time) time.Time {
	t := deadline.Instant(r, field)
	if t.Before(again.Truncate(time.Minute)) {
		return time.Time{}
	}
	return t
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// LimitWords is the limit of a category, for pages.
func (c *Category) LimitWords() string {
	if !c.Limited {
		return ""
	}
	return c.Limit.Chinese()
}

// guardCase keeps a case from being dispatched under a matter that has been
// taken back, and from being raised beyond the district or let down below the
// grid worker.
func (x *Rules) guardCase(tx *record.Tx, r *record.Record, a *register.Action) ([]record.Problem, error) {
	switch a.ID {
	case "accept":
		return x.mayFile(tx, r)
	case "escalate":
		if r.Text("level") == "district" {
			return []record.Problem{{Field: "level", Label: "处理层级", Text: "已报到区指挥中心，再上没有了；请登记区里答复"}}, nil
		}
	case "descend":
		if r.Text("level") == "worker" {
			return []record.Problem{{Field: "level", Label: "处理层级", Text: "已在网格员，再下没有了"}}, nil
		}
	}
	return nil, nil
}

// afterCase sends the lead unit its task, and ends the reports of a case that
// was closed: each is fed back with what was done.
func (x *Rules) afterCase(tx *record.Tx, r, before *record.Record, action string) error {
	if action == "accept" && r.RefID("lead") != 0 {
		if err := x.taskLead(tx, r); err != nil {
			return err
		}
	}
	if action == "pass" {
		if err := feedBack(tx, r); err != nil {
			return err
		}
	}
	return copyOut(tx, r, before)
}

func (x *Rules) taskLead(tx *record.Tx, r *record.Record) error {
	name := tx.Label(record.Ref{Register: record.Parties, ID: r.RefID("lead")}, false)
	if err := tx.AsOffice().Imply(r.Ref, register.Values{"unit": name}); err != nil {
		return fmt.Errorf("naming the unit of a case: %w", err)
	}
	return assign(tx, r, Task{Unit: r.RefID("lead"), Kind: "main", Text: r.Text("content")})
}

// Task is what one unit is asked to do about a case.
type Task struct {
	Unit uint64
	Kind string // main, help, forward
	Text string
	Why  string // why it goes to this unit
}

// assign makes a unit's task of a case, unless it has one that is open.
func assign(tx *record.Tx, c *record.Record, t Task) error {
	have, err := tasksOf(tx, c.Ref)
	if err != nil {
		return err
	}
	for _, a := range have {
		if a.RefID("unit") == t.Unit && a.Open() {
			return explain(tx, a.Ref, t)
		}
	}
	v := register.Values{"title": c.Text("title"), "case": strconv.FormatUint(c.ID, 10), "unit": strconv.FormatUint(t.Unit, 10), "kind": t.Kind, "task": or(t.Text, c.Text("content")), "why": t.Why}
	if c.Community != 0 {
		v["community"] = strconv.FormatUint(c.Community, 10)
	}
	if _, err := tx.AsOffice().Create(record.Draft{Register: Assignments, Values: v, Community: c.Community}); err != nil {
		return fmt.Errorf("giving a unit its task: %w", err)
	}
	return nil
}

// explain adds to a task that a unit has already why it has it.
func explain(tx *record.Tx, ref record.Ref, t Task) error {
	v := register.Values{}
	if t.Why != "" {
		v["why"] = t.Why
	}
	if t.Text != "" {
		v["task"] = t.Text
	}
	return tx.AsOffice().Imply(ref, v)
}

func tasksOf(tx *record.Tx, c record.Ref) ([]*record.Record, error) {
	list, err := tx.AsOffice().Find(Assignments, "ref", c.String())
	if err != nil {
		return nil, fmt.Errorf("reading the tasks of a case: %w", err)
	}
	return list, nil
}

// feedBack ends the reports of a closed case.
func feedBack(tx *record.Tx, c *record.Record) error {
	s, err := sourcesOf(tx, c.Ref)
	if err != nil {
		return err
	}
	for _, r := range s.Reports {
		if r.Step != "hand" {
			continue
		}
		in := record.Input{Values: register.Values{"feedback": or(c.Text("outcome"), "已结案")}, Note: "随案件 " + c.Number + " 结案"}
		if _, err := tx.AsOffice().Do(r.Ref, 0, "finish", in); err != nil {
			return fmt.Errorf("ending a report of a closed case: %w", err)
		}
	}
	return nil
}

// deriveAssignment notes when a task was sent and by when it must be answered:
// with its case, else by the limit of policy.
func (x *Rules) deriveAssignment(tx *record.Tx, r *record.Record) error {
	if r.Text("sent_at") == "" {
		r.Values["sent_at"] = nowText(tx)
	}
	start := later(deadline.Instant(r, "sent_at"), lastTime(r, "resend", "redo"))
	delete(r.Values, "answer_due")
	c, err := caseOf(tx, r)
	if err != nil {
		return err
	}
	if c != nil && c.Text("handle_due") != "" && deadline.Instant(c, "handle_due").After(start) {
		r.Values["answer_due"] = c.Text("handle_due")
		return nil
	}
	k := deadline.Clock{Label: "答复", Start: start}
	if err := k.Param(tx, r, "governance.assignment.answer"); err != nil {
		return err
	}
	if due := k.Stamp(); due != "" {
		r.Values["answer_due"] = due
	}
	return nil
}

// afterAssignment counts a task that came back on its case, and brings the case
// to be verified when the last of its tasks is done.
func afterAssignment(tx *record.Tx, r, _ *record.Record, action string) error {
	if action != "return" && action != "accept" {
		return nil
	}
	c, err := caseOf(tx, r)
	if err != nil || c == nil {
		return err
	}
	if action == "return" {
		n, _ := c.Values["bounced"].(float64)
		if err := tx.AsOffice().Imply(c.Ref, register.Values{"bounced": n + 1}); err != nil {
			return fmt.Errorf("counting a task that came back: %w", err)
		}
		return nil
	}
	return tasksDone(tx, c)
}

func tasksDone(tx *record.Tx, c *record.Record) error {
	tasks, err := tasksOf(tx, c.Ref)
	if err != nil || c.Step != "hand" {
		return err
	}
	outcome, at := "", time.Time{}
	for _, t := range tasks {
		switch t.Step {
		case "returned":
			continue
		case "done":
		default:
			return nil
		}
		unit := tx.Label(record.Ref{Register: record.Parties, ID: t.RefID("unit")}, false)
		outcome += unit + "：" + t.Text("answer") + "\n"
		at = later(at, lastTime(t, "answer"))
	}
	if at.IsZero() {
		return nil
	}
	if found := deadline.Instant(c, "found_at"); at.Before(found) {
		at = found
	}
	in := record.Input{Values: register.Values{"handled_at": at.Format(deadline.Minute), "outcome": outcome[:len(outcome)-1]}, Note: "各承办单位的任务都已办结"}
	if _, err := tx.AsOffice().Do(c.Ref, 0, "done", in); err != nil {
		return fmt.Errorf("bringing a case to be verified: %w", err)
	}
	return nil
}
