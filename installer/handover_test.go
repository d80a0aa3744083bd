package installer

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestRequestThatCannotBeTaken lies in the inbox as a folder that cannot be
// removed: whoever asked is told, and need not wait.
func TestRequestThatCannotBeTaken(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if err := os.MkdirAll(filepath.Join(b.p.Inbox, requestFile, "inside"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := b.i.Switch(t.Context()); err == nil {
		t.Error("no error")
	}
	s := b.state()
	if s.Change == nil || s.Change.Phase != Refused || s.Change.Why == "" || s.Version != "1.0.0" {
		t.Fatalf("nobody is told: %+v %+v", s, s.Change)
	}
	if told := s.Change.Tell(); !strings.Contains(told, "没有开始") || strings.Contains(told, "→ ，") {
		t.Errorf("told: %s", told)
	}
}

// TestNobodyTakesTheRequest waits for a privileged half that never comes. The
// request is taken back: nothing is changed at some later start of the PC that
// nobody expects.
func TestNobodyTakesTheRequest(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	synctest.Test(t, func(t *testing.T) {
		b.request(Request{Kind: Rollback})
		began := time.Now()
		c, err := Await(t.Context(), b.p, nil)
		if c != nil || err == nil || !strings.Contains(err.Error(), "没有开始") {
			t.Errorf("waited for %+v, %v", c, err)
		}
		if waited := time.Since(began); waited > 5*time.Minute {
			t.Errorf("waited for %v", waited)
		}
		if _, err := os.Stat(filepath.Join(b.p.Inbox, requestFile)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the request stays: %v", err)
		}
	})
}

// TestTakenAndNotBegun waits for a privileged half that took the request and
// was killed before it wrote a word.
func TestTakenAndNotBegun(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if c, err := Await(t.Context(), b.p, nil); c != nil || err == nil || time.Since(began) > 20*time.Minute {
			t.Errorf("waited %v for %+v: %v", time.Since(began), c, err)
		}
	})
}

// TestAskThatWakesNobody takes the request back when the privileged half
// cannot be called.
func TestAskThatWakesNobody(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	d := Desk{Places: b.p, Version: "1.0.0", Wake: func() error { return errors.New("the service is disabled") }}
	if err := d.Ask(Request{Kind: Rollback}); err == nil {
		t.Error("no error")
	}
	if _, err := os.Stat(filepath.Join(b.p.Inbox, requestFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the request stays: %v", err)
	}
}

// TestShutDownMidway shuts the PC down while a version is tried, and while the
// one before comes back: the change stays open and is finished at the next
// start, as after a power failure. It is not taken for a version that is unfit.
func TestShutDownMidway(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, condition, want string
		shut                  string // which version's start the shutdown comes after
		left, ended           Phase
	}{
		{"while a good version comes up", "ready", "1.1.0", "1.1.0", Trying, Done},
		{"while the version before comes back", "damaged", "1.0.0", "1.0.0", Returning, Returned},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.i.cfg.Within = time.Millisecond
			ctx, stop := context.WithCancel(t.Context())
			b.write(filepath.Join(b.p.Inbox, incomingFile), "1.1.0", row.condition)
			b.request(Request{Kind: Upgrade})
			b.i.cfg.Manager = &shutting{pc: b.pc, at: "jiezhen-" + row.shut, stop: stop}
			if err := b.i.Switch(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
			if s := b.state(); s.Change == nil || s.Change.Phase != row.left || s.Version != "1.0.0" {
				t.Errorf("left as %+v %+v", s, s.Change)
			}
			_ = b.pc.Stop(t.Context())
			b.i.cfg.Manager = b.pc
			if err := b.i.Switch(t.Context()); err != nil {
				t.Error(err)
			}
			if s := b.state(); s.Version != row.want || s.Change.Phase != row.ended || b.exe != b.p.ExeFor(row.want) {
				t.Errorf("in the end: %+v %+v runs %s", s, s.Change, b.exe)
			}
		})
	}
}

// shutting is a service manager on a PC that is shut down: the start of one
// version is the last thing that happens, and nothing answers any more.
type shutting struct {
	*pc
	at   string
	stop func()
}

func (m *shutting) Start(ctx context.Context) error {
	if filepath.Base(m.exe) != m.at {
		return m.pc.Start(ctx)
	}
	m.stop()
	return nil
}

// eager is a service manager that starts a service anew by itself while
// somebody sees to it, as Windows does after a failure; it starts nothing that
// runs.
type eager struct {
	*pc
	left int
}

func (m *eager) anew() {
	if m.left > 0 && m.running == nil {
		m.left--
		_ = m.pc.Start(context.Background())
	}
}

func (m *eager) Point(ctx context.Context, p Places, exe string) error {
	m.anew()
	return m.pc.Point(ctx, p, exe)
}

func (m *eager) Start(ctx context.Context) error {
	if m.running != nil {
		return nil
	}
	return m.pc.Start(ctx)
}

