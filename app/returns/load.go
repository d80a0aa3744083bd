package returns

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Set is every return that the program knows, in the order of their systems.
type Set struct{ all []*Return }

// All gives the returns.
func (s *Set) All() []*Return { return s.all }

// Get finds a return.
func (s *Set) Get(id string) (*Return, bool) {
	i := slices.IndexFunc(s.all, func(r *Return) bool { return r.ID == id })
	if i < 0 {
		return nil, false
	}
	return s.all[i], true
}

// Of gives the returns that read a register.
func (s *Set) Of(reg string) []*Return {
	var out []*Return
	for _, r := range s.all {
		if slices.ContainsFunc(r.Parts, func(p *Part) bool { return p.Def.ID == reg }) {
			out = append(out, r)
		}
	}
	return out
}

// Return is one return as its file has it.
type Return struct {
	ID, System, Title, Basis, Version, State string
	Frozen                                   string   // register in which a period is kept when it is frozen; "" when it is not
	Freeze                                   []string // roles that freeze
	Parts                                    []*Part
}

// Part is the figures of one register.
type Part struct {
	ID, Title string
	Def       *register.Definition
	On        string // indexed date: only records that have it in the period are read
	Figures   []*Figure
}

// The kinds of figure.
const (
	Count = "count"
	Rate  = "rate"
	Sum   = "sum"
	Mean  = "mean"
	Ratio = "ratio" // one sum by another, such as beds taken by beds
)

// Figure is one figure, or one table of a figure split.
type Figure struct {
	ID, Title, Words, Unit, Kind string
	when                         *register.Condition  // what is counted; of a rate the denominator
	hits                         *register.Condition  // of a rate, the numerator
	number, per                  *register.Expression // what is summed; of a ratio, by what it is divided
	By, Across                   *Split
	distinct                     string // counted once for each: subject, or a field that names a record
	Now                          bool   // known only of the period that today lies in
	money                        bool
	source                       string
}

// Split divides a figure by what records hold.
type Split struct {
	Title string
	field *register.Field // a code; nil for communities, bands and groups
	place bool
	bands []int
	names []string // of the bands; else their numbers
	of    *register.Expression
}

type returnFile struct {
	ID      string     `yaml:"id"`
	System  string     `yaml:"system"`
	Title   string     `yaml:"title"`
	Basis   string     `yaml:"basis"`
	Version string     `yaml:"version"`
	State   string     `yaml:"state"`
	Frozen  string     `yaml:"frozen"`
	Freeze  []string   `yaml:"freeze"`
	Parts   []partFile `yaml:"parts"`
}

type partFile struct {
	Title    string       `yaml:"title"`
	Register string       `yaml:"register"`
	On       string       `yaml:"on"`
	Figures  []figureFile `yaml:"figures"`
}

type figureFile struct {
	ID     string `yaml:"id"`
	Title  string `yaml:"title"`
	Words  string `yaml:"words"`
	Unit   string `yaml:"unit"`
	When   string `yaml:"when"`
	Of     string `yaml:"of"`
	Hits   string `yaml:"hits"`
	Sum    string `yaml:"sum"`
	Mean   string `yaml:"mean"`
	By     any    `yaml:"by"`
	Across any    `yaml:"across"`
	Per    string `yaml:"per"`
	Each   string `yaml:"distinct"`
	Now    bool   `yaml:"now"`
}

// World is what a return may name.
type World struct {
	Registers *register.Set
	Facts     register.Facts
	Roles     map[string]bool
	Systems   map[string]bool
}

// Load reads every return under a folder; the first fault stops it, with file
// and reason.
func Load(files fs.FS, w World) (*Set, error) {
	set := &Set{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		r, err := parse(data, w)
		if err == nil && strings.ReplaceAll(strings.TrimSuffix(name, ".yaml"), "/", ".") != r.ID {
			err = fmt.Errorf("id %q 与文件名不符", r.ID)
		}
		if err != nil {
			return fmt.Errorf("报表 %s：%w", name, err)
		}
		set.all = append(set.all, r)
		return nil
	})
	slices.SortStableFunc(set.all, func(a, b *Return) int { return compareSystems(a.System, b.System) })
	return set, err
}

