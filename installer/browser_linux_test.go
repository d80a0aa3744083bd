package installer_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"golang.org/x/sys/unix"
)

// dial reaches an address inside the booted system. The thread that enters its
// network stays there and ends with its goroutine.
func (m *machine) dial(ctx context.Context, network, address string) (net.Conn, error) {
	type result struct {
		conn net.Conn
		err  error
	}
	got := make(chan result, 1)
	go func() {
		runtime.LockOSThread()
		ns, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", m.leader))
		if err != nil {
			got <- result{nil, err}
			return
		}
		defer ns.Close()
		if err := unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET); err != nil {
			got <- result{nil, err}
			return
		}
		conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, network, address)
		got <- result{conn, err}
	}()
	r := <-got
	return r.conn, r.err
}

// lead has a port of this PC lead to the office inside, wherever it answers.
func (m *machine) lead() string {
	m.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			here, err := l.Accept()
			if err != nil {
				return
			}
			go m.join(here)
		}
	}()
	return "http://" + l.Addr().String()
}

func (m *machine) join(here net.Conn) {
	defer here.Close()
	said, err := os.ReadFile(filepath.Join("/proc", fmt.Sprint(m.leader), "root/run/jiezhen/address"))
	if err != nil {
		return // the service is down
	}
	address, _, _ := strings.Cut(string(said), "\n")
	there, err := m.dial(context.Background(), "tcp", address)
	if err != nil {
		return
	}
	defer there.Close()
	go func() { _, _ = io.Copy(there, here); _ = there.(*net.TCPConn).CloseWrite() }()
	_, _ = io.Copy(here, there)
}

// browser is the system administrator's, on the PC of the booted system.
type browser struct {
	t    *testing.T
	ctx  context.Context
	base string
}

// newBrowser signs in; nil where there is no browser.
func newBrowser(t *testing.T, base string) *browser {
	t.Helper()
	exe, err := exec.LookPath("chromium")
	if err != nil {
		t.Log("no chromium: versions are changed by the command alone")
		return nil
	}
	tab, stop := chromedp.NewContext(t.Context(), chromedp.WithAllocatorOptions(chromedp.ExecPath(exe), chromedp.NoSandbox, chromedp.WindowSize(1280, 900)))
	t.Cleanup(stop)
	b := &browser{t: t, ctx: tab, base: base}
	if err := chromedp.Do(tab, chromedp.Navigate("about:blank")); err != nil { // starts the browser, which ends with this context
		t.Fatal(err)
	}
	b.open("/login")
	b.do(chromedp.SendKeys(chromedp.CSS("input[name=name]"), "xitong"), chromedp.SendKeys(chromedp.CSS("input[name=password]"), "Ceshi-2026-kouling"+kb.Enter))
	b.until(time.Minute, `location.pathname === '/' && document.readyState === 'complete'`)
	return b
}

// at has the faults told of a part of the test.
func (b *browser) at(t *testing.T) *browser {
	if b == nil {
		return nil
	}
	part := *b
	part.t = t
	return &part
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	limited, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(limited, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) open(path string) { b.t.Helper(); b.do(chromedp.Navigate(b.base + path)) }

func (b *browser) says(js string) string {
	b.t.Helper()
	got, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](js))
	if err != nil {
		b.t.Fatalf("%s: %v", js, err)
	}
	return got
}

// until waits for a condition, on whatever page the browser is by then.
func (b *browser) until(limit time.Duration, js string) {
	b.t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](js)); err == nil && ok {
			return
		}
	}
	b.t.Fatalf("%s never holds on %s: %s", js, b.says("location.href"), b.says("document.body.innerText.slice(0, 900)"))
}

// sees waits for words on the page that the path leads to.
func (b *browser) sees(limit time.Duration, path, words string) {
	b.t.Helper()
	quoted, err := json.Marshal(words)
	if err != nil {
		b.t.Fatal(err)
	}
	b.until(limit, fmt.Sprintf(`location.pathname.startsWith(%q) && document.readyState === 'complete' && document.querySelector('main').innerText.includes(%s)`, path, quoted))
	b.picture(words)
}

// press clicks the button of these words.
func (b *browser) press(words string) {
	b.t.Helper()
	if said := b.says(fmt.Sprintf(`(() => { const b = Array.from(document.querySelectorAll('main button')).find(e => e.textContent.trim() === %q); if (!b) return 'missing'; b.click(); return '' })()`, words)); said != "" {
		b.t.Fatalf("no button %s: %s", words, b.says("document.body.innerText.slice(0, 900)"))
	}
}

// picture keeps what is seen, where JIEZHEN_GALLERY asks for it.
func (b *browser) picture(name string) {
	b.t.Helper()
	dir := os.Getenv("JIEZHEN_GALLERY")
	if dir == "" {
		return
	}
	limited, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	data, err := chromedp.Run(limited, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, fmt.Sprintf("service %d %s %s.png", time.Now().UnixMilli(), filepath.Base(b.t.Name()), strings.ReplaceAll(name, "/", ""))), data, 0o600)
	}
	if err != nil {
		b.t.Log("no picture: ", err) // it is for looking at, no part of the test
	}
}

