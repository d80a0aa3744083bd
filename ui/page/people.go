package page

// FindPersonView is search-before-create: nobody is entered twice.
type FindPersonView struct {
	Frame
	Form    Form // GET: what is known
	Asked   bool // a search was made
	Found   []PersonHit
	Create  *Form // shown after a search; asks a reason when somebody was found
	Cancel  Link
	Summary string
}

// PersonHit is one person who may be the one meant.
type PersonHit struct {
	Name    string
	Facts   []string
	Why     string // 姓名读音相同, 证件后四位相同
	Badges  []Badge
	Open    Link   // opens the file
	Choose  Button // takes this person for the form that asked
	Sealed  bool
	Current string // open matters
}

// PersonView is one person's file, /people/{id}.
type PersonView struct {
	Frame
	Number    string
	Actions   []Button
	Identity  []Fact
	Sections  []ValueSection
	Now       []WorkItem // open duties that concern this person
	Graph     *Graph
	Relations Table
	Relate    *Form
	Cases     []RecordLink
	Timeline  []Moment
	More      Link
	Changes   []Change
	Access    []Access
	Consents  []Fact
	Stamp     string
}

// Moment is one entry of the timeline.
type Moment struct {
	Date   string
	Kind   string
	Text   string
	Record Link
	Tone   Tone
}

// Graph is a small family graph. Generation 0 is the person's own; parents are
// -1, grandparents -2, children 1.
type Graph struct {
	Nodes []GraphNode
	Edges []GraphEdge
}

// GraphNode is one person of the graph.
type GraphNode struct {
	ID         string
	Name       string
	Note       string // 祖父，实际照护人
	URL        string
	Generation int
	Self       bool
	Gone       bool // dead, or missing
	Sealed     bool
}

// GraphEdge joins two nodes.
type GraphEdge struct {
	From, To string
	Label    string
	Past     bool // the relation has ended: dashed
	Care     bool // actual carer: drawn double
}

// PairView compares two persons side by side: duplicates desk, merge, undo.
type PairView struct {
	Frame
	Left, Right PairSide
	Rows        []PairRow
	Score       string   // why the two were laid side by side
	Effects     []string // what a merge moves
	Form        Form     // merge, not the same, later; or undo
	Queue       string   // 第 3 对，共 12 对
	Next        Link
}

// PairSide heads one column.
type PairSide struct {
	Title  string
	URL    string
	Note   string
	Choice string // radio value "keep this one"; empty: no choice
	On     bool
}

// PairRow is one field on both sides.
type PairRow struct {
	Label string
	Left  string
	Right string
	State PairState
	Name  string // set: the reader picks a side for this field
	Pick  string // left or right
}

// PairState says how the two sides compare.
type PairState string

// The states of a compared field. A missing value never counts as equal.
const (
	PairSame    PairState = "same"
	PairDiffers PairState = "differs"
	PairMissing PairState = "missing"
)

// ProtectedView stands in for a protected person or record and lets those who
// may open it do so with a reason.
type ProtectedView struct {
	Frame
	Text  []string
	Facts []Fact // what may be shown: number, register, owner to ask
	Form  *Form  // reason; nil: may not open
	Back  Link
}
