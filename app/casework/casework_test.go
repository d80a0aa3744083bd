package casework_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/casework"
	"jiezhen/app/place"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/staff"
	"jiezhen/app/value"
	"jiezhen/assets"
)

// desk is a small real office with a child and those who work on its case.
type desk struct {
	t     *testing.T
	house *app.House
	now   time.Time
	child uint64
	of    record.Ref
	users map[string]access.Viewer
}

func open(t *testing.T) *desk {
	t.Helper()
	dir := t.TempDir()
	d := &desk{t: t, now: time.Date(2026, 4, 1, 10, 0, 0, 0, time.Local), users: map[string]access.Viewer{}}
	var err error
	d.house, err = app.Enter(t.Context(), app.Config{Dir: filepath.Join(dir, "data"), KeyDir: filepath.Join(dir, "keys"), Assets: assets.FS(),
		Clock: func() time.Time { return d.now }, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), PasswordCost: app.Cost{Memory: 64, Passes: 1, Threads: 1}})
	d.must(err)
	t.Cleanup(func() { d.must(d.house.Leave()) })
	_, err = d.house.Found(t.Context())
	d.must(err)
	d.create(access.Office(), record.Draft{Register: "office.profile", Values: register.Values{"town_code": "110109002", "town_name": "城子街道",
		"name": "城子街道办事处", "seal_name": "城子街道办事处", "single_hand": false}})
	d.house.Office().Noticed("office.profile")
	_, _, err = d.house.Office().Places.Set(t.Context(), access.Office(), []place.Import{{Level: place.LevelDistrict, Code: "110109", Name: "门头沟区"},
		{Level: place.LevelTown, Code: "110109002", Name: "城子街道"}, {Level: place.LevelCommunity, Code: "110109002001", Name: "虚构东社区"}})
	d.must(err)
	d.staff(t.Context())
	d.child = d.create(access.Office(), record.Draft{Register: record.Persons, Values: register.Values{"name": "禹宁川", "sex": "2", "birth": "2015-05-06", "life": "1"}}).ID
	d.of = d.newCase(d.child)
	return d
}

// staff makes an officer, a supervisor and a head.
func (d *desk) staff(ctx context.Context) {
	var users []staff.NewUser
	roles := []string{"child.officer", "child.supervisor", "welfare.head", "admin.security"}
	for _, r := range roles {
		users = append(users, staff.NewUser{Login: strings.ReplaceAll(r, ".", "-"), Name: "测" + r, Roles: []string{r}, Password: "Ceshi-2026-kouling", Lasting: true})
	}
	made, err := d.house.Office().Staff.FirstAccounts(ctx, users)
	d.must(err)
	for _, role := range d.house.Office().Roles {
		for i, r := range roles {
			if role.ID == r {
				d.users[r] = access.Viewer{User: made[i].ID, Name: users[i].Name, Roles: []access.Role{role}, Now: d.now}
			}
		}
	}
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) change(v access.Viewer, fn func(tx *record.Tx) error) error {
	return d.house.Office().Book.Change(d.t.Context(), v, "测试", fn)
}

func (d *desk) create(v access.Viewer, draft record.Draft) record.Ref {
	d.t.Helper()
	var ref record.Ref
	d.must(d.change(v, func(tx *record.Tx) error {
		r, err := tx.Create(draft)
		if err == nil {
			ref = r.Ref
		}
		return err
	}))
	return ref
}

func (d *desk) caseDraft(child uint64) record.Draft {
	return record.Draft{Register: casework.Cases, Subject: child, Owner: d.users["child.officer"].User,
		Values: register.Values{"received_at": "2026-03-30", "source": "visit", "judgement": "open", "consent": "guardian", "problem": "祖父年高，照料吃力"}}
}

func (d *desk) newCase(child uint64) record.Ref {
	d.t.Helper()
	return d.create(d.users["child.officer"], d.caseDraft(child))
}

