package demo

import (
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// figure is a person of the facts' section E0, or one that the samples need
// beside them. A number of "" is drawn.
type figure struct {
	code, name, number string
	house              int // households of the samples, below zero
	more               register.Values
}

func figures() []figure {
	return []figure{
		{"P01", "石盼安", "11010919860312901X", -1, register.Values{"disability_card": "11010919860312901X42", "health": "6"}},
		{"P02", "隗小榆", "11010919900725904X", -2, register.Values{"disability_card": "11010919900725904X53", "health": "6", "relief": "1"}},
		{"P03", "艾守谦", "11010919551108907X", -3, register.Values{"disability_card": "11010919551108907X11B1", "health": "6"}},
		{"P04", "艾若澄", "11010920010519912X", -3, register.Values{"disability_card": "11010920010519912X62", "health": "6"}},
		{"P05", "艾青禾", "110109197802209157", -3, nil},
		{"P06", "禹宁川", "110109201409069214", -4, nil},
		{"P07", "禹安禾", "110109201811229247", -4, nil},
		{"P08", "禹长河", "110109198504179273", -4, nil},
		{"P09", "邢望春", "11010919870930930X", -4, register.Values{"phone_note": "失联（2024-11报案）", "phone": nil}},
		{"P10", "禹德顺", "110109195302069339", -4, nil},
		{"P11", "沐晨", "11010920160815936X", -5, nil},
		{"P12", "简星野", "110109202503189399", -6, register.Values{"relief": "1"}},
		{"P13", "简默", "110109199601039429", -6, register.Values{"relief": "1"}},
		{"P14", "扈大川", "110109197912129457", -7, nil},
		{"P15", "雷文竹", "110109198206089480", -7, nil},
		{"P16", "沐阳", "110109202002299514", -7, register.Values{"protected": true, "protected_reason": "家庭寄养，身份信息须保密"}},
		{"P17", "穆怀远", "110109198405119531", -8, nil},
		{"P18", "游知夏", "110109198609279561", -8, nil},
		{"P19", "尚未晚", "110109201112019590", -9, nil},
		{"P20", "柯立言", "110109197408269610", -10, nil},
		{"P21", "纪春和", "110109198103149647", -11, nil},
		{"P22", "单于小满", "110109199305219660", -12, nil},
		{"P23", "㐱思齐", "110109196907189696", -13, nil},
		{"P24", "龙䶮", "110109198808089728", -14, nil},
		{"P25", "蒲公权", "110109196201309756", -15, nil},
		{"P26", "苗映兰", "110109196504029786", -16, nil},
		{"P27", "申屠岳", "110109197706179816", -17, nil},
		{"P28", "年有余", "110109199110319848", -18, nil},
		{"aunt", "沐望舒", "", -5, nil},
		{"grandmother", "佟桂英", "", -9, nil},
	}
}

// bond is a relation among the samples: other is the code of who.
type bond struct {
	who, other, code, guardian string
	carer, apart               bool
	note                       string
}

func bonds() []bond {
	return []bond{
		{who: "P05", other: "P03", code: "51"}, {who: "P04", other: "P05", code: "51"},
		{who: "P06", other: "P08", code: "51", apart: true, note: "服刑在押至2029-06-30"}, {who: "P07", other: "P08", code: "51", apart: true, note: "服刑在押至2029-06-30"},
		{who: "P06", other: "P09", code: "52", apart: true, note: "失联，2024-11-08报案"}, {who: "P07", other: "P09", code: "52", apart: true, note: "失联，2024-11-08报案"},
		{who: "P06", other: "P10", code: "61", guardian: "grandparents", carer: true}, {who: "P07", other: "P10", code: "61", guardian: "grandparents", carer: true},
		{who: "P06", other: "P07", code: "77"}, {who: "P11", other: "aunt", code: "90", guardian: "kin", carer: true},
		{who: "P12", other: "P13", code: "52", guardian: "single", carer: true},
		{who: "P14", other: "P15", code: "12"}, {who: "P16", other: "P14", code: "99", carer: true, note: "家庭寄养，监护人为儿童福利机构"},
		{who: "P17", other: "P18", code: "12"}, {who: "P19", other: "grandmother", code: "62", guardian: "grandparents", carer: true},
	}
}

// castSamples puts the persons of the samples first, so that their files carry
// the first numbers.
func (f *filler) castSamples() {
	p := &f.people
	for _, fig := range figures() {
		if fig.number != "" {
			p.ids.take(fig.number)
		}
	}
	for i, fig := range figures() {
		one := person{name: fig.name, number: fig.number, nation: "01", house: fig.house}
		if fig.number == "" {
			born := value.Date("1985-05-12")
			if fig.code == "grandmother" {
				born = "1955-09-03"
			}
			one.number, one.birth = p.ids.give(throw(f.opt.Seed, streamPeople, -1-i), born, female)
			one.sex = female
		} else {
			n := fig.number
			one.birth = value.Date(n[6:10] + "-" + n[10:12] + "-" + n[12:14])
			one.sex = female
			if (n[16]-'0')%2 == 1 {
				one.sex = male
			}
		}
		p.all = append(p.all, one)
		f.cast[fig.code] = i
		if fig.more != nil {
			f.extra[i] = fig.more
		}
	}
	for _, b := range bonds() {
		p.ties = append(p.ties, tie{who: f.cast[b.who], other: f.cast[b.other], code: b.code, guardian: b.guardian, carer: b.carer, apart: b.apart, note: b.note})
	}
}

// word is what a relation is called when a note speaks of it.
func word(code string) string {
	words := map[string]string{"51": "父亲", "52": "母亲", "61": "祖父", "62": "祖母", "90": "姑母"}
	if w, ok := words[code]; ok {
		return w
	}
	return "监护人"
}
