package ui

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/patrol"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

func patrolRoutes() []Route {
	upload := post("/patrol/upload", (*visit).uploadRoutes)
	upload.Limit = uploadLimit
	return []Route{
		get("/patrol", (*visit).coverage),
		get("/patrol/calls", (*visit).calls),
		get("/patrol/slots", (*visit).slots),
		post("/patrol/sheet", (*visit).coverSheet),
		get("/patrol/week", (*visit).patrolWeek),
		post("/patrol/week", (*visit).drawWeek),
		post("/patrol/week/issue", (*visit).issueWeek),
		get("/patrol/week.xlsx", (*visit).routeWorkbook),
		get("/patrol/week.pdf", (*visit).routePapers),
		upload,
		get("/patrol/entry", (*visit).routeEntry),
		post("/patrol/entry", (*visit).enterRoutes),
		get("/patrol/month", (*visit).patrolMonth),
		get("/patrol/month/findings", (*visit).monthFindings),
		post("/patrol/freeze", (*visit).freezePatrols),
		get("/patrol/sample", (*visit).samples),
		get("/patrol/review", (*visit).suspects),
		post("/patrol/review", (*visit).judgeSuspect),
	}
}

var patrolTabs = []page.Filter{{Text: "覆盖与漏巡", URL: "/patrol"}, {Text: "一周任务与补录", URL: "/patrol/week"}, {Text: "月度绩效", URL: "/patrol/month"},
	{Text: "监督抽查", URL: "/patrol/sample"}, {Text: "漏报复核", URL: "/patrol/review"}}

// patrolDesk is the frame of the pages of patrols, for who works with them.
func (v *visit) patrolDesk(at, title, lead string) (page.DeskView, error) {
	view := page.DeskView{Frame: v.frame(title, lead)}
	for _, t := range patrolTabs {
		t.Current = t.URL == at
		view.Tabs = append(view.Tabs, t)
	}
	return view, v.entitled(patrol.Rounds, access.ActRead)
}

// span reads from which day to which the page looks; unless said, the last
// seven days up to yesterday, for today's sheets are still out.
func (v *visit) span() (from, to value.Date) {
	today := v.office.Book.Today()
	from, to = today.AddDays(-7), today.AddDays(-1)
	if d, err := value.ParseDate(v.query("from"), today); err == nil {
		from = d
	}
	if d, err := value.ParseDate(v.query("to"), today); err == nil {
		to = d
	}
	if to < from {
		from, to = to, from
	}
	if from < to.AddDays(-spanMost) {
		from = to.AddDays(-spanMost)
	}
	return from, to
}

// spanMost is how many days one page looks over.
const spanMost = 92

