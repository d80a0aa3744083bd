package staff

import (
	"testing"
	"time"

	"jiezhen/app/record"
)

func TestSessionStateByClock(t *testing.T) {
	t.Parallel()
	k := kept{Started: noon.UnixMilli(), Seen: noon.Add(time.Hour).UnixMilli()}
	for name, c := range map[string]struct {
		now  time.Duration // after noon
		lock bool
		want state
	}{
		"in use":                     {time.Hour + time.Minute, false, stateOpen},
		"last moment before idle":    {time.Hour + 15*time.Minute - time.Millisecond, false, stateOpen},
		"idle":                       {time.Hour + 15*time.Minute, false, stateLocked},
		"covered by hand":            {time.Hour + time.Minute, true, stateLocked},
		"clock put right a little":   {59 * time.Minute, false, stateOpen},
		"clock back a lot":           {50 * time.Minute, false, stateLocked},
		"clock back before it began": {-1000 * time.Hour, false, stateLocked},
		"a day's end":                {12 * time.Hour, false, stateEnded},
		"covered and over":           {12 * time.Hour, true, stateEnded},
		"clock ahead":                {9000 * time.Hour, false, stateEnded},
	} {
		k.Locked = c.lock
		if got := k.state(noon.Add(c.now), floor()); got != c.want {
			t.Errorf("%s: state %d, want %d", name, got, c.want)
		}
	}
}

func TestResumedSessionKeepsItsAge(t *testing.T) {
	t.Parallel()
	k := kept{Started: noon.UnixMilli(), Seen: noon.Add(11 * time.Hour).UnixMilli(), Locked: true}
	wrong := noon.AddDate(-20, 0, 0)
	k = k.resumed(wrong)
	if k.Locked || k.state(wrong.Add(30*time.Minute), floor()) == stateEnded {
		t.Error("uncovering does not help after the clock ran back")
	}
	if k.state(wrong.Add(time.Hour), floor()) != stateEnded {
		t.Error("putting the clock back gives the session a new life")
	}
}

func TestIdleSessionIsCoveredAndUncovered(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.login(t, "officer")
	o.clock.add(14 * time.Minute)
	if _, _, err := o.desk.Session(t.Context(), s.Token); err != nil {
		t.Fatal(err)
	}
	o.clock.add(14 * time.Minute)
	if _, _, err := o.desk.Watch(t.Context(), s.Token); err != nil {
		t.Fatalf("use did not count: %v", err)
	}
	o.clock.add(time.Minute)
	got, v, err := o.desk.Session(t.Context(), s.Token)
	if !Is(err, CodeLocked) || !got.Locked || got.User != o.id["officer"] || got.CSRF != s.CSRF {
		t.Fatalf("idle session: %+v, %v", got, err)
	}
	if v.User != 0 || v.Office {
		t.Error("a covered session still acts")
	}
	if _, err := o.desk.Unlock(t.Context(), s.Token, "nonsense"); !Is(err, CodeWrong) {
		t.Fatalf("wrong password: %v", err)
	}
	if _, err := o.desk.Unlock(t.Context(), s.Token, o.password); err != nil {
		t.Fatal(err)
	}
	if _, v, err = o.desk.Session(t.Context(), s.Token); err != nil || v.User != o.id["officer"] {
		t.Errorf("uncovered session: %v", err)
	}
}

func TestCoverOutlivesAClockPutRight(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.login(t, "officer")
	o.clock.add(20 * time.Minute)
	if _, _, err := o.desk.Session(t.Context(), s.Token); !Is(err, CodeLocked) {
		t.Fatal(err)
	}
	o.clock.add(-20 * time.Minute)
	if _, _, err := o.desk.Session(t.Context(), s.Token); !Is(err, CodeLocked) {
		t.Errorf("putting the clock back uncovers the page: %v", err)
	}
}

