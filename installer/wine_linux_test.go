package installer_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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

// newWine makes one; the test is skipped where wine is not installed. Its
// server stays until the end: else every command would start the whole PC
// anew, service included.
func newWine(t *testing.T) *wine {
	t.Helper()
	exe := os.Getenv("JIEZHEN_WINE")
	if exe == "" {
		exe = "wine"
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
	if err := os.Mkdir(filepath.Join(dir, "prefix"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = w.host("wineserver", "-k", "-w") }) // ends this folder's programs alone
	w.must("wineboot", "-i")
	w.shim()
	w.must("winecfg", "-v", "win10")                       // Debian's wine is a Windows 7 unless told
	for _, how := range [][]string{{"-k", "-w"}, {"-p"}} { // what made the folder is no running PC
		if out, err := w.host("wineserver", how...); err != nil {
			t.Fatalf("wineserver %v: %v %s", how, err, out)
		}
	}
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
	cmd.Env = append(cmd.Environ(), "HOME="+w.dir, "WINEPREFIX="+filepath.Join(w.dir, "prefix"), "WINEDEBUG=-all", "DISPLAY=", "JIEZHEN_PASSWORD=Ceshi-2026-kouling",
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
	said, err := os.ReadFile(filepath.Join(w.drive, "ProgramData", "jiezhen", "run", "address"))
	if err != nil {
		w.t.Fatal(err)
	}
	address, _, _ := strings.Cut(string(said), "\n")
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{Proxy: nil}}
	answer, err := client.Get("http://" + address + "/readyz")
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

// windows builds the Windows program of a version, signed as a release is.
func (w *wine) windows(p publisher, version, name string, edits ...edit) {
	w.t.Helper()
	if err := os.Rename(p.releaseFor("windows", "amd64", version, edits...), filepath.Join(w.dir, name)); err != nil {
		w.t.Fatal(err)
	}
}

const windowsProgram = "街镇通 安装.exe"

// TestWindowsService takes the Windows program through its life as a service:
// installed, set up, at work, stopped, started and removed.
func TestWindowsService(t *testing.T) {
	w, p := newWine(t), newPublisher(t)
	w.windows(p, "1.2.3", windowsProgram)
	t.Run("installs", func(t *testing.T) { w.at(t).installs() })
	t.Run("is set up and works", func(t *testing.T) { w.at(t).works() })
	t.Run("stops and starts", func(t *testing.T) { w.at(t).stopsAndStarts() })
	t.Run("meets another program on its port", func(t *testing.T) { w.at(t).portTaken() })
	t.Run("upgrades, undoes one that goes wrong, goes back", func(t *testing.T) { w.at(t).upgrades(p) })
	t.Run("uninstalls", func(t *testing.T) { w.at(t).uninstalls() })
}

// at has the faults told of a part of the test.
func (w *wine) at(t *testing.T) *wine {
	part := *w
	part.t = t
	return &part
}

// says runs the program and looks for words in what it says.
func (w *wine) says(words string, args ...string) {
	w.t.Helper()
	out := w.must(append([]string{windowsProgram}, args...)...)
	for _, want := range strings.Fields(words) {
		if !strings.Contains(out, want) {
			w.t.Errorf("%v does not say %s: %s", args, want, out)
		}
	}
}

func (w *wine) installs() {
	w.says("装好了 http://127.0.0.1:", "install", "--no-browser")
	if got := w.ready(); !strings.Contains(got, `"version":"1.2.3"`) {
		w.t.Errorf("the office answers %s", got)
	}
	w.says("正在运行 等待首次设置 地址：", "status")
	w.says("装好了", "install", "--no-browser") // twice is once
	for _, path := range []string{"Program Files/jiezhen/jiezhen-1.2.3.exe", "Program Files/jiezhen/jiezhen.cmd", "ProgramData/jiezhen/data", "ProgramData/jiezhen/switch/inbox",
		"ProgramData/jiezhen/switch/inbox/control.sock"} { // the last where administrators may read: not among the data
		if _, err := os.Stat(filepath.Join(w.drive, path)); err != nil {
			w.t.Errorf("%s is not there: %v", path, err)
		}
	}
}

// works sets the office up and has commands carried out by the service.
func (w *wine) works() {
	out := w.must(windowsProgram, "open", "--no-browser")
	if err := setUp(regexp.MustCompile(`http://\S+/setup\?code=\S+`).FindString(out)); err != nil {
		w.t.Fatal(err, w.log())
	}
	w.says("单位：已打开", "status")
	list := "名称,类型\n虚构儿童之家,儿童福利院\n虚构关护基地,关护基地\n"
	if err := os.WriteFile(filepath.Join(w.dir, "机构 名单.csv"), []byte(list), 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.says("已导入 2 条", "import", "child.institution", "机构 名单.csv", "--user", "jiban")
	w.says("已存到", "export", "child.institution", "--to", "导出.xlsx", "--user", "jiban")
	number := fmt.Sprintf("B02-002-%d-00001", time.Now().Year())
	w.says("已存到", "print", "child/institution", number, "--to", "文书.pdf", "--user", "jiban")
	for name, begins := range map[string]string{"导出.xlsx": "PK", "文书.pdf": "%PDF"} {
		if data, err := os.ReadFile(filepath.Join(w.dir, name)); err != nil || !strings.HasPrefix(string(data), begins) {
			w.t.Errorf("%s: %v, %d bytes", name, err, len(data))
		}
	}
	w.says("备份完成", "backup", "--to", `C:\备份 包`)
	bundles, err := filepath.Glob(filepath.Join(w.drive, "备份 包", "*.jzb"))
	if err != nil || len(bundles) != 1 {
		w.t.Fatalf("bundles: %v %v", bundles, err)
	}
	w.says("正常 没有问题", "check")
}

func (w *wine) stopsAndStarts() {
	w.says("已停止", "stop")
	if got, err := w.run(windowsProgram, "status"); err == nil || !strings.Contains(got, "已停止") || strings.Contains(got, "地址：") {
		w.t.Errorf("status when stopped: %v %s", err, got)
	}
	if got, err := w.run(windowsProgram, "check"); err == nil || !strings.Contains(got, "没有运行") {
		w.t.Errorf("check when stopped: %v %s", err, got)
	}
	w.says("已启动", "start")
	w.says("正在运行 已打开", "status")
}

// portTaken has another program answer where the service did, as an office
// would: nothing of it is believed, and the service takes another port.
func (w *wine) portTaken() {
	said, err := os.ReadFile(filepath.Join(w.drive, "ProgramData", "jiezhen", "run", "address"))
	if err != nil {
		w.t.Fatal(err)
	}
	address, _, _ := strings.Cut(string(said), "\n")
	w.says("已停止", "stop")
	l, err := net.Listen("tcp", address)
	if err != nil {
		w.t.Fatal(err)
	}
	other := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(rw, `{"condition":"ready","version":"1.2.3"}`)
	})}
	go func() { _ = other.Serve(l) }()
	defer other.Close()
	if got, err := w.run(windowsProgram, "status"); err == nil || !strings.Contains(got, "已停止") || strings.Contains(got, "地址：") {
		w.t.Errorf("status with another program on the port: %v %s", err, got)
	}
	w.says("已启动", "start")
	if got := w.must(windowsProgram, "status"); strings.Contains(got, address) || !strings.Contains(got, "单位：已打开") {
		w.t.Errorf("status beside another program: %s", got)
	}
}

