package hotline

import (
	"fmt"
	"maps"
	"strconv"
	"time"

	"jiezhen/app/deadline"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// The papers by which the clock, the count or the fate of an order is changed.
// Each is decided by somebody else than who asks, and only what was decided is
// written on the order.
const (
	Extensions  = "governance.extension"
	Exclusions  = "governance.exclusion"
	Suspensions = "governance.suspension"
	Appeals     = "governance.appeal"
	Charges     = "governance.charge"
)

func requestBehaviours() []record.Behaviour {
	var out []record.Behaviour
	for reg, after := range map[string]func(tx *record.Tx, r *record.Record, action string) (register.Values, error){
		Extensions: afterExtension, Exclusions: afterExclusion, Suspensions: afterSuspension, Appeals: afterAppeal, Charges: nil,
	} {
		b := record.Behaviour{Register: reg, Derive: deriveRequest, Check: checkRequest}
		if after != nil {
			b.After = func(tx *record.Tx, r, _ *record.Record, action string) error { return follow(tx, r, action, after) }
		}
		out = append(out, b)
	}
	return out
}

// orderOf is the order that a paper is about.
func orderOf(r *record.Record) record.Ref { return record.Ref{Register: Orders, ID: r.RefID("order")} }

// deriveRequest takes from the order what the paper prints and the list sorts
// by. The limit is the one in force when the paper is begun.
func deriveRequest(tx *record.Tx, r *record.Record) error {
	if r.RefID("order") == 0 {
		return nil
	}
	o, err := tx.AsOffice().Open(orderOf(r))
	if _, refused := record.AsRefusal(err); refused {
		return nil // checkRequest says so
	}
	if err != nil {
		return fmt.Errorf("reading the order of a request: %w", err)
	}
	r.Values["external"] = o.Text("external")
	if r.ID == 0 && r.Register == Extensions && r.Text("due") == "" {
		r.Values["due"] = o.Text("finish_due")
	}
	if o.Community != 0 {
		r.Values["community"], r.Community = strconv.FormatUint(o.Community, 10), o.Community
	}
	return nil
}

// checkRequest wants an order that the asker may open, and one paper of a kind
// at a time.
func checkRequest(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	if before != nil || r.RefID("order") == 0 {
		return nil, nil
	}
	o, err := tx.Open(orderOf(r))
	if _, refused := record.AsRefusal(err); refused {
		return []record.Problem{{Field: "order", Label: "工单", Text: "没有这件工单，请重选"}}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the order of a request: %w", err)
	}
	if o.Step == "void" {
		return []record.Problem{{Field: "order", Label: "工单", Text: "这件工单已作废"}}, nil
	}
	same, err := tx.AsOffice().Children(r.Register, o.Ref)
	if err != nil {
		return nil, fmt.Errorf("looking for requests of an order: %w", err)
	}
	for _, s := range same {
		if s.ID != r.ID && s.Open() {
			return []record.Problem{{Field: "order", Label: "工单", Text: "这件工单已有在办的" + r.Def.Title + " " + s.Number + "，请在那一份里办", Link: "/r/" + s.Ref.String()}}, nil
		}
	}
	return nil, nil
}

// follow writes on the order what a paper's action decides.
func follow(tx *record.Tx, r *record.Record, action string, after func(*record.Tx, *record.Record, string) (register.Values, error)) error {
	values, err := after(tx, r, action)
	if err != nil || len(values) == 0 {
		return err
	}
	return implyOrder(tx, orderOf(r), values)
}

// implyOrder writes into an order what a decision implies, deadlines included.
func implyOrder(tx *record.Tx, ref record.Ref, values register.Values) error {
	o, err := tx.AsOffice().Open(ref)
	if err != nil {
		return fmt.Errorf("reading the order that a decision is about: %w", err)
	}
	copied := *o
	copied.Values = o.Values.Clone()
	for id, v := range values {
		if v == nil || v == "" {
			delete(copied.Values, id)
			continue
		}
		copied.Values[id] = v
	}
	if err := deriveDue(tx, &copied); err != nil {
		return err
	}
	implied := maps.Clone(values)
	for _, c := range clockOf {
		implied[c.due] = copied.Values[c.due]
	}
	if err := tx.AsOffice().Imply(ref, implied); err != nil {
		return fmt.Errorf("writing a decision on %s: %w", ref, err)
	}
	return nil
}

func afterExtension(_ *record.Tx, r *record.Record, action string) (register.Values, error) {
	if action != "grant" {
		return nil, nil
	}
	return register.Values{"extended_until": r.Text("granted_until")}, nil
}

func afterExclusion(_ *record.Tx, r *record.Record, action string) (register.Values, error) {
	switch action {
	case "":
		return register.Values{"exclusion": r.Text("reason"), "exclusion_state": map[bool]string{true: "asked", false: r.Step}[r.Open()]}, nil
	case "grant", "refuse":
		return register.Values{"exclusion_state": r.Step}, nil
	case "withdraw":
		return register.Values{"exclusion": nil, "exclusion_state": nil}, nil
	}
	return nil, nil
}

func afterSuspension(_ *record.Tx, r *record.Record, action string) (register.Values, error) {
	switch action {
	case "approve", "extend":
		return register.Values{"suspended": true, "suspend_until": r.Text("until")}, nil
	case "settle":
		return register.Values{"suspended": nil, "suspend_until": nil}, nil
	}
	return nil, nil
}

// afterAppeal changes how an order counts, once the appeal is upheld.
func afterAppeal(_ *record.Tx, r *record.Record, action string) (register.Values, error) {
	if action != "uphold" {
		return nil, nil
	}
	out := register.Values{}
	for _, f := range []string{"solved", "satisfied"} {
		if v := r.Text(f); v != "" {
			out[f] = v
		}
	}
	if yes, _ := r.Values["excluded"].(bool); yes {
		out["exclusion_state"] = "granted"
	}
	return out, nil
}

// PaperRows are rows of papers that no field holds.
func PaperRows() map[string]func(*record.Tx, *record.Record) ([]map[string]string, error) {
	return map[string]func(*record.Tx, *record.Record) ([]map[string]string, error){Orders + " clocks": clockRows}
}

// clockRows are an order's deadlines with their reasons, for paper.
func clockRows(tx *record.Tx, r *record.Record) ([]map[string]string, error) {
	clocks, err := orderClocks(tx, r)
	if err != nil {
		return nil, err
	}
	var out []map[string]string
	for _, c := range clocks {
		due, days := paperTime(c.Due), c.Why()
		if c.Broken != "" {
			due, days = c.Broken, ""
		}
		limit := c.Limit
		if c.State != "" {
			limit += "（" + c.State + "）"
		}
		out = append(out, map[string]string{"label": c.Label, "limit": limit, "start": paperTime(c.Start), "due": due, "days": days})
	}
	return out, nil
}

func paperTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(deadline.Minute)
}
