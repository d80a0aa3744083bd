package ui

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"jiezhen/app/backup"
	"jiezhen/app/bundle"
	"jiezhen/app/record"
	"jiezhen/ui/page"
)

// backupRoutes are the backup desk.
func backupRoutes() []Route {
	handBack := post("/backup/handback", (*visit).handBack)
	handBack.Limit, handBack.Take = largestHandBack, (*visit).takeBundle
	return []Route{
		get("/backup", (*visit).backups),
		always("/backup/now", (*visit).backupNow),
		always("/backup/drill", (*visit).backupDrill),
		get("/backup/places/new", (*visit).newPlace),
		post("/backup/places/new", (*visit).createPlace),
		post("/backup/sticks", (*visit).addStick),
		get("/backup/places/:place", (*visit).backupPlace),
		post("/backup/places/:place", (*visit).doPlace),
		get("/backup/settings", (*visit).backupSettings),
		post("/backup/settings", (*visit).setBackup),
		post("/backup/readers", (*visit).addReader),
		post("/backup/readers/drop", (*visit).dropReader),
		get("/backup/card", (*visit).officeCard),
		get("/backup/paper", (*visit).renewForm),
		post("/backup/paper", (*visit).renew),
		get("/backup/bundle/:sequence", (*visit).downloadBundle),
		get("/backup/receipt/:sequence", (*visit).backupReceipt),
		get("/backup/receipt/:sequence/:place.pdf", (*visit).printReceipt),
		handBack,
		post("/backup/receipt", (*visit).takeReceipt),
		post("/backup/look/:place", (*visit).lookThrough),
		get("/backup/restore", (*visit).restoreForm),
		always("/backup/restore", (*visit).rehearse),
		get("/backup/restored", (*visit).restored),
		always("/backup/restored", (*visit).replaceOffice),
	}
}

// largestHandBack is more than any bundle of an office.
const largestHandBack = 64 << 30

// seesBackup refuses who may not know how backups stand.
func (v *visit) seesBackup() error {
	if !backup.MaySee(v.viewer) {
		return record.Refused(record.CodeDenied, "备份由系统管理员管理，领导和审计管理员可以查看")
	}
	return nil
}

func (v *visit) keepsBackup() error {
	if !backup.MayKeep(v.viewer) {
		return record.Refused(record.CodeDenied, "备份由系统管理员管理")
	}
	return nil
}

var backupTabs = []page.Filter{{Text: "备份", URL: "/backup"}, {Text: "设置与密钥", URL: "/backup/settings"}, {Text: "恢复", URL: "/backup/restore"}}

func backupTab(at string) []page.Filter {
	out := make([]page.Filter, len(backupTabs))
	for i, t := range backupTabs {
		t.Current = t.URL == at
		out[i] = t
	}
	return out
}

// backups is how backups stand, and what to do now.
func (v *visit) backups() error {
	if err := v.seesBackup(); err != nil {
		return err
	}
	s, err := v.office.Backup.Status(v.ctx)
	if err != nil {
		return err
	}
	settings, err := v.office.Backup.Settings(v.ctx)
	if err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("备份与恢复", "备份包全部加密、签名，写到哪里都回读核对；没有钥匙谁也打不开。")}
	keeps := backup.MayKeep(v.viewer)
	if keeps {
		view.Tabs = backupTab("/backup")
	}
	state, err := v.backupState(s)
	if err != nil {
		return err
	}
	view.Blocks = append(view.Blocks, state)
	if keeps {
		view.Blocks = append(view.Blocks, v.stickBlocks(settings)...)
	}
	view.Blocks = append(view.Blocks, v.placesBlock(settings, keeps))
	bundles, err := v.bundlesBlock(keeps)
	if err != nil {
		return err
	}
	view.Blocks = append(view.Blocks, bundles)
	if keeps && s.Last != nil {
		view.Blocks = append(view.Blocks, handBackBlock())
	}
	acks, err := v.acknowledgedBlock(keeps)
	if err != nil {
		return err
	}
	view.Blocks = append(view.Blocks, acks)
	return v.desk(view)
}

