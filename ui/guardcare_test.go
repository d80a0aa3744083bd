package ui

import (
	"fmt"
	"strings"
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// TestGuardianAllowance grants at seventy points, warns after two visits on
// which the child was not seen, and is not had beside foster care.
func TestGuardianAllowance(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	grandma := fmt.Sprint(c.o.person["grandma"])
	c.begin("child.officer", "child.guardcare", "child", form("applied_at", "2026-03-02", "carer", grandma, "kind", "2", "together", "yes", "reason", "祖母照料"))
	scores := form("assessed_at", "2026-03-10", "body", "10", "economy", "14", "care", "15", "bond", "15", "will", "15", "assessment", "一般")
	c.do("child.officer", "assess", "assessed", scores)
	c.stopped("child.supervisor", "send", "不低于70分，现为69分", form("promised_at", "2026-03-12", "sent_at", "2026-03-12"))
	c.edit("child.officer", form("body", "11"))
	c.do("child.supervisor", "send", "sent", form("promised_at", "2026-03-12", "sent_at", "2026-03-12"))
	c.do("child.officer", "grant", "active", form("decision_at", "2026-03-20", "decision_no", "1号"))
	c.paper("child.officer", "child/guardcareapply", "child/guardcareassess", "child/guardcarepromise")
	allowance := c.ref
	for n, day := range []string{"2026-03-25", "2026-03-30"} {
		c.begin("child.director", "child.visit", "child", form("planned", day, "kind", "home", "visitor", "纪", "actual", day, "unseen_reason", "out"))
		c.do("child.director", "unseen", "unseen", nil)
		c.ref = allowance
		if v := c.see("child.officer").Values; v["unseen"] != float64(n+1) {
			t.Errorf("after %d visits: unseen %v", n+1, v["unseen"])
		}
	}
	c.due("child.officer", "duty:unseen", "2026-04-01") // at once
	c.do("child.officer", "pause", "paused", form("_note", "两次未见"))
	c.do("child.supervisor", "resume", "active", form("_note", "见到儿童"))
	c.do("child.supervisor", "end", "ended", form("end_reason", "asked", "ended_at", "2026-04-01"))
}

// TestAllowanceBesideFosterCare finds the placement though nobody ticked it.
func TestAllowanceBesideFosterCare(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.carer("照料人", "1985-05-05")
	carer := fmt.Sprint(c.o.person["照料人"])
	home := c.o.create(record.Draft{Register: "child.fosterhome", Subject: c.o.person["照料人"], Step: "ready", Values: register.Values{"applied_at": "2026-01-01", "motive": "愿意"}})
	party := c.o.create(record.Draft{Register: record.Parties, Values: register.Values{"name": "区虚构儿童福利院"}})
	foster := c.o.create(record.Draft{Register: "child.foster", Subject: c.o.person["farchild"], Values: register.Values{"home": fmt.Sprint(home.ID), "institution": fmt.Sprint(party.ID), "kind": "regular", "status": "orphan", "carer": carer}})
	c.begin("child.officer", "child.guardcare", "child", form("applied_at", "2026-03-02", "carer", carer, "kind", "4", "together", "yes", "reason", "照料"))
	c.verdicts("child.officer", map[string]string{"overlap": "unmet"})
	c.paper("child.officer", "child/guardcareconflict")
	c.do("child.officer", "assess", "assessed", form("assessed_at", "2026-03-10", "body", "20", "economy", "20", "care", "20", "bond", "20", "will", "20", "assessment", "好"))
	c.edit("child.officer", form("choice", "this", "choice_at", "2026-03-15"))
	c.verdicts("child.officer", map[string]string{"overlap": "met"})
	c.stopped("child.supervisor", "send", "与寄养劳务费不能同时享受", form("promised_at", "2026-03-12", "sent_at", "2026-03-12"))
	c.ref = foster.String()
	c.do("welfare.head", "end", "ended", form("end_reason", "discord", "ended_at", "2026-04-01"))
}

// TestInstitution warns sixty days before a licence runs out and counts beds.
func TestInstitution(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.begin("child.officer", "child.institution", "", form("name", "区虚构儿童福利院", "kind", "1", "beds", "30", "children", "12", "distance", "6.5", "radius", "30", "fire_until", "2026-09-30"))
	v := c.see("child.officer").Values
	if v["rate"] != 40.0 || v["vacant"] != 18.0 || v["within"] != true {
		t.Errorf("rate %v, vacant %v, within %v", v["rate"], v["vacant"], v["within"])
	}
	c.due("child.officer", "duty:fire", "2026-08-01")
	c.do("child.officer", "check", "running", form("inspections.0.date", "2026-04-01", "inspections.0.item", "消防", "inspections.0.result", "bad"))
	c.paper("child.officer", "child/institution", "child/institutioncheck")
	c.do("child.supervisor", "suspend", "suspended", form("_note", "整改"))
	c.stopped("child.supervisor", "resume", "还有问题没有销号", form("_note", "恢复"))
	c.edit("child.officer", form("inspections.0.date", "2026-04-01", "inspections.0.item", "消防", "inspections.0.result", "bad", "inspections.0.mended", "2026-04-01"))
	c.do("child.supervisor", "resume", "running", form("_note", "恢复"))
	if list := c.as("chief").get("/r/child.institution?within=true"); !strings.Contains(list.body, "区虚构儿童福利院") {
		t.Error("the list of institutions within reach leaves it out")
	}
}
