package hotline

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"go.yaml.in/yaml/v3"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Formulas are the rates of the hotline as data, checked against the register
// of orders.
type Formulas struct {
	Version string
	Basis   string
	State   string
	rates   []formula
}

type formula struct {
	id, title, words, weight string
	of                       *register.Condition
	hits                     []hit
	source                   string
}

// hit is one way for an order to count: in full, or by a parameter's share.
type hit struct {
	when  *register.Condition
	param string
}

type formulaFile struct {
	Version string `yaml:"version"`
	Basis   string `yaml:"basis"`
	State   string `yaml:"state"`
	Rates   []struct {
		ID     string `yaml:"id"`
		Title  string `yaml:"title"`
		Words  string `yaml:"words"`
		Of     string `yaml:"of"`
		Weight string `yaml:"weight"`
		Hits   []struct {
			When  string `yaml:"when"`
			Param string `yaml:"param"`
		} `yaml:"hits"`
	} `yaml:"rates"`
}

// LoadFormulas reads the formulas; an unknown key, field, code or parameter
// stops it.
func LoadFormulas(data []byte, def *register.Definition, facts register.Facts) (*Formulas, error) {
	var file formulaFile
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("reading the formulas of rates: %w", err)
	}
	out := &Formulas{Version: file.Version, Basis: file.Basis, State: file.State}
	if file.Version == "" || len(file.Rates) == 0 {
		return nil, fmt.Errorf("reading the formulas of rates: no version, or no rate")
	}
	for _, r := range file.Rates {
		f := formula{id: r.ID, title: r.Title, words: r.Words, weight: r.Weight, source: "分母：" + r.Of}
		if !facts.HasParam(r.Weight, false) {
			return nil, fmt.Errorf("rate %s: no parameter %q", r.ID, r.Weight)
		}
		var err error
		if f.of, err = def.Condition(r.Of, facts); err != nil {
			return nil, fmt.Errorf("rate %s: %w", r.ID, err)
		}
		for _, h := range r.Hits {
			when, err := def.Condition(h.When, facts)
			if err == nil && h.Param != "" && !facts.HasParam(h.Param, false) {
				err = fmt.Errorf("no parameter %q", h.Param)
			}
			if err != nil {
				return nil, fmt.Errorf("rate %s: %w", r.ID, err)
			}
			f.hits = append(f.hits, hit{when, h.Param})
			f.source += "；分子：" + h.When
			if h.Param != "" {
				f.source += "，乘以参数 " + h.Param
			}
		}
		out.rates = append(out.rates, f)
	}
	return out, nil
}

// Rate is one rate of one set of orders, with what stands behind it.
type Rate struct {
	ID, Title, Words string
	Formula          string
	Of               []record.Ref // denominator
	Hits             []record.Ref // counted in full or in part
	Misses           []record.Ref // in the denominator and not counted
	Sum              float64      // numerator, parts by their share
	Weight           float64
}

// Value is the rate, 0 to 1; ok is false when nothing is in the denominator.
func (r Rate) Value() (v float64, ok bool) {
	if len(r.Of) == 0 {
		return 0, false
	}
	return r.Sum / float64(len(r.Of)), true
}

// Short is how many more orders that count in full it takes to reach a target,
// a share below 1; 0 when it is reached.
func (r Rate) Short(target float64) int {
	v, ok := r.Value()
	if !ok || v >= target || target >= 1 {
		return 0
	}
	return int(math.Ceil((target*float64(len(r.Of))-r.Sum)/(1-target) - 1e-9))
}

// Need is how many of so many orders yet to be called back must count in full
// for the rate to reach a target, when all of them are reached; ok is false when
// not even all would do.
func (r Rate) Need(target float64, pending int) (n int, ok bool) {
	n = max(0, int(math.Ceil(target*float64(len(r.Of)+pending)-r.Sum-1e-9)))
	return n, n <= pending
}

// Month is the hotline's rates of one month, or of another span of days.
type Month struct {
	Month    value.Month // in which the span begins
	From, To value.Date
	Version  string
	Orders   int
	Excluded []record.Ref // left out of every rate, by approval
	Rates    []Rate
	Areas    []Area // by community, best first
	Units    []Area // by the unit in charge, best first
	Pending  int    // answered and not yet called back
}

// Area is how one community, or one unit, did.
type Area struct {
	Community  uint64 // 0: a unit
	Name       string
	Orders     int
	Refs       []record.Ref
	Population float64 // of a community; 0: not known
	Rates      []Rate
	Score      float64 // weighted sum of the rates, of 100; see Scored
	Scored     bool    // every rate has a denominator
}

// score is the weighted mean of rates, of 100.
func score(rates []Rate) (float64, bool) {
	sum, weights := 0.0, 0.0
	for _, r := range rates {
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

// Score is the month's weighted score, of 100.
func (m Month) Score() (float64, bool) { return score(m.Rates) }

// PerThousand is how many orders came of a thousand who live there; ok is false
// while the population is not known.
func (a Area) PerThousand() (float64, bool) {
	if a.Population <= 0 {
		return 0, false
	}
	return 1000 * float64(a.Orders) / a.Population, true
}

// Rates works out a month from the orders dispatched in it that the viewer may
// see.
func (d *Desk) Rates(ctx context.Context, v access.Viewer, month value.Month) (Month, error) {
	return d.Span(ctx, v, month.First(), month.First().AddMonths(1).AddDays(-1))
}

// Span works out any days, both included, from the orders dispatched on them.
func (d *Desk) Span(ctx context.Context, v access.Viewer, from, to value.Date) (Month, error) {
	var out Month
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		var err error
		out, err = d.span(tx, from, to, func(*record.Record) {})
		return err
	})
	return out, err
}