func spanQuery(from, to value.Date, more ...string) string {
	q := url.Values{"from": {string(from)}, "to": {string(to)}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return "?" + q.Encode()
}

// coverage is the page of what was covered and what was not.
func (v *visit) coverage() error {
	view, err := v.patrolDesk("/patrol", "巡查覆盖与漏巡", "先看漏巡：该巡没巡的点位、谁负责、漏了几天；再看没覆盖的网格。每个数都能点开。")
	if err != nil {
		return err
	}
	from, to := v.span()
	c, err := v.office.Patrol.Cover(v.ctx, v.viewer, from, to)
	if err != nil {
		return err
	}
	view.Blocks = []page.Block{{Title: "范围", Form: &page.Form{Action: "/patrol", Get: true, Sections: []page.Section{{Fields: []page.Field{
		{Name: "from", Label: "自", Kind: page.KindDate, Value: string(from)}, {Name: "to", Label: "至", Kind: page.KindDate, Value: string(to)}}}}, Buttons: []page.Button{{Text: "查看"}}}}}
	view.Blocks = append(view.Blocks, coverFigures(c), v.gapBlock(c), cellBlock(c), v.twiceBlock(c), overBlock(c), blankBlock(c), v.sheetBlock(c), patrolFormulas())
	return v.desk(view)
}

func coverFigures(c patrol.Cover) page.Block {
	list := func(set string) string { return "/patrol/calls" + spanQuery(c.From, c.To, "set", set) }
	slots := func(set string) string { return "/patrol/slots" + spanQuery(c.From, c.To, "set", set) }
	b := page.Block{Title: c.From.Chinese() + "至" + c.To.Chinese(), Figures: []page.Figure{
		{Label: "网格覆盖率", Value: rate.Percent(c.CellsDone, c.CellsDue), URL: "#cells", Note: fmt.Sprintf("%d/%d", c.CellsDone, c.CellsDue)},
		{Label: "未覆盖网格", Value: strconv.Itoa(c.CellsDue - c.CellsDone), URL: "#cells", Tone: urgentIf(c.CellsDue > c.CellsDone)},
		{Label: "漏巡点位", Value: strconv.Itoa(len(c.Gaps)), URL: "#gaps", Tone: urgentIf(len(c.Gaps) > 0)},
		{Label: "应巡点次", Value: strconv.Itoa(c.Slots), URL: slots("all")},
		{Label: "已巡点次", Value: strconv.Itoa(c.Kept), URL: slots("kept"), Note: rate.Percent(c.Kept, c.Slots)},
		{Label: "巡查趟次", Value: strconv.Itoa(len(c.Rounds)), URL: list("all")},
		{Label: "发现问题", Value: strconv.Itoa(c.Found), URL: list("found")},
		{Label: "随手处理", Value: strconv.Itoa(c.Fixed), URL: list("fixed"), Note: rate.Percent(c.Fixed, c.Found)},
		{Label: "责任空白点位", Value: strconv.Itoa(len(c.Blank)), URL: "#blank", Tone: urgentIf(len(c.Blank) > 0)}}}
	if c.NoTable {
		b.Notices = []page.Notice{{Tone: page.ToneWarn, Text: "这段日子里有的年份没有节假日表，工作日暂按周一至周五算。", Links: []page.Link{{Text: "看节假日", URL: "/settings/holidays"}}}}
	}
	return b
}

// behindShown is how many rows a block of these pages lists.
const behindShown = 200

func shownOf(n int) []string {
	if n > behindShown {
		return []string{fmt.Sprintf("只列前 %d 行，共 %d 行。", behindShown, n)}
	}
	return nil
}

func pointCell(p *patrol.Point) page.Cell {
	if p == nil {
		return page.Cell{Text: "（点位已删）"}
	}
	return page.Cell{Text: p.Name, URL: recordURL(record.Ref{Register: patrol.Points, ID: p.ID})}
}

func forceCell(f *patrol.Force) page.Cell {
	return page.Cell{Text: f.Name, URL: recordURL(record.Ref{Register: patrol.Forces, ID: f.ID})}
}

func roundCell(r *patrol.Round) page.Cell {
	return page.Cell{Text: r.Number, URL: recordURL(r.Ref())}
}

func cellName(c patrol.Cell) page.Cell {
	return page.Cell{Text: or(c.Name, "未填网格"), Note: c.Code}
}

// levelTones is how a level of supervision presses.
var levelTones = map[string]page.Tone{"yellow": page.ToneWarn, "orange": page.ToneWarn, "red": page.ToneUrgent, "district": page.ToneUrgent}

func (v *visit) gapBlock(c patrol.Cover) page.Block {
	t := v.gapTable(c.Gaps[:min(behindShown, len(c.Gaps))])
	return page.Block{ID: "gaps", Title: fmt.Sprintf("漏巡清单（%d）", len(c.Gaps)), Table: &t, Text: append([]string{"到了该巡的日子、至今还没有一次有效到点的。补巡一次就从这里去掉。"}, shownOf(len(c.Gaps))...)}
}

func (v *visit) gapTable(gaps []patrol.Gap) page.Table {
	t := page.Table{Caption: "漏巡清单", Quiet: true, Columns: []page.Column{{Title: "督办"}, {Title: "点位"}, {Title: "网格"}, {Title: "谁负责"}, {Title: "频次"}, {Title: "应巡"}, {Title: "已漏", Num: true}, {Title: "上次有效"}},
		Empty: page.Empty{Text: "没有漏巡的点位。"}}
	for _, g := range gaps {
		level := page.Cell{Text: v.office.Book.CodeLabel("patrol.supervise", g.Level), Tone: levelTones[g.Level], Badge: g.Level != ""}
		force := forceCell(g.Force)
		force.Note = v.office.Book.CodeLabel("force.kind", g.Force.Kind)
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{level, pointCell(g.Point), cellName(g.Cell), force, {Text: g.Every}, {Text: string(g.Due), Note: fmt.Sprintf("过了%d天", g.Late)},
			{Text: fmt.Sprintf("%d 次", g.Missed), Num: true}, {Text: or(string(g.Last), "近期没有")}}})
	}
	return t
}

