package ui

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/bundle"
	"jiezhen/app/district"
	"jiezhen/app/record"
	"jiezhen/ui/page"
)

// districtRoutes are the district's desk; in an office they are not there.
func districtRoutes() []Route {
	return []Route{
		get("/district", (*visit).districtHome),
		post("/district/receive", (*visit).districtReceive),
		get("/district/offices/new", (*visit).newOffice),
		post("/district/offices/new", (*visit).enrolOffice),
		get("/district/quarantine", (*visit).quarantine),
		post("/district/quarantine", (*visit).doQuarantine),
		get("/district/matches", (*visit).matches),
		post("/district/matches", (*visit).showMatches),
		get("/district/rows/:office/:register", (*visit).districtRows),
		get("/district/keys", (*visit).districtKeys),
		post("/district/keys", (*visit).makeSealed),
		get("/district/card", (*visit).districtCard),
	}
}

// desk of the district, or a refusal where there is none.
func (v *visit) districtDesk() (*district.Desk, error) {
	d := v.office.District
	if d == nil {
		return nil, record.Refused(record.CodeNotFound, "这里不是区里的接收端")
	}
	if !district.MaySee(v.viewer) {
		return nil, record.Refused(record.CodeDenied, "各街镇的汇总由领导、系统管理员和审计管理员查看")
	}
	return d, nil
}

var districtTabs = []page.Filter{{Text: "各街镇", URL: "/district"}, {Text: "隔离区", URL: "/district/quarantine"}, {Text: "同一人在两处", URL: "/district/matches"},
	{Text: "政策包", URL: "/district/packs"}, {Text: "公钥与网络", URL: "/district/keys"}}

func districtTab(at string) []page.Filter {
	out := make([]page.Filter, len(districtTabs))
	for i, t := range districtTabs {
		t.Current = t.URL == at
		out[i] = t
	}
	return out
}

// districtHome says who has handed in, who is late, and what it adds up to.
func (v *visit) districtHome() error {
	d, err := v.districtDesk()
	if err != nil {
		return err
	}
	standings, err := d.Standings(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	totals, missing, err := d.Totals(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	aside, err := d.Quarantine(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	progress, err := d.Progress(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("各街镇", "收到谁的、谁该催、合起来是多少；没有交的写明没有交，不当作零。"), Tabs: districtTab("/district")}
	late := 0
	for _, s := range standings {
		if s.Overdue {
			late++
		}
	}
	view.Blocks = []page.Block{{Figures: []page.Figure{{Label: "已登记", Value: strconv.Itoa(len(standings))}, {Label: "超过7天没交", Value: strconv.Itoa(late), Tone: urgentIf(late > 0)},
		{Label: "隔离区", Value: strconv.Itoa(len(aside)), Tone: urgentIf(len(aside) > 0), URL: "/district/quarantine"}}},
		standingBlock(standings), progressBlock(progress), totalBlock(totals, standings, missing)}
	if district.MayReceive(v.viewer) {
		view.Actions = []page.Button{{Text: "登记街镇", URL: "/district/offices/new"}}
		view.Blocks = append(view.Blocks, v.receiveBlock())
	}
	return v.desk(view)
}

func standingBlock(list []district.Standing) page.Block {
	t := page.Table{Caption: "收取情况", Columns: []page.Column{{Title: "街镇"}, {Title: "最近收到"}, {Title: "编号", Num: true}, {Title: "日志", Num: true}, {Title: "状态"}},
		Empty: page.Empty{Text: "还没有登记街镇", Links: []page.Link{{Text: "登记街镇", URL: "/district/offices/new"}}}}
	for _, s := range list {
		state := page.Cell{Text: fmt.Sprintf("%d 天前", s.Days), Tone: page.ToneGood}
		when, seq, to := page.Cell{Text: "—"}, page.Cell{Text: "—", Num: true}, page.Cell{Text: "—", Num: true}
		if s.Last != nil {
			when.Text, seq.Text, to.Text = s.Last.Time().Format(minute), strconv.FormatUint(s.Last.Sequence, 10), strconv.FormatUint(s.Last.To, 10)
		}
		switch {
		case s.Days < 0:
			state = page.Cell{Text: "从未交过", Tone: page.ToneUrgent}
		case s.Overdue:
			state = page.Cell{Text: fmt.Sprintf("%d 天没交，请催", s.Days), Tone: page.ToneUrgent}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: s.Name, Note: s.ID[:8]}, when, seq, to, state}})
	}
	return page.Block{Title: "收取情况", Table: &t}
}

