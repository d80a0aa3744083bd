package demo

import (
	"slices"
	"strings"

	"jiezhen/app/value"
)

// talk writes about one child on one day, in the words that offices use. Each
// call draws anew, so that no two records read alike and a search for a word
// finds some and not all.
type talk struct {
	d      dice
	age    int // of the child on that day
	kid    string
	guard  string // 祖父、母亲 …
	school string
	worker string
	area   string
	words  *words
}

func (f *filler) talk(w *ward, d dice, day value.Date) talk {
	p := f.people.all[w.kid]
	age := value.AgeAt(p.birth, day, value.LeapFebruary28)
	school := "所在社区"
	if age >= 3 {
		_, school = schooling(throw(f.opt.Seed, streamFile, w.kid), age)
	}
	a := f.areas[p.area]
	return talk{d: d, age: age, kid: p.name, guard: w.word, school: school, worker: a.director.Name, area: a.name, words: &f.words}
}

// tries is how often another sentence is drawn for one that does not fit.
const tries = 8

// say draws one of the sentences that fit the child and fills in who it is
// about; nothing when none was found.
func (t talk) say(list []string) string {
	for range tries {
		if s := pick(t.d, list); t.fits(s) {
			return strings.NewReplacer("{童}", t.kid, "{监}", t.guard, "{校}", t.school, "{工}", t.worker, "{社}", t.area).Replace(s)
		}
	}
	return ""
}

// schoolWords tell that a sentence speaks of a child at school.
var schoolWords = [...]string{"作业", "班主任", "考试", "同学", "到校", "球队", "学费", "功课", "玩手机", "上课", "旷课", "缺勤", "转学", "志愿者", "班里", "{校}老师", "班级", "助学"}

// fits keeps out what cannot be true: schoolwork of infants, parents who are
// away and at home at once, old age of young mothers.
func (t talk) fits(s string) bool {
	if t.guard != "" && strings.Contains(s, t.guard) {
		return false
	}
	elder := strings.HasPrefix(t.guard, "祖")
	if !elder && (strings.Contains(s, "祖孙") || strings.Contains(s, "年事已高") || strings.Contains(s, "年长")) {
		return false
	}
	if t.age >= 6 {
		return !strings.Contains(s, "年幼")
	}
	for _, w := range schoolWords {
		if strings.Contains(s, w) {
			return false
		}
	}
	return true
}

// tell joins a sentence of each list.
func (t talk) tell(lists ...[]string) string {
	var b strings.Builder
	for _, list := range lists {
		b.WriteString(t.say(list))
	}
	return b.String()
}

func (t talk) note() string {
	w := t.words
	lists := [][]string{w.how, w.seen}
	for range t.d.from(1, 3) {
		lists = append(lists, pick(t.d, [][]string{w.school, w.home, w.mood, w.health, w.money, w.kin}))
	}
	return t.tell(append(lists, w.did, w.then)...)
}

func (t talk) finding() string {
	w := t.words
	return t.tell(w.seen, pick(t.d, [][]string{w.home, w.hazard}), pick(t.d, [][]string{w.school, w.mood, w.health}))
}

func (t talk) clue() string         { return t.tell(t.words.clue) }
func (t talk) verification() string { return t.tell(t.words.verified, t.words.home, t.words.kin) }
func (t talk) family() string       { return t.tell(t.words.kin, t.words.money, t.words.home) }
func (t talk) need() string         { return t.tell(t.words.need, t.words.need) }
func (t talk) strength() string     { return t.tell(t.words.strength) }
func (t talk) opinion() string      { return t.tell(t.words.opinion) }
func (t talk) problem() string {
	return t.tell(t.words.clue, pick(t.d, [][]string{t.words.school, t.words.mood, t.words.money}))
}
func (t talk) service() string {
	return t.tell(t.words.how, t.words.did, pick(t.d, [][]string{t.words.mood, t.words.school, t.words.kin}))
}
func (t talk) effect() string  { return t.tell(t.words.effect) }
func (t talk) advice() string  { return t.tell(t.words.then) }
func (t talk) missed() string  { return t.tell(t.words.missed) }
func (t talk) closure() string { return t.tell(t.words.effect, t.words.closing) }
func (t talk) leaving() string { return t.tell(t.words.leaving) }
func (t talk) ability() string { return t.tell(t.words.ability) }

// measure is one of a plan.
type measure struct{ guarantee, need, goal, measure, unit string }

// measures draws two or three different ones.
func (t talk) measures() []measure {
	all := slices.DeleteFunc(measures(), func(m measure) bool {
		return !t.fits(m.need+m.goal+m.measure) || m.guarantee == "adulthood" && t.age < 16
	})
	t.d.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	return all[:t.d.from(2, 3)]
}

func measures() []measure {
	return []measure{
		{"living", "基本生活有困难", "三个月内按月领到应得的补助", "协助申请低保和临时救助，核对到账", "街道民生保障办"},
		{"education", "到校不稳定", "本学期到校率不低于90%", "与班主任每周联系一次，缺勤当日告知", "学校、社区"},
		{"education", "课业跟不上", "期末各科及格", "安排大学生志愿者每周辅导两次", "团委、社区"},
		{"safety", "监护人照料能力不足", "监护人掌握基本照料方法", "参加亲职教育课程四次，儿童主任上门指导", "社会工作服务机构"},
		{"safety", "放学后无人照看", "放学后有人接、有饭吃", "链接社区课后托管和助餐点", "社区"},
		{"medical", "就医报销不及时", "医疗费用按规定报销", "资助参保，协助申请医疗救助", "医保、卫生服务中心"},
		{"rehabilitation", "需要康复训练", "每周训练不少于两次", "申请康复救助，预约定点机构", "残联"},
		{"housing", "住房拥挤、有隐患", "消除用火用电隐患", "更换线路，安装燃气报警器", "社区、住建"},
		{"adulthood", "满十八周岁后无去向", "成年前定好学业或就业方案", "职业测评一次，联系职业学校", "人社、民政"},
	}
}

// lines splits a block of sentences, one a line.
func lines(block string) []string { return strings.Split(strings.TrimSpace(block), "\n") }

// living is the benefit that goes with a category.
func living(category string) string {
	switch category {
	case "01":
		return "孤儿基本生活费（示例标准）"
	case "02":
		return "事实无人抚养儿童基本生活费（示例标准）"
	case "03":
		return "最低生活保障（示例标准）"
	case "04":
		return "困难残疾人生活补贴（示例标准）"
	}
	return "临时救助（示例标准）"
}
