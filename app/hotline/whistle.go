package hotline

import (
	"fmt"
	"time"

	"jiezhen/app/calendar"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// deriveWhistle reckons by when the department must have come, and whether it
// came in time.
func deriveWhistle(tx *record.Tx, r *record.Record) error {
	for _, f := range []string{"arrive_due", "arrived_at", "on_time"} {
		delete(r.Values, f)
	}
	blown := instant(r, "blown_at")
	if blown.IsZero() || r.Text("kind") == "" {
		return nil
	}
	limit, err := tx.Book().Policy().Limit("governance.whistle."+r.Text("kind"), dateOf(r.Text("blown_at")))
	if err != nil {
		return fmt.Errorf("reading the limit of a whistle: %w", err)
	}
	shifts, err := officeHours(tx)
	if err != nil {
		return err
	}
	var due time.Time
	if d, err := tx.Book().Calendar().Deadline(blown, limit, shifts, spans(r)); err == nil {
		due = d.At
		r.Values["arrive_due"] = due.Format(minute)
	}
	first := firstArrival(r)
	if first == "" {
		return nil
	}
	r.Values["arrived_at"] = first
	if !due.IsZero() {
		r.Values["on_time"] = !instant(r, "arrived_at").After(due)
	}
	return nil
}

func spans(r *record.Record) []calendar.Span {
	var out []calendar.Span
	for _, p := range r.Pauses {
		out = append(out, calendar.Span{From: p.From, Until: p.Until})
	}
	return out
}

// firstArrival is the earliest time at which anybody came.
func firstArrival(r *record.Record) string {
	rows, _ := r.Values["arrivals"].([]map[string]any)
	first := ""
	for _, row := range rows {
		if at, _ := row["at"].(string); at != "" && (first == "" || at < first) {
			first = at
		}
	}
	return first
}

// checkWhistle keeps one matter from being whistled for again and again: a
// repeat within the days that policy sets belongs to the whistle that stands.
func checkWhistle(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	if before != nil {
		return nil, nil
	}
	days, err := tx.Book().Policy().Integer("governance.whistle.repeat", tx.Today())
	if err != nil {
		return nil, fmt.Errorf("reading the days of repeated whistles: %w", err)
	}
	for field, of := range map[string]string{"case": Cases, "order": Orders} {
		id := r.RefID(field)
		if id == 0 {
			continue
		}
		same, err := tx.AsOffice().Children(Whistles, record.Ref{Register: of, ID: id})
		if err != nil {
			return nil, fmt.Errorf("looking for earlier whistles: %w", err)
		}
		for _, w := range same {
			if w.ID != r.ID && w.Step != "withdrawn" && int64(value.DaysBetween(dateOf(w.Text("blown_at")), dateOf(r.Text("blown_at")))) <= days {
				return []record.Problem{{Label: "吹哨", Text: fmt.Sprintf("同一事项%d日内已吹哨 %s，请并在那一哨里办", days, w.Number), Link: "/r/" + w.Ref.String()}}, nil
			}
		}
	}
	return nil, nil
}
