package installer_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// treePackages are what the booted system is made of.
const treePackages = "systemd,systemd-sysv,dbus"

// tree is a Debian system in a folder, made once and kept for later runs.
func tree(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("booting a system needs root")
	}
	if testing.Short() {
		t.Skip("-short: no system is booted")
	}
	for _, tool := range []string{"systemd-nspawn", "nsenter", "mmdebstrap"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed: the service is not tried in a booted system", tool)
		}
	}
	cache := os.Getenv("JIEZHEN_TREE")
	if cache == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			t.Skipf("no place for the system: %v", err)
		}
		cache = filepath.Join(base, "jiezhen-test", "bookworm-1")
	}
	if _, err := os.Stat(filepath.Join(cache, "sbin/init")); err == nil {
		return cache
	}
	part := cache + ".part"
	if err := os.RemoveAll(part); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(cache), 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 8*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, "mmdebstrap", "--variant=minbase", "--include="+treePackages, "--dpkgopt=force-unsafe-io", "bookworm", part)
	cmd.Dir = "/"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("no Debian system could be made (no registry?): %v\n%s", err, tail(out))
	}
	if err := os.Rename(part, cache); err != nil {
		t.Fatal(err)
	}
	return cache
}

func tail(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}

// machine is a booted system of its own, over a layer that is thrown away.
type machine struct {
	t      *testing.T
	dir    string
	cmd    *exec.Cmd
	leader int
	said   bytes.Buffer
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	base, work := tree(t), t.TempDir()
	m := &machine{t: t, dir: filepath.Join(work, "root")}
	for _, d := range []string{"upper", "work", "root"} {
		if err := os.Mkdir(filepath.Join(work, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	options := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", base, filepath.Join(work, "upper"), filepath.Join(work, "work"))
	if out, err := exec.Command("mount", "-t", "overlay", "overlay", "-o", options, m.dir).CombinedOutput(); err != nil {
		t.Skipf("no overlay for the booted system: %v %s", err, out)
	}
	t.Cleanup(func() {
		m.off()
		if out, err := exec.Command("umount", m.dir).CombinedOutput(); err != nil {
			t.Errorf("unmounting: %v %s", err, out)
		}
	})
	m.boot()
	return m
}

// boot starts the system and waits until it runs.
func (m *machine) boot() {
	m.t.Helper()
	m.said.Reset()
	m.cmd = exec.Command("systemd-nspawn", "-q", "-D", m.dir, "--boot", "--register=no", "--keep-unit", "--private-network", "--console=pipe", "--resolv-conf=off", "--timezone=off")
	m.cmd.Stdout, m.cmd.Stderr = &m.said, &m.said
	if err := m.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	children := fmt.Sprintf("/proc/%d/task/%d/children", m.cmd.Process.Pid, m.cmd.Process.Pid)
	up := m.within(2*time.Minute, func() bool {
		text, err := os.ReadFile(children)
		if err != nil {
			return false
		}
		m.leader, err = strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil {
			return false
		}
		out, _ := m.tryFor(5*time.Second, "systemctl", "is-system-running")
		return strings.HasPrefix(out, "running") || strings.HasPrefix(out, "degraded")
	})
	if !up {
		m.off()
		m.t.Skipf("the system does not boot here:\n%s", tail(m.said.Bytes()))
	}
}

// off shuts the system down; a system that does not end is killed.
func (m *machine) off() {
	if m.cmd == nil {
		return
	}
	_, _ = m.tryFor(10*time.Second, "systemctl", "poweroff")
	done := make(chan struct{})
	go func() { defer close(done); _ = m.cmd.Wait() }()
	select {
	case <-done:
	case <-time.After(time.Minute):
		_ = m.cmd.Process.Kill()
		<-done
	}
	m.cmd = nil
}

// cut pulls the plug.
func (m *machine) cut() {
	m.t.Helper()
	if p, err := os.FindProcess(m.leader); err == nil {
		_ = p.Kill()
	}
	_ = m.cmd.Wait()
	m.cmd = nil
}

func (m *machine) within(limit time.Duration, ok func() bool) bool {
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	return ok()
}

// try runs a command in the system.
func (m *machine) try(args ...string) (string, error) {
	return m.tryFor(4*time.Minute, args...)
}

func (m *machine) tryFor(limit time.Duration, args ...string) (string, error) {
	ctx, stop := context.WithTimeout(context.Background(), limit)
	defer stop()
	cmd := exec.CommandContext(ctx, "nsenter", append([]string{"-t", strconv.Itoa(m.leader), "-a", "--"}, args...)...)
	cmd.WaitDelay = time.Second
	cmd.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/root"}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// run runs a command that must succeed.
func (m *machine) run(args ...string) string {
	m.t.Helper()
	out, err := m.try(args...)
	if err != nil {
		journal, _ := m.try("journalctl", "-u", "jiezhen", "-u", "jiezhen-switch", "-n", "40", "--no-pager", "-o", "cat")
		m.t.Fatalf("%s: %v\n%s\n%s", strings.Join(args, " "), err, out, journal)
	}
	return out
}

// refused runs a command that must fail, and gives what it says.
func (m *machine) refused(args ...string) string {
	m.t.Helper()
	out, err := m.try(args...)
	if err == nil {
		m.t.Fatalf("%s: succeeded\n%s", strings.Join(args, " "), out)
	}
	return out
}

// put copies a file of this PC into the system.
func (m *machine) put(from, to string) {
	m.t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		m.t.Fatal(err)
	}
	path := filepath.Join(m.dir, to)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o755); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) has(path string) bool {
	_, err := m.try("test", "-e", path)
	return err == nil
}
