package allowance

import (
	"context"
	"fmt"
	"slices"

	"jiezhen/app/access"
	"jiezhen/app/benefit"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/embedstore"
)

// memberKeys hold one membership of a person in a programme at a time.
func memberKeys(r *record.Record) (equal, unique []embedstore.EqualKey) {
	if r.Step == "ended" {
		return nil, nil
	}
	return nil, once("benefit.member.once", r.Subject, r.Text("programme"))
}

// deriveMember takes the dates over from the record that granted the programme,
// once, and forgets an exit that was taken back.
func deriveMember(tx *record.Tx, r *record.Record) error {
	if r.Step != "ended" {
		delete(r.Values, "exit_reason")
		delete(r.Values, "exit_at")
	}
	s, ok := sourceOf(r.Text("programme"))
	if !ok || r.RefID(s.field) == 0 {
		return nil
	}
	from, err := tx.AsOffice().Open(ref(s.register, r.RefID(s.field)))
	if err != nil {
		return err
	}
	for mine, theirs := range map[string]string{"applied_at": "applied_at", "decided_at": "decision_at"} {
		if r.Text(mine) == "" && from.Text(theirs) != "" {
			r.Values[mine] = from.Text(theirs)
		}
	}
	if r.Text("local") == "" && from.Text("local") != "" {
		r.Values["local"] = from.Text("local")
	}
	return nil
}

// checkMember keeps a membership to the child and the programme of the record
// that granted it.
func checkMember(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	s, ok := sourceOf(r.Text("programme"))
	if !ok || r.RefID(s.field) == 0 {
		return nil, nil
	}
	from, err := tx.AsOffice().Open(ref(s.register, r.RefID(s.field)))
	if err != nil {
		return nil, err
	}
	f, _ := r.Def.Field(s.field)
	bad := func(text string) ([]record.Problem, error) {
		return []record.Problem{{Field: s.field, Label: f.Label, Text: text, Link: "/r/" + from.Ref.String()}}, nil
	}
	switch {
	case from.Subject != r.Subject:
		return bad("这是另一名儿童的记录，请重新选择")
	case before == nil && !slices.Contains(s.steps(), from.Step):
		return bad("这条记录现在是“" + from.StepLabel() + "”，认定以后才能入册")
	case before == nil && s.grants(from) != r.Text("programme"):
		return bad("这条记录认定的不是这个项目")
	}
	if before != nil && before.Text("programme") != r.Text("programme") {
		return []record.Problem{{Field: "programme", Label: "补贴项目", Text: "入册后不能改项目；认定变了的先退出，再按新的认定入册"}}, nil
	}
	return nil, nil
}

// afterMember keeps the pauses as stretches of months: what was paused stays
// paused however often a month is run, until a person lifts it.
func afterMember(tx *record.Tx, r, _ *record.Record, action string) error {
	list := slices.Clone(rows(r, "pauses"))
	switch action {
	case "pause":
		back, _ := r.Values["pause_backpay"].(bool)
		list = append(list, map[string]any{"from": r.Text("pause_from"), "reason": r.Text("pause_reason"), "backpay": back})
	case "resume":
		from := month(r.Text("resume_from"))
		for i := range list {
			if text(list[i]["over"]) == "" {
				row := map[string]any{"from": list[i]["from"], "reason": list[i]["reason"], "backpay": list[i]["backpay"], "to": monthText(from - 1), "over": from.String()}
				if from <= month(text(row["from"])) { // lifted before it held
					row["to"] = monthText(month(text(row["from"])) - 1)
				}
				list[i] = row
			}
		}
	default:
		return nil
	}
	return tx.AsOffice().Imply(r.Ref, register.Values{"pauses": list, "pause_backpay": nil})
}

// Candidate is somebody who was granted a programme and is not a member yet.
type Candidate struct {
	Programme string
	Source    *record.Record
}

// Candidates finds them among the records that grant programmes.
func Candidates(tx *record.Tx) ([]Candidate, error) {
	var out []Candidate
	for _, s := range sources {
		q := record.Query{Register: s.register, Filters: map[string][]string{"step": s.steps()}, Limit: 500}
		for {
			p, err := tx.List(q)
			if err != nil {
				return nil, err
			}
			for _, row := range p.Rows {
				in, err := enrolled(tx, s, row.Record)
				if err != nil {
					return nil, err
				}
				if programme := s.grants(row.Record); !in && programme != "" && !row.Placeholder {
					out = append(out, Candidate{programme, row.Record})
				}
			}
			if q.After = p.Next; q.After == "" {
				break
			}
		}
	}
	return out, nil
}

