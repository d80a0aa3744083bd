package search

import (
	"slices"
	"strings"

	"github.com/mozillazg/go-pinyin"
)

const (
	// spellingsMax bounds the spellings of one name; three characters of four
	// readings each just fit.
	spellingsMax = 64
	// readAll: from this character on only the first reading counts. Names so
	// long (阿卜杜热西提·…) are transcriptions, whose readings would multiply.
	readAll = 5
)

// surnameReadings adds the readings that the dictionary gives late or not at
// all when a character is a surname. Two characters stand for a double surname
// and have one reading of two syllables.
const surnameReadings = "曾zeng 单shan 仇qiu 解xie 查zha 区ou 朴piao 翟zhai,di 覃qin,tan,xun 盖ge,gai 缪miao,miu 乐yue,le " +
	"员yun 种chong 洗xian 冼xian 佴nai 撒sa 黑he 华hua 任ren 宁ning 纪ji 柏bai,bo 秘bi 逄pang 郇xun,huan 召shao 折she " +
	"那na 能nai 曲qu 燕yan 应ying 祭zhai 隗wei,kui 谌chen,shen 繁po 句gou 郗xi,chi 厍she 幺yao 么yao 妫gui 尉yu,wei " +
	"晟cheng,sheng 都du 车che 干gan 过guo 哈ha 訾zi 卜bu 褚chu 於yu 臧zang 葛ge 贾jia 瞿qu 教jiao 重chong 适kuo 眭sui " +
	"逯lu 佘she 麴qu 郤xi 郏jia 薄bo 抗kang 尧yao 相xiang 车che 令ling 盛sheng 盘pan 牟mu,mou 谯qiao 冯feng 区qu " +
	"尉迟yu'chi 单于chan'yu 万俟mo'qi 长孙zhang'sun 澹台tan'tai 令狐ling'hu 亓官qi'guan 鲜于xian'yu 皇甫huang'fu " +
	"宰父zai'fu 濮阳pu'yang 宇文yu'wen 中行zhong'hang 乐正yue'zheng 公冶gong'ye 夏侯xia'hou 谷梁gu'liang 拓跋tuo'ba 呼延hu'yan"

// pinyinForms are the words by which a name is found on a Latin keyboard: the
// whole pinyin, the pinyin from each later syllable, and the initials, for all
// readings. Their prefixes are made where other words' are.
func pinyinForms(name string) []string {
	var forms []string
	for _, syllables := range spellings(name) {
		var initials strings.Builder
		for i, s := range syllables {
			forms = append(forms, strings.Join(syllables[i:], ""))
			initials.WriteByte(s[0])
		}
		forms = append(forms, initials.String())
	}
	slices.Sort(forms)
	return slices.Compact(forms)
}

// spellings are the ways to read name, syllable by syllable.
func spellings(name string) [][]string {
	all := [][]string{nil}
	for i, readings := range readingsOf(name) {
		if i >= readAll || len(all)*len(readings) > spellingsMax {
			readings = readings[:1]
		}
		next := make([][]string, 0, len(all)*len(readings))
		for _, sofar := range all {
			for _, r := range readings {
				next = append(next, append(slices.Clip(sofar), r))
			}
		}
		all = next
	}
	if len(all[0]) == 0 {
		return nil
	}
	return all
}

// readingsOf gives the readings of each character of name that has any. The
// separator of names (U+00B7) and other marks are passed over.
func readingsOf(name string) [][]string {
	var han []rune
	eachRun(name, func(r *run) bool {
		if r.han {
			han = append(han, r.text...)
		}
		return true
	})
	args := pinyin.Args{Style: pinyin.Normal, Heteronym: true}
	var readings [][]string
	for i, r := range han {
		rs := surname(han, i)
		for _, reading := range pinyin.SinglePinyin(r, args) {
			rs = append(rs, withoutUmlaut(reading)...)
		}
		if rs = distinct(rs); len(rs) > 0 {
			readings = append(readings, rs)
		}
	}
	return readings
}

// surname gives the readings that han[i] has in a surname, if it is in one.
func surname(han []rune, i int) []string {
	if i > 1 {
		return nil
	}
	var rs []string
	if i == 0 {
		rs = strings.Split(tableEntry(string(han[:1])), ",")
	}
	if len(han) > 1 {
		if syllables := strings.Split(tableEntry(string(han[:2])), "'"); len(syllables) == 2 {
			rs = append(rs, syllables[i])
		}
	}
	return rs
}

// tableEntry is what surnameReadings says of key.
func tableEntry(key string) string {
	for _, entry := range strings.Fields(surnameReadings) {
		if readings, ok := strings.CutPrefix(entry, key); ok && readings[0] < 0x80 {
			return readings
		}
	}
	return ""
}

// withoutUmlaut gives the ways to type a reading: lü is lv on a keyboard, lyu
// in a passport and lu where people know neither.
func withoutUmlaut(reading string) []string {
	reading = strings.ReplaceAll(reading, "ü", "v")
	if !strings.Contains(reading, "v") {
		return []string{reading}
	}
	return []string{reading, strings.ReplaceAll(reading, "v", "yu"), strings.ReplaceAll(reading, "v", "u")}
}

// distinct drops repetitions, what isn't plain letters, and empty readings.
func distinct(rs []string) []string {
	var out []string
	for _, r := range rs {
		plain := strings.IndexFunc(r, func(c rune) bool { return c < 'a' || c > 'z' }) < 0
		if r != "" && plain && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}
