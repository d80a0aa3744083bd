package hotline

import (
	"testing"

	"jiezhen/app/insight"
)

func TestBeginning(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain", "楼道灯坏了三天", "楼道灯坏了三天"},
		{"opener", "来电人反映：楼道灯坏了", "楼道灯坏了"},
		{"numbered", "来电人反映：\n1. 月季嘉园小区门口井盖松动，车一过就响；\n2. 已向物业反映过，第2次来电。\n希望尽快处理。", "月季嘉园小区门口井盖松动，车一过就响"},
		{"in brackets", "（1）电梯停运（2）无人答复", "电梯停运（2）无人答复"},
		{"in brackets on lines", "（1）电梯停运\n（2）无人答复", "电梯停运"},
		{"circled", "①电梯停运；②无人答复", "电梯停运"},
		{"only one item", "1、楼下垃圾没人清", "楼下垃圾没人清"},
		{"a number that is no item", "1号楼电梯停运 2号楼也停", "1号楼电梯停运 2号楼也停"},
		{"a decimal", "1.5米深的坑没有围挡", "1.5米深的坑没有围挡"},
	} {
		if got := beginning(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestHeadline(t *testing.T) {
	for _, c := range []struct{ name, title, want string }{
		{"a title and what it is about", "7号楼电梯停运\n来电人反映：电梯停了三天", "7号楼电梯停运"},
		{"content alone", "来电人反映：路灯坏了", "路灯坏了"},
		{"an opener on a line of its own", "来电人反映：\n1. 暖气不热，室温只有5度；\n2. 已向物业反映过。", "暖气不热，室温只有5度"},
	} {
		if got := (Heat{Issue: insight.Issue{Title: c.title}}).Headline(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
