package grid_test

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
	"jiezhen/app/grid"
	"jiezhen/app/place"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/staff"
	"jiezhen/assets"
)

// office is a small real office with a tree of places, categories and units.
type office struct {
	t     testing.TB
	house *app.House
	now   time.Time
	users map[string]access.Viewer
	place map[string]uint64 // by code
	unit  map[string]uint64 // by name
	class map[string]uint64 // category by code
}

func open(t testing.TB) *office {
	return openAt(t, time.Date(2026, 2, 3, 9, 30, 0, 0, time.Local))
}

func openAt(t testing.TB, now time.Time) *office {
	t.Helper()
	dir := t.TempDir()
	o := &office{t: t, now: now, users: map[string]access.Viewer{}, place: map[string]uint64{}, unit: map[string]uint64{}, class: map[string]uint64{}}
	var err error
	o.house, err = app.Enter(t.Context(), app.Config{Dir: filepath.Join(dir, "data"), KeyDir: filepath.Join(dir, "keys"), Assets: assets.FS(),
		Clock: func() time.Time { return o.now }, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), PasswordCost: app.Cost{Memory: 64, Passes: 1, Threads: 1}})
	o.must(err)
	t.Cleanup(func() { o.must(o.house.Leave()) })
	_, err = o.house.Found(t.Context())
	o.must(err)
	o.create(record.Draft{Register: "office.profile", Values: register.Values{"town_code": "110109002", "town_name": "城子街道", "name": "城子街道办事处", "seal_name": "城子街道办事处", "single_hand": false}})
	o.house.Office().Noticed("office.profile")
	for _, u := range []string{"虚构物业", "虚构东社区工作站", "虚构市政所", "虚构执法队"} {
		o.unit[u] = o.create(record.Draft{Register: record.Parties, Values: register.Values{"name": u, "phone": "010-00000000"}}).ID
	}
	o.ground()
	o.tree()
	o.staff()
	return o
}

// ground makes two communities, two grids in the first and one in the second,
// and buildings.
func (o *office) ground() {
	for _, p := range []struct {
		level, code, name string
		more              register.Values
	}{
		{place.LevelDistrict, "110109", "门头沟区", nil}, {place.LevelTown, "110109002", "城子街道", nil},
		{place.LevelCommunity, "110109002003", "虚构东社区", register.Values{"station": o.party("虚构东社区工作站")}},
		{place.LevelCommunity, "110109002004", "虚构西社区", nil},
		{place.LevelGrid, "110109002003005", "东第五网格", register.Values{"property": o.party("虚构物业"), "population": 1200.0}},
		{place.LevelGrid, "110109002003006", "东第六网格", register.Values{"population": 800.0}},
		{place.LevelGrid, "110109002004001", "西第一网格", nil},
	} {
		v := register.Values{"level": p.level, "code": p.code, "name": p.name}
		maps.Copy(v, p.more)
		o.place[p.code] = o.create(record.Draft{Register: record.Places, Values: v}).ID
	}
	for name, grid := range map[string]string{"滨河小区": "110109002003005", "桃园小区": "110109002003006", "西山里小区": "110109002004001"} {
		o.place[name] = o.create(record.Draft{Register: record.Places, Values: register.Values{"level": place.LevelBuilding, "name": name, "parent": id(o.place[grid])}}).ID
	}
}

func (o *office) party(name string) string { return id(o.unit[name]) }

func (o *office) tree() {
	for _, c := range []struct {
		code, name, group, kind string
		more                    register.Values
	}{
		{"01", "市容环境", "event", "e1", nil}, {"05", "街面秩序", "event", "e5", nil}, {"01", "公用设施", "part", "p1", nil},
		{"0102", "暴露垃圾", "event", "", register.Values{"limit": "4工作时", "limit_state": "sample", "handler": "property", "words": "垃圾外溢、垃圾成堆", "filing": "有垃圾露天堆放"}},
		{"0101", "井盖缺失", "part", "", register.Values{"limit": "2紧急工作时", "limit_state": "sample", "handler": "unit", "unit": o.party("虚构市政所"), "words": "井盖异响、井盖松动"}},
		{"0504", "店外经营", "event", "", register.Values{"limit": "5工作日", "limit_state": "sample", "handler": "territory"}},
	} {
		v := register.Values{"version": "示例2026", "code": c.code, "name": c.name, "group": c.group}
		if c.kind != "" {
			v["kind"] = c.kind
		}
		maps.Copy(v, c.more)
		o.class[c.name] = o.create(record.Draft{Register: grid.Categories, Values: v}).ID
	}
	o.create(record.Draft{Register: grid.Powers, Values: register.Values{"code": "F001", "name": "占道经营处罚", "categories": "0504", "unit": o.party("虚构执法队"), "basis": "京政发〔2020〕9号", "from": "2020-07-01"}})
}

