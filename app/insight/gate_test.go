package insight

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func theGate(t testing.TB) *Gate {
	t.Helper()
	data, err := os.ReadFile("../../assets/insight/reply.yaml")
	if err != nil {
		t.Fatal(err)
	}
	g, err := LoadGate(data)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

const goodReply = "您好，社区工作人员2月3日与您联系，当天到现场查看，系阀门故障，已于2月3日20时更换完成，室温恢复。如有问题请拨打社区电话69842345。"

func TestGate(t *testing.T) {
	t.Parallel()
	g := theGate(t)
	for name, tc := range map[string]struct {
		reply Reply
		want  []string
	}{
		"good":             {Reply{Text: goodReply, Order: "家里暖气不热，什么时候能修好？", Names: []string{"测甲"}}, nil},
		"promise":          {Reply{Text: goodReply + "我们保证解决此类问题"}, []string{"promise"}},
		"absolute":         {Reply{Text: goodReply + "问题已１００％解决"}, []string{"absolute"}},
		"not so absolute":  {Reply{Text: goodReply + "目前尚未全部解决"}, nil},
		"shirking":         {Reply{Text: goodReply + "停车不归我们管"}, []string{"shirk"}},
		"nothing said":     {Reply{Text: "收到。"}, []string{"date", "contact", "done"}},
		"identity":         {Reply{Text: goodReply + "身份证110101 19490307 002X已核"}, []string{"identity"}},
		"bank card":        {Reply{Text: goodReply + "卡号6222 0200 0000 0000 000"}, []string{"card"}},
		"mobile":           {Reply{Text: goodReply + "您的手机138-0013-8000"}, []string{"phone"}},
		"name":             {Reply{Text: goodReply + "测甲您好", Names: []string{"测甲", "甲"}}, []string{"person"}},
		"door":             {Reply{Text: goodReply + "邻居3号楼2单元501室"}, []string{"secret"}},
		"when":             {Reply{Text: "已到现场核实，联系电话69842345，今天已答复。", Order: "路灯什么时候修？"}, nil},
		"when, not said":   {Reply{Text: "社区已到现场核实，正在协调，请拨打69842345。", Order: "路灯什么时候修？"}, []string{"date", "question"}},
		"how, not said":    {Reply{Text: goodReply, Order: "暖气不热。另外养老金认证怎么办理？"}, []string{"question"}},
		"how, said":        {Reply{Text: goodReply + "养老金认证可带身份证到社区办理", Order: "暖气不热。另外养老金认证怎么办理？"}, nil},
		"two questions":    {Reply{Text: goodReply, Order: "低保怎么申请，残疾证在哪里补办"}, []string{"question", "question"}},
		"no order, no ask": {Reply{Text: goodReply}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range g.Check(tc.reply) {
				got = append(got, f.Rule)
				if f.Say == "" || f.Title == "" {
					t.Errorf("%+v does not say what to do", f)
				}
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("found %q", got)
			}
		})
	}
}

func TestGateRefusesBadRules(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ rules, want string }{
		"unknown key":       {"rules: [{id: a, title: 甲, level: stop, word: [乙], say: 丙}]", "word"},
		"unknown level":     {"rules: [{id: a, title: 甲, level: no, words: [乙], say: 丙}]", "neither"},
		"unknown search":    {"rules: [{id: a, title: 甲, level: stop, find: gold, say: 丙}]", "no such search"},
		"unknown need":      {"rules: [{id: a, title: 甲, level: stop, need: gold, say: 丙}]", "no such need"},
		"looks for nothing": {"rules: [{id: a, title: 甲, level: stop, say: 丙}]", "nothing"},
		"says nothing":      {"rules: [{id: a, title: 甲, level: stop, words: [乙]}]", "must be filled"},
	} {
		if _, err := LoadGate([]byte(tc.rules)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzGate(f *testing.F) {
	g := theGate(f)
	f.Add(goodReply, "什么时候修？")
	f.Fuzz(func(t *testing.T, reply, order string) {
		for _, x := range g.Check(Reply{Text: reply, Order: order, Names: []string{"测甲"}}) {
			if x.Rule == "" {
				t.Error("a finding without a rule")
			}
		}
	})
}
