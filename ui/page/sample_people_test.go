package page

import "io"

func sampleGraph() *Graph {
	return &Graph{
		Nodes: []GraphNode{{ID: "10", Name: "禹德顺", Note: "祖父，实际照护", URL: "/people/10", Generation: -2}, {ID: "8", Name: "禹长河", Note: "父，服刑", URL: "/people/8", Generation: -1, Gone: true},
			{ID: "9", Name: "邢望春", Note: "母，失联", URL: "/people/9", Generation: -1, Gone: true}, {ID: "6", Name: "禹宁川", Note: "11 岁", Self: true}, {ID: "7", Name: "禹安禾", Note: "妹，7 岁", URL: "/people/7"}},
		Edges: []GraphEdge{{From: "10", To: "8", Label: "父子"}, {From: "8", To: "9", Label: "离异", Past: true}, {From: "8", To: "6"}, {From: "8", To: "7"}, {From: "9", To: "6"}, {From: "9", To: "7"}, {From: "10", To: "6", Care: true}},
	}
}

func samplePerson() PersonView {
	f := sampleFrame("禹宁川", "/people")
	f.Subject = &Subject{Name: "禹宁川", Facts: []string{"男", "11 岁（2026-04-01）", "110109********9214", "城子街道 向阳社区"}, Badges: []Badge{{"事实无人抚养", ""}}}
	relations := table("", []string{"关系", "姓名", "起止", "说明"}, []string{"祖父", "禹德顺", "2024-11 起", "实际照护人"}, []string{"父", "禹长河", "2014-09 起", "服刑至 2029-06-30"}, []string{"母", "邢望春", "2014-09 起", "2024-11-08 报失联"})
	return PersonView{Frame: f, Number: "R-000006", Actions: []Button{{Text: "新建个案", URL: "/r/child.case/new?p=6", Primary: true}, {Text: "变更关键信息", URL: "/people/6/change"}, {Text: "打印信息档案表", URL: "/p"}},
		Identity: facts("姓名", "禹宁川", "证件类型", "居民身份证", "证件号码", "110109********9214", "性别", "男", "出生日期", "2014-09-06", "民族", "汉族", "户籍地址", "城子街道向阳社区", "联系电话", "由监护人代"),
		Now:      workItems()[1:], Graph: sampleGraph(), Relations: relations, Relate: &Form{Action: "/people/6/relate", Sections: []Section{{Fields: []Field{{Name: "other", Label: "何人", Kind: KindPerson}, {Name: "from", Label: "自何日", Kind: KindDate}}}}},
		Cases:    []RecordLink{{Record: Link{"B16-002-2026-00002", "/r/child.case/2"}, Kind: "个案", State: "预估", Date: "2026-03-20"}, {Record: Link{"B06-002-2026-00001", "/r/b06/1"}, Kind: "事无认定", State: "查验", Date: "2026-03-02"}},
		Timeline: []Moment{{"2026-03-20", "升为橙级", "祖父住院，三日内重估。", Link{"B16-002-2026-00002", "/r/child.case/2"}, ToneUrgent}, {"2026-03-15", "走访", "见到儿童与祖父，燃气无报警器。", Link{"B17-002-2026-00001", "/r/child.visit/1"}, ""}, {"2026-03-02", "受理认定", "", Link{"B06-002-2026-00001", "/r/b06/1"}, ""}},
		Changes:  []Change{{When: "2026-03-02 10:00", Who: "纪春和", Kind: "建档", Reason: "学校报告"}}, Access: []Access{{"2026-03-20 11:00", "柯立言", "查看", "季度督导"}}, Consents: facts("资料共享", "可与教委共享，至 2027-03-01")}
}

func peopleSamples() []sample {
	find := FindPersonView{Frame: withLead(sampleFrame("新建人员：先查后建", "/people"), "先查有没有这个人，一人只建一份档案。"), Asked: true, Summary: "查到 2 个可能是同一人的，请逐一核对。",
		Form:   Form{Get: true, Action: "/people/new", Sections: []Section{{Fields: []Field{{Name: "name", Label: "姓名", Kind: KindText, Value: "禹宁川"}, {Name: "idcard", Label: "证件号码", Kind: KindIDCard}, {Name: "phone", Label: "电话", Kind: KindPhone}}}}},
		Found:  []PersonHit{{Name: "禹宁川", Facts: []string{"男", "2014 年生", "向阳社区", "监护人 禹德顺"}, Why: "姓名读音相同", Badges: []Badge{{"事实无人抚养", ""}}, Open: Link{"打开档案", "/people/6"}, Choose: Button{Text: "就是此人", URL: "/r/child.case/new?p=6"}, Current: "在办 2 件"}, {Name: "受保护人员", Why: "证件后四位相同", Sealed: true, Open: Link{"申请查看", "/protected/7"}}},
		Create: &Form{Action: "/people/new", Hidden: []Pair{{"name", "禹宁川"}}, Sections: []Section{{Fields: []Field{{Name: "reason", Label: "理由", Kind: KindNote, Required: true, Rows: 2, Hint: "写明怎么核对出不是同一人。"}}}}, Buttons: []Button{{Text: "确认不是同一人，新建", Do: "create"}}}, Cancel: Link{"不建了，返回", "/people"}}
	pair := PairView{Frame: withLead(sampleFrame("疑似重复", "/people"), "两份档案可能是同一个人，请核对后决定。"), Queue: "第 3 对，共 12 对", Score: "姓名读音相同，出生日期相同，监护人相同；证件号码一方为空，不算相同。",
		Left: PairSide{Title: "禹宁川 R-000006", URL: "/people/6", Note: "2025-01-08 建档", Choice: "6", On: true}, Right: PairSide{Title: "禹宁川 R-000231", URL: "/people/231", Note: "2026-02-11 导入", Choice: "231"},
		Rows: []PairRow{{Label: "姓名", Left: "禹宁川", Right: "禹宁川", State: PairSame}, {Label: "证件号码", Left: "110109********9214", State: PairMissing}, {Label: "电话", Left: "010-00000000", Right: "010-00000001", State: PairDiffers, Name: "pick.phone", Pick: "left"}}, Effects: []string{"2 份档案、5 条走访改挂到 R-000006。", "合并后三十日内可以撤销。"},
		Form: Form{Action: "/duplicates/3", Rev: "1", Sections: []Section{{Fields: []Field{{Name: "reason", Label: "理由", Kind: KindNote, Rows: 2, Required: true}}}}, Buttons: []Button{{Text: "合并", Do: "merge", Primary: true}, {Text: "不是同一人", Do: "differ"}, {Text: "以后再说", Do: "later"}}}}
	shut := ProtectedView{Frame: withLead(sampleFrame("受保护的档案", "/people"), "这份档案只对经办人开放。写明理由可以打开三十分钟，并送分管领导核查。"), Facts: facts("登记编号", "B14-002-2026-00002", "可联系", "柯立言"), Back: Link{"返回", "/"},
		Form: &Form{Action: "/protected/7", Sections: []Section{{Fields: []Field{{Name: "reason", Label: "打开理由", Kind: KindNote, Required: true, Rows: 2}}}}, Buttons: []Button{{Text: "打开三十分钟", Do: "open", Primary: true}}}}
	return []sample{
		{"person", func(r *Renderer, w io.Writer) error { return r.Person(w, samplePerson()) }},
		{"findperson", func(r *Renderer, w io.Writer) error { return r.FindPerson(w, find) }},
		{"pair", func(r *Renderer, w io.Writer) error { return r.Pair(w, pair) }},
		{"protected", func(r *Renderer, w io.Writer) error { return r.Protected(w, shut) }},
	}
}
