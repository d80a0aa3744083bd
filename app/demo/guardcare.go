package demo

import "jiezhen/app/register"

// guardcareExamples are allowances for guardians and the institutions (facts
// E-B8, E-B2).
func (f *filler) guardcareExamples() []example {
	scored := func(v register.Values, points ...float64) register.Values {
		for i, id := range []string{"body", "economy", "care", "bond", "will"} {
			v[id] = points[i]
		}
		return v
	}
	return []example{
		{register: "child.guardcare", number: "B08-002-2026-00001", who: "P06", on: "2026-01-12", deeds: "assess 2026-01-20 child.officer;send 2026-01-23 child.supervisor;grant 2026-02-10 child.officer;pause " + string(f.today.AddDays(-20)) + " child.officer",
			values: scored(register.Values{"applied_at": "2026-01-12", "carer": toRecord + "P10", "kind": "2", "together": "yes", "reason": "祖父照料兄妹二人，生活困难。", "assessed_at": "2026-01-20", "assessed_by": "年有余、苏令仪",
				"assessment": "祖父有意愿，身体一般，能够照料。", "promised_at": "2026-01-22", "sent_at": "2026-01-23", "decision_at": "2026-02-10", "decision_no": "虚构民批〔2026〕5号（示例）", "hours": float64(4), "unseen": float64(2),
				"reviews": []map[string]any{{"date": "2026-05-11", "seen": true, "dutiful": "yes", "note": "祖父履行监护责任。"}}}, 12, 14, 17, 18, 17)},
		{register: "child.guardcare", number: "B08-002-2026-00002", who: "P16", on: "2026-04-07", deeds: "assess 2026-04-14 child.officer;refuse 2026-04-16 child.officer",
			values: scored(register.Values{"applied_at": "2026-04-07", "carer": toRecord + "P14", "kind": "4", "together": "yes", "reason": "已寄养照料一名儿童，申请津贴。", "conflict": []string{"foster"}, "choice": "other", "choice_at": "2026-04-16",
				"assessed_at": "2026-04-14", "assessed_by": "年有余", "assessment": "已领寄养劳务费，不能叠加，已告知本人选择。"}, 18, 18, 18, 18, 18)},
		{register: "child.guardcare", who: "P11", on: f.today.AddDays(-9), values: register.Values{"applied_at": string(f.today.AddDays(-9)), "carer": toRecord + "aunt", "kind": "3", "together": "yes", "reason": "姑母照料孤儿。"}},
		{register: "child.institution", on: "2026-01-05", deeds: "check 2026-06-08 child.officer", values: register.Values{"name": "区虚构儿童福利院", "party": toRecord + "区虚构儿童福利院", "kind": "1", "credit_code": "12110109M000000196", "head": "（虚构）",
			"phone": "010-00000017", "address": "北京市门头沟区虚构大街17号", "place": "116.10,39.94", "distance": 6.5, "radius": 30.0, "roles": []string{"rearing", "medical", "guardianship", "support"},
			"admits": []string{"A", "B", "C", "D", "E"}, "beds": float64(30), "children": float64(12), "nurses": float64(9), "change": "planned", "change_note": "拟加挂未成年人救助保护中心",
			"checked_year": "2025年度合格", "fire_until": string(f.today.AddDays(300)), "food_until": string(f.today.AddDays(200)), "medical_until": string(f.today.AddDays(400)), "licence_until": string(f.today.AddDays(900)),
			"inspections": []map[string]any{row("date", "2026-03-09", "item", "消防设施", "result", "good"), row("date", "2026-06-01", "item", "厨房食品留样", "result", "bad", "problem", "留样标签不全", "until", "2026-06-08", "mended", "2026-06-08")}}},
		{register: "child.institution", on: "2026-01-06", values: register.Values{"name": "虚构救助保护站", "kind": "3", "head": "（虚构）", "phone": "010-00000018", "address": "北京市门头沟区虚构路8号", "distance": 4.0, "radius": 20.0,
			"roles": []string{"guardianship", "placement"}, "beds": float64(8), "children": float64(1), "nurses": float64(3), "change": "none", "checked_year": "2025年度合格", "fire_until": string(f.today.AddDays(45))}},
	}
}
