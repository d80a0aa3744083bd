package search

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
)

// Bounds that keep the peak of memory under 500 MB.
const (
	batchDocs    = 200
	batchBytes   = 1 << 20 // of text
	batchRemoves = 1000
	// inflightMax batches may wait in memory for the disk.
	inflightMax = 8
	// segmentDocs bounds a merged segment, so that no merge holds the whole
	// index.
	segmentDocs = 150_000
)

const (
	drainTimeout  = 2 * time.Second // a service must stop within 3 s
	failurePause  = time.Second
	mergeFailures = 5
)

// openingScorch guards Bleve's process-wide table of callbacks.
var openingScorch sync.Mutex

// newScorch prepares a store in dir. Batches return when they can be searched
// and reach the disk in the background, several at once: Through is written
// with them, so what a crash loses is applied again.
func newScorch(dir string, queue *index.AnalysisQueue, failed func(error, string)) (*scorch.Scorch, error) {
	openingScorch.Lock()
	defer openingScorch.Unlock()
	scorch.RegistryAsyncErrorCallbacks[dir] = failed
	defer delete(scorch.RegistryAsyncErrorCallbacks, dir)
	store, err := scorch.NewScorch(scorch.Name, map[string]any{
		"path":                   dir,
		"bolt_timeout":           boltTimeout,
		"unsafe_batch":           true,
		"numSnapshotsToKeep":     1,
		"asyncErrorCallbackName": dir,
		"scorchPersisterOptions": map[string]any{
			// A short nap lets batches gather into one file.
			"PersisterNapTimeMSec":      20,
			"PersisterNapUnderNumFiles": 200,
		},
		"scorchMergePlanOptions": map[string]any{
			"MaxSegmentsPerTier":   8,
			"SegmentsPerMergeTask": 8,
			"TierGrowth":           8.0,
			"FloorSegmentSize":     2000,
			"MaxSegmentSize":       segmentDocs,
			"ReclaimDeletesWeight": 2.0,
		},
	}, queue)
	if err != nil {
		return nil, fmt.Errorf("preparing the search index: %w", err)
	}
	return store.(*scorch.Scorch), nil
}

// Apply removes documents, adds documents (replacing those of the same ID)
// and notes that the index has seen the journal up to through. When it fails,
// part may have been applied but Through stays; applying the same again, in
// the same order, makes it whole.
func (x *Index) Apply(ctx context.Context, add []Doc, remove []string, through uint64) error {
	x.gate.RLock()
	defer x.gate.RUnlock()
	if x.closed {
		return ErrClosed
	}
	x.writing.Lock()
	defer x.writing.Unlock()
	b := index.NewBatch()
	for len(remove) > batchRemoves {
		for _, id := range remove[:batchRemoves] {
			b.Delete(id)
		}
		remove = remove[batchRemoves:]
		if err := x.submit(ctx, b); err != nil {
			return err
		}
		b = index.NewBatch()
	}
	for _, id := range remove {
		b.Delete(id)
	}
	b, err := x.addAll(ctx, b, add)
	if err != nil {
		return err
	}
	b.SetInternal([]byte(internalThrough), binary.BigEndian.AppendUint64(nil, through))
	if err := x.submit(ctx, b); err != nil {
		return err
	}
	x.through.Store(through)
	return nil
}

// addAll adds docs to b, submitting it whenever it is full, and returns the
// last, open batch.
func (x *Index) addAll(ctx context.Context, b *index.Batch, docs []Doc) (*index.Batch, error) {
	n, size := 0, 0
	for _, d := range docs {
		if more := d.size(); n > 0 && (n == batchDocs || size+more > batchBytes) {
			if err := x.submit(ctx, b); err != nil {
				return nil, err
			}
			b, n, size = index.NewBatch(), 0, 0
		}
		b.Update(newDocument(d.ID, x.hasher.terms(d)))
		n, size = n+1, size+d.size()
	}
	return b, nil
}

// size is the length of d's text in bytes.
func (d Doc) size() int {
	n := 0
	for _, t := range d.Texts {
		n += len(t)
	}
	for _, t := range d.Names {
		n += len(t)
	}
	return n
}

// submit hands a batch to Bleve and returns once it can be searched. It waits
// while too many batches are on their way to the disk.
func (x *Index) submit(ctx context.Context, b *index.Batch) error {
	select {
	case x.inflight <- struct{}{}:
	case <-x.broken:
		return ErrBroken
	case <-ctx.Done():
		return fmt.Errorf("waiting for the search index: %w", ctx.Err())
	}
	b.SetPersistedCallback(func(error) { <-x.inflight })
	done := make(chan error, 1)
	go func() { done <- x.protect(func() error { return x.store.Batch(b) }) }()
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("adding to the search index: %w", err)
		}
		return nil
	case <-x.broken: // a batch never ends once Bleve's introducer has died
		return ErrBroken
	}
}

// drain waits until every batch is on disk, or for timeout.
func (x *Index) drain(timeout time.Duration) {
	late := time.After(timeout)
	held := 0
	defer func() {
		for range held {
			<-x.inflight
		}
	}()
	for held < inflightMax {
		select {
		case x.inflight <- struct{}{}:
			held++
		case <-x.broken:
			return
		case <-late:
			return
		}
	}
}

// Through is the journal sequence up to which the index has seen everything.
func (x *Index) Through() uint64 { return x.through.Load() }

// snapshot is the present state; close it.
func (x *Index) snapshot() (*scorch.IndexSnapshot, error) {
	reader, err := x.store.Reader()
	if err != nil {
		return nil, fmt.Errorf("reading the search index: %w", err)
	}
	snap, ok := reader.(*scorch.IndexSnapshot)
	if !ok || snap == nil {
		return nil, ErrClosed
	}
	return snap, nil
}

// usable is snapshot for an index that is open and sound. The gate is held.
func (x *Index) usable() (*scorch.IndexSnapshot, error) {
	if x.closed {
		return nil, ErrClosed
	}
	if x.Broken() {
		return nil, ErrBroken
	}
	return x.snapshot()
}

// Count is the number of documents.
func (x *Index) Count() (n uint64, err error) {
	x.gate.RLock()
	defer x.gate.RUnlock()
	err = x.protect(func() error {
		snap, err := x.usable()
		if err != nil {
			return err
		}
		defer snap.Close()
		n, err = snap.DocCount()
		return err
	})
	return n, err
}