// TestServiceStartedAnewMeanwhile has the manager start the version that
// failed once more just as the one before comes back.
func TestServiceStartedAnewMeanwhile(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.i.cfg.Within = time.Millisecond
	next := b.p.ExeFor("1.1.0")
	b.write(next, "1.1.0", "damaged")
	s := b.state()
	s.Change = &Change{ID: "x", Kind: Upgrade, From: "1.0.0", To: "1.1.0", Exe: next, Phase: Returning, Began: time.Now()}
	if err := writeState(b.p, s); err != nil {
		t.Fatal(err)
	}
	b.exe = next
	b.i.cfg.Manager = &eager{pc: b.pc, left: 1}
	if err := b.i.Switch(t.Context()); err != nil {
		t.Error(err)
	}
	if c := b.state().Change; c.Phase != Returned || strings.Contains(c.Why, "没有起来") {
		t.Errorf("%+v", c)
	}
	if ok, why := b.i.awaitHealthy(t.Context(), "1.0.0", 0); !ok {
		t.Error(why)
	}
}

// deaf is a service manager whose service does not hear the first call to
// stop, because it is still coming up.
type deaf struct {
	*pc
	calls int
}

func (m *deaf) Stop(ctx context.Context) error {
	if m.calls++; m.calls == 1 {
		return nil
	}
	return m.pc.Stop(ctx)
}

func TestStopIsHeard(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if err := b.pc.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.i.cfg.Manager = &deaf{pc: b.pc}
	ctx, end := context.WithTimeout(t.Context(), 5*time.Second)
	defer end()
	if err := b.i.Stop(ctx); err != nil {
		t.Error(err)
	}
}

// TestLeftovers: executables of versions that are gone, and what half-done
// copying leaves, do not stay, whichever way a change ends.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	for _, condition := range []string{"ready", "damaged"} {
		b := newBench(t)
		b.i.cfg.Within = time.Millisecond
		left := []string{"jiezhen-0.9.0" + exeSuffix, "jiezhen-1.0.0" + exeSuffix + ".old", incomingFile + ".new"}
		for _, name := range left {
			if err := os.WriteFile(filepath.Join(b.p.Programs, name), nil, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		b.write(filepath.Join(b.p.Inbox, incomingFile), "1.1.0", condition)
		b.request(Request{Kind: Upgrade})
		if err := b.i.Switch(t.Context()); err != nil {
			t.Fatal(err)
		}
		if condition == "damaged" {
			left = append(left, "jiezhen-1.1.0"+exeSuffix)
		}
		for _, name := range left {
			if _, err := os.Stat(filepath.Join(b.p.Programs, name)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %s stays: %v", condition, name, err)
			}
		}
		if _, err := os.Stat(b.p.ExeFor("1.0.0")); err != nil {
			t.Error(err)
		}
	}
}

// TestPatience does again what another program hinders for a moment, and gives
// up what stays hindered.
func TestPatience(t *testing.T) {
	t.Parallel()
	busy, other := errors.New("held by the scanner"), errors.New("the disk is broken")
	isBusy := func(err error) bool { return errors.Is(err, busy) }
	synctest.Test(t, func(t *testing.T) {
		for _, row := range []struct {
			name  string
			fails []error
			want  error
			tries int
		}{
			{"nothing in the way", nil, nil, 1},
			{"held for a moment", []error{busy, busy, busy}, nil, 4},
			{"another fault", []error{busy, other}, other, 2},
		} {
			tries := 0
			err := patiently(isBusy, func() error {
				tries++
				if tries <= len(row.fails) {
					return row.fails[tries-1]
				}
				return nil
			})
			if !errors.Is(err, row.want) || tries != row.tries {
				t.Errorf("%s: %v after %d tries", row.name, err, tries)
			}
		}
		began := time.Now()
		if err := patiently(isBusy, func() error { return busy }); !errors.Is(err, busy) || time.Since(began) > 10*time.Second {
			t.Errorf("held for ever: %v after %v", err, time.Since(began))
		}
	})
}

// TestHopelessVersion is given up as soon as it has said long enough that it
// cannot open the data; one that answers nothing has all its time.
func TestHopelessVersion(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.write(b.exe, "1.0.0", "damaged")
	if err := b.pc.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.i.hope = 300 * time.Millisecond
	began := time.Now()
	ok, why := b.i.awaitHealthy(t.Context(), "1.0.0", 5*time.Minute)
	if waited := time.Since(began); ok || !strings.Contains(why, "打不开数据") || waited < b.i.hope || waited > time.Minute {
		t.Errorf("%v %q after %v", ok, why, waited)
	}
}

// TestManagerForgets has the service manager start the version of before, as
// after a power failure that came before its list was on the disk.
func TestManagerForgets(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	next := b.p.ExeFor("1.1.0")
	b.write(next, "1.1.0", "ready")
	s := b.state()
	s.Version, s.Exe = "1.1.0", next
	if err := writeState(b.p, s); err != nil {
		t.Fatal(err)
	}
	if err := b.pc.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.i.Switch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ok, why := b.i.awaitHealthy(t.Context(), "1.1.0", 0); !ok || b.exe != next || b.keeper != next {
		t.Errorf("%s; the manager starts %s, the privileged half %s", why, b.exe, b.keeper)
	}
	if err := b.i.Switch(t.Context()); err != nil || len(b.starts) != 2 {
		t.Errorf("once more: %v, starts %v", err, b.starts)
	}
}

// TestWithdrawn says of a request whether it was taken back, or was gone.
func TestWithdrawn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.request(Request{Kind: Upgrade})
	for i, want := range []bool{true, false} {
		if got, err := withdrawRequest(b.p); got != want || err != nil {
			t.Errorf("call %d: %v %v, want %v", i+1, got, err, want)
		}
	}
}
