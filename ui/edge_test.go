package ui

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"jiezhen/app/record"
)

// expect fails unless the answer has the status and holds the words.
func (a answer) expect(t testing.TB, status int, words ...string) {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.text())
	}
	for _, w := range words {
		if !strings.Contains(a.body, w) {
			t.Fatalf("no %q in: %s", w, a.text())
		}
	}
}

// guarded checks what every answer must carry.
func (a answer) guarded(t testing.TB) {
	t.Helper()
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cache-Control": "no-store"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if !strings.Contains(a.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("no content security policy")
	}
	for _, c := range a.header.Values("Set-Cookie") {
		if l := strings.ToLower(c); !strings.Contains(l, "httponly") || !strings.Contains(l, "samesite=strict") {
			t.Errorf("loose cookie %q", strings.SplitN(c, "=", 2)[0])
		}
	}
}

func TestHostAndOrigin(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("child.officer")
	token := b.token()
	for _, c := range []struct {
		name, host string
		header     map[string]string
		want       int
	}{
		{"own", "", nil, 303},
		{"foreign host", "evil.example", nil, 421},
		{"host that ends like ours", "127.0.0.1.evil.example", nil, 421},
		{"own origin", "", map[string]string{"Origin": o.base}, 303},
		{"foreign origin", "", map[string]string{"Origin": "http://evil.example"}, 403},
		{"opaque origin", "", map[string]string{"Origin": "null"}, 403},
		{"other port", "", map[string]string{"Origin": "http://127.0.0.1:1"}, 403},
		{"cross site", "", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"same site", "", map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		{"same origin", "", map[string]string{"Sec-Fetch-Site": "same-origin"}, 303},
	} {
		t.Run(c.name, func(t *testing.T) {
			form := url.Values{"_csrf": {token}, "theme": {"dark"}, "to": {"/"}}
			r := b.request("POST", "/prefs", strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Host = c.host
			for k, v := range c.header {
				r.Header.Set(k, v)
			}
			a := b.do(r)
			a.expect(t, c.want)
			a.guarded(t)
		})
	}
}

func TestStaleTokenKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("child.officer")
	for i, token := range []string{"", "stale", o.as("child.supervisor").token()} {
		form := caseForm(o.ground(fmt.Sprintf("甲某%c", '一'+rune(i))))
		form.Set("problem", "写了很久的“情况”<b>")
		form.Set("_csrf", token)
		a := b.post("/r/child.case/new", form)
		a.expect(t, 403, "再确认一次", "写了很久的“情况”&lt;b&gt;")
		again := hiddenFields(a.body)
		again.Set("_csrf", b.token())
		b.post("/r/child.case/new", again).expect(t, 303)
	}
}

func TestSessionEndsUnderALongForm(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("child.officer")
	form := caseForm(o.person["free"])
	form.Set("problem", "第一行\r\n第二行“引号”")
	form.Set("_csrf", b.token())
	o.clock.add(13 * time.Hour)
	a := b.post("/r/child.case/new", form)
	a.expect(t, 403, "重新登录", "第二行“引号”")
	again := hiddenFields(a.body)
	again.Set("name", login("child.officer"))
	again.Set("password", testPassword)
	a = b.post("/login", again)
	a.expect(t, 200, "继续提交", "第二行“引号”")
	if strings.Contains(a.body, testPassword) {
		t.Error("the password comes back")
	}
	a = b.post("/r/child.case/new", hiddenFields(a.body))
	a.expect(t, 303)
	var saved struct {
		Values map[string]any `json:"values"`
	}
	b.json(a.header.Get("Location")).decode(t, &saved)
	if got := saved.Values["problem"]; got != "第一行\n第二行“引号”" {
		t.Errorf("saved %q", got)
	}
}

func TestIdleLockKeepsTheForm(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("child.officer")
	form := caseForm(o.person["free"])
	form.Set("_csrf", b.token())
	o.clock.add(20 * time.Minute)
	b.post("/r/child.case/new", form).expect(t, 403, "家中只有祖母照料")
	b.post("/unlock", url.Values{"password": {"wrong"}}).expect(t, 422, "error")
	b.post("/unlock", url.Values{"password": {testPassword}}).expect(t, 200, "csrf")
	b.post("/r/child.case/new", form).expect(t, 303)
}

func TestTwoTabsSaveOneRecord(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	one, two := o.as("child.officer"), o.as("child.supervisor")
	edit := "/r/" + o.ref["case"].String() + "/edit"
	a := hiddenFields(one.get(edit).body)
	for _, f := range []url.Values{a} {
		f.Set("problem", "先保存的")
		f.Set("strengths", "先写的优势")
	}
	b := url.Values{"_rev": {a.Get("_rev")}, "problem": {"后保存的"}, "strengths": {"后写的优势"}}
	one.send(edit, a).expect(t, 303)
	clash := two.send(edit, b)
	clash.expect(t, 409, "先保存的", "后保存的", "先写的优势", "后写的优势")
	again := hiddenFields(clash.body)
	again.Set("_do", "merge")
	again.Set("pick.problem", "theirs")
	again.Set("pick.strengths", "mine")
	two.send(edit, again).expect(t, 303)
	var saved struct {
		Values map[string]any `json:"values"`
	}
	two.json("/r/"+o.ref["case"].String()).decode(t, &saved)
	if saved.Values["problem"] != "先保存的" || saved.Values["strengths"] != "后写的优势" {
		t.Errorf("merged into %v", saved.Values)
	}
}

func TestLockoutIsSaid(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.browser()
	for range 5 {
		b.post("/login", url.Values{"name": {"child-officer"}, "password": {"wrong"}}).expect(t, 422)
	}
	b.post("/login", url.Values{"name": {"child-officer"}, "password": {testPassword}}).expect(t, 422, "锁定")
}

// zeros is an endless body that counts itself.
type zeros struct{ left int }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), z.left)
	for i := range p[:n] {
		p[i] = 'a'
	}
	z.left -= n
	return n, nil
}

