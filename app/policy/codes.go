package policy

import (
	"maps"
	"slices"

	"jiezhen/app/value"
)

// CodeList is a list of codes that a field may take.
type CodeList struct {
	ID, Title string
	Basis     string
	State     State
	Items     []Item // in the order of the standard
}

// Item is one code.
type Item struct {
	Code, Label string
	Parent      string // code of the broader item, when the list is a tree
	Note        string // when to choose it
	Basis       string // the list's unless it has its own
	State       State
	Secret      bool       // never shown in a list or on a board (facts B3, 06)
	Tone        string     // how much it presses: urgent, warn, good, muted, or ""
	From, Until value.Date // offered from, and before; "" is no bound
}

// Codes gives a code list, retired codes included: records keep them.
func (s *Set) Codes(id string) (CodeList, bool) {
	l, ok := s.lists[id]
	return l, ok
}

// Lists are all code lists, by id.
func (s *Set) Lists() []CodeList {
	var out []CodeList
	for _, id := range slices.Sorted(maps.Keys(s.lists)) {
		out = append(out, s.lists[id])
	}
	return out
}

// On are the codes that may be chosen on a day.
func (l CodeList) On(day value.Date) []Item {
	var out []Item
	for _, i := range l.Items {
		if i.From <= day && (i.Until == "" || day < i.Until) {
			out = append(out, i)
		}
	}
	return out
}

// Item gives one code of the list.
func (l CodeList) Item(code string) (Item, bool) {
	i := slices.IndexFunc(l.Items, func(i Item) bool { return i.Code == code })
	if i < 0 {
		return Item{}, false
	}
	return l.Items[i], true
}

// Label is a code in words; an unknown one stays as it is.
func (l CodeList) Label(code string) string {
	if i, ok := l.Item(code); ok {
		return i.Label
	}
	return code
}