// enrolled says whether a record has made its child a member: a membership that
// ended counts when it ended after the grant.
func enrolled(tx *record.Tx, s source, from *record.Record) (bool, error) {
	members, err := tx.AsOffice().Find(Members, "ref", from.Ref.String())
	if err != nil {
		return false, err
	}
	for _, m := range members {
		if m.Step != "ended" || m.Text("decided_at") == from.Text("decision_at") {
			return true, nil
		}
	}
	return false, nil
}

// Entry is how candidates are entered.
type Entry struct {
	Sources []record.Ref
	Opening value.Month // settled up to this month before the program was used
	Local   string      // code of child.finding for those whose register does not say
}

// Enrol makes members of the candidates named.
func (d *Desk) Enrol(ctx context.Context, v access.Viewer, e Entry) (n int, err error) {
	err = d.book.Change(ctx, v, "津贴入册", func(tx *record.Tx) error {
		n = 0
		for _, at := range e.Sources {
			s, ok := sourceByRegister(at.Register)
			if !ok {
				return record.Refused(record.CodeInvalid, "没有这种认定")
			}
			from, err := tx.Open(at)
			if err != nil {
				return err
			}
			if in, err := enrolled(tx, s, from); err != nil || in {
				return orErr(err, record.Refused(record.CodeTaken, "%s已经入册", from.Number))
			}
			values := register.Values{"programme": s.grants(from), s.field: id(from.ID)}
			if e.Opening != "" {
				values["opening"] = string(e.Opening)
			}
			if e.Local != "" && from.Text("local") == "" {
				values["local"] = e.Local
			}
			if _, err := tx.Create(record.Draft{Register: Members, Subject: from.Subject, Owner: tx.Viewer().User, Values: values}); err != nil {
				return fmt.Errorf("entering %s: %w", from.Number, err)
			}
			n++
		}
		return nil
	})
	return n, err
}

func sourceByRegister(reg string) (source, bool) {
	i := slices.IndexFunc(sources, func(s source) bool { return s.register == reg })
	if i < 0 {
		return source{}, false
	}
	return sources[i], true
}

func orErr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// deriveConflict takes the programme over from the membership.
func deriveConflict(tx *record.Tx, r *record.Record) error {
	m, err := tx.AsOffice().Open(ref(Members, r.RefID("member")))
	if err != nil {
		return nil // the form says that it is missing
	}
	if r.Text("programme") == "" {
		r.Values["programme"] = m.Text("programme")
	}
	return nil
}

// afterConflict puts the choice, once signed, on the membership, together with
// the benefit that stands against it.
func afterConflict(tx *record.Tx, r, _ *record.Record, action string) error {
	if action != "settle" {
		return nil
	}
	m, err := tx.AsOffice().Open(ref(Members, r.RefID("member")))
	if err != nil {
		return err
	}
	rival, err := rivalNamed(tx.AsOffice(), m, r.Text("other"))
	if err != nil {
		return err
	}
	if rival != nil { // both are paid here: each learns of the choice, and each knows how long the other runs
		for _, one := range []*record.Record{m, rival} {
			if err := tx.AsOffice().Imply(one.Ref, register.Values{"choice": r.Text("choice"), "choice_at": r.Text("signed_at")}); err != nil {
				return err
			}
		}
		return nil
	}
	others := slices.Clone(rows(m, "others"))
	if !slices.ContainsFunc(others, func(row map[string]any) bool { return text(row["code"]) == r.Text("other") }) {
		others = append(others, map[string]any{"code": r.Text("other"), "from": r.Text("month"), "evidence": r.Number})
	}
	return tx.AsOffice().Imply(m.Ref, register.Values{"choice": r.Text("choice"), "choice_at": r.Text("signed_at"), "others": others})
}

// Why says of a membership, month by month up to the one given, what is due and
// why, in words that can be read to a parent.
func (d *Desk) Why(tx *record.Tx, m *record.Record, until benefit.Month, months int) ([]benefit.Entitlement, *benefit.Book, error) {
	book, err := d.rules()
	if err != nil {
		return nil, nil, err
	}
	p, ok := book.Programme(m.Text("programme"))
	if !ok {
		return nil, book, nil
	}
	f, err := read(tx.AsOffice(), m)
	if err != nil {
		return nil, book, err
	}
	rivals, err := rivalsOf(tx.AsOffice(), book, m)
	if err != nil {
		return nil, book, err
	}
	if err := rivals.add(tx.AsOffice(), f); err != nil {
		return nil, book, err
	}
	var out []benefit.Entitlement
	for at := until; at > until-benefit.Month(months); at-- {
		out = append(out, book.Decide(p, f.facts, at))
	}
	return out, book, nil
}
