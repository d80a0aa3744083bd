package hotline

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
)

// Receipt is what the platform's answer to deliveries did.
type Receipt struct {
	Taken, Failed, Same int
	Unknown             []string // numbers that are on no batch
}

// receiptRow is one line of the platform's answer.
type receiptRow struct {
	line           int
	external, note string
	taken          bool
}

// Words by which a platform says whether it took a reply.
var (
	refusedWords = []string{"失败", "退回", "驳回", "拒绝", "错误", "异常", "无效", "重报", "不通过", "不合格", "FAIL"}
	takenWords   = []string{"成功", "接收", "已收", "通过", "正常", "已导入", "已回传", "SUCCESS", "OK"}
	denials      = []string{"不", "未", "非", "无", "待", "部分"}
)

// accepted reads whether the platform took a reply; known is false for words
// that say neither.
func accepted(words string) (taken, known bool) {
	words = strings.ToUpper(strings.TrimSpace(words))
	in := func(list []string) bool {
		return slices.ContainsFunc(list, func(w string) bool { return strings.Contains(words, w) })
	}
	switch {
	case in(refusedWords):
		return false, true
	case !in(takenWords):
		return false, false
	case in(denials):
		return false, !strings.Contains(words, "待") && !strings.Contains(words, "部分")
	}
	return true, true
}

