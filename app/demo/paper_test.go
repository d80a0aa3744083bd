package demo

import (
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/record"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGoldenPapers prints each of the children's papers and of allowances for the most complete
// record of a small office, and compares every word and where it stands, to
// the millimetre.
func TestGoldenPapers(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed: what stands on the papers is not checked")
	}
	o, _ := fill(t, small())
	oweAllowance(t, o)
	type sheet struct{ register, paper string }
	var sheets []sheet
	for _, def := range o.Book.Registers().All() {
		for _, paper := range def.Papers {
			if strings.HasPrefix(paper, "child/") || strings.HasPrefix(paper, "benefit/") {
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
			pdf := filepath.Join(paperDir(t), strings.ReplaceAll(c.paper, "/", "-")+".pdf")
			if err := os.WriteFile(pdf, out.PDF, 0o600); err != nil {
				t.Fatal(err)
			}
			boxes, err := exec.Command(tool, "-bbox", pdf, "-").Output()
			if err != nil {
				t.Fatal(err)
			}
			asGolden(t, layOut(t, string(boxes)), strings.ReplaceAll(c.paper, "/", "-"))
		})
	}
	t.Run("benefit/sample", func(t *testing.T) { goldenSample(t, o, tool) })
}

// asGolden compares what stands on pages with the golden file.
func asGolden(t *testing.T, got, name string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
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
}

// fullest is the record of a register, among those of which the paper could be
// issued, with the most fields filled in, the first of equals.
func fullest(t *testing.T, o *app.Office, reg, paper string) record.Ref {
	t.Helper()
	best, most := record.Ref{}, -1
	each(t, o, func(tx *record.Tx, r *record.Record) {
		n := len(r.Values)
		if orders, _ := r.Values["orders"].(float64); paper == "governance/joined" {
			n += 100 * int(orders) // a sheet of what was joined shows what was joined
		}
		if r.Register != reg || n <= most {
			return
		}
		missing, err := o.Papers.Missing(tx, r, paper)
		if err != nil {
			t.Fatal(err)
		}
		if len(missing) == 0 {
			best, most = r.Ref, n
		}
	})
	if most < 0 {
		t.Fatalf("no record in %s of which %s could be issued", reg, paper)
	}
	return best
}

var (
	pageBox = regexp.MustCompile(`<page width="([\d.]+)" height="([\d.]+)">`)
	wordBox = regexp.MustCompile(`<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*)</word>`)
)

// layOut writes pages as text: the word, and where it stands in millimetres.
func layOut(t *testing.T, boxes string) string {
	t.Helper()
	mm := func(points string) int {
		v, err := strconv.ParseFloat(points, 64)
		if err != nil {
			t.Fatal(err)
		}
		return int(math.Round(v * 25.4 / 72))
	}
	var b strings.Builder
	for _, line := range strings.Split(boxes, "\n") {
		if m := pageBox.FindStringSubmatch(line); m != nil {
			fmt.Fprintf(&b, "page %d×%d\n", mm(m[1]), mm(m[2]))
		} else if m := wordBox.FindStringSubmatch(line); m != nil {
			fmt.Fprintf(&b, "%d %d %s\n", mm(m[1]), mm(m[2]), m[5])
		}
	}
	return b.String()
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}
