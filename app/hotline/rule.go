package hotline

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/insight"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// The exact rules of foresight. Their figures are parameters.
const (
	RuleBurst  = "burst"  // so many orders of one trouble in so many days
	RulePoint  = "point"  // so many orders at one building in so many days
	RuleDoors  = "doors"  // one trouble at several doorways
	RuleSeason = "season" // a category that piles up in this month, or the next, of past years
)

// Sign is a rule that is met: a suggestion to see to a trouble before more
// complain. A person decides.
type Sign struct {
	Rule, Title, Why, Place, Words string
	Community                      uint64
	Orders                         []*record.Record // behind it, oldest first; none of a season
	Season                         *Season
	Taken                          record.Ref // the record under which it is seen to, if any
}

// ruleFigures are the parameters of the exact rules.
type ruleFigures struct {
	burst, span, point, pointDays, doors, doorOrders, doorDays, share, years, least int
}

func readFigures(tx *record.Tx) (ruleFigures, error) {
	var f ruleFigures
	for key, to := range map[string]*int{"hot.burst.orders": &f.burst, "hot.burst.days": &f.span, "rule.point.orders": &f.point, "rule.point.days": &f.pointDays,
		"rule.doors.doors": &f.doors, "rule.doors.orders": &f.doorOrders, "rule.doors.days": &f.doorDays, "rule.season.share": &f.share, "rule.season.years": &f.years, "rule.season.least": &f.least} {
		n, err := tx.Book().Policy().Integer("governance."+key, tx.Today())
		if err != nil {
			return f, fmt.Errorf("reading the rules of foresight: %w", err)
		}
		*to = int(n)
	}
	return f, nil
}

