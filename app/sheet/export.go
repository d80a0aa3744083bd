package sheet

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Request is what is to be exported, for what, and how openly.
type Request struct {
	Query    record.Query
	Columns  []string // fields, in order; empty for all
	Format   Format   // empty for a workbook
	Purpose  string
	Full     bool       // unmasked: needs an approved request
	Approval record.Ref // the approved office.export record
	Exchange string     // of another system whose columns are asked for; "" for the office's own
}

// leastPurpose is how much must be said about what an export is for.
const leastPurpose = 4

// Exports is the register in which exports are asked for and approved.
const Exports = "office.export"

// Personal reports whether a register's export needs an approval: it is about
// persons.
func Personal(def *register.Definition) bool {
	return def.Protect != register.ProtectNone || def.Subject == register.SubjectPerson || persons(def) ||
		slices.ContainsFunc(def.Fields, func(f *register.Field) bool { return f.Person })
}

// Export writes a list as a file that can be imported again. What the viewer
// may not see in full is masked, protected persons are placeholders, what a
// consent slip withholds is left out, and the export is entered in the
// journal.
func (d *Desk) Export(ctx context.Context, v access.Viewer, req Request) ([]byte, error) {
	def, err := d.definition(v, req.Query.Register, access.ActExport)
	if err != nil {
		return nil, err
	}
	if err := d.allowed(ctx, v, def, req); err != nil {
		return nil, err
	}
	x := &exporting{desk: d, def: def, req: req, masked: !req.Full && Personal(def)}
	if x.columns, err = chosen(def, req.Columns); err != nil {
		return nil, err
	}
	if x.exchange = d.exchange(def.ID, req.Exchange); x.exchange == nil && req.Exchange != "" {
		return nil, invalid("没有对照列 %s", req.Exchange)
	}
	if err := x.open(v); err != nil {
		return nil, err
	}
	n, err := x.pages(ctx, v)
	if err != nil {
		return nil, err
	}
	data, err := x.out.bytes()
	if err != nil {
		return nil, err
	}
	ref := req.Approval
	if ref.Zero() {
		ref = record.Ref{Register: def.ID}
	}
	return data, d.book.Log(ctx, v, "export", ref, map[string]any{"register": def.Title, "purpose": req.Purpose, "rows": fmt.Sprintf("%d 行", n),
		"full": value.Print(value.KindYesNo, req.Full)})
}

// allowed asks for a purpose, and for personal data for an approval by a
// second person.
func (d *Desk) allowed(ctx context.Context, v access.Viewer, def *register.Definition, req Request) error {
	if !Personal(def) && !req.Full {
		return nil
	}
	if utf8.RuneCountInString(strings.TrimSpace(req.Purpose)) < leastPurpose {
		return invalid("导出个人信息要写明用途（至少4个字），会印在文件上")
	}
	if v.Office {
		return nil
	}
	if req.Approval.Register != Exports {
		return record.Refused(record.CodeDenied, "导出个人信息要先申请，由另一人批准")
	}
	return d.book.View(ctx, v, func(tx *record.Tx) error {
		r, err := tx.Open(req.Approval)
		if err != nil {
			return err
		}
		full, _ := r.Values["full"].(bool)
		switch {
		case r.Step != "approved":
			return record.Refused(record.CodeDenied, "这份导出申请还没有批准，或已经用过")
		case r.Author != v.User || r.Text("register") != def.ID || !within(req.Columns, ColumnsOf(def, r.Text("columns"))) || r.Text("purpose") != strings.TrimSpace(req.Purpose) || req.Full && !full || r.Text("layout") != req.Exchange:
			return record.Refused(record.CodeDenied, "导出的内容与批准的申请不一致")
		}
		return nil
	})
}

// chosen are the columns asked for, in that order.
func chosen(def *register.Definition, fields []string) ([]Column, error) {
	all := ExportColumns(def)
	if len(fields) == 0 {
		return all, nil
	}
	var out []Column
	for _, field := range fields {
		i := slices.IndexFunc(all, func(c Column) bool { return c.Field == field })
		if i < 0 {
			return nil, invalid("没有可导出的列 %s", field)
		}
		out = append(out, all[i])
	}
	return out, nil
}

// within reports whether the columns asked for are among those approved;
// none named are all of them.
func within(asked, approved []string) bool {
	if len(approved) == 0 {
		return true
	}
	for _, field := range asked {
		if !slices.Contains(approved, field) {
			return false
		}
	}
	return len(asked) > 0
}

// ColumnText names the columns of an export as its request keeps them, so
// that who approves reads what goes out; all of them are the empty text.
func ColumnText(def *register.Definition, fields []string) string {
	all := ExportColumns(def)
	var labels []string
	for _, c := range all {
		if slices.Contains(fields, c.Field) {
			labels = append(labels, c.Label)
		}
	}
	if len(labels) == len(all) {
		return ""
	}
	return strings.Join(labels, "、")
}

// ColumnsOf are the fields that ColumnText named.
func ColumnsOf(def *register.Definition, text string) []string {
	if text == "" {
		return nil
	}
	var fields []string
	labels := strings.Split(text, "、")
	for _, c := range ExportColumns(def) {
		if slices.Contains(labels, c.Label) {
			fields = append(fields, c.Field)
		}
	}
	return fields
}

// exporting is an export at work.
type exporting struct {
	desk    *Desk
	def     *register.Definition
	req     Request
	masked  bool
	columns []Column
	// exchange is the other system whose columns are written; nil for the
	// office's own
	exchange *Exchange
	out      rows
}

