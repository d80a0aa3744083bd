package embedstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"jiezhen/embedstore/disk"
)

// Rebuild puts a store together from pieces, aside and without an office in
// it: nothing stands under the store's own name before Finish. It is not safe
// for use by many goroutines.
type Rebuild struct {
	s     *Store
	tx    *bbolt.Tx
	path  string
	aside string
	n     int
	ended bool
}

// ErrGap says that pieces are missing: what was put together is not a store.
var ErrGap = errors.New("内容不完整，缺少中间的部分")

// Begin starts to put together the store with an id (32 hex digits) that
// pieces come from. The folder must hold no store; what an earlier attempt
// left is removed.
func Begin(cfg Config, id []byte) (*Rebuild, error) {
	cfg = cfg.filled()
	path := filepath.Join(cfg.Dir, fileName)
	if _, err := os.Lstat(path); err == nil {
		return nil, ErrExists
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the store's folder: %w", err)
	}
	aside := path + ".restoring"
	if err := ignoreAbsent(os.Remove(aside)); err != nil {
		return nil, fmt.Errorf("removing an earlier attempt: %w", err)
	}
	if err := initialise(cfg, aside); err != nil {
		return nil, errors.Join(err, ignoreAbsent(os.Remove(aside)))
	}
	r := &Rebuild{path: path, aside: aside}
	if err := r.open(cfg, id); err != nil {
		return nil, errors.Join(err, ignoreAbsent(os.Remove(aside)))
	}
	return r, nil
}

func (r *Rebuild) open(cfg Config, id []byte) error {
	seal, err := newSealer(cfg.Key, cfg.Rand)
	if err != nil {
		return err
	}
	db, err := openFile(r.aside, cfg, 0)
	if err != nil {
		return err
	}
	db.NoSync = true // nothing counts before Finish, which syncs
	r.s = &Store{cfg: cfg, db: db, seal: seal, changed: make(chan struct{})}
	return r.write(func(tx *Tx) error { return tx.bucket(bucketMeta).Put([]byte("id"), id) })
}

// rebuildBatch is how many pieces one transaction takes.
const rebuildBatch = 5000

// write runs fn in the present batch.
func (r *Rebuild) write(fn func(*Tx) error) error {
	return guarded(func() error {
		if r.tx == nil {
			var err error
			if r.tx, err = r.s.db.Begin(true); err != nil {
				return fmt.Errorf("writing the restored store: %w", err)
			}
		}
		tx := &Tx{s: r.s, tx: r.tx, ctx: context.Background(), mode: writing}
		if err := fn(tx); err != nil {
			return noSpace(err)
		}
		if r.n++; r.n%rebuildBatch == 0 {
			return r.commit()
		}
		return nil
	})
}

func (r *Rebuild) commit() error {
	if r.tx == nil {
		return nil
	}
	tx := r.tx
	r.tx = nil
	return noSpace(tx.Commit())
}

// Put takes a piece in. Pieces of a later export go on top of earlier ones.
func (r *Rebuild) Put(p Piece) error {
	return r.write(func(tx *Tx) error {
		switch p.Kind {
		case PieceRecord, PieceGone:
			return tx.putRecord(p)
		case PieceEntry, PieceLink:
			return tx.putEntry(p)
		case PieceBody:
			return tx.putSealed(bucketBodies, p.Key, p.Value)
		case PieceHistory:
			return tx.bucket(bucketHist).Put(p.Key, []byte{})
		case PieceID:
			return tx.putCounter(bucketIDs, p)
		case PieceSeries:
			return tx.putCounter(bucketSeries, p)
		case PieceShelf:
			return tx.putShelf(p)
		case PieceFile:
			return tx.putFacts(p)
		}
		return fmt.Errorf("%w: a piece of kind %d", ErrNewerFormat, p.Kind)
	})
}

func (tx *Tx) putSealed(bucket string, key, plain []byte) error {
	sealed, err := tx.s.seal.seal(plain, bucket, key)
	if err != nil {
		return err
	}
	return tx.bucket(bucket).Put(key, sealed)
}

func (tx *Tx) putRecord(p Piece) error {
	collection, id := splitRec(p.Key)
	if collection == "" || id == 0 {
		return fmt.Errorf("%w: a record's key", ErrDamaged)
	}
	old, err := tx.load(collection, id)
	if errors.Is(err, ErrNotFound) {
		old, err = &stored{}, nil
	}
	if err != nil {
		return err
	}
	fresh := &stored{}
	if p.Kind == PieceRecord {
		if err := Decode(p.Value, fresh); err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	}
	if err := tx.reindex(collection, id, old, fresh); err != nil {
		return err
	}
	if p.Kind == PieceGone {
		return tx.bucket(bucketRec).Delete(p.Key)
	}
	return tx.store(collection, id, fresh)
}

