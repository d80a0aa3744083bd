package value

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// nameLimit is the longest name, in characters (facts 0.4).
const nameLimit = 50

var (
	separators = strings.NewReplacer("•", "·", "‧", "·", "・", "·", "･", "·", "．", "·", "∙", "·", "●", "·", "⋅", "·", "᛫", "·", "\u0387", "·")
	around     = regexp.MustCompile(`\s*·\s*`)
)

// ParseName brings a person's name into its stored form: one separator
// (U+00B7) however it was typed, composed characters, no blanks at the ends
// nor between Han characters, where they only fill out a column.
func ParseName(typed string) (string, error) {
	s := separators.Replace(norm.NFC.String(typed))
	if r := strings.IndexFunc(s, lost); r >= 0 {
		return "", fmt.Errorf("姓名里有读不出的字符，可能在转换编码时丢失，请重新录入")
	}
	s = around.ReplaceAllString(strings.Join(strings.Fields(s), " "), "·")
	if onlyHan(s) {
		s = strings.ReplaceAll(s, " ", "")
	}
	if n := len([]rune(s)); n == 0 || n > nameLimit {
		return "", fmt.Errorf("姓名应为1至%d个字，现有%d个字", nameLimit, n)
	}
	return s, nil
}

// lost reports a character that stands for one that could not be read, or one
// that cannot be seen.
func lost(r rune) bool {
	return r == unicode.ReplacementChar || r == '?' || r == '？' || unicode.IsControl(r) && !unicode.IsSpace(r)
}

func onlyHan(s string) bool {
	for _, r := range s {
		if r != ' ' && r != '·' && !unicode.Is(unicode.Han, r) && !private(r) {
			return false
		}
	}
	return true
}

// private reports characters of the private use area: rare ones that an old
// system made itself.
func private(r rune) bool { return unicode.Is(unicode.Co, r) }
