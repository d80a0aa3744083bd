package staff

import (
	"strings"
	"testing"
)

func TestPasswordRules(t *testing.T) {
	t.Parallel()
	l := floor()
	for name, c := range map[string]struct {
		password string
		says     string // part of the first complaint; "" means taken
	}{
		"good":                    {"Yongding-River7", ""},
		"chinese counts as other": {"永定河Shui2026", ""},
		"too short":               {"Ydh-River", "至少 10 个字符"},
		"runes, not bytes":        {"永定河A1", "至少 10 个字符"},
		"too long":                {strings.Repeat("Yd7-hR2k", 17), "最多 128"},
		"two kinds":               {"yongdingriver7", "至少要有 3 类"},
		"login name inside":       {"Xx-WangFang-77", "登录名或姓名"},
		"login name backwards":    {"Xx-gnafgnaw-77", "登录名或姓名"},
		"person's name inside":    {"X7-王芳-Yongding", "登录名或姓名"},
		"everybody's first":       {"Admin@20267-Xy", "太容易猜到"},
		"keyboard walk":           {"Xy-qwerty-Mn7", "太容易猜到"},
		"sequence":                {"Xy-cdefg-Mn72", "太容易猜到"},
		"falling sequence":        {"Xy-98765-Mnk", "太容易猜到"},
		"few characters":          {"Aa1Aa1Aa1Aa1", "太容易猜到"},
		"control character":       {"Yongding\x00River7", "控制字符"},
	} {
		why := l.weak(c.password, "wangfang", "王芳")
		switch {
		case c.says == "" && len(why) > 0:
			t.Errorf("%s: refused: %v", name, why)
		case c.says != "" && !strings.Contains(strings.Join(why, "；"), c.says):
			t.Errorf("%s: says %v, want %q", name, why, c.says)
		}
	}
}

func TestShortNamesForbidNothing(t *testing.T) {
	t.Parallel()
	if like("Yongding-River7", []string{"y", "", " "}) {
		t.Error("a name of one letter forbids passwords")
	}
}
