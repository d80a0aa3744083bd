package ui

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// Replies leave from the list as ticked, in the platform's own columns; its
// answer comes back by number and stands on the orders.
func TestRepliesGoToThePlatform(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	answered := register.Values{"dispatched_at": "2026-03-30 08:00", "signed_at": "2026-03-30 08:10", "contacted_at": "2026-03-30 09:00", "finished_at": "2026-03-31 10:00", "result": "solved", "delivery": "failed",
		"reply": "您好，社区3月30日与您联系并到现场查看，已于3月31日10时修好。如有问题请拨打社区电话69842345。", "complainant": "测诉求人", "phone": "13800138000"}
	one, two := o.order("BJ1", "暖气不热", answered), o.order("BJ2", "暖气还是不热", answered)
	b := o.as("governance.officer")
	if p := o.as("governance.worker").get("/hotline/replies"); p.status != http.StatusForbidden {
		t.Errorf("a worker sees the deliveries: %d", p.status)
	}
	if a := b.sendFile("/hotline/replies/form", "表样.csv", "诉求编号,工单编号,诉求人,办理结果,办理答复,经办备注\n"); a.status != http.StatusSeeOther {
		t.Fatalf("the platform's form was not taken: %d %s", a.status, a.text())
	}
	if a := b.send("/hotline/replies/columns", url.Values{"title": {"工单编号", "诉求人"}, "col.0": {"external"}, "col.1": {"complainant"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("who complained may leave in a column: %d", a.status)
	}
	p := b.get("/hotline/replies")
	for _, want := range []string{"待交付的（2）", "交付这 2 件", "照平台的表样导出", "经办备注", "平台没收：没有写原因"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the page does not say %q: %s", want, p.text())
		}
	}
	p = b.send("/print/"+hotline.Orders, url.Values{"_do": {"handle"}, "ref": {strconv.FormatUint(one.ID, 10)}})
	if !strings.Contains(p.body, "回单交付上级平台（可交付 1 件）") {
		t.Fatalf("not offered: %s", p.text())
	}
	a := b.send("/hotline/replies", url.Values{"ref": {strconv.FormatUint(one.ID, 10)}})
	if a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/r/"+hotline.Deliveries+"/") {
		t.Fatalf("not delivered: %d %s", a.status, a.text())
	}
	batch := a.header.Get("Location")
	if p := b.get(batch); !strings.Contains(p.body, "回单-") || !strings.Contains(p.body, "BJ1") || strings.Contains(p.body, "BJ2") {
		t.Errorf("the batch: %s", p.text())
	}
	if a := b.sendFile("/hotline/replies/receipt", "回执.csv", "工单编号,结果,失败原因\nBJ1,退回,答复过短\nBJ7,成功,\n"); a.status != http.StatusSeeOther {
		t.Fatalf("the answer was not taken: %d %s", a.status, a.text())
	}
	if p := b.get("/hotline/replies"); !strings.Contains(p.body, "失败 1 件") || !strings.Contains(p.body, "没有交付过，没有登记：BJ7") || !strings.Contains(p.body, "平台没收：答复过短") {
		t.Errorf("after the answer: %s", p.text())
	}
	o.change(func(tx *record.Tx) error {
		for ref, want := range map[record.Ref]string{one: "failed", two: "failed"} {
			if r, err := tx.Open(ref); err != nil || r.Text("delivery") != want || r.Step != "replied" {
				t.Errorf("%s stands at %s, %s (%v)", r.Text("external"), r.Step, r.Text("delivery"), err)
			}
		}
		return nil
	})
	if a := b.send("/r/"+hotline.Deliveries+"/new", url.Values{}); !strings.Contains(a.body, "不手填") {
		t.Errorf("a batch by hand: %d %s", a.status, a.text())
	}
}
