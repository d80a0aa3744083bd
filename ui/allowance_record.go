package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/allowance"
	"jiezhen/app/benefit"
	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// allowanceBlocks is what a record of allowances shows beside its fields.
func (v *visit) allowanceBlocks(tx *record.Tx, r *record.Record) ([]page.Block, error) {
	switch r.Register {
	case allowance.Cycles:
		return v.cycleBlocks(tx, r)
	case allowance.Batches:
		return v.batchBlocks(tx, r)
	case allowance.Members:
		return v.memberBlocks(tx, r)
	case allowance.Restores:
		return v.restoredBlocks(tx, r), nil
	case allowance.Growths:
		return v.growthBlocks(r)
	}
	return nil, nil
}

// allowanceTitle heads the page of a month or a batch: which programme, which
// month. Other records go by their register.
func (v *visit) allowanceTitle(r *record.Record) string {
	of := func() string {
		return v.office.Book.CodeLabel("benefit.programme", r.Text("programme")) + "　" + monthOf(r).Title()
	}
	switch r.Register {
	case allowance.Cycles:
		return of()
	case allowance.Batches:
		n, _ := r.Values["attempt"].(float64)
		return fmt.Sprintf("%s　第%d次发放", of(), int(n))
	}
	return ""
}

// statesShown is how many members a cycle's page lists of each kind; the rest
// stands on a page of its own.
const statesShown = 60

func monthOf(r *record.Record) benefit.Month {
	m, err := benefit.ParseMonth(r.Text("month"))
	if err != nil {
		return 0
	}
	return m
}

// cycleBlocks is the dry run while a cycle is a draft, what was sent up while
// it waits, and the batches once it is approved.
func (v *visit) cycleBlocks(tx *record.Tx, r *record.Record) ([]page.Block, error) {
	switch r.Step {
	case "approved", "closed":
		return v.paidBlocks(tx, r)
	case "dropped":
		return nil, nil
	}
	run, err := v.office.Allowance.Reckon(v.ctx, r.Text("programme"), monthOf(r))
	if err != nil {
		return nil, err
	}
	head := v.runBlock(r, run)
	if r.Step == "submitted" {
		f, err := allowance.Thaw(tx, r)
		if err != nil {
			return nil, err
		}
		head.Text = append(head.Text, fmt.Sprintf("送审时冻结 %d 行。批准的是冻结的那一份；下面是现在重算的，若与冻结的不同，批准时会被拦下，要退回重算。", len(f.Lines)))
	}
	stop, err := allowance.Locked(tx)
	if err != nil {
		return nil, err
	}
	for _, p := range stop {
		head.Notices = append(head.Notices, page.Notice{Tone: page.ToneUrgent, Text: p.Text, Links: []page.Link{{Text: "去核对", URL: p.Link}}})
	}
	out := []page.Block{head}
	for _, c := range allowance.Changes {
		if c == allowance.Same || c == allowance.Idle || run.Of(c) == 0 {
			continue
		}
		out = append(out, v.stateBlock(tx, r, run, c, statesShown))
	}
	if extra := v.extraBlock(tx, run); extra.Table != nil {
		out = append(out, extra)
	}
	if earlier := v.earlierBlock(tx, run); earlier.Table != nil {
		out = append(out, earlier)
	}
	return out, nil
}

