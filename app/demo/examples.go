package demo

import (
	"context"
	"fmt"
	"strings"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// example is one record of a system that has a few of them in a demonstration:
// those of the facts' section E-B, and one for each state that a working day
// should find.
type example struct {
	register string
	number   string // what it must come out under; empty: whatever is next
	who      string // whom it is about, by code; empty: nobody
	by       string // role of who made it; empty: the officer
	on       value.Date
	deeds    string // "action day role" of the actions taken, one after another, parted by ;
	values   register.Values
}

// toRecord begins a value that stands for the id of an earlier example, by its
// number, of a person, by code, or of an organisation, by name.
const toRecord = "→"

// writeExamples writes the examples of the children's further systems, in
// their order.
func (f *filler) writeExamples(ctx context.Context) error {
	return f.writeList(ctx, "儿童保护各系统样例", "child.officer", f.examples())
}

// writeList writes examples; an officer makes those that name nobody.
func (f *filler) writeList(ctx context.Context, what, officer string, list []example) error {
	made := map[string]uint64{}
	for i, e := range list {
		role := e.by
		if role == "" {
			role = officer
		}
		err := f.office.Book.Change(ctx, f.users[role], "样例", func(tx *record.Tx) error {
			r, err := tx.Create(f.exampleDraft(i, e, f.users[officer].User, made))
			if err != nil {
				return err
			}
			if e.number != "" && r.Number != e.number {
				return fmt.Errorf("编号应为 %s，得到 %s", e.number, r.Number)
			}
			made[r.Number] = r.ID
			return nil
		})
		if err != nil {
			return fmt.Errorf("样例 %s %s：%w", e.register, e.on, err)
		}
		f.opt.Progress(what, i+1, len(list))
	}
	return nil
}

func (f *filler) exampleDraft(i int, e example, owner uint64, made map[string]uint64) record.Draft {
	p := f.path(e.register, throw(f.opt.Seed, streamCare, -3000000-i), e.on)
	for _, deed := range strings.Split(e.deeds, ";") {
		if words := strings.Fields(deed); len(words) == 3 {
			p.take(words[0], f.users[words[2]], value.Date(words[1]), "")
		}
	}
	values := register.Values{}
	for k, v := range e.values {
		name, isText := v.(string)
		name, refers := strings.CutPrefix(name, toRecord)
		if !isText || !refers {
			values[k] = v
			continue
		}
		id := made[name]
		if person, ok := f.cast[name]; ok {
			id = f.people.all[person].id
		}
		if party := f.parties[name]; party != 0 {
			id = party
		}
		values[k] = text(id)
	}
	d := record.Draft{Owner: owner, Created: e.on, Values: values}
	if e.who != "" {
		d.Subject = f.personID(e.who)
	}
	return p.draft(d)
}

// examples are all of them; who is named by another stands before it.
func (f *filler) examples() []example {
	var all []example
	for _, group := range [][]example{f.reportExamples(), f.guardianshipExamples(), f.fosterExamples(), f.orphanExamples(), f.coverExamples(), f.guardcareExamples(), f.patrolExamples(), f.adoptionExamples(), f.councilExamples(), f.workerExamples()} {
		all = append(all, group...)
	}
	return all
}
