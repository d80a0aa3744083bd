// Package linebreak breaks text into lines as Chinese printing wants it.
//
// Opportunities come from UAX #14; on top of them stand 避头尾 (no line begins
// with a closing mark, none ends with an opening one) and breaks around
// Chinese quotation marks, which UAX #14 leaves out. Numbers and Latin words
// stay whole unless one alone is wider than a line. Nothing is ever dropped:
// the lines of a paragraph, put together, are the paragraph.
package linebreak

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

const (
	notFirst = "，。、；：？！”’）》〉】』」〕］｝…—～·％‰℃°,.;:?!)]}%"
	notLast  = "“‘（《〈【『「〔［｛￥$([{№"
)

// Line is one line of text. Hard is set on the last line of a paragraph.
type Line struct {
	Text  string
	Width float64
	Hard  bool
}

// Measure returns the width of a character.
type Measure func(r rune) float64

// Break sets text into lines no wider than width, the first line of each
// paragraph shortened by indent. Paragraphs end at "\n", which is not part of a
// line. Spaces at the end of a line hang beyond it and are not counted.
func Break(text string, width, indent float64, m Measure) []Line {
	var lines []Line
	for paragraph := range strings.SplitSeq(text, "\n") {
		lines = append(lines, paragraphLines(paragraph, width, indent, m)...)
	}
	return lines
}

// unit is a piece that is never divided: a character with its marks.
type unit struct {
	end         int // offset in the paragraph
	width       float64
	space       bool
	first, last rune
	after       bool // a line may end here
}

func paragraphLines(p string, width, indent float64, m Measure) []Line {
	if p == "" {
		return []Line{{Hard: true}}
	}
	units := units(p, m)
	var lines []Line
	for from, start := 0, 0; from < len(units); {
		limit := width
		if from == 0 {
			limit -= indent
		}
		to := lineEnd(units, from, limit)
		lines = append(lines, Line{Text: p[start:units[to-1].end], Width: inkWidth(units[from:to]), Hard: to == len(units)})
		from, start = to, units[to-1].end
	}
	return lines
}

// units divides a paragraph and decides where a line may end.
func units(p string, m Measure) []unit {
	list := make([]unit, 0, len(p)/3+1)
	state, at := -1, 0
	for rest := p; rest != ""; {
		var cluster string
		var bounds int
		cluster, rest, bounds, state = uniseg.StepString(rest, state)
		at += len(cluster)
		u := unit{end: at, after: bounds&uniseg.MaskLine != uniseg.LineDontBreak}
		u.first, _ = utf8.DecodeRuneInString(cluster)
		u.last, _ = utf8.DecodeLastRuneInString(cluster)
		for _, r := range cluster {
			u.width += m(r)
		}
		u.space = u.first == ' '
		list = append(list, u)
	}
	for i := range len(list) - 1 {
		list[i].after = mayEnd(list[i], list[i+1])
	}
	return list
}

func mayEnd(u, next unit) bool {
	if forbidden(u, next) {
		return false
	}
	opens := strings.ContainsRune("“‘", next.first) && chinese(u.last)
	closes := strings.ContainsRune("”’", u.last) && chinese(next.first)
	return u.after || opens || closes
}

// forbidden is 避头尾.
func forbidden(u, next unit) bool {
	return strings.ContainsRune(notFirst, next.first) || strings.ContainsRune(notLast, u.last)
}

func chinese(r rune) bool {
	return unicode.Is(unicode.Han, r) || strings.ContainsRune("，。、；：？！）》】〕", r)
}

// lineEnd returns the index after the last unit of the line that begins at from.
func lineEnd(units []unit, from int, limit float64) int {
	const slack = 1e-6
	width, hanging, best := 0.0, 0.0, 0
	for i := from; i < len(units); i++ {
		u := units[i]
		if u.space {
			hanging += u.width
		} else {
			width += hanging + u.width
			hanging = 0
		}
		if width > limit+slack && i > from {
			if best > from {
				return best
			}
			return emergency(units, from, i)
		}
		if u.after {
			best = i + 1
		}
	}
	return len(units)
}

// emergency ends a line inside something that should stay whole, as near to
// full as 避头尾 allows; when it allows none, at full.
func emergency(units []unit, from, full int) int {
	for to := full; to > from; to-- {
		if !forbidden(units[to-1], units[to]) {
			return to
		}
	}
	return full
}

func inkWidth(units []unit) (w float64) {
	n := len(units)
	for n > 0 && units[n-1].space {
		n--
	}
	for _, u := range units[:n] {
		w += u.width
	}
	return w
}
