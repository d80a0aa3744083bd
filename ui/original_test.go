package ui

import (
	"fmt"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// What is entered under a number on a record's page is printed once as the
// original; only after that is it marked as printed again.
func TestTheFirstPrintIsTheOriginal(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("no pdftotext")
	}
	o := openOffice(t)
	b, of := o.as("child.officer"), "/r/"+o.ref["case"].String()
	b.send(of+"/paper/child~intake.pdf", url.Values{}).expect(t, 303)
	b.get(of).expect(t, 200, "还没有打印")
	const address = "/issued/P-B16-002-2026-00001.pdf"
	if text := pdfText(t, b.get(of+address)); strings.Contains(text, "补打") {
		t.Errorf("the original is marked: %s", text)
	}
	if text := pdfText(t, b.get(of+address)); !strings.Contains(text, "【补打】") {
		t.Errorf("printed again without a mark: %s", text)
	}
	b.get(of).expect(t, 200, "补打 1 次")

	// a child director picks from the office's organisations, which lie in no community
	party := o.create(record.Draft{Register: record.Parties, Values: register.Values{"name": "虚构救助站", "kind": "rescue"}})
	o.settle()
	if a := o.as("child.director").json("/records.json?register=party.party&q=" + url.QueryEscape("虚构救助站")); !strings.Contains(a.body, fmt.Sprintf("%q", fmt.Sprint(party.ID))) {
		t.Errorf("a child director finds no organisation: %s", a.body)
	}

	// who may not approve what he has submitted is told before he fills anything in
	a := o.as("welfare.head")
	a.send("/r/child.agenda/new", url.Values{"title": {"议题"}, "unit": {"civil"}, "kind": {"2"}, "raised_at": {"2026-04-01"}, "background": {"背景"}}).expect(t, 303)
	a.get("/r/child.agenda/1/do/list").expect(t, 200, "须由另一人办理")

	// a task that follows from an item and names it stands on the item's paper once
	a.send("/r/child.task/new", url.Values{"link": {"child.agenda/1"}, "agenda": {"1"}, "title": {"补缴参保"}, "lead": {"insurance"}, "goal": {"全部参保"}, "from": {"2026-03-01"}, "until": {"2026-04-30"}}).expect(t, 303)
	if text := pdfText(t, a.get("/r/child.agenda/1/paper/child~tasks.pdf")); strings.Count(text, "补缴参保") != 1 {
		t.Errorf("the task stands there %d times", strings.Count(text, "补缴参保"))
	}
}
