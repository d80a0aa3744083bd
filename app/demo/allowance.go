package demo

import (
	"context"
	"fmt"
	"slices"

	"jiezhen/app/allowance"
	"jiezhen/app/benefit"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
	"jiezhen/app/value"
)

// recognised is how many children besides the samples draw an allowance.
const recognised = 12

// demoStandards are those of the samples (facts E-B6, E-B8), all of them
// examples; the last stays one.
var demoStandards = []struct {
	code   string
	amount int64
	check  bool
}{{"orphan.scattered", 245000, true}, {"infant.nutrition", 20000, true}, {"guardian.monthly", 30000, false}}

// writeAllowance has a month of allowances paid, returned in part, paid again
// and reconciled, and the present one ready to run.
func (f *filler) writeAllowance(ctx context.Context) error {
	for _, step := range []func(context.Context) error{f.writeStandards, f.recognise, f.feed, f.openAccounts, f.enrolAll, f.payLastMonth, f.leaveOpen} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	f.opt.Progress("津贴发放样例", 1, 1)
	return nil
}

// writeStandards enters the standards; one of them still waits to be checked.
func (f *filler) writeStandards(ctx context.Context) error {
	for _, s := range demoStandards {
		var made *record.Record
		err := f.office.Book.Change(ctx, f.users["child.officer"], "录入标准", func(tx *record.Tx) (err error) {
			made, err = tx.Create(record.Draft{Register: allowance.Standards, Values: register.Values{"code": s.code, "amount": s.amount, "from": "2025-01", "basis": "虚构文号（演示，金额为示例）"}})
			return err
		})
		if err == nil && s.check {
			err = f.office.Book.Change(ctx, f.users["welfare.head"], "复核标准", func(tx *record.Tx) error {
				_, err := tx.Do(made.Ref, 0, "check", record.Input{})
				return err
			})
		}
		if err != nil {
			return fmt.Errorf("标准 %s：%w", s.code, err)
		}
	}
	f.office.Noticed(allowance.Standards)
	return nil
}

// recognise has the district recognise some children of the office, and gives
// everybody who is paid an account.
func (f *filler) recognise(ctx context.Context) error {
	who := f.choose(4, 15, "grandparents", "kin")
	return f.rows(ctx, f.users["child.officer"], "认定样例", len(who), func(tx *record.Tx, n int) error {
		g, applied := f.guards[who[n]], f.today.AddDays(-190)
		p := f.path("child.orphan", throw(f.opt.Seed, streamCare, -4000000-n), applied)
		p.take("send", f.users["welfare.head"], applied.AddDays(14), "")
		p.take("confirm", f.users["child.officer"], applied.AddDays(30), "")
		values := register.Values{"applied_at": string(applied), "applicant": text(f.people.all[g.other].id), "reason": "父母不能履行抚养责任。", "local": "yes", "abode": "scattered",
			"father_state": "8", "father_evidence": "查找情况回执单（虚构）", "father_from": string(applied.AddDays(-300)), "lost_receipt": string(applied.AddDays(-20)),
			"mother_state": "9", "mother_evidence": "判决书（虚构）", "conclusion": "unsupported", "inspected_at": string(applied.AddDays(13)), "sent_at": string(applied.AddDays(14)),
			"decision": "yes", "decision_at": string(applied.AddDays(30))}
		_, err := tx.Create(p.draft(record.Draft{Subject: f.people.all[who[n]].id, Owner: f.users["child.officer"].User, Created: applied, Values: values}))
		return err
	})
}

// choose finds children of an age with whom guardians of some kinds live; the
// samples are not among them.
func (f *filler) choose(from, to int, kinds ...string) (out []int) {
	for i := len(f.cast); i < len(f.people.all) && len(out) < recognised; i++ {
		age := value.AgeAt(f.people.all[i].birth, f.today, value.LeapFebruary28)
		if g, ok := f.guards[i]; ok && age >= from && age <= to && slices.Contains(kinds, g.guardian) {
			out = append(out, i)
		}
	}
	return out
}

