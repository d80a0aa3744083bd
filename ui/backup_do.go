package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/backup"
	"jiezhen/app/bundle"
	"jiezhen/app/fault"
	"jiezhen/app/record"
	"jiezhen/ui/page"
)

// backupNow makes a bundle, or tries one, beside the page.
func (v *visit) backupNow() error {
	if v.typed.First("_do") == "drill" {
		return v.backupDrill()
	}
	if err := v.keepsBackup(); err != nil {
		return err
	}
	return v.redirect("/jobs/" + v.backupJob("正在备份", "/backup", func(ctx context.Context, d *backup.Desk) error {
		_, _, err := d.Now(ctx, v.viewer)
		return err
	}))
}

// backupJob runs work of the desk beside the page and shows how far it is. It
// may be stopped: what was not finished is gone on with the next time.
func (v *visit) backupJob(text, next string, work func(context.Context, *backup.Desk) error) string {
	desk := v.office.Backup
	return v.jobs.start(v.viewer.User, text, func(ctx context.Context, j *job) error {
		j.offerStop()
		j.leadTo(next)
		watch, end := context.WithCancel(ctx)
		defer end()
		go follow(watch, j, desk)
		return asRefusal(work(ctx, desk))
	})
}

// follow shows on a job what the desk is at.
func follow(ctx context.Context, j *job, desk *backup.Desk) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(300 * time.Millisecond):
		}
		if at := desk.Doing(); at.Text != "" {
			j.say(at.Text)
			j.progress(int(at.Done*1000/max(at.Total, 1)), 1000*int(min(at.Total, 1)))
		}
	}
}

// lookThrough reads every bundle of a place to its end.
func (v *visit) lookThrough() error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	id := v.param("place")
	next := "/backup/places/" + id
	if id == backup.LocalPlace {
		next = "/backup"
	}
	return v.redirect("/jobs/" + v.backupJob("正在逐份核对", next, func(ctx context.Context, d *backup.Desk) error {
		_, err := d.LookThrough(ctx, v.viewer, id)
		return err
	}))
}

func (v *visit) backupDrill() error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	return v.redirect("/jobs/" + v.backupJob("正在试恢复", "/backup", func(ctx context.Context, d *backup.Desk) error {
		_, err := d.Drill(ctx)
		return err
	}))
}

// asRefusal shows the office what it can do something about: a full stick, a
// server that does not answer.
func asRefusal(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if _, ok := record.AsRefusal(err); ok {
		return err
	}
	if words := fault.Words(err, ""); words != "" {
		return record.Refused(record.CodeInvalid, "%s", words)
	}
	return err // nothing for the office: the page says so, the log has it
}

func (v *visit) newPlace() error { return v.drawPlace(nil, fiber.StatusOK) }

func (v *visit) drawPlace(refusal *record.Refusal, status int) error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	view := page.FormView{Frame: v.frame("增加备份位置", "保存前会试写一次；以后到时间自动写到这里，写完回读核对。")}
	view.Crumbs = []page.Link{{Text: "备份与恢复", URL: "/backup"}}
	sftp := []page.Condition{{Field: "kind", Op: "in", Values: []string{string(backup.KindSFTP)}}}
	remote := []page.Condition{{Field: "kind", Op: "in", Values: []string{string(backup.KindSFTP), string(backup.KindDistrict)}}}
	kind := or(v.typed.First("kind"), string(backup.KindFolder))
	view.Form = page.Form{Action: "/backup/places/new", Sections: []page.Section{{Fields: []page.Field{
		{Name: "name", Label: "名称", Kind: page.KindText, Required: true, Value: v.typed.First("name"), Hint: "如“值班室移动硬盘”"},
		{Name: "kind", Label: "方式", Kind: page.KindCode, Required: true, Value: kind, Options: []page.Option{
			{Value: string(backup.KindFolder), Text: backup.KindFolder.Title()}, {Value: string(backup.KindSFTP), Text: backup.KindSFTP.Title()}, {Value: string(backup.KindDistrict), Text: backup.KindDistrict.Title()}}},
		{Name: "path", Label: "位置", Kind: page.KindText, Wide: true, Value: v.typed.First("path"), Hint: "文件夹写完整路径；服务器写 sftp://服务器/文件夹；区里写 https://地址:端口，用过区里登记文件的可空着"},
		{Name: "off", Label: "在别的机器或可移动介质上", Kind: page.KindYesNo, Value: or(v.typed.First("off"), "否"), Hint: "选“是”才算离机备份"},
		{Name: "user", Label: "服务器用户名", Kind: page.KindText, Value: v.typed.First("user"), Show: sftp},
		{Name: "token", Label: "密码（区里给的登记码）", Kind: page.KindPassword, Show: remote},
		{Name: "host", Label: "指纹", Kind: page.KindText, Wide: true, Value: v.typed.First("host"), Show: remote, Hint: "SFTP 先空着提交一次，会显示服务器出示的指纹，与对方核对后填入；区里的填证书指纹，用过区里登记文件的可空着"}}}},
		Buttons: []page.Button{{Text: "试写并保存", Primary: true}}, Cancel: page.Link{Text: "取消", URL: "/backup"}}
	if refusal != nil {
		view.Form.Errors = formErrors(refusalProblems(refusal))
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Form(w, view) })
}

