package installer

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fallen is a manager whose service does not come up.
type fallen struct{ Manager }

func (fallen) Name() string                                 { return "试验" }
func (fallen) Logs(Places) string                           { return "看日志" }
func (fallen) Condition(context.Context) (Condition, error) { return Failed, nil }

// TestStatusTellsWhyTheServiceEnded asks for the status of a service that
// left its reason, then of one that came up since.
func TestStatusTellsWhyTheServiceEnded(t *testing.T) {
	t.Parallel()
	p := PlacesIn(t.TempDir())
	if err := os.MkdirAll(p.Inbox, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := writeState(p, State{Version: "1.0.0"}); err != nil {
		t.Fatal(err)
	}
	status := func() string {
		_, err := New(Config{Places: p, Manager: fallen{}}).Status(t.Context())
		if err == nil {
			t.Fatal("a service that is down is no success")
		}
		return err.Error()
	}
	if got := status(); !strings.Contains(got, "看日志") || strings.Contains(got, "服务说") {
		t.Errorf("no reason left: %s", got)
	}
	if err := TellFailure(p, "端口都被占用\n\x1b[31m"+strings.Repeat("长", 5000)); err != nil {
		t.Fatal(err)
	}
	if got := status(); !strings.Contains(got, "服务说：端口都被占用 ") || !strings.Contains(got, "jiezhen start") || len(got) > longestFailure+500 || strings.Contains(got, "\x1b") {
		t.Errorf("a reason left: %s", got)
	}
	if err := TellFailure(p, ""); err != nil {
		t.Fatal(err)
	}
	if got := status(); strings.Contains(got, "服务说") {
		t.Errorf("up since: %s", got)
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("机密"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(p.Inbox, failureFile)); err != nil {
		t.Skip("no links here: ", err)
	}
	if got := status(); strings.Contains(got, "机密") {
		t.Errorf("a link was followed: %s", got)
	}
}
