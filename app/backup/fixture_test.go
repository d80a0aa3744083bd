package backup_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/backup"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/assets"
)

// town is a real office with a clock and sticks of its own.
type town struct {
	*app.House
	t     testing.TB
	now   time.Time
	stick []backup.Drive
	n     int
	step  func(string) error // what happens before every step of writing
	limit int64              // the largest file of every folder
}

func newTown(t testing.TB) *town { return newLimited(t, 0) }

// newLimited is a town whose folders take files of so many bytes at most.
func newLimited(t testing.TB, limit int64) *town {
	t.Helper()
	return newTownIn(t, t.TempDir(), limit)
}

// newTownIn is a town whose data lie in a folder.
func newTownIn(t testing.TB, dir string, limit int64) *town {
	t.Helper()
	n := &town{limit: limit, t: t, now: time.Date(2026, 9, 1, 9, 0, 0, 0, time.Local)}
	h, err := app.Enter(context.Background(), app.Config{Dir: filepath.Join(dir, "数据"), KeyDir: t.TempDir(), Assets: assets.FS(),
		Clock: func() time.Time { return n.now }, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
		PasswordCost: app.Cost{Memory: 64, Passes: 1, Threads: 1}, Drives: func() []backup.Drive { return n.stick }})
	if err != nil {
		t.Fatal(err)
	}
	n.House = h
	if _, err := h.Found(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.must(h.Leave()) })
	return n
}

func (n *town) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

// desk is the town's desk, with a medium that the test can pull.
func (n *town) desk() *backup.Desk {
	if n.step == nil && n.limit == 0 {
		return n.Office().Backup
	}
	return n.Office().Backup.With(func(c *backup.Config) { c.Step, c.PartLimit = n.step, n.limit })
}

// work leaves a few records behind.
func (n *town) work() {
	n.t.Helper()
	n.now = n.now.Add(time.Hour)
	n.must(n.Office().Book.Change(context.Background(), access.Office(), "登记", func(tx *record.Tx) error {
		n.n++
		_, err := tx.Create(record.Draft{Register: "party.party", Values: register.Values{"name": fmt.Sprint("学校", n.n), "kind": "school"}})
		return err
	}))
}

func (n *town) make() backup.Made {
	n.t.Helper()
	n.work()
	m, made, err := n.desk().Make(context.Background(), backup.ReasonPlain)
	if err != nil || !made {
		n.t.Fatalf("making: %v %v", made, err)
	}
	return m
}

// place adds a folder as a place off this PC.
func (n *town) place(dir string) backup.Place {
	n.t.Helper()
	n.must(n.desk().AddPlace(context.Background(), access.Office(), backup.Place{Name: dir, Kind: backup.KindFolder, Path: dir, Off: true}))
	return n.lastPlace()
}

func (n *town) lastPlace() backup.Place {
	n.t.Helper()
	s, err := n.desk().Settings(context.Background())
	n.must(err)
	return s.Places[len(s.Places)-1]
}

// names are the bundles in a folder, and whatever else lies there.
func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, f := range list {
		out = append(out, f.Name())
	}
	return out
}
