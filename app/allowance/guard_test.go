package allowance_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"jiezhen/app/allowance"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
)

// TestNeverASecondLine presses every button of a month at once, many times: one
// cycle, one line a person and month, one payment.
func TestNeverASecondLine(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.standard("orphan.scattered", 245000, "2025-01")
	var sources []record.Ref
	for n := range 4 {
		sources = append(sources, d.orphan(d.child(n, "2015-06-15"), "2026-04-09", nil))
	}
	pay, ctx := d.office().Allowance, t.Context()
	atOnce(6, func() {
		_, _ = pay.Enrol(ctx, d.users["child.officer"], allowance.Entry{Sources: sources}) // all but one are refused
	})
	if n := len(d.all(allowance.Members)); n != 4 {
		t.Fatalf("%d members of 4 children", n)
	}
	for _, m := range []string{"2026-05", "2026-06"} {
		atOnce(6, func() { _, _ = pay.OpenCycle(ctx, d.users["child.officer"], "unattended", month(m)) })
		cycles := d.all(allowance.Cycles)
		c := cycles[len(cycles)-1].Ref
		atOnce(6, func() { _ = d.press("child.officer", c, "submit", nil) })
		atOnce(6, func() { _ = d.press("welfare.head", c, "approve", nil) })
		atOnce(6, func() { _, _, _ = pay.MakeBatch(ctx, d.users["child.officer"], c) })
	}
	seen := map[string]bool{}
	for _, l := range d.all(allowance.Lines) {
		key := fmt.Sprint(l.Subject, l.Text("month"), l.Text("kind"), l.Text("cause"))
		if seen[key] {
			t.Errorf("a second line: %s", key)
		}
		seen[key] = true
	}
	if len(seen) != 8 || len(d.all(allowance.Payments)) != 8 || len(d.all(allowance.Cycles)) != 2 {
		t.Errorf("%d lines, %d payments, %d cycles", len(seen), len(d.all(allowance.Payments)), len(d.all(allowance.Cycles)))
	}
	// the store holds it, not only the desk
	l := d.all(allowance.Lines)[0]
	err := d.change(d.users["child.officer"], func(tx *record.Tx) error {
		_, err := tx.AsOffice().Create(record.Draft{Register: allowance.Lines, Subject: l.Subject, Values: l.Values.Clone()})
		return err
	})
	d.refused(err, "已有同样的登记")
}

// press is act without a revision, as a double click is.
func (d *desk) press(role string, ref record.Ref, action string, values register.Values) error {
	return d.change(d.users[role], func(tx *record.Tx) error {
		_, err := tx.Do(ref, 0, action, record.Input{Values: values, Note: "测试"})
		return err
	})
}

func atOnce(n int, fn func()) {
	var running sync.WaitGroup
	for range n {
		running.Go(fn)
	}
	running.Wait()
}

// TestMonthsSettle runs months over facts that change at random: whatever
// happens, approving the same month again writes nothing, and in the end every
// month has exactly what it was due.
func TestMonthsSettle(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.standard("orphan.scattered", 245000, "2025-01")
	random := rand.New(rand.NewPCG(11, 7))
	var sources []record.Ref
	for n := range 5 {
		sources = append(sources, d.orphan(d.child(n, "2015-06-15"), "2026-04-09", nil))
	}
	d.enrol(sources...)
	for i, m := range []string{"2026-05", "2026-06", "2026-07", "2026-08", "2026-09"} {
		d.now = time.Date(2026, time.Month(5+i), 20, 9, 0, 0, 0, time.Local)
		if random.IntN(2) == 0 && i > 0 {
			who := sources[random.IntN(len(sources))]
			if d.read(who).Step == "confirmed" {
				d.do("welfare.head", who, "end", register.Values{"end_reason": "other", "ended_at": fmt.Sprintf("2026-%02d-%02d", 4+random.IntN(i+1), 10+random.IntN(9))})
			}
		}
		c := d.cycle("unattended", m)
		if d.act("child.officer", c, "submit", nil) != nil {
			continue // nobody is due any more
		}
		run := d.reckon("unattended", m)
		d.do("welfare.head", c, "approve", nil)
		d.sums(run, c)
		d.paidOut(c)
		if again := d.reckon("unattended", m); len(again.Lines) != 0 {
			t.Fatalf("%s runs again into %+v", m, again.Lines)
		}
	}
	d.settled()
}

