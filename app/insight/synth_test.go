package insight

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// matter is what residents of the tests complain of: several ways to say it,
// some words in common with another class, so that classes are confused.
type matter struct {
	class  string
	share  int // of 100
	things []string
}

var matters = []matter{
	{"市政道路", 26, []string{"路面坑洼", "井盖响", "路灯不亮", "人行道砖松动", "道路积水", "护栏坏了", "公交站牌歪了", "盲道被挖断", "修路半年没修好", "路口信号灯坏"}},
	{"物业管理", 22, []string{"电梯总坏", "物业乱收费", "小区门禁坏了", "楼道灯不亮", "物业不打扫楼道", "小区道路积水", "垃圾桶满了没人清", "停车位被物业租出去", "业委会不公开账目", "水箱没清洗"}},
	{"环境卫生", 16, []string{"垃圾堆积", "夜里烧垃圾冒烟", "河道有臭味", "工地扬尘", "垃圾桶旁污水横流", "饭店油烟", "旱厕没人清", "建筑垃圾堆路边", "施工噪声到半夜", "落叶没人扫"}},
	{"供暖供水", 14, []string{"暖气不热", "停水没通知", "水压低", "暖气管漏水", "水费涨了", "热力公司不接电话", "室温只有十几度", "水发黄", "换水表要收费", "阀门锈死"}},
	{"停车秩序", 10, []string{"车停在人行道", "消防通道停满车", "停车收费不合理", "僵尸车占位", "小区门口乱停车", "共享单车乱放", "货车夜里停路边", "地锁占位", "停车位不够", "电动车堵楼道"}},
	{"社会保障", 8, []string{"低保怎么申请", "社保卡没到账", "养老金认证", "残疾证补贴没发", "老年卡办理", "工资被拖欠", "医保报销比例", "居住证过期", "困难家庭救助", "补贴标准是多少"}},
	{"教育文体", 4, []string{"学校门口堵车", "健身器材坏了", "补课班噪声", "幼儿园学费", "入学要什么材料", "广场舞噪声", "图书室不开门", "操场不开放", "学校食堂", "健身步道路面坏了"}},
}

var (
	openers = []string{"来电人反映，", "市民来电：", "我是居民，", "您好，", "", "", "诉求人称", "本人多次反映，"}
	closers = []string{"希望尽快解决。", "请相关部门核实处理。", "要求回复。", "已经反映过3次，没人管！！", "请问什么时候能好？", "", "影响老人出行", "孩子没法休息，"}
	fillers = []string{"从上周开始", "昨天晚上", "已经三个月", "每天早上六点", "物业说不归他们管", "社区来看过", "给12345打过电话", "楼上楼下都有意见", "下雨天更厉害", "跟停车的人说也没用", "垃圾车也进不来", "老人走路摔过"}
	estates = []string{"月季园", "桃园小区", "龙泉花园", "惠民家园", "增产路", "新桥大街", "石门营", "永定镇", "滨河小区", "葡萄嘴", "城子西街", "双峪路"}
)

// orders makes n examples: shares as above, one row in twenty of another
// class's matter, some a few words long.
func orders(n int, seed uint64) []Example {
	r := rand.New(rand.NewPCG(seed, 1))
	of := func(list []string) string { return list[r.IntN(len(list))] }
	var out []Example
	for range n {
		at := r.IntN(100)
		m := matters[0]
		for _, m = range matters {
			if at -= m.share; at < 0 {
				break
			}
		}
		thing := of(m.things)
		if r.IntN(20) == 0 {
			thing = of(matters[r.IntN(len(matters))].things)
		}
		text := thing
		if r.IntN(8) > 0 {
			var b strings.Builder
			fmt.Fprintf(&b, "%s%s%d号楼%d单元", of(openers), of(estates), 1+r.IntN(40), 1+r.IntN(6))
			for range r.IntN(4) {
				b.WriteString(of(fillers) + "，")
			}
			b.WriteString(thing + "，" + of(fillers) + "，" + of(closers))
			text = b.String()
		}
		out = append(out, Example{text, m.class})
	}
	return out
}
