package people

import (
	"strings"
	"unicode/utf8"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Config is what a Desk is made of.
type Config struct{ Book *record.Book }

// Desk is where persons are found, made, compared, joined and opened.
type Desk struct{ book *record.Book }

// New opens the desk.
func New(cfg Config) *Desk { return &Desk{book: cfg.Book} }

// Words with which the desk answers: short reasons say nothing.
const leastReason = 4

// reasonable trims a reason and refuses one that says nothing.
func reasonable(reason, what string) (string, error) {
	reason = strings.TrimSpace(reason)
	if utf8.RuneCountInString(reason) < leastReason {
		return "", &record.Refusal{Code: record.CodeInvalid, Text: "还有内容要补正", Problems: []record.Problem{{Field: "reason",
			Label: "理由", Text: what + "要写明理由，至少4个字"}}}
	}
	return reason, nil
}

// paramLeap says whether someone born on 29 February turns a year older on 1
// March of a common year instead of 28 February (facts D12).
const paramLeap = "person.leap.march"

func leapRule(b *record.Book) value.LeapRule {
	set := b.Policy()
	if set == nil || !set.HasParam(paramLeap, false) {
		return value.LeapFebruary28
	}
	if p, err := set.Param(paramLeap, b.Today()); err == nil && p.Value == true {
		return value.LeapMarch1
	}
	return value.LeapFebruary28
}

// AgeAt is a person's full years of age at the end of a day; ok is false
// without a date of birth.
func (d *Desk) AgeAt(person *record.Record, at value.Date) (years int, ok bool) {
	return ageAt(d.book, person, at)
}

func ageAt(b *record.Book, person *record.Record, at value.Date) (years int, ok bool) {
	birth := person.Date(fieldBirth)
	if birth == "" || at == "" {
		return 0, false
	}
	return value.AgeAt(birth, at, leapRule(b)), true
}

// adulthood is the age at which guardianship ends (Civil Code art. 17).
const adulthood = 18

// Minor reports whether someone is under age on a day. Without a date of
// birth nobody can say, and the answer is no.
func (d *Desk) Minor(person *record.Record, at value.Date) bool { return minor(d.book, person, at) }

func minor(b *record.Book, person *record.Record, at value.Date) bool {
	years, ok := ageAt(b, person, at)
	return ok && years < adulthood
}

// load reads a person whatever the viewer's rights, for the desk's own
// judgement; what is shown of it is decided by sight.
func load(tx *record.Tx, person uint64) (*record.Record, error) {
	return tx.AsOffice().Open(record.Ref{Register: record.Persons, ID: person})
}

// sight is what the transaction's viewer may see of a person.
func sight(tx *record.Tx, person *record.Record) access.Verdict {
	return tx.Verdict(person, access.ActRead)
}

// linkMerged ties a file that was merged to the one that was kept.
const linkMerged = "merged"

// merged reports whether the file was merged into another.
func merged(person *record.Record) bool { return keeper(person) != 0 }

// keeper is the file that a merged file went into, or 0.
func keeper(person *record.Record) uint64 {
	for _, l := range person.Links {
		if l.Kind == linkMerged {
			return l.To.ID
		}
	}
	return 0
}

// current follows merged files to the one in use.
func current(tx *record.Tx, person *record.Record) (*record.Record, error) {
	for merged(person) {
		next, err := load(tx, keeper(person))
		if err != nil {
			return nil, err
		}
		person = next
	}
	return person, nil
}
