package allowance_test

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/allowance"
	"jiezhen/app/benefit"
	"jiezhen/app/place"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/staff"
	"jiezhen/assets"
)

// desk is a small real office with those who pay allowances.
type desk struct {
	t     testing.TB
	house *app.House
	dir   string
	now   time.Time
	users map[string]access.Viewer
	east  uint64
}

// noon is the day on which most tests begin.
var noon = time.Date(2026, 4, 20, 12, 0, 0, 0, time.Local)

func (d *desk) config(dir string) app.Config {
	return app.Config{Dir: filepath.Join(dir, "data"), KeyDir: filepath.Join(dir, "keys"), Assets: assets.FS(),
		Clock: func() time.Time { return d.now }, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), PasswordCost: app.Cost{Memory: 64, Passes: 1, Threads: 1}}
}

func open(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, now: noon, users: map[string]access.Viewer{}, dir: t.TempDir()}
	var err error
	d.house, err = app.Enter(t.Context(), d.config(d.dir))
	d.must(err)
	t.Cleanup(func() { d.must(d.house.Leave()) })
	_, err = d.house.Found(t.Context())
	d.must(err)
	d.create(access.Office(), record.Draft{Register: "office.profile", Values: register.Values{"town_code": "110109002", "town_name": "城子街道",
		"name": "城子街道办事处", "seal_name": "城子街道办事处", "single_hand": false}})
	d.office().Noticed("office.profile")
	_, _, err = d.office().Places.Set(t.Context(), access.Office(), []place.Import{{Level: place.LevelDistrict, Code: "110109", Name: "门头沟区"},
		{Level: place.LevelTown, Code: "110109002", Name: "城子街道"}, {Level: place.LevelCommunity, Code: "110109002001", Name: "虚构东社区"}})
	d.must(err)
	d.must(d.office().Book.View(t.Context(), access.Office(), func(tx *record.Tx) error {
		found, err := tx.Find(record.Places, "code", "110109002001")
		if err == nil {
			d.east = found[0].ID
		}
		return err
	}))
	d.staff()
	return d
}

func (d *desk) office() *app.Office { return d.house.Office() }

