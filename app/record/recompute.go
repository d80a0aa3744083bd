package record

import (
	"context"

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
	err = b.Change(ctx, access.Office(), "期限与索引重新计算", func(tx *Tx) error {
		for _, id := range ids {
			r, err := tx.load(Ref{reg, id})
			if err != nil {
				return err
			}
			if err := tx.put(r); err != nil {
				return err
			}
		}
		return nil
	})
	return next, len(ids), err
}
