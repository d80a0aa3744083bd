package ui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// places are every way by which a protected child's facts could come out.
func (o *testOffice) places() []string {
	id, kase := o.person["hidden"], o.ref["hiddencase"]
	return []string{
		"/", "/?scope=all", "/r/" + kase.String(), "/r/child.case", "/r/child.case?names=full", fmt.Sprintf("/r/child.case?subject=%d", id),
		"/r/person.file?names=full", "/r/person.relation?names=full", "/r/child.visit?names=full",
		fmt.Sprintf("/people/%d", id), fmt.Sprintf("/people/%d", o.person["grandma"]), fmt.Sprintf("/r/person.file/%d/edit", id),
		"/search?q=" + url.QueryEscape(hiddenName), "/search?q=" + url.QueryEscape(hiddenWords), "/search?q=yqw", fmt.Sprintf("/search?q=13800001234&person=%d", id),
		"/people?name=" + url.QueryEscape("顾阿婆"), "/people?phone=13800001234", "/people?name=yinqingwa",
		"/people.json?q=" + url.QueryEscape("隐晴"), "/people.json?q=yqw", "/records.json?register=child.case&q=" + url.QueryEscape(hiddenName),
		"/records.json?register=person.file&q=" + url.QueryEscape(hiddenName),
		fmt.Sprintf("/r/child.case/new?person=%d", id), fmt.Sprintf("/r/person.relation/new?person=%d&other=%d", o.person["grandma"], id),
		fmt.Sprintf("/r/child.case/%d/edit", kase.ID), fmt.Sprintf("/r/child.case/%d/do/accept", kase.ID), fmt.Sprintf("/r/child.case/%d/assign", kase.ID),
		fmt.Sprintf("/r/child.case/%d/pause", kase.ID), fmt.Sprintf("/r/child.case/%d/paper/child~intake.pdf", kase.ID),
		fmt.Sprintf("/r/child.case/%d/file/%s", kase.ID, "0"), "/visits", "/people/duplicates", "/r/" + o.ref["grandmarel"].String(),
	}
}

// secrets are what must not be seen.
var secrets = []string{hiddenName, hiddenWords, "13800001234", "2013-07-08", "2013年7月8日", "隐晴", value.MaskName(hiddenName), "附件里的秘密"}

// leaks lists what a page tells that it must not, the question itself aside.
func leaks(path string, a answer) []string {
	body := a.body
	if q, err := url.QueryUnescape(path); err == nil {
		if i := strings.Index(q, "q="); i >= 0 {
			asked, _, _ := strings.Cut(q[i+2:], "&")
			body = strings.ReplaceAll(body, asked, "")
		}
		if i := strings.Index(q, "phone="); i >= 0 {
			body = strings.ReplaceAll(body, q[i+6:], "")
		}
	}
	var out []string
	for _, s := range secrets {
		if strings.Contains(body, s) {
			out = append(out, s)
		}
	}
	return out
}

func (o *testOffice) hide() {
	o.ref["grandmarel"] = o.create(record.Draft{Register: "person.relation", Subject: o.person["child"],
		Values: register.Values{"other": fmt.Sprint(o.person["hidden"]), "relation": "70", "note": "同学"}})
	o.settle()
}

func TestProtectedChildIsHidden(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.hide()
	inCharge := map[string]bool{"child.officer": true, "leader": true, "chief": true}
	for _, role := range o.house.Office().Roles {
		if inCharge[role.ID] {
			continue
		}
		b := o.as(role.ID)
		for _, path := range o.places() {
			for name, a := range map[string]answer{"page": b.get(path), "json": b.json(path)} {
				if a.status >= 500 {
					t.Errorf("%s %s %s: %d", role.ID, name, path, a.status)
				}
				if found := leaks(path, a); len(found) > 0 {
					t.Errorf("%s sees %v on %s %s", role.ID, found, name, path)
				}
			}
		}
	}
}

func TestThoseInChargeSeeTheProtectedChild(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	for _, role := range []string{"child.officer", "leader", "chief"} {
		o.as(role).get("/r/"+o.ref["hiddencase"].String()).expect(t, 200, hiddenName, hiddenWords)
	}
	o.as("leader").get(fmt.Sprintf("/people/%d", o.person["hidden"])).expect(t, 200, hiddenName)
}

