//go:build !windows

package command

import (
	"errors"
	"syscall"
)

// readOnlyDisk says that a disk takes no writing at all.
func readOnlyDisk(err error) bool { return errors.Is(err, syscall.EROFS) }
