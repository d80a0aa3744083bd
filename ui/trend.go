package ui

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/sheet"
	"jiezhen/app/trend"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

func trendRoutes() []Route {
	return []Route{
		get("/trend", (*visit).trend),
		get("/trend/rows", (*visit).trendRows),
		get("/trend/trend.xlsx", (*visit).trendWorkbook),
	}
}

// trendOf is what the page counts: orders unless cases are asked for.
func (v *visit) trendOf() string {
	if v.query("of") == "case" {
		return trend.Cases
	}
	return trend.Orders
}

// trendQuery is the part of an address that says which table is meant.
func trendQuery(t *trend.Table) url.Values {
	q := url.Values{"month": {string(t.Months[len(t.Months)-1])}}
	if t.Register == trend.Cases {
		q.Set("of", "case")
	}
	return q
}

// trendTable works out what the page shows.
func (v *visit) trendTable() (*trend.Table, error) {
	if err := v.entitled(trend.Orders, access.ActRead); err != nil {
		return nil, err
	}
	return v.office.Trend.Table(v.ctx, v.viewer, v.trendOf(), v.month())
}

// trend shows orders or cases by class and month, in terms of the classes in
// use today.
func (v *visit) trend() error {
	t, err := v.trendTable()
	if err != nil {
		return err
	}
	q := trendQuery(t)
	view := page.DeskView{Frame: v.frame("分类趋势", "近十三个月、两级分类，一律按现行分类算；换过分类的，旧类按对照接上。每个数都能点开。")}
	view.Tabs = []page.Filter{{Text: "热线工单", URL: "/trend?month=" + q.Get("month"), Current: t.Register == trend.Orders}, {Text: "治理案件", URL: "/trend?of=case&month=" + q.Get("month"), Current: t.Register == trend.Cases}}
	if v.entitled(t.Register, access.ActExport) == nil {
		view.Actions = []page.Button{{Text: "导出（Excel）", URL: "/trend/trend.xlsx?" + q.Encode()}}
	}
	hidden := []page.Pair{}
	if of := q.Get("of"); of != "" {
		hidden = append(hidden, page.Pair{Name: "of", Value: of})
	}
	view.Blocks = []page.Block{
		{Form: &page.Form{Action: "/trend", Get: true, Hidden: hidden, Sections: []page.Section{{Fields: []page.Field{{Name: "month", Label: "到哪个月", Kind: page.KindMonth, Value: q.Get("month")}}}}, Buttons: []page.Button{{Text: "查看"}}}},
		v.trendBlock(t), v.treesBlock(t)}
	return v.desk(view)
}

// trendName is a row's name, with which tree it is of where there are several.
func (v *visit) trendName(t *trend.Table, r *trend.Row) string {
	if t.Register == trend.Cases && r.Tree != "" {
		return v.office.Book.CodeLabel("mapping.tree", r.Tree) + " " + r.Name
	}
	return r.Name
}

func (v *visit) trendBlock(t *trend.Table) page.Block {
	table := page.Table{Caption: "按月、按分类", Quiet: true, Columns: []page.Column{{Title: "分类"}}, Empty: page.Empty{Text: "这十三个月还没有。"}}
	for _, m := range t.Months {
		table.Columns = append(table.Columns, page.Column{Title: string(m[2:]), Num: true})
	}
	table.Columns = append(table.Columns, page.Column{Title: "合计", Num: true})
	rows := t.Rows
	if t.All.Sum() > 0 {
		rows = append(rows[:len(rows):len(rows)], t.All)
	}
	for _, r := range rows {
		table.Rows = append(table.Rows, page.Row{Cells: v.trendCells(t, r)})
	}
	b := page.Block{ID: "trend", Title: v.titleOf(t.Register) + "　" + t.Months[0].Chinese() + "至" + t.Months[len(t.Months)-1].Chinese(), Table: &table}
	b.Text = []string{"作废、退单和不立案的不算。"}
	if t.Register == trend.Orders && len(t.Versions) == 0 {
		b.Text = append(b.Text, "还没有录入热线诉求分类，下面按工单上自己写的分类列；录入（可导入 Excel）以后按分类表列，换版也接得上。")
	}
	if n := t.Doubtful(); n > 0 {
		b.Notices = []page.Notice{{Tone: page.ToneWarn, Text: fmt.Sprintf("有 %d 件归不到现行分类，各列一行在表的最后；登记“分类对照”就接得上。", n)}}
	}
	return b
}

func (v *visit) trendCells(t *trend.Table, r *trend.Row) []page.Cell {
	name := page.Cell{Text: v.trendName(t, r), Note: r.Note}
	if r.Level == 2 {
		name.Text = "　　" + name.Text
	}
	if r.Doubt {
		name.Tone = page.ToneWarn
	}
	cells := []page.Cell{name}
	link := func(m value.Month) string {
		q := trendQuery(t)
		q.Set("row", r.Key)
		if m != "" {
			q.Set("in", string(m))
		}
		return "/trend/rows?" + q.Encode()
	}
	figure := func(n int, m value.Month) {
		c := page.Cell{Text: strconv.Itoa(n), Num: true}
		if n > 0 {
			c.URL = link(m)
		}
		cells = append(cells, c)
	}
	for _, m := range t.Months {
		figure(r.Count(m), m)
	}
	figure(r.Sum(), "")
	return cells
}

