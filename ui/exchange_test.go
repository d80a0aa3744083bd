package ui

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
)

// TestNationalColumns writes children in the columns of the national system
// and takes the file back: what is on record is left as it is, a change there
// changes the one open record here, and a child who has none gets one.
func TestNationalColumns(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	office, ctx, v := c.o.house.Office(), t.Context(), access.Office()
	identity := func(who, number, sex string) {
		c.o.change(func(tx *record.Tx) error {
			_, err := tx.Save(c.o.ref[who], 0, register.Values{"id_number": number, "id_type": "111", "sex": sex})
			return err
		})
	}
	identity("child", "110109201505069011", "1")
	identity("free", "110109201202039026", "2")
	identity("grandma", "110109195501019027", "2")
	c.begin("child.officer", "child.orphan", "child", form("applied_at", "2026-03-02", "applicant", idOrEmpty(c.o.person["grandma"]), "relation", "祖母", "reason", "无人抚养", "local", "yes", "abode", "institution",
		"father_state", "5", "father_evidence", "判决书", "father_from", "2024-06-30", "father_until", "2029-06-30", "mother_state", "8", "mother_evidence", "回执单", "mother_from", "2024-11-08"))
	out := func(exchange string) []byte {
		data, err := office.Sheets.Export(ctx, v, sheet.Request{Query: record.Query{Register: "child.orphan"}, Purpose: "报全国系统", Full: true, Format: sheet.CSV, Exchange: exchange})
		c.o.must(err)
		return data
	}
	file := string(out("national-child"))
	for _, want := range []string{"儿童身份证号", "上报类型", "110109201505069011", "机构养育", "顾阿婆", "服刑在押", "2029-06-30"} {
		if !strings.Contains(file, want) {
			t.Fatalf("the file lacks %s: %s", want, file)
		}
	}
	in := func(data string) (sheet.Dry, sheet.Done) {
		s, err := office.Sheets.Read(ctx, v, "child.orphan", "全国系统.csv", []byte(data))
		c.o.must(err)
		if s.Exchange != "national-child" {
			t.Fatalf("not recognised: %v %v", s.Header, s.Columns)
		}
		dry, err := office.Sheets.DryRun(ctx, v, s, nil)
		c.o.must(err)
		for _, r := range dry.Rows {
			if r.Failed() {
				t.Errorf("row %d: %s", r.Line, r.Text())
			}
		}
		done, err := office.Sheets.Run(ctx, v, s, nil)
		c.o.must(err)
		return dry, done
	}
	if _, done := in(file); done.Same != 1 || done.Created+done.Updated != 0 {
		t.Errorf("taken back unchanged: %+v", done)
	}
	if _, done := in(strings.Replace(file, "机构养育", "社会散居", 1)); done.Updated != 1 {
		t.Errorf("changed there: %+v", done)
	}
	if got := c.see("child.officer").Values["abode"]; got != "scattered" {
		t.Errorf("the change reads %v", got)
	}
	other := strings.NewReplacer("禹宁川", "钟离安", "110109201505069011", "110109201202039026").Replace(file)
	if _, done := in(other); done.Created != 1 {
		t.Errorf("a child new here: %+v", done)
	}
	if again := string(out("national-child")); !strings.Contains(again, "110109201202039026") || strings.Count(again, "服刑在押") != 2 {
		t.Errorf("both go out again: %s", again)
	}
	c.approvedColumns()
}

// approvedColumns asks for the national columns and gets them, once approved,
// masked; the office's own may not be had on that approval.
func (c *course) approvedColumns() {
	c.t.Helper()
	officer := c.as("child.officer")
	if a := officer.get("/export/child.orphan"); !strings.Contains(a.body, "全国儿童福利信息系统") {
		c.t.Errorf("the form does not offer them: %s", a.text())
	}
	def := c.o.definition("child.orphan")
	asked := form("purpose", "报全国系统", "layout", "national-child", "format", "csv", "_chosen", "1")
	for _, col := range sheet.ExportColumns(def) {
		asked.Add("columns", col.Field)
	}
	a := officer.send("/export/child.orphan", asked)
	if a.status != http.StatusSeeOther {
		c.t.Fatalf("asking: %d %s", a.status, a.text())
	}
	c.ref, _, _ = strings.Cut(strings.TrimPrefix(a.header.Get("Location"), "/r/"), "?")
	c.do("welfare.head", "approve", "approved", nil)
	_, id, _ := strings.Cut(c.ref, "/")
	a = officer.get("/export/child.orphan/" + id + ".xlsx")
	if a.status != http.StatusOK || !strings.Contains(a.body, "儿童身份证号") || strings.Contains(a.body, "110109201505069011") || strings.Contains(a.body, "禹宁川") {
		c.t.Errorf("the approved file: %d %s", a.status, a.body)
	}
	if !slices.Contains([]int{http.StatusOK, http.StatusForbidden}, officer.get("/export/child.orphan").status) {
		c.t.Error("the form is gone")
	}
}
