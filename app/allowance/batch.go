package allowance

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/embedstore"
)

func batchKeys(r *record.Record) (equal, unique []embedstore.EqualKey) {
	if r.Step == "dropped" {
		return nil, nil
	}
	return nil, once("benefit.batch.once", r.Text("cycle"), number(r, "attempt"))
}

// paymentKeys let a member be paid once in an attempt.
func paymentKeys(r *record.Record) (equal, unique []embedstore.EqualKey) {
	return nil, once("benefit.payment.once", r.Text("batch"), r.Text("member"))
}

// checkBatch keeps a batch to the program: it is made whole or not at all.
func checkBatch(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	if before == nil {
		return onlyProgram(tx, r, before)
	}
	for _, f := range []string{"cycle", "programme", "month", "attempt", "people", "amount"} {
		if r.Values[f] != before.Values[f] && !tx.Viewer().Office {
			return []record.Problem{{Field: f, Text: "制单以后不能改；有错的作废重做"}}, nil
		}
	}
	return nil, nil
}

// guardBatch keeps money in the house while the office has been restored.
func guardBatch(tx *record.Tx, _ *record.Record, a *register.Action) ([]record.Problem, error) {
	if a.ID == "send" {
		return locked(tx)
	}
	return nil, nil
}

// afterBatch follows a batch's payments: on their way, back in the house, or
// given up.
func afterBatch(tx *record.Tx, r, _ *record.Record, action string) error {
	switch action {
	case "send":
		return mark(tx, r, "made", "sent")
	case "unsend":
		return mark(tx, r, "sent", "made")
	case "drop":
		return drop(tx, r)
	case "settle":
		return sumUp(tx, r, &Outcome{})
	case "mend":
		return mend(tx, r)
	}
	return nil
}

func mark(tx *record.Tx, batch *record.Record, from, to string) error {
	all, err := PaymentsOf(tx.AsOffice(), batch.Ref)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Text("state") == from {
			if err := tx.AsOffice().Imply(p.Ref, register.Values{"state": to}); err != nil {
				return err
			}
		}
	}
	return nil
}

// drop gives a batch up: what it would have taken off recoveries is owed again,
// and its payments leave.
func drop(tx *record.Tx, batch *record.Record) error {
	all, err := PaymentsOf(tx.AsOffice(), batch.Ref)
	if err != nil {
		return err
	}
	for _, p := range all {
		if err := restoreOffset(tx, p, batch.Number); err != nil {
			return err
		}
		if p.Text("state") == "paid" { // all of it had been set off
			if err := markLines(tx, batch.RefID("cycle"), p.RefID("member"), "due"); err != nil {
				return err
			}
		}
		if err := failAgain(tx, p); err != nil {
			return err
		}
		if err := tx.AsOffice().Remove(p.Ref, p.Rev); err != nil {
			return err
		}
	}
	return nil
}

// failAgain lets the payment that one took over stand as failed again: the
// last attempt for the same member before it, however long ago.
func failAgain(tx *record.Tx, p *record.Record) error {
	all, err := tx.AsOffice().Children(Payments, ref(Cycles, p.RefID("cycle")))
	if err != nil {
		return err
	}
	var last *record.Record
	for _, e := range all {
		if e.RefID("member") == p.RefID("member") && e.Text("state") == "again" && number(e, "attempt") < number(p, "attempt") &&
			(last == nil || number(e, "attempt") > number(last, "attempt")) {
			last = e
		}
	}
	if last == nil {
		return nil
	}
	return tx.AsOffice().Imply(last.Ref, register.Values{"state": "failed"})
}

// restoreOffset owes again what a batch that never left had set off.
func restoreOffset(tx *record.Tx, p *record.Record, batch string) error {
	if fen(p, "offset") == 0 {
		return nil
	}
	claims, err := tx.AsOffice().Find(Recoveries, "member", p.Text("member"))
	if err != nil {
		return err
	}
	for _, c := range claims {
		left := slices.DeleteFunc(slices.Clone(rows(c, "receipts")), func(row map[string]any) bool { return text(row["how"]) == offsetWord+batch })
		if len(left) < len(rows(c, "receipts")) {
			if err := tell(tx, c, left); err != nil {
				return err
			}
		}
	}
	return nil
}

// PaymentsOf are the payments of a batch that the viewer may know of.
func PaymentsOf(tx *record.Tx, batch record.Ref) ([]*record.Record, error) {
	return tx.Find(Payments, "ref", batch.String())
}

