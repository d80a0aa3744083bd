package paper

import (
	"unicode/utf8"

	"jiezhen/app/paper/linebreak"
)

// style is how a paragraph is set.
type style struct {
	face    Face
	points  float64
	leading float64 // line height in type sizes
	align   string  // left, center, right
	indent  float64 // of the first line of each paragraph, in type sizes
	justify bool
	gray    uint8
}

func (s style) line() float64 { return s.points * s.leading * mmPerPoint }

// maxSpread is the widest gap justification may open, in type sizes; wider
// ones make readers of the PDF see spaces.
const maxSpread = 0.08

// setter sets text with the engine's fonts; all text passes through clean.
type setter struct {
	fonts *fontSet
	clean *cleaner
}

// paragraphs sets text into strips of the given width, one a line.
func (t setter) paragraphs(text string, width float64, st style) []strip {
	text = t.clean.text(st.face, text)
	indent := st.indent * st.points * mmPerPoint
	lines := linebreak.Break(text, width, indent, func(r rune) float64 { return t.fonts.width(st.face, st.points, r) })
	strips := make([]strip, 0, len(lines))
	first := true
	for _, l := range lines {
		left := 0.0
		if first {
			left = indent
		}
		strips = append(strips, t.line(l, left, width-left, st))
		first = l.Hard
	}
	return strips
}

// line places one line; a text baseline lies 0.88 em below the top of the em
// box, which is centred in the line.
func (t setter) line(l linebreak.Line, left, width float64, st style) strip {
	s := strip{h: st.line()}
	if l.Text == "" {
		return s
	}
	em := st.points * mmPerPoint
	op := Op{Kind: OpText, X: left, Y: (s.h-em)/2 + 0.88*em, W: l.Width, Text: l.Text, Face: st.face, Points: st.points, Gray: st.gray}
	free := width - l.Width
	switch st.align {
	case "center":
		op.X += free / 2
	case "right":
		op.X += free
	default:
		op.Spread = spread(l, free, em, st)
	}
	s.ops = append(s.ops, op)
	return s
}

func spread(l linebreak.Line, free, em float64, st style) float64 {
	gaps := utf8.RuneCountInString(l.Text) - 1
	if !st.justify || l.Hard || gaps < 1 || free <= 0 {
		return 0
	}
	if gap := free / float64(gaps); gap <= maxSpread*em {
		return gap
	}
	return 0
}

// words sets one short text on one line without breaking it.
func (t setter) words(text string, x, baseline float64, st style) Op {
	text = t.clean.text(st.face, text)
	return Op{Kind: OpText, X: x, Y: baseline, W: t.fonts.textWidth(st.face, st.points, text), Text: text, Face: st.face, Points: st.points, Gray: st.gray}
}
