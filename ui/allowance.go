package ui

import (
	"cmp"
	"fmt"
	"strconv"

	"jiezhen/app/access"
	"jiezhen/app/allowance"
	"jiezhen/app/benefit"
	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

func allowanceRoutes() []Route {
	back := post("/allowance/batch/:id/return", (*visit).takeReturn)
	back.Limit = uploadLimit
	late := post("/allowance/restored/:id/paid", (*visit).enterPaid)
	late.Limit = uploadLimit
	return []Route{
		get("/allowance", (*visit).allowanceDesk),
		post("/allowance/cycle", (*visit).openCycle),
		post("/allowance/enrol", (*visit).enrol),
		get("/allowance/cycle/:id", (*visit).cycleMembers),
		get("/allowance/cycle/:id/sample.pdf", (*visit).sampleRoll),
		post("/allowance/cycle/:id/batch", (*visit).makeBatch),
		post("/allowance/batch/:id/bank.xlsx", (*visit).bankFile),
		back, late,
	}
}

// allowanceTabs are the pages of allowances; the registers are among them.
var allowanceTabs = []page.Filter{{Text: "本月发放", URL: "/allowance"}, {Text: "津贴对象", URL: "/r/" + allowance.Members}, {Text: "应发明细", URL: "/r/" + allowance.Lines},
	{Text: "发放批次", URL: "/r/" + allowance.Batches}, {Text: "追缴", URL: "/r/" + allowance.Recoveries}, {Text: "叠加冲突", URL: "/r/" + allowance.Conflicts},
	{Text: "标准", URL: "/r/" + allowance.Standards}, {Text: "标准调整", URL: "/r/" + allowance.Growths}, {Text: "试算", URL: "/benefit"}}

// allowanceDesk is the month of the handler: what is to be done now, programme
// by programme.
func (v *visit) allowanceDesk() error {
	if err := v.entitled(allowance.Cycles, access.ActRead); err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("津贴发放", "每月一期：先试算，核对与上月的差别，送审；另一人批准后冻结，制单送银行，回盘登记，失败的重发，最后关账。")}
	for _, t := range allowanceTabs {
		t.Current = t.URL == "/allowance"
		view.Tabs = append(view.Tabs, t)
	}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		todo, err := v.allowanceTodo(tx)
		if err != nil {
			return err
		}
		months, err := v.monthBlock(tx)
		if err != nil {
			return err
		}
		view.Blocks = append(view.Blocks, todo, months)
		enrol, ok, err := v.enrolBlock(tx)
		if ok {
			view.Blocks = append(view.Blocks, enrol)
		}
		return err
	})
	if err != nil {
		return err
	}
	return v.desk(view)
}

// allowanceTodo counts what waits, each opening its rows.
func (v *visit) allowanceTodo(tx *record.Tx) (page.Block, error) {
	b := page.Block{Title: "等着办的"}
	stop, err := allowance.Locked(tx)
	if err != nil {
		return b, err
	}
	for _, p := range stop {
		b.Notices = append(b.Notices, page.Notice{Tone: page.ToneUrgent, Text: p.Text, Links: []page.Link{{Text: "去核对", URL: p.Link}}})
	}
	for _, f := range []struct {
		reg, count, label, query string
		press                    bool
	}{
		{allowance.Standards, "waiting", "标准待复核", "?step=entered", false}, {allowance.Cycles, "submitted", "待审批", "?step=submitted", true},
		{allowance.Batches, "made", "待送银行", "?step=made", true}, {allowance.Batches, "sent", "待回盘", "?step=sent", false}, {allowance.Payments, "failed", "失败待重发", "?state=failed", true},
		{allowance.Recoveries, "opened", "追缴待告知", "?step=opened", true}, {allowance.Recoveries, "open", "未追清", "?open=1", false},
		{allowance.Conflicts, "open", "冲突待告知", "?step=found", true}, {allowance.Conflicts, "told", "冲突待选择", "?step=told", false},
	} {
		counts, err := tx.Counts(f.reg)
		if err != nil {
			return b, err
		}
		n := int(counts[f.count])
		b.Figures = append(b.Figures, page.Figure{Label: f.label, Value: strconv.Itoa(n), URL: "/r/" + f.reg + f.query, Tone: urgentIf(f.press && n > 0)})
	}
	return b, nil
}

