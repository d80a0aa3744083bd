package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"jiezhen/app/watch"
	"jiezhen/embedstore/disk"
)

// Before another version of the program opens a data folder, a copy of the
// office is kept in it, and put back when that version is no good. Both are
// done while no office is open, and both may be cut short anywhere: done
// again, they go on or find that there is nothing left to do.

func copyName(id string) string     { return "before-" + id }
func replacedName(id string) string { return "replaced-" + id }

// KeepCopy keeps a copy of the office in a data folder under a name. Copies of
// earlier changes go: one way back is enough, and bundles go further.
func KeepCopy(ctx context.Context, dir, id string) error {
	to := filepath.Join(dir, copyName(id))
	if _, err := os.Lstat(to); err == nil {
		return nil
	}
	if _, err := os.Lstat(filepath.Join(dir, "store", "store.db")); errors.Is(err, fs.ErrNotExist) {
		return nil // no office yet
	}
	if err := clearCopies(dir); err != nil {
		return err
	}
	part := to + ".part"
	err := copyOffice(ctx, dir, part, func(to string) error { return copyFile(ctx, filepath.Join(dir, "store", "store.db"), to) })
	if err == nil {
		err = disk.Rename(part, to)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("留换版前的数据副本：%w", err), disk.RemoveAll(part))
	}
	return nil
}

// clearCopies removes the copies that earlier changes of version left.
func clearCopies(dir string) error {
	var err error
	for _, pattern := range []string{"before-*", "replaced-unfit-*"} {
		old, globErr := filepath.Glob(filepath.Join(dir, pattern))
		err = errors.Join(err, globErr)
		for _, path := range old {
			err = errors.Join(err, disk.RemoveAll(path))
		}
	}
	return err
}

// PutBack puts a kept copy back in the place of the office, which stays beside
// it under another name. There being no such copy means that there is nothing
// to put back: the other version never came to the data.
func PutBack(dir, id, as string) error {
	if err := mend(dir); err != nil {
		return err
	}
	// what failed to start was the other version
	if err := os.Remove(filepath.Join(dir, watch.StartsName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("换回数据：%w", err)
	}
	from := ""
	for _, name := range []string{copyName(id), replacedName(id)} {
		if _, err := os.Lstat(filepath.Join(dir, name, "store")); err == nil {
			from = filepath.Join(dir, name)
		}
	}
	if from == "" {
		return nil
	}
	aside := filepath.Join(dir, replacedName(as))
	if err := errors.Join(os.MkdirAll(aside, 0o700), markWentBack(dir, as)); err != nil {
		return fmt.Errorf("换回数据：%w", err)
	}
	if err := exchange(dir, aside, from); err != nil {
		return err
	}
	return errors.Join(disk.Remove(filepath.Join(aside, moving)), disk.RemoveAll(from))
}

// wentBack marks a data folder whose office stands as it did before a change of
// version, because someone went back with the data: what was done meanwhile,
// payments too, is not in it. It stays until the office has noted that.
const wentBack = "went-back"

// markWentBack marks a folder; data that were taken aside because the other
// version was no good, and come back whole, take the mark away again.
func markWentBack(dir, as string) error {
	at := filepath.Join(dir, wentBack)
	if !strings.HasPrefix(as, "unfit-") {
		return os.WriteFile(at, nil, 0o600)
	}
	if err := os.Remove(at); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// noteWentBack has an office that went back lock what it must find out first.
func (h *House) noteWentBack(ctx context.Context, office *Office) error {
	at := filepath.Join(h.cfg.Dir, wentBack)
	if _, err := os.Lstat(at); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := office.Allowance.Restored(ctx, office.store.LastTime()); err != nil {
		return fmt.Errorf("noting that the data went back: %w", err)
	}
	return os.Remove(at)
}

// CopyTo copies the open office into a folder, as it stands at one moment,
// while work goes on.
func (h *House) CopyTo(ctx context.Context, to string) error {
	office := h.Office()
	if office == nil {
		return errors.New("数据没有打开，做不了副本")
	}
	if err := disk.RemoveAll(to); err != nil {
		return fmt.Errorf("clearing an earlier copy: %w", err)
	}
	return copyOffice(ctx, h.cfg.Dir, to, func(path string) error { return office.store.Snapshot(ctx, path) })
}

// copyOffice copies a data folder without what follows from the rest.
func copyOffice(ctx context.Context, dir, to string, store func(to string) error) error {
	if err := disk.RemoveAll(to); err != nil {
		return fmt.Errorf("clearing an earlier copy: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(to, "store"), 0o700); err != nil {
		return fmt.Errorf("making the copy's folder: %w", err)
	}
	if err := store(filepath.Join(to, "store", "store.db")); err != nil {
		return err
	}
	if err := linkTree(ctx, filepath.Join(dir, "store", "files"), filepath.Join(to, "store", "files")); err != nil {
		return err
	}
	for _, name := range []string{"keys.cbor", districtMark, "demo-accounts.json"} {
		err := copyFile(ctx, filepath.Join(dir, name), filepath.Join(to, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// linkTree puts the files of a folder, which are never written twice, into
// another: as further names where the disk can do that, else as copies.
func linkTree(ctx context.Context, from, to string) error {
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, from))
		if e.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		if os.Link(path, target) == nil {
			return ctx.Err()
		}
		return copyFile(ctx, path, target)
	})
	if err != nil {
		return fmt.Errorf("copying attachments: %w", err)
	}
	return nil
}

// copyFile copies one file, synced.
func copyFile(ctx context.Context, from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("copying a file: %w", err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("copying a file: %w", err)
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, ctx.Err(), out.Sync(), out.Close()); err != nil {
		return fmt.Errorf("copying a file: %w", err)
	}
	return nil
}

// StoreSize is how large the store is on the disk, without attachments.
func (h *House) StoreSize() (int64, error) {
	info, err := os.Stat(filepath.Join(h.cfg.Dir, "store", "store.db"))
	if err != nil {
		return 0, fmt.Errorf("looking at the store: %w", err)
	}
	return info.Size(), nil
}
