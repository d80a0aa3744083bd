package allowance

import (
	"jiezhen/app/benefit"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// standardsFor are the office's own standards of a code that are in force or
// wait to be checked, other than r.
func standardsFor(tx *record.Tx, r *record.Record) ([]*record.Record, error) {
	all, err := tx.AsOffice().Find(Standards, "code", r.Text("code"))
	if err != nil {
		return nil, err
	}
	var out []*record.Record
	for _, o := range all {
		if o.ID != r.ID && o.Step != "dropped" {
			out = append(out, o)
		}
	}
	return out, nil
}

// overlaps says whether two standards hold in one month.
func overlaps(a, b *record.Record) bool {
	return (b.Text("to") == "" || a.Text("from") <= b.Text("to")) && (a.Text("to") == "" || b.Text("from") <= a.Text("to"))
}

// follows says whether fresh begins while old, which has no end, is in force:
// then old ends the month before, when fresh is checked.
func follows(fresh, old *record.Record) bool {
	return old.Step == "checked" && old.Text("to") == "" && fresh.Text("from") > old.Text("from")
}

// checkStandard refuses two standards of one code in one month.
func checkStandard(tx *record.Tx, r, _ *record.Record) ([]record.Problem, error) {
	if r.Step == "dropped" {
		return nil, nil
	}
	others, err := standardsFor(tx, r)
	if err != nil {
		return nil, err
	}
	for _, o := range others {
		if overlaps(r, o) && !follows(r, o) {
			return []record.Problem{{Field: "from", Label: "生效月", Link: "/r/" + o.Ref.String(), Text: "与 " + o.Number + "（" + o.Text("from") + "起）的时间段重叠；同一标准一个月只能有一条"}}, nil
		}
	}
	return nil, nil
}

// guardStandard keeps a standard on which money has gone out as it is.
func guardStandard(tx *record.Tx, r *record.Record, a *register.Action) ([]record.Problem, error) {
	if a.ID != "reopen" {
		return nil, nil
	}
	used := false
	void, carried := tx.Book().CodeColumn("state", "void"), tx.Book().CodeColumn("state", "carried")
	for _, programme := range programmeCodes {
		err := tx.AsOffice().EachColumn(Lines, "programme", programme, []string{"month", "state"}, func(_ uint64, v []record.Column) error {
			m := benefit.Month(v[0].Months() - 1)
			to := month(r.Text("to"))
			used = used || v[1] != void && v[1] != carried && standardOf[programme][r.Text("code")] && m >= month(r.Text("from")) && (to == 0 || m <= to)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if used {
		return []record.Problem{{Field: "from", Label: "生效月", Text: "已经按这条标准发过；要改的，另录一条新的生效月，差额自动补发"}}, nil
	}
	return nil, nil
}

// programmeCodes are the programmes that are paid here, and standardOf which
// standards each of them is paid by.
var (
	programmeCodes = []string{"orphan", "unattended", "nutrition", "guardianship"}
	standardOf     = map[string]map[string]bool{
		"orphan":       {"orphan.scattered": true, "orphan.institution": true},
		"unattended":   {"orphan.scattered": true, "orphan.institution": true},
		"nutrition":    {"infant.nutrition": true},
		"guardianship": {"guardian.monthly": true},
	}
)

// Programmes are the programmes that are paid here.
func Programmes() []string { return programmeCodes }

// afterStandard ends the standard that a checked one follows.
func afterStandard(tx *record.Tx, r, _ *record.Record, action string) error {
	if action != "check" {
		return nil
	}
	others, err := standardsFor(tx, r)
	if err != nil {
		return err
	}
	for _, o := range others {
		if overlaps(r, o) && follows(r, o) {
			if err := tx.AsOffice().Imply(o.Ref, register.Values{"to": monthText(month(r.Text("from")) - 1)}); err != nil {
				return err
			}
		}
	}
	return nil
}
