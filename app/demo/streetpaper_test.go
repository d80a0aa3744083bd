package demo

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"jiezhen/app/access"
)

// TestGoldenStreetPapers prints each paper of the street's registers for the
// most complete record, and compares every word and where it stands.
func TestGoldenStreetPapers(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed: what stands on the papers is not checked")
	}
	o, _ := fill(t, small())
	type sheet struct{ register, paper string }
	var sheets []sheet
	for _, def := range o.Book.Registers().All() {
		for _, paper := range def.Papers {
			if strings.HasPrefix(paper, "governance/") {
				sheets = append(sheets, sheet{def.ID, paper})
			}
		}
	}
	for _, c := range sheets {
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
