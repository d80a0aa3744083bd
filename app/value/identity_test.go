package value

import (
	"strings"
	"testing"
)

func TestIDCard(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, typed, want, why string }{
		{"standard example", "11010519491231002X", "11010519491231002X", ""},
		{"small x, blanks, full width", " １１０１０５ 19491231 002x", "11010519491231002X", ""},
		{"Hong Kong", "810000199204059015", "810000199204059015", ""},
		{"Macau", "820000198801019027", "820000198801019027", ""},
		{"Taiwan", "830000201506079031", "830000201506079031", ""},
		{"wrong check digit", "110109199001019011", "", "校验位应为0"},
		{"month 13", "110109199013019018", "", "出生日期19901301不存在"},
		{"30 February", "110109202602309018", "", "出生日期20260230不存在"},
		{"15 digits", "110105491231002", "", "15位旧号码"},
		{"17 digits", "11010519491231002", "", "现为17位"},
		{"letters inside", "1101051949123I002X", "", "前17位应为数字"},
		{"Excel's doing", "1.10105E+17", "", "表格软件改写"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c, err := ParseIDCard(tc.typed, today)
			if c.Number != tc.want || (err == nil) != (tc.why == "") {
				t.Fatalf("got %q, %v", c.Number, err)
			}
			if err != nil && !strings.Contains(err.Error(), tc.why) {
				t.Errorf("says %q, want %q", err, tc.why)
			}
		})
	}
}

func TestIDCardBornTomorrow(t *testing.T) {
	t.Parallel()
	if _, err := ParseIDCard("110109201409069214", "2014-09-05"); err == nil || !strings.Contains(err.Error(), "晚于今天") {
		t.Errorf("got %v", err)
	}
}

// samples are the persons of the facts' E0: number and sex.
var samples = map[string]string{
	"11010919860312901X": "1", "11010919900725904X": "2", "11010919551108907X": "1", "11010920010519912X": "2",
	"110109197802209157": "1", "110109201409069214": "1", "110109201811229247": "2", "110109198504179273": "1",
	"11010919870930930X": "2", "110109195302069339": "1", "11010920160815936X": "2", "110109202503189399": "1",
	"110109199601039429": "2", "110109197912129457": "1", "110109198206089480": "2", "110109202002299514": "1",
	"110109198405119531": "1", "110109198609279561": "2", "110109201112019590": "1", "110109197408269610": "1",
	"110109198103149647": "2", "110109199305219660": "2", "110109196907189696": "1", "110109198808089728": "2",
	"110109196201309756": "1", "110109196504029786": "2", "110109197706179816": "1", "110109199110319848": "2",
}

func TestIDCardFacts(t *testing.T) {
	t.Parallel()
	for number, sex := range samples {
		c, err := ParseIDCard(number, today)
		if err != nil || c.Sex != sex || c.Area != "110109" || !c.Fictional || c.Holding != Citizen || len(c.Warnings) > 0 {
			t.Errorf("%s: %+v, %v", number, c, err)
		}
		if want := Date(number[6:10] + "-" + number[10:12] + "-" + number[12:14]); c.Birth != want {
			t.Errorf("%s: birth %s, want %s", number, c.Birth, want)
		}
	}
}

func with(first17 string) string { return first17 + string(CheckDigit(first17)) }

func TestIDCardArea(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, number string
		holding      Holding
		area         string
		warned       bool
	}{
		{"abolished district", with("11010319900101001"), Citizen, "110103", false},
		{"never used", with("99999919900101001"), Foreigner, "", false},
		{"no such area", with("19999919900101001"), Citizen, "199999", true},
		{"permanent residence card", with("91115619900101001"), Foreigner, "", false},
		{"Hong Kong permit", "810000199204059015", Permit, "810000", false},
	} {
		c, err := ParseIDCard(tc.number, today)
		if err != nil || c.Holding != tc.holding || c.Area != tc.area || (len(c.Warnings) > 0) != tc.warned {
			t.Errorf("%s: %+v, %v", tc.name, c, err)
		}
	}
	if c, _ := ParseIDCard(with("11010519900101901"), today); c.Fictional {
		t.Error("a number of another district is taken for a sample")
	}
}

