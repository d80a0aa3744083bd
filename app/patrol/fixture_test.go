package patrol_test

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/patrol"
	"jiezhen/app/place"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/staff"
	"jiezhen/app/value"
	"jiezhen/assets"
)

// desk is a small real office with those who patrol.
type desk struct {
	t          testing.TB
	house      *app.House
	now        time.Time
	users      map[string]access.Viewer
	east, west uint64
}

func open(t testing.TB, now string) *desk {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", now, time.Local)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	d := &desk{t: t, now: at, users: map[string]access.Viewer{}}
	d.house, err = app.Enter(t.Context(), app.Config{Dir: filepath.Join(dir, "data"), KeyDir: filepath.Join(dir, "keys"), Assets: assets.FS(),
		Clock: func() time.Time { return d.now }, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), PasswordCost: app.Cost{Memory: 64, Passes: 1, Threads: 1}})
	d.must(err)
	t.Cleanup(func() { d.must(d.house.Leave()) })
	_, err = d.house.Found(t.Context())
	d.must(err)
	d.create(access.Office(), record.Draft{Register: "office.profile", Values: register.Values{"town_code": "110109002", "town_name": "城子街道",
		"name": "城子街道办事处", "seal_name": "城子街道办事处", "single_hand": false}})
	d.house.Office().Noticed("office.profile")
	_, _, err = d.house.Office().Places.Set(t.Context(), access.Office(), []place.Import{{Level: place.LevelDistrict, Code: "110109", Name: "门头沟区"},
		{Level: place.LevelTown, Code: "110109002", Name: "城子街道"}, {Level: place.LevelCommunity, Code: "110109002001", Name: "虚构东社区"},
		{Level: place.LevelCommunity, Code: "110109002002", Name: "虚构西社区"}})
	d.must(err)
	d.east, d.west = d.place("110109002001"), d.place("110109002002")
	d.staff()
	return d
}

func (d *desk) place(code string) uint64 {
	d.t.Helper()
	var id uint64
	d.must(d.house.Office().Book.View(d.t.Context(), access.Office(), func(tx *record.Tx) error {
		found, err := tx.Find(record.Places, "code", code)
		if err == nil {
			id = found[0].ID
		}
		return err
	}))
	return id
}

func (d *desk) staff() {
	roles := []string{"governance.worker", "governance.officer", "governance.head", "admin.security"}
	var users []staff.NewUser
	for _, r := range roles {
		users = append(users, staff.NewUser{Login: strings.ReplaceAll(r, ".", "-"), Name: "测" + r, Roles: []string{r}, Password: "Ceshi-2026-kouling", Lasting: true})
	}
	users[0].Communities = []uint64{d.east}
	made, err := d.house.Office().Staff.FirstAccounts(d.t.Context(), users)
	d.must(err)
	for _, role := range d.house.Office().Roles {
		for i, r := range roles {
			if role.ID == r {
				d.users[r] = access.Viewer{User: made[i].ID, Name: users[i].Name, Roles: []access.Role{role}, Communities: users[i].Communities, Now: d.now}
			}
		}
	}
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) change(v access.Viewer, fn func(tx *record.Tx) error) error {
	return d.house.Office().Book.Change(d.t.Context(), v, "测试", fn)
}

func (d *desk) create(v access.Viewer, draft record.Draft) record.Ref {
	d.t.Helper()
	var ref record.Ref
	d.must(d.change(v, func(tx *record.Tx) error {
		r, err := tx.Create(draft)
		if err == nil {
			ref = r.Ref
		}
		return err
	}))
	return ref
}

func (d *desk) read(ref record.Ref) *record.Record {
	d.t.Helper()
	var out *record.Record
	d.must(d.house.Office().Book.View(d.t.Context(), access.Office(), func(tx *record.Tx) error {
		r, err := tx.Open(ref)
		out = r
		return err
	}))
	return out
}

func (d *desk) do(role string, ref record.Ref, action, note string) {
	d.t.Helper()
	d.must(d.try(role, ref, action, note))
}

func (d *desk) try(role string, ref record.Ref, action, note string) error {
	rev := d.read(ref).Rev
	return d.change(d.users[role], func(tx *record.Tx) error {
		_, err := tx.Do(ref, rev, action, record.Input{Note: note})
		return err
	})
}

func (d *desk) officer() access.Viewer { return d.users["governance.officer"] }

func (d *desk) patrol() *patrol.Desk { return d.house.Office().Patrol }

func id(n uint64) string { return fmt.Sprint(n) }

// force is somebody who patrols.
func (d *desk) force(name, kind string, more register.Values) uint64 {
	d.t.Helper()
	v := register.Values{"name": name, "kind": kind, "community": id(d.east)}
	for k, x := range more {
		v[k] = x
	}
	return d.create(d.officer(), record.Draft{Register: patrol.Forces, Values: v}).ID
}

// cell is a grid of the east, by its number.
func (d *desk) cell(n int) uint64 {
	return d.create(access.Office(), record.Draft{Register: record.Places, Values: register.Values{"name": fmt.Sprintf("东%d格", n), "level": "grid",
		"code": fmt.Sprintf("110109002001%03d", n), "parent": id(d.east)}}).ID
}

// point is a place to call at, since last year.
func (d *desk) point(name string, community, cell uint64, forces ...uint64) uint64 {
	d.t.Helper()
	var rows []map[string]any
	for _, f := range forces {
		rows = append(rows, map[string]any{"force": id(f)})
	}
	v := register.Values{"name": name, "segment": "lane", "community": id(community), "since": "2025-01-01", "forces": rows, "checks": "消防通道\n井盖"}
	if cell != 0 {
		v["cell"] = id(cell)
	}
	return d.create(d.officer(), record.Draft{Register: patrol.Points, Values: v}).ID
}

// call is a row of a round.
func call(point uint64, at, left, result, problem string) map[string]any {
	row := map[string]any{"point": id(point)}
	for k, v := range map[string]string{"at": at, "left": left, "result": result, "problem": problem} {
		if v != "" {
			row[k] = v
		}
	}
	return row
}

func (d *desk) round(force uint64, on value.Date, calls ...map[string]any) record.Ref {
	d.t.Helper()
	return d.create(d.officer(), record.Draft{Register: patrol.Rounds, Values: register.Values{"date": string(on), "force": id(force), "visits": calls}})
}

func (d *desk) cover(v access.Viewer, from, to value.Date) patrol.Cover {
	d.t.Helper()
	c, err := d.patrol().Cover(d.t.Context(), v, from, to)
	d.must(err)
	return c
}
