package casework

import (
	"context"
	"fmt"
	"sort"
	"strconv"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Desk is where the week's visits are planned and what came back is entered.
type Desk struct{ book *record.Book }

// New opens the desk.
func New(book *record.Book) *Desk { return &Desk{book} }

// Task is one child to be visited.
type Task struct {
	Child     uint64
	Name      string
	Age       string
	Community string
	Address   string
	Phone     string
	Source    record.Ref // the case or file whose duty it is
	Number    string
	Due       value.Date
	Last      value.Date
	Rule      string
}

// Week lists the visits that are due up to a day, most urgent first, for what
// the viewer may see; of a child with a case and a file the earlier counts.
func (d *Desk) Week(ctx context.Context, v access.Viewer, community uint64, until value.Date) ([]Task, error) {
	var out []Task
	seen := map[uint64]int{}
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		for _, reg := range []string{Cases, Files} {
			def, ok := d.book.Registers().Get(reg)
			if !ok || !record.MayUse(v, def, access.ActRead) {
				continue
			}
			q := record.Query{Register: reg, Limit: 5000}
			if community != 0 {
				q.Filters = map[string][]string{"community": {strconv.FormatUint(community, 10)}}
			}
			list, _, err := tx.Due(q, until)
			if err != nil {
				return err
			}
			for _, row := range list {
				t, ok := d.task(tx, row, until)
				if !ok {
					continue
				}
				if at, twice := seen[t.Child]; twice {
					if t.Due < out[at].Due {
						out[at] = t
					}
					continue
				}
				seen[t.Child] = len(out)
				out = append(out, t)
			}
		}
		return nil
	})
	sort.SliceStable(out, func(i, j int) bool { return out[i].Due < out[j].Due })
	return out, err
}

// task is the visit duty of a case or file, if one is due.
func (d *Desk) task(tx *record.Tx, row record.Row, until value.Date) (Task, bool) {
	r := row.Record
	for _, c := range d.book.Clocks(r) {
		if c.Done != Visits || c.Due == "" || c.Due > until {
			continue
		}
		t := Task{Child: r.Subject, Source: r.Ref, Number: r.Number, Due: c.Due, Last: r.Date("last_visit"), Rule: c.Label + " " + c.Limit,
			Community: tx.Label(record.Ref{Register: record.Places, ID: r.Community}, false)}
		d.describe(tx, &t)
		return t, true
	}
	return Task{}, false
}

func (d *Desk) describe(tx *record.Tx, t *Task) {
	p, err := tx.Person(t.Child)
	if err != nil {
		return
	}
	t.Name, t.Address, t.Phone = record.LabelOf(p), p.Text("address"), p.Text("phone")
	if birth := p.Date("birth"); birth != "" {
		t.Age = fmt.Sprintf("%d 周岁", value.AgeAt(birth, tx.Today(), value.LeapFebruary28))
	}
}

// Filled is one visit that came back on paper or in a sheet.
type Filled struct {
	Child  uint64
	Values register.Values
	Line   int // where it stands in the batch, for the answer
}

// Entered is what became of one line.
type Entered struct {
	Line   int
	Ref    record.Ref
	Number string
	Failed string // why it was not saved; empty when it was
}

// Enter saves a batch of visits, each in a transaction of its own: what is
// right is saved, what is wrong comes back with the reason.
func (d *Desk) Enter(ctx context.Context, v access.Viewer, batch []Filled) ([]Entered, error) {
	var out []Entered
	for _, f := range batch {
		e := Entered{Line: f.Line}
		err := d.book.Change(ctx, v, "补录走访", func(tx *record.Tx) error {
			r, err := d.enter(tx, f)
			if r != nil {
				e.Ref, e.Number = r.Ref, r.Number
			}
			return err
		})
		if _, refused := record.AsRefusal(err); refused {
			e.Ref, e.Number, e.Failed = record.Ref{}, "", err.Error()
		} else if err != nil {
			return out, err
		}
		out = append(out, e)
	}
	return out, nil
}

func (d *Desk) enter(tx *record.Tx, f Filled) (*record.Record, error) {
	values := f.Values.Clone()
	if values["planned"] == nil {
		values["planned"] = values["actual"]
	}
	if values["kind"] == nil {
		values["kind"] = "home"
	}
	if values["visitor"] == nil {
		values["visitor"] = tx.Viewer().Name
	}
	r, err := tx.Create(record.Draft{Register: Visits, Subject: f.Child, Values: values, Owner: tx.Viewer().User})
	if err != nil {
		return nil, err
	}
	action := "unseen"
	if yes, _ := values["child_seen"].(bool); yes {
		action = "done"
	}
	return tx.Do(r.Ref, r.Rev, action, record.Input{})
}

// Figure is one number with the rows behind it.
type Figure struct {
	Label  string
	Value  string
	Filter map[string]string // of the register's list; nil when it has no list of its own
}

// Cover is how visits went in one community between two days.
type Cover struct {
	Community          uint64
	Name               string
	Done, Seen, Unseen int
	Overdue            int
}

// Coverage counts the visits of a span by community: done, child seen, not
// seen, and what is overdue today.
func (d *Desk) Coverage(ctx context.Context, v access.Viewer, from, to value.Date) ([]Cover, error) {
	by := map[uint64]*Cover{}
	at := func(tx *record.Tx, community uint64) *Cover {
		if by[community] == nil {
			name := tx.Label(record.Ref{Register: record.Places, ID: community}, false)
			if name == "" {
				name = "未填社区"
			}
			by[community] = &Cover{Community: community, Name: name}
		}
		return by[community]
	}
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		if err := d.countVisits(tx, from, to, func(r *record.Record) { count(at(tx, r.Community), r) }); err != nil {
			return err
		}
		for _, reg := range []string{Cases, Files} {
			if def, ok := d.book.Registers().Get(reg); !ok || !record.MayUse(v, def, access.ActRead) {
				continue
			}
			list, _, err := tx.Due(record.Query{Register: reg, Limit: 5000}, tx.Today().AddDays(-1))
			if err != nil {
				return err
			}
			for _, row := range list {
				if _, due := d.task(tx, row, tx.Today().AddDays(-1)); due {
					at(tx, row.Community).Overdue++
				}
			}
		}
		return nil
	})
	var out []Cover
	for _, c := range by {
		out = append(out, *c)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, err
}

func count(c *Cover, r *record.Record) {
	switch r.Step {
	case "done":
		c.Done++
		c.Seen++
	case "unseen":
		c.Done++
		c.Unseen++
	}
}

// countVisits pages through the visits whose actual day lies in a span.
func (d *Desk) countVisits(tx *record.Tx, from, to value.Date, fn func(*record.Record)) error {
	def, ok := d.book.Registers().Get(Visits)
	if !ok || !record.MayUse(tx.Viewer(), def, access.ActRead) {
		return nil
	}
	q := record.Query{Register: Visits, From: map[string]value.Date{"actual": from}, To: map[string]value.Date{"actual": to}, Limit: 500}
	for {
		p, err := tx.List(q)
		if err != nil {
			return err
		}
		for _, row := range p.Rows {
			fn(row.Record)
		}
		if q.After = p.Next; q.After == "" {
			return nil
		}
	}
}

// Small writes a number of a table about children: fewer than the least are
// not named (facts F3).
func (d *Desk) Small(n int) string {
	least, err := d.book.Policy().Integer("insight.cell.least", d.book.Today())
	if err == nil && n > 0 && int64(n) < least {
		return fmt.Sprintf("<%d", least)
	}
	return strconv.Itoa(n)
}
