package register

import (
	"regexp"
	"strings"

	"github.com/expr-lang/expr"

	"jiezhen/app/value"
)

var fieldID = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// field builds one field without its expressions, which need all fields.
func (b *builder) field(f *fieldFile) {
	built := b.plainField(f)
	if _, ok := b.def.fields[built.ID]; ok {
		b.fail(f.line, "字段 %s 定义了两次", built.ID)
	}
	if _, ok := standardEnv()[built.ID]; ok {
		b.fail(f.line, "字段不能叫 %s：这是条件里的固定名称", built.ID)
	}
	if functionNames[built.ID] {
		b.fail(f.line, "字段不能叫 %s：这是条件里的函数", built.ID)
	}
	b.def.fields[built.ID] = built
	b.def.Fields = append(b.def.Fields, built)
}

func (b *builder) plainField(f *fieldFile) *Field {
	built := &Field{
		ID: f.ID, Label: f.Label, Section: f.Section, Help: f.Help, Unit: f.Unit, Type: Kind(f.Type),
		Codes: f.Codes, Register: f.Register, MaxLength: f.MaxLength, Decimals: f.Decimals,
		Column: f.Column, Key: f.Key, Unique: f.Unique || f.Match, Match: f.Match, Later: f.Later, Filled: f.Filled, Equal: f.Equal, Mask: f.Mask, Person: f.Person, Line: f.line,
	}
	if f.Min != nil {
		built.Min, built.BoundedMin = *f.Min, true
	}
	if f.Max != nil {
		built.Max, built.BoundedMax = *f.Max, true
	}
	built.Search = built.Type == value.KindText || built.Type == value.KindNote
	if f.Search != nil {
		built.Search = *f.Search
	}
	b.checkField(built)
	for i := range f.Fields {
		if f.Fields[i].Type == string(value.KindTable) {
			b.fail(f.Fields[i].line, "表格字段里不能再有表格")
		}
		built.Fields = append(built.Fields, b.plainField(&f.Fields[i]))
	}
	return built
}

func (b *builder) checkField(f *Field) {
	if !fieldID.MatchString(f.ID) {
		b.fail(f.Line, "字段 id %q 只能用小写字母、数字和下划线，字母开头", f.ID)
	}
	if f.Label == "" {
		b.fail(f.Line, "字段 %s 缺 label", f.ID)
	}
	if _, ok := scalarZero[f.Type]; !ok {
		b.fail(f.Line, "字段 %s 的类型 %q 不存在", f.ID, f.Type)
	}
	isCode := f.Type == value.KindCode || f.Type == value.KindCodes
	if isCode != (f.Codes != "") {
		b.fail(f.Line, "字段 %s：code 与 codes 类型要写 codes（代码表），其他类型不写", f.ID)
	}
	if f.Codes != "" && !b.world.Facts.HasCodes(f.Codes) {
		b.fail(f.Line, "字段 %s：没有代码表 %q", f.ID, f.Codes)
	}
	if (f.Type == value.KindRecord) != (f.Register != "") {
		b.fail(f.Line, "字段 %s：record 类型要写 register（指向哪个登记簿），其他类型不写", f.ID)
	}
	if f.Column && !indexable[f.Type] {
		b.fail(f.Line, "字段 %s：%s 类型不能作为列表的筛选列", f.ID, f.Type)
	}
}

// fieldExpressions compiles conditions and formulas of fields; the columns of
// a table see their own row only.
func (b *builder) fieldExpressions(files []fieldFile, built, scope []*Field) {
	for i, f := range built {
		file := &files[i]
		f.Required = b.condition(file.line, file.Required, scope)
		f.Show = b.condition(file.line, file.Show, scope)
		f.Compute = b.expression(file.line, file.Compute, scope)
		f.Default = b.expression(file.line, file.Default, scope)
		if f.Type == value.KindTable {
			if len(f.Fields) == 0 {
				b.fail(file.line, "表格字段 %s 没有列", f.ID)
			}
			b.fieldExpressions(file.Fields, f.Fields, f.Fields)
		}
	}
}

func (b *builder) condition(line int, c boolOrExpr, scope []*Field) *Condition {
	source := c.source
	if c.set && source == "" {
		if !c.always {
			return nil
		}
		source = "true"
	}
	return b.conditionText(line, source, scope)
}

func (b *builder) conditionText(line int, source string, scope []*Field) *Condition {
	if source == "" {
		return nil
	}
	program, err := compile(source, scope, b.world.Facts, expr.AsBool())
	if err != nil {
		b.fail(line, "%v", err)
		return nil
	}
	return &Condition{Expression{source, program}}
}

func (b *builder) expression(line int, source string, scope []*Field) *Expression {
	if source == "" {
		return nil
	}
	program, err := compile(source, scope, b.world.Facts)
	if err != nil {
		b.fail(line, "%v", err)
		return nil
	}
	return &Expression{source, program}
}

