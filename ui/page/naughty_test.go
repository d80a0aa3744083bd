package page

import (
	"bytes"
	"html/template"
	"io"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var naughty = []string{
	`"><script>alert(1)</script>`,
	`' onfocus='alert(1)' autofocus='`,
	"javascript:alert(1)",
	"</textarea></title></template></select><img src=x onerror=alert(1)>",
	`{{.Token}}{"field":"x"}`,
	"\u202e\u202e㐱䶮𠅤\x00\ufeff<!--",
	`\u003cscript\u003e`,
	"data:text/html,<script>alert(1)</script>",
}

// TestNaughtyStrings puts each string into every text of every view and looks
// whether any of it became markup.
func TestNaughtyStrings(t *testing.T) {
	t.Parallel()
	r := newRenderer(t)
	for _, text := range naughty {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			for _, s := range filledSamples(text) {
				var buf bytes.Buffer
				if err := s.draw(r, &buf); err != nil {
					t.Fatalf("%s: %v", s.name, err)
				}
				for _, fault := range injected(buf.Bytes()) {
					t.Errorf("%s: %s", s.name, fault)
				}
			}
		})
	}
}

// filledSamples calls every page method of Renderer with a view full of text.
func filledSamples(text string) []sample {
	var all []sample
	methods := reflect.TypeFor[*Renderer]()
	for i := range methods.NumMethod() {
		m := methods.Method(i)
		if m.Type.NumIn() != 3 {
			continue
		}
		view := reflect.New(m.Type.In(2)).Elem()
		fill(view, text, 0)
		all = append(all, sample{m.Name, func(r *Renderer, w io.Writer) error {
			out := m.Func.Call([]reflect.Value{reflect.ValueOf(r), reflect.ValueOf(w), view})
			err, _ := out[0].Interface().(error)
			return err
		}})
	}
	return all
}

// allKinds is one field of each kind, so that every widget is drawn.
func allKinds(text string, depth int) []Field {
	kinds := []Kind{KindText, KindNote, KindCode, KindCodes, KindDate, KindMonth, KindMoney, KindYesNo, KindPerson, KindFile, KindTable, KindPassword, KindSearch}
	if depth > 6 {
		kinds = kinds[:3]
	}
	out := make([]Field, len(kinds))
	for i, k := range kinds {
		f := reflect.ValueOf(&out[i]).Elem()
		for n := range f.NumField() {
			if f.Type().Field(n).Name != "Columns" && f.Type().Field(n).Name != "Lines" || depth < 5 {
				fill(f.Field(n), text, depth+2)
			}
		}
		out[i].Kind, out[i].Locked = k, false
	}
	return out
}

func fill(v reflect.Value, text string, depth int) {
	if depth > 9 {
		return
	}
	switch v.Interface().(type) {
	case template.HTML, Tone, Kind, PairState, StepState:
		return
	case []Field:
		v.Set(reflect.ValueOf(allKinds(text, depth)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(depth%2 == 0)
	case reflect.Int:
		v.SetInt(7)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text, depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text, depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), text, depth+1)
		}
	}
}

// injected reports markup that no template of ours writes.
func injected(body []byte) (faults []string) {
	faults = nesting(body)
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return append(faults, err.Error())
	}
	scripts := 0
	for n := range root.Descendants() {
		if n.DataAtom == atom.Script {
			scripts++
		}
		if n.DataAtom == atom.Img || n.DataAtom == atom.Iframe {
			faults = append(faults, "foreign element "+n.Data)
		}
		for _, a := range n.Attr {
			low := strings.ToLower(strings.TrimSpace(a.Val))
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
				faults = append(faults, "attribute "+a.Key)
			}
			if (a.Key == "href" || a.Key == "action" || a.Key == "src") && (strings.HasPrefix(low, "javascript:") || strings.HasPrefix(low, "data:")) {
				faults = append(faults, a.Key+"="+a.Val)
			}
		}
	}
	if scripts != 1 {
		faults = append(faults, "not exactly one script")
	}
	return faults
}

func TestMarkupCheckSeesFaults(t *testing.T) {
	t.Parallel()
	const head = `<!doctype html><html><body><h1>页</h1>`
	for _, c := range []struct{ name, body, want string }{
		{"not closed", "<div>", "not closed"},
		{"crossed", "<b><i></b></i>", "closes"},
		{"block in paragraph", "<p><div></div></p>", "inside a paragraph"},
		{"id twice", `<i id="a"></i><i id="a"></i>`, "used twice"},
		{"no label", `<input name="x">`, "no label"},
		{"label to nowhere", `<label for="y">甲</label>`, "missing id"},
		{"inline style", `<i style="color:red"></i>`, "inline style"},
		{"inline handler", `<i onclick="x()"></i>`, "inline onclick"},
		{"English", `<p>Save</p>`, "English word"},
		{"no token", `<form method="post" action="/x"></form>`, "without _csrf"},
		{"two headings", `<h1>又</h1>`, "top headings"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			body := []byte(head + c.body + "</body></html>")
			if c.name == "not closed" {
				body = []byte(head + c.body)
			}
			got := strings.Join(append(nesting(body), treeProblems(body)...), "\n")
			if !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q in it", got, c.want)
			}
		})
	}
}
