package backup

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"jiezhen/app/bundle"
	"jiezhen/app/sheet"
	"jiezhen/app/staff"
	"jiezhen/embedstore"
	"jiezhen/embedstore/disk"
)

// Made is a bundle that lies in the office's own folder.
type Made struct {
	Name     string
	Sequence uint64
	Kind     string
	Base     uint64
	To       uint64
	Head     []byte
	Digest   []byte
	Size     int64
	At       int64 // Unix seconds
	Readers  []string
	Signer   string
	Reason   string
	Pieces   int   // how much was in it, to tell how far the next one is
	BaseAt   int64 // when its full bundle was made, Unix seconds
}

// Time is when it was made.
func (m Made) Time() time.Time { return time.Unix(m.At, 0) }

// Reasons for which a bundle is made.
const (
	ReasonPlain   = ""
	ReasonUpgrade = "upgrade"
)

// largestStep is how many journal entries an incremental bundle reads from
// the running store; more are read from a copy, so that writers never wait.
const largestStep = 20000

// Make makes a bundle if anything has changed since the last, and always a
// full one before an upgrade. made is false when there was nothing to do.
func (d *Desk) Make(ctx context.Context, reason string) (m Made, made bool, err error) {
	end, err := d.turn(ctx)
	if err != nil {
		return m, false, err
	}
	defer end()
	p, err := d.prepare(ctx, reason)
	if err != nil {
		return m, false, err
	}
	if p.last != nil && p.same() {
		return *p.last, false, nil
	}
	if err := os.MkdirAll(d.cfg.Dir, 0o700); err != nil {
		return m, false, fmt.Errorf("making the bundle folder: %w", err)
	}
	d.sweep()
	if m, err = d.write(ctx, &p); err == nil {
		err = d.place(ctx, m)
	}
	if err != nil {
		return m, false, fmt.Errorf("做备份包：%w", err)
	}
	return m, true, d.finish(ctx, m)
}

// Where a bundle stands on the shelf: pending from before it has its name
// until it is the last one. Both are needed, because the file and the shelf
// cannot change at once, and the next bundle must build on whatever lies there.
const (
	lastKey    = "last"
	pendingKey = "pending"
)

// place gives a bundle its name, having said on the shelf that it will.
func (d *Desk) place(ctx context.Context, m Made) error {
	aside := d.local(m.Name + partial)
	err := d.shelf.Put(ctx, pendingKey, m)
	if err == nil {
		err = disk.Rename(aside, d.local(m.Name))
	}
	if err != nil {
		return errors.Join(err, gone(os.Remove(aside)))
	}
	return syncFolder(d.cfg.Dir)
}

// finish makes a bundle that has its name the last one.
func (d *Desk) finish(ctx context.Context, m Made) error {
	if err := d.shelf.Put(ctx, lastKey, m); err != nil {
		return err
	}
	return d.shelf.Delete(ctx, pendingKey)
}

// resume finishes a bundle that has its name already, where the program
// ended between the two.
func (d *Desk) resume(ctx context.Context) error {
	var m Made
	found, err := d.shelf.Get(ctx, pendingKey, &m)
	if err != nil || !found {
		return err
	}
	if _, err := os.Stat(d.local(m.Name)); errors.Is(err, fs.ErrNotExist) {
		return d.shelf.Delete(ctx, pendingKey)
	} else if err != nil {
		return fmt.Errorf("looking for the bundle made last: %w", err)
	}
	return d.finish(ctx, m)
}

// plan is what the next bundle will be.
type plan struct {
	name     string
	manifest bundle.Manifest
	sealing  bundle.Sealing
	last     *Made
}

func (p plan) readers() []string { return append(slices.Clone(p.sealing.Open), p.sealing.Closed...) }

// same says that a bundle would hold nothing new.
func (p plan) same() bool {
	return p.manifest.Kind == bundle.Incremental && p.last.To == p.manifest.To
}

