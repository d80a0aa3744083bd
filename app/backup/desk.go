package backup

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/bundle"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/staff"
	"jiezhen/embedstore"
)

// Config is what a Desk is made of.
type Config struct {
	Book     *record.Book
	Store    *embedstore.Store
	Master   [32]byte
	Dir      string // where the office's own copies lie, in the data folder
	Clock    func() time.Time
	Portable func() ([]byte, error) // the master key, closed for the paper key
	Program  string
	Log      *slog.Logger
	Drives   func() []Drive // removable media that are plugged in; nil: the system's
	// PartLimit is the largest file that any folder takes; 0: what its file
	// system takes.
	PartLimit int64
	// Step is called before every step of writing to a folder, and stops it
	// with an error: a test pulls the medium there. It may be nil.
	Step func(what string) error
}

// Desk makes, carries and proves bundles. It is safe for use by many
// goroutines; one bundle is made at a time.
type Desk struct {
	cfg     Config
	shelf   *record.Shelf
	turns   chan struct{} // holds one: bundles are made, carried and tried one at a time
	wake    chan struct{}
	working sync.Mutex // guards doing
	doing   Doing
}

// New opens the desk.
func New(cfg Config) *Desk {
	if cfg.Drives == nil {
		cfg.Drives = Drives
	}
	return &Desk{cfg: cfg, shelf: cfg.Book.Shelf(ShelfName), wake: make(chan struct{}, 1), turns: make(chan struct{}, 1)}
}

// With is the desk with some of its surroundings changed.
func (d *Desk) With(change func(*Config)) *Desk {
	cfg := d.cfg
	change(&cfg)
	return New(cfg)
}

// ShelfName is the shelf that the desk remembers on.
const ShelfName = "backup"

// Settings are what the office has chosen.
type Settings struct {
	Suite     bundle.Suite
	Every     int      // hours between bundles
	FullEvery int      // a full bundle after so many incremental ones
	FullWeeks int      // and after so many weeks, whichever comes first
	Chains    int      // full bundles, with what builds on them, that a place keeps
	KeepDays  int      // and whatever was made in so many days before the newest
	Readers   []Reader // beside the office itself
	Places    []Place
}

// Reader is someone else who can read the office's bundles: the district.
type Reader struct {
	Name   string
	Key    string
	Closed bool   // the sealed registers too, with the same key: as earlier programs had it
	Sealed string // sealed-records key: reads the sealed registers and can restore the office
	Signer string // public key of its receipts and policy packs; "" if it gives none
	// Address and Certificate are its receiver on the network, as its card says.
	Address, Certificate string
}

func (s Settings) filled() Settings {
	if s.Suite == 0 {
		s.Suite = bundle.Classic
	}
	if s.Every == 0 {
		s.Every = 24
	}
	if s.FullEvery == 0 {
		s.FullEvery = 14
	}
	if s.FullWeeks == 0 {
		s.FullWeeks = 4
	}
	if s.Chains == 0 {
		s.Chains = 3
	}
	if s.KeepDays == 0 {
		s.KeepDays = 35
	}
	return s
}

// Settings are what the office has chosen, with defaults where it has not.
func (d *Desk) Settings(ctx context.Context) (Settings, error) {
	var s Settings
	_, err := d.shelf.Get(ctx, "settings", &s)
	return s.filled(), err
}

// MayKeep says whether a viewer looks after backups.
func MayKeep(v access.Viewer) bool { return v.Office || v.Has(staff.RoleSystem) }

// MaySee says whether a viewer may see how backups stand.
func MaySee(v access.Viewer) bool {
	return MayKeep(v) || v.Has(staff.RoleSecurity, staff.RoleAudit) || v.Lead()
}

// errKeeper refuses whoever does not look after backups.
func keeper(v access.Viewer) error {
	if !MayKeep(v) {
		return record.Refused(record.CodeDenied, "备份由系统管理员管理")
	}
	return nil
}

// change writes settings with an entry in the journal.
func (d *Desk) change(ctx context.Context, v access.Viewer, what string, fn func(*Settings) error) error {
	if err := keeper(v); err != nil {
		return err
	}
	return d.cfg.Book.Change(ctx, v, "备份设置："+what, func(tx *record.Tx) error {
		var s Settings
		if _, err := tx.ShelfGet(ShelfName, "settings", &s); err != nil {
			return err
		}
		s = s.filled()
		if err := fn(&s); err != nil {
			return err
		}
		if err := tx.ShelfPut(ShelfName, "settings", s); err != nil {
			return err
		}
		return tx.Event("backup.settings", record.Ref{Register: record.Users, ID: v.User}, map[string]any{"what": what})
	})
}