func backupTone(t backup.Tone) page.Tone {
	switch t {
	case backup.Amber:
		return page.ToneWarn
	case backup.Red:
		return page.ToneUrgent
	}
	return page.ToneGood
}

const minute = "2006-01-02 15:04"

// backupState is the block that answers: is the office safe today?
func (v *visit) backupState(s backup.Status) (page.Block, error) {
	b := page.Block{Title: "现在怎么样", Notices: []page.Notice{{Tone: backupTone(s.Tone), Text: s.Text}}}
	if doing := v.office.Backup.Doing(); doing.Text != "" {
		text := doing.Text
		if doing.Total > 0 {
			text += fmt.Sprintf("，%d%%", doing.Done*100/doing.Total)
		}
		b.Notices = append(b.Notices, page.Notice{Tone: page.TonePlain, Text: text + "。请不要拔出U盘。"})
	}
	if f, failed := v.office.Backup.Failed(v.ctx, ""); failed {
		b.Notices = append(b.Notices, page.Notice{Tone: page.ToneUrgent, Text: "上一次做备份包没有成功：" + f.Text})
	}
	last, drill := "还没有做过", "还没有做过（有备份包后自动做，每月一次）"
	if s.Last != nil {
		last = fmt.Sprintf("第 %d 号，%s，%s", s.Last.Sequence, s.Last.Time().Format(minute), backup.Amount(s.Last.Size))
	}
	if s.Drill != nil {
		drill = fmt.Sprintf("%s 通过：第 %d 号，记录 %d 条、日志 %d 条、附件 %d 个", s.Drill.Time().Format(minute), s.Drill.Sequence, s.Drill.Records, s.Drill.Entries, s.Drill.Files)
		if s.Drill.Failed != "" {
			drill = s.Drill.Time().Format(minute) + " 没有通过：" + s.Drill.Failed
		}
	}
	used, free := v.office.Backup.Sizes()
	b.Facts = []page.Fact{{Label: "最近的备份包", Value: page.Cell{Text: last}}, {Label: "最近的试恢复", Value: page.Cell{Text: drill}},
		{Label: "本机占用", Value: page.Cell{Text: backup.Amount(used) + "，磁盘还剩 " + backup.Amount(free)}}}
	if backup.MayKeep(v.viewer) {
		b.Form = &page.Form{Action: "/backup/now", Buttons: []page.Button{{Text: "马上备份", Primary: true}, {Text: "试恢复一次", Do: "drill"}}}
	}
	return b, nil
}

// stickBlocks offer each stick that is plugged in and not yet known.
func (v *visit) stickBlocks(s backup.Settings) []page.Block {
	drives := v.office.Backup.Unknown(s)
	if len(drives) == 0 {
		return nil
	}
	var options []page.Option
	for _, d := range drives {
		options = append(options, page.Option{Value: d.Path, Text: d.Label, Note: fmt.Sprintf("%s，可用 %s", d.System, backup.Amount(d.Free))})
	}
	return []page.Block{{Title: "插上的U盘", Form: &page.Form{Action: "/backup/sticks", Sections: []page.Section{{Fields: []page.Field{
		{Name: "stick", Label: "U盘", Kind: page.KindCode, Options: options, Required: true, Value: options[0].Value},
		{Name: "name", Label: "起个名字", Kind: page.KindText, Hint: "如“一号备份盘”；以后插上就自动备份"}}}},
		Buttons: []page.Button{{Text: "用它备份", Primary: true}}}}}
}

