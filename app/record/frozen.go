package record

import (
	"jiezhen/embedstore"
)

// Frozen is the collection in which the words of issued papers are kept as
// they were printed, so that a reprint says what the original said.
const Frozen = "paper"

// Freeze keeps the words of a paper about to be issued and gives the id under
// which Thaw finds them.
func (tx *Tx) Freeze(ref Ref, words []byte) (uint64, error) {
	if !tx.writing {
		return 0, errOutside
	}
	id, err := tx.store.NewID(Frozen)
	if err != nil {
		return 0, err
	}
	body := embedstore.Body{}
	for key, v := range map[string]any{"ref": ref.String(), "words": words} {
		if body[key], err = embedstore.Encode(v); err != nil {
			return 0, err
		}
	}
	_, err = tx.store.Put(Frozen, id, 0, frozenItem(body))
	return id, err
}

func frozenItem(body embedstore.Body) embedstore.Item {
	return embedstore.Item{Body: body, Tally: []string{"all"}}
}

// Thaw gives the words of an issued paper. The caller has opened the record.
func (tx *Tx) Thaw(id uint64) ([]byte, error) {
	body, _, err := tx.store.Get(Frozen, id)
	if err != nil {
		return nil, fromStore(err, Ref{Frozen, id})
	}
	var words []byte
	return words, embedstore.Decode(body["words"], &words)
}

// Key derives a key of the office for a purpose of its own, such as the check
// value on papers.
func (b *Book) Key(label string) [32]byte { return b.cfg.Store.Derive(label) }
