package ui

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"jiezhen/embedstore/disk"
	"jiezhen/installer"
)

// installed makes the office one that runs as a service, in places of its own.
func (o *testOffice) installed(state installer.State) (installer.Places, ed25519.PrivateKey) {
	o.t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	o.must(err)
	p := installer.PlacesIn(filepath.Join(o.dir, "installed"))
	o.must(os.MkdirAll(p.Inbox, 0o755))
	data, err := json.Marshal(state)
	o.must(err)
	o.must(os.WriteFile(p.StateFile(), data, 0o644))
	o.server.cfg.Installed = &installer.Desk{Places: p, Version: "1.0.0", Trusted: []string{installer.Public(key)}}
	return p, key
}

// signedScript is an executable of a version: a script that tries what it is given.
func signedScript(t *testing.T, key ed25519.PrivateKey, version, script string) []byte {
	t.Helper()
	body := []byte("#!/bin/sh\n" + script + "\nexit\n")
	m := installer.Manifest{Version: version, Files: []installer.Part{{Name: "x", System: runtime.GOOS, Machine: runtime.GOARCH, Size: int64(len(body)), SHA256: fmt.Sprintf("%x", sha256.Sum256(body))}}}
	_, _, behind, err := installer.Seal(m, key)
	if err != nil {
		t.Fatal(err)
	}
	return append(body, behind...)
}

func (b *client) bringProgram(token string, data []byte) answer {
	b.o.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	b.o.must(form.WriteField("_csrf", token))
	part, err := form.CreateFormFile("file", "jiezhen")
	b.o.must(err)
	_, err = part.Write(data)
	b.o.must(err)
	b.o.must(form.Close())
	r := b.request("POST", "/upgrade", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return b.do(r)
}

// finish waits for a job and gives the page of its end.
func (b *client) finish(a answer) answer {
	b.o.t.Helper()
	a.expect(b.o.t, http.StatusSeeOther)
	at := a.header.Get("Location")
	b.waitFor(b.o.t.(*testing.T), at)
	return b.get(at)
}

func TestUpgradePage(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the version that is tried is a script")
	}
	t.Parallel()
	o := openOffice(t)
	b := o.as("admin.system")
	if a := b.get("/upgrade"); !strings.Contains(a.body, "没有装成系统服务") {
		t.Errorf("an office that is no service: %s", a.text())
	}
	places, key := o.installed(installer.State{Format: 1, Version: "1.0.0", Previous: &installer.Past{Version: "0.9.0", At: o.clock.now()},
		Change: &installer.Change{Kind: installer.Upgrade, From: "1.0.0", To: "1.1.0", Phase: installer.Returned, Why: "60 秒内没有准备好", Began: o.clock.now(), Ended: o.clock.now()}})
	page := b.get("/upgrade")
	for _, want := range []string{"没有成功，已换回 1.0.0 和换版前的数据", "60 秒内没有准备好", "退回 0.9.0", "核对并升级"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page does not say %s: %s", want, page.text())
		}
	}
	if a := o.as("leader").get("/upgrade"); !strings.Contains(a.body, "没有成功") || strings.Contains(a.body, "核对并升级") {
		t.Errorf("a leader sees: %s", a.body[max(0, strings.Index(a.body, "<main")):])
	}
	token := b.token()
	request := filepath.Join(places.Inbox, "request.json")
	for _, row := range []struct {
		name, want string
		data       []byte
	}{
		{"no program", "没有签名", []byte("notes")},
		{"older", "比现在的", signedScript(t, key, "0.9.0", "exit 0")},
		{"cannot open the data", "打不开现在的数据：坏了", signedScript(t, key, "1.2.0", "echo 坏了 >&2; exit 1")},
	} {
		a := b.bringProgram(token, row.data)
		if a.status == http.StatusSeeOther {
			a = b.finish(a)
		}
		if !strings.Contains(a.text(), row.want) {
			t.Errorf("%s: %d %s", row.name, a.status, a.text())
		}
		if _, err := os.Stat(request); err == nil {
			t.Errorf("%s: the change was asked for", row.name)
		}
	}
	a := b.bringProgram(token, signedScript(t, key, "1.2.0", `test -s "$3/store/store.db" && test -s "$3/keys.cbor"`))
	change := o.requested(request, `"upgrade"`)
	if page := b.get(a.header.Get("Location")); !strings.Contains(page.body, `data-after="/upgrade"`) || !strings.Contains(page.body, "正在换成 1.2.0") {
		t.Errorf("the page that waits: %s", page.text())
	}
	o.underWay(b, places, change)
	change.Phase, change.Why, change.Ended = installer.Refused, "文件在途中坏了", o.clock.now()
	o.changes(places, change)
	if page := b.finish(a); !strings.Contains(page.text(), "文件在途中坏了") {
		t.Errorf("a change that is refused: %s", page.text())
	}
	if _, err := os.Stat(filepath.Join(o.house.Dir(), "trial")); err == nil {
		t.Error("the copy that was tried is still there")
	}
}

