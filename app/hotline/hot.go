package hotline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/deadline"
	"jiezhen/app/insight"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Decisions is the register in which a person keeps what is, or is not, one
// issue; it holds however often issues are gathered anew.
const Decisions = "governance.decision"

// Heat is a hot issue as the office sees it.
type Heat struct {
	insight.Issue
	Orders []*record.Record // the members, oldest first
	// Burst is the span of so many orders in so many days, when there is one.
	BurstFrom, BurstTo value.Date
}

// Headline is what the issue is called: the order in its middle, by its title or
// the first thing that it says.
func (h Heat) Headline() string {
	title, _, _ := strings.Cut(h.Title, "\n")
	if Plain(title) == "" {
		title = h.Title
	}
	return beginning(title)
}

// heatWeights are what counts how much in a heat: the office's own reckoning,
// shown with every card.
var heatWeights = insight.Weights{Reporter: 2, Order: 1, Recent: 1, Open: 1, Again: 3}

// dayZero is from when days are counted.
const dayZero = value.Date("2000-01-01")

func dayNumber(d value.Date) int { return value.DaysBetween(dayZero, d) }

// hotCache keeps for a while what was gathered for a viewer: gathering reads
// the orders of two months.
type hotCache struct {
	one  sync.Mutex // of those who find nothing kept, one gathers
	mu   sync.Mutex
	kept map[string]hotKept
}

type hotKept struct {
	head uint64
	seen uint64 // revision of the orders, see trend.Course
	at   time.Time
	list []Heat
	// signs are the exact rules that are met, by the same orders
	signs []Sign
}

// A gathering stands for hotKeep though some orders have come since, at most
// hotBehind; the street's is made anew behind the pages once it is older than
// hotWarm.
const (
	hotKeep   = 2 * time.Minute
	hotWarm   = 45 * time.Second
	hotBehind = 20
)

// hotWhole is the key of all who see every order.
const hotWhole = "all"

// hotKey names what a viewer may see.
func (d *Desk) hotKey(v access.Viewer) string {
	def, _ := d.book.Registers().Get(Orders)
	if _, all := access.Area(v, access.Register{ID: def.ID, Domain: def.Domain(), Rights: access.Rights(def.Rights)}); all && len(v.Communities) == 0 {
		return hotWhole
	}
	key := fmt.Sprint(v.User, v.Communities)
	for _, r := range v.Roles {
		key += " " + r.ID
	}
	return key
}

// Hot gathers the orders of the window, as far as the viewer may see them, into
// issues, hottest first. What is given may be hotKeep old, unless a person has
// decided something since.
func (d *Desk) Hot(ctx context.Context, v access.Viewer) ([]Heat, error) {
	kept, err := d.hotNow(ctx, v, hotKeep)
	return kept.list, err
}

// hotNow gives what was gathered at most so long ago, or since when nothing has
// changed, and else gathers anew.
func (d *Desk) hotNow(ctx context.Context, v access.Viewer, keep time.Duration) (hotKept, error) {
	key := d.hotKey(v)
	if kept, ok := d.hotFresh(key, keep); ok {
		return kept, nil
	}
	d.hot.one.Lock()
	defer d.hot.one.Unlock()
	if kept, ok := d.hotFresh(key, keep); ok {
		return kept, nil
	}
	head, now, seen := d.book.Head(), d.book.Now(), d.learned.course.Revision()
	list, signs, err := d.gatherHot(ctx, v)
	if err != nil {
		return hotKept{}, err
	}
	kept := hotKept{head, seen, now, list, signs}
	d.hot.mu.Lock()
	defer d.hot.mu.Unlock()
	if d.hot.kept == nil || len(d.hot.kept) > 200 {
		d.hot.kept = map[string]hotKept{}
	}
	d.hot.kept[key] = kept
	return kept, nil
}

func (d *Desk) hotFresh(key string, keep time.Duration) (hotKept, bool) {
	d.hot.mu.Lock()
	defer d.hot.mu.Unlock()
	kept, ok := d.hot.kept[key]
	age := d.book.Now().Sub(kept.at)
	near := d.learned.course.Revision()-kept.seen <= hotBehind
	return kept, ok && (kept.head == d.book.Head() || near && age >= 0 && age < keep)
}

