package installer_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// program builds the program of a version.
func program(t *testing.T, version string, more ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "jiezhen")
	flags := strings.Join(append([]string{"-s -w -X main.version=" + version}, more...), " ")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", flags, "-o", path, "jiezhen")
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	return path
}

const stick = "/media/U盘 街道/新建文件夹 (2)/jiezhen"

// TestInstalledService takes the service through its life in a booted system:
// installed from a stick by two at once, killed, the PC started anew, stopped
// and taken off again.
func TestInstalledService(t *testing.T) {
	m := newMachine(t)
	m.put(program(t, "1.0.0"), stick)
	t.Run("installs, twice at once", func(t *testing.T) { installTwice(t, m) })
	t.Run("is hardened", func(t *testing.T) { hardened(t, m) })
	t.Run("has its own account and key", func(t *testing.T) { ownRights(t, m) })
	t.Run("comes back after kill -9", func(t *testing.T) { killed(t, m) })
	t.Run("comes back after the PC's start", func(t *testing.T) {
		m.off()
		m.boot()
		awaitStatus(t, m)
	})
	t.Run("comes back after a power failure", func(t *testing.T) {
		m.cut()
		m.boot()
		awaitStatus(t, m)
	})
	t.Run("answers whoever sits at the PC", func(t *testing.T) { everybody(t, m) })
	t.Run("stops, starts, restarts", func(t *testing.T) {
		m.run("jiezhen", "stop")
		if out := m.refused("jiezhen", "status"); !strings.Contains(out, "已停止") {
			t.Errorf("status of a stopped service: %s", out)
		}
		if out := m.refused("jiezhen", "check"); !strings.Contains(out, "jiezhen start") {
			t.Errorf("check without a service: %s", out)
		}
		m.run("jiezhen", "start")
		m.run("jiezhen", "restart")
		m.run("jiezhen", "status")
	})
	t.Run("uninstalls without touching data", func(t *testing.T) { uninstalled(t, m) })
}

func installTwice(t *testing.T, m *machine) {
	var both sync.WaitGroup
	out := make([]string, 2)
	for n := range out {
		both.Add(1)
		go func() {
			defer both.Done()
			out[n], _ = m.try(stick, "install", "--no-browser")
		}()
	}
	both.Wait()
	for _, text := range out {
		if !strings.Contains(text, "装好了") || !strings.Contains(text, "http://127.0.0.1:") {
			t.Errorf("install said: %s", text)
		}
	}
	if text := m.run(stick, "install", "--no-browser"); !strings.Contains(text, "装好了") {
		t.Errorf("the third install said: %s", text)
	}
	awaitStatus(t, m)
}

func awaitStatus(t *testing.T, m *machine) {
	t.Helper()
	var out string
	if !m.within(time.Minute, func() bool {
		var err error
		out, err = m.try("jiezhen", "status")
		return err == nil && strings.Contains(out, "地址：")
	}) {
		t.Fatalf("the service does not run: %s\n%s", out, m.run("journalctl", "-u", "jiezhen", "-n", "30", "--no-pager", "-o", "cat"))
	}
	for _, want := range []string{"正在运行", "版本：1.", "/var/lib/jiezhen/data"} {
		if !strings.Contains(out, want) {
			t.Errorf("status does not say %s: %s", want, out)
		}
	}
}

var exposure = regexp.MustCompile(`exposure level for jiezhen.service: ([0-9.]+)`)

// hardened asserts the score; more is less.
func hardened(t *testing.T, m *machine) {
	out := m.run("systemd-analyze", "security", "--no-pager", "jiezhen.service")
	score := exposure.FindStringSubmatch(out)
	if score == nil {
		t.Fatalf("no score: %s", out)
	}
	n, err := strconv.ParseFloat(score[1], 64)
	if err != nil || n > 2.0 {
		t.Errorf("exposure %s, want at most 2.0", score[1])
	}
	t.Logf("exposure %s", score[1])
	if text := m.run("jiezhen", "install", "--print-unit"); text != m.run("cat", "/etc/systemd/system/jiezhen.service") {
		t.Error("what --print-unit shows is not what was installed")
	}
}

func ownRights(t *testing.T, m *machine) {
	facts := m.run("stat", "-c", "%n %U %a", "/var/lib/jiezhen", "/var/lib/jiezhen-switch", "/var/lib/jiezhen-switch/inbox", "/etc/jiezhen/kek", "/usr/local/lib/jiezhen/jiezhen-1.0.0")
	for _, want := range []string{"/var/lib/jiezhen jiezhen 700", "/var/lib/jiezhen-switch root 755", "inbox jiezhen 700", "kek root 600", "jiezhen-1.0.0 root 755"} {
		if !strings.Contains(facts, want) {
			t.Errorf("%q is not among\n%s", want, facts)
		}
	}
	pid := strings.TrimSpace(m.run("systemctl", "show", "-P", "MainPID", "jiezhen"))
	if who := strings.TrimSpace(m.run("stat", "-c", "%U", "/proc/"+pid)); who != "jiezhen" {
		t.Errorf("the service runs as %s", who)
	}
}

func killed(t *testing.T, m *machine) {
	before := m.run("systemctl", "show", "-P", "MainPID", "jiezhen")
	m.run("sh", "-c", "kill -9 "+strings.TrimSpace(before))
	m.within(time.Minute, func() bool {
		now, _ := m.try("systemctl", "show", "-P", "MainPID", "jiezhen")
		return now != before && strings.TrimSpace(now) != "0"
	})
	awaitStatus(t, m)
}

// everybody may ask for the address, and for what asks who it is; nobody but
// the administrator for the rest.
func everybody(t *testing.T, m *machine) {
	as := func(args ...string) (string, error) {
		return m.try(append([]string{"setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"}, args...)...)
	}
	if out, err := as("jiezhen", "open", "--no-browser"); err != nil || !strings.Contains(out, "http://127.0.0.1:") || strings.Contains(out, "code=") {
		t.Errorf("open: %v %s", err, out)
	}
	if out := m.run("jiezhen", "open", "--no-browser"); !strings.Contains(out, "/setup?code=") {
		t.Errorf("open as root: %s", out)
	}
	for _, args := range [][]string{{"user", "reset", "anquan"}, {"check"}, {"stop"}, {"uninstall"}} {
		if out, err := as(append([]string{"jiezhen"}, args...)...); err == nil || !strings.Contains(out, "管理员权限") {
			t.Errorf("%v as nobody: %v %s", args, err, out)
		}
	}
}

// files are those below a folder, but for the word of where the office answers.
func (m *machine) files(dir string) string {
	m.t.Helper()
	return m.run("sh", "-c", "find "+dir+" -type f -not -name address | sort")
}

func uninstalled(t *testing.T, m *machine) {
	before := m.files("/var/lib/jiezhen")
	if out := m.run(stick, "uninstall"); !strings.Contains(out, "没有删除") {
		t.Errorf("uninstall said: %s", out)
	}
	for _, gone := range []string{"/usr/local/bin/jiezhen", "/usr/local/lib/jiezhen", "/etc/systemd/system/jiezhen.service", "/usr/local/share/applications/jiezhen.desktop"} {
		if m.has(gone) {
			t.Errorf("%s is still there", gone)
		}
	}
	if after := m.files("/var/lib/jiezhen"); after != before || !m.has("/etc/jiezhen/kek") {
		t.Errorf("data were\n%s\nand are\n%s", before, after)
	}
	if out := m.refused(stick, "status"); !strings.Contains(out, "还没有安装") {
		t.Errorf("status said: %s", out)
	}
}
