package people

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/search"
)

// Query is what is known of someone who is looked for. Everything is matched
// exactly: names also by sound. Text is anything typed into one box.
type Query struct {
	Name, Pinyin, IDNumber, IDTail, Phone, Guardian, Text string
	Limit                                                 int // 20 when 0
}

// Match is one person who may be meant.
type Match struct {
	Person  uint64
	Record  *record.Record // nil for a placeholder
	Score   int
	Reasons []string // 姓名相同, 证件后四位相同 …
	Hidden  string   // set for a placeholder: what may be said, and whom to ask
	Guarded bool     // placeholder of a protected person, who can be opened with a reason
	Merged  bool     // found through a file that was merged into this one
}

// What a match by one key is worth. Weak keys alone never show a placeholder:
// one could otherwise try digits until a protected child's name comes up.
const (
	worthNumber   = 100
	worthName     = 50
	worthPhone    = 40
	worthTail6    = 35
	worthGuardian = 35
	worthReading  = 30
	worthTail4    = 25
	worthHead     = 15
	worthInitials = 15

	worthPlaceholder = 40
	matchLimit       = 20
	openLimit        = 200 // files opened for one search
)

// Search finds persons before a new file is made. It reads equality keys
// only and never scans. Best matches come first, each with its reasons.
func (d *Desk) Search(ctx context.Context, v access.Viewer, q Query) ([]Match, error) {
	var out []Match
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		var err error
		out, err = SearchTx(tx, q)
		return err
	})
	return out, err
}

// SearchTx is Search inside a transaction.
func SearchTx(tx *record.Tx, q Query) ([]Match, error) {
	def, ok := tx.Book().Registers().Get(record.Persons)
	if !ok || !record.MayUse(tx.Viewer(), def, access.ActRead) {
		return nil, record.Refused(record.CodeDenied, "您的岗位不查人员主档")
	}
	h := hits{tx: tx, by: map[uint64]*hit{}}
	for _, look := range lookups(q) {
		if err := h.look(look); err != nil {
			return nil, err
		}
	}
	if err := h.guardian(strings.TrimSpace(q.Guardian)); err != nil {
		return nil, err
	}
	if q.Limit <= 0 {
		q.Limit = matchLimit
	}
	return h.matches(q.Limit)
}

// lookup is one question to the index.
type lookup struct {
	key, value, reason string
	worth              int
}

func lookups(q Query) []lookup {
	out := textLookups(q.Text)
	out = append(out, nameLookups(q.Name)...)
	out = append(out, pinyinLookups(q.Pinyin)...)
	out = append(out, numberLookups(q.IDNumber)...)
	out = append(out, tailLookups(q.IDTail)...)
	return append(out, phoneLookups(q.Phone)...)
}

func nameLookups(typed string) []lookup {
	name, err := value.ParseName(typed)
	if err != nil {
		return nil // nothing typed, or no name: finds nobody
	}
	out := []lookup{{keyName, name, "姓名相同", worthName}}
	for _, s := range search.Spellings(name) {
		out = append(out, lookup{keyPinyin, s.Full, "姓名读音相同", worthReading})
	}
	return out
}

func pinyinLookups(typed string) []lookup {
	var b strings.Builder
	for _, r := range strings.ToLower(typed) {
		if r >= 'a' && r <= 'z' {
			b.WriteRune(r)
		}
	}
	if b.Len() < 2 {
		return nil
	}
	s := b.String()
	return []lookup{{keyPinyin, s, "姓名读音相同", worthReading}, {keyHead, s, "姓名读音开头相同", worthHead},
		{keyInitials, s, "姓名拼音首字母相同", worthInitials}}
}

func numberLookups(typed string) []lookup {
	s := plainNumber(typed)
	if s == "" {
		return nil
	}
	out := []lookup{{keyID, s, "证件号码相同", worthNumber}}
	if len(s) > 6 {
		out = append(out, lookup{keyTail, s[len(s)-6:], "证件后六位相同", worthTail6})
	}
	return out
}

func tailLookups(typed string) []lookup {
	s := plainNumber(typed)
	if len(s) > 6 {
		s = s[len(s)-6:]
	}
	switch len(s) {
	case 6:
		return []lookup{{keyTail, s, "证件后六位相同", worthTail6}}
	case 4, 5:
		return []lookup{{keyTail, s[len(s)-4:], "证件后四位相同", worthTail4}}
	}
	return nil
}

func phoneLookups(typed string) []lookup {
	phone, err := value.ParsePhone(typed)
	if err != nil {
		return nil
	}
	return []lookup{{keyPhone, phone, "电话相同", worthPhone}}
}

