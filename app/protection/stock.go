package protection

import (
	"fmt"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// The registers of what is handed to infants, and of what there is to hand out.
const (
	Nutritions = "child.nutrition"
	Stocks     = "child.stock"
)

// handedOf sums what records hand out of each batch.
func handedOf(list ...*record.Record) map[string]float64 {
	out := map[string]float64{}
	for _, r := range list {
		if r == nil {
			continue
		}
		rows, _ := r.Values["packs"].([]map[string]any)
		for _, row := range rows {
			batch, _ := row["batch"].(string)
			n, _ := row["count"].(float64)
			out[batch] += n
		}
	}
	return out
}

// checkPacks refuses to hand out more of a batch than is left; a batch that has
// not been taken in is not counted.
func checkPacks(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	had := handedOf(before)
	var problems []record.Problem
	for batch, n := range handedOf(r) {
		more := n - had[batch]
		if more <= 0 {
			continue
		}
		s, err := stockOf(tx, batch)
		if err != nil {
			return nil, err
		}
		if s != nil && (!s.Open() || more > number(s, "remains")) {
			problems = append(problems, record.Problem{Field: "packs", Label: "营养包、券发放", Link: "/r/" + s.Ref.String(),
				Text: fmt.Sprintf("批号%s只剩%d份，这次要发%d份", batch, int(number(s, "remains")), int(more))})
		}
	}
	return problems, nil
}

// afterPacks counts anew what has been handed out of each batch that the record
// touches.
func afterPacks(tx *record.Tx, r, before *record.Record, _ string) error {
	now, had := handedOf(r), handedOf(before)
	for batch := range handedOf(r, before) {
		more := now[batch] - had[batch]
		if more == 0 {
			continue
		}
		s, err := stockOf(tx, batch)
		if err != nil {
			return err
		}
		if s == nil {
			continue // never taken in: nothing to count
		}
		handed := number(s, "handed") + more
		if err := tell(tx, s.Ref, register.Values{"handed": handed, "remains": number(s, "count") - handed - number(s, "scrapped")}); err != nil {
			return err
		}
	}
	return nil
}

// deriveStock finds, for a batch that is taken in after some of it was handed
// out, how much that was.
func deriveStock(tx *record.Tx, r *record.Record) error {
	if r.Values["handed"] != nil || r.Text("batch") == "" {
		return nil
	}
	sum := 0.0
	err := tx.AsOffice().Each(Nutritions, func(n *record.Record) (bool, error) {
		sum += handedOf(n)[r.Text("batch")]
		return true, nil
	})
	r.Values["handed"] = sum
	return err
}

func stockOf(tx *record.Tx, batch string) (*record.Record, error) {
	list, err := tx.AsOffice().Find(Stocks, "batch", batch)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}
