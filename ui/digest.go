package ui

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/hotline"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

func digestRoutes() []Route {
	return []Route{
		get("/hotline/digest", (*visit).digest),
		get("/hotline/digest/orders", (*visit).digestOrders),
		post("/hotline/bulletin", (*visit).draftBulletin),
	}
}

// digestSpan reads which days a page is about: a week, a month, or any two days.
func (v *visit) digestSpan() (kind string, from, to value.Date) {
	kind = or(v.query("kind"), v.typed.First("kind"))
	if kind != hotline.Weekly {
		kind = hotline.Monthly
	}
	day := v.office.Book.Today()
	if d, err := value.ParseDate(or(v.query("day"), v.typed.First("day")), day); err == nil {
		day = d
	}
	from, to = hotline.SpanOf(kind, day)
	if f, err := value.ParseDate(v.query("from"), day); err == nil {
		if t, err := value.ParseDate(v.query("to"), day); err == nil && f <= t && value.DaysBetween(f, t) <= 400 {
			return kind, f, t
		}
	}
	return kind, from, to
}

func setURL(from, to value.Date, set string) string {
	return "/hotline/digest/orders?" + url.Values{"from": {string(from)}, "to": {string(to)}, "set": {set}}.Encode()
}

// digest analyses a week or a month: how many came of what, where, how they
// stand, and who did how well.
func (v *visit) digest() error {
	view, err := v.hotlineDesk("/hotline/digest", "分析与通报", "一周或一月来了多少、是什么、在哪里、办得怎样；每个数都能点开，起草的通报也从这里来。")
	if err != nil {
		return err
	}
	kind, from, to := v.digestSpan()
	g, err := v.office.Hotline.Digest(v.ctx, v.viewer, from, to)
	if err != nil {
		return err
	}
	view.Blocks = []page.Block{v.spanBlock(kind, from), digestFigures(g), categoryBlock(g), foresightBlock(g.Foresight), rankBlock(g, "社区（村）", g.Areas), rankBlock(g, "主责单位", g.Units)}
	bulletin, err := v.bulletinBlock(kind, from)
	if err != nil {
		return err
	}
	view.Blocks = append(view.Blocks, bulletin)
	return v.desk(view)
}

func (v *visit) spanBlock(kind string, from value.Date) page.Block {
	previous, _ := hotline.SpanOf(kind, from.AddDays(-1))
	return page.Block{Title: "看哪一段", Form: &page.Form{Action: "/hotline/digest", Get: true, Sections: []page.Section{{Fields: []page.Field{
		{Name: "kind", Label: "按", Kind: page.KindCode, Value: kind, Options: []page.Option{{Value: hotline.Weekly, Text: "周"}, {Value: hotline.Monthly, Text: "月"}}},
		{Name: "day", Label: "哪一天所在的", Kind: page.KindDate, Value: string(from)}}}}, Buttons: []page.Button{{Text: "查看"}, {Text: "看上一期", URL: "/hotline/digest?" + url.Values{"kind": {kind}, "day": {string(previous)}}.Encode()}}}}
}

func digestFigures(g hotline.Digest) page.Block {
	figure := func(label, set string, tone page.Tone, note string) page.Figure {
		return page.Figure{Label: label, Value: strconv.Itoa(g.Size(set)), URL: setURL(g.From, g.To, set), Tone: tone, Note: note}
	}
	late, stale := g.Size(hotline.SetLate), g.Size(hotline.SetStale)
	return page.Block{Title: fmt.Sprintf("%s至%s", g.From.Chinese(), g.To.Chinese()), Figures: []page.Figure{
		figure("派单", hotline.SetCame, "", fmt.Sprintf("上期 %d，环比 %s；上年同期 %d，同比 %s", g.Before, hotline.Change(g.Orders, g.Before), g.LastYear, hotline.Change(g.Orders, g.LastYear))),
		figure("已答复", hotline.SetDone, "", rate.Percent(g.Size(hotline.SetDone), g.Orders)),
		figure("在办", hotline.SetOpen, "", ""),
		figure("超时", hotline.SetLate, urgentIf(late > 0), ""),
		figure(fmt.Sprintf("%d日未办结", g.Stale), hotline.SetStale, urgentIf(stale > 0), ""),
		figure("重复诉求", hotline.SetRepeat, "", "重复率 "+rate.Percent(g.Size(hotline.SetRepeat), g.Orders)),
		figure("挂账", hotline.SetSuspended, "", ""),
		figure("剔除", hotline.SetExcluded, "", ""),
	}}
}

