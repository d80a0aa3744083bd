package patrol

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Suspect is a complaint about a point that a round had found in order shortly
// before.
type Suspect struct {
	Order   record.Ref
	On      value.Date
	Point   *Point
	Round   *Round
	Days    int    // from the call to the complaint
	Verdict string // code of patrol.review, when a person has judged
}

// Suspects are the complaints of late about points called at without a
// finding in the days before, newest first.
func (d *Desk) Suspects(ctx context.Context, v access.Viewer) ([]Suspect, error) {
	if err := d.sync(ctx); err != nil {
		return nil, err
	}
	d.digest.mu.RLock()
	defer d.digest.mu.RUnlock()
	l, err := d.view(v, d.book.Today(), d.book.Today())
	if err != nil {
		return nil, err
	}
	var out []Suspect
	for _, c := range l.g.orders {
		if !l.sees(c.community) {
			continue
		}
		for _, id := range c.points {
			p := l.g.points[id]
			if p == nil {
				continue
			}
			if r := l.cleanBefore(id, c.on); r != nil {
				out = append(out, Suspect{Order: record.Ref{Register: orders, ID: c.id}, On: c.on, Point: p, Round: r, Days: value.DaysBetween(r.Date, c.on),
					Verdict: l.g.reviewed[[2]uint64{c.id, id}]})
			}
		}
	}
	slices.SortFunc(out, func(a, b Suspect) int {
		return cmp.Or(cmp.Compare(b.On, a.On), cmp.Compare(b.Order.ID, a.Order.ID), cmp.Compare(a.Point.ID, b.Point.ID))
	})
	return out, nil
}

// cleanBefore is the last round that called at a point in the days before a
// complaint, when it found nothing there.
func (l *look) cleanBefore(point uint64, on value.Date) *Round {
	for day := on; day > on.AddDays(-l.rules.review); day = day.AddDays(-1) {
		var last *Round
		clean := false
		for _, r := range l.g.byDay[day] {
			for _, v := range r.Visits {
				if v.Point == point && v.Invalid == "" && (last == nil || r.ID > last.ID) {
					last, clean = r, !v.Problems
				}
			}
		}
		if last != nil {
			if clean {
				return last
			}
			return nil
		}
	}
	return nil
}

// Judge keeps what a person says of a suspect.
func (d *Desk) Judge(ctx context.Context, v access.Viewer, order, point, round uint64, verdict, note string) (record.Ref, error) {
	var made record.Ref
	err := d.book.Change(ctx, v, "漏报复核", func(tx *record.Tx) error {
		o, err := tx.Open(record.Ref{Register: orders, ID: order})
		if err != nil {
			return err
		}
		for reg, id := range map[string]uint64{Points: point, Rounds: round} {
			if _, err := tx.Open(record.Ref{Register: reg, ID: id}); err != nil {
				return err
			}
		}
		id := func(n uint64) string { return strconv.FormatUint(n, 10) }
		values := register.Values{"order": id(order), "point": id(point), "patrol": id(round), "verdict": verdict, "note": note}
		if o.Community != 0 {
			values["community"] = id(o.Community)
		}
		r, err := tx.Create(record.Draft{Register: Reviews, Values: values})
		if err == nil {
			made = r.Ref
		}
		return err
	})
	return made, err
}
