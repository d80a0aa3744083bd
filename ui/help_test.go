package ui

import (
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"jiezhen/assets"
)

var (
	manualPage = regexp.MustCompile(`\{id: ([a-z]+), title: ([^}]+)\}`)
	manualLink = regexp.MustCompile(`href="([^"]*)"`)
)

// manualTags are what a page of the manual is made of: nothing that runs,
// loads or styles.
var manualTags = strings.Fields("p h2 ol ul li dl dt dd table thead tbody tr th td strong code kbd a")

// manual reads the contents: page → title, in order.
func manual(t *testing.T) (ids []string, titles map[string]string) {
	t.Helper()
	index, err := fs.ReadFile(assets.FS(), "help/index.yaml")
	if err != nil {
		t.Fatal(err)
	}
	titles = map[string]string{}
	for _, m := range manualPage.FindAllStringSubmatch(string(index), -1) {
		if titles[m[1]] != "" {
			t.Errorf("%s stands twice in the contents", m[1])
		}
		ids, titles[m[1]] = append(ids, m[1]), m[2]
	}
	return ids, titles
}

// TestManualIsWhole finds a text for every page and a place for every text,
// and follows every link.
func TestManualIsWhole(t *testing.T) {
	t.Parallel()
	ids, titles := manual(t)
	if len(ids) == 0 || ids[0] != "start" {
		t.Errorf("the manual begins with %v, want start", ids)
	}
	for _, needed := range []string{"clock", "broken"} { // other pages lead there
		if titles[needed] == "" {
			t.Errorf("no page %s", needed)
		}
	}
	texts, err := fs.Glob(assets.FS(), "help/*.html")
	if err != nil {
		t.Fatal(err)
	}
	if len(texts) != len(ids) {
		t.Errorf("%d texts, %d pages in the contents", len(texts), len(ids))
	}
	for _, name := range texts {
		id := strings.TrimSuffix(path.Base(name), ".html")
		if titles[id] == "" {
			t.Errorf("%s is not in the contents", name)
		}
		text, err := fs.ReadFile(assets.FS(), name)
		if err != nil {
			t.Fatal(err)
		}
		checkFragment(t, id, string(text))
		for _, m := range manualLink.FindAllStringSubmatch(string(text), -1) {
			if to, ok := strings.CutPrefix(m[1], "/help/"); !ok || titles[to] == "" {
				t.Errorf("%s leads to %s, where there is nothing", id, m[1])
			}
		}
	}
}

// checkFragment wants plain tags that are all closed, and no attributes but
// those of links and headers.
func checkFragment(t *testing.T, id, text string) {
	t.Helper()
	var open []string
	for z := html.NewTokenizer(strings.NewReader(text)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		token := z.Token()
		switch kind {
		case html.StartTagToken:
			if !contains(manualTags, token.Data) {
				t.Errorf("%s: <%s> in the manual", id, token.Data)
			}
			for _, a := range token.Attr {
				if a.Key != "href" && a.Key != "scope" {
					t.Errorf("%s: attribute %s in the manual", id, a.Key)
				}
			}
			open = append(open, token.Data)
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Fatalf("%s: </%s> closes %v", id, token.Data, open)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%s: %v is not closed", id, open)
	}
}

// TestManualIsServed reads every page without signing in: who cannot log in
// needs it most.
func TestManualIsServed(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.browser()
	ids, titles := manual(t)
	for _, id := range ids {
		b.get("/help/"+id).expect(t, http.StatusOK, titles[id])
	}
	for _, id := range []string{"none", "index", "..%2findex"} {
		b.get("/help/"+id).expect(t, http.StatusNotFound)
	}
	b.get("/help").expect(t, http.StatusOK, titles["start"])
}