// runBlock sums a run up.
func (v *visit) runBlock(r *record.Record, run *allowance.Run) page.Block {
	all := "/allowance/cycle/" + idOrEmpty(r.ID)
	b := page.Block{ID: "run", Title: run.Month.Title() + "试算", Figures: []page.Figure{{Label: "应发人数", Value: strconv.Itoa(run.People)}, {Label: "应发合计（元）", Value: allowance.Money(run.Pay)},
		{Label: "其中补发（元）", Value: allowance.Money(run.Arrears)}, {Label: "转追缴（元）", Value: allowance.Money(run.Back), Tone: urgentIf(run.Back > 0)}}}
	for _, c := range allowance.Changes {
		b.Figures = append(b.Figures, page.Figure{Label: string(c), Value: strconv.Itoa(run.Of(c)), URL: all + "?set=" + string(c), Tone: urgentIf(c == allowance.Unsettled && run.Of(c) > 0)})
	}
	for _, code := range run.Examples {
		b.Notices = append(b.Notices, page.Notice{Tone: page.ToneWarn, Text: "标准“" + v.office.Book.CodeLabel("benefit.standard", code) + "”还是示例，不能送审，只能打样张。请录入文号，由另一人复核。",
			Links: []page.Link{{Text: "录入标准", URL: "/r/" + allowance.Standards + "/new?code=" + code}, {Text: "看标准", URL: "/r/" + allowance.Standards}}})
	}
	if n := missingAccounts(run); n > 0 {
		b.Notices = append(b.Notices, page.Notice{Tone: page.ToneWarn, Text: fmt.Sprintf("%d 人应发而没有账户：可以批准，制单时先不列入，主档登记账户后再制一批。", n)})
	}
	if r.Step == "draft" {
		b.Text = append(b.Text, "下面是与上月的差别，每人写明为什么。核对无误后点“送审”，由另一人批准；送审以前改登记簿、账户、标准，回到这里就是重算的结果。")
	}
	b.Buttons = []page.Button{{Text: "打样张（不作发放依据）", URL: all + "/sample.pdf"}, {Text: "逐人看全部", URL: all}}
	return b
}

func missingAccounts(run *allowance.Run) (n int) {
	for _, s := range run.States {
		if s.NoAccount && s.Now > 0 {
			n++
		}
	}
	return n
}

// stateBlock lists the members that come out in one way, with the reason.
func (v *visit) stateBlock(tx *record.Tx, r *record.Record, run *allowance.Run, c allowance.Change, most int) page.Block {
	t := page.Table{Caption: string(c), Columns: []page.Column{{Title: "儿童"}, {Title: "上月（元）", Num: true}, {Title: "本月（元）", Num: true}, {Title: "为什么"}}}
	n := 0
	for _, s := range run.States {
		if s.Change != c {
			continue
		}
		if n++; n > most {
			continue
		}
		t.Rows = append(t.Rows, page.Row{Cells: v.stateCells(tx, s)})
	}
	b := page.Block{ID: string(c), Title: fmt.Sprintf("%s（%d）", c, n), Table: &t}
	if n > most {
		b.Text = []string{fmt.Sprintf("只列前 %d 人。", most)}
		b.Buttons = []page.Button{{Text: "看全部", URL: "/allowance/cycle/" + idOrEmpty(r.ID) + "?set=" + string(c)}}
	}
	if c == allowance.Unsettled {
		b.Text = append(b.Text, "这些人本期先不发也不追，由人核实后改登记簿；核实清楚的，以后自动补发。")
	}
	return b
}

func (v *visit) stateCells(tx *record.Tx, s allowance.State) []page.Cell {
	who := page.Cell{Text: tx.Label(record.Ref{Register: record.Persons, ID: s.Person}, false), URL: recordURL(record.Ref{Register: allowance.Members, ID: s.Member})}
	why := page.Cell{Text: s.Why}
	for _, o := range s.Open {
		why.More = append(why.More, page.Cell{Text: o, Tone: page.ToneWarn})
	}
	if len(s.Open) > 0 {
		why.Text = "要核实："
		if !s.Source.Zero() {
			why.More = append(why.More, page.Cell{Text: "打开登记簿", URL: recordURL(s.Source)})
		}
	}
	if s.NoAccount && s.Now > 0 {
		who.Note = "没有账户"
	}
	return []page.Cell{who, {Text: allowance.Money(s.Last), Num: true}, {Text: allowance.Money(s.Now), Num: true}, why}
}

// extraBlock lists arrears and recoveries, each with its reason.
func (v *visit) extraBlock(tx *record.Tx, run *allowance.Run) page.Block {
	t := page.Table{Caption: "补发与追缴", Columns: []page.Column{{Title: "儿童"}, {Title: "所属月份"}, {Title: "种类"}, {Title: "金额（元）", Num: true}, {Title: "为什么"}}}
	n := 0
	for _, l := range run.Lines {
		if l.Kind == benefit.Regular {
			continue
		}
		if n++; n > 2*statesShown {
			continue
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: tx.Label(record.Ref{Register: record.Persons, ID: l.Person}, false), URL: recordURL(record.Ref{Register: allowance.Members, ID: l.Member})},
			{Text: l.Of.Title()}, {Text: string(l.Kind), Badge: true, Tone: page.ToneWarn}, {Text: allowance.Money(l.Amount), Num: true}, {Text: l.Why}}})
	}
	if n == 0 {
		return page.Block{}
	}
	b := page.Block{ID: "extra", Title: fmt.Sprintf("补发与追缴（%d 行）", n), Table: &t}
	if n > 2*statesShown {
		b.Text = []string{fmt.Sprintf("只列前 %d 行；批准后在应发明细里可以看全部。", 2*statesShown)}
	}
	return b
}

