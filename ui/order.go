package ui

import (
	"io"
	"strings"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/deadline"
	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/ui/page"
)

// orderBlocks is what an order's page shows beside its fields: deadlines with
// their reasons, what the reply gate finds, likely classes, orders that say the
// same, and how the like were solved.
func (v *visit) orderBlocks(tx *record.Tx, r *record.Record) ([]page.Block, error) {
	clocks, err := hotline.Clocks(tx, r)
	if err != nil {
		return nil, err
	}
	advice := v.office.Hotline.Advise(tx, r)
	out := []page.Block{v.clockBlock(r, clocks)}
	if r.Text("reply") != "" {
		out = append(out, gateBlock(advice))
	}
	if r.Open() && r.Community == 0 {
		where, ok, err := v.whereBlock(tx, r)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, where)
		}
	}
	if r.Text("case") == "" && (r.Step == "new" || r.Step == "hand") {
		if b, ok := v.caseForm("立为案件，派给承办单位", record.LabelOf(r), []record.Ref{r.Ref}); ok {
			b.Text = []string{"要派给物业、市政所这样的承办单位的，先立案；立案后按属地、类别建议派给谁，各单位各自签收、答复。本单位自己能办的不用立案。"}
			out = append(out, b)
		}
	}
	if r.Open() && len(advice.Classes) > 0 {
		out = append(out, classBlock(r, advice))
	}
	pairs, err := v.likeBlocks(tx, r)
	if err != nil {
		return nil, err
	}
	if out = append(out, pairs...); len(pairs) > 0 {
		advice.Twins = nil // a pair is one with its reasons
	}
	if advice.Twins, err = v.unrefused(tx, r, advice.Twins); err != nil {
		return nil, err
	}
	if len(advice.Twins) > 0 {
		out = append(out, v.pastBlock(tx, r, "可能是同一件事", advice.Twins))
	}
	if r.Open() && len(advice.Past) > 0 {
		out = append(out, v.pastBlock(tx, r, "办过的类似工单", advice.Past))
	}
	if r.Text("complainant") == hotline.Hidden || r.Text("phone") == hotline.Hidden {
		if tx.Verdict(r, access.ActAssign) == access.Allowed {
			out = append(out, page.Block{Title: "诉求人要求保密", Text: []string{"身份另行封存，不进名单、导出、检索和文书。"}, Buttons: []page.Button{{Text: "写明理由后查看", URL: "/hotline/identity/" + idOrEmpty(r.ID)}}})
		}
	}
	return out, nil
}

func (v *visit) clockBlock(r *record.Record, clocks []deadline.Clock) page.Block {
	now := v.office.Book.Now().Local()
	t := page.Table{Caption: "时限", Columns: []page.Column{{Title: "时限"}, {Title: "规定"}, {Title: "起算"}, {Title: "应在"}, {Title: "实际"}}, Quiet: true}
	for _, c := range clocks {
		due := page.Cell{Text: or(c.Broken, clockTime(c.Due)), Tone: urgentIf(c.Late(now))}
		if c.Done.IsZero() && !c.Due.IsZero() && r.Open() {
			due.Note = gapWords(now, c.Due)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: c.Label}, {Text: c.Limit, Note: c.State}, {Text: clockTime(c.Start)}, due, {Text: clockTime(c.Done)}}, Detail: clockDetail(c)})
	}
	return page.Block{ID: "clocks", Title: "时限", Table: &t}
}

// clockDetail is how a deadline was reckoned, folded under its row.
func clockDetail(c deadline.Clock) string {
	if c.Broken != "" || len(c.Days) == 0 {
		return ""
	}
	return "逐日：" + c.Why()
}

func clockTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04")
}

func gateBlock(a hotline.Advice) page.Block {
	b := page.Block{ID: "gate", Title: "回单前检查"}
	if len(a.Findings) == 0 {
		b.Text = []string{"没有发现要改的。"}
		return b
	}
	t := page.Table{Caption: "回单前检查", Columns: []page.Column{{Title: "发现"}, {Title: "在哪里"}, {Title: "怎么改"}}}
	for _, f := range a.Findings {
		word := map[bool]string{true: "应改", false: "请看"}[f.Level == "stop"]
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: word, Tone: levelTone(f.Level), Badge: true, More: []page.Cell{{Text: f.Title}}}, {Text: f.Quote}, {Text: f.Say}}})
	}
	b.Table = &t
	b.Text = []string{"有“应改”的，改了再审核；确需这样写的，在“保留说明”里写明，由人定。"}
	return b
}

