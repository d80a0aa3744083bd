package ui

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/width"

	"jiezhen/app/access"
	"jiezhen/app/find"
	"jiezhen/app/people"
	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

func searchRoutes() []Route { return []Route{get("/search", (*visit).search)} }

// search is the one search box: people, records and notes, newest first, only
// what the viewer may open.
func (v *visit) search() error {
	q := v.searchQuery()
	result, err := v.office.Find.Search(v.ctx, v.viewer, q)
	if err != nil {
		return err
	}
	if v.wantsJSON() {
		return v.json(fiber.StatusOK, searchJSON(result))
	}
	view := page.SearchView{Frame: v.frame("检索", "")}
	view.Query = q.Text
	if view.Hits, err = v.byDocument(q); err != nil {
		return err
	}
	result.Total += len(view.Hits)
	for _, h := range result.Hits {
		view.Hits = append(view.Hits, v.hit(h))
	}
	view.Summary = fmt.Sprintf("“%s”共 %d 条", q.Text, result.Total)
	if result.Partial {
		view.Partial = "时间所限，没有找全；可加上更多的字，或用下面的条件缩小范围。"
	}
	if s := v.office.Find.State(); s.Rebuilding {
		view.Partial = "检索正在重建，现在的结果可能不全。"
	}
	if err := v.searchForm(q, &view); err != nil {
		return err
	}
	if result.Next != "" {
		view.Pager.Next = v.with("after", result.Next)
	}
	if q.After != "" {
		view.Pager.First = v.with("after", "")
	}
	view.Pager.Total = result.Total
	view.Empty = page.Empty{Text: "没有找到。可以试试：只写姓或一两个字、拼音首字母、编号的后几位。"}
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Search(w, view) })
}

// documentForm is what a document's number, or the end of one, looks like.
var documentForm = regexp.MustCompile(`^[A-Za-z]{0,3}[0-9]{3,18}[Xx]?$`)

// byDocument finds people by the number of their document or its last four or
// six characters: numbers are not in the index of words. A protected person
// is not among them; that way leads through 找人 and a reason.
func (v *visit) byDocument(q find.Query) ([]page.Hit, error) {
	number := strings.ToUpper(strings.Join(strings.Fields(width.Fold.String(q.Text)), ""))
	if q.After != "" || q.Kind == "note" || q.Register != "" && q.Register != record.Persons || len(number) < 4 || !documentForm.MatchString(number) {
		return nil, nil
	}
	if def, ok := v.office.Book.Registers().Get(record.Persons); !ok || !record.MayUse(v.viewer, def, access.ActRead) {
		return nil, nil
	}
	asked := people.Query{IDNumber: number, Limit: 20}
	splitQuery(&asked)
	var out []page.Hit
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		matches, err := people.SearchTx(tx, asked)
		for _, m := range matches {
			if m.Record != nil {
				out = append(out, page.Hit{Title: page.Link{Text: record.LabelOf(m.Record), URL: recordURL(m.Record.Ref)}, Kind: m.Record.Def.Title,
					Date: string(m.Record.Changed), Who: page.Link{Text: m.Record.Number, URL: recordURL(m.Record.Ref)}, Snippet: []page.Span{{Text: strings.Join(m.Reasons, "、")}}})
			}
		}
		return err
	})
	return out, err
}

func (v *visit) searchQuery() find.Query {
	today := v.office.Book.Today()
	q := find.Query{Text: v.query("q"), Register: v.query("register"), Kind: v.query("kind"), After: v.query("after"), Limit: 20}
	q.Person, _ = strconv.ParseUint(v.query("person"), 10, 64)
	q.Community, _ = strconv.ParseUint(v.query("community"), 10, 64)
	q.Worker, _ = strconv.ParseUint(v.query("worker"), 10, 64)
	if d, err := value.ParseDate(v.query("from"), today); err == nil {
		q.From = d
	}
	if d, err := value.ParseDate(v.query("to"), today); err == nil {
		q.To = d
	}
	return q
}

func (v *visit) searchForm(q find.Query, view *page.SearchView) error {
	registers := []page.Option{{Value: "", Text: "全部登记簿"}}
	for _, r := range v.office.Book.Readable(v.viewer) {
		if d, ok := v.office.Book.Registers().Get(r.ID); ok && !d.Hidden {
			registers = append(registers, page.Option{Value: d.ID, Text: d.Title})
		}
	}
	return v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		users, err := v.userOptions(tx)
		if err != nil {
			return err
		}
		view.Form = page.Form{Action: "/search", Get: true, Sections: []page.Section{{Fields: []page.Field{
			{Name: "q", Label: "找什么", Kind: page.KindSearch, Value: q.Text, Hint: "姓名、拼音、首字母、编号、证件号码或其后四位、记录里的字；几个词用空格隔开", Wide: true},
			{Name: "register", Label: "登记簿", Kind: page.KindCode, Options: registers, Value: q.Register},
			{Name: "kind", Label: "范围", Kind: page.KindCode, Value: q.Kind, Options: []page.Option{{Value: "", Text: "记录和工作记录"}, {Value: "record", Text: "只找登记"}, {Value: "note", Text: "只找工作记录"}}},
			{Name: "community", Label: "社区（村）", Kind: page.KindCode, Options: v.placeOptions(tx), Value: idOrEmpty(q.Community)},
			{Name: "worker", Label: "承办或记录人", Kind: page.KindCode, Options: users, Value: idOrEmpty(q.Worker)},
			{Name: "from", Label: "自", Kind: page.KindDate, Value: string(q.From)}, {Name: "to", Label: "至", Kind: page.KindDate, Value: string(q.To)}}}},
			Buttons: []page.Button{{Text: "检索", Primary: true}}}
		return nil
	})
}

func idOrEmpty(id uint64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatUint(id, 10)
}

func (v *visit) hit(h find.Hit) page.Hit {
	out := page.Hit{Title: page.Link{Text: or(h.Subject, record.LabelOf(h.Record)), URL: recordURL(h.Record.Ref)}, Kind: h.Record.Def.Title,
		Date: string(h.Date), Who: page.Link{Text: h.Record.Number, URL: recordURL(h.Record.Ref)}}
	if h.Note != nil {
		out.Kind += "·" + h.Note.Kind
		out.Title.URL += "#note-" + strconv.FormatUint(h.Note.ID, 10)
	}
	for _, s := range h.Snippet {
		out.Snippet = append(out.Snippet, page.Span{Text: s.Text, Mark: s.Hit})
	}
	return out
}

func searchJSON(r find.Result) map[string]any {
	hits := []map[string]any{}
	for _, h := range r.Hits {
		one := map[string]any{"ref": h.Record.Ref.String(), "number": h.Record.Number, "subject": h.Subject, "date": h.Date}
		if h.Note != nil {
			one["note"] = h.Note.ID
		}
		hits = append(hits, one)
	}
	return map[string]any{"hits": hits, "total": r.Total, "partial": r.Partial, "next": r.Next}
}

// searchRegister finds a few records of one register for a picker.
func (v *visit) searchRegister(reg, q string) ([]map[string]any, error) {
	result, err := v.office.Find.Search(v.ctx, v.viewer, find.Query{Text: q, Register: reg, Kind: "record", Limit: 10})
	if err != nil {
		return nil, err
	}
	found := []map[string]any{}
	for _, h := range result.Hits {
		found = append(found, map[string]any{"id": strconv.FormatUint(h.Record.ID, 10), "text": record.LabelOf(h.Record), "note": h.Subject + " " + h.Record.StepLabel()})
	}
	return found, nil
}
