package benefit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Entitlement is what a member is due for one month of one programme.
type Entitlement struct {
	Programme string
	Month     Month
	Verdict   Tri // Unknown: a person has to look
	Amount    Fen // 0 unless Verdict is Yes and nothing holds it back
	Paused    bool
	Standard  Standard
	Reasons   []Reason
}

// Due says whether the month is paid as it stands.
func (e Entitlement) Due() bool { return e.Verdict == Yes && !e.Paused && e.Amount > 0 }

// Decide says what a member is due in a month.
func (b *Book) Decide(p Programme, x *Facts, m Month) Entitlement {
	return b.decide(p, x, m, finding{})
}

func (b *Book) decide(p Programme, x *Facts, m Month, f finding) Entitlement {
	e := Entitlement{Programme: p.Code, Month: m}
	b = b.in(m)
	start, ok := b.start(p, x)
	switch {
	case !ok:
		f.add("起发月", "还没有"+map[Start]string{StartApplied: "申请", StartDecided: "审定", StartNext: "确认"}[p.Start], Unknown, "办完受理和认定")
	case m < start:
		f.say("起发月", No, func() string { return start.Title() + "起" })
	default:
		f.say("起发月", Yes, func() string { return start.Title() + "起（" + startWords[p.Start] + "）" })
		b.stops(p, x, m, &f)
		if f.verdict() == Yes {
			judges[p.Kind](b, x, b.day(p, x, m, start), &f)
		}
	}
	if f.verdict() == Yes {
		b.reckon(p, x, m, &e, &f)
	}
	e.Verdict, e.Reasons = f.verdict(), f.reasons
	if e.Verdict != Yes {
		e.Amount = 0
		return e
	}
	b.pause(x, m, &e)
	return e
}

var startWords = map[Start]string{StartApplied: "申请当月", StartDecided: "审定当月", StartNext: "确认次月"}

// start is the first month that a programme pays a member.
func (b *Book) start(p Programme, x *Facts) (Month, bool) {
	var out Month
	switch {
	case p.Start == StartApplied && !x.Applied.IsZero():
		out = MonthOf(x.Applied)
	case p.Start == StartDecided && !x.Decided.IsZero():
		out = MonthOf(x.Decided)
	case p.Start == StartNext && !x.Decided.IsZero():
		out = MonthOf(x.Decided) + 1
	default:
		return 0, false
	}
	if p.Kind == KindGuardian && !x.GuardianSince.IsZero() {
		out = max(out, MonthOf(x.GuardianSince)+1) // 变更次月起算
	}
	return out, true
}

// day is the day whose circumstances count for a month: the last of the month
// before, and for the first month the day it was applied for or decided.
func (b *Book) day(p Programme, x *Facts, m, start Month) time.Time {
	if m > start {
		return m.Before()
	}
	if p.Start == StartApplied {
		return x.Applied
	}
	if d := m.Before(); d.After(x.Decided) {
		return d
	}
	return x.Decided
}

// stops are the events that end a programme: the month in which they happen is
// still paid.
func (b *Book) stops(p Programme, x *Facts, m Month, f *finding) {
	last := func(rule string, d time.Time, pays bool) {
		if d.IsZero() {
			return
		}
		end := MonthOf(d)
		if !pays {
			end--
		}
		if m > end {
			f.say(rule, No, func() string { return d.Format("2006-01-02") + "，" + (end + 1).Title() + "起停发" })
		}
	}
	last("死亡", x.Death, b.Rules.DeathMonth)
	last("迁出", x.Moved, true)
	if p.Kind == KindOrphan || p.Kind == KindUnattended || p.Kind == KindGuardian {
		last("被收养", x.Adopted, true)
	}
	last("情形消失", x.Ended, true)
	b.ages(p, x, m, f)
	if x.Local != Yes && p.Kind != KindGuardian {
		f.add("本区户籍", x.Local.String(), x.Local, "户籍核实")
	}
}

var ageLimits = map[Kind]int{KindOrphan: 18, KindUnattended: 18, KindGuardian: 18, KindInfant: 3}

// ages are the limits of age.
func (b *Book) ages(p Programme, x *Facts, m Month, f *finding) {
	limit := ageLimits[p.Kind]
	if limit == 0 {
		return
	}
	if x.Birth.IsZero() {
		f.add("年龄", "没有出生日期", Unknown, "出生日期")
		return
	}
	end := MonthOf(Birthday(x.Birth, limit, b.Rules.Leap))
	if limit == 18 && b.Rules.SchoolExtends && !x.SchoolUntil.IsZero() {
		end = max(end, MonthOf(x.SchoolUntil))
	}
	if m > end {
		f.say("年龄", No, func() string { return fmt.Sprintf("满%d周岁，%s起停发", limit, (end + 1).Title()) })
	}
}

// reckon finds the amount, with what the table of overlaps says of it.
func (b *Book) reckon(p Programme, x *Facts, m Month, e *Entitlement, f *finding) {
	code := p.Standard
	if p.Institution != "" && x.institution(m) {
		code = p.Institution
	}
	s, ok := b.Standards.At(code, m)
	if !ok {
		f.add("标准", m.Title()+"没有标准", Unknown, "录入"+m.Title()+"的标准")
		return
	}
	e.Standard, e.Amount = s, s.Amount
	f.say("标准", Yes, func() string { return fmt.Sprintf("%s 元（%s，%s）", s.Amount, s.Basis, s.State) })
	for _, o := range x.Others {
		if o.Holds(m) {
			b.overlap(p, x, o, e, f)
		}
	}
}

