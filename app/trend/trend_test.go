package trend_test

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
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/trend"
	"jiezhen/app/value"
	"jiezhen/assets"
)

// office is a small real office whose desks run behind it.
type office struct {
	*testing.T
	house *app.House
}

func open(t *testing.T) *office {
	dir := t.TempDir()
	o := &office{T: t}
	now := time.Date(2026, 11, 20, 9, 30, 0, 0, time.Local)
	var err error
	o.house, err = app.Enter(t.Context(), app.Config{Dir: filepath.Join(dir, "data"), KeyDir: filepath.Join(dir, "keys"), Assets: assets.FS(),
		Clock: func() time.Time { return now }, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), PasswordCost: app.Cost{Memory: 64, Passes: 1, Threads: 1}})
	o.must(err)
	t.Cleanup(func() { o.must(o.house.Leave()) })
	_, err = o.house.Found(t.Context())
	o.must(err)
	o.create("office.profile", register.Values{"town_code": "110109002", "town_name": "城子街道", "name": "城子街道办事处", "seal_name": "城子街道办事处", "single_hand": false})
	o.house.Office().Noticed("office.profile")
	return o
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

func (o *office) try(reg string, values register.Values) error {
	return o.house.Office().Book.Change(o.Context(), access.Office(), "试", func(tx *record.Tx) error {
		_, err := tx.Create(record.Draft{Register: reg, Values: values})
		return err
	})
}

func (o *office) create(reg string, values register.Values) {
	o.Helper()
	o.must(o.try(reg, values))
}

// class writes classes "version code name" of the tree of orders, or with group
// of a tree of cases.
func (o *office) class(version, from, until, group string, classes ...string) {
	o.Helper()
	for _, c := range classes {
		code, name, _ := strings.Cut(c, " ")
		v := register.Values{"version": version, "code": code, "name": name}
		for k, day := range map[string]string{"from": from, "until": until} {
			if day != "" {
				v[k] = day
			}
		}
		reg := trend.Classes
		if group != "" {
			reg, v["group"] = trend.Categories, group
		}
		o.create(reg, v)
	}
}

func mapping(tree, from, fromCode, to, toCode string) register.Values {
	return register.Values{"tree": tree, "from_version": from, "from_code": fromCode, "to_version": to, "to_code": toCode}
}

func (o *office) order(n int, at, words string) {
	o.Helper()
	v := register.Values{"external": fmt.Sprintf("YS%04d", n), "content": "虚构的事", "class": "general", "dispatched_at": at + " 09:00"}
	for i, w := range strings.Split(words, "/") {
		if w != "" {
			v[[]string{"category", "subcategory", "detail"}[i]] = w
		}
	}
	o.create(trend.Orders, v)
}