// sums holds a run's totals, and those of the cycle that was approved, against
// its lines.
func (d *desk) sums(run *allowance.Run, c record.Ref) {
	d.t.Helper()
	var pay, back int64
	for _, l := range run.Lines {
		if l.Amount > 0 {
			pay += int64(l.Amount)
		} else {
			back -= int64(l.Amount)
		}
	}
	v := d.read(c).Values
	if int64(run.Pay) != pay || int64(run.Back) != back || v["amount"] != pay || v["recovery"] != back || v["rows"] != float64(len(run.Lines)) {
		d.t.Errorf("%d and %d by line; the run says %d and %d, the cycle %v", pay, back, run.Pay, run.Back, v)
	}
}

// settled holds what was approved against what is due, month by month.
func (d *desk) settled() {
	d.t.Helper()
	got := map[string]int64{}
	for _, l := range d.all(allowance.Lines) {
		got[l.Text("member")+" "+l.Text("month")] += l.Values["amount"].(int64)
	}
	d.must(d.office().Book.View(d.t.Context(), d.users["child.officer"], func(tx *record.Tx) error {
		for _, m := range d.all(allowance.Members) {
			months, _, err := d.office().Allowance.Why(tx, m, month("2026-09"), 5)
			if err != nil {
				return err
			}
			for _, e := range months {
				if have := got[fmt.Sprint(m.ID)+" "+e.Month.String()]; have != int64(e.Amount) {
					d.t.Errorf("member %d, %s: %d approved, %d due", m.ID, e.Month, have, e.Amount)
				}
			}
		}
		return nil
	}))
}

// TestPauseStays keeps a deliberate pause through every run, and makes the
// months good only when that was said.
func TestPauseStays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		back bool
		want int64
	}{{"made good", true, 735000}, {"not made good", false, 245000}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := open(t)
			d.standard("orphan.scattered", 245000, "2025-01")
			d.enrol(d.orphan(d.child(0, "2015-06-15"), "2026-04-09", nil))
			d.approved("unattended", "2026-05")
			m := d.all(allowance.Members)[0].Ref
			d.do("child.officer", m, "pause", register.Values{"pause_from": "2026-06", "pause_reason": "失联", "pause_backpay": c.back})
			for range 3 {
				r := d.reckon("unattended", "2026-06")
				if len(r.Lines) != 0 || r.Of(allowance.Paused) != 1 {
					t.Fatalf("paused, but %+v %+v", r.Lines, r.States)
				}
			}
			d.refused(d.act("child.officer", d.cycle("unattended", "2026-06"), "submit", nil), "不用送审")
			d.refused(d.act("child.officer", m, "resume", register.Values{"resume_from": "2026-08"}), "岗位")
			d.do("child.supervisor", m, "resume", register.Values{"resume_from": "2026-08"})
			if r := d.reckon("unattended", "2026-08"); int64(r.Pay) != c.want {
				t.Errorf("after the pause %d is due, want %d", r.Pay, c.want)
			}
		})
	}
}

// TestUnknownGoesToAPerson moves no money on what nobody has settled: a state
// of a parent that was changed without a day, relief without its amount, a
// recognition that is being dealt with again.
func TestUnknownGoesToAPerson(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.standard("orphan.scattered", 245000, "2025-01")
	child := d.child(0, "2015-06-15")
	source := d.orphan(child, "2026-04-09", nil)
	d.enrol(source)
	d.approved("unattended", "2026-05")
	want := func(words string) {
		t.Helper()
		r := d.reckon("unattended", "2026-06")
		if len(r.Lines) != 0 || r.Of(allowance.Unsettled) != 1 || !strings.Contains(strings.Join(r.States[0].Open, ""), words) {
			t.Errorf("want %s: %+v, %+v", words, r.Lines, r.States)
		}
	}
	set := func(ref record.Ref, v register.Values) {
		t.Helper()
		d.must(d.change(d.users["child.officer"], func(tx *record.Tx) error { return tx.AsOffice().Imply(ref, v) }))
	}
	set(source, register.Values{"mother_state": "0"})
	want("没有写明从哪天起")
	set(source, register.Values{"mother_state": "8"})
	set(child, register.Values{"relief": "1"})
	want("没有登记低保金额")
	m := d.all(allowance.Members)[0].Ref
	d.edit("child.officer", m, register.Values{"others": []map[string]any{{"code": "dibao", "from": "2026-06", "amount": int64(80000), "evidence": "低保证"}}})
	if r := d.reckon("unattended", "2026-06"); r.Pay != 165000 || r.Of(allowance.Altered) != 1 {
		t.Errorf("topped up to %d, %+v", r.Pay, r.States)
	}
}