func (d *desk) read(ref record.Ref) *record.Record {
	d.t.Helper()
	var out *record.Record
	d.must(d.house.Office().Book.View(d.t.Context(), access.Office(), func(tx *record.Tx) error {
		r, err := tx.Open(ref)
		out = r
		return err
	}))
	return out
}

// edit adds to a record's values as the officer.
func (d *desk) edit(more register.Values) error {
	r := d.read(d.of)
	values := r.Values.Clone()
	for k, v := range more {
		values[k] = v
	}
	return d.change(d.users["child.officer"], func(tx *record.Tx) error {
		_, err := tx.Save(d.of, r.Rev, values)
		return err
	})
}

func (d *desk) act(role, action string, in register.Values) error {
	return d.change(d.users[role], func(tx *record.Tx) error {
		_, err := tx.Do(d.of, d.read(d.of).Rev, action, record.Input{Values: in, Note: "试"})
		return err
	})
}

func (d *desk) refused(err error, want string) {
	d.t.Helper()
	r, ok := record.AsRefusal(err)
	if !ok {
		d.t.Fatalf("%v is no refusal", err)
	}
	said := r.Text
	for _, p := range r.Problems {
		said += p.Label + "：" + p.Text
	}
	if !strings.Contains(said, want) {
		d.t.Fatalf("refused with %q, want %q", said, want)
	}
}

// scores are the eight answers, in the order of the form.
func scores(n ...int) register.Values {
	out := register.Values{}
	for i, id := range []string{"willingness", "ability", "dwelling", "economy", "health", "education", "emotion", "support"} {
		out[id] = fmt.Sprint(n[i])
	}
	return out
}

func TestGradeBySumAndWorst(t *testing.T) {
	d := open(t)
	for _, c := range []struct {
		name  string
		given register.Values
		total float64
		want  string
	}{
		{"nothing wrong", scores(0, 0, 0, 0, 0, 0, 0, 0), 0, "blue"},
		{"below yellow", scores(1, 1, 1, 0, 0, 0, 0, 0), 3, "blue"},
		{"yellow", scores(1, 1, 1, 1, 0, 0, 0, 0), 4, "yellow"},
		{"sample: ability 3, education 2, emotion 3", scores(0, 3, 0, 0, 0, 2, 3, 0), 8, "orange"},
		{"one item of 4 is at least orange", scores(0, 4, 0, 0, 0, 0, 0, 0), 4, "orange"},
		{"red", scores(4, 4, 4, 4, 4, 0, 0, 0), 20, "red"},
		{"everything", scores(4, 4, 4, 4, 4, 4, 4, 4), 32, "red"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.must(d.edit(c.given))
			r := d.read(d.of)
			if r.Values["score_total"] != c.total || r.Text("grade_suggested") != c.want {
				t.Errorf("%v %s, want %v %s", r.Values["score_total"], r.Text("grade_suggested"), c.total, c.want)
			}
		})
	}
	d.must(d.edit(register.Values{"education": ""}))
	if r := d.read(d.of); r.Values["grade_suggested"] != nil || r.Values["score_total"] != nil {
		t.Errorf("seven answers are graded %v", r.Values["grade_suggested"])
	}
}

func TestLowerGradeNeedsAReason(t *testing.T) {
	d := open(t)
	more := scores(0, 3, 0, 0, 0, 2, 3, 0)
	more["grade"] = "yellow"
	d.refused(d.edit(more), "写明理由")
	more["grade_reason"] = "祖母已搬来同住"
	d.must(d.edit(more))
	delete(more, "grade_reason")
	more["grade"], more["grade_reason"] = "red", ""
	d.must(d.edit(more))
}

func TestOneOpenCaseForAChild(t *testing.T) {
	d := open(t)
	err := d.change(d.users["child.officer"], func(tx *record.Tx) error {
		_, err := tx.Create(d.caseDraft(d.child))
		return err
	})
	d.refused(err, "一个儿童同时只办一案")
	d.must(d.act("child.officer", "refuse", nil))
	second := d.newCase(d.child)
	d.refused(d.act("child.officer", "reconsider", nil), "另有在办个案")
	if second == d.of {
		t.Fatal("no second case")
	}
}

