package ui

import (
	"fmt"
	"strings"
	"testing"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
)

// TestNationalColumnsOfFiles writes children's files in the columns of the
// national system and takes them back: unchanged, changed, and of a child who
// has none here.
func TestNationalColumnsOfFiles(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	office, ctx, v := o.house.Office(), t.Context(), access.Office()
	for who, number := range map[string]string{"child": "110109201505069011", "free": "110109201202039026"} {
		o.change(func(tx *record.Tx) error {
			_, err := tx.Save(o.ref[who], 0, register.Values{"id_number": number, "id_type": "111", "sex": map[bool]string{true: "1", false: "2"}[who == "child"]})
			return err
		})
	}
	of := o.create(record.Draft{Register: "child.file", Subject: o.person["child"], Values: register.Values{"found_at": "2026-03-01", "source": "school", "category": "03", "guardian_kind": "grandparents",
		"grade": "yellow", "living_state": "held", "living_item": "低保", "insured_year": 2026.0}})
	out := func() string {
		data, err := office.Sheets.Export(ctx, v, sheet.Request{Query: record.Query{Register: "child.file"}, Purpose: "报全国系统", Full: true, Format: sheet.CSV, Exchange: "national-file"})
		o.must(err)
		return string(data)
	}
	in := func(data string) sheet.Done {
		s, err := office.Sheets.Read(ctx, v, "child.file", "全国系统.csv", []byte(data))
		o.must(err)
		if s.Exchange != "national-file" {
			t.Fatalf("not recognised: %v", s.Header)
		}
		dry, err := office.Sheets.DryRun(ctx, v, s, nil)
		o.must(err)
		for _, r := range dry.Rows {
			if r.Failed() {
				t.Errorf("row %d: %s", r.Line, r.Text())
			}
		}
		done, err := office.Sheets.Run(ctx, v, s, nil)
		o.must(err)
		return done
	}
	file := out()
	for _, want := range []string{"困境类型", "家庭贫困困境儿童", "110109201505069011", "祖父母、外祖父母", "已落实", "2026-03-01"} {
		if !strings.Contains(file, want) {
			t.Fatalf("the file lacks %s: %s", want, file)
		}
	}
	if done := in(file); done.Same != 1 || done.Created+done.Updated != 0 {
		t.Errorf("taken back unchanged: %+v", done)
	}
	if done := in(strings.Replace(file, "家庭贫困困境儿童", "监护困境儿童", 1)); done.Updated != 1 {
		t.Errorf("changed there: %+v", done)
	}
	o.must(office.Book.View(ctx, v, func(tx *record.Tx) error {
		r, err := tx.Open(of)
		if err == nil && r.Text("category") != "05" {
			err = fmt.Errorf("the change reads %s", r.Text("category"))
		}
		return err
	}))
	if done := in(strings.NewReplacer("禹宁川", "钟离安", "110109201505069011", "110109201202039026").Replace(file)); done.Created != 1 {
		t.Errorf("a child new here: %+v", done)
	}
}
