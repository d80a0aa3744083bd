package backup

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"jiezhen/app/access"
	"jiezhen/app/bundle"
	"jiezhen/app/record"
)

// Retained says what becomes of a bundle under the office's rule, and why.
type Retained struct {
	Entry
	Keep bool
	Why  string
}

// Plan says which of a place's bundles stay: the last chains, whatever was made
// in the days before the newest, the first full one of every year, those made
// before an upgrade, and whatever came out of order. What goes must be beyond
// both the number and the days; a clock that ran wrong can only make it keep
// more.
func Plan(list []Entry, chains, days int) []Retained {
	var bases []uint64
	for _, e := range list {
		if e.Manifest.Kind == bundle.Full {
			bases = append(bases, e.Manifest.Sequence)
		}
	}
	from := uint64(0)
	if len(bases) > chains {
		from = bases[len(bases)-chains]
	}
	since := window(list, days)
	years := map[int]bool{}
	out := make([]Retained, 0, len(list))
	for _, e := range list {
		m := e.Manifest
		r := Retained{Entry: e, Keep: true}
		year := m.Time().Year()
		switch {
		case len(bases) <= chains || m.Base >= from:
			r.Why = "最近几组"
		case since[m.Base]:
			r.Why = fmt.Sprintf("%d 天以内", days)
		case m.Kind == bundle.Full && !years[year]:
			r.Why = fmt.Sprintf("%d 年第一份", year)
		case m.Reason == ReasonUpgrade:
			r.Why = "升级前"
		case !slices.Contains(bases, m.Base):
			r.Why = "找不到所接的完整备份，请人工处理"
		default:
			r.Keep, r.Why = false, "已有更新的备份"
		}
		if m.Kind == bundle.Full {
			years[year] = true
		}
		out = append(out, r)
	}
	return out
}

// window says of which chains a bundle was made in so many days before the
// newest one.
func window(list []Entry, days int) map[uint64]bool {
	out := map[uint64]bool{}
	if len(list) == 0 {
		return out
	}
	from := list[len(list)-1].Manifest.Time().AddDate(0, 0, -days)
	for _, e := range list {
		if e.Manifest.Time().After(from) {
			out[e.Manifest.Base] = true
		}
	}
	return out
}

// localChains is how many chains the office's own folder keeps: the present
// one and the one before.
const localChains = 2

// tidy keeps the office's own folder small. A chain that reached no place off
// this PC stays.
func (d *Desk) tidy(ctx context.Context) error {
	list, err := d.Local()
	if err != nil {
		return err
	}
	receipts, err := d.Receipts(ctx)
	if err != nil {
		return err
	}
	carried := func(seq uint64) bool {
		return slices.ContainsFunc(receipts, func(r Receipt) bool { return r.Off && r.Sequence >= seq })
	}
	for _, r := range Plan(list, localChains, 0) {
		if !r.Keep && carried(r.Manifest.Base) {
			err = errors.Join(err, bundle.Remove(d.local(r.Name)))
		}
	}
	return err
}

// PlanAt says what of a place's bundles would stay.
func (d *Desk) PlanAt(ctx context.Context, v access.Viewer, id string) (p Place, out []Retained, err error) {
	if err := keeper(v); err != nil {
		return p, nil, err
	}
	p, c, s, err := d.placeByID(ctx, id)
	if err != nil || c == nil {
		return p, nil, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	list, err := c.entries(ctx, d.cfg.Store.ID())
	return p, Plan(list, s.Chains, s.KeepDays), err
}

// placeByID reaches a place. A place that is known and cannot be reached now
// is given with a refusal; one without a folder to look into, a district, has
// no carrier.
func (d *Desk) placeByID(ctx context.Context, id string) (Place, carrier, Settings, error) {
	s, err := d.Settings(ctx)
	if err != nil {
		return Place{}, nil, s, err
	}
	at := slices.IndexFunc(s.Places, func(p Place) bool { return p.ID == id })
	if at < 0 {
		return Place{}, nil, s, record.Refused(record.CodeInvalid, "没有这个备份位置")
	}
	p := s.Places[at]
	if p.Kind == KindDistrict {
		return p, nil, s, nil
	}
	c, err := d.reach(ctx, p)
	if err != nil {
		return p, nil, s, record.Refused(record.CodeInvalid, "%v", err)
	}
	return p, c, s, nil
}

// Prune removes what a plan said, if the plan is still the same: what is
// removed is what was seen.
func (d *Desk) Prune(ctx context.Context, v access.Viewer, id string, names []string) (n int, err error) {
	if err := keeper(v); err != nil {
		return 0, err
	}
	p, c, s, err := d.placeByID(ctx, id)
	if err != nil || c == nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	list, err := c.entries(ctx, d.cfg.Store.ID())
	if err != nil {
		return 0, err
	}
	var doomed []string
	for _, r := range Plan(list, s.Chains, s.KeepDays) {
		if !r.Keep {
			doomed = append(doomed, r.Name)
		}
	}
	if !slices.Equal(doomed, names) {
		return 0, record.Refused(record.CodeInvalid, "“%s”里的内容有变化，请重新看一遍清单", p.Name)
	}
	for i := len(doomed) - 1; i >= 0; i-- { // what builds on another goes first
		if err := c.remove(doomed[i]); err != nil {
			return n, err
		}
		n++
	}
	return n, d.cfg.Book.Log(ctx, v, "backup.prune", record.Ref{Register: record.Users, ID: v.User}, map[string]any{"place": p.Name, "count": n})
}
