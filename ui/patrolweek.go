package ui

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/access"
	"jiezhen/app/patrol"
	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// patrolMonday reads which week the page is about: this one unless said.
func (v *visit) patrolMonday() value.Date {
	today := v.office.Book.Today()
	if d, err := value.ParseDate(or(v.query("week"), v.typed.First("week")), today); err == nil {
		return patrol.MondayOf(d)
	}
	return patrol.MondayOf(today)
}

// patrolWeek shows the week's sheets: what is to be drawn up, carried, and
// typed in.
func (v *visit) patrolWeek() error {
	view, err := v.patrolDesk("/patrol/week", "一周任务与补录", "编排、下发、打印任务单；巡查的人带着纸去，填好交回来在这里补录。")
	if err != nil {
		return err
	}
	week := v.patrolMonday()
	sheets, err := v.office.Patrol.Week(v.ctx, v.viewer, week)
	if err != nil {
		return err
	}
	view.Blocks = []page.Block{{Title: week.Chinese() + "至" + week.AddDays(6).Chinese(), Form: &page.Form{Action: "/patrol/week", Get: true, Sections: []page.Section{{Fields: []page.Field{
		{Name: "week", Label: "周内任一天", Kind: page.KindDate, Value: string(week)}}}}, Buttons: []page.Button{{Text: "查看"}}},
		Buttons: []page.Button{{Text: "上一周", URL: "/patrol/week?week=" + string(week.AddDays(-7))}, {Text: "下一周", URL: "/patrol/week?week=" + string(week.AddDays(7))}}}}
	drawn, err := v.drawBlock(week)
	if err != nil {
		return err
	}
	view.Blocks = append(view.Blocks, v.rosterBlock(week, sheets))
	if drawn != nil {
		view.Blocks = append(view.Blocks, *drawn)
	}
	view.Blocks = append(view.Blocks, page.Block{Title: "交回的 Excel 巡查表", Form: &page.Form{Action: "/patrol/upload", Files: true, Sections: []page.Section{{Fields: []page.Field{
		{Name: "file", Label: "文件", Kind: page.KindFile, Accept: ".xlsx", Required: true, Hint: "本页导出、填好的那一份"}}}}, Buttons: []page.Button{{Text: "上传核对"}}}})
	return v.desk(view)
}

func (v *visit) rosterBlock(week value.Date, sheets []*record.Record) page.Block {
	t := page.Table{Caption: "任务单", Quiet: true, Columns: []page.Column{{Title: "姓名"}, {Title: "力量"}, {Title: "应巡点次", Num: true}, {Title: "已补录", Num: true}, {Title: "环节"}, {Title: "办理"}},
		Empty: page.Empty{Text: "这一周还没有任务单。"}}
	drafts, out := 0, 0
	for _, r := range sheets {
		act := page.Cell{}
		switch r.Step {
		case "draft":
			drafts++
			act = page.Cell{Text: "核对修改", URL: recordURL(r.Ref)}
		case "issued":
			out++
			act = page.Cell{Text: "补录", URL: fmt.Sprintf("/patrol/entry?week=%s&roster=%d", week, r.ID)}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: r.Text("who"), Note: r.Number, URL: recordURL(r.Ref)}, {Text: v.office.Book.CodeLabel("force.kind", r.Text("kind"))},
			{Text: wholeNumber(r.Values["planned"]), Num: true}, {Text: wholeNumber(r.Values["done"]), Num: true}, {Text: r.StepLabel()}, act}})
	}
	b := page.Block{Title: fmt.Sprintf("任务单（%d）", len(sheets)), Table: &t}
	if len(sheets) > 0 {
		b.Buttons = []page.Button{{Text: "打印任务单（PDF）", URL: "/patrol/week.pdf?week=" + string(week)}, {Text: "导出巡查表（Excel）", URL: "/patrol/week.xlsx?week=" + string(week)}}
	}
	if out > 0 {
		b.Buttons = append(b.Buttons, page.Button{Text: "批量补录全部", URL: "/patrol/entry?week=" + string(week), Primary: true})
	}
	def, _ := v.office.Book.Registers().Get(patrol.Rosters)
	if drafts > 0 && record.MayCreate(v.viewer, def) {
		b.Form = &page.Form{Action: "/patrol/week/issue", Hidden: []page.Pair{{Name: "week", Value: string(week)}}, Buttons: []page.Button{{Text: fmt.Sprintf("下发全部编排中的（%d）", drafts)}}}
	}
	return b
}

