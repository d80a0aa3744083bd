package embedstore

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// model is what the store should hold, kept as plainly as can be.
type model struct {
	items map[uint64]Item
	revs  map[uint64]uint64
}

// TestAgainstModel runs random work and compares records, indexes, tallies
// and the replayed journal with the model.
func TestAgainstModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			random := rand.New(rand.NewPCG(seed, 1))
			m := model{map[uint64]Item{}, map[uint64]uint64{}}
			for round := range 60 {
				o.update(func(tx *Tx) error { return m.work(t, tx, random) })
				if round%20 == 19 {
					o.reopen()
				}
			}
			o.view(func(tx *Tx) error { m.compare(t, tx); m.replay(t, tx); return nil })
			if r := o.sound(); r.Records != len(m.items) {
				t.Errorf("check saw %d records, want %d", r.Records, len(m.items))
			}
		})
	}
}

func (m model) work(t *testing.T, tx *Tx, random *rand.Rand) error {
	for range random.IntN(8) {
		id := random.Uint64N(20) + 1
		if _, ok := m.items[id]; ok && random.IntN(4) == 0 {
			if err := tx.Delete("case", id, m.revs[id]); err != nil {
				return err
			}
			delete(m.items, id)
			delete(m.revs, id)
			continue
		}
		it := randomItem(random, id)
		rev, err := tx.Put("case", id, m.revs[id], it)
		if err != nil {
			return err
		}
		if same := sameBody(m.items[id].Body, it.Body) && m.revs[id] != 0; same != (rev == m.revs[id]) {
			t.Errorf("revision %d after %d, same body: %v", rev, m.revs[id], same)
		}
		m.items[id], m.revs[id] = it, rev
	}
	return nil
}

func randomItem(random *rand.Rand, id uint64) Item {
	it := Item{Body: Body{}, Unique: []EqualKey{{"card", fmt.Sprint(id)}}}
	for range random.IntN(3) {
		it.Body[fmt.Sprint("k", random.IntN(4))] = text(fmt.Sprint(random.IntN(3)))
		it.Index = append(it.Index, IndexKey{"due", fmt.Append(nil, "2026-0", random.IntN(9)), fmt.Append(nil, random.IntN(2))})
		it.Equal = append(it.Equal, EqualKey{"name", fmt.Sprint(random.IntN(3))})
		it.Tally = append(it.Tally, fmt.Sprint("t", random.IntN(2)))
	}
	return it
}

func sameBody(a, b Body) bool { return maps.EqualFunc(a, b, bytes.Equal) }

func (m model) compare(t *testing.T, tx *Tx) {
	tallies, entries, names := map[string]uint64{}, map[string]bool{}, map[string][]uint64{}
	for _, id := range slices.Sorted(maps.Keys(m.items)) {
		it := m.items[id]
		if b, rev, err := tx.Get("case", id); err != nil || rev != m.revs[id] || !sameBody(b, it.Body) {
			t.Errorf("record %d: revision %d, %v", id, rev, err)
		}
		for _, n := range it.Tally {
			tallies[n]++
		}
		for _, k := range it.Index {
			entries[fmt.Sprintf("%s/%d", k.Key, id)] = true
		}
		for _, e := range it.Equal {
			if !slices.Contains(names[e.Value], id) {
				names[e.Value] = append(names[e.Value], id)
			}
		}
	}
	got := map[string]uint64{}
	_ = tx.Tallies("case", "t", func(n string, c uint64) error { got[n] = c; return nil })
	if !maps.Equal(got, tallies) {
		t.Errorf("tallies %v, want %v", got, tallies)
	}
	found := map[string]bool{}
	_ = tx.Range("case", "due", Range{}, func(h Hit) (bool, error) { found[fmt.Sprintf("%s/%d", h.Key, h.ID)] = true; return true, nil })
	if !maps.Equal(found, entries) {
		t.Errorf("index %v, want %v", found, entries)
	}
	for v := range 3 {
		if ids, err := tx.Equal("case", "name", fmt.Sprint(v)); err != nil || !slices.Equal(ids, names[fmt.Sprint(v)]) {
			t.Errorf("equal %d: %v, want %v (%v)", v, ids, names[fmt.Sprint(v)], err)
		}
	}
}

// replay builds the records from the journal alone.
func (m model) replay(t *testing.T, tx *Tx) {
	state := map[uint64]Body{}
	err := tx.Journal(1, func(e JournalEntry) (bool, error) {
		for _, c := range e.Changes {
			b := state[c.ID]
			if b == nil {
				b = Body{}
			}
			for k, v := range c.Before {
				if !bytes.Equal(b[k], v) {
					t.Errorf("entry %d: before differs at %s", e.Seq, k)
				}
				delete(b, k)
			}
			maps.Copy(b, c.After)
			if state[c.ID] = b; c.Op == "delete" {
				delete(state, c.ID)
			}
		}
		return true, nil
	})
	if err != nil {
		t.Error(err)
	}
	if len(state) != len(m.items) {
		t.Errorf("replay gives %d records, want %d", len(state), len(m.items))
	}
	for id, b := range state {
		if !sameBody(b, m.items[id].Body) {
			t.Errorf("record %d differs after replay", id)
		}
	}
}
