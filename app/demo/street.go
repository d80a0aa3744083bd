package demo

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// streamStreet is the dice of orders: far from the others, so that nothing of
// theirs changes.
const streamStreet = 90

// trouble is what residents complain of.
type trouble struct {
	class, urgency string
	share          int // of 100
	things         []string
	unit           string
	done           string
}

var troubles = []trouble{
	{"市政道路", "general", 24, []string{"路灯连着好几天不亮", "人行道砖松动，老人绊倒过", "路面坑洼，下雨积水", "井盖松动，过车就响", "护栏被撞坏没人修", "盲道被挖断后没有恢复"}, "市政所", "现场查看并安排修复"},
	{"物业管理", "general", 22, []string{"电梯经常停运", "楼道灯坏了没人换", "小区门禁坏了谁都能进", "物业收费不公示", "垃圾清运不及时，味道很大", "停车位被长期占用"}, "物业公司", "约谈物业并限期整改"},
	{"环境卫生", "general", 16, []string{"建筑垃圾堆在路边", "饭店油烟直排", "工地夜间施工扰民", "河边有人倒垃圾", "落叶和枯枝堆着没人清"}, "环卫所", "现场清理并增加巡查"},
	{"供暖供水", "timely", 14, []string{"暖气不热，室温只有十几度", "停水没有提前通知", "水压太低，五楼上不去水", "暖气管漏水，楼下墙皮掉了"}, "供热供水单位", "抢修完成并入户测温"},
	{"停车秩序", "general", 12, []string{"消防通道停满了车", "路口乱停车挡视线", "僵尸车占位半年", "电动车堵在单元门口"}, "综合行政执法队", "现场劝离并加强执法"},
	{"社会保障", "general", 8, []string{"咨询低保申请材料", "残疾人补贴没有到账", "老年卡怎么补办", "养老金认证找谁办"}, "便民服务中心", "电话解释政策并告知材料"},
	{"教育文体", "complex", 4, []string{"小学门口上下学拥堵", "健身器材损坏", "广场舞声音太大影响孩子写作业"}, "社会建设办", "协调学校和社区错峰管理"},
}

var estates = []string{"虚构家园", "虚构花园", "虚构里小区", "虚构大街", "虚构路", "虚构西里", "虚构苑"}

var asides = []string{"已经反映过两次", "从上周开始的", "希望尽快解决", "物业说不归他们管", "影响老人出行", "请回电告知结果", "什么时候能处理好", "邻居们都有意见"}

// ordersPerYear is how many orders so many persons make in a year: about
// 20,000 of 150,000.
func ordersPerYear(people int) int { return people * 2 / 15 }

