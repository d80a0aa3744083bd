package demo

import (
	"context"
	"fmt"
	"strconv"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// writePeople makes a file for everyone from the n-th on.
func (f *filler) writePeople(ctx context.Context) error {
	return f.rows(ctx, f.clerk, "录入居民主档", len(f.people.all), func(tx *record.Tx, i int) error {
		p := &f.people.all[i]
		values, created := f.fileOf(i), f.enrolled(i)
		r, err := tx.Create(record.Draft{Register: record.Persons, Values: values, Created: created, Quiet: true})
		if err != nil {
			return fmt.Errorf("第%d人：%w", i+1, err)
		}
		p.id = r.ID
		return nil
	})
}

// enrolled is when a file was made: in the order of the numbers.
func (f *filler) enrolled(i int) value.Date {
	day := f.start.AddDays(value.DaysBetween(f.start, f.today) * i / (len(f.people.all) * 4))
	if birth := f.people.all[i].birth; day < birth {
		return f.start // the year of the number must not run backwards
	}
	return day
}

// fileOf are the fields of someone's file.
func (f *filler) fileOf(i int) register.Values {
	p := f.people.all[i]
	d := throw(f.opt.Seed, streamFile, i)
	age := value.AgeAt(p.birth, f.today, value.LeapFebruary28)
	home := f.address(p)
	values := register.Values{"name": p.name, "sex": p.sex, "birth": string(p.birth), "nation": p.nation, "life": "1",
		"community": text(f.areas[p.area].id), "address": home, "hukou_address": home, "hukou": "1", "health": "1"}
	identify(values, p)
	if d.chance(8) {
		values["hukou_address"] = "北京市门头沟区虚构路" + strconv.Itoa(d.from(1, 90)) + "号"
	}
	if age >= adulthood {
		grownUp(values, d, age, p)
	} else {
		schoolchild(values, d, age)
	}
	if d.chance(3.5) {
		values["relief"] = pick(d, []string{"1", "1", "1", "2", "2", "3", "4"})
	}
	for id, v := range f.extra[i] {
		values[id] = v
	}
	return values
}

func identify(values register.Values, p person) {
	if p.number == "" {
		values["id_type"] = "199"
		return
	}
	values["id_type"], values["id_number"] = "111", p.number
}

// address is where a household lives.
func (f *filler) address(p person) string {
	d := throw(f.opt.Seed, streamFile, -1-p.house)
	return fmt.Sprintf("城子街道%s%d号楼%d单元%d0%d室", f.areas[p.area].name, d.from(1, 28), d.from(1, 6), d.from(1, 18), d.from(1, 4))
}

func grownUp(values register.Values, d dice, age int, p person) {
	values["phone"] = phone(d)
	values["marriage"] = pick(d, []string{"20", "20", "20", "21", "10", "40"})
	values["education"] = pick(d, []string{"20", "30", "40", "60", "70", "70", "80"})
	values["politics"] = pick(d, []string{"13", "13", "13", "13", "01", "03"})
	if age > 65 {
		values["health"] = pick(d, []string{"1", "2", "3", "3"})
	}
	if d.chance(5) {
		values["health"] = "6"
		values["disability_card"] = p.number + pick(d, []string{"1", "2", "4", "4", "4", "5", "6"}) + strconv.Itoa(d.from(1, 4))
		values["disability_until"] = string(value.Date("2027-01-31").AddDays(d.from(0, 2900)))
	}
	if d.chance(4) {
		values["bank_name"], values["bank_holder"] = "虚构银行门头沟支行", p.name
		values["bank_account"] = luhn("621700" + fmt.Sprintf("%012d", d.Int64N(1e12)))
	}
}

// luhn puts the check digit behind an account number.
func luhn(digits string) string {
	sum := 0
	for i := range len(digits) {
		n := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return digits + strconv.Itoa((10-sum%10)%10)
}

func schoolchild(values register.Values, d dice, age int) {
	values["phone_note"] = "由监护人代接"
	if age < 3 {
		return
	}
	stage, school := schooling(d, age)
	values["schooling"], values["school"] = stage, school
}

// schooling is the stage that children of an age are in, and a school for it.
func schooling(d dice, age int) (stage, school string) {
	which := pick(d, []string{"第一", "第二", "第三", "实验", "附属"})
	switch {
	case age < 6:
		return "1", "虚构" + which + "幼儿园"
	case age < 12:
		return "2", "虚构城子" + which + "小学"
	case age < 15:
		return "3", "虚构" + which + "中学（初中部）"
	case d.chance(70):
		return "4", "虚构" + which + "中学（高中部）"
	}
	return "5", "虚构职业技术学校"
}

// writeTies makes the relations between them.
func (f *filler) writeTies(ctx context.Context) error {
	return f.rows(ctx, f.clerk, "录入家庭关系", len(f.people.ties), func(tx *record.Tx, i int) error {
		t := f.people.ties[i]
		who, other := f.people.all[t.who], f.people.all[t.other]
		values := register.Values{"other": text(other.id), "relation": t.code, "household": !t.apart}
		if t.guardian != "" {
			values["guardian"], values["guardian_kind"] = true, t.guardian
			values["from"] = string(who.birth)
		}
		if t.carer {
			values["carer"] = true
		}
		if t.note != "" {
			values["note"] = t.note
		}
		_, err := tx.Create(record.Draft{Register: "person.relation", Subject: who.id, Values: values, Created: f.enrolled(t.who), Quiet: true})
		if err != nil {
			return fmt.Errorf("关系 %d：%w", i+1, err)
		}
		return nil
	})
}

// text writes an id as the fields hold it.
func text(id uint64) string { return strconv.FormatUint(id, 10) }
