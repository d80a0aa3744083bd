package ui

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"jiezhen/app/sheet"
)

// ask requests an export as the officer and has the head approve it; it gives
// where the file is fetched.
func (o *testOffice) ask(t *testing.T, form url.Values) (officer *client, file string) {
	t.Helper()
	officer = o.as("child.officer")
	at := officer.send("/export/child.case", form).expectAt(t)
	o.as("welfare.head").send(at+"/do/approve", url.Values{}).expect(t, 303)
	return officer, "/export/child.case/" + at[strings.LastIndex(at, "/")+1:] + ".xlsx"
}

// expectAt is where a saved form leads to.
func (a answer) expectAt(t *testing.T) string {
	t.Helper()
	a.expect(t, 303)
	at, _, _ := strings.Cut(a.header.Get("Location"), "?")
	return at
}

func TestExportTakesColumnsAndFormat(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	page := o.as("child.officer").get("/export/child.case")
	page.expect(t, 200, `name="columns"`, `name="format"`, "GB 18030")
	form := url.Values{"_chosen": {"1"}, "purpose": {"报区民政局"}, "columns": {"number", "step"}, "format": {"csv"}}
	b, file := o.ask(t, form)
	a := b.get(file)
	a.expect(t, 200, "编号", "环节")
	if strings.Contains(a.body, "普通个案情况") || strings.Contains(a.body, "负责人") {
		t.Error("more columns than were asked for")
	}
	if !strings.Contains(a.header.Get("Content-Disposition"), ".csv") {
		t.Errorf("sent as %s", a.header.Get("Content-Disposition"))
	}
	form.Set("format", "csv-gb18030")
	b, file = o.ask(t, form)
	text, err := simplifiedchinese.GB18030.NewDecoder().String(b.get(file).body)
	if err != nil || !strings.Contains(text, "编号") {
		t.Errorf("no GB 18030: %v", err)
	}
	delete(form, "columns")
	o.as("child.officer").send("/export/child.case", form).expect(t, 422, "请至少选一列", "报区民政局")
	b, file = o.ask(t, url.Values{"purpose": {"报区民政局"}})
	book, err := excelize.OpenReader(bytes.NewReader([]byte(b.get(file).body)))
	o.must(err)
	rows, err := book.GetRows(book.GetSheetName(0))
	o.must(err)
	if got, want := len(rows[1]), len(sheet.ExportColumns(o.definition("child.case"))); got != want {
		t.Errorf("%d columns of %d", got, want)
	}
}

// The columns of a request are kept by their labels.
func TestExportColumnsHaveDistinctLabels(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	for _, d := range o.house.Office().Book.Registers().All() {
		seen := map[string]string{}
		for _, c := range sheet.ExportColumns(d) {
			if was, ok := seen[c.Label]; ok {
				t.Errorf("%s: %s and %s are both %s", d.ID, was, c.Field, c.Label)
			}
			seen[c.Label] = c.Field
		}
	}
}
