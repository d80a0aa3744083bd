package installer

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// settle makes what the service needs: its account, its folders, its key.
// Rights are set where something is made, and never rewritten: a repair of
// rights that went wrong has locked offices out of their data elsewhere.
func settle(ctx context.Context, p Places, m Manager) error {
	uid, gid, err := account(ctx, p)
	if err != nil {
		return err
	}
	if err := ownFolder(p.Home, 0o700, uid, gid); err != nil {
		return err
	}
	if err := ownFolder(p.Desk, 0o755, 0, 0); err != nil {
		return err
	}
	if err := ownFolder(p.Inbox, 0o700, uid, gid); err != nil {
		return err
	}
	if s, ok := m.(systemd); ok && s.version >= credentialSince {
		return secret(p.Secret)
	}
	return nil
}

// account makes the service's account, which nobody can sign in to.
func account(ctx context.Context, p Places) (uid, gid int, err error) {
	u, err := user.Lookup(Account)
	if err != nil {
		_, err = output(ctx, "useradd", "--system", "--user-group", "--no-create-home", "--home-dir", p.Home, "--shell", nologin(), "--comment", Title, Account)
		if err != nil {
			return 0, 0, fmt.Errorf("建不了服务账户：%w", err)
		}
		if u, err = user.Lookup(Account); err != nil {
			return 0, 0, fmt.Errorf("finding the new account: %w", err)
		}
	}
	if filepath.Clean(u.HomeDir) != p.Home {
		return 0, 0, fmt.Errorf("这台电脑上已有一个名叫 %s 的账户（主目录 %s），不是街镇通的服务账户；请先改掉它的名字", Account, u.HomeDir)
	}
	uid, err = strconv.Atoi(u.Uid)
	if err != nil {
		return 0, 0, fmt.Errorf("reading the account: %w", err)
	}
	gid, err = strconv.Atoi(u.Gid)
	return uid, gid, err
}

func nologin() string {
	if path, err := exec.LookPath("nologin"); err == nil {
		return path
	}
	return "/bin/false"
}

// ownFolder makes a folder with an owner; one that is there stays as it is.
func ownFolder(path string, mode fs.FileMode, uid, gid int) error {
	if info, err := os.Lstat(path); err == nil {
		if !info.IsDir() {
			return fmt.Errorf("%s 应当是文件夹，请先把它移走", path)
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("建不了 %s：%w", filepath.Dir(path), err)
	}
	if err := os.Mkdir(path, mode); err != nil {
		return fmt.Errorf("建不了 %s：%w", path, err)
	}
	if err := errors.Join(os.Chmod(path, mode), os.Chown(path, uid, gid)); err != nil {
		return fmt.Errorf("设不了 %s 的权限：%w", path, err)
	}
	return nil
}

// secret makes the key that systemd hands over to the service. It is made
// once: another one would not open the data any more.
func secret(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("looking for the service's key: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("建不了 %s：%w", filepath.Dir(path), err)
	}
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails (crypto/rand ends the program instead)
	return writeFile(path, key[:], 0o600)
}

// Descend gives up the administrator's rights for those of the service's
// account, where the manager has not done so. It cannot be undone.
func Descend(p Places) error {
	if os.Geteuid() != 0 {
		return nil
	}
	uid, gid, err := account(context.Background(), p)
	if err != nil {
		return err
	}
	if err := ownFolder(p.Run, 0o755, uid, gid); err != nil {
		return err
	}
	if err := errors.Join(syscall.Setgroups(nil), syscall.Setgid(gid), syscall.Setuid(uid)); err != nil {
		return fmt.Errorf("换不到服务账户：%w", err)
	}
	return nil
}

const desktopEntry = `[Desktop Entry]
Type=Application
Version=1.0
Name=街镇通
Comment=街道、乡镇办事处的残疾人、儿童、社会治理工作台
Exec=%s open
Icon=%s
Terminal=false
Categories=Office;
`

// offer puts the program where people find it: the command and the menu.
func offer(p Places) error {
	if err := pointLink(p.Command, p.Current()); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(p.Menu), 0o755); err != nil {
		return fmt.Errorf("建不了 %s：%w", filepath.Dir(p.Menu), err)
	}
	icon := filepath.Join(p.Programs, "jiezhen.png")
	if err := writeFile(icon, iconPNG, 0o644); err != nil {
		return err
	}
	return writeFile(p.Menu, fmt.Appendf(nil, desktopEntry, p.Command, icon), 0o644)
}

// withdraw takes away what offer put.
func withdraw(p Places) error {
	return errors.Join(remove(p.Command), remove(p.Menu), remove(filepath.Join(p.Programs, "jiezhen.png")))
}