func (b *builder) step(s *stepFile) {
	if _, ok := b.def.steps[s.ID]; ok || s.ID == "" || s.Label == "" {
		b.fail(s.line, "步骤 %q 要有不重复的 id 和 label", s.ID)
	}
	b.dateField(s.line, s.Since)
	var stops []Stop
	for _, stop := range s.Stops {
		if stop.From == "" || stop.Until == "" {
			b.fail(s.line, "步骤 %s：stops 的每一项要写 from 和 until（日期字段）", s.ID)
		}
		b.dateField(s.line, stop.From)
		b.dateField(s.line, stop.Until)
		stops = append(stops, Stop(stop))
	}
	built := &Step{ID: s.ID, Label: s.Label, Closed: s.Closed, Since: s.Since, Stops: stops, Line: s.line,
		Due: b.expression(s.line, s.Due, b.def.Fields)}
	b.def.steps[s.ID] = built
	b.def.Steps = append(b.def.Steps, built)
}

func (b *builder) dateField(line int, id string) {
	if id == "" {
		return
	}
	if f, ok := b.def.fields[id]; !ok || (f.Type != value.KindDate && f.Type != value.KindDateTime) {
		b.fail(line, "since 要写一个日期字段，%q 不是", id)
	}
}

func (b *builder) action(a *actionFile) {
	if _, ok := b.def.actions[a.ID]; ok || a.ID == "" || a.Label == "" {
		b.fail(a.line, "动作 %q 要有不重复的 id 和 label", a.ID)
	}
	if len(a.By) == 0 {
		b.fail(a.line, "动作 %s 没有写由谁做（by）", a.ID)
	}
	b.roles(a.line, a.By)
	for _, s := range append(a.From, a.To) {
		if _, ok := b.def.steps[s]; !ok && s != "" && s != "*" {
			b.fail(a.line, "动作 %s：没有步骤 %q", a.ID, s)
		}
	}
	for _, f := range append(append([]string{}, a.Needs...), a.Asks...) {
		if _, ok := b.def.fields[f]; !ok {
			b.fail(a.line, "动作 %s：没有字段 %q", a.ID, f)
		}
	}
	if a.Note != "" && a.Note != "optional" && a.Note != "required" {
		b.fail(a.line, "动作 %s：note 只能是 optional 或 required", a.ID)
	}
	built := &Action{ID: a.ID, Label: a.Label, From: a.From, To: a.To, By: a.By, Needs: a.Needs, Asks: a.Asks,
		Note: a.Note, Meets: a.Meets, NotAuthor: a.NotAuthor, Approval: a.Approval, Tone: a.Tone, Line: a.line, Checks: b.checks(a.Checks)}
	b.def.actions[a.ID] = built
	b.def.Actions = append(b.def.Actions, built)
}

func (b *builder) duty(d *dutyFile) {
	if d.ID == "" || d.Label == "" || d.Every == "" {
		b.fail(d.line, "定期事项 %q 要有 id、label 和 every", d.ID)
	}
	b.dateField(d.line, d.Since)
	b.def.Duties = append(b.def.Duties, &Duty{ID: d.ID, Label: d.Label, Since: d.Since, Done: d.Done, Line: d.line,
		When: b.condition(d.line, d.When, b.def.Fields), Every: b.expression(d.line, d.Every, b.def.Fields)})
}

func (b *builder) checks(files []checkFile) []*Check {
	var out []*Check
	for _, c := range files {
		if c.That == "" || c.Say == "" {
			b.fail(c.line, "每条检查要有 that（条件）和 say（不满足时怎么说）")
			continue
		}
		if _, ok := b.def.fields[c.Field]; c.Field != "" && !ok {
			b.fail(c.line, "检查：没有字段 %q", c.Field)
		}
		out = append(out, &Check{That: b.conditionText(c.line, c.That, b.def.Fields), Say: c.Say, Field: c.Field, Warn: c.Warn})
	}
	return out
}

func (b *builder) count(c *countFile) {
	if c.ID == "" || c.Label == "" {
		b.fail(c.line, "统计 %q 要有 id 和 label", c.ID)
	}
	when := b.conditionText(c.line, c.When, b.def.Fields)
	for column := range c.Filter {
		if !b.listable(column) {
			b.fail(c.line, "统计 %s：%s 不是可筛选的列", c.ID, column)
		}
	}
	b.def.Counts = append(b.def.Counts, &Count{ID: c.ID, Label: c.Label, When: when, Filter: c.Filter, Least: b.expression(c.line, c.Least, nil)})
}

// standardColumns are held in every index beside the definition's own.
var standardColumns = map[string]bool{"number": true, "subject": true, "step": true, "due": true, "owner": true,
	"community": true, "created": true, "changed": true, "author": true, "open": true}

// listable reports whether a list can be filtered by the column.
func (b *builder) listable(column string) bool {
	if standardColumns[column] {
		return true
	}
	f, ok := b.def.fields[column]
	return ok && f.Column
}

func (b *builder) list(d *Definition) {
	for _, c := range d.List.Columns {
		if _, ok := d.fields[c]; !ok && !standardColumns[c] {
			b.fail(0, "lists.columns：没有字段 %q", c)
		}
	}
	for _, c := range d.List.Filters {
		if f, ok := d.fields[c]; ok && indexable[f.Type] {
			f.Column = true // naming a filter is asking for its column
		}
		if !b.listable(c) {
			b.fail(0, "lists.filters：%q 不是可筛选的列", c)
		}
	}
	if sort := strings.TrimPrefix(d.List.Sort, "-"); sort != "" && !b.listable(sort) {
		b.fail(0, "lists.sort：%q 不是可排序的列", sort)
	}
}
