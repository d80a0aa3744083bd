package returns

import (
	"context"

	"jiezhen/app/access"
	"jiezhen/app/record"
)

// Desk works returns out.
type Desk struct {
	book *record.Book
	set  *Set
}

// New opens the desk.
func New(book *record.Book, set *Set) *Desk { return &Desk{book, set} }

// Offered are the returns of which the viewer may read something.
func (d *Desk) Offered(v access.Viewer) []*Return {
	var out []*Return
	for _, r := range d.set.All() {
		if len(readable(v, r)) > 0 {
			out = append(out, r)
		}
	}
	return out
}

// Of is the first return that reads a register and that the viewer may read;
// nil when there is none.
func (d *Desk) Of(v access.Viewer, reg string) *Return {
	for _, r := range d.set.Of(reg) {
		for _, p := range readable(v, r) {
			if p.Def.ID == reg {
				return r
			}
		}
	}
	return nil
}

// readable are the parts of a return whose register the viewer may read.
func readable(v access.Viewer, r *Return) []*Part {
	var out []*Part
	for _, p := range r.Parts {
		if record.MayUse(v, p.Def, access.ActRead) {
			out = append(out, p)
		}
	}
	return out
}

// find gives a return to who may read something of it.
func (d *Desk) find(v access.Viewer, id string) (*Return, error) {
	r, ok := d.set.Get(id)
	if !ok || len(readable(v, r)) == 0 {
		return nil, record.Refused(record.CodeNotFound, "没有这张报表，或您的岗位不能看")
	}
	return r, nil
}

// Sheet works a return out for what the viewer may see.
func (d *Desk) Sheet(ctx context.Context, v access.Viewer, id string, p Period) (Sheet, error) {
	r, err := d.find(v, id)
	if err != nil {
		return Sheet{}, err
	}
	out := Sheet{Return: r, Period: p, At: d.book.Now()}
	err = d.book.View(ctx, v, func(tx *record.Tx) error {
		for _, part := range readable(v, r) {
			c, err := count(tx, part, p)
			if err != nil {
				return err
			}
			s := PartSheet{Part: part}
			if s.Tables, err = c.show(); err != nil {
				return err
			}
			if s.Unseen, err = tx.Unseen(part.Def.ID); err != nil {
				return err
			}
			out.Parts = append(out.Parts, s)
		}
		return nil
	})
	return out, err
}

// Asked names the rows behind a cell.
type Asked struct {
	Return, Figure, Row, Col string
	Set                      string // of a rate: "hits", "misses"; else all
	Period                   Period
}

// Behind are the records behind a cell of a return, with the figure they make.
type Behind struct {
	Return *Return
	Part   *Part
	Figure *Figure
	Refs   []record.Ref
}

// Rows gives the records behind a cell. Sealed registers open none.
func (d *Desk) Rows(ctx context.Context, v access.Viewer, a Asked) (Behind, error) {
	none := record.Refused(record.CodeNotFound, "没有这个数")
	r, err := d.find(v, a.Return)
	if err != nil {
		return Behind{}, err
	}
	for _, part := range readable(v, r) {
		for i, f := range part.Figures {
			if f.ID != a.Figure || part.Def.Protect == "sealed" {
				continue
			}
			out := Behind{Return: r, Part: part, Figure: f}
			err := d.book.View(ctx, v, func(tx *record.Tx) error {
				c, err := count(tx, part, a.Period)
				if err == nil {
					out.Refs = c.figures[i].at(0, key{a.Row, a.Col}).set(a.Set)
				}
				return err
			})
			return out, err
		}
	}
	return Behind{}, none
}

func (t *tally) set(name string) []record.Ref {
	switch name {
	case "hits":
		return t.hits
	case "misses":
		return t.misses()
	}
	return t.of
}

// All are the returns that the program knows.
func (d *Desk) All() []*Return { return d.set.All() }
