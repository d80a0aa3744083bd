package embedstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// Body is a record's content: top-level key → deterministic CBOR.
type Body map[string][]byte

// Item is a record with everything by which it is found.
type Item struct {
	Body   Body
	Index  []IndexKey
	Equal  []EqualKey
	Unique []EqualKey
	Tally  []string
}

// IndexKey is an ordered index entry. Key and Cover stand in clear: dates,
// steps, communities, ids and keyed codes only.
type IndexKey struct {
	Name       string
	Key, Cover []byte
}

// EqualKey is a value under a name, kept as a keyed hash.
type EqualKey struct{ Name, Value string }

// Entry heads a journal entry.
type Entry struct {
	Actor        uint64
	Kind, Reason string
}

// Receipt says where in the journal a change stands.
type Receipt struct {
	Seq  uint64
	Time time.Time
}

// Tx is one transaction. It is good only inside the function it was given to.
type Tx struct {
	s       *Store
	tx      *bbolt.Tx
	ctx     context.Context
	mode    mode
	entry   Entry
	changes []pending
	events  []pendingEvent
	dirty   bool
}

// mode is what a transaction may write.
type mode int

const (
	reading mode = iota
	aside        // shelves only
	writing
)

type nestKey struct{ s *Store }

// Update runs fn in one transaction with one journal entry. When fn fails
// nothing is written. When fn changed nothing there is no entry.
func (s *Store) Update(ctx context.Context, e Entry, fn func(*Tx) error) (r Receipt, err error) {
	return s.write(ctx, e, writing, fn)
}

// Aside writes shelves only, outside the journal.
func (s *Store) Aside(ctx context.Context, fn func(*Tx) error) error {
	_, err := s.write(ctx, Entry{}, aside, fn)
	return err
}

// errUnchanged rolls back a transaction that wrote nothing: a commit costs a
// sync.
var errUnchanged = errors.New("nothing changed")

func (s *Store) write(ctx context.Context, e Entry, m mode, fn func(*Tx) error) (r Receipt, err error) {
	if ctx.Value(nestKey{s}) != nil {
		return r, ErrNested
	}
	if err := ctx.Err(); err != nil {
		return r, err
	}
	defer damaged(&err)
	var hash [32]byte
	err = s.db.Update(func(btx *bbolt.Tx) error {
		tx := &Tx{s: s, tx: btx, mode: m, entry: e, ctx: context.WithValue(ctx, nestKey{s}, true)}
		if err := fn(tx); err != nil {
			return err
		}
		if !tx.dirty && len(tx.events) == 0 {
			return errUnchanged
		}
		var err error
		r, hash, err = tx.writeEntry()
		return err
	})
	switch {
	case errors.Is(err, errUnchanged):
		return Receipt{}, nil
	case err != nil:
		return Receipt{}, noSpace(err)
	case r.Seq != 0:
		s.moved(r.Seq, hash, r.Time)
	}
	return r, nil
}

// View runs fn in a transaction that only reads.
func (s *Store) View(ctx context.Context, fn func(*Tx) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	defer damaged(&err)
	return s.db.View(func(btx *bbolt.Tx) error { return fn(&Tx{s: s, tx: btx, ctx: ctx}) })
}

// Context is the transaction's own: an Update under it is ErrNested instead
// of waiting for itself for ever.
func (tx *Tx) Context() context.Context { return tx.ctx }

func (tx *Tx) bucket(name string) *bbolt.Bucket { return tx.tx.Bucket([]byte(name)) }

func (tx *Tx) writable() error {
	if tx.mode != writing {
		return ErrReadOnly
	}
	tx.dirty = true
	return nil
}

