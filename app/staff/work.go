package staff

import (
	"context"
	"fmt"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Item is one record in someone's hands. Of a record that whoever asks may not
// read, only register, number, step and date are told.
type Item struct {
	Ref     record.Ref
	Title   string // of the register
	Number  string
	Subject string // whom it is about, masked for whoever may not open it
	Step    string // in words
	Due     value.Date
	To      uint64 // who takes it, once a plan says so
}

// Work is everything in someone's hands. Sealed records that whoever asks may
// not know of are counted, not named.
type Work struct {
	User       uint64
	Owned      []Item
	Restricted int           // sealed records in this user's hands
	Offered    []Item        // offered to this user, not yet answered
	Drafts     []record.Kept // begun and not sent
	Waiting    []Item        // to be approved by a post that this user holds
	More       bool          // Waiting was cut at waitingMost
}

// waitingMost is how many approvals are listed.
const waitingMost = 200

// heads reports whether the viewer leads the office or a section of it.
func heads(v access.Viewer) bool {
	for _, r := range v.Roles {
		if r.Level == access.LevelHead || r.Level == access.LevelLead {
			return true
		}
	}
	return false
}

// mayPlan refuses whoever has no part in handing over this user's work.
func mayPlan(v access.Viewer, user uint64) error {
	if v.Office || v.User == user && user != 0 || v.Has(RoleSecurity) || heads(v) {
		return nil
	}
	return record.Refused(record.CodeDenied, "工作交接由本人、科室负责人、分管领导或安全管理员办理")
}

// OpenWork lists everything in a user's hands, as far as the viewer may know
// of it.
func (d *Desk) OpenWork(ctx context.Context, v access.Viewer, user uint64) (Work, error) {
	w := Work{User: user}
	if err := mayPlan(v, user); err != nil {
		return w, err
	}
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		r, err := byID(tx, user)
		if err != nil {
			return err
		}
		if err := d.owned(tx, &w); err != nil {
			return err
		}
		if err := d.offered(tx, &w); err != nil {
			return err
		}
		return d.waiting(tx, d.viewer(r, d.clock()), &w)
	})
	if err != nil {
		return w, err
	}
	w.Drafts, err = d.book.Drafts(ctx, user)
	return w, err
}

func (d *Desk) owned(tx *record.Tx, w *Work) error {
	return eachOwned(tx, w.User, func(r *record.Record) (bool, error) {
		if sealedFrom(tx, r) {
			w.Restricted++
			return true, nil
		}
		w.Owned = append(w.Owned, itemOf(tx, r))
		return true, nil
	})
}

// sealedFrom reports whether the viewer may not even know of the record.
func sealedFrom(tx *record.Tx, r *record.Record) bool {
	return r.Def.Protect == register.ProtectSealed && tx.Verdict(r, access.ActRead) == access.Denied
}

func (d *Desk) offered(tx *record.Tx, w *Work) error {
	rows, err := tx.AsOffice().Incoming(w.User)
	if err != nil {
		return fmt.Errorf("listing transfers: %w", err)
	}
	for _, r := range rows {
		if sealedFrom(tx, r) {
			w.Restricted++
			continue
		}
		w.Offered = append(w.Offered, itemOf(tx, r))
	}
	return nil
}

// waiting lists the records whose next step is an approval by one of the
// user's posts.
func (d *Desk) waiting(tx *record.Tx, user access.Viewer, w *Work) error {
	for _, def := range tx.Book().Registers().All() {
		steps := approvalSteps(def, user)
		if len(steps) == 0 || !record.MayUse(user, def, access.ActRead) {
			continue
		}
		page, err := tx.AsOffice().List(record.Query{Register: def.ID, Open: true,
			Filters: map[string][]string{"step": steps}, Limit: waitingMost - len(w.Waiting) + 1})
		if err != nil {
			return fmt.Errorf("listing approvals: %w", err)
		}
		for _, row := range page.Rows {
			if len(w.Waiting) == waitingMost {
				w.More = true
				return nil
			}
			if !sealedFrom(tx, row.Record) {
				w.Waiting = append(w.Waiting, itemOf(tx, row.Record))
			}
		}
	}
	return nil
}

// approvalSteps are the steps from which one of the user's posts approves.
func approvalSteps(def *register.Definition, user access.Viewer) []string {
	var out []string
	for _, s := range def.Steps {
		for _, a := range def.ActionsFrom(s.ID) {
			if a.Approval && user.Has(a.By...) && len(a.From) > 0 {
				out = append(out, s.ID)
				break
			}
		}
	}
	return out
}

func itemOf(tx *record.Tx, r *record.Record) Item {
	it := Item{Ref: r.Ref, Title: r.Def.Title, Number: r.Number, Step: r.StepLabel(), Due: dueOf(tx, r)}
	if tx.Verdict(r, access.ActRead) == access.Allowed {
		it.Subject = tx.SubjectName(r, r.Def.Protect != register.ProtectNone || r.Guarded)
	}
	return it
}

// dueOf is the first of the record's dates.
func dueOf(tx *record.Tx, r *record.Record) value.Date {
	var first value.Date
	for _, c := range tx.Book().Clocks(r) {
		if c.Due != "" && (first == "" || c.Due < first) {
			first = c.Due
		}
	}
	return first
}

// pageSize is how many records are read at a time.
const pageSize = 500

// eachOwned visits every open record of every register that a user is in
// charge of. It asks for no rights: fn decides what is told.
func eachOwned(tx *record.Tx, user uint64, fn func(*record.Record) (more bool, err error)) error {
	office := tx.AsOffice()
	for _, def := range tx.Book().Registers().All() {
		q := ownedBy(def.ID, user, pageSize)
		for {
			page, err := office.List(q)
			if err != nil {
				return fmt.Errorf("listing the open work in %s: %w", def.ID, err)
			}
			for _, row := range page.Rows {
				if more, err := fn(row.Record); err != nil || !more {
					return err
				}
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
	}
	return nil
}

func ownedBy(reg string, user uint64, limit int) record.Query {
	return record.Query{Register: reg, Open: true, Limit: limit,
		Filters: map[string][]string{"owner": {fmt.Sprint(user)}}}
}

// openCount counts the open records that a user is in charge of.
func openCount(tx *record.Tx, user uint64) (int, error) {
	n := 0
	err := eachOwned(tx, user, func(*record.Record) (bool, error) { n++; return true, nil })
	return n, err
}
