package allowance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
	"jiezhen/app/value"
)

var bankHeader = []string{"序号", "户名", "账号", "开户银行", "金额", "附言", "付款编号"}

// BankFile writes a batch's payments as the workbook that the bank pays from;
// the journal keeps that it left.
func (d *Desk) BankFile(ctx context.Context, v access.Viewer, batch record.Ref) (data []byte, b *record.Record, err error) {
	def, _ := d.book.Registers().Get(Payments)
	if !record.MayUse(v, def, access.ActExport) {
		return nil, nil, record.Refused(record.CodeDenied, "您的岗位不能导出发放清单")
	}
	var lines [][]string
	err = d.book.Change(ctx, v, "导出银行代发清单", func(tx *record.Tx) error {
		lines = nil
		if b, err = tx.Open(batch); err != nil {
			return err
		}
		if b.Step == "dropped" || b.Register != Batches {
			return record.Refused(record.CodeInvalid, "这个批次已经作废")
		}
		stop, err := locked(tx)
		if err != nil || len(stop) > 0 {
			return orErr(err, &record.Refusal{Code: record.CodeInvalid, Text: "现在不能送银行", Problems: stop})
		}
		all, err := PaymentsOf(tx.AsOffice(), batch)
		if err != nil {
			return err
		}
		for _, p := range all {
			if fen(p, "amount") > 0 {
				lines = append(lines, []string{fmt.Sprint(len(lines) + 1), p.Text("payee_name"), p.Text("account"), p.Text("bank"), plain(fen(p, "amount")),
					d.book.CodeLabel("benefit.programme", p.Text("programme")) + " " + p.Text("months"), p.Number})
			}
		}
		return tx.Event("export", batch, map[string]any{"purpose": "银行代发", "rows": len(lines)})
	})
	if err != nil {
		return nil, nil, err
	}
	data, err = sheet.List(d.book.Profile().TownName+" 代发清单 "+b.Number, bankHeader, lines)
	return data, b, err
}

// plain writes fen without thousands marks, as banks want it.
func plain(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }

// Outcome is what a returned file did.
type Outcome struct {
	Paid, Failed, Same, Waiting int
}

// answer is one row of a returned file.
type answer struct {
	line    int
	payment *record.Record
	paid    bool
	text    string
}

// Words by which banks say how a payment went.
var (
	paidWords   = []string{"成功", "已入账", "已付", "正常"}
	failedWords = []string{"失败", "退", "错误", "不符", "异常", "销户", "拒绝", "冻结", "挂失", "FAIL", "UNSUCCESS"}
	paidCodes   = []string{"S", "SUCCESS", "SUCCEEDED", "OK", "0000"}
	noWords     = []string{"不", "未", "非", "无"}       // turn a good word into its opposite
	doubtWords  = []string{"部分", "疑", "待", "?", "？"} // leave open how it went
)

