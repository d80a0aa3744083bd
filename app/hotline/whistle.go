package hotline

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiezhen/app/deadline"
	"jiezhen/app/insight"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// tableRows are the rows of a table field.
func tableRows(r *record.Record, field string) []map[string]any {
	rows, _ := r.Values[field].([]map[string]any)
	return rows
}

func cellText(row map[string]any, field string) string { s, _ := row[field].(string); return s }

// deriveWhistle lists the departments that must come, reckons by when, and
// says who came in time.
func deriveWhistle(tx *record.Tx, r *record.Record) error {
	for _, f := range []string{"arrive_due", "arrived_at", "on_time", "absent", "score_unit", "score_street", "helper_names"} {
		delete(r.Values, f)
	}
	listUnits(tx, r)
	clock, err := WhistleClock(tx, r)
	if err != nil {
		return err
	}
	if due := clock.Stamp(); due != "" {
		r.Values["arrive_due"] = due
	}
	absent := 0
	for _, row := range tableRows(r, "units") {
		at := cellText(row, "at")
		if at == "" {
			absent++
		}
		if cellText(row, "unit") != r.Text("lead") || at == "" {
			continue
		}
		r.Values["arrived_at"] = at
		if !clock.Due.IsZero() {
			r.Values["on_time"] = !deadline.Instant(r, "arrived_at").After(clock.Due)
		}
	}
	r.Values["absent"] = float64(absent)
	for from, to := range map[string]string{"unit_score": "score_unit", "street_score": "score_street"} {
		if mean, ok := meanOf(tableRows(r, "units"), from); ok {
			r.Values[to] = mean
		}
	}
	return nil
}

