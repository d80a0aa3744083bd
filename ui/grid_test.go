package ui

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jiezhen/app/grid"
	"jiezhen/app/place"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// gridOffice is an office with two grids in the east, units, and categories.
type gridOffice struct {
	*testOffice
	five, six, property, station, rubbish, cover uint64
}

func openGrid(t *testing.T) *gridOffice {
	t.Helper()
	o := &gridOffice{testOffice: openOffice(t)}
	party := func(name string) uint64 {
		return o.create(record.Draft{Register: record.Parties, Values: register.Values{"name": name, "phone": "010-00000000"}}).ID
	}
	o.property, o.station = party("虚构物业"), party("虚构东社区工作站")
	o.change(func(tx *record.Tx) error {
		_, err := tx.Save(record.Ref{Register: record.Places, ID: o.east}, 0, register.Values{"station": fmt.Sprint(o.station)})
		return err
	})
	cell := func(code, name string, more register.Values) uint64 {
		v := register.Values{"level": place.LevelGrid, "code": code, "name": name, "parent": fmt.Sprint(o.east), "population": 1500.0}
		for k, x := range more {
			v[k] = x
		}
		return o.create(record.Draft{Register: record.Places, Values: v}).ID
	}
	o.five = cell("110109002003005", "东第五网格", register.Values{"property": fmt.Sprint(o.property), "aliases": "滨河小区", "neighbours": "东第六网格"})
	o.six = cell("110109002003006", "东第六网格", register.Values{"aliases": "桃园小区", "head": "测格长", "worker": "测格员"})
	category := func(group, code, name, kind, limit, handler string) uint64 {
		v := register.Values{"version": "示例2026", "group": group, "code": code, "name": name, "kind": kind}
		if limit != "" {
			v["limit"], v["limit_state"], v["handler"], v["filing"] = limit, "sample", handler, "现场能看到"
		}
		return o.create(record.Draft{Register: grid.Categories, Values: v}).ID
	}
	category("event", "01", "市容环境", "e1", "", "")
	category("part", "01", "公用设施", "p1", "", "")
	o.rubbish = category("event", "0102", "暴露垃圾", "e1", "4工作时", "property")
	o.cover = category("part", "0101", "井盖异响", "p1", "2紧急工作时", "territory")
	return o
}

// rev is a record's revision as its forms carry it.
func (o *gridOffice) do(role, at, action string, form url.Values) answer {
	b := o.as(role)
	form.Set("_rev", hiddenFields(b.get(at+"/do/"+action).body).Get("_rev"))
	return b.send(at+"/do/"+action, form)
}