// serve takes the case to its service.
func (d *desk) serve() {
	d.t.Helper()
	d.must(d.act("child.officer", "accept", nil))
	more := scores(0, 3, 0, 0, 0, 2, 3, 0)
	more["grade"], more["assessed_at"], more["needs"] = "orange", "2026-04-01", "照料支持"
	d.must(d.edit(more))
	d.must(d.act("child.officer", "assess", nil))
	d.must(d.edit(register.Values{"planned_at": "2026-04-01", "goals": []map[string]any{{"goal": "到校率90%", "measure": "每周联系学校", "responsible": "测", "until": "2026-07-01", "state": "active"}}}))
	d.must(d.act("child.officer", "submit", nil))
	if err := d.act("child.officer", "approve", nil); err == nil {
		d.t.Fatal("an officer approves the plan of their own")
	}
	d.must(d.act("welfare.head", "approve", nil))
}

var ending = register.Values{"closed_reason": "done", "outcome": "part", "closing_note": "到校率稳定", "follow": "quarter"}

func TestClosingAsksForItsWork(t *testing.T) {
	d := open(t)
	d.serve()
	for f, list := range map[string]string{"closed_reason": "child.closure", "outcome": "child.outcome", "follow": "case.follow"} {
		codes, _ := d.house.Office().Book.Policy().Codes(list)
		ending[f] = codes.Items[0].Code
	}
	d.refused(d.act("child.officer", "finish", ending), "结案评估")
	review := func(closing bool, grade string) map[string]any {
		return map[string]any{"date": "2026-04-01", "grade": grade, "closing": closing}
	}
	d.must(d.edit(register.Values{"reviews": []map[string]any{review(true, "yellow")}}))
	d.refused(d.act("child.officer", "finish", ending), "目标还没有结果")
	d.must(d.edit(register.Values{"goals": []map[string]any{{"goal": "到校率90%", "measure": "每周联系学校", "responsible": "测", "until": "2026-07-01", "state": d.ended()}}}))
	d.must(d.edit(register.Values{"escalated_at": "2026-04-01"}))
	d.refused(d.act("child.officer", "finish", ending), "连续2次评估不高于黄级")
	d.must(d.edit(register.Values{"reviews": []map[string]any{review(false, "blue"), review(true, "yellow")}}))
	d.must(d.act("child.officer", "finish", ending))
	d.must(d.act("welfare.head", "close", nil))
	if r := d.read(d.of); r.Open() {
		t.Errorf("the case is %s", r.Step)
	}
}

// ended is the code of a goal that has come to its end.
func (d *desk) ended() string {
	codes, _ := d.house.Office().Book.Policy().Codes("case.goal.state")
	for _, c := range codes.Items {
		if c.Code != "planned" && c.Code != "active" {
			return c.Code
		}
	}
	d.t.Fatal("no ended state of a goal")
	return ""
}

// enter saves one visit as a sheet that came back does.
func (d *desk) enter(v register.Values) casework.Entered {
	d.t.Helper()
	out, err := d.house.Office().Cases.Enter(d.t.Context(), d.users["child.officer"], []casework.Filled{{Line: 3, Child: d.child, Values: v}})
	d.must(err)
	if len(out) != 1 || out[0].Line != 3 {
		d.t.Fatalf("entered %v", out)
	}
	return out[0]
}