func cellBlock(c patrol.Cover) page.Block {
	t := page.Table{Caption: "各网格", Quiet: true, Columns: []page.Column{{Title: "网格"}, {Title: "覆盖"}, {Title: "应巡点次", Num: true}, {Title: "已巡点次", Num: true}, {Title: "有效到点", Num: true}},
		Empty: page.Empty{Text: "还没有点位。", Links: []page.Link{{Text: "登记巡查点位", URL: "/r/" + patrol.Points + "/new"}}}}
	var missed, rest []page.Row
	for _, cell := range c.Cells {
		id := idOrEmpty(cell.ID)
		row := page.Row{Cells: []page.Cell{cellName(cell.Cell), {Text: cell.State(), Tone: urgentIf(cell.State() == "漏巡"), Badge: true},
			{Text: strconv.Itoa(cell.Due), URL: "/patrol/slots" + spanQuery(c.From, c.To, "cell", id), Num: true},
			{Text: strconv.Itoa(cell.Kept), URL: "/patrol/slots" + spanQuery(c.From, c.To, "cell", id, "set", "kept"), Num: true},
			{Text: strconv.Itoa(cell.Valid), URL: "/patrol/calls" + spanQuery(c.From, c.To, "cell", id, "set", "valid"), Num: true}}}
		if cell.State() == "漏巡" {
			missed = append(missed, row)
			continue
		}
		rest = append(rest, row)
	}
	t.Rows = append(missed, rest...)
	return page.Block{ID: "cells", Title: fmt.Sprintf("各网格（%d）", len(c.Cells)), Table: &t}
}

func (v *visit) twiceBlock(c patrol.Cover) page.Block {
	t := page.Table{Caption: "重复巡查", Quiet: true, Columns: []page.Column{{Title: "日期"}, {Title: "点位"}, {Title: "先到"}, {Title: "后到"}, {Title: "相隔", Num: true}}, Empty: page.Empty{Text: "没有。"}}
	who := func(r *patrol.Round) page.Cell {
		return page.Cell{Text: r.Who, Note: v.office.Book.CodeLabel("force.kind", r.Kind) + " " + r.Number, URL: recordURL(r.Ref())}
	}
	for _, x := range c.Twice[:min(behindShown, len(c.Twice))] {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: string(x.A.Date)}, pointCell(x.Point), who(x.A), who(x.B), {Text: fmt.Sprintf("%d 分钟", x.Apart), Num: true}}})
	}
	return page.Block{ID: "twice", Title: fmt.Sprintf("重复巡查提示（%d）", len(c.Twice)), Folded: true, Table: &t,
		Text: append([]string{"同一点位、同一时段有几支力量先后到。长期这样的，请在点位里合并成一支来巡，或在任务单里错开日子。"}, shownOf(len(c.Twice))...)}
}

func overBlock(c patrol.Cover) page.Block {
	t := page.Table{Caption: "巡查过密的点位", Quiet: true, Columns: []page.Column{{Title: "点位"}, {Title: "网格"}, {Title: "应巡", Num: true}, {Title: "有效到点", Num: true}}, Empty: page.Empty{Text: "没有。"}}
	for _, o := range c.Over[:min(behindShown, len(c.Over))] {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{pointCell(o.Point), cellName(o.Cell), {Text: strconv.Itoa(o.Due), Num: true},
			{Text: strconv.Itoa(o.Valid), URL: "/patrol/calls" + spanQuery(c.From, c.To, "point", idOrEmpty(o.Point.ID), "set", "valid"), Num: true}}})
	}
	return page.Block{Title: fmt.Sprintf("巡查过密的点位（%d）", len(c.Over)), Folded: true, Table: &t, Text: []string{"到的次数远多于应巡的，可以把人匀到漏巡的点位去。"}}
}

