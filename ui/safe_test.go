package ui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/watch"
	"jiezhen/embedstore/disk"
)

// allowedWhileReadOnly are the posts that may be made while the office is
// read-only. A post that is not here and is let through fails the test.
var allowedWhileReadOnly = []string{
	"POST /login", "POST /unlock", "POST /lock", "POST /locked", "POST /logout", "POST /prefs", "POST /setup", "POST /setup/restore", "POST /enrol", // doors
	"POST /draft", "POST /draft/drop", "POST /jobs/:job/stop", // what was typed, and jobs
	"POST /safe", "POST /doctor", "POST /backup/now", "POST /backup/drill", "POST /backup/restore", "POST /backup/restored", // what helps
}

// TestReadOnlyRefusesEveryPost walks all routes as who may do the most.
func TestReadOnlyRefusesEveryPost(t *testing.T) {
	t.Parallel()
	o := openHouse(t, func(cfg *app.Config) { cfg.Safe = watch.SafeWords() })
	head := o.house.Office().Book.Head()
	for _, role := range []string{"child.officer", "governance.officer", "admin.system", "admin.security", "leader"} {
		b := o.as(role)
		token := b.token()
		for _, r := range o.server.Routes() {
			name := r.Method + " " + r.Path
			if r.Method != http.MethodPost || slices.Contains(allowedWhileReadOnly, name) {
				continue
			}
			v := visitor{role: role, token: token, b: b}
			a := b.post(v.path(r.Path, 0, routeTable[name]), url.Values{"_csrf": {token}, "problem": {"打了很久的一段话"}})
			if a.status != http.StatusServiceUnavailable {
				t.Errorf("%s as %s: %d %s", name, role, a.status, a.text())
			}
			if !r.JSON && strings.Count(a.body, "打了很久的一段话") < 2 {
				t.Errorf("%s as %s: what was typed is not given back", name, role)
			}
		}
	}
	if now := o.house.Office().Book.Head(); now < head || now > head+5 { // signing in is journaled
		t.Errorf("the journal went from %d to %d", head, now)
	}
}

// TestDiskFillsUp: warned first, then read-only, then all right by itself, and
// the form that was refused goes through as it was given back.
func TestDiskFillsUp(t *testing.T) {
	t.Parallel()
	free := int64(50 << 30)
	o := openHouse(t, func(cfg *app.Config) {
		cfg.Space = func(string) (disk.Room, error) { return disk.Room{Free: free, Total: 100 << 30}, nil }
	})
	b := o.as("child.officer")
	if a := b.get("/"); strings.Contains(a.body, "磁盘") {
		t.Errorf("warned without cause: %s", a.text())
	}
	free = 1 << 30
	if a := b.get("/"); !strings.Contains(a.body, "磁盘快满了，只剩 1.0 GB") {
		t.Errorf("not warned: %s", a.text())
	}
	note := "/r/" + o.ref["case"].String() + "/note"
	free = 200 << 20
	a := b.send(note, url.Values{"kind": {"工作记录"}, "text": {"磁盘满时写的"}})
	if a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "磁盘只剩 200 MB") {
		t.Fatalf("%d %s", a.status, a.text())
	}
	if page := b.get("/safe"); page.status != http.StatusOK || !strings.Contains(page.body, "清空回收站") {
		t.Errorf("%d %s", page.status, page.text())
	}
	free = 50 << 30
	if again := b.send(note, hiddenFields(a.body)); again.status != http.StatusSeeOther {
		t.Fatalf("sent again: %d %s", again.status, again.text())
	}
	if page := b.get("/r/" + o.ref["case"].String()); !strings.Contains(page.body, "磁盘满时写的") {
		t.Error("the note is not there")
	}
}