// Rhythm is how often bundles are made and how many are kept.
type Rhythm struct{ Every, FullEvery, FullWeeks, Chains, KeepDays int }

// Rhythm is the part of the settings that is about time and number.
func (s Settings) Rhythm() Rhythm {
	return Rhythm{s.Every, s.FullEvery, s.FullWeeks, s.Chains, s.KeepDays}
}

// Timing sets how often bundles are made and how many a place keeps.
func (d *Desk) Timing(ctx context.Context, v access.Viewer, r Rhythm) error {
	if err := keeper(v); err != nil {
		return err
	}
	switch {
	case r.Every < 1 || r.Every > 168:
		return invalid("every", "备份间隔", "请填 1 至 168 小时")
	case r.FullEvery < 1 || r.FullEvery > 60:
		return invalid("full", "完整备份间隔", "请填 1 至 60 次")
	case r.FullWeeks < 1 || r.FullWeeks > 26:
		return invalid("weeks", "完整备份间隔", "请填 1 至 26 周")
	case r.Chains < 2 || r.Chains > 52:
		return invalid("chains", "保留组数", "请填 2 至 52 组")
	case r.KeepDays < 7 || r.KeepDays > 3650:
		return invalid("days", "保留天数", "请填 7 至 3650 天")
	}
	return d.change(ctx, v, fmt.Sprintf("每 %d 小时；每 %d 次增量或 %d 周做一次完整备份；保留 %d 组和 %d 天内的", r.Every, r.FullEvery, r.FullWeeks, r.Chains, r.KeepDays), func(s *Settings) error {
		s.Every, s.FullEvery, s.FullWeeks, s.Chains, s.KeepDays = r.Every, r.FullEvery, r.FullWeeks, r.Chains, r.KeepDays
		return nil
	})
}

func invalid(field, label, text string) error {
	return &record.Refusal{Code: record.CodeInvalid, Text: "还有内容要补正", Problems: []record.Problem{{Field: field, Label: label, Text: text}}}
}

// AddReader lets someone else read the office's bundles from the next one on,
// which is then a full one.
func (d *Desk) AddReader(ctx context.Context, v access.Viewer, r Reader) error {
	if r.Name == "" {
		return invalid("name", "名称", "请写明是谁，如“区民政局”")
	}
	return d.change(ctx, v, "增加接收方 "+r.Name, func(s *Settings) error {
		if err := s.Suite.Readable(r.Key); err != nil {
			return invalid("key", "接收公钥", err.Error())
		}
		if r.Sealed == r.Key {
			return invalid("sealed", "封存公钥", "不能与接收公钥相同：它的另一半由对方锁起来，平时不用")
		}
		if r.Sealed != "" && s.Suite.Readable(r.Sealed) != nil {
			return invalid("sealed", "封存公钥", "不是"+s.Suite.Title()+"的公钥")
		}
		for _, other := range s.Readers {
			if other.Key == r.Key || other.Name == r.Name {
				return invalid("key", "接收公钥", "已有这个接收方："+other.Name)
			}
		}
		s.Readers = append(s.Readers, r)
		return nil
	})
}

// DropReader keeps someone from reading bundles from the next one on.
func (d *Desk) DropReader(ctx context.Context, v access.Viewer, name string) error {
	return d.change(ctx, v, "去掉接收方 "+name, func(s *Settings) error {
		for i, r := range s.Readers {
			if r.Name == name {
				s.Readers = append(s.Readers[:i:i], s.Readers[i+1:]...)
				return nil
			}
		}
		return record.Refused(record.CodeInvalid, "没有接收方%s", name)
	})
}

// UseSuite changes the algorithms. Readers' keys are of one suite, so they
// must be entered anew.
func (d *Desk) UseSuite(ctx context.Context, v access.Viewer, suite bundle.Suite) error {
	if suite != bundle.Classic && suite != bundle.National && suite != bundle.Hybrid {
		return invalid("suite", "算法", "请选择一种算法")
	}
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	if s.Suite == suite {
		return nil
	}
	if len(s.Readers) > 0 {
		return record.Refused(record.CodeInvalid, "换算法前请先去掉现有接收方，换好后请对方按新算法另给接收公钥")
	}
	if err := d.change(ctx, v, "改用"+suite.Title(), func(s *Settings) error { s.Suite = suite; return nil }); err != nil {
		return err
	}
	return d.Rotate(ctx, v)
}

