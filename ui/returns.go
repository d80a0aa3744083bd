package ui

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/returns"
	"jiezhen/app/sheet"
	"jiezhen/ui/page"
)

func returnRoutes() []Route {
	return []Route{
		get("/returns", (*visit).returnsOffered),
		get("/returns/:return", (*visit).returnSheet),
		get("/returns/:return/rows", (*visit).returnRows),
		get("/returns/:return/sheet.xlsx", (*visit).returnWorkbook),
		post("/returns/:return/freeze", (*visit).freezeReturn),
	}
}

// period reads which period the page is about: the current month unless said.
func (v *visit) period() returns.Period {
	if p, err := returns.ParsePeriod(or(v.query("period"), v.typed.First("period"))); err == nil {
		return p
	}
	return returns.PeriodOf(returns.Month, v.office.Book.Today())
}

func returnURL(id string, p returns.Period) string {
	return "/returns/" + id + "?period=" + p.String()
}

// returnsOffered lists the returns that the viewer may read something of.
func (v *visit) returnsOffered() error {
	view := page.DeskView{Frame: v.frame("报表", "按月、季、年出数，每个数都能点开看是哪些记录；过了期的可以冻结、打印。")}
	t := page.Table{Caption: "报表", Columns: []page.Column{{Title: "系统"}, {Title: "报表"}, {Title: "口径"}, {Title: "把握"}}}
	p := v.period()
	for _, r := range v.office.Returns.Offered(v.viewer) {
		t.Rows = append(t.Rows, page.Row{URL: returnURL(r.ID, p), Cells: []page.Cell{{Text: r.System}, {Text: r.Title, URL: returnURL(r.ID, p)}, {Text: r.Basis},
			{Text: r.State, Badge: true, Tone: page.ToneWarn}}})
	}
	if len(t.Rows) > 0 {
		view.Blocks = []page.Block{{Title: p.Chinese(), Table: &t}}
	}
	view.Empty = page.Empty{Text: "您的岗位没有报表。"}
	return v.desk(view)
}

// returnSheet is one return of one period.
func (v *visit) returnSheet() error {
	p := v.period()
	s, err := v.office.Returns.Sheet(v.ctx, v.viewer, v.param("return"), p)
	if err != nil {
		return err
	}
	if v.wantsJSON() {
		return v.json(fiber.StatusOK, returnJSON(s))
	}
	view := page.DeskView{Frame: v.frame(s.Return.Title, p.Chinese()+"（"+string(p.First)+" 至 "+string(p.Last)+"）。点数字看是哪些记录；率的分母里有逾期没办的。")}
	view.Crumbs = []page.Link{{Text: "报表", URL: "/returns"}}
	view.Tabs = v.periodTabs(s.Return.ID, p)
	view.Actions = []page.Button{{Text: "上一期", URL: returnURL(s.Return.ID, p.Before())}, {Text: "下一期", URL: returnURL(s.Return.ID, p.After())},
		{Text: "导出 Excel", URL: "/returns/" + s.Return.ID + "/sheet.xlsx?period=" + p.String()}}
	for _, part := range s.Parts {
		view.Blocks = append(view.Blocks, returnBlocks(s, part)...)
	}
	frozen, err := v.frozenReturn(s)
	if err != nil {
		return err
	}
	view.Blocks = append(view.Blocks, frozen, formulaBlock(s))
	return v.desk(view)
}

func (v *visit) periodTabs(id string, p returns.Period) []page.Filter {
	var out []page.Filter
	for _, k := range []struct{ kind, text string }{{returns.Month, "按月"}, {returns.Quarter, "按季"}, {returns.Year, "按年"}} {
		at := returns.PeriodOf(k.kind, min(p.Last, max(v.office.Book.Today(), p.First)))
		out = append(out, page.Filter{Text: k.text, URL: returnURL(id, at), Current: k.kind == p.Kind})
	}
	return out
}

