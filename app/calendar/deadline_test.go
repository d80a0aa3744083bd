package calendar_test

import (
	"errors"
	"testing"
	"time"

	"jiezhen/app/calendar"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	out, err := time.ParseInLocation("2006-01-02 15:04", s, time.Local)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	c := load(t)
	shifts := []calendar.Shift{{9 * 60, 12 * 60}, {13 * 60, 17 * 60}}
	for name, tc := range map[string]struct {
		start  string
		limit  calendar.Limit
		pauses []calendar.Span
		want   string
	}{
		"two hours over midnight":      {"2026-02-03 23:30", calendar.Limit{2, calendar.Hours}, nil, "2026-02-04 01:30"},
		"urgent hours take no rest":    {"2026-02-14 20:00", calendar.Limit{24, calendar.UrgentHours}, nil, "2026-02-15 20:00"},
		"thirty minutes":               {"2026-02-03 09:14", calendar.Limit{30, calendar.Minutes}, nil, "2026-02-03 09:44"},
		"four working hours":           {"2026-02-03 10:00", calendar.Limit{4, calendar.WorkHours}, nil, "2026-02-03 15:00"},
		"from before office hours":     {"2026-02-03 06:00", calendar.Limit{1, calendar.WorkHours}, nil, "2026-02-03 10:00"},
		"from the lunch break":         {"2026-02-03 12:30", calendar.Limit{1, calendar.WorkHours}, nil, "2026-02-03 14:00"},
		"over a weekend":               {"2026-03-06 16:00", calendar.Limit{2, calendar.WorkHours}, nil, "2026-03-09 10:00"},
		"ends with the day":            {"2026-02-03 09:00", calendar.Limit{7, calendar.WorkHours}, nil, "2026-02-03 17:00"},
		"a workday ends at midnight":   {"2026-03-06 16:00", calendar.Limit{1, calendar.Workdays}, nil, "2026-03-09 23:59"},
		"seven plain days":             {"2026-03-06 16:00", calendar.Limit{7, calendar.PlainDays}, nil, "2026-03-13 23:59"},
		"hours stand still in a pause": {"2026-02-03 22:00", calendar.Limit{4, calendar.Hours}, []calendar.Span{{From: "2026-02-04", Until: "2026-02-06"}}, "2026-02-06 02:00"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.Deadline(at(t, tc.start), tc.limit, shifts, tc.pauses)
			if err != nil || got.At.Format("2006-01-02 15:04") != tc.want || len(got.Days) == 0 {
				t.Errorf("due %s, %v; %v", got.At.Format("2006-01-02 15:04"), err, got.Days)
			}
		})
	}
	if _, err := c.Deadline(at(t, "2026-02-03 22:00"), calendar.Limit{4, calendar.Hours}, shifts, []calendar.Span{{From: "2026-02-04"}}); !errors.Is(err, calendar.ErrPaused) {
		t.Errorf("a pause without end: %v", err)
	}
	if _, err := c.Deadline(at(t, "2026-02-03 22:00"), calendar.Limit{4, calendar.WorkHours}, nil, nil); err == nil {
		t.Error("without office hours there is a deadline")
	}
}

func TestParseShift(t *testing.T) {
	t.Parallel()
	if s, err := calendar.ParseShift("09:00-12:30"); err != nil || s != (calendar.Shift{540, 750}) {
		t.Errorf("got %v, %v", s, err)
	}
	for _, bad := range []string{"", "9-12", "12:00-09:00", "09:00", "25:00-26:00"} {
		if _, err := calendar.ParseShift(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
