package staff

import (
	"context"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Stranded is work in the hands of an account that has ended, which nobody has
// been named to take.
type Stranded struct {
	User User
	Open int
	Why  string
}

// Settle finishes hand-overs that were cut short and passes on what has
// reached someone after the last day, to whoever the plan named. It is to be
// run at start and once a day; what it cannot place it answers with.
func (d *Desk) Settle(ctx context.Context) ([]Stranded, error) {
	users, err := d.Users(ctx, access.Office())
	if err != nil {
		return nil, err
	}
	var out []Stranded
	for _, u := range users {
		n, err := d.settle(ctx, u)
		if err == nil && n == 0 {
			continue
		}
		s := Stranded{User: u, Open: n, Why: "没有办理过工作交接，请指定接手人"}
		if refusal, ok := record.AsRefusal(err); ok {
			s.Why = refusal.Error()
		} else if err != nil {
			return out, err
		}
		out = append(out, s)
	}
	return out, nil
}

// settle does for one account what Settle does; n is how many records are
// still in its hands although it has ended.
func (d *Desk) settle(ctx context.Context, u User) (n int, err error) {
	s, err := d.planned(ctx, u.ID)
	if err != nil || s == nil && !u.Ended {
		return 0, err
	}
	if s != nil && !s.Done {
		_, err := d.carryOut(ctx, s)
		return 0, err
	}
	if !u.Ended {
		return 0, nil
	}
	if n, err = d.countOpen(ctx, u.ID); err != nil || n == 0 || s == nil {
		return n, err
	}
	again := *s
	again.Done, again.Moved, again.Reason = false, 0, strings.TrimSuffix(s.Reason, lateNote)+lateNote
	later, err := d.plan(ctx, as(s.By, s.ByName), again)
	if err != nil {
		return n, err
	}
	_, err = d.carryOut(ctx, later)
	return 0, err
}

// lateNote marks a second sheet for what came after the last day.
const lateNote = "（离岗后新增）"

func (d *Desk) countOpen(ctx context.Context, user uint64) (n int, err error) {
	err = d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		n, err = openCount(tx, user)
		return err
	})
	return n, err
}

// PlanOf gives the hand-over kept for a user: done tells whether it is.
func (d *Desk) PlanOf(ctx context.Context, user uint64) (sheet record.Ref, lastDay value.Date, done bool, err error) {
	s, err := d.planned(ctx, user)
	if err != nil || s == nil {
		return record.Ref{}, "", false, err
	}
	return record.Ref{Register: handOvers, ID: s.Record}, s.LastDay, s.Done, nil
}
