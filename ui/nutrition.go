package ui

import (
	"fmt"
	"sort"
	"strconv"

	"jiezhen/app/access"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// infant is a child of a family in difficulty who is young enough.
type infant struct {
	person *record.Record
	why    string
	of     *record.Record // its application; nil when there is none
}

// nutrition holds all infants of families in difficulty against those who have
// the allowance: who is entitled and has not applied.
func (v *visit) nutrition() error {
	if err := v.entitled("child.nutrition", access.ActRead); err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("婴幼儿营养覆盖", "名册里不满月龄上限、家庭有困难的孩子，一个不漏地对照：谁在享，谁在办，谁还没有申请。全国育儿补贴是另一制度，不算在内。")}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		all, unseen, err := v.infants(tx)
		if err != nil {
			return err
		}
		view.Blocks = []page.Block{v.infantBlock(tx, all, unseen)}
		return nil
	})
	if err != nil {
		return err
	}
	view.Blocks[0].Buttons = []page.Button{{Text: "营养包、券结存", URL: "/r/child.stock"}, {Text: "营养津贴登记簿", URL: "/r/child.nutrition"}}
	return v.desk(view)
}

// infants are those in the viewer's reach, and how many more there are whom the
// viewer may not know of.
func (v *visit) infants(tx *record.Tx) (out []infant, unseen int, err error) {
	months, err := v.office.Book.Policy().Integer("child.infant.months", tx.Today())
	if err != nil {
		return nil, 0, fmt.Errorf("reckoning who is an infant: %w", err)
	}
	for day := tx.Today().AddMonths(-int(months)).AddDays(1); day <= tx.Today(); day = day.AddDays(1) {
		born, err := tx.Find(record.Persons, "birth", string(day)) // day by day: never through the whole register
		if err != nil {
			return nil, 0, fmt.Errorf("looking for who was born on a day: %w", err)
		}
		for _, p := range born {
			if !p.Open() || p.Text("life") != "" && p.Text("life") != "1" {
				continue
			}
			why, of, err := v.hardship(tx, p)
			switch {
			case err != nil:
				return nil, 0, err
			case why == "":
			case tx.Verdict(p, access.ActRead) != access.Allowed:
				unseen++
			default:
				out = append(out, infant{p, why, of})
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return standing(out[i].of) < standing(out[j].of) })
	return out, unseen, nil
}

// hardship says why the child's family counts, and finds the child's
// application.
func (v *visit) hardship(tx *record.Tx, p *record.Record) (why string, of *record.Record, err error) {
	id := strconv.FormatUint(p.ID, 10)
	if r := p.Text("relief"); r != "" && r != "0" {
		why = v.office.Book.CodeLabel("person.relief", r)
	} else if p.Text("disability_card") != "" {
		why = "残疾儿童"
	}
	for _, reg := range []string{"child.orphan", "child.file"} {
		list, err := tx.AsOffice().Find(reg, "person", id)
		if err != nil {
			return "", nil, err
		}
		for _, r := range list {
			if why == "" && r.Subject == p.ID && (r.Step == "confirmed" || r.Step == "served") {
				why = map[string]string{"child.orphan": "孤儿、事实无人抚养", "child.file": "困境儿童档案在册"}[reg]
			}
		}
	}
	list, err := tx.Find("child.nutrition", "person", id)
	for _, r := range list {
		if r.Subject == p.ID && (of == nil || r.Open()) {
			of = r
		}
	}
	return why, of, err
}

// standing sorts who has not applied before who was refused, who waits, who has it.
func standing(of *record.Record) int {
	switch {
	case of == nil:
		return 0
	case !of.Open():
		return 1
	case of.Step != "active":
		return 2
	}
	return 3
}

func (v *visit) infantBlock(tx *record.Tx, all []infant, unseen int) page.Block {
	var n [4]int
	t := page.Table{Caption: "困境家庭婴幼儿", Quiet: true, Columns: []page.Column{{Title: "姓名"}, {Title: "出生日期"}, {Title: "社区（村）"}, {Title: "家庭情况"}, {Title: "营养津贴"}},
		Empty: page.Empty{Text: "名册里没有符合的婴幼儿；先把家庭情况（救助身份）登记到人员主档。"}}
	for _, c := range all {
		n[standing(c.of)]++
		state := page.Cell{Text: "没有申请，去登记", URL: "/r/child.nutrition/new?person=" + idOrEmpty(c.person.ID), Tone: page.ToneUrgent}
		if c.of != nil {
			state = page.Cell{Text: c.of.StepLabel(), URL: recordURL(c.of.Ref)}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: value.MaskName(record.LabelOf(c.person)), URL: "/people/" + idOrEmpty(c.person.ID), Mask: true}, {Text: string(c.person.Date("birth"))},
			{Text: tx.Label(record.Ref{Register: record.Places, ID: c.person.Community}, false)}, {Text: c.why}, state}})
	}
	b := page.Block{Title: tx.Today().Chinese(), Table: &t, Figures: []page.Figure{{Label: "应享（困境家庭婴幼儿）", Value: strconv.Itoa(len(all))}, {Label: "在享", Value: strconv.Itoa(n[3]), Note: rate.Percent(n[3], len(all))},
		{Label: "在办", Value: strconv.Itoa(n[2])}, {Label: "没有申请", Value: strconv.Itoa(n[0]), Tone: urgentIf(n[0] > 0)}, {Label: "不予、停发", Value: strconv.Itoa(n[1])}}}
	if unseen > 0 {
		b.Text = []string{fmt.Sprintf("另有 %d 名受保护的孩子您现在不能看，没有计入。", unseen)}
	}
	return b
}
