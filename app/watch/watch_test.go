package watch

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiezhen/embedstore/disk"
)

// TestStarts plays sequences of starts: k is killed, s is stopped by someone,
// g stays up and is then killed, l leaves safe mode and is then killed, n
// is another version and is killed.
func TestStarts(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		play string
		safe bool // what the next start is
	}{
		"the first":                       {"", false},
		"killed twice":                    {"kk", false},
		"killed three times":              {"kkk", true},
		"stays safe whatever happens":     {"kkkkkk", true},
		"stopping in safe mode keeps it":  {"kkks", true},
		"staying up in safe mode, too":    {"kkkg", true},
		"another version in between":      {"kknkk", false},
		"a good one in between":           {"kkgkk", false},
		"stopped ones do not count":       {"kskss", false},
		"stopped ones forgive nothing":    {"kskssk", true},
		"left":                            {"kkkl", false},
		"left, and failing again":         {"kkklkk", true},
		"left, up, and failing only once": {"kkklgk", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for _, c := range tc.play {
				version := "1"
				if c == 'n' {
					version = "2"
				}
				s := Begin(dir, version)
				switch c {
				case 's':
					s.Stopped()
				case 'g':
					s.Good()
				case 'l':
					s.Leave()
				}
			}
			if got := Begin(dir, "1").Safe(); got != tc.safe {
				t.Errorf("safe %v, want %v", got, tc.safe)
			}
		})
	}
}

func TestStartsNeverKeepTheOfficeShut(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"empty": "", "torn": `{"format":1,"fai`, "newer": `{"format":2,"failed":9}`, "nonsense": "\x00\xff", "negative": `{"format":1,"version":"1","failed":-4}`, "another version": `{"format":1,"version":"2","failed":9}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, StartsName), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if Begin(dir, "1").Safe() {
				t.Error("safe mode out of nothing")
			}
		})
	}
	if Begin(filepath.Join(t.TempDir(), "absent"), "1").Safe() {
		t.Error("safe mode without a folder")
	}
}

func TestDisk(t *testing.T) {
	t.Parallel()
	const mb = 1 << 20
	var room disk.Room
	var fails error
	d := NewDisk("", func(string) (disk.Room, error) { return room, fails })
	floors := Floors{Low: 2000 * mb, Full: 400 * mb}
	for _, step := range []struct {
		free, total int64
		fails       error
		want        Level
	}{
		{50000 * mb, 100000 * mb, nil, Enough},
		{1999 * mb, 100000 * mb, nil, Low},
		{400 * mb, 100000 * mb, nil, Low},
		{399 * mb, 100000 * mb, nil, Full},
		{450 * mb, 100000 * mb, nil, Full}, // not yet
		{0, 0, errors.New("does not answer"), Full},
		{501 * mb, 100000 * mb, nil, Low}, // by itself
		{450 * mb, 100000 * mb, nil, Low},
		{5000 * mb, 100000 * mb, nil, Enough},
		{20 * mb, 100 * mb, nil, Enough}, // a small disk
		{9 * mb, 100 * mb, nil, Low},
		{2 * mb, 100 * mb, nil, Full},
	} {
		if step.want == Full && step.fails == nil {
			room.Locked = true
			if got, room := d.Look(floors); got != Full || !strings.Contains(RoomWords(got, room), "只读") {
				t.Errorf("a locked disk: %v", got)
			}
		}
		room, fails = disk.Room{Free: step.free, Total: step.total}, step.fails
		if got, _ := d.Look(floors); got != step.want {
			t.Errorf("%d MB of %d MB free: %v, want %v", step.free/mb, step.total/mb, got, step.want)
		}
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 6, 9, 0, 0, 0, time.Local)
	for name, tc := range map[string]struct {
		clock Clock
		want  string
	}{
		"right":                      {Clock{Now: now, Last: now.Add(-time.Hour), Built: now.AddDate(0, -1, 0), Ahead: 30}, ""},
		"nothing known":              {Clock{Now: now}, ""},
		"back a few minutes":         {Clock{Now: now, Last: now.Add(50 * time.Minute)}, ""},
		"back a day":                 {Clock{Now: now, Last: now.AddDate(0, 0, 1)}, "比上次记录"},
		"a dead battery":             {Clock{Now: time.Date(2009, 1, 1, 0, 0, 0, 0, time.Local), Built: now}, "制作日期"},
		"the program is of tomorrow": {Clock{Now: now, Built: now.Add(20 * time.Hour)}, ""},
		"a long holiday":             {Clock{Now: now, Last: now.AddDate(0, 0, -20), Ahead: 30}, ""},
		"years ahead":                {Clock{Now: now.AddDate(10, 0, 0), Last: now, Ahead: 30}, "晚了 36"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := tc.clock.Words()
			if tc.want == "" && got != "" || !strings.Contains(got, tc.want) {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}
