package people

import (
	"crypto/rand"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/calendar"
	"jiezhen/app/policy"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/embedstore"
)

// clock is moved by the tests.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// office is a small office on a real store.
type office struct {
	book  *record.Book
	desk  *Desk
	clock *clock
	roles access.Roles
	id    map[string]uint64 // persons of the facts' E0 by code
}

// facts lets the register language ask the policy.
type facts struct{ *policy.Set }

func (f facts) Param(key string, on value.Date) (any, error) {
	p, err := f.Set.Param(key, on)
	return p.Value, err
}
func (f facts) HasCodes(list string) bool { _, ok := f.Codes(list); return ok }
func (f facts) HasCode(list, code string) bool {
	l, ok := f.Codes(list)
	if !ok {
		return false
	}
	for _, item := range l.Items {
		if item.Code == code {
			return true
		}
	}
	return false
}

func newOffice(t testing.TB) *office {
	t.Helper()
	assets := os.DirFS("../../assets")
	rules, err := policy.Load(assets)
	if err != nil {
		t.Fatal(err)
	}
	days, err := calendar.Load(assets)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{clock: &clock{at: time.Date(2026, 4, 1, 10, 0, 0, 0, time.Local)}, id: map[string]uint64{}}
	if o.roles, err = access.LoadRoles(assets, "roles.yaml"); err != nil {
		t.Fatal(err)
	}
	set, err := register.Load(registers(t), register.World{Facts: facts{rules}, Roles: o.roles.Set()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := embedstore.Create(embedstore.Config{Dir: filepath.Join(t.TempDir(), "store"), Key: [32]byte{7}, Clock: o.clock.now,
		Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	rulesNow := func() *policy.Set { return rules }
	o.book, err = record.New(record.Config{Store: store, Registers: set, Policy: rulesNow,
		Calendar: func() *calendar.Calendar { return days }, Clock: o.clock.now,
		Office:     func() record.Profile { return record.Profile{Town: "110109002", TownName: "城子街道"} },
		Behaviours: Behaviours(rulesNow), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	o.desk = New(Config{Book: o.book})
	return o
}

// registers are the office's own about persons and places, and the tests' own
// beside them: a case that names persons in every way, and a sealed register.
func registers(t testing.TB) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	for _, dir := range []string{"../../assets/registers/person", "../../assets/registers/place", "../../assets/registers/staff",
		"../../assets/registers/office", "testdata"} {
		names, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files[filepath.Base(dir)+"-"+filepath.Base(name)] = &fstest.MapFile{Data: data}
		}
	}
	return files
}

// viewer is a user with one role.
func (o *office) viewer(t testing.TB, user uint64, role string, communities ...uint64) access.Viewer {
	t.Helper()
	r, ok := o.roles.Get(role)
	if !ok {
		t.Fatalf("no role %s", role)
	}
	return access.Viewer{User: user, Name: r.Title, Roles: []access.Role{r}, Communities: communities, Now: o.clock.now()}
}

func (o *office) officer(t testing.TB) access.Viewer  { return o.viewer(t, 1, "child.officer") }
func (o *office) officer2(t testing.TB) access.Viewer { return o.viewer(t, 2, "child.supervisor") }
func (o *office) leader(t testing.TB) access.Viewer   { return o.viewer(t, 3, "leader") }

// change writes as the office.
func (o *office) change(t testing.TB, fn func(*record.Tx) error) {
	t.Helper()
	if err := o.book.Change(t.Context(), access.Office(), "测试", fn); err != nil {
		t.Fatal(err)
	}
}

// create makes a record as the office.
func (o *office) create(t testing.TB, d record.Draft) *record.Record {
	t.Helper()
	var r *record.Record
	o.change(t, func(tx *record.Tx) error {
		var err error
		r, err = tx.Create(d)
		return err
	})
	return r
}

// person makes a file as the office.
func (o *office) person(t testing.TB, values register.Values) uint64 {
	t.Helper()
	return o.create(t, record.Draft{Register: record.Persons, Values: values}).ID
}

// relate says that other is person's code.
func (o *office) relate(t testing.TB, person, other uint64, code string, more register.Values) uint64 {
	t.Helper()
	values := register.Values{relationOther: idText(other), relationCode: code}
	for k, v := range more {
		values[k] = v
	}
	return o.create(t, record.Draft{Register: relationRegister, Subject: person, Values: values}).ID
}

func (o *office) file(t testing.TB, id uint64) *record.Record {
	t.Helper()
	return o.open(t, record.Ref{Register: record.Persons, ID: id})
}

func (o *office) open(t testing.TB, ref record.Ref) *record.Record {
	t.Helper()
	var r *record.Record
	err := o.book.View(t.Context(), access.Office(), func(tx *record.Tx) error {
		var err error
		r, err = tx.Open(ref)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sample is one person of the facts' E0.
type sample struct{ code, name, number string }

func samples() []sample {
	return []sample{
		{"P06", "禹宁川", "110109201409069214"}, {"P07", "禹安禾", "110109201811229247"}, {"P08", "禹长河", "110109198504179273"},
		{"P09", "邢望春", "11010919870930930X"}, {"P10", "禹德顺", "110109195302069339"}, {"P11", "沐晨", "11010920160815936X"},
		{"P16", "沐阳", "110109202002299514"}, {"P22", "单于小满", "110109199305219660"}, {"P23", "㐱思齐", "110109196907189696"},
		{"P24", "龙䶮", "110109198808089728"},
	}
}

// settle puts E0's persons and the Yu family into the office.
func (o *office) settle(t testing.TB) {
	t.Helper()
	for _, s := range samples() {
		o.id[s.code] = o.person(t, register.Values{fieldName: s.name, fieldDocument: "111", fieldNumber: s.number})
	}
	o.relate(t, o.id["P06"], o.id["P08"], "51", nil)
	o.relate(t, o.id["P07"], o.id["P08"], "51", nil)
	o.relate(t, o.id["P06"], o.id["P09"], "52", nil)
	o.relate(t, o.id["P08"], o.id["P10"], "51", nil)
	guardian := register.Values{relationGuardian: true, relationCarer: true, relationFrom: "2024-11-08"}
	o.relate(t, o.id["P06"], o.id["P10"], "61", guardian)
}

// protect puts a person under protection.
func (o *office) protect(t testing.TB, person uint64) {
	t.Helper()
	o.change(t, func(tx *record.Tx) error {
		_, err := tx.Save(record.Ref{Register: record.Persons, ID: person}, 0,
			register.Values{fieldProtected: true, fieldWhy: "未成年被害人"})
		return err
	})
}

// refused asks that an error is a refusal of this kind.
func refused(t testing.TB, err error, code record.Code) *record.Refusal {
	t.Helper()
	r, ok := record.AsRefusal(err)
	if !ok || r.Code != code {
		t.Fatalf("got %v, want a refusal %s", err, code)
	}
	return r
}
