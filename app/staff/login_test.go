package staff

import (
	"bytes"
	"context"
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/embedstore"
)

func TestLoginOpensASession(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.login(t, "officer")
	got, v, err := o.desk.Session(t.Context(), s.Token)
	if err != nil {
		t.Fatal(err)
	}
	if got.User != o.id["officer"] || v.User != got.User || v.Name != "王芳" || !v.Has("test.officer") || v.Office {
		t.Errorf("session is %+v, viewer %+v", got, v)
	}
	if got.CSRF == "" || got.CSRF != s.CSRF || !got.CSRFMatches(s.CSRF) || got.CSRFMatches("") || got.CSRFMatches(s.CSRF+"x") {
		t.Error("the form token does not hold")
	}
	if got.Token != "" {
		t.Error("the session gives its token away again")
	}
}

func TestLoginNameIsFoundHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, name := range []string{"officer", " Officer ", "ＯＦＦＩＣＥＲ"} {
		if _, err := o.desk.Login(t.Context(), Attempt{name, o.password, "pc"}); err != nil {
			t.Errorf("login as %q: %v", name, err)
		}
	}
}

func TestWrongNameAndWrongPasswordAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ran := 0
	o.desk.hasher.ran = func(bool) { ran++ }
	_, wrongPassword := o.desk.Login(t.Context(), Attempt{"officer", "nonsense", "pc1"})
	_, wrongName := o.desk.Login(t.Context(), Attempt{"nobody", "nonsense", "pc2"})
	if !Is(wrongName, CodeWrong) || wrongName.Error() != wrongPassword.Error() {
		t.Errorf("answers differ: %v / %v", wrongPassword, wrongName)
	}
	if ran != 2 {
		t.Errorf("the hash ran %d times, want once for each: timing tells which names exist", ran)
	}
	if want := "名称或密码不对；再错 4 次将锁定 30 分钟"; wrongName.Error() != want {
		t.Errorf("says %q, want %q", wrongName, want)
	}
}

func TestFiveFailuresLockTheNameForHalfAnHour(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"officer", "nobody"} {
		o := newOffice(t)
		o.fail(t, name, "pc", 4)
		if _, err := o.desk.Login(t.Context(), Attempt{name, "nonsense", "pc"}); !Is(err, CodeLockedOut) {
			t.Fatalf("%s: fifth failure: %v", name, err)
		}
		if _, err := o.desk.Login(t.Context(), Attempt{name, o.password, "elsewhere"}); !Is(err, CodeLockedOut) {
			t.Fatalf("%s: the right password opens a lock: %v", name, err)
		}
		o.clock.add(29 * time.Minute)
		if _, err := o.desk.Login(t.Context(), Attempt{name, o.password, "pc"}); !Is(err, CodeLockedOut) {
			t.Fatalf("%s: the lock opens early: %v", name, err)
		}
		o.clock.add(time.Minute)
		_, err := o.desk.Login(t.Context(), Attempt{name, o.password, "pc"})
		if name == "officer" && err != nil || name == "nobody" && !Is(err, CodeWrong) {
			t.Fatalf("%s: after the lock: %v", name, err)
		}
	}
}

func TestOneWhoForgotDoesNotLockOutColleagues(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.fail(t, "officer", "pc", 5)
	if _, err := o.desk.Login(t.Context(), Attempt{"head", o.password, "pc"}); err != nil {
		t.Errorf("a colleague at the same terminal: %v", err)
	}
}

func TestTryingManyNamesLocksTheTerminal(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, name := range []string{"officer", "head", "zhang", "wang", "li"} {
		o.fail(t, name, "pc", 1)
	}
	if _, err := o.desk.Login(t.Context(), Attempt{"security", o.password, "pc"}); !Is(err, CodeLockedOut) {
		t.Fatalf("the terminal is not locked: %v", err)
	}
	s, err := o.desk.Login(t.Context(), Attempt{"security", o.password, "other pc"})
	if err != nil {
		t.Fatalf("another terminal is locked too: %v", err)
	}
	_, v, _ := o.desk.Session(t.Context(), s.Token)
	if err := o.desk.OpenTerminal(t.Context(), v, "pc"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.desk.Login(t.Context(), Attempt{"officer", o.password, "pc"}); err != nil {
		t.Errorf("the terminal stays locked after it was opened: %v", err)
	}
}

func TestLockSurvivesRestartAndAClockPutBack(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.fail(t, "officer", "pc", 5)
	o.clock.add(-300 * 24 * time.Hour)
	o.reopen(t)
	if _, err := o.desk.Login(t.Context(), Attempt{"officer", o.password, "pc"}); !Is(err, CodeLockedOut) {
		t.Fatalf("restart with the clock put back opens the lock: %v", err)
	}
	o.clock.add(31 * time.Minute)
	if _, err := o.desk.Login(t.Context(), Attempt{"officer", o.password, "pc"}); err != nil {
		t.Errorf("the lock holds longer than its time by the clock put back: %v", err)
	}
}

func TestSuccessStartsTheCountAnew(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for range 3 {
		o.fail(t, "officer", "pc", 4)
		o.login(t, "officer")
	}
}

func TestTriesAtOnceCannotPassTheLimit(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	checked := make(chan bool, 100)
	o.desk.hasher.ran = func(bool) {
		checked <- true
		time.Sleep(5 * time.Millisecond) // long enough for all others to be at the door
	}
	done := make(chan error)
	for range 20 {
		go func() {
			_, err := o.desk.Login(context.Background(), Attempt{"officer", "nonsense", "pc"})
			done <- err
		}()
	}
	for range 20 {
		<-done
	}
	if len(checked) != 5 {
		t.Errorf("%d passwords were tried at once, want 5", len(checked))
	}
}

func TestHangingUpDoesNotSaveATry(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		o.desk.hasher.ran = func(bool) { cancel() }
		_, _ = o.desk.Login(ctx, Attempt{"officer", "nonsense", "pc"})
	}
	if _, err := o.desk.Login(t.Context(), Attempt{"officer", o.password, "pc"}); !Is(err, CodeLockedOut) {
		t.Errorf("tries that were hung up on do not count: %v", err)
	}
}

