//go:build !windows

package embedstore

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// syncDir makes a rename in a folder last.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("syncing a folder: %w", err)
	}
	err = errors.Join(f.Sync(), f.Close())
	if err != nil {
		return fmt.Errorf("syncing a folder: %w", err)
	}
	return nil
}

// noSpace marks errors of a disk that takes no more, full or locked by the
// system. bbolt hands some on as text only.
func noSpace(err error) error {
	if err == nil {
		return nil
	}
	for _, full := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) || strings.Contains(err.Error(), full.Error()) {
			return fmt.Errorf("%w: %w", ErrNoSpace, err)
		}
	}
	if errors.Is(err, syscall.EROFS) || strings.Contains(err.Error(), syscall.EROFS.Error()) {
		return fmt.Errorf("%w: %w", ErrLockedDisk, err)
	}
	return err
}
