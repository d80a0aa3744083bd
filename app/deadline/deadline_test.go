package deadline_test

import (
	"crypto/rand"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/calendar"
	"jiezhen/app/deadline"
	"jiezhen/app/record"
	"jiezhen/assets"
)

// inOffice runs a test in a transaction of a real office; the holidays are
// those of 2026: off from 15 to 23 February, at work on Saturday the 14th and
// the 28th.
func inOffice(t *testing.T, fn func(tx *record.Tx)) {
	t.Helper()
	dir := t.TempDir()
	now := func() time.Time { return deadline.Parse("2026-02-03 08:00") }
	house, err := app.Enter(t.Context(), app.Config{Dir: filepath.Join(dir, "data"), KeyDir: filepath.Join(dir, "keys"), Assets: assets.FS(),
		Clock: now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), PasswordCost: app.Cost{Memory: 64, Passes: 1, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = house.Leave() })
	if _, err := house.Found(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := house.Office().Book.View(t.Context(), access.Office(), func(tx *record.Tx) error { fn(tx); return nil }); err != nil {
		t.Fatal(err)
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	inOffice(t, func(tx *record.Tx) {
		for _, tc := range []struct {
			name, start, limit string
			pauses             []record.Pause
			due                string
			why                string // part of the reason
		}{
			{"natural hours", "2026-02-03 08:00", "2 hours", nil, "2026-02-03 10:00", "自然时"},
			{"natural hours over midnight", "2026-02-03 08:00", "24 hours", nil, "2026-02-04 08:00", "2026-02-04"},
			{"minutes over midnight", "2026-02-03 23:50", "30 minutes", nil, "2026-02-04 00:20", ""},
			{"urgent hours run through a holiday", "2026-02-16 23:00", "2 urgenthours", nil, "2026-02-17 01:00", ""},
			{"working hours stop at noon", "2026-02-03 11:00", "4 workhours", nil, "2026-02-03 16:00", ""},
			{"working hours begin with the office", "2026-02-03 06:00", "4 workhours", nil, "2026-02-03 14:00", ""},
			{"working hours end with the day", "2026-02-03 13:00", "5 workhours", nil, "2026-02-03 18:00", ""},
			{"working hours over a weekend", "2026-02-06 17:00", "4 workhours", nil, "2026-02-09 12:00", "2026-02-07"},
			{"working hours on a Saturday at work", "2026-02-13 17:30", "4 workhours", nil, "2026-02-14 13:30", "2026-02-14"},
			{"working hours over the Spring Festival", "2026-02-14 20:00", "4 workhours", nil, "2026-02-24 14:00", "春节"},
			{"workdays with an exchanged Saturday", "2026-02-13 10:00", "5 workdays", nil, "2026-02-27 23:59", "春节"},
			{"plain days", "2026-02-03 08:00", "7 plaindays", nil, "2026-02-10 23:59", ""},
			{"plain days do not roll", "2026-02-09 08:00", "7 plaindays", nil, "2026-02-16 23:59", ""},
			{"days roll off a holiday", "2026-02-09 08:00", "7 days", nil, "2026-02-24 23:59", ""},
			{"hours with a pause", "2026-02-03 08:00", "24 hours", []record.Pause{{From: "2026-02-04", Until: "2026-02-06"}}, "2026-02-06 08:00", "暂停计时"},
			{"workdays with a pause", "2026-02-03 08:00", "3 workdays", []record.Pause{{From: "2026-02-04", Until: "2026-02-06"}}, "2026-02-10 23:59", "暂停"},
			{"a pause before the start", "2026-02-03 08:00", "24 hours", []record.Pause{{From: "2026-01-04", Until: "2026-01-06"}}, "2026-02-04 08:00", ""},
			{"two pauses", "2026-02-03 08:00", "48 hours", []record.Pause{{From: "2026-02-04", Until: "2026-02-05"}, {From: "2026-02-06", Until: "2026-02-07"}}, "2026-02-07 08:00", ""},
		} {
			limit, err := calendar.ParseLimit(tc.limit)
			if err != nil {
				t.Fatal(err)
			}
			c := deadline.Clock{Label: "办结", Start: deadline.Parse(tc.start)}
			if err := c.Count(tx, &record.Record{Pauses: tc.pauses}, limit); err != nil {
				t.Fatal(err)
			}
			if c.Stamp() != tc.due || c.Broken != "" || !strings.Contains(c.Why(), tc.why) || len(c.Days) == 0 {
				t.Errorf("%s: due %s, want %s; %s%s", tc.name, c.Stamp(), tc.due, c.Broken, c.Why())
			}
		}
	})
}

// What cannot be worked out says why, and is worked out as soon as it can be.
func TestCountSaysWhyNot(t *testing.T) {
	t.Parallel()
	inOffice(t, func(tx *record.Tx) {
		for _, tc := range []struct {
			name, start, limit, broken string
			pauses                     []record.Pause
		}{
			{"no start", "", "24 hours", "没有起算的时间", nil},
			{"a pause that goes on", "2026-02-03 08:00", "24 hours", "暂停计时", []record.Pause{{From: "2026-02-03"}}},
			{"a year without holidays", "2026-12-30 08:00", "5 workdays", "2027", nil},
		} {
			limit, _ := calendar.ParseLimit(tc.limit)
			c := deadline.Clock{Start: deadline.Parse(tc.start)}
			if err := c.Count(tx, &record.Record{Pauses: tc.pauses}, limit); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(c.Broken, tc.broken) || c.Stamp() != "" || c.Why() != c.Broken || c.Late(deadline.Parse("2030-01-01 00:00")) {
				t.Errorf("%s: %q, due %q", tc.name, c.Broken, c.Stamp())
			}
			c.Start = deadline.Parse("2026-03-03 08:00")
			if err := c.Count(tx, &record.Record{}, limit); err != nil || c.Broken != "" || c.Due.IsZero() {
				t.Errorf("%s: reopened in March it is due %q, %q, %v", tc.name, c.Stamp(), c.Broken, err)
			}
		}
	})
}

func TestParam(t *testing.T) {
	t.Parallel()
	inOffice(t, func(tx *record.Tx) {
		c := deadline.Clock{Label: "到场", Start: deadline.Parse("2026-02-03 09:14")}
		if err := c.Param(tx, &record.Record{}, "governance.whistle.emergency"); err != nil || c.Stamp() != "2026-02-03 09:44" || c.State != "示例" || c.Limit == "" {
			t.Errorf("%+v, %v", c, err)
		}
		c.Allow(deadline.Parse("2026-02-09 12:00"), "批准延期")
		if c.Stamp() != "2026-02-09 12:00" || c.State != "" || c.Limit != "批准延期" || len(c.Days) > 0 {
			t.Errorf("allowed: %+v", c)
		}
		c.Allow(time.Time{}, "挂账期限")
		if c.Limit != "批准延期" {
			t.Error("nothing allowed takes the place of what is")
		}
		again := deadline.Clock{Start: deadline.Parse("2026-02-09 12:00"), Due: deadline.Parse("2026-02-09 13:00")}
		again.Allow(deadline.Parse("2026-02-09 12:00"), "批准延期")
		if again.Stamp() != "2026-02-09 13:00" {
			t.Errorf("an extension from before it was taken up again: %+v", again)
		}
		if err := c.Param(tx, &record.Record{}, "no.such"); err == nil {
			t.Error("an unknown parameter passes")
		}
		none := deadline.Clock{}
		if err := none.Param(tx, &record.Record{}, "governance.whistle.emergency"); err != nil || none.Broken == "" {
			t.Errorf("without a start: %+v, %v", none, err)
		}
	})
}

func TestLate(t *testing.T) {
	t.Parallel()
	at := deadline.Parse
	for _, tc := range []struct {
		name, due, done, now string
		late                 bool
	}{
		{"in time", "2026-02-03 10:00", "2026-02-03 10:00", "2026-03-01 00:00", false},
		{"a minute late", "2026-02-03 10:00", "2026-02-03 10:01", "2026-02-03 10:01", true},
		{"not done, on the minute", "2026-02-03 10:00", "", "2026-02-03 10:00", false},
		{"not done, over", "2026-02-03 10:00", "", "2026-02-03 10:01", true},
		{"no deadline", "", "2026-02-03 10:00", "2026-03-01 00:00", false},
	} {
		c := deadline.Clock{Due: at(tc.due), Done: at(tc.done)}
		if c.Late(at(tc.now)) != tc.late {
			t.Errorf("%s: %v", tc.name, !tc.late)
		}
	}
	if got := deadline.EndOf("2026-02-03").Format(deadline.Minute); got != "2026-02-03 23:59" {
		t.Errorf("a day ends at %s", got)
	}
	if !deadline.EndOf("").IsZero() || !deadline.Parse("2026-02-30 10:00").IsZero() || !deadline.Parse("2026-02-03").IsZero() {
		t.Error("what is no instant is read as one")
	}
}
