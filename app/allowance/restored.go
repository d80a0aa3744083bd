package allowance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/benefit"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
	"jiezhen/app/value"
)

// Restored notes that the office was put together from a backup that goes to
// until: whoever was paid after that is not in it, so nothing is approved or
// paid before people have found out. An office that pays no allowances has
// nothing to find out.
func (d *Desk) Restored(ctx context.Context, until time.Time) error {
	return d.book.Change(ctx, access.Office(), "从备份恢复", func(tx *record.Tx) error {
		n, err := tx.Size(Members)
		if err != nil || n == 0 {
			return err
		}
		_, err = tx.Create(record.Draft{Register: Restores, Values: register.Values{"restored_at": tx.Book().Now().Local().Format(value.InstantLayout),
			"until": until.Local().Format(value.InstantLayout)}})
		return err
	})
}

// locked says that the office was restored and nobody has found out yet what
// was paid meanwhile.
func locked(tx *record.Tx) ([]record.Problem, error) {
	p, err := tx.AsOffice().List(record.Query{Register: Restores, Open: true, Limit: 1})
	if err != nil || len(p.Rows) == 0 {
		return nil, err
	}
	r := p.Rows[0]
	return []record.Problem{{Label: "恢复后核对", Link: "/r/" + r.Ref.String(), Text: "数据是从备份恢复的，只到" + strings.Replace(r.Text("until"), "T", " ", 1) +
		"；之后可能已经发过款。请先核对实际发放并补登，批准后解除"}}, nil
}

// Locked is what the restore still asks for; nil when nothing does.
func Locked(tx *record.Tx) ([]record.Problem, error) { return locked(tx) }

// paidColumns are those of a list of what was really paid; the bank file of a
// batch has them.
var paidColumns = []sheet.Wanted{{Label: "户名", Also: []string{"收款人", "收款户名", "姓名"}}, {Label: "账号", Also: []string{"收款账号", "卡号"}},
	{Label: "金额", Also: []string{"实发金额", "交易金额", "实发（元）", "金额（元）"}}}

// Late is the list of what a programme really paid for a month: the bank's or the
// office's own workbook.
type Late struct {
	Programme string
	Month     benefit.Month
	File      []byte
}

// EnterPaid enters what was really paid for a month after the backup was made:
// its cycle with what each person got, as it went out. Whoever already has a
// line for the month is refused. Where the amount is what this month would pay
// now, arrears included, it is entered month by month; else as one line of the
// month, and the next run settles the difference.
func (d *Desk) EnterPaid(ctx context.Context, v access.Viewer, at record.Ref, given Late) (n int, err error) {
	programme, m, data := given.Programme, given.Month, given.File
	lines, err := sheet.Pick(data, paidColumns...)
	if err != nil {
		return 0, err
	}
	err = d.book.Change(ctx, v, "补登恢复期间的发放", func(tx *record.Tx) error {
		n = 0
		r, err := tx.Open(at)
		if err != nil {
			return err
		}
		if r.Register != Restores || r.Step != "open" || tx.Verdict(r, access.ActEdit) != access.Allowed {
			return record.Refused(record.CodeDenied, "这份核对已经办完，或您的岗位不办")
		}
		members, err := payees(tx, programme)
		if err != nil {
			return err
		}
		cycle, err := lateCycle(tx, programme, m)
		if err != nil {
			return err
		}
		books, err := d.lateBooks(tx, programme, m)
		if err != nil {
			return err
		}
		var problems []record.Problem
		total := fen(cycle, "amount")
		for _, l := range lines {
			amount, err := lateLine(tx, cycle, members, books, l)
			if refusal, ok := record.AsRefusal(err); ok {
				problems = append(problems, record.Problem{Label: fmt.Sprintf("第%d行", l.No), Text: refusal.Error()})
				continue
			}
			if err != nil {
				return err
			}
			n, total = n+1, total+amount
		}
		if len(problems) > 0 {
			return &record.Refusal{Code: record.CodeInvalid, Text: "没有补登，一笔也没有记", Problems: problems}
		}
		return late(tx, r, cycle, n, total)
	})
	return n, err
}

func late(tx *record.Tx, r, cycle *record.Record, n int, total int64) error {
	if n == 0 {
		return record.Refused(record.CodeInvalid, "表里没有可以补登的")
	}
	err := tx.AsOffice().Imply(cycle.Ref, register.Values{"people": number(cycle, "people") + float64(n), "rows": number(cycle, "rows") + float64(n), "amount": total, "paid": total})
	return errors.Join(err, tx.AsOffice().Imply(r.Ref, register.Values{"late": number(r, "late") + float64(n)}))
}

// payees finds a programme's members by the account that they are paid into.
func payees(tx *record.Tx, programme string) (map[string][]*record.Record, error) {
	members, err := tx.AsOffice().Find(Members, "programme", programme)
	if err != nil {
		return nil, err
	}
	out := map[string][]*record.Record{}
	for _, m := range members {
		p, err := payeeOf(tx, m)
		if err != nil {
			return nil, err
		}
		if a := p.Text("bank_account"); a != "" {
			out[a] = append(out[a], m)
		}
	}
	return out, nil
}

