package ui

import (
	"fmt"
	"io"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/allowance"
	"jiezhen/app/backup"
	"jiezhen/app/hotline"
	"jiezhen/app/policy"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/staff"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

func deskRoutes() []Route {
	return []Route{
		get("/systems", (*visit).systems),
		get("/settings", (*visit).settings),
		post("/settings/single", (*visit).setSingle),
		get("/settings/codes", (*visit).codeLists),
		get("/settings/holidays", (*visit).holidays),
		get("/settings/retention", (*visit).retention),
		get("/audit", (*visit).audit),
		get("/insight", (*visit).insight),
		get("/staff", (*visit).users),
		get("/staff/new", (*visit).newUser),
		post("/staff/new", (*visit).createUser),
		post("/staff/:id/reset", (*visit).resetUser),
		get("/staff/:id/handover", (*visit).handoverForm),
		post("/staff/:id/handover", (*visit).handover),
	}
}

// desks are the menu items beside the registers, for this viewer.
func (v *visit) desks(domain string) []page.NavItem {
	var out []page.NavItem
	add := func(show bool, text, url string) {
		if show {
			out = append(out, page.NavItem{Text: text, URL: url})
		}
	}
	persons, _ := v.office.Book.Registers().Get(record.Persons)
	switch domain {
	case "person":
		add(persons != nil && record.MayUse(v.viewer, persons, access.ActEdit), "重复核查", "/people/duplicates")
	case "child":
		visits, ok := v.office.Book.Registers().Get("child.visit")
		add(ok && record.MayUse(v.viewer, visits, access.ActRead), "走访周表与补录", "/visits")
		nutrition, ok := v.office.Book.Registers().Get("child.nutrition")
		add(ok && record.MayUse(v.viewer, nutrition, access.ActRead), "婴幼儿营养覆盖", "/nutrition")
	case "allowance":
		cycles, ok := v.office.Book.Registers().Get(allowance.Cycles)
		add(ok && record.MayUse(v.viewer, cycles, access.ActRead), "津贴发放", "/allowance")
		add(v.reckons(), "补贴测算", "/benefit")
	case "governance":
		orders, ok := v.office.Book.Registers().Get(hotline.Orders)
		mine := ok && record.MayUse(v.viewer, orders, access.ActRead)
		add(mine, "接诉即办晨报", "/hotline")
		add(mine, "网格今日", "/grid")
		add(mine, "巡查覆盖与任务", "/patrol")
		add(mine, "吹哨季报与响应榜", "/whistle")
		add(mine, "分类趋势", "/trend")
	case "office":
		keeps := v.viewer.Has("admin.security", "admin.audit") || heads(v.viewer)
		add(!v.viewer.Admin(), "数字与统计", "/insight")
		add(keeps, "账号与交接", "/staff")
		add(backup.MaySee(v.viewer), "备份与恢复", "/backup")
		add(backup.MaySee(v.viewer), "升级与回退", "/upgrade")
		add(v.viewer.Has(staff.RoleSystem), "体检", "/doctor")
		add(v.viewer.Has(staff.RoleSystem), "局域网", "/network")
		add(true, "设置", "/settings")
		add(app.MayBring(v.viewer) && v.office.District == nil, "政策包", "/policy")
		add(v.viewer.Has("admin.audit") || v.viewer.Lead(), "审计日志", "/audit")
		add(!v.viewer.Admin(), "文书查验", "/verify")
		add(true, "各系统一览", "/systems")
		add(true, "帮助", "/help")
	}
	return out
}

func heads(v access.Viewer) bool {
	for _, r := range v.Roles {
		if r.Level == access.LevelHead || r.Level == access.LevelLead {
			return true
		}
	}
	return false
}

func (v *visit) desk(view page.DeskView) error {
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Desk(w, view) })
}

func (v *visit) systems() error {
	view := page.SystemsView{Frame: v.frame("各系统一览", "可用的系统都有登记簿、文书和统计；未建成的不占菜单。")}
	names := map[string]string{"A": "残疾人服务", "B": "儿童福利与未成年人保护", "C": "基层社会治理"}
	marks := map[string]string{"A": "残", "B": "儿", "C": "治"}
	ready := 0
	for _, s := range v.office.Systems {
		if n := len(view.Domains); n == 0 || view.Domains[n-1].Title != names[s.Code[:1]] {
			view.Domains = append(view.Domains, page.SystemDomain{Mark: marks[s.Code[:1]], Title: names[s.Code[:1]]})
		}
		one := page.System{Code: s.Code, Title: s.Title, Ready: s.Ready(), Papers: s.Papers}
		for _, r := range s.Registers {
			link := page.Link{Text: r.Title}
			if record.MayUse(v.viewer, r, access.ActRead) {
				link.URL = "/r/" + r.ID
			}
			one.Registers = append(one.Registers, link)
		}
		if s.Ready() {
			ready++
		}
		d := &view.Domains[len(view.Domains)-1]
		d.Systems = append(d.Systems, one)
	}
	view.Figures = []page.Figure{{Label: "可用", Value: strconv.Itoa(ready)}, {Label: "未建成", Value: strconv.Itoa(len(v.office.Systems) - ready)}}
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Systems(w, view) })
}

