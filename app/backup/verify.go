package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"jiezhen/app/access"
	"jiezhen/app/bundle"
	"jiezhen/app/record"
)

// Looked is what reading every bundle of a place to its end found.
type Looked struct {
	At     int64 // Unix seconds
	By     string
	Good   int
	Newest uint64 // the last sequence that is whole
	Faults []Fault
}

// Fault is a bundle that is not what it should be.
type Fault struct {
	Name string
	Why  string
}

// LookThrough reads every bundle at a place to its end. A damaged one is taken
// out of the way and counts no more: the next round writes a good copy there.
func (d *Desk) LookThrough(ctx context.Context, v access.Viewer, id string) (out Looked, err error) {
	p, c, _, err := d.placeToLook(ctx, v, id)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	end, err := d.turn(ctx)
	if err != nil {
		return out, err
	}
	defer end()
	list, err := c.entries(ctx, d.cfg.Store.ID())
	if err != nil {
		return out, err
	}
	out.At, out.By = d.cfg.Clock().Unix(), v.Name
	for i, e := range list {
		d.tell(fmt.Sprintf("正在核对“%s”：第 %d 个，共 %d 个", p.Name, i+1, len(list)), e.Size)
		why, err := d.lookAt(ctx, c, e)
		if err != nil {
			return out, err
		}
		if why != "" {
			out.Faults = append(out.Faults, Fault{e.Name, why})
			if err := d.condemn(ctx, p, c, e); err != nil {
				return out, err
			}
			continue
		}
		out.Good, out.Newest = out.Good+1, e.Manifest.Sequence
	}
	return out, d.shelf.Put(ctx, "looked/"+id, out)
}

// LocalPlace is the office's own folder, as a place to look through.
const LocalPlace = "local"

func (d *Desk) placeToLook(ctx context.Context, v access.Viewer, id string) (Place, carrier, Settings, error) {
	if err := keeper(v); err != nil {
		return Place{}, nil, Settings{}, err
	}
	if id == LocalPlace {
		return Place{ID: id, Name: "本机"}, d.folder(d.cfg.Dir), Settings{}, nil
	}
	p, c, s, err := d.placeByID(ctx, id)
	if err == nil && c == nil {
		err = record.Refused(record.CodeInvalid, "那里的备份包由区里核对，看区里的回执")
	}
	return p, c, s, err
}

// lookAt says why a bundle at a place is not good; an error means that it could
// not be read now, which says nothing of it.
func (d *Desk) lookAt(ctx context.Context, c carrier, e Entry) (why string, err error) {
	r, err := c.whole(e.Name)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	s, err := bundle.Verify(ctx, d.watched(io.NopCloser(r)))
	switch {
	case errors.Is(err, bundle.ErrDamaged), errors.Is(err, bundle.ErrSignature), errors.Is(err, bundle.ErrNotBundle):
		return err.Error(), nil
	case err != nil:
		return "", fmt.Errorf("读不了 %s：%w", e.Name, err)
	}
	ring, err := d.keyring(ctx)
	if err != nil {
		return "", err
	}
	if !ring.Signed(s.Manifest.Signer) {
		return "签名的不是本单位", nil
	}
	return "", nil
}

// condemn takes a damaged bundle out of the way, with the receipt that spoke
// for it.
func (d *Desk) condemn(ctx context.Context, p Place, c carrier, e Entry) error {
	return errors.Join(c.spoil(e.Name), d.Forget(ctx, e.Manifest.Sequence, p.ID))
}

// LastLook is when a place was last looked through, and what was found.
func (d *Desk) LastLook(ctx context.Context, place string) (out Looked, found bool, err error) {
	found, err = d.shelf.Get(ctx, "looked/"+place, &out)
	return out, found, err
}

// Witness is a district's receipt held against the running journal.
type Witness struct {
	bundle.Receipt
	Agrees bool
}

// Witnesses holds every receipt of the district against the journal as it is
// now: whoever changed the journal behind a receipt is found out.
func (d *Desk) Witnesses(ctx context.Context) ([]Witness, error) {
	list, err := d.Acknowledged(ctx)
	if err != nil {
		return nil, err
	}
	var out []Witness
	for _, r := range list {
		hash, err := d.hashAt(ctx, r.To)
		if err != nil {
			return nil, err
		}
		out = append(out, Witness{r, slices.Equal(hash, r.Head) && r.Verify() == nil})
	}
	return out, nil
}
