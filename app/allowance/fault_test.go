package allowance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"jiezhen/app/allowance"
	"jiezhen/app/people"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
)

// paying opens an office with a standard and so many children who are due from May.
func paying(t *testing.T, children int) *desk {
	d := open(t)
	d.standard("orphan.scattered", 245000, "2025-01")
	var sources []record.Ref
	for n := range children {
		sources = append(sources, d.orphan(d.child(n, "2015-06-15"), "2026-04-09", nil))
	}
	d.enrol(sources...)
	return d
}

// batch makes a batch and gives its payments as the bank would list them.
func (d *desk) batch(c record.Ref) (record.Ref, []sheet.Line) {
	d.t.Helper()
	b, _, err := d.office().Allowance.MakeBatch(d.t.Context(), d.users["child.officer"], c)
	d.must(err)
	return b, d.bankRows(b)
}

func (d *desk) bankRows(b record.Ref) []sheet.Line {
	d.t.Helper()
	data, _, err := d.office().Allowance.BankFile(d.t.Context(), d.users["child.officer"], b)
	d.must(err)
	rows, err := sheet.Pick(data, sheet.Wanted{Label: "账号"}, sheet.Wanted{Label: "金额"}, sheet.Wanted{Label: "付款编号"})
	d.must(err)
	return rows
}

// answered sends a batch and takes what the bank says of its payments.
func (d *desk) answered(b record.Ref, rows []sheet.Line, results ...string) {
	d.t.Helper()
	d.do("child.officer", b, "send", register.Values{"sent_at": "2026-04-20"})
	_, err := d.office().Allowance.TakeReturn(d.t.Context(), d.users["child.officer"], b, returned(rows, results...))
	d.must(err)
}

// paidOut has everybody of a cycle paid who is due.
func (d *desk) paidOut(c record.Ref) {
	d.t.Helper()
	if d.read(c).Values["amount"] == int64(0) {
		return
	}
	b, rows := d.batch(c)
	d.answered(b, rows, slices.Repeat([]string{"成功"}, len(rows))...)
}

// TestAMonthWithNothingIsNoDeadEnd goes on after a month in which nobody was
// due, and after one opened by mistake.
func TestAMonthWithNothingIsNoDeadEnd(t *testing.T) {
	t.Parallel()
	d := paying(t, 1)
	d.approved("unattended", "2026-05")
	m := d.all(allowance.Members)[0].Ref
	d.do("child.officer", m, "pause", register.Values{"pause_from": "2026-06", "pause_reason": "失联", "pause_backpay": true})
	june := d.cycle("unattended", "2026-06")
	d.refused(d.act("child.officer", june, "submit", nil), "不用送审")
	d.do("child.supervisor", m, "resume", register.Values{"resume_from": "2026-07"})
	far := d.cycle("unattended", "2027-07")
	_, err := d.office().Allowance.OpenCycle(t.Context(), d.users["child.officer"], "unattended", month("2026-07"))
	d.refused(err, "已经有更晚的")
	d.do("child.officer", far, "drop", nil)
	d.do("child.officer", june, "drop", nil)
	july := d.cycle("unattended", "2026-07")
	d.do("child.officer", july, "submit", nil)
	d.do("welfare.head", july, "approve", nil)
	if got := d.lines(); got != "2026-05 regular 2450 due; 2026-06 arrears 2450 due; 2026-07 regular 2450 due" {
		t.Error(got)
	}
	if again := d.cycle("unattended", "2026-08"); again == far {
		t.Error("a month that was given up came back")
	}
}