func be(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// under is name 00, the head of composite keys.
func under(name string) []byte { return append([]byte(name), 0) }

func recKey(collection string, id uint64) []byte {
	return binary.BigEndian.AppendUint64(under(collection), id)
}

// stored is a record as it lies in its bucket.
type stored struct {
	Rev    uint64            `cbor:"1,keyasint"`
	Body   map[string][]byte `cbor:"2,keyasint"`
	Index  []IndexKey        `cbor:"3,keyasint,omitempty"`
	Equal  [][]byte          `cbor:"4,keyasint,omitempty"`
	Unique [][]byte          `cbor:"5,keyasint,omitempty"`
	Tally  []string          `cbor:"6,keyasint,omitempty"`
}

func (tx *Tx) load(collection string, id uint64) (*stored, error) {
	key := recKey(collection, id)
	sealed := tx.bucket(bucketRec).Get(key)
	if sealed == nil {
		return nil, ErrNotFound
	}
	return tx.s.openStored(sealed, key)
}

func (s *Store) openStored(sealed, key []byte) (*stored, error) {
	plain, err := s.seal.open(sealed, bucketRec, key)
	if err != nil {
		return nil, err
	}
	var r stored
	if err := Decode(plain, &r); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return &r, nil
}

// NewID draws the next id of a collection; ids are never given twice.
func (tx *Tx) NewID(collection string) (uint64, error) { return tx.next(bucketIDs, collection) }

// Next draws the next number of a series: 1, 2, 3 …, never given twice.
func (tx *Tx) Next(series string) (uint64, error) { return tx.next(bucketSeries, series) }

func (tx *Tx) next(bucket, name string) (uint64, error) {
	if err := tx.writable(); err != nil {
		return 0, err
	}
	b := tx.bucket(bucket)
	var n uint64
	if v := b.Get([]byte(name)); len(v) == 8 {
		n = binary.BigEndian.Uint64(v)
	}
	n++
	return n, b.Put([]byte(name), be(n))
}

// Get reads a record and its revision.
func (tx *Tx) Get(collection string, id uint64) (Body, uint64, error) {
	r, err := tx.load(collection, id)
	if err != nil {
		return nil, 0, err
	}
	return r.Body, r.Rev, nil
}

// Put writes a record. rev 0 makes it; else it must be the present revision,
// or *StaleError. A unique value in use is *TakenError. What is the same stays
// the same revision.
func (tx *Tx) Put(collection string, id, rev uint64, it Item) (uint64, error) {
	if err := tx.writable(); err != nil {
		return 0, err
	}
	old, err := tx.load(collection, id)
	switch {
	case errors.Is(err, ErrNotFound):
		if rev != 0 {
			return 0, ErrNotFound
		}
		old = &stored{}
	case err != nil:
		return 0, err
	case old.Rev != rev:
		return 0, &StaleError{Current: old.Rev}
	}
	fresh := tx.s.toStored(it)
	before, after := diff(old.Body, fresh.Body)
	changed := len(before)+len(after) > 0 || old.Rev == 0
	fresh.Rev = old.Rev
	if changed {
		fresh.Rev++
	}
	if err := tx.reindex(collection, id, old, fresh); err != nil {
		return 0, err
	}
	if err := tx.store(collection, id, fresh); err != nil {
		return 0, err
	}
	if changed {
		op := "update"
		if old.Rev == 0 {
			op = "create"
		}
		tx.changes = append(tx.changes, pending{collection, id, fresh.Rev, op, before, after})
	}
	return fresh.Rev, nil
}

func (tx *Tx) store(collection string, id uint64, r *stored) error {
	plain, err := Encode(r)
	if err != nil {
		return err
	}
	key := recKey(collection, id)
	sealed, err := tx.s.seal.seal(plain, bucketRec, key)
	if err != nil {
		return err
	}
	return tx.bucket(bucketRec).Put(key, sealed)
}

func (s *Store) toStored(it Item) *stored {
	r := &stored{Body: it.Body, Index: it.Index, Tally: it.Tally}
	for _, k := range it.Equal {
		r.Equal = append(r.Equal, s.seal.hash(k.Name, k.Value))
	}
	for _, k := range it.Unique {
		r.Unique = append(r.Unique, s.seal.hash("unique "+k.Name, k.Value))
	}
	return r
}

// diff gives the keys that changed, before and after.
func diff(old, fresh Body) (before, after Body) {
	before, after = Body{}, Body{}
	for k, v := range old {
		if !bytes.Equal(v, fresh[k]) {
			before[k] = v
		}
	}
	for k, v := range fresh {
		if !bytes.Equal(v, old[k]) {
			after[k] = v
		}
	}
	return before, after
}

// Delete removes a record; the journal keeps what it was.
func (tx *Tx) Delete(collection string, id, rev uint64) error {
	if err := tx.writable(); err != nil {
		return err
	}
	old, err := tx.load(collection, id)
	if err != nil {
		return err
	}
	if old.Rev != rev {
		return &StaleError{Current: old.Rev}
	}
	if err := tx.reindex(collection, id, old, &stored{}); err != nil {
		return err
	}
	tx.changes = append(tx.changes, pending{collection, id, old.Rev, "delete", old.Body, nil})
	return tx.bucket(bucketRec).Delete(recKey(collection, id))
}

// All visits every record of a collection from an id on, in order.
func (tx *Tx) All(collection string, from uint64, fn func(id, rev uint64, b Body) (bool, error)) error {
	prefix := under(collection)
	c := tx.bucket(bucketRec).Cursor()
	for k, v := c.Seek(recKey(collection, from)); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		if len(k) != len(prefix)+8 {
			continue
		}
		r, err := tx.s.openStored(v, k)
		if err != nil {
			return err
		}
		more, err := fn(binary.BigEndian.Uint64(k[len(prefix):]), r.Rev, r.Body)
		if err != nil || !more {
			return err
		}
	}
	return nil
}
