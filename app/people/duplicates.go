package people

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strconv"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Pair is two files that may be one person, the older first.
type Pair struct {
	A, B    *record.Record
	Score   int
	Reasons []string
	Why     string // the reason given when the second was made all the same
}

// suspects is what the desk keeps of possible duplicates, on one shelf value.
// It follows the journal: persons that changed are looked up under the pairs
// of facts that they share with others (alikeKeys), so that no two files are
// ever compared without cause. It is a cache: lost, it is made anew.
type suspects struct {
	Scan    uint64 // next person of the first pass; 0 when it is done
	Through uint64 // journal sequence seen
	Pairs   []suspect
}

type suspect struct {
	A, B  uint64
	Score int
}

const (
	duplicates   = "duplicates"
	suspectsKey  = "pairs"
	catchUpFiles = 500  // persons looked at in one stretch
	catchUpLines = 2000 // journal entries read in one stretch
	blockMost    = 50   // more files than this under one pair of facts are no sign
	keptSuspects = 5000
)

// CatchUp brings the list of possible duplicates nearer to the present. It
// works in stretches; more says that there is more to do.
func (d *Desk) CatchUp(ctx context.Context) (more bool, err error) {
	var s suspects
	shelf := d.book.Shelf(duplicates)
	started, err := shelf.Get(ctx, suspectsKey, &s)
	if err != nil {
		return false, fmt.Errorf("reading possible duplicates: %w", err)
	}
	if !started {
		s = suspects{Scan: 1, Through: d.book.Head()}
	}
	if started && s.Scan == 0 && s.Through >= d.book.Head() {
		return false, nil
	}
	err = d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		var err error
		more, err = s.advance(tx)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("looking for duplicates: %w", err)
	}
	return more, shelf.Put(ctx, suspectsKey, s)
}

// Run catches up whenever something was written, until the context ends.
func (d *Desk) Run(ctx context.Context) {
	for ctx.Err() == nil {
		head := d.book.Head()
		more, err := d.CatchUp(ctx)
		if err != nil || !more {
			if d.book.Wait(ctx, head) != nil {
				return
			}
		}
	}
}

func (s *suspects) advance(tx *record.Tx) (more bool, err error) {
	if s.Scan != 0 {
		return true, s.firstPass(tx)
	}
	changes, through, err := tx.Changes(s.Through, catchUpLines)
	if err != nil {
		return false, err
	}
	for _, c := range changes {
		if c.Ref.Register != record.Persons {
			continue
		}
		if err := s.person(tx, c.Ref.ID); err != nil {
			return false, err
		}
	}
	more = through > s.Through && through < tx.Book().Head()
	s.Through = through
	return more, nil
}

func (s *suspects) firstPass(tx *record.Tx) error {
	n, next := 0, uint64(0)
	err := tx.EachFrom(record.Persons, s.Scan, func(r *record.Record) (bool, error) {
		if n == catchUpFiles {
			next = r.ID
			return false, nil
		}
		n++
		return true, s.compare(tx, r)
	})
	s.Scan = next
	return err
}

func (s *suspects) person(tx *record.Tx, id uint64) error {
	s.Pairs = slices.DeleteFunc(s.Pairs, func(p suspect) bool { return p.A == id || p.B == id })
	r, err := load(tx, id)
	if refusal, ok := record.AsRefusal(err); ok && refusal.Code == record.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return s.compare(tx, r)
}

// compare lays one file beside every other that shares a pair of facts.
func (s *suspects) compare(tx *record.Tx, r *record.Record) error {
	if merged(r) {
		return nil
	}
	others, err := alikeIDs(tx, r)
	if err != nil {
		return err
	}
	for _, id := range others {
		other, err := load(tx, id)
		if err != nil {
			return err
		}
		if merged(other) {
			continue
		}
		if l := Alike(r, other); l.Likely() {
			s.add(suspect{min(r.ID, id), max(r.ID, id), l.Score})
		}
	}
	return nil
}

func (s *suspects) add(p suspect) {
	s.Pairs = slices.DeleteFunc(s.Pairs, func(old suspect) bool { return old.A == p.A && old.B == p.B })
	s.Pairs = append(s.Pairs, p)
	if len(s.Pairs) > keptSuspects { // the unlikeliest go: the desk shows the likeliest first
		sort.SliceStable(s.Pairs, func(i, k int) bool { return s.Pairs[i].Score > s.Pairs[k].Score })
		s.Pairs = s.Pairs[:keptSuspects]
	}
}