// listUnits puts the departments asked on the sign-in sheet, the one in charge
// first.
func listUnits(tx *record.Tx, r *record.Record) {
	rows := tableRows(r, "units")
	add := func(unit string) {
		if unit != "" && !slices.ContainsFunc(rows, func(row map[string]any) bool { return cellText(row, "unit") == unit }) {
			rows = append(rows, map[string]any{"unit": unit})
		}
	}
	add(r.Text("lead"))
	var names []string
	for _, h := range tableRows(r, "helpers") {
		add(cellText(h, "unit"))
		id, _ := strconv.ParseUint(cellText(h, "unit"), 10, 64)
		if name := tx.Label(record.Ref{Register: record.Parties, ID: id}, false); name != "" {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		r.Values["helper_names"] = strings.Join(names, "、")
	}
	if len(rows) > 0 {
		r.Values["units"] = rows
	}
}

// meanOf is the mean of what is given in a column, to one decimal.
func meanOf(rows []map[string]any, field string) (float64, bool) {
	sum, n := 0.0, 0
	for _, row := range rows {
		if x, ok := row[field].(float64); ok && x > 0 {
			sum, n = sum+x, n+1
		}
	}
	if n == 0 {
		return 0, false
	}
	return math.Round(sum/float64(n)*10) / 10, true
}

// WhistleClock is the arrival clock of a whistle, with its reason.
func WhistleClock(tx *record.Tx, r *record.Record) (deadline.Clock, error) {
	c := deadline.Clock{Label: "到场（确认）", Start: deadline.Instant(r, "blown_at"), Done: deadline.Instant(r, "arrived_at")}
	if r.Text("kind") == "" {
		c.Broken = "没有选哨型"
		return c, nil
	}
	return c, c.Param(tx, r, "governance.whistle."+r.Text("kind"))
}

// checkWhistle warns, while a whistle is made, of one about the same matter.
func checkWhistle(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	if before != nil {
		return nil, nil
	}
	same, err := SameWhistles(tx, r)
	if err != nil || len(same) == 0 {
		return nil, err
	}
	return []record.Problem{{Field: "title", Label: "事由", Warn: true, Text: fmt.Sprintf("近来已吹过 %s（%s），是一件事的，存下后并入那一哨", same[0].Number, same[0].Text("title")), Link: "/r/" + same[0].Ref.String()}}, nil
}

// whistleAlike is from how alike on two whistles of one community may be about
// one matter.
const whistleAlike = 0.45

// SameWhistles are the whistles of the days that policy sets which may be about
// the same matter: of the same case or order, or saying the same in the same
// community; newest first. Nothing is joined by itself.
func SameWhistles(tx *record.Tx, r *record.Record) ([]*record.Record, error) {
	days, err := tx.Book().Policy().Integer("governance.whistle.repeat", tx.Today())
	if err != nil {
		return nil, fmt.Errorf("reading the days of repeated whistles: %w", err)
	}
	on := dateOf(r.Text("blown_at"))
	if on == "" {
		on = tx.Today()
	}
	p, err := tx.List(record.Query{Register: Whistles, From: map[string]value.Date{"blown_on": on.AddDays(-int(days))}, To: map[string]value.Date{"blown_on": on}, Limit: 500})
	if err != nil {
		return nil, fmt.Errorf("looking for earlier whistles: %w", err)
	}
	near, by := insight.NewIndex(), map[uint64]*record.Record{}
	for _, row := range p.Rows {
		w := row.Record
		if row.Placeholder || w.ID == r.ID || w.Step == "withdrawn" || w.Step == "joined" || w.Text("blown_at") > r.Text("blown_at") {
			continue
		}
		by[w.ID] = w
		if w.Community == r.Community {
			near.Put(w.ID, whistleText(w))
		}
	}
	var out []*record.Record
	for _, w := range by {
		if r.Text("case") != "" && w.Text("case") == r.Text("case") || r.Text("order") != "" && w.Text("order") == r.Text("order") {
			out = append(out, w)
		}
	}
	for _, n := range near.Near(whistleText(r), 5, whistleAlike, func(id uint64) bool { return has(out, by[id].Ref) }) {
		out = append(out, by[n.ID])
	}
	slices.SortFunc(out, func(a, b *record.Record) int { return strings.Compare(b.Text("blown_at"), a.Text("blown_at")) })
	return out, nil
}

func whistleText(r *record.Record) string { return r.Text("title") + "\n" + r.Text("address") }

// guardWhistle keeps a whistle from being joined to itself, to what is joined
// itself, and from being reported upwards before its time.
func guardWhistle(tx *record.Tx, r *record.Record, a *register.Action) ([]record.Problem, error) {
	switch a.ID {
	case "join":
		id := r.RefID("main")
		if id == 0 {
			return nil, nil
		}
		m, err := tx.AsOffice().Open(record.Ref{Register: Whistles, ID: id})
		switch _, refused := record.AsRefusal(err); {
		case refused || err == nil && (m.ID == r.ID || m.Step == "joined" || m.Step == "withdrawn"):
			return []record.Problem{{Field: "main", Label: "并入哪一哨", Text: "请另选：不能并入自己，也不能并入已并入别的或已撤的哨"}}, nil
		case err != nil:
			return nil, err
		}
		joined, err := tx.AsOffice().Children(Whistles, r.Ref)
		if err != nil {
			return nil, err
		}
		if len(joined) > 0 {
			return []record.Problem{{Field: "main", Label: "并入哪一哨", Text: "这一哨下面已并入别的哨，请先撤销那些再并"}}, nil
		}
	case "escalate":
		if due := deadline.Instant(r, "arrive_due"); !due.IsZero() && !tx.Book().Now().After(due) {
			return []record.Problem{{Label: "上报区里", Text: "还没有到应到场的时间 " + due.Format(deadline.Minute) + "，到时仍未报到再上报"}}, nil
		}
	}
	return nil, nil
}

// afterWhistle writes what follows from an action on a whistle.
func afterWhistle(tx *record.Tx, r, before *record.Record, action string) error {
	implied := register.Values{}
	switch action {
	case "escalate":
		n, _ := r.Values["escalations"].(float64)
		implied["escalations"], implied["escalated_at"] = n+1, tx.Book().Now().Local().Format(deadline.Minute)
	case "leave":
		implied["main"] = nil
	}
	if len(implied) > 0 {
		if err := tx.AsOffice().Imply(r.Ref, implied); err != nil {
			return fmt.Errorf("writing what follows from %s: %w", action, err)
		}
	}
	if before != nil || r.RefID("case") == 0 {
		return nil
	}
	ref := record.Ref{Register: Cases, ID: r.RefID("case")}
	if _, err := tx.AsOffice().Open(ref); err != nil {
		return nil // the form says that there is no such case
	}
	return tx.AsOffice().Imply(ref, register.Values{"whistle": true})
}

// Unanswered reports whether a whistle is past its time and nobody came.
func Unanswered(r *record.Record, now time.Time) bool {
	due := deadline.Instant(r, "arrive_due")
	return r.Step == "blown" && !due.IsZero() && now.After(due)
}
