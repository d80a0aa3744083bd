package ui

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/grid"
	"jiezhen/app/hotline"
	"jiezhen/app/place"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// yearEnd is when the year that is loaded ends.
var yearEnd = time.Date(2026, 11, 24, 8, 30, 0, 0, time.Local)

// TestYear loads a year of orders and five times as many grid reports, as the
// upper platforms export them, through the import desk of a running office,
// works on what is open, and measures how long every page of the street's day
// takes for one user and for twenty. JIEZHEN_YEAR is how many orders; it takes
// minutes and is left out without.
func TestYear(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("JIEZHEN_YEAR"))
	if n == 0 {
		t.Skip("JIEZHEN_YEAR is not set")
	}
	y := openYear(t)
	officer := y.as("governance.officer")
	y.load(officer, hotline.Orders, "12345工单.xlsx", y.orders(n), n)
	y.load(officer, grid.Reports, "网格上报.xlsx", y.reports(5*n), 5*n)
	y.learned()
	y.work(officer)
	y.measure()
	y.day()
	y.memory()
	if dir := os.Getenv("JIEZHEN_YEAR_STAY"); dir != "" {
		y.stay(dir)
	}
}

// yearOffice is an office whose clock runs, with a tree of places.
type yearOffice struct {
	*testOffice
	communities []string
	estates     []string // 小区, in the order of the communities
	rand        *rand.Rand
}

func openYear(t *testing.T) *yearOffice {
	y := &yearOffice{rand: rand.New(rand.NewPCG(20, 26))}
	y.testOffice = openHouse(t, func(c *app.Config) {
		base, began := yearEnd, time.Now()
		c.Clock = func() time.Time { return base.Add(time.Since(began)) }
	})
	y.clock.at = yearEnd
	names := []string{"滨河", "桃园", "惠民", "月季", "龙门", "新桥", "河滩", "葡萄", "石门", "双峪", "城北", "永安"}
	for i, name := range names {
		up := y.create(record.Draft{Register: record.Places, Values: register.Values{"level": place.LevelCommunity, "name": "虚构" + name + "社区", "code": fmt.Sprintf("1101090020%02d", i+11), "population": 3000.0}})
		y.communities = append(y.communities, "虚构"+name+"社区")
		for k := range 5 {
			cell := y.create(record.Draft{Register: record.Places, Values: register.Values{"level": place.LevelGrid, "parent": fmt.Sprint(up.ID),
				"name": fmt.Sprintf("%s第%d网格", name, k+1), "code": fmt.Sprintf("1101090020%02d%03d", i+11, k+1), "population": 600.0}})
			estate := fmt.Sprintf("%s%s小区", name, []string{"东里", "西里", "南里", "北里", "嘉园"}[k])
			y.create(record.Draft{Register: record.Places, Values: register.Values{"level": place.LevelBuilding, "name": estate, "parent": fmt.Sprint(cell.ID)}})
			y.estates = append(y.estates, estate)
		}
	}
	for _, c := range []struct{ code, name, group, kind, limit string }{
		{"01", "市容环境", "event", "e1", ""}, {"05", "街面秩序", "event", "e5", ""}, {"01", "公用设施", "part", "p1", ""},
		{"0102", "暴露垃圾", "event", "", "4工作时"}, {"0101", "井盖缺失", "part", "", "2紧急工作时"}, {"0504", "店外经营", "event", "", "5工作日"}, {"0505", "机动车乱停", "event", "", "1工作日"}} {
		v := register.Values{"version": "示例2026", "code": c.code, "name": c.name, "group": c.group}
		if c.kind != "" {
			v["kind"] = c.kind
		} else {
			v["limit"], v["limit_state"] = c.limit, "sample"
		}
		y.create(record.Draft{Register: grid.Categories, Values: v})
	}
	return y
}

// export is a workbook as a platform gives it out: a title over the header,
// times as text of several makes and as true dates in one column, one row in
// fifty twice, and thousands of blank rows that only have a style.
type export struct {
	t      *testing.T
	file   *excelize.File
	w      *excelize.StreamWriter
	row    int
	style  int
	again  []any
	number int
}

func newExport(t *testing.T, title string, header []any) *export {
	t.Helper()
	x := &export{t: t, file: excelize.NewFile()}
	var err error
	if x.style, err = x.file.NewStyle(&excelize.Style{NumFmt: 49}); err != nil {
		t.Fatal(err)
	}
	if x.w, err = x.file.NewStreamWriter("Sheet1"); err != nil {
		t.Fatal(err)
	}
	x.write([]any{title})
	x.write(nil)
	x.write(header)
	return x
}

