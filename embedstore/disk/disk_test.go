package disk

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var errScanner = errors.New("a scanner has it open")

func TestPatiently(t *testing.T) {
	t.Parallel()
	other := errors.New("no such file")
	for name, tc := range map[string]struct {
		fails []error
		calls int
		want  error
	}{
		"at once":           {nil, 1, nil},
		"held for a moment": {[]error{errScanner, errScanner, errScanner}, 4, nil},
		"fails for good":    {[]error{other}, 1, other},
		"held, then fails":  {[]error{errScanner, other}, 2, other},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			err := patiently(func() error {
				calls++
				if calls <= len(tc.fails) {
					return tc.fails[calls-1]
				}
				return nil
			}, func(err error) bool { return errors.Is(err, errScanner) })
			if !errors.Is(err, tc.want) || calls != tc.calls {
				t.Errorf("%v after %d calls, want %v after %d", err, calls, tc.want, tc.calls)
			}
		})
	}
}

func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	calls := 0
	err := patiently(func() error { calls++; return errScanner }, func(error) bool { return true })
	if !errors.Is(err, errScanner) || calls != tries {
		t.Errorf("%v after %d calls", err, calls)
	}
}

func TestWriteReplacesWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	for _, text := range []string{"one", "a longer second", ""} {
		if err := Write(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	if err := Write(filepath.Join(dir, "absent", "a"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("writing into no folder: %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// TestWriteThatFailsLeavesTheOld makes the rename impossible.
func TestWriteThatFailsLeavesTheOld(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	if err := os.MkdirAll(filepath.Join(path, "not empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, []byte("x")); err == nil {
		t.Error("a file was written over a folder")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// TestRemoveTree removes a folder one by one, and what a link leads to not.
func TestRemoveTree(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tree, kept := filepath.Join(dir, "树", "深", "更深"), filepath.Join(dir, "kept")
	for _, d := range []string{tree, kept} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(d, "a"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_ = os.Symlink(kept, filepath.Join(tree, "link")) // where there are links
	for range 2 {
		if err := removeTree(filepath.Join(dir, "树")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "树")); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
	if _, err := os.Stat(filepath.Join(kept, "a")); err != nil {
		t.Errorf("a link was followed: %v", err)
	}
}

func TestSpace(t *testing.T) {
	t.Parallel()
	room, err := Space(t.TempDir())
	if err != nil || room.Total <= 0 || room.Free < 0 || room.Free > room.Total {
		t.Errorf("%+v, %v", room, err)
	}
	if _, err := Space(filepath.Join(t.TempDir(), "absent")); err == nil {
		t.Error("no folder has room")
	}
}

// TestHold runs this test again as another process, which must be refused,
// and let in after the release.
func TestHold(t *testing.T) {
	if path := os.Getenv("DISK_TEST_HOLD"); path != "" {
		_, err := Hold(path)
		switch {
		case errors.Is(err, ErrHeld):
			os.Exit(3)
		case err != nil:
			os.Exit(4)
		}
		os.Exit(0)
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	held, err := Hold(path)
	if err != nil {
		t.Fatal(err)
	}
	other := func() int {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestHold$")
		cmd.Env = append(os.Environ(), "DISK_TEST_HOLD="+path)
		_ = cmd.Run() // its exit code says it
		return cmd.ProcessState.ExitCode()
	}
	if err := held.Say("at work"); err != nil {
		t.Fatal(err)
	}
	if text := Said(path); text != "at work" {
		t.Errorf("said %q", text)
	}
	if code := other(); code != 3 {
		t.Errorf("another process while it is held: exit %d", code)
	}
	if err := held.Release(); err != nil {
		t.Fatal(err)
	}
	if code := other(); code != 0 {
		t.Errorf("another process after the release: exit %d", code)
	}
	if err := (*Held)(nil).Release(); err != nil {
		t.Error(err)
	}
}
