package installer

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestVersionsCompare(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		a, b  string
		newer bool
	}{
		{"1.0.1", "1.0.0", true}, {"1.0.0", "1.0.0", false}, {"1.0.0", "1.0.1", false}, {"1.10.0", "1.9.9", true}, {"2.0.0", "1.99.99", true},
		{"0.1.0", "开发版", true}, {"开发版", "0.0.0", false}, {"1.0.0", "../../etc", true},
	} {
		if got := Newer(row.a, row.b); got != row.newer {
			t.Errorf("Newer(%s, %s) = %v", row.a, row.b, got)
		}
	}
	if got := SafeVersion("../../etc/passwd"); got != "0.0.0" {
		t.Errorf("a path passes for a version: %s", got)
	}
}

func TestWhatThePCLacks(t *testing.T) {
	t.Parallel()
	const free = 10 << 30
	for _, row := range []struct {
		name  string
		facts Facts
		want  []string
	}{
		{"a usual Linux", Facts{"linux", "amd64", "5.10.0-21-amd64", free}, nil},
		{"an old LoongArch", Facts{"linux", "loong64", "4.19.0-19-loongson-3", free}, []string{"5.19"}},
		{"LoongArch just before", Facts{"linux", "loong64", "5.18.9", free}, []string{"5.19"}},
		{"LoongArch of the new world", Facts{"linux", "loong64", "5.19.0", free}, nil},
		{"LoongArch of today", Facts{"linux", "loong64", "6.6.0-loong64-desktop", free}, nil},
		{"Windows 7", Facts{"windows", "amd64", "6.1.7601", free}, []string{"Windows 10"}},
		{"Windows 10", Facts{"windows", "amd64", "10.0.17763", free}, nil},
		{"a full disk", Facts{"linux", "amd64", "6.1.0", 100 << 20}, []string{"清理磁盘"}},
		{"both", Facts{"windows", "amd64", "6.3.9600", 100 << 20}, []string{"Windows 10", "清理磁盘"}},
	} {
		got := row.facts.Lacks()
		if len(got) != len(row.want) {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
			continue
		}
		for i, want := range row.want {
			if !strings.Contains(got[i], want) {
				t.Errorf("%s: %q does not say %s", row.name, got[i], want)
			}
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, body string
		healthy    bool
	}{
		{"ready", `{"condition":"ready","instance":"sign","version":"1.1.0"}`, true},
		{"waits for its paper key", `{"condition":"locked","instance":"sign","version":"1.1.0"}`, true},
		{"waits for set-up", `{"condition":"absent","instance":"sign","version":"1.1.0"}`, true},
		{"damaged", `{"condition":"damaged","instance":"sign","version":"1.1.0"}`, false},
		{"another version answers", `{"condition":"ready","instance":"sign","version":"1.0.0"}`, false},
		{"safe mode", `{"condition":"ready","instance":"sign","version":"1.1.0","safe":true}`, false},
		{"something else answers", `<html>`, false},
	} {
		p := PlacesIn(t.TempDir())
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, row.body) }))
		if err := os.MkdirAll(p.Run, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := Announce(p, strings.TrimPrefix(server.URL, "http://"), "sign"); err != nil {
			t.Fatal(err)
		}
		i := New(Config{Places: p, Clock: time.Now})
		ok, why := i.awaitHealthy(context.Background(), "1.1.0", 0)
		if ok != row.healthy || !ok && why == "" {
			t.Errorf("%s: %v %q", row.name, ok, why)
		}
		server.Close()
	}
}

func TestStateIsWholeOrRefused(t *testing.T) {
	t.Parallel()
	p := PlacesIn(t.TempDir())
	if _, err := ReadState(p); err != ErrNotInstalled {
		t.Errorf("no state: %v", err)
	}
	if err := os.MkdirAll(p.Desk, 0o755); err != nil {
		t.Fatal(err)
	}
	want := State{Version: "1.0.0", Exe: "x", Change: &Change{ID: "a", Kind: Upgrade, Phase: Trying}}
	if err := writeState(p, want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadState(p)
	if err != nil || got.Version != "1.0.0" || !got.Change.Open() {
		t.Errorf("%+v %v", got, err)
	}
	for name, text := range map[string]string{"half": `{"format":1,"ver`, "newer": `{"format":9}`} {
		if err := os.WriteFile(p.StateFile(), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadState(p); err == nil || err == ErrNotInstalled {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTwoInstallsNeverAtOnce holds the lock as another install would.
func TestTwoInstallsNeverAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	first, err := lock(path)
	if err != nil || first == nil {
		t.Fatal(first, err)
	}
	if second, err := lock(path); err != nil || second != nil {
		t.Errorf("a second lock: %v %v", second, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	third, err := lock(path)
	if err != nil || third == nil {
		t.Fatalf("after the first: %v %v", third, err)
	}
	if err := third.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestServiceSID compares with an identity that every Windows has.
func TestServiceSID(t *testing.T) {
	t.Parallel()
	const want = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"
	if got := serviceSID("TrustedInstaller"); got != want {
		t.Errorf("the identity of TrustedInstaller is %s, want %s", got, want)
	}
}
