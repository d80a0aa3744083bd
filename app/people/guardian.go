package people

import (
	"fmt"
	"strings"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// changeGuardian is the item of a change order that is no field of the file:
// who the guardian is. Its new value names a person by document number, file
// number or temporary number.
const changeGuardian = "guardian"

// guardianText is who the guardians are, for a change order.
func guardianText(tx *record.Tx, person uint64) (string, error) {
	guardians, err := GuardiansTx(tx.AsOffice(), person, tx.Today())
	if err != nil {
		return "", err
	}
	var names []string
	for _, g := range guardians {
		names = append(names, g.Name+"（"+g.Relation+"）")
	}
	return strings.Join(names, "、"), nil
}

// namedPerson finds the person whom a typed number names, 0 when none.
func namedPerson(tx *record.Tx, typed string) (uint64, error) {
	number := plainNumber(typed)
	ids, err := tx.IDs(record.Persons, keyID, number)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		r, err := load(tx, id)
		if err != nil {
			return 0, err
		}
		if r, err = current(tx, r); err == nil {
			return r.ID, nil
		}
	}
	r, err := tx.AsOffice().ByNumber(number)
	if refusal, ok := record.AsRefusal(err); ok && refusal.Code == record.CodeNotFound {
		return 0, nil
	}
	if err != nil || r.Register != record.Persons {
		return 0, err
	}
	return r.ID, nil
}

// tieTo is the relation in force in which other is the person's kin.
func tieTo(tx *record.Tx, person, other uint64) (Tie, bool, error) {
	ties, err := tiesOf(tx, person)
	if err != nil {
		return Tie{}, false, err
	}
	for _, t := range ties {
		if t.Person == person && t.Other == other && t.holds(tx.Today()) {
			return t, true, nil
		}
	}
	return Tie{}, false, nil
}

func checkGuardianChange(tx *record.Tx, r *record.Record) ([]record.Problem, error) {
	problem := func(text string) []record.Problem {
		return []record.Problem{{Field: changeNew, Label: "新监护人", Text: text}}
	}
	other, err := namedPerson(tx, r.Text(changeNew))
	if err != nil {
		return nil, err
	}
	if other == 0 {
		return problem("请填新监护人的证件号码或主档编号；没有主档的请先建档"), nil
	}
	t, ok, err := tieTo(tx, r.Subject, other)
	if err != nil {
		return nil, err
	}
	if !ok {
		return problem("请先在“亲属与照料关系”里登记此人是本人的什么人"), nil
	}
	if t.Guardian {
		return problem("此人现在就是监护人，不必变更"), nil
	}
	guardian, err := load(tx, other)
	if err != nil {
		return nil, err
	}
	person, err := load(tx, r.Subject)
	if err != nil {
		return nil, err
	}
	t.Guardian, t.From = true, tx.Today()
	return guardianProblems(tx.Book(), t, person, guardian), nil
}

// applyGuardianChange ends the guardianship in force the day before and begins
// the new one, so that each day keeps its own guardian.
func applyGuardianChange(tx *record.Tx, r *record.Record) error {
	other, err := namedPerson(tx, r.Text(changeNew))
	if err != nil {
		return err
	}
	ties, err := tiesOf(tx, r.Subject)
	if err != nil {
		return err
	}
	done := false
	for _, t := range ties {
		if t.Person != r.Subject || !t.holds(tx.Today()) || t.Guardian == (t.Other == other) {
			continue
		}
		if err := turn(tx, t, t.Other == other && !done); err != nil {
			return err
		}
		done = done || t.Other == other
	}
	if !done {
		return fmt.Errorf("applying a change of guardian: no relation to person %d", other)
	}
	return nil
}

// turn ends a relation yesterday and lets it go on from today with or without
// guardianship. One that began today is changed in place.
func turn(tx *record.Tx, t Tie, guardian bool) error {
	office := tx.AsOffice()
	today := tx.Today()
	if t.From == today {
		_, err := office.Save(t.Ref, 0, register.Values{relationGuardian: guardian})
		return err
	}
	old, err := office.Open(t.Ref)
	if err != nil {
		return err
	}
	values := old.Values.Clone()
	values[relationFrom], values[relationGuardian] = string(today), guardian
	if _, err := office.Save(t.Ref, 0, register.Values{relationUntil: string(today.AddDays(-1))}); err != nil {
		return err
	}
	_, err = office.Create(record.Draft{Register: relationRegister, Subject: t.Person, Values: values})
	return err
}

// guardianKept refuses to change a minor's guardian by hand: that takes a
// change order and a second person.
func guardianKept(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	if before == nil || tx.Viewer().Office {
		return nil, nil
	}
	was, is := tieOf(before), tieOf(r)
	if !was.Guardian || !was.holds(tx.Today()) || is.Guardian && is.Other == was.Other && is.Until == was.Until {
		return nil, nil
	}
	person, err := load(tx, was.Person)
	if err != nil || !minor(tx.Book(), person, tx.Today()) {
		return nil, err
	}
	return []record.Problem{{Field: relationGuardian, Label: "监护人", Text: "未成年人的监护人不能直接改，请填《重要信息变更单》，由另一人审核后生效",
		Link: "/r/person.change/new?person=" + idText(was.Person)}}, nil
}
