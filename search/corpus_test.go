package search

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// corpus makes case notes in the wording of a street office: set phrases with
// names, places, amounts and dates that differ, and free sentences between.
type corpus struct {
	r      *rand.Rand
	people []string
}

func newCorpus(seed uint64, people int) *corpus {
	c := &corpus{r: rand.New(rand.NewPCG(seed, 1))}
	for range people {
		c.people = append(c.people, c.name())
	}
	return c
}

// oneOf picks a word; the first are likelier, as in real texts.
func (c *corpus) oneOf(words string) string {
	ws := strings.Fields(words)
	return ws[min(c.r.IntN(len(ws)), c.r.IntN(len(ws)))]
}

const (
	surnames = "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕 苏 卢 蒋 蔡 贾 丁 魏 薛 叶 阎 余 潘 杜 戴 夏 钟 汪 田 任 姜 范 方 石 姚 谭 廖 邹 熊 金 陆 郝 孔 白 崔 康 毛 邱 秦 江 史 顾 侯 邵 孟 龙 万 段 雷 钱 汤 尹 黎 易 常 武 乔 贺 赖 龚 文 单 仇 解 查 区 翟 覃 尉迟 单于 欧阳 上官"
	given    = "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀 霞 平 刚 桂 英 华 玉 兰 红 梅 建 国 志 海 春 花 文 辉 凤 云 小 晓 雨 子 轩 梓 涵 浩 宇 欣 怡 诗 雅 佳 思 远 博 睿 俊 天 翔 龙 飞 德 福 贵 生 荣 昌 永 㛃 䶮 𠅤 𫖯 𬍛 𬭎"
	places   = "幸福社区 和平社区 光明社区 东风社区 建设社区 朝阳里社区 柳河村 杏花村 石桥村 青松社区 文昌阁社区 新华社区"
	topics   = "低保 家访 临时救助 困境儿童 残疾人两项补贴 特困供养 医疗救助 孤儿保障 流动儿童 留守儿童 高龄津贴 矛盾调解 无障碍改造 就业帮扶 辅具适配 康复训练"
	doings   = "了解家庭近况 核实收入和财产情况 查看居住环境 宣讲救助政策 发放告知书 协助填写申请表 陪同前往医院就诊 与学校班主任沟通 联系社区网格员 约定下次走访时间 登记诉求并转交相关科室 复核补贴发放到账情况"
	findings = "家中卫生状况较好 老人身体尚可但行动不便 孩子情绪稳定愿意交流 监护人外出务工由祖父母照料 近期因病住院支出较大 房屋漏雨需要修缮 低保金按时到账 残疾证即将到期需换领 对评估结果有异议 邻里关系紧张多次发生口角 学习成绩有所下降 已连续两个月未见到本人 患有高血压需长期服药 电动轮椅电池损坏"
	closings = "拟持续关注 已上报街道民政科 待社区评议后公示 建议纳入重点巡访对象 约定下周再次上门 已告知所需材料 等待区残联回复 转介至社工站跟进 本次服务结束"
	marks_   = "， 。 ； 、 ："
)

// everyday are words as users type them.
const everyday = "低保 家访 补贴 走访 残疾 儿童 社区 住院"

func (c *corpus) name() string {
	n := c.oneOf(surnames)
	for range 1 + c.r.IntN(2) {
		n += c.oneOf(given)
	}
	return n
}

func (c *corpus) person() string { return c.people[c.r.IntN(len(c.people))] }

func (c *corpus) han(n int) string {
	var b strings.Builder
	for range n {
		// The square makes some characters much commoner than others.
		f := c.r.Float64()
		b.WriteRune(0x4e00 + rune(f*f*f*3000))
	}
	return b.String()
}

// note is about 200 characters.
func (c *corpus) note() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d年%d月%d日", 2016+c.r.IntN(10), 1+c.r.IntN(12), 1+c.r.IntN(28))
	fmt.Fprintf(&b, "，工作人员%s到%s%d号楼%d单元%d室%s家中开展%s入户走访，", c.person(), c.oneOf(places),
		1+c.r.IntN(60), 1+c.r.IntN(6), 101+c.r.IntN(600), c.person(), c.oneOf(topics))
	for range 3 + c.r.IntN(5) {
		switch c.r.IntN(6) {
		case 0, 1:
			b.WriteString(c.oneOf(doings))
		case 2, 3:
			b.WriteString(c.oneOf(findings))
		case 4:
			b.WriteString(c.han(4 + c.r.IntN(14)))
		default:
			fmt.Fprintf(&b, "月收入%d元，联系电话1%d%08d", 100*c.r.IntN(90), 30+c.r.IntN(60), c.r.IntN(1e8))
		}
		b.WriteString(c.oneOf(marks_))
	}
	fmt.Fprintf(&b, "%s与%s共同生活，申请%s。%s。", c.person(), c.person(), c.oneOf(topics), c.oneOf(closings))
	if c.r.IntN(3) == 0 {
		fmt.Fprintf(&b, "案号B16-002-%d-%05d。", 2020+c.r.IntN(7), c.r.IntN(1e5))
	}
	return b.String()
}

// doc is the document of note n.
func (c *corpus) doc(n int) Doc {
	return Doc{
		ID:      fmt.Sprintf("note/%d", n),
		Date:    int64(24e6 + c.r.IntN(5e6)),
		Texts:   []string{c.note()},
		Names:   []string{c.person()},
		Filters: map[string][]string{"register": {c.oneOf("child.case relief.case disability.case")}, "community": {c.oneOf(places)}},
		Readers: []string{c.oneOf("all child relief minor")},
	}
}

func (c *corpus) docs(from, n int) []Doc {
	ds := make([]Doc, n)
	for i := range ds {
		ds[i] = c.doc(from + i)
	}
	return ds
}

// piece is a random piece of n characters of a note without punctuation.
func (c *corpus) piece(docs []Doc, n int) string {
	for {
		rs := []rune(docs[c.r.IntN(len(docs))].Texts[0])
		if i := c.r.IntN(len(rs) - n); len(parse(string(rs[i:i+n]))) == 1 && isHan(rs[i]) {
			return string(rs[i : i+n])
		}
	}
}