// monthBlock says of every programme how its latest month stands and what is to
// be done next, and offers to begin the next.
func (v *visit) monthBlock(tx *record.Tx) (page.Block, error) {
	t := page.Table{Caption: "各项目", Columns: []page.Column{{Title: "项目"}, {Title: "在享", Num: true}, {Title: "暂停", Num: true}, {Title: "最近一期"}, {Title: "环节"}, {Title: "人数", Num: true},
		{Title: "应发（元）", Num: true}, {Title: "已发（元）", Num: true}, {Title: "未发成（元）", Num: true}, {Title: "现在要做"}}}
	next := value.MonthOf(v.office.Today())
	for _, code := range allowance.Programmes() {
		last, err := allowance.LastCycle(tx, code)
		if err != nil {
			return page.Block{}, err
		}
		cells, err := v.programmeCells(tx, code, last)
		if err != nil {
			return page.Block{}, err
		}
		t.Rows = append(t.Rows, page.Row{Cells: cells})
		earlier, err := v.openRows(tx, code, last)
		if err != nil {
			return page.Block{}, err
		}
		t.Rows = append(t.Rows, earlier...)
		if last != 0 {
			next = max(next, value.Month((last + 1).String()))
		}
	}
	b := page.Block{Title: "各项目", Table: &t}
	if def, _ := v.office.Book.Registers().Get(allowance.Cycles); tx.MayCreate(def) {
		b.Form = &page.Form{Action: "/allowance/cycle", Sections: []page.Section{{Title: "开一期", Fields: []page.Field{
			{Name: "programme", Label: "项目", Kind: page.KindCode, Tight: true, Required: true, Options: v.options("benefit.programme"), Value: allowance.Programmes()[0]},
			{Name: "month", Label: "月份", Kind: page.KindMonth, Required: true, Value: string(next), Hint: "已经开了的直接打开，不会重复"}}}},
			Buttons: []page.Button{{Text: "试算这一期", Primary: true}}}
	}
	return b, nil
}

// openRows are the earlier months of a programme that are not closed.
func (v *visit) openRows(tx *record.Tx, code string, last benefit.Month) ([]page.Row, error) {
	var out []page.Row
	p, err := tx.List(record.Query{Register: allowance.Cycles, Filters: map[string][]string{"programme": {code}}, Open: true, Limit: 24})
	for _, c := range p.Rows {
		if c.Text("month") >= last.String() {
			continue
		}
		cells, err := v.cycleCells(tx, c.Record)
		if err != nil {
			return nil, err
		}
		out = append(out, page.Row{Cells: append([]page.Cell{{}, {}, {}}, cells...)})
	}
	return out, err
}

// cycleCells say how a cycle stands.
func (v *visit) cycleCells(tx *record.Tx, c *record.Record) ([]page.Cell, error) {
	what, err := v.cycleNext(tx, c)
	people := ""
	if n, ok := c.Values["people"].(float64); ok {
		people = strconv.Itoa(int(n))
	}
	return []page.Cell{{Text: monthOf(c).Title(), URL: recordURL(c.Ref)}, {Text: c.StepLabel()}, {Text: people, Num: true}, yuan(c, "amount"), yuan(c, "paid"), yuan(c, "failed"), what}, err
}

func (v *visit) programmeCells(tx *record.Tx, code string, last benefit.Month) ([]page.Cell, error) {
	cells := []page.Cell{{Text: v.office.Book.CodeLabel("benefit.programme", code), URL: "/r/" + allowance.Members + "?programme=" + code}}
	for _, step := range []string{"active", "paused"} {
		p, err := tx.List(record.Query{Register: allowance.Members, Filters: map[string][]string{"programme": {code}, "step": {step}}, Limit: 1, Count: true})
		if err != nil {
			return nil, err
		}
		cells = append(cells, page.Cell{Text: strconv.Itoa(p.Total), URL: "/r/" + allowance.Members + "?programme=" + code + "&step=" + step, Num: true})
	}
	c, err := allowance.CycleOf(tx, code, last)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return append(cells, page.Cell{Text: "还没有"}, page.Cell{}, page.Cell{}, page.Cell{}, page.Cell{}, page.Cell{}, page.Cell{Text: "开第一期"}), nil
	}
	more, err := v.cycleCells(tx, c)
	return append(cells, more...), err
}