// It runs alone: the memory it measures is the whole process's.
func TestBodyOverTheLimit(t *testing.T) {
	o := openOffice(t)
	b := o.as("child.officer")
	head := o.house.Office().Book.Head()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	note := "/r/" + o.ref["case"].String() + "/note"
	files := "/r/" + o.ref["case"].String() + "/file"
	part := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n"
	for _, c := range []struct {
		name, path, kind, lead string
		size                   int
		chunked                bool
	}{
		{"note of 20 MB", note, "application/x-www-form-urlencoded", "text=", 20 << 20, false},
		{"chunked note of 20 MB", note, "application/x-www-form-urlencoded", "text=", 20 << 20, true},
		{"upload of 500 MB", files, "multipart/form-data; boundary=x", part, 500 << 20, false},
		{"chunked upload of 500 MB", files, "multipart/form-data; boundary=x", part, 500 << 20, true},
		{"more than is read", files, "multipart/form-data; boundary=x", part, bodyLimit - 1<<20, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := b.request("POST", c.path, io.MultiReader(strings.NewReader(c.lead), &zeros{c.size}))
			r.Header.Set("Content-Type", c.kind)
			if !c.chunked {
				r.ContentLength = int64(len(c.lead) + c.size)
			}
			a := b.do(r)
			a.expect(t, 413, "内容太大")
			a.guarded(t)
		})
	}
	if now := o.house.Office().Book.Head(); now != head {
		t.Errorf("the journal went from %d to %d", head, now)
	}
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 800<<20 {
		t.Errorf("the heap grew by %d MB", grown>>20)
	}
}

// A body that nobody reads must not be taken for the next request.
func TestUnreadBodyIsNoRequest(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	inner := strings.Repeat("GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 2000)
	for _, method := range []string{"GET", "PUT", "POST"} {
		c, err := net.Dial("tcp", strings.TrimPrefix(o.base, "http://"))
		o.must(err)
		_, err = fmt.Fprintf(c, "%s /nothing-here HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example\r\nContent-Length: %d\r\n\r\n%s"+
			"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", method, len(inner), inner)
		o.must(err)
		all, err := io.ReadAll(c)
		o.must(errors.Join(err, c.Close()))
		if n := strings.Count(string(all), "HTTP/1.1 "); n > 2 || strings.Contains(string(all), "condition") {
			t.Errorf("%s: %d answers to two requests", method, n)
		}
	}
}

func TestUploadLeavesNoPlainFile(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	o := openOffice(t)
	b := o.as("child.officer")
	secret := strings.Repeat("明文秘密", 2<<20)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	o.must(w.WriteField("_csrf", b.token()))
	o.must(w.WriteField("title", "附件"))
	f, err := w.CreateFormFile("file", `..\..\evil/名字.txt`)
	o.must(err)
	_, err = io.WriteString(f, secret)
	o.must(err)
	o.must(w.Close())
	r := b.request("POST", "/r/"+o.ref["case"].String()+"/file", &watched{&body, func() {
		if list, _ := os.ReadDir(temp); len(list) > 0 {
			t.Errorf("%s was written", list[0].Name())
		}
	}})
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.ContentLength = int64(body.Len())
	a := b.do(r)
	if a.status != 303 && a.status != 422 {
		t.Fatal(a.status, a.text())
	}
	o.must(filepath.WalkDir(o.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte("明文秘密明文秘密")) {
			t.Errorf("%s holds plaintext", d.Name())
		}
		return err
	}))
}

// watched looks around while a body is sent.
type watched struct {
	from io.Reader
	look func()
}

func (w *watched) Read(p []byte) (int, error) { w.look(); return w.from.Read(p) }

