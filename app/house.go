package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"jiezhen/app/backup"
	"jiezhen/app/watch"
	"jiezhen/embedstore"
	"jiezhen/embedstore/disk"
	"jiezhen/embedstore/keep"
)

// Config is what a House is made of.
type Config struct {
	Dir     string // data folder
	KeyDir  string // where the account's half of the master key lies, outside Dir; "": the account's own place
	Assets  fs.FS
	Clock   func() time.Time
	Rand    io.Reader
	Log     *slog.Logger
	Demo    bool     // everything is fictional and marked 演示
	FontDir []string // font folders of the PC
	Version string   // the program's own
	// District opens the receiving side: offices hand their bundles in here.
	District bool
	// Safe is why the office opens in safe mode: read-only, search off, nothing
	// running behind; "" as a rule.
	Safe string
	// Built is when the program was made; zero when it does not say.
	Built time.Time
	// Space is how full a folder's disk is; nil asks the system.
	Space func(dir string) (disk.Room, error)
	// Drives lists removable media; nil: the PC's own.
	Drives func() []backup.Drive
	// PasswordCost may be lowered by tests; zero is the product's own.
	PasswordCost Cost
}

// Cost is how much work a password hash takes.
type Cost struct {
	Memory  uint32
	Passes  uint32
	Threads uint8
}

// Condition is what the data folder is found to be.
type Condition string

// The conditions of a House.
const (
	Absent  Condition = "absent"  // proved first run: no folder, or an empty one
	Locked  Condition = "locked"  // the key is not with this account: the paper key opens it
	Ready   Condition = "ready"   // open
	Damaged Condition = "damaged" // something is there that cannot be read: nothing is touched
)

// Marker is the one file that an installer may leave in an otherwise empty
// data folder.
const Marker = "installed"

// districtMark lies in the data folder of a district, so that it is never
// opened as an office.
const districtMark = "district"

// IsDistrict says whether a data folder is a district's.
func IsDistrict(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, districtMark))
	return err == nil
}

// House is the data folder and, when it could be opened, the office in it.
type House struct {
	cfg       Config
	mu        sync.RWMutex
	condition Condition
	why       error
	office    *Office
	key       [32]byte // the master key while the house is open
	stop      context.CancelFunc
	running   sync.WaitGroup
}

// Enter looks at the data folder and opens the office if it can. It fails
// only when another instance has it or the folder cannot be used at all; a
// damaged or locked one is a condition, which the page explains.
func Enter(ctx context.Context, cfg Config) (*House, error) {
	h := &House{cfg: cfg}
	if err := mend(cfg.Dir); err != nil {
		return nil, err
	}
	absent, err := firstRun(cfg.Dir)
	if err != nil {
		return nil, err
	}
	if absent {
		h.condition = Absent
		return h, nil
	}
	key, err := keep.Open(h.keepConfig())
	switch {
	case errors.Is(err, keep.ErrLocked):
		h.condition = Locked
		return h, nil
	case err != nil:
		h.damaged(err)
		return h, nil
	}
	err = h.open(ctx, key)
	if errors.Is(err, embedstore.ErrInUse) {
		return nil, err
	}
	if err != nil {
		h.damaged(err)
	}
	return h, nil
}

func (h *House) damaged(why error) {
	h.condition, h.why = Damaged, why
	h.cfg.Log.Error("the data folder cannot be opened; nothing was changed", "error", why)
}

// firstRun proves that nothing has ever been kept here: the folder is absent,
// or holds nothing but what set-up or an installer left. Any doubt is an
// error, and nothing is touched.
func firstRun(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("数据文件夹 %s 读不出来，没有做任何改动：%w", dir, err)
	}
	for _, e := range entries {
		if !harmless(e.Name()) {
			return false, nil
		}
	}
	return true, nil
}

// harmless are names that say nothing about an office having been here.
func harmless(name string) bool {
	switch name {
	case Marker, districtMark, "address", "control.sock", "lock", watch.StartsName, "logs", "lost+found", ".keep", stagedName: // the socket: killed before set-up; staged: restored aside, never taken
		return true
	}
	return false
}

func (h *House) keepConfig() keep.Config {
	return keep.Config{Dir: h.cfg.Dir, KeyDir: h.cfg.KeyDir, Rand: h.cfg.Rand}
}

func (h *House) storeConfig(key [32]byte) embedstore.Config {
	return embedstore.Config{Dir: filepath.Join(h.cfg.Dir, "store"), Key: key, Clock: h.cfg.Clock, Rand: h.cfg.Rand, Log: h.cfg.Log}
}

// Condition is what the house is in now, and why when it is damaged.
func (h *House) Condition() (Condition, error) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.condition, h.why
}

