package allowance

import (
	"jiezhen/app/benefit"
	"jiezhen/app/record"
)

// file is what is known of a member when a month is reckoned.
type file struct {
	member, person, source, payee *record.Record
	facts                         *benefit.Facts
	open                          []string // what a person has to settle before anything moves
}

// read gathers a member's facts: from the person's file, the record that
// granted the programme, and what was entered with the membership.
func read(tx *record.Tx, m *record.Record) (*file, error) {
	f := &file{member: m, facts: &benefit.Facts{Guardian: -1}}
	var err error
	if f.person, err = tx.Person(m.Subject); err != nil {
		return nil, err
	}
	f.payee = f.person
	if who := m.RefID("payee"); who != 0 {
		if f.payee, err = tx.Person(who); err != nil {
			return nil, err
		}
	}
	f.own()
	s, ok := sourceOf(m.Text("programme"))
	if !ok || m.RefID(s.field) == 0 {
		f.open = append(f.open, "没有对应的认定记录")
		return f, nil
	}
	if f.source, err = tx.Open(ref(s.register, m.RefID(s.field))); err != nil {
		return nil, err
	}
	s.fill(f.source, f.facts)
	if f.source.Step != s.granted && f.source.Step != "ended" && f.source.Step != "paused" && m.Step != "ended" {
		f.open = append(f.open, "《"+f.source.Def.Title+"》"+f.source.Number+"现在是“"+f.source.StepLabel()+"”，请核实还享不享受")
	}
	return f, nil
}

// own fills in what stands on the membership and the person's file.
func (f *file) own() {
	m, x := f.member, f.facts
	x.Birth = day(f.person, "birth")
	if life := f.person.Text("life"); life == "2" || life == "3" {
		ended("deceased", day(f.person, "death_date"), x)
		if x.Death.IsZero() {
			f.open = append(f.open, "主档登记为死亡或宣告死亡，没有日期")
		}
	}
	x.Applied, x.Decided, x.Local = day(m, "applied_at"), day(m, "decided_at"), answers[m.Text("local")]
	x.SchoolUntil = day(m, "school_until")
	if o := month(m.Text("opening")); o != 0 {
		x.Since = o + 1
	}
	relief := false
	for _, row := range rows(m, "others") {
		amount, _ := row["amount"].(int64)
		o := benefit.Other{Code: text(row["code"]), Stretch: benefit.Stretch{From: month(text(row["from"])), To: month(text(row["to"]))}, Amount: benefit.Fen(amount)}
		x.Others, relief = append(x.Others, o), relief || o.Code == "dibao"
	}
	if f.person.Text("relief") == "1" && !relief && m.Text("programme") == "unattended" {
		f.open = append(f.open, "主档登记为低保，没有登记低保金额，不能算补差；请在“同时享受的其他待遇”里登记")
	}
	for _, row := range rows(m, "pauses") {
		back, _ := row["backpay"].(bool)
		x.Pauses = append(x.Pauses, benefit.Pause{Stretch: benefit.Stretch{From: month(text(row["from"])), To: month(text(row["to"]))},
			Reason: text(row["reason"]), BackPay: back, Over: month(text(row["over"]))})
	}
	for _, row := range rows(m, "abodes") {
		x.Abodes = append(x.Abodes, benefit.Abode{From: month(text(row["from"])), Institution: text(row["abode"]) == "institution"})
	}
	if at := day(m, "choice_at"); !at.IsZero() {
		x.Choice = &benefit.Choice{Programme: m.Text("choice"), Signed: at}
	}
	if m.Step == "ended" {
		ended(map[string]string{"deceased": "deceased", "moved": "moved", "adopted": "adopted"}[m.Text("exit_reason")], day(m, "exit_at"), x)
	}
}
