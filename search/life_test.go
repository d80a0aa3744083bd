package search

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// childDir tells the test binary that it is the process to be killed.
const childDir = "JIEZHEN_SEARCH_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		bulk(dir)
		return
	}
	os.Exit(m.Run())
}

// bulk applies batches until it is killed, saying after each how far it is.
func bulk(dir string) {
	x, err := Open(Config{Dir: dir, Key: [32]byte{7}, Log: quiet()})
	if err != nil {
		panic(err)
	}
	c := newCorpus(4, 200)
	for i := 0; ; i += 100 {
		if err := x.Apply(context.Background(), c.docs(i, 100), nil, uint64(i+100)); err != nil {
			panic(err)
		}
		fmt.Println(i + 100)
	}
}

// TestKilled: after kill -9 in the middle of bulk work the index opens with
// what Through says, and applying the rest makes it equal to the scan.
func TestKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := 0
	for lines := bufio.NewScanner(out); said < 2500 && lines.Scan(); {
		said, _ = strconv.Atoi(lines.Text())
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // reports the kill
	x := mustOpen(t, Config{Dir: dir, Key: [32]byte{7}, Log: quiet()})
	through := int(x.Through())
	if n, err := x.Count(); err != nil || int(n) != through || x.Fresh() || through == 0 {
		t.Fatalf("count %d, through %d, fresh %v, %v", n, through, x.Fresh(), err)
	}
	docs := newCorpus(4, 200).docsBy100(said + 500)
	if err := x.Apply(t.Context(), docs[through:], nil, uint64(len(docs))); err != nil {
		t.Fatal(err)
	}
	for _, q := range strings.Fields(everyday) {
		expect(t, x, docs, Query{Text: q, Readers: everyone, Limit: 10_000})
	}
}

// docsBy100 draws n documents in the steps of bulk.
func (c *corpus) docsBy100(n int) []Doc {
	var docs []Doc
	for i := 0; i < n; i += 100 {
		docs = append(docs, c.docs(i, 100)...)
	}
	return docs
}

// filled is the folder of a closed index of 1,200 documents in several files.
func filled(t *testing.T) (Config, []Doc) {
	t.Helper()
	cfg := Config{Dir: t.TempDir(), Key: [32]byte{7}, Log: quiet()}
	x := mustOpen(t, cfg)
	docs := newCorpus(5, 100).docsBy100(1200)
	for i := 0; i < len(docs); i += 100 {
		if err := x.Apply(t.Context(), docs[i:i+100], nil, uint64(i+100)); err != nil {
			t.Fatal(err)
		}
		x.drain(drainTimeout)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return cfg, docs
}

func files(t *testing.T, dir, ext string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, folder, "*"+ext))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no %s in %s: %v", ext, dir, err)
	}
	return paths
}

func TestReopen(t *testing.T) {
	t.Parallel()
	cfg, docs := filled(t)
	x := mustOpen(t, cfg)
	if x.Fresh() || x.Through() != 1200 {
		t.Fatalf("fresh %v, through %d", x.Fresh(), x.Through())
	}
	expect(t, x, docs, Query{Text: "走访", Readers: everyone})
	if err := x.Verify(t.Context()); err != nil {
		t.Errorf("verify: %v", err)
	}
	if _, err := Open(cfg); !errors.Is(err, ErrInUse) {
		t.Errorf("second open: %v", err)
	}
	if len(quarantined(cfg.Dir)) != 0 {
		t.Error("an index in use was put aside")
	}
	x.Close()
	if _, err := x.Search(t.Context(), Query{Text: "走访", Readers: everyone}); !errors.Is(err, ErrClosed) {
		t.Errorf("search after close: %v", err)
	}
	if err := x.Apply(t.Context(), nil, nil, 1); !errors.Is(err, ErrClosed) {
		t.Errorf("apply after close: %v", err)
	}
}

