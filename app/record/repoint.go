package record

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Pointing is one place in which a record or a note names a person. Place is
// "subject", "f:<field>", or "f:<table>.<row>.<column>".
type Pointing struct {
	Ref   Ref
	Place string
}

const placeSubject = "subject"

// errNotOffice is a fault of the program: these doors are the office's own.
var errNotOffice = errors.New("moving references needs the office's own rights")

// IDs gives the ids of a register's records under an equality key, without
// reading them. An id says nothing; whoever shows one opens it for the viewer.
func (tx *Tx) IDs(reg, key, v string) ([]uint64, error) { return tx.store.Equal(reg, key, v) }

// Pointings lists every place, in every register but the excepted and in the
// notes, in which a person is named. Office only: sealed registers are in it.
func (tx *Tx) Pointings(person uint64, except ...string) ([]Pointing, error) {
	if !tx.viewer.Office {
		return nil, errNotOffice
	}
	var out []Pointing
	for _, d := range tx.book.cfg.Registers.All() {
		if slices.Contains(except, d.ID) {
			continue
		}
		ids, err := tx.store.Equal(d.ID, "person", idText(person))
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			r, err := tx.load(Ref{d.ID, id})
			if err != nil {
				return nil, err
			}
			out = append(out, r.pointings(person)...)
		}
	}
	notes, err := tx.store.Equal(Notes, "person", idText(person))
	for _, id := range notes {
		out = append(out, Pointing{Ref{Notes, id}, placeSubject})
	}
	return out, err
}

// pointings are the places of one record that name the person.
func (r *Record) pointings(person uint64) []Pointing {
	var out []Pointing
	if r.Def.Subject == register.SubjectPerson && r.Subject == person {
		out = append(out, Pointing{r.Ref, placeSubject})
	}
	for _, f := range r.Def.Fields {
		switch {
		case f.Type == value.KindPerson && r.RefID(f.ID) == person:
			out = append(out, Pointing{r.Ref, fieldPrefix + f.ID})
		case f.Type == value.KindTable:
			out = append(out, r.rowPointings(f, idText(person))...)
		}
	}
	return out
}

func (r *Record) rowPointings(f *register.Field, person string) []Pointing {
	rows, _ := r.Values[f.ID].([]map[string]any)
	var out []Pointing
	for i, row := range rows {
		for _, sub := range f.Fields {
			if sub.Type == value.KindPerson && row[sub.ID] == person {
				out = append(out, Pointing{r.Ref, fmt.Sprintf("%s%s.%d.%s", fieldPrefix, f.ID, i, sub.ID)})
			}
		}
	}
	return out
}

// Repoint makes places that name one person name another; indexes follow and
// nothing else of the record changes, its date of change included. Places that
// no longer name the first are left as they are and given back. Office only.
func (tx *Tx) Repoint(places []Pointing, from, to uint64) (left []Pointing, err error) {
	if !tx.viewer.Office || !tx.writing {
		return nil, errNotOffice
	}
	by := map[Ref][]Pointing{}
	var order []Ref
	for _, p := range places {
		if by[p.Ref] == nil {
			order = append(order, p.Ref)
		}
		by[p.Ref] = append(by[p.Ref], p)
	}
	for _, ref := range order {
		repoint := tx.repointRecord
		if ref.Register == Notes {
			repoint = tx.repointNote
		}
		stayed, err := repoint(ref, by[ref], from, to)
		if err != nil {
			return nil, fmt.Errorf("moving references of %s: %w", ref, err)
		}
		left = append(left, stayed...)
	}
	return left, nil
}

func (tx *Tx) repointRecord(ref Ref, places []Pointing, from, to uint64) (left []Pointing, err error) {
	before, err := tx.load(ref)
	if err != nil {
		return nil, err
	}
	r := before.copy()
	for _, p := range places {
		if !r.pointTo(p.Place, from, to) {
			left = append(left, p)
		}
	}
	if len(left) == len(places) {
		return left, nil
	}
	err = tx.put(r)
	if refusal, ok := AsRefusal(err); ok && refusal.Code == CodeTaken {
		return nil, &Refusal{Code: CodeTaken, Ref: refusal.Ref, Text: "两份主档各有一条同样的《" + r.Def.Title + "》（" + r.Number + "），并到一起就重复了；请先把其中一条退出、办结或作废"}
	}
	return left, err
}

