package policy

import (
	"errors"
	"slices"
)

// State says how far a value can be relied on (facts 0.1).
type State string

// The states, in the facts' own words.
const (
	Statutory  State = "法定" // from the text of a law or rule; locked
	Verified   State = "已核" // read in a standard, rule or notice
	Sample     State = "示例" // made up, to be replaced before anything is paid
	Unverified State = "待核" // known, but not confirmed for this office
)

func (s State) known() bool {
	return slices.Contains([]State{Statutory, Verified, Sample, Unverified}, s)
}

// Firm reports whether a decision or a payment may rest on it. What is not
// firm wears its state as a badge.
func (s State) Firm() bool { return s == Statutory || s == Verified }

// Errors at the package's edge.
var (
	ErrUnknown  = errors.New("policy: no such key")     // neither data nor office names it
	ErrNotThen  = errors.New("policy: not in force")    // it exists, but not on that day
	ErrLocked   = errors.New("policy: statutory value") // needs an approved change
	ErrOverlap  = errors.New("policy: two standards in one month")
	ErrMistaken = errors.New("policy: data is wrong")
)
