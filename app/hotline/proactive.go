package hotline

import (
	"fmt"
	"slices"
	"strings"

	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Proactive is the register of troubles that are seen to before more complain.
const Proactive = "governance.proactive"

// Effect is how complaints fell after a trouble was seen to: the orders of as
// many days before it was begun and after it was finished.
type Effect struct {
	Days   int // compared on either side
	Before []record.Ref
	After  []record.Ref
}

// Drop writes the fall, (before − after) ÷ before; — of nothing.
func (e Effect) Drop() string {
	if len(e.Before) == 0 {
		return "—"
	}
	return fmt.Sprintf("%.2f%%", 100*float64(len(e.Before)-len(e.After))/float64(len(e.Before)))
}

// EffectOf compares complaints before and after, over at most so many days and
// no further than today; ok is false before anything is finished.
func EffectOf(tx *record.Tx, r *record.Record, most int) (e Effect, ok bool, err error) {
	began, done := r.Date("started_on"), r.Date("finished_on")
	if began == "" || done == "" || done > tx.Today() {
		return e, false, nil
	}
	e.Days = min(most, value.DaysBetween(done, tx.Today()))
	if e.Before, err = alikeBetween(tx, r, began.AddDays(-e.Days), began.AddDays(-1)); err != nil || e.Days == 0 {
		return e, true, err
	}
	e.After, err = alikeBetween(tx, r, done.AddDays(1), done.AddDays(e.Days))
	return e, true, err
}

// alikeBetween are the orders of some days that are about the trouble: its
// place and any of its words stand in them.
func alikeBetween(tx *record.Tx, r *record.Record, from, to value.Date) ([]record.Ref, error) {
	if to < from {
		return nil, nil
	}
	words := strings.FieldsFunc(r.Text("words"), func(c rune) bool { return strings.ContainsRune("、，, 　;；", c) })
	q := record.Query{Register: Orders, From: map[string]value.Date{"dispatched_on": from}, To: map[string]value.Date{"dispatched_on": to}, Limit: 500}
	if r.Community != 0 {
		q.Filters = map[string][]string{"community": {fmt.Sprint(r.Community)}}
	}
	var out []record.Ref
	for {
		p, err := tx.AsOffice().List(q)
		if err != nil {
			return nil, fmt.Errorf("reading the orders before and after: %w", err)
		}
		for _, row := range p.Rows {
			text := orderText(row.Record) + "\n" + row.Text("address")
			if row.Step != "void" && strings.Contains(text, r.Text("spot")) && slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) }) {
				out = append(out, row.Ref)
			}
		}
		if q.After = p.Next; q.After == "" {
			return out, nil
		}
	}
}

// deriveProactive counts before and after anew at each save; an evaluated one
// keeps what was counted then.
func deriveProactive(tx *record.Tx, r *record.Record) error {
	days, err := tx.Book().Policy().Integer("governance.proactive.days", tx.Today())
	if err != nil {
		return fmt.Errorf("reading the days of watching: %w", err)
	}
	for _, f := range []string{"before", "after", "drop"} {
		delete(r.Values, f)
	}
	e, ok, err := EffectOf(tx, r, int(days))
	if err != nil || !ok {
		return err
	}
	r.Values["before"], r.Values["after"], r.Values["drop"] = float64(len(e.Before)), float64(len(e.After)), e.Drop()
	return nil
}
