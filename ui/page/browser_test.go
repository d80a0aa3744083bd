package page

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; connect-src 'self'"

// office answers what the script asks, under the policy of the real server.
type office struct {
	mu     sync.Mutex
	drafts []url.Values
	polls  int
	locks  int
}

func (o *office) last() url.Values {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.drafts) == 0 {
		return nil
	}
	return o.drafts[len(o.drafts)-1]
}

func (o *office) serve(t *testing.T, idle int) *httptest.Server {
	r := newRenderer(t)
	mux := http.NewServeMux()
	for _, s := range gallery() {
		mux.HandleFunc("GET /gallery/"+s.name, func(w http.ResponseWriter, _ *http.Request) {
			body := strings.Replace(string(render(t, r, s)), `data-idle="900"`, `data-idle="`+string(rune('0'+idle))+`"`, 1)
			w.Header().Set("Content-Security-Policy", policy)
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, body)
		})
	}
	mux.HandleFunc("GET /static/", func(w http.ResponseWriter, q *http.Request) {
		s, _ := r.Static(path.Base(q.URL.Path))
		w.Header().Set("Content-Type", s.Type)
		_, _ = w.Write(s.Body)
	})
	mux.HandleFunc("GET /people.json", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"found": []map[string]any{{"id": 6, "text": "禹宁川", "note": "男，2014 年生"}}})
	})
	mux.HandleFunc("POST /draft", func(w http.ResponseWriter, q *http.Request) {
		if q.ParseForm() != nil || q.Header.Get("X-CSRF") != "t0" {
			http.Error(w, "", http.StatusForbidden)
			return
		}
		o.mu.Lock()
		defer o.mu.Unlock()
		o.drafts = append(o.drafts, q.PostForm)
	})
	mux.HandleFunc("POST /unlock", func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if q.FormValue("password") != "right" || q.FormValue("_csrf") != "t0" {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"error":"密码不对，还可再试 4 次"}`)
			return
		}
		_, _ = io.WriteString(w, `{"csrf":"t1"}`)
	})
	mux.HandleFunc("POST /lock", func(w http.ResponseWriter, q *http.Request) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.locks++
	})
	mux.HandleFunc("GET /import/8", func(w http.ResponseWriter, _ *http.Request) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.polls++
		_ = json.NewEncoder(w).Encode(map[string]any{"done": 493, "total": 493, "text": "已完成", "finished": o.polls > 1, "url": "/gallery/import-done"})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// browse opens a tab; complaints of the browser (script errors, refusals by
// the policy) fail the test.
func browse(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a browser")
	}
	exe, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium")
	}
	tab, stop := chromedp.NewContext(t.Context(), chromedp.WithAllocatorOptions(chromedp.ExecPath(exe), chromedp.NoSandbox, chromedp.WindowSize(1280, 800)))
	heard := make(chan struct{})
	messages := chromedp.Console(tab)
	go func() {
		defer close(heard)
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.IsException() || strings.Contains(m.Text, "Content Security Policy") {
				t.Errorf("browser complains: %s", m.Text)
			}
		}
	}()
	t.Cleanup(func() { stop(); <-heard })
	return tab
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	limited, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(limited, steps...); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, ctx context.Context, address string) {
	t.Helper()
	do(t, ctx, chromedp.Navigate(address))
}

func click(css string) chromedp.Action[chromedp.Void] { return chromedp.Click(chromedp.CSS(css)) }

func keys(css, text string) chromedp.Action[chromedp.Void] {
	return chromedp.SendKeys(chromedp.CSS(css), text)
}

// until waits for a condition in the page.
func until(js string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := chromedp.Poll[bool](js, chromedp.WithPollingInterval(50*time.Millisecond))(ctx, tab)
		return err
	})
}

func expect[T comparable](t *testing.T, ctx context.Context, js string, want T) {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](js))
	if err != nil {
		t.Fatalf("%s: %v", js, err)
	}
	if got != want {
		t.Errorf("%s is %v, want %v", js, got, want)
	}
}

func TestScriptHelpsWithForms(t *testing.T) {
	ctx, o := browse(t), &office{}
	server := o.serve(t, 9)
	do(t, ctx, chromedp.Navigate(server.URL+"/gallery/form"), chromedp.WaitVisible(chromedp.CSS("#q")))

	expect(t, ctx, `document.querySelector('[data-field=harm]').hidden`, false)
	do(t, ctx, click(`input[name=grade][value=blue]`))
	expect(t, ctx, `document.querySelector('[data-field=harm]').hidden`, true)

	do(t, ctx, click(`[data-lines=goals] [data-add]`))
	expect(t, ctx, `document.activeElement.name`, "goals.2.goal")
	do(t, ctx, chromedp.KeyEvent("按时服药"), click(`[data-lines=goals] [data-del]`))
	expect(t, ctx, `document.querySelector('[name="goals.1.goal"]').value`, "按时服药")
	expect(t, ctx, `document.querySelectorAll('[name="goals.2.goal"]').length`, 0)
	expect(t, ctx, `Array.from(document.querySelectorAll('[data-lines] tbody [id]')).every((e, i, l) => l.findIndex(x => x.id === e.id) === i)`, true)
	expect(t, ctx, `document.getElementById('f-goals-1-goal').labels[0].textContent`, "第 2 行 目标")

	do(t, ctx, keys(`#f-subject`, "禹"), chromedp.WaitVisible(chromedp.CSS(".found button")),
		keys(`#f-subject`, kb.ArrowDown), chromedp.KeyEvent(kb.Enter))
	expect(t, ctx, `new FormData(document.querySelector('form[data-draft]')).getAll('subject').join()`, "6")

	do(t, ctx, until(`document.querySelector('[data-draft-line]').textContent.startsWith('草稿已存') && !document.querySelector('[data-draft-line]').textContent.includes('16:20')`))
	if got := o.last(); got.Get("goals.1.goal") != "按时服药" || got.Get("_draft") != "child.case.1.28" || got.Get("subject") != "6" {
		t.Errorf("draft is %v", got)
	}
}