func TestVisitsMoveTheCase(t *testing.T) {
	d := open(t)
	d.serve()
	reasons, _ := d.house.Office().Book.Policy().Codes("child.visit.unseen")
	missed := func(on string) register.Values {
		return register.Values{"actual": on, "child_seen": false, "unseen_reason": reasons.Items[0].Code}
	}
	if e := d.enter(register.Values{"actual": "2026-03-31", "child_seen": true, "finding": "在家写作业"}); e.Failed != "" {
		t.Fatal(e.Failed)
	}
	if e := d.enter(register.Values{"actual": "2026-03-30", "child_seen": true, "finding": "补录更早的一次"}); e.Failed != "" {
		t.Fatal(e.Failed)
	}
	if got := d.read(d.of).Date("last_visit"); got != "2026-03-31" {
		t.Errorf("last visit %s: an older one counts", got)
	}
	if e := d.enter(missed("2026-04-01")); e.Failed != "" {
		t.Fatal(e.Failed)
	}
	if r := d.read(d.of); r.Text("escalated_at") != "" || r.Date("last_visit") != "2026-03-31" {
		t.Error("one missed visit raises the case, or counts as a visit")
	}
	if e := d.enter(missed("2026-04-01")); e.Failed != "" {
		t.Fatal(e.Failed)
	}
	r := d.read(d.of)
	if r.Text("escalated_at") != "2026-04-01" {
		t.Error("two missed visits running do not raise the case")
	}
	var words string
	d.must(d.house.Office().Book.View(t.Context(), access.Office(), func(tx *record.Tx) error {
		notes, err := tx.NotesOf(r)
		for _, n := range notes {
			words += n.Text
		}
		return err
	}))
	if !strings.Contains(words, "连续2次走访未见到儿童") || !strings.Contains(words, "强制报告") {
		t.Errorf("notes say %q", words)
	}
}

func TestWrongLinesComeBackAndRightOnesAreSaved(t *testing.T) {
	d := open(t)
	other := d.create(access.Office(), record.Draft{Register: record.Persons, Values: register.Values{"name": "单于远", "sex": "1", "birth": "2014-03-02", "life": "1"}}).ID
	out, err := d.house.Office().Cases.Enter(t.Context(), d.users["child.officer"], []casework.Filled{
		{Line: 3, Child: d.child, Values: register.Values{"actual": "2026-04-02", "child_seen": true, "finding": "明天的走访"}},
		{Line: 4, Child: other, Values: register.Values{"actual": "2026-03-31", "child_seen": true, "finding": "在家"}},
	})
	d.must(err)
	if len(out) != 2 || !strings.Contains(out[0].Failed, "实际日期不能晚于今天") || out[0].Ref != (record.Ref{}) {
		t.Fatalf("a visit of tomorrow: %+v", out)
	}
	if out[1].Failed != "" || d.read(out[1].Ref).Step != "done" {
		t.Errorf("the right line: %+v", out[1])
	}
}

func TestWeekSheetThereAndBack(t *testing.T) {
	d := open(t)
	d.serve()
	v, ctx := d.users["child.officer"], t.Context()
	tasks, err := d.house.Office().Cases.Week(ctx, v, 0, value.Date("2026-12-31"))
	d.must(err)
	if len(tasks) != 1 || tasks[0].Child != d.child || tasks[0].Name != "禹宁川" {
		t.Fatalf("the week is %+v", tasks)
	}
	sheet, err := d.house.Office().Cases.Workbook(tasks, "走访周表")
	d.must(err)
	if _, err := d.house.Office().Cases.ReadWorkbook(ctx, v, sheet); err == nil {
		t.Error("an empty sheet is taken")
	}
	back, err := d.house.Office().Cases.ReadWorkbook(ctx, v, fillSheet(t, sheet, map[string]string{"actual": "46113", "child_seen": "是", "finding": "在家写作业"}, d.house.Office().Cases.Fields()))
	d.must(err)
	if len(back) != 1 || back[0].Child != d.child || back[0].Typed["actual"] != "2026-04-01" || back[0].Typed["finding"] != "在家写作业" {
		t.Errorf("came back as %+v", back)
	}
	if _, err := d.house.Office().Cases.ReadWorkbook(ctx, v, []byte("no workbook")); err == nil {
		t.Error("a file that is no workbook is taken")
	}
}

func TestComingOfAge(t *testing.T) {
	d := open(t)
	ref := d.create(d.users["child.officer"], record.Draft{Register: casework.Files, Subject: d.child,
		Values: register.Values{"found_at": "2026-03-30", "source": "visit", "clue": "祖父照料"}})
	if got := d.read(ref).Text("adult_on"); got != "2033-05-06" {
		t.Errorf("of age on %s", got)
	}
}