// writeStreet writes the samples of the facts and the orders of the hotline.
func (f *filler) writeStreet(ctx context.Context) error {
	by := f.users["governance.officer"]
	samples := streetSamples()
	err := f.rows(ctx, by, "录入工单样例", len(samples), func(tx *record.Tx, i int) error {
		r, err := tx.Create(samples[i].draft)
		if err == nil && r.Number != samples[i].number {
			err = fmt.Errorf("编号应为 %s，得到 %s", samples[i].number, r.Number)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := f.writeRequests(ctx); err != nil {
		return err
	}
	if err := f.rows(ctx, by, "录入吹哨样例", 2, f.sampleWhistle); err != nil {
		return err
	}
	if err := f.writeClasses(ctx); err != nil {
		return err
	}
	var days []int
	d := throw(f.opt.Seed, streamStreet, 0)
	span := value.DaysBetween(f.start, f.today)
	for range ordersPerYear(f.opt.People) * f.opt.Years {
		days = append(days, d.IntN(span+1))
	}
	slices.Sort(days)
	err = f.rows(ctx, by, "录入工单", len(days), func(tx *record.Tx, i int) error {
		_, err := tx.Create(f.anOrder(i, f.start.AddDays(days[i])))
		return err
	})
	if err != nil {
		return err
	}
	err = f.rows(ctx, by, "录入工单", hotOrders, func(tx *record.Tx, i int) error {
		_, err := tx.Create(f.hotOrder(i))
		return err
	})
	if err != nil {
		return err
	}
	if err := f.writeProactive(ctx); err != nil {
		return err
	}
	if err := f.writeTopics(ctx); err != nil {
		return err
	}
	return f.writeBulletins(ctx)
}

// anOrder is one order as it stands today: the older, the further it has come.
func (f *filler) anOrder(i int, on value.Date) record.Draft {
	d := throw(f.opt.Seed, streamStreet, i+1)
	weights := make([]int, len(troubles))
	for k, t := range troubles {
		weights[k] = t.share
	}
	t := troubles[weighted(d, weights)]
	area := pick(d, f.areas)
	at := on.Time().Add(time.Duration(d.from(7*60, 21*60)) * time.Minute)
	if on == f.today {
		at = on.Time().Add(time.Duration(d.from(0, 60)) * time.Minute)
	}
	estate, block, thing := pick(d, estates), d.from(1, 30), pick(d, t.things)
	content := fmt.Sprintf("来电人反映：%s%d号楼%s，%s，%s。", estate, block, thing, pick(d, asides), pick(d, asides))
	v := register.Values{"external": fmt.Sprintf("YS%s%05d", on.Time().Format("20060102"), i+1), "content": content, "class": t.urgency, "category": f.className(t.class, on), "subcategory": subclasses[thing],
		"nature": pick(d, []string{"ask", "help", "complain", "suggest"}), "channel": pick(d, []string{"phone", "phone", "phone", "web", "wechat"}),
		"dispatched_at": stamp(at), "received_at": stamp(at.Add(-20 * time.Minute)), "community": strconv.FormatUint(area.id, 10), "address": pick(d, estates),
		"complainant": pick(d, []string{"测先生", "测女士", "试先生", "试女士"}), "phone": phone(d), "unit": t.unit}
	draft := record.Draft{Register: "governance.order", Values: v, Created: on, Quiet: true, Owner: f.users["governance.officer"].User}
	f.advance(d, &draft, t, at)
	return draft
}

// advance brings an order as far as its age lets it.
func (f *filler) advance(d dice, draft *record.Draft, t trouble, at time.Time) {
	v, age := draft.Values, value.DaysBetween(draft.Created, f.today)
	draft.Step = "new"
	if age < 1 {
		return
	}
	signed := at.Add(time.Duration(d.from(5, 100)) * time.Minute)
	contacted := signed.Add(time.Duration(d.from(10, 600)) * time.Minute)
	if d.chance(4) {
		contacted = contacted.Add(40 * time.Hour)
	}
	v["signed_at"], v["contacted_at"] = stamp(signed), stamp(contacted)
	draft.Step, draft.Entered = "hand", map[string]value.Date{"hand": dateOf(signed)}
	if age < 5 || age < 40 && d.chance(8) {
		return
	}
	done := contacted.Add(time.Duration(d.from(2, 60)) * time.Hour)
	v["finished_at"], v["result"] = stamp(done), pick(d, []string{"solved", "solved", "solved", "partly", "explained"})
	v["reply"] = fmt.Sprintf("您好，%s%s与您联系，%s，已于%s办结。如有问题请拨打社区电话010-00000000。", dateOf(contacted).Chinese(), t.unit, t.done, dateOf(done).Chinese())
	draft.Step = "replied"
	draft.Entered["replied"] = dateOf(done)
	if age < 12 {
		return
	}
	called := done.Add(time.Duration(d.from(24, 120)) * time.Hour)
	v["called_at"], v["reached"] = stamp(called), d.chance(92)
	if v["reached"] == true {
		v["solved"] = []string{"solved", "partly", "unsolved"}[weighted(d, []int{88, 6, 6})]
		v["satisfied"] = []string{"1", "2", "3"}[weighted(d, []int{86, 8, 6})]
	}
	draft.Step = "closed"
	draft.Entered["closed"] = dateOf(called)
}

// hotOrders is how many persons report the one trouble of these days.
const hotOrders = 6

// hotOrder is one of several about the same lift.
func (f *filler) hotOrder(i int) record.Draft {
	ways := []string{"虚构家园7号楼电梯异响，今天又停运，老人下不了楼", "反映虚构家园7号楼电梯夜里异响，停运两天没人修", "7号楼电梯又停了，虚构家园物业不管，老人被困",
		"虚构家园7号楼的电梯异响停运，轮椅下不来", "来电人称虚构家园7号楼电梯停运，物业说等配件", "虚构家园7号楼电梯异响好几天，昨天停运，孩子上学只能爬楼"}
	at := f.today.AddDays(-hotOrders/2 + i/2).Time().Add(time.Duration(8*60+20*i) * time.Minute)
	if dateOf(at) >= f.today {
		at = f.today.AddDays(-1).Time().Add(time.Duration(18*60+20*i) * time.Minute)
	}
	return record.Draft{Register: "governance.order", Created: dateOf(at), Quiet: true, Step: "hand", Entered: map[string]value.Date{"hand": dateOf(at)}, Owner: f.users["governance.officer"].User,
		Values: register.Values{"external": fmt.Sprintf("YS%s9%04d", at.Format("20060102"), i), "content": ways[i], "class": "timely", "dispatched_at": stamp(at), "signed_at": stamp(at.Add(30 * time.Minute)),
			"community": strconv.FormatUint(f.areas[0].id, 10), "address": "虚构家园7号楼", "complainant": "测" + string([]rune("甲乙丙丁戊己")[i]), "phone": fmt.Sprintf("010-00007%03d", i), "unit": "物业公司"}}
}

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04") }

func dateOf(t time.Time) value.Date { return value.Date(t.Format("2006-01-02")) }
