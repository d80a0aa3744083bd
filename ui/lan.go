package ui

import (
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/lan"
	"jiezhen/app/record"
	"jiezhen/ui/page"
)

// lanRoutes switch the office's own network, and let devices in.
func lanRoutes() []Route {
	change := post("/network", (*visit).changeLan)
	change.Here = true
	form, enrol := get("/enrol", (*visit).enrolForm), always("/enrol", (*visit).enrolDevice)
	form.Open, enrol.Open = true, true
	return []Route{get("/network", (*visit).lanPage), change, get("/network/fingerprint.pdf", (*visit).printFingerprint), form, enrol}
}

func (v *visit) mayLan() error {
	if !lan.MayKeep(v.viewer) {
		return record.Refused(record.CodeDenied, "局域网由系统管理员管理")
	}
	return nil
}

// lanRisks are said before the switch, in plain words.
var lanRisks = []string{"平时只有这台电脑能打开街镇通。开放以后，同一网络里允许的电脑也能打开登录页：密码弱、账号借用、电脑没人看管，风险都比现在大。",
	"只在单位内部网络开放，不要接到互联网或公用无线网。数据始终在这台电脑上，它关机别人就用不了。",
	"浏览器会提示证书不受信任，要对照打印的指纹核对，一致才能继续；不一致说明有人冒充，立即停用并报告。",
	"不再需要时随时关闭，关闭后立即断开。开、关、登记、撤销都记入审计日志。"}

func (v *visit) lanPage() error { return v.drawLan(nil, "", fiber.StatusOK) }

func (v *visit) drawLan(refusal *record.Refusal, code string, status int) error {
	if err := v.mayLan(); err != nil {
		return err
	}
	s, err := v.office.Lan.Settings(v.ctx)
	if err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("局域网", "让同一办公网络里的其他电脑也能用。默认关闭；要用才开，谁能用由这里定。")}
	if refusal != nil {
		for _, p := range refusalProblems(refusal) {
			view.Notices = append(view.Notices, page.Notice{Tone: page.ToneUrgent, Text: joinLabel(p.Label, p.Text)})
		}
	}
	if !s.On {
		view.Blocks = []page.Block{v.lanOffBlock(s)}
	} else if view.Blocks, err = v.lanOnBlocks(s, code); err != nil {
		return err
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Desk(w, view) })
}

func (v *visit) lanOffBlock(s lan.Settings) page.Block {
	allow := strings.Join(s.Allow, " ")
	if allow == "" {
		allow = strings.Join(lan.Stretches(), " ")
	}
	port := s.Port
	if port == 0 {
		port = lan.DefaultPort
	}
	return page.Block{Title: "现在没有开放", Text: lanRisks, Form: &page.Form{Action: "/network", Sections: []page.Section{{Fields: []page.Field{
		{Name: "allow", Label: "允许的地址", Kind: page.KindText, Required: true, Wide: true, Value: or(v.typed.First("allow"), allow), Hint: "本单位的网段或一台台写明，用空格隔开，如 192.168.1.0/24"},
		{Name: "port", Label: "端口", Kind: page.KindText, Required: true, Value: or(v.typed.First("port"), strconv.Itoa(port)), Hint: "不清楚就不用改"},
		{Name: "reason", Label: "理由", Kind: page.KindText, Required: true, Wide: true, Value: v.typed.First("reason")}}}},
		Buttons: []page.Button{{Text: "看清上面各条，开放局域网", Do: "on", Danger: true}}}}
}

