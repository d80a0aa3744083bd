package ui

import (
	"fmt"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/grid"
	"jiezhen/app/record"
	"jiezhen/ui/page"
)

// gridBlocks is what the page of a report or a case shows beside its fields:
// deadlines with their reasons, likely categories, where it lies, to whom it
// may go, and what tells of the same.
func (v *visit) gridBlocks(tx *record.Tx, r *record.Record) ([]page.Block, error) {
	var out []page.Block
	if r.Register == grid.Cases {
		clocks, err := v.office.Grid.Clocks(tx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, v.clockBlock(r, clocks))
		if r.Step == "new" || r.Step == "hand" {
			b, err := v.planBlock(tx, r)
			if err != nil {
				return nil, err
			}
			out = append(out, b)
		}
	}
	if r.Register == grid.Reports && r.Step == "new" {
		more, err := v.readingBlocks(tx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	more, err := v.likeBlocks(tx, r)
	return append(out, more...), err
}

// likeBlocks show what probably tells of the same as a record, and what somebody
// has said is another matter.
func (v *visit) likeBlocks(tx *record.Tx, r *record.Record) ([]page.Block, error) {
	var out []page.Block
	if r.Open() {
		pairs, err := v.office.Grid.PairsOf(tx, r)
		if err != nil {
			return nil, err
		}
		out = v.pairBlocks("可能是同一件事", pairs)
	}
	refused, err := v.office.Grid.RefusalsOf(tx, r)
	if err == nil && len(refused) > 0 {
		out = append(out, v.refusalBlocks(tx, refused)...)
	}
	return out, err
}

// readingBlocks help whoever takes a report in: its filing condition, likely
// categories and places.
func (v *visit) readingBlocks(tx *record.Tx, r *record.Record) ([]page.Block, error) {
	var out []page.Block
	c, err := v.office.Grid.Category(tx, r)
	if err != nil {
		return nil, err
	}
	if c != nil {
		b := page.Block{ID: "filing", Title: "立案条件", Facts: []page.Fact{{Label: "类别", Value: page.Cell{Text: c.Code + c.Name, Note: c.Version}}, {Label: "处置时限", Value: page.Cell{Text: or(c.LimitWords(), "按一般时限"), Note: v.office.Book.CodeLabel("limit.state", c.LimitState)}}}}
		b.Text = []string{or(c.Filing, "这一类没有登记立案条件。")}
		out = append(out, b)
	} else {
		likely, err := v.office.Grid.Likely(tx, r)
		if err != nil {
			return nil, err
		}
		if len(likely) > 0 {
			t := page.Table{Caption: "可能的类别", Quiet: true, Columns: []page.Column{{Title: "类别"}, {Title: "依据的字句"}}}
			for _, l := range likely {
				t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.Category.Code + l.Category.Name, Note: l.Category.Version}, {Text: strings.Join(l.Words, "、")}}})
			}
			out = append(out, page.Block{ID: "likely", Title: "可能的类别", Table: &t, Text: []string{"供参考，立案时由人选定。"}})
		}
	}
	if r.RefID("cell") != 0 {
		return out, nil
	}
	b, ok, err := v.whereBlock(tx, r)
	if ok {
		out = append(out, b)
	}
	return out, err
}

// whereBlock lists the grids in which a record may lie, by its address, else by
// its words.
func (v *visit) whereBlock(tx *record.Tx, r *record.Record) (page.Block, bool, error) {
	for _, text := range []string{r.Text("address"), r.Text("content")} {
		found, err := v.office.Grid.Where(tx, text, r.RefID("community"))
		if err != nil {
			return page.Block{}, false, err
		}
		if len(found.Spots) == 0 {
			continue
		}
		t := page.Table{Caption: "可能在哪个网格", Quiet: true, Columns: []page.Column{{Title: "网格"}, {Title: "依据"}}}
		for _, s := range found.Spots {
			if s.Cell == nil {
				continue
			}
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: s.Cell.Name, Note: s.Cell.Code, URL: "/grid/cell/" + idOrEmpty(s.Cell.ID)}, {Text: s.Why}}})
		}
		return page.Block{ID: "where", Title: "可能在哪个网格", Table: &t, Text: []string{"不止一处，或只认到社区；由人选定。"}}, true, nil
	}
	return page.Block{}, false, nil
}