// TestOffset takes what is owed out of what is due, never without a signature.
func TestOffset(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.standard("orphan.scattered", 245000, "2025-01")
	d.enrol(d.orphan(d.child(0, "2015-06-15"), "2026-04-09", nil))
	m := d.all(allowance.Members)[0].Ref
	d.paidOut(d.approved("unattended", "2026-05"))
	d.edit("child.officer", m, register.Values{"others": []map[string]any{{"code": "dibao", "from": "2026-05", "amount": int64(80000), "evidence": "低保证，补登"}}})
	c := d.approved("unattended", "2026-06")
	claim := d.all(allowance.Recoveries)[0]
	if claim.Values["amount"] != int64(80000) {
		t.Fatalf("claimed %v", claim.Values["amount"])
	}
	d.do("child.officer", claim.Ref, "tell", register.Values{"told_at": "2026-04-20"})
	d.do("child.officer", claim.Ref, "agree", register.Values{"way": "offset", "consent_at": "2026-04-20"})
	pay, ctx, officer := d.office().Allowance, t.Context(), d.users["child.officer"]
	b, _, err := pay.MakeBatch(ctx, officer, c)
	d.must(err)
	if p := d.all(allowance.Payments)[1]; p.Values["amount"] != int64(85000) || p.Values["offset"] != int64(80000) {
		t.Fatalf("pays %v, sets off %v", p.Values["amount"], p.Values["offset"])
	}
	d.do("child.officer", b, "drop", nil)
	if left := d.read(claim.Ref).Values["owed"]; left != int64(80000) || len(d.all(allowance.Payments)) != 1 {
		t.Fatalf("a dropped batch leaves %v owed, %d payments", left, len(d.all(allowance.Payments)))
	}
	_, _, err = pay.MakeBatch(ctx, officer, c)
	d.must(err)
	if left := d.read(claim.Ref).Values["owed"]; left != int64(0) {
		t.Errorf("%v is still owed", left)
	}
	d.do("child.officer", claim.Ref, "finish", nil)
}

// TestGrowth proposes a rise by prices, rounds it up, makes the standard when
// another person has entered the approval, and pays the difference person by
// person (facts E-B7).
func TestGrowth(t *testing.T) {
	t.Parallel()
	d := open(t)
	old := d.standard("orphan.scattered", 245000, "2025-01")
	d.enrol(d.orphan(d.child(0, "2015-06-15"), "2025-11-09", nil), d.orphan(d.child(1, "2015-06-15"), "2025-11-09", nil))
	d.approved("unattended", "2026-03")
	g := d.create(d.users["child.officer"], record.Draft{Register: allowance.Growths, Values: register.Values{"code": "orphan.scattered", "formula": "prices", "factor": 0.012,
		"source": "统计公报（虚构）", "round_to": int64(1000), "effective": "2026-01"}})
	v := d.read(g).Values
	if v["raw"] != "2479.40" || v["result"] != int64(248000) || v["people"] != 2.0 || v["yearly"] != int64(72000) || v["back"] != int64(18000) || d.read(g).Number != "B07-000-2026-00001" {
		t.Fatalf("%s: %v", d.read(g).Number, v)
	}
	d.do("child.officer", g, "submit", nil)
	d.do("welfare.head", g, "approve", register.Values{"document_no": "虚构民发〔2026〕9号", "document_at": "2026-04-10"})
	d.office().Noticed(allowance.Growths)
	if to := d.read(old).Text("to"); to != "2025-12" {
		t.Errorf("the old standard ends in %q", to)
	}
	r := d.reckon("unattended", "2026-04")
	if r.Arrears != 18000 || r.Pay != 2*248000+18000 {
		t.Errorf("%d arrears of %d", r.Arrears, r.Pay)
	}
	low := d.create(d.users["child.officer"], record.Draft{Register: allowance.Growths, Values: register.Values{"code": "orphan.scattered", "formula": "relief", "base": int64(145000), "factor": 1.7,
		"source": "低保标准（虚构）", "round_to": int64(1000), "effective": "2026-07"}})
	if v := d.read(low).Values; v["result"] != int64(248000) || !strings.Contains(fmt.Sprint(v["notes"]), "低于上期") || v["ratio"] != "171.03%" {
		t.Errorf("%v", v)
	}
	d.do("child.officer", low, "submit", nil)
	d.refused(d.act("welfare.head", low, "approve", register.Values{"document_no": "1", "document_at": "2026-04-10"}), "与上期相同")
}

