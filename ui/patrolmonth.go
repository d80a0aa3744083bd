package ui

import (
	"fmt"
	"net/url"
	"strconv"

	"jiezhen/app/access"
	"jiezhen/app/patrol"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/ui/page"
)

// patrolMonth shows how each force did in a month.
func (v *visit) patrolMonth() error {
	view, err := v.patrolDesk("/patrol/month", "巡查月度绩效", "各人应巡、实巡、上报、有效和随手处理；每个数都能点开。过了月末冻结，打印绩效表。")
	if err != nil {
		return err
	}
	month := v.month()
	m, err := v.office.Patrol.MonthOf(v.ctx, v.viewer, month)
	if err != nil {
		return err
	}
	view.Blocks = []page.Block{{Title: "月份", Form: &page.Form{Action: "/patrol/month", Get: true, Sections: []page.Section{{Fields: []page.Field{
		{Name: "month", Label: "月份", Kind: page.KindMonth, Value: string(month)}}}}, Buttons: []page.Button{{Text: "查看"}}}}}
	frozen, err := v.frozenPatrols(m)
	if err != nil {
		return err
	}
	view.Blocks = append(view.Blocks, monthFigures(m), v.personBlock(m), frozen, patrolFormulas())
	return v.desk(view)
}

func findingsURL(m patrol.Month, set string, force uint64) string {
	q := url.Values{"month": {string(m.Month)}, "set": {set}}
	if force != 0 {
		q.Set("force", idOrEmpty(force))
	}
	return "/patrol/month/findings?" + q.Encode()
}

func monthFigures(m patrol.Month) page.Block {
	n := len(m.Findings)
	return page.Block{Title: m.Month.Chinese(), Figures: []page.Figure{
		{Label: "覆盖率", Value: rate.Percent(m.Cover.CellsDone, m.Cover.CellsDue), Note: fmt.Sprintf("%d/%d", m.Cover.CellsDone, m.Cover.CellsDue), URL: "/patrol" + spanQuery(m.Cover.From, m.Cover.To) + "#cells"},
		{Label: "力量人数", Value: strconv.Itoa(len(m.Persons)), URL: "#persons"},
		{Label: "人均问题数", Value: m.Each(), Note: fmt.Sprintf("%d/%d", n, len(m.Persons)), URL: findingsURL(m, "all", 0)},
		{Label: "有效问题率", Value: rate.Percent(m.Valid, n), Note: fmt.Sprintf("%d/%d", m.Valid, n), URL: findingsURL(m, "valid", 0)},
		{Label: "不算有效", Value: strconv.Itoa(n - m.Valid), URL: findingsURL(m, "invalid", 0)},
		{Label: "随手处理率", Value: rate.Percent(m.Fixed, n), Note: fmt.Sprintf("%d/%d", m.Fixed, n), URL: findingsURL(m, "fixed", 0)},
		{Label: "责任空白点位", Value: strconv.Itoa(len(m.Cover.Blank)), URL: "/patrol" + spanQuery(m.Cover.From, m.Cover.To) + "#blank", Tone: urgentIf(len(m.Cover.Blank) > 0)}}}
}

func (v *visit) personBlock(m patrol.Month) page.Block {
	t := page.Table{Caption: "各人", Quiet: true, Columns: []page.Column{{Title: "姓名"}, {Title: "力量"}, {Title: "应巡日", Num: true}, {Title: "实巡日", Num: true}, {Title: "应巡点次", Num: true}, {Title: "已巡点次", Num: true},
		{Title: "上报", Num: true}, {Title: "有效", Num: true}, {Title: "随手处理", Num: true}, {Title: "重复提示", Num: true}, {Title: "抽查", Num: true}, {Title: "不合格", Num: true}},
		Empty: page.Empty{Text: "这个月还没有任务，也没有巡查记录。"}}
	num := func(n int, link string) page.Cell { return page.Cell{Text: strconv.Itoa(n), URL: link, Num: true} }
	for _, p := range m.Persons {
		id := idOrEmpty(p.Force.ID)
		slots := func(set string) string {
			return "/patrol/slots" + spanQuery(m.Cover.From, m.Cover.To, "force", id, "set", set)
		}
		calls := "/patrol/calls" + spanQuery(m.Cover.From, m.Cover.To, "force", id)
		failed := num(p.Failed, calls)
		failed.Tone = urgentIf(p.Failed > 0)
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{forceCell(p.Force), {Text: v.office.Book.CodeLabel("force.kind", p.Force.Kind)}, num(p.Days, slots("all")), num(p.DaysKept, slots("kept")),
			num(p.Slots, slots("all")), num(p.Kept, slots("kept")), num(len(p.Found), findingsURL(m, "all", p.Force.ID)), num(p.Valid, findingsURL(m, "valid", p.Force.ID)), num(p.Fixed, findingsURL(m, "fixed", p.Force.ID)),
			num(p.Twice, "/patrol"+spanQuery(m.Cover.From, m.Cover.To)+"#twice"), num(p.Sampled, calls), failed}})
	}
	return page.Block{ID: "persons", Title: fmt.Sprintf("各人（%d）", len(m.Persons)), Table: &t}
}

