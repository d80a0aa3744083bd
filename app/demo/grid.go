package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/grid"
	"jiezhen/app/outline"
	"jiezhen/app/place"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// streamGrid is the dice of the grid.
const streamGrid = 92

// cell is a grid of the demonstration.
type cell struct {
	id     uint64
	area   area
	estate string
}

// gridsOf is how many grids a community has; the third has those of the facts'
// samples.
func gridsOf(i int) int {
	if i == 2 {
		return 7
	}
	return 3
}

// units are those that handle cases, with what they are to the grid.
var gridUnits = []string{"虚构物业服务公司", "虚构市政所", "虚构环卫所", "虚构综合行政执法队"}

// gridCategory is a class of the demonstration's tree (facts C17; every limit is
// a sample).
type gridCategory struct {
	group, code, name, kind, limit, handler, unit, words, filing string
}

var gridTree = []gridCategory{
	{group: "part", code: "01", name: "公用设施", kind: "p1"}, {group: "part", code: "02", name: "交通设施", kind: "p2"}, {group: "part", code: "03", name: "市容环境", kind: "p3"}, {group: "part", code: "04", name: "园林绿化", kind: "p4"},
	{group: "event", code: "01", name: "市容环境", kind: "e1"}, {group: "event", code: "02", name: "宣传广告", kind: "e2"}, {group: "event", code: "03", name: "施工管理", kind: "e3"},
	{group: "event", code: "04", name: "突发事件", kind: "e4"}, {group: "event", code: "05", name: "街面秩序", kind: "e5"}, {group: "social", code: "01", name: "社会事项", kind: "s1"},
	{"part", "0101", "井盖缺失", "p1", "2紧急工作时", "unit", "虚构市政所", "井盖异响、井盖松动、井盖破损", "井盖缺失、破损、松动或异响，影响通行安全"},
	{"event", "0101", "私搭乱建", "e1", "5工作日", "territory", "虚构综合行政执法队", "违建、私搭", "正在搭建或新建成的"},
	{"event", "0102", "暴露垃圾", "e1", "4工作时", "property", "虚构环卫所", "垃圾外溢、垃圾成堆", "露天堆放的垃圾，不在收运过程中"},
	{"event", "0103", "积存垃圾渣土", "e1", "1工作日", "unit", "虚构环卫所", "渣土、建筑垃圾", "积存的建筑垃圾、渣土"},
	{"event", "0104", "道路不洁", "e1", "4工作时", "unit", "虚构环卫所", "道路不洁、积水", "路面有污物或积水"},
	{"event", "0108", "废弃家具", "e1", "1工作日", "property", "", "废弃家具、旧沙发", "弃置在公共区域"},
	{"event", "0110", "道路破损", "e1", "5工作日", "unit", "虚构市政所", "坑洼、路面破损", "影响通行的破损"},
	{"event", "0201", "非法小广告", "e2", "1工作日", "property", "虚构综合行政执法队", "小广告", "公共部位张贴、喷涂"},
	{"event", "0301", "施工扰民", "e3", "4工作时", "unit", "虚构综合行政执法队", "夜间施工、施工扰民", "规定时间以外施工"},
	{"event", "0401", "路面塌陷", "e4", "2紧急工作时", "unit", "虚构市政所", "塌陷", "出现塌陷，先围挡"},
	{"event", "0501", "无照经营游商", "e5", "4工作时", "territory", "虚构综合行政执法队", "游商", "占用公共场所经营"},
	{"event", "0504", "店外经营", "e5", "5工作日", "territory", "虚构综合行政执法队", "店外经营、占道摆放", "商户超出门窗经营"},
	{"event", "0505", "机动车乱停", "e5", "4工作时", "territory", "虚构综合行政执法队", "乱停车、占消防通道", "影响通行或占用消防通道"},
	{"event", "0507", "乱堆物", "e5", "1工作日", "property", "", "堆物、楼道堆放", "公共部位堆放"},
	{"social", "0101", "矛盾纠纷", "s1", "5工作日", "territory", "", "吵架、纠纷", "需要社区介入"},
	{"social", "0103", "未成年人", "s3", "1工作日", "territory", "", "孩子独自、逃学", "需要关心的情形；涉嫌侵害的立即报警"},
	{"social", "0104", "残障设施", "s4", "5工作日", "territory", "", "无障碍坡道、盲道", "设施损坏或被占用"},
	{"social", "0105", "消防隐患", "s5", "4工作时", "property", "", "飞线充电、消防通道", "存在火灾风险"},
}

