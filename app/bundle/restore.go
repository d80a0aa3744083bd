package bundle

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"jiezhen/embedstore"
)

// Target is where a chain is restored to.
type Target struct {
	Dir    string // the store's folder, which must hold no store yet
	Master [32]byte
	Clock  func() time.Time
	Log    *slog.Logger
	Until  time.Time // zero: to the end
	Tell   func(text string)
}

// Restored is what a restored store holds.
type Restored struct {
	Records, Entries, Files int
	Newest                  time.Time // time of the last journal entry
	Head                    uint64
	Hash                    [32]byte
	Touched                 map[string][]uint64 // records that must be derived anew
}

// Restore puts a verified chain together as a store. Nothing stands under the
// store's name before all of it has been read, verified, and followed from the
// first journal entry to the last.
func Restore(ctx context.Context, chain []Link, t Target) (out Restored, err error) {
	if len(chain) == 0 {
		return out, fmt.Errorf("%w：没有备份包", ErrChain)
	}
	if t.Tell == nil {
		t.Tell = func(string) {}
	}
	if n := chain[len(chain)-1].Manifest.Store; n > embedstore.Format {
		return out, fmt.Errorf("%w（数据格式 %d，本程序认得到 %d）", ErrNewer, n, embedstore.Format)
	}
	id, err := hex.DecodeString(chain[0].Manifest.Office)
	if err != nil {
		return out, fmt.Errorf("%w（单位编号）", ErrDamaged)
	}
	cfg := embedstore.Config{Dir: t.Dir, Key: t.Master, Clock: t.Clock, Log: t.Log}
	r, err := embedstore.Begin(cfg, id)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, r.Abandon()) }()
	for _, l := range chain {
		t.Tell(fmt.Sprintf("正在读第 %d 号备份包", l.Manifest.Sequence))
		if err := load(ctx, r, l, t.Master); err != nil {
			return out, fmt.Errorf("第 %d 号备份包：%w", l.Manifest.Sequence, err)
		}
	}
	last := chain[len(chain)-1].Manifest
	out.Head, out.Hash = last.To, [32]byte(last.Head)
	if !t.Until.IsZero() {
		t.Tell("正在退回到指定时刻")
		if out.Touched, out.Head, out.Hash, err = r.Rewind(t.Until); err != nil {
			return out, err
		}
	}
	if err := r.Finish(out.Head, out.Hash); err != nil {
		return out, err
	}
	return out, out.examine(ctx, cfg, t)
}

// load reads one bundle into the store that is being put together. Its
// signature was verified before; it is again on the way, for the medium may
// have changed.
func load(ctx context.Context, r *embedstore.Rebuild, l Link, master [32]byte) (err error) {
	keys, err := l.Manifest.Unlock(master)
	if err != nil {
		return err
	}
	in, err := l.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	if err := r.ClearShelves(); err != nil {
		return err
	}
	c := &Content{With: keys.Secrets(),
		Piece: func(closed bool, p embedstore.Piece) error {
			if p.Kind == embedstore.PieceLink && !closed {
				return nil // the entry itself is in the closed section
			}
			return r.Put(p)
		},
		File: func(_ bool, hash string, data []byte) error { return r.PutFile(hash, data) }}
	s, err := Read(ctx, in, c)
	switch {
	case err != nil:
		return err
	case !c.Opened():
		return ErrNoKey
	case string(s.Digest) != string(l.Digest):
		return fmt.Errorf("%w（读的时候变了）", ErrDamaged)
	}
	return nil
}

// examine opens what was restored and checks every page of it.
func (out *Restored) examine(ctx context.Context, cfg embedstore.Config, t Target) (err error) {
	t.Tell("正在检查恢复出来的数据")
	s, err := embedstore.Open(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	report, err := s.Check(ctx, nil)
	if err != nil {
		return err
	}
	if !report.Sound() {
		return fmt.Errorf("%w：%s（%s）", ErrDamaged, report.Findings[0].What, filepath.Base(cfg.Dir))
	}
	out.Records, out.Entries, out.Files, out.Newest = report.Records, report.Entries, report.Files, s.LastTime()
	return nil
}
