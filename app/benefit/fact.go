package benefit

import "time"

// Tri is an answer that may be missing.
type Tri int

// The answers. Unknown goes to a person.
const (
	Unknown Tri = iota
	No
	Yes
)

func (t Tri) String() string { return [...]string{"待核实", "不符合", "符合"}[t] }

func of(b bool) Tri {
	if b {
		return Yes
	}
	return No
}

// ParentState is what is known of a parent, by the codes of B6, over a stretch
// of days.
type ParentState struct {
	Code     int       // 0–10, 99
	From     time.Time // detention began, report to the police
	Until    time.Time // term ends, certificate expires; zero: not stated
	Evidence Tri       // the paper that the code asks for is on file
	Grade    int       // disability, 1–4
	Mental   bool      // the disability is 精神 or 智力
	Listed   Tri       // the illness is in the local catalogue
}

// Parent are the states of one parent over time; what no stretch covers is
// normal (0), except before anything was said: unknown.
type Parent []ParentState

// at is the state on a day: the last that had begun and not yet ended.
func (p Parent) at(d time.Time) ParentState {
	out := ParentState{Code: 99}
	for _, s := range p {
		if s.From.After(d) {
			continue
		}
		if !s.Until.IsZero() && !s.Until.After(d) { // what ends in a month ends the allowance from the next
			out = ParentState{Code: 0, From: s.Until.AddDate(0, 0, 1), Evidence: Yes}
			continue
		}
		out = s
	}
	return out
}

// Stretch is a stretch of months; To 0 is open.
type Stretch struct {
	From, To Month
}

// Holds says whether a month lies in the stretch.
func (s Stretch) Holds(m Month) bool { return s.From <= m && (s.To == 0 || m <= s.To) }

// Other is another benefit that the member draws.
type Other struct {
	Code string
	Stretch
	Amount Fen // a month, where it matters
}

// Pause is a deliberate pause: nothing is paid, and the months are made good
// afterwards only if BackPay says so.
type Pause struct {
	Stretch
	Reason  string
	BackPay bool
	Over    Month // month in which it was lifted; 0: still on
}

// Abode is where a child is brought up from a month on.
type Abode struct {
	From        Month
	Institution bool
}

// Choice is what an applicant chose between two that exclude each other.
type Choice struct {
	Programme string
	Signed    time.Time
}

// Facts are what is known of a member, with dates. Zero dates have not
// happened.
type Facts struct {
	Birth                        time.Time
	Death, Moved, Adopted, Ended time.Time // Ended: the circumstance ended, for another reason
	Applied, Decided             time.Time
	Father, Mother               Parent
	Parentless                   bool    // the parents cannot be found
	Institution                  bool    // brought up in an institution
	Abodes                       []Abode // when that changed; before the first, and without any, Institution says
	SchoolUntil                  time.Time
	Local                        Tri       // household registration in the district
	Difficult                    Tri       // 困境家庭, for infants
	Guardian                     int       // assessment of the guardian, 0–100; -1 unknown
	Living                       Tri       // lives with the guardian
	GuardianSince                time.Time // present guardian
	Card                         CardFacts
	Poor                         Tri // 低保、低收入 or 无固定性收入
	CareNeeded                   Tri
	Others                       []Other
	Pauses                       []Pause
	Choice                       *Choice
	MissedVisits                 int   // in a row, guardian not met
	Since                        Month // months before it were settled elsewhere; 0: none
}

// CardFacts are those of a disability certificate.
type CardFacts struct {
	Grade  int // 1–4, 0: none
	Mental bool
	Until  time.Time
}