// open writes what stands above the rows: who took out what, when and for
// what.
func (x *exporting) open(v access.Viewer) error {
	mark := fmt.Sprintf("%s　%s导出　%s", x.def.Title, v.Name, x.desk.book.Now().Local().Format("2006-01-02 15:04"))
	if x.req.Purpose != "" {
		mark += "　仅供：" + x.req.Purpose
	}
	if x.desk.book.Profile().Demo {
		mark += "　演示数据"
	}
	header := x.header()
	var err error
	if x.out, err = newRows(x.req.Format, mark, len(header), 2); err != nil {
		return err
	}
	if err := x.out.row(plain, []string{mark}); err != nil {
		return err
	}
	return x.out.row(heading, header)
}

// pageOf is how many rows one reading transaction writes out.
const pageOf = 500

func (x *exporting) pages(ctx context.Context, v access.Viewer) (int, error) {
	q := x.req.Query
	q.Limit, q.Count = pageOf, false
	n := 0
	for {
		next := ""
		err := x.desk.book.View(ctx, v, func(tx *record.Tx) error {
			p, err := tx.List(q)
			if err != nil {
				return err
			}
			next = p.Next
			n += len(p.Rows)
			return x.page(tx, p.Rows)
		})
		if err != nil || next == "" {
			return n, err
		}
		q.After = next
	}
}

func (x *exporting) page(tx *record.Tx, rows []record.Row) error {
	for _, r := range rows {
		withheld, err := x.withheld(tx, r)
		if err != nil {
			return err
		}
		cells := x.cells(tx, r, withheld)
		if err := x.out.row(plain, cells); err != nil {
			return err
		}
	}
	return nil
}

// withheld are the fields that the person's consent slip keeps back.
func (x *exporting) withheld(tx *record.Tx, r record.Row) ([]string, error) {
	person := r.Subject
	if persons(x.def) {
		person = r.ID
	}
	if x.desk.withheld == nil || r.Placeholder || person == 0 || !persons(x.def) && x.def.Subject != register.SubjectPerson {
		return nil, nil
	}
	return x.desk.withheld(tx, person, tx.Today())
}

func (x *exporting) cell(tx *record.Tx, row record.Row, c Column, withheld []string) string {
	if c.Field == "number" {
		return row.Number
	}
	if row.Placeholder {
		return protectedText
	}
	text, kind := x.text(tx, row.Record, c)
	field := strings.TrimPrefix(c.Field, "subject.")
	switch {
	case text == "" || text == hiddenName:
		return text
	case slices.Contains(withheld, field) && (isSubject(c.Field) || persons(x.def)):
		return withheldText
	case !x.masked || !isSubject(c.Field) && kind != value.KindPerson && (c.def == nil || !c.def.Mask):
		return text
	case field == "name":
		return value.MaskName(text)
	}
	return value.Mask(kind, text)
}

// text is a cell before anything is hidden, and of what kind it is.
func (x *exporting) text(tx *record.Tx, r *record.Record, c Column) (string, register.Kind) {
	switch c.Field {
	case "subject.name", "subject.id_number":
		p, err := tx.Person(r.Subject)
		if err != nil {
			return "", value.KindText
		}
		return p.Text(strings.TrimPrefix(c.Field, "subject.")), value.KindDocument
	case "step":
		return r.StepLabel(), value.KindText
	case "owner":
		return tx.Label(record.Ref{Register: record.Users, ID: r.Owner}, false), value.KindText
	case "created":
		return string(r.Created), value.KindDate
	}
	if x.masked {
		return tx.Display(c.def, x.desk.book.Listed(c.def, r.Values[c.Field])), c.def.Type
	}
	return tx.Display(c.def, r.Values[c.Field]), c.def.Type
}

func (x *exporting) header() []string {
	var out []string
	if x.exchange != nil {
		for _, c := range x.exchange.columns {
			out = append(out, c.Title)
		}
		return out
	}
	for _, c := range x.columns {
		out = append(out, c.Label)
	}
	return out
}

func (x *exporting) cells(tx *record.Tx, r record.Row, withheld []string) []string {
	var out []string
	if x.exchange != nil {
		for _, c := range x.exchange.columns {
			out = append(out, x.exchanged(tx, r, c, withheld))
		}
		return out
	}
	for _, c := range x.columns {
		out = append(out, x.cell(tx, r, c, withheld))
	}
	return out
}

// exchanged is a cell in another system's column, hidden as the office's own
// columns are.
func (x *exporting) exchanged(tx *record.Tx, row record.Row, c exchangeColumn, withheld []string) string {
	if row.Placeholder {
		return protectedText
	}
	head, field, dotted := strings.Cut(c.From, ".")
	text := c.cell(tx, row.Record)
	about := head == "subject" || head == "person"
	switch {
	case text == "":
		return ""
	case about && slices.Contains(withheld, field):
		return withheldText
	case dotted && !about && !x.mayOpen(tx, row.RefID(head)):
		return hiddenName
	case !x.masked || !dotted && !c.field.Mask:
		return text
	case field == "name":
		return value.MaskName(text)
	case dotted && !c.field.Mask:
		return text
	}
	return value.Mask(c.field.Type, text)
}

// mayOpen keeps another person whom the viewer may not open out of the file.
func (x *exporting) mayOpen(tx *record.Tx, person uint64) bool {
	p, err := tx.Person(person)
	return err == nil && tx.Verdict(p, access.ActRead) == access.Allowed
}
