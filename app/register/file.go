package register

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// The file types mirror the YAML exactly; load.go turns them into a
// Definition. Unknown keys are refused by the decoder.

type defFile struct {
	ID           string          `yaml:"id"`
	System       string          `yaml:"system"`
	Title        string          `yaml:"title"`
	Basis        []string        `yaml:"basis"`
	Subject      string          `yaml:"subject"`
	SubjectLabel string          `yaml:"subject_label"`
	Protect      string          `yaml:"protect"`
	Number       string          `yaml:"number"`
	Retention    string          `yaml:"retention"`
	Hidden       bool            `yaml:"hidden"`
	Everywhere   bool            `yaml:"everywhere"`
	Ledger       bool            `yaml:"ledger"`
	Under        string          `yaml:"under"`
	Menu         string          `yaml:"menu"`
	Rights       rightsFile      `yaml:"rights"`
	Fields       []fieldFile     `yaml:"fields"`
	Steps        []stepFile      `yaml:"steps"`
	Actions      []actionFile    `yaml:"actions"`
	Duties       []dutyFile      `yaml:"duties"`
	Checks       []checkFile     `yaml:"checks"`
	Criteria     []criterionFile `yaml:"criteria"`
	Begins       []string        `yaml:"begins"`
	Papers       []string        `yaml:"papers"`
	Lists        listFile        `yaml:"lists"`
	Counts       []countFile     `yaml:"counts"`
}

type rightsFile struct {
	Read   []string `yaml:"read"`
	Create []string `yaml:"create"`
	Edit   []string `yaml:"edit"`
	Assign []string `yaml:"assign"`
	Export []string `yaml:"export"`
	Import []string `yaml:"import"`
}

type fieldFile struct {
	ID        string      `yaml:"id"`
	Label     string      `yaml:"label"`
	Type      string      `yaml:"type"`
	Section   string      `yaml:"section"`
	Help      string      `yaml:"help"`
	Unit      string      `yaml:"unit"`
	Codes     string      `yaml:"codes"`
	Register  string      `yaml:"register"`
	Min       *float64    `yaml:"min"`
	Max       *float64    `yaml:"max"`
	MaxLength int         `yaml:"max_length"`
	Decimals  int         `yaml:"decimals"`
	Column    bool        `yaml:"column"`
	Search    *bool       `yaml:"search"`
	Key       bool        `yaml:"key"`
	Unique    bool        `yaml:"unique"`
	Equal     bool        `yaml:"equal"`
	Match     bool        `yaml:"match"`
	Later     bool        `yaml:"later"`
	Filled    bool        `yaml:"filled"`
	Mask      bool        `yaml:"mask"`
	Person    bool        `yaml:"personal"`
	Required  boolOrExpr  `yaml:"required"`
	Show      boolOrExpr  `yaml:"show"`
	Compute   string      `yaml:"compute"`
	Default   string      `yaml:"default"`
	Fields    []fieldFile `yaml:"fields"`
	line      int
}

type stepFile struct {
	ID     string     `yaml:"id"`
	Label  string     `yaml:"label"`
	Closed bool       `yaml:"closed"`
	Due    string     `yaml:"due"`
	Since  string     `yaml:"since"`
	Stops  []stopFile `yaml:"stops"`
	line   int
}

type stopFile struct {
	From  string `yaml:"from"`
	Until string `yaml:"until"`
}

type actionFile struct {
	ID        string      `yaml:"id"`
	Label     string      `yaml:"label"`
	From      words       `yaml:"from"`
	To        string      `yaml:"to"`
	By        []string    `yaml:"by"`
	Needs     []string    `yaml:"needs"`
	Asks      []string    `yaml:"asks"`
	Checks    []checkFile `yaml:"checks"`
	Note      string      `yaml:"note"`
	Meets     bool        `yaml:"meets"`
	NotAuthor bool        `yaml:"not_author"`
	Approval  bool        `yaml:"approval"`
	Tone      string      `yaml:"tone"`
	line      int
}

