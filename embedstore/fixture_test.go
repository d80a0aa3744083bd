package embedstore

import (
	"context"
	"path/filepath"
	"testing"
	"time"
)

// office is a store on a temporary folder with a clock of its own.
type office struct {
	*Store
	t   testing.TB
	cfg Config
}

func newOffice(t testing.TB) *office {
	t.Helper()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	cfg := Config{Dir: t.TempDir(), Key: [32]byte{1, 2, 3}, Clock: func() time.Time { return now }, OpenTimeout: 50 * time.Millisecond}
	s, err := Create(cfg)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{s, t, cfg}
	t.Cleanup(func() { _ = o.Close() }) // some tests close it themselves
	return o
}

func (o *office) path() string { return filepath.Join(o.cfg.Dir, fileName) }

func (o *office) update(fn func(*Tx) error) Receipt {
	o.t.Helper()
	r, err := o.Update(context.Background(), Entry{Actor: 7, Kind: "save", Reason: "测试"}, fn)
	if err != nil {
		o.t.Fatal(err)
	}
	return r
}

func (o *office) view(fn func(*Tx) error) {
	o.t.Helper()
	if err := o.View(context.Background(), fn); err != nil {
		o.t.Fatal(err)
	}
}

// put makes or changes a record and gives its revision.
func (o *office) put(id, rev uint64, it Item) (out uint64) {
	o.t.Helper()
	o.update(func(tx *Tx) (err error) {
		out, err = tx.Put("case", id, rev, it)
		return err
	})
	return out
}

func (o *office) check() Report {
	o.t.Helper()
	r, err := o.Check(context.Background(), nil)
	if err != nil {
		o.t.Fatal(err)
	}
	return r
}

// sound fails the test when Check finds anything.
func (o *office) sound() Report {
	o.t.Helper()
	r := o.check()
	for _, f := range r.Findings {
		o.t.Errorf("check: %s", f.What)
	}
	return r
}

func (o *office) reopen() {
	o.t.Helper()
	if err := o.Close(); err != nil {
		o.t.Fatal(err)
	}
	s, err := Open(o.cfg)
	if err != nil {
		o.t.Fatal(err)
	}
	o.Store = s
}

func text(s string) []byte {
	b, err := Encode(s)
	if err != nil {
		panic(err) // a string always encodes
	}
	return b
}

func item(name string) Item {
	return Item{Body: Body{"name": text(name)}, Equal: []EqualKey{{"name", name}}, Unique: []EqualKey{{"idcard", name}}, Tally: []string{"open"},
		Index: []IndexKey{{Name: "date", Key: []byte("2026-03-02"), Cover: []byte("c")}}}
}
