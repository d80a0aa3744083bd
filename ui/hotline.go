package ui

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/access"
	"jiezhen/app/hotline"
	"jiezhen/app/insight"
	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

func hotlineRoutes() []Route {
	near := get("/hotline/near.json", (*visit).nearJSON)
	near.JSON = true
	return slices.Concat(digestRoutes(), proactiveRoutes(), repliesRoutes(), []Route{
		get("/hotline", (*visit).morning),
		get("/hotline/rates", (*visit).rates),
		get("/hotline/rates/orders", (*visit).rateOrders),
		post("/hotline/freeze", (*visit).freezeMonth),
		get("/hotline/hot", (*visit).hotIssues),
		post("/hotline/hot/case", (*visit).hotCase),
		post("/hotline/hot/decide", (*visit).hotDecide),
		post("/hotline/hot/merge", (*visit).hotMerge),
		get("/hotline/identity/:id", (*visit).identityForm),
		post("/hotline/identity/:id", (*visit).identity),
		near,
	})
}

var hotlineTabs = []page.Filter{{Text: "晨报", URL: "/hotline"}, {Text: "回单交付", URL: "/hotline/replies"}, {Text: "三率", URL: "/hotline/rates"}, {Text: "热点", URL: "/hotline/hot"}, {Text: "未诉先办", URL: "/hotline/proactive"}, {Text: "分析与通报", URL: "/hotline/digest"}}

// hotlineDesk is the frame of the hotline's pages, for who works with orders.
func (v *visit) hotlineDesk(at, title, lead string) (page.DeskView, error) {
	view := page.DeskView{Frame: v.frame(title, lead)}
	for _, t := range hotlineTabs {
		if t.URL == "/hotline/replies" && v.mayDeliver() != nil {
			continue
		}
		t.Current = t.URL == at
		view.Tabs = append(view.Tabs, t)
	}
	return view, v.entitled(hotline.Orders, access.ActRead)
}

// month reads which month the page is about.
func (v *visit) month() value.Month {
	if m, err := value.ParseMonth(or(v.query("month"), v.typed.First("month"))); err == nil {
		return m
	}
	return value.MonthOf(v.office.Book.Today())
}

// rates shows the three rates of a month, what is behind each, how many are
// short of the target, and how the communities stand.
func (v *visit) rates() error {
	view, err := v.hotlineDesk("/hotline/rates", "三率", "响应率、解决率、满意率按派单月份统计；分子、分母都能点开逐件核对。")
	if err != nil {
		return err
	}
	month := v.month()
	m, err := v.office.Hotline.Rates(v.ctx, v.viewer, month)
	if err != nil {
		return err
	}
	target, err := v.target()
	if err != nil {
		return err
	}
	view.Blocks = []page.Block{{Title: "月份", Form: &page.Form{Action: "/hotline/rates", Get: true, Sections: []page.Section{{Fields: []page.Field{
		{Name: "month", Label: "派单月份", Kind: page.KindMonth, Value: string(month)},
		{Name: "target", Label: "试算目标", Kind: page.KindNumber, Value: strconv.Itoa(target), Unit: "%", Hint: "改一改，看还差几件"}}}}, Buttons: []page.Button{{Text: "查看"}}}}}
	view.Blocks = append(view.Blocks, rateBlock(m, target), areaBlock(m))
	frozen, err := v.frozenBlock(m)
	if err != nil {
		return err
	}
	view.Blocks = append(view.Blocks, frozen)
	if b, ok := v.qualityBlock(); ok {
		view.Blocks = append(view.Blocks, b)
	}
	return v.desk(view)
}

// target is the share of 100 that the page reckons with: tried by the reader, or
// the office's own.
func (v *visit) target() (int, error) {
	if n, err := strconv.Atoi(v.query("target")); err == nil && n > 0 && n <= 100 {
		return n, nil
	}
	n, err := v.office.Book.Policy().Integer("governance.rate.target", v.office.Book.Today())
	return int(n), err
}

// simulated says what the orders that wait for their call-back must bring for
// each rate to reach the target.
func simulated(m hotline.Month, target int) string {
	var parts []string
	for _, r := range m.Rates {
		if r.ID == "response" {
			continue
		}
		switch n, ok := r.Need(float64(target)/100, m.Pending); {
		case len(r.Of)+m.Pending == 0:
		case !ok:
			parts = append(parts, fmt.Sprintf("%s全部算上也到不了%d%%", r.Title, target))
		case n == 0:
			parts = append(parts, r.Title+"一件都不算也够")
		default:
			parts = append(parts, fmt.Sprintf("%s至少要有%d件算上", r.Title, n))
		}
	}
	if len(parts) == 0 {
		return "没有待回访的，算不出还要几件。"
	}
	return fmt.Sprintf("试算：待回访的 %d 件都联系上的话，到%d%%，%s。", m.Pending, target, strings.Join(parts, "，"))
}

