package demo

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/allowance"
	"jiezhen/app/benefit"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// paperDir is where papers are printed: JIEZHEN_PAPERS names a folder in which
// they stay to be looked at.
func paperDir(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("JIEZHEN_PAPERS"); dir != "" {
		return dir
	}
	return t.TempDir()
}

// oweAllowance adds what a small office has not: a child who left, money to be
// recovered, and two allowances that exclude each other.
func oweAllowance(t *testing.T, o *app.Office) {
	t.Helper()
	err := o.Book.Change(t.Context(), access.Office(), "演示追缴", func(tx *record.Tx) error {
		members, err := tx.Find(allowance.Members, "programme", "unattended")
		if err != nil {
			return err
		}
		cycles, err := tx.Find(allowance.Cycles, "programme", "unattended")
		if err != nil {
			return err
		}
		m := members[0]
		if _, err := tx.Create(record.Draft{Register: allowance.Recoveries, Subject: m.Subject, Values: register.Values{"programme": "unattended", "member": fmt.Sprint(m.ID), "cycle": fmt.Sprint(cycles[0].ID),
			"from": "2026-01", "to": "2026-03", "amount": int64(735050), "facts": "母亲2025年12月20日回家履行抚养义务，2026年1月起不再符合条件，已发2026年1月至3月。", "payer": fmt.Sprint(m.Subject),
			"months": []map[string]any{{"month": "2026-01", "amount": int64(245000)}, {"month": "2026-02", "amount": int64(245000)}, {"month": "2026-03", "amount": int64(245050)}}}}); err != nil {
			return err
		}
		if _, err := tx.Create(record.Draft{Register: allowance.Conflicts, Subject: m.Subject, Values: register.Values{"member": fmt.Sprint(m.ID), "programme": "unattended", "other": "orphan", "month": "2026-02",
			"basis": "身份互斥", "evidence": "区民政局批复（虚构）"}}); err != nil {
			return err
		}
		_, err = tx.Do(m.Ref, 0, "exit", record.Input{Values: register.Values{"exit_reason": "gone", "exit_at": string(tx.Today())}, Note: "母亲回家履行抚养义务"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// goldenSample prints a dry run as a sample, which has no number and pays
// nothing.
func goldenSample(t *testing.T, o *app.Office, tool string) {
	var cycle *record.Record
	each(t, o, func(_ *record.Tx, r *record.Record) {
		if r.Register == allowance.Cycles && r.Text("programme") == "nutrition" && r.Step == "draft" {
			cycle = r
		}
	})
	m, err := benefit.ParseMonth(cycle.Text("month"))
	if err != nil {
		t.Fatal(err)
	}
	run, err := o.Allowance.Reckon(t.Context(), "nutrition", m)
	if err != nil {
		t.Fatal(err)
	}
	data, err := o.PrintSample(t.Context(), cycle, run, func(person uint64) string { return fmt.Sprintf("儿童%d", person) }, "测经办")
	if err != nil {
		t.Fatal(err)
	}
	pdf := filepath.Join(paperDir(t), "benefit-sample.pdf")
	if err := os.WriteFile(pdf, data, 0o600); err != nil {
		t.Fatal(err)
	}
	boxes, err := exec.Command(tool, "-bbox", pdf, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	asGolden(t, layOut(t, string(boxes)), "benefit-sample")
}