// compareSystems orders A2 before A10.
func compareSystems(a, b string) int {
	if c := strings.Compare(a[:1], b[:1]); c != 0 {
		return c
	}
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

func parse(data []byte, w World) (*Return, error) {
	var f returnFile
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil {
		return nil, err
	}
	r := &Return{ID: f.ID, System: f.System, Title: f.Title, Basis: f.Basis, Version: f.Version, State: f.State, Frozen: f.Frozen, Freeze: f.Freeze}
	switch {
	case f.ID == "" || f.Title == "" || f.Version == "" || f.Basis == "" || f.State == "" || len(f.Parts) == 0:
		return nil, errors.New("id、title、version、basis、state、parts 都要有")
	case !w.Systems[f.System]:
		return nil, fmt.Errorf("没有系统 %q", f.System)
	}
	for _, role := range f.Freeze {
		if !w.Roles[role] {
			return nil, fmt.Errorf("没有岗位 %q", role)
		}
	}
	seen := map[string]bool{}
	for i, p := range f.Parts {
		part, err := parsePart(p, w, seen)
		if err != nil {
			return nil, err
		}
		part.ID = fmt.Sprintf("p%d", i+1)
		r.Parts = append(r.Parts, part)
	}
	return r, r.checkFrozen(w)
}

// checkFrozen wants the register in which periods are kept, and keeps figures
// of sealed registers out of it: what is frozen is read by more posts.
func (r *Return) checkFrozen(w World) error {
	if r.Frozen == "" {
		return nil
	}
	if _, ok := w.Registers.Get(r.Frozen); !ok || len(r.Freeze) == 0 {
		return fmt.Errorf("frozen %q 不是登记簿，或没有写明由谁冻结（freeze）", r.Frozen)
	}
	for _, p := range r.Parts {
		if p.Def.Protect == register.ProtectSealed {
			return fmt.Errorf("%s 是封存登记簿，不能冻结", p.Def.ID)
		}
	}
	return nil
}

func parsePart(f partFile, w World, seen map[string]bool) (*Part, error) {
	def, ok := w.Registers.Get(f.Register)
	if !ok {
		return nil, fmt.Errorf("没有登记簿 %q", f.Register)
	}
	if on, ok := def.Field(f.On); f.On != "" && f.On != "created" && (!ok || !on.Column || on.Type != value.KindDate) {
		return nil, fmt.Errorf("%s 没有可按日期筛选的字段 %q", f.Register, f.On)
	}
	p := &Part{Title: f.Title, Def: def, On: f.On}
	for _, ff := range f.Figures {
		if ff.ID == "" || ff.Title == "" || seen[ff.ID] {
			return nil, fmt.Errorf("指标 %q（%s）没有 id、title，或 id 重复", ff.ID, ff.Title)
		}
		seen[ff.ID] = true
		figure, err := parseFigure(ff, def, w.Facts)
		if err != nil {
			return nil, fmt.Errorf("指标 %s：%w", ff.ID, err)
		}
		p.Figures = append(p.Figures, figure)
	}
	return p, nil
}

func parseFigure(f figureFile, def *register.Definition, facts register.Facts) (*Figure, error) {
	out := &Figure{ID: f.ID, Title: f.Title, Words: f.Words, Unit: f.Unit, Kind: Count, distinct: f.Each, Now: f.Now, source: f.When}
	when, number := f.When, ""
	switch {
	case f.Of != "" && f.Hits != "" && f.When+f.Sum+f.Mean == "":
		out.Kind, when, out.source = Rate, f.Of, "分母："+f.Of+"；分子："+f.Hits
	case f.Sum != "" && f.Per != "" && f.Of+f.Hits+f.Mean == "":
		out.Kind, number, out.source = Ratio, f.Sum, f.Sum+"，除以 "+f.Per+"，条件："+f.When
	case f.Sum != "" && f.Of+f.Hits+f.Mean == "":
		out.Kind, number, out.source = Sum, f.Sum, f.Sum+"，条件："+f.When
	case f.Mean != "" && f.Of+f.Hits+f.Sum == "":
		out.Kind, number, out.source = Mean, f.Mean, f.Mean+"，条件："+f.When
	case f.Of+f.Hits+f.Sum+f.Mean+f.Per != "" || f.When == "":
		return nil, errors.New("写 when，或 of 与 hits，或 sum、mean 与 when")
	}
	var err error
	if out.when, err = def.PeriodCondition(when, facts); err != nil {
		return nil, err
	}
	if out.Kind == Rate {
		if out.hits, err = def.PeriodCondition(f.Hits, facts); err != nil {
			return nil, err
		}
	}
	if number != "" {
		if out.number, err = def.PeriodValue(number, facts); err != nil {
			return nil, err
		}
	}
	if f.Per != "" {
		if out.per, err = def.PeriodValue(f.Per, facts); err != nil {
			return nil, err
		}
	}
	if _, ok := def.Field(f.Each); !ok && f.Each != "" && f.Each != "subject" {
		return nil, fmt.Errorf("distinct %q 不是字段", f.Each)
	}
	out.money = f.Unit == "元"
	if out.By, err = parseSplit(f.By, def, facts); err != nil {
		return nil, err
	}
	if out.Across, err = parseSplit(f.Across, def, facts); err != nil {
		return nil, err
	}
	if out.Across != nil && (out.By == nil || out.Kind != Count) {
		return nil, errors.New("across 只用于有 by 的计数")
	}
	return out, nil
}

// parseSplit reads by and across: a field with codes, community, or bands of a
// number such as {bands: [0, 4, 7], of: "age(subject.birth, today)", title: 年龄}.
func parseSplit(given any, def *register.Definition, facts register.Facts) (*Split, error) {
	switch v := given.(type) {
	case nil:
		return nil, nil
	case string:
		if v == "community" {
			return &Split{Title: "社区（村）", place: true}, nil
		}
		f, ok := def.Field(v)
		if !ok || f.Type != value.KindCode && f.Type != value.KindCodes {
			return nil, fmt.Errorf("不能按 %q 分：不是代码字段", v)
		}
		return &Split{Title: f.Label, field: f}, nil
	case map[string]any:
		return parseBands(v, def, facts)
	}
	return nil, fmt.Errorf("by、across 写字段、community 或 {bands, of, title}，不是 %v", given)
}

func parseBands(v map[string]any, def *register.Definition, facts register.Facts) (*Split, error) {
	title, _ := v["title"].(string)
	source, _ := v["of"].(string)
	list, _ := v["bands"].([]any)
	s := &Split{Title: title}
	for _, n := range list {
		i, ok := n.(int)
		if !ok || len(s.bands) > 0 && i <= s.bands[len(s.bands)-1] {
			return nil, fmt.Errorf("bands 要从小到大写整数，不是 %v", list)
		}
		s.bands = append(s.bands, i)
	}
	names, _ := v["labels"].([]any)
	for _, n := range names {
		s.names = append(s.names, fmt.Sprint(n))
	}
	if title == "" || source == "" || len(s.bands) < 2 || len(names) > 0 && len(names) != len(s.bands) {
		return nil, errors.New("分段要写 title、of 和至少两个 bands；写 labels 就要一段一个")
	}
	var err error
	s.of, err = def.PeriodValue(source, facts)
	return s, err
}

// Formula is how the figure is worked out, as its file has it.
func (f *Figure) Formula() string { return f.source }
