package policy

import (
	"fmt"
	"sort"
	"strings"

	"jiezhen/app/calendar"
	"jiezhen/app/value"
)

// State says how sure a value is.
type State string

// The states. Statutory values are locked; examples and unconfirmed values
// carry a badge wherever they are shown.
const (
	Statutory   State = "法定"
	Confirmed   State = "已核"
	Example     State = "示例"
	Unconfirmed State = "待核"
)

// Sure reports whether the value may stand behind a formal act.
func (s State) Sure() bool { return s == Statutory || s == Confirmed }

// Param is a parameter as of a day. Value is a calendar.Limit, int64,
// float64, bool or string.
type Param struct {
	Key, Title string
	Value      any
	From       value.Date
	Basis      string
	State      State
	Locked     bool // statutory: changed only with the security administrator's approval
	Own        bool // set by the office itself
}

// Words writes the value as a person reads it.
func (p Param) Words() string {
	switch v := p.Value.(type) {
	case calendar.Limit:
		return v.Chinese()
	case bool:
		if v {
			return "是"
		}
		return "否"
	}
	return fmt.Sprint(p.Value)
}

// CodeList is a list of codes.
type CodeList struct {
	ID, Title, Basis string
	State            State
	Items            []Item
}

// Item is one code.
type Item struct {
	Code   string `yaml:"code"`
	Label  string `yaml:"label"`
	Parent string `yaml:"parent"`
	Note   string `yaml:"note"`
	Tone   string `yaml:"tone"`   // how much it presses: "", muted, good, warn, urgent
	Secret bool   `yaml:"secret"` // never shown in lists
}

// Label of a code; the code itself when it is not in the list.
func (l CodeList) Label(code string) string {
	for _, i := range l.Items {
		if i.Code == code {
			return i.Label
		}
	}
	return code
}

// Retention is how long a class of records is kept (facts D8). Nothing is
// ever deleted by itself.
type Retention struct {
	ID     string `yaml:"id"`
	Title  string `yaml:"title"`
	Period string `yaml:"period"`
	Basis  string `yaml:"basis"`
	State  State  `yaml:"state"`
}

// Set is all policy in force.
type Set struct {
	params    map[string][]Param // by key, oldest first
	codes     map[string]CodeList
	retention []Retention
}

// Param gives a parameter as of a day; the newest when on is "".
func (s *Set) Param(key string, on value.Date) (Param, error) {
	list := s.params[key]
	for i := len(list) - 1; i >= 0; i-- {
		if on == "" || list[i].From <= on {
			return list[i], nil
		}
	}
	if len(list) > 0 {
		return list[0], nil // before its first date the first value is the best there is
	}
	return Param{}, fmt.Errorf("没有参数 %s", key)
}

// HasParam reports whether a parameter exists, or one beginning with key when
// prefix is set.
func (s *Set) HasParam(key string, prefix bool) bool {
	if !prefix {
		return len(s.params[key]) > 0
	}
	for k := range s.params {
		if strings.HasPrefix(k, key) {
			return true
		}
	}
	return false
}

// Params lists every parameter as of a day, by key.
func (s *Set) Params(on value.Date) []Param {
	keys := make([]string, 0, len(s.params))
	for k := range s.params {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	out := make([]Param, 0, len(keys))
	for _, k := range keys {
		p, err := s.Param(k, on)
		if err == nil {
			out = append(out, p)
		}
	}
	return out
}

// Codes gives a code list.
func (s *Set) Codes(id string) (CodeList, bool) { l, ok := s.codes[id]; return l, ok }

// CodeLists are all code lists, by id.
func (s *Set) CodeLists() []CodeList {
	out := make([]CodeList, 0, len(s.codes))
	for _, l := range s.codes {
		out = append(out, l)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// Retentions are the retention classes.
func (s *Set) Retentions() []Retention { return s.retention }

// Override is the office's own setting of a parameter from a day on.
type Override struct {
	Key, Value string
	From       value.Date
	Basis      string
	State      string
	Approved   bool
}

// With gives the set with the office's own settings. A statutory parameter is
// changed only by an approved one.
func (s *Set) With(overrides []Override) (*Set, error) {
	out := &Set{params: make(map[string][]Param, len(s.params)), codes: s.codes, retention: s.retention}
	for k, list := range s.params {
		out.params[k] = list
	}
	for _, o := range overrides {
		list := out.params[o.Key]
		if len(list) == 0 {
			return nil, fmt.Errorf("没有参数 %s", o.Key)
		}
		last := list[len(list)-1]
		if last.Locked && !o.Approved {
			return nil, fmt.Errorf("参数“%s”是法定值，须经安全管理员批准才能调整", last.Title)
		}
		v, err := parseLike(last.Value, o.Value)
		if err != nil {
			return nil, fmt.Errorf("参数“%s”：%w", last.Title, err)
		}
		p := Param{Key: o.Key, Title: last.Title, Value: v, From: o.From, Basis: o.Basis, State: State(o.State), Locked: last.Locked, Own: true}
		fresh := append(append([]Param{}, list...), p)
		sort.SliceStable(fresh, func(i, j int) bool { return fresh[i].From < fresh[j].From })
		out.params[o.Key] = fresh
	}
	return out, nil
}

// CheckValue says whether a text can be a parameter's value.
func (s *Set) CheckValue(key, text string) error {
	list := s.params[key]
	if len(list) == 0 {
		return fmt.Errorf("没有参数 %s", key)
	}
	_, err := parseLike(list[0].Value, text)
	return err
}
