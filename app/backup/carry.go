package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/bundle"
	"jiezhen/app/record"
)

// Receipt says that a bundle was carried to a place, read back from there and
// found whole.
type Receipt struct {
	Place    string // id
	Name     string // of the place
	Bundle   string
	Sequence uint64
	Kind     string
	To       uint64
	Digest   []byte
	Size     int64
	At       int64 // Unix seconds
	Off      bool  // off this PC
	By       string
}

// Time is when it was carried.
func (r Receipt) Time() time.Time { return time.Unix(r.At, 0) }

// Carry brings to a place every bundle of the present chain that is not there
// yet. It gives the receipts of this time.
func (d *Desk) Carry(ctx context.Context, p Place) (out []Receipt, err error) {
	end, err := d.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	if p.Kind == KindDistrict {
		return d.deliver(ctx, p)
	}
	c, err := d.reach(ctx, p)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	if f, ok := c.(folder); ok {
		d.collect(ctx, f.dir)
	}
	todo, err := d.missing(ctx, c)
	if err != nil {
		return nil, err
	}
	if f, ok := c.(folder); ok {
		if err := f.sweep(d.cfg.Store.ID(), todo); err != nil {
			return nil, fmt.Errorf("“%s”里的半截文件删不掉：%w", p.Name, err)
		}
	}
	for i, e := range todo {
		// read here, written there, read back
		d.tell(fmt.Sprintf("正在写到“%s”：第 %d 个，共 %d 个（%s）", p.Name, i+1, len(todo), Amount(e.Size)), 3*e.Size)
		r, err := d.carryOne(ctx, c, e)
		if err != nil {
			return out, fmt.Errorf("写到“%s”没有成功，原有备份没有动：%w", p.Name, err)
		}
		r.Place, r.Name, r.Off = p.ID, p.Name, p.Off
		if err := d.note(ctx, r); err != nil {
			return out, err
		}
		out = append(out, r)
	}
	return out, nil
}

// missing are the bundles of the present chain that a place lacks.
func (d *Desk) missing(ctx context.Context, c carrier) ([]Entry, error) {
	local, err := d.Local()
	if err != nil {
		return nil, err
	}
	there, err := c.entries(ctx, d.cfg.Store.ID())
	if err != nil {
		return nil, err
	}
	have := map[string]bool{}
	for _, e := range there {
		have[e.Name] = true
	}
	return slices.DeleteFunc(lastChain(local), func(e Entry) bool { return have[e.Name] }), nil
}

// lastChain is the last full bundle and what builds on it.
func lastChain(list []Entry) []Entry {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Manifest.Kind == bundle.Full {
			return slices.Clone(list[i:])
		}
	}
	return nil
}

// carryOne writes a bundle beside its name, reads it back and gives it its
// name.
func (d *Desk) carryOne(ctx context.Context, c carrier, e Entry) (r Receipt, err error) {
	link, err := bundle.VerifyVolume(ctx, d.watchedVolume(d.local(e.Name)))
	if err != nil {
		return r, err
	}
	from, err := d.watchedVolume(d.local(e.Name)).Open()
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	if err := c.put(ctx, e.Name, from, link.Size); err != nil {
		return r, err
	}
	if err := d.same(ctx, c, e.Name, link.Digest); err != nil {
		if ctx.Err() != nil {
			return r, err // stopped: it goes on from here
		}
		return r, errors.Join(fmt.Errorf("回读核对不符：%w", err), c.drop(e.Name))
	}
	if err := c.settle(e.Name); err != nil {
		return r, err
	}
	return d.receipt(link.Summary, e.Name), nil
}

func (d *Desk) receipt(s bundle.Summary, name string) Receipt {
	return Receipt{Bundle: name, Sequence: s.Manifest.Sequence, Kind: s.Manifest.Kind, To: s.Manifest.To, Digest: s.Digest, Size: s.Size,
		At: d.cfg.Clock().Unix()}
}

