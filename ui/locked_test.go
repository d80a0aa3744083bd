package ui

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"filippo.io/age"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// TestInsurersRoster sends the roster of the insured out as a file that opens
// with its passphrase alone, once, after another has approved it.
func TestInsurersRoster(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.o.create(record.Draft{Register: "child.insurance", Subject: c.o.person["child"], Owner: c.o.user["child.officer"], Values: register.Values{"applied_at": "2026-03-01", "applicant": idOrEmpty(c.o.person["grandma"]),
		"household": "low", "kind": []string{"1"}, "from": "2026-04-01", "until": "2027-03-31", "premium": int64(12000), "public": int64(10000)}})
	officer := c.as("child.officer")
	a := officer.send("/export/child.insurance", form("purpose", "送承保机构投保", "full", "是", "layout", "insurer-roster", "format", "csv"))
	if a.status != http.StatusSeeOther {
		t.Fatalf("asking: %d %s", a.status, a.text())
	}
	c.ref, _, _ = strings.Cut(strings.TrimPrefix(a.header.Get("Location"), "/r/"), "?")
	_, id, _ := strings.Cut(c.ref, "/")
	at := "/export/child.insurance/" + id + "/locked"
	const pass = "城子儿福-0317-参保"
	send := func(role, one, two string) answer { return c.as(role).send(at, form("passphrase", one, "again", two)) }
	if a := send("child.officer", pass, pass); a.status == http.StatusOK {
		t.Fatal("sent before it was approved")
	}
	c.do("welfare.head", "approve", "approved", nil)
	if a := officer.get("/r/" + c.ref); !strings.Contains(a.body, at) {
		t.Errorf("the approved request does not lead there: %s", a.text())
	}
	for name, row := range map[string][3]string{"short": {"child.officer", "短口令", "短口令"}, "twice differently": {"child.officer", pass, pass + "1"}, "by another": {"child.supervisor", pass, pass}} {
		if a := send(row[0], row[1], row[2]); a.status == http.StatusOK {
			t.Errorf("%s: sent", name)
		}
	}
	if a := c.as("child.director").get(at); a.status != http.StatusForbidden {
		t.Errorf("a director gets the form: %d", a.status)
	}
	sent := send("child.officer", pass, pass)
	if sent.status != http.StatusOK || strings.Contains(sent.body, "禹宁川") || !strings.Contains(sent.header.Get("Content-Disposition"), ".csv.age") {
		t.Fatalf("sent: %d %s", sent.status, sent.header.Get("Content-Disposition"))
	}
	key, err := age.NewScryptIdentity(pass)
	c.o.must(err)
	r, err := age.Decrypt(strings.NewReader(sent.body), key)
	c.o.must(err)
	plain, err := io.ReadAll(r)
	c.o.must(err)
	for _, want := range []string{"被保险人姓名", "禹宁川", "顾阿婆", "2027-03-31", "120"} {
		if !strings.Contains(string(plain), want) {
			t.Errorf("the roster lacks %s: %s", want, plain)
		}
	}
	if a := send("child.officer", pass, pass); a.status == http.StatusOK {
		t.Error("sent twice on one approval")
	}
}
