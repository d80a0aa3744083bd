package demo

import "jiezhen/app/register"

// orphanExamples are recognitions of orphans and de facto unattended children
// (facts E-B6).
func (f *filler) orphanExamples() []example {
	recent := string(f.today.AddDays(-6))
	return []example{
		{register: "child.orphan", number: "B06-002-2026-00001", who: "P06", on: "2026-03-02", deeds: "send 2026-03-20 welfare.head;confirm 2026-04-09 child.officer", values: register.Values{
			"applied_at": "2026-03-02", "applicant": toRecord + "P10", "relation": "祖父", "reason": "父亲服刑，母亲失联，由祖父抚养，生活困难。", "local": "yes", "abode": "scattered",
			"father": toRecord + "P08", "father_state": "5", "father_evidence": "刑事判决书、执行通知书（虚构）", "father_from": "2024-06-30", "father_until": "2029-06-30",
			"mother": toRecord + "P09", "mother_state": "8", "mother_evidence": "报案回执、查找情况回执单（虚构）", "mother_from": "2024-11-08", "lost_receipt": "2025-05-20",
			"ways": []string{"data", "home", "neighbour"}, "compared_at": "2026-03-06", "compared": "与公安、法院信息比对一致。", "surveyed": "入户见到祖父和儿童，访问邻里两户，情况属实。",
			"inspected_at": "2026-03-20", "conclusion": "unsupported", "sent_at": "2026-03-20", "received_at": "2026-03-23", "decision": "yes", "decision_at": "2026-04-09",
			"decision_no": "虚构民批〔2026〕12号", "entered_at": "2026-04-10"}},
		{register: "child.orphan", number: "B06-002-2026-00002", who: "P11", on: "2026-01-26", deeds: "send 2026-02-10 welfare.head;confirm 2026-02-27 child.officer", values: register.Values{
			"applied_at": "2026-01-26", "applicant": toRecord + "aunt", "relation": "姑母", "reason": "父母双亡，由姑母抚养。", "local": "yes", "abode": "scattered", "father_state": "1", "father_evidence": "死亡证明（虚构）",
			"mother_state": "1", "mother_evidence": "死亡证明（虚构）", "ways": []string{"data", "home"}, "compared_at": "2026-01-29", "compared": "父母户籍已注销。", "surveyed": "与姑母一家共同生活，情况属实。",
			"inspected_at": "2026-02-10", "conclusion": "orphan", "sent_at": "2026-02-10", "received_at": "2026-02-11", "decision": "yes", "decision_at": "2026-02-27", "decision_no": "虚构民批〔2026〕7号", "entered_at": "2026-02-28"}},
		{register: "child.orphan", number: "B06-002-2026-00003", who: "P12", on: "2026-04-13", deeds: "refuse 2026-04-20 child.supervisor", values: register.Values{
			"applied_at": "2026-04-13", "applicant": toRecord + "P13", "relation": "母亲", "reason": "父亲失联，母亲一人抚养。", "local": "yes", "abode": "scattered", "father_state": "8", "father_evidence": "报案回执（虚构）", "father_from": "2025-08-01",
			"mother_state": "0", "ways": []string{"data"}, "compared_at": "2026-04-15", "compared": "母亲在世，有抚养能力。", "surveyed": "母亲能够履行抚养责任。", "inspected_at": "2026-04-20",
			"conclusion": "neither", "conclusion_note": "母亲正常，不符合事实无人抚养；建议申请低保和婴幼儿营养津贴。"}},
		{register: "child.orphan", who: "P07", on: f.today.AddDays(-12), deeds: "ask " + string(f.today.AddDays(-10)) + " child.officer;complete " + recent + " child.officer", values: register.Values{
			"applied_at": string(f.today.AddDays(-12)), "applicant": toRecord + "P10", "relation": "祖父", "reason": "与兄长情况相同。", "local": "yes", "abode": "scattered", "lacking": "母亲失联查找情况回执单复印件；父亲执行通知书复印件。",
			"complete_at": recent, "father": toRecord + "P08", "father_state": "5", "father_evidence": "刑事判决书（虚构）", "father_from": "2024-06-30", "father_until": "2029-06-30", "mother": toRecord + "P09", "mother_state": "8",
			"mother_evidence": "查找情况回执单（虚构）", "mother_from": "2024-11-08", "lost_receipt": "2025-05-20"}},
		{register: "child.orphan", who: "P19", on: "2025-03-04", deeds: "send 2025-03-20 welfare.head;confirm 2025-04-08 child.officer;end 2025-12-31 welfare.head", values: register.Values{
			"applied_at": "2025-03-04", "applicant": toRecord + "grandmother", "relation": "祖母", "reason": "父亲失联，母亲服刑。", "local": "yes", "abode": "scattered", "father_state": "8", "father_evidence": "查找情况回执单（虚构）", "father_from": "2024-03-01",
			"lost_promise": "2025-03-04", "lost_neighbours": "邻里甲、邻里乙（虚构）", "lost_community": "2025-03-05", "mother_state": "5", "mother_evidence": "判决书（虚构）", "mother_from": "2024-07-01", "mother_until": "2025-12-30",
			"ways": []string{"data", "home"}, "compared_at": "2025-03-10", "compared": "比对一致。", "surveyed": "情况属实。", "inspected_at": "2025-03-20", "conclusion": "unsupported", "sent_at": "2025-03-20",
			"received_at": "2025-03-21", "decision": "yes", "decision_at": "2025-04-08", "decision_no": "虚构民批〔2025〕21号", "entered_at": "2025-04-09", "end_reason": "released", "ended_at": "2025-12-31",
			"last_review": "2025-12-31", "review_note": "母亲刑满回家，能够履行抚养责任。"}},
	}
}
