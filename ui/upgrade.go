package ui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"jiezhen/app/backup"
	"jiezhen/app/record"
	"jiezhen/installer"
	"jiezhen/ui/page"
)

// uploadProgram is the most that an upgrade's file may hold.
const uploadProgram = 200 << 20

func upgradeRoutes() []Route {
	bring := post("/upgrade", (*visit).bringUpgrade)
	bring.Limit = uploadProgram
	return []Route{get("/upgrade", (*visit).upgradePage), bring, post("/upgrade/back", (*visit).rollBack)}
}

// changer changes versions; a refusal says why this office cannot.
func (v *visit) changer() (Changer, error) {
	if v.cfg.Installed == nil {
		return Changer{}, record.Refused(record.CodeInvalid, "街镇通没有装成系统服务，不能在页面上换版：请先退出，用新的程序文件直接打开就是升级")
	}
	if v.cfg.Installed.ByHand {
		return Changer{}, record.Refused(record.CodeInvalid, byHandWords)
	}
	return Changer{House: v.cfg.House, Desk: v.cfg.Installed}, nil
}

// byHandWords are said where only the command changes versions.
const byHandWords = "这台电脑没有 systemd，页面上不能换版。请在终端里用命令：sudo jiezhen upgrade 升级文件；退回上一版用 sudo jiezhen rollback"

// upgradePage says which version runs, how the last change went, and offers
// the next one and the way back.
func (v *visit) upgradePage() error {
	if err := v.seesBackup(); err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("升级与回退", "升级前自动备份，并用数据副本试运行；新版起不来，会自动换回旧版和换版前的数据。")}
	now := page.Block{Title: "现在的版本", Facts: []page.Fact{{Label: "版本", Value: page.Cell{Text: v.cfg.House.Version()}}}}
	if v.cfg.Installed == nil {
		now.Text = []string{"街镇通没有装成系统服务：升级就是退出后用新的程序文件打开，数据照旧。请先做一次备份：这样升级，退回旧版要靠备份。"}
		now.Buttons = []page.Button{{Text: "先做备份", URL: "/backup"}, {Text: "升级怎么办（帮助）", URL: "/help/upgrade"}}
		view.Blocks = []page.Block{now}
		return v.desk(view)
	}
	state, err := v.cfg.Installed.State()
	if err != nil {
		return err
	}
	if v.queries().Has("json") || state.Change.Open() {
		return v.changeUnderWay(state.Change)
	}
	now.Notices = changeNotices(state.Change)
	if state.Change != nil && state.Change.Phase == installer.Returned {
		now.Text = []string{"现在照常使用就行，不用再做什么。请把上面这句话告诉发布单位；要更多情况，在“体检”里保存诊断资料一并给他。"}
	}
	view.Blocks = []page.Block{now}
	switch {
	case v.cfg.Installed.ByHand:
		view.Blocks[0].Text = []string{byHandWords}
	case backup.MayKeep(v.viewer):
		view.Blocks = append(view.Blocks, upgradeBlock())
		if state.Previous != nil {
			view.Blocks = append(view.Blocks, rollbackBlock(*state.Previous))
		}
	}
	return v.desk(view)
}

func changeNotices(c *installer.Change) []page.Notice {
	if c == nil {
		return nil
	}
	tone := page.ToneWarn
	if c.Phase == installer.Done {
		tone = page.ToneGood
	}
	return []page.Notice{{Tone: tone, Text: c.Tell()}}
}

func upgradeBlock() page.Block {
	return page.Block{Title: "升级", Text: []string{"从发布单位拿到的升级文件（一个程序文件）在U盘或下载文件夹里都可以。换版时页面会断开一两分钟，请先让同事保存手头的内容。"},
		Form: &page.Form{Action: "/upgrade", Files: true, Sections: []page.Section{{Fields: []page.Field{
			{Name: "file", Label: "升级文件", Kind: page.KindFile, Required: true}}}}, Buttons: []page.Button{{Text: "核对并升级", Primary: true}}}}
}