// Signs are the rules that are met by what the viewer may see.
func (d *Desk) Signs(ctx context.Context, v access.Viewer) ([]Sign, error) {
	kept, err := d.hotNow(ctx, v, hotKeep)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(kept.signs)
	err = d.book.View(ctx, v, func(tx *record.Tx) error {
		for i := range out {
			if out[i].Taken, err = takenBy(tx, out[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// signs applies the rules to issues, whatever their number of reporters, and to
// the orders that were gathered.
func (d *Desk) signs(tx *record.Tx, rules hotRules, all []Heat, byID map[uint64]*record.Record) ([]Sign, error) {
	f, err := readFigures(tx)
	if err != nil {
		return nil, err
	}
	var out []Sign
	for _, h := range all {
		if s, ok := f.burstOf(h); ok {
			out = append(out, s)
		}
		if s, ok := f.doorsOf(h, tx.Today()); ok {
			out = append(out, s)
		}
	}
	out = append(out, f.points(rules.hot, byID, tx.Today())...)
	if len(tx.Viewer().Communities) == 0 {
		named, err := d.naming(tx)
		if err != nil {
			return nil, err
		}
		for _, s := range d.learned.seasons.ahead(named, tx.Today(), f.years, f.least, float64(f.share)) {
			out = append(out, seasonSign(s, f.years))
		}
	}
	return out, nil
}

func (f ruleFigures) burstOf(h Heat) (Sign, bool) {
	from, to, ok := insight.Burst(h.Days, f.span, f.burst)
	if !ok {
		return Sign{}, false
	}
	a, b := dayZero.AddDays(from), dayZero.AddDays(to)
	orders := between(h.Orders, a, b)
	return sign(RuleBurst, h, orders, fmt.Sprintf("%s至%s，%d日内%d件（规则：%d日%d件）", a.Chinese(), b.Chinese(), value.DaysBetween(a, b)+1, len(orders), f.span, f.burst)), true
}

func (f ruleFigures) doorsOf(h Heat, today value.Date) (Sign, bool) {
	orders := between(h.Orders, today.AddDays(1-f.doorDays), today)
	doors := map[string]bool{}
	for _, o := range orders {
		if d := doorOf(orderText(o) + o.Text("address")); d != "" {
			doors[d] = true
		}
	}
	if len(orders) < f.doorOrders || len(doors) < f.doors {
		return Sign{}, false
	}
	return sign(RuleDoors, h, orders, fmt.Sprintf("%d日内同类%d件，涉%d个楼门（规则：%d件、%d个楼门）", f.doorDays, len(orders), len(doors), f.doorOrders, f.doors)), true
}

// points are the buildings at which, whatever the trouble, many orders came.
func (f ruleFigures) points(hot *insight.Hot, byID map[uint64]*record.Record, today value.Date) []Sign {
	at := map[string][]*record.Record{}
	for _, o := range byID {
		if p := pointOf(hot.PlacesIn(orderText(o)+"\n"+o.Text("address")), orderText(o)+o.Text("address")); p != "" && value.DaysBetween(o.Date("dispatched_on"), today) < 2*f.pointDays {
			at[p] = append(at[p], o)
		}
	}
	var out []Sign
	for p, orders := range at {
		slices.SortFunc(orders, oldestFirst)
		var days []int
		for _, o := range orders {
			days = append(days, dayNumber(o.Date("dispatched_on")))
		}
		from, to, ok := insight.Burst(days, f.pointDays, f.point)
		if !ok {
			continue
		}
		orders = between(orders, dayZero.AddDays(from), dayZero.AddDays(to))
		out = append(out, Sign{Rule: RulePoint, Title: p, Place: p, Orders: orders, Community: orders[0].Community, Words: p,
			Why: fmt.Sprintf("%d日内同一地点%d件（规则：%d日%d件）", value.DaysBetween(dayZero.AddDays(from), dayZero.AddDays(to))+1, len(orders), f.pointDays, f.point)})
	}
	slices.SortFunc(out, func(a, b Sign) int {
		return cmp.Or(cmp.Compare(len(b.Orders), len(a.Orders)), cmp.Compare(a.Title, b.Title))
	})
	return out
}

func seasonSign(s Season, years int) Sign {
	return Sign{Rule: RuleSeason, Title: fmt.Sprintf("%d月%s", int(s.Month.First().Month()), s.Category), Words: s.Category, Season: &s,
		Why: fmt.Sprintf("近%d年，%s类诉求%d件里有%d件在%d月，占%.2f%%", years, s.Category, s.Total, s.Same, int(s.Month.First().Month()), s.Share())}
}

func sign(rule string, h Heat, orders []*record.Record, why string) Sign {
	title := h.Headline()
	return Sign{Rule: rule, Title: title, Why: why, Place: h.Place, Words: strings.Join(CommonWords(title, h.Orders), "、"), Orders: orders, Community: orders[0].Community}
}

// between are the orders dispatched from a day to another.
func between(list []*record.Record, from, to value.Date) []*record.Record {
	return slices.DeleteFunc(slices.Clone(list), func(o *record.Record) bool {
		on := o.Date("dispatched_on")
		return on < from || on > to
	})
}

func oldestFirst(a, b *record.Record) int {
	return cmp.Or(cmp.Compare(a.Text("dispatched_at"), b.Text("dispatched_at")), cmp.Compare(a.ID, b.ID))
}

// building and doorway are how a text names them: 7号楼, 3单元, 2门.
var (
	building = regexp.MustCompile(`(\d{1,3})\s*(?:号楼|号院|栋|幢)`)
	doorway  = regexp.MustCompile(`(\d{1,2})\s*(?:单元|门(?:洞|栋)?)`)
)

// pointOf is the building that a text names, with the estate before it; "" when
// either is missing.
func pointOf(places []string, text string) string {
	b := building.FindString(text)
	if len(places) == 0 || b == "" {
		return ""
	}
	return places[0] + b
}

// doorOf is the doorway that a text names: its building and its entrance.
func doorOf(text string) string { return building.FindString(text) + doorway.FindString(text) }

// takenBy is the record under which a trouble is seen to already.
func takenBy(tx *record.Tx, s Sign) (record.Ref, error) {
	for _, o := range s.Orders {
		list, err := tx.Children(Proactive, o.Ref)
		if err != nil {
			return record.Ref{}, fmt.Errorf("looking for who sees to it: %w", err)
		}
		for _, r := range list {
			if r.Step != "dropped" {
				return r.Ref, nil
			}
		}
	}
	if s.Season == nil {
		return record.Ref{}, nil
	}
	list, err := tx.Find(Proactive, "title", s.Title)
	if err != nil || len(list) == 0 {
		return record.Ref{}, err
	}
	return list[len(list)-1].Ref, nil
}

// commonShare is in what share of the orders a word must stand to be what they
// are about.
const commonShare = 0.6

// CommonWords are up to three words of a title that stand in most orders of an
// issue: by them it is recognised later.
func CommonWords(title string, orders []*record.Record) []string {
	var out []string
	runes := []rune(openers.ReplaceAllString(title, ""))
	for size := 4; size >= 2; size-- {
		for i := 0; i+size <= len(runes) && len(out) < 3; i++ {
			w := string(runes[i : i+size])
			if !allHan(w) || slices.ContainsFunc(out, func(o string) bool { return strings.Contains(o, w) || overlaps(o, w) }) {
				continue
			}
			n := 0
			for _, o := range orders {
				if strings.Contains(orderText(o), w) {
					n++
				}
			}
			if float64(n) >= commonShare*float64(len(orders)) {
				out = append(out, w)
			}
		}
	}
	return out
}

func allHan(w string) bool {
	for _, c := range w {
		if c < 0x4E00 || c > 0x9FFF {
			return false
		}
	}
	return true
}

// overlaps reports whether the end of one word is the beginning of another.
func overlaps(a, b string) bool {
	x, y := []rune(a), []rune(b)
	return x[len(x)-1] == y[0] || y[len(y)-1] == x[0]
}
