package calendar_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"jiezhen/app/calendar"
	"jiezhen/app/value"
	"jiezhen/assets"
)

func load(t testing.TB) *calendar.Calendar {
	t.Helper()
	c, err := calendar.Load(assets.FS())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestYears(t *testing.T) {
	t.Parallel()
	c := load(t)
	for year := 2020; year <= 2026; year++ {
		if !c.Has(year) || !strings.Contains(c.Notice(year), "国办发明电") {
			t.Errorf("%d: notice %q", year, c.Notice(year))
		}
	}
	if got := c.Years(); len(got) != 7 || got[6] != 2026 {
		t.Errorf("years %v", got)
	}
}

func TestWorkday(t *testing.T) {
	t.Parallel()
	c := load(t)
	for _, tc := range []struct {
		day   value.Date
		works bool
		why   string
	}{
		{"2026-03-02", true, "工作日"}, {"2026-03-07", false, "周末"}, {"2026-05-01", false, "劳动节放假"},
		{"2026-05-09", true, "劳动节调休上班"}, {"2025-01-26", true, "春节调休上班"}, {"2024-02-04", true, "春节调休上班"}, {"2026-10-08", true, "工作日"},
	} {
		works, why, err := c.Workday(tc.day)
		if err != nil || works != tc.works || why != tc.why {
			t.Errorf("%s: %v %q %v", tc.day, works, why, err)
		}
	}
}

// The facts' own examples (D12, E-B06, E-B10, E-B12) and the edges.
func TestDue(t *testing.T) {
	t.Parallel()
	c := load(t)
	for _, tc := range []struct {
		name          string
		start         value.Date
		limit         string
		nominal, want value.Date
	}{
		{"15 workdays", "2026-03-02", "15 workdays", "2026-03-23", "2026-03-23"},
		{"60 days run into Labour Day", "2026-03-02", "60 days", "2026-05-01", "2026-05-06"},
		{"30 days run into Labour Day", "2026-04-01", "30 days", "2026-05-01", "2026-05-06"},
		{"foster care settles in for 60 days", "2026-01-10", "60 plaindays", "2026-03-11", "2026-03-11"},
		{"a notice of 60 days does not move", "2026-03-05", "60 plaindays", "2026-05-04", "2026-05-04"},
		{"end on Saturday", "2026-03-02", "5 days", "2026-03-07", "2026-03-09"},
		{"plain days stay on Saturday", "2026-03-02", "5 plaindays", "2026-03-07", "2026-03-07"},
		{"end on a make-up Saturday", "2026-05-04", "5 days", "2026-05-09", "2026-05-09"},
		{"make-up Saturday counts", "2026-05-08", "1 workdays", "2026-05-09", "2026-05-09"},
		{"start on a holiday", "2026-05-01", "1 workdays", "2026-05-06", "2026-05-06"},
		{"over the new year", "2025-12-31", "1 workdays", "2026-01-04", "2026-01-04"},
		{"month end", "2026-01-31", "1 plainmonths", "2026-02-28", "2026-02-28"},
		{"month runs into a holiday", "2026-04-01", "1 months", "2026-05-01", "2026-05-06"},
		{"24 hours", "2026-05-01", "24 hours", "2026-05-02", "2026-05-02"},
		{"25 hours", "2026-05-01", "25 hours", "2026-05-03", "2026-05-03"},
		{"90 minutes", "2026-05-01", "90 minutes", "2026-05-02", "2026-05-02"},
		{"the same day", "2026-05-01", "0 plaindays", "2026-05-01", "2026-05-01"},
		{"plain days need no table", "2030-01-01", "7 plaindays", "2030-01-08", "2030-01-08"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			l, err := calendar.ParseLimit(tc.limit)
			if err != nil {
				t.Fatal(err)
			}
			due, err := c.Due(tc.start, l)
			if err != nil || due.Date != tc.want || due.Nominal != tc.nominal {
				t.Errorf("got %s (%s), %v; want %s (%s)", due.Date, due.Nominal, err, tc.want, tc.nominal)
			}
			if last := due.Days[len(due.Days)-1]; last.Date != due.Date || last.Reason == "" {
				t.Errorf("the explanation ends with %+v", last)
			}
		})
	}
}

func TestExplanation(t *testing.T) {
	t.Parallel()
	due, err := load(t).Due("2026-04-28", calendar.Limit{N: 3, Unit: calendar.Days})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range due.Days {
		got = append(got, string(d.Date[5:])+" "+d.Reason)
	}
	want := "04-28 起算日，不计入|04-29 自然日|04-30 自然日|05-01 届满，遇劳动节放假顺延|05-02 劳动节放假，顺延|05-03 劳动节放假，顺延|05-04 劳动节放假，顺延|05-05 劳动节放假，顺延|05-06 顺延至次一工作日"
	if strings.Join(got, "|") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "|"), want)
	}
}

