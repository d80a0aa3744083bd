package ui

import (
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// listQuery reads a list's query string: one parameter a column, f.<date> and
// t.<date> for ranges.
func (v *visit) listQuery(def *register.Definition) record.Query {
	return v.queryFrom(def, v.queries())
}

func (v *visit) queryFrom(def *register.Definition, from url.Values) record.Query {
	q := record.Query{Register: def.ID, Filters: map[string][]string{}, From: map[string]value.Date{}, To: map[string]value.Date{},
		Count: true, Limit: 50}
	for name, values := range from {
		switch {
		case name == "after":
			q.After = values[0]
		case name == "sort":
			q.Sort = values[0]
		case name == "open":
			q.Open = values[0] != ""
		case strings.HasPrefix(name, "f.") && values[0] != "":
			if d, err := value.ParseDate(values[0], v.office.Book.Today()); err == nil {
				q.From[name[2:]] = d
			}
		case strings.HasPrefix(name, "t.") && values[0] != "":
			if d, err := value.ParseDate(values[0], v.office.Book.Today()); err == nil {
				q.To[name[2:]] = d
			}
		case filterable(def, name) && values[0] != "":
			q.Filters[name] = values
		}
	}
	return q
}

// filterable reports whether the list offers this filter.
func filterable(def *register.Definition, name string) bool {
	switch name {
	case "step", "owner", "community", "subject":
		return true
	}
	f, ok := def.Field(name)
	return ok && f.Column
}

func (v *visit) list() error {
	def, err := v.definition()
	if err != nil {
		return err
	}
	q := v.listQuery(def)
	if v.wantsJSON() {
		return v.listJSON(q)
	}
	var view page.ListView
	err = v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		p, err := tx.List(q)
		if err != nil {
			return err
		}
		view, err = v.listView(tx, def, q, p)
		return err
	})
	if err != nil {
		return err
	}
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.List(w, view) })
}

func (v *visit) listView(tx *record.Tx, def *register.Definition, q record.Query, p record.Page) (page.ListView, error) {
	view := page.ListView{Frame: v.frame(def.Title, ""), Register: def.Title, Filters: v.filterForm(tx, def, q)}
	counts, err := tx.Counts(def.ID)
	if err != nil {
		return view, err
	}
	view.Tabs = tabs(def, q, counts, v.office.Book.Today())
	view.Table = v.listTable(tx, def, p)
	view.Pager = page.Pager{Total: p.Total, More: p.More}
	if q.After != "" {
		view.Pager.First = v.with("after", "")
	}
	if p.Next != "" {
		view.Pager.Next = v.with("after", p.Next)
	}
	view.Actions = v.listActions(def)
	view.Beside = v.beside(def)
	if len(def.Papers) > 0 && len(p.Rows) > 0 {
		view.Table.Pick = "ref"
		view.Batch = &page.Form{Action: "/print/" + def.ID, Sections: []page.Section{{Fields: []page.Field{{Name: "paper", Label: "批量打印",
			Kind: page.KindCode, Options: v.paperOptions(def)}}}}, Buttons: []page.Button{{Text: "打印所选"}}}
		if together(def) {
			view.Batch.Buttons = append(view.Batch.Buttons, page.Button{Text: "办理所选", Do: "handle"})
		}
	}
	return view, nil
}

// tabs are the register's named numbers; those that are filters open their
// rows.
func tabs(def *register.Definition, q record.Query, counts map[string]uint64, today value.Date) []page.Filter {
	out := []page.Filter{{Text: "全部", URL: "/r/" + def.ID, Current: len(q.Filters) == 0 && !q.Open}}
	if len(def.Steps) > 0 {
		out = append(out, page.Filter{Text: "在办", URL: "/r/" + def.ID + "?open=1", Current: q.Open && len(q.Filters) == 0})
	}
	for _, c := range def.Counts {
		f := page.Filter{Text: c.Label, Count: strconv.FormatUint(counts[c.ID], 10)}
		least, small := c.Small(counts[c.ID], today)
		if small {
			f.Count = "<" + strconv.FormatInt(least, 10)
		}
		if len(c.Filter) > 0 && !small {
			values := url.Values{}
			for k, val := range c.Filter {
				values.Set(k, val)
			}
			f.URL = "/r/" + def.ID + "?" + values.Encode()
			f.Current = sameFilter(q, c.Filter)
		}
		out = append(out, f)
	}
	return out
}

func sameFilter(q record.Query, filter map[string]string) bool {
	n := 0
	for k, val := range filter {
		if k == "open" {
			if !q.Open {
				return false
			}
			continue
		}
		if got := q.Filters[k]; len(got) != 1 || got[0] != val {
			return false
		}
		n++
	}
	return n == len(q.Filters)
}

func (v *visit) listTable(tx *record.Tx, def *register.Definition, p record.Page) page.Table {
	t := page.Table{Caption: def.Title, Empty: v.emptyList(def)}
	columns := listColumns(def)
	for _, c := range columns {
		t.Columns = append(t.Columns, v.column(def, c))
	}
	masked := def.Protect != register.ProtectNone && v.query("names") != "full"
	for _, row := range p.Rows {
		t.Rows = append(t.Rows, v.listRow(tx, row, columns, masked))
	}
	return t
}