func categoryBlock(g hotline.Digest) page.Block {
	t := page.Table{Caption: "诉求类别", Quiet: true, Columns: []page.Column{{Title: "类别"}, {Title: "件数", Num: true}, {Title: "占比", Num: true}, {Title: "上期", Num: true}, {Title: "环比", Num: true}}, Empty: page.Empty{Text: "这一段没有工单。"}}
	for _, c := range g.Categories {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: c.Name}, {Text: strconv.Itoa(len(c.Refs)), URL: setURL(g.From, g.To, hotline.CategorySet(c.Name)), Num: true},
			{Text: rate.Percent(len(c.Refs), g.Orders), Num: true}, {Text: strconv.Itoa(c.Before), URL: setURL(g.BeforeFrom, g.BeforeTo, hotline.CategorySet(c.Name)), Num: true}, {Text: hotline.Change(len(c.Refs), c.Before), Num: true}}})
	}
	return page.Block{Title: "诉求类别", Table: &t}
}

// rankBlock ranks communities or units.
func rankBlock(g hotline.Digest, what string, list []hotline.Area) page.Block {
	t := page.Table{Caption: what + "排名", Quiet: true, Columns: []page.Column{{Title: "名次", Num: true}, {Title: what}, {Title: "件数", Num: true}, {Title: "占比", Num: true}, {Title: "千人诉求比", Num: true},
		{Title: "响应率", Num: true}, {Title: "解决率", Num: true}, {Title: "满意率", Num: true}, {Title: "综合", Num: true}}, Empty: page.Empty{Text: "这一段没有工单。"}}
	if what == "主责单位" {
		t.Columns = append(t.Columns[:4], t.Columns[5:]...)
	}
	rank := 0
	for _, a := range list {
		place, total := page.Cell{Text: "—", Num: true}, page.Cell{Text: "—", Num: true}
		if a.Scored {
			rank++
			place.Text, total.Text = strconv.Itoa(rank), fmt.Sprintf("%.2f", a.Score)
		}
		set := hotline.UnitSet(a.Name)
		if what != "主责单位" {
			set = hotline.AreaSet(a.Community)
		}
		cells := []page.Cell{place, {Text: a.Name}, {Text: strconv.Itoa(a.Orders), URL: setURL(g.From, g.To, set), Num: true}, {Text: rate.Percent(a.Orders, g.Orders), Num: true}}
		if what != "主责单位" {
			per := page.Cell{Text: "—", Num: true}
			if n, ok := a.PerThousand(); ok {
				per.Text = fmt.Sprintf("%.2f", n)
			}
			cells = append(cells, per)
		}
		for _, r := range a.Rates {
			cells = append(cells, page.Cell{Text: r.Percent(), Num: true, Note: fmt.Sprintf("%s/%d", shares(r.Sum), len(r.Of))})
		}
		t.Rows = append(t.Rows, page.Row{Cells: append(cells, total)})
	}
	text := "三率都有分母的才排名次。"
	if what != "主责单位" {
		text += "千人诉求比＝件数÷社区人口×1000，人口在“社区（村）与地点”里填。"
	}
	return page.Block{Title: what + "排名", Table: &t, Text: []string{text}}
}

