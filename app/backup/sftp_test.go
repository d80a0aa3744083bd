package backup_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"jiezhen/app/access"
	"jiezhen/app/backup"
	"jiezhen/app/bundle"
	"jiezhen/app/record"
)

// server is a real SFTP server on this machine.
type server struct {
	address string
	print   string
	cut     atomic.Int64 // bytes after which the line breaks; 0: never
}

// breaking is a line that breaks after some bytes.
type breaking struct {
	net.Conn
	s    *server
	read int64
}

func (b *breaking) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	b.read += int64(n)
	if limit := b.s.cut.Load(); limit > 0 && b.read > limit {
		return 0, errors.Join(io.ErrUnexpectedEOF, b.Close())
	}
	return n, err
}

func newServer(t *testing.T, dir, password string) *server {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // ends the server
	s := &server{address: "sftp://" + l.Addr().String() + dir, print: ssh.FingerprintSHA256(signer.PublicKey())}
	cfg := &ssh.ServerConfig{PasswordCallback: func(_ ssh.ConnMetadata, typed []byte) (*ssh.Permissions, error) {
		if string(typed) != password {
			return nil, errors.New("no")
		}
		return nil, nil
	}}
	cfg.AddHostKey(signer)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(&breaking{Conn: conn, s: s}, cfg)
		}
	}()
	return s
}

func (s *server) serve(conn net.Conn, cfg *ssh.ServerConfig) {
	_, channels, requests, err := ssh.NewServerConn(conn, cfg)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for c := range channels {
		channel, in, err := c.Accept()
		if err != nil {
			return
		}
		go func() {
			for r := range in {
				_ = r.Reply(r.Type == "subsystem", nil) // the client has gone
			}
		}()
		srv, err := sftp.NewServer(channel)
		if err != nil {
			return
		}
		go func() {
			_ = srv.Serve()     // ends with the line
			_ = channel.Close() // likewise
		}()
	}
}

// TestSFTP carries over a line that breaks, to a host that must show the key
// it was known by.
func TestSFTP(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	ctx := context.Background()
	dir := t.TempDir()
	s := newServer(t, dir, "正确的密码")
	p := backup.Place{Name: "区服务器", Kind: backup.KindSFTP, Path: s.address, User: "jz", Token: "正确的密码", Off: true}
	for _, c := range []struct {
		name, host, token, want string
	}{
		{"an unknown host", "", p.Token, s.print},
		{"another host", "SHA256:别的", p.Token, "指纹变了"},
		{"a wrong password", s.print, "错", "用户名或密码"},
	} {
		bad := p
		bad.Host, bad.Token = c.host, c.token
		var r *record.Refusal
		err := n.desk().AddPlace(ctx, access.Office(), bad)
		if !errors.As(err, &r) || len(r.Problems) == 0 || !strings.Contains(r.Problems[0].Text, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	p.Host = s.print
	n.must(n.desk().AddPlace(ctx, access.Office(), p))
	for range 60 {
		n.work()
	}
	m := n.make()
	s.cut.Store(m.Size / 2)
	if list, err := n.desk().Carry(ctx, n.lastPlace()); err == nil || len(list) > 0 {
		t.Errorf("over a broken line: %d receipts, %v", len(list), err)
	}
	if _, err := os.Stat(filepath.Join(dir, m.Name)); err == nil {
		t.Error("half a bundle got its name")
	}
	s.cut.Store(0)
	if list, err := n.desk().Carry(ctx, n.lastPlace()); err != nil || len(list) != 1 {
		t.Fatalf("again: %d receipts, %v", len(list), err)
	}
	if _, err := bundle.VerifyVolume(ctx, bundle.FileVolume(filepath.Join(dir, m.Name))); err != nil {
		t.Error(err)
	}
	if list, err := n.desk().Carry(ctx, n.lastPlace()); err != nil || len(list) != 0 {
		t.Errorf("a third time: %d receipts, %v", len(list), err)
	}
}