// TestRestoredOfficeIsLocked pays nothing after a restore until what was paid
// meanwhile has been entered and another person agrees.
func TestRestoredOfficeIsLocked(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.standard("orphan.scattered", 245000, "2025-01")
	d.enrol(d.orphan(d.child(0, "2015-06-15"), "2026-04-09", nil), d.orphan(d.child(1, "2015-06-15"), "2026-04-09", nil))
	open := d.approved("unattended", "2026-05")
	d.must(d.office().Allowance.Restored(t.Context(), d.now.Add(-time.Hour)))
	_, _, err := d.office().Allowance.MakeBatch(t.Context(), d.users["child.officer"], open)
	d.refused(err, "从备份恢复")
	c := d.cycle("unattended", "2026-07")
	d.refused(d.act("child.officer", c, "submit", nil), "从备份恢复")
	lock := d.all(allowance.Restores)[0].Ref
	paid, err := sheet.List("清单", []string{"户名", "账号", "金额"}, [][]string{{"测童000", account(0), "2450.00"}, {"测童001", account(1), "2450.00"}})
	d.must(err)
	n, err := d.office().Allowance.EnterPaid(t.Context(), d.users["child.officer"], lock, allowance.Late{Programme: "unattended", Month: month("2026-06"), File: paid})
	d.must(err)
	if n != 2 {
		t.Fatalf("%d entered", n)
	}
	_, err = d.office().Allowance.EnterPaid(t.Context(), d.users["child.officer"], lock, allowance.Late{Programme: "unattended", Month: month("2026-06"), File: paid})
	d.refused(err, "已经有记录")
	d.do("child.officer", lock, "check", register.Values{"found": "与银行6月对账单核对一致"})
	d.refused(d.act("child.officer", lock, "approve", nil), "岗位")
	d.do("welfare.head", lock, "approve", nil)
	if r := d.reckon("unattended", "2026-07"); r.Pay != 490000 || r.Arrears != 0 {
		t.Errorf("July pays %d, of it arrears %d", r.Pay, r.Arrears)
	}
	d.do("child.officer", c, "submit", nil)
}

// TestNobodyWritesByHand keeps entitlements and payments to the program, and
// amounts to those who may see them.
func TestNobodyWritesByHand(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.standard("orphan.scattered", 245000, "2025-01")
	d.enrol(d.orphan(d.child(0, "2015-06-15"), "2026-04-09", nil))
	d.approved("unattended", "2026-05")
	l := d.all(allowance.Lines)[0]
	for _, role := range []string{"child.officer", "welfare.head", "leader", "child.director"} {
		if _, err := d.try(d.users[role], record.Draft{Register: allowance.Lines, Subject: l.Subject, Values: l.Values.Clone()}); err == nil {
			t.Errorf("%s made a line by hand", role)
		}
		err := d.change(d.users[role], func(tx *record.Tx) error {
			_, err := tx.Save(l.Ref, 0, register.Values{"amount": int64(1)})
			return err
		})
		if err == nil {
			t.Errorf("%s changed a line", role)
		}
	}
	err := d.office().Book.View(t.Context(), d.users["child.director"], func(tx *record.Tx) error { _, err := tx.Open(l.Ref); return err })
	d.refused(err, "没有这条记录")
}

// TestWhatTheProgramFillsIn keeps what was sent, approved and paid from being
// typed over, in a record's form and with an action.
func TestWhatTheProgramFillsIn(t *testing.T) {
	t.Parallel()
	d := paying(t, 1)
	c := d.approved("unattended", "2026-05")
	b, _ := d.batch(c)
	for _, try := range []struct {
		ref    record.Ref
		values register.Values
	}{{c, register.Values{"amount": int64(1)}}, {c, register.Values{"paid": int64(1)}}, {b, register.Values{"failed_people": 0.0}}, {b, register.Values{"amount": int64(1)}}} {
		d.refused(d.change(d.users["child.officer"], func(tx *record.Tx) error { _, err := tx.Save(try.ref, 0, try.values); return err }), "系统填写")
	}
	d.refused(d.act("child.officer", b, "send", register.Values{"sent_at": "2026-04-20", "amount": int64(1)}), "系统填写")
	_, err := d.try(d.users["child.officer"], record.Draft{Register: allowance.Cycles, Values: register.Values{"programme": "unattended", "month": "2026-04"}})
	d.refused(err, "已经有更晚的")
}