// earlierBlock lists earlier months that were passed over because nobody knows,
// while this month itself is settled.
func (v *visit) earlierBlock(tx *record.Tx, run *allowance.Run) page.Block {
	t := page.Table{Caption: "以前没有算的月份", Columns: []page.Column{{Title: "儿童"}, {Title: "哪些月份、为什么"}}}
	for _, s := range run.States {
		if len(s.Earlier) > 0 && len(t.Rows) < statesShown {
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: tx.Label(record.Ref{Register: record.Persons, ID: s.Person}, false), URL: recordURL(record.Ref{Register: allowance.Members, ID: s.Member})},
				{Text: strings.Join(s.Earlier, "；")}}})
		}
	}
	if len(t.Rows) == 0 {
		return page.Block{}
	}
	return page.Block{ID: "earlier", Title: "以前没有算的月份", Text: []string{"本月照发；这些月份缺了依据，既没有发也没有算，补全以后自动补发。"}, Table: &t}
}

// paidBlocks says how an approved cycle goes out.
func (v *visit) paidBlocks(tx *record.Tx, r *record.Record) ([]page.Block, error) {
	batches, err := tx.Children(allowance.Batches, r.Ref)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(batches, func(a, b *record.Record) int { return int(a.ID) - int(b.ID) })
	t := page.Table{Caption: "批次", Columns: []page.Column{{Title: "批次"}, {Title: "第几次", Num: true}, {Title: "环节"}, {Title: "人数", Num: true}, {Title: "金额（元）", Num: true}, {Title: "成功（元）", Num: true}, {Title: "失败（元）", Num: true}},
		Empty: page.Empty{Text: "还没有制单。"}}
	busy, live := false, 0
	for _, b := range batches {
		if b.Step != "dropped" {
			live++
		}
		busy = busy || b.Step == "made" || b.Step == "sent"
		attempt, _ := b.Values["attempt"].(float64)
		people, _ := b.Values["people"].(float64)
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: b.Number, URL: recordURL(b.Ref)}, {Text: strconv.Itoa(int(attempt)), Num: true}, {Text: b.StepLabel()}, {Text: strconv.Itoa(int(people)), Num: true},
			yuan(b, "amount"), yuan(b, "paid"), yuan(b, "failed")}})
	}
	out := page.Block{ID: "batches", Title: "发放批次", Table: &t, Buttons: []page.Button{{Text: "看应发明细", URL: "/r/" + allowance.Lines + "?cycle=" + idOrEmpty(r.ID)}}}
	def, _ := v.office.Book.Registers().Get(allowance.Batches)
	left, counted := r.Values["failed"].(int64)
	if r.Step == "approved" && !busy && tx.MayCreate(def) && (!counted || left > 0) {
		word := "制单"
		if len(batches) > 0 {
			word = "失败的、补了账户的再制一批"
		}
		out.Form = &page.Form{Action: "/allowance/cycle/" + idOrEmpty(r.ID) + "/batch", Buttons: []page.Button{{Text: word, Primary: true}}}
	}
	if r.Step == "approved" {
		out.Text = []string{paidHint(live, busy, counted, left)}
	}
	return []page.Block{out}, nil
}

// paidHint says what is to be done next with an approved month.
func paidHint(batches int, busy, counted bool, left int64) string {
	switch {
	case batches == 0:
		return "名册已经冻结。先制单，再到批次里导出代发清单、出具花名册，送银行。"
	case busy:
		return "有批次还在办，点批次编号打开它接着办：送银行，或上传回盘。"
	case counted && left > 0:
		return "还有 " + value.FormatMoney(left) + " 元没有发成。账户改好以后再制一批；发不出去的，由科室负责人用“没发成的不再发，转下期重算”，或者“带未发成关账”。"
	}
	return "全部发成。与银行对账单核对后关账。"
}

