package demo

import "jiezhen/app/register"

// councilExamples are the agenda with its tasks and meetings, and what is done
// for infants (facts E-B1, E-B4, E-B5).
func (f *filler) councilExamples() []example {
	late := string(f.today.AddDays(-5))
	task := func(title, lead, until, card, deeds string, more register.Values) example {
		v := register.Values{"agenda": toRecord + "B01-002-2026-00001", "title": title, "lead": lead, "help": []string{"town"}, "goal": "事实无人抚养儿童全部纳入", "from": "2026-02-20", "until": until, "card": card}
		for k, x := range more {
			v[k] = x
		}
		return example{register: "child.task", on: "2026-02-20", deeds: deeds, values: v}
	}
	return []example{
		{register: "child.agenda", number: "B01-002-2026-00001", on: "2026-02-05", deeds: "list 2026-02-10 welfare.head;decide 2026-02-18 child.officer", values: register.Values{"title": "事实无人抚养儿童医疗拓展方案", "unit": "civil", "kind": "2", "urgency": "soon",
			"secrecy": "plain", "raised_at": "2026-02-05", "background": "部分事实无人抚养儿童未纳入资助参保。", "proposal": "医保、教委、街道分工落实，年内全覆盖。", "materials": "测算表", "checked_at": "2026-02-10", "checked": "同意列议。", "met_at": "2026-02-18", "session": "2026年第1次",
			"votes": "应到9，实到9，同意9", "decision": "passed", "decision_note": "通过方案，分解为三项任务。", "decision_no": "虚构未保〔2026〕1号", "tasks": float64(3), "done": float64(1)}},
		task("资助参保全覆盖", "insurance", string(f.today.AddDays(30)), "none", "start 2026-02-24 child.officer", register.Values{"progress": float64(80), "reports": []map[string]any{{"date": string(f.today.AddDays(-12)), "progress": float64(80), "note": "已参保八成。"}}}),
		task("教育资助核验", "education", late, "yellow", "start 2026-02-24 child.officer;yellow "+string(f.today.AddDays(-1))+" welfare.head", register.Values{"progress": float64(60), "urges": []map[string]any{row("date", string(f.today.AddDays(-1)), "card", "yellow", "note", "三个工作日内报送核验名单。")},
			"reports": []map[string]any{{"date": string(f.today.AddDays(-20)), "progress": float64(60), "note": "两所学校未回复。"}}}),
		task("建立儿童名册", "town", "2026-03-31", "none", "start 2026-02-24 child.officer;finish 2026-03-25 child.officer", register.Values{"progress": float64(100), "done_at": "2026-03-25", "result": "名册已建立。"}),
		{register: "child.meeting", on: "2026-02-12", deeds: "hold 2026-02-18 child.officer;issue 2026-02-24 leader", values: register.Values{"kind": "full", "title": "未成年人保护协调机制全体会议", "at": "2026-02-18 14:00", "place": "街道三层会议室", "chair": "（虚构）主任", "recorder": "苏令仪",
			"present": []string{"civil", "education", "police", "justice", "insurance", "women", "town"}, "attend": "各成员单位联络员。", "absent": "卫健", "guests": "社工机构", "items": []map[string]any{{"title": "事实无人抚养儿童医疗拓展方案", "speaker": "民政", "minutes": float64(20), "decision": "通过，分解三项任务"},
				{"title": "暑期护苗行动安排", "speaker": "平安办", "minutes": float64(15), "decision": "六月底前完成首轮排查"}}, "record": "会议听取了情况汇报，进行了讨论。", "minutes_at": "2026-02-24", "minutes_no": "2026年第1期", "signer": "（虚构）主任"}},
		{register: "child.agenda", number: "B01-002-2026-00002", on: "2026-03-02", deeds: "list 2026-03-05 welfare.head;defer 2026-03-10 child.officer", values: register.Values{"title": "B13-002-2026-00001个案委托养育", "unit": "town", "kind": "4", "urgency": "urgent", "secrecy": "case", "raised_at": "2026-03-02",
			"background": "临时监护期间返家条件未成。", "proposal": "明确委托养育期限和评估安排。", "checked_at": "2026-03-05", "checked": "同意列议。", "met_at": "2026-03-10", "session": "个案会商", "decision": "deferred", "decision_note": "补充返家评估后再上会。"}},
		{register: "child.meeting", on: f.today.AddDays(-3), values: register.Values{"kind": "case", "title": "B13-002-2026-00001个案会商", "at": string(f.today.AddDays(4)) + " 09:30", "place": "街道二层会议室", "chair": "年有余", "present": []string{"police", "civil", "education", "town"},
			"items": []map[string]any{{"title": "返家条件", "speaker": "街道"}}}},
		{register: "child.nutrition", number: "B04-002-2026-00001", who: "P12", on: "2026-02-09", deeds: "check 2026-02-12 child.officer;grant 2026-02-25 child.supervisor", values: register.Values{"applied_at": "2026-02-09", "applicant": toRecord + "P13", "birth_no": "虚构出生证0001", "feeding": "food",
			"household": "dibao", "way": "2", "poor": "yes", "checked_at": "2026-02-12", "decision_at": "2026-02-25", "packs": []map[string]any{{"date": "2026-03-10", "what": "营养包", "count": float64(2), "batch": "VX2601", "until": "2027-01-31", "signer": "简默"}},
			"growth": []map[string]any{{"date": "2026-03-20", "height": 75.5, "weight": 9.6, "state": "normal", "note": "按时添加辅食"}}, "state": "normal"}},
		{register: "child.insurance", number: "B05-002-2026-00001", who: "P12", on: "2026-01-04", deeds: "insure 2026-01-05 child.officer", values: register.Values{"applied_at": "2026-01-04", "applicant": toRecord + "P13", "household": "dibao", "policy": "XG2026000001", "kind": []string{"1", "2"},
			"from": "2026-01-01", "until": "2026-12-31", "premium": int64(12000), "public": int64(10000), "insurer": toRecord + "虚构商会", "claims": []map[string]any{{"date": "2026-04-02", "diagnosis": "J18", "accident": "疾病住院", "asked": "2026-04-20", "paid": int64(120000), "paid_at": "2026-05-06", "state": "paid"}}}},
	}
}
