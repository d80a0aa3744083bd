package allowance_test

import (
	"fmt"
	"os"
	"testing"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/allowance"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// benchMembers is how many members the benchmark runs over.
const benchMembers = 10000

// BenchmarkRun reckons a month of 10,000 members who have a year of lines
// behind them, out of the store. Filling it takes minutes: JIEZHEN_RUN_DIR
// names a folder in which the filled office is kept and found again.
func BenchmarkRun(b *testing.B) {
	dir := os.Getenv("JIEZHEN_RUN_DIR")
	var d *desk
	if _, err := os.Stat(dir); dir != "" && err == nil {
		d = &desk{t: b, now: noon, users: map[string]access.Viewer{}, dir: dir}
		d.house, err = app.Enter(b.Context(), d.config(dir))
		d.must(err)
		b.Cleanup(func() { d.must(d.house.Leave()) })
	} else {
		d = open(b)
		d.standard("orphan.scattered", 245000, "2025-01")
		benchFill(b, d)
		if dir != "" {
			d.keep(dir)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		r := d.reckon("unattended", "2026-05")
		if r.People != benchMembers {
			b.Fatalf("%d people", r.People)
		}
	}
}

// keep copies the office, keys readable by nobody else.
func (d *desk) keep(dir string) {
	d.must(os.CopyFS(dir, os.DirFS(d.dir)))
	for _, name := range []string{"data", "keys"} {
		d.must(os.Chmod(dir+"/"+name, 0o700))
	}
	keys, err := os.ReadDir(dir + "/keys")
	d.must(err)
	for _, k := range keys {
		d.must(os.Chmod(dir+"/keys/"+k.Name(), 0o600))
	}
}

// benchFill enters the members with a year of approved lines each.
func benchFill(b *testing.B, d *desk) {
	c := d.create(d.users["child.officer"], record.Draft{Register: allowance.Cycles, Step: "closed", Values: register.Values{"programme": "unattended", "month": "2026-04"}})
	for from := 0; from < benchMembers; from += 250 {
		d.must(d.change(d.users["child.officer"], func(tx *record.Tx) error {
			for n := from; n < from+250; n++ {
				if err := benchMember(tx.AsOffice(), d, c, n); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

func benchMember(tx *record.Tx, d *desk, cycle record.Ref, n int) error {
	p, err := tx.Create(record.Draft{Register: record.Persons, Quiet: true, Values: register.Values{"name": fmt.Sprintf("测童%05d", n), "sex": "2", "birth": "2015-06-15", "life": "1",
		"bank_account": account(n), "bank_name": "虚构银行"}})
	if err != nil {
		return err
	}
	o, err := tx.Create(record.Draft{Register: "child.orphan", Step: "confirmed", Subject: p.ID, Values: register.Values{"applied_at": "2025-03-02", "applicant": fmt.Sprint(p.ID), "reason": "测试",
		"local": "yes", "abode": "scattered", "father_state": "8", "father_from": "2024-01-01", "mother_state": "9", "conclusion": "unsupported", "decision": "yes", "decision_at": "2025-04-09"}})
	if err != nil {
		return err
	}
	m, err := tx.Create(record.Draft{Register: allowance.Members, Subject: p.ID, Values: register.Values{"programme": "unattended", "orphan": fmt.Sprint(o.ID)}})
	if err != nil {
		return err
	}
	for at := month("2025-05"); at <= month("2026-04"); at++ {
		_, err := tx.Create(record.Draft{Register: allowance.Lines, Subject: p.ID, Values: register.Values{"programme": "unattended", "month": at.String(), "kind": "regular", "amount": int64(245000),
			"state": "paid", "member": fmt.Sprint(m.ID), "cycle": fmt.Sprint(cycle.ID)}})
		if err != nil {
			return err
		}
	}
	return nil
}