// Office is the open office, or nil.
func (h *House) Office() *Office {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.office
}

// Found makes the keys and an empty store: the first step of set-up. The
// paper key is shown once; the office is open afterwards, without users.
func (h *House) Found(ctx context.Context) (keep.Recovery, error) {
	if c, _ := h.Condition(); c != Absent {
		return keep.Recovery{}, fmt.Errorf("setting up: the data folder is %s", c)
	}
	if err := os.MkdirAll(h.cfg.Dir, 0o700); err != nil {
		return keep.Recovery{}, fmt.Errorf("making the data folder: %w", err)
	}
	key, paper, err := keep.Create(h.keepConfig())
	if err != nil {
		return keep.Recovery{}, fmt.Errorf("making the keys: %w", err)
	}
	store, err := embedstore.Create(h.storeConfig(key))
	if err != nil {
		return keep.Recovery{}, fmt.Errorf("making the store: %w", err)
	}
	if h.cfg.District {
		if err := os.WriteFile(filepath.Join(h.cfg.Dir, districtMark), nil, 0o600); err != nil {
			return keep.Recovery{}, errors.Join(fmt.Errorf("marking the district: %w", err), store.Close())
		}
	}
	h.key = key
	return paper, h.furnish(ctx, store)
}

// RenewPaper makes a new paper key; the old one opens nothing any more.
func (h *House) RenewPaper() (keep.Recovery, error) {
	if c, _ := h.Condition(); c != Ready {
		return keep.Recovery{}, fmt.Errorf("renewing the paper key: the house is %s", c)
	}
	return keep.Renew(h.keepConfig(), h.key)
}

// DraftPaper draws a paper key that opens nothing yet: it is shown and typed
// back first.
func (h *House) DraftPaper() (keep.Recovery, error) { return keep.Draft(h.keepConfig()) }

// UsePaper puts a drafted paper key in force; the old one opens nothing any
// more.
func (h *House) UsePaper(paper keep.Recovery) error {
	if c, _ := h.Condition(); c != Ready {
		return fmt.Errorf("renewing the paper key: the house is %s", c)
	}
	return keep.Use(h.keepConfig(), h.key, paper)
}

// Drives are the removable media that are plugged in.
func (h *House) Drives() []backup.Drive {
	if h.cfg.Drives != nil {
		return h.cfg.Drives()
	}
	return backup.Drives()
}

// Unlock opens a locked house with the paper key and binds it to the present
// account.
func (h *House) Unlock(ctx context.Context, typed string) error {
	if c, _ := h.Condition(); c != Locked {
		return fmt.Errorf("unlocking: the house is %s", c)
	}
	key, err := keep.Recover(h.keepConfig(), typed)
	if err != nil {
		return err
	}
	return h.open(ctx, key)
}

func (h *House) open(ctx context.Context, key [32]byte) error {
	store, err := embedstore.Open(h.storeConfig(key))
	if err != nil {
		return err
	}
	h.key = key
	return h.furnish(ctx, store)
}

// furnish opens the office on a store and starts what runs behind it.
func (h *House) furnish(ctx context.Context, store *embedstore.Store) error {
	office, err := openOffice(ctx, h.cfg, h.key, store)
	if err != nil {
		return errors.Join(err, store.Close())
	}
	if err := h.noteWentBack(ctx, office); err != nil && h.cfg.Log != nil {
		h.cfg.Log.Error("payments are not locked after going back", "error", err)
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	h.mu.Lock()
	h.office, h.condition, h.why, h.stop = office, Ready, nil, stop
	h.mu.Unlock()
	for _, work := range h.background(office) {
		h.running.Add(1)
		go func() {
			defer h.running.Done()
			attend(run, h.cfg.Log, afterPanic, work)
		}()
	}
	return nil
}

// background is what runs behind an open office. In safe mode nothing does:
// it may be what fails.
func (h *House) background(office *Office) []func(context.Context) {
	if h.Safe() {
		return nil
	}
	return []func(context.Context){office.Find.Run, office.People.Run, office.Hotline.Run, office.Grid.Run, office.Grid.Ready, office.Patrol.Run, office.watch, office.refresh, office.settle, office.recover, office.Backup.Run}
}

// Leave closes the office: what runs behind it ends first.
func (h *House) Leave() error {
	h.mu.Lock()
	office, stop := h.office, h.stop
	h.office, h.stop = nil, nil
	h.mu.Unlock()
	if office == nil {
		return nil
	}
	stop()
	h.running.Wait()
	return office.close()
}

// Version is the program's own.
func (h *House) Version() string { return h.cfg.Version }

// Dir is the data folder.
func (h *House) Dir() string { return h.cfg.Dir }
