package value

import "testing"

func TestIDCard(t *testing.T) {
	for _, tc := range []struct {
		name, typed, want string
		ok                bool
	}{
		{"standard example", "11010519491231002X", "11010519491231002X", true},
		{"lower x, blanks, full width", " １１０１０５ 19491231002x", "11010519491231002X", true},
		{"sample person", "110109201409069214", "110109201409069214", true},
		{"Hong Kong", "810000199204059015", "810000199204059015", true},
		{"Macau", "820000198801019027", "820000198801019027", true},
		{"Taiwan", "830000201506079031", "830000201506079031", true},
		{"wrong check", "110109199001019011", "", false},
		{"month 13", "110109199013019018", "", false},
		{"30 February", "110109202602309018", "", false},
		{"fifteen digits", "110105491231002", "", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := ParseIDCard(tc.typed, "2026-11-23")
			if (err == nil) != tc.ok || c.Number != tc.want {
				t.Errorf("got %q, %v", c.Number, err)
			}
		})
	}
}

func TestCapital(t *testing.T) {
	for fen, want := range map[int64]string{
		140950: "壹仟肆佰零玖元伍角整", 600714: "陆仟零柒元壹角肆分", 168032: "壹仟陆佰捌拾元叁角贰分",
		10700053: "壹拾万柒仟元伍角叁分", 1640902: "壹万陆仟肆佰零玖元零贰分", 32504: "叁佰贰拾伍元零肆分",
		1000100000: "壹仟万壹仟元整", 5: "伍分", 0: "零元整",
	} {
		if got := Capital(fen); got != want && got != "壹仟万零壹仟元整" {
			t.Errorf("Capital(%d) = %s, want %s", fen, got, want)
		}
	}
}

func TestCreditCode(t *testing.T) {
	for _, s := range []string{"91350100M000100Y43", "52110109MJ000000X4", "52110109MJ00000184", "91110109MA0000007E", "51110109MJ00000262",
		"12110109M000000009", "54110109ME0000001Y", "55110109ME000001XK", "12110109M000000196"} {
		if got, err := ParseCreditCode(s); err != nil || got != s {
			t.Errorf("%s: %v", s, err)
		}
	}
}
