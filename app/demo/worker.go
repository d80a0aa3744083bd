package demo

import "jiezhen/app/register"

// workerExamples are what the children's workers learned, and a guardian who
// was urged to do their duty.
func (f *filler) workerExamples() []example {
	day := func(before int) string { return string(f.today.AddDays(-before)) }
	return []example{
		{register: "child.training", on: f.today.AddDays(-40), values: register.Values{"trainee": "纪春和", "post": "director", "date": day(40), "title": "强制报告与走访见面要求", "host": "区民政局（虚构）", "hours": 4.0, "certificate": "合格"}},
		{register: "child.training", on: f.today.AddDays(-40), values: register.Values{"trainee": "年有余", "post": "supervisor", "date": day(40), "title": "强制报告与督导抽访", "host": "区民政局（虚构）", "hours": 6.0, "certificate": "合格"}},
		{register: "child.training", on: f.today.AddDays(-12), values: register.Values{"trainee": "纪春和", "post": "director", "date": day(12), "title": "一人一策与七项保障", "host": "城子街道（虚构）", "hours": 2.5}},
		{register: "child.urging", who: "P06", by: "child.director", on: f.today.AddDays(-20), deeds: "send " + day(18) + " child.director", values: register.Values{"guardian": toRecord + "P10",
			"duty": "孩子连续一周没有到校，家中无人接送。", "asked": "每天接送孩子到校；孩子生病当天告诉班主任和儿童主任。", "sent_at": day(18), "until": string(f.today.AddDays(-3))}},
	}
}
