package command

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The program is killed while four browsers save; whatever it acknowledged
// must be there when it is started again. JIEZHEN_KILLS sets how often.
func TestKillLosesNothingAcknowledged(t *testing.T) {
	kills := 5
	if n, err := strconv.Atoi(os.Getenv("JIEZHEN_KILLS")); err == nil {
		kills = n
	}
	if testing.Short() {
		t.Skip("starts and kills the program")
	}
	k := &killed{t: t, dir: t.TempDir(), rand: rand.New(rand.NewPCG(20261123, 7))}
	k.build()
	k.start()
	k.findCase()
	for round := range kills {
		said := k.saveUntilKilled(round)
		k.start()
		k.browser = k.signIn()
		k.verify(said)
		k.all = append(k.all, said...)
	}
	if len(k.all) < kills {
		t.Errorf("%d saves in %d rounds: the test hardly saves", len(k.all), kills)
	}
	k.verify(k.all)
	k.searchable()
	k.stop(os.Interrupt)
	if out, err := k.command("check", "--data", k.data()).CombinedOutput(); err != nil {
		t.Fatalf("check: %v\n%s", err, out)
	}
	t.Logf("%d kills, %d acknowledged saves", kills, len(k.all))
}

// saved is one acknowledged save: where to look, and what must stand there.
type saved struct{ path, want string }

type killed struct {
	t       *testing.T
	dir     string
	exe     string
	rand    *rand.Rand
	running *exec.Cmd
	base    string
	browser *http.Client
	caseRef string
	all     []saved
}

func (k *killed) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

func (k *killed) data() string { return filepath.Join(k.dir, "data") }

func (k *killed) build() {
	k.exe = filepath.Join(k.dir, "jiezhen")
	if runtime.GOOS == "windows" {
		k.exe += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", k.exe, "jiezhen").CombinedOutput(); err != nil {
		k.t.Fatalf("building: %v\n%s", err, out)
	}
}

func (k *killed) command(args ...string) *exec.Cmd {
	c := exec.Command(k.exe, args...)
	c.Env = append(os.Environ(), "JIEZHEN_KEYS="+filepath.Join(k.dir, "keys"))
	return c
}

// start runs the demonstration office and waits until it answers.
func (k *killed) start() {
	k.t.Helper()
	c := k.command("demo", "--people", "60", "--years", "1", "--data", k.data(), "--no-browser", "--listen", "127.0.0.1:0")
	out, err := c.StdoutPipe()
	k.must(err)
	c.Stderr = c.Stdout
	k.must(c.Start())
	k.running = c
	k.t.Cleanup(func() { _ = c.Process.Kill() })
	lines := bufio.NewScanner(out)
	var said []string
	for lines.Scan() {
		said = append(said, lines.Text())
		if m := regexp.MustCompile(`http://[0-9.:]+`).FindString(lines.Text()); m != "" {
			k.base = m
			go func() { _, _ = io.Copy(io.Discard, out) }()
			k.browser = k.signIn()
			return
		}
	}
	k.t.Fatalf("did not start:\n%s", strings.Join(said, "\n"))
}

func (k *killed) stop(s os.Signal) {
	if runtime.GOOS == "windows" {
		s = os.Kill
	}
	k.must(k.running.Process.Signal(s))
	_ = k.running.Wait()
}

// signIn is a session of the child welfare officer.
func (k *killed) signIn() *http.Client {
	k.t.Helper()
	jar, err := cookiejar.New(nil)
	k.must(err)
	b := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: time.Minute}
	res, err := b.PostForm(k.base+"/login", url.Values{"name": {"sulingyi"}, "password": {"Yanshi-2026-b"}})
	k.must(err)
	res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		k.t.Fatalf("signing in: %d", res.StatusCode)
	}
	return b
}

// read fetches a page, as JSON where asked.
func (k *killed) read(path, accept string) string {
	k.t.Helper()
	r, err := http.NewRequest(http.MethodGet, k.base+path, nil)
	k.must(err)
	r.Header.Set("Accept", accept)
	res, err := k.browser.Do(r)
	k.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	k.must(err)
	if res.StatusCode != http.StatusOK {
		k.t.Fatalf("%s: %d", path, res.StatusCode)
	}
	return string(body)
}