// untaken counts the rules met that nobody sees to yet.
func untaken(signs []hotline.Sign) int {
	n := 0
	for _, s := range signs {
		if s.Taken.Zero() {
			n++
		}
	}
	return n
}

// shares writes a numerator, which may hold parts of orders.
func shares(sum float64) string { return strconv.FormatFloat(math.Round(sum*100)/100, 'f', -1, 64) }

func membersURL(m hotline.Month, rate, set string) string {
	return "/hotline/rates/orders?" + url.Values{"month": {string(m.Month)}, "rate": {rate}, "set": {set}}.Encode()
}

func rateBlock(m hotline.Month, target int) page.Block {
	t := page.Table{Caption: "三率", Columns: []page.Column{{Title: "指标"}, {Title: "比率", Num: true}, {Title: "分子", Num: true}, {Title: "分母", Num: true}, {Title: "未计入", Num: true}, {Title: fmt.Sprintf("到%d%%还差", target), Num: true}, {Title: "口径"}}}
	for _, r := range m.Rates {
		short := "已达到"
		if n := r.Short(float64(target) / 100); n > 0 {
			short = fmt.Sprintf("%d 件", n)
		} else if len(r.Of) == 0 {
			short = "—"
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: r.Title}, {Text: r.Percent(), Num: true},
			{Text: shares(r.Sum), URL: membersURL(m, r.ID, "hits"), Num: true}, {Text: strconv.Itoa(len(r.Of)), URL: membersURL(m, r.ID, "of"), Num: true},
			{Text: strconv.Itoa(len(r.Misses)), URL: membersURL(m, r.ID, "misses"), Num: true, Tone: urgentIf(len(r.Misses) > 0)}, {Text: short, Num: true}, {Text: r.Words}}})
	}
	b := page.Block{Title: m.Month.Chinese() + "三率", Table: &t, Text: []string{
		fmt.Sprintf("派单 %d 件，剔除 %d 件不入分母，已回单待回访 %d 件。", m.Orders, len(m.Excluded), m.Pending),
		simulated(m, target),
		"“还差”是再有这么多件完全算上的，就达到目标；权重、目标、基本满意的系数都是参数（示例或待核），口径版本 " + m.Version + "。"},
		Buttons: []page.Button{{Text: "看剔除的工单", URL: membersURL(m, "", "excluded")}}}
	if s, ok := m.Score(); ok {
		b.Figures = []page.Figure{{Label: "综合得分", Value: fmt.Sprintf("%.2f", s)}}
	}
	return b
}

func areaBlock(m hotline.Month) page.Block {
	t := page.Table{Caption: "社区（村）排名", Columns: []page.Column{{Title: "名次", Num: true}, {Title: "社区（村）"}, {Title: "件数", Num: true}, {Title: "响应率", Num: true}, {Title: "解决率", Num: true}, {Title: "满意率", Num: true}, {Title: "综合", Num: true}},
		Empty: page.Empty{Text: "这个月还没有工单。"}}
	rank := 0
	for _, a := range m.Areas {
		place, total := page.Cell{Text: "—", Num: true}, page.Cell{Text: "—", Num: true}
		if a.Scored {
			rank++
			place.Text, total.Text = strconv.Itoa(rank), fmt.Sprintf("%.2f", a.Score)
		}
		list := fmt.Sprintf("/r/%s?community=%d&f.dispatched_on=%s&t.dispatched_on=%s", hotline.Orders, a.Community, m.Month.First(), m.Month.First().AddMonths(1).AddDays(-1))
		cells := []page.Cell{place, {Text: a.Name}, {Text: strconv.Itoa(a.Orders), URL: list, Num: true}}
		for _, r := range a.Rates {
			cells = append(cells, page.Cell{Text: r.Percent(), Num: true, Note: fmt.Sprintf("%s/%d", shares(r.Sum), len(r.Of))})
		}
		t.Rows = append(t.Rows, page.Row{Cells: append(cells, total)})
	}
	return page.Block{Title: "社区（村）排名", Table: &t, Text: []string{"三率都有分母的才排名次。"}}
}

