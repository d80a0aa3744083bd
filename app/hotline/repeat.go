package hotline

import (
	"fmt"

	"jiezhen/app/insight"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// repeatLooks is how many earlier orders of one reporter are looked at: who
// calls for a whole building would else be read again and again.
const repeatLooks = 60

// markRepeat marks a new order as a repeat when the same reporter said the same
// within the days that policy sets. A person may change the mark.
func markRepeat(tx *record.Tx, r *record.Record) error {
	if r.ID != 0 || r.Values["repeat"] != nil {
		return nil
	}
	who := reporterOf(r)
	if who == "" {
		return nil
	}
	days, err := tx.Book().Policy().Integer("governance.order.repeat", tx.Today())
	if err != nil {
		return fmt.Errorf("reading the days of repeated orders: %w", err)
	}
	ids, err := tx.IDs(Orders, reporterKey, who)
	if err != nil {
		return fmt.Errorf("looking for earlier orders: %w", err)
	}
	r.Values["repeat"] = false
	for _, id := range ids[max(0, len(ids)-repeatLooks):] {
		o, err := tx.AsOffice().Open(record.Ref{Register: Orders, ID: id})
		if err != nil {
			return fmt.Errorf("reading an earlier order: %w", err)
		}
		if gap := value.DaysBetween(dateOf(o.Text("dispatched_at")), dateOf(r.Text("dispatched_at"))); gap >= 0 && int64(gap) <= days && sameMatter(o, r) {
			r.Values["repeat"] = true
			return nil
		}
	}
	return nil
}

// sameShare is what share of the shorter text's pairs of characters must stand
// in the other for two orders of one reporter to be about the same.
const sameShare = 0.5

func sameMatter(a, b *record.Record) bool {
	return a.Step != "void" && insight.Overlap(orderText(a), orderText(b)) >= sameShare
}
