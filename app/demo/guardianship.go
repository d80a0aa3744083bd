package demo

import "jiezhen/app/register"

// guardianshipExamples are missing guardianship and entrusted care (facts
// E-B13).
func (f *filler) guardianshipExamples() []example {
	yesterday := string(f.today.AddDays(-1))
	return []example{f.shelteredGirl(),
		{register: "child.guardianship", number: "B13-002-2026-00002", who: "P06", on: "2026-04-19",
			deeds: "verify 2026-04-19 child.director;place 2026-04-20 child.officer;decide 2026-04-21 child.officer;entrust 2026-04-21 child.officer;" +
				"return 2026-05-26 child.officer;home 2026-05-28 child.supervisor",
			values: register.Values{"found_at": "2026-04-19 16:30", "source": "visit", "clue": "祖父住院，家中无人照料，邻居临时看护一晚。", "verified_at": "2026-04-19 18:00",
				"verified_note": "祖父禹德顺住院，无其他亲属可以照料。", "situation": "3", "grade": "orange", "placed_at": "2026-04-20 10:00", "placement": "welfare",
				"institution": toRecord + "区虚构儿童福利院", "nature": "temporary", "authority": "区民政局（虚构）", "decision_no": "虚构临监〔2026〕4号", "body": "civil", "from": "2026-04-21",
				"agreed_at": "2026-04-21", "cost": "由区级临时监护经费承担（示例）。", "contact": "每天与祖父视频一次。", "duties": "保障食宿、接送上学。",
				"reviews":    []map[string]any{row("date", "2026-05-26", "kind", "homecoming", "by", "年有余", "conclusion", "return", "note", "祖父已出院，能够照料；燃气报警器已装好。")},
				"cause_gone": "yes", "able": "yes", "home_safe": "yes", "no_harm": "yes", "schooling": "yes", "child_opinion": "想回家和爷爷一起住。",
				"after_plan": "返家后第一个月每周走访，此后每月一次。", "outcome": "1", "ended_at": "2026-05-28"}},
		{register: "child.guardianship", who: "P12", on: f.today.AddDays(-1), deeds: "verify " + yesterday + " child.director",
			values: register.Values{"found_at": yesterday + " 15:40", "source": "hospital", "clue": "母亲突发疾病住院，婴儿由病友临时抱着，没有其他亲属。", "verified_at": yesterday + " 17:10",
				"verified_note": "已到医院核实，母亲预计住院两周。", "situation": "3", "grade": "red"}},
		{register: "child.entrust", who: "P12", by: "child.director", on: "2026-02-26", deeds: "confirm 2026-03-02 child.officer;end 2026-07-31 child.director",
			values: register.Values{"parent": toRecord + "P13", "reason": "外出务工五个月", "parent_place": "天津（虚构）", "carer": toRecord + "P23", "relation": "89", "from": "2026-03-01", "until": "2026-07-31",
				"content": "生活起居、接种和体检由被委托人负责，费用按月转账。", "bans_checked": "yes", "able": "yes", "child_opinion": "婴儿，尚不能表达意愿。", "told_school": "2026-03-01",
				"told_community": "2026-03-01", "contacts": []map[string]any{row("date", "2026-03-07", "way", "video", "note", "看到孩子，精神好"), row("date", "2026-03-14", "way", "phone", "note", "询问接种")},
				"ended_at": "2026-07-31", "ended_why": "母亲返回，自行照料。"}},
		{register: "child.entrust", who: "P19", by: "child.director", on: f.today.AddDays(-40), deeds: "confirm " + string(f.today.AddDays(-35)) + " child.officer",
			values: register.Values{"parent": toRecord + "P20", "reason": "外出务工", "carer": toRecord + "grandmother", "relation": "62", "from": string(f.today.AddDays(-40)),
				"content": "随祖母生活，在原校就读。", "bans_checked": "yes", "able": "yes", "child_opinion": "愿意和奶奶一起生活。", "told_school": string(f.today.AddDays(-38)),
				"told_community": string(f.today.AddDays(-38)), "contacts": []map[string]any{row("date", string(f.today.AddDays(-9)), "way", "phone", "note", "询问到校情况")}}},
	}
}

// shelteredGirl is P07: mother lost, father in prison, cared for by the
// institution since February, not yet fit to go home.
func (f *filler) shelteredGirl() example {
	values := register.Values{"found_at": "2026-02-19 21:10", "source": "report", "clue": "连续三日无人照料，见强制报告。", "report": toRecord + "B15-002-2026-00002",
		"verified_at": "2026-02-19 21:40", "verified_note": "母亲失联，父亲服刑，祖父外出就医，当日无人照料。", "situation": "3", "grade": "red", "placed_at": "2026-02-19 23:20",
		"placement": "welfare", "nature": "temporary", "authority": "区民政局（虚构）", "decision_no": "虚构临监〔2026〕2号", "body": "civil", "from": "2026-02-20",
		"agreed_at": "2026-02-20", "agreed_until": string(f.today.AddDays(60)), "cost": "由区民政局承担养育费用（标准待核）。", "contact": "祖父每周日探视，兄长每周视频一次。",
		"duties": "保障生活、就学、就医，每月向街道反馈一次。", "institution": toRecord + "区虚构儿童福利院", "petition_at": string(f.today.AddDays(-30)), "petition_ground": "母亲失去联系近两年，未履行抚养义务，致使孩子处于无人照料的危困状态。", "petition_to": "区民政局（虚构）",
		"cause_gone": "no", "able": "unknown", "home_safe": "yes", "no_harm": "yes",
		"child_opinion": "想和哥哥、爷爷在一起。"}
	var reviews []map[string]any
	for _, day := range every("2026-02-20", f.today, 3) {
		reviews = append(reviews, row("date", string(day), "kind", "placement", "by", "年有余", "conclusion", "keep", "note", "生活规律，与同伴相处好；祖父身体未恢复，返家条件未成。"))
	}
	values["reviews"] = reviews
	return example{register: "child.guardianship", number: "B13-002-2026-00001", who: "P07", by: "child.director", on: "2026-02-19",
		deeds:  "verify 2026-02-19 child.director;place 2026-02-19 child.director;decide 2026-02-20 child.officer;entrust 2026-02-20 child.officer",
		values: values}
}
