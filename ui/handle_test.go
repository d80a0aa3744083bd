package ui

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// Orders ticked in the list are signed and handed out together; each keeps to
// its own rules, and what cannot be done is said of each.
func TestOrdersAreHandledTogether(t *testing.T) {
	t.Parallel()
	o := openGrid(t)
	var refs []record.Ref
	for _, n := range []string{"BJ1", "BJ2", "BJ3"} {
		refs = append(refs, o.order(n, "滨河小区"+n+"路灯不亮", register.Values{"dispatched_at": "2026-04-01 08:00", "address": "滨河小区7号楼"}))
	}
	far := o.create(record.Draft{Register: hotline.Orders, Values: register.Values{"external": "BJ9", "content": "别处", "class": "general", "dispatched_at": "2026-04-01 08:00"}, Community: o.west})
	form := func(do string, more ...string) url.Values {
		v := url.Values{"_do": {do}}
		for _, r := range append(refs, far) {
			v.Add("ref", strconv.FormatUint(r.ID, 10))
		}
		for i := 0; i+1 < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	b := o.as("governance.officer")
	if p := b.get("/r/" + hotline.Orders); !strings.Contains(p.body, "办理所选") {
		t.Fatal("the list does not offer to handle what is ticked")
	}
	p := b.send("/print/"+hotline.Orders, form("handle"))
	if p.status != http.StatusOK || !strings.Contains(p.body, "签收（可办 4 件）") || !strings.Contains(p.body, "派给一人（可派 4 件）") || strings.Contains(p.body, "审核通过") {
		t.Fatalf("offered: %d %s", p.status, p.text())
	}
	o.change(func(tx *record.Tx) error {
		_, err := tx.Do(refs[2], 0, "sign", record.Input{})
		return err
	})
	p = o.as("governance.worker").send("/handle/"+hotline.Orders, form("act.sign"))
	if p.status != http.StatusOK || !strings.Contains(p.body, "办成 2 件，没有办成 2 件") || strings.Contains(p.body, "BJ9") {
		t.Fatalf("signed by a worker of the east: %d %s", p.status, p.text())
	}
	for i, r := range append(refs, far) {
		want := map[bool]string{true: "hand", false: "new"}[i < 3]
		o.change(func(tx *record.Tx) error {
			if got, err := tx.Open(r); err != nil || got.Step != want {
				t.Errorf("order %d stands at %s, not %s (%v)", i, got.Step, want, err)
			}
			return nil
		})
	}
	to := strconv.FormatUint(o.user["governance.worker"], 10)
	if a := b.send("/handle/"+hotline.Orders, form("assign", "to", to)); a.status != http.StatusSeeOther {
		t.Fatalf("not assigned: %d %s", a.status, a.text())
	}
	o.change(func(tx *record.Tx) error {
		if got, err := tx.Open(refs[0]); err != nil || got.Owner != o.user["governance.worker"] {
			t.Errorf("in charge is %d (%v)", got.Owner, err)
		}
		return nil
	})
	if p := b.get("/r/" + refs[0].String()); !strings.Contains(p.body, "立为案件，派给承办单位") {
		t.Errorf("an order does not become a case: %s", p.text())
	}
	if p := b.send("/print/"+hotline.Orders, form("handle")); !strings.Contains(p.body, "这 4 件立为一个案件") {
		t.Errorf("several orders do not become a case: %s", p.text())
	}
	made := b.send("/hotline/hot/case", url.Values{"title": {"滨河小区路灯"}, "orders": {strconv.FormatUint(refs[0].ID, 10), strconv.FormatUint(refs[1].ID, 10)}})
	if p := b.get(made.header.Get("Location")); made.status != http.StatusSeeOther || !strings.Contains(p.body, "共 2 件：答复 0 件") || !strings.Contains(p.body, "派给谁") {
		t.Errorf("no case of two orders: %d %s", made.status, p.text())
	}
	one := b.send("/hotline/hot/case", url.Values{"title": {"滨河小区BJ3路灯不亮"}, "orders": {strconv.FormatUint(refs[2].ID, 10)}})
	o.change(func(tx *record.Tx) error {
		ref, err := record.ParseRef(strings.TrimPrefix(one.header.Get("Location"), "/r/"))
		if err != nil {
			return err
		}
		c, err := tx.Open(ref)
		if err != nil {
			return err
		}
		pairs, err := o.house.Office().Grid.PairsOf(tx, c)
		for _, p := range pairs {
			if p.A.Ref == refs[2] || p.B.Ref == refs[2] {
				t.Error("a case is said to be the like of its own order")
			}
		}
		return err
	})
	if a := b.send("/handle/"+hotline.Orders, form("act.chase")); a.status != http.StatusOK || !strings.Contains(a.body, "办成 0 件") {
		t.Errorf("chased without a word: %d %s", a.status, a.text())
	}
	if a := b.send("/handle/"+hotline.Orders, form("act.chase", "note.chase", "今天务必联系")); a.status != http.StatusSeeOther {
		t.Errorf("not chased: %d %s", a.status, a.text())
	}
	if a := b.send("/handle/"+hotline.Orders, form("act.approve")); a.status != http.StatusUnprocessableEntity {
		t.Errorf("approved together: %d", a.status)
	}
	if a := o.as("governance.worker").send("/handle/"+hotline.Orders, form("assign", "to", to)); !strings.Contains(a.body, "办成 0 件") {
		t.Errorf("a community worker assigns: %d %s", a.status, a.text())
	}
	if a := o.as("child.officer").send("/handle/child.case", url.Values{"ref": {strconv.FormatUint(o.ref["case"].ID, 10)}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("children's cases are handled together: %d", a.status)
	}
}
