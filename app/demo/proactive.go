package demo

import (
	"context"
	"fmt"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// proactives are the facts' samples of C18, finished and judged, under their
// numbers: drowning in summer, and the lift of one building.
func proactives() []record.Draft {
	entered := func(acting, watching, judged value.Date) map[string]value.Date {
		return map[string]value.Date{"acting": acting, "watching": watching, "judged": judged}
	}
	return []record.Draft{
		{Register: "governance.proactive", Created: "2026-06-01", Quiet: true, Step: "judged", Entered: entered("2026-06-08", "2026-07-10", "2026-10-10"), Values: register.Values{
			"title": "暑期溺水隐患", "source": "season", "risk": "high", "reason": "往年8月相关诉求占22%", "words": "溺水、下河游泳", "plan": "汛前沿河设警示牌，暑期加密巡河", "unit": "城市管理办公室", "leader": "虚构河长",
			"started_on": "2026-06-08", "until": "2026-07-15", "finished_on": "2026-07-10", "measures": "提前设警示牌6处，配救生圈，暑期每日两次巡河", "effect": "8月零诉求", "lesson": "按往年同月占比提前一个月列任务",
			"nodes": []map[string]any{{"node": "设警示牌6处", "until": "2026-07-10", "unit": "城市管理办公室", "done_on": "2026-07-08"}}}},
		{Register: "governance.proactive", Created: "2026-05-06", Quiet: true, Step: "judged", Entered: entered("2026-05-08", "2026-05-20", "2026-08-20"), Values: register.Values{
			"title": "同楼电梯异响", "source": "doors", "risk": "middle", "reason": "30日内同楼“电梯异响”3单，涉2个楼门", "spot": "虚构雅苑5号楼", "words": "电梯异响", "plan": "检测后更换曳引绳", "unit": "物业公司", "leader": "虚构物业经理",
			"started_on": "2026-05-08", "until": "2026-05-31", "finished_on": "2026-05-20", "measures": "更换曳引绳，校准导轨，向两个楼门住户说明", "effect": "90日零重复", "lesson": "三单涉两楼门即派检测，不等下一单",
			"nodes": []map[string]any{{"node": "检测", "until": "2026-05-15", "unit": "物业公司", "done_on": "2026-05-12"}, {"node": "更换曳引绳", "until": "2026-05-31", "unit": "物业公司", "done_on": "2026-05-20"}}}},
	}
}

// liftOrders are the orders before the lift, and the river bank, were seen to.
func liftOrders() []record.Draft {
	var out []record.Draft
	for i, text := range []string{"虚构雅苑5号楼1单元电梯异响，害怕", "虚构雅苑5号楼2单元电梯异响没人修", "反映虚构雅苑5号楼1单元电梯异响，夜里更响"} {
		at := fmt.Sprintf("2026-04-%02d 09:00", 10+8*i)
		out = append(out, record.Draft{Register: "governance.order", Created: value.Date(at[:10]), Quiet: true, Step: "closed", Entered: map[string]value.Date{"hand": value.Date(at[:10]), "closed": "2026-05-22"},
			Values: register.Values{"external": fmt.Sprintf("YS2026%s%04d", at[5:7]+at[8:10], 9001+i), "content": text, "class": "timely", "category": "物业管理", "dispatched_at": at, "signed_at": at, "contacted_at": at,
				"finished_at": "2026-05-20 17:00", "result": "solved", "reply": "您好，5月20日更换曳引绳完毕，运行平稳。如有问题请拨打010-00000000。", "called_at": "2026-05-22 10:00", "reached": true, "solved": "solved", "satisfied": "1", "unit": "物业公司"}})
	}
	for i, text := range []string{"河边有孩子下河游泳，很危险", "担心暑期溺水，请在虚构河边加牌子"} {
		at := fmt.Sprintf("2026-05-%02d 10:00", 20+5*i)
		out = append(out, record.Draft{Register: "governance.order", Created: value.Date(at[:10]), Quiet: true, Step: "closed", Entered: map[string]value.Date{"hand": value.Date(at[:10]), "closed": "2026-06-10"},
			Values: register.Values{"external": fmt.Sprintf("YS2026%s%04d", at[5:7]+at[8:10], 9101+i), "content": text, "class": "general", "category": "其他", "dispatched_at": at, "signed_at": at, "contacted_at": at,
				"finished_at": "2026-06-08 17:00", "result": "solved", "reply": "您好，6月8日已列入沿河设牌计划。如有问题请拨打010-00000000。", "called_at": "2026-06-10 10:00", "reached": true, "solved": "solved", "satisfied": "1", "unit": "城市管理办公室"}})
	}
	return out
}

// writeProactive writes the samples of foresight, after the orders they rest on.
func (f *filler) writeProactive(ctx context.Context) error {
	list := append(liftOrders(), proactives()...)
	return f.rows(ctx, f.users["governance.officer"], "录入主动治理样例", len(list), func(tx *record.Tx, i int) error {
		_, err := tx.Create(list[i])
		return err
	})
}