func TestOpeningAProtectedChild(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.hide()
	b, path := o.as("child.supervisor"), "/r/"+o.ref["hiddencase"].String()
	b.get(path).expect(t, 403, "受保护对象", "查阅理由")
	form := url.Values{"ref": {o.ref["hiddencase"].String()}, "to": {path}, "reason": {""}}
	if a := b.send("/people/open", form); a.status == 303 {
		t.Fatal("opened without a reason")
	}
	b.get(path).expect(t, 403)
	form.Set("reason", "核实学校反映的情况")
	b.send("/people/open", form).expect(t, 303)
	b.get(path).expect(t, 200, hiddenName, hiddenWords)
	b.get("/search?q="+url.QueryEscape(hiddenWords)).expect(t, 200, o.ref["hiddencase"].String())
	if a := o.as("welfare.head").get(path); a.status != 403 {
		t.Errorf("one opening opens for all: %d", a.status)
	}
	o.as("leader").get("/r/office.opening?names=full").expect(t, 200, hiddenName, "核实学校反映的情况")
	o.clock.add(29 * time.Minute / 2)
	b.get("/").expect(t, 200) // keeps the screen from being covered
	o.clock.add(29 * time.Minute / 2)
	b.get(path).expect(t, 200)
	o.clock.add(2 * time.Minute)
	b.get(path).expect(t, 403, "受保护对象")
	if found := leaks("/search?q=x", b.get("/search?q="+url.QueryEscape("不可外传"))); len(found) > 0 {
		t.Errorf("search still tells %v", found)
	}
}

func TestProtectedChildNeedsOpeningBeforeACase(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("child.supervisor")
	form := url.Values{"person": {fmt.Sprint(o.person["hidden"])}, "purpose": {"核实"}, "kinds": {"姓名"}, "signer": {"顾阿婆"},
		"signer_relation": {"62"}, "from": {"2026-03-31"}}
	b.send("/r/person.consent/new", form).expect(t, 403, "受保护对象")
	// who is in charge of the child's case goes on without
	o.as("child.officer").send("/r/person.consent/new", form).expect(t, 303)
}

func TestAProtectedFileCanBeMade(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a := o.as("child.officer").send("/people/new", url.Values{"name": {"方待护"}, "sex": {"2"}, "birth": {"2014-01-02"}, "protected": {"是"},
		"protected_reason": {"已办收养登记"}, "community": {fmt.Sprint(o.east)}})
	if a.status != 303 {
		_, why, _ := strings.Cut(markup.ReplaceAllString(a.body, " "), "处要改")
		t.Fatalf("%d %.300q", a.status, strings.Join(strings.Fields(why), " "))
	}
}

func TestFilesOfAProtectedChild(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	owner := o.as("child.officer")
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	o.must(w.WriteField("_csrf", owner.token()))
	f, err := w.CreateFormFile("file", "说明.pdf")
	o.must(err)
	_, err = io.WriteString(f, "%PDF-1.4\n附件里的秘密\n%%EOF\n")
	o.must(err)
	o.must(w.Close())
	base := "/r/" + o.ref["hiddencase"].String()
	r := owner.request("POST", base+"/file", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	owner.do(r).expect(t, 303)
	var hash string
	o.must(o.house.Office().Book.View(context.Background(), access.Office(), func(tx *record.Tx) error {
		r, err := tx.Open(o.ref["hiddencase"])
		if err == nil && len(r.Files) == 1 {
			hash = r.Files[0].Hash
		}
		return err
	}))
	owner.get(base+"/file/"+hash).expect(t, 200, "附件里的秘密")
	// under another record the same file is not to be had
	if a := owner.get("/r/" + o.ref["case"].String() + "/file/" + hash); a.status == 200 {
		t.Error("a file is served under a record that does not hold it")
	}
	for _, role := range []string{"child.supervisor", "child.director", "welfare.head", "disability.officer", "admin.system"} {
		if a := o.as(role).get(base + "/file/" + hash); a.status == 200 || strings.Contains(a.body, "附件里的秘密") {
			t.Errorf("%s gets the file: %d", role, a.status)
		}
	}
}

func TestOtherCommunitysChild(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.settle()
	b := o.as("child.director")
	far := o.person["farchild"]
	for _, path := range []string{"/r/" + o.ref["farcase"].String(), fmt.Sprintf("/people/%d", far), "/r/child.case?names=full", "/?scope=all",
		"/search?q=" + url.QueryEscape("远处个案"), "/r/person.file?names=full", fmt.Sprintf("/r/person.relation/new?person=%d&other=%d", o.person["child"], far),
		fmt.Sprintf("/r/child.case/new?person=%d", far)} {
		for _, a := range []answer{b.get(path), b.json(path)} {
			if strings.Contains(a.body, "单于远") || strings.Contains(a.body, "远处个案情况") {
				t.Errorf("%s tells of another community's child", path)
			}
		}
	}
}

func TestJSONHasThePagesRights(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.settle()
	b := o.as("child.officer")
	for _, path := range []string{"/", "/r/child.case", "/r/" + o.ref["case"].String(), "/search?q=" + url.QueryEscape("普通个案"), fmt.Sprintf("/people/%d", o.person["child"])} {
		a := b.json(path)
		a.expect(t, 200)
		a.guarded(t)
		var any map[string]any
		a.decode(t, &any)
	}
	g := o.as("governance.officer")
	for _, path := range []string{"/r/child.case", "/r/" + o.ref["case"].String(), fmt.Sprintf("/people/%d", o.person["child"])} {
		page, plain := g.get(path), g.json(path)
		if page.status == 200 || plain.status != page.status {
			t.Errorf("%s: page %d, json %d", path, page.status, plain.status)
		}
	}
	if a := o.browser().json("/r/child.case"); a.status == 200 {
		t.Error("json without signing in")
	}
}

func TestWithheldFieldsArePrintedSo(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("no pdftotext")
	}
	o := openOffice(t)
	b := o.as("child.officer")
	path := "/r/" + o.ref["case"].String() + "/paper/child~intake.pdf"
	if text := pdfText(t, b.get(path)); strings.Contains(text, "未同意提供") {
		t.Fatal("withheld before any slip")
	}
	list, _ := o.house.Office().Book.Policy().Codes("person.consent.withheld")
	form := url.Values{"person": {fmt.Sprint(o.person["child"])}, "purpose": {"个案帮扶"}, "kinds": {"姓名"}, "signer": {"顾阿婆"},
		"signer_relation": {"62"}, "from": {"2026-03-31"}}
	for _, item := range list.Items {
		form.Add("withheld", item.Code)
	}
	b.send("/r/person.consent/new", form).expect(t, 303)
	if text := pdfText(t, b.get(path)); !strings.Contains(text, "未同意提供") {
		t.Errorf("not marked as withheld: %s", text)
	}
}

