package value

import (
	"testing"
	"time"
)

const today = Date("2026-11-23")

func TestParseDate(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, typed, want string }{
		{"canonical", "2026-03-02", "2026-03-02"},
		{"slashes", "2026/3/2", "2026-03-02"},
		{"dots", "2026.3.2", "2026-03-02"},
		{"Chinese", "2026年3月2日", "2026-03-02"},
		{"Chinese with blanks", "2026 年 3 月 2 日", "2026-03-02"},
		{"eight digits", "20260302", "2026-03-02"},
		{"full width", "２０２６－０３－０２", "2026-03-02"},
		{"leap day", "2024-02-29", "2024-02-29"},
		{"first day taken", "1900-01-01", "1900-01-01"},
		{"a hundred years ahead", "2126-11-23", "2126-11-23"},
		{"two-digit year", "26-03-02", ""},
		{"30 February", "2026-02-30", ""},
		{"no leap day in 2026", "2026-02-29", ""},
		{"month 13", "20261301", ""},
		{"before 1900", "1899-12-31", ""},
		{"more than a hundred years ahead", "2126-11-24", ""},
		{"words", "去年", ""},
		{"empty", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseDate(tc.typed, today)
			if string(got) != tc.want || (err == nil) != (tc.want != "") {
				t.Errorf("got %q, %v; want %q", got, err, tc.want)
			}
		})
	}
}

func TestDateArithmetic(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name      string
		got, want any
	}{
		{"month end clamps", Date("2026-01-31").AddMonths(1), Date("2026-02-28")},
		{"clamps in a leap year", Date("2024-01-31").AddMonths(1), Date("2024-02-29")},
		{"months backwards", Date("2026-03-31").AddMonths(-13), Date("2025-02-28")},
		{"days over a year", Date("2026-12-31").AddDays(1), Date("2027-01-01")},
		{"weekday", Date("2026-03-02").Weekday(), time.Monday},
		{"between", DaysBetween("2026-03-02", "2026-05-01"), 60},
		{"between backwards", DaysBetween("2026-05-01", "2026-03-02"), -60},
		{"Chinese", Date("2026-03-02").Chinese(), "2026年3月2日"},
		{"month", MonthOf("2026-03-02").Chinese(), "2026年3月"},
		{"no date", Date("").AddDays(1), Date("")},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: got %v, want %v", tc.name, tc.got, tc.want)
		}
	}
}

// Full years count from the day after the birthday (facts D12).
func TestAgeAt(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name      string
		birth, at Date
		rule      LeapRule
		want      int
	}{
		{"on the birthday not yet", "2012-05-01", "2026-05-01", LeapFebruary28, 13},
		{"the day after", "2012-05-01", "2026-05-02", LeapFebruary28, 14},
		{"leap child, 28 February not yet", "2020-02-29", "2026-02-28", LeapFebruary28, 5},
		{"leap child, 1 March", "2020-02-29", "2026-03-01", LeapFebruary28, 6},
		{"leap child by the other rule, 1 March not yet", "2020-02-29", "2026-03-01", LeapMarch1, 5},
		{"leap child by the other rule, 2 March", "2020-02-29", "2026-03-02", LeapMarch1, 6},
		{"leap child in a leap year", "2020-02-29", "2024-03-01", LeapMarch1, 4},
		{"before birth", "2020-02-29", "2019-01-01", LeapMarch1, 0},
		{"unknown", "", "2026-01-01", LeapMarch1, 0},
	} {
		if got := AgeAt(tc.birth, tc.at, tc.rule); got != tc.want {
			t.Errorf("%s: got %d, want %d", tc.name, got, tc.want)
		}
	}
}

func TestParseMonth(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]Month{"2026-03": "2026-03", "2026年3月": "2026-03", "202603": "2026-03", "2026/12": "2026-12", "2026-13": "", "26-03": "", "189901": ""} {
		got, err := ParseMonth(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v", typed, got, err)
		}
	}
}

// Whatever is read is canonical: it reads back as itself and lies in range.
func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-03-02", "2026年3月2日", "20260302", "２０２６．３．２", "26-3-2", "2026-02-30"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		d, err := ParseDate(typed, today)
		if err != nil {
			return
		}
		again, err := ParseDate(string(d), today)
		if err != nil || again != d || len(d) != 10 || d < "1900-01-01" || d > "2126-11-23" {
			t.Errorf("%q gives %q, then %q, %v", typed, d, again, err)
		}
	})
}
