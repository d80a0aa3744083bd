package ui

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// finds is where a mouse would go: the middle of the first thing in sight that
// the expression finds, once it has been brought to the middle of the window.
const finds = `(e => { if (!e) return ''
  e.scrollIntoView({block: 'center', behavior: 'instant'}); const r = e.getClientRects()[0]
  return r ? JSON.stringify({x: r.x + r.width / 2, y: r.y + r.height / 2}) : '' })`

type spot struct {
	X, Y float64
}

// hit puts the mouse on what an expression finds, and presses it.
func (w *tour) hit(expr string) (spot, bool) {
	w.t.Helper()
	var s spot
	said := w.string(finds + "(" + expr + ")")
	if said == "" {
		return s, false
	}
	w.o.must(json.Unmarshal([]byte(said), &s))
	w.do(chromedp.MouseClickXY(s.X, s.Y))
	return s, true
}

// click presses the button or link of these words and waits for what follows.
func (w *tour) click(words string) {
	w.t.Helper()
	quoted, err := json.Marshal(words)
	w.o.must(err)
	w.string("window.__here = 1; ''")
	if _, ok := w.hit(`Array.from(document.querySelectorAll('main button, main a, main summary, nav.tabs a')).find(e => e.checkVisibility() && [e.innerText.trim().split('\n')[0], e.ariaLabel].includes(` + string(quoted) + `))`); !ok {
		w.t.Fatalf("no button %q on %s: %s", words, w.at(), w.words())
	}
	w.until(`!window.__here && document.readyState === 'complete'`)
	w.check()
}

// probe says how a field is filled, and where it is.
const probe = `(name => { const all = Array.from(document.getElementsByName(name)).filter(e => e.type !== 'hidden')
  const box = document.querySelector('[data-picker][data-name=' + CSS.escape(name) + ']'), shown = e => { e.scrollIntoView({block: 'center', behavior: 'instant'}); const r = e.getClientRects()[0]; return r ? {x: r.x + r.width / 2, y: r.y + r.height / 2, value: e.value} : {} }
  if (box) return JSON.stringify({how: 'pick'})
  if (!all.length) return JSON.stringify({how: 'none'})
  const e = all.find(e => e.checkVisibility()) ?? all[0]
  if (!e.closest('label, .f, td').checkVisibility()) return JSON.stringify({how: 'hidden'})
  if (e.type === 'radio' || e.type === 'checkbox') return JSON.stringify({how: 'tick', all: all.map(e => ({value: e.value, on: e.checked, radio: e.type === 'radio'}))})
  if (e.tagName === 'SELECT') { e.focus(); return JSON.stringify({how: 'choose', index: e.selectedIndex, options: Array.from(e.options).map(o => o.value)}) }
  return JSON.stringify({how: 'type', ...shown(e)}) })`

// blank is what probe found.
type blank struct {
	How     string
	X, Y    float64
	Value   string
	Index   int
	Options []string
	All     []choice
}

type choice struct {
	Value     string
	On, Radio bool
}

