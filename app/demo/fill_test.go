package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/staff"
	"jiezhen/app/value"
	"jiezhen/embedstore"
)

// openHouse opens a house, founding it in an empty folder.
func openHouse(t testing.TB, dir string, clock func() time.Time) *app.House {
	t.Helper()
	house, err := app.Enter(t.Context(), app.Config{Dir: filepath.Join(dir, "data"), KeyDir: filepath.Join(dir, "keys"), Assets: os.DirFS("../../assets"),
		Clock: clock, Log: slog.New(slog.DiscardHandler), Demo: true, PasswordCost: app.Cost{Memory: 64, Passes: 1, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if c, why := house.Condition(); c == app.Absent {
		if _, err := house.Found(t.Context()); err != nil {
			t.Fatal(err)
		}
	} else if c != app.Ready {
		t.Fatalf("the house is %s: %v", c, why)
	}
	t.Cleanup(func() { _ = house.Leave() })
	return house
}

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.Local) }

// fill makes a small office.
func fill(t testing.TB, opt Options) (*app.Office, []Account) {
	t.Helper()
	dir := t.TempDir()
	house := openHouse(t, dir, noon)
	opt.Dir = house.Dir()
	accounts, err := Fill(t.Context(), house.Office(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return house.Office(), accounts
}

func small() Options { return Options{People: 400, Years: 1, Seed: 7} }

// each visits every record of every register.
func each(t testing.TB, o *app.Office, fn func(*record.Tx, *record.Record)) {
	t.Helper()
	err := o.Book.View(t.Context(), access.Office(), func(tx *record.Tx) error {
		for _, d := range o.Book.Registers().All() {
			if err := tx.Each(d.ID, func(r *record.Record) (bool, error) { fn(tx, r); return true, nil }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// digest is what must be the same in two fills: everything but secrets.
func digest(t testing.TB, o *app.Office) []string {
	t.Helper()
	var out []string
	each(t, o, func(tx *record.Tx, r *record.Record) {
		text := fmt.Sprint(r.Ref, r.Rev, r.Number, r.Values, r.Step, r.Entered, r.Subject, r.Community, r.Owner, r.Author, r.Created, r.Pauses, r.Log, r.Transfers, r.Links)
		notes, err := tx.NotesOf(r)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(text + fmt.Sprint(notes)))
		out = append(out, r.Ref.String()+" "+hex.EncodeToString(sum[:6]))
	})
	sort.Strings(out)
	return out
}

func TestSameOptionsSameOffice(t *testing.T) {
	t.Parallel()
	one, _ := fill(t, small())
	two, _ := fill(t, small())
	other, _ := fill(t, Options{People: 400, Years: 1, Seed: 8})
	a, b, c := digest(t, one), digest(t, two), digest(t, other)
	if len(a) < 800 || strings.Join(a, "\n") != strings.Join(b, "\n") {
		t.Errorf("two fills differ: %d and %d records", len(a), len(b))
	}
	if strings.Join(a, "\n") == strings.Join(c, "\n") {
		t.Error("another seed makes the same office")
	}
}

func TestEverythingIsFictional(t *testing.T) {
	t.Parallel()
	o, _ := fill(t, small())
	phones, numbers := regexp.MustCompile(`(^|\D)(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(\D|$)`), regexp.MustCompile(`\d{17}[\dX]`)
	ids := 0
	each(t, o, func(_ *record.Tx, r *record.Record) {
		for field, v := range r.Values {
			text := fmt.Sprint(v)
			if m := phones.FindStringSubmatch(text); m != nil && !strings.HasPrefix(m[2], "010-0000") {
				if !numbers.MatchString(text) && field != "bank_account" && field != "new" {
					t.Errorf("%s %s holds a telephone %q", r.Ref, field, text)
				}
			}
			if field == "phone" && !strings.HasPrefix(text, "010-0000") {
				t.Errorf("%s has the telephone %s", r.Ref, text)
			}
		}
		n := r.Text("id_number")
		if r.Register != record.Persons || n == "" {
			return
		}
		ids++
		card, err := value.ParseIDCard(n, o.Today())
		if err != nil || !card.Fictional || string(card.Birth) != r.Text("birth") || card.Sex != r.Text("sex") {
			t.Errorf("%s: number %s is not of the fictional range or disagrees: %+v %v", r.Ref, n, card, err)
		}
		if !r.Demo {
			t.Errorf("%s is not marked as a demonstration", r.Ref)
		}
	})
	if ids < 380 {
		t.Errorf("only %d persons have a number", ids)
	}
}

func TestStoreIsSound(t *testing.T) {
	t.Parallel()
	o, _ := fill(t, small())
	// what runs behind the office still writes for a moment, and pages can be
	// checked only while nobody does
	var report embedstore.Report
	for range 20 {
		var err error
		if report, err = o.Check(t.Context(), func(int, int) {}); err != nil {
			t.Fatal(err)
		}
		if report.Sound() {
			break
		}
		time.Sleep(200 * time.Millisecond)
	}
	if !report.Sound() || report.Records < 800 {
		t.Fatalf("check: %+v", report)
	}
}

// TestNumbersAgree holds the tallies to a scan.
func TestNumbersAgree(t *testing.T) {
	t.Parallel()
	o, _ := fill(t, small())
	steps := map[string]map[string]int{}
	each(t, o, func(_ *record.Tx, r *record.Record) {
		if steps[r.Register] == nil {
			steps[r.Register] = map[string]int{}
		}
		steps[r.Register][r.Step]++
	})
	err := o.Book.View(t.Context(), access.Office(), func(tx *record.Tx) error {
		for _, check := range []struct{ register, count, step string }{
			{"child.file", "served", "served"}, {"child.case", "closed", "closed"}, {"child.visit", "done", "done"},
			{"child.visit", "unseen", "unseen"}, {"child.visit", "planned", "planned"},
		} {
			counts, err := tx.Counts(check.register)
			if err != nil {
				return err
			}
			if want := steps[check.register][check.step]; int(counts[check.count]) != want || want == 0 {
				t.Errorf("%s %s: count %d, scan %d", check.register, check.count, counts[check.count], want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSamplesOfTheFacts(t *testing.T) {
	t.Parallel()
	o, _ := fill(t, small())
	err := o.Book.View(t.Context(), access.Office(), func(tx *record.Tx) error {
		for number, name := range map[string]string{"B03-002-2026-00001": "尚未晚", "B03-002-2026-00002": "沐晨", "B16-002-2026-00001": "尚未晚",
			"B16-002-2026-00002": "禹宁川", "B17-002-2026-00001": "禹宁川", "B17-002-2026-00002": "沐晨"} {
			r, err := tx.ByNumber(number)
			if err != nil {
				return err
			}
			if got := tx.SubjectName(r, false); got != name {
				t.Errorf("%s is about %s, not %s", number, got, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWorkStandsInEveryStep(t *testing.T) {
	t.Parallel()
	o, _ := fill(t, small())
	have := map[string]bool{}
	each(t, o, func(_ *record.Tx, r *record.Record) { have[r.Register+" "+r.Step] = true })
	for _, reg := range []string{"child.file", "child.case"} {
		def, _ := o.Book.Registers().Get(reg)
		for _, s := range def.Steps {
			if s.ID != "merged" && s.ID != "untrue" && !have[reg+" "+s.ID] {
				t.Errorf("nothing in %s is in step %s", reg, s.ID)
			}
		}
	}
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	house := openHouse(t, dir, noon)
	if Marked(house.Dir()) {
		t.Fatal("an empty folder is marked")
	}
	opt := small()
	opt.Dir = house.Dir()
	made, err := Fill(t.Context(), house.Office(), opt)
	if err != nil {
		t.Fatal(err)
	}
	read, err := Accounts(opt.Dir)
	if err != nil || len(read) != len(made) || len(read) != len(house.Office().Roles) {
		t.Fatalf("accounts: %v %v", read, err)
	}
	if info, err := os.Stat(filepath.Join(opt.Dir, accountsFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("accounts are kept as %v %v", info, err)
	}
	if done, err := house.Office().SetUp(t.Context()); err != nil || !done {
		t.Errorf("set-up is not finished: %v", err)
	}
	for _, a := range read {
		if _, err := house.Office().Staff.Login(t.Context(), staff.Attempt{Name: a.Name, Password: a.Password}); err != nil {
			t.Errorf("%s cannot log in: %v", a.Name, err)
		}
	}
	if _, err := Fill(t.Context(), house.Office(), opt); !errors.Is(err, ErrForeign) {
		t.Errorf("a second fill: %v", err)
	}
}

// TestCutShort stops a fill in the middle and looks at what is said then.
func TestCutShort(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	house := openHouse(t, dir, noon)
	ctx, stop := context.WithCancel(t.Context())
	opt := small()
	opt.Dir = house.Dir()
	opt.Progress = func(text string, _, _ int) {
		if text == "录入家庭关系" {
			stop()
		}
	}
	if _, err := Fill(ctx, house.Office(), opt); err == nil {
		t.Fatal("the fill went on after its context ended")
	}
	if !Marked(opt.Dir) {
		t.Error("a folder cut short is not marked as a demonstration")
	}
	if _, err := Accounts(opt.Dir); !errors.Is(err, ErrUnfinished) {
		t.Errorf("accounts of a folder cut short: %v", err)
	}
}

// TestWorkingDay looks for what a working day finds on the desk.
func TestWorkingDay(t *testing.T) {
	t.Parallel()
	o, _ := fill(t, small())
	have := map[string]int{}
	minors, persons := 0, 0
	each(t, o, func(_ *record.Tx, r *record.Record) {
		for _, tr := range r.Transfers {
			have["transfer "+tr.State]++
		}
		for _, c := range o.Book.Clocks(r) {
			switch {
			case c.Paused:
				have["paused"]++
			case c.Due == o.Today():
				have["today"]++
			case c.Due != "" && c.Due < o.Today():
				have["overdue"]++
			case c.Due != "" && c.Due <= o.Today().AddDays(7):
				have["week"]++
			}
		}
		have["papers"] += len(r.Papers)
		if r.Guarded {
			have["protected"]++
		}
		if r.Register == record.Persons {
			persons++
			if minor(r.Date("birth"), o.Today()) {
				minors++
			}
		}
	})
	for _, what := range []string{"transfer pending", "paused", "today", "overdue", "week", "papers", "protected"} {
		if have[what] == 0 {
			t.Errorf("nothing is %s: %v", what, have)
		}
	}
	if rate := 100 * minors / persons; rate < 8 || rate > 20 {
		t.Errorf("%d%% of the persons are minors", rate)
	}
}
