package ui

import (
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app"
	"jiezhen/app/fault"
	"jiezhen/app/record"
	"jiezhen/app/staff"
	"jiezhen/ui/page"
)

// doorRoutes are the ways in and out.
func doorRoutes() []Route {
	login, loginPost := get("/login", (*visit).loginForm), always("/login", (*visit).login)
	unlock, lock := always("/unlock", (*visit).unlock), always("/lock", (*visit).lock)
	locked, lockedPost := get("/locked", (*visit).lockedForm), always("/locked", (*visit).openHouse)
	account, password := get("/account", (*visit).account), post("/account/password", (*visit).changePassword)
	logout := always("/logout", (*visit).logout)
	prefs := always("/prefs", (*visit).setPrefs)
	for _, r := range []*Route{&login, &loginPost, &unlock, &lock, &prefs} {
		r.Open = true
	}
	locked.Open, locked.Shut, lockedPost.Open, lockedPost.Shut = true, true, true, true
	locked.Here, lockedPost.Here = true, true
	account.Must, password.Must, logout.Must = true, true, true
	unlock.JSON, lock.JSON = true, true
	return []Route{login, loginPost, unlock, lock, locked, lockedPost, account, password, logout, prefs}
}

// shutDoor is where to go while the office is not open.
func (s *Server) shutDoor() string {
	switch c, _ := s.cfg.House.Condition(); c {
	case app.Absent:
		return "/setup"
	case app.Locked:
		return "/locked"
	}
	return "/broken"
}

func (v *visit) loginForm() error { return v.drawLogin("", fiber.StatusOK) }

func (v *visit) drawLogin(refused string, status int) error {
	view := page.LoginView{Frame: v.frame("登录", "")}
	view.User, view.Nav = nil, nil
	view.Form = page.Form{Action: "/login", Hidden: []page.Pair{{Name: "to", Value: or(v.query("to"), v.typed.First("to"))}},
		Sections: []page.Section{{Fields: []page.Field{
			{Name: "name", Label: "登录名", Kind: page.KindText, Required: true, Auto: "username", Focus: true, Value: v.typed.First("name")},
			{Name: "password", Label: "密码", Kind: page.KindPassword, Required: true, Auto: "current-password"}}}},
		Buttons: []page.Button{{Text: "登录", Primary: true}}}
	if refused != "" {
		view.Form.Errors = []page.FormError{{Field: "name", Text: refused}}
	}
	view.Hints = v.cfg.Hints
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Login(w, view) })
}

