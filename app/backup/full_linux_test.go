package backup_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"jiezhen/app/access"
)

// small gives a folder on a file system of a few hundred kilobytes.
func small(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skip("跳过：不能挂载小磁盘（需要 root）：", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// TestFullMedium carries to a medium that has no room: an error that says so,
// and nothing left behind.
func TestFullMedium(t *testing.T) {
	t.Parallel()
	for _, size := range []string{"8k", "16k", "32k", "64k"} {
		t.Run(size, func(t *testing.T) {
			n := newTown(t)
			dir := small(t, size)
			n.must(os.WriteFile(filepath.Join(dir, "别人的.txt"), []byte("x"), 0o600))
			for range 80 {
				n.work()
			}
			m := n.make()
			if m.Size < 8<<10 {
				t.Fatalf("the bundle has only %d bytes", m.Size)
			}
			list, err := n.desk().CarryFolder(context.Background(), access.Office(), dir)
			if int64(len(list)) > 0 && err == nil {
				return // it fitted
			}
			if err == nil {
				t.Error("no error and no receipt")
			}
			if left := names(t, dir); len(left) != 1 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}
