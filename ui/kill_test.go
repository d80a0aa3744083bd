package ui

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"html"
	"io"
	mrand "math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/record"
	"jiezhen/app/watch"
)

// kills is how often the running program is killed: JIEZHEN_KILLS says so,
// else enough for every change, few under -short.
func kills(t *testing.T) int {
	if text := os.Getenv("JIEZHEN_KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("JIEZHEN_KILLS is %q, want a number", text)
		}
		return n
	}
	if testing.Short() {
		return 8
	}
	return 200
}

// besieged is how many offices share the kills: a self-check reads the whole
// office, so that a few small ones are faster than one that grows.
const besieged = 8

// TestKilledWhileSaving runs the real program, saves through its pages, and
// kills it at random moments, of its start too. After every restart each
// acknowledged save is there and the self-check finds nothing.
func TestKilledWhileSaving(t *testing.T) {
	t.Parallel()
	program, n, seed := buildProgram(t), kills(t), uint64(time.Now().UnixNano())
	t.Logf("%d kills, seed %d", n, seed)
	for i := range besieged {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			s := besiege(t, program, mrand.New(mrand.NewPCG(seed, uint64(i))))
			for range (n + besieged - 1 - i) / besieged {
				s.round()
			}
			s.lastLook()
		})
	}
}

// built is the program as it is delivered, made once for all tests.
var built struct {
	once sync.Once
	dir  string
	out  []byte
	err  error
}

// TestMain takes the program away again.
func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir) // in the folder for temporary files anyway
	}
	os.Exit(code)
}

// buildProgram makes the program as it is delivered.
func buildProgram(t *testing.T) string {
	t.Helper()
	name := "jiezhen"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "jiezhen-test"); built.err == nil {
			built.out, built.err = exec.Command("go", "build", "-o", filepath.Join(built.dir, name), "jiezhen").CombinedOutput()
		}
	})
	if built.err != nil {
		t.Fatalf("building the program: %v\n%s", built.err, built.out)
	}
	return filepath.Join(built.dir, name)
}

// siege is an office whose program is started and killed over and over.
type siege struct {
	t       *testing.T
	o       *testOffice
	program string
	dice    *mrand.Rand
	b       *client
	token   string
	hands   []*hand
	saved   atomic.Int64
}

// besiege founds an office and leaves it; the program will open it.
func besiege(t *testing.T, program string, dice *mrand.Rand) *siege {
	t.Helper()
	o := &testOffice{t: t, dir: t.TempDir(), clock: &testClock{at: time.Now()},
		person: map[string]uint64{}, ref: map[string]record.Ref{}, user: map[string]uint64{}}
	var err error
	o.house, err = app.Enter(context.Background(), testConfig(o.dir, o.clock))
	o.must(err)
	_, err = o.house.Found(context.Background())
	o.must(err)
	o.furnish()
	o.must(o.house.Leave())
	s := &siege{t: t, o: o, program: program, dice: dice}
	for _, which := range []string{"case", "farcase", "hiddencase"} {
		s.hands = append(s.hands, &hand{s: s, name: which, page: "/r/" + o.ref[which].String(), people: map[string]string{}})
	}
	return s
}

// command is the program on the besieged folder.
func (s *siege) command(args ...string) *exec.Cmd {
	cmd := exec.Command(s.program, append(args, "--data", filepath.Join(s.o.dir, "data"))...)
	cmd.Env = append(os.Environ(), "JIEZHEN_KEYS="+filepath.Join(s.o.dir, "keys"), "TMPDIR="+s.tempDir(), "TMP="+s.tempDir())
	return cmd
}

// running is the program while it runs.
type running struct {
	cmd    *exec.Cmd
	out    io.Reader
	errors bytes.Buffer
}

func (s *siege) launch() *running {
	s.t.Helper()
	_ = os.Remove(filepath.Join(s.o.dir, "data", watch.StartsName)) // so many kills would lead to safe mode
	r := &running{cmd: s.command("--no-browser", "--listen", "127.0.0.1:0")}
	var err error
	r.out, err = r.cmd.StdoutPipe()
	s.o.must(err)
	r.cmd.Stderr = &r.errors
	s.o.must(r.cmd.Start())
	return r
}

func (r *running) kill() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait() // it was killed
}

