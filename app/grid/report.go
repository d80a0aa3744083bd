package grid

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiezhen/app/deadline"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Rules are what reports and cases are judged by: the tables of categories and
// places, and what past addresses teach. One set serves the behaviours and the
// desk.
type Rules struct {
	tables *record.Mirror[*table]
	cells  *record.Mirror[*cells]
	past   *Addresses
	recent recent
	// unlikes are the pairs that a person has refused
	unlikes *record.Mirror[unlikes]
	// atWork are the cases that are being worked on
	atWork *record.Mirror[[]*record.Record]
}

// NewRules makes the rules of an office.
func NewRules() *Rules {
	return &Rules{tables: newTables(), cells: newCells(), past: NewAddresses(), unlikes: newUnlikes(), atWork: newAtWork()}
}

// Behaviours are what these registers do.
func (x *Rules) Behaviours() []record.Behaviour {
	return []record.Behaviour{
		{Register: Categories, Derive: deriveCategory, Check: checkCategory},
		{Register: Reports, Derive: x.deriveReport, Check: checkReport, Guard: x.guardReport, After: x.afterReport, Gone: goneReport},
		{Register: Cases, Derive: x.deriveCase, Guard: x.guardCase, After: x.afterCase},
		{Register: Orders, Derive: x.placeOrder, After: afterOrder},
		{Register: Findings, After: afterFinding},
		{Register: Assignments, Derive: x.deriveAssignment, After: afterAssignment},
	}
}

// titleSize is how much of the content makes a title.
const titleSize = 30

// beginning is the first words of a text.
func beginning(text string) string {
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) > titleSize {
		return string(line[:titleSize]) + "…"
	}
	return string(line)
}

// deriveReport reads what the report says: its category, its grid, its
// deadline, and at which step it stands when it comes from another platform.
func (x *Rules) deriveReport(tx *record.Tx, r *record.Record) error {
	if r.Text("title") == "" {
		r.Values["title"] = beginning(r.Text("content"))
	}
	if err := x.classify(tx, r); err != nil {
		return err
	}
	if err := x.locate(tx, r); err != nil {
		return err
	}
	x.stand(tx, r)
	if r.Step == "hand" && r.Text("filed_at") == "" {
		r.Values["filed_at"] = nowText(tx)
	}
	flagWords(r)
	delete(r.Values, "accept_due")
	c := deadline.Clock{Label: "受理", Start: deadline.Instant(r, "found_at")}
	if last := lastTime(r, "restore", "leave"); last.After(c.Start) {
		c.Start = last
	}
	if err := c.Param(tx, r, "governance.case.accept"); err != nil {
		return err
	}
	if due := c.Stamp(); due != "" {
		r.Values["accept_due"] = due
	}
	return nil
}

// classify reads the category that a platform's words name; a category gives
// its kind.
func (x *Rules) classify(tx *record.Tx, r *record.Record) error {
	t, err := x.tables.Get(tx)
	if err != nil {
		return err
	}
	if r.RefID("category") == 0 && r.Text("class_name") != "" {
		if c := t.read(r.Text("class_name"), dayOf(r)); c != nil {
			r.Values["category"] = strconv.FormatUint(c.ID, 10)
		}
	}
	if c := t.by[r.RefID("category")]; c != nil && c.Kind != "" {
		r.Values["kind"] = c.Kind
	}
	return nil
}

// locate puts a report whose grid nobody named into the one that its address,
// else its words, name without doubt.
func (x *Rules) locate(tx *record.Tx, r *record.Record) error {
	t, err := x.cells.Get(tx)
	if err != nil {
		return err
	}
	if r.RefID("cell") != 0 {
		if c := t.community(r.RefID("cell")); c != nil {
			settle(r, c)
		}
		return nil
	}
	delete(r.Values, "where")
	lon, _ := r.Values["lon"].(float64)
	lat, _ := r.Values["lat"].(float64)
	if c := t.ground(lon, lat, dayOf(r)); c != nil && lon != 0 {
		t.put(r, &Spot{Cell: c, Community: t.community(c.ID), Why: fmt.Sprintf("坐标 %g,%g 在%s的边界里", lon, lat, t.path(c))})
		return nil
	}
	for _, text := range []string{r.Text("address"), r.Text("content")} {
		found := t.find(text, dayOf(r), r.RefID("community"), x.past)
		if found.One == nil {
			if len(found.Spots) > 1 {
				r.Values["where"] = "可能有几处，请选定网格"
				return nil
			}
			continue
		}
		t.put(r, found.One)
		return nil
	}
	return nil
}