// The facts' C17-002-2026-00001 as the office clicks it: reported, filed,
// dispatched to the property company within four working hours, verified,
// closed, printed.
func TestGridCaseByHand(t *testing.T) {
	t.Parallel()
	o := openGrid(t)
	b := o.as("governance.officer")
	a := b.send("/r/governance.report/new", url.Values{"source": {"grid"}, "class_name": {"0102暴露垃圾"}, "found_at": {"2026-04-01 09:00"}, "content": {"垃圾外溢"}, "address": {"滨河小区7号楼"}, "reporter": {"P22"}})
	if a.status != http.StatusSeeOther {
		t.Fatalf("not made: %d %s", a.status, a.text())
	}
	at := a.header.Get("Location")
	p := b.get(at)
	for _, want := range []string{"立案条件", "现场能看到", "东第五网格", "滨河小区", "4工作时", "示例"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the report's page does not say %s", want)
		}
	}
	if a := o.do("governance.officer", at, "file", url.Values{"meets": {"是"}}); a.status != http.StatusSeeOther {
		t.Fatalf("not filed: %d %s", a.status, a.text())
	}
	kase := o.children(grid.Cases)
	if len(kase) != 1 {
		t.Fatalf("%d cases", len(kase))
	}
	to := "/r/" + kase[0].Ref.String()
	if p := b.get(to); !strings.Contains(p.body, "属地优先") || !strings.Contains(p.body, "虚构东社区工作站") {
		t.Errorf("the case does not say to whom it may go: %s", p.text())
	}
	dispatch := "/grid/dispatch/" + fmt.Sprint(kase[0].ID)
	if a := b.send(dispatch, url.Values{}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("dispatched to nobody: %d", a.status)
	}
	if a := o.as("governance.worker").send(dispatch, url.Values{"units": {fmt.Sprint(o.property)}}); a.status == http.StatusSeeOther {
		t.Error("a community worker dispatches")
	}
	if a := b.send(dispatch, url.Values{"units": {fmt.Sprint(o.property), fmt.Sprint(o.station)}, "task": {"清运"}}); a.status != http.StatusSeeOther {
		t.Fatalf("not dispatched: %d %s", a.status, a.text())
	}
	p = b.get(to)
	for _, want := range []string{"4工作时", "2026-04-01 15:00", "虚构物业", "承办任务"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the case does not say %s: %s", want, p.text())
		}
	}
	tasks := o.children(grid.Assignments)
	if len(tasks) != 2 || tasks[0].Text("kind") == tasks[1].Text("kind") {
		t.Fatalf("%d tasks", len(tasks))
	}
	for _, task := range tasks {
		at := "/r/" + task.Ref.String()
		for _, step := range []struct {
			action string
			form   url.Values
		}{{"sign", url.Values{}}, {"answer", url.Values{"answer": {"已清运"}}}, {"accept", url.Values{}}} {
			if a := o.do("governance.officer", at, step.action, step.form); a.status != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", step.action, a.status, a.text())
			}
		}
	}
	if a := o.do("governance.head", to, "pass", url.Values{}); a.status != http.StatusSeeOther {
		t.Fatalf("not verified: %d %s", a.status, a.text())
	}
	if p := b.get(at); !strings.Contains(p.body, "已办结") || !strings.Contains(p.body, "已清运") {
		t.Errorf("the report was not fed back: %s", p.text())
	}
	for _, paper := range []string{"case", "dispatch", "verify", "filing-notice", "closing-notice", "joined"} {
		if a := b.get(to + "/paper/governance~" + paper + ".pdf"); a.status != http.StatusOK || !strings.HasPrefix(a.body, "%PDF") {
			t.Errorf("%s: %d %s", paper, a.status, a.text())
		}
	}
}

func (o *gridOffice) children(reg string) []*record.Record {
	o.t.Helper()
	var out []*record.Record
	o.change(func(tx *record.Tx) error {
		return tx.Each(reg, func(r *record.Record) (bool, error) {
			out = append(out, r)
			return true, nil
		})
	})
	return out
}