// TestDroppedBatchesLeaveNothingBehind gives batches up and makes them again:
// every fen is paid once, whatever was set off.
func TestDroppedBatchesLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	d := paying(t, 2)
	c := d.approved("unattended", "2026-05")
	children := d.all(record.Persons)
	first := children[0].Ref
	b, rows := d.batch(c)
	d.answered(b, rows, "失败", "失败")
	set := func(account any) {
		d.must(d.change(d.users["child.officer"], func(tx *record.Tx) error {
			return tx.AsOffice().Imply(first, register.Values{"bank_account": account})
		}))
	}
	set(nil) // the first attempt failed for both; the second leaves one out
	b, rows = d.batch(c)
	if len(rows) != 1 {
		t.Fatalf("%d in the second batch", len(rows))
	}
	d.answered(b, rows, "失败")
	set(account(7))
	b, _ = d.batch(c)
	d.do("child.officer", b, "drop", nil)
	failed := 0
	for _, p := range d.all(allowance.Payments) {
		if p.Text("state") == "failed" {
			failed++
		}
	}
	if failed != 2 {
		t.Errorf("%d wait to be made again after the third was given up, want 2", failed)
	}
	b, rows = d.batch(c)
	d.answered(b, rows, "成功", "成功")
	d.do("child.officer", c, "close", nil)
	if v := d.read(c).Values; v["paid"] != int64(490000) {
		t.Errorf("closed with %v paid", v["paid"])
	}
}

// owing opens an office whose only child owes 800 for May and has agreed to
// have it set off; June is approved.
func owing(t *testing.T, dibao int64) (*desk, record.Ref) {
	d := paying(t, 1)
	m := d.all(allowance.Members)[0].Ref
	d.paidOut(d.approved("unattended", "2026-05"))
	d.edit("child.officer", m, register.Values{"others": []map[string]any{{"code": "dibao", "from": "2026-05", "to": "2026-05", "amount": dibao, "evidence": "低保证，补登"}}})
	c := d.approved("unattended", "2026-06")
	claim := d.all(allowance.Recoveries)[0]
	d.do("child.officer", claim.Ref, "tell", register.Values{"told_at": "2026-04-20"})
	d.do("child.officer", claim.Ref, "agree", register.Values{"way": "offset", "consent_at": "2026-04-20"})
	return d, c
}

// TestWholeMonthSetOff pays nothing out when all of it is set off: the batch
// ends by itself, and giving it up owes everything again.
func TestWholeMonthSetOff(t *testing.T) {
	t.Parallel()
	d, c := owing(t, 245000)
	pay, officer := d.office().Allowance, d.users["child.officer"]
	b, _, err := pay.MakeBatch(t.Context(), officer, c)
	d.must(err)
	if p := d.all(allowance.Payments)[1]; p.Values["amount"] != int64(0) || p.Text("state") != "paid" {
		t.Fatalf("%v", p.Values)
	}
	d.do("child.officer", b, "drop", nil)
	if got := d.lines(); !strings.Contains(got, "2026-06 regular 2450 due") {
		t.Errorf("a batch given up leaves %s", got)
	}
	b, _, err = pay.MakeBatch(t.Context(), officer, c)
	d.must(err)
	d.do("child.officer", b, "settle", nil)
	if got := d.read(b).Step; got != "returned" {
		t.Errorf("nothing goes to the bank, and the batch stands in %s", got)
	}
	d.do("child.officer", c, "close", nil)
}

// TestPartSetOffAndGivenUp keeps what was set off once through failure and
// another attempt.
func TestPartSetOffAndGivenUp(t *testing.T) {
	t.Parallel()
	d, c := owing(t, 80000)
	b, rows := d.batch(c)
	d.answered(b, rows, "失败")
	b, _ = d.batch(c)
	d.do("child.officer", b, "drop", nil)
	_, rows = d.batch(c)
	if rows[0].Cells[1] != "1650.00" {
		t.Errorf("pays %s", rows[0].Cells[1])
	}
	if claim := d.all(allowance.Recoveries)[0]; claim.Values["owed"] != int64(0) || len(claim.Values["receipts"].([]map[string]any)) != 1 {
		t.Errorf("owed: %v, %v", claim.Values["owed"], claim.Values["receipts"])
	}
}

