package staff

import (
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func lockedAt(at time.Time) tally {
	t := tally{Misses: []miss{{"a", at.UnixMilli()}}}
	t.lock(at, 30*time.Minute)
	return t
}

func TestLockHoldsByAnyClock(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		now  time.Time
		want time.Duration
	}{
		"just locked":            {noon, 30 * time.Minute},
		"later":                  {noon.Add(10 * time.Minute), 20 * time.Minute},
		"last moment":            {noon.Add(30*time.Minute - time.Millisecond), time.Millisecond},
		"over":                   {noon.Add(30 * time.Minute), 0},
		"clock back a minute":    {noon.Add(-time.Minute), 30 * time.Minute},
		"clock back ten years":   {noon.AddDate(-10, 0, 0), 30 * time.Minute},
		"clock ahead, much over": {noon.AddDate(10, 0, 0), 0},
	} {
		lock := lockedAt(noon)
		if got := lock.left(c.now); got != c.want {
			t.Errorf("%s: %v left, want %v", name, got, c.want)
		}
	}
}

func TestLockMovedBackEndsInItsTime(t *testing.T) {
	t.Parallel()
	lock := lockedAt(noon)
	wrong := noon.AddDate(-5, 0, 0)
	lock.left(wrong)
	if got := lock.left(wrong.Add(31 * time.Minute)); got != 0 {
		t.Errorf("lock still holds %v after its full time by the clock put back", got)
	}
	if len(lock.Misses) != 0 {
		t.Error("failures outlive the lock that they led to")
	}
}

func TestTerminalCountsAtMostTwoFailuresOfOneName(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		who  string // one letter a failure
		want int
	}{
		"nobody":               {"", 0},
		"one who forgot":       {"aaaaa", 2},
		"two who forgot":       {"aaaaabbbbb", 4},
		"five names":           {"abcde", 5},
		"forgot, then a typo":  {"aaaaab", 3},
		"name by name guesser": {"aaaabbbbc", 5},
	} {
		var terminal tally
		for _, who := range c.who {
			terminal.fail(string(who), noon)
		}
		if got := terminal.counted(); got != c.want {
			t.Errorf("%s: counts %d, want %d", name, got, c.want)
		}
	}
}

func TestOwnSuccessForgetsOnlyOwnFailures(t *testing.T) {
	t.Parallel()
	g := &gate{who: "a"}
	for _, who := range []string{"a", "b", "c"} {
		g.terminal.fail(who, noon)
	}
	g.pass()
	if got := g.terminal.counted(); got != 2 {
		t.Errorf("terminal counts %d failures, want those of the two others", got)
	}
}

func TestTerminalForgetsOldFailures(t *testing.T) {
	t.Parallel()
	var terminal tally
	terminal.fail("a", noon.Add(-31*time.Minute))
	terminal.fail("b", noon.Add(-29*time.Minute))
	terminal.fail("c", noon.Add(time.Hour)) // noted before the clock ran back
	terminal.recent(noon, 30*time.Minute)
	if got := terminal.counted(); got != 2 {
		t.Errorf("terminal counts %d, want 2", got)
	}
}

func TestMissSaysHowManyTriesAreLeft(t *testing.T) {
	t.Parallel()
	g := &gate{who: "a", from: "t"}
	for i, want := range []string{"再错 4 次", "再错 3 次", "再错 2 次", "再错 1 次", "已锁定 30 分钟"} {
		refusal, _ := g.miss(noon, floor())
		if !strings.Contains(refusal.Text, want) {
			t.Errorf("failure %d says %q, want %q", i+1, refusal.Text, want)
		}
	}
	if g.terminal.Set != 0 {
		t.Error("one forgotten password locks the whole terminal")
	}
	others := &gate{who: "b", from: "t", terminal: g.terminal}
	for i, want := range []string{"再错 4 次", "再错 3 次", "再错 2 次", "再错 1 次", "已锁定"} {
		refusal, _ := others.miss(noon, floor())
		if !strings.Contains(refusal.Text, want) {
			t.Errorf("failure %d of another says %q, want %q", i+1, refusal.Text, want)
		}
	}
	third := &gate{who: "c", from: "t", terminal: others.terminal}
	if got := third.terminal.counted(); got != 4 {
		t.Fatalf("terminal counts %d, want 4", got)
	}
	if _, locked := third.miss(noon, floor()); locked != "terminal" {
		t.Errorf("a third name locks %q, want the terminal", locked)
	}
}

func TestOldFailuresAreSweptAndLocksAreNot(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.fail(t, "made-up-1", "pc1", 1)
	o.clock.add(25 * time.Hour)
	o.fail(t, "officer", "pc2", 5)
	o.clock.add(-300 * 24 * time.Hour)
	if err := o.desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	n := 0
	err := o.book.Shelf(lockShelf).Each(t.Context(), "", func(string, func(any) error) (bool, error) { n++; return true, nil })
	if err != nil || n != 4 {
		t.Errorf("%d tallies kept, %v; with the clock put back all four stay", n, err)
	}
	o.clock.add(302 * 24 * time.Hour)
	o.reopen(t)
	n = 0
	err = o.book.Shelf(lockShelf).Each(t.Context(), "", func(string, func(any) error) (bool, error) { n++; return true, nil })
	if err != nil || n != 0 {
		t.Errorf("%d tallies kept, %v; want none after two days", n, err)
	}
}
