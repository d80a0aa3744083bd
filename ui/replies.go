package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/sheet"
	"jiezhen/ui/page"
)

// Replies go back to the upper platform in batches; what it answers comes back
// by the orders' numbers. 回单 is not 结案: none of this ends an order.

func repliesRoutes() []Route {
	receipt, form := post("/hotline/replies/receipt", (*visit).platformReceipt), post("/hotline/replies/form", (*visit).learnColumns)
	receipt.Limit, form.Limit = uploadLimit, uploadLimit
	return []Route{
		get("/hotline/replies", (*visit).replies),
		post("/hotline/replies", (*visit).deliver),
		post("/hotline/replies/columns", (*visit).keepColumns),
		receipt, form,
	}
}

// mayDeliver refuses who does not deliver replies.
func (v *visit) mayDeliver() error {
	if err := v.entitled(hotline.Orders, access.ActExport); err != nil {
		return err
	}
	return v.entitled(hotline.Deliveries, access.ActEdit)
}

// replies is the page of what waits, what is on its way, and what came back.
func (v *visit) replies() error {
	view, err := v.hotlineDesk("/hotline/replies", "回单交付", "审核通过的回单成批交给上级平台，平台收没收按工单编号登记回来。回单不是结案：交付以后还要回访。")
	if err != nil {
		return err
	}
	if err := v.mayDeliver(); err != nil {
		return err
	}
	waiting, err := v.office.Hotline.Replies(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	onWay, err := v.onWayBlock()
	if err != nil {
		return err
	}
	columns, err := v.columnsBlock()
	if err != nil {
		return err
	}
	view.Blocks = append(waitingBlocks(waiting), onWay, columns)
	return v.desk(view)
}

// waitingBlocks are the replies that may leave, and those that stay.
func waitingBlocks(waiting []hotline.Answered) []page.Block {
	leave := page.Table{Caption: "待交付", Quiet: true, Columns: []page.Column{{Title: "工单编号"}, {Title: "标题"}, {Title: "办结"}, {Title: "回单前检查"}, {Title: "上次"}}, Empty: page.Empty{Text: "没有待交付的回单。审核通过的会列在这里。"}}
	stay := page.Table{Caption: "留下的", Quiet: true, Columns: []page.Column{{Title: "工单编号"}, {Title: "标题"}, {Title: "为什么"}, {Title: "怎么办"}}}
	for _, a := range waiting {
		number, title := page.Cell{Text: a.Text("external"), URL: recordURL(a.Ref)}, page.Cell{Text: a.Text("title")}
		if a.Stays != "" {
			stay.Rows = append(stay.Rows, page.Row{Cells: []page.Cell{number, title, {Text: a.Stays, Tone: page.ToneWarn}, {Text: "改答复或写保留说明", URL: recordURL(a.Ref) + "/edit#f-reply"}}})
			continue
		}
		last := page.Cell{}
		if a.Text("delivery") == "failed" {
			n, _ := a.Values["delivery_failures"].(float64)
			times := "平台没收"
			if n > 1 {
				times = fmt.Sprintf("平台%d次没收", int(n))
			}
			last = page.Cell{Text: times + "：" + or(a.Text("delivery_note"), "没有写原因"), Tone: page.ToneUrgent}
		}
		leave.Rows = append(leave.Rows, page.Row{Cells: []page.Cell{number, title, {Text: a.Text("finished_at")}, {Text: a.Gate()}, last}})
	}
	b := page.Block{ID: "waiting", Title: fmt.Sprintf("待交付的（%d）", len(leave.Rows)), Table: &leave}
	if len(leave.Rows) > 0 {
		b.Form = &page.Form{Action: "/hotline/replies", Buttons: []page.Button{{Text: fmt.Sprintf("交付这 %d 件，制成 Excel", len(leave.Rows)), Primary: true}}}
		b.Text = []string{"只交其中几件的，在12345工单列表里勾选，按“办理所选”。上次没收的，先点开按原因改好。"}
	}
	if len(stay.Rows) == 0 {
		return []page.Block{b}
	}
	return []page.Block{b, {ID: "stay", Title: fmt.Sprintf("检查不过，留下的（%d）", len(stay.Rows)), Table: &stay}}
}

// onWayBlock lists the newest batches and takes the platform's answer.
func (v *visit) onWayBlock() (page.Block, error) {
	t := page.Table{Caption: "批次", Quiet: true, Columns: []page.Column{{Title: "批次"}, {Title: "交付时间"}, {Title: "件数", Num: true}, {Title: "平台已接收", Num: true}, {Title: "失败", Num: true}, {Title: "待回执", Num: true}, {Title: "环节"}}, Empty: page.Empty{Text: "还没有交付过。"}}
	b := page.Block{ID: "batches", Title: "交付过的", Table: &t, Buttons: []page.Button{{Text: "全部批次", URL: "/r/" + hotline.Deliveries}},
		Form: &page.Form{Action: "/hotline/replies/receipt", Files: true, Sections: []page.Section{{Title: "登记平台的回执", Fields: []page.Field{
			{Name: "file", Label: "回执文件", Kind: page.KindFile, Required: true, Accept: ".xlsx,.csv", Hint: "要有“工单编号”和“结果”（成功、失败、退回……）两列，“说明”或“失败原因”有就一并记下；按工单编号对上，不用选批次"}}}}, Buttons: []page.Button{{Text: "登记回执"}}}}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		p, err := tx.List(record.Query{Register: hotline.Deliveries, Limit: 10})
		for _, row := range p.Rows {
			cells := []page.Cell{{Text: row.Number, URL: recordURL(row.Ref)}, {Text: row.Text("sent_at")}}
			for _, f := range []string{"orders", "taken", "failed", "waiting"} {
				n, _ := row.Values[f].(float64)
				cells = append(cells, page.Cell{Text: strconv.Itoa(int(n)), Num: true, Tone: urgentIf(f == "failed" && n > 0)})
			}
			t.Rows = append(t.Rows, page.Row{Cells: append(cells, page.Cell{Text: row.StepLabel()})})
		}
		return err
	})
	return b, err
}

