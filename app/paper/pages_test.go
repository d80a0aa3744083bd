package paper

// pagesOf sets jobs and returns the marks, before any PDF is made.
func pagesOf(e *Engine, jobs ...Job) ([]Page, []rune, error) {
	clean := newCleaner(e.fonts)
	var pages []Page
	for _, j := range jobs {
		p, err := e.set(j, clean)
		if err != nil {
			return nil, nil, err
		}
		pages = append(pages, p...)
	}
	return pages, clean.lost, nil
}
