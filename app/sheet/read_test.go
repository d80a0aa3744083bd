package sheet

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"jiezhen/app/record"
	"jiezhen/app/value"
)

func anySheet([]Line) bool { return true }

func built(t testing.TB, f *excelize.File) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestBlankRowsThatASheetClaimsAreNotData(t *testing.T) {
	t.Parallel()
	const claimed, held = 65_202, 495
	f := excelize.NewFile()
	style, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	must(t, err)
	w, err := f.NewStreamWriter("Sheet1")
	must(t, err)
	must(t, w.SetRow("A1", []any{"姓名", "出生日期"}))
	for i := 2; i <= claimed; i++ {
		cells := []any{excelize.Cell{StyleID: style}, excelize.Cell{StyleID: style}}
		if i <= held || i == claimed-10 { // the last stands alone, far below
			cells = []any{fmt.Sprintf("演示%04d", i), "2014-09-06"}
		}
		must(t, w.SetRow(fmt.Sprintf("A%d", i), cells))
	}
	must(t, w.Flush())
	c, err := parse(built(t, f), anySheet)
	if err != nil || len(c.lines) != held+1 || c.skipped != claimed-held-1 {
		t.Errorf("%d lines, %d blank, %v", len(c.lines), c.skipped, err)
	}
}

func TestWhatFilesAreReallyIsSaid(t *testing.T) {
	t.Parallel()
	odt := zipped(t, "content.xml")
	for name, tc := range map[string]struct {
		data []byte
		want string
	}{
		"web page named xls":       {[]byte("<html><table><tr><td>姓名</td></tr></table></html>"), "网页"},
		"utf-16 text":              {[]byte("\xff\xfe\xd3\x59\x0d\x54\x00\x00"), "Unicode 文本"},
		"another zip":              {odt, "不是 Excel"},
		"half a workbook":          {workbook(t, []any{"姓名"}, []any{"甲"})[:900], "没有传完"},
		"code of GB 18030-2022":    {[]byte("\xd0\xd5\xc3\xfb\n\xbc\xd7\n\xd2\xd2\xa6\xd9\n"), "第 3 行有读不出的字"},
		"lost before it came here": {workbook(t, []any{"姓名"}, []any{"甲\ufffd"}), "第 2 行有读不出的字"},
		"too wide":                 {workbook(t, make300()), "最多"},
		"61 MB":                    {bytes.Repeat([]byte("甲,"), 16<<20), "60MB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(tc.data, anySheet)
			if r, ok := record.AsRefusal(err); !ok || !strings.Contains(r.Text, tc.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func make300() []any {
	out := make([]any, maxColumns+1)
	for i := range out {
		out[i] = "甲"
	}
	return out
}

func TestTextFilesOfEveryKindAreRead(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"plain":         "姓名,电话\n甲,1\n",
		"marked":        "\ufeff姓名,电话\r\n甲,1\r\n",
		"tabs":          "姓名\t电话\n甲\t1\n",
		"semicolons":    "姓名;电话\n甲;1\n",
		"gb18030":       "\xd0\xd5\xc3\xfb,\xb5\xe7\xbb\xb0\n\xbc\xd7,1\n",
		"gb18030 mark":  "\x84\x31\x95\x33\xd0\xd5\xc3\xfb,\xb5\xe7\xbb\xb0\n\xbc\xd7,1\n",
		"blank between": "姓名,电话\n,\n甲,1\n,,,\n",
	} {
		t.Run(name, func(t *testing.T) {
			c, err := parse([]byte(data), anySheet)
			if err != nil || len(c.lines) != 2 || fmt.Sprint(c.lines[0].Cells, c.lines[1].Cells) != "[姓名 电话] [甲 1]" {
				t.Errorf("%v %v", c.lines, err)
			}
		})
	}
	c, err := parse([]byte("\xd0\xd5\xc3\xfb\n\x81\x39\xf3\x38\xfe\x9f\x95\x32\xa6\x32\x98\x38\xf5\x37\x99\x31\xd9\x37\x99\x33\xa9\x32\n"), anySheet)
	if err != nil || c.lines[1].Cells[0] != "㐱䶮𠅤𫖯𬍛𬭎" {
		t.Errorf("rare characters: %v %v", c.lines, err)
	}
}

func TestTheSheetWithTheHeaderIsRead(t *testing.T) {
	t.Parallel()
	o := open(t)
	f := excelize.NewFile()
	must(t, f.SetCellStr("Sheet1", "A1", "填表说明"))
	for _, name := range []string{"隐藏", "三月", "四月"} {
		_, err := f.NewSheet(name)
		must(t, err)
		must(t, f.SetSheetRow(name, "A1", &[]any{"姓名", "出生日期"}))
		must(t, f.SetSheetRow(name, "A2", &[]any{name, "2014-09-06"}))
	}
	must(t, f.SetSheetVisible("隐藏", false))
	s, err := o.Read(context.Background(), o.officer, record.Persons, "各月.xlsx", built(t, f))
	if err != nil || s.Sheet != "三月" || len(s.Remarks) != 1 || !strings.Contains(s.Remarks[0], "四月") {
		t.Errorf("%+v %v", s, err)
	}
}

func TestDatesOfEveryStyle(t *testing.T) {
	t.Parallel()
	tk := &taking{staged: &Staged{}}
	old := &taking{staged: &Staged{From1904: true}}
	for in, want := range map[string]string{
		"2026-03-02": "2026-03-02", "2026/3/2": "2026-03-02", "2026.3.2": "2026-03-02", "2026年3月2日": "2026-03-02", "20260302": "2026-03-02",
		"２０２６－０３－０２": "2026-03-02", "46083": "2026-03-02", "46083.75": "2026-03-02", "2026-03-02 00:00:00": "2026-03-02",
	} {
		if d, err := value.ParseDate(tk.date(value.KindDate, in), ""); err != nil || string(d) != want {
			t.Errorf("%s: %s %v", in, d, err)
		}
	}
	if got := old.date(value.KindDate, "44621"); got != "2026-03-02" {
		t.Errorf("counted from 1904: %s", got)
	}
	if got := tk.date(value.KindDateTime, "46083.33333333333"); got != "2026-03-02 08:00" {
		t.Errorf("a time of day: %s", got)
	}
	if got := tk.date(value.KindMonth, "46083"); got != "2026-03" {
		t.Errorf("a month: %s", got)
	}
}

func TestNumbersAsSpreadsheetsKeepThem(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"1234.0999999999999": "1234.1", "0.30000000000000004": "0.3", "1.5E-2": "0.015", "1E+05": "100000", "12,345.60": "12,345.60", "１２.５": "１２.５", "三": "三"} {
		if got := rounding(in); got != want {
			t.Errorf("%s became %s", in, got)
		}
	}
	for in, want := range map[string]string{"1.3800138E+10": "13800138000", "1E5": "1E5", "3号楼": "3号楼"} {
		if got, err := spelled(in); err != nil || got != want {
			t.Errorf("%s became %s, %v", in, got, err)
		}
	}
	if _, err := spelled("6.22202E+18"); err == nil {
		t.Error("a number without its last digits was taken")
	}
}

func TestColumnsOfLongNumbersAreConvictedTogether(t *testing.T) {
	t.Parallel()
	o := open(t)
	head := []any{"姓名", "证件号码", "账号"}
	// 110109197001019000 passes its check although its last digits are gone.
	lucky := "110109197001019"
	for seq := 0; ; seq++ {
		if lucky = fmt.Sprintf("1101091970%02d%02d9", seq/28%12+1, seq%28+1); value.CheckDigit(lucky+"00") == '0' {
			break
		}
	}
	_, dry, err := o.try(t, record.Persons, workbook(t, head, []any{"甲", lucky + "000", ""}, []any{"乙", "110109201409069000", ""}, []any{"丙", "", "6222020000000000"}))
	if err != nil || !strings.Contains(dry.Rows[0].Text(), "改坏") || !strings.Contains(dry.Rows[1].Text(), "改坏") {
		t.Errorf("%+v %v", dry.Rows, err)
	}
	if r := dry.Rows[2]; r.Failed() || !strings.Contains(r.Text(), "末几位都是0") {
		t.Errorf("an account that ends in zeros: %+v", r)
	}
	_, dry, err = o.try(t, record.Persons, workbook(t, head, []any{"甲", lucky + "000", ""}))
	if err != nil || dry.Rows[0].Failed() || len(dry.Rows[0].Warnings) == 0 {
		t.Errorf("one number that ends in zeros: %+v %v", dry.Rows, err)
	}
}

func TestCodesAreNeverGuessed(t *testing.T) {
	t.Parallel()
	o := open(t)
	def, _ := o.book.Registers().Get(record.Persons)
	tk := o.taking(def, &Staged{})
	sex, _ := def.Field("sex")
	for in, want := range map[string]string{"男": "1", "男性": "1", " 女 ": "2", "２": "2", "1": "1"} {
		if got, err := tk.code(sex, in); err != nil || got != want {
			t.Errorf("%s is %v, %v", in, got, err)
		}
	}
	for _, in := range []string{"男女", "非男", "雄", "性别"} {
		if got, err := tk.code(sex, in); err == nil {
			t.Errorf("%s was taken for %v", in, got)
		}
	}
	x := &codeIndex{words: map[string][]string{"一": {"01", "1"}}, known: map[string]bool{}}
	tk.codes["twice"] = x
	double := *sex
	double.Codes = "twice"
	if got, err := tk.code(&double, "一"); err == nil || !strings.Contains(err.Error(), "2 项") {
		t.Errorf("a label of two codes is %v, %v", got, err)
	}
	file, _ := o.book.Registers().Get("child.file")
	many, _ := file.Field("more_categories")
	list, _ := o.book.Policy().Codes(many.Codes)
	in := list.Items[0].Label + "；" + list.Items[1].Code + "，" + list.Items[0].Label
	if got, err := tk.manyCodes(many, in); err != nil || fmt.Sprint(got) != fmt.Sprint([]string{list.Items[0].Code, list.Items[1].Code}) {
		t.Errorf("%s is %v, %v", in, got, err)
	}
}

func TestColumnsCanBePutRightAndAreRemembered(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := context.Background()
	data := func(n int) []byte {
		return fmt.Appendf(nil, "姓名,联络,手机,电话\n演示%d,13800138000,,\n", n)
	}
	s, err := o.Read(ctx, o.officer, record.Persons, "一.csv", data(1))
	must(t, err)
	if fmt.Sprint(s.Columns) != "[name  phone ]" || len(s.Remarks) != 1 {
		t.Fatalf("%q %q", s.Columns, s.Remarks)
	}
	if _, err := o.Remap(ctx, o.officer, s.ID, []string{"name", "phone", "phone", ""}); err == nil {
		t.Error("two columns were taken for one field")
	}
	if _, err := o.Remap(ctx, o.officer, s.ID, []string{"name", "secret", "", ""}); err == nil {
		t.Error("an unknown field was taken")
	}
	_, err = o.Remap(ctx, o.officer, s.ID, []string{"name", "phone", "", ""})
	must(t, err)
	s, err = o.Read(ctx, o.officer, record.Persons, "二.csv", data(2))
	if err != nil || fmt.Sprint(s.Columns) != "[name phone  ]" {
		t.Errorf("%q %v", s.Columns, err)
	}
	s, err = o.Read(ctx, o.officer, record.Persons, "三.csv", []byte("姓名,手机\n丙,13800138000\n"))
	if err != nil || fmt.Sprint(s.Columns) != "[name phone]" {
		t.Errorf("a column left out beside another must not stay left out: %q %v", s.Columns, err)
	}
}

func TestUploadsNobodyCameBackToAreThrownAway(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := context.Background()
	shelf := o.book.Shelf(StagedShelf)
	stale := stagedID(o.book.Now().Add(-stagedFor-1e9), "x")
	must(t, shelf.Put(ctx, stale, Staged{ID: stale, By: o.officer.User}))
	fresh, err := o.Read(ctx, o.officer, record.Persons, "名单.csv", []byte("姓名\n甲\n"))
	must(t, err)
	if _, err := o.Staged(ctx, o.officer, stale); err == nil {
		t.Error("an old upload was kept")
	}
	if _, err := o.Staged(ctx, o.officer, fresh.ID); err != nil {
		t.Error(err)
	}
	other := o.officer
	other.User++
	if _, err := o.Staged(ctx, other, fresh.ID); err == nil {
		t.Error("an upload was shown to somebody else")
	}
}

func FuzzHeader(f *testing.F) {
	f.Add("姓名,证件号码\n甲,1\n", 3)
	f.Add("\xd0\xd5\xc3\xfb;\"\n=1+1,'=2", 0)
	f.Fuzz(func(t *testing.T, data string, at int) {
		c, err := parse([]byte(data), anySheet)
		if err != nil {
			return
		}
		names := map[string]string{headerKey("姓名"): "name", headerKey("证件号码"): "id_number"}
		s := &Staged{}
		if s.header(c.lines, names) != nil {
			return
		}
		if len(s.Columns) != len(s.Header) || len(s.Titles)+1+len(s.Lines) != len(c.lines) {
			t.Errorf("%d columns for %d headers, %d+1+%d lines of %d", len(s.Columns), len(s.Header), len(s.Titles), len(s.Lines), len(c.lines))
		}
		for i := range s.Header {
			s.spoiled(i)
		}
		for _, l := range s.Lines {
			for _, cell := range l.Cells {
				if got := unguard(guard(cell)); got != cell {
					t.Errorf("%q came back as %q", cell, got)
				}
			}
		}
	})
}
