package grid

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Unlikes is the register in which a person keeps that two sources are not one
// trouble: the pair is not proposed again until one of them says something else.
const Unlikes = "governance.unlike"

// Unlike is a pair that somebody has refused.
type Unlike struct {
	Ref          record.Ref
	A, B         record.Ref
	By           uint64
	On           value.Date
	Reason, Seen string
}

// unlikes are the refusals in force by their pair.
type unlikes map[string]Unlike

func newUnlikes() *record.Mirror[unlikes] {
	return record.NewMirror(func(tx *record.Tx) (unlikes, error) {
		out := unlikes{}
		err := tx.Each(Unlikes, func(r *record.Record) (bool, error) {
			a, errA := record.ParseRef(r.Text("first"))
			b, errB := record.ParseRef(r.Text("second"))
			if withdrawn, _ := r.Values["withdrawn"].(bool); errA == nil && errB == nil && !withdrawn {
				out[pairKey(a, b)] = Unlike{r.Ref, a, b, r.Author, r.Created, r.Text("reason"), r.Text("seen")}
			}
			return true, nil
		})
		return out, err
	}, Unlikes)
}

// pairKey names two records whichever comes first.
func pairKey(a, b record.Ref) string {
	both := []string{a.String(), b.String()}
	slices.Sort(both)
	return strings.Join(both, " ")
}

// saying is a digest of what two sources say, where and of what class.
func saying(a, b *record.Record) string {
	if b.Ref.String() < a.Ref.String() {
		a, b = b, a
	}
	h := sha256.New()
	for _, r := range []*record.Record{a, b} {
		for _, f := range []string{"content", "address", "category", "class_name", "lon", "lat"} {
			fmt.Fprintf(h, "%v\x00", r.Values[f])
		}
		fmt.Fprintf(h, "%s\x00", toldAt(r))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Refused is the refusal of a pair that still holds: nothing of the two has
// changed since.
func (d *Desk) Refused(tx *record.Tx, a, b *record.Record) (Unlike, bool, error) {
	list, err := d.rules.unlikes.Get(tx)
	if err != nil {
		return Unlike{}, false, err
	}
	u, ok := list[pairKey(a.Ref, b.Ref)]
	return u, ok && u.Seen == saying(a, b), nil
}

// willing leaves out the pairs that somebody has refused.
func (d *Desk) willing(tx *record.Tx, pairs []Pair) ([]Pair, error) {
	list, err := d.rules.unlikes.Get(tx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(pairs, func(p Pair) bool {
		u, ok := list[pairKey(p.A.Ref, p.B.Ref)]
		return ok && u.Seen == saying(p.A, p.B)
	}), nil
}

// Refuse keeps that two sources are not one trouble, for a reason.
func (d *Desk) Refuse(ctx context.Context, v access.Viewer, refs []record.Ref, reason string) error {
	if len(refs) != 2 || refs[0] == refs[1] || reason == "" {
		return record.Refused(record.CodeInvalid, "请写明为什么不是一件事")
	}
	return d.book.Change(ctx, v, "不合单", func(tx *record.Tx) error {
		var list []*record.Record
		for _, ref := range refs {
			if sourceDays[ref.Register] == "" {
				return record.Refused(record.CodeInvalid, "只有工单、网格上报和巡查发现可以合单")
			}
			r, err := tx.Open(ref)
			if err != nil {
				return err
			}
			list = append(list, r)
		}
		if c := list[0].RefID("case"); c != 0 && c == list[1].RefID("case") {
			return record.Refused(record.CodeInvalid, "这两件已在同一个案件里；不是一件事的，请先“撤销并入”")
		}
		if err := d.withdraw(tx, refs); err != nil {
			return err
		}
		_, err := tx.Create(record.Draft{Register: Unlikes, Values: register.Values{"first": refs[0].String(), "second": refs[1].String(), "seen": saying(list[0], list[1]), "reason": reason}})
		return err
	})
}

// Reconsider takes a refusal back: the pair may be proposed again.
func (d *Desk) Reconsider(ctx context.Context, v access.Viewer, refs []record.Ref) error {
	def, _ := d.book.Registers().Get(Unlikes)
	if len(refs) != 2 || !record.MayCreate(v, def) {
		return record.Refused(record.CodeDenied, "撤回由派单的人办")
	}
	return d.book.Change(ctx, v, "撤回不合单意见", func(tx *record.Tx) error {
		for _, ref := range refs {
			if _, err := tx.Open(ref); err != nil {
				return err
			}
		}
		return d.withdraw(tx, refs)
	})
}

func (d *Desk) withdraw(tx *record.Tx, refs []record.Ref) error {
	list, err := d.rules.unlikes.Get(tx)
	if err != nil {
		return err
	}
	if u, ok := list[pairKey(refs[0], refs[1])]; ok {
		if err := tx.AsOffice().Imply(u.Ref, register.Values{"withdrawn": true}); err != nil {
			return fmt.Errorf("taking a refusal back: %w", err)
		}
	}
	return nil
}

// Refusals are the refusals in force of which the viewer may read both sides,
// newest first.
func (d *Desk) Refusals(tx *record.Tx, most int) ([]Unlike, error) {
	list, err := d.rules.unlikes.Get(tx)
	if err != nil {
		return nil, err
	}
	var all []Unlike
	for _, u := range list {
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b Unlike) int { return int(b.Ref.ID) - int(a.Ref.ID) })
	var out []Unlike
	for _, u := range all {
		if len(out) == most {
			break
		}
		a, errA := tx.Open(u.A)
		b, errB := tx.Open(u.B)
		if errA == nil && errB == nil && u.Seen == saying(a, b) {
			out = append(out, u)
		}
	}
	return out, nil
}

// RefusalsOf are the refusals in force that name a record.
func (d *Desk) RefusalsOf(tx *record.Tx, r *record.Record) ([]Unlike, error) {
	list, err := d.rules.unlikes.Get(tx)
	if err != nil {
		return nil, err
	}
	var out []Unlike
	for _, u := range list {
		other := u.A
		if u.A == r.Ref {
			other = u.B
		}
		if u.A != r.Ref && u.B != r.Ref {
			continue
		}
		if o, err := tx.Open(other); err == nil && u.Seen == saying(r, o) {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b Unlike) int { return int(b.Ref.ID) - int(a.Ref.ID) })
	return out, nil
}
