package command

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"runtime"
	"time"
)

// A control socket is a Unix socket: whoever may write to its file may ask.
// Windows 10 before version 1803 has none, later ones have half of them, and
// none has a path of more than about a hundred bytes. Under Windows, and for
// long paths, a door stands in its place: a file under the
// same name that says where on this PC the office listens, with the key that
// opens it. Whoever may read the file may ask, and knows the office again by
// its certificate, so that a program that has taken the port over learns
// nothing.

// door is what the file says.
//
// FORMAT of a door, in the place of control.sock, format 1: one JSON object
// with the keys below. Address is an IP address and port of this PC; Office is
// the certificate (DER) that the office shows, Caller the one that a caller
// shows, Key the caller's private key (PKCS #8).
type door struct {
	Format  int    `json:"format"`
	Address string `json:"address"`
	Office  []byte `json:"office"`
	Caller  []byte `json:"caller"`
	Key     []byte `json:"key"`
}

const doorFormat = 1

// listenLocal opens the socket at path, or a door there where the system has
// no sockets for it. Mode says who may ask.
func listenLocal(path string, mode os.FileMode) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("removing an old control socket: %w", err)
	}
	if runtime.GOOS == "windows" { // one way for all of them; and connecting to a socket there is writing to its file: who may could put a door of his own in its place
		return openDoor(path, mode&^0o022)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		behind, failed := openDoor(path, mode&^0o022) // reading it is asking; nobody else writes there
		if failed != nil {
			return nil, errors.Join(fmt.Errorf("opening the control socket: %w", err), failed)
		}
		return behind, nil
	}
	if err := os.Chmod(path, mode); err != nil {
		return nil, errors.Join(fmt.Errorf("guarding the control socket: %w", err), l.Close())
	}
	return l, nil
}

// doorway is a listener that takes its file away when it closes.
type doorway struct {
	net.Listener
	path string
}

// Close ends listening.
func (d doorway) Close() error {
	_ = os.Remove(d.path) // one left behind leads nowhere
	return d.Listener.Close()
}

func openDoor(path string, mode os.FileMode) (net.Listener, error) {
	office, err := identity(x509.ExtKeyUsageServerAuth)
	if err != nil {
		return nil, err
	}
	caller, err := identity(x509.ExtKeyUsageClientAuth)
	if err != nil {
		return nil, err
	}
	key, err := x509.MarshalPKCS8PrivateKey(caller.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("writing the door's key: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening the door: %w", err)
	}
	said, err := json.Marshal(door{Format: doorFormat, Address: l.Addr().String(), Office: office.Certificate[0], Caller: caller.Certificate[0], Key: key})
	if err == nil {
		err = writeDoor(path, said, mode)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("writing the door: %w", err), l.Close())
	}
	return doorway{path: path, Listener: tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{office},
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: only(caller.Leaf)})}, nil
}

// writeDoor makes the file, which must be new: nobody's link is followed.
func writeDoor(path string, said []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(said)
	return errors.Join(err, f.Close(), os.Chmod(path, mode)) // whatever the umask says
}

// doorName is whom an office's certificate names: both sides know each other
// by the certificate itself.
const doorName = "jiezhen"

// identity is a key of this start alone, with its certificate. It has no end
// worth the name: the clock of an old PC may stand anywhere.
func identity(use x509.ExtKeyUsage) (tls.Certificate, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("making the door's key: %w", err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{doorName}, NotBefore: time.Unix(0, 0), NotAfter: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{use}}
	raw, err := x509.CreateCertificate(rand.Reader, form, form, public, private)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("making the door's certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("making the door's certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: private, Leaf: leaf}, nil
}

func only(c *x509.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(c)
	return pool
}

// dialLocal reaches who listens at path, by socket or by door. That nobody
// does, or somebody else, is an error in dialling.
func dialLocal(ctx context.Context, path string) (net.Conn, error) {
	d, ok := readDoor(path)
	if !ok {
		var plain net.Dialer
		return plain.DialContext(ctx, "unix", path)
	}
	conn, err := d.dial(ctx)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
	}
	return conn, nil
}

// readDoor reads the file of a door; ok is false for a socket.
func readDoor(path string) (d door, ok bool) {
	if info, err := os.Stat(path); err != nil || info.Size() == 0 || info.Size() > 1<<16 {
		return d, false
	}
	raw, err := os.ReadFile(path)
	return d, err == nil && json.Unmarshal(raw, &d) == nil && d.Format == doorFormat
}

func (d door) dial(ctx context.Context) (net.Conn, error) {
	office, err := x509.ParseCertificate(d.Office)
	if err != nil {
		return nil, fmt.Errorf("reading the door: %w", err)
	}
	key, err := x509.ParsePKCS8PrivateKey(d.Key)
	if err != nil {
		return nil, fmt.Errorf("reading the door: %w", err)
	}
	if host, _, err := net.SplitHostPort(d.Address); err != nil || !net.ParseIP(host).IsLoopback() {
		return nil, fmt.Errorf("the door leads off this PC: %s", d.Address)
	}
	dialer := tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS13, ServerName: doorName, RootCAs: only(office),
		Certificates: []tls.Certificate{{Certificate: [][]byte{d.Caller}, PrivateKey: key}}}}
	return dialer.DialContext(ctx, "tcp", d.Address)
}
