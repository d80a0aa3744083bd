package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/bundle"
	"jiezhen/app/fault"
	"jiezhen/app/record"
	"jiezhen/embedstore/disk"
)

// look is how often the desk looks whether something is to be done.
const look = 20 * time.Second

// startAfter is how long the desk waits after a start: people come first.
const startAfter = 2 * time.Minute

// Run makes bundles when they are due, carries them to the places that can be
// reached, and proves one a month by restoring it, until the context ends.
func (d *Desk) Run(ctx context.Context) {
	for wait := startAfter; ; wait = look {
		select {
		case <-ctx.Done():
			return
		case <-d.wake:
		case <-time.After(wait):
		}
		d.round(ctx)
	}
}

// Wake has the desk look at once.
func (d *Desk) Wake() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

func (d *Desk) round(ctx context.Context) {
	for _, step := range []func(context.Context) error{d.makeDue, d.carryAll, d.tidy, d.drillDue} {
		if err := step(ctx); err != nil && ctx.Err() == nil {
			d.cfg.Log.Warn("backing up", "error", err)
		}
	}
}

// makeDue makes a bundle when the last is old enough. What was missed while
// the PC was off is caught up on; a clock that ran backwards makes one too.
func (d *Desk) makeDue(ctx context.Context) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	var last struct{ At int64 }
	found, err := d.shelf.Get(ctx, "checked", &last)
	if err != nil {
		return err
	}
	now := d.cfg.Clock()
	age := now.Sub(time.Unix(last.At, 0))
	if found && age >= 0 && age < time.Duration(s.Every)*time.Hour {
		return nil
	}
	if head, _ := d.cfg.Store.Head(); head == 0 {
		return nil // set-up is not over
	}
	if _, _, err := d.Make(ctx, ReasonPlain); err != nil {
		return errors.Join(err, d.failed(ctx, "", err))
	}
	last.At = now.Unix()
	return errors.Join(d.shelf.Put(ctx, "checked", last), d.failed(ctx, "", nil))
}

// carryAll brings bundles to every place that can be reached.
func (d *Desk) carryAll(ctx context.Context) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	for _, p := range s.Places {
		if wait, err := d.resting(ctx, p.ID); err != nil || wait {
			continue
		}
		_, one := d.Carry(ctx, p)
		if errors.Is(one, ErrAway) {
			continue
		}
		err = errors.Join(err, one, d.failed(ctx, p.ID, one))
	}
	return err
}

// Failure is the last thing that went wrong at a place; the empty place is
// the making of bundles itself.
type Failure struct {
	Text string
	At   int64 // Unix seconds
}

// failed notes a failure, or that it is over.
func (d *Desk) failed(ctx context.Context, place string, why error) error {
	key := "failure/" + place
	if why == nil {
		var old Failure
		if found, err := d.shelf.Get(ctx, key, &old); err != nil || !found {
			return err
		}
		return d.shelf.Delete(ctx, key)
	}
	return d.shelf.Put(ctx, key, Failure{fault.Words(why, "写不进去"), d.cfg.Clock().Unix()})
}

// Failed is the last failure at a place, if it is not over.
func (d *Desk) Failed(ctx context.Context, place string) (Failure, bool) {
	var f Failure
	found, err := d.shelf.Get(ctx, "failure/"+place, &f)
	return f, found && err == nil
}

// rest is how long a place is left alone after a failure.
const rest = 10 * time.Minute

func (d *Desk) resting(ctx context.Context, place string) (bool, error) {
	var f Failure
	found, err := d.shelf.Get(ctx, "failure/"+place, &f)
	age := d.cfg.Clock().Sub(time.Unix(f.At, 0))
	return found && age >= 0 && age < rest, err
}

// Now makes a bundle and carries it everywhere at once, because someone asked.
func (d *Desk) Now(ctx context.Context, v access.Viewer) (m Made, carried []Receipt, err error) {
	if err := keeper(v); err != nil {
		return m, nil, err
	}
	if m, _, err = d.Make(ctx, ReasonPlain); err != nil {
		return m, nil, err
	}
	s, err := d.Settings(ctx)
	if err != nil {
		return m, nil, err
	}
	for _, p := range s.Places {
		list, one := d.Carry(ctx, p)
		carried = append(carried, list...)
		if errors.Is(one, ErrAway) {
			continue
		}
		err = errors.Join(err, one, d.failed(ctx, p.ID, one))
	}
	return m, carried, err
}

