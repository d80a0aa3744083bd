package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// walk is a real browser in which one person works; every page that it opens
// is checked on the way.
type walk struct {
	t    *testing.T
	o    *testOffice
	ctx  context.Context
	axe  string
	seen map[string]bool
}

// newWalk opens a browser of its own: one signed-in person.
func newWalk(t *testing.T, o *testOffice) *walk {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a browser")
	}
	exe, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium")
	}
	tab, stop := chromedp.NewContext(t.Context(), chromedp.WithAllocatorOptions(chromedp.ExecPath(exe), chromedp.NoSandbox, chromedp.WindowSize(1280, 900)))
	t.Cleanup(stop)
	o.must(chromedp.Do(tab, chromedp.Navigate("about:blank"))) // starts the browser, which ends with this context
	w := &walk{t: t, o: o, ctx: tab, seen: map[string]bool{}}
	if name := os.Getenv("JIEZHEN_AXE"); name != "" {
		script, err := os.ReadFile(name)
		o.must(err)
		w.axe = string(script)
	}
	return w
}

func (w *walk) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	limited, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(limited, steps...); err != nil {
		w.t.Fatalf("%v on %s: %s", err, w.at(), w.words())
	}
}

func (w *walk) string(js string) string {
	w.t.Helper()
	got, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](js))
	if err != nil {
		w.t.Fatalf("%s: %v", js, err)
	}
	return got
}

func (w *walk) at() string { return w.string("location.pathname + location.search") }

func (w *walk) words() string {
	return w.string("document.querySelector('main').innerText.slice(0, 900)")
}

// open goes to a page and checks it.
func (w *walk) open(path string) {
	w.t.Helper()
	w.do(chromedp.Navigate(w.o.base + path))
	w.check()
}

// signIn types name and password, and sends with the Enter key.
func (w *walk) signIn(role string) {
	w.t.Helper()
	w.open("/login")
	w.do(chromedp.SendKeys(chromedp.CSS("input[name=name]"), login(role)), chromedp.SendKeys(chromedp.CSS("input[name=password]"), testPassword+kb.Enter))
	w.until(`location.pathname === '/' && document.readyState === 'complete'`)
	w.check()
}

// fills sets the fields of the page's form and presses its main button, as
// the eye would find it: by its words.
const fills = `(values => {
  for (const [name, value] of Object.entries(values)) {
    const all = Array.from(document.querySelectorAll('main [name="' + name + '"]'))
    if (!all.length) return 'no field ' + name
    for (const e of all) {
      if (e.type === 'checkbox' || e.type === 'radio') { if ((e.value === value) !== e.checked) e.click() }
      else if (e.type !== 'hidden') { e.value = value; e.dispatchEvent(new Event('change', {bubbles: true})) }
    }
  }
  return ''
})`

func (w *walk) fill(values map[string]string, button string) {
	w.t.Helper()
	if values == nil {
		values = map[string]string{}
	}
	given, err := json.Marshal(values)
	w.o.must(err)
	if said := w.string(fills + "(" + string(given) + ")"); said != "" {
		w.t.Fatalf("%s on %s", said, w.at())
	}
	w.press(button)
}

// press clicks the button of these words and waits for the next page.
func (w *walk) press(words string) {
	w.t.Helper()
	quoted, err := json.Marshal(words)
	w.o.must(err)
	said := w.string(`(() => { window.__here = 1
  const b = Array.from(document.querySelectorAll('main button, main a')).find(e => e.innerText.trim() === ` + string(quoted) + `)
  if (!b) return 'missing'; b.click(); return '' })()`)
	if said != "" {
		w.t.Fatalf("no button %q on %s: %s", words, w.at(), w.words())
	}
	w.until(`!window.__here && document.readyState === 'complete'`)
	w.check()
}

// until waits for a condition, on whatever page the browser is by then.
func (w *walk) until(js string) {
	w.t.Helper()
	for range 2000 {
		if ok, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](js)); err == nil && ok {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	w.t.Fatalf("%s never holds on %s: %s", js, w.at(), w.words())
}

// english are Latin words; wellKnown are those that an office says too.
var (
	english   = regexp.MustCompile(`[A-Za-z]{3,}`)
	wellKnown = regexp.MustCompile(`^(CPI|PDF|pdf|Excel|xlsx|CSV|csv|Ctrl|Esc|Tab|GBK|http|https|USB|test|MZ|DB|yuningchuan|ync|jichunhe|GeoJSON|CGCS|WGS|ICD|KTV|DNA)$`)
)

