package command

import (
	"bytes"
	"crypto/tls"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// longPath is a place whose path no socket may have.
func longPath(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), strings.Repeat("很长的文件夹名", 8))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, socketName)
}

// TestDoor asks an office by its socket, and by the door that stands where
// the system has no socket for the path.
func TestDoor(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"socket": filepath.Join(t.TempDir(), socketName), "door": longPath(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := os.WriteFile(path, []byte("left by a killed process"), 0o644); err != nil {
				t.Fatal(err)
			}
			l, err := listenLocal(path, 0o600)
			if err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || info.Mode().IsRegular() != (name == "door") {
				t.Errorf("mode %v, error %v", info.Mode(), err)
			}
			go serveControl(t.Context(), l, counter{address: "127.0.0.1:8650", public: true})
			var out bytes.Buffer
			_, asked, err := askAt(t.Context(), path, request{Op: "address"}, &out)
			if !asked || err != nil || strings.TrimSpace(out.String()) != "http://127.0.0.1:8650/" {
				t.Errorf("asked %v, error %v, answer %q", asked, err, out.String())
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(path); !os.IsNotExist(err) {
				t.Errorf("the file stays: %v", err)
			}
		})
	}
}

// TestDoorForEverybody: whoever may ask at a door may read its file, and
// nobody but the office may write there.
func TestDoorForEverybody(t *testing.T) {
	t.Parallel()
	path := longPath(t)
	l, err := listenLocal(path, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}
}

// TestDoorLetsNobodyElseIn calls at the door's port without the key that lies
// in its file, and with one of somebody's own.
func TestDoorLetsNobodyElseIn(t *testing.T) {
	t.Parallel()
	path := longPath(t)
	l, err := listenLocal(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	go serveControl(t.Context(), l, counter{address: "127.0.0.1:8650", public: true})
	own, err := identity(0)
	if err != nil {
		t.Fatal(err)
	}
	for name, shown := range map[string][]tls.Certificate{"no key": nil, "a key of one's own": {own}} {
		conn, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true, Certificates: shown}) // what a stranger would do
		if err == nil {
			_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
			_, _ = conn.Write([]byte("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 16\r\n\r\n{\"Op\":\"address\"}"))
			var answer [1]byte
			_, err = conn.Read(answer[:])
			_ = conn.Close()
		}
		if err == nil {
			t.Errorf("%s: let in", name)
		}
	}
}

// TestDoorLeftBehind finds the door of an office that was killed: nobody
// listens, or another program has the port, which must learn nothing.
func TestDoorLeftBehind(t *testing.T) {
	t.Parallel()
	path := longPath(t)
	l, err := openDoor(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.(doorway).Listener.Close(); err != nil {
		t.Fatal(err)
	}
	if _, asked, err := askAt(t.Context(), path, request{Op: "check"}, &bytes.Buffer{}); asked || err != nil {
		t.Errorf("nobody there: asked %v, error %v", asked, err)
	}
	other, err := net.Listen("tcp", address)
	if err != nil {
		t.Skip("the port is taken: ", err)
	}
	stranger, err := identity(0)
	if err != nil {
		t.Fatal(err)
	}
	go serveControl(t.Context(), tls.NewListener(other, &tls.Config{Certificates: []tls.Certificate{stranger}}), counter{address: "1.2.3.4:5", public: true})
	var out bytes.Buffer
	if _, asked, err := askAt(t.Context(), path, request{Op: "address"}, &out); asked || err != nil || out.Len() > 0 {
		t.Errorf("a stranger there: asked %v, error %v, answer %q", asked, err, out.String())
	}
}

// TestDoorStaysOnThisPC reads a door that leads elsewhere.
func TestDoorStaysOnThisPC(t *testing.T) {
	t.Parallel()
	path := longPath(t)
	l, err := openDoor(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d, ok := readDoor(path)
	if !ok {
		t.Fatal("no door")
	}
	d.Address = "192.0.2.1:9"
	if _, err := d.dial(t.Context()); err == nil || !strings.Contains(err.Error(), "off this PC") {
		t.Errorf("error %v", err)
	}
}