// institution says whether a child is brought up in an institution in a month.
func (x *Facts) institution(m Month) bool {
	out, since := x.Institution, Month(0)
	for _, a := range x.Abodes {
		if a.From <= m && a.From >= since {
			out, since = a.Institution, a.From
		}
	}
	return out
}

// Span are the months in which a programme holds a member, as far as days say
// it; false when there are none.
func (b *Book) Span(p Programme, x *Facts) (Stretch, bool) {
	start, ok := b.start(p, x)
	if !ok {
		return Stretch{}, false
	}
	s := Stretch{From: start}
	for _, d := range []time.Time{x.Death, x.Moved, x.Adopted, x.Ended} {
		if m := MonthOf(d); !d.IsZero() && (s.To == 0 || m < s.To) {
			s.To = m
		}
	}
	return s, s.To == 0 || s.To >= s.From
}

// overlap holds the programme against another benefit of the same month.
func (b *Book) overlap(p Programme, x *Facts, o Other, e *Entitlement, f *finding) {
	pair := b.pair(p.Code, o.Code)
	rule := "与" + b.title(o.Code) + "（" + pair.Basis + "）"
	switch pair.Rule {
	case Never:
		if pair.Keeps == p.Code {
			f.add(rule, "本项照发，另一项不发", Yes, "")
			return
		}
		f.add(rule, "不可同时享受，本项不发", No, "")
	case Choose:
		switch {
		case x.Choice == nil || x.Choice.Signed.IsZero():
			f.add(rule, "不可同时享受，等本人选择", Unknown, "冲突告知、本人选择和签字日期")
		case x.Choice.Programme == p.Code:
			f.add(rule, "本人选择本项，"+x.Choice.Signed.Format("2006-01-02")+"签字", Yes, "")
		default:
			f.add(rule, "本人选择了另一项，"+x.Choice.Signed.Format("2006-01-02")+"签字", No, "")
		}
	case TopUp, Higher:
		if o.Amount == 0 {
			f.add(rule, "没有写每月金额", Unknown, b.title(o.Code)+"每月金额")
			return
		}
		b.weigh(pair.Rule, rule, o, e, f)
	case Both:
	}
}

// weigh sets a benefit off against another of which the amount is known.
func (b *Book) weigh(how PairRule, rule string, o Other, e *Entitlement, f *finding) {
	switch how {
	case TopUp:
		e.Amount = max(0, e.Amount-o.Amount)
		f.add(rule, fmt.Sprintf("已享受 %s 元，补差 %s 元", o.Amount, e.Amount), Yes, "")
	case Higher:
		if o.Amount > e.Amount {
			f.add(rule, fmt.Sprintf("另一项 %s 元较高，本项不发", o.Amount), No, "")
			return
		}
		f.add(rule, fmt.Sprintf("另一项 %s 元不高于本项，领本项", o.Amount), Yes, "")
	}
}

var otherTitles = map[string]string{"dibao": "低保", "tekun": "特困供养", "injury.care": "工伤生活护理费", "elder.similar": "老年、离休、因公致残同类补贴",
	"foster.fee": "寄养劳务费", "institution.care": "机构养育费", "childcare": "全国育儿补贴", "nutrition.pack": "实物营养包"}

func (b *Book) title(code string) string {
	if p, ok := b.Programme(code); ok {
		return p.Title
	}
	if t := otherTitles[code]; t != "" {
		return t
	}
	return code
}

// pause holds a month back. A deliberate pause stays whatever is reckoned anew.
func (b *Book) pause(x *Facts, m Month, e *Entitlement) {
	for _, p := range x.Pauses {
		if p.Holds(m) {
			e.Paused = true
			e.Reasons = append(e.Reasons, Reason{"暂停", p.Reason, Yes, ""})
			return
		}
	}
	if e.Programme == "guardianship" && b.Rules.MissedVisits > 0 && x.MissedVisits >= b.Rules.MissedVisits {
		e.Paused = true
		e.Reasons = append(e.Reasons, Reason{"暂停", fmt.Sprintf("累计 %d 次走访未见", x.MissedVisits), Yes, ""})
	}
}

// Explain says a decision in one paragraph that can be read to a parent.
func (b *Book) Explain(e Entitlement) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s，%s：", e.Month.Title(), b.title(e.Programme))
	switch {
	case e.Verdict == Yes && e.Paused:
		out.WriteString("符合条件，但本月暂停发放。")
	case e.Verdict == Yes:
		fmt.Fprintf(&out, "符合条件，应发 %s 元。", e.Amount)
	case e.Verdict == No:
		out.WriteString("不发放。")
	default:
		out.WriteString("还不能确定，要由经办人核实。")
	}
	for _, r := range e.Reasons {
		if e.Verdict == Yes || r.Verdict == e.Verdict {
			fmt.Fprintf(&out, "%s：%s。", r.Rule, r.Value)
		}
		if r.Missing != "" && r.Verdict == Unknown {
			fmt.Fprintf(&out, "需要：%s。", r.Missing)
		}
	}
	return out.String()
}

// Title is a benefit in words: a programme or another that the table of
// overlaps knows.
func (b *Book) Title(code string) string { return b.title(code) }

// OtherCodes are the benefits of others that the table of overlaps knows.
func (b *Book) OtherCodes() []string { return slices.Sorted(maps.Keys(otherTitles)) }
