package issue

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"sort"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/paper"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/embedstore"
)

// Config is what a Desk is made of. Guardians and Withheld may be nil.
type Config struct {
	Book    *record.Book
	Engine  *paper.Engine
	Layouts map[string]*paper.Layout
	Office  func() map[string]string // name, town, address, phone, seal
	// Guardians gives a child's guardians on the office's date, first the one
	// in charge.
	Guardians func(tx *record.Tx, person uint64) []Guardian
	// Withheld gives the fields that a person's consent slip keeps off papers.
	Withheld func(tx *record.Tx, person uint64, at value.Date) ([]string, error)
	// Rows works out rows of a paper that no field holds, by register, space and
	// path.
	Rows map[string]func(tx *record.Tx, r *record.Record) ([]map[string]string, error)
}

// Guardian is who looks after a child.
type Guardian struct {
	Person   uint64
	Relation string
}

// Desk prints papers.
type Desk struct{ cfg Config }

// New makes a desk.
func New(cfg Config) *Desk { return &Desk{cfg} }

// Layouts are the papers of a register, in its own order.
func (d *Desk) Layouts(def *register.Definition) []*paper.Layout {
	var out []*paper.Layout
	for _, id := range def.Papers {
		if l, ok := d.cfg.Layouts[id]; ok {
			out = append(out, l)
		}
	}
	return out
}

// Titles are all papers by id.
func (d *Desk) Titles() map[string]string {
	out := map[string]string{}
	for id, l := range d.cfg.Layouts {
		if out[id] = l.Title; strings.Contains(l.Title, "{") { // taken from the record: it goes by its register
			if def, ok := d.cfg.Book.Registers().Get(l.Register); ok {
				out[id] = def.Title
			}
		}
	}
	return out
}

func (d *Desk) layout(r *record.Record, id string) (*paper.Layout, error) {
	for _, own := range r.Def.Papers {
		if l, ok := d.cfg.Layouts[own]; ok && own == id {
			return l, nil
		}
	}
	return nil, record.Refused(record.CodeNotFound, "这类记录没有这份文书")
}

// source binds a record to the layouts' paths, with what consent withholds.
func (d *Desk) source(tx *record.Tx, r *record.Record) (*source, error) {
	s := &source{tx: tx, r: r, desk: d, hidden: map[string]bool{}}
	if d.cfg.Withheld == nil || r.Def.Subject != register.SubjectPerson {
		return s, nil
	}
	fields, err := d.cfg.Withheld(tx, r.Subject, tx.Today())
	for _, f := range fields {
		s.hidden[f], s.hidden["subject."+f] = true, true
	}
	return s, err
}

// Missing lists what a paper still needs before it can be issued.
func (d *Desk) Missing(tx *record.Tx, r *record.Record, id string) ([]record.Problem, error) {
	l, err := d.layout(r, id)
	if err != nil {
		return nil, err
	}
	s, err := d.source(tx, r)
	if err != nil {
		return nil, err
	}
	return check(l, s), nil
}

// Preview prints a paper without a number.
func (d *Desk) Preview(ctx context.Context, v access.Viewer, ref record.Ref, id string) (paper.Result, error) {
	var out paper.Result
	err := d.cfg.Book.Show(ctx, v, ref, func(tx *record.Tx, r *record.Record) error {
		l, err := d.layout(r, id)
		if err != nil {
			return err
		}
		s, err := d.source(tx, r)
		if err != nil {
			return err
		}
		out, err = d.cfg.Engine.Print(ctx, l, s, d.stamp(v, paper.Stamp{Preview: true}))
		return err
	})
	return out, err
}

func (d *Desk) stamp(v access.Viewer, st paper.Stamp) paper.Stamp {
	st.By, st.At, st.Demo = v.Name, d.cfg.Book.Now(), d.cfg.Book.Profile().Demo
	return st
}

// Issue enters a paper on the record under a new number; it waits to be
// printed, which Reprint does. What is missing refuses.
func (d *Desk) Issue(ctx context.Context, v access.Viewer, ref record.Ref, id string) (record.Issue, paper.Result, error) {
	var out paper.Result
	var p record.Issue
	err := d.cfg.Book.Change(ctx, v, "出具文书", func(tx *record.Tx) error {
		r, err := tx.Open(ref)
		if err != nil {
			return err
		}
		p, out, err = d.issue(ctx, tx, r, id, true)
		return err
	})
	return p, out, err
}