func (x *export) write(cells []any) {
	x.row++
	if err := x.w.SetRow(fmt.Sprintf("A%d", x.row), cells); err != nil {
		x.t.Fatal(err)
	}
}

// add writes a row, and now and then writes it once more later.
func (x *export) add(cells []any) {
	x.write(cells)
	if x.number++; x.number%50 == 0 {
		x.again = cells
	}
	if x.number%50 == 25 && x.again != nil {
		x.write(x.again)
	}
}

func (x *export) bytes() []byte {
	blank := make([]any, 10)
	for i := range blank {
		blank[i] = excelize.Cell{StyleID: x.style}
	}
	for range 20_000 {
		x.write(blank)
	}
	if err := x.w.Flush(); err != nil {
		x.t.Fatal(err)
	}
	var out bytes.Buffer
	if err := x.file.Write(&out); err != nil {
		x.t.Fatal(err)
	}
	return out.Bytes()
}

// stamp writes an instant in one of the ways in which platforms do.
func (y *yearOffice) stamp(t time.Time) any {
	switch y.rand.IntN(4) {
	case 0:
		return t.Format("2006/1/2 15:04:05")
	case 1:
		return t.Format("2006年1月2日 15:04")
	case 2:
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC) // a true date, as Excel keeps it
	}
	return t.Format("2006-01-02 15:04")
}

// trouble is what people complain of: category, grid category and words.
type trouble struct{ class, cell, text string }

var troubles = []trouble{
	{"供暖", "", "暖气不热，室温只有%d度，老人孩子受不了"}, {"物业管理", "", "%d号楼电梯停运没人修"}, {"环境卫生", "0102暴露垃圾", "%d号楼下垃圾堆了好几天没人清，气味很大"},
	{"市政道路", "井盖缺失", "门口%d米处井盖松动，车一过就响"}, {"停车秩序", "机动车乱停", "消防通道被%d辆车堵住"}, {"环境卫生", "店外经营", "%d家饭馆店外经营，占道摆桌"},
	{"噪音扰民", "", "夜里%d点还在施工，睡不了觉"}, {"供水供电", "", "%d单元水压太低，早晚没有水"}, {"市政道路", "", "路灯坏了%d盏，晚上一片黑"}, {"物业管理", "", "%d单元门禁坏了，外人随便进"},
}

func (y *yearOffice) orders(n int) []byte {
	x := newExport(y.t.(*testing.T), "城子街道12345接诉即办工单明细（2025年11月—2026年11月）", []any{"序号", "工单号", "问题描述", "派发时间", "时限类型", "问题一级分类", "来电人", "来电号码", "被反映地址", "所属村居",
		"签收时间", "首次联系时间", "办结时间", "办结方式", "办理答复", "回访时间", "回访联系上", "是否解决", "是否满意"})
	start := yearEnd.AddDate(-1, 0, 0)
	for i := range n {
		at := start.Add(time.Duration(i) * ((yearEnd.Sub(start) - 30*time.Minute) / time.Duration(n)))
		k, place := y.rand.IntN(len(troubles)), y.rand.IntN(len(y.estates))
		tr := troubles[k]
		body := fmt.Sprintf("来电人反映：\n1. %s"+tr.text+"；\n2. 已向物业反映过，第%d次来电。\n希望尽快处理。", y.estates[place], 1+y.rand.IntN(20), 1+y.rand.IntN(3))
		row := []any{i + 1, fmt.Sprintf("BJ%010d", i), body, y.stamp(at), []string{"一般诉求", "及时性"}[y.rand.IntN(2)], tr.class, fmt.Sprintf("测%c某", '甲'+rune(y.rand.IntN(400))), fmt.Sprintf("010-%08d", y.rand.IntN(n)),
			fmt.Sprintf("%s%d号楼", y.estates[place], 1+y.rand.IntN(12)), y.communities[place/5]}
		if i < n*99/100 {
			row = append(row, y.stamp(at.Add(20*time.Minute)), y.stamp(at.Add(time.Duration(1+y.rand.IntN(30))*time.Hour)), y.stamp(at.Add(40*time.Hour)), []string{"解决", "部分解决", "解释说明"}[y.rand.IntN(3)],
				"物业已于当日到现场处理完毕，由张工回访，联系电话010-00000000", y.stamp(at.Add(60*time.Hour)), "是", []string{"已解决", "已解决", "未解决"}[y.rand.IntN(3)], []string{"满意", "基本满意", "不满意"}[y.rand.IntN(3)])
		}
		x.add(row)
	}
	return x.bytes()
}

