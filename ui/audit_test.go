package ui

import (
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every kind of event that the program writes has its word on the page, and
// belongs to one of the questions that an auditor can ask.
func TestEveryEventHasItsWord(t *testing.T) {
	t.Parallel()
	written := regexp.MustCompile(`\.(?:Event|Log)\((?:[^"\n]*, )?"([a-z.]+)", (?:record\.)?(?:Ref|ref|profile|r\.Ref|batch|issued)`)
	asked := map[string]bool{}
	for _, q := range auditKinds {
		for _, kind := range q.kinds {
			asked[kind] = true
		}
	}
	found := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range written.FindAllStringSubmatch(string(text), -1) {
			found++
			if eventWords[m[1]] == "" || !asked[m[1]] {
				t.Errorf("%s: the event %q has no word or no question", path, m[1])
			}
		}
		return err
	})
	if err != nil || found < 25 {
		t.Fatalf("%d events found: %v", found, err)
	}
}

// journalRows are the rows of the journal on a page.
func journalRows(a answer) (out []string) {
	for _, row := range regexp.MustCompile(`(?s)<tr.*?</tr>`).FindAllString(a.body, -1) {
		if !strings.Contains(row, "<th") {
			out = append(out, strings.Join(strings.Fields(markup.ReplaceAllString(row, " ")), " "))
		}
	}
	return out
}

// The journal can be narrowed to a person, a kind and a day; what does not fit
// is not shown.
func TestAuditIsNarrowed(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.as("child.officer")
	bad := o.browser()
	bad.post("/login", url.Values{"name": {"nobody"}, "password": {"wrong"}}).expect(t, http.StatusUnprocessableEntity)
	b := o.as("admin.audit")
	all := b.get("/audit")
	all.expect(t, http.StatusOK, "登录", "登录失败", "查什么")
	if words := regexp.MustCompile(`[a-z]+\.[a-z]+`).FindAllString(markup.ReplaceAllString(all.body, " "), -1); len(words) > 0 {
		t.Errorf("kinds without a word: %v", words)
	}
	failed := journalRows(b.get("/audit?kind=failed"))
	if len(failed) == 0 {
		t.Fatal("no failed sign-in")
	}
	for _, row := range failed {
		if !strings.Contains(row, "登录失败") {
			t.Errorf("among the failed: %s", row)
		}
	}
	if rows := journalRows(b.get("/audit?from=2030-01-01")); len(rows) != 0 {
		t.Errorf("of a day to come: %v", rows)
	}
	if rows := journalRows(b.get("/audit?to=2020-01-01")); len(rows) != 0 {
		t.Errorf("of long ago: %v", rows)
	}
	o.as("child.officer").get("/audit").expect(t, http.StatusForbidden)
}
