package ui

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// returned is a return as JSON.
type returned struct {
	Parts []struct {
		Title   string
		Unseen  int
		Figures []struct {
			ID    string
			Lines []struct {
				Label string
				Total bool
				Cells []struct {
					Text, Note, Row, Col string
					Opens                bool
				}
			}
		}
	}
}

// figure is a figure's cell: of the line with a label, or the sum.
func (r returned) figure(id, label string, at int) (text, note string, opens bool) {
	for _, p := range r.Parts {
		for _, f := range p.Figures {
			for _, l := range f.Lines {
				if f.ID == id && (l.Label == label || label == "" && l.Total) {
					return l.Cells[at].Text, l.Cells[at].Note, l.Cells[at].Opens
				}
			}
		}
	}
	return "none", "", false
}

func (c *course) returned(role, id, period string) returned {
	c.t.Helper()
	var out returned
	a := c.as(role).json("/returns/" + id + "?period=" + period)
	if a.status != http.StatusOK {
		c.t.Fatalf("%s reads return %s: %d %s", role, id, a.status, a.text())
	}
	a.decode(c.t, &out)
	return out
}

// TestReturns counts visits by month: late ones stay in the denominator, a
// figure opens its rows, few are not named, a frozen month stands still.
func TestReturns(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	visit := func(day, step string, seen bool) {
		v := register.Values{"planned": day, "kind": "home", "visitor": "甲"}
		if step != "planned" {
			v["actual"], v["child_seen"], v["finding"] = day, seen, "好"
		}
		if !seen && step != "planned" {
			v["unseen_reason"] = "out"
		}
		ref := c.o.create(record.Draft{Register: "child.visit", Subject: c.o.person["child"], Values: v})
		if step != "planned" {
			c.o.change(func(tx *record.Tx) error { _, err := tx.Do(ref, 0, step, record.Input{}); return err })
		}
	}
	for day := 1; day <= 6; day++ {
		visit(fmt.Sprintf("2026-03-%02d", day), "done", true)
	}
	visit("2026-03-07", "unseen", false)
	visit("2026-03-20", "planned", false) // nobody went
	visit("2026-04-01", "planned", false) // today: not late
	visit("2026-02-10", "done", true)
	march := c.returned("child.officer", "child.visit", "2026-03")
	for _, want := range []struct {
		id    string
		at    int
		text  string
		note  string
		opens bool
	}{
		{"planned", 0, "8", "", true}, {"planned", 1, "<5", "", false}, {"planned", 2, "0", "", false},
		{"done", 0, "87.50%", "7/8", true}, {"seen", 0, "75.00%", "6/8", true}, {"done", 1, "—", "不足5例", false}, {"done", 2, "—", "", false},
		{"unseen", 0, "<5", "", true}, {"due", 0, "—", "", false}, // known of the present only
	} {
		text, note, opens := march.figure(want.id, "", want.at)
		if text != want.text || note != want.note || opens != want.opens {
			t.Errorf("%s at %d: %q %q %v, want %q %q %v", want.id, want.at, text, note, opens, want.text, want.note, want.opens)
		}
	}
	if text, _, _ := c.returned("child.officer", "child.visit", "2026-04").figure("done", "", 0); text != "—" {
		t.Errorf("today's visit is counted as late: %s", text)
	}
	if text, _, _ := c.returned("child.officer", "child.visit", "2026Q1").figure("planned", "", 0); text != "9" {
		t.Errorf("the quarter counts %s", text)
	}
	rows := c.as("child.officer").get("/returns/child.visit/rows?period=2026-03&figure=done&set=misses")
	if !strings.Contains(rows.body, "共 1 条") || !strings.Contains(rows.body, "2026-03-20") || strings.Contains(rows.body, "禹宁川") {
		t.Errorf("behind the late visit: %d %s", rows.status, rows.text())
	}
	page := c.as("child.officer").get("/returns/child.visit?period=2026-03")
	if page.status != http.StatusOK || !strings.Contains(page.body, "&lt;5") || !strings.Contains(page.body, "87.50%") {
		t.Errorf("the page: %d %s", page.status, page.text())
	}
	book := c.as("child.officer").get("/returns/child.visit/sheet.xlsx?period=2026-03")
	if book.status != http.StatusOK || !strings.HasPrefix(book.body, "PK") {
		t.Errorf("the workbook: %d", book.status)
	}
	c.freezes()
}