// A year without a table is never guessed.
func TestNoTable(t *testing.T) {
	t.Parallel()
	c := load(t)
	for _, l := range []calendar.Limit{{N: 15, Unit: calendar.Workdays}, {N: 30, Unit: calendar.Days}, {N: 1, Unit: calendar.Months}} {
		_, err := c.Due("2026-12-20", l)
		var missing *calendar.NoTableError
		if !errors.As(err, &missing) || missing.Year != 2027 || !strings.Contains(missing.Error(), "导入") {
			t.Errorf("%s: %v", l, err)
		}
	}
}

func TestPauses(t *testing.T) {
	t.Parallel()
	c := load(t)
	for _, tc := range []struct {
		name   string
		limit  string
		pauses []calendar.Span
		want   value.Date
	}{
		{"workdays in a pause do not count", "15 workdays", []calendar.Span{{From: "2026-03-09", Until: "2026-03-16"}}, "2026-03-30"},
		{"days", "10 plaindays", []calendar.Span{{From: "2026-03-05", Until: "2026-03-10"}}, "2026-03-17"},
		{"months", "1 plainmonths", []calendar.Span{{From: "2026-03-05", Until: "2026-03-10"}}, "2026-04-07"},
		{"two that overlap count once", "10 plaindays", []calendar.Span{{From: "2026-03-05", Until: "2026-03-10"}, {From: "2026-03-08", Until: "2026-03-12"}}, "2026-03-19"},
		{"one before the start", "10 plaindays", []calendar.Span{{From: "2026-01-05", Until: "2026-02-10"}}, "2026-03-12"},
		{"one after the end", "10 plaindays", []calendar.Span{{From: "2026-04-05", Until: "2026-04-10"}}, "2026-03-12"},
	} {
		l, _ := calendar.ParseLimit(tc.limit)
		due, err := c.DueWith("2026-03-02", l, tc.pauses)
		if err != nil || due.Date != tc.want {
			t.Errorf("%s: got %s, %v; want %s", tc.name, due.Date, err, tc.want)
		}
	}
	_, err := c.DueWith("2026-03-02", calendar.Limit{N: 10, Unit: calendar.Days}, []calendar.Span{{From: "2026-03-05"}})
	if !errors.Is(err, calendar.ErrPaused) {
		t.Errorf("an open pause gives %v", err)
	}
}

// A month is the same whether or not a pause lies elsewhere: every limit is
// monotone in its start, its number and its pauses.
func FuzzDue(f *testing.F) {
	c := load(f)
	f.Add(uint16(100), uint8(15), uint8(0), uint8(3))
	f.Add(uint16(2200), uint8(60), uint8(1), uint8(0))
	units := []calendar.Unit{calendar.Days, calendar.PlainDays, calendar.Workdays, calendar.Months, calendar.PlainMonths, calendar.Hours}
	f.Fuzz(func(t *testing.T, from uint16, n, unit, pause uint8) {
		start := value.Date("2020-01-01").AddDays(int(from % 2300))
		l := calendar.Limit{N: int(n % 40), Unit: units[int(unit)%len(units)]}
		span := []calendar.Span{{From: start.AddDays(2), Until: start.AddDays(2 + int(pause%30))}}
		due, err := c.Due(start, l)
		var missing *calendar.NoTableError
		if errors.As(err, &missing) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if due.Date < due.Nominal || due.Nominal < start {
			t.Errorf("%s from %s: %s, nominal %s", l, start, due.Date, due.Nominal)
		}
		for _, later := range []func() (calendar.Due, error){
			func() (calendar.Due, error) { return c.Due(start.AddDays(1), l) },
			func() (calendar.Due, error) { return c.Due(start, calendar.Limit{N: l.N + 1, Unit: l.Unit}) },
			func() (calendar.Due, error) { return c.DueWith(start, l, span) },
		} {
			if next, err := later(); err == nil && next.Date < due.Date {
				t.Errorf("%s from %s is due %s, and what is later %s", l, start, due.Date, next.Date)
			}
		}
	})
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	full := "date\tkind\tname\n"
	for i := range 12 {
		full += string(value.Date("2027-01-01").AddDays(i)) + "\t休\t元旦\n"
	}
	for _, tc := range []struct{ name, file, text, why string }{
		{"too short", "2027.tsv", "2027-01-01\t休\t元旦\n", "不像完整"},
		{"another year's day", "2027.tsv", full + "2028-01-01\t休\t元旦\n", "不是2027年"},
		{"twice", "2027.tsv", full + "2027-01-01\t班\t元旦\n", "写了两次"},
		{"neither off nor on", "2027.tsv", full + "2027-02-01\t假\t元旦\n", "第 14 行"},
		{"two columns", "2027.tsv", full + "2027-02-01\t休\n", "三列"},
		{"no year", "next.tsv", full, "文件名"},
	} {
		_, err := calendar.Load(fstest.MapFS{"holidays/" + tc.file: {Data: []byte(tc.text)}})
		if err == nil || !strings.Contains(err.Error(), tc.why) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
	c, err := load(t).With(2027, []byte("\ufeff# 通知\n"+full))
	if err != nil || !c.Has(2027) || c.Notice(2026) == "" {
		t.Errorf("importing a year: %v", err)
	}
	if works, _, _ := c.Workday("2027-01-04"); works {
		t.Error("an imported day off is a workday")
	}
}
