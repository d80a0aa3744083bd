package embedstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
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
	broken  error // a write failed half-way: nothing may be committed
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
	var hash [32]byte
	err = s.update(func(btx *bbolt.Tx) error {
		tx := &Tx{s: s, tx: btx, mode: m, entry: e, ctx: context.WithValue(ctx, nestKey{s}, true)}
		if err := fn(tx); err != nil {
			return err
		}
		if tx.broken != nil {
			return tx.broken
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
		err = noSpace(err)
		s.locked.Store(errors.Is(err, ErrLockedDisk))
		return Receipt{}, err
	case r.Seq != 0:
		s.moved(r.Seq, hash, r.Time)
	}
	s.locked.Store(false)
	return r, nil
}

// update is a writing bbolt transaction that survives broken pages.
func (s *Store) update(fn func(*bbolt.Tx) error) error {
	return guarded(func() error { return s.db.Update(fn) })
}

// View runs fn in a transaction that only reads.
func (s *Store) View(ctx context.Context, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	inner := context.WithValue(ctx, nestKey{s}, true) // a write that must grow the file would wait for this reader
	return s.view(func(btx *bbolt.Tx) error { return fn(&Tx{s: s, tx: btx, ctx: inner}) })
}

// Context is the transaction's own: an Update under it is ErrNested instead
// of waiting for itself for ever.
func (tx *Tx) Context() context.Context { return tx.ctx }

func (tx *Tx) bucket(name string) *bbolt.Bucket { return tx.tx.Bucket([]byte(name)) }

func (tx *Tx) writable() error {
	if tx.mode != writing {
		return ErrReadOnly
	}
	return nil
}

// wrote notes that the transaction has something to commit, or must not be.
func (tx *Tx) wrote(err error) error {
	tx.dirty = true
	if err != nil && tx.broken == nil {
		tx.broken = err
	}
	return err
}

// named refuses names that would run into each other in composite keys.
func named(names ...string) error {
	for _, n := range names {
		if n == "" || strings.IndexByte(n, 0) >= 0 {
			return fmt.Errorf("%q cannot name a collection or an index", n)
		}
	}
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

// content is the part of a record that reading wants. What it was found by is
// passed over: it is most of the work of decoding, and only writing needs it.
type content struct {
	Rev  uint64            `cbor:"1,keyasint"`
	Body map[string][]byte `cbor:"2,keyasint"`
}

func (s *Store) openContent(sealed, key []byte) (r content, err error) {
	plain, err := s.seal.open(sealed, bucketRec, key)
	if err != nil {
		return r, err
	}
	if err := Decode(plain, &r); err != nil {
		return r, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return r, nil
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
	return n, tx.wrote(b.Put([]byte(name), be(n)))
}

// Get reads a record and its revision.
func (tx *Tx) Get(collection string, id uint64) (Body, uint64, error) {
	key := recKey(collection, id)
	sealed := tx.bucket(bucketRec).Get(key)
	if sealed == nil {
		return nil, 0, ErrNotFound
	}
	r, err := tx.s.openContent(sealed, key)
	if err != nil {
		return nil, 0, err
	}
	return r.Body, r.Rev, nil
}

// Put writes a record. rev 0 makes it; else it must be the present revision,
// or *StaleError. A unique value in use is *TakenError. Both leave the
// transaction good. What is the same stays the same revision and is not
// written; indexes alone can change without a revision.
func (tx *Tx) Put(collection string, id, rev uint64, it Item) (uint64, error) {
	if err := tx.writable(); err != nil {
		return 0, err
	}
	if err := it.check(collection); err != nil {
		return 0, err
	}
	old, err := tx.current(collection, id, rev)
	if err != nil {
		return 0, err
	}
	if err := tx.unclaimed(recKey(collection, id), it.Unique); err != nil {
		return 0, err
	}
	fresh := tx.s.toStored(it)
	fresh.Rev = old.Rev
	before, after := diff(old.Body, fresh.Body)
	changed := len(before)+len(after) > 0 || old.Rev == 0
	if !changed && old.found() == fresh.found() {
		return old.Rev, nil
	}
	if changed {
		fresh.Rev++
		tx.changes = append(tx.changes, pending{collection, id, fresh.Rev, opOf(old.Rev), before, after})
	}
	return fresh.Rev, tx.wrote(errors.Join(tx.reindex(collection, id, old, fresh), tx.store(collection, id, fresh)))
}

func opOf(oldRev uint64) string {
	if oldRev == 0 {
		return "create"
	}
	return "update"
}

// current is the record that a Put builds on: an empty one for rev 0.
func (tx *Tx) current(collection string, id, rev uint64) (*stored, error) {
	old, err := tx.load(collection, id)
	switch {
	case errors.Is(err, ErrNotFound) && rev == 0:
		return &stored{}, tx.given(collection, id)
	case err != nil:
		return nil, err
	case old.Rev != rev:
		return nil, &StaleError{Current: old.Rev}
	}
	return old, nil
}

// given keeps NewID ahead of ids that a caller brought along, such as an
// import's.
func (tx *Tx) given(collection string, id uint64) error {
	b := tx.bucket(bucketIDs)
	if v := b.Get([]byte(collection)); len(v) == 8 && binary.BigEndian.Uint64(v) >= id {
		return nil
	}
	return tx.wrote(b.Put([]byte(collection), be(id)))
}

// unclaimed is *TakenError when another record holds one of the values.
func (tx *Tx) unclaimed(mine []byte, unique []EqualKey) error {
	b := tx.bucket(bucketUniq)
	for _, k := range unique {
		if v := b.Get(tx.s.seal.hash("unique "+k.Name, k.Value)); v != nil && !bytes.Equal(v, mine) {
			collection, id := splitRec(v)
			return &TakenError{Name: k.Name, Collection: collection, ID: id}
		}
	}
	return nil
}

func (it Item) check(collection string) error {
	names := []string{collection}
	for _, k := range it.Index {
		names = append(names, k.Name)
	}
	return named(names...)
}

// found is how a record is found, in a form that compares.
func (r *stored) found() string {
	var b strings.Builder
	for _, k := range r.Index {
		fmt.Fprintf(&b, "i%q%q%q", k.Name, k.Key, k.Cover)
	}
	fmt.Fprintf(&b, "e%x u%x t%q", r.Equal, r.Unique, r.Tally)
	return b.String()
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
	r := &stored{Body: it.Body, Tally: it.Tally}
	seen := map[string]int{} // of two entries with the same key the later stands
	for _, k := range it.Index {
		key := k.Name + "\x00" + string(k.Key)
		if at, twice := seen[key]; twice {
			r.Index[at] = k
			continue
		}
		seen[key] = len(r.Index)
		r.Index = append(r.Index, k)
	}
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
		if now, ok := fresh[k]; !ok || !bytes.Equal(v, now) {
			before[k] = v
		}
	}
	for k, v := range fresh {
		if was, ok := old[k]; !ok || !bytes.Equal(v, was) {
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
	tx.changes = append(tx.changes, pending{collection, id, old.Rev, "delete", old.Body, nil})
	return tx.wrote(errors.Join(tx.reindex(collection, id, old, &stored{}), tx.bucket(bucketRec).Delete(recKey(collection, id))))
}

// All visits every record of a collection from an id on, in order.
func (tx *Tx) All(collection string, from uint64, fn func(id, rev uint64, b Body) (bool, error)) error {
	prefix := under(collection)
	c := tx.bucket(bucketRec).Cursor()
	for k, v := c.Seek(recKey(collection, from)); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		if len(k) != len(prefix)+8 {
			continue
		}
		r, err := tx.s.openContent(v, k)
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