// deliver makes a batch of what waits, or of the orders ticked in the list.
func (v *visit) deliver() error {
	if err := v.mayDeliver(); err != nil {
		return err
	}
	var refs []record.Ref
	for _, id := range readIDs(v.typed["ref"]) {
		refs = append(refs, record.Ref{Register: hotline.Orders, ID: id})
	}
	columns, err := v.office.Sheets.Outgoing(v.ctx, hotline.Orders)
	if err != nil {
		return err
	}
	out, err := v.office.Hotline.Deliver(v.ctx, v.viewer, refs, columns)
	if err != nil {
		return err
	}
	said := fmt.Sprintf("已交付 %d 件，Excel 在本页“附件”里，请下载后在平台上导入", out.Sent)
	if n := len(out.Stay); n > 0 {
		said += fmt.Sprintf("；%d 件检查不过，留在“回单交付”", n)
	}
	if out.More > 0 {
		said += fmt.Sprintf("；还有 %d 件，请再交付一批", out.More)
	}
	if out.Batch.Zero() {
		return v.done("/hotline/replies", fmt.Sprintf("没有交付：%d 件检查都不过，见下", len(out.Stay)))
	}
	return v.done(recordURL(out.Batch), said)
}

func (v *visit) platformReceipt() error {
	if err := v.mayDeliver(); err != nil {
		return err
	}
	if v.upload == nil || len(v.upload.Data) == 0 {
		return record.Refused(record.CodeInvalid, "请选平台的回执文件")
	}
	out, err := v.office.Hotline.TakeReceipt(v.ctx, v.viewer, v.upload.Data)
	if err != nil {
		return err
	}
	said := fmt.Sprintf("回执已登记：平台已接收 %d 件，失败 %d 件", out.Taken, out.Failed)
	if out.Same > 0 {
		said += fmt.Sprintf("，%d 件与已登记的一样", out.Same)
	}
	if n := len(out.Unknown); n > 0 {
		said += fmt.Sprintf("；%d 件没有交付过，没有登记：%s", n, strings.Join(out.Unknown[:min(n, 20)], "、"))
	}
	return v.done("/hotline/replies", said)
}

