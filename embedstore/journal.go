package embedstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"go.etcd.io/bbolt"
)

// JournalEntry is one change of the office: who, when, why, and what became
// of which records.
type JournalEntry struct {
	Seq     uint64
	Time    time.Time
	Actor   uint64
	Kind    string
	Reason  string
	Changes []Change
	Events  []Event
	Hash    [32]byte
}

// Change is one record before and after; only the keys that changed.
type Change struct {
	Collection    string
	ID, Rev       uint64
	Op            string // create, update, delete
	Before, After Body
	Destroyed     bool
}

// Event is something that happened without changing a record: a view, a
// print, an export.
type Event struct {
	Kind      string
	Body      Body
	Destroyed bool
}

type pending struct {
	collection    string
	id, rev       uint64
	op            string
	before, after Body
}

type pendingEvent struct {
	kind string
	body Body
}

// header is a journal entry as the chain covers it: bodies by salted hash.
type header struct {
	Seq     uint64       `cbor:"1,keyasint"`
	Time    int64        `cbor:"2,keyasint"` // Unix milliseconds, as the PC's clock had it
	Actor   uint64       `cbor:"3,keyasint"`
	Kind    string       `cbor:"4,keyasint"`
	Reason  string       `cbor:"5,keyasint"`
	Changes []headChange `cbor:"6,keyasint,omitempty"`
	Events  []headEvent  `cbor:"7,keyasint,omitempty"`
}

type headChange struct {
	Collection string   `cbor:"1,keyasint"`
	ID         uint64   `cbor:"2,keyasint"`
	Rev        uint64   `cbor:"3,keyasint"`
	Op         string   `cbor:"4,keyasint"`
	Sum        [32]byte `cbor:"5,keyasint"`
}

type headEvent struct {
	Kind string   `cbor:"1,keyasint"`
	Sum  [32]byte `cbor:"2,keyasint"`
}

// salted is a body with the salt that its hash is made with.
type salted struct {
	Salt []byte `cbor:"1,keyasint"`
	Body []byte `cbor:"2,keyasint"`
}

type bodyPair struct {
	Before map[string][]byte `cbor:"1,keyasint,omitempty"`
	After  map[string][]byte `cbor:"2,keyasint,omitempty"`
}

func (b salted) sum() [32]byte {
	return sha256.Sum256(append(bytes.Clone(b.Salt), b.Body...))
}

// Event enters something that happened in this transaction's journal entry.
// A body that names "collection" and "id" is found by History.
func (tx *Tx) Event(kind string, body Body) error {
	if tx.mode != writing {
		return ErrReadOnly
	}
	tx.events = append(tx.events, pendingEvent{kind, body})
	return nil
}

// writeEntry closes the transaction with its journal entry, if it changed a
// record or something happened.
func (tx *Tx) writeEntry() (Receipt, [32]byte, error) {
	var none [32]byte
	if len(tx.changes) == 0 && len(tx.events) == 0 {
		return Receipt{}, none, nil
	}
	meta := tx.bucket(bucketMeta)
	head := meta.Get([]byte("head"))
	if len(head) != 40 {
		return Receipt{}, none, fmt.Errorf("%w: no journal head", ErrDamaged)
	}
	h := header{Seq: binary.BigEndian.Uint64(head) + 1, Time: tx.s.cfg.Clock().UnixMilli(), Actor: tx.entry.Actor,
		Kind: tx.entry.Kind, Reason: tx.entry.Reason}
	if err := tx.writeBodies(&h); err != nil {
		return Receipt{}, none, err
	}
	plain, err := Encode(h)
	if err != nil {
		return Receipt{}, none, err
	}
	hash := chain([32]byte(head[8:]), plain)
	key := be(h.Seq)
	sealed, err := tx.s.seal.seal(plain, bucketJournal, key)
	if err != nil {
		return Receipt{}, none, err
	}
	err = errors.Join(tx.bucket(bucketJournal).Put(key, append(hash[:], sealed...)),
		meta.Put([]byte("head"), append(be(h.Seq), hash[:]...)))
	return Receipt{Seq: h.Seq, Time: time.UnixMilli(h.Time)}, hash, err
}

