package ui

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

// TestOrphanRecognition takes the first sample of the facts through its clocks:
// fifteen workdays here, fifteen in the district, from the month after.
func TestOrphanRecognition(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	applied := form("applied_at", "2026-03-02", "applicant", fmt.Sprint(c.o.person["grandma"]), "reason", "无人抚养", "local", "yes", "abode", "scattered",
		"father_state", "5", "father_evidence", "判决书", "father_from", "2024-06-30", "father_until", "2029-06-30",
		"mother_state", "8", "mother_evidence", "回执单", "mother_from", "2024-11-08")
	c.begin("child.officer", "child.orphan", "child", applied)
	c.due("child.officer", "step:accepted", "2026-03-23")
	c.do("child.officer", "ask", "supplement", form("lacking", "回执单"))
	c.paper("child.officer", "child/supplement")
	c.do("child.officer", "complete", "accepted", form("complete_at", "2026-03-30"))
	c.due("child.officer", "step:accepted", "2026-04-21") // counted anew, over Qingming
	c.verdicts("child.officer", map[string]string{"age": "met", "local": "met", "parents": "met", "father": "met", "mother": "met", "lost": "unmet"})
	c.edit("child.officer", form("compared_at", "2026-03-31", "compared", "一致", "surveyed", "属实"))
	sending := form("inspected_at", "2026-04-01", "conclusion", "unsupported", "sent_at", "2026-04-01", "received_at", "2026-04-01")
	c.stopped("child.supervisor", "send", "查找回执单", sending)
	c.edit("child.officer", form("lost_receipt", "2025-05-20"))
	other := maps.Clone(sending)
	other.Set("conclusion", "orphan")
	c.stopped("child.supervisor", "send", "与系统判定不同，必须说明", other)
	c.do("child.supervisor", "send", "sent", sending)
	c.due("child.officer", "step:sent", "2026-04-23") // fifteen workdays
	c.do("child.officer", "confirm", "confirmed", form("received_at", "2026-04-01", "decision", "yes", "decision_at", "2026-04-01", "decision_no", "1号"))
	if v := c.see("child.officer").Values; v["from_month"] != "2026-05" {
		t.Errorf("from %v", v["from_month"])
	}
	c.due("child.officer", "duty:father", "2029-05-01") // sixty days before the sentence ends
	c.paper("child.officer", "child/orphanapply", "child/unsupportedapply", "child/lostparents", "child/inspection")
	c.do("child.supervisor", "end", "ended", form("end_reason", "parent", "ended_at", "2026-04-01", "_note", "母亲回家"))
	c.paper("child.officer", "child/termination")
}

// TestOrphanRefused turns down a child whose mother is able.
func TestOrphanRefused(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.begin("child.officer", "child.orphan", "child", form("applied_at", "2026-03-02", "applicant", fmt.Sprint(c.o.person["grandma"]), "reason", "父亲失联", "local", "yes",
		"father_state", "8", "father_evidence", "报案回执", "father_from", "2025-01-01", "mother_state", "0", "compared_at", "2026-03-05", "compared", "母亲在世", "surveyed", "母亲在照料"))
	if v := c.see("child.officer").Values; v["verdict"] != "neither" {
		t.Errorf("verdict %v", v["verdict"])
	}
	c.stopped("child.supervisor", "send", "母正常", form("inspected_at", "2026-04-01", "conclusion", "unsupported", "conclusion_note", "照顾", "sent_at", "2026-04-01"))
	c.do("child.supervisor", "refuse", "refused", form("inspected_at", "2026-04-01", "conclusion", "neither", "conclusion_note", "建议申请低保", "_note", "母亲正常"))
	if a := c.as("child.officer").get("/r/child.orphan"); strings.Contains(a.body, "公示") {
		t.Error("the list speaks of a public notice")
	}
}
