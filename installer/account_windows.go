package installer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// settle makes the service's folders. Rights are set where something is made,
// and never rewritten: a repair of rights that went wrong has locked offices
// out of their data elsewhere. The account is virtual and needs no making.
func settle(_ context.Context, p Places, _ Manager) error {
	sid := serviceSID(Name)
	for _, f := range []struct{ path, rights string }{
		{p.Home, rightsHome}, {p.Data, rightsData}, {p.Keys, rightsData}, {p.Desk, rightsDesk}, {p.Inbox, rightsInbox}, {p.Run, rightsRun},
	} {
		if err := ownFolder(f.path, fmt.Sprintf(f.rights, sid)); err != nil {
			return err
		}
	}
	return nil
}

// ownFolder makes a folder with rights; one that is there stays as it is.
func ownFolder(path, rights string) error {
	if info, err := os.Lstat(path); err == nil {
		if !info.IsDir() {
			return fmt.Errorf("%s 应当是文件夹，请先把它移走", path)
		}
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("looking for %s: %w", path, err)
	}
	sd, err := windows.SecurityDescriptorFromString(rights)
	if err != nil {
		return fmt.Errorf("naming the rights of %s: %w", path, err)
	}
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return fmt.Errorf("naming %s: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("建不了 %s：%w", filepath.Dir(path), err)
	}
	sa := windows.SecurityAttributes{SecurityDescriptor: sd}
	sa.Length = sizeOf(sa)
	if err := windows.CreateDirectory(name, &sa); err != nil {
		return fmt.Errorf("建不了 %s：%w", path, err)
	}
	return nil
}

// Descend does nothing here: the manager starts the service under its account.
func Descend(Places) error { return nil }
