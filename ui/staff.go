package ui

import (
	"fmt"
	"io"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/record"
	"jiezhen/app/staff"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// users is the roll of accounts.
func (v *visit) users() error {
	list, err := v.office.Staff.Users(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("账号与交接", "人员离岗先办交接，账号到期自动停用；三员互不兼任、不办业务。")}
	mayKeep := v.viewer.Has(staff.RoleSecurity)
	if mayKeep {
		view.Actions = []page.Button{{Text: "新建账号", URL: "/staff/new", Primary: true}}
	}
	t := page.Table{Caption: "账号", Columns: []page.Column{{Title: "姓名"}, {Title: "登录名"}, {Title: "岗位"}, {Title: "社区（村）"}, {Title: "状态"}, {Title: "办理"}}}
	err = v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		for _, u := range list {
			t.Rows = append(t.Rows, v.userRow(tx, u, mayKeep))
		}
		return nil
	})
	if err != nil {
		return err
	}
	view.Blocks = []page.Block{{Title: "账号", Table: &t}}
	return v.desk(view)
}

func (v *visit) userRow(tx *record.Tx, u staff.User, mayKeep bool) page.Row {
	posts, areas := "", ""
	for _, id := range u.Roles {
		if r, ok := v.office.Roles.Get(id); ok {
			posts += r.Title + " "
		}
	}
	for _, c := range u.Communities {
		areas += tx.Label(record.Ref{Register: record.Places, ID: c}, false) + " "
	}
	state := page.Cell{Text: "在用"}
	switch {
	case u.Ended:
		state = page.Cell{Text: "已停用", Tone: page.ToneMuted}
	case u.MustChange:
		state = page.Cell{Text: "须更换密码", Tone: page.ToneWarn}
	}
	name := page.Cell{Text: u.Name}
	if mayKeep {
		name.URL = "/r/" + record.Users + "/" + idOrEmpty(u.ID)
	}
	do := page.Cell{Text: "交接", URL: "/staff/" + idOrEmpty(u.ID) + "/handover"}
	if mayKeep && !u.Ended {
		do.More = []page.Cell{{Text: "重置密码", URL: "/staff/" + idOrEmpty(u.ID) + "/reset"}}
	}
	return page.Row{Cells: []page.Cell{name, {Text: u.Login}, {Text: posts}, {Text: areas}, state, do}}
}

func (v *visit) newUser() error { return v.drawUser(nil, fiber.StatusOK) }

func (v *visit) drawUser(refusal *record.Refusal, status int) error {
	if !v.viewer.Has(staff.RoleSecurity) {
		return record.Refused(record.CodeDenied, "账号由安全管理员建立")
	}
	view := page.FormView{Frame: v.frame("新建账号", "建好后给出一次性临时密码，当面交给本人，首次登录必须更换。")}
	view.Crumbs = []page.Link{{Text: "账号与交接", URL: "/staff"}}
	var posts []page.Option
	for _, r := range v.office.Roles {
		posts = append(posts, page.Option{Value: r.ID, Text: r.Title, Note: r.Note})
	}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		view.Form = page.Form{Action: "/staff/new", Sections: []page.Section{{Fields: []page.Field{
			{Name: "title", Label: "姓名", Kind: page.KindText, Required: true, Value: v.typed.First("title")},
			{Name: "login", Label: "登录名", Kind: page.KindText, Required: true, Value: v.typed.First("login"), Hint: "字母或数字，如 jichunhe"},
			{Name: "roles", Label: "岗位", Kind: page.KindCodes, Options: posts, Required: true, Values: v.typed["roles"]},
			{Name: "communities", Label: "负责的社区（村）", Kind: page.KindCodes, Options: v.placeOptions(tx)[1:], Values: v.typed["communities"], Hint: "社区一级的岗位必选"}}}},
			Buttons: []page.Button{{Text: "建立账号", Primary: true}}, Cancel: page.Link{Text: "取消", URL: "/staff"}}
		return nil
	})
	if err != nil {
		return err
	}
	if refusal != nil {
		view.Form.Errors = formErrors(refusalProblems(refusal))
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Form(w, view) })
}

