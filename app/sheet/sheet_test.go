package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"jiezhen/app/access"
	"jiezhen/app/calendar"
	"jiezhen/app/people"
	"jiezhen/app/policy"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/assets"
	"jiezhen/embedstore"
)

type facts struct{ set *policy.Set }

func (f facts) Param(key string, on value.Date) (any, error) {
	p, err := f.set.Param(key, on)
	return p.Value, err
}
func (f facts) HasParam(key string, prefix bool) bool { return f.set.HasParam(key, prefix) }
func (f facts) HasCodes(l string) bool                { _, ok := f.set.Codes(l); return ok }
func (f facts) HasCode(l, c string) bool {
	list, _ := f.set.Codes(l)
	_, ok := list.Item(c)
	return ok
}

type office struct {
	*Desk
	officer access.Viewer
}

func open(t testing.TB) *office {
	t.Helper()
	set, err := policy.Load(assets.FS())
	if err != nil {
		t.Fatal(err)
	}
	days, err := calendar.Load(assets.FS())
	if err != nil {
		t.Fatal(err)
	}
	roles, err := access.LoadRoles(assets.FS(), "roles.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Sub(assets.FS(), "registers")
	if err != nil {
		t.Fatal(err)
	}
	regs, err := register.Load(files, register.World{Facts: facts{set}, Roles: roles.Set()})
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return time.Date(2026, 4, 1, 9, 0, 0, 0, time.Local) }
	store, err := embedstore.Create(embedstore.Config{Dir: t.TempDir(), Key: [32]byte{5}, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	now := func() *policy.Set { return set }
	book, err := record.New(record.Config{Store: store, Registers: regs, Policy: now, Calendar: func() *calendar.Calendar { return days },
		Clock: clock, Office: func() record.Profile { return record.Profile{Town: "110109002"} }, Behaviours: people.Behaviours(now), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	role, _ := roles.Get("child.officer")
	return &office{New(Config{Book: book}), access.Viewer{User: 9, Name: "经办", Roles: []access.Role{role}, Now: clock()}}
}

func workbook(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (o *office) try(t testing.TB, reg string, data []byte) (*Staged, Dry, error) {
	t.Helper()
	s, err := o.Read(context.Background(), o.officer, reg, "名单.xlsx", data)
	if err != nil {
		return nil, Dry{}, err
	}
	dry, err := o.DryRun(context.Background(), o.officer, s, nil)
	return s, dry, err
}

var people3 = [][]any{{"城子街道儿童花名册"}, {"姓 名", "身份证号", "性别", "出生年月日", "手机号"},
	{"禹宁川", "110109201409069214", "男", "2014.9.6", ""}, {"沐晨", "11010920160815936X", "女", "2016年8月15日", "０１０-00000000"}}

func TestImportPeopleWithTitleSynonymsAndDates(t *testing.T) {
	o := open(t)
	s, dry, err := o.try(t, record.Persons, workbook(t, people3...))
	if err != nil || dry.Wrong() != 0 || len(dry.Rows) != 2 {
		t.Fatalf("%+v %v", dry, err)
	}
	done, err := o.Run(context.Background(), o.officer, s, nil)
	if err != nil || done.Created != 2 {
		t.Fatalf("%+v %v", done, err)
	}
	if _, _, err := o.try(t, record.Persons, workbook(t, people3...)); err == nil || !strings.Contains(err.Error(), "导入过") {
		t.Errorf("the same file was taken twice: %v", err)
	}
	size := func() (n int) {
		_ = o.book.View(context.Background(), access.Office(), func(tx *record.Tx) (err error) { n, err = tx.Size(record.Persons); return err })
		return n
	}
	if size() != 2 {
		t.Fatalf("%d persons", size())
	}
	left, err := o.Undo(context.Background(), o.officer, done.ID)
	if err != nil || len(left) > 0 || size() != 0 {
		t.Errorf("undo left %v, %d persons, %v", left, size(), err)
	}
	if s, _, err = o.try(t, record.Persons, workbook(t, people3...)); err != nil {
		t.Errorf("after an undo the file must be welcome again: %v", err)
	}
	if _, err := o.Run(context.Background(), o.officer, s, nil); err != nil {
		t.Error(err)
	}
}

func TestBadRowsSayWhy(t *testing.T) {
	o := open(t)
	head := []any{"姓名", "证件号码", "出生日期", "性别"}
	for name, tc := range map[string]struct {
		row  []any
		want string
	}{
		"wrong check digit": {[]any{"甲", "110109199001019011"}, "校验"},
		"excel float":       {[]any{"乙", "1.10109201409069E+17"}, "改坏"},
		"future birth":      {[]any{"丙", "", "2036-01-01"}, "出生日期"},
		"unknown code":      {[]any{"丁", "", "", "雄"}, "不在可选项里"},
		"no such day":       {[]any{"戊", "", "2026-02-30"}, "不存在"},
		"two-digit year":    {[]any{"己", "", "15/05/20"}, "年份四位"},
		"no name":           {[]any{"", "110109201409069214"}, "必填"},
	} {
		t.Run(name, func(t *testing.T) {
			_, dry, err := o.try(t, record.Persons, workbook(t, head, tc.row))
			if err != nil || dry.Wrong() != 1 || !strings.Contains(dry.Rows[0].Text(), tc.want) {
				t.Errorf("%+v %v", dry.Rows, err)
			}
		})
	}
}

// zipped is a small zip that unpacks to 80 MB for each name.
func zipped(t testing.TB, names ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	zeros := bytes.Repeat([]byte(" "), 1<<20)
	for _, name := range names {
		w, err := z.Create(name)
		must(t, err)
		for range 80 {
			_, err := w.Write(zeros)
			must(t, err)
		}
	}
	must(t, z.Close())
	return out.Bytes()
}

func TestFilesThatAreRefused(t *testing.T) {
	o := open(t)
	parts := []string{"[Content_Types].xml", "xl/workbook.xml"}
	for i := range 5 {
		parts = append(parts, fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1))
	}
	bomb := zipped(t, parts...)
	for name, tc := range map[string]struct {
		data []byte
		want string
	}{
		"empty":                {nil, "空"},
		"xls renamed":          {append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 600)...), ".xls"},
		"zip bomb":             {bomb, "打不开"},
		"not a sheet":          {[]byte("\x7fELF\x00\x00\x00"), "不是"},
		"no header":            {workbook(t, []any{"甲", "乙"}, []any{"丙", "丁"}), "表头"},
		"header and no rows":   {workbook(t, []any{"姓名", "证件号码"}), "没有数据行"},
		"unknown GB18030 tail": {[]byte("\xd0\xd5\xc3\xfb,\xd6\xa4\xbc\xfe\xba\xc5\xc2\xeb\n\xff\xff,1\n"), "读不出"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := o.try(t, record.Persons, tc.data)
			if r, ok := record.AsRefusal(err); !ok || !strings.Contains(r.Text, tc.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestGBKTextIsRead(t *testing.T) {
	o := open(t)
	data, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte("姓名,证件号码\r\n禹宁川,110109201409069214\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, dry, err := o.try(t, record.Persons, data)
	if err != nil || dry.Wrong() != 0 || dry.Rows[0].Who != "禹宁川" {
		t.Errorf("%+v %v", dry, err)
	}
}

func TestRegisterRowsFindTheirPersonAndNeverGuess(t *testing.T) {
	o := open(t)
	err := o.book.Change(context.Background(), access.Office(), "测试", func(tx *record.Tx) error {
		for _, p := range []register.Values{{"name": "沐晨", "id_number": "11010920160815936X"}, {"name": "重名"}, {"name": "重名", "former_name": "另一个"}} {
			if _, err := tx.Create(record.Draft{Register: record.Persons, Values: p, Quiet: true}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	head := []any{"姓名", "证件号码", "发现日期", "发现来源"}
	_, dry, err := o.try(t, "child.file", workbook(t, head, []any{"沐晨", "11010920160815936X", "2026-03-30", "社区（村）"},
		[]any{"重名", "", "2026-03-30", "学校"}, []any{"没有此人", "", "2026-03-30", "学校"}))
	if err != nil || dry.Wrong() != 2 || dry.Rows[0].Failed() || !strings.Contains(dry.Rows[1].Text(), "2 人") || !strings.Contains(dry.Rows[2].Text(), "没有") {
		t.Errorf("%+v %v", dry.Rows, err)
	}
}

func TestExportNeedsPurposeAndApprovalAndComesBack(t *testing.T) {
	o := open(t)
	s, _, err := o.try(t, record.Persons, workbook(t, people3...))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Run(context.Background(), o.officer, s, nil); err != nil {
		t.Fatal(err)
	}
	req := Request{Query: record.Query{Register: record.Persons}, Purpose: "年度核对名单"}
	if _, err := o.Export(context.Background(), o.officer, req); err == nil {
		t.Error("personal data went out without an approval")
	}
	var asked *record.Record
	err = o.book.Change(context.Background(), o.officer, "申请", func(tx *record.Tx) (err error) {
		asked, err = tx.Create(record.Draft{Register: Exports, Values: register.Values{"register": record.Persons, "purpose": "年度核对名单"}})
		if err != nil {
			return err
		}
		asked, err = tx.AsOffice().Do(asked.Ref, 0, "approve", record.Input{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	req.Approval = asked.Ref
	data, err := o.Export(context.Background(), o.officer, req)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows(dataSheet)
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows %v", len(rows), err)
	}
	all := fmt.Sprint(rows)
	if !strings.Contains(all, "年度核对名单") || strings.Contains(all, "110109201409069214") || strings.Contains(all, "宁川") {
		t.Errorf("export: %s", all)
	}
	_, dry, err := o.try(t, record.Persons, data)
	if err != nil || dry.Wrong() != 0 || !dry.Rows[0].Update {
		t.Errorf("an export must be importable: %+v %v", dry.Rows, err)
	}
}

func TestFormulasDoNotRun(t *testing.T) {
	for in, want := range map[string]string{"=1+1": "'=1+1", "@x": "'@x", "-5": "'-5", "正常": "正常", "": ""} {
		if got := guard(in); got != want {
			t.Errorf("%q became %q", in, got)
		}
	}
}

func TestCutShortImportIsUndone(t *testing.T) {
	o := open(t)
	rows := [][]any{{"姓名"}}
	for i := range 1200 {
		rows = append(rows, []any{fmt.Sprintf("演示%04d", i)})
	}
	s, dry, err := o.try(t, record.Persons, workbook(t, rows...))
	if err != nil || dry.Wrong() != 0 {
		t.Fatal(dry.Wrong(), err)
	}
	ctx, cut := context.WithCancel(context.Background())
	_, err = o.Run(ctx, o.officer, s, func(done, _ int) {
		if done >= 500 {
			cut()
		}
	})
	if err == nil {
		t.Fatal("the import was not cut short")
	}
	if err := o.Recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	_ = o.book.View(context.Background(), access.Office(), func(tx *record.Tx) error {
		if n, _ := tx.Size(record.Persons); n != 0 {
			t.Errorf("%d persons were left of an import that was cut short", n)
		}
		return nil
	})
}

func TestTemplateOpensAndIsItsOwnHeader(t *testing.T) {
	o := open(t)
	data, err := o.Template(o.officer, "child.file")
	if err != nil {
		t.Fatal(err)
	}
	c, err := parse(data, func([]Line) bool { return true })
	lines := c.lines
	if err != nil || len(lines) != 3 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	def, _ := o.book.Registers().Get("child.file")
	names := columnNames(def)
	for _, c := range lines[2].Cells {
		if names[headerKey(c)] == "" {
			t.Errorf("column %q is not known", c)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("姓名,证件号码\n甲,1\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parse(data, func([]Line) bool { return true })
		if err == nil && len(c.lines) > maxRows {
			t.Error("too many lines")
		}
	})
}

func BenchmarkImport(b *testing.B) {
	o := open(b)
	rows := [][]any{{"姓名", "出生日期"}}
	for i := range 2000 {
		rows = append(rows, []any{fmt.Sprintf("演示%05d", i), "2014-09-06"})
	}
	data := workbook(b, rows...)
	for range b.N {
		s, _, err := o.try(b, record.Persons, data)
		if err != nil {
			b.Fatal(err)
		}
		done, err := o.Run(context.Background(), o.officer, s, nil)
		if err != nil || done.Created != 2000 {
			b.Fatal(done, err)
		}
		b.StopTimer()
		if _, err := o.Undo(context.Background(), o.officer, done.ID); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
