package patrol

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Line is one call of a sheet as it is typed. Roster and Point are 0 in a line
// of what was found elsewhere on the way: then Where says where.
type Line struct {
	Roster, Point        uint64
	Date                 value.Date
	Name, Who            string // of the point, of the force, for the page
	At, Left             string
	Result, Problem      string
	Class, Where, Checks string
	Line                 int // where it stands in the batch, for the answer
}

// Blank reports whether nothing has been typed in the line.
func (l Line) Blank() bool {
	return l.At == "" && l.Left == "" && l.Result == "" && l.Problem == "" && l.Where == ""
}

// Entered is what became of one line.
type Entered struct {
	Line   int
	Number string // of the round, or of the finding
	Failed string // why it was not saved; empty when it was
}

// Open are the calls on sheets that have not come back yet, day by day. Without
// a roster, those of all sheets of the week that were handed out.
func (d *Desk) Open(ctx context.Context, v access.Viewer, week value.Date, only uint64) ([]Line, error) {
	list, err := d.Week(ctx, v, week)
	if err != nil {
		return nil, err
	}
	var out []Line
	err = d.book.View(ctx, v, func(tx *record.Tx) error {
		for _, r := range list {
			if r.Step != "issued" && (only != r.ID || r.Step != "draft") || only != 0 && r.ID != only {
				continue
			}
			lines, err := openLines(tx, r)
			if err != nil {
				return err
			}
			out = append(out, lines...)
		}
		return nil
	})
	return out, err
}

// Planned are all calls on the sheets of a week, for a table to carry.
func (d *Desk) Planned(ctx context.Context, v access.Viewer, week value.Date) ([]Line, error) {
	list, err := d.Week(ctx, v, week)
	if err != nil {
		return nil, err
	}
	var out []Line
	err = d.book.View(ctx, v, func(tx *record.Tx) error {
		for _, r := range list {
			for _, row := range rowsOf(r, "rows") {
				out = append(out, Line{Roster: r.ID, Point: idOf(row["point"]), Date: value.Date(str(row["date"])), Name: tx.Label(pointRef(row), false), Who: r.Text("who"), Checks: str(row["checks"])})
			}
		}
		return nil
	})
	return out, err
}

func openLines(tx *record.Tx, r *record.Record) ([]Line, error) {
	rounds, err := tx.AsOffice().Children(Rounds, r.Ref)
	if err != nil {
		return nil, fmt.Errorf("reading what came back of a sheet: %w", err)
	}
	came := map[string]bool{}
	for _, p := range rounds {
		for _, row := range rowsOf(p, "visits") {
			if p.Step != "void" {
				came[p.Text("date")+" "+str(row["point"])] = true
			}
		}
	}
	var out []Line
	for _, row := range rowsOf(r, "rows") {
		date, point := value.Date(str(row["date"])), str(row["point"])
		if came[string(date)+" "+point] || date > tx.Today() {
			continue
		}
		out = append(out, Line{Roster: r.ID, Point: idOf(row["point"]), Date: date, Name: tx.Label(pointRef(row), false), Who: r.Text("who"), Checks: str(row["checks"])})
	}
	return out, nil
}

// group are the lines of one sheet and one day: one round.
type group struct {
	roster uint64
	date   value.Date
	lines  []Line
}

// Enter saves a batch of lines: a round for each sheet and day, with its
// findings and their cases; a finding for each line of elsewhere. Each round
// is saved whole or comes back with the reason. With rest, calls that nobody
// wrote anything at are taken for declared: there, and nothing wrong.
func (d *Desk) Enter(ctx context.Context, v access.Viewer, lines []Line, rest bool) ([]Entered, error) {
	var groups []*group
	by := map[string]*group{}
	for _, l := range lines {
		if l.Blank() && !rest {
			continue
		}
		key := fmt.Sprint(l.Roster, l.Date, l.Point == 0, map[bool]int{true: l.Line}[l.Point == 0])
		if by[key] == nil {
			by[key] = &group{roster: l.Roster, date: l.Date}
			groups = append(groups, by[key])
		}
		by[key].lines = append(by[key].lines, l)
	}
	var out []Entered
	for _, g := range groups {
		var made *record.Record
		err := d.book.Change(ctx, v, "补录巡查", func(tx *record.Tx) error {
			var err error
			made, err = enter(tx, g, rest)
			return err
		})
		refusal, refused := record.AsRefusal(err)
		if err != nil && !refused {
			return out, err
		}
		for i, l := range g.lines {
			e := Entered{Line: l.Line}
			switch {
			case !refused:
				e.Number = made.Number
			default:
				e.Failed = why(refusal, i)
			}
			out = append(out, e)
		}
	}
	return out, nil
}

