package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/grid"
	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// How many things the morning page lists: of what can still be done in time all
// that a morning holds, of what is late the worst.
const (
	nearShown = 20
	lateShown = 20
)

// morning is the page for the duty officer: what burns.
func (v *visit) morning() error {
	view, err := v.hotlineDesk("/hotline", "接诉即办晨报", "先办还来得及的，再办已经超时的。每个数都能点开。")
	if err != nil {
		return err
	}
	m, err := v.office.Hotline.Morning(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	first, err := v.burningFigures(m)
	if err != nil {
		return err
	}
	view.Blocks = []page.Block{first}
	err = v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		view.Blocks = append(view.Blocks, v.burningBlocks(tx, m)...)
		return nil
	})
	if err != nil {
		return err
	}
	rates, err := v.standing(m)
	if err != nil {
		return err
	}
	view.Blocks = append(view.Blocks, rates)
	if b, ok, err := v.patrolBlock(); err != nil {
		return err
	} else if ok {
		view.Blocks = append(view.Blocks, b)
	}
	hot, err := v.office.Hotline.Hot(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	view.Blocks = append(view.Blocks, hotTable(hot, 5))
	return v.desk(view)
}

// burningFigures are the counts of what cannot wait, with the one thing that
// comes first in words.
func (v *visit) burningFigures(m hotline.Morning) (page.Block, error) {
	b := page.Block{Title: moment(m.At) + " 的情况", Figures: []page.Figure{
		{Label: "快到时", Value: strconv.Itoa(m.Near), URL: urlIf(m.Near > 0, "#near"), Tone: urgentIf(m.Near > 0)},
		{Label: "已超时", Value: strconv.Itoa(m.Late), URL: urlIf(m.Late > 0, "#late"), Tone: urgentIf(m.Late > 0)},
		{Label: "待签收", Value: strconv.Itoa(m.Unsigned), URL: "/r/" + hotline.Orders + "?step=new"},
		{Label: "哨未报到", Value: strconv.Itoa(m.Whistles), URL: "/r/" + hotline.Whistles + "?step=blown", Tone: urgentIf(m.Whistles > 0)}}}
	if first := append(burning(m, false), burning(m, true)...); len(first) > 0 {
		b.Text = []string{fmt.Sprintf("最急：%s，%s（%s）。", record.LabelOf(first[0].Record), first[0].What, gapWords(m.At, first[0].Due))}
	}
	if v.entitled(grid.Cases, access.ActRead) == nil {
		board, err := v.office.Grid.Board(v.ctx, v.viewer)
		if err != nil {
			return b, err
		}
		over := strconv.Itoa(board.Over)
		if board.More {
			over += "+"
		}
		b.Figures = append(b.Figures, page.Figure{Label: "网格超期", Value: over, URL: "/grid#late", Tone: urgentIf(board.Over > 0)})
	}
	refused, waiting, err := v.undelivered()
	if err != nil {
		return b, err
	}
	if refused > 0 {
		b.Figures = append(b.Figures, page.Figure{Label: "回单被平台退回", Value: strconv.Itoa(refused), URL: "/hotline/replies", Tone: page.ToneUrgent})
	}
	if waiting > 0 {
		b.Figures = append(b.Figures, page.Figure{Label: "回单待交付", Value: strconv.Itoa(waiting), URL: "/hotline/replies"})
	}
	return b, nil
}

// urlIf is an address that leads somewhere only then: a list of nothing is left
// out.
func urlIf(yes bool, url string) string {
	if yes {
		return url
	}
	return ""
}

// undelivered counts the replies that have not gone back to the platform, and
// those of them that it refused, for who delivers them.
func (v *visit) undelivered() (refused, waiting int, err error) {
	if v.mayDeliver() != nil {
		return 0, 0, nil
	}
	list, err := v.office.Hotline.Waiting(v.ctx, v.viewer)
	for _, r := range list {
		if r.Text("delivery") == "failed" {
			refused++
		}
	}
	return refused, len(list) - refused, err
}

// burning are the things that are late, or those that can still be done in
// time: these by when they are due, late ones with what may cost life or warmth
// before the rest.
func burning(m hotline.Morning, late bool) []hotline.Burning {
	var out []hotline.Burning
	for _, b := range m.Burning {
		if b.Late == late {
			out = append(out, b)
		}
	}
	if late {
		slices.SortStableFunc(out, func(a, b hotline.Burning) int { return cmp.Compare(press(a.Record), press(b.Record)) })
	}
	return out
}

// press is how much what is late presses: a whistle that nobody has come to
// first, then by the class of the order.
func press(r *record.Record) int {
	if r.Register == hotline.Whistles {
		return 0
	}
	if n := slices.Index([]string{"emergency", "timely"}, r.Text("class")); n >= 0 {
		return 1 + n
	}
	return 3
}

