package value

import (
	"strings"
	"testing"
)

func TestParseMoney(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		typed string
		want  int64
		ok    bool
	}{
		{"1,234.50", 123450, true}, {"1234.5", 123450, true}, {"１２３４．５０元", 123450, true}, {"¥0.05", 5, true}, {"-10", -1000, true},
		{"1234.", 123400, true}, {"0", 0, true}, {"1,23", 0, false}, {"1.234", 0, false}, {"一千", 0, false}, {"1e3", 0, false},
		{"--1", 0, false}, {"", 0, false}, {".5", 0, false}, {"99999999999999999999", 0, false},
	} {
		got, err := ParseMoney(tc.typed)
		if got != tc.want || (err == nil) != tc.ok {
			t.Errorf("%q: got %d, %v", tc.typed, got, err)
		}
	}
}

func TestFormatMoney(t *testing.T) {
	t.Parallel()
	for fen, want := range map[int64]string{0: "0.00", 5: "0.05", 123450: "1,234.50", -123450: "-1,234.50", 100000000: "1,000,000.00", 99900: "999.00"} {
		if got := FormatMoney(fen); got != want {
			t.Errorf("%d: got %s, want %s", fen, got, want)
		}
	}
}

func TestCapital(t *testing.T) {
	t.Parallel()
	for fen, want := range map[int64]string{
		140950: "壹仟肆佰零玖元伍角整", 600714: "陆仟零柒元壹角肆分", 168032: "壹仟陆佰捌拾元叁角贰分",
		10700053: "壹拾万柒仟元伍角叁分", 1640902: "壹万陆仟肆佰零玖元零贰分", 32504: "叁佰贰拾伍元零肆分",
		1000100000: "壹仟万壹仟元整", 5: "伍分", 0: "零元整",
		50: "伍角整", 100: "壹元整", 1000: "壹拾元整", 10000000000: "壹亿元整", 10000100000: "壹亿零壹仟元整",
		200010000000000: "贰万零壹亿元整", -100: "负壹元整",
	} {
		if got := Capital(fen); got != want {
			t.Errorf("Capital(%d) = %s, want %s", fen, got, want)
		}
	}
}

func TestCapitalDate(t *testing.T) {
	t.Parallel()
	for d, want := range map[Date]string{
		"2026-02-15": "贰零贰陆年零贰月壹拾伍日", "2026-10-20": "贰零贰陆年零壹拾月零贰拾日", "2026-01-09": "贰零贰陆年零壹月零玖日",
		"2026-03-10": "贰零贰陆年叁月零壹拾日", "2026-12-31": "贰零贰陆年壹拾贰月叁拾壹日", "2026-11-30": "贰零贰陆年壹拾壹月零叁拾日", "": "",
	} {
		if got := CapitalDate(d); got != want {
			t.Errorf("%s: got %s, want %s", d, got, want)
		}
	}
}

// readCapital reads words back, without knowing how they were made.
func readCapital(s string) (fen int64) {
	var section, total, digit int64
	for _, r := range strings.TrimSuffix(s, "整") {
		if i := strings.IndexRune(capitalDigits, r); i >= 0 {
			digit = int64(i / 3)
			continue
		}
		switch r {
		case '拾':
			section += digit * 10
		case '佰':
			section += digit * 100
		case '仟':
			section += digit * 1000
		case '万':
			total += (section + digit) * 1_0000
			section = 0
		case '亿':
			total = (total + section + digit) * 1_0000_0000
			section = 0
		case '元':
			fen += (total + section + digit) * 100
		case '角':
			fen += digit * 10
		case '分':
			fen += digit
		}
		digit = 0
	}
	return fen
}

// An amount in words says the amount, and never two 零 in a row.
func FuzzCapital(f *testing.F) {
	for _, fen := range []int64{0, 5, 140950, 1000100000, 10700053, moneyLimit} {
		f.Add(fen)
	}
	f.Fuzz(func(t *testing.T, fen int64) {
		if fen < 0 || fen > moneyLimit {
			return
		}
		words := Capital(fen)
		if got := readCapital(words); got != fen {
			t.Errorf("Capital(%d) = %s reads as %d", fen, words, got)
		}
		if strings.Contains(words, "零零") || strings.Count(words, "元") > 1 {
			t.Errorf("Capital(%d) = %s", fen, words)
		}
	})
}

// What is printed reads back as the same amount.
func FuzzMoney(f *testing.F) {
	f.Add(int64(123450))
	f.Fuzz(func(t *testing.T, fen int64) {
		if fen < -moneyLimit || fen > moneyLimit {
			return
		}
		if got, err := ParseMoney(FormatMoney(fen)); err != nil || got != fen {
			t.Errorf("%d prints as %s, reads as %d, %v", fen, FormatMoney(fen), got, err)
		}
	})
}
