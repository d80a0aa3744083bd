package allowance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/benefit"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/embedstore"
)

// once makes a value that only one record may hold.
func once(name string, parts ...any) []embedstore.EqualKey {
	return []embedstore.EqualKey{{Name: name, Value: strings.Trim(fmt.Sprintln(parts...), "\n")}}
}

// lineKeys hold the promise: one person, programme, month, kind and cause, one
// line. A line that counts no more holds nothing. The person is the one whose
// file it was when the line was made: when two files that were both paid turn
// out to be one child's, both lines stay, for both were paid.
func lineKeys(r *record.Record) (equal, unique []embedstore.EqualKey) {
	if spent(r.Text("state")) {
		return nil, nil
	}
	person := r.Secrets[secretPerson]
	if person == "" {
		person = id(r.Subject)
	}
	return nil, once("benefit.line.once", person, r.Text("programme"), r.Text("month"), r.Text("kind"), r.Text("cause"))
}

// secretPerson is the id of the person that a line was made for.
const secretPerson = "person"

// spent says whether a line counts no more: its approval was revoked, or it was
// never paid and goes into a later month.
func spent(state string) bool { return state == "void" || state == "carried" }

func cycleKeys(r *record.Record) (equal, unique []embedstore.EqualKey) {
	if r.Step == "dropped" {
		return nil, nil
	}
	return nil, once("benefit.cycle.once", r.Text("programme"), r.Text("month"))
}

// checkCycle opens no month before one that was opened, and keeps a cycle to
// the programme and month that it was opened for.
func checkCycle(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	if before == nil && !tx.Viewer().Office {
		last, err := LastCycle(tx, r.Text("programme"))
		if err != nil || last <= month(r.Text("month")) {
			return nil, err
		}
		return []record.Problem{{Field: "month", Label: "发放月份", Text: "已经有更晚的" + last.Title() + "发放期；以前月份少发多发的，在最新一期里自动补发、追缴；那一期开错了的，先作废它"}}, nil
	}
	if before == nil || before.Text("programme") == r.Text("programme") && before.Text("month") == r.Text("month") {
		return nil, nil
	}
	return []record.Problem{{Field: "month", Label: "发放月份", Text: "发放期开了以后，项目和月份不能改；开错的另开一期"}}, nil
}

// OpenCycle opens a programme's month, or gives the one that is open.
func (d *Desk) OpenCycle(ctx context.Context, v access.Viewer, programme string, m benefit.Month) (record.Ref, error) {
	var out record.Ref
	err := d.book.Change(ctx, v, "开"+m.Title()+"发放期", func(tx *record.Tx) error {
		all, err := cyclesOf(tx, programme)
		if err != nil {
			return err
		}
		for _, c := range all {
			if month(c.Text("month")) == m {
				out = c.Ref
				return nil
			}
		}
		r, err := tx.Create(record.Draft{Register: Cycles, Owner: tx.Viewer().User, Values: register.Values{"programme": programme, "month": m.String()}})
		if err == nil {
			out = r.Ref
		}
		return err
	})
	return out, err
}

// cyclesOf are the cycles of a programme that were not given up.
func cyclesOf(tx *record.Tx, programme string) ([]*record.Record, error) {
	all, err := tx.AsOffice().Find(Cycles, "programme", programme)
	return slices.DeleteFunc(all, func(c *record.Record) bool { return c.Step == "dropped" }), err
}

// CycleOf is the cycle of a programme's month, or nil.
func CycleOf(tx *record.Tx, programme string, m benefit.Month) (*record.Record, error) {
	all, err := cyclesOf(tx, programme)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if month(c.Text("month")) == m && tx.Verdict(c, access.ActRead) == access.Allowed {
			return c, nil
		}
	}
	return nil, nil
}

// LastCycle is the latest month of a programme that was opened; 0 when none.
func LastCycle(tx *record.Tx, programme string) (last benefit.Month, err error) {
	all, err := cyclesOf(tx, programme)
	for _, c := range all {
		last = max(last, month(c.Text("month")))
	}
	return last, err
}

// guardCycle is what stands in the way of a step and can be seen without
// reckoning: an office restored, an earlier month not settled, money gone out.
func guardCycle(tx *record.Tx, r *record.Record, a *register.Action) ([]record.Problem, error) {
	switch a.ID {
	case "submit":
		return earlier(tx, r)
	case "approve":
		return locked(tx)
	case "revoke":
		return gone(tx, r)
	}
	return nil, nil
}

