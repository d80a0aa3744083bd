package staff

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/record"
)

// Config is what a Desk is made of. Opened may be nil.
type Config struct {
	Book  *record.Book // made with Behaviours(Roles)
	Roles access.Roles
	Clock func() time.Time
	Rand  io.Reader // nil: the system's
	Cost  Cost      // zero: StandardCost
	// Opened gives the protected persons whom a user has opened with a reason,
	// and until when; it becomes Viewer.Opened.
	Opened func(ctx context.Context, user uint64) (map[uint64]time.Time, error)
}

// Desk is where people log in and where their accounts are kept. It is safe
// for use by many at once.
type Desk struct {
	book   *record.Book
	roles  access.Roles
	clock  func() time.Time
	rand   io.Reader
	hasher *hasher
	opened func(ctx context.Context, user uint64) (map[uint64]time.Time, error)
	key    [32]byte      // keys the fingerprints of names and terminals
	turn   chan struct{} // one try at a password at a time: no race past the limit, one hash in memory
	seen   seen
}

// seen is when each session was last used, so that not every page turned is a
// write. The shelf follows within seenEvery.
type seen struct {
	sync.Mutex
	at map[string]int64 // session key → Unix milliseconds
}

// New opens the desk and clears away sessions long over.
func New(ctx context.Context, cfg Config) (*Desk, error) {
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if cfg.Cost == (Cost{}) {
		cfg.Cost = StandardCost()
	}
	d := &Desk{book: cfg.Book, roles: cfg.Roles, clock: cfg.Clock, rand: cfg.Rand, opened: cfg.Opened,
		turn: make(chan struct{}, 1), seen: seen{at: map[string]int64{}},
		key: cfg.Book.Key("staff fingerprints v1")}
	var err error
	if d.hasher, err = newHasher(cfg.Cost, cfg.Rand); err != nil {
		return nil, err
	}
	if err := d.Sweep(ctx); err != nil {
		return nil, fmt.Errorf("opening the staff desk: %w", err)
	}
	return d, nil
}

// fingerprint stands for a name or a terminal where neither may be in clear.
func (d *Desk) fingerprint(kind, text string) string {
	mac := hmac.New(sha256.New, d.key[:])
	mac.Write([]byte(kind + "\x00" + text))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// Limits are the rules in force today.
func (d *Desk) Limits() Limits { return limitsOf(d.book.Policy(), d.book.Today()) }

// Roles are all posts that a user may be given.
func (d *Desk) Roles() access.Roles { return d.roles }

// take waits for the turn to try a password.
func (d *Desk) take(ctx context.Context) (release func(), err error) {
	select {
	case d.turn <- struct{}{}:
		return func() { <-d.turn }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting to check a password: %w", ctx.Err())
	}
}

// as is the office acting for a user: the journal names the user.
func as(user uint64, name string) access.Viewer {
	v := access.Office()
	if user != 0 {
		v.User, v.Name = user, name
	}
	return v
}

// withOffice is the viewer's own work done with the office's rights, after
// this package has asked whether the viewer may.
func withOffice(v access.Viewer) access.Viewer {
	v.Office = true
	return v
}

// errNoUser is for callers inside the package; pages see a refusal.
var errNoUser = errors.New("no such user")
