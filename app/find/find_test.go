package find

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/calendar"
	"jiezhen/app/policy"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/assets"
	"jiezhen/embedstore"
)

type office struct {
	*Finder
	book      *record.Book
	dir       string
	officer   access.Viewer
	elsewhere access.Viewer // a community worker of another community
	leader    access.Viewer
	child     *record.Record
	file      *record.Record
}

type facts struct{ set *policy.Set }

func (f facts) Param(key string, on value.Date) (any, error) {
	p, err := f.set.Param(key, on)
	return p.Value, err
}
func (f facts) HasParam(key string, prefix bool) bool { return f.set.HasParam(key, prefix) }
func (f facts) HasCodes(l string) bool                { _, ok := f.set.Codes(l); return ok }
func (f facts) HasCode(l, c string) bool {
	list, _ := f.set.Codes(l)
	_, ok := list.Item(c)
	return ok
}

func viewer(t *testing.T, roles access.Roles, user uint64, communities []uint64, ids ...string) access.Viewer {
	t.Helper()
	v := access.Viewer{User: user, Name: "测试", Communities: communities, Now: time.Now()}
	for _, id := range ids {
		r, ok := roles.Get(id)
		if !ok {
			t.Fatalf("no role %s", id)
		}
		v.Roles = append(v.Roles, r)
	}
	return v
}

func openBook(t *testing.T) (*record.Book, access.Roles) {
	t.Helper()
	set, err := policy.Load(assets.FS())
	if err != nil {
		t.Fatal(err)
	}
	days, err := calendar.Load(assets.FS())
	if err != nil {
		t.Fatal(err)
	}
	roles, err := access.LoadRoles(assets.FS(), "roles.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Sub(assets.FS(), "registers")
	if err != nil {
		t.Fatal(err)
	}
	regs, err := register.Load(files, register.World{Facts: facts{set}, Roles: roles.Set()})
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return time.Date(2026, 4, 1, 9, 0, 0, 0, time.Local) }
	store, err := embedstore.Create(embedstore.Config{Dir: t.TempDir(), Key: [32]byte{5}, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	book, err := record.New(record.Config{Store: store, Registers: regs, Policy: func() *policy.Set { return set }, Calendar: func() *calendar.Calendar { return days },
		Clock: clock, Office: func() record.Profile { return record.Profile{Town: "110109002"} }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return book, roles
}

func open(t *testing.T) *office {
	t.Helper()
	book, roles := openBook(t)
	o := &office{book: book, dir: t.TempDir(), officer: viewer(t, roles, 11, nil, "child.officer"),
		elsewhere: viewer(t, roles, 12, []uint64{99}, "child.director"), leader: viewer(t, roles, 13, nil, "leader")}
	var err error
	if o.Finder, err = Open(Config{Book: book, Dir: o.dir, Key: [32]byte{9}, Clock: time.Now, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	o.change(t, func(tx *record.Tx) (err error) {
		if o.child, err = tx.Create(record.Draft{Register: record.Persons, Values: register.Values{"name": "龙䶮", "life": "1"}}); err != nil {
			return err
		}
		o.file, err = tx.Create(record.Draft{Register: "child.file", Subject: o.child.ID, Community: 7, Owner: 11,
			Values: register.Values{"found_at": "2026-03-30", "source": "community", "clue": "祖父独自照料，家里没有燃气报警器"}})
		return err
	})
	return o
}

func (o *office) change(t *testing.T, fn func(*record.Tx) error) {
	t.Helper()
	if err := o.book.Change(context.Background(), access.Office(), "测试", fn); err != nil {
		t.Fatal(err)
	}
}

func (o *office) total(t *testing.T, v access.Viewer, text string) int {
	t.Helper()
	if err := o.CatchUp(context.Background()); err != nil {
		t.Fatal(err)
	}
	r, err := o.Search(context.Background(), v, Query{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	if r.Partial {
		t.Errorf("search for %s was partial", text)
	}
	return r.Total
}

func TestFindsByNamePinyinNumberAndNote(t *testing.T) {
	o := open(t)
	o.change(t, func(tx *record.Tx) error {
		_, err := tx.AddNote(o.file.Ref, "工作记录", "与学校沟通后，孩子愿意返校")
		return err
	})
	for text, want := range map[string]int{"龙䶮": 3, "ly": 3, "longyan": 3, "燃气": 1, "报警器": 1, "气": 1, "返校": 1, "学校沟通后": 1,
		"B03-002-2026-00001": 1, "不存在的话": 0} {
		if got := o.total(t, o.officer, text); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

func TestFindsOnlyWhatTheViewerMayOpen(t *testing.T) {
	o := open(t)
	if got := o.total(t, o.elsewhere, "燃气"); got != 0 {
		t.Errorf("another community's worker found %d", got)
	}
	o.change(t, func(tx *record.Tx) error {
		_, err := tx.Save(o.child.Ref, 0, register.Values{"protected": true, "protected_reason": "受侵害"})
		return err
	})
	other := o.officer
	other.User = 77
	if got := o.total(t, other, "燃气"); got != 0 {
		t.Errorf("a protected child's file was found %d times by an officer not in charge", got)
	}
	for name, v := range map[string]access.Viewer{"in charge": o.officer, "leader": o.leader} {
		if got := o.total(t, v, "燃气"); got != 1 {
			t.Errorf("%s found %d", name, got)
		}
	}
}

func TestDamagedIndexIsMadeAnewWhileTheOfficeWorks(t *testing.T) {
	o := open(t)
	for i := range 50 {
		o.change(t, func(tx *record.Tx) error {
			_, err := tx.AddNote(o.file.Ref, "工作记录", fmt.Sprintf("第%d次电话联系，情绪稳定", i))
			return err
		})
	}
	if got := o.total(t, o.officer, "情绪稳定"); got != 50 {
		t.Fatalf("found %d of 50", got)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	files := 0
	err := filepath.WalkDir(o.dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files++
			err = os.WriteFile(path, []byte("broken"), 0o600)
		}
		return err
	})
	if err != nil || files == 0 {
		t.Fatalf("damaged %d files: %v", files, err)
	}
	if o.Finder, err = Open(o.cfg); err != nil {
		t.Fatal(err)
	}
	if got := o.total(t, o.officer, "情绪稳定"); got != 50 {
		t.Errorf("after damage found %d of 50", got)
	}
	if err := o.Rebuild(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := o.total(t, o.officer, "情绪稳定"); got != 50 {
		t.Errorf("after a rebuild found %d of 50", got)
	}
}

func TestSnippetMarksTheHit(t *testing.T) {
	o := open(t)
	o.total(t, o.officer, "燃气")
	r, err := o.Search(context.Background(), o.officer, Query{Text: "燃气"})
	if err != nil || len(r.Hits) != 1 {
		t.Fatal(r, err)
	}
	marked := ""
	for _, s := range r.Hits[0].Snippet {
		if s.Hit {
			marked += s.Text
		}
	}
	if !strings.Contains(marked, "燃气") {
		t.Errorf("snippet %+v", r.Hits[0].Snippet)
	}
}
