package ui

import (
	"fmt"
	"net/url"
	"strconv"

	"jiezhen/app/access"
	"jiezhen/app/grid"
	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// gridNumbers shows the grid's month.
func (v *visit) gridNumbers() error {
	view, err := v.gridDesk("/grid/numbers", "网格指标", "按发现月份统计；分子、分母、没算上的都能点开逐件核对。")
	if err != nil {
		return err
	}
	month := v.month()
	n, err := v.office.Grid.Numbers(v.ctx, v.viewer, month)
	if err != nil {
		return err
	}
	target, err := v.office.Book.Policy().Integer("governance.grid.target", v.office.Book.Today())
	if err != nil {
		return err
	}
	view.Blocks = []page.Block{{Form: &page.Form{Action: "/grid/numbers", Get: true, Sections: []page.Section{{Fields: []page.Field{
		{Name: "month", Label: "发现月份", Kind: page.KindMonth, Value: string(month)}}}}, Buttons: []page.Button{{Text: "查看"}}}}}
	view.Blocks = append(view.Blocks, gridRateBlock(n, int(target)), v.heatBlock(n), v.gridAreas(n))
	if v.entitled(hotline.Orders, access.ActRead) == nil {
		figure, err := v.foresightFigure(month.First(), month.First().AddMonths(1).AddDays(-1))
		if err != nil {
			return err
		}
		view.Blocks[1].Figures = append(view.Blocks[1].Figures, figure)
	}
	frozen, err := v.gridFrozen(n)
	if err != nil {
		return err
	}
	view.Blocks = append(view.Blocks, frozen)
	return v.desk(view)
}

func gridRowsURL(m value.Month, rate, set string) string {
	return "/grid/numbers/rows?" + gridRowsQuery(m, rate, set).Encode()
}

func gridRowsQuery(m value.Month, rate, set string) url.Values {
	return url.Values{"month": {string(m)}, "rate": {rate}, "set": {set}}
}

// gridAreaURL is the address of the records behind a community's figure, 0 of
// those that lie in none.
func gridAreaURL(m value.Month, rate string, community uint64) string {
	q := gridRowsQuery(m, rate, "of")
	q.Set("community", strconv.FormatUint(community, 10))
	return "/grid/numbers/rows?" + q.Encode()
}

func gridRateBlock(n grid.Numbers, target int) page.Block {
	t := page.Table{Caption: "指标", Quiet: true, Columns: []page.Column{{Title: "指标"}, {Title: "比率", Num: true}, {Title: "分子", Num: true}, {Title: "分母", Num: true}, {Title: "没算上", Num: true}, {Title: fmt.Sprintf("到%d%%还差", target), Num: true}, {Title: "口径"}}}
	for _, r := range n.Rates {
		short := "—"
		if len(r.Of) > 0 && !r.Low && !r.Free {
			short = "已达到"
			if k := r.Short(float64(target) / 100); k > 0 {
				short = fmt.Sprintf("%d 件", k)
			}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: r.Title, Note: map[bool]string{true: "越低越好"}[r.Low]}, {Text: r.Percent(), Num: true},
			{Text: shares(r.Sum), URL: gridRowsURL(n.Month, r.ID, "hits"), Num: true}, {Text: strconv.Itoa(len(r.Of)), URL: gridRowsURL(n.Month, r.ID, "of"), Num: true},
			{Text: strconv.Itoa(len(r.Misses)), URL: gridRowsURL(n.Month, r.ID, "misses"), Num: true}, {Text: short, Num: true}, {Text: r.Words}}})
	}
	inMonth := "?month=" + string(n.Month)
	b := page.Block{Title: n.Month.Chinese() + "指标", Table: &t, Text: []string{"口径版本 " + n.Version + "（" + n.State + "）；目标是参数。口径以市区文件为准。"},
		Figures: []page.Figure{{Label: "上报", Value: strconv.Itoa(n.Reports), URL: "/r/" + grid.Reports + inMonth}, {Label: "案件", Value: strconv.Itoa(n.Cases), URL: "/r/" + grid.Cases + inMonth}}}
	per := page.Figure{Label: "万人立案量", Value: "—", Note: "没有登记人口"}
	if x, ok := n.PerTenThousand(); ok {
		per.Value, per.Note = strconv.FormatFloat(x, 'f', 2, 64), fmt.Sprintf("立案 %d ÷ 人口 %d × 1万", n.Filed, n.Population)
	}
	b.Figures = append(b.Figures, per)
	return b
}