func (v *visit) createUser() error {
	n := staff.NewUser{Login: v.typed.First("login"), Name: v.typed.First("title"), Roles: v.typed["roles"]}
	for _, id := range v.typed["communities"] {
		if c, err := strconv.ParseUint(id, 10, 64); err == nil {
			n.Communities = append(n.Communities, c)
		}
	}
	made, err := v.office.Staff.CreateUser(v.ctx, v.viewer, n)
	if r, ok := record.AsRefusal(err); ok && r.Code != record.CodeDenied {
		return v.drawUser(r, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return v.showPassword("账号已建立", made.Login, made.Password)
}

// showPassword shows a temporary password once: it is never in a cookie, an
// address or the log.
func (v *visit) showPassword(title, login, password string) error {
	view := page.DeskView{Frame: v.frame(title, "临时密码只显示这一次，请当面交给本人；首次登录必须更换。"), Blocks: []page.Block{{Title: "临时密码",
		Facts:   []page.Fact{{Label: "登录名", Value: page.Cell{Text: login}}, {Label: "临时密码", Value: page.Cell{Text: password}}},
		Buttons: []page.Button{{Text: "抄好了，返回", URL: "/staff", Primary: true}}}}}
	return v.desk(view)
}

func (v *visit) resetUser() error {
	password, err := v.office.Staff.Reset(v.ctx, v.viewer, v.id("id"))
	if err != nil {
		return err
	}
	login := ""
	if list, err := v.office.Staff.Users(v.ctx, v.viewer); err == nil {
		for _, u := range list {
			if u.ID == v.id("id") {
				login = u.Login
			}
		}
	}
	return v.showPassword("密码已重置", login, password)
}

// handoverForm shows everything that a colleague has in hand and asks who
// takes it.
func (v *visit) handoverForm() error { return v.drawHandover(nil, fiber.StatusOK) }

func (v *visit) drawHandover(refusal *record.Refusal, status int) error {
	user := v.id("id")
	work, err := v.office.Staff.OpenWork(v.ctx, v.viewer, user)
	if err != nil {
		return err
	}
	view := page.DeskView{}
	err = v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		name := tx.Label(record.Ref{Register: record.Users, ID: user}, false)
		view.Frame = v.frame("交接："+name, "在办的事项全部交给接手人，打印交接单由双方签字；最后一天过后账号自动停用。")
		users, err := v.userOptions(tx)
		if err != nil {
			return err
		}
		form := &page.Form{Action: fmt.Sprintf("/staff/%d/handover", user), Sections: []page.Section{{Fields: []page.Field{
			{Name: "to", Label: "接手人", Kind: page.KindCode, Options: users, Required: true, Value: v.typed.First("to")},
			{Name: "last", Label: "最后一天", Kind: page.KindDate, Hint: "填了这天，过后账号停用；只移交不离岗可不填", Value: v.typed.First("last")},
			{Name: "reason", Label: "理由", Kind: page.KindNote, Rows: 2, Required: true, Value: v.typed.First("reason"), Hint: "如：调离、退休、产假"}}}},
			Buttons: []page.Button{{Text: "办理交接", Primary: true}}, Cancel: page.Link{Text: "取消", URL: "/staff"}}
		if refusal != nil {
			form.Errors = formErrors(refusalProblems(refusal))
		}
		view.Blocks = []page.Block{{Title: "办理交接", Form: form}, workBlock("承办中", work.Owned), workBlock("等其接受的移交", work.Offered), workBlock("等其审核", work.Waiting)}
		if work.Restricted > 0 {
			view.Blocks[0].Text = append(view.Blocks[0].Text, fmt.Sprintf("另有 %d 件封存记录，由系统一并移交。", work.Restricted))
		}
		if n := len(work.Drafts); n > 0 {
			view.Blocks[0].Text = append(view.Blocks[0].Text, fmt.Sprintf("还有 %d 份没有提交的填写内容，会转给接手人。", n))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Desk(w, view) })
}

func workBlock(title string, items []staff.Item) page.Block {
	t := page.Table{Caption: title, Columns: []page.Column{{Title: "编号"}, {Title: "登记簿"}, {Title: "对象"}, {Title: "阶段"}, {Title: "期限"}}, Empty: page.Empty{Text: "没有。"}}
	for _, i := range items {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: i.Number, URL: recordURL(i.Ref)}, {Text: i.Title}, {Text: i.Subject}, {Text: i.Step}, {Text: string(i.Due)}}})
	}
	return page.Block{Title: fmt.Sprintf("%s（%d）", title, len(items)), Table: &t}
}

func (v *visit) handover() error {
	to, _ := strconv.ParseUint(v.typed.First("to"), 10, 64)
	plan := staff.Plan{From: v.id("id"), To: to, Reason: v.typed.First("reason")}
	if last := v.typed.First("last"); last != "" {
		d, err := value.ParseDate(last, v.office.Book.Today())
		if err != nil {
			return v.drawHandover(record.Refused(record.CodeInvalid, "%s", err.Error()), fiber.StatusUnprocessableEntity)
		}
		plan.LastDay = d
	}
	out, err := v.office.Staff.HandOver(v.ctx, v.viewer, plan)
	if r, ok := record.AsRefusal(err); ok && r.Code == record.CodeInvalid {
		return v.drawHandover(r, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	said := fmt.Sprintf("已移交 %d 件", out.Moved)
	if len(out.Failed) > 0 {
		said += fmt.Sprintf("；还有 %d 件没有移交成，请看交接单", len(out.Failed))
	}
	if out.Record.Zero() {
		return v.done("/staff", said)
	}
	return v.done(recordURL(out.Record), said)
}
