package policy_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"jiezhen/app/calendar"
	"jiezhen/app/policy"
	"jiezhen/app/value"
	"jiezhen/assets"
)

const today = value.Date("2026-11-23")

func carried(t *testing.T) *policy.Set {
	t.Helper()
	set, err := policy.Load(assets.FS())
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func read(t *testing.T, name, text string) (*policy.Set, error) {
	t.Helper()
	return policy.Load(fstest.MapFS{name: {Data: []byte(text)}})
}

func TestTypes(t *testing.T) {
	t.Parallel()
	set, err := read(t, "parameters/x.yaml", `parameters:
  - {key: a.limit, title: t, type: limit, value: 15 workdays, basis: b, state: 法定}
  - {key: a.none, title: t, type: limit, value: none, basis: b, state: 示例}
  - {key: a.integer, title: t, type: integer, value: 5, unit: 次, basis: b, state: 示例}
  - {key: a.decimal, title: t, type: decimal, value: 0.1, basis: b, state: 待核}
  - {key: a.money, title: t, type: money, value: "2,450.00", basis: b, state: 示例}
  - {key: a.yesno, title: t, type: yesno, value: 是, basis: b, state: 示例}
  - {key: a.text, title: t, type: text, value: 次月, basis: b, state: 已核}
  - {key: a.limits, title: t, type: limits, value: [1 months, 3 months], basis: b, state: 示例}
  - {key: a.integers, title: t, type: integers, value: [6, 8, 12], unit: 月, basis: b, state: 示例}
  - {key: a.texts, title: t, type: texts, value: [甲, 乙], basis: b, state: 示例}
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		key   string
		want  any
		print string
	}{
		{"a.limit", calendar.Limit{N: 15, Unit: calendar.Workdays}, "15个工作日"}, {"a.none", nil, "不限"}, {"a.integer", int64(5), "5次"},
		{"a.decimal", 0.1, "0.1"}, {"a.money", int64(245000), "2,450.00元"}, {"a.yesno", true, "是"}, {"a.text", "次月", "次月"},
		{"a.limits", []calendar.Limit{{N: 1, Unit: calendar.Months}, {N: 3, Unit: calendar.Months}}, "1个月、3个月"},
		{"a.integers", []int64{6, 8, 12}, "6、8、12月"}, {"a.texts", []string{"甲", "乙"}, "甲、乙"},
	} {
		p, err := set.Param(tc.key, today)
		if err != nil || !reflect.DeepEqual(p.Value, tc.want) || p.Print() != tc.print {
			t.Errorf("%s: %#v, %q, %v", tc.key, p.Value, p.Print(), err)
		}
	}
	if p, _ := set.Param("a.limit", today); !p.Locked {
		t.Error("a statutory parameter is not locked")
	}
	if _, err := set.Integer("a.limit", today); err == nil {
		t.Error("a limit is read as a number")
	}
}

func TestGetters(t *testing.T) {
	t.Parallel()
	set := carried(t)
	if l, err := set.Limit("child.orphan.inspect", today); err != nil || l != (calendar.Limit{N: 15, Unit: calendar.Workdays}) {
		t.Errorf("limit %v, %v", l, err)
	}
	if n, err := set.Integer("child.visit.unseen", today); err != nil || n != 2 {
		t.Errorf("integer %v, %v", n, err)
	}
	if d, err := set.Decimal("child.visit.sample.rate", today); err != nil || d != 0.1 {
		t.Errorf("decimal %v, %v", d, err)
	}
	if y, err := set.YesNo("person.leap.march", today); err != nil || y {
		t.Errorf("yes or no %v, %v", y, err)
	}
	if _, err := set.Param("child.nothing", today); !errors.Is(err, policy.ErrUnknown) {
		t.Errorf("unknown key: %v", err)
	}
	if !set.HasParam("child.case.visit.", true) || set.HasParam("child.case.visit.", false) || set.HasParam("nothing.", true) {
		t.Error("HasParam")
	}
}

// Every grade has every frequency, and every category its visits, because
// registers put the code into the key.
func TestKeysByCode(t *testing.T) {
	t.Parallel()
	set := carried(t)
	for prefix, id := range map[string]string{"child.case.visit.": "child.risk", "child.case.conference.": "child.risk", "child.case.response.": "child.risk", "child.visit.category.": "child.category"} {
		list, ok := set.Codes(id)
		if !ok {
			t.Fatalf("no list %s", id)
		}
		for _, i := range list.Items {
			if !set.HasParam(prefix+i.Code, false) {
				t.Errorf("no parameter %s%s", prefix, i.Code)
			}
		}
	}
}

func TestDated(t *testing.T) {
	t.Parallel()
	base, err := read(t, "parameters/x.yaml", `parameters:
  - {key: a.b, title: 限, type: limit, value: 20 workdays, basis: 旧法, state: 法定, from: 2020-01-01}
  - {key: a.b, title: 限, type: limit, value: 15 workdays, basis: 新法, state: 法定, from: 2024-01-01}
`)
	if err != nil {
		t.Fatal(err)
	}
	set, err := base.With([]policy.Override{{Key: "a.b", Value: "10个工作日", From: "2026-06-01", Basis: "本区文件", State: "已核", Approved: true}})
	if err != nil {
		t.Fatal(err)
	}
	for on, want := range map[value.Date]string{"2021-05-05": "20个工作日", "2024-01-01": "15个工作日", "2026-05-31": "15个工作日", "2026-06-01": "10个工作日", "": "20个工作日"} {
		if p, err := set.Param("a.b", on); err != nil || p.Print() != want {
			t.Errorf("on %q: %s, %v; want %s", on, p.Print(), err, want)
		}
	}
	if _, err := set.Param("a.b", "2019-12-31"); !errors.Is(err, policy.ErrNotThen) {
		t.Errorf("before it began: %v", err)
	}
	if p, _ := base.Param("a.b", "2026-06-01"); p.Print() != "15个工作日" {
		t.Error("an override changed the set it was laid over")
	}
	if p, _ := set.Param("a.b", "2026-06-01"); !p.Own || p.Basis != "本区文件" || p.State != policy.Verified {
		t.Errorf("%+v", p)
	}
}

func TestOverrideRefused(t *testing.T) {
	t.Parallel()
	set := carried(t)
	for _, tc := range []struct {
		name string
		o    policy.Override
		want error
	}{
		{"statutory without approval", policy.Override{Key: "child.orphan.inspect", Value: "20个工作日", From: "2026-01-01", Basis: "x"}, policy.ErrLocked},
		{"unknown", policy.Override{Key: "no.such", Value: "1", From: "2026-01-01", Basis: "x"}, policy.ErrUnknown},
		{"no date", policy.Override{Key: "child.visit.unseen", Value: "3", Basis: "x"}, policy.ErrMistaken},
		{"no basis", policy.Override{Key: "child.visit.unseen", Value: "3", From: "2026-01-01"}, policy.ErrMistaken},
		{"no such state", policy.Override{Key: "child.visit.unseen", Value: "3", From: "2026-01-01", Basis: "x", State: "好"}, policy.ErrMistaken},
		{"statutory code without approval", policy.Override{Key: "child.guardian.temporary", Item: &policy.Item{Code: "1", Label: "改"}, From: "2026-01-01", Basis: "x"}, policy.ErrLocked},
		{"code without a name", policy.Override{Key: "child.risk", Item: &policy.Item{Code: "1"}, Basis: "x"}, policy.ErrMistaken},
		{"code list unknown", policy.Override{Key: "no.such", Item: &policy.Item{Code: "1", Label: "一"}, Basis: "x"}, policy.ErrUnknown},
	} {
		good := policy.Override{Key: "child.visit.unseen", Value: "3", From: "2026-01-01", Basis: "本区文件"}
		out, err := set.With([]policy.Override{tc.o, good})
		if !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", tc.name, err)
		}
		if n, _ := out.Integer("child.visit.unseen", today); n != 3 {
			t.Errorf("%s: the good change beside it is lost", tc.name)
		}
	}
	if _, err := set.With([]policy.Override{{Key: "child.visit.unseen", Value: "许多", From: "2026-01-01", Basis: "x"}}); err == nil || !strings.Contains(err.Error(), "连续未见到儿童") {
		t.Errorf("a value of the wrong type: %v", err)
	}
}

// A visit's frequency does not begin to wait for holidays.
func TestOverrideKeepsPlain(t *testing.T) {
	t.Parallel()
	set, err := carried(t).With([]policy.Override{
		{Key: "child.case.visit.yellow", Value: "2个月", From: "2026-01-01", Basis: "本区文件"},
		{Key: "child.verify", Value: "3日", From: "2026-01-01", Basis: "本区文件"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if l, _ := set.Limit("child.case.visit.yellow", today); l != (calendar.Limit{N: 2, Unit: calendar.PlainMonths}) {
		t.Errorf("visit %v", l)
	}
	if l, _ := set.Limit("child.verify", today); l != (calendar.Limit{N: 3, Unit: calendar.Days}) {
		t.Errorf("verify %v", l)
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	set := carried(t)
	for id, n := range map[string]int{"person.nation": 58, "person.relation": 84, "place.town": 13, "child.category": 10, "child.guarantee": 7,
		"child.risk": 4, "child.dimension": 8, "child.parent.state": 12, "child.harm": 9, "child.visit.kind": 8, "child.guardian.temporary": 7, "child.guardian.longterm": 5} {
		if l, ok := set.Codes(id); !ok || len(l.Items) != n {
			t.Errorf("%s has %d codes, want %d", id, len(l.Items), n)
		}
	}
	category, _ := set.Codes("child.category")
	if i, _ := category.Item("06"); !i.Secret {
		t.Error("category 06 is not secret")
	}
	relation, _ := set.Codes("person.relation")
	if relation.Label("90") != "姑母" || relation.Label("xx") != "xx" {
		t.Error("labels")
	}
	if i, _ := relation.Item("51"); i.Parent != "50" {
		t.Errorf("father is under %q", i.Parent)
	}
	document, _ := set.Codes("person.document")
	for _, code := range []string{value.DocumentIDCard, value.DocumentHousehold, value.DocumentBirth, value.DocumentPermit, value.DocumentForeigner} {
		if _, ok := document.Item(code); !ok {
			t.Errorf("document %s has a form but no code", code)
		}
	}
}

func TestOverrideCodes(t *testing.T) {
	t.Parallel()
	base := carried(t)
	set, err := base.With([]policy.Override{
		{Key: "child.source", Item: &policy.Item{Code: "grid", Label: "网格员"}, From: "2026-06-01", Basis: "本街道约定"},
		{Key: "child.source", Item: &policy.Item{Code: "other", Label: "其他", Until: "2026-06-01"}, Basis: "本街道约定"},
	})
	if err != nil {
		t.Fatal(err)
	}
	list, _ := set.Codes("child.source")
	offered := func(on value.Date) (codes string) {
		for _, i := range list.On(on) {
			codes += " " + i.Code
		}
		return codes
	}
	if before := offered("2026-05-31"); strings.Contains(before, "grid") || !strings.Contains(before, "other") {
		t.Errorf("before: %s", before)
	}
	if after := offered("2026-06-01"); !strings.Contains(after, "grid") || strings.Contains(after, "other") {
		t.Errorf("after: %s", after)
	}
	if list.Label("other") != "其他" {
		t.Error("a retired code has lost its name")
	}
	if old, _ := base.Codes("child.source"); old.Label("grid") != "grid" {
		t.Error("an override changed the set it was laid over")
	}
}

func TestStandards(t *testing.T) {
	t.Parallel()
	set := carried(t)
	if s, err := set.Standard("orphan.scattered", "2026-03"); err != nil || s.Amount != 245000 || s.Payable() {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err := set.Standard("orphan.scattered", "2011-12"); err != nil || s.Amount != 140000 {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := set.Standard("orphan.scattered", "2012-01"); !errors.Is(err, policy.ErrNotThen) {
		t.Errorf("between two: %v", err)
	}
	if _, err := set.Standard("nothing", "2026-01"); !errors.Is(err, policy.ErrUnknown) {
		t.Errorf("unknown: %v", err)
	}
	own := policy.Standard{Code: "orphan.scattered", Title: "孤儿基本生活费", Amount: 248000, Unit: "元/人/月", From: "2026-01", Basis: "京民发〔2026〕1号", State: policy.Verified}
	with, err := set.WithStandards([]policy.Standard{own})
	if err != nil {
		t.Fatal(err)
	}
	if s, err := with.Standard("orphan.scattered", "2026-03"); err != nil || s.Amount != 248000 || !s.Payable() {
		t.Errorf("%+v, %v", s, err)
	}
	if s, _ := set.Standard("orphan.scattered", "2026-03"); s.Amount != 245000 {
		t.Error("the set it was laid over has changed")
	}
}

func TestStandardsOverlap(t *testing.T) {
	t.Parallel()
	base := policy.Standard{Code: "a", Title: "甲", Unit: "元/人/月", Basis: "x", State: policy.Verified}
	span := func(from, to value.Month) policy.Standard { s := base; s.From, s.To = from, to; return s }
	for _, tc := range []struct {
		name string
		a, b policy.Standard
		want error
	}{
		{"follow on", span("2026-01", "2026-06"), span("2026-07", ""), nil},
		{"share a month", span("2026-01", "2026-06"), span("2026-06", ""), policy.ErrOverlap},
		{"no end", span("2026-01", ""), span("2027-01", ""), policy.ErrOverlap},
		{"inside", span("2026-01", "2026-12"), span("2026-03", "2026-04"), policy.ErrOverlap},
		{"ends before it begins", span("2026-01", "2025-12"), span("2027-01", ""), policy.ErrMistaken},
		{"no month", span("2026-13", ""), span("2027-01", ""), policy.ErrMistaken},
	} {
		if _, err := carried(t).WithStandards([]policy.Standard{tc.a, tc.b}); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", tc.name, err)
		}
		if _, err := carried(t).WithStandards([]policy.Standard{tc.b, tc.a}); !errors.Is(err, tc.want) {
			t.Errorf("%s, the other way round: %v", tc.name, err)
		}
	}
}

func TestRetention(t *testing.T) {
	t.Parallel()
	set := carried(t)
	if r, ok := set.Retention("child.orphan"); !ok || r.Years != 30 || r.Until == "" || len(set.Retentions()) < 10 {
		t.Errorf("%+v, %v", r, ok)
	}
	if _, ok := set.Retention("no.such"); ok {
		t.Error("an unknown class is found")
	}
}

// A mistake in the data is named with file and line.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	const param = "parameters:\n  - {key: a.b, title: t, type: integer, value: 1, basis: b, state: 示例}\n"
	const list = "lists:\n  - id: a.b\n    title: t\n    basis: b\n    state: 示例\n    items:\n      - 1 一\n"
	for _, tc := range []struct{ name, file, text, why string }{
		{"unknown key", "parameters/x.yaml", "parameters:\n  - {key: a.b, titel: t}\n", `第 2 行：不认识的键 "titel"`},
		{"unknown key at the top", "parameters/x.yaml", "params: []\n", `第 1 行：不认识的键 "params"`},
		{"no basis", "parameters/x.yaml", strings.Replace(param, "basis: b, ", "", 1), "x.yaml:2"},
		{"no such state", "parameters/x.yaml", strings.Replace(param, "示例", "随意", 1), "应为法定"},
		{"wrong value", "parameters/x.yaml", strings.Replace(param, "value: 1", "value: one", 1), "不是数字"},
		{"no value", "parameters/x.yaml", strings.Replace(param, "value: 1, ", "", 1), "值为空"},
		{"no such type", "parameters/x.yaml", strings.Replace(param, "integer", "colour", 1), "colour"},
		{"twice", "parameters/x.yaml", param + strings.SplitN(param, "\n", 2)[1], "x.yaml:3"},
		{"bad key", "parameters/x.yaml", strings.Replace(param, "a.b", "A", 1), "合规"},
		{"no yaml", "parameters/x.yaml", "parameters: [", "x.yaml"},
		{"code twice", "codes/x.yaml", list + "      - 1 又一\n", "x.yaml:8"},
		{"code without a name", "codes/x.yaml", list + "      - {code: \"2\"}\n", "缺名称"},
		{"no such parent", "codes/x.yaml", list + "      - {code: \"2\", label: 二, parent: \"9\"}\n", "上级 9 不存在"},
		{"no such tone", "codes/x.yaml", list + "      - {code: \"2\", label: 二, tone: loud}\n", "tone"},
		{"list twice", "codes/x.yaml", list + strings.SplitN(list, "\n", 2)[1], "写了两次"},
		{"unknown key in a code", "codes/x.yaml", list + "      - {code: \"2\", lable: 二}\n", `第 8 行：不认识的键 "lable"`},
		{"standards overlap", "standards/x.yaml", "standards:\n  - {code: a, title: t, amount: \"1\", unit: u, from: 2026-01, basis: b, state: 示例}\n  - {code: a, title: t, amount: \"2\", unit: u, from: 2026-05, basis: b, state: 示例}\n", "x.yaml:3"},
		{"retention without basis", "retention.yaml", "classes:\n  - {id: a.b, title: t, years: 1, state: 示例}\n", "retention.yaml:2"},
		{"town without a kind", "places/x.tsv", "# basis\n110109001\t大峪街道\n", "x.tsv:2"},
	} {
		_, err := read(t, tc.file, tc.text)
		if !errors.Is(err, policy.ErrMistaken) || !strings.Contains(err.Error(), tc.why) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

// The posts of roles.yaml are a code list like any other.
func TestRoles(t *testing.T) {
	t.Parallel()
	set, err := read(t, "roles.yaml", "roles:\n  - {id: child.officer, title: 儿童经办, domains: [child], level: street}\n")
	if err != nil {
		t.Fatal(err)
	}
	if l, ok := set.Codes("staff.role"); !ok || l.Label("child.officer") != "儿童经办" {
		t.Errorf("%+v, %v", l, ok)
	}
}
