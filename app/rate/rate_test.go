package rate_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/place"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/assets"
)

const orders, months = "governance.order", "governance.month"

// office is a small real office whose orders are counted.
type office struct {
	t          testing.TB
	house      *app.House
	clock      atomic.Int64 // Unix seconds: what runs behind the office reads it too
	east, west uint64
	set        *rate.Set
}

func (o *office) now() time.Time        { return time.Unix(o.clock.Load(), 0) }
func (o *office) setClock(at time.Time) { o.clock.Store(at.Unix()) }

func open(t testing.TB) *office {
	t.Helper()
	dir := t.TempDir()
	o := &office{t: t}
	o.setClock(time.Date(2026, 2, 6, 9, 0, 0, 0, time.Local))
	var err error
	o.house, err = app.Enter(t.Context(), app.Config{Dir: filepath.Join(dir, "data"), KeyDir: filepath.Join(dir, "keys"), Assets: assets.FS(),
		Clock: o.now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), PasswordCost: app.Cost{Memory: 64, Passes: 1, Threads: 1}})
	o.must(err)
	t.Cleanup(func() { o.must(o.house.Leave()) })
	_, err = o.house.Found(t.Context())
	o.must(err)
	_, _, err = o.house.Office().Places.Set(t.Context(), access.Office(), []place.Import{{Level: place.LevelDistrict, Code: "110109", Name: "门头沟区"},
		{Level: place.LevelTown, Code: "110109002", Name: "城子街道"}, {Level: place.LevelCommunity, Code: "110109002001", Name: "虚构东社区"},
		{Level: place.LevelCommunity, Code: "110109002002", Name: "虚构西社区"}})
	o.must(err)
	o.must(o.book().View(t.Context(), access.Office(), func(tx *record.Tx) error {
		for code, to := range map[string]*uint64{"110109002001": &o.east, "110109002002": &o.west} {
			found, err := tx.Find(record.Places, "code", code)
			if err != nil {
				return err
			}
			*to = found[0].ID
		}
		return nil
	}))
	data, err := fs.ReadFile(assets.FS(), "insight/rates.yaml")
	o.must(err)
	o.set, err = rate.Load(data, orders, o.book().Registers().Get, known{})
	o.must(err)
	return o
}

func (o *office) book() *record.Book { return o.house.Office().Book }

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) change(fn func(tx *record.Tx) error) {
	o.t.Helper()
	o.must(o.book().Change(o.t.Context(), access.Office(), "测试", fn))
}

// order makes one that was answered and called back.
func (o *office) order(name, at string, community uint64, more register.Values) record.Ref {
	o.t.Helper()
	v := register.Values{"external": name, "content": name, "class": "timely", "dispatched_at": at, "contacted_at": at, "reached": true, "solved": "solved", "satisfied": "1", "community": strconv.FormatUint(community, 10)}
	for k, x := range more {
		v[k] = x
	}
	var ref record.Ref
	o.change(func(tx *record.Tx) error {
		r, err := tx.Create(record.Draft{Register: orders, Values: v})
		if err == nil {
			ref = r.Ref
		}
		return err
	})
	return ref
}

func (o *office) viewer(role string, communities ...uint64) access.Viewer {
	for _, r := range o.house.Office().Roles {
		if r.ID == role {
			return access.Viewer{User: 99, Name: "测", Roles: []access.Role{r}, Communities: communities, Now: o.now()}
		}
	}
	o.t.Fatalf("no role %s", role)
	return access.Viewer{}
}

// said writes the rates of a month as numerator/denominator.
func (o *office) said(c *rate.Counter, v access.Viewer, month value.Month) string {
	o.t.Helper()
	marks, err := c.Marks(o.t.Context(), v, month)
	o.must(err)
	rates, err := c.Rates(marks, month.First())
	o.must(err)
	var out []string
	for _, r := range rates {
		out = append(out, fmt.Sprintf("%s %g/%d", r.ID, rate.Round(r.Sum), len(r.Of)))
	}
	return strings.Join(out, " ")
}

