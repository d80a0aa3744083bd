package value

import (
	"fmt"
	"regexp"
	"strings"
)

const creditSymbols = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var creditWeights = [...]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

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

var organisationWeights = [...]int{3, 7, 9, 10, 5, 8, 4, 2}

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

var (
	phoneForms = []*regexp.Regexp{regexp.MustCompile(`^1[3-9]\d{9}$`), regexp.MustCompile(`^0\d{2,3}-\d{7,8}$`)}
	undashed   = regexp.MustCompile(`^(0(?:10|2\d|[3-9]\d{2}))(\d{7,8})$`)
)

// ParsePhone reads a mobile or fixed number; a fixed one is kept with its dash.
func ParsePhone(typed string) (string, error) {
	s := strings.NewReplacer("（", "", "）", "-", "(", "", ")", "-", "—", "-", "－", "-").Replace(compact(typed))
	s = strings.TrimPrefix(s, "+86")
	for _, form := range phoneForms {
		if form.MatchString(s) {
			return s, nil
		}
	}
	if fixed := undashed.FindStringSubmatch(s); fixed != nil {
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