func TestRollbackPage(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the version that is tried is a script")
	}
	t.Parallel()
	o := openOffice(t)
	b := o.as("admin.system")
	exe := filepath.Join(o.dir, "old")
	places, _ := o.installed(installer.State{Format: 1, Version: "1.0.0", Previous: &installer.Past{Version: "0.9.0", Exe: exe, Copy: "x", At: o.clock.now()}})
	if a := b.finish(b.post("/upgrade/back", url.Values{"_csrf": {b.token()}, "password": {testPassword}, "data": {"否"}})); !strings.Contains(a.text(), "运行不起来") || strings.Contains(a.text(), "选“是”") {
		t.Errorf("where the old version does not run: %s", a.text())
	}
	o.must(os.WriteFile(exe, []byte("#!/bin/sh\necho 数据是更新版本的程序写的 >&2\nexit 1\n"), 0o755))
	form := url.Values{"_csrf": {b.token()}, "password": {testPassword}, "data": {"否"}}
	request := filepath.Join(places.Inbox, "request.json")
	if a := b.finish(b.post("/upgrade/back", form)); !strings.Contains(a.text(), "上一版读不了现在的数据") || !strings.Contains(a.text(), "选“是”") {
		t.Errorf("where the old version cannot read: %s", a.text())
	}
	if _, err := os.Stat(request); err == nil {
		t.Error("the change was asked for")
	}
	form.Set("password", "wrong")
	if a := b.post("/upgrade/back", form); a.status == http.StatusSeeOther {
		t.Error("went on without the password")
	}
	form.Set("password", testPassword)
	form.Set("data", "是")
	a := b.post("/upgrade/back", form)
	change := o.requested(request, `"data":true`)
	change.Phase = installer.Done
	o.changes(places, change)
	b.finish(a)
	o.server.cfg.Installed.ByHand = true
	if page := b.get("/upgrade"); !strings.Contains(page.body, "sudo jiezhen upgrade") || strings.Contains(page.body, "核对并升级") {
		t.Errorf("where only the command changes versions: %s", page.text())
	}
}

// requested waits until a change has been asked for, and is that change as the
// privileged half would begin it.
func (o *testOffice) requested(file, want string) installer.Change {
	o.t.Helper()
	var data []byte
	for range 3000 {
		var err error
		if data, err = os.ReadFile(file); err == nil && len(data) > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if !strings.Contains(string(data), want) {
		o.t.Fatalf("the change was not asked for: %s", data)
	}
	return installer.Change{ID: "x", Kind: installer.Upgrade, From: "1.0.0", To: "1.2.0", Phase: installer.Trying, Began: o.clock.now().Add(-24 * time.Hour)} // the clock was set back
}

// changes has the state of the installation tell of a change.
func (o *testOffice) changes(p installer.Places, c installer.Change) {
	o.t.Helper()
	data, err := json.Marshal(installer.State{Format: 1, Version: "1.0.0", Change: &c})
	o.must(err)
	o.must(disk.Write(p.StateFile(), data))
}

// underWay looks at the page while versions are changed.
func (o *testOffice) underWay(b *client, p installer.Places, c installer.Change) {
	o.t.Helper()
	o.changes(p, c)
	if a := b.get("/upgrade"); !strings.Contains(a.body, "正在换成 1.2.0") || !strings.Contains(a.body, `data-poll="/upgrade?json"`) || strings.Contains(a.body, "核对并升级") {
		o.t.Errorf("while it is under way: %s", a.text())
	}
	var now struct {
		Finished bool
		URL      string
	}
	b.json("/upgrade?json").decode(o.t.(*testing.T), &now)
	if now.Finished || now.URL != "/upgrade" {
		o.t.Errorf("while it is under way: %+v", now)
	}
	c.Phase = installer.Returning
	o.changes(p, c)
	if a := b.get("/upgrade"); !strings.Contains(a.body, "正在换回 1.0.0") {
		o.t.Errorf("while it goes back: %s", a.text())
	}
}