// heatShown is how many lines of the heat table the page shows.
const heatShown = 40

func (v *visit) heatBlock(n grid.Numbers) page.Block {
	t := page.Table{Caption: "类×网格×时段", Quiet: true, Columns: []page.Column{{Title: "网格"}, {Title: "大类"}, {Title: "件数", Num: true}, {Title: "上月", Num: true}}, Empty: page.Empty{Text: "这个月还没有定了网格的案件。"}}
	for _, b := range grid.Bands {
		t.Columns = append(t.Columns, page.Column{Title: b, Num: true})
	}
	for _, h := range n.Heat[:min(heatShown, len(n.Heat))] {
		list := "/r/" + grid.Cases + "?" + url.Values{"cell": {idOrEmpty(h.Cell)}, "kind": {h.Kind}, "month": {string(n.Month)}}.Encode()
		cells := []page.Cell{{Text: h.Name, URL: "/grid/cell/" + idOrEmpty(h.Cell)}, {Text: or(v.office.Book.CodeLabel("case.kind", h.Kind), "未分类")}, {Text: strconv.Itoa(h.Count), Num: true, URL: list},
			{Text: strconv.Itoa(h.Before), Num: true, Tone: warnIf(h.Count > 2*h.Before && h.Count >= 5)}}
		for _, k := range h.Bands {
			cells = append(cells, page.Cell{Text: strconv.Itoa(k), Num: true})
		}
		t.Rows = append(t.Rows, page.Row{Cells: cells})
	}
	b := page.Block{Title: "类×网格×时段", Table: &t}
	if len(n.Heat) > heatShown {
		b.Text = []string{fmt.Sprintf("共 %d 行，列最多的 %d 行。", len(n.Heat), heatShown)}
	}
	return b
}

func warnIf(yes bool) page.Tone {
	if yes {
		return page.ToneWarn
	}
	return ""
}

func (v *visit) gridAreas(n grid.Numbers) page.Block {
	t := page.Table{Caption: "社区（村）", Quiet: true, Columns: []page.Column{{Title: "社区（村）"}, {Title: "上报", Num: true}, {Title: "案件", Num: true}}, Empty: page.Empty{Text: "这个月还没有上报和案件。"}}
	shown := map[string]bool{"filing": true, "ontime": true, "once": true, "rework": true}
	for _, r := range n.Rates {
		if shown[r.ID] {
			t.Columns = append(t.Columns, page.Column{Title: r.Title, Num: true})
		}
	}
	for _, a := range n.Areas {
		cells := []page.Cell{{Text: a.Name}, {Text: strconv.Itoa(a.Reports), Num: true}, {Text: strconv.Itoa(a.Cases), Num: true}}
		for _, r := range a.Rates {
			if shown[r.ID] {
				cells = append(cells, page.Cell{Text: r.Percent(), Num: true, Note: fmt.Sprintf("%s/%d", shares(r.Sum), len(r.Of)), URL: gridAreaURL(n.Month, r.ID, a.Community)})
			}
		}
		t.Rows = append(t.Rows, page.Row{Cells: cells})
	}
	return page.Block{Title: "社区（村）", Table: &t}
}

