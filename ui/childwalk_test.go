package ui

import (
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// The systems of child welfare, each walked by hand from the first record to
// the last paper: testdata/childwalks.txt says what is typed and clicked.
//
//	system B3 title     a sub-test begins
//	as ROLE             who sits at the keyboard
//	person KEY NAME SEX BIRTH [COMMUNITY]   somebody whose file there is already
//	party KEY NAME      an organisation on file
//	new REGISTER [KEY]  from the register's list: 新建, find the person, 选定此人, fill, 保存
//	follow BUTTON       a record that follows from the one on the page
//	edit                修改, fill, 保存
//	do ACTION           the button of the record's page, fill, the same button
//	refused ACTION      the same, and it must not go through
//	see WORDS           what the page then says; unseen: what it must not
//	paper TITLE WORDS…  preview, then issue if the record has all it needs
//	tab LABEL           the number above the register's list opens this record
//	figure RETURN[:PERIOD] TITLE  the number of the report opens this record
//	recall KEY          goes on with an earlier record; keep KEY: remembers it
//
// Indented lines are what is typed: a field, then its value; @KEY picks a
// person, an organisation or an earlier record by its name or number.
//
//go:embed testdata/childwalks.txt
var childWalks string

// tour is a walk of several people in one browser.
type tour struct {
	*walk
	top   *testing.T
	stale bool
	tabs  map[string]context.Context
	root  context.Context
	names map[string]string // key → what a picker is asked for
	ids   map[string]uint64
	kept  map[string]string // key → address of a record
	reg   string            // register of the record under way
	of    string            // its address
}

// line is one command with what is typed for it.
type line struct {
	at     int
	words  []string
	values [][2]string
}

// shortWalks are the systems that are walked each time; JIEZHEN_WALKS=all walks
// all of them, which takes minutes.
var shortWalks = []string{"B2", "B5", "B15"}

// TestEverySystemOfChildWelfare walks B1 to B17.
func TestEverySystemOfChildWelfare(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("no pdftotext")
	}
	o := openOffice(t)
	w := newWalk(t, o)
	tr := &tour{walk: w, top: t, root: w.ctx, tabs: map[string]context.Context{}, names: map[string]string{}, ids: map[string]uint64{}, kept: map[string]string{}}
	var systems []string
	parts := map[string][]line{}
	for _, l := range readWalks(childWalks) {
		if l.words[0] == "system" {
			systems = append(systems, l.words[1])
		}
		at := systems[len(systems)-1]
		parts[at] = append(parts[at], l)
	}
	for _, s := range systems {
		t.Run(s, func(t *testing.T) {
			if os.Getenv("JIEZHEN_WALKS") == "" && !slices.Contains(shortWalks, s) {
				t.Skip("walked with JIEZHEN_WALKS=all")
			}
			tr.t, o.t = t, t
			defer func() { tr.t, o.t = tr.top, tr.top }()
			for _, l := range parts[s] {
				tr.step(l)
				if t.Failed() {
					t.Fatalf("line %d: %s", l.at, strings.Join(l.words, " "))
				}
			}
		})
	}
}

func readWalks(text string) []line {
	var out []line
	for i, raw := range strings.Split(text, "\n") {
		switch {
		case strings.TrimSpace(raw) == "" || strings.HasPrefix(raw, "#"):
		case strings.HasPrefix(raw, " "):
			field, val, _ := strings.Cut(strings.TrimSpace(raw), " ")
			l := &out[len(out)-1]
			l.values = append(l.values, [2]string{field, val})
		default:
			out = append(out, line{at: i + 1, words: strings.Fields(raw)})
		}
	}
	return out
}

