package ui

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/ui/page"
)

// heatWords prints a heat with its addends: 3×2＋4×1 …
func heatWords(h hotline.Heat) string {
	var parts []string
	for _, a := range h.Addends {
		if a.Count > 0 && a.Weight > 0 {
			parts = append(parts, fmt.Sprintf("%s%d×%g", a.Label, a.Count, a.Weight))
		}
	}
	return fmt.Sprintf("%g＝%s", h.Heat, strings.Join(parts, "＋"))
}

// hotURL is where the card of a hot issue is, counted from 0.
func hotURL(i int) string {
	if i < hotLeaf {
		return fmt.Sprintf("/hotline/hot#hot%d", i+1)
	}
	return fmt.Sprintf("/hotline/hot?after=%d#hot%d", i/hotLeaf*hotLeaf, i+1)
}

func hotTable(list []hotline.Heat, most int) page.Block {
	t := page.Table{Caption: "热点", Columns: []page.Column{{Title: "热点"}, {Title: "地点"}, {Title: "反映人", Num: true}, {Title: "件数", Num: true}, {Title: "热度"}}, Empty: page.Empty{Text: "近来没有多人反映的同一件事。"}}
	for i, h := range list[:min(most, len(list))] {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: h.Headline(), URL: hotURL(i)}, {Text: h.Place}, {Text: strconv.Itoa(h.Reporters), Num: true}, {Text: strconv.Itoa(len(h.Orders)), Num: true}, {Text: heatWords(h)}}})
	}
	return page.Block{Title: "热点", Table: &t, Buttons: []page.Button{{Text: "看全部热点", URL: "/hotline/hot"}}}
}

// hotLeaf is how many hot issues one page shows, and hotShown among how many a
// person may choose one that is the same as another.
const (
	hotLeaf  = 10
	hotShown = 30
)

// hotIssues shows what many report of, each with its reasons and members.
func (v *visit) hotIssues() error {
	view, err := v.hotlineDesk("/hotline/hot", "热点", "近来多人反映的同一件事。有新工单后几分钟内重新归拢，程序不合并；是不是一件事由人定，定了以后重新归拢也不变。")
	if err != nil {
		return err
	}
	list, err := v.office.Hotline.Hot(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	from, to, pager := v.leaf("after", len(list), hotLeaf)
	for i, h := range list[from:to] {
		view.Blocks = append(view.Blocks, v.hotBlocks(from+i+1, h, list)...)
	}
	if pager != nil {
		view.Blocks = append(view.Blocks, page.Block{Title: fmt.Sprintf("共 %d 个热点", len(list)), Pager: pager})
	}
	view.Empty = page.Empty{Text: "近来没有多人反映的同一件事。", Links: []page.Link{{Text: "返回晨报", URL: "/hotline"}}}
	return v.desk(view)
}

// hotBlocks is the card of one hot issue: facts, members, and what can be done.
func (v *visit) hotBlocks(n int, h hotline.Heat, list []hotline.Heat) []page.Block {
	t := page.Table{Caption: "工单", Columns: []page.Column{{Title: "派单"}, {Title: "工单编号"}, {Title: "标题"}, {Title: "环节"}, {Title: "已并入"}}}
	var options []page.Option
	for _, r := range h.Orders {
		joined := page.Cell{}
		if id := r.RefID("case"); id != 0 {
			joined = page.Cell{Text: "案件", URL: recordURL(record.Ref{Register: hotline.Cases, ID: id})}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: r.Text("dispatched_at")}, {Text: r.Text("external"), URL: recordURL(r.Ref)}, {Text: r.Text("title")}, {Text: r.StepLabel()}, joined}})
		options = append(options, page.Option{Value: idOrEmpty(r.ID), Text: r.Text("external") + " " + r.Text("title")})
	}
	card := page.Block{ID: fmt.Sprintf("hot%d", n), Title: fmt.Sprintf("%d. %s", n, h.Headline()), Table: &t,
		Facts: []page.Fact{{Label: "热度", Value: page.Cell{Text: heatWords(h)}}, {Label: "地点", Value: page.Cell{Text: h.Place}}, {Label: "反映人", Value: page.Cell{Text: fmt.Sprintf("%d 人，%d 件", h.Reporters, len(h.Orders))}}}}
	if h.BurstFrom != "" {
		card.Notices = []page.Notice{{Tone: page.ToneUrgent, Text: fmt.Sprintf("三天三单：%s至%s", h.BurstFrom.Chinese(), h.BurstTo.Chinese())}}
	}
	card.Buttons = v.hotButtons(h)
	out := []page.Block{card}
	if def, ok := v.office.Book.Registers().Get(hotline.Decisions); !ok || !record.MayUse(v.viewer, def, access.ActCreate) {
		return out
	}
	return append(out,
		page.Block{Title: "立为一个案件", Folded: true, Form: &page.Form{Action: "/hotline/hot/case", Sections: []page.Section{{Fields: []page.Field{
			{Name: "title", Label: "案件名称", Kind: page.KindText, Value: h.Headline(), Required: true, Limit: 100},
			{Name: "orders", Label: "并入的工单", Kind: page.KindCodes, Options: options, Hint: "勾选确是同一件事的；并入后一起办，分别答复和回访，随时可以撤销"}}}},
			Buttons: []page.Button{{Text: "立案并入", Primary: true}}}},
		page.Block{Title: "归并不对", Folded: true, Form: &page.Form{Action: "/hotline/hot/decide", Hidden: []page.Pair{{Name: "all", Value: joinIDs(h.Orders)}}, Sections: []page.Section{{Fields: []page.Field{
			{Name: "order", Label: "哪一件不是这件事", Kind: page.KindCode, Options: append([]page.Option{{Value: "", Text: "未选择"}}, options...), Required: true},
			{Name: "reason", Label: "理由", Kind: page.KindText, Required: true, Limit: 200}}}}, Buttons: []page.Button{{Text: "移出这个热点"}}}},
		mergeBlock(n, h, list))
}

