//go:build !windows

package disk

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// transient: nothing holds a file against a rename here.
func transient(error) bool { return false }

// ReadOnly says whether an error is that of a disk that takes no writing.
func ReadOnly(err error) bool { return errors.Is(err, unix.EROFS) }

func removeAll(path string) error { return os.RemoveAll(path) }

// Space is the room where a folder lies.
func Space(dir string) (Room, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return Room{}, fmt.Errorf("asking for free space: %w", err)
	}
	return Room{Free: int64(s.Bavail) * int64(s.Bsize), Total: int64(s.Blocks) * int64(s.Bsize), Locked: s.Flags&unix.ST_RDONLY != 0}, nil
}

func hold(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return ErrHeld
	}
	if err != nil {
		return fmt.Errorf("taking the lock: %w", err)
	}
	return nil
}
