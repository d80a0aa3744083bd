package embedstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Piece is an opened part of a store on its way to another place. A store is
// the same, whatever the order in which its pieces arrive; indexes, tallies
// and equality entries are made anew from the records.
type Piece struct {
	Kind  PieceKind `cbor:"1,keyasint"`
	Key   []byte    `cbor:"2,keyasint,omitempty"`
	Value []byte    `cbor:"3,keyasint,omitempty"`
	// Of names the collections that the piece tells of; whoever may not know of
	// one of them may not have the piece. Counters and files name none.
	Of []string `cbor:"-"`
}

// PieceKind says what a piece is. The numbers are part of the bundle format
// and never change their meaning.
type PieceKind byte

// The kinds of pieces, with their keys and values.
const (
	PieceRecord  PieceKind = iota + 1 // collection 00 id → record with its index entries (CBOR)
	PieceGone                         // collection 00 id → nothing: the record was removed
	PieceEntry                        // sequence → hash(32) and header (CBOR) of a journal entry
	PieceLink                         // sequence → hash(32) of an entry that the reader may not see
	PieceBody                         // sequence index(4) → salt and body (CBOR)
	PieceHistory                      // collection 00 id sequence → nothing
	PieceID                           // collection → last id given
	PieceSeries                       // series → last number given
	PieceShelf                        // shelf 00 key → value
	PieceFile                         // keyed hash of content → size and type (CBOR)
)

