package embedstore

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// A made-up second format adds a bucket and drops the shelves; records,
// indexes and the journal come through whole.
func madeUp(fail func() error) []migration {
	return []migration{{what: "test",
		copy: func(_ *sealer, bucket string, k, v []byte) ([]byte, []byte, bool, error) {
			return k, v, bucket != bucketShelf, fail()
		},
		finish: func(_ *sealer, tx *bbolt.Tx) error {
			_, err := tx.CreateBucketIfNotExists([]byte("added"))
			return err
		}}}
}

func filledStore(t *testing.T) Config {
	t.Helper()
	cfg := Config{Dir: t.TempDir(), Key: [32]byte{3}}
	s, err := Create(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 51 {
		_, err := s.Update(context.Background(), Entry{Actor: 1, Kind: "test"}, func(tx *Tx) error {
			id, err := tx.NewID("a")
			if err != nil {
				return err
			}
			b, err := Encode(i)
			if err != nil {
				return err
			}
			_, err = tx.Put("a", id, 0, Item{Body: Body{"n": b}, Index: []IndexKey{{Name: "n", Key: []byte{byte(i)}}}, Tally: []string{"all"}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Aside(context.Background(), func(tx *Tx) error { return tx.Shelf("s").Put("k", []byte("v")) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestMigrationKeepsEverythingAndTheOldFile(t *testing.T) {
	cfg := filledStore(t)
	cfg.migrations = madeUp(func() error { return nil })
	s, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	report, err := s.Check(context.Background(), nil)
	if err != nil || !report.Sound() || report.Records != 51 {
		t.Errorf("after migrating: %+v %v", report, err)
	}
	err = s.View(context.Background(), func(tx *Tx) error {
		if _, ok, _ := tx.Shelf("s").Get("k"); ok {
			t.Error("the shelf was to be dropped")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(cfg.Dir, "store.db.format1")); err != nil {
		t.Error("the old file was not kept")
	}
	cfg.migrations = nil
	if _, err := Open(cfg); !errors.Is(err, ErrNewerFormat) {
		t.Errorf("an older program opened a newer store: %v", err)
	}
}

func TestMigrationThatFailsLeavesTheOldStore(t *testing.T) {
	cfg := filledStore(t)
	path := filepath.Join(cfg.Dir, fileName)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	cfg.migrations = madeUp(func() error { return broken })
	if _, err := Open(cfg); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the old store was touched: %v", err)
	}
	if _, err := os.Stat(path + ".new"); err == nil {
		t.Error("a half-made store was left behind")
	}
}

func TestMigrationCutShortBetweenItsRenames(t *testing.T) {
	cfg := filledStore(t)
	path := filepath.Join(cfg.Dir, fileName)
	if err := os.Rename(path, path+".format1"); err != nil {
		t.Fatal(err)
	}
	cfg.migrations = madeUp(func() error { return nil })
	s, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestEveryFormatHasItsMigration(t *testing.T) {
	if len(migrations()) != formatVersion-1 {
		t.Errorf("format %d needs %d migrations, there are %d", formatVersion, formatVersion-1, len(migrations()))
	}
}
