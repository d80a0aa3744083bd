package allowance

import (
	"cmp"
	"fmt"
	"slices"

	"jiezhen/app/benefit"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// claim begins a recovery for every member who was paid too much: one for all
// the months together (facts 0.6).
func claim(tx *record.Tx, cycle *record.Record, f Frozen, owner uint64) error {
	byMember := map[uint64][]FrozenLine{}
	var order []uint64
	for _, l := range f.Lines {
		if l.Amount < 0 {
			if byMember[l.Member] == nil {
				order = append(order, l.Member)
			}
			byMember[l.Member] = append(byMember[l.Member], l)
		}
	}
	for _, member := range order {
		lines := byMember[member]
		slices.SortFunc(lines, func(a, b FrozenLine) int { return cmp.Compare(a.Of, b.Of) })
		var total int64
		var months []map[string]any
		for _, l := range lines {
			total -= l.Amount
			months = append(months, map[string]any{"month": benefit.Month(l.Of).String(), "amount": -l.Amount})
		}
		first, last := lines[0], lines[len(lines)-1]
		_, err := tx.AsOffice().Create(record.Draft{Register: Recoveries, Subject: first.Person, Owner: owner, Values: register.Values{"programme": f.Programme, "member": id(member),
			"cycle": id(cycle.ID), "from": benefit.Month(first.Of).String(), "to": benefit.Month(last.Of).String(), "amount": total, "facts": first.Why, "months": months}})
		if err != nil {
			return fmt.Errorf("beginning a recovery: %w", err)
		}
	}
	return nil
}

// deriveRecovery divides what is owed into instalments when they are agreed
// and nobody has written them out.
func deriveRecovery(tx *record.Tx, r *record.Record) error {
	n := int(number(r, "parts"))
	if r.Text("way") != "instalments" || n < 2 || len(rows(r, "plan")) > 0 {
		return nil
	}
	owed := fen(r, "amount")
	for _, row := range rows(r, "receipts") {
		got, _ := row["amount"].(int64)
		owed -= got
	}
	parts, err := benefit.Instalments(benefit.Fen(owed), n)
	if err != nil {
		return record.Refused(record.CodeInvalid, "%s", err)
	}
	var plan []map[string]any
	for i, p := range parts {
		plan = append(plan, map[string]any{"n": float64(i + 1), "due": string(tx.Today().AddMonths(i + 1)), "amount": int64(p)})
	}
	r.Values["plan"] = plan
	return nil
}

// offsetWord begins the proof of what a batch set off.
const offsetWord = "抵扣："

// setOff takes what a member owes, and has agreed in writing to have taken, out
// of what is due; never more than is due.
func setOff(tx *record.Tx, b, m *record.Record, gross int64) (int64, error) {
	claims, err := tx.AsOffice().Find(Recoveries, "member", id(m.ID))
	if err != nil {
		return 0, err
	}
	var total int64
	for _, c := range claims {
		left := fen(c, "owed")
		if !c.Open() || c.Text("way") != "offset" || c.Text("consent_at") == "" || left <= 0 || total >= gross {
			continue
		}
		take := min(left, gross-total)
		total += take
		receipts := append(slices.Clone(rows(c, "receipts")), map[string]any{"date": string(tx.Today()), "amount": take, "how": offsetWord + b.Number})
		if err := tell(tx, c, receipts); err != nil {
			return 0, err
		}
	}
	return total, nil
}

// tell writes what has come back into a recovery.
func tell(tx *record.Tx, c *record.Record, receipts []map[string]any) error {
	var got int64
	for _, row := range receipts {
		n, _ := row["amount"].(int64)
		got += n
	}
	var list any = receipts
	if len(receipts) == 0 {
		list = nil
	}
	return tx.AsOffice().Imply(c.Ref, register.Values{"receipts": list, "received": got, "owed": fen(c, "amount") - got})
}
