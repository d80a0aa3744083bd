package record

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/calendar"
	"jiezhen/app/policy"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/embedstore"
)

const personYAML = `
id: person.file
title: 人员主档
subject: none
number: "R-{town3}-{yyyy}-{000000}"
rights: {create: [officer, worker], read: [officer, worker, boss], edit: [officer, worker]}
fields:
  - {id: name, label: 姓名, type: text, required: true, equal: true}
  - {id: id_number, label: 证件号码, type: idcard, unique: true, key: true, mask: true}
  - {id: protected, label: 受保护, type: yesno}
  - {id: community, label: 社区, type: place}
`

const caseYAML = `
id: child.case
system: B16
title: 个案
subject: person
subject_label: 儿童
protect: minor
number: "B16-{town3}-{yyyy}-{00000}"
rights: {create: [officer, worker], read: [officer, worker, boss], edit: [officer, worker], assign: [boss]}
fields:
  - {id: grade, label: 等级, type: code, codes: child.risk, column: true}
  - {id: seen_on, label: 见面日期, type: date, column: true}
  - {id: need, label: 需求, type: note}
  - {id: money, label: 金额, type: money}
  - id: goals
    label: 目标
    type: table
    fields:
      - {id: goal, label: 目标, type: text, required: true}
      - {id: score, label: 得分, type: number}
  - {id: last_visit, label: 最近走访, type: date}
steps:
  - {id: intake, label: 接案, due: "param('test.intake')"}
  - {id: plan, label: 计划, due: "param('test.plan')"}
  - {id: closed, label: 结案, closed: true}
actions:
  - {id: submit, label: 提交, from: intake, to: plan, by: [officer, worker], needs: [grade, need]}
  - {id: approve, label: 批准结案, from: plan, to: closed, by: [officer, boss], not_author: true, approval: true, note: required}
duties:
  - {id: visit, label: 走访, when: "grade == 'red'", every: "param('test.visit')", since: last_visit}
lists: {columns: [number, subject, grade, step, due], filters: [grade, step, seen_on]}
counts:
  - {id: red, label: 红级, when: "grade == 'red'", filter: {grade: red}}
`

const placeYAML = `
id: place.place
title: 地点
rights: {create: [officer], read: [officer, worker, boss]}
fields:
  - {id: name, label: 名称, type: text}
`

type world struct {
	*Book
	single  bool
	now     time.Time
	officer access.Viewer
	worker  access.Viewer
	boss    access.Viewer
	store   *embedstore.Store
}

func role(id string, level access.Level) access.Role {
	return access.Role{ID: id, Title: id, Domains: []string{"child", "person"}, Level: level}
}

func assets(holidays []byte) fstest.MapFS {
	return fstest.MapFS{
		"registers/person.yaml": {Data: []byte(personYAML)}, "registers/case.yaml": {Data: []byte(caseYAML)}, "registers/place.yaml": {Data: []byte(placeYAML)},
		"codes/risk.yaml": {Data: []byte("lists:\n  - {id: child.risk, title: 等级, basis: 测试, state: 示例, items: [{code: red, label: 红}, {code: blue, label: 蓝}]}\n")},
		"parameters/p.yaml": {Data: []byte(`parameters:
  - {key: test.intake, type: limit, title: 接案, value: 5 workdays, basis: 测试, state: 示例}
  - {key: test.plan, type: limit, title: 计划, value: 30 plaindays, basis: 测试, state: 示例}
  - {key: test.visit, type: limit, title: 走访, value: 7 plaindays, basis: 测试, state: 示例}
`)},
		"holidays/2026.tsv": {Data: holidays},
	}
}

func open(t *testing.T) *world { return openFor(t) }

