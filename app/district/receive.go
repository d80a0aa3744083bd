package district

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/bundle"
	"jiezhen/app/record"
	"jiezhen/embedstore"
	"jiezhen/embedstore/disk"
)

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// Aside is a bundle that was not taken in, with what is to be done.
type Aside struct {
	Name     string // file in the quarantine
	Office   string
	Title    string // the office's name, if known
	Sequence uint64
	Why, Do  string
	Gap      bool // only what comes before it is missing: tried again when that arrives
	At       int64
}

// refusedBundle is why a bundle is not taken in.
type refusedBundle struct {
	why, do string
	gap     bool
}

func (r *refusedBundle) Error() string { return r.why + "；" + r.do }

func refuse(do, why string, args ...any) *refusedBundle {
	return &refusedBundle{why: fmt.Sprintf(why, args...), do: do}
}

// Taken is what became of one bundle.
type Taken struct {
	Name    string
	Receipt *Receipt
	Again   bool // it had been taken in before
	Aside   *Aside
}

// Receive takes in a bundle from a file that stays where it is. What fails is
// copied to the quarantine; an error means that nothing is known of it, and it
// can be tried again.
func (d *Desk) Receive(ctx context.Context, v access.Viewer, path string) (Taken, error) {
	if err := receives(v); err != nil {
		return Taken{}, err
	}
	d.taking.Lock()
	defer d.taking.Unlock()
	t, err := d.take(ctx, path)
	if err != nil || t.Receipt == nil || t.Again {
		return t, err
	}
	return t, d.retry(ctx, t.Receipt.Office)
}

func (d *Desk) take(ctx context.Context, path string) (Taken, error) {
	t := Taken{Name: filepath.Base(path)}
	r, err := d.accept(ctx, path)
	var no *refusedBundle
	switch {
	case errors.As(err, &no):
		t.Aside, err = d.putAside(ctx, path, no)
		return t, err
	case err != nil:
		return t, err
	}
	t.Receipt, t.Again = &r.Receipt, r.again
	return t, nil
}

type accepted struct {
	Receipt
	again bool
}

// accept verifies a bundle, keeps a copy and takes it into the replica.
func (d *Desk) accept(ctx context.Context, path string) (accepted, error) {
	link, err := bundle.VerifyVolume(ctx, bundle.FileVolume(path))
	switch {
	case errors.Is(err, bundle.ErrDamaged), errors.Is(err, bundle.ErrNotBundle), errors.Is(err, bundle.ErrSignature):
		return accepted{}, refuse("请该单位重新备份一份，换一个U盘再试", "文件坏了，或被改动过（%v）", err)
	case errors.Is(err, bundle.ErrNewer):
		return accepted{}, refuse("请先升级区里的街镇通，再收一次", "是更新版本的程序做的")
	case err != nil:
		return accepted{}, err
	}
	o, found, err := d.office(ctx, link.Manifest.Office)
	if err != nil {
		return accepted{}, err
	}
	if r, again, err := d.known(ctx, link); err != nil || again {
		return accepted{r, again}, err
	}
	if err := d.admit(link, o, found); err != nil {
		return accepted{}, err
	}
	keys, err := d.Keys(ctx)
	if err != nil {
		return accepted{}, err
	}
	if err := d.replicate(ctx, link, o, keys); err != nil {
		return accepted{}, err
	}
	return d.settle(ctx, link, o, keys)
}

// known is the receipt of a bundle that was taken in before.
func (d *Desk) known(ctx context.Context, l bundle.Link) (Receipt, bool, error) {
	var r Receipt
	found, err := d.shelf.Get(ctx, bundleKey(l.Manifest.Office, l.Manifest.Sequence), &r)
	if err != nil || !found {
		return r, false, err
	}
	if !bytes.Equal(r.Digest, l.Digest) {
		return r, false, refuse("请与该单位核实：是不是两台电脑都在用，或有人伪造", "第 %d 号收过，但内容不同", l.Manifest.Sequence)
	}
	return r, true, nil
}

func bundleKey(office string, sequence uint64) string {
	return fmt.Sprintf("bundle/%s/%020d", office, sequence)
}