// cycleMembers lists everybody in a cycle, or those who come out in one way.
func (v *visit) cycleMembers() error {
	var view page.DeskView
	err := v.office.Book.Show(v.ctx, v.viewer, record.Ref{Register: allowance.Cycles, ID: v.id("id")}, func(tx *record.Tx, r *record.Record) error {
		run, err := v.office.Allowance.Reckon(v.ctx, r.Text("programme"), monthOf(r))
		if err != nil {
			return err
		}
		title := v.office.Book.CodeLabel("benefit.programme", r.Text("programme")) + "　" + run.Month.Title()
		view = page.DeskView{Frame: v.frame(title, "与上月逐人对照，每人写明规则和依据。")}
		view.Crumbs = []page.Link{{Text: "津贴发放", URL: "/allowance"}, {Text: r.Number, URL: recordURL(r.Ref)}}
		at := "/allowance/cycle/" + idOrEmpty(r.ID)
		view.Tabs = []page.Filter{{Text: "全部", URL: at, Current: v.query("set") == ""}}
		for _, c := range allowance.Changes {
			view.Tabs = append(view.Tabs, page.Filter{Text: fmt.Sprintf("%s %d", c, run.Of(c)), URL: at + "?set=" + string(c), Current: v.query("set") == string(c)})
			if (v.query("set") == "" || v.query("set") == string(c)) && run.Of(c) > 0 {
				view.Blocks = append(view.Blocks, v.stateBlock(tx, r, run, c, 20000))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.desk(view)
}

// sampleRoll prints the dry run as a paper that pays nothing.
func (v *visit) sampleRoll() error {
	var data []byte
	var name string
	err := v.office.Book.Show(v.ctx, v.viewer, record.Ref{Register: allowance.Cycles, ID: v.id("id")}, func(tx *record.Tx, r *record.Record) error {
		run, err := v.office.Allowance.Reckon(v.ctx, r.Text("programme"), monthOf(r))
		if err != nil {
			return err
		}
		name = "样张-" + r.Number + ".pdf"
		data, err = v.office.PrintSample(v.ctx, r, run, func(person uint64) string {
			return tx.Label(record.Ref{Register: record.Persons, ID: person}, false)
		}, v.viewer.Name)
		return err
	})
	if err != nil {
		return err
	}
	return v.download(name, "application/pdf", data, true)
}

// batchBlocks lists a batch's payments, what is doubtful about their accounts,
// and the way to the bank and back.
func (v *visit) batchBlocks(tx *record.Tx, r *record.Record) ([]page.Block, error) {
	all, err := allowance.PaymentsOf(tx, r.Ref)
	if err != nil {
		return nil, err
	}
	at := "/allowance/batch/" + idOrEmpty(r.ID)
	var out []page.Block
	payments, _ := v.office.Book.Registers().Get(allowance.Payments)
	if (r.Step == "made" || r.Step == "sent") && record.MayUse(v.viewer, payments, access.ActExport) {
		out = append(out, page.Block{ID: "bank", Title: "送银行", Text: []string{"导出代发清单交银行，送出后点“登记已送银行”。清单里有完整户名、账号，谁导出过记在日志里。正式花名册在“文书”里出具，金额有大写和每页小计。"},
			Form: &page.Form{Action: at + "/bank.xlsx", Buttons: []page.Button{{Text: "导出代发清单（Excel）", Primary: r.Step == "made"}}}})
	}
	if (r.Step == "sent" || r.Step == "returned") && tx.Verdict(r, access.ActEdit) == access.Allowed {
		out = append(out, page.Block{ID: "return", Title: "银行回盘", Folded: r.Step == "returned", Text: []string{"Excel 或 CSV，要有账号、金额、结果三列，结果写成功或失败；有“付款编号”列的按编号对。可以只有一部分，没有结果的留着；同一份再传不会重复。退汇的，结果写退汇再传一次。"},
			Form: &page.Form{Action: at + "/return", Files: true, Sections: []page.Section{{Fields: []page.Field{{Name: "file", Label: "回盘文件", Kind: page.KindFile, Accept: ".xlsx,.csv", Required: true}}}},
				Buttons: []page.Button{{Text: "上传回盘", Primary: r.Step == "sent"}}}})
	}
	list, err := v.paymentBlock(tx, all)
	return append(out, list), err
}

func (v *visit) paymentBlock(tx *record.Tx, all []*record.Record) (page.Block, error) {
	doubts, err := allowance.AccountDoubts(tx, all)
	if err != nil {
		return page.Block{}, err
	}
	t := page.Table{Caption: "付款", Columns: []page.Column{{Title: "付款编号"}, {Title: "儿童"}, {Title: "户名"}, {Title: "账号"}, {Title: "金额（元）", Num: true}, {Title: "结果"}, {Title: "账户核对"}}}
	for _, p := range all {
		if tx.Verdict(p, access.ActRead) != access.Allowed {
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: p.Number, URL: recordURL(p.Ref)}, {Text: tx.SubjectName(p, true)}, {Mask: true}, {Mask: true}, yuan(p, "amount"), {Text: v.office.Book.CodeLabel("benefit.payment.state", p.Text("state"))}, {}}})
			continue
		}
		state := page.Cell{Text: v.office.Book.CodeLabel("benefit.payment.state", p.Text("state")), Note: p.Text("result"), Tone: urgentIf(p.Text("state") == "failed")}
		doubt := page.Cell{Text: doubts[p.ID]}
		if doubt.Text != "" {
			doubt.Tone = page.ToneWarn
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: p.Number, URL: recordURL(p.Ref)}, {Text: tx.SubjectName(p, false), URL: recordURL(record.Ref{Register: allowance.Members, ID: p.RefID("member")})}, {Text: p.Text("payee_name")},
			{Text: value.Mask(value.KindBankCard, p.Text("account"))}, yuan(p, "amount"), state, doubt}})
	}
	b := page.Block{ID: "payments", Title: fmt.Sprintf("付款（%d 笔）", len(all)), Table: &t}
	if len(doubts) > 0 {
		b.Notices = []page.Notice{{Tone: page.ToneWarn, Text: fmt.Sprintf("%d 个账户要看一看（只提醒，不拦）；要改账号的，在领款人主档里填变更单。", len(doubts))}}
	}
	return b, nil
}

