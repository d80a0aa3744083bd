package bundle

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Extension ends the name of a bundle.
const Extension = ".jzb"

// PartName is the name of a part of a bundle: the first has the bundle's own.
func PartName(name string, n int) string {
	if n == 1 {
		return name
	}
	return fmt.Sprintf("%s.%03d", name, n)
}

// IsFirst says whether a file name is that of a bundle, not of a later part.
func IsFirst(name string) bool { return strings.HasSuffix(name, Extension) }

// parts are the files of one bundle, in order.
func parts(path string) ([]string, error) {
	var out []string
	for n := 1; ; n++ {
		name := PartName(path, n)
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) && n > 1 {
			return out, nil
		} else if err != nil {
			return nil, fmt.Errorf("找不到备份包 %s：%w", filepath.Base(path), err)
		}
		out = append(out, name)
	}
}

// joined reads parts as one.
type joined struct {
	io.Reader
	files []*os.File
}

// OpenFile opens a bundle with all its parts.
func OpenFile(path string) (io.ReadCloser, error) {
	names, err := parts(path)
	if err != nil {
		return nil, err
	}
	j := &joined{}
	var readers []io.Reader
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("打不开备份包：%w", err), j.Close())
		}
		j.files = append(j.files, f)
		readers = append(readers, f)
	}
	j.Reader = io.MultiReader(readers...)
	return j, nil
}

// Close closes every part.
func (j *joined) Close() error {
	var err error
	for _, f := range j.files {
		err = errors.Join(err, f.Close())
	}
	return err
}

// Remove removes a bundle with all its parts; the first, which makes them a
// bundle, goes last.
func Remove(path string) error {
	names, err := parts(path)
	if err != nil {
		return err
	}
	for i := len(names) - 1; i >= 0; i-- {
		err = errors.Join(err, os.Remove(names[i]))
	}
	return err
}
