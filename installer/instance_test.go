package installer

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// standIn is another program that answers as the office would.
func standIn(t *testing.T, body string) (address string, asked *int) {
	t.Helper()
	asked = new(int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		*asked++
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), asked
}

// TestAnotherProgramAnswers has a program that is not this service answer
// where it answered last: nothing of it is believed.
func TestAnotherProgramAnswers(t *testing.T) {
	b := newBench(t)
	for name, body := range map[string]string{
		"another office's":   `{"condition":"ready","version":"1.0.0","instance":"ffff"}`,
		"one without a sign": `{"condition":"ready","version":"1.0.0"}`,
	} {
		address, _ := standIn(t, body)
		if err := Announce(b.p, address, "a-start-of-ours"); err != nil {
			t.Fatal(err)
		}
		if a, err := Ask(t.Context(), b.p); err == nil || !strings.Contains(err.Error(), "别的程序") {
			t.Errorf("%s is believed: %+v %v", name, a, err)
		}
		if ok, why := b.i.awaitHealthy(t.Context(), "1.0.0", 0); ok || why == "" {
			t.Errorf("%s passes for the new version: %v %q", name, ok, why)
		}
	}
}

// TestStoppedServiceIsNotAsked leaves the word of a service that was killed
// behind, with somebody else under its address.
func TestStoppedServiceIsNotAsked(t *testing.T) {
	b := newBench(t)
	address, asked := standIn(t, `{"condition":"ready","version":"1.0.0","instance":"old"}`)
	if err := Announce(b.p, address, "old"); err != nil {
		t.Fatal(err)
	}
	lines, err := b.i.Status(t.Context())
	if err == nil || strings.Contains(strings.Join(lines, "\n"), "地址：") || *asked > 0 {
		t.Errorf("status: %v, asked %d times: %v", err, *asked, lines)
	}
	if err := b.i.Start(t.Context()); err != nil || len(b.starts) != 1 || *asked > 0 {
		t.Errorf("start: %v, asked %d times, starts %v", err, *asked, b.starts)
	}
	lines, err = b.i.Status(t.Context())
	if text := strings.Join(lines, "\n"); err != nil || !strings.Contains(text, "地址：http://127.0.0.1:") || strings.Contains(text, address) {
		t.Errorf("status of the one that runs: %v %s", err, text)
	}
}

// TestStatusOfAServiceThatDoesNotAnswer: it runs, and the page is said not to.
func TestStatusOfAServiceThatDoesNotAnswer(t *testing.T) {
	b := newBench(t)
	if err := b.i.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := Announce(b.p, "127.0.0.1:1", "x"); err != nil {
		t.Fatal(err)
	}
	lines, err := b.i.Status(t.Context())
	if text := strings.Join(lines, "\n"); err != nil || !strings.Contains(text, "页面：") || strings.Contains(text, "地址：") {
		t.Errorf("%v %s", err, text)
	}
}

// TestStatusOfAStoppedService: nothing failed, and nobody is sent to look for
// a reason.
func TestStatusOfAStoppedService(t *testing.T) {
	b := newBench(t)
	_, err := b.i.Status(t.Context())
	if err == nil || !strings.Contains(err.Error(), "已停止") || !strings.Contains(err.Error(), "jiezhen start") || strings.Contains(err.Error(), "原因") {
		t.Errorf("stopped on purpose: %v", err)
	}
	if err := TellFailure(b.p, "端口都被占用"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.i.Status(t.Context()); err == nil || !strings.Contains(err.Error(), "服务说：端口都被占用") {
		t.Errorf("ended with a reason: %v", err)
	}
}

// TestAnnouncement reads what a service leaves, and what it never would.
func TestAnnouncement(t *testing.T) {
	t.Parallel()
	p := PlacesIn(t.TempDir())
	if err := os.MkdirAll(p.Run, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Announce(p, "127.0.0.1:8650", NewInstance()); err != nil {
		t.Fatal(err)
	}
	if address, instance, err := announced(p); err != nil || address != "127.0.0.1:8650" || len(instance) < 32 {
		t.Errorf("%s %s %v", address, instance, err)
	}
	for _, text := range []string{"", "\n", "127.0.0.1:8650", "10.1.2.3:80\nx\n", "evil.example:80\nx\n", "127.0.0.1:8650/../\nx\n"} {
		if err := os.WriteFile(p.Address(), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if address, instance, err := announced(p); err == nil {
			t.Errorf("%q: %s %s", text, address, instance)
		}
	}
	if a, b := NewInstance(), NewInstance(); a == b {
		t.Errorf("two starts have one sign: %s", fmt.Sprint(a, time.Now()))
	}
}