func (v *visit) createPlace() error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	kind := backup.PlaceKind(v.typed.First("kind"))
	p := backup.Place{Name: v.typed.First("name"), Kind: kind, Path: v.typed.First("path"), Off: v.typed.First("off") == "是" || kind == backup.KindSFTP || kind == backup.KindDistrict}
	if kind == backup.KindSFTP || kind == backup.KindDistrict {
		p.User, p.Token, p.Host = v.typed.First("user"), rawFirst(v.typed, "token"), v.typed.First("host")
	}
	if err := v.placeFromCard(&p); err != nil {
		return err
	}
	err := v.office.Backup.AddPlace(v.ctx, v.viewer, p)
	if r, ok := record.AsRefusal(err); ok && r.Code == record.CodeInvalid {
		return v.drawPlace(r, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	v.office.Backup.Wake()
	return v.done("/backup", "已增加备份位置“"+p.Name+"”，这就写一份过去")
}

// placeFromCard fills in where the district is, as its card said.
func (v *visit) placeFromCard(p *backup.Place) error {
	if p.Kind != backup.KindDistrict {
		return nil
	}
	s, err := v.office.Backup.Settings(v.ctx)
	if err != nil {
		return err
	}
	for _, r := range s.Readers {
		if r.Address != "" && (p.Path == "" || p.Path == r.Address) {
			p.Path, p.Host = r.Address, or(p.Host, r.Certificate)
		}
	}
	return nil
}

func (v *visit) addStick() error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	if err := v.office.Backup.AddStick(v.ctx, v.viewer, v.typed.First("stick"), v.typed.First("name")); err != nil {
		return err
	}
	return v.backupNow()
}

// backupPlace shows one place: what lies there, and what could be cleared.
func (v *visit) backupPlace() error {
	p, plan, err := v.office.Backup.PlanAt(v.ctx, v.viewer, v.param("place"))
	away, isRefusal := record.AsRefusal(err)
	if err != nil && (!isRefusal || away.Code != record.CodeInvalid || p.ID == "") {
		return err
	}
	look, err := v.lookFact(p.ID)
	if err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("备份位置："+p.Name, p.Kind.Title()+"　"+p.Path)}
	view.Crumbs = []page.Link{{Text: "备份与恢复", URL: "/backup"}}
	form := &page.Form{Action: "/backup/places/" + p.ID, Buttons: []page.Button{{Text: "现在写一份过去", Do: "carry", Primary: true}}}
	if p.Kind != backup.KindDistrict && !isRefusal {
		form.Buttons = append(form.Buttons, page.Button{Text: "逐份核对", Do: "look"})
	}
	form.Buttons = append(form.Buttons, page.Button{Text: "不再用这个位置", Do: "drop", Danger: true})
	block := page.Block{Title: "那里的备份包", Form: form, Facts: look, Text: []string{"去掉位置只是以后不再写，那里已有的备份包不动。"}}
	if p.Kind == backup.KindDistrict {
		block.Text = append(block.Text, "走网络交到区里；收没收到看“备份”页上区里的回执。")
	}
	if isRefusal {
		block.Notices = []page.Notice{{Tone: page.ToneWarn, Text: away.Text}}
	}
	t := page.Table{Caption: "那里的备份包", Columns: []page.Column{{Title: "编号", Num: true}, {Title: "文件"}, {Title: "大小", Num: true}, {Title: "留否"}, {Title: "理由"}},
		Empty: page.Empty{Text: "那里还没有本单位的备份包"}}
	doomed := 0
	for _, r := range plan {
		keep := page.Cell{Text: "保留"}
		if !r.Keep {
			doomed++
			keep = page.Cell{Text: "可清理", Tone: page.ToneWarn}
			form.Hidden = append(form.Hidden, page.Pair{Name: "doomed", Value: r.Name})
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: strconv.FormatUint(r.Manifest.Sequence, 10), Num: true}, {Text: r.Name}, {Text: backup.Amount(r.Size), Num: true}, keep, {Text: r.Why}}})
	}
	if doomed > 0 {
		form.Buttons = append(form.Buttons, page.Button{Text: fmt.Sprintf("删除可清理的 %d 个", doomed), Do: "prune", Danger: true})
	}
	block.Table = &t
	view.Blocks = []page.Block{block}
	return v.desk(view)
}

