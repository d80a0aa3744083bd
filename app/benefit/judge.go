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

// finding collects reasons; its verdict is theirs together.
type finding struct {
	reasons []Reason
}

func (f *finding) add(rule, value string, v Tri, missing string) {
	f.reasons = append(f.reasons, Reason{rule, value, v, missing})
}

func (f *finding) verdict() Tri {
	out := Yes
	for _, r := range f.reasons {
		out = out.and(r.Verdict)
	}
	return out
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
		holds, missing = of(s.Grade == 1 || s.Grade == 2 || s.Mental && (s.Grade == 3 || s.Grade == 4)), ""
	case 4:
		holds, missing = s.Listed, "是否在本地大病目录内"
	case 5, 6, 7:
		holds, missing = b.sixMonths(s, d), "文书载明的起止日期"
	case 8:
		holds, missing = of(!s.From.IsZero() && !After(s.From, 6).After(d)), ""
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
		v := map[class]Tri{classNormal: Yes, classGone: Yes, classUnable: Yes, classUnknown: Unknown}[c]
		f.add(title, parentTitles[s.Code]+map[class]string{classNormal: "（按能履行抚养义务计）"}[c], v, missing)
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
		f.add("监护能力评估", fmt.Sprintf("%d 分（须 %d 分以上）", x.Guardian, b.Rules.GuardianScore), of(x.Guardian >= b.Rules.GuardianScore), "")
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
		f.add("一、二级或三级智力、精神残疾", fmt.Sprintf("%d 级", x.Card.Grade), of(x.Card.Grade <= 2 || x.Card.Grade == 3 && x.Card.Mental), "")
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
		f.add("残疾人证", "有效期至 "+x.Card.Until.Format("2006-01-02"), of(x.Card.Until.After(d)), "")
	}
}

// ParentTitle is a state of a parent in words.
func ParentTitle(code int) string { return parentTitles[code] }