var shownCode = regexp.MustCompile(`[A-Z2-9]{5}-[A-Z2-9]{5}`)

// neighbour is another PC of the office's network, once it is let in.
type neighbour struct {
	t      *testing.T
	client *http.Client
	seen   *string // the certificate's fingerprint
	first  string
}

const networkDoor = "https://127.0.0.1:8663"

// letIn puts the office on the network, by its page, and lets a PC in.
func (b *browser) letIn(m *machine) *neighbour {
	b.t.Helper()
	b.open("/network")
	b.fill(map[string]string{"allow": "127.0.0.0/8", "reason": "窗口两台电脑要用"})
	b.press("看清上面各条，开放局域网")
	b.sees(time.Minute, "/network", "已开放")
	b.press("生成登记码")
	b.sees(time.Minute, "/network", "只显示这一次")
	code := shownCode.FindString(b.says("document.querySelector('main').innerText"))
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	seen := new(string)
	far := &neighbour{t: b.t, seen: seen, client: &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DisableKeepAlives: true, DialContext: m.dial, TLSClientConfig: &tls.Config{InsecureSkipVerify: true, VerifyConnection: func(s tls.ConnectionState) error { // the test compares the fingerprint, as people do
			*seen = fmt.Sprintf("%X", sha256.Sum256(s.PeerCertificates[0].Raw))
			return nil
		}}}}}
	res, err := far.client.PostForm(networkDoor+"/enrol", url.Values{"code": {code}, "name": {"窗口一号机"}})
	if err != nil {
		b.t.Fatal(err)
	}
	_ = res.Body.Close()
	far.first = *seen
	far.stillIn(b.t, m)
	return far
}

// stillIn: the door is open, with the certificate that was compared, and the
// PC is known.
func (f *neighbour) stillIn(t *testing.T, m *machine) {
	t.Helper()
	if f == nil {
		return
	}
	var res *http.Response
	var err error
	if !m.within(30*time.Second, func() bool { res, err = f.client.Get(networkDoor + "/login"); return err == nil }) { // it opens a moment after the office
		t.Fatalf("the office is off the network: %v", err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK || *f.seen != f.first {
		t.Errorf("the other PC: %s, sent to %s, certificate as it was: %v", res.Status, res.Header.Get("Location"), *f.seen == f.first)
	}
}

// fill sets fields of the page's forms.
func (b *browser) fill(values map[string]string) {
	b.t.Helper()
	for name, value := range values {
		if said := b.says(fmt.Sprintf(`(() => { const all = Array.from(document.querySelectorAll('main [name=%q]')); if (!all.length) return 'missing'
  all.forEach(e => { if (e.type === 'radio') { if ((e.value === %[2]q) !== e.checked) e.click() } else { e.value = %[2]q; e.dispatchEvent(new Event('change', {bubbles: true})) } }); return '' })()`, name, value)); said != "" {
			b.t.Fatalf("no field %s: %s", name, b.says("document.body.innerText.slice(0, 900)"))
		}
	}
}

// brings chooses an upgrade's file and sends it, and waits on the page while
// the service is stopped and another comes up.
func (b *browser) brings(file string) {
	b.t.Helper()
	b.open("/upgrade")
	b.picture("before")
	b.do(chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{file}))
	b.press("核对并升级")
	b.until(time.Minute, `/^\/(jobs|upgrade)/.test(location.pathname) && document.querySelector('.job') !== null`)
	b.steps()
}

// steps takes a picture of each step that the page tells, until it is over.
func (b *browser) steps() {
	b.t.Helper()
	last := ""
	for end := time.Now().Add(4 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		now, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.readyState !== 'complete' ? '' : document.querySelector('.job:not([data-poll=""])') ? document.querySelector('#job-t').textContent : 'over'`))
		if err != nil || now == "" || now == last {
			continue
		}
		b.t.Log("the page says: ", now)
		if last = now; now == "over" {
			return
		}
		b.picture(now)
	}
	b.t.Fatalf("the page waits for ever: %s", b.says("document.body.innerText.slice(0, 900)"))
}

// goesBack asks for the version before, first with the present data, which it
// cannot read, then with those of before.
func (b *browser) goesBack(version string) {
	b.t.Helper()
	for _, with := range []string{"否", "是"} {
		b.open("/upgrade")
		b.fill(map[string]string{"data": with, "password": "Ceshi-2026-kouling"})
		b.press("退回 " + version)
		b.until(time.Minute, `/^\/(jobs|upgrade)/.test(location.pathname) && document.readyState === 'complete'`)
		b.steps()
		if with == "否" {
			b.sees(time.Minute, "/jobs/", "选“是”")
		}
	}
}
