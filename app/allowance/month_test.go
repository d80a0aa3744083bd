package allowance_test

import (
	"strings"
	"testing"
	"time"

	"jiezhen/app/allowance"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
)

// TestMonth pays a month to three children: a dry run, approval by another, the
// bank, a returned file in which one failed, that one again, and the books
// closed.
func TestMonth(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.standard("orphan.scattered", 245000, "2025-01")
	var sources []record.Ref
	for n := range 3 {
		sources = append(sources, d.orphan(d.child(n, "2015-06-15"), "2026-04-09", nil))
	}
	d.enrol(sources...)
	if r := d.reckon("unattended", "2026-04"); len(r.Lines) != 0 {
		t.Errorf("the month of the decision pays: %+v", r.Lines)
	}
	r := d.reckon("unattended", "2026-05")
	if r.People != 3 || r.Pay != 735000 || r.Of(allowance.Added) != 3 || len(r.Examples) != 0 {
		t.Fatalf("%d people, %d fen, %d added, %v", r.People, r.Pay, r.Of(allowance.Added), r.Examples)
	}
	if len(d.all(allowance.Lines)) != 0 {
		t.Error("a dry run wrote lines")
	}
	c := d.cycle("unattended", "2026-05")
	d.do("child.officer", c, "submit", nil)
	d.refused(d.act("child.officer", c, "approve", nil), "岗位")
	d.do("welfare.head", c, "approve", nil)
	if got := d.lines(); got != "2026-05 regular 2450 due; 2026-05 regular 2450 due; 2026-05 regular 2450 due" {
		t.Fatal(got)
	}
	d.bank(c)
}

func (d *desk) bank(c record.Ref) {
	d.t.Helper()
	officer := d.users["child.officer"]
	b, without, err := d.office().Allowance.MakeBatch(d.t.Context(), officer, c)
	d.must(err)
	if len(without) > 0 {
		d.t.Errorf("without account: %v", without)
	}
	_, _, err = d.office().Allowance.MakeBatch(d.t.Context(), officer, c)
	d.refused(err, "还在办")
	data, _, err := d.office().Allowance.BankFile(d.t.Context(), officer, b)
	d.must(err)
	rows, err := sheet.Pick(data, sheet.Wanted{Label: "账号"}, sheet.Wanted{Label: "金额"}, sheet.Wanted{Label: "付款编号"})
	d.must(err)
	if len(rows) != 3 || rows[0].Cells[0] != account(0) || rows[0].Cells[1] != "2450.00" {
		d.t.Fatalf("bank file: %v", rows)
	}
	_, err = d.office().Allowance.TakeReturn(d.t.Context(), officer, b, returned(rows, "成功", "失败", "成功"))
	d.refused(err, "先登记已送银行")
	d.do("child.officer", b, "send", register.Values{"sent_at": "2026-04-20"})
	d.again(c, b, rows)
}

func (d *desk) again(c, b record.Ref, rows []sheet.Line) {
	d.t.Helper()
	officer, pay := d.users["child.officer"], d.office().Allowance
	_, err := pay.TakeReturn(d.t.Context(), officer, b, returned(rows, "成功", "待查", "成功"))
	d.refused(err, "看不懂结果")
	out, err := pay.TakeReturn(d.t.Context(), officer, b, returned(rows[:2], "成功", "户名不符"))
	d.must(err)
	if out.Paid != 1 || out.Failed != 1 || out.Waiting != 1 || d.read(b).Step != "sent" {
		d.t.Fatalf("part of a file: %+v, %s", out, d.read(b).Step)
	}
	out, err = pay.TakeReturn(d.t.Context(), officer, b, returned(rows, "成功", "户名不符", "成功"))
	d.must(err)
	if out.Paid != 2 || out.Failed != 1 || out.Same != 2 || d.read(b).Step != "returned" {
		d.t.Fatalf("whole file: %+v, %s", out, d.read(b).Step)
	}
	if got := d.lines(); got != "2026-05 regular 2450 paid; 2026-05 regular 2450 failed; 2026-05 regular 2450 paid" {
		d.t.Fatal(got)
	}
	d.refused(d.act("child.officer", c, "close", nil), "还有没有发成的")
	second, _, err := pay.MakeBatch(d.t.Context(), officer, c)
	d.must(err)
	if n := d.read(second).Values["people"]; n != 1.0 {
		d.t.Fatalf("%v people in the second batch, want the one that failed", n)
	}
	d.do("child.officer", second, "send", register.Values{"sent_at": "2026-04-20"})
	data, _, err := pay.BankFile(d.t.Context(), officer, second)
	d.must(err)
	once, err := sheet.Pick(data, sheet.Wanted{Label: "账号"}, sheet.Wanted{Label: "金额"}, sheet.Wanted{Label: "付款编号"})
	d.must(err)
	_, err = pay.TakeReturn(d.t.Context(), officer, second, returned(once, "成功"))
	d.must(err)
	_, _, err = pay.MakeBatch(d.t.Context(), officer, c)
	d.refused(err, "没有要发的了")
	d.do("child.officer", c, "close", nil)
	if v := d.read(c).Values; v["paid"] != int64(735000) || v["failed"] != int64(0) {
		d.t.Errorf("closed with %v paid, %v failed", v["paid"], v["failed"])
	}
}

// returned writes a bank's answer to rows of account, amount and number.
func returned(rows []sheet.Line, results ...string) []byte {
	lines := [][]string{}
	for i, r := range rows {
		lines = append(lines, []string{r.Cells[0], r.Cells[1], results[i], r.Cells[2]})
	}
	data, err := sheet.List("回盘", []string{"账号", "金额", "处理结果", "付款编号"}, lines)
	if err != nil {
		panic(err)
	}
	return data
}

