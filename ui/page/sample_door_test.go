package page

import "io"

func doorSamples() []sample {
	door := Frame{Title: "登录", Office: "城子街道办事处", Token: "t0", Demo: true}
	steps := []Step{{Label: "单位资料", State: StepDone}, {Label: "账户", State: StepDone}, {Label: "恢复密钥", State: StepCurrent}, {Label: "核对", State: StepAhead}, {Label: "完成", State: StepAhead}}
	login := Form{Action: "/login", Sections: []Section{{Fields: []Field{
		{Name: "name", Label: "用户名", Kind: KindText, Auto: "username", Focus: true},
		{Name: "password", Label: "密码", Kind: KindPassword, Auto: "current-password"}}}},
		Buttons: []Button{{Text: "登录", Do: "login", Primary: true}}}
	refused := login
	refused.Errors = []FormError{{Field: "password", Label: "密码", Text: "用户名或密码不对，还可再试 3 次"}}
	refused.Refusal = "没有登录"
	key := KeySheet{Office: "城子街道办事处", Made: "2026年4月1日", Number: "密钥单 0001", Groups: []string{"7KQ4M", "W2XPD", "9HJ6R", "T3VNC", "5FYAB", "E8GLS", "M4QZK", "2RWPX"},
		Notes: []string{"本单是打开资料的唯一备用钥匙，请打印两份，分别存放在保险柜和上级单位。", "任何人拿到本单和电脑硬盘，就能打开全部资料。"}}
	d := func(title, lead string) Frame { f := door; f.Title, f.Lead = title, lead; return f }
	group := Form{Action: "/setup/check", Sections: []Section{{Fields: []Field{{Name: "group", Label: "第 5 组", Kind: KindText, Required: true, Hint: "照打印的恢复密钥单输入第 5 组的五个字符。"}}}}, Buttons: []Button{{Text: "核对，下一步", Do: "check", Primary: true}}}
	expired := login
	expired.Hidden = []Pair{{"grade", "orange"}, {"harm", "照料缺失"}}
	return []sample{
		{"login", func(r *Renderer, w io.Writer) error {
			return r.Login(w, LoginView{Frame: d("登录", "用本人的账户登录。"), Form: login, Hints: []string{"演示账户：年有余 / 儿童督导员，密码见数据文件夹里的演示账户文件。"}})
		}},
		{"login-refused", func(r *Renderer, w io.Writer) error {
			return r.Login(w, LoginView{Frame: d("登录", ""), Form: refused})
		}},
		{"setup-profile", func(r *Renderer, w io.Writer) error {
			return r.Setup(w, SetupView{Frame: d("第一次启用", "共五步，大约十分钟。先填单位资料。"), Steps: steps, Form: &Form{Action: "/setup/profile", Sections: []Section{{Title: "单位资料", Fields: []Field{
				{Name: "town", Label: "街镇", Kind: KindCode, Required: true, Options: []Option{{Value: "110109001", Text: "大峪街道"}, {Value: "110109002", Text: "城子街道"}, {Value: "110109003", Text: "东辛房街道"}, {Value: "110109004", Text: "大台街道"}, {Value: "110109005", Text: "王平镇"}, {Value: "110109006", Text: "永定镇"}}},
				{Name: "name", Label: "单位全称", Kind: KindText, Required: true, Wide: true}, {Name: "single", Label: "单人经办", Kind: KindYesNo, Hint: "只有一个人办业务的小单位才选“是”，每件记录都会注明。"}}}}}})
		}},
		{"setup-key", func(r *Renderer, w io.Writer) error {
			return r.Setup(w, SetupView{Frame: d("恢复密钥", "打印这张单子，签字后存进保险柜，再到下一步核对。"), Steps: steps, Key: &key, Form: &group})
		}},
		{"setup-done", func(r *Renderer, w io.Writer) error {
			return r.Setup(w, SetupView{Frame: d("启用完成", ""), Steps: steps, Text: []string{"单位资料、账户和恢复密钥都已就绪。"}, Next: Link{"去登录", "/login"}})
		}},
		{"locked", func(r *Renderer, w io.Writer) error {
			return r.Locked(w, LockedView{Frame: d("资料已上锁", "输入启动密码或恢复密钥后才能办公。"), Text: []string{"这是正常状态：本单位设置了每次启动都要输入密码。"}, Form: Form{Action: "/unseal", Sections: []Section{{Fields: []Field{{Name: "secret", Label: "启动密码或恢复密钥", Kind: KindPassword, Auto: "off"}}}}}})
		}},
		{"keysheet", func(r *Renderer, w io.Writer) error {
			return r.KeySheet(w, KeySheetView{Frame: d("恢复密钥单", ""), Key: key})
		}},
		{"expired", func(r *Renderer, w io.Writer) error {
			return r.Expired(w, ExpiredView{Frame: d("请重新登录", "离开时间过长，登录已失效。填写的内容都在，登录后接着保存。"), Form: expired, Typed: facts("风险等级", "橙级", "伤害情形", "照料缺失")})
		}},
		{"error-404", func(r *Renderer, w io.Writer) error {
			return r.Error(w, ErrorView{Frame: sampleFrame("没有这一页", ""), Code: 404, Text: []string{"地址可能抄错了，或者记录已经并入别的档案。"}, Todo: []Link{{"回工作台", "/"}, {"按编号搜索", "/search"}}})
		}},
		{"error-413", func(r *Renderer, w io.Writer) error {
			return r.Error(w, ErrorView{Frame: sampleFrame("文件太大", ""), Code: 413, Text: []string{"上传的文件超过 20 MB，没有保存。请压缩图片或分几次上传。"}, Number: "20260401-0007",
				Kept: &Form{Action: "/r/child.case/7", Hidden: []Pair{{"grade", "orange"}}, Buttons: []Button{{Text: "不带附件，保存文字内容", Do: "save", Primary: true}}}})
		}},
	}
}