// planBlock proposes to whom a case may go, and sends it.
func (v *visit) planBlock(tx *record.Tx, r *record.Record) (page.Block, error) {
	p, err := v.office.Grid.Plan(tx, r)
	if err != nil {
		return page.Block{}, err
	}
	t := page.Table{Caption: "派给谁", Quiet: true, Columns: []page.Column{{Title: "单位"}, {Title: "依据"}}, Empty: page.Empty{Text: "还没有可以建议的单位。"}}
	var options []page.Option
	for _, o := range p.Proposals {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: o.Name}, {Text: o.Why}}})
		options = append(options, page.Option{Value: idOrEmpty(o.Unit), Text: o.Name})
	}
	b := page.Block{ID: "plan", Title: "派给谁", Table: &t, Text: append(append([]string(nil), p.Missing...), handWords(p.Hands)...)}
	def, ok := v.office.Book.Registers().Get(grid.Assignments)
	if !ok || !tx.MayCreate(def) {
		return b, nil
	}
	value := ""
	if len(options) > 0 && r.Step == "new" {
		value = options[0].Value
	}
	b.Form = &page.Form{Action: "/grid/dispatch/" + idOrEmpty(r.ID), Sections: []page.Section{{Fields: []page.Field{
		{Name: "units", Label: "派给", Kind: page.KindCodes, Options: options, Values: nonEmpty(value), Hint: "第一个为主办，其余协办；各有各的任务，各自签收、答复"},
		{Name: "other", Label: "另派", Kind: page.KindParty, Lookup: "/records.json?register=" + record.Parties, Hint: "建议以外的单位"},
		{Name: "task", Label: "要求", Kind: page.KindText, Limit: 200, Hint: "空着就用案件的情况"}}}}, Buttons: []page.Button{{Text: "派遣", Primary: true}}}
	return b, nil
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// handWords names those of the forces who are on the spot.
func handWords(hands []*record.Record) []string {
	var names []string
	for _, f := range hands {
		names = append(names, f.Text("name"))
	}
	if len(names) == 0 {
		return nil
	}
	return []string{"这一格的力量：" + strings.Join(names, "、")}
}

func (v *visit) dispatchCase() error {
	if err := v.entitled(grid.Cases, access.ActRead); err != nil {
		return err
	}
	ref := record.Ref{Register: grid.Cases, ID: v.id("id")}
	why := map[uint64]string{}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		r, err := tx.Open(ref)
		if err != nil {
			return err
		}
		p, err := v.office.Grid.Plan(tx, r)
		for _, o := range p.Proposals {
			why[o.Unit] = o.Why
		}
		return err
	})
	if err != nil {
		return err
	}
	var tasks []grid.Task
	for _, id := range append(readIDs(v.typed["units"]), readIDs(v.typed["other"])...) {
		kind := "help"
		if len(tasks) == 0 {
			kind = "main"
		}
		tasks = append(tasks, grid.Task{Unit: id, Kind: kind, Text: v.typed.First("task"), Why: or(why[id], "由派遣人选定")})
	}
	if err := v.office.Grid.Dispatch(v.ctx, v.viewer, ref, tasks); err != nil {
		return err
	}
	return v.done(recordURL(ref), fmt.Sprintf("已派给 %d 个单位", len(tasks)))
}

// gridPairs lists what probably is one trouble told twice.
func (v *visit) gridPairs() error {
	view, err := v.gridDesk("/grid/pairs", "合单", "同一处、同一类、三天以内的工单、网格上报、巡查发现，列在这里供人判断。程序不会自己合；合了可以撤销，都要写理由。")
	if err != nil {
		return err
	}
	pairs, err := v.office.Grid.Pairs(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	blocks, err := v.refusals()
	if err != nil {
		return err
	}
	view.Blocks = v.pairBlocks("建议合单", pairs[:min(pairsShown, len(pairs))])
	if len(pairs) > pairsShown {
		view.Lead += fmt.Sprintf("共 %d 对，先列最近的 %d 对。", len(pairs), pairsShown)
	}
	view.Empty = page.Empty{Text: "近七天没有像是同一件事的。", Links: []page.Link{{Text: "返回今日", URL: "/grid"}}}
	if len(pairs) == 0 && len(blocks) > 0 {
		view.Blocks = []page.Block{{Title: "建议合单", Text: []string{view.Empty.Text}}}
	}
	view.Blocks = append(view.Blocks, blocks...)
	return v.desk(view)
}

// pairsShown is how many pairs a page shows.
const pairsShown = 30

// pairTable shows two sources one under the other.
func pairTable(caption string, pair ...*record.Record) *page.Table {
	t := page.Table{Caption: caption, Quiet: true, Columns: []page.Column{{Title: "哪里来的"}, {Title: "编号"}, {Title: "说的什么"}, {Title: "位置"}, {Title: "时间"}, {Title: "环节"}, {Title: "已并入"}}}
	for _, r := range pair {
		joined := page.Cell{}
		if id := r.RefID("case"); id != 0 {
			joined = page.Cell{Text: "案件", URL: recordURL(record.Ref{Register: grid.Cases, ID: id})}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: r.Def.Title}, {Text: or(r.Text("external"), r.Number), URL: recordURL(r.Ref)}, {Text: record.LabelOf(r)}, {Text: r.Text("address")}, {Text: or(r.Text("found_at"), r.Text("dispatched_at"))}, {Text: r.StepLabel()}, joined}})
	}
	return &t
}

