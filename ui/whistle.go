package ui

import (
	"fmt"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/deadline"
	"jiezhen/app/hotline"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/sheet"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

func whistleRoutes() []Route {
	return []Route{
		get("/whistle", (*visit).whistles),
		get("/whistle/rows", (*visit).whistleRows),
		get("/whistle/quarter.xlsx", (*visit).whistleWorkbook),
	}
}

// whistleBlocks is what a whistle's page shows beside its fields: its arrival
// clock, and earlier whistles about what may be the same matter.
func (v *visit) whistleBlocks(tx *record.Tx, r *record.Record) ([]page.Block, error) {
	clock, err := hotline.WhistleClock(tx, r)
	if err != nil {
		return nil, err
	}
	out := []page.Block{v.clockBlock(r, []deadline.Clock{clock})}
	now := v.office.Book.Now()
	if hotline.Unanswered(r, now) {
		text := "已过应到场时间，还没有部门报到。请催办；仍不来的，“未报到上报区里”。"
		if at := r.Text("escalated_at"); at != "" {
			text = "已过应到场时间，还没有部门报到；" + at + "已上报区里。"
		}
		out[0].Notices = []page.Notice{{Tone: page.ToneUrgent, Text: text}}
	}
	if !r.Open() {
		return out, nil
	}
	same, err := hotline.SameWhistles(tx, r)
	if err != nil || len(same) == 0 {
		return out, err
	}
	t := page.Table{Caption: "可能是同一件事", Quiet: true, Columns: []page.Column{{Title: "哨号"}, {Title: "事由"}, {Title: "地点"}, {Title: "吹哨时间"}, {Title: "环节"}}}
	for _, w := range same {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: w.Number, URL: recordURL(w.Ref)}, {Text: w.Text("title")}, {Text: w.Text("address")}, {Text: w.Text("blown_at")}, {Text: w.StepLabel()}}})
	}
	return append(out, page.Block{Title: "可能重复的哨", Table: &t, Text: []string{"是一件事的，点“并入前一哨（重复）”，并错了可以撤销；程序不会自己并。"}}), nil
}

// quarterAsked reads which quarter the page is about: this one unless said.
func (v *visit) quarterAsked() value.Date {
	today := v.office.Book.Today()
	if d, err := value.ParseDate(v.query("from"), today); err == nil {
		return hotline.QuarterFrom(d)
	}
	return hotline.QuarterFrom(today)
}

func quarterName(from value.Date) string {
	return fmt.Sprintf("%d年第%s季度", from.Year(), []string{"一", "二", "三", "四"}[(from.Month()-1)/3])
}

// whistles is the quarterly table with the departments' ranking.
func (v *visit) whistles() error {
	if err := v.entitled(hotline.Whistles, access.ActRead); err != nil {
		return err
	}
	q, err := v.office.Hotline.QuarterOf(v.ctx, v.viewer, v.quarterAsked())
	if err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("吹哨季报与部门响应榜", "吹了多少哨、部门来没来、来得及时不及时、解决了没有；每个数都能点开。"), Actions: []page.Button{
		{Text: "上一季", URL: "/whistle?from=" + string(q.From.AddMonths(-3))}, {Text: "下一季", URL: "/whistle?from=" + string(q.From.AddMonths(3))},
		{Text: "导出（Excel）", URL: "/whistle/quarter.xlsx?from=" + string(q.From)}, {Text: "新吹一哨", URL: "/r/" + hotline.Whistles + "/new"}}}
	view.Blocks = []page.Block{v.quarterFigures(q), responderBlock(q)}
	return v.desk(view)
}

