package record

import (
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// EnvOver is what expressions about a period see of a record: the record as it
// is, its subject's birth and sex, the period with today inside it, and when
// each step was due and was left.
func (tx *Tx) EnvOver(r *Record, first, last value.Date) register.Env {
	today := min(tx.Today(), last)
	env := tx.envOn(r, today)
	env.Period(first, last)
	due, left := tx.book.courses(r)
	env["due"], env["left"] = due, left
	var overdue []string
	for _, c := range tx.book.Clocks(r) {
		if c.Due != "" && c.Due < today {
			overdue = append(overdue, c.ID)
		}
	}
	env["overdue"] = overdue
	return env
}

// courses says of each step with a limit that the record has stood in when it
// was due, and, once left, on which day.
func (b *Book) courses(r *Record) (due, left map[string]string) {
	due, left = map[string]string{}, map[string]string{}
	for _, m := range r.Log {
		if m.From != "" && m.To != m.From {
			left[m.From] = string(value.DateOf(m.At))
		}
	}
	delete(left, r.Step)
	for _, step := range r.Def.Steps {
		start := r.Entered[step.ID]
		if step.Due == nil || start == "" {
			continue
		}
		if step.Since != "" && r.Date(step.Since) != "" {
			start = r.Date(step.Since)
		}
		if c, ok := b.clock(r, step.Due, start, Clock{stops: stops(r, step)}); ok {
			due[step.ID] = string(c.Due)
		}
	}
	return due, left
}

// Unseen is how many records of a register are about protected persons whom
// the viewer may not open: no number holds them.
func (tx *Tx) Unseen(reg string) (int, error) {
	def, err := tx.definition(reg)
	if err != nil {
		return 0, err
	}
	hidden, err := tx.hidden(def)
	return len(hidden), err
}