func (v *visit) doPlace() error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	id := v.param("place")
	switch v.typed.First("_do") {
	case "carry":
		return v.redirect("/jobs/" + v.backupJob("正在写过去并回读核对", "/backup/places/"+id, func(ctx context.Context, d *backup.Desk) error {
			_, err := d.CarryTo(ctx, v.viewer, id)
			return err
		}))
	case "look":
		return v.lookThrough()
	case "drop":
		if err := v.office.Backup.DropPlace(v.ctx, v.viewer, id); err != nil {
			return err
		}
		return v.done("/backup", "已去掉这个备份位置，那里的备份包没有动")
	case "prune":
		n, err := v.office.Backup.Prune(v.ctx, v.viewer, id, v.typed["doomed"])
		if err != nil {
			return err
		}
		return v.done("/backup/places/"+id, fmt.Sprintf("已删除 %d 个", n))
	}
	return record.Refused(record.CodeInvalid, "请选择要做什么")
}

// backupSettings are rhythm, readers, algorithms and keys.
func (v *visit) backupSettings() error { return v.drawBackupSettings(nil, fiber.StatusOK) }

func (v *visit) drawBackupSettings(refusal *record.Refusal, status int) error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	s, err := v.office.Backup.Settings(v.ctx)
	if err != nil {
		return err
	}
	signer, err := v.office.Backup.Signer(v.ctx)
	if err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("备份设置与密钥", "")}
	view.Crumbs, view.Tabs = []page.Link{{Text: "备份与恢复", URL: "/backup"}}, backupTab("/backup/settings")
	timing := &page.Form{Action: "/backup/settings", Hidden: []page.Pair{{Name: "_do", Value: "timing"}}, Sections: []page.Section{{Fields: []page.Field{
		{Name: "every", Label: "多久备份一次", Kind: page.KindNumber, Unit: "小时", Value: or(v.typed.First("every"), strconv.Itoa(s.Every))},
		{Name: "full", Label: "几次增量后做一次完整备份", Kind: page.KindNumber, Unit: "次", Value: or(v.typed.First("full"), strconv.Itoa(s.FullEvery))},
		{Name: "weeks", Label: "或最多几周做一次完整备份", Kind: page.KindNumber, Unit: "周", Value: or(v.typed.First("weeks"), strconv.Itoa(s.FullWeeks))},
		{Name: "days", Label: "每个位置至少保留多少天内的", Kind: page.KindNumber, Unit: "天", Value: or(v.typed.First("days"), strconv.Itoa(s.KeepDays))},
		{Name: "chains", Label: "并且至少保留几组", Kind: page.KindNumber, Unit: "组", Value: or(v.typed.First("chains"), strconv.Itoa(s.Chains)), Hint: "每年第一份和升级前的另外保留；清理前总要先看清单"}}}},
		Buttons: []page.Button{{Text: "保存", Primary: true}}}
	if refusal != nil {
		timing.Errors = formErrors(refusalProblems(refusal))
	}
	view.Blocks = []page.Block{{Title: "时间与份数", Form: timing}, v.readersBlock(s), v.readerForm(s), v.keysBlock(s, signer)}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Desk(w, view) })
}

