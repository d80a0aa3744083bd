package ui

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"

	"jiezhen/app"
	"jiezhen/app/register"
)

// heard keeps what the program logs.
type heard struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.buf.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.buf.String()
}

// secretWords are the identity of the complainant of this test.
var secretWords = []string{"欧阳举报", "13912345678", "139-1234-5678", "139 1234 5678"}

// spills fails for every word of the identity in a text.
func spills(t *testing.T, where, text string) {
	t.Helper()
	for _, w := range secretWords {
		if strings.Contains(text, w) {
			t.Errorf("%s shows %s", where, w)
		}
	}
}

// TestASecretComplainantIsNamedNowhere types an order whose complainant asks
// for secrecy and is named in its words, works on it, and looks wherever an
// order is shown, as every post.
func TestASecretComplainantIsNamedNowhere(t *testing.T) {
	t.Parallel()
	log := &heard{}
	o := openHouse(t, func(c *app.Config) { c.Log = slog.New(slog.NewTextHandler(log, nil)) })
	officer := o.as("governance.officer")
	at := officer.send("/r/governance.order/new", url.Values{"external": {"MM1"}, "class": {"general"}, "dispatched_at": {"2026-04-01 08:00"}, "community": {fmt.Sprint(o.east)},
		"complainant": {"欧阳举报"}, "phone": {"13912345678"}, "secret": {"是"}, "content": {"欧阳举报来电（139-1234-5678）反映滨河小区7号楼有人搭建，孩子在下面玩很危险，回电139 1234 5678"}}).expectAt(t)
	officer.send(at+"/note", url.Values{"kind": {"电话"}, "text": {"致电欧阳举报，13912345678，约明天看现场"}}).expect(t, 303)
	rev := func() string { return hiddenFields(officer.get(at + "/do/chase").body).Get("_rev") }
	do := func(role, action string, form url.Values) {
		form.Set("_rev", rev())
		o.as(role).send(at+"/do/"+action, form).expect(t, 303)
	}
	do("governance.officer", "chase", url.Values{"_note": {"欧阳举报又来电"}})
	do("governance.worker", "sign", url.Values{})
	do("governance.worker", "contact", url.Values{"contacted_at": {"2026-04-01 09:00"}, "contact_note": {"与欧阳举报通话"}})
	do("governance.worker", "reply", url.Values{"result": {"solved"}, "finished_at": {"2026-04-01 09:30"}, "reply": {"欧阳举报您好，4月1日已到现场拆除搭建，请拨打69842345"}})
	do("governance.head", "approve", url.Values{"gate_note": {"已核"}})
	for i := range 3 { // makes it a hot issue, and gives it a twin
		o.order(fmt.Sprint("MM2", i), "反映滨河小区7号楼有人搭建，孩子在下面玩很危险", register.Values{"dispatched_at": "2026-04-01 09:00"})
	}
	o.settle()
	paths := []string{"/", "/hotline", "/hotline/hot", "/hotline/rates?month=2026-04", "/hotline/rates/orders?month=2026-04&rate=response&set=of", "/r/governance.order", "/r/governance.order?names=full",
		at, at + "/edit", at + "/do/chase", "/r/child.order", "/r/disability.order", "/r/child.copy", "/r/disability.copy", "/grid/pairs", "/hotline/proactive", "/hotline/digest", "/r/governance.unlike", "/audit", "/insight", "/export/governance.order",
		"/records.json?register=governance.order&q=MM1", "/search?q=" + url.QueryEscape("搭建"), "/hotline/near.json?text=" + url.QueryEscape("滨河小区7号楼有人搭建，孩子在下面玩")}
	for _, role := range o.house.Office().Roles {
		b := o.as(role.ID)
		for _, p := range paths {
			spills(t, role.ID+" "+p, b.get(p).body)
		}
		for _, p := range []string{at, "/r/governance.order", "/r/child.order"} {
			spills(t, role.ID+" JSON "+p, b.json(p).body)
		}
		for _, w := range secretWords[:2] {
			if found := b.get("/search?q=" + url.QueryEscape(w)); strings.Contains(found.body, "MM1") || strings.Contains(found.body, "搭建") {
				t.Errorf("%s finds the order by %s", role.ID, w)
			}
		}
	}
	copies := o.as("child.supervisor").get("/r/child.order")
	if !strings.Contains(copies.body, "MM1") {
		t.Errorf("the officer for children has no copy: %s", copies.text())
	}
	for _, p := range []string{"order", "reply"} {
		spills(t, p, paperWords(t, officer.get(at+"/paper/governance~"+p+".pdf").body))
	}
	ticked := url.Values{"_do": {"handle"}, "ref": {at[strings.LastIndex(at, "/")+1:]}}
	spills(t, "the page of what is ticked", officer.send("/print/governance.order", ticked).body)
	ticked.Set("_do", "act.sign") // it is past that: the page says of which order
	spills(t, "what could not be done", officer.send("/handle/governance.order", ticked).body)
	draft := o.as("governance.head").send("/hotline/bulletin", url.Values{"kind": {"month"}, "day": {"2026-04-01"}}).expectAt(t)
	spills(t, "the bulletin", officer.get(draft).body+paperWords(t, officer.get(draft+"/paper/governance~bulletin.pdf").body))
	ask := officer.send("/export/governance.order", url.Values{"purpose": {"报区指挥中心"}, "full": {"是"}}).expectAt(t)
	o.as("governance.head").send(ask+"/do/approve", url.Values{}).expect(t, 303)
	spills(t, "an approved export", sheetWords(t, officer.get("/export/governance.order/"+ask[strings.LastIndex(ask, "/")+1:]+".xlsx").body))
	spills(t, "the replies that wait", officer.get("/hotline/replies").body)
	batch := officer.send("/hotline/replies", url.Values{}).expectAt(t)
	spills(t, "a batch of replies", officer.get(batch).body)
	workbook := regexp.MustCompile(`/r/governance\.delivery/\d+/file/[0-9a-f]+`).FindString(officer.get(batch).body)
	spills(t, "the replies for the platform", sheetWords(t, officer.get(workbook).body))
	spills(t, "the log", log.String())
	if p := officer.get(at); !strings.Contains(p.body, "（诉求人）来电（（电话））") {
		t.Errorf("the words of the order: %s", p.text())
	}
}