// due is what one member is to get in a batch.
type due struct {
	member *record.Record
	lines  []*record.Record
	before *record.Record // the payment that failed
}

// MakeBatch makes the payments of a cycle that are due: the first time all of
// them, afterwards those that failed or had no account. It says who is left out
// because there is still no account to pay into.
func (d *Desk) MakeBatch(ctx context.Context, v access.Viewer, cycle record.Ref) (made record.Ref, without []string, err error) {
	err = d.book.Change(ctx, v, "津贴制单", func(tx *record.Tx) error {
		made, without = record.Ref{}, nil
		c, err := tx.Open(cycle)
		if err != nil {
			return err
		}
		if err := mayMake(tx, c); err != nil {
			return err
		}
		list, err := dues(tx, c)
		if err != nil {
			return err
		}
		made, without, err = makeBatch(tx, c, list)
		return err
	})
	if err != nil {
		return record.Ref{}, nil, err
	}
	return made, without, nil
}

// mayMake refuses a cycle that is not approved, an office that was restored,
// and a second batch while one is under way.
func mayMake(tx *record.Tx, c *record.Record) error {
	def, _ := tx.Book().Registers().Get(Batches)
	if !tx.MayCreate(def) {
		return record.Refused(record.CodeDenied, "您的岗位不制发放单")
	}
	if c.Register == Cycles && c.Step == "closed" {
		return record.Refused(record.CodeInvalid, "这一期已经关账；银行退回、要重发的，请科室负责人先“重开”")
	}
	if c.Register != Cycles || c.Step != "approved" {
		return record.Refused(record.CodeInvalid, "发放期批准以后才能制单")
	}
	stop, err := locked(tx)
	if err != nil {
		return err
	}
	if len(stop) > 0 {
		return &record.Refusal{Code: record.CodeInvalid, Text: "现在不能制单", Problems: stop}
	}
	return noneUnderWay(tx, c)
}

// noneUnderWay refuses while a batch of a cycle has not come back.
func noneUnderWay(tx *record.Tx, c *record.Record) error {
	batches, err := tx.AsOffice().Find(Batches, "cycle", id(c.ID))
	if err != nil {
		return err
	}
	for _, b := range batches {
		if b.Step == "made" || b.Step == "sent" {
			return &record.Refusal{Code: record.CodeTaken, Ref: b.Ref, Text: "批次 " + b.Number + " 还在办（" + b.StepLabel() + "），先办完它，不会重复制单"}
		}
	}
	return nil
}

// dues are the members of a cycle who have not been paid, in the order in which
// they were approved.
func dues(tx *record.Tx, c *record.Record) ([]*due, error) {
	lines, err := tx.AsOffice().Find(Lines, "cycle", id(c.ID))
	if err != nil {
		return nil, err
	}
	failed, err := lastPayments(tx, c)
	if err != nil {
		return nil, err
	}
	var out []*due
	at := map[uint64]*due{}
	for _, l := range lines {
		if s := l.Text("state"); s != "due" && s != "failed" {
			continue
		}
		n := l.RefID("member")
		if at[n] == nil {
			m, err := tx.AsOffice().Open(ref(Members, n))
			if err != nil {
				return nil, err
			}
			at[n] = &due{member: m, before: failed[n]}
			out = append(out, at[n])
		}
		at[n].lines = append(at[n].lines, l)
	}
	return out, nil
}

// lastPayments are the payments of a cycle that failed and were not made again.
func lastPayments(tx *record.Tx, c *record.Record) (map[uint64]*record.Record, error) {
	all, err := tx.AsOffice().Find(Payments, "ref", c.Ref.String())
	if err != nil {
		return nil, err
	}
	out := map[uint64]*record.Record{}
	for _, p := range all {
		if p.Text("state") == "failed" {
			out[p.RefID("member")] = p
		}
	}
	return out, nil
}