// TestFailedAndPaidAfterAll corrects what the bank said wrongly, with a reason,
// unless it was made again meanwhile.
func TestFailedAndPaidAfterAll(t *testing.T) {
	t.Parallel()
	d := paying(t, 2)
	c := d.approved("unattended", "2026-05")
	b, rows := d.batch(c)
	d.answered(b, rows, "失败", "成功")
	pay, officer := d.office().Allowance, d.users["child.officer"]
	_, err := pay.TakeReturn(t.Context(), officer, b, returned(rows, "成功", "成功"))
	d.refused(err, "更正为已入账")
	failed := d.paymentIn("failed")
	mend := func(number, proof string) error {
		return d.act("child.officer", b, "mend", register.Values{"mended": number, "proof": proof})
	}
	d.refused(mend(failed.Number, ""), "银行")
	d.refused(mend("FK-1", "银行证明"), "没有这个编号")
	d.must(mend(failed.Number, "银行2026年4月20日入账证明"))
	if p := d.read(failed.Ref); p.Text("state") != "paid" || !strings.Contains(p.Text("result"), "入账证明") {
		t.Errorf("%v", p.Values)
	}
	d.do("child.officer", c, "close", nil)
	if v := d.read(c).Values; v["paid"] != int64(490000) || d.read(b).Values["failed_people"] != 0.0 {
		t.Errorf("%v, %v", v["paid"], d.read(b).Values)
	}
	// money that comes back after the books were closed: reopened, made again
	_, err = pay.TakeReturn(t.Context(), officer, b, returned(rows[1:], "退汇"))
	d.must(err)
	_, _, err = pay.MakeBatch(t.Context(), officer, c)
	d.refused(err, "重开")
	d.do("welfare.head", c, "reopen", nil)
	_, rows = d.batch(c)
	if len(rows) != 1 {
		t.Errorf("%d are made again", len(rows))
	}
	d.refused(mend(d.paymentIn("again").Number, "银行证明"), "已经重发")
}

// paymentIn is a payment in a state.
func (d *desk) paymentIn(state string) *record.Record {
	d.t.Helper()
	for _, p := range d.all(allowance.Payments) {
		if p.Text("state") == state {
			return p
		}
	}
	d.t.Fatal("no payment is " + state)
	return nil
}

// TestNothingIsClaimedThatWasNeverPaid does not ask back what failed: it is
// given up instead, and closing is possible.
func TestNothingIsClaimedThatWasNeverPaid(t *testing.T) {
	t.Parallel()
	d := paying(t, 2)
	d.paidOut(d.approved("unattended", "2026-05"))
	june := d.approved("unattended", "2026-06")
	b, rows := d.batch(june)
	d.answered(b, rows, "失败", "成功")
	d.now = time.Date(2026, 8, 3, 9, 0, 0, 0, time.Local)
	child := d.all(allowance.Members)[0].Subject
	d.must(d.change(d.users["child.officer"], func(tx *record.Tx) error {
		return tx.AsOffice().Imply(record.Ref{Register: record.Persons, ID: child}, register.Values{"life": "2", "death_date": "2026-05-20"})
	}))
	r := d.reckon("unattended", "2026-07")
	if r.Back != 0 || r.Of(allowance.Unsettled) != 1 || !strings.Contains(strings.Join(r.States[0].Open, ""), "还没有发成") {
		t.Fatalf("claims %d, %+v", r.Back, r.States)
	}
	d.refused(d.act("child.officer", june, "giveup", nil), "岗位")
	d.do("welfare.head", june, "giveup", nil)
	d.refused(d.act("welfare.head", june, "giveup", nil), "没有没发成的")
	d.do("child.officer", june, "close", nil)
	if r := d.reckon("unattended", "2026-07"); r.Back != 0 || r.Of(allowance.Stopped)+r.Of(allowance.Idle) != 1 {
		t.Errorf("claims %d, %+v", r.Back, r.States)
	}
}

// TestGivenUpComesAgain pays in a later month what was given up in an earlier
// one and is still due.
func TestGivenUpComesAgain(t *testing.T) {
	t.Parallel()
	d := paying(t, 1)
	may := d.approved("unattended", "2026-05")
	b, rows := d.batch(may)
	d.answered(b, rows, "失败")
	d.do("welfare.head", may, "giveup", nil)
	_, _, err := d.office().Allowance.MakeBatch(t.Context(), d.users["child.officer"], may)
	d.refused(err, "没有要发的了")
	d.approved("unattended", "2026-06")
	if got := d.lines(); got != "2026-05 regular 2450 carried; 2026-05 arrears 2450 due; 2026-06 regular 2450 due" {
		t.Error(got)
	}
}

