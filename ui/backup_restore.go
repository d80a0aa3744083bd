package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app"
	"jiezhen/app/backup"
	"jiezhen/app/record"
	"jiezhen/ui/page"
)

// restoreForm asks what to go back to. Nothing changes before the result has
// been looked at and confirmed.
func (v *visit) restoreForm() error { return v.drawRestore(nil, fiber.StatusOK) }

func (v *visit) drawRestore(refusal *record.Refusal, status int) error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	view := page.FormView{Frame: v.frame("恢复", "先恢复到一旁，看清楚是什么，再决定换不换；现在的数据会原样留着。")}
	view.Crumbs = []page.Link{{Text: "备份与恢复", URL: "/backup"}}
	options := []page.Option{{Value: "local", Text: "本机的备份包"}, {Value: "folder", Text: "别处的备份包"}}
	folder := []page.Condition{{Field: "from", Op: "in", Values: []string{"folder"}}}
	view.Form = page.Form{Action: "/backup/restore", Sections: []page.Section{{Fields: []page.Field{
		{Name: "from", Label: "用哪里的备份", Kind: page.KindCode, Required: true, Options: options, Value: or(v.typed.First("from"), "local")},
		{Name: "folder", Label: "文件夹", Kind: page.KindText, Wide: true, Show: folder, Value: v.typed.First("folder"), Hint: "放备份包的文件夹的完整路径，如 E:\\街镇通备份"},
		{Name: "paper", Label: "恢复密钥", Kind: page.KindPassword, Wide: true, Show: folder, Hint: "只有换过电脑、本机没有钥匙时才要填"},
		{Name: "until", Label: "恢复到哪天", Kind: page.KindDate, Value: v.typed.First("until"), Hint: "空着就是恢复到备份的最后一刻"},
		{Name: "time", Label: "几点几分", Kind: page.KindText, Value: v.typed.First("time"), Hint: "如 15:30；空着是那天结束时"}}}},
		Buttons: []page.Button{{Text: "恢复到一旁看看", Primary: true}}, Cancel: page.Link{Text: "取消", URL: "/backup"}}
	if refusal != nil {
		view.Form.Errors = formErrors(refusalProblems(refusal))
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Form(w, view) })
}

// recovery reads the form.
func (v *visit) recovery() (app.Recovery, error) {
	dir := v.office.Backup.Folder()
	if v.typed.First("from") == "folder" {
		dir = v.typed.First("folder")
	}
	return recoveryFrom(dir, v.typed)
}

// recoveryFrom reads what is to be restored from the bundles of a folder.
func recoveryFrom(dir string, typed record.Typed) (app.Recovery, error) {
	o := app.Recovery{Paper: rawFirst(typed, "paper")}
	wrong := func(field, label, text string) (app.Recovery, error) {
		return o, &record.Refusal{Code: record.CodeInvalid, Text: "还有内容要补正", Problems: []record.Problem{{Field: field, Label: label, Text: text}}}
	}
	list, err := backup.Folder(dir, "")
	if err != nil || len(list) == 0 {
		return wrong("folder", "文件夹", "里面没有找到备份包")
	}
	for _, e := range list {
		if e.Manifest.Office != list[0].Manifest.Office {
			return wrong("folder", "文件夹", "里面有几个单位的备份包，请只留一个单位的")
		}
		o.Bundles = append(o.Bundles, filepath.Join(dir, e.Name))
	}
	day := typed.First("until")
	if day == "" {
		return o, nil
	}
	text := or(typed.First("time"), "23:59")
	o.Until, err = time.ParseInLocation("2006-01-02 15:04", day+" "+text, time.Local)
	if err != nil {
		return wrong("time", "几点几分", "请写成 15:30 这样")
	}
	o.Until = o.Until.Add(time.Minute - time.Millisecond)
	return o, nil
}

func (v *visit) rehearse() error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	o, err := v.recovery()
	if r, ok := record.AsRefusal(err); ok {
		return v.drawRestore(r, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	house, seen := v.cfg.House, &v.rehearsed
	id := v.jobs.start(v.viewer.User, "正在恢复到一旁", func(ctx context.Context, j *job) error {
		j.offerStop()
		o.Tell = j.say
		out, err := house.Rehearse(ctx, o)
		if errors.Is(err, app.ErrPaperNeeded) {
			return record.Refused(record.CodeInvalid, "这些备份包不是用本机的钥匙做的，请填恢复密钥")
		}
		if err != nil {
			return asRefusal(err)
		}
		seen.Store(&out)
		j.leadTo("/backup/restored")
		return nil
	})
	return v.redirect("/jobs/" + id)
}

// restored shows what the restored office holds, and asks whether to change
// to it.
func (v *visit) restored() error { return v.drawRestored("", fiber.StatusOK) }

func (v *visit) drawRestored(refused string, status int) error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	out := v.rehearsed.Load()
	if _, err := os.Stat(v.cfg.House.Staged()); out == nil || err != nil {
		return record.Refused(record.CodeInvalid, "还没有恢复到一旁的数据，请先在“恢复”页选择备份")
	}
	view := page.FormView{Frame: v.frame("换成恢复出来的数据", "换过去之后，备份之后新增的内容不在里面；现在的数据会整份留在数据文件夹的“replaced-日期”里。")}
	view.Crumbs = []page.Link{{Text: "备份与恢复", URL: "/backup"}, {Text: "恢复", URL: "/backup/restore"}}
	head := v.office.Book.Head()
	text := fmt.Sprintf("单位 %s；记录 %d 条、日志 %d 条、附件 %d 个；最新内容 %s。现在的数据日志有 %d 条。", or(out.Last.Name, out.Last.Office[:8]), out.Records, out.Entries,
		out.Files, out.Newest.Format(minute), head)
	view.Form = page.Form{Action: "/backup/restored", Sections: []page.Section{{Title: "恢复出来的是", Note: text, Fields: []page.Field{
		{Name: "password", Label: "您的登录密码", Kind: page.KindPassword, Required: true, Auto: "current-password"}}}},
		Buttons: []page.Button{{Text: "换成这份数据", Danger: true}}, Cancel: page.Link{Text: "不换", URL: "/backup"}}
	if refused != "" {
		view.Form.Errors = []page.FormError{{Field: "password", Text: refused}}
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Form(w, view) })
}

// replaceOffice changes the office's data for those that were restored.
func (v *visit) replaceOffice() error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	_, err := v.office.Staff.Unlock(v.ctx, v.token(), rawFirst(v.typed, "password"))
	if r, ok := record.AsRefusal(err); ok {
		return v.drawRestored(r.Text, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	out := v.rehearsed.Swap(nil)
	if out == nil {
		return record.Refused(record.CodeInvalid, "还没有恢复到一旁的数据，请先在“恢复”页选择备份")
	}
	if _, err := v.cfg.House.Replace(v.ctx, v.cfg.House.Staged()); err != nil {
		return asRefusal(err)
	}
	v.office = v.cfg.House.Office()
	return v.done("/login", "已换成备份里的数据（第 "+strconv.FormatUint(out.Last.Sequence, 10)+" 号），请重新登录")
}