func (v *visit) login() error {
	session, err := v.office.Staff.Login(v.ctx, staff.Attempt{Name: v.typed.First("name"), Password: rawFirst(v.typed, "password"), From: v.from()})
	if r, ok := record.AsRefusal(err); ok {
		return v.drawLogin(r.Text, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	v.setSession(session)
	if again := v.typed.First("_again"); again != "" {
		return v.resume(session, safePath(again))
	}
	return v.redirect(safePath(v.typed.First("to")))
}

// rawFirst is a value as typed, blanks included: passwords.
func rawFirst(t record.Typed, name string) string {
	if v := t[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// resume offers to send what was typed before the session ended, now under the
// new session: nothing is sent twice unseen.
func (v *visit) resume(s staff.Session, to string) error {
	v.session = s
	if _, viewer, err := v.office.Staff.Session(v.ctx, s.Token); err == nil {
		v.viewer = viewer
	}
	var hidden []page.Pair
	var typed []page.Fact
	for _, p := range v.kept() {
		if p.Name == "_again" || p.Name == "to" || p.Name == "name" {
			continue
		}
		hidden = append(hidden, p)
		if p.Value != "" && !strings.HasPrefix(p.Name, "_") {
			typed = append(typed, page.Fact{Label: p.Name, Value: page.Cell{Text: p.Value}})
		}
	}
	view := page.ExpiredView{Frame: v.frame("已重新登录", "您填写的内容都在，请确认后继续提交。"), Typed: typed,
		Form: page.Form{Action: to, Hidden: hidden, Buttons: []page.Button{{Text: "继续提交", Primary: true}}}}
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Expired(w, view) })
}

// from names the terminal: the address, which on the office's own PC is
// always the same.
func (v *visit) from() string { return strings.Clone(v.c.IP()) }

func (v *visit) setSession(s staff.Session) {
	v.c.Cookie(&fiber.Cookie{Name: sessionCookie, Value: s.Token, HTTPOnly: true, SameSite: "Strict", Path: "/", Secure: v.c.Protocol() == "https"})
}

func (v *visit) token() string { return strings.Clone(v.c.Cookies(sessionCookie)) }

// unlock uncovers the screen; the form under it is untouched.
func (v *visit) unlock() error {
	s, err := v.office.Staff.Unlock(v.ctx, v.token(), rawFirst(v.typed, "password"))
	if r, ok := record.AsRefusal(err); ok {
		return v.json(fiber.StatusUnprocessableEntity, map[string]any{"error": r.Text, "ended": staff.Is(err, staff.CodeEnded)})
	}
	if err != nil {
		return err
	}
	return v.json(fiber.StatusOK, map[string]any{"csrf": s.CSRF})
}

func (v *visit) lock() error {
	if v.token() != "" {
		if err := v.office.Staff.Lock(v.ctx, v.token()); err != nil {
			return err
		}
	}
	return v.json(fiber.StatusOK, map[string]any{"locked": true})
}

func (v *visit) logout() error {
	if err := v.office.Staff.Logout(v.ctx, v.token()); err != nil {
		return err
	}
	v.c.Cookie(&fiber.Cookie{Name: sessionCookie, Value: "", Expires: time.Unix(1, 0), HTTPOnly: true, SameSite: "Strict", Path: "/"})
	return v.redirect("/login")
}

// lockedForm asks for the paper key when the master key is not with this
// account: a new PC, a new service account.
func (v *visit) lockedForm() error { return v.drawLocked("", fiber.StatusOK) }

func (v *visit) drawLocked(refused string, status int) error {
	if c, _ := v.cfg.House.Condition(); c != app.Locked {
		return v.redirect("/")
	}
	view := page.LockedView{Frame: v.frame("数据已锁定", ""),
		Text: []string{"这台电脑（或这个账户）没有打开数据的钥匙。数据完好，没有丢失。",
			"请取出首次安装时打印的《恢复密钥》，把各组字符照抄到下面；打开一次以后，这台电脑就能自己打开。"},
		Form: page.Form{Action: "/locked", Sections: []page.Section{{Fields: []page.Field{
			{Name: "key", Label: "恢复密钥", Kind: page.KindNote, Rows: 4, Required: true, Value: v.typed.First("key"), Focus: true,
				Hint: "各组之间可用空格或换行；不分大小写"}}}}, Buttons: []page.Button{{Text: "打开", Primary: true}}}}
	if refused != "" {
		view.Form.Errors = []page.FormError{{Field: "key", Label: "恢复密钥", Text: refused}}
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Locked(w, view) })
}

func (v *visit) openHouse() error {
	if err := v.cfg.House.Unlock(v.ctx, v.typed.First("key")); err != nil {
		v.cfg.Log.Warn("opening with the paper key", "error", err)
		return v.drawLocked("没有打开："+plainError(err, "密钥不对，请逐组核对后重试"), fiber.StatusUnprocessableEntity)
	}
	return v.redirect("/login")
}

// plainError keeps only what is written for the office's eyes.
func plainError(err error, otherwise string) string {
	if r, ok := record.AsRefusal(err); ok {
		return r.Text
	}
	return fault.Words(err, otherwise)
}

func (v *visit) account() error { return v.drawAccount(nil, fiber.StatusOK) }

func (v *visit) drawAccount(refusal *record.Refusal, status int) error {
	lead := ""
	if v.session.MustChange {
		lead = "请先换一个自己的密码，然后才能办业务。"
	}
	view := page.AccountView{Frame: v.frame("我的账号", lead), Facts: []page.Fact{
		{Label: "姓名", Value: page.Cell{Text: v.viewer.Name}}, {Label: "岗位", Value: page.Cell{Text: titles(v.viewer)}},
		{Label: "本次登录", Value: page.Cell{Text: moment(v.session.Started)}}},
		Form: page.Form{Action: "/account/password", Sections: []page.Section{{Title: "修改密码", Fields: []page.Field{
			{Name: "old", Label: "现在的密码", Kind: page.KindPassword, Required: true, Auto: "current-password"},
			{Name: "new", Label: "新密码", Kind: page.KindPassword, Required: true, Auto: "new-password", Hint: v.office.Staff.Limits().Words()},
			{Name: "again", Label: "再输一遍新密码", Kind: page.KindPassword, Required: true, Auto: "new-password"}}}},
			Buttons: []page.Button{{Text: "修改密码", Primary: true}}}}
	if refusal != nil {
		view.Form.Errors = formErrors(refusalProblems(refusal))
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Account(w, view) })
}

func (v *visit) changePassword() error {
	fresh := rawFirst(v.typed, "new")
	err := error(record.Refused(record.CodeInvalid, "两次输入的新密码不一样，请重新输入"))
	if fresh == rawFirst(v.typed, "again") {
		err = v.office.Staff.ChangePassword(v.ctx, v.token(), rawFirst(v.typed, "old"), fresh)
	}
	if r, ok := record.AsRefusal(err); ok {
		return v.drawAccount(r, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return v.done("/", "密码已修改")
}

// setPrefs keeps the reader's display settings in a cookie of their own.
func (v *visit) setPrefs() error {
	var parts []string
	for _, name := range []string{"theme", "contrast", "size"} {
		if p := v.typed.First(name); p != "" && len(p) < 8 && !strings.ContainsAny(p, ".;, ") {
			parts = append(parts, p)
		}
	}
	v.c.Cookie(&fiber.Cookie{Name: "jz_prefs", Value: strings.Join(parts, "."), HTTPOnly: true, SameSite: "Strict", Path: "/", MaxAge: 365 * 24 * 3600})
	to := v.typed.First("to")
	if to == "" {
		if u, err := url.Parse(v.c.Get(fiber.HeaderReferer)); err == nil {
			to = u.RequestURI()
		}
	}
	return v.redirect(safePath(strings.Clone(to)))
}
