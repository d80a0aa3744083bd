package sheet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Config is what a Desk is made of. Withheld may be nil.
type Config struct {
	Book *record.Book
	// Withheld gives the fields that a person's consent slip keeps out of
	// exports.
	Withheld func(tx *record.Tx, person uint64, at value.Date) ([]string, error)
	// Exchanges are how other systems write registers, as LoadExchanges checked
	// them.
	Exchanges []*Exchange
}

// Desk takes files in and gives them out.
type Desk struct {
	book     *record.Book
	withheld func(tx *record.Tx, person uint64, at value.Date) ([]string, error)

	exchanges []*Exchange

	mu      sync.Mutex
	running map[string]bool // imports at work in this process, not to be taken for cut short
}

// New opens the desk.
func New(cfg Config) *Desk {
	return &Desk{book: cfg.Book, withheld: cfg.Withheld, exchanges: cfg.Exchanges, running: map[string]bool{}}
}

// Staged is a file that was read and not yet written.
type Staged struct {
	ID       string
	Register string
	Name     string
	Hash     string
	By       uint64
	At       int64 // Unix milliseconds
	Sheet    string
	Titles   []Line // what stands above the header
	Header   []string
	Columns  []string // field of each column, "" for none; see Columns
	Lines    []Line
	Skipped  int      // blank rows that the sheet claims to have
	Remarks  []string // what the user should know of the file as a whole
	From1904 bool     // the workbook counts its days from 1904
	Exchange string   // the other system whose columns it has; "" when it is the office's own
	Skip     bool     // leave out rows that cannot be written; else one of them refuses the file
}

// Line is one row of the file.
type Line struct {
	No    int // row in the file, from 1
	Cells []string
}

// States of an import.
const (
	StateRunning = "running"
	StateDone    = "done"
	StateUndoing = "undoing"
	StateUndone  = "undone"
)

// Import is one import that was made.
type Import struct {
	ID, Register, Name, Hash  string
	By                        uint64
	ByName                    string
	At                        int64 // Unix milliseconds
	State                     string
	Created, Updated, Skipped int      // rows
	Parts                     int      // stretches of items on their own shelf
	Left                      []string // what an undo had to leave, by name
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
	// StagedShelf keeps files that were read and not yet written.
	StagedShelf = "sheets staged v1"
	importShelf = "sheets imported v2"
	itemShelf   = "sheets imported items v2" // <import>/<part> → []Item
	columnShelf = "sheets columns v1"
)

// stagedFor is how long a file waits to be written.
const stagedFor = 7 * 24 * time.Hour

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// stagedID begins with the time, so that what has waited too long is known
// without opening it, and no two uploads share one.
func stagedID(at time.Time, parts ...string) string {
	return fmt.Sprintf("%012x", at.UnixMilli()) + hashOf([]byte(strings.Join(parts, "\x00")))[:12]
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
	all, err := d.imports(ctx, func(i Import) bool { return i.Register == reg })
	sort.Slice(all, func(a, b int) bool { return all[a].At > all[b].At })
	return all, err
}

func (d *Desk) imports(ctx context.Context, wanted func(Import) bool) ([]Import, error) {
	var out []Import
	err := d.book.Shelf(importShelf).Each(ctx, "", func(_ string, decode func(any) error) (bool, error) {
		var i Import
		if err := decode(&i); err != nil {
			return false, fmt.Errorf("reading past imports: %w", err)
		}
		if wanted(i) {
			out = append(out, i)
		}
		return true, nil
	})
	return out, err
}

// Staged gives a staged file back to whoever staged it.
func (d *Desk) Staged(ctx context.Context, v access.Viewer, id string) (*Staged, error) {
	var s Staged
	ok, err := d.book.Shelf(StagedShelf).Get(ctx, id, &s)
	if err != nil {
		return nil, err
	}
	if !ok || s.By != v.User && !v.Office {
		return nil, record.Refused(record.CodeNotFound, "没有这次导入，请重新上传文件")
	}
	return &s, nil
}

// sweep throws away staged files that nobody came back to: they are full of
// personal data.
func (d *Desk) sweep(ctx context.Context) error {
	shelf, before := d.book.Shelf(StagedShelf), d.book.Now().Add(-stagedFor).UnixMilli()
	var stale []string
	err := shelf.Each(ctx, "", func(key string, _ func(any) error) (bool, error) {
		at, err := strconv.ParseInt(key[:min(12, len(key))], 16, 64)
		if err == nil && at >= before {
			return false, nil // keys are in the order of time
		}
		stale = append(stale, key)
		return true, nil
	})
	for _, key := range stale {
		if err == nil {
			err = shelf.Delete(ctx, key)
		}
	}
	return err
}