func (v *visit) pairBlocks(title string, pairs []grid.Pair) []page.Block {
	var out []page.Block
	unlike, _ := v.office.Book.Registers().Get(grid.Unlikes)
	for i, p := range pairs {
		b := page.Block{Title: title + " " + strconv.Itoa(i+1), Table: pairTable(title, p.A, p.B), Text: []string{"理由：" + strings.Join(p.Reasons, "；")}}
		if p.A.Register != grid.Cases && p.B.Register != grid.Cases {
			b.Form = &page.Form{Action: "/grid/join", Hidden: []page.Pair{{Name: "ref", Value: p.A.Ref.String()}, {Name: "ref", Value: p.B.Ref.String()}, {Name: "proposed", Value: strings.Join(p.Reasons, "；")}},
				Sections: []page.Section{{Fields: []page.Field{{Name: "reason", Label: "理由", Kind: page.KindText, Value: strings.Join(p.Reasons, "；"), Required: true, Limit: 200}}}}, Buttons: []page.Button{{Text: "合为一案"}}}
			if record.MayCreate(v.viewer, unlike) {
				b.Form.Buttons = append(b.Form.Buttons, page.Button{Text: "不是一件事", Do: "unlike"})
			}
		}
		out = append(out, b)
	}
	return out
}

func (v *visit) joinPair() error {
	if err := v.entitled(grid.Cases, access.ActRead); err != nil {
		return err
	}
	var refs []record.Ref
	for _, s := range v.typed["ref"] {
		if ref, err := record.ParseRef(s); err == nil {
			refs = append(refs, ref)
		}
	}
	switch v.typed.First("_do") {
	case "unlike":
		if err := v.office.Grid.Refuse(v.ctx, v.viewer, refs, v.unlikeReason()); err != nil {
			return err
		}
		return v.done("/grid/pairs", "已记下不是一件事，两件的内容、地址、类别不变就不再提示")
	case "again":
		if err := v.office.Grid.Reconsider(v.ctx, v.viewer, refs); err != nil {
			return err
		}
		return v.done("/grid/pairs", "已撤回，像是同一件事的会重新提示")
	}
	at, err := v.office.Grid.Join(v.ctx, v.viewer, refs, v.typed.First("reason"))
	if err != nil {
		return err
	}
	return v.done(recordURL(at), "已合为一案，一起办，分别反馈和回访")
}

// unlikeReason is why two are not one trouble; the reasons that the program
// proposed for joining are none.
func (v *visit) unlikeReason() string {
	reason := v.typed.First("reason")
	if reason == v.typed.First("proposed") {
		return ""
	}
	return reason
}

// refusals lists the pairs that somebody has refused.
func (v *visit) refusals() ([]page.Block, error) {
	var out []page.Block
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		list, err := v.office.Grid.Refusals(tx, pairsShown)
		if err == nil && len(list) > 0 {
			out = v.refusalBlocks(tx, list)
		}
		return err
	})
	return out, err
}

// refusalBlocks show what was refused, by whom and why, and offer to take it
// back.
func (v *visit) refusalBlocks(tx *record.Tx, list []grid.Unlike) []page.Block {
	var out []page.Block
	def, _ := v.office.Book.Registers().Get(grid.Unlikes)
	for _, u := range list {
		a, errA := tx.Open(u.A)
		b, errB := tx.Open(u.B)
		if errA != nil || errB != nil {
			continue
		}
		who := tx.Label(record.Ref{Register: record.Users, ID: u.By}, false)
		block := page.Block{Title: "已定为不是一件事", Table: pairTable("已定为不是一件事", a, b), Text: []string{fmt.Sprintf("%s于%s定，理由：%s。两件的内容、地址、类别不变就不再提示，变了会重新提示。", who, u.On.Chinese(), u.Reason)}}
		if record.MayCreate(v.viewer, def) {
			block.Form = &page.Form{Action: "/grid/join", Hidden: []page.Pair{{Name: "ref", Value: u.A.String()}, {Name: "ref", Value: u.B.String()}}, Buttons: []page.Button{{Text: "撤回，重新提示", Do: "again"}}}
		}
		out = append(out, block)
	}
	return out
}
