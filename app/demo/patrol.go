package demo

import "jiezhen/app/register"

// patrolExamples are the care base, its activities, patrols around schools
// with what they found, and mentoring under seal (facts E-B14).
func (f *filler) patrolExamples() []example {
	east := text(f.areas[0].id)
	shops := []map[string]any{row("kind", "stationery", "name", "虚构文具店甲", "result", "bad", "problem", "售卖高危弹射玩具"), row("kind", "stationery", "name", "虚构文具店乙", "result", "bad", "problem", "售卖高危弹射玩具")}
	for _, n := range []string{"丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"} {
		shops = append(shops, row("kind", "stationery", "name", "虚构文具店"+n, "result", "good", "problem", ""))
	}
	hazard := func(shop string, day string) example {
		return example{register: "child.hazard", by: "child.director", on: "2026-03-09", deeds: "mend 2026-03-12 child.director;pass " + day + " child.officer", values: register.Values{"patrol": toRecord + "B14-002-2026-00001",
			"community": east, "found_at": "2026-03-09", "venue": "stationery", "name": shop, "kind": "knife", "problem": "货架上摆放可发射金属弹丸的玩具。", "responsible": "店主（虚构）", "referred": "市场监管所",
			"mended_at": "2026-03-12", "mended": "全部下架。", "rechecked_at": day, "rechecked_by": "苏令仪"}}
	}
	late := string(f.today.AddDays(-4))
	return []example{
		{register: "child.base", on: "2026-01-04", values: register.Values{"name": "城子街道未成年人关护基地（虚构）", "community": east, "kind": "town", "address": "虚构大街5号", "head": "（虚构）", "phone": "010-00000021", "full": float64(2),
			"part": float64(6), "mind": true, "equipment": "沙盘、图书、宣泄室", "opened_at": "2025-09-01"}},
		{register: "child.activity", by: "child.director", on: "2026-03-05", values: register.Values{"base": toRecord + "B14J-002-2026-00001", "community": east, "date": "2026-03-05", "kind": "2", "title": "开学法治第一课", "place": "虚构城子实验小学",
			"host": "虚构司法所", "children": float64(120), "parents": float64(30), "content": "讲解校园欺凌和求助方式，发放热线卡片。"}},
		{register: "child.activity", by: "child.director", on: "2026-04-18", values: register.Values{"base": toRecord + "B14J-002-2026-00001", "community": east, "date": "2026-04-18", "kind": "5", "title": "亲职教育：怎样跟孩子说话", "host": "朝阳里助残社工事务所（虚构）",
			"children": float64(0), "parents": float64(18), "content": "小组讨论与演练。"}},
		{register: "child.patrol", number: "B14-002-2026-00001", by: "child.director", on: "2026-03-09", deeds: "mend 2026-03-09 child.director;close 2026-03-16 child.officer", values: register.Values{"date": "2026-03-09", "stage": "spring", "community": east,
			"lead": "平安建设办公室", "team": "纪春和、单于小满", "venues": shops, "hazards": float64(2), "mended": float64(2), "note": "校园周边文具店10家，2家售卖高危弹射玩具，整改后复查合格。"}},
		hazard("虚构文具店甲", "2026-03-16"), hazard("虚构文具店乙", "2026-03-16"),
		{register: "child.patrol", by: "child.director", on: f.today.AddDays(-4), values: register.Values{"date": late, "stage": "daily", "community": east, "team": "纪春和", "venues": []map[string]any{
			row("kind", "internet", "name", "虚构网吧", "result", "bad", "problem", "未查验身份证件"), row("kind", "hotel", "name", "虚构宾馆", "result", "good", "problem", "")}}},
		{register: "child.mentoring", number: "B14G-002-2026-00001", who: "P19", by: "child.supervisor", on: "2026-03-13", deeds: "agree 2026-03-20 child.supervisor", values: register.Values{"received_at": "2026-03-13", "source": "procuratorate", "grade": "victim",
			"facts": "受害未成年人，须心理支持。", "needs": "情绪支持，复学陪伴。", "mentors": "年有余、虚构心理咨询师", "agreed_at": "2026-03-20", "until": string(f.today.AddDays(40)), "goals": "情绪稳定，按时到校。", "plan": "每月一次心理疏导，社工陪伴。",
			"duties": "监护人陪同就诊，参加亲职教育。", "meetings": f.mentoringMeetings(), "reviews": []map[string]any{row("date", string(f.today.AddDays(-30)), "grade", "victim", "result", "good", "note", "睡眠和到校情况好转。")}}},
	}
}

// mentoringMeetings are six talks, a month apart, the last not long ago.
func (f *filler) mentoringMeetings() []map[string]any {
	var out []map[string]any
	for i := 5; i >= 0; i-- {
		out = append(out, row("date", string(f.today.AddDays(-10-30*i)), "way", "mind", "by", "年有余", "note", "谈近况，做放松练习。"))
	}
	return out
}
