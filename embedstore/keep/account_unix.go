//go:build !windows

package keep

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// credential is the name under which systemd hands the account's key over.
const credential = "jiezhen-kek"

// accountPath is where the account's key lies.
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

func (c Config) accountKey(id []byte) ([32]byte, error) {
	if key, ok, err := fromCredential(); ok || err != nil {
		return key, err
	}
	path, err := c.accountPath(id)
	if err != nil {
		return [32]byte{}, err
	}
	return readKey(path, 0o077)
}

func fromCredential() (key [32]byte, ok bool, err error) {
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return key, false, nil
	}
	key, err = readKey(filepath.Join(dir, credential), 0o007) // systemd grants by ACL, which shows as group bits
	if errors.Is(err, ErrLocked) {
		return key, false, nil
	}
	return key, err == nil, err
}

// readKey reads a key that has none of the forbidden permission bits.
func readKey(path string, forbidden fs.FileMode) ([32]byte, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return [32]byte{}, ErrLocked
	}
	if err != nil {
		return [32]byte{}, fmt.Errorf("reading the account's key: %w", err)
	}
	if info.Mode().Perm()&forbidden != 0 {
		return [32]byte{}, fmt.Errorf("钥匙文件 %s：%w", path, ErrExposed)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return [32]byte{}, fmt.Errorf("reading the account's key: %w", err)
	}
	if len(data) != 32 {
		return [32]byte{}, ErrLocked
	}
	return [32]byte(data), nil
}

// newAccountKey gives the account's key for a new slot, making it if there is
// none yet.
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
	return key, writeWhole(path, key[:])
}