var printedAddress = regexp.MustCompile(`http://[0-9.:]+`)

// await reads the address that the program prints when it is ready.
func (s *siege) await(r *running) {
	s.t.Helper()
	lines := bufio.NewScanner(r.out)
	for lines.Scan() {
		if a := printedAddress.FindString(lines.Text()); a != "" {
			s.o.base = a
			go func() { _, _ = io.Copy(io.Discard, r.out) }()
			return
		}
	}
	_ = r.cmd.Wait()
	s.t.Fatalf("the program did not start after a kill: %s", r.errors.String())
}

// round starts the program, looks that nothing is missing, has saves made, and
// kills it. One start in four does not live to see a save.
func (s *siege) round() {
	s.t.Helper()
	r := s.launch()
	if s.dice.IntN(4) == 0 {
		time.Sleep(time.Duration(s.dice.IntN(400)) * time.Millisecond)
		r.kill()
		return
	}
	s.enter(r)
	defer r.kill()
	s.look()
	var work sync.WaitGroup
	for _, h := range s.hands {
		work.Go(h.work)
	}
	time.Sleep(time.Duration(20+s.dice.IntN(280)) * time.Millisecond)
	r.kill()
	work.Wait()
}

// enter waits for the program and signs in, once: an acknowledged session
// outlives a kill, too.
func (s *siege) enter(r *running) {
	s.t.Helper()
	s.await(r)
	if s.b == nil {
		s.b = s.o.as("child.officer")
	}
	s.token = s.b.token()
}

// look compares the office with what was acknowledged, and has it checked.
func (s *siege) look() {
	s.t.Helper()
	for _, h := range s.hands {
		h.look()
	}
	if out, err := s.command("check").CombinedOutput(); err != nil || !strings.Contains(string(out), "数据完好") {
		s.t.Fatalf("the self-check after a kill: %v\n%s", err, out)
	}
}

// lastLook starts the program once more and looks at everything.
func (s *siege) lastLook() {
	s.t.Helper()
	r := s.launch()
	defer r.kill()
	s.enter(r)
	s.look()
	for _, h := range s.hands {
		h.lookAtPeople(h.people)
	}
	if s.saved.Load() == 0 {
		s.t.Error("nothing was ever saved")
	}
	s.t.Logf("%d saves acknowledged", s.saved.Load())
}

// hand is one clerk's browser tab: it writes notes and files on a case of its
// own, changes the case, and makes persons' files. What it keeps was
// acknowledged.
type hand struct {
	s       *siege
	name    string
	page    string
	n       int
	notes   []string
	files   []string
	people  map[string]string // name → address of the file
	fresh   map[string]string // of those, the ones made since the last look
	problem string            // what the case says
	trying  string            // what it may say if the last change arrived unanswered
}

// work saves until the program is gone.
func (h *hand) work() {
	h.fresh = map[string]string{}
	for {
		h.n++
		mark := fmt.Sprintf("%s第%d次", h.name, h.n)
		saves := []func(string) bool{h.note, h.note, h.file, h.change, h.person}
		if !saves[h.n%len(saves)](mark) {
			return
		}
		h.s.saved.Add(1)
	}
}

// send posts and says whether the save was acknowledged; an answer that is
// neither that nor a broken connection fails the test.
func (h *hand) send(path, kind string, body io.Reader, want int) (answer, bool) {
	r, err := http.NewRequest(http.MethodPost, h.s.o.base+path, body)
	if err != nil {
		h.s.t.Error(err)
		return answer{}, false
	}
	r.Header.Set("Content-Type", kind)
	if want == http.StatusCreated {
		r.Header.Set("Accept", "application/json")
	}
	res, err := h.s.b.http.Do(r)
	if err != nil {
		return answer{}, false // killed
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}, false
	}
	a := answer{res.StatusCode, res.Header, string(text)}
	if a.status != want {
		h.s.t.Errorf("POST %s: %d, want %d: %s", path, a.status, want, a.text())
	}
	return a, a.status == want
}

func (h *hand) form(path string, form url.Values, want int) (answer, bool) {
	form.Set("_csrf", h.s.token)
	return h.send(path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()), want)
}

