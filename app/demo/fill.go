package demo

import (
	"context"
	"fmt"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Options say how large an office to make.
type Options struct {
	People int    // persons on file, at least a few hundred
	Years  int    // years of work up to the office's date, at least 1
	Seed   uint64 // the same seed makes the same office
	Dir    string // data folder, where the accounts are left
	// Records is how many records and notes there should be at least: more
	// children are then looked after. 0 is the natural share. For benchmarks.
	Records int
	// Progress hears of every transaction; it may be nil.
	Progress func(text string, done, total int)
}

// earliestDay is the day from which the samples of the facts lie in the past.
const earliestDay = value.Date("2026-06-01")

// batchRows is how many records one transaction writes.
const batchRows = 500

// leastPeople and leastYears are the smallest office that still has work in
// every state.
const (
	leastPeople = 300
	leastYears  = 1
)

// filler fills one office.
type filler struct {
	office   *app.Office
	opt      Options
	today    value.Date
	start    value.Date // first day of work
	areas    []area
	people   people
	extra    map[int]register.Values // further fields of some persons' files
	cast     map[string]int          // persons of the facts' section E0 by code
	users    map[string]access.Viewer
	clerk    access.Viewer // who enters files
	guards   map[int]tie   // who looks after a minor
	wards    []*ward
	words    words
	parties  map[string]uint64 // organisations by name, once written
	cellList []cell            // grids, once written
}

// area is a community.
type area struct {
	id       uint64
	code     string
	name     string
	director access.Viewer // who visits the children there
}

// Fill makes the demonstration office in an empty one that has just been
// founded, finishes its set-up and leaves the accounts in the folder. An
// office that has anybody in it is refused, and nothing is changed.
func Fill(ctx context.Context, office *app.Office, opt Options) ([]Account, error) {
	f := &filler{office: office, opt: opt, today: office.Today(), extra: map[int]register.Values{}, cast: map[string]int{},
		users: map[string]access.Viewer{}, parties: map[string]uint64{}}
	f.opt.People, f.opt.Years = max(opt.People, leastPeople), max(opt.Years, leastYears)
	if f.opt.Progress == nil {
		f.opt.Progress = func(string, int, int) {}
	}
	f.start = f.today.AddMonths(-12 * f.opt.Years)
	if err := f.mayBegin(ctx); err != nil {
		return nil, err
	}
	if err := begin(opt.Dir); err != nil {
		return nil, err
	}
	accounts, err := f.fill(ctx)
	if err != nil {
		return nil, fmt.Errorf("生成演示数据：%w；请删除文件夹 %s 后重做", err, opt.Dir)
	}
	return accounts, finish(opt.Dir, accounts)
}

func (f *filler) mayBegin(ctx context.Context) error {
	if f.today < earliestDay {
		return fmt.Errorf("电脑日期是%s，演示数据要%s以后才能生成，请先校准日期", f.today.Chinese(), earliestDay.Chinese())
	}
	return f.office.Book.View(ctx, access.Office(), func(tx *record.Tx) error {
		for _, reg := range []string{record.Users, record.Persons} {
			n, err := tx.Size(reg)
			if err != nil {
				return err
			}
			if n > 0 {
				return fmt.Errorf("%w；演示数据只能放进空文件夹，请用 --data 另指定一个", ErrForeign)
			}
		}
		return nil
	})
}

// fill does it step by step; each step needs those before it.
func (f *filler) fill(ctx context.Context) ([]Account, error) {
	if err := f.writeProfile(ctx); err != nil {
		return nil, err
	}
	if err := f.writePlaces(ctx); err != nil {
		return nil, err
	}
	accounts, err := f.writeStaff(ctx)
	if err != nil {
		return nil, err
	}
	f.gather()
	steps := []func(context.Context) error{f.writePeople, f.writeTies, f.writeParties, f.writeSamples, f.writeExamples, f.writeCare, f.writeRest, f.writeAllowance,
		f.writeGrid, f.writeStreet, f.writeReports, f.writeRounds, f.finishGrid, f.office.FinishSetUp}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return accounts, nil
}

// gather thinks up everyone and plans the work with the children.
func (f *filler) gather() {
	f.people = people{today: f.today, names: newNaming(), ids: newRegistry(), areas: len(f.areas)}
	f.castSamples()
	f.people.populate(f.opt.Seed, f.opt.People)
	f.words, f.guards = newWords(), map[int]tie{}
	for _, t := range f.people.ties {
		if t.guardian != "" && (f.guards[t.who].guardian == "" || t.carer) {
			f.guards[t.who] = t
		}
	}
	f.sampleWards()
	f.planCare()
}

// rows writes so many records as one user, batchRows a transaction.
func (f *filler) rows(ctx context.Context, as access.Viewer, what string, n int, write func(tx *record.Tx, i int) error) error {
	for from := 0; from < n; from += batchRows {
		to := min(from+batchRows, n)
		err := f.office.Book.Change(ctx, as, what, func(tx *record.Tx) error {
			for i := from; i < to; i++ {
				if err := write(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("%s：%w", what, err)
		}
		f.opt.Progress(what, to, n)
	}
	return nil
}