func stateCell(s policy.State) page.Cell {
	c := page.Cell{Text: string(s), Badge: true}
	if !s.Firm() {
		c.Tone = page.ToneWarn
	}
	return c
}

func (v *visit) codeLists() error {
	view := page.DeskView{Frame: v.frame("代码表", ""), Tabs: settingsTab("/settings/codes")}
	for _, l := range v.office.Book.Policy().Lists() {
		t := page.Table{Caption: l.Title, Columns: []page.Column{{Title: "代码"}, {Title: "名称"}, {Title: "说明"}}}
		for _, i := range l.Items {
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: i.Code}, {Text: i.Label, Tone: page.Tone(i.Tone)}, {Text: i.Note}}})
		}
		view.Blocks = append(view.Blocks, page.Block{Title: l.Title, Text: []string{"依据：" + l.Basis + "（" + string(l.State) + "）"}, Table: &t, Folded: true})
	}
	return v.desk(view)
}

func (v *visit) holidays() error {
	view := page.DeskView{Frame: v.frame("节假日", "没有当年放假安排就不算法定期限。每年国务院办公厅通知发布后，在这里录入、由另一人批准，或导入区里的政策包，或换新版程序。"), Tabs: settingsTab("/settings/holidays")}
	if buttons := v.holidayButtons(); len(buttons) > 0 {
		view.Blocks = []page.Block{{Buttons: buttons}}
	}
	year := v.office.Book.Today().Year()
	for y := year + 1; y >= 2020; y-- {
		if !v.office.Holidays().Has(y) {
			if y >= year {
				view.Notices = append(view.Notices, page.Notice{Tone: page.ToneWarn, Text: fmt.Sprintf("还没有 %d 年的放假安排，跨到该年的法定期限不会计算。", y)})
			}
			continue
		}
		t := page.Table{Caption: fmt.Sprintf("%d 年", y), Columns: []page.Column{{Title: "日期"}, {Title: "安排"}}}
		for d := value.Date(fmt.Sprintf("%04d-01-01", y)); d.Year() == y; d = d.AddDays(1) {
			works, why, err := v.office.Holidays().Workday(d)
			if err != nil || why == "周末" || why == "工作日" {
				continue
			}
			c := page.Cell{Text: why}
			if works {
				c.Tone = page.ToneWarn
			}
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: string(d)}, c}})
		}
		view.Blocks = append(view.Blocks, page.Block{Title: t.Caption, Table: &t, Folded: y != year})
	}
	return v.desk(view)
}

func (v *visit) retention() error {
	view := page.DeskView{Frame: v.frame("保管期限", "到期只提示，程序不会自动销毁任何档案。"), Tabs: settingsTab("/settings/retention")}
	t := page.Table{Caption: "档案保管期限", Columns: []page.Column{{Title: "档案"}, {Title: "期限"}, {Title: "依据"}, {Title: "把握"}}}
	for _, r := range v.office.Book.Policy().Retentions() {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: r.Title}, {Text: keptFor(r)}, {Text: r.Basis}, stateCell(r.State)}})
	}
	view.Blocks = []page.Block{{Title: "保管期限", Table: &t}}
	return v.desk(view)
}

// keptFor writes how long a class of records is kept.
func keptFor(r policy.Retention) string {
	if r.Until != "" {
		return r.Until
	}
	if r.Years == 0 {
		return "永久"
	}
	return fmt.Sprintf("%d 年", r.Years)
}

// insight shows every register's named numbers; each opens its rows.
func (v *visit) insight() error {
	view := page.DeskView{Frame: v.frame("数字与统计", "每个数都能点开看到是哪些记录；列表、导出和报表用的是同一个数。")}
	var blocks []page.Block
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		for _, def := range v.office.Book.Registers().All() {
			if len(def.Counts) == 0 || !record.MayUse(v.viewer, def, access.ActRead) {
				continue
			}
			b, err := v.countBlock(tx, def)
			if err != nil {
				return err
			}
			blocks = append(blocks, b)
		}
		return nil
	})
	if err != nil {
		return err
	}
	view.Blocks = blocks
	if more, err := v.caseNumbers(); err != nil {
		return err
	} else {
		view.Blocks = append(view.Blocks, more...)
	}
	view.Empty = page.Empty{Text: "还没有数字。登记第一条记录后就有了。"}
	return v.desk(view)
}

func (v *visit) countBlock(tx *record.Tx, def *register.Definition) (page.Block, error) {
	counts, err := tx.Counts(def.ID)
	if err != nil {
		return page.Block{}, err
	}
	b := page.Block{Title: def.Title}
	for _, f := range tabs(def, record.Query{}, counts, v.office.Book.Today())[1:] {
		if f.Count != "" {
			b.Figures = append(b.Figures, page.Figure{Label: f.Text, Value: f.Count, URL: f.URL})
		}
	}
	return b, nil
}