func (d *Desk) prepare(ctx context.Context, reason string) (p plan, err error) {
	s, err := d.Settings(ctx)
	if err != nil {
		return p, err
	}
	ring, err := d.keyring(ctx)
	if err != nil {
		return p, err
	}
	var last Made
	found, err := d.shelf.Get(ctx, lastKey, &last)
	if err != nil {
		return p, err
	}
	if found {
		p.last = &last
	}
	p.seal(s, ring, d.cfg.Master)
	lock, err := ring.Lock(d.cfg.Master, d.cfg.Store.ID())
	if err != nil {
		return p, err
	}
	paper, err := d.cfg.Portable()
	if err != nil {
		return p, err
	}
	profile := d.cfg.Book.Profile()
	seq, hash := d.cfg.Store.Head()
	p.manifest = bundle.Manifest{Office: d.cfg.Store.ID(), Name: profile.TownName, Town: profile.Town, Kind: bundle.Full, To: seq, Head: hash[:],
		Program: d.cfg.Program, Made: d.cfg.Clock().Unix(), Signer: ring.Signers[0].Public, Paper: paper, Lock: lock, Reason: reason, Demo: profile.Demo, Store: embedstore.Format}
	if p.last != nil {
		p.manifest.Previous = last.Digest
		if reason != ReasonUpgrade && d.canBuildOn(last, p, s) {
			p.manifest.Kind, p.manifest.Base, p.manifest.From, p.manifest.Start = bundle.Incremental, last.Base, last.To, last.Head
		}
	}
	return p, nil
}

// seal fills in who can read the bundle: the office itself always, twice over
// by its own key and the paper key that leads to it.
func (p *plan) seal(s Settings, ring bundle.Keyring, master [32]byte) {
	p.sealing = bundle.Sealing{Suite: ring.Suite, Open: []string{ring.Readers[0].Public}, Closed: []string{ring.Readers[0].Public},
		Signer: ring.Signers[0].Secret}
	for _, r := range s.Readers {
		p.sealing.Open = append(p.sealing.Open, r.Key)
		if r.Closed {
			p.sealing.Closed = append(p.sealing.Closed, r.Key)
		}
		if r.Sealed != "" {
			p.sealing.Closed, p.sealing.Master = append(p.sealing.Closed, r.Sealed), master[:]
		}
	}
}

// canBuildOn says whether an incremental bundle will do: whoever may read it
// must have been able to read its base.
func (d *Desk) canBuildOn(last Made, p plan, s Settings) bool {
	if !slices.Equal(last.Readers, p.readers()) || last.Signer != p.manifest.Signer || last.Sequence-last.Base >= uint64(s.FullEvery) {
		return false
	}
	if age := d.cfg.Clock().Sub(time.Unix(last.BaseAt, 0)); age < 0 || age >= time.Duration(s.FullWeeks)*7*24*time.Hour {
		return false // too old, or a clock that ran backwards: a full one harms nobody
	}
	head, _ := d.cfg.Store.Head()
	if last.To > head {
		return false // the store is older than the bundle: it was put back from elsewhere
	}
	list, err := d.Local()
	if err != nil {
		return false
	}
	return slices.ContainsFunc(list, func(e Entry) bool { return e.Manifest.Sequence == last.Base }) &&
		slices.ContainsFunc(list, func(e Entry) bool { return e.Manifest.Sequence == last.Sequence })
}

// number draws a sequence, never given twice even if the bundle fails.
func (d *Desk) number(ctx context.Context) (uint64, error) {
	var n uint64
	err := d.shelf.Update(ctx, "sequence", func(decode func(any) error) (any, error) {
		if decode != nil {
			if err := decode(&n); err != nil {
				return nil, err
			}
		}
		n++
		return n, nil
	})
	return n, err
}

// write writes the bundle beside its name, syncs and reads it back.
func (d *Desk) write(ctx context.Context, p *plan) (m Made, err error) {
	n, err := d.number(ctx)
	if err != nil {
		return m, err
	}
	p.manifest.Sequence = n
	if p.manifest.Kind == bundle.Full {
		p.manifest.Base = n
	}
	var s bundle.Summary
	err = d.standing(ctx, p, func(tx *embedstore.Tx) (err error) {
		s, err = d.writeFile(ctx, tx, p)
		return err
	})
	m = Made{Name: p.name, Sequence: p.manifest.Sequence, Kind: p.manifest.Kind, Base: p.manifest.Base, To: s.Manifest.To,
		Head: s.Manifest.Head, Digest: s.Digest, Size: s.Size, At: d.cfg.Clock().Unix(),
		Readers: p.readers(), Signer: p.manifest.Signer, Reason: p.manifest.Reason, Pieces: s.Pieces}
	m.BaseAt = m.At
	if m.Kind == bundle.Incremental {
		m.Pieces, m.BaseAt = p.last.Pieces, p.last.BaseAt
	}
	return m, err
}

func (d *Desk) writeFile(ctx context.Context, tx *embedstore.Tx, p *plan) (s bundle.Summary, err error) {
	seq, hash, err := tx.Head()
	if err != nil {
		return s, err
	}
	p.manifest.To, p.manifest.Head = seq, hash[:]
	p.name = Name(p.manifest)
	aside := d.local(p.name + partial)
	f, err := os.OpenFile(aside, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return s, fmt.Errorf("writing a bundle: %w", err)
	}
	s, err = bundle.Write(ctx, f, p.manifest, p.sealing, bundle.Source{Tx: tx, Closed: d.closed, Shelf: carried, Tell: d.counting(p)})
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		d.tell("正在回读核对备份包", s.Size)
		err = d.verifyFile(ctx, aside, s.Digest)
	}
	if err != nil {
		return s, errors.Join(err, gone(os.Remove(aside)))
	}
	return s, nil
}