// columnsBlock says in which columns replies go out, and takes the platform's.
func (v *visit) columnsBlock() (page.Block, error) {
	def, _ := v.office.Book.Registers().Get(hotline.Orders)
	columns, err := v.office.Sheets.Outgoing(v.ctx, hotline.Orders)
	b := page.Block{ID: "columns", Title: "平台的列", Folded: true, Text: []string{"还没有平台的回单表样，按本系统的列名导出。传一份平台的回单表样（空表就行），以后照它的列名和次序导出；诉求人和电话不外传，留空。"},
		Form: &page.Form{Action: "/hotline/replies/form", Files: true, Sections: []page.Section{{Fields: []page.Field{{Name: "file", Label: "回单表样", Kind: page.KindFile, Required: true, Accept: ".xlsx,.csv"}}}}, Buttons: []page.Button{{Text: "照这份表样"}}}}
	if err != nil || len(columns) == 0 {
		return b, err
	}
	options := []page.Option{{Value: "", Text: "留空"}}
	for _, c := range sheet.OutgoingFields(def) {
		options = append(options, page.Option{Value: c.Field, Text: c.Label})
	}
	form := &page.Form{Action: "/hotline/replies/columns", Buttons: []page.Button{{Text: "记住"}, {Text: "忘掉表样，用本系统的列名", Do: "forget"}}}
	var fields []page.Field
	for i, c := range columns {
		form.Hidden = append(form.Hidden, page.Pair{Name: "title", Value: c.Title})
		fields = append(fields, page.Field{Name: fmt.Sprintf("col.%d", i), Label: or(c.Title, fmt.Sprintf("第%d列", i+1)), Kind: page.KindCode, Tight: true, Options: options, Value: c.Field})
	}
	form.Sections = []page.Section{{Fields: fields}}
	b.Form, b.Text = form, []string{"照平台的表样导出，每一列填什么如下；不对的改一改，会一直记住。"}
	return b, nil
}

func (v *visit) learnColumns() error {
	if err := v.mayDeliver(); err != nil {
		return err
	}
	if v.upload == nil || len(v.upload.Data) == 0 {
		return record.Refused(record.CodeInvalid, "请选平台的回单表样")
	}
	columns, err := v.office.Sheets.LearnOutgoing(v.ctx, v.viewer, hotline.Orders, v.upload.Data)
	if err != nil {
		return err
	}
	empty := len(slices.DeleteFunc(slices.Clone(columns), func(c sheet.Outgoing) bool { return c.Field != "" }))
	return v.done("/hotline/replies#columns", fmt.Sprintf("已记住平台的 %d 列，其中 %d 列留空；在“平台的列”里可改", len(columns), empty))
}

func (v *visit) keepColumns() error {
	if err := v.mayDeliver(); err != nil {
		return err
	}
	var columns []sheet.Outgoing
	if v.typed.First("_do") != "forget" {
		for i, title := range v.typed["title"] {
			columns = append(columns, sheet.Outgoing{Title: title, Field: v.typed.First(fmt.Sprintf("col.%d", i))})
		}
	}
	if err := v.office.Sheets.KeepOutgoing(v.ctx, v.viewer, hotline.Orders, columns); err != nil {
		return err
	}
	return v.done("/hotline/replies", "已记住")
}

// deliverForm offers to deliver the ticked orders of which a reply waits.
func (v *visit) deliverForm(refs []record.Ref) (page.Block, bool, error) {
	if v.mayDeliver() != nil {
		return page.Block{}, false, nil
	}
	waiting, err := v.office.Hotline.Replies(v.ctx, v.viewer)
	if err != nil {
		return page.Block{}, false, err
	}
	form := &page.Form{Action: "/hotline/replies", Buttons: []page.Button{{Text: "交付，制成 Excel"}}}
	n, stay := 0, 0
	for _, a := range waiting {
		if !slices.Contains(refs, a.Ref) {
			continue
		}
		form.Hidden = append(form.Hidden, page.Pair{Name: "ref", Value: strconv.FormatUint(a.ID, 10)})
		if a.Stays == "" {
			n++
		} else {
			stay++
		}
	}
	b := page.Block{Title: fmt.Sprintf("回单交付上级平台（可交付 %d 件）", n), Form: form}
	if stay > 0 {
		b.Text = []string{fmt.Sprintf("另有 %d 件回单前检查不过，不会交付。", stay)}
	}
	return b, n > 0, nil
}
