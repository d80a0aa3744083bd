package staff

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// give puts n cases into a user's hands.
func (o *office) give(t *testing.T, reg, login string, n int) []record.Ref {
	t.Helper()
	var refs []record.Ref
	for len(refs) < n {
		err := o.book.Change(t.Context(), access.Office(), "", func(tx *record.Tx) error {
			for range min(400, n-len(refs)) {
				r, err := tx.Create(record.Draft{Register: reg, Owner: o.id[login], Values: register.Values{"title": fmt.Sprintf("事项%d", len(refs))}})
				if err != nil {
					return err
				}
				refs = append(refs, r.Ref)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return refs
}

// owned counts what is in a user's hands.
func (o *office) owned(t *testing.T, login string) int {
	t.Helper()
	n, err := o.desk.countOpen(t.Context(), o.id[login])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (o *office) leave(to string) Plan {
	return Plan{From: o.id["officer"], To: o.id[to], Reason: "退休", LastDay: o.book.Today()}
}

func TestHandOverCutShortGoesOn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.give(t, "test.case", "officer", 1200)
	head := o.viewer(t, "head")
	s, err := o.desk.plan(t.Context(), head, o.leave("officer2").store(head))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := o.desk.moveSome(t.Context(), s, map[record.Ref]string{}); err != nil || n != 500 {
		t.Fatalf("first batch: %d, %v", n, err)
	}
	o.reopen(t) // cut short between two batches
	if got := o.owned(t, "officer"); got != 700 {
		t.Fatalf("%d left after the first batch, want 700", got)
	}
	if ended(o.user(t, "officer"), o.book.Today().AddDays(1)) {
		t.Fatal("the account has an end before its work has been handed over")
	}
	out, err := o.desk.HandOver(t.Context(), head, o.leave("officer2"))
	if err != nil {
		t.Fatal(err)
	}
	if out.Moved != 1200 || len(out.Failed) != 0 || out.Record.ID != s.Record {
		t.Errorf("outcome %+v, want 1200 moved on sheet %d", out, s.Record)
	}
	if o.owned(t, "officer") != 0 || o.owned(t, "officer2") != 1200 {
		t.Errorf("%d left, %d arrived", o.owned(t, "officer"), o.owned(t, "officer2"))
	}
	if rows, _ := o.record(t, out.Record).Values[fieldItems].([]map[string]any); len(rows) != 1200 {
		t.Errorf("the sheet lists %d records", len(rows))
	}
	if got := o.user(t, "officer").Date(fieldUntil); got != o.book.Today() {
		t.Errorf("the account ends on %q", got)
	}
}

func TestWorkGivenOnMeanwhileIsLeftAlone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ref := o.give(t, "test.case", "officer", 1)[0]
	head := o.viewer(t, "head")
	s, err := o.desk.plan(t.Context(), head, o.leave("officer2").store(head))
	if err != nil {
		t.Fatal(err)
	}
	err = o.book.Change(t.Context(), head, "", func(tx *record.Tx) error {
		_, err := tx.Assign(ref, 0, o.id["leader"], "先给主任")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.desk.move(t.Context(), s, []handed{{ref, o.id["officer2"]}}, map[record.Ref]string{}); err != nil {
		t.Fatal(err)
	}
	if got := o.record(t, ref).Owner; got != o.id["leader"] || s.Moved != 0 {
		t.Errorf("owner %d, %d moved", got, s.Moved)
	}
}

func TestSettleFinishesWhatWasCutShort(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.give(t, "test.case", "officer", 3)
	head := o.viewer(t, "head")
	if _, err := o.desk.plan(t.Context(), head, o.leave("officer2").store(head)); err != nil {
		t.Fatal(err)
	}
	o.reopen(t)
	stranded, err := o.desk.Settle(t.Context())
	if err != nil || len(stranded) != 0 {
		t.Fatalf("settle: %v, %v", stranded, err)
	}
	if o.owned(t, "officer2") != 3 {
		t.Errorf("%d arrived", o.owned(t, "officer2"))
	}
}

func TestWorkThatComesAfterTheLastDayIsPassedOn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if _, err := o.desk.HandOver(t.Context(), o.viewer(t, "head"), o.leave("officer2")); err != nil {
		t.Fatal(err)
	}
	o.clock.add(48 * time.Hour)
	o.give(t, "test.case", "officer", 2)
	if stranded, err := o.desk.Settle(t.Context()); err != nil || len(stranded) != 0 {
		t.Fatalf("settle: %v, %v", stranded, err)
	}
	if o.owned(t, "officer") != 0 || o.owned(t, "officer2") != 2 {
		t.Error("work stays in the hands of an ended account")
	}
}

func TestNearestAnswerOfThePlanCounts(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	cases, tasks := o.give(t, "test.case", "officer", 3), o.give(t, "test.task", "officer", 2)
	p := o.leave("officer2")
	p.PerRegister = map[string]uint64{"test.task": o.id["head"]}
	p.PerRecord = map[record.Ref]uint64{cases[0]: o.id["leader"]}
	if _, err := o.desk.HandOver(t.Context(), o.viewer(t, "head"), p); err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[record.Ref]string{cases[0]: "leader", cases[1]: "officer2", tasks[0]: "head", tasks[1]: "head"} {
		if got := o.record(t, ref).Owner; got != o.id[want] {
			t.Errorf("%s went to %d, want %s", ref, got, want)
		}
	}
}

func TestPlansThatAreRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.give(t, "test.case", "officer", 1)
	if err := o.desk.Disable(t.Context(), o.viewer(t, "security"), o.id["officer2"], o.book.Today()); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		who  string
		plan func(*Plan)
		says string
	}{
		"no reason":         {"head", func(p *Plan) { p.Reason = "" }, "原因"},
		"nobody":            {"head", func(p *Plan) { p.To = 0 }, "请选定接手人"},
		"to oneself":        {"head", func(p *Plan) { p.To = p.From }, "不能是交接人自己"},
		"to whoever leaves": {"head", func(p *Plan) { p.To = o.id["officer2"] }, "停用"},
		"to no user":        {"head", func(p *Plan) { p.To = 9999 }, "不在用户名册"},
		"to no such post":   {"head", func(p *Plan) { p.To = o.id["audit"] }, "岗位不能办理"},
		"head of others":    {"head2", func(*Plan) {}, "不归您分派"},
		"by a colleague":    {"community", func(*Plan) {}, "工作交接由"},
		"own last day":      {"officer", func(*Plan) {}, "停用账号由"},
	} {
		p := o.leave("head")
		c.plan(&p)
		_, err := o.desk.HandOver(t.Context(), o.viewer(t, c.who), p)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	if o.owned(t, "officer") != 1 {
		t.Error("a refused plan moved something")
	}
}

func TestAccountWithOpenWorkGetsNoEnd(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.give(t, "test.case", "officer", 2)
	err := o.desk.Disable(t.Context(), o.viewer(t, "security"), o.id["officer"], o.book.Today())
	if err == nil || !strings.Contains(err.Error(), "名下还有 2 件在办") {
		t.Errorf("disable: %v", err)
	}
}

func TestSealedRecordsMoveUnnamed(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.give(t, "test.sealed", "officer", 2)
	security := o.viewer(t, "security")
	w, err := o.desk.OpenWork(t.Context(), security, o.id["officer"])
	if err != nil || w.Restricted != 2 || len(w.Owned) != 0 {
		t.Fatalf("open work: %+v, %v", w, err)
	}
	p := o.leave("head")
	if _, err := o.desk.HandOver(t.Context(), security, p); err == nil || strings.Contains(err.Error(), "密件") {
		t.Fatalf("a taker without the post, or its register named: %v", err)
	}
	p.Restricted = o.id["officer2"]
	out, err := o.desk.HandOver(t.Context(), security, p)
	if err != nil || out.Moved != 2 {
		t.Fatalf("hand-over: %+v, %v", out, err)
	}
	if rows := o.record(t, out.Record).Values[fieldItems]; rows != nil {
		t.Errorf("the sheet names sealed records: %v", rows)
	}
}

func TestRecordThatRefusesDoesNotHoldUpTheOthers(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	refs := o.give(t, "test.case", "officer", 7)
	o.refuse[refs[3]] = true
	head := o.viewer(t, "head")
	out, err := o.desk.HandOver(t.Context(), head, o.leave("officer2"))
	if err == nil || len(out.Failed) != 1 || out.Failed[0].Ref != refs[3] {
		t.Fatalf("outcome %+v, %v", out, err)
	}
	if o.owned(t, "officer") != 1 || o.user(t, "officer").Date(fieldUntil) != "" {
		t.Error("the others wait, or the account has ended with work in its hands")
	}
	delete(o.refuse, refs[3])
	if _, err := o.desk.HandOver(t.Context(), head, o.leave("officer2")); err != nil {
		t.Fatal(err)
	}
	if o.owned(t, "officer") != 0 {
		t.Error("the mended record was not moved")
	}
}

func TestDraftsAndOffersAreNotLost(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ref := o.give(t, "test.case", "head", 1)[0]
	head := o.viewer(t, "head")
	err := o.book.Change(t.Context(), head, "", func(tx *record.Tx) error {
		_, err := tx.Transfer(ref, 0, o.id["officer"], "请接办")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	draft := record.Kept{Form: "/r/test.case/new", Typed: map[string][]string{"title": {"写了一半"}}}
	if err := o.book.KeepDraft(t.Context(), o.id["officer"], draft); err != nil {
		t.Fatal(err)
	}
	w, err := o.desk.OpenWork(t.Context(), head, o.id["officer"])
	if err != nil || len(w.Offered) != 1 || len(w.Drafts) != 1 {
		t.Fatalf("open work: %+v, %v", w, err)
	}
	if _, err := o.desk.HandOver(t.Context(), head, o.leave("officer2")); err != nil {
		t.Fatal(err)
	}
	if got := o.record(t, ref).Transfers[0].State; got != "rejected" {
		t.Errorf("the offer to whoever left is %s", got)
	}
	if _, ok, _ := o.book.DraftOf(t.Context(), o.id["officer2"], draft.Form); !ok {
		t.Error("the unsent form was not passed on")
	}
}

func TestApprovalsWaitingAreListed(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ref := o.give(t, "test.case", "officer", 1)[0]
	err := o.book.Change(t.Context(), o.viewer(t, "officer"), "", func(tx *record.Tx) error {
		_, err := tx.Do(ref, 0, "submit", record.Input{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w, err := o.desk.OpenWork(t.Context(), o.viewer(t, "head"), o.id["head"])
	if err != nil || len(w.Waiting) != 1 || w.Waiting[0].Ref != ref {
		t.Errorf("waiting: %+v, %v", w.Waiting, err)
	}
}
