package embedstore

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// history is random work on a store, with what it held after every entry.
type history struct {
	*office
	now    time.Time
	random *rand.Rand
	states map[uint64]string    // sequence → records, in a form that compares
	times  map[uint64]time.Time // sequence → the time that the entry bears
	files  []File
}

func newHistory(t *testing.T, seed uint64) *history {
	t.Helper()
	h := &history{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), random: rand.New(rand.NewPCG(seed, 9)),
		states: map[uint64]string{}, times: map[uint64]time.Time{}}
	cfg := Config{Dir: t.TempDir(), Key: [32]byte{4, 5}, Clock: func() time.Time { return h.now }}
	s, err := Create(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h.office = &office{s, t, cfg}
	t.Cleanup(func() { _ = h.Close() }) // reopened stores are closed elsewhere
	h.states[0] = h.state(h.Store)
	return h
}

// live does n entries of work.
func (h *history) live(n int, m model) {
	h.t.Helper()
	for range n {
		h.now = h.now.Add(time.Duration(1+h.random.IntN(90)) * time.Minute)
		h.update(func(tx *Tx) error {
			if h.random.IntN(5) == 0 {
				return tx.Event("view", Body{"collection": text("case"), "id": mustEncode(uint64(1))})
			}
			if h.random.IntN(6) == 0 {
				return h.attach(tx)
			}
			return m.work(h.t.(*testing.T), tx, h.random)
		})
		seq, _ := h.Head()
		h.states[seq], h.times[seq] = h.state(h.Store), h.now
	}
}

func mustEncode(v any) []byte {
	b, err := Encode(v)
	if err != nil {
		panic(err) // plain values always encode
	}
	return b
}

func (h *history) attach(tx *Tx) error {
	f, err := h.StageFile(context.Background(), strings.NewReader(fmt.Sprint("附件", len(h.files))))
	if err != nil {
		return err
	}
	h.files = append(h.files, f)
	if err := tx.KeepFile(f); err != nil {
		return err
	}
	id, err := tx.NewID("paper")
	if err != nil {
		return err
	}
	_, err = tx.Put("paper", id, 0, Item{Body: Body{"file": text(f.Hash)}})
	return err
}

