package backup_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"jiezhen/app/access"
	"jiezhen/app/backup"
	"jiezhen/app/bundle"
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

// TestFullDisk makes bundles on an office's disk that has no room left: an
// error, no half of a bundle, the office goes on, and with room again it works.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := small(t, "24m")
	n := newTownIn(t, dir, 0)
	ctx := context.Background()
	first := n.make()
	for range 60 {
		n.work()
	}
	ballast := filepath.Join(dir, "占满")
	f, err := os.Create(ballast)
	n.must(err)
	for {
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			break
		}
	}
	n.must(f.Close())
	if m, made, err := n.desk().Make(ctx, backup.ReasonUpgrade); err == nil {
		t.Errorf("made on a full disk: %v %+v", made, m)
	}
	for _, name := range names(t, n.desk().Folder()) {
		if name != first.Name {
			t.Errorf("left behind: %s", name)
		}
	}
	n.whole(n.desk().Folder(), first.Name)
	n.must(os.Remove(ballast))
	if m := n.make(); m.Kind != bundle.Incremental {
		t.Errorf("with room again: %s", m.Kind)
	}
	if d, err := n.desk().Drill(ctx); err != nil || d.Failed != "" {
		t.Errorf("a trial restore: %+v %v", d, err)
	}
}
