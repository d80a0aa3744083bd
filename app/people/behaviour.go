package people

import (
	"slices"

	"jiezhen/app/policy"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// Behaviours are the rules of persons and of the registers about them, which
// hold by whatever door these are written: form, import, command or this
// package. They read policy through the book that they run in.
func Behaviours(func() *policy.Set) []record.Behaviour {
	return []record.Behaviour{fileBehaviour(), relationBehaviour(), changeBehaviour(), distinctBehaviour(), mergeBehaviour(),
		consentBehaviour()}
}

// distinctBehaviour: a finding that two persons are two names two of them, and
// gives a reason.
func distinctBehaviour() record.Behaviour {
	return record.Behaviour{Register: distinctRegister, Check: func(_ *record.Tx, r, _ *record.Record) ([]record.Problem, error) {
		named := personsIn(r)
		slices.Sort(named)
		if len(named) > 1 && len(slices.Compact(named)) < 2 {
			return []record.Problem{{Field: lastPersonField(r.Def), Label: "另一人", Text: "两份主档是同一份，请重新选定"}}, nil
		}
		return nil, nil
	}}
}

func lastPersonField(d *register.Definition) string {
	id := ""
	for _, f := range d.Fields {
		if f.Type == "person" {
			id = f.ID
		}
	}
	return id
}
