package sheet

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// approved asks for an export and has it approved.
func (o *office) approved(t testing.TB, reg, purpose string, full bool) record.Ref {
	t.Helper()
	var ref record.Ref
	must(t, o.book.Change(context.Background(), o.officer, "申请", func(tx *record.Tx) error {
		asked, err := tx.Create(record.Draft{Register: Exports, Values: register.Values{"register": reg, "purpose": purpose, "full": full}})
		if err != nil {
			return err
		}
		ref = asked.Ref
		_, err = tx.AsOffice().Do(ref, 0, "approve", record.Input{})
		return err
	}))
	return ref
}

func (o *office) export(t testing.TB, req Request) []byte {
	t.Helper()
	if req.Query.Register == "" {
		req.Query.Register = record.Persons
	}
	req.Purpose = "年度核对名单"
	req.Approval = o.approved(t, req.Query.Register, req.Purpose, req.Full)
	data, err := o.Export(context.Background(), o.officer, req)
	must(t, err)
	return data
}

func cellsOf(t testing.TB, data []byte) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	must(t, err)
	out, err := f.GetRows(dataSheet)
	must(t, err)
	return out
}

var cast = []register.Values{
	{"name": "禹宁川", "id_number": "110109201409069214", "phone": "13800138000", "address": "虚构里", "school": "=HYPERLINK(1)"},
	{"name": "护着", "id_number": "11010920160815936X", "protected": true, "protected_reason": "受侵害未成年人"},
}

func TestExportMasksGuardsAndMarks(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.people(t, cast...)
	data := o.export(t, Request{})
	all := fmt.Sprint(cellsOf(t, data))
	for _, want := range []string{"年度核对名单", "经办导出", "2026-04-01", "禹＊", "110109********9214", "138****8000", "'=HYPERLINK(1)", protectedText, "环节"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %s in %s", want, all)
		}
	}
	for _, secret := range []string{"宁川", "110109201409069214", "13800138000", "护着", "虚构里", "受侵害"} {
		if strings.Contains(all, secret) {
			t.Errorf("%s went out in %s", secret, all)
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	must(t, err)
	head, err := f.GetHeaderFooter(dataSheet)
	if err != nil || !strings.Contains(head.OddHeader, "年度核对名单") {
		t.Errorf("printed head %+v %v", head, err)
	}
	for row := 3; row <= 4; row++ {
		if kind, err := f.GetCellType(dataSheet, fmt.Sprintf("E%d", row)); err != nil || kind != excelize.CellTypeInlineString {
			t.Errorf("a number is kept as %v, %v", kind, err)
		}
	}
}

func TestFullExportAndItsApproval(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.people(t, cast...)
	all := fmt.Sprint(cellsOf(t, o.export(t, Request{Full: true})))
	if !strings.Contains(all, "110109201409069214") || strings.Contains(all, "护着") {
		t.Errorf("full export: %s", all)
	}
	ctx := context.Background()
	masked := o.approved(t, record.Persons, "年度核对名单", false)
	for name, req := range map[string]Request{
		"full on a masked approval": {Full: true, Purpose: "年度核对名单", Approval: masked},
		"another purpose":           {Purpose: "给熟人看看", Approval: masked},
		"no purpose":                {Approval: masked},
		"no approval":               {Purpose: "年度核对名单"},
		"approval that is none":     {Purpose: "年度核对名单", Approval: record.Ref{Register: Exports, ID: 999}},
		"an unknown column":         {Purpose: "年度核对名单", Approval: masked, Columns: []string{"secrets"}},
		"an unknown format":         {Purpose: "年度核对名单", Approval: masked, Format: "pdf"},
	} {
		t.Run(name, func(t *testing.T) {
			req.Query.Register = record.Persons
			if _, err := o.Export(ctx, o.officer, req); err == nil {
				t.Error("went out")
			}
		})
	}
}

func TestExportsAreInTheJournal(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.people(t, cast...)
	ref := o.approved(t, record.Persons, "年度核对名单", false)
	_, err := o.Export(context.Background(), o.officer, Request{Query: record.Query{Register: record.Persons}, Purpose: "年度核对名单", Approval: ref})
	must(t, err)
	must(t, o.book.View(context.Background(), o.officer, func(tx *record.Tx) error {
		r, err := tx.Open(ref)
		if err != nil {
			return err
		}
		entries, err := tx.History(r, 1)
		if err != nil || len(entries) == 0 || entries[0].Kind != "export" || entries[0].Facts["purpose"] != "年度核对名单" || entries[0].Facts["rows"] != "2 行" {
			t.Errorf("%+v %v", entries, err)
		}
		return err
	}))
}

func TestConsentIsHonoured(t *testing.T) {
	t.Parallel()
	o := open(t)
	id := o.people(t, cast...)[0]
	o.withheld = func(_ *record.Tx, person uint64, _ value.Date) ([]string, error) {
		if person == id {
			return []string{"phone", "id_number"}, nil
		}
		return nil, nil
	}
	rows := cellsOf(t, o.export(t, Request{Full: true, Columns: []string{"name", "id_number", "phone", "school"}}))
	if fmt.Sprint(rows[1]) != "[姓名 证件号码 联系电话 学校（园所）]" || fmt.Sprint(rows[3]) != "[禹宁川 "+withheldText+" "+withheldText+" '=HYPERLINK(1)]" {
		t.Errorf("%q", rows)
	}
}

// TestWhatGoesOutComesBack exports in every format, masked and not, and
// imports the file again: nothing may change.
func TestWhatGoesOutComesBack(t *testing.T) {
	t.Parallel()
	for _, format := range []Format{Workbook, CSV, CSVGB18030} {
		for _, full := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s full %v", format, full), func(t *testing.T) {
				o := open(t)
				id := o.people(t, register.Values{"name": "𬍛宁川", "id_number": "110109201409069214", "phone": "13800138000", "address": "甲", "school": "=1+1", "health_note": "'=2、第一行\n第二行", "birth": "2014-09-06"})[0]
				before := o.values(t, id)
				data := o.export(t, Request{Full: full, Format: format})
				s, dry, err := o.try(t, record.Persons, data)
				if err != nil || dry.Wrong() != 0 || !dry.Rows[0].Update || len(s.Titles) != 1 {
					t.Fatalf("%+v %v", dry, err)
				}
				done, err := o.Run(context.Background(), o.officer, s, nil)
				if err != nil || done.Updated != 1 || fmt.Sprint(o.values(t, id)) != fmt.Sprint(before) {
					t.Errorf("%v became %v, %+v %v", before, o.values(t, id), done, err)
				}
			})
		}
	}
}

