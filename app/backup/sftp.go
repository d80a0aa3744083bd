package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"jiezhen/app/bundle"
)

// remote is a place on an SFTP server. What a broken line left is gone on
// with: the copy is read back whole in any case.
type remote struct {
	ssh  *ssh.Client
	sftp *sftp.Client
	dir  string
}

// dialLimit is how long a server may take to answer.
const dialLimit = 20 * time.Second

// reachSFTP connects to sftp://host:port/folder. The host must show the key
// that the office was given by someone it trusts.
func reachSFTP(ctx context.Context, p Place) (carrier, error) {
	host, dir, err := splitAddress(p.Path)
	if err != nil {
		return nil, err
	}
	var shown string
	cfg := &ssh.ClientConfig{User: p.User, Auth: []ssh.AuthMethod{ssh.Password(p.Token)}, Timeout: dialLimit,
		HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
			if shown = ssh.FingerprintSHA256(key); shown != p.Host {
				return errors.New("another host")
			}
			return nil
		}}
	dialer := net.Dialer{Timeout: dialLimit}
	line, err := dialer.DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, fmt.Errorf("%w：%s", ErrAway, host)
	}
	conn, channels, requests, err := ssh.NewClientConn(patient{line}, host, cfg)
	switch {
	case err != nil && shown != "" && p.Host == "":
		return nil, errors.Join(fmt.Errorf("服务器出示的指纹是 %s，请与服务器管理员核对后填入“服务器指纹”", shown), line.Close())
	case err != nil && shown != p.Host:
		return nil, errors.Join(fmt.Errorf("服务器的指纹变了（现在是 %s），没有连接；请与服务器管理员核对", shown), line.Close())
	case err != nil:
		return nil, errors.Join(errors.New("服务器不接受用户名或密码"), line.Close())
	}
	client := ssh.NewClient(conn, channels, requests)
	files, err := sftp.NewClient(client)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("服务器没有开 SFTP：%w", err), client.Close())
	}
	return remote{client, files, dir}, nil
}

// splitAddress reads sftp://host[:port]/folder.
func splitAddress(address string) (host, dir string, err error) {
	rest, ok := strings.CutPrefix(address, "sftp://")
	host, dir, _ = strings.Cut(rest, "/")
	if !ok || host == "" || dir == "" {
		return "", "", errors.New("请写成 sftp://服务器/文件夹，如 sftp://10.1.2.3/backup")
	}
	if _, _, err := net.SplitHostPort(host); err != nil {
		host = net.JoinHostPort(host, "22")
	}
	return host, "/" + dir, nil
}

func (r remote) path(name string) string { return path.Join(r.dir, name) }

func (r remote) entries(_ context.Context, office string) ([]Entry, error) {
	files, err := r.sftp.ReadDir(r.dir)
	if err != nil {
		return nil, fmt.Errorf("读不了服务器上的文件夹：%w", err)
	}
	var out []Entry
	for _, f := range files {
		if f.IsDir() || !bundle.IsFirst(f.Name()) {
			continue
		}
		e, err := r.head(f)
		if err == nil && e.Manifest.Office == office {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Entry) int { return int(int64(a.Manifest.Sequence) - int64(b.Manifest.Sequence)) })
	return out, nil
}

func (r remote) head(info fs.FileInfo) (e Entry, err error) {
	f, err := r.sftp.Open(r.path(info.Name()))
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	e = Entry{Name: info.Name(), Size: info.Size()}
	e.Suite, e.Manifest, err = bundle.Head(f)
	return e, err
}

func (r remote) put(ctx context.Context, name string, from io.Reader, size int64) error {
	at := r.path(name + partial)
	var have int64
	if info, err := r.sftp.Stat(at); err == nil && info.Size() <= size {
		have = info.Size()
	} else if err == nil {
		if err := r.sftp.Remove(at); err != nil {
			return fmt.Errorf("写不进去：%w", err)
		}
	}
	if _, err := io.CopyN(io.Discard, from, have); err != nil {
		return err
	}
	f, err := r.sftp.OpenFile(at, os.O_CREATE|os.O_WRONLY)
	if err != nil {
		return fmt.Errorf("写不进去：%w", err)
	}
	if _, err := f.Seek(have, io.SeekStart); err != nil {
		return errors.Join(err, f.Close())
	}
	n, err := io.Copy(f, stopping{ctx, from})
	if err == nil && have+n != size {
		err = io.ErrUnexpectedEOF
	}
	if _, ok := r.sftp.HasExtension("fsync@openssh.com"); ok && err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("没有写完，下次接着写：%w", err)
	}
	return nil
}

func (r remote) aside(name string) (io.ReadCloser, error) {
	return r.sftp.Open(r.path(name + partial))
}

func (r remote) settle(name string) error {
	if err := r.sftp.Rename(r.path(name+partial), r.path(name)); err != nil {
		return fmt.Errorf("改名没有成功：%w", err)
	}
	return nil
}

func (r remote) whole(name string) (io.ReadCloser, error) { return r.sftp.Open(r.path(name)) }

func (r remote) spoil(name string) error { return r.sftp.Rename(r.path(name), r.path(name)+spoilt) }

func (r remote) drop(name string) error { return gone(r.sftp.Remove(r.path(name + partial))) }

func (r remote) remove(name string) error { return r.sftp.Remove(r.path(name)) }

// close ends the line first: a server that does not answer must not keep us.
func (r remote) close() error {
	_ = r.ssh.Close() // the line may be gone already
	_ = r.sftp.Close()
	return nil
}

// patient is a line on which nothing may take longer than silence: a server
// that hangs would keep the desk from everything else.
type patient struct{ net.Conn }

const silence = 2 * time.Minute

func (p patient) Read(b []byte) (int, error) {
	if err := p.SetReadDeadline(time.Now().Add(silence)); err != nil {
		return 0, err
	}
	return p.Conn.Read(b)
}

func (p patient) Write(b []byte) (int, error) {
	if err := p.SetWriteDeadline(time.Now().Add(silence)); err != nil {
		return 0, err
	}
	return p.Conn.Write(b)
}
