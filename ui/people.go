package ui

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/access"
	"jiezhen/app/people"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

func peopleRoutes() []Route {
	picker := get("/people.json", (*visit).peopleJSON)
	picker.JSON = true
	return []Route{
		picker,
		get("/people", (*visit).findPeople),
		get("/people/new", (*visit).newPerson),
		post("/people/new", (*visit).createPerson),
		post("/people/open", (*visit).openProtected),
		get("/people/duplicates", (*visit).duplicates),
		post("/people/duplicates", (*visit).decidePair),
		post("/people/merge/:id/undo", (*visit).undoMerge),
		get("/people/:id", (*visit).person),
	}
}

// peopleJSON answers the person picker.
func (v *visit) peopleJSON() error {
	q := people.Query{Name: strings.TrimSpace(v.query("q")), Limit: 10}
	if strings.Trim(q.Name, "0123456789xX") == "" {
		q.IDNumber, q.Name = q.Name, ""
	}
	splitQuery(&q)
	found := []map[string]any{}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		matches, err := people.SearchTx(tx, q)
		for _, m := range matches {
			if m.Record != nil {
				found = append(found, map[string]any{"id": idOrEmpty(m.Person), "text": record.LabelOf(m.Record), "note": strings.Join(v.personFacts(tx, m.Record), "，")})
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return v.json(fiber.StatusOK, map[string]any{"found": found})
}

func (v *visit) newPerson() error {
	typed := record.Typed{}
	for name, values := range v.queries() {
		typed[name] = values
	}
	return v.drawPerson(typed, nil, nil, fiber.StatusOK)
}

func (v *visit) drawPerson(typed record.Typed, problems []record.Problem, alike []people.Match, status int) error {
	def, ok := v.office.Book.Registers().Get(record.Persons)
	if !ok || !record.MayCreate(v.viewer, def) {
		return &record.Refusal{Code: record.CodeDenied, Text: access.Explain(access.ActCreate, access.Register{})}
	}
	view := page.FormView{Frame: v.frame("新建人员主档", "一人一档。没有身份证号的儿童可不填证件号码，系统给临时编号。")}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		view.Form = page.Form{Action: "/people/new", Draft: "/people/new", Errors: formErrors(problems),
			Hidden:   append(presentFields(def, nil), page.Pair{Name: "for", Value: typed.First("for")}),
			Sections: v.formSections(tx, entry{def: def, values: v.defaults(def), typed: typed, problems: problems}),
			Buttons:  []page.Button{{Text: "保存", Primary: true}}, Cancel: page.Link{Text: "取消", URL: "/people"}}
		if len(alike) > 0 {
			view.Aside = append(view.Aside, v.alikeBlock(tx, alike))
			view.Form.Sections = append([]page.Section{{ID: "why", Title: "确非同一人", Fields: []page.Field{{Name: "_why", Label: "怎样确认不是同一人",
				Kind: page.KindNote, Rows: 2, Required: true, Value: typed.First("_why"), Hint: "写明理由后可另建；双方会进入重复核查"}}}}, view.Form.Sections...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Form(w, view) })
}

func (v *visit) alikeBlock(tx *record.Tx, alike []people.Match) page.Block {
	t := page.Table{Caption: "相符的主档", Columns: []page.Column{{Title: "姓名"}, {Title: "情况"}, {Title: "相符之处"}}}
	for _, m := range alike {
		h := v.personHit(tx, m, "")
		t.Rows = append(t.Rows, page.Row{URL: h.Open.URL, Cells: []page.Cell{{Text: h.Name, URL: h.Open.URL}, {Text: strings.Join(h.Facts, "，") + h.Current}, {Text: h.Why}}})
	}
	return page.Block{Title: "请先核对", Table: &t}
}

func (v *visit) createPerson() error {
	def, ok := v.office.Book.Registers().Get(record.Persons)
	if !ok {
		return record.Refused(record.CodeNotFound, "没有人员主档")
	}
	if v.redraw() {
		return v.drawPerson(v.typed, nil, nil, fiber.StatusOK)
	}
	values, problems := v.office.Book.ParseForm(def, v.typed)
	if refuses(problems) {
		return v.drawPerson(v.typed, problems, nil, fiber.StatusUnprocessableEntity)
	}
	made, err := v.office.People.Create(v.ctx, v.viewer, values, v.typed.First("_why"))
	var alike *people.MatchesError
	if errors.As(err, &alike) {
		p := []record.Problem{{Field: "_why", Label: "确非同一人", Text: alike.Error()}}
		return v.drawPerson(v.typed, p, alike.Matches, fiber.StatusUnprocessableEntity)
	}
	if r, ok := record.AsRefusal(err); ok && (r.Code == record.CodeInvalid || r.Code == record.CodeTaken) {
		return v.drawPerson(v.typed, refusalProblems(r), nil, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	v.dropDraft("/people/new")
	if v.wantsJSON() {
		return v.json(fiber.StatusCreated, map[string]any{"ref": made.Ref.String(), "number": made.Number, "rev": made.Rev})
	}
	if target := v.typed.First("for"); target != "" {
		return v.done("/r/"+url.PathEscape(target)+"/new?person="+idOrEmpty(made.ID), "已建主档，接着填写")
	}
	return v.done(recordURL(made.Ref), "已建主档"+warnText(problems))
}

// openProtected opens a protected person with a reason.
func (v *visit) openProtected() error {
	ref, err := record.ParseRef(v.typed.First("ref"))
	if err != nil {
		return record.Refused(record.CodeNotFound, "没有这条记录")
	}
	person := ref.ID
	if ref.Register != record.Persons {
		if person, err = v.personOf(ref); err != nil {
			return err
		}
	}
	if err := v.office.People.OpenProtected(v.ctx, v.viewer, person, v.typed.First("reason")); err != nil {
		return err
	}
	return v.done(safePath(or(v.typed.First("to"), recordURL(ref))), "已打开，30 分钟后自动合上；查阅已报领导复核")
}

// personOf is the person a record is about, for opening: a list never shows it
// to those who may not know of the record.
func (v *visit) personOf(ref record.Ref) (uint64, error) {
	var person uint64
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		var err error
		person, err = tx.Subject(ref)
		return err
	})
	return person, err
}

// person is one person's file.
func (v *visit) person() error {
	ref := record.Ref{Register: record.Persons, ID: v.id("id")}
	var view page.PersonView
	var plain any
	err := v.office.Book.Show(v.ctx, v.viewer, ref, func(tx *record.Tx, r *record.Record) error {
		if v.wantsJSON() {
			plain = v.recordJSON(tx, r)
			return nil
		}
		var err error
		view, err = v.personView(tx, r)
		return err
	})
	if err != nil {
		return err
	}
	if plain != nil {
		return v.json(fiber.StatusOK, plain)
	}
	moments, next, err := v.office.People.Timeline(v.ctx, v.viewer, ref.ID, v.query("after"))
	if err != nil {
		return err
	}
	for _, m := range moments {
		view.Timeline = append(view.Timeline, page.Moment{Date: m.At.Local().Format("2006-01-02"), Kind: m.Title, Text: m.Text + byWhom(m.By), Record: page.Link{Text: m.Number, URL: recordURL(m.Ref)}})
	}
	if next != "" {
		view.More = page.Link{Text: "更早的", URL: v.with("after", next)}
	}
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Person(w, view) })
}