// The facts' C23-002-2026-00001: two orders and a grid report of one noisy
// manhole cover become one case; the hotline was first, so the grid was not.
func TestOrdersAndReportJoinOneCase(t *testing.T) {
	t.Parallel()
	o := openGrid(t)
	first := o.order("BJ1", "滨河小区7号楼前井盖异响", register.Values{"dispatched_at": "2026-04-01 08:00", "address": "滨河小区7号楼"})
	o.order("BJ2", "滨河小区7号楼井盖异响，夜里睡不着", register.Values{"dispatched_at": "2026-04-01 08:30", "address": "滨河小区7号楼"})
	o.order("BJ3", "桃园小区7号楼井盖异响", register.Values{"dispatched_at": "2026-04-01 08:30", "address": "桃园小区7号楼"})
	report := o.create(record.Draft{Register: grid.Reports, Values: register.Values{"source": "grid", "class_name": "井盖异响", "content": "井盖异响", "found_at": "2026-04-01 09:00", "address": "滨河小区7号楼"}})
	b := o.as("governance.officer")
	p := b.get("/grid/pairs")
	if strings.Count(p.body, "合为一案") != 3 || strings.Contains(p.body, "BJ3") || !strings.Contains(p.body, "同一处") || !strings.Contains(p.body, "相隔") {
		t.Fatalf("pairs: %s", p.text())
	}
	second := o.children(grid.Orders)[1].Ref
	if a := b.send("/grid/join", url.Values{"ref": {first.String(), report.String()}, "reason": {""}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("joined without a reason: %d", a.status)
	}
	for _, refs := range [][]string{{first.String(), report.String()}, {report.String(), second.String()}} {
		if a := b.send("/grid/join", url.Values{"ref": refs, "reason": {"同一个井盖"}}); a.status != http.StatusSeeOther {
			t.Fatalf("not joined: %d %s", a.status, a.text())
		}
	}
	cases := o.children(grid.Cases)
	if len(cases) != 1 || cases[0].Values["orders"] != 2.0 || cases[0].Values["reports"] != 1.0 || cases[0].Text("first") != "hotline" || cases[0].RefID("category") != o.cover {
		t.Fatalf("%d cases: %v", len(cases), cases[0].Values)
	}
	if p := b.get("/r/" + cases[0].Ref.String()); !strings.Contains(p.body, "并入的工单：一起办，分别答复和回访") || !strings.Contains(p.body, "共 2 件：答复 0 件，交付平台 0 件，回访 0 件") || !strings.Contains(p.body, "网格上报和巡查发现") || !strings.Contains(p.body, `id="clocks"`) {
		t.Errorf("the case: %s", p.text())
	}
	if p := b.get("/grid/pairs"); strings.Contains(p.body, "action=\"/grid/join\"") {
		t.Error("what is in one case is still proposed")
	}
	numbers := b.get("/grid/numbers?month=2026-04")
	for _, want := range []string{"合单率", "100.00%", "热线前置发现率", "0.00%"} {
		if !strings.Contains(numbers.body, want) {
			t.Errorf("the numbers do not say %s", want)
		}
	}
	if a := o.do("governance.officer", "/r/"+report.String(), "leave", url.Values{"_note": {"不是这一个"}}); a.status != http.StatusSeeOther {
		t.Fatalf("not untied: %d %s", a.status, a.text())
	}
	if c := o.children(grid.Cases)[0]; c.Values["reports"] != 0.0 || c.Text("first") != "" {
		t.Errorf("after untying: %v", c.Values)
	}
}

func TestGridPages(t *testing.T) {
	t.Parallel()
	o := openGrid(t)
	o.create(record.Draft{Register: grid.Reports, Values: register.Values{"source": "grid", "category": fmt.Sprint(o.rubbish), "content": "垃圾", "found_at": "2026-03-20 09:00", "cell": fmt.Sprint(o.five),
		"filed_at": "2026-03-20 09:10", "sent_at": "2026-03-20 09:20", "unit": "虚构物业"}})
	o.create(record.Draft{Register: grid.Forces, Values: register.Values{"name": "测管家", "kind": "steward", "area": fmt.Sprint(o.five), "community": fmt.Sprint(o.east), "duties": []string{"patrol"}, "until": "2026-04-10"}})
	o.create(record.Draft{Register: grid.Forces, Values: register.Values{"name": "测河长", "kind": "river", "rank": "village", "stretch": "某沟 K0+000–K1+200", "duties": []string{"patrol"}}})
	b := o.as("governance.head")
	for path, want := range map[string][]string{
		"/grid":                            {"已超期", "红", "处置", "东第五网格"},
		"/grid/map":                        {"<svg", "东第五网格", "示意图", "/grid/cell/"},
		"/grid/map?for=report":             {"/r/governance.report/new?cell="},
		"/grid/cell/" + fmt.Sprint(o.five): {"没有网格长", "没有人管", "测管家", "小巷管家", "力量配置表"},
		"/grid/gaps":                       {"东第五网格", "没有人处置", "测管家", "2026-04-10"},
		"/grid/numbers?month=2026-03":      {"立案率", "100.00%", "按期处置率", "0.00%", "万人立案量", "3.33", "类×网格×时段"},
		"/grid/outline":                    {"GeoJSON"},
		"/r/governance.report/new?cell=" + fmt.Sprint(o.five): {"东第五网格"},
	} {
		p := b.get(path)
		for _, w := range want {
			if !strings.Contains(p.body, w) {
				t.Errorf("%s does not say %s: %d %s", path, w, p.status, p.text())
			}
		}
	}
	if p := b.get("/grid/numbers/rows?month=2026-03&rate=ontime&set=misses"); !strings.Contains(p.body, "C17-") {
		t.Errorf("behind the figure: %s", p.text())
	}
	if p := b.get("/grid/numbers/rows?month=2026-03&rate=none&set=of"); p.status != http.StatusNotFound {
		t.Errorf("a figure that is none: %d", p.status)
	}
	a := b.send("/grid/freeze", url.Values{"month": {"2026-03"}})
	if a.status != http.StatusSeeOther {
		t.Fatalf("not frozen: %d %s", a.status, a.text())
	}
	if p := b.get(a.header.Get("Location")); !strings.Contains(p.body, "逐件判定.xlsx") || !strings.Contains(p.body, "示例-网格1") {
		t.Errorf("the frozen month: %s", p.text())
	}
	if a := b.send("/grid/freeze", url.Values{"month": {"2026-03"}}); a.status == http.StatusSeeOther {
		t.Error("frozen twice")
	}
	if p := o.as("governance.worker").get("/grid/outline"); p.status != http.StatusForbidden {
		t.Errorf("a community worker brings outlines: %d", p.status)
	}
	if p := b.get("/r/place.place/" + fmt.Sprint(o.five) + "/paper/governance~forces.pdf"); p.status != http.StatusOK || !strings.HasPrefix(p.body, "%PDF") {
		t.Errorf("the table of forces: %d %s", p.status, p.text())
	}
}

func TestOutlinesAreDrawn(t *testing.T) {
	t.Parallel()
	o := openGrid(t)
	b := o.as("governance.officer")
	square := func(x float64) string {
		return fmt.Sprintf(`[[[%[1]f,39.9],[%[2]f,39.9],[%[2]f,39.91],[%[1]f,39.91],[%[1]f,39.9]]]`, x, x+0.01)
	}
	file := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"110109002003005"},"geometry":{"type":"Polygon","coordinates":` + square(116.1) + `}},
{"type":"Feature","properties":{"名称":"东第六网格"},"geometry":{"type":"Polygon","coordinates":` + square(116.11) + `}},{"type":"Feature","properties":{"code":"999"},"geometry":{"type":"Polygon","coordinates":` + square(116.2) + `}}]}`
	if a := b.bring("/grid/outline", "坏.geojson", "不是"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a broken file: %d %s", a.status, a.text())
	}
	if a := b.bring("/grid/outline", "网格.geojson", file); a.status != http.StatusSeeOther {
		t.Fatalf("not taken: %d %s", a.status, a.text())
	}
	if p := b.get("/grid/map"); !strings.Contains(p.body, "按边界画的") {
		t.Errorf("not drawn: %s", p.text())
	}
	report := o.create(record.Draft{Register: grid.Reports, Values: register.Values{"source": "grid", "content": "路面塌陷", "found_at": "2026-04-01 09:00", "lon": 116.115, "lat": 39.905}})
	if p := b.get("/r/" + report.String()); !strings.Contains(p.body, "坐标 116.115,39.905 在") || !strings.Contains(p.body, "东第六网格") {
		t.Errorf("not located: %s", p.text())
	}
}

// bring uploads a file to a desk.
func (b *client) bring(path, name, text string) answer {
	b.o.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	b.o.must(w.WriteField("_csrf", b.token()))
	part, err := w.CreateFormFile("file", name)
	b.o.must(err)
	_, err = part.Write([]byte(text))
	b.o.must(err)
	b.o.must(w.Close())
	r := b.request("POST", path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(r)
}