func wholeNumber(x any) string {
	n, _ := x.(float64)
	return strconv.Itoa(int(n))
}

// drawBlock offers to draw up the sheets that a week lacks; nil when it lacks
// none, or the viewer does not draw sheets up.
func (v *visit) drawBlock(week value.Date) (*page.Block, error) {
	def, _ := v.office.Book.Registers().Get(patrol.Rosters)
	if !record.MayCreate(v.viewer, def) {
		return nil, nil
	}
	plans, err := v.office.Patrol.Plans(v.ctx, v.viewer, week)
	if err != nil || len(plans) == 0 {
		return nil, err
	}
	t := page.Table{Caption: "还没有任务单的", Quiet: true, Columns: []page.Column{{Title: "姓名"}, {Title: "力量"}, {Title: "频次"}, {Title: "会排多少点次", Num: true}}}
	full := 0
	for _, p := range plans {
		n := page.Cell{Text: strconv.Itoa(len(p.Rows)), Num: true}
		if len(p.Rows) == 0 {
			n.Note = "上周没有排班可照，请手工新建"
		} else {
			full++
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{forceCell(p.Force), {Text: v.office.Book.CodeLabel("force.kind", p.Force.Kind)}, {Text: p.Every}, n}})
	}
	b := &page.Block{Title: fmt.Sprintf("还没有任务单的力量（%d）", len(plans)), Table: &t, Text: []string{"按频次把各人的点位排到每一天；按班的照上周排。排好后可以逐张改，再下发。"},
		Buttons: []page.Button{{Text: "手工新建一张", URL: "/r/" + patrol.Rosters + "/new?week=" + string(week)}}}
	if full > 0 {
		b.Form = &page.Form{Action: "/patrol/week", Hidden: []page.Pair{{Name: "week", Value: string(week)}}, Buttons: []page.Button{{Text: "编排这一周", Primary: true}}}
	}
	return b, nil
}

func (v *visit) drawWeek() error {
	if err := v.entitled(patrol.Rosters, access.ActCreate); err != nil {
		return err
	}
	made, empty, err := v.office.Patrol.Draw(v.ctx, v.viewer, v.patrolMonday())
	if err != nil {
		return err
	}
	text := fmt.Sprintf("已编排 %d 张任务单", made)
	if empty > 0 {
		text += fmt.Sprintf("，%d 人按班而上周没有可照的，请手工新建", empty)
	}
	return v.done("/patrol/week?week="+string(v.patrolMonday()), text)
}

func (v *visit) issueWeek() error {
	if err := v.entitled(patrol.Rosters, access.ActCreate); err != nil {
		return err
	}
	n, err := v.office.Patrol.IssueWeek(v.ctx, v.viewer, v.patrolMonday())
	if err != nil {
		return err
	}
	return v.done("/patrol/week?week="+string(v.patrolMonday()), fmt.Sprintf("已下发 %d 张任务单", n))
}

// routePapers prints the week's sheets.
func (v *visit) routePapers() error {
	if err := v.entitled(patrol.Rosters, access.ActRead); err != nil {
		return err
	}
	week := v.patrolMonday()
	sheets, err := v.office.Patrol.Week(v.ctx, v.viewer, week)
	if err != nil {
		return err
	}
	var refs []record.Ref
	for _, r := range sheets {
		refs = append(refs, r.Ref)
	}
	out, err := v.office.Papers.Together(v.ctx, v.viewer, refs, "governance/route")
	if err != nil {
		return err
	}
	if err := v.logRoutes("打印一周任务单", len(refs)); err != nil {
		return err
	}
	return v.download("巡查任务单-"+string(week)+".pdf", pdfType, out.PDF, true)
}

func (v *visit) logRoutes(purpose string, n int) error {
	return v.office.Book.Log(v.ctx, v.viewer, "export", record.Ref{Register: patrol.Rosters}, map[string]any{"purpose": purpose, "rows": strconv.Itoa(n)})
}