func (o *office) values(t testing.TB, person uint64) register.Values {
	t.Helper()
	var out register.Values
	must(t, o.book.View(context.Background(), access.Office(), func(tx *record.Tx) error {
		r, err := tx.Open(record.Ref{Register: record.Persons, ID: person})
		if err == nil {
			out = r.Values
		}
		return err
	}))
	return out
}

func TestMaskedRowsMakeNobody(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.people(t, cast[0])
	rows := cellsOf(t, o.export(t, Request{Columns: []string{"name", "id_number", "phone"}}))
	var lines [][]any
	for _, r := range rows {
		line := make([]any, len(r))
		for i := range r {
			line[i] = r[i]
		}
		lines = append(lines, line)
	}
	_, dry, err := o.try(t, record.Persons, workbook(t, lines...))
	if err != nil || dry.Wrong() != 1 || !strings.Contains(dry.Rows[0].Text(), "脱敏") {
		t.Errorf("%+v %v", dry, err)
	}
}

func TestCSVKeepsLongNumbersAndRareCharacters(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.people(t, register.Values{"name": "𬍛宁川", "id_number": "110109201409069214"})
	columns := []string{"name", "id_number"}
	if data := o.export(t, Request{Full: true, Format: CSV, Columns: columns}); !bytes.HasPrefix(data, []byte("\ufeff")) || !bytes.Contains(data, []byte("𬍛宁川,\"\t110109201409069214\"\r\n")) {
		t.Errorf("%q", data)
	}
	if data := o.export(t, Request{Full: true, Format: CSVGB18030, Columns: columns}); !bytes.Contains(data, []byte("\x99\x31\xd9\x37")) {
		t.Errorf("%q", data)
	}
}

