package hotline

import (
	"context"
	"log/slog"

	"jiezhen/app/access"
	"jiezhen/app/deadline"
	"jiezhen/app/insight"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/trend"
)

// Config is what a Desk is made of.
type Config struct {
	Book *record.Book
	Gate *insight.Gate
	// Formulas are the rates, as rate.Load checked them.
	Formulas *rate.Set
	Log      *slog.Logger
}

// Desk is where the hotline's day is looked over.
type Desk struct {
	book    *record.Book
	gate    *insight.Gate
	counter *rate.Counter
	log     *slog.Logger
	learned learned
	hot     hotCache
	finder  Finder // nil: nobody finds anything
	classes func(*record.Tx) (trend.Naming, error)
}

// New opens the desk.
func New(cfg Config) *Desk {
	near := insight.NewIndex()
	near.Most = nearMost
	return &Desk{book: cfg.Book, gate: cfg.Gate, counter: rate.NewCounter(cfg.Book, cfg.Formulas, "dispatched_on", kept...), log: cfg.Log, learned: learned{near: near}}
}

// Clocks are the deadlines of an order with their reasons.
func Clocks(tx *record.Tx, r *record.Record) ([]deadline.Clock, error) { return orderClocks(tx, r) }

// Identity opens the identity of a complainant who asked for secrecy, to who
// may assign orders, for a reason; the journal keeps who looked and why.
func (d *Desk) Identity(ctx context.Context, v access.Viewer, ref record.Ref, reason string) (map[string]string, error) {
	if reason == "" {
		return nil, record.Refused(record.CodeInvalid, "请写明为什么要看保密诉求人的身份")
	}
	out := map[string]string{}
	err := d.book.Change(ctx, v, "查看保密诉求人："+reason, func(tx *record.Tx) error {
		r, err := tx.Open(ref)
		if err != nil {
			return err
		}
		if ref.Register != Orders || tx.Verdict(r, access.ActAssign) != access.Allowed {
			return record.Refused(record.CodeDenied, "保密诉求人的身份只有派单的人能看")
		}
		for _, f := range identity {
			out[f] = r.Secrets[f]
		}
		return tx.Event("identity", ref, map[string]any{"reason": reason})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
