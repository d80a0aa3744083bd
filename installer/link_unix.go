//go:build !windows

package installer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// pointLink makes a link point at a file, in one step: there is no moment
// without it.
func pointLink(link, target string) error {
	if now, err := os.Readlink(link); err == nil && now == target {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		return fmt.Errorf("建不了 %s：%w", filepath.Dir(link), err)
	}
	aside := link + ".new"
	if err := remove(aside); err != nil {
		return err
	}
	if err := os.Symlink(target, aside); err != nil {
		return fmt.Errorf("pointing %s: %w", link, err)
	}
	if err := os.Rename(aside, link); err != nil {
		return errors.Join(fmt.Errorf("pointing %s: %w", link, err), remove(aside))
	}
	return syncDir(filepath.Dir(link))
}
