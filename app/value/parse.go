package value

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// fold turns full-width digits, letters and marks into plain ones and drops
// blanks at the ends.
func fold(s string) string { return strings.TrimSpace(width.Fold.String(s)) }

// compact is fold without any blanks, nor the marks without width that come
// along when something is copied from a page.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, fold(s))
}

// Parse reads what was typed for a kind into its canonical value. today bounds
// dates. An empty text gives nil. Codes, tables and files are read by whoever
// knows their lists.
func Parse(kind Kind, spec Spec, typed string, today Date) (any, []Warning, error) {
	if strings.TrimSpace(typed) == "" {
		return nil, nil, nil
	}
	switch kind {
	case KindText:
		return strings.TrimSpace(norm.NFC.String(typed)), nil, nil
	case KindNote:
		return strings.TrimRight(norm.NFC.String(typed), " \t\n"), nil, nil
	case KindDate:
		d, err := ParseDate(typed, today)
		return string(d), nil, err
	case KindMonth:
		m, err := ParseMonth(typed)
		return string(m), nil, err
	case KindDateTime:
		s, err := ParseDateTime(typed, today)
		return s, nil, err
	case KindMoney:
		fen, err := ParseMoney(typed)
		return fen, nil, err
	case KindNumber:
		n, err := ParseNumber(typed, spec.Decimals)
		return n, nil, err
	case KindYesNo:
		yes, err := parseYesNo(typed)
		return yes, nil, err
	}
	return parseIdentity(kind, typed, today)
}

func parseIdentity(kind Kind, typed string, today Date) (any, []Warning, error) {
	switch kind {
	case KindIDCard:
		c, err := ParseIDCard(typed, today)
		return c.Number, c.Warnings, err
	case KindDocument:
		return parseAnyDocument(typed, today)
	case KindDisabilityCard:
		c, err := ParseDisabilityCard(typed, today)
		return c.Number, c.Warnings, err
	case KindCreditCode:
		s, err := ParseCreditCode(typed)
		return s, nil, err
	case KindPhone:
		s, err := ParsePhone(typed)
		return s, nil, err
	case KindBankCard:
		s, warnings, err := ParseBankCard(typed)
		return s, warnings, err
	case KindPerson, KindParty, KindPlace, KindRecord:
		s := compact(typed)
		if n, err := strconv.ParseUint(s, 10, 64); err != nil || n == 0 {
			return nil, nil, fmt.Errorf("“%s”没有对应的登记，请用查找选定", s)
		}
		return s, nil, nil
	}
	return strings.TrimSpace(typed), nil, nil
}

var timeForm = regexp.MustCompile(`^(.+?)[ T](\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})秒?|分)?$`)

// ParseDateTime reads a minute, canonical "2006-01-02 15:04".
func ParseDateTime(typed string, today Date) (string, error) {
	s := strings.Join(strings.Fields(fold(typed)), " ")
	m := timeForm.FindStringSubmatch(s)
	if m == nil {
		return "", fmt.Errorf("时间“%s”看不懂，请写成 2026-03-02 14:05", s)
	}
	d, err := ParseDate(m[1], today)
	if err != nil {
		return "", err
	}
	t, err := time.Parse("15:4", m[2]+":"+m[3])
	if err != nil {
		return "", fmt.Errorf("时间“%s”不存在，请核对时和分", s)
	}
	return string(d) + t.Format(" 15:04"), nil
}

var numberForm = regexp.MustCompile(`^[+-]?(\d+|\d{1,3}(?:,\d{3})+)(\.\d+)?$`)

// largestExact is how far a float64 counts one by one.
const largestExact = 1 << 53

// ParseNumber reads a number with at most so many decimals.
func ParseNumber(typed string, decimals int) (float64, error) {
	s := compact(typed)
	if !numberForm.MatchString(s) {
		return 0, fmt.Errorf("“%s”不是数字，请写成 12 或 12.5", s)
	}
	n, err := strconv.ParseFloat(thousands.Replace(s), 64)
	if err != nil || math.Abs(n) > largestExact {
		return 0, fmt.Errorf("数字“%s”过大，请核对", s)
	}
	if _, frac, ok := strings.Cut(s, "."); ok && len(frac) > decimals {
		if decimals == 0 {
			return 0, fmt.Errorf("“%s”要写整数", s)
		}
		return 0, fmt.Errorf("“%s”最多保留%d位小数", s, decimals)
	}
	return n, nil
}

func parseYesNo(typed string) (bool, error) {
	switch strings.ToLower(compact(typed)) {
	case "是", "有", "true", "1", "√", "☑", "y", "yes", "on", "对":
		return true, nil
	case "否", "无", "没有", "false", "0", "×", "☐", "n", "no", "off", "不是":
		return false, nil
	}
	return false, fmt.Errorf("“%s”请填“是”或“否”", strings.TrimSpace(typed))
}

// Print writes a canonical value as a person reads it. Codes, references,
// tables and files are written by whoever knows their lists.
func Print(kind Kind, v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case Date:
		return string(x)
	case bool:
		if x {
			return "是"
		}
		return "否"
	case int64:
		if kind == KindMoney {
			return FormatMoney(x)
		}
		return strconv.FormatInt(x, 10)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case []string:
		return strings.Join(x, "、")
	}
	return fmt.Sprint(v)
}