// TestPutAside: what can't be trusted is put aside and a fresh index works.
func TestPutAside(t *testing.T) {
	t.Parallel()
	truncate := func(t *testing.T, path string, keep int64) {
		if err := os.Truncate(path, keep); err != nil {
			t.Fatal(err)
		}
	}
	// every segment: some may be leftovers of a merge that nobody misses
	each := func(t *testing.T, cfg *Config, harm func(string)) {
		for _, f := range files(t, cfg.Dir, ".zap") {
			harm(f)
		}
	}
	tests := []struct {
		name string
		harm func(t *testing.T, cfg *Config)
	}{
		{"another key", func(_ *testing.T, cfg *Config) { cfg.Key[0]++ }},
		{"root deleted", func(t *testing.T, cfg *Config) { os.Remove(files(t, cfg.Dir, ".bolt")[0]) }},
		{"root emptied", func(t *testing.T, cfg *Config) { truncate(t, files(t, cfg.Dir, ".bolt")[0], 0) }},
		{"root cut", func(t *testing.T, cfg *Config) { truncate(t, files(t, cfg.Dir, ".bolt")[0], 9000) }},
		{"segment deleted", func(t *testing.T, cfg *Config) { each(t, cfg, func(f string) { os.Remove(f) }) }},
		{"segment emptied", func(t *testing.T, cfg *Config) { each(t, cfg, func(f string) { truncate(t, f, 0) }) }},
		{"segment cut", func(t *testing.T, cfg *Config) { each(t, cfg, func(f string) { truncate(t, f, 1000) }) }},
		{"marked broken", func(t *testing.T, cfg *Config) {
			if err := os.WriteFile(filepath.Join(cfg.Dir, folder, brokenFile), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg, docs := filled(t)
			tt.harm(t, &cfg)
			x := mustOpen(t, cfg)
			if !x.Fresh() || x.Through() != 0 || len(quarantined(cfg.Dir)) != 1 {
				t.Fatalf("fresh %v, through %d, put aside %v", x.Fresh(), x.Through(), quarantined(cfg.Dir))
			}
			if err := x.Apply(t.Context(), docs, nil, 1200); err != nil {
				t.Fatal(err)
			}
			if res, err := x.Search(t.Context(), Query{Text: "走访", Readers: everyone}); err != nil || res.Total == 0 {
				t.Errorf("after rebuilding: %d, %v", res.Total, err)
			}
		})
	}
}

// TestQuarantineKeepsTwo also covers the sweep at start.
func TestQuarantineKeepsTwo(t *testing.T) {
	t.Parallel()
	cfg := Config{Dir: t.TempDir(), Log: quiet()}
	for i := range 5 {
		cfg.Key[0] = byte(i)
		if err := mustOpen(t, cfg).Close(); err != nil {
			t.Fatal(err)
		}
	}
	if ns := quarantined(cfg.Dir); len(ns) != 2 || ns[1] != 4 {
		t.Errorf("put aside: %v", ns)
	}
}

// TestRandomDamage harms files at random places. Whatever happens, the process
// lives, nothing hangs, and a broken index is replaced by a working one.
func TestRandomDamage(t *testing.T) {
	t.Parallel()
	for seed := range uint64(24) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 9))
			cfg, docs := filled(t)
			harm(t, r, cfg.Dir)
			x := mustOpen(t, cfg)
			for _, q := range strings.Fields(everyday) {
				if _, err := x.Search(t.Context(), Query{Text: q, Readers: everyone}); err != nil && !errors.Is(err, ErrBroken) {
					t.Logf("%q: %v", q, err)
				}
			}
			if err := x.Verify(t.Context()); err != nil && !errors.Is(err, ErrBroken) {
				t.Logf("verify: %v", err)
			}
			if err := x.Apply(t.Context(), docs[:100], nil, 1300); err != nil {
				t.Logf("apply: %v", err)
			}
			bad := x.Broken()
			if err := x.Close(); err != nil {
				t.Logf("close: %v", err)
			}
			if y := mustOpen(t, cfg); bad && !y.Fresh() {
				t.Error("a broken index was opened again")
			}
		})
	}
}

