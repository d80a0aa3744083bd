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
		if f.Type == value.KindTable || f.Type == value.KindFile || f.Compute != nil || f.Filled {
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
	"phone":         {"电话", "手机", "手机号", "手机号码", "联系方式", "电话号码", "联系号码", "来电号码", "反映电话"},
	"address":       {"住址", "现住址", "家庭住址", "居住地", "地址", "家庭地址", "现居住地", "详细住址", "常住地址", "被反映地址", "问题地址", "反映地址", "事发地址", "诉求地点", "位置", "问题位置", "事发位置", "位置描述"},
	"hukou_address": {"户籍地", "户籍所在地", "户口所在地"},
	"community":     {"社区", "村居", "社区(村)", "村(社区)", "所属社区", "所在社区", "村(居)", "所属村居", "居委会", "承办社区", "责任社区"},
	"school":        {"学校", "就读学校", "所在学校"},
	"grade":         {"等级", "风险级别", "风险"},
	"source":        {"来源", "信息来源"},
	"external":      {"工单号", "工单编码", "受理编号", "诉求编号", "案件编号", "工单流水号", "平台编号", "诉求工单号"},
	"content":       {"问题描述", "工单内容", "主要内容", "诉求描述", "反映内容", "来电内容", "诉求详情", "内容"},
	"class":         {"时限类型", "诉求时限", "工单类型"},
	"category":      {"问题一级分类", "一级类别", "诉求分类", "问题分类", "诉求类别", "分类", "一级问题分类"},
	"subcategory":   {"问题二级分类", "二级类别", "二级问题分类", "小类"},
	"detail":        {"问题三级分类", "三级类别", "三级问题分类"},
	"channel":       {"来源渠道", "受理渠道", "诉求来源", "工单来源"},
	"received_at":   {"受理时间", "来电时间", "登记时间", "创建时间", "反映时间"},
	"dispatched_at": {"派发时间", "派件时间", "下派时间", "转派时间", "交办时间", "接单时间"},
	"complainant":   {"来电人", "反映人", "诉求人姓名", "市民姓名", "联系人", "来电人姓名"},
	"unit":          {"承办单位", "责任单位", "主办单位", "处置单位", "处置部门"},
	"helpers":       {"协办单位", "配合单位"},
	"finished_at":   {"办结日期", "完成时间", "结案时间", "办理完成时间"},
	"contacted_at":  {"联系时间", "响应时间", "首次响应时间"},
	"reply":         {"办理结果", "处理结果", "答复内容", "办理情况", "处理意见"},
	"class_name":    {"小类", "小类名称", "类别", "问题类别", "问题小类", "案件小类", "案件类别", "事件类型"},
	"found_at":      {"上报时间", "采集时间", "问题时间", "发生时间"},
	"filed_at":      {"立案日期"},
	"sent_at":       {"派遣日期", "派发日期"},
	"handled_at":    {"处置时间", "处置完成时间", "处理时间", "处置日期"},
	"closed_at":     {"结案日期"},
	"outcome":       {"处置结果", "处置说明"},
	"reporter":      {"采集员", "监督员", "上报人员", "网格员姓名"},
	"cell":          {"所属网格", "责任网格", "网格名称", "网格编码", "网格码", "单元网格"},
	"lon":           {"x坐标", "坐标x"},
	"lat":           {"y坐标", "坐标y"},
	"households":    {"户数(户)", "总户数"},
	"population":    {"人口数", "常住人口", "人数"},
	"head":          {"网格长姓名"},
	"worker":        {"网格员姓名", "专职网格员"},
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