func TestMalformedUpload(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("child.officer")
	for _, body := range []string{"", "--x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\ncut", "no boundary"} {
		r := b.request("POST", "/r/"+o.ref["case"].String()+"/file", strings.NewReader(body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		if a := b.do(r); a.status != 400 && a.status != 403 {
			t.Errorf("%q: %d %s", body, a.status, a.text())
		}
	}
}

// naughty strings: each is stored exactly as cleaned, or refused in Chinese.
var naughty = []string{`"引号"'`, "<script>alert(1)</script>", "\u202e反写\u202c", "零\u200b宽\u200d", "😀👨\u200d👩\u200d👧", "坏�字", "空\x00字", strings.Repeat("长", 10000),
	"=1+1|cmd", "@SUM(A1)", "行一\r\n行二", "../../etc/passwd", `C:\nul`, "%s%n{{.}}${x}", "\xff\xfe", "𠅤䶮㛃"}

func TestNaughtyStringsInForms(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("child.officer")
	token, n := b.token(), 0
	for _, f := range []struct {
		path, register string
		form           func() url.Values
	}{
		{"/r/child.case/new", "child.case", func() url.Values { n++; return caseForm(o.ground(fmt.Sprintf("丙%c", '一'+rune(n)))) }},
		{"/people/new", record.Persons, func() url.Values {
			n++
			return url.Values{"name": {fmt.Sprintf("乙%c", '一'+rune(n))}, "_why": {"测试用，确非同一人"}}
		}},
	} {
		def, _ := o.house.Office().Book.Registers().Get(f.register)
		for _, field := range def.Fields {
			for i, s := range naughty {
				form := f.form()
				form.Set("_csrf", token)
				form.Set(field.ID, s)
				a := b.post(f.path, form)
				where := fmt.Sprintf("%s %s naughty[%d]", f.path, field.ID, i)
				checkNaughty(t, b, a, field.ID, s, where)
			}
		}
	}
}

func checkNaughty(t *testing.T, b *client, a answer, field, sent, where string) {
	t.Helper()
	if a.status != 303 && a.status != 422 {
		t.Errorf("%s: %d %s", where, a.status, a.text())
		return
	}
	if strings.Contains(a.body, "<script>alert") {
		t.Errorf("%s: unescaped", where)
	}
	if a.status == 422 {
		return
	}
	to := a.header.Get("Location")
	if page := b.get(to); page.status != 200 || strings.Contains(page.body, "<script>alert") {
		t.Errorf("%s: page %d", where, page.status)
	}
	var saved struct {
		Values map[string]any `json:"values"`
	}
	b.json(to).decode(t, &saved)
	want := strings.TrimSpace(cleanText(sent))
	if got, ok := saved.Values[field].(string); ok && got != want && got != strings.ReplaceAll(want, "\n", "") { // a one-line field has no line ends
		t.Errorf("%s: sent %.40q, kept %.40q", where, sent, got)
	}
}

func TestDrafts(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("child.officer")
	form := fmt.Sprintf("/r/child.case/new?person=%d", o.person["free"])
	typed := caseForm(o.person["free"])
	typed.Set("problem", "还没写完的内容")
	typed.Set("_draft", form)
	b.send("/draft", typed).expect(t, 200, "kept")
	b.get(form).expect(t, 200, "还没写完的内容")
	b.get("/").expect(t, 200, "未保存的内容", strings.ReplaceAll(form, "&", "&amp;"))
	if a := o.as("child.supervisor").get(form); strings.Contains(a.body, "还没写完的内容") {
		t.Error("another's draft is shown")
	}
	b.send("/r/child.case/new", typed).expect(t, 303)
	if a := b.get(form); strings.Contains(a.body, "还没写完的内容") {
		t.Error("the draft outlives the record")
	}
	if a := b.get("/"); strings.Contains(a.body, "未保存的内容") {
		t.Error("the draft is still on the work list")
	}
}

func TestPanicIsAnswered(t *testing.T) {
	t.Parallel()
	boom := get("/boom", func(*visit) error { panic("secret words") })
	boom.Open = true
	draw := get("/boom-draw", func(v *visit) error { v.Server.cfg.Pages = nil; return errors.New("broken") })
	draw.Open = true
	o := openOffice(t, boom, draw)
	b := o.browser()
	for range 2 {
		a := b.get("/boom")
		a.expect(t, 500, "程序出错了")
		a.guarded(t)
		if strings.Contains(a.body, "secret words") {
			t.Error("the panic's words are shown")
		}
	}
	b.get("/login").expect(t, 200)
	b.get("/boom-draw").expect(t, 500, "程序出错了") // even the page of the error panics
	b.get("/healthz").expect(t, 200)
}

func TestHeadersOnErrors(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("child.officer")
	for path, want := range map[string]int{"/no-such-page": 404, "/r/nothing": 404, "/r/child.case/999": 404, "/static/none": 404,
		"/r/child.case?after=%zz": 200, "/r/child.case?after=!!": 422, "/people/18446744073709551616": 404, "/": 200} {
		a := b.get(path)
		a.expect(t, want)
		a.guarded(t)
	}
	r := b.request("GET", "/", nil)
	r.Header.Set("X-Long", strings.Repeat("a", 64<<10))
	a := b.do(r)
	a.expect(t, 431)
	a.guarded(t)
}
