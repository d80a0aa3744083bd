package demo

import "strings"

// naming holds what names are made of.
type naming struct {
	common, seldom, compound []string
	boys, girls, rare        []string
}

func newNaming() naming {
	return naming{
		common:   strings.Split("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文", ""),
		seldom:   strings.Split("隗艾禹邢沐简扈穆游尚柯纪蒲苗年祝柏景连闻管安佟宁仇单解查区朴翟仉乜亓郗逄鄢晏芮甄麻桑寇牧冼缪冉宓", ""),
		compound: strings.Fields("欧阳 司马 上官 诸葛 东方 尉迟 公孙 令狐 慕容 申屠 单于 皇甫 夏侯 端木"),
		boys:     strings.Split("伟强磊军洋勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林松岩峰诚博文轩泽瑞睿晨安然远航子辰一鸣景行知远思齐守望青山长河云舒星野向阳家树新禾", ""),
		girls:    strings.Split("芳娜敏静丽艳娟霞秀燕玲桂英兰凤洁梅琳雪荣爱妹香月莺媛瑞凡佳嘉琼勤珍贞莉红倩婷欣怡梓涵雨桐若溪语晨思悦可心安禾望舒知夏映雪采薇清和令仪宛如依诺", ""),
		rare:     strings.Fields("䶮 𠅤 𫖯 𬍛 𬭎 㛃 㐱 堃 喆 犇 淼 翀 祎 韫"),
	}
}

// surname draws a family name: mostly common ones, sometimes of two
// characters.
func (n naming) surname(d dice) string {
	switch k := d.IntN(100); {
	case k < 88:
		return n.common[d.IntN(d.from(20, len(n.common)))]
	case k < 97:
		return pick(d, n.seldom)
	}
	return pick(d, n.compound)
}

// given draws a given name of one or two characters.
func (n naming) given(d dice, sex string) string {
	list := n.boys
	if sex == female {
		list = n.girls
	}
	first := pick(d, list)
	if d.chance(0.6) {
		first = pick(d, n.rare)
	}
	if d.chance(18) {
		return first
	}
	return first + pick(d, list)
}

// minority draws a name of a people whose names are written with a separator or
// without a family name, and its code (GB/T 3304).
func (n naming) minority(d dice, sex string) (name, nation string) {
	fathers := strings.Fields("买买提江 吐尔逊 艾尼瓦尔 阿不都热合曼 库尔班 玉素甫")
	switch d.IntN(3) {
	case 0:
		first := strings.Fields("艾力 阿迪力 帕尔哈提 叶尔肯 木拉提")
		if sex == female {
			first = strings.Fields("阿依努尔 古丽娜尔 热依汗 迪丽拜尔 阿孜古丽")
		}
		return pick(d, first) + "·" + pick(d, fathers), "05"
	case 1:
		first := strings.Fields("巴特尔 苏日勒 特木尔 那日松 哈斯额尔敦")
		if sex == female {
			first = strings.Fields("其其格 萨仁高娃 娜仁托娅 乌云塔娜 阿茹娜")
		}
		return pick(d, first), "02"
	}
	first := strings.Fields("扎西顿珠 丹增罗布 索朗多吉 次仁旺堆")
	if sex == female {
		first = strings.Fields("卓玛央金 德吉措姆 白玛拉珍 次仁曲珍")
	}
	return pick(d, first), "04"
}