func (v *visit) routeWorkbook() error {
	if err := v.entitled(patrol.Rosters, access.ActRead); err != nil {
		return err
	}
	week := v.patrolMonday()
	lines, err := v.office.Patrol.Planned(v.ctx, v.viewer, week)
	if err != nil {
		return err
	}
	data, err := v.office.Patrol.Workbook(lines, week.Chinese()+"起一周巡查表")
	if err != nil {
		return err
	}
	if err := v.logRoutes("导出一周巡查表", len(lines)); err != nil {
		return err
	}
	return v.download("巡查表-"+string(week)+".xlsx", sheetType, data, false)
}

// elsewhereLines is how many lines the page offers for what was found on the
// way.
const elsewhereLines = 3

// routeEntry is the grid in which sheets that came back are typed; what was
// typed before and not saved is there again.
func (v *visit) routeEntry() error {
	if err := v.entitled(patrol.Rounds, access.ActCreate); err != nil {
		return err
	}
	if k, ok, err := v.office.Book.DraftOf(v.ctx, v.viewer.User, v.self()); err != nil {
		return err
	} else if ok {
		b := batchFrom(k.Typed)
		b.draft, b.kept = v.self(), moment(k.At)
		return v.drawRoutes(b, nil, fiber.StatusOK)
	}
	only, _ := strconv.ParseUint(v.query("roster"), 10, 64)
	week := v.patrolMonday()
	lines, err := v.office.Patrol.Open(v.ctx, v.viewer, week, only)
	if err != nil {
		return err
	}
	return v.drawRoutes(routeBatch{lines: lines, week: week, roster: only, draft: v.self()}, nil, fiber.StatusOK)
}

func (v *visit) uploadRoutes() error {
	if err := v.entitled(patrol.Rounds, access.ActCreate); err != nil {
		return err
	}
	if v.upload == nil {
		return record.Refused(record.CodeInvalid, "请先选择交回的巡查表")
	}
	lines, err := v.office.Patrol.ReadWorkbook(v.upload.Data)
	if err != nil {
		return err
	}
	return v.drawRoutes(routeBatch{lines: lines, week: patrol.MondayOf(lines[0].Date)}, nil, fiber.StatusOK)
}

// routeBatch is what stands on the page of the grid.
type routeBatch struct {
	lines, others []patrol.Line
	week          value.Date
	roster        uint64
	rest          bool
	draft, kept   string
}

// routeFields are the fields of a line, in order.
var routeFields = []struct {
	id, label string
	get       func(*patrol.Line) *string
}{
	{"at", "到", func(l *patrol.Line) *string { return &l.At }},
	{"left", "离", func(l *patrol.Line) *string { return &l.Left }},
	{"result", "结果", func(l *patrol.Line) *string { return &l.Result }},
	{"problem", "问题或没有到的原因", func(l *patrol.Line) *string { return &l.Problem }},
	{"class", "大类", func(l *patrol.Line) *string { return &l.Class }},
}

func (v *visit) drawRoutes(b routeBatch, results map[int]patrol.Entered, status int) error {
	view := page.BatchEntryView{Frame: v.frame("补录巡查", "一行一次到点，时间写 905 就是 9:05；没有去的行空着。发现问题的，存下就立案；填对的保存，有问题的留下来改。"),
		Empty: page.Empty{Text: "这一周下发的任务单都补录完了，或还没有到日子。", Links: []page.Link{{Text: "返回", URL: "/patrol/week?week=" + string(b.week)}}}}
	view.Crumbs = []page.Link{{Text: "一周任务与补录", URL: "/patrol/week?week=" + string(b.week)}}
	view.Form = page.Form{Action: "/patrol/entry", Draft: b.draft, DraftAt: b.kept, Hidden: []page.Pair{{Name: "lines", Value: strconv.Itoa(len(b.lines))}, {Name: "week", Value: string(b.week)},
		{Name: "roster", Value: idOrEmpty(b.roster)}}, Buttons: []page.Button{{Text: "保存全部", Primary: true}}, Cancel: page.Link{Text: "返回", URL: "/patrol/week?week=" + string(b.week)}}
	for _, f := range routeFields {
		view.Columns = append(view.Columns, page.Column{Title: f.label})
	}
	for i := range b.lines {
		view.Lines = append(view.Lines, v.routeLine(&b.lines[i], i, results, &view.Form))
	}
	rest := ""
	if b.rest {
		rest = "是"
	}
	fields := []page.Field{{Name: "rest", Label: "任务单上声明：没有写的点位都已到、没有问题", Kind: page.KindYesNo, Value: rest, Hint: "选“是”，下面空着的行都按“无问题”登记；巡查人在纸上签了声明才选"}}
	if b.roster != 0 {
		fields = append(fields, v.elsewhere(b, results))
	}
	view.Form.Sections = []page.Section{{Fields: fields}}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.BatchEntry(w, view) })
}

