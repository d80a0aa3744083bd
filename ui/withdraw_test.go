package ui

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// attachTo uploads a scan to a record and gives the address it is read at.
func (b *client) attachTo(t *testing.T, at string) string {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, val := range map[string]string{"_csrf": b.token(), "title": "出生证明复印件", "pages": "1"} {
		b.o.must(w.WriteField(k, val))
	}
	part, err := w.CreateFormFile("file", "a.pdf")
	b.o.must(err)
	_, err = part.Write([]byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"))
	b.o.must(err)
	b.o.must(w.Close())
	r := b.request("POST", at+"/file", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	b.do(r).expect(t, 303)
	m := regexp.MustCompile(`href="(/r/[^"]*/file/[0-9a-f]+)"`).FindStringSubmatch(b.get(at).body)
	if m == nil {
		t.Fatal("the upload is not on the page")
	}
	return m[1]
}

func TestPaperIsVoidedFromItsRecord(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b, at := o.as("child.officer"), "/r/"+o.ref["case"].String()
	b.send(at+"/paper/child~intake.pdf", url.Values{}).expect(t, 303)
	m := regexp.MustCompile(`href="(/r/[^"]*/issued/[^"]*)/void"`).FindStringSubmatch(b.get(at).body)
	if m == nil {
		t.Fatal("nothing on the page voids the paper")
	}
	b.get(m[1]+"/void").expect(t, 200, "作废文书", `name="reason"`, "这份文书")
	b.send(m[1], url.Values{"_do": {"void"}, "reason": {""}}).expect(t, 422, "理由", `name="reason"`)
	b.send(m[1], url.Values{"_do": {"void"}, "reason": {"姓名写错"}}).expect(t, 303)
	body := b.get(at).body
	if !strings.Contains(body, "已作废：姓名写错") || strings.Contains(body, m[1]+"/void") {
		t.Error("the page does not tell why the paper is void, or offers to void it again")
	}
	b.get(m[1]+"/void").expect(t, 404)
	b.send(m[1], url.Values{"_do": {"void"}, "reason": {"再来"}}).expect(t, 404)
	o.as("child.director").get(m[1]+"/void").expect(t, 404)
}

func TestAttachmentIsTakenOffFromItsRecord(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b, at := o.as("child.officer"), "/r/"+o.ref["case"].String()
	file := b.attachTo(t, at)
	if !strings.Contains(b.get(at).body, file+"/remove") {
		t.Fatal("nothing on the page takes the attachment off")
	}
	b.get(file+"/remove").expect(t, 200, "撤下附件", "出生证明复印件", `name="reason"`)
	b.send(file+"/remove", url.Values{"reason": {""}}).expect(t, 422, "理由", "出生证明复印件")
	b.send(file+"/remove", url.Values{"reason": {"传错了"}}).expect(t, 303)
	if strings.Contains(b.get(at).body, file) {
		t.Error("the attachment is still listed")
	}
	b.send(file+"/remove", url.Values{"reason": {"传错了"}}).expect(t, 404)
	b.send(at+"/file/"+strings.Repeat("0", 40)+"/remove", url.Values{"reason": {"没有"}}).expect(t, 404)
}

func TestPasswordIsResetFromTheRoll(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("admin.security")
	at := fmt.Sprintf("/staff/%d/reset", o.user["child.officer"])
	b.get("/staff").expect(t, 200, at)
	b.get(at).expect(t, 200, "重置密码", login("child.officer"))
	b.send(at, url.Values{}).expect(t, 200, "临时密码")
	a := o.browser().post("/login", url.Values{"name": {login("child.officer")}, "password": {testPassword}})
	if a.status == 303 {
		t.Error("the old password still opens")
	}
	for _, role := range []string{"admin.audit", "leader"} {
		if strings.Contains(o.as(role).get("/staff").body, "/reset") {
			t.Errorf("%s is offered to reset a password", role)
		}
	}
}
