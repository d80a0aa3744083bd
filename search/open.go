package search

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
	bolterrors "go.etcd.io/bbolt/errors"
)

// format is the version of everything that makes an index unreadable for
// another program: how text is parted, folded and hashed, the slices of the
// sort key, the fields. Raise it with any change; old indexes are rebuilt.
const format = 1

// Keys of the values kept beside the documents.
const (
	internalFormat  = "format"  // format byte and fingerprint of the key
	internalThrough = "through" // journal sequence, 8 bytes big-endian
)

// boltTimeout bounds the wait for another process's lock; without it Open
// would hang for ever.
const boltTimeout = "300ms"

// Index is an open search index. Its methods may be used concurrently.
type Index struct {
	cfg     Config
	dir     string // cfg.Dir/search
	fresh   bool
	through atomic.Uint64

	gate    sync.RWMutex // held shared by every use, whole by Close
	closed  bool
	store   *scorch.Scorch
	queue   *index.AnalysisQueue
	closing chan struct{} // closed when Close begins

	writing  sync.Mutex // one Apply at a time
	hasher   *hasher    // of Apply
	inflight chan struct{}

	breaking sync.Once
	broken   chan struct{} // closed when the index fails
	failures atomic.Int64  // background errors so far
}

// Open opens the index under cfg.Dir, or makes it. An index that is damaged,
// was made under another key or by another format is put aside as
// quarantine-<n> and a fresh one is made; Fresh tells. The error is ErrInUse,
// or says why the folder can't be used.
func Open(cfg Config) (*Index, error) {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the search index: %w", err)
	}
	sweep(cfg)
	x, err := openExisting(cfg)
	if err == nil || errors.Is(err, ErrInUse) || errors.Is(err, os.ErrPermission) {
		return x, err
	}
	if !errors.Is(err, os.ErrNotExist) {
		cfg.Log.Warn("search index put aside", "reason", err)
		if err := quarantine(cfg); err != nil {
			return nil, err
		}
	}
	return create(cfg)
}

// openExisting opens an index that must be there and sound; os.ErrNotExist
// when there is none.
func openExisting(cfg Config) (*Index, error) {
	dir := filepath.Join(cfg.Dir, folder)
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) == 0 {
		err = os.ErrNotExist
	}
	if err != nil {
		return nil, fmt.Errorf("reading the search index: %w", err)
	}
	if err := inspect(dir); err != nil {
		return nil, err
	}
	x := newIndex(cfg)
	if err := x.start(); err != nil {
		return nil, err
	}
	if err := x.load(); err != nil {
		x.stop()
		return nil, err
	}
	return x, nil
}

// create makes an empty index.
func create(cfg Config) (*Index, error) {
	x := newIndex(cfg)
	x.fresh = true
	if err := os.MkdirAll(x.dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the search index: %w", err)
	}
	if err := x.start(); err != nil {
		return nil, err
	}
	b := index.NewBatch()
	b.SetInternal([]byte(internalFormat), x.formatMark())
	if err := x.submit(context.Background(), b); err != nil {
		x.stop()
		return nil, fmt.Errorf("making the search index: %w", err)
	}
	x.drain(drainTimeout)
	return x, nil
}

func newIndex(cfg Config) *Index {
	return &Index{
		cfg:      cfg,
		dir:      filepath.Join(cfg.Dir, folder),
		closing:  make(chan struct{}),
		hasher:   newHasher(cfg.Key),
		inflight: make(chan struct{}, inflightMax),
		broken:   make(chan struct{}),
	}
}

// formatMark is what the index must carry to be ours.
func (x *Index) formatMark() []byte {
	return append([]byte{format}, newHasher(x.cfg.Key).fingerprint()...)
}

// start opens the segments and Bleve's background work.
func (x *Index) start() error {
	x.queue = index.NewAnalysisQueue(1) // documents come analysed, it only passes them on
	err := guard(func() error {
		store, err := newScorch(x.dir, x.queue, x.backgroundError)
		if err != nil {
			return err
		}
		x.store = store
		return store.Open()
	})
	if err == nil {
		return nil
	}
	x.stop()
	if errors.Is(err, bolterrors.ErrTimeout) {
		err = ErrInUse
	}
	return fmt.Errorf("opening the search index: %w", err)
}

// load reads what the index says of itself.
func (x *Index) load() error {
	return guard(func() error {
		snap, err := x.snapshot()
		if err != nil {
			return err
		}
		defer snap.Close()
		mark, err := snap.GetInternal([]byte(internalFormat))
		if err != nil {
			return fmt.Errorf("reading the format of the search index: %w", err)
		}
		if !bytes.Equal(mark, x.formatMark()) {
			return errForeign
		}
		through, err := snap.GetInternal([]byte(internalThrough))
		if err != nil {
			return fmt.Errorf("reading the sequence of the search index: %w", err)
		}
		if len(through) == 8 {
			x.through.Store(binary.BigEndian.Uint64(through))
		}
		return nil
	})
}

// Fresh tells that Open made an empty index, so that everything must be
// applied again.
func (x *Index) Fresh() bool { return x.fresh }

// Broken tells that the index has failed. Searching goes on failing until the
// owner closes it, opens it again and applies everything.
func (x *Index) Broken() bool {
	select {
	case <-x.broken:
		return true
	default:
		return false
	}
}

// Close ends the index. Batches still in memory get a moment to reach the
// disk; what doesn't is applied again after the next Open, by Through.
func (x *Index) Close() error {
	x.gate.Lock()
	defer x.gate.Unlock()
	if x.closed {
		return nil
	}
	x.closed = true
	if !x.Broken() {
		x.drain(drainTimeout)
	}
	return x.stop()
}

// stop ends Bleve's background work. A store that panicked may never end; then
// it is left behind, for the process must go on.
func (x *Index) stop() error {
	close(x.closing)
	defer x.queue.Close()
	if x.store == nil {
		return nil
	}
	done := make(chan error, 1)
	go func() { done <- guard(x.store.Close) }()
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("closing the search index: %w", err)
		}
		return nil
	case <-time.After(drainTimeout):
		return fmt.Errorf("closing the search index: %w", ErrBroken)
	}
}
