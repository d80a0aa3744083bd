package grid_test

import (
	"strings"
	"testing"
	"time"

	"jiezhen/app/grid"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// The facts' C17-002-2026-00001: rubbish in the open, filed, sent to the
// property company, four working hours, done in two and a half, verified.
func TestReportToClosedCase(t *testing.T) {
	t.Parallel()
	o := open(t)
	ref := o.report("网格内垃圾外溢", register.Values{"class_name": "0102暴露垃圾", "address": "滨河小区7号楼"})
	r := o.read(ref)
	if r.RefID("category") != o.class["暴露垃圾"] || r.Text("kind") != "e1" || r.RefID("cell") != o.place["110109002003005"] || r.Community != o.place["110109002003"] {
		t.Fatalf("read %v", r.Values)
	}
	if !strings.Contains(r.Text("where"), "滨河小区") || r.Text("accept_due") == "" {
		t.Errorf("where %q, to be accepted by %q", r.Text("where"), r.Text("accept_due"))
	}
	o.refused(o.act("governance.officer", ref, "file", nil), "立案条件")
	o.must(o.act("governance.officer", ref, "file", register.Values{"meets": true}))
	c := o.caseOf(ref)
	if c.Step != "new" || c.Text("detail") != "0102暴露垃圾" || c.Text("filed_at") == "" || c.Values["reports"] != 1.0 || c.Text("level") != "station" {
		t.Fatalf("case at %s: %v", c.Step, c.Values)
	}
	var plan grid.Plan
	o.view("governance.officer", func(tx *record.Tx) error {
		var err error
		plan, err = o.house.Office().Grid.Plan(tx, c)
		return err
	})
	if len(plan.Proposals) != 2 || plan.Proposals[0].Name != "虚构物业" || !strings.Contains(plan.Proposals[0].Why, "先由物业处置") || plan.Proposals[1].Name != "虚构东社区工作站" {
		t.Fatalf("proposed %+v", plan)
	}
	o.must(o.house.Office().Grid.Dispatch(t.Context(), o.users["governance.officer"], c.Ref, []grid.Task{{Unit: o.unit["虚构物业"], Kind: "main", Text: "清运", Why: plan.Proposals[0].Why}}))
	c = o.read(c.Ref)
	if c.Step != "hand" || c.Text("unit") != "虚构物业" || c.Text("handle_due") != "2026-02-03 14:30" || !strings.Contains(c.Text("why"), "4工作时") {
		t.Fatalf("sent: %s to %s by %s: %s", c.Step, c.Text("unit"), c.Text("handle_due"), c.Text("why"))
	}
	task := o.children(grid.Assignments, c.Ref)[0]
	if task.Text("answer_due") != c.Text("handle_due") || task.Text("task") != "清运" || !strings.Contains(task.Text("why"), "物业") {
		t.Errorf("task %v", task.Values)
	}
	o.must(o.act("governance.worker", task.Ref, "sign", nil))
	o.now = o.now.Add(150 * time.Minute)
	o.must(o.act("governance.worker", task.Ref, "answer", register.Values{"answer": "清运完毕"}))
	o.must(o.act("governance.officer", task.Ref, "accept", nil))
	c = o.read(c.Ref)
	if c.Step != "verify" || c.Text("handled_at") != "2026-02-03 12:00" || !strings.Contains(c.Text("outcome"), "清运完毕") || c.Text("verify_due") == "" {
		t.Fatalf("done: %s at %s: %v", c.Step, c.Text("handled_at"), c.Values)
	}
	o.must(o.act("governance.worker", c.Ref, "pass", nil))
	c, r = o.read(c.Ref), o.read(ref)
	if c.Step != "closed" || c.Text("closed_at") == "" || c.Text("verdict") != "pass" || r.Step != "closed" || !strings.Contains(r.Text("feedback"), "清运完毕") {
		t.Errorf("closed: %s %v; report %s %q", c.Step, c.Values, r.Step, r.Text("feedback"))
	}
	o.must(o.act("governance.officer", c.Ref, "evaluate", register.Values{"score": "good"}))
}

// The facts' C17-002-2026-00002: a shop outside its door again, sent back once,
// late by half a day.
func TestReworkAndBounce(t *testing.T) {
	t.Parallel()
	o := open(t)
	ref := o.report("店外经营", register.Values{"class_name": "店外经营", "address": "桃园小区"})
	o.must(o.act("governance.officer", ref, "file", register.Values{"meets": true}))
	c := o.caseOf(ref)
	var plan grid.Plan
	o.view("governance.officer", func(tx *record.Tx) error {
		var err error
		plan, err = o.house.Office().Grid.Plan(tx, c)
		return err
	})
	if len(plan.Proposals) != 2 || plan.Proposals[0].Name != "虚构东社区工作站" || plan.Proposals[1].Name != "虚构执法队" || !strings.Contains(plan.Proposals[1].Why, "赋权清单") {
		t.Fatalf("territory first, then the empowered list: %+v", plan)
	}
	desk := o.house.Office().Grid
	o.must(desk.Dispatch(t.Context(), o.users["governance.officer"], c.Ref, []grid.Task{{Unit: o.unit["虚构东社区工作站"], Kind: "main"}}))
	task := o.children(grid.Assignments, c.Ref)[0]
	o.must(o.act("governance.officer", task.Ref, "return", register.Values{"suggested": "虚构执法队"}))
	if c = o.read(c.Ref); c.Values["bounced"] != 1.0 {
		t.Errorf("bounced %v", c.Values["bounced"])
	}
	o.view("governance.officer", func(tx *record.Tx) error {
		var err error
		plan, err = desk.Plan(tx, c)
		return err
	})
	if !strings.Contains(strings.Join(plan.Missing, ""), "建议改派：虚构执法队") {
		t.Errorf("missing %v", plan.Missing)
	}
	o.must(desk.Dispatch(t.Context(), o.users["governance.officer"], c.Ref, []grid.Task{{Unit: o.unit["虚构执法队"], Kind: "main"}}))
	if got := o.read(c.Ref).Text("handle_due"); got != "2026-02-10 23:59" {
		t.Errorf("five workdays end at %s", got)
	}
	o.now = time.Date(2026, 2, 11, 12, 0, 0, 0, time.Local)
	done := register.Values{"handled_at": "2026-02-11 12:00", "outcome": "劝离"}
	o.must(o.act("governance.worker", c.Ref, "done", done))
	o.must(o.act("governance.head", c.Ref, "fail", nil))
	c = o.read(c.Ref)
	if c.Step != "hand" || c.Values["reworked"] != 1.0 {
		t.Errorf("sent back: %s %v", c.Step, c.Values["reworked"])
	}
	o.must(o.act("governance.head", c.Ref, "extend", register.Values{"extended_until": "2026-03-01 18:00"}))
	if c = o.read(c.Ref); c.Text("handle_due") != "2026-03-01 18:00" || c.Values["extended"] != 1.0 {
		t.Errorf("extended to %s", c.Text("handle_due"))
	}
	o.must(o.act("governance.head", c.Ref, "suspend", register.Values{"suspend_plan": "立面改造时一并解决", "suspend_until": "2026-06-30"}))
	if c = o.read(c.Ref); c.Text("handle_due") != "2026-06-30 23:59" || c.Values["suspended"] != true {
		t.Errorf("suspended until %s", c.Text("handle_due"))
	}
	for range 2 {
		o.must(o.act("governance.officer", c.Ref, "escalate", nil))
	}
	if c = o.read(c.Ref); c.Text("level") != "district" {
		t.Errorf("raised to %s", c.Text("level"))
	}
	o.refused(o.act("governance.officer", c.Ref, "escalate", nil), "再上没有了")
}

func TestWhatIsTakenBackIsNotFiled(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.must(o.as("", func(tx *record.Tx) error {
		return tx.Each(grid.Powers, func(r *record.Record) (bool, error) {
			_, err := tx.Save(r.Ref, r.Rev, register.Values{"until": "2026-01-01"})
			return true, err
		})
	}))
	ref := o.report("店外经营", register.Values{"class_name": "店外经营"})
	o.refused(o.act("governance.officer", ref, "file", register.Values{"meets": true}), "已于2026年1月1日收回")
}

func TestWhatConcernsChildrenIsCopied(t *testing.T) {
	t.Parallel()
	o := open(t)
	ref := o.createAs("governance.officer", record.Draft{Register: grid.Orders, Values: register.Values{"external": "BJ1", "content": "孩子在废弃工地玩耍，轮椅坡道也被堵了", "class": "general",
		"dispatched_at": "2026-02-03 08:00", "complainant": "测诉求人", "phone": "13800138000", "community": id(o.place["110109002003"])}})
	o.report("垃圾成堆", nil)
	for role, reg := range map[string]string{"child.supervisor": grid.ChildCopies, "disability.officer": grid.DisabilityCopies} {
		o.view(role, func(tx *record.Tx) error {
			p, err := tx.List(record.Query{Register: reg, Count: true})
			if err != nil {
				return err
			}
			if p.Total != 1 {
				t.Fatalf("%s: %d copies", reg, p.Total)
			}
			c := p.Rows[0]
			if c.Text("source_number") != "BJ1" || c.Text("of") != ref.String() || !strings.Contains(c.Text("content"), "孩子") {
				t.Errorf("copied %v", c.Values)
			}
			for f, v := range c.Values {
				if s, _ := v.(string); strings.Contains(s, "测诉求人") || strings.Contains(s, "13800138000") {
					t.Errorf("%s says who complained", f)
				}
			}
			return nil
		})
	}
	o.must(o.as("governance.officer", func(tx *record.Tx) error {
		_, err := tx.Save(ref, 0, register.Values{"address": "某工地"})
		return err
	}))
	if n := len(o.find(grid.ChildCopies, "source_number", "BJ1")); n != 1 {
		t.Errorf("%d copies after a change", n)
	}
	if err := o.house.Office().Book.View(t.Context(), o.users["governance.officer"], func(tx *record.Tx) error {
		_, err := tx.List(record.Query{Register: grid.ChildCopies})
		return err
	}); err == nil {
		t.Error("the street's officer reads what was copied to the protection of children")
	}
}

func (o *office) find(reg, field, value string) []*record.Record {
	o.t.Helper()
	var out []*record.Record
	o.view("", func(tx *record.Tx) error {
		var err error
		out, err = tx.Find(reg, field, value)
		return err
	})
	return out
}
