package page

import "io"

func workItems() []WorkItem {
	return []WorkItem{
		{Who: Link{"尚未晚", "/people/19"}, WhoNote: "14 岁 · 桥东街社区", What: "入户走访", Record: Link{"B16-002-2026-00001", "/r/child.case/1"}, System: "困境儿童个案", Badges: []Badge{{"橙级", ToneWarn}}, Due: overdue(), Owner: "纪春和", Action: Link{"填写走访", "/r/child.visit/new?case=1"}},
		{Who: Link{"禹宁川", "/people/6"}, WhoNote: "11 岁 · 向阳社区", What: "完成预估", Record: Link{"B16-002-2026-00002", "/r/child.case/2"}, System: "困境儿童个案", Due: overdue(), Owner: "年有余", Action: Link{"填写预估", "/r/child.case/2/edit"}},
	}
}

func workSamples() []sample {
	items := workItems()
	more := []WorkItem{items[0], items[1]}
	more[0].Due, more[1].Due = soon(), later()
	more[0].Who, more[1].Who = Link{"沐晨", "/people/11"}, Link{"禹安禾", "/people/7"}
	blocked := items[0]
	blocked.Who, blocked.WhoNote = Link{"受保护人员 B14-0007", "/protected/7"}, ""
	blocked.Due, blocked.Blocked = Due{Date: "2026-04-09", Text: "已暂停", Tone: ToneMuted, Rule: "暂停由分管领导批准，2026-03-20 起"}, "计划缺监护人签字"
	home := HomeView{Frame: withLead(sampleFrame("工作台", "/"), "先办逾期的两件，再办今天到期的两件。"), Today: "2026年4月1日　星期三　工作日",
		Figures: []Figure{{"逾期", "2", "#overdue", ToneUrgent, ""}, {"今天", "2", "#today", "", ""}, {"七天内", "5", "#week", "", ""}, {"受阻", "1", "#blocked", "", ""}, {"在办个案", "12", "/r/child.case?step=open", "", ""}},
		Scope:   []Filter{{Text: "我的", URL: "/?of=me", Count: "9", Current: true}, {Text: "本科室", URL: "/?of=section", Count: "23"}, {Text: "全所", URL: "/?of=all", Count: "41"}},
		Groups: []WorkGroup{{ID: "overdue", Title: "逾期", Tone: ToneUrgent, Total: 2, Items: items}, {ID: "today", Title: "今天", Total: 2, Items: more},
			{ID: "week", Title: "七天内", Total: 5, Items: more, More: Link{"看全部 5 件", "/?group=week"}}, {ID: "blocked", Title: "受阻", Total: 1, Items: []WorkItem{blocked}}},
		Recent: []Link{{"B16-002-2026-00001 尚未晚", "/r/child.case/1"}, {"B03-002-2026-00002 沐晨", "/r/child.file/2"}}}
	none := HomeView{Frame: sampleFrame("工作台", "/"), Today: "2026年4月1日　星期三　工作日",
		Groups: []WorkGroup{{ID: "overdue", Title: "逾期"}, {ID: "today", Title: "今天"}},
		Empty:  Empty{"还没有登记任何人。可以先导入现有台账，或新建第一份档案。", []Link{{"导入台账", "/import/child.file"}, {"新建档案", "/people/new"}}}}
	huge := home
	huge.Prefs = Prefs{Theme: "light", Contrast: "more", Size: "huge"}
	return []sample{
		{"home-huge", func(r *Renderer, w io.Writer) error { return r.Home(w, huge) }},
		{"home", func(r *Renderer, w io.Writer) error { return r.Home(w, home) }},
		{"home-empty", func(r *Renderer, w io.Writer) error { return r.Home(w, none) }},
		{"list", func(r *Renderer, w io.Writer) error { return r.List(w, sampleList()) }},
		{"list-empty", func(r *Renderer, w io.Writer) error {
			return r.List(w, ListView{Frame: withLead(sampleFrame("走访", "/r/child.visit"), "还没有走访记录。"), Table: Table{Empty: Empty{"还没有走访。先打印本周走访单，或直接登记一次走访。", []Link{{"打印本周走访单", "/print"}, {"登记走访", "/r/child.visit/new"}}}}})
		}},
		{"search", func(r *Renderer, w io.Writer) error { return r.Search(w, sampleSearch()) }},
		{"search-empty", func(r *Renderer, w io.Writer) error {
			f := sampleFrame("搜索", "/search")
			f.Query = "龙䶮"
			return r.Search(w, SearchView{Frame: f, Form: sampleSearch().Form, Summary: "没有查到“龙䶮”。", Empty: Empty{"换一个词试试：可以用拼音、首字母、证件后四位或正文里的两个字。", nil}})
		}},
	}
}