func blankBlock(c patrol.Cover) page.Block {
	t := page.Table{Caption: "责任空白点位", Quiet: true, Columns: []page.Column{{Title: "点位"}, {Title: "编号"}, {Title: "办理"}}, Empty: page.Empty{Text: "每个点位都有在岗的力量负责。"}}
	for _, p := range c.Blank[:min(behindShown, len(c.Blank))] {
		ref := record.Ref{Register: patrol.Points, ID: p.ID}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{pointCell(p), {Text: p.Number}, {Text: "指定力量", URL: recordURL(ref) + "/edit#forces"}}})
	}
	return page.Block{ID: "blank", Title: fmt.Sprintf("责任空白点位（%d）", len(c.Blank)), Folded: len(c.Blank) == 0, Table: &t}
}

// sheetBlock offers the daily and the weekly sheet.
func (v *visit) sheetBlock(c patrol.Cover) page.Block {
	b := page.Block{Title: "巡查监督全覆盖日报、周报", Buttons: []page.Button{{Text: "看出过的", URL: "/r/" + patrol.Covers}}}
	def, _ := v.office.Book.Registers().Get(patrol.Covers)
	if !record.MayCreate(v.viewer, def) {
		b.Text = []string{"由街道经办出具。"}
		return b
	}
	b.Text = []string{"出了以后数字固定，可以打印签字；一天（一周）只出一份，过完才能出。"}
	b.Form = &page.Form{Action: "/patrol/sheet", Sections: []page.Section{{Fields: []page.Field{
		{Name: "span", Label: "日周报", Kind: page.KindCode, Options: v.options("patrol.span"), Value: "day"},
		{Name: "from", Label: "哪天（周报填那一周的任一天）", Kind: page.KindDate, Value: string(c.To)}}}}, Buttons: []page.Button{{Text: "出报表"}}}
	return b
}

func patrolFormulas() page.Block {
	b := page.Block{Title: "这些数怎么算的", Folded: true}
	for _, f := range patrol.Formulas {
		b.Facts = append(b.Facts, page.Fact{Label: f.Title, Value: page.Cell{Text: f.Words}})
	}
	b.Facts = append(b.Facts, page.Fact{Label: "口径版本", Value: page.Cell{Text: patrol.Version + "；停留时长、频次、督办天数都是参数（示例或待核）", URL: "/settings"}})
	return b
}

func (v *visit) coverSheet() error {
	if err := v.entitled(patrol.Rounds, access.ActRead); err != nil {
		return err
	}
	from, err := value.ParseDate(v.typed.First("from"), v.office.Book.Today())
	if err != nil {
		return record.Refused(record.CodeInvalid, "请填日期，如 2026-03-02")
	}
	ref, err := v.office.Patrol.Sheet(v.ctx, v.viewer, v.typed.First("span"), from)
	if err != nil {
		return err
	}
	return v.done(recordURL(ref), "已出报表，可以打印")
}

// calls lists the calls behind a figure.
func (v *visit) calls() error {
	view, err := v.patrolDesk("/patrol", "到点明细", "")
	if err != nil {
		return err
	}
	from, to := v.span()
	c, err := v.office.Patrol.Cover(v.ctx, v.viewer, from, to)
	if err != nil {
		return err
	}
	set := or(v.query("set"), "all")
	t := page.Table{Caption: "到点", Quiet: true, Columns: []page.Column{{Title: "日期"}, {Title: "到"}, {Title: "点位"}, {Title: "姓名"}, {Title: "结果"}, {Title: "是否有效"}, {Title: "巡查记录"}}, Empty: page.Empty{Text: "没有。"}}
	n := 0
	for _, call := range c.Calls {
		if !v.callAsked(set, call) {
			continue
		}
		if n++; n > behindShown {
			continue
		}
		valid := page.Cell{Text: "有效"}
		if call.Visit.Invalid != "" {
			valid = page.Cell{Text: call.Visit.Invalid, Tone: page.ToneWarn}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: string(call.Round.Date)}, {Text: dayClock(call.Visit.At)}, pointCell(call.Point), {Text: call.Round.Who},
			{Text: or(v.office.Book.CodeLabel("patrol.result", call.Visit.Result), "没写")}, valid, roundCell(call.Round)}})
	}
	words := map[string]string{"all": "全部到点", "valid": "有效到点", "found": "发现问题的", "fixed": "随手处理的", "invalid": "不算有效的"}[set]
	view.Blocks = []page.Block{{Title: from.Chinese() + "至" + to.Chinese() + "：" + words, Text: append([]string{fmt.Sprintf("共 %d 次。", n)}, shownOf(n)...), Table: &t,
		Buttons: []page.Button{{Text: "返回覆盖与漏巡", URL: "/patrol" + spanQuery(from, to)}}}}
	return v.desk(view)
}

