package app

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/assets"
)

// TestWhatCouldNotBeDerivedIsDerivedLater: due dates and columns that could not
// be derived anew count as not derived, so that the next start tries again.
func TestWhatCouldNotBeDerivedIsDerivedLater(t *testing.T) {
	t.Parallel()
	cfg := Config{Dir: t.TempDir(), KeyDir: t.TempDir(), Assets: assets.FS(), Clock: time.Now, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), PasswordCost: Cost{Memory: 64, Passes: 1, Threads: 1}}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	h, err := Enter(t.Context(), cfg)
	must(err)
	_, err = h.Found(t.Context())
	must(err)
	o := h.Office()
	o.refresh(t.Context())
	now := kept(t, o)
	if now == "" {
		t.Fatal("nothing is kept of what was derived")
	}
	var made record.Ref
	must(o.Book.Change(t.Context(), access.Office(), "登记", func(tx *record.Tx) error {
		r, err := tx.Create(record.Draft{Register: "party.party", Values: register.Values{"name": "第一小学", "kind": "school"}})
		if err == nil {
			made = r.Ref
		}
		return err
	}))
	must(o.Book.Shelf(rulesShelf).Put(t.Context(), "fingerprint", "of other rules"))
	must(h.Leave())
	overwrite(t, filepath.Join(cfg.Dir, "store", "store.db"), made)
	h, err = Enter(t.Context(), cfg)
	must(err)
	t.Cleanup(func() { _ = h.Leave() })
	h.Office().refresh(t.Context())
	if got := kept(t, h.Office()); got != "of other rules" {
		t.Errorf("derived by %q though a record could not be read", got)
	}
}

func kept(t *testing.T, o *Office) (print string) {
	t.Helper()
	if _, err := o.Book.Shelf(rulesShelf).Get(context.Background(), "fingerprint", &print); err != nil {
		t.Fatal(err)
	}
	return print
}

// overwrite damages a record where it lies.
func overwrite(t *testing.T, path string, ref record.Ref) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bbolt.Tx) error {
		c := tx.Bucket([]byte("rec")).Cursor()
		for k, v := c.Seek([]byte(ref.Register + "\x00")); k != nil; k, v = c.Next() {
			bad := append([]byte(nil), v...)
			bad[len(bad)-1] ^= 1
			return tx.Bucket([]byte("rec")).Put(k, bad)
		}
		t.Fatal("no record to damage")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
