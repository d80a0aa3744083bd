package embedstore

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"golang.org/x/sys/windows"
)

// syncDir does nothing: Windows has no folder to sync, and renames are
// journaled by the file system.
func syncDir(string) error { return nil }

// noSpace marks errors of a disk that takes no more, full or locked by the
// system. bbolt hands some on as text only.
func noSpace(err error) error {
	if err == nil {
		return nil
	}
	for _, full := range []syscall.Errno{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, syscall.ENOSPC} {
		if errors.Is(err, full) || strings.Contains(err.Error(), full.Error()) {
			return fmt.Errorf("%w: %w", ErrNoSpace, err)
		}
	}
	if errors.Is(err, windows.ERROR_WRITE_PROTECT) || strings.Contains(err.Error(), windows.ERROR_WRITE_PROTECT.Error()) {
		return fmt.Errorf("%w: %w", ErrLockedDisk, err)
	}
	return err
}
