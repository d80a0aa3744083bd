package ui

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/place"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/staff"
	"jiezhen/assets"
	"jiezhen/ui/page"
)

// testClock is moved by the tests.
type testClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *testClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *testClock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// testPassword is every account's.
const testPassword = "Ceshi-2026-kouling"

// testOffice is a small real office behind real HTTP: an account of each role
// (the login is the role with its dot as a dash), two communities, a child in
// each, and a protected child in the first.
type testOffice struct {
	t      testing.TB
	dir    string
	house  *app.House
	server *Server
	clock  *testClock
	base   string
	pages  *page.Renderer
	east   uint64 // community of the community-level accounts
	west   uint64
	person map[string]uint64 // child, free, farchild, hidden, grandma
	ref    map[string]record.Ref
	user   map[string]uint64 // role → account
}

func testConfig(dir string, clock *testClock) app.Config {
	return app.Config{Dir: filepath.Join(dir, "data"), KeyDir: filepath.Join(dir, "keys"), Assets: assets.FS(), Clock: clock.now, Rand: rand.Reader,
		Log: slog.New(slog.DiscardHandler), PasswordCost: app.Cost{Memory: 64, Passes: 1, Threads: 1}}
}

// openOffice founds an office and serves it on a port of its own.
func openOffice(t testing.TB, more ...Route) *testOffice {
	t.Helper()
	return openHouse(t, func(*app.Config) {}, more...)
}

// openHouse is openOffice with a configuration of its own.
func openHouse(t testing.TB, set func(*app.Config), more ...Route) *testOffice {
	t.Helper()
	o := &testOffice{t: t, dir: t.TempDir(), clock: &testClock{at: time.Date(2026, 4, 1, 10, 0, 0, 0, time.Local)},
		person: map[string]uint64{}, ref: map[string]record.Ref{}, user: map[string]uint64{}}
	var err error
	cfg := testConfig(o.dir, o.clock)
	set(&cfg)
	o.house, err = app.Enter(context.Background(), cfg)
	o.must(err)
	_, err = o.house.Found(context.Background())
	o.must(err)
	o.furnish()
	o.serve(more...)
	return o
}

func (o *testOffice) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *testOffice) serve(more ...Route) {
	var err error
	o.pages, err = page.New(assets.FS(), page.Config{Version: "test"})
	o.must(err)
	o.server = New(Config{House: o.house, Pages: o.pages, Log: slog.New(slog.DiscardHandler), Clock: o.clock.now, Assets: assets.FS(), more: more})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	o.must(err)
	o.base = "http://" + l.Addr().String()
	done := make(chan struct{})
	go func() { defer close(done); _ = o.server.Serve(l) }()
	o.t.Cleanup(func() {
		_ = o.server.Shutdown()
		<-done
		o.must(o.house.Leave())
	})
}

func (o *testOffice) change(fn func(*record.Tx) error) {
	o.t.Helper()
	o.must(o.house.Office().Book.Change(context.Background(), access.Office(), "测试", fn))
}

// create makes a record as the office.
func (o *testOffice) create(d record.Draft) record.Ref {
	o.t.Helper()
	var ref record.Ref
	o.change(func(tx *record.Tx) error {
		r, err := tx.Create(d)
		if err == nil {
			ref = r.Ref
		}
		return err
	})
	return ref
}

func login(role string) string { return strings.ReplaceAll(role, ".", "-") }

func (o *testOffice) furnish() {
	office, ctx := o.house.Office(), context.Background()
	o.create(record.Draft{Register: "office.profile", Values: register.Values{"town_code": "110109002", "town_name": "城子街道",
		"name": "城子街道办事处", "seal_name": "城子街道办事处", "single_hand": false}})
	office.Noticed("office.profile")
	_, _, err := office.Places.Set(ctx, access.Office(), []place.Import{{Level: place.LevelDistrict, Code: "110109", Name: "门头沟区"},
		{Level: place.LevelTown, Code: "110109002", Name: "城子街道"}, {Level: place.LevelCommunity, Code: "110109002001", Name: "虚构东社区"},
		{Level: place.LevelCommunity, Code: "110109002002", Name: "虚构西社区"}})
	o.must(err)
	o.must(office.Book.View(ctx, access.Office(), func(tx *record.Tx) error {
		list, err := office.Places.CommunitiesTx(tx, office.Today())
		for _, p := range list {
			if p.Name == "虚构东社区" {
				o.east = p.ID
			} else {
				o.west = p.ID
			}
		}
		return err
	}))
	o.accounts(ctx)
	o.people()
	o.must(office.FinishSetUp(ctx))
}

func (o *testOffice) accounts(ctx context.Context) {
	var users []staff.NewUser
	for _, r := range o.house.Office().Roles {
		n := staff.NewUser{Login: login(r.ID), Name: "测" + r.Title, Roles: []string{r.ID}, Password: testPassword, Lasting: true}
		if r.Level == access.LevelCommunity {
			n.Communities = []uint64{o.east}
		}
		users = append(users, n)
	}
	made, err := o.house.Office().Staff.FirstAccounts(ctx, users)
	o.must(err)
	for i, m := range made {
		o.user[users[i].Roles[0]] = m.ID
	}
}

// The protected child's words: none may be seen by who may not open it.
const (
	hiddenName  = "隐晴娃"
	hiddenWords = "不可外传的遭遇"
)