// progressBlock says how far the offices are with what the district wants.
func progressBlock(list []district.Progress) page.Block {
	t := page.Table{Caption: "进度", Columns: []page.Column{{Title: "目标"}, {Title: "已有", Num: true}, {Title: "目标数", Num: true}, {Title: "还差的街镇"}, {Title: "没有交备份的"}},
		Empty: page.Empty{Text: "没有设目标"}}
	for _, p := range list {
		want := "—"
		if p.Total > 0 {
			want = strconv.FormatUint(p.Total, 10)
		}
		tone := page.TonePlain
		if p.Have < p.Total || len(p.Short) > 0 {
			tone = page.ToneWarn
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: p.Title, Note: p.Basis + "（" + p.State + "）"}, {Text: strconv.FormatUint(p.Have, 10), Num: true, Tone: tone},
			{Text: want, Num: true}, {Text: joined(p.Short)}, {Text: joined(p.Missing)}}})
	}
	return page.Block{Title: "进度", Table: &t}
}

// totalBlock adds up over the offices that have handed in, and names the rest.
func totalBlock(totals []district.Total, standings []district.Standing, missing []district.Office) page.Block {
	b := page.Block{Title: "合计（在办／全部）"}
	var without []string
	for _, o := range missing {
		without = append(without, o.Name)
		b.Notices = append(b.Notices, page.Notice{Tone: page.ToneWarn, Text: o.Name + "还没有交过，下表不含"})
	}
	lacking := ""
	if len(without) > 0 {
		lacking = "不含" + joined(without)
	}
	t := page.Table{Caption: "各登记簿", Columns: []page.Column{{Title: "登记簿"}, {Title: "合计", Num: true}}, Empty: page.Empty{Text: "还没有收到数据"}}
	for _, s := range standings {
		if s.Last != nil {
			t.Columns = append(t.Columns, page.Column{Title: s.Name + "（截至" + time.Unix(s.Last.Made, 0).Format("1月2日") + "）", Num: true})
		}
	}
	for _, x := range totals {
		var open, all uint64
		cells := []page.Cell{{Text: x.Register.Title}, {Num: true}}
		for _, s := range standings {
			if s.Last == nil {
				continue
			}
			open, all = open+x.Open[s.ID], all+x.All[s.ID]
			cells = append(cells, page.Cell{Text: fmt.Sprintf("%d／%d", x.Open[s.ID], x.All[s.ID]), Num: true, URL: "/district/rows/" + s.ID + "/" + x.Register.ID})
		}
		cells[1].Text, cells[1].Note = fmt.Sprintf("%d／%d", open, all), lacking
		t.Rows = append(t.Rows, page.Row{Cells: cells})
	}
	b.Table = &t
	return b
}

func (v *visit) receiveBlock() page.Block {
	var options []page.Option
	for _, drive := range v.office.Backup.Sticks() {
		options = append(options, page.Option{Value: drive.Path, Text: "U盘 " + drive.Label})
	}
	options = append(options, page.Option{Value: "", Text: "文件夹"})
	return page.Block{Title: "收取", Form: &page.Form{Action: "/district/receive", Sections: []page.Section{{Fields: []page.Field{
		{Name: "stick", Label: "从哪里", Kind: page.KindCode, Options: options, Value: options[0].Value},
		{Name: "folder", Label: "文件夹", Kind: page.KindText, Wide: true, Hint: "从文件夹收取时填完整路径"}}}},
		Buttons: []page.Button{{Text: "收取并核对", Primary: true}}}, Text: []string{"收好以后，回执留在备份包旁边，让街镇带回去；走网络的自动给回执。"}}
}

func (v *visit) districtReceive() error {
	d, err := v.districtDesk()
	if err != nil {
		return err
	}
	if !district.MayReceive(v.viewer) {
		return record.Refused(record.CodeDenied, "收取备份由系统管理员办理")
	}
	dir, viewer := or(v.typed.First("stick"), v.typed.First("folder")), v.viewer
	if dir == "" {
		return record.Refused(record.CodeInvalid, "请选U盘，或填文件夹的完整路径")
	}
	id := v.jobs.start(viewer.User, "正在收取并核对", func(ctx context.Context, j *job) error {
		j.offerStop()
		j.leadTo("/district")
		list, err := d.ReceiveFolder(ctx, viewer, dir, j.progress)
		for _, t := range list {
			if t.Aside != nil {
				j.leadTo("/district/quarantine")
			}
		}
		return asRefusal(err)
	})
	return v.redirect("/jobs/" + id)
}

func (v *visit) newOffice() error { return v.drawOffice(nil, fiber.StatusOK) }

