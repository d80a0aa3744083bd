package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"jiezhen/app/calendar"
	"jiezhen/app/value"
)

type paramFile struct {
	Parameters []paramItem `yaml:"parameters"`
}

type paramItem struct {
	Key    string `yaml:"key"`
	Title  string `yaml:"title"`
	Value  any    `yaml:"value"`
	From   string `yaml:"from"`
	Basis  string `yaml:"basis"`
	State  string `yaml:"state"`
	Locked bool   `yaml:"locked"`
}

type codeFile struct {
	Lists []struct {
		ID    string `yaml:"id"`
		Title string `yaml:"title"`
		Basis string `yaml:"basis"`
		State string `yaml:"state"`
		Items []Item `yaml:"items"`
	} `yaml:"lists"`
}

type retentionFile struct {
	Classes []Retention `yaml:"classes"`
}

// Load reads parameters/*.yaml, codes/*.yaml and retention.yaml of the assets
// and gives them whole, or every mistake found.
func Load(assets fs.FS) (*Set, error) {
	s := &Set{params: map[string][]Param{}, codes: map[string]CodeList{}}
	var errs []error
	for _, kind := range []struct {
		glob string
		read func(name string, text []byte) error
	}{{"parameters/*.yaml", s.readParams}, {"codes/*.yaml", s.readCodes}, {"retention.yaml", s.readRetention}} {
		names, err := fs.Glob(assets, kind.glob)
		if err != nil {
			return nil, fmt.Errorf("listing %s: %w", kind.glob, err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(assets, name)
			if err != nil {
				return nil, fmt.Errorf("reading %s: %w", name, err)
			}
			if err := kind.read(path.Base(name), text); err != nil {
				errs = append(errs, err)
			}
		}
	}
	for _, list := range s.params {
		sort.SliceStable(list, func(i, j int) bool { return list[i].From < list[j].From })
	}
	return s, errors.Join(errs...)
}

func strict(name string, text []byte, into any) error {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s：%w", name, err)
	}
	return nil
}

func (s *Set) readParams(name string, text []byte) error {
	var file paramFile
	if err := strict(name, text, &file); err != nil {
		return err
	}
	var errs []error
	for _, item := range file.Parameters {
		v, err := parseValue(item.Value)
		if err == nil {
			err = complete(item.Key, item.Title, item.Basis, item.State)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s：参数 %s：%w", name, item.Key, err))
			continue
		}
		from := value.Date(item.From)
		if from == "" {
			from = "1900-01-01"
		}
		s.params[item.Key] = append(s.params[item.Key], Param{Key: item.Key, Title: item.Title, Value: v, From: from, Basis: item.Basis,
			State: State(item.State), Locked: item.Locked || State(item.State) == Statutory})
	}
	return errors.Join(errs...)
}

// complete refuses anything without a basis or a state: no figure stands
// unexplained.
func complete(id, title, basis, state string) error {
	switch State(state) {
	case Statutory, Confirmed, Example, Unconfirmed:
	default:
		return fmt.Errorf("state 只能是 法定、已核、示例 或 待核，现为 %q", state)
	}
	if id == "" || title == "" || basis == "" {
		return fmt.Errorf("要有 key（id）、title 和 basis")
	}
	return nil
}

// parseValue tells a parameter's type from how it is written.
func parseValue(v any) (any, error) {
	switch x := v.(type) {
	case int:
		return int64(x), nil
	case float64, bool:
		return x, nil
	case string:
		if number, _, ok := strings.Cut(x, " "); ok {
			if _, err := strconv.Atoi(number); err == nil {
				return calendar.ParseLimit(x)
			}
		}
		return x, nil
	}
	return nil, fmt.Errorf("不认识的取值 %v", v)
}

// parseLike reads a typed text into the type that the parameter has.
func parseLike(example any, text string) (any, error) {
	text = strings.TrimSpace(text)
	switch example.(type) {
	case calendar.Limit:
		return calendar.ParseLimit(text)
	case int64:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("应填整数，现为“%s”", text)
		}
		return n, nil
	case float64:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("应填数字，现为“%s”", text)
		}
		return n, nil
	case bool:
		switch text {
		case "是", "true":
			return true, nil
		case "否", "false":
			return false, nil
		}
		return nil, fmt.Errorf("应填“是”或“否”，现为“%s”", text)
	}
	return text, nil
}

func (s *Set) readCodes(name string, text []byte) error {
	var file codeFile
	if err := strict(name, text, &file); err != nil {
		return err
	}
	var errs []error
	for _, l := range file.Lists {
		err := complete(l.ID, l.Title, l.Basis, l.State)
		if _, twice := s.codes[l.ID]; twice {
			err = fmt.Errorf("代码表定义了两次")
		}
		seen := map[string]bool{}
		for _, i := range l.Items {
			if seen[i.Code] || i.Code == "" || i.Label == "" {
				err = fmt.Errorf("代码 %q 要有不重复的 code 和 label", i.Code)
			}
			seen[i.Code] = true
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s：代码表 %s：%w", name, l.ID, err))
			continue
		}
		s.codes[l.ID] = CodeList{ID: l.ID, Title: l.Title, Basis: l.Basis, State: State(l.State), Items: l.Items}
	}
	return errors.Join(errs...)
}

func (s *Set) readRetention(name string, text []byte) error {
	var file retentionFile
	if err := strict(name, text, &file); err != nil {
		return err
	}
	for _, c := range file.Classes {
		if err := complete(c.ID, c.Title, c.Basis, string(c.State)); err != nil {
			return fmt.Errorf("%s：%s：%w", name, c.ID, err)
		}
	}
	s.retention = file.Classes
	return nil
}
