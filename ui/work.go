package ui

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/staff"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

func workRoutes() []Route {
	return []Route{get("/", (*visit).home), get("/week", (*visit).weekByPerson)}
}

// horizon is how far ahead the work list looks.
const horizon = 7

// groupLimit is how many items of a group the page shows.
const groupLimit = 100

// home is the work list: what to do now, for whom, by when.
func (v *visit) home() error {
	if v.viewer.Admin() {
		return v.adminHome()
	}
	view := page.HomeView{Frame: v.frame("工作台", "先办逾期的，再办今天的。每一项都写着是哪条规定要求、什么时候到期。")}
	view.Notices = append(view.Notices, v.warnings()...)
	today := v.office.Book.Today()
	view.Today = today.Chinese() + " " + weekday(today)
	scope := or(v.query("scope"), "mine")
	view.Scope = []page.Filter{{Text: "我承办的", URL: "/", Current: scope == "mine"}, {Text: "我能看到的", URL: "/?scope=all", Current: scope == "all"}}
	var items []workItem
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		var err error
		if items, err = v.workItems(tx, scope); err != nil {
			return err
		}
		view.Groups = v.groups(tx, items)
		incoming, err := v.incoming(tx)
		if err != nil {
			return err
		}
		waiting, err := v.waiting(tx)
		if err != nil {
			return err
		}
		for _, g := range []page.WorkGroup{waiting, incoming} {
			if len(g.Items) > 0 {
				view.Groups = append([]page.WorkGroup{g}, view.Groups...)
			}
		}
		view.Groups = slices.DeleteFunc(view.Groups, func(g page.WorkGroup) bool { return g.Total == 0 })
		view.Figures = dayFigures(view.Groups)
		return nil
	})
	if err != nil {
		return err
	}
	if len(view.Groups) == 0 {
		view.Empty = page.Empty{Text: "没有等您审核的，也没有逾期、今天或七天内到期的事项。"}
	}
	if view.Recent, err = v.drafts(); err != nil {
		return err
	}
	if v.wantsJSON() {
		return v.json(fiber.StatusOK, workJSON(items))
	}
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Home(w, view) })
}

func weekday(d value.Date) string {
	return []string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}[d.Weekday()]
}

// workItem is one clock of one record.
type workItem struct {
	row   record.Row
	clock record.Clock
	group string
}

// workItems reads what falls due within the horizon from every register that
// the viewer works in, by the due index alone.
func (v *visit) workItems(tx *record.Tx, scope string) ([]workItem, error) {
	today := v.office.Book.Today()
	var out []workItem
	for _, def := range v.office.Book.Registers().All() {
		if len(def.Steps) == 0 && len(def.Duties) == 0 || !record.MayUse(v.viewer, def, access.ActRead) {
			continue
		}
		q := record.Query{Register: def.ID, Limit: 3 * groupLimit}
		if scope == "mine" {
			q.Filters = map[string][]string{"owner": {strconv.FormatUint(v.viewer.User, 10)}}
		}
		rows, _, err := tx.Due(q, today.AddDays(horizon))
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			for _, c := range v.office.Book.Clocks(row.Record) {
				if g := group(c, v.office.Book.Now()); g != "" {
					out = append(out, workItem{row, c, g})
				}
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].clock.Due < out[j].clock.Due })
	return out, nil
}

func group(c record.Clock, now time.Time) string {
	today := value.DateOf(now)
	switch {
	case c.Broken != "":
		return "blocked"
	case c.Due == "" || c.Due > today.AddDays(horizon):
		return ""
	case c.Due < today, !c.At.IsZero() && c.At.Before(now):
		return "overdue"
	case c.Due == today:
		return "today"
	}
	return "week"
}

func (v *visit) groups(tx *record.Tx, items []workItem) []page.WorkGroup {
	groups := []page.WorkGroup{
		{ID: "overdue", Title: "逾期", Tone: page.ToneUrgent},
		{ID: "today", Title: "今天", Tone: page.ToneWarn},
		{ID: "week", Title: "七天内"},
		{ID: "blocked", Title: "受阻", Tone: page.ToneWarn},
	}
	for i := range groups {
		g := &groups[i]
		for _, item := range items {
			if item.group != g.ID {
				continue
			}
			g.Total++
			if len(g.Items) < groupLimit {
				g.Items = append(g.Items, v.workView(tx, item))
			}
		}
	}
	return groups
}

func (v *visit) workView(tx *record.Tx, item workItem) page.WorkItem {
	r := item.row.Record
	url := recordURL(r.Ref)
	w := page.WorkItem{What: item.clock.Label, Record: page.Link{Text: r.Number, URL: url}, System: r.Def.Title, Due: *v.due(item.clock),
		Blocked: item.clock.Broken, Action: page.Link{Text: "去办理", URL: url}}
	w.Due.Rule = ruleOf(item.clock) // its label stands beside
	w.Who = page.Link{Text: or(tx.SubjectName(r, false), record.LabelOf(r)), URL: url}
	if r.Def.Protect == register.ProtectSealed {
		w.Who.Text = r.Number // also to those who may open it, a list says no more than the number
	}
	w.WhoNote = tx.Label(record.Ref{Register: record.Places, ID: r.Community}, false)
	w.Owner = tx.Label(record.Ref{Register: record.Users, ID: r.Owner}, false)
	if item.clock.Done != "" {
		w.Action = page.Link{Text: "填写" + v.title(item.clock.Done), URL: fmt.Sprintf("/r/%s/new?person=%d&link=%s", item.clock.Done, r.Subject, r.Ref)}
	}
	return w
}

