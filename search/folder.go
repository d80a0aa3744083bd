package search

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	segment "github.com/blevesearch/scorch_segment_api/v2"
	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"jiezhen/embedstore/disk"
)

const (
	folder         = "search"
	quarantineName = "quarantine-"
	quarantineKeep = 2 // for whoever looks into a failure; older ones go
)

// inspect refuses a folder on which scorch would hang, quietly start empty or
// die by a signal in the background.
func inspect(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, brokenFile)); err == nil {
		return errors.New("search index failed when last used")
	}
	path := filepath.Join(dir, "root.bolt")
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return errors.New("search index has no root")
	}
	if err != nil {
		return fmt.Errorf("looking at the root of the search index: %w", err)
	}
	return guard(func() error { return inspectRoot(path, info.Size()) })
}

// inspectRoot checks that the root is whole: bbolt maps pages beyond the end
// of a truncated file, and touching one ends the process.
func inspectRoot(path string, size int64) error {
	timeout, err := time.ParseDuration(boltTimeout)
	if err != nil {
		return fmt.Errorf("reading the lock timeout: %w", err)
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: timeout, ReadOnly: true})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return fmt.Errorf("opening the search index: %w", ErrInUse)
	}
	if err != nil {
		return fmt.Errorf("opening the root of the search index: %w", err)
	}
	defer db.Close()
	return db.View(func(tx *bolt.Tx) error {
		if tx.Size() > size {
			return errors.New("root of the search index is cut short")
		}
		return nil
	})
}

// quarantine puts the index aside.
func quarantine(cfg Config) error {
	n := 1
	if kept := quarantined(cfg.Dir); len(kept) > 0 {
		n = kept[len(kept)-1] + 1
	}
	from := filepath.Join(cfg.Dir, folder)
	to := filepath.Join(cfg.Dir, quarantineName+strconv.Itoa(n))
	if err := disk.Rename(from, to); err != nil {
		return fmt.Errorf("putting the search index aside: %w", err)
	}
	sweep(cfg)
	return nil
}

// sweep removes the oldest quarantined indexes. Windows may still hold their
// files; then the next start tries again.
func sweep(cfg Config) {
	kept := quarantined(cfg.Dir)
	for _, n := range kept[:max(0, len(kept)-quarantineKeep)] {
		if err := disk.RemoveAll(filepath.Join(cfg.Dir, quarantineName+strconv.Itoa(n))); err != nil {
			cfg.Log.Warn("old search index could not be removed", "reason", err)
		}
	}
}

// quarantined lists the numbers of quarantined indexes, oldest first.
func quarantined(dir string) []int {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var ns []int
	for _, e := range entries {
		tail, ok := strings.CutPrefix(e.Name(), quarantineName)
		if n, err := strconv.Atoi(tail); ok && err == nil {
			ns = append(ns, n)
		}
	}
	slices.Sort(ns)
	return ns
}

// Verify reads every file of the index and compares its checksum, as Open has
// no time to. A mismatch marks the index broken. Meant for a quiet hour.
func (x *Index) Verify(ctx context.Context) error {
	x.gate.RLock()
	defer x.gate.RUnlock()
	snap, err := x.usable()
	if err != nil {
		return err
	}
	defer snap.Close() // keeps the files from being removed meanwhile
	for _, s := range snap.Segments() {
		p, ok := s.Segment().(segment.PersistedSegment)
		if !ok {
			continue
		}
		err := verifyFile(ctx, p.Path())
		if errors.Is(err, errChecksum) {
			x.markBroken(err)
			return fmt.Errorf("%w: %w", ErrBroken, err)
		}
		if err != nil {
			return fmt.Errorf("verifying the search index: %w", err)
		}
	}
	return nil
}

var errChecksum = errors.New("file of the search index is damaged")

// verifyFile checks one segment: its last four bytes are the CRC-32 of the
// rest.
func verifyFile(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() < 4 {
		return errChecksum
	}
	sum := crc32.NewIEEE()
	body := io.LimitReader(f, info.Size()-4)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := io.CopyN(sum, body, 1<<20)
		if n == 0 || err != nil && !errors.Is(err, io.EOF) {
			break
		}
	}
	var want [4]byte
	if _, err := io.ReadFull(f, want[:]); err != nil {
		return err
	}
	if !bytes.Equal(want[:], binary.BigEndian.AppendUint32(nil, sum.Sum32())) {
		return errChecksum
	}
	return nil
}
