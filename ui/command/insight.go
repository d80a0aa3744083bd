package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/text/width"

	"jiezhen/app/insight"
	"jiezhen/app/sheet"
)

// evaluate measures the category suggestions on a file that the office brings.
// It opens no data folder and keeps nothing.
func (c *caller) evaluate() error {
	if len(c.args) != 2 || c.args[0] != "evaluate" {
		return errUsage{"写法：jiezhen insight evaluate 文件.xlsx"}
	}
	data, err := readTable(c.args[1])
	if err != nil {
		return err
	}
	lines, err := sheet.Pick(data,
		sheet.Wanted{Label: "内容", Also: []string{"诉求内容", "工单内容", "问题描述", "留言详情", "主要内容"}},
		sheet.Wanted{Label: "分类", Also: []string{"一级分类", "诉求分类", "诉求类别", "问题分类", "类别"}})
	if err != nil {
		return err
	}
	examples, bare := examplesOf(lines)
	if len(examples) == 0 {
		return fmt.Errorf("没有一行同时填了内容和分类，请检查这两列")
	}
	e, err := insight.Evaluate(examples)
	if err != nil {
		return err
	}
	if err := e.Write(c.env.Out); err != nil {
		return fmt.Errorf("writing the evaluation: %w", err)
	}
	if bare > 0 {
		c.say("\n有 %d 行缺内容或缺分类，没有用", bare)
	}
	return nil
}

// readTable reads a file that somebody named, and says in their words why it
// cannot.
func readTable(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("读不到文件 %s：没有这个文件，请核对文件夹和文件名", path)
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("读不到文件 %s：这是文件夹，请写到里面的文件", path)
	}
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("读不到文件 %s：没有权限，或正在别的程序里打开，请关掉再试", path)
	case err != nil:
		return nil, fmt.Errorf("读不到文件 %s：%w", path, err)
	}
	return data, nil
}

// examplesOf makes examples of rows of content and class, and counts those
// that lack one.
func examplesOf(lines []sheet.Line) (out []insight.Example, bare int) {
	for _, l := range lines {
		text, class := strings.TrimSpace(l.Cells[0]), strings.Join(strings.Fields(width.Fold.String(l.Cells[1])), "")
		if text == "" || class == "" {
			bare++
			continue
		}
		out = append(out, insight.Example{Text: text, Class: class})
	}
	return out, bare
}
