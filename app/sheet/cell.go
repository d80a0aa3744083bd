package sheet

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"jiezhen/app/people"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// row is a line on its way to a record.
type row struct {
	line     Line
	values   register.Values
	number   string
	name     string // of the subject
	idNumber string
	subject  uint64
	problems []string
	warnings []string
}

func (r *row) fail(format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

// convert reads a line's cells into values, naming everything that is wrong.
func (d *Desk) convert(tx *record.Tx, def *register.Definition, s *Staged, l Line) *row {
	r := &row{line: l, values: register.Values{}}
	for i, field := range s.Columns {
		if field == "" || i >= len(l.Cells) || l.Cells[i] == "" || masked(l.Cells[i]) {
			continue
		}
		cell := unguard(l.Cells[i])
		switch field {
		case "number":
			r.number = cell
		case "subject.name":
			r.name = cell
		case "subject.id_number":
			r.idNumber = r.identity(cell)
		default:
			d.field(tx, def, r, field, cell)
		}
	}
	return r
}

// unguard takes off the apostrophe that an export put before what looks like a
// formula.
func unguard(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && rest != "" && guard(rest) != rest {
		return rest
	}
	return cell
}

// mangled are numbers that Excel has turned into something else: digits
// beyond the fifteenth are gone.
var mangled = regexp.MustCompile(`^\d(\.\d+)?[Ee]\+?\d+$`)

// identity reads an identity number, refusing what Excel has spoiled.
func (r *row) identity(cell string) string {
	if mangled.MatchString(cell) || len(cell) >= 16 && strings.HasSuffix(cell, "000") && strings.Trim(cell, "0123456789") == "" && value.CheckDigit((cell + "00000000000000000")[:17]) != lastOf(cell) {
		r.fail("证件号码“%s”已被 Excel 改坏（超过15位的数字会丢失），请把这一列设为“文本”后重新填写", cell)
		return ""
	}
	return cell
}

func lastOf(s string) byte { return s[len(s)-1] }

func (d *Desk) field(tx *record.Tx, def *register.Definition, r *row, id, cell string) {
	f, ok := def.Field(id)
	if !ok {
		return
	}
	v, err := d.parse(tx, r, f, cell)
	if err != nil {
		r.fail("%s：%v", f.Label, err)
		return
	}
	if v != nil {
		r.values[id] = v
	}
}

func (d *Desk) parse(tx *record.Tx, r *row, f *register.Field, cell string) (any, error) {
	switch f.Type {
	case value.KindCode:
		return d.code(f, cell)
	case value.KindCodes:
		return d.codes(f, cell)
	case value.KindPerson:
		id, err := findPerson(tx, cell, "")
		return idText(id), err
	case value.KindPlace, value.KindParty, value.KindRecord:
		return d.reference(tx, f, cell)
	case value.KindDate, value.KindDateTime, value.KindMonth:
		cell = fromSerial(f.Type, cell)
	case value.KindIDCard, value.KindBankCard, value.KindDisabilityCard, value.KindCreditCode:
		if cell = r.identity(cell); cell == "" {
			return nil, nil
		}
	}
	v, warnings, err := d.book.ParseCell(f, cell)
	for _, w := range warnings {
		r.warnings = append(r.warnings, f.Label+"："+w.Text)
	}
	return v, err
}

// fromSerial turns a true Excel date, which is a count of days, into text.
func fromSerial(kind register.Kind, cell string) string {
	n, err := strconv.ParseFloat(cell, 64)
	if err != nil || n < 3000 || n > 80000 || strings.Contains(cell, "E") {
		return cell
	}
	t, err := excelize.ExcelDateToTime(n, false)
	if err != nil {
		return cell
	}
	if kind == value.KindDateTime && n != math.Trunc(n) {
		return t.Format("2006-01-02 15:04")
	}
	return t.Format("2006-01-02")
}

// code takes a code or its label; a leading zero that Excel dropped is put
// back.
func (d *Desk) code(f *register.Field, cell string) (any, error) {
	list, _ := d.book.Policy().Codes(f.Codes)
	var near []string
	for _, item := range list.Items {
		if item.Label == cell || item.Code == cell || item.Code == "0"+cell {
			return item.Code, nil
		}
		if strings.HasPrefix(item.Label, cell) || strings.HasPrefix(cell, item.Label) {
			near = append(near, item.Code)
		}
	}
	if len(near) == 1 {
		return near[0], nil
	}
	labels := make([]string, 0, len(list.Items))
	for _, item := range list.Items {
		if len(labels) < 12 {
			labels = append(labels, item.Label)
		}
	}
	return nil, fmt.Errorf("“%s”不在可选项里，可填：%s", cell, strings.Join(labels, "、"))
}

func (d *Desk) codes(f *register.Field, cell string) (any, error) {
	var out []string
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("、,，;；/|", r) }) {
		v, err := d.code(f, strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out, nil
}

// reference finds a place, party or record by its name, code or number. Two
// of one name are an error, never a guess.
func (d *Desk) reference(tx *record.Tx, f *register.Field, cell string) (any, error) {
	reg := record.RefRegister(f)
	found := map[uint64]bool{}
	for _, key := range []string{"name", "code"} {
		def, ok := d.book.Registers().Get(reg)
		if !ok {
			break
		}
		if field, ok := def.Field(key); !ok || !field.Equal && !field.Unique {
			continue
		}
		rows, err := tx.Find(reg, key, cell)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			found[r.ID] = true
		}
	}
	if len(found) == 0 {
		if r, err := tx.ByNumber(cell); err == nil && r.Register == reg {
			found[r.ID] = true
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("没有找到“%s”，请先登记或核对名称", cell)
	case 1:
		for id := range found {
			return idText(id), nil
		}
	}
	return nil, fmt.Errorf("“%s”有 %d 个，请改填代码或编号", cell, len(found))
}

func idText(id uint64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatUint(id, 10)
}

// findPerson finds one person by identity number, else by name and whatever
// tells namesakes apart.
func findPerson(tx *record.Tx, text, name string) (uint64, error) {
	q := people.Query{IDNumber: text, Limit: 5}
	if strings.Trim(text, "0123456789Xx") != "" {
		q = people.Query{Name: text, Limit: 5}
	}
	if text == "" {
		q = people.Query{Name: name, Limit: 5}
	}
	matches, err := people.SearchTx(tx, q)
	if err != nil {
		return 0, err
	}
	var exact []people.Match
	for _, m := range matches {
		if m.Record == nil {
			return 0, fmt.Errorf("“%s”是受保护对象或不在您的社区，不能导入", text+name)
		}
		if q.IDNumber != "" && m.Record.Text("id_number") == strings.ToUpper(q.IDNumber) || q.Name != "" && m.Record.Text("name") == q.Name {
			exact = append(exact, m)
		}
	}
	switch len(exact) {
	case 0:
		return 0, fmt.Errorf("系统里没有“%s”，请先导入人员主档", text+name)
	case 1:
		return exact[0].Person, nil
	}
	return 0, fmt.Errorf("“%s”有 %d 人，请填证件号码", text+name, len(exact))
}
