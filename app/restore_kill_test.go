package app_test

import (
	"context"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiezhen/app"
)

// restoreChild says to a child process: bundles, target, paper key.
const restoreChild = "JIEZHEN_TEST_RESTORE_CHILD"

func TestMain(m *testing.M) {
	parts := strings.Split(os.Getenv(restoreChild), "\n")
	if len(parts) < 5 {
		os.Exit(m.Run())
	}
	cfg := childConfig(parts[0], parts[1])
	_, err := app.Restore(context.Background(), cfg, app.Recovery{Paper: parts[2], Bundles: parts[4:]})
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	fmt.Println("restored")
}

func childConfig(dir, keys string) app.Config {
	cfg := (&town{now: time.Now()}).config(dir)
	cfg.KeyDir = keys
	return cfg
}

// TestKilledWhileRestoring kills a restore at random moments: the folder opens
// whole or not at all, and after clearing it the restore succeeds.
func TestKilledWhileRestoring(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	for i := range 40 {
		n.party(fmt.Sprint("学校", i))
		if i%10 == 9 {
			n.back()
		}
	}
	want := len(n.names(n.House))
	run := func(dir, keys string, limit time.Duration) string {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), restoreChild+"="+strings.Join(append([]string{dir, keys, n.paper, ""}, n.bundles()...), "\n"))
		var out strings.Builder
		c.Stdout = &out
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(limit, func() { _ = c.Process.Kill() })
		_ = c.Wait() // killed, or its output says how it went
		timer.Stop()
		return out.String()
	}
	whole := 0
	for range 14 {
		dir, keys := filepath.Join(t.TempDir(), "restored"), t.TempDir()
		limit := time.Duration(8+mathrand.IntN(150)) * time.Millisecond
		said := run(dir, keys, limit)
		if strings.Contains(said, "failed") {
			t.Fatal(said)
		}
		h, err := app.Enter(context.Background(), childConfig(dir, keys))
		if err != nil {
			t.Fatal(err)
		}
		condition, _ := h.Condition()
		if condition == app.Ready {
			whole++
			if got := len(n.names(h)); got != want {
				t.Errorf("killed after %s: opens with %d of %d records", limit, got, want)
			}
			r, err := h.Office().Check(context.Background(), nil)
			if err != nil || !r.Sound() {
				t.Errorf("killed after %s: %v %v", limit, err, r.Findings)
			}
		} else if strings.Contains(said, "restored") {
			t.Errorf("said to be restored, but is %s", condition)
		}
		if err := h.Leave(); err != nil {
			t.Error(err)
		}
		if condition != app.Ready {
			if _, err := os.Lstat(filepath.Join(dir, "store")); err != nil {
				if err := os.RemoveAll(dir); err != nil { // keys alone: a person has to clear them
					t.Fatal(err)
				}
			}
			if said := run(dir, keys, time.Minute); !strings.Contains(said, "restored") {
				t.Errorf("after a kill at %s: %s", limit, said)
			}
		}
	}
	t.Logf("%d of 14 were whole when killed", whole)
}
