package ui

import (
	"fmt"
	"strings"
	"time"

	"jiezhen/app"
	"jiezhen/app/bundle"
	"jiezhen/app/record"
	"jiezhen/ui/page"
)

// packRoutes are policy packs: made at the district, looked at, approved and
// undone at the office.
func packRoutes() []Route {
	bring, make := post("/policy/bring", (*visit).bringPack), post("/district/packs", (*visit).makePack)
	bring.Limit, make.Limit = uploadLimit, uploadLimit
	return []Route{get("/policy", (*visit).packs), bring, post("/policy", (*visit).doPack), get("/district/packs", (*visit).districtPacks), make}
}

func (v *visit) mayPacks() error {
	if !app.MayBring(v.viewer) && !app.MayApprove(v.viewer) {
		return record.Refused(record.CodeDenied, "政策包由系统管理员、安全管理员和领导办理")
	}
	return nil
}

// packs shows what waits, what it would change, and what is in force.
func (v *visit) packs() error {
	if err := v.mayPacks(); err != nil {
		return err
	}
	applied, waiting, trouble, err := v.office.Packs(v.ctx)
	if err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("政策包", "区里发来的标准、代码、节假日、登记簿和文书。先看改了什么，由另一人批准才生效；可以撤销。")}
	view.Crumbs = []page.Link{{Text: "设置", URL: "/settings"}}
	if trouble != "" {
		view.Blocks = append(view.Blocks, page.Block{Notices: []page.Notice{{Tone: page.ToneUrgent, Text: "已批准的政策包与现在的程序不合，暂时没有使用，请与区里联系。"}}})
	}
	if waiting != nil {
		view.Blocks = append(view.Blocks, v.waitingBlocks(*waiting)...)
	} else {
		view.Blocks = append(view.Blocks, page.Block{Title: "导入政策包", Form: &page.Form{Action: "/policy/bring", Files: true, Sections: []page.Section{{Fields: []page.Field{
			{Name: "file", Label: "政策包文件", Kind: page.KindFile, Accept: bundle.PackExtension, Required: true}}}}, Buttons: []page.Button{{Text: "看看改什么", Primary: true}}}})
	}
	view.Blocks = append(view.Blocks, v.appliedBlock(applied))
	return v.desk(view)
}

func (v *visit) waitingBlocks(w app.Waiting) []page.Block {
	head := page.Block{Title: "待批准：" + w.Pack.Title, Facts: []page.Fact{{Label: "来自", Value: page.Cell{Text: or(w.Pack.District, "—"), Note: signedBy(w.Pack)}},
		{Label: "制作于", Value: page.Cell{Text: time.Unix(w.Pack.Made, 0).Format(minute)}}, {Label: "导入", Value: page.Cell{Text: w.ByName + "，" + time.Unix(w.At, 0).Format(minute)}}}}
	if w.Pack.Note != "" {
		head.Text = []string{w.Pack.Note}
	}
	var buttons []page.Button
	if app.MayApprove(v.viewer) {
		approve := page.Button{Text: "批准，马上生效", Do: "approve", Primary: true}
		if w.By == v.viewer.User && !v.office.Book.Profile().Single {
			approve.Why = "导入和批准不能是同一个人"
		}
		buttons = append(buttons, approve)
	}
	head.Form = &page.Form{Action: "/policy", Buttons: append(buttons, page.Button{Text: "不用这个政策包", Do: "drop", Danger: true})}
	out := []page.Block{head}
	for _, c := range v.office.PackChanges(w.Pack) {
		b := page.Block{Title: c.Name, Text: []string{fmt.Sprintf("增加 %d 行，去掉 %d 行", c.AddedN, c.GoneN)}}
		if c.New {
			b.Text = []string{fmt.Sprintf("新文件，%d 行", c.AddedN)}
		}
		t := page.Table{Caption: c.Name, Columns: []page.Column{{Title: "变化"}, {Title: "内容"}}}
		for _, line := range c.Gone {
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: "去掉", Tone: page.ToneWarn}, {Text: line}}})
		}
		for _, line := range c.Added {
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: "增加", Tone: page.ToneGood}, {Text: line}}})
		}
		b.Table, b.Folded = &t, len(t.Rows) > 12
		out = append(out, b)
	}
	return out
}

// signedBy names the key of a pack that came from outside.
func signedBy(p bundle.Pack) string {
	if p.Signer == "" {
		return ""
	}
	return "签名指纹 " + bundle.Fingerprint(p.Signer)
}

