package page

// HomeView is the work list at /: what to do now, for whom, by when.
type HomeView struct {
	Frame
	Today   string // 2026年4月1日 星期三，工作日
	Figures []Figure
	Groups  []WorkGroup // 逾期, 今天, 七天内, 受阻; empty ones are shown as such
	Scope   []Filter    // whose work: mine, section, all
	Empty   Empty       // nothing at all: what to start with
	Recent  []Link      // records opened last
}

// Figure is a count that opens its rows.
type Figure struct {
	Label string
	Value string
	URL   string
	Tone  Tone
	Note  string
}

// WorkGroup is one heading of the work list.
type WorkGroup struct {
	ID    string // overdue, today, week, blocked
	Title string
	Tone  Tone
	Total int
	More  Link // when not all are shown
	Items []WorkItem
}

// WorkItem is one thing to do.
type WorkItem struct {
	Who     Link   // the person; a protected one comes as placeholder
	WhoNote string // 14 岁 · 城子街道
	What    string // 入户走访
	Record  Link   // B16-002-2026-00001
	System  string // 困境儿童个案
	Badges  []Badge
	Due     Due
	Blocked string // what stands in the way
	Owner   string
	Action  Link // the button: 填写走访
}

// ListView is a register's list, /r/{register}.
type ListView struct {
	Frame
	Register string // title of the register
	Filters  *Form  // GET
	Active   []Filter
	Tabs     []Filter // counts that are filters: 在办 12, 逾期 3
	Beside   []Link   // registers that belong to this one
	Table    Table
	Pager    Pager
	Batch    *Form    // posts the ticked rows (name = Table.Pick)
	Actions  []Button // 新建, 导入, 导出 …
}

// Filter is a filter that is set (URL takes it off) or can be set.
type Filter struct {
	Text    string
	URL     string
	Count   string
	Current bool
	Tone    Tone
}

// SearchView is /search.
type SearchView struct {
	Frame
	Form    Form // GET: q and filters
	Facets  []Facet
	Active  []Filter
	Hits    []Hit
	People  []Hit // persons found, ahead of notes
	Summary string
	Partial string // set when the deadline cut the search short; says so
	Pager   Pager
	Empty   Empty
}

// Facet is one group of filters beside the results.
type Facet struct {
	Title   string
	Filters []Filter
}

// Hit is one result.
type Hit struct {
	Title   Link
	Kind    string // 走访记录
	Date    string
	Who     Link
	Badges  []Badge
	Snippet []Span
}

// Span is a piece of a snippet; a marked one is a match.
type Span struct {
	Text string
	Mark bool
}
