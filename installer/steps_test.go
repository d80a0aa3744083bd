package installer

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var errPower = errors.New("the power is cut")

// cut is a service manager under which the power fails at one of its steps,
// before it is done or after. What runs then ends there and then.
type cut struct {
	*pc
	at, step int
	after    bool
}

func (m *cut) power(do func() error) error {
	m.step++
	if m.step == m.at && !m.after {
		panic(errPower)
	}
	err := do()
	if m.step == m.at {
		panic(errPower)
	}
	return err
}

func (m *cut) Point(ctx context.Context, p Places, exe string) error {
	return m.power(func() error { return m.pc.Point(ctx, p, exe) })
}

func (m *cut) PointKeeper(ctx context.Context, p Places, exe string) error {
	return m.power(func() error { return m.pc.PointKeeper(ctx, p, exe) })
}

func (m *cut) Start(ctx context.Context) error {
	return m.power(func() error { return m.pc.Start(ctx) })
}

func (m *cut) Stop(ctx context.Context) error {
	return m.power(func() error { return m.pc.Stop(ctx) })
}

// TestPowerFailsAtEveryStep cuts a change of versions at each step that the
// service manager takes, before and after it, and has the PC come up again:
// the record is whole, one of the two versions runs, the change has ended, and
// what the service starts with is what the record says.
func TestPowerFailsAtEveryStep(t *testing.T) {
	for _, condition := range []string{"ready", "damaged"} {
		for step := 1; step <= 7; step++ {
			for _, after := range []bool{false, true} {
				powerFails(t, condition, step, after)
			}
		}
	}
}

func powerFails(t *testing.T, condition string, step int, after bool) {
	t.Helper()
	b := newBench(t)
	if err := b.pc.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.i.cfg.Within = time.Millisecond // one that does not come up need not be waited for
	b.write(filepath.Join(b.p.Inbox, incomingFile), "1.1.0", condition)
	b.request(Request{Kind: Upgrade})
	m := &cut{pc: b.pc, at: step, after: after}
	b.i.cfg.Manager = m
	func() {
		defer func() { _ = recover() }()
		_ = b.i.Switch(t.Context()) // it goes through when there are fewer steps
	}()
	was := b.state()
	_ = b.pc.Stop(t.Context()) // the power takes the service along
	if _, err := os.Stat(b.exe); err != nil {
		t.Errorf("%s, step %d: nothing to start with: %v", condition, step, err)
	}
	b.i.cfg.Manager = b.pc // on again: both services start with the PC
	if err := b.pc.Start(t.Context()); err != nil {
		t.Errorf("%s, step %d: the service does not start: %v", condition, step, err)
	}
	if err := b.i.Switch(t.Context()); err != nil {
		t.Errorf("%s, step %d: %v", condition, step, err)
	}
	s, want := b.state(), "1.0.0"
	if s.Change != nil && s.Change.Phase == Done {
		want = "1.1.0"
	}
	if s.Change.Open() || s.Version != want || (condition == "ready") != (want == "1.1.0") {
		t.Errorf("%s, step %d, after %v: was %+v, is %+v %+v", condition, step, after, was.Change, s, s.Change)
	}
	if ok, why := b.i.awaitHealthy(t.Context(), want, 0); !ok || b.exe != b.p.ExeFor(want) {
		t.Errorf("%s, step %d, after %v: %s runs, want %s: %s", condition, step, after, b.exe, want, why)
	}
	_ = b.pc.Stop(t.Context())
}