func byWhom(name string) string {
	if name == "" {
		return ""
	}
	return "（" + name + "）"
}

func (v *visit) personView(tx *record.Tx, r *record.Record) (page.PersonView, error) {
	view := page.PersonView{Frame: v.frame(record.LabelOf(r), ""), Number: r.Number}
	view.Subject = &page.Subject{Name: record.LabelOf(r), URL: recordURL(r.Ref), Facts: v.personFacts(tx, r), Sealed: r.Guarded}
	today := v.office.Book.Today()
	if age, ok := v.office.People.AgeAt(r, today); ok {
		view.Subject.Facts = append(view.Subject.Facts, fmt.Sprintf("%d 周岁（截至 %s）", age, today))
	}
	view.Crumbs = []page.Link{{Text: "找人", URL: "/people"}}
	if view.Sections = v.sections(tx, r); len(view.Sections) > 0 {
		view.Identity, view.Sections = view.Sections[0].Facts, view.Sections[1:]
	}
	if s, ok, err := v.allowanceFacts(tx, r); err != nil {
		return view, err
	} else if ok {
		view.Sections = append(view.Sections, s)
	}
	id := idOrEmpty(r.ID)
	if tx.Verdict(r, access.ActEdit) == access.Allowed {
		view.Actions = append(view.Actions, page.Button{Text: "修改", URL: "/r/" + r.Ref.String() + "/edit"})
	}
	for _, b := range []struct{ reg, text string }{{"person.relation", "登记亲属关系"}, {"person.change", "变更重要信息"}, {"person.consent", "登记同意书"},
		{"child.file", "建困境儿童档案"}, {"child.case", "接案"}, {"child.visit", "记走访"}} {
		if def, ok := v.office.Book.Registers().Get(b.reg); ok && record.MayCreate(v.viewer, def) {
			view.Actions = append(view.Actions, page.Button{Text: b.text, URL: "/r/" + b.reg + "/new?person=" + id})
		}
	}
	if err := v.family(tx, r, today, &view); err != nil {
		return view, err
	}
	mentions, err := tx.Mentions(r.ID)
	if err != nil {
		return view, err
	}
	for _, o := range mentions {
		if o.Def.System == "" || tx.Verdict(o, access.ActRead) != access.Allowed {
			continue
		}
		view.Cases = append(view.Cases, v.recordLink(o, o.Def.Title))
		for _, c := range v.office.Book.Clocks(o) {
			if group(c, v.office.Book.Now()) != "" {
				view.Now = append(view.Now, v.workView(tx, workItem{row: record.Row{Record: o}, clock: c}))
			}
		}
	}
	history := page.RecordView{}
	if err := v.history(tx, r, &history); err != nil {
		return view, err
	}
	view.Changes, view.Access = history.History, history.Access
	return view, nil
}

