package installer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Bounds of waiting for a change of versions.
const (
	// takenWithin is how long a request may lie: whoever takes it may have to
	// wait for the lock of installations first.
	takenWithin = lockWithin + 30*time.Second
	// begunWithin is how long a request that was taken may take to be verified.
	begunWithin = 10 * time.Minute
	// wakeEvery is how often the privileged half is called while the request
	// lies: a call while it was just ending leads to nothing.
	wakeEvery = 2 * time.Second
)

// Reasons why there is no change to tell of.
var (
	ErrNotTaken = errors.New("换版没有开始：换版服务（" + Switcher + "）没有来取请求，请求已收回，什么都没有改动。请重新启动电脑后再试一次；还不行，请用 jiezhen diagnostics 保存诊断资料，交给维护人员")
	ErrNotBegun = errors.New("换版没有开始：换版服务（" + Switcher + "）取走了请求，没有往下办，什么都没有改动。请重新启动电脑后再试一次")
	ErrNotEnded = errors.New("换版还没有结束，请过一会儿用 jiezhen status 查看")
)

// Await waits until the change that follows the last one, nil for none, has
// ended, and says how it went. Changes are told apart by what they are and not
// by being later: the clock may have been set meanwhile. A request that nobody
// takes is taken back.
func Await(ctx context.Context, p Places, last *Change) (*Change, error) {
	if c := next(p, last); c == nil && !taken(ctx, p, last) && ctx.Err() == nil {
		if withdrawn, err := withdrawRequest(p); withdrawn || err != nil {
			return nil, errors.Join(ErrNotTaken, err)
		}
	}
	if !await(ctx, begunWithin, func() bool { return next(p, last) != nil }) {
		return nil, cmp.Or(ctx.Err(), ErrNotBegun)
	}
	var c *Change
	if !await(ctx, mostTrial, func() bool { c = next(p, last); return c != nil && !c.Open() }) {
		return c, cmp.Or(ctx.Err(), ErrNotEnded)
	}
	return c, nil
}

// Begun waits until a change that follows the last one has begun, or the
// context ends.
func Begun(ctx context.Context, p Places, last *Change) bool {
	return await(ctx, mostTrial, func() bool { return next(p, last) != nil })
}

// next is the change that follows the last one, nil while there is none.
func next(p Places, last *Change) *Change {
	s, err := ReadState(p)
	if err != nil || s.Change == nil || last != nil && s.Change.ID == last.ID && s.Change.Began.Equal(last.Began) {
		return nil
	}
	return s.Change
}

// taken waits until the request is out of the inbox.
func taken(ctx context.Context, p Places, last *Change) bool {
	woken := time.Now()
	return await(ctx, takenWithin, func() bool {
		if _, err := os.Stat(requestIn(p)); os.IsNotExist(err) || next(p, last) != nil {
			return true
		}
		if time.Since(woken) > wakeEvery {
			woken = time.Now()
			_ = trigger() // the next call may be heard
		}
		return false
	})
}

func requestIn(p Places) string { return filepath.Join(p.Inbox, requestFile) }

// withdrawRequest takes a request back that nobody has taken. Whoever removes
// it has it: it is either withdrawn or, when it is gone already, carried out.
func withdrawRequest(p Places) (withdrawn bool, err error) {
	err = patient(func() error { return os.Remove(requestIn(p)) })
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("收不回换版请求：%w", err)
	}
	return true, nil
}

// await polls until ok, at most for so long.
func await(ctx context.Context, within time.Duration, ok func() bool) bool {
	ctx, stop := context.WithTimeout(ctx, within)
	defer stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok() {
			return true
		}
		select {
		case <-ctx.Done():
			return ok()
		case <-tick.C:
		}
	}
}

// patient does something again while another program, a virus scanner mostly,
// holds the file for a moment.
func patient(do func() error) error { return patiently(held, do) }

func patiently(held func(error) bool, do func() error) error {
	const longest = 3 * time.Second
	began := time.Now()
	for wait := 5 * time.Millisecond; ; wait *= 2 {
		err := do()
		if err == nil || !held(err) || time.Since(began) > longest {
			return err
		}
		time.Sleep(wait)
	}
}
