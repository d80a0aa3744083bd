package value

import (
	"strings"
	"testing"
)

func TestParseName(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, typed, want string }{
		{"plain", "石盼安", "石盼安"},
		{"blank that fills a column", "张　三", "张三"},
		{"bullet", "阿依古丽•买买提", "阿依古丽·买买提"},
		{"katakana dot with blanks", "阿依古丽 ・ 买买提", "阿依古丽·买买提"},
		{"full stop in full width", "买买提．吐尔逊", "买买提·吐尔逊"},
		{"rare", "㐱思齐", "㐱思齐"}, {"rarer", "龙䶮", "龙䶮"}, {"above U+FFFF", "王𬭎", "王𬭎"},
		{"Latin keeps its blanks", " Anna  Maria ", "Anna Maria"},
		{"fifty", strings.Repeat("𬭎", 50), strings.Repeat("𬭎", 50)},
		{"fifty-one", strings.Repeat("𬭎", 51), ""},
		{"lost in conversion", "王\uFFFD", ""}, {"question mark", "王?", ""}, {"empty", "  ", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseName(tc.typed)
			if got != tc.want || (err == nil) != (tc.want != "") {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, got, want string }{
		{"name", MaskName("石盼安"), "石＊"},
		{"compound surname", MaskName("单于小满"), "单于＊"},
		{"compound surname of three", MaskName("申屠岳"), "申屠＊"},
		{"two characters", MaskName("单于"), "单＊"},
		{"rare", MaskName("𬭎思"), "𬭎＊"},
		{"identity number", Mask(KindIDCard, "11010919551108907X"), "110109********907X"},
		{"phone", Mask(KindPhone, "13800001234"), "138****1234"},
		{"account", Mask(KindBankCard, "6222000000000000012"), "***************0012"},
		{"short", Mask(KindBankCard, "012"), "***"},
		{"address", MaskAddress("北京市门头沟区城子街道桥东社区3号楼2单元"), "北京市门头沟区城子街道桥东社区＊＊"},
		{"address of a town", MaskAddress("北京市门头沟区斋堂镇12号"), "北京市门头沟区斋堂镇＊＊"},
		{"address without", MaskAddress("某处"), "**"},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, tc.got, tc.want)
		}
	}
}

// Each kind has one door: what Parse gives, Print writes and Parse reads again.
func TestParsePrint(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind  Kind
		typed string
		want  any
	}{
		{KindText, "  甲  ", "甲"}, {KindNote, "一\n二\n\n", "一\n二"}, {KindDate, "2026年3月2日", "2026-03-02"},
		{KindDateTime, "2026年3月2日 14时5分", "2026-03-02 14:05"}, {KindMonth, "2026年3月", "2026-03"}, {KindMoney, "1,234.5", int64(123450)},
		{KindNumber, "1,234", float64(1234)}, {KindYesNo, "是", true}, {KindYesNo, "否", false},
		{KindIDCard, "11010519491231002x", "11010519491231002X"}, {KindPhone, "01000000000", "010-00000000"},
		{KindBankCard, "6222 0000 0000 0000 012", "6222000000000000012"}, {KindPerson, "42", "42"}, {KindCreditCode, "91350100m000100y43", "91350100M000100Y43"},
		{KindDisabilityCard, "11010919551108907x11b1", "11010919551108907X11B1"},
	} {
		got, _, err := Parse(tc.kind, Spec{}, tc.typed, today)
		if err != nil || got != tc.want {
			t.Errorf("%s %q: got %v, %v", tc.kind, tc.typed, got, err)
			continue
		}
		if again, _, err := Parse(tc.kind, Spec{}, Print(tc.kind, got), today); err != nil || again != tc.want {
			t.Errorf("%s %q prints as %q, which reads as %v, %v", tc.kind, tc.typed, Print(tc.kind, got), again, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind  Kind
		typed string
	}{{KindNumber, "1.5"}, {KindNumber, "NaN"}, {KindNumber, "1_0"}, {KindNumber, "0x10"}, {KindYesNo, "也许"}, {KindPerson, "张三"}, {KindPerson, "0"},
		{KindDateTime, "2026-03-02 25:00"}, {KindDateTime, "2026-03-02"}} {
		if got, _, err := Parse(tc.kind, Spec{}, tc.typed, today); err == nil {
			t.Errorf("%s takes %q as %v", tc.kind, tc.typed, got)
		}
	}
	if got, _, err := Parse(KindDate, Spec{}, "  ", today); got != nil || err != nil {
		t.Errorf("nothing typed gives %v, %v", got, err)
	}
}
