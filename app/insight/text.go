package insight

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// gap stands in folded text for whatever parts words: spaces, punctuation,
// line ends.
const gap = ' '

// fold brings a text to the form in which texts are compared: full width as
// half width, small letters, every number as one 0, one gap for all that is
// neither letter nor digit. It neither begins nor ends with a gap.
func fold(text string) []rune {
	out := make([]rune, 0, len(text)/3+1)
	last := gap
	for _, r := range norm.NFKC.String(text) {
		switch {
		case unicode.IsDigit(r):
			r = '0'
		case unicode.IsLetter(r):
			r = unicode.ToLower(r)
		default:
			r = gap
		}
		if r == last && (r == gap || r == '0') {
			continue
		}
		out, last = append(out, r), r
	}
	if n := len(out); n > 0 && out[n-1] == gap {
		out = out[:n-1]
	}
	return out
}

// gram is one or two characters in a row, 21 bits each.
type gram uint64

const gramBits = 21

func pair(a, b rune) gram { return gram(a) | gram(b)<<gramBits }

// eachGram gives the single characters (if asked for) and the pairs of folded
// text that cross no gap, each with where it begins.
func eachGram(text []rune, single bool, fn func(at int, g gram)) {
	for i, r := range text {
		if r == gap {
			continue
		}
		if single {
			fn(i, gram(r))
		}
		if i+1 < len(text) && text[i+1] != gap {
			fn(i, pair(r, text[i+1]))
		}
	}
}
