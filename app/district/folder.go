package district

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/bundle"
)

// ReceiveFolder takes in every bundle of a folder or stick, oldest first, and
// leaves the receipts beside them for the office to take home.
func (d *Desk) ReceiveFolder(ctx context.Context, v access.Viewer, dir string, tell func(done, total int)) ([]Taken, error) {
	if err := receives(v); err != nil {
		return nil, err
	}
	paths, err := bundlesIn(dir)
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, invalid("folder", "文件夹", "里面没有备份包")
	}
	var out []Taken
	for i, path := range paths {
		if tell != nil {
			tell(i, len(paths))
		}
		t, err := d.Receive(ctx, v, path)
		if err != nil {
			return out, fmt.Errorf("%s：%w", filepath.Base(path), err)
		}
		if t.Receipt != nil {
			if err := leaveReceipt(path, *t.Receipt); err != nil {
				d.cfg.Log.Warn("leaving a receipt", "error", err) // a stick that takes no writing
			}
		}
		out = append(out, t)
	}
	return out, nil
}

// bundlesIn finds bundles in a folder and the folders in it, by sequence.
func bundlesIn(dir string) ([]string, error) {
	type found struct {
		path string
		seq  uint64
	}
	var list []found
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && strings.Count(strings.TrimPrefix(path, dir), string(filepath.Separator)) > 2 {
			return filepath.SkipDir
		}
		if e.IsDir() || !bundle.IsFirst(e.Name()) {
			return nil
		}
		one := found{path: path}
		if r, err := bundle.OpenFile(path); err == nil {
			if _, m, err := bundle.Head(r); err == nil {
				one.seq = m.Sequence
			}
			_ = r.Close() // opened for reading only
		}
		list = append(list, one)
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, invalid("folder", "文件夹", "找不到 "+dir)
	}
	if err != nil {
		return nil, fmt.Errorf("looking for bundles: %w", err)
	}
	slices.SortStableFunc(list, func(a, b found) int { return int(int64(a.seq) - int64(b.seq)) })
	var out []string
	for _, f := range list {
		out = append(out, f.path)
	}
	return out, nil
}

func leaveReceipt(path string, r Receipt) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path+bundle.ReceiptSuffix, append(data, '\n'), 0o600)
}