// issue enters a paper on the record; waits says that whoever asks does not
// print it now.
func (d *Desk) issue(ctx context.Context, tx *record.Tx, r *record.Record, id string, waits bool) (record.Issue, paper.Result, error) {
	l, err := d.layout(r, id)
	if err != nil {
		return record.Issue{}, paper.Result{}, err
	}
	s, err := d.source(tx, r)
	if err != nil {
		return record.Issue{}, paper.Result{}, err
	}
	if missing := check(l, s); len(missing) > 0 {
		return record.Issue{}, paper.Result{}, &record.Refusal{Code: record.CodeInvalid, Text: "《" + l.Title + "》还不能出具", Problems: missing, Ref: r.Ref}
	}
	number, err := d.number(tx, r)
	if err != nil {
		return record.Issue{}, paper.Result{}, err
	}
	check := d.checkValue(number, r.Ref)
	kept := record1(s)
	st := d.stamp(tx.Viewer(), paper.Stamp{Number: number, CheckValue: check, QR: number + " " + check})
	out, err := d.cfg.Engine.Print(ctx, l, kept, st)
	if err != nil {
		return record.Issue{}, paper.Result{}, err
	}
	p := record.Issue{Paper: id, Number: number, Hash: out.SHA256, Check: check, Unprinted: waits}
	words, err := embedstore.Encode(kept.kept)
	if err != nil {
		return p, out, fmt.Errorf("keeping the words of a paper: %w", err)
	}
	if p.Frozen, err = tx.Freeze(r.Ref, words); err != nil {
		return p, out, err
	}
	saved, err := tx.IssuePaper(r.Ref, r.Rev, p)
	if err != nil {
		return p, out, err
	}
	return saved.Papers[len(saved.Papers)-1], out, nil
}

// number draws the next of the paper ledger: P-B16-002-2026-00007.
func (d *Desk) number(tx *record.Tx, r *record.Record) (string, error) {
	system := r.Def.System
	if system == "" {
		system = "00"
	}
	town := r.Town
	if len(town) > 3 {
		town = town[len(town)-3:]
	}
	series := fmt.Sprintf("P-%s-%s-%04d", system, town, tx.Today().Year())
	serial, err := tx.NextPaper(series)
	if err != nil {
		return "", fmt.Errorf("drawing a paper number: %w", err)
	}
	return fmt.Sprintf("%s-%05d", series, serial), nil
}

// checkValue lets the office tell its own papers from forgeries.
func (d *Desk) checkValue(number string, ref record.Ref) string {
	key := d.cfg.Book.Key("paper check value v1")
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(number + "\x00" + ref.String()))
	return base32.StdEncoding.EncodeToString(mac.Sum(nil)[:5])
}

// Reprint prints an issued paper in the words of its day: the original when it
// has not been printed yet, else again and marked 补打.
func (d *Desk) Reprint(ctx context.Context, v access.Viewer, ref record.Ref, number string) (paper.Result, error) {
	var out paper.Result
	err := d.cfg.Book.Change(ctx, v, "打印文书 "+number, func(tx *record.Tx) error {
		r, first, err := tx.Reprint(ref, number)
		if err != nil {
			return err
		}
		out, err = d.again(ctx, tx, r, number, first)
		return err
	})
	return out, err
}

func (d *Desk) again(ctx context.Context, tx *record.Tx, r *record.Record, number string, first bool) (paper.Result, error) {
	for _, p := range r.Papers {
		l, ok := d.cfg.Layouts[p.Paper]
		if p.Number != number || !ok {
			continue
		}
		words, err := tx.Thaw(p.Frozen)
		if err != nil {
			return paper.Result{}, err
		}
		var f frozen
		if err := embedstore.Decode(words, &f); err != nil {
			return paper.Result{}, fmt.Errorf("reading the words of paper %s: %w", number, err)
		}
		st := d.stamp(tx.Viewer(), paper.Stamp{Number: number, CheckValue: p.Check, QR: number + " " + p.Check, Reprint: !first})
		st.At = p.At
		return d.cfg.Engine.Print(ctx, l, f.source(), st)
	}
	return paper.Result{}, record.Refused(record.CodeNotFound, "没有编号为 %s 的文书", number)
}

// Verify says whether a paper with this number and check value was issued
// here, and in what state it is.
func (d *Desk) Verify(tx *record.Tx, number, check string) (record.Issue, *record.Record, error) {
	r, err := tx.ByPaper(number)
	if err != nil {
		return record.Issue{}, nil, err
	}
	for _, p := range r.Papers {
		if p.Number == number && hmac.Equal([]byte(p.Check), []byte(check)) {
			return p, r, nil
		}
	}
	return record.Issue{}, nil, record.Refused(record.CodeNotFound, "编号与校验码不符：不是本单位出具的文书，或抄录有误")
}

// BatchItem is one record of a batch.
type BatchItem struct {
	Ref     record.Ref
	Number  string // of the record
	Subject string
	Missing []record.Problem
	Issued  record.Issue
}