func TestArithmetic(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		sum     float64
		of      int
		target  float64
		percent string
		short   int
		pending int
		need    int
		enough  bool
	}{
		{"reached", 19, 20, 0.95, "95.00%", 0, 0, 0, true},
		{"nothing yet", 0, 0, 0.95, "—", 0, 0, 0, true},
		{"one of two", 1, 2, 0.95, "50.00%", 18, 18, 18, true},
		{"exactly", 18, 20, 0.95, "90.00%", 20, 0, 1, false},
		{"a part counts", 1.6, 2, 0.9, "80.00%", 2, 6, 6, true},
		{"cannot be more", 1, 2, 1, "50.00%", 0, 3, 4, false},
		{"nine of twelve pending", 86, 88, 0.95, "97.73%", 0, 12, 9, true},
		{"two thirds", 2, 3, 0.5, "66.67%", 0, 3, 1, true},
	} {
		r := rate.Rate{Sum: tc.sum, Of: make([]record.Ref, tc.of)}
		n, ok := r.Need(tc.target, tc.pending)
		if r.Percent() != tc.percent || r.Short(tc.target) != tc.short || n != tc.need || ok != tc.enough {
			t.Errorf("%s: %s, short %d, need %d %v", tc.name, r.Percent(), r.Short(tc.target), n, ok)
		}
	}
	if rate.Percent(0, 0) != "—" || rate.Percent(11, 12) != "91.67%" {
		t.Error("a part of a whole")
	}
	half, none, full := rate.Rate{Sum: 1, Of: make([]record.Ref, 2), Weight: 10}, rate.Rate{Weight: 10}, rate.Rate{Sum: 2, Of: make([]record.Ref, 2), Weight: 30}
	for name, tc := range map[string]struct {
		rates []rate.Rate
		score float64
		ok    bool
	}{
		"weighted":          {[]rate.Rate{half, full}, 87.5, true},
		"one without":       {[]rate.Rate{half, none}, 0, false},
		"without weight":    {[]rate.Rate{{Sum: 1, Of: make([]record.Ref, 1)}}, 0, false},
		"weightless beside": {[]rate.Rate{half, {}}, 50, true},
	} {
		if s, ok := rate.Score(tc.rates); s != tc.score || ok != tc.ok {
			t.Errorf("%s: %g, %v", name, s, ok)
		}
	}
}