// checkValue is the digest beside an issued paper.
var checkValue = regexp.MustCompile(`校验 [0-9a-f]+`)

// keyGroup is one group of the paper recovery key.
var keyGroup = regexp.MustCompile(`\b[0-9A-HJKMNP-TV-Z]{6}\b`)

// looks gathers in one go what check asks of a page.
const looks = `JSON.stringify({at: location.pathname + location.search, title: document.title, words: document.body.innerText,
  lost: Array.from(document.querySelectorAll('[form]')).filter(e => !e.form).map(e => e.name).join(),
  twice: Array.from(document.querySelectorAll('[id]')).map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i).join(),
  nowhere: Array.from(document.querySelectorAll('a[href^="#"]')).map(a => a.getAttribute('href').slice(1)).filter(id => id && !document.getElementById(id)).join(),
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth})`

// check holds on every page: nothing broken, no English, no id used
// twice, no link to a part that is not there, no sideways scrolling, and nothing that axe objects to.
func (w *walk) check() {
	w.t.Helper()
	var p struct {
		At, Title, Words, Lost, Twice, Nowhere string
		Wide                                   int
	}
	w.o.must(json.Unmarshal([]byte(w.string(looks)), &p))
	if !strings.Contains(p.Title, "街镇通") {
		w.t.Fatalf("%s is %q", p.At, p.Title)
	}
	for role := range w.o.user {
		p.Words = strings.ReplaceAll(strings.ReplaceAll(p.Words, "测"+role, ""), login(role), "") // login names
	}
	if p.At == "/setup" {
		p.Words = keyGroup.ReplaceAllString(p.Words, "")
	}
	p.Words = checkValue.ReplaceAllString(p.Words, "")
	for _, word := range english.FindAllString(p.Words, -1) {
		if !wellKnown.MatchString(word) {
			w.t.Errorf("%s: English: %q", p.At, word)
		}
	}
	if p.Lost != "" {
		w.t.Errorf("%s: %s belong to no form", p.At, p.Lost)
	}
	if p.Twice != "" {
		w.t.Errorf("%s: ids used twice: %s", p.At, p.Twice)
	}
	if p.Nowhere != "" {
		w.t.Errorf("%s: links on the page that lead to nothing: %s", p.At, p.Nowhere)
	}
	if p.Wide != 0 {
		w.t.Errorf("%s: %d pixels too wide", p.At, p.Wide)
	}
	if pattern := regexp.MustCompile(`\d+`).ReplaceAllString(p.At, "0"); w.axe != "" && !w.seen[pattern] {
		w.seen[pattern] = w.accessible(p.At)
	}
}

// accessible says whether the page stayed long enough to be examined.
func (w *walk) accessible(at string) bool {
	w.t.Helper()
	if _, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](w.axe+`; "loaded"`)); err != nil {
		w.t.Fatalf("loading axe: %v", err)
	}
	w.string(`(() => { window.__axe = ''; Promise.all(document.getAnimations().map(a => a.finished)).then(() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})).then(
  r => { window.__axe = 'done\n' + r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160)).join(' | ')).join('\n') },
  e => { window.__axe = 'done\n' + e }); return '' })()`)
	w.until(`window.__axe !== ''`)
	said := strings.TrimPrefix(w.string("window.__axe ?? 'gone'"), "done\n")
	if said == "gone" {
		return false // a page of progress that went on by itself meanwhile
	}
	if said != "" {
		w.t.Errorf("%s: axe: %s", at, said)
	}
	return true
}

