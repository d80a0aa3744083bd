package embedstore

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"go.etcd.io/bbolt"

	"jiezhen/embedstore/disk"
)

// File is an attachment: where it is found, how large it is, what it is.
type File struct {
	Hash string // keyed hash of the content, hex
	Size int64
	Type string // media type, from the content
}

type fileFacts struct {
	Size int64  `cbor:"1,keyasint"`
	Type string `cbor:"2,keyasint"`
}

// StageFile takes in a file: its type is told from its content, it is sealed
// and synced under its keyed hash. It belongs to nothing until KeepFile.
func (s *Store) StageFile(ctx context.Context, r io.Reader) (File, error) {
	data, err := io.ReadAll(io.LimitReader(r, s.cfg.FileLimit+1))
	if err != nil {
		return File{}, fmt.Errorf("reading a file: %w", err)
	}
	if int64(len(data)) > s.cfg.FileLimit {
		return File{}, ErrTooLarge
	}
	kind, ok := sniff(data)
	if !ok {
		return File{}, ErrType
	}
	f := File{Hash: s.contentHash(data), Size: int64(len(data)), Type: kind}
	if err := s.underQuota(ctx, f); err != nil {
		return File{}, err
	}
	path := s.filePath(f.Hash)
	if s.alreadyThere(path, f.Hash) {
		return f, nil
	}
	sealed, err := s.seal.seal(data, bucketFiles, []byte(f.Hash))
	if err != nil {
		return File{}, err
	}
	return f, noSpace(writeAside(path, sealed))
}

// alreadyThere says whether the content lies in place and is whole; its wait
// to be kept begins anew. A broken one is written again.
func (s *Store) alreadyThere(path, hash string) bool {
	sealed, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	if _, err := s.seal.open(sealed, bucketFiles, []byte(hash)); err != nil {
		return false
	}
	now := s.cfg.Clock()
	return os.Chtimes(path, now, now) == nil
}

func (s *Store) contentHash(data []byte) string {
	key := s.seal.derive("files v1")
	mac := hmac.New(sha256.New, key[:])
	mac.Write(data)
	return hex.EncodeToString(mac.Sum(nil)[:20])
}

func (s *Store) filePath(hash string) string {
	return filepath.Join(s.cfg.Dir, "files", hash[:2], hash)
}

// writeAside writes a file under another name, syncs it, and puts it in place.
func writeAside(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making a folder for a file: %w", err)
	}
	f, err := os.CreateTemp(dir, "new-*")
	if err != nil {
		return fmt.Errorf("writing a file: %w", err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = disk.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing a file: %w", err), ignoreAbsent(os.Remove(f.Name())))
	}
	return errors.Join(syncDir(dir), syncDir(filepath.Dir(dir)), syncDir(filepath.Dir(filepath.Dir(dir))))
}

func (s *Store) underQuota(ctx context.Context, f File) error {
	return s.View(ctx, func(tx *Tx) error {
		used, err := tx.Tally("", "file bytes")
		if err == nil && int64(used)+f.Size > s.cfg.FileQuota {
			err = ErrQuota
		}
		return err
	})
}

// KeepFile binds a staged file to the office in this transaction. Keeping one
// again changes nothing.
func (tx *Tx) KeepFile(f File) error {
	if err := tx.writable(); err != nil {
		return err
	}
	if _, err := hex.DecodeString(f.Hash); err != nil || len(f.Hash) != 40 {
		return fmt.Errorf("keeping a file: no such hash")
	}
	b := tx.bucket(bucketFiles)
	if b.Get([]byte(f.Hash)) != nil {
		return nil
	}
	if _, err := os.Stat(tx.s.filePath(f.Hash)); err != nil {
		return fmt.Errorf("keeping a file: %w", err)
	}
	plain, err := Encode(fileFacts{f.Size, f.Type})
	if err != nil {
		return err
	}
	sealed, err := tx.s.seal.seal(plain, bucketFiles, []byte(f.Hash))
	if err != nil {
		return err
	}
	used, err := tx.Tally("", "file bytes")
	if err != nil {
		return err
	}
	if int64(used)+f.Size > tx.s.cfg.FileQuota {
		return ErrQuota
	}
	return tx.wrote(errors.Join(b.Put([]byte(f.Hash), sealed),
		tx.bucket(bucketTally).Put(append(under(""), "file bytes"...), be(used+uint64(f.Size)))))
}

