package people

import (
	"strconv"

	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Tie is a relation between two persons in one direction: Other is Person's
// Code (facts D3: 申请人或监护人 是 儿童的 X).
type Tie struct {
	Ref           record.Ref
	Person, Other uint64
	Code          string // GB/T 4761
	Guardian      bool   // Other is Person's guardian
	Carer         bool   // Other actually looks after Person
	Household     bool   // both live in one household
	From, Until   value.Date
	Note          string
}

// holds reports whether the relation was in force on a day; "" asks for no day.
func (t Tie) holds(at value.Date) bool {
	return at == "" || (t.From == "" || t.From <= at) && (t.Until == "" || at <= t.Until)
}

// ended reports whether the relation was over by a day.
func (t Tie) ended(at value.Date) bool { return at != "" && t.Until != "" && t.Until < at }

func tieOf(r *record.Record) Tie {
	t := Tie{Ref: r.Ref, Person: r.Subject, Other: r.RefID(relationOther), Code: r.Text(relationCode),
		From: r.Date(relationFrom), Until: r.Date(relationUntil), Note: r.Text(relationNote)}
	if t.Person == 0 {
		t.Person = r.RefID(relationPerson)
	}
	t.Guardian, t.Carer, t.Household = yes(r, relationGuardian), yes(r, relationCarer), yes(r, relationHousehold)
	return t
}

func yes(r *record.Record, field string) bool { b, _ := r.Values[field].(bool); return b }

// tiesOf are all relations of a person, in whichever direction they were
// entered. They belong to the two persons, so that whoever may open one of
// these may know of them; the other end is shown as far as it may be.
func tiesOf(tx *record.Tx, person uint64) ([]Tie, error) {
	if _, ok := tx.Book().Registers().Get(relationRegister); !ok {
		return nil, nil
	}
	rows, err := tx.AsOffice().Find(relationRegister, "person", strconv.FormatUint(person, 10))
	if err != nil {
		return nil, err
	}
	out := make([]Tie, 0, len(rows))
	for _, r := range rows {
		out = append(out, tieOf(r))
	}
	return out, nil
}

// kinWord is a relation's code in words.
func kinWord(tx *record.Tx, code string) string {
	def, ok := tx.Book().Registers().Get(relationRegister)
	if !ok {
		return code
	}
	f, ok := def.Field(relationCode)
	if !ok {
		return code
	}
	return tx.Book().CodeLabel(f.Codes, code)
}

func relationBehaviour() record.Behaviour {
	return record.Behaviour{Register: relationRegister, Check: checkRelation}
}

func checkRelation(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	t := tieOf(r)
	if t.Person == 0 || t.Other == 0 {
		return nil, nil // the form says that they are missing
	}
	if t.Person == t.Other {
		return []record.Problem{{Field: relationOther, Label: "关系人", Text: "不能与本人建立关系，请重新选定"}}, nil
	}
	out := dateProblems(t, tx.Today())
	person, err := load(tx, t.Person)
	if err != nil {
		return nil, err
	}
	other, err := load(tx, t.Other)
	if err != nil {
		return nil, err
	}
	out = append(out, ageProblems(tx.Book(), t, person, other)...)
	out = append(out, guardianProblems(tx.Book(), t, person, other)...)
	more, err := twice(tx, t)
	if err != nil {
		return nil, err
	}
	out = append(out, more...)
	more, err = guardianKept(tx, r, before)
	return append(out, more...), err
}

// twice refuses the same relation in force a second time. The store does not
// hold it unique, because a merge may bring two together.
func twice(tx *record.Tx, t Tie) ([]record.Problem, error) {
	ties, err := tiesOf(tx, t.Person)
	if err != nil || t.Until != "" {
		return nil, err
	}
	for _, o := range ties {
		if o.Ref != t.Ref && o.Person == t.Person && o.Other == t.Other && o.Code == t.Code && o.Until == "" {
			return []record.Problem{{Field: relationOther, Label: "关系人", Text: "两人之间已登记同样的关系，不必重复"}}, nil
		}
	}
	return nil, nil
}

func dateProblems(t Tie, today value.Date) []record.Problem {
	var out []record.Problem
	if t.From > today {
		out = append(out, record.Problem{Field: relationFrom, Label: "起日", Text: "不能晚于今天"})
	}
	if t.From != "" && t.Until != "" && t.Until < t.From {
		out = append(out, record.Problem{Field: relationUntil, Label: "止日", Text: "不能早于起日"})
	}
	return out
}

// leastGap is how many years a parent by blood is at least older than a
// child; less is probably a relation entered the wrong way round.
const leastGap = 12

func ageProblems(b *record.Book, t Tie, person, other *record.Record) []record.Problem {
	child, elder := person, other
	switch {
	case isParent(t.Code):
	case isChild(t.Code):
		child, elder = other, person
	default:
		return nil
	}
	years, ok := ageAt(b, elder, child.Date(fieldBirth))
	if !ok || child.Date(fieldBirth) == "" || years >= leastGap {
		return nil
	}
	text := "两人相差不足" + strconv.Itoa(leastGap) + "岁，请核对关系是否填反"
	return []record.Problem{{Field: relationCode, Label: "关系", Text: text, Warn: elder.Date(fieldBirth) < child.Date(fieldBirth)}}
}

func guardianProblems(b *record.Book, t Tie, person, other *record.Record) []record.Problem {
	if !t.Guardian || t.Until != "" {
		return nil
	}
	var out []record.Problem
	if years, ok := ageAt(b, other, t.From); ok && t.From != "" && years < adulthood {
		out = append(out, record.Problem{Field: relationOther, Label: "监护人", Text: "未满18周岁，不能担任监护人"})
	}
	if gone(other, t.From) {
		out = append(out, record.Problem{Field: relationOther, Label: "监护人", Text: "已登记死亡或失踪，不能担任监护人"})
	}
	if years, ok := ageAt(b, person, t.From); ok && t.From != "" && years >= adulthood {
		out = append(out, record.Problem{Field: relationGuardian, Label: "监护", Text: "被监护人已满18周岁，请核对", Warn: true})
	}
	return out
}