// put writes on a record where it lies, and why.
func (t *cells) put(r *record.Record, s *Spot) {
	if isGrid(s.Cell.Level) {
		r.Values["cell"] = strconv.FormatUint(s.Cell.ID, 10)
	}
	if s.Community != nil {
		settle(r, s.Community)
	}
	r.Values["where"] = s.Why
}

// settle puts a record into a community.
func settle(r *record.Record, c *Cell) {
	r.Values["community"], r.Community = strconv.FormatUint(c.ID, 10), c.ID
}

// dayOf is the day on which a report's trouble was found.
func dayOf(r *record.Record) value.Date {
	if at := r.Text("found_at"); len(at) >= 10 {
		return value.Date(at[:10])
	}
	return ""
}

func nowText(tx *record.Tx) string { return tx.Book().Now().Local().Format(deadline.Minute) }

// lastTime is when one of some actions was last taken.
func lastTime(r *record.Record, actions ...string) time.Time {
	for i := len(r.Log) - 1; i >= 0; i-- {
		if slices.Contains(actions, r.Log[i].Action) {
			return r.Log[i].At.Local()
		}
	}
	return time.Time{}
}

// stand puts a new report at the step at which it stands on the platform that
// it comes from; what was done there is not asked for again.
func (x *Rules) stand(tx *record.Tx, r *record.Record) {
	if r.ID != 0 || r.Step != "new" || len(r.Log) > 0 {
		return
	}
	fixed, _ := r.Values["fixed"].(bool)
	switch {
	case r.Text("refusal") != "":
		r.Step = "returned"
	case r.Text("closed_at") != "" || fixed && r.Text("outcome") != "":
		r.Step = "closed"
	case r.Text("filed_at") != "" || r.Text("sent_at") != "":
		r.Step = "hand"
	default:
		return
	}
	if r.Text("filed_at") == "" && r.Text("sent_at") != "" {
		r.Values["filed_at"] = r.Text("sent_at")
	}
	for _, at := range []string{"closed_at", "handled_at", "filed_at", "found_at"} {
		if text := r.Text(at); len(text) >= 10 {
			r.Entered[r.Step] = value.Date(text[:10])
			break
		}
	}
	v := tx.Viewer()
	r.Log = append(r.Log, record.Move{Action: "stand", Label: "随平台数据登记", From: "new", To: r.Step, By: v.User, ByName: v.Name, At: tx.Book().Now()})
}

func checkReport(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	if before == nil || before.Text("case") == r.Text("case") || len(r.Log) > len(before.Log) || tx.Viewer().Office {
		return nil, nil
	}
	return []record.Problem{{Field: "case", Label: "并入案件", Text: "请用页面上的“立案”“并入案件”“撤销并入”来改"}}, nil
}

// guardReport keeps a report from what its case or category does not allow.
func (x *Rules) guardReport(tx *record.Tx, r *record.Record, a *register.Action) ([]record.Problem, error) {
	switch a.ID {
	case "file":
		return x.mayFile(tx, r)
	case "join":
		return joinable(tx, r.RefID("case"))
	case "leave":
		return onlySource(tx, r)
	case "finish":
		c, err := caseOf(tx, r)
		if err != nil || c == nil || !c.Open() {
			return nil, err
		}
		return []record.Problem{{Field: "case", Label: "案件", Text: "案件 " + c.Number + " 还没有办结，办结后再反馈", Link: "/r/" + c.Ref.String()}}, nil
	}
	return nil, nil
}

