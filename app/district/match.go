package district

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/embedstore"
)

// hash is a document number under the district's own key: the offices' keyed
// hashes are under theirs and compare with nothing here.
func (d *Desk) hash(number string) []byte {
	key := d.cfg.Store.Derive("district identities v1")
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(strings.ToUpper(strings.TrimSpace(number))))
	return mac.Sum(nil)[:16]
}

// Match is a person on file at two or more offices.
type Match struct {
	Key   string // names the match on pages, tells nothing
	Sides []Side
	Both  bool // work goes on at more than one of them
	// Clashes are allowances that may not be drawn together.
	Clashes []Clash
}

// Side is what one office has of the person.
type Side struct {
	Office string
	Name   string
	Person uint64
	Open   []string // titles of the registers with work going on
	Draws  []string // codes of the allowances drawn
	Shown  string   // name and number, only for who may and asked
}

// Matches finds the persons that more than one office has on file. It shows
// who they are only when a reason is given by someone who may; that is logged.
func (d *Desk) Matches(ctx context.Context, v access.Viewer, reason string) ([]Match, error) {
	if err := sees(v); err != nil {
		return nil, err
	}
	if reason != "" {
		if !MayMatch(v) {
			return nil, record.Refused(record.CodeDenied, "只有领导可以查看是谁")
		}
		if len([]rune(reason)) < 4 {
			return nil, invalid("reason", "理由", "请写明理由（至少4个字）")
		}
		if err := d.cfg.Book.Log(ctx, v, "district.match", record.Ref{Register: record.Users, ID: v.User}, map[string]any{"reason": reason}); err != nil {
			return nil, err
		}
	}
	offices, err := d.Offices(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, o := range offices {
		names[o.ID] = o.Name
	}
	var out []Match
	err = d.cfg.Store.View(ctx, func(tx *embedstore.Tx) error {
		groups, err := sameNumbers(tx)
		if err != nil {
			return err
		}
		for _, g := range groups {
			m, err := d.match(tx, g, names, reason != "")
			if err != nil {
				return err
			}
			out = append(out, m)
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b Match) int { return b.urgency() - a.urgency() })
	return out, err
}

// urgency puts allowances drawn twice first, then work on both sides.
func (m Match) urgency() int {
	switch {
	case len(m.Clashes) > 0:
		return 2
	case m.Both:
		return 1
	}
	return 0
}

// sameNumbers groups the identities that share a number across offices. The
// index is in the order of the numbers' hashes, so one walk finds them.
func sameNumbers(tx *embedstore.Tx) ([][]uint64, error) {
	var out [][]uint64
	var last []byte
	var run []uint64
	end := func() {
		if len(run) > 1 {
			out = append(out, run)
		}
		run = nil
	}
	err := tx.Range(identities, "number", embedstore.Range{}, func(h embedstore.Hit) (bool, error) {
		key := h.Key[max(0, len(h.Key)-16):]
		if !bytes.Equal(key, last) {
			end()
			last = bytes.Clone(key)
		}
		run = append(run, h.ID)
		return true, nil
	})
	end()
	return out, err
}

func (d *Desk) match(tx *embedstore.Tx, ids []uint64, names map[string]string, show bool) (Match, error) {
	m := Match{Key: fmt.Sprint(ids[0])}
	busy := 0
	for _, id := range ids {
		body, _, err := tx.Get(identities, id)
		if err != nil {
			return m, err
		}
		s := Side{}
		if err := embedstore.Decode(body["office"], &s.Office); err != nil {
			return m, err
		}
		if err := embedstore.Decode(body["person"], &s.Person); err != nil {
			return m, err
		}
		s.Name = names[s.Office]
		if s.Open, err = d.openAt(tx, s); err != nil {
			return m, err
		}
		if s.Draws, err = d.drawn(tx, s); err != nil {
			return m, err
		}
		if len(s.Open) > 0 {
			busy++
		}
		if show {
			if s.Shown, err = d.who(tx, s); err != nil {
				return m, err
			}
		}
		m.Sides = append(m.Sides, s)
	}
	m.Both, m.Clashes = busy > 1, d.clashes(m.Sides)
	return m, nil
}

// openAt are the registers in which an office works on a person.
func (d *Desk) openAt(tx *embedstore.Tx, s Side) ([]string, error) {
	var out []string
	for _, def := range d.cfg.Book.Registers().All() {
		busy := false
		err := d.recordsOf(tx, s, def.ID, func(r *record.Record) bool {
			busy = open(r)
			return !busy
		})
		if err != nil {
			return nil, err
		}
		if busy {
			out = append(out, def.Title)
		}
	}
	return out, nil
}

// recordsOf visits an office's records of a register that are about a person.
func (d *Desk) recordsOf(tx *embedstore.Tx, s Side, reg string, fn func(*record.Record) bool) error {
	def, ok := d.cfg.Book.Registers().Get(reg)
	if !ok {
		return nil
	}
	at := place(s.Office, reg)
	ids, err := tx.Equal(at, "person", fmt.Sprint(s.Person))
	if err != nil {
		return err
	}
	for _, id := range ids {
		body, rev, err := tx.Get(at, id)
		if err != nil {
			return err
		}
		r, err := record.Decode(def, id, rev, body)
		if err != nil {
			return err
		}
		if !fn(r) {
			return nil
		}
	}
	return nil
}

func (d *Desk) who(tx *embedstore.Tx, s Side) (string, error) {
	def, ok := d.cfg.Book.Registers().Get(record.Persons)
	if !ok {
		return "", nil
	}
	body, rev, err := tx.Get(place(s.Office, record.Persons), s.Person)
	if err != nil {
		return "", err
	}
	r, err := record.Decode(def, s.Person, rev, body)
	if err != nil {
		return "", err
	}
	if record.Protected(r) {
		return "受保护对象，请与该单位联系", nil
	}
	return r.Text("name") + "　" + r.Text("id_number"), nil
}

// Row is a record of an office as the district may see it.
type Row struct {
	Number, Step, Created string
	Open                  bool
}

// Rows are the records behind a total, without persons, from after an id on;
// next is where the following page begins, 0 on the last.
func (d *Desk) Rows(ctx context.Context, v access.Viewer, at At, limit int) (rows []Row, next uint64, err error) {
	if err := sees(v); err != nil {
		return nil, 0, err
	}
	def, ok := d.cfg.Book.Registers().Get(at.Register)
	o, found, err := d.office(ctx, at.Office)
	if err != nil {
		return nil, 0, err
	}
	if !ok || !found || o.Last == nil {
		return nil, 0, record.Refused(record.CodeNotFound, "没有这个单位或登记簿的数据")
	}
	var last uint64
	err = d.cfg.Store.View(ctx, func(tx *embedstore.Tx) error {
		return tx.All(place(at.Office, at.Register), at.After, func(id, rev uint64, body embedstore.Body) (bool, error) {
			if len(rows) == limit {
				next = last
				return false, nil
			}
			last = id
			r, err := record.Decode(def, id, rev, body)
			if err != nil {
				return false, err
			}
			step := r.Step
			if s, ok := def.Step(r.Step); ok {
				step = s.Label
			}
			rows = append(rows, Row{r.Number, step, string(r.Created), open(r)})
			return true, nil
		})
	})
	return rows, next, err
}

// At is where rows are read.
type At struct {
	Office, Register string
	After            uint64
}
