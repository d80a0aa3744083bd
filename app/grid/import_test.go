package grid_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"jiezhen/app/access"
	"jiezhen/app/grid"
	"jiezhen/app/record"
	"jiezhen/app/sheet"
)

func (o *office) importSheet(reg string, rows ...[]any) sheet.Done {
	o.t.Helper()
	f := excelize.NewFile()
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			o.t.Fatal(err)
		}
	}
	var out bytes.Buffer
	o.must(f.Write(&out))
	sheets, v := o.house.Office().Sheets, o.users["governance.officer"]
	s, err := sheets.Read(o.t.Context(), v, reg, "名单.xlsx", out.Bytes())
	o.must(err)
	dry, err := sheets.DryRun(o.t.Context(), v, s, nil)
	o.must(err)
	for _, r := range dry.Rows {
		if r.Failed() {
			o.t.Errorf("row %d: %s", r.Line, r.Text())
		}
	}
	done, err := sheets.Run(o.t.Context(), v, s, nil)
	o.must(err)
	return done
}

// A platform's export stands here where it stands there; coming again it brings
// its cases on; undone it takes along the cases that nobody has worked on.
func TestImportOfReports(t *testing.T) {
	t.Parallel()
	o := open(t)
	header := []any{"上报编号", "小类", "情况", "上报时间", "位置", "网格码", "采集员", "立案时间", "派遣时间", "处置部门", "处置时间", "结案时间", "不立案理由"}
	rows := [][]any{header,
		{"W1", "0102暴露垃圾", "垃圾外溢", "2026-02-01 08:00", "滨河小区", "", "P22"},
		{"W2", "暴露垃圾", "垃圾外溢", "2026-02-01 08:00", "桃园小区3号楼", "", "P22", "2026-02-01 08:30", "2026-02-01 08:40", "虚构物业"},
		{"W3", "0504店外经营", "占道", "2026-02-01 08:00", "某路", "110109002003005", "P22", "2026-02-01 08:30", "2026-02-01 08:40", "虚构执法队", "2026-02-01 18:00", "2026-02-02 09:00"},
		{"W4", "乱写的类", "看不清", "2026-02-01 08:00", "", "", "P22", "", "", "", "", "", "不在本辖区"},
	}
	done := o.importSheet(grid.Reports, rows...)
	if done.Created != 4 {
		t.Fatalf("%+v", done)
	}
	got := map[string]*record.Record{}
	for _, n := range []string{"W1", "W2", "W3", "W4"} {
		got[n] = o.find(grid.Reports, "external", n)[0]
	}
	for n, want := range map[string]string{"W1": "new", "W2": "hand", "W3": "closed", "W4": "returned"} {
		if got[n].Step != want {
			t.Errorf("%s stands at %s, not %s", n, got[n].Step, want)
		}
	}
	if got["W1"].RefID("case") != 0 || got["W4"].RefID("category") != 0 || got["W2"].RefID("cell") != o.place["110109002003006"] {
		t.Errorf("read %v", got["W2"].Values)
	}
	second, third := o.caseOf(got["W2"].Ref), o.caseOf(got["W3"].Ref)
	if second.Step != "hand" || third.Step != "closed" || third.Text("closed_at") != "2026-02-02 09:00" || second.Text("handle_due") == "" || !strings.HasPrefix(third.Number, "C17-002-2026-") {
		t.Errorf("cases at %s and %s: %v", second.Step, third.Step, second.Values)
	}
	again := o.importSheet(grid.Reports, header, append(append([]any{}, rows[2]...), "2026-02-01 10:00", "2026-02-02 09:00"), rows[3])
	if again.Updated != 1 || again.Same != 1 {
		t.Errorf("again %+v", again)
	}
	if c := o.read(second.Ref); c.Step != "closed" || o.read(got["W2"].Ref).Step != "closed" {
		t.Errorf("not brought on: %s, %s", c.Step, o.read(got["W2"].Ref).Step)
	}
	left, err := o.house.Office().Sheets.Undo(t.Context(), o.users["governance.officer"], done.ID)
	o.must(err)
	n := 0
	o.view("", func(tx *record.Tx) error {
		return tx.Each(grid.Cases, func(*record.Record) (bool, error) { n++; return true, nil })
	})
	if len(left) != 1 || n != 1 {
		t.Errorf("undone: left %v, %d cases", left, n)
	}
}

