package command

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestListensOnThisPCAlone: an address that others reach is refused before the
// data folder is touched, with the way onto the network.
func TestListensOnThisPCAlone(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{"": "", "127.0.0.1:8650": "", "127.0.0.2:0": "", "localhost:80": "", "[::1]:8650": "",
		"0.0.0.0:8650": "局域网", ":8650": "局域网", "[::]:8650": "局域网", "192.168.1.5:8650": "局域网", "office.local:80": "局域网", "8650": "地址:端口", "127.0.0.1:": "地址:端口"} {
		err := onThisPC(address)
		var usage errUsage
		if want == "" && err != nil || want != "" && (!errors.As(err, &usage) || !strings.Contains(usage.text, want)) {
			t.Errorf("%q: %v, want %q", address, err, want)
		}
	}
	dir := filepath.Join(t.TempDir(), "data")
	c := &caller{opt: options{data: dir, listen: "0.0.0.0:0"}, env: Env{Err: os.Stderr, Out: os.Stdout}}
	if err := c.serve(t.Context(), false); err == nil || exists(dir) {
		t.Errorf("opened to the network: %v", err)
	}
}

// TestPortsAreTaken has every usual port taken by other programs, and the
// remembered one too.
func TestPortsAreTaken(t *testing.T) {
	dir := t.TempDir()
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	memory := filepath.Join(dir, "address")
	remember(memory, other.Addr().String())
	for i := range ports {
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 8650+i)); err == nil { // else another program has it
			defer l.Close()
		}
	}
	c := &caller{opt: options{data: dir}}
	l, err := c.listenTCP()
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if host, _, _ := net.SplitHostPort(at); host != "127.0.0.1" || addresses(memory)[0] != at {
		t.Errorf("took %s, remembered %s", at, addresses(memory)[0])
	}
}