// TestTheMainDay walks a child's case from the search to its closure in two
// browsers: the officer's and, for what takes four eyes, the head's.
func TestTheMainDay(t *testing.T) {
	o := openOffice(t)
	officer, head := newWalk(t, o), newWalk(t, o)
	officer.signIn("child.officer")
	head.signIn("welfare.head")

	officer.open("/people?name=" + url.QueryEscape("岳小满"))
	officer.open("/people/new?name=" + url.QueryEscape("岳小满"))
	officer.fill(map[string]string{"name": "岳小满", "sex": "2", "birth": "2016-08-15", "community": fmt.Sprint(o.east), "life": "1"}, "保存")
	child := strings.TrimPrefix(strings.SplitN(officer.at(), "?", 2)[0], "/people/")

	officer.open("/r/child.file/new?person=" + child)
	officer.fill(map[string]string{"found_at": "2026-03-30", "source": "community", "clue": "父亲服刑，祖父照料"}, "保存")
	officer.open("/r/child.case/new?person=" + child)
	officer.fill(map[string]string{"received_at": "2026-03-30", "source": "community", "judgement": "open", "consent": "guardian", "problem": "祖父年高，照料吃力"}, "保存")
	of := strings.SplitN(officer.at(), "?", 2)[0]

	officer.act(of, "accept", "接案", nil)
	officer.edit(of, map[string]string{"willingness": "0", "ability": "3", "dwelling": "0", "economy": "0", "health": "0", "education": "2", "emotion": "3", "support": "0",
		"assessed_at": "2026-04-01", "grade": "orange", "needs": "照料支持"})
	officer.act(of, "assess", "完成预估", nil)
	officer.edit(of, map[string]string{"goals.0.goal": "到校率90%", "goals.0.measure": "每周联系学校", "goals.0.responsible": "测儿童福利经办",
		"goals.0.until": "2026-07-01", "goals.0.state": "active", "planned_at": "2026-04-01"})
	officer.act(of, "submit", "提交计划", nil)
	head.act(of, "approve", "批准计划", nil)

	officer.open(of)
	officer.fill(map[string]string{"text": "入户见到岳小满，家中燃气没有报警器"}, "保存记录")
	officer.fetches(of+"/paper/child~intake.pdf", "application/pdf")
	officer.edit(of, map[string]string{"goals.0.state": "met", "reviews.0.date": "2026-04-01", "reviews.0.grade": "yellow", "reviews.0.closing": "是"})
	officer.act(of, "finish", "申请结案", map[string]string{"closed_reason": "achieved", "outcome": "partial", "follow": "quarter", "closing_note": "到校稳定"})
	head.act(of, "close", "批准结案", nil)
	officer.open(of)
	if !strings.Contains(officer.words(), "结案") {
		t.Errorf("the case is not closed: %s", officer.words())
	}
	o.settle()
	officer.open("/search?q=" + url.QueryEscape("燃气没有"))
	if !strings.Contains(officer.words(), "岳小满") {
		t.Errorf("the note is not found: %s", officer.words())
	}
}

// fetches asks for a file in the session of the browser.
func (w *walk) fetches(path, kind string) {
	w.t.Helper()
	w.string(`(() => { window.__kind = ''; fetch("` + path + `").then(r => { window.__kind = r.status + ' ' + r.headers.get('content-type') }); return '' })()`)
	w.until(`window.__kind !== ''`)
	if got := w.string("window.__kind"); !strings.HasPrefix(got, "200 "+kind) {
		w.t.Errorf("%s is %s", path, got)
	}
}

func (w *walk) edit(of string, values map[string]string) {
	w.t.Helper()
	w.open(of + "/edit")
	w.fill(values, "保存")
	if strings.HasSuffix(w.at(), "/edit") {
		w.t.Fatalf("not saved: %s", w.words())
	}
}

func (w *walk) act(of, action, words string, values map[string]string) {
	w.t.Helper()
	w.open(of + "/do/" + action)
	w.fill(values, words)
	if strings.Contains(w.at(), "/do/") {
		w.t.Fatalf("not done: %s", w.words())
	}
}

// TestEveryPageOfTheDesk opens what the menus lead to, as each who works here.
func TestEveryPageOfTheDesk(t *testing.T) {
	o := openOffice(t)
	for role, paths := range map[string][]string{
		"child.officer": {"/", "/people", "/r/child.file", "/r/child.case", "/r/child.visit", "/visits", "/visits/entry", "/insight", "/verify", "/systems", "/help", "/account",
			"/people/duplicates", "/import/child.case", "/export/child.case", "/r/child.case/new", "/people/new", "/search?q=" + url.QueryEscape("祖母")},
		"leader":         {"/", "/r/office.opening", "/audit", "/insight", "/r/child.case"},
		"admin.security": {"/", "/staff", "/staff/new", "/settings", "/settings/codes", "/settings/holidays", "/settings/retention"},
		"admin.audit":    {"/", "/audit"},
	} {
		t.Run(role, func(t *testing.T) {
			w := newWalk(t, o)
			w.signIn(role)
			for _, p := range paths {
				w.open(p)
			}
		})
	}
}
