package allowance

import (
	"strings"

	"jiezhen/app/record"
	"jiezhen/app/value"
)

// AccountDoubts are what should be looked at before an account is paid into:
// nothing here refuses (facts D1.4). An account that was changed on the way,
// after the approval or after the batch was made, is among them.
func AccountDoubts(tx *record.Tx, payments []*record.Record) (map[uint64]string, error) {
	holders := map[string]map[string]bool{}
	for _, p := range payments {
		a := p.Text("account")
		if holders[a] == nil {
			holders[a] = map[string]bool{}
		}
		holders[a][p.Text("payee_name")] = true
	}
	approved, err := approvedAccounts(tx, payments)
	if err != nil {
		return nil, err
	}
	out := map[uint64]string{}
	for _, p := range payments {
		doubts := plainDoubts(p, len(holders[p.Text("account")]) > 1)
		moved, err := movedAccount(tx, p, approved[p.RefID("member")])
		if err != nil {
			return nil, err
		}
		if moved != "" {
			doubts = append(doubts, moved)
		}
		if len(doubts) > 0 {
			out[p.ID] = strings.Join(doubts, "；")
		}
	}
	return out, nil
}

// plainDoubts are those that an account has by itself.
func plainDoubts(p *record.Record, twoHolders bool) (out []string) {
	if _, warn, err := value.ParseBankCard(p.Text("account")); err != nil {
		out = append(out, err.Error())
	} else {
		for _, w := range warn {
			out = append(out, w.Text)
		}
	}
	if twoHolders {
		out = append(out, "同一账号登记了不同的户名")
	}
	if p.Text("bank") == "" {
		out = append(out, "没有开户银行")
	}
	return out
}

// approvedAccounts are the accounts that stood on what was approved, by member.
func approvedAccounts(tx *record.Tx, payments []*record.Record) (map[uint64]string, error) {
	out := map[uint64]string{}
	if len(payments) == 0 {
		return out, nil
	}
	lines, err := tx.AsOffice().Find(Lines, "cycle", payments[0].Text("cycle"))
	for _, l := range lines {
		if a := l.Text("account"); a != "" && !spent(l.Text("state")) {
			out[l.RefID("member")] = a
		}
	}
	return out, err
}

// movedAccount says that an account is no longer the one that was approved, or
// no longer the one of the payee's file.
func movedAccount(tx *record.Tx, p *record.Record, approved string) (string, error) {
	if s := p.Text("state"); s != "made" && s != "sent" {
		return "", nil
	}
	m, err := tx.AsOffice().Open(ref(Members, p.RefID("member")))
	if err != nil {
		return "", err
	}
	payee, err := payeeOf(tx, m)
	if err != nil {
		return "", err
	}
	switch now := payee.Text("bank_account"); {
	case now != p.Text("account") && p.Text("state") == "made":
		return "制单后领款账户改过，现尾号" + tail(now) + "；这一批仍付到原账户，要付新账户的请作废重做", nil
	case now != p.Text("account"):
		return "送银行后领款账户改过，现尾号" + tail(now) + "；退回来的重发时用新账户", nil
	case approved != "" && approved != p.Text("account"):
		return "批准时尾号" + tail(approved) + "，其后主档经变更单改过；请核对变更单", nil
	}
	return "", nil
}