// bulletinBlock offers to draft the bulletin of a span, or leads to it.
func (v *visit) bulletinBlock(kind string, from value.Date) (page.Block, error) {
	word := map[string]string{hotline.Weekly: "周通报", hotline.Monthly: "月通报"}[kind]
	b := page.Block{Title: word, Buttons: []page.Button{{Text: "以前的通报", URL: "/r/" + hotline.Bulletins}}}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		p, err := tx.List(record.Query{Register: hotline.Bulletins, Filters: map[string][]string{"kind": {kind}}, From: map[string]value.Date{"from": from}, To: map[string]value.Date{"from": from}, Limit: 1})
		if err == nil && len(p.Rows) > 0 {
			r := p.Rows[0]
			b.Text = []string{"这一期已起草：" + r.Text("title") + "（" + r.StepLabel() + "）。"}
			b.Buttons = append([]page.Button{{Text: "打开" + r.Number, URL: recordURL(r.Ref), Primary: true}}, b.Buttons...)
		}
		return err
	})
	def, _ := v.office.Book.Registers().Get(hotline.Bulletins)
	if err == nil && len(b.Text) == 0 && record.MayUse(v.viewer, def, access.ActCreate) {
		b.Text = []string{"按公文格式起草，数由系统填好，字句可以改，改好由负责人签发。"}
		b.Form = &page.Form{Action: "/hotline/bulletin", Hidden: []page.Pair{{Name: "kind", Value: kind}, {Name: "day", Value: string(from)}}, Buttons: []page.Button{{Text: "起草" + word, Primary: true}}}
	}
	return b, err
}

func (v *visit) draftBulletin() error {
	if err := v.entitled(hotline.Bulletins, access.ActCreate); err != nil {
		return err
	}
	kind, from, _ := v.digestSpan()
	ref, err := v.office.Hotline.DraftBulletin(v.ctx, v.viewer, kind, from)
	if err != nil {
		return err
	}
	return v.done(recordURL(ref), "已起草，请逐句看过再送签")
}

// digestOrders lists the orders behind a number of an analysis or bulletin.
func (v *visit) digestOrders() error {
	view, err := v.hotlineDesk("/hotline/digest", "数字背后的工单", "")
	if err != nil {
		return err
	}
	_, from, to := v.digestSpan()
	g, err := v.office.Hotline.Digest(v.ctx, v.viewer, from, to)
	if err != nil {
		return err
	}
	set := v.query("set")
	refs := g.Set(set)
	if rate, ok := strings.CutPrefix(set, "rate:"); ok {
		if refs, ok = g.Members(rate, "of"); !ok {
			return record.Refused(record.CodeNotFound, "没有这个数")
		}
	}
	behind, found := foresightSet(g.Foresight, set)
	if found {
		refs = behind
	}
	list := v.ordersTable
	if strings.HasPrefix(set, hotline.SetFound) {
		list = v.foundTable
	}
	begin, end, pager := v.leaf("after", len(refs), ordersShown)
	t, err := list(refs[begin:end])
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s至%s，共 %d 件，新的在前。", from.Chinese(), to.Chinese(), len(refs))
	view.Blocks = []page.Block{{Title: t.Caption, Text: []string{text}, Table: &t, Pager: pager, Buttons: []page.Button{{Text: "返回分析", URL: "/hotline/digest?" + url.Values{"from": {string(from)}, "to": {string(to)}}.Encode()}}}}
	return v.desk(view)
}

// figuresBlock leads from each number of a bulletin to the orders it counts.
func figuresBlock(r *record.Record) page.Block {
	t := page.Table{Caption: "数字出处", Quiet: true, Columns: []page.Column{{Title: "数字"}, {Title: "稿中", Num: true}, {Title: "逐件"}}, Empty: page.Empty{Text: "这一份是手工登记的，没有出处。"}}
	rows, _ := r.Values["figures"].([]map[string]any)
	for _, row := range rows {
		label, _ := row["label"].(string)
		number, _ := row["value"].(string)
		set, _ := row["set"].(string)
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: label}, {Text: number, Num: true}, {Text: "打开", URL: setURL(r.Date("from"), r.Date("to"), set)}}})
	}
	return page.Block{ID: "figures", Title: "数字出处", Table: &t, Text: []string{"点开的是现在的工单；起草以后又有改动的，件数会与稿中不同。"}}
}
