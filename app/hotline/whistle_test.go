package hotline_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

func (d *desk) party(name string) string {
	d.t.Helper()
	return strconv.FormatUint(d.create(access.Office(), record.Draft{Register: record.Parties, Values: register.Values{"name": name}}).ID, 10)
}

func whistle(title, kind, blown, lead string, more register.Values) record.Draft {
	v := register.Values{"title": title, "kind": kind, "address": "某楼1单元", "tried": "已疏散、已关阀", "blown_at": blown, "lead": lead}
	for k, x := range more {
		v[k] = x
	}
	return record.Draft{Register: hotline.Whistles, Values: v}
}

func signed(unit, at string) map[string]any { return map[string]any{"unit": unit, "at": at} }

// The facts' sample C05-002-2026-00001: a gas leak, answered after 22 minutes.
func TestWhistle(t *testing.T) {
	t.Parallel()
	d := open(t)
	gas, street := d.party("虚构燃气公司"), d.party("虚构消防队")
	c := d.create(d.officer(), record.Draft{Register: hotline.Cases, Values: register.Values{"title": "燃气味", "source": "people", "found_at": "2026-02-03 09:00", "content": "楼道闻到燃气味"}})
	ref := d.create(d.officer(), whistle("燃气泄漏", "emergency", "2026-02-03 09:14", gas, register.Values{"case": strconv.FormatUint(c.ID, 10), "helpers": []map[string]any{{"unit": street}}}))
	r := d.read(ref)
	if r.Text("arrive_due") != "2026-02-03 09:44" || r.Text("helper_names") != "虚构消防队" || len(r.Values["units"].([]map[string]any)) != 2 || r.Values["absent"] != 2.0 {
		t.Errorf("made: %v", r.Values)
	}
	if d.read(c).Values["whistle"] != true {
		t.Error("its case does not say that a whistle was blown")
	}
	d.refused(d.note("governance.officer", ref, "escalate", nil, "没有人来"), "还没有到应到场的时间")
	d.refused(d.act("governance.officer", ref, "arrive", nil), "请登记谁在什么时候到场")
	d.must(d.act("governance.officer", ref, "arrive", register.Values{"units": []map[string]any{signed(gas, "2026-02-03 09:36"), signed(street, "2026-02-03 09:50")}}))
	if r := d.read(ref); r.Text("arrived_at") != "2026-02-03 09:36" || r.Values["on_time"] != true || r.Values["absent"] != 0.0 {
		t.Errorf("came %s, in time %v", r.Text("arrived_at"), r.Values["on_time"])
	}
	d.refused(d.act("governance.officer", ref, "finish", register.Values{"finished_at": "2026-02-03 11:20", "result": "solved"}), "会商结论")
	d.must(d.act("governance.officer", ref, "meet", register.Values{"record": "更换楼道阀门", "tasks": []map[string]any{{"unit": gas, "task": "换阀"}}}))
	d.refused(d.act("governance.officer", ref, "finish", register.Values{"finished_at": "2026-02-03 11:20", "result": "solved"}), "还有任务没有完成")
	d.must(d.act("governance.officer", ref, "finish", register.Values{"finished_at": "2026-02-03 11:20", "result": "solved", "tasks": []map[string]any{{"unit": gas, "task": "换阀", "done": true}}}))
	d.refused(d.act("governance.officer", ref, "score", nil), "双方互评")
	scored := func(unit, at string, us, them float64) map[string]any {
		return map[string]any{"unit": unit, "at": at, "unit_score": us, "street_score": them}
	}
	d.must(d.act("governance.officer", ref, "score", register.Values{"units": []map[string]any{scored(gas, "2026-02-03 09:36", 98, 95), scored(street, "2026-02-03 09:50", 90, 95)}}))
	if r := d.read(ref); r.Values["score_unit"] != 94.0 || r.Values["score_street"] != 95.0 || r.Step != "scored" {
		t.Errorf("scored: %v", r.Values)
	}
	q, err := d.house.Office().Hotline.QuarterOf(t.Context(), d.officer(), "2026-02-03")
	d.must(err)
	if q.From != "2026-01-01" || q.To != "2026-03-31" || q.Due != 1 || q.Came != 1 || q.OnTime != 1 || q.Solved != 1 || len(q.Units) != 2 || q.Units[0].Name != "虚构燃气公司" || q.Units[1].OnTime != 0 || q.Units[1].Came != 1 {
		t.Errorf("quarter: %+v", q)
	}
}

