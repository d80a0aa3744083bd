package sheet

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
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

// tryOf is how many rows are tried at once: nobody else can write meanwhile.
const tryOf = 100

// errTried takes back what a try has written.
var errTried = errors.New("tried")

// DryRun tries every row by writing it in a transaction that is taken back, so
// that it finds all that writing would find: rights, areas, checks of every
// kind, values in use. progress may be nil.
func (d *Desk) DryRun(ctx context.Context, v access.Viewer, s *Staged, progress func(done, total int)) (Dry, error) {
	def, err := d.definition(v, s.Register, access.ActImport)
	if err != nil {
		return Dry{}, err
	}
	dry := Dry{Rows: make([]RowResult, 0, len(s.Lines))}
	t := d.taking(def, s)
	lines, earlier := t.fold(s.Lines)
	dry.Rows = append(dry.Rows, earlier...)
	for start := 0; start < len(lines); start += tryOf {
		out, err := t.stretch(ctx, v, lines[start:min(start+tryOf, len(lines))], func(*record.Tx, []outcome) error { return errTried })
		if err != nil {
			return dry, fmt.Errorf("trying a file: %w", err)
		}
		for _, o := range out {
			dry.Rows = append(dry.Rows, o.RowResult)
		}
		if progress != nil {
			progress(len(dry.Rows), len(s.Lines))
		}
	}
	return dry, nil
}

// outcome is what became of one row in a transaction.
type outcome struct {
	RowResult
	item Item // zero when the row failed
	same bool // the record stands as the row says: nothing was written
}

// rowRefused is a row that was refused when part of it may have been written:
// the transaction is spoiled.
type rowRefused struct {
	result RowResult
	err    error
}

func (e *rowRefused) Error() string { return fmt.Sprintf("row %d: %v", e.result.Line, e.err) }
func (e *rowRefused) Unwrap() error { return e.err }

// stretch takes lines in one transaction. When one of them is refused in the
// middle of its writing, all are taken again, each in a transaction of its
// own, so that the refusal costs nobody else.
func (t *taking) stretch(ctx context.Context, v access.Viewer, lines []Line, settle func(*record.Tx, []outcome) error) ([]outcome, error) {
	out, err := t.attempt(ctx, v, lines, settle)
	var refused *rowRefused
	if err == nil || !errors.As(err, &refused) {
		return out, err
	}
	if len(lines) == 1 {
		return []outcome{{RowResult: refused.result}}, nil
	}
	out = out[:0]
	for i := range lines {
		one, err := t.stretch(ctx, v, lines[i:i+1], settle)
		if err != nil {
			return nil, err
		}
		out = append(out, one...)
	}
	return out, nil
}

func (t *taking) attempt(ctx context.Context, v access.Viewer, lines []Line, settle func(*record.Tx, []outcome) error) ([]outcome, error) {
	var out []outcome
	err := t.desk.book.Change(ctx, v, "导入 "+t.staged.Name, func(tx *record.Tx) error {
		for _, l := range lines {
			if err := ctx.Err(); err != nil {
				return err
			}
			o, err := t.take(tx, l)
			if err != nil {
				return err
			}
			out = append(out, o)
		}
		return settle(tx, out)
	})
	if errors.Is(err, errTried) {
		err = nil
	}
	return out, err
}

// take reads, judges and writes one row.
func (t *taking) take(tx *record.Tx, l Line) (outcome, error) {
	r := t.convert(tx, l)
	if err := t.judge(tx, r); err != nil {
		return outcome{}, err
	}
	if len(r.problems) > 0 {
		return outcome{RowResult: r.result()}, nil
	}
	if r.unchanged() {
		r.warn("与已有记录相同，不改")
		return outcome{RowResult: r.result(), same: true}, nil
	}
	item, err := t.write(tx, r)
	if _, refused := record.AsRefusal(err); refused {
		r.refused(tx, err)
		return outcome{}, &rowRefused{r.result(), err}
	}
	return outcome{RowResult: r.result(), item: item}, err
}

