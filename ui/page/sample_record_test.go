package page

import "io"

func caseSteps() []Step {
	return []Step{{Label: "接案", State: StepDone, Date: "2026-03-02", Who: "纪春和"}, {Label: "预估", State: StepDone, Date: "2026-03-09", Who: "年有余"}, {Label: "计划", State: StepDone, Date: "2026-03-12"},
		{Label: "介入", State: StepCurrent, Note: "每半月走访"}, {Label: "评估", State: StepAhead, Date: "2026-06-12 前"}, {Label: "结案", State: StepAhead}}
}

func caseFrame(title, lead string) Frame {
	return withLead(withSubject(sampleFrame(title, "/r/child.case")), lead, Link{"儿童福利", "/#child"}, Link{"困境儿童个案", "/r/child.case"})
}

func sampleForm(refused bool) Form {
	grade := []Option{{Value: "red", Text: "红 高危", Note: "即到"}, {Value: "orange", Text: "橙 中高", Note: "3 日"}, {Value: "yellow", Text: "黄 中", Note: "7 日"}, {Value: "blue", Text: "蓝 一般"}}
	harm := []Option{{Value: "1", Text: "殴打体罚"}, {Value: "2", Text: "照料缺失"}, {Value: "3", Text: "独自在家"}, {Value: "4", Text: "辍学"}, {Value: "5", Text: "网络沉迷"}, {Value: "6", Text: "自伤"}, {Value: "7", Text: "流浪"}, {Value: "8", Text: "性侵害"}, {Value: "9", Text: "其他"}}
	cols := []Field{{Name: "goal", Label: "目标", Kind: KindText, Required: true}, {Name: "by", Label: "期限", Kind: KindDate}, {Name: "state", Label: "进展", Kind: KindCode, Options: []Option{{Value: "0", Text: "未开始"}, {Value: "1", Text: "进行中"}, {Value: "2", Text: "已达成"}, {Value: "3", Text: "已放弃并注明理由"}, {Value: "4", Text: "转入其他系统继续"}, {Value: "5", Text: "并案"}}}}
	line := func(i int, goal, by string) Line {
		l := Line{}
		for _, c := range cols {
			c.Name = LineName("goals", i, c.Name)
			l.Fields = append(l.Fields, c)
		}
		l.Fields[0].Value, l.Fields[1].Value = goal, by
		return l
	}
	f := Form{Action: "/r/child.case/1", Rev: "7", Draft: "child.case.1.28", DraftAt: "16:20", Files: true, Cancel: Link{"不保存，返回", "/r/child.case/1"},
		Buttons: []Button{{Text: "保存", Do: "save", Primary: true}, {Text: "保存并提交预估", Do: "submit"}},
		Sections: []Section{
			{ID: "s-base", Title: "接案", Note: "凡不清楚的先空着，提交预估前补齐。", Fields: []Field{
				{Name: "subject", Label: "对象", Kind: KindPerson, Required: true, Value: "19", Chosen: &Choice{"19", "尚未晚", "男，2011 年生，桥东街社区"}},
				{Name: "accepted", Label: "受理日期", Kind: KindDate, Required: true, Value: "2026-03-02"},
				{Name: "grade", Label: "风险等级", Kind: KindCode, Required: true, Value: "orange", Options: grade, Basis: "分级 示例"},
				{Name: "source", Label: "来源", Kind: KindCode, Options: append([]Option{{Value: "a", Text: "社区发现"}, {Value: "b", Text: "学校报告"}}, harm...)},
				{Name: "idcard", Label: "证件号码", Kind: KindIDCard, Value: "11010920111201959X", Hint: "18 位，末位可为 X。"},
				{Name: "phone", Label: "监护人电话", Kind: KindPhone, Value: "010-00000000"},
				{Name: "month", Label: "起始月", Kind: KindMonth}, {Name: "met", Label: "会商时间", Kind: KindDatetime}, {Name: "aid", Label: "临时救助", Kind: KindMoney, Value: "1200.00"}, {Name: "score", Label: "总分", Kind: KindNumber, Unit: "分", Locked: true, Value: "13"},
				{Name: "consent", Label: "知情同意", Kind: KindYesNo, Value: "是"},
				{Name: "place", Label: "住处", Kind: KindPlace},
				{Name: "harm", Label: "伤害情形", Kind: KindCodes, Options: harm, Values: []string{"2", "4"}, Show: []Condition{{Field: "grade", Op: "in", Values: []string{"orange", "red"}}}},
				{Name: "note", Label: "情况说明", Kind: KindNote, Limit: 2000, Value: "背部多处伤痕，学校已报案。\n祖父同住。"},
			}},
			{ID: "s-plan", Title: "计划", Fields: []Field{
				{Name: "goals", Label: "目标与措施", Kind: KindTable, Columns: cols, Lines: []Line{line(0, "到校率 90%", "2026-06-12"), line(1, "监护人每周家庭联系一次", "")}},
				{Name: "files", Label: "附件", Kind: KindFile, Accept: ".pdf,.jpg,.png", Kept: []File{{Name: "知情同意书.pdf", Note: "2 页，原件", URL: "/f/1", ID: "1"}}, Hint: "每份不超过 20 MB。"}}},
		}}
	if refused {
		f.Errors = []FormError{{Field: "idcard", Label: "证件号码", Text: "末位校验码不对，应为 0，请对照证件核对"}, {Field: "goals.1.by", Label: "第 2 行 期限", Text: "没有填期限"}}
		f.Sections[0].Fields[4].Error = "末位校验码不对，应为 0，请对照证件核对"
		f.Sections[1].Fields[0].Lines[1].Fields[1].Error = "没有填期限"
		f.Sections[0].Fields[0].Value, f.Sections[0].Fields[0].Chosen = "", nil
		f.Sections[0].Fields[0].Candidates = []Choice{{"19", "尚未晚", "男，2011 年生，桥东街社区"}, {"88", "尚未晚", "女，1990 年生，向阳社区"}}
	}
	return f
}

