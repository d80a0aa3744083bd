package staff

import (
	"context"
	"fmt"
	"time"

	"jiezhen/app/record"
)

// lockShelf holds one tally for each name and terminal that failed lately,
// under a keyed hash. Version 1 of its entries is the type tally.
const lockShelf = "staff locks v1"

// tally is what is known of the failures of one name or one terminal. Times
// are Unix milliseconds.
type tally struct {
	Misses []miss
	Set    int64 // when the lock was set; 0: not locked
	Until  int64
}

// miss is one failure.
type miss struct {
	Who string // keyed hash of the name
	At  int64
}

// perName is how many failures of one name count for its terminal: whoever
// forgot the password locks the own account, and colleagues at the same PC can
// go on; trying many names locks the terminal.
const perName = 2

// left gives how long the lock still holds. A clock that ran back starts the
// whole time again from now: it neither opens the lock nor keeps it for years.
// A lock that is over is taken off.
func (t *tally) left(now time.Time) time.Duration {
	if t.Set == 0 {
		return 0
	}
	at := now.UnixMilli()
	if at < t.Set {
		t.Set, t.Until = at, at+(t.Until-t.Set)
	}
	if at >= t.Until {
		*t = tally{}
		return 0
	}
	return time.Duration(t.Until-at) * time.Millisecond
}

// fail counts a failure.
func (t *tally) fail(who string, now time.Time) {
	t.Misses = append(t.Misses, miss{who, now.UnixMilli()})
}

// lock sets the lock.
func (t *tally) lock(now time.Time, length time.Duration) {
	t.Set, t.Until = now.UnixMilli(), now.Add(length).UnixMilli()
}

// forget drops the failures of whoever has now logged in.
func (t *tally) forget(who string) {
	var rest []miss
	for _, m := range t.Misses {
		if m.Who != who {
			rest = append(rest, m)
		}
	}
	t.Misses = rest
}

// recent keeps a terminal's failures of the last hours; those that seem to lie
// ahead, because the clock ran back, stay.
func (t *tally) recent(now time.Time, window time.Duration) {
	var rest []miss
	for _, m := range t.Misses {
		if m.At >= now.Add(-window).UnixMilli() {
			rest = append(rest, m)
		}
	}
	t.Misses = rest
}

// counted is how many failures count against a terminal.
func (t *tally) counted() int {
	by, n := map[string]int{}, 0
	for _, m := range t.Misses {
		if by[m.Who]++; by[m.Who] <= perName {
			n++
		}
	}
	return n
}

// of is how many failures of one name a terminal has seen.
func (t *tally) of(who string) int {
	n := 0
	for _, m := range t.Misses {
		if m.Who == who {
			n++
		}
	}
	return n
}

// stale reports whether nothing in the tally can matter any more: five tries
// every half hour are let through anyhow, so a day is long enough.
func (t *tally) stale(now time.Time) bool {
	edge := now.Add(-24 * time.Hour).UnixMilli()
	for _, m := range t.Misses {
		if m.At >= edge {
			return false
		}
	}
	return t.left(now) == 0
}

// sweepLocks takes stale tallies away, so that made-up names do not pile up.
func (d *Desk) sweepLocks(ctx context.Context) error {
	shelf, now := d.book.Shelf(lockShelf), d.clock()
	var keys []string
	err := shelf.Each(ctx, "", func(key string, decode func(any) error) (bool, error) {
		var t tally
		if err := decode(&t); err != nil {
			return false, err
		}
		if t.stale(now) {
			keys = append(keys, key)
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("looking through the failures: %w", err)
	}
	for _, key := range keys {
		if err := shelf.Delete(ctx, key); err != nil {
			return fmt.Errorf("forgetting old failures: %w", err)
		}
	}
	return nil
}

// gate is the pair of tallies that one try has to pass.
type gate struct {
	who, from string // keyed hashes, the keys on the shelf
	name      tally
	terminal  tally
}

func (d *Desk) gate(name, from string) *gate {
	return &gate{who: d.fingerprint("name", name), from: d.fingerprint("from", from)}
}

// read loads both tallies in the transaction.
func (g *gate) read(tx *record.Tx) error {
	if _, err := tx.ShelfGet(lockShelf, g.who, &g.name); err != nil {
		return fmt.Errorf("reading the failures of a name: %w", err)
	}
	if _, err := tx.ShelfGet(lockShelf, g.from, &g.terminal); err != nil {
		return fmt.Errorf("reading the failures of a terminal: %w", err)
	}
	return nil
}

// write lays both tallies back, or takes them away when nothing is in them.
func (g *gate) write(tx *record.Tx) error {
	for key, t := range map[string]tally{g.who: g.name, g.from: g.terminal} {
		err := tx.ShelfPut(lockShelf, key, t)
		if t.Set == 0 && len(t.Misses) == 0 {
			err = tx.ShelfDelete(lockShelf, key)
		}
		if err != nil {
			return fmt.Errorf("writing failures: %w", err)
		}
	}
	return nil
}

// shut says why no try is let through, nil when one is.
func (g *gate) shut(now time.Time) error {
	if left := g.name.left(now); left > 0 {
		return record.Refused(CodeLockedOut, "这个名称连续登录失败，已锁定；请 %s后再试，或请安全管理员重置密码", wait(left))
	}
	if left := g.terminal.left(now); left > 0 {
		return record.Refused(CodeLockedOut, "本终端登录失败次数过多，已锁定；请 %s后再试", wait(left))
	}
	return nil
}

// miss counts a failure on both sides, locks where the limit is reached, and
// says so. locked is "", "name" or "terminal".
func (g *gate) miss(now time.Time, l Limits) (refusal *record.Refusal, locked string) {
	g.name.fail(g.who, now)
	g.terminal.recent(now, l.Lock)
	g.terminal.fail(g.who, now)
	rest := l.Failures - len(g.name.Misses)
	if g.terminal.counted() >= l.Failures {
		g.terminal.lock(now, l.Lock)
		locked = "terminal"
	}
	if rest <= 0 {
		g.name.lock(now, l.Lock)
		locked = "name"
	}
	if locked != "" {
		return record.Refused(CodeLockedOut, "名称或密码不对，已锁定 %s；忘记密码请找安全管理员重置", wait(l.Lock)), locked
	}
	if spare := l.Failures - g.terminal.counted(); spare <= perName-g.terminal.of(g.who) {
		rest = min(rest, spare) // the terminal would lock sooner
	}
	return record.Refused(CodeWrong, "名称或密码不对；再错 %d 次将锁定 %s", rest, wait(l.Lock)), ""
}

// pass forgets the failures of whoever has proved who they are.
func (g *gate) pass() {
	g.name = tally{}
	g.terminal.forget(g.who)
}

// wait writes a time to wait in whole minutes, rounded up.
func wait(d time.Duration) string {
	return fmt.Sprintf("%d 分钟", int((d+time.Minute-1)/time.Minute))
}