func sampleList() ListView {
	t := Table{Caption: "", Pick: "id", Start: 51, Columns: []Column{{Title: "编号"}, {Title: "对象", Sort: "?sort=subject"}, {Title: "风险等级"}, {Title: "阶段"}, {Title: "到期", Sort: "?sort=due", Order: "ascending"}, {Title: "总分", Num: true}, {Title: "经办"}}}
	rows := []struct {
		id, no, who, grade, step, owner string
		due                             Due
		tone                            Tone
	}{{"1", "B16-002-2026-00001", "尚未晚", "橙级", "介入", "纪春和", overdue(), ToneUrgent}, {"2", "B16-002-2026-00002", "禹宁川", "黄级", "预估", "年有余", soon(), ""}, {"3", "B16-002-2026-00003", "沐晨", "蓝级", "计划", "纪春和", later(), ""},
		{"4", "B16-002-2026-00004", "单于小满之子·阿依古丽", "黄级", "接案", "纪春和", later(), ""}, {"5", "B16-002-2026-00005", "受保护人员", "—", "—", "—", Due{}, ToneMuted}}
	for _, x := range rows {
		d := x.due
		grade := Cell{Text: x.grade, Badge: true}
		if x.grade == "橙级" {
			grade.Tone = ToneWarn
		}
		t.Rows = append(t.Rows, Row{ID: x.id, URL: "/r/child.case/" + x.id, Tone: x.tone, Cells: []Cell{{Text: x.no}, {Text: x.who, URL: "/people/" + x.id}, grade, {Text: x.step}, {Due: &d}, {Text: "13", Num: true}, {Text: x.owner}}})
	}
	return ListView{Frame: withLead(sampleFrame("困境儿童个案", "/r/child.case"), "在办 12 件，其中 2 件逾期未走访。", Link{"儿童福利", "/#child"}, Link{"困境儿童个案", ""}), Register: "困境儿童个案",
		Tabs:    []Filter{{Text: "在办", URL: "?", Count: "12", Current: true}, {Text: "逾期", URL: "?late", Count: "2"}, {Text: "红橙级", URL: "?red", Count: "3"}, {Text: "已结案", URL: "?closed", Count: "48"}},
		Active:  []Filter{{Text: "社区：桥东街社区", URL: "?"}},
		Filters: &Form{Get: true, Action: "/r/child.case", Sections: []Section{{Fields: []Field{{Name: "step", Label: "阶段", Kind: KindCode, Options: []Option{{Value: "intake", Text: "接案"}, {Value: "assess", Text: "预估"}, {Value: "plan", Text: "计划"}, {Value: "serve", Text: "介入"}, {Value: "review", Text: "评估"}, {Value: "closed", Text: "结案"}}}, {Name: "from", Label: "受理自", Kind: KindDate}, {Name: "to", Label: "受理至", Kind: KindDate}}}}},
		Table:   t, Pager: Pager{First: "?", Prev: "?p", Next: "?n", From: 51, To: 55, Total: 60},
		Batch:   &Form{Action: "/r/child.case/batch", Buttons: []Button{{Text: "批量打印", Do: "print"}, {Text: "移交", Do: "assign"}}},
		Actions: []Button{{Text: "新建个案", URL: "/r/child.case/new", Primary: true}, {Text: "导入", URL: "/import/child.case"}, {Text: "导出 Excel", URL: "/export/child.case.xlsx"}, {Text: "打印本周走访单", URL: "/print/visits"}}}
}

func sampleSearch() SearchView {
	f := sampleFrame("搜索：家访 燃气", "/search")
	f.Query = "家访 燃气"
	return SearchView{Frame: f, Summary: "查到 3 条，按日期从新到旧。", Partial: "时间到了，只查完一部分。再缩小范围可以查全。",
		Form:   Form{Get: true, Action: "/search", Sections: []Section{{Fields: []Field{{Name: "q", Label: "查什么", Kind: KindSearch, Value: "家访 燃气", Wide: true}, {Name: "from", Label: "日期自", Kind: KindDate}, {Name: "to", Label: "日期至", Kind: KindDate}}}}, Buttons: []Button{{Text: "搜索", Primary: true}}},
		Active: []Filter{{Text: "社区：向阳社区", URL: "/search?q=x"}},
		Facets: []Facet{{"系统", []Filter{{Text: "走访", URL: "?r=v", Count: "2", Current: true}, {Text: "个案", URL: "?r=c", Count: "1"}}}, {"记录人", []Filter{{Text: "纪春和", URL: "?w=21", Count: "3"}}}},
		People: []Hit{{Title: Link{"禹宁川", "/people/6"}, Kind: "人员", Badges: []Badge{{"事实无人抚养", ""}}, Snippet: []Span{{"男，11 岁，向阳社区，监护人 禹德顺（祖父）", false}}}},
		Hits: []Hit{{Title: Link{"B17-002-2026-00001", "/r/child.visit/1"}, Kind: "走访记录", Date: "2026-03-15", Who: Link{"禹宁川", "/people/6"},
			Snippet: []Span{{"……", false}, {"家访", true}, {"时见到儿童与祖父，厨房", false}, {"燃气", true}, {"无报警器，已转网格案件……", false}}}},
		Pager: Pager{Total: 3, Next: "/search?p=2"}}
}
