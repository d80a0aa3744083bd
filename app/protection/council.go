package protection

import (
	"fmt"
	"strconv"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// The registers of the council's agenda, and of insurance for infants.
const (
	Agendas    = "child.agenda"
	Tasks      = "child.task"
	Insurances = "child.insurance"
)

// afterTask tells the item of the agenda how many tasks it has become, and how
// many are done: it is closed only when all are.
func afterTask(tx *record.Tx, r, _ *record.Record, _ string) error {
	ref := record.Ref{Register: Agendas, ID: r.RefID("agenda")}
	if ref.ID == 0 {
		return nil
	}
	all, err := tx.AsOffice().Children(Tasks, ref)
	if err != nil {
		return err
	}
	seen, done := map[uint64]bool{}, 0
	for _, t := range all {
		if seen[t.ID] || t.Step == "stopped" {
			continue
		}
		seen[t.ID] = true
		if t.Step == "done" {
			done++
		}
	}
	return tell(tx, ref, register.Values{"tasks": float64(len(seen)), "done": float64(done)})
}

// checkInsurance refuses a second policy of the same child whose time overlaps
// (facts B5: once for each period).
func checkInsurance(tx *record.Tx, r, _ *record.Record) ([]record.Problem, error) {
	if r.Step == "refused" || r.Text("from") == "" || r.Text("until") == "" || r.Subject == 0 {
		return nil, nil
	}
	all, err := tx.AsOffice().Find(Insurances, "person", strconv.FormatUint(r.Subject, 10))
	if err != nil {
		return nil, err
	}
	for _, o := range all {
		if o.ID == r.ID || o.Subject != r.Subject || o.Step == "refused" {
			continue
		}
		if n := commonDays(r, o); n > 0 {
			return []record.Problem{{Field: "from", Label: "保障期", Link: "/r/" + o.Ref.String(),
				Text: fmt.Sprintf("与%s的保障期（%s至%s）重叠%d天，同一保障期只补一次", o.Number, o.Date("from"), o.Date("until"), n)}}, nil
		}
	}
	return nil, nil
}

// commonDays are the days that two periods share, both ends counted.
func commonDays(a, b *record.Record) int {
	from, until := max(a.Date("from"), b.Date("from")), min(a.Date("until"), b.Date("until"))
	if from > until {
		return 0
	}
	return value.DaysBetween(from, until) + 1
}
