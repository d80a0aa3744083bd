package benefit

import (
	"fmt"
	"time"
)

// Reason is one rule with what it came to.
type Reason struct {
	Rule    string
	Value   string
	Verdict Tri
	Missing string // what would settle it
}

// finding collects reasons; its verdict is theirs together. A quiet one keeps
// the verdict alone: a run asks for many months that turn out to be settled,
// and words would be most of its work.
type finding struct {
	reasons     []Reason
	no, unknown bool
	quiet       bool
}

func (f *finding) add(rule, value string, v Tri, missing string) {
	f.no, f.unknown = f.no || v == No, f.unknown || v == Unknown
	if !f.quiet {
		f.reasons = append(f.reasons, Reason{rule, value, v, missing})
	}
}

// say is add with a value that is put into words only when somebody will read
// it.
func (f *finding) say(rule string, v Tri, value func() string) {
	if f.quiet {
		f.add(rule, "", v, "")
		return
	}
	f.add(rule, value(), v, "")
}

func (f *finding) verdict() Tri {
	switch {
	case f.no:
		return No
	case f.unknown:
		return Unknown
	}
	return Yes
}

// judges say by kind whether a member is eligible on a day.
var judges = map[Kind]func(b *Book, x *Facts, d time.Time, f *finding){
	KindOrphan: (*Book).judgeOrphan, KindUnattended: (*Book).judgeUnattended, KindInfant: (*Book).judgeInfant,
	KindGuardian: (*Book).judgeGuardian, KindLiving: (*Book).judgeLiving, KindCare: (*Book).judgeCare,
}

// class is where a parent's state stands in the matrix of B6.
type class int

const (
	classNormal class = iota
	classGone         // dead or declared missing
	classUnable       // one of the other circumstances
	classUnknown
)

var parentTitles = map[int]string{0: "能履行抚养义务", 1: "死亡", 2: "宣告失踪", 3: "重残", 4: "重病", 5: "服刑在押", 6: "强制隔离戒毒", 7: "被执行其他限制人身自由的措施",
	8: "失联", 9: "被撤销监护资格", 10: "被遣送（驱逐）出境", 99: "未知"}

// classOf judges one parent on a day, and says what is missing.
func (b *Book) classOf(s ParentState, d time.Time) (c class, missing string) {
	if s.Code == 0 {
		return classNormal, ""
	}
	if s.Code == 99 || parentTitles[s.Code] == "" {
		return classUnknown, "父母状态不清，请调查后登记"
	}
	if s.Evidence != Yes {
		return classUnknown, "缺" + parentTitles[s.Code] + "的证明材料"
	}
	var holds Tri
	switch s.Code {
	case 1, 2:
		return classGone, ""
	case 3:
		holds, missing = severe(s), "残疾人证上的等级和类别"
	case 4:
		holds, missing = s.Listed, "是否在本地大病目录内"
	case 5, 6, 7:
		holds, missing = b.sixMonths(s, d), "文书载明的起止日期"
	case 8:
		holds, missing = lost(s, d), "向公安报案的日期"
	default: // 9, 10
		holds = Yes
	}
	switch holds {
	case Yes:
		return classUnable, ""
	case No:
		return classNormal, ""
	}
	return classUnknown, missing
}

// severe says whether a disability counts as 重残: grade one or two, or three
// or four of 精神 or 智力.
func severe(s ParentState) Tri {
	if s.Grade == 0 {
		return Unknown
	}
	return of(s.Grade == 1 || s.Grade == 2 || s.Mental && (s.Grade == 3 || s.Grade == 4))
}

// lost says whether a parent has been out of contact for six months, counted
// from the report to the police.
func lost(s ParentState, d time.Time) Tri {
	if s.From.IsZero() {
		return Unknown
	}
	return of(!After(s.From, 6).After(d))
}

// sixMonths says whether a term is of six months or more; "以上" includes the
// number itself (民法典第1259条). Under "served" the six months must have passed.
func (b *Book) sixMonths(s ParentState, d time.Time) Tri {
	if s.From.IsZero() {
		return Unknown
	}
	if b.Rules.SixMonths == "served" {
		return of(!After(s.From, 6).After(d))
	}
	if s.Until.IsZero() {
		return Unknown
	}
	return of(!After(s.From, 6).After(s.Until))
}

