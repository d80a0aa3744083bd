package ui

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/grid"
	"jiezhen/app/record"
	"jiezhen/ui/page"
)

func gridRoutes() []Route {
	outline := post("/grid/outline", (*visit).takeOutline)
	outline.Limit = uploadLimit
	return []Route{
		get("/grid", (*visit).gridBoard),
		get("/grid/map", (*visit).gridMap),
		get("/grid/cell/:id", (*visit).gridCell),
		get("/grid/gaps", (*visit).gridGaps),
		get("/grid/numbers", (*visit).gridNumbers),
		get("/grid/numbers/rows", (*visit).gridRows),
		post("/grid/freeze", (*visit).freezeGrid),
		get("/grid/pairs", (*visit).gridPairs),
		post("/grid/join", (*visit).joinPair),
		post("/grid/dispatch/:id", (*visit).dispatchCase),
		get("/grid/outline", (*visit).outlineForm),
		outline,
	}
}

var gridTabs = []page.Filter{{Text: "今日", URL: "/grid"}, {Text: "网格图", URL: "/grid/map"}, {Text: "合单", URL: "/grid/pairs"}, {Text: "指标", URL: "/grid/numbers"}, {Text: "空白与到期", URL: "/grid/gaps"}}

// gridDesk is the frame of the grid's pages, for who works with reports.
func (v *visit) gridDesk(at, title, lead string) (page.DeskView, error) {
	view := page.DeskView{Frame: v.frame(title, lead)}
	for _, t := range gridTabs {
		t.Current = t.URL == at
		view.Tabs = append(view.Tabs, t)
	}
	return view, v.entitled(grid.Reports, access.ActRead)
}

// gridBoard is the page for whoever looks over the grid today.
func (v *visit) gridBoard() error {
	view, err := v.gridDesk("/grid", "网格今日", "先看超期的，再看等着受理、派遣、核查的。每个数都能点开。")
	if err != nil {
		return err
	}
	b, err := v.office.Grid.Board(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	pairs, err := v.office.Grid.Pairs(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	cases := "/r/" + grid.Cases
	over := strconv.Itoa(b.Over)
	if b.More {
		over += "+"
	}
	view.Blocks = []page.Block{{Title: moment(b.At) + " 的情况", Figures: []page.Figure{
		{Label: "已超期", Value: over, Tone: urgentIf(b.Over > 0), URL: "#late"},
		{Label: "上报待受理", Value: strconv.FormatUint(b.Reports, 10), URL: "/r/" + grid.Reports + "?step=new"},
		{Label: "待派遣", Value: strconv.FormatUint(b.Waiting, 10), URL: cases + "?step=new"},
		{Label: "办理中", Value: strconv.FormatUint(b.Hand, 10), URL: cases + "?step=hand"},
		{Label: "待核查", Value: strconv.FormatUint(b.Verify, 10), URL: cases + "?step=verify"},
		{Label: "挂账", Value: strconv.FormatUint(b.Suspended, 10), URL: cases + "?open=1&suspended=1"},
		{Label: "建议合单", Value: strconv.Itoa(len(pairs)), URL: "/grid/pairs"},
	}}}
	if def, ok := v.office.Book.Registers().Get(grid.Reports); ok && record.MayCreate(v.viewer, def) {
		view.Actions = []page.Button{{Text: "新建网格上报", URL: "/r/" + grid.Reports + "/new", Primary: true}, {Text: "在图上选网格上报", URL: "/grid/map?for=report"}}
	}
	err = v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		view.Blocks = append(view.Blocks, v.lateBlock(tx, b))
		return nil
	})
	if err != nil {
		return err
	}
	return v.desk(view)
}

var pressWords = map[string]string{"red": "红", "orange": "橙", "yellow": "黄"}

func (v *visit) lateBlock(tx *record.Tx, b grid.Board) page.Block {
	t := page.Table{Caption: "超期和今天到期", Quiet: true, Columns: []page.Column{{Title: "到时"}, {Title: "督办"}, {Title: "要做什么"}, {Title: "事项"}, {Title: "网格"}, {Title: "层级"}},
		Empty: page.Empty{Text: "没有超期和今天到期的。"}}
	for _, l := range b.Late {
		r := l.Record
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{
			{Text: l.Due.Format("01-02 15:04"), Note: gapWords(b.At, l.Due), Tone: urgentIf(l.Over)},
			{Text: pressWords[l.Colour], Badge: l.Colour != "", Tone: map[bool]page.Tone{true: page.ToneUrgent, false: page.ToneWarn}[l.Colour == "red"]},
			{Text: l.What}, {Text: record.LabelOf(r), Note: r.Number, URL: recordURL(r.Ref)},
			{Text: or(tx.Label(record.Ref{Register: record.Places, ID: r.RefID("cell")}, false), tx.Label(record.Ref{Register: record.Places, ID: r.Community}, false))},
			{Text: v.office.Book.CodeLabel("case.level", r.Text("level"))}}})
	}
	block := page.Block{ID: "late", Title: "超期和今天到期", Table: &t}
	if b.More {
		block.Text = []string{"只列最急的；其余在登记簿里按期限看。"}
	}
	block.Text = append(block.Text, "督办的黄、橙、红按超期天数，天数是参数（示例）。")
	return block
}

