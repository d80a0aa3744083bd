package value

import (
	"fmt"
	"strconv"
	"strings"
)

// moneyLimit is the largest amount that is taken: more is a slip of the hand.
const moneyLimit = 1_000_000_000_000_00 // a trillion yuan, in fen

// ParseMoney reads yuan into fen.
func ParseMoney(typed string) (int64, error) {
	s := strings.TrimSuffix(strings.TrimLeft(strings.ReplaceAll(compact(typed), ",", ""), "¥￥"), "元")
	negative := strings.HasPrefix(s, "-")
	yuan, fen, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if len(fen) > 2 {
		return 0, fmt.Errorf("金额“%s”最多到分（两位小数）", s)
	}
	for len(fen) < 2 {
		fen += "0"
	}
	n, err := strconv.ParseInt(yuan+fen, 10, 64)
	if err != nil || yuan == "" || strings.ContainsAny(yuan+fen, "+-") {
		return 0, fmt.Errorf("“%s”不是金额，请写成 1234.50", s)
	}
	if n > moneyLimit {
		return 0, fmt.Errorf("金额“%s”过大，请核对", s)
	}
	if negative {
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

var (
	capitalDigits = []rune("零壹贰叁肆伍陆柒捌玖")
	capitalUnits  = []string{"", "拾", "佰", "仟"}
	capitalGroups = []string{"", "万", "亿", "万亿"}
)

// Capital writes an amount in words (支付结算办法 附一): 整 after yuan and jiao,
// never after fen; one 零 for a run of zeros.
func Capital(fen int64) string {
	if fen == 0 {
		return "零元整"
	}
	out := ""
	if fen < 0 {
		out, fen = "负", -fen
	}
	yuan, jiao, cent := fen/100, fen/10%10, fen%10
	if yuan > 0 {
		out += capitalInteger(yuan) + "元"
	}
	switch {
	case jiao == 0 && cent == 0:
		return out + "整"
	case jiao > 0 && cent == 0:
		return out + string(capitalDigits[jiao]) + "角整"
	case jiao == 0 && yuan > 0:
		return out + "零" + string(capitalDigits[cent]) + "分"
	case jiao == 0:
		return out + string(capitalDigits[cent]) + "分"
	}
	return out + string(capitalDigits[jiao]) + "角" + string(capitalDigits[cent]) + "分"
}

func capitalInteger(n int64) string {
	var groups []int64
	for ; n > 0; n /= 10000 {
		groups = append(groups, n%10000)
	}
	out, zero := "", false
	for i := len(groups) - 1; i >= 0; i-- {
		g := groups[i]
		if g == 0 {
			zero = out != ""
			continue
		}
		if out != "" && (zero || g < 1000) {
			out += "零"
		}
		out += capitalGroup(g) + capitalGroups[i]
		zero = false
	}
	return out
}

func capitalGroup(n int64) string {
	digits := strconv.FormatInt(n, 10)
	out, zero := "", false
	for i, r := range digits {
		d := int(r - '0')
		if d == 0 {
			zero = true
			continue
		}
		if zero && out != "" {
			out += "零"
		}
		zero = false
		out += string(capitalDigits[d]) + capitalUnits[len(digits)-1-i]
	}
	return out
}
