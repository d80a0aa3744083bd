package staff

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/record"
)

// SessionShelf holds sessions under the hex SHA-256 of their token; the token
// itself is nowhere but in the browser. Version 1 of its entries is kept.
// SessionShelf keeps who is signed in.
const SessionShelf = "staff sessions v1"

// kept is a session as stored. Times are Unix milliseconds.
type kept struct {
	User    uint64
	Started int64
	Seen    int64
	Locked  bool
	From    string
}

// seenEvery is how far the stored time of last use may lag behind.
const seenEvery = time.Minute

// slack is how far a clock may be put back without being called wrong.
const slack = 2 * time.Minute

// Session is one person at one browser.
type Session struct {
	Token      string // only as the answer of Login
	CSRF       string // carried by every form of the session
	User       uint64
	Name       string
	From       string
	Started    time.Time
	Seen       time.Time // last use
	LocksAt    time.Time // when it is covered if nothing is done
	EndsAt     time.Time // when it ends whatever is done
	Locked     bool
	MustChange bool // nothing but changing the password is allowed
}

// newToken draws a token of 256 bits.
func (d *Desk) newToken() (string, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(d.rand, b); err != nil {
		return "", fmt.Errorf("drawing a session token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// sessionKey is where a token's session lies.
func sessionKey(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// csrfOf derives the form token: whoever reads it off a page does not learn
// the session token.
func csrfOf(token string) string {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte("csrf v1"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// CSRFMatches compares a form's token in constant time.
func (s Session) CSRFMatches(sent string) bool {
	return s.CSRF != "" && hmac.Equal([]byte(s.CSRF), []byte(sent))
}

// Session gives whose session a token is and counts as use. A covered session
// is CodeLocked, one that is over or unknown CodeEnded; in both cases the
// Session still says whose it was, so that what was typed can be kept, and the
// viewer may do nothing. While MustChange is set the viewer has no posts.
func (d *Desk) Session(ctx context.Context, token string) (Session, access.Viewer, error) {
	return d.session(ctx, token, true)
}

// Watch is Session without counting as use: for what a page asks by itself
// (kept drafts, progress), so that an empty chair is noticed.
func (d *Desk) Watch(ctx context.Context, token string) (Session, access.Viewer, error) {
	return d.session(ctx, token, false)
}

func (d *Desk) session(ctx context.Context, token string, use bool) (Session, access.Viewer, error) {
	key, now := sessionKey(token), d.clock()
	k, user, err := d.load(ctx, key)
	if err != nil {
		return Session{}, access.Viewer{}, err
	}
	l := d.Limits()
	s := d.describe(token, k, user, l)
	switch k.state(now, l) {
	case stateEnded:
		return s, access.Viewer{}, record.Refused(CodeEnded, "登录已满 %s，请重新登录；未提交的内容已保留", hours(l.Absolute))
	case stateLocked:
		s.Locked = true
		return s, access.Viewer{}, d.cover(ctx, key, k)
	}
	if ended(user, d.book.Today()) {
		return s, access.Viewer{}, record.Refused(CodeDisabled, "账号已停用，如有疑问请找安全管理员")
	}
	if use {
		d.touch(ctx, key, now)
	}
	v, err := d.fullViewer(ctx, user, now)
	if s.MustChange {
		v.Roles, v.Communities, v.Opened = nil, nil, nil
	}
	return s, v, err
}

func (d *Desk) fullViewer(ctx context.Context, user *record.Record, now time.Time) (access.Viewer, error) {
	v := d.viewer(user, now)
	if d.opened == nil {
		return v, nil
	}
	var err error
	v.Opened, err = d.opened(ctx, user.ID)
	return v, err
}

// load reads a session with its user, and its last use from memory.
func (d *Desk) load(ctx context.Context, key string) (kept, *record.Record, error) {
	var k kept
	var user *record.Record
	err := d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		ok, err := tx.ShelfGet(SessionShelf, key, &k)
		if err != nil {
			return fmt.Errorf("reading a session: %w", err)
		}
		if !ok {
			return record.Refused(CodeEnded, "请先登录")
		}
		user, err = byID(tx, k.User)
		return err
	})
	d.seen.Lock()
	k.Seen = max(k.Seen, d.seen.at[key])
	d.seen.Unlock()
	return k, user, err
}

func (d *Desk) describe(token string, k kept, user *record.Record, l Limits) Session {
	return Session{
		CSRF: csrfOf(token), User: user.ID, Name: record.LabelOf(user), From: k.From,
		Started: time.UnixMilli(k.Started), Seen: time.UnixMilli(k.Seen),
		LocksAt: time.UnixMilli(k.Seen).Add(l.Idle), EndsAt: time.UnixMilli(k.Started).Add(l.Absolute),
		Locked: k.Locked, MustChange: mustChange(user, l, d.book.Today()),
	}
}

// state is where a session stands.
type state int

const (
	stateOpen state = iota
	stateLocked
	stateEnded
)

// state judges a session. A clock that ran back makes it unknown how long the
// chair was empty: the session is covered, not ended.
func (k kept) state(now time.Time, l Limits) state {
	started, seen := time.UnixMilli(k.Started), time.UnixMilli(k.Seen)
	switch {
	case now.Sub(started) >= l.Absolute:
		return stateEnded
	case k.Locked, now.Before(seen.Add(-slack)), now.Sub(seen) >= l.Idle:
		return stateLocked
	}
	return stateOpen
}

// resumed is the session after it has been uncovered: used now, and as old as
// it was even when the clock ran back.
func (k kept) resumed(now time.Time) kept {
	at := now.UnixMilli()
	if at < k.Seen {
		k.Started += at - k.Seen
	}
	k.Seen, k.Locked = at, false
	return k
}

// touch notes that a session is in use.
//
// A disk that takes no writing must not keep people from reading: memory has
// the last use, and the shelf only follows.
func (d *Desk) touch(ctx context.Context, key string, now time.Time) {
	at := now.UnixMilli()
	d.seen.Lock()
	d.seen.at[key] = at
	d.seen.Unlock()
	_ = d.changeSession(ctx, key, func(k *kept) bool {
		if at-k.Seen < seenEvery.Milliseconds() {
			return false
		}
		k.Seen = at
		return true
	})
}

// cover marks a session as locked, so that putting the clock right does not
// uncover it, and gives the refusal for it.
func (d *Desk) cover(ctx context.Context, key string, k kept) error {
	if !k.Locked {
		if err := d.lock(ctx, key); err != nil {
			return err
		}
	}
	return record.Refused(CodeLocked, "已锁定：请输入密码继续，未提交的内容还在")
}

func (d *Desk) lock(ctx context.Context, key string) error {
	return d.changeSession(ctx, key, func(k *kept) bool {
		was := k.Locked
		k.Locked = true
		return !was
	})
}

// changeSession changes a stored session, without a write when change says
// that there is nothing to write. A session that is gone stays gone.
func (d *Desk) changeSession(ctx context.Context, key string, change func(*kept) bool) error {
	var k kept
	shelf := d.book.Shelf(SessionShelf)
	if ok, err := shelf.Get(ctx, key, &k); err != nil || !ok || !change(&k) {
		return err
	}
	return shelf.Update(ctx, key, func(decode func(any) error) (any, error) {
		if decode == nil {
			return nil, nil
		}
		var k kept
		if err := decode(&k); err != nil {
			return nil, err
		}
		change(&k)
		return k, nil
	})
}

// Lock covers a session at once.
func (d *Desk) Lock(ctx context.Context, token string) error {
	return d.lock(ctx, sessionKey(token))
}

// Logout ends a session.
func (d *Desk) Logout(ctx context.Context, token string) error {
	key := sessionKey(token)
	k, user, err := d.load(ctx, key)
	if Is(err, CodeEnded) {
		return nil
	}
	if err != nil {
		return err
	}
	d.forget(key)
	return d.book.Change(ctx, as(user.ID, record.LabelOf(user)), "退出登录", func(tx *record.Tx) error {
		if err := tx.ShelfDelete(SessionShelf, key); err != nil {
			return err
		}
		return tx.Event("logout", user.Ref, map[string]any{"from": k.From})
	})
}

func (d *Desk) forget(key string) {
	d.seen.Lock()
	delete(d.seen.at, key)
	d.seen.Unlock()
}

// EndAll ends every session of a user.
func (d *Desk) EndAll(ctx context.Context, user uint64) error {
	return d.endBut(ctx, user, "")
}

// endBut ends every session of a user but one.
func (d *Desk) endBut(ctx context.Context, user uint64, but string) error {
	return d.sweep(ctx, func(key string, k kept) bool { return k.User == user && key != but })
}

// Sweep takes away sessions and failures more than a day old. A clock that
// runs ahead costs a new log-in, nothing else.
func (d *Desk) Sweep(ctx context.Context) error {
	before := d.clock().Add(-d.Limits().Absolute - 24*time.Hour).UnixMilli()
	if err := d.sweep(ctx, func(_ string, k kept) bool { return k.Started < before }); err != nil {
		return err
	}
	return d.sweepLocks(ctx)
}

func (d *Desk) sweep(ctx context.Context, over func(key string, k kept) bool) error {
	shelf := d.book.Shelf(SessionShelf)
	var keys []string
	err := shelf.Each(ctx, "", func(key string, decode func(any) error) (bool, error) {
		var k kept
		if err := decode(&k); err != nil {
			return false, err
		}
		if over(key, k) {
			keys = append(keys, key)
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("looking through the sessions: %w", err)
	}
	for _, key := range keys {
		d.forget(key)
		if err := shelf.Delete(ctx, key); err != nil {
			return fmt.Errorf("ending a session: %w", err)
		}
	}
	return nil
}

// hours writes a limit in hours, or minutes when it is no whole hour.
func hours(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%d 小时", int(d/time.Hour))
	}
	return wait(d)
}
