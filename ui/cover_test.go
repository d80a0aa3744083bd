package ui

import (
	"net/http"
	"strings"
	"testing"
)

// TestLeavingCare begins the way into adult life a year before, from the duty
// of the child's file, which then rests.
func TestLeavingCare(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.o.person["seventeen"] = c.o.create(c.o.personDraft("将成年", "2008-10-10")).ID
	file := c.begin("child.officer", "child.file", "seventeen", form("found_at", "2026-03-30", "source", "visit"))
	c.do("child.officer", "verify", "verified", form("verified_at", "2026-03-31"))
	c.edit("child.officer", form("category", "05", "guardian_kind", "kin", "need_note", "住房", "grade", "yellow", "assessed_at", "2026-04-01", "housing_state", "wanted",
		"measures.0.guarantee", "housing", "measures.0.measure", "轮候"))
	c.do("child.officer", "open", "filed", nil)
	c.do("child.officer", "assess", "assessed", nil)
	c.do("child.supervisor", "serve", "served", nil)
	c.due("child.officer", "duty:leaving", "2025-10-10") // twelve months before 2026-10-10
	if list := c.as("child.officer").get("/r/child.file?housing_state=wanted&step=served"); !strings.Contains(list.body, file) {
		t.Error("the list of gaps leaves out the child without housing")
	}
	c.begin("child.officer", "child.leaving", "seventeen", form("started_at", "2026-04-01", "opinion", "想学技术"))
	c.stopped("child.officer", "submit", "住房方案", nil)
	c.edit("child.officer", form("study", "职校", "job", "实习", "housing", "轮候", "hukou", "单立", "money", "衔接", "measures.0.task", "报考", "measures.0.unit", "学校", "measures.0.until", "2026-09-01"))
	c.do("child.officer", "submit", "approve", nil)
	c.stopped("child.officer", "approve", "", nil)
	c.do("child.supervisor", "approve", "preparing", nil)
	c.due("child.officer", "step:preparing", "2026-10-10")
	c.paper("child.officer", "child/leaving")
	c.do("child.officer", "adult", "following", form("outcome", "study", "follow_until", "2027-10-10"))
	c.ref = file
	for _, k := range c.see("child.officer").Clocks {
		if k.ID == "duty:leaving" {
			t.Error("the duty goes on though the plan has begun")
		}
	}
}

// TestYearOfCover checks enrolment in September and insurance in December, and
// warns of a break.
func TestYearOfCover(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	orphan := c.begin("child.officer", "child.orphan", "child", form("applied_at", "2026-03-02", "applicant", "4", "reason", "无人抚养", "local", "yes", "father_state", "1", "father_evidence", "死亡证明",
		"mother_state", "1", "mother_evidence", "死亡证明", "compared_at", "2026-03-05", "compared", "一致", "surveyed", "属实"))
	c.do("child.supervisor", "send", "sent", form("inspected_at", "2026-03-20", "conclusion", "orphan", "sent_at", "2026-03-20"))
	c.do("child.officer", "confirm", "confirmed", form("decision", "yes", "decision_at", "2026-03-25"))
	c.due("child.officer", "duty:cover", "2026-04-25")
	if list := c.as("child.officer").get("/r/child.orphan?step=confirmed&cover=none"); !strings.Contains(list.body, orphan) {
		t.Error("the list of the uncovered leaves out the child")
	}
	c.begin("child.officer", "child.cover", "child", form("year", "2026", "insurance", "lapsed", "grant", "paid", "project", "2"))
	c.due("child.officer", "duty:enrol", "2026-09-30")
	c.due("child.officer", "duty:insure", "2026-12-31")
	c.due("child.officer", "duty:lapsed", "2026-05-01")
	cover := c.ref
	c.ref = orphan
	if v := c.see("child.officer").Values; v["cover"] != "education" || v["cover_year"] != 2026.0 {
		t.Errorf("covered: %v in %v", v["cover"], v["cover_year"])
	}
	c.ref = cover
	c.do("child.officer", "enrol", "open", form("enrol_checked", "2026-04-01", "enrolled", "yes", "grant", "paid"))
	c.stopped("child.officer", "close", "次年参保核验日期", nil)
	c.do("child.officer", "insure", "open", form("insured_checked", "2026-04-01", "insurance", "subsidised"))
	c.do("child.officer", "close", "closed", nil)
	c.ref = orphan
	if v := c.see("child.officer").Values; v["cover"] != "both" {
		t.Errorf("covered: %v", v["cover"])
	}
	if a := c.as("child.director").get("/r/" + cover); a.status != http.StatusOK {
		t.Errorf("the director cannot read it: %d", a.status)
	}
}
