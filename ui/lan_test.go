package ui

import (
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"jiezhen/app/lan"
	"jiezhen/installer"
)

// freePort is a port that nobody has at this moment.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// onNetwork is a browser of another PC: over TLS, with the certificate's
// fingerprint as it saw it.
func (o *testOffice) onNetwork(port int, seen *string) *client {
	jar, err := cookiejar.New(nil)
	o.must(err)
	tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, VerifyConnection: func(s tls.ConnectionState) error { // the test compares the fingerprint, as people do
		*seen = fmt.Sprintf("%X", sha256.Sum256(s.PeerCertificates[0].Raw))
		return nil
	}}}
	o.t.Cleanup(tr.CloseIdleConnections)
	far := *o
	far.base = fmt.Sprintf("https://127.0.0.1:%d", port)
	return &client{&far, &http.Client{Jar: jar, Transport: tr, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// reaches says whether the office answers a browser at all.
func (b *client) reaches() bool {
	res, err := b.http.Do(b.request("GET", "/healthz", nil))
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

var shownCode = regexp.MustCompile(`[A-Z2-9]{5}-[A-Z2-9]{5}`)

// TestLan goes the whole way: off, on, a code, a device, a day's work, what is
// done at the office's own PC only, revoked, off.
func TestLan(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	port, admin, seen := freePort(t), o.as("admin.system"), ""
	far := o.onNetwork(port, &seen)
	if far.reaches() {
		t.Fatal("the office is on the network without having been asked")
	}
	on := url.Values{"_do": {"on"}, "port": {fmt.Sprint(port)}, "allow": {"127.0.0.0/8"}, "reason": {"窗口两台电脑要用"}}
	if a := o.as("leader").send("/network", on); a.status != http.StatusForbidden {
		t.Errorf("switched on by the leader: %d", a.status)
	}
	if a := admin.send("/network", on); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.text())
	}
	if !far.reaches() {
		t.Fatal("the office does not answer on the network")
	}
	o.watchedOnNetwork()
	page := admin.get("/network")
	if !strings.Contains(strings.ReplaceAll(page.text(), " ", ""), seen) && !strings.Contains(strings.ReplaceAll(page.body, " ", ""), seen) {
		t.Errorf("the page does not show the fingerprint %s", seen)
	}
	if pdf := admin.get("/network/fingerprint.pdf"); pdf.status != http.StatusOK || !strings.HasPrefix(pdf.body, "%PDF") {
		t.Errorf("the paper: %d", pdf.status)
	}
	for _, path := range []string{"/", "/login", "/help", "/readyz"} {
		if a := far.get(path); a.status != http.StatusSeeOther || a.header.Get("Location") != "/enrol" {
			t.Errorf("%s before enrolment: %d %s", path, a.status, a.header.Get("Location"))
		}
	}
	if a := far.post("/login", url.Values{"name": {login("leader")}, "password": {testPassword}}); a.status != http.StatusForbidden {
		t.Errorf("signing in before enrolment: %d", a.status)
	}
	o.enrolFar(admin, far)
	if a := far.post("/login", url.Values{"name": {login("child.officer")}, "password": {testPassword}}); a.status != http.StatusSeeOther || !strings.Contains(a.header.Get("Set-Cookie"), "secure") {
		t.Fatalf("signing in: %d %s", a.status, a.header.Get("Set-Cookie"))
	}
	if a := far.send("/r/"+o.ref["case"].String()+"/note", url.Values{"kind": {"工作记录"}, "text": {"窗口上写的"}}); a.status != http.StatusSeeOther {
		t.Errorf("working from the window: %d %s", a.status, a.text())
	}
	for _, path := range []string{"/setup", "/locked"} {
		if a := far.get(path); a.status != http.StatusForbidden {
			t.Errorf("%s over the network: %d", path, a.status)
		}
	}
	o.revokeAndShut(admin, far)
}

// watchedOnNetwork: who watches over a change of versions is answered at the
// office's own address while the network door speaks TLS, and not at that door.
func (o *testOffice) watchedOnNetwork() {
	o.t.Helper()
	o.server.cfg.Instance = "a sign of this start"
	p := installer.PlacesIn(filepath.Join(o.dir, "watched"))
	o.must(os.MkdirAll(p.Run, 0o755))
	o.must(installer.Announce(p, strings.TrimPrefix(o.base, "http://"), o.server.cfg.Instance))
	if a, err := installer.Ask(o.t.Context(), p); err != nil || a.Condition != "ready" {
		o.t.Errorf("while the office is on the network: %+v %v", a, err)
	}
	open, why := o.server.lan.state()
	o.must(installer.Announce(p, fmt.Sprintf("127.0.0.1:%d", o.server.lan.settings.Port), o.server.cfg.Instance))
	if a, err := installer.Ask(o.t.Context(), p); err == nil || !open {
		o.t.Errorf("the network door, open %v %s, answers in clear: %+v", open, why, a)
	}
}

// enrolFar lets a browser in, after wrong codes.
func (o *testOffice) enrolFar(admin, far *client) {
	t := o.t
	t.Helper()
	if a := far.post("/enrol", url.Values{"code": {"AAAAA-BBBBB"}, "name": {"窗口一号机"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a code out of nothing: %d", a.status)
	}
	code := shownCode.FindString(admin.send("/network", url.Values{"_do": {"code"}}).body)
	for range 5 {
		far.post("/enrol", url.Values{"code": {"AAAAA-BBBBB"}, "name": {"窗口一号机"}})
	}
	if a := far.post("/enrol", url.Values{"code": {code}, "name": {"窗口一号机"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a code after five wrong ones: %d", a.status)
	}
	code = shownCode.FindString(admin.send("/network", url.Values{"_do": {"code"}}).body)
	o.clock.add(16 * time.Minute)
	if a := far.post("/enrol", url.Values{"code": {code}, "name": {"窗口一号机"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a code that has run out: %d", a.status)
	}
	o.clock.add(-16 * time.Minute)
	code = shownCode.FindString(admin.send("/network", url.Values{"_do": {"code"}}).body)
	if a := far.post("/enrol", url.Values{"code": {strings.ToLower(strings.ReplaceAll(code, "-", " "))}, "name": {"窗口一号机"}}); a.status != http.StatusSeeOther {
		t.Fatalf("enrolling with %q: %d %s", code, a.status, a.text())
	}
	seen := ""
	other := o.onNetwork(0, &seen)
	other.o.base = far.o.base
	if a := other.post("/enrol", url.Values{"code": {code}, "name": {"窗口二号机"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a code used twice: %d", a.status)
	}
}

// revokeAndShut takes the device away, and then the network.
func (o *testOffice) revokeAndShut(admin, far *client) {
	t := o.t
	t.Helper()
	list, err := o.house.Office().Lan.Devices(t.Context())
	o.must(err)
	if len(list) != 1 || list[0].Name != "窗口一号机" {
		t.Fatalf("devices: %+v", list)
	}
	if a := admin.send("/network", url.Values{"_do": {"revoke"}, "device": {list[0].ID}}); a.status != http.StatusSeeOther {
		t.Fatalf("revoking: %d %s", a.status, a.text())
	}
	if a := far.get("/"); a.status != http.StatusSeeOther || a.header.Get("Location") != "/enrol" {
		t.Errorf("after revoking: %d %s", a.status, a.header.Get("Location"))
	}
	if a := admin.send("/network", url.Values{"_do": {"off"}, "reason": {"不再需要了"}}); a.status != http.StatusSeeOther {
		t.Fatalf("switching off: %d %s", a.status, a.text())
	}
	if far.reaches() {
		t.Error("the office still answers on the network")
	}
	if a := admin.get("/network"); !strings.Contains(a.body, "现在没有开放") {
		t.Errorf("%s", a.text())
	}
	if a := o.as("admin.audit").get("/audit"); !strings.Contains(a.body, "开放局域网") || !strings.Contains(a.body, "撤销设备") || !strings.Contains(a.body, "关闭局域网") {
		t.Error("the journal does not tell of it")
	}
}

// TestLanTurnsAwayAddresses: who is not on the list gets no word, and a host
// name that points here gets nothing either.
func TestLanTurnsAwayAddresses(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	port, admin, seen := freePort(t), o.as("admin.system"), ""
	on := func(allow string) {
		t.Helper()
		if a := admin.send("/network", url.Values{"_do": {"on"}, "port": {fmt.Sprint(port)}, "allow": {allow}, "reason": {"试一试地址"}}); a.status != http.StatusSeeOther {
			t.Fatalf("%d %s", a.status, a.text())
		}
	}
	on("10.11.0.0/16")
	if o.onNetwork(port, &seen).reaches() || seen != "" {
		t.Error("an address that is not on the list sees the certificate")
	}
	on("10.11.0.0/16 127.0.0.1")
	far := o.onNetwork(port, &seen)
	if !far.reaches() {
		t.Error("an address on the list is turned away")
	}
	r := far.request("GET", "/enrol", nil)
	r.Host = "evil.example"
	if a := far.do(r); a.status != http.StatusMisdirectedRequest {
		t.Errorf("under a foreign name: %d", a.status)
	}
}

func TestLanSettingsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "请写明", "8.8.8.8": "不是单位内部", "0.0.0.0/0": "不是单位内部", "10.0.0.0/8": "范围太大", "192.168.1": "看不懂", "fe80::/10": "范围太大"} {
		if list, err := lan.ParseAllow(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v", text, list, err)
		}
	}
	list, err := lan.ParseAllow("192.168.1.7/24，192.168.1.0/24;172.20.3.4\n fd00::1")
	if err != nil || strings.Join(list, " ") != "172.20.3.4/32 192.168.1.0/24 fd00::1/128" {
		t.Errorf("%v, %v", list, err)
	}
}
