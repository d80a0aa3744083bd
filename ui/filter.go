package ui

import (
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// filterForm asks by what a list is narrowed: the register's own filters.
func (v *visit) filterForm(tx *record.Tx, def *register.Definition, q record.Query) *page.Form {
	form := &page.Form{Action: "/r/" + def.ID, Get: true, Buttons: []page.Button{{Text: "筛选"}}}
	if q.Open {
		form.Hidden = append(form.Hidden, page.Pair{Name: "open", Value: "1"})
	}
	var fields []page.Field
	for _, name := range def.List.Filters {
		if f, ok := v.filterField(tx, def, name, q); ok {
			fields = append(fields, f...)
		}
	}
	if len(fields) == 0 {
		return nil
	}
	form.Sections = []page.Section{{Fields: fields}}
	return form
}

// filterField is the question for one filter; dates ask from and to.
func (v *visit) filterField(tx *record.Tx, def *register.Definition, name string, q record.Query) ([]page.Field, bool) {
	now := ""
	if set := q.Filters[name]; len(set) > 0 {
		now = set[0]
	}
	one := page.Field{Name: name, Kind: page.KindCode, Value: now, Label: columnTitles[name]}
	switch name {
	case "step":
		one.Options = []page.Option{{Value: "", Text: "不限"}}
		for _, s := range def.Steps {
			one.Options = append(one.Options, page.Option{Value: s.ID, Text: s.Label})
		}
		return []page.Field{one}, len(def.Steps) > 0
	case "community":
		one.Options = v.placeOptions(tx)
		one.Options[0].Text = "不限"
		return []page.Field{one}, true
	case "owner":
		users, err := v.userOptions(tx)
		if err != nil {
			return nil, false
		}
		one.Options = users
		one.Options[0].Text = "不限"
		return []page.Field{one}, true
	}
	f, ok := def.Field(name)
	if !ok {
		return nil, false
	}
	one.Label = f.Label
	switch f.Type {
	case value.KindCode:
		one.Options = []page.Option{{Value: "", Text: "不限"}}
		for _, o := range v.options(f.Codes) {
			if !v.office.Book.Secret(f.Codes, o.Value) {
				one.Options = append(one.Options, o)
			}
		}
	case value.KindYesNo:
		one.Options = []page.Option{{Value: "", Text: "不限"}, {Value: "是", Text: "是"}, {Value: "否", Text: "否"}}
	case value.KindPlace:
		one.Options = v.placeOptions(tx)
		one.Options[0].Text = "不限"
	case value.KindDate:
		from, to := one, one
		from.Name, from.Label, from.Kind, from.Value = "f."+name, f.Label+"自", page.KindDate, string(q.From[name])
		to.Name, to.Label, to.Kind, to.Value = "t."+name, f.Label+"至", page.KindDate, string(q.To[name])
		return []page.Field{from, to}, true
	default:
		return nil, false
	}
	return []page.Field{one}, true
}