func pdfText(t *testing.T, a answer) string {
	t.Helper()
	a.expect(t, 200)
	path := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(path, []byte(a.body), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(out)), "")
}

// total is the number of rows that a list says it has.
func (b *client) total(path string) int {
	b.o.t.Helper()
	var out struct {
		Total int `json:"total"`
	}
	b.json(path).decode(b.o.t, &out)
	return out.Total
}

// TestNoFilterTellsOfAProtectedChild narrows and sorts lists in every way and
// looks whether the protected child's row comes and goes.
func TestNoFilterTellsOfAProtectedChild(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	hidden := o.ref["hiddencase"]
	b, chief := o.as("child.supervisor"), o.as("chief")
	var number struct {
		Number string `json:"number"`
	}
	chief.json("/r/"+hidden.String()).decode(t, &number)
	b.get("/r/child.case").expect(t, 200, number.Number) // the plain list owns up to it
	fullest := chief.total("/r/child.case")
	for _, query := range []string{"open=1", "step=accept", "step=report", "source=visit", "source=school", fmt.Sprintf("community=%d", o.east), fmt.Sprintf("community=%d", o.west),
		fmt.Sprintf("owner=%d", o.user["child.officer"]), fmt.Sprintf("subject=%d", o.person["hidden"]), "f.received_at=2026-03-30", "sort=due", "open=1&sort=due"} {
		a := b.get("/r/child.case?" + query)
		if strings.Contains(a.body, number.Number) {
			t.Errorf("?%s lists the protected child", query)
		}
		if n := b.total("/r/child.case?" + query); n >= fullest && query != "sort=due" || n > fullest {
			t.Errorf("?%s counts %d rows of %d", query, n, fullest)
		}
	}
	seen, all := b.total("/r/child.case?source=visit"), chief.total("/r/child.case?source=visit")
	if seen != all-1 {
		t.Errorf("a filter counts %d of %d rows, one of them protected", seen, all)
	}
	mine, whole := o.counts(t, "child.supervisor"), o.counts(t, "chief")
	differs := false
	for id, n := range whole {
		differs = differs || mine[id] == n-1
		if mine[id] != n && mine[id] != n-1 {
			t.Errorf("count %s is %d of %d", id, mine[id], n)
		}
	}
	if !differs {
		t.Error("the named numbers count the protected child for everybody")
	}
}

// counts are the named numbers of the register of cases, as a role gets them.
func (o *testOffice) counts(t *testing.T, role string) map[string]uint64 {
	t.Helper()
	var out map[string]uint64
	o.must(o.house.Office().Book.View(t.Context(), o.viewer(role), func(tx *record.Tx) error {
		var err error
		out, err = tx.Counts("child.case")
		return err
	}))
	return out
}

// viewer is a role's account as the office's own code sees it.
func (o *testOffice) viewer(role string) access.Viewer {
	o.t.Helper()
	r, ok := o.house.Office().Roles.Get(role)
	if !ok {
		o.t.Fatal(role)
	}
	return access.Viewer{User: o.user[role], Roles: []access.Role{r}, Communities: []uint64{o.east}}
}