// whyMonths is how many months a membership's page explains.
const whyMonths = 12

// memberBlocks says month by month what is due and why, in words that can be
// read to a parent, and what has been approved and paid.
func (v *visit) memberBlocks(tx *record.Tx, r *record.Record) ([]page.Block, error) {
	now, err := benefit.ParseMonth(string(value.MonthOf(v.office.Today())))
	if err != nil {
		return nil, err
	}
	months, book, err := v.office.Allowance.Why(tx, r, now+1, whyMonths+1)
	if err != nil {
		return nil, err
	}
	lines, err := tx.Find(allowance.Lines, "member", idOrEmpty(r.ID))
	if err != nil {
		return nil, err
	}
	paid := map[string][]string{}
	for _, l := range lines {
		if l.Text("state") != "void" {
			n, _ := l.Values["amount"].(int64)
			word := v.office.Book.CodeLabel("benefit.kind", l.Text("kind")) + " " + value.FormatMoney(n) + "（" + v.office.Book.CodeLabel("benefit.line.state", l.Text("state")) + "）"
			paid[l.Text("month")] = append(paid[l.Text("month")], word)
		}
	}
	t := page.Table{Caption: "逐月说明", Columns: []page.Column{{Title: "月份"}, {Title: "结论"}, {Title: "已批准、发放"}, {Title: "为什么（可以念给家长听）"}}}
	for _, run := range alike(months, book) {
		last, first := run[0], run[len(run)-1]
		var done []page.Cell
		for _, e := range run {
			for _, w := range paid[e.Month.String()] {
				done = append(done, page.Cell{Text: e.Month.String() + " " + w})
			}
		}
		span := last.Month.Title()
		if len(run) > 1 {
			span = first.Month.Title() + "至" + span
		}
		tone := map[benefit.Tri]page.Tone{benefit.Yes: page.ToneGood, benefit.No: page.ToneMuted, benefit.Unknown: page.ToneWarn}[last.Verdict]
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: span}, {Text: last.Verdict.String(), Tone: tone}, {More: done}, {Text: span + "，" + sayOf(last, book)}}})
	}
	return []page.Block{{ID: "why", Title: "逐月说明", Text: []string{"按现在登记的情况算到下个月；已批准的月份以应发明细为准。"}, Table: &t,
		Buttons: []page.Button{{Text: "看全部应发明细", URL: "/r/" + allowance.Lines + "?subject=" + idOrEmpty(r.Subject)}}}}, nil
}

