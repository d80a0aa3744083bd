package hotline_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiezhen/app/deadline"
	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// The facts' sample C12-002-2026-00001: heating, 24 hours.
func TestOrderFromDispatchToCallBack(t *testing.T) {
	t.Parallel()
	d := open(t)
	ref := d.order("BJ2026020300001", "家里暖气不热，室温只有12度，孩子发烧，什么时候能修好？", nil)
	r := d.read(ref)
	if r.Text("sign_due") != "2026-02-03 10:00" || r.Text("contact_due") != "2026-02-04 08:00" || r.Text("finish_due") != "2026-02-04 08:00" {
		t.Errorf("due %s, %s, %s", r.Text("sign_due"), r.Text("contact_due"), r.Text("finish_due"))
	}
	if r.Values["minor"] != true || r.Values["disability"] != false || r.Text("title") == "" || r.Date("dispatched_on") != "2026-02-03" {
		t.Errorf("derived %v", r.Values)
	}
	d.now = time.Date(2026, 2, 3, 8, 10, 0, 0, time.Local)
	d.must(d.act("governance.worker", ref, "sign", nil))
	if got := d.read(ref).Text("signed_at"); got != "2026-02-03 08:10" {
		t.Errorf("signed at %s", got)
	}
	d.refused(d.act("governance.worker", ref, "reply", register.Values{"result": "solved", "reply": goodReply}), "先登记首次联系")
	d.must(d.act("governance.worker", ref, "contact", register.Values{"contacted_at": "2026-02-03 09:00"}))
	d.refused(d.act("governance.worker", ref, "reply", register.Values{"result": "solved", "reply": goodReply, "finished_at": "2026-02-01 09:00"}), "办结时间不能早于派单")
	d.must(d.act("governance.worker", ref, "reply", register.Values{"result": "solved", "reply": goodReply, "finished_at": "2026-02-03 20:00"}))
	d.must(d.act("governance.head", ref, "approve", nil))
	if r := d.read(ref); r.Step != "replied" || r.Text("callback_due") != "2026-02-10" {
		t.Errorf("%s, call back by %s", r.Step, r.Text("callback_due"))
	}
	d.refused(d.act("governance.officer", ref, "callback", register.Values{"called_at": "2026-02-05 10:00", "reached": true}), "是否解决")
	d.must(d.act("governance.officer", ref, "callback", register.Values{"called_at": "2026-02-05 10:00", "reached": true, "solved": "solved", "satisfied": "1"}))
	if r := d.read(ref); r.Open() {
		t.Errorf("the order stands at %s", r.Step)
	}
	clocks := d.clocks(ref)
	for _, c := range clocks {
		if c.Late(d.now) || c.Due.IsZero() || len(c.Days) == 0 || c.Done.IsZero() {
			t.Errorf("%+v", c)
		}
	}
}

func (d *desk) clocks(ref record.Ref) []deadline.Clock {
	d.t.Helper()
	var out []deadline.Clock
	d.must(d.house.Office().Book.View(d.t.Context(), d.officer(), func(tx *record.Tx) error {
		r, err := tx.Open(ref)
		if err != nil {
			return err
		}
		out, err = hotline.Clocks(tx, r)
		return err
	}))
	return out
}

func TestDeadlinesFollowWhatIsAllowed(t *testing.T) {
	t.Parallel()
	d := open(t)
	ref := d.order("A1", "停车位规划建议", register.Values{"class": "general"})
	if got := d.read(ref).Text("finish_due"); got != "2026-02-10 23:59" {
		t.Errorf("seven days end at %s", got)
	}
	rev := d.read(ref).Rev
	d.must(d.change(d.users["governance.head"], func(tx *record.Tx) error {
		_, err := tx.Pause(ref, rev, record.Pause{From: "2026-02-05", Reason: "等区里答复", By: d.officer().User})
		return err
	}))
	if got := d.read(ref).Text("finish_due"); got != "" {
		t.Errorf("a clock that stands still is due at %s", got)
	}
	rev = d.read(ref).Rev
	d.must(d.change(d.users["governance.head"], func(tx *record.Tx) error {
		_, err := tx.Resume(ref, rev, "2026-02-07")
		return err
	}))
	if got := d.read(ref).Text("finish_due"); got != "2026-02-12 23:59" {
		t.Errorf("two days of pause: %s", got)
	}
	d.must(d.act("governance.officer", ref, "sign", nil))
}