// callAsked reports whether a call is one of those asked for.
func (v *visit) callAsked(set string, c patrol.Call) bool {
	if p := v.query("point"); p != "" && (c.Point == nil || p != idOrEmpty(c.Point.ID)) {
		return false
	}
	if cell := v.query("cell"); cell != "" && (c.Point == nil || cell != idOrEmpty(c.Point.Cell)) {
		return false
	}
	if f := v.query("force"); f != "" && f != idOrEmpty(c.Round.Force) {
		return false
	}
	switch set {
	case "valid":
		return c.Visit.Invalid == ""
	case "invalid":
		return c.Visit.Invalid != ""
	case "found":
		return c.Visit.Problems
	case "fixed":
		return c.Visit.Result == patrol.Fixed
	}
	return true
}

// dayClock writes a minute of the day.
func dayClock(minute int) string {
	if minute < 0 {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", minute/60, minute%60)
}

// slots lists the calls that were due behind a figure.
func (v *visit) slots() error {
	view, err := v.patrolDesk("/patrol", "应巡明细", "")
	if err != nil {
		return err
	}
	from, to := v.span()
	slots, err := v.office.Patrol.Slots(v.ctx, v.viewer, from, to)
	if err != nil {
		return err
	}
	set := or(v.query("set"), "all")
	t := page.Table{Caption: "应巡", Quiet: true, Columns: []page.Column{{Title: "应在此前"}, {Title: "点位"}, {Title: "网格"}, {Title: "谁负责"}, {Title: "巡了没有"}}, Empty: page.Empty{Text: "没有。"}}
	n := 0
	for _, s := range slots {
		if set == "kept" && !s.Done || set == "missed" && s.Done || v.query("cell") != "" && v.query("cell") != idOrEmpty(s.Point.Cell) || v.query("force") != "" && v.query("force") != idOrEmpty(s.Force.ID) {
			continue
		}
		if n++; n > behindShown {
			continue
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: string(s.Due)}, pointCell(s.Point), cellName(v.office.Patrol.CellOf(s.Point)), forceCell(s.Force), v.slotCell(s)}})
	}
	words := map[string]string{"all": "应巡", "kept": "已巡", "missed": "没有巡"}[set]
	view.Blocks = []page.Block{{Title: from.Chinese() + "至" + to.Chinese() + "：" + words + "的点次", Text: append([]string{fmt.Sprintf("共 %d 点次。", n)}, shownOf(n)...), Table: &t,
		Buttons: []page.Button{{Text: "全部", URL: "/patrol/slots" + v.slotQuery("all")}, {Text: "只看没有巡的", URL: "/patrol/slots" + v.slotQuery("missed")}, {Text: "返回覆盖与漏巡", URL: "/patrol" + spanQuery(from, to)}}}}
	return v.desk(view)
}

func (v *visit) slotQuery(set string) string {
	from, to := v.span()
	more := []string{"set", set}
	for _, k := range []string{"cell", "force"} {
		if x := v.query(k); x != "" {
			more = append(more, k, x)
		}
	}
	return spanQuery(from, to, more...)
}

// slotCell says how a due call stands, with the way to the calls of that day.
func (v *visit) slotCell(s patrol.Slot) page.Cell {
	switch today := v.office.Book.Today(); {
	case s.Done:
		monday := patrol.MondayOf(s.Due)
		return page.Cell{Text: "已巡", URL: "/patrol/calls" + spanQuery(monday, monday.AddDays(6), "point", idOrEmpty(s.Point.ID), "force", idOrEmpty(s.Force.ID))}
	case s.Due >= today:
		return page.Cell{Text: "待巡"}
	}
	return page.Cell{Text: "没有巡", Tone: page.ToneWarn}
}

