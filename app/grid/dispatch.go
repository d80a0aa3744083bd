package grid

import (
	"context"
	"fmt"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// Proposal is a unit to which a case may go, and why.
type Proposal struct {
	Unit uint64
	Name string
	Why  string
}

// Plan is to whom a case may be sent: by territory first, then by category and
// by what the street is empowered with.
type Plan struct {
	Proposals []Proposal
	// Missing says what stands in the way of a better proposal.
	Missing []string
	// Hands are those of the forces who handle, patrol and manage in the grid.
	Hands []*record.Record
}

// Plan works out to whom a case may be sent. A person decides.
func (d *Desk) Plan(tx *record.Tx, r *record.Record) (Plan, error) {
	t, err := d.rules.tables.Get(tx)
	if err != nil {
		return Plan{}, err
	}
	places, err := d.rules.cells.Get(tx)
	if err != nil {
		return Plan{}, err
	}
	p := planner{tx: tx, places: places, category: t.by[r.RefID("category")], at: r.RefID("cell")}
	if p.at == 0 {
		p.at = r.Community
		p.plan.Missing = append(p.plan.Missing, "还没有选定网格：定了网格，才知道物业和属地")
	}
	if p.category == nil {
		p.plan.Missing = append(p.plan.Missing, "还没有选类别：定了类别，才知道先由谁处置、办多久")
	}
	p.territory()
	p.function(t)
	if err := p.suggested(r.Ref); err != nil {
		return p.plan, err
	}
	p.plan.Hands, err = forcesOf(tx, p.at)
	return p.plan, err
}

type planner struct {
	tx       *record.Tx
	places   *cells
	category *Category
	at       uint64
	plan     Plan
}

func (p *planner) propose(unit uint64, why string) {
	if unit == 0 {
		return
	}
	for i := range p.plan.Proposals {
		if o := &p.plan.Proposals[i]; o.Unit == unit {
			o.Why += "；" + why
			return
		}
	}
	name := p.tx.AsOffice().Label(record.Ref{Register: record.Parties, ID: unit}, false)
	p.plan.Proposals = append(p.plan.Proposals, Proposal{unit, name, why})
}

// territory proposes the property company and the station of the place, in the
// order that the category asks for.
func (p *planner) territory() {
	property, at := p.places.attribute(p.at, func(c *Cell) uint64 { return c.Property })
	station, in := p.places.attribute(p.at, func(c *Cell) uint64 { return c.Station })
	handler := ""
	if p.category != nil {
		handler = p.category.Handler
	}
	switch {
	case handler == "property" && property != 0:
		p.propose(property, fmt.Sprintf("属地优先：类别“%s”先由物业处置，%s的物业", p.category.Name, at.Name))
	case handler == "property":
		p.plan.Missing = append(p.plan.Missing, "类别要求先由物业处置，而这里没有登记物业单位")
	case handler == "unit":
		return // function proposes it; the place itself has no hand in it
	}
	if station != 0 {
		p.propose(station, "属地优先："+in.Name+"的承办单位")
	} else {
		p.plan.Missing = append(p.plan.Missing, "社区（村）没有登记属地承办单位")
	}
}

// function proposes the unit of the category, and the one that was empowered.
func (p *planner) function(t *table) {
	if p.category == nil {
		return
	}
	if p.category.Unit != 0 {
		p.propose(p.category.Unit, "类别“"+p.category.Name+"”的职能单位")
	}
	live, ended := t.power(p.category.Code, p.tx.Today())
	switch {
	case live != nil:
		p.propose(live.Unit, fmt.Sprintf("赋权清单：“%s”（%s起，%s）由它承接", live.Name, live.From.Chinese(), live.Basis))
	case ended != nil:
		p.plan.Missing = append(p.plan.Missing, fmt.Sprintf("赋权事项“%s”已于%s收回，不能再按它派遣", ended.Name, ended.Until.Chinese()))
	}
}

// suggested tells what units said when they sent a task of the case back.
func (p *planner) suggested(c record.Ref) error {
	tasks, err := tasksOf(p.tx, c)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if t.Step == "returned" && t.Text("suggested") != "" {
			name := p.tx.AsOffice().Label(record.Ref{Register: record.Parties, ID: t.RefID("unit")}, false)
			p.plan.Missing = append(p.plan.Missing, fmt.Sprintf("%s退回时建议改派：%s", name, t.Text("suggested")))
		}
	}
	return nil
}

// forcesOf are those of the forces whose area is a place and who are on duty.
func forcesOf(tx *record.Tx, at uint64) ([]*record.Record, error) {
	if at == 0 {
		return nil, nil
	}
	list, err := tx.AsOffice().Find(Forces, "ref", record.Ref{Register: record.Places, ID: at}.String())
	if err != nil {
		return nil, fmt.Errorf("reading the forces of a place: %w", err)
	}
	out := list[:0]
	for _, f := range list {
		if f.Open() {
			out = append(out, f)
		}
	}
	return out, nil
}

// Dispatch sends a case to units, the first as the lead; a case that waits to
// be dispatched is then in hand.
func (d *Desk) Dispatch(ctx context.Context, v access.Viewer, ref record.Ref, tasks []Task) error {
	if len(tasks) == 0 {
		return record.Refused(record.CodeInvalid, "请至少选一个承办单位")
	}
	return d.book.Change(ctx, v, "派遣案件", func(tx *record.Tx) error {
		c, err := tx.Open(ref)
		if err != nil {
			return err
		}
		switch c.Step {
		case "new":
			lead := register.Values{"lead": fmt.Sprint(tasks[0].Unit)}
			if c, err = tx.Do(ref, c.Rev, "accept", record.Input{Values: lead}); err != nil {
				return err
			}
		case "hand":
			if def, _ := d.book.Registers().Get(Assignments); !tx.MayCreate(def) {
				return record.Refused(record.CodeDenied, "派遣由街道经办、负责人办理")
			}
		default:
			return record.Refused(record.CodeInvalid, "案件现在是“%s”，不能派遣", c.StepLabel())
		}
		for _, t := range tasks {
			if err := assign(tx, c, t); err != nil {
				return err
			}
		}
		return nil
	})
}
