package command_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"jiezhen/assets"
	"jiezhen/ui/command"
)

// sheetOf writes rows to a spreadsheet file.
func sheetOf(t *testing.T, rows ...[]any) string {
	t.Helper()
	f := excelize.NewFile()
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "诉求.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func runWords(t *testing.T, words ...string) (code int, out, failed string) {
	t.Helper()
	var o, e bytes.Buffer
	code = command.Run(command.Env{Args: words, Out: &o, Err: &e, In: strings.NewReader(""), Assets: assets.FS(), Clock: time.Now,
		Getenv: func(string) string { return "" }, Version: "测试"})
	return code, o.String(), e.String()
}

func TestInsightEvaluate(t *testing.T) {
	rows := [][]any{{"某街道2026年诉求台账"}, {}, {"序号", "内容", "分类"}}
	for i := range 60 {
		rows = append(rows, []any{i, fmt.Sprintf("%d号楼暖气不热，室温太低", i), "供暖"}, []any{i, fmt.Sprintf("第%d盏路灯不亮，路面有坑", i), " 市政 "}, []any{})
	}
	rows = append(rows, []any{"", "没有分类的一行", ""}, []any{"", "只有一行的类", "孤类"})
	code, out, failed := runWords(t, "insight", "evaluate", sheetOf(t, rows...))
	if code != 0 {
		t.Fatalf("exit %d: %s", code, failed)
	}
	if line, _, _ := strings.Cut(out, "\n"); line != "macro-F1 1.000" {
		t.Errorf("first line %q", line)
	}
	for _, want := range []string{"供暖", "市政", "“孤类”只有 1 行", "有 1 行缺内容或缺分类", "top-3", "混淆表"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not said:\n%s", want, out)
		}
	}
}

func TestInsightEvaluateSaysWhatIsWrong(t *testing.T) {
	word := filepath.Join(t.TempDir(), "a.docx")
	if err := os.WriteFile(word, []byte("\xD0\xCF\x11\xE0 old"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		words []string
		code  int
		want  string
	}{
		"no file named":  {[]string{"insight", "evaluate"}, 2, "写法"},
		"no such action": {[]string{"insight", "guess", "x"}, 2, "写法"},
		"no such file":   {[]string{"insight", "evaluate", "没有.xlsx"}, 1, "没有这个文件"},
		"a folder":       {[]string{"insight", "evaluate", t.TempDir()}, 1, "这是文件夹"},
		"one class":      {[]string{"insight", "evaluate", sheetOf(t, []any{"内容", "分类"}, []any{"路灯不亮", "市政"}, []any{"井盖响", "市政"})}, 1, "至少要有两个分类"},
		"only a header":  {[]string{"insight", "evaluate", sheetOf(t, []any{"内容", "分类"})}, 1, "没有数据行"},
		"no class":       {[]string{"insight", "evaluate", sheetOf(t, []any{"内容", "日期"}, []any{"路灯不亮", "3月"})}, 1, "缺少“分类”列"},
		"no classes":     {[]string{"insight", "evaluate", sheetOf(t, []any{"内容", "分类"}, []any{"路灯不亮", ""})}, 1, "没有一行同时填了"},
		"too few rows":   {[]string{"insight", "evaluate", sheetOf(t, []any{"内容", "分类"}, []any{"路灯不亮", "市政"})}, 1, "至少要有两个分类"},
		"old workbook":   {[]string{"insight", "evaluate", word}, 1, "旧版 .xls"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, failed := runWords(t, tc.words...)
			if code != tc.code || !strings.Contains(failed, tc.want) || out != "" {
				t.Errorf("exit %d, %q, %q", code, failed, out)
			}
		})
	}
}
