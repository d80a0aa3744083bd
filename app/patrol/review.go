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
	today := d.book.Today()
	l, err := d.view(v, today.AddDays(-orderDays), today)
	if err != nil {
		return nil, err
	}
	lasts := l.lastCalls()
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
			if r := cleanBefore(lasts[id], c, l.rules.review); r != nil {
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

// told is what a valid call said of a point.
type told struct {
	round *Round
	at    int
	clean bool
}

// lastCalls are the valid calls at each point, oldest first.
func (l *look) lastCalls() map[uint64][]told {
	out := map[uint64][]told{}
	for _, day := range l.span {
		for _, r := range l.g.byDay[day.date] {
			for _, v := range r.Visits {
				if v.Invalid == "" {
					out[v.Point] = append(out[v.Point], told{r, v.At, !v.Problems})
				}
			}
		}
	}
	return out
}

// cleanBefore is the last round that called at a point in the days before a
// complaint, when it found nothing there.
func cleanBefore(calls []told, of *complaint, days int) *Round {
	for _, c := range slices.Backward(calls) {
		if c.round.Date > of.on || c.round.Date == of.on && c.at >= of.at {
			continue
		}
		if c.clean && c.round.Date > of.on.AddDays(-days) {
			return c.round
		}
		return nil
	}
	return nil
}

// Judgement is what a person says of a suspect.
type Judgement struct {
	Order, Point, Round uint64
	Verdict, Note       string
}

// Judge keeps a judgement: one of each complaint about a point.
func (d *Desk) Judge(ctx context.Context, v access.Viewer, j Judgement) (record.Ref, error) {
	var made record.Ref
	err := d.book.Change(ctx, v, "漏报复核", func(tx *record.Tx) error {
		o, err := tx.Open(record.Ref{Register: orders, ID: j.Order})
		if err != nil {
			return err
		}
		for reg, id := range map[string]uint64{Points: j.Point, Rounds: j.Round} {
			if _, err := tx.Open(record.Ref{Register: reg, ID: id}); err != nil {
				return err
			}
		}
		judged, err := tx.AsOffice().Children(Reviews, o.Ref)
		if err != nil {
			return err
		}
		for _, r := range judged {
			if r.RefID("point") == j.Point {
				return record.Refused(record.CodeTaken, "这一件已复核过，见 %s；要改结论的在那里改", r.Number)
			}
		}
		id := func(n uint64) string { return strconv.FormatUint(n, 10) }
		values := register.Values{"order": id(j.Order), "point": id(j.Point), "patrol": id(j.Round), "verdict": j.Verdict, "note": j.Note}
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