func (v *visit) placesBlock(s backup.Settings, keeps bool) page.Block {
	b := page.Block{Title: "备份到哪里"}
	t := page.Table{Caption: "备份位置", Columns: []page.Column{{Title: "名称"}, {Title: "方式"}, {Title: "位置"}, {Title: "状态"}},
		Empty: page.Empty{Text: "还没有备份位置。插上U盘，或增加一个文件夹、共享盘、服务器；也可以下载备份包自己带走，再把带走的那份交回核对。"}}
	for _, p := range s.Places {
		state := page.Cell{Text: "正常"}
		if f, failed := v.office.Backup.Failed(v.ctx, p.ID); failed {
			state = page.Cell{Text: f.Text, Tone: page.ToneUrgent}
		} else if r, ok := v.carriedTo(p.ID); ok {
			state.Text = fmt.Sprintf("第 %d 号，%s 已回读核对", r.Sequence, r.Time().Format(minute))
			if p.Kind == backup.KindStick && v.office.Backup.Plugged(p) {
				state.Note = v.removable()
			}
		} else {
			state = page.Cell{Text: "还没有写过", Tone: page.ToneWarn}
		}
		name := page.Cell{Text: p.Name}
		if keeps {
			name.URL = "/backup/places/" + p.ID
		}
		kind := p.Kind.Title()
		if p.Off {
			kind += "（离机）"
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{name, {Text: kind}, {Text: p.Path}, state}})
	}
	b.Table = &t
	if keeps {
		b.Buttons = []page.Button{{Text: "增加备份位置", URL: "/backup/places/new"}}
	}
	return b
}

// carriedTo is the receipt of the last bundle that a place holds.
func (v *visit) carriedTo(place string) (backup.Receipt, bool) {
	list, err := v.office.Backup.Receipts(v.ctx)
	if err != nil {
		return backup.Receipt{}, false
	}
	for _, r := range list {
		if r.Place == place {
			return r, true
		}
	}
	return backup.Receipt{}, false
}

// removable says whether a stick that is plugged in can be pulled now.
func (v *visit) removable() string {
	if v.office.Backup.Doing().Text != "" {
		return "正在办理，请先不要拔"
	}
	return "已写完，可以安全弹出后拔下"
}

// lookFact says when a place was last read through, and what was found.
func (v *visit) lookFact(place string) ([]page.Fact, error) {
	look, found, err := v.office.Backup.LastLook(v.ctx, place)
	if err != nil {
		return nil, err
	}
	if !found {
		return []page.Fact{{Label: "逐份核对", Value: page.Cell{Text: "还没有做过"}}}, nil
	}
	when := time.Unix(look.At, 0).Format(minute)
	if len(look.Faults) == 0 {
		return []page.Fact{{Label: "逐份核对", Value: page.Cell{Text: fmt.Sprintf("%s：%d 份全部完好", when, look.Good), Tone: page.ToneGood}}}, nil
	}
	facts := []page.Fact{{Label: "逐份核对", Value: page.Cell{Text: fmt.Sprintf("%s：%d 份完好，%d 份已坏", when, look.Good, len(look.Faults)), Tone: page.ToneUrgent,
		Note: "坏的已改名放在一边，不再算数；会自动补写一份好的"}}}
	for _, f := range look.Faults {
		facts = append(facts, page.Fact{Label: "已坏", Value: page.Cell{Text: f.Name, Note: f.Why}})
	}
	return facts, nil
}

// bundlesBlock lists the office's own copies, newest first.
func (v *visit) bundlesBlock(keeps bool) (page.Block, error) {
	b := page.Block{Title: "本机的备份包"}
	list, err := v.office.Backup.Local()
	if err != nil {
		return b, err
	}
	t := page.Table{Caption: "本机的备份包", Columns: []page.Column{{Title: "编号", Num: true}, {Title: "种类"}, {Title: "做于"}, {Title: "大小", Num: true}, {Title: "办理"}},
		Empty: page.Empty{Text: "还没有备份包"}}
	for i := len(list) - 1; i >= 0; i-- {
		e := list[i]
		kind := "增量，接第 " + strconv.FormatUint(e.Manifest.Base, 10) + " 号"
		if e.Manifest.Kind == bundle.Full {
			kind = "完整"
		}
		seq := strconv.FormatUint(e.Manifest.Sequence, 10)
		do := page.Cell{Text: "回执", URL: "/backup/receipt/" + seq}
		if keeps {
			do.More = []page.Cell{{Text: "下载", URL: "/backup/bundle/" + seq}}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: seq, Num: true}, {Text: kind}, {Text: e.Manifest.Time().Format(minute)},
			{Text: backup.Amount(e.Size), Num: true}, do}})
	}
	b.Table = &t
	if !keeps || len(list) == 0 {
		return b, nil
	}
	if b.Facts, err = v.lookFact(backup.LocalPlace); err != nil {
		return b, err
	}
	b.Form = &page.Form{Action: "/backup/look/" + backup.LocalPlace, Buttons: []page.Button{{Text: "逐份核对"}}}
	return b, nil
}

