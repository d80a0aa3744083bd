package place

import (
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/calendar"
	"jiezhen/app/policy"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/embedstore"
)

type facts struct{ *policy.Set }

func (f facts) Param(key string, on value.Date) (any, error) {
	p, err := f.Set.Param(key, on)
	return p.Value, err
}
func (f facts) HasCodes(list string) bool   { _, ok := f.Codes(list); return ok }
func (f facts) HasCode(string, string) bool { return true }

func newDesk(t *testing.T) *Desk {
	t.Helper()
	assets := os.DirFS("../../assets")
	rules, err := policy.Load(assets)
	if err != nil {
		t.Fatal(err)
	}
	days, err := calendar.Load(assets)
	if err != nil {
		t.Fatal(err)
	}
	roles, err := access.LoadRoles(assets, "roles.yaml")
	if err != nil {
		t.Fatal(err)
	}
	set, err := register.Load(os.DirFS("../../assets/registers/place"), register.World{Facts: facts{rules}, Roles: roles.Set()})
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return time.Date(2026, 4, 1, 10, 0, 0, 0, time.Local) }
	store, err := embedstore.Create(embedstore.Config{Dir: filepath.Join(t.TempDir(), "store"), Key: [32]byte{7}, Clock: clock,
		Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	book, err := record.New(record.Config{Store: store, Registers: set, Policy: func() *policy.Set { return rules },
		Calendar: func() *calendar.Calendar { return days }, Clock: clock, Office: func() record.Profile { return record.Profile{} },
		Behaviours: Behaviours(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return New(book)
}

// add makes a place and gives its id.
func add(t *testing.T, d *Desk, values register.Values) uint64 {
	t.Helper()
	var id uint64
	err := d.book.Change(t.Context(), access.Office(), "", func(tx *record.Tx) error {
		r, err := tx.Create(record.Draft{Register: record.Places, Values: values})
		if err == nil {
			id = r.ID
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func id(n uint64) string { return record.Ref{ID: n}.String()[1:] }

func TestTownBecomesStreet(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	street := add(t, d, register.Values{"name": "永定街道", "level": "town", "code": "110109006", "from": "2026-03-01"})
	town := add(t, d, register.Values{"name": "永定镇", "level": "town", "code": "110109006", "until": "2026-02-28", "successor": id(street)})
	for _, row := range []struct {
		at   value.Date
		want string
	}{{"2020-01-01", "永定镇"}, {"2026-02-28", "永定镇"}, {"2026-03-01", "永定街道"}} {
		tree, err := d.Tree(t.Context(), row.at)
		if err != nil || len(tree) != 1 || tree[0].Name != row.want {
			t.Errorf("on %s: %v, %v", row.at, tree, err)
		}
		for _, p := range []uint64{town, street} {
			if name, err := d.NameAt(t.Context(), p, row.at); err != nil || name != row.want {
				t.Errorf("on %s place %d was called %s, %v", row.at, p, name, err)
			}
		}
	}
}

func TestTreePathAndCache(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	town := add(t, d, register.Values{"name": "城子街道", "level": "town", "code": "110109002"})
	b := add(t, d, register.Values{"name": "乙社区", "level": "community", "code": "110109002002", "parent": id(town)})
	names := func() []string {
		tree, err := d.Tree(t.Context(), "2026-04-01")
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, p := range tree {
			out = append(out, p.Name)
		}
		return out
	}
	if got := names(); len(got) != 2 {
		t.Fatalf("tree %v", got)
	}
	add(t, d, register.Values{"name": "甲社区", "level": "community", "code": "110109002001", "parent": id(town)})
	if got := names(); len(got) != 3 || got[1] != "甲社区" || got[2] != "乙社区" {
		t.Errorf("after a new place: %v", got)
	}
	path, err := d.Path(t.Context(), b)
	if err != nil || len(path) != 2 || path[0].ID != town {
		t.Errorf("path %v, %v", path, err)
	}
	err = d.book.View(t.Context(), access.Office(), func(tx *record.Tx) error {
		if got := d.Communities(tx, "2026-04-01"); len(got) != 2 {
			t.Errorf("communities %v", got)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestPlaceRules(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	a := add(t, d, register.Values{"name": "甲社区", "level": "community", "code": "110109002001"})
	b := add(t, d, register.Values{"name": "第一网格", "level": "grid", "parent": id(a)})
	for _, row := range []struct {
		name   string
		change func(*record.Tx) error
	}{
		{"a ring", func(tx *record.Tx) error {
			_, err := tx.Save(record.Ref{Register: record.Places, ID: a}, 0, register.Values{"parent": id(b)})
			return err
		}},
		{"one code twice at a time", func(tx *record.Tx) error {
			_, err := tx.Create(record.Draft{Register: record.Places, Values: register.Values{"name": "乙社区", "level": "community", "code": "110109002001"}})
			return err
		}},
		{"ends before it begins", func(tx *record.Tx) error {
			_, err := tx.Save(record.Ref{Register: record.Places, ID: a}, 0, register.Values{"from": "2026-01-01", "until": "2025-01-01"})
			return err
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := d.book.Change(t.Context(), access.Office(), "", row.change)
			if r, ok := record.AsRefusal(err); !ok || r.Code != record.CodeInvalid {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSetPlaces(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	list := []Import{{Level: LevelTown, Code: "110109002", Name: "城子街道"}, {Level: LevelCommunity, Code: "110109002001", Name: "甲社区"}}
	made, renamed, err := d.Set(t.Context(), access.Office(), list)
	if err != nil || made != 2 || renamed != 0 {
		t.Fatalf("%d made, %d renamed, %v", made, renamed, err)
	}
	list[1].Name = "甲一社区"
	if made, renamed, err = d.Set(t.Context(), access.Office(), list); err != nil || made != 0 || renamed != 1 {
		t.Errorf("again: %d made, %d renamed, %v", made, renamed, err)
	}
	tree, err := d.Tree(t.Context(), "2026-04-01")
	if err != nil || len(tree) != 2 || tree[1].Parent != tree[0].ID || tree[1].Name != "甲一社区" {
		t.Errorf("tree %+v, %v", tree, err)
	}
}

// A list of codes and names alone is a tree, and a grid's code is as long as
// the parameter says.
func TestCodesMakeTheTree(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	make := func(level, code, name string) (*record.Record, error) {
		var out *record.Record
		err := d.book.Change(t.Context(), access.Office(), "测试", func(tx *record.Tx) error {
			var err error
			out, err = tx.Create(record.Draft{Register: record.Places, Values: register.Values{"level": level, "code": code, "name": name}})
			return err
		})
		return out, err
	}
	town, err := make(LevelTown, "110109002", "虚构街道")
	if err != nil {
		t.Fatal(err)
	}
	community, err := make(LevelCommunity, "110109002003", "虚构社区")
	if err != nil || community.RefID("parent") != town.ID {
		t.Fatalf("community under %d, %v", community.RefID("parent"), err)
	}
	grid, err := make(LevelGrid, "110109002003005", "第五网格")
	if err != nil || grid.RefID("parent") != community.ID {
		t.Errorf("grid under %v, %v", grid, err)
	}
	for _, code := range []string{"11010900200300", "11010900200300X", "1101090020030051"} {
		if _, err := make(LevelGrid, code, "错码"); err == nil {
			t.Errorf("a grid with the code %s", code)
		}
	}
	if _, err := make(LevelBuilding, "7", "7号楼"); err != nil {
		t.Errorf("a building's code is the office's own: %v", err)
	}
}
