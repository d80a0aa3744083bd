package register_test

import (
	"slices"
	"strings"
	"testing"

	"jiezhen/app/access"
	"jiezhen/app/policy"
	"jiezhen/app/register"
	"jiezhen/assets"
)

// parse reads a definition against the policy and roles that are carried.
func parse(t *testing.T, text string) (*register.Definition, error) {
	t.Helper()
	set, err := policy.Load(assets.FS())
	if err != nil {
		t.Fatal(err)
	}
	roles, err := access.LoadRoles(assets.FS(), "roles.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return register.Parse("trial.yaml", []byte(text), register.World{Facts: facts{set}, Roles: roles.Set()})
}

const trial = `
id: child.trial
title: 试
subject: person
fields:
  - {id: found, label: 发现, type: datetime}
  - {id: reported, label: 报案, type: datetime}
  - {id: took, label: 用时, type: number, compute: "elapsed(found, reported)"}
  - {id: until, label: 止, type: date}
  - {id: review, label: 复核, type: date, compute: "plusdays(until, -60)"}
  - {id: half, label: 半年, type: date, compute: "plusmonths(until, 6)"}
  - {id: sheltered, label: 安置, type: yesno}
  - {id: rooms, label: 间数, type: number}
  - id: reviews
    label: 评估
    type: table
    fields: [{id: date, label: 日期, type: date}]
  - {id: last, label: 最近, type: date, compute: "latest(map(reviews, .date))"}
steps: [{id: open, label: 办}]
criteria:
  - {id: child, label: 年龄, rule: "不满{child.adult.age}周岁", basis: 《民法典》第17条, needs: [subject.birth], that: "age(subject.birth, today) < param('child.adult.age')", shows: "string(age(subject.birth, today)) + '周岁'"}
  - {id: rooms, label: 住房, rule: 有住房, basis: 示例, needs: [rooms], that: "rooms > 0"}
  - {id: shelter, label: 安置, rule: 已安置, basis: 示例, when: sheltered, that: "until != ''"}
`

func TestFunctions(t *testing.T) {
	t.Parallel()
	d, err := parse(t, strings.Replace(trial, "string(age(subject.birth, today)) + '周岁'", "'x'", 1))
	if err != nil {
		t.Fatal(err)
	}
	full := register.Values{"found": "2026-03-02 23:55", "reported": "2026-03-03 00:10", "until": "2026-03-31",
		"reviews": []map[string]any{{"date": "2026-02-01"}, {"date": "2026-05-01"}, {}}}
	for name, row := range map[string]struct {
		values register.Values
		field  string
		want   any
	}{
		"minutes over midnight":  {full, "took", 15},
		"minutes without an end": {register.Values{"found": "2026-03-02 23:55"}, "took", -1},
		"days before":            {full, "review", "2026-01-30"},
		"months after":           {full, "half", "2026-09-30"},
		"no date to move":        {register.Values{}, "review", ""},
		"latest of rows":         {full, "last", "2026-05-01"},
		"latest of none":         {register.Values{}, "last", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, _ := d.Field(row.field)
			got, err := f.Compute.Eval(d.Env(row.values, "2026-03-02"))
			if err != nil || got != row.want {
				t.Errorf("%v %v, want %v", got, err, row.want)
			}
		})
	}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	d, err := parse(t, trial)
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		birth  string
		values register.Values
		want   []string
	}{
		"nothing known":   {"", register.Values{}, []string{"child unknown", "rooms unknown"}},
		"a child":         {"2010-03-03", register.Values{"rooms": 2.0}, []string{"child met", "rooms met"}},
		"of age today":    {"2008-03-01", register.Values{"rooms": 0.0}, []string{"child unmet", "rooms unmet"}},
		"on the birthday": {"2008-03-02", register.Values{"rooms": 1.0}, []string{"child met", "rooms met"}},
		"a rule applies":  {"2010-03-03", register.Values{"rooms": 1.0, "sheltered": true}, []string{"child met", "rooms met", "shelter unmet"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := d.Env(row.values, "2026-03-02")
			env["subject"] = map[string]any{"birth": row.birth}
			found, err := d.Findings(row.values, env)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found {
				got = append(got, f.ID+" "+f.Verdict)
			}
			if !slices.Equal(got, row.want) {
				t.Errorf("%v, want %v", got, row.want)
			}
			if found[0].Asked != "不满18周岁" {
				t.Errorf("asked: %s", found[0].Asked)
			}
			if row.birth == "2008-03-01" && found[0].Value != "18周岁" {
				t.Errorf("shown: %v", found[0].Value)
			}
		})
	}
}

func TestCriteriaMistakes(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][2]string{
		"needs a field that is not there": {"needs: [rooms]", "needs: [walls]"},
		"no basis":                        {"basis: 示例, needs: [rooms]", "needs: [rooms]"},
		"twice":                           {"id: shelter", "id: rooms"},
		"a parameter that is not there":   {"{child.adult.age}", "{child.nothing}"},
		"a field named as a function":     {"id: rooms, label: 间数", "id: latest, label: 间数"},
		"an unknown key":                  {"when: sheltered", "if: sheltered"},
		"meets without criteria":          {"criteria:", "actions: [{id: go, label: 走, by: [child.officer], meets: true}]\nchecks:"},
	} {
		if _, err := parse(t, strings.Replace(trial, change[0], change[1], 1)); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
}

func TestSmallCounts(t *testing.T) {
	t.Parallel()
	d, err := parse(t, trial+"counts: [{id: all, label: 全部, least: \"param('child.count.least')\"}, {id: plain, label: 全部}]\n")
	if err != nil {
		t.Fatal(err)
	}
	for n, small := range map[uint64]bool{0: false, 1: true, 4: true, 5: false, 60: false} {
		if least, got := d.Counts[0].Small(n, "2026-03-02"); got != small || small && least != 5 {
			t.Errorf("%d: small %v, below %d", n, got, least)
		}
		if _, got := d.Counts[1].Small(n, "2026-03-02"); got {
			t.Errorf("%d is small though nothing says so", n)
		}
	}
}
