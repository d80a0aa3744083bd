package find

import (
	"context"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/search"
)

// Compare counts what the index holds and what it should, and reads every
// file of the index. It waits for what is still to be followed.
func (f *Finder) Compare(ctx context.Context) (have, want int, err error) {
	if err := f.CatchUp(ctx); err != nil {
		return 0, 0, err
	}
	f.mu.RLock()
	index := f.index
	f.mu.RUnlock()
	if index == nil {
		return 0, 0, errGone
	}
	if err := index.Verify(ctx); err != nil {
		return 0, 0, err
	}
	n, err := index.Count()
	if err != nil {
		return 0, 0, err
	}
	want, err = f.expected(ctx)
	return int(n), want, err
}

// expected counts the records and notes that are indexed.
func (f *Finder) expected(ctx context.Context) (n int, err error) {
	count := func(_ search.Doc, ok bool) {
		if ok {
			n++
		}
	}
	err = f.cfg.Book.View(ctx, access.Office(), func(tx *record.Tx) error {
		for _, d := range f.cfg.Book.Registers().All() {
			if d.Protect == register.ProtectSealed {
				continue
			}
			if err := tx.EachFrom(d.ID, 0, func(r *record.Record) (bool, error) {
				count(recordDoc(tx, r))
				return true, ctx.Err()
			}); err != nil {
				return err
			}
		}
		return tx.EachNote(0, func(note record.Note) (bool, error) {
			parent, err := tx.Open(note.Parent)
			if _, refused := record.AsRefusal(err); refused {
				return true, nil
			}
			if err == nil {
				count(noteDoc(tx, note, parent))
			}
			return true, err
		})
	})
	return n, err
}
