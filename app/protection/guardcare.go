package protection

import (
	"fmt"
	"slices"
	"strconv"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// The registers of the allowance for guardians, and what bears on it.
const (
	Guardcares    = "child.guardcare"
	Guardianships = "child.guardianship"
	Visits        = "child.visit"
)

// rival is something that cannot be had besides the allowance (facts D13).
type rival struct {
	code, label string
	record      *record.Record
}

// rivals finds them whether or not anybody ticked them: a placement in which
// the child lives or which the carer is paid for, and a home in an institution.
func rivals(tx *record.Tx, r *record.Record) ([]rival, error) {
	var out []rival
	seen := map[uint64]bool{}
	for _, who := range []uint64{r.Subject, r.RefID("carer")} {
		fosters, err := openOf(tx, Fosters, who)
		if err != nil {
			return nil, err
		}
		for _, f := range fosters {
			if !seen[f.ID] {
				seen[f.ID] = true
				out = append(out, rival{"foster", "寄养劳务费", f})
			}
		}
	}
	homes, err := openOf(tx, Guardianships, r.Subject)
	if err != nil {
		return nil, err
	}
	for _, g := range homes {
		if p := g.Text("placement"); p == "welfare" || p == "rescue" {
			out = append(out, rival{"institution", "机构养育费", g})
		}
	}
	return out, nil
}

// deriveGuardcare ticks what was found.
func deriveGuardcare(tx *record.Tx, r *record.Record) error {
	found, err := rivals(tx, r)
	if err != nil {
		return err
	}
	ticked, _ := r.Values["conflict"].([]string)
	for _, f := range found {
		if !slices.Contains(ticked, f.code) {
			ticked = append(slices.Clone(ticked), f.code)
		}
	}
	if len(ticked) > 0 {
		r.Values["conflict"] = ticked
	}
	return nil
}

// guardGuardcare keeps the allowance waiting until what cannot be had besides
// it has ended, whatever was chosen.
func guardGuardcare(tx *record.Tx, r *record.Record, a *register.Action) ([]record.Problem, error) {
	if a.ID != "send" && a.ID != "resume" {
		return nil, nil
	}
	found, err := rivals(tx, r)
	if err != nil {
		return nil, err
	}
	var problems []record.Problem
	for _, f := range found {
		problems = append(problems, record.Problem{Field: "conflict", Label: "叠加核对", Link: "/r/" + f.record.Ref.String(),
			Text: "与" + f.label + "不能同时享受：" + f.record.Def.Title + f.record.Number + "还在办；打印冲突告知书由本人选择，那一项结束后再办"})
	}
	return problems, nil
}

// openOf are the records of a register that name a person and on which work
// goes on.
func openOf(tx *record.Tx, reg string, person uint64) ([]*record.Record, error) {
	if person == 0 {
		return nil, nil
	}
	all, err := tx.AsOffice().Find(reg, "person", strconv.FormatUint(person, 10))
	if err != nil {
		return nil, err
	}
	var out []*record.Record
	for _, r := range all {
		if r.Open() {
			out = append(out, r)
		}
	}
	return out, nil
}

// afterVisit counts, for an allowance that is paid, the visits since it was
// granted on which the child was not seen.
func afterVisit(tx *record.Tx, r, _ *record.Record, _ string) error {
	grants, err := openOf(tx, Guardcares, r.Subject)
	if err != nil || len(grants) == 0 {
		return err
	}
	visits, err := tx.AsOffice().Find(Visits, "person", strconv.FormatUint(r.Subject, 10))
	if err != nil {
		return fmt.Errorf("counting missed visits: %w", err)
	}
	for _, g := range grants {
		if g.Step != "active" || g.Subject != r.Subject {
			continue
		}
		n := 0
		for _, v := range visits {
			if v.Step == "unseen" && v.Date("actual") >= g.Date("decision_at") {
				n++
			}
		}
		if float64(n) == number(g, "unseen") {
			continue
		}
		if err := tell(tx, g.Ref, map[string]any{"unseen": float64(n)}); err != nil {
			return err
		}
	}
	return nil
}
