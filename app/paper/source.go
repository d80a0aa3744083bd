package paper

// Source answers for the values of one record. Paths are the layout's own
// words, "subject.name", as the caller understands them; paper gives them no
// meaning.
type Source interface {
	// Text returns the value as it should be read on paper (dates, amounts and
	// amounts in words already spelled). ok is false for a path the source does
	// not know; an empty value that exists is "", true.
	Text(path string) (text string, ok bool)
	// Codes returns all choices of a code field in their order, those that
	// hold with Checked set. nil when the path is no code field.
	Codes(path string) []Choice
	// Rows returns the rows of a table field or the child records.
	Rows(path string) []Source
	// Image returns a PNG or JPEG.
	Image(path string) (data []byte, ok bool)
}

// Choice is one entry of a code list as printed: ☑ 残疾 or ☐ 残疾.
type Choice struct {
	Code    string
	Label   string
	Checked bool
}

// Values is a Source held in memory, for papers made from code and for tests.
type Values struct {
	Texts  map[string]string
	Lists  map[string][]Choice
	Tables map[string][]Source
	Images map[string][]byte
}

// Text returns the text filed under path.
func (v Values) Text(path string) (string, bool) { s, ok := v.Texts[path]; return s, ok }

// Codes returns the choices filed under path.
func (v Values) Codes(path string) []Choice { return v.Lists[path] }

// Rows returns the rows filed under path.
func (v Values) Rows(path string) []Source { return v.Tables[path] }

// Image returns the picture filed under path.
func (v Values) Image(path string) ([]byte, bool) { b, ok := v.Images[path]; return b, ok }
