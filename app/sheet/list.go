package sheet

// List writes lines of text as a workbook of one sheet: for what is no
// register's own list. mark stands in the header of each printed page.
func List(mark string, header []string, lines [][]string) ([]byte, error) {
	b, err := newBook(mark, len(header), 1)
	if err != nil {
		return nil, err
	}
	if err := b.row(heading, header); err != nil {
		return nil, err
	}
	for _, l := range lines {
		if err := b.row(plain, l); err != nil {
			return nil, err
		}
	}
	return b.bytes()
}
