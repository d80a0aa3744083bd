package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Exchange is how another system writes a register: its columns, by data, so
// that nobody types twice. Its words may differ from the office's.
type Exchange struct {
	ID, Title, Basis, State, Register string

	columns  []exchangeColumn
	defaults map[string]string
}

// exchangeColumn is a column of the other system: where its cell comes from,
// and where it goes; without into it is only given out.
type exchangeColumn struct {
	Title string            `yaml:"title"`
	From  string            `yaml:"from"` // a field, subject.name, person.<field of the subject's file>, or <person field>.<field of that file>
	Into  string            `yaml:"into"`
	Words map[string]string `yaml:"words"` // code → their word

	field *register.Field // of the cell
}

type exchangeFile struct {
	ID       string            `yaml:"id"`
	Title    string            `yaml:"title"`
	Basis    string            `yaml:"basis"`
	State    string            `yaml:"state"`
	Register string            `yaml:"register"`
	Defaults map[string]string `yaml:"defaults"` // of a record that such a row makes, where the row has none
	Columns  []exchangeColumn  `yaml:"columns"`
}

// LoadExchanges reads the exchanges, checked against the registers; the first
// fault stops it.
func LoadExchanges(files fs.FS, registers *register.Set) ([]*Exchange, error) {
	var out []*Exchange
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("listing exchanges: %w", err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		x, err := parseExchange(data, registers)
		if err == nil && x.ID != strings.TrimSuffix(path.Base(name), ".yaml") {
			err = fmt.Errorf("id %q 与文件名不符", x.ID)
		}
		if err != nil {
			return nil, fmt.Errorf("对照列 %s：%w", name, err)
		}
		out = append(out, x)
	}
	return out, nil
}

func parseExchange(data []byte, registers *register.Set) (*Exchange, error) {
	var f exchangeFile
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil {
		return nil, err
	}
	def, ok := registers.Get(f.Register)
	persons, havePersons := registers.Get(record.Persons)
	if !ok || !havePersons || f.ID == "" || f.Title == "" || f.Basis == "" || f.State == "" || len(f.Columns) == 0 {
		return nil, errors.New("id、title、basis、state、register、columns 都要有，register 要存在")
	}
	x := &Exchange{ID: f.ID, Title: f.Title, Basis: f.Basis, State: f.State, Register: f.Register, columns: f.Columns, defaults: f.Defaults}
	seen := map[string]bool{}
	for i := range x.columns {
		c := &x.columns[i]
		if seen[headerKey(c.Title)] {
			return nil, fmt.Errorf("两列都叫 %q", c.Title)
		}
		seen[headerKey(c.Title)] = true
		if err := c.check(def, persons); err != nil {
			return nil, fmt.Errorf("列 %s：%w", c.Title, err)
		}
	}
	for field := range x.defaults {
		if _, ok := def.Field(field); !ok {
			return nil, fmt.Errorf("defaults：没有字段 %q", field)
		}
	}
	return x, nil
}

func (c *exchangeColumn) check(def, persons *register.Definition) error {
	head, rest, dotted := strings.Cut(c.From, ".")
	of := def
	if dotted {
		of, c.field = persons, nil
		if f, ok := def.Field(head); head != "subject" && head != "person" && (!ok || f.Type != value.KindPerson) {
			return fmt.Errorf("%q 不是人员字段", head)
		}
	} else {
		rest = head
	}
	f, ok := of.Field(rest)
	if !ok {
		return fmt.Errorf("没有字段 %q", c.From)
	}
	c.field = f
	if c.Into != "" && !slices.ContainsFunc(Columns(def), func(col Column) bool { return col.Field == c.Into }) {
		return fmt.Errorf("不能导入到 %q", c.Into)
	}
	return nil
}

// Exchanges are those of a register.
func (d *Desk) Exchanges(reg string) []*Exchange {
	var out []*Exchange
	for _, x := range d.exchanges {
		if x.Register == reg {
			out = append(out, x)
		}
	}
	return out
}

func (d *Desk) exchange(reg, id string) *Exchange {
	for _, x := range d.Exchanges(reg) {
		if x.ID == id {
			return x
		}
	}
	return nil
}

// cell is what the other system's column holds of a record.
func (c exchangeColumn) cell(tx *record.Tx, r *record.Record) string {
	head, rest, dotted := strings.Cut(c.From, ".")
	if !dotted {
		return c.spell(tx, tx.Book().Listed(c.field, r.Values[head]))
	}
	id := r.Subject
	if head != "subject" && head != "person" {
		id = r.RefID(head)
	}
	p, err := tx.Person(id)
	if err != nil {
		return ""
	}
	return c.spell(tx, p.Values[rest])
}

func (c exchangeColumn) spell(tx *record.Tx, v any) string {
	if code, ok := v.(string); ok && c.Words[code] != "" {
		return c.Words[code]
	}
	return tx.Display(c.field, v)
}

// read takes the words of another system for the office's codes, and its
// columns for fields.
func (x *Exchange) read(s *Staged) {
	byTitle := map[string]exchangeColumn{}
	for _, c := range x.columns {
		byTitle[headerKey(c.Title)] = c
	}
	s.Exchange = x.ID
	for i, h := range s.Header {
		c, ok := byTitle[headerKey(h)]
		if !ok {
			continue
		}
		s.Columns[i] = c.Into
		for j := range s.Lines {
			if i < len(s.Lines[j].Cells) {
				s.Lines[j].Cells[i] = c.code(s.Lines[j].Cells[i])
			}
		}
	}
	s.Remarks = append(s.Remarks, "认出是“"+x.Title+"”的表，按对照列读入；同一儿童已有在办记录的，更新那一条")
}

func (c exchangeColumn) code(cell string) string {
	for code, word := range c.Words {
		if codeKey(word) == codeKey(cell) {
			return code
		}
	}
	return cell
}

// recognise finds the exchange whose columns a header has: more than half of
// them.
func recognise(all []*Exchange, header []string) *Exchange {
	have := map[string]bool{}
	for _, h := range header {
		have[headerKey(h)] = true
	}
	for _, x := range all {
		n := 0
		for _, c := range x.columns {
			if have[headerKey(c.Title)] {
				n++
			}
		}
		if 2*n > len(x.columns) {
			return x
		}
	}
	return nil
}

// exchanged finds, for a row of another system, the child's open record, and
// gives a new one what such rows never hold.
func (t *taking) exchanged(tx *record.Tx, r *row) error {
	x := t.desk.exchange(t.def.ID, t.staged.Exchange)
	if x == nil || r.old != nil {
		return nil
	}
	subject, err := findPerson(tx, sought{r.idNumber, r.name, r.birth})
	if err != nil {
		return nil // fresh says why nobody was found
	}
	found, err := tx.Find(t.def.ID, "person", idText(subject))
	if err != nil {
		return fmt.Errorf("looking for the record of a row: %w", err)
	}
	for _, o := range found {
		if o.Subject != subject || !o.Open() {
			continue
		}
		if r.old != nil {
			r.fail("这名儿童有几条在办记录，请先了结多余的")
			return nil
		}
		r.old, r.matched = o, true
	}
	if r.old != nil {
		return nil
	}
	for field, v := range x.defaults {
		if r.values[field] == nil {
			r.values[field] = v
		}
	}
	return nil
}
