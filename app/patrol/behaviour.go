package patrol

import (
	"fmt"
	"slices"
	"strconv"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// The registers of this package, and those whose records it reads.
const (
	Points   = "governance.point"
	Forces   = "governance.force"
	Rosters  = "governance.roster"
	Rounds   = "governance.patrol"
	Findings = "governance.finding"
	Reviews  = "governance.review"
	Covers   = "governance.coverage"
	Months   = "governance.patrolmonth"

	cases  = "governance.case"
	orders = "governance.order"
)

// Results of a call at a point.
const (
	Clear  = "clear"
	Found  = "found"
	Fixed  = "fixed"
	Absent = "absent"
)

// Behaviours are what these registers do.
func Behaviours() []record.Behaviour {
	return []record.Behaviour{
		{Register: Rosters, Derive: deriveRoster, Check: checkRoster},
		{Register: Rounds, Derive: deriveRound, Check: checkRound, After: afterRound},
		{Register: Findings, Derive: deriveFinding, Check: checkFinding, Guard: guardFinding, After: afterFinding},
	}
}

// takeForce copies a force's name and kind, so that papers and lists of last
// year say what held then.
func takeForce(tx *record.Tx, r *record.Record) (*record.Record, error) {
	f, err := tx.AsOffice().Open(record.Ref{Register: Forces, ID: r.RefID("force")})
	if _, refused := record.AsRefusal(err); refused {
		return nil, nil // the form says that it is missing
	}
	if err != nil {
		return nil, fmt.Errorf("reading a force: %w", err)
	}
	if r.Text("who") == "" || r.ID == 0 {
		r.Values["who"] = f.Text("name")
	}
	if r.Text("kind") == "" || r.ID == 0 {
		r.Values["kind"] = f.Text("kind")
	}
	return f, nil
}

func deriveRoster(tx *record.Tx, r *record.Record) error {
	f, err := takeForce(tx, r)
	if err != nil || f == nil {
		return err
	}
	if r.Text("community") == "" && f.Text("community") != "" {
		r.Values["community"] = f.Text("community")
		r.Community = f.RefID("community")
	}
	rows := rowsOf(r, "rows")
	slices.SortStableFunc(rows, func(a, b map[string]any) int { return compare(str(a["date"]), str(b["date"])) })
	for _, row := range rows {
		row["day"] = dayName(value.Date(str(row["date"])))
		if str(row["checks"]) != "" {
			continue
		}
		p, err := tx.AsOffice().Open(pointRef(row))
		if err == nil && p.Text("checks") != "" {
			row["checks"] = oneLine(p.Text("checks"))
		}
	}
	return nil
}

// checkRoster wants a Monday, and days of that week.
func checkRoster(_ *record.Tx, r, _ *record.Record) ([]record.Problem, error) {
	week := r.Date("week")
	if week == "" {
		return nil, nil
	}
	if MondayOf(week) != week {
		return []record.Problem{{Field: "week", Label: "周一", Text: "请填这一周的星期一：" + string(MondayOf(week))}}, nil
	}
	for i, row := range rowsOf(r, "rows") {
		if d := value.Date(str(row["date"])); d != "" && (d < week || d > week.AddDays(6)) {
			return []record.Problem{{Field: "rows." + strconv.Itoa(i) + ".date", Label: fmt.Sprintf("第%d行日期", i+1), Text: "不在这一周里"}}, nil
		}
	}
	return nil, nil
}

func deriveRound(tx *record.Tx, r *record.Record) error {
	if _, err := takeForce(tx, r); err != nil {
		return err
	}
	rows := rowsOf(r, "visits")
	for _, row := range rows {
		for _, f := range []string{"at", "left"} {
			if t, ok := clockText(str(row[f])); ok && t != "" {
				row[f] = t
			}
		}
	}
	if r.Text("community") == "" && len(rows) > 0 {
		if p, err := tx.AsOffice().Open(pointRef(rows[0])); err == nil && p.Text("community") != "" {
			r.Values["community"] = p.Text("community")
			r.Community = p.RefID("community")
		}
	}
	stay, err := tx.Book().Policy().Integer("governance.patrol.stay", orToday(tx, r.Date("date")))
	if err != nil {
		return fmt.Errorf("reading how long a call must last: %w", err)
	}
	declared, _ := r.Values["declaration"].(bool)
	n := 0
	for _, row := range rows {
		if why := invalid(row, int(stay), declared); why == "" {
			n++
		}
	}
	r.Values["valid"] = float64(n)
	return nil
}

// invalid says why a call does not count; "" when it does.
func invalid(row map[string]any, stay int, declared bool) string {
	at, left := minutes(str(row["at"])), minutes(str(row["left"]))
	switch result := str(row["result"]); {
	case result == Absent:
		return "没有到"
	case at < 0 && !declared:
		return "没有到点时间"
	case result != "":
		return ""
	case left < 0:
		return "没有结果，也没有离开时间"
	case left-at < stay:
		return fmt.Sprintf("停留不足%d分钟，又没有结果", stay)
	}
	return ""
}

func checkRound(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	var out []record.Problem
	for i, row := range rowsOf(r, "visits") {
		say := func(field, text string) {
			out = append(out, record.Problem{Field: fmt.Sprintf("visits.%d.%s", i, field), Label: fmt.Sprintf("第%d行", i+1), Text: text})
		}
		for _, f := range []string{"at", "left"} {
			if _, ok := clockText(str(row[f])); !ok {
				say(f, "时间看不懂，请写成 9:05 或 905")
			}
		}
		at, left := minutes(str(row["at"])), minutes(str(row["left"]))
		if at >= 0 && left >= 0 && left < at {
			say("left", "离开不能早于到达")
		}
		result, problem := str(row["result"]), str(row["problem"])
		switch {
		case (result == Found || result == Fixed) && problem == "":
			say("problem", "请写发现了什么问题")
		case result == Absent && problem == "":
			say("problem", "请写为什么没有到")
		case result == Clear && problem != "":
			say("result", "写了问题，结果就不能是“无问题”")
		case result == "" && problem != "":
			say("result", "写了问题，请选“发现问题”或“随手处理”")
		}
	}
	if before != nil {
		kept := map[string]bool{}
		for _, row := range rowsOf(r, "visits") {
			kept[findingKey(row)] = true
		}
		for _, row := range rowsOf(before, "visits") {
			if isFinding(row) && !kept[findingKey(row)] {
				out = append(out, record.Problem{Field: "visits", Label: "到点", Text: "“" + str(row["problem"]) + "”已登记为巡查发现，这一行不能改掉；不成立的，在巡查发现里办"})
			}
		}
	}
	return out, nil
}

func isFinding(row map[string]any) bool {
	return str(row["result"]) == Found || str(row["result"]) == Fixed
}

func findingKey(row map[string]any) string {
	return str(row["point"]) + "\x00" + str(row["result"]) + "\x00" + str(row["problem"])
}

// afterRound makes a finding of every problem that has none yet, and of a
// finding that is not yet dealt with a case: one step for who types.
func afterRound(tx *record.Tx, r, _ *record.Record, action string) error {
	if err := countEntered(tx, r.RefID("roster")); err != nil || action == "void" {
		return err
	}
	made := map[string]bool{}
	old, err := tx.AsOffice().Children(Findings, r.Ref)
	if err != nil {
		return fmt.Errorf("reading the findings of a round: %w", err)
	}
	for _, f := range old {
		made[f.Text("point")+"\x00"+f.Text("content")] = true
	}
	for _, row := range rowsOf(r, "visits") {
		key := str(row["point"]) + "\x00" + str(row["problem"])
		if !isFinding(row) || made[key] {
			continue
		}
		made[key] = true
		if err := findAt(tx, r, row); err != nil {
			return err
		}
	}
	return nil
}

func findAt(tx *record.Tx, r *record.Record, row map[string]any) error {
	at := str(row["at"])
	if at == "" {
		at = "12:00"
	}
	v := register.Values{"patrol": strconv.FormatUint(r.ID, 10), "point": str(row["point"]), "found_at": string(r.Date("date")) + " " + at,
		"content": str(row["problem"]), "reporter": r.Text("who"), "kind": r.Text("kind"), "fixed": str(row["result"]) == Fixed}
	if c := str(row["class"]); c != "" {
		v["class"] = c
	}
	if p, err := tx.AsOffice().Open(pointRef(row)); err == nil {
		v["community"] = p.Text("community")
	}
	if _, err := tx.AsOffice().Create(record.Draft{Register: Findings, Values: v, Created: tx.Today()}); err != nil {
		return fmt.Errorf("recording what a round found: %w", err)
	}
	return nil
}

// countEntered writes on a sheet how many of its calls have come back.
func countEntered(tx *record.Tx, roster uint64) error {
	if roster == 0 {
		return nil
	}
	ref := record.Ref{Register: Rosters, ID: roster}
	rounds, err := tx.AsOffice().Children(Rounds, ref)
	if err != nil {
		return fmt.Errorf("counting what came back of a sheet: %w", err)
	}
	n := 0
	for _, p := range rounds {
		if p.Step != "void" {
			n += len(rowsOf(p, "visits"))
		}
	}
	return tx.AsOffice().Imply(ref, register.Values{"done": float64(n)})
}

// titleSize is how much of a problem makes a title.
const titleSize = 30

func deriveFinding(_ *record.Tx, r *record.Record) error {
	if r.Text("title") == "" {
		line := []rune(oneLine(r.Text("content")))
		r.Values["title"] = string(line[:min(titleSize, len(line))])
	}
	return nil
}

// checkFinding keeps the tie to a case to the actions that ask for a reason.
func checkFinding(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	if before == nil || before.Text("case") == r.Text("case") || len(r.Log) > len(before.Log) || tx.Viewer().Office {
		return nil, nil
	}
	return []record.Problem{{Field: "case", Label: "并入案件", Text: "请用页面上的“并入已有案件”“撤销并入”来改，要写理由"}}, nil
}

// guardFinding keeps a finding from being joined to what is not at work.
func guardFinding(tx *record.Tx, r *record.Record, a *register.Action) ([]record.Problem, error) {
	if a.ID != "join" || r.RefID("case") == 0 {
		return nil, nil
	}
	c, err := tx.AsOffice().Open(record.Ref{Register: cases, ID: r.RefID("case")})
	if _, refused := record.AsRefusal(err); refused || err == nil && (c.Step == "void" || c.Step == "returned") {
		return []record.Problem{{Field: "case", Label: "并入案件", Text: "这个案件不在办，请另选"}}, nil
	}
	return nil, err
}

// afterFinding gives a new finding its step: what was dealt with on the spot is
// done, all else becomes a case at once.
func afterFinding(tx *record.Tx, r, before *record.Record, action string) error {
	fixed, _ := r.Values["fixed"].(bool)
	switch {
	case before == nil && fixed && r.Step == "new":
		_, err := tx.AsOffice().Do(r.Ref, 0, "settle", record.Input{})
		return err
	case before == nil && r.Step == "new" && r.Text("case") == "":
		_, err := tx.AsOffice().Do(r.Ref, 0, "raise", record.Input{})
		return err
	case action == "raise" && r.Text("case") == "":
		return raise(tx, r)
	case action == "leave":
		return tx.AsOffice().Imply(r.Ref, register.Values{"case": nil})
	}
	return nil
}

// raise makes the case that a finding is a source of.
func raise(tx *record.Tx, r *record.Record) error {
	where := ""
	if p, err := tx.AsOffice().Open(record.Ref{Register: Points, ID: r.RefID("point")}); err == nil {
		where = p.Text("name")
		if a := p.Text("address"); a != "" && a != where {
			where += "（" + a + "）"
		}
	}
	v := register.Values{"title": r.Text("title"), "source": "patrol", "found_at": r.Text("found_at"), "address": where,
		"content": r.Text("content"), "reporter": r.Text("reporter")}
	for from, to := range map[string]string{"class": "kind", "community": "community"} {
		if s := r.Text(from); s != "" {
			v[to] = s
		}
	}
	c, err := tx.AsOffice().Create(record.Draft{Register: cases, Values: v})
	if err != nil {
		return fmt.Errorf("making a case of a finding: %w", err)
	}
	return tx.AsOffice().Imply(r.Ref, register.Values{"case": strconv.FormatUint(c.ID, 10)})
}
