package installer_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Wine 8 lacks bcryptprimitives.dll, which every Go program wants for its
// random numbers: the library below stands in for it, made anew by the binutils
// for Windows.
const (
	shimCode = `.text
.globl ProcessPrng
ProcessPrng:
	subq $40, %rsp
	call *__imp_SystemFunction036(%rip)
	addq $40, %rsp
	ret
.globl DllMain
DllMain:
	movl $1, %eax
	ret
`
	shimWants = "LIBRARY advapi32.dll\nEXPORTS\nSystemFunction036\n"
	shimGives = "LIBRARY bcryptprimitives.dll\nEXPORTS\nProcessPrng\n"
	binutils  = "x86_64-w64-mingw32-"
)

// wine is a Windows of its own in a folder.
type wine struct {
	t     *testing.T
	dir   string
	exe   string // wine itself
	drive string // C:
}

// newWine makes one; the test is skipped where no wine is named. It is not
// run beside the others: its service takes this PC's own port, where another
// office's program would answer for it.
func newWine(t *testing.T) *wine {
	t.Helper()
	exe := os.Getenv("JIEZHEN_WINE")
	if exe == "" {
		t.Skip("the Windows program is not tried: JIEZHEN_WINE names no wine")
	}
	if testing.Short() {
		t.Skip("-short: the Windows program is not tried under wine")
	}
	for _, name := range []string{exe, "wineserver", binutils + "as", binutils + "dlltool", binutils + "ld"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skip("the Windows program is not tried: needs wine and binutils-mingw-w64-x86-64: ", err)
		}
	}
	dir := t.TempDir()
	w := &wine{t: t, dir: dir, exe: exe, drive: filepath.Join(dir, "prefix", "drive_c")}
	t.Cleanup(func() { _, _ = w.host("wineserver", "-k", "-w") }) // ends this folder's programs alone
	w.must("wineboot", "-i")
	w.shim()
	w.must("winecfg", "-v", "win10") // Debian's wine is a Windows 7 unless told
	return w
}

// host runs a program of this PC for the folder's Windows. A program left
// behind in the background must not hold the test: output goes to a file.
func (w *wine) host(name string, args ...string) (string, error) {
	w.t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), 90*time.Second)
	defer stop()
	out, err := os.CreateTemp(w.dir, "out")
	if err != nil {
		w.t.Fatal(err)
	}
	defer out.Close()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = w.dir, out, out
	cmd.Env = append(cmd.Environ(), "HOME="+w.dir, "WINEPREFIX="+filepath.Join(w.dir, "prefix"), "WINEDEBUG=-all", "DISPLAY=",
		"WINEDLLOVERRIDES=bcryptprimitives=n;mscoree=;mshtml=;winemenubuilder.exe=d")
	failed := cmd.Run()
	text, err := os.ReadFile(out.Name())
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text), failed
}

func (w *wine) run(args ...string) (string, error) {
	w.t.Helper()
	return w.host(w.exe, args...)
}

// must runs a Windows program that must succeed.
func (w *wine) must(args ...string) string {
	w.t.Helper()
	out, err := w.run(args...)
	if err != nil {
		w.t.Fatalf("%v: %v\n%s\n%s", args, err, out, w.log())
	}
	return out
}

func (w *wine) shim() {
	w.t.Helper()
	for name, text := range map[string]string{"shim.s": shimCode, "wants.def": shimWants, "gives.def": shimGives} {
		if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
	for _, line := range []string{"as -o shim.o shim.s", "dlltool -d wants.def -l wants.a", "dlltool -d gives.def -e gives.exp",
		"ld -shared -e DllMain -o " + filepath.Join(w.drive, "windows", "system32", "bcryptprimitives.dll") + " shim.o gives.exp wants.a"} {
		words := strings.Fields(line)
		if out, err := w.host(binutils+words[0], words[1:]...); err != nil {
			w.t.Fatalf("%s: %v\n%s", line, err, out)
		}
	}
}

// log is what the service wrote.
func (w *wine) log() string {
	text, _ := os.ReadFile(filepath.Join(w.drive, "ProgramData", "jiezhen", "data", "logs", "jiezhen.log")) // for reading a failure by
	return string(text)
}

// ready is what the service answers on its own address.
func (w *wine) ready() string {
	w.t.Helper()
	address, err := os.ReadFile(filepath.Join(w.drive, "ProgramData", "jiezhen", "run", "address"))
	if err != nil {
		w.t.Fatal(err)
	}
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{Proxy: nil}}
	answer, err := client.Get("http://" + strings.TrimSpace(string(address)) + "/readyz")
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(body)
}

// TestWindowsService takes the Windows program through its life as a service:
// installed, asked, stopped, started and removed.
func TestWindowsService(t *testing.T) {
	w := newWine(t)
	const program = "街镇通 安装.exe"
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w -X main.version=1.2.3", "-o", filepath.Join(w.dir, program), "jiezhen")
	cmd.Env = append(cmd.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the Windows program: %v\n%s", err, out)
	}
	w.must(program, "install", "--no-browser")
	if got := w.ready(); !strings.Contains(got, `"version":"1.2.3"`) {
		t.Errorf("the office answers %s", got)
	}
	if got := w.must(program, "status"); !strings.Contains(got, "正在运行") || !strings.Contains(got, "等待首次设置") {
		t.Errorf("status: %s", got)
	}
	if got := w.must(program, "open", "--no-browser"); !strings.Contains(got, "http://127.0.0.1:") {
		t.Errorf("open: %s", got)
	}
	if got := w.must(program, "check"); !strings.Contains(got, "没有问题") {
		t.Errorf("check: %s", got)
	}
	w.must(program, "stop")
	if got, err := w.run(program, "status"); err == nil || !strings.Contains(got, "已停止") {
		t.Errorf("status when stopped: %v %s", err, got)
	}
	w.must(program, "start")
	w.must(program, "uninstall")
	if got, err := w.run(program, "status"); err == nil || !strings.Contains(got, "还没有安装") {
		t.Errorf("status when removed: %v %s", err, got)
	}
	if _, err := os.Stat(filepath.Join(w.drive, "ProgramData", "jiezhen", "data")); err != nil {
		t.Errorf("the data are gone: %v", err)
	}
}
