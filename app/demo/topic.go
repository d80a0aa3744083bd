package demo

import (
	"context"
	"fmt"

	"jiezhen/app/register"
	"jiezhen/app/value"
)

// writeTopics writes what residents deliberate: the facts' samples of C15, and
// a topic at each step that a working day should find.
func (f *filler) writeTopics(ctx context.Context) error {
	return f.writeList(ctx, "议事协商样例", "governance.officer", f.topicExamples())
}

// present makes the list of who deliberates, of whom the first came came.
func present(size, came int) []map[string]any {
	kinds := []string{"floating", "affected", "affected", "property", "owners", "expert", "resident"}
	var out []map[string]any
	for i := range size {
		who := map[string]any{"name": fmt.Sprintf("代表%02d", i+1), "kind": kinds[min(i, len(kinds)-1)], "affected": i == 1 || i == 2}
		if i < came {
			who["came"] = true
		}
		out = append(out, who)
	}
	if size > 3 {
		out[1]["opinion"], out[3]["opinion"] = "离窗户远一点", "可以统一供电、统一收费"
	}
	return out
}

func (f *filler) topicExamples() []example {
	day := func(n int) string { return string(f.today.AddDays(n)) }
	place := func(i int) string { return text(f.areas[i%len(f.areas)].id) }
	point := func(i int, name string, on value.Date, score float64) example {
		return example{register: "governance.deliberation_point", on: on, values: register.Values{"name": name, "community": place(i), "named_at": string(on), "named_by": "虚构区民政局〔2026〕1号", "score": score}}
	}
	return []example{
		point(0, "充电议事厅", "2026-01-08", 92), point(1, "楼门议事站", "2026-01-20", 88),
		{register: "governance.topic", number: "C15-002-2026-00001", on: "2026-01-12", deeds: "list 2026-01-15 governance.head;hold 2026-01-26 governance.officer;act 2026-02-04 governance.officer;finish 2026-03-20 governance.officer;judge 2026-03-27 governance.head", values: register.Values{
			"title": "楼内充电桩选址", "source": "resident", "kind": "charging", "community": place(0), "raised_on": "2026-01-12", "reason": "楼道飞线充电多，居民联名要求在楼内选址建集中充电桩。", "proposer": "试女士", "phone": "010-00000117", "cosigners": float64(17), "point": toRecord + "C15D-002-2026-00001",
			"checked_by": "虚构社区党委", "checked_at": "2026-01-15", "checked": "同意立项，请物业和消防到会。", "parties": present(21, 16), "meet_on": "2026-01-26", "notified_on": "2026-01-20", "before_on": "2026-01-20", "before_where": "3号楼公示栏",
			"met_at": "2026-01-26 19:00", "place": "社区议事厅", "chair": "虚构书记", "recorder": "单于小满", "discussion": "住户要求离窗户五米以上；物业提出统一供电、统一收费。", "plan": "在3号楼东侧空地建充电桩12个，离窗5米以上，物业统一供电收费。", "agree": float64(11), "against": float64(3), "abstain": float64(2),
			"public_from": "2026-01-27", "public_until": "2026-02-03", "public_where": "各楼门公示栏", "tasks": []map[string]any{row("task", "选点、报电力", "unit", "物业公司", "until", "2026-02-28", "done_on", "2026-02-20"), row("task", "安装并验收", "unit", "物业公司", "until", "2026-03-31", "done_on", "2026-03-20")},
			"leader": "虚构书记", "money": int64(3600000), "until": "2026-03-31", "finished_on": "2026-03-20", "effect": "12个充电桩投用，楼道飞线充电清零。", "supervisors": "居民监督员2人", "told_on": "2026-03-22", "asked": float64(40), "satisfied": float64(37), "review": "先请消防看点再开会，少走一趟回头路。"}},
		{register: "governance.topic", on: f.today.AddDays(-2), by: "governance.worker", values: register.Values{"title": "楼门前非机动车怎么停", "source": "member", "kind": "parking", "community": place(0), "raised_on": day(-2), "reason": "楼门前电动车乱停，轮椅出不去。", "proposer": "测先生", "cosigners": float64(9)}},
		{register: "governance.topic", on: f.today.AddDays(-12), deeds: "list " + day(-9) + " governance.head", values: register.Values{"title": "临街空地改小花园还是停车位", "source": "merchant", "kind": "space", "community": place(1), "raised_on": day(-12), "reason": "商户和居民对临街空地的用法意见不一。", "proposer": "虚构便利店", "cosigners": float64(6), "point": toRecord + "C15D-002-2026-00002",
			"checked_by": "虚构社区党委", "checked_at": day(-9), "checked": "同意立项。", "parties": present(9, 0), "meet_on": day(3), "notified_on": day(-3), "before_on": day(-3), "before_where": "社区公示栏"}},
		{register: "governance.topic", on: f.today.AddDays(-20), deeds: "list " + day(-18) + " governance.head;hold " + day(-5) + " governance.officer", values: register.Values{"title": "小区夜间广场舞时间公约", "source": "hotline", "kind": "rule", "community": place(2), "raised_on": day(-20), "reason": "30日内多人反映广场舞声音大影响孩子写作业。", "proposer": "社区居委会",
			"checked_by": "虚构社区党委", "checked_at": day(-18), "checked": "同意立项。", "parties": present(12, 10), "meet_on": day(-5), "notified_on": day(-10), "before_on": day(-10), "before_where": "广场公示栏", "met_at": day(-5) + " 15:00", "place": "社区议事厅", "chair": "虚构书记", "recorder": "虚构社工",
			"discussion": "舞蹈队同意降音量、晚八点半结束。", "plan": "每晚七点至八点半，音量不超过规定，队长负责。", "agree": float64(8), "against": float64(1), "abstain": float64(1), "public_from": day(-4), "public_until": day(3), "public_where": "广场公示栏"}},
		{register: "governance.topic", on: f.today.AddDays(-45), deeds: "list " + day(-42) + " governance.head;hold " + day(-32) + " governance.officer;act " + day(-23) + " governance.officer", values: register.Values{"title": "5号楼加装楼道扶手", "source": "grid", "kind": "facility", "community": place(0), "raised_on": day(-45), "reason": "网格员走访发现5号楼老人多、楼道没有扶手。", "proposer": "网格员",
			"checked_by": "虚构社区党委", "checked_at": day(-42), "checked": "同意立项。", "parties": present(9, 8), "meet_on": day(-32), "notified_on": day(-37), "before_on": day(-37), "before_where": "5号楼公示栏", "met_at": day(-32) + " 10:00", "place": "5号楼一层", "chair": "虚构书记", "recorder": "虚构社工", "discussion": "各层都装，先装一至三层。", "plan": "一至六层加装扶手，先装一至三层。",
			"agree": float64(8), "against": float64(0), "abstain": float64(0), "public_from": day(-31), "public_until": day(-24), "public_where": "5号楼公示栏", "tasks": []map[string]any{row("task", "一至三层安装", "unit", "物业公司", "until", day(-5), "done_on", day(-8)), row("task", "四至六层安装", "unit", "物业公司", "until", day(10))}, "leader": "虚构书记", "money": int64(480000), "until": day(10)}},
		{register: "governance.topic", on: f.today.AddDays(-60), deeds: "refuse " + day(-57) + " governance.head", values: register.Values{"title": "要求拆除相邻商铺的门头", "source": "resident", "kind": "neighbour", "community": place(3), "raised_on": day(-60), "reason": "商铺门头是否违建须执法部门认定，不属协商事项。", "proposer": "试先生", "checked_by": "虚构社区党委", "checked_at": day(-57)}},
	}
}