// feed grants the allowance for infants: one of them applied this month.
func (f *filler) feed(ctx context.Context) error {
	who := f.choose(0, 1, "parents", "single")
	return f.rows(ctx, f.users["child.officer"], "营养津贴样例", len(who), func(tx *record.Tx, n int) error {
		p := &f.people.all[who[n]]
		applied := max(f.today.AddDays(-100), p.birth.AddDays(5))
		if n == 0 {
			applied = value.Date(f.thisMonth().First().Format("2006-01-02"))
		}
		deeds := f.path("child.nutrition", throw(f.opt.Seed, streamCare, -5000000-n), applied)
		deeds.take("check", f.users["child.officer"], min(applied.AddDays(2), f.today), "")
		deeds.take("grant", f.users["child.supervisor"], min(applied.AddDays(5), f.today), "")
		values := register.Values{"applied_at": string(applied), "applicant": text(f.people.all[f.guards[who[n]].other].id), "household": "dibao", "way": "1", "poor": "yes",
			"checked_at": string(min(applied.AddDays(2), f.today)), "decision_at": string(min(applied.AddDays(5), f.today))}
		_, err := tx.Create(deeds.draft(record.Draft{Subject: p.id, Owner: f.users["child.officer"].User, Created: applied, Values: values}))
		return err
	})
}

// openAccounts gives everybody who is paid an account, but for one.
func (f *filler) openAccounts(ctx context.Context) error {
	who := append(f.choose(4, 15, "grandparents", "kin"), f.choose(0, 1, "parents", "single")...)
	skip := len(who) - 2
	for _, code := range []string{"P06", "P11", "P12", "P13"} {
		who = append(who, f.cast[code])
	}
	return f.rows(ctx, f.clerk, "登记账户", len(who), func(tx *record.Tx, n int) error {
		p := f.people.all[who[n]]
		if n == skip {
			return nil
		}
		return tx.AsOffice().Imply(record.Ref{Register: record.Persons, ID: p.id}, register.Values{"bank_name": "虚构银行门头沟支行", "bank_holder": p.name, "bank_account": fictionalAccount(n)})
	})
}

