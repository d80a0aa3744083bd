package register

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
)

// World is what definitions are checked against.
type World struct {
	Facts  Facts
	Roles  map[string]bool // roles that exist
	Papers map[string]bool // paper layouts that exist; nil leaves them unchecked
}

// Error is one mistake in a definition.
type Error struct {
	File string
	Line int
	Text string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s：%s", e.File, e.Text)
	}
	return fmt.Sprintf("%s 第 %d 行：%s", e.File, e.Line, e.Text)
}

// Load reads every *.yaml below the root of files and returns them whole, or
// all the mistakes found.
func Load(files fs.FS, world World) (*Set, error) {
	set := &Set{byID: map[string]*Definition{}}
	var errs []error
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		d, err := Parse(name, text, world)
		if err != nil {
			errs = append(errs, err)
			return nil
		}
		if other, ok := set.byID[d.ID]; ok {
			errs = append(errs, &Error{File: name, Text: fmt.Sprintf("登记簿 %s 已在 %s 里定义", d.ID, other.File)})
			return nil
		}
		set.byID[d.ID] = d
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading register definitions: %w", err)
	}
	errs = append(errs, set.checkReferences()...)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	set.sort()
	return set, nil
}

func (s *Set) sort() {
	for _, d := range s.byID {
		s.order = append(s.order, d)
	}
	sort.Slice(s.order, func(i, j int) bool {
		a, b := s.order[i], s.order[j]
		if a.System != b.System {
			return systemOrder(a.System) < systemOrder(b.System)
		}
		return a.ID < b.ID
	})
}

// systemOrder sorts A1 … C23 by number, and registers without a system last.
func systemOrder(code string) string {
	if code == "" {
		return "~"
	}
	return fmt.Sprintf("%s%03s", code[:1], code[1:])
}

// checkReferences finds fields and duties that point at registers which do
// not exist.
func (s *Set) checkReferences() []error {
	var errs []error
	for _, d := range s.byID {
		for _, f := range d.Fields {
			if f.Register != "" && s.byID[f.Register] == nil {
				errs = append(errs, &Error{d.File, f.Line, fmt.Sprintf("字段 %s 指向不存在的登记簿 %s", f.ID, f.Register)})
			}
		}
		if up := s.byID[d.Under]; d.Under != "" && (up == nil || up.Under != "" || up.Hidden || d.Hidden) {
			errs = append(errs, &Error{d.File, 0, fmt.Sprintf("under 指向的 %s 不在目录里，或者自己也归在别的登记簿下", d.Under)})
		}
		for _, id := range d.Begins {
			if s.byID[id] == nil {
				errs = append(errs, &Error{d.File, 0, fmt.Sprintf("begins 指向不存在的登记簿 %s", id)})
			}
		}
		for _, duty := range d.Duties {
			if duty.Done != "" && s.byID[duty.Done] == nil {
				errs = append(errs, &Error{d.File, duty.Line, fmt.Sprintf("定期事项 %s 指向不存在的登记簿 %s", duty.ID, duty.Done)})
			}
		}
	}
	return errs
}

// Parse reads one definition. name is used in messages.
func Parse(name string, text []byte, world World) (*Definition, error) {
	var file defFile
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		return nil, &Error{File: name, Text: err.Error()}
	}
	b := &builder{name: name, world: world}
	d := b.build(&file)
	if len(b.errs) > 0 {
		return nil, errors.Join(b.errs...)
	}
	return d, nil
}

// builder turns a file into a definition and collects every mistake, so that
// an author sees them all at once.
type builder struct {
	name  string
	world World
	errs  []error
	def   *Definition
}

func (b *builder) fail(line int, format string, args ...any) {
	b.errs = append(b.errs, &Error{b.name, line, fmt.Sprintf(format, args...)})
}

func (b *builder) build(f *defFile) *Definition {
	d := &Definition{
		ID: f.ID, System: f.System, Title: f.Title, Basis: f.Basis, Subject: Subject(f.Subject),
		SubjectLabel: f.SubjectLabel, Protect: Protection(f.Protect), Numbering: f.Number,
		Retention: f.Retention, Hidden: f.Hidden, Ledger: f.Ledger, Under: f.Under, Everywhere: f.Everywhere, Menu: f.Menu, Begins: f.Begins, Rights: Rights(f.Rights), Papers: f.Papers,
		List: List{Columns: f.Lists.Columns, Filters: f.Lists.Filters, Sort: f.Lists.Sort},
		File: b.name, fields: map[string]*Field{}, steps: map[string]*Step{}, actions: map[string]*Action{},
	}
	b.def = d
	b.head(d)
	for i := range f.Fields {
		b.field(&f.Fields[i])
	}
	b.fieldExpressions(f.Fields, d.Fields, d.Fields)
	d.zero = zeroEnv(d.Fields)
	for i := range f.Steps {
		b.step(&f.Steps[i])
	}
	for i := range f.Actions {
		b.action(&f.Actions[i])
	}
	for i := range f.Duties {
		b.duty(&f.Duties[i])
	}
	d.Checks = b.checks(f.Checks)
	for i := range f.Criteria {
		b.criterion(&f.Criteria[i])
	}
	b.meets()
	b.list(d)
	for i := range f.Counts {
		b.count(&f.Counts[i])
	}
	return d
}

func (b *builder) head(d *Definition) {
	if domain, rest, ok := strings.Cut(d.ID, "."); !ok || domain == "" || rest == "" {
		b.fail(0, "id 应写成“领域.名称”，现为 %q", d.ID)
	}
	if d.Title == "" {
		b.fail(0, "缺 title（登记簿名称）")
	}
	if d.Subject == "" {
		d.Subject = SubjectNone
	}
	switch d.Subject {
	case SubjectNone, SubjectPerson, SubjectPlace, SubjectParty:
	default:
		b.fail(0, "subject 只能是 person、place、party 或 none，现为 %q", d.Subject)
	}
	if d.Protect == "" {
		d.Protect = ProtectNone
	}
	switch d.Protect {
	case ProtectNone, ProtectMinor, ProtectSealed:
	default:
		b.fail(0, "protect 只能是 none、minor 或 sealed，现为 %q", d.Protect)
	}
	if err := checkNumbering(d.Numbering); err != nil {
		b.fail(0, "%v", err)
	}
	for _, roles := range [][]string{d.Rights.Read, d.Rights.Create, d.Rights.Edit, d.Rights.Assign, d.Rights.Export, d.Rights.Import} {
		b.roles(0, roles)
	}
	for _, p := range d.Papers {
		if b.world.Papers != nil && !b.world.Papers[p] {
			b.fail(0, "没有文书 %q", p)
		}
	}
}

func (b *builder) roles(line int, roles []string) {
	for _, r := range roles {
		if !b.world.Roles[r] {
			b.fail(line, "没有角色 %q", r)
		}
	}
}
