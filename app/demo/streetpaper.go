package demo

import (
	"context"
	"fmt"
	"strconv"

	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// request is a paper about one of the sample orders, as it stands in the end.
type request struct {
	register, order string // the order's number
	step            string
	entered         map[string]value.Date
	values          register.Values
}

// requests are the facts' extension (C12-002-2026-00002) and exclusion
// (C12-002-2026-00003), and one paper of each other kind.
func requests() []request {
	return []request{
		{"governance.extension", "C12-002-2026-00002", "granted", map[string]value.Date{"reported": "2026-02-05", "granted": "2026-02-06"}, register.Values{"due": "2026-02-10 23:59", "until": "2026-02-17 23:59",
			"reason": "停车位规划须与规划、交通部门会商，一般时限内不能定案", "plan": "2月10日前完成现场踏勘，2月16日前会商", "asked_on": "2026-02-05", "told_at": "2026-02-06 10:00", "told_how": "电话",
			"decided_on": "2026-02-06", "decided_by": "区城市管理指挥中心", "granted_until": "2026-02-17 23:59", "opinion": "同意延期7日"}},
		{"governance.exclusion", "C12-002-2026-00003", "granted", map[string]value.Date{"reported": "2026-02-05", "granted": "2026-02-09"}, register.Values{"reason": "1",
			"facts": "反映路段在邻区界内，权属图显示不在本街道辖区，已告知诉求人并转请邻区办理", "evidence": []map[string]any{{"name": "辖区红线图", "shows": "反映路段在红线以外", "pages": 1.0}, {"name": "现场照片", "shows": "路牌位置", "pages": 2.0}},
			"asked_on": "2026-02-05", "decided_on": "2026-02-09", "decided_by": "区城市管理指挥中心", "decision_no": "虚构审〔2026〕3号", "opinion": "同意剔除"}},
		{"governance.appeal", "C12-002-2026-00002", "dismissed", map[string]value.Date{"reported": "2026-02-13", "dismissed": "2026-02-20"}, register.Values{"against": "solved",
			"grounds": "停车位已列入规划会商，诉求属建议类，已答复研究结果", "evidence": []map[string]any{{"name": "会商纪要", "shows": "已列入下年计划", "pages": 2.0}},
			"asked_on": "2026-02-13", "decided_on": "2026-02-20", "decided_by": "区城市管理指挥中心", "opinion": "维持回访认定"}},
		{"governance.charge", "C12-002-2026-00002", "open", map[string]value.Date{"open": "2026-02-24"}, register.Values{"reason": "回访未解决，小区停车诉求多次出现", "leader": "虚构分管领导", "level": "leader",
			"unit": "城市管理办公室", "plan": "会同物业、产权单位清点闲置空地，分两批施划车位", "standard": "新增车位不少于20个，诉求人认可", "since": "2026-02-24", "until": "2026-08-31",
			"visits": []map[string]any{{"date": "2026-02-26", "who": "虚构分管领导、物业经理", "text": "现场清点，东侧空地可施划12个"}, {"date": "2026-03-10", "who": "城市管理办公室", "text": "产权单位同意借用"}}}},
	}
}

// hanging is one order of the samples that is held open with a plan.
func hanging(today value.Date) request {
	return request{"governance.suspension", "C12-002-2026-00002", "hung", map[string]value.Date{"hung": "2026-02-24"}, register.Values{"problem": "车位缺口大，须等空地产权协商",
		"plan": "先行施划12个车位，再与产权单位商定二期", "leader": "虚构分管领导", "until": string(today.AddDays(60)), "asked_on": "2026-02-23", "told_on": "2026-02-24", "told_how": "楼门公示并电话告知",
		"nodes":    []map[string]any{{"node": "完成产权协商", "until": string(today.AddDays(20)), "unit": "城市管理办公室"}, {"node": "施划一期12个", "until": string(today.AddDays(50)), "unit": "物业公司"}},
		"progress": []map[string]any{{"date": string(today.AddDays(-12)), "text": "产权单位已复函同意借用", "by": "城市管理办公室"}}}}
}

// writeBulletins drafts the bulletin of the last whole month; the officer goes
// on from there.
func (f *filler) writeBulletins(ctx context.Context) error {
	last := value.MonthOf(f.today).First().AddDays(-1)
	_, err := f.office.Hotline.DraftBulletin(ctx, f.users["governance.officer"], hotline.Monthly, last)
	if _, none := record.AsRefusal(err); none {
		return nil // a very small office has no orders
	}
	return err
}

// writeRequests writes the papers about the sample orders.
func (f *filler) writeRequests(ctx context.Context) error {
	list := append(requests(), hanging(f.today))
	return f.rows(ctx, f.users["governance.officer"], "录入工单申请样例", len(list), func(tx *record.Tx, i int) error {
		q := list[i]
		o, err := tx.ByNumber(q.order)
		if err != nil {
			return fmt.Errorf("finding the sample order %s: %w", q.order, err)
		}
		q.values["order"] = strconv.FormatUint(o.ID, 10)
		created := value.Date("2026-02-05")
		_, err = tx.Create(record.Draft{Register: q.register, Step: q.step, Entered: q.entered, Created: created, Quiet: true, Values: q.values})
		return err
	})
}
