package hotline

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/deadline"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Bulletins is the register of weekly and monthly bulletins.
const Bulletins = "governance.bulletin"

// The kinds of bulletin.
const (
	Weekly  = "week"
	Monthly = "month"
)

// bulletinTop is how many categories the text of a bulletin names.
const bulletinTop = 3

// SpanOf are the days of the week or month in which a day lies.
func SpanOf(kind string, day value.Date) (from, to value.Date) {
	if kind == Weekly {
		back := (int(day.Time().Weekday()) + 6) % 7 // a week begins on Monday
		return day.AddDays(-back), day.AddDays(6 - back)
	}
	m := value.MonthOf(day)
	return m.First(), m.First().AddMonths(1).AddDays(-1)
}

// DraftBulletin writes a bulletin of a week or month from the orders as they
// stand: every sentence may be changed before it is issued, and every number
// remembers which orders it counts. One that was drafted before is given back.
func (d *Desk) DraftBulletin(ctx context.Context, v access.Viewer, kind string, day value.Date) (record.Ref, error) {
	var made record.Ref
	if kind != Weekly && kind != Monthly {
		return made, record.Refused(record.CodeInvalid, "请选周报或月报")
	}
	from, to := SpanOf(kind, day)
	if from > d.book.Today() {
		return made, record.Refused(record.CodeInvalid, "%s还没有到", from.Chinese())
	}
	g, err := d.Digest(ctx, v, from, to)
	if err != nil {
		return made, err
	}
	if g.Orders == 0 {
		return made, record.Refused(record.CodeInvalid, "%s至%s没有工单，不用通报", from.Chinese(), to.Chinese())
	}
	err = d.book.Change(ctx, v, "起草通报", func(tx *record.Tx) error {
		p, err := tx.List(record.Query{Register: Bulletins, Filters: map[string][]string{"kind": {kind}}, From: map[string]value.Date{"from": from}, To: map[string]value.Date{"from": from}, Limit: 1})
		if err != nil {
			return err
		}
		if len(p.Rows) > 0 {
			made = p.Rows[0].Ref
			return nil
		}
		r, err := tx.Create(record.Draft{Register: Bulletins, Values: bulletinValues(tx, kind, g), Owner: v.User})
		if err == nil {
			made = r.Ref
		}
		return err
	})
	return made, err
}

func bulletinValues(tx *record.Tx, kind string, g Digest) register.Values {
	name := tx.Book().Profile().TownName
	title := fmt.Sprintf("关于%s接诉即办工作情况的通报", g.Month.Month.Chinese())
	if kind == Weekly {
		title = fmt.Sprintf("接诉即办工作周通报（%s至%s）", g.From.Chinese(), shortDate(g.To))
	}
	values := register.Values{"title": name + title, "kind": kind, "from": string(g.From), "to": string(g.To), "dated": string(tx.Today()),
		"sendto": "各社区（村）、各科室", "version": g.Version, "drafted_at": g.At.Format(deadline.Minute),
		"overview": g.overviewText(), "rates": g.ratesText(), "topics": g.topicsText(), "communities": g.communitiesText(), "unfinished": g.unfinishedText(), "next": g.nextText(),
		"areas": g.areaRows(), "categories": g.categoryRows(), "figures": g.figureRows()}
	return values
}

func shortDate(d value.Date) string {
	return strings.TrimPrefix(d.Chinese(), fmt.Sprintf("%d年", d.Year()))
}

func (g Digest) overviewText() string {
	out := fmt.Sprintf("%s至%s，共接到派单%d件，上期%d件%s；上年同期%d件%s。", g.From.Chinese(), shortDate(g.To), g.Orders, g.Before, against("环比", g.Orders, g.Before), g.LastYear, against("同比", g.Orders, g.LastYear))
	out += fmt.Sprintf("截至%s，已答复%d件，在办%d件，超时%d件，经区里同意剔除%d件。", shortDate(value.DateOf(g.At)), g.Size(SetDone), g.Size(SetOpen), g.Size(SetLate), g.Size(SetExcluded))
	if all := g.Foresight.All(); len(all.Found) > 0 {
		out += fmt.Sprintf("网格、巡查主动发现%d件，热线同类%d件，主动发现占比%s。", len(all.Found), len(all.Orders), all.Share())
	}
	return out
}

// against compares a number with an earlier one, in words; there is nothing to
// say where nothing was before.
func against(word string, now, before int) string {
	if before == 0 {
		return ""
	}
	return "，" + word + rise(now, before)
}

func (g Digest) ratesText() string {
	var parts []string
	for _, r := range g.Rates {
		if len(r.Of) == 0 {
			parts = append(parts, r.Title+"尚无可算的件")
			continue
		}
		parts = append(parts, fmt.Sprintf("%s%s（%s/%d）", r.Title, r.Percent(), number(r.Sum), len(r.Of)))
	}
	out := strings.Join(parts, "，")
	if s, ok := g.Score(); ok {
		out += fmt.Sprintf("，综合得分%.2f分", s)
	}
	return out + fmt.Sprintf("。已回单待回访%d件未计入。", g.Pending)
}

