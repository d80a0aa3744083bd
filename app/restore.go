package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"jiezhen/app/bundle"
	"jiezhen/embedstore"
	"jiezhen/embedstore/disk"
	"jiezhen/embedstore/keep"
)

// Recovery says what is to be restored, and with which key.
type Recovery struct {
	Bundles []string  // files, in any order
	Paper   string    // the paper key as typed; "": the keys of a data folder
	Keys    string    // the data folder whose keys open the bundles without paper
	Sealed  []string  // a district's sealed-records keys, where the paper key is lost too
	Until   time.Time // zero: to the end
	Tell    func(text string)
}

// Recovered is what a restored data folder holds.
type Recovered struct {
	bundle.Restored
	Last  bundle.Manifest
	Paper *keep.Recovery // the new paper key, where the old one was lost
}

// ErrOccupied says that a folder holds something already.
var ErrOccupied = errors.New("文件夹里已有内容；请指定一个空文件夹，程序不会覆盖任何东西")

// ErrPaperNeeded says that the bundles open only with the paper key.
var ErrPaperNeeded = errors.New("本机没有这个备份包的钥匙，请输入恢复密钥")

// Restore puts the data folder of cfg together from bundles. The folder must
// be absent or empty; when something fails it is as it was before.
func Restore(ctx context.Context, cfg Config, o Recovery) (out Recovered, err error) {
	if err := vacant(cfg.Dir); err != nil {
		return out, err
	}
	var volumes []bundle.Volume
	for _, path := range o.Bundles {
		volumes = append(volumes, bundle.FileVolume(path))
	}
	o.say("正在核对备份包")
	chain, err := bundle.Chain(ctx, volumes)
	if err != nil {
		return out, err
	}
	out.Last = chain[len(chain)-1].Manifest
	cfg.Demo = out.Last.Demo
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return out, fmt.Errorf("建不了文件夹：%w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, empty(cfg.Dir))
		}
	}()
	key, paper, err := o.key(ctx, cfg, chain[len(chain)-1])
	if err != nil {
		return out, err
	}
	out.Paper = paper
	out.Restored, err = bundle.Restore(ctx, chain, bundle.Target{Dir: filepath.Join(cfg.Dir, "store"), Master: key, Clock: cfg.Clock, Log: cfg.Log,
		Until: o.Until, Tell: o.say})
	if err != nil {
		return out, err
	}
	return out, settleIn(ctx, cfg, key, out)
}

// vacant sees that a folder is absent, empty, or holds nothing but what a
// restore that was cut short left, which it clears.
func vacant(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("看不了文件夹 %s：%w", dir, err)
	}
	for _, e := range entries {
		if e.Name() != "keys.cbor" && e.Name() != "store" && e.Name() != "keys.cbor.new" {
			return ErrOccupied
		}
	}
	if _, err := os.Lstat(filepath.Join(dir, "store", "store.db")); !errors.Is(err, os.ErrNotExist) {
		return ErrOccupied
	}
	if _, err := os.Lstat(filepath.Join(dir, "store")); errors.Is(err, os.ErrNotExist) && len(entries) > 0 {
		return ErrOccupied // keys alone may be all that is left of an office
	}
	return empty(dir)
}

func (o Recovery) say(text string) {
	if o.Tell != nil {
		o.Tell(text)
	}
}