// TestTwoProgrammesThatExclude pays neither of two recognitions that exclude
// each other until the applicant has chosen.
func TestTwoProgrammesThatExclude(t *testing.T) {
	t.Parallel()
	d := paying(t, 1)
	child := record.Ref{Register: record.Persons, ID: d.all(allowance.Members)[0].Subject}
	d.enrol(d.orphan(child, "2026-04-10", register.Values{"father_state": "1", "mother_state": "1", "conclusion": "orphan"}))
	for _, programme := range []string{"orphan", "unattended"} {
		r := d.reckon(programme, "2026-05")
		if len(r.Lines) != 0 || r.Of(allowance.Unsettled) != 1 || !strings.Contains(strings.Join(r.States[0].Open, ""), "冲突告知") {
			t.Errorf("%s: %+v %+v", programme, r.Lines, r.States)
		}
	}
	for _, m := range d.all(allowance.Members) {
		if m.Text("programme") == "unattended" {
			d.do("child.officer", m.Ref, "exit", register.Values{"exit_reason": "gone", "exit_at": "2026-04-15"})
		}
	}
	if r := d.reckon("orphan", "2026-05"); r.Pay != 245000 {
		t.Errorf("after the other ended: %d, %+v", r.Pay, r.States)
	}
}

// TestAbodeChangesFromAMonth pays the institution's standard from the month
// that was said, never for all of the past.
func TestAbodeChangesFromAMonth(t *testing.T) {
	t.Parallel()
	d := paying(t, 1)
	d.standard("orphan.institution", 290000, "2025-01")
	d.approved("unattended", "2026-05")
	source := d.all("child.orphan")[0].Ref
	d.must(d.change(d.users["child.officer"], func(tx *record.Tx) error {
		return tx.AsOffice().Imply(source, register.Values{"abode": "institution"})
	}))
	r := d.reckon("unattended", "2026-06")
	if len(r.Lines) != 0 || !strings.Contains(strings.Join(r.States[0].Open, ""), "从哪个月起") {
		t.Fatalf("%+v %+v", r.Lines, r.States)
	}
	d.edit("child.officer", d.all(allowance.Members)[0].Ref, register.Values{"abodes": []map[string]any{{"from": "2026-05", "abode": "scattered"}, {"from": "2026-06", "abode": "institution"}}})
	if r := d.reckon("unattended", "2026-06"); r.Pay != 290000 || r.Arrears != 0 {
		t.Errorf("%d, %+v", r.Pay, r.States)
	}
}

// TestAnEarlierMonthNobodySettled names an earlier month of which nobody knows,
// instead of passing over it.
func TestAnEarlierMonthNobodySettled(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.standard("infant.nutrition", 20000, "2026-05")
	infant := d.child(0, "2025-03-18")
	d.create(d.users["child.officer"], record.Draft{Register: "child.nutrition", Step: "active", Subject: infant.ID, Values: register.Values{"applied_at": "2023-02-09", "applicant": fmt.Sprint(infant.ID),
		"household": "dibao", "way": "1", "poor": "yes", "decision_at": "2026-02-25"}})
	_, err := d.office().Allowance.Enrol(t.Context(), d.users["child.officer"], allowance.Entry{Sources: []record.Ref{d.all("child.nutrition")[0].Ref}, Local: "yes"})
	d.must(err)
	r := d.reckon("nutrition", "2026-05")
	if r.People != 1 || len(r.States) != 1 || !strings.Contains(strings.Join(r.States[0].Earlier, ""), "标准") {
		t.Errorf("%d people, %+v", r.People, r.States)
	}
}