func TestOrdersOfOneTroubleAreHandledOnce(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.create(d.officer(), record.Draft{Register: hotline.Cases, Values: register.Values{"title": "7号楼电梯", "source": "hotline", "found_at": "2026-02-03 08:00", "content": "电梯异响停运", "community": strconv.FormatUint(d.east, 10)}})
	id := strconv.FormatUint(c.ID, 10)
	a, b := d.order("A1", "7号楼电梯异响", nil), d.order("A2", "7号楼电梯停运", nil)
	for _, o := range []record.Ref{a, b} {
		d.must(d.act("governance.worker", o, "sign", nil))
		d.refused(d.act("governance.worker", o, "join", register.Values{"case": id}), "写明理由")
		d.must(d.note("governance.worker", o, "join", register.Values{"case": id}, "同一部电梯"))
	}
	if got := d.read(c).Values["orders"]; got != 2.0 {
		t.Errorf("%v orders", got)
	}
	d.refused(d.edit(a, register.Values{"case": nil}), "撤销并入")
	d.refused(d.act("governance.officer", a, "leave", nil), "写明理由")
	d.must(d.note("governance.officer", a, "leave", nil, "是另一部电梯"))
	if got := d.read(c).Values["orders"]; got != 1.0 || d.read(a).Text("case") != "" {
		t.Errorf("%v orders after one left", got)
	}
	d.must(d.act("governance.officer", c, "accept", register.Values{"unit": "物业"}))
	d.must(d.act("governance.worker", c, "done", register.Values{"handled_at": "2026-02-03 18:00", "outcome": goodReply}))
	d.must(d.act("governance.officer", c, "pass", nil))
	if r := d.read(b); r.Text("reply") != goodReply || r.Step != "hand" || r.Text("finished_at") != "2026-02-03 18:00" {
		t.Errorf("the order that is joined: %s, %q", r.Step, r.Text("reply"))
	}
	if r := d.read(a); r.Text("reply") != "" {
		t.Errorf("the order that left is answered %q", r.Text("reply"))
	}
	d.must(d.note("governance.head", c, "reopen", nil, "又坏了"))
	d.must(d.note("governance.head", c, "void", nil, "登错"))
	d.refused(d.note("governance.worker", a, "join", register.Values{"case": id}, "再并"), "不在办")
}

func TestReplyIsReadBeforeItLeaves(t *testing.T) {
	t.Parallel()
	d := open(t)
	ref := d.order("A1", "停车没人管", nil)
	d.must(d.act("governance.worker", ref, "sign", nil))
	d.must(d.act("governance.worker", ref, "contact", register.Values{"contacted_at": "2026-02-03 09:00"}))
	d.must(d.act("governance.worker", ref, "reply", register.Values{"result": "explained", "finished_at": "2026-02-03 10:00", "reply": goodReply + "停车不归我们管，您的手机13800138000"}))
	d.refused(d.act("governance.head", ref, "approve", nil), "推诿用语")
	d.refused(d.act("governance.head", ref, "approve", nil), "手机号")
	d.must(d.edit(ref, register.Values{"gate_note": "诉求人要求写明"}))
	d.must(d.act("governance.head", ref, "approve", nil))
}

func TestIdentityKeptSecret(t *testing.T) {
	t.Parallel()
	d := open(t)
	ref := d.order("A1", "举报违建", register.Values{"complainant": "欧阳测试", "phone": "13800138000", "secret": true})
	r := d.read(ref)
	text, err := json.Marshal(r.Values)
	d.must(err)
	if strings.Contains(string(text), "欧阳") || strings.Contains(string(text), "13800138000") || r.Text("complainant") != hotline.Hidden {
		t.Errorf("the record shows %s", text)
	}
	who, err := d.house.Office().Hotline.Identity(t.Context(), d.officer(), ref, "核实情况")
	if err != nil || who["complainant"] != "欧阳测试" || who["phone"] != "13800138000" {
		t.Errorf("opened: %v, %v", who, err)
	}
	if _, err := d.house.Office().Hotline.Identity(t.Context(), d.officer(), ref, ""); err == nil {
		t.Error("opened without a reason")
	}
	if _, err := d.house.Office().Hotline.Identity(t.Context(), d.users["governance.worker"], ref, "看看"); err == nil {
		t.Error("opened by a community worker")
	}
	d.must(d.act("governance.worker", ref, "sign", nil))
	d.must(d.edit(ref, register.Values{"unit": "城管"}))
	if r := d.read(ref); r.Text("complainant") != hotline.Hidden {
		t.Errorf("after an edit: %s", r.Text("complainant"))
	}
	d.must(d.edit(ref, register.Values{"secret": false}))
	if r := d.read(ref); r.Text("complainant") != "欧阳测试" || r.Text("phone") != "13800138000" {
		t.Errorf("secrecy lifted: %v", r.Values)
	}
}