// gridVersion is the tree's version of the demonstration.
const gridVersion = "示例2026"

// writeGrid writes units, grids with outlines, estates, categories and what the
// street is empowered with.
func (f *filler) writeGrid(ctx context.Context) error {
	by := f.users["governance.officer"]
	if err := f.gridParties(ctx); err != nil {
		return err
	}
	if err := f.writeCells(ctx); err != nil {
		return err
	}
	err := f.rows(ctx, by, "录入网格案件类别", len(gridTree), func(tx *record.Tx, i int) error {
		c := gridTree[i]
		v := register.Values{"version": gridVersion, "group": c.group, "code": c.code, "name": c.name, "kind": c.kind, "words": c.words, "filing": c.filing, "handler": c.handler}
		if c.limit != "" {
			v["limit"], v["limit_state"] = c.limit, "sample"
		}
		if c.unit != "" {
			v["unit"] = text(f.parties[c.unit])
		}
		_, err := tx.Create(record.Draft{Register: grid.Categories, Values: v, Created: f.start})
		return err
	})
	if err != nil {
		return err
	}
	return f.rows(ctx, by, "录入赋权清单", 2, func(tx *record.Tx, i int) error {
		p := []register.Values{
			{"code": "SL001", "name": "占道经营处罚", "categories": "0501、0504", "unit": text(f.parties["虚构综合行政执法队"]), "basis": "京政发〔2020〕9号（示例）", "from": "2020-07-01"},
			{"code": "SL002", "name": "某项检查（上级收回的样例）", "categories": "0599", "unit": text(f.parties["虚构综合行政执法队"]), "basis": "示例", "from": "2020-07-01", "until": "2025-12-31"}}[i]
		_, err := tx.Create(record.Draft{Register: grid.Powers, Values: p, Created: f.start})
		return err
	})
}

// gridParties writes the units, and a station for each community.
func (f *filler) gridParties(ctx context.Context) error {
	names := slices.Clone(gridUnits)
	for _, a := range f.areas {
		names = append(names, a.name+"工作站")
	}
	err := f.rows(ctx, f.clerk, "录入承办单位", len(names), func(tx *record.Tx, i int) error {
		r, err := tx.Create(record.Draft{Register: record.Parties, Quiet: true, Created: f.start, Values: register.Values{"name": names[i], "phone": fmt.Sprintf("010-0000%04d", 100+i)}})
		if err == nil {
			f.parties[names[i]] = r.ID
		}
		return err
	})
	if err != nil {
		return err
	}
	return f.rows(ctx, access.Office(), "登记属地承办单位", len(f.areas), func(tx *record.Tx, i int) error {
		_, err := tx.Save(record.Ref{Register: record.Places, ID: f.areas[i].id}, 0, register.Values{"station": text(f.parties[f.areas[i].name+"工作站"])})
		return err
	})
}

// ordinals number grids as offices do.
var ordinals = strings.Fields("一 二 三 四 五 六 七")

// writeCells writes the grids with outlines that fit together, and an estate in
// each.
func (f *filler) writeCells(ctx context.Context) error {
	for i, a := range f.areas {
		short := strings.TrimSuffix(strings.TrimPrefix(a.name, "虚构"), "社区")
		for n := range gridsOf(i) {
			f.cellList = append(f.cellList, cell{area: a, estate: short + []string{"家园", "花园", "东里小区", "西里小区", "苑小区", "公寓", "北里小区"}[n]})
		}
	}
	at := 0
	return f.rows(ctx, access.Office(), "录入网格", len(f.cellList), func(tx *record.Tx, i int) error {
		c := &f.cellList[i]
		if i > 0 && f.cellList[i-1].area.id != c.area.id {
			at = 0
		}
		at++
		d := throw(f.opt.Seed, streamGrid, i)
		homes := d.from(260, 520)
		v := register.Values{"level": place.LevelGrid, "code": fmt.Sprintf("%s%03d", c.area.code, at), "name": strings.TrimPrefix(c.area.name, "虚构") + "第" + ordinals[at-1] + "网格", "cell_kind": "base",
			"parent": text(c.area.id), "households": float64(homes), "population": float64(homes * 26 / 10), "property": text(f.parties[gridUnits[0]]), "outline": f.outlineOf(i), "keysites": "配电室、消防通道"}
		if i%9 != 8 { // every ninth has nobody, so that the gaps show something
			v["head"], v["worker"] = "测格长"+fmt.Sprint(i+1), "测格员"+fmt.Sprint(i+1)
		}
		r, err := tx.Create(record.Draft{Register: record.Places, Created: f.start, Values: v})
		if err != nil {
			return err
		}
		c.id = r.ID
		_, err = tx.Create(record.Draft{Register: record.Places, Created: f.start, Values: register.Values{"level": place.LevelBuilding, "name": c.estate, "parent": text(r.ID)}})
		return err
	})
}

