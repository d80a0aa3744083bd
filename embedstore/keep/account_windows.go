package keep

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/windows"
)

func (c Config) accountPath(id []byte) (string, error) {
	dir := c.KeyDir
	if dir == "" {
		base, err := os.UserConfigDir()
		if err != nil {
			return "", fmt.Errorf("finding the account's folder: %w", err)
		}
		dir = filepath.Join(base, "jiezhen")
	}
	return filepath.Join(dir, hex.EncodeToString(id)+".kek"), nil
}

// accountKey opens the key that Windows closed for this account (DPAPI).
func (c Config) accountKey(id []byte) ([32]byte, error) {
	path, err := c.accountPath(id)
	if err != nil {
		return [32]byte{}, err
	}
	closed, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return [32]byte{}, ErrLocked
	}
	if err != nil {
		return [32]byte{}, fmt.Errorf("reading the account's key: %w", err)
	}
	plain, err := unprotect(closed)
	if err != nil || len(plain) != 32 {
		return [32]byte{}, ErrLocked
	}
	return [32]byte(plain), nil
}

func (c Config) newAccountKey(id []byte) ([32]byte, error) {
	key, err := c.accountKey(id)
	if !errors.Is(err, ErrLocked) {
		return key, err
	}
	path, err := c.accountPath(id)
	if err != nil {
		return key, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return key, fmt.Errorf("making the account's folder: %w", err)
	}
	if _, err := io.ReadFull(c.random(), key[:]); err != nil {
		return key, fmt.Errorf("drawing a key: %w", err)
	}
	closed, err := protect(key[:])
	if err != nil {
		return key, fmt.Errorf("closing the key for this account: %w", err)
	}
	return key, writeWhole(path, closed)
}

func blob(data []byte) *windows.DataBlob {
	return &windows.DataBlob{Size: uint32(len(data)), Data: unsafe.SliceData(data)}
}

func take(out windows.DataBlob) []byte {
	defer func() { _, _ = windows.LocalFree(windows.Handle(unsafe.Pointer(out.Data))) }() // nothing to do if it fails
	return append([]byte(nil), unsafe.Slice(out.Data, out.Size)...)
}

func protect(plain []byte) ([]byte, error) {
	var out windows.DataBlob
	if err := windows.CryptProtectData(blob(plain), nil, nil, 0, nil, windows.CRYPTPROTECT_UI_FORBIDDEN, &out); err != nil {
		return nil, err
	}
	return take(out), nil
}

func unprotect(closed []byte) ([]byte, error) {
	var out windows.DataBlob
	if err := windows.CryptUnprotectData(blob(closed), nil, nil, 0, nil, windows.CRYPTPROTECT_UI_FORBIDDEN, &out); err != nil {
		return nil, err
	}
	return take(out), nil
}
