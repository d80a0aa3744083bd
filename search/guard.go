package search

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// errForeign: made by another version or under another key.
var errForeign = errors.New("search index is of another format or key")

// errPanic is what guard makes of a panic inside Bleve.
var errPanic = errors.New("search library failed")

// brokenFile is left in the folder of an index that failed, so that the next
// Open puts it aside even if it looks sound.
const brokenFile = "broken"

// callerPanic carries a panic of the caller's own code through guard.
type callerPanic struct{ value any }

// guard runs fn, which calls into Bleve, and turns its panics into errPanic:
// a damaged file must not end the process. A page of a mapped file that can't
// be read panics too, instead of killing the process by signal.
func guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch p := recover().(type) {
		case nil:
		case callerPanic:
			panic(p.value)
		default:
			err = fmt.Errorf("%w: %v", errPanic, p)
		}
	}()
	return fn()
}

// protect runs fn as guard does and marks the index broken when it panics.
func (x *Index) protect(fn func() error) error {
	err := guard(fn)
	if errors.Is(err, errPanic) {
		x.markBroken(err)
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return err
}

// markBroken takes the index out of use, now and for the next Open.
func (x *Index) markBroken(reason error) {
	x.breaking.Do(func() {
		close(x.broken)
		x.cfg.Log.Error("search index failed", "reason", reason)
		if err := os.WriteFile(filepath.Join(x.dir, brokenFile), nil, 0o600); err != nil {
			x.cfg.Log.Error("search index could not be marked", "reason", err)
		}
	})
}

// backgroundError hears of failures in Bleve's persister, merger and
// introducer. It runs on their goroutines, and its pause keeps them from
// spinning while a disk is full.
func (x *Index) backgroundError(err error, _ string) {
	n := x.failures.Add(1)
	var detail *scorch.ScorchError
	merging := errors.As(err, &detail) && strings.HasPrefix(detail.ErrMsg, "merging")
	switch {
	case errors.Is(err, scorch.ErrAsyncPanic):
		x.markBroken(err)
	case merging && n >= mergeFailures && x.stats().TotPersistLoopErr == 0:
		// Persisting works, so the disk isn't full: what is merged is bad.
		x.markBroken(err)
	case n == 1 || n%100 == 0:
		x.cfg.Log.Warn("search index has trouble with its files", "reason", err, "count", n)
	}
	select {
	case <-x.closing:
	case <-time.After(failurePause):
	}
}

// stats are Bleve's own counters.
func (x *Index) stats() *scorch.Stats {
	if s, ok := x.store.Stats().(*scorch.Stats); ok {
		return s
	}
	return &scorch.Stats{}
}