func (v *visit) readersBlock(s backup.Settings) page.Block {
	t := page.Table{Caption: "谁能打开备份包", Columns: []page.Column{{Title: "名称"}, {Title: "指纹"}, {Title: "范围"}}}
	t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: "本单位（恢复密钥）"}, {Text: "—"}, {Text: "全部"}}})
	b := page.Block{Title: "谁能打开备份包", Text: []string{"工作记录、文书底稿、封存登记簿只有本单位的恢复密钥能打开，填了封存公钥的除外。"}, Table: &t}
	if len(s.Readers) == 0 {
		b.Notices = []page.Notice{{Tone: page.ToneWarn, Text: "现在只有本单位的恢复密钥能打开备份包，那张纸丢了就再也打不开。请把区里增加为接收方。"}}
	}
	var names []page.Option
	for _, r := range s.Readers {
		what := "不含封存登记簿"
		switch {
		case r.Sealed != "":
			what = "不含封存登记簿；封存钥匙（指纹 " + bundle.Fingerprint(r.Sealed) + "）能打开全部"
		case r.Closed:
			what = "全部"
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: r.Name}, {Text: bundle.Fingerprint(r.Key)}, {Text: what}}})
		names = append(names, page.Option{Value: r.Name, Text: r.Name})
	}
	if len(names) > 0 {
		b.Form = &page.Form{Action: "/backup/readers/drop", Sections: []page.Section{{Fields: []page.Field{
			{Name: "reader", Label: "去掉接收方", Kind: page.KindCode, Options: names, Required: true}}}}, Buttons: []page.Button{{Text: "去掉", Danger: true}}}
	}
	return b
}

func (v *visit) readerForm(s backup.Settings) page.Block {
	return page.Block{Title: "增加接收方", Text: []string{"请对方（如区民政局）给出接收公钥，当面或电话核对指纹后填入；下一份备份起生效。"}, Form: &page.Form{Action: "/backup/readers",
		Files: true, Sections: []page.Section{{Fields: []page.Field{{Name: "name", Label: "名称", Kind: page.KindText, Value: v.typed.First("name"), Hint: "如“区民政局”；不填就用登记文件里的"},
			{Name: "with_sealed", Label: "封存登记簿也给", Kind: page.KindYesNo, Value: or(v.typed.First("with_sealed"), "否"), Hint: "用登记文件里的封存公钥；有法定依据才选“是”"},
			{Name: "file", Label: "对方的登记文件", Kind: page.KindFile, Accept: ".json", Hint: "有它，下面的都不用填"},
			{Name: "key", Label: "接收公钥", Kind: page.KindNote, Rows: 3, Value: v.typed.First("key"), Hint: s.Suite.Title()},
			{Name: "signer", Label: "回执公钥", Kind: page.KindText, Wide: true, Value: v.typed.First("signer"), Hint: "区里给的，以 ed25519: 开头；有它才认区里的回执和政策包"},
			{Name: "sealed", Label: "封存公钥", Kind: page.KindNote, Rows: 3, Value: v.typed.First("sealed"), Hint: "可不填。填了，区里锁存的封存钥匙就能打开收养、犯罪记录封存等登记簿，并在本单位电脑和恢复密钥都没了时把单位恢复出来；有法定依据才填"}}}},
		Buttons: []page.Button{{Text: "增加"}}}}
}

func (v *visit) keysBlock(s backup.Settings, signer string) page.Block {
	var suites []page.Option
	for _, x := range []bundle.Suite{bundle.Classic, bundle.National, bundle.Hybrid} {
		suites = append(suites, page.Option{Value: strconv.Itoa(int(x)), Text: x.Title()})
	}
	return page.Block{Title: "算法与签名", Facts: []page.Fact{{Label: "单位编号", Value: page.Cell{Text: v.office.Backup.Identity()}}, {Label: "签名公钥", Value: page.Cell{Text: signer}}, {Label: "签名指纹", Value: page.Cell{Text: bundle.Fingerprint(signer)}}},
		Text: []string{"请把登记文件（或者单位编号和签名公钥）交区里登记，区里据此认出是本单位的备份。"},
		Form: &page.Form{Action: "/backup/settings", Sections: []page.Section{{Fields: []page.Field{
			{Name: "suite", Label: "算法", Kind: page.KindCode, Options: suites, Value: strconv.Itoa(int(s.Suite)), Hint: "换算法会换新钥匙；旧备份照样能恢复"}}}},
			Buttons: []page.Button{{Text: "改用这种算法", Do: "suite"}, {Text: "换新的签名钥匙", Do: "rotate"}}},
		Buttons: []page.Button{{Text: "下载登记文件，交区里", URL: "/backup/card"}, {Text: "换新的恢复密钥", URL: "/backup/paper"}}}
}

