package sheet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sort"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// Config is what a Desk is made of.
type Config struct {
	Book *record.Book
}

// Desk takes files in and gives them out.
type Desk struct{ book *record.Book }

// New opens the desk.
func New(cfg Config) *Desk { return &Desk{cfg.Book} }

// Staged is a file that was read and not yet written.
type Staged struct {
	ID       string
	Register string
	Name     string
	Hash     string
	By       uint64
	At       int64 // Unix milliseconds
	Header   []string
	Columns  []string // field of each column, "" for none; see columnNames
	Lines    []Line
	Skipped  int // blank rows that the file claims to have
}

// Line is one row of the file.
type Line struct {
	No    int // row in the file, from 1
	Cells []string
}

// Import is one import that was made.
type Import struct {
	ID, Register, Name, Hash string
	By                       uint64
	ByName                   string
	At                       int64
	State                    string // running, done, undone
	Items                    []Item
}

// When is the time of the import.
func (i Import) When() time.Time { return time.UnixMilli(i.At) }

// Item is one record that an import made or changed.
type Item struct {
	ID, Rev uint64
	Made    bool
	Before  *record.Snapshot
}

// The shelves that the desk keeps.
const (
	stagedShelf = "sheets staged v1"
	importShelf = "sheets imported v1"
	columnShelf = "sheets columns v1"
)

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// definition finds the register and asks whether the viewer may import.
func (d *Desk) definition(v access.Viewer, reg string, act access.Act) (*register.Definition, error) {
	def, ok := d.book.Registers().Get(reg)
	if !ok {
		return nil, record.Refused(record.CodeNotFound, "没有登记簿 %s", reg)
	}
	if !record.MayUse(v, def, act) {
		return nil, record.Refused(record.CodeDenied, "您的岗位不能导入或导出《%s》", def.Title)
	}
	return def, nil
}

// Imports lists the imports into a register, newest first.
func (d *Desk) Imports(ctx context.Context, v access.Viewer, reg string) ([]Import, error) {
	if _, err := d.definition(v, reg, access.ActImport); err != nil {
		return nil, err
	}
	var out []Import
	err := d.book.Shelf(importShelf).Each(ctx, "", func(_ string, decode func(any) error) (bool, error) {
		var i Import
		if err := decode(&i); err != nil {
			return false, err
		}
		if i.Register == reg {
			out = append(out, i)
		}
		return true, nil
	})
	sort.Slice(out, func(a, b int) bool { return out[a].At > out[b].At })
	return out, err
}

// Staged gives a staged file back to whoever staged it.
func (d *Desk) Staged(ctx context.Context, v access.Viewer, id string) (*Staged, error) {
	var s Staged
	ok, err := d.book.Shelf(stagedShelf).Get(ctx, id, &s)
	if err != nil {
		return nil, err
	}
	if !ok || s.By != v.User && !v.Office {
		return nil, record.Refused(record.CodeNotFound, "没有这次导入，请重新上传文件")
	}
	return &s, nil
}
