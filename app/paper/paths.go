package paper

import (
	"slices"
	"strings"
)

// Paths lists every path the layout reads, each once, in the order of the
// paper. Paths read in the rows of a table or list follow its own with a dot:
// "members.name".
func (l *Layout) Paths() []string {
	var p pathList
	p.templates("", l.Title, l.Subtitle, l.Form, l.Sensitive)
	for i := range l.Blocks {
		p.block(&l.Blocks[i])
	}
	return p
}

type pathList []string

func (p *pathList) add(prefix, path string) {
	if path == "" || path == "#" {
		return
	}
	if path = prefix + path; !slices.Contains(*p, path) {
		*p = append(*p, path)
	}
}

func (p *pathList) templates(prefix string, list ...string) {
	for _, t := range list {
		for _, path := range paths(t) {
			p.add(prefix, path)
		}
	}
}

func (p *pathList) block(b *Block) {
	p.add("", strings.TrimPrefix(b.When, "!"))
	p.templates("", b.Heading, b.Text, b.Note)
	switch {
	case b.Grid != nil:
		p.cells(b.Grid.Rows)
	case b.Table != nil:
		p.add("", b.Table.Rows)
		for _, col := range b.Table.Columns {
			p.templates("", col.Label)
			p.templates(b.Table.Rows+".", col.Text)
			p.add(b.Table.Rows+".", col.Field)
		}
		p.cells(b.Table.Foot)
	case b.List != nil:
		p.templates("", b.List.Items...)
		p.add("", b.List.Rows)
		p.templates(b.List.Rows+".", b.List.Text)
	case b.Closing != nil:
		p.templates("", b.Closing.Office, b.Closing.Date)
	case b.Figures != nil:
		p.templates("", b.Figures.Rows...)
		p.templates("", b.Figures.QR)
	}
}

func (p *pathList) cells(rows [][]Cell) {
	for _, row := range rows {
		for _, c := range row {
			p.templates("", c.Label, c.Text, c.Opinion)
			p.templates("", c.Sign...)
			p.add("", c.Field)
			p.add("", c.Tick)
			p.add("", c.Photo)
		}
	}
}

// Missing lists the needed values that s leaves empty, in the order of the
// paper. Blocks that their condition leaves out ask for nothing.
func Missing(l *Layout, s Source) []MissingField {
	var list []MissingField
	for i := range l.Blocks {
		b := &l.Blocks[i]
		path, negated := strings.CutPrefix(b.When, "!")
		if b.When != "" && filled(path, s) == negated {
			continue
		}
		list = append(list, b.missing(s)...)
	}
	return list
}

func (b *Block) missing(s Source) (list []MissingField) {
	for _, f := range b.Need {
		if !filled(f.Path, s) {
			list = append(list, MissingField{f.Path, orWord(f.Label, f.Path)})
		}
	}
	switch {
	case b.Grid != nil:
		list = append(list, missingCells(b.Grid.Rows, s)...)
	case b.Table != nil:
		if b.Table.Need && len(s.Rows(b.Table.Rows)) == 0 {
			list = append(list, MissingField{b.Table.Rows, orWord(b.Table.Name, b.Table.Rows)})
		}
		list = append(list, missingCells(b.Table.Foot, s)...)
	}
	return list
}

func missingCells(rows [][]Cell, s Source) (list []MissingField) {
	for _, row := range rows {
		label := ""
		for i := range row {
			c := &row[i]
			name := orWord(c.Name, orWord(c.Label, label))
			for _, path := range c.needed() {
				if !filled(path, s) {
					list = append(list, MissingField{path, orWord(name, path)})
				}
			}
			if c.onlyLabel() {
				label = c.Label
			}
		}
	}
	return list
}

// needed lists the paths that must hold something.
func (c *Cell) needed() []string {
	switch {
	case !c.Need:
		return nil
	case c.Tick != "":
		return []string{c.Tick}
	case c.Photo != "":
		return []string{c.Photo}
	}
	return paths(c.template())
}
