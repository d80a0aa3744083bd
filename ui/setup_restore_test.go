package ui

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jiezhen/app"
	"jiezhen/assets"
)

// bare serves a PC without an office, beside the one of o.
func (o *testOffice) bare(t *testing.T) *testOffice {
	t.Helper()
	cfg := testConfig(t.TempDir(), o.clock)
	h, err := app.Enter(context.Background(), cfg)
	o.must(err)
	n := &testOffice{t: t, dir: cfg.Dir, clock: o.clock, house: h, pages: o.pages}
	n.server = New(Config{House: h, Pages: o.pages, Log: slog.New(slog.DiscardHandler), Clock: o.clock.now, Assets: assets.FS()})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	o.must(err)
	n.base = "http://" + l.Addr().String()
	done := make(chan struct{})
	go func() { defer close(done); _ = n.server.Serve(l) }()
	t.Cleanup(func() {
		_ = n.server.Shutdown()
		<-done
		o.must(h.Leave())
	})
	return n
}

var groupAsked = regexp.MustCompile(`第 (\d) 组`)

// TestBackOnABarePC makes a new paper key on the page, backs up, and brings the
// office back on a PC without one, by page alone: with the new key, looked at
// before it is taken; the old key and a stranger without the link get nowhere.
func TestBackOnABarePC(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("admin.system")
	if a := b.fill("/backup/paper", "password", "不是密码"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a new paper key with a wrong password: %d", a.status)
	}
	b.fill("/backup/paper", "password", testPassword).expectAt(t)
	page := b.get("/backup/paper")
	groups := regexp.MustCompile(`\b[0-9A-HJKMNP-TV-Z]{6}\b`).FindAllString(page.text(), -1)
	asked := groupAsked.FindStringSubmatch(page.text())
	if len(groups) < 8 || asked == nil {
		t.Fatalf("the new key: %v %v", groups, asked)
	}
	n := int(asked[1][0] - '1')
	if a := b.fill("/backup/paper", "group", groups[(n+1)%8]); a.status != http.StatusUnprocessableEntity {
		t.Errorf("another group was typed back: %d", a.status)
	}
	b.fill("/backup/paper", "group", groups[n]).expectAt(t)
	b.waitFor(t, b.fill("/backup/now").expectAt(t))
	folder := filepath.Join(o.house.Dir(), "bundles")

	bare := o.bare(t)
	c := bare.browser()
	if a := c.get("/setup/restore"); a.status != http.StatusForbidden {
		t.Errorf("without the link: %d", a.status)
	}
	c.get(bare.server.Entrance())
	c.get("/setup").expect(t, http.StatusOK, "从备份恢复")
	send := func(fields ...string) answer {
		form := url.Values{}
		for i := 0; i < len(fields); i += 2 {
			form.Add(fields[i], fields[i+1])
		}
		return c.post("/setup/restore", form)
	}
	if a := send("folder", t.TempDir(), "paper", strings.Join(groups[:8], "-")); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.text(), "没有找到备份包") {
		t.Errorf("an empty folder: %d %s", a.status, a.text())
	}
	wrong := append([]string{}, groups[:8]...)
	wrong[3] = wrong[4]
	c.waitFor(t, send("folder", folder, "paper", strings.Join(wrong, " ")).expectAt(t))
	if a := c.get("/setup/restore"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.text(), "第4组") {
		t.Errorf("a key typed wrong: %d %s", a.status, a.text())
	}
	c.waitFor(t, send("folder", folder, "paper", strings.Join(groups[:8], "")).expectAt(t))
	c.get("/setup/restore").expect(t, http.StatusOK, "启用这份数据")
	if at := send("_do", "take").expectAt(t); at != "/login" {
		t.Errorf("taken, it leads to %s", at)
	}
	if a := bare.as("admin.system").get("/backup"); a.status != http.StatusOK {
		t.Errorf("in the office that came back: %d", a.status)
	}
	if a := c.get("/setup/restore"); a.status != http.StatusSeeOther {
		t.Errorf("with an office, the way to restore stays open: %d", a.status)
	}
}
