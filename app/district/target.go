package district

import (
	"context"
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v3"

	"jiezhen/app/access"
	"jiezhen/embedstore"
)

// Target is something that the district wants of its offices.
type Target struct {
	ID       string
	Title    string
	Register string // counts its records
	Month    bool   // of this month only
	Open     bool   // only those on which work goes on
	Total    uint64 // over all offices; 0: none
	Each     uint64 // of every office; 0: none
	State    string // 示例, 已核, 待核
	Basis    string
}

// LoadTargets reads the targets that the program carries.
func LoadTargets(assets fs.FS) ([]Target, error) {
	text, err := fs.ReadFile(assets, "targets.yaml")
	if err != nil {
		return nil, fmt.Errorf("reading targets: %w", err)
	}
	var f struct{ Targets []Target }
	if err := yaml.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("reading targets: %w", err)
	}
	for _, t := range f.Targets {
		if t.ID == "" || t.Title == "" || t.Register == "" || t.State == "" {
			return nil, fmt.Errorf("reading targets: %q lacks a title, a register or a state", t.ID)
		}
	}
	return f.Targets, nil
}

// Progress is how far the offices are with a target.
type Progress struct {
	Target
	Have    uint64
	Of      map[string]uint64 // by office that has handed in
	Short   []string          // offices below Each
	Missing []string          // offices that have not handed in: not counted as zero
}

// Progress says how far the offices are with each target whose register there
// is.
func (d *Desk) Progress(ctx context.Context, v access.Viewer) ([]Progress, error) {
	if err := sees(v); err != nil {
		return nil, err
	}
	offices, err := d.Offices(ctx)
	if err != nil {
		return nil, err
	}
	month := d.cfg.Clock().Format("2006-01")
	var out []Progress
	err = d.cfg.Store.View(ctx, func(tx *embedstore.Tx) error {
		for _, t := range d.cfg.Targets {
			if _, ok := d.cfg.Book.Registers().Get(t.Register); !ok {
				continue
			}
			p := Progress{Target: t, Of: map[string]uint64{}}
			if err := p.count(tx, offices, month); err != nil {
				return err
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

func (p *Progress) count(tx *embedstore.Tx, offices []Office, month string) error {
	name := "all"
	switch {
	case p.Month:
		name = "m/" + month
	case p.Open:
		name = "open"
	}
	for _, o := range offices {
		if o.Last == nil {
			p.Missing = append(p.Missing, o.Name)
			continue
		}
		n, err := tx.Tally(place(o.ID, p.Register), name)
		if err != nil {
			return err
		}
		p.Of[o.ID] = n
		p.Have += n
		if n < p.Each {
			p.Short = append(p.Short, o.Name)
		}
	}
	return nil
}
