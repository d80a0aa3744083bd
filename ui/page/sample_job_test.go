package page

import "io"

func jobSamples() []sample {
	steps := []Step{{Label: "上传", State: StepDone}, {Label: "试导入", State: StepCurrent}, {Label: "导入", State: StepAhead}, {Label: "完成", State: StepAhead}}
	results := table("", []string{"行", "姓名", "结果", "原因"}, []string{"6", "沐晨", "可以导入", ""}, []string{"9", "简星野", "不能导入", "证件号码是 1.10109E+17，表格把它变成了数字，请改成文本后重填"}, []string{"12", "艾若澄", "待定", "有两个同名同生日的人，请填证件号码"})
	dry := ImportView{Frame: withLead(sampleFrame("导入困境儿童档案", "/import"), "试导入没有写入任何资料。改好 2 行后可以重新上传，也可以只导入没有问题的 493 行。"), Steps: steps,
		Figures: []Figure{{"共读", "495", "", "", "行"}, {"可以导入", "493", "", "", ""}, {"有问题", "2", "?only=bad", ToneUrgent, ""}}, Results: results, Reply: Link{"下载带原因的原表", "/import/x.xlsx"}, Pager: Pager{Total: 495, Next: "?n"},
		Mapping: ptr(table("", []string{"表里的列", "对应字段"}, []string{"儿童姓名", "姓名"}, []string{"身份证", "证件号码"})),
		Form:    &Form{Action: "/import/child.file/8", Buttons: []Button{{Text: "导入 493 行", Do: "run", Primary: true}, {Text: "取消", Do: "drop"}}}}
	up := ImportView{Frame: withLead(sampleFrame("导入困境儿童档案", "/import"), "先下载模板，照样填好再上传。"), Steps: steps, Template: Link{"下载 Excel 模板", "/import/t.xlsx"},
		Form: &Form{Action: "/import/child.file", Files: true, Sections: []Section{{Fields: []Field{{Name: "file", Label: "表格", Kind: KindFile, Required: true, Accept: ".xlsx,.csv", Hint: "Excel 或 CSV，最大 20 MB，最多五万行。"}}}}, Buttons: []Button{{Text: "上传并试导入", Do: "upload", Primary: true}}}, Past: Table{Empty: Empty{Text: "还没有导入过。"}}}
	run := Progress{Text: "正在导入", Done: 320, Total: 493, Poll: "/import/8?json", Stop: &Form{Action: "/import/8/stop", Buttons: []Button{{Text: "停下并撤销", Do: "stop", Danger: true}}}}
	visit := func(id, name string) BatchLine {
		return BatchLine{ID: id, Who: Link{name, "/people/" + id}, Number: "走访单 " + id, Note: "桥东街社区", Fields: []Field{
			{Name: "v." + id + ".date", Label: "走访日期", Kind: KindDate}, {Name: "v." + id + ".child", Label: "见到儿童", Kind: KindYesNo}, {Name: "v." + id + ".guardian", Label: "见到监护人", Kind: KindYesNo}, {Name: "v." + id + ".note", Label: "情况", Kind: KindNote, Rows: 2}}}
	}
	lines := []BatchLine{visit("0017", "尚未晚"), visit("0018", "禹宁川"), visit("0019", "沐晨")}
	d := overdue()
	lines[0].Due, lines[1].Saved = &d, true
	lines[2].Error, lines[2].Fields[0].Error, lines[2].Fields[0].Value = "走访日期在将来", "不能晚于今天", "2027-03-15"
	entry := BatchEntryView{Frame: withLead(sampleFrame("走访单录入", "/r/child.visit"), "把社区交回的走访单逐行录入；空行不会保存。"), Form: Form{Action: "/visits/batch", Draft: "b1", Buttons: []Button{{Text: "保存填好的行", Do: "save", Primary: true}}}, Columns: []Column{{Title: "走访日期"}, {Title: "见到儿童"}, {Title: "见到监护人"}, {Title: "情况"}}, Lines: lines}
	missing := table("", []string{"编号", "对象", "缺什么"}, []string{"B16-002-2026-00003", "沐晨", "监护人电话、风险等级"})
	print := BatchPrintView{Frame: withLead(sampleFrame("批量打印", "/r/child.case"), "有 1 份缺项。可以先补齐，也可以只打印齐全的 11 份。"), Paper: "走访记录表", Figures: []Figure{{"选定", "12", "", "", "份"}, {"齐全", "11", "", "", "份"}}, Missing: missing, Ready: table("", []string{"编号", "对象"}, []string{"B16-002-2026-00001", "尚未晚"}),
		Form: &Form{Action: "/print", Buttons: []Button{{Text: "打印齐全的 11 份", Do: "print", Primary: true}}}}
	done := print
	done.Progress, done.Form = &Progress{Text: "已全部生成", Done: 11, Total: 11, Finished: true, Next: Link{"下载 PDF", "/x.pdf"}}, nil
	return []sample{
		{"import-upload", func(r *Renderer, w io.Writer) error { return r.Import(w, up) }},
		{"import-dryrun", func(r *Renderer, w io.Writer) error { return r.Import(w, dry) }},
		{"import-running", func(r *Renderer, w io.Writer) error {
			return r.Import(w, ImportView{Frame: sampleFrame("导入困境儿童档案", "/import"), Steps: steps, Progress: &run})
		}},
		{"import-done", func(r *Renderer, w io.Writer) error {
			f := sampleFrame("导入完成", "/import")
			f.Notices = []Notice{{ToneGood, "已导入 493 行。", []Link{{"看这批记录", "/r/child.file?batch=8"}}}}
			return r.Import(w, ImportView{Frame: f, Steps: steps, Undo: &Form{Action: "/import/8/undo", Sections: []Section{{Fields: []Field{{Name: "reason", Label: "理由", Kind: KindText, Required: true}}}}, Buttons: []Button{{Text: "撤销整批 493 行", Do: "undo", Danger: true}}}})
		}},
		{"progress", func(r *Renderer, w io.Writer) error {
			return r.Progress(w, ProgressView{Frame: sampleFrame("正在生成", "/"), Progress: run, Notes: []string{"可以离开本页，完成后在工作台提醒。"}})
		}},
		{"batchentry", func(r *Renderer, w io.Writer) error { return r.BatchEntry(w, entry) }},
		{"batchentry-empty", func(r *Renderer, w io.Writer) error {
			return r.BatchEntry(w, BatchEntryView{Frame: sampleFrame("走访单录入", "/r/child.visit"), Empty: Empty{"没有待录入的走访单。先打印本周走访单发给社区。", []Link{{"打印本周走访单", "/print"}}}})
		}},
		{"batchprint", func(r *Renderer, w io.Writer) error { return r.BatchPrint(w, print) }},
		{"batchprint-done", func(r *Renderer, w io.Writer) error { return r.BatchPrint(w, done) }},
	}
}

func ptr[T any](v T) *T { return &v }