// earlier finds an earlier month of the programme that is not yet approved:
// this one builds on what was paid then.
func earlier(tx *record.Tx, r *record.Record) ([]record.Problem, error) {
	out, err := locked(tx)
	if err != nil {
		return nil, err
	}
	all, err := cyclesOf(tx, r.Text("programme"))
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if c.ID != r.ID && c.Text("month") < r.Text("month") && (c.Step == "draft" || c.Step == "submitted") {
			out = append(out, record.Problem{Label: "更早的月份", Link: "/r/" + c.Ref.String(), Text: month(c.Text("month")).Title() + "还没有批准，请先办完那一期；那一期没有要发的，就作废它"})
		}
	}
	return out, nil
}

// gone finds what has left the office already: then nothing is revoked.
func gone(tx *record.Tx, r *record.Record) ([]record.Problem, error) {
	batches, err := tx.AsOffice().Children(Batches, r.Ref)
	if err != nil {
		return nil, err
	}
	for _, b := range batches {
		if b.Step != "dropped" {
			return []record.Problem{{Label: "发放批次", Link: "/r/" + b.Ref.String(), Text: "已经制单（" + b.Number + "）；没有送银行的先作废批次，送了的不能撤销，下期自动补发或追缴"}}, nil
		}
	}
	all, err := cyclesOf(tx, r.Text("programme"))
	for _, c := range all {
		if c.Text("month") > r.Text("month") && c.Step != "draft" {
			return []record.Problem{{Label: "后面的月份", Link: "/r/" + c.Ref.String(), Text: "后面的发放期已送审或批准，不能撤销这一期"}}, nil
		}
	}
	return nil, err
}

type cycleDeeds struct{ rules Rules }

// after does what a step of a cycle means.
func (c cycleDeeds) after(tx *record.Tx, r, _ *record.Record, action string) error {
	switch action {
	case "submit":
		return c.submit(tx, r)
	case "approve":
		return c.approve(tx, r)
	case "revoke":
		return revoke(tx, r)
	case "giveup":
		return giveUp(tx, r)
	}
	return nil
}

// submit reckons once more and freezes what comes out.
func (c cycleDeeds) submit(tx *record.Tx, r *record.Record) error {
	run, err := reckon(tx, c.rules, r.Text("programme"), month(r.Text("month")))
	if err != nil {
		return err
	}
	if err := payable(run); err != nil {
		return err
	}
	f := freeze(run)
	kept, err := f.keep(tx, r.Ref)
	if err != nil {
		return err
	}
	err = tx.AsOffice().Imply(r.Ref, register.Values{"people": float64(run.People), "rows": float64(len(run.Lines)), "amount": int64(run.Pay), "arrears": int64(run.Arrears),
		"recovery": int64(run.Back), "unsettled": float64(run.Of(Unsettled)), "standards": standardsOf(run, func(code string) string { return tx.Book().CodeLabel("benefit.standard", code) }), "version": f.Version,
		"paid": nil, "failed": nil})
	if err != nil {
		return err
	}
	_, err = tx.AsOffice().Seal(r.Ref, 0, map[string]string{secretFrozen: id(kept), secretDigest: f.digest()})
	return err
}

// payable refuses a run that must not be paid as it is.
func payable(run *Run) error {
	var problems []record.Problem
	if len(run.Lines) == 0 {
		problems = append(problems, record.Problem{Label: "应发", Text: "这个月没有应发、补发或追缴的，不用送审；把这一期作废，下个月照常开"})
	}
	for _, code := range run.Examples {
		problems = append(problems, record.Problem{Label: "标准 " + code, Link: "/r/" + Standards, Text: "还是示例，不能做正式名册；请录入文号，由另一人复核"})
	}
	if len(problems) > 0 {
		return &record.Refusal{Code: record.CodeInvalid, Text: "还不能送审", Problems: problems}
	}
	return nil
}

// standardsOf names the standards that lines were reckoned with.
func standardsOf(run *Run, label func(code string) string) string {
	var out []string
	seen := map[string]bool{}
	for _, l := range run.Lines {
		s := l.Standard
		one := fmt.Sprintf("%s %s元（%s起，%s，%s）", label(s.Code), Money(s.Amount), s.From.Title(), s.Basis, s.State)
		if s.Code != "" && !seen[one] {
			seen[one] = true
			out = append(out, one)
		}
	}
	return strings.Join(out, "；")
}