// Record opens a piece that is a record.
func (p Piece) Record() (collection string, id, rev uint64, body Body, err error) {
	collection, id = splitRec(p.Key)
	var r stored
	if err := Decode(p.Value, &r); err != nil {
		return "", 0, 0, nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return collection, id, r.Rev, r.Body, nil
}

// Named is the collection and id of a piece that is a record or was one.
func (p Piece) Named() (collection string, id uint64) { return splitRec(p.Key) }

// Since says what an export holds: with zero everything, else what came after
// that journal entry.
type Since uint64

// Export visits the pieces of the store as it stands in this transaction. An
// export since an entry leaves out index changes that came without a change
// of the record: whoever restores it derives them anew.
func (tx *Tx) Export(since Since, fn func(Piece) error) error {
	e := exporter{tx: tx, since: uint64(since), fn: fn}
	for _, step := range []func() error{e.entries, e.records, e.history, e.counters, e.shelves, e.files} {
		if err := step(); err != nil {
			return err
		}
		if err := tx.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// Head is the last journal entry as this transaction sees it.
func (tx *Tx) Head() (seq uint64, hash [32]byte, err error) {
	head := tx.bucket(bucketMeta).Get([]byte("head"))
	if len(head) != 40 {
		return 0, hash, fmt.Errorf("%w: no journal head", ErrDamaged)
	}
	copy(hash[:], head[8:])
	return binary.BigEndian.Uint64(head), hash, nil
}

type exporter struct {
	tx    *Tx
	since uint64
	fn    func(Piece) error
}

// entries hands over the journal, each entry with what its bodies tell of.
func (e exporter) entries() error {
	c := e.tx.bucket(bucketJournal).Cursor()
	for k, _ := c.Seek(be(e.since + 1)); k != nil; k, _ = c.Next() {
		seq := binary.BigEndian.Uint64(k)
		h, hash, plain, err := e.tx.s.readHeader(e.tx.tx, seq)
		if err != nil {
			return err
		}
		of, err := e.bodies(h)
		if err != nil {
			return err
		}
		if err := e.fn(Piece{PieceEntry, bytes.Clone(k), append(hash[:], plain...), of}); err != nil {
			return err
		}
	}
	return nil
}

// bodies hands over what lies behind an entry and gives the collections that
// the entry tells of.
func (e exporter) bodies(h header) ([]string, error) {
	of := make([]string, 0, len(h.Changes)+len(h.Events))
	for _, c := range h.Changes {
		of = append(of, c.Collection)
	}
	for i := range h.Events {
		pair, _, gone, err := e.tx.s.readBody(e.tx.tx, h.Seq, uint32(len(h.Changes)+i))
		if err != nil {
			return nil, err
		}
		if name := pair.After["collection"]; !gone && name != nil {
			var collection string
			if err := Decode(name, &collection); err != nil {
				return nil, err
			}
			of = append(of, collection)
		}
	}
	for n := range uint32(len(h.Changes) + len(h.Events)) {
		key := bodyKey(h.Seq, n)
		sealed := e.tx.bucket(bucketBodies).Get(key)
		if sealed == nil {
			continue // destroyed
		}
		whole, err := e.tx.s.seal.open(sealed, bucketBodies, key)
		if err != nil {
			return nil, err
		}
		if err := e.fn(Piece{PieceBody, key, whole, of}); err != nil {
			return nil, err
		}
	}
	return of, nil
}

// records hands over the records: all of them, or those that the journal
// since then names.
func (e exporter) records() error {
	if e.since == 0 {
		return e.tx.bucket(bucketRec).ForEach(func(k, v []byte) error { return e.record(k, v) })
	}
	seen := map[string]bool{}
	return e.touched(func(key []byte) error {
		if seen[string(key)] {
			return nil
		}
		seen[string(key)] = true
		return e.record(key, e.tx.bucket(bucketRec).Get(key))
	})
}

func (e exporter) record(key, sealed []byte) error {
	collection, _ := splitRec(key)
	of := []string{collection}
	if sealed == nil {
		return e.fn(Piece{Kind: PieceGone, Key: bytes.Clone(key), Of: of})
	}
	plain, err := e.tx.s.seal.open(sealed, bucketRec, key)
	if err != nil {
		return err
	}
	return e.fn(Piece{PieceRecord, bytes.Clone(key), plain, of})
}

// touched visits the keys of the records that entries since then changed.
func (e exporter) touched(fn func(key []byte) error) error {
	c := e.tx.bucket(bucketJournal).Cursor()
	for k, _ := c.Seek(be(e.since + 1)); k != nil; k, _ = c.Next() {
		h, _, _, err := e.tx.s.readHeader(e.tx.tx, binary.BigEndian.Uint64(k))
		if err != nil {
			return err
		}
		for _, ch := range h.Changes {
			if err := fn(recKey(ch.Collection, ch.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

// history hands over which entries concern which record. Since an entry, it is
// told from the entries themselves.
func (e exporter) history() error {
	if e.since == 0 {
		return e.tx.bucket(bucketHist).ForEach(func(k, _ []byte) error { return e.concern(bytes.Clone(k)) })
	}
	return e.tx.Journal(e.since+1, func(j JournalEntry) (bool, error) {
		for _, c := range j.Changes {
			if err := e.concern(append(recKey(c.Collection, c.ID), be(j.Seq)...)); err != nil {
				return false, err
			}
		}
		for _, ev := range j.Events {
			collection, id, err := eventOf(ev.Body)
			if err != nil {
				return false, err
			}
			if collection == "" {
				continue
			}
			if err := e.concern(append(recKey(collection, id), be(j.Seq)...)); err != nil {
				return false, err
			}
		}
		return true, nil
	})
}

func (e exporter) concern(key []byte) error {
	collection, _, _ := bytes.Cut(key, []byte{0})
	return e.fn(Piece{Kind: PieceHistory, Key: key, Of: []string{string(collection)}})
}

func (e exporter) counters() error {
	for bucket, kind := range map[string]PieceKind{bucketIDs: PieceID, bucketSeries: PieceSeries} {
		err := e.tx.bucket(bucket).ForEach(func(k, v []byte) error {
			return e.fn(Piece{Kind: kind, Key: bytes.Clone(k), Value: bytes.Clone(v)})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (e exporter) shelves() error {
	return e.tx.bucket(bucketShelf).ForEach(func(k, v []byte) error {
		name, _, _ := bytes.Cut(k, []byte{0})
		s := Shelf{e.tx, string(name)}
		out, err := s.open(k, v)
		if err != nil {
			return err
		}
		return e.fn(Piece{Kind: PieceShelf, Key: append(under(s.name), out.Key...), Value: out.Value})
	})
}

// files hands over which attachments are kept; their contents are read one by
// one. The bucket is small, so every export lists them all.
func (e exporter) files() error {
	return e.tx.bucket(bucketFiles).ForEach(func(k, v []byte) error {
		plain, err := e.tx.s.seal.open(v, bucketFiles, k)
		if err != nil {
			return err
		}
		return e.fn(Piece{Kind: PieceFile, Key: bytes.Clone(k), Value: plain})
	})
}

// OpenCopy opens a snapshot for reading, beside the running store whose
// attachments it shares. Nothing can be written to it.
func OpenCopy(cfg Config, path string) (*Store, error) {
	cfg = cfg.filled()
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("looking for the snapshot: %w", err)
	}
	seal, err := newSealer(cfg.Key, cfg.Rand)
	if err != nil {
		return nil, err
	}
	var db *bbolt.DB
	err = guarded(func() error {
		opt := options(cfg, info.Size())
		opt.ReadOnly, opt.InitialMmapSize = true, 0
		var err error
		db, err = bbolt.Open(path, 0o600, opt)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("opening the snapshot: %w", err)
	}
	s := &Store{cfg: cfg, db: db, seal: seal, changed: make(chan struct{})}
	if err := s.readMeta(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// Copied is a snapshot that is open for reading and removed when closed.
type Copied struct {
	*Store
	path string
}

// Close ends the use of the snapshot and removes its file.
func (c Copied) Close() error {
	return errors.Join(c.Store.Close(), ignoreAbsent(os.Remove(c.path)))
}

// Copy takes a snapshot into a folder and opens it: a long reader of the store
// itself would hold up its writers.
func (s *Store) Copy(ctx context.Context, dir string) (Copied, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Copied{}, fmt.Errorf("making a snapshot: %w", err)
	}
	path := filepath.Join(dir, "snapshot.db")
	if err := s.Snapshot(ctx, path); err != nil {
		return Copied{}, err
	}
	opened, err := OpenCopy(s.cfg, path)
	if err != nil {
		return Copied{}, errors.Join(err, ignoreAbsent(os.Remove(path)))
	}
	return Copied{opened, path}, nil
}
