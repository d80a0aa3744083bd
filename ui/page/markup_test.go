package page

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// render gives the HTML of one sample.
func render(t *testing.T, r *Renderer, s sample) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := s.draw(r, &buf); err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	return buf.Bytes()
}

func TestSamplesAreSound(t *testing.T) {
	t.Parallel()
	r := newRenderer(t)
	for _, s := range gallery() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			checkMarkup(t, render(t, r, s))
		})
	}
}

func TestEmptyViewsAreSound(t *testing.T) {
	t.Parallel()
	r := newRenderer(t)
	f := Frame{Title: "空页"}
	signed := sampleFrame("空页", "/")
	for _, frame := range []Frame{f, signed} {
		for _, s := range emptySamples(frame) {
			t.Run(fmt.Sprintf("%s signed %t", s.name, frame.User != nil), func(t *testing.T) {
				t.Parallel()
				checkMarkup(t, render(t, r, s))
			})
		}
	}
}

func emptySamples(f Frame) []sample {
	return []sample{
		{"login", func(r *Renderer, w io.Writer) error { return r.Login(w, LoginView{Frame: f}) }},
		{"setup", func(r *Renderer, w io.Writer) error { return r.Setup(w, SetupView{Frame: f}) }},
		{"locked", func(r *Renderer, w io.Writer) error { return r.Locked(w, LockedView{Frame: f}) }},
		{"account", func(r *Renderer, w io.Writer) error { return r.Account(w, AccountView{Frame: f}) }},
		{"home", func(r *Renderer, w io.Writer) error { return r.Home(w, HomeView{Frame: f}) }},
		{"list", func(r *Renderer, w io.Writer) error { return r.List(w, ListView{Frame: f}) }},
		{"search", func(r *Renderer, w io.Writer) error { return r.Search(w, SearchView{Frame: f}) }},
		{"form", func(r *Renderer, w io.Writer) error { return r.Form(w, FormView{Frame: f}) }},
		{"action", func(r *Renderer, w io.Writer) error { return r.Action(w, ActionView{Frame: f}) }},
		{"record", func(r *Renderer, w io.Writer) error { return r.Record(w, RecordView{Frame: f}) }},
		{"findperson", func(r *Renderer, w io.Writer) error { return r.FindPerson(w, FindPersonView{Frame: f}) }},
		{"person", func(r *Renderer, w io.Writer) error { return r.Person(w, PersonView{Frame: f, Graph: &Graph{}}) }},
		{"pair", func(r *Renderer, w io.Writer) error { return r.Pair(w, PairView{Frame: f}) }},
		{"protected", func(r *Renderer, w io.Writer) error { return r.Protected(w, ProtectedView{Frame: f}) }},
		{"import", func(r *Renderer, w io.Writer) error { return r.Import(w, ImportView{Frame: f}) }},
		{"progress", func(r *Renderer, w io.Writer) error { return r.Progress(w, ProgressView{Frame: f}) }},
		{"batchentry", func(r *Renderer, w io.Writer) error { return r.BatchEntry(w, BatchEntryView{Frame: f}) }},
		{"batchprint", func(r *Renderer, w io.Writer) error { return r.BatchPrint(w, BatchPrintView{Frame: f}) }},
		{"desk", func(r *Renderer, w io.Writer) error { return r.Desk(w, DeskView{Frame: f}) }},
		{"systems", func(r *Renderer, w io.Writer) error { return r.Systems(w, SystemsView{Frame: f}) }},
		{"help", func(r *Renderer, w io.Writer) error { return r.Help(w, HelpView{Frame: f}) }},
		{"keysheet", func(r *Renderer, w io.Writer) error { return r.KeySheet(w, KeySheetView{Frame: f}) }},
		{"sheet", func(r *Renderer, w io.Writer) error { return r.Sheet(w, SheetView{Frame: f}) }},
		{"conflict", func(r *Renderer, w io.Writer) error { return r.Conflict(w, ConflictView{Frame: f}) }},
		{"error", func(r *Renderer, w io.Writer) error { return r.Error(w, ErrorView{Frame: f}) }},
		{"expired", func(r *Renderer, w io.Writer) error { return r.Expired(w, ExpiredView{Frame: f}) }},
	}
}

func TestEveryPageHasSampleAndEmptyView(t *testing.T) {
	t.Parallel()
	var drawn []string
	for _, s := range emptySamples(Frame{}) {
		drawn = append(drawn, s.name)
	}
	names := pageNames()
	slices.Sort(drawn)
	slices.Sort(names)
	if !slices.Equal(drawn, names) {
		t.Errorf("empty views cover %v, pages are %v", drawn, names)
	}
}

// checkMarkup reports what browsers forgive and readers with a screen reader
// don't: nesting that the parser has to repair, ids used twice, controls
// without a name, inline code, words that are not Chinese.
func checkMarkup(t *testing.T, body []byte) {
	t.Helper()
	for _, problem := range slices.Concat(nesting(body), treeProblems(body)) {
		t.Error(problem)
	}
}

var voids = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

// notInParagraph are elements at which a parser ends an open p.
var notInParagraph = []string{"p", "div", "ul", "ol", "dl", "table", "form", "section", "article", "aside", "nav", "details", "h1", "h2", "h3", "fieldset", "figure", "main", "header", "footer", "pre"}

