package ui

import (
	"fmt"
	"net/url"
	"strconv"

	"jiezhen/app/access"
	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

func proactiveRoutes() []Route {
	return []Route{
		get("/hotline/proactive", (*visit).proactive),
		get("/hotline/proactive/orders", (*visit).proactiveOrders),
	}
}

// ruleWords are the exact rules in the office's words.
var ruleWords = map[string]string{hotline.RuleBurst: "三天三单", hotline.RulePoint: "同一地点", hotline.RuleDoors: "多楼门", hotline.RuleSeason: "往年同月"}

// proactive is the page of foresight: which rules are met, what is being seen
// to, and whether complaints fell.
func (v *visit) proactive() error {
	view, err := v.hotlineDesk("/hotline/proactive", "未诉先办", "规则命中的先列在这里，由人决定列不列入主动治理；治理完成后观测，看诉求少了没有。")
	if err != nil {
		return err
	}
	signs, err := v.office.Hotline.Signs(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	month := value.MonthOf(v.office.Book.Today())
	f, err := v.office.Hotline.Foresight(v.ctx, v.viewer, month.First(), v.office.Book.Today())
	if err != nil {
		return err
	}
	share := foresightBlock(f)
	share.Title = "本月主动发现占比"
	view.Blocks = []page.Block{v.signBlock(signs)}
	err = v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		b, err := v.treatedBlock(tx)
		view.Blocks = append(view.Blocks, b, share)
		return err
	})
	if err != nil {
		return err
	}
	return v.desk(view)
}

// signsShown is how many rules that are met one page lists.
const signsShown = 60

func (v *visit) signBlock(signs []hotline.Sign) page.Block {
	t := page.Table{Caption: "规则命中", Quiet: true, Columns: []page.Column{{Title: "规则"}, {Title: "什么事"}, {Title: "依据"}, {Title: "件数", Num: true}, {Title: "工单"}, {Title: "主动治理"}},
		Empty: page.Empty{Text: "没有规则命中。"}}
	for _, s := range signs[:min(signsShown, len(signs))] {
		row := page.Row{Cells: []page.Cell{{Text: ruleWords[s.Rule], Badge: true, Tone: page.ToneWarn}, {Text: s.Title, Note: s.Place}, {Text: s.Why}, {Text: signCount(s), Num: true}, signOrders(s), v.signNext(s)}}
		t.Rows = append(t.Rows, row)
	}
	text := "规则的件数、天数、占比都是参数（示例），在“设置—单位与参数”里改。"
	if len(signs) > signsShown {
		text = fmt.Sprintf("共 %d 条，先列 %d 条。", len(signs), signsShown) + text
	}
	return page.Block{ID: "signs", Title: fmt.Sprintf("规则命中（%d）", len(signs)), Text: []string{text}, Table: &t}
}

func signCount(s hotline.Sign) string {
	if s.Season != nil {
		return strconv.Itoa(s.Season.Same)
	}
	return strconv.Itoa(len(s.Orders))
}

// signOrders leads to the orders behind a rule that is met.
func signOrders(s hotline.Sign) page.Cell {
	if s.Season != nil {
		last := s.Season.Month.First().AddMonths(-12)
		return page.Cell{Text: "去年同月", URL: setURL(last, value.MonthOf(last).First().AddMonths(1).AddDays(-1), hotline.CategorySet(s.Season.Category))}
	}
	var cell page.Cell
	for i, o := range s.Orders {
		one := page.Cell{Text: or(o.Text("external"), o.Number), URL: recordURL(o.Ref)}
		switch {
		case i == 0:
			cell = one
		case i < 5:
			cell.More = append(cell.More, one)
		case i == 5:
			cell.More = append(cell.More, page.Cell{Text: "等"})
		}
	}
	return cell
}

// signNext leads to the record that sees to it, or to a new one.
func (v *visit) signNext(s hotline.Sign) page.Cell {
	if !s.Taken.Zero() {
		return page.Cell{Text: "已列入", URL: recordURL(s.Taken), Tone: page.ToneGood}
	}
	if def, ok := v.office.Book.Registers().Get(hotline.Proactive); !ok || !record.MayUse(v.viewer, def, access.ActCreate) {
		return page.Cell{Text: "待研判"}
	}
	return page.Cell{Text: "列入主动治理", URL: newProactive(s)}
}

// newProactive is the form of a new record, filled in from a rule that is met.
func newProactive(s hotline.Sign) string {
	q := url.Values{"title": {s.Title}, "source": {s.Rule}, "reason": {s.Why}, "words": {s.Words}}
	if s.Place != "" {
		q.Set("spot", s.Place)
	}
	if s.Community != 0 {
		q.Set("community", idOrEmpty(s.Community))
	}
	if len(s.Orders) > 0 {
		q.Set("order", idOrEmpty(s.Orders[0].ID))
	}
	return "/r/" + hotline.Proactive + "/new?" + q.Encode()
}

