package hotline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/deadline"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Asked is one department on one whistle.
type Asked struct {
	Whistle *record.Record
	Lead    bool
	Due, At time.Time // zero: none, not yet
	State   string    // on-time, late, absent, waiting
	Score   float64   // the street's of the department; 0: none yet
	Back    float64   // the department's of the street
}

// Responder is how a department answered its whistles.
type Responder struct {
	Unit   uint64
	Name   string
	Asked  []Asked
	Came   int // arrived, in time or not
	OnTime int
	Missed int // the time is over and it has not come
	Score  float64
	Back   float64
}

// Quarter is the whistles of three months.
type Quarter struct {
	From, To value.Date
	Whistles []*record.Record // without those joined to another, or withdrawn
	Joined   int
	Kinds    map[string]int
	Due      int // whose time of arrival is over, or who came
	Came     int // of Due, the department in charge came
	OnTime   int
	Finished int
	Solved   int
	Units    []Responder // best first
}

// Members are whistles behind one figure.
func (q Quarter) Members(set string) []*record.Record {
	var out []*record.Record
	for _, w := range q.Whistles {
		onTime, judged := w.Values["on_time"].(bool)
		came := w.Text("arrived_at") != ""
		in := map[string]bool{"all": true, "came": came, "on-time": judged && onTime, "late": judged && !onTime, "finished": w.Text("finished_at") != "",
			"solved": w.Text("result") == "solved", "escalated": w.Text("escalated_at") != ""}[set]
		if in || set == w.Text("kind") {
			out = append(out, w)
		}
	}
	return out
}

// QuarterFrom is the first day of a day's quarter.
func QuarterFrom(d value.Date) value.Date {
	return value.Date(fmt.Sprintf("%04d-%02d-01", d.Year(), (d.Month()-1)/3*3+1))
}

// QuarterOf works out the whistles of the quarter that begins on a day, for
// what the viewer may see.
func (d *Desk) QuarterOf(ctx context.Context, v access.Viewer, from value.Date) (Quarter, error) {
	q := Quarter{From: QuarterFrom(from), Kinds: map[string]int{}}
	q.To = q.From.AddMonths(3).AddDays(-1)
	by := map[uint64]*Responder{}
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		query := record.Query{Register: Whistles, From: map[string]value.Date{"blown_on": q.From}, To: map[string]value.Date{"blown_on": q.To}, Limit: 500}
		for {
			p, err := tx.List(query)
			if err != nil {
				return err
			}
			for _, row := range p.Rows {
				if !row.Placeholder {
					q.add(tx, row.Record, by, d.book.Now())
				}
			}
			if query.After = p.Next; query.After == "" {
				return nil
			}
		}
	})
	for _, r := range by {
		r.Score, r.Back = meanScores(r.Asked)
		q.Units = append(q.Units, *r)
	}
	slices.SortFunc(q.Units, func(a, b Responder) int {
		return cmp.Or(cmp.Compare(share(b.OnTime, len(b.Asked)), share(a.OnTime, len(a.Asked))), cmp.Compare(b.Score, a.Score), cmp.Compare(len(b.Asked), len(a.Asked)), cmp.Compare(a.Name, b.Name))
	})
	return q, err
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// add counts one whistle, and each department on it.
func (q *Quarter) add(tx *record.Tx, w *record.Record, by map[uint64]*Responder, now time.Time) {
	switch w.Step {
	case "withdrawn":
		return
	case "joined":
		q.Joined++
		return
	}
	q.Whistles = append(q.Whistles, w)
	q.Kinds[w.Text("kind")]++
	if w.Text("finished_at") != "" {
		q.Finished++
	}
	if w.Text("result") == "solved" {
		q.Solved++
	}
	if w.Text("arrived_at") != "" {
		q.Due++
		q.Came++
	} else if Unanswered(w, now) || w.Step != "blown" {
		q.Due++
	}
	if yes, _ := w.Values["on_time"].(bool); yes {
		q.OnTime++
	}
	for _, row := range tableRows(w, "units") {
		id, _ := strconv.ParseUint(cellText(row, "unit"), 10, 64)
		if id == 0 {
			continue
		}
		r := by[id]
		if r == nil {
			r = &Responder{Unit: id, Name: tx.Label(record.Ref{Register: record.Parties, ID: id}, false)}
			by[id] = r
		}
		r.add(askedOf(w, row, now))
	}
}

// askedOf judges one department on one whistle.
func askedOf(w *record.Record, row map[string]any, now time.Time) Asked {
	a := Asked{Whistle: w, Lead: cellText(row, "unit") == w.Text("lead"), Due: deadline.Instant(w, "arrive_due")}
	a.Score, _ = row["unit_score"].(float64)
	a.Back, _ = row["street_score"].(float64)
	a.At = deadline.Parse(cellText(row, "at"))
	switch {
	case !a.At.IsZero() && (a.Due.IsZero() || !a.At.After(a.Due)):
		a.State = "on-time"
	case !a.At.IsZero():
		a.State = "late"
	case a.Due.IsZero() || now.Before(a.Due):
		a.State = "waiting"
	default:
		a.State = "absent"
	}
	return a
}

func (r *Responder) add(a Asked) {
	r.Asked = append(r.Asked, a)
	switch a.State {
	case "on-time":
		r.Came++
		r.OnTime++
	case "late":
		r.Came++
	case "absent":
		r.Missed++
	}
}

func meanScores(list []Asked) (score, back float64) {
	n, m := 0, 0
	for _, a := range list {
		if a.Score > 0 {
			score, n = score+a.Score, n+1
		}
		if a.Back > 0 {
			back, m = back+a.Back, m+1
		}
	}
	if n > 0 {
		score /= float64(n)
	}
	if m > 0 {
		back /= float64(m)
	}
	return score, back
}
