package ui

import (
	"fmt"
	"strings"

	"jiezhen/app/grid"
	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/ui/page"
)

// ownBlocks is what a record's page shows beside its fields, where its register
// has something of its own to say.
func (v *visit) ownBlocks(tx *record.Tx, r *record.Record) ([]page.Block, error) {
	switch r.Register {
	case hotline.Orders:
		return v.orderBlocks(tx, r)
	case hotline.Cases:
		return v.caseBlocks(tx, r)
	case hotline.Whistles:
		return v.whistleBlocks(tx, r)
	case hotline.Bulletins:
		return []page.Block{figuresBlock(r)}, nil
	case hotline.Proactive:
		b, err := v.effectBlock(tx, r)
		return []page.Block{b}, err
	}
	return nil, nil
}

// caseBlocks lists the orders that a case answers: handled once, answered and
// called back one by one; and what else told of it.
func (v *visit) caseBlocks(tx *record.Tx, r *record.Record) ([]page.Block, error) {
	joined, err := tx.Children(hotline.Orders, r.Ref)
	if err != nil {
		return nil, err
	}
	told, err := v.toldBlocks(tx, r)
	if err != nil || len(joined) == 0 {
		return told, err
	}
	t := page.Table{Caption: "并入的工单", Quiet: true, Columns: []page.Column{{Title: "工单编号"}, {Title: "标题"}, {Title: "环节"}, {Title: "答复"}, {Title: "回传"}, {Title: "回访"}, {Title: "下一步"}}}
	answered, sent, called := 0, 0, 0
	for _, o := range joined {
		reply := page.Cell{Text: "未写", Tone: warnIf(o.Open())}
		if o.Text("reply") != "" {
			answered++
			reply = page.Cell{Text: or(o.Text("finished_at"), "已写")}
		}
		if delivered := o.Text("delivery"); delivered == "out" || delivered == "taken" {
			sent++
		}
		back := strings.TrimSpace(o.Text("called_at") + " " + v.office.Book.CodeLabel("order.solved", o.Text("solved")))
		if o.Text("called_at") != "" {
			called++
		}
		next := map[string]page.Cell{
			"hand":    {Text: "提交回单", URL: recordURL(o.Ref) + "/do/reply"},
			"verify":  {Text: "审核", URL: recordURL(o.Ref) + "/do/approve"},
			"replied": {Text: "登记回访", URL: recordURL(o.Ref) + "/do/callback"},
			"new":     {Text: "签收", URL: recordURL(o.Ref) + "/do/sign"},
		}[o.Step]
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: o.Text("external"), URL: recordURL(o.Ref)}, {Text: o.Text("title")}, {Text: o.StepLabel()}, reply,
			{Text: v.office.Book.CodeLabel("order.delivery", o.Text("delivery"))}, {Text: back}, next}})
	}
	text := fmt.Sprintf("共 %d 件：答复 %d 件，交付平台 %d 件，回访 %d 件。", len(joined), answered, sent, called)
	if r.Open() {
		text += "核查合格结案后，处置情况会填进还没有答复的各单；并错了的，在那一单里“撤销并入”。"
	}
	return append([]page.Block{{ID: "orders", Title: "并入的工单：一起办，分别答复和回访", Table: &t, Text: []string{text}}}, told...), nil
}

// toldBlocks lists the reports of the grid and the findings of patrols that a
// case came from.
func (v *visit) toldBlocks(tx *record.Tx, r *record.Record) ([]page.Block, error) {
	t := page.Table{Caption: "网格上报和巡查发现", Quiet: true, Columns: []page.Column{{Title: "编号"}, {Title: "说的什么"}, {Title: "发现"}, {Title: "谁报的"}, {Title: "环节"}}}
	for _, reg := range []string{grid.Reports, grid.Findings} {
		list, err := tx.Children(reg, r.Ref)
		if err != nil {
			return nil, err
		}
		for _, s := range list {
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: s.Number, URL: recordURL(s.Ref)}, {Text: record.LabelOf(s)}, {Text: s.Text("found_at")}, {Text: s.Text("reporter")}, {Text: s.StepLabel()}}})
		}
	}
	if len(t.Rows) == 0 {
		return nil, nil
	}
	return []page.Block{{ID: "told", Title: "网格上报和巡查发现", Table: &t}}, nil
}
