package casework

import (
	"fmt"
	"strconv"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// deriveVisit ties a visit to the child's open case and file when nobody has
// said so.
func deriveVisit(tx *record.Tx, r *record.Record) error {
	if r.Text("case") == "" {
		c, err := openCase(tx, r.Subject)
		if err != nil {
			return err
		}
		if c != nil {
			r.Values["case"] = strconv.FormatUint(c.ID, 10)
		}
	}
	if r.Text("file") == "" {
		f, err := openFile(tx, r.Subject)
		if err != nil {
			return err
		}
		if f != nil {
			r.Values["file"] = strconv.FormatUint(f.ID, 10)
		}
	}
	return nil
}

func openFile(tx *record.Tx, child uint64) (*record.Record, error) {
	list, err := tx.AsOffice().Find(Files, "person", strconv.FormatUint(child, 10))
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		if f.Subject == child && f.Open() {
			return f, nil
		}
	}
	return nil, nil
}

// afterVisit moves what a visit moves: the date of the last visit where the
// child was seen, or, not seen so many times running, the case's escalation.
func afterVisit(tx *record.Tx, r, before *record.Record, action string) error {
	switch {
	case action == "correct" || action == "restore":
		return recount(tx, r)
	case r.Step == "done" && (before == nil || before.Step != "done"):
		return seen(tx, r)
	case r.Step == "unseen" && (before == nil || before.Step != "unseen"):
		return unseen(tx, r)
	}
	return nil
}

// targets are the case and the file that a visit belongs to.
func targets(tx *record.Tx, r *record.Record) ([]*record.Record, error) {
	var out []*record.Record
	for field, reg := range map[string]string{"case": Cases, "file": Files} {
		id := r.RefID(field)
		if id == 0 {
			continue
		}
		t, err := tx.AsOffice().Open(record.Ref{Register: reg, ID: id})
		if refusal, refused := record.AsRefusal(err); refused && refusal.Code == record.CodeNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if t.Subject == r.Subject && t.Open() {
			out = append(out, t)
		}
	}
	return out, nil
}

func seen(tx *record.Tx, r *record.Record) error {
	list, err := targets(tx, r)
	if err != nil {
		return err
	}
	for _, t := range list {
		if r.Date("actual") <= t.Date("last_visit") {
			continue
		}
		if err := tx.AsOffice().Imply(t.Ref, register.Values{"last_visit": r.Text("actual")}); err != nil {
			return fmt.Errorf("dating the visit on %s: %w", t.Ref, err)
		}
	}
	return nil
}

// unseen raises the case when the child was not seen so many times running
// (facts B17: twice): supervisor and a check for a mandatory report.
func unseen(tx *record.Tx, r *record.Record) error {
	limit, err := tx.Book().Policy().Integer("child.visit.unseen", tx.Today())
	if err != nil {
		return fmt.Errorf("counting missed visits: %w", err)
	}
	n, err := missedRunning(tx, r.Subject)
	if err != nil || int64(n) < limit {
		return err
	}
	list, err := targets(tx, r)
	if err != nil {
		return err
	}
	for _, t := range list {
		text := fmt.Sprintf("连续%d次走访未见到儿童（最近 %s，%s）。请儿童督导员核实去向，并核查是否属于强制报告情形。", n, r.Date("actual").Chinese(), r.Number)
		if _, err := tx.AsOffice().AddNote(t.Ref, "督导", text); err != nil {
			return err
		}
		if err := tx.AsOffice().Imply(t.Ref, register.Values{"escalated_at": string(tx.Today())}); err != nil {
			return fmt.Errorf("raising %s: %w", t.Ref, err)
		}
	}
	return nil
}

// missedRunning counts the visits to a child since it was last seen.
func missedRunning(tx *record.Tx, child uint64) (int, error) {
	list, err := tx.AsOffice().Find(Visits, "person", strconv.FormatUint(child, 10))
	if err != nil {
		return 0, err
	}
	var last value.Date
	for _, v := range list {
		if v.Step == "done" && v.Date("actual") > last {
			last = v.Date("actual")
		}
	}
	n := 0
	for _, v := range list {
		if v.Step == "unseen" && v.Date("actual") >= last {
			n++
		}
	}
	return n, nil
}

// recount takes back what a corrected visit had moved: the newest visit that
// still stands counts.
func recount(tx *record.Tx, r *record.Record) error {
	list, err := tx.AsOffice().Find(Visits, "person", strconv.FormatUint(r.Subject, 10))
	if err != nil {
		return err
	}
	var last value.Date
	for _, v := range list {
		if v.Step == "done" && v.Date("actual") > last {
			last = v.Date("actual")
		}
	}
	moved, err := targets(tx, r)
	if err != nil {
		return err
	}
	for _, t := range moved {
		if t.Date("last_visit") == last {
			continue
		}
		if err := tx.AsOffice().Imply(t.Ref, register.Values{"last_visit": string(last)}); err != nil {
			return fmt.Errorf("dating the visit on %s: %w", t.Ref, err)
		}
	}
	return nil
}

// deriveFile reckons the day on which the child comes of age.
func deriveFile(tx *record.Tx, r *record.Record) error {
	p, err := tx.Person(r.Subject)
	if err != nil {
		return nil // a file without a person is refused elsewhere
	}
	birth := p.Date("birth")
	if birth == "" {
		return nil
	}
	age, err := tx.Book().Policy().Integer("child.adult.age", tx.Today())
	if err != nil {
		return fmt.Errorf("reckoning the age of majority: %w", err)
	}
	r.Values["adult_on"] = string(birth.AddMonths(int(age) * 12))
	return nil
}
