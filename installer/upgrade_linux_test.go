package installer_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
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
	"testing"
	"time"

	"jiezhen/installer"
)

// TestMain answers for the booted system when this very file is called inside
// its network.
func TestMain(m *testing.M) {
	if at := os.Getenv("JIEZHEN_SET_UP"); at != "" {
		if err := setUp(at); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

var keyGroup = regexp.MustCompile(`<code>([0-9A-Z]{6})</code>`)

// setUp goes through the pages of the first set-up.
func setUp(entrance string) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	client := &http.Client{Jar: jar, Timeout: time.Minute}
	base := entrance[:strings.Index(entrance, "/setup")]
	if _, err := client.Get(entrance); err != nil {
		return err
	}
	accounts := url.Values{"_step": {"accounts"}}
	for i, who := range []string{"anquan", "xitong", "shenji", "jiban"} {
		n := strconv.Itoa(i)
		accounts["name"+n], accounts["login"+n], accounts["password"+n] = []string{"虚构" + who}, []string{who}, []string{"Ceshi-2026-kouling"}
	}
	for _, form := range []url.Values{{"_step": {"profile"}, "town": {"110109002"}, "name": {"虚构街道办事处"}}, accounts} {
		if _, err := client.PostForm(base+"/setup", form); err != nil {
			return err
		}
	}
	res, err := client.Get(base + "/setup")
	if err != nil {
		return err
	}
	page, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	asked := regexp.MustCompile(`第 (\d) 组`).FindSubmatch(page)
	groups := keyGroup.FindAllSubmatch(page, -1)
	if asked == nil || len(groups) < 8 {
		return fmt.Errorf("no paper key on the page: %d groups", len(groups))
	}
	n, _ := strconv.Atoi(string(asked[1]))
	res, err = client.PostForm(base+"/setup", url.Values{"_step": {"key"}, "group": {string(groups[n-1][1])}})
	if err != nil {
		return err
	}
	if !strings.HasSuffix(res.Request.URL.Path, "/login") {
		return fmt.Errorf("set-up did not end at the door: %s", res.Request.URL)
	}
	return nil
}

// found sets an office up in the system.
func (m *machine) found() {
	m.t.Helper()
	out := m.run("jiezhen", "open", "--no-browser")
	entrance := regexp.MustCompile(`http://\S+/setup\?code=\S+`).FindString(out)
	self, err := os.Executable()
	if err != nil {
		m.t.Fatal(err)
	}
	cmd := exec.Command("nsenter", "-t", strconv.Itoa(m.leader), "-n", "--", self)
	cmd.Env = append(os.Environ(), "JIEZHEN_SET_UP="+entrance)
	if out, err := cmd.CombinedOutput(); err != nil {
		m.t.Fatalf("setting up: %v\n%s", err, out)
	}
}

// publisher signs programs as a release does.
type publisher struct {
	t   *testing.T
	key ed25519.PrivateKey
}

func newPublisher(t *testing.T) publisher {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return publisher{t, key}
}

// edit is a change of one source file of the program.
type edit struct{ file, from, to string }

// release builds a version for this system, with edits laid over the source,
// and signs it.
func (p publisher) release(version string, edits ...edit) string {
	p.t.Helper()
	return p.releaseFor(runtime.GOOS, runtime.GOARCH, version, edits...)
}

// releaseFor does so for a system.
func (p publisher) releaseFor(system, machine, version string, edits ...edit) string {
	p.t.Helper()
	dir := p.t.TempDir()
	overlay := map[string]map[string]string{"Replace": {}}
	root := filepath.Dir(mustAbs(p.t, "."))
	for i, e := range edits {
		source, err := os.ReadFile(filepath.Join(root, e.file))
		if err != nil {
			p.t.Fatal(err)
		}
		text := strings.Replace(string(source), e.from, e.to, 1)
		if text == string(source) {
			p.t.Fatalf("%s does not say %s", e.file, e.from)
		}
		aside := filepath.Join(dir, fmt.Sprintf("%d.go", i))
		if err := os.WriteFile(aside, []byte(text), 0o600); err != nil {
			p.t.Fatal(err)
		}
		overlay["Replace"][filepath.Join(root, e.file)] = aside
	}
	list, err := json.Marshal(overlay)
	if err != nil {
		p.t.Fatal(err)
	}
	name, over := filepath.Join(dir, "jiezhen-"+version), filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(over, list, 0o600); err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-trimpath", "-overlay", over, "-ldflags", "-s -w -X main.version="+version+" -X jiezhen/installer.releaseKeys="+installer.Public(p.key), "-o", name, "jiezhen")
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+machine)
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("building %s: %v\n%s", version, err, out)
	}
	p.signFor(name, version, system, machine)
	return name
}

