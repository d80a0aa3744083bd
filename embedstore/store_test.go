package embedstore

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		spoil func(o *office)
		want  error
	}{
		{"second instance", func(o *office) {}, ErrInUse},
		{"wrong key", func(o *office) { o.Close(); o.cfg.Key[0]++ }, ErrWrongKey},
		{"absent", func(o *office) { o.Close(); os.Remove(o.path()) }, ErrAbsent},
		{"absent folder", func(o *office) { o.Close(); os.RemoveAll(o.cfg.Dir) }, ErrAbsent},
		{"empty file", func(o *office) { o.Close(); os.Truncate(o.path(), 0) }, ErrDamaged},
		{"cut short", func(o *office) { o.Close(); os.Truncate(o.path(), 3*pageSize) }, ErrDamaged},
		{"not a store", func(o *office) { o.Close(); os.WriteFile(o.path(), bytes.Repeat([]byte("x"), 9*pageSize), 0o600) }, ErrDamaged},
		{"newer format", func(o *office) { o.setMeta("format", []byte{formatVersion + 1}) }, ErrNewerFormat},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			tc.spoil(o)
			before, _ := os.ReadFile(o.path())
			s, err := Open(o.cfg)
			if !errors.Is(err, tc.want) || s != nil {
				t.Fatalf("got %v, want %v", err, tc.want)
			}
			if after, _ := os.ReadFile(o.path()); !bytes.Equal(before, after) {
				t.Error("a refused file was changed")
			}
		})
	}
}

// setMeta writes past the store, as another program would.
func (o *office) setMeta(key string, value []byte) {
	o.t.Helper()
	o.raw(func(tx *bbolt.Tx) error { return tx.Bucket([]byte(bucketMeta)).Put([]byte(key), value) })
}

// raw closes the store and changes its file with bbolt alone.
func (o *office) raw(fn func(*bbolt.Tx) error) {
	o.t.Helper()
	_ = o.Close() // may be closed already
	db, err := bbolt.Open(o.path(), 0o600, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := errors.Join(db.Update(fn), db.Close()); err != nil {
		o.t.Fatal(err)
	}
}

func TestOpenReadOnlyFile(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	o := newOffice(t)
	o.Close()
	if err := os.Chmod(o.path(), 0o400); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(o.cfg); !errors.Is(err, fs.ErrPermission) {
		t.Fatalf("got %v", err)
	}
}

func TestCreateTwice(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if _, err := Create(o.cfg); !errors.Is(err, ErrExists) {
		t.Fatalf("got %v", err)
	}
}

func TestCreateOverLeftover(t *testing.T) {
	t.Parallel()
	cfg := Config{Dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(cfg.Dir, fileName+".new"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Create(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}

func TestNested(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	nothing := func(*Tx) error { return nil }
	inside := func(tx *Tx) error {
		_, err := o.Update(tx.Context(), Entry{}, nothing)
		return err
	}
	if _, err := o.Update(t.Context(), Entry{}, inside); !errors.Is(err, ErrNested) {
		t.Errorf("in an update: %v", err)
	}
	if err := o.View(t.Context(), inside); !errors.Is(err, ErrNested) {
		t.Errorf("in a view: %v", err)
	}
}

func TestPanicOfTheCaller(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	defer func() {
		if recover() == nil {
			t.Error("the caller's own panic was swallowed")
		}
		o.put(1, 0, item("甲")) // the lock is free again
	}()
	_, _ = o.Update(t.Context(), Entry{}, func(*Tx) error { panic("a fault of the caller") })
}

func TestNothingInClear(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	const secret = "欧阳张三李四王五"
	o.put(1, 0, item(secret))
	o.put(1, 1, Item{Body: Body{secret: text(secret)}})
	o.update(func(tx *Tx) error {
		return errors.Join(tx.Event(secret, Body{"q": text(secret)}), tx.Shelf("drafts").Put(secret, []byte(secret)))
	})
	f, err := o.StageFile(t.Context(), bytes.NewReader([]byte(secret)))
	if err != nil {
		t.Fatal(err)
	}
	o.update(func(tx *Tx) error { return tx.KeepFile(f) })
	for _, path := range []string{o.path(), o.filePath(f.Hash)} {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(secret)) {
			t.Errorf("%s holds it in clear", path)
		}
	}
}

func TestSnapshotIsAStore(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.put(1, 0, item("甲"))
	dir := t.TempDir()
	if err := o.Snapshot(t.Context(), filepath.Join(dir, fileName)); err != nil {
		t.Fatal(err)
	}
	cfg := o.cfg
	cfg.Dir = dir
	s, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if a, b := first(s.Head()), first(o.Head()); a != b {
		t.Errorf("head %d, want %d", a, b)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "snapshot-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func first(n uint64, _ [32]byte) uint64 { return n }

func TestWait(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	done := make(chan error)
	go func() { done <- o.Wait(context.Background(), 0) }()
	o.put(1, 0, item("甲"))
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := o.Wait(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}

func TestDeriveIsApart(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, own := range []string{"seal v1", "equality v1", "files v1"} {
		if o.Derive(own) == o.seal.derive(own) {
			t.Errorf("%s gives the store's own key away", own)
		}
	}
}
