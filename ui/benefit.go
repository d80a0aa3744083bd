package ui

import (
	"strconv"
	"strings"
	"time"

	"jiezhen/app/benefit"
	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// benefitRoutes are the desk at which an allowance is reckoned beforehand, with
// its reasons. It keeps nothing and needs no person's file.
func benefitRoutes() []Route {
	return []Route{get("/benefit", (*visit).benefitDesk)}
}

// reckons says who works with allowances.
func (v *visit) reckons() bool {
	return v.viewer.Has("child.officer", "child.supervisor", "disability.officer", "welfare.head") || v.viewer.Lead()
}

// monthsShown is how many months a reckoning shows.
const monthsShown = 12

// benefitDesk asks for the circumstances and says, month by month, what would
// be paid and why, in words that can be read to a parent.
func (v *visit) benefitDesk() error {
	if !v.reckons() {
		return record.Refused(record.CodeDenied, "您的岗位不办理补贴")
	}
	book, err := v.office.Benefits()
	if err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("补贴测算", "按所填情况逐月算出能不能发、发多少、为什么；不保存，也不代替认定。标准标明“示例”的，以正式文件为准。")}
	typed := v.queries()
	q := func(name string) string { return strings.TrimSpace(typed.Get(name)) }
	view.Blocks = []page.Block{{Form: v.benefitForm(book, q)}}
	if q("programme") != "" {
		block, err := v.reckoning(book, q)
		if r, ok := record.AsRefusal(err); ok {
			view.Blocks[0].Form.Errors = formErrors(refusalProblems(r))
			return v.desk(view)
		}
		if err != nil {
			return err
		}
		view.Blocks = append(view.Blocks, block)
	}
	return v.desk(view)
}

// yesNoUnknown are the three answers.
var yesNoUnknown = []page.Option{{Value: "", Text: "不清楚"}, {Value: "yes", Text: "是"}, {Value: "no", Text: "否"}}

func (v *visit) benefitForm(book *benefit.Book, q func(string) string) *page.Form {
	date := func(name, label, hint string, show []page.Condition) page.Field {
		return page.Field{Name: name, Label: label, Kind: page.KindDate, Value: q(name), Hint: hint, Show: show}
	}
	choice := func(name, label string, options []page.Option, show []page.Condition) page.Field {
		return page.Field{Name: name, Label: label, Kind: page.KindCode, Tight: true, Options: options, Value: q(name), Show: show}
	}
	only := func(kinds ...benefit.Kind) []page.Condition {
		c := page.Condition{Field: "programme", Op: "in"}
		for _, p := range book.Programmes {
			for _, k := range kinds {
				if p.Kind == k {
					c.Values = append(c.Values, p.Code)
				}
			}
		}
		return []page.Condition{c}
	}
	var programmes []page.Option
	for _, p := range book.Programmes {
		programmes = append(programmes, page.Option{Value: p.Code, Text: p.Title, Note: p.Basis + "（" + p.State + "）"})
	}
	var states []page.Option
	for _, code := range []int{99, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10} {
		states = append(states, page.Option{Value: strconv.Itoa(code), Text: benefit.ParentTitle(code)})
	}
	parents, card, guard := only(benefit.KindOrphan, benefit.KindUnattended), only(benefit.KindLiving, benefit.KindCare), only(benefit.KindGuardian)
	parent := func(who, title string) []page.Field {
		return []page.Field{choice(who, title+"的情形", states, parents), date(who+"_from", title+"：起", "羁押、报案等开始之日", parents), date(who+"_until", title+"：止", "文书载明的届满日，残疾人证有效期", parents),
			choice(who+"_more", title+"：补充", []page.Option{{Value: "", Text: "材料齐全"}, {Value: "g1", Text: "一、二级残疾"}, {Value: "m3", Text: "三、四级精神、智力残疾"}, {Value: "g3", Text: "三、四级其他残疾"},
				{Value: "listed", Text: "病在本地目录内"}, {Value: "unlisted", Text: "病不在目录内"}, {Value: "noev", Text: "缺证明材料"}}, parents)}
	}
	fields := []page.Field{choice("programme", "项目", programmes, nil), {Name: "from", Label: "从哪月算起", Kind: page.KindText, Value: or(q("from"), string(v.office.Today())[:7]), Hint: "如 2026-05，往后算 12 个月"},
		date("birth", "出生日期", "", nil), choice("local", "本区户籍", yesNoUnknown, nil), date("applied", "申请日期", "", nil), date("decided", "认定（审定）日期", "", nil), date("ended", "情形消失日期", "迁出、被收养、死亡等也填这里", nil)}
	fields = append(fields, parent("father", "父亲")...)
	fields = append(fields, parent("mother", "母亲")...)
	fields = append(fields, choice("institution", "机构集中养育", []page.Option{{Value: "", Text: "否"}, {Value: "yes", Text: "是"}}, parents),
		choice("difficult", "困境家庭", yesNoUnknown, only(benefit.KindInfant)), page.Field{Name: "score", Label: "监护能力评估分", Kind: page.KindNumber, Value: q("score"), Show: guard},
		choice("living", "与监护人同住", yesNoUnknown, guard), choice("grade", "残疾等级", []page.Option{{Value: "", Text: "没有证"}, {Value: "1", Text: "一级"}, {Value: "2", Text: "二级"}, {Value: "3", Text: "三级"}, {Value: "4", Text: "四级"}}, card),
		choice("mental", "精神、智力残疾", []page.Option{{Value: "", Text: "否"}, {Value: "yes", Text: "是"}}, card), date("card_until", "残疾人证有效期至", "", card),
		choice("poor", "低保、低收入或无固定性收入", yesNoUnknown, only(benefit.KindLiving)), choice("care", "需要长期照护", yesNoUnknown, only(benefit.KindCare)))
	var others []page.Option
	others = append(others, page.Option{Value: "", Text: "没有"})
	for _, o := range book.OtherCodes() {
		others = append(others, page.Option{Value: o, Text: book.Title(o)})
	}
	fields = append(fields, choice("other", "同时享受", others, nil), page.Field{Name: "other_amount", Label: "每月多少", Kind: page.KindNumber, Unit: "元", Value: q("other_amount")})
	return &page.Form{Action: "/benefit", Get: true, Sections: []page.Section{{Fields: fields}}, Buttons: []page.Button{{Text: "测算", Primary: true}}}
}