func makeBatch(tx *record.Tx, c *record.Record, list []*due) (record.Ref, []string, error) {
	attempt, err := nextAttempt(tx, c)
	if err != nil {
		return record.Ref{}, nil, err
	}
	b, err := tx.AsOffice().Create(record.Draft{Register: Batches, Owner: tx.Viewer().User, Values: register.Values{"cycle": id(c.ID), "programme": c.Text("programme"),
		"month": c.Text("month"), "attempt": attempt}})
	if err != nil {
		return record.Ref{}, nil, err
	}
	var without []string
	var people, gross, total int64
	for _, d := range list {
		due, amount, ok, err := pay(tx, b, d)
		if err != nil {
			return record.Ref{}, nil, err
		}
		if !ok {
			without = append(without, tx.SubjectName(d.member, false))
			continue
		}
		people, gross, total = people+1, gross+due, total+amount
	}
	if people == 0 {
		text := "这一期没有要发的了"
		if len(without) > 0 {
			text = "要发的人都还没有账户，请先在主档里登记：" + strings.Join(without, "、")
		}
		return record.Ref{}, nil, record.Refused(record.CodeInvalid, "%s", text)
	}
	return b.Ref, without, tx.AsOffice().Imply(b.Ref, register.Values{"people": float64(people), "gross": gross, "offset": gross - total, "amount": total})
}

func nextAttempt(tx *record.Tx, c *record.Record) (float64, error) {
	batches, err := tx.AsOffice().Find(Batches, "cycle", id(c.ID))
	n := 0.0
	for _, b := range batches {
		if b.Step != "dropped" {
			n = max(n, number(b, "attempt"))
		}
	}
	return n + 1, err
}

// pay makes one payment; ok is false when there is no account to pay into.
func pay(tx *record.Tx, b *record.Record, d *due) (gross, amount int64, ok bool, err error) {
	payee, err := payeeOf(tx, d.member)
	if err != nil || payee.Text("bank_account") == "" {
		return 0, 0, false, err
	}
	var months []string
	for _, l := range d.lines {
		gross += fen(l, "amount")
		months = append(months, l.Text("month"))
	}
	slices.Sort(months)
	var offset int64
	if d.before != nil { // what was set off stays set off
		offset = fen(d.before, "offset")
		if err := tx.AsOffice().Imply(d.before.Ref, register.Values{"state": "again"}); err != nil {
			return 0, 0, false, err
		}
	} else if offset, err = setOff(tx, b, d.member, gross); err != nil {
		return 0, 0, false, err
	}
	child, err := tx.Person(d.member.Subject)
	if err != nil {
		return 0, 0, false, err
	}
	account := payee.Text("bank_account")
	state, result := "made", ""
	if gross == offset {
		state, result = "paid", "全额抵扣追缴"
	}
	values := register.Values{"batch": id(b.ID), "cycle": b.Text("cycle"), "member": id(d.member.ID), "programme": b.Text("programme"), "attempt": number(b, "attempt"),
		"payee_name": cmp.Or(payee.Text("bank_holder"), payee.Text("name")), "bank": payee.Text("bank_name"), "account": account, "tail": account[max(0, len(account)-4):],
		"masked": value.Mask(value.KindIDCard, child.Text("id_number")), "months": monthSpan(months), "gross": gross, "offset": offset, "amount": gross - offset, "state": state, "result": result}
	for k, v := range values {
		if v == "" {
			delete(values, k)
		}
	}
	_, err = tx.AsOffice().Create(record.Draft{Register: Payments, Subject: d.member.Subject, Owner: tx.Viewer().User, Values: values})
	if err == nil && state == "paid" {
		err = markLines(tx, b.RefID("cycle"), d.member.ID, "paid")
	}
	return gross, gross - offset, true, err
}

func payeeOf(tx *record.Tx, m *record.Record) (*record.Record, error) {
	if who := m.RefID("payee"); who != 0 {
		return tx.Person(who)
	}
	return tx.Person(m.Subject)
}

// monthSpan writes months, in order, in words: one by one when they are few,
// the year once.
func monthSpan(months []string) string {
	year := ""
	title := func(s string) string {
		m := month(s)
		t := m.Title()
		if s[:4] == year {
			t = t[len(year)+len("年"):]
		}
		year = s[:4]
		return t
	}
	if n := len(months); n > 4 {
		return fmt.Sprintf("%s至%s（%d个月）", title(months[0]), title(months[n-1]), n)
	}
	var out []string
	for _, s := range months {
		out = append(out, title(s))
	}
	return strings.Join(out, "、")
}

// markLines gives the entitlements of a member in a cycle a state.
func markLines(tx *record.Tx, cycle, member uint64, state string) error {
	lines, err := tx.AsOffice().Find(Lines, "member", id(member))
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l.RefID("cycle") != cycle || l.Text("state") == state {
			continue
		}
		if s := l.Text("state"); s != "due" && s != "failed" && s != "paid" {
			continue
		}
		if err := tx.AsOffice().Imply(l.Ref, register.Values{"state": state}); err != nil {
			return err
		}
	}
	return nil
}
