package value

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// moneyLimit is the largest amount that is taken: more is a slip of the hand.
const moneyLimit = 1_000_000_000_000_00 // a trillion yuan, in fen

var (
	moneyForm = regexp.MustCompile(`^(-?)[¥￥]?(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d*))?元?$`)
	thousands = strings.NewReplacer(",", "")
)

// ParseMoney reads yuan into fen: 1234.5, 1,234.50, ¥1,234元.
func ParseMoney(typed string) (int64, error) {
	s := compact(typed)
	m := moneyForm.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("“%s”不是金额，请写成 1234.50", s)
	}
	if len(m[3]) > 2 {
		return 0, fmt.Errorf("金额“%s”最多到分（两位小数）", s)
	}
	n, err := strconv.ParseInt(thousands.Replace(m[2])+(m[3] + "00")[:2], 10, 64)
	if err != nil || n > moneyLimit {
		return 0, fmt.Errorf("金额“%s”过大，请核对", s)
	}
	if m[1] == "-" {
		n = -n
	}
	return n, nil
}

// FormatMoney writes fen as yuan with two decimals and thousands marks.
func FormatMoney(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	yuan := strconv.FormatInt(fen/100, 10)
	var b strings.Builder
	for i, r := range yuan {
		if i > 0 && (len(yuan)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return fmt.Sprintf("%s%s.%02d", sign, b.String(), fen%100)
}
