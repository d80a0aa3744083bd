package ui

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app"
	"jiezhen/app/backup"
	"jiezhen/app/record"
	"jiezhen/ui/page"
)

// revival is an office that comes back from its bundles on a PC where there
// was none: the job that restores it aside, and what came of it.
type revival struct {
	mu  sync.Mutex
	job string
	out *app.Recovered
}

func reviveRoutes() []Route {
	form, send := get("/setup/restore", (*visit).reviveForm), post("/setup/restore", (*visit).revive)
	for _, r := range []*Route{&form, &send} {
		r.Open, r.Shut = true, true
	}
	return []Route{form, send}
}

// fresh refuses whoever is not at this PC with the one-time link, and a PC
// that has an office.
func (v *visit) fresh() (bool, error) {
	if c, _ := v.cfg.House.Condition(); c != app.Absent {
		return false, v.redirect("/")
	}
	if !v.admitted() {
		return false, v.error(fiber.StatusForbidden, "从备份恢复", "只能在这台电脑上，用启动时打开的一次性链接进入。")
	}
	return true, nil
}

// reviveForm shows what comes next: which bundles and the paper key, how far
// it is, or what was restored.
func (v *visit) reviveForm() error {
	if ok, err := v.fresh(); !ok {
		return err
	}
	s := &v.revival
	s.mu.Lock()
	defer s.mu.Unlock()
	j, running := v.jobs.get(s.job, 0)
	switch {
	case running && !j.over():
		return v.reviveProgress(j)
	case v.queries().Has("json"):
		return v.json(fiber.StatusOK, map[string]any{"finished": true, "url": "/setup/restore"})
	case s.out != nil:
		return v.drawRevived()
	case running && j.failed != nil:
		return v.drawRevive(record.Refused(record.CodeInvalid, "%s", plainError(j.failed, "没有恢复成，请换一份备份包再试")), fiber.StatusUnprocessableEntity)
	}
	return v.drawRevive(nil, fiber.StatusOK)
}

func (v *visit) reviveProgress(j *job) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if v.queries().Has("json") {
		return v.json(fiber.StatusOK, map[string]any{"done": j.done, "total": j.total, "text": j.text, "finished": false, "url": "/setup/restore"})
	}
	view := page.ProgressView{Frame: v.bare("正在从备份恢复"), Progress: page.Progress{Text: j.text, Poll: "/setup/restore?json"}}
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Progress(w, view) })
}

// bare is the frame of a page without an office.
func (v *visit) bare(title string) page.Frame {
	f := v.frame(title, "")
	f.User, f.Nav = nil, nil
	return f
}

func (v *visit) drawRevive(refusal *record.Refusal, status int) error {
	view := page.SetupView{Frame: v.bare("从备份恢复"), Text: []string{
		"电脑坏了、丢了、换了，用备份包和纸上的恢复密钥把单位原样恢复到这台电脑。",
		"插上备份U盘，或把备份包拷到一个文件夹里。先恢复到一旁给您看，确认后才启用。"}}
	var options []page.Option
	for _, d := range v.cfg.House.Drives() {
		options = append(options, page.Option{Value: d.Path, Text: "U盘 " + d.Label, Note: d.System})
	}
	options = append(options, page.Option{Value: "", Text: "文件夹"})
	view.Form = &page.Form{Action: "/setup/restore", Sections: []page.Section{{Fields: []page.Field{
		{Name: "stick", Label: "备份包在哪里", Kind: page.KindCode, Options: options, Value: or(v.typed.First("stick"), options[0].Value)},
		{Name: "folder", Label: "文件夹", Kind: page.KindText, Wide: true, Value: v.typed.First("folder"), Hint: "选“文件夹”时填完整路径，如 D:\\街镇通备份"},
		{Name: "paper", Label: "恢复密钥", Kind: page.KindText, Wide: true, Required: true, Auto: "off", Hint: "纸上的八组字符，照抄，可连着写；抄错会告诉您是第几组"},
		{Name: "until", Label: "恢复到哪天", Kind: page.KindDate, Value: v.typed.First("until"), Hint: "空着就是恢复到备份的最后一刻"},
		{Name: "time", Label: "几点几分", Kind: page.KindText, Value: v.typed.First("time"), Hint: "如 15:30；空着是那天结束时"}}}},
		Buttons: []page.Button{{Text: "恢复到一旁看看", Primary: true}}, Cancel: page.Link{Text: "返回首次设置", URL: "/setup"}}
	if refusal != nil {
		view.Form.Errors = formErrors(refusalProblems(refusal))
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Setup(w, view) })
}

// drawRevived shows what was restored, before anything is put in its place.
func (v *visit) drawRevived() error {
	out := v.revival.out
	view := page.SetupView{Frame: v.bare("恢复出来的单位"), Text: []string{
		fmt.Sprintf("单位：%s（街镇代码 %s）", or(out.Last.Name, "未命名"), or(out.Last.Town, "—")),
		fmt.Sprintf("记录 %d 条，日志 %d 条，附件 %d 个；最新内容 %s。", out.Records, out.Entries, out.Files, out.Newest.Format(minute)),
		"每一页数据、每一条日志都已检查过。是您单位的，就启用；用原来的登录名和密码登录。"}}
	view.Form = &page.Form{Action: "/setup/restore", Hidden: []page.Pair{{Name: "_do", Value: "take"}},
		Buttons: []page.Button{{Text: "启用这份数据", Primary: true}, {Text: "不是，重新选", Do: "again"}}}
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Setup(w, view) })
}

// revive starts to restore, takes what was restored, or begins anew.
func (v *visit) revive() error {
	if ok, err := v.fresh(); !ok {
		return err
	}
	s := &v.revival
	s.mu.Lock()
	defer s.mu.Unlock()
	if j, ok := v.jobs.get(s.job, 0); ok && !j.over() {
		return v.redirect("/setup/restore")
	}
	switch {
	case v.typed.First("_do") == "again" || s.out == nil && v.typed.First("_do") == "take":
		s.out, s.job = nil, ""
		return v.redirect("/setup/restore")
	case v.typed.First("_do") == "take":
		seq := s.out.Last.Sequence
		if err := v.cfg.House.Adopt(v.ctx); err != nil {
			return err
		}
		s.out, v.office = nil, v.cfg.House.Office()
		return v.done("/login", "单位已恢复（第 "+strconv.FormatUint(seq, 10)+" 号备份），请用原来的登录名和密码登录，然后马上备份一次")
	}
	return v.startReviving()
}

// startReviving begins to restore beside the page. The caller holds the lock.
func (v *visit) startReviving() error {
	s := &v.revival
	dir := v.typed.First("folder")
	if stick := v.typed.First("stick"); stick != "" {
		dir = filepath.Join(stick, backup.StickFolder)
	}
	o, err := recoveryFrom(dir, v.typed)
	if r, ok := record.AsRefusal(err); ok {
		return v.drawRevive(r, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	house := v.cfg.House
	s.job = v.jobs.start(0, "正在从备份恢复", func(ctx context.Context, j *job) error {
		o.Tell = j.say
		out, err := house.Rehearse(ctx, o)
		if err != nil {
			return asRefusal(err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.out = &out
		return nil
	})
	return v.redirect("/setup/restore")
}
