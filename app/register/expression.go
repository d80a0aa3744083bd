package register

import (
	"fmt"
	"maps"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"jiezhen/app/value"
)

// Facts is what expressions may ask of the office's policy. Definitions are
// checked against it when they load.
type Facts interface {
	// Param gives the value of a parameter on a day: a calendar.Limit, an
	// int64, a float64, a bool, a string or a list.
	Param(key string, on value.Date) (any, error)
	// HasParam reports whether a parameter, or one beginning with key when
	// prefix is set, exists at all.
	HasParam(key string, prefix bool) bool
	// HasCodes reports whether a code list exists; HasCode whether a code is in it.
	HasCodes(list string) bool
	HasCode(list, code string) bool
}

// Expression is a compiled expression with its source for messages.
type Expression struct {
	Source  string
	program *vm.Program
}

// Condition is an expression that yields true or false.
type Condition struct{ Expression }

// Env is what an expression sees of a record: the fields by id with zero
// values for empty ones, and the names that newEnv adds.
type Env map[string]any

// names that every environment holds besides the fields. A field called
// community (of type place) is allowed: it says in whose area the record lies;
// without one the subject's community counts.
func standardEnv() Env {
	return Env{
		"step": "", "today": "", "created": "", "number": "",
		"subject": map[string]any{}, "entered": map[string]string{},
	}
}

// zeroEnv is the environment that expressions of these fields compile against.
func zeroEnv(fields []*Field) Env {
	env := standardEnv()
	for _, f := range fields {
		env[f.ID] = scalarZero[f.Type]
	}
	return env
}

// paramDate makes param('key') mean param('key', today): authors write the
// key only.
type paramDate struct{}

func (paramDate) Visit(node *ast.Node) {
	call, ok := (*node).(*ast.CallNode)
	if !ok || len(call.Arguments) != 1 {
		return
	}
	if id, ok := call.Callee.(*ast.IdentifierNode); ok && id.Value == "param" {
		call.Arguments = append(call.Arguments, &ast.IdentifierNode{Value: "today"})
	}
}

// literals collects what an expression names as constants, to check that it
// exists: parameter keys, and codes compared with a code field.
type literals struct {
	facts  Facts
	fields map[string]*Field
	errs   []string
}

func (l *literals) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.CallNode:
		l.param(n)
	case *ast.BinaryNode:
		l.compare(n)
	}
}

func (l *literals) param(n *ast.CallNode) {
	id, ok := n.Callee.(*ast.IdentifierNode)
	if !ok || id.Value != "param" || len(n.Arguments) == 0 {
		return
	}
	key, whole := constantPrefix(n.Arguments[0])
	if !l.facts.HasParam(key, !whole) {
		l.errs = append(l.errs, fmt.Sprintf("没有参数 %q", key))
	}
}

// constantPrefix gives the leading constant of a string expression and
// whether that is the whole of it.
func constantPrefix(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.BinaryNode:
		if n.Operator == "+" {
			left, whole := constantPrefix(n.Left)
			if !whole {
				return left, false
			}
			right, whole := constantPrefix(n.Right)
			return left + right, whole
		}
	}
	return "", false
}

func (l *literals) compare(n *ast.BinaryNode) {
	field, other := n.Left, n.Right
	if n.Operator == "==" || n.Operator == "!=" {
		if _, ok := other.(*ast.IdentifierNode); ok {
			field, other = other, field
		}
	} else if n.Operator != "in" && n.Operator != "not in" {
		return
	}
	id, ok := field.(*ast.IdentifierNode)
	if !ok {
		// 'x' in list-field: the field stands on the right
		if right, isID := other.(*ast.IdentifierNode); isID && n.Operator == "in" {
			id, other, ok = right, field, true
		}
	}
	if !ok {
		return
	}
	if f := l.fields[id.Value]; f != nil && f.Codes != "" {
		l.codes(f, other)
	}
}

