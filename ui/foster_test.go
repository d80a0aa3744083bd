package ui

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// homeForm is a foster home that meets every condition.
func homeForm() url.Values {
	return form("applied_at", "2026-03-01", "motive", "愿意", "members.0.name", "配偶", "members.0.birth", "1985-01-01", "_has", "members", "local", "yes", "area", "100", "heads", "4", "area_ok", "yes",
		"income", "6000", "income_ok", "yes", "checked_on", "2026-02-01", "healthy", "yes", "clean", "yes", "habits", "yes", "neighbours", "2", "schooling", "yes", "experience", "yes", "wants", "2",
		"surveyed_at", "2026-03-20", "surveyed_by", "甲、乙", "survey", "好", "opinion", "通过")
}

// carer makes a grown-up of a birth date.
func (c *course) carer(name, birth string) {
	c.o.person[name] = c.o.create(c.o.personDraft(name, birth)).ID
}

// TestFosterHomeConditions judges homes by decree 54 over HTTP: each row
// changes one thing.
func TestFosterHomeConditions(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.carer("三十", "1996-03-31")
	c.carer("近三十", "1996-04-01") // thirty only when the birthday has passed
	c.carer("六十五", "1960-04-01")
	c.carer("六十六", "1960-03-31")
	for name, row := range map[string]struct {
		who, field, value string
		unmet             string
	}{
		"all met":                 {"三十", "", "", ""},
		"not yet thirty":          {"近三十", "", "", "age"},
		"sixty-five":              {"六十五", "", "", ""},
		"sixty-six":               {"六十六", "", "", "age"},
		"three children":          {"三十", "wants", "3", "number"},
		"a child of four":         {"三十", "members.0.birth", "2022-01-01", "young"},
		"a child of six":          {"三十", "members.0.birth", "2020-03-31", ""},
		"a child of almost six":   {"三十", "members.0.birth", "2020-04-01", "young"},
		"an old check-up":         {"三十", "checked_on", "2025-09-30", "health"},
		"one neighbour":           {"三十", "neighbours", "1", "clean"},
		"below middling income":   {"三十", "income_ok", "no", "income"},
		"no proof of good repute": {"三十", "clean", "unknown", "clean"},
	} {
		f := homeForm()
		if row.field != "" {
			f.Set(row.field, row.value)
		}
		c.begin("child.officer", "child.fosterhome", row.who, f)
		for _, found := range c.see("child.officer").Criteria {
			want := register.VerdictMet
			if found.ID == row.unmet {
				want = register.VerdictUnmet
			}
			if found.Verdict != want {
				t.Errorf("%s: %s is %s, want %s (%s)", name, found.ID, found.Verdict, want, found.Value)
			}
		}
		c.do("child.officer", "assess", "assessed", nil)
		if row.unmet != "" {
			c.stopped("child.supervisor", "approve", "不符合", form("filed_at", "2026-04-01"))
		}
	}
}

// TestFostering takes a child from the agreement to the end of the placement,
// and keeps a home to two.
func TestFostering(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.carer("照料人", "1985-05-05")
	home := c.begin("child.officer", "child.fosterhome", "照料人", homeForm())
	party := fmt.Sprint(c.o.create(record.Draft{Register: record.Parties, Values: register.Values{"name": "区虚构儿童福利院"}}).ID)
	_, homeID, _ := strings.Cut(home, "/")
	placing := form("home", homeID, "institution", party, "kind", "regular", "status", "orphan", "special", "yes", "carer", fmt.Sprint(c.o.person["照料人"]), "pace", "monthly")
	c.refuses("child.officer", "child.foster", "child", placing, "审核通过并完成培训后才能寄养")
	c.do("child.officer", "assess", "assessed", nil)
	c.stopped("child.officer", "approve", "", form("filed_at", "2026-04-01")) // not their post's
	c.do("child.supervisor", "approve", "training", form("filed_at", "2026-04-01"))
	c.do("child.officer", "train", "ready", form("trained_at", "2026-04-01"))
	c.paper("child.officer", "child/fosterapply", "child/fosterassess")
	c.begin("child.officer", "child.foster", "free", placing) // born 2012: over ten
	signing := form("agreed_at", "2026-04-01", "agreed_until", "2027-03-31", "started_at", "2026-04-01")
	c.stopped("child.officer", "sign", "请先填写本人同意寄养", signing)
	c.begin("child.officer", "child.foster", "child", placing)
	c.refuses("child.officer", "child.foster", "farchild", placing, "最多2名")
	c.edit("child.officer", form("child_consent", "yes"))
	c.do("child.officer", "sign", "trial", signing)
	c.due("child.officer", "step:trial", "2026-05-31") // sixty days
	c.due("child.officer", "duty:visit", "2026-04-08") // a week
	c.stopped("child.supervisor", "settle", "还没有探访记录", form("regular_at", "2026-04-01"))
	foster := c.ref
	_, id, _ := strings.Cut(foster, "/")
	visit := form("foster", id, "date", "2026-04-01", "form", "door", "visitors", "甲、乙", "child_seen", "是", "finding", "好", "height", "120", "weight", "22")
	c.refuses("child.director", "child.fostervisit", "free", visit, "另一名儿童")
	c.begin("child.director", "child.fostervisit", "child", visit)
	c.paper("child.director", "child/fostervisit")
	c.ref = foster
	c.do("child.supervisor", "settle", "fostering", form("regular_at", "2026-04-01"))
	c.due("child.officer", "duty:visit", "2026-05-01")
	c.due("child.officer", "duty:review", "2027-04-01")
	c.do("child.officer", "carer", "fostering", form("carers.0.date", "2026-04-01", "carers.0.from", "甲", "carers.0.to", "乙", "carers.0.reason", "外出", "carers.0.agreed", "2026-04-01", "carers.0.trained", "2026-04-01",
		"carer", fmt.Sprint(c.o.person["照料人"]), "_note", "机构已同意"))
	c.do("child.officer", "review", "fostering", form("reviews.0.date", "2026-04-01", "reviews.0.verdict", "yes"))
	c.paper("child.officer", "child/fosteragreement", "child/carerchange", "child/fosterreview")
	c.stopped("welfare.head", "end", "家庭主动解除的先登记申请", form("end_reason", "asked", "ended_at", "2026-04-01"))
	c.do("welfare.head", "end", "ended", form("end_reason", "claimed", "ended_at", "2026-04-01"))
	c.paper("child.officer", "child/fosterend")
}