func (v *visit) family(tx *record.Tx, r *record.Record, at value.Date, view *page.PersonView) error {
	g, err := people.FamilyTx(tx, r.ID, at)
	if err != nil {
		return err
	}
	if len(g.Edges) == 0 {
		return nil
	}
	graph := &page.Graph{}
	for _, n := range g.Nodes {
		node := page.GraphNode{ID: idOrEmpty(n.Person), Name: n.Name, Generation: n.Generation, Self: n.Person == r.ID, Gone: n.Gone, Sealed: n.Guarded}
		if n.Age >= 0 {
			node.Note = fmt.Sprintf("%d 岁", n.Age)
		}
		if n.Open || n.Guarded {
			node.URL = "/people/" + node.ID
		}
		graph.Nodes = append(graph.Nodes, node)
	}
	view.Relations = page.Table{Caption: "亲属与照料", Columns: []page.Column{{Title: "姓名"}, {Title: "关系"}, {Title: "说明"}, {Title: "起止"}}}
	names := map[uint64]page.GraphNode{}
	for _, n := range graph.Nodes {
		id, _ := strconv.ParseUint(n.ID, 10, 64)
		names[id] = n
	}
	for _, e := range g.Edges {
		graph.Edges = append(graph.Edges, page.GraphEdge{From: idOrEmpty(e.From), To: idOrEmpty(e.To), Label: e.Word, Past: e.Past})
		other, word := e.To, e.Word
		if e.To == r.ID {
			other, word = e.From, e.Back
		}
		if e.From != r.ID && e.To != r.ID {
			continue
		}
		n := names[other]
		view.Relations.Rows = append(view.Relations.Rows, page.Row{URL: n.URL, Cells: []page.Cell{{Text: n.Name, URL: n.URL}, {Text: word},
			{Text: edgeWords(e)}, {Text: span(e.Since, e.Until)}}})
	}
	view.Graph = graph
	return nil
}

func edgeWords(e people.Edge) string {
	var words []string
	if e.Guardian {
		words = append(words, "监护人")
	}
	if e.Carer {
		words = append(words, "实际照料")
	}
	if e.Household {
		words = append(words, "同住")
	}
	if e.Derived {
		words = append(words, e.Explanation)
	}
	return strings.Join(words, "、")
}

func span(from, until value.Date) string {
	if from == "" && until == "" {
		return ""
	}
	return string(from) + " 至 " + or(string(until), "今")
}

// duplicates lays the next pair that may be one person side by side.
func (v *visit) duplicates() error {
	if err := v.entitled(record.Persons, access.ActEdit); err != nil {
		return err
	}
	pairs, more, err := v.office.People.Duplicates(v.ctx, v.viewer, 50)
	if err != nil {
		return err
	}
	view := page.PairView{Frame: v.frame("重复核查", "同一个人合并成一档；不是同一人的记下来，不再提示。合并要另一人批准，可以撤销。")}
	if len(pairs) == 0 {
		desk := page.DeskView{Frame: view.Frame, Empty: page.Empty{Text: "没有待核查的疑似重复。"}}
		return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Desk(w, desk) })
	}
	at, _ := strconv.Atoi(v.query("at"))
	at = max(0, min(at, len(pairs)-1))
	p := pairs[at]
	view.Queue = fmt.Sprintf("第 %d 对，共 %d 对", at+1, len(pairs))
	if more {
		view.Queue += "以上"
	}
	if at+1 < len(pairs) {
		view.Next = page.Link{Text: "下一对", URL: fmt.Sprintf("/people/duplicates?at=%d", at+1)}
	}
	view.Score = fmt.Sprintf("相似度 %d：%s", p.Score, strings.Join(p.Reasons, "、"))
	err = v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		return v.pairView(tx, p, &view)
	})
	if err != nil {
		return err
	}
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Pair(w, view) })
}

