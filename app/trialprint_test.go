package app

import (
	"crypto/rand"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"jiezhen/assets"
)

// TestTrialPrint takes a paper that came out for proof for a while, and not
// what did not; fonts of the office's own are a reason to print again.
func TestTrialPrint(t *testing.T) {
	t.Parallel()
	var later atomic.Int64
	clock := func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	cfg := Config{Dir: t.TempDir(), KeyDir: t.TempDir(), Assets: assets.FS(), Clock: clock, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), PasswordCost: Cost{Memory: 64, Passes: 1, Threads: 1}}
	h, err := Enter(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Leave() })
	if _, err := h.Found(t.Context()); err != nil {
		t.Fatal(err)
	}
	o := h.Office()
	layout := o.layouts["office/receipt"]
	whole := func(is bool) {
		if delete(o.layouts, "office/receipt"); is {
			o.layouts["office/receipt"] = layout
		}
	}
	for _, step := range []struct {
		name          string
		before        func()
		anew, failing bool
	}{
		{"the first is printed", func() {}, false, false},
		{"it holds for a while", func() { whole(false) }, false, false},
		{"a thorough look prints", func() {}, true, true},
		{"a failure does not hold", func() {}, false, true},
		{"nor after it is mended", func() { whole(true) }, false, false},
		{"the while is over", func() { whole(false); later.Store(int64(printHolds + time.Minute)) }, false, true},
		{"whole again", func() { whole(true) }, false, false},
		{"a font was put in", func() { whole(false); _ = os.Mkdir(filepath.Join(cfg.Dir, "fonts"), 0o700) }, false, true},
	} {
		step.before()
		if err := o.prints(t.Context(), step.anew); (err != nil) != step.failing {
			t.Errorf("%s: %v", step.name, err)
		}
	}
}
