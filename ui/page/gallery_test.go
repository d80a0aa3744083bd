package page

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGallery writes every sample page with its style and script into the
// folder that JIEZHEN_GALLERY names, to be looked at and audited in a browser.
func TestGallery(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("JIEZHEN_GALLERY")
	if dir == "" {
		t.Skip("JIEZHEN_GALLERY names no folder")
	}
	r := newRenderer(t)
	for name, s := range r.static {
		writeFile(t, filepath.Join(dir, "static", name), s.Body)
	}
	for _, s := range gallery() {
		var buf bytes.Buffer
		if err := s.draw(r, &buf); err != nil {
			t.Fatal(err)
		}
		html := strings.ReplaceAll(buf.String(), `"/static/`, `"static/`)
		writeFile(t, filepath.Join(dir, s.name+".html"), []byte(html))
	}
}

func writeFile(t *testing.T, name string, body []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, body, 0o644); err != nil {
		t.Fatal(err)
	}
}
