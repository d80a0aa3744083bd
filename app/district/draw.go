package district

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"

	"go.yaml.in/yaml/v3"

	"jiezhen/app/record"
	"jiezhen/embedstore"
)

// Draw says which records of a register mean that a person draws an allowance,
// and which.
type Draw struct {
	Register  string
	Steps     []string          // on which it is drawn
	Programme string            // code of the allowance, where it is always the same
	Field     string            // else the field that names it
	Map       map[string]string // from that field's codes to those of allowances; empty: the same
}

// LoadDraws reads what the program carries of allowances and their registers.
func LoadDraws(assets fs.FS) ([]Draw, error) {
	text, err := fs.ReadFile(assets, "allowances.yaml")
	if err != nil {
		return nil, fmt.Errorf("reading allowances: %w", err)
	}
	var f struct{ Draws []Draw }
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("reading allowances: %w", err)
	}
	for _, d := range f.Draws {
		if d.Register == "" || len(d.Steps) == 0 || (d.Programme == "") == (d.Field == "") {
			return nil, fmt.Errorf("reading allowances: %q lacks steps, or names no allowance or two", d.Register)
		}
	}
	return f.Draws, nil
}

// programme is the allowance that a record means, or "".
func (w Draw) programme(r *record.Record) string {
	if !slices.Contains(w.Steps, r.Step) {
		return ""
	}
	if w.Programme != "" {
		return w.Programme
	}
	code := r.Text(w.Field)
	if len(w.Map) > 0 {
		return w.Map[code]
	}
	return code
}

// drawn are the allowances that a person draws at an office, each once.
func (d *Desk) drawn(tx *embedstore.Tx, s Side) ([]string, error) {
	var out []string
	for _, w := range d.cfg.Draws {
		err := d.recordsOf(tx, s, w.Register, func(r *record.Record) bool {
			if p := w.programme(r); p != "" && !slices.Contains(out, p) {
				out = append(out, p)
			}
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Clash is a person drawing at two offices what may not be drawn together.
type Clash struct {
	A, B  string // the offices' names
	DrawA string // titles of the allowances
	DrawB string
	Why   string
}

// clashes holds the allowances of every two offices against each other.
func (d *Desk) clashes(sides []Side) []Clash {
	var out []Clash
	for i, a := range sides {
		for _, b := range sides[i+1:] {
			for _, x := range a.Draws {
				for _, y := range b.Draws {
					if why, bad := d.cfg.Exclusive(x, y); bad {
						out = append(out, Clash{A: a.Name, B: b.Name, DrawA: d.cfg.Title(x), DrawB: d.cfg.Title(y), Why: why})
					}
				}
			}
		}
	}
	return out
}

// Titles are what allowances are called.
func (d *Desk) Titles(programmes []string) []string {
	var out []string
	for _, p := range programmes {
		out = append(out, d.cfg.Title(p))
	}
	return out
}
