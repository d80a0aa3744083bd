package page

import "io"

func officeSamples() []sample {
	users := table("", []string{"姓名", "用户名", "角色", "范围", "上次登录", "状态"}, []string{"年有余", "nianyy", "儿童督导员", "全街道", "今天 08:31", "正常"}, []string{"纪春和", "jich", "儿童主任", "桥东街社区", "昨天", "密码 12 天后到期"})
	users.Rows[0].URL, users.Rows[1].Detail = "/users/28", "连续输错三次，已自动解锁。"
	params := Table{Columns: []Column{{Title: "参数"}, {Title: "数值", Num: true}, {Title: "起用"}, {Title: "核定"}, {Title: "依据"}}, Rows: []Row{
		{URL: "/settings/params/1", Cells: []Cell{{Text: "橙级走访间隔"}, {Text: "15 日", Num: true}, {Text: "2026-01-01"}, {Text: "示例", Badge: true, Tone: ToneWarn}, {Text: "待核"}}},
		{URL: "/settings/params/2", Cells: []Cell{{Text: "孤儿基本生活费"}, {Text: "2,480.00 元", Num: true}, {Text: "2026-01"}, {Text: "已核", Badge: true, Tone: ToneGood}, {Text: "国发〔2016〕36号"}}}}}
	holidays := table("2026 年放假调休", []string{"日期", "说明", "类别"}, []string{"2026-05-01", "劳动节", "放假"}, []string{"2026-05-09", "调休上班", "上班"})
	approvals := table("", []string{"编号", "对象", "请求", "提交人", "时间"}, []string{"B16-002-2026-00003", "沐晨", "批准计划", "纪春和", "今天 10:12"}, []string{"导出 0007", "困境儿童个案 60 条", "导出审批", "年有余", "今天 09:40"})
	approvals.Rows[0].URL, approvals.Rows[1].URL = "/r/child.case/3", "/approvals/7"
	journal := table("", []string{"序号", "时间", "人", "动作", "对象", "理由"}, []string{"20,431", "2026-04-01 16:18:02", "纪春和", "修改", "B16-002-2026-00001", ""}, []string{"20,430", "2026-04-01 16:02:40", "柯立言", "打开受保护档案", "B14-002-2026-00002", "季度督导"})
	desk := func(title, url, lead string, blocks ...Block) func(*Renderer, io.Writer) error {
		return func(r *Renderer, w io.Writer) error {
			return r.Desk(w, DeskView{Frame: withLead(sampleFrame(title, url), lead), Blocks: blocks})
		}
	}
	export := Form{Action: "/export/child.case", Sections: []Section{{Fields: []Field{{Name: "purpose", Label: "用途", Kind: KindNote, Required: true, Rows: 2}, {Name: "mask", Label: "证件遮掩", Kind: KindYesNo, Value: "是"}, {Name: "approver", Label: "审批人", Kind: KindCode, Options: []Option{{Value: "20", Text: "柯立言"}, {Value: "28", Text: "年有余"}}}}}}, Buttons: []Button{{Text: "送审", Do: "ask", Primary: true}}}
	settings := func(r *Renderer, w io.Writer) error {
		return r.Desk(w, DeskView{Frame: withLead(sampleFrame("业务参数", "/settings"), "带“示例”的数值核定前不能用于发放。"),
			Tabs:   []Filter{{Text: "单位资料", URL: "/settings"}, {Text: "业务参数", URL: "/settings/params", Current: true}, {Text: "代码表", URL: "/settings/codes"}, {Text: "节假日", URL: "/settings/holidays"}},
			Blocks: []Block{{Title: "走访与补贴", Table: &params}, {Title: "节假日", Table: &holidays, Folded: true}}})
	}
	systems := SystemsView{Frame: withLead(sampleFrame("系统一览", "/systems"), "五十二个系统中 3 个可用，其余按计划建设。"), Figures: []Figure{{"可用", "3", "", "", ""}, {"未建成", "49", "", "", ""}}, Domains: []SystemDomain{
		{"残", "残疾人服务", []System{{Code: "A1", Title: "温馨家园"}, {Code: "A7", Title: "残疾人两项补贴"}}},
		{"儿", "儿童福利与未成年人保护", []System{{Code: "B3", Title: "困境儿童分类保障档案", Ready: true, Registers: []Link{{"档案", "/r/child.file"}}, Papers: 3, Open: 3}, {Code: "B16", Title: "困境儿童个案帮扶", Ready: true, Registers: []Link{{"个案", "/r/child.case"}}, Papers: 7, Open: 12, Purpose: "接案、预估、计划、介入、评估、结案。"}}}}}
	help := HelpView{Frame: sampleFrame("走访怎么录", "/help/"), Body: `<h2>一、打印走访单</h2><p>每周一在<a href="/">工作台</a>打印本周走访单，发给各社区儿童主任。</p><ol><li>选定社区。</li><li>点“打印本周走访单”。</li></ol><h2>二、录入</h2><p>交回后在“走访单录入”逐行填写。</p>`,
		Contents: []HelpGroup{{"日常", []Filter{{Text: "走访怎么录", URL: "/help/visit", Current: true}, {Text: "结案", URL: "/help/close"}}}}, Prev: Link{"接案", "/help/intake"}, Next: Link{"结案", "/help/close"}}
	sheet := SheetView{Frame: sampleFrame("工作移交清单", "/users"), Number: "移交 2026-0003", Facts: facts("移交人", "纪春和", "接收人", "年有余", "日期", "2026-04-01"), Tables: []Table{table("在办 2 件", []string{"编号", "对象", "阶段", "到期"}, []string{"B16-002-2026-00001", "尚未晚", "介入", "2026-03-27"})}, Signs: []string{"移交人（签字）：", "接收人（签字）：", "监交人（签字）："}}
	return []sample{
		{"account", func(r *Renderer, w io.Writer) error {
			return r.Account(w, AccountView{Frame: sampleFrame("我的账户", "/account"), Facts: facts("姓名", "年有余", "角色", "儿童督导员", "密码到期", "2026-06-01"), Form: Form{Action: "/account", Sections: []Section{{Fields: []Field{{Name: "old", Label: "原密码", Kind: KindPassword, Auto: "current-password"}, {Name: "new", Label: "新密码", Kind: KindPassword, Auto: "new-password", Hint: "至少十位，含三类字符。"}}}}}})
		}},
		{"approvals", desk("审批", "/approvals", "两件等您审，最早的已等一天。", Block{Table: &approvals})},
		{"users", desk("用户与角色", "/users", "离岗的人先移交，再停用。", Block{Title: "用户", Table: &users, Buttons: []Button{{Text: "新建用户", URL: "/users/new", Primary: true}}}, Block{Title: "三员", Text: []string{"系统、安全、审计三员互斥，不办业务。"}})},
		{"settings", settings},
		{"audit", desk("日志", "/audit", "从新到旧，每条都与前一条相连，改动即可发现。", Block{Table: &journal, Pager: &Pager{Next: "?n", Total: 20431}})},
		{"export", desk("导出困境儿童个案", "/r/child.case", "导出个人信息须写明用途，经审批后下载，表上带水印。", Block{Form: &export})},
		{"insight", desk("统计", "/insight", "每个数都可以点开看明细。", Block{Title: "本月", Figures: []Figure{{"应访", "40", "/r/child.visit?due", "", ""}, {"实访", "33", "/r/child.visit?done", "", ""}, {"逾期", "2", "/r/child.visit?late", ToneUrgent, ""}}},
			Block{Title: "各社区走访完成率", Bars: []Bar{{"桥东街社区", "18 / 20　90%", 0.9, "/r/child.visit?c=1", ""}, {"向阳社区", "9 / 12　75%", 0.75, "/r/child.visit?c=2", ""}, {"龙门社区", "6 / 8　75%", 0.75, "/r/child.visit?c=3", ToneUrgent}}})},
		{"desk-empty", func(r *Renderer, w io.Writer) error {
			return r.Desk(w, DeskView{Frame: sampleFrame("审批", "/approvals"), Empty: Empty{"没有等您审批的事。", []Link{{"回工作台", "/"}}}})
		}},
		{"systems", func(r *Renderer, w io.Writer) error { return r.Systems(w, systems) }},
		{"help", func(r *Renderer, w io.Writer) error { return r.Help(w, help) }},
		{"sheet", func(r *Renderer, w io.Writer) error { return r.Sheet(w, sheet) }},
	}
}
