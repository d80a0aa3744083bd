package staff

import (
	"os"
	"testing"
	"time"

	"jiezhen/app/calendar"
	"jiezhen/app/policy"
)

// loadRules reads the policy of the tests.
func loadRules(t *testing.T) (*policy.Set, *calendar.Calendar) {
	t.Helper()
	files := os.DirFS("testdata")
	rules, err := policy.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	days, err := calendar.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return rules, days
}

func TestLimitsFollowPolicyUpwardOnly(t *testing.T) {
	t.Parallel()
	rules, _ := loadRules(t)
	for name, c := range map[string]struct {
		failures, idle string
		want           Limits
	}{
		"stricter": {"3", "10", Limits{Failures: 3, Idle: 10 * time.Minute}},
		"weaker":   {"50", "600", Limits{Failures: 5, Idle: 15 * time.Minute}},
	} {
		set, err := rules.With([]policy.Override{
			{Key: ParamFailures, Value: c.failures, From: "2026-01-01", Basis: "本单位", State: "示例", Approved: true},
			{Key: ParamIdle, Value: c.idle, From: "2026-01-01", Basis: "本单位", State: "示例", Approved: true}})
		if err != nil {
			t.Fatal(err)
		}
		if got := limitsOf(set, "2026-03-02"); got.Failures != c.want.Failures || got.Idle != c.want.Idle {
			t.Errorf("%s: %d failures, idle %v", name, got.Failures, got.Idle)
		}
	}
}
