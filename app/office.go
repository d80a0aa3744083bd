package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync/atomic"

	"jiezhen/app/access"
	"jiezhen/app/allowance"
	"jiezhen/app/backup"
	"jiezhen/app/benefit"
	"jiezhen/app/calendar"
	"jiezhen/app/casework"
	"jiezhen/app/district"
	"jiezhen/app/find"
	"jiezhen/app/grid"
	"jiezhen/app/hotline"
	"jiezhen/app/insight"
	"jiezhen/app/issue"
	"jiezhen/app/lan"
	"jiezhen/app/paper"
	"jiezhen/app/patrol"
	"jiezhen/app/people"
	"jiezhen/app/place"
	"jiezhen/app/policy"
	"jiezhen/app/protection"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/returns"
	"jiezhen/app/sheet"
	"jiezhen/app/staff"
	"jiezhen/app/trend"
	"jiezhen/app/value"
	"jiezhen/app/watch"
	"jiezhen/embedstore"
	"jiezhen/embedstore/keep"
)

// Office is an open office: its records and the desks that work on them.
type Office struct {
	Book    *record.Book
	Staff   *staff.Desk
	People  *people.Desk
	Places  *place.Desk
	Cases   *casework.Desk
	Hotline *hotline.Desk
	Patrol  *patrol.Desk
	Grid    *grid.Desk
	Trend   *trend.Desk
	Sheets  *sheet.Desk
	Papers  *issue.Desk
	Find    *find.Finder
	Backup  *backup.Desk
	Returns *returns.Desk
	// Allowance pays allowances.
	Allowance *allowance.Desk
	Lan       *lan.Desk
	// District is the receiving desk; nil in an office.
	District *district.Desk
	Roles    access.Roles
	Systems  []System

	cfg     Config
	master  [32]byte
	store   *embedstore.Store
	disk    *watch.Disk
	rules   rules
	layouts map[string]*paper.Layout
	derived atomic.Int64 // see Deriving: one more than how many records; 0 while nothing is derived
	assets  fs.FS        // the program's, with policy packs over them
	// packTrouble is why policy packs are left out; "" when they are not
	packTrouble string
	gate        *insight.Gate
	returns     *returns.Set
	benefits    *benefit.Book // without standards, see Benefits
	grid        *grid.Rules
	trial       trialPrint
}

// openOffice wires an office on a store.
func openOffice(ctx context.Context, cfg Config, master [32]byte, store *embedstore.Store) (*Office, error) {
	o := &Office{cfg: cfg, master: master, store: store, disk: watch.NewDisk(cfg.Dir, cfg.Space)}
	var err error
	if o.assets, err = o.assetsInForce(ctx); err != nil {
		return nil, err
	}
	registers, err := o.definitions()
	if err != nil {
		return nil, err
	}
	if err := o.openBook(registers); err != nil {
		return nil, err
	}
	if err := o.loadRules(ctx); err != nil {
		return nil, err
	}
	if err := o.openDesks(ctx); err != nil {
		return nil, err
	}
	return o, nil
}

// definitions reads what the office is made of: policy, roles, papers,
// registers, all checked against one another.
func (o *Office) definitions() (*register.Set, error) {
	set, err := Definitions(o.assets)
	if err != nil {
		return nil, err
	}
	o.rules.base, o.Roles, o.Systems = set.Policy, set.Roles, set.Systems
	o.rules.policy.Store(set.Policy)
	o.rules.days.Store(set.Calendar)
	o.rules.profile.Store(&record.Profile{Demo: o.cfg.Demo})
	o.rules.facts.Store(&map[string]string{})
	o.layouts, o.returns = set.Papers, set.Returns
	return set.Registers, nil
}

func (o *Office) openBook(registers *register.Set) error {
	var behaviours []record.Behaviour
	behaviours = append(behaviours, staff.Behaviours(o.Roles)...)
	behaviours = append(behaviours, people.Behaviours(o.policyNow)...)
	behaviours = append(behaviours, place.Behaviours()...)
	behaviours = append(behaviours, casework.Behaviours()...)
	behaviours = append(behaviours, protection.Behaviours()...)
	behaviours = append(behaviours, patrol.Behaviours()...)
	var err error
	if o.gate, err = replyGate(o.assets); err != nil {
		return err
	}
	behaviours = append(behaviours, hotline.Behaviours(o.gate)...)
	if o.benefits, err = benefit.Load(o.assets); err != nil {
		return err
	}
	behaviours = append(behaviours, allowance.Behaviours(o.Benefits)...)
	behaviours = append(behaviours, trend.Behaviours()...)
	o.grid = grid.NewRules()
	behaviours = append(behaviours, o.grid.Behaviours()...)
	o.Book, err = record.New(record.Config{Store: o.store, Registers: registers, Policy: o.policyNow,
		Calendar: o.rules.days.Load, Clock: o.cfg.Clock, Office: o.profileNow,
		Behaviours: behaviours, Log: o.cfg.Log})
	return err
}

