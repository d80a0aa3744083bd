package ui

import (
	"crypto/subtle"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/record"
	"jiezhen/embedstore/keep"
	"jiezhen/ui/page"
)

// freshPaper is a new paper key that was shown and not yet confirmed. It closes
// nothing before that, so that whoever breaks off still has the old one.
type freshPaper struct {
	mu    sync.Mutex
	by    uint64
	paper *keep.Recovery
	asked int // group that must be typed back
}

// renewForm explains what a new paper key means, or shows the one made.
func (v *visit) renewForm() error { return v.drawRenew("", fiber.StatusOK) }

func (v *visit) drawRenew(refused string, status int) error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	v.newPaper.mu.Lock()
	defer v.newPaper.mu.Unlock()
	view := page.SetupView{Frame: v.frame("换新的恢复密钥", "")}
	view.Crumbs = []page.Link{{Text: "备份与恢复", URL: "/backup"}, {Text: "设置与密钥", URL: "/backup/settings"}}
	field := page.Field{Name: "password", Label: "您的登录密码", Kind: page.KindPassword, Required: true, Auto: "current-password"}
	if s := &v.newPaper; s.paper != nil && s.by == v.viewer.User {
		view.Text = []string{"请马上打印，封好，由主要领导锁进保险柜。打印好以后，把第 " + strconv.Itoa(s.asked+1) + " 组抄到下面：抄对了新的才生效，旧的同时作废。"}
		view.Key = &page.KeySheet{Office: v.office.Facts()["name"], Groups: s.paper.Groups(), Made: v.cfg.Clock().Format("2006-01-02"), QR: drawQR(strings.Join(s.paper.Groups(), "-")),
			Notes: []string{"与数据分开存放，不要拍照、不要存进电脑。", "这一天以前的备份包，仍要用旧的恢复密钥打开：旧的那张请注明“旧”，同样锁好。"}}
		field = page.Field{Name: "group", Label: "第 " + strconv.Itoa(s.asked+1) + " 组", Kind: page.KindText, Required: true, Auto: "off"}
		view.Form = &page.Form{Action: "/backup/paper", Sections: []page.Section{{Fields: []page.Field{field}}},
			Buttons: []page.Button{{Text: "抄好了，启用新的", Primary: true}, {Text: "不换了", Do: "drop"}}}
	} else {
		view.Text = []string{"恢复密钥找不到了、可能被人看过、保管人换了，都要换新的。电脑还好的时候才能换；电脑和恢复密钥都没了，只能用区里的封存钥匙。",
			"换过以后马上备份一次：新的备份包用新的恢复密钥打开，以前的备份包仍用旧的。"}
		view.Form = &page.Form{Action: "/backup/paper", Sections: []page.Section{{Fields: []page.Field{field}}},
			Buttons: []page.Button{{Text: "生成新的恢复密钥", Primary: true}}, Cancel: page.Link{Text: "取消", URL: "/backup/settings"}}
	}
	if refused != "" {
		view.Form.Errors = []page.FormError{{Field: field.Name, Text: refused}}
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Setup(w, view) })
}

// renew makes a new paper key, puts it in force once a group was typed back,
// or drops it.
func (v *visit) renew() error {
	if err := v.keepsBackup(); err != nil {
		return err
	}
	refused, done, err := v.renewStepped()
	switch {
	case err != nil:
		return err
	case refused != "":
		return v.drawRenew(refused, fiber.StatusUnprocessableEntity)
	case done:
		v.office.Backup.Wake()
		return v.done("/backup/settings", "新的恢复密钥已启用，旧的作废；请马上备份一次")
	}
	return v.redirect("/backup/paper")
}

func (v *visit) renewStepped() (refused string, done bool, err error) {
	s := &v.newPaper
	s.mu.Lock()
	defer s.mu.Unlock()
	pending := s.paper != nil && s.by == v.viewer.User
	switch {
	case v.typed.First("_do") == "drop":
		s.paper = nil
		return "", false, nil
	case pending:
		return v.confirmRenewed(s)
	}
	_, err = v.office.Staff.Unlock(v.ctx, v.token(), rawFirst(v.typed, "password"))
	if r, ok := record.AsRefusal(err); ok {
		return r.Text, false, nil
	}
	if err != nil {
		return "", false, err
	}
	paper, err := v.cfg.House.DraftPaper()
	if err != nil {
		return "", false, err
	}
	s.by, s.paper, s.asked = v.viewer.User, &paper, int(v.cfg.Clock().UnixNano()/1000%8)
	return "", false, nil
}

func (v *visit) confirmRenewed(s *freshPaper) (refused string, done bool, err error) {
	typed := strings.ToUpper(strings.Join(strings.Fields(v.typed.First("group")), ""))
	if err := keep.CheckGroup(s.asked, typed); err != nil {
		return err.Error(), false, nil
	}
	if subtle.ConstantTimeCompare([]byte(typed), []byte(s.paper.Groups()[s.asked])) != 1 {
		return "与打印的不符，请看清楚是第几组", false, nil
	}
	if err := v.cfg.House.UsePaper(*s.paper); err != nil {
		return "", false, err
	}
	s.paper = nil
	return "", true, v.office.Book.Log(v.ctx, v.viewer, "backup.paper", record.Ref{Register: record.Users, ID: v.viewer.User}, nil)
}
