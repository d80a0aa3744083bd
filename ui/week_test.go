package ui

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// TestWeekByPerson finds out what is due this week for a child in two clicks
// from the home page: the menu, then the child's name; what is sealed stands
// under its number and not under the child.
func TestWeekByPerson(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.o.create(record.Draft{Register: "child.visit", Subject: c.o.person["child"], Values: register.Values{"planned": "2026-04-03", "kind": "home", "visitor": "甲"}})
	c.o.create(record.Draft{Register: "child.orphan", Subject: c.o.person["child"], Values: register.Values{"applied_at": "2026-03-12", "applicant": fmt.Sprint(c.o.person["grandma"]), "reason": "无人抚养", "father_state": "1", "mother_state": "1"}})
	c.o.create(record.Draft{Register: "child.visit", Subject: c.o.person["farchild"], Values: register.Values{"planned": "2026-03-20", "kind": "home", "visitor": "乙"}})
	sealed := c.o.create(record.Draft{Register: "child.adoption", Subject: c.o.person["free"], Values: register.Values{"consulted_at": "2026-01-01", "category": "orphan", "adopter": fmt.Sprint(c.o.person["grandma"]), "marriage": "single"}})
	c.o.change(func(tx *record.Tx) error {
		_, err := tx.Do(sealed, 0, "hand", record.Input{Values: register.Values{"handed_at": "2026-01-02"}})
		_ = err // it may lack what the law asks: then nothing of it is due
		return nil
	})
	director := c.as("child.director")
	if home := director.get("/"); !strings.Contains(home.body, `href="/week"`) {
		t.Fatal("the home page does not lead to the week")
	}
	week := director.get("/week")
	person := fmt.Sprintf("/people/%d#now", c.o.person["child"])
	for _, want := range []string{"禹宁川", person, "待走访", "已受理，查验中", "2026-04-02", "有七天内到期的"} {
		if !strings.Contains(week.body, want) {
			t.Errorf("the week does not hold %s: %s", want, week.text())
		}
	}
	if strings.Contains(week.body, "单于远") || strings.Contains(week.body, hiddenName) {
		t.Error("a director sees a child of another community, or a protected one")
	}
	if a := director.get(strings.TrimSuffix(person, "#now")); !strings.Contains(a.body, "待走访") || !strings.Contains(a.body, "已受理，查验中") {
		t.Errorf("the child's page: %s", a.text())
	}
	officer := c.as("child.officer").get("/week")
	if !strings.Contains(officer.body, "单于远") || strings.Contains(officer.body, "钟离安") {
		t.Errorf("an officer's week: %s", officer.text())
	}
	if narrowed := c.as("child.officer").get(fmt.Sprintf("/week?community=%d", c.o.west)); strings.Contains(narrowed.body, "禹宁川") || !strings.Contains(narrowed.body, "单于远") {
		t.Errorf("narrowed to the west: %s", narrowed.text())
	}
	// one row a person, however much there is to do, and the rest on the next page
	if n := strings.Count(week.body, person); n != 1 {
		t.Errorf("the child stands in %d rows", n)
	}
	for i := range weekPage {
		c.o.create(record.Draft{Register: "child.visit", Subject: c.o.ground(fmt.Sprintf("满%c", '甲'+rune(i))), Values: register.Values{"planned": "2026-03-20", "kind": "home", "visitor": "甲"}})
	}
	if first := c.as("child.officer").get("/week?group=overdue"); strings.Count(first.body, `#now"`) != weekPage || !strings.Contains(first.body, "after=40") {
		t.Errorf("a page holds %d persons", strings.Count(first.body, `#now"`))
	}
	if mine := c.as("child.officer").get(fmt.Sprintf("/week?owner=%d", c.o.user["child.officer"])); strings.Contains(mine.body, "待走访") {
		t.Errorf("somebody else's visits: %s", mine.text())
	}
	if a := c.as("admin.audit").get("/week"); a.status != http.StatusForbidden {
		t.Errorf("an administrator: %d", a.status)
	}
}
