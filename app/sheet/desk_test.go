package sheet

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// people makes persons and gives their ids.
func (o *office) people(t testing.TB, list ...register.Values) []uint64 {
	t.Helper()
	var ids []uint64
	must(t, o.book.Change(context.Background(), access.Office(), "测试", func(tx *record.Tx) error {
		for _, p := range list {
			r, err := tx.Create(record.Draft{Register: record.Persons, Values: p, Quiet: true})
			if err != nil {
				return err
			}
			ids = append(ids, r.ID)
		}
		return nil
	}))
	return ids
}

func (o *office) size(t testing.TB, reg string) (n int) {
	t.Helper()
	must(t, o.book.View(context.Background(), access.Office(), func(tx *record.Tx) (err error) { n, err = tx.Size(reg); return err }))
	return n
}

func TestPersonsAreMatchedAndNeverGuessed(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.people(t, register.Values{"name": "沐晨", "id_number": "11010920160815936X"}, register.Values{"name": "禹宁川", "id_number": "110109201409069214"},
		register.Values{"name": "重名", "birth": "2014-01-02"}, register.Values{"name": "重名", "birth": "2015-01-02"},
		register.Values{"name": "护着", "protected": true, "protected_reason": "受侵害未成年人"})
	head := []any{"姓名", "证件号码", "出生日期", "发现日期", "发现来源"}
	for name, tc := range map[string]struct {
		row  []any
		want string // "" for one that can be written
	}{
		"by number":               {[]any{"", "11010920160815936x", ""}, ""},
		"by number and name":      {[]any{"沐晨", "11010920160815936X", ""}, ""},
		"by name":                 {[]any{"禹宁川", "", ""}, ""},
		"by name and birth":       {[]any{"重名", "", "2015/1/2"}, ""},
		"a namesake":              {[]any{"重名", "", ""}, "2 人"},
		"number of somebody else": {[]any{"禹宁川", "11010920160815936X", ""}, "登记的姓名不是"},
		"birth of somebody else":  {[]any{"沐晨", "11010920160815936X", "2015-01-02"}, "出生日期"},
		"nobody":                  {[]any{"查无", "", ""}, "没有"},
		"neither":                 {[]any{"", "", ""}, "不知道是谁"},
		"protected":               {[]any{"护着", "", ""}, "受保护"},
	} {
		t.Run(name, func(t *testing.T) {
			_, dry, err := o.try(t, "child.file", workbook(t, head, append(tc.row, "2026-03-30", "学校")))
			must(t, err)
			r := dry.Rows[0]
			if r.Failed() != (tc.want != "") || !strings.Contains(r.Text(), tc.want) {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestTheSamePersonIsNotMadeTwice(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.people(t, register.Values{"name": "沐晨", "id_number": "11010920160815936X"}, register.Values{"name": "无证", "birth": "2020-02-02"})
	head := []any{"姓名", "证件号码", "出生日期"}
	_, dry, err := o.try(t, record.Persons, workbook(t, head,
		[]any{"改名", "11010920160815936X", ""}, []any{"无证", "", "2020-02-02"}, []any{"无证", "", "2021-02-02"}, []any{"无证", "110109201409069214", ""},
		[]any{"禹宁川", "110109201409069214", ""}, []any{"新人", "", "2022-02-02"}, []any{"新人", "", "2022-02-02"}, []any{"合计", "", ""}, []any{"", "", "", "3人"}))
	must(t, err)
	for i, want := range []string{"已登记在“沐晨”名下", "系统里已有", "可以导入", "请核对", "与第 5 行重复", "可以导入", "重复", "可以导入", "没有可以导入的内容"} {
		if got := dry.Rows[i].Text(); !strings.Contains(got, want) {
			t.Errorf("row %d: %s", i+2, got)
		}
	}
	if o.size(t, record.Persons) != 2 {
		t.Error("a dry run has written")
	}
}

func TestDryRunFindsWhatWritingWouldFind(t *testing.T) {
	t.Parallel()
	o := open(t)
	var mine, other uint64
	must(t, o.book.Change(context.Background(), access.Office(), "测试", func(tx *record.Tx) error {
		for _, p := range []struct {
			id   *uint64
			name string
		}{{&mine, "甲社区"}, {&other, "乙社区"}} {
			r, err := tx.Create(record.Draft{Register: record.Places, Values: register.Values{"name": p.name, "level": "community"}})
			if err != nil {
				return err
			}
			*p.id = r.ID
		}
		return nil
	}))
	// a role that may import but is kept to its community
	kept := o.officer
	role := kept.Roles[0]
	role.Level = access.LevelCommunity
	kept.Roles, kept.Communities = []access.Role{role}, []uint64{mine}
	data := workbook(t, []any{"姓名", "社区"}, []any{"甲", "甲社区"}, []any{"乙", "乙社区"}, []any{"丙", "丁社区"}, []any{"丁", ""})
	s, err := o.Read(context.Background(), kept, record.Persons, "名单.xlsx", data)
	must(t, err)
	dry, err := o.DryRun(context.Background(), kept, s, nil)
	must(t, err)
	for i, want := range []string{"可以导入", "不在您负责的社区", "没有找到", "请填所在社区"} {
		if got := dry.Rows[i].Text(); !strings.Contains(got, want) {
			t.Errorf("row %d: %s", i+2, got)
		}
	}
	if _, err := o.Run(context.Background(), kept, s, nil); err == nil || o.size(t, record.Persons) != 0 {
		t.Errorf("a file with wrong rows was written: %v", err)
	}
	s.Skip = true
	done, err := o.Run(context.Background(), kept, s, nil)
	if err != nil || done.Created != 1 || done.Skipped != 3 || len(done.Wrong) != 3 {
		t.Errorf("%+v %v", done, err)
	}
}

func TestWhoMayNotImport(t *testing.T) {
	t.Parallel()
	o := open(t)
	stranger := access.Viewer{User: 4, Name: "别人", Roles: []access.Role{{ID: "child.director", Domains: []string{"child", "person"}, Level: access.LevelCommunity}}}
	ctx := context.Background()
	s, err := o.Read(ctx, o.officer, record.Persons, "名单.csv", []byte("姓名\n甲\n"))
	must(t, err)
	refused := map[string]error{}
	_, refused["read"] = o.Read(ctx, stranger, record.Persons, "名单.csv", []byte("姓名\n甲\n"))
	_, refused["template"] = o.Template(stranger, record.Persons)
	_, refused["imports"] = o.Imports(ctx, stranger, record.Persons)
	_, refused["dry run"] = o.DryRun(ctx, stranger, s, nil)
	_, refused["run"] = o.Run(ctx, stranger, s, nil)
	_, refused["reply"] = o.Reply(ctx, stranger, s, Dry{})
	_, refused["remap"] = o.Remap(ctx, stranger, s.ID, []string{"name"})
	_, refused["export"] = o.Export(ctx, stranger, Request{Query: record.Query{Register: record.Persons}, Purpose: "随便看看"})
	done, err := o.Run(ctx, o.officer, s, nil)
	must(t, err)
	_, refused["undo"] = o.Undo(ctx, stranger, done.ID)
	for what, err := range refused {
		if _, ok := record.AsRefusal(err); !ok {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func names(n int) [][]any {
	rows := [][]any{{"姓名"}}
	for i := range n {
		rows = append(rows, []any{fmt.Sprintf("演示%05d", i)})
	}
	return rows
}

// TestImportCutShortByACrash stops the writer dead between two transactions,
// without any chance to clean up.
func TestImportCutShortByACrash(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := context.Background()
	data := workbook(t, names(1200)...)
	s, err := o.Read(ctx, o.officer, record.Persons, "名单.xlsx", data)
	must(t, err)
	func() {
		defer func() { _ = recover() }()
		_, _ = o.Run(ctx, o.officer, s, func(done, _ int) {
			if done >= 1000 {
				panic("power failure")
			}
		})
	}()
	if n := o.size(t, record.Persons); n != 1000 {
		t.Fatalf("%d persons at the time of the crash", n)
	}
	again := New(Config{Book: o.book})
	past, err := again.Imports(ctx, o.officer, record.Persons)
	if err != nil || len(past) != 1 || past[0].State != StateRunning || past[0].Created != 1000 {
		t.Errorf("%+v %v", past, err)
	}
	must(t, again.Recover(ctx))
	if n := o.size(t, record.Persons); n != 0 {
		t.Errorf("%d persons were left", n)
	}
	s, err = again.Read(ctx, o.officer, record.Persons, "名单.xlsx", data)
	must(t, err)
	done, err := again.Run(ctx, o.officer, s, nil)
	if err != nil || done.Created != 1200 {
		t.Errorf("%+v %v", done, err)
	}
}

func TestOneFileIsNotWrittenTwiceAtOnce(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := context.Background()
	data := workbook(t, names(600)...)
	a, err := o.Read(ctx, o.officer, record.Persons, "名单.xlsx", data)
	must(t, err)
	b, err := o.Read(ctx, o.officer, record.Persons, "名单.xlsx", data)
	must(t, err)
	_, err = o.Run(ctx, o.officer, a, func(int, int) {
		if _, err := o.Run(ctx, o.officer, b, nil); err == nil {
			t.Error("the file was written twice")
		}
		if err := o.Recover(ctx); err != nil {
			t.Error(err)
		}
		if _, err := o.Undo(ctx, o.officer, a.ID); err == nil {
			t.Error("an import was undone while at work")
		}
	})
	if err != nil || o.size(t, record.Persons) != 600 {
		t.Errorf("%d persons, %v", o.size(t, record.Persons), err)
	}
}

func TestUndoLeavesWhatWasUsedSince(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := context.Background()
	kept := o.people(t, register.Values{"name": "原有", "school": "一小"})[0]
	number := ""
	must(t, o.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		r, err := tx.Open(record.Ref{Register: record.Persons, ID: kept})
		number = r.Number
		return err
	}))
	s, dry, err := o.try(t, record.Persons, workbook(t, []any{"编号", "姓名", "学校"}, []any{number, "原有", "二小"}, []any{"", "改过"}, []any{"", "用过"}, []any{"", "干净"}))
	if err != nil || dry.Wrong() != 0 {
		t.Fatal(dry, err)
	}
	done, err := o.Run(ctx, o.officer, s, nil)
	if err != nil || done.Created != 3 || done.Updated != 1 {
		t.Fatal(done, err)
	}
	must(t, o.book.Change(ctx, o.officer, "使用", func(tx *record.Tx) error {
		changed, err := tx.IDs(record.Persons, "name", "改过")
		if err != nil {
			return err
		}
		used, err := tx.IDs(record.Persons, "name", "用过")
		if err != nil {
			return err
		}
		if _, err = tx.Save(record.Ref{Register: record.Persons, ID: changed[0]}, 0, register.Values{"school": "三小"}); err != nil {
			return err
		}
		_, err = tx.Create(record.Draft{Register: "child.file", Subject: used[0], Values: register.Values{"found_at": "2026-03-01", "source": "school"}})
		return err
	}))
	left, err := o.Undo(ctx, o.officer, done.ID)
	if err != nil || len(left) != 2 || !strings.Contains(strings.Join(left, " "), "改过") || !strings.Contains(strings.Join(left, " "), "用过") {
		t.Errorf("%q %v", left, err)
	}
	must(t, o.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		r, err := tx.Open(record.Ref{Register: record.Persons, ID: kept})
		if err == nil && r.Text("school") != "一小" {
			t.Errorf("the school is %s", r.Text("school"))
		}
		return err
	}))
	if n := o.size(t, record.Persons); n != 3 {
		t.Errorf("%d persons", n)
	}
	past, err := o.Imports(ctx, o.officer, record.Persons)
	if err != nil || past[0].State != StateUndone || len(past[0].Left) != 2 {
		t.Errorf("%+v %v", past, err)
	}
	if _, err := o.Undo(ctx, o.officer, done.ID); err == nil {
		t.Error("undone twice")
	}
}

func TestUndoKeepsAPlaceThatIsLivedIn(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := context.Background()
	s, dry, err := o.try(t, record.Places, workbook(t, []any{"名称", "层级"}, []any{"有人社区", "社区"}, []any{"无人社区", "社区"}))
	if err != nil || dry.Wrong() != 0 {
		t.Fatal(dry, err)
	}
	done, err := o.Run(ctx, o.officer, s, nil)
	must(t, err)
	var home []uint64
	must(t, o.book.View(ctx, access.Office(), func(tx *record.Tx) (err error) {
		home, err = tx.IDs(record.Places, "name", "有人社区")
		return err
	}))
	o.people(t, register.Values{"name": "住户", "community": idText(home[0])})
	left, err := o.Undo(ctx, o.officer, done.ID)
	if err != nil || len(left) != 1 || !strings.Contains(left[0], "有人社区") {
		t.Errorf("%q %v", left, err)
	}
}