// hotButtons are what one click makes of a hot issue.
func (v *visit) hotButtons(h hotline.Heat) []page.Button {
	first := h.Orders[0]
	sign := hotline.Sign{Title: h.Headline(), Rule: "hot", Place: h.Place, Words: strings.Join(hotline.CommonWords(h.Headline(), h.Orders), "、"), Community: first.Community, Orders: h.Orders,
		Why: fmt.Sprintf("%s至%s，%d人反映%d件，热度%s", first.Date("dispatched_on").Chinese(), h.Orders[len(h.Orders)-1].Date("dispatched_on").Chinese(), h.Reporters, len(h.Orders), heatWords(h))}
	community := idOrEmpty(first.Community)
	var out []page.Button
	for _, b := range []struct{ text, register, url string }{
		{"列入主动治理", hotline.Proactive, newProactive(sign)},
		{"吹哨", hotline.Whistles, "/r/" + hotline.Whistles + "/new?" + url.Values{"title": {h.Headline()}, "order": {idOrEmpty(first.ID)}, "address": {first.Text("address")}, "community": {community}}.Encode()},
		{"列为巡查点位", "governance.point", "/r/governance.point/new?" + url.Values{"name": {or(h.Place, first.Text("address"))}, "community": {community}, "address": {first.Text("address")}, "cues": {h.Place}, "checks": {h.Headline()}}.Encode()},
		{"转为议事议题", topics, "/r/" + topics + "/new?" + url.Values{"link": {first.Ref.String()}, "title": {h.Headline()}, "community": {community}, "reason": {sign.Why}}.Encode()},
	} {
		if def, ok := v.office.Book.Registers().Get(b.register); ok && record.MayUse(v.viewer, def, access.ActCreate) {
			out = append(out, page.Button{Text: b.text, URL: b.url})
		}
	}
	return out
}

// mergeBlock offers to say that another hot issue is the same; it holds however
// often issues are gathered anew.
func mergeBlock(n int, h hotline.Heat, list []hotline.Heat) page.Block {
	options := []page.Option{{Value: "", Text: "未选择"}}
	for i, o := range list[:min(hotShown, len(list))] {
		if i+1 != n {
			options = append(options, page.Option{Value: joinIDs(o.Orders), Text: fmt.Sprintf("%d. %s（%d件）", i+1, o.Headline(), len(o.Orders))})
		}
	}
	return page.Block{Title: "与另一个热点是一件事", Folded: true, Form: &page.Form{Action: "/hotline/hot/merge", Hidden: []page.Pair{{Name: "order", Value: idOrEmpty(h.Orders[0].ID)}}, Sections: []page.Section{{Fields: []page.Field{
		{Name: "with", Label: "哪一个", Kind: page.KindCode, Options: options, Required: true},
		{Name: "reason", Label: "理由", Kind: page.KindText, Required: true, Limit: 200}}}}, Buttons: []page.Button{{Text: "并到一起"}}}}
}

func (v *visit) hotMerge() error {
	if err := v.entitled(hotline.Orders, access.ActRead); err != nil {
		return err
	}
	order, with := readIDs([]string{v.typed.First("order")}), readIDs([]string{v.typed.First("with")})
	if len(order) == 0 || len(with) == 0 {
		return record.Refused(record.CodeInvalid, "请选哪一个热点是同一件事")
	}
	if err := v.office.Hotline.Decide(v.ctx, v.viewer, hotline.Opinion{Kind: "together", Order: order[0], Others: with, Reason: v.typed.First("reason")}); err != nil {
		return err
	}
	return v.done("/hotline/hot", "已并到一起，重新归拢也不会再分开")
}

func joinIDs(list []*record.Record) string {
	var ids []string
	for _, r := range list {
		ids = append(ids, idOrEmpty(r.ID))
	}
	return strings.Join(ids, ",")
}

func readIDs(words []string) []uint64 {
	var out []uint64
	for _, w := range words {
		for _, s := range strings.Split(w, ",") {
			if n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 64); err == nil && n > 0 {
				out = append(out, n)
			}
		}
	}
	return out
}

func (v *visit) hotCase() error {
	if err := v.entitled(hotline.Orders, access.ActRead); err != nil {
		return err
	}
	ref, err := v.office.Hotline.OpenCase(v.ctx, v.viewer, v.typed.First("title"), readIDs(v.typed["orders"]))
	if err != nil {
		return err
	}
	return v.done(recordURL(ref), "已立案并入")
}

func (v *visit) hotDecide() error {
	if err := v.entitled(hotline.Orders, access.ActRead); err != nil {
		return err
	}
	order := readIDs([]string{v.typed.First("order")})
	if len(order) == 0 {
		return record.Refused(record.CodeInvalid, "请选哪一件不是这件事")
	}
	if err := v.office.Hotline.Decide(v.ctx, v.viewer, hotline.Opinion{Kind: "apart", Order: order[0], Others: readIDs([]string{v.typed.First("all")}), Reason: v.typed.First("reason")}); err != nil {
		return err
	}
	return v.done("/hotline/hot", "已移出，重新归拢也不会再并进去")
}