// TestExamplesPayNothing sends nothing up on a standard nobody has checked.
func TestExamplesPayNothing(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.enrol(d.orphan(d.child(0, "2015-06-15"), "2026-04-09", nil))
	c := d.cycle("unattended", "2026-05")
	d.refused(d.act("child.officer", c, "submit", nil), "还是示例")
	s := d.create(d.users["child.officer"], record.Draft{Register: allowance.Standards, Values: register.Values{"code": "orphan.scattered", "amount": int64(248000), "from": "2026-01", "basis": "虚构文号"}})
	d.office().Noticed(allowance.Standards)
	d.refused(d.act("child.officer", c, "submit", nil), "还是示例")
	_, err := d.try(d.users["child.officer"], record.Draft{Register: allowance.Standards, Values: register.Values{"code": "orphan.scattered", "amount": int64(1), "from": "2026-03", "basis": "另一文号"}})
	d.refused(err, "重叠")
	d.do("welfare.head", s, "check", nil)
	d.office().Noticed(allowance.Standards)
	d.do("child.officer", c, "submit", nil)
	if got := d.read(c).Text("standards"); !strings.Contains(got, "2,480.00") || !strings.Contains(got, "已核") {
		t.Errorf("standards: %s", got)
	}
}

// TestApprovedAsSent refuses what has changed since it was sent up.
func TestApprovedAsSent(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.standard("orphan.scattered", 245000, "2025-01")
	child := d.child(0, "2015-06-15")
	d.enrol(d.orphan(child, "2026-04-09", nil))
	c := d.cycle("unattended", "2026-05")
	d.do("child.officer", c, "submit", nil)
	d.must(d.change(d.users["child.officer"], func(tx *record.Tx) error {
		return tx.AsOffice().Imply(child, register.Values{"bank_account": account(9)})
	}))
	d.refused(d.act("welfare.head", c, "approve", nil), "情况有了变化")
	if d.lines() != "" || d.read(c).Step != "submitted" {
		t.Errorf("a refused approval left %q in %s", d.lines(), d.read(c).Step)
	}
	d.do("welfare.head", c, "refuse", nil)
	d.do("child.officer", c, "submit", nil)
	d.do("welfare.head", c, "approve", nil)
	if a := d.all(allowance.Lines)[0].Text("account"); a != account(9) {
		t.Errorf("approved for account %s", a)
	}
	d.do("welfare.head", c, "revoke", nil)
	if d.lines() != "" || d.read(c).Step != "draft" {
		t.Errorf("revoked: %q in %s", d.lines(), d.read(c).Step)
	}
	d.do("child.officer", c, "submit", nil)
	d.do("leader", c, "approve", nil)
	if got := d.lines(); got != "2026-05 regular 2450 due" {
		t.Errorf("approved anew: %q", got)
	}
}

// TestStopsAndRecoveries finds a death that was learned of late, ends the
// membership, claims the months back, and sets them off only with consent.
func TestStopsAndRecoveries(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.standard("orphan.scattered", 245000, "2025-01")
	source := d.orphan(d.child(0, "2015-06-15"), "2026-04-09", nil)
	d.enrol(source)
	for _, m := range []string{"2026-05", "2026-06", "2026-07"} {
		d.paidOut(d.approved("unattended", m))
	}
	d.now = time.Date(2026, 8, 3, 9, 0, 0, 0, time.Local)
	d.do("welfare.head", source, "end", register.Values{"end_reason": "found", "ended_at": "2026-05-20"})
	r := d.reckon("unattended", "2026-08")
	if r.Back != 490000 || r.Of(allowance.Stopped) != 1 || r.States[0].Exit != "gone" {
		t.Fatalf("%d back, %+v", r.Back, r.States)
	}
	c := d.approved("unattended", "2026-08")
	claims := d.all(allowance.Recoveries)
	if len(claims) != 1 || claims[0].Text("from") != "2026-06" || claims[0].Text("to") != "2026-07" || claims[0].Values["owed"] != int64(490000) {
		t.Fatalf("claims: %+v", claims[0].Values)
	}
	if m := d.all(allowance.Members)[0]; m.Step != "ended" || m.Text("exit_month") != "2026-06" {
		t.Errorf("member is %s, stops %s", m.Step, m.Text("exit_month"))
	}
	if r := d.reckon("unattended", "2026-09"); len(r.Lines) != 0 {
		t.Errorf("claimed twice: %+v", r.Lines)
	}
	_, _, err := d.office().Allowance.MakeBatch(t.Context(), d.users["child.officer"], c)
	d.refused(err, "没有要发的了")
	claim := claims[0].Ref
	d.do("child.officer", claim, "tell", register.Values{"told_at": "2026-08-03"})
	d.refused(d.act("child.officer", claim, "agree", register.Values{"way": "offset"}), "书面同意")
	d.do("child.officer", claim, "agree", register.Values{"way": "instalments", "parts": 3.0})
	plan := d.read(claim).Values["plan"].([]map[string]any)
	if len(plan) != 3 || plan[0]["amount"] != int64(163334) || plan[0]["due"] != "2026-09-03" {
		t.Errorf("plan: %v", plan)
	}
	d.refused(d.act("child.officer", claim, "finish", nil), "还没有追清")
	d.do("child.officer", claim, "receive", register.Values{"receipts": []map[string]any{{"date": "2026-08-03", "amount": int64(490000), "how": "缴款书1号"}}})
	d.do("child.officer", claim, "finish", nil)
}