// fictionalAccount is an account number of the fictional range, with its check
// digit.
func fictionalAccount(n int) string {
	base := fmt.Sprintf("622200000000%06d", n+100)
	sum := 0
	for i := range base {
		d := int(base[len(base)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return base + fmt.Sprint((10-sum%10)%10)
}

func (f *filler) thisMonth() benefit.Month {
	m, _ := benefit.ParseMonth(string(value.MonthOf(f.today)))
	return m
}

// enrolAll makes members of everybody who has been recognised; what was paid
// before the program was used is settled.
func (f *filler) enrolAll(ctx context.Context) error {
	e := allowance.Entry{Opening: value.Month((f.thisMonth() - 2).String()), Local: "yes"}
	err := f.office.Book.View(ctx, f.users["child.officer"], func(tx *record.Tx) error {
		found, err := allowance.Candidates(tx)
		for _, c := range found {
			e.Sources = append(e.Sources, c.Source.Ref)
		}
		return err
	})
	if err != nil {
		return err
	}
	_, err = f.office.Allowance.Enrol(ctx, f.users["child.officer"], e)
	return err
}

// act takes an action as somebody.
func (f *filler) act(ctx context.Context, role string, ref record.Ref, action string, values register.Values, note string) error {
	err := f.office.Book.Change(ctx, f.users[role], "津贴发放", func(tx *record.Tx) error {
		_, err := tx.Do(ref, 0, action, record.Input{Values: values, Note: note})
		return err
	})
	if err != nil {
		return fmt.Errorf("%s %s：%w", ref, action, err)
	}
	return nil
}

// payLastMonth pays the month before this one.
func (f *filler) payLastMonth(ctx context.Context) error {
	for _, programme := range []string{"orphan", "unattended", "nutrition"} {
		c, err := f.office.Allowance.OpenCycle(ctx, f.users["child.officer"], programme, f.thisMonth()-1)
		if err != nil {
			return err
		}
		if err := f.act(ctx, "child.officer", c, "submit", nil, "已与上月核对"); err != nil {
			return err
		}
		if err := f.act(ctx, "welfare.head", c, "approve", nil, "同意"); err != nil {
			return err
		}
		for attempt := 0; ; attempt++ { // the first time one of them fails, the second time none
			more, err := f.payBatch(ctx, c, attempt == 0 && programme == "nutrition")
			if err != nil {
				return err
			}
			if !more {
				break
			}
		}
		if programme != "nutrition" { // of these, one waits for an account
			if err := f.act(ctx, "child.officer", c, "close", nil, "与银行对账单核对一致"); err != nil {
				return err
			}
		}
	}
	return nil
}

// payBatch takes one batch to the bank and back; more is true when a payment
// failed.
func (f *filler) payBatch(ctx context.Context, cycle record.Ref, fail bool) (more bool, err error) {
	officer := f.users["child.officer"]
	b, _, err := f.office.Allowance.MakeBatch(ctx, officer, cycle)
	if err != nil {
		return false, err
	}
	if err := f.act(ctx, "child.officer", b, "send", register.Values{"sent_at": string(f.today.AddDays(-9))}, ""); err != nil {
		return false, err
	}
	var lines [][]string
	err = f.office.Book.View(ctx, officer, func(tx *record.Tx) error {
		all, err := allowance.PaymentsOf(tx.AsOffice(), b)
		for i, p := range all {
			amount, _ := p.Values["amount"].(int64)
			line := []string{p.Number, p.Text("account"), value.FormatMoney(amount), "成功", ""}
			if fail && i == 1 {
				line[3], line[4], more = "失败", "户名与账号不符", true
			}
			lines = append(lines, line)
		}
		return err
	})
	if err != nil {
		return false, err
	}
	data, err := sheet.List("回盘（演示）", []string{"付款编号", "账号", "金额", "结果", "说明"}, lines)
	if err != nil {
		return false, err
	}
	_, err = f.office.Allowance.TakeReturn(ctx, officer, b, data)
	return more, err
}

// moveAway has one of the children leave the street last month, which is the
// last that is paid.
func (f *filler) moveAway(ctx context.Context) error {
	var source uint64
	err := f.office.Book.View(ctx, f.users["child.officer"], func(tx *record.Tx) error {
		members, err := tx.Find(allowance.Members, "programme", "nutrition")
		if err == nil && len(members) > 2 {
			source = members[len(members)/2].RefID("nutrition")
		}
		return err
	})
	if err != nil || source == 0 {
		return err
	}
	day := value.Date(f.thisMonth().First().Format("2006-01-02")).AddDays(-12)
	return f.act(ctx, "welfare.head", record.Ref{Register: "child.nutrition", ID: source}, "end", register.Values{"end_reason": "moved", "ended_at": string(day)}, "户籍已迁往外区")
}

// leaveOpen leaves the present month to be run, a conflict to be told of, and a
// proposal for a new standard (facts E-B7).
func (f *filler) leaveOpen(ctx context.Context) error {
	if err := f.moveAway(ctx); err != nil {
		return err
	}
	for _, programme := range []string{"unattended", "nutrition"} {
		if _, err := f.office.Allowance.OpenCycle(ctx, f.users["child.officer"], programme, f.thisMonth()); err != nil {
			return err
		}
	}
	return f.office.Book.Change(ctx, f.users["child.officer"], "标准调整样例", func(tx *record.Tx) error {
		r, err := tx.Create(record.Draft{Register: allowance.Growths, Owner: f.users["child.officer"].User, Values: register.Values{"code": "orphan.scattered", "formula": "prices", "factor": 0.012,
			"source": "居民消费价格指数（虚构，示例1.2%）", "round_to": int64(1000), "effective": (f.thisMonth() - 1).String()}})
		if err != nil {
			return err
		}
		_, err = tx.Do(r.Ref, 0, "submit", record.Input{})
		return err
	})
}