func yuan(r *record.Record, field string) page.Cell {
	n, ok := r.Values[field].(int64)
	if !ok {
		return page.Cell{Num: true}
	}
	return page.Cell{Text: value.FormatMoney(n), Num: true}
}

// cycleNext says what is to be done next with a cycle, and where.
func (v *visit) cycleNext(tx *record.Tx, c *record.Record) (page.Cell, error) {
	next := map[string]string{"draft": "核对差别，送审", "submitted": "另一人批准", "closed": "已关账，可开下一期"}[c.Step]
	if next != "" {
		return page.Cell{Text: next, URL: recordURL(c.Ref)}, nil
	}
	batches, err := tx.Children(allowance.Batches, c.Ref)
	if err != nil {
		return page.Cell{}, err
	}
	for _, b := range batches {
		switch b.Step {
		case "made":
			return page.Cell{Text: "导出代发清单，送银行", URL: recordURL(b.Ref)}, nil
		case "sent":
			return page.Cell{Text: "上传银行回盘", URL: recordURL(b.Ref)}, nil
		}
	}
	if failed, _ := c.Values["failed"].(int64); failed == 0 && len(batches) > 0 {
		return page.Cell{Text: "核对无误，关账", URL: recordURL(c.Ref)}, nil
	}
	return page.Cell{Text: map[bool]string{true: "失败的重发", false: "制单"}[len(batches) > 0], URL: recordURL(c.Ref)}, nil
}

// enrolBlock lists who was granted a programme and is not a member yet.
func (v *visit) enrolBlock(tx *record.Tx) (page.Block, bool, error) {
	def, _ := v.office.Book.Registers().Get(allowance.Members)
	if !tx.MayCreate(def) {
		return page.Block{}, false, nil
	}
	found, err := allowance.Candidates(tx)
	if err != nil || len(found) == 0 {
		return page.Block{}, false, err
	}
	who := page.Field{Name: "source", Label: "认定后还没有入册的", Kind: page.KindCodes}
	for _, c := range found {
		who.Options = append(who.Options, page.Option{Value: c.Source.Ref.String(), Text: tx.SubjectName(c.Source, false) + "　" + v.office.Book.CodeLabel("benefit.programme", c.Programme),
			Note: c.Source.Number + "　认定、审定于" + cmp.Or(c.Source.Text("decision_at"), "（没有日期）")})
		who.Values = append(who.Values, c.Source.Ref.String())
	}
	b := page.Block{ID: "enrol", Title: fmt.Sprintf("待入册（%d）", len(found)), Text: []string{"登记簿里已经认定、审定，还没有列入发放的。入册后从起发月算起，以前月份没有发的自动补发；启用本系统以前已经发过的，填清发到哪个月。"}}
	b.Form = &page.Form{Action: "/allowance/enrol", Sections: []page.Section{{Fields: []page.Field{who,
		{Name: "opening", Label: "以前已发清至", Kind: page.KindMonth, Hint: "这个月及以前不再算；新认定的空着"},
		{Name: "local", Label: "本街道（镇）户籍", Kind: page.KindCode, Tight: true, Options: append([]page.Option{{Value: "", Text: "登记簿里写明的按登记簿"}}, v.options("child.finding")...),
			Hint: "营养津贴的申请没有户籍核实一项，核实过的选“是”；没有核实的不发"}}}}, Buttons: []page.Button{{Text: "入册", Primary: true}}}
	return b, true, nil
}

// typedMonth reads a month from a form.
func (v *visit) typedMonth(name string) (benefit.Month, error) {
	m, err := value.ParseMonth(v.typed.First(name))
	if err != nil {
		return 0, record.Refused(record.CodeInvalid, "%s", err)
	}
	return benefit.ParseMonth(string(m))
}

