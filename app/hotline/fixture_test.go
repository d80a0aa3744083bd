package hotline_test

import (
	"crypto/rand"
	"log/slog"
	"maps"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/hotline"
	"jiezhen/app/place"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/staff"
	"jiezhen/assets"
)

// desk is a small real office with those who work on orders.
type desk struct {
	t     testing.TB
	house *app.House
	now   time.Time
	users map[string]access.Viewer
	east  uint64 // the community of the worker
	west  uint64
}

func open(t testing.TB) *desk {
	t.Helper()
	return openAt(t, time.Date(2026, 2, 3, 8, 5, 0, 0, time.Local))
}

func openAt(t testing.TB, now time.Time) *desk {
	t.Helper()
	dir := t.TempDir()
	d := &desk{t: t, now: now, users: map[string]access.Viewer{}}
	var err error
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
	d.must(d.house.Office().Book.View(t.Context(), access.Office(), func(tx *record.Tx) error {
		for code, to := range map[string]*uint64{"110109002001": &d.east, "110109002002": &d.west} {
			found, err := tx.Find(record.Places, "code", code)
			if err != nil {
				return err
			}
			*to = found[0].ID
		}
		return nil
	}))
	d.staff()
	return d
}

func (d *desk) staff() {
	roles := []string{"governance.worker", "governance.officer", "governance.head", "leader", "admin.security"}
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

// refused fails unless an error is a refusal that says something.
func (d *desk) refused(err error, words string) {
	d.t.Helper()
	r, ok := record.AsRefusal(err)
	if !ok {
		d.t.Fatalf("not refused: %v", err)
	}
	all := r.Text
	for _, p := range r.Problems {
		all += p.Label + p.Text
	}
	if !strings.Contains(all, words) {
		d.t.Errorf("refused with %q, not %q", all, words)
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

func (d *desk) leader() access.Viewer { return d.users["leader"] }

func (d *desk) officer() access.Viewer { return d.users["governance.officer"] }

// order makes an order dispatched at 8 o'clock on 3 February 2026.
func (d *desk) order(external, content string, more register.Values) record.Ref {
	d.t.Helper()
	values := register.Values{"external": external, "content": content, "class": "timely", "dispatched_at": "2026-02-03 08:00", "community": strconv.FormatUint(d.east, 10)}
	maps.Copy(values, more)
	return d.create(d.officer(), record.Draft{Register: hotline.Orders, Values: values})
}

func (d *desk) act(role string, ref record.Ref, action string, values register.Values) error {
	return d.note(role, ref, action, values, "")
}

func (d *desk) note(role string, ref record.Ref, action string, values register.Values, note string) error {
	rev := d.read(ref).Rev
	return d.change(d.users[role], func(tx *record.Tx) error {
		_, err := tx.Do(ref, rev, action, record.Input{Values: values, Note: note})
		return err
	})
}

func (d *desk) edit(ref record.Ref, values register.Values) error {
	rev := d.read(ref).Rev
	return d.change(d.officer(), func(tx *record.Tx) error {
		_, err := tx.Save(ref, rev, values)
		return err
	})
}

const goodReply = "您好，社区2月3日与您联系并到现场查看，系阀门故障，已于当日20时更换完成，室温恢复。如有问题请拨打社区电话69842345。"
