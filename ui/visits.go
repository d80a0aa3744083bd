package ui

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/casework"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

func visitRoutes() []Route {
	upload := post("/visits/upload", (*visit).uploadWeek)
	upload.Limit = uploadLimit
	return []Route{
		get("/visits", (*visit).visits),
		get("/nutrition", (*visit).nutrition),
		get("/visits/sample", (*visit).visitSample),
		get("/visits/week.xlsx", (*visit).weekWorkbook),
		get("/visits/week.pdf", (*visit).weekPaper),
		upload,
		get("/visits/entry", (*visit).entryForm),
		post("/visits/entry", (*visit).entry),
	}
}

// week reads which community and how far ahead the week's sheet goes.
func (v *visit) week() (community uint64, until value.Date) {
	community, _ = strconv.ParseUint(v.query("community"), 10, 64)
	until = v.office.Book.Today().AddDays(6)
	if d, err := value.ParseDate(v.query("until"), v.office.Book.Today()); err == nil {
		until = d
	}
	return community, until
}

// visits shows whom to visit this week, the sheets to carry, and how the
// communities are covered.
func (v *visit) visits() error {
	community, until := v.week()
	tasks, err := v.office.Cases.Week(v.ctx, v.viewer, community, until)
	if err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("走访周表与补录", "打印或导出走访表带下去，填好的交回来在这里补录；每次走访都要亲眼见到儿童。")}
	query := "?community=" + idOrEmpty(community) + "&until=" + string(until)
	err = v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		view.Blocks = append(view.Blocks, page.Block{Title: "范围", Form: &page.Form{Action: "/visits", Get: true, Sections: []page.Section{{Fields: []page.Field{
			{Name: "community", Label: "社区（村）", Kind: page.KindCode, Options: v.placeOptions(tx), Value: idOrEmpty(community)},
			{Name: "until", Label: "应在此前走访", Kind: page.KindDate, Value: string(until)}}}}, Buttons: []page.Button{{Text: "查看"}}}})
		return nil
	})
	if err != nil {
		return err
	}
	view.Blocks = append(view.Blocks, v.taskBlock(tasks, query))
	if v.viewer.Has(samplers...) {
		view.Actions = append(view.Actions, page.Button{Text: "督导抽访（本季）", URL: "/visits/sample"})
	}
	view.Blocks = append(view.Blocks, page.Block{Title: "交回的 Excel 走访表", Form: &page.Form{Action: "/visits/upload", Files: true, Sections: []page.Section{{Fields: []page.Field{
		{Name: "file", Label: "文件", Kind: page.KindFile, Accept: ".xlsx", Required: true, Hint: "本页导出、填好“实际日期”的那一份"}}}}, Buttons: []page.Button{{Text: "上传核对"}}}})
	cover, err := v.coverBlock()
	if err != nil {
		return err
	}
	view.Blocks = append(view.Blocks, cover)
	return v.desk(view)
}

func (v *visit) taskBlock(tasks []casework.Task, query string) page.Block {
	t := page.Table{Caption: "应走访", Columns: []page.Column{{Title: "儿童"}, {Title: "社区（村）"}, {Title: "最近走访"}, {Title: "应在此前"}, {Title: "规定"}, {Title: "办理"}},
		Empty: page.Empty{Text: "这段时间没有应走访的儿童。"}}
	today := v.office.Book.Today()
	for _, task := range tasks {
		due := page.Cell{Text: string(task.Due)}
		if task.Due < today {
			due.Tone = page.ToneUrgent
		}
		act := page.Cell{Text: "填写走访", URL: fmt.Sprintf("/r/child.visit/new?person=%d&planned=%s", task.Child, task.Due)}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: task.Name, Note: task.Age, URL: recordURL(task.Source)}, {Text: task.Community}, {Text: string(task.Last)}, due, {Text: task.Rule}, act}})
	}
	b := page.Block{Title: fmt.Sprintf("应走访（%d）", len(tasks)), Table: &t}
	if len(tasks) > 0 {
		b.Buttons = []page.Button{{Text: "导出走访表（Excel）", URL: "/visits/week.xlsx" + query}, {Text: "打印走访表（PDF）", URL: "/visits/week.pdf" + query},
			{Text: "批量补录", URL: "/visits/entry" + query, Primary: true}}
	}
	return b
}

