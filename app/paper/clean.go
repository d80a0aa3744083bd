package paper

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// cleaner makes foreign text fit to draw and remembers what could not be.
type cleaner struct {
	fonts *fontSet
	seen  map[rune]bool
	lost  []rune
}

func newCleaner(fonts *fontSet) *cleaner {
	return &cleaner{fonts: fonts, seen: map[rune]bool{}}
}

// text returns s as it will be drawn: line ends are "\n", controls, invisible
// marks and bytes that are no UTF-8 are gone, combining marks are composed, and
// every character that no font draws is written 〔U+xxxxx〕.
func (c *cleaner) text(face Face, s string) string {
	if c.plain(face, s) {
		return s
	}
	s = joinMarks(strings.ReplaceAll(s, "\r\n", "\n"))
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			continue
		case r == '\r' || r == '\v' || r == '\f' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			r = '\n'
		case r == '\t':
			r = ' '
		}
		c.write(&b, face, r)
	}
	return b.String()
}

// plain is the common case: nothing to change.
func (c *cleaner) plain(face Face, s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || r != '\n' && (invisible(r) || c.fonts.find(face, r).font == nil) || unicode.Is(unicode.Mn, r) {
			return false
		}
	}
	return true
}

func (c *cleaner) write(b *strings.Builder, face Face, r rune) {
	switch {
	case r == '\n':
		b.WriteByte('\n')
	case invisible(r):
	case c.fonts.find(face, r).font != nil:
		b.WriteRune(r)
	case unicode.IsSpace(r):
		b.WriteByte(' ')
	default:
		if !c.seen[r] {
			c.seen[r] = true
			c.lost = append(c.lost, r)
		}
		fmt.Fprintf(b, "〔U+%04X〕", r)
	}
}

// invisible are characters without ink of their own: controls, joiners,
// directional marks, variation selectors, byte order marks.
func invisible(r rune) bool {
	return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) ||
		unicode.Is(unicode.Cs, r) || r&0xFFFE == 0xFFFE || r == 0x034F
}

// joinMarks joins letters and combining marks where one character says both. It
// leaves everything else as it is: NFC over a whole text would turn
// compatibility ideographs, which are other people's names, into their kin.
func joinMarks(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Mn, r) }) < 0 {
		return s
	}
	var b strings.Builder
	var cluster []rune
	flush := func() {
		if len(cluster) > 1 {
			b.WriteString(norm.NFC.String(string(cluster)))
		} else {
			b.WriteString(string(cluster))
		}
		cluster = cluster[:0]
	}
	for _, r := range strings.ToValidUTF8(s, "") {
		if !unicode.Is(unicode.Mn, r) {
			flush()
		}
		cluster = append(cluster, r)
	}
	flush()
	return b.String()
}