func (v *visit) quarterFigures(q hotline.Quarter) page.Block {
	rows := func(set string) string { return "/whistle/rows?from=" + string(q.From) + "&set=" + set }
	n := len(q.Whistles)
	b := page.Block{Title: quarterName(q.From), Figures: []page.Figure{{Label: "吹哨数", Value: strconv.Itoa(n), URL: rows("all")},
		{Label: "报到率", Value: rate.Percent(q.Came, q.Due), Note: fmt.Sprintf("%d/%d", q.Came, q.Due), URL: rows("came")},
		{Label: "按时率", Value: rate.Percent(q.OnTime, q.Due), Note: fmt.Sprintf("%d/%d", q.OnTime, q.Due), URL: rows("on-time")},
		{Label: "办结", Value: strconv.Itoa(q.Finished), URL: rows("finished")},
		{Label: "解决率", Value: rate.Percent(q.Solved, q.Finished), Note: fmt.Sprintf("%d/%d", q.Solved, q.Finished), URL: rows("solved")},
		{Label: "上报区里", Value: strconv.Itoa(len(q.Members("escalated"))), URL: rows("escalated"), Tone: urgentIf(len(q.Members("escalated")) > 0)}}}
	for _, o := range v.options("whistle.kind") {
		b.Figures = append(b.Figures, page.Figure{Label: o.Text, Value: strconv.Itoa(q.Kinds[o.Value]), URL: rows(o.Value)})
	}
	b.Text = []string{fmt.Sprintf("报到率、按时率按主责部门、到了应到场时间的哨算；已并入前一哨的 %d 个和已撤的不重复算；解决率是已解决÷已办结。", q.Joined)}
	return b
}

func responderBlock(q hotline.Quarter) page.Block {
	t := page.Table{Caption: "部门响应榜", Quiet: true, Columns: []page.Column{{Title: "名次", Num: true}, {Title: "部门"}, {Title: "被吹哨", Num: true}, {Title: "报到", Num: true}, {Title: "按时", Num: true}, {Title: "按时率", Num: true}, {Title: "未报到", Num: true}, {Title: "街道评部门", Num: true}, {Title: "部门评街道", Num: true}},
		Empty: page.Empty{Text: "这个季度没有吹哨。"}}
	for i, r := range q.Units {
		link := func(state string) string {
			return fmt.Sprintf("/whistle/rows?from=%s&unit=%d&state=%s", q.From, r.Unit, state)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: strconv.Itoa(i + 1), Num: true}, {Text: r.Name}, {Text: strconv.Itoa(len(r.Asked)), URL: link(""), Num: true}, {Text: strconv.Itoa(r.Came), URL: link("came"), Num: true},
			{Text: strconv.Itoa(r.OnTime), URL: link("on-time"), Num: true}, {Text: rate.Percent(r.OnTime, len(r.Asked)), Num: true},
			{Text: strconv.Itoa(r.Missed), URL: link("absent"), Num: true, Tone: urgentIf(r.Missed > 0)}, {Text: scoreWords(r.Score), Num: true}, {Text: scoreWords(r.Back), Num: true}}})
	}
	return page.Block{ID: "units", Title: "部门响应榜", Table: &t, Text: []string{"主责和配合都算；按时率高的在前，一样的看街道评分。"}}
}

func scoreWords(x float64) string {
	if x == 0 {
		return "—"
	}
	return fmt.Sprintf("%.1f", x)
}

// asked are the departments on whistles behind a figure of the ranking.
func asked(q hotline.Quarter, unit, state string) (string, []hotline.Asked) {
	for _, r := range q.Units {
		if idOrEmpty(r.Unit) != unit {
			continue
		}
		var out []hotline.Asked
		for _, a := range r.Asked {
			if state == "" || state == a.State || state == "came" && (a.State == "on-time" || a.State == "late") {
				out = append(out, a)
			}
		}
		return r.Name, out
	}
	return "", nil
}

var askedWords = map[string]string{"": "全部", "came": "已报到", "on-time": "按时报到", "late": "报到迟了", "absent": "未报到", "waiting": "还没到时间"}

