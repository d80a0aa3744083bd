package ui

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"jiezhen/app/policy"
)

// What is not yet sure can be listed by itself, and the numbers on the page say
// how many there are.
func TestSettingsListWhatIsNotSure(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("welfare.head")
	tables := func(path string) map[policy.State]int {
		body := html.UnescapeString(b.get(path).body)
		got := map[policy.State]int{}
		for _, row := range regexp.MustCompile(`(?s)<tr.*?</tr>`).FindAllString(body, -1) {
			for _, s := range []policy.State{policy.Unverified, policy.Sample, policy.Verified, policy.Statutory} {
				if regexp.MustCompile(`>\s*` + string(s) + `\s*</`).MatchString(row) {
					got[s]++
				}
			}
		}
		return got
	}
	all := tables("/settings")
	for _, s := range []policy.State{policy.Unverified, policy.Statutory} {
		if all[s] == 0 {
			t.Fatalf("no %s among all: %v", s, all)
		}
		some := tables("/settings?state=" + string(s))
		if len(some) != 1 || some[s] != all[s] {
			t.Errorf("asked for %s: %v, among all %d", s, some, all[s])
		}
		if page := b.get("/settings"); !strings.Contains(page.body, "<b>"+strconv.Itoa(all[s])+"</b> <span>"+string(s)) {
			t.Errorf("the number of %s is not on the page", s)
		}
	}
	if none := b.get("/settings?state=nothing"); !strings.Contains(none.body, "儿童福利与保护（") {
		t.Error("a state that is none must show all")
	}
}