// returnBlocks are the plain figures of a part in one table, and a table for
// each that is split.
func returnBlocks(s returns.Sheet, part returns.PartSheet) []page.Block {
	compared := []string{s.Period.Chinese(), s.Period.Before().Chinese(), s.Period.YearAgo().Chinese()}
	plain := page.Table{Caption: part.Part.Title, Columns: returnColumns("指标", compared)}
	var split []page.Block
	for _, t := range part.Tables {
		if len(t.Lines) == 1 {
			row := returnRow(s, t, t.Lines[0])
			row.Cells[0] = page.Cell{Text: figureTitle(t.Figure), Note: t.Figure.Words}
			plain.Rows = append(plain.Rows, row)
			continue
		}
		table := page.Table{Caption: t.Figure.Title, Columns: returnColumns(splitTitle(t.Figure), t.Columns)}
		for _, line := range t.Lines {
			table.Rows = append(table.Rows, returnRow(s, t, line))
		}
		b := page.Block{Title: figureTitle(t.Figure), Table: &table}
		if t.Figure.Words != "" {
			b.Text = []string{t.Figure.Words + "。"}
		}
		split = append(split, b)
	}
	var out []page.Block
	if head := (page.Block{Title: part.Part.Title}); len(plain.Rows) > 0 || part.Unseen > 0 {
		if len(plain.Rows) > 0 {
			head.Table = &plain
		}
		if part.Unseen > 0 {
			head.Text = []string{fmt.Sprintf("另有 %d 条受保护对象的记录您现在不能看，没有计入；分管领导出的报表是全的。", part.Unseen)}
		}
		out = append(out, head)
	}
	return append(out, split...)
}

func figureTitle(f *returns.Figure) string {
	if f.Unit == "" || f.Unit == "%" {
		return f.Title
	}
	return f.Title + "（" + f.Unit + "）"
}

func splitTitle(f *returns.Figure) string {
	if f.Across != nil {
		return f.By.Title + "＼" + f.Across.Title
	}
	return f.By.Title
}

func returnColumns(first string, rest []string) []page.Column {
	out := []page.Column{{Title: first}}
	for _, c := range rest {
		out = append(out, page.Column{Title: c, Num: true})
	}
	return out
}

func returnRow(s returns.Sheet, t returns.Table, line returns.Line) page.Row {
	row := page.Row{Cells: []page.Cell{{Text: line.Label}}}
	for _, c := range line.Cells {
		cell := page.Cell{Text: c.Text, Note: c.Note, Num: true}
		if c.Opens {
			q := url.Values{"period": {s.Period.String()}, "figure": {t.Figure.ID}, "row": {c.Row}, "col": {c.Col}}
			if t.Figure.Kind == returns.Rate {
				q.Set("set", "misses")
			}
			cell.URL = "/returns/" + s.Return.ID + "/rows?" + q.Encode()
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

// formulaBlock says how each figure is worked out.
func formulaBlock(s returns.Sheet) page.Block {
	t := page.Table{Caption: "口径", Columns: []page.Column{{Title: "指标"}, {Title: "算法"}}}
	for _, part := range s.Parts {
		for _, table := range part.Tables {
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: table.Figure.Title}, {Text: table.Figure.Formula()}}})
		}
	}
	return page.Block{Title: "口径", Folded: true, Table: &t, Text: []string{"依据：" + s.Return.Basis + "。版本 " + s.Return.Version + "（" + s.Return.State + "）。",
		"小于5的写“<5”，为防止推算另隐去的写“＊”；分母为0、不足5例的率写“—”。"}}
}

// frozenReturn says how the period was kept, or offers to keep it.
func (v *visit) frozenReturn(s returns.Sheet) (page.Block, error) {
	b := page.Block{Title: "冻结"}
	if s.Return.Frozen == "" {
		b.Text = []string{"封存登记簿的报表不冻结，也不能点开。"}
		return b, nil
	}
	old, err := v.office.Returns.FrozenAs(v.ctx, v.viewer, s.Return, s.Period)
	switch {
	case err != nil:
		return b, err
	case old != nil:
		b.Text = []string{"已于" + old.Created.Chinese() + "冻结，口径版本 " + old.Text("version") + "；上面是按现在的记录算的，与冻结数不同的，是冻结以后又有改动。"}
		b.Buttons = []page.Button{{Text: "看冻结的报表 " + old.Number + "，打印", URL: recordURL(old.Ref)}}
	case v.office.Book.Today() <= s.Period.Last:
		b.Text = []string{"这一期还没有过完，过完以后可以冻结、打印。"}
	case returns.MayFreeze(v.viewer, s.Return):
		b.Text = []string{"冻结后，这一期的数照现在的样子存下来，不再随记录变动，可以打印上报。"}
		b.Form = &page.Form{Action: "/returns/" + s.Return.ID + "/freeze", Hidden: []page.Pair{{Name: "period", Value: s.Period.String()}}, Buttons: []page.Button{{Text: "冻结" + s.Period.Chinese(), Primary: true}}}
	default:
		b.Text = []string{"还没有冻结，由负责人冻结。"}
	}
	return b, nil
}