// patrolBlock is what the morning page says of patrols: cells nobody has been
// to in the last working days, and the worst gaps.
func (v *visit) patrolBlock() (page.Block, bool, error) {
	def, ok := v.office.Book.Registers().Get(patrol.Rounds)
	if !ok || !record.MayUse(v.viewer, def, access.ActRead) {
		return page.Block{}, false, nil
	}
	today := v.office.Book.Today()
	c, err := v.office.Patrol.Cover(v.ctx, v.viewer, today.AddDays(-7), today.AddDays(-1))
	if err != nil || len(c.Cells) == 0 && len(c.Blank) == 0 {
		return page.Block{}, false, err
	}
	urgent := 0
	for _, g := range c.Gaps {
		if levelTones[g.Level] == page.ToneUrgent {
			urgent++
		}
	}
	var missed []string
	for _, cell := range c.Cells {
		if cell.State() == "漏巡" {
			missed = append(missed, or(cell.Name, cell.Code))
		}
	}
	t := v.absenceTable(c.Gaps)
	b := page.Block{ID: "cover", Title: "巡查覆盖（前七天）", Table: &t, Figures: []page.Figure{
		{Label: "网格覆盖率", Value: rate.Percent(c.CellsDone, c.CellsDue), Note: fmt.Sprintf("%d/%d", c.CellsDone, c.CellsDue), URL: "/patrol#cells"},
		{Label: "未覆盖网格", Value: strconv.Itoa(len(missed)), URL: "/patrol#cells", Tone: urgentIf(len(missed) > 0)},
		{Label: "漏巡点位", Value: strconv.Itoa(len(c.Gaps)), URL: "/patrol#gaps", Tone: urgentIf(len(c.Gaps) > 0)},
		{Label: "红色督办", Value: strconv.Itoa(urgent), URL: "/patrol#gaps", Tone: urgentIf(urgent > 0)}},
		Buttons: []page.Button{{Text: "看全部漏巡", URL: "/patrol"}}}
	if len(missed) > 0 {
		b.Text = []string{"没有覆盖的网格：" + strings.Join(missed[:min(12, len(missed))], "、") + map[bool]string{true: "等", false: ""}[len(missed) > 12] + "。"}
	}
	return b, true, nil
}

// gapsOnMorning is how many forces with gaps the morning page lists.
const gapsOnMorning = 8

// absenceTable is the gaps by who left them, worst first: one line a person,
// because one who is ill leaves all of theirs.
func (v *visit) absenceTable(gaps []patrol.Gap) page.Table {
	t := page.Table{Caption: "谁漏了哪里", Quiet: true, Columns: []page.Column{{Title: "督办"}, {Title: "谁负责"}, {Title: "漏巡点位", Num: true}, {Title: "哪些"}, {Title: "最久", Num: true}, {Title: "上次有效"}},
		Empty: page.Empty{Text: "没有漏巡的点位。"}}
	by, order := map[uint64][]patrol.Gap{}, []uint64(nil)
	for _, g := range gaps { // longest first
		if by[g.Force.ID] == nil {
			order = append(order, g.Force.ID)
		}
		by[g.Force.ID] = append(by[g.Force.ID], g)
	}
	for _, id := range order[:min(gapsOnMorning, len(order))] {
		worst, names := by[id][0], []string(nil)
		for _, g := range by[id] {
			names = append(names, g.Point.Name)
		}
		which := strings.Join(names[:min(3, len(names))], "、")
		if len(names) > 3 {
			which += "等"
		}
		force := forceCell(worst.Force)
		force.Note = v.office.Book.CodeLabel("force.kind", worst.Force.Kind) + "，" + worst.Every
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: v.office.Book.CodeLabel("patrol.supervise", worst.Level), Tone: levelTones[worst.Level], Badge: worst.Level != ""}, force,
			{Text: strconv.Itoa(len(names)), Num: true, URL: "/patrol#gaps"}, {Text: which}, {Text: fmt.Sprintf("%d 天", worst.Late), Num: true}, {Text: or(string(worst.Last), "近期没有")}}})
	}
	return t
}
