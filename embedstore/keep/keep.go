// Package keep has custody of the office's master key.
//
// The key lies in keys.cbor, closed twice: once for the account that runs the
// program (Windows DPAPI; elsewhere a key of systemd's credentials or a file
// that only the account can read, outside the data folder), once for the
// paper recovery key. It promises that the data folder alone opens nothing,
// that a wrong or half-typed paper key changes nothing, and that no key
// material stands in an error. It must not know the store.
//
// FORMAT of keys.cbor, version 1: CBOR map {1: version, 2: id (16 bytes),
// 3: slots}; a slot is {1: kind, 2: suite, 3: sealed master key}. suite 1 is
// AES-256-GCM with a random nonce of 12 bytes in front and "jiezhen key slot",
// kind and id as additional data. Kinds: "account", "paper". New kinds may be
// added; a program that does not know one passes it over.
package keep

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/fxamacker/cbor/v2"

	"jiezhen/embedstore/disk"
)

// What custody can find.
var (
	ErrLocked      = errors.New("the key is not with this account")
	ErrExists      = errors.New("keys have been made already")
	ErrPaper       = errors.New("恢复密钥不对，请逐组核对")
	ErrNewerFormat = errors.New("钥匙文件是更新版本的程序写的，请使用新版程序")
	ErrExposed     = errors.New("钥匙文件能被其他账户读取，请改为仅本账户可读（chmod 600）")
	ErrDamaged     = errors.New("钥匙文件已损坏，请勿删除，用备份里的同名文件替换")
)

// Config says where keys lie.
type Config struct {
	Dir    string    // data folder: keys.cbor
	KeyDir string    // where the account's own half lies; "": the account's configuration folder
	Rand   io.Reader // nil: the system's
}

const (
	fileName    = "keys.cbor"
	version     = 1
	suite       = 1
	kindAccount = "account"
	kindPaper   = "paper"
)

type file struct {
	Version int    `cbor:"1,keyasint"`
	ID      []byte `cbor:"2,keyasint"`
	Slots   []slot `cbor:"3,keyasint"`
}

type slot struct {
	Kind   string `cbor:"1,keyasint"`
	Suite  int    `cbor:"2,keyasint"`
	Sealed []byte `cbor:"3,keyasint"`
}

func (c Config) random() io.Reader {
	if c.Rand == nil {
		return rand.Reader
	}
	return c.Rand
}

// Create makes a master key with both slots. The paper key is returned once
// and kept nowhere.
func Create(c Config) ([32]byte, Recovery, error) {
	var key [32]byte
	path := filepath.Join(c.Dir, fileName)
	if _, err := os.Lstat(path); err == nil {
		return key, Recovery{}, ErrExists
	} else if !errors.Is(err, fs.ErrNotExist) {
		return key, Recovery{}, fmt.Errorf("looking for keys: %w", err)
	}
	f := file{Version: version, ID: make([]byte, 16)}
	if _, err := io.ReadFull(c.random(), f.ID); err != nil {
		return key, Recovery{}, fmt.Errorf("drawing an id: %w", err)
	}
	if _, err := io.ReadFull(c.random(), key[:]); err != nil {
		return key, Recovery{}, fmt.Errorf("drawing a key: %w", err)
	}
	paper, err := newRecovery(c.random())
	if err != nil {
		return key, Recovery{}, err
	}
	if err := c.fill(&f, key, paper); err != nil {
		return key, Recovery{}, err
	}
	return key, paper, write(path, f)
}

// Adopt lays a master key that is known from elsewhere into a folder that has
// none, bound to this account and a new paper key.
func Adopt(c Config, key [32]byte) (Recovery, error) {
	path := filepath.Join(c.Dir, fileName)
	if _, err := os.Lstat(path); err == nil {
		return Recovery{}, ErrExists
	}
	f := file{Version: version, ID: make([]byte, 16)}
	if _, err := io.ReadFull(c.random(), f.ID); err != nil {
		return Recovery{}, fmt.Errorf("drawing an id: %w", err)
	}
	paper, err := newRecovery(c.random())
	if err != nil {
		return Recovery{}, err
	}
	if err := c.fill(&f, key, paper); err != nil {
		return Recovery{}, err
	}
	return paper, write(path, f)
}

// fill closes the key for the account and for the paper key.
func (c Config) fill(f *file, key [32]byte, paper Recovery) error {
	if err := c.bind(f, key); err != nil {
		return err
	}
	return f.put(kindPaper, key, paper.wrapping(f.ID), c.random())
}

// bind closes the key for the present account.
func (c Config) bind(f *file, key [32]byte) error {
	kek, err := c.newAccountKey(f.ID)
	if err != nil {
		return fmt.Errorf("binding the key to this account: %w", err)
	}
	return f.put(kindAccount, key, kek, c.random())
}

// Open gives the master key to the account it is bound to.
func Open(c Config) ([32]byte, error) {
	var key [32]byte
	f, err := read(filepath.Join(c.Dir, fileName))
	if err != nil {
		return key, err
	}
	kek, err := c.accountKey(f.ID)
	if err != nil {
		return key, err
	}
	key, err = f.get(kindAccount, kek)
	if err != nil {
		return key, ErrLocked
	}
	return key, nil
}

// Recover gives the master key to whoever has the paper key, and binds it to
// the present account.
func Recover(c Config, typed string) ([32]byte, error) {
	path := filepath.Join(c.Dir, fileName)
	f, err := read(path)
	if err != nil {
		return [32]byte{}, err
	}
	paper, err := ParseRecovery(typed)
	if err != nil {
		return [32]byte{}, err
	}
	key, err := f.get(kindPaper, paper.wrapping(f.ID))
	if err != nil {
		return [32]byte{}, ErrPaper
	}
	if err := c.bind(&f, key); err != nil {
		return [32]byte{}, err
	}
	return key, write(path, f)
}