func (v *visit) burningBlocks(tx *record.Tx, m hotline.Morning) []page.Block {
	near, late := burning(m, false), burning(m, true)
	if len(near)+len(late) == 0 {
		return []page.Block{{ID: "near", Text: []string{"没有快到时的，也没有超时的。"}}}
	}
	var out []page.Block
	for _, part := range []struct {
		id, title string
		all       []hotline.Burning
		most      int
	}{{"near", "快到时，还来得及（%d）", near, nearShown}, {"late", "已经超时（%d）", late, lateShown}} {
		if len(part.all) == 0 {
			continue
		}
		b := v.burningBlock(tx, m.At, part.id, fmt.Sprintf(part.title, len(part.all)), part.all[:min(part.most, len(part.all))])
		if len(part.all) > part.most {
			b.Text = []string{fmt.Sprintf("只列最急的 %d 件。", part.most)}
			b.Buttons = []page.Button{{Text: "按期限看全部未办结的", URL: "/r/" + hotline.Orders + "?open=1&sort=due"}}
		}
		out = append(out, b)
	}
	return out
}

func (v *visit) burningBlock(tx *record.Tx, now time.Time, id, title string, list []hotline.Burning) page.Block {
	t := page.Table{Caption: title, Quiet: true, Columns: []page.Column{{Title: map[bool]string{true: "还剩", false: "已超"}[id == "near"]}, {Title: "到时"}, {Title: "要做什么"}, {Title: "事项"}, {Title: "编号"}, {Title: "社区（村）"}, {Title: "承办"}}}
	for _, b := range list {
		r := b.Record
		do := page.Cell{Text: b.What}
		switch class := r.Text("class"); class {
		case "emergency":
			do.More = []page.Cell{{Text: v.office.Book.CodeLabel("order.class", class), Tone: page.ToneUrgent, Badge: true}}
		case "timely":
			do.More = []page.Cell{{Text: v.office.Book.CodeLabel("order.class", class), Tone: page.ToneWarn, Badge: true}}
		}
		if n, _ := r.Values["chased"].(float64); n > 0 {
			do.More = append(do.More, page.Cell{Text: fmt.Sprintf("催办%d次", int(n)), Tone: page.ToneUrgent, Badge: true})
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: gapSize(now, b.Due), Tone: urgentIf(b.Late)}, {Text: b.Due.Format("01-02 15:04")}, do, {Text: record.LabelOf(r), URL: recordURL(r.Ref)}, {Text: or(r.Text("external"), r.Number)},
			{Text: tx.Label(record.Ref{Register: record.Places, ID: r.Community}, false)}, {Text: tx.Label(record.Ref{Register: record.Users, ID: r.Owner}, false)}}})
	}
	return page.Block{ID: id, Title: title, Table: &t}
}

// standing is how the office stands beside what burns: the month's three rates,
// and what waits without a clock.
func (v *visit) standing(m hotline.Morning) (page.Block, error) {
	today := v.office.Book.Today()
	b := page.Block{Title: "本月三率与底数"}
	month, err := v.office.Hotline.Rates(v.ctx, v.viewer, value.MonthOf(today))
	if err != nil {
		return b, err
	}
	for _, r := range month.Rates {
		b.Figures = append(b.Figures, page.Figure{Label: r.Title, Value: r.Percent(), Note: fmt.Sprintf("%s/%d", shares(r.Sum), len(r.Of)), URL: "/hotline/rates"})
	}
	signs, err := v.office.Hotline.Signs(v.ctx, v.viewer)
	if err != nil {
		return b, err
	}
	yesterday := today.AddDays(-1)
	b.Figures = append(b.Figures, page.Figure{Label: "待回访", Value: strconv.Itoa(m.Callback), URL: "/r/" + hotline.Orders + "?step=replied"},
		page.Figure{Label: "挂账", Value: strconv.Itoa(m.Suspended), URL: "/r/" + hotline.Orders + "?open=1&suspended=1"},
		page.Figure{Label: "昨日来单", Value: strconv.Itoa(m.Came), URL: fmt.Sprintf("/r/%s?f.dispatched_on=%s&t.dispatched_on=%s", hotline.Orders, yesterday, yesterday)},
		page.Figure{Label: "未诉先办规则命中", Value: strconv.Itoa(untaken(signs)), URL: "/hotline/proactive"})
	return b, nil
}

// gapSize is how long until, or since, an instant: finer the nearer it is.
func gapSize(now, due time.Time) string {
	gap := due.Sub(now).Abs()
	switch days := int(gap.Hours()) / 24; {
	case days >= 2:
		return fmt.Sprintf("%d天", days)
	case days == 1:
		return fmt.Sprintf("1天%d小时", int(gap.Hours())-24)
	}
	if gap < time.Hour {
		return fmt.Sprintf("%d分", int(gap.Minutes()))
	}
	return fmt.Sprintf("%d小时%02d分", int(gap.Hours()), int(gap.Minutes())%60)
}

// gapWords says how long until, or since, an instant.
func gapWords(now, due time.Time) string {
	return map[bool]string{true: "已超", false: "还剩"}[due.Before(now)] + gapSize(now, due)
}