var (
	caseLink = regexp.MustCompile(`href="(/r/child\.case/\d+)"`)
	token    = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)
)

func (k *killed) findCase() {
	m := caseLink.FindStringSubmatch(k.read("/r/child.case", "text/html"))
	if m == nil {
		k.t.Fatal("no case in the demonstration office")
	}
	k.caseRef = m[1]
}

// saveUntilKilled lets four browsers save and kills the program in the middle.
func (k *killed) saveUntilKilled(round int) []saved {
	k.t.Helper()
	csrf := token.FindStringSubmatch(k.read("/account", "text/html"))[1]
	var (
		mu   sync.Mutex
		said []saved
		work sync.WaitGroup
	)
	for worker := range 4 {
		work.Add(1)
		go func() {
			defer work.Done()
			for n := 0; ; n++ {
				s, ok := k.save(csrf, fmt.Sprintf("%d轮%d号%d次", round, worker, n))
				if !ok {
					return
				}
				mu.Lock()
				said = append(said, s)
				mu.Unlock()
			}
		}()
	}
	time.Sleep(time.Duration(k.rand.IntN(400)) * time.Millisecond)
	k.must(k.running.Process.Kill())
	_ = k.running.Wait()
	work.Wait()
	return said
}

// save makes a person, or writes a note, in turn; false once the program is
// gone. A refusal is a failed test: the office must take these.
func (k *killed) save(csrf, mark string) (saved, bool) {
	if strings.HasSuffix(mark, "0次") {
		return k.savePerson(csrf, "试"+mark)
	}
	text := "断电" + mark + "记录"
	answer, _, ok := k.post(k.caseRef+"/note", url.Values{"_csrf": {csrf}, "kind": {"工作记录"}, "text": {text}}, http.StatusSeeOther)
	return saved{k.caseRef, text}, ok && answer == http.StatusSeeOther
}

func (k *killed) savePerson(csrf, name string) (saved, bool) {
	answer, body, ok := k.post("/people/new", url.Values{"_csrf": {csrf}, "name": {name}, "sex": {"1"}, "life": {"1"}, "_why": {"断电试验用"}}, http.StatusCreated)
	if !ok || answer != http.StatusCreated {
		return saved{}, false
	}
	var made struct{ Ref string }
	if err := json.Unmarshal(body, &made); err != nil {
		return saved{}, false // cut off: not acknowledged
	}
	return saved{"/people/" + strings.TrimPrefix(made.Ref, "person.file/"), name}, true
}

func (k *killed) post(path string, form url.Values, want int) (int, []byte, bool) {
	r, err := http.NewRequest(http.MethodPost, k.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, nil, false
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if want == http.StatusCreated {
		r.Header.Set("Accept", "application/json")
	}
	res, err := k.browser.Do(r)
	if err != nil {
		return 0, nil, false // killed
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != want {
		k.t.Errorf("%s: %d instead of %d: %s", path, res.StatusCode, want, body)
	}
	return res.StatusCode, body, err == nil
}

// verify looks every save up.
func (k *killed) verify(list []saved) {
	k.t.Helper()
	pages := map[string]string{}
	for _, s := range list {
		body, ok := pages[s.path]
		if !ok {
			body = k.read(s.path, "text/html")
			pages[s.path] = body
		}
		if !strings.Contains(body, s.want) {
			k.t.Errorf("%s: acknowledged and lost: %s", s.path, s.want)
		}
	}
}

// searchable waits until the last note is found: the index follows.
func (k *killed) searchable() {
	k.t.Helper()
	var last string
	for _, s := range k.all {
		if s.path == k.caseRef {
			last = s.want
		}
	}
	for range 200 {
		if strings.Contains(k.read("/search?q="+url.QueryEscape(last), "text/html"), k.caseRef) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	k.t.Errorf("%s is not found", last)
}
