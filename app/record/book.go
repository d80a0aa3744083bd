package record

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/calendar"
	"jiezhen/app/policy"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/embedstore"
)

// Config is what a Book is made of. Nothing may be nil except Behaviours.
type Config struct {
	Store      *embedstore.Store
	Registers  *register.Set
	Policy     func() *policy.Set
	Calendar   func() *calendar.Calendar
	Clock      func() time.Time
	Office     func() Profile
	Behaviours []Behaviour
	Log        *slog.Logger
}

// Profile is what records need to know of the office they belong to.
type Profile struct {
	Town     string // 9-digit code; part of every number
	TownName string
	Single   bool // single-hand mode: four-eyes rules are stamped, not refused
	Demo     bool // everything is fictional and marked 演示
	ReadOnly string
}

// Behaviour is what one register does beyond the register language. Each
// function may be nil; all run inside the change's transaction.
type Behaviour struct {
	Register string
	// Derive fills fields from others before the record is checked.
	Derive func(tx *Tx, r *Record) error
	// Check finds what is missing or wrong at a save; before is nil for a new record.
	Check func(tx *Tx, r, before *Record) ([]Problem, error)
	// Guard finds what stands in the way of an action.
	Guard func(tx *Tx, r *Record, a *register.Action) ([]Problem, error)
	// After writes what follows from a save (action "") or an action in other records.
	After func(tx *Tx, r, before *Record, action string) error
	// Gone writes what follows from taking the record away, when an import is undone.
	Gone func(tx *Tx, r *Record) error
	// Keys are further values by which the record is found.
	Keys func(r *Record) (equal, unique []embedstore.EqualKey)
}

// Book is the office's records.
type Book struct {
	cfg        Config
	columns    columnKey
	layouts    map[string][]column
	behaviours map[string][]Behaviour
	seen       views
}

// New opens the book on a store.
func New(cfg Config) (*Book, error) {
	b := &Book{cfg: cfg, columns: columnKey(cfg.Store.Derive("list columns v1")),
		layouts: map[string][]column{}, behaviours: map[string][]Behaviour{}}
	b.seen.at = map[viewed]time.Time{}
	for _, d := range cfg.Registers.All() {
		b.layouts[d.ID] = layout(d)
	}
	for _, behave := range cfg.Behaviours {
		if _, ok := cfg.Registers.Get(behave.Register); !ok {
			return nil, fmt.Errorf("behaviour for unknown register %q", behave.Register)
		}
		b.behaviours[behave.Register] = append(b.behaviours[behave.Register], behave)
	}
	return b, nil
}

// Registers are the definitions that the book keeps records of.
func (b *Book) Registers() *register.Set { return b.cfg.Registers }

// Calendar is the calendar in force.
func (b *Book) Calendar() *calendar.Calendar { return b.cfg.Calendar() }

// Policy is the policy in force.
func (b *Book) Policy() *policy.Set { return b.cfg.Policy() }

// Profile is the office's own profile.
func (b *Book) Profile() Profile { return b.cfg.Office() }

// Today is the office's date.
func (b *Book) Today() value.Date { return value.DateOf(b.cfg.Clock()) }

// Now is the office's clock.
func (b *Book) Now() time.Time { return b.cfg.Clock() }

// Head is the sequence of the last change.
func (b *Book) Head() uint64 { seq, _ := b.cfg.Store.Head(); return seq }

// Wait returns when something was written after a sequence, or the context
// ends.
func (b *Book) Wait(ctx context.Context, after uint64) error { return b.cfg.Store.Wait(ctx, after) }

// Tx is one transaction seen by one viewer. It is good only inside the
// function it was given to.
type Tx struct {
	book    *Book
	viewer  access.Viewer
	store   *embedstore.Tx
	writing bool
	cache   map[Ref]*Record               // persons and other rows named often
	unseen  map[string]map[uint64]*Record // by register, of a reading transaction: see hidden
	touched map[string]bool               // registers that a writing transaction has written in
	ctx     context.Context
}

// Change is the only way to write: one transaction, one journal entry. The
// reason is what the history shows. A refusal changes nothing.
func (b *Book) Change(ctx context.Context, v access.Viewer, reason string, fn func(*Tx) error) error {
	if why := b.cfg.Office().ReadOnly; why != "" && !v.Office {
		return Refused(CodeReadOnly, "%s", why)
	}
	entry := embedstore.Entry{Actor: v.User, Kind: "change", Reason: reason}
	_, err := b.cfg.Store.Update(ctx, entry, func(stx *embedstore.Tx) error {
		return fn(&Tx{book: b, viewer: v, store: stx, writing: true, cache: map[Ref]*Record{}, touched: map[string]bool{}, ctx: ctx})
	})
	return diskRefusal(err)
}

// diskRefusal says in the office's words that the disk takes no more.
func diskRefusal(err error) error {
	switch {
	case errors.Is(err, embedstore.ErrNoSpace):
		return Refused(CodeReadOnly, "磁盘已满，没有保存；请清理出空间后再提交一次")
	case errors.Is(err, embedstore.ErrLockedDisk):
		return Refused(CodeReadOnly, "磁盘变成了只读，没有保存；请找维护人员检查磁盘，已保存的内容不受影响")
	}
	return err
}

// View reads for a viewer.
func (b *Book) View(ctx context.Context, v access.Viewer, fn func(*Tx) error) error {
	return b.cfg.Store.View(ctx, func(stx *embedstore.Tx) error {
		return fn(&Tx{book: b, viewer: v, store: stx, cache: map[Ref]*Record{}, unseen: map[string]map[uint64]*Record{}, ctx: ctx})
	})
}

// Viewer is for whom the transaction runs.
func (tx *Tx) Viewer() access.Viewer { return tx.viewer }

// Book is the book that the transaction belongs to.
func (tx *Tx) Book() *Book { return tx.book }

// AsOffice is the same transaction with the rights of the office itself, for
// what a Behaviour must write beyond its user's own rights. The journal still
// names the user.
func (tx *Tx) AsOffice() *Tx {
	office := *tx
	office.viewer.Office = true
	return &office
}

// Today is the office's date.
func (tx *Tx) Today() value.Date { return tx.book.Today() }

func (tx *Tx) definition(id string) (*register.Definition, error) {
	d, ok := tx.book.cfg.Registers.Get(id)
	if !ok {
		return nil, Refused(CodeNotFound, "没有登记簿 %s", id)
	}
	return d, nil
}

// views remembers who was logged as having seen what, so that turning pages
// does not fill the journal.
type views struct {
	sync.Mutex
	at map[viewed]time.Time
}

type viewed struct {
	user uint64
	ref  Ref
}