func (v *visit) setBackup() error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	var err error
	said := "已保存"
	switch v.typed.First("_do") {
	case "timing":
		number := func(name string) int { n, _ := strconv.Atoi(v.typed.First(name)); return n }
		err = v.office.Backup.Timing(v.ctx, v.viewer, backup.Rhythm{Every: number("every"), FullEvery: number("full"), FullWeeks: number("weeks"), Chains: number("chains"), KeepDays: number("days")})
	case "suite":
		n, _ := strconv.Atoi(v.typed.First("suite"))
		err = v.office.Backup.UseSuite(v.ctx, v.viewer, bundle.Suite(n))
	case "rotate":
		err, said = v.office.Backup.Rotate(v.ctx, v.viewer), "已换新钥匙，下一份是完整备份；请把新的签名公钥交区里登记"
	default:
		err = record.Refused(record.CodeInvalid, "请选择要做什么")
	}
	if r, ok := record.AsRefusal(err); ok && len(r.Problems) > 0 {
		return v.drawBackupSettings(r, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return v.done("/backup/settings", said)
}

func (v *visit) addReader() error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	r := backup.Reader{Name: v.typed.First("name"), Key: strings.Join(strings.Fields(v.typed.First("key")), ""), Sealed: strings.Join(strings.Fields(v.typed.First("sealed")), ""), Signer: strings.TrimSpace(v.typed.First("signer"))}
	if err := v.readerFromCard(&r); err != nil {
		return err
	}
	err := v.office.Backup.AddReader(v.ctx, v.viewer, r)
	if refusal, ok := record.AsRefusal(err); ok && len(refusal.Problems) > 0 {
		return v.drawBackupSettings(refusal, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return v.done("/backup/settings", "已增加接收方“"+r.Name+"”，指纹 "+bundle.Fingerprint(r.Key)+"，请再与对方核对一遍")
}

// readerFromCard fills a reader in from the card that came with the form.
func (v *visit) readerFromCard(r *backup.Reader) error {
	if v.upload == nil || len(v.upload.Data) == 0 {
		return nil
	}
	card, err := bundle.ReadCard(v.upload.Data, bundle.DistrictCard)
	if err != nil {
		return record.Refused(record.CodeInvalid, "%v", err)
	}
	s, err := v.office.Backup.Settings(v.ctx)
	if err != nil {
		return err
	}
	r.Name, r.Key, r.Signer, r.Address, r.Certificate = or(r.Name, card.Name), card.Readers[s.Suite], card.Signer, card.Address, card.Certificate
	if v.typed.First("with_sealed") == "是" {
		if r.Sealed = card.Sealed[s.Suite]; r.Sealed == "" {
			return record.Refused(record.CodeInvalid, "登记文件里没有封存公钥：请区里领导先生成封存钥匙，再给一份登记文件")
		}
	}
	return nil
}

// officeCard is what the district needs to know of the office.
func (v *visit) officeCard() error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	signer, err := v.office.Backup.Signer(v.ctx)
	if err != nil {
		return err
	}
	name := v.office.Book.Profile().TownName
	data, err := bundle.Card{Kind: bundle.OfficeCard, Name: name, Office: v.office.Backup.Identity(), Signer: signer}.File()
	if err != nil {
		return err
	}
	return v.download(name+bundle.CardExtension, "application/json", data, false)
}

func (v *visit) dropReader() error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	if err := v.office.Backup.DropReader(v.ctx, v.viewer, v.typed.First("reader")); err != nil {
		return err
	}
	return v.done("/backup/settings", "已去掉；他手里以前的备份包仍能打开")
}

// takeReceipt takes home a district's receipt that came as a file.
func (v *visit) takeReceipt() error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	if v.upload == nil {
		return record.Refused(record.CodeInvalid, "请选择回执文件")
	}
	r, err := v.office.Backup.TakeReceipt(v.ctx, v.upload.Data)
	if err != nil {
		return err
	}
	return v.done("/backup", fmt.Sprintf("区里已收第 %d 号（%s）", r.Sequence, r.Time().Format(minute)))
}
