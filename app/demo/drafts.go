package demo

import (
	"time"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// hour is an instant in office hours of a day, never ahead of the clock.
func (f *filler) hour(d dice, day value.Date) time.Time {
	at := time.Date(day.Year(), time.Month(day.Month()), day.Day(), d.from(9, 16), d.IntN(60), 0, 0, time.Local)
	if now := f.office.Book.Now(); at.After(now) {
		return now.Truncate(time.Minute)
	}
	return at
}

// path writes the steps of a record as its log shows them.
type path struct {
	f       *filler
	d       dice
	def     *register.Definition
	moves   []record.Move
	entered map[string]value.Date
	step    string
}

func (f *filler) path(reg string, d dice, began value.Date) *path {
	def, _ := f.office.Book.Registers().Get(reg)
	p := &path{f: f, d: d, def: def, step: def.First(), entered: map[string]value.Date{}}
	p.entered[p.step] = began
	return p
}

// take enters that an action was taken on a day; no day, no action.
func (p *path) take(action string, by access.Viewer, day value.Date, note string) {
	a, ok := p.def.Action(action)
	if !ok || day == "" {
		return
	}
	to := a.To
	if to == "" {
		to = p.step
	}
	p.moves = append(p.moves, record.Move{Action: a.ID, Label: a.Label, From: p.step, To: to, By: by.User, ByName: by.Name,
		At: p.f.hour(p.d, day), Note: note, Approval: a.Approval})
	p.step = to
	p.entered[to] = day
}

func (p *path) draft(d record.Draft) record.Draft {
	d.Register, d.Step, d.Moves, d.Entered, d.Quiet = p.def.ID, p.step, p.moves, p.entered, true
	return d
}

func (f *filler) fileDraft(w *ward) record.Draft {
	d := throw(f.opt.Seed, streamCare, -1000000-w.index)
	t := f.talk(w, d, w.found)
	director, handler, head := f.areas[f.people.all[w.kid].area].director, f.handler(w), f.users["welfare.head"]
	p := f.path("child.file", d, w.found)
	p.take("verify", director, w.verified, "")
	p.take("open", handler, w.filed, "")
	p.take("assess", handler, w.assessed, "")
	p.take("serve", head, w.served, "同意")
	p.take("leave", handler, w.out, "")
	values := register.Values{"found_at": string(w.found), "source": pick(d, []string{"visit", "visit", "community", "school", "data", "neighbour", "hotline", "self"}), "clue": t.clue()}
	f.fileFindings(w, d, t, values)
	if w.served != "" {
		values["last_visit"] = string(w.lastVisit())
		if w.lastReview != "" {
			values["last_review"] = string(w.lastReview)
		}
	}
	if w.out != "" {
		values["out_reason"] = t.leaving()
	}
	return p.draft(record.Draft{Subject: f.people.all[w.kid].id, Owner: handler.User, Created: w.found, Values: values})
}

// fileFindings are what each step of a file has added to it.
func (f *filler) fileFindings(w *ward, d dice, t talk, values register.Values) {
	if w.verified != "" {
		values["verified_at"], values["verified_by"], values["verified_note"] = string(w.verified), t.worker, t.verification()
	}
	if w.filed != "" {
		values["category"], values["guardian_kind"] = w.category, f.guardianKind(w)
		values["father_state"], values["mother_state"] = parents(w.category, d)
		values["family_note"] = t.family()
	}
	if w.assessed != "" {
		values["assessed_at"], values["grade"], values["need_note"] = string(w.assessed), w.grade, t.need()
		values["child_opinion"] = t.opinion()
		f.guarantees(w, d, t, values)
	}
}

func (f *filler) guardianKind(w *ward) string {
	if t, ok := f.guards[w.kid]; ok {
		return t.guardian
	}
	return "kin"
}

// guardian is what a minor calls who looks after it.
func (f *filler) guardian(kid int) string { return word(f.guards[kid].code) }

// parents are states of father and mother that agree with a category.
func parents(category string, d dice) (father, mother string) {
	switch category {
	case "01":
		return "1", pick(d, []string{"1", "2"})
	case "02":
		return pick(d, []string{"5", "3", "8", "1"}), pick(d, []string{"8", "3", "4"})
	case "05":
		return pick(d, []string{"6", "8", "99", "0"}), "0"
	}
	return "0", "0"
}

// guarantees are the seven kinds of guarantee and the measures for a child.
func (f *filler) guarantees(w *ward, d dice, t talk, values register.Values) {
	state := func() string { return pick(d, []string{"held", "held", "held", "pending", "wanted", "none"}) }
	values["living_state"], values["living_item"] = state(), living(w.category)
	values["education_state"], values["school"] = state(), t.school
	values["safety_state"], values["guardian_ability"] = state(), t.ability()
	values["medical_state"], values["insured_year"] = "held", float64(f.today.Year())
	values["medical_item"] = "财政资助参加城乡居民医疗保险"
	values["rehabilitation_state"], values["housing_state"], values["adulthood_state"] = pick(d, []string{"none", "none", "pending", "held"}), state(), "none"
	var rows []map[string]any
	for _, m := range t.measures() {
		rows = append(rows, map[string]any{"guarantee": m.guarantee, "need": m.need, "measure": m.measure, "unit": m.unit,
			"from": string(w.assessed), "until": string(w.assessed.AddMonths(6)), "state": pick(d, []string{"active", "active", "done", "planned"})})
	}
	values["measures"] = rows
}

func (f *filler) serviceDraft(w *ward, t talk, day value.Date) record.Draft {
	values := register.Values{"case": text(w.cas), "date": string(day), "minutes": float64(10 * t.d.from(2, 12)), "worker": f.handler(w).Name,
		"form": pick(t.d, []string{"interview", "visit", "phone", "counsel", "resource", "accompany", "training"}), "content": t.service(), "effect": t.effect()}
	return record.Draft{Register: "child.service", Subject: f.people.all[w.kid].id, Owner: f.handler(w).User, Created: day, Values: values, Quiet: true}
}

func (f *filler) visitDraft(w *ward, t talk, e event) record.Draft {
	day, director := f.day(e), f.areas[f.people.all[w.kid].area].director
	planned := day
	if e.kind == evPlanned {
		planned = w.next
	}
	values := register.Values{"planned": string(planned), "kind": pick(t.d, []string{"home", "home", "home", "home", "school", "holiday", "hazard"}),
		"form": "door", "visitor": director.Name, "file": text(w.file)}
	if w.cas != 0 && w.serve != "" && day >= w.serve {
		values["case"] = text(w.cas)
	}
	p := f.path("child.visit", t.d, day)
	switch e.kind {
	case evVisit:
		f.seen(values, t, day, w)
		p.take("done", director, day, "")
	case evUnseen:
		values["actual"], values["child_seen"], values["unseen_reason"] = string(day), false, pick(t.d, []string{"school", "out", "nobody"})
		values["finding"] = t.missed()
		p.take("unseen", director, day, "")
	}
	return p.draft(record.Draft{Subject: f.people.all[w.kid].id, Owner: director.User, Created: day, Values: values})
}

// seen fills in what was found on a visit.
func (f *filler) seen(values register.Values, t talk, day value.Date, w *ward) {
	rating := func() string { return pick(t.d, []string{"good", "good", "good", "fair", "fair", "poor"}) }
	values["actual"], values["child_seen"], values["guardian_seen"] = string(day), true, t.d.chance(85)
	if values["guardian_seen"] == true {
		values["guardian_who"] = t.guard
	}
	for _, id := range []string{"environment", "diet", "health", "school", "mood"} {
		values[id] = rating()
	}
	if t.d.chance(9) {
		values["abnormal"] = []string{pick(t.d, []string{"hazard", "vaccine", "network", "sick", "income", "carer", "water"})}
	}
	values["finding"], values["advice"] = t.finding(), t.advice()
	if next := w.after(day); next > day {
		values["next"] = string(next)
	}
}
