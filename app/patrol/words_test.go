package patrol

import (
	"strconv"
	"testing"
	"testing/quick"
)

func TestClockText(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{"": "", "905": "09:05", "0905": "09:05", "9:05": "09:05", "９：０５": "09:05", "9.05": "09:05", "9点5分": "09:05", "9": "09:00", "23:59": "23:59", "14时": "14:00"} {
		if got, ok := clockText(typed); !ok || got != want {
			t.Errorf("%q is %q, %v; want %q", typed, got, ok, want)
		}
	}
	for _, typed := range []string{"25:00", "9:60", "上午", "12345", "-1", "9:05:06"} {
		if got, ok := clockText(typed); ok {
			t.Errorf("%q is taken for %q", typed, got)
		}
	}
}

// TestClockTextSettles reads what it wrote: any text gives a time that reads
// as itself, or none.
func TestClockTextSettles(t *testing.T) {
	t.Parallel()
	settles := func(typed string) bool {
		text, ok := clockText(typed)
		if !ok {
			return true
		}
		again, ok := clockText(text)
		return ok && again == text && (text == "" || minutes(text) >= 0)
	}
	digits := func(n uint16) bool { return settles(strconv.Itoa(int(n))) }
	for _, property := range []any{settles, digits} {
		if err := quick.Check(property, &quick.Config{MaxCount: 5000}); err != nil {
			t.Error(err)
		}
	}
}

func TestParseEvery(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]Every{"每工作日1次": {"workday", 1, "每工作日1次"}, "每日1次": {"day", 1, "每日1次"}, "每周2次": {"week", 2, "每周2次"}, "按班": {"shift", 0, "按班"}} {
		if got, ok := ParseEvery(words); !ok || got != want {
			t.Errorf("%s is %+v, %v", words, got, ok)
		}
	}
	for _, words := range []string{"", "每周", "每周0次", "每周8次", "每日2次", "常去"} {
		if got, ok := ParseEvery(words); ok {
			t.Errorf("%s is taken for %+v", words, got)
		}
	}
}

func TestWeekDue(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][]int{1: {6}, 2: {3, 6}, 3: {2, 4, 6}, 7: {0, 1, 2, 3, 4, 5, 6}} {
		for k, day := range want {
			if got := weekDue(k, n); got != day {
				t.Errorf("call %d of %d is due on day %d, want %d", k+1, n, got, day)
			}
		}
	}
}

func TestWhatCountsAsACall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name              string
		at, left, result  string
		declared, counted bool
	}{
		{"stayed three minutes", "09:00", "09:03", "", false, true},
		{"stayed two minutes, said nothing", "09:00", "09:02", "", false, false},
		{"stayed two minutes, found something", "09:00", "09:02", Found, false, true},
		{"declared nothing wrong", "09:00", "", Clear, false, true},
		{"no time, no declaration for the rest", "", "", Clear, false, false},
		{"no time, the rest declared", "", "", Clear, true, true},
		{"came, and nothing more", "09:00", "", "", false, false},
		{"did not come", "", "", Absent, true, false},
	} {
		row := map[string]any{"at": c.at, "left": c.left, "result": c.result}
		if why := invalid(row, 3, c.declared); (why == "") != c.counted {
			t.Errorf("%s: %q", c.name, why)
		}
	}
}

func TestSettle(t *testing.T) {
	t.Parallel()
	rounds := func(steps ...string) []*Round {
		var out []*Round
		for i, s := range steps {
			out = append(out, &Round{ID: uint64(i + 1), Step: s})
		}
		return out
	}
	five := []string{"filed", "filed", "filed", "filed", "filed"}
	for _, c := range []struct {
		name             string
		rounds           []*Round
		again            bool
		wanted, proposed int
	}{
		{"ten of a hundred, at least one", rounds(five...), false, 1, 1},
		{"doubled", rounds(append(five, five...)...), true, 2, 2},
		{"one looked into already", rounds("passed", "filed", "filed"), false, 1, 0},
		{"none", nil, true, 0, 0},
	} {
		s := Sample{Rounds: c.rounds, Again: c.again}
		s.settle(rules{sample: 10, again: 2})
		if s.Wanted != c.wanted || len(s.Proposed) != c.proposed {
			t.Errorf("%s: %d wanted, %d proposed", c.name, s.Wanted, len(s.Proposed))
		}
	}
}
