package embedstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// filled is an office with a bit of everything.
func filled(t testing.TB) *office {
	t.Helper()
	o := newOffice(t)
	for i := range uint64(30) {
		o.put(i+1, 0, item(fmt.Sprint("人", i)))
	}
	f, err := o.StageFile(o.t.Context(), strings.NewReader("附件的内容"))
	if err != nil {
		t.Fatal(err)
	}
	o.update(func(tx *Tx) error { return tx.KeepFile(f) })
	o.update(func(tx *Tx) error {
		return tx.Event("print", Body{"collection": text("case"), "id": encoded(uint64(3))})
	})
	o.sound()
	return o
}

func encoded(v any) []byte {
	b, err := Encode(v)
	if err != nil {
		panic(err) // of constants only
	}
	return b
}

// TestCheckFinds changes the file behind the store's back, one thing at a
// time: a check that finds nothing is broken.
func TestCheckFinds(t *testing.T) {
	t.Parallel()
	cut := func(bucket string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			b := tx.Bucket([]byte(bucket))
			k, _ := b.Cursor().First()
			return b.Delete(bytes.Clone(k))
		}
	}
	flip := func(bucket string, at int) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			b := tx.Bucket([]byte(bucket))
			k, v := b.Cursor().First()
			v = bytes.Clone(v)
			v[at] ^= 1
			return b.Put(bytes.Clone(k), v)
		}
	}
	stray := func(bucket string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error { return tx.Bucket([]byte(bucket)).Put([]byte("case\x00stray"), be(1)) }
	}
	for _, tc := range []struct {
		name string
		harm func(*bbolt.Tx) error
		want string
	}{
		{"record altered", flip(bucketRec, 20), "打不开"},
		{"record removed", cut(bucketRec), "多出"},
		{"record moved", moveRecord, "打不开"},
		{"index removed", cut(bucketIdx), "缺索引"},
		{"index stray", stray(bucketIdx), "多出"},
		{"equality removed", cut(bucketEq), "缺查找索引"},
		{"equality stray", stray(bucketEq), "多出"},
		{"unique removed", cut(bucketUniq), "唯一性"},
		{"unique stray", stray(bucketUniq), "多出"},
		{"tally altered", func(tx *bbolt.Tx) error { return tx.Bucket([]byte(bucketTally)).Put([]byte("case\x00open"), be(2)) }, "计数"},
		{"tally removed", func(tx *bbolt.Tx) error { return tx.Bucket([]byte(bucketTally)).Delete([]byte("case\x00open")) }, "计数"},
		{"entry altered", flip(bucketJournal, 60), "打不开"},
		{"entry hash altered", flip(bucketJournal, 3), "接不上"},
		{"entry removed", cut(bucketJournal), "打不开"},
		{"last entry removed", cutLastEntry, "日志"},
		{"body altered", flip(bucketBodies, 30), "打不开"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := filled(t)
			o.raw(tc.harm)
			s, err := Open(o.cfg)
			if err != nil {
				t.Fatal(err)
			}
			o.Store = s
			if all := fmt.Sprint(o.check().Findings); !strings.Contains(all, tc.want) {
				t.Errorf("found %s, want %s", all, tc.want)
			}
		})
	}
}

// moveRecord lays one record's sealed value in another's place.
func moveRecord(tx *bbolt.Tx) error {
	b := tx.Bucket([]byte(bucketRec))
	return b.Put(recKey("case", 2), bytes.Clone(b.Get(recKey("case", 1))))
}

// cutLastEntry takes away the newest entry and winds the head back.
func cutLastEntry(tx *bbolt.Tx) error {
	b, meta := tx.Bucket([]byte(bucketJournal)), tx.Bucket([]byte(bucketMeta))
	n := binary.BigEndian.Uint64(meta.Get([]byte("head")))
	head := append(be(n-2), b.Get(be(n - 1))[:32]...)
	return meta.Put([]byte("head"), head)
}

func TestCheckFindsFiles(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(path string) error{
		"removed": os.Remove,
		"altered": func(p string) error { return os.WriteFile(p, bytes.Repeat([]byte{1}, 80), 0o600) },
		"empty":   func(p string) error { return os.Truncate(p, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			f, err := o.StageFile(t.Context(), strings.NewReader("附件"))
			if err != nil {
				t.Fatal(err)
			}
			o.update(func(tx *Tx) error { return tx.KeepFile(f) })
			if err := harm(o.filePath(f.Hash)); err != nil {
				t.Fatal(err)
			}
			if o.check().Sound() {
				t.Error("nothing found")
			}
			if data, _, err := o.ReadFile(t.Context(), f.Hash); err == nil {
				t.Errorf("read %d bytes", len(data))
			}
		})
	}
}

// TestFlippedBits harms random bytes anywhere in the file. Whatever happens is
// an error or a finding, never a panic or a fault, and never wrong content.
func TestFlippedBits(t *testing.T) {
	t.Parallel()
	o := filled(t)
	_ = o.Close()
	whole, err := os.ReadFile(o.path())
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 400 {
		harmed := bytes.Clone(whole)
		for range 1 + random.IntN(3) {
			harmed[harmAt(random, len(harmed))] ^= 1 << random.IntN(8)
		}
		if err := os.WriteFile(o.path(), harmed, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(o.cfg)
		if err != nil {
			continue
		}
		o.Store = s
		o.readAll()
		_ = s.Close()
	}
}

// harmAt prefers page headers, where harm is worst.
func harmAt(random *rand.Rand, size int) int {
	if random.IntN(2) == 0 {
		return random.IntN(size/pageSize)*pageSize + random.IntN(64)
	}
	return random.IntN(size)
}

// readAll reads what it can; content that opens must be right.
func (o *office) readAll() {
	_, _ = o.Check(o.t.Context(), nil)
	_ = o.View(o.t.Context(), func(tx *Tx) error {
		return tx.All("case", 0, func(id, _ uint64, b Body) (bool, error) {
			var name string
			if Decode(b["name"], &name) != nil || name != fmt.Sprint("人", id-1) {
				o.t.Errorf("record %d reads %q", id, name)
			}
			return true, nil
		})
	})
}