// coverBlock is how this month's visits went, community by community.
func (v *visit) coverBlock() (page.Block, error) {
	today := v.office.Book.Today()
	cover, err := v.office.Cases.Coverage(v.ctx, v.viewer, value.MonthOf(today).First(), today)
	if err != nil {
		return page.Block{}, err
	}
	t := page.Table{Caption: "本月走访", Columns: []page.Column{{Title: "社区（村）"}, {Title: "已走访", Num: true}, {Title: "见到儿童", Num: true}, {Title: "未见到", Num: true}, {Title: "逾期未访", Num: true}},
		Empty: page.Empty{Text: "本月还没有走访记录。"}}
	for _, c := range cover {
		list := fmt.Sprintf("/r/child.visit?community=%d&f.actual=%s&t.actual=%s", c.Community, value.MonthOf(today).First(), today)
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: c.Name}, {Text: strconv.Itoa(c.Done), URL: list, Num: true}, {Text: strconv.Itoa(c.Seen), URL: list + "&step=done", Num: true},
			{Text: strconv.Itoa(c.Unseen), URL: list + "&step=unseen", Num: true}, {Text: strconv.Itoa(c.Overdue), URL: "/visits?community=" + idOrEmpty(c.Community) + "&until=" + string(today.AddDays(-1)), Num: true, Tone: urgentIf(c.Overdue > 0)}}})
	}
	return page.Block{Title: "本月走访覆盖", Table: &t}, nil
}

func (v *visit) weekTitle(until value.Date) string {
	return "儿童走访表（" + until.Chinese() + "前）"
}

func (v *visit) weekWorkbook() error {
	community, until := v.week()
	tasks, err := v.office.Cases.Week(v.ctx, v.viewer, community, until)
	if err != nil {
		return err
	}
	data, err := v.office.Cases.Workbook(tasks, v.weekTitle(until))
	if err != nil {
		return err
	}
	if err := v.office.Book.Log(v.ctx, v.viewer, "export", record.Ref{Register: casework.Visits}, map[string]any{"purpose": "走访周表", "rows": fmt.Sprintf("%d 行", len(tasks))}); err != nil {
		return err
	}
	return v.download("走访表-"+string(until)+".xlsx", sheetType, data, false)
}

// weekPaper prints a blank visit record for every child of the week, with what
// is known filled in.
func (v *visit) weekPaper() error {
	community, until := v.week()
	tasks, err := v.office.Cases.Week(v.ctx, v.viewer, community, until)
	if err != nil {
		return err
	}
	var subjects []uint64
	for _, t := range tasks {
		subjects = append(subjects, t.Child)
	}
	if len(subjects) == 0 {
		return record.Refused(record.CodeInvalid, "没有可以打印的走访表")
	}
	out, err := v.office.Papers.Blank(v.ctx, v.viewer, casework.Visits, "child/visit", subjects)
	if err != nil {
		return err
	}
	return v.download("走访表-"+string(until)+".pdf", pdfType, out.PDF, true)
}

// entryLines names what a line of the batch carries besides its answers.
const entryChild, entryName = "child", "who"

// entryForm is the grid in which sheets that came back on paper are typed.
func (v *visit) entryForm() error {
	community, until := v.week()
	tasks, err := v.office.Cases.Week(v.ctx, v.viewer, community, until)
	if err != nil {
		return err
	}
	var lines []casework.Returned
	for _, t := range tasks {
		lines = append(lines, casework.Returned{Child: t.Child, Name: t.Name, Typed: map[string]string{}})
	}
	return v.drawEntry(lines, nil, fiber.StatusOK)
}

func (v *visit) uploadWeek() error {
	if v.upload == nil {
		return record.Refused(record.CodeInvalid, "请先选择交回的走访表")
	}
	lines, err := v.office.Cases.ReadWorkbook(v.ctx, v.viewer, v.upload.Data)
	if err != nil {
		return err
	}
	return v.drawEntry(lines, nil, fiber.StatusOK)
}

func (v *visit) drawEntry(lines []casework.Returned, results map[int]casework.Entered, status int) error {
	view := page.BatchEntryView{Frame: v.frame("批量补录走访", "一行一名儿童；没有走访的行把“实际日期”空着。填对的保存，有问题的留下来改。"),
		Empty: page.Empty{Text: "这段时间没有应走访的儿童。", Links: []page.Link{{Text: "返回", URL: "/visits"}}}}
	view.Crumbs = []page.Link{{Text: "走访周表与补录", URL: "/visits"}}
	view.Form = page.Form{Action: "/visits/entry", Hidden: []page.Pair{{Name: "lines", Value: strconv.Itoa(len(lines))}}, Buttons: []page.Button{{Text: "保存全部", Primary: true}},
		Cancel: page.Link{Text: "返回", URL: "/visits"}}
	fields := v.office.Cases.Fields()
	for _, f := range fields {
		view.Columns = append(view.Columns, page.Column{Title: f.Label})
	}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		for i, l := range lines {
			line := page.BatchLine{ID: strconv.Itoa(i), Who: page.Link{Text: l.Name, URL: "/people/" + idOrEmpty(l.Child)}}
			view.Form.Hidden = append(view.Form.Hidden, page.Pair{Name: fmt.Sprintf("line.%d.%s", i, entryChild), Value: idOrEmpty(l.Child)}, page.Pair{Name: fmt.Sprintf("line.%d.%s", i, entryName), Value: l.Name})
			if e, ok := results[i]; ok {
				line.Error, line.Saved, line.Number = e.Failed, e.Failed == "", e.Number
			}
			for _, f := range fields {
				name := fmt.Sprintf("line.%d.%s", i, f.ID)
				line.Fields = append(line.Fields, tight(v.field(tx, f, name, nil, sent{typed: record.Typed{name: {l.Typed[f.ID]}}})))
			}
			view.Lines = append(view.Lines, line)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.BatchEntry(w, view) })
}

