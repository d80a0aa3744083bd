package benefit

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v3"
)

// Kind says by which rules a programme judges.
type Kind string

// The kinds.
const (
	KindOrphan     Kind = "orphan"
	KindUnattended Kind = "unattended"
	KindInfant     Kind = "infant"
	KindGuardian   Kind = "guardian"
	KindLiving     Kind = "living"
	KindCare       Kind = "care"
)

// Start says from which month a programme pays.
type Start string

// The three ways (业务资料 0.6).
const (
	StartApplied Start = "applied" // month of the application
	StartDecided Start = "decided" // month of the decision
	StartNext    Start = "next"    // month after the decision
)

// Programme is an allowance as a rule book has it.
type Programme struct {
	Code, Title string
	Kind        Kind
	Standard    string // standard code
	Institution string // standard code in an institution; "": the same
	Start       Start
	Basis       string
	State       string
}

// PairRule says how two benefits stand to one another.
type PairRule string

// The rules of D13.
const (
	Both   PairRule = "both"
	Never  PairRule = "never"  // one of them goes on, the other is not paid
	Choose PairRule = "choose" // the applicant chooses and signs
	TopUp  PairRule = "topup"  // the difference to the standard is paid
	Higher PairRule = "higher" // only the larger is paid
)

// Pair is one line of the table of overlaps.
type Pair struct {
	A, B  string
	Rule  PairRule
	Keeps string // of Never: the one that goes on
	Basis string
}

// Rules are the switches that differ from place to place.
type Rules struct {
	SixMonths     string   `yaml:"six_months"` // document or served
	DeathMonth    bool     `yaml:"death_month"`
	SchoolExtends bool     `yaml:"school_extends"`
	Leap          LeapRule `yaml:"leap"`
	GuardianScore int      `yaml:"guardian_score"`
	MissedVisits  int      `yaml:"missed_visits"`
}

// DatedRules are rules from a month on.
type DatedRules struct {
	From Month
	Rules
}

// Book is everything that decisions are made by.
type Book struct {
	Programmes []Programme
	Pairs      []Pair
	Rules      Rules        // those that held first
	Later      []DatedRules `yaml:"-"` // and since when others do, in order
	Standards  Standards    `yaml:"-"`
}

// RulesAt are the rules of a month: like a standard, a switch that is turned
// changes nothing of the months before.
func (b *Book) RulesAt(m Month) Rules {
	out := b.Rules
	for _, d := range b.Later {
		if d.From <= m {
			out = d.Rules
		}
	}
	return out
}

// in is the book as it stands in a month.
func (b *Book) in(m Month) *Book {
	if len(b.Later) == 0 {
		return b
	}
	then := *b
	then.Rules, then.Later = b.RulesAt(m), nil
	return &then
}

// Load reads programmes, pairs and rules from benefits.yaml.
func Load(assets fs.FS) (*Book, error) {
	text, err := fs.ReadFile(assets, "benefits.yaml")
	if err != nil {
		return nil, fmt.Errorf("reading benefits: %w", err)
	}
	var b Book
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&b); err != nil {
		return nil, fmt.Errorf("reading benefits: %w", err)
	}
	return &b, b.check()
}

func (b *Book) check() error {
	seen := map[string]bool{}
	for _, p := range b.Programmes {
		switch {
		case p.Code == "" || p.Title == "" || p.Standard == "" || seen[p.Code]:
			return fmt.Errorf("reading benefits: programme %q", p.Code)
		case p.Start != StartApplied && p.Start != StartDecided && p.Start != StartNext:
			return fmt.Errorf("reading benefits: start of %s", p.Code)
		case judges[p.Kind] == nil:
			return fmt.Errorf("reading benefits: kind of %s", p.Code)
		}
		seen[p.Code] = true
	}
	pairs := map[[2]string]bool{}
	for _, p := range b.Pairs {
		key := [2]string{min(p.A, p.B), max(p.A, p.B)}
		switch {
		case pairs[key]:
			return fmt.Errorf("reading benefits: %s and %s stand twice", p.A, p.B)
		case p.Rule == Never && p.Keeps != p.A && p.Keeps != p.B:
			return fmt.Errorf("reading benefits: which of %s and %s goes on?", p.A, p.B)
		case p.Rule != Both && p.Rule != Never && p.Rule != Choose && p.Rule != TopUp && p.Rule != Higher:
			return fmt.Errorf("reading benefits: rule of %s and %s", p.A, p.B)
		}
		pairs[key] = true
	}
	if b.Rules.SixMonths != "document" && b.Rules.SixMonths != "served" {
		return errors.New("reading benefits: six_months")
	}
	return nil
}

// Programme finds a programme by its code.
func (b *Book) Programme(code string) (Programme, bool) {
	for _, p := range b.Programmes {
		if p.Code == code {
			return p, true
		}
	}
	return Programme{}, false
}

// pair is how two benefits stand; Both when the table says nothing.
func (b *Book) pair(x, y string) Pair {
	for _, p := range b.Pairs {
		if p.A == x && p.B == y || p.A == y && p.B == x {
			return p
		}
	}
	return Pair{A: x, B: y, Rule: Both}
}
