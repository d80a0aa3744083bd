package ui

import (
	"strings"

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
// called back one by one.
func (v *visit) caseBlocks(tx *record.Tx, r *record.Record) ([]page.Block, error) {
	joined, err := tx.Children(hotline.Orders, r.Ref)
	if err != nil || len(joined) == 0 {
		return nil, err
	}
	t := page.Table{Caption: "并入的工单", Quiet: true, Columns: []page.Column{{Title: "工单编号"}, {Title: "标题"}, {Title: "环节"}, {Title: "答复"}, {Title: "回传"}, {Title: "回访"}, {Title: "下一步"}}}
	for _, o := range joined {
		answered := "未写"
		if o.Text("reply") != "" {
			answered = or(o.Text("finished_at"), "已写")
		}
		called := strings.TrimSpace(o.Text("called_at") + " " + v.office.Book.CodeLabel("order.solved", o.Text("solved")))
		next := map[string]page.Cell{
			"hand":    {Text: "提交回单", URL: recordURL(o.Ref) + "/do/reply"},
			"verify":  {Text: "审核", URL: recordURL(o.Ref) + "/do/approve"},
			"replied": {Text: "登记回访", URL: recordURL(o.Ref) + "/do/callback"},
			"new":     {Text: "签收", URL: recordURL(o.Ref) + "/do/sign"},
		}[o.Step]
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: o.Text("external"), URL: recordURL(o.Ref)}, {Text: o.Text("title")}, {Text: o.StepLabel()}, {Text: answered},
			{Text: v.office.Book.CodeLabel("order.delivery", o.Text("delivery"))}, {Text: called}, next}})
	}
	return []page.Block{{ID: "orders", Title: "并入的工单：一起办，分别答复和回访", Table: &t, Text: []string{"核查合格结案后，处置情况会填进还没有答复的各单；并错了的，在那一单里“撤销并入”。"}}}, nil
}
