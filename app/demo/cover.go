package demo

import "jiezhen/app/register"

// coverExamples are a year's medical and educational cover, and a way into
// adult life that was begun early (facts E-B3, E-B9). Amounts are the facts'
// own examples.
func (f *filler) coverExamples() []example {
	year := float64(f.today.Year())
	return []example{
		{register: "child.cover", number: "B09-002-2026-00001", who: "P06", on: "2026-05-11", values: register.Values{"orphan": toRecord + "B06-002-2026-00001", "year": year,
			"insurance": "subsidised", "insurance_kind": "城乡居民基本医疗保险", "subsidy": int64(38000), "stage": "2", "school": "虚构城子实验小学", "project": "2", "amount": int64(100000), "grant": "paid",
			"note": "金额为示例。"}},
		{register: "child.cover", number: "B09-002-2026-00002", who: "P11", on: "2026-05-12", values: register.Values{"orphan": toRecord + "B06-002-2026-00002", "year": year,
			"insurance": "subsidised", "insurance_kind": "城乡居民基本医疗保险", "hospital": int64(496000), "own": int64(620000), "ratio": "80%（示例）", "stage": "2", "school": "虚构城子第一小学", "project": "2", "grant": "held",
			"note": "在读核验缺失，教育资助暂缓；金额、比例为示例。"}},
		{register: "child.cover", who: "P19", on: f.today.AddDays(-25), values: register.Values{"year": year, "insurance": "lapsed", "stage": "3", "school": "虚构第一中学", "project": "2", "grant": "pending", "note": "上年度断保，正在补办。"}},
		{register: "child.leaving", who: "P19", on: f.today.AddDays(-60), deeds: "submit " + string(f.today.AddDays(-50)) + " child.officer;approve " + string(f.today.AddDays(-45)) + " welfare.head", values: register.Values{
			"started_at": string(f.today.AddDays(-60)), "opinion": "想读职业高中学烹饪，担心以后没有地方住。", "mentor": "年有余", "study": "初中毕业后报考中等职业学校，落实助学。", "job": "职校期间安排实习，毕业前由人社推荐岗位。",
			"housing": "继续公租房轮候，成年后优先安置。", "hukou": "户口随祖母，成年后可单独立户。", "money": "满18周岁次月起儿童类待遇停发，提前评估低保等救助。", "property": "无本人财产。",
			"measures": []map[string]any{row("task", "报考指导", "unit", "教委、学校", "until", string(f.today.AddDays(200)), "state", "active"), row("task", "公租房轮候登记", "unit", "住建、街道", "until", string(f.today.AddDays(120)), "state", "active")}}},
	}
}
