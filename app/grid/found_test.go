package grid_test

import (
	"testing"

	"jiezhen/app/grid"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// What grid workers and patrols found stands beside the orders of the like;
// refused and void reports, what residents told, dropped findings and orders of
// other categories do not count.
func TestForesight(t *testing.T) {
	t.Parallel()
	o := open(t)
	east := id(o.place["110109002003"])
	for i, more := range []register.Values{
		{"class_name": "0102暴露垃圾", "community": east},
		{"class_name": "0102暴露垃圾", "community": east, "fixed": true, "outcome": "当场清了"},
		{"class_name": "0102暴露垃圾", "community": east, "source": "people"},
		{"class_name": "0504店外经营", "community": east},
		{"class_name": "0102暴露垃圾", "community": east, "found_at": "2026-01-31 23:59"},
		{"class_name": "0102暴露垃圾", "community": id(o.place["110109002004"])},
	} {
		ref := o.report("垃圾"+id(uint64(i)), more)
		if i == 5 {
			o.must(o.act("governance.officer", ref, "refuse", register.Values{"refusal": "不在本街道"}))
		}
	}
	finding := func(at string) record.Ref {
		return o.create(record.Draft{Register: grid.Findings, Values: register.Values{"found_at": at, "class": "e1", "content": "垃圾", "community": east}})
	}
	finding("2026-02-02 10:00")
	no := finding("2026-02-02 11:00")
	o.must(o.act("governance.officer", no, "leave", nil))
	o.must(o.act("governance.officer", no, "drop", nil))
	for i, category := range []string{"环境卫生", "环境卫生", "停车秩序", "教育文体", "环境卫生"} {
		on := "2026-02-02 08:00"
		if i == 4 {
			on = "2026-03-01 00:00"
		}
		o.create(record.Draft{Register: grid.Orders, Values: register.Values{"external": id(uint64(i)), "content": "事", "class": "general", "category": category, "dispatched_at": on, "community": east}})
	}
	f, err := o.house.Office().Hotline.Foresight(t.Context(), o.users["governance.officer"], "2026-02-01", "2026-02-28")
	o.must(err)
	got := map[string]string{}
	for _, r := range f.Rows {
		got[r.Words] = r.Share()
	}
	if got["部件·市容环境＋部件·园林绿化＋事件·市容环境"] != "60.00%" || got["事件·街面秩序＋事件·宣传广告"] != "50.00%" || got["社会·困难群体＋社会·残障设施"] != "—" || f.All().Share() != "57.14%" || f.Unlike != 1 || len(f.Unread) > 0 {
		t.Errorf("%v, all %s, %d unlike, unread %v", got, f.All().Share(), f.Unlike, f.Unread)
	}
	other, err := o.house.Office().Hotline.Foresight(t.Context(), o.users["child.supervisor"], "2026-02-01", "2026-02-28")
	if o.must(err); len(other.All().Found)+len(other.All().Orders) > 0 {
		t.Error("who has nothing to do with it is told")
	}
}
