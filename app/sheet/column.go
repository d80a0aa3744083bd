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
	Field    string // field id, or number, subject.id_number, subject.name, step
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
		out = append(out, Column{Field: "subject.name", Label: "姓名", Required: true}, Column{Field: "subject.id_number", Label: "证件号码", Required: true})
	}
	for _, f := range def.Fields {
		if f.Type == value.KindTable || f.Type == value.KindFile || f.Compute != nil {
			continue
		}
		out = append(out, Column{Field: f.ID, Label: f.Label, Required: f.Required != nil && f.Required.Source == "true", def: f})
	}
	return out
}

// synonyms are other names under which offices keep the same thing.
var synonyms = map[string][]string{
	"name":      {"名字", "人员姓名", "儿童姓名", "姓名（必填）", "对象姓名"},
	"id_number": {"身份证号", "身份证号码", "身份证", "公民身份号码", "证件号", "居民身份证号", "身份证件号码"},
	"sex":       {"性　别"},
	"birth":     {"生日", "出生年月日", "出生年月"},
	"phone":     {"电话", "手机", "手机号", "手机号码", "联系方式", "电话号码"},
	"address":   {"住址", "现住址", "家庭住址", "居住地", "地址"},
	"community": {"社区", "村居", "社区（村）", "村（社区）", "所属社区", "所在社区", "村（居）"},
	"grade":     {"等级", "风险级别", "风险"},
	"source":    {"来源", "信息来源"},
	"planned":   {"计划走访日期"},
	"actual":    {"走访日期", "实际走访日期"},
	"visitor":   {"走访人员", "儿童主任"},
}

// columnNames maps every name that a column may bear to its field.
func columnNames(def *register.Definition) map[string]string {
	names := map[string]string{}
	for _, c := range Columns(def) {
		id := strings.TrimPrefix(c.Field, "subject.")
		for _, name := range append([]string{c.Label, c.Field}, synonyms[id]...) {
			if key := headerKey(name); names[key] == "" {
				names[key] = c.Field
			}
		}
	}
	return names
}

// headerKey folds a column's name: width, blanks, marks of being required and
// remarks in brackets do not count.
func headerKey(name string) string {
	s := width.Fold.String(name)
	s = strings.NewReplacer("*", "", "＊", "", "(必填)", "", ":", "", "：", "", "\n", "").Replace(s)
	return strings.ToLower(strings.Join(strings.Fields(s), ""))
}

// masked reports whether a cell holds a masked value of an export, which must
// not be taken for the real one.
func masked(cell string) bool {
	return strings.Contains(cell, "****") || strings.HasSuffix(cell, "＊") || cell == "受保护"
}

// isSubject reports whether a column says whom a row is about.
func isSubject(field string) bool { return strings.HasPrefix(field, "subject.") }

func persons(def *register.Definition) bool { return def.ID == record.Persons }
