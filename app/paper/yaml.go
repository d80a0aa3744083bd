package paper

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ErrLayout is wrapped by every refusal of a layout file.
var ErrLayout = errors.New("layout is wrong")

// strict decodes a mapping into out, a pointer to a struct, and refuses keys
// the struct does not name. (The decoder's own strictness ends at the first
// type with an UnmarshalYAML.)
func strict(n *yaml.Node, out any) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: expected keys and values", n.Line)
	}
	known := keys(reflect.TypeOf(out).Elem())
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; !slices.Contains(known, key.Value) {
			return fmt.Errorf("line %d: unknown key %q (known: %s)", key.Line, key.Value, strings.Join(known, ", "))
		}
	}
	return n.Decode(out)
}

func keys(t reflect.Type) (names []string) {
	for i := range t.NumField() {
		if tag := t.Field(i).Tag.Get("yaml"); tag != "" {
			names = append(names, tag)
		}
	}
	return names
}

// UnmarshalYAML reads a layout strictly.
func (l *Layout) UnmarshalYAML(n *yaml.Node) error {
	type plain Layout
	return strict(n, (*plain)(l))
}

// UnmarshalYAML reads a block strictly.
func (b *Block) UnmarshalYAML(n *yaml.Node) error {
	type plain Block
	b.line = n.Line
	return strict(n, (*plain)(b))
}

// UnmarshalYAML reads a grid strictly.
func (g *Grid) UnmarshalYAML(n *yaml.Node) error {
	type plain Grid
	g.line = n.Line
	return strict(n, (*plain)(g))
}

// UnmarshalYAML reads a cell: a bare word is a label.
func (c *Cell) UnmarshalYAML(n *yaml.Node) error {
	type plain Cell
	c.line = n.Line
	if n.Kind == yaml.ScalarNode {
		c.Label = n.Value
		return nil
	}
	return strict(n, (*plain)(c))
}

// UnmarshalYAML reads a table strictly.
func (t *Table) UnmarshalYAML(n *yaml.Node) error {
	type plain Table
	t.line = n.Line
	return strict(n, (*plain)(t))
}

// UnmarshalYAML reads a column strictly.
func (c *Column) UnmarshalYAML(n *yaml.Node) error {
	type plain Column
	return strict(n, (*plain)(c))
}

// UnmarshalYAML reads a list strictly.
func (l *List) UnmarshalYAML(n *yaml.Node) error {
	type plain List
	l.line = n.Line
	return strict(n, (*plain)(l))
}

// UnmarshalYAML reads a closing strictly.
func (c *Closing) UnmarshalYAML(n *yaml.Node) error {
	type plain Closing
	return strict(n, (*plain)(c))
}

// UnmarshalYAML reads figures strictly.
func (l *FigureList) UnmarshalYAML(n *yaml.Node) error {
	type plain FigureList
	return strict(n, (*plain)(l))
}

// UnmarshalYAML reads a field strictly.
func (f *Field) UnmarshalYAML(n *yaml.Node) error {
	type plain Field
	return strict(n, (*plain)(f))
}
