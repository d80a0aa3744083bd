package grid_test

import (
	"sync"
	"testing"
	"time"

	"jiezhen/app/grid"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// What was allowed before a case was taken up again no longer holds: its clock
// runs anew from then.
func TestReopenedCaseForgetsItsExtension(t *testing.T) {
	t.Parallel()
	o := open(t)
	ref := o.report("垃圾外溢", register.Values{"class_name": "0102暴露垃圾", "address": "滨河小区7号楼"})
	o.must(o.act("governance.officer", ref, "file", register.Values{"meets": true}))
	c := o.caseOf(ref).Ref
	o.must(o.house.Office().Grid.Dispatch(t.Context(), o.users["governance.officer"], c, []grid.Task{{Unit: o.unit["虚构物业"], Kind: "main"}}))
	o.must(o.act("governance.head", c, "extend", register.Values{"extended_until": "2026-02-05 18:00"}))
	if got := o.read(c).Text("handle_due"); got != "2026-02-05 18:00" {
		t.Fatalf("extended to %s", got)
	}
	o.must(o.act("governance.officer", c, "done", register.Values{"handled_at": o.now.Format("2006-01-02 15:04"), "outcome": "已清运"}))
	o.must(o.act("governance.head", c, "pass", nil))
	o.now = time.Date(2026, 2, 9, 9, 0, 0, 0, time.Local)
	o.must(o.act("governance.head", c, "reopen", nil))
	if got := o.read(c).Text("handle_due"); got != "2026-02-09 14:00" { // four working hours
		t.Errorf("reopened on the 9th, due %s", got)
	}
}

// A source that was entered by mistake is no source, and is one again when it
// is brought back.
func TestVoidOrdersAreNoSource(t *testing.T) {
	t.Parallel()
	o := open(t)
	c := o.create(record.Draft{Register: grid.Cases, Values: register.Values{"title": "井盖", "source": "grid", "found_at": "2026-02-03 08:00", "content": "井盖异响", "community": id(o.place["110109002003"])}})
	order := func(n string) record.Ref {
		ref := o.create(record.Draft{Register: grid.Orders, Values: register.Values{"external": n, "content": "井盖异响", "class": "general", "dispatched_at": "2026-02-03 08:00", "community": id(o.place["110109002003"])}})
		o.must(o.act("governance.officer", ref, "join", register.Values{"case": id(c.ID)}))
		return ref
	}
	order("A")
	b := order("B")
	want := func(n float64) {
		t.Helper()
		if got := o.read(c).Values["orders"]; got != n {
			t.Errorf("%v orders, want %v", got, n)
		}
	}
	want(2)
	o.must(o.act("governance.head", b, "void", nil))
	want(1)
	o.must(o.act("governance.officer", b, "restore", nil))
	want(2)
	o.must(o.act("governance.officer", b, "leave", nil))
	want(1)
}

// Two clicks, or two officers, send a case to a unit once.
func TestDispatchedTwiceAtOnce(t *testing.T) {
	t.Parallel()
	o := open(t)
	ref := o.report("垃圾外溢", register.Values{"class_name": "0102暴露垃圾", "address": "滨河小区7号楼"})
	o.must(o.act("governance.officer", ref, "file", register.Values{"meets": true}))
	c := o.caseOf(ref).Ref
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			_ = o.house.Office().Grid.Dispatch(t.Context(), o.users["governance.officer"], c, []grid.Task{{Unit: o.unit["虚构物业"], Kind: "main", Text: "清运"}})
		})
	}
	wait.Wait()
	if tasks := o.children(grid.Assignments, c); len(tasks) != 1 || o.read(c).Step != "hand" {
		t.Errorf("%d tasks of a case at %s", len(tasks), o.read(c).Step)
	}
}

// What lies in no community opens as such, not as everything.
func TestRateOfNoCommunity(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.report("不知在哪里", nil)
	o.report("垃圾外溢", register.Values{"class_name": "0102暴露垃圾", "address": "滨河小区7号楼"})
	all, err := o.house.Office().Grid.Rate(t.Context(), o.users["governance.officer"], "2026-02", "missed", nil)
	o.must(err)
	none := uint64(0)
	nowhere, err := o.house.Office().Grid.Rate(t.Context(), o.users["governance.officer"], "2026-02", "missed", &none)
	o.must(err)
	if len(all.Of) != 2 || len(nowhere.Of) != 1 {
		t.Errorf("%d in all, %d nowhere", len(all.Of), len(nowhere.Of))
	}
}