func hasAny(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

// verdict reads how a payment went; known is false for words that say neither.
// A wrong "paid" would leave a child without, so it must be said plainly.
func verdict(s string) (paid, known bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	switch {
	case hasAny(s, failedWords) || s == "F":
		return false, true
	case slices.Contains(paidCodes, s):
		return true, true
	case !hasAny(s, paidWords) && !strings.Contains(s, "入账"):
		return false, false
	case hasAny(s, noWords):
		return false, true
	case hasAny(s, doubtWords) || !hasAny(s, paidWords):
		return false, false
	}
	return true, true
}

// TakeReturn reads the file that the bank sent back for a batch. All of its
// rows are understood or none is taken; rows that are missing stay on their
// way, and the same file again changes nothing.
func (d *Desk) TakeReturn(ctx context.Context, v access.Viewer, batch record.Ref, data []byte) (out Outcome, err error) {
	lines, reasons, err := pickReturn(data)
	if err != nil {
		return out, err
	}
	err = d.book.Change(ctx, v, "登记银行回盘", func(tx *record.Tx) error {
		out = Outcome{}
		b, err := tx.Open(batch)
		if err != nil {
			return err
		}
		if tx.Verdict(b, access.ActEdit) != access.Allowed {
			return record.Refused(record.CodeDenied, "您的岗位不登记银行回盘")
		}
		if b.Register != Batches || b.Step != "sent" && b.Step != "returned" {
			return record.Refused(record.CodeInvalid, "先登记已送银行，再上传回盘")
		}
		all, err := PaymentsOf(tx.AsOffice(), batch)
		if err != nil {
			return err
		}
		answers, err := match(lines, reasons, all)
		if err != nil {
			return err
		}
		for _, a := range answers {
			if err := settle(tx, b, a, &out); err != nil {
				return err
			}
		}
		return sumUp(tx, b, &out)
	})
	return out, err
}

// pickReturn finds the columns of a returned file: result and account, the
// rest when they are there.
func pickReturn(data []byte) (lines []sheet.Line, reasons bool, err error) {
	account := sheet.Wanted{Label: "账号", Also: []string{"收款账号", "卡号", "收款人账号", "收款方账号"}}
	amount := sheet.Wanted{Label: "金额", Also: []string{"交易金额", "实发金额", "金额（元）", "发生额"}}
	result := sheet.Wanted{Label: "结果", Also: []string{"处理结果", "交易结果", "状态", "交易状态", "处理状态", "入账结果"}}
	number := sheet.Wanted{Label: "付款编号", Also: []string{"业务编号", "企业流水号", "客户流水号"}}
	reason := sheet.Wanted{Label: "说明", Also: []string{"失败原因", "原因", "备注", "返回信息", "附言"}}
	for _, try := range [][]sheet.Wanted{{account, amount, result, number, reason}, {account, amount, result, number}, {account, amount, result, reason}} {
		if lines, err = sheet.Pick(data, try...); err == nil {
			for i := range lines {
				if len(try) == 4 && try[3].Label == "说明" {
					lines[i].Cells = []string{lines[i].Cells[0], lines[i].Cells[1], lines[i].Cells[2], "", lines[i].Cells[3]}
				}
			}
			return lines, len(try) == 5 || try[3].Label == "说明", nil
		}
	}
	lines, err = sheet.Pick(data, account, amount, result)
	return lines, false, err
}

// match finds the payment that every row speaks of: by its number, else by
// account and amount when these name one payment alone.
func match(lines []sheet.Line, _ bool, all []*record.Record) ([]answer, error) {
	var out []answer
	var problems []record.Problem
	seen := map[uint64]bool{}
	bad := func(line int, format string, args ...any) {
		problems = append(problems, record.Problem{Label: fmt.Sprintf("第%d行", line), Text: fmt.Sprintf(format, args...)})
	}
	for _, l := range lines {
		cell := func(i int) string {
			if i < len(l.Cells) {
				return strings.TrimSpace(l.Cells[i])
			}
			return ""
		}
		if cell(0) == "" || strings.Contains(cell(0), "合计") {
			continue
		}
		found := find(all, cell(3), cell(0), cell(1))
		paid, known := verdict(cell(2))
		switch {
		case len(found) == 0:
			bad(l.No, "账号尾号%s、金额%s，这一批里没有", tail(cell(0)), cell(1))
		case len(found) > 1:
			bad(l.No, "账号尾号%s、金额%s对得上%d笔，分不清是谁的；请保留“付款编号”列", tail(cell(0)), cell(1), len(found))
		case seen[found[0].ID]:
			bad(l.No, "%s 在表里出现两次", found[0].Number)
		case !known:
			bad(l.No, "看不懂结果“%s”，请改成“成功”或“失败”", cell(2))
		default:
			seen[found[0].ID] = true
			out = append(out, answer{l.No, found[0], paid, cell(4)})
		}
	}
	if len(problems) > 0 {
		return nil, &record.Refusal{Code: record.CodeInvalid, Text: "回盘没有登记，一笔也没有改", Problems: problems[:min(len(problems), 50)]}
	}
	if len(out) == 0 {
		return nil, record.Refused(record.CodeInvalid, "回盘里没有这一批的付款")
	}
	return out, nil
}

func tail(account string) string { return account[max(0, len(account)-4):] }

func find(all []*record.Record, number, account, amount string) (out []*record.Record) {
	fenOf, err := value.ParseMoney(amount)
	for _, p := range all {
		if fen(p, "amount") == 0 {
			continue
		}
		if number != "" {
			if p.Number == number && (err != nil || fenOf == fen(p, "amount")) {
				return []*record.Record{p}
			}
			continue
		}
		if p.Text("account") == strings.ReplaceAll(account, " ", "") && err == nil && fenOf == fen(p, "amount") {
			out = append(out, p)
		}
	}
	return out
}

// settle enters how one payment went. A payment that came back after it had
// gone through (退汇) fails after all; one that was made again stays as it is.
func settle(tx *record.Tx, b *record.Record, a answer, out *Outcome) error {
	state := "failed"
	if a.paid {
		state = "paid"
	}
	now := a.payment.Text("state")
	switch {
	case now == state || now == "again" || now == "carried":
		out.Same++
		return nil
	case now == "failed" && state == "paid":
		return &record.Refusal{Code: record.CodeInvalid, Text: "回盘没有登记，一笔也没有改", Problems: []record.Problem{{Label: fmt.Sprintf("第%d行", a.line),
			Text: a.payment.Number + " 上次登记为失败，这次写成功；请与银行核实，确已入账的凭银行证明用本页的“失败更正为已入账”，再传其余的"}}}
	}
	values := register.Values{"state": state, "result_at": string(tx.Today()), "result": nil}
	if a.text != "" {
		values["result"] = string([]rune(a.text)[:min(200, len([]rune(a.text)))])
	}
	if err := tx.AsOffice().Imply(a.payment.Ref, values); err != nil {
		return err
	}
	return markLines(tx, b.RefID("cycle"), a.payment.RefID("member"), state)
}

// sumUp counts the batch and its cycle anew, and closes the batch when every
// payment has come back.
func sumUp(tx *record.Tx, b *record.Record, out *Outcome) error {
	all, err := PaymentsOf(tx.AsOffice(), b.Ref)
	if err != nil {
		return err
	}
	var paid, failed, paidPeople, failedPeople int64
	for _, p := range all {
		switch p.Text("state") {
		case "paid":
			paid, paidPeople = paid+fen(p, "amount"), paidPeople+1
		case "failed", "again", "carried":
			failed, failedPeople = failed+fen(p, "amount"), failedPeople+1
		default:
			out.Waiting++
		}
	}
	out.Paid, out.Failed = int(paidPeople), int(failedPeople)
	values := register.Values{"paid": paid, "paid_people": float64(paidPeople), "failed": failed, "failed_people": float64(failedPeople)}
	if out.Waiting == 0 {
		values["returned_at"] = string(tx.Today())
	}
	if err := tx.AsOffice().Imply(b.Ref, values); err != nil {
		return err
	}
	if out.Waiting == 0 && b.Step == "sent" {
		if _, err := tx.AsOffice().Do(b.Ref, 0, "return", record.Input{}); err != nil {
			return err
		}
	}
	return balance(tx, b.RefID("cycle"))
}

// balance writes on a cycle what of it has gone out and what has not.
func balance(tx *record.Tx, cycle uint64) error {
	lines, err := tx.AsOffice().Find(Lines, "cycle", id(cycle))
	if err != nil {
		return err
	}
	var paid, open int64
	for _, l := range lines {
		switch l.Text("state") {
		case "paid":
			paid += fen(l, "amount")
		case "due", "failed":
			open += fen(l, "amount")
		}
	}
	return tx.AsOffice().Imply(ref(Cycles, cycle), register.Values{"paid": paid, "failed": open})
}

// Unpaid are the payments of a cycle that failed and wait to be made again.
func Unpaid(tx *record.Tx, cycle record.Ref) ([]*record.Record, error) {
	all, err := tx.Find(Payments, "ref", cycle.String())
	return slices.DeleteFunc(all, func(p *record.Record) bool { return p.Text("state") != "failed" }), err
}
