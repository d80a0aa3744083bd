package app_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/backup"
	"jiezhen/app/bundle"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/assets"
	"jiezhen/embedstore/keep"
)

// town is an office with a clock of its own and backups.
type town struct {
	*app.House
	t      *testing.T
	cfg    app.Config
	now    time.Time
	paper  string
	drives []backup.Drive
}

func newTown(t *testing.T) *town {
	t.Helper()
	n := &town{t: t, now: time.Date(2026, 9, 1, 9, 0, 0, 0, time.Local)}
	n.cfg = n.config(filepath.Join(t.TempDir(), "数据 文件夹"))
	n.cfg.KeyDir = t.TempDir()
	n.enter()
	key, err := n.Found(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	n.paper = strings.Join(key.Groups(), " ")
	return n
}

func (n *town) config(dir string) app.Config {
	return app.Config{Dir: dir, Assets: assets.FS(), Clock: func() time.Time { return n.now },
		Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), PasswordCost: app.Cost{Memory: 64, Passes: 1, Threads: 1},
		Drives: func() []backup.Drive { return n.drives }}
}

func (n *town) enter() {
	n.t.Helper()
	h, err := app.Enter(context.Background(), n.cfg)
	if err != nil {
		n.t.Fatal(err)
	}
	n.House = h
	n.t.Cleanup(func() { _ = h.Leave() }) // some tests leave it themselves
}

