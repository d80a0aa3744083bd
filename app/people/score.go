package people

import (
	"slices"

	"jiezhen/app/record"
)

// Likeness is how much two files look like one person.
type Likeness struct {
	Score   int      // 100 is the same identity document
	Reasons []string // what agrees, and what speaks against it
	agree   int      // independent facts that agree
}

// Weights of agreeing and disagreeing facts. Two facts must agree: a shared
// name, phone or last digits alone are no sign of one person.
const (
	weightNumber  = 100
	weightName    = 40
	weightReading = 25
	weightBirth   = 30
	weightPhone   = 25
	weightTail    = 20
	againstBirth  = -40
	againstSex    = -30
	againstNumber = -20

	// likely is the score from which two files are laid side by side.
	likely = 50
)

// Alike compares two files. What is missing on either side counts neither for
// nor against.
func Alike(a, b *record.Record) Likeness {
	var l Likeness
	l.number(documentNumber(a), documentNumber(b))
	l.name(a, b)
	if x, y := a.Text(fieldBirth), b.Text(fieldBirth); x != "" && y != "" {
		l.weigh(x == y, weightBirth, "出生日期相同", againstBirth, "出生日期不同")
	}
	if slices.ContainsFunc(phonesOf(a), func(p string) bool { return slices.Contains(phonesOf(b), p) }) {
		l.weigh(true, weightPhone, "电话相同", 0, "")
	}
	if x, y := a.Text(fieldSex), b.Text(fieldSex); x != "" && y != "" && x != y {
		l.weigh(false, 0, "", againstSex, "性别不同")
	}
	return l
}

// Likely reports whether the two should be looked at.
func (l Likeness) Likely() bool {
	return l.Score >= weightNumber || l.agree >= 2 && l.Score >= likely
}

func (l *Likeness) weigh(agree bool, plus int, why string, minus int, against string) {
	if agree {
		l.agree++
		l.Score += plus
		l.Reasons = append(l.Reasons, why)
		return
	}
	l.Score += minus
	l.Reasons = append(l.Reasons, against)
}

func (l *Likeness) number(a, b string) {
	switch {
	case a == "" || b == "":
	case a == b:
		l.weigh(true, weightNumber, "证件号码相同", 0, "")
	default:
		l.weigh(false, 0, "", againstNumber, "证件号码不同")
		if len(a) > 6 && len(b) > 6 && a[len(a)-4:] == b[len(b)-4:] {
			l.weigh(true, weightTail, "证件后四位相同", 0, "")
		}
	}
}

func (l *Likeness) name(a, b *record.Record) {
	reading := false
	for _, x := range namesOf(a) {
		for _, y := range namesOf(b) {
			if x == y {
				l.weigh(true, weightName, "姓名相同", 0, "")
				return
			}
			reading = reading || sameReading(x, y)
		}
	}
	if reading {
		l.weigh(true, weightReading, "姓名读音相同", 0, "")
	}
}