func number(x float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0") }

func (g Digest) topicsText() string {
	var parts []string
	for _, c := range g.Categories[:min(bulletinTop, len(g.Categories))] {
		change := against("环比", len(c.Refs), c.Before)
		if change == "" {
			change = "，上期没有"
		}
		parts = append(parts, fmt.Sprintf("%s%d件，占%s%s", c.Name, len(c.Refs), rate.Percent(len(c.Refs), g.Orders), change))
	}
	if len(parts) == 0 {
		return "这一段没有诉求。"
	}
	return "诉求量居前的是：" + strings.Join(parts, "；") + "。"
}

// placed are the communities that have a place in the ranking.
func (g Digest) placed() []Area {
	return slices.DeleteFunc(slices.Clone(g.Areas), func(a Area) bool { return !a.Scored || a.Community == 0 })
}

func (g Digest) communitiesText() string {
	placed := g.placed()
	if len(placed) == 0 {
		return "各社区（村）三率尚不能排名。"
	}
	names := func(list []Area) string {
		var out []string
		for _, a := range list {
			out = append(out, fmt.Sprintf("%s（%.2f分）", a.Name, a.Score))
		}
		return strings.Join(out, "、")
	}
	n := min(3, len(placed))
	out := "综合得分居前的是：" + names(placed[:n])
	if rest := placed[n:]; len(rest) > 0 {
		last := slices.Clone(rest[max(0, len(rest)-3):])
		slices.Reverse(last)
		out += "；靠后的是：" + names(last)
	}
	return out + "。"
}

func (g Digest) unfinishedText() string {
	return fmt.Sprintf("超过%d日未办结%d件，占在办的%s；重复诉求%d件，占%s；挂账%d件。", g.Stale, g.Size(SetStale), rate.Percent(g.Size(SetStale), g.Size(SetOpen)),
		g.Size(SetRepeat), rate.Percent(g.Size(SetRepeat), g.Orders), g.Size(SetSuspended))
}

func (g Digest) nextText() string {
	if len(g.Categories) == 0 {
		return ""
	}
	return fmt.Sprintf("一是紧盯%s类诉求，会同主责单位逐件研究。二是对超时和%d日未办结的逐件督办，明确责任人和时限。三是对重复诉求上门回访，查清没有解决的原因。", g.Categories[0].Name, g.Stale)
}

func (g Digest) areaRows() []map[string]any {
	var out []map[string]any
	for i, a := range g.placed() {
		row := map[string]any{"rank": fmt.Sprint(i + 1), "name": a.Name, "orders": float64(a.Orders), "perthousand": "—", "score": fmt.Sprintf("%.2f", a.Score)}
		if n, ok := a.PerThousand(); ok {
			row["perthousand"] = fmt.Sprintf("%.2f", n)
		}
		for _, r := range a.Rates {
			row[r.ID] = r.Percent()
		}
		out = append(out, row)
	}
	return out
}

func (g Digest) categoryRows() []map[string]any {
	var out []map[string]any
	for _, c := range g.Categories {
		out = append(out, map[string]any{"name": c.Name, "orders": float64(len(c.Refs)), "share": rate.Percent(len(c.Refs), g.Orders), "before": float64(c.Before), "change": Change(len(c.Refs), c.Before)})
	}
	return out
}

// figureRows remember behind which set of orders each number stands.
func (g Digest) figureRows() []map[string]any {
	var out []map[string]any
	add := func(label, value, set string) {
		out = append(out, map[string]any{"label": label, "value": value, "set": set})
	}
	for _, s := range []struct{ label, set string }{{"派单", SetCame}, {"已答复", SetDone}, {"在办", SetOpen}, {"超时", SetLate}, {fmt.Sprintf("%d日未办结", g.Stale), SetStale},
		{"重复诉求", SetRepeat}, {"挂账", SetSuspended}, {"剔除", SetExcluded}} {
		add(s.label, fmt.Sprint(g.Size(s.set)), s.set)
	}
	for _, r := range g.Rates {
		add(r.Title, r.Percent(), "rate:"+r.ID)
	}
	if all := g.Foresight.All(); len(all.Found) > 0 {
		add("主动发现", fmt.Sprint(len(all.Found)), SetFound)
		add("热线同类", fmt.Sprint(len(all.Orders)), SetAlike)
		add("主动发现占比", all.Share(), SetFound)
	}
	for _, c := range g.Categories {
		add("类别："+c.Name, fmt.Sprint(len(c.Refs)), CategorySet(c.Name))
	}
	for _, a := range g.Areas {
		add("社区："+a.Name, fmt.Sprint(a.Orders), AreaSet(a.Community))
	}
	return out
}