// treesBlock leads to the classes and their mapping.
func (v *visit) treesBlock(t *trend.Table) page.Block {
	b := page.Block{Title: "分类和对照", Text: []string{"分类按版本录入，换了分类就录新的一版、旧的填止日；再登记对照：旧版的哪个代码对应新版的哪个。几类并成一类的，自动加在一起；一类拆成几类的，分不开，归到它们共同的上级，列为“无法细分”；没有共同上级或没有对照的，各列一行。"}}
	if len(t.Versions) > 0 {
		b.Text = append([]string{"上面用的分类版本：" + strings.Join(t.Versions, "、") + "。"}, b.Text...)
	}
	classes := trend.Classes
	if t.Register == trend.Cases {
		classes = trend.Categories
	}
	for _, reg := range []string{classes, trend.Mappings} {
		def, ok := v.office.Book.Registers().Get(reg)
		if !ok || !record.MayUse(v.viewer, def, access.ActRead) {
			continue
		}
		b.Buttons = append(b.Buttons, page.Button{Text: def.Title, URL: "/r/" + reg})
		if record.MayUse(v.viewer, def, access.ActImport) {
			b.Buttons = append(b.Buttons, page.Button{Text: "导入" + def.Title, URL: "/import/" + reg})
		}
	}
	return b
}

// trendRows lists the records behind one figure.
func (v *visit) trendRows() error {
	t, err := v.trendTable()
	if err != nil {
		return err
	}
	row, ok := t.Row(v.query("row"))
	if !ok {
		return record.Refused(record.CodeNotFound, "没有这个数")
	}
	var month value.Month
	if m, err := value.ParseMonth(v.query("in")); err == nil {
		month = m
	}
	ids := row.Members(month)
	back := "/trend?" + trendQuery(t).Encode()
	view := page.DeskView{Frame: v.frame("分类趋势背后的"+v.titleOf(t.Register), "")}
	view.Crumbs = []page.Link{{Text: "分类趋势", URL: back}}
	from, to, pager := v.leaf("after", len(ids), ordersShown)
	table, err := v.trendList(t.Register, ids[from:to])
	if err != nil {
		return err
	}
	title := v.trendName(t, row)
	if month != "" {
		title += "　" + month.Chinese()
	}
	b := page.Block{Title: title, Text: []string{fmt.Sprintf("共 %d 件，新的在前。", len(ids))}, Table: &table, Pager: pager, Buttons: []page.Button{{Text: "返回分类趋势", URL: back}}}
	if row.Note != "" {
		b.Text = append(b.Text, row.Note+"。")
	}
	view.Blocks = []page.Block{b}
	return v.desk(view)
}

// trendList lists orders or cases.
func (v *visit) trendList(reg string, ids []uint64) (page.Table, error) {
	t := page.Table{Caption: "记录", Quiet: true, Columns: []page.Column{{Title: "编号"}, {Title: "说的什么"}, {Title: "原来的分类"}, {Title: "时间"}, {Title: "环节"}}, Empty: page.Empty{Text: "没有。"}}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		for _, id := range ids {
			r, err := tx.Open(record.Ref{Register: reg, ID: id})
			if _, refused := record.AsRefusal(err); refused {
				continue // changed since it was counted
			}
			if err != nil {
				return err
			}
			class, at := strings.Join(strings.Fields(r.Text("category")+" "+r.Text("subcategory")+" "+r.Text("detail")), " / "), r.Text("dispatched_at")
			if reg == trend.Cases {
				class, at = tx.Label(record.Ref{Register: trend.Categories, ID: r.RefID("category")}, false), r.Text("found_at")
			}
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: or(r.Text("external"), r.Number), URL: recordURL(r.Ref)}, {Text: record.LabelOf(r)}, {Text: class}, {Text: at}, {Text: r.StepLabel()}}})
		}
		return nil
	})
	return t, err
}

// trendWorkbook is the table as a workbook.
func (v *visit) trendWorkbook() error {
	t, err := v.trendTable()
	if err != nil {
		return err
	}
	if err := v.entitled(t.Register, access.ActExport); err != nil {
		return err
	}
	header := []string{"一级分类", "二级分类"}
	for _, m := range t.Months {
		header = append(header, string(m))
	}
	header = append(header, "合计", "说明")
	var lines [][]string
	for _, r := range append(t.Rows[:len(t.Rows):len(t.Rows)], t.All) {
		line := []string{v.trendName(t, r), ""}
		if r.Level == 2 {
			line = []string{"", r.Name}
		}
		for _, m := range t.Months {
			line = append(line, strconv.Itoa(r.Count(m)))
		}
		lines = append(lines, append(line, strconv.Itoa(r.Sum()), r.Note))
	}
	title := v.titleOf(t.Register) + "分类趋势"
	data, err := sheet.List(v.office.Book.Profile().TownName+" "+title, header, lines)
	if err != nil {
		return err
	}
	if err := v.office.Book.Log(v.ctx, v.viewer, "export", record.Ref{Register: t.Register}, map[string]any{"purpose": title, "rows": strconv.Itoa(len(lines))}); err != nil {
		return err
	}
	return v.download(title+"-"+string(t.Months[len(t.Months)-1])+".xlsx", sheetType, data, false)
}

// titleOf is what a register is called.
func (v *visit) titleOf(reg string) string {
	def, ok := v.office.Book.Registers().Get(reg)
	if !ok {
		return reg
	}
	return def.Title
}
