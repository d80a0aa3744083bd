package value

import "strings"

// compound surnames, so that a masked name keeps the whole of one.
const compounds = " 欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 单于 "

// Surname is the family name at the head of a name.
func Surname(name string) string {
	r := []rune(name)
	if len(r) > 2 && strings.Contains(compounds, " "+string(r[:2])+" ") {
		return string(r[:2])
	}
	if len(r) == 0 {
		return ""
	}
	return string(r[:1])
}

// MaskName keeps the family name (facts D10).
func MaskName(name string) string {
	if name == "" {
		return ""
	}
	return Surname(name) + "＊"
}

// Mask hides what a list does not show in full: identity numbers keep six and
// four characters, phones three and four, accounts the last four, addresses
// their head.
func Mask(kind Kind, text string) string {
	r := []rune(text)
	switch kind {
	case KindIDCard, KindDisabilityCard:
		return middle(r, 6, 4)
	case KindDocument:
		if len(r) < 15 {
			return middle(r, 2, 2) // a passport or a permit
		}
		return middle(r, 6, 4)
	case KindPhone:
		return middle(r, 3, 4)
	case KindBankCard:
		return middle(r, 0, 4)
	case KindPerson:
		return MaskName(text)
	}
	return middle(r, min(3, len(r)/2), 0)
}

// addressEnds are the words that an address is cut after, smallest first.
var addressEnds = []string{"社区", "居委会", "村委会", "村", "街道", "地区", "镇", "区", "县"}

// MaskAddress keeps an address down to the community (facts D10).
func MaskAddress(address string) string {
	for _, end := range addressEnds {
		if i := strings.Index(address, end); i > 0 {
			return address[:i+len(end)] + "＊＊"
		}
	}
	return middle([]rune(address), 0, 0)
}

func middle(r []rune, head, tail int) string {
	if len(r) <= head+tail {
		return strings.Repeat("*", len(r))
	}
	return string(r[:head]) + strings.Repeat("*", len(r)-head-tail) + string(r[len(r)-tail:])
}