// putEntry takes a journal entry, or only its hash: then a reader who knows
// no more can still follow the chain.
func (tx *Tx) putEntry(p Piece) error {
	if len(p.Key) != 8 || len(p.Value) < 32 {
		return fmt.Errorf("%w: a journal entry", ErrDamaged)
	}
	if p.Kind == PieceLink {
		return fmt.Errorf("%w: a journal entry's content", ErrGap)
	}
	sealed, err := tx.s.seal.seal(p.Value[32:], bucketJournal, p.Key)
	if err != nil {
		return err
	}
	if err := tx.bucket(bucketJournal).Put(p.Key, append(bytes.Clone(p.Value[:32]), sealed...)); err != nil {
		return err
	}
	meta := tx.bucket(bucketMeta)
	if head := meta.Get([]byte("head")); len(head) == 40 && bytes.Compare(head[:8], p.Key) >= 0 {
		return nil
	}
	return meta.Put([]byte("head"), append(bytes.Clone(p.Key), p.Value[:32]...))
}

// putCounter keeps the larger: numbers are never given twice.
func (tx *Tx) putCounter(bucket string, p Piece) error {
	if len(p.Key) == 0 || len(p.Value) != 8 {
		return fmt.Errorf("%w: a counter", ErrDamaged)
	}
	b := tx.bucket(bucket)
	if v := b.Get(p.Key); len(v) == 8 && bytes.Compare(v, p.Value) >= 0 {
		return nil
	}
	return b.Put(p.Key, p.Value)
}

func (tx *Tx) putShelf(p Piece) error {
	name, key, ok := strings.Cut(string(p.Key), "\x00")
	if !ok {
		return fmt.Errorf("%w: a shelf's key", ErrDamaged)
	}
	return tx.Shelf(name).Put(key, p.Value)
}

func (tx *Tx) putFacts(p Piece) error {
	var facts fileFacts
	if err := Decode(p.Value, &facts); err != nil || len(p.Key) != 40 || facts.Size < 0 {
		return fmt.Errorf("%w: an attachment's facts", ErrDamaged)
	}
	if tx.bucket(bucketFiles).Get(p.Key) != nil {
		return nil
	}
	used, err := tx.Tally("", "file bytes")
	if err != nil {
		return err
	}
	return errors.Join(tx.putSealed(bucketFiles, p.Key, p.Value),
		tx.bucket(bucketTally).Put(append(under(""), "file bytes"...), be(used+uint64(facts.Size))))
}

// ClearShelves empties every shelf but those named: an export carries all
// that stand, so a later one replaces the earlier.
func (r *Rebuild) ClearShelves() error {
	return r.write(func(tx *Tx) error {
		b := tx.bucket(bucketShelf)
		var keys [][]byte
		if err := b.ForEach(func(k, _ []byte) error { keys = append(keys, bytes.Clone(k)); return nil }); err != nil {
			return err
		}
		for _, k := range keys {
			if err := b.Delete(k); err != nil {
				return err
			}
		}
		return nil
	})
}

// PutFile takes in an attachment's content, sealed under the name it had.
func (r *Rebuild) PutFile(hash string, data []byte) error {
	if r.s.contentHash(data) != hash {
		return fmt.Errorf("%w: an attachment is not what its name says", ErrDamaged)
	}
	sealed, err := r.s.seal.seal(data, bucketFiles, []byte(hash))
	if err != nil {
		return err
	}
	return noSpace(writeAside(r.s.filePath(hash), sealed))
}

// Head is the last journal entry put so far.
func (r *Rebuild) Head() (seq uint64, hash [32]byte, err error) {
	err = r.write(func(tx *Tx) (err error) {
		seq, hash, err = tx.Head()
		return err
	})
	return seq, hash, err
}

// Finish verifies the journal's chain from its first entry to a head that is
// known from elsewhere, syncs, and puts the store in its place.
func (r *Rebuild) Finish(seq uint64, hash [32]byte) error {
	at, have, err := r.Head()
	if err != nil {
		return err
	}
	if at != seq || have != hash {
		return fmt.Errorf("%w：日志到第 %d 条，应到第 %d 条", ErrGap, at, seq)
	}
	if err := r.whole(); err != nil {
		return err
	}
	if err := errors.Join(r.commit(), r.s.db.Sync(), r.s.db.Close()); err != nil {
		return noSpace(err)
	}
	r.ended = true
	if err := disk.Rename(r.aside, r.path); err != nil {
		return fmt.Errorf("putting the restored store in place: %w", err)
	}
	return syncDir(r.s.cfg.Dir)
}

// whole follows the chain through every entry.
func (r *Rebuild) whole() error {
	return r.write(func(tx *Tx) error {
		var last [32]byte
		next := uint64(1)
		return tx.bucket(bucketJournal).ForEach(func(k, _ []byte) error {
			seq := binary.BigEndian.Uint64(k)
			if seq != next {
				return fmt.Errorf("%w：缺日志第 %d 条", ErrGap, next)
			}
			_, hash, plain, err := tx.s.readHeader(tx.tx, seq)
			if err != nil {
				return err
			}
			if chain(last, plain) != hash {
				return fmt.Errorf("%w: journal entry %d does not follow", ErrDamaged, seq)
			}
			last, next = hash, next+1
			return nil
		})
	})
}

