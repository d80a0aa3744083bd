package value

import (
	"fmt"
	"regexp"
	"strings"
)

// Holding says which of the cards with 18 digits a number is of.
type Holding string

// The cards that share the arithmetic of GB 11643 (facts D1.1).
const (
	Citizen   Holding = "居民身份证"
	Permit    Holding = "港澳台居民居住证"
	Foreigner Holding = "外国人永久居留身份证"
)

// IDCard is what an identity number says.
type IDCard struct {
	Number    string
	Holding   Holding
	Birth     Date
	Sex       string // GB/T 2261.1: 1 male, 2 female
	Area      string // first six digits; "" for foreigners, whose number has none
	Fictional bool   // of the range that this district never gives to a person
	Warnings  []Warning
}

const idChecks = "10X98765432"

var (
	idWeights = [...]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	idForm    = regexp.MustCompile(`^\d{17}[\dX]$`)
)

// CheckDigit gives the eighteenth character for the first seventeen digits.
func CheckDigit(first17 string) byte {
	sum := 0
	for i, w := range idWeights {
		sum += int(first17[i]-'0') * w
	}
	return idChecks[sum%11]
}

// ParseIDCard reads an identity number of GB 11643-1999, the number of a
// residence permit of Hong Kong, Macau or Taiwan residents, or of a
// foreigner's permanent residence card of 2023 (first digit 9). today bounds
// the date of birth.
func ParseIDCard(typed string, today Date) (IDCard, error) {
	s := strings.ToUpper(compact(typed))
	if err := idShape(s); err != nil {
		return IDCard{}, err
	}
	if want := CheckDigit(s[:17]); s[17] != want {
		return IDCard{}, fmt.Errorf("身份证号校验不符：按前17位，校验位应为%c，现为%c，请逐位核对", want, s[17])
	}
	birth, err := ParseDate(s[6:14], today)
	if err != nil {
		return IDCard{}, fmt.Errorf("身份证号里的出生日期%s不存在，请核对第7至14位", s[6:14])
	}
	if today != "" && birth > today {
		return IDCard{}, fmt.Errorf("身份证号里的出生日期%s晚于今天，请核对第7至14位", birth.Chinese())
	}
	c := IDCard{Number: s, Holding: holding(s), Birth: birth, Sex: "2"}
	if (s[16]-'0')%2 == 1 {
		c.Sex = "1"
	}
	c.readArea()
	return c, nil
}

func idShape(s string) error {
	switch {
	case idForm.MatchString(s):
		return nil
	case len(s) == 15 && strings.Trim(s, "0123456789") == "":
		return fmt.Errorf("这是15位旧号码，不能直接登记，请按户口簿或公安机关证明换成18位再填")
	case strings.ContainsAny(s, "+.") && strings.Contains(s, "E"):
		return fmt.Errorf("“%s”是表格软件改写过的号码，末几位已丢失，请把该列设为文本后重填", s)
	}
	if n := len([]rune(s)); n != 18 {
		return fmt.Errorf("身份证号应为18位，现为%d位，请核对", n)
	}
	return fmt.Errorf("身份证号前17位应为数字，末位应为数字或X，请核对")
}

func holding(s string) Holding {
	switch {
	case s[0] == '9':
		return Foreigner
	case s[0] == '8' && s[1] >= '1' && s[1] <= '3':
		return Permit
	}
	return Citizen
}

// districtArea is 门头沟区. So few are born there in a day that sequence
// numbers 901 to 984 are never given: the samples use them (facts E).
const districtArea = "110109"

func (c *IDCard) readArea() {
	if c.Holding == Foreigner {
		return
	}
	c.Area = c.Number[:6]
	seq := c.Number[14:17]
	c.Fictional = c.Area == districtArea && seq >= "901" && seq <= "984"
	if _, ok := AreaName(c.Area); !ok {
		c.Warnings = append(c.Warnings, Warning{"地址码" + c.Area + "不在历年行政区划代码中，请核对前6位"})
	}
}

// DisabilityCard is what a disability certificate's number says (facts D1.2).
type DisabilityCard struct {
	Number   string
	Holder   IDCard
	Category string // 1 sight … 7 multiple
	Grade    string // 1 (gravest) to 4
	Reissued int
	Warnings []Warning
}

var disabilityForm = regexp.MustCompile(`^(\d{17}[\dX])([1-7])([1-4])(?:B([1-9]))?$`)

// ParseDisabilityCard reads a certificate's number of 20 or 22 characters.
func ParseDisabilityCard(typed string, today Date) (DisabilityCard, error) {
	s := strings.ToUpper(compact(typed))
	m := disabilityForm.FindStringSubmatch(s)
	if m == nil {
		return DisabilityCard{}, fmt.Errorf("残疾人证号应为20位（身份证号＋类别＋等级），补办的为22位，请核对")
	}
	holder, err := ParseIDCard(m[1], today)
	if err != nil {
		return DisabilityCard{}, fmt.Errorf("残疾人证号前18位：%w", err)
	}
	c := DisabilityCard{Number: s, Holder: holder, Category: m[2], Grade: m[3], Warnings: holder.Warnings}
	if m[4] != "" {
		c.Reissued = int(m[4][0] - '0')
	}
	return c, nil
}
