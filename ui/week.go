package ui

import (
	"fmt"
	"strconv"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/ui/page"
)

// one is everything due about one person, or of what is about nobody, and of
// what a list may not name.
type one struct {
	title, url, note string
	items            []workItem
}

// weekByPerson answers what is due for whom, overdue or within seven days, across all
// registers: one block a person, the most pressing first.
func (v *visit) weekByPerson() error {
	if v.viewer.Admin() {
		return record.Refused(record.CodeDenied, "管理员不办业务")
	}
	view := page.DeskView{Frame: v.frame("本周按人看", "逾期的和七天内到期的，按人排：每个人这周要办什么、什么时候前办完、谁承办。点姓名看这个人的全部情况。")}
	community := v.query("community")
	var all []*one
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		items, err := v.workItems(tx, "all")
		if err != nil {
			return err
		}
		all = v.byPerson(tx, items, community)
		view.Blocks = append(view.Blocks, v.weekFilter(tx, community, all))
		for _, o := range all {
			view.Blocks = append(view.Blocks, v.weekBlock(tx, o))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.desk(view)
}

// byPerson gathers items under the person they are about, in the order of what
// presses most. What is sealed stands by itself under its number: nothing may
// show whom it is about.
func (v *visit) byPerson(tx *record.Tx, items []workItem, community string) []*one {
	at := map[string]*one{}
	var people, rest []*one
	for _, item := range items {
		r := item.row.Record
		if community != "" && strconv.FormatUint(r.Community, 10) != community {
			continue
		}
		key, o := "其他", &one{title: "不关系到哪一个人的事"}
		named := false
		switch {
		case r.Def.Protect == register.ProtectSealed:
			key, o = "封存", &one{title: "封存登记簿（只列编号）"}
		case r.Def.Subject == register.SubjectPerson && r.Subject != 0:
			key, named = strconv.FormatUint(r.Subject, 10), true
			o = &one{title: or(tx.SubjectName(r, false), r.Number), note: tx.Label(record.Ref{Register: record.Places, ID: r.Community}, false)}
			if p, err := tx.Person(r.Subject); err == nil && tx.Verdict(p, access.ActRead) == access.Allowed {
				o.url = "/people/" + key + "#now"
			}
		}
		if at[key] == nil {
			at[key] = o
			if named {
				people = append(people, o)
			} else {
				rest = append(rest, o)
			}
		}
		at[key].items = append(at[key].items, item)
	}
	return append(people, rest...)
}

// weekFilter says how many there are, and narrows to a community.
func (v *visit) weekFilter(tx *record.Tx, community string, all []*one) page.Block {
	n := 0
	for _, o := range all {
		n += len(o.items)
	}
	options := v.placeOptions(tx)
	options[0].Text = "全部"
	return page.Block{Title: v.office.Book.Today().Chinese() + "起七天", Text: []string{fmt.Sprintf("共 %d 人（组），%d 项。", len(all), n)},
		Form: &page.Form{Action: "/week", Get: true, Sections: []page.Section{{Fields: []page.Field{{Name: "community", Label: "社区（村）", Kind: page.KindCode, Options: options, Value: community}}}},
			Buttons: []page.Button{{Text: "查看"}}}}
}

func (v *visit) weekBlock(tx *record.Tx, o *one) page.Block {
	t := page.Table{Caption: o.title, Quiet: true, Columns: []page.Column{{Title: "要办什么"}, {Title: "期限"}, {Title: "登记簿"}, {Title: "编号"}, {Title: "承办"}, {Title: "办理"}}}
	for _, item := range o.items {
		w := v.workView(tx, item)
		due := w.Due
		due.Days = nil
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: w.What, Note: w.Blocked}, {Due: &due}, {Text: w.System}, {Text: w.Record.Text, URL: w.Record.URL}, {Text: w.Owner}, {Text: w.Action.Text, URL: w.Action.URL}}})
	}
	b := page.Block{Title: o.title, Table: &t}
	if o.note != "" {
		b.Text = []string{o.note}
	}
	if o.url != "" {
		b.Buttons = []page.Button{{Text: "看" + o.title + "的全部情况", URL: o.url}}
	}
	return b
}
