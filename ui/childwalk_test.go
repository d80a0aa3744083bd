package ui

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

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