// CarryTo brings the present chain to one place, because someone asked.
func (d *Desk) CarryTo(ctx context.Context, v access.Viewer, id string) ([]Receipt, error) {
	if err := keeper(v); err != nil {
		return nil, err
	}
	s, err := d.Settings(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range s.Places {
		if p.ID == id {
			list, err := d.Carry(ctx, p)
			if errors.Is(err, ErrAway) {
				return nil, record.Refused(record.CodeInvalid, "%v", err)
			}
			return list, errors.Join(err, d.failed(ctx, p.ID, err))
		}
	}
	return nil, record.Refused(record.CodeInvalid, "没有这个备份位置")
}

// Drill is a trial restore.
type Drill struct {
	At       int64 // Unix seconds
	Sequence uint64
	Records  int
	Entries  int
	Files    int
	Failed   string
}

// Time is when it was.
func (d Drill) Time() time.Time { return time.Unix(d.At, 0) }

// drillEvery is how often a trial restore is made.
const drillEvery = 30 * 24 * time.Hour

func (d *Desk) drillDue(ctx context.Context) error {
	last, found, err := d.LastDrill(ctx)
	if err != nil {
		return err
	}
	age := d.cfg.Clock().Sub(last.Time())
	if found && age >= 0 && age < drillEvery && (last.Failed == "" || age < 24*time.Hour) {
		return nil
	}
	list, err := d.Local()
	if err != nil || len(list) == 0 {
		return err
	}
	_, err = d.Drill(ctx)
	return err
}

// LastDrill is the last trial restore.
func (d *Desk) LastDrill(ctx context.Context) (out Drill, found bool, err error) {
	found, err = d.shelf.Get(ctx, "drill", &out)
	return out, found, err
}

// Drill restores the present chain into a scratch folder, checks every page,
// and compares the journal with the running store's.
func (d *Desk) Drill(ctx context.Context) (out Drill, err error) {
	end, err := d.turn(ctx)
	if err != nil {
		return out, err
	}
	defer end()
	list, err := d.Local()
	if err != nil {
		return out, err
	}
	chain := lastChain(list)
	if len(chain) == 0 {
		return out, record.Refused(record.CodeInvalid, "还没有备份包，请先备份一次")
	}
	out = Drill{At: d.cfg.Clock().Unix(), Sequence: chain[len(chain)-1].Manifest.Sequence}
	r, failed := d.rehearse(ctx, chain)
	if ctx.Err() != nil {
		return out, ctx.Err()
	}
	out.Records, out.Entries, out.Files = r.Records, r.Entries, r.Files
	if failed != nil {
		out.Failed = fault.Words(failed, "备份包打不开或不完整")
	}
	return out, errors.Join(failed, d.shelf.Put(ctx, "drill", out))
}

func (d *Desk) rehearse(ctx context.Context, chain []Entry) (r bundle.Restored, err error) {
	scratch := d.local("drill")
	if err := disk.RemoveAll(scratch); err != nil {
		return r, fmt.Errorf("clearing the scratch folder: %w", err)
	}
	defer func() { err = errors.Join(err, disk.RemoveAll(scratch)) }()
	var volumes []bundle.Volume
	for _, e := range chain {
		volumes = append(volumes, bundle.FileVolume(d.local(e.Name)))
	}
	d.tell("正在试恢复：核对备份包", 0)
	links, err := bundle.Chain(ctx, volumes)
	if err != nil {
		return r, err
	}
	r, err = bundle.Restore(ctx, links, bundle.Target{Dir: scratch, Master: d.cfg.Master, Clock: d.cfg.Clock, Log: d.cfg.Log,
		Tell: func(text string) { d.tell("正在试恢复："+text, 0) }})
	if err != nil {
		return r, err
	}
	return r, d.compare(ctx, r)
}

// compare holds a restored journal against the running one.
func (d *Desk) compare(ctx context.Context, r bundle.Restored) error {
	hash, err := d.hashAt(ctx, r.Head)
	if err != nil {
		return err
	}
	if !slices.Equal(hash, r.Hash[:]) {
		return errors.New("试恢复出来的日志与现在的对不上")
	}
	return nil
}

// CarryFolder brings the present chain to a folder or address that is not one
// of the office's places.
func (d *Desk) CarryFolder(ctx context.Context, v access.Viewer, to string) ([]Receipt, error) {
	if err := keeper(v); err != nil {
		return nil, err
	}
	if strings.Contains(to, "://") {
		return d.carryAddress(ctx, to)
	}
	p := Place{ID: "command", Name: to, Kind: KindFolder, Path: to}
	if d.inside(to) {
		return nil, record.Refused(record.CodeInvalid, "不能放在街镇通自己的数据文件夹里")
	}
	for _, drive := range d.cfg.Drives() {
		p.Off = p.Off || to == drive.Path || strings.HasPrefix(to, strings.TrimRight(drive.Path, `/\`)+string(os.PathSeparator))
	}
	return d.Carry(ctx, p)
}

// carryAddress brings the present chain to a place on the network, which the
// office must know: its host and password were confirmed when it was noted.
func (d *Desk) carryAddress(ctx context.Context, to string) ([]Receipt, error) {
	s, err := d.Settings(ctx)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(s.Places, func(p Place) bool { return strings.TrimRight(p.Path, "/") == strings.TrimRight(to, "/") })
	if at < 0 {
		return nil, record.Refused(record.CodeInvalid, "没有登记过 %s：请先在“备份与恢复”页增加这个备份位置，核对对方的指纹", to)
	}
	list, err := d.Carry(ctx, s.Places[at])
	return list, errors.Join(err, d.failed(ctx, s.Places[at].ID, err))
}
