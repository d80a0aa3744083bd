package register_test

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"jiezhen/app/access"
	"jiezhen/app/policy"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/assets"
)

// facts answers what the language asks of the policy.
type facts struct{ *policy.Set }

func (f facts) Param(key string, on value.Date) (any, error) {
	p, err := f.Set.Param(key, on)
	return p.Value, err
}

func (f facts) HasCodes(list string) bool { _, ok := f.Codes(list); return ok }

func (f facts) HasCode(list, code string) bool {
	l, _ := f.Codes(list)
	_, ok := l.Item(code)
	return ok
}

// carried loads the registers that the program carries, with the policy and
// roles they are checked against.
func carried(t *testing.T) (*register.Set, *policy.Set) {
	t.Helper()
	set, err := policy.Load(assets.FS())
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
	registers, err := register.Load(files, register.World{Facts: facts{set}, Roles: roles.Set(), Papers: papers(t)})
	if err != nil {
		t.Fatal(err)
	}
	return registers, set
}

// lesson is the policy once the codes and the parameter of the README's walk
// have been added.
type lesson struct{ facts }

func (l lesson) HasParam(key string, prefix bool) bool {
	return key == "child.urge.reply" || l.facts.HasParam(key, prefix)
}

func (l lesson) HasCodes(list string) bool {
	return list == "child.urge.result" || l.facts.HasCodes(list)
}

func (l lesson) HasCode(list, code string) bool {
	return list == "child.urge.result" && code == "none" || l.facts.HasCode(list, code)
}

