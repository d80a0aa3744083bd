package embedstore

import (
	"errors"
	"reflect"
	"testing"
)

func TestPutSameIsNoChange(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.put(1, 0, item("甲"))
	head, _ := o.Head()
	r := o.update(func(tx *Tx) error {
		rev, err := tx.Put("case", 1, 1, item("甲"))
		if rev != 1 {
			t.Errorf("revision %d", rev)
		}
		return err
	})
	if now, _ := o.Head(); r.Seq != 0 || now != head {
		t.Errorf("an entry was written: %d", now)
	}
}

func TestPutStale(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.put(1, 0, item("甲"))
	o.put(1, 1, item("乙"))
	for _, rev := range []uint64{0, 1, 3} {
		_, err := o.Update(t.Context(), Entry{}, func(tx *Tx) error { _, err := tx.Put("case", 1, rev, item("丙")); return err })
		var stale *StaleError
		if !errors.As(err, &stale) || stale.Current != 2 {
			t.Errorf("revision %d: %v", rev, err)
		}
	}
}

// A refused Put may be swallowed by the caller: it must have written nothing.
func TestTakenLeavesNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.put(1, 0, item("甲"))
	o.update(func(tx *Tx) error {
		_, err := tx.Put("case", 2, 0, item("甲"))
		var taken *TakenError
		if !errors.As(err, &taken) || *taken != (TakenError{"idcard", "case", 1}) {
			t.Errorf("got %v", err)
		}
		_, err = tx.Put("case", 3, 0, item("乙"))
		return err
	})
	o.view(func(tx *Tx) error {
		ids, err := tx.Equal("case", "name", "甲")
		if !reflect.DeepEqual(ids, []uint64{1}) {
			t.Errorf("found %v", ids)
		}
		return err
	})
	o.sound()
}

func TestUniqueIsFreedByDelete(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.put(1, 0, item("甲"))
	o.update(func(tx *Tx) error { return tx.Delete("case", 1, 1) })
	o.put(2, 0, item("甲"))
	o.view(func(tx *Tx) error {
		c, id, ok, err := tx.Holder("idcard", "甲")
		if c != "case" || id != 2 || !ok {
			t.Errorf("holder %s/%d %v", c, id, ok)
		}
		return err
	})
	o.sound()
}

func TestNumbersAreNeverReused(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.put(5, 0, item("甲")) // an id brought along
	o.update(func(tx *Tx) error { return tx.Delete("case", 5, 1) })
	o.reopen()
	o.update(func(tx *Tx) error {
		id, err := tx.NewID("case")
		if id != 6 {
			t.Errorf("id %d", id)
		}
		for want := range uint64(3) {
			if n, err := tx.Next("B16-2026"); n != want+1 || err != nil {
				t.Errorf("number %d: %v", n, err)
			}
		}
		return err
	})
}

func TestRangePages(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	days := []string{"2026-01-01", "2026-01-02", "2026-01-02", "2026-02-01", "2027-01-01"}
	o.update(func(tx *Tx) error {
		for i, d := range days {
			if _, err := tx.Put("case", uint64(i+1), 0, Item{Index: []IndexKey{{Name: "due", Key: []byte(d)}, {Name: "duf", Key: []byte(d)}}}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, tc := range []struct {
		name string
		r    Range
		want []uint64
	}{
		{"all", Range{}, []uint64{1, 2, 3, 4, 5}},
		{"reverse", Range{Reverse: true}, []uint64{5, 4, 3, 2, 1}},
		{"prefix", Range{Prefix: []byte("2026-01")}, []uint64{1, 2, 3}},
		{"prefix reverse", Range{Prefix: []byte("2026-01"), Reverse: true}, []uint64{3, 2, 1}},
		{"from to", Range{From: []byte("2026-01-02"), To: []byte("2026-02-01")}, []uint64{2, 3}},
		{"from to reverse", Range{From: []byte("2026-01-02"), To: []byte("2026-02-01"), Reverse: true}, []uint64{3, 2}},
		{"none", Range{Prefix: []byte("2025")}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := walkByOnes(t, o, tc.r); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

// walkByOnes reads a range one hit a page, by cursor.
func walkByOnes(t *testing.T, o *office, r Range) (ids []uint64) {
	t.Helper()
	for range 10 {
		found := false
		o.view(func(tx *Tx) error {
			return tx.Range("case", "due", r, func(h Hit) (bool, error) {
				ids, found = append(ids, h.ID), true
				r.After = append([]byte(nil), h.Cursor...)
				return false, nil
			})
		})
		if !found {
			return ids
		}
	}
	t.Fatal("the pages do not end")
	return nil
}

func TestNamesCannotRunTogether(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, name := range []string{"", "a\x00b"} {
		_, err := o.Update(t.Context(), Entry{}, func(tx *Tx) error { _, err := tx.Put(name, 1, 0, Item{}); return err })
		if err == nil {
			t.Errorf("%q was taken", name)
		}
	}
}

func TestReadingCannotWrite(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	write := func(tx *Tx) error { _, err := tx.Put("case", 1, 0, Item{}); return err }
	if err := o.View(t.Context(), write); !errors.Is(err, ErrReadOnly) {
		t.Errorf("view: %v", err)
	}
	if err := o.Aside(t.Context(), write); !errors.Is(err, ErrReadOnly) {
		t.Errorf("aside: %v", err)
	}
}
