package staff

import (
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/calendar"
	"jiezhen/app/policy"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/embedstore"
)

// fakeClock is moved by the tests.
type fakeClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *fakeClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *fakeClock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// office is a small office on a real store.
type office struct {
	dir      string
	clock    *fakeClock
	store    *embedstore.Store
	book     *record.Book
	desk     *Desk
	roles    access.Roles
	cost     Cost
	password string
	id       map[string]uint64
	refuse   map[record.Ref]bool // cases that refuse to be changed
}

// emptyOffice is an office before its first accounts.
func emptyOffice(t *testing.T) *office {
	t.Helper()
	o := &office{dir: t.TempDir(), clock: &fakeClock{at: noon}, cost: cheap(), password: "Yongding-River7",
		id: map[string]uint64{}, refuse: map[record.Ref]bool{}}
	store, err := embedstore.Create(o.config())
	if err != nil {
		t.Fatal(err)
	}
	o.open(t, store)
	t.Cleanup(func() { _ = o.store.Close() })
	return o
}

func (o *office) config() embedstore.Config {
	return embedstore.Config{Dir: filepath.Join(o.dir, "store"), Key: [32]byte{7}, Clock: o.clock.now, Rand: rand.Reader,
		Log: slog.New(slog.DiscardHandler)}
}

// newOffice has one account of each kind, all with the same password.
func newOffice(t *testing.T) *office {
	t.Helper()
	o := emptyOffice(t)
	var users []NewUser
	for _, u := range []struct{ login, name, role string }{
		{"system", "系统员", RoleSystem}, {"security", "安全员", RoleSecurity}, {"audit", "审计员", RoleAudit},
		{"officer", "王芳", "test.officer"}, {"officer2", "李强", "test.officer"}, {"community", "赵社工", "test.community"},
		{"head", "孙科长", "test.head"}, {"head2", "钱科长", "other.head"}, {"leader", "周主任", "test.leader"},
	} {
		n := NewUser{Login: u.login, Name: u.name, Roles: []string{u.role}, Password: o.password, Lasting: true}
		if u.login == "community" {
			n.Communities = []uint64{11}
		}
		if u.login == "officer2" {
			n.Roles = append(n.Roles, "test.sealed")
		}
		users = append(users, n)
	}
	made, err := o.desk.FirstAccounts(t.Context(), users)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range made {
		o.id[m.Login] = m.ID
	}
	o.profileRecord(t)
	return o
}

// profileRecord writes the office's own profile, as set-up does.
func (o *office) profileRecord(t *testing.T) {
	t.Helper()
	err := o.book.Change(t.Context(), access.Office(), "初次设置", func(tx *record.Tx) error {
		_, err := tx.Create(record.Draft{Register: officeProfile, Values: register.Values{"name": "东辛房街道办事处"}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (o *office) open(t *testing.T, store *embedstore.Store) {
	t.Helper()
	o.store = store
	rules, days := loadRules(t)
	roles, err := access.LoadRoles(os.DirFS("testdata"), "roles.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o.roles = roles
	registers := loadRegisters(t, roles, rules)
	behaviours := append(Behaviours(roles), record.Behaviour{Register: "test.case", Check: o.stubborn})
	o.book, err = record.New(record.Config{Store: store, Registers: registers, Policy: func() *policy.Set { return rules },
		Calendar: func() *calendar.Calendar { return days }, Clock: o.clock.now,
		Office:     func() record.Profile { return record.Profile{Town: "110109002", TownName: "东辛房街道"} },
		Behaviours: behaviours, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	o.desk, err = New(t.Context(), Config{Book: o.book, Roles: roles, Clock: o.clock.now, Rand: rand.Reader, Cost: o.cost})
	if err != nil {
		t.Fatal(err)
	}
}

// stubborn lets a test name cases that cannot be saved.
func (o *office) stubborn(_ *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	if before != nil && o.refuse[r.Ref] {
		return []record.Problem{{Text: "这件事还缺一页"}}, nil
	}
	return nil, nil
}

// loadRegisters reads the tests' own registers: of the office's, the fields
// that this package knows, which contract_test.go holds against the real ones.
func loadRegisters(t *testing.T, roles access.Roles, rules *policy.Set) *register.Set {
	t.Helper()
	set, err := register.Load(os.DirFS("testdata/registers"), register.World{Facts: testFacts{rules}, Roles: roles.Set()})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// testFacts lets the register language ask the policy.
type testFacts struct{ *policy.Set }

func (f testFacts) Param(key string, on value.Date) (any, error) {
	p, err := f.Set.Param(key, on)
	return p.Value, err
}
func (f testFacts) HasCodes(list string) bool      { _, ok := f.Codes(list); return ok }
func (f testFacts) HasCode(list, code string) bool { return f.HasCodes(list) }

// reopen ends the office and opens it again, as after a restart.
func (o *office) reopen(t *testing.T) {
	t.Helper()
	o.close(t)
	store, err := embedstore.Open(o.config())
	if err != nil {
		t.Fatal(err)
	}
	o.open(t, store)
}

func (o *office) close(t *testing.T) {
	t.Helper()
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
}

func (o *office) login(t *testing.T, name string) Session {
	t.Helper()
	s, err := o.desk.Login(t.Context(), Attempt{name, o.password, "pc"})
	if err != nil {
		t.Fatalf("login of %s: %v", name, err)
	}
	return s
}

// fail gives a wrong password n times.
func (o *office) fail(t *testing.T, name, from string, n int) {
	t.Helper()
	for range n {
		_, err := o.desk.Login(t.Context(), Attempt{name, "nonsense", from})
		if !Is(err, CodeWrong) && !Is(err, CodeLockedOut) {
			t.Fatalf("wrong password: %v", err)
		}
	}
}

// viewer is a user as the desk hands it to pages.
func (o *office) viewer(t *testing.T, login string) access.Viewer {
	t.Helper()
	return o.desk.viewer(o.user(t, login), o.clock.now())
}

func (o *office) user(t *testing.T, login string) *record.Record {
	t.Helper()
	return o.record(t, record.Ref{Register: record.Users, ID: o.id[login]})
}

func (o *office) record(t *testing.T, ref record.Ref) *record.Record {
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

func (o *office) profile(t *testing.T) *record.Record {
	t.Helper()
	var r *record.Record
	err := o.book.View(t.Context(), access.Office(), func(tx *record.Tx) error {
		var err error
		r, err = theProfile(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
