package backup

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/bundle"
	"jiezhen/app/fault"
)

// Place is where bundles are carried to.
type Place struct {
	ID    string
	Name  string
	Kind  PlaceKind
	Path  string // folder, or address
	Off   bool   // on another machine or medium: counts as off this PC
	User  string // sftp
	Host  string // sftp: the host's public key, as confirmed
	Token string // sftp: password; https: enrolment code
}

// PlaceKind says how a place is reached.
type PlaceKind string

// The kinds of places.
const (
	KindFolder PlaceKind = "folder"
	KindStick  PlaceKind = "stick"
	KindSFTP   PlaceKind = "sftp"
)

// KindTitle is a kind in the office's words.
func (k PlaceKind) Title() string {
	switch k {
	case KindStick:
		return "U盘"
	case KindSFTP:
		return "SFTP 服务器"
	case KindDistrict:
		return "区里的接收端"
	}
	return "文件夹或共享盘"
}

// carrier is a place that can be reached now.
type carrier interface {
	// entries are the office's bundles that lie there.
	entries(ctx context.Context, office string) ([]Entry, error)
	// put writes a bundle under a name of its own, synced. What it could not
	// finish it removes, or goes on with the next time.
	put(ctx context.Context, name string, from io.Reader, size int64) error
	// aside opens what put wrote, from the medium.
	aside(name string) (io.ReadCloser, error)
	// settle gives it its name.
	settle(name string) error
	// drop removes what put wrote.
	drop(name string) error
	// whole opens a bundle that lies there, with all its parts.
	whole(name string) (io.ReadCloser, error)
	// spoil takes a damaged bundle out of the way.
	spoil(name string) error
	remove(name string) error
	close() error
}

// spoilt follows the name of a bundle that was found damaged at a place.
const spoilt = ".damaged"

// ErrAway says that a place cannot be reached now: not plugged in.
var ErrAway = errors.New("现在连不上")

// AddPlace remembers a place after having reached it.
func (d *Desk) AddPlace(ctx context.Context, v access.Viewer, p Place) error {
	if err := keeper(v); err != nil {
		return err
	}
	if strings.TrimSpace(p.Name) == "" {
		return invalid("name", "名称", "请起个名字，如“值班室移动硬盘”")
	}
	p.ID = newID()
	if p.Kind == KindStick {
		p.Off = true
	}
	if p.Kind == KindFolder && d.inside(p.Path) {
		return invalid("path", "文件夹", "不能放在街镇通自己的数据文件夹里")
	}
	if err := d.try(ctx, p); err != nil {
		return invalid("path", "位置", fault.Words(err, "写不进去"))
	}
	return d.change(ctx, v, "增加备份位置 "+p.Name, func(s *Settings) error {
		if slices.ContainsFunc(s.Places, func(o Place) bool { return o.Name == p.Name }) {
			return invalid("name", "名称", "已有这个名字，请另起一个")
		}
		s.Places = append(s.Places, p)
		return nil
	})
}

// inside says whether a folder lies in the data folder.
func (d *Desk) inside(path string) bool {
	rel, err := filepath.Rel(filepath.Dir(d.cfg.Dir), path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// DropPlace forgets a place. What lies there stays.
func (d *Desk) DropPlace(ctx context.Context, v access.Viewer, id string) error {
	return d.change(ctx, v, "去掉备份位置", func(s *Settings) error {
		s.Places = slices.DeleteFunc(s.Places, func(p Place) bool { return p.ID == id })
		return nil
	})
}

func newID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand ends the program instead)
	return hex.EncodeToString(b[:])
}

// try reaches a place and writes there what it then removes.
func (d *Desk) try(ctx context.Context, p Place) (err error) {
	if p.Kind == KindDistrict {
		r, err := reachDistrict(p)
		if err != nil {
			return err
		}
		var state struct{ Have int64 }
		return r.ask(ctx, http.MethodGet, "/receive/try"+bundle.Extension, nil, &state)
	}
	c, err := d.reach(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	name := "街镇通试写" + bundle.Extension
	if err := c.put(ctx, name, strings.NewReader("试写"), 6); err != nil {
		return err
	}
	return c.drop(name)
}

// reach opens a place; ErrAway when it is not there.
func (d *Desk) reach(ctx context.Context, p Place) (carrier, error) {
	switch p.Kind {
	case KindFolder:
		if !filepath.IsAbs(p.Path) {
			return nil, fmt.Errorf("请写完整路径，如 D:\\备份 或 /mnt/backup")
		}
		info, err := os.Stat(p.Path)
		if err != nil || !info.IsDir() {
			return nil, fmt.Errorf("%w：找不到文件夹 %s", ErrAway, p.Path)
		}
		return d.folder(p.Path), nil
	case KindStick:
		return d.stick(p)
	case KindSFTP:
		return reachSFTP(ctx, p)
	}
	return nil, fmt.Errorf("没有这种备份位置：%s", p.Kind)
}

// StickFolder is the folder on a stick that bundles lie in; a marker in it
// says whose stick it is.
const StickFolder = "街镇通备份"

func marker(id string) string { return ".jiezhen-" + id }

// stick finds the stick that was prepared for a place.
func (d *Desk) stick(p Place) (carrier, error) {
	for _, drive := range d.cfg.Drives() {
		dir := filepath.Join(drive.Path, StickFolder)
		if _, err := os.Stat(filepath.Join(dir, marker(p.ID))); err == nil {
			return d.folder(dir), nil
		}
	}
	return nil, fmt.Errorf("%w：没有插上“%s”", ErrAway, p.Name)
}

// Unknown are the sticks that are plugged in and not yet prepared.
func (d *Desk) Unknown(s Settings) []Drive {
	return slices.DeleteFunc(d.cfg.Drives(), func(x Drive) bool {
		return slices.ContainsFunc(s.Places, func(p Place) bool {
			_, err := os.Stat(filepath.Join(x.Path, StickFolder, marker(p.ID)))
			return p.Kind == KindStick && err == nil
		})
	})
}

// Plugged says whether a stick is there now.
func (d *Desk) Plugged(p Place) bool {
	_, err := d.stick(p)
	return err == nil
}

// Sticks are the removable media that are plugged in.
func (d *Desk) Sticks() []Drive { return d.cfg.Drives() }

// AddStick prepares a stick that is plugged in and remembers it.
func (d *Desk) AddStick(ctx context.Context, v access.Viewer, path, name string) error {
	if err := keeper(v); err != nil {
		return err
	}
	drives := d.cfg.Drives()
	at := slices.IndexFunc(drives, func(x Drive) bool { return x.Path == path })
	if at < 0 {
		return invalid("stick", "U盘", "这个U盘已经拔出，请重新插上")
	}
	p := Place{ID: newID(), Name: name, Kind: KindStick, Path: drives[at].Label, Off: true}
	if p.Name == "" {
		p.Name = "U盘 " + drives[at].Label
	}
	dir := filepath.Join(path, StickFolder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return invalid("stick", "U盘", fault.Words(fmt.Errorf("写不进去：%w", err), ""))
	}
	if err := os.WriteFile(filepath.Join(dir, marker(p.ID)), []byte("街镇通\n"), 0o600); err != nil {
		return invalid("stick", "U盘", fault.Words(fmt.Errorf("写不进去：%w", err), ""))
	}
	return d.change(ctx, v, "增加备份位置 "+p.Name, func(s *Settings) error { s.Places = append(s.Places, p); return nil })
}

// Amount is a number of bytes as people say it.
func Amount(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d KB", (n+1023)/1024)
}
