package ui

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// TestSearchBoxFindsADocument types a number, and its end, into the one search
// box; a protected person's number finds nobody.
func TestSearchBoxFindsADocument(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	file := func(name, kind, number string, protected bool) uint64 {
		return o.create(record.Draft{Register: record.Persons, Values: register.Values{"name": name, "sex": "2", "birth": "2016-08-15", "id_type": kind, "id_number": number,
			"community": fmt.Sprint(o.west), "life": "1", "protected": protected, "protected_reason": "不得外传的理由"}}).ID
	}
	seen, pass := file("濮阳看", "111", "11010920160815936X", false), file("濮阳过", "516", "H12345678", false)
	file("濮阳藏", "516", "H87654321", true)
	o.settle()
	for _, c := range []struct {
		name, role, typed string
		want              uint64
	}{
		{"whole number", "child.officer", "11010920160815936X", seen},
		{"full width, blanks, small x", "child.officer", "１１０１０９ 20160815 936x", seen},
		{"last four", "child.officer", "936x", seen},
		{"last six", "child.officer", "15936X", seen},
		{"pass", "child.officer", "h12345678", pass},
		{"end of a pass", "child.officer", "5678", pass},
		{"protected", "child.supervisor", "H87654321", 0},
		{"end of a protected one", "child.supervisor", "4321", 0},
		{"another community", "child.director", "H12345678", 0},
		{"an administrator", "admin.system", "H12345678", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := o.as(c.role).get("/search?q=" + url.QueryEscape(c.typed))
			if c.want != 0 {
				a.expect(t, 200, fmt.Sprintf(`href="/people/%d"`, c.want))
				return
			}
			for _, id := range []uint64{seen, pass, pass + 1} {
				if found := fmt.Sprintf(`href="/people/%d"`, id); strings.Contains(a.body, found) || a.status >= 500 {
					t.Errorf("%d: finds %s", a.status, found)
				}
			}
		})
	}
}