// frozenBlock says how the month was frozen, or offers to freeze it.
func (v *visit) frozenBlock(m hotline.Month) (page.Block, error) {
	b := page.Block{Title: "月末冻结"}
	old, err := v.office.Hotline.Frozen(v.ctx, v.viewer, m.Month)
	if err != nil {
		return b, err
	}
	months, _ := v.office.Book.Registers().Get(hotline.Months)
	switch {
	case old != nil:
		b.Text = []string{fmt.Sprintf("已于%s冻结，口径版本 %s；上面是按现在的工单算的，与冻结数不同的，是冻结以后又有改动。", old.Created.Chinese(), old.Text("version"))}
		b.Buttons = []page.Button{{Text: "看冻结的月报 " + old.Number, URL: recordURL(old.Ref)}}
	case v.office.Book.Today() < m.Month.First().AddMonths(1):
		b.Text = []string{"这个月还没有过完，月末以后可以冻结。"}
	case record.MayUse(v.viewer, months, access.ActCreate):
		b.Text = []string{"冻结后，这个月的三率、排名和逐件判定都存下来，不再随工单变动。"}
		b.Form = &page.Form{Action: "/hotline/freeze", Hidden: []page.Pair{{Name: "month", Value: string(m.Month)}}, Buttons: []page.Button{{Text: "冻结" + m.Month.Chinese(), Primary: true}}}
	default:
		b.Text = []string{"还没有冻结，由平安建设办负责人冻结。"}
	}
	return b, nil
}

func (v *visit) freezeMonth() error {
	if err := v.entitled(hotline.Orders, access.ActRead); err != nil {
		return err
	}
	ref, err := v.office.Hotline.Freeze(v.ctx, v.viewer, v.month())
	if err != nil {
		return err
	}
	return v.done(recordURL(ref), "已冻结"+v.month().Chinese()+"三率")
}

// qualityBlock says how well the category suggestions do on the office's own
// closed orders.
func (v *visit) qualityBlock() (page.Block, bool) {
	e, ok := v.office.Hotline.Quality()
	if !ok {
		return page.Block{}, false
	}
	t := page.Table{Caption: "分类建议的准头", Columns: []page.Column{{Title: "分类"}, {Title: "件数", Num: true}, {Title: "F1", Num: true}, {Title: "精确率", Num: true}, {Title: "召回率", Num: true}}}
	for _, c := range e.Classes {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: c.Class}, {Text: strconv.Itoa(c.Rows), Num: true}, {Text: fmt.Sprintf("%.2f", c.F1), Num: true},
			{Text: fmt.Sprintf("%.2f", c.Precision), Num: true}, {Text: fmt.Sprintf("%.2f", c.Recall), Num: true}}})
	}
	text := []string{fmt.Sprintf("用本单位 %d 件已结工单五折交叉验证：macro-F1 %.3f，首选正确 %.1f%%，前三含正确 %.1f%%。只从已结工单学，不出本机。", e.Rows, e.MacroF1, 100*e.Accuracy, 100*e.Top3)}
	if held, err := v.heldTo(e); err == nil {
		text = append(text, held)
	}
	return page.Block{Title: "分类建议的准头", Folded: true, Table: &t, Text: text}, true
}

// From so many closed orders on the classifier is held to a mark of its own.
const (
	classFew  = 500
	classMany = 1400
)

// heldTo says to which marks the suggestions are held, and whether they reach
// them.
func (v *visit) heldTo(e insight.Evaluation) (string, error) {
	var marks [3]float64
	for i, key := range []string{"few", "many", "three"} {
		m, err := v.office.Book.Policy().Decimal("governance.class."+key, v.office.Book.Today())
		if err != nil {
			return "", err
		}
		marks[i] = m
	}
	said := fmt.Sprintf("验收线（七个一级分类，参数，示例）：满%d件 macro-F1 ≥%.2f，满%d件 ≥%.2f，前三含正确 ≥%.0f%%。", classFew, marks[0], classMany, marks[1], 100*marks[2])
	least := marks[0]
	switch {
	case e.Rows < classFew:
		return said + fmt.Sprintf("现有 %d 件，不足%d件，先别太当真。", e.Rows, classFew), nil
	case e.Rows >= classMany:
		least = marks[1]
	}
	if e.MacroF1 < least || e.Top3 < marks[2] {
		return said + "现在没有达到：多半是已结工单里同类的写法不一，或分类填得不准，可先核对F1最低的几类。", nil
	}
	return said + "现在达到。", nil
}

// ordersShown is how many of the orders behind a figure one page lists.
const ordersShown = 50