func (o *testOffice) people() {
	id := func(n uint64) string { return fmt.Sprint(n) }
	person := func(key, name, birth string, community uint64, more register.Values) {
		v := register.Values{"name": name, "sex": "2", "birth": birth, "community": id(community), "life": "1"}
		for k, x := range more {
			v[k] = x
		}
		o.ref[key] = o.create(record.Draft{Register: record.Persons, Values: v})
		o.person[key] = o.ref[key].ID
	}
	person("child", "禹宁川", "2015-05-06", o.east, nil)
	person("free", "钟离安", "2012-02-03", o.east, nil)
	person("farchild", "单于远", "2014-03-02", o.west, nil)
	person("grandma", "顾阿婆", "1955-01-01", o.east, nil)
	person("hidden", hiddenName, "2013-07-08", o.east, register.Values{"protected": true, "protected_reason": hiddenWords, "phone": "13800001234"})
	for key, other := range map[string]string{"child": "grandma", "hidden": "grandma"} {
		o.create(record.Draft{Register: "person.relation", Subject: o.person[key], Values: register.Values{"other": id(o.person[other]), "relation": "62",
			"guardian": true, "carer": true, "household": true}})
	}
	for _, c := range []struct{ key, who, problem string }{{"case", "child", "普通个案情况"}, {"farcase", "farchild", "远处个案情况"}, {"hiddencase", "hidden", hiddenWords}} {
		o.ref[c.key] = o.create(record.Draft{Register: "child.case", Subject: o.person[c.who], Owner: o.user["child.officer"],
			Values: register.Values{"received_at": "2026-03-30", "source": "visit", "judgement": "open", "consent": "guardian", "problem": c.problem}})
	}
}

// client is one signed-in browser; it does not follow redirects.
type client struct {
	o    *testOffice
	http *http.Client
}

func (o *testOffice) browser() *client {
	jar, err := cookiejar.New(nil)
	o.must(err)
	tr := &http.Transport{}
	o.t.Cleanup(tr.CloseIdleConnections)
	return &client{o, &http.Client{Jar: jar, Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as signs in with a role's account.
func (o *testOffice) as(role string) *client {
	o.t.Helper()
	b := o.browser()
	if a := b.post("/login", url.Values{"name": {login(role)}, "password": {testPassword}}); a.status != http.StatusSeeOther {
		o.t.Fatalf("signing in as %s: %d %s", role, a.status, a.text())
	}
	return b
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (b *client) do(r *http.Request) answer {
	b.o.t.Helper()
	res, err := b.http.Do(r)
	if err != nil {
		b.o.t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	b.o.must(err)
	return answer{res.StatusCode, res.Header, string(body)}
}

func (b *client) request(method, path string, body io.Reader) *http.Request {
	r, err := http.NewRequest(method, b.o.base+path, body)
	b.o.must(err)
	return r
}

func (b *client) get(path string) answer {
	b.o.t.Helper()
	return b.do(b.request("GET", path, nil))
}

func (b *client) json(path string) answer {
	b.o.t.Helper()
	r := b.request("GET", path, nil)
	r.Header.Set("Accept", "application/json")
	return b.do(r)
}

func (b *client) post(path string, form url.Values) answer {
	b.o.t.Helper()
	r := b.request("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

var csrfField = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

// token is the form token of the session.
func (b *client) token() string {
	b.o.t.Helper()
	m := csrfField.FindStringSubmatch(b.get("/account").body)
	if m == nil {
		b.o.t.Fatal("no form token on the account page")
	}
	return m[1]
}

// send posts with the session's token.
func (b *client) send(path string, form url.Values) answer {
	b.o.t.Helper()
	form.Set("_csrf", b.token())
	return b.post(path, form)
}

var markup = regexp.MustCompile(`(?s)<script.*?</script>|<style.*?</style>|<[^>]*>`)

// text is the page without markup, for messages.
func (a answer) text() string {
	s := strings.Join(strings.Fields(markup.ReplaceAllString(a.body, " ")), " ")
	if r := []rune(s); len(r) > 600 {
		s = string(r[:600])
	}
	return s
}

func (a answer) decode(t testing.TB, out any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), out); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
}

// caseForm is a child's case as the form sends it.
func caseForm(person uint64) url.Values {
	return url.Values{"person": {fmt.Sprint(person)}, "received_at": {"2026-03-31"}, "source": {"visit"}, "judgement": {"open"},
		"consent": {"guardian"}, "problem": {"家中只有祖母照料"}}
}

// settle waits until the search index has followed the journal.
func (o *testOffice) settle() {
	o.t.Helper()
	for range 2000 {
		if s := o.house.Office().Find.State(); !s.Rebuilding && s.Behind == 0 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	o.t.Fatal("the index does not catch up")
}

var (
	hiddenInput = regexp.MustCompile(`<input[^>]*type="hidden"[^>]*>`)
	nameOf      = regexp.MustCompile(`\bname="([^"]*)"`)
	valueOf     = regexp.MustCompile(`\bvalue="([^"]*)"`)
)

// hiddenFields are what a page's forms carry unseen.
func hiddenFields(body string) url.Values {
	out := url.Values{}
	for _, input := range hiddenInput.FindAllString(body, -1) {
		name, value := nameOf.FindStringSubmatch(input), valueOf.FindStringSubmatch(input)
		if name != nil && value != nil {
			out.Add(name[1], html.UnescapeString(value[1]))
		}
	}
	return out
}

// ground makes one more child, about whom there is nothing yet.
func (o *testOffice) ground(name string) uint64 {
	o.t.Helper()
	return o.create(record.Draft{Register: record.Persons, Values: register.Values{"name": name, "sex": "1", "birth": "2016-01-01",
		"community": fmt.Sprint(o.east), "life": "1"}}).ID
}

// definition is a register of the office.
func (o *testOffice) definition(id string) *register.Definition {
	o.t.Helper()
	d, ok := o.house.Office().Book.Registers().Get(id)
	if !ok {
		o.t.Fatalf("no register %s", id)
	}
	return d
}
