package ui

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
)

// TestSecretCodes looks for a category that no list may show: a child who has
// it is listed like one whose category has not been filled in, whatever is
// asked; who opens the file reads it.
func TestSecretCodes(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	const label = "艾滋病"
	ref := c.o.create(record.Draft{Register: "child.file", Subject: c.o.person["child"], Owner: c.o.user["child.officer"],
		Values: register.Values{"found_at": "2026-03-01", "source": "visit", "category": "06", "more_categories": []string{"05", "06"}, "guardian_kind": "parents"}})
	c.o.settle()
	for _, role := range []string{"child.director", "child.officer", "leader"} {
		b := c.as(role)
		for _, path := range []string{"/r/child.file", "/r/child.file?names=full", "/r/child.file?category=06", "/", "/?scope=all", "/insight", "/returns/child.file?period=2026-04", fmt.Sprintf("/people/%d", c.o.person["child"])} {
			if a := b.get(path); strings.Contains(a.body, label) {
				t.Errorf("%s reads the category on %s", role, path)
			}
		}
		if a := b.get("/r/child.file?category=06"); strings.Contains(a.body, ref.String()) {
			t.Errorf("%s finds the child by the category", role)
		}
		if a := b.get("/search?q=艾滋病"); strings.Contains(a.body, ref.String()) {
			t.Errorf("%s searches the child by the category", role)
		}
		list := b.json("/r/child.file")
		if list.status != http.StatusOK || strings.Contains(list.body, `"06"`) || strings.Contains(list.body, label) {
			t.Errorf("%s reads the category as JSON: %s", role, list.body)
		}
		if a := b.get("/r/" + ref.String()); !strings.Contains(a.body, label) {
			t.Errorf("%s opens the file and does not read the category: %d", role, a.status)
		}
	}
	def := c.o.definition("child.file")
	data, err := c.o.house.Office().Sheets.Export(t.Context(), access.Office(), sheet.Request{Query: record.Query{Register: def.ID}, Purpose: "测试导出", Format: sheet.CSV})
	if err != nil || strings.Contains(string(data), label) || !strings.Contains(string(data), "监护困境儿童") {
		t.Errorf("the masked export: %v %s", err, data)
	}
}
