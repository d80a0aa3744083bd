package casework

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"math"
	"sort"
	"strconv"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Drawn is a child whom the supervisor visits in a quarter.
type Drawn struct {
	Task
	Grade string // code of child.risk
	High  bool   // visited whatever the lot says
	Done  record.Ref
	On    value.Date // of the supervisor's visit; empty while it is to come
	Seen  bool
	Named bool // the viewer may know who it is
}

// Draw is a supervisor's sample of one quarter.
type Draw struct {
	First, Last value.Date
	Children    int // under care
	High        int
	Wanted      int // to be visited: those at high risk, and the lot
	Visited     int
	Beyond      int // visited though not drawn
	Rate        float64
	List        []Drawn
}

// QuarterOf is the first and last day of the quarter of a day.
func QuarterOf(day value.Date) (first, last value.Date) {
	year, month := day.Year(), (day.Month()-1)/3*3+1
	first = value.Date(fmt.Sprintf("%04d-%02d-01", year, month))
	return first, first.AddMonths(3).AddDays(-1)
}

// Sample draws whom the supervisor visits in the quarter of a day (facts B17:
// at least so many of a hundred, and of those at high risk all). Who is drawn
// is settled by a keyed digest of the quarter and the child: nobody can choose,
// and nobody at the community can know beforehand.
func (d *Desk) Sample(ctx context.Context, v access.Viewer, day value.Date) (Draw, error) {
	out := Draw{}
	out.First, out.Last = QuarterOf(day)
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		all, err := d.cared(tx)
		if err != nil {
			return err
		}
		if err := d.draw(tx, &out, all); err != nil {
			return err
		}
		return d.visited(tx, &out, all)
	})
	return out, err
}

// cared are the children with an open file that is being acted on or an open
// case, each once, with the graver grade.
func (d *Desk) cared(tx *record.Tx) (map[uint64]*Drawn, error) {
	all := map[uint64]*Drawn{}
	for _, reg := range []string{Cases, Files} {
		err := tx.AsOffice().Each(reg, func(r *record.Record) (bool, error) {
			if !r.Open() || r.Subject == 0 || reg == Files && r.Step != "served" {
				return true, nil
			}
			c := all[r.Subject]
			if c == nil {
				c = &Drawn{Task: Task{Child: r.Subject, Source: r.Ref, Number: r.Number}, Named: tx.Verdict(r, access.ActRead) == access.Allowed}
				if c.Named {
					c.Community = tx.Label(record.Ref{Register: record.Places, ID: r.Community}, false)
				}
				all[r.Subject] = c
			}
			if g := r.Text("grade"); c.Grade == "" || g != "" && gravity(g) < gravity(c.Grade) {
				c.Grade = g
			}
			return true, nil
		})
		if err != nil {
			return nil, fmt.Errorf("gathering the children under care: %w", err)
		}
	}
	return all, nil
}

// gravity orders the grades: 1 is the gravest.
func gravity(grade string) int64 {
	for i, g := range []string{"red", "orange", "yellow", "blue"} {
		if g == grade {
			return int64(i + 1)
		}
	}
	return 5
}

// draw takes all at high risk, and of the others as many as the rate asks for.
func (d *Desk) draw(tx *record.Tx, out *Draw, all map[uint64]*Drawn) error {
	set := tx.Book().Policy()
	rate, err := set.Decimal("child.visit.sample.rate", tx.Today())
	if err != nil {
		return fmt.Errorf("drawing a sample: %w", err)
	}
	top, err := set.Integer("child.visit.sample.grade", tx.Today())
	if err != nil {
		return fmt.Errorf("drawing a sample: %w", err)
	}
	share, err := set.Decimal("child.visit.sample.high", tx.Today())
	if err != nil {
		return fmt.Errorf("drawing a sample: %w", err)
	}
	var high, rest []*Drawn
	for _, c := range all {
		if c.High = gravity(c.Grade) <= top; c.High {
			high = append(high, c)
		} else {
			rest = append(rest, c)
		}
	}
	out.Children, out.High, out.Rate = len(all), len(high), rate
	out.List = append(d.lots(out.First, high, share), d.lots(out.First, rest, rate)...)
	out.Wanted = len(out.List)
	return nil
}

// lots are the first of the children by their lot of the quarter.
func (d *Desk) lots(quarter value.Date, from []*Drawn, rate float64) []Drawn {
	key := d.book.Key("visit sample v1")
	lot := func(c *Drawn) []byte {
		mac := hmac.New(sha256.New, key[:])
		mac.Write([]byte(string(quarter) + "\x00" + strconv.FormatUint(c.Child, 10)))
		return mac.Sum(nil)
	}
	sort.Slice(from, func(i, j int) bool { return bytes.Compare(lot(from[i]), lot(from[j])) < 0 })
	var out []Drawn
	for _, c := range from[:min(len(from), int(math.Ceil(rate*float64(len(from))-1e-9)))] {
		out = append(out, *c)
	}
	return out
}

// visited finds the supervisor's visits of the quarter, and names whom the
// viewer may know.
func (d *Desk) visited(tx *record.Tx, out *Draw, all map[uint64]*Drawn) error {
	at := map[uint64]int{}
	for i, c := range out.List {
		at[c.Child] = i
		if c.Named {
			d.describe(tx, &out.List[i].Task)
		}
	}
	return d.countVisits(tx.AsOffice(), out.First, out.Last, func(r *record.Record) {
		sampled, _ := r.Values["sample"].(bool)
		i, drawn := at[r.Subject]
		switch {
		case !sampled || all[r.Subject] == nil || r.Step != "done" && r.Step != "unseen":
		case !drawn:
			out.Beyond++
		case out.List[i].On == "":
			c := &out.List[i]
			c.Done, c.On, c.Seen = r.Ref, r.Date("actual"), r.Step == "done"
			out.Visited++
		case r.Step == "done" && !out.List[i].Seen:
			c := &out.List[i]
			c.Done, c.On, c.Seen = r.Ref, r.Date("actual"), true
		}
	})
}
