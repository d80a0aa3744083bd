package page

import (
	"io"
	"os"
	"testing"
)

// newRenderer draws from the files in the work tree.
func newRenderer(t testing.TB) *Renderer {
	t.Helper()
	r, err := New(os.DirFS("../../assets"), Config{Version: "0.1.0"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sample is one page of the gallery.
type sample struct {
	name string
	draw func(*Renderer, io.Writer) error
}

func gallery() []sample {
	var all []sample
	all = append(all, doorSamples()...)
	all = append(all, workSamples()...)
	all = append(all, recordSamples()...)
	all = append(all, peopleSamples()...)
	all = append(all, jobSamples()...)
	return append(all, officeSamples()...)
}

func sampleNav(current string) []NavGroup {
	groups := []NavGroup{
		{Title: "办公", Mark: "办", Open: true, Items: []NavItem{
			{Text: "工作台", URL: "/", Count: 9, Urgent: true}, {Text: "人员", URL: "/people"},
			{Text: "审批", URL: "/approvals", Count: 2}, {Text: "导入", URL: "/import"}, {Text: "统计", URL: "/insight"}}},
		{Title: "残疾人服务", Mark: "残", Items: []NavItem{{Text: "两项补贴", URL: "/r/disabled.allowance", Count: 4}}},
		{Title: "儿童福利", Mark: "儿", Open: true, Items: []NavItem{
			{Text: "困境儿童档案", URL: "/r/child.file", Count: 3}, {Text: "困境儿童个案", URL: "/r/child.case", Count: 12, Urgent: true},
			{Text: "走访", URL: "/r/child.visit", Count: 7}}},
		{Title: "社会治理", Mark: "治", Items: []NavItem{{Text: "接诉即办", URL: "/r/hotline.order"}}},
		{Title: "管理", Mark: "管", Items: []NavItem{{Text: "用户与角色", URL: "/users"}, {Text: "设置", URL: "/settings"},
			{Text: "日志", URL: "/audit"}, {Text: "系统一览", URL: "/systems"}, {Text: "帮助", URL: "/help/"}}},
	}
	for g := range groups {
		for i := range groups[g].Items {
			groups[g].Items[i].Current = groups[g].Items[i].URL == current
		}
	}
	return groups
}

func sampleFrame(title, current string) Frame {
	return Frame{
		Title: title, Office: "城子街道办事处", Self: current, Token: "t0", Idle: 900, Demo: true,
		User: &User{Name: "年有余", Title: "儿童督导员"}, Nav: sampleNav(current),
		Status: []StatusLine{{Text: "上次备份 今天 12:30", URL: "/backup"}, {Text: "正在重建搜索 64%", Done: 640, Of: 1000, Tone: ToneWarn}},
	}
}

func withLead(f Frame, lead string, crumbs ...Link) Frame {
	f.Lead, f.Crumbs = lead, crumbs
	return f
}

func sampleSubject() *Subject {
	return &Subject{Name: "尚未晚", URL: "/people/19", Facts: []string{"男", "14 岁（2026-04-01）", "110109********9590", "城子街道 桥东街社区"},
		Badges: []Badge{{Text: "橙级", Tone: ToneWarn}, {Text: "监护困境"}}}
}

func withSubject(f Frame) Frame {
	f.Subject = sampleSubject()
	return f
}

func overdue() Due {
	return Due{Date: "2026-03-27", Text: "逾期 3 天", Tone: ToneUrgent, Rule: "橙级个案每半月走访一次", Basis: "走访频次 示例（MZ/T 094-2017）",
		Days: []DueDay{{Date: "2026-03-16", Text: "周一，上次走访次日起", N: 1}, {Date: "2026-03-21", Text: "周六，休息日", Off: true},
			{Date: "2026-03-23", Text: "周一", N: 6}, {Date: "2026-03-27", Text: "周五，到期", N: 10}}}
}

func soon() Due {
	return Due{Date: "2026-04-03", Text: "还有 2 个工作日", Tone: ToneWarn, Rule: "预估须在接案后 5 个工作日内完成"}
}

func later() Due {
	return Due{Date: "2026-04-08", Text: "还有 4 个工作日", Rule: "黄级个案每月走访一次"}
}

func table(caption string, heads []string, rows ...[]string) Table {
	t := Table{Caption: caption}
	for _, h := range heads {
		t.Columns = append(t.Columns, Column{Title: h})
	}
	for _, r := range rows {
		var cells []Cell
		for _, c := range r {
			cells = append(cells, Cell{Text: c})
		}
		t.Rows = append(t.Rows, Row{Cells: cells})
	}
	return t
}

func facts(pairs ...string) []Fact {
	var out []Fact
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, Fact{Label: pairs[i], Value: Cell{Text: pairs[i+1]}})
	}
	return out
}