// admit says why a bundle cannot be the office's next.
func (d *Desk) admit(l bundle.Link, o Office, found bool) error {
	m := l.Manifest
	switch {
	case !found:
		return refuse("请先登记这个单位，再收一次", "没有登记过的单位（%s，%s）", m.Name, m.Office[:8])
	case m.Demo != d.cfg.Demo:
		return refuse("演示数据不要报区里", "演示单位的备份")
	case !slices.Contains(o.Signers, m.Signer):
		return refuse("请打电话与该单位核对签名指纹；确是换了钥匙的，重新登记公钥后再收", "签名公钥与登记的不同（指纹 %s）", bundle.Fingerprint(m.Signer))
	case o.Last == nil && m.Kind == bundle.Full, o.Last != nil && m.Kind == bundle.Full && m.Sequence > o.Last.Sequence:
		return nil
	case o.Last != nil && m.Sequence < o.Last.Sequence:
		return refuse("可能是拿错了旧的；最近收到的是第 "+fmt.Sprint(o.Last.Sequence)+" 号，请要更新的", "第 %d 号是旧的，没有收过也不能再补", m.Sequence)
	case o.Last == nil:
		no := refuse("请该单位把第 "+fmt.Sprint(m.Base)+" 号完整备份一起交来", "只有增量备份，缺前面的完整备份")
		no.gap = true
		return no
	}
	last := bundle.Summary{Manifest: bundle.Manifest{Office: o.ID, Sequence: o.Last.Sequence, Base: o.Last.Base, To: o.Last.To, Head: o.Last.Head}, Digest: o.Last.Digest}
	if err := bundle.Follows(l.Summary, last); err != nil {
		no := refuse(fmt.Sprintf("请该单位把第 %d 号以后的都交来", o.Last.Sequence), "%v", err)
		no.gap = true
		return no
	}
	return nil
}

// settle keeps the bundle and signs its receipt.
func (d *Desk) settle(ctx context.Context, l bundle.Link, o Office, keys Keys) (accepted, error) {
	dir := d.Folder(o.ID)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return accepted{}, fmt.Errorf("keeping a bundle: %w", err)
	}
	name := fmt.Sprintf("%06d%s", l.Manifest.Sequence, bundle.Extension)
	if err := copyBundle(l.Volume, filepath.Join(dir, name)); err != nil {
		return accepted{}, err
	}
	m := l.Manifest
	r := Receipt{Office: o.ID, Name: o.Name, Bundle: name, Sequence: m.Sequence, Kind: m.Kind, Base: m.Base, To: m.To, Head: m.Head, Digest: l.Digest,
		Size: l.Size, Made: m.Made, At: d.cfg.Clock().Unix(), District: d.cfg.Book.Profile().TownName, Signer: keys.Signer.Public}
	if err := r.SignWith(keys.Signer.Secret); err != nil {
		return accepted{}, err
	}
	o.Last = &r
	return accepted{Receipt: r}, d.cfg.Book.Change(ctx, access.Office(), "收到"+o.Name+"的备份", func(tx *record.Tx) error {
		if err := tx.ShelfPut(shelfName, bundleKey(o.ID, m.Sequence), r); err != nil {
			return err
		}
		if err := tx.ShelfPut(shelfName, "office/"+o.ID, o); err != nil {
			return err
		}
		return tx.Event("district.receive", record.Ref{Register: record.Users}, map[string]any{"office": o.Name, "bundle": name})
	})
}

// copyBundle copies a bundle as one file, synced, and never leaves half of it
// under its name.
func copyBundle(v bundle.Volume, to string) (err error) {
	from, err := v.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	aside := to + ".partial"
	f, err := os.OpenFile(aside, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keeping a bundle: %w", err)
	}
	_, err = io.Copy(f, from)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = disk.Rename(aside, to)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("keeping a bundle: %w", err), os.Remove(aside))
	}
	return nil
}

