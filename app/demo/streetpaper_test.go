package demo

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"jiezhen/app/access"
)

// streetPapers are the papers of orders that are compared with golden files.
var streetPapers = []struct{ register, paper string }{
	{"governance.order", "governance/order"},
	{"governance.order", "governance/reply"},
	{"governance.extension", "governance/extension"},
	{"governance.exclusion", "governance/exclusion"},
	{"governance.suspension", "governance/suspension"},
	{"governance.appeal", "governance/appeal"},
	{"governance.charge", "governance/charge"},
	{"governance.bulletin", "governance/bulletin"},
	{"governance.whistle", "governance/whistle"},
	{"governance.whistle", "governance/whistlereply"},
	{"governance.whistle", "governance/whistlemeeting"},
	{"governance.roster", "governance/route"},
	{"governance.coverage", "governance/coverage"},
	{"governance.patrolmonth", "governance/patrolmonth"},
	{"governance.proactive", "governance/proactive"},
	{"governance.proactive", "governance/proactivecard"},
	{"governance.topic", "governance/topic"},
	{"governance.topic", "governance/topicnotice"},
	{"governance.topic", "governance/topicsign"},
	{"governance.topic", "governance/topicrecord"},
	{"governance.topic", "governance/topicresult"},
	{"governance.topic", "governance/topicfeedback"},
}

// TestGoldenStreetPapers prints each paper of orders for the most complete
// record, and compares every word and where it stands.
func TestGoldenStreetPapers(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed: what stands on the papers is not checked")
	}
	o, _ := fill(t, small())
	for _, c := range streetPapers {
		t.Run(c.paper, func(t *testing.T) {
			out, err := o.Papers.Preview(t.Context(), access.Office(), fullest(t, o, c.register, c.paper), c.paper)
			if err != nil {
				t.Fatal(err)
			}
			if len(out.Unprintable) > 0 {
				t.Errorf("cannot be printed: %q", out.Unprintable)
			}
			dir := t.TempDir()
			if kept := os.Getenv("JIEZHEN_PAPERS"); kept != "" {
				dir = kept
			}
			pdf := filepath.Join(dir, strings.ReplaceAll(c.paper, "/", "-")+".pdf")
			if err := os.WriteFile(pdf, out.PDF, 0o600); err != nil {
				t.Fatal(err)
			}
			boxes, err := exec.Command(tool, "-bbox", pdf, "-").Output()
			if err != nil {
				t.Fatal(err)
			}
			got, file := layOut(t, string(boxes)), filepath.Join("testdata", strings.ReplaceAll(c.paper, "/", "-")+".golden")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("differs from the golden file; look at the page and run with -update:\n%s", firstDifference(got, string(want)))
			}
		})
	}
}