// nesting walks the raw tokens, because the parser repairs without a word.
func nesting(body []byte) (problems []string) {
	z := html.NewTokenizer(bytes.NewReader(body))
	var open []string
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				problems = append(problems, fmt.Sprintf("not closed: %v", open))
			}
			return problems
		case html.StartTagToken:
			name := tagName(z)
			if slices.Contains(notInParagraph, name) && slices.Contains(open, "p") {
				problems = append(problems, fmt.Sprintf("<%s> inside a paragraph: %v", name, open))
			}
			if name == "form" && slices.Contains(open, "form") {
				problems = append(problems, fmt.Sprintf("form inside a form: %v", open))
			}
			if !slices.Contains(voids, name) {
				open = append(open, name)
			}
		case html.EndTagToken:
			name := tagName(z)
			if len(open) == 0 || open[len(open)-1] != name {
				return append(problems, fmt.Sprintf("</%s> closes %v", name, open))
			}
			open = open[:len(open)-1]
		}
	}
}

func tagName(z *html.Tokenizer) string {
	name, _ := z.TagName()
	return string(name)
}

type audit struct {
	ids      map[string]bool
	labels   map[string]bool // ids that a label points at
	refs     []string        // ids that something refers to
	anchors  []string
	controls []*html.Node
	headings int
	problems []string
}

func treeProblems(body []byte) []string {
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return []string{err.Error()}
	}
	a := audit{ids: map[string]bool{}, labels: map[string]bool{}}
	a.walk(root)
	a.finish()
	return a.problems
}

func (a *audit) report(format string, args ...any) {
	a.problems = append(a.problems, fmt.Sprintf(format, args...))
}

func (a *audit) walk(n *html.Node) {
	if n.Type == html.TextNode {
		a.text(n)
	}
	if n.Type == html.ElementNode {
		a.element(n)
		if n.DataAtom == atom.Template {
			return // copied by the script, with other ids
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		a.walk(c)
	}
}

func (a *audit) element(n *html.Node) {
	for _, at := range n.Attr {
		switch {
		case at.Key == "id":
			if a.ids[at.Val] || at.Val == "" {
				a.report("id %q used twice or empty", at.Val)
			}
			a.ids[at.Val] = true
		case at.Key == "for" && n.DataAtom == atom.Label:
			a.labels[at.Val] = true
			a.refs = append(a.refs, at.Val)
		case at.Key == "aria-labelledby" || at.Key == "aria-describedby":
			a.refs = append(a.refs, strings.Fields(at.Val)...)
		case at.Key == "style" || strings.HasPrefix(at.Key, "on"):
			a.report("inline %s on <%s>", at.Key, n.Data)
		case at.Key == "placeholder" || at.Key == "aria-label" || at.Key == "title":
			a.chinese(at.Val)
		case at.Key == "href" && strings.HasPrefix(at.Val, "#"):
			a.anchors = append(a.anchors, at.Val[1:])
		}
	}
	switch n.DataAtom {
	case atom.H1:
		a.headings++
	case atom.Input, atom.Select, atom.Textarea:
		if attr(n, "type") != "hidden" {
			a.controls = append(a.controls, n)
		}
	case atom.Script:
		if attr(n, "src") == "" {
			a.report("inline script")
		}
	case atom.Style:
		a.report("inline style sheet")
	case atom.Form:
		if attr(n, "method") == "post" && !hasToken(n) {
			a.report("form %s without _csrf", attr(n, "action"))
		}
	}
}

func hasToken(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.DataAtom == atom.Input && attr(d, "name") == "_csrf" {
			return true
		}
	}
	return false
}

func (a *audit) finish() {
	if a.headings != 1 {
		a.report("%d top headings", a.headings)
	}
	for _, r := range a.refs {
		if !a.ids[r] {
			a.report("reference to missing id %q", r)
		}
	}
	for _, c := range a.controls {
		if !a.named(c) {
			a.report("control %q has no label", attr(c, "name"))
		}
	}
	for _, h := range a.anchors {
		if h != "main" && h != "nav" && strings.HasPrefix(h, "f-") && !a.ids[h] {
			a.report("link to missing field %q", h)
		}
	}
}

func (a *audit) named(n *html.Node) bool {
	if attr(n, "aria-label") != "" || a.labels[attr(n, "id")] {
		return true
	}
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom == atom.Label {
			return true
		}
	}
	return false
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// unspoken are elements whose text nobody reads as words.
var unspoken = []atom.Atom{atom.Script, atom.Style, atom.Code, atom.Kbd, atom.Noscript}

func (a *audit) text(n *html.Node) {
	if n.Parent != nil && slices.Contains(unspoken, n.Parent.DataAtom) {
		return
	}
	a.chinese(n.Data)
}

var (
	latinWord = regexp.MustCompile(`[A-Za-z]{2,}`)
	allowed   = []string{"PDF", "Excel", "CSV", "MB", "MZ", "nianyy", "jich", "pdf"}
)

func (a *audit) chinese(s string) {
	for _, w := range latinWord.FindAllString(s, -1) {
		if !slices.Contains(allowed, w) {
			a.report("English word %q in %q", w, strings.TrimSpace(s))
		}
	}
}