func rollbackBlock(p installer.Past) page.Block {
	return page.Block{Title: "回退", Folded: true, Text: []string{fmt.Sprintf("退回 %s（%s 换下来的）。上一版读得了现在的数据，就只换程序，数据一条不少。", p.Version, p.At.Local().Format(minute)),
		"读不了时，只能连数据一起回到换版前：之后新增的内容不在里面，会整份留在数据文件夹里，并且先做一份备份包。"},
		Form: &page.Form{Action: "/upgrade/back", Sections: []page.Section{{Fields: []page.Field{
			{Name: "data", Label: "连数据一起退回换版前", Kind: page.KindYesNo, Value: "否", Hint: "先选“否”；系统说读不了再选“是”"},
			{Name: "password", Label: "您的登录密码", Kind: page.KindPassword, Required: true, Auto: "current-password"}}}},
			Buttons: []page.Button{{Text: "退回 " + p.Version, Danger: true}}}}
}

// bringUpgrade takes in a file and has the change prepared beside the page.
func (v *visit) bringUpgrade() error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	changer, err := v.changer()
	if err != nil {
		return err
	}
	if v.upload == nil || len(v.upload.Data) == 0 {
		return record.Refused(record.CodeInvalid, "请选择升级文件")
	}
	m, err := changer.Desk.Take(v.ctx, bytes.NewReader(v.upload.Data))
	if err != nil {
		return asRefusal(err)
	}
	if err := v.journalChange("升级到 " + m.Version); err != nil {
		return err
	}
	id := v.jobs.startFor(v.viewer.User, "正在升级", "/upgrade", func(ctx context.Context, j *job) error {
		return asRefusal(changer.seeThrough(ctx, func() error { return changer.Upgrade(ctx, j.say) }))
	})
	return v.redirect("/jobs/" + id)
}

// rollBack asks for the version before.
func (v *visit) rollBack() error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	changer, err := v.changer()
	if err != nil {
		return err
	}
	if _, err := v.office.Staff.Unlock(v.ctx, v.token(), rawFirst(v.typed, "password")); err != nil {
		return err
	}
	withData := v.typed.First("data") == "是"
	if err := v.journalChange("退回上一版"); err != nil {
		return err
	}
	id := v.jobs.startFor(v.viewer.User, "正在准备回退", "/upgrade", func(ctx context.Context, j *job) error {
		err := changer.seeThrough(ctx, func() error { return changer.Rollback(ctx, withData, j.say) })
		if errors.Is(err, ErrUnreadable) {
			err = fmt.Errorf("%w。确定要这样退回，请在“连数据一起退回换版前”选“是”", err)
		}
		return asRefusal(err)
	})
	return v.redirect("/jobs/" + id)
}

func (v *visit) journalChange(what string) error {
	return v.office.Book.Change(v.ctx, v.viewer, what, func(tx *record.Tx) error {
		return tx.Event("version", record.Ref{Register: record.Users, ID: v.viewer.User}, map[string]any{"what": what, "from": v.cfg.House.Version()})
	})
}

// tellFor is how long a change that went wrong is told of on every page.
const tellFor = 7 * 24 * time.Hour

// versionStatus says that a change of versions is under way or went wrong.
func (v *visit) versionStatus() []page.StatusLine {
	if v.cfg.Installed == nil || !backup.MaySee(v.viewer) {
		return nil
	}
	state, err := v.cfg.Installed.State()
	if err != nil || state.Change == nil {
		return nil // the page of upgrades says what is wrong
	}
	c := state.Change
	if c.Open() {
		return []page.StatusLine{{Text: "正在换版", Tone: page.ToneWarn, URL: "/upgrade"}}
	}
	if c.Phase != installer.Done && v.cfg.Clock().Sub(c.Ended) < tellFor {
		return []page.StatusLine{{Text: "升级没有成功，已换回 " + c.From, Tone: page.ToneWarn, URL: "/upgrade"}}
	}
	return nil
}