// warm gathers for the street, and judges this month and the last, before
// anybody asks, while it is quiet, so that no page waits for it in the morning.
// What was gathered too lately to be gathered anew is due in so long; 0 when
// nothing has changed since.
func (d *Desk) warm(ctx context.Context, seq uint64) (due time.Duration) {
	if d.book.Head() != seq {
		return 0
	}
	kept, err := d.hotNow(ctx, access.Office(), hotWarm)
	if err == nil && kept.head != d.book.Head() {
		due = max(time.Second, hotWarm-d.book.Now().Sub(kept.at))
	}
	this := value.MonthOf(d.book.Today())
	for _, month := range []value.Month{this, value.MonthOf(this.First().AddDays(-1))} {
		if err == nil {
			_, err = d.counter.Marks(ctx, access.Office(), month)
		}
	}
	if err != nil {
		d.complain(ctx, err)
	}
	return due
}

// forgetHot makes the next look gather anew.
func (d *Desk) forgetHot() {
	d.hot.mu.Lock()
	defer d.hot.mu.Unlock()
	d.hot.kept = nil
}

func (d *Desk) gatherHot(ctx context.Context, v access.Viewer) (out []Heat, signs []Sign, err error) {
	err = d.book.View(ctx, v, func(tx *record.Tx) error {
		rules, err := d.hotRules(tx)
		if err != nil {
			return err
		}
		byID, err := d.gather(tx, rules)
		if err != nil {
			return err
		}
		var all []Heat
		for _, i := range rules.hot.Issues(dayNumber(tx.Today()), 1, heatWeights) {
			h := Heat{Issue: i}
			for _, id := range i.Members {
				h.Orders = append(h.Orders, byID[id])
			}
			if from, to, ok := insight.Burst(i.Days, rules.span, rules.burst); ok {
				h.BurstFrom, h.BurstTo = dayZero.AddDays(from), dayZero.AddDays(to)
			}
			if all = append(all, h); i.Reporters >= rules.least {
				out = append(out, h)
			}
		}
		signs, err = d.signs(tx, rules, all, byID)
		return err
	})
	return out, signs, err
}

// hotRules are the parameters of gathering, and what persons have decided.
type hotRules struct {
	hot                        *insight.Hot
	window, least, burst, span int
}

func (d *Desk) hotRules(tx *record.Tx) (hotRules, error) {
	var r hotRules
	for key, to := range map[string]*int{"window": &r.window, "least": &r.least, "burst.orders": &r.burst, "burst.days": &r.span} {
		n, err := tx.Book().Policy().Integer("governance.hot."+key, tx.Today())
		if err != nil {
			return r, fmt.Errorf("reading the rules of hot issues: %w", err)
		}
		*to = int(n)
	}
	cfg := insight.HotConfig{Window: r.window, Past: d.learned.near}
	err := tx.AsOffice().Each(record.Places, func(p *record.Record) (bool, error) {
		if name := p.Text("name"); p.Text("level") != "district" && p.Text("level") != "town" {
			cfg.Gazetteer = append(cfg.Gazetteer, name)
		}
		return true, nil
	})
	if err != nil {
		return r, fmt.Errorf("reading the names of places: %w", err)
	}
	err = tx.AsOffice().Each(Decisions, func(c *record.Record) (bool, error) {
		rows, _ := c.Values["others"].([]map[string]any)
		for _, row := range rows {
			other, _ := row["order"].(string)
			n, _ := strconv.ParseUint(other, 10, 64)
			pair := [2]uint64{c.RefID("order"), n}
			if c.Text("kind") == "together" {
				cfg.Together = append(cfg.Together, pair)
			} else {
				cfg.Apart = append(cfg.Apart, pair)
			}
		}
		return true, nil
	})
	r.hot = insight.NewHot(cfg)
	return r, err
}

// gather adds the orders of the window, oldest first.
func (d *Desk) gather(tx *record.Tx, rules hotRules) (map[uint64]*record.Record, error) {
	byID := map[uint64]*record.Record{}
	var list []*record.Record
	q := record.Query{Register: Orders, From: map[string]value.Date{"dispatched_on": tx.Today().AddDays(-2 * rules.window)}, Limit: 500}
	for {
		p, err := tx.List(q)
		if err != nil {
			return nil, err
		}
		for _, row := range p.Rows {
			if !row.Placeholder && row.Step != "void" {
				byID[row.ID] = row.Record
				list = append(list, row.Record)
			}
		}
		if q.After = p.Next; q.After == "" {
			break
		}
	}
	slices.SortFunc(list, func(a, b *record.Record) int {
		return cmp.Or(cmp.Compare(a.Text("dispatched_at"), b.Text("dispatched_at")), cmp.Compare(a.ID, b.ID))
	})
	for _, r := range list {
		rules.hot.Add(insight.Report{ID: r.ID, Day: dayNumber(r.Date("dispatched_on")), Text: orderText(r), Reporter: reporterOf(r),
			Open: r.Step != "closed" || r.Text("solved") == "unsolved", Again: cameBack(r)})
	}
	return byID, nil
}