// tight makes a field fit a cell of the grid: one line, codes as a select box,
// several codes as words.
func tight(f page.Field) page.Field {
	f.Tight, f.Show, f.Hint = true, nil, ""
	switch f.Kind {
	case page.KindYesNo:
		f.Kind, f.Options = page.KindCode, []page.Option{{Value: "", Text: ""}, {Value: "是", Text: "是"}, {Value: "否", Text: "否"}}
	case page.KindCode:
		f.Options = append([]page.Option{{Value: "", Text: ""}}, f.Options...)
	case page.KindCodes, page.KindNote:
		f.Kind, f.Options = page.KindText, nil
	}
	return f
}

// words turns several codes typed as words, parted by marks, into codes.
func (v *visit) words(f *register.Field, text string) []string {
	var out []string
	list, _ := v.office.Book.Policy().Codes(f.Codes)
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、,，;； ", r) }) {
		code := word
		for _, item := range list.Items {
			if item.Label == word {
				code = item.Code
			}
		}
		out = append(out, code)
	}
	return out
}

// entry saves the lines that have a day; what is wrong comes back as typed.
func (v *visit) entry() error {
	n, _ := strconv.Atoi(v.typed.First("lines"))
	def, ok := v.office.Book.Registers().Get(casework.Visits)
	if !ok || n > 1000 {
		return record.Refused(record.CodeNotFound, "没有走访登记簿")
	}
	var lines []casework.Returned
	var batch []casework.Filled
	results := map[int]casework.Entered{}
	for i := range n {
		l, typed := v.entryLine(i)
		lines = append(lines, l)
		if l.Typed["actual"] == "" {
			continue
		}
		for _, f := range v.office.Cases.Fields() {
			if f.Type == value.KindCodes {
				typed[f.ID] = v.words(f, typed.First(f.ID))
			}
		}
		values, problems := v.office.Book.ParseForm(def, typed)
		if refuses(problems) {
			results[i] = casework.Entered{Line: i, Failed: joinLabel(problems[0].Label, problems[0].Text)}
			continue
		}
		batch = append(batch, casework.Filled{Child: l.Child, Values: values, Line: i})
	}
	entered, err := v.office.Cases.Enter(v.ctx, v.viewer, batch)
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
	if saved == len(results) {
		return v.done("/visits", fmt.Sprintf("已补录 %d 次走访", saved))
	}
	return v.drawEntry(rest(lines, results), remaining(results), fiber.StatusUnprocessableEntity)
}

// entryLine reads one line of the grid.
func (v *visit) entryLine(i int) (casework.Returned, record.Typed) {
	prefix := fmt.Sprintf("line.%d.", i)
	l := casework.Returned{Name: v.typed.First(prefix + entryName), Typed: map[string]string{}}
	l.Child, _ = strconv.ParseUint(v.typed.First(prefix+entryChild), 10, 64)
	typed := record.Typed{}
	for key, values := range v.typed {
		if id, ok := strings.CutPrefix(key, prefix); ok && id != entryChild && id != entryName {
			typed[id] = values
			l.Typed[id] = strings.Join(values, "、")
		}
	}
	return l, typed
}

// rest are the lines that were not saved, and remaining their results under
// their new places.
func rest(lines []casework.Returned, results map[int]casework.Entered) []casework.Returned {
	var out []casework.Returned
	for i, l := range lines {
		if e, tried := results[i]; !tried || e.Failed != "" {
			out = append(out, l)
		}
	}
	return out
}

func remaining(results map[int]casework.Entered) map[int]casework.Entered {
	out := map[int]casework.Entered{}
	gone, last := 0, -1
	for i := range results {
		last = max(last, i)
	}
	for i := 0; i <= last; i++ {
		e, tried := results[i]
		switch {
		case tried && e.Failed == "":
			gone++
		case tried:
			out[i-gone] = e
		}
	}
	return out
}

// caseNumbers are the numbers of casework beside the registers' own.
func (v *visit) caseNumbers() ([]page.Block, error) {
	def, ok := v.office.Book.Registers().Get(casework.Visits)
	if !ok || !record.MayUse(v.viewer, def, "read") {
		return nil, nil
	}
	b, err := v.coverBlock()
	if err != nil || len(b.Table.Rows) == 0 {
		return nil, err
	}
	return []page.Block{b}, nil
}