func (v *visit) appliedBlock(list []app.Applied) page.Block {
	t := page.Table{Caption: "在用的政策包", Columns: []page.Column{{Title: "名称"}, {Title: "来自"}, {Title: "导入"}, {Title: "批准"}, {Title: "文件"}}, Empty: page.Empty{Text: "没有政策包，都用程序自带的"}}
	for i := len(list) - 1; i >= 0; i-- {
		a := list[i]
		names := sortedKeys(a.Pack.Files)
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: a.Pack.Title}, {Text: a.Pack.District}, {Text: a.ByName}, {Text: a.ApproverName + "，" + time.Unix(a.ApprovedAt, 0).Format(minute)}, {Text: strings.Join(names, "、")}}})
	}
	b := page.Block{Title: "在用的政策包", Table: &t}
	if len(list) > 0 && app.MayApprove(v.viewer) {
		b.Form = &page.Form{Action: "/policy", Sections: []page.Section{{Fields: []page.Field{{Name: "reason", Label: "撤销最近一个的理由", Kind: page.KindText, Required: true, Wide: true}}}},
			Buttons: []page.Button{{Text: "撤销最近一个", Do: "undo", Danger: true}}}
	}
	return b
}

func (v *visit) bringPack() error {
	if err := v.mayPacks(); err != nil {
		return err
	}
	if v.upload == nil {
		return record.Refused(record.CodeInvalid, "请选择政策包文件")
	}
	if err := v.office.BringPack(v.ctx, v.viewer, v.upload.Data); err != nil {
		return err
	}
	return v.done("/policy", "政策包的签名无误，请看改了什么，再由另一人批准")
}

// doPack approves, drops or undoes; what changes the definitions reopens the
// office with them.
func (v *visit) doPack() error {
	if err := v.mayPacks(); err != nil {
		return err
	}
	var err error
	said := "已生效"
	switch v.typed.First("_do") {
	case "approve":
		err = v.office.ApprovePack(v.ctx, v.viewer)
	case "undo":
		err, said = v.office.UndoPack(v.ctx, v.viewer, v.typed.First("reason")), "已撤销"
	case "drop":
		if err := v.office.DropWaiting(v.ctx, v.viewer); err != nil {
			return err
		}
		return v.done("/policy", "没有使用这个政策包")
	default:
		err = record.Refused(record.CodeInvalid, "请选择要做什么")
	}
	if err != nil {
		return err
	}
	if err := v.cfg.House.Reopen(v.ctx); err != nil {
		return err
	}
	v.office = v.cfg.House.Office()
	return v.done("/policy", said)
}

func (v *visit) districtPacks() error {
	if _, err := v.districtDesk(); err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("政策包", "把要改的标准、代码、节假日、登记簿、文书文件放进一个 zip，文件夹名与程序里的一样；做好的政策包交各街镇导入。"), Tabs: districtTab("/district/packs")}
	b := page.Block{Title: "制作政策包", Text: []string{"如节假日：zip 里放 holidays/2027.tsv；标准：standards/benefit.yaml。用不了的不会做出来。"}}
	if app.MayApprove(v.viewer) {
		b.Form = &page.Form{Action: "/district/packs", Files: true, Sections: []page.Section{{Fields: []page.Field{
			{Name: "title", Label: "名称", Kind: page.KindText, Required: true, Hint: "如“2027年节假日安排”"}, {Name: "note", Label: "说明", Kind: page.KindNote},
			{Name: "file", Label: "压缩包", Kind: page.KindFile, Accept: ".zip", Required: true}}}}, Buttons: []page.Button{{Text: "签名并下载", Primary: true}}}
	} else {
		b.Text = append(b.Text, "政策包由安全管理员或领导制作。")
	}
	view.Blocks = []page.Block{b}
	return v.desk(view)
}

func (v *visit) makePack() error {
	if _, err := v.districtDesk(); err != nil && !app.MayApprove(v.viewer) {
		return err
	}
	if v.office.District == nil || v.upload == nil {
		return record.Refused(record.CodeNotFound, "请选择 zip 压缩包")
	}
	data, err := v.office.MakePack(v.ctx, v.viewer, v.typed.First("title"), v.typed.First("note"), v.upload.Data)
	if err != nil {
		return err
	}
	return v.download("政策包-"+v.typed.First("title")+bundle.PackExtension, "application/octet-stream", data, false)
}