// Abandon gives up and removes what was put together. After Finish it does
// nothing.
func (r *Rebuild) Abandon() error {
	if r.ended {
		return nil
	}
	r.ended = true
	var err error
	if r.tx != nil {
		err = r.tx.Rollback()
		r.tx = nil
	}
	err = errors.Join(err, r.s.db.Close(), ignoreAbsent(os.Remove(r.aside)))
	if rest := disk.RemoveAll(filepath.Join(r.s.cfg.Dir, "files")); rest != nil && !errors.Is(rest, fs.ErrNotExist) {
		err = errors.Join(err, rest)
	}
	return err
}

// Rewind takes back what happened after a time: changes are undone from the
// last to the first, and their entries leave the journal. Numbers that were
// given stay given. It gives the records that it wrote, whose indexes must be
// derived anew, and the entry that is the last now.
func (r *Rebuild) Rewind(until time.Time) (touched map[string][]uint64, seq uint64, hash [32]byte, err error) {
	last, _, err := r.Head()
	if err != nil {
		return nil, 0, hash, err
	}
	cut, hash, err := r.cut(last, until)
	if err != nil {
		return nil, 0, hash, err
	}
	keys := map[string]bool{}
	for at := last; at > cut; at-- {
		if err := r.write(func(tx *Tx) error { return tx.takeBack(at, keys) }); err != nil {
			return nil, 0, hash, fmt.Errorf("taking back journal entry %d: %w", at, err)
		}
	}
	err = r.write(func(tx *Tx) error {
		return tx.bucket(bucketMeta).Put([]byte("head"), append(be(cut), hash[:]...))
	})
	touched = map[string][]uint64{}
	for k := range keys {
		collection, id := splitRec([]byte(k))
		touched[collection] = append(touched[collection], id)
	}
	return touched, cut, hash, err
}

// cut is the last entry that bears a time up to until; with its hash.
func (r *Rebuild) cut(last uint64, until time.Time) (seq uint64, hash [32]byte, err error) {
	err = r.write(func(tx *Tx) error {
		for seq = last; seq > 0; seq-- {
			h, at, _, err := tx.s.readHeader(tx.tx, seq)
			if err != nil {
				return err
			}
			if h.Time <= until.UnixMilli() {
				hash = at
				return nil
			}
		}
		return nil
	})
	return seq, hash, err
}

// ErrDestroyed says that what must be taken back was lawfully destroyed.
var ErrDestroyed = errors.New("那一刻之后有内容已依法销毁，不能回到那时")

// takeBack undoes one entry and removes it.
func (tx *Tx) takeBack(seq uint64, touched map[string]bool) error {
	e, err := tx.s.readEntry(tx.tx, seq)
	if err != nil {
		return err
	}
	for i := len(e.Changes) - 1; i >= 0; i-- {
		c := e.Changes[i]
		if c.Destroyed {
			return ErrDestroyed
		}
		touched[string(recKey(c.Collection, c.ID))] = true
		if err := tx.undo(c); err != nil {
			return err
		}
		if err := tx.bucket(bucketHist).Delete(append(recKey(c.Collection, c.ID), be(seq)...)); err != nil {
			return err
		}
	}
	for _, ev := range e.Events {
		collection, id, err := eventOf(ev.Body)
		if err != nil {
			return err
		}
		if err := tx.bucket(bucketHist).Delete(append(recKey(collection, id), be(seq)...)); err != nil {
			return err
		}
	}
	for n := range uint32(len(e.Changes) + len(e.Events)) {
		if err := tx.bucket(bucketBodies).Delete(bodyKey(seq, n)); err != nil {
			return err
		}
	}
	return tx.bucket(bucketJournal).Delete(be(seq))
}

// undo puts a record back as it was before a change, without indexes.
func (tx *Tx) undo(c Change) error {
	old, err := tx.load(c.Collection, c.ID)
	if errors.Is(err, ErrNotFound) && c.Op == "delete" {
		old, err = &stored{Body: Body{}}, nil
	}
	if err != nil {
		return err
	}
	if err := tx.reindex(c.Collection, c.ID, old, &stored{}); err != nil {
		return err
	}
	if c.Op == "create" {
		return tx.bucket(bucketRec).Delete(recKey(c.Collection, c.ID))
	}
	was := &stored{Rev: c.Rev, Body: Body{}}
	if c.Op == "update" {
		was.Rev--
	}
	for k, v := range old.Body {
		if _, changed := c.After[k]; !changed {
			was.Body[k] = v
		}
	}
	for k, v := range c.Before {
		was.Body[k] = v
	}
	return tx.store(c.Collection, c.ID, was)
}
