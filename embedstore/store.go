package embedstore

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"jiezhen/embedstore/disk"
)

// Config is what a Store is opened with. Zero limits take the defaults.
type Config struct {
	Dir         string // holds store.db and files/
	Key         [32]byte
	Clock       func() time.Time
	Rand        io.Reader
	OpenTimeout time.Duration // how long to wait for another instance; 1 s
	FileLimit   int64         // bytes of one attachment; 20 MiB
	FileQuota   int64         // bytes of all attachments; 20 GiB
	Log         *slog.Logger

	migrations []migration // nil: the product's own; tests bring theirs
}

func (c Config) filled() Config {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.OpenTimeout == 0 {
		c.OpenTimeout = time.Second
	}
	if c.FileLimit == 0 {
		c.FileLimit = 20 << 20
	}
	if c.FileQuota == 0 {
		c.FileQuota = 20 << 30
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// The buckets, see format.go.
const (
	bucketMeta    = "meta"
	bucketRec     = "rec"
	bucketIdx     = "idx"
	bucketEq      = "eq"
	bucketUniq    = "uniq"
	bucketTally   = "tally"
	bucketIDs     = "ids"
	bucketSeries  = "series"
	bucketJournal = "journal"
	bucketBodies  = "bodies"
	bucketHist    = "hist"
	bucketShelf   = "shelf"
	bucketFiles   = "files"
)

func buckets() []string {
	return []string{bucketMeta, bucketRec, bucketIdx, bucketEq, bucketUniq, bucketTally, bucketIDs, bucketSeries,
		bucketJournal, bucketBodies, bucketHist, bucketShelf, bucketFiles}
}

// Store is an open store. It is safe for use by many goroutines.
type Store struct {
	cfg  Config
	db   *bbolt.DB
	seal *sealer
	id   string

	mu      sync.Mutex
	head    uint64
	hash    [32]byte
	last    time.Time
	changed chan struct{} // closed when head moves
	locked  atomic.Bool   // the last write met a disk that takes none
}

// Locked says whether the last write met a disk that takes none at all. A file
// system that failed does not always tell so when it is asked.
func (s *Store) Locked() bool { return s.locked.Load() }

const fileName = "store.db"

// Create makes an empty store and opens it. It is made under another name,
// synced and renamed, so that a half-made one is never taken for a store.
func Create(cfg Config) (*Store, error) {
	cfg = cfg.filled()
	path := filepath.Join(cfg.Dir, fileName)
	if _, err := os.Lstat(path); err == nil {
		return nil, ErrExists
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("looking for the store: %w", err)
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the store's folder: %w", err)
	}
	aside := path + ".new"
	if err := os.Remove(aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("removing a half-made store: %w", err)
	}
	if err := initialise(cfg, aside); err != nil {
		return nil, errors.Join(err, ignoreAbsent(os.Remove(aside)))
	}
	if err := disk.Rename(aside, path); err != nil {
		return nil, fmt.Errorf("putting the new store in place: %w", err)
	}
	if err := syncDir(cfg.Dir); err != nil {
		return nil, err
	}
	return Open(cfg)
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// initialise writes the empty buckets and the meta entries.
func initialise(cfg Config, path string) error {
	seal, err := newSealer(cfg.Key, cfg.Rand)
	if err != nil {
		return err
	}
	db, err := bbolt.Open(path, 0o600, options(cfg, 0))
	if err != nil {
		return noSpace(fmt.Errorf("making the store file: %w", err))
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range buckets() {
			if _, err := tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		return writeMeta(tx.Bucket([]byte(bucketMeta)), seal, cfg.Rand)
	})
	return noSpace(errors.Join(err, db.Close()))
}

const checkText = "jiezhen store"

func writeMeta(b *bbolt.Bucket, seal *sealer, random io.Reader) error {
	id := make([]byte, 16)
	if _, err := io.ReadFull(random, id); err != nil {
		return fmt.Errorf("drawing the store's id: %w", err)
	}
	check, err := seal.seal([]byte(checkText), bucketMeta, []byte("check"))
	if err != nil {
		return err
	}
	return errors.Join(b.Put([]byte("format"), []byte{formatVersion}), b.Put([]byte("id"), id), b.Put([]byte("check"), check),
		b.Put([]byte("head"), make([]byte, 40)))
}

// options of a file of a size.
func options(cfg Config, size int64) *bbolt.Options {
	return &bbolt.Options{Timeout: cfg.OpenTimeout, PageSize: pageSize, FreelistType: bbolt.FreelistMapType,
		InitialMmapSize: firstMmap(size)}
}

// Open opens an existing store. A second instance gets ErrInUse; a file that
// cannot be a store is ErrDamaged and is left as it is.
func Open(cfg Config) (*Store, error) {
	cfg = cfg.filled()
	path := filepath.Join(cfg.Dir, fileName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := takeBack(cfg, path); err != nil {
			return nil, err
		}
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ErrAbsent
	case err != nil:
		return nil, fmt.Errorf("looking for the store: %w", err)
	case info.Size() < 4*pageSize: // bbolt would make an empty file a database
		return nil, fmt.Errorf("%w: the file is cut short", ErrDamaged)
	}
	seal, err := newSealer(cfg.Key, cfg.Rand)
	if err != nil {
		return nil, err
	}
	if err := migrate(cfg, path, seal); err != nil {
		return nil, err
	}
	db, err := openFile(path, cfg, info.Size())
	if err != nil {
		return nil, err
	}
	s := &Store{cfg: cfg, db: db, seal: seal, changed: make(chan struct{})}
	err = s.readMeta()
	if err == nil {
		err = s.sweepStaged()
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// openFile turns what bbolt says, panics on damage included, into our errors.
func openFile(path string, cfg Config, size int64) (db *bbolt.DB, err error) {
	err = guarded(func() (err error) {
		db, err = bbolt.Open(path, 0o600, options(cfg, size))
		return err
	})
	var refused syscall.Errno
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, ErrInUse
	case errors.Is(err, ErrDamaged):
		return nil, err
	case errors.As(err, &refused): // the system's word, not the file's fault
		return nil, noSpace(fmt.Errorf("opening the store: %w", err))
	}
	return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
}

// view is a reading bbolt transaction that survives broken pages.
func (s *Store) view(fn func(*bbolt.Tx) error) error {
	return guarded(func() error { return s.db.View(fn) })
}

// readMeta asks for the format first: a newer one may have other buckets.
func (s *Store) readMeta() error {
	return s.view(func(tx *bbolt.Tx) error {
		meta := tx.Bucket([]byte(bucketMeta))
		if meta == nil {
			return fmt.Errorf("%w: bucket meta is missing", ErrDamaged)
		}
		format := meta.Get([]byte("format"))
		if len(format) != 1 {
			return fmt.Errorf("%w: no format", ErrDamaged)
		}
		if _, newest := s.cfg.steps(); format[0] > newest {
			return ErrNewerFormat
		}
		for _, name := range buckets() {
			if tx.Bucket([]byte(name)) == nil {
				return fmt.Errorf("%w: bucket %s is missing", ErrDamaged, name)
			}
		}
		plain, err := s.seal.open(meta.Get([]byte("check")), bucketMeta, []byte("check"))
		if err != nil || !bytes.Equal(plain, []byte(checkText)) {
			return ErrWrongKey
		}
		s.id = hex.EncodeToString(meta.Get([]byte("id")))
		return s.readHead(tx, meta.Get([]byte("head")))
	})
}

func (s *Store) readHead(tx *bbolt.Tx, head []byte) error {
	if len(head) != 40 {
		return fmt.Errorf("%w: no journal head", ErrDamaged)
	}
	s.head = binary.BigEndian.Uint64(head)
	copy(s.hash[:], head[8:])
	if s.head == 0 {
		return nil
	}
	e, err := s.readEntry(tx, s.head)
	if err != nil {
		return err
	}
	s.last = e.Time
	return nil
}

// Close ends the use of the store.
func (s *Store) Close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("closing the store: %w", err)
	}
	return nil
}

// ID is the store's own random id.
func (s *Store) ID() string { return s.id }

// Derive gives a subkey for another user of the master key, such as search.
func (s *Store) Derive(label string) [32]byte { return s.seal.derive("user " + label) }

// Head is the last journal entry: its sequence and hash.
func (s *Store) Head() (uint64, [32]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head, s.hash
}

// LastTime is the time that the last journal entry bears; zero without one.
func (s *Store) LastTime() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// Wait returns when the journal has gone past a sequence, or the context ends.
func (s *Store) Wait(ctx context.Context, after uint64) error {
	for {
		s.mu.Lock()
		head, changed := s.head, s.changed
		s.mu.Unlock()
		if head > after {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

func (s *Store) moved(seq uint64, hash [32]byte, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.head, s.hash, s.last = seq, hash, at
	close(s.changed)
	s.changed = make(chan struct{})
}