func (v *visit) openCycle() error {
	if err := v.entitled(allowance.Cycles, access.ActCreate); err != nil {
		return err
	}
	m, err := v.typedMonth("month")
	if err != nil {
		return err
	}
	programme := v.typed.First("programme")
	if v.office.Book.CodeLabel("benefit.programme", programme) == programme {
		return record.Refused(record.CodeInvalid, "请选补贴项目")
	}
	c, err := v.office.Allowance.OpenCycle(v.ctx, v.viewer, programme, m)
	if err != nil {
		return err
	}
	return v.redirect(recordURL(c))
}

func (v *visit) enrol() error {
	if err := v.entitled(allowance.Members, access.ActCreate); err != nil {
		return err
	}
	e := allowance.Entry{Local: v.typed.First("local")}
	if s := v.typed.First("opening"); s != "" {
		m, err := v.typedMonth("opening")
		if err != nil {
			return err
		}
		e.Opening = value.Month(m.String())
	}
	for _, s := range v.typed["source"] {
		at, err := record.ParseRef(s)
		if err != nil {
			return record.Refused(record.CodeInvalid, "没有这条认定")
		}
		e.Sources = append(e.Sources, at)
	}
	if len(e.Sources) == 0 {
		return record.Refused(record.CodeInvalid, "请至少选一人")
	}
	n, err := v.office.Allowance.Enrol(v.ctx, v.viewer, e)
	if err != nil {
		return err
	}
	return v.done("/allowance", fmt.Sprintf("已入册 %d 人", n))
}

func (v *visit) makeBatch() error {
	cycle := record.Ref{Register: allowance.Cycles, ID: v.id("id")}
	made, without, err := v.office.Allowance.MakeBatch(v.ctx, v.viewer, cycle)
	if r, ok := record.AsRefusal(err); ok && r.Code == record.CodeTaken && r.Ref.Register == allowance.Batches {
		return v.done(recordURL(r.Ref), r.Text)
	}
	if err != nil {
		return err
	}
	said := "已制单，请核对账户后导出代发清单"
	if len(without) > 0 {
		said += fmt.Sprintf("；还有 %d 人没有账户，没有列入，登记账户后再制一批", len(without))
	}
	return v.done(recordURL(made), said)
}

func (v *visit) bankFile() error {
	data, b, err := v.office.Allowance.BankFile(v.ctx, v.viewer, record.Ref{Register: allowance.Batches, ID: v.id("id")})
	if err != nil {
		return err
	}
	return v.download("代发清单-"+b.Number+".xlsx", sheetType, data, false)
}

func (v *visit) takeReturn() error {
	at := record.Ref{Register: allowance.Batches, ID: v.id("id")}
	if err := v.entitled(allowance.Batches, access.ActEdit); err != nil {
		return err
	}
	if v.upload == nil || len(v.upload.Data) == 0 {
		return record.Refused(record.CodeInvalid, "请选银行回盘的文件")
	}
	out, err := v.office.Allowance.TakeReturn(v.ctx, v.viewer, at, v.upload.Data)
	if err != nil {
		return err
	}
	said := fmt.Sprintf("回盘已登记：成功 %d 笔，失败 %d 笔", out.Paid, out.Failed)
	if out.Waiting > 0 {
		said += fmt.Sprintf("，还有 %d 笔没有结果", out.Waiting)
	}
	return v.done(recordURL(at), said)
}

func (v *visit) enterPaid() error {
	at := record.Ref{Register: allowance.Restores, ID: v.id("id")}
	if err := v.entitled(allowance.Restores, access.ActEdit); err != nil {
		return err
	}
	m, err := v.typedMonth("month")
	if err != nil {
		return err
	}
	if v.upload == nil || len(v.upload.Data) == 0 {
		return record.Refused(record.CodeInvalid, "请选实际发放的清单")
	}
	n, err := v.office.Allowance.EnterPaid(v.ctx, v.viewer, at, allowance.Late{Programme: v.typed.First("programme"), Month: m, File: v.upload.Data})
	if err != nil {
		return err
	}
	return v.done(recordURL(at), fmt.Sprintf("已补登 %s %d 笔", m.Title(), n))
}
