package returns

import (
	"slices"
	"testing"

	"jiezhen/app/value"
)

func TestPeriods(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ written, first, last, before, ago, chinese string }{
		{"2026-01", "2026-01-01", "2026-01-31", "2025-12", "2025-01", "2026年1月"},
		{"2024-02", "2024-02-01", "2024-02-29", "2024-01", "2023-02", "2024年2月"},
		{"2026Q1", "2026-01-01", "2026-03-31", "2025Q4", "2025Q1", "2026年第一季度"},
		{"2026Q4", "2026-10-01", "2026-12-31", "2026Q3", "2025Q4", "2026年第四季度"},
		{"2026", "2026-01-01", "2026-12-31", "2025", "2025", "2026年"},
	} {
		p, err := ParsePeriod(row.written)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{p.String(), string(p.First), string(p.Last), p.Before().String(), p.YearAgo().String(), p.Chinese()}
		if want := []string{row.written, row.first, row.last, row.before, row.ago, row.chinese}; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", row.written, got, want)
		}
		if back := p.Before().After(); back != p {
			t.Errorf("%s: before and after give %v", row.written, back)
		}
	}
	for _, wrong := range []string{"", "2026-13", "2026Q5", "2026-1", "20266", "../x", "2026-00", "1800"} {
		if _, err := ParsePeriod(wrong); err == nil {
			t.Errorf("%q was read", wrong)
		}
	}
	if p := PeriodOf(Quarter, value.Date("2026-11-27")); p.String() != "2026Q4" {
		t.Errorf("27 November lies in %s", p)
	}
}

// TestSecondary hides so much that nothing hidden can be worked out of the
// total, and no more.
func TestSecondary(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		counts []int
		total  int
		hide   []bool
	}{
		"nothing small":                  {[]int{5, 9, 0}, 14, []bool{false, false, false}},
		"one small":                      {[]int{2, 9, 7}, 18, []bool{false, false, true}},
		"two small, too few together":    {[]int{1, 1, 7, 9}, 18, []bool{false, false, true, false}},
		"two small, enough together":     {[]int{3, 4, 7}, 14, []bool{false, false, false}},
		"small total says nothing":       {[]int{2, 1, 0}, 3, []bool{false, false, false}},
		"one small and nothing to hide":  {[]int{2, 0, 0}, 5, []bool{false, false, false}},
		"one small beside one that fits": {[]int{2, 5}, 7, []bool{false, true}},
	} {
		if got := secondary(row.counts, row.total, 5); !slices.Equal(got, row.hide) {
			t.Errorf("%s: hides %v, want %v", name, got, row.hide)
		}
	}
}

// TestCrossed hides, beside the one small cell, one more in its row and one
// more in its column, and settles.
func TestCrossed(t *testing.T) {
	t.Parallel()
	rows, columns := []named{{"a", ""}, {"b", ""}}, []named{{"x", ""}, {"y", ""}}
	have := map[key]*tally{}
	for k, n := range map[key]int{{"a", "x"}: 2, {"a", "y"}: 8, {"b", "x"}: 9, {"b", "y"}: 7, {"a", ""}: 10, {"b", ""}: 16, {"", "x"}: 11, {"", "y"}: 15, {}: 26} {
		for range n {
			have[k] = have[k].with()
		}
	}
	got := hideCrossed(have, rows, columns, 5)
	want := [][]bool{{false, true, false}, {true, true, false}, {false, false, false}}
	for i := range want {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("row %d: hides %v, want %v", i, got[i], want[i])
		}
	}
}

// with counts one more.
func (t *tally) with() *tally {
	if t == nil {
		t = &tally{}
	}
	t.enter(counted{})
	return t
}
