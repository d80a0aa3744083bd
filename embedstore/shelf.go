package embedstore

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
)

// Shelf keeps small sealed values by key, outside the journal: drafts,
// sessions, staged imports.
type Shelf struct {
	tx   *Tx
	name string
}

// Shelf opens a shelf by name.
func (tx *Tx) Shelf(name string) *Shelf { return &Shelf{tx, name} }

type shelved struct {
	Key   string `cbor:"1,keyasint"`
	Value []byte `cbor:"2,keyasint"`
}

func (s *Shelf) key(key string) []byte {
	return append(under(s.name), s.tx.s.seal.hash("shelf "+s.name, key)...)
}

func (s *Shelf) open(k, v []byte) (shelved, error) {
	var out shelved
	plain, err := s.tx.s.seal.open(v, bucketShelf, k)
	if err != nil {
		return out, err
	}
	if err := Decode(plain, &out); err != nil {
		return out, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return out, nil
}

// Get reads what lies under a key.
func (s *Shelf) Get(key string) (value []byte, ok bool, err error) {
	k := s.key(key)
	v := s.tx.bucket(bucketShelf).Get(k)
	if v == nil {
		return nil, false, nil
	}
	out, err := s.open(k, v)
	return out.Value, err == nil, err
}

// Put lays a value under a key.
func (s *Shelf) Put(key string, value []byte) error {
	if s.tx.mode == reading {
		return ErrReadOnly
	}
	s.tx.dirty = true
	k := s.key(key)
	plain, err := Encode(shelved{key, value})
	if err != nil {
		return err
	}
	sealed, err := s.tx.s.seal.seal(plain, bucketShelf, k)
	if err != nil {
		return err
	}
	return s.tx.bucket(bucketShelf).Put(k, sealed)
}

// Delete takes away what lies under a key.
func (s *Shelf) Delete(key string) error {
	if s.tx.mode == reading {
		return ErrReadOnly
	}
	k := s.key(key)
	b := s.tx.bucket(bucketShelf)
	if b.Get(k) == nil {
		return nil
	}
	s.tx.dirty = true
	return b.Delete(k)
}

// Each visits what lies under keys with a prefix, in key order. Keys are
// hashed in the file, so the whole shelf is opened: shelves are small.
func (s *Shelf) Each(prefix string, fn func(key string, value []byte) (bool, error)) error {
	head := under(s.name)
	var found []shelved
	c := s.tx.bucket(bucketShelf).Cursor()
	for k, v := c.Seek(head); k != nil && bytes.HasPrefix(k, head); k, v = c.Next() {
		out, err := s.open(k, v)
		if err != nil {
			return err
		}
		if strings.HasPrefix(out.Key, prefix) {
			found = append(found, out)
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Key < found[j].Key })
	for _, f := range found {
		more, err := fn(f.Key, f.Value)
		if err != nil || !more {
			return err
		}
	}
	return nil
}
