// Package rate works rates out from records by formulas that are data: which
// records are in the denominator, which count, in full or by a share.
//
// It promises that every rate opens the records behind it; that a formula with
// an unknown field, code or parameter stops the start; and that a month which
// was frozen stays as it was, with the version of its formulas. It must not
// know what any register is for.
package rate

import (
	"bytes"
	"fmt"
	"math"
	"strconv"

	"go.yaml.in/yaml/v3"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Set is formulas that belong together, checked against their registers.
type Set struct {
	Version, Basis, State string
	Formulas              []*Formula
}

// Formula is how one rate is worked out.
type Formula struct {
	ID, Title, Words string
	Register         string
	Source           string // the conditions, as written
	Low              bool   // the lower the better
	Free             bool   // has no target
	weight           string // parameter; "" when the rate has none
	of               *register.Condition
	hits             []hit
}

// hit is one way for a record to count: in full, or by a parameter's share.
type hit struct {
	when  *register.Condition
	param string
}

type setFile struct {
	Version string `yaml:"version"`
	Basis   string `yaml:"basis"`
	State   string `yaml:"state"`
	Rates   []struct {
		ID       string `yaml:"id"`
		Title    string `yaml:"title"`
		Words    string `yaml:"words"`
		Register string `yaml:"register"`
		Of       string `yaml:"of"`
		Weight   string `yaml:"weight"`
		Low      bool   `yaml:"low"`
		Free     bool   `yaml:"free"`
		Hits     []struct {
			When  string `yaml:"when"`
			Param string `yaml:"param"`
		} `yaml:"hits"`
	} `yaml:"rates"`
}

// Load reads formulas; those that name no register are about the one given. An
// unknown key, register, field, code or parameter stops it.
func Load(data []byte, about string, defs func(string) (*register.Definition, bool), facts register.Facts) (*Set, error) {
	var file setFile
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("reading formulas of rates: %w", err)
	}
	if file.Version == "" || len(file.Rates) == 0 {
		return nil, fmt.Errorf("reading formulas of rates: no version, or no rate")
	}
	out := &Set{Version: file.Version, Basis: file.Basis, State: file.State}
	for _, r := range file.Rates {
		f := &Formula{ID: r.ID, Title: r.Title, Words: r.Words, Register: r.Register, weight: r.Weight, Low: r.Low, Free: r.Free}
		if f.Register == "" {
			f.Register = about
		}
		def, ok := defs(f.Register)
		if !ok {
			return nil, fmt.Errorf("rate %s: no register %q", r.ID, f.Register)
		}
		if r.Weight != "" && !facts.HasParam(r.Weight, false) {
			return nil, fmt.Errorf("rate %s: no parameter %q", r.ID, r.Weight)
		}
		var err error
		if f.of, err = def.Condition(r.Of, facts); err != nil {
			return nil, fmt.Errorf("rate %s: %w", r.ID, err)
		}
		f.Source = "分母：" + r.Of
		for _, h := range r.Hits {
			if err := f.add(def, facts, h.When, h.Param); err != nil {
				return nil, fmt.Errorf("rate %s: %w", r.ID, err)
			}
		}
		out.Formulas = append(out.Formulas, f)
	}
	return out, nil
}

func (f *Formula) add(def *register.Definition, facts register.Facts, when, param string) error {
	c, err := def.Condition(when, facts)
	if err != nil {
		return err
	}
	if param != "" && !facts.HasParam(param, false) {
		return fmt.Errorf("no parameter %q", param)
	}
	f.hits = append(f.hits, hit{c, param})
	f.Source += "；分子：" + when
	if param != "" {
		f.Source += "，乘以参数 " + param
	}
	return nil
}

// Judge tells whether a record is in the denominator, and by how much it
// counts; env is the record's, with its step.
func (f *Formula) Judge(tx *record.Tx, env register.Env, on value.Date) (within bool, share float64, err error) {
	if within, err = f.of.Holds(env); err != nil || !within {
		return false, 0, err
	}
	for _, h := range f.hits {
		yes, err := h.when.Holds(env)
		if err != nil {
			return false, 0, err
		}
		if !yes {
			continue
		}
		if h.param == "" {
			return true, 1, nil
		}
		share, err = tx.Book().Policy().Decimal(h.param, on)
		if err != nil {
			return false, 0, fmt.Errorf("reading the share of %s: %w", f.ID, err)
		}
		return true, share, nil
	}
	return true, 0, nil
}

// Rate is one rate of one set of records, with what stands behind it.
type Rate struct {
	*Formula
	Of     []record.Ref // denominator
	Hits   []record.Ref // counted in full or in part
	Misses []record.Ref // in the denominator and not counted
	Sum    float64      // numerator, parts by their share
	Weight float64      // in the score; 0: not part of it
}

// Enter counts a record that is in the denominator.
func (r *Rate) Enter(ref record.Ref, share float64) {
	r.Of = append(r.Of, ref)
	r.Sum += share
	if share > 0 {
		r.Hits = append(r.Hits, ref)
		return
	}
	r.Misses = append(r.Misses, ref)
}

// Value is the rate, 0 to 1; ok is false when nothing is in the denominator.
func (r Rate) Value() (v float64, ok bool) {
	if len(r.Of) == 0 {
		return 0, false
	}
	return r.Sum / float64(len(r.Of)), true
}

// Percent writes the rate as a page shows it.
func (r Rate) Percent() string { return percent(r.Sum, len(r.Of)) }

// Percent writes a part of a whole as a page shows it: 66.67%, or — of nothing.
func Percent(part, whole int) string { return percent(float64(part), whole) }

func percent(part float64, whole int) string {
	if whole == 0 {
		return "—"
	}
	return strconv.FormatFloat(100*part/float64(whole), 'f', 2, 64) + "%"
}

// Score is the weighted mean of rates, of 100; ok is false while one of them
// has nothing in its denominator.
func Score(rates []Rate) (score float64, ok bool) {
	sum, weights := 0.0, 0.0
	for _, r := range rates {
		if r.Weight == 0 {
			continue
		}
		v, ok := r.Value()
		if !ok {
			return 0, false
		}
		sum, weights = sum+v*r.Weight, weights+r.Weight
	}
	if weights == 0 {
		return 0, false
	}
	return 100 * sum / weights, true
}

// Short is how many more records that count in full it takes to reach a target,
// a share below 1; 0 when it is reached.
func (r Rate) Short(target float64) int {
	v, ok := r.Value()
	if !ok || v >= target || target >= 1 {
		return 0
	}
	return int(math.Ceil((target*float64(len(r.Of))-r.Sum)/(1-target) - 1e-9))
}

// Need is how many of so many records yet to be judged must count in full for
// the rate to reach a target, when all of them enter the denominator; ok is
// false when not even all would do.
func (r Rate) Need(target float64, pending int) (n int, ok bool) {
	n = max(0, int(math.Ceil(target*float64(len(r.Of)+pending)-r.Sum-1e-9)))
	return n, n <= pending
}

// Members are the records of one side of a rate: of, hits or misses.
func (r Rate) Members(set string) ([]record.Ref, bool) {
	refs, ok := map[string][]record.Ref{"of": r.Of, "hits": r.Hits, "misses": r.Misses}[set]
	return refs, ok
}
