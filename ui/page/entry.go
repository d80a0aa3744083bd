package page

// LoginView asks for name and password (POST /login).
type LoginView struct {
	Frame
	Form  Form
	Hints []string // demo accounts, lockout in force
}

// SetupView is one step of the first run.
type SetupView struct {
	Frame
	Steps []Step // profile, accounts, recovery key, check, done
	Text  []string
	Form  *Form     // nil on the last page
	Key   *KeySheet // on the recovery key step
	Next  Link      // on the last page: to the sign-in
}

// KeySheet is the paper recovery key, to be printed and kept.
type KeySheet struct {
	Office string
	Groups []string // numbered from 1
	Made   string   // date
	Number string   // number of the sheet, printed at the margin
	Notes  []string
	QR     QR // the groups, to be read by a scanner
}

// QR is a two-dimensional code as a drawing: a path of unit squares in a square
// of Size. The zero value draws nothing.
type QR struct {
	Path string
	Size int
}

// LockedView asks for the paper key or passphrase when the store is shut.
type LockedView struct {
	Frame
	Text []string
	Form Form
}

// AccountView is the reader's own page: password and display settings.
type AccountView struct {
	Frame
	Facts []Fact
	Form  Form // change of password
}

// Step is one station of a track.
type Step struct {
	Label string
	State StepState
	Date  string // when reached, or when due
	Who   string
	Note  string
}

// StepState says where a step stands.
type StepState string

// The states of a step.
const (
	StepAhead   StepState = "ahead"
	StepDone    StepState = "done"
	StepCurrent StepState = "current"
	StepPaused  StepState = "paused"
	StepSkipped StepState = "skipped"
)