// alikeIDs are the other files that share a pair of facts with this one.
func alikeIDs(tx *record.Tx, r *record.Record) ([]uint64, error) {
	var out []uint64
	for _, key := range alikeKeys(r) {
		ids, err := tx.IDs(record.Persons, keyPair, key)
		if err != nil {
			return nil, err
		}
		if len(ids) > blockMost {
			continue
		}
		for _, id := range ids {
			if id != r.ID && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out, nil
}

// Duplicates gives the pairs of files that may be one person, likeliest first,
// as far as the viewer may open both. Pairs found to be two persons never come
// back. more says that the desk is still looking.
func (d *Desk) Duplicates(ctx context.Context, v access.Viewer, limit int) (pairs []Pair, more bool, err error) {
	if more, err = d.CatchUp(ctx); err != nil {
		return nil, false, err
	}
	var s suspects
	if _, err = d.book.Shelf(duplicates).Get(ctx, suspectsKey, &s); err != nil {
		return nil, false, fmt.Errorf("reading possible duplicates: %w", err)
	}
	sort.SliceStable(s.Pairs, func(i, k int) bool { return s.Pairs[i].Score > s.Pairs[k].Score })
	err = d.book.View(ctx, v, func(tx *record.Tx) error {
		for _, p := range s.Pairs {
			if len(pairs) >= limit {
				return nil
			}
			pair, ok, err := pairFor(tx, p)
			if err != nil {
				return err
			}
			if ok {
				pairs = append(pairs, pair)
			}
		}
		return nil
	})
	return pairs, more, err
}

// pairFor opens a pair for the viewer, compared as the files are now.
func pairFor(tx *record.Tx, p suspect) (Pair, bool, error) {
	a, err := load(tx, p.A)
	if err != nil {
		return Pair{}, false, err
	}
	b, err := load(tx, p.B)
	if err != nil {
		return Pair{}, false, err
	}
	if merged(a) || merged(b) || sight(tx, a) != access.Allowed || sight(tx, b) != access.Allowed {
		return Pair{}, false, nil
	}
	l := Alike(a, b)
	if !l.Likely() {
		return Pair{}, false, nil
	}
	apart, err := distinct(tx, p.A, p.B)
	if err != nil || apart {
		return Pair{}, false, err
	}
	why, err := whyMade(tx, b)
	return Pair{A: a, B: b, Score: l.Score, Reasons: l.Reasons, Why: why}, true, err
}

// distinct reports whether the two were found to be two persons.
func distinct(tx *record.Tx, a, b uint64) (bool, error) {
	rows, err := tx.AsOffice().Find(distinctRegister, "person", idText(a))
	if err != nil {
		return false, err
	}
	for _, r := range rows {
		named := personsIn(r)
		if slices.Contains(named, a) && slices.Contains(named, b) {
			return true, nil
		}
	}
	return false, nil
}

// Differ keeps for good that two files are two persons. Both must be open to
// the viewer.
func (d *Desk) Differ(ctx context.Context, v access.Viewer, a, b uint64, reason string) error {
	reason, err := reasonable(reason, "认定不是同一人")
	if err != nil {
		return err
	}
	return d.book.Change(ctx, v, "认定不是同一人："+reason, func(tx *record.Tx) error {
		for _, id := range []uint64{a, b} {
			if _, err := tx.Open(record.Ref{Register: record.Persons, ID: id}); err != nil {
				return err
			}
		}
		apart, err := distinct(tx, a, b)
		if err != nil || apart {
			return err
		}
		_, err = tx.Create(record.Draft{Register: distinctRegister, Values: register.Values{distinctA: idText(a), distinctB: idText(b),
			distinctReason: reason}})
		return err
	})
}

// personsIn are the persons that a record names in its subject and fields.
func personsIn(r *record.Record) []uint64 {
	var out []uint64
	if r.Def.Subject == register.SubjectPerson && r.Subject != 0 {
		out = append(out, r.Subject)
	}
	for _, f := range r.Def.Fields {
		if id := r.RefID(f.ID); f.Type == value.KindPerson && id != 0 {
			out = append(out, id)
		}
	}
	return out
}

func idText(id uint64) string { return strconv.FormatUint(id, 10) }
