package ui

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/watch"
)

// stop ends the program as a service manager does, and says how long it took.
func (r *running) stop(t testing.TB) time.Duration {
	t.Helper()
	began := time.Now()
	if runtime.GOOS == "windows" {
		r.kill()
		return time.Since(began)
	}
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Wait(); err != nil {
		t.Errorf("stopping: %v: %s", err, r.errors.String())
	}
	return time.Since(began)
}

// TestRacingStarts starts the program several times at once: one opens the
// office, every other leads to it and ends without a fault.
func TestRacingStarts(t *testing.T) {
	t.Parallel()
	s := besiege(t, buildProgram(t), rand.New(rand.NewPCG(3, 4)))
	first := s.again()
	s.await(first)
	defer first.kill()
	var others sync.WaitGroup
	for range 4 {
		others.Go(func() {
			out, err := s.command("--no-browser", "--listen", "127.0.0.1:0").CombinedOutput()
			if err != nil || !strings.Contains(string(out), "已经在运行") || !strings.Contains(string(out), s.o.base) {
				t.Errorf("another start: %v\n%s", err, out)
			}
		})
	}
	others.Wait()
	if a := s.o.browser().get("/readyz"); a.status != http.StatusOK {
		t.Errorf("the first does not answer any more: %d", a.status)
	}
	first.stop(t)
	for range 3 { // all at once on a free folder
		s.race()
	}
}

// race starts four programs at the same moment and kills who won.
func (s *siege) race() {
	s.t.Helper()
	type result struct {
		text string
		code int
	}
	ended := make(chan result, 4)
	cmds := make([]*exec.Cmd, 4)
	for i := range cmds {
		cmds[i] = s.command("--no-browser", "--listen", "127.0.0.1:0")
		go func() {
			out, _ := cmds[i].CombinedOutput() // its exit code says it
			ended <- result{string(out), cmds[i].ProcessState.ExitCode()}
		}()
	}
	for range len(cmds) - 1 { // all but one end by themselves
		r := <-ended
		if !strings.Contains(r.text, "已经在运行") || strings.Contains(r.text, "已启动") {
			s.t.Errorf("one that lost ended with %d: %s", r.code, r.text)
		}
	}
	for _, cmd := range cmds {
		if cmd.Process != nil {
			_ = cmd.Process.Kill() // those that have ended are gone
		}
	}
	if r := <-ended; !strings.Contains(r.text, "已启动") {
		s.t.Errorf("nobody won: %s", r.text)
	}
	_ = os.Remove(filepath.Join(s.o.dir, "data", watch.StartsName))
}

// cycles is how often the office is started and stopped: JIEZHEN_CYCLES says
// so, else 30, few under -short.
func cycles(t *testing.T) int {
	if text := os.Getenv("JIEZHEN_CYCLES"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("JIEZHEN_CYCLES is %q, want a number", text)
		}
		return n
	}
	if testing.Short() {
		return 5
	}
	return 30
}

// TestStartStopCycles starts and stops the real program over and over, with
// someone at work in it: it always comes up, always stops by itself, never
// falls into safe mode, and leaves and holds no more in the end than early on.
func TestStartStopCycles(t *testing.T) {
	t.Parallel()
	s := besiege(t, buildProgram(t), rand.New(rand.NewPCG(5, 6)))
	longest, n := time.Duration(0), cycles(t)
	var early, now traces
	for i := range n {
		r := s.again()
		s.enter(r)
		if a := s.b.send("/r/"+s.o.ref["case"].String()+"/note", url.Values{"kind": {"工作记录"}, "text": {fmt.Sprintf("第%d次启动", i)}}); a.status != http.StatusSeeOther {
			t.Fatalf("start %d: %d %s", i, a.status, a.text())
		}
		now.held(r.cmd.Process.Pid)
		longest = max(longest, r.stop(t)) // with the browser's connection still open
		s.left(&now)
		if i == min(2, n-1) { // all that the first starts make is there
			early = now
		}
	}
	now.grew(t, early)
	t.Logf("%d starts and stops, the longest stop took %v", n, longest)
	s.lastLookAt(n)
}

