package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// drop is what fold returns for a rune that leaves no trace in a text.
const drop rune = -1

// fold brings a rune to the form in which it is compared: half width, lower
// case, Kangxi radicals as the characters they stand for. It never maps one
// Han character to another: 䶮 and 龑 or a compatibility form in a name stay
// what the identity card says.
func fold(r rune) rune {
	switch {
	case r < 0x80:
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	case 0x4e00 <= r && r <= 0x9fff:
		return r
	case ignorable(r):
		return drop
	case 0x2e80 <= r && r <= 0x2fd5:
		return radical(r)
	}
	if f := width.LookupRune(r).Folded(); f != 0 {
		r = f
	}
	return unicode.ToLower(r)
}

// ignorable tells variation selectors and zero-width marks, which editors and
// PDF viewers leave inside words.
func ignorable(r rune) bool {
	switch {
	case 0xfe00 <= r && r <= 0xfe0f, 0xe0100 <= r && r <= 0xe01ef,
		0x200b <= r && r <= 0x200d, r == 0x2060, r == 0xfeff, r == 0xad:
		return true
	}
	return false
}

// radical maps ⽼ (U+2F7C), as copied from some PDFs, to 老.
func radical(r rune) rune {
	for _, f := range norm.NFKC.String(string(r)) {
		return f
	}
	return r
}

// isHan tells Chinese characters. Whole planes are taken, because an office
// meets characters before Go's tables do, and private use, because older
// systems drew rare names there.
func isHan(r rune) bool {
	switch {
	case 0x4e00 <= r && r <= 0x9fff, 0x20000 <= r && r <= 0x3fffd,
		0xe000 <= r && r <= 0xf8ff, 0xf0000 <= r && r <= 0x10fffd:
		return true
	case r < 0x2e80:
		return false
	}
	return unicode.Is(unicode.Han, r)
}

// isWord tells what makes up words and numbers in other scripts.
func isWord(r rune) bool {
	if r < 0x80 {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}

// run is an unbroken piece of text of one kind. Punctuation, spaces and a
// change of script end a run; no match reaches beyond one.
type run struct {
	han  bool
	text []rune // folded
	at   []int  // byte offset of each rune in the source
	end  int    // byte offset behind the last rune
}

// reset empties r for a run of the other kind, keeping its memory.
func (r *run) reset(han bool) {
	r.han, r.text, r.at = han, r.text[:0], r.at[:0]
}

// eachRun calls fn for every run of s in order. The run is reused between
// calls; fn returns false to stop.
func eachRun(s string, fn func(*run) bool) {
	var r run
	for i, source := range s {
		end := i + utf8.RuneLen(source)
		c := fold(source)
		if c == drop { // belongs to the character before it
			if r.end == i {
				r.end = end
			}
			continue
		}
		han := isHan(c)
		word := !han && isWord(c)
		if len(r.text) > 0 && (han != r.han || !han && !word) {
			if !fn(&r) {
				return
			}
			r.reset(han)
		}
		if !han && !word {
			continue
		}
		if len(r.text) == 0 {
			r.reset(han)
		}
		r.text, r.at, r.end = append(r.text, c), append(r.at, i), end
	}
	if len(r.text) > 0 {
		fn(&r)
	}
}

// gap parts the runs of a flattened text; it occurs in no run.
const gap = "\x00"

// flatten writes the runs of s with a gap before, between and after them, so
// that a word can be looked for with strings.Contains.
func flatten(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteString(gap)
	eachRun(s, func(r *run) bool {
		for _, c := range r.text {
			b.WriteRune(c)
		}
		b.WriteString(gap)
		return true
	})
	return b.String()
}