// busy shades a grid by how many cases are at work in it.
func busy(n int) int {
	for level, most := range []int{0, 2, 5, 10} {
		if n <= most {
			return level
		}
	}
	return 4
}

// gridMap draws the grids, and says the same as a table.
func (v *visit) gridMap() error {
	view, err := v.gridDesk("/grid/map", "网格图", "颜色深浅是在办案件多少；点一个网格看它的一格一表。下面的表说的是同一件事。")
	if err != nil {
		return err
	}
	community, _ := strconv.ParseUint(v.query("community"), 10, 64)
	g, err := v.office.Grid.Ground(v.ctx, v.viewer, community)
	if err != nil {
		return err
	}
	picking := v.query("for") == "report"
	open := func(id uint64) string {
		if picking {
			return "/r/" + grid.Reports + "/new?" + url.Values{"cell": {idOrEmpty(id)}}.Encode()
		}
		return "/grid/cell/" + idOrEmpty(id)
	}
	if picking {
		view.Notices = append(view.Notices, page.Notice{Text: "点一个网格，就在它里面新建网格上报。"})
	}
	err = v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		view.Blocks = append(view.Blocks, v.mapChoice(tx, community, picking))
		return nil
	})
	if err != nil {
		return err
	}
	if len(g.Tiles) == 0 {
		view.Blocks = append(view.Blocks, page.Block{Title: "还没有网格", Text: []string{"先导入网格名单（代码、名称），社区（村）由代码前12位认出；有边界的，再导入边界文件。"},
			Buttons: []page.Button{{Text: "导入网格名单", URL: "/import/" + record.Places, Primary: true}}})
		return v.desk(view)
	}
	view.Blocks = append(view.Blocks, groundBlock(g, open), cellTable(g, open))
	if def, ok := v.office.Book.Registers().Get(record.Places); ok && record.MayUse(v.viewer, def, access.ActImport) {
		view.Actions = []page.Button{{Text: "导入边界文件", URL: "/grid/outline"}, {Text: "导入网格名单", URL: "/import/" + record.Places}}
	}
	return v.desk(view)
}

func (v *visit) mapChoice(tx *record.Tx, community uint64, picking bool) page.Block {
	options := v.placeOptions(tx)
	options[0].Text = "全部"
	form := &page.Form{Action: "/grid/map", Get: true, Sections: []page.Section{{Fields: []page.Field{
		{Name: "community", Label: "社区（村）", Kind: page.KindCode, Options: options, Value: idOrEmpty(community)}}}}, Buttons: []page.Button{{Text: "查看"}}}
	if picking {
		form.Hidden = []page.Pair{{Name: "for", Value: "report"}}
	}
	return page.Block{Form: form}
}

func groundBlock(g grid.Ground, open func(uint64) string) page.Block {
	caption := "按边界画的网格；深浅是在办案件数"
	if g.Scheme {
		caption = "示意图：还没有导入全部网格的边界，按代码和相邻关系排成方格，不是实际位置；深浅是在办案件数"
	}
	out := page.Ground{Width: g.Width, Height: g.Height, Caption: caption}
	for _, t := range g.Tiles {
		c, n := g.Cells[t.Key], g.Open[t.Key]
		label, over := c.Name, ""
		if up := g.Above(c); up != nil {
			label, over = grid.Short(c.Name, up.Name), up.Name
		}
		out.Areas = append(out.Areas, page.GroundArea{Path: t.Path, X: int(t.At.X), Y: int(t.At.Y), Over: over, Label: label, Count: countOrNone(n), URL: open(c.ID), Level: busy(n),
			Title: fmt.Sprintf("%s %s，在办 %d 件", c.Name, c.Code, n)})
	}
	return page.Block{Title: "网格图", Ground: &out}
}