// chain is the hash of an entry after another.
func chain(last [32]byte, plain []byte) [32]byte {
	sum := sha256.New()
	sum.Write([]byte{1}) // suite 1: SHA-256
	sum.Write(last[:])
	sum.Write(plain)
	return [32]byte(sum.Sum(nil))
}

func (tx *Tx) writeBodies(h *header) error {
	n := uint32(0)
	for _, c := range tx.changes {
		sum, err := tx.writeBody(h.Seq, n, bodyPair{c.before, c.after})
		if err != nil {
			return err
		}
		n++
		h.Changes = append(h.Changes, headChange{c.collection, c.id, c.rev, c.op, sum})
		if err := tx.history(c.collection, c.id, h.Seq); err != nil {
			return err
		}
	}
	for _, e := range tx.events {
		sum, err := tx.writeBody(h.Seq, n, bodyPair{After: e.body})
		if err != nil {
			return err
		}
		n++
		h.Events = append(h.Events, headEvent{e.kind, sum})
		if err := tx.eventHistory(e.body, h.Seq); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) eventHistory(body Body, seq uint64) error {
	collection, id, err := eventOf(body)
	if err != nil || collection == "" {
		return err
	}
	return tx.history(collection, id, seq)
}

// eventOf is the record that an event's body names; no collection when none.
func eventOf(body Body) (collection string, id uint64, err error) {
	if body["collection"] == nil || body["id"] == nil {
		return "", 0, nil
	}
	err = errors.Join(Decode(body["collection"], &collection), Decode(body["id"], &id))
	return collection, id, err
}

func (tx *Tx) history(collection string, id, seq uint64) error {
	return tx.bucket(bucketHist).Put(append(recKey(collection, id), be(seq)...), []byte{})
}

func bodyKey(seq uint64, n uint32) []byte { return binary.BigEndian.AppendUint32(be(seq), n) }

func (tx *Tx) writeBody(seq uint64, n uint32, pair bodyPair) ([32]byte, error) {
	var none [32]byte
	plain, err := Encode(pair)
	if err != nil {
		return none, err
	}
	b := salted{Salt: make([]byte, 16), Body: plain}
	if _, err := io.ReadFull(tx.s.cfg.Rand, b.Salt); err != nil {
		return none, fmt.Errorf("drawing a salt: %w", err)
	}
	whole, err := Encode(b)
	if err != nil {
		return none, err
	}
	key := bodyKey(seq, n)
	sealed, err := tx.s.seal.seal(whole, bucketBodies, key)
	if err != nil {
		return none, err
	}
	return b.sum(), tx.bucket(bucketBodies).Put(key, sealed)
}

// readBody opens a body; gone when it has been destroyed.
func (s *Store) readBody(tx *bbolt.Tx, seq uint64, n uint32) (pair bodyPair, sum [32]byte, gone bool, err error) {
	key := bodyKey(seq, n)
	sealed := tx.Bucket([]byte(bucketBodies)).Get(key)
	if sealed == nil {
		return pair, sum, true, nil
	}
	whole, err := s.seal.open(sealed, bucketBodies, key)
	if err != nil {
		return pair, sum, false, err
	}
	var b salted
	if err := Decode(whole, &b); err != nil {
		return pair, sum, false, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err := Decode(b.Body, &pair); err != nil {
		return pair, sum, false, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return pair, b.sum(), false, nil
}

func (s *Store) readHeader(tx *bbolt.Tx, seq uint64) (h header, hash [32]byte, plain []byte, err error) {
	key := be(seq)
	v := tx.Bucket([]byte(bucketJournal)).Get(key)
	if len(v) < 32 {
		return h, hash, nil, fmt.Errorf("%w: journal entry %d is missing", ErrDamaged, seq)
	}
	copy(hash[:], v)
	if plain, err = s.seal.open(v[32:], bucketJournal, key); err != nil {
		return h, hash, nil, err
	}
	if err := Decode(plain, &h); err != nil {
		return h, hash, nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return h, hash, plain, nil
}

func (s *Store) readEntry(tx *bbolt.Tx, seq uint64) (JournalEntry, error) {
	return s.readSome(tx, seq, func(headChange) bool { return true })
}

// readSome is readEntry with the contents of some of its changes only: an import
// is hundreds of changes in one entry.
func (s *Store) readSome(tx *bbolt.Tx, seq uint64, want func(headChange) bool) (JournalEntry, error) {
	h, hash, _, err := s.readHeader(tx, seq)
	if err != nil {
		return JournalEntry{}, err
	}
	e := JournalEntry{Seq: h.Seq, Time: time.UnixMilli(h.Time), Actor: h.Actor, Kind: h.Kind, Reason: h.Reason, Hash: hash}
	n := uint32(0)
	e.Changes = make([]Change, 0, len(h.Changes))
	for _, c := range h.Changes {
		change := Change{Collection: c.Collection, ID: c.ID, Rev: c.Rev, Op: c.Op}
		if want(c) {
			pair, _, gone, err := s.readBody(tx, seq, n)
			if err != nil {
				return e, err
			}
			change.Before, change.After, change.Destroyed = pair.Before, pair.After, gone
		}
		n++
		e.Changes = append(e.Changes, change)
	}
	for _, ev := range h.Events {
		pair, _, gone, err := s.readBody(tx, seq, n)
		if err != nil {
			return e, err
		}
		n++
		e.Events = append(e.Events, Event{ev.Kind, pair.After, gone})
	}
	return e, nil
}

// Journal visits entries from a sequence on, oldest first.
func (tx *Tx) Journal(from uint64, fn func(JournalEntry) (bool, error)) error {
	return tx.entries(from, func(headChange) bool { return true }, fn)
}

// Heads is Journal with the names of the records that changed, and nothing of
// what changed in them: enough for who follows it and reads them anew.
func (tx *Tx) Heads(from uint64, fn func(JournalEntry) (bool, error)) error {
	return tx.entries(from, func(headChange) bool { return false }, fn)
}

func (tx *Tx) entries(from uint64, want func(headChange) bool, fn func(JournalEntry) (bool, error)) error {
	c := tx.bucket(bucketJournal).Cursor()
	for k, _ := c.Seek(be(max(from, 1))); k != nil; k, _ = c.Next() {
		e, err := tx.s.readSome(tx.tx, binary.BigEndian.Uint64(k), want)
		if err != nil {
			return err
		}
		more, err := fn(e)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// History visits the entries that concern a record, newest first, with the
// contents of its own changes; of other records in them there is the name only.
func (tx *Tx) History(collection string, id uint64, fn func(JournalEntry) (bool, error)) error {
	prefix := recKey(collection, id)
	c := tx.bucket(bucketHist).Cursor()
	k, _ := c.Seek(after(prefix))
	if k == nil {
		k, _ = c.Last()
	} else {
		k, _ = c.Prev()
	}
	for ; k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Prev() {
		if len(k) != len(prefix)+8 {
			return nil
		}
		e, err := tx.s.readSome(tx.tx, binary.BigEndian.Uint64(k[len(prefix):]), func(c headChange) bool { return c.Collection == collection && c.ID == id })
		if err != nil {
			return err
		}
		more, err := fn(e)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// DestroyBodies destroys what journal entries held, where the law demands it;
// the chain stays whole. It is an event itself.
func (tx *Tx) DestroyBodies(reason string, seqs ...uint64) error {
	if err := tx.writable(); err != nil {
		return err
	}
	tx.dirty = true
	b := tx.bucket(bucketBodies)
	for _, seq := range seqs {
		prefix := be(seq)
		var keys [][]byte
		c := b.Cursor()
		for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
			keys = append(keys, bytes.Clone(k))
		}
		for _, k := range keys {
			if err := b.Delete(k); err != nil {
				return tx.wrote(fmt.Errorf("destroying a journal body: %w", err))
			}
		}
	}
	what, err := Encode(seqs)
	if err != nil {
		return err
	}
	why, err := Encode(reason)
	if err != nil {
		return err
	}
	return tx.Event("destroy", Body{"entries": what, "reason": why})
}
