package embedstore

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"
)

func idxKey(collection string, id uint64, k IndexKey) []byte {
	key := append(append(under(collection), under(k.Name)...), k.Key...)
	return binary.BigEndian.AppendUint64(key, id)
}

func eqKey(collection string, hash []byte, id uint64) []byte {
	return binary.BigEndian.AppendUint64(append(under(collection), hash...), id)
}

// reindex moves a record's entries from what they were to what they are.
func (tx *Tx) reindex(collection string, id uint64, old, fresh *stored) error {
	if err := tx.reindexOrdered(collection, id, old.Index, fresh.Index); err != nil {
		return err
	}
	if err := tx.reindexEqual(collection, id, old.Equal, fresh.Equal); err != nil {
		return err
	}
	if err := tx.reindexUnique(collection, id, old.Unique, fresh.Unique); err != nil {
		return err
	}
	return tx.retally(collection, old.Tally, fresh.Tally)
}

func (tx *Tx) reindexOrdered(collection string, id uint64, old, fresh []IndexKey) error {
	b := tx.bucket(bucketIdx)
	keep := make(map[string]bool, len(fresh))
	for _, k := range fresh {
		key := idxKey(collection, id, k)
		keep[string(key)] = true
		if v := b.Get(key); v != nil && bytes.Equal(v, k.Cover) {
			continue
		}
		if err := b.Put(key, k.Cover); err != nil {
			return fmt.Errorf("writing an index entry: %w", err)
		}
	}
	for _, k := range old {
		if key := idxKey(collection, id, k); !keep[string(key)] {
			if err := b.Delete(key); err != nil {
				return fmt.Errorf("removing an index entry: %w", err)
			}
		}
	}
	return nil
}

func (tx *Tx) reindexEqual(collection string, id uint64, old, fresh [][]byte) error {
	return swap(tx.bucket(bucketEq), old, fresh, func(hash []byte) []byte { return eqKey(collection, hash, id) }, []byte{})
}

// swap deletes the keys of old that fresh lacks and puts those that are new.
func swap(b *bbolt.Bucket, old, fresh [][]byte, key func([]byte) []byte, value []byte) error {
	had, has := set(old), set(fresh)
	for _, h := range fresh {
		if !had[string(h)] {
			if err := b.Put(key(h), value); err != nil {
				return fmt.Errorf("writing an equality entry: %w", err)
			}
		}
	}
	for _, h := range old {
		if !has[string(h)] {
			if err := b.Delete(key(h)); err != nil {
				return fmt.Errorf("removing an equality entry: %w", err)
			}
		}
	}
	return nil
}

func set(list [][]byte) map[string]bool {
	out := make(map[string]bool, len(list))
	for _, x := range list {
		out[string(x)] = true
	}
	return out
}

func (tx *Tx) reindexUnique(collection string, id uint64, old, fresh [][]byte) error {
	return swap(tx.bucket(bucketUniq), old, fresh, func(h []byte) []byte { return h }, recKey(collection, id))
}

func splitRec(key []byte) (string, uint64) {
	if len(key) < 9 {
		return "", 0
	}
	n := len(key) - 8
	return string(key[:n-1]), binary.BigEndian.Uint64(key[n:])
}

func (tx *Tx) retally(collection string, old, fresh []string) error {
	delta := map[string]int64{}
	for _, name := range old {
		delta[name]--
	}
	for _, name := range fresh {
		delta[name]++
	}
	b := tx.bucket(bucketTally)
	for name, d := range delta {
		if d == 0 {
			continue
		}
		key := append(under(collection), name...)
		n := d
		if v := b.Get(key); len(v) == 8 {
			n += int64(binary.BigEndian.Uint64(v))
		}
		var err error
		if n <= 0 {
			err = b.Delete(key)
		} else {
			err = b.Put(key, be(uint64(n)))
		}
		if err != nil {
			return fmt.Errorf("writing a tally: %w", err)
		}
	}
	return nil
}

// Tally reads a counter.
func (tx *Tx) Tally(collection, name string) (uint64, error) {
	if v := tx.bucket(bucketTally).Get(append(under(collection), name...)); len(v) == 8 {
		return binary.BigEndian.Uint64(v), nil
	}
	return 0, nil
}

