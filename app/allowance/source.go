package allowance

import (
	"strconv"
	"time"

	"jiezhen/app/benefit"
	"jiezhen/app/record"
)

// source is a register that grants programmes: when a record of it makes
// somebody a member, and what it says of the member.
type source struct {
	register string
	field    string // of a member: which record
	granted  string // step in which the programme is granted
	grants   func(r *record.Record) string
	fill     func(r *record.Record, x *benefit.Facts)
}

// steps are those in which a child is a member, paid or not.
func (s source) steps() []string { return []string{s.granted, "paused"} }

// sources are all of them. Another kind of allowance is one more entry.
var sources = []source{
	{register: "child.orphan", field: "orphan", granted: "confirmed", fill: fillOrphan, grants: func(r *record.Record) string {
		return map[string]string{"orphan": "orphan", "unsupported": "unattended"}[r.Text("conclusion")]
	}},
	{register: "child.nutrition", field: "nutrition", granted: "active", fill: fillNutrition, grants: func(*record.Record) string { return "nutrition" }},
	{register: "child.guardcare", field: "guardcare", granted: "active", fill: fillGuardcare, grants: func(*record.Record) string { return "guardianship" }},
}

// sourceOf is the register that a programme's members come from.
func sourceOf(programme string) (source, bool) {
	of := map[string]string{"orphan": "child.orphan", "unattended": "child.orphan", "nutrition": "child.nutrition", "guardianship": "child.guardcare"}
	for _, s := range sources {
		if s.register == of[programme] {
			return s, true
		}
	}
	return source{}, false
}

var answers = map[string]benefit.Tri{"yes": benefit.Yes, "no": benefit.No}

// fillOrphan takes over a recognition. The district has confirmed it, so what a
// state of a parent asks for (grade, catalogue, papers) is settled; terms go by
// their dates.
func fillOrphan(r *record.Record, x *benefit.Facts) {
	if x.Local == benefit.Unknown {
		x.Local = answers[r.Text("local")]
	}
	x.Institution = r.Text("abode") == "institution"
	x.Parentless, _ = r.Values["foundling"].(bool)
	x.Father, x.Mother = parent(r, "father"), parent(r, "mother")
	end(r, x)
}

func parent(r *record.Record, who string) benefit.Parent {
	code, err := strconv.Atoi(r.Text(who + "_state"))
	if err != nil {
		code = 99
	}
	s := benefit.ParentState{Code: code, From: day(r, who+"_from"), Until: day(r, who+"_until")}
	if r.Text("decision") == "yes" {
		s.Evidence, s.Grade, s.Listed = benefit.Yes, 1, benefit.Yes
	}
	return benefit.Parent{s}
}

// end takes over that the circumstance ended, and how.
func end(r *record.Record, x *benefit.Facts) {
	if r.Step != "ended" {
		return
	}
	ended(r.Text("end_reason"), day(r, "ended_at"), x)
}

// ended files the day something ended under what happened then; of two days
// the earlier counts.
func ended(reason string, at time.Time, x *benefit.Facts) {
	if at.IsZero() {
		return
	}
	into := &x.Ended
	switch reason {
	case "deceased":
		into = &x.Death
	case "moved":
		into = &x.Moved
	case "adopted":
		into = &x.Adopted
	}
	if into.IsZero() || at.Before(*into) {
		*into = at
	}
}

// fillNutrition takes over an allowance for an infant. Who is given packs or
// coupons is given no cash, for good or for the months in which a pack came
// (facts B4).
func fillNutrition(r *record.Record, x *benefit.Facts) {
	x.Difficult = answers[r.Text("poor")]
	if w := r.Text("way"); w != "" && w != "1" {
		x.Others = append(x.Others, benefit.Other{Code: "nutrition.pack"})
	}
	for _, row := range rows(r, "packs") {
		if m := month(text(row["date"])[:min(7, len(text(row["date"])))]); m != 0 {
			x.Others = append(x.Others, benefit.Other{Code: "nutrition.pack", Stretch: benefit.Stretch{From: m, To: m}})
		}
	}
	end(r, x)
}

// fillGuardcare takes over an allowance for a guardian, with its pauses: they
// hold the months after the one in which they were set, until they were lifted.
func fillGuardcare(r *record.Record, x *benefit.Facts) {
	x.Guardian = -1
	if n, ok := r.Values["score"].(float64); ok {
		x.Guardian = int(n)
	}
	x.Living = answers[r.Text("together")]
	for _, c := range codes(r, "conflict") {
		x.Others = append(x.Others, benefit.Other{Code: map[string]string{"foster": "foster.fee", "institution": "institution.care"}[c]})
	}
	if at := day(r, "choice_at"); !at.IsZero() && x.Choice == nil {
		x.Choice = &benefit.Choice{Signed: at}
		if r.Text("choice") == "this" {
			x.Choice.Programme = "guardianship"
		}
	}
	x.Pauses = append(x.Pauses, logPauses(r)...)
	if r.Step == "active" && len(x.Pauses) == 0 {
		x.MissedVisits = int(number(r, "unseen"))
	}
	end(r, x)
}

func codes(r *record.Record, field string) []string {
	list, _ := r.Values[field].([]string)
	return list
}

// logPauses reads the pauses out of what was done with a record.
func logPauses(r *record.Record) (out []benefit.Pause) {
	for _, m := range r.Log {
		switch {
		case m.To == "paused":
			out = append(out, benefit.Pause{Stretch: benefit.Stretch{From: benefit.MonthOf(m.At.Local()) + 1}, Reason: "登记簿暂停：" + m.Note})
		case m.From == "paused" && m.To == "active" && len(out) > 0:
			p := &out[len(out)-1]
			p.To, p.Over = max(benefit.MonthOf(m.At.Local()), p.From-1), benefit.MonthOf(m.At.Local())+1
		}
	}
	return out
}
