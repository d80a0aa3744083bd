package allowance

import (
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// giveUp lets go of what a cycle approved and never managed to pay: its lines
// count no more, so that the next month reckons them anew, by the facts as they
// then are.
func giveUp(tx *record.Tx, c *record.Record) error {
	if err := noneUnderWay(tx, c); err != nil {
		return err
	}
	office := tx.AsOffice()
	lines, err := office.Find(Lines, "cycle", id(c.ID))
	if err != nil {
		return err
	}
	n := 0
	for _, l := range lines {
		if s := l.Text("state"); s != "due" && s != "failed" {
			continue
		}
		n++
		if err := office.Imply(l.Ref, register.Values{"state": "carried"}); err != nil {
			return err
		}
	}
	if n == 0 {
		return record.Refused(record.CodeInvalid, "这一期没有没发成的")
	}
	if err := carry(tx, c); err != nil {
		return err
	}
	return balance(tx, c.ID)
}

// carry ends the payments that failed, and owes again what they had set off.
func carry(tx *record.Tx, c *record.Record) error {
	failed, err := lastPayments(tx, c)
	if err != nil {
		return err
	}
	batches, err := tx.AsOffice().Find(Batches, "cycle", id(c.ID))
	if err != nil {
		return err
	}
	for _, p := range failed {
		for _, b := range batches {
			if err := restoreOffset(tx, p, b.Number); err != nil {
				return err
			}
		}
		if err := tx.AsOffice().Imply(p.Ref, register.Values{"state": "carried"}); err != nil {
			return err
		}
	}
	return nil
}

// mend enters that a payment of a batch went through after the bank had said
// that it failed, by the bank's own proof. What was made again stays failed:
// it would be paid twice.
func mend(tx *record.Tx, b *record.Record) error {
	all, err := PaymentsOf(tx.AsOffice(), b.Ref)
	if err != nil {
		return err
	}
	var p *record.Record
	for _, one := range all {
		if one.Number == b.Text("mended") {
			p = one
		}
	}
	bad := func(text string) error {
		return &record.Refusal{Code: record.CodeInvalid, Text: "还不能更正", Problems: []record.Problem{{Field: "mended", Label: "要更正的付款编号", Text: text}}}
	}
	switch {
	case p == nil:
		return bad("这一批里没有这个编号，请从下面“付款”里照抄")
	case p.Text("state") == "again" || p.Text("state") == "carried":
		return bad(p.Number + " 已经重发或转到下期，不能再更正；确实重复到账的，按追缴办理")
	case p.Text("state") != "failed":
		return bad(p.Number + " 没有登记为失败，不用更正")
	}
	proof := []rune("更正为已入账：" + b.Text("proof"))
	err = tx.AsOffice().Imply(p.Ref, register.Values{"state": "paid", "result_at": string(tx.Today()), "result": string(proof[:min(200, len(proof))])})
	if err != nil {
		return err
	}
	if err := markLines(tx, b.RefID("cycle"), p.RefID("member"), "paid"); err != nil {
		return err
	}
	if err := tx.AsOffice().Imply(b.Ref, register.Values{"mended": nil, "proof": nil}); err != nil {
		return err
	}
	return sumUp(tx, b, &Outcome{})
}