// handBackBlock takes back the copy of a bundle that the browser downloaded.
func handBackBlock() page.Block {
	return page.Block{Title: "把带走的那份交回核对", Text: []string{"下载到U盘或光盘后，从那里选中文件交回：整份核对无误才算离机备份。文件只从浏览器读一遍，不另存。"},
		Form: &page.Form{Action: "/backup/handback", Files: true, Sections: []page.Section{{Fields: []page.Field{
			{Name: "where", Label: "放在哪里", Kind: page.KindText, Required: true, Hint: "如“档案室保险柜一号光盘”"},
			{Name: "file", Label: "备份包文件", Kind: page.KindFile, Accept: bundle.Extension, Required: true}}}},
			Buttons: []page.Button{{Text: "交回核对"}}}}
}

// acknowledgedBlock shows what the district has signed for.
func (v *visit) acknowledgedBlock(keeps bool) (page.Block, error) {
	b := page.Block{Title: "区里的回执"}
	list, err := v.office.Backup.Witnesses(v.ctx)
	if err != nil {
		return b, err
	}
	t := page.Table{Caption: "区里的回执", Columns: []page.Column{{Title: "编号", Num: true}, {Title: "收到于"}, {Title: "谁收的"}, {Title: "到日志", Num: true}, {Title: "日志校验值"}, {Title: "与现在的日志"}},
		Empty: page.Empty{Text: "还没有。U盘交到区里，回执会留在U盘上，插回来自动认；也可以在这里选文件。"}}
	for _, r := range list[:min(len(list), 10)] {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: strconv.FormatUint(r.Sequence, 10), Num: true}, {Text: r.Time().Format(minute)}, {Text: or(r.District, "区里")},
			{Text: strconv.FormatUint(r.To, 10), Num: true}, {Text: fmt.Sprintf("%x", r.Head[:min(8, len(r.Head))])}, agreement(r.Agrees)}})
	}
	b.Table = &t
	if keeps {
		b.Form = &page.Form{Action: "/backup/receipt", Files: true, Sections: []page.Section{{Fields: []page.Field{{Name: "file", Label: "回执文件", Kind: page.KindFile, Accept: ".json", Required: true}}}},
			Buttons: []page.Button{{Text: "认回执"}}}
	}
	return b, nil
}

// agreement says whether a receipt agrees with the journal as it is now.
func agreement(agrees bool) page.Cell {
	if agrees {
		return page.Cell{Text: "一致", Tone: page.ToneGood}
	}
	return page.Cell{Text: "不一致：日志被改动过，或恢复过旧备份", Tone: page.ToneUrgent}
}

// downloadBundle sends one of the office's own copies.
func (v *visit) downloadBundle() error {
	name, path, err := v.office.Backup.Download(v.viewer, v.id("sequence"))
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening a bundle: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := v.office.Book.Log(v.ctx, v.viewer, "backup.download", record.Ref{Register: record.Users, ID: v.viewer.User}, map[string]any{"bundle": name}); err != nil {
		return err
	}
	v.fileHead("attachment", name, "application/octet-stream")
	return v.c.SendStream(f, int(info.Size()))
}