// kind fills one field as its kind is filled: typed, chosen with the arrows,
// ticked, picked from what was found.
func (w *tour) kind(field, value string) {
	w.t.Helper()
	var b blank
	for range 10 {
		w.o.must(json.Unmarshal([]byte(w.string(fmt.Sprintf("%s(%q)", probe, field))), &b))
		if b.How != "none" || !w.room(field) {
			break
		}
	}
	switch b.How {
	case "pick":
		w.pick(field, strings.TrimPrefix(value, "@"))
	case "tick":
		w.tick(field, value, b.All)
	case "choose":
		w.choose(field, value, b)
	case "type":
		w.do(chromedp.MouseClickXY(b.X, b.Y))
		if b.Value != "" {
			w.do(chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
		}
		w.typing(value)
	default:
		w.t.Fatalf("%s is %s on %s: %s", field, b.How, w.at(), w.words())
	}
}

// room adds a row to the table that the field belongs to.
func (w *tour) room(field string) bool {
	w.t.Helper()
	parts := strings.Split(field, ".")
	if len(parts) != 3 {
		return false
	}
	_, ok := w.hit(fmt.Sprintf("document.querySelector('[data-lines=%s] [data-add]')", parts[0]))
	return ok
}

// typing types keys where there are such, and other words as an input method
// hands them over.
func (w *tour) typing(text string) {
	w.t.Helper()
	if !strings.ContainsFunc(text, func(r rune) bool { return r > 126 }) {
		w.do(chromedp.KeyEvent(text))
		return
	}
	w.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
}

// choose goes along a list with the arrow keys.
func (w *tour) choose(field, value string, b blank) {
	w.t.Helper()
	to := slices.Index(b.Options, value)
	if to < 0 {
		w.t.Fatalf("%s offers no %q on %s but %v", field, value, w.at(), b.Options)
	}
	key := kb.ArrowDown
	if to < b.Index {
		key = kb.ArrowUp
	}
	w.do(chromedp.KeyEvent(strings.Repeat(key, max(to-b.Index, b.Index-to))))
	if got := w.string("document.activeElement.value"); got != value {
		w.t.Fatalf("%s is %q after the arrows, not %q", field, got, value)
	}
}

// tick clicks the choices that are named and takes away the others.
func (w *tour) tick(field, value string, all []choice) {
	w.t.Helper()
	want := strings.Split(value, ",")
	found := 0
	for _, c := range all {
		asked := slices.Contains(want, c.Value)
		if asked {
			found++
		}
		if asked == c.On || c.Radio && !asked {
			continue
		}
		if _, ok := w.hit(fmt.Sprintf(`Array.from(document.getElementsByName(%q)).find(e => e.value === %q).closest('label')`, field, c.Value)); !ok {
			w.t.Fatalf("%s %s is out of sight on %s", field, c.Value, w.at())
		}
	}
	if found != len(want) {
		w.t.Fatalf("%s has not all of %s on %s", field, value, w.at())
	}
}

// pick types into a picker and takes what it finds first.
func (w *tour) pick(field, key string) {
	w.t.Helper()
	if w.names[key] == "" {
		w.t.Fatalf("nobody is called %s", key)
	}
	box := fmt.Sprintf(`document.querySelector('[data-picker][data-name=' + CSS.escape(%q) + ']')`, field)
	if _, ok := w.hit(box + `?.querySelector('[data-find]')`); !ok {
		w.t.Fatalf("no picker %s on %s: %s", field, w.at(), w.words())
	}
	w.typing(w.names[key])
	w.do(chromedp.KeyEvent(kb.Enter))
	w.until(box + `.querySelector('.found') !== null`)
	if _, ok := w.hit(box + `.querySelector('.found button')`); !ok {
		w.t.Fatalf("%s does not find %s on %s", field, w.names[key], w.at())
	}
}

// paper looks at a paper of the record as the browser gets it, and issues it
// when it may be issued.
func (w *tour) paper(title string, words []string) {
	w.t.Helper()
	w.goTo(w.of)
	item := fmt.Sprintf(`Array.from(document.querySelectorAll('#papers li')).find(e => e.querySelector('b').innerText === %q)`, title)
	address := w.string(item + `?.querySelector('a[href$=".pdf"]')?.getAttribute('href') ?? ''`)
	if address == "" {
		w.t.Fatalf("no paper %s on %s: %s", title, w.of, w.string("document.querySelector('#papers').innerText"))
	}
	w.reads(address, words)
	w.string("window.__here = 1; ''")
	if _, ok := w.hit(item + `.querySelector('form button')`); !ok {
		w.t.Errorf("%s cannot be issued: %s", title, w.string(item+`.innerText`))
		return
	}
	w.until(`!window.__here && document.readyState === 'complete'`)
	w.check()
	original := w.reads(w.string(item+`?.querySelector('.issued a')?.getAttribute('href') ?? ''`), words)
	if strings.Contains(original, "补打") {
		w.t.Errorf("the first print of %s is marked as printed again", title)
	}
}

// reads fetches a PDF in the session of the browser and looks for words.
func (w *tour) reads(address string, words []string) string {
	w.t.Helper()
	w.string(fmt.Sprintf(`(() => { window.__pdf = ''; fetch(%q).then(r => r.status === 200 && r.headers.get('content-type') === 'application/pdf' ? r.arrayBuffer() : Promise.reject(r.status))
  .then(b => { let s = ''; new Uint8Array(b).forEach(c => { s += String.fromCharCode(c) }); window.__pdf = btoa(s) }, e => { window.__pdf = '!' + e }); return '' })()`, address))
	w.until(`window.__pdf !== ''`)
	coded := w.string("window.__pdf")
	raw, err := base64.StdEncoding.DecodeString(coded)
	if err != nil {
		w.t.Fatalf("%s: %.40s", address, coded)
	}
	file := filepath.Join(w.t.TempDir(), "a.pdf")
	w.o.must(os.WriteFile(file, raw, 0o600))
	if dir := os.Getenv("JIEZHEN_PAPERS"); dir != "" {
		w.o.must(os.WriteFile(filepath.Join(dir, strings.NewReplacer("/", "_", ".pdf", "").Replace(address)+".pdf"), raw, 0o600))
	}
	out, err := exec.Command("pdftotext", "-raw", file, "-").Output()
	w.o.must(err)
	text := strings.Join(strings.Fields(string(out)), "")
	for _, want := range words {
		if !strings.Contains(text, want) {
			w.t.Errorf("%s does not say %s: %s", address, want, text)
		}
	}
	return text
}

// figure opens the number of a report and looks for the record behind it.
func (w *tour) figure(report, title string) {
	w.t.Helper()
	report, period, _ := strings.Cut(report, ":")
	w.open("/returns/" + report + "?period=" + period)
	w.string("window.__here = 1; ''")
	if _, ok := w.hit(fmt.Sprintf(`Array.from(document.querySelectorAll('main tbody tr')).find(r => r.cells[0].innerText.trim().startsWith(%q))?.querySelector('td a[href*="/rows"]')`, title)); !ok {
		w.t.Fatalf("%s opens nothing on %s: %s", title, w.at(), w.string("document.querySelector('main').innerText"))
	}
	w.until(`!window.__here && document.readyState === 'complete'`)
	w.check()
	w.holds(w.of)
}

// holds says whether the list on the page leads to a record.
func (w *tour) holds(address string) {
	w.t.Helper()
	if w.string(fmt.Sprintf(`String(!!document.querySelector('main a[href^=%q]'))`, address)) != "true" {
		w.t.Errorf("%s does not list %s: %s", w.at(), address, w.words())
	}
}
