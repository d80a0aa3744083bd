package demo

import (
	"cmp"
	"context"
	"slices"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// writeCare writes files and cases in the order of their days, then what
// happened day by day.
func (f *filler) writeCare(ctx context.Context) error {
	order := slices.DeleteFunc(slices.Clone(f.wards), func(w *ward) bool { return w.file != 0 })
	slices.SortStableFunc(order, func(a, b *ward) int { return cmp.Compare(a.found, b.found) })
	err := f.rows(ctx, f.clerk, "建立儿童档案", len(order), func(tx *record.Tx, i int) error {
		r, err := tx.Create(f.fileDraft(order[i]))
		if err == nil {
			order[i].file = r.ID
		}
		return err
	})
	if err != nil {
		return err
	}
	order = slices.DeleteFunc(order, func(w *ward) bool { return !w.hasCase() })
	slices.SortStableFunc(order, func(a, b *ward) int { return cmp.Compare(a.intake, b.intake) })
	err = f.rows(ctx, f.clerk, "建立个案", len(order), func(tx *record.Tx, i int) error {
		r, err := tx.Create(f.caseDraft(order[i]))
		if err == nil {
			order[i].cas = r.ID
		}
		return err
	})
	if err != nil {
		return err
	}
	return f.writeStream(ctx)
}

func (f *filler) caseDraft(w *ward) record.Draft {
	d := throw(f.opt.Seed, streamCare, -2000000-w.index)
	t := f.talk(w, d, w.intake)
	handler, head, supervisor := f.handler(w), f.users["welfare.head"], f.users["child.supervisor"]
	p := f.path("child.case", d, w.intake)
	if w.scene == refused {
		p.take("refuse", handler, w.intake, "监护人能履行监护职责，转社区日常关爱")
	}
	p.take("accept", handler, w.assess, "")
	p.take("assess", handler, w.plan, "")
	p.take("submit", handler, w.approve, "")
	p.take("approve", head, w.serve, "同意，按计划执行")
	p.take("finish", handler, w.closed, "")
	if w.scene == closed {
		if handler.User == supervisor.User {
			supervisor = head
		}
		p.take("close", supervisor, w.closed.AddDays(d.from(1, 4)), "同意结案")
	}
	values := register.Values{"received_at": string(w.intake), "source": pick(d, []string{"visit", "school", "community", "hotline", "police", "transfer"}),
		"judgement": "open", "consent": pick(d, []string{"guardian", "guardian", "both", "oral"}), "problem": t.problem(),
		"signs": signs(w.grade, d), "file": text(w.file)}
	if w.plan != "" {
		f.assessment(w, d, t, values)
	}
	if w.approve != "" {
		f.goals(w, d, t, values)
	}
	if w.serve != "" {
		f.progress(w, d, t, values)
	}
	if w.closed != "" {
		values["closed_reason"], values["outcome"] = pick(d, []string{"achieved", "achieved", "partial"}), pick(d, []string{"full", "full", "partial"})
		values["closing_note"], values["follow"] = t.closure(), pick(d, []string{"month", "quarter", "none"})
	}
	return p.draft(record.Draft{Subject: f.people.all[w.kid].id, Owner: handler.User, Created: w.intake, Values: values})
}

// signs are what speaks for a grade.
func signs(grade string, d dice) []string {
	switch grade {
	case "red":
		return []string{pick(d, []string{"unattended", "selfharm"})}
	case "orange":
		return []string{pick(d, []string{"weakcare", "dropout", "violence"})}
	case "yellow":
		return []string{pick(d, []string{"neglect", "poverty", "mood"})}
	}
	return []string{"steady"}
}

// dimensions of the assessment.
var dimensions = [...]string{"willingness", "ability", "dwelling", "economy", "health", "education", "emotion", "support"}

// scores gives the eight scores that suggest a grade by total and by worst
// (parameters child.case.score).
func scores(grade string, d dice) [len(dimensions)]int {
	var out [len(dimensions)]int
	bounds := map[string][2]int{"red": {20, 26}, "orange": {8, 16}, "yellow": {4, 7}, "blue": {0, 3}}[grade]
	for left := d.from(bounds[0], bounds[1]); left > 0; {
		i := d.IntN(len(out))
		if out[i] < 3 || grade == "red" && out[i] < 4 {
			out[i]++
			left--
		}
	}
	return out
}

func (f *filler) assessment(w *ward, d dice, t talk, values register.Values) {
	total, worst := 0, 0
	for i, n := range scores(w.grade, d) {
		values[dimensions[i]] = string('0' + rune(n))
		total, worst = total+n, max(worst, n)
	}
	values["score_total"], values["score_worst"], values["grade_suggested"] = float64(total), float64(worst), w.grade
	values["assessed_at"], values["grade"] = string(w.plan), w.grade
	values["needs"], values["strengths"], values["child_opinion"] = t.need(), t.strength(), t.opinion()
}

func (f *filler) goals(w *ward, d dice, t talk, values register.Values) {
	state := "planned"
	if w.serve != "" {
		state = pick(d, []string{"active", "active", "met", "partial"})
	}
	var rows []map[string]any
	for _, m := range t.measures() {
		rows = append(rows, map[string]any{"goal": m.goal, "measure": m.measure, "responsible": t.worker, "from": string(w.approve),
			"until": string(w.approve.AddMonths(d.from(3, 6))), "state": state})
	}
	values["goals"], values["planned_at"] = rows, string(w.approve)
}

// rowsKept is how many of the latest reviews and meetings stand in a case.
const rowsKept = 4

// every lists the days that lie so many months apart after one, the latest of
// them.
func every(from, until value.Date, months int) []value.Date {
	var out []value.Date
	for n := 1; from.AddMonths(n*months) <= until; n++ {
		out = append(out, from.AddMonths(n*months))
	}
	return out[max(0, len(out)-rowsKept):]
}

func (f *filler) progress(w *ward, d dice, t talk, values register.Values) {
	end := f.today
	if w.closed != "" {
		end = w.closed
	}
	months := map[string]int{"red": 1, "orange": 1, "yellow": 3, "blue": 6}[w.grade]
	var reviews, meetings, supervisions []map[string]any
	for _, day := range every(w.serve, end, 3) {
		reviews = append(reviews, map[string]any{"date": string(day), "grade": w.grade, "attainment": float64(d.from(40, 85)), "satisfaction": pick(d, []string{"5", "4", "4", "3"}), "note": t.effect()})
		supervisions = append(supervisions, map[string]any{"date": string(day), "by": f.users["child.supervisor"].Name, "opinion": pick(d, []string{"agree", "agree", "adjust"}), "note": t.advice()})
		values["last_review"], values["last_supervised"] = string(day), string(day)
	}
	if w.closed != "" {
		reviews = append(reviews, map[string]any{"date": string(w.closed), "grade": pick(d, []string{"blue", "yellow"}), "attainment": float64(d.from(65, 100)), "satisfaction": "5", "closing": true, "note": t.effect()})
		values["last_review"] = string(w.closed)
	}
	for _, day := range every(w.serve, end, months) {
		meetings = append(meetings, map[string]any{"date": string(day), "kind": "regular", "units": "街道、社区、" + t.school, "decision": t.advice()})
		values["last_meeting"] = string(day)
	}
	keep(values, "reviews", reviews)
	keep(values, "supervisions", supervisions)
	keep(values, "meetings", meetings)
	if last := w.lastVisit(); last >= w.serve && last <= end {
		values["last_visit"] = string(last)
	}
}

func keep(values register.Values, id string, rows []map[string]any) {
	if len(rows) > 0 {
		values[id] = rows
	}
}