// frozenPatrols says how the month was frozen, or offers to freeze it.
func (v *visit) frozenPatrols(m patrol.Month) (page.Block, error) {
	b := page.Block{Title: "月末冻结与绩效表"}
	def, _ := v.office.Book.Registers().Get(patrol.Months)
	if !record.MayUse(v.viewer, def, access.ActRead) {
		b.Text = []string{"由街道冻结和打印。"}
		return b, nil
	}
	old, err := v.office.Patrol.Frozen(v.ctx, v.viewer, m.Month)
	if err != nil {
		return b, err
	}
	switch {
	case old != nil:
		b.Text = []string{fmt.Sprintf("已于%s冻结，口径版本 %s；上面是按现在的记录算的，与冻结数不同的，是冻结以后又有改动。", old.Created.Chinese(), old.Text("version"))}
		b.Buttons = []page.Button{{Text: "看冻结的绩效表 " + old.Number, URL: recordURL(old.Ref)}}
	case v.office.Book.Today() < m.Month.First().AddMonths(1):
		b.Text = []string{"这个月还没有过完，月末以后可以冻结。"}
	case record.MayCreate(v.viewer, def):
		b.Text = []string{"冻结后，各人的数和逐件判定都存下来，不再随记录变动；绩效表从冻结的数打印。"}
		b.Form = &page.Form{Action: "/patrol/freeze", Hidden: []page.Pair{{Name: "month", Value: string(m.Month)}}, Buttons: []page.Button{{Text: "冻结" + m.Month.Chinese(), Primary: true}}}
	default:
		b.Text = []string{"还没有冻结，由平安建设办负责人冻结。"}
	}
	return b, nil
}

func (v *visit) freezePatrols() error {
	if err := v.entitled(patrol.Rounds, access.ActRead); err != nil {
		return err
	}
	ref, err := v.office.Patrol.Freeze(v.ctx, v.viewer, v.month())
	if err != nil {
		return err
	}
	return v.done(recordURL(ref), "已冻结"+v.month().Chinese()+"巡查绩效")
}

// monthFindings lists the findings behind a figure of a month.
func (v *visit) monthFindings() error {
	view, err := v.patrolDesk("/patrol/month", "巡查发现明细", "")
	if err != nil {
		return err
	}
	m, err := v.office.Patrol.MonthOf(v.ctx, v.viewer, v.month())
	if err != nil {
		return err
	}
	set, list := or(v.query("set"), "all"), m.Findings
	if f := v.query("force"); f != "" {
		list = nil
		for _, p := range m.Persons {
			if idOrEmpty(p.Force.ID) == f {
				list = p.Found
			}
		}
	}
	t := page.Table{Caption: "巡查发现", Quiet: true, Columns: []page.Column{{Title: "编号"}, {Title: "发现"}, {Title: "日期"}, {Title: "发现人"}, {Title: "判定"}, {Title: "案件"}}, Empty: page.Empty{Text: "没有。"}}
	n := 0
	err = v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		for _, f := range list {
			words, valid := v.office.Patrol.Stands(f)
			if set == "valid" && !valid || set == "invalid" && valid || set == "fixed" && f.Step != "fixed" {
				continue
			}
			if n++; n > behindShown {
				continue
			}
			c := page.Cell{}
			if f.Case != 0 {
				ref := record.Ref{Register: "governance.case", ID: f.Case}
				c = page.Cell{Text: tx.Label(ref, false), URL: recordURL(ref)}
			}
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: f.Number, URL: recordURL(f.Ref())}, {Text: f.Title}, {Text: string(f.On)}, {Text: f.Who}, {Text: words}, c}})
		}
		return nil
	})
	if err != nil {
		return err
	}
	words := map[string]string{"all": "上报问题", "valid": "有效问题", "invalid": "不算有效的", "fixed": "随手处理的"}[set]
	view.Blocks = []page.Block{{Title: m.Month.Chinese() + "：" + words, Text: append([]string{fmt.Sprintf("共 %d 件。", n)}, shownOf(n)...), Table: &t, Buttons: []page.Button{{Text: "返回月度绩效", URL: "/patrol/month?month=" + string(m.Month)}}}}
	return v.desk(view)
}