func (h *hand) note(mark string) bool {
	text := "工作记录：" + mark + "。" + strings.Repeat("情况正常。", h.n%400)
	_, ok := h.form(h.page+"/note", url.Values{"kind": {"工作记录"}, "text": {text}}, http.StatusSeeOther)
	if ok {
		h.notes = append(h.notes, text)
	}
	return ok
}

func (h *hand) file(mark string) bool {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	_ = w.WriteField("_csrf", h.s.token)
	_ = w.WriteField("title", "附件"+mark)
	part, err := w.CreateFormFile("file", "a.txt")
	if err != nil {
		return false
	}
	_, _ = io.WriteString(part, "内容"+mark)
	_ = w.Close()
	_, ok := h.send(h.page+"/file", w.FormDataContentType(), &body, http.StatusSeeOther)
	if ok {
		h.files = append(h.files, mark)
	}
	return ok
}

// change saves the case anew, from the revision that it stands at.
func (h *hand) change(mark string) bool {
	r, err := http.NewRequest(http.MethodGet, h.s.o.base+h.page, nil)
	if err != nil {
		return false
	}
	r.Header.Set("Accept", "application/json")
	res, err := h.s.b.http.Do(r)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	var now struct{ Rev uint64 }
	if json.NewDecoder(res.Body).Decode(&now) != nil {
		return false
	}
	h.trying = "主要问题：" + mark
	_, ok := h.form(h.page+"/edit", url.Values{"_rev": {fmt.Sprint(now.Rev)}, "problem": {h.trying}}, http.StatusSeeOther)
	if ok {
		h.problem = h.trying
	}
	return ok
}

func (h *hand) person(string) bool {
	name := "测" + randomHan() + randomHan() + randomHan()
	a, ok := h.form("/people/new", url.Values{"name": {name}, "sex": {"2"}, "birth": {"2014-05-06"}, "life": {"1"},
		"community": {fmt.Sprint(h.s.o.east)}, "_why": {"不是同一人"}}, http.StatusCreated)
	if !ok {
		return false
	}
	var made struct{ Ref string }
	if err := json.Unmarshal([]byte(a.body), &made); err != nil {
		h.s.t.Error(err)
		return false
	}
	h.fresh[name] = "/r/" + made.Ref
	h.people[name] = "/r/" + made.Ref
	return true
}

// randomHan is a character of the common block.
func randomHan() string {
	var b [2]byte
	_, _ = rand.Read(b[:])
	return string(rune(0x4e00 + (int(b[0])<<8|int(b[1]))%0x5000))
}

var fileLink = regexp.MustCompile(`<a href="([^"]*/file/[0-9a-f]+)">附件([^<]*)</a>`)

// look finds every acknowledged save of this hand again.
func (h *hand) look() {
	t := h.s.t
	t.Helper()
	shown := h.s.b.get(h.page)
	for _, n := range h.notes {
		if !strings.Contains(shown.body, n) {
			t.Fatalf("%s: an acknowledged note is gone: %.40s (page: %d)", h.page, n, shown.status)
		}
	}
	kept := map[string]string{}
	for _, m := range fileLink.FindAllStringSubmatch(shown.body, -1) {
		kept[html.UnescapeString(m[2])] = html.UnescapeString(m[1])
	}
	for _, mark := range h.files {
		if a := h.s.b.get(kept[mark]); a.body != "内容"+mark {
			t.Fatalf("%s: an acknowledged file is gone: %s (%d)", h.page, mark, a.status)
		}
	}
	var now struct{ Values map[string]any }
	h.s.b.json(h.page).decode(t, &now)
	is, _ := now.Values["problem"].(string)
	if h.problem != "" && is != h.problem && is != h.trying {
		t.Fatalf("%s: the case says %s, acknowledged was %s", h.page, is, h.problem)
	}
	h.problem = is // what has been seen stays, acknowledged or not
	h.lookAtPeople(h.fresh)
}

func (h *hand) lookAtPeople(made map[string]string) {
	h.s.t.Helper()
	for name, at := range made {
		var now struct{ Values map[string]any }
		h.s.b.json(at).decode(h.s.t, &now)
		if now.Values["name"] != name {
			h.s.t.Fatalf("%s: an acknowledged person's file is gone: %v", at, now.Values["name"])
		}
	}
}
