package ui

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/ui/page"
)

func noteRoutes() []Route {
	upload := post("/r/:register/:id/file", (*visit).attach)
	upload.Limit = uploadLimit
	draft := always("/draft", (*visit).keepDraft)
	draft.JSON = true
	records := get("/records.json", (*visit).recordsJSON)
	records.JSON = true
	return []Route{
		post("/r/:register/:id/note", (*visit).addNote),
		upload,
		get("/r/:register/:id/file/:hash", (*visit).file),
		post("/r/:register/:id/file/:hash/remove", (*visit).detach),
		draft,
		get("/draft/drop", (*visit).dropDraftPage),
		always("/draft/drop", (*visit).dropDraftNow),
		records,
	}
}

func (v *visit) addNote() error {
	err := v.office.Book.Change(v.ctx, v.viewer, "写"+or(v.typed.First("kind"), "工作记录"), func(tx *record.Tx) error {
		text := v.typed.First("text")
		if v.ref().Register == hotline.Orders {
			r, err := tx.Open(v.ref())
			if err != nil {
				return err
			}
			text = hotline.Redact(r, text)
		}
		_, err := tx.AddNote(v.ref(), or(v.typed.First("kind"), "工作记录"), text)
		return err
	})
	if err != nil {
		return err
	}
	v.dropDraft("/r/" + v.ref().String() + "/note")
	return v.done(recordURL(v.ref())+"#notes", "已保存记录")
}

func (v *visit) attach() error {
	if err := v.known(); err != nil {
		return err
	}
	if v.upload == nil || len(v.upload.Data) == 0 {
		return record.Refused(record.CodeInvalid, "请先选择要上传的文件")
	}
	staged, err := v.office.Book.StageFile(v.ctx, bytes.NewReader(v.upload.Data))
	if err != nil {
		return err
	}
	known, _ := strconv.ParseUint(v.typed.First("_rev"), 10, 64)
	pages, _ := strconv.Atoi(v.typed.First("pages"))
	a := record.Attachment{Title: or(v.typed.First("title"), v.upload.Name), Pages: pages,
		Original: v.typed.First("original") == "是" || v.typed.First("original") == "true", Paper: v.typed.First("paper")}
	err = v.office.Book.Change(v.ctx, v.viewer, "上传附件", func(tx *record.Tx) error {
		_, err := tx.Attach(v.ref(), known, staged, a)
		return err
	})
	if err != nil {
		return err
	}
	return v.done(recordURL(v.ref())+"#files", "已上传附件")
}

// known refuses a record that the viewer may not read, before anything else is
// said of it.
func (v *visit) known() error {
	return v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		_, err := tx.Open(v.ref())
		return err
	})
}

func (v *visit) file() error {
	data, a, err := v.office.Book.ReadFile(v.ctx, v.viewer, v.ref(), v.param("hash"))
	if err != nil {
		return err
	}
	inline := a.Type == "application/pdf" || strings.HasPrefix(a.Type, "image/")
	return v.download(a.Title+extension(a.Type), a.Type, data, inline)
}

func extension(mime string) string {
	return map[string]string{"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":       ".xlsx", "text/plain": ".txt", "text/csv": ".csv"}[mime]
}

// keepDraft keeps what has been typed so far; the page's script sends it every
// few seconds.
func (v *visit) keepDraft() error {
	form := v.typed.First("_draft")
	if form == "" || !strings.HasPrefix(form, "/") {
		return v.json(fiber.StatusBadRequest, map[string]any{"error": "缺少表单标识"})
	}
	known, _ := strconv.ParseUint(v.typed.First("_rev"), 10, 64)
	typed := map[string][]string{}
	for name, values := range v.typed {
		if name != "_csrf" && name != "_draft" && name != "password" {
			typed[name] = values
		}
	}
	if err := v.office.Book.KeepDraft(v.ctx, v.viewer.User, record.Kept{Form: form, Rev: known, Typed: typed}); err != nil {
		return err
	}
	return v.json(fiber.StatusOK, map[string]any{"kept": v.office.Book.Now().Local().Format("15:04:05")})
}

// dropDraftPage asks before throwing away what was typed.
func (v *visit) dropDraftPage() error {
	form := v.query("form")
	view := page.ActionView{Frame: v.frame("放弃未保存的内容", "放弃后不能找回。"), Back: page.Link{Text: "返回", URL: safePath(form)},
		Form: &page.Form{Action: "/draft/drop", Hidden: []page.Pair{{Name: "form", Value: form}},
			Buttons: []page.Button{{Text: "放弃这些内容", Danger: true}}}}
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Action(w, view) })
}

func (v *visit) dropDraftNow() error {
	form := v.typed.First("form")
	v.dropDraft(form)
	return v.redirect(safePath(form))
}

// safePath keeps a way back inside the office.
func safePath(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n") {
		return "/"
	}
	return to
}
