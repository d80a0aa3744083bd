package installer

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// pc is a service manager whose service answers /readyz as its executable,
// a small file of JSON, says.
type pc struct {
	t       *testing.T
	p       Places
	exe     string
	keeper  string
	running *http.Server
	broken  bool // nothing starts any more
	starts  []string
}

func (m *pc) Name() string                                            { return "test" }
func (m *pc) Logs(Places) string                                      { return "看日志" }
func (m *pc) Register(context.Context, Places) error                  { return nil }
func (m *pc) Remove(context.Context, Places) error                    { return nil }
func (m *pc) Point(_ context.Context, _ Places, exe string) error     { m.exe = exe; return nil }
func (m *pc) PointKeeper(_ context.Context, _ Places, e string) error { m.keeper = e; return nil }

func (m *pc) Condition(context.Context) (Condition, error) {
	if m.running == nil {
		return Stopped, nil
	}
	return Running, nil
}

func (m *pc) Stop(context.Context) error {
	if m.running != nil {
		_ = m.running.Close()
		m.running = nil
	}
	return nil
}

func (m *pc) Start(context.Context) error {
	m.starts = append(m.starts, filepath.Base(m.exe))
	if m.broken {
		return errors.New("nothing starts")
	}
	body, err := os.ReadFile(m.exe)
	if err != nil {
		return err
	}
	body, _, _ = bytes.Cut(body, []byte("\n"))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	instance := NewInstance()
	body = append(bytes.TrimSuffix(body, []byte("}")), `,"instance":"`+instance+`"}`...)
	m.running = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })}
	go func(s *http.Server) { _ = s.Serve(l) }(m.running)
	return Announce(m.p, l.Addr().String(), instance)
}

// bench is an installation of 1.0.0 in a folder.
type bench struct {
	*pc
	i   *Installer
	key ed25519.PrivateKey
}

func newBench(t *testing.T) *bench {
	t.Helper()
	if !Admin() {
		t.Skip("changing versions needs an administrator's rights")
	}
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := PlacesIn(t.TempDir())
	for _, d := range []string{p.Programs, p.Desk, p.Inbox, p.Run} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	m := &pc{t: t, p: p, exe: p.ExeFor("1.0.0")}
	b := &bench{m, New(Config{Places: p, Manager: m, Version: "1.0.0", Exe: m.exe, Trusted: []string{Public(key)}, Clock: time.Now}), key}
	b.write(m.exe, "1.0.0", "ready")
	if err := writeState(p, State{Version: "1.0.0", Exe: m.exe}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Stop(t.Context()) })
	return b
}

// write writes and signs an executable that answers so.
func (b *bench) write(path, version, condition string) {
	b.t.Helper()
	body := fmt.Appendf(nil, `{"condition":%q,"version":%q}`+"\n", condition, version)
	m := Manifest{Version: version, Files: []Part{{Name: "x", System: runtime.GOOS, Machine: runtime.GOARCH, Size: int64(len(body)), SHA256: fmt.Sprintf("%x", sha256.Sum256(body))}}}
	_, _, behind, err := Seal(m, b.key)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, append(body, behind...), 0o755); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) request(r Request) {
	b.t.Helper()
	r.Format = stateFormat
	data, err := json.Marshal(r)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.p.Inbox, requestFile), data, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) state() State {
	b.t.Helper()
	s, err := ReadState(b.p)
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

func TestUpgradeAndBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.write(filepath.Join(b.p.Inbox, incomingFile), "1.1.0", "locked")
	b.request(Request{Kind: Upgrade})
	if err := b.i.Switch(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := b.state()
	if s.Version != "1.1.0" || s.Change.Phase != Done || s.Previous == nil || s.Previous.Version != "1.0.0" || b.keeper != b.p.ExeFor("1.1.0") {
		t.Fatalf("after the upgrade: %+v %+v keeper %s", s, s.Change, b.keeper)
	}
	if err := b.i.Switch(t.Context()); err != nil || len(b.starts) != 1 {
		t.Errorf("a call without a request did something: %v %v", err, b.starts)
	}
	b.request(Request{Kind: Rollback, Data: true})
	if err := b.i.Switch(t.Context()); err != nil {
		t.Fatal(err)
	}
	now := b.state()
	if now.Version != "1.0.0" || now.Previous != nil || now.Change.Data != s.Previous.Copy || now.Change.Phase != Done {
		t.Errorf("after the way back: %+v %+v", now, now.Change)
	}
	b.request(Request{Kind: Rollback})
	if err := b.i.Switch(t.Context()); err == nil || b.state().Change.Phase != Refused {
		t.Error("went back where there is nothing to go back to")
	}
}

// TestWhatThePrivilegedHalfRefuses lays into the inbox what a taken-over
// office could.
func TestWhatThePrivilegedHalfRefuses(t *testing.T) {
	t.Parallel()
	for name, lay := range map[string]func(b *bench, path string){
		"an older version": func(b *bench, path string) { b.write(path, "0.9.0", "ready") },
		"the same version": func(b *bench, path string) { b.write(path, "1.0.0", "ready") },
		"another publisher": func(b *bench, path string) {
			_, b.key, _ = ed25519.GenerateKey(nil)
			b.write(path, "2.0.0", "ready")
		},
		"changed after signing": func(b *bench, path string) {
			b.write(path, "2.0.0", "ready")
			data, _ := os.ReadFile(path)
			data[3] ^= 1
			_ = os.WriteFile(path, data, 0o600)
		},
		"a link to elsewhere": func(b *bench, path string) {
			out := filepath.Join(filepath.Dir(b.p.Desk), "elsewhere")
			b.write(out, "2.0.0", "ready")
			_ = os.Symlink(out, path)
		},
		"nothing": func(*bench, string) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			lay(b, filepath.Join(b.p.Inbox, incomingFile))
			b.request(Request{Kind: Upgrade})
			if err := b.i.Switch(t.Context()); err == nil {
				t.Error("it was taken")
			}
			if s := b.state(); s.Version != "1.0.0" || s.Change.Phase != Refused || len(b.starts) != 0 {
				t.Errorf("something was changed: %+v, starts %v", s, b.starts)
			}
			if _, err := os.Stat(filepath.Join(b.p.Inbox, requestFile)); err == nil {
				t.Error("the request is still there: it would be tried for ever")
			}
		})
	}
}