// rateOrders lists the orders behind a figure of a month.
func (v *visit) rateOrders() error {
	view, err := v.hotlineDesk("/hotline/rates", "三率背后的工单", "")
	if err != nil {
		return err
	}
	m, err := v.office.Hotline.Rates(v.ctx, v.viewer, v.month())
	if err != nil {
		return err
	}
	refs, ok := m.Members(v.query("rate"), v.query("set"))
	if !ok {
		return record.Refused(record.CodeNotFound, "没有这个数")
	}
	from, to, pager := v.leaf("after", len(refs), ordersShown)
	t, err := v.ordersTable(refs[from:to])
	if err != nil {
		return err
	}
	view.Blocks = []page.Block{{Title: m.Month.Chinese() + v.setWords(m), Text: []string{fmt.Sprintf("共 %d 件，新的在前。", len(refs))}, Table: &t, Pager: pager, Buttons: []page.Button{{Text: "返回三率", URL: "/hotline/rates?month=" + string(m.Month)}}}}
	return v.desk(view)
}

// ordersTable lists orders.
func (v *visit) ordersTable(refs []record.Ref) (page.Table, error) {
	t := page.Table{Caption: "工单", Columns: []page.Column{{Title: "工单编号"}, {Title: "标题"}, {Title: "派单"}, {Title: "应联系"}, {Title: "联系"}, {Title: "是否解决"}, {Title: "是否满意"}, {Title: "剔除"}, {Title: "环节"}},
		Empty: page.Empty{Text: "没有。"}}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		for _, ref := range refs {
			r, err := tx.Open(ref)
			if err != nil {
				return err
			}
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: r.Text("external"), URL: recordURL(ref)}, {Text: r.Text("title")}, {Text: r.Text("dispatched_at")}, {Text: r.Text("contact_due")},
				{Text: r.Text("contacted_at")}, {Text: v.office.Book.CodeLabel("order.solved", r.Text("solved"))}, {Text: v.office.Book.CodeLabel("order.satisfied", r.Text("satisfied"))},
				{Text: v.office.Book.CodeLabel("order.exclusion.state", r.Text("exclusion_state"))}, {Text: r.StepLabel()}}})
		}
		return nil
	})
	return t, err
}

func (v *visit) setWords(m hotline.Month) string {
	words := map[string]string{"of": "分母", "hits": "分子", "misses": "未计入分子", "excluded": "剔除"}[v.query("set")]
	for _, r := range m.Rates {
		if r.ID == v.query("rate") {
			return r.Title + "：" + words
		}
	}
	return words
}

// nearJSON answers the script of the order's form with orders that say the same
// as what is being typed, with likely classes, and with where it may lie.
func (v *visit) nearJSON() error {
	if err := v.entitled(hotline.Orders, access.ActRead); err != nil {
		return v.json(fiber.StatusForbidden, map[string]any{"error": "您的岗位不办理工单"})
	}
	text := v.query("text")
	twins, err := v.office.Hotline.Twins(v.ctx, v.viewer, text)
	if err != nil {
		return err
	}
	same := []map[string]any{}
	for _, p := range twins {
		same = append(same, map[string]any{"text": or(p.Order.Text("external"), p.Order.Number) + " " + p.Order.Text("title"), "url": recordURL(p.Order.Ref), "step": p.Order.StepLabel(), "likeness": percent(p.Likeness)})
	}
	classes := []map[string]any{}
	for _, s := range v.office.Hotline.Suggest(text) {
		classes = append(classes, map[string]any{"class": s.Class, "chance": percent(s.Chance), "words": s.Words})
	}
	places, err := v.nearPlaces(v.query("at"), text)
	if err != nil {
		return err
	}
	return v.json(fiber.StatusOK, map[string]any{"same": same, "classes": classes, "places": places})
}

// nearPlaces are the communities that an address, else a text, speaks of, each
// once.
func (v *visit) nearPlaces(texts ...string) ([]map[string]any, error) {
	out := []map[string]any{}
	seen := map[uint64]bool{}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		for _, text := range texts {
			found, err := v.office.Grid.Where(tx, text, 0)
			if err != nil || len(out) > 0 {
				return err
			}
			for _, s := range found.Spots {
				if s.Community != nil && !seen[s.Community.ID] {
					seen[s.Community.ID] = true
					out = append(out, map[string]any{"id": idOrEmpty(s.Community.ID), "name": s.Community.Name, "why": s.Why})
				}
			}
		}
		return nil
	})
	return out, err
}

func percent(x float64) string { return strconv.Itoa(int(100*x+0.5)) + "%" }

// levelTone is how a finding of the reply gate presses.
func levelTone(level string) page.Tone {
	if level == insight.Stop {
		return page.ToneUrgent
	}
	return page.ToneWarn
}