func openFor(t testing.TB) *world {
	t.Helper()
	holidays, err := os.ReadFile("../../assets/holidays/2026.tsv")
	if err != nil {
		t.Fatal(err)
	}
	files := assets(holidays)
	set, err := policy.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	days, err := calendar.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	defs, err := fs.Sub(files, "registers")
	if err != nil {
		t.Fatal(err)
	}
	regs, err := register.Load(defs, register.World{Facts: testFacts{set}, Roles: map[string]bool{"officer": true, "worker": true, "boss": true}})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{now: time.Date(2026, 4, 1, 9, 0, 0, 0, time.Local)}
	w.store, err = embedstore.Create(embedstore.Config{Dir: t.TempDir(), Key: [32]byte{7}, Clock: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
	})
	w.Book, err = New(Config{Store: w.store, Registers: regs, Policy: func() *policy.Set { return set }, Calendar: func() *calendar.Calendar { return days },
		Clock: func() time.Time { return w.now }, Office: func() Profile { return Profile{Town: "110109002", Single: w.single} }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	w.officer = access.Viewer{User: 1, Name: "经办", Roles: []access.Role{role("officer", access.LevelStreet)}, Now: w.now}
	w.worker = access.Viewer{User: 2, Name: "主任", Roles: []access.Role{role("worker", access.LevelCommunity)}, Communities: []uint64{1}, Now: w.now}
	w.boss = access.Viewer{User: 3, Name: "领导", Roles: []access.Role{role("boss", access.LevelLead)}, Now: w.now}
	return w
}

type testFacts struct{ set *policy.Set }

func (f testFacts) Param(key string, on value.Date) (any, error) {
	p, err := f.set.Param(key, on)
	return p.Value, err
}
func (f testFacts) HasParam(key string, prefix bool) bool { return f.set.HasParam(key, prefix) }
func (f testFacts) HasCodes(l string) bool                { _, ok := f.set.Codes(l); return ok }
func (f testFacts) HasCode(l, c string) bool {
	list, _ := f.set.Codes(l)
	for _, i := range list.Items {
		if i.Code == c {
			return true
		}
	}
	return false
}

func (w *world) do(t *testing.T, v access.Viewer, fn func(*Tx) error) error {
	t.Helper()
	return w.Change(context.Background(), v, "测试", fn)
}

func (w *world) must(t *testing.T, v access.Viewer, fn func(*Tx) error) {
	t.Helper()
	if err := w.do(t, v, fn); err != nil {
		t.Fatal(err)
	}
}

// family makes a community, a person in it, and a case of that person.
func (w *world) family(t *testing.T, grade string) (person, c *Record) {
	t.Helper()
	w.must(t, w.officer, func(tx *Tx) (err error) {
		place, err := tx.AsOffice().Create(Draft{Register: Places, Values: register.Values{"name": "一社区"}})
		if err != nil {
			return err
		}
		person, err = tx.Create(Draft{Register: Persons, Values: register.Values{"name": "禹宁川", "community": idText(place.ID)}})
		if err != nil {
			return err
		}
		c, err = tx.Create(Draft{Register: "child.case", Subject: person.ID, Values: register.Values{"grade": grade}, Owner: 1})
		return err
	})
	return person, c
}

func TestNumberAndCommunityFollowTheSubject(t *testing.T) {
	w := open(t)
	_, c := w.family(t, "red")
	if c.Number != "B16-002-2026-00001" || c.Community != 1 || c.Step != "intake" {
		t.Fatalf("number %s, community %d, step %s", c.Number, c.Community, c.Step)
	}
}

func TestClocksExplainThemselves(t *testing.T) {
	w := open(t)
	_, c := w.family(t, "red")
	clocks := w.Clocks(c)
	if len(clocks) != 2 {
		t.Fatalf("clocks: %+v", clocks)
	}
	// 2026-04-01 is a Wednesday; five workdays over Qingming end on the 9th.
	if got := clocks[0].Due; got != "2026-04-09" {
		t.Errorf("intake due %s, %+v", got, clocks[0].Days)
	}
	if clocks[1].Due != "2026-04-08" || len(clocks[0].Days.Days) != 9 {
		t.Errorf("visit due %s, %d days", clocks[1].Due, len(clocks[0].Days.Days))
	}
}

func TestActionNamesWhatIsMissing(t *testing.T) {
	w := open(t)
	_, c := w.family(t, "")
	err := w.do(t, w.officer, func(tx *Tx) error { _, err := tx.Do(c.Ref, c.Rev, "submit", Input{}); return err })
	r, ok := AsRefusal(err)
	if !ok || r.Code != CodeInvalid || len(r.Problems) != 2 {
		t.Fatalf("refusal %v", err)
	}
}

func TestFourEyes(t *testing.T) {
	w := open(t)
	_, c := w.family(t, "red")
	w.must(t, w.officer, func(tx *Tx) (err error) {
		c, err = tx.Do(c.Ref, c.Rev, "submit", Input{})
		if err == nil {
			t.Error("submitted without need")
		}
		c2, err := tx.Save(Ref{"child.case", 1}, 0, register.Values{"need": "照料"})
		if err != nil {
			return err
		}
		c, err = tx.Do(c2.Ref, c2.Rev, "submit", Input{})
		return err
	})
	approve := func(v access.Viewer) error {
		return w.do(t, v, func(tx *Tx) error {
			_, err := tx.Do(c.Ref, c.Rev, "approve", Input{Note: "同意"})
			return err
		})
	}
	if r, ok := AsRefusal(approve(w.officer)); !ok || r.Code != CodeDenied {
		t.Fatal("the submitter approved their own case")
	}
	w.single = true
	if err := approve(w.officer); err != nil {
		t.Fatal(err)
	}
	_ = w.View(context.Background(), w.officer, func(tx *Tx) error {
		r, err := tx.Open(c.Ref)
		if err != nil || !r.Single || r.Open() {
			t.Errorf("single %v, step %s, %v", r.Single, r.Step, err)
		}
		return nil
	})
}

func TestStaleSaveIsRefusedAndChangesNothing(t *testing.T) {
	w := open(t)
	_, c := w.family(t, "red")
	w.must(t, w.officer, func(tx *Tx) error {
		_, err := tx.Save(c.Ref, c.Rev, register.Values{"need": "甲"})
		return err
	})
	err := w.do(t, w.officer, func(tx *Tx) error { _, err := tx.Save(c.Ref, c.Rev, register.Values{"need": "乙"}); return err })
	if r, ok := AsRefusal(err); !ok || r.Code != CodeStale {
		t.Fatal(err)
	}
	_ = w.View(context.Background(), w.officer, func(tx *Tx) error {
		if r, _ := tx.Open(c.Ref); r.Text("need") != "甲" {
			t.Error("the refused save was kept")
		}
		return nil
	})
}

func TestListsCountsAndAreas(t *testing.T) {
	w := open(t)
	person, _ := w.family(t, "red")
	for i := range 7 {
		w.must(t, w.officer, func(tx *Tx) error {
			_, err := tx.Create(Draft{Register: "child.case", Subject: person.ID, Community: uint64(1 + i%2), Values: register.Values{"grade": []string{"red", "blue"}[i%2]}})
			return err
		})
	}
	list := func(v access.Viewer, q Query) (p Page) {
		q.Register, q.Count = "child.case", true
		if err := w.View(context.Background(), v, func(tx *Tx) (err error) { p, err = tx.List(q); return err }); err != nil {
			t.Fatal(err)
		}
		return p
	}
	if p := list(w.officer, Query{}); p.Total != 8 || len(p.Rows) != 8 {
		t.Errorf("all: %d of %d", len(p.Rows), p.Total)
	}
	if p := list(w.officer, Query{Filters: map[string][]string{"grade": {"red"}}}); p.Total != 5 || len(p.Rows) != 5 {
		t.Errorf("red: %d of %d", len(p.Rows), p.Total)
	}
	if p := list(w.worker, Query{}); p.Total != 5 {
		t.Errorf("worker sees %d, want the 5 of community 1", p.Total)
	}
	if p := list(w.officer, Query{Sort: "due", Limit: 3}); len(p.Rows) != 3 || p.Next == "" {
		t.Errorf("by due: %d rows, next %q", len(p.Rows), p.Next)
	}
	seen := map[uint64]bool{}
	for q := (Query{Limit: 3}); ; {
		p := list(w.officer, q)
		for _, r := range p.Rows {
			if seen[r.ID] {
				t.Fatalf("row %d twice", r.ID)
			}
			seen[r.ID] = true
		}
		if q.After = p.Next; q.After == "" {
			break
		}
	}
	if len(seen) != 8 {
		t.Errorf("paging saw %d of 8", len(seen))
	}
	_ = w.View(context.Background(), w.worker, func(tx *Tx) error {
		counts, err := tx.Counts("child.case")
		if err != nil || counts["red"] != 5 {
			t.Errorf("counts %v %v", counts, err)
		}
		return err
	})
}

func TestProtectedPersonIsAPlaceholder(t *testing.T) {
	w := open(t)
	person, c := w.family(t, "red")
	w.must(t, w.officer, func(tx *Tx) error {
		_, err := tx.Save(person.Ref, person.Rev, register.Values{"protected": true})
		return err
	})
	opened := func(v access.Viewer) error {
		return w.View(context.Background(), v, func(tx *Tx) error { _, err := tx.Open(c.Ref); return err })
	}
	if r, ok := AsRefusal(opened(w.worker)); !ok || r.Code != CodeGuarded {
		t.Error("a protected child's case opened for a worker who is not in charge")
	}
	if err := opened(w.officer); err != nil {
		t.Errorf("the officer in charge: %v", err)
	}
	v := w.worker
	v.Opened = map[uint64]time.Time{person.ID: w.now.Add(time.Minute)}
	if err := opened(v); err != nil {
		t.Errorf("opened with a reason: %v", err)
	}
}

func TestHistoryAndNotes(t *testing.T) {
	w := open(t)
	_, c := w.family(t, "blue")
	w.must(t, w.officer, func(tx *Tx) error {
		r, err := tx.Save(c.Ref, c.Rev, register.Values{"need": "照料", "money": int64(12345),
			"goals": []map[string]any{{"goal": "到校", "score": 90.0}}})
		if err != nil {
			return err
		}
		_, err = tx.AddNote(r.Ref, "走访", "家里没有燃气报警器")
		return err
	})
	if err := w.Show(context.Background(), w.boss, c.Ref, func(tx *Tx, r *Record) error { return nil }); err != nil {
		t.Fatal(err)
	}
	_ = w.View(context.Background(), w.officer, func(tx *Tx) error {
		r, err := tx.Open(c.Ref)
		if err != nil {
			return err
		}
		if fmt.Sprint(r.Values["goals"]) != "[map[goal:到校 score:90]]" || r.Values["money"] != int64(12345) {
			t.Errorf("values %v", r.Values)
		}
		notes, err := tx.NotesOf(r)
		if err != nil || len(notes) != 1 || notes[0].ByName != "经办" {
			t.Errorf("notes %v %v", notes, err)
		}
		h, err := tx.History(r, 10)
		if err != nil || len(h) != 3 || h[0].Kind != "view" || h[1].Kind != "update" || len(h[1].Changes) != 3 {
			t.Errorf("history %+v %v", h, err)
		}
		return nil
	})
	report, err := w.store.Check(context.Background(), nil)
	if err != nil || !report.Sound() {
		t.Errorf("check: %+v %v", report.Findings, err)
	}
}

func TestTransferChangesHandsWhenAccepted(t *testing.T) {
	w := open(t)
	_, c := w.family(t, "blue")
	w.must(t, w.officer, func(tx *Tx) (err error) { c, err = tx.Transfer(c.Ref, c.Rev, 2, "调岗"); return err })
	if c.Owner != 1 {
		t.Error("changed hands before it was accepted")
	}
	_ = w.View(context.Background(), w.worker, func(tx *Tx) error {
		in, err := tx.Incoming(2)
		if err != nil || len(in) != 1 {
			t.Errorf("incoming %v %v", in, err)
		}
		return nil
	})
	w.must(t, w.worker, func(tx *Tx) (err error) { c, err = tx.Answer(c.Ref, c.Rev, 1, "accepted", ""); return err })
	if c.Owner != 2 {
		t.Error("did not change hands")
	}
}

func TestPauseStopsTheClocks(t *testing.T) {
	w := open(t)
	_, c := w.family(t, "")
	w.must(t, w.boss, func(tx *Tx) (err error) {
		c, err = tx.Pause(c.Ref, c.Rev, Pause{From: "2026-04-02", Reason: "等材料", By: 1})
		return err
	})
	if k := w.Clocks(c); !k[0].Paused || k[0].Due != "" {
		t.Errorf("%+v", k)
	}
	w.must(t, w.boss, func(tx *Tx) (err error) { c, err = tx.Resume(c.Ref, c.Rev, "2026-04-09"); return err })
	if k := w.Clocks(c); k[0].Due != "2026-04-15" {
		t.Errorf("due %s after a pause of a week", k[0].Due)
	}
}
