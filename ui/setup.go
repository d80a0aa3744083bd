package ui

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"

	"github.com/boombuler/barcode/qr"
	"github.com/gofiber/fiber/v2"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/staff"
	"jiezhen/embedstore/keep"
	"jiezhen/ui/page"
)

// setup is the wizard of the first run. It lives in memory: nothing is
// written before the office's profile and its first accounts are known, and
// only someone at this PC with the one-time link can go through it.
type setup struct {
	mu      sync.Mutex
	code    string
	profile register.Values
	paper   *keep.Recovery
	made    []staff.Made
	asked   int // group of the paper key that must be typed back
}

func newSetup() *setup {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails (crypto/rand ends the program instead)
	return &setup{code: hex.EncodeToString(raw[:]), asked: int(raw[0]) % 8}
}

func setupRoutes() []Route {
	form, send := get("/setup", (*visit).setupForm), always("/setup", (*visit).setupNext)
	for _, r := range []*Route{&form, &send} {
		r.Open, r.Shut, r.Here = true, true, true
	}
	return append([]Route{form, send}, reviveRoutes()...)
}

const setupCookie = "jz_setup"

// Entrance is the path to open first: the one-time link while the office is
// not set up, else the front door.
func (s *Server) Entrance() string {
	if s.unfinished() {
		return "/setup?code=" + s.setup.code
	}
	return "/"
}

// unfinished reports whether set-up is still to be done.
func (s *Server) unfinished() bool {
	c, _ := s.cfg.House.Condition()
	if c == app.Absent {
		return true
	}
	office := s.cfg.House.Office()
	if office == nil {
		return false
	}
	done, err := office.SetUp(s.background())
	return err == nil && !done
}

// admitted says whether the request comes from this very PC with the link.
func (v *visit) admitted() bool {
	ip := net.ParseIP(v.from())
	code := or(v.query("code"), strings.Clone(v.c.Cookies(setupCookie)))
	return ip != nil && ip.IsLoopback() && subtle.ConstantTimeCompare([]byte(code), []byte(v.setup.code)) == 1
}

func (v *visit) setupForm() error {
	if !v.unfinished() {
		return v.redirect("/")
	}
	if !v.admitted() {
		return v.error(fiber.StatusForbidden, "首次设置", "首次设置只能在这台电脑上，用启动时打开的一次性链接进入。",
			"请看启动窗口里打印的地址，或重新启动街镇通。")
	}
	if v.query("code") != "" {
		v.c.Cookie(&fiber.Cookie{Name: setupCookie, Value: v.setup.code, HTTPOnly: true, SameSite: "Strict", Path: "/setup"})
	}
	v.setup.mu.Lock()
	defer v.setup.mu.Unlock()
	return v.drawSetup(nil, fiber.StatusOK)
}

var setupSteps = []string{"单位信息", "第一批账号", "恢复密钥", "抄回一组", "完成"}

func (v *visit) setupFrame(at int) page.SetupView {
	view := page.SetupView{Frame: v.frame("首次设置", "")}
	view.User, view.Nav = nil, nil
	for i, label := range setupSteps {
		s := page.Step{Label: label, State: page.StepAhead}
		switch {
		case i < at:
			s.State = page.StepDone
		case i == at:
			s.State = page.StepCurrent
		}
		view.Steps = append(view.Steps, s)
	}
	return view
}

// drawSetup draws the step that comes next. The caller holds the lock.
func (v *visit) drawSetup(refusal *record.Refusal, status int) error {
	s := v.setup
	var view page.SetupView
	switch {
	case s.paper != nil:
		view = v.keyStep()
	case v.office != nil && s.profile == nil:
		view = v.renewStep()
	case s.profile == nil:
		view = v.profileStep()
	default:
		view = v.accountsStep()
	}
	if refusal != nil && view.Form != nil {
		view.Form.Errors = formErrors(refusalProblems(refusal))
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Setup(w, view) })
}