func (w *tour) step(l line) {
	w.t.Helper()
	arg := strings.Join(l.words[1:], " ")
	switch l.words[0] {
	case "system":
	case "as":
		w.as(arg)
	case "person":
		w.person(l.words[1:])
	case "party":
		w.names[l.words[1]] = l.words[2]
		w.ids[l.words[1]] = w.o.create(record.Draft{Register: "party.party", Values: register.Values{"name": l.words[2], "kind": "welfare"}}).ID
	case "new":
		w.begin(l)
	case "follow":
		w.goTo(w.of)
		w.click(arg)
		w.save(l.values, "保存")
	case "edit":
		w.goTo(w.of)
		w.click("修改")
		w.save(l.values, "保存")
	case "do":
		w.takes(arg, l.values)
		if strings.Contains(w.at(), "/do/") {
			w.t.Fatalf("line %d: not done: %s", l.at, w.words())
		}
	case "refused":
		w.goTo(w.of)
		w.click(arg)
		if len(l.values) > 0 {
			w.takes(arg, l.values)
		}
		if !strings.Contains(w.at(), "/do/") {
			w.t.Errorf("line %d: it went through: %s", l.at, w.words())
		}
	case "see", "unseen":
		if w.stale {
			w.goTo(w.of)
		}
		if strings.Contains(w.string("document.body.innerText"), arg) != (l.words[0] == "see") {
			w.t.Errorf("line %d: %s %s: %s", l.at, l.words[0], arg, w.words())
		}
	case "paper":
		w.paper(l.words[1], l.words[2:])
	case "tab":
		w.open("/r/" + w.reg)
		w.click(arg)
		w.holds(w.of)
	case "figure":
		w.figure(l.words[1], strings.Join(l.words[2:], " "))
	case "open":
		w.open(arg)
	case "press":
		w.click(arg)
	case "keep":
		w.keep(arg)
	case "recall":
		w.of = w.kept[arg]
		w.reg = strings.Split(w.of, "/")[2]
	default:
		w.t.Fatalf("line %d: %s", l.at, l.words[0])
	}
}

// as puts somebody at the keyboard, in a window of their own.
func (w *tour) as(role string) {
	w.t.Helper()
	w.stale = true // others have worked meanwhile
	if tab := w.tabs[role]; tab != nil {
		w.ctx = tab
		return
	}
	tab, stop := chromedp.NewContext(w.root, chromedp.WithNewBrowserContext())
	w.top.Cleanup(stop)
	w.walk.o.must(chromedp.Do(tab, chromedp.Navigate("about:blank"))) // opens the window, which ends with this context
	w.tabs[role], w.ctx = tab, tab
	w.signIn(role)
}

func (w *tour) person(a []string) {
	v := register.Values{"name": a[1], "sex": a[2], "birth": a[3], "community": fmt.Sprint(w.o.east), "life": "1", "hukou_address": "虚构东社区1号"}
	w.names[a[0]] = a[1]
	w.ids[a[0]] = w.o.create(record.Draft{Register: record.Persons, Values: v}).ID
}

// begin makes a record from its register's list.
func (w *tour) begin(l line) {
	w.t.Helper()
	w.reg = l.words[1]
	w.open("/r/" + w.reg)
	w.click("新建")
	if len(l.words) > 2 {
		w.kind("name", w.names[l.words[2]])
		w.click("查找")
		w.click("选定此人")
	}
	w.save(l.values, "保存")
}

// save fills the form and keeps where the record is.
func (w *tour) save(values [][2]string, button string) {
	w.t.Helper()
	for _, v := range values {
		w.kind(v[0], v[1])
	}
	w.click(button)
	at, _, _ := strings.Cut(w.at(), "?")
	if parts := strings.Split(at, "/"); len(parts) != 4 || parts[1] != "r" || parts[3] == "new" {
		w.t.Fatalf("not saved on %s: %s", at, w.words())
	}
	w.of = at
	w.reg = strings.Split(at, "/")[2]
}

func (w *tour) keep(key string) {
	w.goTo(w.of)
	w.kept[key] = w.of
	w.names[key] = w.string("document.querySelector('.head.record .num').innerText.trim()")
}

// goTo opens a record, unless its page is open.
func (w *tour) goTo(of string) {
	w.t.Helper()
	if w.stale || w.string("location.pathname") != of {
		w.open(of)
	}
	w.stale = false
}

// takes presses the button of an action on the record's page, and again below
// its form.
func (w *tour) takes(action string, values [][2]string) {
	w.t.Helper()
	if !strings.HasPrefix(w.at(), w.of+"/do/") {
		w.goTo(w.of)
		w.click(action)
	}
	if !strings.Contains(w.at(), "/do/") {
		return
	}
	for _, v := range values {
		w.kind(v[0], v[1])
	}
	w.click(action)
}

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