// lateCycle is the cycle of the month, begun as one that has been paid.
func lateCycle(tx *record.Tx, programme string, m benefit.Month) (*record.Record, error) {
	all, err := cyclesOf(tx, programme)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if month(c.Text("month")) == m {
			if c.Step == "approved" || c.Step == "closed" {
				return c, nil
			}
			return nil, record.Refused(record.CodeInvalid, "%s 的发放期还在“%s”；补登的月份要么没有发放期，要么已经批准", m.Title(), c.StepLabel())
		}
	}
	return tx.AsOffice().Create(record.Draft{Register: Cycles, Step: "approved", Owner: tx.Viewer().User, Values: register.Values{"programme": programme, "month": m.String(),
		"note": "恢复后按实际发放补登", "version": benefit.Version}})
}

// lateBooks reckons what a member would be paid in a month.
type lateBooks func(m *record.Record) ([]benefit.Line, error)

func (d *Desk) lateBooks(tx *record.Tx, programme string, m benefit.Month) (lateBooks, error) {
	book, err := d.rules()
	if err != nil {
		return nil, fmt.Errorf("reading the rules of allowances: %w", err)
	}
	p, ok := book.Programme(programme)
	if !ok {
		return nil, record.Refused(record.CodeInvalid, "没有补贴项目 %s", programme)
	}
	office := tx.AsOffice()
	paid, _, err := ledger(office, programme)
	if err != nil {
		return nil, err
	}
	rivals, err := findRivals(office, book, programme)
	return func(member *record.Record) ([]benefit.Line, error) {
		f, err := read(office, member)
		if err != nil {
			return nil, err
		}
		if err := rivals.add(office, f); err != nil {
			return nil, err
		}
		return book.Reckon(p, f.facts, m, paid[member.ID]), nil
	}, err
}

// split is an amount as the lines of a month that come to it; one line when
// they don't.
func split(amount int64, cycle *record.Record, lines []benefit.Line) []benefit.Line {
	var sum int64
	for _, l := range lines {
		sum += int64(l.Amount)
		if l.Amount < 0 {
			sum = -1 // a recovery is not paid out
			break
		}
	}
	if sum != amount {
		return []benefit.Line{{Of: month(cycle.Text("month")), Kind: benefit.Regular, Amount: benefit.Fen(amount)}}
	}
	return lines
}

func lateLine(tx *record.Tx, cycle *record.Record, members map[string][]*record.Record, books lateBooks, l sheet.Line) (int64, error) {
	account := strings.ReplaceAll(l.Cells[1], " ", "")
	amount, err := value.ParseMoney(l.Cells[2])
	found := members[account]
	switch {
	case err != nil || amount <= 0:
		return 0, record.Refused(record.CodeInvalid, "金额“%s”不对", l.Cells[2])
	case len(found) == 0:
		return 0, record.Refused(record.CodeInvalid, "没有人用尾号%s的账号领这一项", tail(account))
	}
	for _, m := range found { // brothers and sisters may share an account: one line each
		had, err := hasLine(tx, m, cycle)
		if err != nil {
			return 0, err
		}
		if had {
			continue
		}
		lines, err := books(m)
		if err != nil {
			return 0, err
		}
		for _, one := range split(amount, cycle, lines) {
			if err := lateEntry(tx, cycle, m, one, payee{l.Cells[0], account}); err != nil {
				return 0, err
			}
		}
		return amount, nil
	}
	return 0, record.Refused(record.CodeTaken, "尾号%s的账号这个月已经有记录", tail(account))
}

// hasLine says whether a member has a line in a cycle.
func hasLine(tx *record.Tx, m, cycle *record.Record) (bool, error) {
	all, err := tx.AsOffice().Find(Lines, "member", id(m.ID))
	for _, l := range all {
		if !spent(l.Text("state")) && (l.RefID("cycle") == cycle.ID || l.Text("month") == cycle.Text("month") && l.Text("kind") == "regular") {
			return true, err
		}
	}
	return false, err
}

// payee is whose account a payment went to.
type payee struct{ holder, account string }

// lateEntry enters one line of what was really paid.
func lateEntry(tx *record.Tx, cycle, m *record.Record, l benefit.Line, to payee) error {
	values := register.Values{"programme": cycle.Text("programme"), "month": l.Of.String(), "kind": kindCodes[l.Kind], "amount": int64(l.Amount), "state": "paid", "member": id(m.ID),
		"cycle": id(cycle.ID), "version": benefit.Version, "why": "恢复后按实际发放补登", "payee_name": to.holder, "account": to.account}
	if l.Kind != benefit.Regular {
		values["cause"] = cycle.Text("month")
	}
	if s := l.Decision.Standard; s.Code != "" {
		values["standard"], values["standard_amount"], values["standard_basis"] = s.Code, int64(s.Amount), s.Basis
	}
	_, err := tx.AsOffice().Create(record.Draft{Register: Lines, Subject: m.Subject, Owner: tx.Viewer().User, Values: values, Secrets: map[string]string{secretPerson: id(m.Subject)}})
	return err
}
