package ui

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiezhen/app/grid"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/trend"
)

// The trend by class opens the list behind every figure, keeps a community's
// worker to the community, and goes out as a workbook.
func TestTrendByClass(t *testing.T) {
	t.Parallel()
	o := openGrid(t)
	for i, c := range []register.Values{{"version": "一版", "code": "01", "name": "环境", "until": "2026-03-31"}, {"version": "二版", "code": "01", "name": "环境卫生", "from": "2026-04-01"}, {"version": "二版", "code": "0101", "name": "垃圾清运", "from": "2026-04-01"}} {
		if r := o.create(record.Draft{Register: trend.Classes, Values: c}); r.ID == 0 {
			t.Fatal(i)
		}
	}
	o.order("OLD", "垃圾没人清", register.Values{"dispatched_at": "2026-03-02 08:00", "category": "环境"})
	o.order("NEW", "垃圾没人清", register.Values{"dispatched_at": "2026-04-01 08:00", "category": "环境卫生", "subcategory": "垃圾清运"})
	o.create(record.Draft{Register: trend.Orders, Values: register.Values{"external": "FAR", "content": "别处", "class": "general", "dispatched_at": "2026-04-01 08:00", "category": "环境卫生"}, Community: o.west})
	o.create(record.Draft{Register: grid.Cases, Values: register.Values{"title": "一堆垃圾", "source": "grid", "category": fmt.Sprint(o.rubbish), "found_at": "2026-03-02 09:00", "content": "垃圾"}})
	b := o.as("governance.officer")
	var p answer
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) { // the desk follows the journal
		if p = b.get("/trend"); strings.Contains(p.body, ">3<") || time.Now().After(deadline) {
			break
		}
	}
	for _, want := range []string{"01 环境卫生", "0101 垃圾清运", "旧版“一版” 01 环境", "有 1 件归不到现行分类", "2025年4月至2026年4月"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the page does not say %q: %s", want, p.text())
		}
	}
	a := b.send("/r/governance.mapping/new", url.Values{"tree": {"order"}, "from_version": {"一版"}, "from_code": {"09"}, "to_version": {"二版"}, "to_code": {"01"}})
	if !strings.Contains(a.body, "“一版”里没有代码 09") {
		t.Errorf("an unknown code was taken: %d %s", a.status, a.text())
	}
	if a := b.send("/r/governance.mapping/new", url.Values{"tree": {"order"}, "from_version": {"一版"}, "from_code": {"01"}, "to_version": {"二版"}, "to_code": {"01"}}); a.status != 303 {
		t.Fatalf("no mapping: %d %s", a.status, a.text())
	}
	if p = b.get("/trend"); strings.Contains(p.body, "旧版“一版”") || strings.Contains(p.body, "归不到现行分类") {
		t.Errorf("the old class is not carried over: %s", p.text())
	}
	table, err := o.house.Office().Trend.Table(t.Context(), o.viewer("governance.officer"), trend.Orders, "2026-04")
	if err != nil {
		t.Fatal(err)
	}
	row := "/trend/rows?month=2026-04&row=" + url.QueryEscape(table.Rows[0].Key)
	if p := b.get(row + "&in=2026-03"); !strings.Contains(p.body, "OLD") || strings.Contains(p.body, "NEW") || !strings.Contains(p.body, "共 1 件") {
		t.Errorf("behind a month: %s", p.text())
	}
	if p := b.get(row); !strings.Contains(p.body, "共 3 件") || !strings.Contains(p.body, "FAR") {
		t.Errorf("behind all: %s", p.text())
	}
	if p := o.as("governance.worker").get(row); strings.Contains(p.body, "FAR") || !strings.Contains(p.body, "共 2 件") {
		t.Errorf("a worker of the east sees: %s", p.text())
	}
	if p := b.get("/trend?of=case"); !strings.Contains(p.body, "事件 01 市容环境") || !strings.Contains(p.body, "0102 暴露垃圾") {
		t.Errorf("cases: %s", p.text())
	}
	if p := b.get("/trend/rows?row=none"); p.status != 404 {
		t.Errorf("a row that is not there: %d", p.status)
	}
	if p := b.get("/trend/trend.xlsx"); p.status != 200 || !strings.HasPrefix(p.body, "PK") {
		t.Errorf("no workbook: %d", p.status)
	}
}