func (o *office) staff() {
	roles := []string{"governance.worker", "governance.officer", "governance.head", "leader", "child.supervisor", "disability.officer", "admin.security"}
	var users []staff.NewUser
	for _, r := range roles {
		users = append(users, staff.NewUser{Login: strings.ReplaceAll(r, ".", "-"), Name: "测" + r, Roles: []string{r}, Password: "Ceshi-2026-kouling", Lasting: true})
	}
	users[0].Communities = []uint64{o.place["110109002003"]}
	made, err := o.house.Office().Staff.FirstAccounts(o.t.Context(), users)
	o.must(err)
	for _, role := range o.house.Office().Roles {
		for i, r := range roles {
			if role.ID == r {
				o.users[r] = access.Viewer{User: made[i].ID, Name: users[i].Name, Roles: []access.Role{role}, Communities: users[i].Communities, Now: o.now}
			}
		}
	}
}

func id(n uint64) string { return strconv.FormatUint(n, 10) }

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		if r, ok := record.AsRefusal(err); ok {
			o.t.Fatalf("%v: %+v", err, r.Problems)
		}
		o.t.Fatal(err)
	}
}

// refused fails unless an error is a refusal that says something.
func (o *office) refused(err error, words string) {
	o.t.Helper()
	r, ok := record.AsRefusal(err)
	if !ok {
		o.t.Fatalf("not refused: %v", err)
	}
	all := r.Text
	for _, p := range r.Problems {
		all += p.Label + p.Text
	}
	if !strings.Contains(all, words) {
		o.t.Errorf("refused with %q, not %q", all, words)
	}
}

func (o *office) as(role string, fn func(tx *record.Tx) error) error {
	v := o.users[role]
	if role == "" {
		v = access.Office()
	}
	return o.house.Office().Book.Change(o.t.Context(), v, "测试", fn)
}

func (o *office) create(d record.Draft) record.Ref {
	o.t.Helper()
	return o.createAs("", d)
}

func (o *office) createAs(role string, d record.Draft) record.Ref {
	o.t.Helper()
	var ref record.Ref
	o.must(o.as(role, func(tx *record.Tx) error {
		r, err := tx.Create(d)
		if err == nil {
			ref = r.Ref
		}
		return err
	}))
	return ref
}

func (o *office) read(ref record.Ref) *record.Record {
	o.t.Helper()
	var out *record.Record
	o.view("", func(tx *record.Tx) error {
		r, err := tx.Open(ref)
		out = r
		return err
	})
	return out
}

func (o *office) view(role string, fn func(tx *record.Tx) error) {
	o.t.Helper()
	v := o.users[role]
	if role == "" {
		v = access.Office()
	}
	o.must(o.house.Office().Book.View(o.t.Context(), v, fn))
}

func (o *office) act(role string, ref record.Ref, action string, values register.Values) error {
	return o.as(role, func(tx *record.Tx) error {
		_, err := tx.Do(ref, 0, action, record.Input{Values: values, Note: "测试理由"})
		return err
	})
}

// report is what a grid worker types.
func (o *office) report(content string, more register.Values) record.Ref {
	o.t.Helper()
	v := register.Values{"content": content, "source": "grid", "found_at": o.now.Format("2006-01-02 15:04"), "reporter": "P22"}
	maps.Copy(v, more)
	return o.createAs("governance.officer", record.Draft{Register: grid.Reports, Values: v})
}

func (o *office) caseOf(ref record.Ref) *record.Record {
	o.t.Helper()
	n := o.read(ref).RefID("case")
	if n == 0 {
		o.t.Fatalf("%s has no case", ref)
	}
	return o.read(record.Ref{Register: grid.Cases, ID: n})
}

func (o *office) children(reg string, of record.Ref) []*record.Record {
	o.t.Helper()
	var out []*record.Record
	o.view("", func(tx *record.Tx) error {
		var err error
		out, err = tx.Children(reg, of)
		return err
	})
	return out
}