func TestFailuresStandInTheJournalWithoutWhatWasTyped(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.fail(t, "mimaWriteInNameBox", "pc", 1)
	o.fail(t, "officer", "pc", 1)
	kinds := map[string]int{}
	err := o.book.View(t.Context(), access.Office(), func(tx *record.Tx) error {
		lines, _, err := tx.Journal(record.JournalQuery{Limit: 1000})
		for _, line := range lines {
			for _, item := range line.What {
				kinds[item.Kind+" "+item.Ref.String()]++
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = o.store.View(t.Context(), func(tx *embedstore.Tx) error {
		return tx.Journal(1, func(j embedstore.JournalEntry) (bool, error) {
			for _, e := range j.Events {
				for key, fact := range e.Body {
					if bytes.Contains(fact, []byte("WriteInNameBox")) {
						t.Errorf("%s of %s holds what was typed", key, e.Kind)
					}
				}
			}
			return true, nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if kinds["login.failed "+record.Ref{Register: record.Users}.String()] != 1 {
		t.Errorf("no line for the unknown name: %v", kinds)
	}
	if kinds["login.failed "+record.Ref{Register: record.Users, ID: o.id["officer"]}.String()] != 1 {
		t.Errorf("no line for the known name: %v", kinds)
	}
	if kinds["login "+record.Ref{Register: record.Users, ID: o.id["officer"]}.String()] != 0 {
		t.Error("a failure is entered as a log-in")
	}
}

func TestTokensAndNamesAreNotInTheStoreFile(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.login(t, "officer")
	o.fail(t, "unheardofname", "pc", 2)
	o.close(t)
	secrets := []string{s.Token, s.CSRF, sessionKey(s.Token), o.password, "unheardofname", "argon2id"}
	err := filepath.WalkDir(o.dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		for _, secret := range secrets[:2] {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s holds a token in clear", filepath.Base(name))
			}
		}
		for _, secret := range secrets[3:] {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s holds %q in clear", filepath.Base(name), secret)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTokenIsNotWhatIsStored(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.login(t, "officer")
	err := o.book.Shelf(SessionShelf).Each(t.Context(), "", func(key string, decode func(any) error) (bool, error) {
		var k kept
		if strings.Contains(key, s.Token) || strings.Contains(k.From, s.Token) {
			t.Error("the shelf holds the token itself")
		}
		return true, decode(&k)
	})
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := base64.RawURLEncoding.DecodeString(s.Token); err != nil || len(raw) != 32 {
		t.Errorf("a token of %d bytes, %v; want 256 bits", len(raw), err)
	}
}

func TestHashMadeAtLessCostIsReplacedAtLogin(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.cost = Cost{Memory: 128, Passes: 1, Threads: 1}
	o.reopen(t)
	o.login(t, "officer")
	if got := o.user(t, "officer").Secrets[secretPassword]; !strings.Contains(got, "m=128") {
		t.Errorf("hash was not made anew: %s", got)
	}
	o.login(t, "officer")
}

func TestEndedAccountCannotLogIn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.login(t, "officer")
	if err := o.desk.Disable(t.Context(), o.viewer(t, "security"), o.id["officer"], o.book.Today()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.desk.Session(t.Context(), s.Token); err != nil {
		t.Errorf("the last day has ended at its beginning: %v", err)
	}
	o.clock.add(24 * time.Hour)
	if _, err := o.desk.Login(t.Context(), Attempt{"officer", o.password, "pc"}); !Is(err, CodeDisabled) {
		t.Errorf("an ended account logs in: %v", err)
	}
	if _, err := o.desk.Login(t.Context(), Attempt{"officer", "nonsense", "pc"}); !Is(err, CodeWrong) {
		t.Errorf("a wrong password tells that the account has ended: %v", err)
	}
}
