package staff

import (
	"testing"
	"time"
)

func TestLimitsGoUpwardOnly(t *testing.T) {
	t.Parallel()
	get := func(v int) func(string) (int, bool) { return func(string) (int, bool) { return v, true } }
	for name, c := range map[string]struct{ set, raised, tightened int }{
		"weaker":         {8, 10, 8},
		"the same":       {10, 10, 10},
		"stricter":       {14, 14, 10},
		"beyond reason":  {400, 32, 10},
		"nothing at all": {0, 10, 1},
	} {
		up, down := 10, 10
		raise(&up, 32, "", get(c.set))
		tighten(&down, 1, "", get(c.set))
		if up != c.raised || down != c.tightened {
			t.Errorf("%s: length %d, failures %d; want %d, %d", name, up, down, c.raised, c.tightened)
		}
	}
}

func TestFloorIsTheThirdLevel(t *testing.T) {
	t.Parallel()
	want := Limits{10, 3, 90, 5, 5, 30 * time.Minute, 15 * time.Minute, 12 * time.Hour}
	if got := limitsOf(nil, "2026-03-02"); got != want {
		t.Errorf("without policy the limits are %+v", got)
	}
}
