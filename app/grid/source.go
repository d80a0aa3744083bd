package grid

import (
	"fmt"
	"slices"
	"strings"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Sources are what a case came from.
type Sources struct {
	Orders, Reports, Findings []*record.Record
}

func (s Sources) all() []*record.Record {
	return slices.Concat(s.Orders, s.Reports, s.Findings)
}

// sourcesOf are the orders, reports and findings of patrols tied to a case;
// what was entered by mistake is no source.
func sourcesOf(tx *record.Tx, ref record.Ref) (Sources, error) {
	var s Sources
	for reg, to := range map[string]*[]*record.Record{Orders: &s.Orders, Reports: &s.Reports, Findings: &s.Findings} {
		if _, ok := tx.Book().Registers().Get(reg); !ok {
			continue
		}
		list, err := tx.AsOffice().Find(reg, "ref", ref.String())
		if err != nil {
			return s, fmt.Errorf("reading what a case came from: %w", err)
		}
		*to = slices.DeleteFunc(list, func(r *record.Record) bool { return r.Step == "void" })
	}
	return s, nil
}

// toldAt is when a source told of the trouble.
func toldAt(r *record.Record) string {
	for _, f := range []string{"found_at", "received_at", "dispatched_at"} {
		if t := r.Text(f); t != "" {
			return t
		}
	}
	return ""
}

// first is who told of it first: the grid and its patrols, or the hotline; ""
// when only one of them did.
func (s Sources) first() string {
	own := earliest(append(slices.Clone(s.Reports), s.Findings...))
	theirs := earliest(s.Orders)
	switch {
	case own == "" || theirs == "":
		return ""
	case own <= theirs:
		return "grid"
	}
	return "hotline"
}

func earliest(list []*record.Record) string {
	out := ""
	for _, r := range list {
		if t := toldAt(r); t != "" && (out == "" || strings.Compare(t, out) < 0) {
			out = t
		}
	}
	return out
}

// recount writes on the cases that a source left and came to how many of each
// kind they have, and who was first. A source that became void, or was brought
// back, left its case or came to it.
func recount(tx *record.Tx, was, is uint64, action string) error {
	if was == is && action != "void" && action != "restore" {
		return nil
	}
	for _, id := range []uint64{was, is} {
		if id == 0 {
			continue
		}
		ref := record.Ref{Register: Cases, ID: id}
		s, err := sourcesOf(tx, ref)
		if err != nil {
			return err
		}
		v := register.Values{"reports": float64(len(s.Reports)), "findings": float64(len(s.Findings)), "orders": float64(len(s.Orders)), "first": s.first()}
		if err := tx.AsOffice().Imply(ref, v); err != nil {
			return fmt.Errorf("counting what a case came from: %w", err)
		}
	}
	return nil
}

// placeOrder puts an order that nobody has put into a community into the one
// that its address, else its words, name without doubt, and says why.
func (x *Rules) placeOrder(tx *record.Tx, r *record.Record) error {
	if r.RefID("community") != 0 {
		return nil
	}
	delete(r.Values, "where")
	if r.Community != 0 {
		return nil // it lies in the one of who made it
	}
	t, err := x.cells.Get(tx)
	if err != nil {
		return err
	}
	day := r.Date("dispatched_on")
	if at := r.Text("dispatched_at"); len(at) >= 10 {
		day = value.Date(at[:10])
	}
	for _, text := range []string{r.Text("address"), r.Text("content")} {
		found := t.find(text, day, 0, x.past)
		if one := found.One; one != nil && one.Community != nil {
			settle(r, one.Community)
			r.Values["where"] = one.Why
			return nil
		}
		if len(found.Spots) > 1 {
			return nil // a person chooses
		}
	}
	return nil
}

// afterOrder keeps the count of the case that an order of the hotline joins or
// leaves, and copies what concerns children or disability.
func afterOrder(tx *record.Tx, r, before *record.Record, action string) error {
	was, is := uint64(0), r.RefID("case")
	if before != nil {
		was = before.RefID("case")
	}
	if action == "leave" {
		was, is = r.RefID("case"), 0
	}
	if err := recount(tx, was, is, action); err != nil {
		return err
	}
	return copyOut(tx, r, before)
}

// afterFinding keeps the count of the case that a finding of a patrol joins or
// leaves.
func afterFinding(tx *record.Tx, r, before *record.Record, action string) error {
	was, is := uint64(0), r.RefID("case")
	if before != nil {
		was = before.RefID("case")
	}
	if now, err := tx.AsOffice().Open(r.Ref); err == nil {
		is = now.RefID("case") // what followed from the action may have tied or untied it
	}
	if is != 0 && is != was {
		if err := cellOfPoint(tx, r, is); err != nil {
			return err
		}
	}
	return recount(tx, was, is, action)
}

// cellOfPoint puts a case that came of a patrol into the grid of the point at
// which it was found.
func cellOfPoint(tx *record.Tx, r *record.Record, id uint64) error {
	p, err := tx.AsOffice().Open(record.Ref{Register: "governance.point", ID: r.RefID("point")})
	if _, refused := record.AsRefusal(err); refused {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := tx.AsOffice().Open(record.Ref{Register: Cases, ID: id})
	if err != nil || c.Text("cell") != "" || p.Text("cell") == "" {
		return err
	}
	return tx.AsOffice().Imply(c.Ref, register.Values{"cell": p.Text("cell")})
}
