package ui

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// Beside a record stand those that belong to it: a few one by one, of many the
// newest and one line that counts them all and leads to them.
func TestManyRecordsOfOneKindAreSummedUp(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	visit := func(day int) {
		o.create(record.Draft{Register: "child.visit", Subject: o.person["child"], Owner: o.user["child.officer"],
			Values: register.Values{"planned": fmt.Sprintf("2026-04-%02d", day), "kind": "home", "visitor": "甲"}})
	}
	related := func() string {
		a := o.as("child.officer").get("/r/" + o.ref["file"].String())
		a.expect(t, http.StatusOK)
		return html.UnescapeString(regexp.MustCompile(`(?s)<section id="links">.*?</section>`).FindString(a.body))
	}
	o.ref["file"] = o.create(record.Draft{Register: "child.file", Subject: o.person["child"], Owner: o.user["child.officer"], Values: register.Values{"found_at": "2026-03-30", "source": "visit"}})
	for day := range 5 {
		visit(3 + day)
	}
	if got := related(); strings.Count(got, "/r/child.visit/") != 5 || strings.Contains(got, "共") {
		t.Errorf("five visits: %s", got)
	}
	visit(17)
	got := related()
	if strings.Count(got, "/r/child.visit/") != 3 || !strings.Contains(got, "共 6 条") || !strings.Contains(got, "2026-04-17") || !strings.Contains(got, "2026-04-03") {
		t.Errorf("six visits are not the newest and one line with what is due first: %s", got)
	}
	if at := regexp.MustCompile(`href="([^"]+#cases)"`).FindStringSubmatch(got); at == nil {
		t.Error("no way to all of them")
	} else {
		o.as("child.officer").get(at[1]).expect(t, http.StatusOK, `id="cases"`)
	}
}