// standing runs fn on a store that does not move: the running one for a small
// step, else a copy, because a long reader would hold up the store's writers.
func (d *Desk) standing(ctx context.Context, p *plan, fn func(*embedstore.Tx) error) (err error) {
	if p.manifest.Kind == bundle.Incremental && p.manifest.To-p.manifest.From <= largestStep {
		return d.cfg.Store.View(ctx, fn)
	}
	d.tell("正在做数据快照", 0)
	c, err := d.cfg.Store.Copy(ctx, d.local("snapshot"))
	if err != nil {
		return errors.Join(err, disk.RemoveAll(d.local("snapshot"))) // a full disk must not stay fuller
	}
	defer func() { err = errors.Join(err, c.Close(), gone(os.Remove(d.local("snapshot")))) }()
	return c.View(ctx, fn)
}

// counting tells how many pieces are in a bundle so far, against those of the
// last full one.
func (d *Desk) counting(p *plan) func(int) {
	total := int64(0)
	if p.last != nil && p.manifest.Kind == bundle.Full {
		total = int64(p.last.Pieces)
	}
	d.tell("正在做备份包", total)
	last := 0
	return func(n int) {
		d.advance(int64(n - last))
		last = n
	}
}

// carried are the shelves that a bundle takes along: sessions stay behind, so
// that nobody is signed in to a restored office, and files that were read and
// not yet imported.
func carried(shelf string) bool { return shelf != staff.SessionShelf && shelf != sheet.StagedShelf }

const partial = ".partial"

const namePrefix = "街镇通备份-"

// Name is what a bundle's file is called: it says what it is and tells nothing
// of what is in it.
func Name(m bundle.Manifest) string {
	kind := "增量"
	if m.Kind == bundle.Full {
		kind = "完整"
	}
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"/\|?* `, r) || r < ' ' {
			return '_'
		}
		return r
	}, m.Name)
	if name != "" {
		name += "-"
	}
	return fmt.Sprintf(namePrefix+"%s%s-%06d-%s%s", name, m.Office[:8], m.Sequence, kind, bundle.Extension)
}

// Entry is a bundle in a folder, as its head says; nobody has verified it.
type Entry struct {
	Name     string
	Size     int64
	Suite    bundle.Suite
	Manifest bundle.Manifest
}

// Local are the bundles in the office's own folder, oldest first.
func (d *Desk) Local() ([]Entry, error) { return Folder(d.cfg.Dir, d.cfg.Store.ID()) }

// Folder are an office's bundles in a folder, oldest first; of all offices
// when none is named. What is no bundle is passed over.
func Folder(dir, office string) ([]Entry, error) {
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("读不了文件夹 %s：%w", dir, err)
	}
	var out []Entry
	for _, f := range files {
		if f.IsDir() || !bundle.IsFirst(f.Name()) {
			continue
		}
		e, err := head(filepath.Join(dir, f.Name()))
		if err == nil && (office == "" || e.Manifest.Office == office) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Entry) int { return int(int64(a.Manifest.Sequence) - int64(b.Manifest.Sequence)) })
	return out, nil
}

func head(path string) (e Entry, err error) {
	f, err := os.Open(path)
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return e, err
	}
	e = Entry{Name: filepath.Base(path), Size: info.Size()}
	e.Suite, e.Manifest, err = bundle.Head(f)
	return e, err
}

// verifyFile reads a bundle to its end and compares what it is with what was
// written.
func (d *Desk) verifyFile(ctx context.Context, path string, digest []byte) error {
	forgetCache(path)
	l, err := bundle.VerifyVolume(ctx, d.watchedVolume(path))
	if err != nil {
		return err
	}
	if digest != nil && hex.EncodeToString(l.Digest) != hex.EncodeToString(digest) {
		return bundle.ErrDamaged
	}
	return nil
}

// sweep removes what an earlier attempt left half done.
func (d *Desk) sweep() {
	files, err := os.ReadDir(d.cfg.Dir)
	if err != nil {
		return
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), partial) || f.Name() == "snapshot" || f.Name() == "drill" {
			if err := disk.RemoveAll(d.local(f.Name())); err != nil {
				d.cfg.Log.Warn("removing a half-made bundle", "error", err)
			}
		}
	}
}

func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
