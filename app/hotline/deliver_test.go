package hotline_test

import (
	"fmt"
	"strings"
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
)

// answered makes an order that has been answered and checked.
func (d *desk) answered(external, reply string) record.Ref {
	d.t.Helper()
	ref := d.order(external, "暖气不热", register.Values{"complainant": "测甲", "phone": "010-00001234"})
	d.must(d.act("governance.worker", ref, "sign", nil))
	d.must(d.act("governance.worker", ref, "contact", register.Values{"contacted_at": "2026-02-03 09:00"}))
	d.must(d.act("governance.worker", ref, "reply", register.Values{"result": "solved", "finished_at": "2026-02-03 20:00", "reply": reply}))
	d.must(d.act("governance.head", ref, "approve", nil))
	return ref
}

// delivery is what stands on an order of how it went back.
func (d *desk) delivery(ref record.Ref) string {
	r := d.read(ref)
	n, _ := r.Values["delivery_failures"].(float64)
	return fmt.Sprintf("%s %s %s %.0f", r.Step, r.Text("delivery"), r.Text("delivery_note"), n)
}

func (d *desk) counts(batch record.Ref) string {
	r := d.read(batch)
	return fmt.Sprintf("%s %v/%v/%v of %v", r.Step, r.Values["taken"], r.Values["failed"], r.Values["waiting"], r.Values["orders"])
}

// receipt is the platform's answer as a file.
func receipt(rows ...string) []byte {
	return []byte("工单号,接收状态,失败原因\n" + strings.Join(rows, "\n"))
}

// Replies go back in a batch, are answered for by number, mended and delivered
// again; what the gate stops stays behind; nothing of it ends an order.
func TestRepliesGoBackInBatches(t *testing.T) {
	t.Parallel()
	d := open(t)
	desk := d.house.Office().Hotline
	_, err := desk.Deliver(t.Context(), d.officer(), nil, nil)
	d.refused(err, "没有待交付")
	one, two, bad := d.answered("A1", goodReply), d.answered("A2", goodReply), d.answered("A3", goodReply)
	d.order("A4", "还没办的", nil)
	d.must(d.edit(bad, register.Values{"reply": "您好，2月3日已处理，保证今后绝不再发生。电话69842345。"})) // mended for the worse after it was checked
	_, err = desk.Deliver(t.Context(), d.users["governance.worker"], nil, nil)
	d.refused(err, "不能交付回单")

	out, err := desk.Deliver(t.Context(), d.officer(), nil, []sheet.Outgoing{{Title: "诉求编号", Field: "external"}, {Title: "诉求人", Field: "complainant"}, {Title: "答复口径", Field: "reply"}, {Title: "备注"}})
	d.must(err)
	if out.Sent != 2 || len(out.Stay) != 1 || out.Stay[0].Ref != bad || out.Stay[0].Stays == "" {
		t.Fatalf("delivered %d, %d stay", out.Sent, len(out.Stay))
	}
	lines, err := sheet.Pick(d.file(out.Batch), sheet.Wanted{Label: "诉求编号"}, sheet.Wanted{Label: "诉求人"}, sheet.Wanted{Label: "答复口径"}, sheet.Wanted{Label: "备注"})
	d.must(err)
	if len(lines) != 2 || lines[0].Cells[0] != "A1" || lines[0].Cells[1] != "" || lines[0].Cells[2] != goodReply {
		t.Errorf("in the workbook: %v", lines)
	}
	d.says(map[record.Ref]string{one: "replied out  0", two: "replied out  0", bad: "replied   0"})
	_, err = desk.Deliver(t.Context(), d.officer(), []record.Ref{one}, nil)
	d.refused(err, "没有待交付")

	for rows, words := range map[string]string{"A1,不知道,": "看不懂结果“不知道”", "A1,成功,\nA1,失败,": "A1 在表里出现两次"} {
		_, err := desk.TakeReceipt(t.Context(), d.officer(), receipt(strings.Split(rows, "\n")...))
		d.refused(err, words)
	}
	_, err = desk.TakeReceipt(t.Context(), d.officer(), []byte("工单号,备注\nA1,成功"))
	d.refused(err, "缺少“结果”列")
	got, err := desk.TakeReceipt(t.Context(), d.officer(), receipt("A1,接收成功,", "A2,未通过,答复过短", "B9,成功,"))
	d.must(err)
	if got.Taken != 1 || got.Failed != 1 || strings.Join(got.Unknown, "") != "B9" {
		t.Errorf("the answer: %+v", got)
	}
	d.says(map[record.Ref]string{one: "replied taken  0", two: "replied failed 答复过短 1"})
	if c := d.counts(out.Batch); c != "settled 1/1/0 of 2" {
		t.Errorf("the batch: %s", c)
	}
	if got, err := desk.TakeReceipt(t.Context(), d.officer(), receipt("A1,接收成功,", "A2,未通过,答复过短")); err != nil || got.Same != 2 {
		t.Errorf("the same file again: %+v %v", got, err)
	}

	again, err := desk.Deliver(t.Context(), d.officer(), nil, nil)
	d.must(err)
	if again.Sent != 1 || d.delivery(two) != "replied out  1" {
		t.Fatalf("again: %d, %s", again.Sent, d.delivery(two))
	}
	d.must(d.note("governance.officer", out.Batch, "again", nil, "登记错了"))
	d.says(map[record.Ref]string{one: "replied out  0", two: "replied out  1"}) // the second is another batch's by now
	d.must(d.note("governance.officer", again.Batch, "recall", nil, "没有发出去"))
	d.says(map[record.Ref]string{two: "replied failed 答复过短 1"})
	third, err := desk.Deliver(t.Context(), d.officer(), []record.Ref{two}, nil)
	d.must(err)
	d.must(d.act("governance.officer", third.Batch, "taken", nil))
	d.says(map[record.Ref]string{one: "replied out  0", two: "replied taken  1"})
	d.must(d.act("governance.officer", one, "deliver", register.Values{"delivery": "failed", "delivery_note": "平台提示超时"}))
	if c := d.counts(out.Batch); c != "settled 0/2/0 of 2" {
		t.Errorf("the batch after a word about one order: %s", c)
	}
}

func (d *desk) says(want map[record.Ref]string) {
	d.t.Helper()
	for ref, w := range want {
		if got := d.delivery(ref); got != w {
			d.t.Errorf("%s: %s, not %s", d.read(ref).Text("external"), got, w)
		}
	}
}

// file is what lies on a record.
func (d *desk) file(ref record.Ref) []byte {
	d.t.Helper()
	r := d.read(ref)
	if len(r.Files) != 1 {
		d.t.Fatalf("%d files on %s", len(r.Files), ref)
	}
	data, _, err := d.house.Office().Book.ReadFile(d.t.Context(), d.officer(), ref, r.Files[0].Hash)
	d.must(err)
	return data
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
