package ui

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestAnOrderIsTypedWithoutAMouse types an order from the first key to the
// saved page, with Tab between the questions, and counts: what an order needs
// stays within reach of a minute. Only the keys count, not the clock.
func TestAnOrderIsTypedWithoutAMouse(t *testing.T) {
	o := openOffice(t)
	w := newWalk(t, o)
	w.signIn("governance.officer")
	w.open("/r/governance.order/new")
	want := map[string]string{"external": "BJ202604010088", "content": "滨河小区3号楼路灯不亮"}
	w.until(`document.activeElement.name === 'external'`)
	if at := w.string("document.querySelector('[name=dispatched_at]').value"); !strings.HasPrefix(at, "2026-04-01 ") {
		t.Errorf("the form says the order came at %q", at)
	}
	typed, tabs := 0, 0
	for len(want) > 0 && tabs < 60 {
		name := w.string("document.activeElement.name || ''")
		if text, ok := want[name]; ok {
			w.do(chromedp.KeyEvent(text))
			typed += len([]rune(text))
			delete(want, name)
		}
		w.do(chromedp.KeyEvent(kb.Tab))
		tabs++
	}
	if len(want) > 0 {
		t.Fatalf("not reached by Tab: %v", want)
	}
	w.do(chromedp.Focus(chromedp.CSS("[name=dispatched_at]")), chromedp.KeyEvent(kb.Enter)) // Enter in a one-line field sends the form
	w.until(`/governance\.order\/\d+/.test(location.pathname) && document.readyState === 'complete'`)
	w.check()
	if !strings.Contains(w.words(), "待签收") {
		t.Errorf("the page says %s", w.words())
	}
	t.Logf("%d characters of the order itself, %d times Tab", typed, tabs)
	if tabs > 4 {
		t.Errorf("%d times Tab between two questions", tabs)
	}
}
