package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

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

// weekPage is how many persons a page of the week holds, and weekItems how many
// things to do stand in a row before the rest is counted.
const (
	weekPage  = 40
	weekItems = 4
)

// weekByPerson answers what is due for whom, overdue or within seven days,
// across all registers: a row for each person, the most pressing first.
func (v *visit) weekByPerson() error {
	if v.viewer.Admin() {
		return record.Refused(record.CodeDenied, "管理员不办业务")
	}
	view := page.DeskView{Frame: v.frame("本周按人看", "逾期的和七天内到期的，一人一行，最急的在前。点姓名看这个人的全部情况，点要办的事直接去办。")}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		items, err := v.workItems(tx, "all")
		if err != nil {
			return err
		}
		items = v.weekNarrowed(items)
		view.Tabs = v.weekTabs(items)
		people, rest := v.byPerson(tx, v.weekGroup(items))
		filter, err := v.weekFilter(tx)
		if err != nil {
			return err
		}
		view.Blocks = append(view.Blocks, filter, v.weekTable(tx, people))
		for _, o := range rest {
			view.Blocks = append(view.Blocks, v.weekBlock(tx, o))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.desk(view)
}

// weekNarrowed keeps what lies in the community and in the hands that are asked
// for.
func (v *visit) weekNarrowed(items []workItem) []workItem {
	community, owner := v.query("community"), v.query("owner")
	var out []workItem
	for _, item := range items {
		r := item.row.Record
		if (community == "" || strconv.FormatUint(r.Community, 10) == community) && (owner == "" || strconv.FormatUint(r.Owner, 10) == owner) {
			out = append(out, item)
		}
	}
	return out
}

// weekGroup keeps those who have something of the group that is asked for, with
// all there is to do about them.
func (v *visit) weekGroup(items []workItem) []workItem {
	asked := v.query("group")
	if asked == "" {
		return items
	}
	wanted := map[string]bool{}
	for _, item := range items {
		if item.group == asked {
			wanted[whose(item)] = true
		}
	}
	var out []workItem
	for _, item := range items {
		if wanted[whose(item)] {
			out = append(out, item)
		}
	}
	return out
}

// whose is a key for the person that an item is about, else for its record.
func whose(item workItem) string {
	r := item.row.Record
	if r.Def.Protect != register.ProtectSealed && r.Def.Subject == register.SubjectPerson && r.Subject != 0 {
		return strconv.FormatUint(r.Subject, 10)
	}
	return r.Ref.String()
}

// weekTabs count the persons and records that have something overdue, due today,
// due within the week.
func (v *visit) weekTabs(items []workItem) []page.Filter {
	seen := map[string]map[string]bool{"": {}, "overdue": {}, "today": {}, "week": {}, "blocked": {}}
	for _, item := range items {
		seen[""][whose(item)] = true
		seen[item.group][whose(item)] = true
	}
	var out []page.Filter
	for _, g := range []struct{ id, text string }{{"", "全部"}, {"overdue", "有逾期的"}, {"today", "有今天到期的"}, {"week", "有七天内到期的"}, {"blocked", "受阻的"}} {
		if n := len(seen[g.id]); n > 0 || g.id == "" {
			out = append(out, page.Filter{Text: g.text, Count: strconv.Itoa(n), URL: v.with("group", g.id), Current: v.query("group") == g.id})
		}
	}
	return out
}

// byPerson gathers items under the person they are about, in the order of what
// presses most. What is sealed stands by itself under its number: nothing may
// show whom it is about.
func (v *visit) byPerson(tx *record.Tx, items []workItem) (people, rest []*one) {
	at := map[string]*one{}
	for _, item := range items {
		r := item.row.Record
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
	return people, rest
}

// weekFilter narrows to a community and to who is in charge.
func (v *visit) weekFilter(tx *record.Tx) (page.Block, error) {
	communities := v.placeOptions(tx)
	communities[0].Text = "全部"
	owners, err := v.userOptions(tx)
	if err != nil {
		return page.Block{}, err
	}
	owners[0].Text = "全部"
	form := page.Form{Action: "/week", Get: true, Sections: []page.Section{{Fields: []page.Field{
		{Name: "community", Label: "社区（村）", Kind: page.KindCode, Options: communities, Value: v.query("community")},
		{Name: "owner", Label: "承办人", Kind: page.KindCode, Options: owners, Value: v.query("owner")}}}}, Buttons: []page.Button{{Text: "查看"}}}
	if g := v.query("group"); g != "" {
		form.Hidden = []page.Pair{{Name: "group", Value: g}}
	}
	return page.Block{Title: v.office.Book.Today().Chinese() + "起七天", Form: &form}, nil
}

// weekTable is one page of persons, a row for each.
func (v *visit) weekTable(tx *record.Tx, people []*one) page.Block {
	from, to, pager := v.leaf("after", len(people), weekPage)
	t := page.Table{Caption: "一人一行", Quiet: true, Columns: []page.Column{{Title: "姓名"}, {Title: "社区（村）"}, {Title: "最急的期限"}, {Title: "要办什么"}, {Title: "承办"}},
		Empty: page.Empty{Text: "这几天没有关系到人的事到期。"}}
	for _, o := range people[from:to] {
		t.Rows = append(t.Rows, v.weekRow(tx, o))
	}
	return page.Block{Title: fmt.Sprintf("按人（%d）", len(people)), Table: &t, Pager: pager}
}

// weekRow says all that is to be done for one person, each leading to where it
// is done.
func (v *visit) weekRow(tx *record.Tx, o *one) page.Row {
	var what page.Cell
	var owners []string
	for i, item := range o.items {
		w := v.workView(tx, item)
		if w.Owner != "" && !slices.Contains(owners, w.Owner) {
			owners = append(owners, w.Owner)
		}
		cell := page.Cell{Text: w.What + "（" + or(w.Due.Text, w.Due.Date) + "）", URL: w.Action.URL, Tone: w.Due.Tone}
		switch {
		case i == 0:
			what = cell
		case i < weekItems:
			what.More = append(what.More, cell)
		case i == weekItems:
			what.More = append(what.More, page.Cell{Text: fmt.Sprintf("另有 %d 项", len(o.items)-weekItems), URL: o.url})
		}
	}
	first := v.workView(tx, o.items[0]).Due
	first.Days, first.Rule = nil, ""
	return page.Row{Cells: []page.Cell{{Text: o.title, URL: o.url}, {Text: o.note}, {Due: &first}, what, {Text: strings.Join(owners, "、")}}}
}

// weekBlock holds, folded, what is about nobody or may not be named.
func (v *visit) weekBlock(tx *record.Tx, o *one) page.Block {
	t := page.Table{Caption: o.title, Quiet: true, Columns: []page.Column{{Title: "要办什么"}, {Title: "期限"}, {Title: "登记簿"}, {Title: "编号"}, {Title: "承办"}, {Title: "办理"}}}
	for _, item := range o.items {
		w := v.workView(tx, item)
		due := w.Due
		due.Days = nil
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: w.What, Note: w.Blocked}, {Due: &due}, {Text: w.System}, {Text: w.Record.Text, URL: w.Record.URL}, {Text: w.Owner}, {Text: w.Action.Text, URL: w.Action.URL}}})
	}
	b := page.Block{Title: fmt.Sprintf("%s（%d）", o.title, len(o.items)), Folded: true, Table: &t}
	if o.note != "" {
		b.Text = []string{o.note}
	}
	if o.url != "" {
		b.Buttons = []page.Button{{Text: "看" + o.title + "的全部情况", URL: o.url}}
	}
	return b
}
