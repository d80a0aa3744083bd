package policy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"jiezhen/app/value"
)

// Standard is an amount that an authority has set for a span of months
// (facts 0.5). Arrears take the standard of the month they belong to.
type Standard struct {
	Code, Title string
	For         string      // whom it is for
	Amount      int64       // fen
	Unit        string      // 元/人/月 and the like
	From, To    value.Month // To "" has no end; both months are included
	Basis       string
	State       State
	EnteredBy   string
	CheckedBy   string
}

// Payable reports whether a real pay-out may use it: samples and unconfirmed
// amounts only ever make a watermarked draft.
func (s Standard) Payable() bool { return s.State.Firm() }

// Standard gives the amount of a code that holds in a month.
func (s *Set) Standard(code string, month value.Month) (Standard, error) {
	all := s.standards[code]
	if len(all) == 0 {
		return Standard{}, fmt.Errorf("standard %s: %w", code, ErrUnknown)
	}
	for _, x := range all {
		if x.holds(month) {
			return x, nil
		}
	}
	return Standard{}, fmt.Errorf("standard %s in %s: %w", code, month, ErrNotThen)
}

func (s Standard) holds(m value.Month) bool { return s.From <= m && (s.To == "" || m <= s.To) }

// Standards are all amounts, by code and then by month.
func (s *Set) Standards() []Standard {
	var out []Standard
	for _, code := range slices.Sorted(maps.Keys(s.standards)) {
		out = append(out, s.standards[code]...)
	}
	return out
}

// WithStandards gives a set in which the office's own standards take the place
// of all that the program carries under the same codes.
func (s *Set) WithStandards(own []Standard) (*Set, error) {
	out := s.clone()
	for _, x := range own {
		delete(out.standards, x.Code)
	}
	for _, x := range own {
		if err := out.addStandard(x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Set) addStandard(x Standard) error {
	if err := x.check(); err != nil {
		return err
	}
	all := s.standards[x.Code]
	for _, other := range all {
		if (other.To == "" || x.From <= other.To) && (x.To == "" || other.From <= x.To) {
			return fmt.Errorf("标准 %s：%s起与%s起的两条时间重叠，请先给前一条填失效月：%w", x.Code, x.From, other.From, ErrOverlap)
		}
	}
	all = append(slices.Clone(all), x)
	slices.SortFunc(all, func(a, b Standard) int { return cmp.Compare(a.From, b.From) })
	s.standards[x.Code] = all
	return nil
}

func (s Standard) check() error {
	from, err := value.ParseMonth(string(s.From))
	if err != nil || from != s.From {
		return fmt.Errorf("标准 %s：生效月“%s”应写成 2026-01：%w", s.Code, s.From, ErrMistaken)
	}
	if to, err := value.ParseMonth(string(s.To)); s.To != "" && (err != nil || to != s.To || to < from) {
		return fmt.Errorf("标准 %s：失效月“%s”不对：%w", s.Code, s.To, ErrMistaken)
	}
	if s.Code == "" || s.Title == "" || s.Unit == "" || s.Basis == "" || !s.State.known() || s.Amount < 0 {
		return fmt.Errorf("标准 %s：代码、名称、单位、依据文号、核定状态都要填，金额不得为负：%w", s.Code, ErrMistaken)
	}
	return nil
}