// parents judges both and gives their classes.
func (b *Book) parents(x *Facts, d time.Time, f *finding) (father, mother class) {
	one := func(title string, p Parent) class {
		s := p.at(d)
		c, missing := b.classOf(s, d)
		switch c {
		case classUnknown:
			f.add(title, parentTitles[s.Code], Unknown, missing)
		case classNormal:
			f.say(title, Yes, func() string { return parentTitles[s.Code] + "（按能履行抚养义务计）" })
		default:
			f.add(title, parentTitles[s.Code], Yes, "")
		}
		return c
	}
	return one("父亲", x.Father), one("母亲", x.Mother)
}

func (b *Book) judgeOrphan(x *Facts, d time.Time, f *finding) {
	if x.Parentless {
		f.add("查找不到生父母", "是", Yes, "")
		return
	}
	father, mother := b.parents(x, d, f)
	switch {
	case father == classUnknown || mother == classUnknown:
		return
	case father == classGone && mother == classGone:
		f.add("父母双方死亡或宣告失踪", "是", Yes, "")
	default:
		f.add("父母双方死亡或宣告失踪", "否", No, "")
	}
}

func (b *Book) judgeUnattended(x *Facts, d time.Time, f *finding) {
	if x.Parentless {
		f.add("查找不到生父母", "应认定孤儿", No, "")
		return
	}
	father, mother := b.parents(x, d, f)
	switch {
	case father == classNormal || mother == classNormal:
		f.reasons = without(f.reasons, Unknown) // one able parent settles it
		f.add("父母均不能履行抚养义务", "有一方能履行", No, "")
	case father == classUnknown || mother == classUnknown:
	case father == classGone && mother == classGone:
		f.add("父母均不能履行抚养义务", "父母双亡，应认定孤儿", No, "")
	default:
		f.add("父母均不能履行抚养义务", "是", Yes, "")
	}
}

func without(list []Reason, v Tri) (out []Reason) {
	for _, r := range list {
		if r.Verdict != v {
			out = append(out, r)
		}
	}
	return out
}

func (b *Book) judgeInfant(x *Facts, _ time.Time, f *finding) {
	f.add("困境家庭", x.Difficult.String(), x.Difficult, "低保、低收入等家庭认定")
}

func (b *Book) judgeGuardian(x *Facts, _ time.Time, f *finding) {
	switch {
	case x.Guardian < 0:
		f.add("监护能力评估", "没有评估", Unknown, "监护能力评估表")
	default:
		f.say("监护能力评估", of(x.Guardian >= b.Rules.GuardianScore), func() string { return fmt.Sprintf("%d 分（须 %d 分以上）", x.Guardian, b.Rules.GuardianScore) })
	}
	f.add("与监护人同住", x.Living.String(), x.Living, "同住情况核实")
}

func (b *Book) judgeLiving(x *Facts, d time.Time, f *finding) {
	x.card(d, f)
	f.add("低保、低收入或无固定性收入", x.Poor.String(), x.Poor, "家庭经济状况认定")
}

func (b *Book) judgeCare(x *Facts, d time.Time, f *finding) {
	x.card(d, f)
	if x.Card.Grade != 0 {
		f.say("一、二级或三级智力、精神残疾", of(x.Card.Grade <= 2 || x.Card.Grade == 3 && x.Card.Mental), func() string { return fmt.Sprintf("%d 级", x.Card.Grade) })
	}
	f.add("需要长期照护", x.CareNeeded.String(), x.CareNeeded, "照护需求评估")
}

// card sees that there is a disability certificate in force.
func (x *Facts) card(d time.Time, f *finding) {
	switch {
	case x.Card.Grade == 0:
		f.add("残疾人证", "没有", No, "")
	case x.Card.Until.IsZero():
		f.add("残疾人证", "没有写有效期", Unknown, "残疾人证有效期")
	default:
		f.say("残疾人证", of(x.Card.Until.After(d)), func() string { return "有效期至 " + x.Card.Until.Format("2006-01-02") })
	}
}

// ParentTitle is a state of a parent in words.
func ParentTitle(code int) string { return parentTitles[code] }