// formulas reads how rates are worked out, those that name no register of one.
func (o *Office) formulas(file, about string) (*rate.Set, error) {
	data, err := fs.ReadFile(o.assets, "insight/"+file)
	if err != nil {
		return nil, fmt.Errorf("reading the formulas of rates: %w", err)
	}
	return rate.Load(data, about, o.Book.Registers().Get, facts{o.policyNow()})
}

// replyGate reads the rules by which replies are read before they leave.
func replyGate(assets fs.FS) (*insight.Gate, error) {
	rules, err := fs.ReadFile(assets, "insight/reply.yaml")
	if err != nil {
		return nil, fmt.Errorf("reading the rules for replies: %w", err)
	}
	return insight.LoadGate(rules)
}

func (o *Office) policyNow() *policy.Set { return o.rules.policy.Load() }

func (o *Office) openDesks(ctx context.Context) error {
	o.People = people.New(people.Config{Book: o.Book})
	o.Places = place.New(o.Book)
	o.Cases = casework.New(o.Book)
	o.Patrol = patrol.New(o.Book, o.cfg.Log)
	o.Returns = returns.New(o.Book, o.returns)
	formulas, err := o.formulas("rates.yaml", hotline.Orders)
	if err != nil {
		return err
	}
	o.Hotline = hotline.New(hotline.Config{Book: o.Book, Gate: o.gate, Formulas: formulas, Log: o.cfg.Log})
	o.Allowance = allowance.New(o.Book, o.Benefits)
	numbers, err := o.formulas("gridrates.yaml", grid.Cases)
	if err != nil {
		return err
	}
	o.Grid = grid.New(grid.Config{Book: o.Book, Rules: o.grid, Formulas: numbers, Log: o.cfg.Log})
	o.Hotline.SetFinder(o.Grid.Found)
	o.Trend = trend.New(o.Book, o.Hotline.Course())
	o.Hotline.SetClasses(o.Trend.Naming)
	if err := o.openSheets(); err != nil {
		return err
	}
	o.Staff, err = staff.New(ctx, staff.Config{Book: o.Book, Roles: o.Roles, Clock: o.cfg.Clock, Rand: o.cfg.Rand,
		Cost: staff.Cost(o.cfg.PasswordCost), Opened: o.People.Opened})
	if err != nil {
		return err
	}
	o.Lan = lan.New(lan.Config{Book: o.Book, Clock: o.cfg.Clock})
	o.Backup = backup.New(backup.Config{Book: o.Book, Store: o.store, Master: o.master, Dir: filepath.Join(o.cfg.Dir, "bundles"), Clock: o.cfg.Clock,
		Portable: o.portable, Program: o.cfg.Version, Log: o.cfg.Log, Drives: o.cfg.Drives})
	if o.cfg.District {
		if o.District, err = o.openDistrict(); err != nil {
			return err
		}
	}
	if err := o.openPapers(); err != nil {
		return err
	}
	o.Find, err = find.Open(find.Config{Book: o.Book, Dir: filepath.Join(o.cfg.Dir, "index"), Key: o.store.Derive("search terms v1"),
		Clock: o.cfg.Clock, Log: o.cfg.Log, Off: o.cfg.Safe != ""})
	return err
}

// openSheets opens the desk for Excel with the columns of other systems.
func (o *Office) openSheets() error {
	files, err := fs.Sub(o.assets, "exchange")
	if err != nil {
		return fmt.Errorf("reading exchanges: %w", err)
	}
	exchanges, err := sheet.LoadExchanges(files, o.Book.Registers())
	if err != nil {
		return err
	}
	o.Sheets = sheet.New(sheet.Config{Book: o.Book, Withheld: o.People.WithheldTx, Exchanges: exchanges})
	return nil
}

// portable is the master key as it travels with a bundle.
func (o *Office) portable() ([]byte, error) {
	return keep.Portable(keep.Config{Dir: o.cfg.Dir, KeyDir: o.cfg.KeyDir, Rand: o.cfg.Rand})
}