func sampleRecord() RecordView {
	due := overdue()
	note := Form{Action: "/r/child.case/1/note", Draft: "n1", Sections: []Section{{Fields: []Field{{Name: "note.text", Label: "新记录", Kind: KindNote, Rows: 3}}}}, Buttons: []Button{{Text: "记一条", Do: "note"}}}
	goals := table("目标与措施", []string{"目标", "措施", "责任人", "期限"}, []string{"到校率 90%", "每日到校打卡，班主任周报", "纪春和", "2026-06-12"}, []string{"监护人每周联系", "签监护责任书", "年有余", "2026-05-01"})
	return RecordView{Frame: caseFrame("尚未晚 · 困境儿童个案", ""), Number: "B16-002-2026-00001",
		Badges: []Badge{{"橙级", ToneWarn}, {"介入", ""}, {"不满十四周岁资料", ""}}, Steps: caseSteps(), Due: &due, Owner: "纪春和", Now: "入户走访，须见到儿童本人，并填走访记录。",
		Actions:    []Button{{Text: "填写走访", URL: "/r/child.visit/new?case=1", Primary: true}, {Text: "提交评估", Do: "review"}, {Text: "移交", Do: "transfer"}, {Text: "结案", Do: "close", Why: "还没有结案评估"}, {Text: "修改", URL: "/r/child.case/1/edit"}},
		ActionForm: Form{Action: "/r/child.case/1/do", Rev: "7"},
		Sections: []ValueSection{{ID: "s1", Title: "接案", Edit: "/r/child.case/1/edit#s1", Facts: facts("来源", "学校报告", "受理日期", "2026-03-02", "风险等级", "橙级（总分 13，最高单项 3）", "知情同意", "监护人已签"),
			Notes: facts("情况说明", "3 月 2 日学校发现背部多处伤痕，14:05 发现、14:20 报案。\n祖父同住，父亲外出务工。")}, {ID: "s2", Title: "计划", Tables: []Table{goals}}},
		Notes:       []Note{{"2", "2026-03-15 10:20", "纪春和", "走访", "见到儿童与祖父。上学情况好转，本周缺课一次。"}, {"1", "2026-03-02 15:00", "年有余", "接案", "学校来电，已到校见面。"}},
		NoteForm:    &note,
		Papers:      []Paper{{Title: "接案登记表", Preview: "/p/1", Issue: "/p/1", Issued: []IssuedPaper{{Number: "接案 2026-0031", When: "2026-03-02", Who: "纪春和", URL: "/p/1/31", Reprint: "/p/1/31/again", Copies: "补打 1 次", Hash: "7F3A 90C2", Scan: Link{"签字扫描件", "/f/9"}}}}, {Title: "结案报告", Preview: "/p/2", Why: "结案后才能编号"}},
		Attachments: []File{{Name: "知情同意书.pdf", Note: "2 页，原件", URL: "/f/1"}},
		Approvals:   []Approval{{When: "2026-03-12 09:10", Who: "柯立言", Title: "分管领导", Verdict: "同意", Tone: ToneGood, Text: "同意计划，注意每周联系。", From: "计划", To: "介入"}, {When: "2026-03-11 17:02", Who: "柯立言", Verdict: "退回", Tone: ToneUrgent, Text: "责任人没有写清。"}},
		Links:       []RecordLink{{Record: Link{"B17-002-2026-00001", "/r/child.visit/1"}, Kind: "走访", State: "已完成", Date: "2026-03-15"}, {Record: Link{"B03-002-2026-00001", "/r/child.file/1"}, Kind: "困境儿童档案", State: "有效", Date: "2026-01-08"}},
		History:     []Change{{When: "2026-03-12 09:10", Who: "柯立言", Kind: "批准计划", Fields: []FieldChange{{"阶段", "计划", "介入"}, {"风险等级", "", "橙级"}}}},
		Access:      []Access{{"2026-03-20 11:00", "柯立言", "查看", "季度督导"}}, HistoryMore: Link{"全部变更", "/r/child.case/1/history"}}
}

