package ui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/staff"
)

func TestBytesThatAreNoTextAreRefused(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("child.officer")
	form := caseForm(o.person["free"])
	form.Set("_csrf", b.token())
	before := b.total("/r/child.case")
	for name, bad := range map[string]string{"GBK": "\xbc\xd2\xd6\xd0", "cut short": "家\xe4\xb8", "surrogate": "\xed\xa0\x80"} {
		form.Set("problem", bad)
		b.post("/r/child.case/new", form).expect(t, 422, "没有保存", "UTF-8")
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for k, val := range form {
			o.must(w.WriteField(k, val[0]))
		}
		o.must(w.Close())
		r := b.request("POST", "/r/child.case/new", &body)
		r.Header.Set("Content-Type", w.FormDataContentType())
		b.do(r).expect(t, 422, "没有保存", "UTF-8")
		if n := b.total("/r/child.case"); n != before {
			t.Fatalf("%s: %d records, before %d", name, n, before)
		}
	}
	form.Set("problem", "家中只有祖母")
	b.post("/r/child.case/new", form).expect(t, 303)
}

func TestCommunityRegistersOnlyItsOwn(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("child.director")
	before := o.as("chief").total("/r/child.case")
	b.send("/r/child.case/new", caseForm(o.person["farchild"])).expect(t, 404)
	person := url.Values{"name": {"令狐远"}, "sex": {"1"}, "birth": {"2016-02-03"}, "community": {fmt.Sprint(o.west)}, "life": {"1"}}
	b.send("/people/new", person).expect(t, 422, "不在您负责的社区", "令狐远")
	if n := o.as("chief").total("/r/child.case"); n != before {
		t.Errorf("%d cases, before %d", n, before)
	}
	b.send("/r/child.case/new", caseForm(o.person["free"])).expect(t, 303)
}

// A service manager may stop the program the moment it has started it.
func TestStoppedBeforeItServes(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	for _, late := range []bool{false, true} {
		s := New(Config{House: o.house, Pages: o.pages, Log: o.server.cfg.Log, Clock: o.clock.now, Assets: o.server.cfg.Assets})
		l, err := net.Listen("tcp", "127.0.0.1:0")
		o.must(err)
		done := make(chan error, 1)
		if late {
			o.must(s.Shutdown())
			go func() { done <- s.Serve(l) }()
		} else {
			go func() { done <- s.Serve(l) }()
			o.must(s.Shutdown())
		}
		select {
		case err := <-done:
			o.must(err)
		case <-time.After(20 * time.Second):
			t.Fatal("it serves on")
		}
		if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
			t.Error("the address is still open")
		}
	}
}

func TestKilledBeforeSetUpIsStillAFirstRun(t *testing.T) {
	t.Parallel()
	dir, clock := t.TempDir(), &testClock{at: time.Date(2026, 4, 1, 10, 0, 0, 0, time.Local)}
	cfg := testConfig(dir, clock)
	if err := errors.Join(os.MkdirAll(cfg.Dir, 0o700), os.WriteFile(filepath.Join(cfg.Dir, "control.sock"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	house, err := app.Enter(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if c, why := house.Condition(); c != app.Absent {
		t.Errorf("condition %s: %v", c, why)
	}
}

func TestPasswordThatMustBeChanged(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	made, err := o.house.Office().Staff.CreateUser(context.Background(), access.Office(), staff.NewUser{Login: "xinren", Name: "新人", Roles: []string{"child.officer"}})
	o.must(err)
	b := o.browser()
	b.post("/login", url.Values{"name": {"xinren"}, "password": {made.Password}}).expect(t, 303)
	for _, path := range []string{"/", "/r/child.case", "/search?q=a", "/people.json?q=a"} {
		if a := b.get(path); a.status == 200 || !strings.HasPrefix(a.header.Get("Location"), "/account") {
			t.Errorf("%s: %d %s", path, a.status, a.header.Get("Location"))
		}
	}
	change := url.Values{"old": {made.Password}, "new": {"short"}, "again": {"short"}}
	b.send("/account/password", change).expect(t, 422)
	change.Set("new", "Huanguo-2026-xin")
	b.send("/account/password", change).expect(t, 422, "两次输入")
	change.Set("again", "Huanguo-2026-xin")
	b.send("/account/password", change).expect(t, 303)
	b.get("/r/child.case").expect(t, 200)
}

// house conditions: each shows its page, offers no first run, touches nothing.
func TestHouseConditions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		harm func(o *testOffice) error
		want app.Condition
		page string
	}{
		{"key not with this account", func(o *testOffice) error { return os.RemoveAll(filepath.Join(o.dir, "keys")) }, app.Locked, "恢复密钥"},
		{"keys missing", func(o *testOffice) error { return os.Remove(filepath.Join(o.dir, "data", "keys.cbor")) }, app.Damaged, "没有改动任何东西"},
		{"store missing", func(o *testOffice) error { return os.RemoveAll(filepath.Join(o.dir, "data", "store")) }, app.Damaged, "没有改动任何东西"},
		{"store cut short", func(o *testOffice) error {
			return os.Truncate(filepath.Join(o.dir, "data", "store", "store.db"), 5000)
		}, app.Damaged, "没有改动任何东西"},
		{"store overwritten", func(o *testOffice) error {
			return os.WriteFile(filepath.Join(o.dir, "data", "store", "store.db"), bytes.Repeat([]byte("x"), 1<<16), 0o600)
		}, app.Damaged, "没有改动任何东西"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := &testOffice{t: t, dir: t.TempDir(), clock: &testClock{at: time.Date(2026, 4, 1, 10, 0, 0, 0, time.Local)}}
			house, err := app.Enter(context.Background(), testConfig(o.dir, o.clock))
			o.must(err)
			_, err = house.Found(context.Background())
			o.must(err)
			o.must(house.Leave())
			o.must(c.harm(o))
			before := listing(t, o.dir)
			o.house, err = app.Enter(context.Background(), testConfig(o.dir, o.clock))
			o.must(err)
			if got, why := o.house.Condition(); got != c.want {
				t.Fatalf("condition %s (%v), want %s", got, why, c.want)
			}
			o.serve()
			b := o.browser()
			a := b.get("/")
			for range 3 {
				if a.status == http.StatusSeeOther {
					a = b.get(a.header.Get("Location"))
				}
			}
			if !strings.Contains(a.body, c.page) {
				t.Errorf("%d %s", a.status, a.text())
			}
			a.guarded(t)
			if o.server.Entrance() != "/" {
				t.Error("a first run is offered")
			}
			if a := b.get("/setup?code=" + o.server.setup.code); strings.Contains(a.body, "单位信息") {
				t.Error("set-up is shown")
			}
			b.get("/healthz").expect(t, 200)
			if after := listing(t, o.dir); after != before {
				t.Errorf("the folder changed from\n%s to\n%s", before, after)
			}
		})
	}
}

// listing names every file with its size.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && !d.IsDir() {
			fmt.Fprintln(&b, path, info.Size())
		} else {
			fmt.Fprintln(&b, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWhyTheFolderDoesNotOpen(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{"读写权限": &os.PathError{Op: "open", Path: "store.db", Err: syscall.EACCES}, "只读": &os.PathError{Op: "open", Path: "store.db", Err: syscall.EROFS},
		"磁盘满了": fmt.Errorf("opening: %w", syscall.ENOSPC), "没有拷贝完": &os.PathError{Op: "open", Path: "keys.cbor", Err: syscall.ENOENT}, "日志": errors.New("bad page")} {
		if got := whyShut(err); !strings.Contains(got, want) {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}