func TestImportOfTheTrees(t *testing.T) {
	t.Parallel()
	o := open(t)
	done := o.importSheet(record.Places, []any{"名称", "层级", "代码", "户数", "常住人口", "网格长", "网格员姓名"},
		[]any{"虚构南社区", "社区", "110109002005", "", "", "", ""}, []any{"南第一网格", "网格", "110109002005001", 320, 900, "测格长", "测格员"},
		[]any{"东第五网格", "网格", "110109002003005", 410, 1100, "测甲", "测乙"})
	if done.Created != 2 || done.Updated != 1 {
		t.Fatalf("%+v", done)
	}
	south := o.find(record.Places, "code", "110109002005001")[0]
	if up := o.read(record.Ref{Register: record.Places, ID: south.RefID("parent")}); up.Text("name") != "虚构南社区" || south.Values["population"] != 900.0 {
		t.Errorf("south %v under %s", south.Values, up.Text("name"))
	}
	done = o.importSheet(grid.Categories, []any{"分类版本", "性质", "代码", "名称", "大类", "处置时限", "时限把握", "先由谁处置", "识别词"},
		[]any{"新2027", "事件", "01", "市容环境", "事件·市容环境", "", "", "", ""}, []any{"新2027", "事件", "0102", "暴露垃圾", "", "4工作时", "示例", "物业", "垃圾外溢"},
		[]any{"新2027", "事件", "010201", "厨余外溢", "", "2工作时", "示例", "物业", ""})
	if done.Created != 3 {
		t.Fatalf("%+v", done)
	}
	deep := o.find(grid.Categories, "code", "010201")[0]
	if deep.Values["depth"] != 3.0 || deep.Text("kind") != "e1" {
		t.Errorf("third level %v", deep.Values)
	}
}

// BenchmarkYear loads a year of 100,000 reports (JIEZHEN_REPORTS, if set)
// through the import desk into an office with a fifth as many orders, then
// opens what is looked at every morning.
func BenchmarkYear(b *testing.B) {
	o := openAt(b, time.Date(2026, 11, 24, 8, 0, 0, 0, time.Local))
	many := 100_000
	if n, err := strconv.Atoi(os.Getenv("JIEZHEN_REPORTS")); err == nil {
		many = n
	}
	reports, orders := yearOf(b, many, reportRow), yearOf(b, many/5, orderRow)
	sheets, v := o.house.Office().Sheets, o.users["governance.officer"]
	took := map[string]float64{}
	load := func(name, reg string, data []byte, n int) {
		began := time.Now()
		s, err := sheets.Read(b.Context(), v, reg, name, data)
		o.must(err)
		took["s/read-"+name] = time.Since(began).Seconds()
		began = time.Now()
		done, err := sheets.Run(b.Context(), v, s, nil)
		o.must(err)
		took["s/import-"+name] = time.Since(began).Seconds()
		if done.Created != n {
			b.Fatalf("%s: %+v", name, done)
		}
	}
	load("orders", grid.Orders, orders, many/5)
	load("reports", grid.Reports, reports, many)
	desk := o.house.Office().Grid
	first := func(name string, work func() error) {
		began := time.Now()
		o.must(work())
		took["ms/"+name+"-first"] = float64(time.Since(began).Milliseconds())
		began = time.Now()
		for range 10 {
			o.must(work())
		}
		took["ms/"+name] = float64(time.Since(began).Microseconds()) / 10_000
	}
	first("board", func() error { _, err := desk.Board(b.Context(), v); return err })
	first("numbers", func() error { _, err := desk.Numbers(b.Context(), v, "2026-10"); return err })
	first("pairs", func() error { _, err := desk.Pairs(b.Context(), v); return err })
	first("map", func() error { _, err := desk.Ground(b.Context(), v, 0); return err })
	first("gaps", func() error { _, _, err := desk.Gaps(b.Context(), v); return err })
	list := func(q record.Query) func() error {
		return func() error {
			return o.house.Office().Book.View(b.Context(), v, func(tx *record.Tx) error { _, err := tx.List(q); return err })
		}
	}
	first("list", list(record.Query{Register: grid.Cases, Open: true, Count: true}))
	first("list-cell-month", list(record.Query{Register: grid.Cases, Filters: map[string][]string{"cell": {id(o.place["110109002003005"])}, "month": {"2026-10"}}, Count: true}))
	first("list-category", list(record.Query{Register: grid.Reports, Filters: map[string][]string{"category": {id(o.class["暴露垃圾"])}}, Count: true}))
	n, err := desk.Numbers(b.Context(), v, "2026-10")
	o.must(err)
	pairs, err := desk.Pairs(b.Context(), v)
	o.must(err)
	b.Logf("October: %d reports, %d cases; %d pairs", n.Reports, n.Cases, len(pairs))
	for b.Loop() {
		_, err := desk.Board(b.Context(), access.Office())
		o.must(err)
	}
	for name, n := range took { // the loop forgets what was reported before it
		b.ReportMetric(n, name)
	}
}

