package hotline_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"jiezhen/app/access"
	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/sheet"
)

// platform is an export of the upper platform: a title over it, times as text
// and as true dates in one column, thousands of styled blank rows, one order
// twice, bodies of several lines.
func platform(t *testing.T, more ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	style, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		t.Fatal(err)
	}
	rows := append([][]any{
		{"城子街道接诉即办工单明细（2026年2月）"}, {},
		{"序号", "工单号", "问题描述", "派发时间", "时限类型", "问题一级分类", "来电人", "来电号码", "被反映地址", "所属村居"},
		{1, "BJ202602030001", "来电人反映：\n1. 暖气不热\n2. 物业不管", "2026/2/3 8:00:05", "及时性", "供暖", "测甲", "13800138000", "某路1号", "虚构东社区"},
		{2, "BJ202602030002", "路灯不亮", time.Date(2026, 2, 3, 9, 30, 0, 0, time.UTC), "一般诉求", "市政", "", "", "某路2号", "虚构西社区"},
		{3, "BJ202602030003", "咨询低保", "2026-02-03", "", "社保"},
		{4, "BJ202602030001", "来电人反映：\n1. 暖气不热\n2. 物业不管", "2026/2/3 8:00:05", "及时性", "供暖", "", "", "某路1号楼", "虚构东社区"},
	}, more...)
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellStyle("Sheet1", "A100", "J3000", style); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (d *desk) importSheet(data []byte) sheet.Done {
	d.t.Helper()
	sheets := d.house.Office().Sheets
	s, err := sheets.Read(d.t.Context(), d.officer(), hotline.Orders, "工单.xlsx", data)
	d.must(err)
	dry, err := sheets.DryRun(d.t.Context(), d.officer(), s, nil)
	d.must(err)
	for _, r := range dry.Rows {
		if r.Failed() {
			d.t.Errorf("row %d: %s", r.Line, r.Text())
		}
	}
	done, err := sheets.Run(d.t.Context(), d.officer(), s, nil)
	d.must(err)
	return done
}

func (d *desk) orders() map[string]*record.Record {
	d.t.Helper()
	out := map[string]*record.Record{}
	d.must(d.house.Office().Book.View(d.t.Context(), access.Office(), func(tx *record.Tx) error {
		return tx.Each(hotline.Orders, func(r *record.Record) (bool, error) {
			out[r.Text("external")] = r
			return true, nil
		})
	}))
	return out
}

// What was answered and called back on the platform stands there here too, and
// what comes later closes what waits for its call-back.
func TestImportCatchesUpWithThePlatform(t *testing.T) {
	t.Parallel()
	d := open(t)
	header := []any{"工单编号", "诉求内容", "派单时间", "签收时间", "首次联系时间", "办结时间", "办结方式", "办理答复", "回访时间", "回访联系上", "是否解决", "是否满意"}
	done := d.importSheet(plain(t, header,
		[]any{"P1", "甲", "2026-02-01 08:00"},
		[]any{"P2", "乙", "2026-02-01 08:00", "2026-02-01 08:10"},
		[]any{"P3", "丙", "2026-02-01 08:00", "2026-02-01 08:10", "2026-02-01 09:00", "2026-02-01 12:00", "解决", "不归我们管，已转"},
		[]any{"P4", "丁", "2026-02-01 08:00", "2026-02-01 08:10", "2026-02-01 09:00", "2026-02-01 12:00", "解决", "已换", "2026-02-02 08:00", "是", "已解决", "满意"}))
	for external, step := range map[string]string{"P1": "new", "P2": "hand", "P3": "replied", "P4": "closed"} {
		if got := d.orders()[external].Step; got != step {
			t.Errorf("%s stands at %s, not %s", external, got, step)
		}
	}
	again := d.importSheet(plain(t, header, []any{"P3", "", "", "", "", "", "", "", "2026-02-02 09:00", "是", "未解决", "不满意"}))
	if same := d.importSheet(plain(t, header, []any{"P4", "丁", "2026-02-01 08:00", "2026-02-01 08:10", "2026-02-01 09:00", "2026-02-01 12:00", "解决", "已换"})); same.Same != 1 {
		t.Errorf("a closed order that stands as it was: %+v", same)
	}
	if r := d.orders()["P3"]; again.Updated != 1 || r.Step != "closed" || r.Text("solved") != "unsolved" || r.Text("content") != "丙" {
		t.Errorf("%+v: %s %v", again, r.Step, r.Values)
	}
	left, err := d.house.Office().Sheets.Undo(t.Context(), d.officer(), again.ID)
	d.must(err)
	if r := d.orders()["P3"]; len(left) != 0 || r.Step != "replied" || r.Text("solved") != "" {
		t.Errorf("undone: left %v, %s %v", left, r.Step, r.Values)
	}
	left, err = d.house.Office().Sheets.Undo(t.Context(), d.officer(), done.ID)
	d.must(err)
	if got := d.orders(); len(left) != 1 || len(got) != 1 { // P3 has been touched since: it stays, and is named
		t.Errorf("undone: left %v, %d orders", left, len(got))
	}
}

// plain is a sheet of rows.
func plain(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestImportOfTheUpperPlatformsExport(t *testing.T) {
	t.Parallel()
	d := open(t)
	done := d.importSheet(platform(t))
	if done.Created != 3 || done.Updated != 0 || done.Folded != 1 {
		t.Fatalf("%+v", done)
	}
	got := d.orders()
	first := got["BJ202602030001"]
	if first.Text("dispatched_at") != "2026-02-03 08:00" || first.Text("class") != "timely" || first.Community != d.east || first.Text("category") != "供暖" {
		t.Errorf("first %v", first.Values)
	}
	if first.Text("content") != "来电人反映：\n1. 暖气不热\n2. 物业不管" {
		t.Errorf("body %q", first.Text("content"))
	}
	if first.Text("address") != "某路1号楼" || first.Text("complainant") != "测甲" {
		t.Errorf("of two rows the later stands, the earlier fills in: %v", first.Values)
	}
	if got["BJ202602030002"].Text("dispatched_at") != "2026-02-03 09:30" || got["BJ202602030003"].Text("dispatched_at") != "2026-02-03 00:00" || got["BJ202602030003"].Text("class") != "general" {
		t.Errorf("times %v, %v", got["BJ202602030002"].Values, got["BJ202602030003"].Values)
	}
	d.must(d.act("governance.worker", first.Ref, "sign", nil))

	again := d.importSheet(platform(t, []any{5, "BJ202602040001", "新的一单", "2026-02-04 08:00"}))
	if again.Created != 1 || again.Updated != 0 || again.Same != 3 {
		t.Fatalf("again %+v", again)
	}
	got = d.orders()
	if len(got) != 4 || got["BJ202602030001"].Step != "hand" {
		t.Errorf("%d orders, the first stands at %s", len(got), got["BJ202602030001"].Step)
	}
	left, err := d.house.Office().Sheets.Undo(t.Context(), d.officer(), again.ID)
	d.must(err)
	if got := d.orders(); len(left) != 0 || len(got) != 3 || got["BJ202602030001"].Step != "hand" {
		t.Errorf("undone: %d orders, left %v", len(got), left)
	}
}