func classBlock(r *record.Record, a hotline.Advice) page.Block {
	t := page.Table{Caption: "分类建议", Columns: []page.Column{{Title: "建议"}, {Title: "把握", Num: true}, {Title: "依据的字句"}}}
	for _, s := range a.Classes {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: s.Class}, {Text: percent(s.Chance), Num: true}, {Text: strings.Join(s.Words, "、")}}})
	}
	text := "只从本单位已结工单学来，供参考；分类由人定。"
	if now := r.Text("category"); now != "" && now != a.Classes[0].Class {
		text = "现在填的是“" + now + "”。" + text
	}
	return page.Block{ID: "classes", Title: "分类建议", Table: &t, Text: []string{text}}
}

func (v *visit) pastBlock(tx *record.Tx, r *record.Record, title string, list []hotline.Past) page.Block {
	t := page.Table{Caption: title, Columns: []page.Column{{Title: "工单"}, {Title: "标题"}, {Title: "相像", Num: true}, {Title: "环节"}, {Title: "怎么答复的"}, {Title: "结果"}}}
	for _, p := range list {
		o := p.Order
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: o.Text("external"), URL: recordURL(o.Ref)}, {Text: o.Text("title"), Note: o.Text("dispatched_at")}, {Text: percent(p.Likeness), Num: true}, {Text: o.StepLabel()},
			{Text: o.Text("reply")}, {Text: strings.TrimSpace(v.office.Book.CodeLabel("order.solved", o.Text("solved")) + " " + v.office.Book.CodeLabel("order.satisfied", o.Text("satisfied")))}}})
	}
	b := page.Block{Title: title, Table: &t}
	if r.Open() && title == "可能是同一件事" {
		b.Text = []string{"是一件事的，用“并入案件”归到同一案件，一起办、分别答复；拿不准的不要并。"}
	}
	return b
}

func (v *visit) identityForm() error {
	if err := v.entitled(hotline.Orders, access.ActRead); err != nil {
		return err
	}
	ref := record.Ref{Register: hotline.Orders, ID: v.id("id")}
	var view page.ActionView
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		r, err := tx.Open(ref)
		if err != nil {
			return err
		}
		if tx.Verdict(r, access.ActAssign) != access.Allowed {
			return record.Refused(record.CodeDenied, "保密诉求人的身份只有派单的人能看")
		}
		view = page.ActionView{Frame: v.frame("查看保密诉求人", "谁看过、为什么看，都记在日志里。"), Number: r.Number, Back: page.Link{Text: "返回", URL: recordURL(ref)}}
		view.Form = &page.Form{Action: "/hotline/identity/" + idOrEmpty(ref.ID), Sections: []page.Section{{Fields: []page.Field{
			{Name: "reason", Label: "理由", Kind: page.KindNote, Rows: 3, Required: true}}}}, Buttons: []page.Button{{Text: "查看", Primary: true}}, Cancel: view.Back}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show(200, func(w io.Writer) error { return v.cfg.Pages.Action(w, view) })
}

func (v *visit) identity() error {
	if err := v.entitled(hotline.Orders, access.ActRead); err != nil {
		return err
	}
	ref := record.Ref{Register: hotline.Orders, ID: v.id("id")}
	who, err := v.office.Hotline.Identity(v.ctx, v.viewer, ref, v.typed.First("reason"))
	if err != nil {
		return err
	}
	view := page.ActionView{Frame: v.frame("保密诉求人", "离开本页就看不到了；不要抄到别处。"), Back: page.Link{Text: "返回", URL: recordURL(ref)},
		Facts: []page.Fact{{Label: "诉求人", Value: page.Cell{Text: or(who["complainant"], "未填")}}, {Label: "联系电话", Value: page.Cell{Text: or(who["phone"], "未填")}}}}
	return v.show(200, func(w io.Writer) error { return v.cfg.Pages.Action(w, view) })
}

// unrefused leaves out the orders that somebody has said are another matter.
func (v *visit) unrefused(tx *record.Tx, r *record.Record, twins []hotline.Past) ([]hotline.Past, error) {
	var out []hotline.Past
	for _, t := range twins {
		_, refused, err := v.office.Grid.Refused(tx, r, t.Order)
		if err != nil {
			return nil, err
		}
		if !refused {
			out = append(out, t)
		}
	}
	return out, nil
}

// caseForm offers to make one case of some orders.
func (v *visit) caseForm(what, title string, refs []record.Ref) (page.Block, bool) {
	def, ok := v.office.Book.Registers().Get(hotline.Cases)
	if !ok || !record.MayCreate(v.viewer, def) || len(refs) == 0 {
		return page.Block{}, false
	}
	form := &page.Form{Action: "/hotline/hot/case", Sections: []page.Section{{Fields: []page.Field{{Name: "title", Label: "案件名称", Kind: page.KindText, Value: title, Required: true, Limit: 100}}}}, Buttons: []page.Button{{Text: "立案"}}}
	for _, r := range refs {
		form.Hidden = append(form.Hidden, page.Pair{Name: "orders", Value: idOrEmpty(r.ID)})
	}
	return page.Block{ID: "tocase", Title: what, Folded: true, Form: form}, true
}