// table waits until the desk has seen so many, and gives the table.
func (o *office) table(reg string, want int) *trend.Table {
	o.Helper()
	for {
		t, err := o.house.Office().Trend.Table(o.Context(), access.Office(), reg, value.Month("2026-11"))
		o.must(err)
		if t.All.Sum() == want {
			return t
		}
		select {
		case <-o.Context().Done():
			o.Fatalf("saw %d, want %d", t.All.Sum(), want)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// TestMapping tries mappings one after another: what is refused, and why.
func TestMapping(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.class("一版", "", "2025-12-31", "", "01 环境", "0101 垃圾", "0102 扬尘", "02 道路")
	o.class("二版", "2026-01-01", "", "", "01 环境卫生", "0101 垃圾清运", "02 市政")
	o.class("三版", "2027-01-01", "", "", "01 环卫")
	for _, row := range []struct {
		name string
		v    register.Values
		want string // of the refusal; "": taken
	}{
		{"known codes", mapping("order", "一版", "0101", "二版", "0101"), ""},
		{"the same again", mapping("order", "一版", "0101", "二版", "0101"), "这一条对照已经有了"},
		{"several into one", mapping("order", "一版", "0102", "二版", "0101"), ""},
		{"one into several", mapping("order", "一版", "0101", "二版", "02"), ""},
		{"unknown old code", mapping("order", "一版", "0109", "二版", "0101"), "热线诉求的“一版”里没有代码 0109"},
		{"unknown new code", mapping("order", "一版", "02", "二版", "07"), "热线诉求的“二版”里没有代码 07"},
		{"unknown version", mapping("order", "一版", "02", "九版", "02"), "“九版”里没有代码 02"},
		{"another tree", mapping("event", "一版", "02", "二版", "02"), "事件的“一版”里没有代码 02"},
		{"into its own version", mapping("order", "一版", "02", "一版", "01"), "不能是同一版"},
		{"a further step", mapping("order", "二版", "02", "三版", "01"), ""},
		{"back at once", mapping("order", "二版", "0101", "一版", "0102"), "绕回来：“二版”0101 → “一版”0102 → “二版”0101"},
		{"back in two steps", mapping("order", "三版", "01", "一版", "0101"), "绕回来"},
	} {
		err := o.try(trend.Mappings, row.v)
		switch refusal, refused := record.AsRefusal(err); {
		case row.want == "":
			if err != nil {
				t.Errorf("%s: %v", row.name, err)
			}
		case !refused || !strings.Contains(refusal.Error(), row.want):
			t.Errorf("%s: got %v, want %q", row.name, err, row.want)
		}
	}
}

// TestTrendSurvivesChange counts orders and cases of two versions in terms of
// the newer: every one in exactly one row.
func TestTrendSurvivesChange(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.class("一版", "", "2026-05-31", "", "01 环境", "0101 垃圾", "0102 扬尘", "0103 噪声", "02 道路", "03 旧事", "04 杂项")
	o.class("二版", "2026-06-01", "", "", "01 环境卫生", "0101 垃圾清运", "010101 厨余", "0102 工地", "0103 餐饮", "02 市政")
	for _, m := range []register.Values{
		mapping("order", "一版", "01", "二版", "01"), mapping("order", "一版", "0101", "二版", "0101"), // 0102 has none: its parent carries it
		mapping("order", "一版", "0103", "二版", "0102"), mapping("order", "一版", "0103", "二版", "0103"),
		mapping("order", "一版", "02", "二版", "02"),
		mapping("order", "一版", "04", "二版", "01"), mapping("order", "一版", "04", "二版", "02"), // nothing in common
	} {
		o.create(trend.Mappings, m)
	}
	for i, w := range []struct{ at, words string }{
		{"2026-02-03", "环境/垃圾"}, {"2026-02-04", "环境/扬尘"}, {"2026-02-05", "环境/噪声"}, {"2026-02-06", "道路"}, {"2026-02-07", "旧事"}, {"2026-02-08", "杂项"}, {"2026-02-09", ""},
		{"2026-11-02", "01环境卫生/0101垃圾清运/厨余"}, {"2026-11-03", "环境卫生"}, {"2026-11-04", "环境/垃圾"}, {"2026-11-05", "没听说过"},
		{"2025-10-31", "环境/垃圾"}, // before the thirteen months
	} {
		o.order(i, w.at, w.words)
	}
	o.class("网格一版", "", "", "event", "01 市容", "0101 堆物")
	o.class("网格二版", "2026-06-01", "", "event", "01 市容环境", "0102 乱堆物")
	o.create(trend.Mappings, mapping("event", "网格一版", "0101", "网格二版", "0102"))
	table := o.table(trend.Orders, 11)
	var got []string
	sum := 0
	for _, r := range table.Rows {
		got = append(got, fmt.Sprintf("%s %d %d", r.Name, r.Count("2026-02"), r.Count("2026-11")))
		if r.Level == 1 {
			sum += r.Sum()
		}
	}
	want := "01 环境卫生 3 3; 0101 垃圾清运 1 2; 只写到一级 0 1; 无法细分，归到上级 2 0; 02 市政 1 0; 旧版“一版” 03 旧事 1 0; 旧版“一版” 04 杂项 1 0; 没听说过 0 1; 没有填分类 1 0"
	if all := strings.Join(got, "; "); all != want {
		t.Errorf("orders:\n got %s\nwant %s", all, want)
	}
	if sum != table.All.Sum() {
		t.Errorf("rows of the first level hold %d, all %d", sum, table.All.Sum())
	}
	digest, err := o.house.Office().Hotline.Digest(t.Context(), access.Office(), "2026-02-01", "2026-02-28")
	o.must(err)
	got = nil
	for _, g := range digest.Categories {
		got = append(got, fmt.Sprintf("%s %d", g.Name, len(g.Refs)))
	}
	if all, want := strings.Join(got, "; "), "环境卫生 3; 市政 1; 旧事 1; 未分类 1; 杂项 1"; all != want {
		t.Errorf("the digest of a month before the change:\n got %s\nwant %s", all, want)
	}
	o.cases()
}

// cases are followed as they change: filed under an old class, put into the new
// one, made void.
func (o *office) cases() {
	o.Helper()
	var ref record.Ref
	change := func(do func(tx *record.Tx) error) {
		o.must(o.house.Office().Book.Change(o.Context(), access.Office(), "试", do))
	}
	change(func(tx *record.Tx) error {
		old, err := trend.Find(tx, "event", "网格一版", "0101")
		if err != nil {
			return err
		}
		r, err := tx.Create(record.Draft{Register: trend.Cases, Values: register.Values{"title": "堆物", "source": "grid", "category": fmt.Sprint(old.ID), "found_at": "2026-03-02 09:00", "content": "楼道堆物"}})
		if err == nil {
			ref = r.Ref
		}
		return err
	})
	row := func(t *trend.Table) string {
		var out []string
		for _, r := range t.Rows {
			out = append(out, fmt.Sprintf("%s %d", r.Name, r.Count("2026-03")))
		}
		return strings.Join(out, "; ")
	}
	if got, want := row(o.table(trend.Cases, 1)), "01 市容环境 1; 0102 乱堆物 1"; got != want {
		o.Errorf("a case of the old class: got %s, want %s", got, want)
	}
	change(func(tx *record.Tx) error {
		_, err := tx.Save(ref, 0, register.Values{"category": nil})
		return err
	})
	if got, want := row(o.table(trend.Cases, 1)), "没有填分类 1"; got != want {
		o.Errorf("a case without class: got %s, want %s", got, want)
	}
	change(func(tx *record.Tx) error {
		_, err := tx.Do(ref, 0, "void", record.Input{Note: "虚构"})
		return err
	})
	o.table(trend.Cases, 0)
}

// TestTableIsKept makes a table once while nothing that it says changes: an
// order that is worked on moves no figure, its class and a mapping do.
func TestTableIsKept(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.class("一版", "", "2026-05-31", "", "01 环境")
	o.class("二版", "2026-06-01", "", "", "01 环境卫生")
	o.order(1, "2026-02-03", "环境")
	first := o.table(trend.Orders, 1)
	if again := o.table(trend.Orders, 1); again != first {
		t.Error("made anew though nothing has changed")
	}
	o.create(trend.Mappings, mapping("order", "一版", "01", "二版", "01"))
	mapped := o.table(trend.Orders, 1)
	if mapped.Doubtful() != 0 || first.Doubtful() != 1 {
		t.Errorf("%d doubtful, before the mapping %d", mapped.Doubtful(), first.Doubtful())
	}
	o.order(2, "2026-02-04", "环境")
	if two := o.table(trend.Orders, 2); two.All.Sum() != 2 || mapped.All.Sum() != 1 {
		t.Errorf("%d orders, before %d", two.All.Sum(), mapped.All.Sum())
	}
}