// key lays the keys into the new folder and opens them: with the paper key or
// a sealed-records key, else as they lie in a data folder of this account.
func (o Recovery) key(ctx context.Context, cfg Config, last bundle.Link) (master [32]byte, paper *keep.Recovery, err error) {
	keys := keep.Config{Dir: cfg.Dir, KeyDir: cfg.KeyDir, Rand: cfg.Rand}
	switch {
	case o.Paper != "":
		if err := keep.Settle(keys, last.Manifest.Paper); err != nil {
			return master, nil, fmt.Errorf("备份包里的钥匙：%w", err)
		}
		master, err = keep.Recover(keys, o.Paper)
		return master, nil, err
	case len(o.Sealed) > 0:
		if master, err = bundle.Rescue(ctx, last.Volume, o.Sealed); err != nil {
			return master, nil, err
		}
		fresh, err := keep.Adopt(keys, master)
		return master, &fresh, err
	}
	held := keep.Config{Dir: o.Keys, KeyDir: cfg.KeyDir, Rand: cfg.Rand}
	master, err = keep.Open(held)
	if err == nil {
		_, err = last.Manifest.Unlock(master)
	}
	if err != nil {
		return master, nil, ErrPaperNeeded
	}
	return master, nil, keep.Clone(held, cfg.Dir)
}

// empty takes away what an attempt left in a folder that was empty before.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		err = errors.Join(err, disk.RemoveAll(filepath.Join(dir, e.Name())))
	}
	return err
}

// settleIn opens the restored office once: what was gone back over is derived
// anew, and the next bundle begins a chain of its own.
func settleIn(ctx context.Context, cfg Config, key [32]byte, r Recovered) (err error) {
	h := &House{cfg: cfg, key: key}
	store, err := embedstore.Open(h.storeConfig(key))
	if err != nil {
		return err
	}
	office, err := openOffice(ctx, cfg, key, store)
	if err != nil {
		return errors.Join(err, store.Close())
	}
	defer func() { err = errors.Join(err, office.close()) }()
	if err := office.Book.Derive(ctx, r.Touched); err != nil {
		return fmt.Errorf("deriving indexes: %w", err)
	}
	if err := office.Allowance.Restored(ctx, office.store.LastTime()); err != nil {
		return fmt.Errorf("noting the restore: %w", err)
	}
	return office.Backup.Restored(ctx, r.Last.Sequence)
}

// Replace puts a restored folder in the place of the open office, keeping what
// was there beside it. When the restored office does not open, the old one
// comes back.
func (h *House) Replace(ctx context.Context, restored string) (kept string, err error) {
	if c, _ := h.Condition(); c != Ready {
		return "", fmt.Errorf("replacing the office: it is %s", c)
	}
	kept = filepath.Join(h.cfg.Dir, "replaced-"+h.cfg.Clock().Format("20060102-150405"))
	if err := os.Mkdir(kept, 0o700); err != nil {
		return "", fmt.Errorf("换数据：%w", err)
	}
	if err := h.Leave(); err != nil {
		return "", errors.Join(err, h.come(ctx))
	}
	if err := exchange(h.cfg.Dir, kept, restored); err != nil {
		return "", errors.Join(err, h.come(ctx))
	}
	if err := h.come(ctx); err != nil {
		back := h.Leave()
		return "", errors.Join(fmt.Errorf("恢复出来的数据打不开，已换回原来的数据：%w", err), back, undo(h.cfg.Dir, kept, restored), h.come(ctx))
	}
	return kept, disk.Remove(filepath.Join(kept, moving))
}

// come opens the office anew from its folder.
func (h *House) come(ctx context.Context) error {
	key, err := keep.Open(h.keepConfig())
	if err != nil {
		return err
	}
	return h.open(ctx, key)
}

// officeParts are the parts of a data folder that are one office's data.
var officeParts = []string{"store", "keys.cbor", "index"}

// moving marks a folder into which the office's parts were moved while others
// came in: until it is gone, the next start undoes what was begun.
const moving = "moving"

// exchange moves the office's parts aside and those of another folder in.
func exchange(dir, aside, from string) error {
	if err := os.WriteFile(filepath.Join(aside, moving), []byte(from), 0o600); err != nil {
		return fmt.Errorf("换数据：%w", err)
	}
	for _, way := range [][2]string{{dir, aside}, {from, dir}} {
		for _, name := range officeParts {
			if err := shift(way[0], way[1], name); err != nil {
				return errors.Join(err, undo(dir, aside, from))
			}
		}
	}
	return nil
}