func (v *visit) lanOnBlocks(s lan.Settings, code string) ([]page.Block, error) {
	_, fingerprint, err := v.office.Lan.TLS(v.ctx)
	if err != nil {
		return nil, err
	}
	state := page.Block{Title: "已开放", Facts: []page.Fact{{Label: "地址", Value: page.Cell{Text: or(strings.Join(lanAddresses(s.Port), "　"), "这台电脑现在没有连上网络")}},
		{Label: "证书指纹（SHA-256）", Value: page.Cell{Text: strings.ReplaceAll(fingerprint, ":", " ")}}, {Label: "允许的地址", Value: page.Cell{Text: strings.Join(s.Allow, "　")}},
		{Label: "开放", Value: page.Cell{Text: s.By + "，" + time.Unix(s.At, 0).Format(minute)}}},
		Buttons: []page.Button{{Text: "打印地址与指纹", URL: "/network/fingerprint.pdf"}}}
	if open, why := v.lan.state(); !open {
		state.Notices = []page.Notice{{Tone: page.ToneUrgent, Text: or(why, "还没有打开") + "。请关闭后换一个端口再开放。"}}
	}
	let := page.Block{Title: "让一台电脑进来", Text: []string{"生成登记码，当面告诉使用人；他在自己的浏览器里打开上面的地址，核对指纹，填登记码。登记码十五分钟内有效，只能用一次。"},
		Form: &page.Form{Action: "/network", Buttons: []page.Button{{Text: "生成登记码", Do: "code", Primary: true}}}}
	if code != "" {
		let.Notices = []page.Notice{{Tone: page.ToneGood, Text: "登记码：" + code + "（只显示这一次）"}}
	}
	devices, err := v.deviceBlocks()
	if err != nil {
		return nil, err
	}
	off := page.Block{Title: "关闭或换证书", Form: &page.Form{Action: "/network", Sections: []page.Section{{Fields: []page.Field{{Name: "reason", Label: "关闭的理由", Kind: page.KindText, Wide: true}}}},
		Buttons: []page.Button{{Text: "关闭局域网", Do: "off", Danger: true}, {Text: "换新证书", Do: "renew"}}}}
	return append(append([]page.Block{state, let}, devices...), off), nil
}

// lanAddresses are where other PCs find the office.
func lanAddresses(port int) []string {
	var out []string
	for _, name := range lan.Names() {
		if ip := net.ParseIP(name); ip != nil && ip.To4() != nil && !ip.IsLoopback() {
			out = append(out, "https://"+net.JoinHostPort(name, strconv.Itoa(port)))
		}
	}
	return out
}

func (v *visit) deviceBlocks() ([]page.Block, error) {
	list, err := v.office.Lan.Devices(v.ctx)
	if err != nil {
		return nil, err
	}
	t := page.Table{Caption: "已登记的设备", Columns: []page.Column{{Title: "名称"}, {Title: "从哪里登记"}, {Title: "登记于"}, {Title: "谁给的码"}}, Empty: page.Empty{Text: "还没有登记过设备"}}
	var options []page.Option
	for _, d := range list {
		at := time.Unix(d.At, 0).Format(minute)
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: d.Name}, {Text: d.From}, {Text: at}, {Text: d.By}}})
		options = append(options, page.Option{Value: d.ID, Text: d.Name, Note: at})
	}
	b := page.Block{Title: "已登记的设备", Table: &t}
	if len(options) > 0 {
		b.Form = &page.Form{Action: "/network", Sections: []page.Section{{Fields: []page.Field{{Name: "device", Label: "撤销哪一台", Kind: page.KindCode, Options: options, Required: true}}}},
			Buttons: []page.Button{{Text: "撤销这台设备", Do: "revoke", Danger: true}}}
	}
	return []page.Block{b}, nil
}