func (v *visit) gridFrozen(n grid.Numbers) (page.Block, error) {
	b := page.Block{Title: "月末冻结"}
	old, err := v.office.Grid.Frozen(v.ctx, v.viewer, n.Month)
	if err != nil {
		return b, err
	}
	months, _ := v.office.Book.Registers().Get(grid.Months)
	switch {
	case old != nil:
		b.Text = []string{fmt.Sprintf("已于%s冻结，口径版本 %s；上面是按现在的记录算的，与冻结数不同的，是冻结以后又有改动。", old.Created.Chinese(), old.Text("version"))}
		b.Buttons = []page.Button{{Text: "看冻结的月报 " + old.Number, URL: recordURL(old.Ref)}}
	case v.office.Book.Today() < n.Month.First().AddMonths(1):
		b.Text = []string{"这个月还没有过完，月末以后可以冻结。"}
	case record.MayCreate(v.viewer, months):
		b.Text = []string{"冻结后，指标、社区、类×网格都存下来；每件在每个指标里算不算，存成附件。"}
		b.Form = &page.Form{Action: "/grid/freeze", Hidden: []page.Pair{{Name: "month", Value: string(n.Month)}}, Buttons: []page.Button{{Text: "冻结" + n.Month.Chinese(), Primary: true}}}
	default:
		b.Text = []string{"还没有冻结，由平安建设办负责人冻结。"}
	}
	return b, nil
}

func (v *visit) freezeGrid() error {
	if err := v.entitled(grid.Reports, access.ActRead); err != nil {
		return err
	}
	ref, err := v.office.Grid.Freeze(v.ctx, v.viewer, v.month())
	if err != nil {
		return err
	}
	return v.done(recordURL(ref), "已冻结"+v.month().Chinese()+"网格指标")
}

// gridRows lists the records behind one figure.
func (v *visit) gridRows() error {
	view, err := v.gridDesk("/grid/numbers", "指标背后的记录", "")
	if err != nil {
		return err
	}
	month := v.month()
	var community *uint64
	if n, err := strconv.ParseUint(v.query("community"), 10, 64); err == nil {
		community = &n
	}
	rate, err := v.office.Grid.Rate(v.ctx, v.viewer, month, v.query("rate"), community)
	if err != nil {
		return err
	}
	refs, ok := rate.Members(v.query("set"))
	if !ok {
		return record.Refused(record.CodeNotFound, "没有这个数")
	}
	from, to, pager := v.leaf("after", len(refs), ordersShown)
	t := page.Table{Caption: "记录", Quiet: true, Columns: []page.Column{{Title: "编号"}, {Title: "标题"}, {Title: "发现"}, {Title: "派遣"}, {Title: "应处置完成"}, {Title: "处置完成"}, {Title: "返工", Num: true}, {Title: "环节"}}, Empty: page.Empty{Text: "没有。"}}
	err = v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		for _, ref := range refs[from:to] {
			r, err := tx.Open(ref)
			if err != nil {
				return err
			}
			again, _ := r.Values["reworked"].(float64)
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: r.Number, URL: recordURL(ref)}, {Text: record.LabelOf(r)}, {Text: r.Text("found_at")}, {Text: r.Text("sent_at")}, {Text: r.Text("handle_due")},
				{Text: r.Text("handled_at")}, {Text: strconv.Itoa(int(again)), Num: true}, {Text: r.StepLabel()}}})
		}
		return nil
	})
	if err != nil {
		return err
	}
	text := fmt.Sprintf("共 %d 件，新的在前", len(refs))
	words := map[string]string{"of": "分母", "hits": "分子", "misses": "没算上的"}[v.query("set")]
	view.Blocks = []page.Block{{Title: month.Chinese() + rate.Title + "：" + words, Text: []string{text + "。口径：" + rate.Words + "。"}, Table: &t, Pager: pager, Buttons: []page.Button{{Text: "返回指标", URL: "/grid/numbers?month=" + string(month)}}}}
	return v.desk(view)
}
