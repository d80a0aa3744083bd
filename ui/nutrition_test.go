package ui

import (
	"strings"
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// Every infant of a family in difficulty is held against the allowance, and no
// more is handed out of a batch than is left of it.
func TestNutritionCoverageAndStock(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	infant := func(name, birth, relief string) uint64 {
		return o.create(record.Draft{Register: record.Persons, Values: register.Values{"name": name, "sex": "1", "birth": birth, "community": idOrEmpty(o.east), "life": "1", "relief": relief}}).ID
	}
	has := infant("简星一", "2025-03-18", "1")
	infant("简星二", "2025-03-18", "1")
	infant("简星三", "2025-03-18", "0")
	infant("简星四", "2023-03-18", "1")
	o.create(record.Draft{Register: record.Persons, Values: register.Values{"name": "简星五", "sex": "1", "birth": "2025-03-18", "community": idOrEmpty(o.east), "life": "1", "relief": "1", "protected": true, "protected_reason": "收养家庭要求保密"}})
	of := o.create(record.Draft{Register: "child.nutrition", Subject: has, Values: register.Values{"applied_at": "2026-02-10", "applicant": idOrEmpty(o.person["grandma"]), "household": "dibao", "way": "2", "poor": "yes", "checked_at": "2026-02-20", "decision_at": "2026-02-25"}})
	do := func(action string, v register.Values) error {
		return o.house.Office().Book.Change(t.Context(), o.viewer("child.officer"), "测试", func(tx *record.Tx) error {
			_, err := tx.AsOffice().Do(of, 0, action, record.Input{Values: v})
			return err
		})
	}
	o.must(do("check", nil))
	o.must(do("grant", nil))
	stock := o.create(record.Draft{Register: "child.stock", Values: register.Values{"batch": "VX2601", "what": "营养包", "received_at": "2026-03-01", "count": 3.0, "until": "2027-01-31"}})
	pack := func(n float64, batch string) map[string]any {
		return map[string]any{"date": "2026-03-10", "what": "营养包", "count": n, "batch": batch, "until": "2027-01-31", "signer": "简默"}
	}
	o.must(do("pack", register.Values{"packs": []map[string]any{pack(2, "VX2601")}}))
	left := func() (n float64) {
		o.must(o.house.Office().Book.View(t.Context(), o.viewer("chief"), func(tx *record.Tx) error {
			r, err := tx.Open(stock)
			n, _ = r.Values["remains"].(float64)
			return err
		}))
		return n
	}
	if left() != 1 {
		t.Errorf("%v left", left())
	}
	if err := do("pack", register.Values{"packs": []map[string]any{pack(2, "VX2601"), pack(2, "VX2601")}}); err == nil || !strings.Contains(err.Error(), "只剩1份") {
		t.Errorf("more than there is: %v", err)
	}
	o.must(do("pack", register.Values{"packs": []map[string]any{pack(2, "VX2601"), pack(5, "VX2600")}})) // a batch from before the ledger
	if left() != 1 {
		t.Errorf("%v left", left())
	}
	many := []map[string]any{pack(3, "VX2601"), pack(5, "VX2600")}
	for _, old := range []string{"OLD1", "OLD2", "OLD3", "OLD4", "OLD5", "OLD6"} {
		many = append(many, pack(1, old)) // batches that are not counted hide none that is
	}
	o.must(do("pack", register.Values{"packs": many}))
	if left() != 0 {
		t.Errorf("%v left beside batches that are not counted", left())
	}
	p := o.as("child.officer").get("/nutrition")
	for _, want := range []string{"简＊", "50.00%", "没有申请，去登记", "在享", "另有 1 名受保护的孩子"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the page does not say %s: %s", want, p.text())
		}
	}
	if n := strings.Count(p.body, "没有申请，去登记"); n != 1 {
		t.Errorf("%d have not applied", n)
	}
	if a := o.as("governance.officer").get("/nutrition"); a.status != 403 {
		t.Errorf("a governance officer: %d", a.status)
	}
}
