package hotline

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/deadline"
	"jiezhen/app/insight"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
)

// Deliveries are the batches in which replies go back to the upper platform.
const Deliveries = "governance.delivery"

// replyColumns are the columns of the replies where the platform's own are not
// known; who complained is not among them.
var replyColumns = []string{"external", "contacted_at", "finished_at", "result", "reply", "unit", "helpers"}

// deliveryMost is how many orders one batch takes.
const deliveryMost = 500

// Answered is an order whose reply waits to be delivered, with what the gate
// says of it.
type Answered struct {
	*record.Record
	Findings []insight.Finding
	Stays    string // why it does not leave; "": it may
}

// Gate is what the check found, in a line.
func (a Answered) Gate() string {
	var parts []string
	for _, f := range a.Findings {
		parts = append(parts, map[string]string{insight.Stop: "应改", insight.Warn: "请看"}[f.Level]+"："+f.Title+quoted(f.Quote))
	}
	switch note := a.Text("gate_note"); {
	case len(parts) == 0:
		return "通过"
	case note != "":
		parts = append(parts, "保留说明："+note)
	}
	return strings.Join(parts, "；")
}

func quoted(text string) string {
	if text == "" {
		return ""
	}
	return "“" + text + "”"
}

// answered reads the gate's verdict on an order. What was refused by the
// platform leaves again only once something in it has changed, or been looked
// at: that is the officer's to see, so the reason stands beside it.
func (d *Desk) answered(r *record.Record) Answered {
	a := Answered{Record: r, Findings: d.gate.Check(replyOf(r))}
	if r.Text("gate_note") != "" {
		return a
	}
	var stops []string
	for _, f := range a.Findings {
		if f.Level == insight.Stop {
			stops = append(stops, f.Title+quoted(f.Quote)+"："+f.Say)
		}
	}
	a.Stays = strings.Join(stops, "；")
	return a
}

// Waiting are the answered orders that the upper platform does not have yet:
// never delivered, or refused there.
func (d *Desk) Waiting(ctx context.Context, v access.Viewer) ([]*record.Record, error) {
	var out []*record.Record
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		for _, q := range []record.Query{
			{Register: Orders, Filters: map[string][]string{"step": {"replied"}}, Limit: 500},
			{Register: Orders, Filters: map[string][]string{"delivery": {"failed"}}, Limit: 500},
		} {
			for {
				p, err := tx.List(q)
				if err != nil {
					return err
				}
				for _, row := range p.Rows {
					if !row.Placeholder && awaits(row.Record) && !has(out, row.Ref) {
						out = append(out, row.Record)
					}
				}
				if q.After = p.Next; q.After == "" {
					break
				}
			}
		}
		return nil
	})
	slices.SortFunc(out, func(a, b *record.Record) int { return cmp.Compare(a.Text("external"), b.Text("external")) })
	return out, err
}

// awaits reports whether an order has a checked reply that is to be delivered.
func awaits(r *record.Record) bool {
	delivered := r.Text("delivery")
	return (r.Step == "replied" || r.Step == "closed") && (delivered == "" || delivered == "failed") && r.Text("reply") != ""
}

func has(list []*record.Record, ref record.Ref) bool {
	return slices.ContainsFunc(list, func(r *record.Record) bool { return r.Ref == ref })
}

// Replies are the orders that wait, each with the gate's verdict.
func (d *Desk) Replies(ctx context.Context, v access.Viewer) ([]Answered, error) {
	waiting, err := d.Waiting(ctx, v)
	var out []Answered
	for _, r := range waiting {
		out = append(out, d.answered(r))
	}
	return out, err
}

// Delivered is what a delivery did.
type Delivered struct {
	Batch record.Ref // zero: nothing left
	Sent  int
	Stay  []Answered // stay behind, with the reason
	More  int        // wait for the next batch
}