// mayFile refuses to file under a category that is not in use, or a matter that
// the street is no longer empowered with.
func (x *Rules) mayFile(tx *record.Tx, r *record.Record) ([]record.Problem, error) {
	t, err := x.tables.Get(tx)
	if err != nil {
		return nil, err
	}
	c := t.by[r.RefID("category")]
	if c == nil {
		return nil, nil
	}
	if day := dayOf(r); !c.in(day) {
		return []record.Problem{{Field: "category", Label: "类别", Text: fmt.Sprintf("“%s”（%s）在%s不适用，请选当时的版本", c.Name, c.Version, day.Chinese())}}, nil
	}
	live, ended := t.power(c.Code, tx.Today())
	if live == nil && ended != nil {
		return []record.Problem{{Field: "category", Label: "类别", Text: fmt.Sprintf("赋权事项“%s”已于%s收回，不再立案；请转上级部门", ended.Name, ended.Until.Chinese())}}, nil
	}
	return nil, nil
}

// power is the matter that takes in a category on a day, or one that did and
// has ended.
func (t *table) power(code string, at value.Date) (live, ended *Power) {
	for _, p := range t.powers {
		switch {
		case !p.covers(code) || p.From > at:
		case p.Until == "" || at <= p.Until:
			live = p
		default:
			ended = p
		}
	}
	return live, ended
}

// joinable refuses a case to which nothing can be joined.
func joinable(tx *record.Tx, id uint64) ([]record.Problem, error) {
	if id == 0 {
		return nil, nil
	}
	c, err := tx.AsOffice().Open(record.Ref{Register: Cases, ID: id})
	if _, refused := record.AsRefusal(err); refused || err == nil && (c.Step == "void" || c.Step == "returned") {
		return []record.Problem{{Field: "case", Label: "并入案件", Text: "这个案件不在办，请另选"}}, nil
	}
	return nil, err
}

// onlySource refuses to take from a case the only thing that it came from.
func onlySource(tx *record.Tx, r *record.Record) ([]record.Problem, error) {
	c, err := caseOf(tx, r)
	if err != nil || c == nil {
		return nil, err
	}
	s, err := sourcesOf(tx, c.Ref)
	if err != nil || len(s.all()) > 1 || !c.Open() {
		return nil, err
	}
	return []record.Problem{{Field: "case", Label: "并入案件", Text: "案件 " + c.Number + " 只有这一个来源；不该立案的，请先作废案件", Link: "/r/" + c.Ref.String()}}, nil
}

// caseOf is the case that a source is tied to, or nil.
func caseOf(tx *record.Tx, r *record.Record) (*record.Record, error) {
	id := r.RefID("case")
	if id == 0 {
		return nil, nil
	}
	return tx.AsOffice().Open(record.Ref{Register: Cases, ID: id})
}

// afterReport files a report, and keeps count of what its case came from.
func (x *Rules) afterReport(tx *record.Tx, r, before *record.Record, action string) error {
	was := uint64(0)
	if before != nil {
		was = before.RefID("case")
	}
	if r.RefID("case") == 0 && (r.Step == "hand" || r.Step == "closed" && r.Text("filed_at") != "") && action != "leave" {
		if err := x.open(tx, r); err != nil {
			return err
		}
		if err := recount(tx, was, 0, action); err != nil { // the new one counts it already
			return err
		}
		return copyOut(tx, r, before)
	}
	if action == "" && before != nil {
		if err := advance(tx, r, before); err != nil {
			return err
		}
	}
	if action == "leave" {
		if err := tx.AsOffice().Imply(r.Ref, register.Values{"case": nil, "filed_at": nil}); err != nil {
			return fmt.Errorf("untying a report: %w", err)
		}
		return recount(tx, was, 0, action)
	}
	if err := copyOut(tx, r, before); err != nil {
		return err
	}
	return recount(tx, was, r.RefID("case"), action)
}

