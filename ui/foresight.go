package ui

import (
	"fmt"
	"strconv"
	"strings"

	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// foresightWords say how the share is worked out.
const foresightWords = "主动发现占比＝主动件÷（主动件＋热线同类）。主动件是网格员、巡查、监控、督查的上报（随手处理的也算，不立案、作废的不算）和成立的巡查发现；哪个大类对哪些热线分类，是参数（示例），在“设置—单位与参数”里改。"

// foresightBlock shows how much of the like the office found by itself.
func foresightBlock(f hotline.Foresight) page.Block {
	t := page.Table{Caption: "主动发现占比", Quiet: true, Columns: []page.Column{{Title: "同类"}, {Title: "主动发现", Num: true}, {Title: "热线同类", Num: true}, {Title: "主动发现占比", Num: true}}}
	line := func(a hotline.Alike, n string) {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: a.Words}, {Text: strconv.Itoa(len(a.Found)), URL: setURL(f.From, f.To, hotline.SetFound+n), Num: true},
			{Text: strconv.Itoa(len(a.Orders)), URL: setURL(f.From, f.To, hotline.SetAlike+n), Num: true}, {Text: a.Share(), Num: true}}})
	}
	for i, a := range f.Rows {
		line(a, fmt.Sprint(":", i))
	}
	line(f.All(), "")
	b := page.Block{ID: "foresight", Title: "主动发现占比", Table: &t, Text: []string{foresightWords}}
	if f.Unlike > 0 {
		b.Text = append(b.Text, fmt.Sprintf("分类没有列入对照、没有算在内的工单 %d 件。", f.Unlike))
	}
	for _, line := range f.Unread {
		b.Notices = append(b.Notices, page.Notice{Tone: page.ToneWarn, Text: "参数里这一行看不懂，没有算：“" + line + "”。请写成“大类＋大类：分类＋分类”，大类的名称与代码表一致。"})
	}
	return b
}

// foresightFigure leads to the table from other pages.
func (v *visit) foresightFigure(from, to value.Date) (page.Figure, error) {
	f, err := v.office.Hotline.Foresight(v.ctx, v.viewer, from, to)
	if err != nil {
		return page.Figure{}, err
	}
	all := f.All()
	return page.Figure{Label: "主动发现占比", Value: all.Share(), Note: fmt.Sprintf("主动 %d，热线同类 %d", len(all.Found), len(all.Orders)),
		URL: fmt.Sprintf("/hotline/digest?from=%s&to=%s#foresight", from, to)}, nil
}

// foresightSet are the records behind a figure of the table; ok is false for
// the sets of other tables.
func foresightSet(f hotline.Foresight, set string) (refs []record.Ref, ok bool) {
	name, row, one := strings.Cut(set, ":")
	a := f.All()
	if one {
		i, err := strconv.Atoi(row)
		if err != nil || i < 0 || i >= len(f.Rows) {
			return nil, false
		}
		a = f.Rows[i]
	}
	switch name {
	case hotline.SetFound:
		return a.Found, true
	case hotline.SetAlike:
		return a.Orders, true
	}
	return nil, false
}

// foundTable lists what was found.
func (v *visit) foundTable(refs []record.Ref) (page.Table, error) {
	t := page.Table{Caption: "主动发现的", Columns: []page.Column{{Title: "编号"}, {Title: "从哪里来"}, {Title: "标题"}, {Title: "发现"}, {Title: "社区（村）"}, {Title: "环节"}}, Empty: page.Empty{Text: "没有。"}}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		for _, ref := range refs {
			r, err := tx.Open(ref)
			if err != nil {
				return err
			}
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: r.Number, URL: recordURL(ref)}, {Text: r.Def.Title}, {Text: record.LabelOf(r)}, {Text: r.Text("found_at")},
				{Text: tx.Label(record.Ref{Register: record.Places, ID: r.Community}, false)}, {Text: r.StepLabel()}}})
		}
		return nil
	})
	return t, err
}