// ReadFile opens a kept file.
func (s *Store) ReadFile(ctx context.Context, hash string) (data []byte, f File, err error) {
	f = File{Hash: hash}
	err = s.View(ctx, func(tx *Tx) (err error) {
		f, err = tx.fileFacts(hash)
		return err
	})
	if err != nil {
		return nil, f, err
	}
	data, err = s.fileContent(hash)
	return data, f, err
}

func (tx *Tx) fileFacts(hash string) (File, error) {
	f := File{Hash: hash}
	sealed := tx.bucket(bucketFiles).Get([]byte(hash))
	if sealed == nil {
		return f, ErrNotFound
	}
	plain, err := tx.s.seal.open(sealed, bucketFiles, []byte(hash))
	if err != nil {
		return f, err
	}
	var facts fileFacts
	err = Decode(plain, &facts)
	f.Size, f.Type = facts.Size, facts.Type
	return f, err
}

func (s *Store) fileContent(hash string) ([]byte, error) {
	sealed, err := os.ReadFile(s.filePath(hash))
	if err != nil {
		return nil, fmt.Errorf("%w: reading a file: %w", ErrDamaged, err)
	}
	return s.seal.open(sealed, bucketFiles, []byte(hash))
}

// Content opens a kept file inside the transaction: a second one, opened while
// a writer waits for this one, would wait for ever.
func (tx *Tx) Content(hash string) ([]byte, error) {
	if _, err := tx.fileFacts(hash); err != nil {
		return nil, err
	}
	return tx.s.fileContent(hash)
}

const (
	typeDocx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	typeXlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// sniff tells the types that an office keeps by their content; others are
// refused whatever they are called.
func sniff(data []byte) (string, bool) {
	switch kind := http.DetectContentType(data); {
	case kind == "application/pdf", kind == "image/png", kind == "image/jpeg":
		return kind, true
	case kind == "application/zip":
		return sniffOffice(data)
	case strings.HasPrefix(kind, "text/plain") && utf8.Valid(data) && len(data) > 0:
		return "text/plain", true
	}
	return "", false
}

func sniffOffice(data []byte) (string, bool) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", false
	}
	for _, f := range z.File {
		switch {
		case strings.HasPrefix(f.Name, "word/"):
			return typeDocx, true
		case strings.HasPrefix(f.Name, "xl/"):
			return typeXlsx, true
		}
	}
	return "", false
}

// stagedFor is how long a staged file may wait to be kept.
const stagedFor = 7 * 24 * time.Hour

// sweepStaged removes files that were staged and never kept. Their age is
// asked of both the clock and the journal, so that a wrong clock removes
// nothing.
func (s *Store) sweepStaged() error {
	root := filepath.Join(s.cfg.Dir, "files")
	now := s.cfg.Clock()
	if s.last.Before(now) {
		now = s.last
	}
	return s.view(func(tx *bbolt.Tx) error {
		kept := tx.Bucket([]byte(bucketFiles))
		err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || kept.Get([]byte(e.Name())) != nil {
				return ignoreAbsent(err)
			}
			info, err := e.Info()
			if err != nil {
				return ignoreAbsent(err)
			}
			if now.Sub(info.ModTime()) > stagedFor {
				return ignoreAbsent(os.Remove(path))
			}
			return nil
		})
		if errors.Is(err, fs.ErrPermission) {
			s.cfg.Log.Warn("sweeping staged files", "error", err)
			return nil
		}
		return ignoreAbsent(err)
	})
}

// Snapshot copies the whole store to a file, synced, while work goes on.
func (s *Store) Snapshot(ctx context.Context, path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), "snapshot-*")
	if err != nil {
		return fmt.Errorf("making a snapshot: %w", err)
	}
	err = s.View(ctx, func(tx *Tx) error {
		_, err := tx.tx.WriteTo(f)
		return err
	})
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = disk.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(noSpace(fmt.Errorf("making a snapshot: %w", err)), ignoreAbsent(os.Remove(f.Name())))
	}
	return syncDir(filepath.Dir(path))
}
