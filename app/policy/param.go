package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"jiezhen/app/calendar"
	"jiezhen/app/value"
)

// Type is the type of a parameter's value.
type Type string

// The types, with the Go type that Param.Value has.
const (
	TypeLimit    Type = "limit"    // calendar.Limit; nil for "none": no limit is set
	TypeInteger  Type = "integer"  // int64
	TypeDecimal  Type = "decimal"  // float64
	TypeMoney    Type = "money"    // int64, fen
	TypeYesNo    Type = "yesno"    // bool
	TypeText     Type = "text"     // string
	TypeLimits   Type = "limits"   // []calendar.Limit
	TypeIntegers Type = "integers" // []int64
	TypeTexts    Type = "texts"    // []string
)

// Param is one value of a parameter and from when it holds.
type Param struct {
	Key, Title string
	Type       Type
	Value      any
	Unit       string // what an integer or decimal counts, in Chinese
	Basis      string // document, section
	State      State
	Note       string
	Locked     bool       // statutory: changed only with approval
	From       value.Date // "": since always
	Own        bool       // set by the office itself
}

// Param gives the value in force on a day; on "" the one that held first.
func (s *Set) Param(key string, on value.Date) (Param, error) {
	versions := s.params[key]
	if len(versions) == 0 {
		return Param{}, fmt.Errorf("parameter %s: %w", key, ErrUnknown)
	}
	if on == "" {
		return versions[0], nil
	}
	for _, p := range slices.Backward(versions) {
		if p.From <= on {
			return p, nil
		}
	}
	return Param{}, fmt.Errorf("parameter %s on %s: %w", key, on, ErrNotThen)
}

// HasParam reports whether a parameter exists, or one whose key begins with
// key when prefix is set.
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

// Params are all values that parameters have had or will have, by key and
// then by date.
func (s *Set) Params() []Param {
	var out []Param
	for _, key := range slices.Sorted(maps.Keys(s.params)) {
		out = append(out, s.params[key]...)
	}
	return out
}

// Limit is a parameter that is a limit.
func (s *Set) Limit(key string, on value.Date) (calendar.Limit, error) {
	return get[calendar.Limit](s, key, on)
}

// Integer is a parameter that is a whole number, or an amount in fen.
func (s *Set) Integer(key string, on value.Date) (int64, error) { return get[int64](s, key, on) }

// Decimal is a parameter that is a number with decimals.
func (s *Set) Decimal(key string, on value.Date) (float64, error) { return get[float64](s, key, on) }

// YesNo is a parameter that is a switch.
func (s *Set) YesNo(key string, on value.Date) (bool, error) { return get[bool](s, key, on) }

func get[T any](s *Set, key string, on value.Date) (T, error) {
	var none T
	p, err := s.Param(key, on)
	if err != nil {
		return none, err
	}
	v, ok := p.Value.(T)
	if !ok {
		return none, fmt.Errorf("parameter %s is a %s, not a %T", key, p.Type, none)
	}
	return v, nil
}

// Print writes a parameter's value as a person reads it.
func (p Param) Print() string {
	switch v := p.Value.(type) {
	case nil:
		return "不限"
	case calendar.Limit:
		return v.Chinese()
	case []calendar.Limit:
		var words []string
		for _, l := range v {
			words = append(words, l.Chinese())
		}
		return strings.Join(words, "、")
	case []int64:
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(v), " ", "、"), "[]") + p.Unit
	case []string:
		return strings.Join(v, "、")
	case bool:
		return value.Print(value.KindYesNo, v)
	}
	if p.Type == TypeMoney {
		return value.Print(value.KindMoney, p.Value) + "元"
	}
	return value.Print(value.KindNumber, p.Value) + p.Unit
}

// parseValue reads a parameter's value from text; several are parted by 、 or ,.
func parseValue(t Type, text string) (any, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, fmt.Errorf("值为空")
	}
	switch t {
	case TypeLimit:
		if text == "none" {
			return nil, nil
		}
		return calendar.ParseLimit(text)
	case TypeInteger:
		return parseInteger(text)
	case TypeDecimal:
		return value.ParseNumber(text, 6)
	case TypeMoney:
		return value.ParseMoney(text)
	case TypeYesNo:
		v, _, err := value.Parse(value.KindYesNo, value.Spec{}, text, "")
		return v, err
	case TypeText:
		return text, nil
	}
	return parseSeveral(t, strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、,，;；\n", r) }))
}

func parseSeveral(t Type, parts []string) (any, error) {
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	switch t {
	case TypeLimits:
		return each(parts, calendar.ParseLimit)
	case TypeIntegers:
		return each(parts, parseInteger)
	case TypeTexts:
		return parts, nil
	}
	return nil, fmt.Errorf("参数类型“%s”不存在", t)
}

func each[T any](parts []string, parse func(string) (T, error)) ([]T, error) {
	out := make([]T, 0, len(parts))
	for _, p := range parts {
		v, err := parse(p)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func parseInteger(text string) (int64, error) {
	n, err := value.ParseNumber(text, 0)
	return int64(n), err
}
