package backup_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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
)

// childDir names the office that a child process works on until it is killed.
const childDir = "JIEZHEN_TEST_BACKUP_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := toil(dir); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func config(dir string) app.Config {
	return app.Config{Dir: filepath.Join(dir, "data"), KeyDir: filepath.Join(dir, "keys"), Assets: assets.FS(), Clock: time.Now, Rand: rand.Reader,
		Log: slog.New(slog.DiscardHandler), PasswordCost: app.Cost{Memory: 64, Passes: 1, Threads: 1}, Drives: func() []backup.Drive { return nil }}
}

// toil writes records and bundles as fast as it can, and says what was
// acknowledged.
func toil(dir string) error {
	ctx := context.Background()
	h, err := app.Enter(ctx, config(dir))
	if err != nil {
		return err
	}
	desk := h.Office().Backup
	for n := 0; ; n++ {
		err := h.Office().Book.Change(ctx, access.Office(), "登记", func(tx *record.Tx) error {
			_, err := tx.Create(record.Draft{Register: "party.party", Values: register.Values{"name": fmt.Sprint("学校", os.Getpid(), "-", n), "kind": "school"}})
			return err
		})
		if err != nil {
			return err
		}
		if _, _, err := desk.Make(ctx, backup.ReasonPlain); err != nil {
			return err
		}
		receipts, err := desk.CarryFolder(ctx, access.Office(), filepath.Join(dir, "target"))
		if err != nil {
			return err
		}
		for _, r := range receipts {
			fmt.Println("carried", r.Bundle)
		}
	}
}

// kills is how often the process is killed.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("JIEZHEN_BACKUP_KILLS")); err == nil {
		return n
	}
	return 12
}

// TestKilledWhileBackingUp kills the process at random moments: what was
// acknowledged lies there whole, nothing that looks like a bundle is broken,
// and the next run goes on.
func TestKilledWhileBackingUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target := filepath.Join(dir, "target")
	if err := os.Mkdir(target, 0o700); err != nil {
		t.Fatal(err)
	}
	h, err := app.Enter(context.Background(), config(dir))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Found(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := h.Leave(); err != nil {
		t.Fatal(err)
	}
	acknowledged := map[string]bool{}
	for n := 0; n < kills() || len(acknowledged) == 0 && n < 10*kills(); n++ { // a busy machine gets more tries
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), childDir+"="+dir)
		var out strings.Builder
		c.Stdout = &out
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(150+mathrand.IntN(500+50*n)) * time.Millisecond)
		_ = c.Process.Kill()
		_ = c.Wait() // killed
		if strings.Contains(out.String(), "failed:") {
			t.Fatal(out.String())
		}
		for line := range strings.Lines(out.String()) {
			if name, ok := strings.CutPrefix(strings.TrimSpace(line), "carried "); ok && strings.HasSuffix(line, "\n") {
				acknowledged[name] = true
			}
		}
	}
	if len(acknowledged) == 0 {
		t.Fatal("nothing was ever carried")
	}
	intact(t, target, acknowledged)
	h, err = app.Enter(context.Background(), config(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Leave()
	if d, err := h.Office().Backup.Drill(context.Background()); err != nil || d.Failed != "" {
		t.Errorf("the office's own copies: %+v %v", d, err)
	}
	if r, err := h.Office().Check(context.Background(), nil); err != nil || !r.Sound() {
		t.Errorf("the store: %v %v", err, r.Findings)
	}
}

func intact(t *testing.T, target string, acknowledged map[string]bool) {
	t.Helper()
	for _, name := range names(t, target) {
		if strings.HasSuffix(name, ".partial") {
			continue
		}
		if _, err := bundle.VerifyVolume(context.Background(), bundle.FileVolume(filepath.Join(target, name))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		delete(acknowledged, name)
	}
	for name := range acknowledged {
		t.Errorf("%s was acknowledged and is not there", name)
	}
}
