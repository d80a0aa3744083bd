package sheet

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Request is what is to be exported, for what, and how openly.
type Request struct {
	Query    record.Query
	Purpose  string
	Full     bool       // unmasked: needs an approved request
	Approval record.Ref // the approved office.export record
}

// leastPurpose is how much must be said about what an export is for.
const leastPurpose = 4

// Exports is the register in which exports are asked for and approved.
const Exports = "office.export"

// Personal reports whether a register's export needs an approval: it is about
// persons.
func Personal(def *register.Definition) bool {
	return def.Protect != register.ProtectNone || def.Subject == register.SubjectPerson || persons(def)
}

// Export writes a list as a workbook that can be imported again. What the
// viewer may not see in full is masked, protected persons are placeholders,
// and the export is entered in the journal.
func (d *Desk) Export(ctx context.Context, v access.Viewer, req Request) ([]byte, error) {
	def, err := d.definition(v, req.Query.Register, access.ActExport)
	if err != nil {
		return nil, err
	}
	if err := d.allowed(ctx, v, def, req); err != nil {
		return nil, err
	}
	w := &writer{desk: d, def: def, req: req, columns: Columns(def)}
	if err := w.open(v); err != nil {
		return nil, err
	}
	n, err := w.rows(ctx, v)
	if err != nil {
		return nil, err
	}
	data, err := w.close()
	if err != nil {
		return nil, err
	}
	ref := req.Approval
	if ref.Zero() {
		ref = record.Ref{Register: def.ID}
	}
	return data, d.book.Log(ctx, v, "export", ref, map[string]any{"register": def.Title, "purpose": req.Purpose, "rows": fmt.Sprintf("%d 行", n)})
}

// allowed asks for a purpose, and for personal data for an approval by a
// second person.
func (d *Desk) allowed(ctx context.Context, v access.Viewer, def *register.Definition, req Request) error {
	if !Personal(def) && !req.Full {
		return nil
	}
	if utf8.RuneCountInString(strings.TrimSpace(req.Purpose)) < leastPurpose {
		return record.Refused(record.CodeInvalid, "导出个人信息要写明用途（至少4个字），会印在文件上")
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
		case r.Author != v.User || r.Text("register") != def.ID || req.Full && !full:
			return record.Refused(record.CodeDenied, "导出的内容与批准的申请不一致")
		}
		return nil
	})
}

// writer streams rows into a workbook.
type writer struct {
	desk    *Desk
	def     *register.Definition
	req     Request
	columns []Column
	file    *excelize.File
	stream  *excelize.StreamWriter
	text    int // style of cells that are text whatever they look like
	line    int
}

const exportSheet = "数据"

func (w *writer) open(v access.Viewer) error {
	w.file = excelize.NewFile()
	if err := w.file.SetSheetName("Sheet1", exportSheet); err != nil {
		return fmt.Errorf("making a workbook: %w", err)
	}
	var err error
	if w.text, err = w.file.NewStyle(&excelize.Style{NumFmt: 49}); err != nil {
		return fmt.Errorf("making a workbook: %w", err)
	}
	if w.stream, err = w.file.NewStreamWriter(exportSheet); err != nil {
		return fmt.Errorf("making a workbook: %w", err)
	}
	for i := range w.columns {
		if err := w.stream.SetColWidth(i+1, i+1, 16); err != nil {
			return fmt.Errorf("making a workbook: %w", err)
		}
	}
	mark := fmt.Sprintf("%s　%s导出　%s", w.def.Title, v.Name, w.desk.book.Now().Local().Format("2006-01-02 15:04"))
	if w.req.Purpose != "" {
		mark += "　仅供：" + w.req.Purpose
	}
	if w.desk.book.Profile().Demo {
		mark += "　演示数据"
	}
	if err := w.row(mark); err != nil {
		return err
	}
	header := make([]string, len(w.columns))
	for i, c := range w.columns {
		header[i] = c.Label
	}
	return w.row(header...)
}

// row writes cells as text. A cell that a spreadsheet would take for a formula
// gets an apostrophe in front, which the desk takes off again on import.
func (w *writer) row(cells ...string) error {
	w.line++
	out := make([]any, len(cells))
	for i, c := range cells {
		out[i] = excelize.Cell{StyleID: w.text, Value: guard(c)}
	}
	at, err := excelize.CoordinatesToCellName(1, w.line)
	if err != nil {
		return fmt.Errorf("writing row %d: %w", w.line, err)
	}
	if err := w.stream.SetRow(at, out); err != nil {
		return fmt.Errorf("writing row %d: %w", w.line, err)
	}
	return nil
}

// guard keeps a spreadsheet from running a cell as a formula.
func guard(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func (w *writer) rows(ctx context.Context, v access.Viewer) (int, error) {
	q := w.req.Query
	q.Limit, q.Count = 500, false
	n := 0
	for {
		next := ""
		err := w.desk.book.View(ctx, v, func(tx *record.Tx) error {
			p, err := tx.List(q)
			if err != nil {
				return err
			}
			next = p.Next
			for _, r := range p.Rows {
				if err := w.row(w.cells(tx, r)...); err != nil {
					return err
				}
				n++
			}
			return nil
		})
		if err != nil || next == "" {
			return n, err
		}
		q.After = next
	}
}

func (w *writer) cells(tx *record.Tx, row record.Row) []string {
	out := make([]string, len(w.columns))
	hide := !w.req.Full && Personal(w.def)
	for i, c := range w.columns {
		switch {
		case row.Placeholder && c.Field != "number":
			out[i] = "受保护"
		case c.Field == "number":
			out[i] = row.Number
		case isSubject(c.Field):
			out[i] = subjectCell(tx, row.Record, strings.TrimPrefix(c.Field, "subject."), hide)
		default:
			out[i] = w.cell(tx, row.Record, c, hide)
		}
	}
	return out
}

func subjectCell(tx *record.Tx, r *record.Record, field string, hide bool) string {
	p, err := tx.Person(r.Subject)
	if err != nil {
		return ""
	}
	text := p.Text(field)
	if hide && field == "name" {
		return value.MaskName(text)
	}
	if hide {
		return value.Mask(value.KindIDCard, text)
	}
	return text
}

func (w *writer) cell(tx *record.Tx, r *record.Record, c Column, hide bool) string {
	text := tx.Display(c.def, r.Values[c.Field])
	if text == "" || !hide || !c.def.Mask {
		return text
	}
	if c.Field == "name" {
		return value.MaskName(text)
	}
	return value.Mask(c.def.Type, text)
}

func (w *writer) close() ([]byte, error) {
	if err := w.stream.Flush(); err != nil {
		return nil, fmt.Errorf("finishing a workbook: %w", err)
	}
	var out bytes.Buffer
	if err := w.file.Write(&out); err != nil {
		return nil, fmt.Errorf("finishing a workbook: %w", err)
	}
	return out.Bytes(), w.file.Close()
}
