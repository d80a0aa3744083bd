package ui

import (
	"fmt"
	"maps"
	"net/url"
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// adults makes a couple and a single man.
func (c *course) adults() {
	for name, v := range map[string][2]string{"丈夫": {"1", "1984-05-11"}, "妻子": {"2", "1986-09-27"}, "单身男": {"1", "1975-05-06"}, "单身男青年": {"1", "1975-05-07"}, "单身女": {"2", "1990-01-01"}} {
		d := c.o.personDraft(name, v[1])
		d.Values["sex"] = v[0]
		c.o.person[name] = c.o.create(d).ID
	}
}

func (c *course) adopting(adopter, spouse string, more ...string) url.Values {
	f := form("consulted_at", "2026-04-01", "category", "orphan", "sender", "guardian", "sender_agrees", "yes", "adopter", fmt.Sprint(c.o.person[adopter]), "marriage", "single", "children", "0", "wants", "1",
		"able", "yes", "healthy", "yes", "clean", "yes", "child_agrees", "yes", "materials.0.name", "户口簿", "materials.0.ok", "yes", "_has", "materials", "visited", "好")
	if spouse != "" {
		f.Set("marriage", "married")
		f.Set("spouse", fmt.Sprint(c.o.person[spouse]))
	}
	for i := 0; i+1 < len(more); i += 2 {
		f.Set(more[i], more[i+1])
	}
	return f
}

// TestAdoptionConditions judges adoptions of a girl of ten by the Civil Code,
// 1093 to 1104: each row, and the one rule that it breaks.
func TestAdoptionConditions(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.adults() // the girl is born on 2015-05-06
	hardship := []string{"category", "hardship", "sender", "parents"}
	for name, row := range map[string]struct {
		adopter, spouse string
		more            []string
		unmet           string
	}{
		"a couple without children":                  {"丈夫", "妻子", nil, ""},
		"forty years older to the day":               {"单身男", "", nil, ""},
		"a day short of forty":                       {"单身男青年", "", nil, "gap"},
		"a woman adopts a girl":                      {"单身女", "", nil, ""},
		"the daughter of a brother or sister":        {"单身男青年", "", []string{"category", "kin"}, ""},
		"a couple with two children, an orphan":      {"丈夫", "妻子", []string{"children", "2"}, ""},
		"a couple with two children, hardship":       {"丈夫", "妻子", append([]string{"children", "2"}, hardship...), "children"},
		"a couple with one child, one more":          {"丈夫", "妻子", append([]string{"children", "1"}, hardship...), ""},
		"a couple with one child, two more":          {"丈夫", "妻子", append([]string{"children", "1", "wants", "2"}, hardship...), "number"},
		"a couple without children, two":             {"丈夫", "妻子", append([]string{"wants", "2"}, hardship...), ""},
		"a couple without children, three":           {"丈夫", "妻子", append([]string{"wants", "3"}, hardship...), "number"},
		"three orphans":                              {"丈夫", "妻子", []string{"wants", "3"}, ""},
		"three disabled children":                    {"丈夫", "妻子", append([]string{"wants", "3", "disabled", "是"}, hardship...), ""},
		"parents may not send an orphan":             {"丈夫", "妻子", []string{"sender", "parents"}, "sender"},
		"the child does not agree":                   {"丈夫", "妻子", []string{"child_agrees", "no"}, "consent"},
		"an unfit adopter":                           {"丈夫", "妻子", []string{"clean", "no"}, "clean"},
		"an ill adopter":                             {"丈夫", "妻子", []string{"healthy", "no"}, "healthy"},
		"a stepchild: no other rule, no age, no gap": {"单身男青年", "", []string{"category", "step", "able", "no", "wants", "3"}, ""},
	} {
		c.begin("child.officer", "child.adoption", "child", c.adopting(row.adopter, row.spouse, row.more...))
		for _, f := range c.see("child.officer").Criteria {
			want := register.VerdictMet
			if f.ID == row.unmet {
				want = register.VerdictUnmet
			}
			if f.Verdict != want {
				t.Errorf("%s: %s is %s (%s), want %s", name, f.ID, f.Verdict, f.Value, want)
			}
		}
		if row.unmet != "" {
			c.stopped("child.officer", "hand", "不符合", form("handed_at", "2026-04-01"))
		}
	}
	c.begin("child.officer", "child.adoption", "child", c.adopting("丈夫", "", "marriage", "married"))
	c.verdicts("child.officer", map[string]string{"spouse": "unknown", "spouse_age": "unknown"})
}

// TestAdoptionClock reckons the thirty days of the review without the notice
// and the assessment (the facts' first and second sample).
func TestAdoptionClock(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.adults()
	c.begin("child.officer", "child.adoption", "child", c.adopting("丈夫", "妻子", "category", "foundling", "sender", "institution", "institution_raised", "是"))
	c.do("child.officer", "hand", "handed", form("handed_at", "2026-03-31"))
	c.do("child.officer", "accept", "reviewing", form("accepted_at", "2026-04-01"))
	c.due("child.officer", "step:reviewing", "2026-05-06") // thirty days are 1 May, which is a holiday
	c.do("child.officer", "publish", "reviewing", form("public_from", "2026-03-05"))
	c.due("child.officer", "step:reviewing", "") // the clock stands still
	c.due("child.officer", "duty:public", "2026-05-04")
	c.stopped("child.officer", "publish", "公告须满60日", form("public_from", "2026-03-05", "public_until", "2026-05-03"))
	c.do("child.officer", "publish", "reviewing", form("public_from", "2026-03-05", "public_until", "2026-05-04"))
	c.due("child.officer", "step:reviewing", "2026-06-03") // from 5 May on
	c.do("child.officer", "assess", "reviewing", form("assess_from", "2026-05-10"))
	c.due("child.officer", "step:reviewing", "")
	c.due("child.officer", "duty:report", "2026-07-09")
	scores := form("assess_from", "2026-05-10", "assess_until", "2026-06-20", "fusion_from", "2026-05-11", "fusion_until", "2026-06-12", "scores.0.indicator", "motive", "scores.0.full", "50", "scores.0.score", "39",
		"scores.1.indicator", "fusion", "scores.1.full", "50", "scores.1.score", "40")
	c.do("child.officer", "assess", "reviewing", scores)
	c.due("child.officer", "step:reviewing", "2026-07-15") // 42 days later
	if v := c.see("child.officer").Values; v["score"] != 79.0 || v["verdict"] != "pass" || v["fusion_days"] != 32.0 {
		t.Errorf("score %v, %v, fusion %v", v["score"], v["verdict"], v["fusion_days"])
	}
	done := form("outcome", "registered", "registered_at", "2026-07-01", "certificate", "1号")
	veto := maps.Clone(scores)
	veto.Set("vetoes", "violence")
	c.do("child.officer", "assess", "reviewing", veto)
	c.stopped("child.officer", "finish", "没有合格的收养评估", done)
	again := maps.Clone(scores)
	again.Add("_has", "vetoes")
	c.do("child.officer", "assess", "reviewing", again)
	c.do("child.officer", "observe", "reviewing", form("observations.0.date", "2026-04-01", "observations.0.note", "好"))
	c.do("child.officer", "finish", "registered", done)
	c.paper("child.officer", "child/adoptionapply", "child/adoptionreview", "child/adoptionnotice", "child/adoptionobserve", "child/adoptionreport", "child/adoptionpublic")
	c.do("welfare.head", "close", "closed", nil)
}

// TestFosterToAdoption ends the placement once the adoption is registered.
func TestFosterToAdoption(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.adults()
	home := c.o.create(record.Draft{Register: "child.fosterhome", Subject: c.o.person["丈夫"], Step: "ready", Values: register.Values{"applied_at": "2025-01-01", "motive": "愿意"}})
	party := c.o.create(record.Draft{Register: record.Parties, Values: register.Values{"name": "区虚构儿童福利院"}})
	foster := c.o.create(record.Draft{Register: "child.foster", Subject: c.o.person["child"], Step: "fostering", Values: register.Values{"home": fmt.Sprint(home.ID), "institution": fmt.Sprint(party.ID), "kind": "regular",
		"status": "foundling", "carer": fmt.Sprint(c.o.person["丈夫"])}})
	c.begin("child.officer", "child.transition", "child", form("willing_at", "2026-03-01", "family", fmt.Sprint(c.o.person["丈夫"])))
	if v := c.see("child.officer").Values; v["foster"] != fmt.Sprint(foster.ID) {
		t.Errorf("placement %v", v["foster"])
	}
	c.do("child.officer", "check", "checking", form("told_at", "2026-03-02"))
	c.stopped("child.officer", "assess", "条件不符合的请用", form("conditions", "no"))
	c.do("child.officer", "assess", "assessing", form("conditions", "yes"))
	c.do("child.officer", "register", "registered", form("report_at", "2026-03-20", "passed", "yes", "registered_at", "2026-03-30"))
	c.stopped("child.officer", "release", "不能早于收养登记", form("ended_at", "2026-03-29"))
	c.do("child.officer", "release", "supported", form("ended_at", "2026-03-30", "subsidy", "once", "subsidy_until", "2029-03-29"))
	c.due("child.officer", "step:supported", "2029-03-29")
	c.paper("child.officer", "child/transitionwish", "child/transition", "child/transitionsubsidy")
	c.begin("child.officer", "child.transition", "child", form("willing_at", "2026-03-01", "family", fmt.Sprint(c.o.person["丈夫"])))
	c.do("child.officer", "stop", "stopped", form("stop", "failed", "stopped_at", "2026-04-01", "_note", "评估未通过"))
	c.stopped("child.officer", "again", "期满后才能再申请", form("_note", "再试"))
}
