package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"mime"
	"path"
	"strings"
)

// Config is what the pages need to know about their surroundings.
type Config struct {
	Static  string // URL folder of style.css and page.js; empty: /static
	Product string // name in the window title; empty: 街镇通
	Version string // shown at the foot
}

// Renderer draws pages. It is safe for use by many goroutines.
type Renderer struct {
	config Config
	pages  map[string]*template.Template
	static map[string]Static
}

// Static is one file that the pages refer to.
type Static struct {
	Body []byte
	Type string // media type
	Tag  string // start of the SHA-256 of Body; part of the URL, so cache for ever
}

// New parses the templates under ui/templates of fsys, loads the files under
// ui/static and joins those under ui/style into style.css. It fails when a page
// has no template.
func New(fsys fs.FS, config Config) (*Renderer, error) {
	if config.Static == "" {
		config.Static = "/static"
	}
	if config.Product == "" {
		config.Product = "街镇通"
	}
	r := &Renderer{config: config, pages: map[string]*template.Template{}, static: map[string]Static{}}
	if err := r.loadStatic(fsys); err != nil {
		return nil, err
	}
	base, err := template.New("").Funcs(r.functions()).ParseFS(fsys, "ui/templates/parts/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse page parts: %w", err)
	}
	for _, name := range pageNames() {
		t, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("copy page parts: %w", err)
		}
		if t, err = t.ParseFS(fsys, "ui/templates/pages/"+name+".html"); err != nil {
			return nil, fmt.Errorf("parse page %s: %w", name, err)
		}
		r.pages[name] = t
	}
	return r, nil
}

func (r *Renderer) loadStatic(fsys fs.FS) error {
	entries, err := fs.ReadDir(fsys, "ui/static")
	if err != nil {
		return fmt.Errorf("list static files: %w", err)
	}
	for _, e := range entries {
		body, err := fs.ReadFile(fsys, path.Join("ui/static", e.Name()))
		if err != nil {
			return fmt.Errorf("read static file: %w", err)
		}
		r.keep(e.Name(), body)
	}
	return r.loadStyle(fsys)
}

// loadStyle joins the style sheets in the order of their names: one request,
// and later files may rely on earlier ones.
func (r *Renderer) loadStyle(fsys fs.FS) error {
	names, err := fs.Glob(fsys, "ui/style/*.css")
	if err != nil {
		return fmt.Errorf("list style sheets: %w", err)
	}
	var all []byte
	for _, name := range names {
		body, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("read style sheet: %w", err)
		}
		all = append(append(all, body...), '\n')
	}
	r.keep("style.css", all)
	return nil
}

func (r *Renderer) keep(name string, body []byte) {
	sum := sha256.Sum256(body)
	r.static[name] = Static{Body: body, Type: mediaType(name), Tag: hex.EncodeToString(sum[:6])}
}

// mediaType does not ask the system's table first: on Windows the registry may
// call a script text/plain, which browsers then refuse.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(path.Ext(name))
}

// Static gives a file by its name, for the handler of Config.Static.
func (r *Renderer) Static(name string) (Static, bool) {
	s, ok := r.static[name]
	return s, ok
}

// staticURL is the address of a static file; it changes with its content.
func (r *Renderer) staticURL(name string) (string, error) {
	s, ok := r.static[name]
	if !ok {
		return "", fmt.Errorf("no static file %q", name)
	}
	return strings.TrimSuffix(r.config.Static, "/") + "/" + name + "?v=" + s.Tag, nil
}

// draw writes a page whole or, on error, not at all.
func (r *Renderer) draw(w io.Writer, name string, view any) error {
	var buf bytes.Buffer
	if err := r.pages[name].ExecuteTemplate(&buf, "layout", view); err != nil {
		return fmt.Errorf("draw page %s: %w", name, err)
	}
	if _, err := buf.WriteTo(w); err != nil {
		return fmt.Errorf("write page %s: %w", name, err)
	}
	return nil
}

// narrowSheet is a style sheet for windows up to a width.
type narrowSheet struct{ Media, URL string }

// narrowSheets gives the sheets for narrow windows, widest first. A media query
// measures in the browser's own type size and knows nothing of the reader's
// choice, so the widths are scaled here: twice the type in the same window is
// half the window.
func (r *Renderer) narrowSheets(size string) ([]narrowSheet, error) {
	scale := map[string]float64{"large": 1.1875, "huge": 1.4375}[size]
	if scale == 0 {
		scale = 1
	}
	var all []narrowSheet
	for _, width := range []int{75, 62, 52, 26} {
		url, err := r.staticURL(fmt.Sprintf("narrow-%d.css", width))
		if err != nil {
			return nil, err
		}
		all = append(all, narrowSheet{fmt.Sprintf("screen and (max-width: %gem)", float64(width)*scale), url})
	}
	return all, nil
}
