package installer

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// keeperName is the link to the executable of the privileged half: that of the
// version known to be good.
const keeperName = "keeper"

func keeper(p Places) string { return filepath.Join(p.Programs, keeperName+exeSuffix) }

var plainVersion = regexp.MustCompile(`^(\d{1,4})\.(\d{1,4})\.(\d{1,4})$`)

// SafeVersion is the version as it stands in file names; a development build
// has none of its own.
func SafeVersion(v string) string {
	if plainVersion.MatchString(v) {
		return v
	}
	return "0.0.0"
}

// Newer says whether version a comes after b.
func Newer(a, b string) bool {
	x, y := numbers(a), numbers(b)
	for i := range x {
		if x[i] != y[i] {
			return x[i] > y[i]
		}
	}
	return false
}

func numbers(v string) (n [3]int) {
	for i, part := range strings.SplitN(SafeVersion(v), ".", 3) {
		n[i], _ = strconv.Atoi(part) // matched as digits
	}
	return n
}

// place copies an executable to its versioned name, read back and synced.
func (i *Installer) place(ctx context.Context, from, to string) error {
	if same(from, to) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fmt.Errorf("建不了程序文件夹 %s：%w", filepath.Dir(to), err)
	}
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("读不到程序文件 %s：%w", from, err)
	}
	defer in.Close()
	aside := to + ".new"
	sum, err := copyTo(ctx, in, aside)
	if err != nil {
		return errors.Join(fmt.Errorf("复制程序到 %s：%w", to, err), remove(aside))
	}
	if back, err := digest(aside); err != nil || back != sum {
		return errors.Join(fmt.Errorf("复制程序到 %s：读回来的内容不一样，请检查磁盘", to), err, remove(aside))
	}
	return i.swap(aside, to)
}

// swap puts a file in another's place. One that runs cannot be replaced under
// Windows, but renamed.
func (i *Installer) swap(aside, to string) error {
	err := rename(aside, to)
	if err != nil && held(err) {
		if err = rename(to, to+".old"); err == nil {
			err = rename(aside, to)
		}
	}
	if err != nil {
		return fmt.Errorf("放置程序 %s：%w", to, err)
	}
	return syncDir(filepath.Dir(to))
}

func copyTo(ctx context.Context, in io.Reader, path string) (sum [32]byte, err error) {
	var out *os.File
	err = patient(func() (err error) {
		out, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o755)
		return err
	})
	if err != nil {
		return sum, err
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, h), reader{ctx, in})
	if err = errors.Join(err, out.Chmod(0o755), out.Sync(), out.Close()); err != nil {
		return sum, err
	}
	return [32]byte(h.Sum(nil)), nil
}

// reader ends with its context.
type reader struct {
	ctx context.Context
	in  io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.in.Read(p)
}

func digest(path string) (sum [32]byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return sum, err
	}
	return [32]byte(h.Sum(nil)), nil
}

func same(a, b string) bool {
	x, errX := digest(a)
	y, errY := digest(b)
	return errX == nil && errY == nil && x == y
}

// remove takes a file away if it is there.
func remove(path string) error {
	if err := patient(func() error { return os.Remove(path) }); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("删不掉 %s：%w", path, err)
	}
	return nil
}