// samples proposes which rounds a supervisor looks into.
func (v *visit) samples() error {
	view, err := v.patrolDesk("/patrol/sample", "监督抽查", "每人每周按比例抽，抽到哪趟由程序定；上一次抽查不合格的加倍。谁登记的谁不能抽。")
	if err != nil {
		return err
	}
	week := v.patrolMonday()
	if v.query("week") == "" {
		week = week.AddDays(-7)
	}
	list, err := v.office.Patrol.Samples(v.ctx, v.viewer, week)
	if err != nil {
		return err
	}
	t := page.Table{Caption: "各人", Quiet: true, Columns: []page.Column{{Title: "姓名"}, {Title: "力量"}, {Title: "趟次", Num: true}, {Title: "比例", Num: true}, {Title: "应抽", Num: true}, {Title: "已抽", Num: true}, {Title: "建议抽"}}, Empty: page.Empty{Text: "这一周没有巡查记录。"}}
	wanted, looked, rounds := 0, 0, 0
	for _, s := range list {
		wanted, looked, rounds = wanted+s.Wanted, looked+s.Looked, rounds+len(s.Rounds)
		percent := page.Cell{Text: fmt.Sprintf("%d%%", s.Percent), Num: true}
		if s.Again {
			percent.Note, percent.Tone = "上次不合格，加倍", page.ToneWarn
		}
		proposed := page.Cell{Text: "已抽够"}
		for i, r := range s.Proposed {
			one := page.Cell{Text: string(r.Date) + " " + r.Number, URL: recordURL(r.Ref())}
			if i == 0 {
				proposed = one
				continue
			}
			proposed.More = append(proposed.More, one)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{forceCell(s.Force), {Text: v.office.Book.CodeLabel("force.kind", s.Force.Kind)}, {Text: strconv.Itoa(len(s.Rounds)), Num: true}, percent,
			{Text: strconv.Itoa(s.Wanted), Num: true}, {Text: strconv.Itoa(s.Looked), Num: true}, proposed}})
	}
	view.Blocks = []page.Block{{Title: week.Chinese() + "起一周", Figures: []page.Figure{{Label: "趟次", Value: strconv.Itoa(rounds)}, {Label: "应抽", Value: strconv.Itoa(wanted)},
		{Label: "已抽", Value: strconv.Itoa(looked), Note: rate.Percent(looked, rounds)}, {Label: "还差", Value: strconv.Itoa(max(0, wanted-looked)), Tone: urgentIf(wanted > looked)}},
		Text: []string{"点开建议抽的那趟，到现场核对后登记“抽查合格”或“抽查不合格”。"}, Table: &t,
		Buttons: []page.Button{{Text: "上一周", URL: "/patrol/sample?week=" + string(week.AddDays(-7))}, {Text: "下一周", URL: "/patrol/sample?week=" + string(week.AddDays(7))},
			{Text: "看抽查不合格的", URL: "/r/" + patrol.Rounds + "?step=failed"}}}}
	return v.desk(view)
}

