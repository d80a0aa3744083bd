package register_test

import (
	"strings"
	"testing"

	"jiezhen/app/register"
	"jiezhen/app/value"
)

// TestOrphanVerdict holds the register to the matrix of the parents' states
// (facts B6): father's and mother's state, with the dates that some need.
func TestOrphanVerdict(t *testing.T) {
	t.Parallel()
	set, _ := carried(t)
	d, _ := set.Get("child.orphan")
	const today = value.Date("2026-03-02")
	for name, row := range map[string]struct {
		values register.Values
		want   string
	}{
		"both dead":                              {parents("1", "1"), "orphan"},
		"dead and missing":                       {parents("1", "2"), "orphan"},
		"both missing":                           {parents("2", "2"), "orphan"},
		"dead, disabled":                         {parents("1", "3"), "unsupported"},
		"ill and disabled":                       {parents("4", "3"), "unsupported"},
		"rights revoked and deported":            {parents("9", "10"), "unsupported"},
		"dead, mother able":                      {parents("1", "0"), "neither"},
		"disabled, mother able":                  {parents("3", "0"), "neither"},
		"both able":                              {parents("0", "0"), "neither"},
		"father unknown":                         {parents("99", "1"), "unclear"},
		"father unknown, mother able":            {parents("99", "0"), "neither"},
		"prison for six months to the day":       {dated("1", "5", "2026-01-01", "2026-06-30"), "unsupported"},
		"prison, a day short":                    {dated("1", "5", "2026-01-01", "2026-06-29"), "neither"},
		"treatment, dates not known":             {dated("1", "6", "", ""), "unclear"},
		"other custody for a year":               {dated("8", "7", "2026-01-01", "2026-12-31"), "unsupported"},
		"lost for six months to the day":         {dated("1", "8", "2025-09-02", ""), "unsupported"},
		"lost, a day short":                      {dated("1", "8", "2025-09-03", ""), "neither"},
		"lost, no report to the police":          {dated("1", "8", "", ""), "unclear"},
		"not filled in":                          {register.Values{"father_state": "1"}, ""},
		"parents not to be found":                {register.Values{"foundling": true}, "orphan"},
		"first sample: prison and lost":          {register.Values{"father_state": "5", "father_from": "2024-06-30", "father_until": "2029-06-30", "mother_state": "8", "mother_from": "2024-11-08"}, "unsupported"},
		"third sample: mother able, father lost": {register.Values{"father_state": "8", "father_from": "2025-01-08", "mother_state": "0"}, "neither"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values := row.values.Clone()
			if values["father_state"] == "8" && values["father_from"] == nil {
				values["father_from"] = "2025-01-01"
			}
			if got := computed(t, d, values, today)["verdict"]; got != row.want {
				t.Errorf("%v, want %s: %v", got, row.want, values)
			}
		})
	}
}

func parents(father, mother string) register.Values {
	return register.Values{"father_state": father, "mother_state": mother}
}

// dated has the mother's state run between two days.
func dated(father, mother, from, until string) register.Values {
	v := parents(father, mother)
	v["mother_from"], v["mother_until"] = from, until
	return v
}

// computed fills in the fields that the program fills in.
func computed(t *testing.T, d *register.Definition, values register.Values, today value.Date) register.Values {
	t.Helper()
	for _, f := range d.Fields {
		if f.Compute == nil {
			continue
		}
		env := d.Env(values, today)
		env["subject"] = map[string]any{"birth": "2014-09-06", "sex": "1"}
		v, err := f.Compute.Eval(env)
		if err != nil {
			t.Fatal(err)
		}
		values[f.ID] = v
	}
	return values
}

// Months begin after the decision and end after the cause has gone.
func TestOrphanMonths(t *testing.T) {
	t.Parallel()
	set, _ := carried(t)
	d, _ := set.Get("child.orphan")
	v := computed(t, d, register.Values{"decision": "yes", "decision_at": "2026-01-31", "ended_at": "2027-12-31"}, "2028-01-01")
	if v["from_month"] != "2026-02" || v["stop_month"] != "2028-01" || v["adult_on"] != "2032-09-06" {
		t.Errorf("from %v, stopped %v, of age %v", v["from_month"], v["stop_month"], v["adult_on"])
	}
}

// Nothing of the whole way is made public, ever: no field, action or paper
// speaks of it but to forbid it.
func TestOrphanNeverPublic(t *testing.T) {
	t.Parallel()
	set, _ := carried(t)
	d, _ := set.Get("child.orphan")
	for _, f := range d.Fields {
		if publicNotice(f.Label) {
			t.Errorf("field %s: %s", f.ID, f.Label)
		}
	}
	for _, a := range d.Actions {
		if publicNotice(a.Label) {
			t.Errorf("action %s: %s", a.ID, a.Label)
		}
	}
	for _, s := range d.Steps {
		if publicNotice(s.Label) {
			t.Errorf("step %s: %s", s.ID, s.Label)
		}
	}
}

func publicNotice(label string) bool {
	return strings.Contains(label, "公示") || strings.Contains(label, "公告")
}
