package value

import (
	"fmt"
	"regexp"
	"strings"
)

// IDCard is what a citizen identity number (GB 11643-1999) says.
type IDCard struct {
	Number    string
	Birth     Date
	Sex       string // GB/T 2261.1: 1 male, 2 female
	Area      string // first six digits
	Fictional bool   // in the range that no real person is given here
	Warnings  []Warning
}

var (
	idWeights = []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	idChecks  = "10X98765432"
	idForm    = regexp.MustCompile(`^\d{17}[\dX]$`)
)

// CheckDigit gives the eighteenth character for the first seventeen.
func CheckDigit(first17 string) byte {
	sum := 0
	for i, w := range idWeights {
		sum += int(first17[i]-'0') * w
	}
	return idChecks[sum%11]
}

// ParseIDCard reads an identity number, a residence permit of Hong Kong,
// Macau or Taiwan residents (same arithmetic), or a foreigner's permanent
// residence card of 2023 (first digit 9).
func ParseIDCard(typed string, today Date) (IDCard, error) {
	s := strings.ToUpper(compact(typed))
	if len(s) == 15 && strings.Trim(s, "0123456789") == "" {
		return IDCard{}, fmt.Errorf("这是15位旧号码，请按户口簿换成18位再填")
	}
	if !idForm.MatchString(s) {
		return IDCard{}, fmt.Errorf("身份证号应为18位（前17位数字，末位数字或X），现为%d位", len([]rune(s)))
	}
	if want := CheckDigit(s[:17]); s[17] != want {
		return IDCard{}, fmt.Errorf("身份证号校验不符：按前17位末位应为%c，请逐位核对", want)
	}
	birth, err := ParseDate(s[6:14], today)
	if err != nil {
		return IDCard{}, fmt.Errorf("身份证号里的出生日期%s不存在", s[6:14])
	}
	if today != "" && birth > today {
		return IDCard{}, fmt.Errorf("身份证号里的出生日期%s晚于今天", birth)
	}
	c := IDCard{Number: s, Birth: birth, Area: s[:6], Sex: "2", Fictional: s[14:17] >= "901" && s[14:17] <= "984"}
	if (s[16]-'0')%2 == 1 {
		c.Sex = "1"
	}
	if !knownProvince(s[:2]) {
		c.Warnings = append(c.Warnings, Warning{"身份证号前两位“" + s[:2] + "”不是现有省级代码，请核对"})
	}
	return c, nil
}

// knownProvince reports whether the first two digits are a province of GB/T
// 2260, a residence permit, or a permanent residence card.
func knownProvince(two string) bool {
	const provinces = " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 "
	return strings.Contains(provinces, " "+two+" ") || two[0] == '9'
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

const creditSymbols = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var creditWeights = []int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// ParseCreditCode reads a unified social credit code (GB 32100-2015), with
// the organisation code inside it (GB 11714).
func ParseCreditCode(typed string) (string, error) {
	s := strings.ToUpper(compact(typed))
	if len(s) != 18 {
		return "", fmt.Errorf("统一社会信用代码应为18位，现为%d位", len([]rune(s)))
	}
	sum := 0
	for i := range 18 {
		n := strings.IndexByte(creditSymbols, s[i])
		if n < 0 {
			return "", fmt.Errorf("统一社会信用代码第%d位“%c”不会出现（没有 I O Z S V）", i+1, s[i])
		}
		if i < 17 {
			sum += n * creditWeights[i]
		}
	}
	if want := creditSymbols[(31-sum%31)%31]; s[17] != want {
		return "", fmt.Errorf("统一社会信用代码校验不符：末位应为%c，请逐位核对", want)
	}
	if want := organisationCheck(s[8:16]); s[16] != want {
		return "", fmt.Errorf("统一社会信用代码里的组织机构代码校验不符：第17位应为%c", want)
	}
	return s, nil
}

var organisationWeights = []int{3, 7, 9, 10, 5, 8, 4, 2}

func organisationCheck(first8 string) byte {
	sum := 0
	for i := range 8 {
		c := int(first8[i] - '0')
		if first8[i] >= 'A' {
			c = int(first8[i]-'A') + 10
		}
		sum += c * organisationWeights[i]
	}
	switch n := 11 - sum%11; n {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return byte('0' + n)
	}
}

var phoneForms = []*regexp.Regexp{regexp.MustCompile(`^1[3-9]\d{9}$`), regexp.MustCompile(`^0\d{2,3}-\d{7,8}$`)}

// ParsePhone reads a mobile or fixed number; a fixed one is kept with its dash.
func ParsePhone(typed string) (string, error) {
	s := strings.NewReplacer("（", "", "）", "-", "(", "", ")", "-", "—", "-", "－", "-").Replace(compact(typed))
	s = strings.TrimPrefix(s, "+86")
	for _, form := range phoneForms {
		if form.MatchString(s) {
			return s, nil
		}
	}
	if fixed := regexp.MustCompile(`^(0(?:10|2\d|[3-9]\d{2}))(\d{7,8})$`).FindStringSubmatch(s); fixed != nil {
		return fixed[1] + "-" + fixed[2], nil
	}
	return "", fmt.Errorf("电话“%s”不对：手机11位，座机写成 010-00000000", s)
}

// ParseBankCard reads an account number. A failed Luhn check only warns:
// passbooks and social security cards have their own rules.
func ParseBankCard(typed string) (string, []Warning, error) {
	s := strings.ReplaceAll(compact(typed), "-", "")
	if strings.Trim(s, "0123456789") != "" || len(s) < 12 || len(s) > 24 {
		return "", nil, fmt.Errorf("银行账号应为数字（一般16至19位），现为“%s”", s)
	}
	if len(s) < 16 || len(s) > 19 {
		return s, []Warning{{"银行账号一般为16至19位，请核对"}}, nil
	}
	if !luhn(s) {
		return s, []Warning{{"银行卡号校验不符，如不是存折请逐位核对"}}, nil
	}
	return s, nil, nil
}

func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
