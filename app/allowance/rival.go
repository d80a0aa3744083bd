package allowance

import (
	"jiezhen/app/benefit"
	"jiezhen/app/record"
)

// rivals are the memberships, in programmes that are paid here, that stand
// against one programme by the table of overlaps: by person.
type rivals struct {
	book *benefit.Book
	of   map[uint64][]uint64
}

// against are the other programmes paid here that may not simply be drawn with
// one.
func against(book *benefit.Book, programme string) (out []string) {
	for _, other := range programmeCodes {
		if _, exclusive := book.Exclusive(programme, other); exclusive && other != programme {
			out = append(out, other)
		}
	}
	return out
}

func findRivals(tx *record.Tx, book *benefit.Book, programme string) (rivals, error) {
	out := rivals{book, map[uint64][]uint64{}}
	for _, other := range against(book, programme) {
		err := tx.EachColumn(Members, "programme", other, []string{"subject"}, func(id uint64, v []record.Column) error {
			out.of[v[0].ID()] = append(out.of[v[0].ID()], id)
			return nil
		})
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// rivalsOf are those of one membership.
func rivalsOf(tx *record.Tx, book *benefit.Book, m *record.Record) (rivals, error) {
	out := rivals{book, map[uint64][]uint64{}}
	for _, other := range against(book, m.Text("programme")) {
		r, err := rivalNamed(tx, m, other)
		if err != nil {
			return out, err
		}
		if r != nil {
			out.of[m.Subject] = append(out.of[m.Subject], r.ID)
		}
	}
	return out, nil
}

// rivalNamed is the person's membership in another programme, the one that has
// not ended before any that has; nil when there is none.
func rivalNamed(tx *record.Tx, m *record.Record, programme string) (*record.Record, error) {
	all, err := tx.Find(Members, "person", id(m.Subject))
	var out *record.Record
	for _, r := range all {
		if r.Subject == m.Subject && r.Text("programme") == programme && (out == nil || r.Step != "ended") {
			out = r
		}
	}
	return out, err
}

// add tells a member's facts of the months in which the person draws what
// stands against it.
func (r rivals) add(tx *record.Tx, f *file) error {
	for _, n := range r.of[f.member.Subject] {
		other, err := tx.Open(ref(Members, n))
		if err != nil {
			return err
		}
		p, ok := r.book.Programme(other.Text("programme"))
		if !ok {
			continue
		}
		of, err := read(tx, other)
		if err != nil {
			return err
		}
		if span, ok := r.book.Span(p, of.facts); ok {
			f.facts.Others = append(f.facts.Others, benefit.Other{Code: p.Code, Stretch: span})
		}
	}
	return nil
}