// freezes keeps March once, by whom may, and not a month that lasts.
func (c *course) freezes() {
	c.t.Helper()
	freeze := func(role, period string) answer {
		return c.as(role).send("/returns/child.visit/freeze", url.Values{"period": {period}})
	}
	if a := freeze("child.officer", "2026-03"); a.status != http.StatusForbidden {
		c.t.Errorf("an officer freezes: %d", a.status)
	}
	if a := freeze("welfare.head", "2026-04"); a.status == http.StatusSeeOther {
		c.t.Error("a month that lasts was frozen")
	}
	a := freeze("welfare.head", "2026-03")
	if a.status != http.StatusSeeOther {
		c.t.Fatalf("freezing: %d %s", a.status, a.text())
	}
	c.ref = strings.TrimPrefix(a.header.Get("Location"), "/r/")
	if a := freeze("leader", "2026-03"); a.status == http.StatusSeeOther || !strings.Contains(a.body, "已经冻结过") {
		c.t.Errorf("frozen twice: %d %s", a.status, a.text())
	}
	if a := c.as("child.officer").get("/r/" + c.ref); !strings.Contains(a.body, "87.50%（7/8）") {
		c.t.Errorf("the frozen month: %s", a.text())
	}
	c.paper("child.officer", "child/return")
	if a := c.as("child.director").get("/r/" + c.ref); a.status == http.StatusOK {
		c.t.Error("a director reads the street's frozen month")
	}
}

// TestReturnsByRights gives everyone what their post may read, counted over
// what they may see; of sealed registers few are not named and nothing opens.
func TestReturnsByRights(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	for i := range 6 {
		c.o.create(record.Draft{Register: "child.mentoring", Subject: c.o.ground(fmt.Sprintf("封存童%d", i)), Values: register.Values{"received_at": "2026-03-05", "source": "police", "grade": "serious", "facts": "封存事实"}})
	}
	c.o.create(record.Draft{Register: "child.adoption", Subject: c.o.person["free"], Values: register.Values{"consulted_at": "2026-03-01", "category": "orphan", "adopter": fmt.Sprint(c.o.person["grandma"]), "marriage": "single"}})
	for role, want := range map[string]map[string]int{
		"child.director":    {"child.visit": 200, "child.case": 200, "child.mentoring": 404, "child.adoption": 404, "child.council": 404},
		"child.officer":     {"child.visit": 200, "child.council": 200, "child.mentoring": 404, "child.adoption": 200},
		"child.supervisor":  {"child.mentoring": 200, "child.adoption": 404, "child.transition": 404},
		"governance.worker": {"child.visit": 404, "child.mentoring": 404, "child.adoption": 404},
		"leader":            {"child.visit": 200, "child.mentoring": 404, "child.adoption": 404},
		"admin.audit":       {"child.visit": 404, "child.mentoring": 404},
	} {
		offered := c.as(role).get("/returns")
		for id, status := range want {
			for _, path := range []string{"/returns/" + id + "?period=2026-03", "/returns/" + id + "/sheet.xlsx?period=2026-03"} {
				if a := c.as(role).get(path); a.status != status {
					t.Errorf("%s on %s: %d, want %d", role, path, a.status, status)
				}
			}
			if strings.Contains(offered.body, "/returns/"+id+"?") != (status == 200) {
				t.Errorf("%s is offered %s: wrong", role, id)
			}
		}
	}
	r := c.returned("child.supervisor", "child.mentoring", "2026-03")
	if text, _, opens := r.figure("mentoring", "", 0); text != "6" || opens {
		t.Errorf("mentoring: %s, opens %v", text, opens)
	}
	if text, _, _ := c.returned("child.officer", "child.adoption", "2026-03").figure("consulted", "", 0); text != "<5" {
		t.Errorf("adoption: %s", text)
	}
	for _, path := range []string{"/returns/child.mentoring/rows?period=2026-03&figure=mentoring", "/returns/child.adoption/rows?period=2026-03&figure=consulted", "/returns/child.visit/rows?figure=none"} {
		if a := c.as("welfare.head").get(path); a.status != http.StatusNotFound || strings.Contains(a.body, "封存童") {
			t.Errorf("%s opens: %d", path, a.status)
		}
	}
	if text, _, _ := c.returned("child.officer", "child.case", "2026-03").figure("held", "", 0); text != "<5" {
		t.Errorf("cases of the street: %s", text)
	}
	if a := c.as("child.director").get("/returns/child.case/rows?period=2026-04&figure=held"); !strings.Contains(a.body, "共 1 条") {
		t.Errorf("a director's own cases: %s", a.text())
	}
	if a := c.returned("child.supervisor", "child.case", "2026-04"); a.Parts[0].Unseen != 1 {
		t.Errorf("a supervisor is told of %d unseen", a.Parts[0].Unseen)
	}
}

// TestEveryReturnIsRead reads all returns in all kinds of period with a record
// in each register.
func TestEveryReturnIsRead(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	for _, r := range c.o.house.Office().Returns.All() {
		for _, period := range []string{"2026-04", "2026Q2", "2026", "2025"} {
			for _, role := range []string{"welfare.head", "leader", "child.officer", "governance.head"} {
				if a := c.as(role).get("/returns/" + r.ID + "?period=" + period); a.status >= 500 {
					t.Errorf("%s in %s as %s: %d %s", r.ID, period, role, a.status, a.text())
				}
			}
		}
	}
}
