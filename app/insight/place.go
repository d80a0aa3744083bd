package insight

import (
	"slices"
	"strings"
)

// cues are words that end the name of a place.
var cues = []string{"小区", "花园", "家园", "公寓", "大厦", "广场", "市场", "公园", "学校", "小学", "中学", "幼儿园", "医院", "大街", "胡同", "工地",
	"路", "街", "巷", "村", "桥", "园", "苑", "庄", "河", "沟"}

// cueLead is how many characters before a cue belong to the name: enough to
// tell 滨河小区 from 桃园小区, few enough not to take 住在 along.
const cueLead = 2

// vague are leads that name no place.
var vague = []string{"这个", "那个", "我们", "本小", "该小", "我家", "整个", "附近", "旁边", "门口", "几号", "号楼", "一条", "修路", "马路", "公路", "道路", "进小", "个小", "家小"}

// Places are the places that a text names: names of the gazetteer that stand
// in it, and what ends in a cue such as 小区 or 路. Each is named once, in
// order of the text, the gazetteer's first.
func Places(text string, gazetteer []string) []string {
	var out []string
	for _, name := range gazetteer {
		if len([]rune(name)) >= 2 && strings.Contains(text, name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	folded := fold(text)
	for i := cueLead; i < len(folded); i++ {
		name := cueAt(folded, i)
		if name == "" {
			continue
		}
		if !within(name, out) {
			out = append(out, name)
		}
		i += len([]rune(name)) - 1 // what belongs to this name leads no other
	}
	return out
}

// cueAt is the name whose cue begins at a character, or "".
func cueAt(text []rune, i int) string {
	lead := string(text[i-cueLead : i])
	if strings.ContainsAny(lead, " 0的在是了有和与到从把被") || slices.Contains(vague, lead) {
		return ""
	}
	c := cueOf(text, i)
	if len([]rune(c)) == 1 && cueOf(text, i+1) != "" {
		return "" // 滨河小区 ends in 小区, not in 河
	}
	if c == "" {
		return ""
	}
	return lead + c
}

// cueOf is the cue that begins at a character, or "".
func cueOf(text []rune, i int) string {
	for _, c := range cues {
		if n := len([]rune(c)); i+n <= len(text) && string(text[i:i+n]) == c {
			return c
		}
	}
	return ""
}

// perhapsSame reports whether two names may mean places that lie together:
// 新桥大街 and 新桥路, but not 滨河小区 and 桃园小区.
func perhapsSame(a, b string) bool {
	x, y := []rune(a), []rune(b)
	return len(x) >= cueLead && len(y) >= cueLead && string(x[:cueLead]) == string(y[:cueLead])
}

// withoutPlaces is a text without the names given, so that what is left is the
// matter.
func withoutPlaces(text string, places []string) string {
	for _, p := range places {
		text = strings.ReplaceAll(text, p, " ")
	}
	return text
}

func within(name string, of []string) bool {
	return slices.ContainsFunc(of, func(o string) bool { return strings.Contains(o, name) || strings.Contains(name, o) })
}
