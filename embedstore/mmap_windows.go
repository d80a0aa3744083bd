package embedstore

import (
	"errors"

	"golang.org/x/sys/windows"
)

// firstMmap maps room beyond the end of a large file. Windows makes the file
// itself that large, so a small one gets none.
func firstMmap(size int64) int {
	if size < 64<<20 {
		return 0
	}
	return int(size + 64<<20)
}

// transient says whether a failed rename may succeed a moment later: a virus
// scanner holds new files for a while.
func transient(err error) bool {
	return errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_SHARING_VIOLATION)
}