func (v *visit) drawOffice(refusal *record.Refusal, status int) error {
	if _, err := v.districtDesk(); err != nil {
		return err
	}
	if !district.MayReceive(v.viewer) {
		return record.Refused(record.CodeDenied, "登记街镇由系统管理员办理")
	}
	view := page.FormView{Frame: v.frame("登记街镇", "街镇在“备份与恢复 → 设置与密钥”页下载登记文件交来；登记后请打电话核对签名指纹。换了钥匙的，用新的登记文件再登记一次。")}
	view.Crumbs = []page.Link{{Text: "各街镇", URL: "/district"}}
	view.Form = page.Form{Action: "/district/offices/new", Files: true, Sections: []page.Section{{Fields: []page.Field{
		{Name: "file", Label: "街镇的登记文件", Kind: page.KindFile, Accept: ".json", Hint: "有它，下面的都不用填"},
		{Name: "id", Label: "单位编号", Kind: page.KindText, Wide: true, Value: v.typed.First("id")},
		{Name: "name", Label: "名称", Kind: page.KindText, Value: v.typed.First("name")},
		{Name: "signer", Label: "签名公钥", Kind: page.KindText, Wide: true, Value: v.typed.First("signer")}}}},
		Buttons: []page.Button{{Text: "登记", Primary: true}}, Cancel: page.Link{Text: "取消", URL: "/district"}}
	if refusal != nil {
		view.Form.Errors = formErrors(refusalProblems(refusal))
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Form(w, view) })
}

func (v *visit) enrolOffice() error {
	d, err := v.districtDesk()
	if err != nil {
		return err
	}
	id, name, signer := v.typed.First("id"), v.typed.First("name"), v.typed.First("signer")
	if v.upload != nil && len(v.upload.Data) > 0 {
		card, err := bundle.ReadCard(v.upload.Data, bundle.OfficeCard)
		if err != nil {
			return record.Refused(record.CodeInvalid, "%v", err)
		}
		id, name, signer = card.Office, or(name, card.Name), card.Signer
	}
	o, err := d.Enrol(v.ctx, v.viewer, id, name, signer)
	if r, ok := record.AsRefusal(err); ok && len(r.Problems) > 0 {
		return v.drawOffice(r, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return v.done("/district/keys", "已登记"+o.Name+"；走网络的登记码是 "+o.Code+"，请当面或电话告诉他们")
}

// quarantine lists what was not taken in, and what to do about each.
func (v *visit) quarantine() error {
	d, err := v.districtDesk()
	if err != nil {
		return err
	}
	list, err := d.Quarantine(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("隔离区", "没有收进来的备份包，和怎么办。"), Tabs: districtTab("/district/quarantine"), Empty: page.Empty{Text: "隔离区是空的"}}
	for _, a := range list {
		b := page.Block{Title: fmt.Sprintf("%s 第 %d 号", or(a.Title, "不明单位"), a.Sequence), Facts: []page.Fact{{Label: "为什么", Value: page.Cell{Text: a.Why}},
			{Label: "怎么办", Value: page.Cell{Text: a.Do}}, {Label: "文件", Value: page.Cell{Text: a.Name}}}}
		if district.MayReceive(v.viewer) {
			b.Form = &page.Form{Action: "/district/quarantine", Hidden: []page.Pair{{Name: "name", Value: a.Name}},
				Buttons: []page.Button{{Text: "再收一次", Do: "again", Primary: true}, {Text: "丢弃", Do: "discard", Danger: true}}}
		}
		view.Blocks = append(view.Blocks, b)
	}
	return v.desk(view)
}

func (v *visit) doQuarantine() error {
	d, err := v.districtDesk()
	if err != nil {
		return err
	}
	name := v.typed.First("name")
	if v.typed.First("_do") == "discard" {
		if err := d.Discard(v.ctx, v.viewer, name); err != nil {
			return err
		}
		return v.done("/district/quarantine", "已丢弃")
	}
	t, err := d.Again(v.ctx, v.viewer, name)
	if err != nil {
		return err
	}
	if t.Aside != nil {
		return v.done("/district/quarantine", "还是收不进来："+t.Aside.Why)
	}
	return v.done("/district", fmt.Sprintf("已收进第 %d 号", t.Receipt.Sequence))
}

func (v *visit) matches() error { return v.drawMatches("", nil, fiber.StatusOK) }

func (v *visit) showMatches() error {
	return v.drawMatches(v.typed.First("reason"), nil, fiber.StatusOK)
}

// drawMatches lists persons on file at two offices; who they are only to a
// leader, for a reason, which is logged.
func (v *visit) drawMatches(reason string, refusal *record.Refusal, status int) error {
	d, err := v.districtDesk()
	if err != nil {
		return err
	}
	if v.c.Method() == fiber.MethodPost && reason == "" {
		reason = "—" // too short: asks again
	}
	list, err := d.Matches(v.ctx, v.viewer, reason)
	if r, ok := record.AsRefusal(err); ok && len(r.Problems) > 0 && refusal == nil {
		return v.drawMatches("", r, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("同一人在两处", "证件号码相同、在两个以上街镇建了档的人；补贴领重的排最前，其次是两边都在办的。区里用自己的钥匙比对，这里不显示是谁。"), Tabs: districtTab("/district/matches")}
	t := page.Table{Caption: "同一人在两处", Columns: []page.Column{{Title: "第几人", Num: true}, {Title: "街镇"}, {Title: "在领的补贴"}, {Title: "在办"}, {Title: "是谁"}, {Title: "情况"}}, Empty: page.Empty{Text: "没有发现"}}
	clashing := 0
	for n, m := range list {
		clashing += min(len(m.Clashes), 1)
		for i, s := range m.Sides {
			state := page.Cell{}
			if i == 0 {
				state = matchState(m)
			}
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: strconv.Itoa(n + 1), Num: true}, {Text: s.Name}, {Text: joined(d.Titles(s.Draws))}, {Text: joined(s.Open)}, {Text: or(s.Shown, "—")}, state}})
		}
	}
	block := page.Block{Title: fmt.Sprintf("共 %d 人，其中补贴领重的 %d 人", len(list), clashing), Table: &t}
	if !district.MayMatch(v.viewer) && len(list) > 0 {
		block.Text = []string{"要知道是谁，请领导查看：开封身份只有领导有权，要写理由，记入日志。"}
	}
	if district.MayMatch(v.viewer) && len(list) > 0 {
		block.Form = &page.Form{Action: "/district/matches", Sections: []page.Section{{Fields: []page.Field{
			{Name: "reason", Label: "查看是谁的理由", Kind: page.KindText, Required: true, Wide: true, Hint: "记入日志"}}}}, Buttons: []page.Button{{Text: "查看是谁"}}}
		if refusal != nil {
			block.Form.Errors = formErrors(refusalProblems(refusal))
		}
	}
	view.Blocks = []page.Block{block}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Desk(w, view) })
}