// same reads back from the medium what was written.
func (d *Desk) same(ctx context.Context, c carrier, name string, digest []byte) (err error) {
	r, err := c.aside(name)
	if err != nil {
		return err
	}
	r = d.watched(r)
	defer func() { err = errors.Join(err, r.Close()) }()
	s, err := bundle.Verify(ctx, r)
	if err == nil && !bytes.Equal(s.Digest, digest) {
		err = bundle.ErrDamaged
	}
	return err
}

// HandBack verifies the copy of a bundle that someone downloaded and carried
// away: it counts as one off this PC.
func (d *Desk) HandBack(ctx context.Context, v access.Viewer, where string, r io.Reader) (Receipt, error) {
	if err := keeper(v); err != nil {
		return Receipt{}, err
	}
	s, err := bundle.Verify(ctx, r)
	if err != nil {
		return Receipt{}, record.Refused(record.CodeInvalid, "%v", err)
	}
	return d.Handed(ctx, v, where, s)
}

// Handed is HandBack for a copy that has been verified to its end on its way
// in.
func (d *Desk) Handed(ctx context.Context, v access.Viewer, where string, s bundle.Summary) (Receipt, error) {
	if err := keeper(v); err != nil {
		return Receipt{}, err
	}
	local, err := d.Local()
	if err != nil {
		return Receipt{}, err
	}
	at := slices.IndexFunc(local, func(e Entry) bool { return e.Manifest.Sequence == s.Manifest.Sequence })
	if s.Manifest.Office != d.cfg.Store.ID() || at < 0 {
		return Receipt{}, record.Refused(record.CodeInvalid, "这不是本单位现有的备份包")
	}
	if err := d.verifyFile(ctx, d.local(local[at].Name), s.Digest); err != nil {
		return Receipt{}, record.Refused(record.CodeInvalid, "与本机的第 %d 号备份包不同", s.Manifest.Sequence)
	}
	out := d.receipt(s, local[at].Name)
	out.Place, out.Name, out.Off, out.By = "by-hand", where, true, v.Name
	return out, d.note(ctx, out)
}

func receiptKey(r Receipt) string { return fmt.Sprintf("receipt/%020d/%s", r.Sequence, r.Place) }

func (d *Desk) note(ctx context.Context, r Receipt) error {
	return d.shelf.Put(ctx, receiptKey(r), r)
}

// Forget forgets the receipt of a bundle at a place: it is to be written anew.
func (d *Desk) Forget(ctx context.Context, sequence uint64, place string) error {
	return d.shelf.Delete(ctx, receiptKey(Receipt{Sequence: sequence, Place: place}))
}

// Receipts are all receipts, newest bundle first.
func (d *Desk) Receipts(ctx context.Context) ([]Receipt, error) {
	var out []Receipt
	err := d.shelf.Each(ctx, "receipt/", func(_ string, decode func(any) error) (bool, error) {
		var r Receipt
		err := decode(&r)
		out = append(out, r)
		return true, err
	})
	slices.Reverse(out)
	return out, err
}

// Download opens a bundle of the office's own folder.
func (d *Desk) Download(v access.Viewer, sequence uint64) (name string, path string, err error) {
	if err := keeper(v); err != nil {
		return "", "", err
	}
	list, err := d.Local()
	if err != nil {
		return "", "", err
	}
	for _, e := range list {
		if e.Manifest.Sequence == sequence {
			return e.Name, d.local(e.Name), nil
		}
	}
	return "", "", record.Refused(record.CodeInvalid, "本机没有第 %d 号备份包", sequence)
}

// Sizes is how much room the office's own copies take, and what is free.
func (d *Desk) Sizes() (used, free int64) {
	list, err := d.Local()
	if err != nil {
		return 0, 0
	}
	for _, e := range list {
		used += e.Size
	}
	free, _, err = space(filepath.Dir(d.cfg.Dir))
	if err != nil {
		return used, 0
	}
	return used, free
}