// columnsOfCells is how many grids lie side by side on the made-up ground.
const columnsOfCells = 9

// outlineOf is the outline of a grid on a made-up lattice whose corners are
// moved a little.
func (f *filler) outlineOf(i int) string {
	corner := func(x, y int) outline.Point {
		d := throw(f.opt.Seed, streamGrid, -1-(y*100+x))
		return outline.Point{X: 116.05 + 0.006*float64(x) + 0.00002*float64(d.from(-70, 70)), Y: 39.95 - 0.0045*float64(y) + 0.00002*float64(d.from(-60, 60))}
	}
	x, y := i%columnsOfCells, i/columnsOfCells
	if y%2 == 1 {
		x = columnsOfCells - 1 - x // a community's grids stay together
	}
	return outline.Encode(outline.Shape{{corner(x, y), corner(x+1, y), corner(x+1, y+1), corner(x, y+1)}})
}

// reportsPerYear is how many reports the demonstration has in a year: few, so
// that it is soon made; the benchmark of package grid has the full number.
func reportsPerYear(people int) int { return min(people/5, 30_000) }

// writeReports writes the facts' samples C17 and C23, and a year of reports.
func (f *filler) writeReports(ctx context.Context) error {
	if err := f.sampleReports(ctx); err != nil {
		return err
	}
	by := f.users["governance.worker"]
	d := throw(f.opt.Seed, streamGrid, 1_000_000)
	var days []int
	for range reportsPerYear(f.opt.People) {
		days = append(days, d.IntN(365))
	}
	slices.Sort(days)
	return f.rows(ctx, by, "录入网格上报", len(days), func(tx *record.Tx, i int) error {
		_, err := tx.Create(f.aReport(i, f.today.AddDays(days[i]-365)))
		return err
	})
}

// leaves are the classes of the tree that cases have.
func leaves() []gridCategory {
	return slices.DeleteFunc(slices.Clone(gridTree), func(c gridCategory) bool { return c.limit == "" })
}