// whistleRows lists the whistles behind a figure.
func (v *visit) whistleRows() error {
	if err := v.entitled(hotline.Whistles, access.ActRead); err != nil {
		return err
	}
	q, err := v.office.Hotline.QuarterOf(v.ctx, v.viewer, v.quarterAsked())
	if err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("吹哨明细", "")}
	view.Crumbs = []page.Link{{Text: "吹哨季报与部门响应榜", URL: "/whistle?from=" + string(q.From)}}
	t := page.Table{Caption: "吹哨", Quiet: true, Columns: []page.Column{{Title: "哨号"}, {Title: "事由"}, {Title: "哨型"}, {Title: "主责或配合"}, {Title: "应到场"}, {Title: "到场"}, {Title: "判定"}, {Title: "环节"}}, Empty: page.Empty{Text: "没有。"}}
	title := quarterName(q.From)
	line := func(w *record.Record, role, at, state string) {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: w.Number, URL: recordURL(w.Ref)}, {Text: w.Text("title")}, {Text: v.office.Book.CodeLabel("whistle.kind", w.Text("kind"))}, {Text: role},
			{Text: w.Text("arrive_due")}, {Text: at}, {Text: state, Tone: urgentIf(state == "未报到")}, {Text: w.StepLabel()}}})
	}
	if unit := v.query("unit"); unit != "" {
		name, list := asked(q, unit, v.query("state"))
		title += "：" + name + "　" + askedWords[v.query("state")]
		for _, a := range list {
			line(a.Whistle, map[bool]string{true: "主责", false: "配合"}[a.Lead], clockTime(a.At), askedWords[a.State])
		}
	} else {
		for _, w := range q.Members(or(v.query("set"), "all")) {
			state := "还没报到"
			if onTime, judged := w.Values["on_time"].(bool); judged {
				state = map[bool]string{true: "按时报到", false: "报到迟了"}[onTime]
			} else if hotline.Unanswered(w, v.office.Book.Now()) {
				state = "未报到"
			}
			line(w, "主责", w.Text("arrived_at"), state)
		}
	}
	view.Blocks = []page.Block{{Title: title, Text: []string{fmt.Sprintf("共 %d 个。", len(t.Rows))}, Table: &t}}
	return v.desk(view)
}

// whistleWorkbook is the quarterly table as a workbook.
func (v *visit) whistleWorkbook() error {
	if err := v.entitled(hotline.Whistles, access.ActExport); err != nil {
		return err
	}
	q, err := v.office.Hotline.QuarterOf(v.ctx, v.viewer, v.quarterAsked())
	if err != nil {
		return err
	}
	var lines [][]string
	for i, r := range q.Units {
		lines = append(lines, []string{strconv.Itoa(i + 1), r.Name, strconv.Itoa(len(r.Asked)), strconv.Itoa(r.Came), strconv.Itoa(r.OnTime), rate.Percent(r.OnTime, len(r.Asked)), strconv.Itoa(r.Missed), scoreWords(r.Score), scoreWords(r.Back)})
	}
	lines = append(lines, []string{"合计", fmt.Sprintf("吹哨%d", len(q.Whistles)), "", strconv.Itoa(q.Came), strconv.Itoa(q.OnTime), rate.Percent(q.OnTime, q.Due), strconv.Itoa(q.Due - q.Came), "解决率", rate.Percent(q.Solved, q.Finished)})
	data, err := sheet.List(v.office.Book.Profile().TownName+" "+quarterName(q.From)+"部门响应榜", strings.Split("名次,部门,被吹哨,报到,按时,按时率,未报到,街道评部门,部门评街道", ","), lines)
	if err != nil {
		return err
	}
	if err := v.office.Book.Log(v.ctx, v.viewer, "export", record.Ref{Register: hotline.Whistles}, map[string]any{"purpose": quarterName(q.From) + "部门响应榜", "rows": strconv.Itoa(len(lines))}); err != nil {
		return err
	}
	return v.download("部门响应榜-"+string(q.From)+".xlsx", sheetType, data, false)
}