// matchState says what is to be done about a person at two offices.
func matchState(m district.Match) page.Cell {
	var clashes []string
	for _, c := range m.Clashes {
		clashes = append(clashes, c.A+"领"+c.DrawA+"、"+c.B+"领"+c.DrawB+"："+c.Why)
	}
	switch {
	case len(clashes) > 0:
		return page.Cell{Text: "补贴领重，请两边核实、停发并追缴", Tone: page.ToneUrgent, Note: strings.Join(clashes, "；")}
	case m.Both:
		return page.Cell{Text: "两边都在办，请核对", Tone: page.ToneWarn}
	}
	return page.Cell{}
}

func joined(list []string) string {
	out := ""
	for i, s := range list {
		if i > 0 {
			out += "、"
		}
		out += s
	}
	return or(out, "—")
}

// rowsShown is how many records stand behind a total on one page.
const rowsShown = 200

// districtRows are the records behind a number: what they are and how they
// stand, not whom they are about.
func (v *visit) districtRows() error {
	d, err := v.districtDesk()
	if err != nil {
		return err
	}
	reg := v.param("register")
	after, _ := strconv.ParseUint(v.query("after"), 10, 64) // not a number: from the start
	rows, next, err := d.Rows(v.ctx, v.viewer, district.At{Office: v.param("office"), Register: reg, After: after}, rowsShown)
	if err != nil {
		return err
	}
	title := reg
	if def, ok := v.office.Book.Registers().Get(reg); ok {
		title = def.Title
	}
	view := page.DeskView{Frame: v.frame(title, "只列编号和状态；要看是谁，请问该街镇。")}
	view.Crumbs = []page.Link{{Text: "各街镇", URL: "/district"}}
	t := page.Table{Caption: title, Columns: []page.Column{{Title: "编号"}, {Title: "状态"}, {Title: "登记于"}}, Empty: page.Empty{Text: "没有记录"}, Start: 1}
	for _, r := range rows {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: or(r.Number, "—")}, {Text: or(r.Step, "—")}, {Text: r.Created}}})
	}
	b := page.Block{Title: title, Table: &t}
	if next > 0 {
		b.Buttons = []page.Button{{Text: fmt.Sprintf("后面 %d 条", rowsShown), URL: fmt.Sprintf("/district/rows/%s/%s?after=%d", v.param("office"), reg, next)}}
	}
	view.Blocks = []page.Block{b}
	return v.desk(view)
}