// Renew makes a new paper key; the old one opens nothing any more. The key
// must be the one that Open gives, else the new paper would open nothing.
func Renew(c Config, key [32]byte) (Recovery, error) {
	paper, err := Draft(c)
	if err != nil {
		return Recovery{}, err
	}
	return paper, Use(c, key, paper)
}

// Draft draws a paper key that opens nothing before Use.
func Draft(c Config) (Recovery, error) { return newRecovery(c.random()) }

// Use puts a paper key in force, in place of the old one. The key must be the
// one that Open gives, else the new paper would open nothing.
func Use(c Config, key [32]byte, paper Recovery) error {
	path := filepath.Join(c.Dir, fileName)
	f, err := read(path)
	if err != nil {
		return err
	}
	if held, err := Open(c); err != nil {
		return err
	} else if subtle.ConstantTimeCompare(held[:], key[:]) != 1 {
		return ErrLocked
	}
	if err := f.put(kindPaper, key, paper.wrapping(f.ID), c.random()); err != nil {
		return err
	}
	return write(path, f)
}

// Portable is keys.cbor without what is bound to this account: it travels with
// a backup, and opens with the paper key alone.
func Portable(c Config) ([]byte, error) {
	f, err := read(filepath.Join(c.Dir, fileName))
	if err != nil {
		return nil, err
	}
	f.Slots = slices.DeleteFunc(f.Slots, func(s slot) bool { return s.Kind != kindPaper })
	data, err := cbor.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("writing the portable keys: %w", err)
	}
	return data, nil
}

// Settle lays portable keys into a folder that has none. They open with the
// paper key, which Recover then asks for.
func Settle(c Config, portable []byte) error {
	path := filepath.Join(c.Dir, fileName)
	if _, err := os.Lstat(path); err == nil {
		return ErrExists
	}
	var f file
	if err := parse(portable, &f); err != nil {
		return err
	}
	return writeWhole(path, portable)
}

// Clone lays the keys of this folder into another that has none, bound to the
// same account and the same paper key.
func Clone(c Config, dir string) error {
	f, err := read(filepath.Join(c.Dir, fileName))
	if err != nil {
		return err
	}
	path := filepath.Join(dir, fileName)
	if _, err := os.Lstat(path); err == nil {
		return ErrExists
	}
	return write(path, f)
}

func aead(kek [32]byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(kek[:])
	if err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	return cipher.NewGCM(block)
}

func binding(kind string, id []byte) []byte {
	return append([]byte("jiezhen key slot\x00"+kind+"\x00"), id...)
}

// put closes the key in a slot, in place of one of the same kind.
func (f *file) put(kind string, key, kek [32]byte, random io.Reader) error {
	a, err := aead(kek)
	if err != nil {
		return err
	}
	nonce := make([]byte, a.NonceSize())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return fmt.Errorf("drawing a nonce: %w", err)
	}
	s := slot{kind, suite, a.Seal(nonce, nonce, key[:], binding(kind, f.ID))}
	for i := range f.Slots {
		if f.Slots[i].Kind == kind {
			f.Slots[i] = s
			return nil
		}
	}
	f.Slots = append(f.Slots, s)
	return nil
}

func (f *file) get(kind string, kek [32]byte) ([32]byte, error) {
	var key [32]byte
	a, err := aead(kek)
	if err != nil {
		return key, err
	}
	for _, s := range f.Slots {
		if s.Kind != kind || s.Suite != suite || len(s.Sealed) < a.NonceSize() {
			continue
		}
		plain, err := a.Open(nil, s.Sealed[:a.NonceSize()], s.Sealed[a.NonceSize():], binding(kind, f.ID))
		if err != nil || len(plain) != len(key) {
			return key, ErrLocked
		}
		return [32]byte(plain), nil
	}
	return key, ErrLocked
}

func read(path string) (file, error) {
	var f file
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, fmt.Errorf("%w（缺少 %s）", ErrDamaged, fileName)
	}
	if err != nil {
		return f, fmt.Errorf("reading keys: %w", err)
	}
	err = parse(data, &f)
	return f, err
}

func parse(data []byte, f *file) error {
	if err := cbor.Unmarshal(data, f); err != nil {
		return ErrDamaged
	}
	if f.Version > version {
		return ErrNewerFormat
	}
	if f.Version < 1 || len(f.ID) != 16 {
		return ErrDamaged
	}
	return nil
}

// write puts the file in place whole or not at all.
func write(path string, f file) error {
	data, err := cbor.Marshal(f)
	if err != nil {
		return fmt.Errorf("writing keys: %w", err)
	}
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	return writeWhole(path, data)
}

func writeWhole(path string, data []byte) error {
	aside := path + ".new"
	f, err := os.OpenFile(aside, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("writing keys: %w", err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing keys: %w", err)
	}
	if err := disk.Rename(aside, path); err != nil {
		return fmt.Errorf("writing keys: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// wrapping derives the key that closes the paper slot. The paper key has 200
// random bits, so a fast derivation is enough.
func (r Recovery) wrapping(id []byte) [32]byte {
	key, err := hkdf.Key(sha256.New, r.secret[:], id, "jiezhen paper key v1", 32)
	if err != nil {
		panic(err) // only a length over the hash's limit can fail
	}
	return [32]byte(key)
}