type dutyFile struct {
	ID    string     `yaml:"id"`
	Label string     `yaml:"label"`
	When  boolOrExpr `yaml:"when"`
	Every string     `yaml:"every"`
	Since string     `yaml:"since"`
	Done  string     `yaml:"done"`
	line  int
}

type checkFile struct {
	That  string `yaml:"that"`
	Say   string `yaml:"say"`
	Field string `yaml:"field"`
	Warn  bool   `yaml:"warn"`
	line  int
}

type criterionFile struct {
	ID    string   `yaml:"id"`
	Label string   `yaml:"label"`
	Rule  string   `yaml:"rule"`
	Basis string   `yaml:"basis"`
	When  string   `yaml:"when"`
	Needs []string `yaml:"needs"`
	That  string   `yaml:"that"`
	Shows string   `yaml:"shows"`
	line  int
}

type listFile struct {
	Columns []string `yaml:"columns"`
	Filters []string `yaml:"filters"`
	Sort    string   `yaml:"sort"`
}

type countFile struct {
	ID     string            `yaml:"id"`
	Label  string            `yaml:"label"`
	When   string            `yaml:"when"`
	Filter map[string]string `yaml:"filter"`
	Least  string            `yaml:"least"`
	line   int
}

// boolOrExpr is a yes, a no, or a condition written as text.
type boolOrExpr struct {
	set    bool
	always bool
	source string
}

func (b *boolOrExpr) UnmarshalYAML(n *yaml.Node) error {
	b.set = true
	if n.Tag == "!!bool" {
		return n.Decode(&b.always)
	}
	if err := n.Decode(&b.source); err != nil {
		return fmt.Errorf("第 %d 行：此处写 true、false 或条件表达式", n.Line)
	}
	return nil
}

// words is one word or a list of them.
type words []string

func (w *words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*w = []string{n.Value}
		return nil
	}
	var list []string
	if err := n.Decode(&list); err != nil {
		return err
	}
	*w = list
	return nil
}

// The line of each item is kept for messages. KnownFields does not reach
// through custom unmarshalers, so each checks its own keys.
func (f *fieldFile) UnmarshalYAML(n *yaml.Node) error {
	type plain fieldFile
	f.line = n.Line
	return decodeKnown(n, (*plain)(f), "fields", fieldKeys)
}

func (s *stepFile) UnmarshalYAML(n *yaml.Node) error {
	type plain stepFile
	s.line = n.Line
	return decodeKnown(n, (*plain)(s), "steps", stepKeys)
}

func (a *actionFile) UnmarshalYAML(n *yaml.Node) error {
	type plain actionFile
	a.line = n.Line
	return decodeKnown(n, (*plain)(a), "actions", actionKeys)
}

func (d *dutyFile) UnmarshalYAML(n *yaml.Node) error {
	type plain dutyFile
	d.line = n.Line
	return decodeKnown(n, (*plain)(d), "duties", dutyKeys)
}

func (c *checkFile) UnmarshalYAML(n *yaml.Node) error {
	type plain checkFile
	c.line = n.Line
	return decodeKnown(n, (*plain)(c), "checks", checkKeys)
}

func (c *countFile) UnmarshalYAML(n *yaml.Node) error {
	type plain countFile
	c.line = n.Line
	return decodeKnown(n, (*plain)(c), "counts", countKeys)
}

func (c *criterionFile) UnmarshalYAML(n *yaml.Node) error {
	type plain criterionFile
	c.line = n.Line
	return decodeKnown(n, (*plain)(c), "criteria", criterionKeys)
}

func decodeKnown(n *yaml.Node, into any, what string, known map[string]bool) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("第 %d 行：%s 的每一项应是“键: 值”", n.Line, what)
	}
	for i := 0; i < len(n.Content); i += 2 {
		if key := n.Content[i]; !known[key.Value] {
			return fmt.Errorf("第 %d 行：%s 里没有 %q 这一键", key.Line, what, key.Value)
		}
	}
	return n.Decode(into)
}