func TestIdleScreenKeepsTheForm(t *testing.T) {
	ctx, o := browse(t), &office{}
	server := o.serve(t, 1)
	do(t, ctx, chromedp.Navigate(server.URL+"/gallery/form"), keys("#f-note", "没写完的话"),
		until(`document.getElementById('lock').open`), keys("#lock-p", "wrong"+kb.Enter),
		until(`document.getElementById('lock-e').textContent.includes('还可再试')`))
	do(t, ctx, chromedp.KeyEvent(kb.Escape))
	expect(t, ctx, `document.getElementById('lock').open`, true)
	do(t, ctx, keys("#lock-p", "right"+kb.Enter), until(`!document.getElementById('lock').open`))
	expect(t, ctx, `document.getElementById('f-note').value.includes("没写完的话")`, true)
	expect(t, ctx, `Array.from(document.querySelectorAll('input[name=_csrf]')).every(e => e.value === 't1')`, true)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.locks == 0 {
		t.Error("server was not told that the screen is locked")
	}
}

func TestKeyboard(t *testing.T) {
	ctx, o := browse(t), &office{}
	server := o.serve(t, 9)
	do(t, ctx, chromedp.Navigate(server.URL+"/gallery/list"), chromedp.WaitVisible(chromedp.CSS("#q")), chromedp.KeyEvent(kb.Tab))
	expect(t, ctx, `document.activeElement.className`, "skip")
	do(t, ctx, chromedp.KeyEvent("/"))
	expect(t, ctx, `document.activeElement.id`, "q")
	do(t, ctx, chromedp.Focus(chromedp.CSS("#row-1 a.open")), chromedp.KeyEvent(kb.ArrowDown))
	expect(t, ctx, `document.activeElement.closest('tr').id`, "row-2")
	do(t, ctx, chromedp.KeyEvent("?"), until(`document.getElementById('keys').open`))
	do(t, ctx, chromedp.KeyEvent(kb.Escape))
	expect(t, ctx, `document.getElementById('keys').open`, false)
}

func TestLongJobIsFollowed(t *testing.T) {
	ctx, o := browse(t), &office{}
	server := o.serve(t, 9)
	do(t, ctx, chromedp.Navigate(server.URL+"/gallery/import-running"), chromedp.WaitVisible(chromedp.CSS(`form[action="/import/8/undo"]`)))
}

// TestNoSidewaysScrolling opens every page at 1280 pixels, at 200 % of that
// and at 400 %, and under the policy of the server.
func TestNoSidewaysScrolling(t *testing.T) {
	ctx, o := browse(t), &office{}
	server := o.serve(t, 9)
	for _, width := range []int64{1280, 640, 320} {
		do(t, ctx, chromedp.EmulateViewport(width, 800))
		for _, s := range gallery() {
			open(t, ctx, server.URL+"/gallery/"+s.name)
			excess, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
			if err != nil || excess > 0 {
				t.Errorf("%s at %d pixels is %d too wide, %v", s.name, width, excess, err)
			}
		}
	}
}
