package demo

import (
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// fosterExamples are a foster home with its child, one that was turned down,
// and one that waits (facts E-B10).
func (f *filler) fosterExamples() []example {
	home := register.Values{"applied_at": "2025-11-10", "spouse": toRecord + "P15", "motive": "孩子大了，有时间和爱心，愿意照料需要家庭的孩子。", "plus": []string{"teaching", "volunteer"},
		"members": []map[string]any{row("name", "扈大川", "birth", "1979-12-12", "work", "个体经营", "health", "健康"),
			row("name", "雷文竹", "birth", "1982-06-08", "work", "小学教师", "health", "健康"), row("name", "扈小川（虚构）", "birth", "2016-09-01", "work", "小学", "health", "健康")},
		"local": "yes", "area": 112.5, "heads": float64(4), "area_ok": "yes", "income": int64(620000), "income_ok": "yes", "checked_on": "2025-11-20", "healthy": "yes", "clean": "yes",
		"habits": "yes", "neighbours": float64(3), "schooling": "yes", "experience": "yes", "wants": float64(1), "surveyed_at": "2025-11-26", "surveyed_by": "年有余、苏令仪",
		"survey": "三居室，孩子有单独房间；访问邻里三户，均反映家庭和睦。", "opinion": "各项条件符合，建议通过。", "filed_at": "2025-12-05", "trained_at": "2025-12-18", "trained": "照料、安全、沟通，16学时"}
	refused := register.Values{"applied_at": "2026-03-05", "motive": "想给孩子一个家。", "members": []map[string]any{row("name", "（虚构）孙辈", "birth", "2022-02-01", "work", "", "health", "健康")},
		"local": "yes", "area": 88.0, "heads": float64(5), "area_ok": "yes", "income": int64(410000), "income_ok": "yes", "checked_on": "2026-02-20", "healthy": "yes", "clean": "yes", "habits": "yes",
		"neighbours": float64(2), "schooling": "yes", "experience": "yes", "wants": float64(1), "surveyed_at": "2026-03-10", "surveyed_by": "年有余、苏令仪", "survey": "家中有四岁孙辈，主要照料人年过七十。", "opinion": "年龄和家中儿童两项不符合。"}
	waiting := register.Values{"applied_at": string(f.today.AddDays(-20)), "motive": "夫妻商量后愿意寄养一名学龄儿童。", "members": []map[string]any{row("name", "穆怀远", "birth", "1984-05-11", "work", "职员", "health", "健康")},
		"local": "yes", "area": 96.0, "heads": float64(4), "checked_on": string(f.today.AddDays(-15)), "wants": float64(1)}
	visits := f.fosterVisits()
	return append([]example{
		{register: "child.fosterhome", who: "P14", on: "2025-11-10", deeds: "assess 2025-11-26 child.officer;approve 2025-12-05 welfare.head;train 2025-12-18 child.officer", values: home},
		{register: "child.fosterhome", who: "P10", on: "2026-03-05", deeds: "refuse 2026-03-12 child.officer", values: refused},
		{register: "child.fosterhome", who: "P17", on: f.today.AddDays(-20), values: waiting},
		{register: "child.foster", who: "P16", on: "2025-12-19", deeds: "stay 2025-12-20 child.officer;end 2025-12-30 welfare.head", values: register.Values{
			"home": toRecord + "B10J-002-2025-00001", "institution": toRecord + "区虚构儿童福利院", "kind": "short", "status": "foundling", "special": "yes", "carer": toRecord + "P15",
			"agreed_at": "2025-12-19", "started_at": "2025-12-20", "end_reason": "treatment", "end_note": "短期养育期满，回院体检，情况良好。", "ended_at": "2025-12-30", "end_filed": "2025-12-31",
			"end_place": "回儿童福利机构"}},
		{register: "child.foster", number: "B10-002-2026-00001", who: "P16", on: "2026-01-08", deeds: "sign 2026-01-10 child.officer;settle 2026-03-10 child.supervisor", values: register.Values{
			"home": toRecord + "B10J-002-2025-00001", "institution": toRecord + "区虚构儿童福利院", "kind": "regular", "status": "foundling", "special": "yes", "carer": toRecord + "P14",
			"child_opinion": "五岁，愿意和叔叔阿姨在一起。", "agreed_at": "2026-01-09", "agreed_until": "2027-01-08", "started_at": "2026-01-10", "regular_at": "2026-03-10", "pace": "monthly",
			"terms": "每月一次视频反馈。", "visits": float64(len(visits)), "last_visit": visits[len(visits)-1].values["date"], "carers": []map[string]any{row("date", "2026-06-01", "from", "雷文竹", "to", "扈大川", "reason", "雷文竹支教半年", "agreed", "2026-05-25", "trained", "2026-05-28")},
			"reviews": []map[string]any{{"date": string(f.today.AddDays(-50)), "score": float64(91), "health": "good", "study": "good", "bond": "good", "verdict": "yes", "note": "身高体重增长正常，与家人亲近。"}}}}},
		visits...)
}

// fosterVisits are the visits to the placed child: weekly in the first two
// months, monthly after.
func (f *filler) fosterVisits() []example {
	var out []example
	add := func(day string, height, weight float64, finding string) {
		out = append(out, example{register: "child.fostervisit", who: "P16", by: "child.supervisor", on: value.Date(day), values: register.Values{
			"foster": toRecord + "B10-002-2026-00001", "date": day, "form": "door", "visitors": "年有余、纪春和", "child_seen": true, "carer_seen": true, "height": height, "weight": weight,
			"mood": "good", "study": "good", "safety": "good", "quality": float64(90), "finding": finding, "advice": "继续陪伴阅读，注意用电安全。"}})
	}
	add("2026-01-17", 108, 18, "入住一周，睡眠尚不踏实，照料人夜间陪伴。")
	add("2026-01-24", 108, 18.2, "开始主动叫“阿姨”，饮食正常。")
	add("2026-02-26", 109, 18.6, "与家中孩子一起玩耍，情绪好。")
	for i, day := range every("2026-02-26", f.today.AddDays(-6), 1) {
		add(string(day), 109.5+float64(i)/2, 18.8+float64(i)/5, "入户探访，见到孩子和照料人，居住环境整洁安全。")
	}
	return out
}