func (v *visit) routeLine(l *patrol.Line, i int, results map[int]patrol.Entered, form *page.Form) page.BatchLine {
	prefix := fmt.Sprintf("line.%d.", i)
	day := ""
	if len(l.Date) == len("2026-03-02") {
		day = string(l.Date[5:]) + " " + weekdays[l.Date.Weekday()]
	}
	line := page.BatchLine{ID: strconv.Itoa(i), Who: page.Link{Text: strings.TrimSpace(day + "　" + l.Name)}, Note: strings.TrimSpace(l.Who + "　" + l.Checks)}
	for name, value := range map[string]string{"roster": idOrEmpty(l.Roster), "point": idOrEmpty(l.Point), "date": string(l.Date), "name": l.Name, "who": l.Who, "checks": l.Checks} {
		form.Hidden = append(form.Hidden, page.Pair{Name: prefix + name, Value: value})
	}
	if e, ok := results[i]; ok {
		line.Error, line.Saved, line.Number = e.Failed, e.Failed == "", e.Number
	}
	for _, f := range routeFields {
		line.Fields = append(line.Fields, v.routeField(f.id, prefix+f.id, f.label, *f.get(l)))
	}
	return line
}

// clockLimit is the longest time of day: 14:05.
const clockLimit = 5

var weekdays = []string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

func (v *visit) routeField(id, name, label, text string) page.Field {
	f := page.Field{Name: name, Label: label, Kind: page.KindText, Value: text, Tight: true, Limit: 200}
	if id == "at" || id == "left" {
		f.Limit = clockLimit
	}
	if list := map[string]string{"result": "patrol.result", "class": "case.kind"}[id]; list != "" {
		f.Kind, f.Limit = page.KindCode, 0
		f.Options = append([]page.Option{{Value: "", Text: ""}}, v.options(list)...)
	}
	return f
}

// elsewhere is the table of what was found on the way, at no point.
func (v *visit) elsewhere(b routeBatch, results map[int]patrol.Entered) page.Field {
	columns := []page.Field{{Name: "date", Label: "日期", Kind: page.KindDate}, {Name: "at", Label: "时间", Kind: page.KindText, Limit: 5}, {Name: "where", Label: "地点", Kind: page.KindText, Limit: 60},
		{Name: "problem", Label: "问题", Kind: page.KindText, Limit: 200}, {Name: "class", Label: "大类", Kind: page.KindCode, Tight: true, Options: append([]page.Option{{}}, v.options("case.kind")...)},
		{Name: "result", Label: "处理", Kind: page.KindCode, Tight: true, Options: []page.Option{{Value: "", Text: "立案"}, {Value: patrol.Fixed, Text: "随手处理"}}}}
	out := page.Field{Name: "others", Label: "路上发现的其他问题", Kind: page.KindTable, Columns: columns, Wide: true}
	for i := range max(elsewhereLines, len(b.others)) {
		var l patrol.Line
		if i < len(b.others) {
			l = b.others[i]
		}
		var row page.Line
		for _, c := range columns {
			c.Value = map[string]string{"date": string(l.Date), "at": l.At, "where": l.Where, "problem": l.Problem, "class": l.Class, "result": l.Result}[c.Name]
			if e, ok := results[len(b.lines)+i]; ok && c.Name == "problem" {
				c.Error = e.Failed
			}
			c.Name = page.LineName("others", i, c.Name)
			row.Fields = append(row.Fields, c)
		}
		out.Lines = append(out.Lines, row)
	}
	return out
}