func (v *visit) profileStep() page.SetupView {
	view := v.setupFrame(0)
	view.Text = []string{"先填单位信息。街镇代码会写进每个业务编号，名称会印在文书上。"}
	view.Next = page.Link{Text: "不是新单位：从备份恢复", URL: "/setup/restore"}
	var towns []page.Option
	for _, t := range app.Towns(v.cfg.Assets) {
		towns = append(towns, page.Option{Value: t.Code, Text: t.Name, Note: t.Code})
	}
	towns = append(towns, page.Option{Value: "other", Text: "其他（自行填写）"})
	field := func(name, label, hint string, required bool) page.Field {
		return page.Field{Name: name, Label: label, Kind: page.KindText, Hint: hint, Required: required, Value: v.typed.First(name)}
	}
	view.Form = &page.Form{Action: "/setup", Hidden: []page.Pair{{Name: "_step", Value: "profile"}}, Sections: []page.Section{{Fields: []page.Field{
		{Name: "town", Label: "街镇", Kind: page.KindCode, Options: towns, Required: true, Value: v.typed.First("town")},
		field("town_code", "街镇代码（9位）", "选“其他”时填写，如 110109002", false),
		field("town_name", "街镇名称", "选“其他”时填写", false),
		field("name", "单位全称", "如：门头沟区人民政府城子街道办事处", true),
		field("address", "地址", "", false), field("phone", "电话", "如 010-00000000", false),
		field("seal_name", "印章名称", "文书落款处的名称；不填则同单位全称", false)}}}, Buttons: []page.Button{{Text: "下一步", Primary: true}}}
	return view
}

// firstPosts are the accounts that set-up makes: the three administrators,
// who do no business, and the first handler.
var firstPosts = []struct{ role, title, hint string }{
	{"admin.security", "安全管理员", "管账号和岗位"}, {"admin.system", "系统管理员", "管设置、备份、升级"},
	{"admin.audit", "审计管理员", "看日志"}, {"child.officer", "儿童福利经办", "办业务的第一个人"},
}

func (v *visit) accountsStep() page.SetupView {
	view := v.setupFrame(1)
	view.Text = []string{"三员（安全、系统、审计）互不兼任，也不办业务；小单位可由三位领导或工作人员分别担任。",
		"其余账号以后由安全管理员建立。密码要求：" + app.PasswordWords(v.cfg.Assets)}
	var fields []page.Field
	for i, p := range firstPosts {
		n := strconv.Itoa(i)
		fields = append(fields,
			page.Field{Name: "name" + n, Label: p.title + "姓名", Kind: page.KindText, Required: true, Hint: p.hint, Value: v.typed.First("name" + n)},
			page.Field{Name: "login" + n, Label: p.title + "登录名", Kind: page.KindText, Required: true, Value: v.typed.First("login" + n)},
			page.Field{Name: "password" + n, Label: p.title + "密码", Kind: page.KindPassword, Required: true, Auto: "new-password"})
	}
	view.Form = &page.Form{Action: "/setup", Hidden: []page.Pair{{Name: "_step", Value: "accounts"}}, Sections: []page.Section{{Fields: fields}},
		Buttons: []page.Button{{Text: "建立单位", Primary: true}}}
	return view
}

func (v *visit) keyStep() page.SetupView {
	s := v.setup
	view := v.setupFrame(2)
	view.Text = []string{"请马上打印这张《恢复密钥》，封好，由主要领导锁进保险柜。电脑坏了、换了账户，只有它能打开数据；程序里不留底，以后不能再看。",
		"打印好以后，把第 " + strconv.Itoa(s.asked+1) + " 组抄到下面，抄对才能继续。"}
	office := ""
	if v.office != nil {
		office = v.office.Facts()["name"]
	}
	view.Key = &page.KeySheet{Office: office, Groups: s.paper.Groups(), Made: v.cfg.Clock().Format("2006-01-02"), QR: drawQR(strings.Join(s.paper.Groups(), "-")),
		Notes: []string{"与数据分开存放，不要拍照、不要存进电脑。", "打开方法：新电脑装好街镇通，首次设置页点“从备份恢复”，或放好原来的数据文件夹，页面会要求输入这些字符。"}}
	view.Form = &page.Form{Action: "/setup", Hidden: []page.Pair{{Name: "_step", Value: "key"}}, Sections: []page.Section{{Fields: []page.Field{
		{Name: "group", Label: "第 " + strconv.Itoa(s.asked+1) + " 组", Kind: page.KindText, Required: true, Auto: "off"}}}},
		Buttons: []page.Button{{Text: "抄好了，继续", Primary: true}}}
	return view
}

// renewStep goes on where a set-up was cut short after the office was made:
// the paper key was not confirmed, so a new one replaces it.
func (v *visit) renewStep() page.SetupView {
	view := v.setupFrame(2)
	view.Text = []string{"上次设置在确认恢复密钥之前中断了。单位和账号都在；请生成新的恢复密钥，以前打印的那张作废。"}
	view.Form = &page.Form{Action: "/setup", Hidden: []page.Pair{{Name: "_step", Value: "renew"}},
		Buttons: []page.Button{{Text: "生成恢复密钥", Primary: true}}}
	return view
}