// why is what a refusal says of one line, or that the day waits for another.
func why(r *record.Refusal, line int) string {
	prefix := fmt.Sprintf("visits.%d.", line)
	for _, p := range r.Problems {
		if len(p.Field) > len(prefix) && p.Field[:len(prefix)] == prefix {
			return p.Text
		}
	}
	if slices.ContainsFunc(r.Problems, func(p record.Problem) bool { return len(p.Field) > 7 && p.Field[:7] == "visits." }) {
		return "同一天的其他行要改，改好一起存"
	}
	return r.Error()
}

func enter(tx *record.Tx, g *group, rest bool) (*record.Record, error) {
	if g.lines[0].Point == 0 {
		return enterElsewhere(tx, g.lines[0])
	}
	roster, err := tx.Open(record.Ref{Register: Rosters, ID: g.roster})
	if err != nil {
		return nil, err
	}
	if err := enteredBefore(tx, roster, g); err != nil {
		return nil, err
	}
	declared := false
	var visits []map[string]any
	for _, l := range g.lines {
		row := map[string]any{"point": strconv.FormatUint(l.Point, 10)}
		if l.Blank() && rest {
			l.Result, declared = Clear, true
		}
		for field, text := range map[string]string{"at": l.At, "left": l.Left, "result": l.Result, "problem": l.Problem, "class": l.Class} {
			if text != "" {
				row[field] = text
			}
		}
		visits = append(visits, row)
	}
	return tx.Create(record.Draft{Register: Rounds, Values: register.Values{"date": string(g.date), "force": roster.Text("force"), "roster": strconv.FormatUint(g.roster, 10),
		"visits": visits, "declaration": declared}})
}

// enteredBefore refuses calls that have come back already: a batch sent twice,
// or typed by two from the same paper.
func enteredBefore(tx *record.Tx, roster *record.Record, g *group) error {
	rounds, err := tx.AsOffice().Children(Rounds, roster.Ref)
	if err != nil {
		return fmt.Errorf("reading what came back of a sheet: %w", err)
	}
	came := map[uint64]string{}
	for _, p := range rounds {
		if p.Step == "void" || p.Date("date") != g.date {
			continue
		}
		for _, row := range rowsOf(p, "visits") {
			came[idOf(row["point"])] = p.Number
		}
	}
	var twice []record.Problem
	for i, l := range g.lines {
		if number := came[l.Point]; number != "" {
			twice = append(twice, record.Problem{Field: fmt.Sprintf("visits.%d.point", i), Label: fmt.Sprintf("第%d行", i+1), Text: "这一点位当天已补录过，见 " + number + "；要改的在那里更正"})
		}
	}
	if len(twice) == 0 {
		return nil
	}
	return &record.Refusal{Code: record.CodeTaken, Text: "有的行已经补录过", Problems: twice}
}

// enterElsewhere records what was found on the way, at no point.
func enterElsewhere(tx *record.Tx, l Line) (*record.Record, error) {
	if l.Problem == "" || l.Where == "" {
		return nil, record.Refused(record.CodeInvalid, "请写明地点和问题")
	}
	at, ok := clockText(l.At)
	if !ok {
		return nil, record.Refused(record.CodeInvalid, "时间看不懂，请写成 9:05 或 905")
	}
	if at == "" {
		at = "12:00"
	}
	v := register.Values{"found_at": string(l.Date) + " " + at, "content": l.Where + "：" + l.Problem, "fixed": l.Result == Fixed}
	if l.Class != "" {
		v["class"] = l.Class
	}
	if r, err := tx.Open(record.Ref{Register: Rosters, ID: l.Roster}); err == nil {
		v["reporter"], v["kind"] = r.Text("who"), r.Text("kind")
		if c := r.Text("community"); c != "" {
			v["community"] = c
		}
		rounds, err := tx.AsOffice().Children(Rounds, r.Ref)
		if err != nil {
			return nil, err
		}
		for _, p := range rounds {
			if p.Date("date") == l.Date && p.Step != "void" {
				v["patrol"] = strconv.FormatUint(p.ID, 10)
			}
		}
	}
	if err := foundBefore(tx, v, l.Date); err != nil {
		return nil, err
	}
	return tx.Create(record.Draft{Register: Findings, Values: v})
}

// foundBefore refuses a finding that stands to the letter already.
func foundBefore(tx *record.Tx, v register.Values, on value.Date) error {
	day := map[string]value.Date{"found_on": on}
	p, err := tx.AsOffice().List(record.Query{Register: Findings, From: day, To: day, Limit: 500})
	if err != nil {
		return fmt.Errorf("looking for the same finding: %w", err)
	}
	for _, row := range p.Rows {
		if row.Text("found_at") == v["found_at"] && row.Text("content") == v["content"] && row.Text("reporter") == str(v["reporter"]) {
			return record.Refused(record.CodeTaken, "这一条已登记过，见 %s", row.Number)
		}
	}
	return nil
}
