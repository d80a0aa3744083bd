package register

import (
	"sort"
	"strings"
)

// Subject says what kind of thing a record of a register is about.
type Subject string

// The kinds of subject.
const (
	SubjectNone   Subject = "none"
	SubjectPerson Subject = "person"
	SubjectPlace  Subject = "place"
	SubjectParty  Subject = "party"
)

// Protection is the level at which a register's records are kept.
type Protection string

// The levels, weakest first. Minor records show masked names in lists and log
// every view; sealed ones are invisible, also in counts, to all but the roles
// that the register names, and are left out of the search index.
const (
	ProtectNone   Protection = "none"
	ProtectMinor  Protection = "minor"
	ProtectSealed Protection = "sealed"
)

// Definition is one register as loaded from its file.
type Definition struct {
	ID           string
	System       string // A1 … C23 of the plan, or empty for the office's own registers
	Title        string
	Basis        []string // law or standard, printed under papers
	Subject      Subject
	SubjectLabel string
	Protect      Protection
	Numbering    string // pattern of the number, see Number
	Retention    string // retention class
	Hidden       bool   // not in the menu: reached through another page
	Everywhere   bool   // lies in no community: its readers of community level read all of it
	Ledger       bool   // many rows a person, shown where they belong: not among links, not in a course of events
	Under        string // register on whose list the menu folds this one; "" in the menu itself
	Menu         string // group of the menu; the domain unless said
	Rights       Rights
	Fields       []*Field
	Steps        []*Step
	Actions      []*Action
	Duties       []*Duty
	Checks       []*Check
	Criteria     []*Criterion
	Begins       []string // registers that can be begun from a record of this one
	Papers       []string
	List         List
	Counts       []*Count
	File         string // where it was defined, for messages

	fields  map[string]*Field
	steps   map[string]*Step
	actions map[string]*Action
	zero    Env // of the fields, when they are complete
}

// Rights name the roles that may do the basic acts. Actions carry their own.
type Rights struct {
	Read, Create, Edit, Assign, Export, Import []string
}

// Field is one cell of the form.
type Field struct {
	ID, Label, Section, Help, Unit string
	Type                           Kind
	Codes                          string  // code list, for code and codes
	Register                       string  // register that a party or place field points into
	Min, Max                       float64 // bounds for numbers; Bounded says that they apply
	BoundedMin, BoundedMax         bool
	MaxLength                      int // runes; 0 means the type's own limit
	Decimals                       int
	Column                         bool // held in the index: may be filtered and sorted by
	Search                         bool // its words are found by full-text search
	Filled                         bool // filled in by the program: shown, never typed
	Later                          bool // filled in while work goes on: not asked for when a record is made
	Key                            bool // changes only by a change order
	Unique                         bool // no two records of the register share a value
	Equal                          bool // found by exact value
	Match                          bool // unique, and given by others: a row of an import with a value on record updates that record
	Mask                           bool // masked in lists and unapproved exports
	Person                         bool // personal data that a consent slip may withhold
	Required                       *Condition
	Show                           *Condition
	Compute                        *Expression
	Default                        *Expression
	Fields                         []*Field // columns of a table
	Line                           int
}

// Step is a place where a record can stand.
type Step struct {
	ID, Label string
	Closed    bool        // work has ended: no clock runs
	Due       *Expression // a limit or a date
	Since     string      // date field the clock starts from; else the day the step was entered
	Stops     []Stop      // times that do not count
	Line      int
}

// Stop is a time in which the clock of a step stands still, between two date
// fields, the last day included; without the second it has not ended.
type Stop struct{ From, Until string }

// Duty is a due date that comes again, such as a visit every month. It is
// derived from fields and never stored as a task.
type Duty struct {
	ID, Label string
	When      *Condition
	Every     *Expression // limit counted from Since
	Since     string      // date field; when empty in the record, the start of the step is used
	Done      string      // register in which doing it is recorded, for the link on the work list
	Line      int
}

// Check is a condition that must hold at every save, with what to say if not.
type Check struct {
	That  *Condition
	Say   string
	Field string
	Warn  bool
}

// Action moves a record, by a person who may, when nothing is missing.
type Action struct {
	ID, Label string
	From      []string // steps; empty means any open step
	To        string   // empty: stays
	By        []string // roles
	Needs     []string // fields that must be filled
	Asks      []string // fields asked for in the action's own form
	Checks    []*Check
	Note      string // "", "optional", "required": a reason typed with the action
	Meets     bool   // all criteria that apply must be met
	NotAuthor bool   // four eyes: not by whoever created or last submitted the record
	Approval  bool   // logged as an approval
	Tone      string // "", "primary", "danger"
	Line      int
}

// List says what a list of the register shows and can be narrowed by.
type List struct {
	Columns, Filters []string
	Sort             string // column, "-" in front for descending
}

// Count is a named number of the register; list, board and return share it.
type Count struct {
	ID, Label string
	When      *Condition
	Filter    map[string]string // how the list opens the rows, when it can
	Least     *Expression       // a number above 0 and below this is shown as fewer than it, and opens nothing
}

// Field returns the field with this id.
func (d *Definition) Field(id string) (*Field, bool) { f, ok := d.fields[id]; return f, ok }

// Step returns the step with this id.
func (d *Definition) Step(id string) (*Step, bool) { s, ok := d.steps[id]; return s, ok }

// Action returns the action with this id.
func (d *Definition) Action(id string) (*Action, bool) { a, ok := d.actions[id]; return a, ok }

// First is the step in which a new record stands; empty without steps.
func (d *Definition) First() string {
	if len(d.Steps) == 0 {
		return ""
	}
	return d.Steps[0].ID
}

// Domain is the part of the id before the dot: child, disability, governance,
// person, office …
func (d *Definition) Domain() string {
	domain, _, _ := strings.Cut(d.ID, ".")
	return domain
}

// ActionsFrom lists the actions that a record in this step can take.
func (d *Definition) ActionsFrom(step string) []*Action {
	var out []*Action
	for _, a := range d.Actions {
		if a.Leaves(step, d) {
			out = append(out, a)
		}
	}
	return out
}

// Leaves reports whether the action starts at this step.
func (a *Action) Leaves(step string, d *Definition) bool {
	if len(a.From) == 0 {
		s, ok := d.Step(step)
		return !ok || !s.Closed
	}
	for _, f := range a.From {
		if f == step || f == "*" {
			return true
		}
	}
	return false
}

// Columns lists the fields that the index holds, in a stable order.
func (d *Definition) Columns() []*Field {
	var out []*Field
	for _, f := range d.Fields {
		if f.Column {
			out = append(out, f)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// Set is all registers of an office, whole and consistent.
type Set struct {
	byID  map[string]*Definition
	order []*Definition
}

// Get returns the register with this id.
func (s *Set) Get(id string) (*Definition, bool) { d, ok := s.byID[id]; return d, ok }

// All lists the registers by system code, then id.
func (s *Set) All() []*Definition { return s.order }
