package embedstore

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/windows"
)

// syncDir does nothing: Windows has no folder to sync, and renames are
// journaled by the file system.
func syncDir(string) error { return nil }

// noSpace marks errors of a full disk.
func noSpace(err error) error {
	if errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) || errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%w: %w", ErrNoSpace, err)
	}
	return err
}
