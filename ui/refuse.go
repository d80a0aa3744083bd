package ui

import (
	"errors"
	"io"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/record"
	"jiezhen/ui/page"
)

// refuse turns an error into an answer: the office's words for what the
// office refuses, "program fault" for all else, which only the log sees.
func (v *visit) refuse(err error) error {
	if errors.Is(err, errTooLarge) {
		return v.error(fiber.StatusRequestEntityTooLarge, "内容太大", "一次提交的内容超过了上限，没有保存，已有的内容不受影响。",
			"请返回上一页（内容还在），把文件压缩或拆分后再传；长文字可分几条保存。")
	}
	if errors.Is(err, errNotText) {
		return v.error(fiber.StatusUnprocessableEntity, "没有保存", "提交的文字里有认不出的字（不是 UTF-8 编码），没有保存，已有的内容不受影响。",
			"请在浏览器里重新填写；用脚本提交的，请先把内容转成 UTF-8。")
	}
	r, ok := record.AsRefusal(err)
	if !ok {
		return err // lastResort logs it
	}
	status := map[record.Code]int{record.CodeDenied: 403, record.CodeGuarded: 403, record.CodeNotFound: 404,
		record.CodeInvalid: 422, record.CodeStale: 409, record.CodeTaken: 422, record.CodeClosed: 422, record.CodeReadOnly: 503}[r.Code]
	if v.wantsJSON() || v.route.JSON {
		return v.json(status, map[string]any{"error": r.Text, "problems": r.Problems})
	}
	if r.Code == record.CodeGuarded {
		return v.guarded(r)
	}
	lines := []string{r.Text}
	for _, p := range r.Problems {
		lines = append(lines, joinLabel(p.Label, p.Text))
	}
	return v.error(status, refusalTitle(r.Code), lines...)
}

func joinLabel(label, text string) string {
	if label == "" {
		return text
	}
	return label + "：" + text
}

func refusalTitle(c record.Code) string {
	switch c {
	case record.CodeDenied:
		return "没有这项权限"
	case record.CodeNotFound:
		return "没有找到"
	case record.CodeStale:
		return "内容已有变化"
	case record.CodeReadOnly:
		return "暂时只读"
	}
	return "没有保存"
}

// error shows a page of refusal. What was typed stays on it, to be sent again
// or copied.
func (v *visit) error(status int, title string, text ...string) error {
	if v.route.JSON || v.wantsJSON() {
		return v.json(status, map[string]any{"error": title, "text": text})
	}
	view := page.ErrorView{Frame: v.frame(title, ""), Code: status, Text: text,
		Todo: []page.Link{{Text: "回到工作台", URL: "/"}}}
	if v.c.Method() == fiber.MethodPost && len(v.typed) > 0 && status != fiber.StatusRequestEntityTooLarge {
		view.Kept = &page.Form{Action: v.self(), Hidden: v.kept(), Buttons: []page.Button{{Text: "再提交一次", Primary: true}}}
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Error(w, view) })
}

// kept is everything typed as hidden fields, without tokens and passwords.
func (v *visit) kept() []page.Pair {
	var out []page.Pair
	for _, name := range sortedKeys(v.typed) {
		if name == "_csrf" || name == "password" || name == "name_" || name == "old" || name == "new" || name == "again" {
			continue
		}
		for _, value := range v.typed[name] {
			out = append(out, page.Pair{Name: name, Value: value})
		}
	}
	return out
}

// expired asks to sign in again over what was typed.
func (v *visit) expired(text string) error {
	if v.route.JSON {
		return v.json(fiber.StatusForbidden, map[string]any{"error": text})
	}
	f := v.frame("请重新登录", text)
	f.User, f.Nav = nil, nil
	form := page.Form{Action: "/login", Hidden: append(v.kept(), page.Pair{Name: "_again", Value: v.self()}),
		Sections: []page.Section{{Fields: []page.Field{
			{Name: "name", Label: "登录名", Kind: page.KindText, Required: true, Auto: "username", Focus: true},
			{Name: "password", Label: "密码", Kind: page.KindPassword, Required: true, Auto: "current-password"}}}},
		Buttons: []page.Button{{Text: "登录并继续", Primary: true}}}
	if v.viewer.User != 0 { // signed in all right: only the page is stale
		f = v.frame("请再确认一次", text)
		form = page.Form{Action: v.self(), Hidden: v.kept(), Buttons: []page.Button{{Text: "确认提交", Primary: true}}}
	}
	view := page.ExpiredView{Frame: f, Form: form}
	for _, p := range form.Hidden {
		if p.Value != "" && p.Name != "" && p.Name[0] != '_' {
			view.Typed = append(view.Typed, page.Fact{Label: p.Name, Value: page.Cell{Text: p.Value}})
		}
	}
	return v.show(fiber.StatusForbidden, func(w io.Writer) error { return v.cfg.Pages.Expired(w, view) })
}

// guarded shows the placeholder of a protected person, and lets those who may
// open it do so with a reason.
func (v *visit) guarded(r *record.Refusal) error {
	view := page.ProtectedView{Frame: v.frame("受保护对象", "打开须写明理由；查阅时限过后自动合上，并报分管领导复核。"),
		Text: []string{r.Text}, Back: page.Link{Text: "返回", URL: "/"},
		Form: &page.Form{Action: "/people/open", Hidden: []page.Pair{{Name: "ref", Value: r.Ref.String()}, {Name: "to", Value: v.self()}},
			Sections: []page.Section{{Fields: []page.Field{{Name: "reason", Label: "查阅理由", Kind: page.KindNote, Required: true, Rows: 3,
				Hint: "写明办理什么事、依据什么，会留在查阅记录里"}}}},
			Buttons: []page.Button{{Text: "填写理由并打开", Primary: true}}}}
	return v.show(fiber.StatusForbidden, func(w io.Writer) error { return v.cfg.Pages.Protected(w, view) })
}
