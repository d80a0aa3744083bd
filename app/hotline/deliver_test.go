package hotline_test

import (
	"strings"
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
)

func TestRepliesGoBackOnce(t *testing.T) {
	t.Parallel()
	d := open(t)
	desk := d.house.Office().Hotline
	if _, _, err := desk.Deliver(t.Context(), d.officer()); err == nil {
		t.Error("nothing is delivered")
	}
	answered := register.Values{"complainant": "测甲", "phone": "010-00001234"}
	ref := d.order("A1", "暖气不热", answered)
	d.order("A2", "还没办的", nil)
	d.must(d.act("governance.worker", ref, "sign", nil))
	d.must(d.act("governance.worker", ref, "contact", register.Values{"contacted_at": "2026-02-03 09:00"}))
	d.must(d.act("governance.worker", ref, "reply", register.Values{"result": "solved", "finished_at": "2026-02-03 20:00", "reply": goodReply}))
	d.must(d.act("governance.head", ref, "approve", nil))
	if _, _, err := desk.Deliver(t.Context(), d.users["governance.worker"]); err == nil {
		t.Error("a community worker exports")
	}
	data, n, err := desk.Deliver(t.Context(), d.officer())
	d.must(err)
	lines, err := sheet.Pick(data, sheet.Wanted{Label: "工单编号"}, sheet.Wanted{Label: "办理答复"}, sheet.Wanted{Label: "办结方式"})
	d.must(err)
	if n != 1 || len(lines) != 1 || lines[0].Cells[0] != "A1" || lines[0].Cells[1] != goodReply || lines[0].Cells[2] != "解决" {
		t.Errorf("%d: %v", n, lines)
	}
	if _, err := sheet.Pick(data, sheet.Wanted{Label: "诉求人"}); err == nil {
		t.Error("the replies say who complained")
	}
	if d.read(ref).Text("delivery") != "out" {
		t.Error("the order is not on its way")
	}
	_, _, err = desk.Deliver(t.Context(), d.officer())
	d.refused(err, "没有待回传")
	d.must(d.act("governance.officer", ref, "deliver", register.Values{"delivery": "failed", "delivery_note": "平台提示超时"}))
	if n, _ := d.read(ref).Values["delivery_failures"].(float64); n != 1 {
		t.Errorf("%v failures", n)
	}
	if _, n, err = desk.Deliver(t.Context(), d.officer()); err != nil || n != 1 {
		t.Errorf("after a failure %d, %v", n, err)
	}
}

// Who complained leaves the office only by an export that was approved.
func TestOrdersAreExportedMasked(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.order("A1", "暖气不热", register.Values{"complainant": "欧阳测试", "phone": "010-00001234"})
	data, err := d.house.Office().Sheets.Export(t.Context(), d.officer(), sheet.Request{Query: record.Query{Register: "governance.order"}, Purpose: "核对本月工单", Format: sheet.CSV})
	if err == nil && (strings.Contains(string(data), "欧阳测试") || strings.Contains(string(data), "00001234")) {
		t.Errorf("exported: %s", data)
	}
}