func (y *yearOffice) reports(n int) []byte {
	x := newExport(y.t.(*testing.T), "网格案件导出", []any{"上报编号", "小类", "情况", "上报时间", "位置", "采集员", "立案时间", "派遣时间", "处置部门", "处置时间", "处置结果", "结案时间", "不立案理由"})
	start := yearEnd.AddDate(-1, 0, 0)
	var kinds []trouble
	for _, tr := range troubles {
		if tr.cell != "" {
			kinds = append(kinds, tr)
		}
	}
	for i := range n {
		at := start.Add(time.Duration(i) * ((yearEnd.Sub(start) - 30*time.Minute) / time.Duration(n)))
		tr, place := kinds[y.rand.IntN(len(kinds))], y.rand.IntN(len(y.estates))
		row := []any{fmt.Sprintf("WG%010d", i), tr.cell, fmt.Sprintf(tr.text, 1+y.rand.IntN(9)), y.stamp(at), fmt.Sprintf("%s%d号楼", y.estates[place], 1+y.rand.IntN(12)), fmt.Sprintf("采集员%d", y.rand.IntN(60))}
		filed, sent := at.Add(10*time.Minute), at.Add(20*time.Minute)
		switch {
		case i%25 == 0:
			row = append(row, "", "", "", "", "", "", "不符合立案条件")
		case i > n*995/1000:
		case i > n*99/100:
			row = append(row, y.stamp(filed), y.stamp(sent), "虚构物业")
		default:
			row = append(row, y.stamp(filed), y.stamp(sent), "虚构物业", y.stamp(sent.Add(time.Duration(1+y.rand.IntN(60))*time.Hour)), "处理完毕", y.stamp(at.Add(70*time.Hour)))
		}
		x.add(row)
	}
	return x.bytes()
}

// spent is the time that passed and the processor time that was used.
type spent struct {
	began time.Time
	used  time.Duration
}

func begin() spent { return spent{time.Now(), processorTime()} }

func (s spent) String() string {
	return fmt.Sprintf("%.1f s, %.1f s of the processor", time.Since(s.began).Seconds(), (processorTime() - s.used).Seconds())
}

var (
	selectField = regexp.MustCompile(`(?s)<select[^>]*name="(column\.\d+)".*?</select>`)
	wrongRow    = regexp.MustCompile(`(?s)<td[^>]*>[^<]{0,40}：[^<]*`)
	tick        = regexp.MustCompile(`<input type="checkbox"[^>]*name="ref" value="(\d+)"`)
	selectedOne = regexp.MustCompile(`<option value="([^"]*)" selected`)
)

// load brings a workbook in as a person does: upload, try, look, write.
func (y *yearOffice) load(b *client, reg, name string, data []byte, n int) {
	y.t.Helper()
	t := y.t.(*testing.T)
	took := begin()
	at := b.upload(t, reg, name, string(data))
	t.Logf("%s, %.1f MB read: %v", name, float64(len(data))/(1<<20), took)
	took = begin()
	a := b.get(at)
	for strings.HasPrefix(a.header.Get("Location"), "/jobs/") {
		y.over(b, a.header.Get("Location"))
		a = b.get(at)
	}
	t.Logf("tried: %v", took)
	form := url.Values{"_do": {"run"}}
	for _, m := range selectField.FindAllStringSubmatch(a.body, -1) {
		if on := selectedOne.FindStringSubmatch(m[0]); on != nil {
			form.Set(m[1], on[1])
		}
	}
	took = begin()
	y.over(b, b.send(at, form).expectAt(t))
	done := b.get(at)
	if !strings.Contains(done.body, "导入结果") {
		t.Fatalf("not written: %s", strings.Join(wrongRow.FindAllString(a.body, 3), "\n"))
	}
	t.Logf("written: %v", took)
	if got := b.total("/r/" + reg); got < min(n, 20_000) {
		t.Fatalf("%d of %d on record: %s", got, n, done.text())
	}
}

