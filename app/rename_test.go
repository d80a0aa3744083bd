package app_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRenamesArePatient: a virus scanner may hold any file that was just
// written, so every rename goes through package disk, which tries again.
func TestRenamesArePatient(t *testing.T) {
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		at := filepath.ToSlash(path)
		own := strings.HasPrefix(at, "../embedstore/disk/") || strings.HasPrefix(at, "../installer/") // the installer has its own patience
		if strings.Contains(string(text), "os.Rename(") && !own {
			t.Errorf("%s renames by itself: use disk.Rename", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