// TestChangeCutShort begins anew from every state that a power failure can
// leave.
func TestChangeCutShort(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, condition, want string
		phase, ended          Phase
	}{
		{"while a good version was tried", "ready", "1.1.0", Trying, Done},
		{"while the version before came back", "ready", "1.0.0", Returning, Returned},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			next := b.p.ExeFor("1.1.0")
			b.write(next, "1.1.0", row.condition)
			s := b.state()
			s.Change = &Change{ID: "x", Kind: Upgrade, From: "1.0.0", To: "1.1.0", Exe: next, Phase: row.phase, Began: time.Now()}
			if err := writeState(b.p, s); err != nil {
				t.Fatal(err)
			}
			if err := b.i.Switch(t.Context()); err != nil {
				t.Fatal(err)
			}
			if now := b.state(); now.Version != row.want || now.Change.Phase != row.ended || b.exe != b.p.ExeFor(row.want) {
				t.Errorf("%+v %+v runs %s", now, now.Change, b.exe)
			}
		})
	}
}

// TestAVersionThatDoesNotStart is changed back at once.
func TestAVersionThatDoesNotStart(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.write(filepath.Join(b.p.Inbox, incomingFile), "1.1.0", "ready")
	b.request(Request{Kind: Upgrade})
	b.broken = true
	if err := b.i.Switch(t.Context()); err == nil {
		t.Error("no error where not even the old version starts")
	}
	s := b.state()
	if s.Version != "1.0.0" || s.Change.Phase != Returning || s.Change.Why == "" || b.exe != b.p.ExeFor("1.0.0") {
		t.Errorf("%+v %+v runs %s", s, s.Change, b.exe)
	}
	if task := s.TaskFor("1.0.0"); task.Put == "" {
		t.Error("the version before would start on the data of the one that did not")
	}
	b.broken = false // the PC is started anew
	if err := b.i.Switch(t.Context()); err != nil || b.state().Change.Phase != Returned {
		t.Errorf("afterwards: %v %+v", err, b.state().Change)
	}
}

func TestTasks(t *testing.T) {
	t.Parallel()
	up := Change{ID: "u", Kind: Upgrade, From: "1.0.0", To: "1.1.0"}
	back := Change{ID: "b", Kind: Rollback, From: "1.1.0", To: "1.0.0"}
	with := back
	with.Data = "u"
	for _, row := range []struct {
		name    string
		c       Change
		phase   Phase
		version string
		want    Task
	}{
		{"the new version keeps a copy", up, Trying, "1.1.0", Task{Keep: "u"}},
		{"the old one does not", up, Trying, "1.0.0", Task{}},
		{"the old one puts it back", up, Returning, "1.0.0", Task{Put: "u", As: "unfit-u"}},
		{"the new one does not", up, Returning, "1.1.0", Task{}},
		{"nothing afterwards", up, Done, "1.1.0", Task{}},
		{"nothing afterwards either", up, Returned, "1.0.0", Task{}},
		{"a way back leaves the data", back, Trying, "1.0.0", Task{}},
		{"a way back with the data", with, Trying, "1.0.0", Task{Put: "u", As: "b"}},
		{"which fails", with, Returning, "1.1.0", Task{Put: "b", As: "unfit-b"}},
		{"a way back that fails leaves the data", back, Returning, "1.1.0", Task{}},
	} {
		row.c.Phase = row.phase
		if got := (State{Change: &row.c}).TaskFor(row.version); got != row.want {
			t.Errorf("%s: %+v, want %+v", row.name, got, row.want)
		}
	}
	if got := (State{}).TaskFor("1.0.0"); got != (Task{}) {
		t.Errorf("without a change: %+v", got)
	}
}

// FuzzParcel gives readParcel bytes that nobody wrote; what it accepts must be
// signed.
func FuzzParcel(f *testing.F) {
	_, key, err := ed25519.GenerateKey(bytes.NewReader(make([]byte, 32)))
	if err != nil {
		f.Fatal(err)
	}
	_, _, behind, err := Seal(Manifest{Version: "1.0.0"}, key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append([]byte("program"), behind...))
	f.Add(behind[len(behind)-footerSize:])
	f.Add([]byte(strings.Repeat("\xff", 8) + parcelMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, size, err := readParcel(bytes.NewReader(data), int64(len(data)), []string{Public(key)})
		if err == nil && (m.Version != "1.0.0" || !bytes.Equal(data[size:], behind)) {
			t.Errorf("accepted %+v of %d bytes", m, size)
		}
	})
}
