package page

import "html/template"

// SystemsView lists the 52 systems, 可用 or 未建成.
type SystemsView struct {
	Frame
	Figures []Figure
	Domains []SystemDomain
}

// SystemDomain is one of the three domains.
type SystemDomain struct {
	Mark    string
	Title   string
	Systems []System
}

// System is one line of the overview.
type System struct {
	Code      string
	Title     string
	Purpose   string
	Registers []Link
	Papers    int
	Ready     bool
	Open      int
}

// HelpView is one page of the office manual.
type HelpView struct {
	Frame
	Contents []HelpGroup
	Body     template.HTML // trusted: from the embedded manual only
	Prev     Link
	Next     Link
}

// HelpGroup is one chapter of the manual's contents.
type HelpGroup struct {
	Title string
	Pages []Filter
}

// KeySheetView prints a sheet of its own: recovery key or hand-over.
type KeySheetView struct {
	Frame
	Key KeySheet
}

// SheetView is a printable sheet: hand-over list, journal extract.
type SheetView struct {
	Frame
	Number string
	Facts  []Fact
	Tables []Table
	Text   []string
	Signs  []string // places for signature and seal: 移交人（签字）…
}
