package command

import (
	"errors"

	"golang.org/x/sys/windows"
)

// readOnlyDisk says that a disk takes no writing at all.
func readOnlyDisk(err error) bool { return errors.Is(err, windows.ERROR_WRITE_PROTECT) }