func (v *visit) freezeReturn() error {
	ref, err := v.office.Returns.Freeze(v.ctx, v.viewer, v.param("return"), v.period())
	if err != nil {
		return err
	}
	return v.done(recordURL(ref), "已冻结"+v.period().Chinese()+"的报表")
}

// returnRowsShown is how many records behind a figure one page lists.
const returnRowsShown = 200

// returnRows lists the records behind a figure.
func (v *visit) returnRows() error {
	p := v.period()
	asked := returns.Asked{Return: v.param("return"), Figure: v.query("figure"), Row: v.query("row"), Col: v.query("col"), Set: v.query("set"), Period: p}
	behind, err := v.office.Returns.Rows(v.ctx, v.viewer, asked)
	if err != nil {
		return err
	}
	def := behind.Part.Def
	view := page.DeskView{Frame: v.frame(behind.Figure.Title, behind.Return.Title+"，"+p.Chinese()+"：数字背后的记录")}
	view.Crumbs = []page.Link{{Text: "报表", URL: "/returns"}, {Text: behind.Return.Title, URL: returnURL(behind.Return.ID, p)}}
	if behind.Figure.Kind == returns.Rate {
		view.Tabs = v.setTabs(asked.Set)
	}
	t := page.Table{Caption: behind.Figure.Title, Empty: page.Empty{Text: "没有。"}}
	columns := listColumns(def)
	for _, c := range columns {
		column := v.column(def, c)
		column.Sort = ""
		t.Columns = append(t.Columns, column)
	}
	masked := def.Protect != register.ProtectNone
	err = v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		for _, ref := range behind.Refs[:min(returnRowsShown, len(behind.Refs))] {
			r, err := tx.Open(ref)
			if err != nil {
				return err
			}
			t.Rows = append(t.Rows, v.listRow(tx, record.Row{Record: r}, columns, masked))
		}
		return nil
	})
	if err != nil {
		return err
	}
	text := "共 " + strconv.Itoa(len(behind.Refs)) + " 条"
	if len(behind.Refs) > returnRowsShown {
		text += fmt.Sprintf("，列出 %d 条", returnRowsShown)
	}
	view.Blocks = []page.Block{{Title: "记录", Text: []string{text + "。"}, Table: &t}}
	return v.desk(view)
}

// setTabs tell the rows of a rate apart.
func (v *visit) setTabs(set string) []page.Filter {
	out := []page.Filter{{Text: "没有做到的", URL: v.with("set", "misses")}, {Text: "做到的（分子）", URL: v.with("set", "hits")}, {Text: "全部（分母）", URL: v.with("set", "of")}}
	for i, name := range []string{"misses", "hits", "of"} {
		out[i].Current = set == name
	}
	return out
}

// returnWorkbook is the return as a workbook: no row of it names anybody.
func (v *visit) returnWorkbook() error {
	p := v.period()
	s, err := v.office.Returns.Sheet(v.ctx, v.viewer, v.param("return"), p)
	if err != nil {
		return err
	}
	var lines [][]string
	for _, part := range s.Parts {
		for _, t := range part.Tables {
			for _, l := range t.Rows() {
				lines = append(lines, append([]string{part.Part.Title}, l[:]...))
			}
		}
	}
	mark := fmt.Sprintf("%s %s　%s　%s制表　%s", v.office.Book.Profile().TownName, s.Return.Title, p.Chinese(), v.viewer.Name, moment(s.At))
	data, err := sheet.List(mark, []string{"部分", "指标", "分项", "本期", "上期", "上年同期"}, lines)
	if err != nil {
		return err
	}
	if err := v.office.Book.Log(v.ctx, v.viewer, "export", record.Ref{Register: s.Parts[0].Part.Def.ID}, map[string]any{"register": s.Return.Title, "purpose": "报表 " + p.String(), "rows": fmt.Sprintf("%d 行", len(lines))}); err != nil {
		return err
	}
	return v.download(s.Return.Title+"-"+p.String()+".xlsx", sheetType, data, false)
}

func returnJSON(s returns.Sheet) any {
	var parts []map[string]any
	for _, part := range s.Parts {
		var figures []map[string]any
		for _, t := range part.Tables {
			figures = append(figures, map[string]any{"id": t.Figure.ID, "title": t.Figure.Title, "columns": t.Columns, "lines": t.Lines})
		}
		parts = append(parts, map[string]any{"title": part.Part.Title, "unseen": part.Unseen, "figures": figures})
	}
	return map[string]any{"id": s.Return.ID, "title": s.Return.Title, "period": s.Period.String(), "version": s.Return.Version, "parts": parts}
}