func (r *row) result() RowResult {
	who := r.name
	if who == "" {
		who, _ = r.values["name"].(string)
	}
	if who == "" {
		who = r.number
	}
	return RowResult{Line: r.line.No, Who: who, Problems: r.problems, Warnings: r.warnings, Update: r.old != nil}
}

// judge finds what stands against a row before it is written.
func (t *taking) judge(tx *record.Tx, r *row) error {
	if err := t.existing(tx, r); err != nil {
		return err
	}
	if err := t.exchanged(tx, r); err != nil {
		return err
	}
	if r.old == nil {
		t.fresh(tx, r)
	} else if t.def.Subject == register.SubjectPerson {
		t.sameSubject(tx, r)
	}
	if err := t.look(tx, r); err != nil {
		return err
	}
	t.repeated(r)
	t.area(tx, r)
	return t.namesakes(tx, r)
}

// area keeps who works for one community to importing what lies in it.
func (t *taking) area(tx *record.Tx, r *row) {
	target := access.Target{Register: access.Register{ID: t.def.ID, Domain: t.def.Domain(), Sealed: t.def.Protect == register.ProtectSealed,
		Rights: access.Rights(t.def.Rights)}}
	own, _ := r.values["community"].(string)
	target.Community, _ = strconv.ParseUint(own, 10, 64)
	switch p, err := tx.Person(r.subject); {
	case target.Community != 0:
	case r.old != nil:
		target.Community = r.old.Community
	case err == nil:
		target.Community = p.Community
	}
	switch {
	case len(r.problems) > 0 || access.Decide(tx.Viewer(), target, access.ActImport) == access.Allowed:
	case target.Community == 0:
		r.fail("请填所在社区（村）：您只能导入所负责社区的内容")
	default:
		r.fail("不在您负责的社区（村），不能导入")
	}
}

// look takes over the warnings of the form and, where the row has failed
// already and will not be tried, what is missing besides.
func (t *taking) look(tx *record.Tx, r *row) error {
	values := r.values
	if r.old != nil {
		values = r.old.Values.Clone()
		maps.Copy(values, r.values)
	}
	problems, err := tx.Book().Problems(t.def, values)
	if err != nil {
		return err
	}
	failed := strings.Join(r.problems, "\n")
	for _, p := range problems {
		f, ok := t.def.Field(p.Field)
		switch {
		case p.Warn:
			r.warn("%s：%s", p.Label, p.Text)
		case failed != "" && ok && f.Default == nil && !strings.Contains(failed, p.Label+"："):
			r.fail("%s：%s", p.Label, p.Text)
		}
	}
	return nil
}

// existing finds the record that a row's number names: an export coming back.
func (t *taking) existing(tx *record.Tx, r *row) error {
	if r.number == "" {
		return t.matching(tx, r)
	}
	old, err := tx.ByNumber(r.number)
	refusal, refused := record.AsRefusal(err)
	switch {
	case refused && refusal.Code == record.CodeNotFound:
		r.fail("编号“%s”在系统里没有，或您无权查看；新登记的请把编号留空，由系统编号", r.number)
	case refused:
		r.fail("%s", refusal.Text)
	case err != nil:
		return err
	case old.Register != t.def.ID:
		r.fail("编号“%s”不是《%s》的", r.number, t.def.Title)
	default:
		r.old = old
	}
	return nil
}

// fresh readies a row that makes a new record.
func (t *taking) fresh(tx *record.Tx, r *row) {
	if len(r.hidden) > 0 {
		r.fail("%s是脱敏后的内容，不能当作新的登记；更新已有记录请保留“编号”列", strings.Join(r.hidden, "、"))
	}
	if t.def.Subject != register.SubjectPerson || r.number != "" {
		return
	}
	if r.name == "" && r.idNumber == "" {
		r.fail("缺姓名或证件号码，不知道是谁的")
		return
	}
	id, err := findPerson(tx, sought{r.idNumber, r.name, r.birth})
	if err != nil {
		r.fail("%v", err)
		return
	}
	r.subject = id
}

