package patrol

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"jiezhen/app/access"
	"jiezhen/app/value"
)

// Person is how one force did in a month.
type Person struct {
	Force                  *Force
	Days, DaysKept         int
	Slots, Kept            int
	Found                  []*Finding
	Valid, Fixed           int
	Twice, Sampled, Failed int
	Rounds                 []*Round
}

// Month is the patrols' month in numbers.
type Month struct {
	Month        value.Month
	Cover        Cover
	Persons      []Person
	Findings     []*Finding
	Valid, Fixed int
}

// MonthOf works out a month, for what the viewer may see. A month that goes on
// is worked out up to today.
func (d *Desk) MonthOf(ctx context.Context, v access.Viewer, month value.Month) (Month, error) {
	from, to := month.First(), month.First().AddMonths(1).AddDays(-1)
	out := Month{Month: month}
	var err error
	if out.Cover, err = d.Cover(ctx, v, from, to); err != nil {
		return out, err
	}
	d.digest.mu.RLock()
	defer d.digest.mu.RUnlock()
	l, err := d.view(v, from, to)
	if err != nil {
		return out, err
	}
	by := map[uint64]*Person{}
	at := func(force uint64) *Person {
		if by[force] == nil && l.g.forces[force] != nil {
			by[force] = &Person{Force: l.g.forces[force]}
		}
		return by[force]
	}
	d.slotsOf(l, at, from, min(to, l.today))
	for _, r := range out.Cover.Rounds {
		if p := at(r.Force); p != nil {
			p.round(r)
		}
	}
	for _, t := range out.Cover.Twice {
		for _, r := range []*Round{t.A, t.B} {
			if p := at(r.Force); p != nil {
				p.Twice++
			}
		}
	}
	out.findings(l, at, from, to)
	for _, p := range by {
		out.Persons = append(out.Persons, *p)
	}
	slices.SortFunc(out.Persons, func(a, b Person) int {
		return cmp.Or(cmp.Compare(a.Force.Kind, b.Force.Kind), cmp.Compare(a.Force.Number, b.Force.Number))
	})
	return out, nil
}

// slotsOf enters the calls that were due of each force, and on which days.
func (d *Desk) slotsOf(l *look, at func(uint64) *Person, from, to value.Date) {
	days := map[pair]bool{} // a force on a day, true when one call was made
	for _, p := range l.points() {
		for _, s := range l.slots(p, from, to) {
			person := at(s.Force.ID)
			if person == nil {
				continue
			}
			person.Slots++
			if s.Done {
				person.Kept++
			}
			k := pair{uint64(value.DaysBetween("2000-01-01", s.Due)), s.Force.ID}
			days[k] = days[k] || s.Done
		}
	}
	for k, kept := range days {
		p := at(k.force)
		p.Days++
		if kept {
			p.DaysKept++
		}
	}
}

func (p *Person) round(r *Round) {
	p.Rounds = append(p.Rounds, r)
	switch r.Step {
	case "failed":
		p.Failed++
		p.Sampled++
	case "passed":
		p.Sampled++
	}
}

// Stands says how a finding counts: 有效, 不成立 …
func (d *Desk) Stands(f *Finding) (words string, valid bool) {
	d.digest.mu.RLock()
	defer d.digest.mu.RUnlock()
	return d.digest.stands(f)
}

func (g *digest) stands(f *Finding) (words string, valid bool) {
	switch f.Step {
	case "dropped":
		return "不成立", false
	case "fixed":
		return "有效，随手处理", true
	}
	switch g.caseStep[f.Case] {
	case "returned":
		return "案件不立案", false
	case "void":
		return "案件作废", false
	}
	return "有效", true
}

// findings enters what was found in the month.
func (m *Month) findings(l *look, at func(uint64) *Person, from, to value.Date) {
	for _, f := range l.g.findings {
		if f.On >= from && f.On <= to && l.sees(f.Community) {
			m.Findings = append(m.Findings, f)
		}
	}
	slices.SortFunc(m.Findings, func(a, b *Finding) int { return cmp.Compare(a.ID, b.ID) })
	for _, f := range m.Findings {
		_, valid := l.g.stands(f)
		fixed := f.Step == "fixed"
		if valid {
			m.Valid++
		}
		if fixed {
			m.Fixed++
		}
		r := l.g.rounds[f.Round]
		if r == nil {
			continue
		}
		p := at(r.Force)
		if p == nil {
			continue
		}
		p.Found = append(p.Found, f)
		if valid {
			p.Valid++
		}
		if fixed {
			p.Fixed++
		}
	}
}

// Each is problems found per person; “—” without anybody.
func (m Month) Each() string {
	if len(m.Persons) == 0 {
		return "—"
	}
	return fmt.Sprintf("%.2f", float64(len(m.Findings))/float64(len(m.Persons)))
}
