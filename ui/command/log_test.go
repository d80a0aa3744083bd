package command

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLogTurns fills the log many times over: five files, none too large, the
// newest lines in the first.
func TestLogTurns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := openLog(dir, 1000)
	if err != nil {
		t.Fatal(err)
	}
	line := bytes.Repeat([]byte("x"), 99)
	for n := range 200 {
		line[0] = byte('a' + n%26)
		if _, err := l.Write(append(line, '\n')); err != nil {
			t.Fatal(err)
		}
		if n == 120 { // as after a restart
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if l, err = openLog(dir, 1000); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != logFiles {
		t.Fatalf("%d files: %v, %v", len(files), files, err)
	}
	for _, path := range files {
		if info, err := os.Stat(path); err != nil || info.Size() > 1000 || info.Size() == 0 {
			t.Errorf("%s: %v, %v", path, info.Size(), err)
		}
	}
	newest, err := os.ReadFile(filepath.Join(dir, logName))
	if err != nil || !bytes.HasSuffix(newest, append(line, '\n')) {
		t.Errorf("the last line is not in the newest file: %v", err)
	}
}

// TestLogStrikesNumbers: an error that carries a number must not leave it in
// the log.
func TestLogStrikesNumbers(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: strike}))
	log.Error("answering 13800001234", "error", errors.New("looking up 11010920150506003X: card 6222 0202 0000 1234 567, entry 42, port 8650"), "count", 1234567)
	for _, bad := range []string{"13800001234", "11010920150506003", "6222"} {
		if strings.Contains(out.String(), bad) {
			t.Errorf("%s stands in %s", bad, out.String())
		}
	}
	for _, good := range []string{"entry 42", "port 8650", "count=1234567"} {
		if !strings.Contains(out.String(), good) {
			t.Errorf("%s is missing in %s", good, out.String())
		}
	}
}