func (v *visit) setupNext() error {
	if !v.unfinished() {
		return v.redirect("/")
	}
	if !v.admitted() {
		return v.error(fiber.StatusForbidden, "首次设置", "请用启动时打印的一次性链接进入。")
	}
	s := v.setup
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	switch v.typed.First("_step") {
	case "profile":
		err = v.takeProfile()
	case "accounts":
		err = v.found()
	case "renew":
		err = v.renewPaper()
	case "key":
		if err = v.confirmPaper(); err == nil {
			return v.redirect("/login")
		}
	}
	if r, ok := record.AsRefusal(err); ok {
		return v.drawSetup(r, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return v.redirect("/setup")
}

func (v *visit) takeProfile() error {
	code, name := v.typed.First("town"), ""
	for _, t := range app.Towns(v.cfg.Assets) {
		if t.Code == code {
			name = t.Name
		}
	}
	if name == "" {
		code, name = v.typed.First("town_code"), v.typed.First("town_name")
	}
	if len(code) != 9 || strings.Trim(code, "0123456789") != "" || name == "" {
		return &record.Refusal{Code: record.CodeInvalid, Text: "还有内容要补正", Problems: []record.Problem{{Field: "town_code", Label: "街镇",
			Text: "请选定街镇；选“其他”时填 9 位数字代码和名称"}}}
	}
	if v.typed.First("name") == "" {
		return &record.Refusal{Code: record.CodeInvalid, Text: "还有内容要补正", Problems: []record.Problem{{Field: "name", Label: "单位全称", Text: "请填写"}}}
	}
	profile := register.Values{"town_code": code, "town_name": name, "single_hand": false}
	for _, f := range []string{"name", "address", "phone", "seal_name"} {
		if s := v.typed.First(f); s != "" {
			profile[f] = s
		}
	}
	if profile["seal_name"] == nil {
		profile["seal_name"] = profile["name"]
	}
	v.setup.profile = profile
	return nil
}

// found makes the office: keys, store, profile, first accounts.
func (v *visit) found() error {
	if v.setup.profile == nil {
		return record.Refused(record.CodeInvalid, "请先填单位信息")
	}
	var users []staff.NewUser
	for i, p := range firstPosts {
		n := strconv.Itoa(i)
		users = append(users, staff.NewUser{Login: v.typed.First("login" + n), Name: v.typed.First("name" + n), Roles: []string{p.role},
			Password: rawFirst(v.typed, "password"+n), Lasting: true})
	}
	if err := app.CheckFirstAccounts(v.cfg.Assets, users); err != nil {
		return err
	}
	if v.office == nil {
		paper, err := v.cfg.House.Found(v.ctx)
		if err != nil {
			return err
		}
		v.setup.paper = &paper
		v.office = v.cfg.House.Office()
	}
	err := v.office.Book.Change(v.ctx, access.Office(), "首次设置", func(tx *record.Tx) error {
		_, err := tx.Create(record.Draft{Register: "office.profile", Values: v.setup.profile})
		return err
	})
	if err != nil {
		return err
	}
	v.office.Noticed("office.profile")
	v.setup.made, err = v.office.Staff.FirstAccounts(v.ctx, users)
	return err
}

func (v *visit) renewPaper() error {
	paper, err := v.cfg.House.RenewPaper()
	if err != nil {
		return err
	}
	v.setup.paper = &paper
	return nil
}

func (v *visit) confirmPaper() error {
	s := v.setup
	if s.paper == nil {
		return record.Refused(record.CodeInvalid, "请先生成恢复密钥")
	}
	typed := strings.ToUpper(strings.Join(strings.Fields(v.typed.First("group")), ""))
	if err := keep.CheckGroup(s.asked, typed); err != nil {
		return record.Refused(record.CodeInvalid, "%s", err.Error())
	}
	if subtle.ConstantTimeCompare([]byte(typed), []byte(s.paper.Groups()[s.asked])) != 1 {
		return record.Refused(record.CodeInvalid, "第%d组与打印的不符，请看清楚是第几组", s.asked+1)
	}
	if err := v.office.FinishSetUp(v.ctx); err != nil {
		return err
	}
	s.paper, s.profile = nil, nil
	v.c.Cookie(&fiber.Cookie{Name: setupCookie, Value: "", Path: "/setup", MaxAge: -1, HTTPOnly: true, SameSite: "Strict"})
	return nil
}

// drawQR draws text as a two-dimensional code with a quiet border; nothing when
// it is too long for one.
func drawQR(text string) page.QR {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return page.QR{}
	}
	const border = 4 // ISO/IEC 18004
	n := code.Bounds().Dx()
	var path strings.Builder
	for y := range n {
		for x := range n {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+border, y+border)
			}
		}
	}
	return page.QR{Path: path.String(), Size: n + 2*border}
}