// backupReceipt says where a bundle has been carried: a page to print and sign.
func (v *visit) backupReceipt() error {
	if err := v.seesBackup(); err != nil {
		return err
	}
	list, err := v.office.Backup.Receipts(v.ctx)
	if err != nil {
		return err
	}
	seq := v.id("sequence")
	view := page.DeskView{Frame: v.frame(fmt.Sprintf("备份回执：第 %d 号", seq), "写入后从该处整份回读，签名与内容都核对无误的，列在这里。")}
	view.Crumbs = []page.Link{{Text: "备份与恢复", URL: "/backup"}}
	t := page.Table{Caption: "回执", Columns: []page.Column{{Title: "放在哪里"}, {Title: "核对于"}, {Title: "大小", Num: true}, {Title: "到日志", Num: true}, {Title: "校验值"}, {Title: "打印"}},
		Empty: page.Empty{Text: "这一号还没有写到任何备份位置"}}
	for _, r := range list {
		if r.Sequence == seq {
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: r.Name}, {Text: r.Time().Format(minute)}, {Text: backup.Amount(r.Size), Num: true},
				{Text: strconv.FormatUint(r.To, 10), Num: true}, {Text: fmt.Sprintf("%x", r.Digest[:min(8, len(r.Digest))])},
				{Text: "交接回执（PDF）", URL: fmt.Sprintf("/backup/receipt/%d/%s.pdf", seq, r.Place)}}})
		}
	}
	view.Blocks = []page.Block{{Title: "回执", Table: &t}}
	return v.desk(view)
}

// printReceipt prints the receipt that who hands over and who takes sign.
func (v *visit) printReceipt() error {
	if err := v.seesBackup(); err != nil {
		return err
	}
	list, err := v.office.Backup.Receipts(v.ctx)
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.Sequence != v.id("sequence") || r.Place != v.param("place") {
			continue
		}
		words, err := v.receiptWords(r)
		if err != nil {
			return err
		}
		pdf, err := v.office.PrintFacts(v.ctx, "office/receipt", words, v.viewer.Name)
		if err != nil {
			return err
		}
		return v.download(fmt.Sprintf("备份交接回执-%06d.pdf", r.Sequence), "application/pdf", pdf, true)
	}
	return record.Refused(record.CodeNotFound, "没有这张回执")
}

func (v *visit) receiptWords(r backup.Receipt) (map[string]string, error) {
	signer, err := v.office.Backup.Signer(v.ctx)
	if err != nil {
		return nil, err
	}
	kind, made, head := "增量", "", ""
	local, err := v.office.Backup.Local()
	if err != nil {
		return nil, err
	}
	for _, e := range local {
		if e.Manifest.Sequence == r.Sequence {
			made, head = e.Manifest.Time().Format(minute), fmt.Sprintf("%x", e.Manifest.Head)
		}
	}
	if r.Kind == bundle.Full {
		kind = "完整"
	}
	return map[string]string{"office": or(v.office.Facts()["name"], v.office.Book.Profile().TownName), "bundle": r.Bundle, "sequence": strconv.FormatUint(r.Sequence, 10),
		"kind": kind, "size": backup.Amount(r.Size), "to": strconv.FormatUint(r.To, 10), "place": r.Name, "at": r.Time().Format(minute), "made": made,
		"digest": fmt.Sprintf("%x", r.Digest), "head": head, "signer": bundle.Fingerprint(signer)}, nil
}

// takenBundle is a bundle that was read to its end while it came in.
type takenBundle struct {
	bundle bundle.Summary
	err    error
}

// takeBundle verifies a bundle on its way in, without keeping any of it. Only
// for who is signed in and looks after backups: it may be long.
func (v *visit) takeBundle(r io.Reader) {
	v.taken = &takenBundle{}
	if v.office == nil || v.signIn() != nil || !backup.MayKeep(v.viewer) {
		v.taken.err = errors.New("备份由系统管理员管理")
		return
	}
	v.taken.bundle, v.taken.err = bundle.Verify(v.ctx, r)
}

// handBack takes a carried copy back to be compared.
func (v *visit) handBack() error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	if v.taken == nil {
		return record.Refused(record.CodeInvalid, "请选择要交回的备份包文件")
	}
	if v.taken.err != nil {
		return record.Refused(record.CodeInvalid, "%v", v.taken.err)
	}
	where := v.typed.First("where")
	if where == "" {
		return record.Refused(record.CodeInvalid, "请写明这份备份放在哪里")
	}
	r, err := v.office.Backup.Handed(v.ctx, v.viewer, where, v.taken.bundle)
	if err != nil {
		return err
	}
	return v.done("/backup", fmt.Sprintf("第 %d 号与本机的一致，已记为离机备份（%s）", r.Sequence, where))
}
