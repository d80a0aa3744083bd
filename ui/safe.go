package ui

import (
	"fmt"
	"io"
	"strings"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/record"
	"jiezhen/app/staff"
	"jiezhen/app/watch"
	"jiezhen/ui/page"
)

// safeRoutes explain why the office is read-only, and end safe mode.
func safeRoutes() []Route {
	return []Route{get("/safe", (*visit).safe), always("/safe", (*visit).leaveSafe)}
}

// readOnly answers a post while the office takes no writes: why, what to do,
// and everything that was typed, to be sent again. It reports whether it did.
func (v *visit) readOnly() (bool, error) {
	if v.office == nil || v.route.Always || v.route.Open || v.c.Method() != fiber.MethodPost {
		return false, nil
	}
	why := v.office.ReadOnly()
	if why == "" {
		return false, nil
	}
	const kept = "没有保存。您填写的内容都在下面，可以写字的以后再提交，也可以先抄下来。"
	if v.route.JSON || v.wantsJSON() {
		return true, v.json(fiber.StatusServiceUnavailable, map[string]any{"error": why})
	}
	f := v.frame("暂时只读，没有保存", kept)
	f.Notices = append(f.Notices, page.Notice{Tone: page.ToneUrgent, Text: why, Links: []page.Link{{Text: "怎么办", URL: "/safe"}}})
	if v.upload != nil {
		f.Notices = append(f.Notices, page.Notice{Tone: page.ToneWarn, Text: "所附的文件“" + v.upload.Name + "”没有留下，恢复以后请重新选一次。"})
	}
	form := page.Form{Action: v.self(), Hidden: v.kept(), Buttons: []page.Button{{Text: "再提交一次", Primary: true}}}
	view := page.ExpiredView{Frame: f, Form: form}
	for _, p := range form.Hidden {
		if p.Value != "" && !strings.HasPrefix(p.Name, "_") {
			view.Typed = append(view.Typed, page.Fact{Label: p.Name, Value: page.Cell{Text: p.Value}})
		}
	}
	return true, v.show(fiber.StatusServiceUnavailable, func(w io.Writer) error { return v.cfg.Pages.Expired(w, view) })
}

// mayLeaveSafe is who may end safe mode.
func (v *visit) mayLeaveSafe() bool { return v.viewer.Has(staff.RoleSystem) || v.viewer.Lead() }

// safe says whether the office is read-only, why, and what to do in which
// order.
func (v *visit) safe() error {
	view := page.DeskView{Frame: v.frame("能不能保存", "街镇通什么时候只让看、不让存，现在怎样，怎么办。")}
	why := v.office.ReadOnly()
	switch {
	case v.cfg.House.Safe():
		view.Blocks = v.safeBlocks(why)
	case why != "" && v.diskLocked():
		view.Blocks = []page.Block{{Title: "磁盘变成了只读", Notices: []page.Notice{{Tone: page.ToneUrgent, Text: why}},
			Text: []string{"不要反复重启，也不要动街镇通的数据文件夹。最近的备份包先留好（“备份与恢复”里看在哪里）。", "请维护人员检查这块磁盘（Linux 用 fsck），修好或换盘后重新启动电脑。磁盘能写了会自动恢复。"}}}
	case why != "":
		view.Blocks = []page.Block{{Title: "磁盘快满了", Notices: []page.Notice{{Tone: page.ToneUrgent, Text: why}},
			Text: []string{"删除这块磁盘上无关的大文件，清空回收站；不要动街镇通的数据文件夹。", "空间够了会自动恢复，不用重新启动。"}}}
	default:
		_, room, words := v.office.Room()
		b := page.Block{Title: "现在可以保存", Text: []string{fmt.Sprintf("磁盘还剩 %s，共 %s。", watch.Amount(room.Free), watch.Amount(room.Total))}}
		if words != "" {
			b.Notices = []page.Notice{{Tone: page.ToneWarn, Text: words}}
		}
		view.Blocks = []page.Block{b}
	}
	return v.desk(view)
}

// diskLocked says whether the system has locked the disk against writing.
func (v *visit) diskLocked() bool {
	_, room, _ := v.office.Room()
	return room.Locked
}

func (v *visit) safeBlocks(why string) []page.Block {
	steps := page.Block{Title: "安全模式", Notices: []page.Notice{{Tone: page.ToneUrgent, Text: why}}, Text: []string{
		"一、先做一次体检，看是不是数据、磁盘或时钟的问题。", "二、有问题的，照体检说的办；数据坏了的，用备份恢复。", "三、没有问题，或已经办好，就离开安全模式。检索最可疑，离开时可以重建，不影响数据。"}}
	if v.viewer.Has(staff.RoleSystem) {
		steps.Buttons = []page.Button{{Text: "体检", URL: "/doctor"}, {Text: "用备份恢复", URL: "/backup/restore"}}
	}
	if !v.mayLeaveSafe() {
		steps.Text = append(steps.Text, "请联系系统管理员或领导处理。")
		return []page.Block{steps}
	}
	leave := page.Block{Title: "离开安全模式", Form: &page.Form{Action: "/safe", Sections: []page.Section{{Fields: []page.Field{
		{Name: "anew", Label: "重建检索", Kind: page.KindYesNo, Value: "是", Hint: "建议选“是”：检索损坏是最常见的原因，重建时可照常办公"},
		{Name: "reason", Label: "理由", Kind: page.KindText, Required: true, Wide: true, Hint: "如“体检没有发现问题”"}}}},
		Buttons: []page.Button{{Text: "离开安全模式", Primary: true}}}}
	return []page.Block{steps, leave}
}

// leaveSafe opens the office in full again, and journals who decided so.
func (v *visit) leaveSafe() error {
	if !v.mayLeaveSafe() {
		return record.Refused(record.CodeDenied, "离开安全模式由系统管理员或领导决定")
	}
	if !v.cfg.House.Safe() {
		return v.done("/safe", "现在不是安全模式")
	}
	reason := v.typed.First("reason")
	if len([]rune(reason)) < 4 {
		return record.Refused(record.CodeInvalid, "请写明离开安全模式的理由（至少4个字）")
	}
	facts := map[string]any{"reason": reason}
	if err := v.office.Book.Log(v.ctx, v.viewer, "safe.leave", record.Ref{Register: record.Users, ID: v.viewer.User}, facts); err != nil {
		return err
	}
	if err := v.cfg.House.LeaveSafe(v.ctx, v.typed.First("anew") != "否"); err != nil {
		return err
	}
	if v.cfg.Starts != nil {
		v.cfg.Starts.Leave()
	}
	v.office = v.cfg.House.Office()
	return v.done("/", "已离开安全模式，可以照常办公")
}

// warnings are what everybody should know at the start of the day: a disk that
// fills up, a clock that is wrong.
func (v *visit) warnings() []page.Notice {
	var out []page.Notice
	if level, _, words := v.office.Room(); level == watch.Low {
		out = append(out, page.Notice{Tone: page.ToneWarn, Text: words, Links: []page.Link{{Text: "怎么办", URL: "/help/safe"}}})
	}
	if words := v.office.ClockWarning(); words != "" {
		out = append(out, page.Notice{Tone: page.ToneWarn, Text: words, Links: []page.Link{{Text: "怎么办", URL: "/help/clock"}}})
	}
	return out
}
