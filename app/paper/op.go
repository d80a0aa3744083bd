package paper

const mmPerPoint = 25.4 / 72

// OpKind says what a mark on a page is.
type OpKind uint8

// The marks a page is made of.
const (
	OpText  OpKind = iota // Text with its baseline starting at X, Y
	OpLine                // from X, Y to X+W, Y+H
	OpRect                // outline
	OpFill                // filled rectangle
	OpImage               // Image in the rectangle
)

// Op is one mark. Lengths are mm from the upper left corner of the page.
type Op struct {
	Kind       OpKind
	X, Y, W, H float64
	Text       string
	Face       Face
	Points     float64
	Spread     float64 // added after each character, mm: justified lines
	Stroke     float64 // line width, mm
	Dash       bool
	Gray       uint8   // 0 is black
	Angle      float64 // degrees, counter-clockwise about X, Y
	Image      *picture
}

// Page is one finished page.
type Page struct {
	W, H float64
	Ops  []Op
}

// strip is a full-width slice of a column that is never divided. Its marks are
// relative to its own upper left corner.
type strip struct {
	h   float64
	ops []Op
}

// at returns the marks of s moved to x, y.
func (s strip) at(x, y float64) []Op {
	out := make([]Op, len(s.ops))
	for i, op := range s.ops {
		op.X += x
		op.Y += y
		out[i] = op
	}
	return out
}

func height(strips []strip) (h float64) {
	for _, s := range strips {
		h += s.h
	}
	return h
}