// TestMergedFiles joins two files of one child that were both paid: nothing is
// lost, and what was paid twice is asked back.
func TestMergedFiles(t *testing.T) {
	t.Parallel()
	d := paying(t, 2)
	d.paidOut(d.approved("unattended", "2026-05"))
	members := d.all(allowance.Members)
	keep, drop := members[0].Subject, members[1].Subject
	merge := func() error {
		order, err := d.office().People.Merge(t.Context(), d.users["child.officer"], people.MergeOrder{Keep: keep, Drop: drop, Reason: "同一名儿童建了两份"})
		if err != nil {
			return err
		}
		return d.office().People.ApproveMerge(t.Context(), d.users["welfare.head"], order.Ref, "同意")
	}
	d.refused(merge(), "退出")
	d.do("child.officer", members[1].Ref, "exit", register.Values{"exit_reason": "other", "exit_at": "2026-04-09"})
	d.must(merge())
	r := d.reckon("unattended", "2026-06")
	if r.Back != 245000 || r.Pay != 245000 || r.Of(allowance.Unsettled) != 0 {
		t.Errorf("%d back, %d due, %+v", r.Back, r.Pay, r.States)
	}
	d.approved("unattended", "2026-06")
	if got := d.lines(); strings.Count(got, "2026-05 regular 2450 paid") != 2 || !strings.Contains(got, "2026-05 recovery -2450 claimed") {
		t.Error(got)
	}
}

// TestAccountChangedOnTheWay says of an account that was changed after the
// approval, or after the batch was made.
func TestAccountChangedOnTheWay(t *testing.T) {
	t.Parallel()
	d := paying(t, 1)
	c := d.approved("unattended", "2026-05")
	child := record.Ref{Register: record.Persons, ID: d.all(allowance.Members)[0].Subject}
	set := func(n int) {
		d.must(d.change(d.users["child.officer"], func(tx *record.Tx) error {
			return tx.AsOffice().Imply(child, register.Values{"bank_account": account(n)})
		}))
	}
	want := func(words string) {
		t.Helper()
		d.must(d.office().Book.View(t.Context(), d.users["child.officer"], func(tx *record.Tx) error {
			p := d.all(allowance.Payments)
			doubts, err := allowance.AccountDoubts(tx, p)
			if got := doubts[p[0].ID]; !strings.Contains(got, words) || words == "" && got != "" {
				t.Errorf("%q, want %q", got, words)
			}
			return err
		}))
	}
	set(8)
	b, _ := d.batch(c)
	want("批准时尾号" + account(0)[15:])
	set(0)
	want("制单后领款账户改过")
	set(8)
	d.do("child.officer", b, "send", register.Values{"sent_at": "2026-04-20"})
	set(0)
	want("送银行后领款账户改过")
}

// TestSwitchesTurnFromAMonth turns a switch of the parameters: it holds from its
// month on, and what was paid before stays as it is.
func TestSwitchesTurnFromAMonth(t *testing.T) {
	t.Parallel()
	d := paying(t, 2)
	d.paidOut(d.approved("unattended", "2026-05"))
	p := d.create(d.users["welfare.head"], record.Draft{Register: "office.parameter", Values: register.Values{"key": "benefit.death.month", "value": "否", "from": "2026-06-15", "basis": "虚构文号", "state": "已核"}})
	d.do("leader", p, "approve", nil)
	d.office().Noticed("office.parameter")
	died := func(member int, on string) {
		child := record.Ref{Register: record.Persons, ID: d.all(allowance.Members)[member].Subject}
		d.must(d.change(d.users["child.officer"], func(tx *record.Tx) error {
			return tx.AsOffice().Imply(child, register.Values{"life": "2", "death_date": on})
		}))
	}
	died(0, "2026-05-20")
	if r := d.reckon("unattended", "2026-06"); r.Back != 0 {
		t.Errorf("the month of a death before the switch is claimed: %d", r.Back)
	}
	died(1, "2026-06-20")
	if r := d.reckon("unattended", "2026-06"); r.Pay != 245000 {
		t.Errorf("the month of a death before the switch holds pays %d, want 2450", r.Pay)
	}
	died(1, "2026-07-10")
	if r := d.reckon("unattended", "2026-07"); r.Pay != 245000 || r.Arrears != 245000 {
		t.Errorf("the month of a death after the switch: pays %d, of it arrears %d", r.Pay, r.Arrears)
	}
}
