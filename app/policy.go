package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"sync/atomic"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/allowance"
	"jiezhen/app/calendar"
	"jiezhen/app/policy"
	"jiezhen/app/record"
)

// rules is what authorities and the office itself have set, as it stands now.
// Readers take the whole; a change replaces it.
type rules struct {
	base    *policy.Set
	policy  atomic.Pointer[policy.Set]
	days    atomic.Pointer[calendar.Calendar]
	profile atomic.Pointer[record.Profile]
	facts   atomic.Pointer[map[string]string]
}

// loadRules reads what the office has set: approved parameters and its own
// profile.
func (o *Office) loadRules(ctx context.Context) error {
	var overrides []policy.Override
	var own []*record.Record
	profile := record.Profile{Demo: o.cfg.Demo}
	facts := map[string]string{}
	err := o.Book.View(ctx, access.Office(), func(tx *record.Tx) error {
		if err := tx.Each(profileRegister, func(r *record.Record) (bool, error) {
			readProfile(r, &profile, facts)
			return true, nil
		}); err != nil {
			return err
		}
		if err := tx.Each(parameterRegister, func(r *record.Record) (bool, error) {
			if r.Step == "approved" || r.Step == "effective" {
				overrides = append(overrides, override(r))
			}
			return true, nil
		}); err != nil {
			return err
		}
		return tx.Each(allowance.Standards, func(r *record.Record) (bool, error) { own = append(own, r); return true, nil })
	})
	if err != nil {
		return fmt.Errorf("reading the office's own rules: %w", err)
	}
	set, err := o.rules.base.With(overrides)
	if err != nil {
		// one setting that no longer fits must not keep the office shut
		o.cfg.Log.Warn("applying the office's own rules", "error", err)
	}
	if with, err := withStandards(set, own); err != nil {
		o.cfg.Log.Warn("applying the office's own standards", "error", err)
	} else {
		set = with
	}
	o.rules.policy.Store(set)
	o.rules.profile.Store(&profile)
	o.rules.facts.Store(&facts)
	return nil
}

// The office's own registers that are read here.
const (
	profileRegister   = "office.profile"
	parameterRegister = "office.parameter"
)

// rulesRegister says whether the rules are read from a register.
func rulesRegister(register string) bool {
	return register == profileRegister || register == parameterRegister || register == allowance.Standards || register == allowance.Growths
}

func readProfile(r *record.Record, p *record.Profile, facts map[string]string) {
	p.Town, p.TownName = r.Text("town_code"), r.Text("town_name")
	p.Single, _ = r.Values["single_hand"].(bool)
	for _, f := range r.Def.Fields {
		if s := r.Text(f.ID); s != "" {
			facts[f.ID] = s
		}
	}
	facts["name"], facts["town"], facts["seal"] = r.Text("name"), p.TownName, r.Text("seal_name")
}

func override(r *record.Record) policy.Override {
	return policy.Override{Key: r.Text("key"), Value: r.Text("value"), From: r.Date("from"), Basis: r.Text("basis"),
		State: r.Text("state"), Approved: true}
}

// watch reloads the rules when one of their records has changed.
func (o *Office) watch(ctx context.Context) {
	seen := o.Book.Head()
	for ctx.Err() == nil {
		if err := o.Book.Wait(ctx, seen); err != nil {
			return
		}
		changed, dues := false, false
		err := o.Book.View(ctx, access.Office(), func(tx *record.Tx) error {
			changes, through, err := tx.Changes(seen, 1000)
			seen = through
			for _, c := range changes {
				changed = changed || rulesRegister(c.Ref.Register)
				dues = dues || c.Ref.Register == profileRegister || c.Ref.Register == parameterRegister
			}
			return err
		})
		if err == nil && changed {
			err = o.loadRules(ctx)
		}
		if dues {
			_ = o.recompute(ctx) // said in the log; the next change tries again
		}
		if err != nil && ctx.Err() == nil {
			o.cfg.Log.Error("reading the office's own rules", "error", err)
			pause(ctx, time.Second)
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// Noticed reads the rules anew at once when a page has changed them, so that
// the next page shows them.
func (o *Office) Noticed(register string) {
	if !rulesRegister(register) {
		return
	}
	if err := o.loadRules(context.Background()); err != nil {
		o.cfg.Log.Error("reading the office's own rules", "error", err)
	}
}

const rulesShelf = "rules"

// refresh derives all due dates anew when the rules they come from have
// changed since the last time: a new program, a holiday table, a parameter.
func (o *Office) refresh(ctx context.Context) {
	print, err := o.fingerprint()
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		o.cfg.Log.Error("reading the rules", "error", err)
		return
	}
	var last string
	if _, err := o.Book.Shelf(rulesShelf).Get(ctx, "fingerprint", &last); err != nil {
		if ctx.Err() != nil {
			return
		}
		o.cfg.Log.Error("reading the rules", "error", err)
		return
	}
	if last == print {
		return
	}
	if o.recompute(ctx) != nil {
		return // the next start begins again
	}
	if err := o.Book.Shelf(rulesShelf).Put(ctx, "fingerprint", print); err != nil && ctx.Err() == nil {
		o.cfg.Log.Error("keeping the rules' fingerprint", "error", err)
	}
}

// recompute derives all due dates and columns anew, and lets pages say so
// meanwhile.
func (o *Office) recompute(ctx context.Context) error {
	o.derived.Store(1)
	defer o.derived.Store(0)
	err := o.Book.Recompute(ctx, func(done int) { o.derived.Store(int64(done) + 1) })
	if err != nil && ctx.Err() == nil {
		o.cfg.Log.Error("computing due dates anew", "error", err)
	}
	return err
}

// Deriving reports whether due dates and columns are being derived anew, and of
// how many records they have been: until then a list that is narrowed may lack
// some.
func (o *Office) Deriving() (records int, running bool) {
	n := o.derived.Load()
	return int(max(n-1, 0)), n > 0
}

// fingerprint is a hash of every file that due dates and columns come from.
func (o *Office) fingerprint() (string, error) {
	hash := sha256.New()
	fmt.Fprintf(hash, "derivation %d\n", record.Derivation)
	for _, dir := range []string{"registers", "parameters", "codes", "holidays"} {
		err := fs.WalkDir(o.assets, dir, func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			data, err := fs.ReadFile(o.assets, name)
			fmt.Fprintf(hash, "%s %d\n", name, len(data))
			hash.Write(data)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
