package people

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// openings is the shelf of protected persons opened with a reason: key
// user/person, value until when. The record of each opening is in the journal;
// the shelf only says which are still open.
const openings = "openings"

// openFor is how long an opening lasts when policy says nothing (issue: 30
// minutes); ParamOpening changes it, in minutes.
const (
	openFor      = 30 * time.Minute
	openMost     = 8 * time.Hour
	ParamOpening = "access.protected.minutes"
)

// OpenProtected opens a protected person for a while. The reason goes to the
// leader's review list and, with the opening, into the journal. Who may see
// the person anyway opens nothing.
func (d *Desk) OpenProtected(ctx context.Context, v access.Viewer, person uint64, reason string) error {
	reason, err := reasonable(reason, "打开受保护对象")
	if err != nil {
		return err
	}
	until := d.book.Now().Add(d.openFor())
	return d.book.Change(ctx, v, "打开受保护对象："+reason, func(tx *record.Tx) error {
		r, err := load(tx, person)
		if err != nil {
			return err
		}
		switch sight(tx, r) {
		case access.Allowed:
			return nil
		case access.Denied:
			return record.Refused(record.CodeNotFound, "没有这份主档，或您无权查看")
		}
		if err := d.enterOpening(tx, r, reason, until); err != nil {
			return err
		}
		return tx.ShelfPut(openings, openingKey(v.User, person), until.UnixMilli())
	})
}

// enterOpening writes the record that the leader reviews.
func (d *Desk) enterOpening(tx *record.Tx, r *record.Record, reason string, until time.Time) error {
	def, ok := d.book.Registers().Get(openingRegister)
	if !ok {
		return fmt.Errorf("entering an opening: no register %s", openingRegister)
	}
	now := d.book.Now()
	draft := record.Draft{Register: openingRegister, Community: r.Community, Values: register.Values{
		openingReason: reason, openingAt: now.Local().Format("2006-01-02 15:04"), openingUntil: until.Local().Format("2006-01-02 15:04"),
		openingBy: tx.Viewer().Name}}
	if def.Subject == register.SubjectPerson {
		draft.Subject = r.ID
	} else {
		draft.Values[openingPerson] = strconv.FormatUint(r.ID, 10)
	}
	if f, ok := def.Field(openingUser); ok && f.Register == record.Users {
		draft.Values[openingUser] = strconv.FormatUint(tx.Viewer().User, 10)
	}
	for id := range draft.Values {
		if !has(def, id) {
			delete(draft.Values, id)
		}
	}
	_, err := tx.AsOffice().Create(draft)
	return err
}

func (d *Desk) openFor() time.Duration {
	n, ok := number(d.book, ParamOpening)
	if !ok || n <= 0 {
		return openFor
	}
	return min(time.Duration(n)*time.Minute, openMost)
}

// number reads a whole parameter in force today.
func number(b *record.Book, key string) (int, bool) {
	set := b.Policy()
	if set == nil || !set.HasParam(key, false) {
		return 0, false
	}
	p, err := set.Param(key, b.Today())
	if err != nil {
		return 0, false
	}
	switch n := p.Value.(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	case float64:
		return int(n), true
	}
	return 0, false
}

func openingKey(user, person uint64) string {
	return fmt.Sprintf("%020d/%020d", user, person)
}

// Opened gives the protected persons whom a user has opened, until when; it
// becomes access.Viewer.Opened. Openings that are over are taken off.
func (d *Desk) Opened(ctx context.Context, user uint64) (map[uint64]time.Time, error) {
	shelf := d.book.Shelf(openings)
	prefix := fmt.Sprintf("%020d/", user)
	open, over := map[uint64]time.Time{}, []string{}
	now := d.book.Now()
	err := shelf.Each(ctx, prefix, func(key string, decode func(any) error) (bool, error) {
		var milli int64
		if err := decode(&milli); err != nil {
			return false, err
		}
		person, err := strconv.ParseUint(strings.TrimLeft(strings.TrimPrefix(key, prefix), "0"), 10, 64)
		if err != nil {
			return false, err
		}
		if until := time.UnixMilli(milli); now.Before(until) {
			open[person] = until
		} else {
			over = append(over, key)
		}
		return true, nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading openings: %w", err)
	}
	for _, key := range over {
		if err := shelf.Delete(ctx, key); err != nil {
			return nil, fmt.Errorf("taking off an opening: %w", err)
		}
	}
	return open, nil
}