// Tallies visits the counters whose names begin with prefix.
func (tx *Tx) Tallies(collection, prefix string, fn func(name string, n uint64) error) error {
	head := under(collection)
	from := append(bytes.Clone(head), prefix...)
	c := tx.bucket(bucketTally).Cursor()
	for k, v := c.Seek(from); k != nil && bytes.HasPrefix(k, from); k, v = c.Next() {
		if len(v) != 8 {
			return fmt.Errorf("%w: a tally", ErrDamaged)
		}
		if err := fn(string(k[len(head):]), binary.BigEndian.Uint64(v)); err != nil {
			return err
		}
	}
	return nil
}

// Range is a stretch of an ordered index: keys with Prefix, from From up to
// but without To (both after the prefix), beginning behind the cursor After.
type Range struct {
	Prefix, From, To, After []byte
	Reverse                 bool
}

// Hit is one index entry. Its bytes are good only until fn returns.
type Hit struct {
	ID                 uint64
	Key, Cover, Cursor []byte
}

// Range visits a stretch of an index in order, until fn says no more.
func (tx *Tx) Range(collection, index string, r Range, fn func(Hit) (bool, error)) error {
	base := append(under(collection), under(index)...)
	prefix := append(bytes.Clone(base), r.Prefix...)
	w := walk{base: base, prefix: prefix, low: append(bytes.Clone(prefix), r.From...), high: after(prefix)}
	if r.To != nil {
		w.high = append(bytes.Clone(prefix), r.To...)
	}
	c := tx.bucket(bucketIdx).Cursor()
	next := c.Next
	if r.Reverse {
		next = c.Prev
	}
	for k, v := w.first(c, r); k != nil && w.holds(k); k, v = next() {
		if len(k) < len(base)+8 {
			return fmt.Errorf("%w: an index key", ErrDamaged)
		}
		if len(k) < len(prefix)+8 {
			continue // a shorter key, whose id looks like the prefix
		}
		n := len(k) - 8
		more, err := fn(Hit{ID: binary.BigEndian.Uint64(k[n:]), Key: k[len(base):n], Cover: v, Cursor: k[len(base):]})
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// walk is a range resolved to whole keys: low included, high excluded.
type walk struct{ base, prefix, low, high []byte }

func (w walk) holds(k []byte) bool {
	return bytes.Compare(k, w.low) >= 0 && (w.high == nil || bytes.Compare(k, w.high) < 0) && bytes.HasPrefix(k, w.prefix)
}

// first finds where the walk begins.
func (w walk) first(c *bbolt.Cursor, r Range) (k, v []byte) {
	if !r.Reverse {
		if r.After == nil {
			return c.Seek(w.low)
		}
		at := append(bytes.Clone(w.base), r.After...)
		if k, v = c.Seek(at); bytes.Equal(k, at) {
			return c.Next()
		}
		return k, v
	}
	end := w.high
	if r.After != nil {
		end = append(bytes.Clone(w.base), r.After...)
	}
	if end == nil {
		return c.Last()
	}
	if k, _ = c.Seek(end); k == nil {
		return c.Last()
	}
	return c.Prev()
}

// after is the first key behind every key with a prefix; nil when none is.
func after(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}

// Equal gives the records of a collection that have exactly this value under
// a name, by id.
func (tx *Tx) Equal(collection, name, value string) ([]uint64, error) {
	prefix := append(under(collection), tx.s.seal.hash(name, value)...)
	var out []uint64
	c := tx.bucket(bucketEq).Cursor()
	for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		if len(k) == len(prefix)+8 {
			out = append(out, binary.BigEndian.Uint64(k[len(prefix):]))
		}
	}
	return out, nil
}

// Holder gives the record that has a unique value.
func (tx *Tx) Holder(name, value string) (collection string, id uint64, ok bool, err error) {
	v := tx.bucket(bucketUniq).Get(tx.s.seal.hash("unique "+name, value))
	if v == nil {
		return "", 0, false, nil
	}
	collection, id = splitRec(v)
	return collection, id, true, nil
}