func (o *Office) openPapers() error {
	fonts, err := fs.Sub(o.cfg.Assets, "fonts")
	if err != nil {
		return fmt.Errorf("opening the fonts: %w", err)
	}
	engine, err := paper.New(paper.Config{Fonts: fonts, FontDirs: o.cfg.FontDir, OfficeFonts: filepath.Join(o.cfg.Dir, "fonts"), Log: o.cfg.Log})
	if err != nil {
		return err
	}
	o.Papers = issue.New(issue.Config{Book: o.Book, Engine: engine, Layouts: o.layouts,
		Office: func() map[string]string { return *o.rules.facts.Load() }, Guardians: o.guardians, Withheld: o.People.WithheldTx, Rows: hotline.PaperRows()})
	return nil
}

// PrintFacts prints a paper that belongs to no record, such as a receipt, from
// words by path.
func (o *Office) PrintFacts(ctx context.Context, id string, words map[string]string, by string) ([]byte, error) {
	layout, ok := o.layouts[id]
	if !ok {
		return nil, fmt.Errorf("printing: no paper %s", id)
	}
	out, err := o.Papers.Engine().Print(ctx, layout, wordSource(words), paper.Stamp{By: by, At: o.cfg.Clock(), Demo: o.cfg.Demo})
	return out.PDF, err
}

// wordSource answers a layout from plain words.
type wordSource map[string]string

// Text gives the words under a path.
func (w wordSource) Text(path string) (string, bool) { s, ok := w[path]; return s, ok }

// Codes gives none: plain words have no choices.
func (wordSource) Codes(string) []paper.Choice { return nil }

// Rows gives none.
func (wordSource) Rows(string) []paper.Source { return nil }

// Image gives none.
func (wordSource) Image(string) ([]byte, bool) { return nil, false }

// close ends the office; nothing acknowledged is lost if it never runs.
func (o *Office) close() error {
	return errors.Join(o.Find.Close(), o.store.Close())
}

// ClockWarning says that the PC's clock cannot be right, or "".
func (o *Office) ClockWarning() string {
	return watch.Clock{Now: o.cfg.Clock(), Last: o.store.LastTime(), Built: o.cfg.Built, Ahead: o.whole(paramClockAhead, 0)}.Words()
}

// Holidays is the calendar in force.
func (o *Office) Holidays() *calendar.Calendar { return o.rules.days.Load() }

// Facts are the office's own words for papers: name, address, phone, seal.
func (o *Office) Facts() map[string]string { return *o.rules.facts.Load() }

// Check verifies the store: pages, chain, seals, indexes.
func (o *Office) Check(ctx context.Context, progress func(done, total int)) (embedstore.Report, error) {
	return o.store.Check(ctx, progress)
}

// Today is the office's date.
func (o *Office) Today() value.Date { return o.Book.Today() }

const setupShelf = "setup"

// SetUp reports whether set-up has been finished: accounts exist and the
// paper key has been typed back.
func (o *Office) SetUp(ctx context.Context) (bool, error) {
	var done bool
	_, err := o.Book.Shelf(setupShelf).Get(ctx, "done", &done)
	return done, err
}

// FinishSetUp remembers that set-up has been finished.
func (o *Office) FinishSetUp(ctx context.Context) error {
	return o.Book.Shelf(setupShelf).Put(ctx, "done", true)
}

// guardians are a child's guardians today, the one who actually looks after
// the child first, for papers.
func (o *Office) guardians(tx *record.Tx, person uint64) []issue.Guardian {
	list, err := people.GuardiansTx(tx, person, tx.Today())
	if err != nil {
		o.cfg.Log.Error("reading guardians", "error", err)
		return nil
	}
	var out []issue.Guardian
	for _, g := range list {
		one := issue.Guardian{Person: g.Person, Relation: g.Relation}
		if g.Carer {
			out = append([]issue.Guardian{one}, out...)
			continue
		}
		out = append(out, one)
	}
	return out
}

// settle finishes hand-overs that were cut short and ends accounts whose last
// day has passed, at the start and once a day.
func (o *Office) settle(ctx context.Context) {
	o.daily(ctx, func() {
		stranded, err := o.Staff.Settle(ctx)
		if err != nil && ctx.Err() == nil {
			o.cfg.Log.Error("settling accounts", "error", err)
		}
		if len(stranded) > 0 {
			o.cfg.Log.Warn("work without anybody in charge", "accounts", len(stranded))
		}
	})
}

// recover undoes imports that a kill or a power failure cut short.
func (o *Office) recover(ctx context.Context) {
	if err := o.Sheets.Recover(ctx); err != nil && ctx.Err() == nil {
		o.cfg.Log.Error("undoing an import that was cut short", "error", err)
	}
}
