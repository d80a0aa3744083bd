package record

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Ref names a record: the register it is in and its id there.
type Ref struct {
	Register string
	ID       uint64
}

// String writes the ref as register/id.
func (r Ref) String() string { return r.Register + "/" + strconv.FormatUint(r.ID, 10) }

// Zero reports whether the ref names nothing.
func (r Ref) Zero() bool { return r.ID == 0 }

// ParseRef reads what String wrote.
func ParseRef(s string) (Ref, error) {
	reg, id, ok := strings.Cut(s, "/")
	n, err := strconv.ParseUint(id, 10, 64)
	if !ok || err != nil || n == 0 {
		return Ref{}, fmt.Errorf("reading a record reference from %q", s)
	}
	return Ref{reg, n}, nil
}

// The registers that the record layer itself needs to know by name, because
// other records refer to their rows.
const (
	Persons = "person.file"
	Places  = "place.place"
	Parties = "party.party"
	Users   = "staff.user"
)

// Record is one row of a register as a viewer sees it.
type Record struct {
	Ref
	Rev       uint64
	Number    string
	Values    register.Values
	Step      string
	Entered   map[string]value.Date // when each step was last entered
	Subject   uint64                // person, place or party, as the register says
	Community uint64
	Town      string // 9-digit code, kept as it was when the record was made
	Owner     uint64
	Assist    []uint64
	Author    uint64
	Created   value.Date
	Changed   value.Date
	Guarded   bool // its person is under protection; set when read, never stored
	Single    bool // some step was done single-handed
	Demo      bool
	Pauses    []Pause
	Log       []Move // append-only: every action taken
	Transfers []Transfer
	Files     []Attachment
	Papers    []Issue
	Links     []Link
	Secrets   map[string]string // never shown, never exported (password hashes)

	Def *register.Definition
}

// Pause is a time in which no clock of the record runs.
type Pause struct {
	From, Until value.Date // Until empty: still paused
	Reason      string
	By          uint64 // who asked
	Approved    uint64 // who approved
}

// Move is one action taken on a record.
type Move struct {
	Action, Label string
	From, To      string // steps
	By            uint64
	ByName        string // as it was that day
	At            time.Time
	Note          string
	Approval      bool
	Single        bool // taken single-handed where two persons are asked for
}

// Transfer is work handed to someone else: it changes hands when accepted.
type Transfer struct {
	ID       int
	Kind     string // assign, transfer, refer
	From, To uint64 // users; To is 0 for a referral to a party
	Party    uint64
	Reason   string
	At       time.Time
	State    string // pending, accepted, rejected, withdrawn, done
	Answer   string
	Answered time.Time
}

// Attachment is a file kept with the record.
type Attachment struct {
	Hash, Title, Type string
	Size              int64
	Pages             int
	Original          bool   // 原件; otherwise a copy
	Paper             string // number of the paper whose signed scan this is
	By                uint64
	At                time.Time
	Removed           string // reason, when taken off the list; the file stays in the history
}

// Issue is a paper issued under a number.
type Issue struct {
	Paper, Number, Hash, Check string
	By                         uint64
	ByName                     string
	At                         time.Time
	Reprints                   int
	Frozen                     uint64 // id of the words as printed, see Thaw
	Void                       string // reason; empty while in force
	Unprinted                  bool   // entered under its number, and not yet fetched to be printed
}

// Link is a relation to another record.
type Link struct {
	Kind string
	To   Ref
}

// Note is a case note: free text that search finds.
type Note struct {
	ID      uint64
	Parent  Ref
	Subject uint64
	Kind    string
	Text    string
	By      uint64
	ByName  string
	At      time.Time
}

// Open reports whether work on the record goes on.
func (r *Record) Open() bool {
	s, ok := r.Def.Step(r.Step)
	return !ok || !s.Closed
}

// Text gives a text-like value of a field, "" when empty.
func (r *Record) Text(field string) string { s, _ := r.Values[field].(string); return s }

// Date gives a date field's value, "" when empty.
func (r *Record) Date(field string) value.Date { return value.Date(r.Text(field)) }

// RefID gives the id in a person, place, party or record field, 0 when empty.
func (r *Record) RefID(field string) uint64 {
	n, _ := strconv.ParseUint(r.Text(field), 10, 64)
	return n
}

// StepLabel is the step in the office's words.
func (r *Record) StepLabel() string {
	if s, ok := r.Def.Step(r.Step); ok {
		return s.Label
	}
	return ""
}

// target is the record as package access judges it.
func (r *Record) target() access.Target {
	return access.Target{
		Register: accessRegister(r.Def), Community: r.Community, Subject: r.person(), Owner: r.Owner,
		Author: r.Author, Assist: r.Assist, Guarded: r.Guarded,
	}
}

// person is the person the record is about, or 0.
func (r *Record) person() uint64 {
	if r.Register == Persons {
		return r.ID
	}
	if r.Def.Subject == register.SubjectPerson {
		return r.Subject
	}
	return 0
}

func accessRegister(d *register.Definition) access.Register {
	return access.Register{ID: d.ID, Domain: d.Domain(), Sealed: d.Protect == register.ProtectSealed,
		Rights: access.Rights(d.Rights), Everywhere: d.Everywhere}
}