// districtKeys are what the offices need to know of the district.
func (v *visit) districtKeys() error {
	d, err := v.districtDesk()
	if err != nil {
		return err
	}
	keys, err := d.Keys(v.ctx)
	if err != nil {
		return err
	}
	_, print, err := d.TLS(v.ctx)
	if err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("公钥与网络", "把这一页给各街镇：接收公钥和回执公钥填在他们的“设置与密钥”里。"), Tabs: districtTab("/district/keys")}
	var facts []page.Fact
	for _, s := range []bundle.Suite{bundle.Classic, bundle.National, bundle.Hybrid} {
		facts = append(facts, page.Fact{Label: "接收公钥", Value: page.Cell{Text: keys.Readers[s].Public, Note: s.Title() + "，指纹 " + bundle.Fingerprint(keys.Readers[s].Public)}})
	}
	for _, s := range []bundle.Suite{bundle.Classic, bundle.National, bundle.Hybrid} {
		if public := keys.Sealed[s]; public != "" {
			facts = append(facts, page.Fact{Label: "封存公钥", Value: page.Cell{Text: public, Note: s.Title() + "，指纹 " + bundle.Fingerprint(public)}})
		}
	}
	facts = append(facts, page.Fact{Label: "回执公钥", Value: page.Cell{Text: keys.Signer.Public, Note: "指纹 " + bundle.Fingerprint(keys.Signer.Public)}},
		page.Fact{Label: "证书指纹", Value: page.Cell{Text: print, Note: "街镇走网络交备份时填"}}, page.Fact{Label: "网络地址", Value: page.Cell{Text: or(v.cfg.Receiver, "没有开（启动时加 --receive 地址:端口）")}})
	view.Blocks = []page.Block{{Title: "给街镇的", Text: []string{"把登记文件交给各街镇，他们不用抄公钥；再打电话核对指纹。"}, Facts: facts,
		Buttons: []page.Button{{Text: "下载登记文件，交各街镇", URL: "/district/card"}}}}
	if district.MayMatch(v.viewer) {
		view.Blocks = append(view.Blocks, page.Block{Title: "封存钥匙", Text: []string{
			"只在街镇的电脑和恢复密钥都没了时用：把该街镇全部恢复出来，包括收养等封存登记簿。生成后下载一个文件，打印或存进专用U盘，锁进保险柜；系统里不留底，不能再看。",
			"把封存公钥交给有法定依据的街镇填上。重新生成的，以前的文件仍要留着，以前的备份包靠它打开。"},
			Form: &page.Form{Action: "/district/keys", Buttons: []page.Button{{Text: "生成封存钥匙并下载"}}}})
	}
	if district.MayReceive(v.viewer) {
		offices, err := d.Offices(v.ctx)
		if err != nil {
			return err
		}
		t := page.Table{Caption: "登记码", Columns: []page.Column{{Title: "街镇"}, {Title: "登记码"}, {Title: "签名指纹"}}, Empty: page.Empty{Text: "还没有登记街镇"}}
		for _, o := range offices {
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: o.Name}, {Text: o.Code}, {Text: bundle.Fingerprint(o.Signers[0])}}})
		}
		view.Blocks = append(view.Blocks, page.Block{Title: "登记码", Table: &t})
	}
	return v.desk(view)
}

// makeSealed makes the district's sealed-records keys and sends their secret
// halves once.
func (v *visit) makeSealed() error {
	d, err := v.districtDesk()
	if err != nil {
		return err
	}
	text, err := d.MakeSealed(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	return v.download("封存钥匙-"+v.cfg.Clock().Format("20060102")+".txt", "text/plain; charset=utf-8", []byte(text), false)
}

// districtCard is what an office needs to know of the district.
func (v *visit) districtCard() error {
	d, err := v.districtDesk()
	if err != nil {
		return err
	}
	keys, err := d.Keys(v.ctx)
	if err != nil {
		return err
	}
	_, print, err := d.TLS(v.ctx)
	if err != nil {
		return err
	}
	card := bundle.Card{Kind: bundle.DistrictCard, Name: v.office.Book.Profile().TownName, Signer: keys.Signer.Public, Readers: map[bundle.Suite]string{}, Sealed: keys.Sealed,
		Address: v.cfg.Receiver, Certificate: print}
	for suite, pair := range keys.Readers {
		card.Readers[suite] = pair.Public
	}
	data, err := card.File()
	if err != nil {
		return err
	}
	return v.download("区里"+bundle.CardExtension, "application/json", data, false)
}