// approve writes the entitlements of what was sent for approval, all of them
// in this transaction. When anything that counts has changed since, nothing is
// written and the approver is told to send it back.
func (c cycleDeeds) approve(tx *record.Tx, r *record.Record) error {
	f, err := thaw(tx, r)
	if err != nil {
		return err
	}
	run, err := reckon(tx, c.rules, r.Text("programme"), month(r.Text("month")))
	if err != nil {
		return err
	}
	if err := payable(run); err != nil {
		return err
	}
	if freeze(run).digest() != f.digest() || f.digest() != r.Secrets[secretDigest] {
		return &record.Refusal{Code: record.CodeInvalid, Text: "送审以后情况有了变化，不能批准",
			Problems: []record.Problem{{Label: "名册", Text: "人员、金额、标准或账户与送审时不同，请用“退回重算”，重新送审"}}}
	}
	owner := record.Submitter(r)
	for _, m := range r.Log {
		if m.Action == "submit" {
			owner = m.By
		}
	}
	for _, l := range f.Lines {
		if err := writeLine(tx, r, f, l, owner); err != nil {
			return err
		}
	}
	if err := claim(tx, r, f, owner); err != nil {
		return err
	}
	return leave(tx, run)
}

func writeLine(tx *record.Tx, cycle *record.Record, f Frozen, l FrozenLine, owner uint64) error {
	state := "due"
	if l.Amount < 0 {
		state = "claimed"
	}
	values := register.Values{"programme": f.Programme, "month": benefit.Month(l.Of).String(), "kind": l.Kind, "cause": l.Cause, "amount": l.Amount, "state": state,
		"member": id(l.Member), "cycle": id(cycle.ID), "standard": l.Code, "standard_amount": l.Standard, "standard_basis": l.Basis, "version": f.Version, "why": l.Why,
		"payee_name": l.Holder, "bank": l.Bank, "account": l.Account}
	for k, v := range values {
		if v == "" {
			delete(values, k)
		}
	}
	_, err := tx.AsOffice().Create(record.Draft{Register: Lines, Subject: l.Person, Owner: owner, Values: values, Secrets: map[string]string{secretPerson: id(l.Person)}})
	if refusal, ok := record.AsRefusal(err); ok && refusal.Code == record.CodeTaken {
		return record.Refused(record.CodeTaken, "%s已有同样的应发明细，不能再生成一次；请退回重算", benefit.Month(l.Of).Title())
	}
	return err
}

// leave lets go of members whose programme has ended on a day that has come.
func leave(tx *record.Tx, run *Run) error {
	for _, s := range run.States {
		on := value.Date(s.ExitAt.Format("2006-01-02"))
		if s.Exit == "" || s.ExitAt.IsZero() || on > tx.Today() || s.Change == Unsettled {
			continue
		}
		_, err := tx.AsOffice().Do(ref(Members, s.Member), 0, "exit", record.Input{Values: register.Values{"exit_reason": s.Exit, "exit_at": string(on)},
			Note: run.Month.Title() + "发放期停发"})
		if err != nil {
			return fmt.Errorf("ending a membership: %w", err)
		}
	}
	return nil
}

// revoke takes an approval back while nothing has left the office: its lines
// count no more, and the month can be run anew.
func revoke(tx *record.Tx, r *record.Record) error {
	lines, err := tx.AsOffice().Find(Lines, "cycle", id(r.ID))
	if err != nil {
		return err
	}
	for _, l := range lines {
		if spent(l.Text("state")) {
			continue
		}
		if err := tx.AsOffice().Imply(l.Ref, register.Values{"state": "void"}); err != nil {
			return err
		}
	}
	claims, err := tx.AsOffice().Children(Recoveries, r.Ref)
	if err != nil {
		return err
	}
	for _, c := range claims {
		if !c.Open() {
			continue
		}
		if c.Step != "opened" || fen(c, "received") > 0 {
			return record.Refused(record.CodeInvalid, "追缴 %s 已经告知或收到退款，不能撤销这一期", c.Number)
		}
		if _, err := tx.AsOffice().Do(c.Ref, 0, "waive", record.Input{Note: "发放期" + r.Number + "撤销批准"}); err != nil {
			return err
		}
	}
	return nil
}

// LinesOf are the entitlements of a cycle that the viewer may know of.
func LinesOf(tx *record.Tx, cycle record.Ref) ([]*record.Record, error) {
	return tx.Find(Lines, "cycle", id(cycle.ID))
}