func (d *desk) staff() {
	roles := []string{"child.officer", "child.supervisor", "welfare.head", "leader", "child.director", "admin.security"}
	var users []staff.NewUser
	for _, r := range roles {
		users = append(users, staff.NewUser{Login: strings.ReplaceAll(r, ".", "-"), Name: "测" + r, Roles: []string{r}, Password: "Ceshi-2026-kouling", Lasting: true})
	}
	users[4].Communities = []uint64{d.east}
	made, err := d.office().Staff.FirstAccounts(d.t.Context(), users)
	d.must(err)
	for _, role := range d.office().Roles {
		for i, r := range roles {
			if role.ID == r {
				d.users[r] = access.Viewer{User: made[i].ID, Name: users[i].Name, Roles: []access.Role{role}, Communities: users[i].Communities, Now: d.now}
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

// refused fails unless an error is a refusal that says something.
func (d *desk) refused(err error, words string) {
	d.t.Helper()
	r, ok := record.AsRefusal(err)
	if !ok {
		d.t.Fatalf("not refused: %v", err)
	}
	all := r.Text
	for _, p := range r.Problems {
		all += p.Label + p.Text
	}
	if !strings.Contains(all, words) {
		d.t.Errorf("refused with %q, not %q", all, words)
	}
}

func (d *desk) change(v access.Viewer, fn func(tx *record.Tx) error) error {
	return d.office().Book.Change(d.t.Context(), v, "测试", fn)
}

func (d *desk) create(v access.Viewer, draft record.Draft) record.Ref {
	d.t.Helper()
	ref, err := d.try(v, draft)
	d.must(err)
	return ref
}

func (d *desk) try(v access.Viewer, draft record.Draft) (ref record.Ref, err error) {
	err = d.change(v, func(tx *record.Tx) error {
		r, err := tx.Create(draft)
		if err == nil {
			ref = r.Ref
		}
		return err
	})
	return ref, err
}

func (d *desk) read(ref record.Ref) *record.Record {
	d.t.Helper()
	var out *record.Record
	d.must(d.office().Book.View(d.t.Context(), access.Office(), func(tx *record.Tx) error {
		r, err := tx.Open(ref)
		out = r
		return err
	}))
	return out
}

// all are the records of a register.
func (d *desk) all(reg string) (out []*record.Record) {
	d.t.Helper()
	d.must(d.office().Book.View(d.t.Context(), access.Office(), func(tx *record.Tx) error {
		return tx.Each(reg, func(r *record.Record) (bool, error) { out = append(out, r); return true, nil })
	}))
	return out
}

func (d *desk) act(role string, ref record.Ref, action string, values register.Values) error {
	rev := d.read(ref).Rev
	return d.change(d.users[role], func(tx *record.Tx) error {
		_, err := tx.Do(ref, rev, action, record.Input{Values: values, Note: "测试"})
		return err
	})
}

func (d *desk) do(role string, ref record.Ref, action string, values register.Values) {
	d.t.Helper()
	if err := d.act(role, ref, action, values); err != nil {
		d.t.Fatalf("%s %s %s: %v", role, action, ref, err)
	}
}

func (d *desk) edit(role string, ref record.Ref, values register.Values) {
	d.t.Helper()
	rev := d.read(ref).Rev
	d.must(d.change(d.users[role], func(tx *record.Tx) error { _, err := tx.Save(ref, rev, values); return err }))
}

// standard enters a standard and has it checked.
func (d *desk) standard(code string, amount int64, from string) record.Ref {
	d.t.Helper()
	s := d.create(d.users["child.officer"], record.Draft{Register: allowance.Standards, Values: register.Values{"code": code, "amount": amount, "from": from, "basis": "虚构文号"}})
	d.do("welfare.head", s, "check", nil)
	d.office().Noticed(allowance.Standards)
	return s
}

func (d *desk) person(name, birth string, more register.Values) record.Ref {
	d.t.Helper()
	v := register.Values{"name": name, "sex": "2", "birth": birth, "community": fmt.Sprint(d.east), "life": "1"}
	maps.Copy(v, more)
	return d.create(access.Office(), record.Draft{Register: record.Persons, Values: v})
}

// account is an account number by a small number; it passes the Luhn check.
func account(n int) string {
	base := fmt.Sprintf("62220000%010d", n)
	sum := 0
	for i := range base {
		k := int(base[len(base)-1-i] - '0')
		if i%2 == 0 {
			if k *= 2; k > 9 {
				k -= 9
			}
		}
		sum += k
	}
	return base + fmt.Sprint((10-sum%10)%10)
}

// child is a child with an account.
func (d *desk) child(n int, birth string) record.Ref {
	d.t.Helper()
	return d.person(fmt.Sprintf("测童%03d", n), birth, register.Values{"bank_name": "虚构银行", "bank_account": account(n)})
}

// orphan is a child whom the district has recognised as unattended.
func (d *desk) orphan(child record.Ref, decided string, more register.Values) record.Ref {
	d.t.Helper()
	v := register.Values{"applied_at": "2026-03-02", "applicant": fmt.Sprint(child.ID), "reason": "测试", "local": "yes", "abode": "scattered",
		"father_state": "5", "father_evidence": "判决书", "father_from": "2024-06-30", "father_until": "2029-06-30",
		"mother_state": "8", "mother_evidence": "回执单", "mother_from": "2024-11-08", "conclusion": "unsupported", "decision": "yes", "decision_at": decided}
	maps.Copy(v, more)
	return d.create(access.Office(), record.Draft{Register: "child.orphan", Step: "confirmed", Subject: child.ID, Values: v})
}

// enrol makes members of everybody who can be.
func (d *desk) enrol(refs ...record.Ref) {
	d.t.Helper()
	n, err := d.office().Allowance.Enrol(d.t.Context(), d.users["child.officer"], allowance.Entry{Sources: refs})
	d.must(err)
	if n != len(refs) {
		d.t.Fatalf("%d of %d entered", n, len(refs))
	}
}

func month(s string) benefit.Month {
	m, err := benefit.ParseMonth(s)
	if err != nil {
		panic(err)
	}
	return m
}

// cycle opens a month.
func (d *desk) cycle(programme, m string) record.Ref {
	d.t.Helper()
	c, err := d.office().Allowance.OpenCycle(d.t.Context(), d.users["child.officer"], programme, month(m))
	d.must(err)
	return c
}

// approved opens a month, sends it up and has it approved.
func (d *desk) approved(programme, m string) record.Ref {
	d.t.Helper()
	c := d.cycle(programme, m)
	d.do("child.officer", c, "submit", nil)
	d.do("welfare.head", c, "approve", nil)
	return c
}

func (d *desk) reckon(programme, m string) *allowance.Run {
	d.t.Helper()
	r, err := d.office().Allowance.Reckon(d.t.Context(), programme, month(m))
	d.must(err)
	return r
}

// lines writes the lines that count, in the order in which they were made.
func (d *desk) lines() string {
	d.t.Helper()
	var out []string
	for _, l := range d.all(allowance.Lines) {
		if l.Text("state") != "void" {
			out = append(out, fmt.Sprintf("%s %s %d %s", l.Text("month"), l.Text("kind"), l.Values["amount"].(int64)/100, l.Text("state")))
		}
	}
	return strings.Join(out, "; ")
}
