package sheet

import (
	"reflect"
	"strings"
	"testing"

	"jiezhen/app/record"
)

var twoColumns = []Wanted{{Label: "内容", Also: []string{"诉求内容"}}, {Label: "分类", Also: []string{"一级分类"}}}

func TestPickFindsColumnsUnderTitles(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		rows [][]any
		want []Line
	}{
		"plain":          {[][]any{{"内容", "分类"}, {"路灯不亮", "市政"}}, []Line{{2, []string{"路灯不亮", "市政"}}}},
		"under titles":   {[][]any{{"二〇二六年诉求"}, {}, {"序号", "分类", " 内 容 "}, {"1", "市政", "路灯\n不亮"}}, []Line{{4, []string{"路灯\n不亮", "市政"}}}},
		"by other names": {[][]any{{"一级分类", "诉求内容", "备注"}, {"市政", "路灯不亮", ""}}, []Line{{2, []string{"路灯不亮", "市政"}}}},
		"exact first":    {[][]any{{"诉求内容", "内容", "分类"}, {"甲", "路灯不亮", "市政"}}, []Line{{2, []string{"路灯不亮", "市政"}}}},
		"blank rows":     {[][]any{{"内容", "分类"}, {}, {"路灯不亮", ""}, {"", "", "合计"}}, []Line{{3, []string{"路灯不亮", ""}}}},
		"lost character": {[][]any{{"内容", "分类"}, {"路灯\ufffd亮", "市政"}}, []Line{{2, []string{"路灯\ufffd亮", "市政"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Pick(workbook(t, tc.rows...), twoColumns...)
			must(t, err)
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestPickSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		data []byte
		want string
	}{
		"no class":     {workbook(t, []any{"内容", "日期"}, []any{"路灯不亮", "3月"}), "缺少“分类”列"},
		"no header":    {workbook(t, []any{"路灯不亮", "市政"}), "没有“内容”“分类”"},
		"no rows":      {workbook(t, []any{"内容", "分类"}), "没有数据行"},
		"empty":        {nil, "文件是空的"},
		"no workbook":  {[]byte("PK\x03\x04 nothing"), "打不开"},
		"word, zipped": {zipped(t, "word/document.xml"), "不是 Excel"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Pick(tc.data, twoColumns...)
			if r, ok := record.AsRefusal(err); !ok || !strings.Contains(r.Text, tc.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
