package demo

import (
	"jiezhen/app/value"
)

// person is one line for each person, kept while the office is filled.
type person struct {
	id     uint64 // of the file, once written
	name   string
	number string // identity number; empty for a child without one
	nation string
	sex    string
	birth  value.Date
	area   int // index of the community
	house  int // index of the household
}

// tie is a relation between two persons: other is the code of who.
type tie struct {
	who, other int
	code       string // GB/T 4761
	guardian   string // kind of guardianship, empty when other is no guardian
	carer      bool
	apart      bool // not in one household
	note       string
}

// people is everyone in the office.
type people struct {
	today  value.Date
	names  naming
	ids    registry
	all    []person
	ties   []tie
	houses int
	areas  int
}

// The kinds of households and how often each occurs, in a thousand.
var householdWeights = [...]int{200, 240, 330, 90, 50, 20, 70}

// populate adds households until there are so many people.
func (p *people) populate(seed uint64, many int) {
	for p.houses = 0; len(p.all) < many; p.houses++ {
		d := throw(seed, streamPeople, p.houses)
		h := household{people: p, d: d, area: d.IntN(p.areas), base: len(p.all), room: many - len(p.all)}
		h.fill(weighted(d, householdWeights[:]))
	}
}

// household is one household being made.
type household struct {
	*people
	d    dice
	area int
	base int // index of its first person
	room int // how many persons it may have
}

func (h *household) fill(kind int) {
	switch kind {
	case 0:
		h.adult(h.age(24, 88), h.sex(), "")
	case 1:
		h.couple(h.age(25, 85))
	case 2:
		h.nuclear()
	case 3:
		h.threeGenerations()
	case 4:
		h.singleParent()
	case 5:
		h.grandparents()
	default:
		h.elderWithChild()
	}
}

func (h *household) sex() string {
	if h.d.chance(50) {
		return female
	}
	return male
}

// age draws a day of birth that makes someone so old.
func (h *household) age(from, to int) value.Date {
	return h.today.AddDays(-365*h.d.from(from, to-1) - h.d.from(1, 364))
}

// younger draws a day of birth between so many years after another's, never in
// the future.
func (h *household) younger(than value.Date, from, to int) value.Date {
	b := than.AddDays(365*h.d.from(from, to-1) + h.d.from(1, 364))
	if latest := h.today.AddDays(-h.d.from(20, 400)); b > latest {
		return latest
	}
	return b
}

// adult adds someone with an identity number; family is the name to bear, or
// empty.
func (h *household) adult(birth value.Date, sex, family string) int {
	number, birth := h.ids.give(h.d, birth, sex)
	name, nation := family, "01"
	switch {
	case family == "" && h.d.chance(1.2):
		name, nation = h.names.minority(h.d, sex)
	case family == "":
		name = h.names.surname(h.d) + h.names.given(h.d, sex)
	default:
		name += h.names.given(h.d, sex)
	}
	if nation == "01" && h.d.chance(6) {
		nation = pick(h.d, []string{"11", "03", "02", "10", "15"})
	}
	h.all = append(h.all, person{name: name, number: number, nation: nation, sex: sex, birth: birth, area: h.area, house: h.houses})
	return len(h.all) - 1
}

// left is how many more persons there is room for.
func (h *household) left() int { return h.room - (len(h.all) - h.base) }

func (h *household) couple(birth value.Date) (man, woman int) {
	man = h.adult(birth, male, "")
	if h.left() <= 0 {
		return man, man
	}
	woman = h.adult(h.younger(birth, -4, 5), female, "")
	h.tie(tie{who: man, other: woman, code: "12"})
	return man, woman
}

func (h *household) tie(t tie) { h.ties = append(h.ties, t) }

// nuclear is a couple with a child or two, half of them grown up.
func (h *household) nuclear() {
	man, woman := h.couple(h.age(27, 76))
	h.offspring(man, woman)
}

func (h *household) offspring(man, woman int) []int {
	var kids []int
	for range 1 + weighted(h.d, []int{76, 22, 2}) {
		if h.left() <= 0 {
			break
		}
		mother := h.all[woman].birth
		kids = append(kids, h.child(h.younger(mother, 22, 36), man, woman))
	}
	return kids
}

// child adds a child of the two, with its parents as guardians while it is a
// minor; one of them may stand alone.
func (h *household) child(birth value.Date, man, woman int) int {
	sex := h.sex()
	family := familyOf(h.all[man].name)
	kid := h.adult(birth, sex, family)
	if minor(h.all[kid].birth, h.today) && h.d.chance(1.5) {
		h.all[kid].number = "" // not yet registered
	}
	h.parents(kid, man, woman, true)
	return kid
}

func (h *household) parents(kid, man, woman int, guard bool) {
	kind := ""
	if guard && minor(h.all[kid].birth, h.today) {
		kind = "parents"
		if man == woman {
			kind = "single"
		}
	}
	for _, p := range []int{man, woman} {
		code := "51"
		if h.all[p].sex == female {
			code = "52"
		}
		h.tie(tie{who: kid, other: p, code: code, guardian: kind, carer: kind != "" && p == woman})
		if man == woman {
			break
		}
	}
}

func (h *household) threeGenerations() {
	elder := h.age(56, 78)
	grandfather, grandmother := h.couple(elder)
	if h.left() <= 2 {
		return
	}
	son := h.child(h.younger(h.all[grandmother].birth, 22, 30), grandfather, grandmother)
	if minor(h.all[son].birth, h.today) {
		return
	}
	h.all[son].sex = male
	h.all[son] = h.again(h.all[son])
	wife := h.adult(h.younger(h.all[son].birth, -3, 4), female, "")
	h.tie(tie{who: son, other: wife, code: "12"})
	for _, kid := range h.offspring(son, wife) {
		h.tie(tie{who: kid, other: grandfather, code: "61"})
		if grandmother != grandfather {
			h.tie(tie{who: kid, other: grandmother, code: "62"})
		}
	}
}

// again gives a person a number that agrees with the sex just set.
func (h *household) again(p person) person {
	p.number, p.birth = h.ids.give(h.d, p.birth, p.sex)
	return p
}

func (h *household) singleParent() {
	parent := h.adult(h.age(28, 58), h.sex(), "")
	if h.left() > 0 {
		h.child(h.younger(h.all[parent].birth, 22, 34), parent, parent)
	}
}

// grandparents is a child brought up by its grandparents.
func (h *household) grandparents() {
	man, woman := h.couple(h.age(56, 76))
	if h.left() <= 0 {
		return
	}
	kid := h.adult(h.age(3, 17), h.sex(), familyOf(h.all[man].name))
	for _, p := range []int{man, woman} {
		code := "61"
		if h.all[p].sex == female {
			code = "62"
		}
		h.tie(tie{who: kid, other: p, code: code, guardian: "grandparents", carer: p == woman})
		if man == woman {
			break
		}
	}
}

func (h *household) elderWithChild() {
	elder := h.adult(h.age(66, 92), h.sex(), "")
	if h.left() > 0 {
		h.child(h.younger(h.all[elder].birth, 22, 35), elder, elder)
	}
}

// familyOf is the family name that a child takes from its parent: the first
// character, both of a compound one, all of a name with a separator.
func familyOf(name string) string {
	runes := []rune(name)
	for _, c := range newNaming().compound {
		if len(runes) > 2 && string(runes[:2]) == c {
			return c
		}
	}
	return string(runes[:1])
}

// minor reports whether someone is under 18 at the end of a day.
func minor(birth, today value.Date) bool {
	return value.AgeAt(birth, today, value.LeapFebruary28) < adulthood
}

const adulthood = 18
