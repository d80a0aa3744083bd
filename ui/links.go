package ui

import (
	"cmp"
	"fmt"
	"slices"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/ui/page"
)

// linksMost is how many other records a page links to.
const linksMost = 40

// links are the other records of the same person or case.
func (v *visit) links(tx *record.Tx, r *record.Record) ([]page.RecordLink, error) {
	seen := map[record.Ref]bool{r.Ref: true}
	var out []page.RecordLink
	add := func(list []*record.Record, kind string) {
		for _, o := range list {
			if seen[o.Ref] || o.Def.Ledger || len(out) >= linksMost || tx.Verdict(o, access.ActRead) != access.Allowed {
				continue // a placeholder tells nothing, not even that it is there
			}
			seen[o.Ref] = true
			out = append(out, v.recordLink(o, kind))
		}
	}
	ofPerson := r.Def.Subject == register.SubjectPerson && r.Subject != 0
	for _, l := range r.Links {
		o, err := tx.Open(l.To)
		if err == nil {
			add([]*record.Record{o}, l.Kind)
		}
	}
	for _, d := range v.office.Book.Registers().All() {
		if len(out) >= linksMost {
			break // a category or a place has thousands; the lists have them all
		}
		children, err := tx.ChildrenFew(d.ID, r.Ref, linksMost)
		if err != nil {
			return nil, err
		}
		children = newestFirst(slices.DeleteFunc(children, func(c *record.Record) bool {
			return seen[c.Ref] || c.Def.Ledger || tx.Verdict(c, access.ActRead) != access.Allowed
		}))
		if ofPerson && len(children) > childrenMost {
			add(children[:childrenShown], d.Title)
			for _, c := range children {
				seen[c.Ref] = true // summed up
			}
			out = append(out, v.heaps(r.Subject, [][]*record.Record{children})...)
			continue
		}
		add(children, d.Title)
	}
	if ofPerson {
		same, err := tx.Mentions(r.Subject)
		if err != nil {
			return nil, err
		}
		few, many := v.fewOfEach(tx, same, seen)
		add(few, "同一人")
		out = append(out, v.heaps(r.Subject, many)...)
	}
	return out, nil
}

// Of more than childrenMost records of one register that belong to a record,
// the newest are shown one by one, and all of them in one line.
const (
	childrenMost  = 5
	childrenShown = 3
)

// sameMost is how many records of one register the same person may have beside
// a record before they are summed up in one line.
const sameMost = 2

// fewOfEach parts the records of a person into those that are shown one by one
// and the heaps of one register; what the viewer may not open is in neither.
func (v *visit) fewOfEach(tx *record.Tx, same []*record.Record, seen map[record.Ref]bool) (few []*record.Record, many [][]*record.Record) {
	at := map[string]int{}
	for _, o := range same {
		if seen[o.Ref] || o.Def.Ledger || tx.Verdict(o, access.ActRead) != access.Allowed {
			continue
		}
		i, known := at[o.Register]
		if !known {
			i = len(many)
			at[o.Register], many = i, append(many, nil)
		}
		many[i] = append(many[i], o)
	}
	many = slices.DeleteFunc(many, func(heap []*record.Record) bool {
		if len(heap) <= sameMost {
			few = append(few, heap...)
		}
		return len(heap) <= sameMost
	})
	return few, many
}

// heaps sum up records of one register and lead to all of them on the person's
// page: how many, how the newest stands, and what is due first.
func (v *visit) heaps(person uint64, many [][]*record.Record) []page.RecordLink {
	var out []page.RecordLink
	for _, heap := range many {
		newest := slices.MaxFunc(heap, func(a, b *record.Record) int { return cmp.Compare(a.Created, b.Created) })
		link := v.recordLink(newest, counted(len(heap)))
		link.Record = page.Link{Text: newest.Def.Title, URL: recordURL(record.Ref{Register: record.Persons, ID: person}) + "#cases"}
		link.State, link.Due = "最近", nil
		if step := newest.StepLabel(); step != "" {
			link.State += "：" + step
		}
		var clocks []record.Clock
		for _, o := range heap {
			clocks = append(clocks, v.office.Book.Clocks(o)...)
		}
		if len(clocks) > 0 {
			link.Due = v.due(soonest(clocks))
		}
		out = append(out, link)
	}
	return out
}

// newestFirst puts the newest first, each once.
func newestFirst(list []*record.Record) []*record.Record {
	slices.SortFunc(list, func(a, b *record.Record) int {
		return cmp.Or(-cmp.Compare(a.Created, b.Created), -cmp.Compare(a.ID, b.ID))
	})
	return slices.CompactFunc(list, func(a, b *record.Record) bool { return a.Ref == b.Ref })
}

// counted says how many there are, as far as they were read.
func counted(n int) string {
	if n >= linksMost {
		return fmt.Sprintf("共 %d 条以上", linksMost)
	}
	return fmt.Sprintf("共 %d 条", n)
}

// recordLink is a way to a record that the viewer may open.
func (v *visit) recordLink(o *record.Record, kind string) page.RecordLink {
	link := page.RecordLink{Record: page.Link{Text: o.Def.Title + " " + record.LabelOf(o), URL: recordURL(o.Ref)}, Kind: kind,
		State: o.StepLabel(), Date: string(o.Created)}
	if clocks := v.office.Book.Clocks(o); len(clocks) > 0 {
		link.Due = v.due(soonest(clocks))
	}
	return link
}
