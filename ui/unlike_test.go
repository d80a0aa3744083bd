package ui

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// A pair that somebody has refused is not proposed again on any page, says who
// refused it and why, and comes back when one of the two says something else or
// the refusal is taken back.
func TestRefusedPairIsNotProposedAgain(t *testing.T) {
	t.Parallel()
	o := openGrid(t)
	first := o.order("BJ1", "滨河小区7号楼前井盖异响", register.Values{"dispatched_at": "2026-04-01 08:00", "address": "滨河小区7号楼"})
	second := o.order("BJ2", "滨河小区7号楼井盖异响，夜里睡不着", register.Values{"dispatched_at": "2026-04-01 08:30", "address": "滨河小区7号楼"})
	b := o.as("governance.officer")
	proposed := func() bool {
		t.Helper()
		on := strings.Contains(b.get("/grid/pairs").body, "合为一案")
		if page := strings.Contains(b.get("/r/"+first.String()).body, "可能是同一件事"); page != on {
			t.Errorf("proposed on the page of pairs %v, on the order's own %v", on, page)
		}
		return on
	}
	if !proposed() {
		t.Fatal("two that say the same are not proposed")
	}
	refuse := url.Values{"ref": {first.String(), second.String()}, "_do": {"unlike"}, "proposed": {"同一处"}, "reason": {"同一处"}}
	if a := b.send("/grid/join", refuse); a.status != http.StatusUnprocessableEntity {
		t.Errorf("refused with the reasons for joining: %d", a.status)
	}
	refuse.Set("reason", "一个在楼前，一个在楼后")
	if a := o.as("governance.worker").send("/grid/join", refuse); a.status == http.StatusSeeOther {
		t.Error("a community worker refuses for the street")
	}
	if a := b.send("/grid/join", refuse); a.status != http.StatusSeeOther {
		t.Fatalf("not refused: %d %s", a.status, a.text())
	}
	if proposed() {
		t.Error("proposed again at once")
	}
	for _, at := range []string{"/grid/pairs", "/r/" + first.String(), "/r/" + second.String()} {
		if p := b.get(at); !strings.Contains(p.body, "一个在楼前，一个在楼后") || !strings.Contains(p.body, "测综合治理经办") {
			t.Errorf("%s does not say who refused it and why", at)
		}
	}
	o.change(func(tx *record.Tx) error {
		_, err := tx.Save(second, 0, register.Values{"content": "滨河小区7号楼前井盖异响，夜里睡不着"})
		return err
	})
	if !proposed() {
		t.Error("not proposed again though one of them says something else")
	}
	if a := b.send("/grid/join", refuse); a.status != http.StatusSeeOther || proposed() {
		t.Errorf("not refused once more: %d", a.status)
	}
	if a := b.send("/grid/join", url.Values{"ref": {second.String(), first.String()}, "_do": {"again"}}); a.status != http.StatusSeeOther || !proposed() {
		t.Errorf("not taken back: %d %s", a.status, a.text())
	}
}