func (s *siege) lastLookAt(n int) {
	s.t.Helper()
	r := s.again()
	defer r.stop(s.t)
	s.await(r)
	s.t.Logf("memory of the program at rest: %d KiB", procNumber(r.cmd.Process.Pid, "VmRSS:"))
	a := s.b.get("/r/" + s.o.ref["case"].String())
	for i := range n {
		if !strings.Contains(a.body, fmt.Sprintf("第%d次启动", i)) {
			s.t.Errorf("the note of start %d is gone", i)
		}
	}
}

// TestCyclesLeakNothing opens and closes an office within this process: no
// goroutine and no open file is left behind.
func TestCyclesLeakNothing(t *testing.T) {
	o := &testOffice{t: t, dir: t.TempDir(), clock: &testClock{at: time.Now()}}
	house, err := app.Enter(context.Background(), testConfig(o.dir, o.clock))
	o.must(err)
	_, err = house.Found(context.Background())
	o.must(err)
	o.must(house.Leave())
	once := func() {
		house, err := app.Enter(context.Background(), testConfig(o.dir, o.clock))
		o.must(err)
		o.must(house.Leave())
	}
	for range 3 {
		once()
	}
	goroutines, files, held := settledGoroutines(), openFiles(), heap()
	n := cycles(t)
	for range n {
		once()
	}
	if now := settledGoroutines(); now > goroutines+3 {
		t.Errorf("%d goroutines before, %d after %d cycles", goroutines, now, n)
	}
	if now := openFiles(); now > files+3 {
		t.Errorf("%d open files before, %d after %d cycles", files, now, n)
	}
	if now := heap(); now > held+8<<20+n*1000 { // a cycle that keeps a kilobyte shows by the thousand
		t.Errorf("%d bytes held before, %d after %d cycles", held, now, n)
	}
	t.Logf("%d cycles: goroutines %d → %d, open files %d → %d, bytes held %d → %d", n, goroutines, settledGoroutines(), files, openFiles(), held, heap())
}

// settledGoroutines waits until their number does not fall any more.
func settledGoroutines() int {
	least := runtime.NumGoroutine()
	for range 50 {
		time.Sleep(10 * time.Millisecond)
		least = min(least, runtime.NumGoroutine())
	}
	return least
}

func openFiles() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}

// TestLogsNameNobody has the program write its log through a day of work and
// of trouble, and looks for everyone the office knows.
func TestLogsNameNobody(t *testing.T) {
	t.Parallel()
	s := besiege(t, buildProgram(t), rand.New(rand.NewPCG(7, 8)))
	r := s.again()
	s.enter(r)
	admin := s.o.as("admin.system")
	for _, b := range []*client{s.b, admin} {
		v := visitor{role: "child.officer", token: b.token(), b: b}
		for _, route := range (&Server{}).Routes() {
			for i := range which {
				path := v.path(route.Path, i, routeTable[route.Method+" "+route.Path])
				if doors[route.Method+" "+route.Path] {
					continue
				}
				if route.Method == http.MethodGet {
					b.get(path + "?q=" + url.QueryEscape(hiddenName))
					continue
				}
				b.post(path, url.Values{"_csrf": {v.token}, "name": {"禹宁川"}, "text": {hiddenWords}, "phone": {"13800001234"}, "reason": {"钟离安的事情"}, "_do": {"check"}})
			}
		}
	}
	s.o.browser().post("/login", url.Values{"name": {"禹宁川"}, "password": {"13800001234"}})
	r.stop(t)
	logs, err := os.ReadFile(filepath.Join(s.o.dir, "data", "logs", "jiezhen.log"))
	s.o.must(err)
	if !strings.Contains(string(logs), "msg=start") || !strings.Contains(string(logs), "msg=stop") {
		t.Errorf("the log does not tell of start and stop:\n%s", logs)
	}
	for _, text := range []string{string(logs), r.errors.String()} {
		for _, name := range []string{"禹宁川", "钟离安", "单于远", "顾阿婆", hiddenName, hiddenWords, "13800001234", "普通个案情况"} {
			if strings.Contains(text, name) {
				t.Errorf("the log names %s:\n%s", name, text)
			}
		}
	}
}