func TestDisabilityCard(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		typed, category, grade string
		reissued               int
	}{
		{"11010919860312901X42", "4", "2", 0}, {"11010919900725904x53", "5", "3", 0},
		{"11010919551108907X11B1", "1", "1", 1}, {"11010919551108907X11b1", "1", "1", 1}, {"11010920010519912X62", "6", "2", 0},
	} {
		c, err := ParseDisabilityCard(tc.typed, today)
		if err != nil || c.Category != tc.category || c.Grade != tc.grade || c.Reissued != tc.reissued {
			t.Errorf("%s: %+v, %v", tc.typed, c, err)
		}
	}
	for _, bad := range []string{"11010919860312901X", "11010919860312901X82", "11010919860312901X45", "11010919860312901X42B", "11010919860312901042"} {
		if _, err := ParseDisabilityCard(bad, today); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

func TestCreditCode(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"91350100M000100Y43", "52110109MJ000000X4", "52110109MJ00000184", "91110109MA0000007E", "51110109MJ00000262",
		"12110109M000000009", "54110109ME0000001Y", "55110109ME000001XK", "12110109M000000196"} {
		if got, err := ParseCreditCode(strings.ToLower(s)); err != nil || got != s {
			t.Errorf("%s: %q, %v", s, got, err)
		}
	}
	for bad, why := range map[string]string{"91350100M000100Y44": "末位应为3", "91350100M000100Y4": "现为17位", "9135O100M000100Y43": "第5位", "913501中0M00100Y4": ""} {
		if _, err := ParseCreditCode(bad); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestPhone(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{"13800000000": "13800000000", "+86 138 0000 0000": "13800000000", "010-00000000": "010-00000000",
		"01000000000": "010-00000000", "（010）00000000": "010-00000000", "0311-0000000": "0311-0000000", "12345678901": "", "1380000000": "", "69842000": ""} {
		if got, err := ParsePhone(typed); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v", typed, got, err)
		}
	}
}

func TestBankCard(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		typed, want string
		warned      bool
	}{
		{"6222 0000 0000 0000 012", "6222000000000000012", false}, {"6217000000000000020", "6217000000000000020", false},
		{"6222000000000000013", "6222000000000000013", true}, {"622200000000", "622200000000", true}, {"62220000000000X", "", false},
	} {
		got, warnings, err := ParseBankCard(tc.typed)
		if got != tc.want || (len(warnings) > 0) != tc.warned || (err == nil) != (tc.want != "") {
			t.Errorf("%s: %q, %v, %v", tc.typed, got, warnings, err)
		}
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, kind, typed, want string
		warned                  bool
	}{
		{"identity card", "111", "11010519491231002x", "11010519491231002X", false},
		{"permit chosen as identity card", "111", "810000199204059015", "", false},
		{"permit", "198", "810000199204059015", "810000199204059015", false},
		{"old foreigner's card", "553", "usa110119900101", "USA110119900101", true},
		{"birth certificate", "119", "q110000001", "Q110000001", false},
		{"birth certificate, short", "119", "q11000000", "", false},
		{"pass", "516", "h12345678", "H12345678", false},
	} {
		got, warnings, err := ParseDocument(tc.kind, tc.typed, today)
		if got != tc.want || (err == nil) != (tc.want != "") || (len(warnings) > 0) != tc.warned {
			t.Errorf("%s: %q, %v, %v", tc.name, got, warnings, err)
		}
	}
}

// Whatever is taken is canonical and has the right check digit.
func FuzzIDCard(f *testing.F) {
	for number := range samples {
		f.Add(number)
	}
	f.Add("１１０１０５19491231002x")
	f.Fuzz(func(t *testing.T, typed string) {
		c, err := ParseIDCard(typed, today)
		if err != nil {
			return
		}
		again, err := ParseIDCard(c.Number, today)
		if err != nil || again.Number != c.Number || len(c.Number) != 18 || CheckDigit(c.Number[:17]) != c.Number[17] || c.Birth > today {
			t.Errorf("%q gives %+v, then %+v, %v", typed, c, again, err)
		}
	})
}