func TestReplyIsColouredAndCanBeImportedAgain(t *testing.T) {
	t.Parallel()
	o := open(t)
	s, dry, err := o.try(t, record.Persons, workbook(t, []any{"花名册"}, []any{"姓名", "性别"}, []any{"甲", "雄"}, []any{"乙", "女"}))
	must(t, err)
	data, err := o.Reply(context.Background(), o.officer, s, dry)
	must(t, err)
	rows := cellsOf(t, data)
	if len(rows) != 4 || rows[0][1] != "花名册" || rows[1][0] != replyColumn || !strings.HasPrefix(rows[2][0], "第3行：性别：“雄”不在可选项里") {
		t.Fatalf("%q", rows)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	must(t, err)
	colour := func(at string) string {
		id, err := f.GetCellStyle(dataSheet, at)
		must(t, err)
		style, err := f.GetStyle(id)
		must(t, err)
		return strings.Join(style.Fill.Color, "")
	}
	if !strings.HasSuffix(colour("B3"), fills[wrong]) || !strings.HasSuffix(colour("B4"), fills[good]) {
		t.Errorf("colours %s and %s", colour("B3"), colour("B4"))
	}
	if _, dry, err = o.try(t, record.Persons, data); err != nil || dry.Wrong() != 1 || len(dry.Rows) != 2 {
		t.Errorf("%+v %v", dry, err)
	}
}

func TestTemplateHasListsAndIsText(t *testing.T) {
	t.Parallel()
	o := open(t)
	data, err := o.Template(o.officer, record.Persons)
	must(t, err)
	f, err := excelize.OpenReader(bytes.NewReader(data))
	must(t, err)
	lists, err := f.GetDataValidations(dataSheet)
	if err != nil || len(lists) < 5 {
		t.Errorf("%d lists, %v", len(lists), err)
	}
	if visible, err := f.GetSheetVisible(listSheet); err != nil || visible {
		t.Errorf("the sheet of choices is visible: %v", err)
	}
	style, err := f.GetColStyle(dataSheet, "D")
	must(t, err)
	if s, err := f.GetStyle(style); err != nil || s.NumFmt != 49 {
		t.Errorf("cells are not text: %+v %v", s, err)
	}
	rows := cellsOf(t, data)
	if rows[headerRow-1][1] != "姓名＊" || !strings.Contains(fmt.Sprint(rows[hintRow-1]), "2026-03-02") {
		t.Errorf("%q", rows)
	}
}

var bigImport = flag.Int("rows", 2000, "rows of the import benchmark; the house asks for 50000 in a minute")

// BenchmarkFile takes a list of persons in from a workbook and gives it out
// again. Run with -rows 50000 for the full size.
func BenchmarkFile(b *testing.B) {
	ctx := context.Background()
	for b.Loop() {
		b.StopTimer()
		o := open(b)
		data := listOf(b, *bigImport)
		b.StartTimer()
		s, err := o.Read(ctx, o.officer, record.Persons, "名单.xlsx", data)
		must(b, err)
		report(b, "read")
		dry, err := o.DryRun(ctx, o.officer, s, nil)
		must(b, err)
		report(b, "dry")
		if dry.Wrong() > 0 {
			b.Fatal(dry.Rows[0])
		}
		done, err := o.Run(ctx, o.officer, s, nil)
		must(b, err)
		report(b, "run")
		if done.Created != *bigImport {
			b.Fatal(done)
		}
		_, err = o.Export(ctx, access.Office(), Request{Query: record.Query{Register: record.Persons}, Purpose: "年度核对名单"})
		must(b, err)
		report(b, "export")
	}
}

func report(b *testing.B, stage string) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(b.Elapsed().Seconds(), stage+"-s")
	b.ReportMetric(float64(m.HeapInuse>>20), stage+"-MB")
}

func listOf(b *testing.B, n int) []byte {
	b.Helper()
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	must(b, err)
	must(b, w.SetRow("A1", []any{"姓名", "身份证号", "性别", "住址", "联系电话", "学校"}))
	for i := range n {
		day := value.Date("1936-01-01").AddDays(i / 40)
		first := fmt.Sprintf("110109%s9%02d", strings.ReplaceAll(string(day), "-", ""), (i%40)*2+1)
		must(b, w.SetRow(fmt.Sprintf("A%d", i+2), []any{fmt.Sprintf("演示%05d", i), first + string(value.CheckDigit(first)), "", fmt.Sprintf("虚构路%d号", i), "", "虚构小学"}))
	}
	must(b, w.Flush())
	return built(b, f)
}

func TestApprovedColumnsBindTheExport(t *testing.T) {
	for _, c := range []struct {
		name            string
		asked, approved []string
		want            bool
	}{
		{"all of all", nil, nil, true},
		{"some of all", []string{"name"}, nil, true},
		{"the same", []string{"name", "sex"}, []string{"sex", "name"}, true},
		{"fewer", []string{"name"}, []string{"sex", "name"}, true},
		{"one more", []string{"name", "phone"}, []string{"name"}, false},
		{"all instead of some", nil, []string{"name"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := within(c.asked, c.approved); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
