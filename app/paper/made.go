package paper

import "fmt"

// Listing prints any list: what a page shows, on paper. Its texts are taken as
// they are; braces mean nothing in them.
type Listing struct {
	Title    string
	Subtitle string // what was selected, and when it held
	Columns  []ListColumn
	Rows     [][]string // a short row leaves its last cells empty
	Foot     []string   // 合计; nil prints none
	Notes    []string
	Size     string // A4 (default), A3
	// Portrait sets the sheet upright; lists lie by default.
	Portrait  bool
	Sensitive string
}

// ListColumn is one column of a Listing. Width is relative, 0 is 1; Align is
// left, center, right or "" (centred when short).
type ListColumn struct {
	Label string
	Width float64
	Align string
}

// Job makes the listing a paper to print. A watermark is Stamp.Purpose.
func (ls Listing) Job(st Stamp) Job {
	l := &Layout{ID: "list", Title: "{title}", Size: ls.Size, Landscape: !ls.Portrait, Sensitive: "{sensitive}"}
	v := Values{Texts: map[string]string{"title": ls.Title, "subtitle": ls.Subtitle, "sensitive": ls.Sensitive}, Tables: map[string][]Source{}}
	if ls.Subtitle != "" {
		l.Subtitle = "{subtitle}"
	}
	t := &Table{Rows: "rows", Empty: "（无）"}
	for i, col := range ls.Columns {
		v.Texts[columnPath("h", i)] = col.Label
		t.Columns = append(t.Columns, Column{Label: "{" + columnPath("h", i) + "}", Field: columnPath("c", i), Width: col.Width, Align: col.Align})
	}
	for _, row := range ls.Rows {
		v.Tables["rows"] = append(v.Tables["rows"], listRow(row))
	}
	if ls.Foot != nil {
		var foot []Cell
		for i, col := range ls.Columns {
			if i < len(ls.Foot) {
				v.Texts[columnPath("f", i)] = ls.Foot[i]
			}
			foot = append(foot, Cell{Field: columnPath("f", i), Align: orWord(col.Align, "center")})
		}
		t.Foot = [][]Cell{foot}
	}
	l.Blocks = []Block{{Table: t}}
	for i, note := range ls.Notes {
		v.Texts[columnPath("n", i)] = note
		l.Blocks = append(l.Blocks, Block{Note: "{" + columnPath("n", i) + "}"})
	}
	return Job{Layout: l, Source: v, Stamp: st}
}

func columnPath(kind string, i int) string { return fmt.Sprintf("%s%d", kind, i) }

// listRow is a row of a Listing; its paths are c0, c1, …
type listRow []string

// Text returns the cell that path names.
func (r listRow) Text(path string) (string, bool) {
	var i int
	if n, err := fmt.Sscanf(path, "c%d", &i); n != 1 || err != nil || i < 0 || i >= len(r) {
		return "", false
	}
	return r[i], true
}

// Codes returns nil: a listing holds text only.
func (listRow) Codes(string) []Choice { return nil }

// Rows returns nil: a listing holds text only.
func (listRow) Rows(string) []Source { return nil }

// Image returns nothing: a listing holds text only.
func (listRow) Image(string) ([]byte, bool) { return nil, false }

// KeySheet prints a key that people keep on paper and type in by hand: large
// characters in even groups, and a QR code with the same.
type KeySheet struct {
	Title string
	Intro []string // paragraphs: what the sheet is for, where to keep it
	Rows  []string // lines of the key, without blanks
	Group int      // characters in a group; 0 is 4
	QR    string   // empty prints no code
	Notes []string
	// Signers are asked to sign for having received the sheet.
	Signers []string
}

// Job makes the key sheet a paper to print.
func (k KeySheet) Job(st Stamp) Job {
	l := &Layout{ID: "key", Title: "{title}"}
	v := Values{Texts: map[string]string{"title": k.Title, "qr": k.QR}}
	text := func(kind string, i int, s string) string {
		v.Texts[columnPath(kind, i)] = s
		return "{" + columnPath(kind, i) + "}"
	}
	for i, p := range k.Intro {
		l.Blocks = append(l.Blocks, Block{Text: text("i", i, p)})
	}
	f := &FigureList{Group: k.Group}
	if f.Group == 0 {
		f.Group = 4
	}
	for i, row := range k.Rows {
		f.Rows = append(f.Rows, text("r", i, row))
	}
	if k.QR != "" {
		f.QR = "{qr}"
	}
	l.Blocks = append(l.Blocks, Block{Figures: f})
	for i, n := range k.Notes {
		l.Blocks = append(l.Blocks, Block{Note: text("n", i, n)})
	}
	if len(k.Signers) > 0 {
		cell := Cell{Label: "签收", Date: true}
		for i, s := range k.Signers {
			cell.Sign = append(cell.Sign, text("s", i, s))
		}
		l.Blocks = append(l.Blocks, Block{Grid: &Grid{Columns: []float64{1}, Rows: [][]Cell{{cell}}}})
	}
	return Job{Layout: l, Source: v, Stamp: st}
}
