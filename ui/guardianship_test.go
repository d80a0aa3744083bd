package ui

import (
	"fmt"
	"strings"
	"testing"
)

// TestMissingGuardianship takes a child from being found alone to a safe
// return, which waits for every condition of the law.
func TestMissingGuardianship(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.begin("child.director", "child.guardianship", "child", form("found_at", "2026-03-31 20:00", "source", "neighbour", "clue", "独自在家三天"))
	if a := c.as("child.officer").get("/r/" + c.ref); !strings.Contains(a.body, "还有 10 小时") {
		t.Errorf("the day to verify does not run by the hour: %s", a.text())
	}
	c.do("child.director", "verify", "verified", form("verified_at", "2026-03-31 21:00", "verified_note", "属实", "situation", "2", "grade", "red"))
	c.stopped("child.director", "place", "社区不得直接留孩子过夜", form("placed_at", "2026-03-31 22:00", "placement", "kin", "situation", "2"))
	grandma := fmt.Sprint(c.o.person["grandma"])
	c.do("child.director", "place", "placed", form("placed_at", "2026-03-31 22:00", "placement", "kin", "relative", grandma, "situation", "2"))
	c.do("child.officer", "decide", "decided", form("nature", "temporary", "authority", "区民政局", "decision_no", "1号", "body", "civil", "from", "2026-04-01"))
	c.do("child.officer", "entrust", "care", form("agreed_at", "2026-04-01", "agreed_until", "2026-10-01", "cost", "区民政局", "contact", "每周"))
	c.due("child.officer", "duty:review", "2026-07-01")    // every three months
	c.due("child.officer", "duty:agreement", "2026-10-01") // the day that was agreed
	c.due("child.officer", "step:care", "2027-04-01")      // a year at most
	c.do("child.officer", "review", "care", form("reviews.0.date", "2026-04-01", "reviews.0.kind", "homecoming", "reviews.0.conclusion", "return", "reviews.0.note", "可以回家"))
	c.do("child.officer", "return", "returning", form("_note", "祖母已出院"))
	c.verdicts("child.officer", map[string]string{"cause": "unknown", "assessed": "met", "opinion": "unknown"})
	c.edit("child.officer", form("cause_gone", "yes", "able", "no", "home_safe", "yes", "no_harm", "yes", "child_opinion", "想回家", "after_plan", "每周走访"))
	home := form("ended_at", "2026-04-01", "outcome", "1")
	c.stopped("child.supervisor", "home", "监护人具备履行监护职责条件", home)
	c.edit("child.officer", form("able", "yes"))
	c.paper("child.officer", "child/interim", "child/rearing", "child/ability", "child/homecoming", "child/revocation")
	c.do("child.supervisor", "home", "ended", home)
	if v := c.see("child.officer").Values; v["length"] != 0.0 {
		t.Errorf("days under guardianship: %v", v["length"])
	}
}

// TestEntrustedCare keeps out whom the law bars, and reminds of the weekly
// call.
func TestEntrustedCare(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	grandma := fmt.Sprint(c.o.person["grandma"])
	parent := fmt.Sprint(c.o.create(c.o.personDraft("禹长河", "1985-04-17")).ID)
	asked := form("parent", parent, "reason", "外出务工", "carer", grandma, "relation", "62", "from", "2026-04-01")
	c.refuses("child.director", "child.entrust", "child", form("parent", parent, "reason", "外出务工", "carer", parent, "from", "2026-04-01"), "不能是同一人")
	c.begin("child.director", "child.entrust", "child", asked)
	c.stopped("child.officer", "confirm", "还不能判断", nil)
	c.edit("child.officer", form("bans_checked", "yes", "bans", "2", "able", "yes", "child_opinion", "愿意", "told_school", "2026-04-01", "told_community", "2026-04-01"))
	c.stopped("child.officer", "confirm", "没有第22条禁止的四种情形", nil)
	c.edit("child.officer", form("_has", "bans"))
	c.do("child.officer", "confirm", "active", nil)
	c.due("child.director", "duty:contact", "2026-04-08")
	c.do("child.director", "contact", "active", form("contacts.0.date", "2026-04-01", "contacts.0.way", "video"))
	c.paper("child.officer", "child/entrust")
	c.do("child.director", "end", "ended", form("ended_at", "2026-04-01", "ended_why", "返回"))
}