// aReport is one report as it stands today on the platform that it comes from.
func (f *filler) aReport(i int, on value.Date) record.Draft {
	d := throw(f.opt.Seed, streamGrid, 2_000_000+i)
	c, where := pick(d, leaves()), pick(d, f.cellList)
	at := on.Time().Add(time.Duration(d.from(7*60, 20*60)) * time.Minute)
	if on == f.today {
		at = on.Time().Add(time.Duration(d.from(0, 30)) * time.Minute)
	}
	v := register.Values{"source": pick(d, []string{"grid", "grid", "grid", "grid", "people", "watch", "inspect"}), "class_name": c.code + c.name, "found_at": stamp(at), "reporter": fmt.Sprintf("测网格员%d", d.from(1, 40)),
		"content": fmt.Sprintf("%s%d号楼%s：%s", where.estate, d.from(1, 30), pick(d, []string{"门口", "东侧", "西侧", "楼前", "后院"}), strings.Split(c.words, "、")[0]), "address": fmt.Sprintf("%s%d号楼", where.estate, d.from(1, 30))}
	draft := record.Draft{Register: grid.Reports, Values: v, Created: on}
	age := value.DaysBetween(on, f.today)
	filed, sent := at.Add(time.Duration(d.from(5, 60))*time.Minute), at.Add(time.Duration(d.from(65, 200))*time.Minute)
	switch {
	case d.chance(6):
		v["fixed"], v["outcome"], v["handled_at"] = true, "当场处理好", stamp(at.Add(10*time.Minute))
	case age > 1 && d.chance(5):
		v["refusal"] = "不符合立案条件"
	case age == 1 && d.chance(30):
	case age > 0:
		v["filed_at"], v["sent_at"], v["unit"] = stamp(filed), stamp(sent), or(c.unit, gridUnits[0])
		done := sent.Add(time.Duration(d.from(1, 40)) * time.Hour)
		if age < 4 || age < 60 && d.chance(4) {
			break
		}
		v["handled_at"], v["outcome"] = stamp(done), "已到现场处理，恢复正常"
		if age > 6 || d.chance(50) {
			v["closed_at"] = stamp(done.Add(time.Duration(d.from(2, 30)) * time.Hour))
		}
	}
	return draft
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// sampleReports are the facts' C17-002-2026-00001 and 00002, and C23's noisy
// manhole cover: two orders and a report in one case.
func (f *filler) sampleReports(ctx context.Context) error {
	by := f.users["governance.officer"]
	samples := []struct {
		number string
		v      register.Values
		more   register.Values // of the case
	}{
		{"C17-002-2026-00001", register.Values{"class_name": "0102暴露垃圾", "found_at": "2026-02-03 08:50", "content": "网格内垃圾外溢", "reporter": "P22", "filed_at": "2026-02-03 08:55", "sent_at": "2026-02-03 09:00", "unit": gridUnits[0],
			"handled_at": "2026-02-03 11:30", "outcome": "清运完毕", "closed_at": "2026-02-03 15:00"}, nil},
		{"C17-002-2026-00002", register.Values{"class_name": "0504店外经营", "found_at": "2026-02-02 09:00", "content": "店外经营二次出现", "reporter": "P22", "filed_at": "2026-02-02 09:30", "sent_at": "2026-02-02 10:00", "unit": gridUnits[3],
			"handled_at": "2026-02-10 12:00", "outcome": "劝离，签门前三包责任书", "closed_at": "2026-02-11 10:00"}, register.Values{"reworked": 1.0, "score": "poor", "score_note": "返工1次，超时0.5日"}},
		{"C17-002-2026-00003", register.Values{"class_name": "0101井盖缺失", "found_at": "2026-02-05 10:00", "content": "井盖异响", "reporter": "P22", "filed_at": "2026-02-05 10:05", "sent_at": "2026-02-05 10:10", "unit": gridUnits[1],
			"handled_at": "2026-02-05 11:50", "outcome": "更换胶圈，异响消除", "closed_at": "2026-02-05 16:00"}, nil},
	}
	five := f.cellList[slices.IndexFunc(f.cellList, func(c cell) bool { return c.area.id == f.areas[2].id })+4]
	return f.rows(ctx, by, "录入网格样例", len(samples), func(tx *record.Tx, i int) error {
		s := samples[i]
		s.v["source"], s.v["cell"], s.v["address"] = "grid", text(five.id), five.estate+"7号楼"
		r, err := tx.Create(record.Draft{Register: grid.Reports, Values: s.v, Created: value.Date(s.v["found_at"].(string)[:10])})
		if err != nil {
			return err
		}
		c, err := tx.Open(record.Ref{Register: grid.Cases, ID: r.RefID("case")})
		if err == nil && c.Number != s.number {
			err = fmt.Errorf("编号应为 %s，得到 %s", s.number, c.Number)
		}
		if err != nil {
			return err
		}
		if err := tx.Imply(c.Ref, s.more); err != nil {
			return err
		}
		if i == 2 {
			return f.manholeOrders(tx, c, five)
		}
		return nil
	})
}

// manholeOrders are the two orders of C23's sample, told of before the grid did.
func (f *filler) manholeOrders(tx *record.Tx, c *record.Record, at cell) error {
	for i, told := range []string{"2026-02-05 08:10", "2026-02-05 08:40"} {
		_, err := tx.Create(record.Draft{Register: grid.Orders, Created: "2026-02-05", Step: "closed", Entered: map[string]value.Date{"hand": "2026-02-05", "closed": "2026-02-07"}, Values: register.Values{
			"external": fmt.Sprintf("YS2026020500%02d", i+1), "content": "井盖异响，过车就响", "class": "timely", "category": "市政道路", "dispatched_at": told, "signed_at": told, "contacted_at": "2026-02-05 09:00", "finished_at": "2026-02-05 12:30",
			"result": "solved", "reply": "您好，2月5日与您联系，市政所当日更换胶圈，异响消除。如有问题请拨打010-00000000。", "called_at": "2026-02-07 10:00", "reached": true, "solved": "solved", "satisfied": "1",
			"case": text(c.ID), "community": text(at.area.id), "address": at.estate + "7号楼"}})
		if err != nil {
			return err
		}
	}
	return nil
}

// finishGrid writes who manages and handles in each grid, ends the old cases of
// patrols, and tells of one trouble twice in these days.
func (f *filler) finishGrid(ctx context.Context) error {
	by := f.users["governance.officer"]
	err := f.rows(ctx, by, "录入网格力量", 3*len(f.cellList), func(tx *record.Tx, i int) error {
		c, n := f.cellList[i/3], i%3
		if i/3%9 == 8 {
			return nil
		}
		v := register.Values{"kind": []string{"head", "grid", "property"}[n], "duties": [][]string{{"manage"}, {"patrol"}, {"handle"}}[n], "area": text(c.id), "community": text(c.area.id), "from": string(f.start),
			"name": []string{"测格长", "测格员", "测物业"}[n] + fmt.Sprint(i/3+1), "unit": []string{c.area.name, c.area.name, gridUnits[0]}[n]}
		if i/3%12 == 0 {
			v["until"] = string(f.today.AddDays(10 + i%3))
		}
		_, err := tx.Create(record.Draft{Register: grid.Forces, Values: v, Created: f.start})
		return err
	})
	if err != nil {
		return err
	}
	if err := f.endOldCases(ctx, by); err != nil {
		return err
	}
	where, day := f.cellList[0], f.today.AddDays(-1)
	err = f.rows(ctx, by, "录入合单样例", 3, func(tx *record.Tx, i int) error {
		at := stamp(day.Time().Add(time.Duration(9*60+25*i) * time.Minute))
		d := record.Draft{Register: grid.Orders, Created: day, Quiet: true, Values: register.Values{"external": fmt.Sprintf("YS%s95%03d", strings.ReplaceAll(string(day), "-", ""), i), "content": where.estate + "7号楼井盖异响，夜里过车就响", "class": "general",
			"dispatched_at": at, "community": text(where.area.id), "address": where.estate + "7号楼"}}
		if i == 2 {
			d = record.Draft{Register: grid.Reports, Created: day, Values: register.Values{"source": "grid", "class_name": "0101井盖缺失", "found_at": at, "content": "7号楼前井盖松动", "address": where.estate + "7号楼", "reporter": "测网格员1"}}
		}
		_, err := tx.Create(d)
		return err
	})
	if err != nil {
		return err
	}
	return f.freezeStreet(ctx)
}

// freezeStreet freezes last month's numbers of the grid and of the hotline, as
// the head would; a month in which nothing came is left.
func (f *filler) freezeStreet(ctx context.Context) error {
	head, last := f.users["governance.head"], value.MonthOf(f.today.AddMonths(-1))
	for _, freeze := range []func(context.Context, access.Viewer, value.Month) (record.Ref, error){f.office.Grid.Freeze, f.office.Hotline.Freeze} {
		_, err := freeze(ctx, head, last)
		if _, refused := record.AsRefusal(err); err != nil && !refused {
			return err
		}
	}
	return nil
}

// oldCase is how old a patrol's case is that has surely been dealt with.
const oldCase = 6

// endOldCases brings the cases that patrols raised long ago to their end, each
// in its time.
func (f *filler) endOldCases(ctx context.Context, by access.Viewer) error {
	var old []*record.Record
	err := f.office.Book.View(ctx, access.Office(), func(tx *record.Tx) error {
		return tx.Each(grid.Cases, func(r *record.Record) (bool, error) {
			if r.Step == "new" && r.Text("source") == "patrol" && r.Date("found_on") < f.today.AddDays(-oldCase) {
				old = append(old, r)
			}
			return true, nil
		})
	})
	if err != nil {
		return err
	}
	return f.rows(ctx, by, "办结巡查案件", len(old), func(tx *record.Tx, i int) error {
		d, r := throw(f.opt.Seed, streamGrid, 3_000_000+i), old[i]
		found, err := time.ParseInLocation("2006-01-02 15:04", r.Text("found_at"), time.Local)
		if err != nil {
			return err
		}
		sent := found.Add(time.Duration(d.from(20, 200)) * time.Minute)
		done := sent.Add(time.Duration(d.from(2, 90)) * time.Hour)
		if err := tx.Imply(r.Ref, register.Values{"filed_at": stamp(found.Add(10 * time.Minute)), "sent_at": stamp(sent)}); err != nil {
			return err
		}
		for _, a := range []struct {
			id string
			v  register.Values
		}{{"accept", register.Values{"unit": gridUnits[i%len(gridUnits)]}}, {"done", register.Values{"handled_at": stamp(done), "outcome": "已到现场处理，恢复正常"}}, {"pass", nil}} {
			if _, err := tx.Do(r.Ref, 0, a.id, record.Input{Values: a.v}); err != nil {
				return err
			}
		}
		end := stamp(done.Add(20 * time.Hour))
		return tx.Imply(r.Ref, register.Values{"verified_at": end, "closed_at": end})
	})
}