// suspects lists complaints about points that a round had found in order just
// before.
func (v *visit) suspects() error {
	view, err := v.patrolDesk("/patrol/review", "漏报复核", "巡查说没有问题，过几天就有人投诉同一点位：是当时漏报，还是后来才有，由人看了定。")
	if err != nil {
		return err
	}
	list, err := v.office.Patrol.Suspects(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	def, _ := v.office.Book.Registers().Get(patrol.Reviews)
	may := record.MayCreate(v.viewer, def)
	done := page.Table{Caption: "已复核", Quiet: true, Columns: []page.Column{{Title: "工单"}, {Title: "点位"}, {Title: "巡查"}, {Title: "结论"}}, Empty: page.Empty{Text: "还没有。"}}
	open := 0
	err = v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		for _, s := range list {
			order, err := tx.Open(s.Order)
			if _, refused := record.AsRefusal(err); refused {
				continue
			}
			if err != nil {
				return err
			}
			if s.Verdict != "" {
				done.Rows = append(done.Rows, page.Row{Cells: []page.Cell{{Text: record.LabelOf(order), Note: order.Text("external"), URL: recordURL(s.Order)}, pointCell(s.Point), roundCell(s.Round), {Text: v.office.Book.CodeLabel("patrol.review", s.Verdict)}}})
				continue
			}
			if open++; open <= suspectsShown {
				view.Blocks = append(view.Blocks, v.suspectBlock(s, order, may))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	head := page.Block{Title: fmt.Sprintf("待复核（%d）", open), Text: []string{"近两个月的工单里提到点位名称或“群众常用的叫法”，且此前规定日数内的最近一次有效到点没有发现问题的。"}}
	if open > suspectsShown {
		head.Text = append(head.Text, fmt.Sprintf("先列最近的 %d 件，办一件补一件。", suspectsShown))
	}
	view.Blocks = append([]page.Block{head}, view.Blocks...)
	view.Blocks = append(view.Blocks, page.Block{Title: fmt.Sprintf("已复核（%d）", len(done.Rows)), Folded: true, Table: &done, Buttons: []page.Button{{Text: "看复核登记", URL: "/r/" + patrol.Reviews}}})
	return v.desk(view)
}

// suspectsShown is how many complaints wait on one page.
const suspectsShown = 20

func (v *visit) suspectBlock(s patrol.Suspect, order *record.Record, may bool) page.Block {
	b := page.Block{Title: s.Point.Name + "：" + record.LabelOf(order), Facts: []page.Fact{
		{Label: "工单", Value: page.Cell{Text: order.Text("external"), URL: recordURL(s.Order), Note: order.Text("dispatched_at")}},
		{Label: "诉求", Value: page.Cell{Text: order.Text("content")}},
		{Label: "此前的巡查", Value: page.Cell{Text: s.Round.Who + " " + string(s.Round.Date), Note: fmt.Sprintf("%d 天前，没有发现问题", s.Days), URL: recordURL(s.Round.Ref())}}}}
	if may {
		b.Form = &page.Form{Action: "/patrol/review", Hidden: []page.Pair{{Name: "order", Value: idOrEmpty(s.Order.ID)}, {Name: "point", Value: idOrEmpty(s.Point.ID)}, {Name: "round", Value: idOrEmpty(s.Round.ID)}},
			Sections: []page.Section{{Fields: []page.Field{{Name: "verdict", Label: "结论", Kind: page.KindCode, Required: true, Options: v.options("patrol.review")}, {Name: "note", Label: "说明", Kind: page.KindText, Required: true, Limit: 200}}}},
			Buttons:  []page.Button{{Text: "登记结论"}}}
	}
	return b
}

func (v *visit) judgeSuspect() error {
	if err := v.entitled(patrol.Reviews, access.ActCreate); err != nil {
		return err
	}
	id := func(name string) uint64 { n, _ := strconv.ParseUint(v.typed.First(name), 10, 64); return n }
	_, err := v.office.Patrol.Judge(v.ctx, v.viewer, patrol.Judgement{Order: id("order"), Point: id("point"), Round: id("round"), Verdict: v.typed.First("verdict"), Note: v.typed.First("note")})
	if err != nil {
		return err
	}
	return v.done("/patrol/review", "已登记复核结论")
}