// sayOf is what is said of a month, without the month.
func sayOf(e benefit.Entitlement, book *benefit.Book) string {
	return strings.TrimPrefix(book.Explain(e), e.Month.Title()+"，")
}

// alike puts months in a row of which the same is said together, the newest
// first.
func alike(months []benefit.Entitlement, book *benefit.Book) (out [][]benefit.Entitlement) {
	said := ""
	for i, e := range months {
		now := sayOf(e, book)
		if i == 0 || now != said {
			out = append(out, nil)
		}
		said = now
		out[len(out)-1] = append(out[len(out)-1], e)
	}
	return out
}

// restoredBlocks offers to enter what was really paid after the backup.
func (v *visit) restoredBlocks(tx *record.Tx, r *record.Record) []page.Block {
	if r.Step != "open" || tx.Verdict(r, access.ActEdit) != access.Allowed {
		return nil
	}
	return []page.Block{{ID: "late", Title: "补登实际发放", Text: []string{"备份之后真正发出去的，把当时的代发清单（户名、账号、金额三列）一期一期传上来，按实际记账，不再重发。没有发过的，在“核对完毕”里写明，由另一人同意后解除锁定。"},
		Form: &page.Form{Action: "/allowance/restored/" + idOrEmpty(r.ID) + "/paid", Files: true, Sections: []page.Section{{Fields: []page.Field{
			{Name: "programme", Label: "项目", Kind: page.KindCode, Tight: true, Required: true, Options: v.options("benefit.programme"), Value: allowance.Programmes()[0]},
			{Name: "month", Label: "所属月份", Kind: page.KindMonth, Required: true}, {Name: "file", Label: "实际发放清单", Kind: page.KindFile, Accept: ".xlsx,.csv", Required: true}}}},
			Buttons: []page.Button{{Text: "补登"}}}}}
}

// growthBlocks is how the standard has stood so far.
func (v *visit) growthBlocks(r *record.Record) ([]page.Block, error) {
	t := page.Table{Caption: "历年标准", Columns: []page.Column{{Title: "生效月"}, {Title: "失效月"}, {Title: "标准（元）", Num: true}, {Title: "文号"}, {Title: "状态"}}, Empty: page.Empty{Text: "还没有这项标准。"}}
	var most int64 = 1
	var bars []page.Bar
	for _, s := range v.office.Book.Policy().Standards() {
		if s.Code == r.Text("code") {
			most = max(most, s.Amount)
		}
	}
	for _, s := range v.office.Book.Policy().Standards() {
		if s.Code != r.Text("code") {
			continue
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: string(s.From)}, {Text: string(s.To)}, {Text: value.FormatMoney(s.Amount), Num: true}, {Text: s.Basis}, {Text: string(s.State)}}})
		bars = append(bars, page.Bar{Label: string(s.From) + " 起", Value: value.FormatMoney(s.Amount), Part: float64(s.Amount) / float64(most)})
	}
	return []page.Block{{ID: "history", Title: "历年标准", Table: &t, Bars: bars}}, nil
}

// allowanceFacts is what a person's page says of allowances, to who may see
// amounts.
func (v *visit) allowanceFacts(tx *record.Tx, person *record.Record) (page.ValueSection, bool, error) {
	s := page.ValueSection{ID: "allowance", Title: "津贴"}
	def, _ := v.office.Book.Registers().Get(allowance.Members)
	if !record.MayUse(v.viewer, def, access.ActRead) {
		return s, false, nil
	}
	members, err := tx.Find(allowance.Members, "person", idOrEmpty(person.ID))
	if err != nil {
		return s, false, err
	}
	now, err := benefit.ParseMonth(string(value.MonthOf(v.office.Today())))
	if err != nil {
		return s, false, err
	}
	for _, m := range members {
		if m.Subject != person.ID || tx.Verdict(m, access.ActRead) != access.Allowed {
			continue
		}
		months, book, err := v.office.Allowance.Why(tx, m, now, 1)
		if err != nil {
			return s, false, err
		}
		why := ""
		if len(months) > 0 {
			why = book.Explain(months[0])
		}
		s.Notes = append(s.Notes, page.Fact{Label: v.office.Book.CodeLabel("benefit.programme", m.Text("programme")) + "（" + m.StepLabel() + "）", Value: page.Cell{Text: why, URL: recordURL(m.Ref)}})
	}
	return s, len(s.Notes) > 0, nil
}
