package ui

import (
	"io"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/access"
	"jiezhen/app/bundle"
	"jiezhen/app/record"
	"jiezhen/app/sheet"
	"jiezhen/ui/page"
)

// leastPassphrase is how long the passphrase of a file that leaves must be.
const leastPassphrase = 12

// lockedFileForm asks for the passphrase of an approved export that leaves as an
// encrypted file, such as the roster for the insurer.
func (v *visit) lockedFileForm() error { return v.drawLockedFile(nil, fiber.StatusOK) }

func (v *visit) drawLockedFile(refusal *record.Refusal, status int) error {
	def, err := v.definition()
	if err != nil {
		return err
	}
	if !record.MayUse(v.viewer, def, access.ActExport) {
		return record.Refused(record.CodeDenied, "您的岗位不能导出《%s》", def.Title)
	}
	ref := record.Ref{Register: sheet.Exports, ID: v.id("id")}
	if err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error { _, err := tx.Open(ref); return err }); err != nil {
		return err
	}
	view := page.FormView{Frame: v.frame("下载加密文件", "送出去的名册用口令加密：对方用 age 工具输入口令打开。口令不要和文件一起发，打电话告诉对方。一次批准只能下载一次。")}
	view.Crumbs = []page.Link{{Text: "导出申请", URL: recordURL(ref)}}
	secret := func(name, label, hint string) page.Field {
		return page.Field{Name: name, Label: label, Kind: page.KindPassword, Required: true, Hint: hint}
	}
	view.Form = page.Form{Action: "/export/" + def.ID + "/" + idOrEmpty(ref.ID) + "/locked", Sections: []page.Section{{Fields: []page.Field{
		secret("passphrase", "口令", "至少12个字，自己定；程序不保存，忘了只能重新申请导出"), secret("again", "再输一遍", "")}}},
		Buttons: []page.Button{{Text: "加密并下载", Primary: true}}, Cancel: page.Link{Text: "取消", URL: recordURL(ref)}}
	if refusal != nil {
		view.Form.Errors = formErrors(refusalProblems(refusal))
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Form(w, view) })
}

// lockedFile sends an approved export sealed with the passphrase typed.
func (v *visit) lockedFile() error {
	passphrase := v.typed.First("passphrase")
	wrong := func(field, label, text string) error {
		return v.drawLockedFile(&record.Refusal{Code: record.CodeInvalid, Text: "还有内容要补正", Problems: []record.Problem{{Field: field, Label: label, Text: text}}}, fiber.StatusUnprocessableEntity)
	}
	switch {
	case utf8.RuneCountInString(passphrase) < leastPassphrase:
		return wrong("passphrase", "口令", "至少12个字")
	case passphrase != v.typed.First("again"):
		return wrong("again", "再输一遍", "两遍不一样，请重新输入")
	}
	def, req, data, err := v.takeApproved()
	if err != nil {
		return err
	}
	sealed, err := bundle.Locked(data, passphrase)
	if err != nil {
		return err
	}
	ext := ".xlsx"
	if req.Format == sheet.CSV || req.Format == sheet.CSVGB18030 {
		ext = ".csv"
	}
	return v.download(def.Title+"-"+string(v.office.Book.Today())+ext+".age", "application/octet-stream", sealed, false)
}
