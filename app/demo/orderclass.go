package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/trend"
	"jiezhen/app/value"
)

// The two versions of the classes of orders; the newer came so many days ago.
const (
	oldClasses     = "示例一版"
	newClasses     = "示例二版"
	classesChanged = 150
)

// oldNames are what some classes were called in the older version.
var oldNames = map[string]string{"停车秩序": "静态交通", "供暖供水": "公用服务"}

// subclasses are classes of the second level, by what is complained of.
var subclasses = map[string]string{
	"路灯连着好几天不亮": "道路照明", "人行道砖松动，老人绊倒过": "路面设施", "路面坑洼，下雨积水": "路面设施", "井盖松动，过车就响": "路面设施", "护栏被撞坏没人修": "交通设施", "盲道被挖断后没有恢复": "路面设施",
	"电梯经常停运": "电梯运行", "楼道灯坏了没人换": "公共部位维护", "小区门禁坏了谁都能进": "公共部位维护", "物业收费不公示": "收费管理", "垃圾清运不及时，味道很大": "小区保洁", "停车位被长期占用": "小区停车",
	"暖气不热，室温只有十几度": "供暖", "停水没有提前通知": "供水", "水压太低，五楼上不去水": "供水", "暖气管漏水，楼下墙皮掉了": "供暖",
}

// className is what a class was called on a day.
func (f *filler) className(name string, on value.Date) string {
	if old := oldNames[name]; old != "" && on < f.today.AddDays(-classesChanged) {
		return old
	}
	return name
}

// orderClasses are the rows of both versions, parents first, and the mappings
// from the older to the newer.
func (f *filler) orderClasses() (classes, mappings []register.Values) {
	changed := f.today.AddDays(-classesChanged)
	for i, t := range troubles {
		code := fmt.Sprintf("%02d", i+1)
		was := cmp.Or(oldNames[t.class], t.class)
		rows := []register.Values{{"version": oldClasses, "code": code, "name": was, "until": string(changed.AddDays(-1))}, {"version": newClasses, "code": code, "name": t.class, "from": string(changed)}}
		mappings = append(mappings, register.Values{"tree": trend.OrderTree, "from_version": oldClasses, "from_code": code, "to_version": newClasses, "to_code": code})
		var seen []string
		for _, thing := range t.things {
			sub := subclasses[thing]
			if sub == "" || slices.Contains(seen, sub) {
				continue
			}
			seen = append(seen, sub)
			below := fmt.Sprintf("%s%02d", code, len(seen))
			rows = append(rows, register.Values{"version": oldClasses, "code": below, "name": sub, "until": string(changed.AddDays(-1))}, register.Values{"version": newClasses, "code": below, "name": sub, "from": string(changed)})
			mappings = append(mappings, register.Values{"tree": trend.OrderTree, "from_version": oldClasses, "from_code": below, "to_version": newClasses, "to_code": below})
		}
		classes = append(classes, rows...)
	}
	for _, v := range []struct{ version, from, until string }{{oldClasses, "", string(changed.AddDays(-1))}, {newClasses, string(changed), ""}} {
		classes = append(classes, register.Values{"version": v.version, "code": "99", "name": "其他", "from": v.from, "until": v.until})
	}
	return classes, append(mappings, register.Values{"tree": trend.OrderTree, "from_version": oldClasses, "from_code": "99", "to_version": newClasses, "to_code": "99"})
}

// writeClasses writes the classes of orders and their mapping.
func (f *filler) writeClasses(ctx context.Context) error {
	by := f.users["governance.officer"]
	classes, mappings := f.orderClasses()
	err := f.rows(ctx, by, "录入热线诉求分类", len(classes), func(tx *record.Tx, i int) error {
		_, err := tx.Create(record.Draft{Register: trend.Classes, Values: classes[i], Created: f.start})
		return err
	})
	if err != nil {
		return err
	}
	return f.rows(ctx, by, "录入分类对照", len(mappings), func(tx *record.Tx, i int) error {
		_, err := tx.Create(record.Draft{Register: trend.Mappings, Values: mappings[i], Created: f.today.AddDays(-classesChanged)})
		return err
	})
}
