package page

// FormView is a record form: new, edit, change order, any desk with one form.
type FormView struct {
	Frame
	Form  Form
	Steps []Step
	Aside []Block // what helps filling in: last visit, scoring table
}

// ActionView asks for what an action needs, or says why it is refused.
type ActionView struct {
	Frame
	Number  string
	From    string // step left
	To      string // step reached
	Missing []Missing
	Form    *Form // nil while refused
	Facts   []Fact
	Back    Link
}

// Missing is one thing that an action still needs; URL leads to where it is
// filled in.
type Missing struct {
	Text string
	URL  string
	Why  string
}

// RecordView is /r/{register}/{id}.
type RecordView struct {
	Frame
	Number      string
	Badges      []Badge
	Steps       []Step
	Due         *Due
	Owner       string
	Now         string   // what is to be done now, one sentence
	Actions     []Button // links to or posts of /do/{action}
	ActionForm  Form     // carries Action URL and Rev for Buttons without URL
	Missing     []Missing
	Sections    []ValueSection
	Blocks      []Block // what a register's own package has to say of the record
	Notes       []Note
	NoteForm    *Form
	Papers      []Paper
	Attachments []File
	AttachForm  *Form
	Approvals   []Approval
	Links       []RecordLink // other records of the same person or case
	History     []Change
	HistoryMore Link
	Access      []Access // who opened, printed or exported it
	Stamp       string   // 单人经办, 已结案, 已作废: drawn as a seal
	Frozen      string   // closed or sealed: why nothing can be changed
}

// ValueSection is a group of values.
type ValueSection struct {
	ID     string
	Title  string
	Edit   string // URL of this section in the form
	Facts  []Fact
	Tables []Table
	Notes  []Fact // long texts, full width
}

// Note is one dated note.
type Note struct {
	ID   string
	When string
	Who  string
	Kind string
	Text string
}

// Paper is one printed form of a record.
type Paper struct {
	Title   string
	Preview string // URL without number
	Issue   string // POST URL; empty: may not issue
	Why     string // why it can't be issued yet
	Issued  []IssuedPaper
}

// IssuedPaper is one numbered print.
type IssuedPaper struct {
	Number   string
	When     string
	Who      string
	URL      string
	Reprint  string // POST URL
	Withdraw string // URL of the page that voids it
	Void     bool
	Why      string // why it was voided
	Copies   string // 补打 2 次
	Scan     Link   // the signed sheet, filed to its number
	Hash     string // first characters of the check value
}

// Approval is one line of the approvals log.
type Approval struct {
	When    string
	Who     string
	Title   string
	Verdict string
	Tone    Tone
	Text    string
	From    string
	To      string
}

// RecordLink is a record that belongs to this one.
type RecordLink struct {
	Record Link
	Kind   string
	State  string
	Date   string
	Due    *Due
}

// Change is one journal entry of a record.
type Change struct {
	When   string
	Who    string
	Kind   string
	Reason string
	Fields []FieldChange
	URL    string
}

// FieldChange is one field before and after.
type FieldChange struct {
	Label  string
	Before string
	After  string
}

// Access is one view, print or export.
type Access struct {
	When   string
	Who    string
	Kind   string
	Reason string
}

// Block is one part of a desk: a heading with a text, facts, a table or a
// form. Empty parts are left out.
type Block struct {
	ID      string
	Title   string
	Text    []string
	Notices []Notice
	Figures []Figure
	Facts   []Fact
	Table   *Table
	Form    *Form
	Buttons []Button
	Bars    []Bar
	Pager   *Pager
	Files   []File
	Ground  *Ground
	Folded  bool // shown as a fold that opens
}

// Bar is one row of a bar chart drawn in text and SVG; the figure is always
// written out beside it.
type Bar struct {
	Label string
	Value string
	Part  float64 // 0 … 1
	URL   string
	Tone  Tone
}

// DeskView is a page made of blocks: approvals, users, roles, hand-over,
// settings, parameters, code lists, holidays, audit, insight, the leader's
// review list, export request, backup.
type DeskView struct {
	Frame
	Tabs    []Filter // sister pages
	Actions []Button
	Blocks  []Block
	Empty   Empty // shown when there are no blocks
}
