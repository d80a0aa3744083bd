package policy

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"jiezhen/app/calendar"
	"jiezhen/app/value"
)

// Set is everything that holds, with its history. It never changes.
type Set struct {
	params    map[string][]Param // by From
	lists     map[string]CodeList
	standards map[string][]Standard // by From
	retention []Retention
}

func newSet() *Set {
	return &Set{params: map[string][]Param{}, lists: map[string]CodeList{}, standards: map[string][]Standard{}}
}

func (s *Set) clone() *Set {
	return &Set{params: maps.Clone(s.params), lists: maps.Clone(s.lists), standards: maps.Clone(s.standards), retention: s.retention}
}

// Override is a change that the office made to a parameter, or to a code list
// when Item is set.
type Override struct {
	Key      string // parameter, or code list
	Value    string // of the parameter, as typed
	Item     *Item  // added to the list, or put in the place of the same code
	From     value.Date
	Basis    string
	State    string // as in State; "" is 待核
	Approved bool   // by a second person, as statutory values ask
}

// With gives a set with the office's own changes. The set can be used even
// when some of them were refused; the error then names each.
func (s *Set) With(overrides []Override) (*Set, error) {
	out := s.clone()
	var errs []error
	for _, o := range overrides {
		var err error
		if o.Item != nil {
			err = out.overrideItem(o)
		} else {
			err = out.overrideParam(o)
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	return out, errors.Join(errs...)
}

func (o Override) state() (State, error) {
	if o.State == "" {
		return Unverified, nil
	}
	if s := State(o.State); s.known() {
		return s, nil
	}
	return "", fmt.Errorf("%s 的核定状态“%s”不存在，应为法定、已核、示例或待核：%w", o.Key, o.State, ErrMistaken)
}

func (s *Set) overrideParam(o Override) error {
	versions := s.params[o.Key]
	if len(versions) == 0 {
		return fmt.Errorf("参数 %s 不存在，请从参数表中选：%w", o.Key, ErrUnknown)
	}
	p := versions[len(versions)-1]
	if p.Locked && !o.Approved {
		return fmt.Errorf("参数“%s”是法定值，改动须经安全管理员批准：%w", p.Title, ErrLocked)
	}
	day, err := value.ParseDate(string(o.From), "")
	if err != nil || o.Basis == "" {
		return fmt.Errorf("参数“%s”的改动要写明起用日期和依据：%w", p.Title, ErrMistaken)
	}
	if p.State, err = o.state(); err != nil {
		return err
	}
	before := p.Value
	if p.Value, err = parseValue(p.Type, o.Value); err != nil {
		return fmt.Errorf("参数“%s”的值“%s”不对：%w", p.Title, o.Value, err)
	}
	p.Value = keepPlain(before, p.Value)
	p.From, p.Basis, p.Own, p.Note = day, o.Basis, true, ""
	s.params[o.Key] = place(versions, p)
	return nil
}

// keepPlain keeps a visit's frequency from beginning to wait for holidays
// because somebody wrote 2个月 over it: whether a last day moves is part of
// what the parameter is.
func keepPlain(before, after any) any {
	old, was := before.(calendar.Limit)
	l, is := after.(calendar.Limit)
	if was && is && old.Unit == old.Unit.Plain() {
		l.Unit = l.Unit.Plain()
		return l
	}
	return after
}

// place puts a version in its place by date; a later one of the same day wins.
func place(versions []Param, p Param) []Param {
	out := slices.DeleteFunc(slices.Clone(versions), func(v Param) bool { return v.From == p.From })
	out = append(out, p)
	slices.SortFunc(out, func(a, b Param) int { return cmp.Compare(a.From, b.From) })
	return out
}

func (s *Set) overrideItem(o Override) error {
	list, ok := s.lists[o.Key]
	if !ok {
		return fmt.Errorf("代码表 %s 不存在：%w", o.Key, ErrUnknown)
	}
	item := *o.Item
	if item.Code == "" || item.Label == "" || o.Basis == "" {
		return fmt.Errorf("代码表“%s”的改动要有代码、名称和依据：%w", list.Title, ErrMistaken)
	}
	var err error
	if item.State, err = o.state(); err != nil {
		return err
	}
	item.Basis, item.From = o.Basis, cmp.Or(item.From, o.From)
	old := slices.IndexFunc(list.Items, func(i Item) bool { return i.Code == item.Code })
	if old >= 0 && list.Items[old].State == Statutory && !o.Approved {
		return fmt.Errorf("代码“%s”是国家标准代码，改动须经安全管理员批准：%w", list.Items[old].Label, ErrLocked)
	}
	list.Items = slices.Clone(list.Items)
	if old >= 0 {
		list.Items[old] = item
	} else {
		list.Items = append(list.Items, item)
	}
	s.lists[o.Key] = list
	return nil
}