func TestUseIsRememberedAcrossARestart(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.login(t, "officer")
	for range 10 {
		o.clock.add(5 * time.Minute)
		if _, _, err := o.desk.Session(t.Context(), s.Token); err != nil {
			t.Fatal(err)
		}
	}
	o.reopen(t)
	o.clock.add(5 * time.Minute)
	if _, _, err := o.desk.Session(t.Context(), s.Token); err != nil {
		t.Errorf("a session in use did not survive the restart: %v", err)
	}
}

func TestSessionEndsAfterItsWholeTime(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.login(t, "officer")
	for range 12 * 6 {
		o.clock.add(10 * time.Minute)
		_, _, _ = o.desk.Session(t.Context(), s.Token)
	}
	got, v, err := o.desk.Session(t.Context(), s.Token)
	if !Is(err, CodeEnded) || v.User != 0 {
		t.Fatalf("after 12 hours of use: %v", err)
	}
	if got.User != o.id["officer"] {
		t.Error("an ended session does not say whose form is to be kept")
	}
	if _, err := o.desk.Unlock(t.Context(), s.Token, o.password); !Is(err, CodeEnded) {
		t.Errorf("an ended session is uncovered: %v", err)
	}
}

func TestLockLogoutAndEndAll(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a, b, other := o.login(t, "officer"), o.login(t, "officer"), o.login(t, "head")
	if err := o.desk.Lock(t.Context(), a.Token); err != nil {
		t.Fatal(err)
	}
	o.wants(t, a, CodeLocked)
	o.wants(t, b, "")
	if err := o.desk.Logout(t.Context(), b.Token); err != nil {
		t.Fatal(err)
	}
	o.wants(t, b, CodeEnded)
	if err := o.desk.Logout(t.Context(), b.Token); err != nil {
		t.Errorf("logging out twice: %v", err)
	}
	if err := o.desk.EndAll(t.Context(), o.id["officer"]); err != nil {
		t.Fatal(err)
	}
	o.wants(t, a, CodeEnded)
	o.wants(t, other, "")
	o.wants(t, Session{Token: "made up"}, CodeEnded)
}

func TestSessionOfAnEndedAccountIsShut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.clock.add(11*time.Hour + 55*time.Minute) // five minutes to midnight
	s := o.login(t, "officer")
	if err := o.desk.Disable(t.Context(), o.viewer(t, "security"), o.id["officer"], o.book.Today()); err != nil {
		t.Fatal(err)
	}
	o.wants(t, s, "")
	o.clock.add(10 * time.Minute)
	o.wants(t, s, CodeDisabled)
}

func TestPostsTakenAwayCountAtTheNextPage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.login(t, "officer")
	_, err := o.desk.ChangeUser(t.Context(), o.viewer(t, "security"), o.id["officer"], 0, map[string]any{fieldRoles: []string{"test.head"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, v, _ := o.desk.Session(t.Context(), s.Token); v.Has("test.officer") || !v.Has("test.head") {
		t.Errorf("the session keeps the posts it began with: %v", v.Roles)
	}
}

func TestSweepTakesOnlySessionsLongOver(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	old := o.login(t, "officer")
	o.clock.add(40 * time.Hour)
	fresh := o.login(t, "head") // sweeps
	n := 0
	err := o.book.Shelf(SessionShelf).Each(t.Context(), "", func(string, func(any) error) (bool, error) { n++; return true, nil })
	if err != nil || n != 1 {
		t.Errorf("%d sessions kept, %v; want the fresh one", n, err)
	}
	o.wants(t, old, CodeEnded)
	o.wants(t, fresh, "")
}

// wants checks how a session answers; "" means that it is open.
func (o *office) wants(t *testing.T, s Session, code record.Code) {
	t.Helper()
	_, _, err := o.desk.Watch(t.Context(), s.Token)
	if code == "" && err != nil || code != "" && !Is(err, code) {
		t.Errorf("session answers %v, want %q", err, code)
	}
}