func (l *literals) codes(f *Field, n ast.Node) {
	var words []string
	switch n := n.(type) {
	case *ast.StringNode:
		words = []string{n.Value}
	case *ast.ConstantNode:
		switch set := n.Value.(type) {
		case []any:
			for _, w := range set {
				if s, ok := w.(string); ok {
					words = append(words, s)
				}
			}
		case map[string]struct{}:
			for w := range set {
				words = append(words, w)
			}
		}
	case *ast.ArrayNode:
		for _, item := range n.Nodes {
			if s, ok := item.(*ast.StringNode); ok {
				words = append(words, s.Value)
			}
		}
	}
	for _, w := range words {
		if w != "" && !l.facts.HasCode(f.Codes, w) {
			l.errs = append(l.errs, fmt.Sprintf("代码表 %s 没有代码 %q", f.Codes, w))
		}
	}
}

// compile checks source against the fields and returns the program.
func compile(source string, fields []*Field, facts Facts, options ...expr.Option) (*vm.Program, error) {
	return compileIn(zeroEnv(fields), source, fields, facts, options...)
}

// compileIn compiles against an environment that may know more than the
// fields.
func compileIn(env Env, source string, fields []*Field, facts Facts, options ...expr.Option) (*vm.Program, error) {
	lit := &literals{facts: facts, fields: map[string]*Field{}}
	for _, f := range fields {
		lit.fields[f.ID] = f
	}
	opts := append([]expr.Option{
		expr.Env(map[string]any(env)), expr.Patch(paramDate{}), expr.Patch(lit),
		expr.DisableAllBuiltins(), expr.EnableBuiltin("len"), expr.EnableBuiltin("any"),
		expr.EnableBuiltin("all"), expr.EnableBuiltin("none"), expr.EnableBuiltin("count"),
		expr.EnableBuiltin("sum"), expr.EnableBuiltin("filter"), expr.EnableBuiltin("map"),
		expr.EnableBuiltin("max"), expr.EnableBuiltin("min"), expr.EnableBuiltin("int"), expr.EnableBuiltin("string"),
	}, functions(facts)...)
	program, err := expr.Compile(source, append(opts, options...)...)
	if err != nil {
		return nil, fmt.Errorf("表达式 %q 有误：%w", source, err)
	}
	if len(lit.errs) > 0 {
		return nil, fmt.Errorf("表达式 %q：%s", source, strings.Join(lit.errs, "；"))
	}
	return program, nil
}

// Eval gives the value of the expression.
func (e *Expression) Eval(env Env) (any, error) {
	out, err := expr.Run(e.program, map[string]any(env))
	if err != nil {
		return nil, fmt.Errorf("evaluating %q: %w", e.Source, err)
	}
	return out, nil
}

// Holds gives the truth of the condition. A nil condition does not hold.
func (c *Condition) Holds(env Env) (bool, error) {
	if c == nil {
		return false, nil
	}
	out, err := c.Eval(env)
	if err != nil {
		return false, err
	}
	truth, ok := out.(bool)
	if !ok {
		return false, fmt.Errorf("evaluating %q: not a yes or no", c.Source)
	}
	return truth, nil
}

// Condition compiles a condition on a register's records that stands outside
// its file, such as the formula of a rate.
func (d *Definition) Condition(source string, facts Facts) (*Condition, error) {
	program, err := compile(source, d.Fields, facts, expr.AsBool())
	if err != nil {
		return nil, err
	}
	return &Condition{Expression{source, program}}, nil
}

// Env builds what the register's expressions see of these values.
func (d *Definition) Env(values Values, today value.Date) Env {
	env := maps.Clone(d.zero)
	if env == nil {
		env = zeroEnv(d.Fields)
	}
	for id, v := range values {
		if f, ok := d.fields[id]; ok {
			env.Set(f, v)
		}
	}
	env["today"] = string(today)
	return env
}

// Set brings one field of the environment to a canonical value; nil is none.
func (e Env) Set(f *Field, v any) {
	if v == nil {
		e[f.ID] = scalarZero[f.Type]
		return
	}
	e[f.ID] = plain(f, v)
}

