// Package disk is what the program asks of the PC's disk and every writer of
// files needs alike: renames that outlast a virus scanner, files written whole
// or not at all, how much room is left, and a folder held by one process.
//
// It promises that a file written by Write is either the old one or the new
// one after any failure, and that a rename which only a scanner stands in the
// way of is tried again for about two seconds. It knows nothing of what the
// files hold.
package disk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// tries and firstWait bound how long something is tried again: 10 ms, 20 ms,
// … 200 ms, two seconds in all.
const (
	tries     = 20
	firstWait = 10 * time.Millisecond
)

// Rename is os.Rename, tried again while another program holds the file: on
// Windows a virus scanner opens every fresh file for a moment.
func Rename(from, to string) error {
	return patiently(func() error { return os.Rename(from, to) }, transient)
}

// Remove is os.Remove with the patience of Rename.
func Remove(path string) error {
	return patiently(func() error { return os.Remove(path) }, transient)
}

// RemoveAll is os.RemoveAll with the patience of Rename.
func RemoveAll(path string) error {
	return patiently(func() error { return removeAll(path) }, transient)
}

// removeTree removes a folder with what it holds, one by one; links are
// removed, not followed.
func removeTree(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil && info.IsDir() {
		var entries []os.DirEntry
		if entries, err = os.ReadDir(path); err == nil {
			for _, e := range entries {
				err = errors.Join(err, removeTree(filepath.Join(path, e.Name())))
			}
		}
	}
	if err != nil {
		return err
	}
	return os.Remove(path)
}

// patiently does something again while it fails in a way that passes.
func patiently(do func() error, passes func(error) bool) error {
	var err error
	for try := range tries {
		if err = do(); err == nil || !passes(err) {
			return err
		}
		time.Sleep(time.Duration(try+1) * firstWait)
	}
	return err
}

// Write puts a file in place whole or not at all: written under another name,
// synced, renamed. Only the account itself may read it.
func Write(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return fmt.Errorf("writing a file: %w", err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // half-written: the next one has a name of its own
		return fmt.Errorf("writing a file: %w", err)
	}
	return nil
}

// ErrHeld says that another process holds the file.
var ErrHeld = errors.New("the file is held by another process")

// Held is a file that this process alone holds, until Release or its end,
// however it ends.
type Held struct{ f *os.File }

// Hold takes a file for this process; ErrHeld when another has it.
func Hold(path string) (*Held, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock: %w", err)
	}
	if err := hold(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	held := &Held{f}
	if err := held.Say(""); err != nil { // what a killed holder said no longer holds
		return nil, errors.Join(err, f.Close())
	}
	return held, nil
}

// Say leaves a word for whoever finds the file held.
func (h *Held) Say(text string) error {
	if h == nil {
		return nil
	}
	err := h.f.Truncate(0)
	if err == nil {
		_, err = h.f.WriteAt([]byte(text), 0)
	}
	if err != nil {
		return fmt.Errorf("leaving a word in the lock: %w", err)
	}
	return nil
}

// Said is the word that the holder of a file has left; "" when there is none.
func Said(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(text)
}

// Release gives the file up. Releasing nothing is no fault.
func (h *Held) Release() error {
	if h == nil {
		return nil
	}
	if err := h.f.Close(); err != nil { // the system lets go of it then
		return fmt.Errorf("giving up the lock: %w", err)
	}
	return nil
}

// TakesNothing says whether a folder's disk takes no writing at all, by trying
// to.
func TakesNothing(dir string) bool {
	f, err := os.CreateTemp(dir, ".try-*")
	if err != nil {
		return ReadOnly(err)
	}
	return ReadOnly(errors.Join(f.Close(), os.Remove(f.Name())))
}

// Room is how much space a file system has, and whether the system has locked
// it against writing, as it does when the disk fails.
type Room struct {
	Free, Total int64
	Locked      bool
}