func (v *visit) reckoning(book *benefit.Book, q func(string) string) (page.Block, error) {
	x, from, err := benefitFacts(q)
	if err != nil {
		return page.Block{}, err
	}
	p, ok := book.Programme(q("programme"))
	if !ok {
		return page.Block{}, record.Refused(record.CodeInvalid, "没有这个补贴项目")
	}
	t := page.Table{Caption: "逐月测算", Columns: []page.Column{{Title: "月份"}, {Title: "结论"}, {Title: "应发（元）", Num: true}, {Title: "说明"}}}
	var total benefit.Fen
	for m := from; m < from+monthsShown; m++ {
		e := book.Decide(p, x, m)
		tone := map[benefit.Tri]page.Tone{benefit.Yes: page.ToneGood, benefit.No: page.ToneMuted, benefit.Unknown: page.ToneWarn}[e.Verdict]
		amount := "—"
		if e.Due() {
			amount = e.Amount.String()
			total += e.Amount
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: m.Title()}, {Text: e.Verdict.String(), Tone: tone}, {Text: amount, Num: true}, {Text: book.Explain(e)}}})
	}
	return page.Block{Title: "逐月测算", Table: &t, Figures: []page.Figure{{Label: "十二个月合计（元）", Value: total.String()}}}, nil
}

// answer reads one of the three answers.
func answerOf(s string) benefit.Tri {
	return map[string]benefit.Tri{"yes": benefit.Yes, "no": benefit.No}[s]
}

func benefitFacts(q func(string) string) (*benefit.Facts, benefit.Month, error) {
	var problems []record.Problem
	date := func(name string) time.Time {
		if q(name) == "" {
			return time.Time{}
		}
		d, err := time.Parse("2006-01-02", q(name))
		if err != nil {
			problems = append(problems, record.Problem{Field: name, Label: "日期", Text: "请写成 2026-05-01 这样"})
		}
		return d
	}
	from, err := benefit.ParseMonth(q("from"))
	if err != nil {
		problems = append(problems, record.Problem{Field: "from", Label: "从哪月算起", Text: err.Error()})
	}
	x := &benefit.Facts{Birth: date("birth"), Applied: date("applied"), Decided: date("decided"), Ended: date("ended"), Institution: q("institution") == "yes",
		Local: answerOf(q("local")), Difficult: answerOf(q("difficult")), Living: answerOf(q("living")), Poor: answerOf(q("poor")), CareNeeded: answerOf(q("care")), Guardian: -1,
		Father: parentFacts("father", q, date), Mother: parentFacts("mother", q, date)}
	if n, err := strconv.Atoi(q("score")); err == nil {
		x.Guardian = n
	}
	x.Card.Grade, _ = strconv.Atoi(q("grade"))
	x.Card.Mental, x.Card.Until = q("mental") == "yes", date("card_until")
	if q("other") != "" {
		yuan, err := value.ParseMoney(or(q("other_amount"), "0"))
		if err != nil {
			problems = append(problems, record.Problem{Field: "other_amount", Label: "每月多少", Text: "请填金额"})
		}
		x.Others = []benefit.Other{{Code: q("other"), Stretch: benefit.Stretch{From: from}, Amount: benefit.Fen(yuan)}}
	}
	if len(problems) > 0 {
		return nil, 0, &record.Refusal{Code: record.CodeInvalid, Text: "还有内容要补正", Problems: problems}
	}
	return x, from, nil
}

func parentFacts(who string, q func(string) string, date func(string) time.Time) benefit.Parent {
	code, err := strconv.Atoi(or(q(who), "99"))
	if err != nil {
		code = 99
	}
	s := benefit.ParentState{Code: code, From: date(who + "_from"), Until: date(who + "_until"), Evidence: benefit.Yes}
	switch q(who + "_more") {
	case "g1":
		s.Grade = 1
	case "m3":
		s.Grade, s.Mental = 3, true
	case "g3":
		s.Grade = 3
	case "listed":
		s.Listed = benefit.Yes
	case "unlisted":
		s.Listed = benefit.No
	case "noev":
		s.Evidence = benefit.No
	}
	return benefit.Parent{s}
}