// soonDays is the first look at whether complaints fell.
const soonDays = 30

// treatedBlock lists what is being seen to, with the complaints before and
// after.
func (v *visit) treatedBlock(tx *record.Tx) (page.Block, error) {
	days, err := tx.Book().Policy().Integer("governance.proactive.days", tx.Today())
	if err != nil {
		return page.Block{}, fmt.Errorf("reading the days of watching: %w", err)
	}
	t := page.Table{Caption: "治理与观测", Quiet: true, Columns: []page.Column{{Title: "主题"}, {Title: "环节"}, {Title: "开始治理"}, {Title: "治理完成"}, {Title: fmt.Sprintf("%d日前后", soonDays), Num: true}, {Title: fmt.Sprintf("%d日前后", days), Num: true}, {Title: "降幅", Num: true}},
		Empty: page.Empty{Text: "还没有列入主动治理的。"}}
	p, err := tx.List(record.Query{Register: hotline.Proactive, Limit: 50})
	if err != nil {
		return page.Block{}, err
	}
	for _, row := range p.Rows {
		cells := []page.Cell{{Text: row.Text("title"), Note: row.Number, URL: recordURL(row.Ref)}, {Text: row.StepLabel()}, {Text: row.Text("started_on")}, {Text: row.Text("finished_on")}}
		for _, most := range []int{soonDays, int(days)} {
			e, ok, err := hotline.EffectOf(tx, row.Record, most)
			if err != nil {
				return page.Block{}, err
			}
			cell := page.Cell{Text: "—", Num: true}
			if ok {
				cell = page.Cell{Text: fmt.Sprintf("%d → %d", len(e.Before), len(e.After)), URL: effectURL(row.ID, most), Num: true, Note: fmt.Sprintf("各 %d 日", e.Days)}
			}
			if cells = append(cells, cell); most == int(days) {
				cells = append(cells, page.Cell{Text: or(map[bool]string{true: e.Drop()}[ok], "—"), Num: true})
			}
		}
		t.Rows = append(t.Rows, page.Row{Cells: cells})
	}
	return page.Block{ID: "treated", Title: "治理与观测", Table: &t, Text: []string{"前：开始治理以前的同样天数；后：治理完成以后。地点和字眼都对得上的工单才算，点开可逐件看。降幅＝（前−后）÷前。"},
		Buttons: []page.Button{{Text: "主动治理登记簿", URL: "/r/" + hotline.Proactive}}}, nil
}

func effectURL(id uint64, most int) string {
	return fmt.Sprintf("/hotline/proactive/orders?id=%d&days=%d", id, most)
}

// effectBlock shows on a record's own page whether complaints fell.
func (v *visit) effectBlock(tx *record.Tx, r *record.Record) (page.Block, error) {
	b := page.Block{ID: "effect", Title: "诉求少了没有"}
	for _, most := range []int{soonDays, 90} {
		e, ok, err := hotline.EffectOf(tx, r, most)
		if err != nil {
			return b, err
		}
		if !ok {
			b.Text = []string{"治理完成以后，这里比较前后同类诉求。"}
			return b, nil
		}
		b.Figures = append(b.Figures, page.Figure{Label: fmt.Sprintf("%d日前后", most), Value: fmt.Sprintf("%d → %d", len(e.Before), len(e.After)), URL: effectURL(r.ID, most), Note: fmt.Sprintf("降幅 %s，各 %d 日", e.Drop(), e.Days)})
	}
	return b, nil
}

// proactiveOrders lists the orders before and after.
func (v *visit) proactiveOrders() error {
	view, err := v.hotlineDesk("/hotline/proactive", "治理前后的工单", "")
	if err != nil {
		return err
	}
	id, _ := strconv.ParseUint(v.query("id"), 10, 64)
	days, _ := strconv.Atoi(v.query("days"))
	var r *record.Record
	var e hotline.Effect
	err = v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		if r, err = tx.Open(record.Ref{Register: hotline.Proactive, ID: id}); err != nil {
			return err
		}
		e, _, err = hotline.EffectOf(tx, r, max(1, min(days, 400)))
		return err
	})
	if err != nil {
		return err
	}
	for _, side := range []struct {
		title, param string
		refs         []record.Ref
	}{{"治理前", "before", e.Before}, {"治理后", "later", e.After}} {
		from, to, pager := v.leaf(side.param, len(side.refs), ordersShown)
		t, err := v.ordersTable(side.refs[from:to])
		if err != nil {
			return err
		}
		view.Blocks = append(view.Blocks, page.Block{Title: fmt.Sprintf("%s %d 日：%d 件", side.title, e.Days, len(side.refs)), Table: &t, Pager: pager})
	}
	view.Blocks[1].Buttons = []page.Button{{Text: "返回" + r.Number, URL: recordURL(r.Ref)}}
	return v.desk(view)
}
