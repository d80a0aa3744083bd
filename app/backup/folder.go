package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"jiezhen/app/bundle"
	"jiezhen/embedstore/disk"
)

// folder is a place in the file system: a stick, a disk, a share. What a
// break left half written there is gone on with: the copy is read back whole
// in any case before it counts.
type folder struct {
	dir   string
	limit int64                   // the largest file it takes; 0: any
	step  func(what string) error // called before every step of writing
}

// partLimit is the largest file that a FAT file system takes, with room.
const partLimit = 4_000_000_000

func (d *Desk) folder(dir string) folder {
	f := folder{dir: dir, limit: d.cfg.PartLimit, step: d.cfg.Step}
	if _, small, err := space(dir); err == nil && small && f.limit == 0 {
		f.limit = partLimit
	}
	if f.step == nil {
		f.step = func(string) error { return nil }
	}
	return f
}

func (f folder) path(name string) string { return filepath.Join(f.dir, name) }

func (f folder) entries(_ context.Context, office string) ([]Entry, error) {
	return Folder(f.dir, office)
}

// put writes the parts of a bundle, each synced, from where an earlier attempt
// broke off.
func (f folder) put(ctx context.Context, name string, from io.Reader, size int64) error {
	var there int64
	for _, p := range f.each(name) {
		if info, err := os.Stat(p); err == nil {
			there += info.Size()
		}
	}
	free, _, err := space(f.dir)
	if err == nil && free+there < size+(1<<20) {
		return errors.Join(fmt.Errorf("位置已满：还剩 %s，需要 %s；请在“备份到哪里”里点开它，清理旧的", Amount(free), Amount(size)), f.clear(name))
	}
	limit := size
	if f.limit > 0 {
		limit = f.limit
	}
	for n := 1; n == 1 || size > 0; n++ {
		part := min(size, limit)
		err := f.writePart(ctx, f.part(name, n), io.LimitReader(from, part), part)
		if noRoom(err) {
			return errors.Join(err, f.clear(name))
		}
		if err != nil {
			return err
		}
		size -= part
	}
	return nil
}

func (f folder) part(name string, n int) string { return f.path(bundle.PartName(name, n)) + partial }

// each visits the parts that put wrote.
func (f folder) each(name string) (out []string) {
	for n := 1; ; n++ {
		if _, err := os.Stat(f.part(name, n)); err != nil {
			return out
		}
		out = append(out, f.part(name, n))
	}
}

func (f folder) clear(name string) error {
	var err error
	for _, p := range f.each(name) {
		err = errors.Join(err, os.Remove(p))
	}
	return err
}

func (f folder) drop(name string) error { return f.clear(name) }

// sweep removes what was half written of bundles that are not to come any
// more.
func (f folder) sweep(office string, todo []Entry) error {
	files, err := os.ReadDir(f.dir)
	if err != nil {
		return nil // writing will tell
	}
	for _, file := range files {
		if name := file.Name(); half(name, office) && !wanted(name, todo) {
			err = errors.Join(err, os.Remove(f.path(name)))
		}
	}
	return err
}

// half says whether a name is that of a half-written bundle of an office.
func half(name, office string) bool {
	return strings.HasPrefix(name, namePrefix) && strings.HasSuffix(name, partial) && strings.Contains(name, office[:8])
}

func wanted(name string, todo []Entry) bool {
	for _, e := range todo {
		if strings.HasPrefix(name, e.Name) {
			return true
		}
	}
	return false
}

func (f folder) writePart(ctx context.Context, path string, from io.Reader, size int64) error {
	if err := f.step("open"); err != nil {
		return fmt.Errorf("写不进去：%w", err)
	}
	out, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("写不进去：%w", err)
	}
	if err := f.fill(ctx, out, from, size); err != nil {
		return errors.Join(fmt.Errorf("没有写完：%w", err), out.Close())
	}
	if err := errors.Join(f.step("close"), out.Close()); err != nil {
		return fmt.Errorf("没有写完：%w", err)
	}
	return nil
}

// fill goes on where the file ends and syncs it.
func (f folder) fill(ctx context.Context, out *os.File, from io.Reader, size int64) error {
	info, err := out.Stat()
	if err != nil {
		return err
	}
	have := info.Size()
	if have > size {
		have = 0
	}
	if _, err := io.CopyN(io.Discard, from, have); err != nil {
		return err
	}
	if err := out.Truncate(have); err != nil {
		return err
	}
	if _, err := out.Seek(have, io.SeekStart); err != nil {
		return err
	}
	n, err := io.CopyBuffer(stepping{out, f.step}, stopping{ctx, from}, make([]byte, 256<<10))
	if err == nil && have+n != size {
		err = io.ErrUnexpectedEOF
	}
	if err == nil {
		err = f.step("sync")
	}
	return errors.Join(err, out.Sync())
}

// stepping calls step before every write.
type stepping struct {
	w    io.Writer
	step func(string) error
}

func (s stepping) Write(p []byte) (int, error) {
	if err := s.step("write"); err != nil {
		return 0, err
	}
	return s.w.Write(p)
}

// stopping ends a copy when the context does.
type stopping struct {
	ctx context.Context
	r   io.Reader
}

func (s stopping) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

// aside reads the parts back, past what the system holds in memory where it
// lets us.
func (f folder) aside(name string) (io.ReadCloser, error) {
	var out parts
	var readers []io.Reader
	for _, p := range f.each(name) {
		if err := f.step("read back"); err != nil {
			return nil, errors.Join(err, out.Close())
		}
		forgetCache(p)
		file, err := os.Open(p)
		if err != nil {
			return nil, errors.Join(err, out.Close())
		}
		out.files = append(out.files, file)
		readers = append(readers, file)
	}
	out.Reader = io.MultiReader(readers...)
	return &out, nil
}

type parts struct {
	io.Reader
	files []*os.File
}

// Close closes every part.
func (p *parts) Close() error {
	var err error
	for _, f := range p.files {
		err = errors.Join(err, f.Close())
	}
	return err
}

// settle renames the later parts first: the first makes them a bundle.
func (f folder) settle(name string) error {
	list := f.each(name)
	for n := len(list); n > 0; n-- {
		if err := f.step("rename"); err != nil {
			return fmt.Errorf("改名没有成功：%w", err)
		}
		if err := disk.Rename(list[n-1], f.path(bundle.PartName(name, n))); err != nil {
			return fmt.Errorf("改名没有成功：%w", err)
		}
	}
	if err := f.step("sync folder"); err != nil {
		return err
	}
	return syncFolder(f.dir)
}

func (f folder) whole(name string) (io.ReadCloser, error) { return bundle.OpenFile(f.path(name)) }

// spoil takes a damaged bundle out of the way; what is left of it stays to be
// looked at.
func (f folder) spoil(name string) error { return disk.Rename(f.path(name), f.path(name)+spoilt) }

func (f folder) remove(name string) error { return bundle.Remove(f.path(name)) }

func (f folder) close() error { return nil }
