package backup

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jiezhen/embedstore"
)

// Tone says how urgent a state is.
type Tone int

// The tones.
const (
	Good Tone = iota
	Amber
	Red
)

// Days after which the age of the last bundle off this PC is told louder.
const (
	amberDays = 7
	redDays   = 14
)

// Status is how backups stand.
type Status struct {
	Last  *Made
	Off   *Receipt // the last verified bundle off this PC
	Days  int      // its age; -1 when there is none
	Drill *Drill
	Tone  Tone
	Text  string
}

// Status says how backups stand at this moment.
func (d *Desk) Status(ctx context.Context) (Status, error) {
	s := Status{Days: -1}
	var last Made
	if found, err := d.shelf.Get(ctx, lastKey, &last); err != nil {
		return s, err
	} else if found {
		s.Last = &last
	}
	receipts, err := d.Receipts(ctx)
	if err != nil {
		return s, err
	}
	for i := range receipts {
		if r := &receipts[i]; r.Off && (s.Off == nil || r.Sequence > s.Off.Sequence || r.Sequence == s.Off.Sequence && r.At > s.Off.At) {
			s.Off = r
		}
	}
	drill, found, err := d.LastDrill(ctx)
	if err != nil {
		return s, err
	}
	if found {
		s.Drill = &drill
	}
	s.judge(d.cfg.Clock())
	return s, nil
}

func (s *Status) judge(now time.Time) {
	switch {
	case s.Off == nil:
		s.Tone, s.Text = Red, "还没有离开本机的备份"
	default:
		s.Days = int(now.Sub(s.Off.Time()) / (24 * time.Hour))
		s.Text = fmt.Sprintf("最近一次离机备份 %s（%s）", s.Off.Time().Format("1月2日"), ago(s.Days))
		switch {
		case s.Days < 0:
			s.Days, s.Tone, s.Text = 0, Amber, "电脑时钟比最近一次离机备份还早，请校准"
		case s.Days >= redDays:
			s.Tone = Red
		case s.Days >= amberDays:
			s.Tone = Amber
		}
	}
	if s.Drill != nil && s.Drill.Failed != "" {
		s.Tone, s.Text = Red, s.Text+"；试恢复没有通过"
	}
}

// ago says how many days have passed.
func ago(days int) string {
	if days <= 0 {
		return "不到一天"
	}
	return fmt.Sprintf("%d 天前", days)
}

// hashAt is the hash of an entry of the running journal.
func (d *Desk) hashAt(ctx context.Context, seq uint64) (hash []byte, err error) {
	err = d.cfg.Store.View(ctx, func(tx *embedstore.Tx) error {
		return tx.Journal(seq, func(e embedstore.JournalEntry) (bool, error) {
			hash = e.Hash[:]
			return false, nil
		})
	})
	return hash, err
}

// Restored tells the desk that its store was put together from bundles up to
// a sequence: the next bundle begins a chain of its own, under a number that
// the lost PC can hardly have reached.
func (d *Desk) Restored(ctx context.Context, last uint64) error {
	if err := errors.Join(d.shelf.Delete(ctx, lastKey), d.shelf.Delete(ctx, pendingKey)); err != nil {
		return err
	}
	return d.shelf.Update(ctx, "sequence", func(decode func(any) error) (any, error) {
		var n uint64
		if decode != nil {
			if err := decode(&n); err != nil {
				return nil, err
			}
		}
		return max(n, last) + restoredGap, nil
	})
}

// restoredGap keeps the numbers after a restore clear of those that were lost.
const restoredGap = 100