// Rotate makes new keys of the office's own. Old bundles stay readable.
func (d *Desk) Rotate(ctx context.Context, v access.Viewer) error {
	if err := keeper(v); err != nil {
		return err
	}
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	ring, err := d.keyring(ctx)
	if err != nil {
		return err
	}
	ring, err = ring.Rotate(s.Suite, d.cfg.Clock().Unix())
	if err != nil {
		return err
	}
	return d.cfg.Book.Change(ctx, v, "更换备份密钥", func(tx *record.Tx) error {
		if err := tx.ShelfPut(ShelfName, "keyring", ring); err != nil {
			return err
		}
		return tx.Event("backup.keys", record.Ref{Register: record.Users, ID: v.User}, map[string]any{"signer": bundle.Fingerprint(ring.Signers[0].Public)})
	})
}

// keyring gives the office's keys, made when first needed.
func (d *Desk) keyring(ctx context.Context) (bundle.Keyring, error) {
	var ring bundle.Keyring
	found, err := d.shelf.Get(ctx, "keyring", &ring)
	if err != nil || found {
		return ring, err
	}
	s, err := d.Settings(ctx)
	if err != nil {
		return ring, err
	}
	fresh, err := bundle.NewKeyring(s.Suite, d.cfg.Clock().Unix())
	if err != nil {
		return ring, err
	}
	err = d.shelf.Update(ctx, "keyring", func(decode func(any) error) (any, error) {
		if decode != nil { // another made it meanwhile
			return fresh, decode(&fresh)
		}
		return fresh, nil
	})
	return fresh, err
}

// Signer is the office's public signing key, which the district notes.
func (d *Desk) Signer(ctx context.Context) (string, error) {
	ring, err := d.keyring(ctx)
	if err != nil {
		return "", err
	}
	return ring.Signers[0].Public, nil
}

// closed says which registers only the office itself may restore.
func (d *Desk) closed(collection string) bool {
	def, ok := d.cfg.Book.Registers().Get(collection)
	return !ok || def.Protect == register.ProtectSealed
}

func (d *Desk) local(name string) string { return filepath.Join(d.cfg.Dir, name) }

// Doing is what the desk is at, and how far; Total is 0 where that cannot be
// said.
type Doing struct {
	Text        string
	Done, Total int64
}

// Doing says what the desk is at; no text: nothing.
func (d *Desk) Doing() Doing {
	d.working.Lock()
	defer d.working.Unlock()
	return d.doing
}

// tell begins another piece of work, of so many bytes or pieces.
func (d *Desk) tell(text string, total int64) {
	d.working.Lock()
	defer d.working.Unlock()
	d.doing = Doing{Text: text, Total: total}
}

// advance says how much of the present piece of work was done since.
func (d *Desk) advance(n int64) {
	d.working.Lock()
	defer d.working.Unlock()
	d.doing.Done = min(d.doing.Done+n, d.doing.Total)
}

// watched counts what is read as work done.
func (d *Desk) watched(r io.ReadCloser) io.ReadCloser { return &watchedReader{r, d} }

type watchedReader struct {
	io.ReadCloser
	d *Desk
}

func (w *watchedReader) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	w.d.advance(int64(n))
	return n, err
}

// watchedVolume is a bundle whose reading counts as work done.
func (d *Desk) watchedVolume(path string) bundle.Volume {
	return bundle.Volume{Name: path, Open: func() (io.ReadCloser, error) {
		r, err := bundle.OpenFile(path)
		if err != nil {
			return nil, err
		}
		return d.watched(r), nil
	}}
}

// turn waits until nobody else makes, carries or tries a bundle, and gives what
// ends the turn.
func (d *Desk) turn(ctx context.Context) (end func(), err error) {
	select {
	case d.turns <- struct{}{}:
		end = func() { d.tell("", 0); <-d.turns }
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := d.resume(ctx); err != nil {
		end()
		return nil, err
	}
	return end, nil
}

// Folder is where the office's own copies lie.
func (d *Desk) Folder() string { return d.cfg.Dir }

// Identity is the office's number, by which a district knows it.
func (d *Desk) Identity() string { return d.cfg.Store.ID() }
