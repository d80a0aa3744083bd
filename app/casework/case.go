package casework

import (
	"fmt"
	"strconv"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// The registers of this package.
const (
	Files    = "child.file"
	Cases    = "child.case"
	Visits   = "child.visit"
	Services = "child.service"
)

// dimensions of the assessment, each 0 to 4.
var dimensions = []string{"willingness", "ability", "dwelling", "economy", "health", "education", "emotion", "support"}

// grades from the least to the gravest.
var grades = []string{"blue", "yellow", "orange", "red"}

// worse reports whether one grade is graver than another; no grade is the
// least.
func worse(a, b string) bool { return rank(a) > rank(b) }

func rank(grade string) int {
	for i, g := range grades {
		if g == grade {
			return i + 1
		}
	}
	return 0
}

// Behaviours are what the registers of casework do.
func Behaviours() []record.Behaviour {
	return []record.Behaviour{
		{Register: Cases, Derive: deriveCase, Check: checkCase, Guard: guardCase},
		{Register: Visits, Derive: deriveVisit, After: afterVisit},
		{Register: Files, Derive: deriveFile},
	}
}

// deriveCase computes total, worst item and the grade they suggest (facts
// B16: total and worst decide together; one item of 4 is at least orange).
func deriveCase(tx *record.Tx, r *record.Record) error {
	latest(r, "reviews", "last_review")
	latest(r, "supervisions", "last_supervised")
	latest(r, "meetings", "last_meeting")
	total, worst, answered := 0, 0, 0
	for _, d := range dimensions {
		n, err := strconv.Atoi(r.Text(d))
		if err != nil {
			continue
		}
		answered++
		total += n
		worst = max(worst, n)
	}
	if answered < len(dimensions) {
		delete(r.Values, "score_total")
		delete(r.Values, "score_worst")
		delete(r.Values, "grade_suggested")
		return nil
	}
	grade, err := suggest(tx, total, worst)
	if err != nil {
		return err
	}
	r.Values["score_total"], r.Values["score_worst"], r.Values["grade_suggested"] = float64(total), float64(worst), grade
	return nil
}

// suggest grades by the thresholds that policy sets.
func suggest(tx *record.Tx, total, worst int) (string, error) {
	set, today := tx.Book().Policy(), tx.Today()
	grade := "blue"
	for _, g := range []string{"yellow", "orange", "red"} {
		from, err := set.Integer("child.case.score."+g, today)
		if err != nil {
			return "", fmt.Errorf("grading a case: %w", err)
		}
		if int64(total) >= from {
			grade = g
		}
	}
	top, err := set.Integer("child.case.score.top", today)
	if err != nil {
		return "", fmt.Errorf("grading a case: %w", err)
	}
	if int64(worst) >= top && worse("orange", grade) {
		grade = "orange"
	}
	return grade, nil
}

// checkCase asks for a reason when the grade is below what the answers
// suggest, and keeps a child to one open case.
func checkCase(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	var problems []record.Problem
	if g, s := r.Text("grade"), r.Text("grade_suggested"); g != "" && worse(s, g) && r.Text("grade_reason") == "" {
		problems = append(problems, record.Problem{Field: "grade_reason", Label: "定级说明",
			Text: fmt.Sprintf("按评分应为“%s”，定得更低须写明理由", tx.Book().CodeLabel("child.risk", s))})
	}
	if before != nil {
		return problems, nil
	}
	open, err := openCase(tx, r.Subject)
	if err != nil || open == nil {
		return problems, err
	}
	return append(problems, record.Problem{Label: "儿童", Text: "已有在办个案 " + open.Number + "，一个儿童同时只办一案；请在原案里办理",
		Link: "/r/" + open.Ref.String()}), nil
}

// openCase is a child's open case, if any.
func openCase(tx *record.Tx, child uint64) (*record.Record, error) {
	if child == 0 {
		return nil, nil
	}
	rows, err := tx.AsOffice().Find(Cases, "person", strconv.FormatUint(child, 10))
	if err != nil {
		return nil, err
	}
	for _, c := range rows {
		if c.Subject == child && c.Open() {
			return c, nil
		}
	}
	return nil, nil
}

// guardCase is what must be done before a case moves.
func guardCase(tx *record.Tx, r *record.Record, a *register.Action) ([]record.Problem, error) {
	switch a.ID {
	case "finish", "close":
		return closingProblems(tx, r)
	case "merge":
		return mergeProblems(tx, r)
	case "reopen", "split", "reconsider":
		open, err := openCase(tx, r.Subject)
		if err != nil || open == nil || open.ID == r.ID {
			return nil, err
		}
		return []record.Problem{{Label: "儿童", Text: "另有在办个案 " + open.Number + "，不能再开", Link: "/r/" + open.Ref.String()}}, nil
	}
	return nil, nil
}

func closingProblems(tx *record.Tx, r *record.Record) ([]record.Problem, error) {
	var problems []record.Problem
	add := func(field, label, text string) {
		problems = append(problems, record.Problem{Field: field, Label: label, Text: text, Link: "/r/" + r.Ref.String() + "/edit#" + field})
	}
	for i, goal := range rows(r, "goals") {
		if s, _ := goal["state"].(string); s == "" || s == "planned" || s == "active" {
			add("goals", "服务目标", fmt.Sprintf("第%d个目标还没有结果，请填达成、部分达成或取消", i+1))
		}
	}
	for _, ref := range rows(r, "referrals") {
		if s, _ := ref["state"].(string); s == "sent" {
			add("referrals", "转介", "还有转介没有回复，请先落实")
		}
	}
	set, today := tx.Book().Policy(), tx.Today()
	need, err := set.Integer("child.case.closing.reviews", today)
	if err != nil {
		return nil, fmt.Errorf("closing a case: %w", err)
	}
	if n := closings(r); int64(n) < need {
		add("reviews", "结案评估", fmt.Sprintf("至少要有%d次结案评估，现有%d次", need, n))
	}
	if r.Text("escalated_at") == "" {
		return problems, nil
	}
	calm, err := set.Integer("child.case.closing.calm", today)
	if err != nil {
		return nil, fmt.Errorf("closing a case: %w", err)
	}
	if n := calmReviews(r); int64(n) < calm {
		add("reviews", "评估", fmt.Sprintf("升级过的个案，结案前要连续%d次评估不高于黄级，现有%d次", calm, n))
	}
	return problems, nil
}

func rows(r *record.Record, field string) []map[string]any {
	list, _ := r.Values[field].([]map[string]any)
	return list
}

func closings(r *record.Record) int {
	n := 0
	for _, row := range rows(r, "reviews") {
		if yes, _ := row["closing"].(bool); yes {
			n++
		}
	}
	return n
}

// calmReviews counts the last reviews in a row at yellow or below.
func calmReviews(r *record.Record) int {
	list, n := rows(r, "reviews"), 0
	for i := len(list) - 1; i >= 0; i-- {
		if g, _ := list[i]["grade"].(string); g == "" || worse(g, "yellow") {
			break
		}
		n++
	}
	return n
}

// mergeProblems keeps a merge to cases of the same child.
func mergeProblems(tx *record.Tx, r *record.Record) ([]record.Problem, error) {
	into := r.RefID("merged_into")
	if into == 0 {
		return nil, nil
	}
	other, err := tx.Open(record.Ref{Register: Cases, ID: into})
	if err != nil {
		return nil, err
	}
	if other.ID == r.ID || other.Subject != r.Subject || !other.Open() {
		return []record.Problem{{Field: "merged_into", Label: "并入个案", Text: "只能并入同一儿童的另一个在办个案"}}, nil
	}
	return nil, nil
}

// latest puts the newest date of a table's rows into a field that lags behind.
func latest(r *record.Record, table, field string) {
	var newest value.Date
	for _, row := range rows(r, table) {
		if d, _ := row["date"].(string); value.Date(d) > newest {
			newest = value.Date(d)
		}
	}
	if newest != "" && newest > r.Date(field) {
		r.Values[field] = string(newest)
	}
}
