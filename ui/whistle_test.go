package ui

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// The facts' sample C05-002-2026-00002: a whistle about an illegal building; the
// department in charge came late, and both sides said what they thought of it.
func TestWhistleOfTwoDepartments(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	party := func(name string) string {
		return fmt.Sprint(c.o.create(record.Draft{Register: record.Parties, Values: register.Values{"name": name}}).ID)
	}
	planning, law := party("虚构规自分局"), party("虚构城管执法队")
	c.refuses("governance.officer", "governance.whistle", "", form("title", "违建拆除", "kind", "priority", "address", "虚构大街12号院", "blown_at", "2026-03-26 09:00", "lead", planning), "已自行处置情况")
	if page := c.as("governance.officer").get("/r/governance.whistle/new"); strings.Index(page.body, `name="tried"`) > strings.Index(page.body, `name="title"`) {
		t.Error("own handling is not asked for first")
	}
	c.begin("governance.officer", "governance.whistle", "", form("tried", "两次上门告知，当事人拒绝自拆", "title", "违建拆除", "kind", "priority", "address", "虚构大街12号院", "blown_at", "2026-03-26 09:00", "lead", planning,
		"helpers.0.unit", law, "_has", "helpers"))
	whistle := c.ref
	page := c.as("governance.officer").get("/r/" + whistle)
	for _, want := range []string{"2个工作日", "2026-03-30 23:59", "还没有部门报到", "虚构城管执法队"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page does not say %s: %s", want, page.text())
		}
	}
	if morning := c.as("governance.officer").get("/hotline"); !strings.Contains(morning.body, "违建拆除") || !strings.Contains(morning.body, "哨未报到") {
		t.Errorf("the morning: %s", morning.text())
	}
	c.paper("governance.officer", "governance/whistle", "governance/whistlereply", "governance/whistlemeeting")
	if a := c.act("governance.officer", "escalate", form("_note", "到时无人报到")); a.status != http.StatusSeeOther {
		t.Fatalf("not reported upwards: %d %s", a.status, a.text())
	}
	c.do("governance.officer", "arrive", "arrived", form("units.0.unit", planning, "units.0.at", "2026-03-31 10:00", "units.0.person", "测", "units.1.unit", law, "units.1.at", "2026-03-27 15:00"))
	c.do("governance.officer", "meet", "arrived", form("met_at", "2026-03-31 10:30", "chair", "测领导", "record", "规自出意见，城管拆除", "tasks.0.unit", law, "tasks.0.task", "组织拆除", "tasks.0.until", "2026-04-01"))
	c.do("governance.officer", "finish", "finished", form("finished_at", "2026-04-01 09:00", "result", "solved", "tasks.0.unit", law, "tasks.0.task", "组织拆除", "tasks.0.done", "是"))
	c.do("governance.officer", "score", "scored", form("units.0.unit", planning, "units.0.at", "2026-03-31 10:00", "units.0.unit_score", "72", "units.0.street_score", "98",
		"units.1.unit", law, "units.1.at", "2026-03-27 15:00", "units.1.unit_score", "72", "units.1.street_score", "98", "score_note", "主责未按时签到"))
	if v := c.see("governance.officer").Values; v["score_unit"] != 72.0 || v["score_street"] != 98.0 || v["on_time"] != false {
		t.Errorf("scored: %v", v)
	}
	board := c.as("governance.officer").get("/whistle?from=2026-01-01")
	for _, want := range []string{"2026年第一季度", "部门响应榜", "虚构规自分局", "72.0", "98.0", "100.00%", "0.00%"} {
		if !strings.Contains(board.body, want) {
			t.Errorf("the quarter does not say %s: %s", want, board.text())
		}
	}
	if rows := c.as("governance.officer").get("/whistle/rows?from=2026-01-01&unit=" + planning + "&state=late"); !strings.Contains(rows.body, "违建拆除") {
		t.Errorf("behind the figure: %s", rows.text())
	}
	if rows := c.as("governance.officer").get("/whistle/rows?from=2026-01-01&unit=" + planning + "&state=on-time"); strings.Contains(rows.body, "违建拆除") {
		t.Errorf("behind the figure: %s", rows.text())
	}
	if a := c.as("governance.officer").get("/whistle/quarter.xlsx?from=2026-01-01"); a.status != http.StatusOK || !strings.HasPrefix(a.body, "PK") {
		t.Errorf("the workbook: %d", a.status)
	}
	c.begin("governance.officer", "governance.whistle", "", form("tried", "又去过一次", "title", "违建拆除后又建", "kind", "priority", "address", "虚构大街12号院", "blown_at", "2026-04-01 09:30", "lead", planning))
	if page := c.as("governance.officer").get("/r/" + c.ref); !strings.Contains(page.body, "可能重复的哨") || !strings.Contains(page.body, "C05-002-2026-00001") {
		t.Errorf("no word of the earlier whistle: %s", page.text())
	}
}

func TestDoubleReport(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	east := fmt.Sprint(c.o.east)
	c.refuses("governance.worker", "governance.doublereport", "", form("kind", "member", "name", "测党员", "unit", "虚构单位", "community", east, "reported_on", "2026-04-02"), "不能晚于今天")
	c.begin("governance.worker", "governance.doublereport", "", form("kind", "member", "name", "测党员", "unit", "虚构单位", "community", east, "reported_on", "2026-04-01",
		"services.0.date", "2026-04-01", "services.0.what", "清理楼道", "services.0.persons", "1", "services.0.hours", "2", "_has", "services"))
	if v := c.see("governance.worker").Values; v["times"] != 1.0 {
		t.Errorf("counted: %v", v)
	}
}