// Deliver puts the replies of some orders, or with none of all that wait, into
// a batch: their workbook in the platform's columns lies on its record, the
// orders are on their way. What the gate stops stays behind.
func (d *Desk) Deliver(ctx context.Context, v access.Viewer, orders []record.Ref, columns []sheet.Outgoing) (out Delivered, err error) {
	def, _ := d.book.Registers().Get(Orders)
	batches, _ := d.book.Registers().Get(Deliveries)
	if !record.MayUse(v, def, access.ActExport) || !record.MayCreate(v, batches) {
		return out, record.Refused(record.CodeDenied, "您的岗位不能交付回单")
	}
	ready, err := d.ready(ctx, v, orders, &out)
	if err != nil {
		return out, err
	}
	if len(ready) == 0 {
		if len(out.Stay) == 0 {
			return out, record.Refused(record.CodeInvalid, "没有待交付的回单：审核通过、还没有交付的才交付")
		}
		return out, nil
	}
	data, err := d.replySheet(ctx, v, ready, columns)
	if err != nil {
		return out, err
	}
	staged, err := d.book.StageFile(ctx, bytes.NewReader(data))
	if err != nil {
		return out, fmt.Errorf("keeping the workbook of replies: %w", err)
	}
	err = d.book.Change(ctx, v, "交付回单", func(tx *record.Tx) error {
		out.Batch, err = batch(tx, ready)
		if err != nil {
			return err
		}
		if _, err := tx.AsOffice().Attach(out.Batch, 0, staged, record.Attachment{Title: "回单-" + string(tx.Today()) + ".xlsx"}); err != nil {
			return err
		}
		return tx.Event("export", record.Ref{Register: Orders}, map[string]any{"purpose": "交付上级平台", "rows": len(ready)})
	})
	if err != nil {
		return Delivered{}, err
	}
	out.Sent = len(ready)
	return out, nil
}

// ready are the orders of those asked for that may leave; the others are
// entered in out.
func (d *Desk) ready(ctx context.Context, v access.Viewer, orders []record.Ref, out *Delivered) ([]Answered, error) {
	all, err := d.Replies(ctx, v)
	if err != nil {
		return nil, err
	}
	var ready []Answered
	for _, a := range all {
		switch {
		case len(orders) > 0 && !slices.Contains(orders, a.Ref):
		case a.Stays != "":
			out.Stay = append(out.Stay, a)
		case len(ready) == deliveryMost:
			out.More++
		default:
			ready = append(ready, a)
		}
	}
	return ready, nil
}

// batch writes the record of a delivery and marks its orders as on their way.
// An order that somebody else has delivered in the meantime refuses it all.
func batch(tx *record.Tx, ready []Answered) (record.Ref, error) {
	var lines []map[string]any
	for _, a := range ready {
		r, err := tx.Open(a.Ref)
		if err != nil {
			return record.Ref{}, err
		}
		if r.Rev != a.Rev {
			return record.Ref{}, record.Refused(record.CodeStale, "%s 刚有改动，请再交付一次", r.Text("external"))
		}
		line := map[string]any{"order": strconv.FormatUint(r.ID, 10), "external": r.Text("external"), "gate": cut(a.Gate(), 400), "state": "out"}
		for field, from := range map[string]string{"before": "delivery", "before_note": "delivery_note", "before_batch": "batch"} {
			if x := r.Text(from); x != "" {
				line[field] = x
			}
		}
		lines = append(lines, line)
	}
	n := float64(len(lines))
	made, err := tx.AsOffice().Create(record.Draft{Register: Deliveries, Values: register.Values{"sent_at": nowText(tx), "orders": n, "taken": 0.0, "failed": 0.0, "waiting": n, "lines": lines}})
	if err != nil {
		return record.Ref{}, fmt.Errorf("writing a delivery: %w", err)
	}
	for _, a := range ready {
		if err := tx.AsOffice().Imply(a.Ref, register.Values{"delivery": "out", "delivery_note": nil, "batch": strconv.FormatUint(made.ID, 10)}); err != nil {
			return record.Ref{}, fmt.Errorf("sending %s on its way: %w", a.Ref, err)
		}
	}
	return made.Ref, nil
}

func nowText(tx *record.Tx) string { return tx.Book().Now().Local().Format(deadline.Minute) }

// cut keeps the first runes of a text.
func cut(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}

// replySheet is the workbook in the platform's columns.
func (d *Desk) replySheet(ctx context.Context, v access.Viewer, ready []Answered, columns []sheet.Outgoing) ([]byte, error) {
	def, _ := d.book.Registers().Get(Orders)
	if len(columns) == 0 {
		for _, id := range replyColumns {
			f, _ := def.Field(id)
			columns = append(columns, sheet.Outgoing{Title: f.Label, Field: id})
		}
	}
	var header []string
	for _, c := range columns {
		header = append(header, c.Title)
	}
	var lines [][]string
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		for _, a := range ready {
			line := make([]string, len(columns))
			for i, c := range columns {
				if f, ok := def.Field(c.Field); ok && !f.Mask {
					line[i] = tx.Display(f, a.Values[c.Field])
				}
			}
			lines = append(lines, line)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("writing the workbook of replies: %w", err)
	}
	return sheet.List(d.book.Profile().TownName+" 12345工单回单", header, lines)
}
