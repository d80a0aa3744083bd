package paper

// Layout is one paper as its file says it. It is read-only after loading and
// may be used by many prints at once.
type Layout struct {
	ID        string   `yaml:"id"`
	Title     string   `yaml:"title"`
	Subtitle  string   `yaml:"subtitle"`
	Register  string   `yaml:"register"`
	Form      string   `yaml:"form"`      // number of the form, upper left: 附表1
	Size      string   `yaml:"size"`      // A4 (default), A3, A5, or width x height in mm: 90x130
	Landscape bool     `yaml:"landscape"` //
	Style     string   `yaml:"style"`     // form (default) or document (GB/T 9704 margins and sizes)
	Copies    []string `yaml:"copies"`    // 第一联 存根
	Sensitive string   `yaml:"sensitive"` // mark at the head of every page
	Duplex    bool     `yaml:"duplex"`    // two-sided: outer page numbers, 骑缝 line
	Seam      bool     `yaml:"seam"`      // 骑缝 line when there is more than one page
	Basis     []string `yaml:"basis"`     // printed at the end: 依据
	Blocks    []Block  `yaml:"blocks"`
}

// Block is one element of a paper. Exactly one of the fields that name a kind
// is set: Heading, Text, Grid, Table, List, Note, Break, Space, Seals, Figure.
type Block struct {
	Heading string      `yaml:"heading"`
	Text    string      `yaml:"text"`
	Grid    *Grid       `yaml:"grid"`
	Table   *Table      `yaml:"table"`
	List    *List       `yaml:"list"`
	Note    string      `yaml:"note"`
	Break   bool        `yaml:"pagebreak"`
	Space   float64     `yaml:"space"` // mm
	Closing *Closing    `yaml:"closing"`
	Figures *FigureList `yaml:"figures"`

	Level  int     `yaml:"level"`  // heading: 1 黑体, 2 楷体, 3 正文
	Face   string  `yaml:"face"`   // text: song, fang, kai, hei
	Points float64 `yaml:"points"` // text: type size
	Align  string  `yaml:"align"`  // left, center, right
	Flush  bool    `yaml:"flush"`  // text: no first-line indent
	Need   []Field `yaml:"need"`   // text: fields that must be filled
	When   string  `yaml:"when"`   // path: the block is printed only when it has a value
	line   int
}

// Field names a path and what a reader calls it.
type Field struct {
	Path  string `yaml:"path"`
	Label string `yaml:"label"`
}

// Grid is a ruled form: rows of cells over columns of given widths.
type Grid struct {
	Columns []float64 `yaml:"columns"` // relative widths
	Rows    [][]Cell  `yaml:"rows"`
	Height  float64   `yaml:"height"` // least height of a row, mm
	Points  float64   `yaml:"points"` // type size, default 12
	line    int
}

// Cell is one cell. A bare string in YAML is a label.
type Cell struct {
	Label   string   `yaml:"label"`   // 姓名, centred; with other content: set before it
	Text    string   `yaml:"text"`    // template with {paths}
	Field   string   `yaml:"field"`   // short for text "{path}"
	Tick    string   `yaml:"tick"`    // all choices of a code list, ☑ or ☐
	Photo   string   `yaml:"photo"`   // picture
	Opinion string   `yaml:"opinion"` // template of the opinion's text
	Sign    []string `yaml:"sign"`    // 经办人 → a line to sign
	Date    bool     `yaml:"date"`    // 年 月 日 after the signatures
	Seal    bool     `yaml:"seal"`    // 42 × 42 mm, （公章）

	Span   int     `yaml:"span"`   // columns, default 1
	Rows   int     `yaml:"rows"`   // rows, default 1
	Height float64 `yaml:"height"` // least height, mm
	Align  string  `yaml:"align"`
	Face   string  `yaml:"face"`
	Points float64 `yaml:"points"`
	Need   bool    `yaml:"need"` // reported when empty
	Name   string  `yaml:"name"` // what the report calls it; default: the label to its left
	line   int
}

// Table repeats a row for every row of a table field, its header on each page.
type Table struct {
	Rows    string   `yaml:"rows"` // path
	Columns []Column `yaml:"columns"`
	Least   int      `yaml:"least"` // blank rows are added up to this many
	Foot    [][]Cell `yaml:"foot"`  // 合计
	Empty   string   `yaml:"empty"` // printed when there are no rows
	Height  float64  `yaml:"height"`
	Points  float64  `yaml:"points"` // type size, default 10.5
	Need    bool     `yaml:"need"`
	Name    string   `yaml:"name"`
	// Subtotal adds up columns at the foot of every page: 本页小计
	Subtotal *Subtotal `yaml:"subtotal"`
	line     int
}

// Subtotal is the row of a page's own sums, under the last row that stands on
// it.
type Subtotal struct {
	Label  string   `yaml:"label"`
	Fields []string `yaml:"fields"` // columns of money, by field
}

// Column is one column of a Table.
type Column struct {
	Label string  `yaml:"label"`
	Text  string  `yaml:"text"` // template; {#} is the row's number
	Field string  `yaml:"field"`
	Width float64 `yaml:"width"`
	Align string  `yaml:"align"`
}

// List is a numbered list, of fixed items or of the rows of a path.
type List struct {
	Items  []string `yaml:"items"`
	Rows   string   `yaml:"rows"`
	Text   string   `yaml:"text"`
	Marker string   `yaml:"marker"` // "1." (default), "一、", "（1）", "（一）", "☐", "·"
	line   int
}

// Closing is the right-hand end of a document: who signs, the date, the seal.
type Closing struct {
	Office string `yaml:"office"` // template
	Date   string `yaml:"date"`   // template; empty prints 年 月 日
	Seal   bool   `yaml:"seal"`
}

// FigureList prints long values in large monospaced groups, for keys that
// people copy by hand.
type FigureList struct {
	Rows  []string `yaml:"rows"` // templates, one line each
	Group int      `yaml:"group"`
	QR    string   `yaml:"qr"` // template; empty prints no code
}

// MissingField is a needed cell that the source leaves empty.
type MissingField struct {
	Path  string
	Label string
}