// open makes the case of a report that was filed, at the step at which the
// report's own platform has it.
func (x *Rules) open(tx *record.Tx, r *record.Record) error {
	v := register.Values{"reports": 1.0, "findings": 0.0, "orders": 0.0}
	for _, f := range []string{"title", "source", "category", "kind", "found_at", "content", "address", "cell", "community", "lon", "lat", "reporter", "filed_at", "unit", "sent_at",
		"handled_at", "outcome", "closed_at", "minor", "disability"} {
		if x, ok := r.Values[f]; ok {
			v[f] = x
		}
	}
	d := record.Draft{Register: Cases, Values: v, Community: r.Community, Created: dayOf(r), Owner: r.Owner, Step: "new", Entered: map[string]value.Date{}}
	switch {
	case r.Text("closed_at") != "":
		d.Step, v["verdict"], v["verified_at"] = "closed", "pass", r.Text("closed_at")
	case r.Text("handled_at") != "":
		d.Step = "verify"
	case r.Text("sent_at") != "":
		d.Step = "hand"
	}
	for _, e := range []struct{ step, field string }{{"closed", "closed_at"}, {"verify", "handled_at"}, {"hand", "sent_at"}} {
		if text := r.Text(e.field); len(text) >= 10 {
			d.Entered[e.step] = value.Date(text[:10])
		}
	}
	if d.Step == "new" {
		d.Created = ""
	}
	made, err := tx.AsOffice().Create(d)
	if err != nil {
		return fmt.Errorf("making the case of a report: %w", err)
	}
	if err := tx.AsOffice().Imply(r.Ref, register.Values{"case": strconv.FormatUint(made.ID, 10)}); err != nil {
		return fmt.Errorf("tying a report to its case: %w", err)
	}
	return refresh(tx, r)
}

// refresh brings a record to what stands in the store, so that who wrote it
// knows the revision that an undo must find.
func refresh(tx *record.Tx, r *record.Record) error {
	now, err := tx.AsOffice().Open(r.Ref)
	if err == nil {
		*r = *now
	}
	return err
}

// advance brings a case on when the platform's own data say that it was handled
// or closed there.
func advance(tx *record.Tx, r, before *record.Record) error {
	c, err := caseOf(tx, r)
	if err != nil || c == nil || c.Text("source") != r.Text("source") {
		return err
	}
	office := tx.AsOffice()
	if came(r, before, "handled_at") && c.Step == "hand" {
		if c, err = office.Do(c.Ref, 0, "done", record.Input{Values: register.Values{"handled_at": r.Text("handled_at"), "outcome": or(r.Text("outcome"), "随平台数据登记")}}); err != nil {
			return fmt.Errorf("catching up with the platform: %w", err)
		}
	}
	if came(r, before, "closed_at") && c.Step == "verify" {
		if _, err = office.Do(c.Ref, 0, "pass", record.Input{Note: "随平台数据登记"}); err != nil {
			return fmt.Errorf("catching up with the platform: %w", err)
		}
		return refresh(tx, r)
	}
	return nil
}

func came(r, before *record.Record, field string) bool {
	return r.Text(field) != "" && before.Text(field) == ""
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// goneReport takes away the case of a report whose import is undone, when
// nothing else hangs on it and nobody has worked on it.
func goneReport(tx *record.Tx, r *record.Record) error {
	id := r.RefID("case")
	if id == 0 {
		return nil
	}
	c, err := tx.Open(record.Ref{Register: Cases, ID: id})
	if _, refused := record.AsRefusal(err); refused {
		return nil
	}
	if err != nil {
		return err
	}
	s, err := sourcesOf(tx, c.Ref)
	if err != nil {
		return err
	}
	if len(s.all()) == 0 && len(c.Log) == 0 {
		err = tx.Remove(c.Ref, c.Rev)
		if _, refused := record.AsRefusal(err); refused || err == nil {
			return nil
		}
		return err
	}
	return recount(tx, id, 0, "")
}
