package ui

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// TestAgenda takes an item to the meeting, its tasks through yellow and red
// card, and to the archive when all are done.
func TestAgenda(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	agenda := c.begin("child.officer", "child.agenda", "", form("title", "医疗拓展方案", "unit", "civil", "kind", "2", "raised_at", "2026-03-30", "background", "未覆盖"))
	c.due("child.officer", "step:raised", "2026-04-07") // five workdays, past Qingming
	c.do("welfare.head", "list", "listed", form("checked_at", "2026-03-31", "checked", "同意"))
	c.stopped("child.officer", "decide", "缓议、否决请用另外两个按钮", form("met_at", "2026-04-01", "decision", "deferred"))
	c.do("child.officer", "decide", "decided", form("met_at", "2026-04-01", "session", "1次", "decision", "passed", "decision_no", "1号"))
	c.stopped("welfare.head", "close", "还没有分解任务", form("assessment", "好"))
	_, id, _ := strings.Cut(agenda, "/")
	task := func(until string) string {
		return c.begin("child.officer", "child.task", "", form("agenda", id, "title", "参保", "lead", "insurance", "goal", "全覆盖", "from", "2026-03-01", "until", until))
	}
	five := task("2026-03-27") // five days late
	c.do("child.officer", "start", "running", nil)
	c.due("child.officer", "duty:yellow", "2026-03-28")
	card := func(color string) url.Values {
		return form("card", color, "urges.0.date", "2026-04-01", "urges.0.card", color, "urges.0.note", "抓紧")
	}
	c.stopped("welfare.head", "red", "还没有超过黄牌期限", card("red"))
	c.do("welfare.head", "yellow", "running", card("yellow"))
	c.due("child.officer", "duty:red", "2026-04-04")
	c.paper("child.officer", "child/urge")
	eight := task("2026-03-24")
	c.stopped("welfare.head", "yellow", "请用红牌", card("yellow"))
	c.do("welfare.head", "red", "planned", card("red"))
	on := task("2026-05-01")
	c.stopped("welfare.head", "yellow", "还没有逾期", card("yellow"))
	done := form("done_at", "2026-04-01", "progress", "100")
	for _, ref := range []string{five, eight, on} {
		c.ref = ref
		if c.see("child.officer").Step == "planned" {
			c.do("child.officer", "start", "running", nil)
		}
		if ref == on {
			c.ref = agenda
			c.stopped("welfare.head", "close", "还有任务没有完成", form("assessment", "好"))
			c.ref = on
		}
		c.do("child.officer", "finish", "done", done)
	}
	c.ref = five
	if v := c.see("child.officer").Values; v["late"] != 5.0 {
		t.Errorf("late by %v", v["late"])
	}
	c.ref = agenda
	c.paper("child.officer", "child/agenda", "child/tasks")
	c.do("welfare.head", "close", "closed", form("assessment", "落实"))
}

// TestMeeting holds a meeting and issues its minutes by another hand.
func TestMeeting(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.begin("child.officer", "child.meeting", "", form("kind", "case", "title", "个案会商", "at", "2026-04-02 09:30", "chair", "甲", "items.0.title", "返家", "_has", "items"))
	c.due("child.officer", "step:planned", "2026-04-02")
	c.do("child.officer", "hold", "held", form("attend", "各单位"))
	c.paper("child.officer", "child/meetingagenda", "child/consultation", "child/minutes")
	issue := form("minutes_at", "2026-04-01", "signer", "乙")
	c.stopped("welfare.head", "issue", "每项议程都要有决定", issue)
	c.edit("child.officer", form("items.0.title", "返家", "items.0.decision", "继续评估"))
	c.do("welfare.head", "issue", "closed", issue)
}

