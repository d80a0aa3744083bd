package page

// ImportView is the import desk, /import/{register}: upload, dry run, progress
// and done are told apart by the parts that are filled.
type ImportView struct {
	Frame
	Steps    []Step
	Template Link     // 下载模板
	Form     *Form    // upload, or confirm
	Mapping  *Table   // column of the sheet → field
	Figures  []Figure // rows read, right, wrong, repeated
	Results  Table    // one row each with its reason
	Pager    Pager
	Reply    Link // the same file with a reason per row
	Progress *Progress
	Undo     *Form
	Past     Table // earlier imports
}

// Progress is a long job. With script the page asks Poll (the same URL with
// ?json) for {done, total, text, finished, url}; without, it reloads.
type Progress struct {
	Text     string
	Done     int
	Total    int
	Poll     string
	Finished bool
	Next     Link
	Stop     *Form
	After    string // where to go when the job is not known any more: the program that did it has ended
	Reload   int    // seconds between reloads without script; 0: 3
}

// ProgressView is a page that only waits.
type ProgressView struct {
	Frame
	Progress Progress
	Notes    []string
}

// BatchEntryView takes in many small forms at once, such as the visit sheets
// that come back from the communities. Each line is a row of fields.
type BatchEntryView struct {
	Frame
	Form    Form // action, hidden fields, errors, buttons; Sections above the grid
	Columns []Column
	Lines   []BatchLine
	Empty   Empty
}

// BatchLine is one sheet: who and what, then its fields in column order.
type BatchLine struct {
	ID     string
	Who    Link
	Note   string
	Number string
	Due    *Due
	Fields []Field
	Error  string
	Saved  bool
}

// BatchPrintView prints many papers: first what is missing, then progress.
type BatchPrintView struct {
	Frame
	Paper    string
	Figures  []Figure
	Missing  Table // record, person, what is missing with links
	Ready    Table
	Form     *Form
	Progress *Progress
	Files    []File
}