// putAside keeps a copy of what was not taken in.
func (d *Desk) putAside(ctx context.Context, path string, no *refusedBundle) (*Aside, error) {
	dir := filepath.Join(d.cfg.Dir, "quarantine")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("keeping a bundle aside: %w", err)
	}
	now := d.cfg.Clock()
	a := &Aside{Name: now.Format("20060102-150405-") + clean(filepath.Base(path)), Why: no.why, Do: no.do, Gap: no.gap, At: now.Unix()}
	if r, err := bundle.OpenFile(path); err == nil {
		if _, m, err := bundle.Head(r); err == nil {
			a.Office, a.Sequence, a.Title = m.Office, m.Sequence, m.Name
		}
		_ = r.Close() // opened for reading only
	}
	if filepath.Dir(path) != dir {
		if err := copyBundle(bundle.FileVolume(path), filepath.Join(dir, a.Name)); err != nil {
			return nil, err
		}
	} else {
		a.Name = filepath.Base(path)
	}
	return a, d.shelf.Put(ctx, "aside/"+a.Name, a)
}

// clean keeps a name a name.
func clean(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
	if !bundle.IsFirst(name) {
		name += bundle.Extension
	}
	return name
}

// Quarantine is what was not taken in, newest first.
func (d *Desk) Quarantine(ctx context.Context, v access.Viewer) ([]Aside, error) {
	if err := sees(v); err != nil {
		return nil, err
	}
	var out []Aside
	err := d.shelf.Each(ctx, "aside/", func(_ string, decode func(any) error) (bool, error) {
		var a Aside
		err := decode(&a)
		out = append(out, a)
		return true, err
	})
	slices.Reverse(out)
	return out, err
}

// Discard removes a bundle from the quarantine.
func (d *Desk) Discard(ctx context.Context, v access.Viewer, name string) error {
	if err := receives(v); err != nil {
		return err
	}
	var a Aside
	found, err := d.shelf.Get(ctx, "aside/"+name, &a)
	if err != nil {
		return err
	}
	if !found {
		return record.Refused(record.CodeNotFound, "隔离区里没有这个文件")
	}
	if err := os.Remove(filepath.Join(d.cfg.Dir, "quarantine", a.Name)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing from the quarantine: %w", err)
	}
	return d.shelf.Delete(ctx, "aside/"+name)
}

// Again takes in once more what was put aside: after the office was enrolled,
// its key noted, or the program brought up to date.
func (d *Desk) Again(ctx context.Context, v access.Viewer, name string) (Taken, error) {
	if err := receives(v); err != nil {
		return Taken{}, err
	}
	d.taking.Lock()
	defer d.taking.Unlock()
	var a Aside
	found, err := d.shelf.Get(ctx, "aside/"+name, &a)
	if err != nil {
		return Taken{}, err
	}
	if !found {
		return Taken{}, record.Refused(record.CodeNotFound, "隔离区里没有这个文件")
	}
	t, err := d.fromAside(ctx, a)
	if err == nil && t.Receipt != nil {
		err = d.retry(ctx, t.Receipt.Office)
	}
	return t, err
}

func (d *Desk) fromAside(ctx context.Context, a Aside) (Taken, error) {
	path := filepath.Join(d.cfg.Dir, "quarantine", a.Name)
	t, err := d.take(ctx, path)
	if err != nil || t.Receipt == nil {
		return t, err
	}
	return t, errors.Join(d.shelf.Delete(ctx, "aside/"+a.Name), os.Remove(path))
}

// retry takes in what only waited for the bundle that has come.
func (d *Desk) retry(ctx context.Context, office string) error {
	for {
		list, err := d.Quarantine(ctx, access.Office())
		if err != nil {
			return err
		}
		slices.SortFunc(list, func(a, b Aside) int { return int(int64(a.Sequence) - int64(b.Sequence)) })
		moved := false
		for _, a := range list {
			if !a.Gap || a.Office != office {
				continue
			}
			t, err := d.fromAside(ctx, a)
			if err != nil {
				return err
			}
			moved = moved || t.Receipt != nil
		}
		if !moved {
			return nil
		}
	}
}

// chainMark finds in a bundle's journal the entry that the last receipt named,
// and sees that it is the same still.
type chainMark struct {
	seq  uint64
	head []byte
	seen bool
	bad  bool
}

func (c *chainMark) look(p embedstore.Piece) {
	if c.head == nil || p.Kind != embedstore.PieceEntry && p.Kind != embedstore.PieceLink || len(p.Key) != 8 || len(p.Value) < 32 {
		return
	}
	if binary.BigEndian.Uint64(p.Key) == c.seq {
		c.seen, c.bad = true, !bytes.Equal(p.Value[:32], c.head)
	}
}
