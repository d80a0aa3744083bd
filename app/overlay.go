package app

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// overlay lays the files of policy packs over those that the program carries.
// A pack replaces whole files and adds new ones; it takes none away.
type overlay struct {
	base fs.FS
	top  *zip.Reader
}

// laid gives the assets with files over them. The files are held as an archive
// in memory, which the standard library reads as a file system.
func laid(base fs.FS, files map[string]string) (fs.FS, error) {
	if len(files) == 0 {
		return base, nil
	}
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = f.Write([]byte(files[name]))
		}
		if err != nil {
			return nil, fmt.Errorf("laying files over the assets: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("laying files over the assets: %w", err)
	}
	top, err := zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		return nil, fmt.Errorf("laying files over the assets: %w", err)
	}
	return overlay{base, top}, nil
}

// Open gives the upper file if there is one.
func (o overlay) Open(name string) (fs.File, error) {
	if info, err := fs.Stat(o.top, name); err == nil && !info.IsDir() {
		return o.top.Open(name)
	}
	f, err := o.base.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o.top.Open(name)
	}
	return f, err
}

// ReadDir lists both layers.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	below, err := fs.ReadDir(o.base, name)
	above, errTop := fs.ReadDir(o.top, name)
	if err != nil && errTop != nil {
		return nil, err
	}
	for _, e := range above {
		if !slices.ContainsFunc(below, func(b fs.DirEntry) bool { return b.Name() == e.Name() }) {
			below = append(below, e)
		}
	}
	slices.SortFunc(below, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return below, nil
}

// packDirs are what a policy pack may change: what an office is made of, never
// the program, its roles, its help or its pages.
var packDirs = []string{"codes", "holidays", "parameters", "papers", "registers", "standards"}

// packable says whether a pack may hold a file of this name.
func packable(name string) bool {
	dir, _, _ := strings.Cut(name, "/")
	ext := path.Ext(name)
	return fs.ValidPath(name) && slices.Contains(packDirs, dir) && (ext == ".yaml" || ext == ".tsv") && strings.Count(name, "/") <= 3
}
