package sheet

import (
	"context"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// RowResult is what became, or would become, of one line.
type RowResult struct {
	Line     int
	Who      string // whom or what the row is about
	Problems []string
	Warnings []string
	Update   bool // changes a record that exists
}

// Failed reports whether the row cannot be written.
func (r RowResult) Failed() bool { return len(r.Problems) > 0 }

// Text is everything there is to say about the row.
func (r RowResult) Text() string {
	switch {
	case r.Failed():
		return strings.Join(r.Problems, "；")
	case len(r.Warnings) > 0:
		return "可以导入，请核对：" + strings.Join(r.Warnings, "；")
	case r.Update:
		return "可以导入（更新已有记录）"
	}
	return "可以导入"
}

// Dry is the result of trying a file.
type Dry struct {
	Rows []RowResult
}

// Wrong counts the rows that cannot be written.
func (d Dry) Wrong() int {
	n := 0
	for _, r := range d.Rows {
		if r.Failed() {
			n++
		}
	}
	return n
}

// tryOf is how many rows one reading transaction tries.
const tryOf = 1000

// DryRun tries every row and writes nothing. progress may be nil.
func (d *Desk) DryRun(ctx context.Context, v access.Viewer, s *Staged, progress func(done, total int)) (Dry, error) {
	def, err := d.definition(v, s.Register, access.ActImport)
	if err != nil {
		return Dry{}, err
	}
	dry := Dry{Rows: make([]RowResult, 0, len(s.Lines))}
	seen := map[string]int{}
	for start := 0; start < len(s.Lines); start += tryOf {
		err := d.book.View(ctx, v, func(tx *record.Tx) error {
			for _, l := range s.Lines[start:min(start+tryOf, len(s.Lines))] {
				if err := ctx.Err(); err != nil {
					return err
				}
				r := d.convert(tx, def, s, l)
				ref, err := d.judge(tx, def, r, seen)
				if err != nil {
					return err
				}
				dry.Rows = append(dry.Rows, RowResult{Line: l.No, Who: who(r), Problems: r.problems, Warnings: r.warnings, Update: !ref.Zero()})
			}
			return nil
		})
		if err != nil {
			return dry, err
		}
		if progress != nil {
			progress(len(dry.Rows), len(s.Lines))
		}
	}
	return dry, nil
}

func who(r *row) string {
	if r.name != "" {
		return r.name
	}
	name, _ := r.values["name"].(string)
	return name
}

// judge finds everything that stands against a row, and the record that it
// would change if it names one.
func (d *Desk) judge(tx *record.Tx, def *register.Definition, r *row, seen map[string]int) (record.Ref, error) {
	old, err := d.existing(tx, def, r)
	if err != nil {
		return record.Ref{}, err
	}
	values := r.values
	if old != nil {
		values = old.Values.Clone()
		for k, v := range r.values {
			values[k] = v
		}
	} else {
		d.subject(tx, def, r)
	}
	problems, err := tx.Book().Problems(def, values)
	if err != nil {
		return record.Ref{}, err
	}
	for _, p := range problems {
		if p.Warn {
			r.warnings = append(r.warnings, p.Label+"："+p.Text)
		} else {
			r.fail("%s：%s", p.Label, p.Text)
		}
	}
	if err := d.repeated(tx, def, r, old, seen); err != nil {
		return record.Ref{}, err
	}
	if old == nil {
		return record.Ref{}, nil
	}
	return old.Ref, nil
}

// existing finds the record that a row's number names: an export coming back.
func (d *Desk) existing(tx *record.Tx, def *register.Definition, r *row) (*record.Record, error) {
	if r.number == "" {
		return nil, nil
	}
	old, err := tx.ByNumber(r.number)
	refusal, refused := record.AsRefusal(err)
	switch {
	case refused && refusal.Code == record.CodeNotFound:
		r.fail("编号“%s”在系统里没有；新登记的请把编号留空，由系统编号", r.number)
		return nil, nil
	case refused:
		r.fail("%s", refusal.Text)
		return nil, nil
	case err != nil:
		return nil, err
	case old.Register != def.ID:
		r.fail("编号“%s”不是《%s》的", r.number, def.Title)
		return nil, nil
	}
	return old, nil
}

// subject finds the person that a new row is about.
func (d *Desk) subject(tx *record.Tx, def *register.Definition, r *row) {
	if def.Subject != register.SubjectPerson || r.subject != 0 {
		return
	}
	if r.name == "" && r.idNumber == "" {
		r.fail("缺姓名或证件号码，不知道是谁的")
		return
	}
	id, err := findPerson(tx, r.idNumber, r.name)
	if err != nil {
		r.fail("%v", err)
		return
	}
	r.subject = id
}

// repeated refuses a unique value that stands twice in the file or already in
// the office.
func (d *Desk) repeated(tx *record.Tx, def *register.Definition, r *row, old *record.Record, seen map[string]int) error {
	for _, f := range def.Fields {
		text, _ := r.values[f.ID].(string)
		if text == "" || !f.Unique && !(persons(def) && f.ID == "id_number") {
			continue
		}
		key := f.ID + "\x00" + text
		if at, ok := seen[key]; ok {
			r.fail("%s与第 %d 行重复", f.Label, at)
		}
		seen[key] = r.line.No
		ids, err := tx.IDs(def.ID, f.ID, text)
		if err != nil {
			return err
		}
		if len(ids) > 0 && (old == nil || ids[0] != old.ID) {
			r.fail("%s已经登记过，不能重复建立", f.Label)
		}
	}
	return nil
}
