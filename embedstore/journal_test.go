package embedstore

import (
	"bytes"
	"testing"
	"time"
)

func TestHistoryNewestFirst(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.put(1, 0, item("甲"))
	o.put(2, 0, item("乙"))
	o.put(1, 1, item("丙"))
	o.update(func(tx *Tx) error {
		return tx.Event("view", Body{"collection": text("case"), "id": encoded(uint64(1))})
	})
	var seqs []uint64
	o.view(func(tx *Tx) error {
		return tx.History("case", 1, func(e JournalEntry) (bool, error) { seqs = append(seqs, e.Seq); return true, nil })
	})
	if len(seqs) != 3 || seqs[0] != 4 || seqs[1] != 3 || seqs[2] != 1 {
		t.Errorf("history %v", seqs)
	}
}

func TestEntryHoldsWhatChanged(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.put(1, 0, Item{Body: Body{"a": text("1"), "b": text("2"), "empty": {}}})
	o.put(1, 1, Item{Body: Body{"a": text("1"), "b": text("3")}})
	o.view(func(tx *Tx) error {
		return tx.Journal(2, func(e JournalEntry) (bool, error) {
			c := e.Changes[0]
			if e.Actor != 7 || e.Kind != "save" || e.Reason != "测试" || c.Op != "update" || c.Rev != 2 {
				t.Errorf("entry %+v", e)
			}
			_, empty := c.Before["empty"]
			if len(c.Before) != 2 || len(c.After) != 1 || !bytes.Equal(c.Before["b"], text("2")) || !bytes.Equal(c.After["b"], text("3")) || !empty {
				t.Errorf("before %v after %v", c.Before, c.After)
			}
			return true, nil
		})
	})
}

// A clock that runs backwards changes no order.
func TestOrderIsSequence(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	o.Store.cfg.Clock = func() time.Time { now = now.Add(-time.Hour); return now }
	for i := range uint64(3) {
		if r := o.update(func(tx *Tx) error { return tx.Event("view", nil) }); r.Seq != i+1 || !r.Time.Equal(now) {
			t.Errorf("receipt %+v", r)
		}
	}
	o.sound()
}

func TestDestroyedBodiesKeepTheChain(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.put(1, 0, item("甲"))
	o.put(1, 1, item("乙"))
	o.update(func(tx *Tx) error { return tx.DestroyBodies("依法删除", 1) })
	if r := o.sound(); r.Destroyed != 1 || r.Entries != 3 {
		t.Errorf("report %+v", r)
	}
	o.view(func(tx *Tx) error {
		return tx.Journal(1, func(e JournalEntry) (bool, error) {
			if e.Seq < 3 && (e.Changes[0].Destroyed != (e.Seq == 1) || (e.Changes[0].After == nil) != (e.Seq == 1)) {
				t.Errorf("entry %d: %+v", e.Seq, e.Changes[0])
			}
			return true, nil
		})
	})
}

func TestFailedUpdateWritesNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	_, err := o.Update(t.Context(), Entry{}, func(tx *Tx) error {
		if _, err := tx.Put("case", 1, 0, item("甲")); err != nil {
			return err
		}
		return bytes.ErrTooLarge
	})
	if r := o.sound(); err != bytes.ErrTooLarge || r.Records != 0 || r.Entries != 0 {
		t.Errorf("%v, report %+v", err, r)
	}
}

// Of an entry with many records a record's history opens its own changes, and a
// follower none.
func TestEntriesWithoutContents(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.update(func(tx *Tx) error {
		for id := uint64(1); id <= 3; id++ {
			if _, err := tx.Put("case", id, 0, Item{Body: Body{"a": text("1")}}); err != nil {
				return err
			}
		}
		return tx.Event("import", Body{"rows": encoded(uint64(3))})
	})
	o.view(func(tx *Tx) error {
		err := tx.Heads(1, func(e JournalEntry) (bool, error) {
			if len(e.Changes) != 3 || e.Changes[1].ID != 2 || e.Changes[1].Op != "create" || e.Changes[1].After != nil || len(e.Events) != 1 || e.Events[0].Body == nil {
				t.Errorf("head %+v", e)
			}
			return true, nil
		})
		if err != nil {
			return err
		}
		return tx.History("case", 2, func(e JournalEntry) (bool, error) {
			if len(e.Changes) != 3 || e.Changes[0].After != nil || e.Changes[1].After == nil || e.Changes[2].After != nil {
				t.Errorf("history %+v", e.Changes)
			}
			return true, nil
		})
	})
}