// shift moves a part if it is there.
func shift(from, to, name string) error {
	err := disk.Rename(filepath.Join(from, name), filepath.Join(to, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("换数据：%w", err)
	}
	return nil
}

// undo moves back what exchange moved, from wherever it stopped.
func undo(dir, aside, from string) error {
	if err := os.MkdirAll(from, 0o700); err != nil {
		return fmt.Errorf("换回数据：%w", err)
	}
	for _, name := range officeParts {
		if _, err := os.Lstat(filepath.Join(aside, name)); errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err := errors.Join(shift(dir, from, name), shift(aside, dir, name)); err != nil {
			return err
		}
	}
	return disk.Remove(filepath.Join(aside, moving))
}

// taking marks a restored folder that someone took on a PC without an office:
// until it is gone, the next start goes on moving.
const taking = "taking"

// Adopt makes the restored office that waits aside the one of this folder,
// which must have none. Cut short, it is finished by the next start.
func (h *House) Adopt(ctx context.Context) error {
	if c, _ := h.Condition(); c != Absent {
		return fmt.Errorf("taking a restored office: the house is %s", c)
	}
	if _, err := os.Stat(filepath.Join(h.Staged(), "store", "store.db")); err != nil {
		return fmt.Errorf("启用恢复出来的数据：%w", err)
	}
	if h.cfg.District {
		if err := os.WriteFile(filepath.Join(h.cfg.Dir, districtMark), nil, 0o600); err != nil {
			return fmt.Errorf("marking the district: %w", err)
		}
	}
	if err := os.WriteFile(filepath.Join(h.Staged(), taking), nil, 0o600); err != nil {
		return fmt.Errorf("启用恢复出来的数据：%w", err)
	}
	if err := take(h.cfg.Dir); err != nil {
		return err
	}
	return h.come(ctx)
}

// take moves a restored office in, if one was being taken.
func take(dir string) error {
	from := filepath.Join(dir, stagedName)
	if _, err := os.Lstat(filepath.Join(from, taking)); err != nil {
		return nil // none is
	}
	for _, name := range officeParts {
		if err := shift(from, dir, name); err != nil {
			return err
		}
	}
	return disk.RemoveAll(from)
}

// mend undoes an exchange that a kill or a power failure cut short, and
// finishes the taking of a restored office.
func mend(dir string) error {
	if err := take(dir); err != nil {
		return err
	}
	marks, err := filepath.Glob(filepath.Join(dir, "replaced-*", moving))
	if err != nil {
		return fmt.Errorf("looking for an exchange that was cut short: %w", err)
	}
	for _, mark := range marks {
		from, err := os.ReadFile(mark)
		if err != nil {
			return fmt.Errorf("换回数据：%w", err)
		}
		if err := undo(dir, filepath.Dir(mark), string(from)); err != nil {
			return err
		}
	}
	return nil
}

// stagedName is the folder in which a restored office waits.
const stagedName = "restored"

// Staged is where a restored office waits beside the open one.
func (h *House) Staged() string { return filepath.Join(h.cfg.Dir, stagedName) }

// Rehearse restores bundles beside the open office, to be looked at and then
// put in its place.
func (h *House) Rehearse(ctx context.Context, o Recovery) (Recovered, error) {
	dir := h.Staged()
	if err := disk.RemoveAll(dir); err != nil {
		return Recovered{}, fmt.Errorf("clearing an earlier attempt: %w", err)
	}
	cfg := h.cfg
	cfg.Dir, o.Keys = dir, h.cfg.Dir
	out, err := Restore(ctx, cfg, o)
	if err == nil && out.Last.Demo != h.cfg.Demo {
		return out, errors.Join(errors.New("演示单位的备份与正式单位的数据不能互相替换"), disk.RemoveAll(dir))
	}
	return out, err
}