// harm flips, cuts or deletes in one or two files.
func harm(t *testing.T, r *rand.Rand, dir string) {
	t.Helper()
	paths := append(files(t, dir, ".zap"), files(t, dir, ".bolt")...)
	for range 1 + r.IntN(2) {
		path := paths[r.IntN(len(paths))]
		body, err := os.ReadFile(path)
		if err != nil || len(body) == 0 {
			continue
		}
		switch r.IntN(5) {
		case 0:
			err = os.Remove(path)
		case 1:
			err = os.WriteFile(path, body[:r.IntN(len(body))], 0o600)
		default:
			for range 1 + r.IntN(20) {
				body[r.IntN(len(body))] ^= byte(1 << r.IntN(8))
			}
			err = os.WriteFile(path, body, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func flipBit(t *testing.T, path string, at int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	at = min(at, info.Size()/2)
	var b [1]byte
	if _, err := f.ReadAt(b[:], at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 4
	if _, err := f.WriteAt(b[:], at); err != nil {
		t.Fatal(err)
	}
}

// TestVerifyFindsOneBit: a single flipped bit in each segment.
func TestVerifyFindsOneBit(t *testing.T) {
	t.Parallel()
	cfg, _ := filled(t)
	x := mustOpen(t, cfg)
	for _, path := range files(t, cfg.Dir, ".zap") { // which of them are in use, merging decides
		flipBit(t, path, 5000)
	}
	if err := x.Verify(t.Context()); !errors.Is(err, ErrBroken) || !x.Broken() {
		t.Errorf("verify: %v, broken %v", err, x.Broken())
	}
	if _, err := x.Search(t.Context(), Query{Text: "走访", Readers: everyone}); !errors.Is(err, ErrBroken) {
		t.Errorf("search: %v", err)
	}
	x.Close()
	if y := mustOpen(t, cfg); !y.Fresh() {
		t.Error("the broken index was opened again")
	}
}

// TestPanics: Bleve's break the index, the caller's are the caller's.
func TestPanics(t *testing.T) {
	t.Parallel()
	x, _ := opened(t, []Doc{{ID: "a/1", Texts: []string{"困境儿童"}, Readers: everyone}})
	func() {
		defer func() {
			if r := recover(); r != "mine" {
				t.Errorf("recovered %v", r)
			}
		}()
		_, _ = x.Search(t.Context(), Query{Text: "困境儿童", Readers: everyone,
			Confirm: func(context.Context, string) ([]string, bool) { panic("mine") }})
	}()
	if x.Broken() {
		t.Fatal("a panic of the caller broke the index")
	}
	x.backgroundErrorNow(scorch.NewScorchError("merger", "panic", scorch.ErrAsyncPanic))
	if !x.Broken() {
		t.Error("a panic in the background didn't break the index")
	}
	if err := x.Apply(t.Context(), nil, nil, 3); !errors.Is(err, ErrBroken) {
		t.Errorf("apply: %v", err)
	}
	y, _ := opened(t, nil)
	if err := y.protect(func() error { panic("bleve") }); !errors.Is(err, ErrBroken) || !y.Broken() {
		t.Errorf("panic in bleve: %v", err)
	}
}

// backgroundErrorNow is backgroundError without its pause.
func (x *Index) backgroundErrorNow(err error) {
	done := make(chan struct{})
	go func() { x.backgroundError(err, x.dir); close(done) }()
	<-x.broken
}

// TestNothingInClear looks for planted words, as the thief of a folder would.
func TestNothingInClear(t *testing.T) {
	t.Parallel()
	secret := []string{"欧阳靖雯", "靖雯", "ouyangjingwen", "oyjw", "11010519491231002X", "13898765432", "艾滋病", "child.case", "幸福社区", "minor-rights"}
	cfg := Config{Dir: t.TempDir(), Key: [32]byte{7}, Log: quiet()}
	x := mustOpen(t, cfg)
	docs := newCorpus(6, 100).docs(0, 400)
	for i := range docs {
		docs[i].Texts = append(docs[i].Texts, strings.Join(secret, "，"))
		docs[i].Names = append(docs[i].Names, "欧阳靖雯")
		docs[i].Filters = map[string][]string{"register": {"child.case"}, "community": {"幸福社区"}}
		docs[i].Readers = append(docs[i].Readers, "minor-rights")
	}
	if err := x.Apply(t.Context(), docs, nil, 1); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	read := 0
	err := filepath.WalkDir(cfg.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		read += len(body)
		for _, s := range secret {
			for name, form := range encodings(s) {
				if bytes.Contains(body, form) {
					t.Errorf("%s holds %q in %s", filepath.Base(path), s, name)
				}
			}
		}
		return err
	})
	if err != nil || read < 100_000 {
		t.Fatalf("read %d bytes, %v", read, err)
	}
}

// encodings are the ways in which s may lie in a file.
func encodings(s string) map[string][]byte {
	var le, be []byte
	for _, u := range utf16.Encode([]rune(s)) {
		le = append(le, byte(u), byte(u>>8))
		be = append(be, byte(u>>8), byte(u))
	}
	return map[string][]byte{"UTF-8": []byte(s), "UTF-16LE": le, "UTF-16BE": be}
}
