package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"jiezhen/app/record"
	"jiezhen/app/watch"
	"jiezhen/embedstore/disk"
)

// The parameters by which disk and clock are judged: megabytes, and days.
const (
	paramDiskLow    = "office.disk.low"
	paramDiskFull   = "office.disk.full"
	paramClockAhead = "office.clock.ahead"
)

// whole reads a whole-number parameter as of today.
func (o *Office) whole(key string, otherwise int) int {
	p, err := o.policyNow().Param(key, o.Today())
	if err != nil {
		return otherwise
	}
	switch n := p.Value.(type) {
	case int:
		return n
	case int64:
		return int(n)
	case float64:
		return int(n)
	}
	return otherwise
}

// Room is how full the disk is that the office lies on, and what to do about
// it, "" when nothing.
func (o *Office) Room() (watch.Level, disk.Room, string) {
	const mb = 1 << 20
	level, room := o.disk.Look(watch.Floors{Low: int64(o.whole(paramDiskLow, 0)) * mb, Full: int64(o.whole(paramDiskFull, 0)) * mb})
	if o.store.Locked() && disk.TakesNothing(o.cfg.Dir) { // until it takes writing again
		level, room.Locked = watch.Full, true
	}
	return level, room, watch.RoomWords(level, room)
}

// ReadOnly is why the office takes no writes now, or "".
func (o *Office) ReadOnly() string {
	if o.cfg.Safe != "" {
		return o.cfg.Safe
	}
	if level, _, words := o.Room(); level == watch.Full {
		return words
	}
	return ""
}

// profileNow is the office's profile with what holds at this moment.
func (o *Office) profileNow() record.Profile {
	p := *o.rules.profile.Load()
	p.ReadOnly = o.ReadOnly()
	return p
}

// Safe says whether the office is in safe mode.
func (h *House) Safe() bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.cfg.Safe != ""
}

// LeaveSafe ends safe mode because someone decided so: the office is reopened
// in full. With anew the search index is removed and made again, which is the
// first suspect when starts fail.
func (h *House) LeaveSafe(ctx context.Context, anew bool) error {
	if c, _ := h.Condition(); c != Ready || !h.Safe() {
		return fmt.Errorf("leaving safe mode: the house is %s", c)
	}
	if err := h.Leave(); err != nil {
		return err
	}
	h.mu.Lock()
	h.cfg.Safe = ""
	h.mu.Unlock()
	var err error
	if anew {
		err = disk.RemoveAll(filepath.Join(h.cfg.Dir, "index"))
	}
	return errors.Join(err, h.come(ctx))
}

// daily does work at the start and once on every day after. It looks at the
// date now and then instead of waiting a day: a PC that sleeps at night counts
// the hours awake only.
func (o *Office) daily(ctx context.Context, work func()) {
	done := ""
	for ctx.Err() == nil {
		if today := string(o.Today()); today != done {
			done = today
			work()
		}
		pause(ctx, time.Minute)
	}
}