// Report says, before a batch is printed, what each record still lacks.
func (d *Desk) Report(ctx context.Context, v access.Viewer, refs []record.Ref, id string) ([]BatchItem, error) {
	var out []BatchItem
	err := d.cfg.Book.View(ctx, v, func(tx *record.Tx) error {
		for _, ref := range refs {
			r, err := tx.Open(ref)
			if err != nil {
				return err
			}
			missing, err := d.Missing(tx, r, id)
			if err != nil {
				return err
			}
			out = append(out, BatchItem{Ref: ref, Number: r.Number, Subject: tx.SubjectName(r, false), Missing: missing})
		}
		return nil
	})
	return out, err
}

// batchOf is how many papers one transaction issues.
const batchOf = 20

// Batch issues one paper for many records and gives them as one document, in
// the order given. Records that lack something are left out. progress hears
// of every paper.
func (d *Desk) Batch(ctx context.Context, v access.Viewer, refs []record.Ref, id string, progress func(done int)) (paper.Result, []BatchItem, error) {
	var jobs []paper.Job
	var items []BatchItem
	for start := 0; start < len(refs); start += batchOf {
		part := refs[start:min(start+batchOf, len(refs))]
		err := d.cfg.Book.Change(ctx, v, "批量出具文书", func(tx *record.Tx) error {
			for i, ref := range part {
				item, job, err := d.batchOne(ctx, tx, ref, id)
				if err != nil {
					return err
				}
				items = append(items, item)
				if job != nil {
					jobs = append(jobs, *job)
				}
				progress(start + i + 1)
			}
			return nil
		})
		if err != nil {
			return paper.Result{}, items, err
		}
	}
	if len(jobs) == 0 {
		return paper.Result{}, items, record.Refused(record.CodeInvalid, "所选记录都还缺内容，没有可以出具的")
	}
	sort.SliceStable(jobs, func(i, j int) bool { return jobs[i].Stamp.Number < jobs[j].Stamp.Number })
	out, err := d.cfg.Engine.Merge(ctx, jobs)
	return out, items, err
}

func (d *Desk) batchOne(ctx context.Context, tx *record.Tx, ref record.Ref, id string) (BatchItem, *paper.Job, error) {
	r, err := tx.Open(ref)
	if err != nil {
		return BatchItem{}, nil, err
	}
	item := BatchItem{Ref: ref, Number: r.Number, Subject: tx.SubjectName(r, false)}
	if item.Missing, err = d.Missing(tx, r, id); err != nil || len(item.Missing) > 0 {
		return item, nil, err
	}
	p, _, err := d.issue(ctx, tx, r, id, false)
	if err != nil {
		return item, nil, err
	}
	item.Issued = p
	words, err := tx.Thaw(p.Frozen)
	if err != nil {
		return item, nil, err
	}
	var f frozen
	if err := embedstore.Decode(words, &f); err != nil {
		return item, nil, err
	}
	st := d.stamp(tx.Viewer(), paper.Stamp{Number: p.Number, CheckValue: p.Check, QR: p.Number + " " + p.Check})
	return item, &paper.Job{Layout: d.cfg.Layouts[id], Source: f.source(), Stamp: st}, nil
}

// Engine is for papers that are made from code: lists, sheets.
func (d *Desk) Engine() *paper.Engine { return d.cfg.Engine }

// Blank prints a paper for persons about whom there is no record yet, with
// what their files say filled in and the rest to fill in by hand.
func (d *Desk) Blank(ctx context.Context, v access.Viewer, reg, id string, subjects []uint64) (paper.Result, error) {
	def, ok := d.cfg.Book.Registers().Get(reg)
	l, known := d.cfg.Layouts[id]
	if !ok || !known || !record.MayUse(v, def, access.ActPrint) {
		return paper.Result{}, record.Refused(record.CodeNotFound, "没有这份文书，或您无权打印")
	}
	var out paper.Result
	err := d.cfg.Book.View(ctx, v, func(tx *record.Tx) error {
		var jobs []paper.Job
		for _, person := range subjects {
			p, err := tx.Open(record.Ref{Register: record.Persons, ID: person})
			if err != nil {
				return err
			}
			r := &record.Record{Ref: record.Ref{Register: reg}, Def: def, Values: register.Values{}, Subject: person, Community: p.Community}
			s, err := d.source(tx, r)
			if err != nil {
				return err
			}
			jobs = append(jobs, paper.Job{Layout: l, Source: s, Stamp: d.stamp(v, paper.Stamp{})})
		}
		var err error
		out, err = d.cfg.Engine.Merge(ctx, jobs)
		return err
	})
	return out, err
}