// TestReadOnlyNamesTheFile: a file cannot be given back, and the page says so.
func TestReadOnlyNamesTheFile(t *testing.T) {
	t.Parallel()
	o := openHouse(t, func(cfg *app.Config) { cfg.Safe = watch.SafeWords() })
	b := o.as("child.officer")
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	_ = w.WriteField("_csrf", b.token())
	_ = w.WriteField("title", "体检报告")
	part, err := w.CreateFormFile("file", "报告.txt")
	o.must(err)
	_, _ = io.WriteString(part, "内容")
	o.must(w.Close())
	r := b.request("POST", "/r/"+o.ref["case"].String()+"/file", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	if a := b.do(r); a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "报告.txt") || !strings.Contains(a.body, "体检报告") {
		t.Errorf("%d %s", a.status, a.text())
	}
}

// TestCrashLoop kills the real program three times soon after its start: then
// it comes up in safe mode, shows everything, saves nothing, and goes on in
// full when the system administrator decides so, with search made anew.
func TestCrashLoop(t *testing.T) {
	t.Parallel()
	s := besiege(t, buildProgram(t), rand.New(rand.NewPCG(1, 2)))
	for range watch.AllowedStarts {
		r := s.again()
		s.await(r)
		if b := s.o.browser(); readiness(t, b).ReadOnly {
			t.Fatal("read-only too soon")
		}
		r.kill()
	}
	r := s.again()
	defer func() { r.kill() }()
	s.await(r)
	b := s.o.as("child.officer")
	if a := b.get("/"); a.status != http.StatusOK || !strings.Contains(a.body, "安全模式") {
		t.Fatalf("%d %s", a.status, a.text())
	}
	if a := b.get("/r/" + s.o.ref["case"].String()); a.status != http.StatusOK || !strings.Contains(a.body, "普通个案情况") {
		t.Errorf("reading in safe mode: %d %s", a.status, a.text())
	}
	if a := b.send("/r/"+s.o.ref["case"].String()+"/note", url.Values{"kind": {"工作记录"}, "text": {"不应保存"}}); a.status != http.StatusServiceUnavailable {
		t.Errorf("saving in safe mode: %d %s", a.status, a.text())
	}
	if a := b.send("/safe", url.Values{"reason": {"我想离开"}}); a.status != http.StatusForbidden {
		t.Errorf("leaving as an officer: %d", a.status)
	}
	if a := b.get("/search?q=" + url.QueryEscape("个案")); a.status != http.StatusOK {
		t.Errorf("searching in safe mode: %d %s", a.status, a.text())
	}
	admin := s.o.as("admin.system")
	if a := admin.send("/safe", url.Values{"reason": {"体检没有发现问题"}, "anew": {"是"}}); a.status != http.StatusSeeOther {
		t.Fatalf("leaving: %d %s", a.status, a.text())
	}
	if a := b.send("/r/"+s.o.ref["case"].String()+"/note", url.Values{"kind": {"工作记录"}, "text": {"离开以后写的"}}); a.status != http.StatusSeeOther {
		t.Errorf("saving after safe mode: %d %s", a.status, a.text())
	}
	s.finds(b, "离开以后写的")
}

// again starts the program as a service manager would.
func (s *siege) again() *running {
	s.t.Helper()
	r := &running{cmd: s.command("--no-browser", "--listen", "127.0.0.1:0")}
	var err error
	r.out, err = r.cmd.StdoutPipe()
	s.o.must(err)
	r.cmd.Stderr = &r.errors
	s.o.must(r.cmd.Start())
	return r
}

type readyState struct {
	Condition string
	ReadOnly  bool
	Search    struct {
		Rebuilding, Broken bool
		Behind             uint64
	}
}

func readiness(t testing.TB, b *client) (out readyState) {
	t.Helper()
	a := b.get("/readyz")
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	return out
}

// finds waits until a search finds words.
func (s *siege) finds(b *client, words string) {
	s.t.Helper()
	var a answer
	for range 600 {
		a = b.get("/search?q=" + url.QueryEscape(words))
		if strings.Contains(a.body, fmt.Sprint(s.o.ref["case"].ID)) && strings.Contains(a.body, "普通个案") || strings.Contains(a.body, "<mark>") {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.t.Errorf("%q is not found: %s", words, a.text())
}
