package ui

import (
	"context"
	"fmt"
	"time"

	"jiezhen/app"
	"jiezhen/app/record"
	"jiezhen/app/staff"
	"jiezhen/ui/page"
)

// doctorRoutes are the examination of the office, for the system
// administrator.
func doctorRoutes() []Route {
	return []Route{get("/doctor", (*visit).doctor), always("/doctor", (*visit).examine), get("/doctor/diagnostics.zip", (*visit).diagnostics)}
}

// examined is the last thorough examination.
type examined struct {
	at    time.Time
	fixed bool
	list  []app.Finding
}

func (v *visit) mayExamine() error {
	if !v.viewer.Has(staff.RoleSystem) {
		return record.Refused(record.CodeDenied, "体检由系统管理员办理")
	}
	return nil
}

// doctor shows how the office is: the surface at once, the rest as it was
// found by the last thorough examination.
func (v *visit) doctor() error {
	if err := v.mayExamine(); err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("体检", "一项一项看：磁盘、时钟、权限、数据、检索、字体、备份、节假日、标准。全面体检要读一遍全部数据，可以照常办公。")}
	now := page.Block{Title: "现在", Table: findingsTable("现在的情况", v.cfg.House.Examine(v.ctx, app.Examination{})),
		Form: &page.Form{Action: "/doctor", Buttons: []page.Button{{Text: "全面体检", Do: "check", Primary: true}, {Text: "体检并修复", Do: "fix"}}},
		Text: []string{"“修复”只做不会丢东西的事：重建检索、收紧文件权限、补做备份包和试恢复。登记的内容一个字也不动。"}}
	view.Blocks = append(view.Blocks, now)
	if last := v.lastExam.Load(); last != nil {
		title := "上一次全面体检：" + last.at.Format(minute)
		if last.fixed {
			title = "上一次体检并修复：" + last.at.Format(minute)
		}
		view.Blocks = append(view.Blocks, page.Block{Title: title, Table: findingsTable(title, last.list)})
	}
	view.Blocks = append(view.Blocks, page.Block{Title: "交给维护人员", Text: []string{"解决不了的，把诊断资料保存成一个文件交给维护人员。里面没有任何人的姓名、证件号、电话和登记内容，可以自己打开看。"},
		Buttons: []page.Button{{Text: "保存诊断资料", URL: "/doctor/diagnostics.zip"}}})
	return v.desk(view)
}

// mendedAt is where what the doctor finds in an area is seen to.
var mendedAt = map[string]page.Link{
	"备份": {Text: "去备份与恢复", URL: "/backup"}, "离机备份": {Text: "去备份与恢复", URL: "/backup"}, "试恢复": {Text: "去备份与恢复", URL: "/backup"},
	"节假日": {Text: "去录节假日", URL: "/settings/holidays"}, "标准": {Text: "去设置", URL: "/settings"}, "政策包": {Text: "去政策包", URL: "/policy"},
	"时钟": {Text: "时钟怎么校准", URL: "/help/clock"}, "磁盘": {Text: "只读与安全模式", URL: "/help/safe"}, "启动": {Text: "只读与安全模式", URL: "/help/safe"},
}

func findingsTable(caption string, list []app.Finding) *page.Table {
	t := page.Table{Caption: caption, Columns: []page.Column{{Title: "项目"}, {Title: "结果"}, {Title: "看到的"}, {Title: "怎么办"}}}
	for _, f := range list {
		grade := page.Cell{Text: f.Grade.Word(), Badge: true, Tone: findingTone(f)}
		remedy := page.Cell{Text: f.Remedy}
		if f.Fixed != "" {
			grade.Text, remedy.Text = "已修复", f.Fixed
		} else if at, ok := mendedAt[f.Area]; ok && f.Grade != app.Fine {
			remedy.More = []page.Cell{{Text: at.Text, URL: at.URL}}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: f.Area}, grade, {Text: f.Found}, remedy}})
	}
	return &t
}

func findingTone(f app.Finding) page.Tone {
	switch {
	case f.Fixed != "" || f.Grade == app.Fine:
		return page.ToneGood
	case f.Grade == app.Trouble:
		return page.ToneUrgent
	}
	return page.ToneWarn
}

// examine examines thoroughly beside the page, and repairs when asked.
func (v *visit) examine() error {
	if err := v.mayExamine(); err != nil {
		return err
	}
	fix := v.typed.First("_do") == "fix"
	event := map[string]any{"repair": fmt.Sprint(fix)}
	if err := v.office.Book.Log(v.ctx, v.viewer, "doctor", record.Ref{Register: record.Users, ID: v.viewer.User}, event); err != nil {
		return err
	}
	house, last, clock := v.cfg.House, &v.lastExam, v.cfg.Clock
	id := v.jobs.start(v.viewer.User, "正在体检", func(ctx context.Context, j *job) error {
		j.offerStop()
		list := house.Examine(ctx, app.Examination{Deep: true, Fix: fix, Tell: j.progress})
		if err := ctx.Err(); err != nil {
			return err
		}
		last.Store(&examined{clock(), fix, list})
		j.leadTo("/doctor")
		return nil
	})
	return v.redirect("/jobs/" + id)
}

// diagnostics sends what a maintainer needs.
func (v *visit) diagnostics() error {
	if err := v.mayExamine(); err != nil {
		return err
	}
	data, err := v.cfg.House.Diagnostics(v.ctx)
	if err != nil {
		return err
	}
	return v.download("街镇通诊断资料-"+v.cfg.Clock().Format("20060102-1504")+".zip", "application/zip", data, false)
}
