package hotline_test

import (
	"maps"
	"strconv"
	"testing"
	"time"

	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// request makes a paper about an order.
func (d *desk) request(reg string, order record.Ref, more register.Values) record.Ref {
	d.t.Helper()
	return d.create(d.officer(), record.Draft{Register: reg, Values: about(order, more)})
}

func about(order record.Ref, more register.Values) register.Values {
	values := register.Values{"order": strconv.FormatUint(order.ID, 10)}
	maps.Copy(values, more)
	return values
}

// rows is a table of one row.
func rows(pairs ...string) []map[string]any {
	row := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		row[pairs[i]] = pairs[i+1]
	}
	return []map[string]any{row}
}

func TestOnlyADecisionMovesADeadline(t *testing.T) {
	t.Parallel()
	d := open(t)
	ref := d.order("D1", "停车位规划建议", register.Values{"class": "general"})
	d.must(d.act("governance.officer", ref, "sign", nil))
	before := d.read(ref).Text("finish_due")
	d.refused(d.edit(ref, register.Values{"extended_until": "2026-03-01 08:00"}), "《延期申请》")
	d.refused(d.change(d.officer(), func(tx *record.Tx) error {
		_, err := tx.Create(record.Draft{Register: hotline.Extensions, Values: about(ref, register.Values{"until": "2026-02-04 08:00", "reason": "甲", "plan": "乙"})})
		return err
	}), "晚于原来的期限")
	asked := d.request(hotline.Extensions, ref, register.Values{"until": "2026-02-17 08:00", "reason": "须统一规划", "plan": "报规划办"})
	if r := d.read(asked); r.Text("due") != before || r.Text("external") != "D1" || r.Community != d.east {
		t.Errorf("the request does not know its order: %v", r.Values)
	}
	d.refused(d.change(d.officer(), func(tx *record.Tx) error {
		_, err := tx.Create(record.Draft{Register: hotline.Extensions, Values: about(ref, register.Values{"until": "2026-02-18 08:00", "reason": "甲", "plan": "乙"})})
		return err
	}), "已有在办的延期申请")
	d.refused(d.act("governance.officer", asked, "report", nil), "")
	d.must(d.act("governance.head", asked, "report", nil))
	if got := d.read(ref).Text("finish_due"); got != before {
		t.Errorf("asking alone moves the deadline to %s", got)
	}
	d.refused(d.act("governance.officer", asked, "grant", register.Values{"decided_on": "2026-02-03", "granted_until": "2026-02-17 08:00"}), "告知诉求人")
	d.must(d.act("governance.officer", asked, "grant", register.Values{"decided_on": "2026-02-03", "granted_until": "2026-02-17 08:00", "told_at": "2026-02-03 09:00"}))
	if got := d.read(ref).Text("finish_due"); got != "2026-02-17 08:00" {
		t.Errorf("granted until %s", got)
	}
}

func TestHangingTakesAPlanMonthlyWordAndACallBack(t *testing.T) {
	t.Parallel()
	d := open(t)
	ref := d.order("G1", "老楼没有电梯", register.Values{"class": "complex"})
	d.must(d.act("governance.officer", ref, "sign", nil))
	hang := d.request(hotline.Suspensions, ref, register.Values{"problem": "产权分散", "plan": "纳入明年改造", "leader": "某主任", "until": "2026-06-30",
		"nodes": rows("node", "完成立项", "until", "2026-04-30")})
	d.refused(d.act("governance.head", hang, "approve", nil), "公开告知")
	d.must(d.act("governance.head", hang, "approve", register.Values{"told_on": "2026-02-03", "told_how": "楼门公示"}))
	if r := d.read(ref); r.Text("finish_due") != "2026-06-30 23:59" || r.Values["suspended"] != true {
		t.Errorf("hung until %s, %v", r.Text("finish_due"), r.Values["suspended"])
	}
	due := func() string {
		for _, c := range d.house.Office().Book.Clocks(d.read(hang)) {
			if c.ID == "duty:progress" {
				return string(c.Due)
			}
		}
		return ""
	}
	if due() != "2026-03-03" {
		t.Errorf("word is due on %q", due())
	}
	d.must(d.act("governance.officer", hang, "report", register.Values{"progress": rows("date", "2026-02-20", "text", "已立项")}))
	if due() != "2026-03-20" {
		t.Errorf("after word it is due on %q", due())
	}
	settled := register.Values{"settled_on": "2026-02-21", "outcome": "已加装", "called_at": "2026-02-21 09:00", "solved": "solved"}
	d.now = time.Date(2026, 2, 21, 9, 30, 0, 0, time.Local)
	d.refused(d.act("governance.head", hang, "settle", settled), "节点没有完成")
	settled["nodes"] = rows("node", "完成立项", "until", "2026-04-30", "done_on", "2026-02-20")
	delete(settled, "called_at")
	d.refused(d.act("governance.head", hang, "settle", settled), "先回访")
	settled["called_at"] = "2026-02-21 09:00"
	// who approved may not settle
	d.refused(d.act("governance.officer", hang, "settle", settled), "")
	d.must(d.change(d.leader(), func(tx *record.Tx) error {
		_, err := tx.Do(hang, d.read(hang).Rev, "settle", record.Input{Values: settled})
		return err
	}))
	if r := d.read(ref); r.Values["suspended"] != nil || r.Text("finish_due") == "2026-06-30 23:59" {
		t.Errorf("settled: %v until %s", r.Values["suspended"], r.Text("finish_due"))
	}
}

func TestAnAppealUpheldChangesHowAnOrderCounts(t *testing.T) {
	t.Parallel()
	d := open(t)
	ref := d.finished(9, d.east, register.Values{"solved": "unsolved", "satisfied": "3"})
	appeal := d.request(hotline.Appeals, ref, register.Values{"against": "solved", "grounds": "已更换，有照片", "evidence": rows("name", "照片")})
	d.must(d.act("governance.head", appeal, "report", nil))
	d.refused(d.act("governance.officer", appeal, "uphold", register.Values{"decided_on": "2026-02-03", "decided_by": "区指挥中心"}), "改判成什么")
	d.must(d.act("governance.officer", appeal, "uphold", register.Values{"decided_on": "2026-02-03", "decided_by": "区指挥中心", "solved": "solved"}))
	if r := d.read(ref); r.Text("solved") != "solved" || r.Text("satisfied") != "3" {
		t.Errorf("changed to %s, %s", r.Text("solved"), r.Text("satisfied"))
	}
	gone := d.request(hotline.Exclusions, ref, register.Values{"reason": "6", "facts": "撤回", "evidence": rows("name", "录音")})
	if d.read(ref).Text("exclusion_state") != "asked" {
		t.Error("an exclusion asked for is not marked")
	}
	d.must(d.note("governance.officer", gone, "withdraw", nil, "不报了"))
	if r := d.read(ref); r.Text("exclusion_state") != "" || r.Text("exclusion") != "" {
		t.Error("an exclusion withdrawn is still marked")
	}
}
