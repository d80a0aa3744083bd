package sheet

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// codeIndex finds the codes of a list by what people write for them.
type codeIndex struct {
	labels       []string
	words, stems map[string][]string
	known        map[string]bool
}

// codeKey folds width, blanks and brackets of a label.
func codeKey(s string) string {
	s = strings.NewReplacer("(", "", ")", "", "、", "", ".", "").Replace(width.Fold.String(s))
	return strings.ToLower(strings.Join(strings.Fields(s), ""))
}

// endings are what people leave off a label or put on: 男性, 汉族, 一级, 红色.
const endings = "性族级色类型"

func stem(key string) string {
	r := []rune(key)
	if len(r) > 1 && strings.ContainsRune(endings, r[len(r)-1]) {
		return string(r[:len(r)-1])
	}
	return key
}

func (t *taking) index(list string) *codeIndex {
	if x := t.codes[list]; x != nil {
		return x
	}
	x := &codeIndex{words: map[string][]string{}, stems: map[string][]string{}, known: map[string]bool{}}
	codes, _ := t.desk.book.Policy().Codes(list)
	for _, item := range codes.Items {
		key := codeKey(item.Label)
		x.labels = append(x.labels, item.Label)
		x.words[key] = append(x.words[key], item.Code)
		x.stems[stem(key)] = append(x.stems[stem(key)], item.Code)
		x.known[item.Code] = true
	}
	t.codes[list] = x
	return x
}

// code takes a label or a code; a leading zero that Excel dropped is put back.
// What fits two labels is an error, never a guess.
func (t *taking) code(f *register.Field, cell string) (any, error) {
	x, key := t.index(f.Codes), codeKey(cell)
	plain := strings.TrimSpace(width.Fold.String(cell))
	found := x.words[key]
	switch {
	case len(found) > 0:
	case x.known[cell]:
		found = []string{cell}
	case x.known[plain]:
		found = []string{plain}
	case x.known["0"+plain]:
		found = []string{"0" + plain}
	default:
		found = x.stems[stem(key)]
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("“%s”不在可选项里，可填：%s", cell, x.choices(key))
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("“%s”可以是 %d 项（代码 %s），请改填代码", cell, len(found), strings.Join(found, "、"))
}

// shownChoices is how many labels a message lists.
const shownChoices = 12

// choices lists labels, those that look like what was written first.
func (x *codeIndex) choices(key string) string {
	labels := slices.Clone(x.labels)
	slices.SortStableFunc(labels, func(a, b string) int { return likeness(b, key) - likeness(a, key) })
	more := ""
	if len(labels) > shownChoices {
		labels, more = labels[:shownChoices], "等"
	}
	return strings.Join(labels, "、") + more
}

func likeness(label, key string) int {
	if l := codeKey(label); key != "" && (strings.Contains(l, key) || strings.Contains(key, l)) {
		return 1
	}
	return 0
}

// manyCodes reads several codes in one cell. A label that itself holds a mark
// of separation is tried whole first.
func (t *taking) manyCodes(f *register.Field, cell string) (any, error) {
	if v, err := t.code(f, cell); err == nil {
		return []string{v.(string)}, nil
	}
	var out []string
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("、,，;；/|\n", r) }) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		v, err := t.code(f, part)
		if err != nil {
			return nil, err
		}
		if code, _ := v.(string); !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

// reference finds a place, party or record by its name, code or number. Two
// of one name are an error, never a guess; of places, one that has ended gives
// way to the one in use.
func (t *taking) reference(tx *record.Tx, f *register.Field, cell string) (any, error) {
	reg := record.RefRegister(f)
	def, ok := t.desk.book.Registers().Get(reg)
	if !ok {
		return nil, fmt.Errorf("没有登记簿 %s", reg)
	}
	found, err := named(tx, def, cell)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		r, err := tx.ByNumber(strings.ToUpper(cell))
		if err == nil && r.Register == reg {
			return idText(r.ID), nil
		}
		if _, refused := record.AsRefusal(err); err != nil && !refused {
			return nil, err
		}
		return nil, fmt.Errorf("没有找到“%s”，请先登记或核对名称", cell)
	}
	if len(found) > 1 {
		return nil, fmt.Errorf("“%s”有 %d 个，请改填代码或编号", cell, len(found))
	}
	return idText(found[0]), nil
}

// named are the records of a register with a name or code; those in use if
// any is. The names of places are no secret to those who are kept to one.
func named(tx *record.Tx, def *register.Definition, text string) ([]uint64, error) {
	if def.ID == record.Places {
		tx = tx.AsOffice()
	}
	var all, inUse []uint64
	for _, key := range []string{"name", "code", "credit_code"} {
		if f, ok := def.Field(key); !ok || !f.Equal && !f.Unique {
			continue
		}
		rows, err := tx.Find(def.ID, key, text)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if slices.Contains(all, r.ID) {
				continue
			}
			all = append(all, r.ID)
			if until := r.Date("until"); until == "" || until >= tx.Today() {
				inUse = append(inUse, r.ID)
			}
		}
	}
	if len(inUse) > 0 {
		return inUse, nil
	}
	return all, nil
}