// textLookups tells from its characters what was typed into the one box.
func textLookups(text string) []lookup {
	text = strings.TrimSpace(text)
	number := plainNumber(text)
	switch {
	case text == "":
		return nil
	case strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0:
		return nameLookups(text)
	case strings.Trim(number, "0123456789X-") == "":
		out := append(numberLookups(number), phoneLookups(text)...)
		if len(number) <= 6 {
			out = append(out, tailLookups(number)...)
		}
		return out
	case strings.ContainsAny(number, "0123456789"):
		return numberLookups(number)
	}
	return append(pinyinLookups(text), nameLookups(text)...)
}

func plainNumber(typed string) string {
	return strings.ToUpper(strings.Join(strings.Fields(width.Narrow.String(typed)), ""))
}

// hit is what the index said of one person.
type hit struct {
	id      uint64
	score   int
	reasons []string
}

type hits struct {
	tx *record.Tx
	by map[uint64]*hit
}

func (h *hits) look(l lookup) error {
	ids, err := h.tx.IDs(record.Persons, l.key, l.value)
	if err != nil {
		return fmt.Errorf("looking for persons: %w", err)
	}
	for _, id := range ids {
		h.add(id, l.worth, l.reason)
	}
	return nil
}

// add counts a reason once, and a name's sound only when the name itself does
// not agree already.
func (h *hits) add(id uint64, worth int, reason string) {
	x := h.by[id]
	if x == nil {
		x = &hit{id: id}
		h.by[id] = x
	}
	for _, have := range x.reasons {
		if have == reason || have == "姓名相同" && strings.HasPrefix(reason, "姓名") ||
			have == "证件号码相同" && strings.HasPrefix(reason, "证件") {
			return
		}
	}
	x.score += worth
	x.reasons = append(x.reasons, reason)
}

// guardian finds the persons whose guardian has this name, through the
// relations of everyone so called.
func (h *hits) guardian(name string) error {
	if name == "" {
		return nil
	}
	ids, err := h.tx.IDs(record.Persons, keyName, name)
	if err != nil {
		return err
	}
	for _, id := range ids {
		ties, err := tiesOf(h.tx.AsOffice(), id)
		if err != nil {
			return err
		}
		for _, t := range ties {
			if t.Other == id && t.Guardian && t.holds(h.tx.Today()) {
				h.add(t.Person, worthGuardian, "监护人姓名相同")
			}
		}
	}
	return nil
}

func (h *hits) matches(limit int) ([]Match, error) {
	found := make([]*hit, 0, len(h.by))
	for _, x := range h.by {
		found = append(found, x)
	}
	rank(found)
	if len(found) > openLimit {
		found = found[:openLimit]
	}
	var out []Match
	at := map[uint64]bool{}
	for _, x := range found {
		m, ok, err := h.match(x)
		if err != nil {
			return nil, err
		}
		if !ok || at[m.Person] {
			continue
		}
		at[m.Person] = true
		if out = append(out, m); len(out) == limit {
			break
		}
	}
	return out, nil
}

func rank(found []*hit) {
	sort.Slice(found, func(i, k int) bool {
		if found[i].score != found[k].score {
			return found[i].score > found[k].score
		}
		return found[i].id < found[k].id
	})
}

// match opens one hit for the viewer, or makes its placeholder.
func (h *hits) match(x *hit) (Match, bool, error) {
	r, err := load(h.tx, x.id)
	if err != nil {
		return Match{}, false, err
	}
	m := Match{Score: x.score, Reasons: x.reasons, Merged: merged(r)}
	if r, err = current(h.tx, r); err != nil {
		return Match{}, false, err
	}
	m.Person = r.ID
	if m.Hidden = placeholder(h.tx, r); m.Hidden == "" {
		m.Record = r
		return m, true, nil
	}
	m.Guarded = sight(h.tx, r) == access.Placeholder
	return m, x.score >= worthPlaceholder, nil
}

// placeholder is what may be said of a person whom the viewer may not open;
// "" when the file may be opened.
func placeholder(tx *record.Tx, person *record.Record) string {
	switch sight(tx, person) {
	case access.Allowed:
		return ""
	case access.Placeholder:
		return "系统已有一名受保护对象与此相符，请联系" + contact(tx, person) + "，不要另建主档"
	}
	return "系统已有一名其他社区的人员与此相符，请联系" + contact(tx, person) + "，不要另建主档"
}

// contact is whom to ask about a person whom the viewer may not see: who is
// in charge, else the leader.
func contact(tx *record.Tx, person *record.Record) string {
	if person.Owner != 0 {
		if name := tx.Label(record.Ref{Register: record.Users, ID: person.Owner}, false); name != "" {
			return name
		}
	}
	return "分管领导"
}
