package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Load reads codes/*.yaml, parameters/*.yaml, standards/*.yaml, places/*.tsv
// and retention.yaml, and makes the list staff.role of roles.yaml. What is absent is empty; what is wrong is named with
// file and line, all of it at once.
func Load(assets fs.FS) (*Set, error) {
	l := &loader{assets: assets, set: newSet()}
	l.each("codes/*.yaml", l.codes)
	l.each("places/*.tsv", l.towns)
	l.each("parameters/*.yaml", l.params)
	l.each("standards/*.yaml", l.standards)
	l.each("retention.yaml", l.retention)
	l.each("roles.yaml", l.roles)
	if len(l.errs) > 0 {
		return nil, errors.Join(l.errs...)
	}
	return l.set, nil
}

type loader struct {
	assets fs.FS
	set    *Set
	name   string // of the file that is being read
	errs   []error
}

func (l *loader) fail(line int, format string, args ...any) {
	l.errs = append(l.errs, fmt.Errorf("%s:%d：%w：%s", l.name, line, ErrMistaken, fmt.Sprintf(format, args...)))
}

func (l *loader) each(pattern string, read func(text []byte)) {
	names, err := fs.Glob(l.assets, pattern)
	if err != nil {
		l.errs = append(l.errs, fmt.Errorf("listing %s: %w", pattern, err))
	}
	for _, name := range names {
		text, err := fs.ReadFile(l.assets, name)
		if err != nil {
			l.errs = append(l.errs, fmt.Errorf("reading policy: %w", err))
			continue
		}
		l.name = name
		read(text)
	}
}

// decode reads a whole file into out. Unknown keys are refused.
func (l *loader) decode(text []byte, out any) {
	var doc yaml.Node
	err := yaml.Unmarshal(text, &doc)
	if err == nil && len(doc.Content) > 0 {
		err = strict(doc.Content[0], out)
	}
	if err != nil {
		l.errs = append(l.errs, fmt.Errorf("%s：%w：%w", l.name, ErrMistaken, err))
	}
}

func (l *loader) codes(text []byte) {
	var file struct {
		Lists []listEntry `yaml:"lists"`
	}
	l.decode(text, &file)
	for _, e := range file.Lists {
		l.list(e)
	}
}

func (l *loader) list(e listEntry) {
	if _, twice := l.set.lists[e.ID]; twice {
		l.fail(e.line, "代码表 %s 写了两次", e.ID)
	}
	if !keyForm.MatchString(e.ID) || e.Title == "" || len(e.Items) == 0 {
		l.fail(e.line, "代码表 %q 要有合规的 id、title 和 items", e.ID)
	}
	l.graded(e.line, e.ID, e.Basis, e.State)
	list := CodeList{ID: e.ID, Title: e.Title, Basis: e.Basis, State: e.State}
	for _, i := range e.Items {
		item := i.item(list)
		if _, twice := list.Item(item.Code); twice || item.Code == "" || item.Label == "" {
			l.fail(i.line, "%s 的代码 %q 重复或缺名称", e.ID, item.Code)
		}
		if !tones[item.Tone] {
			l.fail(i.line, "%s 的代码 %q：tone 只能是 urgent、warn、good、muted", e.ID, item.Code)
		}
		l.graded(i.line, e.ID+" "+item.Code, item.Basis, item.State)
		list.Items = append(list.Items, item)
	}
	l.parents(e, list)
	l.set.lists[e.ID] = list
}

func (l *loader) parents(e listEntry, list CodeList) {
	for _, i := range list.Items {
		if _, ok := list.Item(i.Parent); i.Parent != "" && !ok {
			l.fail(e.line, "%s 的代码 %s：上级 %s 不存在", e.ID, i.Code, i.Parent)
		}
	}
}

var (
	keyForm = regexp.MustCompile(`^[a-z][a-z0-9]*(\.[a-z0-9]+)+$`)
	tones   = map[string]bool{"": true, "urgent": true, "warn": true, "good": true, "muted": true}
)

// graded holds the promise that everything carries basis and state.
func (l *loader) graded(line int, what, basis string, state State) {
	if basis == "" {
		l.fail(line, "%s 缺 basis（依据）", what)
	}
	if !state.known() {
		l.fail(line, "%s 的 state %q 应为法定、已核、示例或待核", what, state)
	}
}

// towns makes the list place.town: code, name, kind, separated by tabs.
func (l *loader) towns(text []byte) {
	list := CodeList{ID: "place.town", Title: "街道、镇", State: Verified}
	for i, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		if basis, ok := strings.CutPrefix(line, "# "); ok {
			list.Basis = basis
			continue
		}
		cells := strings.Split(strings.TrimRight(line, "\r"), "\t")
		if cells[0] == "code" {
			continue
		}
		if len(cells) != 3 || len(cells[0]) != 9 {
			l.fail(i+1, "应为 九位代码、名称、类型 三列")
			continue
		}
		list.Items = append(list.Items, Item{Code: cells[0], Label: cells[1], Note: cells[2], Basis: list.Basis, State: list.State})
	}
	l.graded(1, path.Base(l.name), list.Basis, list.State)
	l.set.lists[list.ID] = list
}

// roles makes the list staff.role, so that a user's posts are chosen as codes
// are. What else a role says is package access's business.
func (l *loader) roles(text []byte) {
	var file struct {
		Roles []struct {
			ID    string `yaml:"id"`
			Title string `yaml:"title"`
			Note  string `yaml:"note"`
		} `yaml:"roles"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		l.errs = append(l.errs, fmt.Errorf("%s：%w：%w", l.name, ErrMistaken, err))
	}
	list := CodeList{ID: "staff.role", Title: "岗位", Basis: "本单位岗位设置；GB/T 22239-2019（三员分立）", State: Verified}
	for _, r := range file.Roles {
		list.Items = append(list.Items, Item{Code: r.ID, Label: r.Title, Note: r.Note, Basis: list.Basis, State: list.State})
	}
	l.set.lists[list.ID] = list
}

func (l *loader) params(text []byte) {
	var file struct {
		Parameters []paramEntry `yaml:"parameters"`
	}
	l.decode(text, &file)
	for _, e := range file.Parameters {
		l.param(e)
	}
}

func (l *loader) param(e paramEntry) {
	if !keyForm.MatchString(e.Key) || e.Title == "" {
		l.fail(e.line, "参数 %q 要有合规的 key 和 title", e.Key)
	}
	l.graded(e.line, e.Key, e.Basis, e.State)
	v, err := parseValue(e.Type, e.Value.text)
	if err != nil {
		l.fail(e.line, "参数 %s 的值 %q：%v", e.Key, e.Value.text, err)
	}
	p := Param{Key: e.Key, Title: e.Title, Type: e.Type, Value: v, Unit: e.Unit, Basis: e.Basis, State: e.State,
		Note: e.Note, Locked: e.State == Statutory, From: e.From}
	for _, other := range l.set.params[e.Key] {
		if other.From == p.From || other.Type != p.Type {
			l.fail(e.line, "参数 %s 在同一天写了两次，或类型前后不一", e.Key)
		}
	}
	l.set.params[e.Key] = place(l.set.params[e.Key], p)
}

func (l *loader) standards(text []byte) {
	var file struct {
		Standards []standardEntry `yaml:"standards"`
	}
	l.decode(text, &file)
	for _, e := range file.Standards {
		x, err := e.standard()
		if err == nil {
			err = l.set.addStandard(x)
		}
		if err != nil {
			l.fail(e.line, "%v", err)
		}
	}
}

func (l *loader) retention(text []byte) {
	var file struct {
		Classes []retentionEntry `yaml:"classes"`
	}
	l.decode(text, &file)
	for _, e := range file.Classes {
		if _, twice := l.set.Retention(e.ID); twice || !keyForm.MatchString(e.ID) || e.Title == "" || e.Years < 0 {
			l.fail(e.line, "保管期限 %q 重复，或缺 id、title", e.ID)
		}
		l.graded(e.line, e.ID, e.Basis, e.State)
		l.set.retention = append(l.set.retention, Retention{e.ID, e.Title, e.Years, e.Until, e.Basis, e.State})
	}
}
