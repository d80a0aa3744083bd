package value

import "strings"

// capitalDigits are the figures of 支付结算办法, annex 1.
const capitalDigits = "零壹贰叁肆伍陆柒捌玖"

func capitalDigit(n int64) string { return string([]rune(capitalDigits)[n]) }

// Capital writes an amount in fen in words (facts D6): 整 after yuan and jiao,
// never after fen; one 零 for a run of zeros. The prefix 人民币 is the form's.
func Capital(fen int64) string {
	if fen == 0 {
		return "零元整"
	}
	var b strings.Builder
	if fen < 0 {
		b.WriteString("负")
		fen = -fen
	}
	yuan, jiao, cent := fen/100, fen/10%10, fen%10
	if yuan > 0 {
		b.WriteString(capitalInteger(yuan) + "元")
	}
	if jiao > 0 {
		b.WriteString(capitalDigit(jiao) + "角")
	}
	switch {
	case cent == 0:
		b.WriteString("整")
	case jiao == 0 && yuan > 0:
		b.WriteString("零" + capitalDigit(cent) + "分")
	default:
		b.WriteString(capitalDigit(cent) + "分")
	}
	return b.String()
}

// capitalInteger writes a positive whole number: what is above a unit, the
// unit, what is below; 零 stands where the place right below is empty.
func capitalInteger(n int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1_0000_0000, "亿"}, {1_0000, "万"}, {1000, "仟"}, {100, "佰"}, {10, "拾"}} {
		if n < u.size {
			continue
		}
		out, rest := capitalInteger(n/u.size)+u.name, n%u.size
		if rest == 0 {
			return out
		}
		if rest < u.size/10 {
			out += "零"
		}
		return out + capitalInteger(rest)
	}
	return capitalDigit(n)
}

// CapitalDate writes a date in words as cheques have it, so that nothing can
// be written before it: 零 before January, February and October and before
// the days 1 to 10, 20 and 30; 壹 before 11 to 19.
func CapitalDate(d Date) string {
	if d == "" {
		return ""
	}
	var b strings.Builder
	for _, r := range string(d[:4]) {
		b.WriteString(capitalDigit(int64(r - '0')))
	}
	m, day := int64(d.Month()), int64(d.Day())
	b.WriteString("年")
	if m == 1 || m == 2 || m == 10 {
		b.WriteString("零")
	}
	b.WriteString(capitalInteger(m) + "月")
	if day <= 10 || day%10 == 0 {
		b.WriteString("零")
	}
	b.WriteString(capitalInteger(day) + "日")
	return b.String()
}