// TestNutrition follows the second sample: packs by batch, growth, the next
// check by age in months, and the month after the third birthday.
func TestNutrition(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.carer("婴儿", "2025-03-18")
	c.carer("大孩子", "2023-02-01")
	ask := form("applied_at", "2026-02-09", "applicant", fmt.Sprint(c.o.person["grandma"]), "household", "dibao", "way", "2", "poor", "yes")
	c.begin("child.officer", "child.nutrition", "大孩子", ask)
	c.stopped("child.officer", "check", "出生未满36个月", form("checked_at", "2026-02-12"))
	c.begin("child.officer", "child.nutrition", "婴儿", ask)
	v := c.see("child.officer").Values
	if v["from_month"] != "2026-02" || v["three_on"] != "2028-03-18" || v["stop_month"] != "2028-04" || v["next_check"] != "2026-03-18" {
		t.Errorf("from %v, three on %v, stopped %v, next check %v", v["from_month"], v["three_on"], v["stop_month"], v["next_check"])
	}
	c.do("child.officer", "check", "checked", form("checked_at", "2026-02-12"))
	c.do("child.supervisor", "grant", "active", form("decision_at", "2026-02-20"))
	pack := form("packs.0.date", "2026-03-10", "packs.0.what", "营养包", "packs.0.count", "2", "packs.0.batch", "VX2601", "packs.0.until", "2026-03-01", "packs.0.signer", "祖母")
	c.stopped("child.officer", "pack", "过期的批号", pack)
	pack.Set("packs.0.until", "2027-01-31")
	c.do("child.officer", "pack", "active", pack)
	c.due("child.officer", "duty:check", "2026-03-18")
	c.do("child.officer", "grow", "active", form("growth.0.date", "2026-03-20", "growth.0.height", "75.5", "growth.0.weight", "9.6", "growth.0.state", "normal", "state", "normal"))
	c.due("child.officer", "duty:check", "2026-09-18") // eighteen months
	c.paper("child.officer", "child/nutritionapply", "child/nutritionbook")
	c.do("child.supervisor", "end", "ended", form("end_reason", "moved", "ended_at", "2026-04-01"))
}

// TestInsurance refuses the second sample: a policy that overlaps by 184 days.
func TestInsurance(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	insurer := fmt.Sprint(c.o.create(record.Draft{Register: record.Parties, Values: register.Values{"name": "虚构保险"}}).ID)
	ask := form("applied_at", "2026-01-04", "applicant", fmt.Sprint(c.o.person["grandma"]), "household", "dibao", "kind", "1", "from", "2026-01-01", "until", "2026-12-31", "premium", "120", "public", "100", "policy", "X1", "insurer", insurer)
	c.begin("child.officer", "child.insurance", "child", ask)
	if v := c.see("child.officer").Values; v["own"] != 2000.0 {
		t.Errorf("own share in fen: %v", v["own"])
	}
	c.do("child.officer", "insure", "insured", nil)
	c.due("child.officer", "duty:renew", "2026-12-01")
	ask.Set("from", "2026-07-01")
	ask.Set("until", "2027-06-30")
	c.refuses("child.officer", "child.insurance", "child", ask, "重叠184天")
	c.do("child.officer", "claim", "insured", form("claims.0.date", "2026-03-02", "claims.0.state", "asked"))
	c.stopped("child.officer", "end", "还有理赔没有结果", nil)
	c.do("child.officer", "claim", "insured", form("claims.0.date", "2026-03-02", "claims.0.paid", "1200", "claims.0.state", "paid", "claims.1.date", "2026-03-09", "claims.1.paid", "34.5", "claims.1.state", "paid"))
	if v := c.see("child.officer").Values; v["paid"] != 123450.0 {
		t.Errorf("paid in fen: %v", v["paid"])
	}
	c.paper("child.officer", "child/insuranceapply", "child/insuranceclaim")
	c.do("child.officer", "end", "ended", nil)
	ask.Set("from", "2027-01-01")
	ask.Set("until", "2027-12-31")
	c.begin("child.officer", "child.insurance", "child", ask)
}
