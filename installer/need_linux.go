package installer

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"
)

// Look gathers the facts of this PC; dir is where data will lie.
func Look(dir string) (Facts, error) {
	f := Facts{System: runtime.GOOS, Machine: runtime.GOARCH}
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return f, fmt.Errorf("asking for the kernel: %w", err)
	}
	f.Kernel = unix.ByteSliceToString(u.Release[:])
	var s unix.Statfs_t
	if err := unix.Statfs(existing(dir), &s); err != nil {
		return f, fmt.Errorf("asking for free space: %w", err)
	}
	f.Free = s.Bavail * uint64(s.Bsize)
	return f, nil
}

// existing is the nearest folder upwards that is there.
func existing(dir string) string {
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	return dir
}

// Admin says whether this process may install.
func Admin() bool { return os.Geteuid() == 0 }