func recordSamples() []sample {
	closed := sampleRecord()
	closed.Stamp, closed.Due, closed.Now, closed.Actions, closed.Frozen = "已结案", nil, "", nil, "已于 2026-06-20 结案；三十日内复发可以重开。"
	closed.Single = true
	missing := sampleRecord()
	missing.Missing = []Missing{{"结案评估", "/r/child.case/1/edit#s-close", "结案前至少一次"}, {"监护人签字扫描件", "#files", ""}}
	form := FormView{Frame: caseFrame("修改个案", "提交预估前须填齐风险等级、来源和八项评分。"), Form: sampleForm(false)}
	refused := FormView{Frame: caseFrame("修改个案", ""), Form: sampleForm(true)}
	aside := form
	aside.Aside = []Block{{Title: "上次走访", Text: []string{"2026-03-15，见到儿童与祖父。"}, Facts: facts("总分", "13", "最高单项", "3")}}
	do := ActionView{Frame: caseFrame("提交评估", "提交后由分管领导在 3 个工作日内审核。"), Number: "B16-002-2026-00001", From: "介入", To: "评估", Back: Link{"返回个案", "/r/child.case/1"},
		Form: &Form{Action: "/r/child.case/1/do/review", Rev: "7", Sections: []Section{{Fields: []Field{{Name: "reason", Label: "说明", Kind: KindNote, Required: true}}}}, Buttons: []Button{{Text: "提交评估", Do: "review", Primary: true}}}}
	no := ActionView{Frame: caseFrame("不能结案", "补齐下面两项后再来。"), From: "评估", To: "结案", Missing: missing.Missing, Back: Link{"返回个案", "/r/child.case/1"}}
	conflict := ConflictView{Frame: caseFrame("两人同时改了这份记录", ""), Who: "纪春和", When: "16:18", Back: Link{"放弃我填的，看最新内容", "/r/child.case/1"}, Form: Form{Action: "/r/child.case/1", Rev: "8", Hidden: []Pair{{"grade", "red"}}, Buttons: []Button{{Text: "按选定内容保存", Do: "resolve", Primary: true}}},
		Rows: []ConflictRow{{Name: "grade", Label: "风险等级", Base: "黄级", Theirs: "橙级", Mine: "红级", Clash: true}, {Name: "phone", Label: "电话", Base: "", Theirs: "", Mine: "010-00000000", Pick: "mine"}}}
	return []sample{
		{"record", func(r *Renderer, w io.Writer) error { return r.Record(w, sampleRecord()) }},
		{"record-closed", func(r *Renderer, w io.Writer) error { return r.Record(w, closed) }},
		{"record-missing", func(r *Renderer, w io.Writer) error { return r.Record(w, missing) }},
		{"form", func(r *Renderer, w io.Writer) error { return r.Form(w, form) }},
		{"form-refused", func(r *Renderer, w io.Writer) error { return r.Form(w, refused) }},
		{"form-aside", func(r *Renderer, w io.Writer) error { return r.Form(w, aside) }},
		{"action", func(r *Renderer, w io.Writer) error { return r.Action(w, do) }},
		{"action-refused", func(r *Renderer, w io.Writer) error { return r.Action(w, no) }},
		{"conflict", func(r *Renderer, w io.Writer) error { return r.Conflict(w, conflict) }},
	}
}
