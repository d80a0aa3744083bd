package allowance_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/allowance"
	"jiezhen/app/backup"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
)

// bankSheet is a batch's bank file.
func (d *desk) bankSheet(b record.Ref) []byte {
	d.t.Helper()
	data, _, err := d.office().Allowance.BankFile(d.t.Context(), d.users["child.officer"], b)
	d.must(err)
	return data
}

// TestRestoredFromABundle makes a real bundle, pays on for two months, restores
// the bundle in the place of the office, and pays nothing until what went out
// meanwhile has been entered from the bank's files: then every month comes out
// as if nothing had happened.
func TestRestoredFromABundle(t *testing.T) {
	t.Parallel()
	d := paying(t, 2)
	ctx, officer := t.Context(), d.users["child.officer"]
	d.paidOut(d.approved("unattended", "2026-05"))
	late := d.orphan(d.child(2, "2015-06-15"), "2026-04-09", nil)
	d.enrol(late) // May is owed to this one
	_, made, err := d.office().Backup.Make(ctx, backup.ReasonPlain)
	if err != nil || !made {
		t.Fatal("no bundle:", err)
	}
	d.now = d.now.Add(time.Hour)
	sheets := map[string][]byte{}
	for _, m := range []string{"2026-06", "2026-07"} {
		b, rows := d.batch(d.approved("unattended", m))
		sheets[m] = d.bankSheet(b)
		if m == "2026-06" {
			d.answered(b, rows, "成功", "成功", "成功")
		} else { // it lies at the bank when the PC breaks
			d.do("child.officer", b, "send", register.Values{"sent_at": "2026-04-20"})
		}
	}
	want := d.lines()
	d.restore()
	if got := d.lines(); got == want {
		t.Fatal("nothing was lost, so that nothing is tried")
	}
	pay := d.office().Allowance
	june := d.cycle("unattended", "2026-06")
	d.refused(d.act("child.officer", june, "submit", nil), "从备份恢复")
	lock := d.all(allowance.Restores)[0].Ref
	_, err = pay.EnterPaid(ctx, officer, lock, allowance.Late{Programme: "unattended", Month: month("2026-06"), File: sheets["2026-06"]})
	d.refused(err, "还在“试算”")
	d.do("child.officer", june, "drop", nil)
	for _, m := range []string{"2026-06", "2026-07"} {
		if n, err := pay.EnterPaid(ctx, officer, lock, allowance.Late{Programme: "unattended", Month: month(m), File: sheets[m]}); err != nil || n != 3 {
			t.Fatalf("%s: %d entered, %v", m, n, err)
		}
	}
	if got := d.lines(); got != "2026-05 regular 2450 paid; 2026-05 regular 2450 paid; 2026-06 regular 2450 paid; 2026-06 regular 2450 paid; 2026-05 arrears 2450 paid; "+
		"2026-06 regular 2450 paid; 2026-07 regular 2450 paid; 2026-07 regular 2450 paid; 2026-07 regular 2450 paid" {
		t.Error(got)
	}
	august := d.cycle("unattended", "2026-08")
	d.refused(d.act("child.officer", august, "submit", nil), "从备份恢复")
	d.do("child.officer", lock, "check", register.Values{"found": "与银行6、7月代发清单核对一致"})
	d.refused(d.act("child.officer", august, "submit", nil), "从备份恢复")
	d.do("welfare.head", lock, "approve", nil)
	if r := d.reckon("unattended", "2026-08"); r.Pay != 3*245000 || r.Arrears != 0 || r.Back != 0 {
		t.Errorf("August pays %d, of it arrears %d; claims %d", r.Pay, r.Arrears, r.Back)
	}
	d.do("child.officer", august, "submit", nil)
	d.wentBack(august)
}

// restore puts the office's own bundles in its place.
func (d *desk) restore() {
	d.t.Helper()
	list, err := d.office().Backup.Local()
	d.must(err)
	var files []string
	for _, e := range list {
		files = append(files, filepath.Join(d.house.Dir(), "bundles", e.Name))
	}
	_, err = d.house.Rehearse(d.t.Context(), app.Recovery{Bundles: files})
	d.must(err)
	_, err = d.house.Replace(d.t.Context(), d.house.Staged())
	d.must(err)
}

// wentBack opens the office as after going back to the version before with its
// data: it is locked again, once.
func (d *desk) wentBack(c record.Ref) {
	d.t.Helper()
	d.must(d.house.Leave())
	d.must(os.WriteFile(filepath.Join(d.dir, "data", "went-back"), nil, 0o600))
	for range 2 {
		var err error
		d.house, err = app.Enter(d.t.Context(), d.config(d.dir))
		d.must(err)
		if n := len(d.all(allowance.Restores)); n != 2 {
			d.t.Errorf("%d locks", n)
		}
		d.refused(d.act("welfare.head", c, "approve", nil), "从备份恢复")
		d.must(d.house.Leave())
	}
	var err error
	d.house, err = app.Enter(d.t.Context(), d.config(d.dir))
	d.must(err)
}

// TestPaidMeanwhileByOtherAmounts enters what was really paid though it is not
// what would be due, and leaves the difference to the next run.
func TestPaidMeanwhileByOtherAmounts(t *testing.T) {
	t.Parallel()
	d := paying(t, 2)
	d.must(d.office().Allowance.Restored(t.Context(), d.now.Add(-time.Hour)))
	lock := d.all(allowance.Restores)[0].Ref
	list, err := sheet.List("清单", []string{"户名", "账号", "金额"}, [][]string{{"测童000", account(0), "2000.00"}, {"测童001", account(1), "2500.00"}})
	d.must(err)
	if _, err := d.office().Allowance.EnterPaid(t.Context(), d.users["child.officer"], lock, allowance.Late{Programme: "unattended", Month: month("2026-05"), File: list}); err != nil {
		t.Fatal(err)
	}
	if r := d.reckon("unattended", "2026-06"); r.Arrears != 45000 || r.Back != 5000 {
		t.Errorf("arrears %d, back %d", r.Arrears, r.Back)
	}
}