// sign puts manifest and signature behind a file.
func (p publisher) sign(path, version string) {
	p.t.Helper()
	p.signFor(path, version, runtime.GOOS, runtime.GOARCH)
}

// signFor does so for a system.
func (p publisher) signFor(path, version, system, machine string) {
	p.t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatal(err)
	}
	part := installer.Part{Name: filepath.Base(path), System: system, Machine: machine, Size: int64(len(data)), SHA256: fmt.Sprintf("%x", sha256.Sum256(data))}
	_, _, behind, err := installer.Seal(installer.Manifest{Version: version, Files: []installer.Part{part}}, p.key)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, append(data, behind...), 0o755); err != nil {
		p.t.Fatal(err)
	}
}

func mustAbs(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

var (
	// newFormat gives a version a store format of its own.
	newFormat = edit{"embedstore/migrate.go", "func migrations() []migration { return nil }", `func migrations() []migration { return []migration{{what: "format 2"}} }`}
	// unfit lets a version come up and never be healthy, after it has brought
	// the data to its own format.
	unfit = edit{"ui/health.go", `"condition": c, "version"`, `"condition": "damaged", "version"`}
)

// TestUpgradedService takes an office through an upgrade that changes the
// store's format, the way back with the data of before, an upgrade that goes
// wrong and undoes itself, and one that a power failure cuts short.
func TestUpgradedService(t *testing.T) {
	m, p := newMachine(t), newPublisher(t)
	m.put(p.release("1.0.0"), stick)
	next, bad := p.release("1.1.0", newFormat), p.release("1.2.0", newFormat, unfit)
	m.put(next, "/media/jiezhen-1.1.0")
	m.put(bad, "/media/jiezhen-1.2.0")
	m.run(stick, "install", "--no-browser")
	m.found()
	b := newBrowser(t, m.lead())
	var far *neighbour
	if b != nil {
		far = b.letIn(m)
	}
	before := checked(m)
	t.Run("refuses what is no step forward", func(t *testing.T) { refusals(t, m, next) })
	t.Run("upgrades, brings the data up to date", func(t *testing.T) {
		if b != nil {
			b.at(t).brings(next)
			b.at(t).sees(time.Minute, "/upgrade", "1.0.0 → 1.1.0，成功")
		} else if out := m.run("jiezhen", "upgrade", "/media/jiezhen-1.1.0"); !strings.Contains(out, "签名正确") || !strings.Contains(out, "备份包") || !strings.Contains(out, "试用通过") || !strings.Contains(out, "1.0.0 → 1.1.0，成功") {
			t.Errorf("upgrade said: %s", out)
		}
		expect(t, m, "1.1.0", before, true)
		far.stillIn(t, m)
		if out := m.refused(stick, "install", "--no-browser"); !strings.Contains(out, "已经安装了更新的版本（1.1.0），这个文件是 1.0.0") || !strings.Contains(out, "rollback") {
			t.Errorf("the older installer said: %s", out)
		}
		m.off()
		m.boot()
		expect(t, m, "1.1.0", before, true)
		far.stillIn(t, m)
	})
	t.Run("goes back with the data of before", func(t *testing.T) {
		if out := m.refused("jiezhen", "rollback"); !strings.Contains(out, "--with-data") {
			t.Errorf("rollback said: %s", out)
		}
		m.run("jiezhen", "rollback", "--with-data")
		expect(t, m, "1.0.0", before, false)
		far.stillIn(t, m)
	})
	t.Run("undoes an upgrade that goes wrong", func(t *testing.T) {
		if b != nil {
			b.at(t).brings(bad)
			b.at(t).sees(time.Minute, "/upgrade", "没有成功，已换回 1.0.0 和换版前的数据")
		} else if out := m.refused("jiezhen", "upgrade", "/media/jiezhen-1.2.0"); !strings.Contains(out, "已换回 1.0.0") {
			t.Errorf("upgrade said: %s", out)
		}
		expect(t, m, "1.0.0", before, false)
		if out := m.run("jiezhen", "status"); !strings.Contains(out, "没有成功") {
			t.Errorf("status does not tell: %s", out)
		}
	})
	t.Run("finishes after a power failure", func(t *testing.T) { cutShort(t, m, before) })
	t.Run("goes back by the page", func(t *testing.T) {
		if b == nil {
			t.Skip("no chromium")
		}
		if out := m.run("jiezhen", "status"); !strings.Contains(out, "版本：1.1.0") {
			t.Skip("the power failure undid the upgrade")
		}
		b.at(t).goesBack("1.0.0")
		b.at(t).sees(time.Minute, "/upgrade", "1.1.0 → 1.0.0，成功")
		expect(t, m, "1.0.0", before, false)
		far.stillIn(t, m)
	})
	t.Run("uninstalls", func(t *testing.T) { uninstalled(t, m) })
}

var counted = regexp.MustCompile(`记录 \d+ 条`)

// checked is what the self-check counts.
func checked(m *machine) string {
	m.t.Helper()
	out := m.run("jiezhen", "check")
	if !strings.Contains(out, "数据完好") {
		m.t.Fatalf("check said: %s", out)
	}
	return counted.FindString(out)
}

// expect sees a version running on sound data of its format.
func expect(t *testing.T, m *machine, version, records string, migrated bool) {
	t.Helper()
	awaitStatus(t, m)
	if out := m.run("jiezhen", "status"); !strings.Contains(out, "版本："+version) || !strings.Contains(out, "单位：已打开") {
		t.Errorf("status says: %s", out)
	}
	if now := checked(m); now != records {
		t.Errorf("the office holds %s, and held %s", now, records)
	}
	if has := m.has("/var/lib/jiezhen/data/store/store.db.format1"); has != migrated {
		t.Errorf("brought to a new format: %v, want %v", has, migrated)
	}
	if now := strings.TrimSpace(m.run("readlink", "/usr/local/lib/jiezhen/current")); now != "jiezhen-"+version {
		t.Errorf("the service's executable is %s", now)
	}
}

func refusals(t *testing.T, m *machine, next string) {
	data, err := os.ReadFile(next)
	if err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(t.TempDir(), "file")
	write := func(data []byte) {
		if err := os.WriteFile(aside, data, 0o600); err != nil {
			t.Fatal(err)
		}
		m.put(aside, "/media/file")
	}
	flipped := bytes.Clone(data)
	flipped[len(flipped)/2] ^= 1
	for _, row := range []struct {
		name, want string
		put        func()
	}{
		{"the same version", "不用升级", func() { m.put(filepath.Join(m.dir, stick), "/media/file") }},
		{"changed in one bit", "不完整或被改动", func() { write(flipped) }},
		{"cut short", "没有签名", func() { write(data[:len(data)-1]) }},
		{"no program", "没有签名", func() { write([]byte("notes")) }},
		{"another publisher", "不是本程序信任", func() {
			write(data[:len(data)/2])
			newPublisher(t).sign(aside, "9.0.0")
			m.put(aside, "/media/file")
		}},
	} {
		row.put()
		if out := m.refused("jiezhen", "upgrade", "/media/file"); !strings.Contains(out, row.want) {
			t.Errorf("%s: %s", row.name, out)
		}
	}
	if out := m.run("jiezhen", "status"); strings.Contains(out, "最近换版") {
		t.Errorf("something was changed: %s", out)
	}
}

// cutShort pulls the plug while the new version comes up. Afterwards one of
// the two runs, on sound data, and no change is open.
func cutShort(t *testing.T, m *machine, records string) {
	go func() { _, _ = m.try("/media/jiezhen-1.1.0", "install", "--no-browser") }() // an installer that is newer upgrades
	trying := m.within(2*time.Minute, func() bool {
		out, _ := m.tryFor(5*time.Second, "grep", "-c", `"phase": "trying"`, "/var/lib/jiezhen-switch/state.json")
		return strings.TrimSpace(out) == "1"
	})
	if !trying {
		t.Fatal("no change began")
	}
	m.cut()
	m.boot()
	closed := m.within(4*time.Minute, func() bool {
		out, _ := m.tryFor(20*time.Second, "jiezhen", "status")
		return strings.Contains(out, "成功") && strings.Contains(out, "单位：已打开")
	})
	out := m.run("jiezhen", "status")
	if !closed {
		t.Fatalf("the change stays open: %s", out)
	}
	t.Logf("after the power failure: %s", out)
	if now := checked(m); now != records {
		t.Errorf("the office holds %s, and held %s", now, records)
	}
}
