package search

import (
	"slices"
	"testing"
)

func TestSpellings(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, full, initials, head string
	}{
		{"曾小贤", "zengxiaoxian", "zxx", "zengxiao"},
		{"单于小满", "chanyuxiaoman", "cyxm", "chanyuxiao"},
		{"㐱思齐", "zhensiqi", "zsq", "zhensi"},
		{"龙䶮", "longyan", "ly", ""},
		{"吕绿", "lvlv", "ll", ""},
		{"阿卜杜·热合曼", "abudureheman", "abdrhm", "abudurehe"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := Spellings(row.name)
			if !slices.Contains(got, Spelling{row.full, row.initials, row.head}) {
				t.Errorf("Spellings(%s) = %v, want one %s", row.name, got, row.full)
			}
		})
	}
	if got := Spellings("Smith 3"); got != nil {
		t.Errorf("a name without a readable character has spellings %v", got)
	}
}
