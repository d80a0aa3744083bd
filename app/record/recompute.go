package record

import (
	"context"
	"errors"

	"jiezhen/app/access"
	"jiezhen/embedstore"
)

// recomputeBatch is how many records one transaction re-indexes: few enough
// that a save waits little.
const recomputeBatch = 200

// Recompute derives the due dates, columns and tallies of every record anew:
// after a holiday table, a parameter or a definition has changed. It works in
// small transactions beside the office's own work and can be cut short and
// begun again.
func (b *Book) Recompute(ctx context.Context, progress func(done int)) error {
	done := 0
	for _, d := range b.cfg.Registers.All() {
		for next := uint64(1); next != 0; {
			var err error
			var n int
			if next, n, err = b.recompute(ctx, d.ID, next); err != nil {
				return err
			}
			done += n
			if progress != nil {
				progress(done)
			}
		}
	}
	return nil
}

// recompute does one batch from an id on and says where the next begins; 0 at
// the end.
func (b *Book) recompute(ctx context.Context, reg string, from uint64) (next uint64, n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, 0, err
	}
	var ids []uint64
	err = b.View(ctx, access.Office(), func(tx *Tx) error {
		return tx.store.All(reg, from, func(id, _ uint64, _ embedstore.Body) (bool, error) {
			if len(ids) == recomputeBatch {
				next = id
				return false, nil
			}
			ids = append(ids, id)
			return true, nil
		})
	})
	if err != nil || len(ids) == 0 {
		return 0, 0, err
	}
	err = b.derive(ctx, reg, ids)
	return next, len(ids), err
}

// Derive derives the indexes of named records, notes and issued papers, by
// collection: after a restore that went back in time. What is no more is
// passed over.
func (b *Book) Derive(ctx context.Context, records map[string][]uint64) error {
	names := []string{Notes, Frozen}
	for _, d := range b.cfg.Registers.All() {
		names = append(names, d.ID)
	}
	for _, name := range names {
		for ids := records[name]; len(ids) > 0; {
			n := min(len(ids), recomputeBatch)
			if err := b.derive(ctx, name, ids[:n]); err != nil {
				return err
			}
			ids = ids[n:]
		}
	}
	return nil
}

func (b *Book) derive(ctx context.Context, collection string, ids []uint64) error {
	return b.Change(ctx, access.Office(), "期限与索引重新计算", func(tx *Tx) error {
		for _, id := range ids {
			if err := tx.derived(Ref{collection, id}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (tx *Tx) derived(ref Ref) error {
	body, rev, err := tx.store.Get(ref.Register, ref.ID)
	if errors.Is(err, embedstore.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	switch ref.Register {
	case Frozen:
		_, err = tx.store.Put(Frozen, ref.ID, rev, frozenItem(body))
		return err
	case Notes:
		n, err := decodeNote(ref.ID, body)
		if err != nil {
			return err
		}
		_, err = tx.store.Put(Notes, ref.ID, rev, noteItem(n, body))
		return err
	}
	r, err := tx.load(ref)
	if err != nil {
		return err
	}
	return tx.put(r)
}