// sameSubject refuses a row whose person is not the one of the record that
// its number names.
func (t *taking) sameSubject(tx *record.Tx, r *row) {
	p, err := tx.Person(r.old.Subject)
	if err != nil {
		return
	}
	number := strings.ToUpper(plainDigits(r.idNumber))
	if r.name != "" && !called(p, r.name) || number != "" && number != p.Text("id_number") && number != p.Text("temp_number") {
		r.fail("编号“%s”登记的不是“%s”，请核对是哪一个填错了", r.number, sought{number: r.idNumber, name: r.name})
	}
}

// repeated refuses what stands twice in the file and may stand only once, and
// points at rows that are the same from end to end.
func (t *taking) repeated(r *row) {
	t.once(r, "编号", r.number)
	for _, f := range t.def.Fields {
		if text, _ := r.values[f.ID].(string); f.Unique && !f.Match || persons(t.def) && f.ID == "id_number" {
			t.once(r, f.Label, text)
		}
	}
	key := "row\x00" + strings.Join(r.line.Cells, "\x00")
	if at, ok := t.seen[key]; ok && at != r.line.No && len(r.problems) == 0 {
		r.fail("与第 %d 行完全相同", at)
	} else if !ok {
		t.seen[key] = r.line.No
	}
}

func (t *taking) once(r *row, label, text string) {
	if text == "" {
		return
	}
	key := label + "\x00" + text
	if at, ok := t.seen[key]; ok && at != r.line.No {
		r.fail("%s与第 %d 行重复", label, at)
	} else if !ok {
		t.seen[key] = r.line.No
	}
}

// namesakes looks for the same person before a new file is made without a
// number that would tell: missing facts never count as equal, but a name alone
// is not enough to make another.
func (t *taking) namesakes(tx *record.Tx, r *row) error {
	text, _ := r.values["name"].(string)
	name, err := value.ParseName(text)
	if !persons(t.def) || r.old != nil || text == "" || err != nil {
		return nil
	}
	number, _ := r.values["id_number"].(string)
	birth, _ := r.values["birth"].(string)
	if number == "" {
		t.once(r, "姓名和出生日期", name+" "+birth)
	}
	ids, err := tx.IDs(record.Persons, "name", name)
	if err != nil {
		return err
	}
	for _, id := range ids {
		p, err := tx.Person(id)
		if err != nil {
			continue
		}
		theirs, born := p.Text("id_number"), p.Text("birth")
		switch {
		case !p.Open(): // merged into another
		case number != "" && theirs != "" || birth != "" && born != "" && birth != born:
		case number == "":
			r.fail("系统里已有“%s”，请补证件号码；是同一人的请填它的编号，确非同一人的请在页面上单独建立", name)
			return nil
		default:
			r.warn("系统里已有一位没有证件号码的“%s”，导入后请到重复核查里核对", name)
			return nil
		}
	}
	return nil
}

// refused puts a refusal of the record layer on the row.
func (r *row) refused(tx *record.Tx, err error) {
	refusal, _ := record.AsRefusal(err)
	if refusal.Code == record.CodeTaken {
		if holder, err := tx.Open(refusal.Ref); err == nil {
			r.fail("已登记在“%s”名下，不能重复建立；要更新它，请在“编号”列填 %s", record.LabelOf(holder), holder.Number)
			return
		}
	}
	n := len(r.problems)
	for _, p := range refusal.Problems {
		if !p.Warn {
			r.fail("%s", strings.TrimPrefix(p.Label+"："+p.Text, "："))
		}
	}
	if len(r.problems) == n {
		r.fail("%s", refusal.Text)
	}
}

// write makes the record that a row is, or changes the one that it names.
func (t *taking) write(tx *record.Tx, r *row) (Item, error) {
	if r.old == nil {
		made, err := tx.Create(record.Draft{Register: t.def.ID, Values: r.values, Subject: r.subject})
		if err != nil {
			return Item{}, err
		}
		return Item{ID: made.ID, Rev: made.Rev, Made: true}, nil
	}
	before, err := tx.AsOffice().Snapshot(r.old.Ref)
	if err != nil {
		return Item{}, err
	}
	saved, err := tx.Save(r.old.Ref, r.old.Rev, r.values)
	if err != nil {
		return Item{}, err
	}
	return Item{ID: saved.ID, Rev: saved.Rev, Before: &before}, nil
}