// TakeReceipt reads the platform's answer, a table of numbers with what became
// of each. All rows are understood or none is taken; numbers that no batch
// waits for are named and left; the same file again changes nothing.
func (d *Desk) TakeReceipt(ctx context.Context, v access.Viewer, data []byte) (out Receipt, err error) {
	rows, err := readReceipt(data)
	if err != nil {
		return out, err
	}
	err = d.book.Change(ctx, v, "登记平台回执", func(tx *record.Tx) error {
		out = Receipt{}
		batches := map[record.Ref]*batchLines{}
		for _, row := range rows {
			if err := d.enterReceipt(tx, row, batches, &out); err != nil {
				return err
			}
		}
		for _, b := range batches {
			if err := b.count(tx); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func readReceipt(data []byte) ([]receiptRow, error) {
	number := sheet.Wanted{Label: "工单编号", Also: []string{"工单号", "诉求编号", "受理编号", "编号", "派单号"}}
	result := sheet.Wanted{Label: "结果", Also: []string{"处理结果", "回传结果", "接收结果", "接收状态", "接收情况", "导入结果", "审核结果", "回传情况", "状态"}}
	reason := sheet.Wanted{Label: "说明", Also: []string{"失败原因", "退回原因", "驳回原因", "原因", "备注", "提示", "返回信息"}}
	lines, err := sheet.Pick(data, number, result, reason)
	if err != nil {
		if lines, err = sheet.Pick(data, number, result); err != nil {
			return nil, err
		}
	}
	var out []receiptRow
	var problems []record.Problem
	seen := map[string]bool{}
	for _, l := range lines {
		cells := append(l.Cells, "")
		row := receiptRow{line: l.No, external: strings.TrimSpace(cells[0]), note: cut(strings.TrimSpace(cells[2]), 200)}
		bad := func(format string, args ...any) {
			problems = append(problems, record.Problem{Label: fmt.Sprintf("第%d行", l.No), Text: fmt.Sprintf(format, args...)})
		}
		var known bool
		switch row.taken, known = accepted(cells[1]); {
		case row.external == "" || strings.Contains(row.external, "合计"):
			continue
		case !known:
			bad("看不懂结果“%s”，请改成“成功”或“失败”", cells[1])
		case seen[row.external]:
			bad("%s 在表里出现两次", row.external)
		}
		seen[row.external] = true
		out = append(out, row)
	}
	if len(problems) > 0 {
		return nil, &record.Refusal{Code: record.CodeInvalid, Text: "回执没有登记，一件也没有改", Problems: problems[:min(len(problems), 50)]}
	}
	return out, nil
}

// enterReceipt writes what became of one order on it and on its newest batch.
func (d *Desk) enterReceipt(tx *record.Tx, row receiptRow, batches map[record.Ref]*batchLines, out *Receipt) error {
	o, b, err := delivered(tx, row.external, batches)
	if err != nil {
		return err
	}
	if b == nil {
		out.Unknown = append(out.Unknown, row.external)
		return nil
	}
	if tx.Verdict(b.Record, access.ActEdit) != access.Allowed {
		return record.Refused(record.CodeDenied, "您的岗位不登记平台回执")
	}
	state := map[bool]string{true: "taken", false: "failed"}[row.taken]
	if o.Text("delivery") == state && o.Text("delivery_note") == row.note {
		out.Same++
		return nil
	}
	if row.taken {
		out.Taken++
	} else {
		out.Failed++
	}
	return mark(tx, b, o, state, row.note)
}

// delivered is the order with a number and the newest batch that it went in,
// nil when it went in none.
func delivered(tx *record.Tx, external string, batches map[record.Ref]*batchLines) (o *record.Record, b *batchLines, err error) {
	found, err := tx.Find(Orders, "external", external)
	if err != nil || len(found) == 0 {
		return nil, nil, err
	}
	last, err := newest(tx, found[0])
	if err != nil || last == nil {
		return found[0], nil, err
	}
	if batches[last.Ref] == nil {
		batches[last.Ref] = linesOf(last)
	}
	return found[0], batches[last.Ref], nil
}

// newest is the batch that an order went in last, or nil.
func newest(tx *record.Tx, o *record.Record) (*record.Record, error) {
	id := o.RefID("batch")
	if id == 0 {
		return nil, nil
	}
	b, err := tx.AsOffice().Open(record.Ref{Register: Deliveries, ID: id})
	if err != nil {
		return nil, fmt.Errorf("reading the delivery of an order: %w", err)
	}
	return b, nil
}

// mark writes a state on an order and on its line of a batch.
func mark(tx *record.Tx, b *batchLines, o *record.Record, state, note string) error {
	values := register.Values{"delivery": state, "delivery_note": note}
	if state == "failed" {
		n, _ := o.Values["delivery_failures"].(float64)
		values["delivery_failures"] = n + 1
	}
	if err := tx.AsOffice().Imply(o.Ref, values); err != nil {
		return fmt.Errorf("writing what became of %s: %w", o.Ref, err)
	}
	b.set(o.ID, state, note)
	return nil
}

// batchLines are the lines of a batch while they are changed: copies, for a
// record that was read is others' too.
type batchLines struct {
	*record.Record
	lines []map[string]any
}

func linesOf(b *record.Record) *batchLines {
	kept, _ := b.Values["lines"].([]map[string]any)
	out := &batchLines{Record: b}
	for _, line := range kept {
		out.lines = append(out.lines, maps.Clone(line))
	}
	return out
}

func (b *batchLines) set(order uint64, state, note string) {
	for _, line := range b.lines {
		if line["order"] == strconv.FormatUint(order, 10) {
			if line["state"] = state; note == "" {
				delete(line, "note")
			} else {
				line["note"] = note
			}
		}
	}
}

// count writes the lines of a batch with their counts, and closes it once every
// order has its answer.
func (b *batchLines) count(tx *record.Tx) error {
	n := map[any]float64{}
	for _, line := range b.lines {
		n[line["state"]]++
	}
	values := register.Values{"lines": b.lines, "taken": n["taken"], "failed": n["failed"], "waiting": n["out"], "settled_at": nil}
	if n["out"] == 0 {
		values["settled_at"] = nowText(tx)
	}
	if err := tx.AsOffice().Imply(b.Ref, values); err != nil {
		return fmt.Errorf("counting a delivery: %w", err)
	}
	if n["out"] == 0 && b.Step == "out" {
		_, err := tx.AsOffice().Do(b.Ref, 0, "settle", record.Input{})
		return err
	}
	return nil
}

// enterDelivery brings the batch of an order up to what was said of the order
// itself.
func enterDelivery(tx *record.Tx, o *record.Record) error {
	last, err := newest(tx, o)
	if err != nil || last == nil {
		return err
	}
	b := linesOf(last)
	b.set(o.ID, o.Text("delivery"), o.Text("delivery_note"))
	return b.count(tx)
}

// checkDelivery keeps batches from being made by hand.
func checkDelivery(tx *record.Tx, _, before *record.Record) ([]record.Problem, error) {
	if before != nil || tx.Viewer().Office {
		return nil, nil
	}
	return []record.Problem{{Text: "回单批次在“回单交付”页制，不手填", Link: "/hotline/replies"}}, nil
}

// afterDelivery writes on the orders of a batch what was said of all of it:
// taken, not yet answered after all, never sent. Orders that have gone in a
// newer batch since are left.
func afterDelivery(tx *record.Tx, r, _ *record.Record, action string) error {
	if action != "taken" && action != "again" && action != "recall" {
		return nil
	}
	b := linesOf(r)
	for _, line := range b.lines {
		id, _ := strconv.ParseUint(fmt.Sprint(line["order"]), 10, 64)
		o, err := tx.AsOffice().Open(record.Ref{Register: Orders, ID: id})
		if _, refused := record.AsRefusal(err); refused {
			continue
		}
		if err != nil {
			return fmt.Errorf("reading an order of a delivery: %w", err)
		}
		if o.RefID("batch") != r.ID {
			continue
		}
		if values := following(action, line, o); values != nil {
			if err := tx.AsOffice().Imply(o.Ref, values); err != nil {
				return fmt.Errorf("writing what became of %s: %w", o.Ref, err)
			}
		}
	}
	return b.count(tx)
}

// following are the values of an order that follow from what was said of its
// batch; nil for none. The line is brought up to it.
func following(action string, line map[string]any, o *record.Record) register.Values {
	state := line["state"]
	switch {
	case action == "taken" && state == "out":
		line["state"] = "taken"
		return register.Values{"delivery": "taken", "delivery_note": nil}
	case action == "again" && state != "out":
		values := register.Values{"delivery": "out", "delivery_note": nil}
		if n, _ := o.Values["delivery_failures"].(float64); state == "failed" && n > 0 {
			values["delivery_failures"] = n - 1
		}
		line["state"] = "out"
		delete(line, "note")
		return values
	case action == "recall":
		return register.Values{"delivery": line["before"], "delivery_note": line["before_note"], "batch": line["before_batch"]}
	}
	return nil
}