// Secrecy that is asked for later covers what was written before, and lifting
// it gives the words back.
func TestSecrecyAskedForLater(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("governance.officer")
	ref := o.order("LATER", "欧阳举报反映噪声", register.Values{"complainant": "欧阳举报", "phone": "13912345678"})
	at := "/r/" + ref.String()
	b.send(at+"/note", url.Values{"kind": {"电话"}, "text": {"致电欧阳举报"}}).expect(t, 303)
	set := func(secret string) {
		form := hiddenFields(b.get(at + "/edit").body)
		form.Set("secret", secret)
		form.Add("_has", "secret")
		b.post(at+"/edit", form).expect(t, 303)
	}
	set("是")
	spills(t, "the page", b.get(at).body)
	set("否")
	if p := b.get(at); !strings.Contains(p.body, "欧阳举报反映噪声") {
		t.Errorf("lifted, the words do not come back: %s", p.text())
	}
}

func paperWords(t *testing.T, pdf string) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed")
	}
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, []byte(pdf), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, file, "-").Output()
	if err != nil || len(out) < 100 {
		t.Fatalf("no paper: %v, %d bytes", err, len(out))
	}
	return string(out)
}

func sheetWords(t *testing.T, data string) string {
	t.Helper()
	book, err := excelize.OpenReader(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, name := range book.GetSheetList() {
		rows, err := book.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			all = append(all, strings.Join(r, "\t"))
		}
	}
	if len(all) < 2 {
		t.Fatalf("an empty sheet: %q", all)
	}
	return strings.Join(all, "\n")
}