func TestFormulasAreChecked(t *testing.T) {
	t.Parallel()
	o := open(t)
	data, err := fs.ReadFile(assets.FS(), "insight/rates.yaml")
	o.must(err)
	for name, tc := range map[string]struct{ from, to, want string }{
		"unknown field":     {"solved == 'solved'", "resolved == 'solved'", "resolved"},
		"unknown code":      {"solved == 'solved'", "solved == 'done'", "done"},
		"unknown parameter": {"param: governance.rate.fair", "param: governance.rate.none", "governance.rate.none"},
		"unknown weight":    {"weight: governance.rate.weight.solved", "weight: nothing", "nothing"},
		"unknown register":  {"title: 解决率", "title: 解决率\n    register: no.such", "no.such"},
		"unknown key":       {"words:", "word:", "word"},
		"no version":        {"version: 示例-1", "version: ''", "version"},
	} {
		_, err := rate.Load([]byte(strings.Replace(string(data), tc.from, tc.to, 1)), orders, o.book().Registers().Get, known{})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A count stays right while records change: what is edited, void, reopened or
// moved to another month is judged again.
func TestCounterFollows(t *testing.T) {
	t.Parallel()
	o := open(t)
	c := rate.NewCounter(o.book(), o.set, "dispatched_on", "unit", "repeat")
	a := o.order("A", "2026-02-03 08:00", o.east, nil)
	b := o.order("B", "2026-02-28 23:59", o.west, register.Values{"satisfied": "2", "solved": "unsolved", "repeat": true})
	o.order("C", "2026-03-01 00:00", o.west, nil)
	for _, step := range []struct {
		name string
		do   func(tx *record.Tx) error
		want string
	}{
		{"as they came", nil, "response 2/2 solved 1/2 satisfied 1.6/2"},
		{"called back anew", func(tx *record.Tx) error { return tx.Imply(b, register.Values{"solved": "solved"}) }, "response 2/2 solved 2/2 satisfied 1.6/2"},
		{"left out", func(tx *record.Tx) error { return tx.Imply(b, register.Values{"exclusion_state": "granted"}) }, "response 1/1 solved 1/1 satisfied 1/1"},
		{"no longer left out", func(tx *record.Tx) error { return tx.Imply(b, register.Values{"exclusion_state": nil}) }, "response 2/2 solved 2/2 satisfied 1.6/2"},
		{"moved to March", func(tx *record.Tx) error {
			return tx.Imply(b, register.Values{"dispatched_at": "2026-03-02 08:00", "dispatched_on": "2026-03-02"})
		}, "response 1/1 solved 1/1 satisfied 1/1"},
		{"moved back", func(tx *record.Tx) error {
			return tx.Imply(b, register.Values{"dispatched_at": "2026-02-28 23:59", "dispatched_on": "2026-02-28"})
		}, "response 2/2 solved 2/2 satisfied 1.6/2"},
		{"void", func(tx *record.Tx) error { return o.do(tx, a, "void") }, "response 1/1 solved 1/1 satisfied 0.6/1"},
		{"restored", func(tx *record.Tx) error { return o.do(tx, a, "restore") }, "response 2/2 solved 2/2 satisfied 1.6/2"},
	} {
		if step.do != nil {
			o.change(step.do)
		}
		if got := o.said(c, access.Office(), "2026-02"); got != step.want {
			t.Errorf("%s: %s", step.name, got)
		}
		if fresh := o.said(rate.NewCounter(o.book(), o.set, "dispatched_on"), access.Office(), "2026-02"); fresh != step.want {
			t.Errorf("%s, counted anew: %s", step.name, fresh)
		}
	}
	if got := o.said(c, o.viewer("governance.worker", o.east), "2026-02"); got != "response 1/1 solved 1/1 satisfied 1/1" {
		t.Errorf("a worker of one community knows of %s", got)
	}
	if got := o.said(c, o.viewer("child.officer"), "2026-02"); got != "response 0/0 solved 0/0 satisfied 0/0" {
		t.Errorf("who has nothing to do with orders knows of %s", got)
	}
	marks, err := c.Marks(t.Context(), o.viewer("governance.worker", o.west), "2026-02")
	if o.must(err); len(marks) != 1 || marks[0].Keep[1] != "1" {
		t.Errorf("kept beside: %+v", marks)
	}
}

func (o *office) do(tx *record.Tx, ref record.Ref, action string) error {
	_, err := tx.Do(ref, 0, action, record.Input{Note: "测试"})
	return err
}

// An order nobody has contacted counts against the rate from the day after it
// was due.
func TestTheDayChangesTheCount(t *testing.T) {
	t.Parallel()
	o := open(t)
	c := rate.NewCounter(o.book(), o.set, "dispatched_on")
	o.setClock(time.Date(2026, 2, 3, 8, 5, 0, 0, time.Local))
	o.order("A", "2026-02-03 08:00", o.east, register.Values{"contacted_at": nil, "reached": nil, "solved": nil, "satisfied": nil})
	for _, day := range []struct{ now, want string }{{"2026-02-04 23:59", "response 0/0"}, {"2026-02-05 00:00", "response 0/1"}} {
		now, err := time.ParseInLocation("2006-01-02 15:04", day.now, time.Local)
		o.must(err)
		o.setClock(now)
		if got := o.said(c, access.Office(), "2026-02"); !strings.HasPrefix(got, day.want) {
			t.Errorf("%s: %s", day.now, got)
		}
	}
}

func (o *office) frost(month value.Month) rate.Frost {
	o.t.Helper()
	c := rate.NewCounter(o.book(), o.set, "dispatched_on")
	marks, err := c.Marks(o.t.Context(), access.Office(), month)
	o.must(err)
	rates, err := c.Rates(marks, month.First())
	o.must(err)
	return rate.Frost{Register: months, Month: month, Version: o.set.Version, Rates: rates, More: map[string]any{"orders": float64(len(marks))}}
}

// A month is frozen once, however many ask at the same moment, not before it is
// over, and what comes later changes nothing in it.
func TestFreeze(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.change(func(tx *record.Tx) error {
		_, err := tx.Create(record.Draft{Register: "office.profile", Values: register.Values{"town_code": "110109002", "town_name": "城子街道", "name": "城子街道办事处", "seal_name": "城子街道办事处", "single_hand": false}})
		return err
	})
	o.house.Office().Noticed("office.profile")
	a := o.order("A", "2026-02-03 08:00", o.east, nil)
	head := o.viewer("governance.head")
	o.setClock(time.Date(2026, 2, 28, 23, 59, 0, 0, time.Local))
	if _, err := rate.Freeze(t.Context(), o.book(), head, o.frost("2026-02")); err == nil || !strings.Contains(err.Error(), "没有过完") {
		t.Errorf("a month that goes on: %v", err)
	}
	o.setClock(time.Date(2026, 3, 1, 0, 0, 0, 0, time.Local))
	if _, err := rate.Freeze(t.Context(), o.book(), o.viewer("governance.worker", o.east), o.frost("2026-02")); err == nil {
		t.Error("a community worker freezes a month")
	}
	var wait sync.WaitGroup
	errs := make([]error, 4)
	frost := o.frost("2026-02")
	for i := range errs {
		wait.Go(func() { _, errs[i] = rate.Freeze(t.Context(), o.book(), head, frost) })
	}
	wait.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else if !strings.Contains(err.Error(), "已经冻结过") {
			t.Errorf("refused with %v", err)
		}
	}
	if made != 1 {
		t.Errorf("the month is frozen %d times", made)
	}
	o.change(func(tx *record.Tx) error { return tx.Imply(a, register.Values{"solved": "unsolved"}) })
	o.order("late", "2026-02-27 08:00", o.east, nil)
	r, err := rate.Frozen(t.Context(), o.book(), head, months, "2026-02")
	if o.must(err); r == nil {
		t.Fatal("the month is not frozen")
	}
	rows, _ := r.Values["rates"].([]map[string]any)
	if len(rows) != 3 || rows[1]["percent"] != "100.00%" || rows[1]["of"] != 1.0 || r.Text("version") != o.set.Version || r.Values["orders"] != 1.0 {
		t.Errorf("frozen: %v", r.Values)
	}
	if now := o.frost("2026-02"); now.Rates[1].Percent() != "50.00%" {
		t.Errorf("as it stands now: %s", now.Rates[1].Percent())
	}
	if len(r.Files) != 1 {
		t.Fatalf("%d files beside it", len(r.Files))
	}
	if got := o.workbook(r); !strings.Contains(got, "A,A,计入分子,计入分子,计入分子") || strings.Contains(got, "late") {
		t.Errorf("the verdicts: %s", got)
	}
}

// known are facts in which only the rates' parameters and codes exist.
type known struct{}

func (known) Param(string, value.Date) (any, error) { return 1.0, nil }
func (known) HasParam(key string, _ bool) bool {
	return key == "governance.rate.fair" || strings.HasPrefix(key, "governance.rate.weight.")
}
func (known) HasCodes(string) bool        { return true }
func (known) HasCode(_, code string) bool { return code != "done" }

// workbook reads the file beside a frozen month, as lines of cells.
func (o *office) workbook(r *record.Record) string {
	o.t.Helper()
	data, _, err := o.book().ReadFile(o.t.Context(), access.Office(), r.Ref, r.Files[0].Hash)
	o.must(err)
	f, err := excelize.OpenReader(bytes.NewReader(data))
	o.must(err)
	rows, err := f.GetRows(f.GetSheetName(0))
	o.must(err)
	out := ""
	for _, row := range rows {
		out += strings.Join(row, ",") + "\n"
	}
	return out
}