// neverReady lets a version come up as an office in safe mode. It is built
// faster than one that differs further down.
var neverReady = edit{"ui/command/serve.go", "Safe: c.safe()", `Safe: "试验"`}

// upgrades takes the service to the next version by its installer, and by the
// command to one that never gets healthy; then back. The change is made by the
// second service, which the office starts.
func (w *wine) upgrades(p publisher) {
	const next, bad = "升级 文件.exe", "坏的 文件.exe"
	w.windows(p, "1.3.0", next)
	w.windows(p, "1.4.0", bad, neverReady)
	held := counted.FindString(w.must(windowsProgram, "check"))
	if out := w.must(next, "install", "--no-browser"); !strings.Contains(out, "开始升级") || !strings.Contains(out, "签名正确") || !strings.Contains(out, "试用通过") || !strings.Contains(out, "1.2.3 → 1.3.0，成功") {
		w.t.Errorf("the newer installer says %s", out)
	}
	w.runs("1.3.0", held)
	if out, err := w.run(windowsProgram, "install", "--no-browser"); err == nil || !strings.Contains(out, "已经安装了更新的版本") {
		w.t.Errorf("the older installer: %v %s", err, out)
	}
	out, err := w.run(windowsProgram, "upgrade", bad)
	if err == nil || !strings.Contains(out, "没有成功，已换回 1.3.0") || !strings.Contains(out, "安全模式") {
		w.t.Errorf("a version that is never healthy: %v %s", err, out)
	}
	w.runs("1.3.0", held)
	if aside, err := filepath.Glob(filepath.Join(w.drive, "ProgramData/jiezhen/data/replaced-unfit-*")); err != nil || len(aside) != 1 {
		w.t.Errorf("the data of the version that did not come up are not beside those of before: %v %v", aside, err)
	}
	w.says("1.3.0 → 1.2.3，成功", "rollback")
	w.runs("1.2.3", held)
}

// runs sees a version at work, on what the office held, and what Windows knows
// of it.
func (w *wine) runs(version, held string) {
	w.t.Helper()
	if got := w.ready(); !strings.Contains(got, `"version":"`+version+`"`) || !strings.Contains(got, `"condition":"ready"`) {
		w.t.Errorf("the office answers %s", got)
	}
	w.says("版本："+version+" 单位：已打开", "status")
	if now := counted.FindString(w.must(windowsProgram, "check")); now != held || now == "" {
		w.t.Errorf("the office holds %q, and held %q", now, held)
	}
	exe := `jiezhen-` + version + `.exe`
	for key, values := range map[string][]string{`Microsoft\Windows\CurrentVersion\Uninstall\jiezhen`: {"UninstallString", "DisplayIcon"}} {
		for _, value := range values {
			if out := w.must("reg", "query", `HKLM\Software\`+key, "/v", value); !strings.Contains(out, exe) {
				w.t.Errorf("%s leads elsewhere: %s", value, out)
			}
		}
	}
	for _, service := range []string{"jiezhen", "jiezhen-switch"} {
		if out := w.must("reg", "query", `HKLM\System\CurrentControlSet\Services\`+service, "/v", "ImagePath"); !strings.Contains(out, exe) {
			w.t.Errorf("the service %s is started from elsewhere: %s", service, out)
		}
	}
}

func (w *wine) uninstalls() {
	w.says("没有删除", "uninstall")
	if got, err := w.run(windowsProgram, "status"); err == nil || !strings.Contains(got, "还没有安装") {
		w.t.Errorf("status when removed: %v %s", err, got)
	}
	if _, err := os.Stat(filepath.Join(w.drive, "ProgramData", "jiezhen", "data", "store")); err != nil {
		w.t.Errorf("the data are gone: %v", err)
	}
}
