package issue

import (
	"fmt"
	"strconv"
	"strings"

	"jiezhen/app/paper"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// source answers a layout's paths from a record:
//
//	<field>            the field as a person reads it; .words an amount in words
//	number step owner today created
//	subject.<field>    the person's file; subject.age at the office's date
//	office.name office.town office.seal
//	<field>.<field>    of the person in a person field; .age at the office's date
//	<field>.<field>    of the record in a record field, as far as the printer may open it
//	guardian.<field>   the first guardian's file; guardian.relation
//	log                rows: label who date note
//	notes              rows: date who kind text
//	criteria           rows: label asked value verdict basis
//	<rows>             rows that Config.Rows works out
//	records.<register> rows: the records that belong to this one
type source struct {
	tx     *record.Tx
	r      *record.Record
	desk   *Desk
	hidden map[string]bool // fields that a consent slip withholds
	row    map[string]any  // set inside a table field
	table  *register.Field
}

// withheldText stands where consent was not given: a blank would look
// forgotten.
const withheldText = "（未同意提供）"

func (s *source) Text(path string) (string, bool) {
	if s.row != nil {
		return s.cell(path)
	}
	head, rest, dotted := strings.Cut(path, ".")
	if dotted {
		switch head {
		case "subject":
			return s.person(s.r.Subject, rest)
		case "guardian":
			return s.guardian(rest)
		case "office":
			return s.office(rest)
		}
		if rest == "words" {
			return s.words(head)
		}
		if f, ok := s.r.Def.Field(head); ok && f.Type == value.KindPerson {
			return s.person(s.r.RefID(head), rest)
		} else if ok && f.Type == value.KindRecord {
			return s.other(record.Ref{Register: f.Register, ID: s.r.RefID(head)}, rest)
		}
	}
	if text, ok := s.standard(path); ok {
		return text, true
	}
	f, ok := s.r.Def.Field(path)
	if !ok {
		return "", false
	}
	if s.hidden[path] {
		return withheldText, true
	}
	return s.spell(f, s.r.Values[path]), true
}

// spell writes a value for paper: dates and months in full.
func (s *source) spell(f *register.Field, v any) string {
	if text, ok := v.(string); ok && f.Type == value.KindMonth && len(text) == len("2006-01") {
		return value.Date(text + "-01").Time().Format("2006年1月")
	}
	if text, ok := v.(string); ok && f.Type == value.KindDate {
		return value.Date(text).Chinese()
	}
	if text, ok := v.(string); ok && f.Type == value.KindDateTime && len(text) == len(value.InstantLayout) {
		return value.Date(text[:10]).Chinese() + text[11:13] + "时" + text[14:] + "分"
	}
	if text, ok := v.(string); ok && f.Type == value.KindMonth && len(text) == len("2006-01") {
		return text[:4] + "年" + strings.TrimPrefix(text[5:], "0") + "月"
	}
	if yes, ok := v.(bool); ok {
		if yes {
			return "是"
		}
		return "否"
	}
	return s.tx.Display(f, v)
}

func (s *source) standard(path string) (string, bool) {
	switch path {
	case "number":
		return s.r.Number, true
	case "step":
		return s.r.StepLabel(), true
	case "owner":
		return s.tx.Label(record.Ref{Register: record.Users, ID: s.r.Owner}, false), true
	case "community":
		return s.tx.Label(record.Ref{Register: record.Places, ID: s.r.Community}, false), true
	case "today":
		return s.tx.Today().Chinese(), true
	case "created":
		return s.r.Created.Chinese(), true
	case "basis":
		if _, own := s.r.Def.Field(path); own {
			return "", false // what the record itself says
		}
		return strings.Join(s.r.Def.Basis, "、"), true
	}
	return "", false
}

func (s *source) words(field string) (string, bool) {
	fen, ok := s.r.Values[field].(int64)
	if !ok {
		return "", true
	}
	return value.Capital(fen), true
}

func (s *source) cell(path string) (string, bool) {
	for _, f := range s.table.Fields {
		if f.ID == path {
			return s.spell(f, s.row[path]), true
		}
	}
	return "", false
}

// other answers from the record that a field points to.
func (s *source) other(ref record.Ref, path string) (string, bool) {
	r, err := s.tx.Open(ref)
	if err != nil {
		return "", true // none, or none that the printer may open: the cell stays empty
	}
	return (&source{tx: s.tx, r: r, desk: s.desk}).Text(path)
}

// person answers from a person's file.
func (s *source) person(id uint64, field string) (string, bool) {
	p, err := s.tx.Person(id)
	if err != nil {
		return "", true // a record about nobody: the cell stays empty
	}
	if s.hidden["subject."+field] {
		return withheldText, true
	}
	if field == "age" {
		birth := p.Date("birth")
		if birth == "" {
			return "", true
		}
		return strconv.Itoa(value.AgeAt(birth, s.tx.Today(), value.LeapFebruary28)), true
	}
	f, ok := p.Def.Field(field)
	if !ok {
		return "", false
	}
	if field == "community" {
		return s.tx.Label(record.Ref{Register: record.Places, ID: p.Community}, false), true
	}
	return s.spell(f, p.Values[field]), true
}

func (s *source) guardian(field string) (string, bool) {
	if s.desk.cfg.Guardians == nil {
		return "", true
	}
	list := s.desk.cfg.Guardians(s.tx, s.r.Subject)
	if len(list) == 0 {
		return "", true
	}
	if field == "relation" {
		return list[0].Relation, true
	}
	return s.person(list[0].Person, field)
}

func (s *source) office(field string) (string, bool) {
	v, ok := s.desk.cfg.Office()[field]
	return v, ok
}

// Codes gives all choices of a code field with the chosen ones ticked.
func (s *source) Codes(path string) []paper.Choice {
	if head, rest, ok := strings.Cut(path, "."); ok && head == "subject" {
		p, err := s.tx.Person(s.r.Subject)
		if err != nil {
			return nil
		}
		return s.choices(p.Def, rest, p.Values[rest])
	}
	return s.choices(s.r.Def, path, s.r.Values[path])
}

func (s *source) choices(def *register.Definition, field string, v any) []paper.Choice {
	f, ok := def.Field(field)
	if !ok {
		return nil
	}
	if f.Type == value.KindYesNo {
		yes, filled := v.(bool)
		return []paper.Choice{{Code: "true", Label: "是", Checked: filled && yes}, {Code: "false", Label: "否", Checked: filled && !yes}}
	}
	list, ok := s.tx.Book().Policy().Codes(f.Codes)
	if !ok {
		return nil
	}
	chosen := map[string]bool{}
	switch v := v.(type) {
	case string:
		chosen[v] = true
	case []string:
		for _, c := range v {
			chosen[c] = true
		}
	}
	var out []paper.Choice
	for _, item := range list.Items {
		out = append(out, paper.Choice{Code: item.Code, Label: item.Label, Checked: chosen[item.Code]})
	}
	return out
}

// Rows gives the rows of a table field, of the log, the notes, or of the
// records that belong to this one.
func (s *source) Rows(path string) []paper.Source {
	switch path {
	case "log":
		return s.logRows()
	case "notes":
		return s.noteRows()
	case "criteria":
		return s.criteriaRows()
	}
	if reg, ok := strings.CutPrefix(path, "records."); ok {
		return s.childRows(reg)
	}
	if make, ok := s.desk.cfg.Rows[s.r.Register+" "+path]; ok {
		return s.madeRows(make)
	}
	f, ok := s.r.Def.Field(path)
	rows, isTable := s.r.Values[path].([]map[string]any)
	if !ok || !isTable || s.hidden[path] {
		return nil
	}
	var out []paper.Source
	for _, row := range rows {
		out = append(out, &source{tx: s.tx, r: s.r, desk: s.desk, row: row, table: f})
	}
	return out
}

func (s *source) logRows() []paper.Source {
	var out []paper.Source
	for _, m := range s.r.Log {
		out = append(out, texts(map[string]string{"label": m.Label, "who": m.ByName, "date": value.DateOf(m.At).Chinese(), "note": m.Note}))
	}
	return out
}

func (s *source) noteRows() []paper.Source {
	notes, err := s.tx.NotesOf(s.r)
	if err != nil {
		return nil
	}
	var out []paper.Source
	for i := len(notes) - 1; i >= 0; i-- {
		n := notes[i]
		out = append(out, texts(map[string]string{"date": value.DateOf(n.At).Chinese(), "who": n.ByName, "kind": n.Kind, "text": n.Text}))
	}
	return out
}

func (s *source) criteriaRows() []paper.Source {
	findings, err := s.tx.Findings(s.r)
	if err != nil {
		return nil
	}
	var out []paper.Source
	for _, f := range findings {
		out = append(out, texts(map[string]string{"label": f.Label, "asked": f.Asked, "value": f.Value, "verdict": f.Word, "basis": f.Basis}))
	}
	return out
}

// madeRows are rows that a package above works out from the record.
func (s *source) madeRows(make func(*record.Tx, *record.Record) ([]map[string]string, error)) []paper.Source {
	rows, err := make(s.tx, s.r)
	if err != nil {
		return nil
	}
	var out []paper.Source
	for _, row := range rows {
		out = append(out, texts(row))
	}
	return out
}

func texts(m map[string]string) paper.Source { return paper.Values{Texts: m} }

// childRows gives the records that belong to this one, in the order in which
// they were made.
func (s *source) childRows(reg string) []paper.Source {
	children, err := s.tx.Children(reg, s.r.Ref)
	if err != nil {
		return nil
	}
	var out []paper.Source
	for _, c := range children {
		out = append(out, &source{tx: s.tx, r: c, desk: s.desk, hidden: s.hidden})
	}
	return out
}

// Image gives no pictures: photographs of children are not kept.
func (s *source) Image(string) ([]byte, bool) { return nil, false }

// recorder passes a layout's questions on and remembers every answer, so that
// a reprint needs no record.
type recorder struct {
	from paper.Source
	kept *frozen
	rows map[string][]paper.Source
}

func record1(from paper.Source) *recorder {
	return &recorder{from: from, kept: &frozen{Texts: map[string]string{}, Lists: map[string][]paper.Choice{},
		Tables: map[string][]*frozen{}}, rows: map[string][]paper.Source{}}
}

func (r *recorder) Text(path string) (string, bool) {
	text, ok := r.from.Text(path)
	if ok {
		r.kept.Texts[path] = text
	}
	return text, ok
}

func (r *recorder) Codes(path string) []paper.Choice {
	choices := r.from.Codes(path)
	if choices != nil {
		r.kept.Lists[path] = choices
	}
	return choices
}

func (r *recorder) Rows(path string) []paper.Source {
	if rows, ok := r.rows[path]; ok {
		return rows
	}
	var out []paper.Source
	for _, row := range r.from.Rows(path) {
		inner := record1(row)
		r.kept.Tables[path] = append(r.kept.Tables[path], inner.kept)
		out = append(out, inner)
	}
	r.rows[path] = out
	return out
}

func (r *recorder) Image(path string) ([]byte, bool) { return r.from.Image(path) }

// frozen is a source as it was on the day. FORMAT: CBOR map of these names;
// new ones may be added.
type frozen struct {
	Texts  map[string]string
	Lists  map[string][]paper.Choice
	Tables map[string][]*frozen
}

func (f *frozen) source() paper.Source {
	tables := map[string][]paper.Source{}
	for path, rows := range f.Tables {
		for _, row := range rows {
			tables[path] = append(tables[path], row.source())
		}
	}
	return paper.Values{Texts: f.Texts, Lists: f.Lists, Tables: tables}
}

// check keeps a paper from being issued while something needed is missing.
func check(l *paper.Layout, s paper.Source) []record.Problem {
	var out []record.Problem
	for _, m := range paper.Missing(l, s) {
		out = append(out, record.Problem{Field: m.Path, Label: m.Label, Text: fmt.Sprintf("《%s》需要这一项，请先填写", l.Title)})
	}
	return out
}
