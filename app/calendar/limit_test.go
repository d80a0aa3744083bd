package calendar_test

import (
	"testing"
	"time"

	"jiezhen/app/calendar"
)

func TestParseLimit(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ typed, want, chinese string }{
		{"15 workdays", "15 workdays", "15个工作日"}, {"15个工作日", "15 workdays", "15个工作日"}, {"15 工作日", "15 workdays", "15个工作日"},
		{"30日", "30 days", "30日"}, {"7天", "7 plaindays", "7天"}, {"3个月", "3 months", "3个月"}, {"3 plainmonths", "3 plainmonths", "3个月"},
		{"24小时", "24 hours", "24小时"}, {"15 minutes", "15 minutes", "15分钟"}, {"2周", "14 plaindays", "14天"}, {"0 plaindays", "0 plaindays", "当日"}, {"0 minutes", "0 minutes", "立即"},
		{"", "", ""}, {"15", "", ""}, {"-1 days", "", ""}, {"15 fortnights", "", ""}, {"999999 days", "", ""}, {"many days", "", ""},
	} {
		l, err := calendar.ParseLimit(tc.typed)
		if tc.want == "" {
			if err == nil {
				t.Errorf("%q is taken as %v", tc.typed, l)
			}
			continue
		}
		if err != nil || l.String() != tc.want || l.Chinese() != tc.chinese {
			t.Errorf("%q: %s, %s, %v", tc.typed, l, l.Chinese(), err)
		}
	}
}

func TestInstant(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 5, 1, 21, 10, 0, 0, time.UTC)
	if end, ok := (calendar.Limit{N: 24, Unit: calendar.Hours}).Instant(start); !ok || !end.Equal(start.AddDate(0, 0, 1)) {
		t.Errorf("24 hours end at %v", end)
	}
	if _, ok := (calendar.Limit{N: 1, Unit: calendar.Days}).Instant(start); ok {
		t.Error("a day has an instant")
	}
}