func countOrNone(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func cellTable(g grid.Ground, open func(uint64) string) page.Block {
	t := page.Table{Caption: "网格", Quiet: true, Columns: []page.Column{{Title: "网格"}, {Title: "社区（村）"}, {Title: "代码"}, {Title: "在办案件", Num: true}}}
	for _, tile := range g.Tiles {
		c := g.Cells[tile.Key]
		above := ""
		if up := g.Above(c); up != nil {
			above = up.Name
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: c.Name, URL: open(c.ID)}, {Text: above}, {Text: c.Code}, {Text: strconv.Itoa(g.Open[c.ID]), Num: true,
			URL: "/r/" + grid.Cases + "?" + url.Values{"cell": {idOrEmpty(c.ID)}, "open": {"1"}}.Encode()}}})
	}
	return page.Block{Title: "网格（" + strconv.Itoa(len(t.Rows)) + "）", Table: &t}
}

// gridCell is one place's 一格一表: who manages, patrols and handles here, and
// what is at work.
func (v *visit) gridCell() error {
	view, err := v.gridDesk("/grid/map", "", "一格一表：谁管、谁巡、谁处置")
	if err != nil {
		return err
	}
	s, err := v.office.Grid.Sheet(v.ctx, v.viewer, v.id("id"))
	if err != nil {
		return err
	}
	view.Title = s.Place.Text("name")
	for _, c := range s.Path[:len(s.Path)-1] {
		view.Crumbs = append(view.Crumbs, page.Link{Text: c.Name, URL: "/grid/cell/" + idOrEmpty(c.ID)})
	}
	for _, lack := range s.Lacks {
		view.Notices = append(view.Notices, page.Notice{Tone: page.ToneWarn, Text: lack})
	}
	err = v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		view.Blocks = append(view.Blocks, v.placeFacts(tx, s), v.forcesBlock(tx, s), v.openCases(tx, s))
		return nil
	})
	if err != nil {
		return err
	}
	if len(s.Below) > 0 {
		t := page.Table{Caption: "下级", Quiet: true, Columns: []page.Column{{Title: "名称"}, {Title: "代码"}}}
		for _, c := range s.Below {
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: c.Name, URL: "/grid/cell/" + idOrEmpty(c.ID)}, {Text: c.Code}}})
		}
		view.Blocks = append(view.Blocks, page.Block{Title: "下级", Table: &t})
	}
	return v.desk(view)
}

func (v *visit) placeFacts(tx *record.Tx, s grid.Sheet) page.Block {
	b := page.Block{Title: "基本情况", Buttons: []page.Button{{Text: "登记页", URL: recordURL(s.Place.Ref)}, {Text: "力量配置表（预览）", URL: recordURL(s.Place.Ref) + "/paper/governance~forces.pdf"},
		{Text: "在这里新建网格上报", URL: "/r/" + grid.Reports + "/new?" + url.Values{"cell": {idOrEmpty(s.Place.ID)}}.Encode()}}}
	for _, id := range []string{"code", "level", "cell_kind", "households", "population", "head", "worker", "property", "station"} {
		f, _ := s.Place.Def.Field(id)
		if cell := v.cell(tx, f, s.Place.Values[id], false); cell.Text != "" {
			b.Facts = append(b.Facts, page.Fact{Label: f.Label, Value: cell})
		}
	}
	if sites := s.Place.Text("keysites"); sites != "" {
		b.Text = []string{"重点部位：" + sites}
	}
	return b
}

func (v *visit) forcesBlock(tx *record.Tx, s grid.Sheet) page.Block {
	t := page.Table{Caption: "责任力量", Quiet: true, Columns: []page.Column{{Title: "职责"}, {Title: "类别"}, {Title: "姓名"}, {Title: "隶属单位"}, {Title: "街巷、河段"}, {Title: "聘期至"}},
		Empty: page.Empty{Text: "这里还没有登记责任力量。"}}
	for _, f := range s.Forces {
		def := func(id string) string { x, _ := f.Def.Field(id); return tx.Display(x, f.Values[id]) }
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: def("duties")}, {Text: def("kind")}, {Text: f.Text("name"), URL: recordURL(f.Ref)}, {Text: f.Text("unit")}, {Text: f.Text("stretch")},
			{Text: f.Text("until"), Tone: urgentIf(f.Text("until") != "" && f.Date("until") < tx.Today())}}})
	}
	b := page.Block{Title: "谁管、谁巡、谁处置", Table: &t}
	if def, ok := v.office.Book.Registers().Get(grid.Forces); ok && record.MayCreate(v.viewer, def) {
		b.Buttons = []page.Button{{Text: "登记力量", URL: "/r/" + grid.Forces + "/new?" + url.Values{"area": {idOrEmpty(s.Place.ID)}}.Encode()}}
	}
	return b
}