// Each kind of whistle has its own clock: natural minutes, hours, workdays.
func TestWhistleClocks(t *testing.T) {
	t.Parallel()
	d := open(t)
	unit := d.party("虚构部门")
	for kind, due := range map[string]string{"emergency": "2026-02-06 17:30", "enforce": "2026-02-07 17:00", "priority": "2026-02-10 23:59"} { // a Friday evening
		ref := d.create(d.officer(), whistle("事由"+kind, kind, "2026-02-06 17:00", unit, nil))
		if got := d.read(ref).Text("arrive_due"); got != due {
			t.Errorf("%s must come by %s, want %s", kind, got, due)
		}
	}
}

func TestRepeatedWhistleJoins(t *testing.T) {
	t.Parallel()
	d := open(t)
	unit := d.party("虚构部门")
	first := d.create(d.officer(), whistle("虚构大街违建拆除", "priority", "2026-02-01 09:00", unit, nil))
	again := d.create(d.officer(), whistle("虚构大街违建还没拆除", "priority", "2026-02-03 08:00", unit, nil))
	other := d.create(d.officer(), whistle("河道清淤", "priority", "2026-02-03 08:01", unit, register.Values{"address": "某沟"}))
	same := func(ref record.Ref) string {
		var out []string
		d.must(d.house.Office().Book.View(t.Context(), d.officer(), func(tx *record.Tx) error {
			r, err := tx.Open(ref)
			if err != nil {
				return err
			}
			list, err := hotline.SameWhistles(tx, r)
			for _, w := range list {
				out = append(out, w.Number)
			}
			return err
		}))
		return strings.Join(out, " ")
	}
	if got := same(again); got != "C05-002-2026-00001" {
		t.Errorf("the repeat is like %q", got)
	}
	if got := same(other); got != "" {
		t.Errorf("another matter is like %q", got)
	}
	id := func(ref record.Ref) string { return strconv.FormatUint(ref.ID, 10) }
	d.refused(d.note("governance.officer", again, "join", register.Values{"main": id(again)}, "同一件事"), "不能并入自己")
	d.must(d.note("governance.officer", again, "join", register.Values{"main": id(first)}, "同一件事"))
	d.refused(d.note("governance.officer", first, "join", register.Values{"main": id(other)}, "x"), "已并入别的哨")
	d.refused(d.note("governance.officer", other, "join", register.Values{"main": id(again)}, "x"), "请另选")
	q, err := d.house.Office().Hotline.QuarterOf(t.Context(), d.officer(), "2026-02-03")
	d.must(err)
	if len(q.Whistles) != 2 || q.Joined != 1 {
		t.Errorf("%d whistles, %d joined", len(q.Whistles), q.Joined)
	}
	d.must(d.note("governance.officer", again, "leave", nil, "不是一处"))
	if r := d.read(again); r.Step != "blown" || r.Text("main") != "" {
		t.Errorf("left: %s %v", r.Step, r.Values["main"])
	}
}

func TestUnansweredWhistleGoesUp(t *testing.T) {
	t.Parallel()
	d := open(t)
	unit := d.party("虚构部门")
	ref := d.create(d.officer(), whistle("燃气泄漏", "emergency", "2026-02-03 08:00", unit, nil))
	d.now = d.now.Add(time.Hour)
	if !hotline.Unanswered(d.read(ref), d.now) {
		t.Error("it is not called unanswered")
	}
	d.must(d.note("governance.officer", ref, "escalate", nil, "一小时没有人来"))
	if r := d.read(ref); r.Text("escalated_at") != "2026-02-03 09:05" || r.Values["escalations"] != 1.0 || r.Step != "blown" {
		t.Errorf("went up: %v", r.Values)
	}
	q, err := d.house.Office().Hotline.QuarterOf(t.Context(), d.officer(), "2026-02-03")
	d.must(err)
	if q.Due != 1 || q.Came != 0 || q.Units[0].Missed != 1 || len(q.Members("escalated")) != 1 {
		t.Errorf("quarter: %+v", q)
	}
}
