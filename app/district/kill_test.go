package district_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/backup"
	"jiezhen/app/record"
	"jiezhen/assets"
)

// receiveChild says to a child process: data folder, keys, folder to receive.
const receiveChild = "JIEZHEN_TEST_RECEIVE_CHILD"

func TestMain(m *testing.M) {
	parts := strings.Split(os.Getenv(receiveChild), "\n")
	if len(parts) != 3 {
		os.Exit(m.Run())
	}
	h, err := app.Enter(context.Background(), childConfig(parts[0], parts[1]))
	if err == nil {
		_, err = h.Office().District.ReceiveFolder(context.Background(), access.Office(), parts[2], nil)
	}
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	if err := h.Leave(); err != nil {
		fmt.Println("failed:", err)
	}
	fmt.Println("received")
}

func childConfig(dir, keys string) app.Config {
	return app.Config{Dir: dir, KeyDir: keys, Assets: assets.FS(), District: true, Clock: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
		PasswordCost: app.Cost{Memory: 64, Passes: 1, Threads: 1}, Drives: func() []backup.Drive { return nil }}
}

// TestKilledWhileReceiving kills the district at random moments: what it says
// to have received it has whole, and the next run finishes the rest.
func TestKilledWhileReceiving(t *testing.T) {
	t.Parallel()
	d, a := open(t, true), open(t, false)
	join(a, d, "甲街道")
	folder := t.TempDir()
	for i := range 5 {
		for range 60 {
			a.person(fmt.Sprint("人", i), "")
		}
		a.hand(folder)
	}
	ctx := context.Background()
	d.must(d.Leave())
	run := func(limit time.Duration) string {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), receiveChild+"="+d.cfg.Dir+"\n"+d.cfg.KeyDir+"\n"+folder)
		var out strings.Builder
		c.Stdout = &out
		d.must(c.Start())
		timer := time.AfterFunc(limit, func() { _ = c.Process.Kill() })
		_ = c.Wait() // killed, or its output says how it went
		timer.Stop()
		if strings.Contains(out.String(), "failed") {
			t.Fatal(out.String())
		}
		return out.String()
	}
	for range 10 {
		run(time.Duration(60+mathrand.IntN(250)) * time.Millisecond)
	}
	if said := run(time.Minute); !strings.Contains(said, "received") {
		t.Fatal("the last run did not finish:", said)
	}
	h, err := app.Enter(ctx, childConfig(d.cfg.Dir, d.cfg.KeyDir))
	d.must(err)
	defer h.Leave()
	totals, _, err := h.Office().District.Totals(ctx, access.Office())
	d.must(err)
	if n := count(totals, record.Persons, a.Office().Backup.Identity()); n != 300 {
		t.Errorf("%d persons, want 300", n)
	}
	standing, err := h.Office().District.Standings(ctx, access.Office())
	d.must(err)
	if standing[0].Last == nil || standing[0].Last.Sequence != 5 || standing[0].Last.Verify() != nil {
		t.Errorf("the last bundle: %+v", standing[0].Last)
	}
	if aside, err := h.Office().District.Quarantine(ctx, access.Office()); err != nil || len(aside) != 0 {
		t.Errorf("kept aside: %+v %v", aside, err)
	}
	r, err := h.Office().Check(ctx, nil)
	if err != nil || !r.Sound() {
		t.Errorf("the store: %v %v", err, r.Findings)
	}
}
