package page

// Ground is a picture of areas: of grids as they lie, or as a scheme. Each area
// is a link that the keyboard reaches; a table beside says the same in words.
type Ground struct {
	Width, Height int
	Caption       string
	Areas         []GroundArea
}

// GroundArea is one area of the picture.
type GroundArea struct {
	Path  string // SVG path
	X, Y  int    // where the label stands
	Over  string // smaller, over the label
	Label string
	Count string // under the label
	Title string // the whole of it in words
	URL   string
	Level int // 0 to 4: how busy, in four steps of shading
	Tone  Tone
}
