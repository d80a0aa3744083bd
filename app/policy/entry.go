package policy

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"jiezhen/app/value"
)

// The entries are what stands in the files. Each knows its line for messages.

type listEntry struct {
	ID    string      `yaml:"id"`
	Title string      `yaml:"title"`
	Basis string      `yaml:"basis"`
	State State       `yaml:"state"`
	Items []itemEntry `yaml:"items"`
	line  int
}

// itemEntry may be written short: "01 汉族".
type itemEntry struct {
	Code   string     `yaml:"code"`
	Label  string     `yaml:"label"`
	Parent string     `yaml:"parent"`
	Note   string     `yaml:"note"`
	Basis  string     `yaml:"basis"`
	State  State      `yaml:"state"`
	Secret bool       `yaml:"secret"`
	Tone   string     `yaml:"tone"`
	From   value.Date `yaml:"from"`
	Until  value.Date `yaml:"until"`
	line   int
}

func (e itemEntry) item(list CodeList) Item {
	i := Item{Code: e.Code, Label: e.Label, Parent: e.Parent, Note: e.Note, Basis: e.Basis, State: e.State,
		Secret: e.Secret, Tone: e.Tone, From: e.From, Until: e.Until}
	if i.Basis == "" {
		i.Basis = list.Basis
	}
	if i.State == "" {
		i.State = list.State
	}
	return i
}

type paramEntry struct {
	Key   string     `yaml:"key"`
	Title string     `yaml:"title"`
	Type  Type       `yaml:"type"`
	Value words      `yaml:"value"`
	Unit  string     `yaml:"unit"`
	Basis string     `yaml:"basis"`
	State State      `yaml:"state"`
	Note  string     `yaml:"note"`
	From  value.Date `yaml:"from"`
	line  int
}

// words is a scalar, or a sequence of scalars joined by 、.
type words struct{ text string }

type standardEntry struct {
	Code      string      `yaml:"code"`
	Title     string      `yaml:"title"`
	For       string      `yaml:"for"`
	Amount    string      `yaml:"amount"` // yuan
	Unit      string      `yaml:"unit"`
	From      value.Month `yaml:"from"`
	To        value.Month `yaml:"to"`
	Basis     string      `yaml:"basis"`
	State     State       `yaml:"state"`
	EnteredBy string      `yaml:"entered_by"`
	CheckedBy string      `yaml:"checked_by"`
	line      int
}

func (e standardEntry) standard() (Standard, error) {
	fen, err := value.ParseMoney(e.Amount)
	return Standard{Code: e.Code, Title: e.Title, For: e.For, Amount: fen, Unit: e.Unit, From: e.From, To: e.To,
		Basis: e.Basis, State: e.State, EnteredBy: e.EnteredBy, CheckedBy: e.CheckedBy}, err
}

type retentionEntry struct {
	ID    string `yaml:"id"`
	Title string `yaml:"title"`
	Years int    `yaml:"years"` // 0: for ever
	Until string `yaml:"until"`
	Basis string `yaml:"basis"`
	State State  `yaml:"state"`
	line  int
}

// strict decodes a mapping and refuses keys that out does not name: the
// decoder's own strictness ends at the first type with an UnmarshalYAML.
func strict(n *yaml.Node, out any) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("第 %d 行：这里应是“键: 值”", n.Line)
	}
	known := keys(reflect.TypeOf(out).Elem())
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; !slices.Contains(known, key.Value) {
			return fmt.Errorf("第 %d 行：不认识的键 %q（可用：%s）", key.Line, key.Value, strings.Join(known, "、"))
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

func (e *listEntry) UnmarshalYAML(n *yaml.Node) error {
	type plain listEntry
	e.line = n.Line
	return strict(n, (*plain)(e))
}

func (e *itemEntry) UnmarshalYAML(n *yaml.Node) error {
	type plain itemEntry
	e.line = n.Line
	if n.Kind == yaml.ScalarNode {
		e.Code, e.Label, _ = strings.Cut(n.Value, " ")
		return nil
	}
	return strict(n, (*plain)(e))
}

func (e *paramEntry) UnmarshalYAML(n *yaml.Node) error {
	type plain paramEntry
	e.line = n.Line
	return strict(n, (*plain)(e))
}

func (w *words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		w.text = n.Value
		return nil
	}
	var parts []string
	if err := n.Decode(&parts); err != nil {
		return err
	}
	w.text = strings.Join(parts, "、")
	return nil
}

func (e *standardEntry) UnmarshalYAML(n *yaml.Node) error {
	type plain standardEntry
	e.line = n.Line
	return strict(n, (*plain)(e))
}

func (e *retentionEntry) UnmarshalYAML(n *yaml.Node) error {
	type plain retentionEntry
	e.line = n.Line
	return strict(n, (*plain)(e))
}