// reporterOf tells reporters apart: the phone, else the name; "" is somebody
// new each time.
func reporterOf(r *record.Record) string {
	for _, f := range []string{"phone", "complainant"} {
		if s := r.Text(f); s != "" && s != Hidden {
			return s
		}
		if s := r.Secrets[f]; s != "" {
			return s
		}
	}
	return ""
}

// cameBack reports whether an order was taken up again after it had been
// answered.
func cameBack(r *record.Record) bool {
	return slices.ContainsFunc(r.Log, func(m record.Move) bool { return m.Action == "reopen" })
}

// Opinion is a person's word that an order is, or is not, one issue with others.
type Opinion struct {
	Kind   string // together, apart
	Order  uint64
	Others []uint64
	Reason string
}

// Decide keeps an opinion: it holds when issues are gathered anew.
func (d *Desk) Decide(ctx context.Context, v access.Viewer, o Opinion) error {
	if o.Reason == "" {
		return record.Refused(record.CodeInvalid, "请写明理由：归并、拆开都要能说清")
	}
	var rows []map[string]any
	for _, other := range o.Others {
		if other != o.Order {
			rows = append(rows, map[string]any{"order": strconv.FormatUint(other, 10)})
		}
	}
	if len(rows) == 0 {
		return record.Refused(record.CodeInvalid, "请选至少一件别的工单")
	}
	defer d.forgetHot()
	return d.book.Change(ctx, v, "热点归并意见", func(tx *record.Tx) error {
		for _, id := range append([]uint64{o.Order}, o.Others...) {
			if _, err := tx.Open(record.Ref{Register: Orders, ID: id}); err != nil {
				return err
			}
		}
		_, err := tx.Create(record.Draft{Register: Decisions, Values: register.Values{"kind": o.Kind, "order": strconv.FormatUint(o.Order, 10), "others": rows, "reason": o.Reason}})
		return err
	})
}

// OpenCase makes one case of several orders that a person has ticked, and joins
// them to it. Orders that are in another case, or have ended, are refused by
// name.
func (d *Desk) OpenCase(ctx context.Context, v access.Viewer, title string, orders []uint64) (record.Ref, error) {
	var made record.Ref
	if title == "" || len(orders) == 0 {
		return made, record.Refused(record.CodeInvalid, "请写案件名称，并至少勾选一件工单")
	}
	defer d.forgetHot()
	err := d.book.Change(ctx, v, "工单立案", func(tx *record.Tx) error {
		first, err := tx.Open(record.Ref{Register: Orders, ID: orders[0]})
		if err != nil {
			return err
		}
		values := register.Values{"title": beginning(title), "source": "hotline", "found_at": tx.Book().Now().Local().Format(deadline.Minute), "content": title,
			"address": first.Text("address")}
		if len(orders) == 1 {
			values["content"] = first.Text("content")
		}
		if first.Community != 0 {
			values["community"] = strconv.FormatUint(first.Community, 10)
		}
		c, err := tx.Create(record.Draft{Register: Cases, Values: values})
		if err != nil {
			return err
		}
		made = c.Ref
		for _, id := range orders {
			if err := join(tx, id, c); err != nil {
				return err
			}
		}
		return nil
	})
	return made, err
}

func join(tx *record.Tx, id uint64, c *record.Record) error {
	o, err := tx.Open(record.Ref{Register: Orders, ID: id})
	if err != nil {
		return err
	}
	if o.Text("case") != "" {
		return record.Refused(record.CodeInvalid, "工单 %s 已并入另一案件，请先撤销并入", o.Text("external"))
	}
	_, err = tx.Do(o.Ref, o.Rev, "join", record.Input{Values: register.Values{"case": strconv.FormatUint(c.ID, 10)}, Note: "立案 " + c.Number})
	return err
}