// plain turns a canonical value into what expressions compute with.
func plain(f *Field, v any) any {
	switch v := v.(type) {
	case value.Date:
		return string(v)
	case int64:
		if f.Type == value.KindNumber {
			return float64(v)
		}
		return v
	case []map[string]any:
		rows := make([]map[string]any, len(v))
		for i, row := range v {
			rows[i] = rowEnv(f, row)
		}
		return rows
	}
	return v
}

func rowEnv(f *Field, row map[string]any) map[string]any {
	out := make(map[string]any, len(f.Fields))
	for _, sub := range f.Fields {
		out[sub.ID] = scalarZero[sub.Type]
		if v, ok := row[sub.ID]; ok && v != nil {
			out[sub.ID] = plain(sub, v)
		}
	}
	return out
}

// Values are the filled fields of a record by field id, in canonical form
// (see package value).
type Values map[string]any

// Clone copies the map; values themselves are never changed in place.
func (v Values) Clone() Values {
	out := make(Values, len(v))
	for k, x := range v {
		out[k] = x
	}
	return out
}

// RowEnv is what the expressions of a table's columns see: their own row.
func (f *Field) RowEnv(row map[string]any, today value.Date) Env {
	env := zeroEnv(f.Fields)
	for k, v := range rowEnv(f, row) {
		env[k] = v
	}
	env["today"] = string(today)
	return env
}

// SimpleCondition is a part of a condition that a page's script can decide:
// a field is one of some values, or is filled. Op is in, not-in, filled or
// empty.
type SimpleCondition struct {
	Field, Op string
	Values    []string
}

// Simple gives the condition as parts that must all hold, or nothing when it
// is more than that: then the page shows the field and the server decides.
func (c *Condition) Simple() []SimpleCondition {
	if c == nil {
		return nil
	}
	tree, err := parser.Parse(c.Source)
	if err != nil {
		return nil
	}
	parts, ok := simple(tree.Node)
	if !ok {
		return nil
	}
	return parts
}

func simple(n ast.Node) ([]SimpleCondition, bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return []SimpleCondition{{n.Value, "in", []string{"是", "true"}}}, true
	case *ast.BinaryNode:
		if n.Operator == "and" || n.Operator == "&&" {
			left, ok1 := simple(n.Left)
			right, ok2 := simple(n.Right)
			return append(left, right...), ok1 && ok2
		}
		return simpleComparison(n)
	}
	return nil, false
}

func simpleComparison(n *ast.BinaryNode) ([]SimpleCondition, bool) {
	id, ok := n.Left.(*ast.IdentifierNode)
	if !ok {
		// 'x' in list-field
		word, isWord := n.Left.(*ast.StringNode)
		field, isField := n.Right.(*ast.IdentifierNode)
		if n.Operator == "in" && isWord && isField {
			return []SimpleCondition{{field.Value, "in", []string{word.Value}}}, true
		}
		return nil, false
	}
	switch right := n.Right.(type) {
	case *ast.StringNode:
		return compareWord(id.Value, n.Operator, right.Value)
	case *ast.ArrayNode:
		var words []string
		for _, item := range right.Nodes {
			s, ok := item.(*ast.StringNode)
			if !ok {
				return nil, false
			}
			words = append(words, s.Value)
		}
		if n.Operator == "in" {
			return []SimpleCondition{{id.Value, "in", words}}, true
		}
	}
	return nil, false
}

func compareWord(field, operator, word string) ([]SimpleCondition, bool) {
	switch {
	case operator == "==" && word == "":
		return []SimpleCondition{{Field: field, Op: "empty"}}, true
	case operator == "!=" && word == "":
		return []SimpleCondition{{Field: field, Op: "filled"}}, true
	case operator == "==":
		return []SimpleCondition{{field, "in", []string{word}}}, true
	case operator == "!=":
		return []SimpleCondition{{field, "not-in", []string{word}}}, true
	}
	return nil, false
}
