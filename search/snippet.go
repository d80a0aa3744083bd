package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// leadIn is the share of a snippet shown before its first hit.
const leadIn = 4 // a quarter

// bytesSpan is a piece of a text by byte offsets.
type bytesSpan struct{ from, to int }

// Snippets cuts the piece of text, about width characters long, that shows
// most hits of q, and marks them. Line breaks become spaces, cut ends an
// ellipsis. Without a hit (a name found by pinyin) it is the beginning of text,
// unmarked; an empty text gives nothing. Characters are never cut apart.
func Snippets(q, text string, width int) []Span {
	if text == "" || width <= 0 {
		return nil
	}
	hits := marks(parse(q), text)
	from, to := window(hits, text, width)
	var spans []Span
	if from > 0 {
		spans = addSpan(spans, "…", false)
	}
	at := from
	for _, h := range hits {
		h.from, h.to = max(h.from, at), min(h.to, to)
		if h.from >= h.to {
			continue
		}
		spans = addSpan(spans, text[at:h.from], false)
		spans = addSpan(spans, text[h.from:h.to], true)
		at = h.to
	}
	spans = addSpan(spans, text[at:to], false)
	if to < len(text) {
		spans = addSpan(spans, "…", false)
	}
	return spans
}

// addSpan appends text, joining it to a span of the same kind.
func addSpan(spans []Span, text string, hit bool) []Span {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	switch last := len(spans) - 1; {
	case text == "":
		return spans
	case last >= 0 && spans[last].Hit == hit:
		spans[last].Text += text
		return spans
	}
	return append(spans, Span{Text: text, Hit: hit})
}

// marks finds where words occur in text, in order and without overlaps.
func marks(words []word, text string) []bytesSpan {
	var found []bytesSpan
	eachRun(text, func(r *run) bool {
		for _, w := range words {
			if w.han == r.han {
				found = w.mark(r, found)
			}
		}
		return true
	})
	slices.SortFunc(found, func(a, b bytesSpan) int { return a.from - b.from })
	var joined []bytesSpan
	for _, s := range found {
		if last := len(joined) - 1; last >= 0 && s.from < joined[last].to {
			joined[last].to = max(joined[last].to, s.to)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// mark appends the places of w in r to found.
func (w word) mark(r *run, found []bytesSpan) []bytesSpan {
	rs := []rune(w.text)
	if w.han {
		for i := 0; i+len(rs) <= len(r.text); i++ {
			if slices.Equal(r.text[i:i+len(rs)], rs) {
				found = append(found, r.span(i, i+len(rs)))
			}
		}
		return found
	}
	if !w.in(gap + string(r.text) + gap) {
		return found
	}
	if slices.Equal(r.text[:min(len(rs), len(r.text))], rs) {
		return append(found, r.span(0, len(rs)))
	}
	return append(found, r.span(len(r.text)-len(rs), len(r.text)))
}

// span is the source of r.text[from:to], with the marks that belong to its
// last character.
func (r *run) span(from, to int) bytesSpan {
	end := r.end
	if to < len(r.at) {
		end = r.at[to]
	}
	return bytesSpan{r.at[from], end}
}

// window chooses the stretch of text to show: the one that begins shortly
// before a hit and holds most of them.
func window(hits []bytesSpan, text string, width int) (from, to int) {
	if len(hits) == 0 {
		return 0, forward(text, 0, width)
	}
	best := -1
	for i, h := range hits {
		f := backward(text, h.from, width/leadIn)
		t := forward(text, f, width)
		n := 0
		for _, other := range hits[i:] {
			if other.to > t {
				break
			}
			n++
		}
		if n > best {
			best, from, to = n, f, t
		}
	}
	if to == len(text) { // use the width to the full
		from = min(from, backward(text, to, width))
	}
	return from, to
}

// forward is the offset n characters behind at, marks included.
func forward(text string, at, n int) int {
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		if !clings(r) {
			if n == 0 {
				break
			}
			n--
		}
		at += size
	}
	return at
}

// backward is the offset n characters before at.
func backward(text string, at, n int) int {
	for at > 0 && n > 0 {
		r, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
		if !clings(r) {
			n--
		}
	}
	return at
}

// clings tells runes that belong to the character before them.
func clings(r rune) bool { return r > 0x7f && (unicode.IsMark(r) || ignorable(r)) }
