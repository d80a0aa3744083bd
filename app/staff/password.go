package staff

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest is the most characters a password may have.
const longest = 128

// symbolSets are what a temporary password is drawn from, class by class: none
// that a person mistakes for another on paper (0 O 1 l I).
func symbolSets() []string {
	return []string{"abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "@#%+=?"}
}

// wornOut are what people in offices type first; a password that holds one of
// them is guessed in a day.
func wornOut() []string {
	return []string{"password", "passw0rd", "p@ssw0rd", "admin", "qwerty", "asdfgh", "zxcvbn", "1qaz", "2wsx", "abc123",
		"123456", "654321", "111111", "000000", "888888", "666666", "iloveyou", "woaini", "jiezhen", "mentougou", "5201314"}
}

// weak says everything that is wrong with a new password, in the words of the
// page; names are what it must not resemble.
func (l Limits) weak(password string, names ...string) []string {
	var why []string
	n := utf8.RuneCountInString(password)
	if n < l.PasswordLength {
		why = append(why, fmt.Sprintf("至少 %d 个字符，现有 %d 个", l.PasswordLength, n))
	}
	if n > longest {
		why = append(why, fmt.Sprintf("最多 %d 个字符，现有 %d 个", longest, n))
	}
	if !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl) {
		why = append(why, "不能有控制字符，请重新输入")
	}
	if kinds := classes(password); kinds < l.PasswordClasses {
		why = append(why, fmt.Sprintf("大写字母、小写字母、数字、其他符号中至少要有 %d 类，现有 %d 类", l.PasswordClasses, kinds))
	}
	if like(password, names) {
		why = append(why, "不能含有登录名或姓名")
	}
	if easy(password) {
		why = append(why, "太容易猜到（常用词、连号或重复的字符），请换一个")
	}
	return why
}

// classes counts the kinds of characters; a Chinese character counts among
// the other symbols.
func classes(password string) int {
	seen := map[string]bool{}
	for _, r := range password {
		switch {
		case r >= 'a' && r <= 'z':
			seen["lower"] = true
		case r >= 'A' && r <= 'Z':
			seen["upper"] = true
		case r >= '0' && r <= '9':
			seen["digit"] = true
		default:
			seen["other"] = true
		}
	}
	return len(seen)
}

// like reports whether the password holds a name, either way round.
func like(password string, names []string) bool {
	p := strings.ToLower(password)
	for _, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if utf8.RuneCountInString(name) < 2 {
			continue
		}
		if strings.Contains(p, name) || strings.Contains(p, backwards(name)) {
			return true
		}
	}
	return false
}

func backwards(s string) string {
	runes := []rune(s)
	for i, k := 0, len(runes)-1; i < k; i, k = i+1, k-1 {
		runes[i], runes[k] = runes[k], runes[i]
	}
	return string(runes)
}

func easy(password string) bool {
	p := strings.ToLower(password)
	for _, word := range wornOut() {
		if strings.Contains(p, word) {
			return true
		}
	}
	distinct := map[rune]bool{}
	for _, r := range p {
		distinct[r] = true
	}
	return len(distinct) < 5 || sequence(p) >= 5
}

// sequence is the length of the longest run such as abcde or 54321.
func sequence(s string) int {
	longest, up, down := 1, 1, 1
	var last rune
	for i, r := range s {
		up, down = next(i > 0 && r == last+1, up), next(i > 0 && r == last-1, down)
		longest = max(longest, up, down)
		last = r
	}
	return longest
}

func next(goesOn bool, run int) int {
	if goesOn {
		return run + 1
	}
	return 1
}