func (v *visit) title(reg string) string {
	if d, ok := v.office.Book.Registers().Get(reg); ok {
		return d.Title
	}
	return ""
}

// incoming are the records that colleagues have offered to the viewer.
func (v *visit) incoming(tx *record.Tx) (page.WorkGroup, error) {
	g := page.WorkGroup{ID: "incoming", Title: "等您接手", Tone: page.ToneWarn}
	records, err := tx.Incoming(v.viewer.User)
	if err != nil {
		return g, err
	}
	for _, r := range records {
		url := recordURL(r.Ref)
		g.Items = append(g.Items, page.WorkItem{Who: page.Link{Text: tx.SubjectName(r, false), URL: url}, What: "接受或退回移交",
			Record: page.Link{Text: r.Number, URL: url}, System: r.Def.Title, Due: page.Due{Text: "待答复"}, Action: page.Link{Text: "去答复", URL: "/r/" + r.Ref.String() + "/answer"}})
		g.Total++
	}
	return g, nil
}

// waiting are the records that wait for an approval which the viewer's post
// gives, and which somebody else has submitted.
func (v *visit) waiting(tx *record.Tx) (page.WorkGroup, error) {
	g := page.WorkGroup{ID: "waiting", Title: "等您审核", Tone: page.ToneWarn}
	for _, def := range v.office.Book.Registers().All() {
		for _, a := range def.Actions {
			if !a.Approval || len(a.From) == 0 || !v.viewer.Has(a.By...) || !record.MayUse(v.viewer, def, access.ActRead) {
				continue
			}
			p, err := tx.List(record.Query{Register: def.ID, Filters: map[string][]string{"step": a.From}, Open: true, Limit: groupLimit})
			if err != nil {
				return g, err
			}
			for _, row := range p.Rows {
				v.addWaiting(tx, &g, row, a)
			}
		}
	}
	return g, nil
}

func (v *visit) addWaiting(tx *record.Tx, g *page.WorkGroup, row record.Row, a *register.Action) {
	r := row.Record
	if a.NotAuthor && record.Submitter(r) == v.viewer.User && !v.office.Book.Profile().Single {
		return
	}
	url := recordURL(r.Ref)
	for _, item := range g.Items {
		if item.Record.URL == url {
			return // another answer to the same question
		}
	}
	item := page.WorkItem{Who: page.Link{Text: or(tx.SubjectName(r, false), record.LabelOf(r)), URL: url}, What: "审核：" + r.StepLabel(), Record: page.Link{Text: r.Number, URL: url}, System: r.Def.Title,
		Due: page.Due{Text: "待审核"}, Action: page.Link{Text: "去审核", URL: url}}
	item.Owner = tx.Label(record.Ref{Register: record.Users, ID: r.Owner}, false)
	if clocks := v.office.Book.Clocks(r); len(clocks) > 0 {
		item.Due = *v.due(soonest(clocks))
	}
	g.Total++
	g.Items = append(g.Items, item)
}

// dayFigures are the numbers of the day, each leading to its part of the page.
func dayFigures(groups []page.WorkGroup) []page.Figure {
	var out []page.Figure
	for _, g := range groups {
		out = append(out, page.Figure{Label: g.Title, Value: strconv.Itoa(g.Total), URL: "#" + g.ID, Tone: urgentIf(g.Tone == page.ToneUrgent)})
	}
	return out
}

// drafts are the forms that the viewer began and did not save.
func (v *visit) drafts() ([]page.Link, error) {
	drafts, err := v.office.Book.Drafts(v.ctx, v.viewer.User)
	if err != nil {
		return nil, err
	}
	var out []page.Link
	for _, k := range drafts {
		out = append(out, page.Link{Text: "未保存的内容（" + moment(k.At) + "）", URL: safePath(k.Form)})
	}
	return out, nil
}

func workJSON(items []workItem) any {
	out := []map[string]any{}
	for _, i := range items {
		out = append(out, map[string]any{"ref": i.row.Ref.String(), "number": i.row.Number, "what": i.clock.Label, "due": i.clock.Due, "group": i.group})
	}
	return map[string]any{"items": out}
}

// adminHome is where the three administrators start: they do no business.
func (v *visit) adminHome() error {
	view := page.DeskView{Frame: v.frame("工作台", "管理员不办业务，只管人员、系统和审计。")}
	view.Notices = append(view.Notices, v.warnings()...)
	var buttons []page.Button
	for _, item := range v.desks("office") {
		buttons = append(buttons, page.Button{Text: item.Text, URL: item.URL})
	}
	if v.viewer.Has(staff.RoleSystem) {
		view.Blocks = append(view.Blocks, v.concerns())
	}
	view.Blocks = append(view.Blocks, page.Block{Title: "可以办的事", Buttons: buttons})
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Desk(w, view) })
}

// concerns are what the system administrator has to see to, of what can be
// seen without reading the whole store.
func (v *visit) concerns() page.Block {
	list := slices.DeleteFunc(v.cfg.House.Examine(v.ctx, app.Examination{}), func(f app.Finding) bool { return f.Grade == app.Fine })
	b := page.Block{Title: "要处理的", Table: findingsTable("要处理的", list), Buttons: []page.Button{{Text: "全面体检", URL: "/doctor"}}}
	if len(list) == 0 {
		b.Table, b.Notices = nil, []page.Notice{{Tone: page.ToneGood, Text: "磁盘、时钟、数据、检索、备份、节假日都正常，没有要处理的。"}}
	}
	return b
}
