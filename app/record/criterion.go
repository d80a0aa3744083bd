package record

import (
	"fmt"
	"strings"

	"jiezhen/app/register"
	"jiezhen/app/value"
)

// env is what expressions see of a record inside a transaction: besides the
// record itself its subject's birth and sex.
func (tx *Tx) env(r *Record) register.Env { return tx.envOn(r, tx.Today()) }

// envOn is env with today set to a day.
func (tx *Tx) envOn(r *Record, today value.Date) register.Env {
	env := tx.book.env(r, today)
	facts := map[string]any{"birth": "", "sex": ""}
	if r.Def.Subject == register.SubjectPerson && r.Subject != 0 {
		if p, err := tx.Person(r.Subject); err == nil {
			facts["birth"], facts["sex"] = p.Text("birth"), p.Text("sex")
		}
	}
	env["subject"] = facts
	return env
}

// Finding is one of the register's criteria as this record meets it, ready to
// read.
type Finding struct {
	ID, Label, Asked, Basis string
	Verdict, Word           string // register.VerdictMet …, and in the office's words
	Value                   string // what was judged; empty when unknown
	Missing                 []string
}

// Findings judge the record by the criteria of its register that apply to it.
func (tx *Tx) Findings(r *Record) ([]Finding, error) {
	judged, err := r.Def.Findings(r.Values, tx.env(r))
	if err != nil {
		return nil, fmt.Errorf("judging %s: %w", r.Ref, err)
	}
	var out []Finding
	for _, j := range judged {
		f := Finding{ID: j.ID, Label: j.Label, Asked: j.Asked, Basis: j.Basis, Verdict: j.Verdict, Word: register.VerdictLabels[j.Verdict]}
		for _, need := range j.Missing {
			f.Missing = append(f.Missing, needLabel(r.Def, need))
		}
		if len(j.Missing) == 0 {
			f.Value = tx.judged(r, j)
		}
		out = append(out, f)
	}
	return out, nil
}

func needLabel(def *register.Definition, need string) string {
	if f, ok := def.Field(need); ok {
		return f.Label
	}
	return map[string]string{"subject.birth": "出生日期", "subject.sex": "性别"}[need]
}

// judged is the value that a criterion was judged on.
func (tx *Tx) judged(r *Record, j register.Finding) string {
	if j.Shows != nil {
		return fmt.Sprint(j.Value)
	}
	if len(j.Needs) == 0 {
		return ""
	}
	if f, ok := r.Def.Field(j.Needs[0]); ok {
		return tx.Display(f, r.Values[f.ID])
	}
	return ""
}

// unmet is what keeps an action waiting that asks for all criteria.
func (tx *Tx) unmet(r *Record, a *register.Action) ([]Problem, error) {
	findings, err := tx.Findings(r)
	if err != nil {
		return nil, err
	}
	var problems []Problem
	for _, f := range findings {
		p := Problem{Label: f.Label, Link: "/r/" + r.Register + "/" + idText(r.ID) + "/edit"}
		switch f.Verdict {
		case register.VerdictUnmet:
			p.Text = "不符合：要求" + f.Asked
			if f.Value != "" {
				p.Text += "，现为" + f.Value
			}
			p.Text += "（" + f.Basis + "）；更正后再“" + a.Label + "”"
		case register.VerdictUnknown:
			p.Text = "还不能判断，请先填写" + strings.Join(f.Missing, "、")
		default:
			continue
		}
		problems = append(problems, p)
	}
	return problems, nil
}
