package ui

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// traces is what a start and stop of the program leaves, and what it holds
// while it is up.
type traces struct {
	files   []string // in the data folder, without the parts of the search index
	index   int      // parts of the search index
	temp    int      // files in the folder for passing files
	handles int
	threads int
	memory  int // KiB
}

// left looks at the folders while nothing runs.
func (s *siege) left(tr *traces) {
	s.t.Helper()
	data := filepath.Join(s.o.dir, "data")
	tr.files, tr.index, tr.temp = nil, 0, 0
	s.o.must(filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(data, path)
		switch {
		case err != nil || d.IsDir():
		case strings.HasPrefix(name, "index"):
			tr.index++
		default:
			tr.files = append(tr.files, name)
		}
		return err
	}))
	entries, err := os.ReadDir(s.tempDir())
	s.o.must(err)
	tr.temp = len(entries)
}

// tempDir is the folder for passing files of the besieged program alone.
func (s *siege) tempDir() string {
	s.t.Helper()
	dir := filepath.Join(s.o.dir, "temp")
	s.o.must(os.MkdirAll(dir, 0o700))
	return dir
}

// held looks at the program while it is up; zero where the system does not say.
func (tr *traces) held(pid int) {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return
	}
	tr.handles = len(entries)
	tr.threads, tr.memory = procNumber(pid, "Threads:"), procNumber(pid, "VmRSS:")
}

// procNumber is a number that Linux tells of a process.
func procNumber(pid int, key string) (n int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // zero where there is none
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, key); ok {
			_, _ = fmt.Sscan(rest, &n)
		}
	}
	return n
}

// grew complains of what one start and stop leaves more than an early one did.
// The index parts and memory of a program at work go up and down.
func (tr traces) grew(t *testing.T, early traces) {
	t.Helper()
	t.Logf("early: %v, last: %v", early, tr)
	for _, name := range tr.files {
		if !slices.Contains(early.files, name) {
			t.Errorf("%s is left behind", name)
		}
	}
	for _, row := range []struct {
		what       string
		early, now int
		slack      int
	}{
		{"parts of the search index", early.index, tr.index, 30},
		{"passing files", 0, tr.temp, 0},
		{"handles", early.handles, tr.handles, 10},
		{"threads", early.threads, tr.threads, 10},
		{"KiB of memory", early.memory, tr.memory, 100 << 10},
	} {
		if row.now > row.early+row.slack {
			t.Errorf("%s: %d early, %d in the end", row.what, row.early, row.now)
		}
	}
}

// heap is what this process holds for good.
func heap() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
