package page

// ConflictView shows both versions when two people saved one record.
type ConflictView struct {
	Frame
	Who  string // who saved first
	When string
	Rows []ConflictRow
	Form Form // hidden fields, buttons; the picks are posted as pick.<field>
	Back Link
}

// ConflictRow is one field in three versions.
type ConflictRow struct {
	Name   string
	Label  string
	Base   string // as it was when the form was opened
	Theirs string
	Mine   string
	Clash  bool   // both changed it: a choice is needed
	Pick   string // mine or theirs
}

// ErrorView is a page of refusal: what is wrong and what to do.
type ErrorView struct {
	Frame
	Code   int // 403, 404, 413, 422, 500, 503
	Text   []string
	Todo   []Link // what to do now
	Number string // reference for the log; no detail
	Kept   *Form  // what was typed, kept in hidden fields, to be sent again
}

// ExpiredView asks to sign in again; Kept holds what was typed.
type ExpiredView struct {
	Frame
	Form  Form   // name and password, with what was typed in Hidden
	Typed []Fact // shown, so that it can be seen that nothing is lost
}