// batchFrom reads the grid as it was typed.
func batchFrom(typed record.Typed) routeBatch {
	b := routeBatch{week: value.Date(typed.First("week")), rest: typed.First("rest") == "是"}
	b.roster, _ = strconv.ParseUint(typed.First("roster"), 10, 64)
	n, _ := strconv.Atoi(typed.First("lines"))
	for i := range min(n, routeLinesMost) {
		prefix := fmt.Sprintf("line.%d.", i)
		l := patrol.Line{Date: value.Date(typed.First(prefix + "date")), Name: typed.First(prefix + "name"), Who: typed.First(prefix + "who"), Checks: typed.First(prefix + "checks"), Line: i}
		l.Roster, _ = strconv.ParseUint(typed.First(prefix+"roster"), 10, 64)
		l.Point, _ = strconv.ParseUint(typed.First(prefix+"point"), 10, 64)
		for _, f := range routeFields {
			*f.get(&l) = strings.TrimSpace(typed.First(prefix + f.id))
		}
		if l.Point != 0 {
			b.lines = append(b.lines, l)
		}
	}
	for i := range min(record.RowCount("others", typed), 50) {
		get := func(f string) string { return strings.TrimSpace(typed.First(page.LineName("others", i, f))) }
		b.others = append(b.others, patrol.Line{Roster: b.roster, Date: value.Date(get("date")), At: get("at"), Where: get("where"), Problem: get("problem"), Class: get("class"), Result: get("result")})
	}
	return b
}

// routeLinesMost is how many lines one page takes.
const routeLinesMost = 2000

// enterRoutes saves the lines in which something is typed; what is wrong comes
// back as typed.
func (v *visit) enterRoutes() error {
	if err := v.entitled(patrol.Rounds, access.ActCreate); err != nil {
		return err
	}
	b := batchFrom(v.typed)
	if _, err := value.ParseDate(string(b.week), v.office.Book.Today()); err != nil {
		return record.Refused(record.CodeInvalid, "不知道是哪一周的任务单，请从一周任务进来")
	}
	if do := v.typed.First("_do"); strings.HasPrefix(do, "row-add.") || strings.HasPrefix(do, "row-del.") {
		b.others = append(b.others, patrol.Line{})
		return v.drawRoutes(b, nil, fiber.StatusUnprocessableEntity)
	}
	all := b.lines
	results := map[int]patrol.Entered{}
	for i, o := range b.others {
		o.Line = len(b.lines) + i
		if o.Where == "" && o.Problem == "" {
			continue
		}
		day, err := value.ParseDate(string(o.Date), v.office.Book.Today())
		if err != nil {
			results[o.Line] = patrol.Entered{Line: o.Line, Failed: "请填日期，如 2026-03-02"}
			continue
		}
		o.Date = day
		all = append(all[:len(all):len(all)], o)
	}
	entered, err := v.office.Patrol.Enter(v.ctx, v.viewer, all, b.rest)
	if err != nil {
		return err
	}
	saved := 0
	for _, e := range entered {
		results[e.Line] = e
		if e.Failed == "" {
			saved++
		}
	}
	query := fmt.Sprintf("/patrol/entry?week=%s", b.week)
	v.dropDraft(query)
	if b.roster != 0 {
		v.dropDraft(query + "&roster=" + idOrEmpty(b.roster))
	}
	if len(results) == 0 {
		return v.done("/patrol/week?week="+string(b.week), "没有填的行，什么都没有存")
	}
	if saved == len(results) {
		return v.done("/patrol/week?week="+string(b.week), fmt.Sprintf("已补录 %d 行", saved))
	}
	left, failed := leftOver(b, results)
	return v.drawRoutes(left, failed, fiber.StatusUnprocessableEntity)
}

// leftOver is the batch without what was saved, and what was wrong with the
// rest at its new place.
func leftOver(b routeBatch, results map[int]patrol.Entered) (routeBatch, map[int]patrol.Entered) {
	out := b
	out.lines, out.others = nil, nil
	failed := map[int]patrol.Entered{}
	kept := func(e patrol.Entered, tried bool, to int) bool {
		if tried && e.Failed == "" {
			return false
		}
		if tried {
			failed[to] = e
		}
		return true
	}
	for i, l := range b.lines {
		e, tried := results[i]
		if kept(e, tried, len(out.lines)) {
			l.Line = len(out.lines)
			out.lines = append(out.lines, l)
		}
	}
	for i, l := range b.others {
		e, tried := results[len(b.lines)+i]
		if kept(e, tried, len(out.lines)+len(out.others)) {
			out.others = append(out.others, l)
		}
	}
	return out, failed
}
