package demo

import "jiezhen/app/register"

// reportExamples are mandatory reports (facts E-B15).
func (f *filler) reportExamples() []example {
	return []example{
		{register: "child.report", number: "B15-002-2026-00001", who: "P19", by: "child.director", on: "2026-03-11",
			deeds: "report 2026-03-11 child.director;answer 2026-03-13 child.officer;close 2026-05-08 child.supervisor",
			values: register.Values{"found_at": "2026-03-11 14:05", "sector": "school", "unit": "虚构第一中学", "place": "学校医务室", "harm": []string{"4"},
				"facts": "校医换药时看到背部有多处新旧伤痕，孩子说“在家摔的”。校医没有追问，陪孩子等民警到场。", "suspect": "unknown", "evidence": "衣物单独装袋，伤情由公安拍照固定。",
				"reported_at": "2026-03-11 14:20", "way": "phone", "police": "虚构派出所", "receipt": "JC20260311-014（虚构）", "secrecy": true,
				"notified": []map[string]any{row("to", "office", "unit", "街道未成年人保护工作站", "at", "2026-03-11 14:30", "receipt", "电话"),
					row("to", "education", "unit", "区教委", "at", "2026-03-11 15:10", "receipt", "书面")},
				"result": "warning", "result_at": "2026-03-13", "result_no": "虚构告诫〔2026〕3号",
				"visits": []map[string]any{row("date", "2026-03-20", "by", "纪春和", "note", "伤口愈合，祖母照料，未再发现新伤。"),
					row("date", "2026-05-06", "by", "年有余", "note", "情绪平稳，按黄级继续走访。")}}},
		{register: "child.reporter", by: "child.supervisor", on: "2026-03-11", values: register.Values{"report": toRecord + "B15-002-2026-00001",
			"kind": "duty", "name": "柯立言", "unit": "虚构第一中学", "promise": true, "credit": "及时报告，区教委口头表扬。"}},
		{register: "child.report", number: "B15-002-2026-00002", who: "P07", by: "child.director", on: "2026-02-19",
			deeds: "report 2026-02-19 child.director;answer 2026-02-21 child.officer",
			values: register.Values{"found_at": "2026-02-19 21:10", "sector": "community", "unit": "虚构社区居委会", "place": "住处", "harm": []string{"6"},
				"facts": "邻居反映孩子连续三日独自在家，上门见到孩子，家中没有大人，也没有做熟的饭菜。", "suspect": "no", "evidence": "现场情况由出警民警记录。",
				"reported_at": "2026-02-19 21:22", "way": "phone", "police": "虚构派出所", "receipt": "JC20260219-031（虚构）", "secrecy": true,
				"notified": []map[string]any{row("to", "civil", "unit", "区民政局", "at", "2026-02-19 21:40", "receipt", "值班电话")},
				"result":   "passed", "result_at": "2026-02-21", "result_no": "转民政部门临时监护",
				"visits": []map[string]any{row("date", "2026-03-02", "by", "纪春和", "note", "在区儿童福利院生活，作息正常。")}}},
		{register: "child.report", who: "P12", by: "child.officer", on: f.today.AddDays(-2), deeds: "report " + string(f.today.AddDays(-2)) + " child.officer",
			values: register.Values{"found_at": string(f.today.AddDays(-2)) + " 10:40", "sector": "medical", "unit": "城子虚构社区卫生服务中心", "harm": []string{"5", "9"},
				"facts": "接诊疑似误服药物的婴幼儿，已转上级医院，生命体征平稳。", "suspect": "unknown", "reported_at": string(f.today.AddDays(-2)) + " 10:52", "way": "phone",
				"police": "虚构派出所", "receipt": "（虚构）"}},
		{register: "child.report", who: "P06", by: "child.director", on: f.today.AddDays(-30),
			deeds: "report " + string(f.today.AddDays(-30)) + " child.director;answer " + string(f.today.AddDays(-27)) + " child.officer",
			values: register.Values{"found_at": string(f.today.AddDays(-30)) + " 09:05", "sector": "hotel", "unit": "虚构宾馆", "harm": []string{"7"}, "facts": "深夜独自入住，前台当时没有报告，次日社区走访时得知，已找到并送回祖父家。",
				"suspect": "no", "reported_at": string(f.today.AddDays(-30)) + " 09:15", "way": "station", "police": "虚构派出所", "missed": true,
				"missed_note": "宾馆接待单独入住的未成年人没有询问和报告，已通报公安机关督促整改。", "result": "administrative", "result_at": string(f.today.AddDays(-27))}},
	}
}