// pointTo changes one place; false when it doesn't name the person any more.
func (r *Record) pointTo(place string, from, to uint64) bool {
	if place == placeSubject {
		ok := r.Subject == from
		if ok {
			r.Subject = to
		}
		return ok
	}
	parts := strings.Split(strings.TrimPrefix(place, fieldPrefix), ".")
	if len(parts) == 1 {
		ok := r.RefID(parts[0]) == from
		if ok {
			r.Values[parts[0]] = idText(to)
		}
		return ok
	}
	rows, _ := r.Values[parts[0]].([]map[string]any)
	i, err := strconv.Atoi(parts[1])
	if err != nil || i >= len(rows) || len(parts) != 3 || rows[i][parts[2]] != idText(from) {
		return false
	}
	rows = slices.Clone(rows)
	rows[i] = maps.Clone(rows[i])
	rows[i][parts[2]] = idText(to)
	r.Values[parts[0]] = rows
	return true
}

func (tx *Tx) repointNote(ref Ref, places []Pointing, from, to uint64) (left []Pointing, err error) {
	body, rev, err := tx.store.Get(Notes, ref.ID)
	if err != nil {
		return nil, err
	}
	n, err := decodeNote(ref.ID, body)
	if err != nil {
		return nil, err
	}
	if n.Subject != from {
		return places, nil
	}
	n.Subject = to
	if body, err = encodeNote(n); err != nil {
		return nil, err
	}
	_, err = tx.store.Put(Notes, ref.ID, rev, noteItem(n, body))
	return nil, err
}

// Snapshot is a record as it stood, whole, for putting it back.
type Snapshot struct {
	Ref  Ref
	Rev  uint64
	Body map[string][]byte
}

// Snapshot takes a record as it stands. Office only.
func (tx *Tx) Snapshot(ref Ref) (Snapshot, error) {
	if !tx.viewer.Office {
		return Snapshot{}, errNotOffice
	}
	body, rev, err := tx.store.Get(ref.Register, ref.ID)
	return Snapshot{ref, rev, body}, fromStore(err, ref)
}

// Restore puts a record back as it stood, unchecked, as a new revision; its
// indexes are derived anew. Office only.
func (tx *Tx) Restore(s Snapshot) (*Record, error) {
	if !tx.viewer.Office || !tx.writing {
		return nil, errNotOffice
	}
	def, err := tx.definition(s.Ref.Register)
	if err != nil {
		return nil, err
	}
	_, rev, err := tx.store.Get(s.Ref.Register, s.Ref.ID)
	if err != nil {
		return nil, fromStore(err, s.Ref)
	}
	r, err := decode(def, s.Ref.ID, rev, s.Body)
	if err != nil {
		return nil, err
	}
	return r, tx.put(r)
}

// Retire ends a record in favour of another: it is linked to it and, where its
// register has the step, put there. Its form isn't checked, because what is
// replaced need not be complete. Office only.
func (tx *Tx) Retire(ref Ref, step string, l Link, m Move) (*Record, error) {
	if !tx.viewer.Office {
		return nil, errNotOffice
	}
	before, err := tx.writable(ref, 0)
	if err != nil {
		return nil, err
	}
	r := before.copy()
	r.Links = append(r.Links, l)
	m.From, m.To, m.By, m.ByName, m.At = r.Step, r.Step, tx.viewer.User, tx.viewer.Name, tx.book.Now()
	if _, ok := r.Def.Step(step); ok {
		m.To, r.Step, r.Entered[step] = step, step, tx.Today()
	}
	r.Log = append(r.Log, m)
	return r, tx.put(r)
}

// NextSerial draws the next number of a series of a behaviour's own; none is
// ever given twice.
func (tx *Tx) NextSerial(series string) (uint64, error) {
	if !tx.writing {
		return 0, errOutside
	}
	return tx.store.Next("series " + series)
}