func idText(id uint64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatUint(id, 10)
}

// sought is what a row says of a person.
type sought struct {
	number, name string
	birth        value.Date
}

func (s sought) String() string { return strings.TrimSpace(s.name + " " + s.number) }

// documentKey is the key under which package people finds persons by the
// number of their document, temporary numbers included.
const documentKey = "document"

// personCell finds the person that a cell names by document number, by number
// of the file or by name.
func personCell(tx *record.Tx, cell string) (any, error) {
	s := sought{name: cell}
	if strings.ContainsAny(plainDigits(cell), "0123456789") {
		s = sought{number: cell}
	}
	id, err := findPerson(tx, s)
	if err != nil {
		return nil, err
	}
	return idText(id), nil
}

// findPerson finds the one person meant: by number, and then the name must be
// the one on file; else by name, and by date of birth where that is said.
// Nobody is guessed at, and nobody found whom the viewer may not open.
func findPerson(tx *record.Tx, s sought) (uint64, error) {
	ids, err := candidates(tx, s)
	if err != nil {
		return 0, err
	}
	var fit []*record.Record
	for _, id := range ids {
		p, err := openPerson(tx, id, s)
		if err != nil {
			return 0, err
		}
		switch {
		case s.number != "" && s.name != "" && !called(p, s.name):
			return 0, fmt.Errorf("证件号码登记的姓名不是“%s”，请核对是哪一个填错了", s.name)
		case s.birth != "" && p.Date("birth") != "" && p.Date("birth") != s.birth:
			if s.number != "" {
				return 0, fmt.Errorf("证件号码登记的出生日期与表里不一致，请核对是哪一个填错了")
			}
			continue
		case !slices.ContainsFunc(fit, func(r *record.Record) bool { return r.ID == p.ID }):
			fit = append(fit, p)
		}
	}
	switch len(fit) {
	case 0:
		return 0, fmt.Errorf("系统里没有“%s”，请核对，或先导入人员主档", s)
	case 1:
		return fit[0].ID, nil
	}
	return 0, fmt.Errorf("“%s”有 %d 人，请填证件号码", s, len(fit))
}

// candidates are the ids under a number or, without one, under a name.
func candidates(tx *record.Tx, s sought) ([]uint64, error) {
	if s.number == "" {
		name, err := value.ParseName(s.name)
		if err != nil {
			return nil, err
		}
		return tx.IDs(record.Persons, "name", name)
	}
	number := strings.ToUpper(plainDigits(s.number))
	ids, err := tx.IDs(record.Persons, documentKey, number)
	if err != nil || len(ids) > 0 {
		return ids, err
	}
	r, err := tx.ByNumber(number)
	refusal, refused := record.AsRefusal(err)
	switch {
	case refused && refusal.Code == record.CodeGuarded:
		return nil, errors.New(guardedText)
	case refused:
		return nil, nil
	case err != nil:
		return nil, err
	case r.Register == record.Persons:
		return []uint64{r.ID}, nil
	}
	return nil, nil
}

const guardedText = "是受保护对象：请先填写理由打开其主档，再单独登记"

// openPerson opens a candidate for the viewer; a file that was merged leads to
// the one in use.
func openPerson(tx *record.Tx, id uint64, s sought) (*record.Record, error) {
	p, err := tx.Open(record.Ref{Register: record.Persons, ID: id})
	refusal, refused := record.AsRefusal(err)
	switch {
	case refused && refusal.Code == record.CodeGuarded:
		return nil, fmt.Errorf("“%s”%s", s, guardedText)
	case refused:
		return nil, fmt.Errorf("“%s”不在您负责的社区，不能导入", s)
	case err != nil || p.Open():
		return p, err
	}
	for _, l := range p.Links {
		if l.To.Register == record.Persons && l.To.ID != id {
			return openPerson(tx, l.To.ID, s)
		}
	}
	return nil, fmt.Errorf("“%s”的主档已合并，请填合并后的证件号码", s)
}

// called reports whether a person bears or bore a name.
func called(p *record.Record, name string) bool {
	said, err := value.ParseName(name)
	if err != nil {
		return false
	}
	names := append([]string{p.Text("name")}, strings.FieldsFunc(p.Text("former_name"), func(r rune) bool { return strings.ContainsRune("、,，;； ", r) })...)
	return slices.Contains(names, said)
}