// changeLan is every switch of the page.
func (v *visit) changeLan() error {
	if err := v.mayLan(); err != nil {
		return err
	}
	said, code := "已更改", ""
	var err error
	switch v.typed.First("_do") {
	case "on":
		port, _ := strconv.Atoi(strings.TrimSpace(v.typed.First("port")))
		err, said = v.office.Lan.TurnOn(v.ctx, v.viewer, port, v.typed.First("allow"), v.typed.First("reason")), "局域网已开放，请打印地址与指纹"
	case "off":
		err, said = v.office.Lan.TurnOff(v.ctx, v.viewer, v.typed.First("reason")), "局域网已关闭，其他电脑已断开"
	case "code":
		code, err = v.office.Lan.NewCode(v.ctx, v.viewer)
	case "revoke":
		err, said = v.office.Lan.Revoke(v.ctx, v.viewer, v.typed.First("device")), "已撤销，那台电脑马上就不能用了"
	case "renew":
		err, said = v.office.Lan.Renew(v.ctx, v.viewer), "已换新证书，请重新打印指纹并告诉各台电脑"
	default:
		err = record.Refused(record.CodeInvalid, "请选择要做什么")
	}
	if r, ok := record.AsRefusal(err); ok && r.Code == record.CodeInvalid {
		return v.drawLan(r, "", fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	v.lan.follow(v.ctx)
	if code != "" {
		return v.drawLan(nil, code, fiber.StatusOK)
	}
	return v.done("/network", said)
}

// printFingerprint prints what the others compare their browser with.
func (v *visit) printFingerprint() error {
	if err := v.mayLan(); err != nil {
		return err
	}
	s, err := v.office.Lan.Settings(v.ctx)
	if err != nil {
		return err
	}
	if !s.On {
		return record.Refused(record.CodeInvalid, "局域网没有开放")
	}
	_, fingerprint, err := v.office.Lan.TLS(v.ctx)
	if err != nil {
		return err
	}
	words := map[string]string{"office": or(v.office.Facts()["name"], v.office.Book.Profile().TownName), "address": strings.Join(lanAddresses(s.Port), "　"),
		"fingerprint": strings.ReplaceAll(fingerprint, ":", " "), "allow": strings.Join(s.Allow, "　"), "made": fmt.Sprintf("%s，%s", s.By, time.Unix(s.At, 0).Format(minute))}
	pdf, err := v.office.PrintFacts(v.ctx, "office/network", words, v.viewer.Name)
	if err != nil {
		return err
	}
	return v.download("局域网地址与指纹.pdf", "application/pdf", pdf, true)
}

// enrolForm asks a PC on the network for its code.
func (v *visit) enrolForm() error { return v.drawEnrol(nil, fiber.StatusOK) }

func (v *visit) drawEnrol(refusal *record.Refusal, status int) error {
	if !v.c.Context().IsTLS() {
		return v.redirect("/") // the office's own PC needs none
	}
	view := page.LoginView{Frame: v.frame("登记这台电脑", "先把浏览器里的证书指纹和打印的那张核对，一致再填。登记码向系统管理员要。")}
	view.User, view.Nav = nil, nil
	view.Form = page.Form{Action: "/enrol", Sections: []page.Section{{Fields: []page.Field{
		{Name: "code", Label: "登记码", Kind: page.KindText, Required: true, Focus: true, Hint: "十个字母和数字，大小写都行"},
		{Name: "name", Label: "这台电脑叫什么", Kind: page.KindText, Required: true, Value: v.typed.First("name"), Hint: "如“民政窗口二号机”"}}}},
		Buttons: []page.Button{{Text: "登记", Primary: true}}}
	if refusal != nil {
		view.Form.Errors = formErrors(refusalProblems(refusal))
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Login(w, view) })
}

func (v *visit) enrolDevice() error {
	if !v.c.Context().IsTLS() {
		return v.redirect("/")
	}
	token, err := v.office.Lan.Enrol(v.ctx, v.typed.First("code"), v.typed.First("name"), v.from())
	if r, ok := record.AsRefusal(err); ok {
		return v.drawEnrol(r, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	v.c.Cookie(&fiber.Cookie{Name: deviceCookie, Value: token, HTTPOnly: true, Secure: true, SameSite: "Strict", Path: "/", MaxAge: 365 * 24 * 3600})
	return v.redirect("/login")
}
