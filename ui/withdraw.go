package ui

import (
	"fmt"
	"io"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/staff"
	"jiezhen/ui/page"
)

// What is taken back (a paper, an attachment, a password) is asked for on a
// page of its own: it says what follows, takes the reason, and can be left.

func withdrawRoutes() []Route {
	return []Route{
		get("/r/:register/:id/issued/:number/void", (*visit).voidForm),
		get("/r/:register/:id/file/:hash/remove", (*visit).detachForm),
		get("/staff/:id/reset", (*visit).resetForm),
	}
}

// withdrawal is the question before something is taken back.
type withdrawal struct {
	title, what string // the page's heading and what follows from it
	action, do  string // where the form goes, and its _do
	button      string
	back        page.Link
	facts       []page.Fact
}

func (v *visit) drawWithdrawal(w withdrawal, refusal *record.Refusal) error {
	view := page.ActionView{Frame: v.frame(w.title, w.what), Facts: w.facts,
		Form: &page.Form{Action: w.action, Sections: []page.Section{{Fields: []page.Field{
			{Name: "reason", Label: "理由", Kind: page.KindNote, Rows: 3, Required: true, Value: v.typed.First("reason")}}}},
			Buttons: []page.Button{{Text: w.button, Do: w.do, Danger: true}}, Cancel: page.Link{Text: "取消", URL: w.back.URL}}}
	status := fiber.StatusOK
	if refusal != nil {
		status = fiber.StatusUnprocessableEntity
		view.Form.Errors = formErrors(refusalProblems(refusal))
	}
	return v.show(status, func(out io.Writer) error { return v.cfg.Pages.Action(out, view) })
}

func (v *visit) voidForm() error { return v.drawVoid(nil) }

func (v *visit) drawVoid(refusal *record.Refusal) error {
	number := v.param("number")
	w := withdrawal{title: "作废文书", what: "作废后编号不再使用，查验时显示“已作废”和理由；需要的可重新出具，取新编号。已送达的纸质件请收回。",
		action: "/r/" + v.ref().String() + "/issued/" + url.PathEscape(number), do: "void", button: "作废这份文书",
		back: page.Link{Text: "返回记录", URL: recordURL(v.ref()) + "#papers"}}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		r, err := v.opened(tx, access.ActPrint)
		if err != nil {
			return err
		}
		for _, i := range r.Papers {
			if i.Number == number && i.Void == "" {
				w.facts = []page.Fact{{Label: "文书", Value: page.Cell{Text: v.office.Papers.Titles()[i.Paper]}},
					{Label: "编号", Value: page.Cell{Text: number}}, {Label: "出具", Value: page.Cell{Text: moment(i.At) + " " + i.ByName}}}
				return nil
			}
		}
		return record.Refused(record.CodeNotFound, "没有编号为 %s 的有效文书", number)
	})
	if err != nil {
		return err
	}
	return v.drawWithdrawal(w, refusal)
}

// opened is the record of the path, for who may do act with it.
func (v *visit) opened(tx *record.Tx, act access.Act) (*record.Record, error) {
	r, err := tx.Open(v.ref())
	if err != nil {
		return nil, err
	}
	if tx.Verdict(r, act) != access.Allowed {
		return nil, record.Refused(record.CodeDenied, "您的岗位不能办理这件事；需要办理的，请联系安全管理员调整权限")
	}
	return r, nil
}

func (v *visit) detachForm() error { return v.drawDetach(nil) }

func (v *visit) drawDetach(refusal *record.Refusal) error {
	hash := v.param("hash")
	w := withdrawal{title: "撤下附件", what: "撤下后不再列在记录里；撤下的人、时间和理由留在变更记录里。",
		action: "/r/" + v.ref().String() + "/file/" + url.PathEscape(hash) + "/remove", button: "撤下这个附件",
		back: page.Link{Text: "返回记录", URL: recordURL(v.ref()) + "#files"}}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		r, err := v.opened(tx, access.ActEdit)
		if err != nil {
			return err
		}
		for _, a := range r.Files {
			if a.Hash == hash && a.Removed == "" {
				w.facts = []page.Fact{{Label: "附件", Value: page.Cell{Text: a.Title}}, {Label: "说明", Value: page.Cell{Text: fileNote(a)}}}
				return nil
			}
		}
		return record.Refused(record.CodeNotFound, "没有这个附件，或已经撤下")
	})
	if err != nil {
		return err
	}
	return v.drawWithdrawal(w, refusal)
}

func (v *visit) detach() error {
	err := v.office.Book.Change(v.ctx, v.viewer, "撤下附件", func(tx *record.Tx) error {
		_, err := tx.Detach(v.ref(), 0, v.param("hash"), v.typed.First("reason"))
		return err
	})
	if r, ok := record.AsRefusal(err); ok && r.Code == record.CodeInvalid && !v.wantsJSON() {
		return v.drawDetach(r)
	}
	if err != nil {
		return err
	}
	return v.done(recordURL(v.ref())+"#files", "已撤下附件")
}

// resetForm asks before a colleague's password is replaced.
func (v *visit) resetForm() error {
	if !v.viewer.Has(staff.RoleSecurity) {
		return record.Refused(record.CodeDenied, "密码由安全管理员重置")
	}
	users, err := v.office.Staff.Users(v.ctx, v.viewer)
	if err != nil {
		return err
	}
	for _, u := range users {
		if u.ID != v.id("id") || u.Ended {
			continue
		}
		view := page.ActionView{Frame: v.frame("重置密码", "原密码立即失效，正在使用的页面一并退出；临时密码只显示一次，请当面交给本人，首次登录必须更换。"),
			Facts: []page.Fact{{Label: "姓名", Value: page.Cell{Text: u.Name}}, {Label: "登录名", Value: page.Cell{Text: u.Login}}},
			Form: &page.Form{Action: fmt.Sprintf("/staff/%d/reset", u.ID), Buttons: []page.Button{{Text: "重置密码", Danger: true}},
				Cancel: page.Link{Text: "取消", URL: "/staff"}}}
		return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Action(w, view) })
	}
	return record.Refused(record.CodeNotFound, "没有这个在用的账号")
}