// over waits for a job, however long.
func (y *yearOffice) over(b *client, job string) {
	for {
		var state struct{ Finished bool }
		b.json(job+"?json").decode(y.t, &state)
		if state.Finished {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// learned waits until the office has learned from its orders and the index has
// followed.
func (y *yearOffice) learned() {
	took := begin()
	for ok := false; !ok; _, ok = y.house.Office().Hotline.Quality() {
		time.Sleep(100 * time.Millisecond)
	}
	y.must(y.house.Office().Find.CatchUp(y.t.Context()))
	y.t.Logf("learned and indexed: %v", took)
}

// work signs and answers some of what is open.
func (y *yearOffice) work(b *client) {
	t := y.t.(*testing.T)
	left := b.total("/r/" + hotline.Orders + "?step=new")
	if left == 0 {
		t.Fatal("no order is open")
	}
	took := begin()
	page := b.get("/r/" + hotline.Orders + "?step=new")
	ticked := url.Values{"to": {fmt.Sprint(y.user["governance.officer"])}}
	for _, m := range tick.FindAllStringSubmatch(page.body, -1) {
		ticked.Add("ref", m[1])
	}
	many := len(ticked["ref"])
	for _, do := range []string{"assign", "act.sign"} {
		ticked.Set("_do", do)
		if a := b.send("/handle/"+hotline.Orders, ticked); a.status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", do, a.status, a.text())
		}
	}
	if now := b.total("/r/" + hotline.Orders + "?step=new"); now != left-many {
		t.Errorf("%d to be signed, then %d signed, now %d", left, many, now)
	}
	t.Logf("%d orders handed out and signed together: %v", many, took)
}

// yearPages are the pages of the street's day.
func (y *yearOffice) yearPages() []string {
	var east, cell, order, report, open, pair uint64
	y.must(y.house.Office().Book.View(y.t.Context(), access.Office(), func(tx *record.Tx) error {
		for _, q := range []struct {
			q  record.Query
			to *uint64
		}{{record.Query{Register: record.Places, Filters: map[string][]string{"level": {place.LevelCommunity}}, Limit: 1}, &east}, {record.Query{Register: record.Places, Filters: map[string][]string{"level": {place.LevelGrid}}, Limit: 1}, &cell},
			{record.Query{Register: hotline.Orders, Filters: map[string][]string{"step": {"closed"}}, Limit: 1}, &order}, {record.Query{Register: grid.Reports, Limit: 1}, &report},
			{record.Query{Register: hotline.Orders, Filters: map[string][]string{"step": {"new"}}, Limit: 1}, &open}, {record.Query{Register: grid.Cases, Filters: map[string][]string{"step": {"hand"}}, Limit: 1}, &pair}} {
			p, err := tx.List(q.q)
			if err != nil {
				return err
			}
			if len(p.Rows) > 0 {
				*q.to = p.Rows[0].ID
			}
		}
		return nil
	}))
	pages := []string{"/", "/hotline", "/hotline/rates", "/hotline/rates?month=2026-10", "/hotline/rates/orders?month=2026-10&rate=response&set=misses", "/hotline/hot", "/hotline/proactive", "/hotline/digest",
		"/hotline/digest?kind=month&day=2026-10-15", "/grid", "/grid/map", "/grid/gaps", "/grid/pairs", "/grid/numbers?month=2026-10", "/grid/numbers/rows?month=2026-10&rate=ontime&set=misses", fmt.Sprintf("/grid/cell/%d", cell),
		"/patrol", "/patrol/month", "/patrol/review", "/whistle", "/trend", "/trend?of=case", "/trend/rows?of=case&row=all",
		"/r/" + hotline.Orders, "/r/" + hotline.Orders + "?open=1", "/r/" + hotline.Orders + "?step=closed&satisfied=3", "/r/" + hotline.Orders + "?sort=due", fmt.Sprintf("/r/%s?community=%d&f.dispatched_on=2026-10-01&t.dispatched_on=2026-10-31", hotline.Orders, east),
		"/r/" + grid.Reports, "/r/" + grid.Reports + "?month=2026-10", "/r/" + grid.Cases, "/r/" + grid.Cases + "?open=1", fmt.Sprintf("/r/%s?cell=%d", grid.Cases, cell),
		fmt.Sprintf("/r/%s/%d", hotline.Orders, order), fmt.Sprintf("/r/%s/%d", hotline.Orders, 100), fmt.Sprintf("/r/%s/%d", grid.Reports, 100), fmt.Sprintf("/r/%s/%d", grid.Cases, 100), fmt.Sprintf("/r/%s/%d", hotline.Orders, open), fmt.Sprintf("/r/%s/%d", grid.Reports, report), fmt.Sprintf("/r/%s/%d", grid.Cases, pair),
		"/hotline/near.json?text=" + url.QueryEscape("滨河东里小区3号楼电梯停运没人修"), "/search?q=" + url.QueryEscape("电梯停运")}
	return slices.DeleteFunc(pages, func(path string) bool { return strings.HasSuffix(path, "/0") }) // a small year has no such record
}

// measure opens every page first, again and again alone, and with twenty at
// once, and writes a line of it in milliseconds: the first look, the middle and
// the 95th of a hundred alone, the processor time of one, and again of twenty.
func (y *yearOffice) measure() {
	t := y.t.(*testing.T)
	crowd := make([]*client, 20)
	for i := range crowd {
		crowd[i] = y.as("governance.officer")
	}
	t.Logf("%-70s %8s %8s %8s %8s %8s %8s", "page", "first", "p50", "p95", "cpu", "p50×20", "p95×20")
	for _, path := range y.yearPages() {
		first := y.timed(crowd[0], path)
		var alone []time.Duration
		used := processorTime()
		for range 20 {
			alone = append(alone, y.timed(crowd[0], path))
		}
		used = (processorTime() - used) / 20
		var mu sync.Mutex
		var together []time.Duration
		for range 3 {
			var all sync.WaitGroup
			for _, b := range crowd {
				all.Go(func() {
					took := y.timed(b, path)
					mu.Lock()
					defer mu.Unlock()
					together = append(together, took)
				})
			}
			all.Wait()
		}
		t.Logf("%-70s %8.1f %8.1f %8.1f %8.1f %8.1f %8.1f", shortPath(path), ms(first), ms(part(alone, 50)), ms(part(alone, 95)), ms(used), ms(part(together, 50)), ms(part(together, 95)))
	}
}

// day has twenty users at work for a minute: each opens one of the pages, reads
// for two to four seconds, and opens the next.
func (y *yearOffice) day() {
	t := y.t.(*testing.T)
	pages, end := y.yearPages(), time.Now().Add(time.Minute)
	var mu sync.Mutex
	took := map[string][]time.Duration{}
	var all sync.WaitGroup
	used := begin()
	for i := range uint64(20) {
		b, r := y.as("governance.officer"), rand.New(rand.NewPCG(i, 20))
		all.Go(func() {
			for time.Now().Before(end) {
				path := pages[r.IntN(len(pages))]
				d := y.timed(b, path)
				mu.Lock()
				took[path], took[""] = append(took[path], d), append(took[""], d)
				mu.Unlock()
				time.Sleep(2*time.Second + time.Duration(r.Int64N(int64(2*time.Second))))
			}
		})
	}
	all.Wait()
	t.Logf("twenty users at work: %d pages in %v, %.1f ms at p50, %.1f at p95", len(took[""]), used, ms(part(took[""], 50)), ms(part(took[""], 95)))
	for _, path := range pages {
		t.Logf("%-70s %4d times, %8.1f at p50, %8.1f at p95", shortPath(path), len(took[path]), ms(part(took[path], 50)), ms(part(took[path], 95)))
	}
}

// memory tells how much the office holds when it is left alone.
func (y *yearOffice) memory() {
	runtime.GC()
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	y.t.Logf("%d MB held in %d objects, %d MB of the system", m.HeapAlloc>>20, m.HeapObjects, (m.Sys-m.HeapReleased)>>20)
}

func shortPath(path string) string {
	if p, err := url.PathUnescape(path); err == nil && len(p) <= 68 {
		return p
	}
	return path[:min(68, len(path))]
}

func (y *yearOffice) timed(b *client, path string) time.Duration {
	began := time.Now()
	a := b.get(path)
	if a.status != http.StatusOK {
		y.t.Errorf("%s: %d %s", path, a.status, a.text())
	}
	return time.Since(began)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func part(all []time.Duration, percent int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[(len(all)-1)*percent/100]
}

// stay leaves the office open for a browser until a file of that name is taken
// away, or half an hour has passed.
func (y *yearOffice) stay(file string) {
	y.must(os.WriteFile(file, []byte(y.base), 0o600))
	for range 1800 {
		if _, err := os.Stat(file); err != nil {
			return
		}
		time.Sleep(time.Second)
	}
}