// span works out the days and hands every order that counts to also.
func (d *Desk) span(tx *record.Tx, from, to value.Date, also func(*record.Record)) (Month, error) {
	out := Month{Month: value.MonthOf(from), From: from, To: to, Version: d.formulas.Version}
	var err error
	if out.Rates, err = d.blank(tx, from); err != nil {
		return out, err
	}
	s := sums{desk: d, tx: tx, month: &out, areas: map[uint64]*Area{}, units: map[string]*Area{}}
	err = eachBetween(tx, from, to, func(r *record.Record) error {
		if r.Step == "void" || r.Step == "returned" {
			return nil
		}
		also(r)
		return s.count(r)
	})
	out.Areas, out.Units = ranked(s.areas), ranked(s.units)
	return out, err
}

// ranked are areas, best first.
func ranked[K comparable](by map[K]*Area) []Area {
	var out []Area
	for _, a := range by {
		a.Score, a.Scored = score(a.Rates)
		out = append(out, *a)
	}
	slices.SortFunc(out, func(a, b Area) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Orders, a.Orders), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// blank are the rates before anything is counted.
func (d *Desk) blank(tx *record.Tx, on value.Date) ([]Rate, error) {
	var out []Rate
	for _, f := range d.formulas.rates {
		w, err := tx.Book().Policy().Integer(f.weight, on)
		if err != nil {
			return nil, fmt.Errorf("reading the weight of %s: %w", f.id, err)
		}
		out = append(out, Rate{ID: f.id, Title: f.title, Words: f.words, Formula: f.source, Weight: float64(w)})
	}
	return out, nil
}

// eachBetween visits the orders dispatched from a day to another.
func eachBetween(tx *record.Tx, from, to value.Date, fn func(*record.Record) error) error {
	q := record.Query{Register: Orders, From: map[string]value.Date{"dispatched_on": from}, To: map[string]value.Date{"dispatched_on": to}, Limit: 500}
	for {
		p, err := tx.List(q)
		if err != nil {
			return err
		}
		for _, row := range p.Rows {
			if row.Placeholder {
				continue
			}
			if err := fn(row.Record); err != nil {
				return err
			}
		}
		if q.After = p.Next; q.After == "" {
			return nil
		}
	}
}

// sums gathers a span while its orders go by.
type sums struct {
	desk  *Desk
	tx    *record.Tx
	month *Month
	areas map[uint64]*Area
	units map[string]*Area
}

// unnamed stands for orders of which a community or unit is not known.
const unnamed = "未填"

func (s *sums) area(r *record.Record) (*Area, error) {
	if a := s.areas[r.Community]; a != nil {
		return a, nil
	}
	rates, err := s.desk.blank(s.tx, s.month.From)
	a := &Area{Community: r.Community, Name: unnamed + "社区", Rates: rates}
	if p, missing := s.tx.Open(record.Ref{Register: record.Places, ID: r.Community}); missing == nil {
		a.Name = p.Text("name")
		a.Population, _ = p.Values["population"].(float64)
	}
	s.areas[r.Community] = a
	return a, err
}

func (s *sums) unit(r *record.Record) (*Area, error) {
	name := r.Text("unit")
	if name == "" {
		name = unnamed
	}
	if a := s.units[name]; a != nil {
		return a, nil
	}
	rates, err := s.desk.blank(s.tx, s.month.From)
	s.units[name] = &Area{Name: name, Rates: rates}
	return s.units[name], err
}

// count enters one order in the span, in its community and in its unit.
func (s *sums) count(r *record.Record) error {
	a, err := s.area(r)
	if err != nil {
		return err
	}
	u, err := s.unit(r)
	if err != nil {
		return err
	}
	m := s.month
	m.Orders++
	for _, to := range []*Area{a, u} {
		to.Orders++
		to.Refs = append(to.Refs, r.Ref)
	}
	if r.Text("exclusion_state") == "granted" {
		m.Excluded = append(m.Excluded, r.Ref)
	}
	if r.Step == "replied" {
		m.Pending++
	}
	env := r.Def.Env(r.Values, s.tx.Today())
	env["step"] = r.Step
	for i, f := range s.desk.formulas.rates {
		if err := f.enter(s.tx, r, env, m.From, &m.Rates[i], &a.Rates[i], &u.Rates[i]); err != nil {
			return err
		}
	}
	return nil
}

// enter counts an order in a rate, in each of the sets given.
func (f formula) enter(tx *record.Tx, r *record.Record, env register.Env, on value.Date, into ...*Rate) error {
	within, err := f.of.Holds(env)
	if err != nil || !within {
		return err
	}
	share := 0.0
	for _, h := range f.hits {
		yes, err := h.when.Holds(env)
		if err != nil {
			return err
		}
		if !yes {
			continue
		}
		share = 1
		if h.param != "" {
			if share, err = tx.Book().Policy().Decimal(h.param, on); err != nil {
				return fmt.Errorf("reading the share of %s: %w", f.id, err)
			}
		}
		break
	}
	for _, to := range into {
		to.Of = append(to.Of, r.Ref)
		to.Sum += share
		if share > 0 {
			to.Hits = append(to.Hits, r.Ref)
			continue
		}
		to.Misses = append(to.Misses, r.Ref)
	}
	return nil
}