func yearOf(b *testing.B, n int, row func(*rand.Rand, int, int, time.Time) []any) []byte {
	b.Helper()
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	_ = w.SetRow("A1", row(nil, 0, n, time.Time{}))
	r, start := rand.New(rand.NewPCG(1, uint64(n))), time.Date(2025, 11, 24, 8, 0, 0, 0, time.Local)
	for i := range n {
		_ = w.SetRow(fmt.Sprintf("A%d", i+2), row(r, i, n, start.Add(time.Duration(i)*(365*24*time.Hour/time.Duration(n)))))
	}
	var out bytes.Buffer
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Write(&out); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04") }

func reportRow(r *rand.Rand, i, n int, at time.Time) []any {
	if r == nil {
		return []any{"上报编号", "小类", "情况", "上报时间", "位置", "采集员", "立案时间", "派遣时间", "处置部门", "处置时间", "处置结果", "结案时间", "不立案理由"}
	}
	k := r.IntN(3)
	row := []any{fmt.Sprintf("WG%08d", i), []string{"0102暴露垃圾", "井盖缺失", "店外经营"}[k], []string{"垃圾外溢", "井盖松动", "占道摆摊"}[k] + "，影响通行", stamp(at),
		fmt.Sprintf("%s%d号楼", []string{"滨河小区", "桃园小区", "西山里小区"}[r.IntN(3)], 1+r.IntN(60)), fmt.Sprintf("采集员%d", r.IntN(40))}
	switch {
	case i%25 == 0:
		return append(row, "", "", "", "", "", "", "不符合立案条件")
	case i > n*99/100:
		return row
	case i > n*98/100:
		return append(row, stamp(at.Add(10*time.Minute)), stamp(at.Add(20*time.Minute)), "虚构物业", "", "", "", "")
	}
	return append(row, stamp(at.Add(10*time.Minute)), stamp(at.Add(20*time.Minute)), "虚构物业", stamp(at.Add(time.Duration(1+r.IntN(60))*time.Hour)), "处理完毕", stamp(at.Add(70*time.Hour)), "")
}

func orderRow(r *rand.Rand, i, n int, at time.Time) []any {
	if r == nil {
		return []any{"工单编号", "诉求内容", "派单时间", "一级分类", "签收时间", "首次联系时间", "办结时间", "办结方式", "办理答复", "回访时间", "回访联系上", "是否解决", "是否满意", "所属社区", "诉求地址"}
	}
	k := r.IntN(3)
	row := []any{fmt.Sprintf("BJ%08d", i), []string{"垃圾外溢没人清", "井盖松动有响声", "店外经营占道"}[k], stamp(at), []string{"环境卫生", "市政道路", "环境卫生"}[k]}
	if i < n*98/100 {
		row = append(row, stamp(at.Add(time.Hour)), stamp(at.Add(3*time.Hour)), stamp(at.Add(20*time.Hour)), "解决", "已到现场处理完毕", stamp(at.Add(40*time.Hour)), "是", "已解决", "满意")
	} else {
		row = append(row, "", "", "", "", "", "", "", "", "")
	}
	return append(row, "虚构东社区", fmt.Sprintf("%s%d号楼", []string{"滨河小区", "桃园小区"}[r.IntN(2)], 1+r.IntN(60)))
}