func (v *visit) openCases(tx *record.Tx, s grid.Sheet) page.Block {
	t := page.Table{Caption: "在办案件", Quiet: true, Columns: []page.Column{{Title: "案件"}, {Title: "小类"}, {Title: "发现"}, {Title: "环节"}, {Title: "应处置完成"}}, Empty: page.Empty{Text: "没有在办案件。"}}
	for _, c := range s.Open {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: record.LabelOf(c), Note: c.Number, URL: recordURL(c.Ref)}, {Text: c.Text("detail")}, {Text: c.Text("found_at")}, {Text: c.StepLabel()}, {Text: c.Text("handle_due")}}})
	}
	return page.Block{Title: "在办案件", Table: &t}
}

// gridGaps lists where somebody is missing and whose term ends.
func (v *visit) gridGaps() error {
	view, err := v.gridDesk("/grid/gaps", "空白与到期", "哪个格缺人、谁的聘期快到了。补上人以后，这里就没有了。")
	if err != nil {
		return err
	}
	gaps, ending, err := v.office.Grid.Gaps(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	t := page.Table{Caption: "责任空白", Quiet: true, Columns: []page.Column{{Title: "网格"}, {Title: "代码"}, {Title: "缺什么"}}, Empty: page.Empty{Text: "每个网格都有人管、有人巡、有人处置。"}}
	for _, g := range gaps {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: g.Place.Text("name"), URL: "/grid/cell/" + idOrEmpty(g.Place.ID)}, {Text: g.Place.Text("code")}, {Text: strings.Join(g.Lacks, "、")}}})
	}
	e := page.Table{Caption: "聘期快到或已到", Quiet: true, Columns: []page.Column{{Title: "姓名"}, {Title: "类别"}, {Title: "聘期至"}}, Empty: page.Empty{Text: "近期没有到期的。"}}
	for _, f := range ending {
		e.Rows = append(e.Rows, page.Row{Cells: []page.Cell{{Text: f.Text("name"), URL: recordURL(f.Ref)}, {Text: v.office.Book.CodeLabel("force.kind", f.Text("kind"))}, {Text: f.Text("until"), Tone: urgentIf(f.Date("until") < v.office.Book.Today())}}})
	}
	view.Blocks = []page.Block{{Title: fmt.Sprintf("责任空白（%d）", len(gaps)), Table: &t}, {Title: fmt.Sprintf("聘期快到或已到（%d）", len(ending)), Table: &e}}
	return v.desk(view)
}

func (v *visit) outlineForm() error {
	view, err := v.gridDesk("/grid/map", "导入网格边界", "")
	if err != nil {
		return err
	}
	if err := v.entitled(record.Places, access.ActImport); err != nil {
		return err
	}
	view.Blocks = []page.Block{{Title: "选文件", Text: []string{"从地图软件把网格面图层导出为 GeoJSON，坐标用经纬度（CGCS2000 或 WGS84），属性里要有“网格编码”或“网格名称”。",
		"按网格码对，对不上再按名称对；一个都对不上的，什么也不改。边界过密的会简化到约一米的精度。文件只在本机读，不上传别处。"},
		Form: &page.Form{Action: "/grid/outline", Files: true, Sections: []page.Section{{Fields: []page.Field{{Name: "file", Label: "边界文件", Kind: page.KindFile, Accept: ".geojson,.json", Required: true}}}},
			Buttons: []page.Button{{Text: "导入边界", Primary: true}}}}}
	return v.desk(view)
}

func (v *visit) takeOutline() error {
	for reg, act := range map[string]access.Act{grid.Reports: access.ActRead, record.Places: access.ActImport} {
		if err := v.entitled(reg, act); err != nil {
			return err
		}
	}
	if v.upload == nil || len(v.upload.Data) == 0 {
		return record.Refused(record.CodeInvalid, "请选边界文件（.geojson）")
	}
	got, err := v.office.Grid.Outline(v.ctx, v.viewer, v.upload.Data)
	if err != nil {
		return err
	}
	said := fmt.Sprintf("已导入 %d 个网格的边界", got.Drawn)
	if n := len(got.Unknown); n > 0 {
		said += fmt.Sprintf("；%d 块对不上：%s", n, strings.Join(got.Unknown[:min(n, 5)], "、"))
	}
	if got.Skipped > 0 {
		said += fmt.Sprintf("；%d 个点、线没有读", got.Skipped)
	}
	if got.Coarse > 0 {
		said += fmt.Sprintf("；%d 块太碎，简化后仍放不下", got.Coarse)
	}
	return v.done("/grid/map", said)
}
