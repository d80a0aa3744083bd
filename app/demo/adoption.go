package demo

import "jiezhen/app/register"

// adoptionExamples are adoptions under seal: a foster child by its family, and
// a nephew by his aunt (facts E-B11, E-B12).
func (f *filler) adoptionExamples() []example {
	score := func(indicator string, full, got float64, note string) map[string]any {
		return map[string]any{"indicator": indicator, "full": full, "score": got, "note": note}
	}
	material := func(name string) map[string]any {
		return map[string]any{"name": name, "copies": float64(1), "original": true, "ok": "yes"}
	}
	weeks := []map[string]any{}
	for i, day := range []string{"2026-03-20", "2026-03-27", "2026-04-03", "2026-04-10"} {
		weeks = append(weeks, row("date", day, "by", "虚构社工", "diet", "good", "mood", "good", "bond", "good", "note", []string{"适应良好，主动亲近。", "夜间安睡。", "与家中哥哥玩耍。", "称呼“爸爸妈妈”。"}[i]))
	}
	return []example{
		{register: "child.adoption", number: "B12-002-2026-00001", who: "P16", on: "2026-02-02",
			deeds: "hand 2026-02-20 child.officer;accept 2026-03-02 child.officer;publish 2026-03-05 child.officer;assess 2026-04-20 child.officer;finish 2026-05-20 child.officer;close 2026-05-26 welfare.head",
			values: register.Values{"consulted_at": "2026-02-02", "category": "foundling", "sender": "institution", "sender_name": "区虚构儿童福利院", "sender_agrees": "yes", "reason": "查找不到生父母，寄养家庭愿意收养。", "institution_raised": true,
				"adopter": toRecord + "P14", "spouse": toRecord + "P15", "marriage": "married", "children": float64(1), "wants": float64(1), "able": "yes", "healthy": "yes", "clean": "yes", "motive": "寄养中建立了亲情，愿意给孩子一个家。",
				"materials":  []map[string]any{material("收养人户口簿、居民身份证"), material("婚姻登记证"), material("子女情况证明"), material("无犯罪记录证明"), material("县级以上医疗机构体检证明"), material("捡拾经过和查找生父母材料")},
				"visited_at": "2026-02-12", "visited": "邻里三户均反映家庭和睦，未透露收养事实。", "handed_at": "2026-02-20", "accepted_at": "2026-03-02", "public_from": "2026-03-05", "public_until": "2026-05-04",
				"assess_from": "2026-03-12", "assess_until": "2026-04-20", "fusion_from": "2026-03-13", "fusion_until": "2026-04-13", "observations": weeks,
				"scores": []map[string]any{score("motive", 10, 9, "动机端正"), score("morality", 10, 9, "无不良记录"), score("education", 5, 5, "中专、本科"), score("health", 10, 9, "健康"), score("economy", 10, 8, "三居室"),
					score("marriage", 10, 9, "和睦"), score("members", 10, 9, "长子同意"), score("plan", 10, 8, "计划具体"), score("neighbours", 5, 5, "融洽"), score("community", 5, 4, "便利"), score("fusion", 15, 14, "融合好")},
				"opinion": "建议准予登记。", "outcome": "registered", "registered_at": "2026-05-20", "certificate": "（虚构）收字第0001号", "receipt": "区民政局电话告知，复印件存档。"}},
		{register: "child.adoption", number: "B12-002-2026-00002", who: "P11", on: f.today.AddDays(-18), values: register.Values{"consulted_at": string(f.today.AddDays(-18)), "category": "kin", "sender": "guardian", "sender_name": "沐望舒（监护人）", "sender_agrees": "yes",
			"reason": "姑母抚养，拟办理收养。", "adopter": toRecord + "aunt", "marriage": "single", "children": float64(0), "wants": float64(1), "able": "yes", "healthy": "unknown", "child_agrees": "yes",
			"materials": []map[string]any{material("户口簿、居民身份证"), {"name": "无犯罪记录证明", "copies": float64(1), "ok": "unknown"}}}},
		{register: "child.transition", number: "B11-002-2026-00001", who: "P16", on: "2026-01-28",
			deeds: "check 2026-02-02 child.officer;assess 2026-03-12 child.officer;register 2026-05-20 child.officer;release 2026-05-21 child.officer",
			values: register.Values{"willing_at": "2026-01-28", "family": toRecord + "P14", "told_at": "2026-01-26", "child_opinion": "愿意。", "adoption": toRecord + "B12-002-2026-00001", "conditions": "yes", "report_at": "2026-04-20", "passed": "yes", "notice_at": "2026-03-05",
				"registered_at": "2026-05-20", "ended_at": "2026-05-20", "subsidy": []string{"care", "bridge"}, "subsidy_from": "2026-06", "subsidy_until": "2029-05-31", "subsidy_no": "（示例，政策待核）"}},
		{register: "child.transition", who: "P07", on: "2026-04-01", deeds: "check 2026-04-03 child.officer;stop 2026-04-20 child.officer", values: register.Values{"willing_at": "2026-04-01", "family": toRecord + "P14", "conditions": "no", "passed": "no", "stop": "unmet", "stopped_at": "2026-04-20"}},
	}
}