func (v *visit) pairView(tx *record.Tx, p people.Pair, view *page.PairView) error {
	view.Left = page.PairSide{Title: record.LabelOf(p.A), URL: recordURL(p.A.Ref), Note: p.A.Number, Choice: idOrEmpty(p.A.ID), On: true}
	view.Right = page.PairSide{Title: record.LabelOf(p.B), URL: recordURL(p.B.Ref), Note: p.B.Number, Choice: idOrEmpty(p.B.ID)}
	for _, f := range p.A.Def.Fields {
		row := page.PairRow{Label: f.Label, Left: tx.Display(f, p.A.Values[f.ID]), Right: tx.Display(f, p.B.Values[f.ID]), Name: "pick." + f.ID, Pick: "left"}
		switch {
		case row.Left == "" && row.Right == "":
			continue
		case row.Left == "" || row.Right == "":
			row.State = page.PairMissing
			if row.Left == "" {
				row.Pick = "right"
			}
		case row.Left == row.Right:
			row.State, row.Name = page.PairSame, ""
		default:
			row.State = page.PairDiffers
		}
		view.Rows = append(view.Rows, row)
	}
	for _, side := range []*record.Record{p.A, p.B} {
		mentions, err := tx.Mentions(side.ID)
		if err != nil {
			return err
		}
		view.Effects = append(view.Effects, fmt.Sprintf("%s名下有 %d 条记录", record.LabelOf(side)+" "+side.Number, len(mentions)))
	}
	view.Form = page.Form{Action: "/people/duplicates", Hidden: []page.Pair{{Name: "a", Value: idOrEmpty(p.A.ID)}, {Name: "b", Value: idOrEmpty(p.B.ID)}},
		Sections: []page.Section{{Fields: []page.Field{{Name: "reason", Label: "理由", Kind: page.KindNote, Rows: 2, Required: true}}}},
		Buttons:  []page.Button{{Text: "是同一人，申请合并", Do: "merge", Primary: true}, {Text: "不是同一人", Do: "distinct"}}}
	return nil
}

// decidePair asks for a merge, or remembers that two are two.
func (v *visit) decidePair() error {
	if err := v.entitled(record.Persons, access.ActEdit); err != nil {
		return err
	}
	a, _ := strconv.ParseUint(v.typed.First("a"), 10, 64)
	b, _ := strconv.ParseUint(v.typed.First("b"), 10, 64)
	reason := v.typed.First("reason")
	if v.typed.First("_do") == "distinct" {
		err := v.office.Book.Change(v.ctx, v.viewer, "确认非同一人："+reason, func(tx *record.Tx) error {
			_, err := tx.Create(record.Draft{Register: "person.distinct", Values: register.Values{"a": idOrEmpty(a), "b": idOrEmpty(b), "reason": reason}})
			return err
		})
		if err != nil {
			return err
		}
		return v.done("/people/duplicates", "已记下：不是同一人")
	}
	order := people.MergeOrder{Keep: a, Drop: b, Reason: reason}
	right := v.typed.First("keep") == idOrEmpty(b)
	if right {
		order.Keep, order.Drop = b, a
	}
	for name, picked := range v.typed {
		if id, ok := strings.CutPrefix(name, "pick."); ok && len(picked) > 0 && (picked[0] == "right") != right {
			order.Take = append(order.Take, id)
		}
	}
	made, err := v.office.People.Merge(v.ctx, v.viewer, order)
	if err != nil {
		return err
	}
	return v.done("/r/"+made.Ref.String(), "已申请合并，等另一人批准")
}

func (v *visit) undoMerge() error {
	if err := v.entitled(record.Persons, access.ActEdit); err != nil {
		return err
	}
	ref := record.Ref{Register: "person.merge", ID: v.id("id")}
	left, err := v.office.People.Undo(v.ctx, v.viewer, ref, v.typed.First("reason"))
	if err != nil {
		return err
	}
	said := "已撤销合并，两份主档都恢复了"
	if len(left) > 0 {
		said += "；合并后又改过、没有恢复的：" + strings.Join(left, "、")
	}
	return v.done("/r/"+ref.String(), said)
}
