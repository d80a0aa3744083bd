package record

import (
	"context"

	"jiezhen/embedstore"
)

// Shelf keeps small sealed things that are no records: sessions, drafts,
// staged imports, where a reader of the journal stands. They are outside the
// journal and outside bundles, and may be lost without harm to the office.
type Shelf struct {
	store *embedstore.Store
	name  string
}

// Shelf opens a shelf by name.
func (b *Book) Shelf(name string) *Shelf { return &Shelf{b.cfg.Store, name} }

// Get reads what lies under a key into v; ok is false when nothing does.
func (s *Shelf) Get(ctx context.Context, key string, v any) (ok bool, err error) {
	err = s.store.View(ctx, func(tx *embedstore.Tx) error {
		data, found, err := tx.Shelf(s.name).Get(key)
		if err != nil || !found {
			return err
		}
		ok = true
		return embedstore.Decode(data, v)
	})
	return ok, err
}

// Put lays v under a key.
func (s *Shelf) Put(ctx context.Context, key string, v any) error {
	data, err := embedstore.Encode(v)
	if err != nil {
		return err
	}
	return s.store.Aside(ctx, func(tx *embedstore.Tx) error { return tx.Shelf(s.name).Put(key, data) })
}

// Delete takes away what lies under a key.
func (s *Shelf) Delete(ctx context.Context, key string) error {
	return s.store.Aside(ctx, func(tx *embedstore.Tx) error { return tx.Shelf(s.name).Delete(key) })
}

// Each visits what lies under keys with a prefix, in key order. decode reads
// the value that it is called for.
func (s *Shelf) Each(ctx context.Context, prefix string, fn func(key string, decode func(any) error) (more bool, err error)) error {
	return s.store.View(ctx, func(tx *embedstore.Tx) error {
		return tx.Shelf(s.name).Each(prefix, func(key string, data []byte) (bool, error) {
			return fn(key, func(v any) error { return embedstore.Decode(data, v) })
		})
	})
}

// Update reads and writes one key in one transaction, so that two at once
// cannot lose each other's change. fn gets the decoder of the present value,
// or nil, and gives the new value; nil deletes.
func (s *Shelf) Update(ctx context.Context, key string, fn func(decode func(any) error) (any, error)) error {
	return s.store.Aside(ctx, func(tx *embedstore.Tx) error {
		shelf := tx.Shelf(s.name)
		data, found, err := shelf.Get(key)
		if err != nil {
			return err
		}
		var decode func(any) error
		if found {
			decode = func(v any) error { return embedstore.Decode(data, v) }
		}
		v, err := fn(decode)
		if err != nil {
			return err
		}
		if v == nil {
			return shelf.Delete(key)
		}
		if data, err = embedstore.Encode(v); err != nil {
			return err
		}
		return shelf.Put(key, data)
	})
}

// Shelf writes to a shelf inside the transaction of a change, so that both
// happen or neither.
func (tx *Tx) ShelfPut(shelf, key string, v any) error {
	data, err := embedstore.Encode(v)
	if err != nil {
		return err
	}
	return tx.store.Shelf(shelf).Put(key, data)
}

// ShelfDelete takes a key off a shelf inside the transaction of a change.
func (tx *Tx) ShelfDelete(shelf, key string) error { return tx.store.Shelf(shelf).Delete(key) }

// ShelfGet reads a shelf inside the transaction.
func (tx *Tx) ShelfGet(shelf, key string, v any) (bool, error) {
	data, found, err := tx.store.Shelf(shelf).Get(key)
	if err != nil || !found {
		return false, err
	}
	return true, embedstore.Decode(data, v)
}
