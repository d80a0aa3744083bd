package sheet

import (
	"strings"

	"golang.org/x/text/width"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Column is one column that a register's sheet may have.
type Column struct {
	Field    string // field id, or number, subject.name, subject.id_number, subject.birth; in exports also step, owner, created
	Label    string
	Required bool
	def      *register.Field
}

// Columns are the columns of a register's sheet, in the order of its template.
// Tables and files do not fit a cell and are left out.
func Columns(def *register.Definition) []Column {
	var out []Column
	if def.Numbering != "" {
		out = append(out, Column{Field: "number", Label: "编号"})
	}
	if def.Subject == register.SubjectPerson {
		out = append(out, Column{Field: "subject.name", Label: "姓名", Required: true},
			Column{Field: "subject.id_number", Label: "证件号码", Required: true})
		if !hasLabel(def, bornLabel) {
			out = append(out, Column{Field: subjectBirth, Label: bornLabel})
		}
	}
	for _, f := range def.Fields {
		if f.Type == value.KindTable || f.Type == value.KindFile || f.Compute != nil {
			continue
		}
		out = append(out, Column{Field: f.ID, Label: f.Label, Required: f.Required != nil && f.Required.Source == "true" && f.Default == nil, def: f})
	}
	return out
}

// subjectBirth tells namesakes apart where a row has no identity number.
const (
	subjectBirth = "subject.birth"
	bornLabel    = "出生日期"
)

func hasLabel(def *register.Definition, label string) bool {
	for _, f := range def.Fields {
		if f.Label == label {
			return true
		}
	}
	return false
}

// ExportColumns are the columns of an export: those of the sheet, and how
// things stand. The last are passed over when the file comes back.
func ExportColumns(def *register.Definition) []Column {
	var out []Column
	for _, c := range Columns(def) {
		if c.Field != subjectBirth {
			out = append(out, c)
		}
	}
	if len(def.Steps) > 0 {
		out = append(out, Column{Field: "step", Label: "环节"})
	}
	return append(out, Column{Field: "owner", Label: "负责人"}, Column{Field: "created", Label: "登记日期"})
}

// synonyms are other names under which offices keep the same thing.
var synonyms = map[string][]string{
	"name": {"名字", "人员姓名", "儿童姓名", "对象姓名", "申请人姓名", "本人姓名", "被走访人", "儿童"},
	"id_number": {"身份证号", "身份证号码", "身份证", "公民身份号码", "公民身份证号码", "证件号", "证件号码", "居民身份证号", "居民身份证号码",
		"身份证件号码", "身份号码", "儿童身份证号", "儿童身份证号码"},
	"sex":           {"性别"},
	"birth":         {"生日", "出生年月日", "出生年月", "出生日期", "出生时间"},
	"nation":        {"族别"},
	"phone":         {"电话", "手机", "手机号", "手机号码", "联系方式", "电话号码", "联系号码"},
	"address":       {"住址", "现住址", "家庭住址", "居住地", "地址", "家庭地址", "现居住地", "详细住址", "常住地址"},
	"hukou_address": {"户籍地", "户籍所在地", "户口所在地"},
	"community":     {"社区", "村居", "社区(村)", "村(社区)", "所属社区", "所在社区", "村(居)", "所属村居", "居委会"},
	"school":        {"学校", "就读学校", "所在学校"},
	"grade":         {"等级", "风险级别", "风险"},
	"source":        {"来源", "信息来源"},
	"planned":       {"计划走访日期"},
	"actual":        {"走访日期", "实际走访日期"},
	"visitor":       {"走访人员", "儿童主任"},
}

// columnNames maps every name that a column may bear to its field. A field's
// own label goes before anybody's synonym.
func columnNames(def *register.Definition) map[string]string {
	names := map[string]string{}
	add := func(name, field string) {
		if key := headerKey(name); names[key] == "" {
			names[key] = field
		}
	}
	columns := Columns(def)
	for _, c := range columns {
		add(c.Label, c.Field)
	}
	for _, c := range columns {
		add(c.Field, c.Field)
		for _, name := range synonyms[strings.TrimPrefix(c.Field, "subject.")] {
			add(name, c.Field)
		}
	}
	return names
}

var headerMarks = strings.NewReplacer("*", "", "＊", "", "(必填)", "", "(选填)", "", "(请填写)", "", ":", "")

// headerKey folds a column's name: width, blanks and marks of being required
// do not count.
func headerKey(name string) string {
	s := strings.Join(strings.Fields(width.Fold.String(name)), "")
	return strings.ToLower(headerMarks.Replace(s))
}

// What an export writes where something may not be shown.
const (
	protectedText = "受保护"
	hiddenName    = "受保护对象" // as the record layer names one
	withheldText  = "（未同意提供）"
)

// masked reports whether a cell holds what an export wrote in place of a
// value, which must not be taken for the value.
func masked(c Column, cell string) bool {
	if cell == protectedText || cell == hiddenName || cell == withheldText {
		return true
	}
	hides := isSubject(c.Field) || c.def != nil && (c.def.Mask || c.def.Type == value.KindPerson)
	return hides && strings.ContainsAny(cell, "*＊")
}

// isSubject reports whether a column says whom a row is about.
func isSubject(field string) bool { return strings.HasPrefix(field, "subject.") }

func persons(def *register.Definition) bool { return def.ID == record.Persons }
