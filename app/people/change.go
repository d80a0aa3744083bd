package people

import (
	"fmt"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// changeBehaviour: a change order says which key field of a person's file
// shall change from what to what. It takes effect, in the transaction of its
// approval by a second person, only if the field still has the old value.
func changeBehaviour() record.Behaviour {
	return record.Behaviour{Register: changeRegister, Derive: deriveChange, Check: checkChange, Guard: guardChange,
		After: func(tx *record.Tx, r, _ *record.Record, action string) error {
			if action != changeApprove {
				return nil
			}
			return applyChange(tx, r)
		}}
}

// deriveChange lays the present value beside the new one when the order is
// made; afterwards it stays what the orderer saw.
func deriveChange(tx *record.Tx, r *record.Record) error {
	if r.ID != 0 || r.Subject == 0 {
		return nil
	}
	old, err := present(tx, r)
	if err != nil {
		return err
	}
	delete(r.Values, changeOld)
	if old != "" {
		r.Values[changeOld] = old
	}
	return nil
}

// present is what stands on file now for the order's item.
func present(tx *record.Tx, r *record.Record) (string, error) {
	if r.Text(changeField) == changeGuardian {
		return guardianText(tx, r.Subject)
	}
	person, err := load(tx, r.Subject)
	if err != nil {
		return "", err
	}
	return textOf(person.Values[r.Text(changeField)]), nil
}

func textOf(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func checkChange(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	if before != nil && before.Step != r.Step {
		return nil, nil // moving on; what it would do is asked by guardChange
	}
	if r.Text(changeField) == changeGuardian && r.Text(changeNew) != "" {
		return checkGuardianChange(tx, r)
	}
	f, ok := keyField(tx, r)
	if !ok {
		return []record.Problem{{Field: changeField, Label: "变更项目", Text: "这一项不是关键信息，请直接在主档里修改"}}, nil
	}
	typed := r.Text(changeNew)
	if typed == "" {
		return nil, nil // the form says that it is missing
	}
	v, warnings, err := tx.Book().ParseCell(f, typed)
	if err != nil {
		return []record.Problem{{Field: changeNew, Label: "新" + f.Label, Text: err.Error()}}, nil
	}
	var out []record.Problem
	for _, w := range warnings {
		out = append(out, record.Problem{Field: changeNew, Label: "新" + f.Label, Text: w.Text, Warn: true})
	}
	if f.ID == fieldNumber {
		person, err := load(tx, r.Subject)
		if err != nil {
			return nil, err
		}
		out = append(out, orderedNumber(person.Text(fieldDocument), textOf(v), tx.Today())...)
	}
	if textOf(v) == r.Text(changeOld) && before == nil {
		out = append(out, record.Problem{Field: changeNew, Label: "新" + f.Label, Text: "与现在登记的相同，不必变更"})
	}
	return out, nil
}

// orderedNumber judges a new number by the document that the file names; one
// that replaces a temporary number is an identity card's.
func orderedNumber(kind, number string, today value.Date) []record.Problem {
	if kind == documentNone {
		kind = documentIdentity
	}
	problems := documentProblems(kind, number, today)
	for i := range problems {
		problems[i].Field, problems[i].Label = changeNew, "新证件号码"
	}
	return problems
}

// keyField is the field of the person's file that the order is about.
func keyField(tx *record.Tx, r *record.Record) (*register.Field, bool) {
	def, ok := tx.Book().Registers().Get(record.Persons)
	if !ok {
		return nil, false
	}
	f, ok := def.Field(r.Text(changeField))
	return f, ok && f.Key
}

// guardChange finds the conflict: somebody changed the field after the order
// was made.
func guardChange(tx *record.Tx, r *record.Record, a *register.Action) ([]record.Problem, error) {
	if a.ID != changeApprove {
		return nil, nil
	}
	person, err := load(tx, r.Subject)
	if err != nil {
		return nil, err
	}
	if merged(person) {
		return []record.Problem{{Field: changeField, Text: "这份主档已并入另一份，请在现用的主档上另填变更单"}}, nil
	}
	now, err := present(tx, r)
	if err != nil || now == r.Text(changeOld) {
		return nil, err
	}
	return []record.Problem{{Field: changeOld, Label: "原值", Text: "主档上的现值已不是变更单所写的原值，可能已经变更过；请退回，核对后另填",
		Link: fmt.Sprintf("/people/%d", r.Subject)}}, nil
}

func applyChange(tx *record.Tx, r *record.Record) error {
	if r.Text(changeField) == changeGuardian {
		return applyGuardianChange(tx, r)
	}
	f, ok := keyField(tx, r)
	if !ok {
		return fmt.Errorf("applying a change order: %q is no key field", r.Text(changeField))
	}
	v, _, err := tx.Book().ParseCell(f, r.Text(changeNew))
	if err != nil {
		return fmt.Errorf("applying a change order: %w", err)
	}
	values := register.Values{f.ID: v}
	person, err := load(tx, r.Subject)
	if err != nil {
		return err
	}
	if kind := person.Text(fieldDocument); f.ID == fieldNumber && (kind == "" || kind == documentNone) {
		values[fieldDocument] = documentIdentity // a temporary number has been replaced
	}
	_, err = tx.AsOffice().SaveKeys(record.Ref{Register: record.Persons, ID: r.Subject}, 0, values)
	return err
}
