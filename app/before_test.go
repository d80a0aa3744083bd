package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// writeParts writes the parts of a data folder that say who wrote them.
func writeParts(t *testing.T, dir, who string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, "store", "files", "ab"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"store/store.db", "store/files/ab/abc", "keys.cbor"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		_ = os.Remove(path) // attachments are never written twice
		if err := os.WriteFile(path, []byte(who), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// whose reads who wrote the parts; they must be of one mind.
func whose(t *testing.T, dir string) string {
	t.Helper()
	who := ""
	for _, name := range []string{"store/store.db", "store/files/ab/abc", "keys.cbor"} {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if who != "" && who != string(data) {
			t.Errorf("%s is of %s, the rest of %s", name, data, who)
		}
		who = string(data)
	}
	return who
}

func TestCopyBeforeAChangeOfVersion(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(KeepCopy(t.Context(), dir, "none")) // no office yet
	writeParts(t, dir, "old")
	must(os.MkdirAll(filepath.Join(dir, "before-a.part", "store"), 0o700)) // cut short
	must(KeepCopy(t.Context(), dir, "a"))
	writeParts(t, dir, "new")
	must(KeepCopy(t.Context(), dir, "a")) // the second start of the new version
	if got := whose(t, filepath.Join(dir, "before-a")); got != "old" {
		t.Fatalf("the copy is of %s", got)
	}
	must(PutBack(dir, "a", "b"))
	must(PutBack(dir, "a", "b")) // the second start of the old version
	if got := whose(t, dir); got != "old" {
		t.Errorf("put back: %s", got)
	}
	if got := whose(t, filepath.Join(dir, "replaced-b")); got != "new" {
		t.Errorf("kept beside: %s", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "went-back")); err != nil {
		t.Errorf("nothing says that the data went back: %v", err)
	}
	must(PutBack(dir, "b", "unfit-b")) // the way back was no good either
	if got := whose(t, dir); got != "new" {
		t.Errorf("back again: %s", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "went-back")); err == nil {
		t.Error("whole data are still marked")
	}
	must(KeepCopy(t.Context(), dir, "c"))
	for _, name := range []string{"before-a", "replaced-unfit-b"} {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still there: %v", name, err)
		}
	}
}

// TestPutBackCutShort leaves each state that a kill between the moves can
// leave; put back again, the old data are there whole.
func TestPutBackCutShort(t *testing.T) {
	t.Parallel()
	for moves := range 5 {
		dir := t.TempDir()
		writeParts(t, dir, "old")
		if err := KeepCopy(t.Context(), dir, "a"); err != nil {
			t.Fatal(err)
		}
		writeParts(t, dir, "new")
		from, aside := filepath.Join(dir, "before-a"), filepath.Join(dir, "replaced-b")
		if err := os.Mkdir(aside, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(aside, moving), []byte(from), 0o600); err != nil {
			t.Fatal(err)
		}
		done := 0
		for _, way := range [][3]string{{dir, aside, "store"}, {dir, aside, "keys.cbor"}, {from, dir, "store"}, {from, dir, "keys.cbor"}} {
			if done == moves {
				break
			}
			if err := os.Rename(filepath.Join(way[0], way[2]), filepath.Join(way[1], way[2])); err != nil {
				t.Fatal(err)
			}
			done++
		}
		if err := PutBack(dir, "a", "b"); err != nil {
			t.Errorf("after %d moves: %v", moves, err)
			continue
		}
		if got := whose(t, dir); got != "old" {
			t.Errorf("after %d moves the data are of %s", moves, got)
		}
		if got := whose(t, aside); got != "new" {
			t.Errorf("after %d moves, beside lie those of %s", moves, got)
		}
	}
}