// The register that the README walks through loads as printed there.
func TestReadme(t *testing.T) {
	t.Parallel()
	text, err := fs.ReadFile(assets.FS(), "registers/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(text), "   id: child.urge\n")
	example, _, found := strings.Cut("   id: child.urge\n"+example, "   ```")
	if !found {
		t.Fatal("no example in the README")
	}
	example = strings.ReplaceAll("\n"+example, "\n   ", "\n")
	_, rules := carried(t)
	roles, err := access.LoadRoles(assets.FS(), "roles.yaml")
	if err != nil {
		t.Fatal(err)
	}
	world := register.World{Facts: lesson{facts{rules}}, Roles: roles.Set(), Papers: papers(t)}
	if _, err := register.Parse("README.md", []byte(example), world); err != nil {
		t.Error(err)
	}
}

// papers are the layouts that exist, by the place of their file.
func papers(t *testing.T) map[string]bool {
	t.Helper()
	names, err := fs.Glob(assets.FS(), "papers/*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, name := range names {
		out[strings.TrimSuffix(strings.TrimPrefix(name, "papers/"), ".yaml")] = true
	}
	return out
}

// The fields that Go code names must be in the registers that it reads.
func TestCarriedFields(t *testing.T) {
	t.Parallel()
	set, _ := carried(t)
	for id, fields := range map[string][]string{
		"person.file": {"name", "former_name", "id_type", "id_number", "temp_number", "id_note", "sex", "birth", "life",
			"death_date", "community", "protected", "protected_reason", "bank_account"},
		"person.relation":  {"other", "relation", "guardian", "carer", "household", "from", "until", "note"},
		"person.change":    {"field", "old", "new"},
		"person.distinct":  {"a", "b", "reason"},
		"person.merge":     {"keep", "drop", "reason"},
		"person.consent":   {"purpose", "withheld", "from", "until", "withdrawn"},
		"place.place":      {"name", "level", "code", "parent", "from", "until", "successor"},
		"party.party":      {"name"},
		"staff.user":       {"login", "name", "roles", "communities", "until"},
		"office.opening":   {"reason", "opened", "until", "opened_by"},
		"office.export":    {"register", "purpose"},
		"office.parameter": {"key", "value", "from", "basis", "state"},
		"office.profile":   {"town_code", "town_name", "name", "seal_name", "single_hand"},
		"office.handover":  {"from", "reason", "last_day", "items", "restricted"},
		"child.file":       {"category", "grade", "last_visit", "last_review", "measures"},
		"child.case":       {"received_at", "grade", "last_visit", "last_meeting", "escalated_at", "goals", "reviews"},
		"child.visit":      {"planned", "actual", "child_seen", "case", "file", "abnormal"},
		"child.service":    {"case", "date", "form"},
	} {
		d, ok := set.Get(id)
		if !ok {
			t.Errorf("no register %s", id)
			continue
		}
		for _, f := range fields {
			if _, ok := d.Field(f); !ok {
				t.Errorf("%s has no field %s", id, f)
			}
		}
	}
}

// Numbers open their rows: each count names the filter that shows them.
func TestCarriedCounts(t *testing.T) {
	t.Parallel()
	set, _ := carried(t)
	for _, d := range set.All() {
		for _, c := range d.Counts {
			if c.When != nil && len(c.Filter) == 0 {
				t.Errorf("%s: count %s does not open its rows", d.ID, c.ID)
			}
		}
	}
}

// A retention class that a register names must exist.
func TestCarriedRetention(t *testing.T) {
	t.Parallel()
	set, rules := carried(t)
	for _, d := range set.All() {
		if _, ok := rules.Retention(d.Retention); d.Retention != "" && !ok {
			t.Errorf("%s: no retention class %s", d.ID, d.Retention)
		}
	}
}

// No record may be caught: an open step that has a deadline has a way out,
// every step can be reached, and who may act may also read.
func TestCarriedSteps(t *testing.T) {
	t.Parallel()
	set, _ := carried(t)
	for _, d := range set.All() {
		reached := map[string]bool{d.First(): true}
		for _, a := range d.Actions {
			reached[a.To] = true
			for _, role := range a.By {
				if !slices.Contains(d.Rights.Read, role) {
					t.Errorf("%s: %s may %s but not read", d.ID, role, a.ID)
				}
			}
		}
		for _, s := range d.Steps {
			if !reached[s.ID] {
				t.Errorf("%s: nothing leads to step %s", d.ID, s.ID)
			}
			if s.Due != nil && !slices.ContainsFunc(d.ActionsFrom(s.ID), func(a *register.Action) bool { return a.To != "" }) {
				t.Errorf("%s: step %s has a deadline and no way out", d.ID, s.ID)
			}
		}
	}
}

// Keys made of a prefix and a code are only checked by prefix when a register
// loads; here every code must have its parameter.
func TestCarriedParameters(t *testing.T) {
	t.Parallel()
	_, rules := carried(t)
	for prefix, list := range map[string]string{
		"child.case.visit.":      "child.risk",
		"child.case.conference.": "child.risk",
		"child.case.response.":   "child.risk",
		"child.visit.category.":  "child.category",
	} {
		codes, ok := rules.Codes(list)
		if !ok {
			t.Errorf("no code list %s", list)
		}
		for _, item := range codes.Items {
			if !rules.HasParam(prefix+item.Code, false) {
				t.Errorf("no parameter %s%s", prefix, item.Code)
			}
		}
	}
}

// Which of a case's duties run, by grade and what has been done.
func TestCaseDuties(t *testing.T) {
	t.Parallel()
	set, _ := carried(t)
	d, _ := set.Get("child.case")
	for name, row := range map[string]struct {
		step   string
		values register.Values
		want   []string
	}{
		"not graded": {"intake", register.Values{"received_at": "2026-03-02"}, nil},
		"red at once": {"plan", register.Values{"grade": "red", "received_at": "2026-03-02", "assessed_at": "2026-03-02"},
			[]string{"response", "urgent_meeting", "visit"}},
		"red, met that day": {"serve", register.Values{"grade": "red", "received_at": "2026-03-02", "assessed_at": "2026-03-02",
			"last_visit": "2026-03-02", "last_meeting": "2026-03-02"}, []string{"meeting", "review", "supervise", "visit"}},
		"yellow in service": {"serve", register.Values{"grade": "yellow", "received_at": "2026-03-02", "last_visit": "2026-03-05"},
			[]string{"meeting", "review", "supervise", "visit"}},
		"not seen twice": {"serve", register.Values{"grade": "blue", "received_at": "2026-03-02", "last_visit": "2026-03-05",
			"escalated_at": "2026-05-05"}, []string{"meeting", "reassess", "review", "supervise", "visit"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := d.Env(row.values, "2026-05-06")
			env["step"] = row.step
			got := map[string]bool{}
			for _, duty := range d.Duties {
				holds, err := duty.When.Holds(env)
				if err != nil {
					t.Fatal(err)
				}
				if !holds {
					continue
				}
				got[duty.ID] = true
				if _, err := duty.Every.Eval(env); err != nil {
					t.Error(err)
				}
			}
			if running := slices.Sorted(maps.Keys(got)); !slices.Equal(running, row.want) {
				t.Errorf("duties %v, want %v", running, row.want)
			}
		})
	}
}