// party makes one record and gives what it is called.
func (n *town) party(name string) record.Ref {
	n.t.Helper()
	n.now = n.now.Add(time.Minute)
	var out record.Ref
	err := n.Office().Book.Change(context.Background(), access.Office(), "登记", func(tx *record.Tx) error {
		r, err := tx.Create(record.Draft{Register: "party.party", Values: register.Values{"name": name, "kind": "school"}})
		if err == nil {
			out = r.Ref
		}
		return err
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return out
}

func (n *town) names(h *app.House) (out []string) {
	n.t.Helper()
	err := h.Office().Book.View(context.Background(), access.Office(), func(tx *record.Tx) error {
		return tx.Each("party.party", func(r *record.Record) (bool, error) {
			out = append(out, r.Text("name"))
			return true, nil
		})
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return out
}

func (n *town) back() backup.Made {
	n.t.Helper()
	m, made, err := n.Office().Backup.Make(context.Background(), backup.ReasonPlain)
	if err != nil || !made {
		n.t.Fatalf("making a bundle: %v, %v", made, err)
	}
	return m
}

func (n *town) bundles() (out []string) {
	n.t.Helper()
	list, err := n.Office().Backup.Local()
	if err != nil {
		n.t.Fatal(err)
	}
	for _, e := range list {
		out = append(out, filepath.Join(n.Dir(), "bundles", e.Name))
	}
	return out
}

// TestRestoreOnABarePC restores with nothing but the bundles and the paper
// key, to the end and to a moment, and works on.
func TestRestoreOnABarePC(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	n.party("第一小学")
	n.back()
	moment := n.now
	n.party("第二小学")
	n.back()
	n.party("第三小学")
	if m := n.back(); m.Kind != bundle.Incremental || m.Sequence != 3 {
		t.Errorf("the third bundle is %s number %d", m.Kind, m.Sequence)
	}
	for _, c := range []struct {
		name  string
		until time.Time
		want  []string
	}{
		{"to the end", time.Time{}, []string{"第一小学", "第二小学", "第三小学"}},
		{"to a moment", moment, []string{"第一小学"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := n.cfg
			cfg.Dir, cfg.KeyDir = filepath.Join(t.TempDir(), "新电脑"), t.TempDir()
			if _, err := app.Restore(context.Background(), cfg, app.Recovery{Bundles: n.bundles(), Paper: n.paper, Until: c.until}); err != nil {
				t.Fatal(err)
			}
			h, err := app.Enter(context.Background(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer h.Leave()
			if got := n.names(h); !slices.Equal(got, c.want) {
				t.Errorf("restored %v, want %v", got, c.want)
			}
			report, err := h.Office().Check(context.Background(), nil)
			if err != nil || !report.Sound() {
				t.Errorf("check: %v, %v", err, report.Findings)
			}
			listed(t, h, len(c.want))
			m, _, err := h.Office().Backup.Make(context.Background(), backup.ReasonPlain)
			if err != nil || m.Kind != bundle.Full || m.Sequence <= 100 {
				t.Errorf("the next bundle is %s number %d: %v", m.Kind, m.Sequence, err)
			}
		})
	}
}

// listed sees that the indexes lead to what was restored.
func listed(t *testing.T, h *app.House, want int) {
	t.Helper()
	err := h.Office().Book.View(context.Background(), access.Office(), func(tx *record.Tx) error {
		p, err := tx.List(record.Query{Register: "party.party", Count: true, Limit: 10})
		if err == nil && (p.Total != want || len(p.Rows) != want) {
			t.Errorf("the list shows %d of %d, want %d", len(p.Rows), p.Total, want)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestRestoreRefuses gives a restore what it must not take; the folder stays
// as it was.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	n.party("第一小学")
	n.back()
	n.party("第二小学")
	n.back()
	files := n.bundles()
	wrong := newTown(t).paper
	bent := filepath.Join(t.TempDir(), "坏的.jzb")
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 4
	if err := os.WriteFile(bent, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		files  []string
		paper  string
		filled bool
		want   error
	}{
		{"another office's paper key", files, wrong, false, keep.ErrPaper},
		{"no key", files, "", false, app.ErrPaperNeeded},
		{"a folder with something in it", files, n.paper, true, app.ErrOccupied},
		{"a damaged bundle", []string{bent, files[1]}, n.paper, false, bundle.ErrSignature},
		{"only the increment", files[1:], n.paper, false, bundle.ErrChain},
		{"no such file", []string{files[0] + "x"}, n.paper, false, os.ErrNotExist},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := n.cfg
			cfg.Dir, cfg.KeyDir = t.TempDir(), t.TempDir()
			want := 0
			if c.filled {
				want = 1
				if err := os.WriteFile(filepath.Join(cfg.Dir, "重要.txt"), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := app.Restore(context.Background(), cfg, app.Recovery{Bundles: c.files, Paper: c.paper})
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if left, _ := os.ReadDir(cfg.Dir); len(left) != want {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// TestReplace puts a restored office in the place of the open one and keeps
// the old beside it; a restored one that does not open is put back.
func TestReplace(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	n.party("第一小学")
	n.back()
	n.party("写坏的")
	ctx := context.Background()
	if _, err := n.Rehearse(ctx, app.Recovery{Bundles: n.bundles()}); err != nil {
		t.Fatal(err)
	}
	kept, err := n.Replace(ctx, n.Staged())
	if err != nil {
		t.Fatal(err)
	}
	if got := n.names(n.House); !slices.Equal(got, []string{"第一小学"}) {
		t.Errorf("the restored office holds %v", got)
	}
	if _, err := os.Stat(filepath.Join(kept, "store", "store.db")); err != nil {
		t.Error("the old data were not kept:", err)
	}
	n.now = n.now.Add(time.Hour)
	n.party("第四小学")
	bad := t.TempDir()
	if err := os.MkdirAll(filepath.Join(bad, "store"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bad, "store", "store.db"), bytes.Repeat([]byte("x"), 1<<16), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Replace(ctx, bad); err == nil {
		t.Error("a broken office was put in place")
	}
	if got := n.names(n.House); !slices.Equal(got, []string{"第一小学", "第四小学"}) {
		t.Errorf("after a failed exchange the office holds %v", got)
	}
}

// TestReplaceCutShort stops an exchange after every move: the next start must
// find the office as it was.
func TestReplaceCutShort(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	n.party("第一小学")
	n.back()
	n.party("第二小学")
	ctx := context.Background()
	if _, err := n.Rehearse(ctx, app.Recovery{Bundles: n.bundles()}); err != nil {
		t.Fatal(err)
	}
	if err := n.Leave(); err != nil {
		t.Fatal(err)
	}
	dir, from := n.Dir(), n.Staged()
	parts := []string{"store", "keys.cbor", "index"}
	for stop := range 7 {
		aside := filepath.Join(dir, fmt.Sprint("replaced-", stop))
		if err := os.Mkdir(aside, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(aside, "moving"), []byte(from), 0o600); err != nil {
			t.Fatal(err)
		}
		for i := range stop {
			a, b, name := dir, aside, parts[i%3]
			if i >= 3 {
				a, b = from, dir
			}
			if err := os.Rename(filepath.Join(a, name), filepath.Join(b, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
		}
		n.enter()
		if got := n.names(n.House); !slices.Equal(got, []string{"第一小学", "第二小学"}) {
			t.Errorf("cut after %d moves: %v", stop, got)
		}
		if err := n.Leave(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRescue restores an office that lost its PC and its paper key, with the
// sealed-records key that its district keeps in a safe: everything is there,
// a new paper key opens it, and no other key does it.
func TestRescue(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	ctx := context.Background()
	n.party("第一小学")
	_, open, err := bundle.Classic.NewReader()
	must(t, err)
	sealed, sealedPublic, err := bundle.Classic.NewReader()
	must(t, err)
	stranger, _, err := bundle.Classic.NewReader()
	must(t, err)
	must(t, n.Office().Backup.AddReader(ctx, access.Office(), backup.Reader{Name: "区民政局", Key: open, Sealed: sealedPublic}))
	n.back()
	n.party("第二小学")
	n.back()
	for name, key := range map[string]string{"a stranger's key": stranger, "no key at all": "x"} {
		cfg := n.cfg
		cfg.Dir, cfg.KeyDir = filepath.Join(t.TempDir(), "x"), t.TempDir()
		if _, err := app.Restore(ctx, cfg, app.Recovery{Bundles: n.bundles(), Sealed: []string{key}}); !errors.Is(err, bundle.ErrNotGiven) {
			t.Errorf("%s: %v", name, err)
		}
	}
	cfg := n.cfg
	cfg.Dir, cfg.KeyDir = filepath.Join(t.TempDir(), "救回"), t.TempDir()
	out, err := app.Restore(ctx, cfg, app.Recovery{Bundles: n.bundles(), Sealed: []string{sealed}})
	must(t, err)
	cfg.KeyDir = t.TempDir() // another account: only the new paper key opens it
	h, err := app.Enter(ctx, cfg)
	must(t, err)
	defer h.Leave()
	if err := h.Unlock(ctx, n.paper); err == nil {
		t.Error("the lost paper key still opens it")
	}
	must(t, h.Unlock(ctx, strings.Join(out.Paper.Groups(), "-")))
	if got := n.names(h); !slices.Equal(got, []string{"第一小学", "第二小学"}) {
		t.Errorf("restored %v", got)
	}
	report, err := h.Office().Check(ctx, nil)
	if err != nil || !report.Sound() {
		t.Errorf("check: %v %v", err, report.Findings)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestAdoptCutShort takes a restored office on a PC without one, stopped after
// every move: the next start finishes it.
func TestAdoptCutShort(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	n.party("第一小学")
	n.back()
	for stop := range 4 {
		ctx, cfg := context.Background(), n.cfg
		cfg.Dir, cfg.KeyDir = filepath.Join(t.TempDir(), "新"), t.TempDir()
		h, err := app.Enter(ctx, cfg)
		must(t, err)
		if err := h.Adopt(ctx); err == nil {
			t.Fatal("nothing was restored, and it was taken")
		}
		_, err = h.Rehearse(ctx, app.Recovery{Bundles: n.bundles(), Paper: n.paper})
		must(t, err)
		again, err := app.Enter(ctx, cfg)
		must(t, err)
		if c, _ := again.Condition(); c != app.Absent {
			t.Fatalf("restored aside and not taken, the house is %s", c)
		}
		must(t, os.WriteFile(filepath.Join(h.Staged(), "taking"), nil, 0o600))
		for _, part := range []string{"store", "keys.cbor", "index"}[:stop] {
			if err := os.Rename(filepath.Join(h.Staged(), part), filepath.Join(cfg.Dir, part)); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
		}
		next, err := app.Enter(ctx, cfg)
		must(t, err)
		if c, why := next.Condition(); c != app.Ready {
			t.Fatalf("stopped after %d moves: %s %v", stop, c, why)
		}
		if got := n.names(next); !slices.Equal(got, []string{"第一小学"}) {
			t.Errorf("stopped after %d moves: %v", stop, got)
		}
		must(t, next.Leave())
	}
}