func listColumns(def *register.Definition) []string {
	if len(def.List.Columns) > 0 {
		return def.List.Columns
	}
	return []string{"number", "subject", "step", "due", "owner"}
}

// columnTitles of the standard columns.
var columnTitles = map[string]string{"number": "编号", "subject": "对象", "step": "阶段", "due": "期限", "owner": "承办人",
	"community": "社区（村）", "created": "登记日期", "changed": "更新日期", "author": "登记人"}

func (v *visit) column(def *register.Definition, name string) page.Column {
	if f, ok := def.Field(name); ok {
		return page.Column{Title: f.Label, Num: numeric(f)}
	}
	c := page.Column{Title: columnTitles[name]}
	if name == "subject" && def.SubjectLabel != "" {
		c.Title = def.SubjectLabel
	}
	if name == "due" {
		c.Sort = v.with("sort", "due")
	}
	return c
}

func (v *visit) listRow(tx *record.Tx, row record.Row, columns []string, masked bool) page.Row {
	r := row.Record
	out := page.Row{ID: strconv.FormatUint(r.ID, 10), URL: recordURL(r.Ref)}
	said := false // once in a row is enough, and keeps it narrow
	for _, name := range columns {
		if row.Placeholder && name != "number" {
			cell := page.Cell{Text: "—"}
			if !said {
				cell, said = page.Cell{Text: "受保护", Mask: true}, true
			}
			out.Cells = append(out.Cells, cell)
			continue
		}
		out.Cells = append(out.Cells, v.listCell(tx, r, name, masked))
	}
	return out
}

func (v *visit) listCell(tx *record.Tx, r *record.Record, name string, masked bool) page.Cell {
	if f, ok := r.Def.Field(name); ok {
		c := v.cell(tx, f, v.office.Book.Listed(f, r.Values[name]), masked || f.Mask)
		if c.URL != "" && masked && f.Type == value.KindPerson {
			c.Text, c.Mask = value.MaskName(c.Text), true
		}
		return c
	}
	switch name {
	case "number":
		return page.Cell{Text: r.Number, URL: recordURL(r.Ref)}
	case "subject":
		return page.Cell{Text: tx.SubjectName(r, masked), URL: recordURL(r.Ref), Mask: masked}
	case "step":
		return page.Cell{Text: r.StepLabel()}
	case "due":
		if clocks := v.office.Book.Clocks(r); len(clocks) > 0 {
			d := v.due(soonest(clocks))
			d.Days = nil
			return page.Cell{Due: d}
		}
	case "owner":
		return page.Cell{Text: tx.Label(record.Ref{Register: record.Users, ID: r.Owner}, false)}
	case "author":
		return page.Cell{Text: tx.Label(record.Ref{Register: record.Users, ID: r.Author}, false)}
	case "community":
		return page.Cell{Text: tx.Label(record.Ref{Register: record.Places, ID: r.Community}, false)}
	case "created":
		return page.Cell{Text: string(r.Created)}
	case "changed":
		return page.Cell{Text: string(r.Changed)}
	}
	return page.Cell{}
}

func (v *visit) emptyList(def *register.Definition) page.Empty {
	e := page.Empty{Text: "没有符合条件的记录。"}
	if record.MayCreate(v.viewer, def) {
		e.Text = "还没有记录。可以新建一条，或从 Excel 导入已有台账。"
		e.Links = []page.Link{{Text: "新建" + def.Title, URL: "/r/" + def.ID + "/new"}, {Text: "导入", URL: "/import/" + def.ID}}
	}
	return e
}

func (v *visit) listActions(def *register.Definition) []page.Button {
	var out []page.Button
	if record.MayCreate(v.viewer, def) {
		out = append(out, page.Button{Text: "新建", URL: "/r/" + def.ID + "/new", Primary: true})
	}
	if record.MayUse(v.viewer, def, access.ActImport) {
		out = append(out, page.Button{Text: "导入", URL: "/import/" + def.ID})
	}
	if record.MayUse(v.viewer, def, access.ActExport) {
		query := ""
		if raw := string(v.c.Request().URI().QueryString()); raw != "" {
			query = "?" + raw
		}
		out = append(out, page.Button{Text: "导出", URL: "/export/" + def.ID + query})
	}
	if r := v.office.Returns.Of(v.viewer, def.ID); r != nil {
		out = append(out, page.Button{Text: "报表", URL: "/returns/" + r.ID})
	}
	if def.Protect != register.ProtectNone && v.query("names") != "full" {
		out = append(out, page.Button{Text: "显示全名", URL: v.with("names", "full")})
	}
	return out
}

// with is this page's address with one parameter changed; other paging is
// dropped.
func (v *visit) with(name, val string) string {
	values := v.queries()
	values.Del("after")
	if val == "" {
		values.Del(name)
	} else {
		values.Set(name, val)
	}
	path := strings.Clone(v.c.Path())
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}