// state is every record with its revision.
func (h *history) state(s *Store) string {
	h.t.Helper()
	var b strings.Builder
	err := s.View(context.Background(), func(tx *Tx) error {
		for _, c := range []string{"case", "paper"} {
			if err := tx.All(c, 0, func(id, rev uint64, body Body) (bool, error) {
				fmt.Fprintf(&b, "%s/%d@%d", c, id, rev)
				for _, k := range slices.Sorted(maps.Keys(body)) {
					fmt.Fprintf(&b, " %s=%x", k, body[k])
				}
				b.WriteByte('\n')
				return true, nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return b.String()
}

func (h *history) export(since uint64) (pieces []Piece) {
	h.t.Helper()
	h.view(func(tx *Tx) error {
		return tx.Export(Since(since), func(p Piece) error { pieces = append(pieces, p); return nil })
	})
	return pieces
}

// rebuild puts exports together up to a time; zero is the end.
func (h *history) rebuild(dir string, until time.Time, exports ...[]Piece) (*Store, error) {
	h.t.Helper()
	id, err := hex.DecodeString(h.ID())
	if err != nil {
		h.t.Fatal(err)
	}
	cfg := h.cfg
	cfg.Dir = dir
	r, err := Begin(cfg, id)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err := r.Abandon(); err != nil {
			h.t.Error(err)
		}
	}()
	for _, pieces := range exports {
		if err := r.ClearShelves(); err != nil {
			return nil, err
		}
		for _, p := range pieces {
			if err := r.Put(p); err != nil {
				return nil, err
			}
			if p.Kind == PieceFile {
				data, _, err := h.ReadFile(context.Background(), string(p.Key))
				if err == nil {
					err = r.PutFile(string(p.Key), data)
				}
				if err != nil {
					return nil, err
				}
			}
		}
	}
	seq, hash := h.Head()
	if !until.IsZero() {
		if _, seq, hash, err = r.Rewind(until); err != nil {
			return nil, err
		}
	}
	if err := r.Finish(seq, hash); err != nil {
		return nil, err
	}
	return Open(cfg)
}

// TestRestoredHistories exports random histories in a full and some increments
// and restores them to random moments: what is there must equal what was.
func TestRestoredHistories(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			h := newHistory(t, seed)
			m := model{map[uint64]Item{}, map[uint64]uint64{}}
			h.live(20, m)
			exports := [][]Piece{h.export(0)}
			for range 3 {
				since, _ := h.Head()
				h.live(1+h.random.IntN(12), m)
				exports = append(exports, h.export(since))
			}
			h.restoreEverywhere(exports)
		})
	}
}

func (h *history) restoreEverywhere(exports [][]Piece) {
	last, _ := h.Head()
	for _, at := range []uint64{last, h.random.Uint64N(last) + 1, h.random.Uint64N(last) + 1, 0} {
		until := h.times[at].Add(time.Second)
		if at == 0 {
			until = h.times[1].Add(-time.Second)
		}
		s, err := h.rebuild(h.t.TempDir(), until, exports...)
		if err != nil {
			h.t.Fatalf("to entry %d: %v", at, err)
		}
		if got := h.state(s); got != h.states[at] {
			h.t.Errorf("to entry %d:\n%s\nwant:\n%s", at, got, h.states[at])
		}
		r, err := s.Check(context.Background(), nil)
		if err != nil || !r.Sound() || r.Files != len(h.files) && at == last {
			h.t.Errorf("to entry %d: %v, %+v", at, err, r)
		}
		if seq, _ := s.Head(); seq != at {
			h.t.Errorf("head is %d, want %d", seq, at)
		}
		if err := s.Close(); err != nil {
			h.t.Error(err)
		}
	}
}

// TestRestoredIndexes restores to the end: indexes, tallies, uniqueness and
// numbers are those of the original, and work goes on from there.
func TestRestoredIndexes(t *testing.T) {
	t.Parallel()
	h := newHistory(t, 99)
	m := model{map[uint64]Item{}, map[uint64]uint64{}}
	h.live(15, m)
	full := h.export(0)
	since, _ := h.Head()
	h.live(15, m)
	s, err := h.rebuild(t.TempDir(), time.Time{}, full, h.export(since))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.ID() != h.ID() || s.Derive("x") != h.Derive("x") {
		t.Error("the restored store has another identity")
	}
	if err := s.View(context.Background(), func(tx *Tx) error { m.compare(t, tx); m.replayAll(t, tx); return nil }); err != nil {
		t.Error(err)
	}
	_, err = s.Update(context.Background(), Entry{Kind: "save"}, func(tx *Tx) error {
		_, err := tx.Put("case", 999, 0, randomItem(h.random, 999))
		return err
	})
	if err != nil {
		t.Error("work does not go on:", err)
	}
}

func (m model) replayAll(t *testing.T, tx *Tx) {
	t.Helper()
	n := 0
	if err := tx.History("case", 1, func(e JournalEntry) (bool, error) { n++; return true, nil }); err != nil || n == 0 {
		t.Errorf("history of a record: %d entries, %v", n, err)
	}
}

// TestRebuildRefuses gives a rebuild what it must not take.
func TestRebuildRefuses(t *testing.T) {
	t.Parallel()
	h := newHistory(t, 5)
	h.live(12, model{map[uint64]Item{}, map[uint64]uint64{}})
	full := h.export(0)
	drop := func(kind PieceKind) (out []Piece) {
		for i, p := range full {
			if p.Kind != kind || i != firstOf(full, kind) {
				out = append(out, p)
			}
		}
		return out
	}
	altered := append([]Piece(nil), full...)
	i := firstOf(full, PieceEntry)
	altered[i].Value = append(bytes.Clone(altered[i].Value[:32]), flipped(altered[i].Value[32:])...)
	linked := append([]Piece(nil), full...)
	linked[i] = Piece{Kind: PieceLink, Key: linked[i].Key, Value: linked[i].Value[:32]}
	unknown := append(append([]Piece(nil), full...), Piece{Kind: 200})
	for _, c := range []struct {
		name   string
		pieces []Piece
		want   error
	}{
		{"an entry is missing", drop(PieceEntry), ErrGap},
		{"an entry was altered", altered, nil},
		{"an entry is only a link", linked, ErrGap},
		{"a kind of a later format", unknown, ErrNewerFormat},
		{"nothing", nil, ErrGap},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := h.rebuild(dir, time.Time{}, c.pieces)
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if left, _ := os.ReadDir(dir); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
	if _, err := Begin(h.cfg, make([]byte, 16)); !errors.Is(err, ErrExists) {
		t.Errorf("onto an existing store: %v", err)
	}
}

func firstOf(pieces []Piece, kind PieceKind) int {
	for i, p := range pieces {
		if p.Kind == kind {
			return i
		}
	}
	return -1
}

func flipped(b []byte) []byte {
	out := bytes.Clone(b)
	out[len(out)-1] ^= 1
	return out
}

// TestCopyStandsStill exports from a copy while the store goes on.
func TestCopyStandsStill(t *testing.T) {
	t.Parallel()
	h := newHistory(t, 7)
	m := model{map[uint64]Item{}, map[uint64]uint64{}}
	h.live(10, m)
	dir := t.TempDir()
	c, err := h.Copy(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := h.Head()
	h.live(10, m)
	if at, _ := c.Head(); at != before {
		t.Errorf("the copy is at %d, want %d", at, before)
	}
	if got := h.state(c.Store); got != h.states[before] {
		t.Error("the copy moved on")
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
