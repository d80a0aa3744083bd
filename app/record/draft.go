package record

import (
	"context"
	"fmt"
	"time"

	"jiezhen/embedstore"
)

// Kept is something typed but not yet saved: a form as it was sent, kept so
// that nothing is lost. It is outside the journal.
type Kept struct {
	Form  string // which form: its path
	Rev   uint64 // revision of the record it was begun on
	At    time.Time
	Typed map[string][]string
}

const draftShelf = "drafts"

func draftKey(user uint64, form string) string { return fmt.Sprintf("%020d\x00%s", user, form) }

// KeepDraft keeps what a user has typed into a form so far.
func (b *Book) KeepDraft(ctx context.Context, user uint64, k Kept) error {
	k.At = b.cfg.Clock()
	data, err := embedstore.Encode(k)
	if err != nil {
		return fmt.Errorf("keeping a draft: %w", err)
	}
	return b.cfg.Store.Aside(ctx, func(tx *embedstore.Tx) error {
		return tx.Shelf(draftShelf).Put(draftKey(user, k.Form), data)
	})
}

// DraftOf gives what a user had typed into a form, if anything.
func (b *Book) DraftOf(ctx context.Context, user uint64, form string) (Kept, bool, error) {
	var k Kept
	found := false
	err := b.cfg.Store.View(ctx, func(tx *embedstore.Tx) error {
		data, ok, err := tx.Shelf(draftShelf).Get(draftKey(user, form))
		if err != nil || !ok {
			return err
		}
		found = true
		return embedstore.Decode(data, &k)
	})
	return k, found, err
}

// DropDraft forgets a draft once it has been saved or thrown away.
func (b *Book) DropDraft(ctx context.Context, user uint64, form string) error {
	return b.cfg.Store.Aside(ctx, func(tx *embedstore.Tx) error {
		return tx.Shelf(draftShelf).Delete(draftKey(user, form))
	})
}

// Drafts lists a user's unfinished forms, for the work list.
func (b *Book) Drafts(ctx context.Context, user uint64) ([]Kept, error) {
	var out []Kept
	err := b.cfg.Store.View(ctx, func(tx *embedstore.Tx) error {
		return tx.Shelf(draftShelf).Each(fmt.Sprintf("%020d\x00", user), func(_ string, data []byte) (bool, error) {
			var k Kept
			if err := embedstore.Decode(data, &k); err != nil {
				return false, err
			}
			out = append(out, k)
			return true, nil
		})
	})
	return out, err
}
